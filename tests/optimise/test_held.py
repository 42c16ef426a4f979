"""Equations with one matrix that a second derivative solves several times: one factorisation, and the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

pytest.importorskip("scipy.linalg")
import scipy.linalg


def branched(a: Any, q: Any) -> Any:
    total = 0.0
    for k in range(2):
        m = a*(k + 1.0)
        if k:
            x = scipy.linalg.solve_sylvester(m, m.T + 2.0*np.eye(3), q)
        else:
            x = scipy.linalg.solve_continuous_lyapunov(m, q) + scipy.linalg.solve_discrete_lyapunov(0.1*m, q)
        total = total + np.sum(x**3)
    return total


def solved(a: Any, v: Any) -> Any:
    return scipy.linalg.solve(a, v)


def called(a: Any, q: Any) -> Any:
    x = solved(a, q[0])
    y = solved(a.T, x) + np.linalg.solve(a, q[1])
    return np.sum(y**3)


def overwritten(a: Any, q: Any) -> Any:
    m = a.copy()
    x = scipy.linalg.solve(m, q)
    m[0] = m[0]*2.0 + x[0]
    y = scipy.linalg.solve(m, x)
    m += 1.0
    return np.sum(y**2) + np.sum(m**2)


def roots(a: Any, q: Any) -> Any:
    s = a @ a.T + np.eye(3)
    x = scipy.linalg.sqrtm(s)
    return np.sum(x**3) + np.sum(scipy.linalg.solve(s, q, assume_a="pos", lower=True)**2)


def turned(a: Any, q: Any) -> Any:
    """A complex matrix beside its transpose, which is not its adjoint."""
    c = a + 0.5j*q
    x = scipy.linalg.solve(c, q)
    y = scipy.linalg.solve(c.T, x)
    z = scipy.linalg.solve_sylvester(c, np.conj(c), y)
    return np.sum(np.abs(z)**2)


@pytest.mark.parametrize("fun", [branched, called, overwritten, roots, turned])
def test_second_derivatives_by_held_forms(fun: Any) -> None:
    rng = np.random.default_rng(4)
    a, q = rng.normal(size=(3, 3)) + 4.0*np.eye(3), rng.normal(size=(3, 3))
    gradient, product = s2sad.grad(fun, (0, 1)), s2sad.hvp(fun, (0, 1))
    made = product(a, q, (q, a))
    back = s2sad.vjp(gradient, a, q)[1]((q, a))
    step = 1e-4
    near = [gradient(a + k*step*q, q + k*step*a) for k in (1, -1, 2, -2)]
    for i in range(2):
        differences = (8*(near[0][i] - near[1][i]) - (near[2][i] - near[3][i]))/(12*step)
        np.testing.assert_allclose(made[i], differences, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(made[i], back[i], rtol=1e-10, atol=1e-10)
    assert ("_by(" in product.source) != (fun is overwritten), product.source


@pytest.mark.parametrize("fun", [called, roots])
def test_what_is_held_is_differentiated_again(fun: Any) -> None:
    """By the equation, whose matrices stand beside their forms."""
    rng = np.random.default_rng(6)
    a, q = rng.normal(size=(3, 3)) + 4.0*np.eye(3), rng.normal(size=(3, 3))
    product = s2sad.hvp(fun)
    third = s2sad.jvp(lambda a: product(a, q, q), (a,), (q,))[1]
    step = 1e-4
    near = [product(a + k*step*q, q, q) for k in (1, -1, 2, -2)]
    differences = (8*(near[0] - near[1]) - (near[2] - near[3]))/(12*step)
    np.testing.assert_allclose(third, differences, rtol=1e-6, atol=1e-8)


def test_digits_and_empty_matrices() -> None:
    a, q = np.eye(3, dtype=np.float32)*3.0, np.arange(9.0, dtype=np.float32).reshape(3, 3)
    for fun in (branched, called, roots):
        whole = s2sad.hvp(fun)(a.astype(float), q.astype(float), q.astype(float))
        made = s2sad.hvp(fun)(a, q, q)
        assert made.dtype == np.float32
        np.testing.assert_allclose(made, whole, rtol=1e-4, atol=1e-4)
    mixed = s2sad.hvp(called, 1)(a, q.astype(float), q.astype(float))
    np.testing.assert_allclose(mixed, s2sad.hvp(called, 1)(a.astype(float), q.astype(float), q.astype(float)), rtol=1e-12)
    none = np.zeros((0, 0))
    assert s2sad.hvp(sylvester)(none, none, none).shape == (0, 0)


def sylvester(a: Any, q: Any) -> Any:
    return np.sum(scipy.linalg.solve_sylvester(a, a, q)**2) + np.sum(scipy.linalg.solve_continuous_lyapunov(a, q)**2)
