"""Optimisation inside optimisation: line searches with callables, counters, results in namedtuples and dicts."""

from collections import namedtuple
from functools import partial

import numpy as np

R = np.random.default_rng(84)
N = R.standard_normal

Result = namedtuple("Result", ["x", "fun", "nit"])


def counted(fn):
    calls = 0

    def wrapper(*args, **kwargs):
        nonlocal calls
        calls += 1
        return fn(*args, **kwargs)

    return wrapper


def quadratic(x, A, b=None):
    y = 0.5*x @ A @ x
    return y if b is None else y - b @ x


def slope(x, A, b=None):
    g = A @ x
    if b is not None:
        g = g - b
    return g


def backtrack(fun, x, p, g, *, c=1e-4, shrink=0.5):
    t, fx = 1.0, fun(x)
    while fun(x + t*p) > fx + c*t*(g @ p):
        t *= shrink
    return t


def descend(fun, grad, x0, steps, callback=None, **options):
    x = x0
    nit = 0
    while nit < steps:
        nit += 1
        g = grad(x)
        x = x - backtrack(fun, x, -g, g, **options)*g
        if callback is not None:
            callback(x)
    return Result(x=x, fun=fun(x), nit=nit)


def solve(A, b, x0):
    fun, grad = counted(partial(quadratic, A=A, b=b)), partial(slope, A=A, b=b)
    trace = []
    found = descend(fun, grad, x0, 3, callback=lambda x: trace.append(np.sum(x**2)), shrink=0.4)
    return found.fun*found.nit + np.sum(found.x**3) + sum(trace)


def model(t, amplitude, rate, offset):
    return amplitude*np.exp(-rate*t) + offset


def residuals(params, t, y):
    return model(t, *params) - y


def gauss_newton(params, t, y):
    for _ in range(2):
        r = residuals(params, t, y)
        e = np.exp(-params[1]*t)
        J = np.stack([e, -params[0]*t*e, np.ones_like(t)], axis=1)
        params = params - np.linalg.solve(J.T @ J + 0.1*np.eye(3), J.T @ r)
    r = residuals(params, t, y)
    return 0.5*r @ r


SCHEDULES = {
    "constant": lambda lr, k: lr,
    "inverse": lambda lr, k: lr/(1.0 + k),
    "cosine": lambda lr, k: 0.5*lr*(1.0 + np.cos(0.3*k)),
}


def scheduled(lr, x, names):
    state = {"x": x, "best": 10.0}
    for name in names:
        for k in range(2):
            state["x"] = state["x"] - SCHEDULES[name](lr, k)*2.0*state["x"]
            state["best"] = min(state["best"], np.sum(state["x"]**2))
    return state["best"] + np.sum(state["x"])


SPD = np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.0]])
CASES = [
    (solve, (SPD, N(3), N(3))),
    (gauss_newton, (np.array([1.0, 0.5, 0.1]), np.linspace(0.0, 2.0, 6), N(6))),
    (gauss_newton, (np.array([1.0, 0.8, 0.2]), np.linspace(0.0, 3.0, 9), N(9))),
    (scheduled, (0.1, N(3), ("constant", "inverse", "cosine"))),
    (scheduled, (0.1, N(3), ())),
]
