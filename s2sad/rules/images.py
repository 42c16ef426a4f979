"""scipy.ndimage: filters along one axis, derivatives of images, interpolation on the grid.

    y = scipy.ndimage.correlate1d(x, w, 0)                 x_bar = line_back(g, x, w, 0, "reflect", 0)
    y = scipy.ndimage.map_coordinates(x, c, order=1)       x_bar = map_back(g, x, c, 1, "constant", True)
    y = scipy.ndimage.sobel(x)                             a formula of scipy.ndimage.correlate1d

Interpolation of order 0 is constant in the coordinates, of order 1 linear between the grid points. At a
grid point the derivative of that is the one to the right, at the last one that to the left.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import ndimage

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.signals import _float, _same
from s2sad.runtime import filters, grids

# ------------------------------------------------------------------------------------------- along one axis


def _where(bound: Bound) -> str:
    return f"{literal(bound, 'axis')}, {bound.static('mode')!r}"


def _again(bound: Bound, image: str, weights: str, cval: str) -> str:
    mode, origin = bound.static("mode"), literal(bound, "origin")
    axis = literal(bound, "axis")
    return f"scipy.ndimage.correlate1d({image}, {weights}, {axis}, None, {mode!r}, {cval}, {origin})"


structural(
    "scipy.ndimage.correlate1d",
    "input, weights, axis=-1, output=None, mode='reflect', cval=0.0, origin=0",
    _same,
    {
        "input": lambda b: f"line_back(g, input, weights, {_where(b)}, {literal(b, 'origin')})",
        "weights": lambda b: (
            f"line_weights(g, input, weights, {_where(b)}, {literal(b, 'cval')}, {literal(b, 'origin')})"
        ),
    },
    (ndimage.correlate1d,),
    jvp={
        "input": lambda b: _again(b, "input_dot", "weights", "0.0"),
        "weights": lambda b: _again(b, "input", "weights_dot", literal(b, "cval")),
    },
)
for _helper, _like in ((filters.line_back, "x"), (filters.line_weights, "w")):
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = (
        lambda b, n=_like: kinds.array(shape_of(b, n), _float(b, "z"))  # type: ignore[misc]
    )
composite(
    "scipy.ndimage.convolve1d",
    """def convolve1d(input, weights, axis=-1, *, mode='reflect', cval=0.0, origin=0):
    weights = np.asarray(weights)
    even = 1 - len(weights) % 2
    return scipy.ndimage.correlate1d(input, weights[::-1], axis, None, mode, cval, -origin - even)
""",
    (ndimage.convolve1d,),
)
composite(
    "gaussian_line",
    """def gaussian_line(input, sigma, axis=-1, order=0, *, mode='reflect', cval=0.0, truncate=4.0,
                  radius=None):
    width = int(truncate*float(sigma) + 0.5) if radius is None else radius
    x = np.arange(-width, width + 1)
    bell = np.exp(-0.5/(sigma*sigma)*x**2)
    bell = bell/np.sum(bell)
    if order > 0:
        q = np.zeros(order + 1)
        q[0] = 1
        steps = np.diag(np.arange(order + 1)[1:], 1) + np.diag(np.ones(order)/-(sigma*sigma), -1)
        for _ in range(order):
            q = steps.dot(q)
        bell = (x[:, None]**np.arange(order + 1)).dot(q)*bell
    return scipy.ndimage.correlate1d(input, bell[::-1], axis, None, mode, cval, 0)
""",
)

_RANKS = 4  # of the images whose filters are written out


def _each(call: str, chosen: str = "") -> str:
    """The lines that apply a filter along each axis; `K` stands for the axis."""
    lines = []
    for k in range(_RANKS):
        condition = f"n > {k}{chosen}".replace("K", str(k))
        lines.append(f"    if {condition}:\n        input = {call}\n".replace("K", str(k)))
    return "".join(lines)


_SEQUENCES = """    n = np.ndim(input)
"""
_CHOSEN = """    n = np.ndim(input) if axes is None else 1 if np.ndim(axes) == 0 else len(axes)
"""
_AXIS = "(K if axes is None else axes if np.ndim(axes) == 0 else axes[K])"
composite(
    "gaussian_image",
    """def gaussian_image(input, sigma, order=0, *, mode='reflect', cval=0.0, truncate=4.0, radius=None,
                   axes=None):
    input = np.asarray(input)
"""
    + _CHOSEN
    + _each(
        "scipy.ndimage.gaussian_filter1d(input, (sigma if np.ndim(sigma) == 0 else sigma[K]), "
        f"{_AXIS}, (order"
        " if np.ndim(order) == 0 else order[K]), mode=(mode if isinstance(mode, str) else mode[K]),"
        " cval=cval, "
        "truncate=truncate, radius=(radius if radius is None or np.ndim(radius) == 0 else radius[K]))",
        " and (sigma if np.ndim(sigma) == 0 else sigma[K]) > 1e-15",
    )
    + "    return input\n",
)
composite(
    "uniform_image",
    """def uniform_image(input, size=3, *, mode='reflect', cval=0.0, origin=0, axes=None):
    input = np.asarray(input)
"""
    + _CHOSEN
    + _each(
        "scipy.ndimage.uniform_filter1d(input, (size if np.ndim(size) == 0 else size[K]), "
        f"{_AXIS}, mode=(mode"
        " if isinstance(mode, str) else mode[K]), cval=cval, origin=(origin if np.ndim(origin) == 0 else"
        " origin[K]))",
        " and (size if np.ndim(size) == 0 else size[K]) > 1",
    )
    + "    return input\n",
)
for _name, _beside in (("sobel", "[1, 2, 1]"), ("prewitt", "[1, 1, 1]")):
    composite(
        f"scipy.ndimage.{_name}",
        f"""def {_name}(input, axis=-1, *, mode='reflect', cval=0.0):
    input = np.asarray(input)
"""
        + _SEQUENCES
        + "    axis = axis % n\n"
        + _each(
            "scipy.ndimage.correlate1d(input, [-1, 0, 1], K, None, (mode if isinstance(mode, str) else"
            " mode[K]), cval, 0)",
            " and axis == K",
        )
        + _each(
            f"scipy.ndimage.correlate1d(input, {_beside}, K, None, (mode if isinstance(mode, str) else"
            f" mode[K]), cval, 0)",
            " and axis != K",
        )
        + "    return input\n",
        (getattr(ndimage, _name),),
    )


def _summed(head: str, call: str, combined: str, last: str) -> str:
    """A sum over the axes of an image; `K` stands for the axis."""
    lines = [head, "    input = np.asarray(input)\n", _SEQUENCES]
    for k in range(_RANKS):
        part = call.replace("ONE", "(" + ", ".join("D" if i == k else "0" for i in range(_RANKS)) + ")[:n]")
        made = combined.replace("CALL", part).replace("K", str(k))
        lines.append(
            f"    {made}\n"
            if k == 0
            else f"    if n > {k}:\n        total = total + {made.removeprefix('total = ')}\n"
        )
    return "".join(lines) + last


composite(
    "scipy.ndimage.laplace",
    _summed(
        "def laplace(input, *, mode='reflect', cval=0.0):\n",
        "scipy.ndimage.correlate1d(input, [1, -2, 1], K, None, (mode if isinstance(mode, str) else"
        " mode[K]), cval, 0)", "total = CALL", "    return total\n",
    ),
    (ndimage.laplace,),
)  # fmt: skip
composite(
    "scipy.ndimage.gaussian_laplace",
    _summed(
        "def gaussian_laplace(input, sigma, *, mode='reflect', cval=0.0):\n",
        "scipy.ndimage.gaussian_filter(input, sigma, ONE, mode=mode, cval=cval)", "total = CALL",
        "    return total\n",
    ).replace("D", "2"),
    (ndimage.gaussian_laplace,),
)  # fmt: skip
composite(
    "scipy.ndimage.gaussian_gradient_magnitude",
    _summed(
        "def gaussian_gradient_magnitude(input, sigma, *, mode='reflect', cval=0.0):\n",
        "scipy.ndimage.gaussian_filter(input, sigma, ONE, mode=mode, cval=cval)", "total = CALL**2",
        "    return np.where(total == 0, 0.0, np.sqrt(np.where(total == 0, 1.0, total)))\n",
    ).replace("D", "1"),
    (ndimage.gaussian_gradient_magnitude,),
)  # fmt: skip

# ------------------------------------------------------------------------------------------- interpolation

_MODES = ("constant", "grid-constant", "nearest", "mirror", "reflect", "grid-mirror", "grid-wrap")


def _order(bound: Bound) -> str:
    return str(bound.static("order"))


def _interpolated(bound: Bound) -> Kind:
    own = as_array(bound.kind("input"))
    order, modes = bound.static("order"), [*_MODES]
    if order not in range(6) or bound.static("prefilter") not in (True, False):
        raise NotImplementedError("interpolation whose order or prefilter is known at run time only")
    if order > 1:
        modes.remove("grid-constant")
    if bound.static("mode") not in modes:
        raise NotImplementedError(f"interpolation with this mode; use one of {', '.join(modes)}")
    if bound.given("output") and bound.kind("output").cat != "none":
        raise NotImplementedError("interpolation into output=; assign its result")
    if own.sort != "float" or own.rank is None:
        raise NotImplementedError("interpolation of numbers that are not real floats; take the parts")
    return own


def _map_kind(bound: Bound) -> Kind:
    own, shape = _interpolated(bound), shape_of(bound, "coordinates")
    return kinds.array(None if shape is None else shape[1:], own.dtype)


def _mode(bound: Bound) -> str:
    return repr(bound.static("mode"))


def _filtered(bound: Bound) -> str:
    return str(bound.static("prefilter"))


def _last(bound: Bound) -> str:
    """The last argument of map_coordinates, if it makes a difference."""
    return "" if bound.static("prefilter") or bound.static("order") < 2 else ", False"


structural(
    "scipy.ndimage.map_coordinates",
    "input, coordinates, output=None, order=3, mode='constant', cval=0.0, prefilter=True",
    _map_kind,
    {
        "input": lambda b: (
            f"map_back(g, input, np.asarray(coordinates), {_order(b)}, {_mode(b)}, {_filtered(b)})"
        ),
        "coordinates": lambda b: (
            f"map_slope(g, input, coordinates, {_order(b)}, {_mode(b)}, {literal(b, 'cval')},"
            f" {_filtered(b)})"
        ),
    },
    (ndimage.map_coordinates,),
    jvp={
        "input": lambda b: (
            f"scipy.ndimage.map_coordinates(input_dot, coordinates, None, {_order(b)}, {_mode(b)},"
            f" 0.0{_last(b)})"
        ),
        "coordinates": lambda b: (
            f"np.sum(map_slope(1.0, input, coordinates, {_order(b)}, {_mode(b)}, {literal(b, 'cval')},"
            f" {_filtered(b)})*coordinates_dot, axis=0)"
        ),
    },
)


def _shift_kind(bound: Bound) -> Kind:
    return kinds.array(_interpolated(bound).shape, _interpolated(bound).dtype)


def _zoom_kind(bound: Bound) -> Kind:
    if bound.static("grid_mode") is not False:
        raise NotImplementedError("scipy.ndimage.zoom with grid_mode")
    own = _interpolated(bound)
    return kinds.array(kinds.fresh_shape(own.rank), own.dtype)


def _affine_kind(bound: Bound) -> Kind:
    own, rank = _interpolated(bound), rank_of(bound, "matrix")
    columns = (shape_of(bound, "matrix") or (None, None))[-1]
    if rank not in (1, 2) or (rank == 2 and isinstance(columns, int) and columns != own.rank):
        raise NotImplementedError(
            "scipy.ndimage.affine_transform of homogeneous coordinates; pass matrix and offset"
        )
    return kinds.array(
        own.shape if bound.static("output_shape") is None else kinds.fresh_shape(own.rank), own.dtype
    )


_SHIFTED = "affine_grid(np.shape(input), np.ones(np.ndim(input)), -1.0*np.asarray(shift))"
_STEPS = "(np.array(np.shape(input)) - 1.0)/np.maximum(np.array(np.shape(out)) - 1.0, 1.0)"
_ZOOMED = f"affine_grid(np.shape(out), {_STEPS}, 0.0)"
_MOVED = "affine_grid(np.shape(out), np.asarray(matrix), np.asarray(offset))"


def _enter(name: str, signature: str, kind: Callable[[Bound], Kind], grid: str, arguments: str) -> None:
    def slope(bound: Bound, z: str) -> str:
        how = f"{_order(bound)}, {_mode(bound)}, {literal(bound, 'cval')}, {_filtered(bound)}"
        return f"map_slope({z}, input, {grid}, {how})"

    def total(bound: Bound, text: str, argument: str) -> str:
        own = tuple(range(1, (rank_of(bound, "input") or 0) + 1))
        return f"np.sum({text})" if rank_of(bound, argument) == 0 else f"np.sum({text}, axis={own})"

    def along(bound: Bound, moved: str) -> str:
        return f"np.sum({slope(bound, '1.0')}*{moved}, axis=0)"

    vjp = {"input": lambda b: f"map_back(g, input, {grid}, {_order(b)}, {_mode(b)}, {_filtered(b)})"}
    jvp = {
        "input": lambda b: (
            f"scipy.ndimage.map_coordinates(input_dot, {grid}, None, {_order(b)}, {_mode(b)}, 0.0{_last(b)})"
        )
    }
    if "shift" in arguments:
        vjp["shift"] = lambda b: f"-{total(b, slope(b, 'g'), 'shift')}"
        jvp["shift"] = lambda b: along(
            b, "affine_grid(np.shape(out), np.zeros(np.ndim(input)), -1.0*np.asarray(shift_dot))"
        )
    if "offset" in arguments:
        vjp["offset"] = lambda b: total(b, slope(b, "g"), "offset")
        jvp["offset"] = lambda b: along(
            b, "affine_grid(np.shape(out), np.zeros(np.ndim(input)), np.asarray(offset_dot))"
        )
        vjp["matrix"] = lambda b: f"affine_matrix_back({slope(b, 'g')}, matrix)"
        jvp["matrix"] = lambda b: along(b, "affine_grid(np.shape(out), matrix_dot, 0.0)")
    structural(f"scipy.ndimage.{name}", signature, kind, dict(vjp), (getattr(ndimage, name),), jvp=dict(jvp))


_enter("shift", "input, shift, output=None, order=3, mode='constant', cval=0.0, prefilter=True", _shift_kind,
       _SHIFTED, "shift")  # fmt: skip
_enter("zoom", "input, zoom, output=None, order=3, mode='constant', cval=0.0, prefilter=True, *,"
               " grid_mode=False",
       _zoom_kind, _ZOOMED, "")  # fmt: skip
_enter(
    "affine_transform",
    "input, matrix, offset=0.0, output_shape=None, output=None, order=3, mode='constant', cval=0.0,"
    " prefilter=True",
    _affine_kind, _MOVED, "offset",
)  # fmt: skip
composite(
    "scipy.ndimage.rotate",
    """def rotate(input, angle, axes=(1, 0), reshape=True, output=None, order=3, mode='constant', cval=0.0,
           prefilter=True):
    input = np.asarray(input)
    c, s = scipy.special.cosdg(angle), scipy.special.sindg(angle)
    matrix = np.array([[c, s], [-s, c]])
    rows, columns = np.shape(input)
    if reshape:
        bounds = matrix @ np.array([[0, 0, rows, rows], [0, columns, 0, columns]])
        shape = (np.ptp(bounds, axis=1) + 0.5).astype(int)
    else:
        shape = np.array([rows, columns])
    center = matrix @ ((shape - 1)/2)
    offset = (np.array([rows, columns]) - 1)/2 - center
    return scipy.ndimage.affine_transform(input, matrix, offset, (int(shape[0]), int(shape[1])), None,
    order, mode, cval, prefilter)
""",
    (ndimage.rotate,),
)
for _made in ("grid_base", "grid_places", "grid_inside"):
    _dtype = "int64" if _made == "grid_places" else "float64"
    structural(
        _made,
        "c, n, order, mode" if _made == "grid_base" else "c, shape, corner, order, mode",
        lambda b, d=_dtype: kinds.array(None, d),  # type: ignore[misc]
        {"c": axes.zero},
        (getattr(grids, _made),),
        jvp={"c": "np.zeros(1)"},
    )
for _function, _kind_of in (
    (grids.grid_weight, lambda b: kinds.array(None, "float64")),
    (grids.grid_bell, lambda b: kinds.array(shape_of(b, "t"), "float64")),
    (grids.edge_back, lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "z")), "float64")),
    (grids.map_back, lambda b: kinds.array(shape_of(b, "x"), "float64")),
    (grids.map_slope, lambda b: kinds.array(shape_of(b, "c"), "float64")),
    (grids.affine_grid, lambda b: kinds.array(None, "float64")),
    (grids.affine_matrix_back, lambda b: kinds.array(shape_of(b, "matrix"), "float64")),
):
    composite(_function.__name__, axes.source_of(_function), (_function,)).kind = _kind_of

# ---------------------------------------------------------------------------------- coefficients of splines


def _coefficients_kind(bound: Bound) -> Kind:
    name = "input" if "input" in bound.kinds else "z"
    own = as_array(bound.kind(name))
    if bound.statics.get("output") is not None:
        raise NotImplementedError("the coefficients of a spline into output=; assign the result")
    if bound.static("order") not in range(2, 6) and name == "input":
        raise NotImplementedError("coefficients of a spline whose order is known at run time only")
    if own.sort != "float" or own.rank is None:
        raise NotImplementedError(
            "coefficients of a spline of numbers that are not real floats; take the parts"
        )
    return kinds.array(own.shape, "float64")


def _spline(bound: Bound, *names: str) -> str:
    return ", ".join(literal(bound, n) for n in names)


for _name, _back, _more in (
    ("spline_filter", "spline_filter_back", ()), ("spline_filter1d", "spline_line_back", ("axis",)),
):  # fmt: skip
    _own, _axis = ("order", *_more, "mode"), ", axis=-1" if _more else ""
    structural(
        f"scipy.ndimage.{_name}",
        f"input, order=3{_axis}, output=None, mode='mirror'",
        _coefficients_kind,
        {"input": lambda b, back=_back, own=_own: f"{back}(g, {_spline(b, *own)})"},  # type: ignore[misc]
        (getattr(ndimage, _name),),
        jvp={
            "input": lambda b, name=_name, own=_own: (
                f"scipy.ndimage.{name}(input_dot, {_spline(b, *own[:-1])}, mode={literal(b, 'mode')})"
            )
        },
    )
    structural(
        _back,
        f"z, {', '.join(_own)}",
        _coefficients_kind,
        {
            "z": lambda b, name=_name, own=_own: (  # type: ignore[misc]
                f"scipy.ndimage.{name}(g, {_spline(b, *own[:-1])}, mode={literal(b, 'mode')})"
            )
        },
        (getattr(grids, _back),),
        linear=("z",),
    )
