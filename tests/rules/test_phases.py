"""Complex factors as LAPACK gives them, phases included, in both modes and orders; what does not depend on phases.

`np.linalg.eigh` makes the first components of eigenvectors real (the last where it reads the upper triangle),
`np.linalg.svd` those of the right singular vectors, or of the left ones of a wide matrix, `eig` the largest.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

W = np.random.default_rng(5).normal(size=(6, 6)) + 1j*np.random.default_rng(6).normal(size=(6, 6))


def lower(a: np.ndarray) -> np.floating:
    w, v = np.linalg.eigh(a + a.conj().T)
    return np.sum(w*np.real(v*W[:4, :4]))


def upper(a: np.ndarray) -> np.floating:
    w, v = np.linalg.eigh(a + a.conj().T, "U")
    return np.sum(w*np.real(v*W[:4, :4]))


def values(a: np.ndarray) -> np.floating:
    return np.sum(np.linalg.eigvalsh(a + a.conj().T, "U")**2*np.arange(4.0))


def singular(a: np.ndarray) -> np.floating:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.sum(np.real(u*W[: u.shape[0], : u.shape[1]])*s) + np.sum(np.imag(vh*W[: vh.shape[0], : vh.shape[1]]))


def general(a: np.ndarray) -> np.floating:
    w, v = np.linalg.eig(a)
    return np.sum(np.real(w*v*W[:4, :4]))


def matrix(rows: int, columns: int) -> np.ndarray:
    rng = np.random.default_rng(rows + 10*columns)
    return rng.normal(size=(rows, columns)) + 1j*rng.normal(size=(rows, columns))


CASES: list[tuple[Callable[[np.ndarray], Any], np.ndarray]] = [
    *((fun, matrix(4, 4)) for fun in (lower, upper, values, general, singular)),
    *((singular, matrix(*shape)) for shape in ((4, 3), (3, 4), (6, 2), (2, 6))),
]


@pytest.mark.parametrize(("fun", "a"), CASES, ids=[f"{f.__name__} {a.shape}" for f, a in CASES])
def test_as_lapack_has_it(fun: Callable[[np.ndarray], Any], a: np.ndarray) -> None:
    along, step = matrix(*a.shape[::-1]).T, 1e-6
    gradient = s2sad.grad(fun)(a)
    slope = (fun(a + step*along) - fun(a - step*along))/(2*step)
    np.testing.assert_allclose(np.real(np.sum(gradient*along)), slope, 1e-6)
    np.testing.assert_allclose(s2sad.jvp(fun, (a,), (along,))[1], np.real(np.sum(gradient*along)), 1e-10)
    change = (s2sad.grad(fun)(a + step*along) - s2sad.grad(fun)(a - step*along))/(2*step)
    np.testing.assert_allclose(s2sad.hvp(fun)(a, along), change, 1e-5, 1e-6*np.max(np.abs(change)))


def test_blocks_without_the_first_row() -> None:
    """Vectors whose first component is 0 have no phase there: what does not depend on phases is finite and right."""
    a = np.zeros((4, 4), complex)
    a[:2, :2], a[2:, 2:] = matrix(2, 2), matrix(2, 2) + np.eye(2)

    def projected(a: np.ndarray) -> np.floating:
        w, v = np.linalg.eigh(a + a.conj().T)
        return np.sum(np.real(v*np.exp(w/4) @ v.conj().T*W[:4, :4]))

    along, step = np.zeros((4, 4), complex), 1e-6
    along[2:, 2:] = matrix(2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient = s2sad.grad(projected)(a)
    slope = (projected(a + step*along) - projected(a - step*along))/(2*step)
    np.testing.assert_allclose(np.real(np.sum(gradient*along)), slope, 1e-7)
