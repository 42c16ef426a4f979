"""scipy.signal and scipy.ndimage: convolutions, correlations, recursive and Gaussian filters.

    y = scipy.signal.convolve(in1, in2)         in1_bar = scipy.signal.correlate(g, in2, "valid")
    y = scipy.signal.lfilter(b, a, x)           x_bar = backwards(g, b, a, -1)
    y = scipy.ndimage.gaussian_filter(x, s)     x_bar = scipy.ndimage.gaussian_filter(g, s)

Filters with borders are linear maps; that of a symmetric kernel with reflected, periodic or constant
borders is its own transpose.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import ndimage, signal

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, real_if, shape_of
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import filters


def _float(bound: Bound, *names: str) -> str:
    return axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in names]))


# ------------------------------------------------------------------------------------------ convolutions


def _convolution_kind(bound: Bound) -> Kind:
    mode = bound.static("mode")
    if mode not in ("full", "same", "valid"):
        raise NotImplementedError("a convolution whose mode is known at run time only")
    if bound.statics.get("axes") is not None:
        raise NotImplementedError(
            "a convolution along some axes; use one function for each line, or all axes"
        )
    if bound.statics.get("boundary", "fill") not in ("fill", "pad") or bound.statics.get("fillvalue", 0) != 0:
        raise NotImplementedError("a convolution with this boundary; pad the array with np.pad")
    one = shape_of(bound, "in1")
    dtype = axes.promoted([as_array(bound.kind(n)) for n in ("in1", "in2")])
    if mode == "same":
        return kinds.array(one, dtype)
    return kinds.array(kinds.fresh_shape(None if one is None else len(one)), dtype)


def _grid(bound: Bound) -> str:
    mode = bound.static("mode")
    return "g" if mode == "full" else f"full_grid(g, in1, in2, {mode!r})"


def _inner(bound: Bound, other: str, how: str) -> str:
    """Products of the cotangent with all places of another array; `how` is a method, or "2d"."""
    name, method = ("correlate2d", "") if how == "2d" else ("correlate", how)
    return f'scipy.signal.{name}({_grid(bound)}, {other}, "valid"{method})'


def _first(flip: bool, how: str) -> Callable[[Bound], str]:
    other = "turned_around(in2)" if flip else "in2"
    return lambda b: real_if(b, "in1", _inner(b, other, how))


def _second(flip: bool, how: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        made = _inner(bound, "in1", how)
        return real_if(bound, "in2", f"turned_around({made})" if flip else made)

    return text


def _convolution(name: str, options: str, flip: bool, how: str = "", general: str = "") -> None:
    more = options.partition("=")[0]

    def dot(bound: Bound, one: str, two: str) -> str:
        option = axes.option(bound, more, _DEFAULTS[more])
        return f"scipy.signal.{name}({one}, {two}, {bound.static('mode')!r}{option})"

    structural(
        f"scipy.signal.{name}",
        f"in1, in2, mode='full', {options}",
        _convolution_kind,
        {"in1": _first(flip, how), "in2": _second(flip, how)},
        (getattr(signal, name),),
        jvp={"in1": lambda b: dot(b, "in1_dot", "in2"), "in2": lambda b: dot(b, "in1", "in2_dot")},
        general=general,
    )


_DEFAULTS = {"method": "'auto'", "axes": "None", "boundary": "'fill'"}
_convolution("convolve", "method='auto'", False)
_convolution("correlate", "method='auto'", True)
_convolution("fftconvolve", "axes=None", False, ', "fft"', "fftconvolve_along")
_convolution("oaconvolve", "axes=None", False, ', "fft"')
_BORDERS = "boundary='fill', fillvalue=0"
_convolution("convolve2d", _BORDERS, False, "2d", "convolve2d_bordered")
_convolution("correlate2d", _BORDERS, True, "2d", "correlate2d_bordered")


def _grid_kind(bound: Bound) -> Kind:
    return kinds.array(kinds.fresh_shape(rank_of(bound, "z")), as_array(bound.kind("z")).dtype)


for _one, _other in (("full_grid", "grid_window"), ("grid_window", "full_grid")):
    structural(
        _one,
        "z, a, v, mode",
        _grid_kind,
        {"z": f"{_other}(g, a, v, mode)", "a": axes.zero, "v": axes.zero},
        (getattr(filters, _one),),
        linear=("z",),
    )
composite("turned_around", axes.source_of(filters.turned_around), (filters.turned_around,)).kind = lambda b: (
    kinds.array(shape_of(b, "v"), as_array(b.kind("v")).dtype)
)

# ------------------------------------------------------------------------------------- recursive filters


def _lfilter_kind(bound: Bound) -> Kind:
    if bound.given("zi") and bound.kind("zi").cat != "none":
        raise NotImplementedError("scipy.signal.lfilter with zi has two results")
    return kinds.array(shape_of(bound, "x"), _float(bound, "b", "a", "x"))


_AXIS = "axis"
structural(
    "scipy.signal.lfilter",
    "b, a, x, axis=-1, zi=None",
    _lfilter_kind,
    {
        "b": lambda b: real_if(
            b, "b", f"lagged(backwards(g, np.ones(1), a, {literal(b, _AXIS)}), x, b, {literal(b, _AXIS)})"
        ),
        "a": lambda b: real_if(
            b,
            "a",
            f"-lagged(backwards(g, np.ones(1), a, {literal(b, _AXIS)}), out, a, {literal(b, _AXIS)})",
        ),
        "x": lambda b: real_if(b, "x", f"backwards(g, b, a, {literal(b, _AXIS)})"),
    },
    (signal.lfilter,),
    jvp={
        "b": lambda b: f"scipy.signal.lfilter(b_dot, a, x, {literal(b, _AXIS)})",
        "a": lambda b: f"-scipy.signal.lfilter(a_dot, a, out, {literal(b, _AXIS)})",
        "x": lambda b: f"scipy.signal.lfilter(b, a, x_dot, {literal(b, _AXIS)})",
    },
    general="lfilter_state",
)
composite("backwards", axes.source_of(filters.backwards), (filters.backwards,)).kind = lambda b: kinds.array(
    shape_of(b, "z"), _float(b, "z", "b", "a")
)
composite("lagged", axes.source_of(filters.lagged), (filters.lagged,)).kind = lambda b: kinds.array(
    shape_of(b, "like"), _float(b, "u", "x")
)

# ----------------------------------------------------------------------------------------------- ndimage


def _same(bound: Bound) -> Kind:
    if bound.given("output") and bound.kind("output").cat != "none":
        raise NotImplementedError("a filter into output=; assign its result")
    if bound.statics.get("axes") is not None:
        raise NotImplementedError("a filter along some axes")
    if not isinstance(bound.static("mode"), str):
        raise NotImplementedError("a filter whose mode is not one literal")
    own = as_array(bound.kind("input"))
    if own.sort != "float":
        raise NotImplementedError(
            "a filter of scipy.ndimage of numbers that are not real floats; filter the parts"
        )
    if "weights" in bound.kinds and as_array(bound.kind("weights")).sort == "complex":
        raise NotImplementedError("a filter of scipy.ndimage with complex weights; filter the parts")
    return kinds.array(own.shape, own.dtype)


def _linear(name: str, flip: bool) -> None:
    def back(bound: Bound) -> str:
        return f"filter_back(g, input, weights, {bound.static('mode')!r}, {literal(bound, 'origin')}, {flip})"

    def weights(bound: Bound) -> str:
        mode, cval = bound.static("mode"), literal(bound, "cval")
        return f"filter_weights(g, input, weights, {mode!r}, {cval}, {literal(bound, 'origin')}, {flip})"

    def dot(bound: Bound, one: str, two: str, cval: str) -> str:
        mode, origin = bound.static("mode"), literal(bound, "origin")
        return f"scipy.ndimage.{name}({one}, {two}, None, {mode!r}, {cval}, {origin})"

    structural(
        f"scipy.ndimage.{name}",
        "input, weights, output=None, mode='reflect', cval=0.0, origin=0, *, axes=None",
        _same,
        {"input": back, "weights": weights},
        (getattr(ndimage, name),),
        jvp={
            "input": lambda b: dot(b, "input_dot", "weights", "0.0"),
            "weights": lambda b: dot(b, "input", "weights_dot", literal(b, "cval")),
        },
    )


_linear("correlate", False)
_linear("convolve", True)


_OWN_TRANSPOSE = ("reflect", "wrap", "constant", "grid-mirror")


def _is_symmetric(bound: Bound) -> bool:
    """Whether a filter is its own transpose: of order 0, with borders that keep it symmetric."""
    size = bound.statics.get("size", 1)
    odd = isinstance(size, int) and size % 2 == 1 and bound.statics.get("origin", 0) == 0
    return bound.statics.get("order", 0) == 0 and bound.static("mode") in _OWN_TRANSPOSE and odd


def _check_symmetric(bound: Bound) -> Kind:
    if not _is_symmetric(bound) or bound.statics.get("sigma", 1) is UNKNOWN:
        raise NotImplementedError("a filter of this order, size or mode")
    return _same(bound)


def _symmetric(
    name: str, signature: str, general: str = "", kind: Callable[[Bound], Kind] = _check_symmetric
) -> None:
    own = [part.partition("=")[0].strip() for part in signature.split(",") if "*" not in part]

    def call(bound: Bound, first: str) -> str:
        parts = [first]
        for place in own[1:]:
            if place in ("output", "cval"):
                continue
            if bound.static(place) is UNKNOWN or bound.given(place):
                parts.append(f"{place}={literal(bound, place)}")
        return f"scipy.ndimage.{name}({', '.join(parts)})"

    def back(bound: Bound) -> str:
        if _is_symmetric(bound):
            return call(bound, "g")
        size, origin = literal(bound, "size"), literal(bound, "origin")
        where = f"{literal(bound, 'axis')}, {bound.static('mode')!r}, {origin}"
        return f"line_back(g, input, np.full({size}, 1.0/{size}), {where})"

    structural(
        f"scipy.ndimage.{name}",
        signature,
        kind,
        {"input": back},
        (getattr(ndimage, name),),
        jvp={"input": lambda b: call(b, "input_dot")},
        general=general,
    )


_symmetric(
    "gaussian_filter",
    "input, sigma, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, *, radius=None, axes=None",
    "gaussian_image",
)
_symmetric(
    "gaussian_filter1d",
    "input, sigma, axis=-1, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, *, radius=None",
    "gaussian_line",
)
_symmetric(
    "uniform_filter",
    "input, size=3, output=None, mode='reflect', cval=0.0, origin=0, *, axes=None",
    "uniform_image",
)
_symmetric(
    "uniform_filter1d",
    "input, size, axis=-1, output=None, mode='reflect', cval=0.0, origin=0",
    kind=_same,
)

structural(
    "filter_back",
    "z, x, w, mode, origin, flip",
    lambda b: kinds.array(shape_of(b, "x"), _float(b, "z")),
    {
        "z": "filtered(g, w, mode, origin, flip)",
        "x": axes.zero,
        "w": "filter_weights(z, g, w, mode, 0.0, origin, flip)",
    },
    (filters.filter_back,),
    jvp={
        "z": "filter_back(z_dot, x, w, mode, origin, flip)",
        "w": "filter_back(z, x, w_dot, mode, origin, flip)",
    },
)
structural(
    "filter_weights",
    "z, x, w, mode, cval, origin, flip",
    lambda b: kinds.array(shape_of(b, "w"), _float(b, "z")),
    {
        "z": "filtered(x, g, mode, origin, flip, cval)",
        "x": "filter_back(z, x, g, mode, origin, flip)",
        "w": axes.zero,
    },
    (filters.filter_weights,),
    jvp={
        "z": "filter_weights(z_dot, x, w, mode, cval, origin, flip)",
        "x": "filter_weights(z, x_dot, w, mode, 0.0, origin, flip)",
    },
)
composite(
    "filtered",
    """def filtered(x, w, mode, origin, flip, cval=0.0):
    if flip:
        return scipy.ndimage.convolve(x, w, None, mode, cval, origin)
    return scipy.ndimage.correlate(x, w, None, mode, cval, origin)
""",
    (filters.filtered,),
).kind = lambda b: kinds.array(shape_of(b, "x"), _float(b, "x"))
