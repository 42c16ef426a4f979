"""Iterators without end that have a name, patterns that meet what is unlike them, and hashes of numbers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


def cycled(x, c):
    weights, turns, s = itertools.cycle([1.0, 2.0, 0.5]), itertools.cycle(x), 0.0
    for i in range(4):
        s = s*c[0] + next(weights)*next(turns)*(i + 1)
    for k, v in zip(range(2), turns):
        s = s + k*v
    return s


def counted(x, c):
    ids, odd, s = itertools.count(), itertools.count(1, 2), 0.0
    places = {name: next(odd) for name in "abc"}
    while s < 3.0:
        s = s + next(ids)*x[0] + x[1]*c[0]
    for v in itertools.count(0.5, 0.25):
        s = s + v*x[2]
        if s > 6.0:
            break
    return s*places["c"] + next(odd, 0)*c[1]


class Steps:
    def __init__(self, rates):
        self.rates = itertools.cycle(rates)
        self.count = itertools.count(1)

    def step(self, v):
        return v - next(self.rates)*v*v/next(self.count)


def held_by_objects(x, c):
    steps, v = Steps([0.1, c[0]]), x[0] + x[1]
    for _ in range(3):
        v = steps.step(v)
    return v


@dataclass
class Pair:
    a: float
    b: float = 2.0


class Circle:
    __match_args__ = ("r",)

    def __init__(self, r):
        self.r = r


def unlike_subjects(x, c):
    s = 0.0
    for item in (1, "a", [x[0], 2.0], Pair(x[1]), Circle(c[0]), {"k": x[2]}, (1, 2, 3), None):
        match item:
            case 1 | 2:
                s = s + x[0]
            case "a":
                s = s*c[0]
            case [u, v]:
                s = s + u*v
            case Pair(a=u, b=v) if v > 1:
                s = s + u**v
            case Circle(r):
                s = s + r*r
            case {"k": u, **rest}:
                s = s - u + len(rest)
            case (a, *bs):
                s = s + a*len(bs)*x[1]
            case None:
                s = s*2
        if item != 1 and item != "a" and not (item == 2.5):
            s = s + c[1]
    return s


PROGRAMS = (cycled, counted, held_by_objects, unlike_subjects)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f):
    check(f, (X, C))
    check(twice(f), (X, C), 0, probes=1, pullbacks=False, text=False)
    for program in places(f):
        check(program, (X, C), probes=1, pullbacks=False, text=False)


def test_a_hash_of_a_number_has_no_derivative():
    def f(x):
        return hash(x)*x

    def g(x):
        return x*(hash((1, 2)) % 3 + 1)

    check(g, (1.5,))
    with pytest.raises(s2sad.UnsupportedError, match="an active value enters hash, which has no rule"):
        s2sad.grad(f)(1.5)
