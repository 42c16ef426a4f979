"""Functions that call themselves and return lists of lists, in tuples and namedtuples too; calls in loops, twice."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check, check_vjp

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
Rows = namedtuple("Rows", "rows s")


def with_a_number(xs):
    if len(xs) == 1:
        return [[xs[0]]], xs[0]
    out = []
    rows, s = with_a_number(xs[1:])
    for p in rows:
        out.append([xs[0]] + p)
        out.append(p + [xs[0]**2])
    return out, s*xs[0]


def beside_a_number(x, c):
    rows, s = with_a_number(list(x*c))
    return sum(p[0]*p[1]**2 for p in rows)*s


def two_lists(a, b):
    if len(a) == 1:
        return [[a[0]]], [[b[0]]]
    out, beside = [], []
    left, right = two_lists(a[1:], b[1:])
    for p, q in zip(left, right):
        out.append([a[0]] + p)
        beside.append([b[0]*a[0]] + q)
    return out, beside


def two_lists_of_lists(x, c):
    left, right = two_lists(list(x), list(c))
    return sum(p[0]*p[1] for p in left) + sum(q[0]*q[1]**2 for q in right)


def written_arrays(xs):
    if len(xs) == 1:
        return [np.array([xs[0], 1.0])], [xs[0]]
    out = []
    rows, m = written_arrays(xs[1:])
    for p in rows:
        q = p*xs[0]
        out.append(q)
        out.append(p)
        p[0] = p[0]*p[1] + q[0]
    return out, m + [xs[0]*m[0]]


def arrays_written_in_a_tuple(x, c):
    rows, m = written_arrays(list(x*c))
    return sum(a[0]**2*a[1] for a in rows)*m[1]


def nested(xs):
    if len(xs) == 1:
        return ([[xs[0]]], (xs[0], [[xs[0]**2]]))
    a, (s, b) = nested(xs[1:])
    return ([p + [xs[0]*s] for p in a], (s*xs[0], [p + [xs[0]] for p in b] + [[s, s]]))


def a_tuple_in_a_tuple(x, c):
    a, (s, b) = nested(list(x*c))
    return sum(p[0]**2*p[1] for p in a)*s + sum(p[0]*p[1] for p in b)


def named(xs):
    if len(xs) == 1:
        return Rows([[xs[0]]], xs[0])
    d = named(xs[1:])
    out = []
    for p in d.rows:
        out.append(p + [xs[0]])
        out.append([xs[0]*p[0], 1.0])
    return Rows(out, d.s*xs[0])


def a_namedtuple(x, c):
    d = named(list(x*c))
    return sum(p[0]**2*p[1] for p in d.rows)*d.s


def three_deep(xs):
    if len(xs) == 1:
        return [[[xs[0]]]]
    out = []
    for t in three_deep(xs[1:]):
        for p in t:
            out.append([p + [xs[0]], [xs[0]*p[0], 1.0]])
    return out


def lists_of_lists_of_lists(x, c):
    return sum(p[0]**2*p[1] for t in three_deep(list(x*c)) for p in t)


def grown(xs):
    if len(xs) == 1:
        return [[[xs[0]]]]
    rest = grown(xs[1:])
    rest[0].append([xs[0], xs[0]*rest[0][0][0]])
    rest.append([[xs[0]**2, rest[-1][-1][0]]])
    return rest


def grown_after_the_call(x, c):
    return sum(p[0]**2*p[-1] for t in grown(list(x*c)) for p in t)


def exchanged(xs):
    if len(xs) == 1:
        return [[xs[0]]], [[xs[0]]]
    a, b = exchanged(xs[1:])
    a.append([xs[0]*a[-1][0]])
    b[0].append(xs[0]*b[0][-1])
    return b, a


def grown_and_exchanged(x, c):
    a, b = exchanged(list(x*c))
    return sum(p[0]**2*p[-1] for p in a) + sum(p[-1] for p in b)


def in_both(xs):
    if len(xs) == 1:
        r = [xs[0]]
        return [r], [r, [1.0]]
    a, b = in_both(xs[1:])
    r = [xs[0]*a[0][0]]
    a.append(r)
    b.append(r)
    r.append(xs[0])
    return a, b


def one_list_in_both(x, c):
    a, b = in_both(list(x*c))
    a[-1][0] *= 2.0
    return sum(p[0]**2*p[-1] for p in a) + sum(p[-1] for p in b)


PROGRAMS = [
    beside_a_number, two_lists_of_lists, arrays_written_in_a_tuple, a_tuple_in_a_tuple, a_namedtuple,
    lists_of_lists_of_lists, grown_after_the_call, grown_and_exchanged,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_what_is_returned(f):
    check(f, (X, C), probes=1)


@pytest.mark.parametrize("f", PROGRAMS[1:2], ids=lambda f: f.__name__)
def test_what_is_returned_in_places(f):
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


def held_twice(xs):
    if len(xs) == 1:
        return [[xs[0], 0.5], [xs[0]*2.0]]
    rows = held_twice(xs[1:])
    for p in rows:
        p[0] *= 0.5
    rows.append(rows[-1])
    rows[0].append(xs[0])
    return rows


def one_list_twice(x, c):
    return sum(p[0]**2*p[-1] for p in held_twice(list(x*c)))


@pytest.mark.parametrize("f", [one_list_in_both, one_list_twice], ids=lambda f: f.__name__)
def test_a_list_that_is_held_twice_and_written_is_not_copied(f):
    """Copies of a list of which one place holds what another holds are two lists: the value was wrong."""
    with pytest.raises(AssertionError, match="holds a list or an array twice"):
        s2sad.value_and_grad(f)(X, C)
    check_jvp_alone(f)


def check_jvp_alone(f):
    v, h = np.array([0.5, -1.0, 0.3]), 1e-6
    value, slope = s2sad.jvp(f, (X, C), (v, None))
    assert value == f(X, C)
    assert np.isclose(slope, (f(X + h*v, C) - f(X - h*v, C))/(2*h), rtol=1e-6)


def both(x, c):
    return two_lists(list(x*c), list(c))


def test_a_result_that_is_a_tuple_of_lists_of_lists():
    check_vjp(both, (X, C))


def inserted(xs):
    if len(xs) == 1:
        return [[xs[0]]]
    out = []
    for p in inserted(xs[1:]):
        for k in range(len(p) + 1):
            out.append(p[:k] + [xs[0]] + p[k:])
    return out


def permutations(x, c):
    return sum(p[0]**3*p[1]**2*p[2] for p in inserted(list(x*c)))


@pytest.mark.parametrize("f", [permutations, beside_a_number], ids=lambda f: f.__name__)
def test_lists_of_lists_twice(f):
    """Copies of two lists that hold one list would hold two of them."""
    check(f, (X, C), pullbacks=False)
    try:
        check(twice(f), (X, C), pullbacks=False, probes=1)
    except s2sad.UnsupportedError as error:
        assert "lists of lists" in str(error) and "first derivative" in str(error)


def branching(x, n):
    if n == 0:
        return x
    s = x
    for i in range(3):
        s = s + 0.5*branching(x*(0.3 + 0.1*i), n - 1)**2
    return s


def called_in_a_loop(x, c):
    return branching(x[0]*c[0], int(x[1]*4))


def subsets(xs, k, acc):
    if k == len(xs):
        return acc**2
    s = 0.0
    for m in range(2):
        s += subsets(xs, k + 1, acc*xs[k] if m else acc)
    return s


def called_for_each_choice(x, c):
    return subsets(list(x), 0, c[0])


def while_it_is_called(x, n):
    k, s = 0, 0.0
    while k < n:
        k += 1
        s = s + (while_it_is_called(x*0.5, n - k)*x if k % 2 else np.sin(x))
    return s


def called_in_a_while_loop(x, c):
    return while_it_is_called(x[0]*c[0] + x[2], int(x[1]*6))


def pairs_of(node, n):
    out = [node[0], node[1]]
    if n == 0:
        return out
    for _ in range(2):
        r = pairs_of([out[1]*0.5, node[0]], n - 1)
        out[0] = out[0] + r[0]*r[1]
        out[1] = out[1]*r[0]
    return out


def lists_in_a_loop(x, c):
    a = pairs_of([x[0], c[0]], int(x[1]*3))
    return a[0]*a[1]


@pytest.mark.parametrize(
    "f", [called_in_a_loop, called_for_each_choice, called_in_a_while_loop, lists_in_a_loop], ids=lambda f: f.__name__
)
def test_calls_in_loops_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)
