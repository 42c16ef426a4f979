"""Helpers of generated texts for composite rules on arrays: indices, and values repeated to a size.

Accepted are NumPy arrays, NumPy scalars, lists and Python numbers; nothing is written to.

    np.put(a, [0, 5], v)       a[flat_index([0, 5], a.shape)] = cycled(v, 2)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def flat_index(ind: Any, shape: Any) -> Any:
    """Indices into every axis for places in the raveled array.

    >>> [k.tolist() for k in flat_index([0, -1], (2, 3))]
    [[0, 1], [0, 2]]
    """
    size = math.prod(shape)
    ind = np.asarray(ind)
    if np.any(ind >= size) or np.any(ind < -size):
        raise IndexError(f"index is out of bounds for size {size}")
    return np.unravel_index(np.where(ind < 0, ind + size, ind), shape)


def along_index(indices: Any, axis: Any, shape: Any) -> Any:
    """Indices into every axis that read or write what np.take_along_axis and np.put_along_axis do.

    >>> a = np.arange(6).reshape(2, 3)
    >>> a[along_index(np.array([[2], [0]]), 1, a.shape)].tolist()
    [[2], [3]]
    """
    rank = len(shape)
    parts = []
    for k, n in enumerate(shape):
        line = np.arange(n).reshape((1,) * k + (n,) + (1,) * (rank - k - 1))
        parts.append(np.array(indices) if k == axis % rank else line)
    return tuple(parts)


def cycled(v: Any, count: int) -> Any:
    """The elements of v in C order, repeated or cut to a number of elements; may share memory with v.

    >>> cycled([1.0, 2.0], 5).tolist()
    [1.0, 2.0, 1.0, 2.0, 1.0]
    """
    flat = np.ravel(v)
    return flat if flat.size == count else np.resize(flat, count)


def cycled_back(z: Any, v: Any) -> Any:
    """The cotangent of v where z is that of np.resize(v, shape) or cycled(v, count).

    >>> cycled_back(np.ones(5), np.zeros(2)).tolist()
    [3.0, 2.0]
    """
    size = np.size(v)
    z = np.ravel(z)
    whole = np.zeros(-(-z.size // max(size, 1)) * size, z.dtype)
    whole[: z.size] = z[: whole.size]
    if not size:
        return np.zeros(np.shape(v), z.dtype)
    return np.einsum("ij->j", whole.reshape(-1, size)).reshape(np.shape(v))  # quicker than sums


def aligned(w: Any, a: Any, axis: Any) -> Any:
    """Weights for the axes of a that `axis` names, in a's rank; may share memory with w.

    >>> aligned(np.ones(3), np.zeros((2, 3, 4)), 1).shape
    (1, 3, 1)
    """
    axes = tuple(k % np.ndim(a) for k in (axis if isinstance(axis, tuple) else (axis,)))
    moved = np.transpose(w, tuple(np.argsort(axes).tolist()))
    return moved.reshape(tuple(n if k in axes else 1 for k, n in enumerate(np.shape(a))))


def running_extreme_back(z: Any, out: Any, axis: Any = 0) -> Any:
    """The cotangent of a where z is that of out = np.maximum.accumulate(a, axis), or of np.minimum's.

    The element that first has a value receives what belongs to that value.

    >>> running_extreme_back(np.ones(4), np.array([1.0, 3.0, 3.0, 4.0])).tolist()
    [1.0, 2.0, 0.0, 1.0]
    """
    moved, bars = np.moveaxis(out, axis, -1), np.moveaxis(z, axis, -1)
    starts = np.flatnonzero(_is_new(moved))
    total = np.zeros(bars.shape, bars.dtype)
    total.reshape(-1)[starts] = np.add.reduceat(np.ravel(bars), starts) if starts.size else 0.0
    return np.moveaxis(total, -1, axis)


def _is_new(lines: Any) -> Any:
    """A mask, along the last axis, of the elements that are not equal to the one before."""
    new = np.ones(lines.shape, bool)
    new[..., 1:] = lines[..., 1:] != lines[..., :-1]
    return new


def running_extreme_dot(z: Any, out: Any, axis: Any = 0) -> Any:
    """The tangent of out = np.maximum.accumulate(a, axis), or of np.minimum's, where z is that of a.

    >>> running_extreme_dot(np.array([1.0, 2.0, 5.0, 7.0]), np.array([1.0, 3.0, 3.0, 4.0])).tolist()
    [1.0, 2.0, 2.0, 7.0]
    """
    moved, dots = np.moveaxis(out, axis, -1), np.moveaxis(z, axis, -1)
    place = np.where(_is_new(moved), np.arange(moved.shape[-1]), 0)
    result = np.take_along_axis(dots, np.maximum.accumulate(place, axis=-1), -1)
    return np.moveaxis(result, -1, axis)


def window_back(z: Any, x: Any, axes: Any) -> Any:
    """The cotangent of x where z is that of sliding_window_view(x, shape, axis); axes are x's, one for each
    of the last axes of z.

    >>> window_back(np.ones((3, 2)), np.zeros(4), (0,)).tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    rank = np.ndim(x)
    total = np.zeros(np.shape(x), z.dtype)
    for place in np.ndindex(z.shape[rank:]):
        at = [slice(0, n) for n in z.shape[:rank]]
        for axis, k in zip(axes, place, strict=True):
            at[axis] = slice(at[axis].start + k, at[axis].stop + k)
        total[tuple(at)] += z[(..., *place)]
    return total


def segments(x: Any, size: int, step: int) -> Any:
    """The parts of `size` elements of the last axis of x that begin at every `step`-th one.

    >>> segments(np.arange(5), 3, 2).tolist()
    [[0, 1, 2], [2, 3, 4]]
    """
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)[..., ::step, :].copy()


def segments_back(z: Any, n: int, step: int) -> Any:
    """The cotangent of x, whose last axis has n elements, where z is that of segments(x, size, step).

    >>> segments_back(np.ones((2, 3)), 5, 2).tolist()
    [1.0, 1.0, 2.0, 1.0, 1.0]
    """
    rest, count, size = z.shape[:-2], z.shape[-2], z.shape[-1]
    total = np.zeros((*rest, n + step), z.dtype)  # as if the last step were a whole one
    for start in range(0, size, step):
        part = z[..., start : start + step]
        lines = total[..., start : start + count * step].reshape((*rest, count, step))  # a view
        lines[..., : part.shape[-1]] += part
    return total[..., :n]


def diagonal_back(z: Any, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The cotangent of a where z is that of np.diagonal(a, offset, axis1, axis2).

    >>> diagonal_back(np.array([1.0, 2.0]), np.zeros((2, 3)), 1).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    """
    z = np.asarray(z)
    total = np.zeros(np.shape(a), np.result_type(z, np.float32))
    planes = np.moveaxis(total, (axis1, axis2), (-2, -1))
    line = np.arange(z.shape[-1])
    planes[..., line + max(-offset, 0), line + max(offset, 0)] = z
    return total


def diagonal_of(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """np.diagonal(a, offset, axis1, axis2) as a view that can be written, as `a` can.

    >>> a = np.zeros((2, 2))
    >>> diagonal_of(a)[1] += 3.0
    >>> a.tolist()
    [[0.0, 0.0], [0.0, 3.0]]
    """
    made = np.diagonal(a, offset, axis1, axis2)
    made.flags.writeable = a.flags.writeable
    return made


def segment_back(z: Any, a: Any, indices: Any, axis: Any = 0) -> Any:
    """The cotangent of a where z is that of np.add.reduceat(a, indices, axis).

    >>> segment_back(np.array([1.0, 5.0]), np.zeros(4), [0, 3]).tolist()
    [1.0, 1.0, 1.0, 5.0]
    """
    total = np.zeros_like(a, dtype=np.result_type(z))
    lines, bars = np.moveaxis(total, axis, 0), np.moveaxis(z, axis, 0)
    ends = [*indices[1:], len(lines)][: len(indices)]
    lengths = np.subtract(ends, indices)
    if len(lengths) > 4 and np.all(lengths > 0):
        lines[indices[0] :] = np.repeat(bars, lengths, axis=0)
        return total
    for k, (start, end) in enumerate(zip(indices, ends, strict=True)):
        lines[start : max(end, start + 1)] += bars[k]
    return total


def unaligned(z: Any, w: Any, axis: Any) -> Any:
    """The cotangent of w where z is that of aligned(w, a, axis); a view of z.

    >>> unaligned(np.ones((1, 3, 1)), np.zeros(3), 1).shape
    (3,)
    """
    axes = tuple(k % np.ndim(z) for k in (axis if isinstance(axis, tuple) else (axis,)))
    order = np.argsort(axes)
    moved = z.reshape(tuple(np.shape(w)[k] for k in order))
    return moved.transpose(tuple(np.argsort(order).tolist()))


def filled_length(c: Any) -> int:
    """The number of coefficients up to the last one that is not 0, and 1 if all are.

    >>> filled_length(np.array([1.0, 0.0, 2.0, 0.0])), filled_length(np.zeros(3))
    (3, 1)
    """
    filled = np.flatnonzero(c)
    return int(filled[-1]) + 1 if len(filled) else min(len(c), 1)


def unique_places(ar: Any) -> Any:
    """Where the elements of np.unique(ar) stand first in the raveled array.

    >>> print(unique_places(np.array([3.0, 1.0, 3.0])))
    [1 0]
    """
    flat = np.ravel(ar)
    order = np.argsort(flat)
    distinct = (
        flat.size and flat[order[-1]] == flat[order[-1]] and np.all(_is_new(flat[order]))
    )  # nan are last
    return order if distinct else np.unique(flat, return_index=True)[1]


def trimmed_places(filt: Any, trim: str) -> Any:
    """The places of the elements that np.trim_zeros(filt, trim) keeps.

    >>> trimmed_places(np.array([0.0, 1.0, 0.0, 2.0, 0.0]), "fb").tolist()
    [1, 2, 3]
    """
    full = np.flatnonzero(filt)
    start = full[0] if "f" in trim.lower() and full.size else 0
    end = full[-1] + 1 if "b" in trim.lower() and full.size else np.size(filt)
    return np.arange(start, end if full.size else 0)


def trimmed_like(z: Any, filt: Any, trim: str) -> Any:
    """The part of z, as a view, whose places np.trim_zeros(filt, trim) keeps.

    >>> trimmed_like(np.arange(5.0), np.array([0.0, 1.0, 0.0, 2.0, 0.0]), "fb").tolist()
    [1.0, 2.0, 3.0]
    """
    places = trimmed_places(filt, trim)
    return np.asarray(z)[places[0] : places[-1] + 1] if places.size else np.asarray(z)[:0]


def in_bins(z: Any, a: Any, edges: Any) -> Any:
    """For every element of a the element of z that belongs to its bin; 0 where it is in none.

    The last bin holds its right edge too, as np.histogram has it.

    >>> in_bins(np.array([5.0, 7.0]), np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])).tolist()
    [5.0, 7.0, 7.0, 0.0]
    """
    a = np.asarray(a)
    place = np.minimum(np.searchsorted(edges, a, side="right") - 1, len(edges) - 2)
    return np.where((a >= edges[0]) & (a <= edges[-1]), np.asarray(z)[place], 0.0)


def cells_of(sample: Any, bins: Any, range: Any, paired: bool) -> Any:
    """Where np.histogramdd counts each point: in a grid with a border of cells outside; and the edges.

    With `paired` bins are those of np.histogram2d, which takes one vector of edges for both axes.

    >>> place, edges = cells_of([[0.5, 1.5], [0.5, 0.5]], [2, 1], [(0.0, 2.0), (0.0, 1.0)], True)
    >>> place.tolist(), [edge.tolist() for edge in edges]
    ([4, 7], [[0.0, 1.0, 2.0], [0.0, 1.0]])
    """
    if paired and hasattr(bins, "__len__") and len(bins) not in (1, 2):
        bins = [np.asarray(bins)] * 2
    edges = np.histogramdd(sample, bins, range)[1]
    columns = np.atleast_2d(sample)
    if not isinstance(sample, np.ndarray) or np.ndim(sample) == 1:
        columns = columns.T
    inside = [np.searchsorted(edge, at, side="right") for edge, at in zip(edges, columns.T, strict=True)]
    places = [k - (at == edge[-1]) for k, edge, at in zip(inside, edges, columns.T, strict=True)]
    return np.ravel_multi_index(places, [len(edge) + 1 for edge in edges]), tuple(edges)
