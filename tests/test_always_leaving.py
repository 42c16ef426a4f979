"""Loops that every trip, or the last statement of one, leaves: no branch tells how they ended."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])


def in_while(x, s):
    k = 0
    while k < 1:
        return np.sum(x*x)*s
    return np.sum(x)


def in_for(x, s):
    for _ in range(3):
        return np.sum(x*x)*s
    return 0.0


def on_both_sides(x, s):
    for _ in range(3):
        s = s*1.5
        if x[0] > s:
            return np.sum(x*x)*s
        else:
            return np.sum(x)*s*s
    return 0.0


def on_both_sides_of_two_loops(x, s):
    for _ in range(3):
        for _ in range(2):
            s = s*1.5
            if x[0] > s:
                return np.sum(x*x)*s
            else:
                return np.sum(x)*s*s
    return 0.0


def breaks_on_both_sides(x, s):
    y = 1.0
    for i in range(3):
        y = y*x[i]*s
        if x[i] > 0.5:
            y = y*y
            break
        else:
            y = y*s
            break
    return y*s


def break_and_else(x, s):
    y = 1.0
    for i in range(3):
        y = y*x[i]*s
        break
    else:
        y = y*s
    return y*s


def through_else(x, s):
    y = 1.0
    for _ in range(3):
        for j in range(3):
            y = y*x[j]*s
            if j == 1:
                return y*s
        else:  # noqa: PLW0120 - the return leaves through it
            y = y*2
            continue
        break
    return y


def while_true(x, s):
    y = 1.0
    for i in range(3):
        while True:
            y = y*x[i]*s
            if y > 0.2:
                return y*s
            break
        y = y*1.5
    return y


def three_ways(x, s):
    y = 1.0
    for i in range(3):
        if x[i] < 0.5:
            y = y*s
            continue
        elif x[i] < 1.0:
            y = y*x[i]
            break
        else:
            return y
        y = 5.0
    return y*s


def nested_branch(x, s):
    y = 1.0
    for i in range(3):
        y = y*x[i]
        if y < 10:
            if x[0] > 0.1:
                return y*s
            return y*s*s
    return 0.0


def nested_branch_of_while(x, s):
    y = 1.0
    while True:
        y = y*x[1]
        if y < 10:
            if x[0] > 0.1:
                return y*s
            return y*s*s
        break
    return 0.0


def through_finally(x, s):
    for _ in range(2):
        try:
            return np.sum(x)*s
        finally:
            pass
    return 0.0


def second_trip(x, s):
    y = x[0]
    for i in range(3):
        if i == 0:
            y = y*s
        else:
            return y*x[1]
    return y


FUNCTIONS = [
    in_while, in_for, on_both_sides, on_both_sides_of_two_loops, breaks_on_both_sides, break_and_else,
    through_else, while_true, three_ways, nested_branch, nested_branch_of_while, through_finally, second_trip,
]  # fmt: skip


@pytest.mark.parametrize("fun", FUNCTIONS)
def test_loops_that_are_left(fun):
    check(fun, (X, 2.0))
    check(fun, (-X, 0.4))
    s2sad.check_grads(fun, (X, 2.0), order=2)


@pytest.mark.parametrize("fun", FUNCTIONS)
def test_in_a_loop_a_callee_and_a_branch(fun):
    def around(x, s):
        total = 0.0
        for i in range(3):
            if i != 1:
                total = total + fun(x*(1.0 + i), s)*x[i]
        return total

    check(around, (X, 2.0))


def test_none_where_the_loop_has_no_trip():
    def fun(x, n):
        for _ in range(n):
            return np.sum(x*x)

    np.testing.assert_array_equal(s2sad.grad(fun)(X, 2), 2*X)
    with pytest.raises(TypeError, match="returned None"):
        s2sad.grad(fun)(X, 0)


# What a trip hands on as it is goes round: it is looked at by the trip before the one that left.


def two_names(x, y, s):
    x, w = y, x
    k = 0
    while k < 1:
        x, w = w, x
        if k != 1:
            return np.sum(y*x)*s
        k += 1
    return np.sum(w*y) + np.sum(np.sin(x))


def two_names_and_a_view(x, y, s):
    w = x[:]
    k = 0
    while k < 1:
        x, w = w, x
        if k != 1:
            return np.sum(y*x)*s
        k += 1
    return np.sum(w*y) + np.sum(np.sin(x))


def three_names(x, y, s):
    z = x*y
    for _ in range(4):
        x, y, z = y, z, x
        if np.sum(x) < 0.8:
            return np.sum(x)*s
        s = s*1.1
    return np.sum(y*x) + np.sum(np.sin(z))*s


def numbers(x, y, s):
    a, b = x[0], y[1]
    for i in range(4):
        a, b = b, a
        if x[1] > 0.5 and i == 2:
            return a*s
    return a*b*b


def left_by_break(x, y, s):
    a, b = x*1.0, y*2.0
    for i in range(4):
        a, b = b, a
        if i == 2:
            r = np.sum(a)*s
            break
    else:
        r = np.sum(a*b*b)
    return r


def beside_shadows_that_turn(x, y, s):
    a, b, c = x[0], y[1], x[2]*s
    u, v = x*1.0, y*s
    for _ in range(1):
        for _ in range(2):
            u, v = v, u
            if c > -1:
                return c*a
            a, b = b, a
        v[1] += c*0.2
    return a*b + c*np.sum(u*v)


@pytest.mark.parametrize("factor", [1.0, -1.0, 2.3])
@pytest.mark.parametrize("fun", [two_names, two_names_and_a_view, three_names, numbers, left_by_break, beside_shadows_that_turn])
def test_what_is_handed_on(fun, factor):
    args = (factor*X, np.array([0.5, 0.2, 0.9]), 0.8)
    check(fun, args)
    s2sad.check_grads(fun, args, order=2)
