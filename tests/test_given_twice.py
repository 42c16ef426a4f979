"""A list, a dict, an object or an array that the arguments hold twice, where one of the two is written to.

What is made for arguments apart is no text for these: they have one of their own, or are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import s2sad


@dataclass
class Record:
    v: float


class Plain:
    def __init__(self, v):
        self.v = v


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b


def in_lists(x, a, b):
    a[0] = x*2
    return b[0]*x


def grown(x, a, b):
    a.append(x)
    return sum(b)*x


def in_dicts(x, a, b):
    a["k"] = x*x
    return b["k"]*x


def in_rows(x, rows):
    rows[0][0] = x
    return rows[1][0]*x


def in_records(x, rows):
    rows[0].v = rows[0].v + x
    return rows[1].v**2


def grown_attribute(x, p):
    p.a.append(x)
    return sum(p.b)*x


def inner_object(x, p):
    p.a.v = x
    return p.b.v*x


def inner_of_two(x, p, q):
    p.a.v = x
    return q.a.v*x


def inner_arrays(x, p):
    p.a[0] = x
    return p.b[0]*x


REFUSED = (
    (in_lists, lambda: [1.0], None),
    (grown, lambda: [1.0], None),
    (in_dicts, lambda: {"k": 1.0}, None),
    (in_rows, lambda: [1.0], list),
    (in_rows, lambda: [1.0], tuple),
    (in_records, lambda: Record(1.0), list),
    (in_records, lambda: Record(1.0), tuple),
    (inner_arrays, lambda: np.ones(2), Pair),
)


def given(make, hold, same):
    one = make()
    pair = (one, one if same else make())
    return pair if hold is None else (hold(*pair) if hold is Pair else hold(pair),)


@pytest.mark.parametrize(("f", "make", "hold"), REFUSED)
def test_what_is_written_and_given_twice(f, make, hold):
    gradient, second = s2sad.value_and_grad(f), s2sad.hvp(f)
    x, want = 0.7, f(0.7, *given(make, hold, False))
    value, slope = gradient(x, *given(make, hold, False))
    near = [f(x + h, *given(make, hold, False)) for h in (1e-6, -1e-6)]
    assert value == want and np.isclose(slope, (near[0] - near[1])/2e-6, rtol=1e-7)
    second(x, *given(make, hold, False), 1.0)
    calls = [second, lambda *args: s2sad.jvp(f, args[:-1], (1.0, *[None]*(len(args) - 2)))]
    for call in calls:  # as they were apart before, the text is there
        with pytest.raises(s2sad.UnsupportedError, match=r"twice|hold one list|share memory|comes back here"):
            call(x, *given(make, hold, True), 1.0)
    if f is not inner_arrays:
        with pytest.raises(s2sad.UnsupportedError, match=r"twice|hold one list|comes back here"):
            gradient(x, *given(make, hold, True))
        return
    near = [f(x + h, *given(make, hold, True)) for h in (1e-6, -1e-6)]
    assert np.isclose(gradient(x, *given(make, hold, True))[1], (near[0] - near[1])/2e-6, rtol=1e-7)


def test_a_list_that_grows_and_is_given_twice():
    for derive in (s2sad.grad(grown_attribute), lambda x, p: s2sad.jvp(grown_attribute, (x, p), (1.0, None))[1]):
        for same, expected in ((False, 1.0), (True, 2.4), (False, 1.0)):
            one = [1.0]
            pair = Pair(one, one if same else [1.0])
            assert derive(0.7, pair) == pytest.approx(expected)
            assert pair.a == [1.0, 0.7]


def test_one_object_inside_of_two():
    slope, inner = s2sad.grad(inner_of_two), Plain(1.0)
    assert slope(0.7, Pair(Plain(1.0), 0), Pair(Plain(1.0), 0)) == 1.0
    assert slope(0.7, Pair(inner, 0), Pair(inner, 0)) == 1.4


def test_one_object_in_two_attributes():
    slope, second, inner = s2sad.grad(inner_object), s2sad.hvp(inner_object), Plain(1.0)
    assert slope(0.7, Pair(Plain(1.0), Plain(1.0))) == 1.0 and slope(0.7, Pair(inner, inner)) == 1.4
    assert second(0.7, Pair(Plain(1.0), Plain(1.0)), 1.0) == 0.0 and second(0.7, Pair(inner, inner), 1.0) == 2.0
    assert s2sad.jvp(inner_object, (0.7, Pair(inner, inner)), (1.0, None))[1] == 1.4


def first_of_each(x, a, b):
    a[0].v = x
    return b[0].v*x


def test_elements_of_two_lists():
    slope, inner = s2sad.grad(first_of_each), Plain(1.0)
    assert slope(0.7, [Plain(1.0)], [Plain(1.0)]) == 1.0 and slope(0.7, [inner], [inner]) == 1.4


def test_what_is_only_read_may_be_given_twice():
    row = [1.0, 2.0]
    assert s2sad.grad(lambda x, rows: rows[0][1]*x + rows[1][0]*x)(0.5, [row, row]) == 3.0
    one = Record(2.0)
    assert s2sad.grad(lambda x, rows: sum(r.v*x for r in rows))(0.5, [one, one]) == 4.0


def test_rows_of_unlike_lengths():
    def powers(x, rows):
        total = 0.0
        for row in rows:
            total = total + row[0]*x**len(row)
        return total

    slope = s2sad.grad(powers)
    assert slope(0.5, [(2.0,), (1.0, 2.0)]) == 3.0
    assert slope(0.5, [(1.0, 2.0), (2.0,)]) == 3.0
    assert slope(0.5, [(1.0, 2.0), (2.0,), (3.0,)]) == 6.0


class Clock:
    def __init__(self, t):
        self.t = t


class Hand:
    def __init__(self, v, clock):
        self.v, self.clock, self.others = v, clock, []

    def turn(self, x):
        self.v = self.v + x*self.clock.t


def turned(x, hands, clock):
    clock.t = clock.t + x
    for hand in hands:
        hand.turn(x)
    return sum(hand.v for hand in hands)


def turned_by_another(x, hand, clock):
    clock.t = clock.t + x
    return hand.others[0].t*x


def test_what_an_object_holds_is_another_argument():
    slope, clock = s2sad.grad(turned), Clock(1.0)
    assert np.isclose(slope(0.7, [Hand(1.0, Clock(2.0)), Hand(2.0, Clock(3.0))], clock), 5.0)
    shared = [Hand(1.0, clock), Hand(2.0, Clock(3.0))]
    assert np.isclose(slope(0.7, shared, clock), 1.0 + 2*0.7 + 3.0)
    assert np.isclose(s2sad.jvp(turned, (0.7, shared, clock), (1.0, None, None))[1], 1.0 + 2*0.7 + 3.0)
    assert np.isclose(s2sad.hvp(turned)(0.7, shared, clock, 1.0), 2.0) and clock.t == 1.0
    hand = Hand(1.0, Clock(1.0))
    hand.others.append(clock)
    with pytest.raises(s2sad.UnsupportedError):
        s2sad.grad(turned_by_another)(0.7, hand, clock)
