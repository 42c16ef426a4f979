"""Helpers of generated texts for scipy.spatial.distance: sums over the gaps between all pairs of points.

Accepted are NumPy arrays; nothing is written to, and a result shares memory with no argument. A few points at
a time: no array holds the gaps between all.

    d = scipy.spatial.distance.cdist(a, b)
    a_bar = gap_sums(over_distances(d_bar, d), a, b)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np


def _blocks(a: Any, b: Any) -> Iterator[slice]:
    """Slices of the points a whose gaps to all points b are about 2**15 numbers."""
    many = max(1, 2**15 // max(np.size(b), 1))
    return (slice(i, i + many) for i in range(0, len(a), many))


def over_distances(z: Any, d: Any) -> Any:
    """z/d, and 0 where the distance d is.

    >>> print(over_distances(np.array([1.0, 3.0]), np.array([2.0, 0.0])))
    [0.5 0. ]
    """
    return np.where(d == 0, 0.0, z / np.where(d == 0, 1.0, d))


def gap_sums(w: Any, a: Any, b: Any) -> Any:
    """The sums of w[i, j]*(a[i] - b[j]) over j.

    >>> print(gap_sums(np.ones((1, 2)), np.array([[3.0]]), np.array([[1.0], [2.0]])))
    [[3.]]
    """
    total = np.empty(np.shape(a), np.result_type(w, a, b))
    for rows in _blocks(a, b):
        total[rows] = np.matmul(w[rows, None, :], a[rows, None, :] - b[None, :, :])[:, 0, :]
    return total


def gap_dots(x: Any, a: Any, b: Any) -> Any:
    """The inner products of x[i] and a[i] - b[j].

    >>> print(gap_dots(np.array([[2.0]]), np.array([[3.0]]), np.array([[1.0], [2.0]])))
    [[4. 2.]]
    """
    total = np.empty((len(a), len(b)), np.result_type(x, a, b))
    for rows in _blocks(a, b):
        total[rows] = np.matmul(a[rows, None, :] - b[None, :, :], x[rows, :, None])[:, :, 0]
    return total


def step_slopes(z: Any, a: Any, b: Any, d: Any, metric: str) -> Any:
    """The cotangent of a where z is that of d = scipy.spatial.distance.cdist(a, b, metric); the metrics are
    "cityblock" and "chebyshev", whose rates of change are steps: 1, -1, 0, and shares of those in a tie.

    >>> z, a, b = np.array([[1.0]]), np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(step_slopes(z, a, b, np.array([[4.0]]), "chebyshev"))
    [[0. 1.]]
    """
    a, b = np.asarray(a, dtype=d.dtype), np.asarray(b, dtype=d.dtype)  # as SciPy subtracts them
    total = np.zeros(np.shape(a), np.result_type(z, a))
    for rows in _blocks(a, b):
        gaps = a[rows, None, :] - b[None, :, :]
        if metric == "cityblock":
            total[rows] = np.matmul(z[rows, None, :], np.sign(gaps))[:, 0, :]
            continue
        i, j, k, rates = _farthest(gaps, d[rows])
        np.add.at(total[rows], (i, k), z[rows][i, j] * rates)
    return total


def step_dots(x: Any, a: Any, b: Any, d: Any, metric: str) -> Any:
    """The tangent of d = scipy.spatial.distance.cdist(a, b, metric) where x is that of a; as `step_slopes`.

    >>> x, a, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(step_dots(x, a, b, np.array([[4.0]]), "chebyshev"))
    [[2.]]
    """
    a, b = np.asarray(a, dtype=d.dtype), np.asarray(b, dtype=d.dtype)
    total = np.zeros((len(a), len(b)), np.result_type(x, a))
    for rows in _blocks(a, b):
        gaps = a[rows, None, :] - b[None, :, :]
        if metric == "cityblock":
            total[rows] = np.matmul(np.sign(gaps), x[rows, :, None])[:, :, 0]
            continue
        i, j, k, rates = _farthest(gaps, d[rows])
        np.add.at(total[rows], (i, j), x[rows][i, k] * rates)
    return total


def _farthest(gaps: Any, d: Any) -> tuple[Any, ...]:
    """The places of the largest gaps in each direction from point to point, and the rates of change there."""
    places = np.flatnonzero(np.abs(gaps) == d[:, :, None])
    i, j, k = np.unravel_index(places, np.shape(gaps))
    ties = np.bincount(i * len(d[0]) + j, minlength=np.size(d))
    return i, j, k, np.sign(gaps[i, j, k]) / ties[i * len(d[0]) + j]


def pair_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """The cotangent of a where z is that of out = scipy.spatial.distance.cdist(a, b, metric).

    >>> a, b = np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(pair_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "minkowski", 2.0))
    [[0.6 0.8]]
    """
    if metric == "cosine":
        return all_pair_slopes(z, a, b, out, metric, p)
    total = np.empty(np.shape(a), np.result_type(z, a, b))
    for rows in _blocks(a, b):
        total[rows] = all_pair_slopes(z[rows], a[rows], b, out[rows], metric, p)
    return total


def pair_dots(x: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """The tangent of out = scipy.spatial.distance.cdist(a, b, metric) where x is that of a.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(pair_dots(one, a, 0.0*one, a, "minkowski", 2.0))
    [[1.]]
    """
    if metric == "cosine":
        return all_pair_dots(x, a, b, out, metric, p)
    total = np.empty((len(a), len(b)), np.result_type(x, a, b))
    for rows in _blocks(a, b):
        total[rows] = all_pair_dots(x[rows], a[rows], b, out[rows], metric, p)
    return total


def all_pair_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """What `pair_slopes` computes, for all points at once, in the language that s2sad reads.

    >>> a, b = np.array([[3.0, 4.0]]), np.zeros((1, 2))
    >>> print(all_pair_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "minkowski", 2.0))
    [[0.6 0.8]]
    """
    if metric == "cosine":
        one, two = np.sqrt(np.sum(a * a, axis=-1)), np.sqrt(np.sum(b * b, axis=-1))
        along = np.sum(z * (1.0 - out), axis=1)[:, None] * (a / one[:, None])
        return (along - z @ (b / two[:, None])) / one[:, None]
    return np.einsum("ij,ijk->ik", z, pair_rates(a, b, out, metric, p))


def all_pair_dots(x: Any, a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """What `pair_dots` computes, for all points at once, in the language that s2sad reads.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(all_pair_dots(one, a, 0.0*one, a, "minkowski", 2.0))
    [[1.]]
    """
    if metric == "cosine":
        one, two = np.sqrt(np.sum(a * a, axis=-1)), np.sqrt(np.sum(b * b, axis=-1))
        along = (1.0 - out) * np.sum(x * a / (one * one)[:, None], axis=1)[:, None]
        return along - (x / one[:, None]) @ (b / two[:, None]).T
    return np.einsum("ik,ijk->ij", x, pair_rates(a, b, out, metric, p))


def pair_rates(a: Any, b: Any, out: Any, metric: str, p: Any) -> Any:
    """The derivatives of all distances in the coordinates of a, in the language that s2sad reads.

    >>> print(pair_rates(np.array([[3.0, 4.0]]), np.zeros((1, 2)), np.array([[5.0]]), "minkowski", 2.0))
    [[[0.6 0.8]]]
    """
    gaps = a[:, None, :] - b[None, :, :]
    if metric == "braycurtis":
        sums = a[:, None, :] + b[None, :, :]
        total = np.sum(np.abs(sums), axis=-1)[..., None]
        steps = np.sign(gaps) - out[..., None] * np.sign(sums)
        return np.where(total == 0, 0.0, steps / np.where(total == 0, 1.0, total))
    if metric == "canberra":
        sizes = np.abs(a)[:, None, :] + np.abs(b)[None, :, :]
        safe = np.where(sizes == 0, 1.0, sizes)
        return (np.sign(gaps) - np.abs(gaps) / safe * np.sign(a)[:, None, :]) / safe
    return np.sign(gaps) * over_distances(np.abs(gaps), out[..., None]) ** (p - 1.0)


def weighted_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """The cotangents of a and of the weights where z is that of out = scipy.spatial.distance.cdist(a, b,
    metric).

    The weights are w of Minkowski's family, V of "seuclidean", VI of "mahalanobis".

    >>> a, b, w = np.array([[3.0, 4.0]]), np.zeros((1, 2)), np.ones(2)
    >>> print(*weighted_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "euclidean", 2.0, w))
    [[0.6 0.8]] [0.9 1.6]
    """
    total, of_w = np.empty(np.shape(a), np.result_type(z, a, b, w)), np.zeros(np.shape(w))
    for rows in _blocks(a, b):
        total[rows], part = all_weighted_slopes(z[rows], a[rows], b, out[rows], metric, p, w)
        of_w = of_w + part
    return total, of_w


def weighted_dots(x: Any, w_dot: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """The tangent of out = scipy.spatial.distance.cdist(a, b, metric) with weights, where x is that of a; one
    of the tangents is None.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(weighted_dots(one, None, a, 0.0*one, a, "euclidean", 2.0, np.ones(1)))
    [[1.]]
    """
    total = np.empty(np.shape(out))
    for rows in _blocks(a, b):
        part = None if x is None else x[rows]
        total[rows] = all_weighted_dots(part, w_dot, a[rows], b, out[rows], metric, p, w)
    return total


def all_weighted_slopes(z: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """What `weighted_slopes` computes, for all points at once, in the language that s2sad reads.

    >>> a, b, w = np.array([[3.0, 4.0]]), np.zeros((1, 2)), np.ones(2)
    >>> print(*all_weighted_slopes(np.array([[1.0]]), a, b, np.array([[5.0]]), "euclidean", 2.0, w))
    [[0.6 0.8]] [0.9 1.6]
    """
    gaps = a[:, None, :] - b[None, :, :]
    share = 0.5 * over_distances(z, out)
    if metric == "mahalanobis":
        once = np.einsum("ij,ijk->ik", share, gaps)
        return once @ (w + w.T), np.tensordot(share[..., None] * gaps, gaps, ([0, 1], [0, 1]))
    if metric in ("euclidean", "sqeuclidean", "seuclidean"):
        share = z if metric == "sqeuclidean" else share
        once, twice = 2.0 * np.einsum("ij,ijk->ik", share, gaps), np.einsum("ij,ijk->k", share, gaps * gaps)
        return (once / w, -twice / (w * w)) if metric == "seuclidean" else (w * once, twice)
    by_a, by_w = weighted_rates(gaps, out, metric, p, w)
    return np.einsum("ij,ijk->ik", z, by_a), np.einsum("ij,ijk->k", z, by_w)


def all_weighted_dots(x: Any, w_dot: Any, a: Any, b: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """What `weighted_dots` computes, for all points at once, in the language that s2sad reads.

    >>> one, a = np.ones((1, 1)), np.array([[3.0]])
    >>> print(all_weighted_dots(one, None, a, 0.0*one, a, "euclidean", 2.0, np.ones(1)))
    [[1.]]
    """
    gaps = a[:, None, :] - b[None, :, :]
    if metric == "mahalanobis":
        if x is not None:
            return 0.5 * over_distances(np.einsum("ik,ijk->ij", x @ (w + w.T), gaps), out)
        return 0.5 * over_distances(np.einsum("ijk,ijk->ij", gaps @ w_dot, gaps), out)
    if metric in ("euclidean", "sqeuclidean", "seuclidean"):
        if x is not None:
            z = np.einsum("ik,ijk->ij", x / w if metric == "seuclidean" else x * w, gaps)
        else:
            rates = -w_dot / (w * w) if metric == "seuclidean" else w_dot
            z = np.einsum("k,ijk->ij", 0.5 * rates, gaps * gaps)
        return 2.0 * z if metric == "sqeuclidean" else over_distances(z, out)
    by_a, by_w = weighted_rates(gaps, out, metric, p, w)
    return np.einsum("ik,ijk->ij", x, by_a) if x is not None else np.einsum("k,ijk->ij", w_dot, by_w)


def weighted_rates(gaps: Any, out: Any, metric: str, p: Any, w: Any) -> Any:
    """The derivatives of Minkowski's distances in the coordinates of a and in the weights of these.

    >>> print(*weighted_rates(np.array([[[3.0]]]), np.array([[3.0]]), "cityblock", 1.0, np.ones(1)))
    [[[1.]]] [[[3.]]]
    """
    if metric == "cityblock":
        return w * np.sign(gaps), np.abs(gaps)
    share = over_distances(np.abs(gaps), out[..., None]) ** (p - 1.0)
    return w * share * np.sign(gaps), share * np.abs(gaps) / p


def symmetric_form(z: Any, n: int) -> Any:
    """The numbers of a condensed distance matrix of n points on both sides of the diagonal of a square one.

    >>> print(symmetric_form(np.array([1.0, 2.0, 3.0]), 3))
    [[0. 1. 2.]
     [1. 0. 3.]
     [2. 3. 0.]]
    """
    rows, columns = np.triu_indices(n, 1)
    made = np.zeros((n, n), z.dtype)
    made[rows, columns] = z
    made[columns, rows] = z
    return made


def condensed_sums(z: Any) -> Any:
    """The transpose of `symmetric_form`: sums of what stands on either side of the diagonal.

    >>> print(condensed_sums(np.array([[9.0, 1.0], [2.0, 9.0]])))
    [3.]
    """
    rows, columns = np.triu_indices(len(z), 1)
    return z[rows, columns] + z[columns, rows]
