"""Helpers of generated texts for scipy.signal, scipy.ndimage and distances: transposes of filters with
their borders.

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
    turned = np.reshape(np.moveaxis(x, axis, -1), (-1, np.shape(x)[axis]))
    lines = np.reshape(np.moveaxis(z, axis, -1), np.shape(turned))
    made = filter_back(lines, turned, np.reshape(w, (1, -1)), mode, (0, origin), False)
    return np.moveaxis(np.reshape(made, np.shape(np.moveaxis(x, axis, -1))), -1, axis)


def line_weights(z: Any, x: Any, w: Any, axis: Any, mode: str, cval: Any, origin: Any) -> Any:
    """The cotangent of w where z is that of scipy.ndimage.correlate1d(x, w, axis, None, mode, cval, origin).

    >>> z, x = np.array([1.0, 0.0]), np.array([1.0, 2.0])
    >>> print(line_weights(z, x, np.ones(3), 0, "nearest", 0.0, 0))
    [1. 1. 2.]
    """
    turned = np.reshape(np.moveaxis(x, axis, -1), (-1, np.shape(x)[axis]))
    lines = np.reshape(np.moveaxis(z, axis, -1), np.shape(turned))
    return filter_weights(lines, turned, np.reshape(w, (1, -1)), mode, cval, (0, origin), False)[0]


# --------------------------------------------------------------------------------------------- distances


def pair_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """The cotangent of a where z is that of out = scipy.spatial.distance.cdist(a, b, metric).

    A few points at a time: no array holds the gaps between all.

    >>> a, b = np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(pair_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "euclidean", 2.0))
    [[0.6 0.8]]
    """
    if metric == "cosine" or not np.size(a):
        return all_pair_slopes(z, a, b, out, metric, p)
    if metric == "euclidean":
        z = np.where(out == 0, 0.0, z / np.where(out == 0, 1.0, out))
    elif metric == "sqeuclidean":
        z = 2.0 * z
    many = max(1, 2**15 // max(np.size(b), 1))
    total = np.empty(np.shape(a), np.result_type(z, a, b))
    for i in range(0, len(a), many):
        rows = slice(i, i + many)
        if metric in ("euclidean", "sqeuclidean"):
            total[rows] = np.einsum("ij,ijk->ik", z[rows], a[rows, None, :] - b[None, :, :])
        else:
            total[rows] = all_pair_slopes(z[rows], a[rows], b, out[rows], metric, p)
    return total


def all_pair_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """What `pair_slopes` computes, for all points at once, in the language that s2sad reads.

    >>> a, b = np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(all_pair_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "euclidean", 2.0))
    [[0.6 0.8]]
    """
    gaps = a[:, None, :] - b[None, :, :]
    if metric == "sqeuclidean":
        rates = 2.0 * gaps
    elif metric == "cityblock":
        rates = np.sign(gaps)
    elif metric == "euclidean":
        rates = np.where(out[..., None] == 0, 0.0, gaps / np.where(out[..., None] == 0, 1.0, out[..., None]))
    elif metric == "chebyshev":
        ties = np.where(np.abs(gaps) == np.max(np.abs(gaps), axis=-1, keepdims=True), 1.0, 0.0)
        rates = np.sign(gaps) * ties / np.sum(ties, axis=-1, keepdims=True)
    elif metric == "braycurtis":
        sums = a[:, None, :] + b[None, :, :]
        total = np.sum(np.abs(sums), axis=-1)[..., None]
        rates = np.where(
            total == 0,
            0.0,
            (np.sign(gaps) - out[..., None] * np.sign(sums)) / np.where(total == 0, 1.0, total),
        )
    elif metric == "canberra":
        sizes = np.abs(a)[:, None, :] + np.abs(b)[None, :, :]
        safe = np.where(sizes == 0, 1.0, sizes)
        rates = (np.sign(gaps) - np.abs(gaps) / safe * np.sign(a)[:, None, :]) / safe
    elif metric == "cosine":
        one, two = np.sqrt(np.sum(a * a, axis=-1)), np.sqrt(np.sum(b * b, axis=-1))
        along = np.sum(z * (1.0 - out), axis=1)[:, None] * (a / one[:, None])
        return (along - z @ (b / two[:, None])) / one[:, None]
    else:
        share = np.where(
            out[..., None] == 0, 0.0, np.abs(gaps) / np.where(out[..., None] == 0, 1.0, out[..., None])
        )
        rates = np.sign(gaps) * share ** (p - 1.0)
    return np.einsum("ij,ijk->ik", z, rates)


def weighted_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """The cotangents of a and of the weights where z is that of out = scipy.spatial.distance.cdist(a, b,
    metric).

    The weights are w of Minkowski's family, V of "seuclidean", VI of "mahalanobis".

    >>> a, b, w = np.array([[3.0, 4.0]]), np.zeros((1, 2)), np.ones(2)
    >>> print(*weighted_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "euclidean", 2.0, w))
    [[0.6 0.8]] [0.9 1.6]
    """
    gaps = a[:, None, :] - b[None, :, :]
    share = np.where(out == 0, 0.0, z / np.where(out == 0, 1.0, out))[..., None]
    if metric == "mahalanobis":
        turned = gaps @ w
        return (
            0.5 * np.sum(share * (turned + gaps @ w.T), axis=1),
            0.5 * np.sum((share * gaps)[..., :, None] * gaps[..., None, :], axis=(0, 1)),
        )
    if metric == "seuclidean":
        return np.sum(share * gaps, axis=1) / w, -0.5 * np.sum(share * gaps * gaps, axis=(0, 1)) / (w * w)
    if metric == "sqeuclidean":
        return 2.0 * w * np.sum(z[..., None] * gaps, axis=1), np.sum(z[..., None] * gaps * gaps, axis=(0, 1))
    if metric == "cityblock":
        return w * np.sum(z[..., None] * np.sign(gaps), axis=1), np.sum(
            z[..., None] * np.abs(gaps), axis=(0, 1)
        )
    if metric == "euclidean":
        return w * np.sum(share * gaps, axis=1), 0.5 * np.sum(share * gaps * gaps, axis=(0, 1))
    sizes = np.where(out == 0, 0.0, 1.0)[..., None] * np.abs(gaps) / np.where(out == 0, 1.0, out)[..., None]
    rates = z[..., None] * sizes ** (p - 1.0)
    return w * np.sum(rates * np.sign(gaps), axis=1), np.sum(rates * np.abs(gaps), axis=(0, 1)) / p


def weighted_dots(a_dot: Any, w_dot: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """The tangent of out = scipy.spatial.distance.cdist(a, b, metric) with weights; one of the tangents is
    None.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(weighted_dots(one, None, a, 0.0*one, a, "euclidean", 2.0, np.ones(1)))
    [[1.]]
    """
    columns = []
    if len(b) == 0 or len(a) == 0:
        return np.zeros(np.shape(out))
    for j in range(len(b)):
        if a_dot is not None:
            ones = np.ones((len(a), 1))
            rates = weighted_slopes(ones, a, b[j : j + 1], out[:, j : j + 1], metric, p, w)[0]
            columns.append(np.sum(rates * a_dot, axis=-1))
        else:
            rows = []
            for i in range(len(a)):
                rate = weighted_slopes(
                    np.ones((1, 1)), a[i : i + 1], b[j : j + 1], out[i : i + 1, j : j + 1], metric, p, w
                )[1]
                rows.append(np.sum(rate * w_dot))
            columns.append(np.stack(rows))
    return np.stack(columns, axis=1)


def square_form(z: Any, n: int) -> Any:
    """The numbers of a condensed distance matrix of n points above the diagonal of a square one.

    >>> print(square_form(np.array([1.0, 2.0, 3.0]), 3))
    [[0. 1. 2.]
     [0. 0. 3.]
     [0. 0. 0.]]
    """
    made = np.zeros((n, n), z.dtype)
    made[np.triu_indices(n, 1)] = z
    return made


def filtered(x: Any, w: Any, mode: str, origin: Any, flip: bool, cval: Any = 0.0) -> Any:
    """scipy.ndimage.convolve(x, w) if flip, else correlate(x, w), with cval beyond constant borders.

    >>> print(filtered(np.array([1.0, 2.0]), np.array([1.0, 0.0, 0.0]), "nearest", 0, False))
    [1. 1.]
    """
    import scipy.ndimage

    function = scipy.ndimage.convolve if flip else scipy.ndimage.correlate
    return function(x, w, None, mode, cval, origin)


def pair_dots(a_dot: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """The tangent of out = scipy.spatial.distance.cdist(a, b, metric) where a_dot is that of a.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(pair_dots(one, a, 0.0*one, a, "euclidean", 2.0))
    [[1.]]
    """
    columns = []
    if len(b) == 0:
        return np.zeros(np.shape(out))
    for j in range(len(b)):
        ones = np.ones((len(a), 1))
        columns.append(
            np.sum(pair_slopes(ones, a, b[j : j + 1], out[:, j : j + 1], metric, p) * a_dot, axis=-1)
        )
    return np.stack(columns, axis=1)
