"""Loops over parts of lists: they read the list itself where nobody writes it, and a copy where somebody does."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check


def layers(params, x):
    h = x
    for w, b in params[:-1]:
        h = np.tanh(h @ w + b)
    w, b = params[-1]
    return np.sum((h @ w + b)**2)


def neighbours(params, x):
    s = 0.0
    for (w, b), (v, c) in zip(params[:-1], params[1:], strict=True):  # noqa: RUF007
        s = s + np.sum(w)*np.sum(v**2) + np.sum(b*c*x)
    return s


def numbered(params, x):
    s = 0.0
    for i, (w, b) in enumerate(params[1:], 2):
        s = s + i*np.sum(w*w) + b[0]*x
    return s


def backwards(params, x):
    h = x
    for w, _ in reversed(params[1:]):
        h = np.tanh(h*np.sum(w))
    return h


def every_second(params, x):
    return sum(np.sum(np.sin(w))*x for w, b in params[::2])


def counted(params, x):
    rest = params[1:]
    s = x
    for w, b in rest:
        s = s + np.sum(w*b)
    return s*len(rest)


def inner_and_outer(params, x):
    s = x
    for w, b in params[1:]:
        for v, c in params[:-1]:
            s = s + np.sum(w*c)*np.sum(v*b)
    return s


def grows(params, x):
    for w, b in params[1:]:
        if len(params) < 5:
            params.append((w*x, b))
    return sum(np.sum(w*w) for w, b in params)


def stored_into(params, x):
    s = x
    for w, b in params[1:]:
        params[2] = (w*x, 2*b)
        s = s + np.sum(w*w)
    return s


def written_in_place(params, x):
    s = x
    for w, b in params[1:]:
        params[-1][0][...] = 2*w
        s = s + np.sum(w*w*b)
    return s


def kept(params, x):
    rest = params[1:]
    params = rest + params[:1]
    return sum((np.sum(w*b)*(i + 1) for i, (w, b) in enumerate(params)), x)


def parameters(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(n)
    return [(rng.uniform(0.2, 0.9, (2, 2)), rng.uniform(0.2, 0.9, 2)) for _ in range(n)]


PROGRAMS = [
    neighbours, numbered, backwards, every_second, counted, inner_and_outer, grows, stored_into,
    written_in_place, kept,
]  # fmt: skip


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("fun", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_part_of_a_list(fun, count):
    check(fun, (parameters(count), 0.7))


@pytest.mark.parametrize("count", [1, 2, 4])
def test_layers(count):
    check(layers, (parameters(count), np.array([[0.3, 0.4], [0.1, -0.5]])))


@pytest.mark.parametrize("fun", [neighbours, numbered, backwards, every_second, inner_and_outer])
def test_one_item_and_none(fun):
    check(fun, (parameters(1), 0.7))


def test_layers_need_no_copy_of_the_list():
    gradient = s2sad.grad(layers)
    gradient(parameters(3), np.ones((1, 2)))
    text = gradient.source
    assert "for i in range(len(params) - 1):\n        w, b = params[i]\n        h = np.tanh(h @ w + b)\n" in text, text
    assert text.count(".append(") == 1, text
