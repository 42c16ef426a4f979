"""Tangents of complex arrays that are real where they begin: what is written into them may be complex.

`y = x + 0.3j` has the tangent of x. A copy of it that the program writes has one of its own, which is complex.
"""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

from support import check

X, C = np.array([0.32, 0.71, 0.55, 0.93]), np.array([0.5, 0.9, 0.8, 0.2])
M = np.array([True, False, True, True])


def _either(y, x):
    for i in range(3):
        if i == 2:
            return y
        x = x*2
    return x


def copied_and_written(x, c):
    y = x + 0.3j
    for _ in range(2):
        t = y.copy()
        t[0] = 1j*x[1]
        u = np.stack([y, y*2])
        u[0, 1:] *= 1j*c[1:]
        v = np.multiply(x*1j, c, where=M, out=(y + 1).copy())
        w = y[[0, 1, 2, 2]]
        w += 1j*x*c
        y = y*1.1
    return np.sum(np.abs(t*v)**2*c) + np.sum((u*w).imag)


def come_together(x, c):
    y = x + 0.3j
    if x[0] > 0.1:
        y = y + 1
    t = _either(y, x + 0.1j).copy()
    t[0] = 1j*x[1]
    rows = [x + 0.3j, x + 0j]
    r = rows[int(c[0] > 0.1)].reshape(2, 2).copy()
    r[0] -= 1j*c[:2]
    p = np.concatenate([y, np.sort(x) + 0j])
    p[2:6] = 1j*x
    return np.sum(np.abs(t*c)**2) + np.sum(t.imag*x) + np.sum(r*r*p[1:3]).imag


@pytest.mark.parametrize("fun", [copied_and_written, come_together], ids=lambda f: f.__name__)
def test_tangents_are_complex_where_they_are_written(fun):
    check(fun, (X, C))
    check(twice(fun), (X, C), pullbacks=False, text=False)
    in_loop, _, in_callee = places(fun)
    for place in (in_loop, in_callee):
        check(place, (X, C), pullbacks=False, text=False)
