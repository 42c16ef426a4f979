"""Curves, surfaces and polynomials that are constants of a program, called at active points.

    z = cs(x)               curve_at(cs, x, 0, 0)       x_bar = g*cs(x, 1)
    z = p(x)                series_at(p, x, 0)          x_bar = g*p.deriv(1)(x)
    z = f.ev(x, y)          surface_at(f, x, y, 0, 0)  x_bar = z_bar*surface_slope(f, x, y, 0, 0, 1, 0)
    z = cs.integrate(a, b)  curve_between(cs, a, b)     a_bar = -g*cs(a), b_bar = g*cs(b)

`curve_at(f, x, nu, size)` is the nu-th derivative of a curve of scipy.interpolate whose values are numbers,
or vectors of that size; `surface_at(f, x, y, dx, dy)` that of a spline of two variables, at pairs of points
(`surface_grid`: at all points of a grid); `series_at(f, x, nu)` that of a series of numpy.polynomial or of
np.poly1d.
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import rank_of, shape_of
from s2sad.rules.registry import Bound, structural
from s2sad.runtime import curves


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


# ------------------------------------------------------------------------------------------------- surfaces


def _surface_kind(bound: Bound) -> Kind:
    shapes = [shape_of(bound, n) for n in "xy"]
    if None in shapes:
        raise NotImplementedError("a surface at points whose number of dimensions is not known")
    return kinds.array(kinds.broadcast(*shapes), "float64")


def _grid_kind(bound: Bound) -> Kind:
    shapes = [shape_of(bound, n) for n in "xy"]
    if any(shape is None or len(shape) > 1 for shape in shapes):
        raise NotImplementedError("a surface on a grid of other than two vectors; pass grid=False")
    return kinds.array(tuple(shape[0] if shape else 1 for shape in shapes), "float64")


def _steeper(bound: Bound, along: str, x: str = "x") -> str:
    """The slope in x or y of a surface, or of a slope."""
    more = [bound.statics.get(n, 0) + int(n == f"m{along}") for n in ("mx", "my")]
    return f"surface_slope(f, {x}, y, dx, dy, {more[0]}, {more[1]})"


def _at_points(along: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        made = f"g*{_steeper(bound, along)}"
        own = bound.out is not None and shape_of(bound, along) == bound.out.shape
        return made if own else f"unbroadcast({made}, {along})"

    return text


_COLUMN = "np.reshape(x, (-1, 1))"


def _on_grid(along: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        made = f"np.sum(g*{_steeper(bound, along, _COLUMN)}, axis={'xy'.index(along) ^ 1})"
        return made if rank_of(bound, along) else f"np.reshape({made}, ())"

    return text


for _name, _more in (("surface_at", ""), ("surface_slope", ", mx, my")):
    structural(
        _name,
        f"f, x, y, dx, dy{_more}",
        _surface_kind,
        {n: _at_points(n) for n in "xy"},
        () if _name == "surface_at" else (curves.surface_slope,),
        jvp={n: lambda b, n=n: f"{n}_dot*{_steeper(b, n)}" for n in "xy"},
    )
structural(
    "surface_grid",
    "f, x, y, dx, dy",
    _grid_kind,
    {n: _on_grid(n) for n in "xy"},
    jvp={
        "x": lambda b: f"np.reshape(x_dot, (-1, 1))*{_steeper(b, 'x', _COLUMN)}",
        "y": lambda b: f"y_dot*{_steeper(b, 'y', _COLUMN)}",
    },
)
