"""Bugs that programs of users' kind have brought to light: integer data, computed keys, kept methods, random draws."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

Z = np.array([0.4, 0.2, 0.3])


def minus(z, y):
    return np.sum(1.0 - z*y)


def squared(z, y):
    return np.sum(z*y*y)


def selected(z, y):
    return np.sum(np.where(y > 150, -z*y, z))


def one_by_one(z, y):
    s = 0.0
    for i in range(len(z)):
        s += z[i]*y[i]*y[i]
    return s


@pytest.mark.parametrize("dtype", [np.uint8, bool, np.int64, np.int16])
@pytest.mark.parametrize("f", [minus, squared, selected, one_by_one])
def test_integer_data_do_not_wrap_in_cotangents(f, dtype):
    """A cotangent 1.0*y was left as the integers y, which wrap."""
    if f is not one_by_one or dtype is not np.uint8:
        y = np.array([100, 200, 130]).astype(dtype)
        with np.errstate(all="ignore"):
            expected = s2sad.grad(f)(Z, y.astype(float))
            assert np.allclose(s2sad.grad(f)(Z, y), expected)


def layers(params, x):
    for i in range(len(params)//2):
        x = x @ params[f"W{i}"] + params[f"b{i}"]
        if i != len(params)//2 - 1:
            x = np.maximum(x, 0.1*x)
    return np.sum(x**2)


def test_parameters_are_read_by_computed_keys():
    """A dict argument that was read by an f-string had the gradient zero."""
    draw = np.random.default_rng(0).standard_normal
    params = {"W0": draw((2, 3)), "b0": draw(3), "W1": draw((3, 2)), "b1": draw(2)}
    check(layers, (params, draw((4, 2))))


def test_the_cotangent_of_einsum_may_be_added_to():
    """einsum's cotangent was a read-only view that was taken for a fresh array."""
    a = np.arange(9.0).reshape(3, 3)
    gradient = s2sad.grad(lambda a: np.einsum("ii", a) + np.einsum("ij->", a))(a)
    assert np.array_equal(gradient, np.ones((3, 3)) + np.eye(3))


class Scale:
    def __init__(self, k):
        self.k = k

    def mul(self, x):
        return x*self.k


class Holder:
    def __init__(self, f):
        self.f, self.k = f, 100.0

    def run(self, x):
        return np.sum(self.f(x))


def test_a_bound_method_keeps_its_object():
    """A method of another object, kept in an attribute, ran with the holder as self."""
    holder = Holder(Scale(3.0).mul)
    gradient = s2sad.value_and_grad(holder.run)
    value, grad = gradient(np.ones(2))
    assert value == 6.0 and np.array_equal(grad, [3.0, 3.0])
    holder.f = Scale(5.0).mul
    value, grad = gradient(np.ones(2))
    assert value == 10.0 and np.array_equal(grad, [5.0, 5.0])


def noisy(x, seed):
    rng = np.random.default_rng(seed)
    for _ in range(3):
        x = x + 0.1*rng.normal(size=x.shape)*x
        places = rng.integers(0, len(x), 2)
        x[places] *= 0.5
    a, b = rng.normal(size=2)
    return np.sum(x**3*a + x*b)


def test_arrays_made_of_random_draws_are_written():
    """The kinds of what a generator draws were not known, and writes to them were refused."""
    check(noisy, (np.array([0.3, -0.4, 0.5]), 3))


def checked(x, table, n):
    calls = [0.0]

    def counted():
        calls[0] += x[0]
        return calls[0]

    s = 0.0
    for i in range(n):
        assert x[i] > -5.0, f"{x[i]} {x[i + 1]}"
        assert not table, table["fault"]
        assert counted() > -9.0, counted()
        s += x[i]**2*calls[0]
    return s


def test_the_message_of_an_assertion_is_made_for_failures_alone():
    """It was made ahead of the test: what it wrote was written, and what it raised was raised."""
    check(checked, (Z.copy(), {}, 3))
    for f in (checked, s2sad.grad(checked)):
        with pytest.raises(AssertionError, match="too large"):
            f(Z.copy(), {"fault": "too large"}, 3)
