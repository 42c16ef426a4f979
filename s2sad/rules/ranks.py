"""scipy.ndimage and scipy.signal: filters that choose an element of each window, and what is made of them.

    y = scipy.ndimage.maximum_filter(x, 3)    x_bar = placed(g, rank_places(x, y, 3, "reflect", ...), x)
    y = scipy.ndimage.grey_opening(x, 3)      a formula of minimum_filter and maximum_filter

Of equal elements one has the derivative: the first one of the window, or that which a stable sort has at
the rank.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import ndimage, signal

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.signals import _same
from s2sad.runtime import chosen


def _window(bound: Bound) -> str:
    """The text of the size or of the footprint of a filter."""
    if "footprint" in bound.statics and bound.static("footprint") is not None:
        return "np.asarray(footprint, np.bool_)"
    return literal(bound, "size")


def _enter(name: str, signature: str, rank: Callable[[Bound], str], line: bool = False) -> None:
    def places(bound: Bound) -> str:
        size, origin = _window(bound), literal(bound, "origin")
        if line:
            rank_of_input, axis = axes.rank_of(bound, "input"), axes.as_int(bound.static("axis"))
            if rank_of_input is None or axis is None:
                raise NotImplementedError(
                    f"scipy.ndimage.{name} along an axis that is known at run time only"
                )
            size, origin = (
                "("
                + ", ".join(text if k == axis % rank_of_input else none for k in range(rank_of_input))
                + ",)"
                for text, none in ((size, "1"), (origin, "0"))
            )
        where = f"{bound.static('mode')!r}, {literal(bound, 'cval')}, {origin}"
        return f"rank_places(input, out, {size}, {where}, {rank(bound)})"

    structural(
        f"scipy.ndimage.{name}",
        signature,
        _same,
        {"input": lambda b: f"placed(g, {places(b)}, input)"},
        (getattr(ndimage, name),),
        jvp={"input": lambda b: f"at_places(input_dot, {places(b)})"},
    )


def _ranked(rank: str, percentile: str) -> Callable[[Bound], str]:
    return lambda b: f"window_rank({_window(b)}, {rank}, {percentile}, input)"


_LAST = "output=None, mode='reflect', cval=0.0, origin=0"
for _side in ("maximum", "minimum"):
    _enter(f"{_side}_filter", f"input, size=None, footprint=None, {_LAST}, *, axes=None", lambda b: "None")
    _enter(f"{_side}_filter1d", f"input, size, axis=-1, {_LAST}", lambda b: "None", line=True)
_enter("median_filter", f"input, size=None, footprint=None, {_LAST}, *, axes=None", _ranked("None", "None"))
_enter(
    "rank_filter", f"input, rank, size=None, footprint=None, {_LAST}, *, axes=None", _ranked("rank", "None")
)
_enter(
    "percentile_filter",
    f"input, percentile, size=None, footprint=None, {_LAST}, *, axes=None",
    _ranked("None", "percentile"),
)
structural(
    "rank_places",
    "x, y, size, mode, cval, origin, rank",
    lambda b: kinds.array(shape_of(b, "x"), "int64"),
    {"x": axes.zero, "y": axes.zero},
    (chosen.rank_places,),
)
structural(
    "window_rank",
    "size, rank, percentile, like",
    lambda _: kinds.INT,
    {"like": axes.zero},
    (chosen.window_rank,),
)
structural(
    "placed",
    "z, places, x",
    lambda b: kinds.array(shape_of(b, "x"), as_array(b.kind("z")).dtype),
    {"z": "at_places(g, places)", "x": axes.zero},
    (chosen.placed,),
    linear=("z",),
)
structural(
    "at_places",
    "x, places",
    lambda b: kinds.array(shape_of(b, "places"), as_array(b.kind("x")).dtype),
    {"x": "placed(g, places, x)"},
    (chosen.at_places,),
    linear=("x",),
)

# ---------------------------------------------------------------------------------------- grey morphology

_ARGUMENTS = "input, size=None, footprint=None, structure=None, *, mode='reflect', cval=0.0, origin=0"
_ADVICE = """    if structure is not None:
        return refused("grey morphology with a structure; add it to windows of "
                       "np.lib.stride_tricks.sliding_window_view and take np.max")
"""
_GIVEN = "size, footprint, mode=mode, cval=cval, origin=origin"
_FORMULAS = {
    "grey_erosion": f"    return scipy.ndimage.minimum_filter(input, {_GIVEN})\n",
    "grey_dilation": """    n = np.ndim(input)
    if footprint is None:
        lengths = (size,)*n if np.ndim(size) == 0 else size
    else:
        lengths = np.shape(footprint)
        footprint = np.flip(np.asarray(footprint))
    origins = (origin,)*n if np.ndim(origin) == 0 else origin
    turned = tuple([-origins[k] - (1 - lengths[k] % 2) for k in range(n)])
    return scipy.ndimage.maximum_filter(input, size, footprint, mode=mode, cval=cval, origin=turned)
""",
    "grey_opening": f"""    low = scipy.ndimage.grey_erosion(input, {_GIVEN})
    return scipy.ndimage.grey_dilation(low, {_GIVEN})
""",
    "grey_closing": f"""    high = scipy.ndimage.grey_dilation(input, {_GIVEN})
    return scipy.ndimage.grey_erosion(high, {_GIVEN})
""",
    "white_tophat": f"    return np.asarray(input) - scipy.ndimage.grey_opening(input, {_GIVEN})\n",
    "black_tophat": f"    return scipy.ndimage.grey_closing(input, {_GIVEN}) - np.asarray(input)\n",
    "morphological_gradient": f"""    high = scipy.ndimage.grey_dilation(input, {_GIVEN})
    return high - scipy.ndimage.grey_erosion(input, {_GIVEN})
""",
    "morphological_laplace": f"""    high = scipy.ndimage.grey_dilation(input, {_GIVEN})
    low = scipy.ndimage.grey_erosion(input, {_GIVEN})
    return high + low - input - input
""",
}
for _name, _body in _FORMULAS.items():
    composite(
        f"scipy.ndimage.{_name}", f"def {_name}({_ARGUMENTS}):\n{_ADVICE}{_body}", (getattr(ndimage, _name),)
    )
composite(
    "scipy.signal.order_filter",
    """def order_filter(a, domain, rank):
    return scipy.ndimage.rank_filter(a, rank, footprint=domain, mode="constant")
""",
    (signal.order_filter,),
)
for _name, _size in (
    ("medfilt(volume, kernel_size=None)", "volume"),
    ("medfilt2d(input, kernel_size=3)", "input"),
):
    composite(
        f"scipy.signal.{_name.split('(')[0]}",
        f"""def {_name}:
    n = np.ndim({_size})
    size = (3,)*n if kernel_size is None else (kernel_size,)*n if np.ndim(kernel_size) == 0 else kernel_size
    return scipy.ndimage.rank_filter({_size}, math.prod(size)//2, size, mode="constant")
""",
        (getattr(signal, _name.split("(")[0]),),
    )

# ------------------------------------------------------------------------------------------------- places

_PEAKS = "height, threshold, distance, prominence, width, wlen, rel_height, plateau_size"
composite(
    "scipy.signal.find_peaks",
    f"""def find_peaks(x, {_PEAKS.replace(",", "=None,").replace("rel_height=None", "rel_height=0.5")}=None):
    return peak_places(x, {_PEAKS}), {{}}
""",
    (signal.find_peaks,),
)
structural(
    "peak_places",
    f"x, {_PEAKS}",
    lambda _: kinds.array((kinds.new_length(),), "int64"),
    {"x": axes.zero},
    (chosen.peak_places,),
)


def _places_kind(bound: Bound) -> Kind:
    rank = axes.rank_of(bound, "data")
    if rank is None:
        raise NotImplementedError("extremes of an array whose number of dimensions is not known")
    return Kind("tuple", items=(kinds.array((kinds.new_length(),), "int64"),) * rank)


for _name in ("argrelmax", "argrelmin"):
    structural(
        f"scipy.signal.{_name}",
        "data, axis=0, order=1, mode='clip'",
        _places_kind,
        {"data": axes.zero},
        (getattr(signal, _name),),
    )
