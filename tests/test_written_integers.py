"""What integers hold is constant, whatever is written into them, in both modes (the values are as in Python)."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.37, 0.723, 1.158])


def element(x):
    k = np.zeros(3, int)
    k[0] = 10*x[0]
    k[1] += 3
    return np.sum(k*x)


def view(x):
    k = np.zeros(3, int)
    k[:] = 10*x
    v = k[1:]
    v[0] = 7*x[2]
    return np.sum(k*x) + np.sum(x[k % 3]*v[0])


def number(x):
    n = 0
    for i in range(3):
        n = int(n + 10*x[i])
    return np.sum(x)*n


def rows(x):
    k = np.zeros((2, 3), dtype=np.int32)
    for row in k:
        row[...] = 10*x
    a = x*1.0
    for i in range(3):
        a[k[0, i] % 3] += x[i]
    return np.sum(a*a*k[1])


def truth(x):
    m = np.zeros(3, bool)
    m[0] = x[0]
    m[1:] = x[1:] > 0.8
    return np.sum(np.where(m, x*x, x))


def filled(x):
    k = np.arange(3)
    k += (10*x).astype(int)
    out = np.empty(3)
    np.multiply(k, x, out=out)
    k[0] = out[0]
    return np.sum(out*k)


@pytest.mark.parametrize("fun", [element, view, number, rows, truth, filled])
def test_written_integers(fun):
    check(fun, (X,))
    s2sad.check_grads(fun, (X,), order=2)
