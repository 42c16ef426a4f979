"""Second derivatives of functions under checkpoint: the calls of the gradient's text are under checkpoint again (issue 5)."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import s2sad
from s2sad import checkpoint, grad, hvp, jvp, vjp
from support import check, direction, flat

X = np.array([0.3, 0.7, 1.1])
W = np.array([[0.4, -0.2, 0.1], [0.3, 0.5, -0.6], [-0.1, 0.2, 0.7]])


def layer(x, w):
    return np.tanh(w @ x)*x + x


def pair(x, w):
    return np.sin(w @ x), np.sum(x*x)


class Block:
    def __init__(self, k):
        self.k = k

    def apply(self, x):
        return np.tanh(self.k*x)


BLOCK = Block(1.3)


def in_a_loop(x, w, again):
    for i in range(3):
        x = again(layer)(x, w) if i != 1 else again(lambda a: a + np.sin(w[0]))(x)
    return np.sum(x*x)


def of_pairs(x, w, again):
    s = 0.0
    for _ in range(2):
        y, q = again(pair)(x, w)
        x = x + 0.1*y
        s = s + q*y[0]
    return s


def nested(x, w, again):
    def outer(x, w):
        return again(layer)(x, w)*np.cos(x)

    y = again(outer)(x, w)
    y[1:] += again(BLOCK.apply)(y)[:-1]
    return np.sum(again(outer)(y, w)**2)


def of_itself(x, w, again):
    y = x
    for _ in range(2):
        y = again(lambda a: a)(y)*w[0]
    return np.sum(y*x) + again(lambda k: k**3)(x[0])


@pytest.mark.parametrize("fun", [in_a_loop, of_pairs, nested, of_itself])
def test_the_same_as_without(fun):
    def once(x, w):
        return fun(x, w, checkpoint)

    def stored(x, w):
        return fun(x, w, lambda f: f)

    check(lambda x, w: np.sum(grad(once)(x, w)**2), (X, W), probes=1)
    v = direction((X, W), np.random.default_rng(1))
    for second in (
        lambda f: hvp(f, (0, 1))(X, W, v),
        lambda f: vjp(grad(f, (0, 1)), X, W)[1](v),
        lambda f: grad(lambda x: np.sum(hvp(f)(x, W, v[0])*x))(X),
        lambda f: grad(lambda x, w: jvp(f, (x, w), (v[0], v[1]))[1], (0, 1))(X, W),
    ):
        np.testing.assert_allclose(flat(second(once)), flat(second(stored)), rtol=1e-10, atol=1e-12)


def test_memory_of_gradients_of_gradients_falls():
    def block(x):
        for _ in range(5):
            x = np.sin(x)*x
        return x

    def total(x, again):
        for _ in range(25):
            x = again(block)(x) if again else block(x)
        return np.sum(x)

    x = np.linspace(0.1, 1.0, 4000)
    squared = grad(lambda x, again: np.sum(grad(total)(x, again)**2))
    peaks = {}
    for again in (checkpoint, None):
        squared(x, again)
        tracemalloc.start()
        squared(x, again)
        peaks[again] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[checkpoint] < 0.3*peaks[None]


def block(x):
    for _ in range(5):
        x = np.sin(x)*x
    return x


def noisy_block(x, rng):
    for _ in range(5):
        x = np.sin(x + rng.normal(size=len(x)))*x
    return x


def of_blocks(x, again):
    for _ in range(25):
        x = again(block)(x) if again else block(x)
    return np.sum(x)


def of_noisy_blocks(x, again):
    rng = np.random.default_rng(3)
    for _ in range(25):
        x = again(noisy_block)(x, rng) if again else noisy_block(x, rng)
    return np.sum(x)


V = np.linspace(1.0, 0.5, 2000)


@pytest.mark.parametrize(
    "second",
    [
        lambda x, again: jvp(of_blocks, (x, again), (V, None))[1]**2,
        lambda x, again: jvp(of_noisy_blocks, (x, again), (V, None))[1]**2,
        lambda x, again: np.sum(hvp(of_blocks)(x, again, V)**2),
    ],
    ids=["tangents", "tangents with draws", "products with the Hessian"],
)
def test_memory_of_gradients_of_tangents_falls(second):
    x, gradient = np.linspace(0.1, 1.0, 2000), grad(second)
    peaks, found = {}, {}
    for again in (checkpoint, None):
        found[again] = gradient(x, again)
        tracemalloc.start()
        gradient(x, again)
        peaks[again] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[checkpoint] < 0.4*peaks[None]
    np.testing.assert_allclose(found[checkpoint], found[None], rtol=1e-9, atol=1e-12)


def test_the_calls_stay_in_the_text():
    def twice(x):
        return np.sum(grad(lambda x: np.sum(checkpoint(layer)(x, W)**2))(x)**2)

    source = s2sad.grad(twice)
    source(X)
    assert "layer_vjp(" in source.source and "again_" not in source.source


def dropping_out(x, rng):
    return np.tanh(x)*rng.normal(size=3)


@pytest.mark.parametrize("bits", [np.random.Philox, np.random.MT19937, np.random.SFC64])
def test_generators_that_are_made_inside_of_any_bits_are_replayed(bits):
    def f(x):
        rng = np.random.Generator(bits(3))
        for _ in range(2):
            x = checkpoint(dropping_out)(x, rng)
        return np.sum(x)*rng.normal()

    s2sad.check_grads(f, (np.array([0.3, 0.7, 1.1]),), order=2)
