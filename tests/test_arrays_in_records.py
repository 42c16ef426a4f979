"""Lists of tuples and dicts whose arrays are written in place, and found again by another way."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check


def last_and_first(ps, x):
    ps[-1][0][...] = 2*x
    s = x
    for w, b in ps:
        s = s + np.sum(w*w*b)
    return s


def in_a_dict(p, x):
    p["layers"][-1][0][...] = 2*x
    s = x
    for w, b in p["layers"]:
        s = s + np.sum(w*w*b)
    return s


def dicts(ps, x):
    ps[0]["w"] *= x
    s = x
    for q in ps:
        s = s + np.sum(q["w"]**2*q["b"])
    return s


def two_tuples_with_one_array(ps, x):
    w, v = ps[0][0], ps[1][0]
    w += v*x
    qs = [(w, v), (v, w)]
    for i in range(2):
        a, b = qs[i]
        a[0] = np.sum(b)*x
    return np.sum(ps[0][0]**2) + np.sum(ps[1][0]*ps[0][1])


def taken_from_a_queue(ps, x):
    out = []
    for w, b in ps:
        w[0] *= x
        out.append((w, w*b))
    s = 0.0
    while out:
        u, v = out.pop()
        u *= 2
        s = s + np.sum(u*v)
    return s + np.sum(ps[0][0])


def grown(ps, x):
    ps[0][0][:] = x*ps[1][0]
    ps.append((ps[0][0]*2, ps[1][1]))
    ps[2][0][:] *= ps[0][1]
    return sum(np.sum(w*w*b) for w, b in ps)


def exchanged(ps, x):
    ps[0], ps[1] = ps[1], ps[0]
    ps[0][0][:] *= x
    ps[1][1][:] += ps[0][0]
    return sum(np.sum(w*w*b)*(i + 1) for i, (w, b) in enumerate(ps))


def returned(ps, x):
    w, _ = ps[0]
    w *= x
    return ps


def returned_with_more(ps, x):
    ps[1][1][0] += x*ps[0][0][1]
    return {"ps": ps, "s": np.sum(ps[1][1])}


def scale(ps, i, x):
    ps[i][0][...] *= x
    return ps[i]


def in_a_callee(ps, x):
    w, b = scale(ps, 0, x)
    v, c = scale(ps, 1, np.sum(w))
    return np.sum(v*b) + np.sum(c*ps[0][0])


def pairs(n: int = 2) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(n)
    return [(rng.uniform(0.2, 0.9, 2), rng.uniform(0.2, 0.9, 2)) for _ in range(n)]


PROGRAMS = [last_and_first, two_tuples_with_one_array, taken_from_a_queue, grown, exchanged, in_a_callee]


@pytest.mark.parametrize("fun", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_tuples(fun):
    check(fun, (pairs(), 0.7))


def test_list_in_a_dict():
    check(in_a_dict, ({"layers": pairs()}, 0.7))


def test_dicts():
    check(dicts, ([{"w": w, "b": b} for w, b in pairs()], 0.7))


@pytest.mark.parametrize("fun", [returned, returned_with_more])
def test_results(fun):
    s2sad.check_grads(fun, (pairs(), 0.7), order=1)
