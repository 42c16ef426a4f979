"""scipy.interpolate: curves through given points, in the points and in the values.

    z = scipy.interpolate.interp1d(x, y)(p)        np.interp(p, x, y), where SciPy computes that
    z = scipy.interpolate.CubicSpline(x, y)(p)     y_bar = spline_back(g, x, y, p, 0, "cubic", "not-a-knot")
    z = scipy.interpolate.BSpline(t, c, k)(p)      c_bar = spline_back(g, t, c, p, 0, "basis", k)

Splines are linear in their values: the cotangent solves with the transpose of the sparse matrix of B-splines
at the knots. PchipInterpolator is a curve that is linear in values and slopes, its slopes are a formula in
the values (F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5, 1984, as SciPy writes it). None has a
derivative in its knots. The values are a vector, but those of interp1d.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scipy import interpolate

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import curves

composite(
    "scipy.interpolate.interp1d",
    """def interp1d(x, y, kind='linear', axis=-1, copy=True, bounds_error=None, fill_value=None,
             assume_sorted=False):
    x = np.asarray(x)
    y = np.asarray(y)
    if not np.issubdtype(y.dtype, np.inexact):
        y = y.astype(float)
    rank = np.ndim(y)
    place = axis % rank
    if rank > 1 and place != 0:
        y = np.moveaxis(y, place, 0)
    if len(x) != len(y):
        raise ValueError("x and y arrays must be equal in length along interpolation axis.")
    if not assume_sorted:
        order = np.argsort(x, kind="mergesort")
        x = x[order]
        y = y[order]
    beyond = isinstance(fill_value, str)
    checked = not beyond and (bounds_error is None or bounds_error)
    if kind not in ("linear", "nearest", "previous", "next", "quadratic", "cubic"):
        return refused("interp1d of this kind; use scipy.interpolate.make_interp_spline")
    if rank > 1 and kind in ("quadratic", "cubic"):
        return refused("interp1d of this kind through matrices; call it for each line")
    if isinstance(fill_value, tuple):
        below, above = fill_value
    else:
        below, above = fill_value, fill_value
    if not beyond and fill_value is not None and (np.ndim(below) != 0 or np.ndim(above) != 0):
        return refused("interp1d with fill values that are arrays; choose between results by np.where")

    def at(new):
        new = np.asarray(new)
        low, high = new < x[0], new > x[-1]
        if checked and np.any(low | high):
            raise ValueError("a value in x_new is outside of the interpolation range")
        if kind == "linear" and not beyond and rank == 1:
            made = np.interp(new, x, y)
        elif kind == "linear":
            flat = np.ravel(new)
            i = np.clip(np.searchsorted(x, flat), 1, len(x) - 1)
            if rank == 1:
                slope = (y[i] - y[i - 1])/(x[i] - x[i - 1])
                made = np.reshape(slope*(flat - x[i - 1]) + y[i - 1], np.shape(new))
            else:
                gaps = np.reshape(x[i] - x[i - 1], (-1,) + (1,)*(rank - 1))
                steps = np.reshape(flat - x[i - 1], (-1,) + (1,)*(rank - 1))
                made = (y[i] - y[i - 1])/gaps*steps + y[i - 1]
                made = np.reshape(made, np.shape(new) + np.shape(y)[1:])
        elif kind == "nearest":
            made = y[np.clip(np.searchsorted(x[1:]/2.0 + x[:-1]/2.0, new), 0, len(x) - 1)]
        elif kind == "previous":
            made = y[np.clip(np.searchsorted(x, new, side="right") - 1, 0, len(x) - 1)]
        elif kind == "next":
            made = y[np.clip(np.searchsorted(x, new, side="left"), 0, len(x) - 1)]
        else:
            made = spline_at(x, y, new, 0, "spline", 3 if kind == "cubic" else 2)
        if rank > 1:
            low = np.reshape(low, np.shape(new) + (1,)*(rank - 1))
            high = np.reshape(high, np.shape(new) + (1,)*(rank - 1))
        if isinstance(fill_value, tuple) and not checked:
            made = np.where(low, below, np.where(high, above, made))
        elif not beyond and not checked:
            made = np.where(low | high, np.nan if fill_value is None else fill_value, made)
        elif beyond and kind in ("previous", "next"):  # none is before the first, or behind the last
            made = np.where(low if kind == "previous" else high, np.nan, made)
        if place != 0 and np.ndim(new) > 1:
            return refused("interp1d along this axis at a matrix of points; pass a vector")
        return np.moveaxis(made, 0, place) if place != 0 and np.ndim(new) == 1 else made

    return at
""",
    (interpolate.interp1d,),
)
composite(
    "scipy.interpolate.RegularGridInterpolator",
    """def RegularGridInterpolator(points, values, method='linear', bounds_error=True, fill_value='nan'):
    if method not in ("linear", "nearest"):
        return refused("interpolation on a grid by this method; use 'linear'")
    grids = [np.asarray(g) for g in points]
    values = np.asarray(values)
    d = len(grids)
    if np.ndim(values) != d:
        raise ValueError("values on a grid that are vectors; interpolate each coordinate")
    shape = np.shape(values)
    beyond = not bounds_error and fill_value is None

    def at(xi):
        coordinates = isinstance(xi, tuple)
        if coordinates:
            xi = np.stack(np.broadcast_arrays(*xi), axis=-1)
        if np.ndim(xi) == 0:
            raise ValueError("interpolation on a grid at a number; pass an array of points")
        flat = np.reshape(xi, (-1, d))
        outside = np.zeros(len(flat), bool)
        total = np.zeros(len(flat))
        for j in range(d):
            outside = outside | (flat[:, j] < grids[j][0]) | (flat[:, j] > grids[j][-1])
        if bounds_error and np.any(outside):
            raise ValueError("one of the requested xi is out of bounds")
        for corner in range(2**d if method == "linear" else 0):
            weight = np.ones(len(flat))
            place = np.zeros(len(flat), int)
            for j in range(d):
                g = grids[j]
                i = np.clip(np.searchsorted(g, flat[:, j], side="right") - 1, 0, len(g) - 2)
                place = place*shape[j] + i + ((corner >> (d - 1 - j)) & 1)
            if d == 2:
                weight = np.ravel(values)[place]
            for j in range(d):
                g = grids[j]
                i = np.clip(np.searchsorted(g, flat[:, j], side="right") - 1, 0, len(g) - 2)
                share = (flat[:, j] - g[i])/(g[i + 1] - g[i])
                weight = weight*(share if (corner >> (d - 1 - j)) & 1 else 1.0 - share)
            total = total + (weight if d == 2 else np.ravel(values)[place]*weight)
        if method == "nearest":
            place = np.zeros(len(flat), int)
            for j in range(d):
                g = grids[j]
                i = np.clip(np.searchsorted(g, flat[:, j], side="right") - 1, 0, len(g) - 2)
                place = place*shape[j] + i + ((flat[:, j] - g[i])/(g[i + 1] - g[i]) > 0.5)
            total = np.ravel(values)[place]
        if not beyond:
            total = np.where(outside, np.nan if isinstance(fill_value, str) else fill_value, total)
        return np.reshape(total, np.shape(xi)[:-1]) if coordinates or np.ndim(xi) > 1 else total

    return at
""",
    (interpolate.RegularGridInterpolator,),
)
composite(
    "scipy.interpolate.PchipInterpolator",
    """def PchipInterpolator(x, y):
    def end(h0, h1, m0, m1):
        d = ((2*h0 + h1)*m0 - h0*m1)/(h0 + h1)
        turned = np.sign(d) != np.sign(m0)
        steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3.0*np.abs(m0))
        return np.where(turned, 0.0, np.where(steep, 3.0*m0, d))

    x = np.asarray(x)
    y = np.asarray(y)
    h = x[1:] - x[:-1]
    m = (y[1:] - y[:-1])/h
    if len(y) == 2:
        slopes = np.concatenate((m, m))
    else:
        flat = (np.sign(m[1:]) != np.sign(m[:-1])) | (m[1:] == 0) | (m[:-1] == 0)
        w1 = 2*h[1:] + h[:-1]
        w2 = h[1:] + 2*h[:-1]
        mean = (w1/np.where(flat, 1.0, m[:-1]) + w2/np.where(flat, 1.0, m[1:]))/(w1 + w2)
        first = end(h[:1], h[1:2], m[:1], m[1:2])
        last = end(h[-1:], h[-2:-1], m[-1:], m[-2:-1])
        slopes = np.concatenate((first, np.where(flat, 0.0, 1.0/mean), last))

    def at(p, nu=0):
        return hermite_at(x, y, slopes, np.asarray(p), nu)

    def derivative(nu=1):
        made = nu

        def slope(p, nu=0):
            return hermite_at(x, y, slopes, np.asarray(p), nu, made)

        return slope

    return at
""",
    (interpolate.PchipInterpolator,),
)
_SPLINES = {
    "CubicSpline": ("bc_type='not-a-knot', extrapolate=None", "cubic", "bc_type", "axis=0, "),
    "make_interp_spline": ("k=3", "spline", "k", ""),
}
_EXTENDED = """    if extrapolate is not None and extrapolate is not True:
        return refused("CubicSpline with extrapolate; choose between results by np.where")
"""
_MADE = """
    def at(p, nu=0):
        return spline_at(X, Y, np.asarray(p), nu, "HOW", ORDER)

    def derivative(nu=1):
        if nu not in (1, 2, 3):
            return refused("a curve of this derivative; use nu=1, 2 or 3")

        def slope(p, nu=0):
            return spline_at(X, Y, np.asarray(p), nu, form, ORDER)

        form = "HOW'" if nu == 1 else "HOW''" if nu == 2 else "HOW'''"
        return slope

    def antiderivative(nu=1):
        if nu != 1:
            return refused("an integral of an integral of a curve; use nu=1")

        def integral(p):
            return spline_at(X, Y, np.asarray(p), -1, "HOW", ORDER)

        return integral

    def integrate(a, b):
        return spline_between(X, Y, a, b, "HOW", ORDER)

    return at
"""


def _made(how: str, order: str, x: str = "x", y: str = "y") -> str:
    """The methods of a curve, as functions beside that which is called."""
    return re.sub(r"\bX\b", x, re.sub(r"\bY\b", y, _MADE.replace("HOW", how).replace("ORDER", order)))


for _name, (_option, _how, _order, _axis) in _SPLINES.items():
    _head = ", ".join(part for part in ("x", "y", _axis.rstrip(", "), _option) if part)
    composite(
        f"scipy.interpolate.{_name}",
        f"""def {_name}({_head}):
    x = np.asarray(x)
    y = np.asarray(y)
{_EXTENDED if "extrapolate" in _option else ""}{_made(_how, _order)}""",
        (getattr(interpolate, _name),),
    )


composite(
    "scipy.interpolate.BSpline",
    f"""def BSpline(t, c, k, extrapolate=True):
    t = np.asarray(t)
    c = np.asarray(c)[:len(t) - k - 1]
    if extrapolate is not True:
        return refused("BSpline with extrapolate; choose between results by np.where")
{_made("basis", "k", "t", "c")}""",
    (interpolate.BSpline,),
)


def _curve_kind(bound: Bound) -> Kind:
    if rank_of(bound, "y") not in (1, 2) or as_array(bound.kind("y")).sort == "complex":
        raise NotImplementedError(
            "a spline through values that are not real vectors; make one for each line, or for each part"
        )
    how = str(bound.static("how")).rstrip("'")
    if how not in ("cubic", "spline", "basis") or not isinstance(bound.static("nu"), int):
        raise NotImplementedError("a spline whose kind or derivative is known at run time only")
    ends = bound.static("order")
    if how == "cubic" and ends not in ("not-a-knot", "natural", "clamped"):
        raise NotImplementedError("CubicSpline with these ends; use 'not-a-knot', 'natural' or 'clamped'")
    points, own = shape_of(bound, "p"), shape_of(bound, "y") or ()
    return kinds.array(None if points is None else (*points, *own[1:]), "float64")


def _summed(bound: Bound, text: str) -> str:
    """The sum over the values at a point, where these are vectors."""
    return f"np.sum({text}, axis=-1)" if rank_of(bound, "y") == 2 else text


def _each(bound: Bound, dot: str) -> str:
    """The tangent of points beside the values there."""
    return f"{dot}[..., None]" if rank_of(bound, "y") == 2 and rank_of(bound, "p") != 0 else dot


def _times(bound: Bound, more: int) -> str:
    """How many derivatives a curve is taken of, and so many more."""
    nu = bound.static("nu")
    return f"nu + {more}" if nu is UNKNOWN else str(nu + more)


def _call(name: str, first: str, bound: Bound, p: str = "p", more: int = 0) -> str:
    how, order = bound.static("how"), literal(bound, "order")
    front = f"{first}, x, y" if name == "spline_back" else f"x, {first}"
    return f"{name}({front}, {p}, {_times(bound, more)}, {'how' if how is UNKNOWN else repr(how)}, {order})"


_KNOTS: Callable[[Bound], str | None] = axes.refuse("the derivative of an interpolation in its knots")
structural(
    "spline_at",
    "x, y, p, nu, how, order",
    _curve_kind,
    {
        "x": _KNOTS,
        "y": lambda b: _call("spline_back", "g", b),
        "p": lambda b: _summed(b, f"g*{_call('spline_at', 'y', b, more=1)}"),
    },
    (curves.spline_at,),
    jvp={
        "y": lambda b: _call("spline_at", "y_dot", b),
        "p": lambda b: f"{_each(b, 'p_dot')}*{_call('spline_at', 'y', b, more=1)}",
    },
)
structural(
    "spline_back",
    "z, x, y, p, nu, how, order",
    lambda b: kinds.array(shape_of(b, "y"), "float64"),
    {
        "z": lambda b: _call("spline_at", "g", b),
        "x": _KNOTS,
        "y": axes.zero,
        "p": lambda b: _summed(b, f"z*{_call('spline_at', 'g', b, more=1)}"),
    },
    (curves.spline_back,),
    jvp={
        "z": lambda b: _call("spline_back", "z_dot", b),
        "p": lambda b: _call("spline_back", f"z*{_each(b, 'p_dot')}", b, more=1),
    },
)


_WEIGHTS = "spline_between(x, np.eye(len(y)), a, b, how, order)"  # of the values in the integral
structural(
    "spline_between",
    "x, y, a, b, how, order",
    lambda b: kinds.array((shape_of(b, "y") or ())[1:], "float64"),
    {
        "x": _KNOTS,
        "y": lambda b: f"g*{_WEIGHTS}" if rank_of(b, "y") == 1 else f"{_WEIGHTS}[:, None]*g",
        "a": lambda b: _summed(b, "-g*spline_at(x, y, np.asarray(a), 0, how, order)"),
        "b": lambda b: _summed(b, "g*spline_at(x, y, np.asarray(b), 0, how, order)"),
    },
    (curves.spline_between,),
    jvp={
        "y": "spline_between(x, y_dot, a, b, how, order)",
        "a": "-a_dot*spline_at(x, y, np.asarray(a), 0, how, order)",
        "b": "b_dot*spline_at(x, y, np.asarray(b), 0, how, order)",
    },
)


def _hermite_kind(bound: Bound) -> Kind:
    if rank_of(bound, "y") != 1 or "complex" in [as_array(bound.kind(n)).sort for n in ("y", "slopes")]:
        what = "a curve through values that are not one real vector; make one for each line"
        raise NotImplementedError(what)
    if not isinstance(bound.static("nu"), int):
        raise NotImplementedError("a curve whose derivative is known at run time only")
    return kinds.array(shape_of(bound, "p"), "float64")


def _total(bound: Bound, more: int = 0) -> str:
    made = bound.static("made")
    return _times(bound, more + made) if isinstance(made, int) else f"made + {_times(bound, more)}"


def _hermite(y: str, slopes: str, more: int = 0) -> Callable[[Bound], str]:
    return lambda b: f"hermite_at(x, {y}, {slopes}, p, {_total(b, more)})"


structural(
    "hermite_at",
    "x, y, slopes, p, nu, made=0",
    _hermite_kind,
    {
        "x": _KNOTS,
        "y": lambda b: f"hermite_back(g, x, p, {_total(b)}, 0)",
        "slopes": lambda b: f"hermite_back(g, x, p, {_total(b)}, 1)",
        "p": lambda b: f"g*{_hermite('y', 'slopes', 1)(b)}",
    },
    (curves.hermite_at,),
    jvp={
        "y": _hermite("y_dot", "np.zeros_like(slopes)"),
        "slopes": _hermite("np.zeros_like(y)", "slopes_dot"),
        "p": lambda b: f"p_dot*{_hermite('y', 'slopes', 1)(b)}",
    },
)


def _hermite_again(bound: Bound, z: str, more: int = 0) -> str:
    own = f"{z}, np.zeros_like(x)" if bound.static("which") == 0 else f"np.zeros_like(x), {z}"
    return f"hermite_at(x, {own}, p, {_times(bound, more)})"


structural(
    "hermite_back",
    "z, x, p, nu, which",
    lambda b: kinds.array(shape_of(b, "x"), "float64"),
    {
        "z": lambda b: _hermite_again(b, "g"),
        "x": _KNOTS,
        "p": lambda b: f"z*{_hermite_again(b, 'g', 1)}",
    },
    (curves.hermite_back,),
    jvp={
        "z": "hermite_back(z_dot, x, p, nu, which)",
        "p": lambda b: f"hermite_back(z*p_dot, x, p, {_times(b, 1)}, which)",
    },
)
