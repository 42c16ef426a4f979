"""Bugs that programs of users' kind have brought to light: integer data, computed keys, kept methods, random draws."""

from __future__ import annotations

from typing import TypedDict

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


def attributes_of_functions(x, n):
    def columns(d):
        columns.at = d

        def column(i):
            part = x[columns.at:columns.at + i + 1]
            columns.at += i
            return np.sum(part)*columns.scale

        return [column(i) for i in range(d)]

    def count(v):
        count.calls += 1
        return v*count.calls

    count.calls, columns.scale = 0, x[0]
    s = 0.0
    for _ in range(n):
        s += count(sum(columns(2)))**2
        if s > 1.0:
            s += count(x[1])
    return s*count.calls


def test_attributes_of_nested_functions():
    check(attributes_of_functions, (np.array([0.3, 0.7, 1.1, 0.2]), 3))


def scaled(a, b, c=2.0):
    return a*b + c


def applied(steps, x):
    for kind, *pars in steps:
        match kind:
            case "scale":
                x = x*np.sin(*pars)
            case "affine":
                x = x*scaled(*pars)
    return x


def test_a_list_of_unlike_tuples():
    """`[("scale", 2.0), ("affine", 1.5, 0.3)]`: each element is known, and how many a star takes."""
    check(applied, ([("scale", 2.0), ("affine", 1.5, 0.3), ("affine", 0.2, 0.4, 0.1)], 0.5))


def walk(a, n, seed):
    rng = np.random.default_rng(seed)
    path, noise = [rng.standard_normal(3)], rng.random((n, 3))
    for t in range(n):
        path.append(a*path[-1] + noise[t])
    x = noise[0]
    for _ in range(n):
        x = a*x + rng.normal(size=3)
    return np.sum(np.array(path)**2) + np.sum(x*x)


def test_draws_in_a_list_of_active_arrays():
    """The generator was taken for one of what shares storage with the draw."""
    check(walk, (0.7, 3, 5))


def weighted(p, data):
    return sum(weight*np.dot(np.array(place), p)**2 for place, weight in data)


def test_a_tangent_of_a_gradient_with_tuples_of_integers():
    data = [((1, 0), 2.0), ((1, 2), 0.5)]
    p = np.array([0.3, 0.4])
    gradient = s2sad.grad(weighted, ("p", "data"))
    out, dot = s2sad.jvp(gradient, (p, data), (np.ones(2), [(None, 1.0), (None, 1.0)]))
    assert out[1][0] == ((None, None), p[0]**2) and dot[1][1][0] == (None, None)


class Running:
    def __init__(self, start):
        self.n, self.mean = 0, start

    def push(self, x):
        self.n += 1
        self.mean += (x - self.mean)/self.n

    def __repr__(self):
        return f"Running(n={self.n}, mean={self.mean:.3f})"


class Motion(TypedDict):
    x: float
    t: int


def told(x, n):
    mean, at = Running(0.0), Motion(x=x, t=0)
    for _ in range(n):
        at["x"] = at["x"]*np.sin(x)
        mean.push(at["x"])
        at = Motion(x=at["x"] + 0.1, t=at["t"] + 1)
    print(mean, f"{mean}, {mean!s:>3}")
    return mean.mean*at["x"]*len(str(mean))


def test_what_an_object_says_of_itself(capsys):
    """A printed object was refused; a TypedDict was no dict."""
    check(told, (0.7, 3))
    capsys.readouterr()
    s2sad.grad(told)(0.7, 3)
    made = capsys.readouterr().out
    told(0.7, 3)
    assert made == capsys.readouterr().out != ""
