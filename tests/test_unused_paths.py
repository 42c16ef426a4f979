"""Values at a pole that the path taken does not use leave nothing behind: neither nan nor a lost second derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from s2sad.runtime.linear import where_used
from support import check

ZERO = np.zeros(3)
X = np.array([4.0, 0.0, 1.0])


def normalised(x):
    n = np.sqrt(np.sum(x*x))
    if n == 0:
        return np.sum(x)
    return np.sum(x)/n


def chosen(x):
    n = np.sqrt(np.sum(x*x))
    if n > 0:
        y = x/n
    else:
        y = 1.0*x
    return np.sum(y)


def roots_of_roots(x):
    r = np.sqrt(np.sqrt(np.sum(x)))
    s = np.log(np.sum(x) + 1.0)/r
    if np.sum(x) > 0:
        return r*s
    return np.sum(x)


def of_a_callee(x):
    def length(v):
        return (v @ v)**0.5

    def unit(v):
        size = length(v)
        return v/size if size > 1e-12 else v

    return np.sum(unit(x))


def arrays(x):
    logs, quotients = np.log(x), 1.0/x
    if np.all(x > 0):
        return np.sum(logs*quotients)
    return np.sum(x)


def not_entered(x):
    n = np.sqrt(np.sum(x))
    total = np.sum(x)
    k = 0
    while n > 0 and k < 2:
        total = total + k/n
        k += 1
    return total


def halved_in_a_loop(x):
    q = np.prod(x)**0.5
    while q > 1.0:
        q = q*0.5
        x = x + q
    return np.sum(x)


def of_objects(x):
    class Vector:
        def __init__(self, a):
            self.a, self.size = a, np.sqrt(np.sum(a*a))

        def unit(self):
            return Vector(self.a) if self.size == 0 else Vector(self.a/self.size)

    return np.sum(Vector(x).unit().a)


def taped(x):
    y = 1.0*x
    s = 0.0
    for _ in range(2):
        r = np.sqrt(np.sum(y*y))
        if r > 0.001:
            s += 1.0/r
        y = y*1.0
    return s + np.sum(y)


def kept_in_a_list(x):
    hs = []
    for k in range(2):
        hs.append(np.sqrt(np.sum(x)) if k else np.sum(x))
    return hs[0] if np.sum(x) == 0 else hs[1]


AT_ZERO = (taped, kept_in_a_list, halved_in_a_loop, of_objects, normalised, chosen, roots_of_roots, of_a_callee, arrays, not_entered)


@pytest.mark.parametrize("program", AT_ZERO, ids=lambda p: p.__name__)
def test_at_a_pole_that_is_not_used(program):
    v = np.array([0.3, -0.7, 1.1])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(s2sad.grad(program)(ZERO), np.ones(3))
        np.testing.assert_allclose(s2sad.jvp(program, (ZERO,), (v,))[1], np.sum(v))
        np.testing.assert_array_equal(s2sad.hvp(program)(ZERO, v), ZERO)
        twice = s2sad.grad(lambda x: np.vdot(s2sad.grad(program)(x), v))
        np.testing.assert_array_equal(twice(ZERO), ZERO)


@pytest.mark.parametrize("program", AT_ZERO, ids=lambda p: p.__name__)
def test_elsewhere(program):
    check(program, (np.array([0.4, 0.9, 0.3]),))


def skipped_in_a_loop(x):
    s = 0.0
    for i in range(len(x)):
        d = np.sqrt(x[i])
        if d == 0:
            continue
        s += 1/d
    return s


def left_in_a_loop(x):
    s = 0.0
    for i in range(len(x)):
        q = 1.0/x[i]
        if np.isinf(q):
            break
        s += q*q
    return s


def test_in_loops():
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(s2sad.grad(skipped_in_a_loop)(X), [-1/16, 0.0, -0.5])
        np.testing.assert_allclose(s2sad.grad(left_in_a_loop)(X), [-2/64, 0.0, 0.0])
        np.testing.assert_allclose(s2sad.hvp(skipped_in_a_loop)(X, np.ones(3)), [0.75/32, 0.0, 0.75])
    check(skipped_in_a_loop, (X + 0.5,))


def python_numbers(x):
    d = np.sqrt(x)
    if d < 1e-10:
        return 3.0*x
    return x/d


@pytest.mark.parametrize("kind", [float, np.float64, np.float32])
def test_numbers(kind):
    with np.errstate(all="ignore"):
        gradient = s2sad.grad(python_numbers)(kind(0.0))
    assert gradient == 3.0
    assert type(gradient) is kind


def test_the_helper_keeps_the_kind_of_what_it_is_given():
    for part in (float("nan"), np.float32("nan"), np.array(np.nan), np.array([np.nan, 1.0], np.float32), complex("nan")):
        made = where_used(part, np.zeros(np.shape(part))[()])
        assert type(made) is type(part)
        assert getattr(made, "dtype", None) == getattr(part, "dtype", None)
        assert np.ravel(made)[0] == 0.0
    assert where_used(2.0, 0.0) == 2.0
    assert np.isnan(where_used(float("nan"), 1.0))


def lengths_by_math(x, s):
    t = s
    for i in range(3):
        n = math.sqrt(abs(x[i]))
        t = s if n == 0 else s/n
    return t*x[0]


def quotient_by_a_callee(x, s):
    def over(p, q):
        return p/math.sqrt(q) if q > 0 else p

    return over(x[1], over(s, x[0] - 5.0))*s + over(x[0], x[2])


@pytest.mark.parametrize("program", [lengths_by_math, quotient_by_a_callee], ids=lambda p: p.__name__)
def test_numbers_of_the_math_module_are_not_divided_by_zero(program):
    """The cotangent of what was not used is the Python float 0.0, where the value is NumPy's."""
    check(program, (X, 0.5))


def at_the_minimum(x):
    n = np.sqrt(x)
    if x > 0:
        return (n - 2.0)**2
    return 3.0*x


def at_the_minimum_in_a_loop(x):
    n = np.sqrt(x)
    s = 0.0
    for _ in range(2):
        s = s + 0.5*(n - 2.0)**2
    return s


@pytest.mark.parametrize("program", [at_the_minimum, at_the_minimum_in_a_loop], ids=lambda p: p.__name__)
def test_a_cotangent_that_is_zero_at_a_minimum_has_a_derivative(program):
    assert s2sad.hvp(program)(4.0, 1.0) == 0.125
    assert s2sad.grad(s2sad.grad(program))(4.0) == 0.125


def selected_in_place(x):
    y = np.sqrt(x)
    y += 0.0
    return np.sum(np.where(x > 0, (y - 2.0)**2, 0.0))


def masked(x):
    y = np.log(x)*1.0
    y[x <= 0] = 0.0
    return np.sum((y - np.log(4.0))**2)


def clipped(x):
    y = np.nan_to_num(np.sqrt(x) - 2.0)
    y *= 1.0
    return np.sum(y*y)


def summed_rows(x):
    y = np.sqrt(np.stack([x, 2.0*x]))
    z = np.where(np.stack([x, x]) > 0, y, 0.0)
    return np.sum((z[0] - 2.0)**2) + 0.0*np.sum(z[1])


@pytest.mark.parametrize("program", [selected_in_place, masked, clipped, summed_rows], ids=lambda p: p.__name__)
def test_second_derivatives_of_selections_at_a_minimum(program):
    x, v = np.array([4.0, 4.0, -1.0]), np.array([0.3, -1.0, 0.5])
    with np.errstate(all="ignore"):
        gradient = s2sad.grad(program)
        expected = (gradient(x + 1e-5*v) - gradient(x - 1e-5*v))/2e-5
        np.testing.assert_allclose(s2sad.hvp(program)(x, v), expected, rtol=1e-6, atol=1e-9)
        assert np.all(np.abs(expected[:2]) > 1e-3)
