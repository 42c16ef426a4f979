"""Iterators that have a name: taken from several times, as parts of others, and after what they are made of changed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from places import places, twice

from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


def several_takes(x, c):
    squares = (v*v for v in x)
    return next(squares)*next(squares) + next(squares)*c[0]


def with_defaults(x, c):
    large = (v*v for v in x if v > 0.5)
    s = next(large) + next(large, 0.0)*2
    return s + next(large, 10.0)*c[1] + next(large, c[0])


def first_and_rest(x, c):
    pairs = zip(x, c)
    a, b = next(pairs)
    for p, q in pairs:
        a = a*p + b*q
    sines = map(np.sin, x)
    return a*next(sines) + sum(sines)


def two_loops(x, c):
    squares = (v*v for v in x)
    s = 0.0
    for v in squares:
        s += v
        if v > 0.2:
            break
    for v in squares:
        s *= v + c[0]
    return s


def until_it_ends(x, c):
    squares, s = (v*v for v in x), 1.0
    while (v := next(squares, None)) is not None:
        s = s*v + c[0]
    numbered = enumerate(c)
    next(numbered)
    return s + sum(i*v for i, v in numbered)


def in_pairs(x, c):
    it, s = iter(np.concatenate([x, c])), 0.0
    for a, b in zip(it, it):
        s = s + a*b
    return s


def beside_others(x, c):
    it, s = iter(x), 0.0
    next(it)
    for a, b in zip(c, it):
        s = s + a*b
    return s + sum(it)


def in_chunks(x, c):
    it, s = iter(np.concatenate([x, c])), 0.0
    while chunk := list(itertools.islice(it, 2)):
        s = s*0.5 + chunk[0]*chunk[-1]
    rest = iter(x)
    head = sum(itertools.takewhile(lambda v: v < 0.5, rest))
    return s*head + sum(i*v for i, v in enumerate(rest, 1))


def split(x, c):
    before, after = itertools.tee(x)
    next(after, None)
    back = reversed(list(c))
    return sum((q - p)**2 for p, q in zip(before, after))*next(back)


def rebound(x, c):
    k = c[0]
    scaled = (v*k for v in x)
    k = c[1]*2.0
    return sum(scaled)


def rewritten(x, c):
    y = x.copy()
    doubled = (v*2 for v in y)
    y[0] = c[0]
    return sum(doubled)*y[1]


def with_effects(x, c):
    seen = []

    def told(v):
        seen.append(v)
        return v*v

    squares = (told(v) for v in x)
    seen.append(c[0])
    return sum(squares)*seen[0]


def left_in_the_middle(x, c):
    """What is read behind the break is not read again where the loop was left."""
    i, k, s = 0, 1, 0.0
    while True:
        if i >= len(c):
            break
        a = c[i]
        if not k < len(x):
            break
        b = x[k]
        k += 1
        s = s + a*b
        i += 1
    return s


PROGRAMS = [
    several_takes, with_defaults, first_and_rest, two_loops, until_it_ends, in_pairs, beside_others, in_chunks,
    split, rebound, rewritten, with_effects, left_in_the_middle,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", [*places(several_takes), twice(in_pairs), twice(left_in_the_middle), twice(rebound)])
def test_in_other_places(f):
    check(f, (X, C), pullbacks=False, probes=1, text=False)
