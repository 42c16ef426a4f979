"""Sums of lists in loops, in branches and in callees, of which the list is made outside."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

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
