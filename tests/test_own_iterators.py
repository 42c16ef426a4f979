"""Objects that iterate themselves: `__iter__` returns self, `__next__` gives items and raises StopIteration."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Items:
    def __init__(self, a):
        self.a = a

    def __iter__(self):
        self.i = 0
        return self

    def __next__(self):
        if self.i >= len(self.a):
            raise StopIteration
        v = self.a[self.i]
        self.i += 1
        return v


class Windows:
    def __init__(self, x, n):
        self.x, self.n, self.k = x, n, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.k < self.n:
            window = self.x[self.k : self.k + 2]
            self.k += 1
            return window, self.k
        raise StopIteration()


class Greater:
    def __init__(self, x, bound):
        self.x, self.bound, self.at = x, bound, -1

    def __iter__(self):
        return self

    def __next__(self):
        for j in range(self.at + 1, len(self.x)):
            if self.x[j] > self.bound:
                self.at = j
                return self.x[j]
        raise StopIteration


class Series:
    def __init__(self, a, b, n):
        self.a, self.b, self.n = a, b, n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        out = self.a
        self.a, self.b = self.b, self.a*self.b + out
        return out


class Doubled:
    """Iterated by its items, until there is none."""

    def __init__(self, a):
        self.a = a

    def __getitem__(self, i):
        if i >= len(self.a):
            raise IndexError(i)
        return self.a[i]*2


class Pairs:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __len__(self):
        return len(self.a)

    def __getitem__(self, i):
        return self.a[i], self.b[i]


def by_items(x, c):
    total, pairs = 0.0, Pairs(x, c)
    for v in Doubled(x):
        if v > 2.0:
            break
        total += v*v
    for k, (a, b) in enumerate(pairs):
        total = total*0.5 + a*b*k
    return total + sum(a for a, _ in pairs) + sum(list(Doubled(c)))


def until_a_sentinel(x, c):
    waiting, total = [*x, None], 0.0
    for v in iter(lambda: waiting.pop(0), None):
        total = total*c[0] + v*v
    return total


def windows(x, c):
    total = 0.0
    for v, k in Windows(x*c, 2):
        total = total*0.5 + np.sum(v**2)*k
    return total


def left_early(x, c):
    total, items = 0.0, Items(x)
    for epoch in range(3):
        for i, v in enumerate(items):
            if v > 1.0 and epoch == 1:
                break
            total = total*0.5 + v**2*c[i]
        else:
            total = total*2
    return total + items.i


def zipped_and_listed(x, c):
    return sum(v*w for v, w in zip(Items(x), c)) + sum(list(Items(c*x)))


def found_by_a_loop(x, c):
    return sum(v**2 for v in Greater(x, 0.5)) + c[0]*sum(Series(x[0], c[0], 5))


class Trainer:
    def __init__(self, x, w):
        self.loader, self.w, self.log = Items(x), w, []

    def fit(self):
        for v in self.loader:
            self.w = self.w - 0.1*v*self.w
            self.log.append(np.sum(self.w))
        return self


def trained(x, c):
    trainer = Trainer(x, c).fit()
    return sum(trainer.log)*trainer.w[0]


PROGRAMS = [windows, left_early, zipped_and_listed, found_by_a_loop, trained, by_items, until_a_sentinel]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_own_iterators(f):
    check(f, (X, C))
    for program in (*(places(f) if f in (windows, trained) else ()), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)


def test_a_changed_method_is_a_new_derivative(monkeypatch):
    def total(x):
        return sum(v*v for v in Items(x))

    slope = s2sad.grad(total)
    np.testing.assert_allclose(slope(X), 2*X)

    def following(self):
        if self.i >= len(self.a):
            raise StopIteration
        self.i += 1
        return 2.0*self.a[self.i - 1]

    monkeypatch.setattr(Items, "__next__", following)
    np.testing.assert_allclose(slope(X), 8*X)


class Pair:
    """Whose `__iter__` yields its attributes, as those of vectors and quaternions do."""

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        yield self.a
        yield self.b

    def __add__(self, other):
        return Pair(*(v + w for v, w in zip(self, other)))

    def __sub__(self, other):
        return Pair(*map(lambda v, w: v - w, self, other))

    def __mul__(self, k):
        return Pair(*(v*k for v in self))

    def dot(self, other):
        return sum(v*w for v, w in zip(self, other))


def pairs(x, c):
    p = reduce(lambda q, v: q*2.0 + Pair(v, 0.5) - Pair(x[0], v*q.a), x, Pair(1.0, 0.5))
    ordered = 0.0
    for i, (v, w) in enumerate(zip(p, Pair(x[1], x[2]))):
        ordered += v*w*(i + 1)
    return p.dot(Pair(x[1], c[0])) + p.a*ordered


def test_several_objects_that_yield_attributes():
    check(pairs, (X, C))
    check(twice(pairs), (X, C), pullbacks=False, probes=1)


def test_an_object_that_is_written_while_it_is_iterated():
    def f(x):
        p, s = Pair(x[0], x[1]), 0.0
        for v, w in zip(p, Pair(x[1], 2.0)):
            p.b = 3.0*v
            s += v*w
        return s

    with pytest.raises(s2sad.UnsupportedError, match="make a tuple of it before the loop"):
        s2sad.grad(f)(X)
