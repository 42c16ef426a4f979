"""Functions that call themselves: lowered once for each signature, and called.

    def power(x, n): return 1.0 if n == 0 else x*power(x, n - 1)

The outer call is inlined as any other; in it `power(x, n - 1)` is `Call("user", (Ref(power), x, t.1))`,
whose callee is lowered apart, with the same call in it. The kind of what it returns is a fixed point that
starts with a float.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s2sad.frontend.source import Source
from s2sad.frontend.state import State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Var

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowered

TRIES = 6


@dataclass(slots=True, eq=False)
class Callee:
    """A function that is called, not inlined, for one signature.

    `dynamic` are the indices of the parameters that the program passes; the others are known.
    """

    name: str
    fun: Any
    source: Source
    arguments: dict[str, Kind | Atom]
    dynamic: tuple[int, ...]
    result: Kind
    lowered: Lowered | None = None
    summary: Any = None  # what a caller sees of it (`analysis.summary`)


def recursive_call(
    state: State, fn: Ref, source: Source, env: dict[str, Value], node: ast.AST, hint: str = ""
) -> Value:
    """The call of a function that is being lowered already."""
    from s2sad.frontend.lower import lower

    names = list(env)
    atoms = [state.variable(env[n], node) for n in names]
    known: dict[str, Kind | Atom] = {}
    key: list[Any] = [fn.obj.__code__]
    for name, atom in zip(names, atoms, strict=True):
        kind = state.kind(atom)
        if isinstance(atom, Const | Ref) and not kind.is_number:
            known[name] = atom
            key.append(atom)
            continue
        known[name] = K.anonymous(kind)
        key.append(K.without_lengths(kind))
    dynamic = tuple(i for i, n in enumerate(names) if isinstance(known[n], Kind))
    spec = state.callees.get(tuple(key))
    if spec is None:
        spec = Callee(source.fun.__name__, fn.obj, source, known, dynamic, K.FLOAT)
        state.callees[tuple(key)] = spec
        for _ in range(TRIES):
            spec.lowered = lower(source, spec.name, known, None, callees=state.callees)
            kind = state_kind(spec.lowered)
            if K.without_lengths(kind) == K.without_lengths(spec.result):
                break
            spec.result = K.anonymous(kind)
        else:
            state.refuse(node, f"the result of {spec.name} has no settled kind", "return values of one kind")
        for dependency in spec.lowered.dependencies:
            state.dependencies.setdefault((id(dependency), dependency.text), dependency)
    if not spec.result.is_number:
        state.refuse(
            node,
            f"{spec.name} calls itself and returns {K.describe(spec.result)}",
            "return one number or array, or write a loop",
        )
    return state.emit(Call("user", (Ref(fn.text, spec), *atoms)), K.anonymous(spec.result), node, hint)


def state_kind(lowered: Lowered) -> Kind:
    """The kind of what a lowered function returns."""
    result = lowered.result
    if isinstance(result, Var):
        return lowered.program.kinds[result.name]
    return K.kind_of_value(result.value) if isinstance(result, Const) else K.OBJECT
