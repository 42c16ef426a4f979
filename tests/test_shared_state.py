"""State that several names share: closures that write dicts, methods that return their object, lists in dicts."""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class S:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def mix(self):
        self.a, self.b = self.b, self.a*self.b
# closures capturing dict, mutated in loop


def b1(x, c):
    d = {"n": 0, "s": x[0]}
    def up(v):
        d["n"] += 1
        d["s"] = d["s"]*v
        return d["s"]
    t = 0.0
    for i in range(4):
        if i % 2:
            t += up(c[1])
        else:
            t -= up(x[1])*d["n"]
    return t*d["s"] + d["n"]


def b2(x, c):
    s = S(x*1.0, c*1.0)
    d = {"v": s.a[1:]}
    d["v"] *= 2.0
    s.a[2] = s.b[0]
    e = d["v"]
    e += 1.0*c[1:]
    return np.sum(s.a*d["v"][0])


def b3(x, c):
    def f(v, acc=None):
        acc = [] if acc is None else acc
        acc.append(v)
        return acc
    a = f(x[0])
    f(c[0], a)
    b = f(x[1])
    return sum(a)*sum(b) + len(a)


def b4(x, c):
    class_ = S(x, c)
    def find(s):
        for i in range(5):
            s.mix()
            if np.sum(s.a) < 0.3:
                return i, s
        return -1, s
    i, s = find(class_)
    return np.sum(s.a*class_.b)*(i + 1)


def b5(x, c):
    s = S(x, 0)
    while s.b < 3:
        s = S(s.a*c, s.b + 1)
    return np.sum(s.a)*s.b


def b6(x, c):
    ss = {"p": S(x, c), "q": S(c, x)}
    for name in ("p", "q", "p"):
        ss[name].mix()
    for s in ss.values():
        s.a = s.a*2.0
    t = ss.pop("p")
    ss["r"] = t
    t.mix()
    return sum(np.sum(s.a*s.b) for s in ss.values())


def b7(x, c):
    best = None
    for i in range(3):
        v = np.sum(x*(i + 1))*c[i]
        if best is None or v > best:
            best = v
    return best*x[0]


def b8(x, c):
    s = S(x, None)
    if c[0] > 0:
        s.b = c
    if s.b is not None:
        return np.sum(s.a*s.b)
    return np.sum(s.a)


def b9(x, c):
    s = S(x[0], 1)
    hist = []
    for i in range(4):
        s.a = s.a*c[0] + i
        hist.append(s.a)
        if s.a > 2.0:
            s.b = s.b + 1
            s.a = s.a - 1.0
    return sum(hist)*s.b + hist[-1]


def b10(x, c):
    s = S(x, c)
    l = [s, s]
    l[0].a = l[1].b*2
    l[1].mix()
    t = (l[0], S(c, c))
    u, w = t
    u.mix()
    w.mix()
    return np.sum(s.a*w.a + s.b)


def b11(x, c):
    s = S(x*1.0, None)
    t = S(s.a, None)
    s.a += c
    t.a *= 2.0
    s.a = s.a + 1.0
    s.a *= 3.0
    return np.sum(s.a*t.a)


def b12(x, c):
    xs = [x[0]]
    d = {"xs": xs}
    s = S(d, xs)
    s.a["xs"].append(c[0])
    s.b.append(x[1])
    xs += [c[1]]
    ys = list(xs)
    ys.append(1.0)
    return sum(xs)*xs[2] + len(d["xs"]) + ys[1]


def b13(x, c):
    def outer(v):
        k = v
        def inner(w):
            nonlocal k
            k = k*w
            if k > 0.2:
                return k
            k = k + 1.0
            return k*2
        r = 0.0
        for i in range(3):
            r += inner(c[i])
        return r + k
    return outer(x[0])*outer(x[1])


SHARED = [b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13]
ONCE = [b3, b12]  # a list's cotangent that is added to another is differentiated once




@pytest.mark.parametrize("f", SHARED, ids=lambda f: f.__name__)
def test_shared_state(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [f for f in SHARED if f not in ONCE], ids=lambda f: f.__name__)
def test_shared_state_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)
