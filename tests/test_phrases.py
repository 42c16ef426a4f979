"""What the language's description names, phrase by phrase, in programs as they come: value, both modes, and twice.

The docstring of each program lists its phrases; `tests/corpus` holds them one by one at every place of a program.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
import operator
from collections import namedtuple
from dataclasses import dataclass, replace

import numpy as np
import pytest
from places import twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
LOSSES, RECORD = [], {"steps": 0}
State = namedtuple("State", "pos vel")


@dataclass
class Circle:
    radius: float


@dataclass
class Box:
    width: float
    height: float = 2.0

    def area(self):
        return self.width*self.height


class Layer:
    def __init__(self, weight, bias):
        self.weight, self.__bias = weight, bias
        self.outputs = []

    @property
    def bias(self):
        return self.__bias

    @classmethod
    def plain(cls, weight):
        return cls(weight, 0.1)

    @staticmethod
    def squash(v):
        return np.tanh(v)

    def forward(self, v):
        return self.squash(self.weight*v + self.bias)

    def __call__(self, v):
        self.outputs.append(self.forward(v))
        return self.outputs[-1]


class Residual(Layer):
    def forward(self, v):
        return v + super().forward(v)


@dataclass
class Model:
    layers: list
    scale: float

    def __call__(self, v):
        for layer in self.layers:
            v = np.tanh(layer["w"]*v + layer["b"])
        return self.scale*v

    def loss(self, batch):
        v, target = batch
        return np.mean((self(v) - target)**2)


@contextlib.contextmanager
def damped(v):
    yield v*0.5


def logged(fn):
    @functools.wraps(fn)
    def inner(*args, **named):
        value = fn(*args, **named)
        print(f"{fn.__name__}: {value}")
        return value
    return inner


@logged
def affine(v, /, k=2.0, *shifts, scale=1.0, **more):
    return v*k*scale + sum(shifts) + more.get("extra", 0.0)


def even(v, n):
    return v if n == 0 else odd(v*0.9, n - 1)


def odd(v, n):
    return -v if n == 0 else even(np.sin(v), n - 1)


def exits_of_loops(x, c):
    """loop else-clauses; while True; changed loop variable; zero trips"""
    y = x[0]
    for k in range(3):
        k = 2*k + 1
        y = y*c[0] + k*x[1]
        if y > 1e3:
            break
    else:
        y = y*c[1]
    while True:
        y = y*1.5 + 0.1
        if y > 8.0:
            break
    for v in x[3:]:
        y = y*v
    return y


def loops_over_dicts(x, c):
    """items; keys; values; del"""
    rates = {"a": x[0], "b": x[1]*c[0], "unused": 2.0}
    del rates["unused"]
    total = 0.0
    for i, (key, v) in enumerate(rates.items()):
        total += (i + 1)*v**2*len(key)
    for key in rates.keys():
        total += len(key)*c[1]
    for v in rates.values():
        total *= v
    return total


def iterators(x, c):
    """ndindex; ndenumerate; generators made by comprehension; itertools.product; chain; accumulate; functools.reduce"""
    a, total = np.outer(x, c), 0.0
    for i, j in np.ndindex(2, 3):
        total += a[i, j]*a[j, i]
    for (i, j), v in np.ndenumerate(a):
        total += v**2 if i < j else 0.1*v
    squares = (v*v for v in itertools.chain(x, c) if v > 0.4)
    total += sum(p*q for p, q in itertools.product(x, c[:2])) + sum(squares)
    running = list(itertools.accumulate(x, lambda s, v: 0.5*s + v))
    return total*running[-1] + functools.reduce(lambda s, v: s*v + 0.1, x)


def patterns(x, c):
    """match literals; or-patterns; sequences; classes; guards"""
    total = 0.0
    for shape in (Circle(x[0]), Box(x[1], c[0]), Box(x[2]), ("pair", x[0], [c[1]]), "none", 3):
        match shape:
            case Circle(r):
                total += math.pi*r**2
            case Box(w, h) if h == 2.0:
                total += w
            case Box(width=w, height=h):
                total += w*h
            case (str(), v, [w, *_]):
                total += v*w
            case "none" | "nothing":
                total *= 1.5
            case n:
                total += n
    return total


def attempts_and_managers(x, c):
    """try; except; else; finally; with np.errstate; user context managers"""
    total, tries = 0.0, 0
    for v in (x[0] - 1.0, x[1], c[2]):
        try:
            y = math.sqrt(v)
        except ValueError:
            y = v*v
        else:
            y = y*c[0]
        finally:
            tries += 1
        with np.errstate(divide="ignore"), damped(y) as z:
            total += z*tries
    return total


def recursions(x, c):
    """recursion; mutual recursion"""
    def tree(v, n):
        return v*v if n == 0 else tree(v*c[0], n - 1) + 0.5*tree(np.sin(v), n - 1)

    return tree(x[0], 2) + even(x[1], 3) + odd(c[1], 0)


def comprehensions(x, c):
    """list; dict; set; generator inside sum; max; min; np.array; np.stack; nested; conditions"""
    table = [[a*b for b in c if b > 0.6] for a in x]
    named = {f"w{i}": v for i, v in enumerate(x)}
    places = {i % 2 for i in range(5)}
    total = sum(x[i] for i in places) + max(v*v for v in x) + min(np.sin(v) for v in c)
    stacked = np.stack([x*k for k in range(2)]) @ np.array([v for row in table for v in row[:1]])
    return total*named["w2"] + np.sum(stacked)


def expressions(x, c):
    """star expressions in calls; displays; targets; chained unpacking; walrus; conditional index; formatting"""
    first, *rest = x
    (a, b), *others = (first, rest[0]), rest[1], c[0]
    p = q = affine(a, *[b, 0.5], scale=c[1], **{"extra": b})
    p += max(*rest, *c[:2], b)
    if (t := p*q) > 0.2:
        p = p + t
    label = f"{p:.3f} {q!r} " + f"{len(others):d}"
    return p*x[0 if p > 100.0 else 2]*others[-1] + len(label)*0.0


def functions(x, c):
    """*args; **kwargs; keyword-only; positional-only; defaults; partial; wraps; functions in lists and dicts;
    functions returned; closures over active values and loop variables; nonlocal; operator; math"""
    calls = 0

    def scaled(k):
        def inner(v, *, power=2):
            nonlocal calls
            calls += 1
            return k*v**power
        return inner

    table = {"sin": np.sin, "scaled": scaled(c[0]), "twice": functools.partial(operator.mul, 2.0)}
    total = affine(x[0]) + affine(x[1], c[0], 1.0, scale=x[2])
    for name in ("sin", "scaled", "twice"):
        total = table[name](total)
    late = [lambda v: v**k for k in range(1, 3)] + [lambda v, k=k: v*k for k in (2.0, c[1])]
    return total*calls + sum(f(x[0]) for f in late) + math.hypot(x[0], c[0])


def classes(x, c):
    """dataclasses with methods; namedtuples; super(); name-mangled attributes; methods; properties; static and class
    methods; callable objects; objects created inside; attributes read and written; inheritance"""
    layers = [Layer(x[0], c[0]), Residual.plain(x[1])]
    h = c
    for layer in layers:
        h = layer(h)
        layer.weight = layer.weight*0.9
    state = State(x[0], vel=1.0)
    for _ in range(2):
        state = state._replace(pos=state.pos + 0.1*state.vel, vel=state.vel - 0.1*state.pos)
    box = replace(Box(x[2]), height=layers[1].outputs[0][1])
    return np.sum(h)*layers[0].weight + box.area() + state.pos*state.vel


def containers(x, c):
    """append; extend; pop; insert; item assignment; slices; + and *; sorted; reversed; zip(*rows); update; get;
    setdefault"""
    xs = [x[0]]*2 + [c[0]]
    xs.append(x[1])
    xs.extend(c[1:])
    xs.insert(1, x[2]*x[0])
    xs[0] = xs.pop()*2.0
    xs[1:3] = [xs[2]*c[0], xs[1]]
    low, *_, high = sorted(xs)
    rows = [(v, w) for v, w in zip(xs, reversed(xs[:4]))]
    left, right = zip(*rows)
    d = {"a": sum(left)}
    d.update(b=sum(right), a=d["a"]*low)
    return d.setdefault("c", high)*d.get("b", 0.0) + d["a"] + d.get("none", x[1])


def aliases(x, c):
    """an array stored in a list or an attribute, written through another name; a view of an argument; a callee that
    writes and returns another; arguments that share memory; lists of arrays written in place"""
    def inner(a):
        return a[1:]

    def push(a, v):
        a[0] = v
        return 2.0*v

    def add_into(a, b):
        a += 0.5*b

    u = x.copy()
    kept, layer = [u, c*1.0], Layer(u, c)
    inner(u)[:] *= c[1:]
    total = push(layer.weight, x[2]**2)
    add_into(u, u)
    add_into(u[1:], u[:-1])
    for a in kept:
        a *= 1.5
    return total*np.sum(kept[0]*kept[1]) + layer.weight @ x


def changing_kinds(x, c):
    """a float that becomes an array; an array whose shape shrinks; grows"""
    s = 0.5
    for v in (x, c):
        s = s*v + 0.1
    t, y = x[:1], np.concatenate([x, c])
    while len(y) > 1:
        y = y[::2]*1.1
        t = np.concatenate([t, y[:1]])
    return np.sum(s)*y[0] + np.sum(t*t)


def histories(x, c):
    """loss histories; logging; printing; progress bars"""
    def bar(items):
        for item in items:
            print(item, end="\r")
            yield item

    w = x
    for step in bar(range(2)):
        loss = np.sum(w**2*c)
        LOSSES.append(loss)
        RECORD["steps"] += 1
        print(f"{step}: {loss:.3f}")
        w = w - 0.1*w
    return np.sum(w*w)


PROGRAMS = [
    exits_of_loops, loops_over_dicts, iterators, patterns, attempts_and_managers, recursions, comprehensions,
    expressions, functions, classes, containers, aliases, changing_kinds, histories,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_phrases(f):
    assert f.__doc__
    check(f, (X, C), probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


def test_gradient_of_a_model_used_through_its_methods():
    """The gradient has the structure of the model: a dataclass that holds a list of dicts."""
    model = Model([{"w": X, "b": 0.1}, {"w": C, "b": 0.2}], 1.5)
    gradient, = check(lambda model: model.loss((C, X)) + 0.1*np.sum(model(X)), (model,), probes=1)
    assert isinstance(gradient, Model) and gradient.layers[1]["w"].shape == (3,)
    slope = s2sad.grad(lambda model, v: np.sum(model(v)))
    check(lambda model: np.sum(slope(model, X).layers[0]["w"]*C), (model,), pullbacks=False, probes=1)
