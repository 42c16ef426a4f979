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


class State(NamedTuple):
    pos: float
    vel: float


def of_floats(xs, rows):
    return sum(v**3 for v in xs)*sum(a**2*b + k for (a, b), k in rows)


def of_states(states):
    return sum(s.pos**2*s.vel for s in states)


def products_of_slopes(xs, rows):
    total = 0.0
    for _ in range(2):
        slopes, by_rows = s2sad.grad(of_floats, (0, 1))(xs, rows)
        xs = [v - 0.01*d for v, d in zip(xs, slopes)]
        total += slopes[0]*xs[-1] + sum(pair[0]*pair[1] for pair, none in by_rows if none is None)
    return total


def of_slopes_of_states(states):
    slopes = s2sad.grad(of_states)(states)
    assert isinstance(slopes[0].pos, float)
    return sum(s.pos*s.vel for s in slopes)


def test_lists_of_python_numbers_and_of_tuples_have_gradients_like_them():
    """Lists of floats were refused as arguments of a gradient inside, namedtuples in lists became tuples."""
    rows = [((0.3, 0.4), 1), ((0.4, 0.5), 2)]
    check(products_of_slopes, ([0.3, 0.4, 0.6], rows), probes=1)
    check(lambda xs, rows: s2sad.grad(products_of_slopes)(xs, rows)[0]**2, ([0.3, 0.4, 0.6], rows),
          pullbacks=False, probes=1, text=False)
    states = [State(0.3, 0.4), State(0.5, 0.6)]
    check(of_slopes_of_states, (states,), probes=1)
    check(lambda states: s2sad.grad(of_slopes_of_states)(states)[1].vel**2, (states,), pullbacks=False, probes=1, text=False)


def of_waves(zs):
    return sum(np.sum(np.abs(z)**2*z.imag) for z in zs)


def by_waves(x):
    slopes = s2sad.grad(of_waves)([x*1j, x*(2 + 1j)])
    return np.sum(slopes[0].imag*x) + np.sum(slopes[1].real*slopes[0].imag)


def test_lists_of_complex_arrays_have_conjugated_gradients_inside():
    """They came as generated code has them: the value had another sign."""
    check(by_waves, (X,), probes=1)
    check(lambda x: np.sum(s2sad.grad(by_waves)(x)**2), (X,), pullbacks=False, probes=1, text=False)
