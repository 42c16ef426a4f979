"""Rules of functions that return dicts, and tuples and dicts in these: what solvers of libraries return."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

A, B = np.array([[2.0, 0.3], [0.1, 1.5]]), np.array([0.3, 0.7])
RETURNS = {"x": "b", "residual": float, "rest": (np.float64, {"squares": "b", "steps": int})}


def written(a, b, k=2):
    x = np.linalg.solve(a, b)
    return {"x": x, "residual": b @ x, "rest": (k*x[0], {"squares": x*x, "steps": 3})}


def solver(a, b, k=2):
    found = written(a, b, k)
    return {**found, "residual": float(found["residual"])}


def backward(g, out, a, b, k=2):
    first, parts = g["rest"]
    by_x = g["x"] + g["residual"]*b + 2*out["x"]*parts["squares"] + k*first*np.array([1.0, 0.0])
    w = np.linalg.solve(a.T, by_x)
    return -np.outer(w, out["x"]), w + g["residual"]*out["x"], None


def tangent(dots, out, a, b, k=2):
    x = np.linalg.solve(a, dots[1] - dots[0] @ out["x"])
    rest = (k*x[0], {"squares": 2*out["x"]*x, "steps": None})
    return {"x": x, "residual": b @ x + dots[1] @ out["x"], "rest": rest}


s2sad.rule(solver, vjp=backward, jvp=tangent, returns=RETURNS)


def used(solve, a, b):
    s = 0.0
    for i in range(2):
        found = solve(a, b*(i + 1))
        first, parts = found["rest"]
        if parts["steps"] == 3:
            s = s + np.sum(found["x"]*parts["squares"])*found["residual"] + first*np.sin(found["residual"])
    return s


def by_rule(a, b):
    return used(solver, a, b)


def by_source(a, b):
    return used(written, a, b)


def test_both_modes_to_third_order():
    check(by_rule, (A, B))
    one, two = s2sad.hvp(by_rule, (0, 1)), s2sad.hvp(by_source, (0, 1))
    for got, expected in zip(one(A, B, (0.3*A, 2*B)), two(A, B, (0.3*A, 2*B)), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-11)
    thirds = [
        s2sad.grad(lambda b, f=f: np.sum(s2sad.grad(lambda c: np.sum(s2sad.grad(f, 1)(A, c)**2))(b)))(B)
        for f in (by_rule, by_source)
    ]
    np.testing.assert_allclose(*thirds, rtol=1e-10)


def halves(x):
    return x**2, (np.sum(x), 3*x)


@s2sad.rule(halves, returns=("x", (np.float64, "x")))
def halves_vjp(g, out, x):
    return 2*x*g[0] + g[1][0] + 3*g[1][1]


@s2sad.rule(halves).jvp
def halves_jvp(dots, out, x):
    return 2*x*dots[0], (np.sum(dots[0]), 3*dots[0])


def of_halves(x):
    squares, (total, thrice) = halves(x)
    return np.sum(squares)*total + np.sum(thrice*squares)


def test_tuples_in_tuples_and_decorators():
    check(of_halves, (B,))
    np.testing.assert_allclose(s2sad.hvp(of_halves)(B, B), 2*s2sad.grad(of_halves)(B), rtol=1e-12)


def test_results_of_another_structure_are_reported_with_the_functions_name():
    def bad(x):
        return {"x": 2*x, "steps": 3} if x[0] > 0 else {"x": 2*x}

    s2sad.rule(bad, vjp=lambda g, out, x: np.ones(5), returns={"x": "x", "steps": int})
    loss = s2sad.grad(lambda x: np.sum(bad(x)["x"]))
    with pytest.raises(ValueError, match=r"the rule for bad\(\) returned a derivative of shape \(5,\)"):
        loss(B)
    with pytest.raises(TypeError, match=r"bad\(\) returned the keys \['x'\], and its rule says returns="):
        loss(-B)
    with pytest.raises(ValueError, match="has no parts"):
        s2sad.rule(bad, vjp=lambda g, out, x: g, returns={})
    with pytest.raises(ValueError, match="no argument of bad"):
        s2sad.rule(bad, vjp=lambda g, out, x: g, returns={"x": "y"})
