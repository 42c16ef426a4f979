"""Arrays one longer or shorter than others: faces and cells of a grid, knots and intervals; shadows made of numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, -0.2, 0.9])


def upwind(c, v, dt):
    n = c.size
    c = c.copy()
    for _ in range(2):
        flux = np.zeros(n + 1)
        for i in range(1, n):
            flux[i] = v*c[i - 1] if v > 0 else v*c[i]
        c -= dt*(flux[1:] - flux[:-1])
    return np.sum(c**2)


def faces(p, k, n, steps):
    p = np.zeros((n, n)) + p
    for _ in range(steps):
        ux = np.zeros((n + 1, n))
        uy = np.empty((n, 1 + n))
        uy[:] = 0.0
        ux[1:-1] = -k*(p[1:] - p[:-1])
        uy[:, 1:-1] = -k*(p[:, 1:] - p[:, :-1])
        p -= 0.1*(ux[1:] - ux[:-1] + uy[:, 1:] - uy[:, :-1])
        p[0, 0] += 1.0
    return np.sum(p**3)


def ghosts(b, n):
    x, y = np.zeros(n + 2), np.zeros(n)
    for _ in range(2):
        for i in range(1, n + 1):
            x[i] = 0.5*(b*x[i - 1] + x[i + 1]) + 0.1
        y = y + x[1:-1]*(x[2:] - x[:-2])
    return np.sum(y)


def knots(x):
    n = len(x) - 1
    w, z = np.zeros(n + 1), np.zeros(1 + n)
    w[1:] = x[1:] - x[:-1]
    z[:n] = x[1:]*w[:-1]
    return np.sum(w*z*x)


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (upwind, (X, 0.8, 0.1)),
        (faces, (0.3, 0.7, 3, 2)),
        (ghosts, (0.4, 4)),
        (knots, (X,)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_gradient(fun, args):
    check(fun, args)
    s2sad.check_grads(fun, args, order=2)
    gradient = s2sad.grad(fun)
    gradient(*args)
    assert "unbroadcast" not in gradient.source, gradient.source


def test_one_element_does_not_broadcast():
    gradient = s2sad.grad(knots)
    np.testing.assert_allclose(gradient(X[:1]), [0.0])
    np.testing.assert_allclose(gradient(X), s2sad.grad(knots)(X), rtol=0, atol=0)


def test_cut_off_lengths_give_no_longer_ones():
    """`len(x[1:]) + 1` is 1 for an empty x, not x's length."""

    def sums(x, w):
        y = np.zeros(len(x[1:]) + 1) + w
        return np.sum(y*np.sum(x)) + np.sum(y)

    for x in (X, X[:1], X[:0]):
        given = s2sad.grad(sums, argnums=1)(x, 0.7)
        assert given == pytest.approx((np.sum(x) + 1)*max(len(x), 1))


def test_negative_sizes_fail_as_they_do():
    def sizes(x, n):
        return np.sum((np.zeros(n + 1) + x)[1:])

    assert s2sad.grad(sizes)(0.5, 3) == 3.0
    assert s2sad.grad(sizes)(0.5, -1) == 0.0
    with pytest.raises(ValueError, match="negative dimensions"):
        s2sad.grad(sizes)(0.5, -2)


def test_no_tape_of_arrays_made_of_numbers():
    gradient = s2sad.grad(faces)
    gradient(0.3, 0.7, 3, 2)
    assert "np.zeros((n + 1, n))" in gradient.source.partition("# backward")[2], gradient.source
    assert "uxs" not in gradient.source


def same_shape(u, n):
    for _ in range(n):
        v = np.empty_like(u)
        v[0] = 0.0
        v[1:] = u[:-1]*u[1:]
        u = u + 0.5*v
    return np.sum(u**2)


def test_shadows_are_made_like_what_is_there():
    check(same_shape, (X, 3))
    s2sad.check_grads(same_shape, (X, 3), order=2)
    gradient = s2sad.grad(same_shape)
    gradient(X, 3)
    assert "vs" not in gradient.source, gradient.source


# ------------------------------------------------------------------ what all trips of all loops compute


def paths(s0, sigma, dt, zs):
    total = 0.0
    for z in zs:
        s = s0
        for e in z:
            root = np.sqrt(dt)
            s = s*np.exp(sigma*root*e)
        total += s
    return total


def triple(x, dt, n):
    s, i = 0.0, 0
    while i < n:
        for j in range(i):
            c = dt/3
            q = np.exp(-c)*2
            x = x + np.sin(x)*q
            for _ in range(j):
                w = np.cosh(q)
                x = 0.3*x*w + np.tanh(x)
                s = s + x
        i += 1
    return s


def under_branches(v, dt, n):
    s = 0.0
    for _ in range(n):
        for j in range(len(v)):
            if v[j] > 0.5:
                k = np.sqrt(dt)
                s = s + k*v[j]**2
            r = np.log1p(dt)
            if s > 3.0:
                break
            s = s*r + v[j]
    return s


def other_in_outer_trips(x, dt, n):
    for i in range(n):
        h = math.exp(-dt)
        for _ in range(2):
            k = np.sqrt(h)
            x = x + k*np.sin(x)
        h = h + i
        for _ in range(i):
            k = np.sqrt(h)
            x = np.sin(x*k)
    return x


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (paths, (1.0, 0.2, 0.5, np.array([[0.1, -0.3], [0.4, 0.2]]))),
        (triple, (0.3, 0.4, 4)),
        (under_branches, (X, 0.4, 2)),
        (other_in_outer_trips, (0.4, 0.3, 3)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_same_in_all_trips(fun, args):
    check(fun, args)
    s2sad.check_grads(fun, args, order=2)


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (faces, (0.3, 0.7, 1, 2)),
        (faces, (0.3, 0.7, 3, 0)),
        (ghosts, (0.4, 0)),
        (paths, (1.0, 0.2, 0.5, np.zeros((0, 2)))),
        (paths, (1.0, 0.2, 0.5, np.zeros((2, 0)))),
        (triple, (0.3, 0.4, 2)),
        (triple, (0.3, 0.4, 0)),
        (under_branches, (X, 0.4, 0)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_where_loops_run_no_time(fun, args):
    s2sad.check_grads(fun, args)


def test_no_tape_of_what_is_the_same_in_all_trips():
    gradient = s2sad.grad(paths)
    gradient(1.0, 0.2, 0.5, np.array([[0.1, -0.3], [0.4, 0.2]]))
    assert "roots" not in gradient.source, gradient.source
