"""Arrays that one path makes and one path within it reads: on the others their cotangents are zeros."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad
from support import check

X = np.array([1.3, 0.7, 0.4, 2.0])


def made_and_read(x, a, b):
    if a:
        p = x.reshape(2, 2)
        q = np.concatenate([x, x*x])
        r = np.array([x[0], x[1]])
        w = np.outer(x, x)*2.0
    z = x[1]
    if a:
        if b:
            z = np.sum(p*p) + np.sum(q**3) + r[0]*r[1] + np.sum(w*w)
        else:
            z = x[0]
    return z*x[0]


def doubtful(x, a, b):
    if a:
        p = np.stack([x, x*x])
        r = (x*x[1]).reshape(2, 2)*3.0
    if b and x[0] > a - 1:
        z = np.sum(p*p) + np.sum(r @ r)
    else:
        z = x[1]
    return z*x[0]


def in_a_loop(x, a, b):
    s = 0.0
    for k in range(4):
        s = s + made_and_read(x, a and k % 2 == 0, b)*k
        if k % 2:
            u = np.outer(x, x)
            v = np.linalg.solve(u + np.eye(4), x)
        if k % 2:
            s = s + (np.sum(u.T*v) if k == a + 1 else x[0])
    return s


def singular(x, a, b):
    if a:
        try:
            y = np.linalg.solve(np.array([[x[0], x[0]], [x[0], x[1]]])*b, np.array([1.0, x[0]]))
            z = y[0]
        except np.linalg.LinAlgError:
            z = x[0]*x[0]
        w = z*2.0
    else:
        w = x[0]
    return w*1.5


@pytest.mark.parametrize("fun", [made_and_read, doubtful, in_a_loop, singular])
@pytest.mark.parametrize("a, b", [(1, 0), (1, 1)])
def test_program(fun, a, b):
    check(fun, (X, a, b), probes=1)
    check(lambda x: np.sum(grad(fun)(x, a, b)*X), (X,), probes=1, pullbacks=False)


def test_zeros_stand_where_the_array_is_known_to_be_there():
    derivative = grad(made_and_read)
    derivative(X, True, False)
    assert "p_bar = np.zeros_like(p)" in derivative.source
    assert "p_bar = 0.0" in derivative.source
    assert "p_bar + np.zeros_like(p)" not in derivative.source
    assert isinstance(s2sad.jacfwd(made_and_read)(X, False, True), np.ndarray)
