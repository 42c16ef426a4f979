"""Iterators that choose or combine items, columns of rows, and star arguments of unknown length."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def total(*args, scale=1.0):
    s = 0.0
    for i, a in enumerate(args):
        s = s + (i + 1)*a*a
    return s*scale


def head(a, b, *rest):
    return a*b + sum(rest) + len(rest)


def outer(*args):
    return total(*args, scale=2.0) + args[0]*args[-1]


def kw(**p):
    return p["a"]*p["b"] + sum(p.values())


def pairs_of_places(x, c):
    return sum(x[i]*x[j] for i, j in itertools.combinations(range(3), 2))*c[0]


def permuted(x, c):
    return sum(x[i]*c[j] - x[k] for i, j, k in itertools.permutations(range(3)))


def pairs_of_items(x, c):
    return sum(a*b for a, b in itertools.combinations(x, 2))


def taken_while(x, c):
    return sum(itertools.takewhile(lambda v: v < 1.0, x))*c[0]


def dropped_while(x, c):
    return sum(itertools.dropwhile(lambda v: v < 0.5, x))*c[0]


def grouped(x, c):
    labels = [0, 0, 1]
    s = 0.0
    for k, g in itertools.groupby(range(3), key=lambda i: labels[i]):
        s = s + np.prod([x[i]*c[i] for i in g])*(k + 1)
    return s


def tuple_of_a_generator(x, c):
    t = tuple(v*w for v, w in zip(x, c))
    return t[0]*t[-1] + sum(t)


def transposed(x, c):
    m = [[x[i]*c[j] for j in range(3)] for i in range(3)]
    t = [list(r) for r in zip(*m)]
    return sum(t[i][i]*t[0][i] for i in range(3))


def first_that_fits(x, c):
    return next(v for v in x if v > 0.5)*c[0]


def numbers_of_an_array(x, c):
    xs = x.tolist()
    ys = np.asarray(xs)*c
    return ys.sum() + xs[0]


def any_number(x, c):
    return total(*x)*c[0]


def some_and_the_rest(x, c):
    return head(*x) + head(c[0], *x) + head(x[0], x[1], *c)


def passed_on(x, c):
    return outer(*[v*w for v, w in zip(x, c)])


def stars_beside_keywords(x, c):
    return total(*x, *c[:2]) if False else total(*x, c[0], scale=c[1])


def lambda_of_stars(x, c):
    f = lambda *a: sum(a)*len(a)
    return f(*x)*f(*c)


def tuple_taken_apart(x, c):
    t = tuple(v*v for v in x)
    a, *b = t
    return a*sum(b) + max(t) + t[::-1][0]


def columns(x, c):
    m = [[a*b for b in c] for a in x]
    cols = list(zip(*m))
    return sum(cols[0])*sum(cols[-1]) + len(cols)


def products_of_numbers(x, c):
    rows = x.tolist()
    return math.prod(rows)*sum(c.tolist())


def rows_of_numbers(x, c):
    m = np.outer(x, c).tolist()
    return m[0][1]*m[2][2]


def applied(x, c):
    def apply(f, *args, **kw):
        return f(*args, **kw)
    return apply(total, *x, scale=c[0]) + apply(math.hypot, x[0], c[0])


def keywords_of_a_dict(x, c):
    p = {"a": x[0]}
    p["b"] = c[0]
    return kw(**p, z=x[1]) + kw(**{"a": x[0], "b": x[1]})


def with_replacement(x, c):
    pairs = list(itertools.combinations_with_replacement(range(2), 2))
    return sum(x[i]*c[j] for i, j in pairs)


PROGRAMS = [
    pairs_of_places, permuted, pairs_of_items, taken_while, dropped_while, grouped, tuple_of_a_generator,
    transposed, first_that_fits, numbers_of_an_array, any_number, some_and_the_rest, passed_on,
    stars_beside_keywords, lambda_of_stars, tuple_taken_apart, columns, products_of_numbers,
    rows_of_numbers, applied, keywords_of_a_dict, with_replacement,
]
PLACED = [
    pairs_of_items, taken_while, grouped, first_that_fits, some_and_the_rest,
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch, in a callee, and differentiated twice."""
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
