"""The pipeline: from a function and the kinds of its arguments to a compiled derivative.

    source text -> lower -> reverse -> optimise -> emit -> exec

`derive` is that list of passes. What it returns is remembered by whoever asked (`api`), under a signature of the
arguments; `Derived.stale` says whether a name that the text relies on has come to mean something else since.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Span, UnsupportedError
from s2sad.frontend.lower import Lowered, lower
from s2sad.frontend.source import Source, source_of_text
from s2sad.frontend.state import Assumed, Dependency
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Let, Program, Var, walk
from s2sad.optimise.passes import optimise
from s2sad.rules import registry
from s2sad.transform.joint import joint, pair

_lock = threading.RLock()


@dataclass(slots=True)
class Derived:
    """A generated module: its text and what was made of it."""

    text: str
    functions: dict[str, Callable[..., Any]]
    dependencies: list[Dependency]
    result: Kind
    lowered: Lowered
    line_map: Mapping[int, Span] = field(default_factory=dict)
    filename: str = ""

    @property
    def stale(self) -> bool:
        """Whether a name that the text relies on means something else now."""
        return not all(d.holds() for d in self.dependencies)


def derive(
    source: Source, mode: str, wrt: Sequence[str], arguments: Mapping[str, Kind | Atom], live: Mapping[str, Any], *,
    copy: bool = True,
) -> Derived:
    """Generate and compile a derivative.

    `mode` is "grad", "value_and_grad" (both for results of rank 0) or "vjp"; `wrt` names parameters; `arguments` are the
    kinds (or known values) of all parameters in order.
    """
    with _lock:
        name = "lambda_" if source.fun.__name__ == "<lambda>" else source.fun.__name__
        lowered = lower(source, name, dict(arguments), dict(live))
        if mode == "vjp":
            programs = pair(lowered, wrt, names=(f"{name}_fwd", f"{name}_bwd"), copy=copy)
        else:
            single = len(wrt) == 1
            programs = joint(lowered, wrt, value=mode == "value_and_grad", single=single, name=f"{name}_{mode}")
        header = assumptions(lowered)
        programs = [replace(optimise(p), assumes=() if p.token is not None or p is programs[-1] and mode == "vjp" else header) for p in programs]
        return compile_programs(programs, lowered)


def compile_programs(programs: list[Program], lowered: Lowered) -> Derived:
    """Print programs and execute the text."""
    from s2sad.backend.emit import emit

    made = emit(programs)
    digest = hashlib.sha256(made.text.encode()).hexdigest()[:8]
    filename = source_of_text(made.text, f"{programs[0].name} {digest}")
    space: dict[str, Any] = {"np": np, "__name__": f"s2sad.generated.{programs[0].name}"}
    space.update(runtime.HELPERS)
    space.update(made.refs)
    exec(compile(made.text, filename, "exec", dont_inherit=True), space)
    functions = {p.name: space[p.name] for p in programs if p.token is None}
    result = lowered.program.kinds[lowered.result.name] if isinstance(lowered.result, Var) else _kind(lowered)
    return Derived(made.text, functions, lowered.dependencies, result, lowered, made.line_map, filename)


def _kind(lowered: Lowered) -> Kind:
    from s2sad.ir.nodes import Fresh
    from s2sad.transform.builder import Builder

    return Builder(Fresh(lowered.program.kinds, lowered.program.hints)).kind(lowered.result)


def assumptions(lowered: Lowered) -> tuple[str, ...]:
    """The `# assumes:` line of a text."""
    parts = []
    shapes: dict[K.Shape, str] = {}
    for param in lowered.program.params:
        kind = lowered.program.kinds[param]
        name = lowered.program.hints[param]
        if not kind.is_number:
            continue
        said = K.describe(kind)
        if kind.shape and kind.shape in shapes:
            said += f" of {shapes[kind.shape]}'s shape"
        elif kind.shape:
            shapes[kind.shape] = name
        parts.append(f"{name} {said}")
    return ("assumes: " + ", ".join(parts),) if parts else ()


# ------------------------------------------------------------------------------------- texts before the first call


def derive_unseen(source: Source, mode: str, wrt: Sequence[str], annotated: Mapping[str, Kind | Atom], guessed: Sequence[str]) -> Derived:
    """A derivative for arguments of which only annotations and the code itself tell the kinds.

    The parameters in `guessed` are taken for float arrays of unknown rank, until the code proves something else: a use in
    range or as an index an integer, a result of rank 0 that it reaches through elementwise operations rank 0.
    """
    arguments = dict(annotated)
    for _ in range(2 + 2 * len(guessed)):
        try:
            with _lock:
                lowered = lower(source, source.fun.__name__, arguments, {}, frozenset(guessed))
                changed = _rank_zero(lowered, arguments, guessed) if mode != "vjp" else False
            if not changed:
                return derive(source, mode, wrt, arguments, {})
        except Assumed as assumed:
            arguments[assumed.parameter] = assumed.kind
    raise UnsupportedError([])


def _rank_zero(lowered: Lowered, arguments: dict[str, Kind | Atom], guessed: Sequence[str]) -> bool:
    """Enter rank 0 for parameters that reach a result of rank 0 elementwise; whether anything was new."""
    kinds = lowered.program.kinds
    lets = {s.name: s for s in walk(lowered.program.body) if isinstance(s, Let)}
    stack = [lowered.result.name] if isinstance(lowered.result, Var) else []
    seen: set[str] = set()
    while stack:
        name = stack.pop()
        if name in seen or kinds[name].shape is not None:
            continue
        seen.add(name)
        let = lets.get(name)
        if let is not None and let.call.fun in registry.RULES and registry.RULES[let.call.fun].form == "elementwise":
            stack += [a.name for a in let.call.args if isinstance(a, Var)]
    changed = False
    for parameter, ssa in lowered.arguments.items():
        if ssa in seen and parameter in guessed:
            arguments[parameter] = Kind("num", "float64", ())
            changed = True
    return changed
