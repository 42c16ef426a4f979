"""Tuples whose length is not known, tuples of lists that go round loops, and what is done with shapes."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])

Pt = namedtuple("Pt", "a b")


@dataclass
class Rec:
    a: float
    b: float


def grow_tuple(x, c):
    t = ()
    for v in x:
        t = t + (v*v,)
    return sum(t) + t[0]*t[-1]


def grow_tuple_aug(x, c):
    t = ()
    for v, w in zip(x, c):
        t += (v*w,)
    return t[0]*t[2] + len(t)


def grow_tuple_while(x, c):
    t = (x[0],)
    while len(t) < 4:
        t = t + (t[-1]*c[0],)
    return np.sum(np.array(t)**2)


def grow_tuple_pairs(x, c):
    t = ()
    for v, w in zip(x, c):
        t = t + ((v, w),)
    s = 0.0
    for a, b in t:
        s += a*b*b
    return s


def grow_tuple_list(x, c):
    t = []
    for v in x:
        t.append(v)
    t = tuple(t)
    a, b, d = t
    return a*b*d + max(t)


def path_ints(x, c):
    best = {}
    path = ()
    for i in range(4):
        path = path + (i % 3,)
        best[path] = x[i % 3]*len(path)
    s = 0.0
    for p, v in best.items():
        s += v*c[p[-1]]*sum(p)
    return s


def tuple_slice(x, c):
    t = ()
    for v in x:
        t = t + (v,)
    u = t[1:]
    w = t + u
    a, *b = w
    return a*sum(b) + w[3]*c[0] + len(w) + np.sum(np.array(t)*c)


def tuple_branch(x, c):
    t = ()
    for v in x:
        if v > 0.5:
            t += (v, v*c[0])
    return sum(t) + len(t)


def tuple_callee(x, c):
    def add(t, v):
        return t + (v*v,)
    t = (1.0,)
    for v in x:
        t = add(t, v)
    return sum(t)*t[1]


def tuple_prepend(x, c):
    t = (x[0],)
    for v in c:
        t = (v*t[0],) + t
    return t[0] + t[1]*t[2]


def tuple_history(x, c):
    hist = ()
    w = x*1.0
    for _k in range(3):
        w = w*c
        hist = (*hist, w)
    return sum(np.sum(h) for h in hist) + hist[-1][0]


def tuple_nested(x, c):
    rows = ()
    for i in range(3):
        row = ()
        for j in range(3):
            row += (x[i]*c[j],)
        rows += (row,)
    return sum(rows[i][j]*(i + j) for i in range(3) for j in range(3)) + rows[0][1]**2


def tuple_attr(x, c):
    t = ()
    k = 0
    while k < 3 and (len(t) == 0 or t[-1] < 2.0):
        t = t + (x[k] + c[k],)
        k += 1
    return t[-1]*t[0] + (1.0 if t else 0.0)


def tuple_isinst(x, c):
    t = ()
    for v in x:
        t = t + (v,)
    return sum(t) if isinstance(t, tuple) else c[0]


def tuple_compare(x, c):
    t = ()
    for k in range(3):
        t = t + (k,)
    s = x[0]
    if t == (0, 1, 2):
        s = s*2
    if t < (0, 2):
        s = s*3
    if 2 in t:
        s = s + c[t[1]]
    return s*len(t)


def digits(x, c):
    def bits(n):
        out = ()
        while n > 0:
            out = (n % 2,) + out
            n //= 2
        return out
    s = 0.0
    for k, b in enumerate(bits(6)):
        s += x[k]*b*c[k]
    memo = {}
    for n in range(1, 5):
        memo[bits(n)] = x[n % 3]*n
    return s + memo[(1, 0)] + memo[1, 0, 0]


def unify(x, c):
    t = ()
    for v in x:
        t = t + (v,) if v > 0.4 else t
    u = tuple(v*2 for v in t)
    w = tuple(sorted(t, reverse=True))
    return sum(u) + w[0]*w[1]


def tuple_of_pairs(x, c):
    t = ()
    for i, v in enumerate(x):
        t += ((i, v),)
    d = dict(t)
    return d[0]*d[2] + sum(v*c[i] for i, v in t)


def best_tuple(x, c):
    rows = [(v, np.array([v, w])) for v, w in zip(x, c)]
    best = rows[0]
    for r in rows:
        if r[0] > best[0]:
            best = r
    return best[0] + best[1][0]*best[1][1]


def best_arr(x, c):
    rows = [np.array([v, w]) for v, w in zip(x, c)]
    best = rows[0]
    for r in rows:
        if r[0] > best[0]:
            best = r
    return best[0]*best[1]


def best_pair(x, c):
    rows = [(v, w) for v, w in zip(x, c)]
    best = rows[0]
    for r in rows[1:]:
        if r[0]*r[1] > best[0]*best[1]:
            best = r
    return best[0] + best[1]**2


def best_tern(x, c):
    rows = [(v, np.array([v, w])) for v, w in zip(x, c)]
    r = rows[1] if x[0] > 0.1 else rows[0]
    r2 = rows[1]
    if c[0] > 3.0:
        r2 = rows[2]
    return r[0]*r[1][0] + r2[1][1]


def best_nt(x, c):
    rows = [Pt(v, np.array([v, w])) for v, w in zip(x, c)]
    best = rows[0]
    for r in rows:
        best = r if r.a > best.a else best
    kept = []
    kept.append(best)
    return best.a + best.b[0]*kept[0].b[1]


def best_dc(x, c):
    rows = [Rec(v, np.array([v, w])) for v, w in zip(x, c)]
    best = rows[0]
    for r in rows:
        if r.a > best.a:
            best = r
    return best.a + best.b[0]*best.b[1]


def stack_tuples(x, c):
    st = [(0, x[0])]
    s = 0.0
    while st:
        d, v = st.pop()
        s += v*c[d % 3]
        if d < 3:
            st.append((d + 1, v*c[0]))
            st.append((d + 1, v + x[1]))
    return s


def tuple_of_an_array(x, c):
    t = tuple(x)
    u = tuple(x*c)
    a, b, d = tuple(c)
    return t[0]*u[1] + sum(t)*len(u) + a*b*d + tuple(x)[-1]


def tuple_of_rows(x, c):
    m = np.outer(x, c)
    rows = tuple(m)
    points = [tuple(r) for r in m]
    return np.sum(rows[0]*rows[2]) + points[1][2]*points[2][0]


def tuple_of_an_array_that_goes_round(x, c):
    s = tuple(x)
    for _ in range(3):
        s = tuple(a + 0.1*b for a, b in zip(s, c))
    return s[0]*s[2]


PROGRAMS = [
    tuple_of_an_array, tuple_of_rows, tuple_of_an_array_that_goes_round,
    grow_tuple, grow_tuple_aug, grow_tuple_while, grow_tuple_pairs, grow_tuple_list, path_ints,
    tuple_slice, tuple_branch, tuple_callee, tuple_prepend, tuple_history, tuple_nested, tuple_attr,
    tuple_isinst, tuple_compare, digits, unify, tuple_of_pairs, best_tuple, best_arr, best_pair,
    best_tern, best_nt, best_dc, stack_tuples,
]


PLACED = [grow_tuple, grow_tuple_while, tuple_branch, tuple_nested, tuple_history, digits, best_tuple, best_pair, best_nt]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PROGRAMS)
def test_second_order(f):
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch and in a callee."""
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
