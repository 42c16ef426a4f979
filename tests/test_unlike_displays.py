"""Lists whose elements are unlike on one path: what they hold is what all elements are, not what the first is."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.9, 0.5, 0.8])


def asked(x, c, n):
    t = [x[0], [x[1]*c[0], x[2]]] if n > 1 else [x[0]]
    r = 0.0
    for s in t:
        r = r + float(np.sum(np.array(s)) if isinstance(s, list) else np.sum(s)*2.0)
    return r


def number_and_array(x, c, n):
    t = [2.0, x*c] if n > 1 else [3.0]
    s = 0.0
    for v in t:
        s = s + v*v*x[0]
    return np.sum(s)


def whole_number_and_array(x, c, n):
    t = [1, x*c] if n > 1 else [2]
    u = t[-1]*x[0]
    return np.sum(u*u)


def flatten(t):
    if isinstance(t, list):
        out = []
        for s in t:
            out.extend(flatten(s))
        return out
    return [t]


def flattened(x, c, n):
    t = [x[0], [x[1]*c[0], [x[2]]]] if n > 1 else [x[0]]
    return sum((k + 1)*v*v for k, v in enumerate(flatten(t)))


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("fun", [number_and_array, whole_number_and_array])
def test_numbers_beside_arrays(fun, n):
    """Forward mode had no tangent for a list of whole numbers that meets another list."""
    check(fun, (X, C, n), probes=1)
    s2sad.check_grads(fun, (X, C, n), order=2)


@pytest.mark.parametrize("n", [1, 2])
def test_lists_among_numbers_are_lists(n):
    """isinstance(s, list) was False of all elements, as of the first one: the value was wrong."""
    check(asked, (X, C, n), probes=1, text=False, forward=True)
    with pytest.raises(s2sad.UnsupportedError, match="flatten calls itself"):
        s2sad.grad(flattened)(X, C, n)
