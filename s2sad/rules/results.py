"""Kinds of the results of elementwise functions, as NumPy and Python promote them.

Accepted are kinds of numbers, and of lists that NumPy makes arrays of; what is not known comes out as not
known.

    >>> from s2sad.ir import kinds
    >>> ufunc(np.add, kinds.array(("n", 0), "float32"), kinds.FLOAT).dtype
    'float32'
    >>> arithmetic(np.true_divide, kinds.INT, kinds.INT)
    Kind(cat='float', dtype='', shape=(), items=None, keys=())
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules.registry import UNKNOWN, Bound

_SIMPLE = frozenset(("add", "sub", "mul"))
_WEAK = {"float": float, "complex": complex, "int": int}
_WIDE = {"float": "float64", "complex": "complex128", "int": "int64", "": "float64"}
EITHER = ("float64", "complex128")  # what a number of which nothing is known may be


def numeric(kind: Kind) -> Kind:
    """The kind of np.asarray(value): what a ufunc sees of a list of numbers."""
    if kind.cat not in ("list", "tuple"):
        return kind
    items = kind.items or ()
    if not items or not all(item.is_number for item in items):
        return Kind("num", "float", None)
    dtype = kinds.promote(*items)
    return kinds.array((kinds.new_length(),) if all(i.is_scalar for i in items) else None, dtype)


def ufunc(function: np.ufunc, *operands: Kind) -> Kind:
    """The kind of `function(*operands)`: a NumPy scalar where all operands have rank 0."""
    arrays = [numeric(k) for k in operands]
    dtype = _dtype(function, *[(k.cat, k.dtype) for k in arrays])
    return kinds.elementwise(*arrays, dtype=dtype)


def _sort(dtype: str) -> str:
    return Kind("num", dtype).sort


@functools.lru_cache(maxsize=4096)
def _dtype(function: np.ufunc, *operands: tuple[str, str]) -> str:
    """The dtype of a ufunc's first result, or its class; operands are categories and dtypes.

    An operand of which nothing is known may be real or complex, and so may the result.
    """
    known = [Kind(cat, dtype) for cat, dtype in operands]
    unknown = [not k.sort for k in known]
    if any(unknown):
        real, complex_ = (
            _dtype(function, *[("num", d) if u else o for o, u in zip(operands, unknown, strict=True)])
            for d in EITHER
        )
        return real if _sort(real) == _sort(complex_) else ""
    if any(k.dtype == kinds.MIXED for k in known):
        real, whole = (
            _dtype(function, *[(cat, d if o == kinds.MIXED else o) for cat, o in operands])
            for d in ("float", "int")
        )
        return kinds.MIXED if _sort(real) == "float" != _sort(whole) else real
    tokens = [_WEAK.get(k.cat, "bool") if k.is_python else _WIDE.get(k.dtype, k.dtype) for k in known]
    dtypes = [np.dtype(t) if isinstance(t, str) else t for t in tokens]
    try:
        result = function.resolve_dtypes((*dtypes, *[None] * function.nout))[function.nin].name
    except TypeError:  # the primal raises it as well
        result = kinds.promote(*known)
    if result != "bool" and any(k.dtype in ("float", "complex", "int") for k in known):
        result = np.dtype(result).name.rstrip("0123456789")
    return str(result)


def dtype_name(value: Any) -> str:
    """The name of a dtype given in any of NumPy's ways; "" if it is not known before the program runs."""
    if value is UNKNOWN or value is None:
        return ""
    try:
        known = np.dtype(value)
    except TypeError:
        return ""
    if known.kind in "OV":
        raise NotImplementedError("an array of objects or of records; compute with arrays of floats")
    return str(known.name)


def of_ufunc(function: np.ufunc, names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    """The kind of a call of a ufunc: of `out` where that is given, else promoted or as `dtype` says."""

    def infer(bound: Bound) -> Kind:
        if bound.given("out") and bound.kind("out").cat != "none":
            return bound.kind("out")
        result = ufunc(function, *(bound.kind(n) for n in names))
        if bound.given("dtype") and bound.kind("dtype").cat != "none":
            known = dtype_name(bound.static("dtype"))
            return replace(result, dtype=known or kinds.widest([result.sort, "float"]))
        return result

    return infer


def arithmetic(function: np.ufunc, *operands: Kind) -> Kind:
    """The kind of an operator of Python on numbers, lists and strings; `function` is what it is on arrays.

    An int to an int known at run time only counts as an int.
    """
    cats = [k.cat for k in operands]
    if kinds.PYTHON.issuperset(cats):
        sort = kinds.widest(cats)
        bitwise = function in (np.bitwise_and, np.bitwise_or, np.bitwise_xor)
        if sort == "bool" and not bitwise:
            sort = "int"
        return Kind("float" if sort == "int" and function is np.true_divide else sort)
    if kinds.NUMBERS.issuperset(cats):
        return kinds.COMPLEX if pythonic(*operands) else ufunc(function, *operands)
    return _container(function, *operands)


def of_floats(op: str, operands: Sequence[Kind]) -> Kind | None:
    """The kind of `a + b`, `a - b` or `a*b` of arrays of float64 of one shape, or of one and a number.

    Most operations of most programs are such, and need not be bound to a rule to be known. None for all else.
    """
    if op not in _SIMPLE or len(operands) != 2:
        return None
    a, b = operands
    if b.cat != "array":
        a, b = b, a
    if b.cat != "array" or b.dtype != "float64" or not b.shape or b.optional or a.optional:
        return None
    if a.cat == "array":
        plain = a.dtype == "float64" and a.shape == b.shape
    else:
        plain = a.cat in ("float", "int")
    return kinds.array(b.shape) if plain else None


def pythonic(x: Kind, *others: Kind) -> bool:
    """Whether Python's complex serves the operator: np.float64 is a float to it, and it stands first."""
    return x.cat == "complex" and any(k.cat == "npscalar" and k.dtype == "float64" for k in others)


def _container(function: np.ufunc, *operands: Kind) -> Kind:
    """`[1] + xs`, `2*xs`, `"a" + "b"`, `"%d" % n`, and arrays beside lists."""
    cats = [k.cat for k in operands]
    if any(k.cat in ("array", "num", "npscalar") for k in operands):
        if all(k.is_number or k.cat in ("list", "tuple") for k in operands):
            return ufunc(function, *operands)
        return kinds.OBJECT
    if "str" in cats:
        return kinds.STR
    if function is np.add and cats == ["list", "list"]:
        return kinds.join(operands[0], operands[1])
    if function is np.add and cats == ["tuple", "tuple"]:
        return replace(operands[0], items=(operands[0].items or ()) + (operands[1].items or ()))
    if function is np.multiply and "list" in cats:
        return operands[cats.index("list")]
    return kinds.OBJECT


def of_operator(function: np.ufunc) -> Callable[[Bound], Kind]:
    """The kind of an arithmetic operator's result."""

    def infer(bound: Bound) -> Kind:
        if function is np.power and bound.kind("x").cat == bound.kind("y").cat == "int":
            y = bound.static("y")
            return kinds.FLOAT if isinstance(y, int) and y < 0 else kinds.INT
        return arithmetic(function, *bound.kinds.values())

    return infer


def of_comparison(function: np.ufunc) -> Callable[[Bound], Kind]:
    """The kind of a comparison: bool, elementwise where an operand is an array or a NumPy scalar."""

    def infer(bound: Bound) -> Kind:
        operands = tuple(bound.kinds.values())
        if function in (np.equal, np.not_equal) and pythonic(*operands):
            return kinds.BOOL
        if any(k.cat in ("array", "num", "npscalar") for k in operands):
            return kinds.elementwise(*(numeric(k) for k in operands), dtype="bool")
        return kinds.BOOL if all(k.cat != "object" for k in operands) else kinds.OBJECT

    return infer


def constant(kind: Kind) -> Callable[[Bound], Kind]:
    """The same kind for every call."""
    return lambda bound: kind
