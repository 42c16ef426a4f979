"""Jacobians and pullbacks of functions that return structures, called inside of a differentiated function (issue 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.4, -0.9])


@dataclass
class Weights:
    w: np.ndarray
    b: float


class Pair(NamedTuple):
    w: np.ndarray
    b: float


def cube(p):
    return np.sum(p.w**3)*p.b


def parts(x, k):
    return {"a": np.sin(x*k), "b": (k*x[1], np.outer(x, x)), "n": 3}


def layer(p, x):
    return np.tanh(p.w*x + p.b), p.b*(p.w @ p.w)


def of_parts(transform):
    def total(x, k):
        s = 0.0
        for i in range(2):
            j = transform(parts, (0, 1))(x + i, k)
            s += np.sum(j["a"][0]**2) + np.sum(j["b"][1][0])*j["b"][0][1] + np.sum(j["a"][1])
        return s

    return total


def of_gradients(transform):
    def total(p):
        h = transform(s2sad.grad(cube))(p)
        return np.sum(h.w.w**2) + np.sum(h.w.b*h.b.w) + h.b.b

    return total


def with_aux(transform):
    def total(p, x):
        j, aux = transform(lambda p: (layer(p, x), x*p.b), has_aux=True)(p)
        return np.sum(j[0].w)*np.sum(aux) + j[1].b + np.sum(j[1].w*x) if x[0] > 0 else 0.0

    return total


TRANSFORMS = [s2sad.jacfwd, s2sad.jacrev]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_results_that_are_structures(transform):
    check(of_parts(transform), (X, 0.7), probes=1)
    check(with_aux(transform), (Weights(X, 0.3), X), probes=1)


@pytest.mark.parametrize("p", [Weights(X, 0.3), Pair(X, 0.3)])
def test_derivatives_of_gradients_by_records(p):
    for transform in TRANSFORMS:
        check(of_gradients(transform), (p,), probes=1)

    def pulled(p):
        value, pullback = s2sad.vjp(s2sad.grad(cube), p)
        return np.sum(value.w)*value.b + pullback(value)[0].b

    check(pulled, (p,), probes=1)


def test_third_derivatives_by_a_dict():
    def f(p):
        return np.sum(p["w"]**3)*p["b"]**2

    p = {"w": X, "b": 0.7}
    expected = s2sad.jacfwd(s2sad.hessian(f))(p)
    for outer, inner in ((s2sad.jacfwd, s2sad.jacrev), (s2sad.jacrev, s2sad.jacfwd)):
        found = outer(inner(s2sad.grad(f)))(p)
        for a, b, c in ("www", "wbw", "bbw", "bwb"):
            np.testing.assert_allclose(found[a][b][c], expected[a][b][c], rtol=1e-12)
