"""Recursion that remembers: dicts with computed keys that functions which call themselves read and fill, caches."""

from __future__ import annotations

import functools
from functools import cache, lru_cache

import numpy as np
import pytest
from places import twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def warped(x, c):
    memo = {}

    def cost(i, j):
        key = (i, j)
        if key in memo:
            return memo[key]
        d = (x[i] - 1.1*c[j])**2
        if i == 0 and j == 0:
            out = d
        elif i == 0:
            out = d + cost(0, j - 1)
        elif j == 0:
            out = d + cost(i - 1, 0)
        else:
            out = d + min(cost(i - 1, j), cost(i, j - 1), cost(i - 1, j - 1))
        memo[key] = out
        return out

    return cost(len(x) - 1, len(c) - 1)


def begun(x, c):
    memo = {0: x[0], 1: x[1]}

    def term(n):
        v = memo.get(n)
        if v is not None:
            return v
        v = term(n - 1)*c[0] + term(n - 2)*x[1]
        memo[n] = v
        return v

    return term(len(x) + 3)*memo[2]


def tried(x, c):
    memo = {}

    def term(n):
        try:
            return memo[n]
        except KeyError:
            pass
        v = x[n] if n < 2 else term(n - 1)*c[0] + term(n - 2)*x[1]
        memo[n] = v
        return v

    return term(len(x) + 2)


def remembers(n, p, memo):
    if n in memo:
        return memo[n]
    v = p[n] if n < 2 else np.sin(remembers(n - 1, p, memo))*p[2] + remembers(n - 2, p, memo)
    memo[n] = v
    return v


def passed(x, c):
    memo = {}
    total = remembers(len(x) + 3, x, memo)
    return total + sum(memo.values())*c[0]


def legendre(x, c):
    @functools.cache
    def p(n):
        if n == 0:
            return 1.0
        if n == 1:
            return x[0]
        return ((2*n - 1)*x[0]*p(n - 1) - (n - 1)*p(n - 2))/n

    return sum(c[k]*p(k + len(x)) for k in range(3))


def splines(x, c):
    knots = np.arange(8.0)
    t = 3.0 + x[0]

    @lru_cache(maxsize=1024)
    def basis(i, k):
        if k == 0:
            return 1.0 if knots[i] <= t < knots[i + 1] else 0.0
        left = (t - knots[i])/(knots[i + k] - knots[i])*basis(i, k - 1)
        right = (knots[i + k + 1] - t)/(knots[i + k + 1] - knots[i + 1])*basis(i + 1, k - 1)
        return left + right

    return sum(c[i]*basis(i + 1, len(x)) for i in range(3))


def powers(x, c):
    @cache
    def power(n):
        if n == 0:
            return np.ones(3)
        return power(n - 1)*x + c

    return np.sum(power(len(x) + 1)*power(2))


def counted(x, c):
    calls = []

    @cache
    def fib(n):
        calls.append(n)
        return x[n] if n < 2 else fib(n - 1) + fib(n - 2)*c[0]

    return fib(6)*len(calls)


PROGRAMS = [warped, begun, tried, passed, legendre, splines, powers, counted]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_value_and_gradient(program):
    check(program, (X, C))


@pytest.mark.parametrize("program", [begun, legendre], ids=lambda f: f.__name__)
def test_second_derivative(program):
    check(twice(program), (X, C), pullbacks=False, probes=1, text=False)


def squares(x):
    @cache
    def square(a):
        return a*a

    return square(x[0]) + 3*square(x[1])


def test_equal_numbers_are_not_the_same_argument():
    """The cache would give x[1] the result, and so the derivative, of x[0]."""
    check(squares, (np.array([0.5, 0.5, 1.0]),))
