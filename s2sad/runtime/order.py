"""Helpers of generated texts for order statistics: where the elements stand that a quantile picks.

Accepted are NumPy arrays, NumPy scalars and Python numbers; nothing is written to, and no result shares
memory with an argument unless the docstring says so. Orders are those of stable sorts.

    z = np.quantile(a, q)      a_bar = quantile_back(z_bar, a, q)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime.arrays import aligned
from s2sad.runtime.linear import at_rank


def _lines(x: Any, axis: Any) -> Any:
    """The elements of x as a matrix, a row for each result of a reduction over axis."""
    first = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    first = tuple(k % x.ndim for k in first)
    rest = tuple(k for k in range(x.ndim) if k not in first)
    count = math.prod(x.shape[k] for k in first)
    return x.transpose(rest + first).reshape((-1, count) if count else (0, 0))


def _few_places(values: Any, numbers: Any, at: Any) -> tuple[Any, Any, Any, Any]:
    """What `_places` gives for lines without nan, where `at` are places in sorted lines; none is sorted."""
    count = values.shape[1]
    low = at.astype(int)
    high = np.minimum(low + 1, count - 1)
    ranks = sorted({*low.tolist(), *high.tolist()})
    ranked, lines = np.partition(values, ranks, axis=1), np.arange(len(values))
    found = {k: numbers[lines, np.argmax(at_rank(values.T, ranked[:, k], k), axis=0)] for k in ranks}
    weight = np.repeat(np.reshape(at - low, (-1, 1)), len(values), axis=1)
    below, above = (np.stack([found[k] for k in ends.tolist()]) for ends in (low, high))
    return below, above, weight, np.full(len(values), count)


def _places(a: Any, q: Any, axis: Any, method: Any, skip: bool, weights: Any) -> tuple[Any, Any, Any, Any]:
    """For every share and line the flat places of the elements below and above, the weight of the one
    above, and the number of elements of the line."""
    a = np.asarray(a)
    values, numbers = _lines(a, axis), _lines(np.arange(a.size).reshape(a.shape), axis)
    if skip and weights is None and len(values) == 1 and np.size(q) < 5:
        known = ~np.isnan(values[0])
        if np.any(known):
            values, numbers = values[:, known], numbers[:, known]
    if weights is None and values.size and np.size(q) < 5 and not np.isnan(values).any():
        at = np.quantile(np.arange(float(values.shape[1])), q, method=method)
        return _few_places(values, numbers, np.ravel(at))
    ranked = np.take_along_axis(numbers, np.argsort(values, axis=1, kind="stable"), axis=1)  # nan stand last
    missing = np.isnan(values).sum(axis=1)
    counts = values.shape[1] - missing if skip else np.full(len(values), values.shape[1])
    at = np.empty((np.size(q), len(values)))
    if weights is not None:
        fitted = weights if np.ndim(weights) == a.ndim else aligned(weights, a, axis)
        ranked_weights = np.broadcast_to(fitted, a.shape).ravel()[ranked]
        for k, n in enumerate(counts):
            line = {"weights": ranked_weights[k, :n], "method": method}
            at[:, k] = np.ravel(np.quantile(np.arange(float(n)), q, **line)) if n else 0.0
    else:
        for n in np.unique(counts):  # the quantile of 0, 1, ..., n - 1 is the place in a sorted line
            place = np.quantile(np.arange(float(max(n, 1))), q, method=method)
            at[:, counts == n] = np.reshape(place, (-1, 1))
    low = at.astype(int)
    weight = at - low
    weight[:, counts == 0 if skip else missing > 0] = np.nan
    lines = np.arange(len(values))
    high = np.minimum(low + 1, np.maximum(counts - 1, 0))
    return ranked[lines, low], ranked[lines, high], weight, counts


def quantile_back(
    z: Any, a: Any, q: Any, axis: Any = None, method: str = "linear", skip: bool = False, weights: Any = None
) -> Any:
    """The cotangent of a where z is that of np.quantile(a, q, axis, method=method, weights=weights).

    With skip nan are left out.

    >>> print(quantile_back(1.0, np.array([3.0, 1.0, 2.0]), 0.25))
    [0.  0.5 0.5]
    """
    low, high, weight, _ = _places(a, q, axis, method, skip, weights)
    z = np.reshape(z, low.shape)
    total = np.zeros(np.size(a), z.dtype)
    if len(low) > low.shape[1]:
        np.add.at(total, low, (1 - weight) * z)
        np.add.at(total, high, weight * z)
        return total.reshape(np.shape(a))
    for k in range(len(low)):  # the lines have no elements in common
        total[low[k]] += (1 - weight[k]) * z[k]
        total[high[k]] += weight[k] * z[k]
    return total.reshape(np.shape(a))


def quantile_dot(
    a_dot: Any, a: Any, q: Any, axis: Any, method: str, skip: bool, shape: Any, weights: Any = None
) -> Any:
    """The tangent, of a given shape, of the quantile that `quantile_back` is of, where a_dot is that of a.

    >>> a, a_dot = np.array([3.0, 1.0, 2.0]), np.array([4.0, 1.0, 2.0])
    >>> print(quantile_dot(a_dot, a, 0.25, None, "linear", False, ()))
    1.5
    """
    low, high, weight, _ = _places(a, q, axis, method, skip, weights)
    flat = np.ravel(a_dot)
    made = ((1 - weight) * flat[low] + weight * flat[high]).reshape(shape)
    return made.astype(flat.dtype)[()]


def _rate(q: Any, counts: Any, method: str) -> Any:
    """How fast the place in a sorted line grows with the share; 0 beyond the ends and for steps."""
    ends = {  # alpha and beta of Hyndman and Fan, "Sample quantiles in statistical packages" (1996)
        "linear": (1.0, 1.0),
        "weibull": (0.0, 0.0),
        "hazen": (0.5, 0.5),
        "interpolated_inverted_cdf": (0.0, 1.0),
        "median_unbiased": (1 / 3, 1 / 3),
        "normal_unbiased": (3 / 8, 3 / 8),
    }
    if method not in ends:
        return np.zeros((np.size(q), len(counts)))
    alpha, beta = ends[method]
    rate = counts + 1 - alpha - beta
    at = rate * np.reshape(q, (-1, 1)) + alpha - 1
    return np.where((at >= 0) & (at <= counts - 1), rate, 0.0)


def quantile_slope(z: Any, a: Any, q: Any, axis: Any, method: str, skip: bool, shape: Any) -> Any:
    """The derivative in q, of a given shape, of quantile_dot(z, a, q, ...); with a for z of the quantile.

    >>> a = np.array([3.0, 1.0, 2.5])
    >>> print(quantile_slope(a, a, 0.25, None, "linear", False, ()))
    3.0
    """
    low, high, _, counts = _places(a, q, axis, method, skip, None)
    flat = np.ravel(z)
    return ((flat[high] - flat[low]) * _rate(q, counts, method)).reshape(shape)[()]


def quantile_slope_back(z: Any, a: Any, q: Any, axis: Any, method: str, skip: bool) -> Any:
    """The cotangent of the first argument of `quantile_slope`, whose own is z.

    >>> print(quantile_slope_back(1.0, np.array([3.0, 1.0, 2.5]), 0.25, None, "linear", False))
    [ 0. -2.  2.]
    """
    low, high, _, counts = _places(a, q, axis, method, skip, None)
    slope = np.reshape(z, low.shape) * _rate(q, counts, method)
    total = np.zeros(np.size(a), slope.dtype)
    for k in range(len(low)):
        total[low[k]] -= slope[k]
        total[high[k]] += slope[k]
    return total.reshape(np.shape(a))


def spread_share(q_dot: Any, shape: Any) -> Any:
    """An array of the shape of a quantile, constant over its lines; may share memory with q_dot.

    >>> print(spread_share(np.array([1.0, 2.0]), (2, 2)))
    [[1. 1.]
     [2. 2.]]
    """
    rank = np.ndim(q_dot)
    return np.broadcast_to(np.reshape(q_dot, np.shape(q_dot) + (1,) * (len(shape) - rank)), shape)


def stable_order(a: Any, axis: Any = -1) -> Any:
    """np.argsort(a, axis, kind="stable"), by a faster sort where no two elements are equal.

    >>> print(stable_order(np.array([5.0, 4.0, 4.0])), stable_order(np.array([5.0, 4.0, 6.0])))
    [1 2 0] [1 0 2]
    """
    a, axis = (np.ravel(a), 0) if axis is None else (np.asarray(a), axis)
    if a.size < 100:  # takes less time than to ask whether it is needed
        return a.argsort(axis, kind="stable")
    order = np.argsort(a, axis)
    lines = np.moveaxis(np.take_along_axis(a, order, axis), axis, 0)
    return order if np.all(lines[:-1] < lines[1:]) else np.argsort(a, axis, kind="stable")


def ranks(a: Any, axis: Any = -1) -> Any:
    """Where the elements stand in np.sort(a, axis), equal ones in the order that they have.

    >>> print(ranks(np.array([5.0, 4.0, 4.0])))
    [2 0 1]
    """
    order, axis = stable_order(a, axis), 0 if axis is None else axis
    places = np.empty_like(order)
    if order.ndim == 1:
        places[order] = np.arange(len(order))
        return places
    line = np.arange(order.shape[axis]).reshape(-1, *[1] * (order.ndim - 1 - axis % order.ndim))
    np.put_along_axis(places, order, np.broadcast_to(line, order.shape), axis)
    return places


def _few_back(z: Any, a: Any, out: Any, axis: int) -> Any:
    """What `order_back` gives where z is 0 but at few places of each line, as of np.partition(a, k)[:k]: only
    elements between the least and the greatest at these places are sorted; None where those are many."""
    if np.size(a) < 100 or np.iscomplexobj(a):
        return None
    shape = np.moveaxis(z, axis, -1).shape
    a, out, bars = (np.moveaxis(v, axis, -1).reshape(-1, shape[-1]) for v in (a, out, z))
    used = np.any(bars != 0, axis=0)
    picked = out[:, used]
    if 8 * picked.size > a.size or np.isnan(picked).any():
        return None
    total, ends = np.zeros_like(bars), []
    if picked.size:
        low, high = picked.min(axis=1, keepdims=True), picked.max(axis=1, keepdims=True)
        for v in (a, out):
            lines, places = np.nonzero((v >= low) & (v <= high))
            if 8 * len(lines) > a.size:
                return None
            order = np.lexsort((v[lines, places], lines))  # equal elements stay in their order
            ends.append((lines[order], places[order]))
        total[ends[0]] = bars[ends[1]]
    return np.ascontiguousarray(np.moveaxis(total.reshape(shape), -1, axis))


def order_back(z: Any, a: Any, out: Any, axis: Any) -> Any:
    """The cotangent of a where z is that of `out`, which holds the elements of a in another order along axis.

    >>> print(order_back(np.array([1.0, 2.0, 3.0]), np.array([5.0, 4.0, 6.0]), np.array([4.0, 5.0, 6.0]), -1))
    [2. 1. 3.]
    """
    if axis is None:
        return order_back(z, np.ravel(a), out, -1).reshape(np.shape(a))
    few = _few_back(z, a, out, axis)
    if few is not None:
        return few
    total = np.empty_like(z)
    if np.ndim(a) == 1:
        total[stable_order(a)] = z[stable_order(out)]
        return total
    ranked = np.take_along_axis(z, stable_order(out, axis), axis)
    np.put_along_axis(total, stable_order(a, axis), ranked, axis)
    return total


def order_dot(a_dot: Any, a: Any, out: Any, axis: Any) -> Any:
    """The tangent of `out`, which holds the elements of a in another order along axis, where a_dot is a's.

    >>> print(order_dot(np.array([1.0, 2.0, 3.0]), np.array([5.0, 4.0, 6.0]), np.array([4.0, 5.0, 6.0]), -1))
    [2. 1. 3.]
    """
    if axis is None:
        return order_dot(np.ravel(a_dot), np.ravel(a), out, -1)
    return order_back(a_dot, out, a, axis)
