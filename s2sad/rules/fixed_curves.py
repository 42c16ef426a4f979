"""Curves and polynomials that are constants of a program, called at active points.

    z = cs(x)               curve_at(cs, x, 0, 0)       x_bar = g*cs(x, 1)
    z = p(x)                series_at(p, x, 0)          x_bar = g*p.deriv(1)(x)
    z = cs.integrate(a, b)  curve_between(cs, a, b)     a_bar = -g*cs(a), b_bar = g*cs(b)

`curve_at(f, x, nu, size)` is the nu-th derivative of a curve of scipy.interpolate whose values are numbers,
or vectors of that size; `series_at(f, x, nu)` that of a series of numpy.polynomial or of np.poly1d.
"""

from __future__ import annotations

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import rank_of, shape_of
from s2sad.rules.registry import Bound, structural


def _curve_kind(bound: Bound) -> Kind:
    shape = shape_of(bound, "x")
    if shape is None:
        raise NotImplementedError("a curve at points whose number of dimensions is not known")
    size = bound.static("size")
    return kinds.array((*shape, size) if size else shape, "float64")


def _slope(bound: Bound) -> str:
    return f"curve_at(f, x, {bound.static('nu') + 1}, {bound.static('size')})"


def _back(bound: Bound) -> str:
    made = f"g*{_slope(bound)}"
    return f"np.sum({made}, axis=-1)" if bound.static("size") else made


def _along(bound: Bound) -> str:
    spread = bound.static("size") and rank_of(bound, "x") != 0
    return f"{'x_dot[..., None]' if spread else 'x_dot'}*{_slope(bound)}"


structural("curve_at", "f, x, nu, size", _curve_kind, {"x": _back}, jvp={"x": _along})
structural("curve_of", "f, n=1", lambda _: kinds.OBJECT)
structural(
    "curve_between",
    "f, a, b",
    lambda _: kinds.array((), "float64"),
    {"a": "-g*curve_at(f, a, 0, 0)", "b": "g*curve_at(f, b, 0, 0)"},
    jvp={"a": "-a_dot*curve_at(f, a, 0, 0)", "b": "b_dot*curve_at(f, b, 0, 0)"},
)
structural(
    "series_at",
    "f, x, nu",
    lambda b: kinds.num(results.numeric(b.kind("x")).shape, "float64"),
    {"x": lambda b: f"g*series_at(f, x, {b.static('nu') + 1})"},
    jvp={"x": lambda b: f"x_dot*series_at(f, x, {b.static('nu') + 1})"},
)
