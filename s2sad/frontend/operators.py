"""Operators on what is neither a number nor an array: methods of user classes, and types that are refused.

`M * x` where M's class defines `__mul__` in Python is a call of that method, as it is in Python; the
reflected method is tried where the first says NotImplemented or does not exist. Fractions, masked arrays,
data frames and the like, whose arithmetic has no rules, are refused by the name of their type as soon as
they meet a value that may carry a derivative.
"""

from __future__ import annotations

import ast
import dataclasses
import numbers
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend.dependencies import Same
from s2sad.frontend.derived import in_python, lookup_order
from s2sad.frontend.libraries import is_library
from s2sad.frontend.standins import real
from s2sad.frontend.values import ABSENT, Group, Method, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Dict, List, Ref, Slice, Tuple, Undef, Var

if TYPE_CHECKING:
    from s2sad.frontend.state import State

_METHODS = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "truediv", "floordiv": "floordiv", "mod": "mod",
    "pow": "pow", "matmul": "matmul", "band": "and", "bor": "or", "bxor": "xor", "lshift": "lshift",
    "rshift": "rshift", "neg": "neg", "pos": "pos", "invert": "invert", "lt": "lt", "le": "le", "gt": "gt",
    "ge": "ge", "eq": "eq", "ne": "ne",
}  # fmt: skip
_SWAPPED = {"lt": "__gt__", "gt": "__lt__", "le": "__ge__", "ge": "__le__", "eq": "__eq__", "ne": "__ne__"}


def live_object(state: State, value: Value | None) -> Any:
    """The user's object behind a value that is no number, array or container; None if it is not known."""
    if isinstance(value, Ref):
        return None if state.kind(value).cat != "object" else value.obj
    return (
        state.live.get(value.name) if isinstance(value, Var) and state.kind(value).cat == "object" else None
    )


def alike(one: Any, two: Any, outermost: bool = True) -> bool:
    """Whether a text made for one object holds for another one: of its class, with like attributes."""
    if one is two:
        return True
    kind = K.kind_of_value(one)
    if type(one) is not type(two) or K.without_lengths(kind) != K.without_lengths(K.kind_of_value(two)):
        return False
    if kind.cat != "object":
        return kind.cat not in ("list", "tuple", "dict") or "object" not in str(kind)
    if not (outermost or not callable(one)) or not hasattr(one, "__dict__") or isinstance(one, FunctionType):
        return False  # a function stands in the text itself
    mine, others = vars(one), vars(two)
    return mine.keys() == others.keys() and all(alike(v, others[k], False) for k, v in mine.items())


def user_method(state: State, obj: Any, name: str) -> Ref | None:
    """The method of an object's class that is written in Python, by the name of the method."""
    return None if obj is None else class_method(state, type(obj), name)


def class_method(state: State, cls: type | None, name: str) -> Ref | None:
    """The method of a class that is written in Python, which the text relies on from here."""
    if cls is None:
        return None
    found = static_attribute if real(cls) is not None else getattr
    method = found(cls, name, None)
    if not isinstance(method, FunctionType) or is_library(method):
        return None
    state.depend(("class", id(cls)), lambda: found(cls, name, None), method, name)
    if method.__code__.co_filename != "<string>":  # what a dataclass has been given
        return Ref(f"{getattr(cls, '__name__', '')}.{name}", method)
    return None


def property_of(state: State, base: Value, holder: Any, name: str, node: ast.AST, hint: str) -> Value | None:
    """What a property of a live object gives; None for every other attribute."""
    cls = type(holder)
    found = getattr(cls, name, None)
    if not isinstance(found, property) or found.fget is None or isinstance(holder, type):
        return None
    state.depend(("class", id(cls)), lambda: getattr(cls, name), found, name)
    return state.call_value(Ref(f"{cls.__name__}.{name}", found.fget), [base], {}, node, hint)


def static_attribute(cls: type, name: str, after: type | None = None) -> Any:
    """What a class, or what follows `after` in the order of its bases, defines by a name; else ABSENT."""
    order = lookup_order(cls)
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else []
    for base in order:
        if name in vars(base):
            return in_python(cls, vars(base)[name])
    return ABSENT


def attribute_key(holder: Any, name: str) -> Any:
    """The kind of an attribute; where that says nothing of it, which object it is."""
    obj = getattr(holder, name)
    kind = K.kind_of_value(obj)
    if kind.cat != "object":
        return K.without_lengths(kind)
    return Same(slot_of(obj, "__func__") or obj), id(slot_of(obj, "__self__"))


def slot_of(obj: Any, name: str) -> Any:
    """An attribute that objects of a class have, None for others: a user's `__getattr__` is not asked."""
    return getattr(obj, name) if hasattr(type(obj), name) else None


def has_objects(held: Any) -> bool:
    """Whether a container holds functions or objects."""
    return any(K.kind_of_value(v) == K.OBJECT for v in (held.values() if type(held) is dict else held))


def live_dict(state: State, base: Ref, holder: dict[Any, Any], node: ast.AST) -> Group:
    """A Counter, or an object of a user's class that derives from dict, as a display."""
    keys = list(holder)
    state.depend(("keys", id(holder)), lambda: list(holder), keys, base.text, same=True)
    return Group("dict", [state.getitem(base, Const(k), node) for k in keys], keys)


def user_operator(state: State, op: str, left: Value, right: Value | None, node: ast.AST) -> Value | None:
    """The result of an operator that a user's class defines; None if no operand is of such a class."""
    first = state.class_of(left)
    second = state.class_of(right) if right is not None else None
    if (first is None and second is None) or op not in _METHODS:
        return None
    name = _METHODS[op]
    forward = _method_of(state, left, f"__{name}__", node)
    if forward is not None:
        made = state.call_value(forward, [] if right is None else [right], {}, node)
        if not _declined(made):
            return made
    if op == "ne" and first is not None and right is not None and forward is None:
        equal = class_method(state, first, "__eq__")  # as object.__ne__ does
        if equal is not None and not _is_generated(first, "__eq__"):
            return negated(state, state.call_value(equal, [left, right], {}, node), node)
    if op == "ne" and first is second and first is not None and right is not None:
        if forward is None and _is_generated(first, "__eq__"):
            return negated(state, _of_fields(state, "eq", first, left, right, node), node)
    if first is second and first is not None and right is not None and _is_generated(first, f"__{name}__"):
        return _of_fields(state, op, first, left, right, node)
    swapped = _SWAPPED.get(op, f"__r{name}__")
    backward = None if right is None else _method_of(state, right, swapped, node)
    if backward is not None and second is not None:
        kind, classes = state.kind(left), getattr(second, "s2sad_members", (second,))
        if kind.is_number and not kind.is_python and not all(map(_takes_over, classes)):
            if op == "matmul" or kind.cat != "npscalar" or not kind.sort or any(map(_is_sequence, classes)):
                state.refuse(
                    node,
                    f"NumPy applies the operator to each element of the array and a {second.__name__}",
                    f"write the {second.__name__} first, or set __array_ufunc__ = None in its class",
                )
            item = {"float": float, "complex": complex, "int": int, "bool": bool}[kind.sort]  # as NumPy does
            left = state.call_value(Ref(item.__name__, item), [left], {}, node)
        made = state.call_value(backward, [left], {}, node)
        if not _declined(made):
            return made
    return None


def _method_of(state: State, value: Value, name: str, node: ast.AST) -> Value | None:
    """A special method that the class of an object defines in Python, or all those that it may be of."""
    cls = state.class_of(value)
    members = getattr(cls, "s2sad_members", None)
    if members is None:
        found = class_method(state, cls, name)
        return None if found is None else Method(found, value)
    methods = all(isinstance(static_attribute(m, name), FunctionType) for m in members)
    return state.attribute(value, name, node) if methods else None


def _is_sequence(cls: type) -> bool:
    """Whether NumPy takes an object for an array, instead of for one element."""
    return hasattr(cls, "__array__") or (hasattr(cls, "__len__") and hasattr(cls, "__getitem__"))


def either_class(op: str, left: Value, right: Value) -> Value | None:
    """`list | tuple` as the tuple of the classes, which isinstance() takes as well."""
    first = left.items if isinstance(left, Group) and left.cat == "tuple" else [left]
    classes = [*first, right]
    known = op == "bor" and all(isinstance(v, Ref) and isinstance(v.obj, type) for v in classes)
    return Group("tuple", classes) if known else None


def negated(state: State, value: Value, node: ast.AST) -> Value:
    """`not value`."""
    known = state.static_truth(value)
    if known is not None:
        return Const(not known)
    return state.emit(Call("not", (state.truth(value, node),)), K.BOOL, node)


def _is_generated(cls: type, name: str) -> bool:
    """Whether a method is one of those that a dataclass has been given to compare."""
    method = static_attribute(cls, name)
    return isinstance(method, FunctionType) and method.__code__.co_filename == "<string>"


def _of_fields(state: State, op: str, cls: type, left: Value, right: Value, node: ast.AST) -> Value:
    """A comparison of two objects of a dataclass: of the tuples of their fields."""
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    tuples = [Group("tuple", [state.attribute(v, n, node) for n in names]) for v in (left, right)]
    return state.compare(op, tuples[0], tuples[1], node)


def _declined(value: Value) -> bool:
    return isinstance(value, Ref) and value.obj is NotImplemented


def _takes_over(obj: type) -> bool:
    """Whether arrays leave an operator to objects of this class."""
    missing = object()
    ufunc = getattr(obj, "__array_ufunc__", missing)
    return ufunc is None or (ufunc is missing and getattr(obj, "__array_priority__", -1.0) > 0)


# ------------------------------------------------------------------------------------- types with no rules


def foreign(state: State, value: Value) -> tuple[str, str] | None:
    """A type whose arithmetic is not differentiated, and what to convert it to; None for all else."""
    if isinstance(value, Tuple | List | Dict):
        return next((f for f in (foreign(state, i) for i in value.items) if f is not None), None)
    if isinstance(value, Var) and value.name in state.foreign:
        return state.foreign[value.name], "convert it to a float or an array before the call"
    obj = live_object(state, value)
    if (
        obj is None
        or callable(obj)
        or isinstance(obj, np.dtype | np.random.Generator | np.random.RandomState | slice)
    ):
        return None
    cls = type(obj)
    if cls is np.ndarray:
        return f"an array of {obj.dtype}", "convert it with astype(float) before the call"
    if isinstance(obj, numbers.Number) or cls.__module__ == "decimal":
        return f"a {cls.__name__}", "convert it with float(...) before the call"
    if hasattr(obj, "todense"):
        return f"a {cls.__name__}", "convert it with toarray() before the call"
    if isinstance(obj, np.ma.MaskedArray):
        return (
            f"a {cls.__name__}",
            "convert it with filled(...) before the call, and pass the mask as an array",
        )
    if isinstance(obj, np.ndarray) or hasattr(obj, "__array__"):
        return f"a {cls.__name__}", "convert it with np.asarray(...) before the call"
    return f"a {cls.__name__}", "convert it to a float or an array before the call"


def may_vary(state: State, value: Value) -> bool:
    """Whether a value may carry a derivative."""
    if isinstance(value, Const | Ref | Undef | Slice):
        return False
    if isinstance(value, Tuple | List | Dict | Group):
        return any(may_vary(state, item) for item in value.items)
    kind = state.kind(value)
    if kind.is_number:
        return kind.inexact
    return kind.cat in ("list", "tuple", "dict", "object")


def check_operands(state: State, operands: list[Value], node: ast.AST) -> str | None:
    """Refuse operands of other types beside a value that may vary; the type where there is none."""
    found = [foreign(state, operand) for operand in operands]
    strange = next((f for f in found if f is not None), None)
    if strange is None:
        return None
    others = [o for o, f in zip(operands, found, strict=True) if f is None]
    if any(may_vary(state, o) for o in others):
        state.refuse(node, f"an operand is {strange[0]}", strange[1])
    return strange[0]
