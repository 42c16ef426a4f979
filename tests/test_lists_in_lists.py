"""Lists in lists that are written by names of their own: stacked, joined, returned, and passed to recursion."""

from __future__ import annotations

import numpy as np
import pytest
from places import twice

from support import check, check_vjp

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def rows_of(x, c):
    rows = []
    for i in range(3):
        row = []
        row.append(x*c[i])
        row.append(x)
        rows.append(row)
    return rows


def tables_of(x, c):
    return [rows_of(x, c), rows_of(c, x*2)]


def longer_rows(rows, x):
    for i in range(2):
        rows[i].append(x)
    return rows


def stacked(x, c):
    return np.sum(np.array(rows_of(x, c))**2)


def stacked_deeper(x, c):
    tables = []
    for _ in range(2):
        tables.append(rows_of(x, c))
    return np.sum(np.array(tables)**3)


def joined(x, c):
    flat = sum(rows_of(x, c), [])  # noqa: RUF017 - what is tested
    return np.sum(flat[0]*flat[1]) + len(flat)


def joined_with_a_start(x, c):
    parts = sum([[x*v] for v in c], [x])
    pair = sum([(x[0], c[1]), (x[2],)], ())
    return np.sum(parts[0]*parts[3]) + pair[0]*pair[2]


def subsets(a):
    if not a:
        return [[]]
    rest = subsets(a[1:])
    return rest + [[a[0]] + r for r in rest]


def all_subsets(x, c):
    return sum(sum(s)**2*c[0] for s in subsets(list(x)))


def determinant(m):
    if len(m) == 1:
        return m[0][0]
    total = 0.0
    for j in range(len(m)):
        minor = [row[:j] + row[j + 1:] for row in m[1:]]
        total += (-1)**j*m[0][j]*determinant(minor)
    return total


def by_minors(x, c):
    return determinant([list(x), list(c), [x[0]*c[1], 2.0, x[2]]])


def folded(a):
    if len(a) == 1:
        return np.sum(a[0][0]*a[0][1])
    rest = []
    for r in a[1:]:
        row = []
        for v in r:
            row.append(v*2)
        rest.append(row)
    return np.sum(a[0][0])*folded(rest)


def arrays_through_recursion(x, c):
    return folded([[x, c], [x*c, x], [c, x + c]])


def copied_and_changed(x, c):
    rows = [list(x), list(c)]
    copies = [list(r) for r in rows]
    copies[0][0] = copies[0][0]*copies[1][0]
    copies.append([copies[0][0]*rows[0][0]])
    rows[0][1] = copies[0][0]*3.0
    return np.sum(rows[0])*sum(copies[-1])


def grown_behind_where_it_is_read(x, c):
    total = 0.0
    for _ in range(2):
        m = [[], []]
        t = x[2]
        for i in range(4):
            for v in m[0]:
                t = t + v*c[0]
            m[i % 2].append(x[i % 3])
            for v in m[1]:
                t = t*v
        total = total + t
    return total


def grown_in_an_inner_loop(x, c):
    xs = []
    t = 0.0
    for j in range(3):
        for v in xs:
            t = t + v*c[j]
        for i in range(2):
            xs.append(x[i])
        for i in range(2):
            t = t + c[i]
    return t


class Hooked:
    def __init__(self):
        self.hooks = []
        self.seen = []

    def __call__(self, v):
        for hook in self.hooks:
            v = hook(v)
        v = v + sum(self.seen)
        self.seen.append(v)
        return v


def nothing_is_put_in(x, c):
    f = Hooked()
    return np.sum(f(x)*f(c)*f(x*c))


PROGRAMS = [
    grown_behind_where_it_is_read, grown_in_an_inner_loop, nothing_is_put_in, stacked, stacked_deeper, joined, joined_with_a_start, all_subsets, by_minors, arrays_through_recursion,
    copied_and_changed,
]  # fmt: skip
TWICE = [stacked, joined, copied_and_changed]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_value_and_gradient(program):
    check(program, (X, C))


@pytest.mark.parametrize("program", TWICE, ids=lambda f: f.__name__)
def test_second_derivative(program):
    check(twice(program), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("program", [rows_of, tables_of], ids=lambda f: f.__name__)
def test_returned(program):
    check_vjp(program, (X, C))


def test_argument_whose_rows_grow():
    check_vjp(longer_rows, ([[X], [C]], X))
