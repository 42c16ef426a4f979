"""Helpers of generated texts for norms and condition numbers of every order, of vectors, matrices and
stacks.

Accepted are NumPy arrays, real or complex; nothing is written to, and a result shares memory with no
argument. A slope is the gradient of a norm: where several elements attain a maximum they share it
equally, and at a zero vector it is 0.

    z = np.linalg.norm(a, 2, axis=(-2, -1))      a_bar = z_bar[..., None, None]*norm_slope(a, 2, (-2, -1))

The functions are written in the language that s2sad reads.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime.factors import adjoint, over


def hypot_of(d: Any) -> float:
    """math.hypot of all elements of a vector.

    >>> hypot_of(np.array([2.0, 3.0, 6.0]))
    7.0
    """
    return math.hypot(*d)


def norm_slope(x: Any, ord: Any, axis: Any) -> Any:
    """The gradient of np.linalg.norm(x, ord, axis) in x, each part for its own norm.

    >>> print(norm_slope(np.array([[3.0, 4.0], [0.0, 0.0]]), None, 1))
    [[0.6 0.8]
     [0.  0. ]]
    """
    if axis is None:
        axis = (-2, -1) if np.ndim(x) == 2 and ord is not None else None
    if isinstance(axis, tuple) and len(axis) == 2:
        moved = np.moveaxis(x, axis, (-2, -1))
        return np.moveaxis(matrix_slope(moved, ord), (-2, -1), axis)
    return vector_slope(x, ord, axis)


def vector_slope(x: Any, ord: Any, axis: Any) -> Any:
    """The gradient of the norm of vectors along axis (an int, a tuple, None for all).

    >>> print(vector_slope(np.array([1.0, -2.0, 2.0]), np.inf, None))
    [ 0.  -0.5  0.5]
    """
    size = np.abs(x)
    if ord is None or ord == 2:
        return over(x, np.sqrt(np.sum(size * size, axis=axis, keepdims=True)))
    if ord == 1:
        return np.sign(x)
    if ord == 0:
        return np.zeros_like(x)
    if ord in (np.inf, -np.inf):
        end = (
            np.max(size, axis=axis, keepdims=True, initial=0.0)
            if ord > 0
            else np.min(size, axis=axis, keepdims=True)
        )
        ties = np.where(size == end, 1.0, 0.0)
        return np.sign(x) * ties / np.sum(ties, axis=axis, keepdims=True)
    total = np.sum(size**ord, axis=axis, keepdims=True) ** (1.0 / ord)
    return np.sign(x) * over(size, total) ** (ord - 1)


def matrix_slope(x: Any, ord: Any) -> Any:
    """The gradient of the norm of a matrix, or of each in a stack.

    >>> print(matrix_slope(np.array([[1.0, 2.0], [3.0, 0.0]]), 1))
    [[1. 0.]
     [1. 0.]]
    """
    if ord is None or ord == "fro":
        return vector_slope(x, 2, (-2, -1))
    if ord in ("nuc", 2, -2):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return spectral_slope(u, s, vh, ord)
    sums = np.sum(np.abs(x), axis=-2 if abs(ord) == 1 else -1, keepdims=True)
    end = (
        np.max(sums, axis=(-2, -1), keepdims=True, initial=0.0)
        if ord > 0
        else np.min(sums, axis=(-2, -1), keepdims=True)
    )
    ties = np.where(sums == end, 1.0, 0.0)
    return np.sign(x) * ties / np.sum(ties, axis=(-2, -1), keepdims=True)


def spectral_slope(u: Any, s: Any, vh: Any, ord: Any) -> Any:
    """The gradient of a norm of singular values in x, with u, s, vh = np.linalg.svd(x, False).

    >>> print(spectral_slope(np.eye(2), np.array([3.0, 0.0]), np.eye(2), "nuc"))
    [[1. 0.]
     [0. 0.]]
    """
    if ord == "nuc":
        return (u * np.where(s > 0, 1.0, 0.0)[..., None, :]) @ vh
    if ord == 2:
        return np.where(s[..., :1, None] > 0, u[..., :, :1] @ vh[..., :1, :], 0.0)
    return u[..., :, -1:] @ vh[..., -1:, :]


def cond_slope(x: Any, p: Any) -> Any:
    """The gradient of np.linalg.cond(x, p).

    >>> print(cond_slope(np.diag([4.0, 2.0]), None) + 0.0)
    [[ 0.5  0. ]
     [ 0.  -1. ]]
    """
    if p is None or p in (2, -2, "nuc"):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return spectral_cond_slope(u, s, vh, p)
    return inverse_cond_slope(x, np.linalg.inv(x), p)


def spectral_cond_slope(u: Any, s: Any, vh: Any, p: Any) -> Any:
    """The gradient of np.linalg.cond(x, p), of singular values, with u, s, vh = np.linalg.svd(x, False).

    >>> print(spectral_cond_slope(np.eye(2), np.array([4.0, 2.0]), np.eye(2), "nuc"))
    [[ 0.375  0.   ]
     [ 0.    -0.75 ]]
    """
    if p == "nuc":
        total, others = np.sum(s, axis=-1, keepdims=True), np.sum(1.0 / s, axis=-1, keepdims=True)
        return (u * (others - total / (s * s))[..., None, :]) @ vh
    high, low = s[..., :1, None], s[..., -1:, None]
    first, last = u[..., :, :1] @ vh[..., :1, :], u[..., :, -1:] @ vh[..., -1:, :]
    if p == -2:
        return last / high - first * low / (high * high)
    return first / low - last * high / (low * low)


def inverse_cond_slope(x: Any, inverse: Any, p: Any) -> Any:
    """The gradient of np.linalg.cond(x, p), which is norm(x, p)*norm(inverse, p).

    >>> x = np.diag([4.0, 2.0])
    >>> print(inverse_cond_slope(x, np.linalg.inv(x), 1) + 0.0)
    [[ 0.5  0. ]
     [ 0.  -1. ]]
    """
    own = np.linalg.norm(x, p, axis=(-2, -1), keepdims=True)
    other = np.linalg.norm(inverse, p, axis=(-2, -1), keepdims=True)
    turned = adjoint(inverse)
    return matrix_slope(x, p) * other - own * (turned @ matrix_slope(inverse, p) @ turned)
