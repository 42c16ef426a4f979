"""Deques, Counters, ChainMaps and other containers of the standard library as arguments that are read."""

from __future__ import annotations

import array
import copy
from collections import ChainMap, Counter, UserDict, UserList, deque
from types import MappingProxyType

import numpy as np
import pytest
from left_outside import check_left

import s2sad


class Holder:
    def __init__(self, shelf):
        self.shelf = shelf


def line(x, a, b=2.0, **rest):
    return a*x + b*x*x


def two(x, a, b):
    return a*x + b*x*x


def by_place(x, c):
    return c[0]*x**2 + c[-1]*x


def in_a_loop(x, c):
    total = x
    for i in range(len(c)):
        total = total + c[i]*x**2
    for v in c:
        total = total*v
    return total


def of_all(x, c):
    return sum(c)*x**2 + max(c)*x - min(c) + sum(v*x**i for i, v in enumerate(sorted(c))) + np.sum(np.array(c)*x)


def unpacked(x, c):
    a, b = c
    return a*x + two(x, *c) + b


def in_an_attribute(x, c):
    return of_attribute(x, Holder(c))


def of_attribute(x, h):
    return h.shelf[-1]*x**2


def beside_others(x, c):
    return of_list(x, [c, c])


def of_list(x, cs):
    return cs[0][-1]*x**2 + cs[1][0]*x


def by_key(x, c):
    return c["a"]*x**2 + c.get("b", 3.0)*x + c.get("zz", 5.0)


def of_items(x, c):
    total = x if "a" in c else 0.0
    for k, v in c.items():
        total = total + v*x**len(k)
    for k in c:
        total = total + c[k]*x
    return total + sum(c.values())*x


def as_words(x, c):
    return line(x, **c)


def held(f, *calls):
    """Value, gradient, forward mode and second derivative for several arguments, by the same transforms."""
    gradient, second = s2sad.value_and_grad(f), s2sad.hvp(f)
    for x, c in calls:
        value, slope = gradient(x, c)
        assert value == f(x, c)
        assert np.isclose(slope, (f(x + 1e-6, c) - f(x - 1e-6, c))/2e-6, rtol=1e-7)
        assert np.isclose(s2sad.jvp(f, (x, c), (0.5, None))[1], 0.5*slope, rtol=1e-12)
        slopes = [gradient(x + h, c)[1] for h in (1e-6, -1e-6)]
        assert np.isclose(second(x, c, 1.0), (slopes[0] - slopes[1])/2e-6, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [deque, UserList, lambda v: array.array("d", v)])
def test_elements_in_order(kind):
    for f in (by_place, in_a_loop, of_all, unpacked, in_an_attribute, beside_others):
        held(f, (0.7, kind([1.0, 2.0])), (0.7, kind([3.0, 5.0])), (0.4, kind([np.float64(0.5), 2])))
    for f in (by_place, in_a_loop, of_all):
        held(f, (0.7, kind([3.0, 5.0, 4.0])), (0.4, kind([2.5])))
    held(of_attribute, (0.7, Holder(kind([1.0, 2.0]))), (0.7, Holder(kind([3.0, 4.0, 5.0]))))


@pytest.mark.parametrize(
    "kind", [Counter, lambda d: ChainMap({"a": 1.5}, d), MappingProxyType, UserDict], ids=["C", "M", "P", "U"]
)
def test_values_by_keys(kind):
    for f in (by_key, of_items, as_words):
        held(f, (0.7, kind({"a": 1.0, "b": 2.0})), (0.7, kind({"a": 3.0, "b": 5.0})), (0.4, kind({"a": 2})))
    held(of_items, (0.7, kind({"bb": 2.0, "a": 1.0})), (0.7, kind({"a": 3.0, "b": 5.0, "ccc": 0.5})))


def of_a_set(x, s):
    total = x*len(s) + max(s)*x**2
    for k in sorted(s | {9}):
        total = total + x**k
    for k in s - {1}:
        total = total + x*k
    return total*(2.0 if 3 in s else 5.0)


class Visited:
    def __init__(self):
        self.places = {1, 2}


def of_a_set_in_an_object(x, s):
    visited = Visited()
    total = 0.0
    for k in sorted((visited.places | s) ^ {2}):
        total = total + x**k
    return total


def test_sets():
    for f in (of_a_set, of_a_set_in_an_object):
        held(f, (0.7, {1, 2}), (0.7, {1, 3, 5}), (0.6, frozenset({2, 3})))


PLACES, ROWS = (1.0, 2.0, 3.0), [(2.0, 0.5, 4.0)]


def test_a_slice_of_an_outside_tuple_is_spread():
    slope = s2sad.grad(lambda x: two(x, *PLACES[1:]) + two(x, *PLACES[::-2]) + x*max(*ROWS[0][1:]))
    assert np.isclose(slope(0.5), (2.0 + 3.0) + (3.0 + 1.0) + 4.0)


def test_a_counter_lacks_nothing():
    slope = s2sad.grad(lambda x, c: c["b"]*x + c["a"]*x**2)
    assert slope(0.5, Counter("aa")) == 2.0 and slope(0.5, Counter("aab")) == 3.0 and slope(0.5, Counter()) == 0.0


def test_ranges_are_known_by_their_kind():
    slope = s2sad.value_and_grad(by_place)
    assert slope(0.5, range(1, 3)) == (1.25, 3.0)
    text = slope.current()
    assert slope(0.5, range(4, 9, 2)) == (5.0, 12.0) and slope.current() is text
    held(unpacked, (0.7, range(2)), (0.7, range(3, 7, 2)))


RECENT, VOTES = deque([1.0, 2.0]), Counter("aab")


def test_outside_of_the_function():
    def outside(x):
        return RECENT[-1]*x + sum(v*x**2 for v in VOTES.values()) + VOTES["c"]*x

    slope = s2sad.grad(outside)
    assert slope(0.5) == 5.0
    RECENT.append(7)
    VOTES["c"] = 4
    assert slope(0.5) == 7.0 + 7.0 + 4.0


def test_the_callers_arrays_are_left():
    def written(x, c):
        for a in c:
            a[0] = x
        return c[0] @ c[-1]*x

    for c in (deque([np.ones(2), np.ones(2)]), Counter(a=np.ones(2))):
        before = copy.deepcopy(c)
        if isinstance(c, Counter):
            s2sad.grad(lambda x, c: x*np.sum(c["a"]))(0.5, c)
        else:
            assert np.isclose(s2sad.grad(written)(0.5, c), 3*0.25 + 1.0)
        assert all(np.array_equal(c[k], before[k]) for k in (c if isinstance(c, Counter) else range(2)))


def test_a_history_in_an_argument():
    def logged(x, c):
        c.append(x)
        return x**2

    recent = deque([1.0], maxlen=2)
    slope = s2sad.grad(logged)
    assert slope(0.5, recent) == 1.0 and slope(0.25, recent) == 0.5 and list(recent) == [0.5, 0.25]
    with pytest.raises(s2sad.UnsupportedError, match="what has been put outside comes back here"):
        s2sad.grad(read_back)(0.5, deque([1.0]))


def read_back(x, c):
    c.append(x)
    return c[0]*x


def test_what_is_not_known():
    with pytest.raises(s2sad.UnsupportedError, match=r"a generator is given, and .* is not known .*; pass list\("):
        s2sad.grad(in_iteration)(0.5, (v for v in (1.0, 2.0)))
    with pytest.raises(TypeError, match=r"what `c\.most_common\(1\)\[0\]\[1\]` gives in line \d+ is not known .*float\("):
        s2sad.grad(most)(0.5, Counter("aab"))


def in_iteration(x, c):
    return sum(v*x for v in c)


def most(x, c):
    return x*c.most_common(1)[0][1]


BUFFERS = deque([np.ones(3), np.full(3, 0.5)], maxlen=3)
NAMED = UserDict(a=np.ones(3))


def in_a_deque(x):
    first = BUFFERS[0]
    first *= x
    for k in range(2):
        BUFFERS[k][1:] = x[:-1]*2
    if x[0] > 0:
        NAMED["a"][:] = NAMED["a"]*x
    return np.sum(BUFFERS[0]**2)*x[0] + np.sum(BUFFERS[-1]**3) + np.sum(NAMED["a"]**3)


def every_buffer(x):
    for v in BUFFERS:
        v *= x
    return np.sum(BUFFERS[0]**2)*x[0]


def given_besides(x, d):
    return every_buffer(x) + np.sum(d[0])


def filled():
    for v, value in ((BUFFERS[0], 1.0), (BUFFERS[1], 0.5), (NAMED["a"], 1.0)):
        v[:] = value


def test_arrays_of_outside_shelves_are_written_in_place():
    check_left(in_a_deque, filled, lambda: [v.tolist() for v in (*BUFFERS, NAMED["a"])], again=True)
    filled()
    with pytest.raises(s2sad.UnsupportedError, match="another name may stand for it here"):
        s2sad.jvp(every_buffer, (np.ones(3),), (np.ones(3),))
    with pytest.raises(s2sad.UnsupportedError, match="shares memory with the argument 'd'"):
        s2sad.grad(given_besides)(np.ones(3), list(BUFFERS))
    check_left(every_buffer, filled, lambda: [v.tolist() for v in BUFFERS], forward=False)
