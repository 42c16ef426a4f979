"""What leaves a branch or a try statement under another name: functions with what they hold, lists, names of clauses."""

from __future__ import annotations

import contextlib
import functools
import math
from contextlib import suppress as quiet

import numpy as np
import pytest
from again import check_second_order

import s2sad
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


def dict_written_before_the_raise(x, a):
    d = {"p": a, "q": x[0]}
    s = a
    for i in range(3):
        try:
            if x[i] > 0.5:
                for key in d:
                    d[key] *= 0.7
            else:
                s = d.pop("q")*0.9
                d["q"] = s*0.5 + 0.1
            s = checked(d["p"]*d["p"]*0.5 + 0.1 + s)
        except Large:
            s = s*0.3
    return s + d["p"]*d["q"]


def lists_written_between_raises(x, a):
    ns = [a, x[0], x[1], a]
    s = a
    for i in range(3):
        try:
            s = checked(s*x[i])
            t = ns.pop() if len(ns) > 3 else ns[0]*0.5
            s = checked(s*t)
            ns.append(s)
            ns[0] = t*0.5
            u = np.zeros(3)
            u[i] = s
            s = checked(s + u[1])
        except Exception:
            s = s*0.7
    return s + sum(ns)


def arrays_written_around_a_raise(x, a):
    o = {"n": 0.0}
    w = np.zeros(4)
    s = a
    for i in range(4):
        try:
            w[i] = x[i]*a
            o["n"] += w[i]
            s = checked(s*x[i]*1.6)
            w[i] = w[i]*s
        except Large:
            s = s*0.7
            w[i] += 1.0
    return s + np.sum(w*w) + o["n"]


def nothing_is_caught(x, a):
    d = {"p": a, "q": x[0]}
    s = a
    for i in range(2):
        try:
            s = d.pop("q")*0.9
            d["q"] = s*0.5 + 0.1
            s = checked(d["p"]*0.5 + 0.1*s + 0.1*i)
        except KeyError:
            s = s*0.3
        else:
            s = s + 0.1
    return s + d["p"]*d["q"]


def walrus_in_a_test(x, a):
    t = a
    try:
        k = 0
        while (w := np.tanh(t)*0.8) > 0.213 and k < 3:
            t = w*0.7
            k += 1
        t = checked(t)
        if t > 5:
            return t
    except Exception as error:
        t = t*0.2*len(str(error))
    return t


def finally_that_writes(x, a):
    history = []
    out = np.zeros(4)
    s = a
    for i in range(4):
        try:
            if x[i] > 1.0:
                continue
            s = s + checked(x[i]*a*1.9)
        except Large:
            s = s*0.5
            if i == 3:
                break
        finally:
            out[i] = s
            history.append(s*x[i])
    return np.sum(out*x) + sum(history)


def finally_beside_returns(x, a):
    count = [0]

    def tried(v):
        try:
            return checked(v)
        except Large:
            return v*0.5
        finally:
            count[0] += 1

    s = 0.0
    for v in x:
        s = s + tried(v*a)
    return s*count[0]


def inner_finally(x, a):
    s = a
    i = 0
    for v in x:
        try:
            try:
                s = s + math.sqrt(v - 0.35)
                if s > 1.2:
                    continue
                s = checked(s*0.9)
            finally:
                i = i + 1
            if i == 9:
                return s
        except (Large, ValueError):
            s = s*0.3 + i
    return s*i


def inner_finally_behind_a_raise(x, a):
    s = a
    i = 0
    try:
        for v in x:
            try:
                s = checked(s*v*1.4)
            except Small:
                s = s*0.5
                raise ValueError("no") from None
            finally:
                i += 1
            if i > 7:
                return s
    except ValueError:
        s = s*i + a
    return s*i


def finally_seen_by_the_caller(x, a):
    out = np.zeros(4)

    def tried(i):
        try:
            return checked(x[i]*a)
        finally:
            out[i] = x[i]*2

    s = a
    for i in range(4):
        try:
            s = s + tried(i)
        except Large:
            s = s + out[i]
    return s


PROGRAMS = [
    function_beside_a_raise, one_of_two_functions, partial_under_a_condition, functions_of_a_try_statement,
    functions_of_both_branches_in_a_loop, generator_in_a_try_statement, generator_beside_a_list, clause_that_raises,
    suppressed_within_a_try_statement, suppressed_by_another_name, rest_of_a_list,
    dict_written_before_the_raise, lists_written_between_raises, arrays_written_around_a_raise, nothing_is_caught,
    walrus_in_a_test, finally_that_writes, finally_beside_returns, inner_finally,
    inner_finally_behind_a_raise,
]  # fmt: skip


def test_what_raises_nothing_stands_in_no_try_statement():
    assert "try:" not in s2sad.grad(nothing_is_caught, (0, 1)).source_for(X, 0.8)


def test_finally_that_a_caller_sees_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match=r":\d+:13: a finally clause writes .*behind the try statement"):
        s2sad.grad(finally_seen_by_the_caller, (0, 1))(X*3, 0.8)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(program):
    check(program, (X, 0.8), tol=3e-6, probes=1)
    check_second_order(program, (X, 0.8), (0, 1), tol=1e-5)
