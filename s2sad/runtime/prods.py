"""Helpers of generated texts for products of elements, all of them or up to each.

Accepted are NumPy arrays, NumPy scalars and Python numbers; nothing is written to, and a result shares
memory with no argument. Cotangents belong to the inner product Re(sum(conj(z)*a)).

    y = np.prod(a, axis=0)      a_bar = y_bar*prod_others(a, 0)

Products of the elements before and behind each one are exact where elements are zero; what stands beside many
lines is made row by row.
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
    size = np.abs(a)
    return bool(1e-30 < float(np.min(size, initial=1.0)) and float(np.max(size, initial=1.0)) < 1e30)


def _around(lines: Any) -> Any:
    """The products of what stands before each element along axis 0, and of what stands behind it."""
    left, right = np.ones_like(lines), np.ones_like(lines)
    if lines[:1].size < 500:
        np.cumprod(lines[:-1], axis=0, out=left[1:])
        np.cumprod(lines[:0:-1], axis=0, out=right[::-1][1:])
    else:
        for k in range(1, len(lines)):
            np.multiply(left[k - 1], lines[k - 1], out=left[k])
            np.multiply(right[-k], lines[-k], out=right[-k - 1])
    return left, right


def prod_others(a: Any, axis: Any = None) -> Any:
    """For every element the product of all the others (along axis), exact where elements are zero.

    >>> print(prod_others(np.array([2.0, 0.0, 3.0])))
    [0. 6. 0.]
    """

    def others(lines: Any) -> Any:
        left, right = _around(lines)
        left *= right
        return left

    return _along(others, a, axis)


def prod_others_dot(a_dot: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of prod_others(a, axis) where a_dot is that of a, exact where elements are zero.

    >>> print(prod_others_dot(np.array([1.0, 0.0, 0.0]), np.array([2.0, 0.0, 3.0])))
    [0. 3. 0.]
    """

    def slopes(lines: Any, moved: Any) -> Any:
        left, right = _around(lines)
        before, behind = np.zeros_like(left * moved), np.zeros_like(right * moved)
        if lines[:1].size < 500:
            before[1:] = cumprod_dot(moved[:-1], lines[:-1], 0)
            behind[::-1][1:] = cumprod_dot(moved[:0:-1], lines[:0:-1], 0)
        else:
            for k in range(1, len(lines)):
                before[k] = before[k - 1] * lines[k - 1] + left[k - 1] * moved[k - 1]
                behind[-k - 1] = behind[-k] * lines[-k] + right[-k] * moved[-k]
        return before * right + left * behind

    return _along(slopes, a, axis, a_dot)


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
