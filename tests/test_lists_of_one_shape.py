"""Lists of arrays as arguments: a text for elements of one shape says so, and others get another one."""

from __future__ import annotations

import re

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, 0.7, 1.1])
ONE = np.array([0.4])
ROW = np.array([[0.3, 0.9, 0.2]])


def products(xs, w):
    s = 0.0
    for i, x in enumerate(xs):
        s += w[i]*np.sum(x*w)
    return s


def pairs(xs, w):
    return sum(np.sum((x - w)**2)*np.sum(y) for x, y in zip(xs, reversed(xs)))


def stored(xs, w):
    xs[1] = xs[0][:1]
    return sum(np.sum(x*w) for x in xs)


def appended(xs, w):
    xs.append(w[:1]*xs[0][:1])
    s = 0.0
    for x in xs:
        s += np.sum(np.sin(x)*w)
    return s


def spliced(xs, w):
    xs[0:1] = [w[:1], xs[1][:1]]
    s = 0.0
    for i in range(len(xs)):
        s += np.sum(xs[i]*w*xs[1])
    return s


def widened(xs, w):
    for i in range(len(xs)):
        if i > 0:
            xs[i] = np.stack([xs[i], 2.0*xs[i]])
    return sum(np.sum(x*x*w) for x in xs)


def shrunk_by_a_callee(xs, w):
    def shorten(ys, k):
        ys[k] = ys[k][:1]*2.0
        ys += [ys[0]*ys[k]]
        return ys[k]

    s = np.sum(shorten(xs, 1)*w)
    for x in xs:
        s += np.sum(x*w)
    return s


def shrunk_by_another_name(xs, w):
    ys = xs
    held = {"a": ys}
    for k in range(1, 3):
        held["a"][k] = w[k:k + 1]*xs[0]
        ys[0] = xs[k][:1]
    return sum(np.sum(x*w) for x in xs)


def shrinking(xs, w):
    s = 0.0
    for x in xs:
        while len(x) > 1:
            x = x[1:]*0.5
        s += np.sum(x*w)
    return s


def of_rows(xs, w):
    return sum(np.sum(x @ w)*np.sum(x*w) for x in xs)


PROGRAMS = (
    products,
    pairs,
    stored,
    appended,
    spliced,
    widened,
    shrunk_by_a_callee,
    shrunk_by_another_name,
    shrinking,
)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_gradients(program):
    for xs in ([X, X**2, 1.0 - X], [X, ONE, 1.0 - X], [ONE, 2.0*ONE, 3.0*ONE], [X, X[:2][:1], ONE]):
        check(program, ([x.copy() for x in xs], X[::-1].copy()))


def test_matrices():
    for xs in ([ROW, 2.0*ROW], [np.vstack([ROW, ROW]), ROW], [np.eye(3), np.eye(3) + 0.1]):
        check(of_rows, (xs, X))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_second_derivatives(program):
    for xs in ([X, X**2, 1.0 - X], [X, ONE, 1.0 - X]):
        args, v = (xs, X.copy()), [0.3*X, *(np.cos(x) for x in xs[1:])]

        def moved(h, args=args, v=v):
            return s2sad.grad(program)([x + h*d for x, d in zip(args[0], v, strict=True)], args[1])

        expected = [(a - b)/2e-6 for a, b in zip(moved(1e-6), moved(-1e-6), strict=True)]
        for got, wanted in zip(s2sad.hvp(program)(*args, v), expected, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-7)


def test_one_text_serves_what_it_says_and_nothing_else():
    gradient = s2sad.grad(products)
    same = gradient.source_for([X, X], X)
    assert "unbroadcast" not in same
    assert same.startswith("# assumes: xs a list of 1-D arrays of one shape, w 1-D array of xs[0]'s shape\n")
    assert "unbroadcast" in gradient.source_for([X, ONE], X)
    assert gradient.source_for([X[:2], X[1:], X[:2]], X[:2]) == same
    np.testing.assert_allclose(gradient([ONE, ONE], X), [np.sum(X*w)*np.ones(1) for w in X[:2]])


def test_products_of_vectors_are_made_the_way_round_that_they_are_added():
    def descend(a, b):
        x = 0.0*b
        for _ in range(3):
            x = x - 0.1*(a.T @ (a @ x - b))
        return np.sum(x*b)

    a = np.outer(X, X[::-1]) + np.eye(3)
    assert not re.search(r"np\.outer\(.*\)\.T", s2sad.grad(descend).source_for(a, X))
    check(descend, (a, X))
