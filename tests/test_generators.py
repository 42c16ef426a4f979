"""Loops over generators, progress bars and context managers that are written in Python."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Bar:
    def __init__(self, items, desc=""):
        self.items = items
        self.desc = desc

    def __iter__(self):
        for item in self.items:
            yield item
            self.shown = self.desc

    def set_postfix(self, **said):
        pass


class Batches:
    def __init__(self, x, n):
        self.x, self.n = x, n

    def __iter__(self):
        for i in range(0, len(self.x), self.n):
            yield self.x[i:i + self.n]

    def __len__(self):
        return (len(self.x) + self.n - 1)//self.n


DATA = Batches(np.arange(6.0), 2)


def powers(x, n):
    y = x
    for _ in range(n):
        y = y*x
        yield y
    yield y*2


def pairs(a):
    for i in range(len(a)):
        for j in range(i):
            if i != j:
                yield a[i], a[j]


def chained(a):
    yield a[0]
    yield from a
    yield from powers(a, 1)


def bar_of_numbers(x, c):
    y = x
    for j in Bar(range(3)):
        y = y*c + j
    return np.sum(y)


def named_bar(x, c):
    y = x
    bar = Bar(range(3), desc="fit")
    for j in bar:
        y = y*c + j*x
        bar.set_postfix(loss=np.sum(y))
    return np.sum(y)


def bar_of_values(x, c):
    y = 0.0
    for i, v in enumerate(Bar(x), 1):
        y = y*c[0] + v**2*i
    return y


def bar_of_pairs(x, c):
    y = x
    for a, b in Bar([(1, 2.0), (3, 4.0)]):
        y = y*a + b*c
    return np.sum(y)


def generator_of_arrays(x, c):
    s = 0.0
    for y in powers(x, 3):
        s = s + np.sum(y*c)
    return s


def generators_in_each_other(x, c):
    s = 0.0
    for i, y in enumerate(powers(x, 3)):
        for z in powers(c, 2):
            s = s + np.sum(y*z)*i
    return s


def continue_in_the_body(x, c):
    s = 0.0
    for p, q in pairs(x*c):
        if p > q:
            continue
        s += p*q
    return s


def yield_from(x, c):
    s = 0.0
    for v in chained(x):
        s = s + np.sum(v*c)
    return s


def in_a_comprehension(x, c):
    vs = [v*c for v in powers(x, 2)]
    return np.sum(vs[0]*vs[2]) + sum(np.sum(v) for v in powers(x, 2))


def first_bound_in_the_body(x, c):
    best = None
    for y in powers(x, 3):
        total = np.sum(y)
        if best is None or total < best:
            best = total
    return best*total


def batches(x, c):
    s = 0.0
    for b in DATA:
        s = s + np.sum(b)*x[0]
    for b in Batches(x, 2):
        s = s + np.sum(b)**2
    return s/len(DATA)


def scaled(y, c):
    for _ in Batches(c, 1):
        y = y*c
    return y


def in_a_callee(x, c):
    y = x
    for _ in range(3):
        y = scaled(y, c)
    return np.sum(y)


class Timer:
    def __enter__(self):
        self.n = 3.0
        return self

    def __exit__(self, *exc):
        self.elapsed = 2.0


class Held:
    def __init__(self, a):
        self.a = a

    def __enter__(self):
        return self.a

    def __exit__(self, *exc):
        self.a = None


@contextmanager
def doubled(k):
    yield k*2


def attributes_of_a_manager(x, c):
    with Timer() as t:
        y = np.sum(x*c)
    return y*t.elapsed*t.n


def manager_with_a_name(x, c):
    t = Timer()
    with t, np.errstate(all="ignore"):
        y = np.sum(x*c)
    return y*t.elapsed


def manager_of_values(x, c):
    held = Held(x*c)
    with held as y:
        z = np.sum(y)
        with Held(z) as w:
            z = w*w
    return z


def left_early(x, c):
    s = 0.0
    for i in range(4):
        with Held(x[i % 3]*s + 1.0) as w:
            if i == 1:
                continue
            if i == 3:
                break
            s += w
    with Held(x) as y:
        if np.sum(y) > 0:
            return np.sum(y*c)*s
    return s


def manager_that_is_a_generator(x, c):
    with doubled(2.0) as k:
        y = x*k
    return np.sum(y)


PROGRAMS = [
    bar_of_numbers, named_bar, bar_of_values, bar_of_pairs, generator_of_arrays, generators_in_each_other,
    continue_in_the_body, yield_from, in_a_comprehension, first_bound_in_the_body, batches, in_a_callee,
    attributes_of_a_manager, manager_with_a_name, manager_of_values, left_early, manager_that_is_a_generator,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_program(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)


def left_early_from_an_object(x, c):
    s = 0.0
    for b in Batches(x, 2):
        s = s + np.sum(b*c[:len(b)])
        if s > 0.5:
            break
    return s


def test_a_loop_over_an_object_that_is_left_early():
    check(left_early_from_an_object, (X, C))
    check(left_early_from_an_object, (X*0.1, C))


def test_the_body_stands_where_the_generator_yields():
    text = s2sad.grad(bar_of_numbers).source_for(X, C)
    assert "yield" not in text and "for item in items:" in text


def powers_of(v, n):
    p = 1.0
    for _ in range(n):
        p = p*v
        yield p


def multiples(v):
    k = 1
    while True:
        yield v*k
        k += 1


def announced(v):
    print("first")
    yield v
    print("second")
    yield v*v


def two_in_step(x, c):
    s = 0.0
    for a, b in zip(powers_of(x[0], 4), powers_of(x[1]*c[0], 3), strict=False):
        s = s + a*b
    for i, (a, b) in enumerate(zip(powers_of(x[0], 4), multiples(x[1]), strict=False)):
        s = s + a*b*i
    for a, b in zip(multiples(x[2]), powers_of(x[1]*c[0], 3), strict=False):
        s = s*a + b
    return s


def announced_in_step(x):
    return sum(a*b for a, b in zip(announced(x), announced(2*x), strict=False))


def test_generators_in_step():
    check(two_in_step, (X, C))
    check(twice(two_in_step), (X, C), pullbacks=False, probes=1)
    with pytest.raises(s2sad.UnsupportedError, match="zip over several generators; make lists of all but one"):
        s2sad.grad(announced_in_step)(1.3)


def sums_of(x, n):
    p = 1.0
    for _ in range(n):
        p = p + x
        yield p


def test_next_takes_several_times_from_a_generator_that_ends():
    def by_hand(x):
        g = sums_of(x, 3)
        a, b, c, d = next(g), next(g, 0.0), next(g, 0.0), next(g, x)
        steps = sums_of(x*1.5, 9)
        s, v = 0.0, next(steps)
        while v < 6.0:
            s += v*a
            v = next(steps)
        return b*c*d + s + sum(steps)*0.01

    check(by_hand, (1.3,), probes=1)
    check(s2sad.grad(by_hand), (1.3,), probes=1)

    def endless(x):
        g = doubling(x)
        return next(g) + next(g)

    with pytest.raises(s2sad.UnsupportedError, match="a generator is taken from again"):
        s2sad.grad(endless)(1.3)


def doubling(x):
    while True:
        yield x
        x = x*2.0
