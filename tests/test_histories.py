"""Lists that a program keeps itself: the reverse sweep reads them where they hold what it needs."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, -0.4, 0.8, 0.6])


def all_states(x, k):
    xs = []
    for _ in range(4):
        xs.append(x)
        x = np.sin(k*x)*x
    return np.sum(x) + np.sum(xs[1]*xs[2])


def some_states(x, k):
    xs = []
    for i in range(4):
        if i % 2 == 0:
            xs.append(x)
        x = np.sin(k*x)*x
    return np.sum(x) + np.sum(xs[1])


def popped_states(x, k):
    xs = []
    for _ in range(4):
        xs.append(x)
        x = np.sin(k*x)*x
    last = xs.pop()
    return np.sum(x*last)


def replaced_state(x, k):
    xs = []
    for _ in range(4):
        xs.append(x)
        x = np.sin(k*x)*x
    xs[2] = x*x
    return np.sum(x) + np.sum(xs[2]*xs[3])


def written_states(x, k):
    xs = []
    y = x.copy()
    for _ in range(3):
        xs.append(y)
        y *= np.sin(k*y)
    return np.sum(y*xs[0])


def twice(x, k):
    xs = []
    for _ in range(3):
        xs.append(x)
        x = np.cos(x)*k
    for _ in range(3):
        xs.append(x)
        x = np.sin(x)*k
    return np.sum(x) + np.sum(xs[4])


def two_names(x, k):
    xs = []
    ys = xs
    for _ in range(3):
        xs.append(x)
        x = np.cos(x)*k
    ys.append(x)
    return np.sum(x*ys[1])


def leaves_early(x, k):
    xs = []
    for _ in range(9):
        xs.append(x)
        x = np.cos(x)*k
        if np.sum(x) < 1.5:
            break
    return np.sum(x*xs[-1])


def inside_a_loop(x, k):
    s = 0.0
    for _ in range(2):
        xs = []
        for _ in range(3):
            xs.append(x)
            x = np.cos(x)*k
        s = s + np.sum(xs[0]*xs[2])
    return s


def read_back(x, k):
    xs = []
    for i in range(5):
        xs.append(x)
        x = k*np.sin(x)*xs[i // 2]
    return np.sum(x)


def read_from_the_end(x, k):
    xs = [x]
    for _ in range(4):
        x = k*np.sin(x)*xs[-1]
        xs.append(x)
    return np.sum(x)


@pytest.mark.parametrize(
    ("fun", "tapes"),
    [
        (all_states, 1), (some_states, None), (popped_states, None), (replaced_state, None), (written_states, None),
        (twice, None), (two_names, None), (leaves_early, None), (inside_a_loop, None), (read_back, 1),
        (read_from_the_end, None),
    ],
)  # fmt: skip
def test_history(fun, tapes):
    check(fun, (X, 0.9))
    made = s2sad.grad(fun, (0, 1))
    made(X, 0.9)
    if tapes is not None:
        assert made.source.count("xs.append(") == tapes and "xs_1" not in made.source, made.source


def test_a_returned_history_is_the_callers():
    def states(x):
        xs = []
        for _ in range(3):
            xs.append(x)
            x = np.sin(x)*x
        return x, xs

    (_, xs), pullback = s2sad.vjp(states, X)
    seed = (np.ones(4), [np.zeros(4) for _ in xs])
    first = pullback(seed)
    xs[1] = xs[0]
    np.testing.assert_array_equal(pullback(seed)[0], first[0])
