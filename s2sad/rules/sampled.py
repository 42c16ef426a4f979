"""SciPy on samples and points: integrals of sampled functions, distances.

z = scipy.integrate.simpson(y, dx=h)               a formula in SciPy's own order d =
scipy.spatial.distance.cdist(a, b)             a_bar = pair_slopes(g, a, b, out, "euclidean", 2.0)
"""

from __future__ import annotations

import importlib

from scipy import integrate
from scipy.spatial import distance

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import filters

importlib.import_module("s2sad.rules.statistics")

composite(
    "scipy.integrate.trapezoid",
    """def trapezoid(y, x=None, dx=1.0, axis=-1):
    return np.trapezoid(y, x, dx, axis)
""",
    (integrate.trapezoid,),
)
composite(
    "scipy.integrate.cumulative_trapezoid",
    """def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        d = dx
    elif np.ndim(x) == 1:
        d = np.diff(x)
    else:
        d = np.diff(np.moveaxis(np.asarray(x), axis, -1))
    total = np.cumsum(d*(y[..., 1:] + y[..., :-1])/2.0, axis=-1)
    if initial is not None:
        total = np.concatenate((np.full_like(total[..., :1], initial), total), axis=-1)
    return np.moveaxis(total, -1, axis)
""",
    (integrate.cumulative_trapezoid,),
)
composite(
    "scipy.integrate.simpson",
    """def simpson(y, x=None, dx=1.0, axis=-1):
    def even(stop):
        first = y[..., 0:stop:2]
        middle = y[..., 1:stop + 1:2]
        last = y[..., 2:stop + 2:2]
        if x is None:
            return np.sum(first + 4.0*middle + last, axis=-1)*(dx/3.0)
        h = np.diff(x)
        h0 = np.asarray(h[..., 0:stop:2], dtype=np.float64)
        h1 = np.asarray(h[..., 1:stop + 1:2], dtype=np.float64)
        both = h0 + h1
        ratio = h0/h1
        inner = first*(2.0 - 1.0/ratio) + middle*(both*(both/(h0*h1))) + last*(2.0 - ratio)
        return np.sum(both/6.0*inner, axis=-1)

    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is not None and np.ndim(x) > 1:
        x = np.moveaxis(np.asarray(x), axis, -1)
    n = np.shape(y)[-1]
    if n % 2 == 1:
        return even(n - 2)
    if n == 2:
        d = dx if x is None else x[..., -1] - x[..., -2]
        return 0.0 + 0.5*d*(y[..., -1] + y[..., -2])
    total = even(n - 3)
    h0 = np.asarray(dx if x is None else x[..., -2] - x[..., -3], dtype=np.float64)
    h1 = np.asarray(dx if x is None else x[..., -1] - x[..., -2], dtype=np.float64)
    alpha = (2.0*h1*h1 + 3.0*h0*h1)/(6.0*(h1 + h0))
    beta = (h1*h1 + 3.0*h0*h1)/(6.0*h0)
    eta = (1.0*(h1*h1*h1))/(6.0*h0*(h0 + h1))
    total += alpha*y[..., -1] + beta*y[..., -2] - eta*y[..., -3]
    return total
""",
    (integrate.simpson,),
)

# --------------------------------------------------------------------------------------------- distances

_METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "minkowski")


def _distance_kind(bound: Bound, rows: tuple[str, ...]) -> Kind:
    if bound.static("metric") not in _METRICS:
        raise NotImplementedError(f"distances by this metric; it may be {', '.join(_METRICS)}")
    if bound.given("out") and bound.kind("out").cat != "none":
        raise NotImplementedError("distances into out=; assign the result")
    shapes = [shape_of(bound, n) for n in rows]
    if len(rows) == 1:
        return kinds.array((kinds.new_length(),), "float64")
    return kinds.array(None if None in shapes else tuple(s[0] for s in shapes if s), "float64")


def _slopes(bound: Bound, z: str, one: str, two: str, out: str) -> str:
    return f"pair_slopes({z}, {one}, {two}, {out}, {bound.static('metric')!r}, {literal(bound, 'p')})"


structural(
    "scipy.spatial.distance.cdist",
    "XA, XB, metric='euclidean', *, out=None, p=2.0",
    lambda b: _distance_kind(b, ("XA", "XB")),
    {
        "XA": lambda b: _slopes(b, "g", "XA", "XB", "out"),
        "XB": lambda b: _slopes(b, "g.T", "XB", "XA", "out.T"),
        "p": axes.refuse("the derivative of scipy.spatial.distance.cdist in 'p'"),
    },
    (distance.cdist,),
    jvp={
        "XA": lambda b: f"pair_dots(XA_dot, XA, XB, out, {b.static('metric')!r}, {literal(b, 'p')})",
        "XB": lambda b: f"pair_dots(XB_dot, XB, XA, out.T, {b.static('metric')!r}, {literal(b, 'p')}).T",
    },
)
def _pdist_dot(bound: Bound) -> str:
    full = "square_form(out, len(X)) + square_form(out, len(X)).T"
    one = f"pair_dots(X_dot, X, X, {full}, {bound.static('metric')!r}, {literal(bound, 'p')})"
    return f"({one} + {one}.T)[np.triu_indices(len(X), 1)]"


structural(
    "scipy.spatial.distance.pdist",
    "X, metric='euclidean', *, out=None, p=2.0",
    lambda b: _distance_kind(b, ("X",)),
    {
        "X": lambda b: (
            f"pair_slopes(square_form(g, len(X)) + square_form(g, len(X)).T, X, X, "
            f"square_form(out, len(X)) + square_form(out, len(X)).T, "
            f"{b.static('metric')!r}, {literal(b, 'p')})"
        ),
        "p": axes.refuse("the derivative of scipy.spatial.distance.pdist in 'p'"),
    },
    (distance.pdist,),
    jvp={"X": _pdist_dot},
)
composite("pair_slopes", axes.source_of(filters.pair_slopes), (filters.pair_slopes,)).kind = lambda b: (
    kinds.array(shape_of(b, "a"), "float64")
)
composite("pair_dots", axes.source_of(filters.pair_dots), (filters.pair_dots,)).kind = lambda b: (
    kinds.array(shape_of(b, "out"), "float64")
)
structural(
    "square_form",
    "z, n",
    lambda b: kinds.array(kinds.fresh_shape(2), as_array(b.kind("z")).dtype),
    {"z": "g[np.triu_indices(n, 1)]"},
    (filters.square_form,),
    linear=("z",),
)
