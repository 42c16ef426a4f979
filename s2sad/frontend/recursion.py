"""Functions that call themselves: lowered once for each signature, and called.

    def power(x, n): return 1.0 if n == 0 else x*power(x, n - 1)

The outer call is inlined as any other; in it `power(x, n - 1)` is `Call("user", (Ref(power), x, t.1))`,
whose callee is lowered apart, with the same call in it. The kind of what it returns is a fixed point that
starts with a float.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from s2sad.errors import UnsupportedError
from s2sad.frontend.numbered import Lent, lend
from s2sad.frontend.source import Source
from s2sad.frontend.state import State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Tuple, Var

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowered

TRIES = 6
LENGTHS = 6  # of tuples that a function that calls itself may return


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
    settled: bool = False  # whether `result` comes from its body
    again: bool = False  # under checkpoint: the reverse sweep calls it again
    own: bool = True  # whether the text can call `fun` itself
    generators: tuple[str, ...] = ()  # parameters that are random generators
    loose: bool = False  # under checkpoint: whether the result may be an argument
    trips: tuple[str, ...] = ()  # of the body of a checkpointed loop: what it carries,
    writes: tuple[str, ...] = ()  # which of these it writes into,
    rebound: tuple[str, ...] = ()  # and which of those it binds anew as well
    lent: Lent | None = None  # the lists of numbered objects among the parameters


def recursive_call(
    state: State, fn: Ref, source: Source, env: dict[str, Value], node: ast.AST, hint: str = ""
) -> Value:
    """The call of a function that is being lowered already."""
    names = list(env)
    atoms = [state.variable(env[n], node) for n in names]
    lent, lists = lend(state, names)
    names += [parameter for _, parameter in lent.lists]
    atoms += lists
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
        spec = Callee(source.fun.__name__, fn.obj, source, known, dynamic, K.FLOAT, lent=lent)
        state.callees[tuple(key)] = spec
        for _ in range(TRIES):
            spec.lowered = _tried(spec, state)
            kind = state_kind(spec.lowered)
            if K.without_lengths(kind) == K.without_lengths(spec.result):
                break
            spec.result = unlike(_joined(spec.result, kind) if spec.settled else kind)
            spec.settled = True
        else:
            state.refuse(node, f"the result of {spec.name} has no settled kind", "return values of one kind")
        for dependency in spec.lowered.dependencies:
            state.dependencies.setdefault((id(dependency), dependency.text), dependency)
    if not returns_numbers(spec.result):
        state.refuse(
            node,
            f"{spec.name} calls itself and returns {K.describe(spec.result)}",
            "return numbers, arrays or tuples of these, or write a loop",
        )
    return state.emit(Call("user", (Ref(fn.text, spec), *atoms)), unlike(spec.result), node, hint)


def _tried(spec: Callee, state: State) -> Lowered:
    """The function lowered for what its result is taken for: a float at first, then two floats and so on."""
    from s2sad.frontend.lower import lower

    for length in range(2, LENGTHS + 2):
        try:
            return lower(
                spec.source, spec.name, spec.arguments, None, callees=state.callees, lent=spec.lent
            )
        except UnsupportedError:
            if spec.settled or length > LENGTHS:
                raise
            spec.result = Kind("tuple", items=(K.FLOAT,) * length)
    raise AssertionError


def unlike(kind: Kind) -> Kind:
    """A kind whose lengths equal no others."""
    if kind.cat == "tuple" and kind.items:
        return replace(kind, items=tuple(unlike(item) for item in kind.items))
    return K.anonymous(kind)


def _joined(a: Kind, b: Kind) -> Kind:
    if a.cat == b.cat == "tuple" and a.items and b.items and len(a.items) == len(b.items):
        return replace(a, items=tuple(_joined(x, y) for x, y in zip(a.items, b.items, strict=True)))
    return K.join(a, b)


def returns_numbers(kind: Kind) -> bool:
    if kind.cat == "tuple" and kind.items:
        return all(returns_numbers(item) for item in kind.items)
    return kind.is_number


def state_kind(lowered: Lowered) -> Kind:
    """The kind of what a lowered function returns."""

    def kind(atom: Atom) -> Kind:
        if isinstance(atom, Var):
            return lowered.program.kinds[atom.name]
        if isinstance(atom, Tuple):
            return Kind("tuple", items=tuple(kind(i) for i in atom.items))
        return K.kind_of_value(atom.value) if isinstance(atom, Const) else K.OBJECT

    return kind(lowered.result)
