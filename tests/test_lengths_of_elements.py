"""What is known of the lengths of a list's elements: of all of them, or of each one alone."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, 0.7, 1.1, 0.3])


def states(x, n):
    hs = [x]
    for i in range(n):
        hs.append(np.tanh(x*hs[i]))
    return np.sum(hs[-1]*x)


def narrow_states(x, n):
    hs = [x]
    for i in range(n):
        hs.append(np.tanh(x*hs[i])[:1] if i == 1 else x*hs[i])
    return np.sum(hs[-1]*x) + np.sum(hs[2]*hs[1])


def narrow_after_a_read(x, n):
    hs = []
    total = 0.0
    for i in range(n):
        hs.append(x if i < 2 else np.sum(x*hs[i - 1], keepdims=True))
        total = total + np.sum(x*hs[i])
    return total


def growing_prefixes(x, n):
    parts = []
    for i in range(1, n):
        parts.append(x[:i]*2.0)
    return np.sum(parts[0]*x) + np.sum(parts[-1]*parts[0])


def of_a_callee(x, n):
    def doubled(v):
        vs = [v]
        vs.append(v*v)
        return vs

    total = 0.0
    for i in range(1, n):
        pair = doubled(x[:i])
        total = total + np.sum(pair[1]*x[0]) + np.sum(pair[0]*x[:1])
    return total


def halved(x):
    if len(x) < 2:
        return [x]
    found = halved(x[: len(x)//2])
    found.append(x*2.0)
    return found


def of_a_recursion(x, n):
    parts = halved(x)
    return np.sum(parts[0]*parts[-1]) + np.sum(parts[-1]*x)


def after_a_loop_that_shrinks(x, n):
    y = x
    ys = []
    for _ in range(2):
        ys.append(y)
        y = y[::2]*1.5
    zs = [y]
    for i in range(n):
        zs.append(zs[i]*y)
    return np.sum(zs[-1]*x) + np.sum(ys[1]*ys[1]) + np.sum(ys[0]*y)


def moments(x, n):
    params = [x, 2.0*x]
    ms = [np.zeros_like(p) for p in params]
    for _ in range(n):
        for k in range(2):
            ms[k] = 0.9*ms[k] + x*params[k]
            ms[k] *= params[1 - k]
    return np.sum(ms[0]) + np.sum(ms[1]*ms[0])


def bound_in_one_trip(x, n):
    for i in range(n):
        if i == 1:
            vs = [x, x*x]
            vs.append(x*vs[1])
    return np.sum(vs[2]*vs[0])


PROGRAMS = (
    states,
    narrow_states,
    narrow_after_a_read,
    growing_prefixes,
    of_a_callee,
    of_a_recursion,
    after_a_loop_that_shrinks,
    moments,
    bound_in_one_trip,
)


@pytest.mark.parametrize("n", [3, 4])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_gradients(program, n):
    check(program, (X, n))


def test_a_recursion_that_writes_what_it_returned_is_refused_twice():
    with pytest.raises(s2sad.UnsupportedError, match="calls itself and writes into what its argument"):
        s2sad.hvp(of_a_recursion)(X, 3, X)


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p is not of_a_recursion], ids=lambda p: p.__name__)
def test_second_derivatives(program):
    gradient = s2sad.grad(program)
    step = 1e-6*np.array([0.3, -1.0, 0.7, 0.2])
    expected = (gradient(X + step, 3) - gradient(X - step, 3))/2e-6
    np.testing.assert_allclose(s2sad.hvp(program)(X, 3, step/1e-6), expected, rtol=1e-6, atol=1e-7)


def test_elements_of_one_shape_are_not_summed_to_it():
    assert "unbroadcast" not in s2sad.grad(states).source_for(X, 3)
    assert "unbroadcast" in s2sad.grad(narrow_states).source_for(X, 3)


def test_zeros_like_the_elements_stay_one_line():
    assert "ms = [np.zeros_like(param) for param in params]" in s2sad.grad(moments).source_for(X, 3)


def named_like_a_keyword(x, n):
    ifs = []
    for _ in range(n):
        ifs.append(x*x)
    ifs[0] = ifs[1]*x
    s = list(ifs)
    s.append(x)
    return np.sum(ifs[0]*s[-1])


def test_items_of_lists_with_short_names():
    check(named_like_a_keyword, (X, 3))


def test_a_pullback_reads_the_cotangents_of_each_trip_in_place():
    def kept(x):
        hs, h = [], x
        while np.sum(h) < 50.0:
            hs.append(h)
            h = h*h + 1.0
        total = h*0.0
        for old in hs:
            total = total + np.sin(old)
        return total

    _, pullback = s2sad.vjp(kept, X)
    first = pullback(np.ones(4))
    again = pullback(np.ones(4))
    np.testing.assert_array_equal(first, again)
    check(lambda x: np.sum(kept(x)), (X,))
