"""Running reductions and differences: cumsum, cumprod, their nan and array API forms, diff.

    z = np.cumsum(a)            a_bar = np.cumsum(g[::-1])[::-1]
    z = np.nancumsum(a)         a_bar = np.where(np.isnan(a), 0.0, np.cumsum(g[::-1])[::-1])
    z = np.diff(a)              a_bar = -np.diff(g, prepend=0.0, append=0.0)

The products are exact where elements are zero.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import prods

# ----------------------------------------------------------------------------------------- running reductions


def _running_kind(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    dtype = axes.accumulated(own.dtype)
    if "dtype" in bound.statics:
        dtype = axes.dtype_name(bound, dtype)
    if bound.static("axis") is None or own.rank == 0:  # of a number an array of one
        return kinds.array((axes.product(own.shape) if own.shape is not None else kinds.new_length(),), dtype)
    return kinds.array(own.shape, dtype)


def _axis(bound: Bound) -> str:
    """The axis as a text; None for a number, which counts as an array of one."""
    return "None" if axes.rank_of(bound, "a") == 0 else axes.literal(bound, "axis")


def _cumsum_vjp(bound: Bound) -> str:
    rank, axis = axes.rank_of(bound, "a"), axes.literal(bound, "axis")
    if rank == 1:
        return "np.cumsum(g[::-1])[::-1]"
    if bound.static("axis") is None or rank == 0:
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
    {"a": lambda b: axes.real_if(b, "a", f"cumprod_back(g, a, {_axis(b)})")},
    (np.cumprod, np.ndarray.cumprod),
    jvp={"a": lambda b: f"cumprod_dot(a_dot, a, {_axis(b)})"},
)


def _running_nan_vjp(text: Callable[[Bound], str]) -> Callable[[Bound], str]:
    return lambda b: f"np.where(np.isnan(a), 0.0, {text(b)})"


structural(
    "np.nancumsum",
    "a, axis=None, dtype=None, out=None",
    _running_kind,
    {"a": _running_nan_vjp(_cumsum_vjp)},
    (np.nancumsum,),
    jvp={"a": lambda b: f"np.cumsum(np.where(np.isnan(a), 0.0, a_dot), {axes.literal(b, 'axis')})"},
)
_ONES = "np.where(np.isnan(a), 1.0, a)"
structural(
    "np.nancumprod",
    "a, axis=None, dtype=None, out=None",
    _running_kind,
    {"a": _running_nan_vjp(lambda b: axes.real_if(b, "a", f"cumprod_back(g, {_ONES}, {_axis(b)})"))},
    (np.nancumprod,),
    jvp={
        "a": lambda b: f"cumprod_dot(np.where(np.isnan(a), 0.0, a_dot), {_ONES}, {_axis(b)})"
    },
)


def _diff_kind(bound: Bound) -> Kind:
    times = axes.as_int(bound.static("n"))
    if not all(_is_scalar(bound, n) for n in ("prepend", "append")) or times is None or not 1 <= times <= 4:
        raise NotImplementedError("np.diff of no step, of many, or between arrays")
    if times > 1 and any(bound.given(n) and bound.static(n) is UNKNOWN for n in ("prepend", "append")):
        raise NotImplementedError("np.diff of several steps between computed numbers")
    own = axes.as_array(bound.kind("a"))
    axis = axes.one_axis(bound)
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
    return text if times < 2 else _along(bound, text, f":a.shape[{axes.literal(bound, 'axis')}]")


def _diff_end_vjp(bound: Bound, name: str) -> str:
    if bound.static("n") != 1 or not _is_scalar(bound, name):
        raise NotImplementedError(f"np.diff with n > 1 and active {name}, or {name} that is no scalar")
    end, sign = (":1", "-") if name == "prepend" else ("-1:", "")
    return f"{sign}np.sum({_along(bound, 'g', end)})"


def _along(bound: Bound, text: str, part: str) -> str:
    """A slice of an array along the axis: `g[:, :1]`."""
    axis = axes.one_axis(bound)
    if axis is None:
        raise NotImplementedError("np.diff along an axis that is not a literal")
    return f"{text}[{', '.join([*[':'] * axis, part])}]"


def _diff_args(bound: Bound, active: str) -> str:
    """The arguments after the first for a tangent of np.diff, zeros for the ends that are not active."""
    zeros = {
        n: f"np.zeros_like({n})" if bound.static(n) is UNKNOWN else "0.0"
        for n in ("prepend", "append")
        if bound.given(n)
    }
    ends = "".join(f", {n}={f'{n}_dot' if n == active else zero}" for n, zero in zeros.items())
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
    general="diff_general",
)
composite(
    "diff_general",
    """def diff(a, n=1, axis=-1, prepend=None, append=None):
    a = np.asarray(a)
    if n == 0:
        return a
    k = axis % np.ndim(a)
    one = np.shape(a)[:k] + (1,) + np.shape(a)[k + 1:]
    if prepend is not None:
        first = np.asarray(prepend)
        if np.ndim(first) == 0:
            first = np.broadcast_to(first, one)
        a = np.concatenate((first, a), axis=axis)
    if append is not None:
        last = np.asarray(append)
        if np.ndim(last) == 0:
            last = np.broadcast_to(last, one)
        a = np.concatenate((a, last), axis=axis)
    for i in range(min(n, np.shape(a)[k])):
        a = np.diff(a, 1, axis)
    return a
""",
)
composite(
    "np.cumulative_sum",
    """def cumulative_sum(x, axis=None, dtype=None, include_initial=False):
    axis = 0 if axis is None else axis
    z = np.cumsum(x, axis=axis, dtype=dtype)
    if include_initial:
        lines = np.moveaxis(z, axis, 0)
        lines = np.concatenate([np.zeros_like(lines, shape=(1,) + np.shape(lines)[1:]), lines])
        z = np.moveaxis(lines, 0, axis)
    return z
""",
    (getattr(np, "cumulative_sum", None),),
)
composite(
    "np.cumulative_prod",
    """def cumulative_prod(x, axis=None, dtype=None, include_initial=False):
    axis = 0 if axis is None else axis
    z = np.cumprod(x, axis=axis, dtype=dtype)
    if include_initial:
        lines = np.moveaxis(z, axis, 0)
        lines = np.concatenate([np.ones_like(lines, shape=(1,) + np.shape(lines)[1:]), lines])
        z = np.moveaxis(lines, 0, axis)
    return z
""",
    (getattr(np, "cumulative_prod", None),),
)


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _same_shape(bound: Bound) -> Kind:
    own = axes.as_array(bound.kind("a"))
    return kinds.num(own.shape, axes.averaged(own.dtype))


composite("cumprod_back", axes.source_of(prods.cumprod_back), (prods.cumprod_back,)).kind = _same_shape
composite("cumprod_dot", axes.source_of(prods.cumprod_dot), (prods.cumprod_dot,)).kind = _running_kind
