"""Beams with growing tuples, searches with heaps of tuples, sorted insertion, and lists that take in themselves."""

from __future__ import annotations

import bisect
import heapq
from bisect import insort

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check, check_jvp

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def beam(x, c):
    beams = [(0.0, ())]
    for t in range(3):
        found = []
        for s, seq in beams:
            for k in range(3):
                found.append((s + x[k]*c[t]*(0.5 if k in seq else 1.0), seq + (k,)))
        beams = sorted(found)[-2:]
    s, seq = beams[-1]
    return s**2 + x[seq[0]]*c[seq[-1]] + sum(x[k] for k in seq)


def beam_of_lists(x, c):
    beams = [(x[0], [])]
    for t in range(3):
        found = []
        for s, seq in beams:
            for k in range(2):
                found.append((s*c[k] + x[t], seq + [k]))
        found.sort(key=lambda b: -b[0])
        beams = found[:3]
    return sum(s**2*len(seq) for s, seq in beams)


def beam_of_pairs(x, c):
    beams = [(x[0], ((0, 0),))]
    for t in range(2):
        beams = [(s*c[k] + x[t], seq + ((k, t),)) for s, seq in beams for k in range(2)]
    return sum(s*seq[-1][0] + x[seq[1][1]] for s, seq in beams)


def beam_in_a_dict(x, c):
    beams = {(): 1.0}
    for t in range(3):
        new = {}
        for seq, s in beams.items():
            for k in range(2):
                key = (seq + (k,))[-2:]
                new[key] = new.get(key, 0.0) + s*(x[t] if k else c[t])
        beams = dict(sorted(new.items(), key=lambda pair: -pair[1])[:3])
    return sum(v**2 for v in beams.values())


def shortest_path(x, c):
    edges = {0: [(1, x[0]), (2, x[1]**2)], 1: [(3, c[0]*x[2])], 2: [(3, c[1]), (1, c[2])], 3: []}
    heap, done = [(0.0, 0)], {}
    while heap:
        d, u = heapq.heappop(heap)
        if u in done:
            continue
        done[u] = d
        for v, w in edges[u]:
            if v not in done:
                heapq.heappush(heap, (d + w, v))
    return done[3]**2 + done[1]


def path_on_a_grid(x, c):
    cost = np.outer(x, c)
    heap, seen = [(0.0, 0.0, (0, 0), ((0, 0),))], set()
    while heap:
        _, g, place, path = heapq.heappop(heap)
        if place == (2, 2):
            return g**2 + 0.1*len(path)
        if place in seen:
            continue
        seen.add(place)
        i, j = place
        for a, b in ((i, j + 1), (i + 1, j)):
            if a < 3 and b < 3:
                new = g + cost[a, b]
                heapq.heappush(heap, (new + 0.01*(4 - a - b), new, (a, b), path + ((a, b),)))
    return 0.0


def rows_of_edges(x, c):
    edges = [[(1, x[0]), (2, x[1]**2)], [(0, c[0]*x[2])], []]
    s = 0.0
    for u in range(3):
        for v, w in edges[u]:
            s = s + w**2*(v + 1)
    return s**2


def sorted_insertion(x, c):
    xs = []
    for v in x*c:
        insort(xs, v)
    return sum((k + 1)*v**2 for k, v in enumerate(xs))


def sorted_insertion_of_pairs(x, c):
    pairs = []
    for k in range(3):
        bisect.insort_left(pairs, (x[k]*c[k], k))
        if len(pairs) > 2:
            pairs.pop(0)
    return sum(v**2*x[k] for v, k in pairs)


def places_in_a_sorted_list(x, c):
    grid, s = sorted(c), 0.0
    for v in x:
        i = bisect.bisect_left(grid, v)
        s += v*grid[min(i, 2)] + i
    return s**2


def insertion_between(x, c):
    xs = [0.0, x[0], x[1], 5.0]
    insort(xs, c[0]*x[2], 1, 3)
    return xs[1]*xs[2]**2*xs[3]


def repeated_tuples(x, c):
    b = []
    for t in range(3):
        b.append((x[t]*c[t], (0,)*t))
    return sum(s**2*len(q) for s, q in b)


def counted_in_paths(x, c):
    paths = [((), x[0])]
    for t in range(2):
        new = []
        for p, v in paths:
            new.append((p + ("L",), v*c[t]))
            new.append((p + ("R",), v + x[t]))
        paths = new
    return sum(v**2*(p.count("L") + p.index(p[-1])) for p, v in paths)


def extended_by_itself(x, c):
    a = list(x)
    b = a
    a.extend(b)
    return a[0]*a[1]*a[5] + a[3]*c[0]


def extended_in_a_loop(x, c):
    a = [x*1.0, c*1.0]
    for _ in range(2):
        a.extend(a)
        a[0][0] *= 2.0
    return np.sum(a[2]*a[1]) + a[4][0]**2


PROGRAMS = [
    beam, beam_of_lists, beam_of_pairs, beam_in_a_dict, shortest_path, path_on_a_grid, rows_of_edges, sorted_insertion,
    repeated_tuples, counted_in_paths, sorted_insertion_of_pairs, places_in_a_sorted_list, insertion_between, extended_by_itself, extended_in_a_loop,
]  # fmt: skip
PLACED = [beam, sorted_insertion, extended_in_a_loop]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_searches(f):
    check(f, (X, C), probes=1, pullbacks=f in PLACED)
    if f not in PLACED:
        check_jvp(f, (X, C))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_searches_twice(f):
    v, h = np.array([0.5, -1.0, 0.3]), 1e-5
    slope = s2sad.grad(f)
    expected = (slope(X + h*v, C) - slope(X - h*v, C))/(2*h)
    assert np.allclose(s2sad.hvp(f)(X, C, v), expected, rtol=1e-5, atol=1e-6)
    assert np.isclose(s2sad.grad(twice(f))(X, C)@v, np.arange(1.0, 4.0)@expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("f", PLACED, ids=lambda f: f.__name__)
def test_searches_in_places(f):
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
