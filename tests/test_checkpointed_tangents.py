"""Tangents of checkpointed loops, differentiated in reverse: few states are kept, where that can be."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import s2sad
from s2sad import checkpointed, grad, jvp, vjp

X = np.linspace(0.3, 1.2, 4)
V = np.array([0.5, -1.0, 0.3, 0.7])
W = V[::-1].copy()


def every_trip(trips, slots):
    return trips


def by_an_argument(x, n, k, loop):
    for i in loop(range(n), slots=k):
        x = x + 0.1*np.sin(x)*np.cos(x*i)
    return np.sum(x)


def left_early(x, n, k, loop):
    s = 0.0
    for i in loop(range(n), slots=k):
        if np.sum(x) > 8.0:
            break
        x = x + 0.1*x*x
        s = s + np.sum(x)*i
    return np.sum(x) + s


def written(x, n, k, loop):
    u = x.copy()
    for i in loop(range(1, n, 2), slots=2):
        u[1:] = u[1:] + 0.1*u[:-1]*i
        u *= 1.0 + 0.01*u
    return np.sum(u*u)


def step(y, n, loop):
    for _ in loop(range(n), slots=3):
        y = y - 0.1*y*y*y
    return y


def in_a_callee_in_a_loop(x, n, k, loop):
    s = 0.0
    for j in range(2):
        s = s + np.sum(step(x*(j + 1), n, loop)*x)
    return s


def of_a_list(x, n, k, loop):
    first = [x]
    for _ in loop(range(n), slots=k):
        x = x + 0.1*first[0]*np.sin(x)
    return np.sum(x)


def of_a_rebound_number(x, n, k, loop):
    k = k + 1
    for _ in loop(range(n), slots=k):
        x = x*np.exp(-0.1*x)
    return np.sum(x)


def along(f, loop):
    return lambda x: jvp(lambda y: f(y, 7, 2, loop), (x,), (V,))[1]


FUNCTIONS = [by_an_argument, left_early, written, in_a_callee_in_a_loop, of_a_list, of_a_rebound_number]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_the_same_as_a_loop_of_which_all_is_kept(f):
    gradient, stored = grad(along(f, checkpointed)), grad(along(f, every_trip))
    np.testing.assert_allclose(gradient(X), stored(X), rtol=1e-10, atol=1e-13)
    assert "reverse_trips(" in gradient.source and "reverse_trips(" not in stored.source


def test_the_number_of_slots_may_be_an_argument_that_is_bound_anew():
    def tangent(x, n, k):
        return jvp(lambda y: of_a_rebound_number(y, n, k, checkpointed), (x,), (V,))[1]

    expected = grad(along(of_a_rebound_number, every_trip))(X)
    np.testing.assert_allclose(grad(tangent)(X, 7, 2), expected, rtol=1e-10)


def test_third_derivatives_and_pullbacks_are_the_same():
    gradient, stored = grad(along(written, checkpointed)), grad(along(written, every_trip))
    np.testing.assert_allclose(
        grad(lambda y: np.sum(W*gradient(y)))(X), grad(lambda y: np.sum(W*stored(y)))(X), rtol=1e-10
    )
    pulled = [
        vjp(lambda x, loop=loop: jvp(lambda y: left_early(y, 7, 2, loop), (x,), (V,)), X)[1]((0.5, 2.0))[0]
        for loop in (checkpointed, every_trip)
    ]
    np.testing.assert_allclose(*pulled, rtol=1e-10)


def test_memory_falls():
    x = np.linspace(0.1, 1.0, 2000)
    v, peaks = np.ones_like(x), []
    for loop in (checkpointed, every_trip):
        gradient = grad(lambda y, loop=loop: jvp(by_an_argument, (y, 60, 5, loop), (v, None, None, None))[1])
        gradient(x)
        tracemalloc.start()
        gradient(x)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert 5*peaks[0] < peaks[1]


def test_a_body_that_cannot_be_run_again_is_stored():
    def cumulated(x, n, loop):
        seen = []
        for _ in loop(range(n), slots=2):
            x = x + 0.1*np.sin(x)
            seen.append(x)
        return np.sum(x)

    with pytest.raises(s2sad.UnsupportedError):
        grad(cumulated)(X, 3, checkpointed)
    got, expected = (
        grad(lambda x, loop=loop: jvp(lambda y: cumulated(y, 3, loop), (x,), (V,))[1])(X)
        for loop in (checkpointed, every_trip)
    )
    np.testing.assert_allclose(got, expected, rtol=1e-12)
