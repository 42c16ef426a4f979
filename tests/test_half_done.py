"""What a try statement has written when its exception comes stays written: lists, arrays, dicts, objects and deques."""

import collections
import math

import numpy as np
import pytest

import s2sad
from s2sad import UnsupportedError
from support import check, load

HELPERS = """
import collections
import numpy as np


class Bad(Exception):
    pass


class Held:
    def __init__(self, a):
        self.a = a

    def bump(self, v):
        self.a = self.a*v
        return go(self.a)


def go(v):
    if v > 0.6:
        raise Bad
    return v*v
"""
PROGRAM = """
def f(x, n):
    xs, ys, y, s = [x[0], x[1]*2, x[2]], [x[2]*3], x*2.0, x[1]
    d, o, q, e = {{"p": x[0], "q": x[1]}}, Held(x[0]), collections.deque([x[0], x[1]]), {{}}
    for j in range(3):
        e[f"k{{j}}"] = x[j]*0.5
    for k in range(n):
        try:
            {line}
            s = go(s*1.3 + xs[0])
            w = ys.pop()
        except {classes}:
            s = s*0.5
    return sum(xs)*2 + np.sum(y*y)*s + d["p"]*d["q"] + o.a + sum(q)*q[0] + sum(e.values())*e["k1"]
"""
LINES = [
    "xs[0] *= 3", "xs.insert(0, s*2)", "xs[1:2] = [s, s*s]", "xs.reverse()", "xs.clear(); xs.append(s)",
    "xs[0] = xs.pop()*s", "xs.append(go(s))", "y.sort()", "y[0], y[1] = y[1]*2, go(s)", "np.multiply(y, 2.0, out=y)",
    "z = y[1:]; z *= 2", "d['p'] = d.pop('q'); d['q'] = s", "d |= {'p': s}", "s = e.pop('k0', 0)*0.9 + 0.1",
    "e.setdefault('n', []).append(s*0.5); del e['n']", "e.update(k0=s, k1=s*s)", "o.a *= s", "s, o.a = o.a, go(s)",
    "q.rotate(1)", "q.append(q.popleft()*s)",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_what_is_written_before_an_exception(line, tmp_path):
    classes = ("(Bad, IndexError)", "Exception")[LINES.index(line) % 2]
    module = load(HELPERS + PROGRAM.format(line=line, classes=classes), tmp_path)
    check(module.f, (np.array([0.13, 0.41, 0.35]), 3), probes=1)


def test_a_write_before_one_that_fails():
    def program(x, n):
        xs, ys = [x[0], x[1]], collections.deque([x[2]])
        zs = [x[2]]
        for _ in range(n):
            try:
                xs[0] = xs[0]*3
                ys.append(zs.pop())
            except IndexError:
                xs[1] = xs[1]*xs[0]
        return sum(xs)*2 + sum(ys)

    for n in range(4):
        check(program, (np.array([0.3, 0.4, 0.5]), n))


def test_a_method_that_fails_after_a_write_is_refused(tmp_path):
    module = load(HELPERS + PROGRAM.format(line="s = o.bump(1.5)", classes="Bad"), tmp_path)
    with pytest.raises(UnsupportedError, match=r":31:\d+: what is written in this try statement may be half done"):
        s2sad.grad(module.f)(np.array([0.13, 0.41, 0.35]), 1)


def test_tangents_stay_where_a_write_raises():
    """The tangent of an element was written ahead of the element, whose write raised."""

    def f(x, c, k):
        y = x*1.0
        try:
            y[:2] = c
        except ValueError:
            y[2] *= 5.0
        try:
            y[0] = c[k]
        except IndexError:
            y[1] *= 3.0
        return np.sum(y*x)

    c = np.array([0.5, 0.9, 0.8])
    for length, k in ((2, 1), (2, 4), (3, 1), (3, 4)):
        check(f, (np.array([0.3, 0.7, 1.1]), c[:length], k), 0)


def bound_again_by_a_loop(x, c, n):
    try:
        d = 1.0 - x
        if c < 0.0:
            raise ValueError
    except ValueError:
        x = c*0.3
    for _ in range(n):
        for _ in range(n - 1):
            d = 0.6*x + 0.2*c
    return d*c + x


def bound_again_in_a_loop(x, c, n):
    for _ in range(2):
        try:
            d = 1.0 - x*c
            if c < 0.0:
                raise ValueError
            e = d*x
        except ValueError:
            x = c*0.3
        for k in range(n):
            e = 0.6*x + 0.2*c
            while k > 0:
                d = e*x
                k -= 1
        x = x + d*e
    return d*c + x


def bound_again_for_certain(x, c, n):
    try:
        d = 1.0 - x
        y = math.sqrt(c)
    except ValueError:
        y = c*0.3
    for _ in range(3):
        d = 0.6*x*y + 0.2*c
    return d*c + x*n


@pytest.mark.parametrize("fun", [bound_again_by_a_loop, bound_again_in_a_loop, bound_again_for_certain])
def test_a_loop_without_trips_leaves_what_a_try_statement_has_bound(fun):
    """The cotangent of what was bound in the try statement was lost: the loop was taken to begin without it."""
    for n in range(3):
        check(fun, (0.2, 0.349, n))
    check(fun, (0.2, -0.349, 2), text=False)
    s2sad.check_grads(lambda x, c: fun(x, c, 0), (0.2, 0.349), order=2)
