"""Names that are a list, tuple or dict on one path and an array or a number on another."""

from __future__ import annotations

import collections
import dataclasses

import numpy as np
import pytest

import s2sad
from s2sad import check_grads
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def pair_or_array(x, c):
    if c[0] > 0.2:
        v = [x[0]*c[0], x[1]]
    else:
        v = np.array([x[0], x[1]])
    rows = [x, c] if c[1] < 0.2 else np.outer(x, c)
    return v[0]*v[1] + np.sum(rows[0])*np.sum(rows[1]*x)


def grown_or_array(x, c):
    v = []
    for i in range(3):
        v.append(x[i]*c[i])
    if c[0] > 0.2:
        v = np.array(v)
    w = list(x) if c[1] > 0.2 else x
    s = np.sum(v)*v[1]
    for e in w:
        s = s*e
    return s + max(w) + len(w) + sum(e*i for i, e in enumerate(v))


def tuple_or_array(x, full):
    if full > 1:
        return x[0], x*full
    if full == 1:
        return x*3
    return None


def results_that_differ(x, c):
    s = 0.0
    for k in range(4):
        r = tuple_or_array(x, k)
        if r is None:
            continue
        if isinstance(r, tuple):
            s = s + r[0]*np.sum(r[1]*c)
        else:
            s = s + np.sum(r*c)
    return s


def of_three_kinds(x, c):
    def pick(k):
        if k == 0:
            return x
        if k == 1:
            return [x, c]
        return x*2, c

    s = 0.0
    for k in range(3):
        r = pick(k)
        if isinstance(r, np.ndarray):
            s = s + np.sum(r)
        else:
            for p in r:
                s = s + np.sum(p*p)
    return s


def list_then_array(x, c, n):
    v = [x[0], x[1]]
    s = 0.0
    for i in range(n):
        s = s + v[0]*v[1]
        v = np.array(v)*c[:2] if i % 2 == 0 else [v[0]*2, v[1]]
    return s + v[0]


def number_then_tuple(x, c):
    v = x[0]
    s = 0.0
    for i in range(3):
        if isinstance(v, tuple):
            s = s + v[0]*v[1]
            v = v[0] + v[1]
        else:
            s = s + v**2
            v = (v, c[i])
    return s


def asked_in_a_while(x, c):
    v, n = [x[0], x[1]], 0
    while v[0] < 1.0:
        v = np.array([v[0]*1.5, v[1]*c[0]]) if n % 2 else [v[0] + 0.3, v[1]]
        n += 1
    u, w = [x[0], x[1]], x*c
    for _ in range(3):
        n = n + u[0]*w[1]
        u, w = w, u
    return v[0]*v[1] + n*u[1]


def written(x, c):
    if c[0] > 0.6:
        v = [x[0], x[1]]
    else:
        v = x.copy()
    v[0] = v[0]*c[0]
    v[1] *= 3.0
    w = v
    w[0] = w[1]*2 + w[0]
    out = [] if c[1] > 0.2 else np.zeros(3)
    for i in range(3):
        if isinstance(out, list):
            out.append(x[i]*v[1])
        else:
            out[i] = x[i]
    return v[0]*v[1] + np.sum(out)*out[1]


@dataclasses.dataclass
class Layer:
    w: object
    b: object


def held_and_captured(x, c):
    p = Layer(x, c)
    if c[0] > 0.2:
        p.w = [x[0]*2, x[1]]
    p.b = p.w[0]*c
    d = {"a": x, "b": [x, c]} if c[0] > 0.2 else {"a": [x], "b": x*c}

    def first(k):
        return p.w[0]*k + p.w[1]

    last = lambda k: np.sum(d["b"])*p.w[k]
    return np.sum(p.b)*first(2.0) + last(1) + np.sum(d["a"])


def unlike_elements(x, c):
    m = x*c
    z = [m, m*m] if c[0] > 0.2 else [(m[0], 2.0), (m[1], 3.0)]
    u = (x[0], x) if c[0] > 0.2 else (x*2, x[1])
    t = (x[0], x[1], x[2]) if c[0] > 0.2 else [x[0], x[1]]
    return z[0][0]**2*z[1][1] + np.sum(u[0])*np.sum(u[1]) + sum(t)*len(t)


SWITCHED = np.array([0.1, 0.1, 0.8])  # the other paths


@pytest.mark.parametrize(
    "f",
    [
        pair_or_array, grown_or_array, results_that_differ, of_three_kinds, number_then_tuple, asked_in_a_while,
        written, held_and_captured, unlike_elements,
    ],
)  # fmt: skip
def test_each_statement_reads_what_is_there(f):
    """These were refused, or raised a ValueError of shapes in the gradient."""
    check(f, (X, C), 0, probes=1)
    check_grads(lambda x: f(x, SWITCHED), (X,), order=2)


@pytest.mark.parametrize("n", [0, 3])
def test_around_a_loop(n):
    check(list_then_array, (X, C, n), 0, probes=1)
    check_grads(lambda x: list_then_array(x, C, n), (X,), order=2)


def appended_under_another_condition(x, c):
    out = [] if c[0] > 0.2 else np.zeros(2)
    for i in range(2):
        if c[0] > 0.2:
            out.append(x[i]**2)
        else:
            out[i] = x[i]
    return out[0]*out[1]


def test_what_one_of_the_two_has_not_raises_where_it_is_asked():
    """The conditions are not known to be one: an array that is appended to raises what Python raises."""
    check(appended_under_another_condition, (X, C), probes=1)
    check(appended_under_another_condition, (X, SWITCHED), probes=1)

    def f(x):
        v = [x[0], x[1]] if x[0] > 1.0 else x*2.0
        v.append(1.0)
        return v[0]

    with pytest.raises(AttributeError, match=r"'numpy.ndarray' object has no attribute 'append'"):
        s2sad.grad(f)(X)


def kept_or_dropped(x, c):
    v, s = None, 0.0
    for i in range(6):
        if v is not None:
            s = s + v[0]*v[1]
        if i % 3 == 0:
            v = x*c
        elif i % 3 == 1:
            v = v*x
        else:
            v = None
    return s + (0.0 if v is None else v[0])


def test_an_array_that_later_trips_drop():
    """The cotangent of what an earlier trip held took its shape from nothing: an IndexError."""
    check(kept_or_dropped, (X, C), probes=1)


class Summed:
    def __init__(self, total):
        self.total, self._kept, self.sets = total, total, 0

    @property
    def kept(self):
        return self._kept

    @kept.setter
    def kept(self, value):
        self._kept, self.sets = value, self.sets + 1


def added_to_attributes(x, c):
    a, b, d = Summed(0.4), Summed(0.4), Summed(x.copy())
    v, w = np.squeeze(c[None]), d.kept
    for i in range(3):
        t = 0.3*(c @ v)  # a number, as v is a vector, which only the program knows
        a.total += t
        if c[i] > 0.85:
            b.total += t*0.2
        b.kept += t*x[0]
        d.kept += x*v
    return np.sum(x*w)*a.total*b.total + b.kept*b.sets + np.sum(d.kept)*d.sets


class Shelf:
    def __init__(self):
        self.held = [0.0, 0.0]

    def __getitem__(self, k):
        return self.held[k]

    def __setitem__(self, k, value):
        self.held[k] = value


def added_to_items(x, c):
    d, e, v = collections.defaultdict(float), Shelf(), np.squeeze(c[None])
    for i in range(3):
        d[i % 2] += x[i]*(c @ v)
        e[i % 2] += x[i]*(c @ v)
    return d[0]*d[1] + e[0]*e[1]**2


@pytest.mark.parametrize("f", [added_to_attributes, added_to_items])
def test_attributes_and_items_that_may_be_numbers_or_arrays(f):
    """A number was taken for an array that is written: what was added to an attribute in a loop was lost."""
    check(f, (X, C), probes=1)
    check_grads(lambda x: f(x, C), (X,), order=2)


def asked_in_a_try(x, c):
    v = [x[0], x[1]] if c[0] > 0.2 else x*2
    try:
        s = v.sum()
    except AttributeError:
        s = sum(v)*2
    try:
        v.append(x[2])
        s = s*3
    except AttributeError:
        s = s*x[0]
    return s*v[0]


def dict_or_array(x, c):
    v = {"a": x, "b": c} if c[0] > 0.2 else x*c
    if isinstance(v, dict):
        v["a"] = v["a"]*2
        return np.sum(v["a"]*v["b"])
    return np.sum(v)


def three_kinds_in_two_loops(x, c):
    s = 0.0
    for k in range(2):
        for i in range(3):
            if i == k:
                v = [x[i], x[k]]
            elif i > k:
                v = x*c[i]
            else:
                v = (x[0], c[i], x[1])
            s = s + v[0]*v[-1]
            if s > 100.0:
                break
        v = x
    return s + v[1]


@pytest.mark.parametrize("f", [asked_in_a_try, dict_or_array, three_kinds_in_two_loops])
def test_exceptions_and_paths_that_leave(f):
    """An exception on one path was taken for one on both; zeros took their shape from the other path's array."""
    for c in (C, SWITCHED):
        check(f, (X, c), probes=1, text=False)


def truth_of_either(x, n):
    v = [x[0], x[1]] if n > 1 else x[0]*n
    w = [] if n > 1 else x[0]*n
    s = x[1]**2 if v else x[2]**3
    return s*(x[0] if not w else x[2])


def truth_in_the_test_of_a_loop(x, n):
    stack, s = list(x[:n]), x[2]
    while stack and stack.pop() > 0.5:
        s = s*x[0]
    return s*(len(stack) + 1)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_truth(n):
    """One of two unlike values was true, whatever it was: the loop did not end."""
    check(truth_of_either, (X, n), probes=1, text=False)
    check(truth_in_the_test_of_a_loop, (X, n), probes=1, text=False)
