"""scipy.interpolate: values at scattered points, linear within simplices, or those of the nearest point.

    f = scipy.interpolate.LinearNDInterpolator(points, values)
    z = f(xi)          place, corners, maps = simplices_at(tri, xi);  z = share_0*values[corners[:, 0]] + ...

The points are constants, and so is the simplex that a point lies in: within it z is linear in both.
"""

from __future__ import annotations

from scipy import interpolate

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import curves

_POINTS = """        xi = np.stack(np.broadcast_arrays(*given), axis=-1) if len(given) > 1 else given[0]
        if isinstance(xi, tuple):
            xi = np.stack(np.broadcast_arrays(*xi), axis=-1)
        xi = np.asarray(xi)
        shape = np.shape(xi)
        flat = np.reshape(xi, (-1, shape[-1]))
"""
_FORMULAS = {
    "LinearNDInterpolator": """(points, values, fill_value='nan', rescale=False):
    if rescale is not False or np.ndim(values) != 1:
        return refused("scattered values that are vectors, or points that are rescaled; interpolate each")
    if isinstance(points, scipy.spatial.Delaunay):
        tri = points
    elif isinstance(points, tuple):
        tri = scipy.spatial.Delaunay(np.stack(np.broadcast_arrays(*points), axis=-1))
    else:
        tri = scipy.spatial.Delaunay(points)
    values = np.asarray(values)
    fill = np.nan if isinstance(fill_value, str) else fill_value

    def at(*given):
"""
    + _POINTS
    + """        d = shape[-1]
        place, corners, maps = simplices_at(tri, flat)
        last = np.ones(len(flat))
        total = np.zeros(len(flat))
        for i in range(d):
            share = np.zeros(len(flat))
            for j in range(d):
                share = share + maps[:, i, j]*(flat[:, j] - maps[:, d, j])
            last = last - share
            total = total + share*values[corners[:, i]]
        total = total + last*values[corners[:, d]]
        return np.reshape(np.where(place < 0, fill, total), shape[:-1])

    return at
""",
    "NearestNDInterpolator": """(x, y, rescale=False, tree_options=None):
    if rescale is not False or tree_options is not None or np.ndim(y) != 1:
        return refused("scattered values that are vectors, or points that are rescaled; interpolate each")
    points = np.stack(np.broadcast_arrays(*x), axis=-1) if isinstance(x, tuple) else np.asarray(x)
    values = np.asarray(y)
    if values.dtype != np.float64 and values.dtype != np.complex128:
        values = values - np.float64(0.0)

    def at(*given):
"""
    + _POINTS
    + """        return np.reshape(values[nearest_places(points, flat)], shape[:-1])

    return at
""",
    "griddata": """(points, values, xi, method='linear', fill_value='nan', rescale=False):
    if method not in ("linear", "nearest"):
        return refused("griddata by this method; use 'linear'")
    if not isinstance(points, tuple) and np.ndim(points) == 1:
        return refused("griddata of one variable; use np.interp or scipy.interpolate.interp1d")
    if method == "nearest":
        return scipy.interpolate.NearestNDInterpolator(points, values, rescale)(xi)
    return scipy.interpolate.LinearNDInterpolator(points, values, fill_value, rescale)(xi)
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.interpolate.{_name}", f"def {_name}{_source}", (getattr(interpolate, _name),))


def _simplices_kind(bound: Bound) -> Kind:
    shape = shape_of(bound, "xi")
    rows, d = shape if shape is not None and len(shape) == 2 else kinds.fresh_shape(2) or ()
    one = d + 1 if isinstance(d, int) else kinds.new_length()
    items = ("int64", (rows,)), ("int64", (rows, one)), ("float64", (rows, one, d))
    return Kind("tuple", items=tuple(kinds.array(lengths, dtype) for dtype, lengths in items))


structural("simplices_at", "tri, xi", _simplices_kind, {"xi": axes.zero}, (curves.simplices_at,))
structural(
    "nearest_places",
    "points, xi",
    lambda b: kinds.array((shape_of(b, "xi") or (kinds.new_length(),))[:1], "int64"),
    {"points": axes.zero, "xi": axes.zero},
    (curves.nearest_places,),
)
