"""Order statistics: median, quantile, percentile and their nan forms; partition, and indices that order.

A result depends on one or two elements of each line, whose places helpers find. Places follow the stable
permutation that sorts; a line with nan gives nan to the two elements that it would pick.

    z = np.median(a)             a_bar = g*median_weights(a)
    z = np.quantile(a, q)        a_bar = quantile_back(g, a, q)
    z = np.partition(a, k)       a_bar = order_back(g, a, out, -1)
"""

from __future__ import annotations

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
    lambda b: kinds.array(axes.shape_of(b, "a"), axes.averaged(as_array(b.kind("a")).dtype)),
    {},
    (linear.median_weights,),
)


# -------------------------------------------------------------------------------------------------- quantiles


def _check_input(bound: Bound) -> None:
    if bound.static("overwrite_input") is not False:
        raise NotImplementedError("an order statistic that overwrites its input")


def _quantile_kind(bound: Bound) -> Kind:
    _check_input(bound)
    if bound.given("weights") and bound.kind("weights").cat != "none":
        raise NotImplementedError("quantiles with weights")
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
    """What the helpers want after the array: shares, axis, method, and whether nan are left out."""
    axis, method = literal(bound, "axis"), literal(bound, "method")
    given = [share, axis, method, "True" if skip else "False"]
    for default in ("False", "'linear'", "None"):
        if given[-1] != default:
            break
        given.pop()
    return ", ".join(given)


def _slope(bound: Bound, share: str, skip: bool) -> str:
    if bound.static("method") != "linear":
        raise NotImplementedError('the derivative of a quantile in q by a method other than "linear"')
    scale = "" if share == "q" else "/100"
    return f"quantile_slope(a, {share}, {literal(bound, 'axis')}, {skip}, np.shape(out)){scale}"


def _share_vjp(bound: Bound, share: str, skip: bool) -> str:
    text = f"g*{_slope(bound, share, skip)}"
    if axes.rank_of(bound, "q") == 0:
        return f"np.sum({text})"
    return f"np.sum(np.reshape({text}, np.shape(q) + (-1,)), axis=-1)"


def _quantile(name: str, share: str, skip: bool) -> None:
    """Enter a quantile; `share` is the text of the fraction that the argument q means."""

    def back(bound: Bound) -> str:
        return f"quantile_back(g, a, {_arguments(bound, share, skip)})"

    def dot(bound: Bound) -> str:
        axis, method = literal(bound, "axis"), literal(bound, "method")
        return f"quantile_dot(a_dot, a, {share}, {axis}, {method}, {skip}, np.shape(out))"

    def share_dot(bound: Bound) -> str:
        dots = "q_dot" if axes.rank_of(bound, "q") == 0 else "spread_share(q_dot, np.shape(out))"
        return f"{dots}*{_slope(bound, share, skip)}"

    structural(
        f"np.{name}",
        "a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False, *, weights=None",
        _quantile_kind,
        {"a": back, "q": lambda b: _share_vjp(b, share, skip)},
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


structural(
    "quantile_back",
    "z, a, q, axis=None, method='linear', skip=False",
    _like_a,
    {
        "z": lambda b: (
            f"quantile_dot(g, a, q, {literal(b, 'axis')}, {literal(b, 'method')}, {literal(b, 'skip')}, "
            "np.shape(z))"
        ),
        "a": axes.zero,
        "q": axes.refuse("the second derivative of a quantile in q"),
    },
    (runtime.quantile_back,),
    linear=("z",),
)
structural(
    "quantile_dot",
    "z, a, q, axis, method, skip, shape",
    _shaped,
    {
        "z": lambda b: (
            f"quantile_back(g, a, q, {literal(b, 'axis')}, {literal(b, 'method')}, {literal(b, 'skip')})"
        ),
        "a": axes.zero,
        "q": axes.refuse("the second derivative of a quantile in q"),
    },
    (runtime.quantile_dot,),
    linear=("z",),
)
structural(
    "quantile_slope",
    "a, q, axis, skip, shape",
    _shaped,
    {"a": axes.refuse("the second derivative of a quantile in q"), "q": axes.zero},
    (runtime.quantile_slope,),
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
