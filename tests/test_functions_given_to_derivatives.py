"""Functions that are made inside and given to derivatives: residuals of differential equations (issue 5)."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import s2sad
from s2sad import grad, hvp, jvp, vjp

P = np.array([0.7, 1.3, -0.2])
V = np.array([1.0, -2.0, 0.5])
STEP = 1e-5


def net(p, x):
    return p[0]*np.tanh(p[1]*x + p[2])


def residual(u, x):
    return u(x)**2 + x*u(x)


def equation(u, x):
    return grad(grad(u))(x) + u(x)


def product(f, g, x):
    return f(x)*g(x)


def scaled(x, u, k=2.0):
    return k*u(x)*x


def of_pair(u, x):
    return u(x), x*u(x)


def along(p, x):
    return grad(residual, 1)(lambda t: net(p, t), x)


def by_keyword(p, x):
    return grad(equation, argnums="x")(u=lambda t: net(p, t), x=x)


def of_two(p, x):
    def u(t):
        return net(p, t)

    return grad(product, 2)(u, lambda t: p[0]*t*u(t), x)


def of_a_nested_function(p, x):
    def u(t):
        return net(p, t)

    def inside(f, y):
        return grad(f)(y) + f(y)*p[1]

    return grad(inside, 1)(u, x)*grad(residual, 1)(functools.partial(net, p), x)*grad(inside, 1)(lambda t: t*u(t), 2*x)


def in_a_loop(p, x):
    def u(t):
        return net(p, t)

    total = 0.0
    for i in range(3):
        if i != 1:
            u = lambda t, u=u, i=i: u(t)*p[i]
        total = total + grad(residual, -1)(u, x)
        x = x*1.1
    return total


def in_a_callee(p, x):
    return along(p, x) + along(p*p, 0.5*x)


def second(p, x):
    return hvp(residual, 1)(lambda t: net(p, t), x, 1.0) + s2sad.jacobian(residual, 1)(lambda t: net(p, t), x)


def with_default(p, x):
    value, slope = s2sad.value_and_grad(scaled)(x, lambda t: net(p, t))
    return value*slope + grad(scaled)(x, lambda t: net(p, t), k=p[2])


def forward(p, x):
    value, slope = jvp(residual, (lambda t: net(p, t), x), (None, p[1]))
    return value*slope


def pulled(p, x):
    (value, _), back = vjp(of_pair, lambda t: net(p, t), x)
    nothing, slope = back((p[2], 1.0))
    return value*slope if nothing is None else 0.0


def made_twice(p, x):
    return grad(grad(residual, 1), 1)(lambda t: net(p, t), x)


PROGRAMS = [
    along, by_keyword, of_two, of_a_nested_function, in_a_loop, in_a_callee, second, with_default, forward, pulled,
    made_twice,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_a_function_that_is_made_inside_is_given_to_a_derivative(f):
    gradient = grad(f)
    numbers = [(f(P + STEP*e, 0.6) - f(P - STEP*e, 0.6))/(2*STEP) for e in np.eye(3)]
    np.testing.assert_allclose(gradient(P, 0.6), numbers, rtol=1e-5, atol=1e-7)
    assert jvp(f, (P, 0.6), (V, None))[1] == pytest.approx(gradient(P, 0.6) @ V, rel=1e-10)
    moved = (gradient(P + STEP*V, 0.6) - gradient(P - STEP*V, 0.6))/(2*STEP)
    np.testing.assert_allclose(hvp(f)(P, 0.6, V), moved, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(vjp(gradient, P, 0.6)[1](V)[0], hvp(f)(P, 0.6, V), rtol=1e-9, atol=1e-12)


def by_the_function(p, x):
    return grad(residual, 0)(lambda t: net(p, t), x)


def along_the_function(p, x):
    return jvp(residual, (lambda t: net(p, t), x), (1.0, 1.0))[1]


@pytest.mark.parametrize("f", [by_the_function, along_the_function])
def test_nothing_is_differentiated_by_a_function(f):
    with pytest.raises(s2sad.UnsupportedError, match="a function that is made here is passed to a derivative"):
        grad(f)(P, 0.6)


def partial_with_a_hole(p, x):
    u = functools.partial(scaled, x=p[0])
    return grad(u)(x)


def test_a_partial_function_takes_no_argument_twice():
    with pytest.raises(TypeError, match="multiple values"):
        scaled_by_x = functools.partial(scaled, x=P[0])
        scaled_by_x(0.6)
    with pytest.raises(s2sad.UnsupportedError, match="multiple values"):
        grad(partial_with_a_hole)(P, 0.6)


# ------------------------------------------------------------------------ primals and tangents by another name

X, W = np.array([0.3, 0.7]), np.array([1.0, 2.0])
TANGENTS = (np.array([1.0, -1.0]), np.array([0.5, 0.5]))


def curve(x, w):
    return x*np.sin(w)*x


def captured(x, w, v):
    return np.sum(jvp(curve, (x, w), TANGENTS)[1]*v[0])


def both_parameters(x, w, v):
    pair = (x, w)
    return np.sum(jvp(curve, pair, v)[1]*x)


def each_of_a_list(x, w, v):
    total = 0.0
    for t in [v, (v[1], v[0])]:
        if np.sum(x) > 0:
            total = total + np.sum(jvp(curve, (x, w), t)[1]*x)
    return total


def of_the_primals(x, w, v):
    tangents = (x*v[0], w)

    def inner(y):
        return np.sum(jvp(curve, (y, w), tangents)[1])

    return grad(inner)(x) @ v[1]


@pytest.mark.parametrize("v", [TANGENTS, list(TANGENTS), (TANGENTS[1], TANGENTS[0])])
@pytest.mark.parametrize("f", [captured, both_parameters, each_of_a_list, of_the_primals])
def test_tangents_that_are_not_written_out(f, v):
    if isinstance(v, list) and f is each_of_a_list:
        v = tuple(v)
    s2sad.check_grads(lambda x, w: f(x, w, v), (X, W))


def test_tangents_may_be_none_in_a_parameter():
    def f(x, w, v):
        return np.sum(jvp(curve, (x, w), v)[1]*x)

    one = grad(f)(X, W, (TANGENTS[0], None))
    np.testing.assert_allclose(one, grad(f)(X, W, (TANGENTS[0], 0*W)), rtol=1e-12)
    with pytest.raises(TypeError, match="tuple of tangents"):
        f(X, W, X)
    with pytest.raises(s2sad.UnsupportedError, match="no tuple here"):
        grad(f)(X, W, X)


# ------------------------------------------------------- lists and dicts of functions in what a function captures


def square(z):
    return z*z*0.3


def slow(z, k=0.2):
    return np.exp(k*z)


def by_list(x, fs):
    for f in fs:
        x = f(x) + 0.1*x
    return np.sum(x*x)


def by_names(x, table, names):
    for name in names:
        x = table[name](x)*x
    return np.sum(x)


def by_steps(x, steps):
    for f, k in steps:
        x = x + k*f(x)
    return np.sum(x*x)


STEPS = [(square, 0.5), (slow, 0.25), (np.sin, 1.0)]
GIVEN = [
    (by_list, ([square, slow],)),
    (by_names, ({"a": square, "b": slow}, ["a", "b", "a"])),
    (by_steps, (STEPS,)),
]


@pytest.mark.parametrize(("f", "args"), GIVEN)
def test_captured_lists_of_functions_to_third_order(f, args):
    x, v, w = np.array([[0.3, 0.7, 1.1], [1.0, -0.5, 2.0], [0.3, 0.2, -1.0]])
    twice = lambda y: hvp(f)(y, *args, v)
    third = (twice(x + 1e-4*w) - twice(x - 1e-4*w))/2e-4
    inner = lambda y: np.sum(grad(lambda z: np.sum(grad(f)(z, *args)*v))(y)*w)
    np.testing.assert_allclose(grad(inner)(x), third, rtol=1e-5, atol=1e-6)
    closed = lambda y: np.sum(hvp(lambda z: f(z, *args))(y, v)*w)
    np.testing.assert_allclose(grad(closed)(x), third, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(jvp(twice, (x,), (w,))[1], third, rtol=1e-5, atol=1e-6)


def test_captured_lists_of_functions_that_change():
    held = [[square], 2.0]
    x = np.array([0.3, 0.7])

    def f(y):
        return grad(lambda z, given: np.sum(given[0][0](z)*z)*given[1])(y, held) @ y

    first = grad(f)(x)
    np.testing.assert_allclose(first, 2*0.3*9*x*x, rtol=1e-12)
    held[0][0] = np.negative
    np.testing.assert_allclose(grad(f)(x), -8*x, rtol=1e-12)
    held[1] = 1.0
    np.testing.assert_allclose(grad(f)(x), -4*x, rtol=1e-12)
    held[0] = (slow, square)
    s2sad.check_grads(f, (x,), order=2)


# ------------------------------------------------------------------------- partials as arguments of the whole call


def tanh_net(p, y, k=1.0):
    return np.sum(np.tanh(p["w"]*y*k + p["b"]))


def sine_net(p, y, k=1.0):
    return np.sum(np.sin(p["w"]*y*k + p["b"]))


class Waves:
    def __init__(self, w):
        self.w = w

    def at(self, c, y):
        return c*np.sum(np.sin(self.w*y))

    def __call__(self, c, y):
        return c*np.sum(np.cos(self.w*y))


def descent(f, y):
    for _ in range(2):
        y = y - 0.1*grad(f)(y)
    return hvp(f)(y, 1.0)*y


def moved(f, y):
    return (descent(f, y + STEP) - descent(f, y - STEP))/(2*STEP)


def test_partials_that_are_arguments_are_differentiated_inside():
    w, derivative = np.array([0.5, -0.3]), grad(descent, 1)
    for f in (
        functools.partial(tanh_net, {"w": w, "b": 0.2}),
        functools.partial(tanh_net, {"w": 2*w, "b": 0.1}),
        functools.partial(sine_net, {"w": 0.7, "b": 0.1}, k=2.0),
        functools.partial(Waves(w).at, 1.5),
        functools.partial(functools.partial(Waves(w)), 1.5),
    ):
        assert derivative(f, 0.6) == pytest.approx(moved(f, 0.6), rel=1e-7)


def test_what_a_partial_holds_may_change():
    held = {"w": np.array([0.5, -0.3]), "b": 0.2}
    f, derivative = functools.partial(tanh_net, held), grad(descent, 1)
    seen = [derivative(f, 0.6)]
    held["b"] = 0.7
    seen.append(derivative(f, 0.6))
    assert seen[1] == pytest.approx(moved(f, 0.6), rel=1e-7) and seen[0] != seen[1]
    f.__setstate__((sine_net, (held,), {}, {}))
    assert derivative(f, 0.6) == pytest.approx(moved(f, 0.6), rel=1e-7)
    f.__setstate__((sine_net, ({"w": 2.0, "b": 0.1},), {}, {}))
    assert derivative(f, 0.6) == pytest.approx(moved(f, 0.6), rel=1e-7)
