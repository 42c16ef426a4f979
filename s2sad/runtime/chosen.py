"""Helpers of generated texts for filters that choose an element of each window.

Accepted are arrays of real numbers; nothing is written to, and a result shares memory with no argument.

    y = scipy.ndimage.median_filter(x, 3)
    places = rank_places(x, y, 3, "reflect", 0.0, 0, 1)     x_bar = placed(y_bar, places, x)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.filters import _border
from s2sad.runtime.linear import positions, scatter_add


def window_rank(size: Any, rank: Any, percentile: Any, like: Any) -> int:
    """Which of the ordered elements of a window a rank or a percentile means; the middle one for None.

    >>> window_rank(3, None, None, np.zeros((4, 4))), window_rank((1, 5), -1, None, np.zeros((4, 4)))
    (4, 4)
    """
    total = int(np.sum(_window_of(size, like)))
    if percentile is not None:
        share = percentile + 100.0 if percentile < 0 else float(percentile)
        return total - 1 if share == 100.0 else int(total * share / 100.0)
    return total // 2 if rank is None else rank % total


def _window_of(size: Any, like: Any) -> Any:
    """The elements of a window as booleans, of its size or of a footprint."""
    if isinstance(size, np.ndarray) and size.dtype == bool:
        return size
    return np.ones(np.broadcast_to(size, np.ndim(like)), bool)


def rank_places(x: Any, y: Any, size: Any, mode: str, cval: Any, origin: Any, rank: int | None) -> Any:
    """Which element of x each element of y is, -1 for cval, where y is a filter of x that chooses elements.

    Of equal elements it is the one that a stable sort of the window has at `rank`, the first one for None.

    >>> x = np.array([1.0, 3.0, 2.0])
    >>> print(rank_places(x, np.array([3.0, 3.0, 3.0]), 3, "reflect", 0.0, 0, None))
    [1 1 1]
    """
    x, window = np.asarray(x), _window_of(size, x)
    if x.ndim == 0 or x.size == 0:
        return np.zeros(x.shape, int)
    starts = [
        n // 2 + o for n, o in zip(window.shape, np.broadcast_to(origin, np.ndim(x)).tolist(), strict=True)
    ]
    widths = [(s, n - 1 - s) for s, n in zip(starts, window.shape, strict=True)]
    border = _border(mode)
    numbers = positions(x)
    if border == "constant":
        padded = np.pad(x, widths, constant_values=cval)
        numbers = np.pad(numbers, widths, constant_values=-1)
    else:
        padded, numbers = np.pad(x, widths, border), np.pad(numbers, widths, border)
    parts = [
        tuple(slice(k, k + n) for k, n in zip(offset, x.shape, strict=True))
        for offset in np.argwhere(window).tolist()
    ]
    left = np.zeros(x.shape, int)
    if rank is not None:
        left += rank
        for part in parts:
            left -= padded[part] < y
    places = np.full(x.shape, -2)
    for part in parts:
        same = padded[part] == y
        places = np.where(same & (left == 0), numbers[part], places)
        left -= same
    if np.any(places == -2):
        raise ValueError("a filter that chooses elements, of numbers that are nan")
    return places


def placed(z: Any, places: Any, x: Any) -> Any:
    """The cotangent of x where z is that of its elements at the places, of which negative ones are none.

    >>> print(placed(np.array([1.0, 2.0, 4.0]), np.array([0, 0, -1]), np.zeros(2)))
    [3. 0.]
    """
    return scatter_add(np.where(places < 0, 0.0, z), np.maximum(places, 0), np.shape(x))


def at_places(x: Any, places: Any) -> Any:
    """The elements of x at the places, 0 for negative ones.

    >>> print(at_places(np.array([3.0, 5.0]), np.array([1, -1])))
    [5. 0.]
    """
    return np.where(places < 0, 0.0, np.ravel(x)[np.maximum(places, 0)])


def peak_places(x: Any, *options: Any) -> Any:
    """The places of peaks, as scipy.signal.find_peaks(x, *options) gives them.

    >>> print(peak_places(np.array([0.0, 2.0, 1.0, 3.0, 0.0])))
    [1 3]
    """
    import scipy.signal

    return scipy.signal.find_peaks(x, *options)[0]
