"""Lengths that a program asks for and makes arrays of: what broadcasts is known, what changes is not."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, -0.4, 0.8, 0.6, 0.7])
M = np.arange(12.0).reshape(3, 4)/7
COLUMNS = np.array([0, 2, 2])


def by_len(x, w):
    return np.sum((np.zeros(len(x)) + w)*x)


def by_shape(x, w):
    return np.sum((np.ones(x.shape) + w)*x)


def by_two_lengths(x, w):
    n, m = x.shape
    return np.sum((np.full((n, m), 2.0) + w)*x)


def by_size(x, w):
    n = x.size
    y = np.empty(n)
    y[:] = w
    return np.sum(y*x)


def less_one(x, w):
    n = len(x)
    return np.sum((np.zeros(n - 1) + w)*x[1:]) + np.sum((np.arange(n - 1) + w)*x[:-1])


@pytest.mark.parametrize(
    ("fun", "x"), [(by_len, X), (by_shape, X), (by_shape, M), (by_two_lengths, M), (by_size, X), (less_one, X)]
)
def test_nothing_is_broadcast(fun, x):
    check(fun, (x, 0.7))
    gradient = s2sad.grad(fun, argnums=(0, 1))
    gradient(x, 0.7)
    assert "unbroadcast" not in gradient.source, gradient.source


def picked(x, y):
    return np.sum(x[np.arange(len(y)), y]**2)


def picked_by_rows(x, y):
    return np.sum(x[np.arange(x.shape[0]), y]**2)


def one_row(x, y):
    return np.sum(x[np.arange(1), y]**2)


def test_columns_of_rows():
    check(picked, (M, COLUMNS), argnums=0)
    gradient = s2sad.grad(picked)
    gradient(M, COLUMNS)
    assert "add.at" not in gradient.source, gradient.source


@pytest.mark.parametrize("fun", [picked_by_rows, one_row])
def test_repeated_columns(fun):
    check(fun, (M, COLUMNS), argnums=0)


def length_of_the_trip_before(x):
    m, s = len(x), 0.0
    for _ in range(3):
        s = s + np.sum(np.ones(m)*x*x)
        m = len(x)
        x = x[:1]*2
    return s


def length_that_was(x):
    n, s = len(x), 0.0
    while len(x) > 1:
        s = s + np.sum((np.zeros(n) + x[0])*2)
        x = x[::2]*1.5
        n = len(x) if len(x) > 2 else 3
    return s + np.sum(np.ones(n)*x*x)


def from_a_list(x):
    sizes = []
    s = 0.0
    for _ in range(3):
        sizes.append(len(x))
        x = x[: len(x) - 1]*1.5 if len(x) > 4 else x[:1]*x
        s = s + np.sum(np.ones(sizes[0])*x[0]*x[0]) + np.sum(np.ones(1)*x)
    return s


@pytest.mark.parametrize("fun", [length_of_the_trip_before, length_that_was, from_a_list])
def test_lengths_that_change(fun):
    check(fun, (X,))


def up_to_the_length(u, k, n):
    m = len(u)
    for _ in range(2):
        u[1:m - 1] = u[1:m - 1] + k*(u[2:m] - 2*u[1:m - 1] + u[0:m - 2])
    return np.sum(u*u)


def up_to_an_argument(u, k, n):
    for _ in range(2):
        u[1:n - 1] = u[1:n - 1] + k*u[1 : n - 1]**2
        u[0:n] *= k
    return np.sum(u*u)


def of_a_part(u, k, n):
    v = u[1:]
    m = len(v)
    w = v[: m - 3]*u[: m - 3] + v[2 : m - 1]
    return np.sum(w*k) + np.sum(u[1 : m - 4])*k


@pytest.mark.parametrize("fun", [up_to_the_length, up_to_an_argument, of_a_part])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9])
def test_parts_whose_ends_are_lengths(fun, count):
    """Bounds that are lengths, less a number, or arguments: short arrays turn them into ends from behind."""
    for n in (2, 3, 5, 12):
        u = np.linspace(0.5, 1.5, count)
        try:
            fun(u.copy(), 0.3, n)
        except ValueError:
            continue
        check(fun, (u, 0.3, n), pullbacks=False)


def test_parts_of_one_length_need_no_sum():
    """Nothing is summed over axes where the bounds are the same."""
    for fun in (up_to_the_length, up_to_an_argument):
        text = s2sad.grad(fun, (0, 1)).source_for(np.linspace(0.5, 1.5, 9), 0.3, 9)
        assert "unbroadcast" not in text


def other_axis_of_that_length(u, k, n):
    q = np.zeros((4, 4))
    for j in range(1, 3):
        q[1:n - 1, j] = u[j, 1:n - 1]*k + q[1:n - 1, j - 1]
    return np.sum(q*q)


@pytest.mark.parametrize("shape", [(4, 2), (4, 4), (5, 3)])
def test_equal_bounds_on_unequal_axes(shape):
    """A part of a shorter axis may be broadcast."""
    check(other_axis_of_that_length, (np.random.default_rng(1).uniform(size=shape), 0.3, 4))


def bounds_that_a_loop_counts(u, k, n):
    before = u[:1]
    s = 0.0
    for i in range(1, n):
        part = u[:i]*k
        s = s + np.sum(part[: len(before)]*before) + np.sum(u[: n - i]*k)
        before = part
    return s*np.sum(before)


def test_bounds_that_change():
    """A bound that a loop counts gives another length in each trip."""
    check(bounds_that_a_loop_counts, (X, 0.7, 5))
