"""Arrays that hold floats on some paths and whole numbers on others: cotangents are floats, writes are refused."""

from __future__ import annotations

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check

X = np.array([0.3, 0.7, -0.4, 0.55])


def sliced(x, n):
    y = np.arange(4)
    for i in range(n):
        v = y[1:]
        y = np.arange(4) if i == 1 else x*2.0
    return np.sum(np.sin(v))*np.sum(x*x)


def reduced(x, n):
    y = np.arange(4)
    if n > 1:
        y = x*3.0
    return np.sum(np.sin(y)*x) + np.mean(y)*x[0] + np.max(y)*x[1] + np.dot(y, x) + np.sum(y//1)


def converted(x, n):
    y = x if n > 1 else np.arange(4)
    z = y.astype(float)
    z[0] = 0.5*x[1]
    return np.sum(z*x)


def held_in_a_list(x, n):
    total = 0.0
    for v in [np.arange(4), x][: n + 1]:
        w = v*2 + x
        total += np.sum(w*v)
    return total


def best_so_far(x, n):
    best, score = np.array([0, 0]), -1.0
    for i in range(n):
        new = np.sum(x[i : i + 2]**2)
        if new > score:
            best, score = x[i : i + 2], new
    return np.sum(best*x[:2]) + score


def of_the_dtype(x, n):
    y = np.zeros(4, np.float32)
    if n > 1:
        y = x
    z = np.zeros(4, y.dtype)
    z += 0.1
    return np.sum(z*x)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
@pytest.mark.parametrize("f", [sliced, reduced, converted, held_in_a_list, best_so_far, of_the_dtype])
def test_floats_or_whole_numbers(f, n):
    """The cotangent was made like the whole numbers, and a dtype that is not known was taken for float64."""
    if n == 0 and f is sliced:
        return  # nothing binds v
    check(f, (X, n))
    check_second_order(f, (X, n), (0,))


def set_element(x, n):
    y = np.zeros(3, int) if n < 2 else x[1:]
    y[0] = x[0]*7.0
    return np.sum(y)*x[3]


def set_in_a_loop(x, n):
    y = np.zeros(3, int)
    for i in range(n):
        if i == 1:
            y = x[:3].copy()
        y[i % 3] = x[1]*5.0
    return np.sum(y)*x[0]


def set_all(x, n):
    y = np.arange(4)
    if n > 1:
        y = x
    return np.sum(np.full_like(y, x[0]*10.0)*x)


def set_in_zeros(x, n):
    y = x if n > 1 else np.arange(4)
    w = np.zeros_like(y)
    w[1:] = x[1:]*10.0
    return np.sum(w*x)


@pytest.mark.parametrize("f", [set_element, set_in_a_loop, set_all, set_in_zeros])
def test_what_may_be_cut_to_a_whole_number_is_refused(f):
    """Where the array holds whole numbers, what is written counts for nothing."""
    with pytest.raises(s2sad.UnsupportedError, match="whole numbers on others"):
        s2sad.grad(f)(X, 1)
    with pytest.raises(s2sad.UnsupportedError, match="whole numbers on others"):
        s2sad.jvp(f, (X, 1), (X, None))


def test_constants_may_be_written():
    def f(x, n):
        y = np.arange(4)
        if n > 1:
            y = x*2.0
        y[0] = 3
        return np.sum(y*x)

    for n in (1, 2):
        check(f, (X, n))
