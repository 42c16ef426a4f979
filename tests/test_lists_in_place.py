"""Lists that `+=` and `*=` change under other names, tuples that these replace, arrays of a tuple that are written."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

import s2sad
from support import check, inner

X = np.array([0.3, 0.7, -0.4])
A, B = np.array([0.3, 0.7]), np.array([0.2, -0.4])


def weighed(xs):
    return sum(np.sum(np.sin(v))*(i + 1) for i, v in enumerate(xs))


def made(x, n):
    if n:
        return [2.0*v for v in x]
    return [x[0], x[1]*x[2]]


def repeated(x, n):
    xs = made(x, n)
    ys, rows = xs, [xs, xs]
    ys *= 2
    rows[0] += [x[1]]
    rows[1] *= n
    return weighed(xs) + len(ys)*x[0]


def in_containers(x, n):
    table, groups = {"a": made(x, n), "b": [x[0]]}, defaultdict(list)
    first = table["a"]
    for i in range(3):
        table["a"] += table["b"]
        groups[i % 2] += [x[i], x[0]*x[i]]
    table["b"] *= 2
    groups[0] *= 2
    return weighed(first) + weighed(table["b"]) + weighed(groups[0])*weighed(groups[1])


def in_a_callee(x, n):
    def doubled(xs):
        xs *= 2
        xs += [xs[0]*x[1]]

    xs = made(x, n)
    for _ in range(2):
        doubled(xs)
    return weighed(xs)


def kept_tuples(x, n):
    t, best = (x[0],), (x[1],)
    seen = [t, t]
    for i in range(3):
        t += (x[i],)
        seen.append(t)
        if i == n:
            best = t
    return sum(sum(v)*(i + 1) for i, v in enumerate(seen))*sum(best)


@pytest.mark.parametrize("f", [repeated, in_containers, in_a_callee, kept_tuples])
def test_other_names_see_what_is_changed(f):
    """`*=` made a new list, as did `+=` of an element; `+=` changed tuples under their other names."""
    for n in (0, 1):
        check(f, (X, n), text=False)


def rows_of_an_argument(ll):
    y, r = list(ll), ll[0]
    ll[0] += ll[1]
    ll[1] *= 2
    return weighed(r) + sum(weighed(v)*(i + 2) for i, v in enumerate(y))


def largest_of_written(x):
    for v in x:
        v *= 2.0
    y = max(x)
    return np.sin(y)*x[0] + weighed(x)


def twice_as_long(x):
    y = x
    for _ in range(2):
        for v in x:
            v *= 1.5
        y = x + x
    return weighed(y)*weighed(x)


def test_lists_of_arguments():
    check(rows_of_an_argument, ([[0.3, 0.7], [0.2, -0.4]],), text=False)
    check(twice_as_long, ([A, B],), text=False)
    check(largest_of_written, ([np.array(0.3), np.array(0.7)],), text=False)


def joined_and_written(x):
    y = np.hstack(x)
    x[0][0] = x[1][1]*y[1]
    return np.sum(np.stack(x)**3) + np.sum(y*y)


def through_recursion(x):
    def folded(t, n):
        if n == 0:
            return np.sum(np.array(t)**2)
        return folded(t, n - 1)*np.sum(t[0])

    s = 0.0
    for i in range(2):
        x[i][0] *= 1.5
        s += folded(x, 1)
    return s


@pytest.mark.parametrize("f", [joined_and_written, through_recursion])
def test_tuples_of_arrays_that_are_written(f):
    """What came from the whole tuple was lost where the shadows of its arrays are found at run time."""
    check(f, ((A, B),), text=False)


def joined_in_a_loop(x):
    y = x
    for _ in range(2):
        y = x + x
    return weighed(y)


@pytest.mark.parametrize("x", [[A, B], [0.3, 0.7]], ids=["arrays", "numbers"])
def test_second_order(x):
    """The tangents of the shadows of lists were those of their elements: zeros."""
    gradient, v, h = s2sad.grad(joined_in_a_loop), [0.5*p + 0.1 for p in x], 1e-5
    ends = [inner(gradient([p + s*h*q for p, q in zip(x, v, strict=True)]), v) for s in (1.0, -1.0)]
    _, dots = s2sad.jvp(gradient, (x,), (v,))
    assert inner(dots, v) == pytest.approx((ends[0] - ends[1])/(2*h), rel=1e-6)


def test_reverse_mode_twice_is_refused():
    def outer(x):
        return sum(np.sum(g*g) for g in s2sad.grad(joined_in_a_loop)(x))

    with pytest.raises(s2sad.UnsupportedError, match="differentiated twice by reverse mode; use hvp"):
        s2sad.grad(outer)([A, B])


M = np.array([[0.3, 0.8], [-0.5, 0.4]])


def written_behind_it(x, m):
    a, b = m*x[0], x*1.0
    total = np.linalg.multi_dot([m, a, b])
    b[1] *= x[1]
    a[0] = x
    return np.sum(np.tanh(total)) + np.sum(a*b)


def written_in_a_loop(x, m):
    chain, b = [m*x[0], m], x*1.0
    chain.append(b)
    total = np.zeros(2)
    for k in range(2):
        total = total + np.linalg.multi_dot(chain)
        b[k] *= total[0]
    return np.sum(np.tanh(total)) + np.sum(b)


def product(parts, b):
    total = np.linalg.multi_dot(parts)
    b[0] = np.sum(total)
    return total


def written_in_a_callee(x, m):
    b = x*1.0
    parts = (m, m*x[1], b)
    total = product(parts, b)
    if x[0] > 0:
        total = total + product(list(parts), b)
    return np.sum(np.tanh(total)) + np.sum(b)


@pytest.mark.parametrize("fun", [written_behind_it, written_in_a_loop, written_in_a_callee])
def test_arrays_in_a_list_that_a_partial_reads_are_written_later(fun):
    """Of the list there was a copy, but not of the arrays in it."""
    check(fun, (A, M))
    s2sad.check_grads(fun, (A, M), order=2)


def test_arrays_of_unlike_shapes_are_put_in_the_place_of_each_other():
    """Each cotangent 0 has the shape of the element that was there, not that of another element."""

    def f(x, n):
        m = np.outer(x, x)
        held, i = [m, m[:2], m[:1]], 0
        while i < n:
            held[i] = np.sin(held[i])
            held[(i + 1) % 3] = np.sin(held[(i + 1) % 3])
            i += 1
        return np.sum(held[1]**2) + np.sum(held[2]) + np.sum(held[0])

    check(f, (X, 3), text=False)
