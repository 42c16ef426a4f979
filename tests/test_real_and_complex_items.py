"""Lists of arrays of which some are real and others complex: cotangents of all are complex, a real value takes the real part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.3, 0.5, -0.7])


def displayed(x, z):
    c = [x*2.0, x*z]
    return np.sum(np.abs(c[0]*z)**2) + np.sum(np.abs(c[1])**2)


def powers(x, z):
    c = []
    b = x*2.0
    for _ in range(3):
        c.append(b)
        b = b*z
    total = 0.0
    for e in c:
        total = total + np.sum(np.abs(e*z)**2)
    return total


def set_anew(x, z):
    c = []
    c.append(x*2.0)
    c.append(x*z)
    c[0] = c[0]*c[1]
    c[1] = x*x
    total = 0.0
    for i in range(2):
        total = total + np.sum(np.abs(c[i]*z)**2)
    return total


def taken_off(x, z):
    c = [x]
    for _ in range(2):
        c.append(c[-1]*z)
    total = 0.0
    while c:
        e = c.pop()
        total = total + np.sum(np.abs(e*z)**2)
    return total


def joined(x, z):
    c = [x*1.0 for _ in range(2)] + [x*z]
    total = 0.0
    for i, e in enumerate(c):
        total = total + np.sum(np.abs(e*z)**2)*i
    return total + np.sum(np.abs(c[0] + c[2])**2)


def summed(x, z):
    s = sum([x, x*z])
    return np.sum(np.sin(np.real(s)) + 0.5*np.imag(s)**2)


def series(x, z):
    return np.sum(np.abs(np.polynomial.legendre.legval(x, z*np.arange(1.0, 5.0)))**2)


def series_of_real_coefficients(x, z):
    return np.sum(np.abs(np.polynomial.laguerre.lagval(x*z, np.append(x, x)))**2)


NUMBER, ARRAY = 0.3 + 0.9j, np.array([0.3 + 0.9j, 0.5j, -1.0])
LISTS = [(f, z) for f in (displayed, powers, set_anew, taken_off, joined, summed) for z in (NUMBER, ARRAY)]


@pytest.mark.parametrize(("f", "z"), [*LISTS, (series, NUMBER), (series_of_real_coefficients, ARRAY)])
def test_real_and_complex_arrays(f: Callable[..., Any], z: Any) -> None:
    s2sad.check_grads(f, (X, z), order=2)
