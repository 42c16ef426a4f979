"""Arguments and results at the boundary: what a call's arguments are, and the user's types for cotangents.

`signature` is the key under which derivatives are remembered: types, dtypes, ranks, which axes have length 1 and which
have equal lengths. `kinds` says the same in the terms of the IR. `conform` gives a cotangent the type, dtype and structure of
the value that it belongs to; internal cotangents are gradients of the real inner product, so complex ones are conjugated.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Const, Ref

ARRAYS = (np.ndarray, np.memmap)
PLAIN = frozenset((float, int, bool, complex))
STATIC = (str, bytes, type, types.ModuleType, np.ufunc, type(None), types.FunctionType, types.BuiltinFunctionType, types.MethodType)


def signature(args: Iterable[Any]) -> Any:
    """A hashable key that is equal for calls which one text serves."""
    lengths: dict[int, int] = {}
    return tuple([_key(a, lengths) for a in args])


def _key(value: Any, lengths: dict[int, int]) -> Any:
    cls = type(value)
    if cls in PLAIN:
        return cls
    if cls in ARRAYS:
        return cls, value.dtype, tuple([1 if n == 1 else (lengths.setdefault(n, len(lengths)),) for n in value.shape])
    if isinstance(value, np.generic):
        return cls
    if cls is tuple or (isinstance(value, tuple) and hasattr(cls, "_fields")):
        return cls, tuple([_key(v, lengths) for v in value])
    if cls is list:
        return cls, tuple([_key(v, lengths) for v in value])
    if cls is dict:
        return cls, tuple([(k, _key(v, lengths)) for k, v in value.items()])
    if value is None or cls is str:
        return cls, value
    return cls, id(value)


def native(value: Any) -> Any:
    """The value with byte-swapped arrays converted, also inside of tuples, lists and dicts."""
    cls = type(value)
    if cls in ARRAYS:
        return value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("="))
    if cls is tuple:
        return tuple([native(v) for v in value])
    if cls is list:
        return [native(v) for v in value]
    if cls is dict:
        return {k: native(v) for k, v in value.items()}
    return value


class Describer:
    """Kinds of the arguments of one call; axes of equal lengths get one symbol."""

    def __init__(self) -> None:
        self.lengths: dict[int, K.Length] = {1: 1}

    def kind(self, value: Any) -> Kind:
        """The kind of an argument."""
        if type(value) in ARRAYS and value.dtype.kind in "fciub":
            shape = tuple(self.lengths.setdefault(n, K.new_length()) for n in value.shape)
            return K.array(shape, value.dtype.name)
        if isinstance(value, tuple):
            return Kind("tuple", items=tuple(self.kind(v) for v in value))
        if type(value) is dict:
            return Kind("dict", items=tuple(self.kind(v) for v in value.values()), keys=tuple(value))
        if type(value) is list:
            return K.list_of(K.join_all([self.kind(v) for v in value]))
        return K.kind_of_value(value)

    def argument(self, name: str, value: Any) -> Kind | Const | Ref:
        """What the program knows of an argument: its kind, or the value itself."""
        if value is None or isinstance(value, str):
            return Const(value)
        if isinstance(value, STATIC) or (callable(value) and not hasattr(value, "__dict__")):
            return Ref(name, value)
        return self.kind(value)


def differentiable(value: Any) -> bool:
    """Whether an argument has a leaf that derivatives can be taken by."""
    if isinstance(value, bool | int | str) or value is None:
        return False
    if isinstance(value, float | complex | np.inexact):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc"
    if isinstance(value, dict):
        return any(differentiable(v) for v in value.values())
    if isinstance(value, list | tuple):
        return any(differentiable(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(differentiable(getattr(value, f.name)) for f in dataclasses.fields(value))
    return False


def conform(grad: Any, value: Any) -> Any:
    """A cotangent as the user gets it."""
    cls = type(value)
    if cls is float:
        return float(grad.real) if isinstance(grad, complex | np.complexfloating) else float(grad)
    if cls in ARRAYS:
        return _conform_array(grad, value)
    if cls is complex:
        return complex(grad).conjugate()
    if isinstance(value, np.inexact):
        if isinstance(value, np.complexfloating):
            return cls(np.conj(grad))
        return cls(np.real(grad))
    if isinstance(value, dict):
        return {k: conform(grad[k], v) for k, v in value.items()}
    if isinstance(value, tuple):
        items = [conform(g, v) for g, v in zip(grad, value, strict=True)]
        return cls(*items) if hasattr(cls, "_fields") else tuple(items)
    if isinstance(value, list):
        return [conform(g, v) for g, v in zip(grad, value, strict=True)]
    return None


def _conform_array(grad: Any, value: Any) -> Any:
    if value.dtype.kind not in "fc":
        return None
    if value.dtype.kind == "f" and np.iscomplexobj(grad):
        grad = np.real(grad)
    if np.shape(grad) != value.shape:
        raise AssertionError(f"a cotangent has shape {np.shape(grad)} for an argument of shape {value.shape}; please report this")
    if value.dtype.kind == "c":
        return np.array(np.conj(grad), value.dtype, order="C")
    if type(grad) is np.ndarray and grad.dtype == value.dtype and grad.flags.c_contiguous and grad.flags.writeable and grad.base is None:
        return grad
    return np.array(grad, value.dtype.newbyteorder("="), order="C")


def cotangent(ct: Any, result: Any) -> Any:
    """A cotangent for a result as the generated code wants it; TypeError or ValueError if it does not fit."""
    if isinstance(result, dict):
        if not isinstance(ct, dict) or ct.keys() != result.keys():
            raise ValueError("the cotangent must be a dict with the result's keys")
        return {k: cotangent(ct[k], v) for k, v in result.items()}
    if isinstance(result, list | tuple):
        if not isinstance(ct, list | tuple) or len(ct) != len(result):
            raise ValueError(f"the cotangent must be a sequence of {len(result)} elements, as the result is")
        items = [cotangent(c, r) for c, r in zip(ct, result, strict=True)]
        return items if isinstance(result, list) else tuple(items)
    if ct is None or not isinstance(result, float | complex | np.inexact | np.ndarray):
        return 0.0
    if np.shape(ct) != np.shape(result):
        raise ValueError(f"the cotangent has shape {np.shape(ct)}, the result {np.shape(result)}")
    if isinstance(result, np.ndarray):
        dtype = result.dtype if result.dtype.kind in "fc" else np.float64
        return np.conj(np.array(ct, dtype)) if result.dtype.kind == "c" else np.array(ct, dtype)
    if isinstance(result, complex | np.complexfloating):
        return complex(ct).conjugate()
    if isinstance(result, np.floating):
        return result.dtype.type(ct)
    return float(ct)


def overlapping(arrays: Sequence[Any]) -> bool:
    """Whether two of the arrays share memory."""
    return any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])
