"""Indices that name a place twice, and those that are known not to: sums over repeats, or one addition."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([1.5, -2.0, 0.7])


def counted_from_behind(x):
    i = np.arange(-1, 3)  # the last place twice, where there are three
    return np.sum(x[i]**2)


def counted_from_behind_in_a_loop(x):
    s = 0.0
    for k in range(3):
        s = s + np.sum(x[np.arange(k - 1, 3)]**2)
    return s


def written_from_behind(x):
    y = x.copy()
    i = np.arange(-1, 3)
    y[i] = np.sin(np.concatenate((x, x[:1])))
    return np.sum(y**2)


def counted_by_a_step(x, step=-1):
    return np.sum(x[np.arange(0, -3, step)]*x[np.arange(2, -2, step)][:3]**2) + np.sum(x[np.arange(2, -2, step)]**2)


def pairs(x):
    y = np.outer(x, x)
    i = np.arange(-1, 3)
    return np.sum(y[i, i]**3) + np.sum(y[i, [0, 1, 2, 2]]**2)


def sorted_by_places(x):
    i = np.argsort(x)
    y = x[i]
    y[1:] *= y[:-1]
    return np.sum(x[i[1:]]**2*y[1:]) + np.sum(x[i[::-1]]*np.arange(3.0)) + np.sum(x[np.argsort(-x)[:2]]**3)


def chosen_by_places(x):
    s = 0.0
    for k in range(2):
        i = np.flatnonzero(x > k - 1.0)
        x = x*1.1
        x[i] = x[i]**2 + k
        s = s + _total(x, np.argsort(x))
    return s


def _total(x, i):
    return np.sum(x[i]*np.arange(1.0, 4.0))


def put_together(x):
    i = np.argsort(x)
    i[0] = i[1]  # now one stands there twice
    return np.sum(x[i]**2)


def ranked_lines(x):
    y = np.outer(x, np.cos(x))
    i = np.argsort(y, axis=1)  # of several lines
    return np.sum(x[i]**2)


ALL = [
    counted_from_behind, counted_from_behind_in_a_loop, written_from_behind, counted_by_a_step, pairs, sorted_by_places,
    chosen_by_places, put_together, ranked_lines,
]  # fmt: skip


@pytest.mark.parametrize("fun", ALL)
def test_repeats_are_added_up(fun):
    check(fun, (X,))


@pytest.mark.parametrize("fun", ALL)
def test_repeats_are_added_up_twice(fun):
    s2sad.check_grads(fun, (X,), order=2)


def test_what_stands_once_is_added_at_once():
    """np.add.at takes one element after the other; it is left to indices that may name a place twice."""
    for fun, repeated in ((sorted_by_places, False), (counted_from_behind, True), (put_together, True), (ranked_lines, True)):
        gradient = s2sad.grad(fun)
        gradient(X)
        assert ("np.add.at" in gradient.source) == repeated, gradient.source
