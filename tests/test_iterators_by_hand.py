"""iter(), next() and ChainMap; dicts with computed keys that are passed by `**`; what is called is evaluated once."""

from __future__ import annotations

import itertools
from collections import ChainMap, OrderedDict

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Model:
    def __init__(self, w, b=0.5, **rest):
        self.w = w
        self.b = b
        self.rest = rest

    def __call__(self, v):
        return self.w*v + self.b + sum(self.rest.values())


def scaled(a, b=2.0, *, c=1.5, **kw):
    return a*b*c + sum(kw.values())*len(kw)


def iter_next(x, c):
    it = iter(x)
    a = next(it)
    s = 0.0
    for v in it:
        s += v*a
    return s


def iter_next_default(x, c):
    it = iter([v*w for v, w in zip(x, c)])
    a = next(it)
    b = next(it, 0.0)
    d = next(it, 0.0)
    e = next(it, 1.5)
    return a*b + d*e


def iter_loop(x, c):
    it = iter(c)
    s = 0.0
    for v in x:
        s += v*v*next(it)
    return s


def iter_while(x, c):
    it = iter(x)
    s = 0.0
    while True:
        try:
            v = next(it)
        except StopIteration:
            break
        s += v*v
    return s


def iter_while2(x, c):
    it = iter(list(x))
    s = 0.0
    v = next(it, None)
    while v is not None:
        s += v**2*c[0]
        v = next(it, None)
    return s


def chainmap(x, c):
    base = {"a": x[0], "b": x[1]}
    over = {"b": c[0]}
    m = ChainMap(over, base)
    return m["a"]*m["b"] + m.get("z", 1.0)


def chainmap2(x, c):
    base = {f"k{i}": x[i] for i in range(3)}
    over = {}
    for i in range(2):
        over[f"k{i}"] = c[i]
    m = ChainMap(over, base)
    return m["k0"]*m["k2"] + sum(m[k] for k in m)


def chainmap_child(x, c):
    m = ChainMap({"a": x[0]})
    ch = m.new_child({"b": x[1]})
    ch["a"] = c[0]
    return ch["a"]*m["a"]*ch["b"]


def kwargs_unknown(x, c):
    d = {}
    for i in range(len(x)):
        d[f"k{i}"] = x[i]
    def g(**kw):
        return sum(v*v for v in kw.values()) + kw["k1"]
    return g(**d)*c[0]


def kwargs_unknown_named(x, c):
    d = {n: x[i] for i, n in enumerate(["a", "b", "c"])}
    def g(a, b, **kw):
        return a*b + kw["c"]
    return g(**d)*c[0]


def kwargs_unknown2(x, c):
    d = dict(zip(["a", "b", "c"], x))
    def g(a, b, c):
        return a*b + c
    return g(**d)*c[0]


def lru(x, c):
    cache = OrderedDict()
    s = 0.0
    for k in [0, 1, 0, 2, 1, 0]:
        if k in cache:
            cache.move_to_end(k)
        else:
            if len(cache) >= 2:
                cache.popitem(last=False)
            cache[k] = np.exp(x[k])
        s += cache[k]*c[k]
    return s


def next_break(x, c):
    it = iter(x)
    s = 0.0
    for v in it:
        if v > 0.5:
            break
        s += v*2
    w = next(it, c[0])
    return s + w*v


def rest_after(x, c):
    it = iter(list(x) + list(c))
    a = next(it)
    rest = list(it)
    return a*sum(rest) + len(rest) + sum(v for v in it)


def rest_comp(x, c):
    it = iter(x)
    a = next(it)
    b = [v*a for v in it]
    return sum(b)*c[0]


def iter_range(x, c):
    ids = iter(range(10))
    s = 0.0
    for v in x:
        k = next(ids)
        if k % 2:
            k = next(ids)
        s += v*k
    return s + next(ids)*c[0]


def iter_dict(x, c):
    d = {"a": x[0], "b": x[1]}
    it = iter(d)
    k = next(it)
    k2 = next(it)
    it2 = iter(d.items())
    _kk, v = next(it2)
    it3 = iter(d.values())
    return d[k]*d[k2] + v*next(it3)


def iter_table(x, c):
    d = {}
    for i in range(len(x)):
        d[i] = x[i]*c[i]
    first = next(iter(d))
    v0 = next(iter(d.values()))
    _k, v = next(iter(d.items()))
    return d[first]*v0 + v


def iter_zip(x, c):
    it = iter(zip(x, c))
    a, b = next(it)
    s = a*b
    for v, w in it:
        s += v*w*a
    return s


def iter_callee(x, c):
    def take2(it):
        return next(it)*next(it)
    it = iter([x[0], x[1], c[0], c[1]])
    p = take2(it)
    return p + take2(it)**2


def iter_tokens(x, c):
    # a stack machine in prefix notation
    def parse(it):
        s = 0.0
        op = next(it)
        while op != "end":
            if op == "x":
                s = s + x[0]
            elif op == "mul":
                s = s*next(vals)
            op = next(it)
        return s
    vals = iter(c)
    return parse(iter(["x", "mul", "x", "mul", "end"]))


def next_try2(x, c):
    it = iter(x)
    n = 0
    s = 0.0
    while n < 10:
        try:
            v = next(it)
        except StopIteration:
            s *= c[0]
            break
        else:
            s += v
        n += 1
    return s*n


def iter_in_loop(x, c):
    s = 0.0
    for k in range(2):
        it = iter(x*(k + 1))
        next(it)
        for v in it:
            s += v*c[k]
    return s


def chain_config(x, c):
    defaults = {"lr": x[0], "mu": x[1], "n": 3}
    user = {"lr": c[0]}
    cfg = ChainMap(user, defaults)
    w = 1.0
    for _i in range(cfg["n"]):
        w = w - cfg["lr"]*w*cfg.get("mu") - cfg.get("wd", 0.0)*w
    cfg["mu"] = 2.0
    return w + user["mu"]*defaults["mu"] + len(cfg) + sum(cfg.values()) + ("lr" in cfg)


def chain_scopes2(x, c):
    def f(env, k):
        inner = env.new_child({"b": k})
        inner["a"] = inner["a"]*inner["b"]
        return inner["a"] + env["a"]
    env = ChainMap({"a": x[0], "b": c[0]})
    return f(env, c[1]) + f(env, x[1])*env["b"]


def chain_dict(x, c):
    cm = ChainMap({"a": x[0]}, {"a": c[0], "b": c[1]})
    d = dict(cm)
    for k, v in cm.items():
        d[k] = d[k]*v
    return d["a"]*d["b"] + {**cm}["b"]


def kw_defaults(x, c):
    d = {}
    for i, k in enumerate(["a", "c", "zz"]):
        d[k] = x[i]
    return scaled(**d) + scaled(b=c[0], q=1.0, **d)


def kw_loop(x, c):
    s = 0.0
    for j in range(2):
        d = {n: x[i]*(j + 1) for i, n in enumerate(["a", "b", "u"][:3]) if c[i] > 0.2}
        s += scaled(**d)*c[j]
    return s


def kw_class(x, c):
    cfg = {}
    for i, k in enumerate(["w", "extra"]):
        cfg[k] = x[i]
    return Model(**cfg)(c[0])


def ordered_moves(x, c):
    d = OrderedDict(a=x[0], b=x[1], c=x[2])
    d.move_to_end("a")
    d.move_to_end("c", last=False)
    _, v = d.popitem(last=False)
    s = v
    for i, (_k, v) in enumerate(d.items()):
        s += (i + 1)*v*c[i]
    return s


def poppop(x, c):
    rows = [[x[0], x[1]], [x[2], c[0]], [c[1], c[2]]]
    v = rows.pop().pop()
    s = v
    s = s + len(rows)*rows[-1][1]
    return s*v


def poppop_loop(x, c):
    rows = []
    for i in range(5):
        rows.append([x[i % 3], c[i % 3]])
    s = 0.0
    for k in range(2):
        if x[k] > 0.5:
            v = rows.pop().pop()
        else:
            v = rows.pop(0).pop()
        s = s + v*len(rows)
    return s


def pop_items(x, c):
    ds = [{0: x[0], 1: x[1]}, {0: c[0], 1: x[2]}, {0: c[1], 1: c[2]}]
    s = 0.0
    for k, v in ds.pop().items():
        s = s + v*(k + 1)
    for v in [w for w in ds.pop().values()]:
        s = s*v
    return s + len(ds)


def pop_for(x, c):
    rows = []
    for i in range(3):
        rows.append([x[i], c[i]])
    s = 0.0
    for v in rows.pop().copy():
        s = s + v*len(rows)
    for _ in range(2):
        for k, v in enumerate(rows.pop().copy()):
            s = s + v*(k + len(rows))
    return s


def pop_sum(x, c):
    st = []
    for i in range(3):
        st.append(x*c[i])
    s = 0.0
    while st:
        m = st.pop().sum()
        s = s*m + m
    return s


def pop_comp(x, c):
    st = []
    for i in range(3):
        st.append([x[i], c[i]])
    t = [v*2 for v in st.pop().copy()]
    u = sum(v*v for v in st.pop().copy())
    return t[0]*u + len(st)


def endless_count(x, c):
    s = c[0]
    for k in itertools.count(2, 3):
        s = s*0.5 + x[0]*k
        if s > 4.0:
            return s*k


def endless_cycle(x, c):
    s = c[1]
    for i, v in enumerate(itertools.cycle(x)):
        s = s*0.9 + v*i
        if i == 4:
            break
    return s


PROGRAMS = [
    endless_count, endless_cycle, iter_next, iter_next_default, iter_loop, iter_while, iter_while2, chainmap, chainmap2, chainmap_child,
    kwargs_unknown, kwargs_unknown_named, kwargs_unknown2, lru, next_break, rest_after, rest_comp,
    iter_range, iter_dict, iter_table, iter_zip, iter_callee, iter_tokens, next_try2, iter_in_loop,
    chain_config, chain_scopes2, chain_dict, kw_defaults, kw_loop, kw_class, ordered_moves, poppop,
    poppop_loop, pop_items, pop_for, pop_sum, pop_comp,
]


PLACED = [endless_cycle, iter_next, iter_loop, iter_while, next_try2, chainmap2, kwargs_unknown_named, lru, poppop_loop, pop_items]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PROGRAMS)
def test_second_order(f):
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch and in a callee."""
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
