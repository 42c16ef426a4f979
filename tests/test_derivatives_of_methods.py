"""Derivatives, inside of a function, of methods, objects and partials that hold values of that function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

import s2sad
from s2sad import checkpoint, checkpointed, grad, hessian, hvp, jacfwd, jacrev, jvp, vjp

X = np.array([0.3, 0.7, 1.1])
V = np.array([0.2, -0.5, 0.9])
W = np.array([[0.3, -0.2, 0.5], [0.1, 0.4, -0.6], [0.7, 0.1, 0.2]])


class Critic:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, x):
        return np.sum(np.tanh(self.w @ x)*self.b)

    def score(self, x, k=1.0):
        return k*self(x)

    def layer(self, x):
        return np.tanh(self.w @ x)*self.b

    def penalty(self, x):
        return (np.sqrt(np.sum(grad(self.score)(x)**2)) - 1.0)**2


@dataclass
class Layer:
    w: np.ndarray
    b: np.ndarray

    def __call__(self, x):
        return np.tanh(self.w @ x + self.b)

    def slope(self, x):
        return np.trace(jacrev(self)(x))


class Net:
    def __init__(self, ws, bs):
        self.layers = [Layer(w, b) for w, b in zip(ws, bs, strict=True)]
        self.options = {"scale": 2.0}

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return np.sum(x)*self.options["scale"]


class Potential:
    def energy(self, q):
        return np.sum(self.k*q**2)

    def force(self, q):
        return -grad(self.energy)(q)


class Spring(Potential):
    def __init__(self, k):
        self.k = k

    def energy(self, q):
        return super().energy(q) + np.sum(np.cos(self.k*q))


class Momentum:
    def __init__(self, rate):
        self.rate, self.m = rate, 0.0

    def step(self, loss, w):
        self.m = 0.9*self.m + grad(loss)(w)
        return w - self.rate*self.m


def gradient_penalty(w, b):
    critic, total = Critic(w, b), 0.0
    for x in (X, V):
        if np.sum(x) > 1.0:
            total += critic.penalty(x)
        else:
            total += np.sum(grad(critic)(x)**2)
    return total


def in_lambdas(w, b):
    c = Critic(w, b)
    return np.sum(grad(lambda z: c(z)*c.score(z, 2.0))(X)**2)


def by_two_arguments(w, b):
    by_x, by_k = grad(Critic(w, b).score, (0, 1))(X, 1.5)
    return np.sum(by_x**2)*by_k


def every_transform(w, b):
    c = Critic(w, b)
    jacobians = np.sum(jacrev(c.layer)(X)**2) + np.sum(jacfwd(c.layer)(V))
    products = jvp(c.score, (X,), (V,))[1] + np.sum(vjp(c, X)[1](1.0)[0]**2) + np.sum(hvp(c.score)(X, V)**2)
    return jacobians + products + np.sum(hessian(c)(X))


def dataclass_method(w, b):
    return Layer(w, b).slope(X)


def physics_informed(w, b):
    net, total = Net([w, 2*w], [b, b*b]), 0.0
    for s in (0.1, 0.4):
        total += (grad(grad(lambda t: net(np.array([t, 0.5, 0.2]))))(s) + s)**2
    return total


def molecular_dynamics(k, dt):
    spring, q, p = Spring(k), X*1.0, V*1.0
    while np.sum(q*q) < 2.5:
        p = p + dt*spring.force(q)
        q = q + dt*p
    return np.sum(q*p)


def training(rate, w):
    def loss(z):
        return np.sum(np.sin(z)**2 + z**4)

    optimiser = Momentum(rate)
    for _ in range(3):
        w = optimiser.step(loss, w)
    return loss(w)


def chosen(k):
    return np.sum((Spring(k) if np.sum(k) > 0 else Spring(2*k)).force(X)**2)


def waves(x, a, k=1.0):
    return np.sum(np.tanh(a*x))*k


def of_a_partial(a):
    f = partial(waves, a=a, k=2.0)
    return np.sum(grad(f)(X)) + jvp(f, (X,), (V,))[1] + np.sum(grad(partial(waves, X))(a)**2)


def passed_on(a):
    def slope_of(f):
        return np.sum(grad(f)(X)**2)

    return slope_of(Spring(a).energy)


def under_checkpoint(w, b):
    c = Critic(w, b)
    return np.sum(checkpoint(c.layer)(X)) + np.sum(checkpoint(lambda z: c.layer(z)**2)(V))


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (gradient_penalty, (W, V)), (in_lambdas, (W, V)), (by_two_arguments, (W, V)), (dataclass_method, (W, V)),
        (molecular_dynamics, (X, 0.1)), (training, (0.1, X)), (chosen, (X,)), (of_a_partial, (X,)),
        (passed_on, (X,)), (under_checkpoint, (W, V)),
    ],
)  # fmt: skip
def test_derivatives_of_what_is_made_inside(fun, args):
    s2sad.check_grads(fun, args, order=2)


@pytest.mark.parametrize("fun", [every_transform, physics_informed])
def test_long_programs(fun):
    s2sad.check_grads(fun, (W, V), order=1)


def test_third_order():
    def curvature(k):
        return np.sum(grad(lambda q: np.sum(Spring(k).force(q)**2))(X))

    s2sad.check_grads(curvature, (V,), order=2)


def test_a_dataclass_that_is_an_argument():
    found = grad(lambda layer: layer.slope(X))(Layer(W, V))
    want = grad(lambda w, b: Layer(w, b).slope(X), (0, 1))(W, V)
    np.testing.assert_allclose(found.w, want[0], rtol=1e-14)
    np.testing.assert_allclose(found.b, want[1], rtol=1e-14)


@pytest.mark.parametrize("call", [lambda x: hvp(waves)(x, X, V), lambda x: hvp(waves, "x")(x, V, k=2.0, a=V)])
def test_products_leave_out_defaults(call):
    s2sad.check_grads(lambda x: np.sum(call(x)**2), (X,), order=1)


class Counting:
    def __init__(self, k):
        self.k, self.calls, self.kept = k, 0, np.zeros(3)

    def counted(self, x):
        self.calls += 1
        return self.k*x

    def noted(self, x):
        self.kept[0] += 1.0
        return self.k*x


def sum_of_counted(counting):
    return np.sum(jacrev(counting.counted)(X))


def sum_in_lambda(counting):
    return np.sum(hvp(lambda z: np.sum(counting.noted(z)**2))(X, V))


def checkpointed_method(counting):
    return np.sum(checkpoint(counting.counted)(X))


def checkpointed_trips(counting):
    x = X*1.0
    for _ in checkpointed(range(3), slots=2):
        x = counting.counted(x)
    return np.sum(x)


@pytest.mark.parametrize("use", [sum_of_counted, sum_in_lambda, checkpointed_method, checkpointed_trips])
def test_methods_that_write_are_refused(use):
    def f(k):
        counting = Counting(k)
        return use(counting)*counting.calls*counting.kept[0]

    with pytest.raises(s2sad.UnsupportedError, match="writes into"):
        grad(f)(V)


def changed_array(k):
    seen = np.zeros(1)

    def loss(x):
        seen[0] += 1.0
        return np.sum(k*x)

    return np.sum(grad(loss)(X))*seen[0]


def changed_dict(k):
    seen = {"calls": 0.0}

    def loss(x):
        seen["calls"] += 1.0
        return np.sum(k*x)

    return np.sum(jvp(grad(loss), (X,), (V,))[0])*seen["calls"]


def changed_under_checkpoint(k):
    seen = {"calls": 0.0}

    def layer(x):
        seen["calls"] += 1.0
        return k*x

    return np.sum(checkpoint(layer)(X))*seen["calls"]


@pytest.mark.parametrize("fun", [changed_array, changed_dict, changed_under_checkpoint])
def test_nested_functions_that_write_what_they_read_are_refused(fun):
    with pytest.raises(s2sad.UnsupportedError, match="writes into"):
        grad(fun)(V)


def nested_function(a):
    w = a*1.0
    for _ in checkpointed(range(5), slots=2):
        w = w - 0.2*grad(lambda z: np.sum(np.sin(z*a)))(w)
    return np.sum(w)


def function_from_around(a):
    def energy(z):
        return np.sum(np.sin(z*a) + 0.5*(z - 1.0)**2)

    w = a*1.0
    for _ in checkpointed(range(5), slots=2):
        w = w - 0.2*grad(energy)(w)
    return energy(w)


def tuple_read(a):
    p, w = (a, 2*a), X*1.0
    for _ in checkpointed(range(5), slots=2):
        w = w - 0.2*np.sin(w*p[0])*p[1]
    return np.sum(w)


@pytest.mark.parametrize("fun", [nested_function, function_from_around, tuple_read])
def test_checkpointed_loops_read_functions_and_tuples(fun):
    s2sad.check_grads(fun, (X,), order=2)


def dict_read(p):
    w = X*1.0
    for _ in checkpointed(range(5), slots=2):
        w = w - 0.2*np.sin(w*p["a"])*p["b"][0]
    return np.sum(w)


def object_read(p):
    spring, w = Spring(p["a"]), X*1.0
    for _ in checkpointed(range(5), slots=2):
        w = w + 0.1*spring.force(w)*p["b"][0]
    return np.sum(w)


@pytest.mark.parametrize("fun", [dict_read, object_read])
def test_checkpointed_loops_read_containers_and_objects(fun):
    def of_numbers(a, b):
        return fun({"a": a, "b": [b]})

    s2sad.check_grads(of_numbers, (X, 0.7), order=2)
    got = grad(fun)({"a": X, "b": [V]})
    np.testing.assert_allclose(got["b"][0], grad(of_numbers, 1)(X, V), rtol=1e-14)
    along = hvp(of_numbers)(X, 0.7, V)
    step = (grad(of_numbers)(X + 1e-5*V, 0.7) - grad(of_numbers)(X - 1e-5*V, 0.7))/2e-5
    np.testing.assert_allclose(along, step, rtol=1e-6, atol=1e-8)
    (twice,) = vjp(grad(of_numbers), X, 0.7)[1](V)[:1]
    np.testing.assert_allclose(twice, along, rtol=1e-12)
