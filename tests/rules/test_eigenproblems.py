"""Eigenvalues, eigenvectors and what is made of them, where LAPACK's choices show: order, phases, a part of them.

    np.linalg.eigvals(a)                     finds eigenvalues in another order than np.linalg.eig(a)
    scipy.linalg.eigh(a, b)                  complex vectors whose phases b determines
    scipy.linalg.eigh(a, subset_by_index=)   some of the vectors
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import s2sad


def spectrum(a: Any) -> Any:
    return np.sum(np.real(np.linalg.eigvals(a))**3)


def test_eigenvalues_found_in_another_order() -> None:
    """Without vectors LAPACK deflates a large matrix in other steps; a sum over all has one gradient all the same."""
    a, d = np.random.default_rng(0).normal(size=(2, 130, 130))
    assert not np.allclose(np.linalg.eigvals(a), np.linalg.eig(a)[0])
    slope = (spectrum(a + 1e-6*d) - spectrum(a - 1e-6*d))/2e-6
    np.testing.assert_allclose(np.sum(s2sad.grad(spectrum)(a)*d), slope, rtol=1e-6)
    np.testing.assert_allclose(s2sad.jvp(spectrum, (a,), (d,))[1], slope, rtol=1e-6)


def repeated(a: Any) -> Any:
    return np.sum(np.linalg.eigvals(a).real**2)


def test_eigenvalues_that_are_equal() -> None:
    np.testing.assert_allclose(s2sad.grad(repeated)(np.diag([2.0, 2.0, 5.0])), np.diag([4.0, 4.0, 10.0]))


def hermitian(x: Any, y: Any) -> Any:
    h = x + 1j*y
    return h @ np.conj(h).T + np.eye(3)


def phases(x: Any, y: Any) -> Any:
    """Of a pencil, for both triangles, in a loop with a branch; the signs stay open."""
    total = 0.0
    for k in range(2):
        a, b = hermitian(x, y*(k + 1.0)), hermitian(y, x)
        if k == 0:
            w, v = scipy.linalg.eigh(a, b)
        else:
            w, v = scipy.linalg.eigh(a, np.real(b), lower=False)
        total = total + np.sum(np.real(v)*np.imag(v)*np.arange(9.0).reshape(3, 3)*w)
    return total


def part(x: Any, y: Any) -> Any:
    """Some eigenvectors, whose derivatives lie along the others too."""
    n = len(x)
    w, v = scipy.linalg.eigh(hermitian(x, y), subset_by_index=[1, 1])
    z, u = scipy.linalg.eigh(hermitian(y, x), lower=False, subset_by_index=(n - 2, n - 1))
    values = scipy.linalg.eigvalsh(hermitian(x, y), hermitian(y, x), subset_by_index=[0, 1])
    return np.sum(np.real(v*v)[1:]*w) + np.sum(np.real(u*u[0])*z)**2 + np.sum(values**3)


def oblong(x: Any, y: Any) -> Any:
    """The symmetric factor of a matrix with more columns than rows is singular."""
    u, p = scipy.linalg.polar(x[:2])
    v, q = scipy.linalg.polar(x[:, :2] + 1j*y[:, :2], side="left")
    return np.sum(u**3) + np.sum(p*y) + np.sum(np.real(v)*y[:, :2]) + np.sum(np.imag(q)*x)


def powers(x: Any, y: Any) -> Any:
    return np.sum(np.linalg.matrix_power(x + 3.0*np.eye(3), -2)*y) + np.linalg.det(np.outer(x[0], y[1]) + np.outer(y[0], x[2]))


@pytest.mark.parametrize("fun", [phases, part, oblong, powers])
def test_both_modes_twice(fun: Any) -> None:
    x, y = np.random.default_rng(5).uniform(0.2, 0.9, size=(2, 3, 3))
    s2sad.check_grads(fun, (x, y), order=2)
    u, v = np.cos(x), np.sin(7.0*y)
    bars = s2sad.vjp(s2sad.grad(fun, (0, 1)), x, y)[1]((u, v))
    for mine, other in zip(bars, s2sad.hvp(fun, (0, 1))(x, y, (u, v)), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-9)  # the Hessian is symmetric


def determinant(a: Any) -> Any:
    return np.linalg.det(a)


@pytest.mark.parametrize("rank", [3, 2, 1])
def test_second_derivatives_of_singular_determinants(rank: int) -> None:
    """A polynomial in the elements; no inverse is needed, and a is found singular by no exception."""
    rng = np.random.default_rng(rank)
    a, d = rng.normal(size=(4, rank)) @ rng.normal(size=(rank, 4)), rng.normal(size=(4, 4))
    exact = (s2sad.grad(determinant)(a + d) - s2sad.grad(determinant)(a - d))/2
    third = (s2sad.grad(determinant)(a + 2*d) - s2sad.grad(determinant)(a - 2*d))/4
    np.testing.assert_allclose(s2sad.hvp(determinant)(a, d), (4*exact - third)/3, rtol=1e-9, atol=1e-9)
