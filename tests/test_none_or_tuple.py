"""Names, attributes and elements that are None at first and a tuple, list or dict later."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
Pair = namedtuple("Pair", "a b")


def best_pair(x, c):
    best = None
    for i in range(3):
        v = x[i]*c[i]
        if best is None or v < best[0]:
            best = (v, x[i]**2)
    return best[0] + best[1]


def nested_indices(x, c):
    best = None
    for i in range(3):
        for j in range(3):
            d = abs(x[i] - 1.1*c[j])
            if i != j and (best is None or d < best[0]):
                best = d, (i, j)
    d, (i, j) = best
    return d*x[i]*c[j]


def consensus(x, c):
    best_model, best_inliers = None, None
    for i in range(3):
        for j in range(i + 1, 3):
            m = (c[j] - c[i])/(x[j] - x[i])
            q = c[i] - m*x[i]
            inliers = np.abs(c - m*x - q) < 0.2
            if best_inliers is None or inliers.sum() > best_inliers.sum():
                best_model, best_inliers = (m, q), inliers
    m, q = best_model
    return m*2 + q + np.sum(((c - m*x - q)**2)[best_inliers])


def bracketed(x, c):
    bracket, a, fa = None, 0.0, -x[2]
    for k in range(1, 6):
        b = 0.4*k
        fb = b**2 - x[2]
        if fa*fb < 0:
            bracket = (a, b, fa, fb)
            break
        a, fa = b, fb
    if bracket is None:
        raise ValueError("no root")
    a, b, fa, fb = bracket
    return a - fa*(b - a)/(fb - fa)*c[0]


def found(a, bound):
    for i in range(len(a)):
        if a[i] > bound:
            return a[i], i
    return None


def returned(x, c):
    r, s = found(x, 0.5), found(c, 2.0)
    total = r[0]*c[r[1]]
    if s is not None:
        total += s[0]
    return total


def running(x, c):
    state = None
    for v in x*c:
        if state is None:
            state = (v, 1)
        else:
            m, n = state
            state = (m + (v - m)/(n + 1), n + 1)
    return state[0]*state[1]


def differences_of_pairs(x, c):
    pairs, last = [], None
    for i in range(3):
        now = (x[i], c[i])
        if last is not None:
            pairs.append((now[0] - last[0], now[1] - last[1]))
        last = now
    return sum(a*b for a, b in pairs)


def arrays_in_it(x, c):
    best = None
    for k in range(3):
        p = x*k
        p[0] += c[k]
        if not best or np.sum(p) > best[0]:
            best = (np.sum(p), p)
    best[1][1] *= 2
    return best[0] + np.sum(best[1]**2)


def two_bests(x, c):
    a = b = None
    for v in x*c:
        if a is None or v < a.a:
            a, b = Pair(v, v*v), a
        elif b is None or v < b.a:
            b = Pair(v, v*v)
    return a.b*b.a


def dicts(x, c):
    best = None
    for k in range(3):
        tried = {"loss": np.sum((x*k - c)**2), "w": x*k}
        if best is None or tried["loss"] < best["loss"]:
            best = tried
    return best["loss"] + np.sum(best["w"])


def lists(x, c):
    history, p = None, x
    for _ in range(3):
        g = p*c
        if history is None:
            history = [g]
        else:
            history.append(g + history[-1])
        p = p - 0.1*history[-1]
    return np.sum(p**2) + np.sum(history[0]*history[2])


class Seen:
    def __init__(self):
        self.best = None

    def see(self, v, w):
        if self.best is None or v < self.best[0]:
            self.best = (v, w)


def attribute(x, c):
    seen = Seen()
    for i in range(3):
        seen.see(x[i]*c[i], x[i]**2)
    return seen.best[0]*seen.best[1]


def closure(x, c):
    best = None

    def see(v):
        nonlocal best
        if best is None or v < best[0]:
            best = (v, v*v)

    for v in x*c:
        see(v)
    return best[1]


def elements(x, c):
    out = [None, None, None]
    for i in range(3):
        if x[i] > 0.5:
            out[i] = (x*c[i], x[0])
    total = 0.0
    for o in out:
        if o is None:
            continue
        a, b = o
        total += np.sum(a)*b
    return total


def popped_elements(x, c):
    stack = []
    for i in range(3):
        stack.append((x*c[i], x[i]) if i != 1 else None)
    total = 0.0
    while stack:
        o = stack.pop()
        if o is not None:
            total += np.sum(o[0]**2)*o[1]
    return total


def deeper(a, i):
    if i > 2:
        return None
    if a[i] > 0.5:
        return a*2, a[i]
    return deeper(a*1.5, i + 1)


def recursion(x, c):
    r = deeper(x, 0)
    return np.sum(r[0]*c)*r[1]


class Node:
    def __init__(self, p, left=None, right=None):
        self.p, self.left, self.right = p, left, right


def nearest(node, q, best):
    if node is None:
        return best
    d = np.sum((node.p - q)**2)
    if best is None or d < best[0]:
        best = (d, node.p)
    best = nearest(node.left, q, best)
    return nearest(node.right, q, best)


def tree(x, c):
    root = None
    for k in range(3):
        root = Node(x*(k + 1), root, Node(c*k))
    r = nearest(root, x*1.1, None)
    return r[0] + np.sum(r[1]*c)


PROGRAMS = [
    best_pair, nested_indices, consensus, bracketed, returned, running, differences_of_pairs, arrays_in_it,
    two_bests, dicts, lists, attribute, closure, elements, popped_elements, recursion, tree,
]  # fmt: skip
ELSEWHERE = [best_pair, returned, arrays_in_it, elements]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_value_and_gradient(program):
    check(program, (X, C))


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p is not tree], ids=lambda f: f.__name__)
def test_second_derivative(program):
    check(twice(program), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("program", ELSEWHERE, ids=lambda f: f.__name__)
def test_in_loops_branches_and_callees(program):
    for placed in places(program):
        check(placed, (X, C), pullbacks=False, probes=1)


def never(x):
    best = None
    for i in range(len(x)):
        if x[i] > 5.0:
            best = (x[i], i)
    return best[0]*2.0


def test_none_raises_what_python_raises():
    for call in (never, s2sad.grad(never)):
        with pytest.raises(TypeError, match="'NoneType' object is not subscriptable"):
            call(X)
    assert math.isclose(s2sad.grad(never)(X*7.0)[2], 2.0)


def test_text():
    gradient = s2sad.grad(best_pair)
    gradient(X, C)
    assert "if not has_best or v < best" in gradient.source or "not has_best or v < best" in gradient.source


def compared(x):
    best = None
    for v in x:
        if best != (1.0, 2.0):
            best = (v, v)
    return best[0]


def test_comparison_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="ask whether it is None first"):
        s2sad.grad(compared)(X)


def arrays_that_end(x, c):
    v, w, s = None, x[:2], 0.0
    for i in range(6):
        if v is not None:
            s = s + v[0]*v[1]*w[0]
        if i % 3 == 0:
            v, w = x*c, w*c[1]
        elif i % 3 == 1:
            v = v*x
        else:
            v = None
    return s + (0.0 if v is None else v[0])


def test_arrays_that_become_none_again():
    """The cotangents of a gradient's tapes are None where these are."""
    check(arrays_that_end, (X, C))
    check(twice(arrays_that_end), (X, C), pullbacks=False, probes=1)
    pullback = s2sad.vjp(s2sad.grad(arrays_that_end), X, C)[1]
    expected = s2sad.jvp(s2sad.grad(arrays_that_end), (X, C), (C, 0*C))[1]
    np.testing.assert_allclose(pullback(C)[0], expected, rtol=1e-12)


def written_until_none(x, c):
    p, q = x*1.0, x*2.0
    a, b = p, q
    while a is not None:
        a *= c
        a, b = b, None
    return np.sum(p**3) + np.sum(p*q**2)


def test_written_arrays_that_go_round_until_there_is_none():
    check(written_until_none, (X, C))
    for program in places(written_until_none):
        check(twice(program), (X, C), pullbacks=False, probes=1, text=False)
