"""Programs of the language: what lowering resolves, unrolls, chooses between and checks."""

from __future__ import annotations

import dataclasses
import functools
from collections import namedtuple

import numpy as np
import pytest

from support import check

P = namedtuple("P", "a b")


@dataclasses.dataclass
class D:
    a: float
    b: float = 2.0

    def area(self):
        return self.a * self.b

    @property
    def twice(self):
        return 2 * self.a


class V:
    def __init__(self, k):
        self.k = k

    def __add__(self, o):
        return self.k + o

    def __radd__(self, o):
        return self.k * o

    def __mul__(self, o):
        if isinstance(o, int):
            return NotImplemented
        return self.k * o * o

    def __getitem__(self, i):
        return self.k * i

    def __len__(self):
        return 3

    def __neg__(self):
        return -self.k

    def __call__(self, x):
        return self.k * x

    @staticmethod
    def st(x):
        return x * x

    @classmethod
    def cm(cls, x):
        return 3 * x * x

    @property
    def kk(self):
        return self.k * 2

    def __lt__(self, o):
        return self.k < o


v = V(1.5)
x = np.array([0.5, 0.8, 1.2])
PROGRAMS = {}


def T(*args):
    def enter(f):
        PROGRAMS[f.__name__] = (f, args)
        return f

    return enter


@T(x)
def namedt(x):
    p = P(x, b=2 * x)
    return np.sum(p.a * p.b)


@T(x)
def dataclass_(x):
    d = D(np.sum(x))
    return d.area() * d.twice + d.b


@T(x)
def ops(x):
    return (
        np.sum((v * x) + x) + v[0.5] * len(v) * x[0] + (-v) * x[1] + np.sum(v(x) * v.st(x) * v.cm(x) * v.kk)
    )


@T(0.7)
def rops(x):
    return (x + v) * x + (v + x)


@T(0.7)
def cmp(x):
    return x * x if v < 9 else x


@T(x)
def unp(x):
    a, b, c = x
    return a * b * c


@T([0.3, 0.4])
def unpl(x):
    a, b = x
    return a * b


@T(x)
def comp(x):
    xs = [k * x for k in range(4) if k % 2 == 1]
    return np.sum(xs[0] * xs[1])


@T(x)
def comp2(x):
    return sum(a * b for a in x for b in x if a < b)


@T(x)
def compd(x):
    d = {k: x * i for i, k in enumerate(("a", "b", "c"))}
    return np.sum(d["b"] * d["c"])


@T(x)
def lam(x):
    fs = [lambda t: t * t, lambda t: 3 * t, np.sin]
    return np.sum(sum(f(x) for f in fs))


@T(x, 1)
def lami(x, i):
    fs = [lambda t: t * t, lambda t: 3 * t, np.sin]
    return np.sum(fs[i](x))


@T(x, 1)
def funs_rt(x, i):
    f = np.sin if i > 0 else np.cos
    return np.sum(f(x))


@T(x)
def funs_loop(x):
    f = np.sin
    g = np.cos
    for _ in range(3):
        x = f(x)
        f, g = g, f
    return np.sum(x)


@T(x)
def late(x):
    fs = [(lambda t: t * k) for k in (1.0, 2.0, 3.0)]
    return np.sum(fs[0](x) * fs[2](x))


@T(x)
def part(x):
    f = functools.partial(np.clip, a_min=0.6, a_max=1.0)
    g = functools.partial(pow2, k=3)
    return np.sum(f(x) * g(x))


def pow2(x, k=2):
    return x**k


@T(x)
def dictloop(x):
    d = {"a": x, "b": x * 2}
    for _ in range(3):
        d["a"] = d["a"] * d["b"]
        d["b"] = d["b"] * 0.5
    return np.sum(d["a"])


@T(x)
def dictbranch(x):
    d = {"a": x}
    if np.sum(x) > 0:
        d["a"] = x * x
    return np.sum(d["a"])


def setk(d, x):
    d["k"] = x * x


@T(x)
def dictcallee(x):
    d = {"a": x}
    setk(d, x)
    return np.sum(d["a"] * d["k"])


@T(x)
def listintuple(x):
    p = ([x], x)
    p[0].append(x * x)
    return np.sum(p[0][1] * p[0][0])


@T(x)
def walr(x):
    if np.sum(x) > 0 and (t := np.sum(x * x)) > 0:
        return t * np.sum(x)
    return np.sum(x)


@T(x)
def walr2(x):
    y = [t := k * x for k in range(3)]
    return np.sum(t * y[1])


@T(x, 1)
def mat(x, n):
    match n:
        case 0:
            y = x
        case 1 | 2:
            y = x * x
        case None:
            y = x
        case k:
            y = k * x
    return np.sum(y)


@T(x, 5)
def mat2(x, n):
    match n:
        case 0:
            y = x
        case k:
            y = k * x
    return np.sum(y)


@T(0.4, 0.6)
def scal(x, y):
    q, r = divmod(x, y)
    return max(x, y, 0.1) * min([x, y]) * sum([x, y]) * float(x) * np.float64(y) + q + r + round(x, 1)


@T(x)
def anyall(x):
    return np.sum(x) * 2 if any(a > 1 for a in x) and all([np.sum(x) > 0, True]) else np.sum(x)


@T(x)
def reduc(x):
    return np.add.reduce(x) * np.multiply.reduce(x) * np.sum(np.add.accumulate(x)) * np.sum(
        np.multiply.outer(x, x) * np.add.outer(x, x)
    ) + np.maximum.reduce(x)


@T(x)
def item(x):
    return x.sum().item() * x[:1].item() * x.item(1) * x[0].item()


@T(x)
def fmt(x):
    s = "{} {:.2f}".format(1, np.sum(x))  # noqa: UP032 - what is tested
    print(s, f"{x!r}") if False else None
    return np.sum(x) * len("ab")


@T(x)
def zipmix(x):
    y = 0.0
    for (w, f), a in zip([(1.0, np.sin), (2.0, np.cos), (3.0, np.exp)], x):
        y = y + w * f(a)
    return y


@T(x)
def enummix(x):
    y = 0.0
    for i, (a, k) in enumerate(zip(x, (1.0, 2.0, 3.0))):
        y = y + i * a * k
    for a, b in zip(reversed(x), [x[0], x[1] * 2]):
        y = y + a * b
    return y


@T(x)
def bks(x):
    y = x
    for f in (np.sin, np.cos, np.exp):
        y = f(y)
        if np.sum(y) > 2.0:
            break
    return np.sum(y)


@T({"w": x, "b": 0.3})
def dictarg(p):
    return np.sum(p["w"] * p["b"]) + sum(np.sum(v) for k, v in p.items()) + sum(np.sum(p[k]) for k in p)


@T((x, 0.3))
def tuparg(p):
    w, b = p
    return np.sum(w * b) * p[-1]


@T((0.4, 0.3), 1)
def tuprt(p, i):
    return p[i] * p[0]


@T(x)
def nested(x):
    def g(a):
        def h(b):
            return a * b

        return h

    return np.sum(g(x)(x * 2))


@T(x)
def quiet(x):
    with np.errstate(divide="ignore", invalid="warn"):
        y = x / (x + 1)
    return np.sum(y)


@T(x)
def clos_default(x):
    fs = [lambda t, k=k: t * k for k in (1.0, 2.0)]
    return np.sum(fs[0](x) * fs[1](x))


@T(x)
def oneside(x):
    if np.sum(x) > 0:
        p = (x, 2 * x)
    return np.sum(p[0] * p[1])


@T(x)
def delw(x):
    a = x * x
    b = a
    del a
    return np.sum(b)


@T(x)
def starred(x):
    a, *r = x[0], x[1], x[2]
    return a * r[0] * r[1] + np.sum(np.array([*r, a]))


@T(x)
def kwcall(x):
    kw = {"axis": 0}
    o = {**kw, "keepdims": True}
    return np.sum(np.sum(x[:, None] * x, **o))


@T(x)
def strcond(x, mode="a"):
    table = {"a": np.sin, "b": np.cos}
    return np.sum(table[mode](x))


@T(x)
def whilefn(x):
    f = lambda t: t * 1.5
    k = 0
    while k < 3:
        x = f(x)
        k += 1
        if k == 2:
            f = np.sin
    return np.sum(x)


@T(x)
def boolval(x):
    k = 0 or None or 2.0
    return np.sum(x) * (k and 3.0) * (np.sum(x) or 1.0)


@T(x)
def ladd(x):
    xs = [x]
    ys = xs + [x * x]
    zs = ys + xs
    return np.sum(zs[0] * zs[1] * zs[2])


@T(x)
def lmul(x):
    xs = [x] * 3
    return np.sum(xs[0] * xs[1] * xs[2])


@T(x, 3)
def lmuln(x, n):
    xs = [x] * n
    return np.sum(xs[0] * xs[1] * xs[2])


@T(x, 3)
def zmuln(x, n):
    xs = [0.0] * n
    for i in range(n):
        xs[i] = x[i] * x[i]
    return xs[0] * xs[1] * xs[2]


@T(x)
def lcopy(x):
    xs = [x, x * x]
    ys = list(xs)
    ys[0] = x * 3
    return np.sum(ys[0] * ys[1] * xs[0])


@T(x)
def liadd(x):
    xs = [x]
    ys = xs
    xs += [x * x]
    return np.sum(ys[0] * ys[1])


@T(x)
def lext(x):
    xs = [x]
    ys = [x * 2, x * 3]
    xs.extend(ys)
    return np.sum(xs[0] * xs[1] * xs[2])


@T(x)
def lslice(x):
    xs = [x, x * x, 2 * x]
    ys = xs[1:]
    return np.sum(ys[0] * ys[1])


@T(x)
def larr(x):
    xs = [x, x * x]
    return np.sum(np.array(xs) * 2) + np.sum(np.stack(xs))


@T(x)
def tupvar(x):
    p = (x, x * x)
    for _ in range(2):
        p = p + (p[0],) if False else (p[1], p[0] * 2)
    t = p + (x,)
    return np.sum(t[0] * t[1] * t[2])


@T([x, x * 2], 1)
def larg(xs, i):
    return np.sum(xs[i] * xs[0])


@T([x, x * 2])
def largu(xs):
    a, b = xs
    return np.sum(a * b)


@T(({"w": x, "b": 0.1}, [0.2, 0.3]))
def tree(p):
    d, l = p
    return np.sum(d["w"] * d["b"]) * l[0] * l[-1]


@T(x)
def sorted_(x):
    d = {"b": x, "a": x * x}
    y = 1.0
    for k in sorted(d):
        y = y * d[k] + d[k]
    return np.sum(y)


@T(x)
def nesteddict(x):
    d = {"in": {"a": x}}
    e = d["in"]
    e["a"] = x * x
    return np.sum(d["in"]["a"])


@T(x)
def starcall(x):
    def g(*a, k=1.0):
        return sum(a) * k

    return np.sum(g(*[x, x * x], k=2.0))


@T(x)
def unbound_ok(x):
    for i in range(3):
        t = x * i
    return np.sum(t * x)


@T(x)
def ifexp_side(x):
    y = x if (n := len(x)) > 2 else x * x
    return np.sum(y) * n


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    fun, args = PROGRAMS[name]
    check(fun, args)
