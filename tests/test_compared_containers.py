"""`==`, `!=` and `in` of lists, dicts, tuples and dataclasses that are made in the function: by what they hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from places import places

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def dicts(x, c):
    a, b, d = {"kg": 1, "m": 2}, {"m": 2, "kg": 1}, {"kg": 1}
    same = 2.0 if a == b else 1.0
    return x[0]*same + (10*c[0] if a != b else 0.0) + (c[1] if a == d else c[2]) + (x[1] if {} == {} else x[2])


def dicts_of_values(x, c):
    a, b = {"k": x[0]*0, "n": 1}, {"k": c[0]*0, "n": 1}
    return x[0]*(2.0 if a == b else 1.0) + (10*c[0] if a != {"k": x[0], "n": 1} else 0.0)


def containers_in_containers(x, c):
    a, b = {"k": [1, {"z": 2}]}, {"k": [1, {"z": 2}]}
    first = 2.0 if a == b else 1.0
    b["k"][1]["z"] = 3 if x[0] > 0 else 2
    return x[0]*first + c[0]*(2.0 if a == b else 1.0) + (x[1] if [np.sum, 1] == [np.sum, 1] else x[2])


def one_of_several(x, c):
    v = x[0]
    found = 2.0 if {"k": x[0]} in [{"k": x[1]}, {"k": v*1.0}] else 1.0
    return x[0]*found + c[0]*(2.0 if {"k": 1} in [{"k": 2}, {"k": 1}] else 1.0)


def compared_in_a_loop(x, c):
    a, seen, total = [0], [], 0.0
    for i in range(3):
        if a == [0, 0]:
            total = total + x[i]
        a.append(0)
        p = (i % 2, 1)
        if p not in seen:
            seen.append(p)
            total = total + c[i]
    return total*len(seen)


@dataclass
class Point:
    a: float
    b: int


def records(x, c):
    p, q = Point(x[0], 1), Point(x[0], 1)
    return x[0]*(2.0 if p == q else 1.0) + (c[0] if p != q else c[1]) + (x[1] if p != Point(x[1], 1) else x[2])


class Quantity:
    def __init__(self, value, unit):
        self.value, self.unit = value, unit

    def __mul__(self, other):
        unit = dict(self.unit)
        for name, n in other.unit.items():
            unit[name] = unit.get(name, 0) + n
        return Quantity(self.value*other.value, unit)

    def __add__(self, other):
        if self.unit != other.unit:
            raise ValueError("units differ")
        return Quantity(self.value + other.value, self.unit)


def units(x, c):
    force = Quantity(x[0], {"kg": 1})*Quantity(c[0], {"m": 1, "s": -2})
    work = force*Quantity(x[1], {"m": 1}) + force*Quantity(c[1], {"m": 1})
    return work.value*work.unit["m"]


def the_greatest_of_sequences(x, c):
    best = (0.0, -1)
    for i in range(3):
        best = max(best, (x[i]*c[i], i))
    low = min((x[0], "a"), (c[0], "b"), (x[1], "c"))
    a, b = [x[0], c[0]], [x[1], c[1]]
    last = max(a, b)[0]*min([x[2], 1.0], a, key=lambda r: r[0]*r[1])[0]
    return best[0]*x[best[1]] + low[0]*(2.0 if low[1] == "a" else 3.0) + last


PROGRAMS = [
    the_greatest_of_sequences, dicts, dicts_of_values, containers_in_containers, one_of_several, compared_in_a_loop, records, units,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_compared(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


def test_units_that_differ_raise():
    def wrong(x):
        return (Quantity(x, {"kg": 1}) + Quantity(x, {"m": 1})).value

    with pytest.raises(ValueError, match="units differ"):
        s2sad.grad(wrong)(1.0)


def test_a_dict_with_computed_keys_is_not_compared():
    def computed(x):
        d = {}
        for k in range(len(x)):
            d[k % 2] = x[k]
        return x[0] if d == {0: 1.0} else x[1]

    with pytest.raises(s2sad.UnsupportedError, match="computed keys or elements is compared"):
        s2sad.grad(computed)(X)
