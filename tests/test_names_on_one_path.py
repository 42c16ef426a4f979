"""Names that one path binds, in several branches one after the other; which name goes on need not be read."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad, jacfwd, jvp
from support import check

X = np.array([0.4, 0.8, -0.3])


def twice_bound(x, k):
    if k > 0.5:
        y = x
    else:
        a = x*np.exp(k)
        y = a*a
    if k > 0.5:
        z = y*x
    else:
        z = a*y
    if k > 0.5:
        w = z*z
    else:
        a = np.sin(z)
        w = a*z
    if k > 0.5:
        w = w*x
    else:
        w = w*a*a
    return np.sum(w)


def in_a_loop(x, k):
    for _ in range(2):
        x = x + 0.1*twice_bound(x, k)
        if k < 0.5:
            b = np.tanh(x)
        if k < 0.5:
            x = x*b
            b = x*k
        x = x + b*b if k < 0.5 else x
    return np.sum(x)


def early(x, k):
    if k > 0.5:
        return np.sum(x)**2
    a = np.exp(-k*k)
    return np.sum(x*a)*np.sum(x)


def of_gradients(x, k):
    gs = [grad(early)(z, k) for z in (x, x*0.5)]
    return np.sum(gs[0]*gs[1])


def twice_sine(v, n):
    return v if n == 0 else v*0.8 + 0.2*twice_sine(np.sin(v), n - 1)


def recursive_early(x, k):
    if k > 0.5:
        return np.sum(x*x)*k
    return np.sum(x*twice_sine(x, 2))


def recursive_and_written(x, k):
    u, y = x*0.9, x*k
    if k > 0.5:
        return np.sum(u*y)*0.2
    y = twice_sine(x, 2)
    u[-1] = k
    return np.sum(u*y)


@pytest.mark.parametrize("k", [0.3, 0.7])
@pytest.mark.parametrize("fun", [recursive_early, recursive_and_written])
def test_columns_of_a_second_derivative(fun, k):
    """What one path makes lent its shape, and had its shape taken, on the other."""
    s2sad.check_grads(lambda x, k: np.sum(jacfwd(grad(fun))(x, k)*X), (X, k), order=1, modes=("rev",))


@pytest.mark.parametrize("k", [0.3, 0.7])
@pytest.mark.parametrize("fun", [twice_bound, in_a_loop, of_gradients])
def test_both_paths(fun, k):
    check(fun, (X, k), probes=1)
    s2sad.check_grads(fun, (X, k), order=2)
    s2sad.check_grads(lambda x, k: jvp(fun, (x, k), (X, 1.0))[1], (X, k), order=1, modes=("rev",))
