"""Dicts and lists that are written to, wherever they are held, and lists of dicts and functions."""

from __future__ import annotations

import copy
import operator

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def c1(x, c):
    d = {"a": x}
    d["b"] = c
    e = d
    e["a"] = d["a"]*2
    d.update(z=x*c, b=c*c)
    s = d.setdefault("q", x[0]) + d.get("nope", 1.0) + np.sum(d.get("a"))
    y = d.pop("z")
    for _k, v in d.items():
        s = s + np.sum(v)
    return s + np.sum(y) + len(d)


def c2(x, c):
    d = {"a": x, "b": c}
    e = d
    for i in range(4):
        d["a"] = d["a"]*e["b"]
        if i % 2:
            e["b"] = e["b"] + d["a"]
    return np.sum(e["a"]) + np.sum(d["b"])


def c3(x, names):
    acc = {"u": 0.0, "v": 0.0}
    for i in range(len(names)):
        acc[names[i]] += x[i]*x[i]
    for n, k in zip(names, x):
        acc[n] = acc[n]*k
    return acc["u"]*acc["v"]


def helper(d):
    d["w"] = d["w"]*2.0
    return d["w"]


def c4(x, c):
    d = {"w": x}
    t = 0.0
    for _i in range(2):
        t = t + np.sum(helper(d)*c)
    if np.sum(c) > 0:
        helper(d)
    return t + np.sum(d["w"]**2)


def c5(p, c):
    p["w"] = p["w"]*c
    p["b"] += 1.0
    for _i in range(3):
        p["w"] = p["w"] - 0.1*p["w"]*p["b"]
    return np.sum(p["w"])*p["b"]


def c6(net, x):
    for layer in net:
        x = np.tanh(layer["W"] @ x + layer["b"])
    return np.sum(x)


def c7(net, x):
    for i, layer in enumerate(net):
        z = layer["W"] @ x + layer["b"]
        x = np.tanh(z) if i < len(net) - 1 else z
    return np.sum(x) + sum(np.sum(l["W"]**2) for l in net)


def c8(x, c):
    xs = [x[0], c[0], x[1]]
    xs.insert(1, x[2]*c[1])
    xs.insert(-1, c[2])
    xs.insert(100, x[0]*x[1])
    a = xs.pop(0)
    xs.reverse()
    b = xs.pop(-2)
    s = 0.0
    for i, v in enumerate(xs):
        s += (i + 1)*v
    return s*a*b


def c9(x, c):
    xs = sorted(x.tolist()) if False else sorted([x[0], c[1], x[2]])
    ys = sorted([(x[i], c[i]) for i in range(3)], key=lambda t: -t[0]*t[1])
    s = 0.0
    for i, v in enumerate(xs):
        s += (i + 1)*v
    for i, (u, v) in enumerate(ys):
        s += i*u*u*v
    return s + sorted(x, reverse=True)[0]


def c10(x, c):
    rows = []
    for i in range(3):
        rows.append((x[i]*2, c[i]))
    a, b = zip(*rows)
    return np.sum(np.array(a)*np.array(b)) + sum(a)


def model(t, a, b):
    return a*np.exp(-b*t)


def c11(p, t):
    return np.sum(model(t, *p))


def c12(x, c):
    xs = [x[0], x[1]]
    ys = xs + [c[0]]
    zs = ys*2
    zs[1:3]
    ys[0] = c[1]
    q = zs[1:4]
    q.extend(xs)
    xs += [c[2]]
    xs.append(sum(q))
    return sum(zs)*sum(xs) + sum(ys) + len(q)


def grow(xs, v):
    xs.append(v)
    return sum(xs)


def c13(x, c):
    s = grow([x[0], c[0]], x[1])
    xs = [x[2]]
    s = s*grow(xs, c[1]) + grow(xs, x[0])
    return s*len(xs) + sum(xs)


def c14(x, c):
    a = np.zeros(3)
    xs = [a, x*1.0]
    a += c
    xs[1][0] = c[2]
    b = xs[0]
    b *= x
    d = {"a": a}
    d["a"][1:] += 1.0*x[1:]
    xs[0] += 2*c
    return np.sum(a*xs[1])


def c15(x, c):
    m = {f"k{i}": x[i]*c for i in range(3)} if False else {k: v for k, v in zip(["a","b","c"], [x[0],x[1],x[2]])}
    return m["a"]*m["b"] + sum(m.values())


def c16(x, c):
    cache = {}
    for i in range(3):
        x = np.tanh(x)
        cache[f"h{i}"] = x
    return np.sum(cache["h0"]*cache["h2"])


def c17(x, c):
    fs = {"sq": lambda v: v*v, "sin": np.sin}
    gs = [np.cos, lambda v: v + c[0]]
    gs.append(np.exp)
    y = x
    for k in ("sq", "sin", "sq"):
        y = fs[k](y)
    for g in gs:
        y = g(y)
    for i in range(3):
        y = gs[i](y)*0.5
    return np.sum(y)


def c18(x, c):
    dd = {"l": {"w": x, "b": [c, x*2]}}
    dd["l"]["w"] = dd["l"]["w"]*c
    dd["l"]["b"][0] = x*x
    dd["l"]["b"].append(c)
    return np.sum(dd["l"]["w"]*dd["l"]["b"][0]) + np.sum(dd["l"]["b"][-1])


def c19(x, c):
    d = {"a": x}
    e = d.copy()
    e["a"] = c
    f = dict(d, b=c)
    f["a"] = f["a"]*3
    g = {**d, "z": c}
    g["a"] = g["z"]
    h = copy.deepcopy(d)
    h["a"][0] = 9.0
    return np.sum(d["a"]*f["a"]) + np.sum(e["a"]**2) + np.sum(g["a"]*h["a"])


def c20(ps, c):
    ps.append(c)
    ps[0]["w"] = ps[0]["w"]*c
    return np.sum(ps[0]["w"]*ps[1]["w"]*ps[2])


W=np.arange(9.).reshape(3,3)/10


def c21(x, c):
    d = {"u": x*c, "a": np.sin(x), "m": c[0]*x}
    s = 0.0
    for k, (_, v) in enumerate(sorted(d.items())):
        s = s + (k + 1)*np.sum(v*v)
    for k, (_, v) in enumerate(sorted(d.items(), key=operator.itemgetter(0), reverse=True)):
        s = s*(1 + np.sum(v)/(k + 9))
    return s


def c22(x, c):
    d = {"long": x*c, "a": np.sin(x), "mid": c}
    rank = {"long": 1, "a": 2, "mid": 0}
    s = 0.0
    for k, name in enumerate(sorted(d, key=rank.get)):
        s = s + (k + 1)*np.sum(d[name])
    for k, name in enumerate(sorted(d.keys(), key=lambda n: (len(n), n), reverse=True)):
        s = s*(1 + np.sum(d[name])/(k + 9))
    return s


CONTAINERS = [
    c1, c2, c4, c8, c9, c10, c12, c13, c14, c15, c16, c17, c18, c19, c21, c22,
]  # fmt: skip

ONCE = [c9, c10, c12, c13, c14]  # lists of tuples are differentiated once




@pytest.mark.parametrize("f", CONTAINERS, ids=lambda f: f.__name__)
def test_container(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [f for f in CONTAINERS if f not in ONCE], ids=lambda f: f.__name__)
def test_container_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


W = np.arange(9.0).reshape(3, 3)/10


@pytest.mark.parametrize(
    "f, args",
    [
        (c3, (X, ["u", "v", "u"])),
        (c5, ({"w": X, "b": 0.5}, C)),
        (c6, ([{"W": W, "b": X}, {"W": W + 1, "b": C}], X)),
        (c7, ([{"W": W, "b": X}, {"W": W + 1, "b": C}], X)),
        (c11, (X[:2], X)),
        (c11, ([0.1, 0.2], X)),
        (c11, ((0.1, 0.2), X)),
        (c20, ([{"w": X}, {"w": C}], C)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_containers_as_arguments(f, args):
    check(f, args)
