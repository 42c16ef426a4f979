"""Products with Hessians of programs of numbers: what loops repeat and what products share is computed once."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

STEP = 1e-6


def infection(s, i, beta, gamma, n):
    for _ in range(n):
        new = 0.1*beta*s*i
        s, i = s - new, i + new - 0.1*gamma*i
    return i*i + s


def predators(x, y, a, b, c, d, n):
    for _ in range(n):
        if x > 1.05:
            dx = a*x - b*x*y
        else:
            dx = a*x - b*(x*y)
        y = y + 0.01*(-c*y + d*x*y)
        x = x + 0.01*dx
    return x*x + y*y


def rate(x, y, a):
    return a*x*y - 0.3*x*x*y


def by_callee(x, y, a, n):
    k = 0
    while k < n:
        x, y = x + 0.1*rate(x, y, a), y - 0.1*rate(y, x, a)
        k += 1
    return x*y


def nested_loops(x, y, a, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            total = total + a*y*x*(i - j)
        x = x + 0.1*a*x*y
    return total


PROGRAMS = {
    infection: (0.9, 0.2, 0.5, 0.3, 4),
    predators: (1.0, 2.0, 1.1, 0.4, 0.4, 0.1, 4),
    by_callee: (0.7, 0.4, 1.2, 3),
    nested_loops: (0.7, 0.4, 1.2, 4),
}


@pytest.mark.parametrize("f", PROGRAMS)
def test_both_compositions_are_derivatives_of_the_gradient(f):
    args = PROGRAMS[f]
    check(f, args)
    for n in (args[-1], 0):
        numbers = np.array(args[:-1])
        v = np.random.default_rng(1).normal(size=len(numbers))
        wrt = tuple(range(len(numbers)))
        gradient = s2sad.grad(f, wrt)
        product = s2sad.hvp(f, wrt)(*args[:-1], n, tuple(map(float, v)))
        moved = [np.array(gradient(*map(float, numbers + h*v), n)) for h in (STEP, -STEP)]
        np.testing.assert_allclose(product, (moved[0] - moved[1])/(2*STEP), rtol=1e-6, atol=1e-7)

        def along(*xs, n=n, gradient=gradient, v=v):
            return sum(g*w for g, w in zip(gradient(*xs, n), v, strict=True))

        np.testing.assert_allclose(s2sad.grad(along, wrt)(*map(float, numbers)), product, rtol=1e-9, atol=1e-12)


def text(f, *wrt):
    product = s2sad.hvp(f, wrt)
    product(*PROGRAMS[f], (1.0,)*len(wrt))
    return product.source


def test_what_each_trip_repeats_stands_in_front_of_the_loop():
    lines = text(infection, 0, 2).splitlines()
    made = [line for line in lines if line.strip().endswith(("0.1 * beta", "0.1 * beta_dot", "0.1 * gamma"))]
    assert made and all(line.startswith("    t") for line in made)


def test_products_share_factors():
    assert "(a - y * b) * x_dot" in text(predators, 0, 1, 2, 3, 4, 5)


def near(x, c, d, n):
    s = 0.0
    for _ in range(n):
        s = s + (x - c)**3*(x - d)**3
    return s


def test_small_differences_stay_together():
    x, c, d = 1.0 + 3e-9, 1.0, 1.0 + 1e-9
    p, q = x - c, x - d
    expected = 6*p*q**3 + 18*p**2*q**2 + 6*p**3*q
    assert s2sad.hvp(near)(x, c, d, 1, 1.0) == pytest.approx(expected, rel=1e-12)


def test_loops_without_a_trip_compute_nothing_that_warns():
    assert s2sad.hvp(infection, (0, 2))(0.5, 0.1, 1e308, 0.3, 0, (1.0, 1e308)) == (0.0, 0.0)
