"""Windows that slide over an array, whose transposes add up what lies over one element; odd reflections.

z = sliding_window_view(x, 3)      x_bar = window_back(g, x, (0,))
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, rank_of, shape_of
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import arrays


def _window_axes(bound: Bound) -> tuple[int, ...] | None:
    """The axes that windows run along, one for each axis that they add."""
    rank, window, axis = rank_of(bound, "x"), axes.shape_from(bound, "window_shape"), bound.static("axis")
    if rank is None or window is None or axis is UNKNOWN:
        return None
    wanted = range(rank) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    return tuple(k % rank for k in wanted)


def _window_kind(bound: Bound) -> Kind:
    if bound.static("writeable") is not False:
        raise NotImplementedError("windows that can be written to")
    along, window = _window_axes(bound), axes.shape_from(bound, "window_shape")
    own = shape_of(bound, "x")
    if along is None or window is None or own is None:
        raise NotImplementedError(
            "np.lib.stride_tricks.sliding_window_view of an array whose rank is not known"
        )
    kept = tuple(new_length() if k in along else n for k, n in enumerate(own))
    return kinds.array(kept + window, as_array(bound.kind("x")).dtype)


structural(
    "np.lib.stride_tricks.sliding_window_view",
    "x, window_shape, axis=None, *, subok=False, writeable=False",
    _window_kind,
    {"x": lambda b: f"window_back(g, x, {_window_axes(b)})"},
    (np.lib.stride_tricks.sliding_window_view,),
    linear=("x",),
    effect="view x",
)
structural(
    "window_back",
    "z, x, axes",
    lambda b: kinds.num(shape_of(b, "x"), as_array(b.kind("z")).dtype),
    {
        "z": "np.lib.stride_tricks.sliding_window_view(g, np.shape(z)[np.ndim(x):], axes)",
        "x": axes.zero,
    },
    (arrays.window_back,),
    linear=("z",),
)


def _with_axes(name: str, more: int) -> Callable[[Bound], Kind]:
    """An array of an argument's numbers with so many axes more."""

    def infer(bound: Bound) -> Kind:
        rank = rank_of(bound, name)
        shape = None if rank is None else kinds.fresh_shape(rank + more)
        return kinds.array(shape, as_array(bound.kind(name)).dtype)

    return infer


structural(
    "segments",
    "x, size, step",
    _with_axes("x", 1),
    {"x": "segments_back(g, np.shape(x)[-1], step)"},
    (arrays.segments,),
    linear=("x",),
)
structural(
    "segments_back",
    "z, n, step",
    _with_axes("z", -1),
    {"z": "segments(g, np.shape(z)[-1], step)"},
    (arrays.segments_back,),
    linear=("z",),
)
composite(
    "odd_reflection",
    """def odd_reflection(lines, before, after, whole):
    period = len(lines)
    if period == 1:
        return np.repeat(lines, before + 1 + after, axis=0)
    z = lines
    while before > 0 or after > 0:
        size = len(z)
        reach = size//period*period if whole else (size - 1)//(period - 1)*(period - 1)
        grown = z
        if before > 0:
            k = min(reach, before)
            grown = np.concatenate((2*z[:1] - np.flip(z[1 - whole:k + 1 - whole], 0), grown))
            before = before - k
        if after > 0:
            k = min(reach, after)
            end = size - 1 + whole
            grown = np.concatenate((grown, 2*z[size - 1:] - np.flip(z[end - k:end], 0)))
            after = after - k
        z = grown
    return z
""",
)
