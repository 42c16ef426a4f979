"""Generators that are left early, wrapped by builtins and itertools, made into lists, and passed on."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def newton(x, c):
    v = x
    while True:
        v = v - (v*v - c)/(2*v)
        yield v


def powers(x, n):
    y = x
    for _ in range(n):
        y = y*x
        yield y


def geometric(a, r):
    t = a
    while True:
        yield t
        t = t*r


def iterates(v, c):
    for k in range(100):
        v = 0.5*(v + c/v)
        yield k, v


class Walker:
    def __init__(self, a, c):
        self.a = a
        self.c = c
    def states(self, n):
        a = self.a
        for _ in range(n):
            a = a*self.c + 0.1
            yield a
    def forever(self):
        a = self.a
        while True:
            a = a*self.c + 0.1
            self.a = a
            yield a
    def __iter__(self):
        for i in range(len(self.a)):
            yield self.a[i]*self.c[i]


def broken(x, c):
    s = 0.0
    for v in newton(x, c):
        s = s + np.sum(v)
        if s > 6.0:
            break
    return s*np.sum(v)


def break_enumerate(x, c):
    for k, v in enumerate(newton(x, c)):  # noqa: B007
        if k > 3:
            break
    return np.sum(v*x)


def returned(x, c):
    for v in newton(x, c):
        if np.sum(np.abs(v*v - c)) < 1e-3:
            return np.sum(v)
    return 0.0


def pair_break(x, c):
    old = x
    for k, v in iterates(x, c):  # noqa: B007
        if np.max(np.abs(v - old)) < 1e-6:
            break
        old = v
    return np.sum(v)*k


def break_else(x, c):
    for v in powers(x, 4):
        if np.sum(v) < 0.5:
            break
    else:
        v = v*2
    return np.sum(v*c)


def islice(x, c):
    s = 0.0
    for v in itertools.islice(newton(x, c), 4):
        s = s + np.sum(v*v)
    return s


def islice_list(x, c):
    vs = list(itertools.islice(newton(x, c), 4))
    return np.sum(vs[-1]*vs[1])


def takewhile(x, c):
    s = 0.0
    for t in itertools.takewhile(lambda t: t > 1e-3, geometric(x[0], 0.5)):
        s += t*c[0]
    return s


def zipped(x, c):
    s = 0.0
    for i, v in zip(range(3), geometric(x, c)):
        s = s + i*np.sum(v)
    return s


def mapped(x, c):
    return sum(map(lambda v: np.sum(v*c), powers(x, 3)))  # noqa: C417


def filtered(x, c):
    s = 0.0
    for v in filter(lambda v: np.sum(v) > 0.5, powers(x, 4)):
        s = s + np.sum(v*c)
    return s


def consume(g, n):
    s = 0.0
    for v in g:
        s = s + np.sum(v)
        n -= 1
        if n == 0:
            break
    return s


def as_an_argument(x, c):
    return consume(geometric(x, c), 4)


def with_a_name(x, c):
    g = powers(x, 3)
    s = 0.0
    for v in g:
        s += np.sum(v*c)
    return s


def as_a_sum(x, c):
    return sum(np.sum(v) for v in powers(x, 3))*sum(powers(c[0], 3))


def as_a_list(x, c):
    vs = list(powers(x, 3))
    return np.sum(vs[0]*vs[-1]*c)


def as_an_array(x, c):
    a = np.array(list(powers(x, 3)))
    return np.sum(a[1:]*c)


def stack_tuple(x, c):
    a, b, d = powers(x, 3)
    return np.sum(a*b*c + d)


def starred(x, c):
    a, *rest = powers(x, 3)
    return np.sum(a*c) + np.sum(rest[-1])


def of_a_method(x, c):
    w = Walker(x, c)
    s = 0.0
    for a in w.states(3):
        s += np.sum(a*a)
    return s


def method_break(x, c):
    w = Walker(x, c)
    s = 0.0
    for a in w.forever():
        s += np.sum(a*a)
        if s > 4.0:
            break
    return s*np.sum(w.a)


def iter_break(x, c):
    s = 0.0
    for v in Walker(x, c):
        s += v*v
        if s > 0.2:
            break
    return s


def tree(d):
    for k, v in d.items():  # noqa: B007
        if isinstance(v, dict):
            yield from tree(v)
        else:
            yield v


def recursive(x, c):
    s = 0.0
    for v in tree({"a": x, "b": {"d": c, "e": x*c}}):
        s += np.sum(v*v)
    return s


def yield_from_break(x, c):
    def both():
        yield from powers(x, 2)
        yield from geometric(c, 0.9)
    s = 0.0
    for v in both():
        s += np.sum(v)
        if s > 6.0:
            break
    return s


def windows(a, k):
    for i in range(len(a) - k + 1):
        yield a[i:i + k]


def over_windows(x, c):
    return sum(np.prod(w) for w in windows(x*c, 2))


def as_a_maximum(x, c):
    return max(np.sum(w) for w in windows(x*c, 2))


def as_any(x, c):
    if any(np.sum(w) > 1.0 for w in windows(x, 2)):
        return np.sum(x*c)
    return np.sum(x)


def reduced(x, c):
    return np.sum(functools.reduce(lambda a, b: a*b, powers(x, 3))*c)


def accumulate(x, c):
    s = 0.0
    for v in itertools.accumulate(powers(x, 3)):
        s += np.sum(v*c)
    return s


def chained(x, c):
    s = 0.0
    for v in itertools.chain(powers(x, 2), [c], powers(c, 1)):
        s += np.sum(v*v)
    return s


def expression_in_pipeline(x, c):
    sq = (v*v for v in x)
    sc = (v*c[0] for v in sq)
    return sum(sc)


def first_that_fits(x, c):
    v = next(v for v in newton(x, c) if np.sum(np.abs(v*v - c)) < 0.01)
    return np.sum(v)


def first_of_array(x, c):
    v = next((a for a in x if a > 0.5), 0.0)
    return v*c[0]


def rk4(f, y, dt, n):
    for _ in range(n):
        k1 = f(y)
        k2 = f(y + 0.5*dt*k1)
        y = y + dt*k2
        yield y


def integrated(x, c):
    traj = []
    for y in rk4(lambda y: -c*y, x, 0.1, 5):
        traj.append(y)
        if np.sum(y) < 1.7:
            break
    return np.sum(traj[-1]*traj[0])


def with_return(x, c):
    def inner():
        s = x[0]
        for i in range(3):  # noqa: B007
            s = s*c[0]
            yield s
        return s*2
    def outer():
        r = yield from inner()
        yield r
    return sum(outer())


def try_finally(x, c):
    def g():
        y = x
        try:
            for i in range(3):  # noqa: B007
                y = y*c
                yield y
        finally:
            y = None
    return sum(np.sum(v) for v in g())


def zip_longest_break(x, c):
    s = 0.0
    for (i, a), b in zip(enumerate(powers(x, 5)), c):
        s += np.sum(a)*b*i
    return s


def continue_break(x, c):
    s = 0.0
    for i, v in enumerate(geometric(x, c)):
        if i % 2:
            continue
        if i > 5:
            break
        s += np.sum(v)
    return s


def nested_break(x, c):
    s = 0.0
    for v in powers(x, 3):
        for w in geometric(c, 0.5):
            s += np.sum(v*w)
            if np.sum(w) < 0.3:
                break
    return s


def while_true_state(x, c):
    def adam(w):
        m = np.zeros_like(w)
        t = 0
        while True:
            t += 1
            g = 2*(w - c)
            m = 0.9*m + 0.1*g
            w = w - 0.1*m/(1 - 0.9**t)
            yield w
    for i, w in enumerate(adam(x)):  # noqa: B007
        if i == 4:
            break
    return np.sum(w*w)


PROGRAMS = [
    broken, break_enumerate, returned, pair_break, break_else, islice, islice_list, takewhile, zipped,
    mapped, filtered, as_an_argument, with_a_name, as_a_sum, as_a_list, as_an_array, stack_tuple, starred,
    of_a_method, method_break, iter_break, recursive, yield_from_break, over_windows, as_a_maximum, as_any,
    reduced, accumulate, chained, expression_in_pipeline, first_that_fits, first_of_array, integrated,
    with_return, try_finally, zip_longest_break, continue_break, nested_break, while_true_state,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_program(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)
    h = np.asarray(s2sad.hessian(f)(X, C))
    np.testing.assert_allclose(h, h.T, rtol=1e-9, atol=1e-12)


def test_a_generator_is_taken_from_once():
    def f(x, c):
        g = powers(x, 3)
        return sum(np.sum(v) for v in g)*sum(np.sum(v) for v in g)

    with pytest.raises(s2sad.UnsupportedError, match="taken from again"):
        s2sad.grad(f)(X, C)


def test_no_more_is_taken_than_python_takes():
    taken = []

    def counted(x):
        v = x
        while True:
            taken.append(1)
            v = v*0.5
            yield v

    def f(x, c):
        return sum(np.sum(v*c) for v, _ in zip(itertools.islice(counted(x), 4), range(3)))

    f(X, C)
    before = len(taken)
    taken.clear()
    s2sad.value_and_grad(f)(X, C)
    assert len(taken) == before == 4
