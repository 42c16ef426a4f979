"""Dtypes and what they say: `x.dtype`, `np.dtype("f4").kind`, `np.finfo(float).eps`, `np.result_type(x, y)`.

The dtype of an array is a part of its kind, so that it is known before the program runs:

    np.zeros(n, x.dtype)               np.zeros(n, np.float32)      for a float32 array x
    if x.dtype == np.float32: ...      the branch that is taken
    x/(np.finfo(x.dtype).eps + y)      x/(np.finfo(np.float32).eps + y)
    np.ndarray((n, m), x.dtype)        np.empty((n, m), np.float32)

Where only its class is known ("float"), `.dtype` stays an attribute of the program.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend.state import State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Var

_FIXED = (np.dtype, np.finfo, np.iinfo)


def _name(dtype: np.dtype[Any]) -> str:
    """How a text spells the class of the elements."""
    return "np.bool_" if dtype.name == "bool" else f"np.{dtype.name}"


def _ref(dtype: np.dtype[Any]) -> Ref:
    return Ref(f"np.dtype({_name(dtype)})", dtype)


def dtype_of(low: State, kind: Kind, base: Value, node: ast.AST, hint: str) -> Value:
    """`base.dtype` of an array or NumPy scalar."""
    if kind.dtype in K.CLASSES or kind.met:
        call = Call("getattr", (low.atom(base), Const("dtype")))
        return low.emit(call, Kind("dtype", kind.dtype), node, hint)
    return _ref(np.dtype(kind.dtype))


def plain(value: Value) -> Value:
    """A dtype as an argument of NumPy's functions: the class, which is shorter to write."""
    if isinstance(value, Ref) and isinstance(value.obj, np.dtype) and value.obj.kind in "fciub":
        return Ref(_name(value.obj), value.obj.type)
    return value


def _known(value: Value) -> np.dtype[Any] | None:
    """The dtype that a value stands for; None where it is not known or none."""
    found = value.obj if isinstance(value, Ref) else value.value if isinstance(value, Const) else None
    if not isinstance(found, str | type | np.dtype):
        return None
    try:
        return np.dtype(found)
    except TypeError:
        return None


def same_dtype(left: Value, right: Value) -> bool | None:
    """Whether `left == right`, where one of them is a dtype and both are known."""
    given = [v.obj if isinstance(v, Ref) else v.value for v in (left, right) if isinstance(v, Ref | Const)]
    if len(given) < 2 or not any(isinstance(v, np.dtype) for v in given):
        return None
    return bool(given[0] == given[1]) if all(isinstance(v, str | type | np.dtype) for v in given) else None


_ASKED = {"kind": K.STR, "char": K.STR, "name": K.STR, "itemsize": K.INT}


def known_attribute(low: State, base: Value, name: str, node: ast.AST) -> Value | None:
    """An attribute of a dtype or of its limits, which never change; None of other values."""
    if low.kind(base).cat == "dtype" and isinstance(base, Var) and name in _ASKED:
        return low.emit(Call("getattr", (base, Const(name))), _ASKED[name], node)
    if not isinstance(base, Ref) or not isinstance(base.obj, _FIXED):
        return None
    found = getattr(base.obj, name, None)
    if isinstance(found, str | bool):
        return Const(found)
    if isinstance(found, np.dtype):
        return _ref(found)
    if isinstance(found, type) and isinstance(base.obj, np.dtype):
        return Ref(_name(base.obj), found)
    if isinstance(found, int | np.generic):
        return Const(found) if type(found) is int else Ref(f"{base.text}.{name}", found)
    return None


def _dtype(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    known = _known(args[0]) if len(args) == 1 and not kwargs else None
    if known is None or known.kind not in "fciub":
        low.refuse(
            node, "np.dtype of other than the name or class of numbers", "make it outside of the function"
        )
    return _ref(known)


def _limits(fun: Callable[[Any], Any]) -> Callable[..., Value]:
    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        known = _known(args[0]) if len(args) == 1 else None
        kind = low.kind(args[0])
        if known is None and (kind.is_number and not isinstance(args[0], Const)):
            known = _of_kind(kind)
        if known is None:
            low.refuse(
                node,
                f"np.{fun.__name__} of what is known at run time only",
                f"write the dtype out, as in np.{fun.__name__}(np.float64)",
            )
        return Ref(f"np.{fun.__name__}({_name(known)})", fun(known))

    return lowered


def _of_kind(kind: Kind) -> np.dtype[Any] | None:
    """The dtype of an array or NumPy scalar, None where its width is not known."""
    return None if kind.is_python or kind.dtype in K.CLASSES else np.dtype(kind.dtype)


def _result_type(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.result_type and np.promote_types, by the rules of NumPy on the kinds of the arguments."""
    weak = {"float": 1.0, "complex": 1j, "int": 1, "bool": True}
    given: list[Any] = []
    for arg in args:
        kind = low.kind(arg)
        given.append(weak.get(kind.cat) if kind.is_python else _known(arg) or _of_kind(kind))
    if kwargs or any(item is None for item in given):
        low.refuse(
            node, "np.result_type of what is known at run time only", "write the dtype out, as in np.float64"
        )
    return _ref(np.result_type(*given))


def _common_type(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.common_type: the least inexact dtype of arrays whose dtypes are known."""
    given = [_of_kind(low.kind(arg)) for arg in args if low.kind(arg).is_number]
    if len(given) < len(args) or any(item is None for item in given):
        low.refuse(
            node, "np.common_type of what is known at run time only", "write the dtype out, as in np.float64"
        )
    found = np.common_type(*(np.empty(0, item) for item in given))
    return Ref(_name(np.dtype(found)), found)


def _issubdtype(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if len(args) == 2 and all(isinstance(a, Ref | Const) for a in args):
        given = [a.obj if isinstance(a, Ref) else getattr(a, "value", None) for a in args]
        return Const(bool(np.issubdtype(given[0], given[1])))
    low.refuse(node, "np.issubdtype of what is known at run time only", "compare the kinds before the call")


def _ndarray(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if len(args) > 2 or not kwargs.keys() <= {"shape", "dtype", "order"}:
        low.refuse(node, "np.ndarray over a buffer", "use np.empty, or a view made by an index")
    return low.apply("np.empty", args, kwargs, node, hint=hint)


DTYPES: dict[Any, Callable[..., Value]] = {
    np.dtype: _dtype,
    np.result_type: _result_type,
    np.promote_types: _result_type,
    np.common_type: _common_type,
    np.finfo: _limits(np.finfo),
    np.iinfo: _limits(np.iinfo),
    np.issubdtype: _issubdtype,
    np.ndarray: _ndarray,
}

__all__ = ["DTYPES", "dtype_of", "known_attribute", "plain", "same_dtype"]
