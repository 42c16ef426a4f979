"""Helpers of generated texts for scipy.signal and scipy.ndimage: transposes of filters with their borders.

Accepted are NumPy arrays; nothing is written to, and a result shares memory with no argument. SciPy is
imported when a helper is called.

    y = scipy.signal.convolve(a, v, mode)
    a_bar = scipy.signal.correlate(full_grid(y_bar, a, v, mode), v, "valid")
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.linear import positions, scatter_add


def _window(a: Any, v: Any, mode: str) -> tuple[slice, ...]:
    """The part of the full convolution of a and v that a mode cuts out."""
    parts = []
    for m, n in zip(np.shape(a), np.shape(v), strict=True):
        start, size = {
            "full": (0, m + n - 1),
            "same": ((n - 1) // 2, m),
            "valid": (min(m, n) - 1, abs(m - n) + 1),
        }[mode]
        parts.append(slice(start, start + size))
    return tuple(parts)


def full_grid(z: Any, a: Any, v: Any, mode: str) -> Any:
    """z, which has the shape of a convolution of a and v in this mode, at its place in the full one.

    >>> print(full_grid(np.array([1.0]), np.ones(2), np.ones(2), "valid"))
    [0. 1. 0.]
    """
    full = np.zeros([m + n - 1 for m, n in zip(np.shape(a), np.shape(v), strict=True)], z.dtype)
    full[_window(a, v, mode)] = z
    return full


def grid_window(z: Any, a: Any, v: Any, mode: str) -> Any:
    """The part of z, which has the shape of a full convolution, that a mode cuts out.

    >>> print(grid_window(np.array([1.0, 2.0, 3.0]), np.ones(2), np.ones(2), "valid"))
    [2.]
    """
    return z[_window(a, v, mode)].copy()


def turned_around(v: Any) -> Any:
    """The conjugate of an array with every axis reversed.

    >>> print(turned_around(np.array([1.0, 2.0])))
    [2. 1.]
    """
    return np.conj(np.flip(v))


# ------------------------------------------------------------------------------------- recursive filters


def backwards(z: Any, b: Any, a: Any, axis: Any) -> Any:
    """The transpose of scipy.signal.lfilter(b, a, x, axis): the filter run from the end.

    >>> print(backwards(np.array([0.0, 1.0]), np.array([1.0, 2.0]), np.array([1.0]), -1))
    [2. 1.]
    """
    import scipy.signal

    return np.flip(scipy.signal.lfilter(np.conj(b), np.conj(a), np.flip(z, axis), axis), axis)


def lagged(u: Any, x: Any, like: Any, axis: Any) -> Any:
    """The sums of u[n]*x[n - k] along axis, and over all others, for k below the length of `like`.

    >>> print(lagged(np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.zeros(2), -1))
    [11.  6.]
    """
    u, x = np.moveaxis(np.asarray(u), axis, 0), np.conj(np.moveaxis(np.asarray(x), axis, 0))
    return np.stack([np.sum(u[k:] * x[: len(u[k:])]) for k in range(len(like))])


# ----------------------------------------------------------------------------------------------- borders


def _border(mode: str) -> Any:
    """The name that np.pad has for a border of ndimage."""
    return {
        "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge",
        "wrap": "wrap", "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant",
    }[mode]  # fmt: skip


def _borders(w: Any, origin: Any, flip: bool) -> list[tuple[int, int]]:
    """How many elements beyond each border a filter of ndimage reads."""
    origins = np.broadcast_to(origin, np.ndim(w)).tolist()
    widths = []
    for n, o in zip(np.shape(w), origins, strict=True):
        before = n // 2 + (-o - (1 - n % 2) if flip else o)
        widths.append((before, n - 1 - before))
    return widths


def filter_back(z: Any, x: Any, w: Any, mode: str, origin: Any, flip: bool) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.correlate(x, w, None, mode), of convolve for flip.

    >>> print(filter_back(np.array([1.0, 0.0]), np.ones(2), np.array([1.0, 2.0, 4.0]), "nearest", 0, False))
    [3. 4.]
    """
    import scipy.signal

    if not np.size(x):
        return np.zeros(np.shape(x), z.dtype)
    small = np.ndim(w) == 2 and np.size(w) <= 64
    convolve = scipy.signal.convolve2d if small else scipy.signal.convolve  # the latter is one for all ranks
    around = convolve(z, np.flip(w) if flip else w, "full")
    places = _borders(w, origin, flip)
    if _border(mode) == "constant":
        part = tuple(slice(low, low + n) for (low, _), n in zip(places, np.shape(x), strict=True))
        return around[part].copy()
    return scatter_add(around, np.pad(positions(x), places, mode=_border(mode)), np.shape(x))


def filter_weights(z: Any, x: Any, w: Any, mode: str, cval: Any, origin: Any, flip: bool) -> Any:
    """The cotangent of w where z is that of scipy.ndimage.correlate(x, w, None, mode), of convolve for flip.

    >>> z, x = np.array([1.0, 0.0]), np.array([1.0, 2.0])
    >>> print(filter_weights(z, x, np.ones(3), "nearest", 0.0, 0, False))
    [1. 1. 2.]
    """
    import scipy.signal

    if not np.size(x):
        return np.zeros(np.shape(w), z.dtype)
    border: Any = {"constant_values": cval} if _border(mode) == "constant" else {}
    around: Any = np.pad(x, _borders(w, origin, flip), mode=_border(mode), **border)
    if np.size(w) > 64:
        made = scipy.signal.correlate(around, z, "valid")
        return np.flip(made) if flip else made
    made = np.empty(np.shape(w), np.result_type(around, z))
    for at in np.ndindex(*np.shape(w)):
        window = tuple(slice(k, k + n) for k, n in zip(at, np.shape(z), strict=True))
        made[at] = np.sum(around[window] * np.conj(z))
    return np.flip(made) if flip else made


def line_back(z: Any, x: Any, w: Any, axis: Any, mode: str, origin: Any) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.correlate1d(x, w, axis, None, mode, 0.0, origin).

    >>> print(line_back(np.array([1.0, 0.0]), np.ones(2), np.array([1.0, 2.0, 4.0]), 0, "nearest", 0))
    [3. 4.]
    """
    n = np.shape(x)[axis]
    turned = np.reshape(np.moveaxis(x, axis, -1), (np.size(x) // max(n, 1), n))
    lines = np.reshape(np.moveaxis(z, axis, -1), np.shape(turned))
    made = filter_back(lines, turned, np.reshape(w, (1, -1)), mode, (0, origin), False)
    return np.moveaxis(np.reshape(made, np.shape(np.moveaxis(x, axis, -1))), -1, axis)


def line_weights(z: Any, x: Any, w: Any, axis: Any, mode: str, cval: Any, origin: Any) -> Any:
    """The cotangent of w where z is that of scipy.ndimage.correlate1d(x, w, axis, None, mode, cval, origin).

    >>> z, x = np.array([1.0, 0.0]), np.array([1.0, 2.0])
    >>> print(line_weights(z, x, np.ones(3), 0, "nearest", 0.0, 0))
    [1. 1. 2.]
    """
    n = np.shape(x)[axis]
    turned = np.reshape(np.moveaxis(x, axis, -1), (np.size(x) // max(n, 1), n))
    lines = np.reshape(np.moveaxis(z, axis, -1), np.shape(turned))
    return filter_weights(lines, turned, np.reshape(w, (1, -1)), mode, cval, (0, origin), False)[0]


def filtered(x: Any, w: Any, mode: str, origin: Any, flip: bool, cval: Any = 0.0) -> Any:
    """scipy.ndimage.convolve(x, w) if flip, else correlate(x, w), with cval beyond constant borders.

    >>> print(filtered(np.array([1.0, 2.0]), np.array([1.0, 0.0, 0.0]), "nearest", 0, False))
    [1. 1.]
    """
    import scipy.ndimage

    function = scipy.ndimage.convolve if flip else scipy.ndimage.correlate
    return function(x, w, None, mode, cval, origin)
