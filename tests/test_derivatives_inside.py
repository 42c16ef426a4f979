"""Derivatives that are made and called inside of a differentiated function."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])


def cubes(a):
    return np.sum(a**3)


def quadratic(x, a, b=0.5):
    return a*x**2 + b*x


def parabola(x):
    return x*x - 2.0


def written(u):
    u *= 2.0
    return np.sum(u*u)


def scaled(x, k, fn):
    return np.sum(fn(x)*k)


slope = s2sad.grad(quadratic)
both = s2sad.value_and_grad(quadratic, (0, 1))
second = s2sad.grad(s2sad.grad(cubes_of := (lambda x: x**3)))
steep = s2sad.grad(parabola)


class Model:
    k = 2.0

    def loss(self, x):
        return self.k*np.sum(x**3)

    def roughness(self, x):
        return np.sum(s2sad.grad(self.loss)(x))


def newton(x):
    for _ in range(3):
        x = x - parabola(x)/steep(x)
    return x


def with_value(x, a):
    value, (by_x, by_a) = both(x, a=a)
    return value*by_x*by_a


def of_nested(x, k):
    def inner(t):
        s = k*t
        return np.sum(np.sin(s)*t)

    return np.sum(s2sad.grad(inner)(x)*x)


def in_loop(x):
    for _ in range(2):
        x = s2sad.grad(lambda t: t**3*x)(x)
    return x


@pytest.mark.parametrize(
    "fun, args, expected",
    [
        (lambda a: np.sum(s2sad.grad(cubes)(a)), (X,), 6*X),
        (lambda x: slope(x, 1.0)**2, (3.0,), 2*6.5*2.0),
        (lambda x: second(x)*x, (3.0,), 36.0),
        (lambda x: s2sad.grad(s2sad.grad(np.sin))(x), (0.4,), -np.cos(0.4)),
        (lambda u: np.sum(s2sad.grad(written)(u)*u), (X,), 16*X),
        (lambda x: np.sum(s2sad.grad(scaled)(x, 2.0, np.sin)), (X,), -2*np.sin(X)),
        (lambda x: s2sad.grad(argnums=("a",))(quadratic)(x, 3.0)[0], (2.0,), 4.0),
        (lambda x: s2sad.grad(partial(quadratic, a=2.0))(x), (2.0,), 4.0),
        (Model().roughness, (X,), 12*X),
        (in_loop, (0.5,), 9*3**4*0.5**8),
    ],
)
def test_derivatives_inside(fun, args, expected):
    np.testing.assert_allclose(s2sad.grad(fun)(*args), expected, rtol=1e-12)


@pytest.mark.parametrize("fun, args", [(with_value, (3.0, 2.0)), (newton, (3.0,)), (of_nested, (0.7, 1.3))])
def test_derivatives_inside_against_differences(fun, args):
    found = s2sad.grad(fun, tuple(range(len(args))))(*args)
    for i, g in enumerate(found):
        step = [1e-6*(i == j) for j in range(len(args))]
        up, down = (fun(*[a + s*d for a, d in zip(args, step, strict=True)]) for s in (1, -1))
        np.testing.assert_allclose(g, (up - down)/2e-6, rtol=1e-6)


def test_the_value_is_that_of_the_function():
    assert s2sad.value_and_grad(newton)(3.0)[0] == newton(3.0)
    assert s2sad.value_and_grad(with_value)(3.0, 2.0)[0] == with_value(3.0, 2.0)


def test_a_default_of_the_inner_function_that_changes_is_seen():
    outer = s2sad.grad(lambda x: slope(x, 1.0)**2)
    assert outer(3.0) == 2*6.5*2.0
    before = quadratic.__defaults__
    try:
        quadratic.__defaults__ = (1.0,)
        assert outer(3.0) == 2*7.0*2.0
    finally:
        quadratic.__defaults__ = before


def captured_later(x):
    c = 1.0
    g = s2sad.grad(lambda w: c*w**2)
    c = x
    return g(x)


def captured_in_loop(x):
    g = s2sad.grad(lambda w: c*w**2)
    s = 0.0
    for i in range(3):
        c = x*i
        s = s + g(x)
    return s


def captured_and_written(x):
    c = np.ones(2)
    g = s2sad.grad(lambda w: np.sum(c*w**2))
    c[0] = x
    return g(x)


def other_function_later(x, k):
    op = np.sin
    loss = lambda w: op(w)*k
    a = s2sad.grad(loss)(x)
    op = np.cos
    return a*s2sad.grad(loss)(x)


def shadowed(x, k):
    def f(z):
        return k*z**2

    def g(k):  # its own k, not the one that f reads
        return f(k)*k

    return s2sad.grad(g)(x)*k


def layered(x, k):
    def act(z, s=k):
        return np.sin(s*z)

    k = 3.0

    def layer(w):
        return act(w)*k

    def loss(w):
        return layer(w)**2 + act(w, s=2.0)

    return s2sad.grad(loss)(x)


def heat(k, w):
    def u(x, t):
        return np.tanh(w*x + k*t)*x

    u_x = s2sad.grad(u, argnums=0)
    product = s2sad.hvp(lambda x: u(x, 0.3))

    def residual(x, t):
        return s2sad.grad(u, 1)(x, t) - k*s2sad.grad(lambda x: u_x(x, t))(x) + u_x(x, t)

    curve = partial(u_x, t=0.2)
    return residual(0.4, 0.7)**2 + s2sad.jvp(lambda x: product(x, k), (w,), (1.0,))[1]*curve(k)


def slope_of_each(x, k):
    total = 0.0
    for i in range(2):
        slope = s2sad.grad(lambda a, b: a*a*b*k, i)
        total += s2sad.grad(lambda a: slope(a, x)*a)(x)
    return total


@pytest.mark.parametrize("fun", [captured_later, captured_in_loop, captured_and_written])
def test_nested_functions_read_what_stands_there_at_the_call(fun):
    check(fun, (1.5,))


@pytest.mark.parametrize("fun", [other_function_later, shadowed, layered, heat, slope_of_each])
def test_nested_functions_that_read_others(fun):
    check(fun, (1.5, 0.7))


def gradient_of_linear(x, k):
    g = s2sad.grad(lambda w: np.sum(w*k))(x)
    g *= 2
    return np.sum(g*k)


def tangent_itself(x, k):
    v, g = s2sad.jvp(lambda w: w, (x,), (k,))
    g *= 2
    v *= 3
    return np.sum(g*k*x*v)


def product_itself(x, k):
    h = s2sad.hvp(lambda a: 0.5*np.sum(a*a))(x, k)
    h *= 2
    return np.sum(h*k)


def two_gradients(x, k):
    a, b = s2sad.grad(lambda a, b: np.sum(a*k) + np.sum(b*k), (0, 1))(x, x)
    a *= 2
    return np.sum(b*k)


@pytest.mark.parametrize("fun", [gradient_of_linear, tangent_itself, product_itself, two_gradients])
def test_results_share_memory_with_nothing(fun):
    check(fun, (X.copy(), X + 0.5))


def lists_with_tangents_twice(x, c, v):
    """The two tangents of a list of zeros are lists of their own."""

    def f(x, c):
        items = [x, c]
        longer = [*items, x*c]
        return np.sum((longer[0]*longer[2])**2)

    gx, gc = s2sad.jvp(s2sad.grad(f, (0, 1)), (x, c), (v, v))[1]
    return np.sum(gx*c) + np.sum(gc*x*x)


def writing(x, y):
    x *= 2.0
    x[0] = y[1]*x[1]
    y += 1.0
    return np.sum(x*y*x)


def both_written(x, y):
    a, b = s2sad.grad(writing, (0, 1))(x, y)
    return np.sum(a*b*x)


def product_written(x, y):
    return np.sum(s2sad.hvp(writing)(x, y, y)*y)


def test_tangents_of_tangents_of_lists():
    check(lists_with_tangents_twice, (X, X + 0.5, X - 0.3))


@pytest.mark.parametrize("fun", [both_written, product_written])
def test_functions_inside_that_write_into_their_arguments(fun):
    check(fun, (X, X + 0.5))


def test_written_arguments_that_share_storage_are_an_error():
    def f(m):
        return np.sum(s2sad.grad(writing)(m[0], m[0][::-1]))

    with pytest.raises(AssertionError, match="share storage"):
        s2sad.grad(f)(np.array([X, X]))


def test_results_outside_share_memory_with_nothing():
    x, v = X.copy(), X + 0.5
    out, dot = s2sad.jvp(s2sad.grad(lambda a: 0.5*np.sum(a*a)), (x,), (v,))
    product = s2sad.hvp(lambda a: 0.5*np.sum(a*a))(x, v)
    _, other = s2sad.jvp(s2sad.grad(lambda a: 0.5*np.dot(a, a)), (x,), (v,))
    assert not any(np.shares_memory(a, b) for a in (out, dot, product, other) for b in (x, v))


def test_a_gradient_that_is_a_tuple_of_one():
    def f(x):
        return np.sum(x**3)

    gradient = s2sad.grad(f, (0,))
    (out,), (dot,) = s2sad.jvp(gradient, (X,), (np.ones(3),))
    np.testing.assert_array_equal(out, 3*X**2)
    np.testing.assert_allclose(dot, 6*X)
    (out,), pullback = s2sad.vjp(gradient, X)
    np.testing.assert_allclose(pullback((X,))[0], 6*X*X)
    with pytest.raises(TypeError, match="tuple of one"):
        s2sad.grad(gradient)(X)


@pytest.mark.parametrize(
    "fun, message",
    [
        (lambda x: x*s2sad.vjp(parabola, 3)[0], "without a float or an array"),
        (lambda x: x*s2sad.grad(lambda *xs: xs[0]**2)(x), "star arguments"),
        (lambda x: x*s2sad.grad(parabola)(3), "neither a float nor an array"),
    ],
)
def test_what_is_refused(fun, message):
    with pytest.raises(s2sad.UnsupportedError, match=message) as caught:
        s2sad.grad(fun)(2.0)
    assert "test_derivatives_inside.py" in str(caught.value)


def by_itself(x, n):
    return x**4 if n == 0 else s2sad.grad(by_itself)(x, n - 1)


def test_derivatives_of_itself_without_end() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="takes its own derivative again and again"):
        s2sad.grad(by_itself)(2.0, 2)


def with_its_argument(a, c):
    return np.sum(np.sin(a)*c + 0.1*a**3), a


def first(a, c):
    return with_its_argument(a, c)[0]


def sines(a, c):
    return np.sin(a)*c + np.sum(a*a)


def products_of_constants(x):
    one = s2sad.hvp(first)(X, 0.3, X)
    two = s2sad.hvp(first)(2.0*X, 0.3, X)
    three, a = s2sad.hvp(with_its_argument, has_aux=True)(X, 0.3, X)
    four, b = s2sad.hvp(with_its_argument, has_aux=True)(2.0*X, 0.3, X)
    return np.sum(x*x*one*two*three*four*a*b)


def matrices_of_constants(x):
    total = s2sad.jacfwd(sines)(X, 0.3) @ s2sad.jacfwd(sines)(2.0*X, 0.3)
    for k in range(2):
        total = total + s2sad.jacrev(sines)(k*X, 0.3)
    return np.sum(x*(total @ s2sad.jacrev(sines)(X, 0.3)))


def nobody_reads(x):
    for k in range(3):
        s2sad.hvp(first)(x, 0.3, X)
        if k == 1:
            break
    h = s2sad.hessian(first)(x, 0.3)
    h = s2sad.hessian(first)(2.0*x, 0.3)
    return np.sum(x*x) + 0.0*np.size(h)


@pytest.mark.parametrize("fun", [products_of_constants, matrices_of_constants, nobody_reads])
def test_products_and_matrices_that_do_not_vary_are_called_as_they_are(fun):
    """The second call of a function is a call, not its body: the derivatives in it were not made for that."""
    check(fun, (X,))
    along = s2sad.hvp(fun)(X, X)
    np.testing.assert_allclose(along, s2sad.vjp(s2sad.grad(fun), X)[1](X)[0], rtol=1e-10)
