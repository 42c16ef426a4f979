"""Names that are None on one path and a tuple on another: a flag says which, beside the elements.

    best = None                           has_best = False; best = best_1 = None
    for v in x:                           for v in x:
        if best is None or v < best[0]:       if not has_best or v < best:
            best = (v, v*v)                       has_best = True; best = v; best_1 = v*v

Such a value is `Group("maybe", [flag, held])`, so that branches and loops join it part by part as any
display. Where a condition says that it is no None it is the tuple itself; elsewhere the program checks the
flag before an element is read, and raises what Python does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from s2sad.frontend.values import Group, Local, Value, holds_functions
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, If, Out, Ref, Var

if TYPE_CHECKING:
    from s2sad.frontend.state import State

MAYBE = "maybe"
EITHER = "either"  # a display or array, as a flag says (see `eithers`)
NOT = "not "  # before the name of a flag that does not hold
ITERATE = "'NoneType' object is not iterable"
UNPACK = "cannot unpack non-iterable NoneType object"
SUBSCRIPT = "'NoneType' object is not subscriptable"
NONE = Const(None)
Key = TypeVar("Key")
Facts = dict[tuple[str, bool], frozenset[str]]


def is_maybe(value: Value) -> bool:
    """Whether a value is None or a tuple."""
    return isinstance(value, Group) and value.cat == MAYBE


def _is_tuple(value: Value) -> bool:
    return isinstance(value, Group) and value.cat == "tuple" and not _holds_objects(value)


def _holds_objects(value: Value) -> bool:
    """Whether a display holds what no None can stand for: objects, dicts and functions."""
    if isinstance(value, Group):
        return value.cat in ("list", "object") or any(map(_holds_objects, value.items))
    return isinstance(value, Local) or holds_functions(value)


def present(held: Value) -> Group:
    """A tuple that is certainly no None, beside what may be one."""
    return held if isinstance(held, Group) and held.cat == MAYBE else Group(MAYBE, [Const(True), held])


def absent(like: Value) -> Value:
    """None in the form of a value."""
    if isinstance(like, Group) and like.cat == MAYBE:
        return Group(MAYBE, [Const(False), absent(like.items[1])])
    if isinstance(like, Group):
        return replace(like, items=[absent(item) for item in like.items], origin=None)
    return NONE


def hints(name: str) -> list[str]:
    """What the flag and the elements are called."""
    return [f"has_{name}" if name.isidentifier() else "", name]


def met(one: Value, two: Value) -> tuple[Value, Value]:
    """Two values that meet, of which one may be None and the other a tuple, in one form."""
    if one == NONE and (_is_tuple(two) or is_maybe(two)):
        two = present(two)
        return absent(two), two
    if two == NONE and (_is_tuple(one) or is_maybe(one)):
        one = present(one)
        return one, absent(one)
    if is_maybe(one) and _is_tuple(two):
        return one, present(two)
    if is_maybe(two) and _is_tuple(one):
        return present(one), two
    return one, two


def want_row(low: State, value: Value) -> None:
    """Lower once more with dicts of these keys numbered, where a name is None or one of them."""
    if isinstance(value, Local) and value.cat == "dict" and value.cls is None:
        low.want_row(value, tuple(value.group.keys), tuple(value.group.keys))
    for item in value.items if isinstance(value, Group) else ():
        want_row(low, item)


def narrowed(value: Value, flags: Iterable[str]) -> Value:
    """A value where flags are known to hold."""
    if not isinstance(value, Group):
        return value
    if value.cat == MAYBE:
        flag = value.items[0]
        if flag == Const(True) or (isinstance(flag, Var) and flag.name in flags):
            return value.items[1]
        return value
    if value.cat == EITHER and isinstance(value.items[0], Var):
        flag = value.items[0]
        if flag.name in flags or NOT + flag.name in flags:
            return narrowed(value.items[1 if flag.name in flags else 2], flags)
        return value
    items = [narrowed(item, flags) for item in value.items]
    same = all(a is b for a, b in zip(items, value.items, strict=True))
    return value if same else replace(value, items=items, origin=None)


def all_narrowed(known: dict[Key, Value], flags: frozenset[str]) -> dict[Key, Value]:
    """The values of a table that are known better where flags hold."""
    made = {key: narrowed(value, flags) for key, value in known.items()}
    return {key: value for key, value in made.items() if value is not known[key]}


def implied(facts: Facts, cond: Value, holds: bool) -> frozenset[str]:
    """The flags that hold where a condition does, or does not."""
    return facts.get((cond.name, holds), frozenset()) if isinstance(cond, Var) else frozenset()


def asked(facts: Facts, value: Group) -> Value:
    """The flag of what may be None, as a condition."""
    flag = value.items[0]
    if isinstance(flag, Var):
        facts[flag.name, True] = frozenset((flag.name,))
    return flag


def compared(low: State, op: str, left: Value, right: Value, node: ast.AST) -> Value | None:
    """The flag of what is compared with None; None where a comparison asks for something else."""
    for one, two in ((left, right), (right, left)):
        if op in ("is", "isnot", "eq", "ne") and isinstance(one, Group) and one.cat == MAYBE:
            if two == NONE:
                return asked(low.facts, one)
            low.refuse(node, "what may be None or a tuple is compared", "ask whether it is None first")
    return None


def given(low: State, value: Value, node: ast.AST, said: str = SUBSCRIPT) -> Value:
    """A tuple that may be None where it has to be one: the program checks that it is."""
    if not isinstance(value, Group) or value.cat != MAYBE:
        return value
    flag, held = asked(low.facts, value), value.items[1]
    if flag == Const(False):
        low.fails(TypeError, said, node)
        low.refuse(node, "None is used as a tuple", "assign a tuple first")

    def fail() -> None:
        error = Call("call", (Ref("TypeError", TypeError), Const(said)))
        low.do(Call("raise", (low.emit(error, K.OBJECT, node),)), node)

    if flag != Const(True):
        low.branch(low.atom(flag), lambda: None, fail, node)
    return held


def whole(low: State, value: Group, node: ast.AST | None) -> Atom:
    """A tuple that may be None as one value of the program."""
    flag, held = value.items
    if isinstance(flag, Const):
        return low.variable(held, node) if flag.value else Const(None)
    outer, low.block = low.block, []
    made = low.variable(held, node)
    block, low.block = tuple(low.block), outer
    out = Out(low.fresh("", K.join(low.kind(made), K.NONE)), made, Const(None))
    low.heap.meet(out.name, made)
    low.block.append(If(low.atom(flag), block, (), (out,), None if node is None else low.span(node)))
    return Var(out.name)


def unfolded(low: State, value: Var, kind: Kind, node: ast.AST) -> Value:
    """A tuple of the program that may be None as a flag and its elements."""
    flag = low.emit(Call("isnot", (value, NONE)), K.BOOL, node)

    def element(i: int) -> Value:
        return low.emit(Call("getitem", (value, Const(i))), (kind.items or ())[i], node)

    parts: list[Value] = []
    for i in range(len(kind.items or ())):
        parts.append(low.choose(flag, lambda i=i: element(i), lambda: NONE, node))  # type: ignore[misc]
    keys = list(kind.keys) or (kind.dtype.split(",") if kind.dtype else [])
    return Group(MAYBE, [flag, Group("tuple", parts, keys, kind.cls)])


__all__ = [
    "EITHER", "ITERATE", "MAYBE", "NONE", "NOT", "SUBSCRIPT", "UNPACK", "Facts", "absent", "all_narrowed",
    "asked", "compared", "given", "hints", "implied", "is_maybe", "met", "narrowed", "present", "unfolded",
    "want_row", "whole",
]  # fmt: skip
