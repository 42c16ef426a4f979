"""Lists that become arrays, and functions that are chosen by the class of a container."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def appended(x, c):
    v = []
    for i in range(3):
        v = np.append(v, x[i]*c[i]**2)
    return np.sum(v**2*np.arange(3))


def appended_while_short(x, c):
    v = []
    while len(v) < 3:
        v = np.append(v, np.sum(v) + x[len(v)]*c[0])
    return np.sum(v**2)


def joined_to_a_list(x, c):
    v = []
    while len(v) < 5:
        v = np.concatenate([v, x*c])
    return np.sum(v**3*np.arange(len(v)))


@singledispatch
def total(v, d=1):
    return np.sum(v)*d


@total.register(list)
def _(v, d=1):
    return sum(total(u, d + 1) for u in v)


@total.register(tuple)
def _(v, d=1):
    s = 0.0
    for u in v:
        s = s + total(u, d*2)
    return s


@total.register(dict)
def _(v, d=1):
    return sum(total(u, d)**2 for u in v.values())


@total.register(type(None))
def _(v, d=1):
    return 0.0


def by_class(x, c):
    return total([x, (c, [x*c, None]), {"a": x[0]*c, "b": [c]}])**2


def by_class_of_a_list_that_grows(x, c):
    xs = []
    for v in x:
        xs.append(v*c)
    return total(xs)*total((x[0], xs))


PROGRAMS = [appended, appended_while_short, joined_to_a_list, by_class, by_class_of_a_list_that_grows]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_changing_structures(f):
    check(f, (X, C), probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [appended, by_class], ids=lambda f: f.__name__)
def test_changing_structures_in_places(f):
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
