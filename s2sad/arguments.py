"""Arguments and results at the boundary: what a call's arguments are, and the user's types for cotangents.

`signature` is the key under which derivatives are remembered: types, dtypes, ranks, contiguity, which axes
have length 1 and which have equal lengths; of objects of the user's classes, what their attributes are like.
Functions and other objects stand for themselves and are held by it, so that an id is never met again.
`Describer` says the same in the terms of the IR. `conform` gives a cotangent the type, dtype and structure of
the value that it belongs to; internal cotangents are gradients of the real inner product, so complex ones are
conjugated.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import types
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

import numpy as np

from s2sad.frontend.dependencies import SHELVES, is_open, object_key
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Const, Ref
from s2sad.runtime.storage import copy_strided

ARRAYS = (np.ndarray, np.memmap)
DICTS = (dict, collections.OrderedDict, collections.defaultdict)
PLAIN = frozenset((float, int, bool, complex))
REAL = (float, np.float64)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)
STATIC = (str, bytes, type, types.ModuleType, *FUNCTIONS)
UNLIKE = 64  # elements of a list that are known one by one


# --------------------------------------------------------------------------------------------- keys


def signature(values: Mapping[str, Any], active: Container[str]) -> tuple[Any, ...]:
    """A hashable key that is equal for calls which one text serves; `active` are differentiated."""
    lengths: dict[Any, int] = {}
    return tuple([_key(v, lengths, n in active) for n, v in values.items()])


def _key(value: Any, lengths: dict[Any, int], by_parts: bool = True) -> Any:
    cls = type(value)
    if cls in PLAIN:
        return cls
    if cls in ARRAYS:
        shape = tuple([1 if n == 1 else (lengths.setdefault(n, len(lengths)),) for n in value.shape])
        return np.ndarray, value.dtype, shape, value.flags.forc
    if isinstance(value, np.generic):
        return cls
    if cls is list and (elements := _elements(value, lengths)) is not None:
        return cls, elements
    if cls is list or cls is tuple or is_namedtuple(value):
        return cls, tuple([_key(v, lengths) for v in value])
    if cls in DICTS:
        return cls, tuple([(k, type(k), _key(v, lengths)) for k, v in value.items()])
    if by_parts and is_record(value):
        return cls, tuple([_key(v, lengths) for v in fields(value).values()])
    if value is None or cls is str:
        return cls, value
    return object_key(value, lengths)


def _elements(value: list[Any], lengths: dict[Any, int]) -> tuple[frozenset[Any], Any] | None:
    """The keys of a list's elements, which have one kind together: neither number nor order matters.

    Of arrays also the lengths that all of them have. None where they are known one by one, as objects may be.
    """
    classes = frozenset(map(type, value))
    if classes <= PLAIN or all(cls in PLAIN or issubclass(cls, np.generic) for cls in classes):
        return classes, None
    if classes == {str}:  # each string once: a list of names may be long
        return frozenset([(str, v) for v in {*value}]), None
    if any(map(holds_parts, value)) or any(map(holds_objects, value)):
        return None
    keys = frozenset([_key(v, {}) for v in value])
    if len(keys) > 1 and holds_unlike(value):
        return None
    shape = common_shape(value)
    if shape is not None:
        shape = tuple([n if n == 1 else (lengths.setdefault(n, len(lengths)),) for n in shape])
    return keys, shape


def common_shape(value: list[Any]) -> Any:
    """The shape that all elements of a list of arrays have, None if there is none."""
    shapes = {v.shape if type(v) in ARRAYS else None for v in value}
    return shapes.pop() if len(shapes) == 1 else None


def is_namedtuple(value: Any) -> bool:
    """Whether a value is an instance of a namedtuple class."""
    return isinstance(value, tuple) and hasattr(type(value), "_fields")


def is_record(value: Any) -> bool:
    """Whether a value is an instance of a dataclass."""
    return hasattr(type(value), "__dataclass_fields__")


def fields(value: Any) -> dict[str, Any]:
    """The fields of a dataclass instance."""
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def native(value: Any, seen: dict[int, tuple[Any, Any]]) -> Any:
    """The value with byte-swapped arrays converted, also inside of containers.

    Containers are made anew; `seen` says what has been made of each, so that what is one stays one: by its
    identity itself and its copy.
    """
    cls = type(value)
    if cls in PLAIN:
        return value
    if cls in ARRAYS:
        return value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("="))
    if cls is tuple:
        return tuple([native(v, seen) for v in value])
    if cls is list or cls is dict:
        known = seen.get(id(value))
        if known is None:
            known = seen[id(value)] = value, _native_parts(value, seen)
        return known[1]
    if is_namedtuple(value):
        return cls(*[native(v, seen) for v in value])
    return value


def _native_parts(value: Any, seen: dict[int, tuple[Any, Any]]) -> Any:
    if type(value) is list:
        return [v if isinstance(v, float | str) else native(v, seen) for v in value]
    return {k: native(v, seen) for k, v in value.items()}


def is_empty(value: Any) -> bool:
    """Whether a value is a container without leaves."""
    return isinstance(value, list | tuple | dict) and not any(True for _ in leaves(value))


# -------------------------------------------------------------------------------------------- kinds


class Describer:
    """Kinds of the arguments of one call.

    Axes of equal lengths get one symbol, objects in containers that are alike one class.
    """

    def __init__(self) -> None:
        self.lengths: dict[int, K.Length] = {1: 1}
        self.samples: dict[Any, type] = {}

    def kind(self, value: Any) -> Kind:
        """The kind of an argument.

        A namedtuple is a tuple and a dataclass a dict; the names of their fields stand where an array has its
        dtype.
        """
        if type(value) in ARRAYS and value.dtype.kind in "fciub":
            shape = tuple(self.lengths.setdefault(n, K.new_length()) for n in value.shape)
            return K.array(shape, value.dtype.newbyteorder("=").name)
        if isinstance(value, tuple):
            names = ",".join(getattr(type(value), "_fields", ()))
            cls = type(value) if names else None
            return Kind("tuple", names, items=tuple(self.part(v) for v in value), cls=cls)
        if type(value) in DICTS:
            return Kind("dict", items=tuple(self.part(v) for v in value.values()), keys=tuple(value))
        if is_record(value) and differentiable(value):
            parts = fields(value)
            items = tuple(map(self.part, parts.values()))
            return Kind("dict", ",".join(parts), items=items, keys=tuple(parts), cls=type(value))
        if type(value) is list and (any(map(holds_parts, value)) or holds_unlike(value)):
            return Kind("tuple", items=tuple(self.part(v) for v in value), cls=list)
        if type(value) is list:
            joined = K.join_all([self.part(v) for v in value])
            shape = common_shape(value)
            if joined is not None and joined.is_array and shape is not None:
                joined = dataclasses.replace(joined, shape=tuple([K.of_all(self.lengths[n]) for n in shape]))
            return K.list_of(joined)
        return K.kind_of_value(value)

    def object(self, value: Any) -> Kind:
        """The kind of an object in a container: all that are like it have this one."""
        key = object_key(value, {})
        if key not in self.samples:
            self.samples[key] = type(type(value).__name__, (), {"s2sad_sample": value})
        return dataclasses.replace(K.OBJECT, cls=self.samples[key])

    def part(self, value: Any) -> Kind:
        """The kind of a part of an argument; strings, functions and members are known (see `signature`)."""
        kind = self.kind(value)
        if kind == K.OBJECT and (type(value) in SHELVES or is_open(type(value))):
            return self.object(value)
        is_known = isinstance(value, str) or (
            kind == K.OBJECT and (callable(value) or isinstance(value, enum.Enum))
        )
        return dataclasses.replace(kind, known=value) if is_known else kind

    def argument(self, name: str, value: Any) -> Kind | Const | Ref:
        """What the program knows of an argument: its kind, or the value itself."""
        if value is None or isinstance(value, str):
            return Const(value)
        if isinstance(value, STATIC) or (callable(value) and not hasattr(value, "__dict__")):
            return Ref(name, value)
        if is_record(value):
            return K.OBJECT
        return self.kind(value)


def holds_parts(value: Any) -> bool:
    """Whether a list with this element has its elements known one by one: a dict, a dataclass, a function."""
    if is_record(value):
        return differentiable(value)
    if isinstance(value, FUNCTIONS):
        return True
    if isinstance(value, list | tuple):
        return any(map(holds_parts, value))
    return isinstance(value, dict)


def holds_unlike(value: list[Any]) -> bool:
    """Whether a list has its elements known one by one since they are unlike: few, of which one is active.

    Objects that are unlike are known so, too.
    """
    if not 1 < len(value) <= UNLIKE:
        return False
    objects = any(map(holds_objects, value))
    if not objects and not differentiable(value):
        return False
    classes = set(map(type, value))
    if len(classes) == 1 and classes != {tuple} and not objects:
        return False
    describer = Describer()
    joined = K.join_all([describer.part(v) for v in value]) or K.OBJECT
    return joined == K.OBJECT or (objects and _is_unknown(joined))


def _is_unknown(kind: Kind) -> bool:
    """Whether nothing is known of a part of some tuples, as they hold objects there that are unlike."""
    return kind == K.OBJECT or any(map(_is_unknown, kind.items or ()))


def holds_objects(value: Any) -> bool:
    """Whether a value is an object of the user's that is no record of numbers, or a container of such."""
    cls = type(value)
    if isinstance(value, dict) and cls not in SHELVES:
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(map(holds_objects, value))
    if cls in PLAIN or cls in ARRAYS or not is_open(cls):
        return cls in SHELVES
    return not (is_record(value) and differentiable(value))


def has_records(value: Any) -> bool:
    """Whether a value is or holds a dataclass with something to differentiate."""
    if is_record(value):
        return differentiable(value)
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(map(has_records, value))


def passed(value: Any) -> Any:
    """A differentiated argument as generated code takes it: dataclasses become dicts."""
    if is_record(value) and differentiable(value):
        return {k: passed(v) for k, v in fields(value).items()}
    if type(value) is list:
        return [passed(v) for v in value]
    if is_namedtuple(value):
        return type(value)(*[passed(v) for v in value])
    if type(value) is tuple:
        return tuple([passed(v) for v in value])
    if type(value) is dict:
        return {k: passed(v) for k, v in value.items()}
    return value


def differentiable(value: Any) -> bool:
    """Whether an argument has a leaf that derivatives can be taken by."""
    if isinstance(value, bool | int | str) or value is None:
        return False
    if isinstance(value, float | complex | np.inexact):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc"
    if isinstance(value, dict):
        return type(value) in DICTS and any(differentiable(v) for v in value.values())
    if type(value) is list or isinstance(value, tuple):
        return any(differentiable(v) for v in value)
    return is_record(value) and any(map(differentiable, fields(value).values()))


def leaves(value: Any) -> Iterator[Any]:
    """The leaves of an argument, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    elif is_record(value):
        value = list(fields(value).values())
    if isinstance(value, list | tuple):
        for v in value:
            yield from leaves(v)
    else:
        yield value


def mapped(fun: Callable[..., Any], value: Any, *others: Any) -> Any:
    """The value with `fun` applied to its leaves, beside the leaves at the same place of other trees."""
    cls = type(value)
    if isinstance(value, dict):
        return _dict_like(value, {k: mapped(fun, v, *[o[k] for o in others]) for k, v in value.items()})
    if isinstance(value, list | tuple):
        items = [mapped(fun, *parts) for parts in zip(value, *others, strict=True)]
        return cls(*items) if is_namedtuple(value) else cls(items)
    if is_record(value):
        parts = {k: mapped(fun, v, *[getattr(o, k) for o in others]) for k, v in fields(value).items()}
        return _record(value, parts)
    return fun(value, *others)


def _dict_like(value: dict[Any, Any], held: dict[Any, Any]) -> dict[Any, Any]:
    """A dict of the class of another one."""
    if isinstance(value, collections.defaultdict):
        return collections.defaultdict(value.default_factory, held)
    return collections.OrderedDict(held) if isinstance(value, collections.OrderedDict) else held


def has_complex(value: Any) -> bool:
    """Whether a leaf is complex."""
    return any(
        isinstance(v, complex | np.complexfloating) or getattr(v, "dtype", np.dtype(bool)).kind == "c"
        for v in leaves(value)
    )


# ------------------------------------------------------------------------------------------ results


def without_complex(function: Callable[..., Any]) -> Callable[..., Any]:
    """A generated function of real numbers that raises where Python made a power of them complex."""

    @functools.wraps(function)
    def checked(*args: Any) -> Any:
        made = function(*args)
        if _holds_complex(made) and not any(map(_holds_complex, args)):
            raise TypeError(
                "a power of a negative float is complex here, its derivative that of real numbers; "
                "write complex(x)**y, or np.float64(x)**y for a nan"
            )
        return made

    return checked


def _holds_complex(value: Any) -> bool:
    """Whether a result of a generated function is or holds a complex number that Python made."""
    if isinstance(value, tuple | list):
        return any(map(_holds_complex, value))
    if isinstance(value, complex | np.complexfloating):
        return True
    return isinstance(value, np.ndarray) and value.dtype.kind == "c"


def conform(grad: Any, value: Any) -> Any:
    """A cotangent as the user gets it."""
    cls = type(value)
    if cls is float:
        return grad if type(grad) is float else float(np.real(grad))
    if cls in ARRAYS:
        return _conform_array(grad, value)
    if cls is complex:
        return complex(grad).conjugate()
    if isinstance(value, np.inexact):
        return cls(np.conj(grad) if isinstance(value, np.complexfloating) else np.real(grad))
    if isinstance(value, dict | list | tuple) and not differentiable(value):  # it may have grown
        return mapped(lambda _: None, value)
    if isinstance(value, dict):
        return _dict_like(value, {k: conform(grad[k], v) for k, v in value.items()})
    if isinstance(value, tuple):
        items = [conform(g, v) for g, v in zip(grad, value, strict=True)]
        return cls(*items) if hasattr(cls, "_fields") else tuple(items)
    if isinstance(value, list):
        pairs = zip(grad, value, strict=True)
        return [g if type(g) is type(v) in REAL else conform(g, v) for g, v in pairs]
    if is_record(value) and isinstance(grad, dict):
        return _record(value, {k: conform(grad[k], v) for k, v in fields(value).items()})
    return None


def _record(value: Any, parts: dict[str, Any]) -> Any:
    """A dataclass of the value's class with other fields; `__init__`, which may compute, is not run."""
    made = object.__new__(type(value))
    for name, part in parts.items():
        object.__setattr__(made, name, part)
    return made


def _conform_array(grad: Any, value: Any) -> Any:
    if value.dtype.kind not in "fc":
        return None
    if value.dtype.kind == "f" and np.iscomplexobj(grad):
        grad = np.real(grad)
    if not value.size:
        return np.zeros(value.shape, value.dtype.newbyteorder("="))
    if np.shape(grad) != value.shape:
        raise AssertionError(
            f"a cotangent has shape {np.shape(grad)}, its argument {value.shape}; please report this"
        )
    dtype = value.dtype if value.dtype.isnative else value.dtype.newbyteorder("=")
    if dtype.kind == "c":
        return np.array(np.conj(grad), dtype, order="C")
    if type(grad) is np.ndarray and grad.dtype == dtype and grad.base is None:
        flags = grad.flags
        if flags.c_contiguous and flags.writeable:
            return grad
    return np.array(grad, dtype, order="C")


def private(value: Any) -> Any:
    """A result whose arrays share memory with nothing."""
    cls = type(value)
    if cls in PLAIN:
        return value
    if isinstance(value, np.ndarray):
        return value.copy()
    if cls is list:
        return [private(v) for v in value]
    if cls is tuple:
        return tuple([private(v) for v in value])
    if cls is dict:
        return {k: private(v) for k, v in value.items()}
    if is_namedtuple(value):
        return cls(*[private(v) for v in value])
    return value


def tangent(dot: Any, value: Any) -> Any:
    """A tangent of an argument as the generated code wants it; None stands for zeros.

    TypeError or ValueError if it does not fit.
    """
    if type(value) is float or type(value) is np.ndarray:
        if type(dot) is type(value) and (type(value) is float or _is_alike(dot, value)):
            return dot
    if isinstance(value, dict) or is_record(value):
        parts = value if isinstance(value, dict) else fields(value)
        given = fields(dot) if is_record(dot) else dot
        if given is not None and (not isinstance(given, dict) or given.keys() != parts.keys()):
            raise ValueError(f"the tangent must have the primal's keys, {', '.join(map(repr, parts))}")
        return {k: tangent(None if given is None else given[k], v) for k, v in parts.items()}
    if isinstance(value, list | tuple):
        if dot is not None and (not isinstance(dot, list | tuple) or len(dot) != len(value)):
            raise ValueError(f"the tangent must be a sequence of {len(value)} elements, as the primal is")
        items = [_tangent_item(None if dot is None else dot[i], v) for i, v in enumerate(value)]
        if is_namedtuple(value):
            return type(value)(*items)
        return items if isinstance(value, list) else tuple(items)
    if not differentiable(value):
        if dot is not None:
            raise TypeError(f"the tangent of a {type(value).__name__} must be None, not {dot!r}")
        return None
    return zeros_like(value) if dot is None else _tangent_leaf(dot, value)


def _tangent_item(dot: Any, value: Any) -> Any:
    """The tangent of an item of a sequence, which may hold numbers that are no floats among floats."""
    if dot is None and isinstance(value, np.ndarray | np.generic | int) and not differentiable(value):
        return np.zeros(np.shape(value))[()]
    return tangent(dot, value)


def _is_alike(dot: Any, value: Any) -> bool:
    """Whether an array of inexact numbers has the other's dtype and layout."""
    same = dot.dtype == value.dtype and dot.shape == value.shape and dot.strides == value.strides
    return same and value.dtype.kind in "fc"


def zeros_like(value: Any) -> Any:
    """A tangent of zeros for a number or an array."""
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    return type(value)(0.0)


def _tangent_leaf(dot: Any, value: Any) -> Any:
    if np.shape(dot) != np.shape(value):
        raise ValueError(f"the tangent has shape {np.shape(dot)}, the primal {np.shape(value)}")
    if np.asarray(dot).dtype.kind not in "fciub":
        raise TypeError(f"the tangent must hold numbers, not {np.asarray(dot).dtype}")
    if np.iscomplexobj(dot) and not np.iscomplexobj(value):
        raise TypeError("the tangent is complex, the primal real; pass its real part")
    if not isinstance(value, np.ndarray):
        return type(value)(dot)
    if type(dot) is np.ndarray and _is_alike(dot, value):
        return dot
    strided = not value.flags.forc and 0 not in value.strides
    made = copy_strided(value) if strided else np.empty_like(value, subok=False)
    made[...] = dot
    return made


def pushed(dot: Any, value: Any) -> Any:
    """The tangent of a result as the user gets it; None for what cannot be differentiated."""
    cls = type(value)
    if type(dot) is cls and (cls is float or cls is np.float64):
        return dot
    if dot is None:
        return mapped(lambda v: zeros_like(v) if differentiable(v) else None, value)
    if isinstance(value, dict):
        return _dict_like(value, {k: pushed(dot[k], v) for k, v in value.items()})
    if isinstance(value, list | tuple):
        items = [pushed(d, v) for d, v in zip(dot, value, strict=True)]
        return cls(*items) if is_namedtuple(value) else cls(items)
    if not differentiable(value):
        return None
    if isinstance(value, np.ndarray):
        made = np.zeros(value.shape, value.dtype)
        made[...] = dot if value.dtype.kind == "c" else np.real(dot)
        return made
    return cls(dot if isinstance(value, complex | np.complexfloating) else np.real(dot))


def cotangent(ct: Any, result: Any) -> Any:
    """A cotangent for a result as the generated code wants it; TypeError or ValueError if it does not fit."""
    if isinstance(result, dict):
        if not isinstance(ct, dict) or ct.keys() != result.keys():
            raise ValueError(
                f"the cotangent must be a dict with the result's keys, {', '.join(map(repr, result))}"
            )
        return {k: cotangent(ct[k], v) for k, v in result.items()}
    if is_record(result) and differentiable(result):
        if type(ct) is not type(result):
            raise ValueError(f"the cotangent must be a {type(result).__name__}, as the result is")
        return cotangent(fields(ct), fields(result))
    if isinstance(result, list | tuple):
        if not isinstance(ct, list | tuple) or len(ct) != len(result):
            raise ValueError(f"the cotangent must be a sequence of {len(result)} elements, as the result is")
        items = [cotangent(c, r) for c, r in zip(ct, result, strict=True)]
        return items if isinstance(result, list) else tuple(items)
    if not isinstance(result, float | complex | np.inexact | np.ndarray) or not differentiable(result):
        return 0.0
    return zeros(result) if ct is None else _cotangent_leaf(ct, result)


def _cotangent_leaf(ct: Any, result: Any) -> Any:
    if np.shape(ct) != np.shape(result):
        raise ValueError(f"the cotangent has shape {np.shape(ct)}, the result {np.shape(result)}")
    if np.asarray(ct).dtype.kind not in "fciub":
        raise TypeError(f"the cotangent must hold numbers, not {np.asarray(ct).dtype}")
    is_complex = np.iscomplexobj(result)
    if np.iscomplexobj(ct) and not is_complex:
        raise TypeError("the cotangent is complex, the result real; pass its real part")
    if isinstance(result, np.ndarray):
        dtype = result.dtype
        return np.conj(np.array(ct, dtype)) if is_complex else np.array(ct, dtype)
    if is_complex:
        return (result.dtype.type if isinstance(result, np.complexfloating) else complex)(ct).conjugate()
    return result.dtype.type(ct) if isinstance(result, np.floating) else float(ct)


def with_scalars(ct: Any, raw: Any) -> Any:
    """A cotangent with scalars for its arrays of rank 0 where the generated code's own result has scalars."""
    if isinstance(ct, dict):
        return {k: with_scalars(c, raw[k] if isinstance(raw, dict) else None) for k, c in ct.items()}
    if isinstance(ct, list | tuple):
        same = isinstance(raw, list | tuple) and len(raw) == len(ct)
        items = [with_scalars(c, r) for c, r in zip(ct, raw if same else [None]*len(ct), strict=True)]
        return items if isinstance(ct, list) else tuple(items)
    if isinstance(raw, np.complexfloating) and isinstance(ct, complex):  # Python's is no divisible one
        return raw.dtype.type(ct)
    return ct[()] if isinstance(ct, np.ndarray) and not isinstance(raw, np.ndarray) else ct


def zeros(result: Any) -> Any:
    """A cotangent of zeros."""
    if isinstance(result, dict):
        return {k: zeros(v) for k, v in result.items()}
    if isinstance(result, list | tuple):
        return [zeros(v) for v in result] if isinstance(result, list) else tuple([zeros(v) for v in result])
    return np.zeros_like(result) if isinstance(result, np.ndarray) else 0.0
