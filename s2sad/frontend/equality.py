"""What `==` and `in` mean for containers, and for what stands in them.

    [a, b] == [a, c]             decided here where it can be, else element by element
    p in [q, r]                  p == q or p == r as the class of p, q and r says
    {"v": v} in rows             (v,) in rows, where the list holds its dicts as tuples

Objects and dicts of which only the program knows which is which are numbers, or tuples, in its lists; what it
would compare there is not what Python compares. Such lists are gone through by a loop.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
from types import FunctionType

from s2sad.frontend import numbered
from s2sad.frontend.operators import negated, static_attribute
from s2sad.frontend.records import known_key
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import Group, Local, State, Value, opened
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Tuple, Var

_FOUND = {
    "in": """
def found(xs, value):
    some = False
    for v in xs:
        some = some or v is value or v == value
    return some
""",
    "index": """
def found(xs, value):
    place = -1
    for i, v in enumerate(xs):
        if place < 0 and (v is value or v == value):
            place = i
    if place < 0:
        raise ValueError("the value is not in the list")
    return place
""",
    "eq": """
def found(xs, value):
    same = len(xs) == len(value)
    for i in range(min(len(xs), len(value))):
        same = same and (xs[i] is value[i] or xs[i] == value[i])
    return same
""",
    "count": """
def found(xs, value):
    number = 0
    for v in xs:
        if v is value or v == value:
            number += 1
    return number
""",
}


def inside(low: State, op: str, left: Value, right: Value) -> bool | None:
    """Whether something is in a dict or display, if that is known."""
    left = known_key(left)
    if not isinstance(left, Const):
        return None
    if isinstance(right, Ref):
        return in_table(low, op, left, right)
    kind = low.kind(right)
    if kind.cat == "dict" or kind.cls is dict:
        return (left.value in kind.keys) == (op == "in")
    if isinstance(right, Group) and all(isinstance(i, Const) for i in right.items):
        return (left.value in [i.value for i in right.items if isinstance(i, Const)]) == (op == "in")
    return None


def in_table(low: State, op: str, key: Const, table: Ref) -> bool | None:
    """Whether a live dict of functions has a key, on which the text relies; None of all else."""
    held = table.obj
    if type(held) is not dict or not held or not all(map(callable, held.values())):
        return None
    known = key.value in held
    low.depend(("in", id(held)), lambda: key.value in held, known, repr(key.value), same=True)
    return known == (op == "in")


def compared_parts(state: State, op: str, left: Value, right: Value, node: ast.AST) -> Value | None:
    """`==` and `!=` of containers of which one is made here; None for every other comparison.

    They are compared element by element, as Python does; what is not known here, when the program runs.
    """
    left, right = (_as_display(state, state.contents(v, node), node) for v in (left, right))
    if op in ("eq", "ne") and (_is_literal(left) or _is_literal(right)) and _are_equal(left, right) is False:
        return Const(op == "ne")
    tables = [v for v in (left, right) if state.stands_in(v) is not None]
    items = opened(right)
    if op in ("in", "notin") and isinstance(items, Group) and items.cat in ("list", "tuple"):
        found = [_are_equal(left, i) for i in items.items if _is_container(left) or _is_container(i)]
        if True in found or (found and None not in found and len(found) == len(items.items)):
            return Const((True in found) == (op == "in"))
        if not found:
            return None
        whole = Tuple(tuple(state.variable(_unnamed(state, i, node), node) for i in items.items))
        return state.emit(Call(op, (state.variable(_unnamed(state, left, node), node), whole)), K.BOOL, node)
    if op not in ("eq", "ne") or not (tables or _is_container(left) or _is_container(right)):
        return None
    if tables and left is not right:
        what = "a container with computed keys or elements is compared"
        state.refuse(node, what, "compare what it holds, in a loop")
    known = _are_equal(left, right)
    if known is not None:
        return Const(known == (op == "eq"))
    pairs = _pairs(opened(left), opened(right))
    if pairs is not None and any(_holds_object(v) for v in (left, right)):
        same = _all_equal(state, pairs, node)
        return same if op == "eq" else negated(state, same, node)
    wholes = [_unnamed(state, v, node) for v in (left, right)]
    return state.emit(Call(op, tuple(state.variable(v, node) for v in wholes)), K.BOOL, node)


def _as_display(state: State, value: Value, node: ast.AST) -> Value:
    """A dict that a list holds, as a tuple, and a tuple of objects as displays; other values as they are."""
    kind = state.kind(value) if isinstance(value, Var) else K.OBJECT
    if kind.cat == "tuple" and kind.cls is dict:
        return Group("dict", [state.getitem(value, Const(k), node) for k in kind.keys], list(kind.keys))
    if kind.cat == "tuple" and kind.cls in (None, list) and holds_equality(kind):
        return Group("list" if kind.cls is list else "tuple", state.unpack(value, None, node))
    return value


def _is_container(value: Value) -> bool:
    held = opened(value)
    return isinstance(held, Group) and held.cat in ("list", "tuple", "dict")


def _are_equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal, as parts of containers are; None where that is not known here."""
    if left is right or (isinstance(left, Var) and left == right):
        return True
    a, b = opened(left), opened(right)
    if isinstance(a, Const) and isinstance(b, Const):
        return bool(a.value == b.value)
    if isinstance(a, Ref) and isinstance(b, Ref) and a.obj is b.obj:
        return True
    if not isinstance(a, Group) or not isinstance(b, Group):
        unlike = (_is_plain_container(a) and _is_literal(b)) or (_is_literal(a) and _is_plain_container(b))
        return False if unlike else None
    if any(g.cat not in ("list", "tuple", "dict") for g in (a, b)):
        plain = all(g.cls is not None and static_attribute(g.cls, "__eq__") is object.__eq__ for g in (a, b))
        return False if plain else None
    pairs = _pairs(a, b)
    if pairs is None:
        return False
    found = [_are_equal(p, q) for p, q in pairs]
    return False if False in found else None if None in found else True


def _is_plain_container(value: Value) -> bool:
    """Whether a value is a list, tuple or dict that Python compares, or an object without `__eq__`."""
    if not isinstance(value, Group) or value.cat in ("list", "tuple", "dict"):
        return isinstance(value, Group) and value.cls is None
    own = static_attribute(value.cls, "__eq__") if value.cls is not None else None
    code = own.__code__ if isinstance(own, FunctionType) else None
    made = dataclasses.is_dataclass(value.cls) and code is not None and code.co_filename == "<string>"
    return own is object.__eq__ or made  # made by dataclass


def _is_literal(value: Value) -> bool:
    """Whether a value is a number, text or None, which equals no container."""
    return isinstance(value, Const) and isinstance(value.value, int | float | complex | str | bytes | None)


def _pairs(a: Value, b: Value) -> list[tuple[Value, Value]] | None:
    """What stands at the same places of two displays; None if these differ in length, keys or kind."""
    if not isinstance(a, Group) or not isinstance(b, Group) or a.cat != b.cat or len(a.items) != len(b.items):
        return None
    if a.cat != "dict":
        return list(zip(a.items, b.items, strict=True))
    if set(a.keys) != set(b.keys):
        return None
    return [(item, b.items[b.keys.index(key)]) for key, item in zip(a.keys, a.items, strict=True)]


def _holds_object(value: Value) -> bool:
    held = opened(value)
    if not isinstance(held, Group):
        return False
    return held.cat not in ("list", "tuple", "dict") or any(map(_holds_object, held.items))


def _all_equal(state: State, pairs: list[tuple[Value, Value]], node: ast.AST) -> Value:
    """Whether the values of all pairs are equal, one after the other."""
    same: Value = Const(True)
    for one, two in pairs:
        if _are_equal(one, two):
            continue
        if same == Const(True):
            same = state.compare("eq", one, two, node)
        elif same != Const(False):
            after = functools.partial(state.compare, "eq", one, two, node)
            same = state.choose(same, after, lambda: Const(False), node)
    return same


def _unnamed(state: State, value: Value, node: ast.AST) -> Value:
    """A container as a display."""
    held = opened(value)
    if not isinstance(held, Group):
        return value
    if held.cat not in ("list", "tuple", "dict"):
        state.refuse(node, "containers of objects are compared", "compare the objects one by one")
    keys = held.keys if held.cat == "dict" else []
    return Group(held.cat, [_unnamed(state, item, node) for item in held.items], list(keys))


def holds_equality(kind: Kind) -> bool:
    """Whether a value of this kind is, or holds, objects whose class says which of them are equal."""
    if numbered.is_number_of(kind):
        return numbered.has_equality(kind.cls)
    of_class = kind.cls not in (None, list, dict) and not issubclass(kind.cls or tuple, tuple)
    if kind.cat in ("tuple", "dict") and of_class:
        return numbered.has_equality(kind.cls)
    return any(map(holds_equality, kind.items or ()))


def asks_classes(low: State, value: Value) -> bool:
    """The same of a value."""
    held = opened(value)
    if not isinstance(held, Group):
        return isinstance(value, Var) and holds_equality(low.kind(value))
    if held.cls is not None and not issubclass(held.cls, tuple):
        return numbered.has_equality(held.cls)
    return any(asks_classes(low, item) for item in held.items)


def asks_held(low: State, op: str, left: Value, right: Value) -> bool:
    """Whether a comparison of containers asks the objects in them."""
    if op in ("eq", "ne"):
        return asks_classes(low, left) or asks_classes(low, right)
    ordered = op in ("lt", "le", "gt", "ge") and not numbered.differ_before(low, low.kind(left))
    return ordered and (_holds_objects(low, left) or _holds_objects(low, right))


def _holds_objects(low: State, value: Value) -> bool:
    held = opened(value)
    if isinstance(held, Group):
        own = held.cls is not None and not issubclass(held.cls, tuple)
        return own or any(_holds_objects(low, item) for item in held.items)
    return _of_class(low.kind(value))


def _of_class(kind: Kind) -> bool:
    own = kind.cls not in (None, list, dict) and not issubclass(kind.cls or tuple, tuple)
    return own or any(map(_of_class, kind.items or ()))


def as_held(xs: Kind, value: Value) -> Value:
    """A dict as the tuple that a list of dicts holds in its place; other values as they are."""
    item = xs.items[0] if xs.cat == "list" and xs.items else K.OBJECT
    held = opened(value)
    if item.cat != "tuple" or item.cls is not dict or not isinstance(held, Group) or held.cat != "dict":
        return value
    if set(item.keys) != set(held.keys):
        return Group("tuple", [])  # which equals none of them
    return Group("tuple", [held.items[held.keys.index(k)] for k in item.keys])


def found(low: State, name: str, xs: Value, value: Value, node: ast.AST) -> Value | None:
    """`in`, `index`, `count` and `==` of lists of objects whose class has an `__eq__`; None for all else."""
    held = opened(xs)
    if isinstance(held, Group) and held.cat not in ("list", "tuple"):
        return None
    if not asks_classes(low, value) and not asks_classes(low, xs):
        return None
    if isinstance(xs, Var) and low.kind(xs).cat not in ("list", "tuple"):
        what = "an object whose class has an __eq__ is looked up in what is no list"
        low.refuse(node, what, "use a list, or a dict of numbers or strings")
    source = rule_source(name, _FOUND[name])
    many = Group("tuple", list(held.items)) if isinstance(held, Group) else xs
    return low.inline(source, source.node, {"xs": many, "value": value}, None, source.node)


def refuse_identity(state: State, op: str, left: Value, right: Value, node: ast.AST) -> None:
    """Refuse `is` where one of them is a container that only stands for what was put into it or taken out."""
    if op in ("is", "isnot"):
        if any(isinstance(v, Group) and v.cat in ("dict", "list", "tuple") for v in (left, right)):
            state.refuse(node, "whether this is another container is not known", "compare what they hold")
        for one, two in ((left, right), (right, left)):
            in_list = isinstance(one, Local) and one.number in state.objects.shared
            if in_list and isinstance(two, Var) and state.kind(two).cat not in ("none", "object"):
                what = "an element of a list is compared with what was put into it"
                state.refuse(node, what, "compare places: `k == 0` for `rows[k] is rows[0]`")


def refuse_arguments(state: State, op: str, left: Value, right: Value, node: ast.AST) -> None:
    """Refuse `is` of an argument and another one, or something from outside: the text is given copies."""
    if op not in ("is", "isnot") or left == right:
        return
    for one, two in ((left, right), (right, left)):
        outside = isinstance(two, Ref) and not callable(two.obj)
        outside = outside or (isinstance(two, Var) and two.name in state.live)
        if _is_given(state, one) and (outside or _is_given(state, two)):
            what = "whether an argument is the same object as another one is not known"
            state.refuse(node, what, "compare what they hold, or pass a flag")


def _is_given(state: State, value: Value) -> bool:
    """Whether a value is an argument that holds others."""
    if isinstance(value, Local):
        return isinstance(value.origin, Var) and value.origin.name in state.lengths.params
    if not isinstance(value, Var) or value.name in state.given:
        return isinstance(value, Var)
    return state.kind(value).cat in ("dict", "list", "tuple") and value.name in state.lengths.params


__all__ = ["as_held", "asks_classes", "compared_parts", "found", "holds_equality", "refuse_arguments"]
