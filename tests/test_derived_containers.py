"""Classes that derive from list or dict: histories, stacks, parameters whose items are attributes, layers in order."""

from __future__ import annotations

import copy
from collections import Counter

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class History(list):
    def __init__(self, items=()):
        super().__init__(items)
        self.total = 0.0

    def add(self, v):
        self.append(v)
        self.total += v


class Doubled(History):
    def append(self, v):
        super().append(v*2)


class Stack(list):
    def peek(self):
        return self[-1]

    def push(self, v):
        self.append(v)
        return self

    @property
    def size(self):
        return len(self)


class Attributes(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value


class Bunch(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


class Parameters(dict):
    def norm(self):
        return sum(np.sum(v**2) for v in self.values())

    def __add__(self, other):
        return Parameters({name: self[name] + other[name] for name in self})


class Layer:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def __call__(self, x):
        return np.tanh(x*self.w + self.b)


class Sequential(list):
    def __call__(self, x):
        for layer in self:
            x = layer(x)
        return x


class Vector(list):
    def __add__(self, other):
        return Vector([a + b for a, b in zip(self, other, strict=True)])

    def dot(self, other):
        return sum(a*b for a, b in zip(self, other, strict=True))


class Default(dict):
    def __missing__(self, key):
        return 0.0


class Itself(dict):
    def __init__(self, **items):
        super().__init__(**items)
        self.__dict__ = self


def history(x, c):
    h = Doubled()
    for v in x:
        h.add(v**2)
    return h.total*h[0] + len(h) + sum(h)*h[-1]


def history_that_a_loop_asks(x, c):
    h = History()
    while len(h) < 3:
        h.add(x[len(h)]*c[0])
        if h.total > 0.45:
            break
    return h.total**2*h[0] if h else 0.0


def history_of_a_function(x, c):
    def collected(h, values):
        for v in values:
            h.add(v)
        return h

    h = collected(History([x[0]]), x)
    a, b, *rest = collected(h, c)
    return h.total*a*b + rest[-1]


def stack(x, c):
    s = Stack()
    for v in x:
        s.push(v**2)
        if s.size > 2:
            s.push(s.pop()*s.peek())
    return np.sum(np.array(s)*c) + np.stack([s[1:], s[:-1]]).sum() + max(s)


def changed_in_all_ways(x, c):
    h = Stack(list(x))
    h[1:] = [c[0]]
    h += [c[1]]
    h.insert(0, x[0]*x[1])
    del h[1]
    h.reverse()
    other = copy.copy(h)
    other.append(x[2])
    return sum(v*(k + 1) for k, v in enumerate(h)) + other.peek()*h.peek() + (h == [1.0, 2.0])


def attributes(x, c):
    d = Attributes(w=x, b=c, rate=0.1)
    d.w = d.w*d["b"]
    d["z"] = d.rate*x
    return np.sum(d.w*d.b) + sum(np.sum(v) for v in d.values())


def attributes_of_a_state(x, c):
    state = Attributes(h=x, n=0)
    for _ in range(3):
        state = Attributes(h=np.tanh(state.h*c), n=state.n + 1)
    state.h[0] = 2.0
    return np.sum(state.h)*state.n


def attributes_of_the_best(x, c):
    best = None
    for k in range(3):
        found = Attributes(x=x*k, f=np.sum(x*k*c))
        if best is None or found.f > best.f:
            best = found
    return best.f*np.sum(best.x)


def attributes_in_attributes(x, c):
    p = Attributes(layers=[Attributes(w=x, b=c), Attributes(w=c, b=x)])
    h = x
    for layer in p.layers:
        h = np.tanh(h*layer.w + layer.b)
    p.layers[0].w = h
    return np.sum(p["layers"][0]["w"]*h)


def methods_of_dict_as_attributes(x, c):
    d, e = Bunch(w=x, b=c), Bunch({"w": c}, q=x)
    d.h = np.tanh(d.w)
    d.update(e)
    t = 0.0
    for k, v in d.items():
        t = t + np.sum(v**2)*len(k)
    return t*np.sum(e.q) + dict(d)["w"][0] + ("w" in d)


def keywords(x, c):
    def energy(w, b):
        return np.sum(w*b)

    d = Attributes(w=x, b=c)
    return energy(**d) + energy(**{**d, "w": c}) + isinstance(d, dict) + isinstance(d, Attributes)


def parameters(x, c):
    p = Parameters(w=x, b=c)
    q = p + Parameters({k: v*0.5 for k, v in p.items()})
    return q.norm()*p.norm() + np.sum(q["w"])


def computed_keys(x, c):
    p = Parameters()
    for i, v in enumerate(x):
        p[i] = v**2
        if i in p and 1 in p:
            p[i] *= c[i]
    return p.norm() + p[1]


def layers(x, c):
    net = Sequential([Layer(x, c), Layer(c, x)])
    net.append(Layer(x*c, x))
    return np.sum(net(x))


def operators(x, c):
    u, v = Vector(x), Vector(c)
    w = u + v
    for _ in range(2):
        w = w + u
    return w.dot(v)*max(w)


class Settings(dict):
    def __getattr__(self, name):
        return self[name]


SETTINGS = Settings(rate=0.1, layers=[1, 2], kind="tanh", inner=Settings(w=2.0))
COUNTED = Counter("abca")


class Anything:
    def __getattr__(self, name):
        return 2.0


def settings_outside(x, c):
    for n in SETTINGS.layers:
        x = x*n
    for k, v in SETTINGS.items():
        if k == "rate":
            x = x*v
    if SETTINGS["kind"] == "tanh":
        x = np.tanh(x)
    return np.sum(x)*SETTINGS.inner.w*SETTINGS.get("rate", 0.0)


def counted_outside(x, c):
    t = 0.0
    for k, n in COUNTED.items():
        t += n*np.sum(x**2) + len(k)*c[0]
    return t + sum(n*x[0] for n in COUNTED.values())


def every_attribute(x, c):
    return np.sum(x*Anything().scale)*ANYTHING.rate


ANYTHING = Anything()
PROGRAMS = [
    settings_outside, counted_outside, every_attribute, history, history_that_a_loop_asks, history_of_a_function, stack, changed_in_all_ways, attributes,
    attributes_of_a_state, attributes_of_the_best, attributes_in_attributes, methods_of_dict_as_attributes,
    keywords, parameters, computed_keys, layers, operators,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_derived(f):
    check(f, (X, C))
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", [history, stack, attributes, layers], ids=lambda f: f.__name__)
def test_derived_in_other_places(f):
    for variant in places(f):
        check(variant, (X, C), pullbacks=False, probes=1)


def test_the_methods_are_the_classes_as_they_are_now():
    class Scaled(list):
        def scaled(self):
            return self[0]*2.0

    slope = s2sad.grad(lambda x: Scaled([x]).scaled())
    assert slope(3.0) == 2.0
    Scaled.scaled = lambda self: self[0]**2
    assert slope(3.0) == 6.0


def items_that_are_all_attributes(x):
    return Itself(w=x).w


def returned_as_a_whole(x):
    return History([x])


def written_after_it_is_an_element(x):
    h = History()
    hs = [h for _ in range(int(x))]
    h.add(x)
    return hs[0].total


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (items_that_are_all_attributes, "'__dict__' is assigned"),
        (written_after_it_is_an_element, "a History is written that has been put into a list"),
    ],
)
def test_refused(f, why):
    with pytest.raises(s2sad.UnsupportedError, match=why):
        s2sad.grad(f)(2.0)


def test_a_result_that_is_a_whole_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="use its keys, values or elements"):
        s2sad.vjp(returned_as_a_whole, 2.0)
