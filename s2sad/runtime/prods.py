"""Helpers of generated texts for products of elements, all of them or up to each.

Accepted are NumPy arrays, NumPy scalars and Python numbers; nothing is written to, and a result shares
memory with no argument. Cotangents belong to the inner product Re(sum(conj(z)*a)).

    y = np.prod(a, axis=0)      a_bar = y_bar*prod_others(a, 0)

What is made of pairs, of pairs of those and so on is exact where elements are zero, and takes three products
for each element.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.runtime.recurrences import scan, scan_back


def _along(function: Callable[..., Any], a: Any, axis: Any, *beside: Any) -> Any:
    """Apply a function, which works along axis 0 and keeps shapes, along one axis, several or all as one.

    Arrays of a's shape go `beside` it.
    """
    a = np.asarray(a)
    if a.ndim == 1:
        return function(a, *beside)
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    first = tuple(k % a.ndim for k in axes)
    order = first + tuple(k for k in range(a.ndim) if k not in first)
    moved = a.transpose(order)
    shape = (math.prod(moved.shape[: len(first)]), *moved.shape[len(first) :])
    made = function(*(np.transpose(m, order).reshape(shape) for m in (a, *beside)))
    return made.reshape(moved.shape).transpose(tuple(np.argsort(order).tolist()))


def is_moderate(a: Any) -> bool:
    """Whether no element is zero, nan, or near the ends of the range of floats.

    Then the quotient of a product by one of its factors is the product of the others.

    >>> is_moderate(np.array([1.0, -2.0])), is_moderate(np.array([1.0, 0.0]))
    (True, False)
    """
    size, least = np.abs(a), np.finfo(np.result_type(a, np.float16)).tiny ** (1 / 3)
    return bool(least < np.min(size, initial=1.0) and np.max(size, initial=1.0) < 1 / least)


def _others(lines: Any) -> Any:
    """For every element the product of all others along axis 0: of its partner, and of the other pairs."""
    if len(lines) < 2:
        return np.ones_like(lines)
    even, half = len(lines) // 2 * 2, len(lines) // 2
    left, right, last = lines[:even:2], lines[1:even:2], lines[even:]
    rest, total = _others(np.concatenate((left * right, last))), np.empty_like(lines)
    total[:even:2], total[1:even:2], total[even:] = rest[:half] * right, rest[:half] * left, rest[half:]
    return total


def _others_dot(lines: Any, dots: Any) -> Any:
    """What `_others` gives, and its tangent."""
    if len(lines) < 2:
        return np.ones_like(lines), np.zeros_like(lines * dots)
    even, half = len(lines) // 2 * 2, len(lines) // 2
    left, right, left_dot, right_dot = (m[k:even:2] for m in (lines, dots) for k in (0, 1))
    pairs_dot = np.concatenate((left_dot * right, dots[even:]))
    pairs_dot[:half] += left * right_dot
    rest, rest_dot = _others_dot(np.concatenate((left * right, lines[even:])), pairs_dot)
    total, slopes = np.empty_like(lines), np.empty_like(lines, dtype=rest_dot.dtype)
    for k, partner, partner_dot in ((0, right, right_dot), (1, left, left_dot)):
        np.multiply(rest[:half], partner, out=total[k:even:2])
        np.multiply(rest[:half], partner_dot, out=slopes[k:even:2])
        slopes[k:even:2] += rest_dot[:half] * partner
    total[even:], slopes[even:] = rest[half:], rest_dot[half:]
    return total, slopes


def prod_others(a: Any, axis: Any = None) -> Any:
    """For every element the product of all the others (along axis), exact where elements are zero.

    >>> print(prod_others(np.array([2.0, 0.0, 3.0])))
    [0. 6. 0.]
    """

    with np.errstate(all="ignore"):
        return _along(_others, a, axis)


def prod_others_dot(a_dot: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of prod_others(a, axis) where a_dot is that of a, exact where elements are zero.

    >>> print(prod_others_dot(np.array([1.0, 0.0, 0.0]), np.array([2.0, 0.0, 3.0])))
    [0. 3. 0.]
    """

    with np.errstate(all="ignore"):
        return _along(lambda lines, dots: _others_dot(lines, dots)[1], a, axis, a_dot)


def cumprod_back(z: Any, a: Any, axis: Any = None) -> Any:
    """The cotangent of a where z is that of np.cumprod(a, axis), exact where elements are zero.

    >>> print(cumprod_back(np.array([1.0, 1.0, 1.0]), np.array([2.0, 0.0, 3.0])))
    [1. 8. 0.]
    """
    lines = np.conj(np.ravel(a) if axis is None else np.moveaxis(a, axis, 0))
    below = z if axis is None else np.moveaxis(z, axis, 0)
    running = np.cumprod(lines, 0)
    if is_moderate(running):
        rest = np.cumsum((below * running)[::-1], 0)[::-1] / lines
        return np.reshape(rest, np.shape(a)) if axis is None else np.moveaxis(rest, 0, axis)
    before = np.concatenate((np.ones_like(lines[:1]), running[:-1]))
    rest = scan_back(below, np.conj(lines))
    return np.reshape(rest * before, np.shape(a)) if axis is None else np.moveaxis(rest * before, 0, axis)


def cumprod_dot(a_dot: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of np.cumprod(a, axis) where a_dot is that of a.

    >>> print(cumprod_dot(np.array([1.0, 0.0, 0.0]), np.array([2.0, 0.0, 3.0])))
    [1. 0. 0.]
    """
    lines = np.ravel(a) if axis is None else np.moveaxis(a, axis, 0)
    slopes = np.ravel(a_dot) if axis is None else np.moveaxis(a_dot, axis, 0)
    running = np.cumprod(lines, 0)
    if is_moderate(running):
        result = running * np.cumsum(slopes / lines, 0)
        return result if axis is None else np.moveaxis(result, 0, axis)
    before = np.concatenate((np.ones_like(running[:1]), running[:-1]))
    result = scan(before * slopes, lines)
    return result if axis is None else np.moveaxis(result, 0, axis)
