"""Tuples and dicts in the tuples and dicts that stand in lists, and constants among them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def nested_tuple(x, c):
    rows = [((v, w), i) for i, (v, w) in enumerate(zip(x, c))]
    s = 0.0
    for (a, b), i in rows:
        s += a*b*b*i
    return s


def nested_tuple2(x, c):
    rows = [((v, w), i) for i, (v, w) in enumerate(zip(x, c))]
    return sum(e[0][0]*e[0][1]*e[1] for e in rows)


def nested_dict_elem(x, c):
    nest = [{"w": {"u": v_, "v": 1.0}, "k": i_} for i_, v_ in enumerate(x)]
    return sum(e["w"]["u"]*e["w"]["v"] for e in nest)


def nested_dict_elem2(x, c):
    nest = [{"w": {"u": v_, "v": 1.0}, "k": i_} for i_, v_ in enumerate(x)]
    s = 0.0
    for e in nest:
        s = s + e["w"]["u"]*e["w"]["v"]
    return s


def graph_edges(x, c):
    edges = [((i, (i + 1) % 3), (v, w)) for i, (v, w) in enumerate(zip(x, c))]
    s = 0.0
    for (i, j), (v, w) in edges:
        s += v*w*x[i]*c[j]
    return s


def deep(x, c):
    rows = [(((v, w), v*w), ("a", (w,))) for v, w in zip(x, c)]
    s = 0.0
    for r in rows:
        ((a, b), p), (_n, (q,)) = r
        s += a*b*p*q
    return s + rows[1][0][0][0]


def app(x, c):
    H = [(x[0], 1)]
    H.append((np.tanh(0.7), 0))
    return np.sum(c)


def app2(x, c):
    H = [(x[0], 1)]
    H.append((np.tanh(0.7), 0))
    return sum(h*i for h, i in H)


def app3(x, c):
    H = [(x[0], 1)]
    H.append((0.7, 0))
    H.append((c[0], 2))
    return sum(h*i for h, i in H)


def store3(x, c):
    pts = [(v, w) for v, w in zip(x, c)]
    pts[0] = (pts[1][0]*2, 1.5)
    return sum(a + b*a for a, b in pts)


def queue_best(x, c):
    q = [(x[i]*c[i], i) for i in range(3)]
    q.sort()
    cost, _i = q[0]
    while q:
        item = q.pop(0)
        cost = cost*item[0] + item[1]
    return cost


def named_pairs(x, c):
    xs = [((x[k]*k, x[0]*c[k]), "a") for k in range(3)]
    s = 0.0
    for (p, q), _name in xs:
        s = s + p*q*q
    return s


def grouped(x, c):
    s = 0.0
    for _key, group in itertools.groupby(zip("aab", x), key=lambda pair: pair[0]):
        s = s + sum(v*v*v for _, v in group)**2
    return s*c[0]


def dict_in_a_pair(x, c):
    xs = []
    for k in range(2):
        xs.append((np.sum(x[k:]), {"z": x[k:]*c[k:], "w": [1, 2]}))
    s = 0.0
    for a, d in xs:
        s = s + a*np.sum(d["z"]**2)
    return s


def dict_on_a_stack(x, c):
    stack = [({"p": x[0], "q": (x[1], "n")}, 1)]
    for k in range(3):
        d, i = stack.pop()
        stack.append(({"p": d["p"]*d["q"][0], "q": (d["p"]*c[k], "m")}, i + 1))
    d, i = stack[-1]
    return d["p"]*d["q"][0]*i


PROGRAMS = [
    nested_tuple, nested_tuple2, nested_dict_elem, nested_dict_elem2, graph_edges, deep, app, app2, app3,
    store3, queue_best, named_pairs, grouped, dict_in_a_pair, dict_on_a_stack,
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PROGRAMS)
def test_second_order(f):
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", [nested_tuple, nested_dict_elem2, deep, app2, store3, named_pairs, dict_in_a_pair])
def test_in_other_places(f):
    """In a loop, in a branch and in a callee."""
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
