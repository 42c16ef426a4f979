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
