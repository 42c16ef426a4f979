"""Exceptions that carry values out of functions: the best estimate so far, the step that failed, the result itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


class SolverError(Exception):
    pass


class NoConvergence(SolverError):
    def __init__(self, best, it):
        super().__init__(f"no convergence after {it} steps")
        self.best = best
        self.it = it


class Found(Exception):
    def __init__(self, value):
        self.value = value


@dataclass
class Spent(Exception):
    x: float
    n: int


def newton(f, df, x, most):
    for _ in range(most):
        step = f(x)/df(x)
        x = x - step
        if abs(step) < 1e-12:
            return x
    raise NoConvergence(x, most)


def square(v):
    if v > 2.0:
        raise Found(v*v)
    return v*1.5


def through(v, n):
    s = v
    for _ in range(n):
        s = s*0.5 + (square(s) + square(s*0.5))*square(s*0.9)
    return s


class Model:
    def __init__(self, a):
        self.a = a

    def step(self, y):
        z = y*self.a
        if z > 5.0:
            raise Spent(z, 3)
        return z

    def run(self, y, n):
        while n > 0:
            y, n = self.step(y), n - 1
        return y


def solved(x, c):
    s = 0.0
    for most in (2, 9):
        try:
            r = newton(lambda v: v*v - x[0] - 2.0, lambda v: 2.0*v, c[0] + 3.0, most)
        except SolverError as e:
            print("warning:", e)
            r = e.best*0.5
        except Found as e:
            r = e.value
        else:
            r = r*3.0
        s += r
    return s


def deep(x, c):
    try:
        return through(x[2] + 0.5, 5)*c[0]
    except Found as e:
        return e.value*c[1]


def methods(x, c):
    try:
        y = Model(x[2] + c[0]).run(x[0], 20)
    except Spent as e:
        y = e.x*e.n
    finally:
        z = c[0]*2.0
    return y*z


def retried(x, c):
    def step(y, h):
        d = -h*50.0*y
        if abs(d) > 0.5*abs(y):
            raise Found(y + 0.1*d)
        return y + d

    h, t, n, y = 1.0, 0.0, 0, x[0]*c[0]
    while t < 0.03 and n < 15:
        n += 1
        try:
            y = step(y, h)
            t += h
        except Found as e:
            h = h*0.5
            y = y*0.99 + 0.01*e.value
    return y


def several(x, c):
    y = x[0]
    for k in range(3):
        try:
            z = math.sqrt(k - 0.5)
            y += square((x[2] + 0.3)*k)*z
            y += 10.0
        except Found as e:
            y = y + e.value*c[k]
        except ValueError as e:
            y = y + x[1]*len(str(e))
    return y


def in_a_handler(x, c):
    def safe(v):
        try:
            return math.log(v)
        except ValueError as error:
            raise Found(v*v*c[0]) from error

    try:
        y = safe(x[0] - 5.0)
    except Found as e:
        y = e.value
    return y*safe(x[1])


def of_arrays(x, c):
    def grow(v):
        for _ in range(10):
            v = v*1.3 + c
            if np.max(v) > 4.0:
                raise Found(v)
        return v

    def taken(v):
        s = 0.0
        for w in (v*k for k in range(5)):
            s = s + w
            if w > 2.0:
                raise Found(s)
        return s

    try:
        v = grow(x)
    except Found as e:
        v = e.value + x
    try:
        s = taken(x[2])
    except Found as e:
        (s,) = e.args
    return np.sum(v*x)*s


def written(x, c):
    """What has been written before the exception stays written, and what an inner clause catches is gone."""
    class Walker:
        def __init__(self):
            self.n = x[0]

        def go(self, v):
            self.n = self.n*v
            seen.append(self.n)
            if v > 2.0:
                raise Found(self.n)
            seen.append(v)
            return self.n

    def held(v):
        try:
            return square(v)
        except Exception:
            return v*0.3

    def down(v, depth):
        if depth == 0:
            raise Found(v*v)
        return down(v*1.1, depth - 1) + 1.0

    seen, walker, y = [], Walker(), c[0]
    try:
        y = walker.go(x[1])
        y = y + held(x[1] + 5.0) + walker.go(x[1] + 2.0)
        y = y + walker.go(100.0)
    except Found as e:
        y = y + e.value*walker.n
    try:
        y = y*down(x[2], 3)
    except Found as e:
        y = y + e.value
    return y*sum(seen)*len(seen)


@pytest.mark.parametrize("f", [solved, deep, methods, retried, several, in_a_handler, of_arrays, written])
def test_exceptions_that_carry_values(f):
    check(f, (X, C), probes=1)


def test_they_do_so_everywhere_and_twice_differentiated():
    for f in (*places(methods), twice(retried), twice(several)):
        check(f, (X, C), probes=1)


def test_no_exception_is_left_in_the_text():
    gradient = s2sad.grad(deep)
    gradient(X, C)
    assert "Found" not in gradient.source
    assert "try" not in gradient.source


def test_what_the_program_raises_still_comes(capsys):
    def f(x):
        try:
            y = newton(lambda v: v*v - x, lambda v: 2.0*v, 9.0, 2)
        except NoConvergence as e:
            if e.it > 0:
                raise
            y = e.best
        return y

    with pytest.raises(NoConvergence, match="after 2 steps") as caught:
        s2sad.grad(f)(2.0)
    assert caught.value.it == 2


def hidden(x):
    try:
        y = square(x) if x < 9.0 else square(2.0*x)
    except Found as e:
        y = e.value
    return y


def of_python(x):
    try:
        if x > 1.0:
            raise ValueError(x*x)
        y = math.sqrt(x)
    except ValueError as e:
        y = e.args[0]*x
    return y


@pytest.mark.parametrize("f", [hidden, of_python])
def test_what_cannot_be_followed_is_refused(f):
    with pytest.raises(s2sad.UnsupportedError, match="what an exception carries is read here.*keep it under a name"):
        s2sad.grad(f)(3.0)
