"""What stands in a list of objects or dicts: `in`, index, count, remove and `==` ask whether they are equal.

Objects and dicts of which only the program knows which is which are numbers, or tuples, in its lists: which of
them are equal is what their classes say.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import pytest
from places import places

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


@dataclass
class Point:
    x: float
    y: float


class Named:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

    def __hash__(self):
        return hash(self.x)


class Plain:
    def __init__(self, x):
        self.x = x


def record_in_a_display(x, c):
    seen = [Point(3.0, 2.0), Point(1.0, 2.0)]
    return np.sum(x**2) if Point(1.0, 2.0) in seen else np.sum(x)


def record_in_a_tuple(x, c):
    seen = (Point(x[0], 2.0), Point(x[1], 2.0))
    return np.sum(x**2) if Point(x[1], 2.0) in seen else np.sum(x)


def record_that_is_not_there(x, c):
    seen = [Point(x[1], 2.0), Point(x[0], 2.0)]
    return np.sum(x**2) if Point(x[0], 2.5) not in seen else np.sum(x)


def record_among_those_of_a_loop(x, c):
    seen = []
    for v in x:
        seen.append(Point(v, 2.0))
    return np.sum(x**2) if Point(x[1], 2.0) in seen else np.sum(x)


def record_among_the_values(x, c):
    d = {"p": Point(1.0, 2.0)}
    return np.sum(x**2) if Point(1.0, 2.0) in d.values() else np.sum(x)


def object_with_an_equality(x, c):
    seen = []
    for v in x:
        seen.append(Named(v))
    return (np.sum(x**2) if Named(x[0]) in seen else np.sum(x))*seen.index(Named(x[2]))


def object_without_one(x, c):
    p = Plain(1.0)
    seen = [Plain(1.0), p]
    found = 2.0 if p in seen else 3.0
    return found*(np.sum(x**2) if Plain(1.0) in seen else np.sum(x))*seen.index(p)


def removed_and_counted(x, c):
    seen = [Point(x[1], 2.0), Point(x[0], 2.0), Point(x[1], 2.0)]
    n = seen.count(Point(x[1], 2.0))
    seen.remove(Point(x[0], 2.0))
    return seen[1].x*n*len(seen)


def element_of_its_own_list(x, c):
    rows = []
    for v in x:
        rows.append(Point(v, 0))
    return (np.sum(x**2) if rows[1] in rows[1:] else np.sum(x)) + rows[0].x*rows.count(rows[1])


def dict_in_a_list(x, c):
    rows = []
    for v in x:
        rows.append({"v": v, "n": 0})
    found = {"n": 0, "v": x[1]} in rows
    return (np.sum(x**2) if found else np.sum(x)) + rows[0]["v"]*rows.index({"v": x[2], "n": 0})


def dict_that_is_written(x, c):
    rows = []
    for v in x:
        rows.append({"v": v, "n": 0})
    rows[0]["n"] = 1
    wanted = {"v": x[1], "n": 0}
    return (np.sum(x**2) if wanted in rows else np.sum(x)) + rows[0]["v"]*rows.index(wanted)


def dict_beside_an_element(x, c):
    rows = []
    for v in x:
        rows.append({"v": v, "n": 0})
    one = np.sum(x**2) if rows[1] == {"v": x[1], "n": 0} else np.sum(x)
    two = np.sum(c) if {"v": x[1]} != rows[1] and rows[1] in [{"v": x[1], "n": 0}] else np.sum(c**2)
    return one*two + rows[0]["v"]


def lists_of_records(x, c):
    ps, qs = [Point(x[0], c[0]), Point(x[1], c[1])], [Point(x[0], c[0]), Point(x[1], c[1])]
    one = ps[0].x if ps == qs else c[0]
    return one*(qs[1].y if {"a": ps[0]} != {"a": Point(x[0], c[1])} else x[2])


def tuple_with_a_record(x, c):
    p = Point(x[0], 1.0), 2
    return np.sum(x**2) if p == (Point(x[0], 1.0), 2) and p != (Point(x[1], 1.0), 2) else np.sum(x)


def record_in_a_deque(x, c):
    seen = deque(maxlen=2)
    for v in x:
        seen.append(Point(v, 1.0))
    return (np.sum(x**2) if Point(x[2], 1.0) in seen else c[0])*(c[1] if Point(x[0], 1.0) in seen else np.sum(x))


PROGRAMS = [
    record_in_a_display, record_in_a_tuple, record_that_is_not_there, record_among_those_of_a_loop,
    record_among_the_values, object_with_an_equality, object_without_one, removed_and_counted,
    element_of_its_own_list, dict_in_a_list, dict_that_is_written, dict_beside_an_element, lists_of_records,
    tuple_with_a_record, record_in_a_deque,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_equal(f):
    check(f, (X, C))
    for program in places(f)[:2]:
        check(program, (X, C), pullbacks=False, probes=1)


def searched_from_a_place(x):
    seen = [Named(v) for v in x]
    return x[0]*seen.index(Named(x[0]), 1)


def in_a_set(x):
    points = []
    for v in x:
        points.append(Named(v))
    return x[0]*len(set(points))


@pytest.mark.parametrize(
    ("f", "why"), [(searched_from_a_place, "search a slice of the list"), (in_a_set, "put into a set; use a list")]
)
def test_refused(f, why):
    with pytest.raises(s2sad.UnsupportedError, match=why):
        s2sad.grad(f)(X)


class Counted:
    def __init__(self):
        self.asked = 0

    def __bool__(self):
        self.asked += 1
        return self.asked < 4

    def pairs(self):
        self.asked += 1
        return {"a": self.asked, "b": 2.0}


def asked_beside_others(x):
    p, s = Counted(), 0.0
    while p and s < 9.0:
        s += x[0]
    if p or x[1] > 0.0:
        s += dict(p.pairs())["a"]*x[1]
    return s*p.asked


def test_truth_that_methods_say_beside_other_conditions():
    """The object stood for its truth, and `dict(f())` of a function that gives a dict failed."""
    check(asked_beside_others, (np.array([0.3, 0.7]),))
