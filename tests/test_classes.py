"""What classes of the standard library and of users say of their objects: records, protocols, enumerations."""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
from collections import namedtuple
from dataclasses import InitVar, asdict, astuple, dataclass, field, replace
from enum import Enum, IntEnum
from functools import partialmethod, singledispatch
from types import SimpleNamespace
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
T = TypeVar("T")


@dataclass(frozen=True)
class Point:
    a: float
    b: float = 1.0


@dataclass
class Passed:
    a: float
    scale: InitVar[float] = 2.0
    b: float = field(init=False)

    def __post_init__(self, scale):
        self.b = self.a*scale


@dataclass(order=True)
class Ordered:
    a: float
    b: float = 0.0


class Pair(NamedTuple):
    u: float
    v: float = 1.5

    def norm(self):
        return math.sqrt(self.u**2 + self.v**2)

    @classmethod
    def doubled(cls, a):
        return cls(a, a*2)

    def __add__(self, other):
        return Pair(self.u + other.u, self.v + other.v)


class Vector:
    def __init__(self, a):
        self.a = a

    def __getitem__(self, i):
        return self.a[i]

    def __setitem__(self, i, v):
        self.a[i] = v

    def __len__(self):
        return len(self.a)

    def __iter__(self):
        return iter(self.a)

    def __lt__(self, other):
        return np.sum(self.a) < np.sum(other.a)

    def __abs__(self):
        return np.sqrt(np.sum(self.a**2))

    def __float__(self):
        return float(np.sum(self.a))

    def __bool__(self):
        return len(self.a) > 0


class Twice:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, holder, owner=None):
        return getattr(holder, self.name)*2

    def __set__(self, holder, value):
        setattr(holder, self.name, value)


class Described:
    q = Twice()

    def __init__(self, q):
        self.q = q


class Open:
    def __init__(self, **entries):
        self.__dict__.update(entries)


class Proxy:
    def __init__(self, table):
        self.table = table

    def __getattr__(self, name):
        return self.table[name]


class Scaler:
    def __init__(self, a):
        self.a = a

    def scale(self, k, b):
        return self.a*k + b

    double = partialmethod(scale, 2.0)
    triple = partialmethod(scale, k=3.0)


class Box(Generic[T]):
    def __init__(self, v):
        self.v = v


class Mode(IntEnum):
    FIRST = 0
    SECOND = 1


class Activation(Enum):
    TANH = "tanh"
    SQUARE = "square"

    def __call__(self, z):
        return np.tanh(z) if self is Activation.TANH else z*z


@singledispatch
def area(shape):
    raise TypeError


@area.register
def _(shape: float):
    return shape*shape


@area.register(np.ndarray)
def _(shape):
    return np.sum(shape)


def init_variables(x, c):
    p, q = Passed(x[0]), Passed(c[0], scale=x[1])
    return p.b*q.b + p.a


def compared(x, c):
    p, q = Ordered(x[0]), Ordered(c[0], x[1])
    larger = max(p, q)
    same = 2.0 if Ordered(x[0], x[1]) == Ordered(x[0], x[1]) else 3.0
    return larger.a*3 + (p.b if p < q else q.b)*same


def as_containers(x, c):
    p = Point(x[0], c[0])
    d, t = asdict(p), astuple(p)
    return d["a"]*d["b"] + t[0] + sum(getattr(p, f.name) for f in dataclasses.fields(Point))


def frozen(x, c):
    p = Point(x[0], c[0])
    try:
        p.a = 3.0
    except dataclasses.FrozenInstanceError:
        return p.a*2
    return p.b


def namedtuples(x, c):
    p, q = Pair(x[0]), Pair.doubled(c[0])
    d = p._asdict()
    made = Pair._make([x[1], c[1]])
    return (p + q).norm()*made.norm() + d["u"]*sum(p)*len(p)


def namedtuple_made_here(x, c):
    Row = namedtuple("Row", "u v", defaults=[2.0])
    return np.sum(Row(x).u*Row(c).u)*Row(x).v


def conversions(x, c):
    v = Vector(x.copy())
    v[0] = c[1]
    total = sum(v)*len(v) + abs(v) + float(v)*2 + max(v)
    for a in v:
        total += a*c[0]
    return total*v[1] if v else 0.0


def largest_object(x, c):
    vs = [Vector(x*k) for k in range(1, 4)]
    return np.sum(max(vs).a*c) + np.sum(min(Vector(x), Vector(c)).a)


def descriptors(x, c):
    d = Described(x)
    d.q = d.q*c
    return np.sum(d.q)


def namespaces(x, c):
    space = SimpleNamespace(a=x, b=2.0)
    space.a = space.a*c
    space.k = space.b
    held = Open(w=x, b=c)
    proxy = Proxy({"w": x, "b": c})
    return np.sum(space.a)*space.k + sum(np.sum(v*v) for v in vars(held).values()) + np.sum(proxy.w*proxy.b)


def partial_methods(x, c):
    s = Scaler(x)
    return np.sum(s.double(c)) + np.sum(s.triple(b=c)) + np.sum(Box[float](x).v)


def getters(x, c):
    a, b = operator.itemgetter(0, 2)(x)
    p = Point(x[1], c[1])
    called = operator.methodcaller("dot", c)(x)
    return a*b + called + operator.attrgetter("T")(x)[0] + operator.mul(*operator.attrgetter("a", "b")(p))


def enumerations(x, c):
    s = np.sum(Activation("tanh")(x)) + np.sum(Activation.SQUARE(c*x))
    for mode in Mode:
        s = s + x[mode]*(mode + 1)
    return s


def dispatched(x, c):
    return area(float(x[0])) + area(x)*area(c)


def default_of_getattr(x, c):
    return getattr(x[0], "v", c[0])*x.shape[0]


def loss(p, x):
    return np.sum((p.w*x + p.b)**2)


@dataclass
class Model:
    w: np.ndarray
    b: float
    name: str = "linear"


Weights = namedtuple("Weights", "w b")


def slopes_by_a_dataclass(x, c):
    p = Model(x, c[0])
    for _ in range(3):
        value, g = s2sad.value_and_grad(loss)(p, c)
        p = replace(p, w=p.w - 0.1*g.w, b=p.b - 0.1*g.b)
    p.w -= 0.1*s2sad.grad(loss)(p, c).w
    return loss(p, x) + value


def slopes_by_a_namedtuple(x, c):
    p = Weights(x, c[0])
    for _ in range(3):
        g = s2sad.grad(loss)(p, c)
        p = Weights(p.w - 0.1*g.w, p.b - 0.1*g.b)
    return loss(p, x)


def slopes_by_a_dict_of_dataclasses(x, c):
    p = {"one": Model(x, c[0]), "two": [x*c]}
    g = s2sad.grad(lambda q: loss(q["one"], c)*np.sum(q["two"][0]))(p)
    return np.sum(g["one"].w*g["two"][0]) + g["one"].b


PROGRAMS = [
    init_variables, compared, as_containers, frozen, namedtuples, namedtuple_made_here, conversions, largest_object,
    descriptors, namespaces, partial_methods, getters, enumerations, dispatched, default_of_getattr,
    slopes_by_a_dataclass, slopes_by_a_namedtuple, slopes_by_a_dict_of_dataclasses,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_program(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
    if not f.__name__.startswith("slopes"):
        check(twice(f), (X, C), pullbacks=False, probes=1)


def test_what_has_no_gradient_in_a_record_is_none():
    def f(x):
        g = s2sad.grad(loss)(Model(x, 0.5), C)
        return np.sum(g.w)*(2.0 if g.name is None and isinstance(g.b, float) else 1.0)

    check(f, (X,))
    assert f(X) == 2.0*np.sum(s2sad.grad(loss)(Model(X, 0.5), C).w)


class Sized:
    def __init__(self, k):
        self.k = k

    @functools.singledispatchmethod
    def size(self, v):
        return self.k*v

    @size.register
    def _(self, v: np.ndarray):
        return self.k*np.sum(v**2)

    @size.register
    def _(self, v: list):
        return sum(self.size(e) for e in v)

    @size.register
    def _(self, v: Model):
        return self.size(v.w)*v.b


def test_methods_by_the_class_of_an_argument():
    def f(x, c):
        sized = Sized(c[0])
        return sized.size(x[0]) + sized.size(x) + sized.size([x[1], 2.0]) + sized.size(Model(x, c[1]))

    for program in (f, *places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1)


def test_functools_reduce_of_closures():
    def f(x, c):
        steps = (np.sin, lambda v: v*c, np.exp)
        return np.sum(functools.reduce(lambda f, g: lambda v: g(f(v)), steps)(x))

    check(f, (X, C))
