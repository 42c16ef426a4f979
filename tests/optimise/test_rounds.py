"""Cotangents that go round loops and are added to in place: texts, and arrays that others still read."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

A = np.arange(9.0).reshape(3, 3)*0.05
V = np.array([0.3, -0.5, 0.9])
W = np.array([0.7, 0.2, -0.4])


def descent(w, v, n):
    for _ in range(n):
        w = w - 0.1*(A @ np.tanh(A @ w - v))
    return np.sum(w*w)


def momentum(w, v, n):
    m = np.zeros_like(w)
    for _ in range(n):
        m = 0.9*m - 0.1*(A @ w)*v
        w = w + m
    return np.sum(w**2)


def leapfrog(q, p, n):
    for _ in range(n):
        p = p - 0.05*np.sin(q)
        q = q + 0.1*p
        p = p - 0.05*np.sin(q)
    return np.sum(q*p)


def copied(u, v, n):
    for _ in range(n):
        part = np.zeros_like(u)
        part[1:] = np.sin(u[:-1])*v[1:]
        u = u + part
    return np.sum(u*u)


def swapped(u, v, n):
    for _ in range(n):
        u, v = v + 0.1*u, u - np.sin(v)
    return np.sum(u*v)


def one_start(u, v, n):
    a = b = u
    for _ in range(n):
        a = a + 0.1*np.sin(b)
        b = b - 0.2*a*v
    return np.sum(a*b)


def read_behind(u, v, n):
    start = 2.0*u
    x = start
    for _ in range(n):
        x = x + np.sin(x)*v
    return np.sum(x*start)


def in_a_list(u, v, n):
    xs = [u]
    for _ in range(n):
        u = u + 0.3*np.cos(u)*v
        xs.append(u)
    return sum(np.sum(x*x) for x in xs)


def nested(u, v, n):
    for _ in range(n):
        for _ in range(2):
            u = u + 0.1*np.sin(u)*v
        v = v + 0.2*u
    return np.sum(u*v)


def branches(u, v, n):
    for i in range(n):
        if i % 2:
            u = u + np.sin(u)*v
        else:
            v = v - 0.1*u
        if np.sum(u) > 40.0:
            break
    return np.sum(u*u) + np.sum(v)


def added_to_itself(u, v, n):
    a, b, k = u*1.0, v*u, u[0]
    for _ in range(n):
        c = b + 0.5*a
        b, a = b - 0.3*np.sin(b), c[::-1].copy()
        c = b + 0.5*(a + a)
        a = b + k*a
    return np.sum(a*b)


def reversed_view(u, v, n):
    for _ in range(n):
        w = u[::-1]
        u = u + 0.1*w*w
        v = v + w
    return np.sum(u*v)


PROGRAMS = (
    descent, momentum, leapfrog, copied, swapped, one_start, read_behind, in_a_list, nested, branches,
    added_to_itself, reversed_view,
)  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_numbers(f):
    for trips in (0, 1, 3):
        check(f, (V, W, trips))
    one, two = s2sad.grad(f, (0, 1))(V, W, 0)
    assert not any(np.shares_memory(one, other) for other in (two, V, W))


LOOPS = {
    leapfrog: """\
    p_bar = q.copy()
    q_bar = p.copy()
    for i in range(n - 1, -1, -1):
        q_bar -= 0.05 * np.cos(qs[i + 1]) * p_bar
        p_bar += 0.1 * q_bar
        q_bar -= 0.05 * np.cos(qs[i]) * p_bar
    return q_bar, p_bar
""",
    nested: """\
        for _ in range(2):
            u = us.pop()
            t2 = t1s.pop()
            v_bar += t2 * u_bar
            u_bar += np.cos(u) * (0.1 * v * u_bar)
""",
    branches: """\
            v_bar += t2 * u_bar
            u_bar += np.cos(u) * (v * u_bar)
        else:
            u_bar -= 0.1 * v_bar
""",
    copied: """\
    for i in range(n - 1, -1, -1):
        t3 = u_bar[1:]
        v_bar[1:] += t2s[i] * t3
        u_bar[:-1] += np.cos(t1s[i]) * (v[1:] * t3)
    return u_bar, v_bar
""",
    read_behind: """\
    x_bar = start.copy()
    for i in range(n - 1, -1, -1):
        v_bar += t1s[i] * x_bar
        x_bar += np.cos(xs[i]) * (v * x_bar)
    return 2.0 * (x + x_bar), v_bar
""",
    swapped: """\
        v_bar_2 = u_bar - np.cos(vs[i]) * v_bar
        u_bar = v_bar + 0.1 * u_bar
        v_bar = v_bar_2
""",
}


@pytest.mark.parametrize("f", LOOPS, ids=lambda f: f.__name__)
def test_texts(f):
    assert LOOPS[f] in s2sad.grad(f, (0, 1)).source_for(V, W, 2)


def test_sums_behind_loops_and_in_them_are_joined():
    """`r @ r` gives its cotangent twice; what is added to an array before anybody reads it is added at once."""

    def conjugate(a, b, n):
        x, r = np.zeros_like(b), b
        p, rs = r, r @ r
        for _ in range(n):
            ap = a @ p
            alpha = rs/(p @ ap)
            x = x + alpha*p
            r = r - alpha*ap
            new = r @ r
            p = r + new/rs*p
            rs = new
        return np.sum(x)

    a = np.eye(3)*3 + A
    check(conjugate, (a, V, 2))
    text = s2sad.grad(conjugate, (0, 1)).source_for(a, V, 2)
    assert "r_bar += p_bar + 2 * t" in text
    assert "p_bar = t2 * p_bar + alpha + " in text
