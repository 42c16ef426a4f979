"""Objects whose class says which is less: sorted, max, min and heaps of them, also beside equal keys."""

from __future__ import annotations

import functools
import heapq
from dataclasses import dataclass, field

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Falling:
    def __init__(self, v, w):
        self.v, self.w = v, w

    def __lt__(self, other):
        return self.v > other.v


@functools.total_ordering
class Level:
    def __init__(self, v, w):
        self.v, self.w = v, w

    def __lt__(self, other):
        return self.v < other.v

    def __eq__(self, other):
        return self.v == other.v

    __hash__ = None


@dataclass(order=True)
class Task:
    key: float
    cost: float = field(compare=False)


@dataclass
class Bare:
    v: float
    w: float


def as_the_class_says(x, c):
    ps = []
    for a, b in zip(x, c):
        ps.append(Falling(a, b))
    total = 0.0
    for i, p in enumerate(sorted(ps)):
        total = total + p.v * p.w * (i + 1)
    qs = [Falling(x[0], c[0]), Falling(x[1], c[1]), Falling(x[2], c[2])]
    qs.sort(reverse=True)
    return total + qs[0].w * qs[1].v + min(ps).w


def equal_keys(x, c):
    ps = [Task(1.0, c[1]), Task(1.0, x[0]), Task(0.0, x[1])]
    first = sorted(ps)
    last = sorted(ps, reverse=True)
    return first[0].cost + 2 * first[1].cost**2 + 3 * last[0].cost + 4 * last[1].cost**3


def numbers_and_objects(x, c):
    ps = [Task(x[1], c[0]), Task(x[0], c[1]), Task(x[2], c[2])]
    ps = sorted(ps)
    less = ps[0] < ps[1]
    ps = sorted(ps, key=lambda p: -p.cost)
    return (2.0 if less else 3.0) * ps[0].cost + ps[1].key + max(ps).cost


def total_order(x, c):
    ps = [Level(a, b) for a, b in zip(x, c)]
    ps.sort()
    least = (2.0 if ps[0] >= ps[1] else 3.0) * x[0]
    return ps[0].w * ps[1].v + max(ps).w + min(ps).w * 2 + least


def queue_of_tasks(x, c):
    queue = []
    for i in range(3):
        for j in range(2):
            heapq.heappush(queue, Task(x[i] * c[j], x[i]))
    total, n = 0.0, 1
    while queue:
        task = heapq.heappop(queue)
        total = total + task.cost * task.key * n
        n += 1
    return total


def entries_of_a_queue(x, c):
    queue = []
    for i, (a, b) in enumerate(zip(x, c)):
        heapq.heappush(queue, (a * b, i, Bare(a, b)))
    key, i, first = heapq.heappop(queue)
    return first.v * first.w * key + queue[0][2].w


PROGRAMS = [
    as_the_class_says, equal_keys, numbers_and_objects, total_order, queue_of_tasks, entries_of_a_queue,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_ordered(f):
    check(f, (X, C))


def test_ordered_in_other_places():
    for program in places(as_the_class_says):
        check(program, (X, C), pullbacks=False, text=False)
    check(twice(equal_keys), (X, C), pullbacks=False, text=False)
