"""Calls: closures that count, decorators, partials, recursion of nested functions, functions in lists and dicts."""

from __future__ import annotations

import math
import operator
from functools import cache, partial, wraps

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def f1(x, c):
    n = 0
    def bump(v):
        nonlocal n
        n += 1
        return v*n
    s = bump(x[0])
    for i in range(3):
        s = s + bump(x[i])
    if np.sum(c) > 0:
        s = s + bump(c[0])
    return s*n


def f2(x, c):
    total = 0.0
    def add(v):
        nonlocal total
        total = total + v*v
    for i in range(3):
        add(x[i])
    if c[0] > 0:
        add(c[1])
    return total*x[0]


def f3(x, c):
    def counter():
        k = 0.0
        def step(v):
            nonlocal k
            k += v
            return k
        return step
    a = counter()
    b = counter()
    return a(x[0])*a(x[1])*b(x[2]) + a(c[0])


def f4(x, c):
    def fact(n, v):
        return v if n == 0 else n*v*fact(n - 1, v*c[0])
    return fact(3, x[0])


def f5(x, n):
    def horner(k):
        if k == n:
            return 0.0*x[0]
        return x[k] + x[0]*horner(k + 1)
    return horner(0)


def even(v, n):
    return v*1.0 if n == 0 else odd(v*1.1, n - 1)


def odd(v, n):
    return v*2.0 if n == 0 else even(np.sin(v), n - 1)


def f6(x, n):
    return np.sum(even(x, n)) + np.sum(odd(x, 2))


def deco(fn):
    @wraps(fn)
    def inner(*args, **kw):
        return 2.0*fn(*args, **kw) + 1.0
    return inner


def scaled(k):
    def outer(fn):
        def inner(x):
            return k*fn(x)
        return inner
    return outer


@deco
def g1(x, p=2):
    return np.sum(x**p)


@scaled(3.0)
def g2(x):
    return np.sum(np.sin(x))


@cache
def binom(n, k):
    return 1 if k in (0, n) else binom(n - 1, k - 1) + binom(n - 1, k)


def f7(x, c):
    return g1(x, p=3)*g2(c) + binom(4, 2)*x[0]


def f8(x, c):
    @scaled(2.0)
    def h(v):
        return np.sum(v*c)
    @deco
    def k(v, *, s=1.0):
        return v*s
    return h(x)*k(x[0], s=3.0)


def f9(x, c):
    fns = [lambda v, k=k: v*(k + 1.0) for k in range(3)]
    gns = []
    for k in range(3):
        gns.append(lambda v, k=k: v + k*c[0])
    def compose(f, g, h):
        return lambda v: h(g(f(v)))
    y = compose(fns[0], fns[2], np.sin)(x)
    for g in gns:
        y = g(y)*0.7
    return np.sum(y)


def f10(x, c):
    ops = {"+": operator.add, "*": operator.mul, "-": operator.sub}
    y = x
    for o in "+*-":
        y = ops[o](y, c)
    z = operator.itemgetter(0)(x) + operator.neg(x[1]) + operator.truediv(x[0], c[0]) + operator.pow(x[2], 2)
    return np.sum(y)*z*math.hypot(x[0], c[0])


def pk(a, b=2.0, /, d=1.0, *rest, e, f=3.0, **kw):
    return a*b + d*e + f*sum(rest) + kw.get("z", 0.5)*a


def f11(x, c):
    p = partial(pk, x[0], e=c[0])
    return p() + p(c[1], 2.0, x[1], x[2], f=x[1], z=c[2]) + pk(x[2], *[c[0], c[1]], e=1.0, **{"z": x[0]})


def f12(x, c):
    def make(k):
        def poly(v):
            return sum(k[i]*v**i for i in range(3))
        return poly
    p, q = make(x), make(c)
    return p(c[0])*q(x[1]) + max([p, q], key=lambda f: 1.0)(0.3) if False else p(c[0])*q(x[1])


def tree(node, x):
    kind = node[0]
    if kind == "leaf":
        return x*node[1]
    if kind == "add":
        return tree(node[1], x) + tree(node[2], x)
    return tree(node[1], x)*tree(node[2], x)


def f13(x, k):
    return np.sum(tree(("mul", ("add", ("leaf", k), ("leaf", 3.0)), ("leaf", 0.5)), x))


def two(x, n):
    if n == 0:
        return x, x*x
    u, v = two(x*0.5, n - 1)
    return v, u*x


def f14(x, y):
    u, v = two(x, 3)
    return u*v*y


def f15(x, c):
    import math as m
    from operator import mul
    return m.sin(x[1])*mul(x[0], c[0])


def part(v):
    return v[1:]


def write(a, b):
    a[0] = b[1]*2
    return b[1:]


def f16(x, c):
    y = x*1.0
    z = c*1.0
    p = part(y)
    p *= 2.0
    q = write(y, z)
    q += p
    h = [y, z]
    k = h[1]
    k[0] = x[2]
    return np.sum(y*z*c)


class Box:
    def __init__(self, a):
        self.a = a
        self.view = a[1:]

    def scale(self, s):
        self.view *= s
        return self.a


def f17(x, c):
    b = Box(x*1.0)
    y = b.a
    b.scale(c[0])
    y[0] += c[1]
    z = b.scale(2.0)
    return np.sum(z*b.a*y) + np.sum(b.view)


def f18(x, c):
    f = np.sin if c[0] > 0.1 else np.cos
    if x[0] > 5:
        g = lambda v: v*2
    else:
        g = lambda v: v*x[1]
    return np.sum(g(f(x)))


CALLS = [
    f1, f2, f3, f4, f7, f8, f9, f10, f11, f12, f15, f16, f17, f18,
]  # fmt: skip

ONCE = [f12, f16]  # lists of tuples are differentiated once




@pytest.mark.parametrize("f", CALLS, ids=lambda f: f.__name__)
def test_call(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [f for f in CALLS if f not in ONCE], ids=lambda f: f.__name__)
def test_call_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize(
    "f, args",
    [(f5, (X, 3)), (f6, (X, 3)), (f13, (X, 0.3)), (f14, (1.3, 2.0))],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_recursion(f, args):
    check(f, args)


SCALES = {"wide": 2.0, "narrow": 0.5}


def test_what_is_spread_over_a_ufunc_and_the_order_of_outside_keys():
    def f(x, c):
        d = x[:2] - c[1:]
        return np.hypot(*d)*np.arctan2(*x[1:]) + sum(np.sin(x[0]*SCALES[k])*i for i, k in enumerate(sorted(SCALES)))

    check(f, (X, C))
    SCALES["bare"] = 3.0
    try:
        check(f, (X, C))
    finally:
        del SCALES["bare"]


LAYERS = {
    "scale": lambda x, *, by=2.0: x*by,
    "bend": lambda x, *, k=1.0, shift=0.0: np.tanh(k*x) + shift,
}
CONFIG = [("scale", {"by": 3.0}), ("bend", {}), ("scale", {}), ("bend", {"k": 0.5, "shift": 0.1})]
STAGES = [{"kind": "bend", "k": 2.0}, {"kind": "scale"}]


def test_outside_lists_of_keywords():
    def f(x, c):
        for kind, options in CONFIG:
            x = LAYERS[kind](x, **options)
        for stage, w in zip(STAGES, c):
            x = LAYERS[stage["kind"]](x, **{k: v for k, v in stage.items() if k != "kind"})*w
        return np.sum(x*c)

    slope = s2sad.grad(f)
    before = slope(X, C)
    check(f, (X, C))
    CONFIG[3][1]["k"], CONFIG[2] = 1.5, ("bend", {"shift": 0.2})
    check(f, (X, C))
    assert not np.array_equal(slope(X, C), before)


def test_zip_over_the_parts_of_a_tuple():
    def f(pair, c):
        total = sum(a*b*b for a, b in zip(*pair))
        for a, b in zip(*pair):
            total += np.sin(a*b)*c[0]
        return total

    check(f, ((X, 2.0*X[:2]), C))


def mapped(f, tree, *rest):
    if isinstance(tree, dict):
        return {k: mapped(f, v, *(r[k] for r in rest)) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(f, v, *others) for v, *others in zip(tree, *rest))
    return f(tree, *rest)


def total(tree):
    if isinstance(tree, list | tuple):
        return sum(total(v) for v in tree)
    return np.sum(tree**2)


def test_zip_of_a_tree_and_the_rest():
    def f(layers, steps):
        return total(mapped(lambda a, b: a - 0.1*b, layers, steps))

    layers = [(np.ones((2, 2)), X[:2]), (np.ones((2, 1)), C[:1])]
    check(f, (layers, [(np.full((2, 2), 0.5), C[:2]), (np.ones((2, 1)), X[1:2])]))
