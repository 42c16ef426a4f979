"""Order statistics: median, quantile, percentile and their nan forms; partition, and indices that order.

A result depends on one or two elements of each line, whose places helpers find. Places follow the stable
permutation that sorts; a line with nan gives nan to the two elements that it would pick.

    z = np.median(a)             a_bar = g*median_weights(a)
    z = np.quantile(a, q)        a_bar = quantile_back(g, a, q)
    z = np.partition(a, k)       a_bar = order_back(g, a, out, -1)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, axis_args, is_total, literal, reduced, shape_of, spread
from s2sad.rules.registry import Bound, structural
from s2sad.runtime import linear
from s2sad.runtime import order as runtime

# ----------------------------------------------------------------------------------------------------- median


def _median_kind(bound: Bound) -> Kind:
    _check_input(bound)
    return reduced(bound, axes.averaged(as_array(bound.kind("a")).dtype))


def _weights_kind(bound: Bound) -> Kind:
    """Shares are real, also those of complex numbers."""
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, "float64" if own.sort == "complex" else axes.averaged(own.dtype))


def _weights(bound: Bound) -> str:
    return "median_weights(a)" if is_total(bound) else f"median_weights(a, {literal(bound, 'axis')})"


structural(
    "np.median",
    "a, axis=None, out=None, overwrite_input=False, keepdims=False",
    _median_kind,
    {"a": lambda b: f"{spread(b, 'g')}*{_weights(b)}"},
    (np.median,),
    jvp={"a": lambda b: f"np.sum({_weights(b)}*a_dot{axis_args(b)})"},
)
structural(
    "median_weights",
    "a, axis=None",
    _weights_kind,
    {},
    (linear.median_weights,),
)


# -------------------------------------------------------------------------------------------------- quantiles


def _check_input(bound: Bound) -> None:
    if bound.static("overwrite_input") is not False:
        raise NotImplementedError("an order statistic that overwrites its input; leave overwrite_input out")


def _is_weighted(bound: Bound) -> bool:
    return bound.given("weights") and bound.kind("weights").cat != "none"


def _quantile_kind(bound: Bound) -> Kind:
    _check_input(bound)
    if not isinstance(bound.static("method"), str):
        raise NotImplementedError("quantiles by a method that is not a literal")
    own, q = as_array(bound.kind("a")), bound.kind("q")
    dtype = axes.averaged(own.dtype)
    if not (q.is_python and q.rank == 0):
        dtype = kinds.promote(kinds.array((), dtype), as_array(q)) if as_array(q).sort == "float" else dtype
        dtype = "float64" if as_array(q).sort == "int" else dtype
    lines, front = reduced(bound, dtype).shape, shape_of(bound, "q")
    return kinds.num(None if lines is None or front is None else front + lines, dtype)


def _arguments(bound: Bound, share: str, skip: bool) -> str:
    """What the helpers want after the array: shares, axis, method, whether nan are left out, weights."""
    axis, method = literal(bound, "axis"), literal(bound, "method")
    given = [share, axis, method, "True" if skip else "False", "weights" if _is_weighted(bound) else "None"]
    for default in ("None", "False", "'linear'", "None"):
        if given[-1] != default:
            break
        given.pop()
    return ", ".join(given)


STEPS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "lower", "higher", "midpoint", "nearest"
)  # fmt: skip


def _slope(bound: Bound, values: str, share: str, shape: str) -> str | None:
    """The derivative in the share of a quantile of values ordered as a is; None for methods with steps."""
    if bound.static("method") in STEPS:
        return None
    given = ", ".join(literal(bound, n) for n in ("axis", "method", "skip"))
    return f"quantile_slope({values}, a, {share}, {given}, {shape})"


def _per_share(bound: Bound, text: str, rank: int | None) -> str:
    """Sums over the lines of a quantile, which has a rank, for each share."""
    shares = axes.rank_of(bound, "q")
    if shares == 0:
        return f"np.sum({text})"
    if shares is not None and rank is not None:
        lines = tuple(range(shares, rank))
        return f"np.sum({text}, axis={lines if len(lines) > 1 else lines[0]})" if lines else text
    return f"np.sum(np.reshape({text}, np.shape(q) + (-1,)), axis=-1)"


def _spread_dot(bound: Bound, shape: str) -> str:
    return "q_dot" if axes.rank_of(bound, "q") == 0 else f"spread_share(q_dot, {shape})"


def _quantile(name: str, share: str, skip: bool) -> None:
    """Enter a quantile; `share` is the text of the fraction that the argument q means."""

    def back(bound: Bound) -> str:
        return f"quantile_back(g, a, {_arguments(bound, share, skip)})"

    def dot(bound: Bound) -> str:
        axis, method = literal(bound, "axis"), literal(bound, "method")
        last = ", weights" if _is_weighted(bound) else ""
        return f"quantile_dot(a_dot, a, {share}, {axis}, {method}, {skip}, np.shape(out){last})"

    def slope(bound: Bound) -> str | None:
        bound = replace(bound, statics={**bound.statics, "skip": skip})
        made = _slope(bound, "a", share, "np.shape(out)")
        return made if made is None or share == "q" else f"{made}/100"

    def share_vjp(bound: Bound) -> str | None:
        made = slope(bound)
        return None if made is None else _per_share(bound, f"g*{made}", bound.out.rank if bound.out else None)

    def share_dot(bound: Bound) -> str:
        made = slope(bound)
        return "np.zeros_like(out)" if made is None else f"{_spread_dot(bound, 'np.shape(out)')}*{made}"

    structural(
        f"np.{name}",
        "a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False, *, weights=None",
        _quantile_kind,
        {"a": back, "q": share_vjp, "weights": axes.zero},
        (getattr(np, name),),
        jvp={"a": dot, "q": share_dot},
    )


_quantile("quantile", "q", False)
_quantile("percentile", "np.divide(q, 100)", False)
_quantile("nanquantile", "q", True)
_quantile("nanpercentile", "np.divide(q, 100)", True)
structural(
    "np.nanmedian",
    "a, axis=None, out=None, overwrite_input=False, keepdims=False",
    _median_kind,
    {"a": lambda b: f"quantile_back(g, a, 0.5, {literal(b, 'axis')}, 'linear', True)"},
    (np.nanmedian,),
    jvp={"a": lambda b: f"quantile_dot(a_dot, a, 0.5, {literal(b, 'axis')}, 'linear', True, np.shape(out))"},
)


# -------------------------------------------------------------------------------------------------- partition


def _partition_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    flat = bound.static("axis") is None
    return kinds.array(
        (axes.product(own.shape) if own.shape else kinds.new_length(),) if flat else own.shape, own.dtype
    )


structural(
    "np.partition",
    "a, kth, axis=-1, kind='introselect'",
    _partition_kind,
    {"a": lambda b: f"order_back(g, a, out, {literal(b, 'axis')})"},
    (np.partition,),
    jvp={"a": lambda b: f"order_dot(a_dot, a, out, {literal(b, 'axis')})"},
)
structural(
    "np.argpartition",
    "a, kth, axis=-1, kind='introselect'",
    lambda b: kinds.array(_partition_kind(b).shape, "int64"),
    {},
    (np.argpartition, np.ndarray.argpartition),
)
structural(
    "np.lexsort",
    "keys, axis=-1",
    lambda b: kinds.array(_last_key(b), "int64"),
    {},
    (np.lexsort,),
)


def _last_key(bound: Bound) -> kinds.Shape | None:
    kind = bound.kind("keys")
    if kind.cat in ("tuple", "list"):
        return as_array(kind.items[-1]).shape if kind.items else None
    shape = shape_of(bound, "keys")
    return None if shape is None else shape[1:]


for _name in ("nanargmax", "nanargmin"):
    structural(
        f"np.{_name}",
        "a, axis=None, out=None, *, keepdims=False",
        lambda b: reduced(b, "int64"),
        {},
        (getattr(np, _name),),
    )


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _like_a(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, own.dtype)


def _shaped(bound: Bound) -> Kind:
    return kinds.num(axes.shape_from(bound, "shape"), as_array(bound.kind("a")).dtype)


def _given(bound: Bound) -> str:
    return ", ".join(literal(bound, n) for n in ("axis", "method", "skip"))


def _last(bound: Bound) -> str:
    return ", weights" if _is_weighted(bound) else ""


def _of_slope(bound: Bound, text: str, values: str, shape: str) -> str | None:
    """The cotangent of a share: the sums of a text times the slope of values."""
    slope = _slope(bound, values, "q", shape)
    rank = axes.rank_of(bound, "z") if text == "z" else bound.out.rank if bound.out else None
    return None if slope is None else _per_share(bound, f"{text}*{slope}", rank)


def _moved_back(bound: Bound) -> str:
    """The tangent of quantile_back where the share moves."""
    if bound.static("method") in STEPS:
        return "np.zeros_like(out)"
    return f"quantile_slope_back(z*{_spread_dot(bound, 'np.shape(z)')}, a, q, {_given(bound)})"


def _moved_dot(bound: Bound) -> str:
    """The tangent of quantile_dot where the share moves."""
    slope = _slope(bound, "z", "q", "shape")
    return "np.zeros_like(out)" if slope is None else f"{_spread_dot(bound, 'shape')}*{slope}"


structural(
    "quantile_back",
    "z, a, q, axis=None, method='linear', skip=False, weights=None",
    _like_a,
    {
        "z": lambda b: f"quantile_dot(g, a, q, {_given(b)}, np.shape(z){_last(b)})",
        "a": axes.zero,
        "q": lambda b: _of_slope(b, "z", "g", "np.shape(z)"),
        "weights": axes.zero,
    },
    (runtime.quantile_back,),
    jvp={"z": lambda b: f"quantile_back(z_dot, a, q, {_given(b)}{_last(b)})", "q": _moved_back},
)
structural(
    "quantile_dot",
    "z, a, q, axis, method, skip, shape, weights=None",
    _shaped,
    {
        "z": lambda b: f"quantile_back(g, a, q, {_given(b)}{_last(b)})",
        "a": axes.zero,
        "q": lambda b: _of_slope(b, "g", "z", "shape"),
        "weights": axes.zero,
    },
    (runtime.quantile_dot,),
    jvp={"z": lambda b: f"quantile_dot(z_dot, a, q, {_given(b)}, shape{_last(b)})", "q": _moved_dot},
)
structural(
    "quantile_slope",
    "z, a, q, axis, method, skip, shape",
    _shaped,
    {"z": lambda b: f"quantile_slope_back(g, a, q, {_given(b)})", "a": axes.zero, "q": axes.zero},
    (runtime.quantile_slope,),
    linear=("z",),
)
structural(
    "quantile_slope_back",
    "z, a, q, axis, method, skip",
    _like_a,
    {"z": lambda b: f"quantile_slope(g, a, q, {_given(b)}, np.shape(z))", "a": axes.zero, "q": axes.zero},
    (runtime.quantile_slope_back,),
    linear=("z",),
)
structural(
    "spread_share",
    "z, shape",
    lambda b: kinds.num(axes.shape_from(b, "shape"), as_array(b.kind("z")).dtype),
    {"z": "np.sum(np.reshape(g, np.shape(z) + (-1,)), axis=-1)"},
    (runtime.spread_share,),
    linear=("z",),
    effect="view z",
)
structural(
    "order_back",
    "z, a, ranked, axis",
    _like_a,
    {"z": lambda b: f"order_dot(g, a, ranked, {literal(b, 'axis')})", "a": axes.zero, "ranked": axes.zero},
    (runtime.order_back,),
    linear=("z",),
)
structural(
    "order_dot",
    "z, a, ranked, axis",
    lambda b: kinds.array(shape_of(b, "ranked"), as_array(b.kind("z")).dtype),
    {"z": lambda b: f"order_back(g, a, ranked, {literal(b, 'axis')})", "a": axes.zero, "ranked": axes.zero},
    (runtime.order_dot,),
    linear=("z",),
)
