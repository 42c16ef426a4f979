"""The functions of `operator` are Python's operators; objects with `__call__` are functions for map and filter."""

from __future__ import annotations

import itertools
import operator
from collections import namedtuple
from functools import reduce

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow}
LOSSES = []
Point = namedtuple("Point", "x y")


class Vector:
    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        return Vector(self.a + other.a)

    def __matmul__(self, other):
        return self.a*other.a

    def __getitem__(self, i):
        return self.a*(i + 1)


class Line:
    """A function that can be indexed and has a length."""

    def __init__(self, k):
        self.k = k

    def __call__(self, v):
        return self.k*v + v*v

    def __getitem__(self, i):
        return (self.k, 1.0)[i]

    def __len__(self):
        return 2


def arrays(x, c):
    y = x.copy()
    z = operator.iadd(y, c)
    operator.imul(z, 2.0)
    operator.setitem(y, 0, c[1]**2)
    return operator.matmul(y, z)*operator.getitem(x, 1) + operator.neg(operator.pow(x[0], 2))


def numbers(x, c):
    s = operator.iadd(x[0], 2.0)
    for sign, v in zip("+-*/^", itertools.chain(x, c)):
        s = OPERATIONS[sign](s, v)
    whole = operator.xor(3, 1) + operator.lshift(1, 2) + operator.mod(7, 4) + operator.floordiv(7, 2)
    return s*whole if operator.lt(x[0], x[1]) and operator.is_not(x, None) else s


def containers(x, c):
    xs = reduce(operator.concat, [[x[0]], [x[1], c[2]]])
    d = {"a": x[0]}
    operator.setitem(d, "b", x[1])
    operator.delitem(d, "a")
    found = operator.contains(d, "a") or operator.not_(d) or operator.truth([])
    return sum(map(operator.mul, xs, c))*d["b"]*(1.0 if found else 2.0) + operator.call(np.sum, x)


def objects(x, c):
    total = reduce(operator.add, [Vector(v) for v in x])
    return operator.matmul(total, Vector(c[0])) + operator.getitem(total, 2)


def kept_outside(x, c):
    loss = np.sum(x**2*c)
    operator.iadd(LOSSES, [loss])
    return loss


def callable_objects(x, c):
    line = Line(c[0])
    kept = [v for v in filter(line, x)]
    large = sum(v for v in itertools.dropwhile(lambda v: line(v) < 0.5, x))
    return sum(map(line, x))*line[0]*len(line) + sum(kept) + large


def made_points(x, c):
    p = Point._make(x[:2])
    q = Point._make(v*v for v in c[1:])
    return p.x*p.y*q.x + q.y*Point(*x[1:]).y


PROGRAMS = [arrays, numbers, containers, objects, kept_outside, callable_objects, made_points]


@pytest.mark.parametrize("f", PROGRAMS)
def test_derivatives(f):
    check(f, (X, C), probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)


def test_in_loops_branches_and_callees():
    for placed in places(objects):
        check(placed, (X, C), pullbacks=False, probes=1)


def test_every_operator_has_an_entry():
    from s2sad.frontend.operations import OPERATIONS as known

    unlike = "abs index indexOf countOf length_hint attrgetter itemgetter methodcaller inv".split()
    public = {n for n in dir(operator) if not n.startswith("_")}
    assert {n for n in public if getattr(operator, n) not in known} <= {*unlike}


def test_losses_are_kept_once_a_call():
    LOSSES.clear()
    s2sad.grad(kept_outside)(X, C)
    assert LOSSES == [np.sum(X**2*C)]


def of_several(x, c):
    first, *rest = x*c
    return max(*rest)*min(first, *x) + max(*rest, *c, key=lambda v: -v) + max(*(first, c[0]))


def test_greatest_and_least_of_starred_arguments():
    check(of_several, (X, C), probes=1)
    check(twice(of_several), (X, C), pullbacks=False, probes=1)
    with pytest.raises(TypeError, match="1 numbers"):
        s2sad.grad(lambda xs: max(*xs))([0.5])
