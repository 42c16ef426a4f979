"""A cotangent that is added to takes the place of an equal one that nobody reads: what was made of that holds no longer."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, -0.5, 0.9, 0.2, 0.7, -0.1])
Y = np.array([0.1, 0.4, -0.2, 0.8, 0.3, 0.6])


def subtracted_twice(x, y):
    a = np.sin(x)
    t = a*np.cos(y)
    w = np.tanh(y)*y
    r = t*np.exp(x) - t - a*w
    return np.sum(np.sin(r))


def selected(x, y):
    a, b, c, w = np.sin(x), np.cos(y), np.exp(x), np.tanh(y)*y
    t = a*b
    r = c*t/9.0 - t - a*np.where(y > 0, w*w, 0.0)
    return np.sum(np.cos(r))


def written_twice(x, y):
    a, w = np.sin(x), np.tanh(y)
    t = a*np.cos(y)
    r = t*x - t + t*w*y - a*w
    q = t*w - np.exp(t)
    return np.sum(np.cos(r)*y) + np.sum(a*q)


def in_a_loop(x, y):
    for _ in range(3):
        a = np.sin(x)
        t = a*y
        x = t*np.exp(x) - t - a*np.tanh(y)
    return np.sum(x)


def of_a_callee(x, y):
    return np.sum(mixed(np.sin(x), np.cos(y), y) + mixed(y, x, x*y))


def mixed(a, b, w):
    t = a*b
    return np.exp(w)*t - t - a*w if np.sum(w) > 0 else t - a*w


PROGRAMS = (subtracted_twice, selected, written_twice, in_a_loop, of_a_callee)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_gradients(program):
    check(program, (X.copy(), Y.copy()))
    s2sad.check_grads(program, (X, Y), order=2)
