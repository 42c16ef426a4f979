"""An operand of which an element beyond the first is read or written beside an operation was not stretched by it.

    k = np.array([y[1], -np.sin(y[0])])
    y = y + h*k                              y_bar needs no `unbroadcast`: y has two elements, or y[1] raises
"""

from __future__ import annotations

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check

ONE, TWO, THREE = np.array([0.7]), np.array([0.4, -0.7]), np.array([0.4, -0.7, 1.1])


def steps(y, h, n):
    for _ in range(n):
        k = np.array([y[1], -np.sin(y[0])])
        y = y + h*k
    return np.sum(y**2)


def table(a, b):
    c = a*b
    b[0, -2] = a[0, 1]
    return np.sum(c)*b[0, 1]


def in_a_branch(y, v, c):
    z = y + v
    if c > 0.0:
        z = z*(y + v)*y[1]
    return np.sum(z*z)


def in_no_trip(v, u, n):
    u = u.copy()
    u[:] = v*u
    s = v + np.array([1.0, 2.0])
    for _ in range(n):
        s = s*v[1]
    return np.sum(s*s) + np.sum(u)


def behind_a_loop(y, n):
    for _ in range(n):
        y = y + np.array([0.5, 2.0])
        y = y*y
    return y[1]*np.sum(y)


@pytest.mark.parametrize(
    ("fun", "args", "wrt"),
    [
        (steps, (TWO, 0.1, 2), 0),
        (table, (THREE[None, :]*TWO[:, None], THREE[None, :]), (0, 1)),
        (in_a_branch, (TWO, TWO + 1.0, 1.0), (0, 1)),
        (in_a_branch, (ONE, THREE, -1.0), (0, 1)),
        (in_no_trip, (ONE, TWO, 0), (0, 1)),
        (behind_a_loop, (ONE, 2), 0),
        (behind_a_loop, (TWO, 2), 0),
    ],
)
def test_programs(fun, args, wrt):
    check(fun, args, argnums=wrt)
    check_second_order(fun, args, (wrt,) if isinstance(wrt, int) else wrt)


def test_texts():
    assert "unbroadcast" not in s2sad.grad(steps).source_for(TWO, 0.1, 3)
    beside = s2sad.grad(in_a_branch).source_for(TWO, THREE, 1.0)
    assert beside.count("unbroadcast(") == 2 and "unbroadcast(z_bar, y)" in beside
    assert "unbroadcast" in s2sad.grad(in_no_trip).source_for(TWO, TWO, 2)
    assert "summed_to" in s2sad.grad(behind_a_loop).source_for(TWO, 2)
