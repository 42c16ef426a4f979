"""`copy.deepcopy` of containers and objects: what they hold twice is copied once; asdict copies it twice."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Held:
    def __init__(self, v):
        self.v = v


def one_array_held_twice(x, c):
    a = x*c
    d = {"u": a, "v": a}
    e = copy.deepcopy(d)
    e["u"] += 1.0
    return np.sum(e["v"]*x) + np.sum(d["u"]*a)


def one_object_held_twice(x, c):
    o = Held(x*c)
    d = {"u": o, "v": [o, o]}
    e = copy.deepcopy(d)
    e["u"].v = e["u"].v + 1.0
    return np.sum(e["v"][1].v*x) + np.sum(o.v*c)


def lists_of_numbers(x, c):
    a = {"k": [1.0, x[0]], "n": [1, 2], "s": (x, [2])}
    b = copy.deepcopy(a)
    b["k"].append(x[1]*2)
    b["n"][0] = 5
    b["s"][0][:] = 2.0
    return sum(a["k"])*len(a["n"])*a["n"][0] + sum(b["k"])*b["n"][0] + np.sum(b["s"][0]*a["s"][0]*c)


@dataclass
class Two:
    a: np.ndarray
    b: np.ndarray


def fields_are_copied_one_by_one(x, c):
    y = x*c
    d = asdict(Two(y, y))
    d["a"] += 1.0
    return np.sum(d["a"]*d["b"]*y)


class Itself:
    def __init__(self, v):
        self.v, self.me, self.kids = v, self, []


def what_holds_itself(x, c):
    n = Itself(x[0])
    n.kids.append(Itself(c[0]*x[1]))
    m, shallow = copy.deepcopy(n), copy.copy(n)
    m.v = m.v*3.0
    m.me.kids[0].v = m.kids[0].v + x[2]
    shallow.v = c[1]
    return n.v*m.v*m.me.v + m.kids[0].v*n.kids[0].me.v + shallow.me.v*shallow.v


def what_holds_itself_in_a_list(x, c):
    held = []
    for i in range(3):
        held.append(Itself(x[i]*c[0]))
    return sum(n.me.v*n.v for n in held)


PROGRAMS = [
    one_array_held_twice, one_object_held_twice, lists_of_numbers, fields_are_copied_one_by_one,
    what_holds_itself_in_a_list,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_copies(f):
    check(f, (X, C))
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)


def test_the_best_parameters_are_kept():
    def f(p, x):
        best = copy.deepcopy(p)
        for _ in range(3):
            p["w"] = p["w"]*0.5
            p["losses"].append(np.sum(p["w"]*x))
        return np.sum(best["w"]*p["w"]) + len(best["losses"])*p["losses"][-1]

    check(f, ({"w": 0.5*X, "losses": [1.0]}, C))


def test_an_object_that_holds_itself():
    for program in (what_holds_itself, twice(what_holds_itself)):
        check(program, (X, C), pullbacks=False, probes=1)
    with pytest.raises(s2sad.UnsupportedError, match="a Itself is copied with the objects that it holds"):
        s2sad.grad(places(what_holds_itself)[0])(X, C)


def lists_grown_in_lists(x, c, n):
    a = []
    for i in range(n):
        a.append([x[i], c[i]])
    b, d = copy.copy(a), copy.deepcopy(a)
    b[0][0], d[1][0] = x[1]*3, x[0]
    b.append([x[0]])
    held = {"p": [x, c], "q": a}
    made = copy.deepcopy(held)
    made["p"][0][0] = x[2]
    made["q"][1][1] = x[2]**2
    return a[0][0]*d[1][0] + len(b)*b[-1][0] + np.sum(made["p"][0]*held["p"][0])*made["q"][1][1]*a[1][1]


def grids_by_turns(x, c):
    grid = [[0.0]*3 for _ in range(3)]
    new = copy.deepcopy(grid)
    for _ in range(2):
        for i in range(3):
            for j in range(3):
                new[i][j] = 0.5*grid[i][j - 1] + x[i]*c[j]
        grid = copy.deepcopy(new)
    return sum(sum(r) for r in grid)*grid[1][2]


def test_lists_in_lists_are_copied_with_what_they_hold():
    x, c = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
    for f, args in ((lists_grown_in_lists, (x, c, 3)), (grids_by_turns, (x, c))):
        check(f, args, probes=1)
    s2sad.check_grads(lambda x: lists_grown_in_lists(x, c, 3), (x,), order=2)

    def f(x, n):
        row = [x[0]]
        rows = [row, row] if n else [row, [x[1]]]
        made = copy.deepcopy(rows)
        made[0][0] = made[0][0]*2.0
        return made[1][0]*made[0][0]

    check(f, (x, 0), probes=1)
    with pytest.raises(AssertionError, match="holds a list or an array twice"):
        s2sad.grad(f)(x, 1)
