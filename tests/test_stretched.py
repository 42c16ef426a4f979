"""Lengths of 1 that a function of NumPy stretches: the derivative is right where lengths are known when the program runs only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from again import check_second_order

import s2sad
from support import check, load

RNG = np.random.default_rng(8)
Q, M = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 4))
SOURCE = """
import numpy as np


def columns(q, order):
    u = np.take_along_axis(np.sin(q), order, axis=-1)
    return np.sum(np.sin(u @ u.T + u))


def rows(q, order):
    total = 0.0
    for k in range(2):
        u = np.take_along_axis(q, order[:, None], axis=0)
        if u[0, 0] > -9.0:
            total = total + np.sum(u*u[k] @ u.T)
        q = u*u
    return total


def sorted_by_first(a):
    w, v = np.linalg.eigh(a + a.T)
    order = np.argsort(np.abs(w))[::-1]
    v = np.take_along_axis(v, order[None, :], axis=1)
    w = w[order]
    return np.sum(np.sin((v*w**2) @ v.T))


def product(m, n):
    t = np.einsum("ij,ij->ij", m[:, :1], n)
    u = t*n
    return np.sum(np.sin(u)*t @ u.T)


def beside_a_list(x, w):
    rates = np.exp(x)
    total = 0.0
    for k in range(2):
        total = total + np.sum(np.copysign(w[k]*rates, [1.0, -1.0, 1.0])**3)
    return total + np.sum(np.sin(x)*np.ldexp(rates, [0, 1, 2]))
"""


def laws(x):
    return np.sum(scipy.stats.poisson.logpmf([0, 1, 2], x)**2)


def test_lists_of_counts() -> None:
    """The cotangent of a parameter has its shape, where the counts are more."""
    for x in (np.array([0.4]), np.array([[0.4], [1.3]]), 0.4):
        s2sad.check_grads(laws, (x,))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("columns", (Q, np.array([[2, 0, 1]]))),
        ("rows", (Q, np.array([1, 2, 0]))),
        ("sorted_by_first", (Q,)),
        ("product", (M, RNG.normal(size=(3, 4)))),
        ("beside_a_list", (RNG.normal(size=1), np.array([0.3, 0.7]))),
        ("beside_a_list", (RNG.normal(size=(2, 1)), np.array([0.3, 0.7]))),
    ],
)
def test_derivatives(name: str, args: tuple, tmp_path: Path) -> None:
    fun = getattr(load(SOURCE, tmp_path), name)
    wrt = tuple(i for i, a in enumerate(args) if a.dtype == float)
    check(fun, args, wrt)
    assert check_second_order(fun, args, wrt)
