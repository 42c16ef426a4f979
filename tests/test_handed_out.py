"""What leaves a branch or a try statement under another name: functions with what they hold, lists, names of clauses."""

from __future__ import annotations

import contextlib
import functools
import math
from contextlib import suppress as quiet

import numpy as np
import pytest
from again import check_second_order

from support import check

X = np.array([0.31, 0.72, 1.13, 0.44])


class Large(Exception):
    pass


class Small(ValueError):
    pass


def checked(v):
    if v > 0.9:
        raise Large(v)
    if v < 0.05:
        raise Small("small")
    return v*v + 0.1


def forever(v, r):
    while True:
        yield v
        v = v*r + 0.05


def made(w):
    def times(v):
        return np.tanh(v*w)

    return times


def function_beside_a_raise(x, a):
    if a > 0.3:
        g = made(np.sin(a)*x[0])
    else:
        raise ValueError
    return g(x[1])


def one_of_two_functions(x, a):
    g = made(np.sin(a)*x[0]) if a > 0.9 else made(np.cos(a)*x[0])
    return g(x[1])*g(a)


def partial_under_a_condition(x, a):
    s = 0.0
    if a > 0.3:
        g = functools.partial(np.multiply, np.sin(a)*x[0])
        s = s + a
    if a > 0.3:
        s = s + g(x[1])
    return s


def functions_of_a_try_statement(x, a):
    try:
        g = made(np.sin(a)*x[0])
        h = lambda v, k=a*a: v*k
    except ValueError:
        g = made(a)
        h = np.sin
    return g(x[1])*h(x[0])


def functions_of_both_branches_in_a_loop(x, a):
    s = a
    for v in x:
        if v > 0.5:
            g = made(np.sin(v)*x[0])
        else:
            g = lambda u, k=v*a: u*k
        s = g(s)
    return s


def generator_in_a_try_statement(x, a):
    s = a
    try:
        for k in range(3):
            for v in forever(x[0]*s, 0.7):
                s = s*0.5 + v*0.4
                if v < 0.193 + 0.01*k:
                    break
        s = checked(s)
        for v in x:
            s = s*0.9 + v
    except Large:
        s = s*0.3
    return s


def generator_beside_a_list(x, a):
    t = a
    try:
        t = t*0.3 + math.sqrt(x[0])
        for p, v in zip([a, 2.0], forever(x[0], 0.5), strict=False):
            t = t*0.3 + v*0.5*p
    except Exception as error:
        t = t*a*len(str(error))
    return t


def clause_that_raises(x, a):
    s = a
    for v in x:
        try:
            try:
                s = s + checked(v*a)
            except Large as e:
                raise ValueError("too large") from e
        except ValueError:
            s = s*0.5
    return s


def suppressed_within_a_try_statement(x, a):
    s = a
    try:
        with contextlib.suppress(Large, Small):
            s = s*0.4
            s = checked(s*2)
            s = checked(s*9)
    except Exception:
        return s*x[0]
    return s


def suppressed_by_another_name(x, a):
    s = a
    for v in x:
        try:
            with quiet(Large), np.errstate(all="ignore"):
                s = s*0.3 + v
                s = checked(s*1.2)
                if s > 5:
                    return s
                s = checked(s)
            s = s + 0.1
        except Exception:
            s = s*0.6
    return s


def rest_of_a_list(x, a):
    ns = [a, x[0], x[1], x[2]]
    s = 0.0
    for i in range(3):
        try:
            first, *rest = ns
            s = s*0.1*i + first*0.5 + sum(rest)*0.2
            if s > 3:
                break
            s = checked(s*0.5)
        except Large:
            s = s*0.3
    return s


PROGRAMS = [
    function_beside_a_raise, one_of_two_functions, partial_under_a_condition, functions_of_a_try_statement,
    functions_of_both_branches_in_a_loop, generator_in_a_try_statement, generator_beside_a_list, clause_that_raises,
    suppressed_within_a_try_statement, suppressed_by_another_name, rest_of_a_list,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(program):
    check(program, (X, 0.8), tol=3e-6, probes=1)
    check_second_order(program, (X, 0.8), (0, 1), tol=1e-5)
