"""Loops that write what their iterator has yet to read, has read already, or reads late."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


def snapshots(x, c):
    s, i = 0.0, 0
    xs, grid = [x[0], x[1]*c[0], c[1]], {"a": [x[0], 2.0], "b": [c[0], x[1]]}
    for a, b in itertools.combinations(xs, 2):
        xs[i] = a*b + i
        s, i = s + a*b*i, i + 1
    for a, b in itertools.product(xs, repeat=2):
        xs[i % 3] = s*0.1
        s, i = s + a*b, i + 1
    for a, b in itertools.product(*grid.values()):
        grid["b"][1] = s
        s = s + a*b
    return s


def of_arrays(x, c):
    x, s = x*1.0, 0.0
    view = x[1:]
    for i, (a, b) in enumerate(itertools.pairwise(x)):
        x[i + 1] = a*c[0]
        s += a*b
    for i, v in enumerate(itertools.accumulate(x)):
        view[i % 2] = v*v*0.1
        s += v*(i + 1)
    return s


def read_when_taken(x, c):
    xs, s = [x[0], x[1], x[2]], 0.0
    for i, v in enumerate(itertools.takewhile(lambda v: v < 5.0, xs)):
        xs[(i + 1) % 3] = v*c[0] + 1.0
        s = s + v
    for i, v in enumerate(filter(lambda v: v < 2.0, xs)):
        xs[(i + 2) % 3] = v*0.5
        s = s*v + c[1]
    for v in itertools.chain(xs, [s], xs):
        xs[2] = s
        s = s + v*v
    return s


def cycles(x, c):
    xs, s = [x[0], c[0]], 0.0
    for v, k in zip(itertools.cycle(xs), range(5)):
        xs[k % 2] = s*x[1]
        s = s + v*(k + 1)
    return s


def bound_late(x, c):
    s, k = 0.0, x[1]
    for v in (a*k for a in x):
        k = k + v*c[0]
        s = s + v
    for v in itertools.accumulate(c, lambda a, b: a*k + b):
        k = k*0.5 + x[0]
        s = s + v
    return s


def dicts(x, c):
    d, s = {"a": x[0], "b": x[1], "c": c[0]}, 0.0
    for v in d.values():
        d["b"] = s*c[1] + x[2]
        s = s + 2*v
    for i, (_, v) in enumerate(d.items()):
        e = d
        e["c"] = v*s
        s = s + (i + 1)*v
        if s > 100.0:
            break
    return s + d["c"]


def put(a, i, v):
    a[i] = v


def through_functions(x, c):
    x, s = x*1.0, 0.0
    held = {"w": x[0], "u": x[1]}

    def change(v):
        held["u"] = v*c[0]

    for i, (a, b) in enumerate(itertools.pairwise(x)):
        put(x, i + 1, a*c[1])
        s += a*b
    for v in held.values():
        change(v)
        s += v
    return s


class Model:
    def __init__(self, x):
        self.p = {"a": x[0], "b": x[1]}

    def step(self):
        for k, v in self.p.items():
            self.p["b"] = v*v + self.p["a"]
            self.p[k] = self.p[k]*0.5


def in_methods(x, c):
    m = Model(x)
    m.step()
    m.step()
    return m.p["a"]*m.p["b"]*c[0]


PROGRAMS = (snapshots, of_arrays, read_when_taken, cycles, bound_late, dicts, through_functions, in_methods)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_items_are_those_that_python_reads(f):
    check(f, (X, C))
    check(twice(f), (X, C), 0, probes=1, pullbacks=False, text=False)


@pytest.mark.parametrize("f", (snapshots, of_arrays, cycles, dicts), ids=lambda f: f.__name__)
def test_items_in_places(f):
    for program in places(f):
        check(program, (X, C), probes=1, pullbacks=False, text=False)


def test_loops_that_change_something_else_are_as_before():
    def f(x):
        out, s = np.zeros(3), 0.0
        for i, (a, b) in enumerate(itertools.pairwise(x)):
            out[i] = a*b
            s += out[i]
        return s

    check(f, (X,))
    assert "before" not in s2sad.grad(f).source_for(X)


def grouped(x):
    s, xs = 0.0, [x, 2*x]
    for _, group in itertools.groupby(xs, key=lambda v: v > 2):
        for v in group:
            xs[1] = v*x
            s = s + v
    return s


def test_what_cannot_be_read_when_it_is_taken_is_refused():
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(grouped)(1.3)
    line = grouped.__code__.co_firstlineno + 2
    assert f"{__file__}:{line}:21: what groupby takes from is changed in the loop" in str(caught.value)
    assert "make a list of its items before the loop" in str(caught.value)


def late_iterators(x, c):
    xs, ys, s = [x[0], x[1]], [c[0], x[2]], 0.0
    squares, others = (v*v for v in xs), (v + s for v in ys)
    alias = xs
    alias[0] = x[2]**3
    put(ys, 1, c[1]*x[0])
    return sum(squares) + sum(others)


def views_with_names(x, c):
    d = {"a": x[0], "b": c[0]}
    values, pairs = d.values(), 0.0
    items = d.items()
    d["a"] = x[1]**2*c[1]
    d["c"] = x[2]
    for i, (_, v) in enumerate(items):
        pairs = pairs + v*(i + 1)
    return sum(values)*pairs


@pytest.mark.parametrize("f", (late_iterators, views_with_names), ids=lambda f: f.__name__)
def test_what_has_a_name_is_read_late(f):
    check(f, (X, C))
    check(twice(f), (X, C), 0, probes=1, pullbacks=False, text=False)
    for program in places(f):
        check(program, (X, C), probes=1, pullbacks=False, text=False)


def zipped_before(x):
    xs = [x, 2*x]
    pairs = zip(xs, [1.0, 2.0])
    put(xs, 0, x**3)
    return sum(a*b for a, b in pairs)


def kept_view(x):
    class Model:
        def __init__(self):
            self.d = {"a": x}
            self.values = self.d.values()

    m = Model()
    m.d["a"] = x*x
    return sum(m.values)


@pytest.mark.parametrize(
    "f, line, said",
    [
        (zipped_before, 2, "5: what the iterator 'pairs' is made of changes before it is taken from; make a list"),
        (kept_view, 4, "27: what a dict holds now and later is kept here; keep the dict"),
    ],
    ids=["pairs", "view"],
)
def test_what_changes_before_it_is_read_is_refused(f, line, said):
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(f)(1.3)
    assert f"{__file__}:{f.__code__.co_firstlineno + line}:{said}" in str(caught.value)
