"""Objects that are made in the function: attributes, methods, inheritance, operators, records."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Particle:
    count = 2.0

    def __init__(self, x, v, mass=1.0):
        self.x = x
        self.v = v
        self.mass = mass
        self.__secret = 0.5

    def step(self, dt):
        self.v = self.v - dt*self.x*self.__secret
        self.x = self.x + dt*self.v

    def kick(self, dv):
        self.v += dv

    @property
    def energy(self):
        return 0.5*self.mass*np.sum(self.v**2) + np.sum(self.x**2)

    @property
    def scale(self):
        return self.mass*2

    @scale.setter
    def scale(self, v):
        self.mass = v/2

    @staticmethod
    def sq(v):
        return v*v

    @classmethod
    def make(cls, x):
        return cls(x, x*0.5, 2.0)

    def __call__(self, t):
        return self.x*t + self.v

    def __add__(self, o):
        return Particle(self.x + o.x, self.v + o.v)

    def __len__(self):
        return 3


class Charged(Particle):
    def __init__(self, x, v, q):
        super().__init__(x, v)
        self.q = q

    @property
    def energy(self):
        return super().energy*self.q

    def step(self, dt):
        super().step(dt)
        self.v = self.v*self.q


def o1(x, c):
    p = Particle(x, c)
    p.step(0.1)
    return p.energy


def o2(x, c):
    p = Particle(x, c)
    for _i in range(5):
        p.step(0.1)
    return p.energy


def o3(x, c):
    p = Particle(x, c)
    q = p
    for i in range(5):
        if i % 2 == 0:
            q.step(0.1)
        else:
            p.v = p.v*0.5
    return p.energy + np.sum(q.x*p.v)


def o4(x, c):
    p = Charged(x, c, 1.3)
    for _i in range(3):
        p.step(0.1)
    p.scale = 3.0
    return p.energy*p.mass


def o5(x, c):
    p = Particle.make(x)
    q = Particle(c, x)
    r = p + q
    r.kick(x)
    return r.energy + np.sum(Particle.sq(r(2.0)))*Particle.count*p.count


def o6(x, c):
    if np.sum(x) > 0:
        p = Particle(x, c)
    else:
        p = Particle(c, x)
    p.step(.2)
    return p.energy


def o7(x, c):
    ps = [Particle(x, c), Particle(c, x*2)]
    for p in ps:
        p.step(.1)
    for _k in range(3):
        for p in ps:
            p.kick(ps[0].x)
    return sum(p.energy for p in ps)


def o8(x, c):
    s = Particle(x, c)
    for _i in range(4):
        s = s + Particle(c*0.1, x)
    return s.energy


def o9(x, c):
    p = Particle(x*1.0, c)
    y = p.x
    y *= 2.0
    p.v[0] = 3.0*x[1]
    p.x[1:] += c[1:]
    return p.energy


@dataclass
class Cfg:
    w: np.ndarray
    b: float = 0.5
    log: list = field(default_factory=list)

    def __post_init__(self):
        self.norm = np.sum(self.w**2)

    def loss(self, x):
        self.log.append(np.sum(x))
        return np.sum(self.w*x)*self.b + self.norm + sum(self.log)


@dataclass(frozen=True)
class Fz:
    a: float
    b: float

    def __post_init__(self):
        object.__setattr__(self, "c", self.a*self.b)

    def shift(self, d):
        return replace(self, a=self.a + d)


def d1(x, c):
    m = Cfg(x, log=[])
    m2 = Cfg(c)
    return m.loss(c) + m.loss(x) + m2.loss(x)


def d2(x, c):
    f = Fz(x[0], c[0]).shift(x[1])
    g = replace(f, b=x[2])
    return f.c*g.c + g.a


P2 = namedtuple("P2", "a b", defaults=[2.0])


class Pt(NamedTuple):
    x: float
    y: float = 1.0

    def norm(self):
        return math.sqrt(self.x**2 + self.y**2)

    @property
    def s(self):
        return self.x + self.y


def n1(x, c):
    p = P2(x, c)
    q = p._replace(a=c*2)
    a, _b = q
    return np.sum(p.a*q.b*a) + np.sum(P2(x)[0]) * P2(x).b


def n2(x, c):
    p = Pt(x[0])
    q = Pt(y=c[0], x=x[1])
    t = 0.0
    for pt in (p, q):
        t += pt.norm()*pt.s
    return t


def n3(x, c):
    pts = []
    for i in range(3):
        pts.append(Pt(x[i], c[i]))
    return sum(p.norm()*p.s for p in pts) + pts[1].x


def n4(x, c):
    ds = []
    for i in range(3):
        ds.append({"a": x[i]*c, "b": c[i]})
    return sum(np.sum(d["a"])*d["b"] for d in ds) + sum(len(d) for d in ds)


OBJECTS = [
    o1, o2, o3, o4, o5, o6, o7, o8, o9, d1, d2, n1, n2, n3, n4,
]  # fmt: skip

ONCE = [n3, n4]  # lists of tuples are differentiated once




@pytest.mark.parametrize("f", OBJECTS, ids=lambda f: f.__name__)
def test_object(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [f for f in OBJECTS if f not in ONCE], ids=lambda f: f.__name__)
def test_object_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


@dataclass
class Car:
    x: float
    v: float

    def step(self, u):
        return Car(self.x + 0.1*self.v, self.v + 0.1*u)


class Bus:
    def __init__(self, x, v):
        self.x, self.v = x, v

    def step(self, u):
        return Bus(self.x + 0.1*self.v, self.v*u)


def stepped(us, car):
    for u in us:
        car = car.step(u)
    return car.x


def best_so_far(us, car):
    best = car
    for u in us:
        new = best.step(u)
        if new.v < 2.0*best.v:
            best = new
    return best.x*us[0] + car.v


def path_of(us, car):
    path = [car]
    for u in us:
        path.append(path[-1].step(u))
    path[0].v = us[0]
    return path[-1].x + sum(p.v**2 for p in path) + car.v


def two_of_them(us, car, other=None):
    other = car if other is None else other
    for u in us:
        car.v = car.v*u
        car = other.step(u) if u > 0.4 else car
    return car.x*other.v


@pytest.mark.parametrize("program", [stepped, best_so_far, path_of, two_of_them], ids=lambda f: f.__name__)
def test_an_argument_meets_objects_of_its_class(program):
    us = np.array([0.3, 0.5, 0.9])
    check(program, (us, Car(0.1, 0.2)))
    check(program, (us, Car(0.1, 0.2)), argnums=0, pullbacks=False)
    if program in (stepped, best_so_far):
        check(program, (us, Bus(0.1, 0.2)), argnums=0, pullbacks=False)


def test_an_argument_that_is_one_object_twice():
    us, car = np.array([0.3, 0.5, 0.9]), Bus(0.1, 0.2)
    gradient = s2sad.grad(two_of_them)
    apart = gradient(us, Bus(0.1, 0.2), Bus(0.1, 0.2))
    assert not np.array_equal(gradient(us, car, car), apart) and (car.x, car.v) == (0.1, 0.2)
    np.testing.assert_array_equal(gradient(us, car, car), gradient(us, car))
    np.testing.assert_array_equal(gradient(us, Bus(0.1, 0.2), Bus(0.1, 0.2)), apart)


def test_whether_an_argument_is_an_object_from_outside():
    outside = Bus(0.1, 0.2)

    def told(us, car):
        first = car
        for u in us:
            car = car.step(u)
        return car.x*2.0 if first is outside else car.x

    with pytest.raises(s2sad.UnsupportedError, match="use a name for each"):
        s2sad.grad(told)(np.ones(2), outside)


class Layer:
    def __init__(self):
        self.mean, self.seen, self.buffers = np.zeros(3), [], {"a": np.zeros(3), "rows": [np.zeros(3)]}

    def __call__(self, x):
        self.mean *= 0.9
        self.mean += 0.1*x
        self.seen.append(float(np.sum(x)))
        return x - self.mean


def normalised(x, layer):
    return np.sum(layer(layer(x))**2)


def buffered(x, layer):
    layer.buffers["a"] += x
    layer.buffers["rows"][0][1:] = x[1:]
    return np.sum(layer.buffers["a"]**2*x) + np.sum(layer.buffers["rows"][0]*x)


@pytest.mark.parametrize("f", [normalised, buffered])
def test_arrays_of_an_argument_that_is_an_object_are_the_callers(f):
    """They were written, so that a second call gave another gradient; what it appends to a list stays."""
    layer = Layer()
    fixed = [np.array([0.3, 0.5, 0.9])]
    first = s2sad.grad(f)(fixed[0], layer)
    check(lambda x: f(x, Layer()), (fixed[0],), text=False)
    np.testing.assert_array_equal(first, s2sad.grad(lambda x: f(x, Layer()))(fixed[0]))
    np.testing.assert_array_equal(first, s2sad.grad(f)(fixed[0], layer))
    held = [layer.mean, layer.buffers["a"], *layer.buffers["rows"]]
    assert not any(np.any(a) for a in held) and len(layer.seen) == (4 if f is normalised else 0)
