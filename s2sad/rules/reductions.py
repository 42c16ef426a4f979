"""Reductions and running reductions: sum, mean, prod, max, var, cumsum, any, diff and the like.

Accepted are calls with `axis`, `keepdims`, `dtype`, `ddof` (or `correction`), `mean`, `initial` and `where`.
The texts are specialised on the rank and on a literal axis: of a matrix, with `z = np.sum(a, axis=1)`,

    z = np.mean(a)              a_bar = uniform(g/a.size)
    z = np.sum(a, axis=1)       a_bar = np.broadcast_to(g[:, None], np.shape(a))
    z = np.max(a)               a_bar = (a == out)*(g/np.sum(a == out))
    z = np.sum(a, where=w)      a_bar = np.where(w, g, 0.0)

Ties of max and min share equally; prod and cumprod are exact where elements are zero; the derivative of std
is 0 where std is 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import axis_args, count, filled, is_complex, is_total, reduced, spread
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import linear, prods


def _dtype(bound: Bound, change: Callable[[str], str]) -> str:
    own = axes.as_array(bound.kind("a")).dtype
    return axes.dtype_name(bound, change(own)) if "dtype" in bound.statics else change(own)


def _kind(change: Callable[[str], str]) -> Callable[[Bound], Kind]:
    return lambda bound: reduced(bound, _dtype(bound, change))


def _same(dtype: str) -> str:
    return dtype


# ------------------------------------------------------------------------------------------ where and initial


def _masked(bound: Bound) -> bool:
    """Whether the call leaves elements out."""
    if bound.given("where") and bound.kind("where").cat == "none":
        raise NotImplementedError("where=None, which NumPy takes for False; leave it out, or give a mask")
    return bound.given("where") and bound.static("where") is not True


def _started(bound: Bound) -> bool:
    """Whether the call gives a number to start from."""
    return bound.given("initial") and bound.kind("initial").cat != "none"


def _chosen(bound: Bound, text: str) -> str:
    """A text that broadcasts against the argument, in the argument's shape, 0 where elements are left out."""
    if not _masked(bound):
        return text
    whole = text if _stretched(text) else f"np.broadcast_to({text}, {axes.shape(bound)})"
    return f"np.where(where, {whole}, 0.0)"


def _stretched(text: str) -> bool:
    """Whether a text has the argument's shape for certain."""
    return text.startswith(("unreduce(", "np.broadcast_to("))


def _mask_arg(bound: Bound) -> str:
    return ", where=where" if _masked(bound) else ""


def _start_vjp(bound: Bound, text: str = "g") -> str:
    return axes.real_if(
        bound, "initial", text if bound.out is not None and bound.out.rank == 0 else f"np.sum({text})"
    )


def _filled(bound: Bound, text: str) -> str:
    """The cotangent of a sum's argument: `text` for every element that takes part."""
    return _chosen(bound, spread(bound, text)) if _masked(bound) else filled(bound, text)


def _count(bound: Bound, keep: bool | None = None) -> str:
    """The number of elements that take part in each result."""
    if not _masked(bound):
        return count(bound)
    return f"np.sum(np.broadcast_to(where, {axes.shape(bound)}){axis_args(bound, keep)})"


# ----------------------------------------------------------------------------------------------- sum and mean


def _sum_dot(name: str) -> Callable[[Bound], str]:
    """The tangent of a sum: of the tangents, without what the sum started from."""
    return lambda b: f"np.{name}(a_dot{axis_args(b)}{_mask_arg(b)})"


def _start_dot(bound: Bound) -> str:
    return (
        "initial_dot" if bound.out is not None and bound.out.rank == 0 else "np.full_like(out, initial_dot)"
    )


def _not_nan(bound: Bound) -> str:
    return "~np.isnan(a) & where" if _masked(bound) else "~np.isnan(a)"


def _nan_chosen(bound: Bound, text: str) -> str:
    condition, sides = (
        ("np.isnan(a)", f"0.0, {text}") if not _masked(bound) else (_not_nan(bound), f"{text}, 0.0")
    )
    return f"np.where({condition}, {sides})"


def _nan_count(bound: Bound, keep: bool | None = None) -> str:
    return f"np.sum({_not_nan(bound)}{axis_args(bound, keep)})"


def _nan_sum_dot(bound: Bound) -> str:
    return f"np.sum({_nan_chosen(bound, 'a_dot')}{axis_args(bound)})"


structural(
    "np.sum",
    "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True",
    _kind(axes.accumulated),
    {"a": lambda b: _filled(b, "g"), "initial": _start_vjp, "where": axes.zero},
    (np.sum, np.ndarray.sum),
    linear=("a",),
    jvp={"a": _sum_dot("sum"), "initial": _start_dot},
)
structural(
    "np.mean",
    "a, axis=None, dtype=None, out=None, keepdims=False, *, where=True",
    _kind(axes.averaged),
    {"a": lambda b: _filled(b, f"g/{_count(b)}"), "where": axes.zero},
    (np.mean, np.ndarray.mean),
    linear=("a",),
)
structural(
    "np.nansum",
    "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True",
    _kind(axes.accumulated),
    {"a": lambda b: _nan_chosen(b, spread(b, "g")), "initial": _start_vjp, "where": axes.zero},
    (np.nansum,),
    jvp={"a": _nan_sum_dot, "initial": _start_dot},
)
structural(
    "np.nanmean",
    "a, axis=None, dtype=None, out=None, keepdims=False, *, where=True",
    _kind(axes.averaged),
    {"a": lambda b: _nan_chosen(b, spread(b, f"(g/{_nan_count(b)})")), "where": axes.zero},
    (np.nanmean,),
    jvp={"a": lambda b: f"{_nan_sum_dot(b)}/{_nan_count(b)}"},
)


# ---------------------------------------------------------------------------------------------- maximum, ties


def _ties(bound: Bound) -> str:
    text = f"a == {spread(bound, 'out')}"
    return f"({text}) & where" if _masked(bound) else text


def _tie_count(bound: Bound) -> str:
    text = f"np.sum({_ties(bound)}{axis_args(bound)})"
    return f"({text} + (out == initial))" if _started(bound) else text


def _extreme_vjp(bound: Bound) -> str:
    return f"({_ties(bound)})*{spread(bound, f'(g/{_tie_count(bound)})')}"


def _extreme_jvp(bound: Bound) -> str:
    return f"np.sum(({_ties(bound)})*a_dot{axis_args(bound)})/{_tie_count(bound)}"


for _name, _objects in (
    ("np.max", (np.max, np.amax, np.ndarray.max)),
    ("np.min", (np.min, np.amin, np.ndarray.min)),
    ("np.nanmax", (np.nanmax,)),
    ("np.nanmin", (np.nanmin,)),
):
    structural(
        _name,
        "a, axis=None, out=None, keepdims=False, initial=None, where=True",
        _kind(_same),
        {
            "a": _extreme_vjp,
            "initial": lambda b: _start_vjp(b, f"(out == initial)*(g/{_tie_count(b)})"),
            "where": axes.zero,
        },
        _objects,
        jvp={"a": _extreme_jvp, "initial": lambda b: f"(out == initial)*(initial_dot/{_tie_count(b)})"},
        poles=True,  # nothing equals nan
    )

composite(
    "np.ptp",
    "def ptp(a, axis=None, keepdims=False):\n"
    "    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)\n",
    (np.ptp,),
)


# --------------------------------------------------------------------------------------------------- products


def _factors(bound: Bound) -> str:
    """What is multiplied: 1 for what is left out."""
    return "np.where(where, a, 1.0)" if _masked(bound) else "a"


def _others(bound: Bound, factors: str) -> str:
    text = f"prod_others({factors}{'' if is_total(bound) else ', ' + axes.literal(bound, 'axis')})"
    return f"np.conj({text})" if is_complex(bound, "a") else text


def _prod_vjp(bound: Bound) -> str:
    text = f"{spread(bound, 'g')}*{_others(bound, _factors(bound))}"
    text = f"{text}*{axes.conj(bound, 'initial')}" if _started(bound) else text
    text = axes.real_if(bound, "a", text)
    return f"np.where(where, {text}, 0.0)" if _masked(bound) else text


def _prod_dot(bound: Bound) -> str:
    axis = "None" if is_total(bound) else axes.literal(bound, "axis")
    moved = "np.where(where, a_dot, 0.0)" if _masked(bound) else "a_dot"
    text = f"np.sum(prod_others({_factors(bound)}, {axis})*{moved}{axis_args(bound)})"
    return f"initial*{text}" if _started(bound) else text


def _prod_rest(bound: Bound) -> str:
    """The product without what it started from."""
    return f"np.prod(a{axis_args(bound)}{_mask_arg(bound)})"


def _prod_start(bound: Bound) -> str:
    rest = f"np.conj({_prod_rest(bound)})" if is_complex(bound, "a") else _prod_rest(bound)
    return _start_vjp(bound, f"g*{rest}")


structural(
    "np.prod",
    "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True",
    _kind(axes.accumulated),
    {"a": _prod_vjp, "initial": _prod_start, "where": axes.zero},
    (np.prod, np.ndarray.prod),
    jvp={"a": _prod_dot, "initial": lambda b: f"initial_dot*{_prod_rest(b)}"},
)


def _nan_prod_kind(bound: Bound) -> Kind:
    if _masked(bound) or _started(bound):
        raise NotImplementedError("np.nanprod with initial or where")
    return reduced(bound, _dtype(bound, axes.accumulated))


_ONES = "np.where(np.isnan(a), 1.0, a)"
structural(
    "np.nanprod",
    "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True",
    _nan_prod_kind,
    {"a": lambda b: f"np.where(np.isnan(a), 0.0, {spread(b, 'g')}*{_others(b, _ONES)})"},
    (np.nanprod,),
    jvp={
        "a": lambda b: (
            "np.sum(np.where(np.isnan(a), 0.0, "
            f"prod_others({_ONES}, {'None' if is_total(b) else axes.literal(b, 'axis')})*a_dot)"
            f"{axis_args(b)})"
        )
    },
    general="nanprod_chosen",
)
composite(
    "nanprod_chosen",
    """def nanprod(a, axis=None, dtype=None, keepdims=False, initial=None, where=True):
    a = np.where(np.isnan(a), 1.0, a)
    if initial is None:
        return np.prod(a, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    return np.prod(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)
""",
)


# --------------------------------------------------------------------------------------------------- variance


def _mean(bound: Bound) -> str:
    if bound.given("mean") and bound.kind("mean").cat != "none":
        return "mean"
    masked = _mask_arg(bound)
    return f"np.mean(a{masked})" if is_total(bound) else f"np.mean(a{axis_args(bound, True)}{masked})"


def _degrees(bound: Bound) -> str:
    """The argument that the number of elements is lessened by."""
    return "correction" if bound.given("correction") and bound.kind("correction").cat != "none" else "ddof"


def _freedom(bound: Bound) -> str:
    """The divisor of a variance: the number of elements less ddof."""
    name = _degrees(bound)
    if bound.static(name) == 0:
        return _count(bound)
    return f"({_count(bound)} - {axes.literal(bound, name)})"


def _deviation_dot(bound: Bound) -> str:
    """The tangent of half the sum of squared deviations."""
    args = f"{axis_args(bound)}{_mask_arg(bound)}"
    if is_complex(bound, "a"):
        return f"np.sum(np.real(np.conj(a - {_mean(bound)})*a_dot){args})"
    return f"np.sum((a - {_mean(bound)})*a_dot{args})"


def _var_vjp(bound: Bound) -> str:
    if bound.static(_degrees(bound)) == 0:
        return _chosen(bound, f"{spread(bound, f'(2*g/{_count(bound)})')}*(a - {_mean(bound)})")
    if _masked(bound):
        return _chosen(bound, f"{spread(bound, f'(2*g/{_freedom(bound)})')}*(a - {_mean(bound)})")
    return f"{spread(bound, '(2*g)')}*(a - {_mean(bound)})/{_freedom(bound)}"


def _std_vjp(bound: Bound) -> str:
    return _chosen(bound, f"{spread(bound, f'div_or_zero(g, out*{_freedom(bound)})')}*(a - {_mean(bound)})")


def _mean_bar(slope: Callable[[Bound], str]) -> Callable[[Bound], str]:
    """The cotangent of a mean that is given: minus the sum of the cotangents that the elements get."""
    return lambda b: f"unbroadcast(-({slope(b)}), mean)"


def _mean_dot(bound: Bound) -> str:
    """The tangent of half the sum of squared deviations by a mean that is given."""
    if is_complex(bound, "a") or is_complex(bound, "mean"):
        return f"np.sum(np.real(np.conj(mean - a)*mean_dot){axis_args(bound)}{_mask_arg(bound)})"
    return f"np.sum((mean - a)*mean_dot{axis_args(bound)}{_mask_arg(bound)})"


def _spread_kind(bound: Bound) -> Kind:
    return reduced(bound, axes.magnitude(_dtype(bound, axes.averaged)))


_SPREAD = (
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=None"
)
structural(
    "np.var",
    _SPREAD,
    _spread_kind,
    {"a": _var_vjp, "mean": _mean_bar(_var_vjp), "where": axes.zero},
    (np.var, np.ndarray.var),
    jvp={
        "a": lambda b: f"2*{_deviation_dot(b)}/{_freedom(b)}",
        "mean": lambda b: f"2*{_mean_dot(b)}/{_freedom(b)}",
    },
)
structural(
    "np.std",
    _SPREAD,
    _spread_kind,
    {"a": _std_vjp, "mean": _mean_bar(_std_vjp), "where": axes.zero},
    (np.std, np.ndarray.std),
    jvp={
        "a": lambda b: f"div_or_zero({_deviation_dot(b)}, out*{_freedom(b)})",
        "mean": lambda b: f"div_or_zero({_mean_dot(b)}, out*{_freedom(b)})",
    },
)


def _nan_freedom(bound: Bound) -> str:
    name = _degrees(bound)
    if bound.static(name) == 0:
        return _nan_count(bound)
    return f"({_nan_count(bound)} - {axes.literal(bound, name)})"


def _nan_mean(bound: Bound) -> str:
    return _mean(bound).replace("np.mean", "np.nanmean")


def _nan_deviation_dot(bound: Bound) -> str:
    change = f"(a - {_nan_mean(bound)})*a_dot"
    if is_complex(bound, "a"):
        change = f"np.real(np.conj(a - {_nan_mean(bound)})*a_dot)"
    return f"np.sum({_nan_chosen(bound, change)}{axis_args(bound)})"


def _nan_mean_dot(bound: Bound) -> str:
    change = "(mean - a)*mean_dot"
    if is_complex(bound, "a") or is_complex(bound, "mean"):
        change = "np.real(np.conj(mean - a)*mean_dot)"
    return f"np.sum({_nan_chosen(bound, change)}{axis_args(bound)})"


def _nan_var_vjp(bound: Bound) -> str:
    share = spread(bound, f"(2*g/{_nan_freedom(bound)})")
    return _nan_chosen(bound, f"{share}*(a - {_nan_mean(bound)})")


def _nan_std_vjp(bound: Bound) -> str:
    share = spread(bound, f"div_or_zero(g, out*{_nan_freedom(bound)})")
    return _nan_chosen(bound, f"{share}*(a - {_nan_mean(bound)})")


structural(
    "np.nanvar",
    _SPREAD,
    _spread_kind,
    {"a": _nan_var_vjp, "mean": _mean_bar(_nan_var_vjp), "where": axes.zero},
    (np.nanvar,),
    jvp={
        "a": lambda b: f"2*{_nan_deviation_dot(b)}/{_nan_freedom(b)}",
        "mean": lambda b: f"2*{_nan_mean_dot(b)}/{_nan_freedom(b)}",
    },
)
structural(
    "np.nanstd",
    _SPREAD,
    _spread_kind,
    {"a": _nan_std_vjp, "mean": _mean_bar(_nan_std_vjp), "where": axes.zero},
    (np.nanstd,),
    jvp={
        "a": lambda b: f"div_or_zero({_nan_deviation_dot(b)}, out*{_nan_freedom(b)})",
        "mean": lambda b: f"div_or_zero({_nan_mean_dot(b)}, out*{_nan_freedom(b)})",
    },
)


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _same_shape(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    return kinds.num(own.shape, axes.averaged(own.dtype))


def _quotient_kind(bound: Bound) -> Kind:
    operands = [k if (k := bound.kind(n)).is_number else axes.as_array(k) for n in ("p", "q")]
    dtype = axes.averaged(kinds.promote(*operands))
    return kinds.num(kinds.broadcast(*(k.shape for k in operands)), dtype)


def _others_dot_kind(bound: Bound) -> Kind:
    operands = [axes.as_array(bound.kind(n)) for n in ("a", "a_dot")]
    return kinds.num(operands[0].shape, axes.averaged(axes.promoted(operands)))


structural(  # whose derivative is symmetric
    "prod_others",
    "a, axis=None",
    _same_shape,
    {"a": lambda b: axes.real_if(b, "a", f"prod_others_dot(g, {axes.conj(b, 'a')}, axis)")},
    (prods.prod_others,),
    jvp={"a": "prod_others_dot(a_dot, a, axis)"},
)
composite(
    "prod_others_dot",
    """def prod_others_dot(a_dot, a, axis=None):
    if isinstance(axis, tuple):
        front = tuple(k for k, _ in enumerate(axis))
        moved = np.moveaxis(a, axis, front)
        shape = (reduced_size(a, axis),) + np.shape(moved)[len(axis):]
        lines, slopes = np.reshape(moved, shape), np.reshape(np.moveaxis(a_dot, axis, front), shape)
    else:
        lines = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
        slopes = np.ravel(a_dot) if axis is None else np.moveaxis(a_dot, axis, 0)
    one, zero = np.ones_like(lines[:1]), np.zeros_like(lines[:1])
    left = np.concatenate((one, np.cumprod(lines[:-1], axis=0)))
    right = np.concatenate((np.cumprod(lines[:0:-1], axis=0)[::-1], one))
    before = np.concatenate((zero, cumprod_dot(slopes[:-1], lines[:-1], 0)))
    behind = np.concatenate((cumprod_dot(slopes[:0:-1], lines[:0:-1], 0)[::-1], zero))
    total = before*right + left*behind
    if isinstance(axis, tuple):
        return np.moveaxis(np.reshape(total, np.shape(moved)), front, axis)
    return np.reshape(total, np.shape(a)) if axis is None else np.moveaxis(total, 0, axis)
""",
    (prods.prod_others_dot,),
).kind = _others_dot_kind


composite(
    "div_or_zero",
    """def div_or_zero(p, q):
    zero = np.equal(q, 0)
    return np.where(zero, 0.0, p/np.where(zero, 1.0, q))
""",
    (linear.div_or_zero,),
).kind = _quotient_kind


structural(  # `transform` knows what becomes of its cotangents and tangents
    "where_used",
    "part, bar, made=0.0",
    lambda b: b.kind("part"),
    {"part": "where_used(g, bar, part)", "bar": axes.zero, "made": axes.zero},
    (linear.where_used,),
    jvp={"part": "where_used(part_dot, bar, part)"},
)
structural("is_moderate", "a", lambda b: kinds.BOOL, {}, (prods.is_moderate,))
structural("reduced_size", "a, axis", lambda b: kinds.INT, {}, (linear.reduced_size,))


# ----------------------------------------------------------------------------- integers, truth: no derivative

structural(
    "np.argmax",
    "a, axis=None, out=None, *, keepdims=False",
    lambda b: reduced(b, "int64"),
    {},
    (np.argmax, np.ndarray.argmax),
)
structural(
    "np.argmin",
    "a, axis=None, out=None, *, keepdims=False",
    lambda b: reduced(b, "int64"),
    {},
    (np.argmin, np.ndarray.argmin),
)
structural(
    "np.any",
    "a, axis=None, out=None, *, keepdims=False, where=True",
    lambda b: reduced(b, "bool"),
    {},
    (np.any, np.ndarray.any),
)
structural(
    "np.all",
    "a, axis=None, out=None, *, keepdims=False, where=True",
    lambda b: reduced(b, "bool"),
    {},
    (np.all, np.ndarray.all),
)


_COUNTS_IN_PYTHON = isinstance(np.count_nonzero(np.ones(1)), int)  # up to NumPy 2.3


def _count_kind(bound: Bound) -> Kind:
    whole = bound.static("axis") is None and bound.static("keepdims") is False
    return kinds.INT if whole and _COUNTS_IN_PYTHON else reduced(bound, "int64")


structural("np.count_nonzero", "a, axis=None, *, keepdims=False", _count_kind, {}, (np.count_nonzero,))
