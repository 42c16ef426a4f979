"""`x @= A`: the cotangent of x before it is A times that behind it, also where that is 0; complex factors are conjugated once."""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

from support import check

X, C = np.array([0.3, 0.7, 1.1, 0.9]), np.array([0.5, 0.9, 0.8, 0.2])
A = np.arange(16.0).reshape(4, 4)*0.03


def selected_and_cleared(x, c):
    """What is selected is multiplied by its mask; the product of matrices mixes what is 0 with what is not."""
    v, w = x*1.0, c*1.0
    for _ in range(2):
        v[0] = w[1]
        v @= A
        v *= np.where(v > 0.4, v, 0.5*v)
        v, w = w, v
    return np.sum(np.sin(v)) + np.sum(w*x)


def of_views(x, c):
    p = np.stack([x, c, x*c, np.sin(x)])
    for row in p:
        row @= A
        row[1:] += x[:-1]
    p @= p.T
    p[:, 0] @= A
    p[1:] @= p[0, 0]*A
    p = np.where(p > 0.1, p, 0.0)
    p[2] = 0.0
    p @= np.outer(x, c)
    return np.sum(p*p)


def of_complex_arrays(x, c):
    p, q = np.outer(x, c) + 1j*x, np.outer(c, x) - 0.5j
    for _ in range(2):
        p @= q
        p[0] @= p
        p /= 1 + np.sum(np.abs(p)**2)
    return np.sum(np.abs(p)**2) + np.sum(p*q).imag


@pytest.mark.parametrize("fun", [selected_and_cleared, of_views, of_complex_arrays], ids=lambda f: f.__name__)
def test_products_in_place(fun):
    check(fun, (X, C))
    check(twice(fun), (X, C))
    for place in places(fun):
        check(place, (X, C), pullbacks=False, text=False)
