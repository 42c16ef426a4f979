"""Functions on lists that call themselves: sorts, scans, permutations; what they return may be their argument."""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def merge_sort(a):
    if len(a) <= 1:
        return a
    m = len(a)//2
    left, right = merge_sort(a[:m]), merge_sort(a[m:])
    out = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]


def merged(x, c):
    s = merge_sort(list(x*c) + list(c))
    return sum((k + 1)*v**2 for k, v in enumerate(s))


def quicksort(a):
    if len(a) <= 1:
        return a
    p = a[0]
    low = []
    high = []
    for v in a[1:]:
        if v < p:
            low.append(v)
        else:
            high.append(v)
    return quicksort(low) + [p] + quicksort(high)


def sorted_by_a_pivot(x, c):
    s = quicksort([x[1], c[0], x[0], c[1]])
    return sum((k + 1)*v**2 for k, v in enumerate(s))


def scan(v, f):
    if len(v) == 1:
        return [v[0]]
    m = len(v)//2
    a, b = scan(v[:m], f), scan(v[m:], f)
    return a + [f(a[-1], q) for q in b]


def scanned(x, c):
    return sum(a*b for a, b in zip(scan(list(x), lambda p, q: p*q + 0.1), c))


def turned(xs):
    return [] if not xs else turned(xs[1:]) + [xs[0]]


def turned_round(x, c):
    return sum(a*b**2 for a, b in zip(turned(list(x)), c))


def halves(v):
    if len(v) == 1:
        return v[0]
    m = len(v)//2
    return halves(v[:m])*0.9 + np.sin(halves(v[m:]))


def folded(x, c):
    return halves(list(x*c))


PROGRAMS = [merged, sorted_by_a_pivot, scanned, turned_round, folded]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_recursive_lists(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_recursive_lists_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


def permutations(a):
    if len(a) == 1:
        return [a]
    out = []
    for i in range(len(a)):
        for p in permutations(a[:i] + a[i + 1:]):
            out.append([a[i]] + p)
    return out


def permuted(x, c):
    return sum(p[0]*p[1]**2*c[0] + p[2] for p in permutations(list(x)))


def by_sum(arrays):
    if len(arrays) <= 1:
        return arrays
    p, rest = arrays[0], arrays[1:]
    low = [a for a in rest if np.sum(a) < np.sum(p)]
    return by_sum(low) + [p] + by_sum([a for a in rest if np.sum(a) >= np.sum(p)])


def arrays_by_sum(x, c):
    s = by_sum([x, c, x*c, x + c])
    return np.sum(s[0]*s[1]) + np.sum(s[-1])


@pytest.mark.parametrize("f", [permuted, arrays_by_sum], ids=lambda f: f.__name__)
def test_recursive_lists_of_lists_and_arrays(f):
    check(f, (X, C))


def kept(xs, n):
    if n == 0:
        return xs
    return kept([v*2.0 for v in xs], n - 1)


def written_behind(x, c):
    """The list that is passed is what comes back, and has another name: that is no copy."""
    xs = [x[0], c[0]]
    n = 2 if x[0] > 5.0 else 0
    ys = kept(xs, n)
    ys.append(x[1])
    return sum(v**2 for v in xs)


def test_a_list_that_has_a_name_is_never_copied():
    try:
        check(written_behind, (X, C))
    except s2sad.UnsupportedError as error:
        assert "return a copy" in str(error) or "written" in str(error)


def all_orders(x, c):
    made = []

    def put(before, rest):
        if not rest:
            made.append(before[0]*c[0] + before[1]*c[1]**2 + before[2])
            return
        for i in range(len(rest)):
            put(before + [rest[i]], rest[:i] + rest[i + 1 :])

    put([], list(x))
    return np.prod(made)


def remembered_by_number(x, c):
    known = {}

    def term(n):
        if n < 2:
            return x[n]
        if n not in known:
            known[n] = term(n - 1)*c[0] + term(n - 2)
        return known[n]

    return term(6)


@pytest.mark.parametrize("f", [all_orders, remembered_by_number])
def test_what_the_first_call_would_raise_or_return(f):
    """The empty list was refused on a path that is not taken; numbers of two passes had no common kind."""
    args = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
    check(f, args, probes=1)
    s2sad.check_grads(lambda x: f(x, args[1]), args[:1], order=2)


def test_an_exception_that_only_one_path_raises():
    def f(x, n):
        d, t = {"a": x[0]}, (x[1], 2.0)
        if n:
            d["a"] = d["b"]*2.0
        return d["a"]*(t[5] if n > 1 else t[0])

    check(f, (np.array([0.3, 0.7, 1.1]), 0), probes=1)
    with pytest.raises(KeyError, match="'b'"):
        s2sad.grad(f)(np.ones(3), 1)
    with pytest.raises(s2sad.UnsupportedError, match="the dict has no key 'b'"):
        s2sad.grad(lambda x: {"a": x}["b"])(1.0)
