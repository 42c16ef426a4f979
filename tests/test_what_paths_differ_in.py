"""Classes and dtypes of numbers that differ from path to path, and iterators that one path makes."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def whole_or_not(x, c):
    v = 3
    if c[0] > x[2]:
        v = float(x[0])
    return (x[0] if isinstance(v, int) else x[1]) * (2.0 if type(v) is int else c[0])


def number_of_a_loop(x, c):
    s, total = 0, 0.0
    for i in range(3):
        total = total + (x[0] if isinstance(s, np.floating) else x[1]) * (i + 1)
        total = total + (x[2] if isinstance(s, int) else x[0])
        total = total * (2.0 if hasattr(s, "dtype") else c[0])
        s += x[i] * c[i]
    return total * s


def numbers_of_a_list(x, c):
    vs = [1, x[0], 2.0, c[0]]
    total = 0.0
    for v in vs:
        total = total + (v * 2 if isinstance(v, np.floating) else 3 * v)
    return total


def attribute_or_default(x, c):
    v, w = None, 2
    if c[0] > 0.1:
        v = x * 2
    if c[0] > 1.0:
        w = x * 2
    return getattr(v, "size", 7) * x[0] + getattr(w, "ndim", 5) * x[1] + np.sum(getattr(w, "T", c))


def dtype_of_what_may_be_none(x, c):
    v = None
    if c[0] > x[2]:
        v = x > 0.2
    w = np.asarray(v)
    return w.dtype.itemsize * x[0] + w.ndim * x[1]


def scalar_or_list(x, c):
    def squares(v):
        if np.isscalar(v):
            return v**2
        return np.sum(np.asarray(v) ** 2)

    return squares(x) + squares(2.0 * x[0]) + squares([x[0], c[0]]) + squares((c[0], 1.0))


PROGRAMS = [
    whole_or_not, number_of_a_loop, numbers_of_a_list, attribute_or_default, dtype_of_what_may_be_none,
    scalar_or_list,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_paths(f):
    check(f, (X, C))


def iterator_taken_twice(x):
    v = list(x)
    if x[0] > 0.1:
        v = (q * 2 for q in x)
    s = sum(v)
    return s + sum(v) * x[0]


def iterator_asked_for_its_class(x):
    v = list(x)
    if x[0] > 0.1:
        v = (q * 2 for q in x)
    return x[0] if isinstance(v, list) else x[1]


@pytest.mark.parametrize("f", [iterator_taken_twice, iterator_asked_for_its_class], ids=lambda f: f.__name__)
def test_refused(f):
    with pytest.raises(s2sad.UnsupportedError, match="the iterator 'v' is taken from more than once"):
        s2sad.grad(f)(X)


def test_one_path_makes_an_iterator():
    def f(x):
        v = (q * 2 for q in x)
        if x[0] > 10:
            v = list(x)
        return sum(v) * x[0]

    check(f, (X,))
