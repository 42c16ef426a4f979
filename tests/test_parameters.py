"""Parameters in lists, tuples and dicts: derivatives by them inside of functions, names that are rebound to others."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import s2sad
from support import check

Fields = namedtuple("Fields", "w b")
rng = np.random.default_rng(1)
W, B, X = rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(4, 3))
LAYERS, V = [rng.normal(size=(3, 3)) for _ in range(2)], rng.normal(size=3)
VECTORS = [rng.normal(size=3) for _ in range(2)]
PAIR, NAMED = (W, B), {"w": W, "b": B}


def of_pair(params, x):
    w, b = params
    return np.sum(np.tanh(x @ w + b)**2)


def of_dict(p, x):
    return np.sum(np.tanh(x @ p["w"] + p["b"])**2)


def of_layers(layers, x):
    for w in layers:
        x = np.tanh(w @ x)
    return np.sum(x*x)


def of_sum(p, x):
    return np.sum((p[0] + p[1])**2*x)


# ------------------------------------------------------------------------------------- derivatives by containers


def tuple_made_here(w, b, x):
    g = s2sad.grad(of_pair)((w, b), x)
    return np.sum(g[0]**2) + np.sum(g[1]**3)


def list_made_here(w, b, x):
    g = s2sad.grad(of_pair)([w, b], x)
    return np.sum(g[0]**2) + np.sum(g[1]**3)


def dict_made_here(w, b, x):
    v, g = s2sad.value_and_grad(of_dict)({"w": w, "b": b}, x)
    return v*np.sum(g["w"]**2) + np.sum(g["b"]**3)


def pair_argument(p, x):
    g = s2sad.grad(of_pair)(p, x)
    return np.sum(g[0]**2) + np.sum(g[1]**3)


def dict_argument(p, x):
    g = s2sad.grad(of_dict)(p, x)
    return np.sum(g["w"]**2) + np.sum(g["b"]**3)


def over_gradients(layers, x):
    t = 0.0
    for g in s2sad.grad(of_layers)(layers, x):
        t = t + np.sum(g*g)
    return t


def descent_by_list(layers, x):
    for _ in range(2):
        gs = s2sad.grad(of_layers)(layers, x)
        layers = [w - 0.1*g for w, g in zip(layers, gs)]
    return of_layers(layers, x)


def descent_by_tuple(p, x):
    for _ in range(2):
        gs = s2sad.grad(of_pair)(p, x)
        p = (p[0] - 0.1*gs[0], p[1] - 0.1*gs[1])
    return of_pair(p, x)


def descent_by_dict(p, x):
    for _ in range(2):
        g = s2sad.grad(of_dict)(p, x)
        p = {k: p[k] - 0.1*g[k] for k in p}
    return of_dict(p, x)


def written_gradients(layers, x):
    gs = s2sad.grad(of_layers)(layers, x)
    gs[0] *= 2.0
    gs[1][0] = 3.0*gs[1][0]
    return np.sum(gs[0]**2) + np.sum(gs[1]**2) + np.sum(layers[0]*gs[0])


def gradients_are_apart(p, x):
    g = s2sad.grad(of_sum)(p, x)
    g[0][0] = 7.0*x[1]
    g[1] *= 2.0
    return np.sum(g[0]*p[0]) + np.sum(g[1]**2) + np.sum(x*x)


def momentum(layers, x):
    velocity = [np.zeros_like(w) for w in layers]
    for _ in range(3):
        gs = s2sad.grad(of_layers)(layers, x)
        for i in range(len(layers)):
            velocity[i] = 0.9*velocity[i] - 0.1*gs[i]
            layers[i] = layers[i] + velocity[i]
    return of_layers(layers, x)


def momentum_in_place(layers, x):
    velocity = [np.zeros_like(w) for w in layers]
    for _ in range(3):
        gs = s2sad.grad(of_layers)(layers, x)
        for w, v, g in zip(layers, velocity, gs):
            v *= 0.9
            v -= 0.1*g
            w += v
    return of_layers(layers, x)


INSIDE = [
    (tuple_made_here, (W, B, X)), (list_made_here, (W, B, X)), (dict_made_here, (W, B, X)),
    (pair_argument, (PAIR, X)), (pair_argument, ([W, B], X)), (dict_argument, (NAMED, X)),
    (over_gradients, (LAYERS, V)), (descent_by_list, (LAYERS, V)), (descent_by_tuple, (PAIR, X)),
    (written_gradients, (LAYERS, V)), (gradients_are_apart, (VECTORS, V)),
    (momentum, (LAYERS, V)), (momentum_in_place, (LAYERS, V)),
]  # fmt: skip


@pytest.mark.parametrize("fun, args", INSIDE, ids=[f"{f.__name__}-{type(a[0]).__name__}" for f, a in INSIDE])
def test_derivatives_by_containers(fun, args):
    check(fun, args)


def test_what_containers_of_parameters_may_hold():
    def by_floats(p):
        return s2sad.grad(lambda q: q[0]*q[1])(p)[0]

    check(by_floats, ((1.0, 2.0),))

    def by_fields(p):
        return np.sum(s2sad.grad(lambda q: np.sum(q.w*q.b))(p).w)

    check(by_fields, (Fields(B, B),))

    def by_parts_without_derivative(p):
        g = s2sad.grad(lambda q: np.sum(q["w"]**q["n"]))(p)
        assert g["n"] is None
        return np.sum(g["w"])

    check(by_parts_without_derivative, ({"w": B, "n": 3},))

    def by_list_of_floats(p):
        return s2sad.grad(lambda q: q[0]*q[1])(p)[0]

    check(by_list_of_floats, ([1.0, 2.0],))


# ------------------------------------------------------------------------------------------ names that are rebound


def in_loop(p, x):
    for _ in range(2):
        p = (p[0]*1.1, p[1]*p[1])
    return of_pair(p, x)


def in_no_trip(p, x):
    for _ in range(0):
        p = (p[0]*1.1, p[1]*p[1])
    return of_pair(p, x)


def in_while(p, x):
    i = 0
    while i < 2:
        p = {"w": p["w"]*1.1, "b": p["b"]**2}
        i += 1
    return of_dict(p, x)


def taken(p, x):
    if np.sum(x) > -1e9:
        p = (p[0]*1.1, p[1]*p[1])
    return of_pair(p, x)


def not_taken(p, x):
    if np.sum(x) > -1e9:
        pass
    else:
        p = (p[0]*1.1, p[1]*p[1])
    return of_pair(p, x)


def another_name(p, x):
    q = p
    for _ in range(2):
        q = (q[0]*1.1 + p[0], q[1]*p[1])
    return of_pair(q, x) + of_pair(p, x)


def nested(p, x):
    for _ in range(3):
        for _ in range(2):
            p = (p[0]*1.1, p[1]*p[1])
        if np.sum(p[0]) > 1e9:
            break
    return of_pair(p, x)


def deeper(p, x):
    for _ in range(2):
        p = ((p[0][0]*1.1, p[0][1]), p[1]*p[0][1])
    return of_pair(p[0], x) + np.sum(p[1]**2)


def swapped(p, x):
    for _ in range(3):
        p = (p[1], p[0])
    return np.sum(p[0]**2*x) + np.sum(p[1]**3)


def to_another(p, x):
    q = (p[0], p[1])
    for i in range(3):
        if i % 2:
            q = p
        else:
            q = (q[0]*2.0, q[1])
    return of_pair(q, x)


REBOUND = [
    (in_loop, PAIR, X), (in_no_trip, PAIR, X), (taken, PAIR, X), (not_taken, PAIR, X),
    (another_name, PAIR, X), (nested, PAIR, X), (deeper, (PAIR, B), X), (swapped, tuple(VECTORS), V),
    (to_another, PAIR, X),
]  # fmt: skip


@pytest.mark.parametrize("fun, p, x", REBOUND, ids=[fun.__name__ for fun, _, _ in REBOUND])
def test_names_rebound_to_displays(fun, p, x):
    check(fun, (p, x))


@pytest.mark.parametrize("fun", [in_while, descent_by_dict])
def test_dicts_that_take_the_place_of_an_argument(fun):
    check(fun, (NAMED, X))


def test_another_structure_is_refused():
    def longer(p, n):
        for _ in range(n):
            p = (*p, p[0])
        return p[0]*p[1]

    with pytest.raises(s2sad.UnsupportedError, match="changes its structure in the loop"):
        s2sad.grad(longer)((1.0, 2.0), 2)


def of_slope(t, k):
    return np.sum(np.sin(k[0]*t)*k[1])


def with_slope(k, t):
    return np.sum(s2sad.grad(of_slope)(t, k)**2)


def test_check_grads_of_functions_that_contain_derivatives():
    """Complex steps, which such functions refuse, are not needed."""
    s2sad.check_grads(with_slope, ([0.7, 1.1], V), order=1)


def test_a_name_that_is_bound_to_another_structure_in_every_trip_is_no_matter():
    def f(x):
        p = (x, 2*x)
        s = p[0] + p[1]
        for i in range(3):
            p = (x, s, i*s)
            s = p[1]*p[0] + p[2]
        return np.sum(s)

    check(f, (X,))
