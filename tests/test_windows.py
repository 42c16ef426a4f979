"""Windows of loops: parts of arrays that lie within them have the window's length, others need not."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, -0.7, 1.1, 0.3, 0.9, -0.4])
W = np.array([0.2, 0.6, -0.3])
IMAGE = np.outer(X, X[::-1]) + 0.1*np.arange(36).reshape(6, 6)
KERNEL = np.array([[0.3, -0.2], [0.5, 0.7], [0.1, -0.6]])


def filtered(x, w):
    n, k = len(x), len(w)
    y = np.zeros(n - k + 1)
    for i in range(n - k + 1):
        y[i] = np.sum(x[i:i + k]*w)
    return np.sum(np.tanh(y))


def filtered_backwards(x, w):
    k = w.shape[0]
    total = 0.0
    for i in range(len(x) - k, -1, -1):
        total += np.sum(x[i:i + k]*w)**2
    return total


def over_the_shape_of_the_result(image, kernel):
    rows, columns = image.shape
    h, w = kernel.shape
    out = np.zeros((rows - h + 1, columns - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i:i + h, j:j + w]*kernel)
    return np.mean(out**2)


def strided(x, w):
    k = len(w)
    total = 0.0
    for i in range((len(x) - k)//2 + 1):
        total += np.sum(x[2*i:2*i + k]*w)**2
    return total


def pairs_of_windows(x, w):
    k, n = len(w), len(x)
    total = 0.0
    for i in range(n - k):
        for j in range(i + 1, n - k + 1):
            total += np.sum((x[i:i + k] - x[j:j + k])**2*w)
    return total


def blocks(x, w):
    k = len(w)
    total = 0.0
    for i in range(0, len(x) - k + 1, k):
        total += np.sum(x[i:i + k]*w)*np.sum(x[i:i + k]**2)
    return total


WITHIN = (filtered, filtered_backwards, pairs_of_windows, blocks)


def past_the_end(x, w):
    k = len(w)
    total = 0.0
    for i in range(len(x)):
        part = x[i:i + k]
        total += np.sum(part*w[:1]) + np.sum(part*part)*w[len(part) - 1]
    return total


def broadcast_at_the_end(x, w):
    total = 0.0
    for i in range(len(x) - 1, -1, -len(w)):
        part = x[i:i + len(w)]
        if len(part) == 1:
            total += np.sum(part*w)**2
    return total


def from_the_other_end(x, w):
    total = 0.0
    k = len(w)
    for i in range(-1, 1):
        part = x[i:i + k]
        total += np.sum(part)*w[len(part) - 1]
    return total


def before_the_start(x, w):
    total = 0.0
    k = len(w)
    for i in range(2):
        part = x[i - 1:i - 1 + k]
        total += np.sum(part)*w[len(part) - 1]
    return total


def counted_on(x, w):
    k, n = len(w), len(x)
    total = 0.0
    for i in range(n - k + 1):
        i = i + 2
        part = x[i:i + k]
        total += np.sum(part*part)*w[len(part) - 1]
    return total


def longer_each_trip(x, w):
    total = 0.0
    held = w[:1]
    for i in range(3):
        k = len(held)
        part = x[i:i + k]
        held = np.concatenate((held, x[:1]*w[i]))
        total += np.sum(part)*np.sum(held[:k]*part) + np.sum(held)
    return total


def the_last_trip_left(x, w):
    k = 1
    total = 0.0
    for i in range(len(x) - 2):
        part = x[i:i + k]
        total += np.sum(part*w)*w[0]
        k = len(w) if i == 1 else 1
    return total


PROGRAMS = (
    *WITHIN,
    strided,
    past_the_end,
    broadcast_at_the_end,
    from_the_other_end,
    before_the_start,
    counted_on,
    longer_each_trip,
    the_last_trip_left,
)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_gradients(program):
    check(program, (X, W))
    if program is not longer_each_trip:
        check(program, (X[:3].copy(), W))
    if program in WITHIN:
        check(program, (X, X.copy()))
        check(program, (X, W[:1].copy()))


def test_images():
    check(over_the_shape_of_the_result, (IMAGE, KERNEL))
    check(over_the_shape_of_the_result, (IMAGE[:3, :2].copy(), KERNEL))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_second_derivatives(program):
    v = np.cos(X)
    gradient = s2sad.grad(program)
    expected = (gradient(X + 1e-6*v, W) - gradient(X - 1e-6*v, W))/2e-6
    np.testing.assert_allclose(s2sad.hvp(program)(X, W, v), expected, rtol=1e-6, atol=1e-7)
    twice = s2sad.grad(lambda x, w: np.vdot(gradient(x, w), v))
    np.testing.assert_allclose(twice(X, W), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("program", WITHIN, ids=lambda p: p.__name__)
def test_windows_that_lie_within_are_not_summed_to_shape(program):
    assert "unbroadcast" not in s2sad.grad(program, argnums=(0, 1)).source_for(X, W)


def test_windows_that_reach_over_the_end_are():
    def clipped(x, w):
        total = 0.0
        for i in range(len(x)):
            part = x[i:i + len(w)]
            total += np.sum(part*w[:len(part)])
        return total

    assert "unbroadcast" in s2sad.grad(clipped, argnums=(0, 1)).source_for(X, W)
    check(clipped, (X, W))
