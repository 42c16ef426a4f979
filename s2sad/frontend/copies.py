"""`copy.copy` and `copy.deepcopy` of objects that come from outside: arguments and globals.

    n = copy.deepcopy(model)      n is an object that is made here; n.w is model.w.copy(), n.k is model.k
    n.w *= 2                      what is set or written in n is not seen in the model

Accepts objects of the user's classes that hold their attributes in `__dict__`; others are refused, as are
those that say themselves how they are copied, and those that hold one array, list or object twice.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend.dependencies import is_open
from s2sad.frontend.values import Group, Local, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Var

if TYPE_CHECKING:
    from s2sad.frontend.objects import Objects

HOOKS = ("__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__")
WHOLE = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)


def live_object(low: Objects, value: Value) -> Any:
    """The object of the user's that a value stands for."""
    if isinstance(value, Ref):
        return value.obj
    return low.live.get(value.name) if isinstance(value, Var) else None


def is_object(live: Any) -> bool:
    """Whether it is an object with attributes, which a copy has for itself."""
    return hasattr(live, "__dict__") and not isinstance(live, WHOLE) and not callable(live)


def object_of_parts(
    low: Objects, value: Value, deep: bool, node: ast.AST, memo: dict[int | str, Value]
) -> Value:
    """An object that is made here, with the attributes of one from outside, or with copies of these."""
    live = live_object(low, value)
    check(low, live, deep, node)
    keys = list(vars(live))
    low.depend(("vars", id(live)), lambda: list(vars(live)), keys, type(live).__name__, same=True)
    items = [low.attribute(value, key, node) for key in keys]
    if deep:
        items = [low.copied(item, True, node, memo) for item in items]
    return low.made("object", items, keys, type(live))


def has_parts(kind: Kind) -> bool:
    """Whether a value is a list of more than numbers and strings, which a deep copy copies too."""
    return (
        kind.cat == "list"
        and bool(kind.items)
        and not all(i.is_scalar or i.cat == "str" for i in kind.items or ())
    )


def is_nest(kind: Kind) -> bool:
    """Whether a value is a number, an array, or a list of such lists all the way down."""
    if kind.cat != "list" or kind.dtype or kind.optional:
        return kind.is_number and kind.cls is None and not kind.optional
    return all(map(is_nest, kind.items or ()))


def check_parts(low: Objects, value: Value, node: ast.AST) -> None:
    """Assert that lists of which a deep copy is made hold no list or array twice: so would the copy."""
    parts = {v.name: v for v in _parts(value, set()) if low.kind(v).cat in ("list", "array", "num")}
    if not any(has_parts(low.kind(v)) for v in parts.values()):
        return
    given = next(iter(parts.values())) if len(parts) == 1 else Group("tuple", list(parts.values()))
    twice = low.emit(Call("holds_twice", (low.variable(given, node),)), K.BOOL, node)
    said = "what copy.deepcopy is given holds a list or an array twice; copy its parts one by one"
    low.do(Call("assert", (low.emit(Call("not", (twice,)), K.BOOL, node), Const(said))), node)


def _parts(value: Value, seen: set[int]) -> Iterator[Var]:
    """The values of the program in what is made here."""
    if isinstance(value, Local):
        if value.number in seen:
            return
        seen.add(value.number)
        value = value.group
    if isinstance(value, Var):
        yield value
    for item in value.items if isinstance(value, Group) else ():
        yield from _parts(item, seen)


def check(low: Objects, live: Any, deep: bool, node: ast.AST) -> None:
    """Refuse to copy an object from outside whose copy has other parts than copies of its parts."""
    cls = type(live)
    own = any(getattr(cls, name, None) is not getattr(object, name, None) for name in HOOKS)
    if own or not is_open(cls) or (deep and _holds_twice(live)):
        what = f"an object of the class {cls.__name__} that comes from outside is copied as a whole"
        low.refuse(node, what, "copy the arrays that are written, or make a new object of its parts")


def _holds_twice(live: Any) -> bool:
    """Whether an object holds an array, a container or another object twice: copies of such are one."""
    seen: set[int] = set()
    todo = list(vars(live).values())
    while todo:
        one = todo.pop()
        if not isinstance(one, (np.ndarray, list, dict, set, tuple)) and not is_object(one):
            continue
        if id(one) in seen:
            return True
        seen.add(id(one))
        if not isinstance(one, np.ndarray):
            inside = one.values() if isinstance(one, dict) else one
            todo += vars(one).values() if is_object(one) else inside
    return False


__all__ = ["check", "is_object", "live_object", "object_of_parts"]
