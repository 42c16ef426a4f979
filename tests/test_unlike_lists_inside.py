"""Derivatives inside by lists whose elements are unlike: a number beside an array, a row beside a matrix."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import check_grads, grad, jvp
from support import check

X = np.array([0.4, 0.8, -0.3])
A = np.outer(X, X) + 1.0


def product(p):
    return np.sum(p[0]*p[1] + p[0])


def number_first(k, x):
    by = grad(product)([k, x])
    return by[0]*np.sum(by[1]**2)


def array_first(x, k):
    return grad(product)([x*x, k])[1]*k


def row_and_matrix(x, a):
    by = grad(lambda p: np.sum(p[0]*p[1]**2))([x, a])
    return np.sum(by[0]*x) + jvp(product, ([a, x],), ([a, x*x],))[1]


def of_other_lengths(x, k):
    by = grad(lambda p: k*sum(np.sum(v**3) for v in p))([x, x[:2], x*2])
    return sum(np.sum(v*v) for v in by)


@pytest.mark.parametrize(
    "fun, args",
    [
        (number_first, (0.7, X)), (array_first, (X, 0.7)), (row_and_matrix, (X, A)),
        (of_other_lengths, (X, 0.7)),
    ],
)  # fmt: skip
def test_each_element_is_what_it_is(fun, args):
    """All were taken for what the first one is."""
    check(fun, args, probes=1)
    check_grads(fun, args, order=2)


def stepped(x, k):
    ps = [x, k]
    for _ in range(2):
        by = grad(lambda p: np.sum(p[0]*p[1]))(ps)
        ps = [p - 0.1*q for p, q in zip(ps, by)]
    return np.sum(ps[0])*ps[1]


def without_a_loop(x, k):
    ps = [x, k]
    by = grad(lambda p: np.sum(p[0]*p[1]))(ps)
    return np.sum(by[0]*ps[0])*by[1]


@pytest.mark.parametrize("fun", [stepped, without_a_loop])
def test_shadows_are_such_lists_themselves(fun):
    """A gradient of the gradient was wrong: it spreads what may be a number with np.broadcast_to."""
    check(fun, (X, 0.7), probes=1)
    check_grads(fun, (X, 0.7), order=2)
