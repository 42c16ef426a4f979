"""Nested functions that call themselves, read other nested functions, and leave out parameters with defaults."""

from __future__ import annotations

import math

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def remembered(x, c):
    def fib(n, memo={}):  # noqa: B006 - as users write it
        if n in memo:
            return memo[n]
        r = x[0] if n < 2 else fib(n - 1)*c[0] + fib(n - 2)
        memo[n] = r
        return r

    return fib(5) + fib(3)


def defaults(x, c):
    def power(v, n, w=c[1]):
        return w if n == 0 else v*power(v, n - 1) + w

    return power(x[0], 3) + power(x[1], 2, x[2]) + power(x[2], 1, w=c[0])


def keywords(x, c):
    def power(v, n, *, w=2.0, k=1):
        if v < 0.1 or n == 0:
            return w
        return v*power(v*0.5, n - k, k=k) + w

    return power(x[0], 4) + power(x[1]*c[0], 6, k=2)


def depth(x, c):
    def halved(v, depth=0):
        if v < 0.1 or depth > 3:
            return v*c[0]
        return halved(v*0.5, depth + 1) + halved(v*0.3, depth + 1)*v

    return halved(x[0]) + halved(x[2])


def quadrature(x, c):
    f = lambda t: math.exp(-c[0]*t)*math.sin(3*t*x[0])

    def refined(a, fa, b, fb, n):
        m = (a + b)/2
        fm = f(m)
        if n == 0 or abs(fa - 2*fm + fb) < 1e-2:
            return (b - a)*(fa + 4*fm + fb)/6
        return refined(a, fa, m, fm, n - 1) + refined(m, fm, b, fb, n - 1)

    return refined(0.0, f(0.0), x[1], f(x[1]), 4)


def helpers(x, c):
    def g(v, k=c[0]):
        return v*k + x[0]

    def h(v):
        return g(v)*g(v, 2.0)

    act = np.tanh

    def rec(v):
        if v < 0.2:
            return g(v)
        return act(rec(v*0.4)) + h(v)

    return rec(x[2])*rec(x[1])


def patterns(x, c):
    def value(t):
        match t:
            case ["add", a, b]:
                return value(a) + value(b)
            case ["mul", a, *rest]:
                return value(a)*value(rest[0])
            case int(i):
                return x[i]
            case _:
                raise TypeError(t)

    return value(("add", ("mul", 0, 1), ("mul", 2, 2)))*c[0]


def stars(x, c):
    def grow(*values):
        return sum(values) if len(values) > 3 else grow(*values, values[-1]*x[1])

    def shrink(n, *values, **weights):
        if n == 0:
            return sum(values)*weights["a"]*weights["b"]
        return shrink(n - 1, *[v*c[0] for v in values], a=weights["b"]*1.1, b=weights["a"]*x[2])

    return grow(x[0]) + shrink(2, x[0], x[1]*x[2], a=c[1], b=x[0])


PROGRAMS = [stars, remembered, defaults, keywords, depth, quadrature, helpers, patterns]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_recursive_closures(f):
    check(f, (X, C))
    more = (*places(f), twice(f)) if f is helpers else (twice(f),) if f in (defaults, patterns, stars) else ()
    for program in more:
        check(program, (X, C), pullbacks=False, probes=1, text=False)
