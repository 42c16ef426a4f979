"""Recurrences over the cells and rows of arrays: what no later trip writes is read again, the rest is taped.

Each program says how many tapes its gradient needs. Where an index may wrap around, or a later trip comes back to
a cell, what was read has gone by the time of the reverse sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, -0.4, 0.8, 0.6, 0.7])
W = np.array([0.9, 0.5, -0.2, 0.4])


def march(u0, k, n):
    u = np.zeros((n + 1, len(u0)))
    u[0] = u0
    for t in range(n):
        u[t + 1, 1:-1] = u[t, 1:-1] + k*u[t, 2:]*u[t, 1:-1]
    return np.sum(u[-1]**2)


def named_rows(u0, k, n):
    u = np.zeros((n + 1, len(u0)))
    u[0] = u0
    for t in range(n):
        prev = u[t]
        u[t + 1] = prev*prev + k*prev
    return np.sum(u**2)


def distance(w, a, b):
    d = np.zeros((len(a) + 1, len(b) + 1))
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i, j] = w*d[i - 1, j]*d[i, j - 1] + np.exp(a[i - 1])*b[j - 1]
    return d[-1, -1]


def thomas(a, b, c, d):
    n = len(d)
    cp, dp = np.zeros(n), np.zeros(n)
    cp[0] = c[0]/b[0]
    dp[0] = d[0]/b[0]
    for i in range(1, n):
        cp[i] = c[i]/(b[i] - a[i]*cp[i - 1])
        dp[i] = (d[i] - a[i]*dp[i - 1])/(b[i] - a[i]*cp[i - 1])
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i]*x[i + 1]
    return np.sum(x*x)


def while_counted(x, a):
    y = np.zeros_like(x)
    y[0] = x[0]
    i = 1
    while i < len(x):
        y[i] = a*y[i - 1]*x[i]
        i += 1
    return np.sum(y*y)


def two_steps(x, a):
    y = np.ones(2*len(x) + 2)
    for i in range(0, 2*len(x), 2):
        y[i + 2] = a*y[i]*y[i + 1] + x[i // 2]
        y[i + 3] = a*y[i + 1]*y[i + 2]
    return np.sum(y)


def made_in_each_trip(x, a):
    s = 0.0
    for t in range(3):
        y = np.ones(len(x))
        for i in range(1, len(x)):
            y[i] = a*y[i - 1]*x[i]
        s = s + y[t]*y[-1]
    return s


def through_a_view(x, a):
    y = np.ones((4, len(x)))
    v = y[1:]
    for i in range(3):
        v[i] = a*y[i]*x
    return np.sum(y*y)


def wraps(x, a):
    y = np.ones_like(x)
    for i in range(len(x)):
        y[i] = a*y[i - 1]*y[i - 1] + x[i]
    return np.sum(y*y)


def wraps_at_last(x, a):
    y = np.ones(len(x))
    for i in range(len(x) - 2, -1, -1):
        y[i] = a*y[i - 1]*y[i - 1]*x[i]
    return np.sum(y)


def from_the_end_on(x, a):
    y = np.ones(len(x))
    for i in range(-2, 3):
        y[i] = a*y[i - 1]*y[i - 1] + x[i]
    return np.sum(y)


def sweeps(x, a):
    y = x.copy()
    for _ in range(3):
        for i in range(1, len(x)):
            y[i] = a*y[i - 1]*y[i]
    return np.sum(y*y)


def written_twice(x, a):
    y = np.ones_like(x)
    for i in range(1, len(x)):
        y[i] = a*y[i - 1]*y[i - 1]
        y[i - 1] = x[i]*y[i]
    return np.sum(y*y)


def other_stride(x, a):
    y = np.ones(12)
    for i in range(0, 8, 2):
        y[i] = a*y[i + 4]*y[i + 4] + x[i // 2]
    return np.sum(y*y)


def start_unknown(x, a, k):
    y = x.copy()
    for i in range(k, len(x)):
        y[i] = a*y[i - 1]*y[i - 1]
    return np.sum(y)


def rotated(x, a):
    p, q = x.copy(), np.ones_like(x)
    for i in range(1, len(x)):
        q[i] = a*p[i - 1]*p[i - 1]
        p, q = q, p
    return np.sum(p*q)


def rotated_before_it_is_read(x, a):
    p, q, s = x.copy(), np.ones_like(x), 0.0
    for i in range(1, len(x)):
        q[i - 1] = a*x[i]
        s = s + np.sum(p*p)
        p, q = q, p
    return s


def views_that_move(x, a):
    y = x.copy()
    for t in range(3):
        v = y[2 - t:]
        for i in range(1, 3):
            v[i] = a*v[i - 1]*v[i - 1]
    return np.sum(y)


def counter_in_a_branch(x, a):
    y = x.copy()
    i = 1
    for t in range(4):
        y[i] = a*y[i - 1]*y[i - 1]
        if x[t] > 0.5:
            i += 1
    return np.sum(y)


def doolittle(a):
    for i in range(len(a)):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, len(a)):
            a[i, j] -= a[i, :i] @ a[:i, j]
    return np.sum(a*a)


def cholesky(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i, j] = (a[i, j] - a[i, :j] @ a[j, :j])/a[j, j]
        a[i, i] = np.sqrt(a[i, i] - a[i, :i] @ a[i, :i])
    return np.sum(a[-1]**2)


def substituted(a, b):
    x = b.copy()
    for i in range(len(b) - 1, -1, -1):
        x[i] -= a[i, i + 1:] @ x[i + 1:]
        x[i] /= a[i, i]
    return np.sum(x*x)


def columns(a, s):
    for j in range(1, a.shape[1]):
        a[:, j:] += s*a[:, j - 1:j]*a[:, j - 1:j]
    return np.sum(a)


def slices_from_the_end(x, a):
    y = x.copy()
    for i in range(1, 4):
        y[i] = a*np.sum(y[:-i])*y[i]
    return np.sum(y*y)


def slices_ahead(x, a):
    y = x.copy()
    for i in range(3):
        y[i + 1] = a*np.sum(y[i:]*y[i:])
    return np.sum(y*y)


def a_last_cell_then_all(x, a):
    y = x.copy()
    s = y[-1:]*a
    y[:] = np.sin(y)
    return np.sum(s*s) + np.sum(y)


def divided(x, a):
    y = x.copy()
    for i in range(3):
        y /= a + y[i]
        y[i:] /= y[i + 1]
    return np.sum(y*y)


D = np.array([3.0, 4.0, 5.0, 4.0])
M = np.array([[2.0, 0.3, -0.4, 0.1], [0.5, 1.7, 0.2, -0.3], [0.1, -0.6, 2.2, 0.4], [0.3, 0.2, 0.5, 1.9]])
PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...], int | None]] = [
    (march, (X, 0.3, 3), 0),
    (named_rows, (X, 0.3, 3), 0),
    (distance, (0.4, W, X), 1),  # np.exp(a)
    (thomas, (W, D, W[::-1].copy(), X[:4]), 2),  # the divisors
    (while_counted, (X, 1.1), None),
    (two_steps, (X, 0.4), 0),
    (made_in_each_trip, (X, 0.8), 1),
    (through_a_view, (X, 0.7), None),
    (wraps, (X, 0.5), 1),
    (wraps_at_last, (X, 0.6), 2),
    (from_the_end_on, (X[:4], 0.5), None),
    (sweeps, (X, 1.2), 2),
    (written_twice, (X, 0.9), None),
    (other_stride, (X, 0.9), 1),
    (start_unknown, (X, 0.8, 0), 1),
    (rotated, (X, 0.7), None),
    (rotated_before_it_is_read, (X, 0.7), 1),
    (views_that_move, (X, 0.8), 1),
    (counter_in_a_branch, (X, 0.8), None),
    (doolittle, (M,), 0),
    (cholesky, (M @ M.T,), 0),
    (substituted, (M, W), 0),
    (columns, (M, 0.3), None),
    (slices_from_the_end, (X, 0.8), None),
    (slices_ahead, (X, 0.3), None),
    (a_last_cell_then_all, (X, 0.8), 0),
    (divided, (X + 2.0, 0.8), None),
]


@pytest.mark.parametrize(("fun", "args", "tapes"), PROGRAMS, ids=[p[0].__name__ for p in PROGRAMS])
def test_recurrence(fun, args, tapes):
    check(fun, args)
    active = tuple(i for i, a in enumerate(args) if not isinstance(a, int))
    made = s2sad.grad(fun, argnums=active)
    made(*args)
    if tapes is not None:
        assert made.source.count(".append(") == tapes, made.source


def history(x, a):
    y = np.ones_like(x)
    for i in range(1, len(x)):
        y[i] = a*y[i - 1]*y[i - 1]*x[i]
    return y


def test_a_pullback_keeps_what_the_caller_may_overwrite():
    out, pullback = s2sad.vjp(history, X, 0.8)
    first = pullback(np.ones(5))
    out[:] = 77.0
    second = pullback(np.ones(5))
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1] == second[1]


def caller(x, a):
    y = history(x, a)
    z = history(y, a)
    y *= 2.0
    return np.sum(y*z)


def test_in_a_callee_whose_result_is_written():
    check(caller, (X, 0.8))


def levinson(r):
    y = np.zeros(len(r))
    alpha = -r[0]
    y[0] = alpha
    for k in range(1, len(r)):
        alpha = -(r[k] + r[:k] @ y[:k])*alpha
        y[k] = alpha
    return np.sum(y*y)


def test_one_tape_of_what_goes_round_serves_before_and_after():
    check(levinson, (X,))
    made = s2sad.grad(levinson)
    made(X)
    assert made.source.count(".append(") <= 2, made.source


def previous_in_a_product(x, y):
    s, before, z = 0.0, x, y
    for _ in range(3):
        s += z*before
        before = 2.0*x
        z = z*0.5
    return s


def previous_of_the_factor(x, y):
    s, before, z = x, y, 1.3*x
    for k in range(4):
        s = s + z*before
        if k == 1:
            continue
        before, z = z, z*y
    return s


def previous_array(u, k):
    s, before, z = 0.0, np.sin(u), u*k
    for _ in range(3):
        s += np.sum(z*before)
        before = np.cos(u)
        z[1:-1] = z[2:]*z[:-2]
    return s


def previous_elements(u, k):
    s, before = 0.0, u[0]
    i = 0
    while i < 3:
        for j in range(2):
            s += before*u[i]
            before = u[i + j]
            u = u*k
        i += 1
    return s


@pytest.mark.parametrize("fun", [previous_in_a_product, previous_of_the_factor])
def test_a_cotangent_that_is_a_value_of_its_trip(fun):
    """`s += z*before` hands z itself on to what `before` was: that of the trip, not what the loop leaves."""
    check(fun, (0.8, 1.7))
    s2sad.check_grads(fun, (0.8, 1.7), order=2)


@pytest.mark.parametrize("fun", [previous_array, previous_elements])
def test_a_cotangent_that_is_an_array_of_its_trip(fun):
    check(fun, (X[:4].copy(), 0.6))
    s2sad.check_grads(fun, (X[:4].copy(), 0.6), order=2)


def taken_over(x, c, w):
    p, h, s = x*w, c*x, 0.0
    for i in range(3):
        s = s + np.sum(h**2*p)
        if i == 1:
            h = h*c
        p, h = 2*w, c*h[0]
    return s


def test_a_cotangent_that_is_what_a_trip_made():
    """`p_bar` of each trip is that trip's h**2, which no statement of the reverse sweep needs but the loop itself."""
    check(taken_over, (X, X*2, X*3 - 1.0))
    check(taken_over, (X, X*2, X*3 - 1.0), argnums=0, text=False)
    for program in places(lambda x, c: taken_over(x, c, X)):
        check(twice(program), (X, X*2), pullbacks=False, probes=1, text=False)
