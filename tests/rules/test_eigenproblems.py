"""Eigenvalues, eigenvectors and what is made of them, where LAPACK's choices show: order, phases, a part of them.

    np.linalg.eigvals(a)                     finds eigenvalues in another order than np.linalg.eig(a)
    scipy.linalg.eigh(a, b)                  complex vectors whose phases b determines
    scipy.linalg.eigh(a, subset_by_index=)   some of the vectors
    scipy.linalg.eig(a, left=True)           vectors on both sides

Beside them other factorisations in programs: ldl, rq, polar factors, negative powers, determinants that are 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import s2sad


def cubes(a: Any) -> Any:
    return np.real(np.sum(np.linalg.eigvals(a)**3))


def test_eigenvalues_found_in_another_order() -> None:
    """Without vectors LAPACK deflates a matrix of this size in other steps; the sum is the trace of a**3 all the same."""
    a, d = np.random.default_rng(0).normal(size=(2, 130, 130))
    slopes = 3.0*(a @ a).T
    np.testing.assert_allclose(s2sad.grad(cubes)(a), slopes, rtol=1e-8, atol=1e-8*np.max(slopes))
    np.testing.assert_allclose(s2sad.jvp(cubes, (a,), (d,))[1], np.sum(slopes*d), rtol=1e-8)


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


def general(x: Any, y: Any) -> Any:
    """Eigenvalues of a pencil, and eigenvectors on both sides, of lengths 1 and real in their largest component."""
    values = scipy.linalg.eigvals(x, y + 2.0*np.eye(3))
    w, u, v = scipy.linalg.eig(x + 1j*y, left=True)
    return np.sum(np.abs(values)**2) + np.real(np.prod(values)) + np.sum(np.real(u*v[::-1])*np.abs(w))


def factors(x: Any, y: Any) -> Any:
    """A symmetric indefinite matrix, whose pivots are blocks, and rows that are made orthogonal from below."""
    low, d, _ = scipy.linalg.ldl(x + x.T - np.diag(np.diag(x + x.T)))
    r, q = scipy.linalg.rq(x[:2] + 1j*y[:2], mode="economic")
    return np.sum((low @ d @ y)**2) + np.sum(low**3) + np.sum(np.abs(r)*y[:2, :2]) + np.sum(np.real(q*q))


def functions(x: Any, y: Any) -> Any:
    e, f = scipy.linalg.expm_frechet(x, y)
    s = scipy.linalg.signm(x - np.diag([2.0, 0.0, 0.5]))
    stacks = scipy.linalg.solve(np.stack([x, y]) + 2.0*np.eye(3), np.stack([y, x]))
    return np.sum(e*f) + np.sum(s*y) + np.sum(stacks**3)


def powers(x: Any, y: Any) -> Any:
    return np.sum(np.linalg.matrix_power(x + 3.0*np.eye(3), -2)*y) + np.linalg.det(np.outer(x[0], y[1]) + np.outer(y[0], x[2]))


@pytest.mark.parametrize("fun", [phases, part, oblong, general, factors, functions, powers])
def test_both_modes_and_second_derivatives(fun: Any) -> None:
    x, y, u, v = np.random.default_rng(5).uniform(0.2, 0.9, size=(4, 3, 3))
    gradient = s2sad.grad(fun, (0, 1))
    (one, two), h = gradient(x, y), 1e-5
    slope = np.sum(one*u) + np.sum(two*v)
    np.testing.assert_allclose(slope, (fun(x + h*u, y + h*v) - fun(x - h*u, y - h*v))/(2*h), rtol=1e-6)
    np.testing.assert_allclose(s2sad.jvp(fun, (x, y), (u, v))[1], slope, rtol=1e-10)
    ends = zip(gradient(x + h*u, y + h*v), gradient(x - h*u, y - h*v), strict=True)
    for mine, (upper, lower) in zip(s2sad.hvp(fun, (0, 1))(x, y, (u, v)), ends, strict=True):
        np.testing.assert_allclose(mine, (upper - lower)/(2*h), rtol=1e-5, atol=1e-5)


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
