"""Objects that are told of what is assigned: augmented items and attributes, setters, items that are missing."""

from __future__ import annotations

import operator
from collections import UserDict, UserList, deque
from typing import Any, TypedDict

import numpy as np
import pytest
from places import places

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
OPERATIONS = {"+": operator.add, "*": operator.mul}


class Counted:
    def __init__(self):
        self.held = {}
        self.n = 0

    def __getitem__(self, key):
        return self.held[key]

    def __setitem__(self, key, value):
        self.held[key] = value
        self.n += 1


class Parts(TypedDict):
    w: Any
    b: Any


class Tripled:
    def __init__(self, v):
        self._v, self.n = v, 0

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, new):
        self._v = new + new + new
        self.n += 1


class Default(dict):
    def __missing__(self, key):
        self[key] = value = len(key) * 1.5
        return value


class Doubled(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)


class Sums(UserList):
    def __init__(self, items=None):
        super().__init__(items)
        self.total = 0.0

    def append(self, v):
        super().append(v)
        self.total += v


class Attributes(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def items(x, c):
    s = Counted()
    s["a"], s["b"] = x, c
    s["a"] *= 2.0
    rows = [[x[0]], [x[1]]]
    row = rows[0]
    for i in range(4):
        rows[i % 2] += [c[0] * i]
    return np.sum(s["a"] * s["b"]) * s.n + sum(row) * 3 + sum(rows[1]) * len(row)


def attributes(x, c):
    p, q = Tripled(x * 1.0), Tripled([x[0], c[0]])
    v, w = p.v, q.v
    p.v *= c
    q.v += [c[0]]
    return np.sum(p.v * c) * p.n + np.sum(v) + sum(q.v) * q.n + sum(w)


def missing(x, c):
    d = Default(a=x[0])
    d["a"] = d["a"] + d["bcd"] * c[0]
    return d["a"] * d["bcd"] + len(d) + d.get("zz", 1.0) * x[1]


def user_containers(x, c):
    d = Doubled(a=x)
    d.update({"z": x * c})
    d["b"] = c
    xs = Sums()
    for i in range(3):
        xs.append(x[i] * c[i])
    xs.extend([x[0]])
    p = Parts(w=x, b=c)
    return np.sum(d["a"] * d["b"] + d.data["z"]) + np.sum(p["w"] * p["b"]) + len(d) + sum(xs) * xs.total + xs[-1]


def attributes_that_are_items(x, c):
    p = Attributes(w=x, b=c)
    first = np.sum(p.w) if hasattr(p, "w") else np.sum(p.b)
    return first + np.sum(getattr(p, "w", c)) + np.sum(getattr(p, "zz", c))


def operations_by_sign(x, c):
    stack = []
    for sign in ["x", "c", "*", "x", "+"]:
        if sign in OPERATIONS:
            b, a = stack.pop(), stack.pop()
            stack.append(OPERATIONS[sign](a, b))
        else:
            stack.append({"x": x, "c": c}[sign])
    return np.sum(stack[0])


def sums_of_the_last(x, c):
    last = deque(maxlen=2)
    y = x
    for i in range(4):
        y = np.sin(y) * c + sum(last, 0.0)
        last.append(y)
        if i == 2:
            y = y + last.popleft() * 0.5
    return np.sum(last[0] * y)


PROGRAMS = [
    items, attributes, missing, user_containers, attributes_that_are_items, operations_by_sign, sums_of_the_last,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_told(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", [items, missing], ids=lambda f: f.__name__)
def test_told_in_other_places(f):
    for program in places(f):
        check(program, (X, C), pullbacks=False, text=False)
