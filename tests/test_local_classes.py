"""Classes that are defined inside of functions; what classes say of making, adding and iterating their objects."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Pair(self.a + other.a, self.b + other.b)

    def __radd__(self, other):
        return self if other == 0 else Pair(other.a + self.a, other.b + self.b)

    def __eq__(self, other):
        return bool(self.a == other.a and self.b == other.b)

    def __iter__(self):
        yield self.a
        yield self.b

    __hash__ = None

    __hash__ = None

    def __abs__(self):
        return np.sqrt(self.a**2 + self.b**2)

    def __call__(self, t):
        return self.a*t + self.b


# ---- classes that are defined inside


def class_inside(x, c):
    class Spring:
        def __init__(self, k):
            self.k = k

        def energy(self, q):
            return 0.5*self.k*q**2*c[0]

    spring = Spring(x[0])
    return spring.energy(x[1]) + Spring(c[1]).energy(x[2])


def dataclass_inside(x, c):
    @dataclass
    class State:
        q: float
        p: float = 1.0
        seen: list = field(default_factory=list)

        def step(self, dt):
            self.q = self.q + dt*self.p
            self.p = self.p - dt*self.q*x[2]
            self.seen.append(self.q)
            return self

    s = State(x[0], x[1])
    for _ in range(4):
        s.step(0.1)
    return s.q*s.p + sum(s.seen)


def subclass_inside(x, c):
    class Base:
        scale = 2.0

        def f(self, v):
            return v*self.scale

    class Other(Base):
        def f(self, v):
            return super().f(v)**2 + x[0]

    return Other().f(x[1]) + Base().f(c[0]*x[2])


def names_bound_later(x, c):
    k = x[0]

    class Gain:
        def of(self, v):
            return k*v

    gain = Gain()
    first = gain.of(x[1])
    k = c[0]*x[2]
    return first*gain.of(c[1])


def class_in_a_loop(x, c):
    total = 0.0
    for i in range(3):
        class Term:
            def __init__(self, v):
                self.v = v

            def value(self):
                return self.v**2*c[i]

        total += Term(x[i]).value()
    return total


# ---- making objects


class Direction:
    def __new__(cls, a, b):
        self = super().__new__(cls)
        n = np.sqrt(a*a + b*b)
        self.a, self.b = a/n, b/n
        return self


class Plain:
    def __new__(cls, *args):
        return object.__new__(cls)

    def __init__(self, v):
        self.v = v


class Squared:
    def __init__(self, v, k):
        self.v = v*k

    def get(self):
        return self.v**2


class Doubled:
    def __new__(cls, v, *rest):
        return Squared(v, *rest) if rest else super().__new__(cls)

    def __init__(self, v):
        self.v = v*2

    def get(self):
        return self.v


def made_by_new(x, c):
    direction, plain = Direction(x[0], x[1]), Plain(x[2])
    return plain.v*direction.a + direction.b


def made_of_another_class(x, c):
    return Doubled(x[0]).get()*Doubled(x[1], c[0]).get()


# ---- adding and iterating objects


def sums_of_objects(x, c):
    pairs = [Pair(x[i], c[i]) for i in range(len(x))]
    return abs(sum(pairs)) + sum(pairs, Pair(0.0, 1.0))(2.0)


def sum_of_a_list_that_grows(x, c):
    pairs = []
    for v in x*c:
        pairs.append(Pair(v, v**2))
    return abs(sum(pairs))


def unpacked_and_summed(x, c):
    u = Pair(x[0], c[1])
    a, b = u
    return a*b + sum(t**2 for t in u) + sum(u) + max(u) + abs(u) + len(list(u))


def not_equal(x, c):
    u, v = Pair(x[0], x[1]), Pair(x[0], c[1])
    return u(2.0)*v.b if u != v else v(3.0)


PROGRAMS = [
    class_inside, dataclass_inside, subclass_inside, names_bound_later, class_in_a_loop, made_by_new,
    made_of_another_class, sums_of_objects, sum_of_a_list_that_grows, unpacked_and_summed, not_equal,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_classes(f):
    check(f, (X, C))
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1)


def test_what_stands_in_a_class_body_is_known():
    def f(x):
        class Scaled:
            scale = x[0]

        return Scaled.scale*x[1]

    with pytest.raises(s2sad.UnsupportedError, match="the body of the class Scaled reads 'x', which is made") as told:
        s2sad.grad(f)(X)
    assert "set it in __init__, or define the class at the top of the file" in str(told.value)


def test_methods_that_call_each_other_read_nothing_around_their_class():
    def f(x, n):
        class Series:
            def __init__(self, scale):
                self.scale = scale

            def even(self, k):
                return self.odd(k - 1)*self.scale if k > 0 else x[0]

            def odd(self, k):
                return self.even(k - 1)*x[1] if k > 0 else 1.0

        return Series(2.0).even(n)

    said = "even calls itself, and reads what is made in the function around its class; pass it as an argument"
    with pytest.raises(s2sad.UnsupportedError, match=said) as told:
        s2sad.grad(f)(X, 4)
    assert told.value.refusals[0].span.line == f.__code__.co_firstlineno + 9
