"""Sums of lists in loops, in branches and in callees, of which the list is made outside."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check, differences, flat

X = np.array([0.4, 0.8, -0.3])


def bound_anew(x, k):
    s = k
    ns = [k*0.5, x[2]]
    for _ in range(2):
        s = sum(ns)
    return s*k


def carried(x, k):
    s = k
    ns = [k*0.5, x[2]*x[0]]
    for _ in range(3):
        s = s*0.5 + sum(ns)
    return s*s


def in_two_loops(x, k):
    s = x[1]
    ns = [v*k for v in x]
    for _ in range(2):
        i = 0
        while i < 2:
            s = sum(ns)*s
            i += 1
    return s


def on_one_path(x, k):
    s = k
    ns = [k*0.5, x[0]*x[1]]
    for i in range(3):
        s = sum(ns)*s if i > 0 else k*s
    if k > 0:
        s = s + sum(ns)
    return s


def total(ns, s):
    for _ in range(2):
        s = s + sum(ns)*s
    return s


def in_a_callee(x, k):
    ns = [x[0]*k, x[1]]
    s = total(ns, k)
    ns.append(s)
    return total(ns, x[2])


def of_an_array(x, k):
    xs = list(x*k)
    s = k
    for _ in range(2):
        s = s*np.sum(np.array(xs))
    return s


@pytest.mark.parametrize("fun", [bound_anew, carried, in_two_loops, on_one_path, in_a_callee, of_an_array])
def test_lists_that_are_summed_in_each_trip(fun):
    """The addition to the list's cotangents in a loop was taken for one that happens once."""
    check(fun, (X, 0.7))
    s2sad.check_grads(fun, (X, 0.7), order=2)


def of_two(x, y):
    a, b = x.copy(), y*1.0
    a[0] += x[1]
    total = sum((a, b))
    return np.sum(np.tanh(total)*b)


def of_a_list(x, y):
    ls = [x*k for k in range(2)]
    ls.append(y*1.0)
    for i in range(2):
        ls[i][i] += x[1]
    return np.sum(np.tanh(sum(ls)))


def of_the_values(x, y):
    d = {"a": x.copy(), "b": np.roll(y, 1)}
    if x[0] > 0.1:
        d["a"][2] *= x[1]
    return np.sum(np.tanh(sum(d.values())))


@pytest.mark.parametrize("y", [np.array([0.2, -0.7, 0.5]), np.array([0.3])])
@pytest.mark.parametrize("fun", [of_two, of_a_list, of_the_values])
def test_the_gradient_of_a_gradient_of_a_sum_of_written_arrays(fun, y):
    """What is spread over the items was taken for what they share, or for what they do not, by their container."""
    check(fun, (X, y))
    gradient = s2sad.grad(fun, (0, 1))
    v = (np.array([0.5, -1.0, 0.3]), y*0.7)
    expected = differences(gradient, (X, y), v)
    np.testing.assert_allclose(flat(list(s2sad.hvp(fun, (0, 1))(X, y, v))), expected, rtol=1e-6, atol=1e-8)
    _, pullback = s2sad.vjp(gradient, X, y)
    np.testing.assert_allclose(flat(list(pullback(v))), expected, rtol=1e-6, atol=1e-8)


def start_by_place(x, n):
    start = x*1.0
    total = sum([x*k for k in range(n)], start)
    total[0] = 5.0*x[1]
    start[1] *= 0.3
    return np.sum(start*x) + np.sum(total*total)


def start_by_keyword(x, n):
    start = x*1.0
    total = sum([np.ones(3)*k for k in range(n)], start=start)
    start[1] *= 0.3
    total += x
    return np.sum(start*x) + np.sum(total*total)


def round_a_loop(x, n):
    s = np.ones(3)
    ls = [x*k for k in range(n)]
    for k in range(3):
        s = sum(ls[:k], s)
        s[k] *= x[k]
    return np.sum(s*x)


def zeros_to_begin_with(x, n):
    ls = [x*k for k in range(n)]
    total = sum([v*v for v in ls], 1.0) + sum(ls, np.zeros(3))
    return np.sum(total*total)


@pytest.mark.parametrize("n", [0, 2])
@pytest.mark.parametrize("fun", [start_by_place, start_by_keyword, round_a_loop, zeros_to_begin_with])
def test_the_sum_of_no_arrays_is_its_start_itself(fun, n):
    """It was taken for an array of its own; of no arrays the tangent was a number."""
    check(fun, (X, n))
    s2sad.check_grads(fun, (X, n), order=2)
