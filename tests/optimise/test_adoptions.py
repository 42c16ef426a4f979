"""Zeros to which an array is added that dies there: in the texts of gradients, and what must stay as it is."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import s2sad
from support import check

U = np.array([0.3, -0.5, 0.9, 0.2, 0.7, -0.1])
F = np.array([0.1, 0.4, -0.2, 0.8, 0.3, 0.6])


def jacobi(u, f, n):
    for _ in range(n):
        new = u.copy()
        new[1:-1] = 0.5*(u[2:] + u[:-2] - f[1:-1]*u[1:-1])
        u = new
    return np.sum(u**2)


def kept_beside(u, f, n):
    total = 0.0
    for _ in range(n):
        new = u.copy()
        new[1:-1] = np.sin(u[2:])*f[1:-1]
        total = total + np.sum(u*new)
        u = new
    return total


def two_steps_back(u, f, n):
    old = 2.0*u
    for _ in range(n):
        new = u.copy()
        new[1:-1] = u[2:]*f[1:-1] - 0.1*old[:-2]
        old = u
        u = new
    return np.sum(u*old)


def written_through_a_view(u, f, n):
    for _ in range(n):
        new = u.copy()
        inner = new[1:-1]
        inner[:] = u[:-2]*f[2:]
        inner[1:] *= u[3:]
        u = new
    return np.sum(u*f)


def under_a_branch(u, f, n):
    for i in range(n):
        new = u.copy()
        if u[i] > 0:
            new[2:] = u[:-2]*f[2:]
        else:
            new[:2] = u[2:4]*u[:2]
        u = new
    return np.sum(u**3)


def swapped(u, f, n):
    v = f*u
    for _ in range(n):
        new = u.copy()
        new[1:] = u[:-1]*v[1:]
        u, v = new, u
    return np.sum(u*v)


def made_between(u, f, n):
    s = []
    for i in range(n):
        s.append(u[i]*f[i])
    total = np.sum(np.cos(u)*f)
    s.append(2.0*u[0])
    return total*np.sum(u*f) + sum(s)


def matrix(u, f, n):
    a = np.outer(u, f)
    for _ in range(n):
        b = a.copy()
        b[1:-1, 1:-1] = 0.25*(a[2:, 1:-1] + a[:-2, 1:-1] + a[1:-1, 2:] + a[1:-1, :-2])
        a = b
    return np.sum(a*a)


PROGRAMS = (jacobi, kept_beside, two_steps_back, written_through_a_view, under_a_branch, swapped, made_between, matrix)


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_gradients(program, n):
    check(program, (U.copy(), F.copy(), n))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_second_derivatives(program):
    v = np.cos(U)
    gradient = s2sad.grad(program)
    expected = (gradient(U + 1e-6*v, F, 3) - gradient(U - 1e-6*v, F, 3))/2e-6
    np.testing.assert_allclose(s2sad.hvp(program)(U, F, 3, v), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("program", [jacobi, matrix], ids=lambda p: p.__name__)
def test_what_is_added_to_the_old_shadow_is_added_in_place(program):
    loop = s2sad.grad(program).source_for(U, F, 3).partition("# backward")[2].partition("for ")[2]
    assert "zeros_like" not in loop
    assert "_bar_2" not in loop


def test_a_pullback_does_not_write_into_what_it_is_given():
    def step(u):
        new = u.copy()
        new[1:-1] = u[2:]*u[:-2]
        return new

    _, pullback = s2sad.vjp(step, U)
    ct = np.ones(6)
    np.testing.assert_array_equal(pullback(ct), pullback(ct))
    np.testing.assert_array_equal(ct, np.ones(6))


def test_an_array_made_after_the_first_addition_is_not_taken():
    """The bands of a Toeplitz matrix take in a part of one sum, then the whole of a later one."""

    def solved(c, b):
        return np.sum(np.sin(scipy.linalg.solve_toeplitz(c, b)))

    c = np.array([0.7, 1.9, 0.3, 2.2, 1.1, 0.4])
    gradient = s2sad.grad(solved)
    _, pullback = s2sad.vjp(gradient, c, F)
    np.testing.assert_allclose(pullback(U)[0], s2sad.hvp(solved)(c, F, U))
