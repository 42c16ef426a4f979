"""Helpers of generated texts for symmetric and Hermitian matrices: cholesky, eigh, eigvalsh.

Accepted are NumPy arrays, real or complex, stacks of matrices too; nothing is written to, and a result
shares memory with no argument. Cotangents belong to the inner product Re(sum(conj(z)*a)); that of a matrix
is symmetric as the matrix is. Giles, "An extended collection of matrix derivative results" (2008); phases
of complex eigenvectors are those that LAPACK chooses.

    w, v = np.linalg.eigh(a)      a_bar = eigh_back(w_bar, v_bar, w, v)
"""

from __future__ import annotations

from typing import Any

import numpy as np


def cholesky_back(z: Any, lower: Any) -> Any:
    """The cotangent of a symmetric a where z is that of lower = np.linalg.cholesky(a) (arXiv:1602.07527).

    >>> print(cholesky_back(np.array([[1.0]]), np.array([[2.0]])))
    [[0.25]]
    """
    n = np.shape(lower)[-1]
    turned = np.swapaxes(np.conj(lower), -1, -2)
    middle = turned @ z * (np.tri(n) - np.eye(n) / 2)
    half = np.swapaxes(np.conj(np.linalg.solve(turned, middle)), -1, -2)
    whole = np.linalg.solve(turned, half)
    return (whole + np.swapaxes(np.conj(whole), -1, -2)) / 2


def cholesky_dot(a_dot: Any, lower: Any) -> Any:
    """The tangent of lower = np.linalg.cholesky(a) where a_dot is that of a.

    >>> print(cholesky_dot(np.array([[1.0]]), np.array([[2.0]])))
    [[0.25]]
    """
    even = (a_dot + np.swapaxes(np.conj(a_dot), -1, -2)) / 2
    n = np.shape(lower)[-1]
    half = np.swapaxes(np.conj(np.linalg.solve(lower, even)), -1, -2)
    middle = np.linalg.solve(lower, half)
    return lower @ (middle * (np.tri(n) - np.eye(n) / 2))


def eigh_back(w_bar: Any, v_bar: Any, w: Any, v: Any, row: Any = 0) -> Any:
    """The cotangent of a symmetric a with w, v = np.linalg.eigh(a); either cotangent may be None.

    `row` is that of the components of complex eigenvectors which LAPACK makes real: the first where it
    reads the lower triangle, the last (-1) where it reads the upper one.

    >>> print(eigh_back(np.array([1.0]), None, np.array([2.0]), np.array([[1.0]])))
    [[1.]]
    """
    turned = np.swapaxes(np.conj(v), -1, -2)
    inner = np.zeros_like(v)
    if w_bar is not None:
        inner = inner + w_bar[..., None] * np.eye(np.shape(v)[-1])
    if v_bar is not None:
        if np.iscomplexobj(v):
            v_bar = v_bar + 1j * phase_bar(v_bar, v) * real_in_row(v, row)
        gaps = w[..., None, :] - w[..., :, None]
        inner = inner + np.where(gaps == 0, 0.0, turned @ v_bar / np.where(gaps == 0, 1.0, gaps))
    whole = v @ inner @ turned
    return (whole + np.swapaxes(np.conj(whole), -1, -2)) / 2


def phase_bar(z: Any, v: Any) -> Any:
    """The cotangents, with the other sign, of the phases of v's columns where z is that of v.

    What does not depend on the phases has 0 here, whatever rounding says.

    >>> print(phase_bar(np.array([[1j], [0.0]]), np.array([[1.0], [0.0]])))
    [[-1.]]
    """
    turn = np.sum(np.imag(np.conj(z) * v), axis=-2, keepdims=True)
    size = np.sum(np.abs(z) * np.abs(v), axis=-2, keepdims=True)
    return np.where(np.abs(turn) > 256 * np.spacing(size), turn, 0.0)


def real_in_row(v: Any, row: Any) -> Any:
    """For each column of v zeros, with 1/v in a row in which v is real.

    >>> print(real_in_row(np.array([[2.0, 0.5], [1.0, 4.0]]), 0))
    [[0.5 2. ]
     [0.  0. ]]
    """
    rows = np.shape(v)[-2]
    here = np.expand_dims(np.arange(rows), -1) == (row if row >= 0 else rows + row)
    kept = here & (np.abs(v) > 1e-9)
    return np.where(kept, 1.0 / np.where(kept, np.real(v), 1.0), 0.0)


def eigh_dot(a_dot: Any, w: Any, v: Any, row: Any = 0) -> Any:
    """The tangents of w, v = np.linalg.eigh(a) where a_dot is that of a; `row` as for `eigh_back`.

    >>> print(eigh_dot(np.array([[1.0]]), np.array([2.0]), np.array([[1.0]]))[0])
    [1.]
    """
    even = (a_dot + np.swapaxes(np.conj(a_dot), -1, -2)) / 2
    middle = np.swapaxes(np.conj(v), -1, -2) @ even @ v
    gaps = w[..., None, :] - w[..., :, None]
    v_dot = v @ np.where(gaps == 0, 0.0, middle / np.where(gaps == 0, 1.0, gaps))
    if np.iscomplexobj(v):
        v_dot = v_dot - 1j * v * np.sum(np.imag(v_dot) * real_in_row(v, row), axis=-2, keepdims=True)
    return np.sum(np.real(middle) * np.eye(np.shape(v)[-1]), axis=-1), v_dot


def eigvalsh_back(z: Any, v: Any) -> Any:
    """The cotangent of a symmetric a where z is that of np.linalg.eigvalsh(a), with _, v = np.linalg.eigh(a).

    >>> print(eigvalsh_back(np.array([2.0]), np.array([[1.0]])))
    [[2.]]
    """
    return (v * z[..., None, :]) @ np.swapaxes(np.conj(v), -1, -2)


def eigvalsh_dot(a_dot: Any, v: Any) -> Any:
    """The tangent of np.linalg.eigvalsh(a) where a_dot is that of a, with _, v = np.linalg.eigh(a).

    >>> print(eigvalsh_dot(np.array([[3.0]]), np.array([[1.0]])))
    [3.]
    """
    even = (a_dot + np.swapaxes(np.conj(a_dot), -1, -2)) / 2
    return np.sum(np.real(np.conj(v) * (even @ v)), axis=-2)


def some_eigh_back(
    w_bar: Any, v_bar: Any, w: Any, v: Any, all_w: Any, all_v: Any, first: Any, row: Any = 0
) -> Any:
    """The cotangent of a symmetric a where w, v are the eigenvalues from the number `first` on, and vectors.

    all_w, all_v = np.linalg.eigh(a); `row` as for `eigh_back`.

    >>> w, v = np.array([2.0, 3.0]), np.eye(2)
    >>> print(some_eigh_back(np.array([5.0]), None, w[1:], v[:, 1:], w, v, 1))
    [[0. 0.]
     [0. 5.]]
    """
    inner = np.zeros_like(v)
    if v_bar is not None:
        if np.iscomplexobj(v):
            v_bar = v_bar + 1j * phase_bar(v_bar, v) * real_in_row(v, row)
        inner = inner + all_v @ (np.swapaxes(np.conj(all_v), -1, -2) @ v_bar * over_gaps(all_w, w, first))
    if w_bar is not None:
        inner = inner + v * w_bar
    whole = inner @ np.swapaxes(np.conj(v), -1, -2)
    return (whole + np.swapaxes(np.conj(whole), -1, -2)) / 2


def some_eigh_dot(a_dot: Any, w: Any, v: Any, all_w: Any, all_v: Any, first: Any, row: Any = 0) -> Any:
    """The tangents of some eigenvalues w, from the number `first` on, and vectors; see `some_eigh_back`.

    >>> w, v = np.array([2.0, 3.0]), np.eye(2)
    >>> print(some_eigh_dot(np.array([[0.0, 1.0], [1.0, 4.0]]), w[1:], v[:, 1:], w, v, 1)[1].T)
    [[1. 0.]]
    """
    along = (a_dot + np.swapaxes(np.conj(a_dot), -1, -2)) / 2 @ v
    v_dot = all_v @ (np.swapaxes(np.conj(all_v), -1, -2) @ along * over_gaps(all_w, w, first))
    if np.iscomplexobj(v):
        v_dot = v_dot - 1j * v * np.sum(np.imag(v_dot) * real_in_row(v, row), axis=-2, keepdims=True)
    return np.sum(np.real(np.conj(v) * along), axis=-2), v_dot


def over_gaps(all_w: Any, w: Any, first: Any) -> Any:
    """1/(w - all_w) for pairs of eigenvalues, and 0 where w, those from `first` on, meet themselves.

    >>> print(over_gaps(np.array([1.0, 2.0, 4.0]), np.array([2.0]), 1).T)
    [[ 1.   0.  -0.5]]
    """
    gaps = w[None, :] - all_w[:, None]
    same = (np.eye(len(all_w), len(w), -first) == 1) | (gaps == 0)
    return np.where(same, 0.0, 1.0 / np.where(same, 1.0, gaps))
