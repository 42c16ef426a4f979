"""`copy.copy` and `copy.deepcopy` of objects that come from outside: arguments and globals.

    n = copy.deepcopy(model)      n is an object that is made here; n.w is model.w.copy(), n.k is model.k
    n.w *= 2                      what is set or written in n is not seen in the model

Accepts objects of the user's classes that hold their attributes in `__dict__`; others are refused, as are
those that say themselves how they are copied, and those that hold one array, list or object twice.
"""

from __future__ import annotations

import ast
import types
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend.dependencies import is_open
from s2sad.frontend.values import Value
from s2sad.ir.nodes import Ref, Var

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
