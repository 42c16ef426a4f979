"""Reductions and running reductions: sum, mean, prod, max, var, cumsum, any, diff and the like.

Accepted are calls with `axis`, `keepdims`, `dtype` and `ddof`; `initial`, `where` and `out` are not listed
and so refused. The texts are specialised on the rank and on a literal axis: of a matrix, with `z =
np.sum(a, axis=1)`,

    z = np.mean(a)              a_bar = uniform(g/a.size)
    z = np.sum(a, axis=1)       a_bar = np.broadcast_to(g[:, None], np.shape(a))
    z = np.max(a)               a_bar = (a == out)*(g/np.sum(a == out))

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
from s2sad.runtime import linear


def _dtype(bound: Bound, change: Callable[[str], str]) -> str:
    own = axes.as_array(bound.kind("a")).dtype
    return axes.dtype_name(bound, change(own)) if "dtype" in bound.statics else change(own)


def _kind(change: Callable[[str], str]) -> Callable[[Bound], Kind]:
    return lambda bound: reduced(bound, _dtype(bound, change))


def _same(dtype: str) -> str:
    return dtype


# ----------------------------------------------------------------------------------------------- sum and mean


def _mean_vjp(bound: Bound) -> str:
    return filled(bound, f"g/{count(bound)}")


def _nan_sum_vjp(bound: Bound) -> str:
    return f"np.where(np.isnan(a), 0.0, {spread(bound, 'g')})"


def _nan_count(bound: Bound, keep: bool | None = None) -> str:
    return f"np.sum(~np.isnan(a){axis_args(bound, keep)})"


def _nan_mean_vjp(bound: Bound) -> str:
    whole = spread(bound, f"(g/{_nan_count(bound)})")
    return f"np.where(np.isnan(a), 0.0, {whole})"


structural(
    "np.sum",
    "a, axis=None, dtype=None, out=None, keepdims=False",
    _kind(axes.accumulated),
    {"a": lambda bound: filled(bound, "g")},
    (np.sum, np.ndarray.sum),
    linear=("a",),
)
structural(
    "np.mean",
    "a, axis=None, dtype=None, out=None, keepdims=False",
    _kind(axes.averaged),
    {"a": _mean_vjp},
    (np.mean, np.ndarray.mean),
    linear=("a",),
)
structural(
    "np.nansum",
    "a, axis=None, dtype=None, out=None, keepdims=False",
    _kind(axes.accumulated),
    {"a": _nan_sum_vjp},
    (np.nansum,),
    jvp={"a": lambda b: f"np.sum(np.where(np.isnan(a), 0.0, a_dot){axis_args(b)})"},
)
structural(
    "np.nanmean",
    "a, axis=None, dtype=None, out=None, keepdims=False",
    _kind(axes.averaged),
    {"a": _nan_mean_vjp},
    (np.nanmean,),
    jvp={"a": lambda b: f"np.sum(np.where(np.isnan(a), 0.0, a_dot){axis_args(b)})/{_nan_count(b)}"},
)


# ---------------------------------------------------------------------------------------------- maximum, ties


def _ties(bound: Bound) -> str:
    return f"a == {spread(bound, 'out')}"


def _extreme_vjp(bound: Bound) -> str:
    shares = f"(g/np.sum({_ties(bound)}{axis_args(bound)}))"
    return f"({_ties(bound)})*{spread(bound, shares)}"


def _extreme_jvp(bound: Bound) -> str:
    ties, args = _ties(bound), axis_args(bound)
    return f"np.sum(({ties})*a_dot{args})/np.sum({ties}{args})"


for _name, _objects in (
    ("np.max", (np.max, np.amax, np.ndarray.max)),
    ("np.min", (np.min, np.amin, np.ndarray.min)),
    ("np.nanmax", (np.nanmax,)),
    ("np.nanmin", (np.nanmin,)),
):
    structural(
        _name,
        "a, axis=None, out=None, *, keepdims=False",
        _kind(_same),
        {"a": _extreme_vjp},
        _objects,
        jvp={"a": _extreme_jvp},
    )

composite(
    "np.ptp",
    "def ptp(a, axis=None, keepdims=False):\n"
    "    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)\n",
    (np.ptp,),
)


# --------------------------------------------------------------------------------------------------- products


def _others(bound: Bound) -> str:
    text = f"prod_others(a{'' if is_total(bound) else ', ' + axes.literal(bound, 'axis')})"
    return f"np.conj({text})" if is_complex(bound, "a") else text


structural(
    "np.prod",
    "a, axis=None, dtype=None, out=None, keepdims=False",
    _kind(axes.accumulated),
    {"a": lambda b: f"{spread(b, 'g')}*{_others(b)}"},
    (np.prod, np.ndarray.prod),
    jvp={"a": lambda b: f"np.sum(prod_others(a, {axes.literal(b, 'axis')})*a_dot{axis_args(b)})"},
)


# --------------------------------------------------------------------------------------------------- variance


def _mean(bound: Bound) -> str:
    return "np.mean(a)" if is_total(bound) else f"np.mean(a{axis_args(bound, True)})"


def _freedom(bound: Bound) -> str:
    """The divisor of a variance: the number of elements less ddof."""
    if bound.static("ddof") == 0:
        return count(bound)
    return f"({count(bound)} - {axes.literal(bound, 'ddof')})"


def _deviation_dot(bound: Bound) -> str:
    """The tangent of half the sum of squared deviations."""
    if is_complex(bound, "a"):
        return f"np.sum(np.real(np.conj(a - {_mean(bound)})*a_dot){axis_args(bound)})"
    return f"np.sum((a - {_mean(bound)})*a_dot{axis_args(bound)})"


def _var_vjp(bound: Bound) -> str:
    if bound.static("ddof") == 0:
        return f"{spread(bound, f'(2*g/{count(bound)})')}*(a - {_mean(bound)})"
    return f"{spread(bound, '(2*g)')}*(a - {_mean(bound)})/{_freedom(bound)}"


def _std_vjp(bound: Bound) -> str:
    return f"{spread(bound, f'div_or_zero(g, out*{_freedom(bound)})')}*(a - {_mean(bound)})"


def _spread_kind(bound: Bound) -> Kind:
    return reduced(bound, axes.magnitude(_dtype(bound, axes.averaged)))


structural(
    "np.var",
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False",
    _spread_kind,
    {"a": _var_vjp},
    (np.var, np.ndarray.var),
    jvp={"a": lambda b: f"2*{_deviation_dot(b)}/{_freedom(b)}"},
)
structural(
    "np.std",
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False",
    _spread_kind,
    {"a": _std_vjp},
    (np.std, np.ndarray.std),
    jvp={"a": lambda b: f"div_or_zero({_deviation_dot(b)}, out*{_freedom(b)})"},
)


# ----------------------------------------------------------------------------------------- running reductions


def _running_kind(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    dtype = axes.accumulated(own.dtype)
    if "dtype" in bound.statics:
        dtype = axes.dtype_name(bound, dtype)
    if bound.static("axis") is None:
        return kinds.array((axes.product(own.shape) if own.shape is not None else kinds.new_length(),), dtype)
    return kinds.array(own.shape or None, dtype)


def _cumsum_vjp(bound: Bound) -> str:
    rank, axis = axes.rank_of(bound, "a"), axes.literal(bound, "axis")
    if rank == 1:
        return "np.cumsum(g[::-1])[::-1]"
    if bound.static("axis") is None:
        return f"np.reshape(np.cumsum(g[::-1])[::-1], {axes.shape(bound)})"
    return f"np.flip(np.cumsum(np.flip(g, {axis}), {axis}), {axis})"


structural(
    "np.cumsum",
    "a, axis=None, dtype=None, out=None",
    _running_kind,
    {"a": _cumsum_vjp},
    (np.cumsum, np.ndarray.cumsum),
    linear=("a",),
)
structural(
    "np.cumprod",
    "a, axis=None, dtype=None, out=None",
    _running_kind,
    {"a": lambda b: f"cumprod_back(g, a, {axes.literal(b, 'axis')})"},
    (np.cumprod, np.ndarray.cumprod),
    jvp={"a": lambda b: f"cumprod_dot(a_dot, a, {axes.literal(b, 'axis')})"},
)


def _diff_kind(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    axis, times = axes.one_axis(bound), axes.as_int(bound.static("n"))
    dtype = axes.promoted(
        [axes.as_array(bound.kind(n)) for n in ("a", "prepend", "append") if bound.given(n)]
    )
    if own.shape is None or axis is None:
        return kinds.array(kinds.fresh_shape(own.rank), dtype)
    change: int | None = None
    if times is not None and all(_is_scalar(bound, n) for n in ("prepend", "append")):
        change = bound.given("prepend") + bound.given("append") - times
    return kinds.array(
        tuple(axes.added(m, change) if k == axis else m for k, m in enumerate(own.shape)), dtype
    )


def _is_scalar(bound: Bound, name: str) -> bool:
    return not bound.given(name) or (bound.kind(name).is_number and bound.rank(name) == 0)


def _diff_vjp(bound: Bound) -> str:
    """Minus the difference of the cotangent between zeros, which drop out where a scalar stood."""
    times = axes.as_int(bound.static("n"))
    if times is None or not 0 <= times <= 4 or not all(_is_scalar(bound, n) for n in ("prepend", "append")):
        raise NotImplementedError(
            "np.diff with n that is not a small literal, or prepend or append that is no scalar"
        )
    rank_one = axes.rank_of(bound, "a") == 1 or bound.static("axis") == -1
    axis = "" if rank_one else f", axis={axes.literal(bound, 'axis')}"
    text = "g"
    for step in range(times):
        ends = [n for n in ("prepend", "append") if not bound.given(n) or step < times - 1]
        text = f"-np.diff({text}{axis}{''.join(f', {n}=0.0' for n in ends)})"
    return text


def _diff_end_vjp(bound: Bound, name: str) -> str:
    if bound.static("n") != 1 or not _is_scalar(bound, name):
        raise NotImplementedError(f"np.diff with n > 1 and active {name}, or {name} that is no scalar")
    place, sign = (0, "-") if name == "prepend" else (-1, "")
    return f"{sign}np.sum(np.take(g, {place}, {axes.literal(bound, 'axis')}))"


def _diff_args(bound: Bound, active: str) -> str:
    """The arguments after the first for a tangent of np.diff, zeros for the ends that are not active."""
    ends = "".join(
        f", {n}={f'{n}_dot' if n == active else f'np.zeros_like({n})'}"
        for n in ("prepend", "append")
        if bound.given(n)
    )
    return f", {axes.literal(bound, 'n')}, {axes.literal(bound, 'axis')}{ends}"


structural(
    "np.diff",
    "a, n=1, axis=-1, prepend=None, append=None",
    _diff_kind,
    {
        "a": _diff_vjp,
        "prepend": lambda b: _diff_end_vjp(b, "prepend"),
        "append": lambda b: _diff_end_vjp(b, "append"),
    },
    (np.diff,),
    jvp={
        "a": lambda b: f"np.diff(a_dot{_diff_args(b, 'a')})",
        "prepend": lambda b: f"np.diff(np.zeros_like(a){_diff_args(b, 'prepend')})",
        "append": lambda b: f"np.diff(np.zeros_like(a){_diff_args(b, 'append')})",
    },
)


# ------------------------------------------------------------------------------------------- order statistics


def _median_kind(bound: Bound) -> Kind:
    return reduced(bound, axes.averaged(axes.as_array(bound.kind("a")).dtype))


def _weights(bound: Bound) -> str:
    return "median_weights(a)" if is_total(bound) else f"median_weights(a, {axes.literal(bound, 'axis')})"


structural(
    "np.median",
    "a, axis=None, out=None, *, keepdims=False",
    _median_kind,
    {"a": lambda b: f"{spread(b, 'g')}*{_weights(b)}"},
    (np.median,),
    jvp={"a": lambda b: f"np.sum({_weights(b)}*a_dot{axis_args(b)})"},
)
structural(
    "median_weights",
    "a, axis=None",
    lambda b: kinds.array(axes.shape_of(b, "a"), axes.averaged(axes.as_array(b.kind("a")).dtype)),
    {},
    (linear.median_weights,),
)
structural("reduced_size", "a, axis", lambda b: kinds.INT, {}, (linear.reduced_size,))
composite(
    "np.average",
    """def average(a, axis=None, weights=None, keepdims=False):
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    if np.ndim(weights) != np.ndim(a):
        weights = np.swapaxes(np.broadcast_to(weights, (1,)*(np.ndim(a) - 1) + np.shape(weights)), -1, axis)
    total = np.sum(np.multiply(a, weights), axis=axis, keepdims=keepdims)
    return total/np.sum(weights, axis=axis, keepdims=keepdims)
""",
    (np.average,),
)


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _same_shape(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    return kinds.num(own.shape, axes.averaged(own.dtype))


def _quotient_kind(bound: Bound) -> Kind:
    operands = [k if (k := bound.kind(n)).is_number else axes.as_array(k) for n in ("p", "q")]
    dtype = axes.averaged(kinds.promote(*operands))
    return kinds.num(kinds.broadcast(*(k.shape for k in operands)), dtype)


composite(
    "prod_others",
    """def prod_others(a, axis=None):
    lines = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
    left = np.ones_like(lines)
    right = np.ones_like(lines)
    for i in range(1, np.shape(lines)[0]):
        left[i] = left[i - 1]*lines[i - 1]
    for i in range(np.shape(lines)[0] - 2, -1, -1):
        right[i] = right[i + 1]*lines[i + 1]
    return np.reshape(left*right, np.shape(a)) if axis is None else np.moveaxis(left*right, 0, axis)
""",
    (linear.prod_others,),
).kind = _same_shape
composite(
    "div_or_zero",
    """def div_or_zero(p, q):
    zero = np.equal(q, 0)
    return np.where(zero, 0.0, p/np.where(zero, 1.0, q))
""",
    (linear.div_or_zero,),
).kind = _quotient_kind
composite("cumprod_back", axes.source_of(linear.cumprod_back), (linear.cumprod_back,)).kind = _same_shape
composite("cumprod_dot", axes.source_of(linear.cumprod_dot), (linear.cumprod_dot,)).kind = _running_kind


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
    "a, axis=None, out=None, *, keepdims=False",
    lambda b: reduced(b, "bool"),
    {},
    (np.any, np.ndarray.any),
)
structural(
    "np.all",
    "a, axis=None, out=None, *, keepdims=False",
    lambda b: reduced(b, "bool"),
    {},
    (np.all, np.ndarray.all),
)


_COUNTS_IN_PYTHON = isinstance(np.count_nonzero(np.ones(1)), int)  # up to NumPy 2.3


def _count_kind(bound: Bound) -> Kind:
    whole = bound.static("axis") is None and bound.static("keepdims") is False
    return kinds.INT if whole and _COUNTS_IN_PYTHON else reduced(bound, "int64")


structural("np.count_nonzero", "a, axis=None, *, keepdims=False", _count_kind, {}, (np.count_nonzero,))
