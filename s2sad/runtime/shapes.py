"""Helpers on shapes: undoing broadcasting and reductions.

Each function needs NumPy only, so that its source can be copied into a standalone file. Arguments are
numbers or arrays; results have the shape that the docstring names and may be views of `g`, read-only where
`g` is stretched:

    >>> unbroadcast(np.ones((2, 3)), np.zeros(3))
    array([2., 2., 2.])
"""

from __future__ import annotations

from typing import Any

import numpy as np


def unbroadcast(g: Any, x: Any) -> Any:
    """Sum `g` over the axes along which `x` was broadcast, to x's shape.

    `g` has the shape that x was broadcast to (a scalar `g` stands for a constant array); the result is `g`
    itself where the shapes agree, a scalar where x is one.

    >>> unbroadcast(np.ones((2, 3)), np.zeros((2, 1)))
    array([[3.],
           [3.]])
    >>> float(unbroadcast(np.ones((2, 3)), 1.0))
    6.0
    """
    shape = np.shape(x)
    if np.shape(g) == shape:
        return g
    rank = max(np.ndim(g), len(shape))
    g = np.reshape(g, (1,) * (rank - np.ndim(g)) + np.shape(g))
    wide = (1,) * (rank - len(shape)) + shape
    axes = tuple(i for i in range(rank) if wide[i] == 1 != g.shape[i])
    g = g.sum(axes, keepdims=True)
    g = (g if g.shape == wide else np.broadcast_to(g, wide).copy()).reshape(shape)  # no element twice
    return g if isinstance(x, np.ndarray) else g[()]


def summed_to(g: Any, shape: Any) -> Any:
    """Sum `g` over the axes along which an array of a shape was broadcast: `unbroadcast`, told the shape.

    >>> summed_to(np.ones((2, 3)), (2, 1))
    array([[3.],
           [3.]])
    """
    return g if np.shape(g) == shape else unbroadcast(g, np.broadcast_to(0.0, shape))


def as_field(z: Any, x: Any) -> Any:
    """A cotangent as that of x: its real part where x is real.

    >>> as_field(np.array([1 + 2j]), np.zeros(1)), as_field(np.array([1 + 2j]), np.zeros(1, complex))
    (array([1.]), array([1.+2.j]))
    """
    return z if np.iscomplexobj(x) else np.real(z)


def expand(g: Any, axis: Any, rank: int) -> Any:
    """Put the axes that were reduced from an array of rank `rank` back as axes of length 1.

    `axis` is an int, a tuple of ints (negative ones count from the end) or None for all; the result is a
    view of g.

    >>> expand(np.ones(3), 0, 2).shape, expand(np.float64(1.0), None, 2).shape
    ((1, 3), (1, 1))
    """
    if axis is None:
        return np.reshape(g, (1,) * rank)
    axes = axis if isinstance(axis, tuple) else (axis,)
    return np.expand_dims(g, tuple(a % rank for a in axes)) if rank else g


def unreduce(g: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Stretch `g`, which has the shape of x reduced over `axis`, back to x's shape.

    The result is a read-only view of g: copy it before it is written to or handed out. It is `g` itself
    where x is a scalar.

    >>> unreduce(np.array([1.0, 2.0]), np.zeros((2, 3)), 1)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    shape = np.shape(x)
    if not shape:
        return g
    return np.broadcast_to(g if keepdims else expand(g, axis, len(shape)), shape)


def inverse_axes(axes: Any) -> tuple[int, ...]:
    """The permutation that undoes `np.transpose(x, axes)`; negative axes count from the end.

    >>> inverse_axes((2, 0, 1)), inverse_axes((-1, 0))
    ((1, 2, 0), (1, 0))
    """
    rank = len(axes)
    result = [0] * rank
    for i, axis in enumerate(axes):
        result[axis % rank] = i
    return tuple(result)


def memory_axes(x: Any) -> Any:
    """The axes of an array as they lie in memory, that of the longest steps first.

    >>> memory_axes(np.zeros((2, 3, 4)).transpose(1, 0, 2))
    (1, 0, 2)
    """
    steps = np.asarray(x).strides
    return tuple(sorted(range(len(steps)), key=lambda k: -abs(steps[k])))


def seen_as(a: Any, dtype: Any) -> Any:
    """The numbers of an array as they lie in memory, seen as those of another dtype.

    >>> print(seen_as(np.array([1.0, 2.0]), np.complex128))
    [1.+2.j]
    """
    return np.ascontiguousarray(a).view(dtype)


def joined_parts(real: Any, imag: Any) -> Any:
    """The complex numbers that have these parts.

    >>> print(joined_parts(np.array([1.0, 2.0]), np.array([0.0, np.inf])))
    [1. +0.j 2.+infj]
    """
    made = np.empty(np.shape(real), np.result_type(real, imag, np.complex64))
    made.real = real
    made.imag = imag
    return made
