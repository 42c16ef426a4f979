"""What a reversed loop reads: equal values of all trips once, shapes for arrays, values of the logistic function."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from support import check, check_vjp

X = np.array([0.5, 0.7, 1.1, 0.9])
M = np.array([[1.0, 0.2, 0.4], [0.3, 2.0, 0.6]])


# --------------------------------------------------------------------------------------- equal in all trips


def relaxed(p, dx, dy, steps):
    for _ in range(steps):
        weight = dx**2*dy**2/(2*(dx**2 + dy**2))
        window = np.exp(-dx*np.arange(4.0))
        p = np.sin(p*weight)*window + p/(dx**2 + dy**2)
    return np.sum(p)


def relaxed_until(p, dx, dy, limit):
    n = 0
    while np.sum(p*p) < limit:
        n += 1
        if n > 6:
            break
        scale = math.sqrt(dx*dx + dy*dy)
        if n % 2 == 0:
            rate = dx**3/dy
            p = p + np.sin(p)*rate
        p = p*np.exp(0.1*p)*scale
    return np.sum(p)


def relaxed_in_rows(p, dx, dy, steps):
    for i in range(steps):
        for _ in range(i):
            p = np.sin(p*dx**2/dy) + math.exp(dx)*p
        p = p*math.log(dy)
    return np.sum(p)


def written_each_time(p, dx, dy, steps):
    for _ in range(steps):
        w = np.full(4, dx)
        w[1:] *= dy
        v = np.full(4, dy)*dx
        p = np.sin(p*w)*v
    return np.sum(p)


def counted_by_what_is_read(p, dx, dy, steps):
    rates = [dx]
    for i in range(steps):
        rate = rates[i]*dy
        rates.append(rate)
        scale = len(rates)*dx**2
        p = np.sin(p*scale)*rate
    return np.sum(p)


@pytest.mark.parametrize("fun", [
    relaxed, relaxed_until, relaxed_in_rows, written_each_time, counted_by_what_is_read,
], ids=lambda f: f.__name__)  # fmt: skip
@pytest.mark.parametrize("last", [0, 1, 4])
def test_values_that_are_the_same_in_every_trip(fun, last):
    """What is computed of values from outside of the loop only is what the last trip made, or made again."""
    check(fun, (X, 0.8, 1.3, last))
    check_vjp(fun, (X, 0.8, 1.3, last))


def test_no_tape_of_them():
    """The reverse sweep reads the names that the forward sweep leaves."""
    text = s2sad.grad(relaxed).source_for(X, 0.8, 1.3, 4)
    assert "weights" not in text and "windows" not in text
    assert text.count(".append(") == 1


# --------------------------------------------------------------------------------------------------- shapes


def collected(x, w, n):
    total = np.zeros((2, 3))
    for i in range(n):
        part = x[i % 2 :]*w[i % 3]
        total += part
        total = total + np.sin(part)[:1]
    return np.sum(total**2)


def passed_on(x, w, n):
    s = x
    for i in range(n):
        s = x[: 1 + i % 2]*w[0] + s
        t = np.tanh(s)
        s = s + t.reshape(t.size)[:1]*2.0
    return np.sum(s**2)


def in_blocks(x, w, n):
    total = 0.0
    for i in range(n):
        for j in range(1, 3):
            b = np.add.outer(x[:j, 0], w[:j])
            total = total + b
            if np.sum(w) > 0.3*i:
                total = total*2.0 + b[:1]
    return np.sum(total)


@pytest.mark.parametrize("fun, w", [(collected, X), (passed_on, X), (in_blocks, X[:1])], ids=["collected", "passed_on", "in_blocks"])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_arrays_of_which_only_the_shape_is_read(fun, w, n):
    """A shape stands on the tape, and the texts can be differentiated again."""
    check(fun, (M, w, n))
    s2sad.check_grads(lambda x: np.sum(s2sad.grad(fun)(x, w, n)**2), (M,))


def test_a_shape_is_taped():
    """No array waits on a tape for its shape."""
    text = s2sad.grad(collected, (0, 1)).source_for(M, X, 3)
    assert ".shape)" in text and text.count(".append(") == 2


# --------------------------------------------------------------------------------------------- the logistic


def neuron(x, w):
    p = 1/(1 + np.exp(-(x @ w)))
    return -np.mean(np.log(p) + p**2)


def grown(x, w):
    s = 0.0
    for i in range(3):
        x = 1.0/(np.exp(-x*w) + 1.0)
        if i > 0:
            s = s + np.sum(1/(1 + np.exp(x*w)))
        x = x + w
    return s


def both_are_read(x, w):
    t = np.exp(x*w)
    d = 1 + t
    return np.sum(1/d) + np.sum(1/(1 + t)) + np.sum(d*t)


def of_written(x, w):
    y = x*w
    p = 1/(1 + np.exp(y))
    y[0] = p[1]*w[0]
    p[0] = 3.0
    return np.sum(p*y)


def of_a_number(x, w):
    return 1/(1 + math.exp(-x*w))*w


@pytest.mark.parametrize("fun, args", [
    (neuron, (M, X[:3])), (grown, (M, X[:3])), (both_are_read, (M, X[:3])), (of_written, (X, X[::-1])),
    (of_a_number, (0.3, 0.8)), (neuron, (M.astype(np.float32), X[:3].astype(np.float32))), (neuron, (M, X[:3] + 0.1j)),
], ids=["neuron", "grown", "both_are_read", "of_written", "of_a_number", "float32", "complex"])  # fmt: skip
def test_the_logistic_function_as_it_is_written_out(fun, args):
    """Its derivative is that of the formula, of second order too."""
    if np.iscomplexobj(args[1]):
        check_vjp(lambda x, w: np.abs(1/(1 + np.exp(-(x @ w)))), args)
        return
    check(fun, args)
    if np.asarray(args[0]).dtype != np.float32:
        s2sad.check_grads(fun, args, order=2)


def test_the_logistic_function_far_out():
    """Where the exponential overflows the derivative is 0."""
    x = np.array([-800.0, 0.0, 800.0])
    with np.errstate(over="ignore"):
        assert s2sad.grad(lambda x: np.sum(1/(1 + np.exp(-x))))(x).tolist() == [0.0, 0.25, 0.0]


# ------------------------------------------------------------------------------ arrays that are made anew and written


def carried(x):
    y, s = x, 0.0
    for _ in range(4):
        z = 0.5*y*y
        z += np.sin(y)
        z[0] *= 0.5
        y = z
        s = s + np.sum(y*y)
    return s


def exchanged(x):
    a, b = x*1.0, x*2.0
    for i in range(4):
        t = a*b
        t += a*i
        a, b = b, t
    return np.sum(a*b)


def with_a_view(x):
    y = x*1.0
    for _ in range(3):
        v = y[1:]
        z = y*y
        z[1:] += v*v
        y = z
    return np.sum(y)


def on_two_paths(x):
    y, s = x*1.0, 0.0
    for i in range(4):
        if i % 2:
            z = y*0.5
            z *= y
            y = z
        else:
            y = y + 1.0
            y *= y[::-1]*0.3
        s = s + np.sum(y*y)
    return s


def the_older_is_written(x):
    y, s = x*1.0, 0.0
    for _ in range(3):
        w = y
        y = w*w*0.5
        y += w
        w *= 0.3
        s = s + np.sum(w*y)
    return s


def listed_and_written(x):
    y, ys = x, []
    for _ in range(3):
        z = y*y
        z += 0.1
        ys.append(z)
        y = z
        ys[-1] *= 0.5*y
    return np.sum(ys[0]*ys[2])


@pytest.mark.parametrize(
    "fun", [carried, exchanged, with_a_view, on_two_paths, the_older_is_written, listed_and_written]
)
def test_arrays_that_are_made_anew_in_each_trip_and_written(fun):
    check(fun, (X,), probes=1)
    along = s2sad.jvp(s2sad.grad(fun), (X,), (X,))[1]
    np.testing.assert_allclose(s2sad.vjp(s2sad.grad(fun), X)[1](X)[0], along, rtol=1e-11)


def test_what_is_older_than_an_array_is_taped_without_a_copy():
    """The array that is written in a trip is another one than what the trip began with."""
    forward = s2sad.grad(exchanged).source_for(X).partition("# backward")[0]
    assert "bs.append(b)" in forward and ".copy()" not in forward
