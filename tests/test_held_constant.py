"""What stop_gradient and no_grad make constant: in every order of derivative, and apart from what is written.

Each program is given with its first and second derivative at 3, as torch and JAX have them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad import UnsupportedError, checkpoint, grad, hessian, hvp, jvp, no_grad, stop_gradient, vjp

PROGRAMS: list[tuple[Callable[[float], Any], float, float]] = []


def program(first: float, second: float) -> Callable[[Callable[[float], Any]], Callable[[float], Any]]:
    """A program with its derivatives at 3."""

    def add(fun: Callable[[float], Any]) -> Callable[[float], Any]:
        PROGRAMS.append((fun, first, second))
        return fun

    return add


@program(3.0, 0.0)
def a_factor(x):
    return x*stop_gradient(x)


@program(108.0, 126.0)
def beside_powers(x):
    return x*x*stop_gradient(x*x) + x**3*stop_gradient(x)*2.0 - x*stop_gradient(x)**3*4.0


@program(9.0, 0.0)
def under_no_grad(x):
    with no_grad():
        k = x*x
    return x*k


@no_grad()
def tree(x):
    return {"square": x*x, "list": [x, np.sum(x)]}


@no_grad()
def raised(x, n):
    return 1.0 if n == 0 else x*raised(x, n - 1)


@no_grad()
def write(u, x):
    u[0] = x*x
    u[1:] *= x


class Scaled:
    @staticmethod
    @no_grad()
    def twice(x):
        return 2.0*x

    @classmethod
    @no_grad()
    def pair(cls, x):
        return x, cls.twice(x)

    @no_grad()
    def square(self, x):
        return x*x


@program(9.0, 0.0)
def under_a_decorator(x):
    found = tree(x)
    return x*found["square"] + np.sum(found["list"][1])


@program(27.0, 0.0)
def recursion_under_a_decorator(x):
    return x*raised(x, 3)


@program(9.0, 0.0)
def writes_under_a_decorator(x):
    u = np.ones(3)*x
    write(u, x)
    return x*u[0] + u[1]*2.0


@program(18.0, 0.0)
def methods_under_a_decorator(x):
    one, two = Scaled.pair(x)
    return x*one + x*two + x*Scaled().square(x)


@program(6.0, 0.0)
def in_an_array(x):
    return np.sum(np.ones(2)*x*stop_gradient(np.ones(2)*x))


@program(81.0, 0.0)
def in_a_loop(x):
    total = 1.0
    for _ in range(4):
        total = stop_gradient(total*x)
    return total*x


@program(108.0, 54.0)
def carried_by_a_loop(x):
    y = x
    for _ in range(2):
        y = y*x*stop_gradient(x)/3.0
    return y*3.0 + x*stop_gradient(x**3)


@program(7.0, 2.0)
def in_a_branch(x):
    y = stop_gradient(x) if x > 1 else x
    return y*x + x*x - 2*x


def scaled(x):
    return x*stop_gradient(x)


@program(6.0, 0.0)
def in_a_callee(x):
    return scaled(x) + scaled(stop_gradient(x)) + checkpoint(scaled)(x)


def power(x, n):
    return x if n == 0 else stop_gradient(x)*power(x, n - 1)


@program(9.0, 0.0)
def in_recursion(x):
    return power(x, 2)


@program(0.0, 0.0)
def of_a_derivative_inside(x):
    return grad(scaled)(x)


@program(6.0, 0.0)
def of_a_tangent_inside(x):
    return jvp(scaled, (x,), (1.0,))[1]*x + vjp(scaled, x)[1](1.0)[0]*x


@program(2.0, 0.0)
def stores_under_no_grad(x):
    y, v = x*np.ones(3), x*x
    with no_grad():
        y[0] = v
        z = v
    return np.sum(y) + 10*z


@program(0.0, 0.0)
def augmented_under_no_grad(x):
    y = np.array([x, x])
    with no_grad():
        y += x
        y[1:] *= y[:1]
    return y[0] + 10*y[1]


@program(3.0, 0.0)
def names_under_no_grad(x):
    with no_grad():
        y = x if x > 0 else 2*x
    return y*x


@program(30303.0, 0.0)
def containers_under_no_grad(x):
    with no_grad():
        xs = [x, x*x]
        xs.append(x)
        named = {"a": x}
    return xs[0]*x + xs[2]*x*100 + named["a"]*x*10000


@program(3.0, 0.0)
def elements_of_lists_under_no_grad(x):
    xs = [x, 2*x]
    with no_grad():
        xs[1] = x
    return xs[0]*xs[1]


@program(7.0, 2.0)
def written_after_no_grad(x):
    with no_grad():
        z = np.zeros(3)
    for i in range(3):
        z[i] = x**i
    return np.sum(z)


@program(6.0, 2.0)
def grown_after_no_grad(x):
    with no_grad():
        xs = []
    xs.append(x*x)
    return xs[0]


@program(6.0, 2.0)
def written_constant(x):
    z = stop_gradient(np.ones(3)*x)
    z[0] = x*x
    return np.sum(z)


@program(6.0, 0.0)
def part_of_what_was_written(x):
    y = np.ones(3)*x
    y[0] = x*x
    v = stop_gradient(y)[1:]
    return np.sum(v*x)


@program(15.0, 0.0)
def either_of_two(x):
    y = np.ones(3)*x
    y[0] = x*x
    z = stop_gradient(y)
    v = z if x > 0 else y
    return np.sum(v*x)


@program(15.0, 0.0)
def turned_view(x):
    y = np.ones(3)*x
    y[0] = x*x
    z = stop_gradient(y).reshape(3, 1).T
    return np.sum(z*x)


@program(6.0, 0.0)
def earlier_rows(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x + (stop_gradient(y)[i - 1] if i else 0.0)*x
    return np.sum(y) - (1 + 1 + 3 + 1 + 12)*x + 6*x


@pytest.mark.parametrize(("fun", "first", "second"), PROGRAMS, ids=[p[0].__name__ for p in PROGRAMS])
def test_first_and_second_derivative(fun, first, second):
    assert grad(fun)(3.0) == pytest.approx(first)
    value, dot = jvp(fun, (3.0,), (1.0,))
    assert dot == pytest.approx(first) and value == fun(3.0)
    assert vjp(fun, 3.0)[1](type(value)(1.0))[0] == pytest.approx(first)
    for twice in (grad(grad(fun)), hessian(fun), lambda x: hvp(fun)(x, 1.0)):
        assert twice(3.0) == pytest.approx(second)
    assert vjp(grad(fun), 3.0)[1](1.0)[0] == pytest.approx(second)


def test_third_order():
    def f(x):
        return x**4*stop_gradient(x)

    assert grad(grad(grad(f)))(2.0) == pytest.approx(96.0)
    assert grad(lambda x: hessian(f)(x))(2.0) == pytest.approx(96.0)


def test_texts_do_not_say_it():
    """Only a text that is differentiated again says what is constant."""
    twice = grad(grad(under_no_grad))
    twice(3.0)
    assert "stop_gradient" not in twice.source


def test_straight_through():
    def f(x):
        return np.sum((x + stop_gradient(np.round(x) - x))**2)

    x = np.array([0.4, 1.7])
    np.testing.assert_allclose(grad(f)(x), 2*np.round(x))
    np.testing.assert_allclose(hessian(f)(x), 2*np.eye(2))


def written_through(x):
    y = np.ones(3)*x
    z = stop_gradient(y)
    z[0] = x*x
    return np.sum(z) + np.sum(y)


def written_below(x):
    y = np.ones(3)*x
    z = stop_gradient(y)
    y[0] = x*x
    return np.sum(z*x)


@pytest.mark.parametrize("fun", [written_through, written_below])
def test_a_constant_that_is_written_with_what_it_stands_for_is_refused(fun):
    with pytest.raises(UnsupportedError, match="an array is written while a constant stands for it; copy it"):
        grad(fun)(3.0)
