"""Helpers of generated texts for running results: linear recurrences, and what is done in turns.

Accepted are NumPy arrays, NumPy scalars and Python numbers; nothing is written to, and no result shares
memory with an argument unless the docstring says so.

    z = np.hypot.accumulate(a)     z_dot = scan(q*a_dot, p): z_dot[i] = q[i]*a_dot[i] + p[i]*z_dot[i - 1]
"""

from __future__ import annotations

from typing import Any

import numpy as np


def scan(z: Any, c: Any, axis: Any = 0) -> Any:
    """s[0] = z[0], s[i] = z[i] + c[i]*s[i - 1] along axis.

    By halving, unless products of factors overflow, or would be lost beside large sums.

    >>> print(scan(np.array([1.0, 2.0, 4.0]), np.array([9.0, 0.5, 3.0])))
    [ 1.   2.5 11.5]
    """
    total = np.array(z, np.result_type(z, c))
    sums, factors = (np.moveaxis(m, axis, 0) for m in (total, np.asarray(c, total.dtype)))
    with np.errstate(all="ignore"):
        _halve(sums, factors)
        if np.all(np.abs(sums) < np.finfo(total.dtype).tiny ** -0.1):  # not so where a product is inf
            return total
    total = np.array(z, np.result_type(z, c))
    sums = np.moveaxis(total, axis, 0)
    for i in range(1, len(sums)):
        sums[i] += factors[i] * sums[i - 1]
    return total


def _halve(sums: Any, factors: Any) -> None:
    """Make z in `sums` to s of `scan`: every second one from pairs of elements, then those between."""
    if len(sums) > 1:
        even, odd = sums[::2], sums[1::2]
        odd += factors[1::2] * even[: len(odd)]
        _halve(odd, factors[1::2] * factors[: 2 * len(odd) : 2])
        even[1:] += factors[2::2] * odd[: len(even) - 1]


def scan_back(z: Any, c: Any, axis: Any = 0) -> Any:
    """The cotangent of z, whose own is z: s[-1] = z[-1], s[i] = z[i] + conj(c[i + 1])*s[i + 1] along axis.

    >>> print(scan_back(np.array([1.0, 2.0, 4.0]), np.array([9.0, 0.5, 0.5])))
    [3. 4. 4.]
    """
    turned = np.roll(np.flip(np.conj(c), axis), 1, axis)
    return np.flip(scan(np.flip(z, axis), turned, axis), axis)


def before(z: Any, axis: Any = 0) -> Any:
    """What stands before each element along axis; 0 before the first.

    >>> print(before(np.array([1.0, 2.0, 4.0])))
    [0. 1. 2.]
    """
    moved = np.zeros_like(z)
    np.moveaxis(moved, axis, 0)[1:] = np.moveaxis(z, axis, 0)[:-1]
    return moved


def after(z: Any, axis: Any = 0) -> Any:
    """What stands after each element along axis; 0 after the last.

    >>> print(after(np.array([1.0, 2.0, 4.0])))
    [2. 4. 0.]
    """
    moved = np.zeros_like(z)
    np.moveaxis(moved, axis, 0)[:-1] = np.moveaxis(z, axis, 0)[1:]
    return moved


def is_first(a: Any, axis: Any = 0) -> Any:
    """A mask, which broadcasts against a, of the first element along axis.

    >>> is_first(np.zeros((2, 3)), 1).tolist()
    [[True, False, False]]
    """
    shape = [1] * np.ndim(a)
    if not shape:  # a number counts as a line of one
        return np.True_
    shape[axis] = np.shape(a)[axis]
    return np.reshape(np.arange(shape[axis]) == 0, shape)


def turns(places: Any) -> Any:
    """An order of a vector of places, and its ends, in whose parts none stands twice: the k-th part are the
    places that have stood there k times before.

    >>> order, ends = turns(np.array([5, 7, 5, 5]))
    >>> [order[i:j].tolist() for i, j in zip(ends, ends[1:])]
    [[0, 1], [2], [3]]
    """
    count = len(places)
    numbers = np.arange(count)
    if not count or np.max(np.bincount(places)) == 1:
        return numbers, [0, count] if count else [0]
    ranked = np.sort(places * count + numbers)  # as a stable sort has them, and faster
    lines, ranked = np.divmod(ranked, count)
    new = np.ones(count, bool)
    new[1:] = lines[1:] != lines[:-1]
    times = np.empty_like(ranked)
    times[ranked] = numbers - np.maximum.accumulate(np.where(new, numbers, 0))
    ends = np.cumsum(np.bincount(times))
    return np.sort(times * count + numbers) % count, [0, *ends.tolist()]


def turn(order: Any, ends: Any, k: int) -> Any:
    """The part of an order of `turns` whose turn it is; none of its places stands in it twice. A view.

    >>> print(turn(*turns(np.array([5, 7, 5, 5])), 0))
    [0 1]
    """
    return order[ends[k] : ends[k + 1]]


def places_once(places: Any, part: Any) -> Any:
    """The places of a part that `turn` gives: none is there twice.

    >>> print(places_once(np.array([5, 7, 5, 5]), np.array([0, 1])))
    [5 7]
    """
    return places[part]


# What follows is written in the language that s2sad reads: `s2sad.rules.methods` enters it as a rule.


def divide_slopes(a: Any, out: Any, axis: Any = 0) -> Any:
    """The derivatives of out = np.divide.reduce(a, axis), which is stretched along axis, in every element.

    >>> print(divide_slopes(np.array([8.0, 2.0, 4.0]), 1.0))
    [ 0.125 -0.5   -0.25 ]
    """
    first = is_first(a, axis)
    rest = np.divide.reduce(np.where(first, 1.0, a), axis=axis, keepdims=True)
    return np.where(first, rest, -(out / a))
