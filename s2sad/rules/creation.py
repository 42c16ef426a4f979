"""Functions that make arrays, and shapes as numbers: zeros, full, arange, linspace, diag, tril, np.shape.

Most have no derivative and are here for the kinds of their results. Active are `fill_value`, the ends of
`linspace` and `arange`, the vector of `diag` and the matrix of `tril`.

    z = np.full(shape, a)                a_bar = np.sum(g)
    z = np.linspace(a, b, num)           a_bar = np.sum(g*np.linspace(1.0, 0.0, num))
    z = np.diag(a)                       a_bar = np.diag(g)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import linear

# -------------------------------------------------------------------------------------------- constant arrays


def _filled_kind(bound: Bound) -> Kind:
    return kinds.array(axes.shape_from(bound, "shape"), axes.dtype_name(bound, "float64"))


def _like_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    shape: Shape | None = own.shape
    if bound.given("shape") and bound.static("shape") is not None:
        shape = axes.shape_from(bound, "shape")
    return kinds.array(shape, axes.dtype_name(bound, own.dtype))


def _fill_vjp(bound: Bound) -> str | None:
    if bound.out is not None and bound.out.sort in ("int", "bool"):
        return None
    return axes.fitted(bound, "g", "fill_value")


for _name in ("zeros", "ones", "empty"):
    structural(f"np.{_name}", "shape, dtype=None, order='C'", _filled_kind, {}, (getattr(np, _name),))
    structural(
        f"np.{_name}_like",
        "a, dtype=None, order='K', *, shape=None",
        _like_kind,
        {},
        (getattr(np, f"{_name}_like"),),
    )
structural(
    "np.full",
    "shape, fill_value, dtype=None, order='C'",
    lambda b: kinds.array(
        axes.shape_from(b, "shape"), axes.dtype_name(b, as_array(b.kind("fill_value")).dtype)
    ),
    {"fill_value": _fill_vjp},
    (np.full,),
    linear=("fill_value",),
)
structural(
    "np.full_like",
    "a, fill_value, dtype=None, order='K', *, shape=None",
    _like_kind,
    {"a": axes.zero, "fill_value": _fill_vjp},
    (np.full_like,),
    linear=("fill_value",),
)


# ----------------------------------------------------------------------------------------------------- ranges


def _arange_kind(bound: Bound) -> Kind:
    given = [
        as_array(bound.kind(n))
        for n in ("start", "stop", "step")
        if bound.given(n) and bound.static(n) is not None
    ]
    dtype = axes.dtype_name(bound, axes.promoted(given))
    ends = [bound.static(n) for n in ("start", "stop", "step")]
    length: Length = new_length()
    if not bound.given("stop") or ends[1] is None:
        ends = [0, ends[0], ends[2]]
    if all(axes.as_int(n) is not None for n in ends):
        length = len(range(*ends))
    elif ends[0] == 0 and ends[2] in (1, None):
        length = bound.lengths.get("stop" if bound.given("stop") else "start", length)
    return kinds.array((length,), "int64" if dtype == "bool" else dtype)


def _arange_start(bound: Bound) -> str | None:
    return None if not bound.given("stop") or bound.static("stop") is None else "np.sum(g)"


structural(
    "np.arange",
    "start, stop=None, step=1, dtype=None",
    _arange_kind,
    {"start": _arange_start, "stop": axes.zero, "step": "np.sum(g*np.arange(g.size))"},
    (np.arange,),
    jvp={
        "start": lambda b: "np.full_like(out, start_dot)" if _arange_start(b) else "np.zeros_like(out)",
        "step": "step_dot*np.arange(out.size)",
    },
)


def _linspace_kind(bound: Bound) -> Kind:
    ends = [as_array(bound.kind(n)) for n in ("start", "stop")]
    shape = kinds.broadcast(*(k.shape for k in ends))
    count = axes.as_int(bound.static("num"))
    dtype = axes.dtype_name(bound, axes.averaged(axes.promoted(ends)))
    return kinds.array(
        None if shape is None else (count if count is not None else new_length(), *shape), dtype
    )


def _linspace_vjp(name: str, first: str, last: str) -> Callable[[Bound], str | None]:
    def text(bound: Bound) -> str | None:
        if bound.out is not None and bound.out.sort in ("int", "bool"):
            return None
        end = "" if bound.static("endpoint") is True else f", endpoint={literal(bound, 'endpoint')}"
        share = f"np.linspace({first}, {last}, {literal(bound, 'num')}{end})"
        ranks = [rank_of(bound, n) for n in ("start", "stop")]
        if ranks == [0, 0]:
            return f"np.sum(g*{share})"
        return f"unbroadcast(np.tensordot({share}, g, 1), {name})"

    return text


def _linspace_jvp(bound: Bound, first: str, last: str) -> str:
    return f"np.linspace({first}, {last}, {literal(bound, 'num')}, {literal(bound, 'endpoint')})"


structural(
    "np.linspace",
    "start, stop, num=50, endpoint=True, *, dtype=None",
    _linspace_kind,
    {"start": _linspace_vjp("start", "1.0", "0.0"), "stop": _linspace_vjp("stop", "0.0", "1.0")},
    (np.linspace,),
    jvp={
        "start": lambda b: _linspace_jvp(b, "start_dot", "np.zeros_like(stop)"),
        "stop": lambda b: _linspace_jvp(b, "np.zeros_like(start)", "stop_dot"),
    },
    general="linspace_general",
)
composite(
    "np.logspace",
    "def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):\n"
    "    z = np.power(base, np.linspace(start, stop, num, endpoint))\n"
    "    z = z if dtype is None else np.asarray(z, dtype)\n"
    "    return z if axis == 0 else np.moveaxis(z, 0, axis)\n",
    (np.logspace,),
)


# --------------------------------------------------------------------------------------------------- matrices


def _length(bound: Bound, name: str) -> Length:
    number = axes.as_int(bound.static(name))
    return new_length() if number is None else number


def _square(length: Length, dtype: str) -> Kind:
    return kinds.array((length, length), dtype)


def _eye_kind(bound: Bound) -> Kind:
    rows = _length(bound, "N")
    columns = rows if bound.static("M") is None else _length(bound, "M")
    return kinds.array((rows, columns), axes.dtype_name(bound, "float64"))


def _diag_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("v"))
    if own.shape is None:
        return kinds.array(None, own.dtype)
    if len(own.shape) == 1:
        return _square(own.shape[0] if bound.static("k") == 0 else new_length(), own.dtype)
    same = own.shape[0] == own.shape[1] and bound.static("k") == 0
    return kinds.array((own.shape[0] if same else new_length(),), own.dtype)


def _diag_vjp(bound: Bound) -> str:
    own = shape_of(bound, "v")
    if own is not None and (len(own) == 1 or own[0] == own[1]):
        return "np.diag(g)" if bound.static("k") == 0 else f"np.diag(g, {literal(bound, 'k')})"
    return "diag_back(g, v)" if bound.static("k") == 0 else f"diag_back(g, v, {literal(bound, 'k')})"


def _flat_diag_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("v"))
    known = own.shape is not None and bound.static("k") == 0
    return _square(axes.product(own.shape) if known and own.shape is not None else new_length(), own.dtype)


def _triangle_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("m"))
    shape = own.shape
    if shape is not None and len(shape) == 1:
        shape = (shape[0], shape[0])
    return kinds.array(shape, own.dtype)


def _triangle_vjp(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        part = f"np.{name}(g)" if bound.static("k") == 0 else f"np.{name}(g, {literal(bound, 'k')})"
        if rank_of(bound, "m") in (None, 1):
            return f"unbroadcast({part}, m)"
        return part

    return text


structural("np.eye", "N, M=None, k=0, dtype=None, order='C'", _eye_kind, {}, (np.eye,))
structural(
    "np.identity",
    "n, dtype=None",
    lambda b: _square(_length(b, "n"), axes.dtype_name(b, "float64")),
    {},
    (np.identity,),
)
structural("np.tri", "N, M=None, k=0, dtype=None", _eye_kind, {}, (np.tri,))
structural("np.diag", "v, k=0", _diag_kind, {"v": _diag_vjp}, (np.diag,), linear=("v",), effect="maybe v")
structural(
    "diag_back",
    "z, v, k=0",
    lambda b: kinds.array(shape_of(b, "v"), as_array(b.kind("z")).dtype),
    {"z": lambda b: f"np.diag(g, {literal(b, 'k')})", "v": axes.zero},
    (linear.diag_back,),
    linear=("z",),
    effect="maybe z",
)
structural(
    "np.diagflat",
    "v, k=0",
    _flat_diag_kind,
    {"v": lambda b: f"np.reshape(np.diag(g, {literal(b, 'k')}), {axes.shape(b, 'v')})"},
    (np.diagflat,),
    linear=("v",),
)
for _name in ("tril", "triu"):
    structural(
        f"np.{_name}",
        "m, k=0",
        _triangle_kind,
        {"m": _triangle_vjp(_name)},
        (getattr(np, _name),),
        linear=("m",),
    )


def _vander_kind(bound: Bound) -> Kind:
    own, count = as_array(bound.kind("x")), bound.static("N")
    known = isinstance(bound.static("increasing"), bool) and own.rank == 1
    if not known or own.sort not in ("float", "complex"):
        raise NotImplementedError("np.vander in an order that is known at run time only")
    rows = own.shape[0] if own.shape else new_length()
    return kinds.array((rows, rows if count is None else axes.length_of(count)), own.dtype)


def _vander_slopes(bound: Bound) -> str:
    """The derivatives of all columns but the constant one: x**k has k*x**(k - 1), which is another column."""
    if bound.static("increasing"):
        return "out[:, :-1]*np.arange(1, out.shape[1])"
    return "out[:, 1:]*np.arange(out.shape[1] - 1, 0, -1)"


def _vander_vjp(bound: Bound) -> str:
    slopes = _vander_slopes(bound)
    slopes = f"np.conj({slopes})" if as_array(bound.kind("x")).sort == "complex" else slopes
    return f"np.sum(g[:, {'1:' if bound.static('increasing') else ':-1'}]*{slopes}, axis=1)"


def _vander_dot(bound: Bound) -> str:
    count = bound.static("N")
    if count == 0:
        return "np.zeros_like(out)"
    sides = "(1, 0)" if bound.static("increasing") else "(0, 1)"
    text = f"np.pad(np.reshape(x_dot, (-1, 1))*{_vander_slopes(bound)}, ((0, 0), {sides}))"
    return text if count is None or isinstance(count, int) else f"{text}[:, :out.shape[1]]"


structural(
    "np.vander",
    "x, N=None, increasing=False",
    _vander_kind,
    {"x": _vander_vjp},
    (np.vander,),
    jvp={"x": _vander_dot},
    general="vander_general",
)
composite(
    "vander_general",
    """def vander(x, N=None, increasing=False):
    x = np.asarray(x)
    n = np.size(x) if N is None else N
    ones = np.ones_like(x[:, None])
    powers = np.cumprod(np.broadcast_to(x[:, None], (np.size(x), max(n - 1, 0))), axis=1)
    if n < 1:
        return ones[:, :0]
    return np.concatenate([ones, powers] if increasing else [powers[:, ::-1], ones], axis=1)
""",
)


# ---------------------------------------------------------------------------------------------------- windows


for _name in ("hanning", "hamming", "blackman", "bartlett"):
    structural(
        f"np.{_name}",
        "M",
        lambda b: kinds.array((_length(b, "M"),), "float64"),
        {"M": axes.refuse(f"the derivative of np.{_name} in a length that is no integer")},
        (getattr(np, _name),),
    )
structural(
    "np.kaiser",
    "M, beta",
    lambda b: kinds.array((_length(b, "M"),), "float64"),
    {"beta": axes.refuse("the derivative of np.kaiser in beta; write it with np.i0")},
    (np.kaiser,),
)


# ---------------------------------------------------------------------------------------------------- indices


def _indices_kind(bound: Bound) -> Kind:
    shape = axes.shape_from(bound, "dimensions")
    return kinds.array(None if shape is None else (len(shape), *shape), axes.dtype_name(bound, "int64"))


def _pair(bound: Bound) -> Kind:
    one = kinds.array((new_length(),), "int64")
    return Kind("tuple", items=(one, one))


structural("np.indices", "dimensions, dtype=None", _indices_kind, {}, (np.indices,))
structural("np.triu_indices", "n, k=0, m=None", _pair, {}, (np.triu_indices,))
structural("np.tril_indices", "n, k=0, m=None", _pair, {}, (np.tril_indices,))
structural("np.triu_indices_from", "arr, k=0", _pair, {}, (np.triu_indices_from,))
structural("np.tril_indices_from", "arr, k=0", _pair, {}, (np.tril_indices_from,))


def _diag_indices_kind(bound: Bound) -> Kind:
    count = axes.as_int(bound.static("ndim"))
    one = kinds.array((_length(bound, "n"),), "int64")
    return kinds.tuple_of(one, count)


def _diag_indices_from_kind(bound: Bound) -> Kind:
    rank = rank_of(bound, "arr")
    return kinds.tuple_of(kinds.array((new_length(),), "int64"), rank)


structural("np.diag_indices", "n, ndim=2", _diag_indices_kind, {}, (np.diag_indices,))
structural("np.diag_indices_from", "arr", _diag_indices_from_kind, {}, (np.diag_indices_from,))


# ----------------------------------------------------------------------------------- shapes as Python numbers


def _shape_kind(bound: Bound) -> Kind:
    rank = rank_of(bound, "a")
    return kinds.tuple_of(kinds.INT, rank)


structural("np.shape", "a", _shape_kind, {}, (np.shape,))
composite(
    "steps_to",
    """def steps_to(first, last, count):
    return np.arange(count)*((last - first)/float(count - 1) if count != 1 else 1) + np.float64(first)
""",
)
structural("np.iterable", "y", lambda b: kinds.BOOL, {}, (np.iterable,))
structural("np.ndim", "a", lambda b: kinds.INT, {}, (np.ndim,))
structural("np.size", "a, axis=None", lambda b: kinds.INT, {}, (np.size,))

# Texts, which carry no derivative.
_WIDTHS = "max_line_width=None, precision=None, suppress_small=None"
_DIGITS = "sign=False, pad_left=None"
for _made, _takes in (
    (np.array2string, f"a, {_WIDTHS}, separator=' ', prefix='', *, formatter=None, threshold=None, "
     "edgeitems=None, sign=None, floatmode=None, suffix='', legacy=None"),
    (np.array_repr, f"arr, {_WIDTHS}"),
    (np.array_str, f"a, {_WIDTHS}"),
    (np.format_float_positional, f"x, precision=None, unique=True, fractional=True, trim='k', {_DIGITS}, "
     "pad_right=None, min_digits=None"),
    (np.format_float_scientific, f"x, precision=None, unique=True, trim='k', {_DIGITS}, exp_digits=None, "
     "min_digits=None"),
):  # fmt: skip
    structural(f"np.{_made.__name__}", _takes, lambda b: kinds.STR, {}, (_made,), raises=True)
