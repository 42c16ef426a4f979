"""Helpers of generated texts for systems with banded and Toeplitz matrices.

Accepted are NumPy arrays in the forms of scipy.linalg; nothing is written to, and a result shares memory
with no argument. No matrix is ever made whole, except to multiply by a Toeplitz tangent.

    x = scipy.linalg.solve_banded((l, u), ab, b)     b_bar = band_right(x_bar, (l, u), ab)

The functions are written in the language that s2sad reads, except that they import what they call.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def band_adjoint(l_and_u: Any, ab: Any) -> Any:
    """The banded form, with u and l exchanged, of the conjugate transpose: ab[u + i - j, j] is a[i, j].

    >>> print(band_adjoint((1, 0), np.array([[1.0, 2.0], [3.0, 0.0]])))
    [[0. 3.]
     [1. 2.]]
    """
    below, above = l_and_u
    rows, n = np.shape(ab)
    made = np.zeros_like(ab)
    for k in range(rows):
        low = max(0, below - k)
        high = max(low, min(n, n + below - k))
        made[k, low:high] = np.conj(ab[below + above - k, low + k - below : high + k - below])
    return made


def band_right(z: Any, l_and_u: Any, ab: Any) -> Any:
    """The cotangent of b where z is that of scipy.linalg.solve_banded(l_and_u, ab, b).

    >>> print(band_right(np.array([2.0]), (0, 0), np.array([[4.0]])))
    [0.5]
    """
    import scipy.linalg

    return scipy.linalg.solve_banded((l_and_u[1], l_and_u[0]), band_adjoint(l_and_u, ab), z)


def band_left(y: Any, x: Any, l_and_u: Any, ab: Any) -> Any:
    """The cotangent of ab, where y is that of b, with x = scipy.linalg.solve_banded(l_and_u, ab, b).

    >>> print(band_left(np.array([0.5]), np.array([2.0]), (0, 0), np.array([[4.0]])))
    [[-1.]]
    """
    rows, n = np.shape(ab)
    y, x = np.reshape(y, (n, -1)), np.reshape(x, (n, -1))
    made = np.zeros((rows, n), np.result_type(y, x))
    for k in range(rows):
        s = k - l_and_u[1]
        low = max(0, -s)
        high = max(low, min(n, n - s))
        made[k, low:high] = -np.sum(y[low + s : high + s] * np.conj(x[low:high]), axis=-1)
    return made


def band_dot(ab_dot: Any, x: Any, l_and_u: Any) -> Any:
    """The product of a banded matrix with a vector or with columns.

    >>> print(band_dot(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1.0, 10.0]), (1, 0)))
    [ 1. 23.]
    """
    rows, n = np.shape(ab_dot)
    columns = np.reshape(x, (n, -1))
    made = np.zeros(np.shape(columns), np.result_type(ab_dot, x))
    for k in range(rows):
        s = k - l_and_u[1]
        low = max(0, -s)
        high = max(low, min(n, n - s))
        made[low + s : high + s] += ab_dot[k, low:high][:, None] * columns[low:high]
    return np.reshape(made, np.shape(x))


def even_band_left(y: Any, x: Any, ab: Any, lower: Any) -> Any:
    """The cotangent of a real ab, where y is that of b, with x = scipy.linalg.solveh_banded(ab, b).

    >>> print(even_band_left(np.array([0.5]), np.array([2.0]), np.array([[4.0]]), False))
    [[-1.]]
    """
    rows, n = np.shape(ab)
    y, x = np.reshape(y, (n, -1)), np.conj(np.reshape(x, (n, -1)))
    made = np.zeros((rows, n), np.result_type(y, x))
    for k in range(rows):
        s = k if lower else rows - 1 - k
        if s == 0:
            made[k] = -np.sum(y * x, axis=-1)
        elif s < n:
            both = -np.sum(y[s:] * x[: n - s] + y[: n - s] * x[s:], axis=-1)
            if lower:
                made[k, : n - s] = both
            else:
                made[k, s:] = both
    return made


def even_band_dot(ab_dot: Any, x: Any, lower: Any) -> Any:
    """The product of a real symmetric banded matrix, of which one half is given, with x.

    >>> print(even_band_dot(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([1.0, 10.0]), True))
    [31. 23.]
    """
    rows, n = np.shape(ab_dot)
    columns = np.reshape(x, (n, -1))
    made = np.zeros(np.shape(columns), np.result_type(ab_dot, x))
    for k in range(rows):
        s = k if lower else rows - 1 - k
        if s == 0:
            made += ab_dot[k][:, None] * columns
        elif s < n:
            part = ab_dot[k, : n - s] if lower else ab_dot[k, s:]
            made[s:] += part[:, None] * columns[: n - s]
            made[: n - s] += part[:, None] * columns[s:]
    return np.reshape(made, np.shape(x))


def toeplitz_solved(c: Any, r: Any, b: Any) -> Any:
    """scipy.linalg.solve_toeplitz((c, r), b).

    >>> print(toeplitz_solved(np.array([2.0]), np.array([2.0]), np.array([8.0])))
    [4.]
    """
    import scipy.linalg

    return scipy.linalg.solve_toeplitz((c, r), b)


def toeplitz_right(z: Any, c: Any, r: Any) -> Any:
    """The cotangent of b where z is that of scipy.linalg.solve_toeplitz((c, r), b).

    >>> print(toeplitz_right(np.array([8.0]), np.array([2.0]), np.array([2.0])))
    [4.]
    """
    return toeplitz_solved(np.concatenate((np.conj(c[:1]), np.conj(r[1:]))), np.conj(c), z)


def toeplitz_left(y: Any, x: Any) -> Any:
    """The sums of -y[i + k]*conj(x[i]) over i, and over columns, for every k.

    >>> print(toeplitz_left(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    [-11.  -6.]
    """
    n = len(x)
    return np.stack([-np.sum(y[k:] * np.conj(x[: n - k])) for k in range(n)])


def toeplitz_above(y: Any, x: Any) -> Any:
    """The sums of -y[i]*conj(x[i + k]) over i, and over columns, for every k above 0; 0 for k = 0.

    >>> print(toeplitz_above(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    [ 0. -4.]
    """
    n = len(x)
    made = np.stack([-np.sum(y[: n - k] * np.conj(x[k:])) for k in range(n)])
    made[0] = 0.0
    return made
