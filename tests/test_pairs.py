"""Callees that are kept as functions: pairs g_fwd, g_bwd in the same text (TARGETS 9)."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pytest

import s2sad
from corpus.build import arguments, kinds_for, program
from corpus.constructs import CONSTRUCTS
from s2sad.api import dump_pair
from s2sad.frontend import outline
from support import check, check_vjp, load

X = np.array([0.7, 0.4, 1.1, 0.9, 0.6])


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is inlined that can be a pair."""
    monkeypatch.setattr(outline, "LARGE", 0)
    monkeypatch.setattr(outline, "SITES", 1)


def text_of(fun, *args):
    wrt = tuple(i for i, a in enumerate(args) if not isinstance(a, int))
    g = s2sad.value_and_grad(fun, wrt)
    g(*args)
    return g.source


def g(u, k, m):
    u[m:] += k*u[:-m]**2
    return u[m:]


def chain(x, k):
    for m in range(1, 4):
        v = g(x, k, m)
        v *= 0.5
    return np.sum(x*x)


TARGET = '''\
def g_fwd(u, k, m):
    t1 = u[:-m]
    t2 = t1.copy()
    u[m:] += k * t1 ** 2
    return m, t2, k


def g_bwd(kept, u_bar):
    m, t1, k = kept
    t2 = u_bar[m:]
    k_bar = np.sum(t1 ** 2 * t2)
    u_bar[:-m] += unbroadcast(2 * t1 * (k * t2), t1)
    return k_bar


# assumes: x 1-D array, k Python float
def chain_value_and_grad(x, k):
    x = x.copy("K")
    kepts = []
    for m in range(1, 4):
        kept = g_fwd(x, k, m)
        kepts.append(kept)
        v = x[m:]
        v *= 0.5
    value = np.sum(x * x)
    # backward
    x_bar = 2 * x
    k_bar = 0.0
    for m in range(3, 0, -1):
        x_bar[m:] *= 0.5
        k_bar += g_bwd(kepts[m - 1], x_bar)
    return value, (x_bar, k_bar)
'''


def test_target_9(apart):
    """The pair gets the shadow of what it writes; the view that it returns is taken in the caller."""
    x = np.linspace(-1.0, 1.0, 6)
    assert text_of(chain, x, 0.7).strip() == TARGET.strip()
    check(chain, (x, 0.7))
    check(chain, (X, np.array(0.7)))
    _, pullback = s2sad.vjp(chain, x, 0.7)
    one, two = pullback(1.0), pullback(1.0)
    assert np.array_equal(one[0], two[0]) and one[1] == two[1]


def long(v, k):
    a = np.sin(v)*k
    b = np.exp(-a*a) + v
    c = a*b + np.tanh(b)
    return np.sum(c*c) + np.sum(a)*np.sum(b)


def twice(x, k):
    return long(x, k)*long(2.0*x, k*k)


def once(x, k):
    return long(x*x, k)


def short(v):
    return v*v


def often(x):
    return short(x) + short(x + 1.0) + short(x + 2.0)


def test_large_callees_with_several_call_sites_are_pairs():
    text = text_of(twice, X, 0.3)
    assert text.count("def long_fwd(") == text.count("def long_bwd(") == 1 and text.count("long_fwd(") == 3
    check(twice, (X, 0.3))
    assert "_fwd(" not in text_of(once, X, 0.3) and "_fwd(" not in text_of(often, 0.3)


def pulled(x):
    return np.sin(x)*np.exp(x) + np.cos(x)


def test_what_both_sweeps_compute_is_computed_once():
    """f_bwd recomputed np.sin(x) and np.exp(x), which f_fwd had."""
    fwd, bwd = dump_pair(pulled).source.split("def pulled_bwd")
    assert "np.sin" in fwd and "np.exp" not in bwd and "np.sin" not in bwd
    check_vjp(pulled, (X,))


# --------------------------------------------------------------------------------------------- corpus, as pairs


_RNG = random.Random(3)
CELLS = [(construct, _RNG.choice(kinds_for(construct))) for construct in CONSTRUCTS]


@pytest.mark.parametrize("construct, kind", CELLS, ids=[f"{c.name}-{k}" for c, k in CELLS])
def test_corpus(construct, kind, apart, tmp_path: Path):
    """Every construct in a callee that is a pair, if it can be one."""
    module = load(program(construct, "callee"), tmp_path)
    try:
        check(module.f, arguments(kind), probes=1)
    except s2sad.UnsupportedError as refused:
        assert kind == "0-d" and "number" in str(refused)


# ---------------------------------------------------------------------------------------------------- edge cases


def root(v):
    return np.sqrt(v)*2.0


def selected_after(x):
    return np.sum(np.where(x > 0.0, root(x), x))


def chosen(r):
    return np.sum(np.where(r > 0.0, r, 1.0))


def selected_in_callee(x):
    return chosen(np.sqrt(x))


@pytest.mark.parametrize("fun", [selected_after, selected_in_callee])
def test_selections_are_guarded_at_the_end_of_the_chain(fun, apart):
    """The mask of a selection goes through calls: a callee in its way is inlined."""
    x = np.array([0.0, 4.0])
    with np.errstate(all="ignore"):
        assert np.all(np.isfinite(s2sad.grad(fun)(x)))
    check(fun, (X,))


def shifted(u, w):
    u[1:] += w[:-1]*w[1:]


def overlapping(x):
    y = x*2.0
    shifted(y, y)
    return np.sum(y*y)


def two_writes(u, w):
    u *= w
    w += u


def in_place(x, c):
    for _ in range(3):
        two_writes(x, c)
    return np.sum(x*c)


def product(u, w):
    return u*w


def overwritten_later(x, c):
    y = product(x, c)
    x *= 3.0
    y *= x
    z = product(y, y)
    y[0] = 2.0
    return np.sum(z*y)


def halves(u):
    n = len(u)//2
    return u[:n], u[n:], np.sum(u)


def views(x):
    y = x*1.0
    a, b, s = halves(y)
    a *= 2.0
    b[-1] *= s
    return np.sum(y*y)


def inner_call(u, k):
    v = product(u, k)
    v *= product(v, u)
    return v


def nested(x, k):
    y = inner_call(x, k)
    y[1:] *= 2.0
    return np.sum(inner_call(y, k)*x)


def named(a, b=2.0, *, c=3.0):
    return a*a*b + c


def keywords(x):
    return named(b=x, a=x*x) + named(x) + named(x, c=x)


def ordered(a, b, c):
    return a + 10.0*b + 100.0*c*c


def order_of_keywords(x):
    return ordered(c=x, a=2.0*x, b=3.0*x)


def constant_call(x):
    return x*ordered(1.0, c=2.0, b=3.0)


def maybe(u, flag):
    if flag > 0:
        return u
    return u*2.0


def either(x):
    y = x*1.0
    z = maybe(y, np.sum(x))
    z *= 3.0
    return np.sum(y*z)


class Model:
    def __init__(self, w):
        self.w = w

    def layer(self, v):
        return np.tanh(self.w*v)

    def loss(self, x):
        return np.sum(self.layer(self.layer(x)))


MODEL = Model(0.7)


def with_model(x):
    return MODEL.loss(x)*MODEL.loss(x*x)


def swapped(u, v):
    for _ in range(3):
        u[0] += v[-1]**2
        u, v = v, u
    return np.sum(u*v)


def buffers(x, c):
    return swapped(x, c) + swapped(c, x)


@pytest.mark.parametrize(
    "fun, args",
    [
        (overlapping, (X,)), (in_place, (X, X + 0.1)), (overwritten_later, (X, X*0.3)), (views, (X,)),
        (nested, (X, 0.3)), (nested, (X, X*0.5)), (keywords, (0.4,)), (order_of_keywords, (0.4,)),
        (constant_call, (0.4,)), (either, (X,)), (with_model, (X,)), (with_model, (0.3,)), (buffers, (X, X*0.4)),
    ],
    ids=lambda a: getattr(a, "__name__", ""),
)  # fmt: skip
def test_edges(fun, args, apart):
    check(fun, args)


# ----------------------------------------------------------------------------------------------------- recursion


def two(x, n):
    if n == 0:
        return x, x*x
    u, v = two(x*0.5, n - 1)
    return v, u*x


def pair_of_results(x, y):
    u, v = two(x, 3)
    return np.sum(u*v*y)


def tree(node):
    if isinstance(node, tuple):
        return tree(node[0])*tree(node[1])
    return node


def of_tree(t):
    return tree(t)


def power(p, n):
    if n == 0:
        return p["a"]*1.0
    return p["b"]*power(p, n - 1)


def of_dict(x, y):
    return power({"a": x, "b": y}, 3)


@pytest.mark.parametrize("x", [2.0, np.float64(2.0), np.array([1.0, 2.0])], ids=["float", "np.float64", "1d"])
def test_recursion_that_returns_a_tuple(x):
    check(pair_of_results, (x, 3.0))


def repeated(x, n):
    if n == 0:
        return np.sin(x)
    return repeated(x, n - 1)*2.0


def of_repeated(x):
    return repeated(x, 3)


def test_recursion_keeps_nothing_of_the_caller():
    """The pullback read the caller's array, which had changed."""
    check_vjp(of_repeated, (X,))


def scaled(u, w):
    u *= w


def writes_one(x, y):
    scaled(x, y)
    return np.sum(x*y)


def test_overlapping_arguments_are_refused(apart):
    check(writes_one, (X, X + 0.1))
    with pytest.raises(s2sad.UnsupportedError):
        s2sad.grad(writes_one, (0, 1))(X[1:], X[:-1])


def test_recursion_on_containers():
    check(of_tree, (((1.3, 0.7), (0.2, 1.1)),))
    check(of_dict, (2.0, 3.0))


def changing_width(x, ws, bs):
    for i in range(len(ws)):
        x = np.tanh((x + bs[i]) @ ws[i])
    y = x.copy()
    return y*y


@pytest.mark.parametrize("widths", [(1, 2, 3), (3, 2, 1), (2, 2, 1)])
def test_values_of_another_shape_in_each_trip(widths):
    """The shape of what a loop carries is not that of what it leaves."""
    rng = np.random.default_rng(0)
    ws = [rng.normal(size=shape) for shape in itertools.pairwise(widths)]
    check_vjp(changing_width, (rng.normal(size=(4, widths[0])), ws, [rng.normal(size=1) for _ in ws]))


def shorter(x, n):
    for _ in range(n):
        x = x[:-1]*2.0
    y = x.copy()
    return y*y


def shorter_in_some_trips(x, n):
    i = 0
    while i < n:
        if i != 1:
            x = x[:-1] + 1.0
        i += 1
    y = x.copy()
    return y*y


@pytest.mark.parametrize("program", [shorter, shorter_in_some_trips])
def test_parts_of_another_shape_in_each_trip(program):
    """The zeros of a trip have the shape of what that trip took a part of, not of what the loop leaves."""
    check_vjp(program, (np.array([0.3, 0.7, -0.4, 0.5, 1.2]), 3))


def part_in_a_branch(a):
    if len(a) < 2:
        return np.sum(a*a)
    b = a[1:]
    return np.sum(b**2)


def written_part_in_a_branch(a):
    if len(a) < 2:
        return np.sum(a*a)
    h = len(a)//2
    a[:h] *= 0.9
    return np.sum(a[:h]**2) + 2.0*np.sum(a[h:]**2)


@pytest.mark.parametrize("part", [part_in_a_branch, written_part_in_a_branch])
def test_views_made_in_a_branch_are_kept_as_copies(part, apart):
    """A view that left a branch of the callee to be kept was not known as one of what the caller writes later."""

    def fun(x, s):
        t = part(x)*0.1
        x *= 2.0
        t = t + part(x)*0.2
        x *= part(x) if s > 0.2 else s
        return np.sum(x)*0.3 + t

    check(fun, (X, 0.5))
    check(fun, (X[:1], 0.1))


def far(a, s):
    t = 0.1 + s*s
    while t < 1.0:
        t = t*1.5 + 0.1
        if np.sum(a) > 3.0:
            return t
    return t + np.sum(a)


def rotated_views_and_callees(x, y, s, n):
    u, v = x[:], x[:]
    x[2] -= np.tanh(far(y, s))
    for _ in range(3):
        y, x, v = x, v, y
    for _ in range(n, 0, -2):
        y[0] = np.tanh(far(y, s))
    return np.sum(x*v) + np.sum(np.sin(u)) + s*s


def test_kept_names_of_one_storage_share_it_beside_callees():
    check(rotated_views_and_callees, (np.linspace(-0.4, 0.9, 5), np.linspace(0.7, -0.3, 5), 0.27, 1))
