"""defaultdict, Counter, OrderedDict and deque."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def sums(x, c):
    d = defaultdict(float)
    for i in range(len(x)):
        d[i % 2] += x[i]*c[i]
    return d[0]*d[1]


def groups(x, c):
    d = defaultdict(list)
    for i in range(len(x)):
        d[i % 2].append(x[i])
    return sum(d[0])*sum(d[1]) + len(d)


def products(x, c):
    d = defaultdict(lambda: 1.0)
    for i in range(len(x)):
        d[i % 2] *= x[i]*c[i]
    return d[0]*d[1]*d[9]


def named_sums(x, c):
    d = defaultdict(float)
    for name, v in zip(["u", "v", "u"], x):
        d[name] += v*v
    return sum(v*len(k) for k, v in d.items())*d["u"]


def queue(x, c):
    q = deque()
    for v in x:
        q.append(v)
    s = 0.0
    while q:
        s = s*0.5 + q.popleft()*c[0]
    return s


def window(x, c):
    q = deque(maxlen=2)
    s = 0.0
    for v in x:
        q.append(v)
        s = s + sum(q)*c[0]
    return s


def delay_line(x, c):
    q = deque([0.0, 0.0], maxlen=2)
    s = 0.0
    for v in x:
        q.appendleft(v*c[1])
        s = s + q[0]*q[1]
    return s


def rotated(x, c):
    q = deque(x)
    q.rotate(1)
    return sum(a*b for a, b in zip(q, c))


def both_ends(x, c):
    q = deque(x)
    q.extend(c)
    a = q.pop()
    b = q.popleft()
    return a*b + len(q) + q[-1]*q[0]


def ordered(x, c):
    d = OrderedDict()
    d["a"] = x[0]
    d["b"] = c[0]
    return sum(v*v for v in d.values())


def moved_to_the_end(x, c):
    d = OrderedDict((i, v) for i, v in enumerate(x))
    d.move_to_end(0)
    return sum(v*w for v, w in zip(d.values(), c))


def letter_counts(x, c):
    n = Counter("abcab")
    return sum(n[k]*v for k, v in zip("abc", x))


def counted_places(x, c):
    n = Counter([0, 1, 0, 2, 0])
    return sum(x[k]*m for k, m in n.items())*len(n)


def most_common(x, c):
    n = Counter()
    for i in range(5):
        n[i % 3] += 1
    return x[0]**n[0] + c[0]*n[2] + x[1]*n.most_common(1)[0][1]


def arrays_by_default(x, c):
    d = defaultdict(lambda: np.zeros(3))
    for i in range(4):
        d[i % 2] += x*c*i
    return np.sum(d[0]*d[1])


def counted_in_a_loop(x, c):
    d = defaultdict(int)
    for i in [0, 1, 0, 2]:
        d[i] += 1
    return sum(x[k]*n for k, n in d.items())


def moving_mean(x, c):
    window = deque([], 2)  # noqa: RUF037 - the empty list is what is tested
    out = []
    for v in x*c:
        window.append(v)
        out.append(np.mean(np.array(window)))
    return np.sum(np.array(out)**2)


def search(x, c):
    q = deque([(0, x[0])])
    s = 0.0
    while q:
        n, v = q.popleft()
        s += v*c[n % 3]
        if n < 3:
            q.append((n + 1, v*x[1]))
            q.append((n + 2, v*x[2]))
    return s


def recurrence(x, c):
    q = deque([x[0], x[1]])
    for _ in range(4):
        a, b = q
        q.append(a*b + c[0])
        q.popleft()
    return q[0]*q[1]


def filter_taps(x, c):
    taps = deque([0.0]*3, maxlen=3)
    out = []
    for v in x:
        taps.appendleft(v)
        out.append(sum(t*w for t, w in zip(taps, c)))
    return sum(o*o for o in out)


CONTAINERS = [
    sums, groups, products, named_sums, queue, window, delay_line, rotated, both_ends, ordered,
    moved_to_the_end, letter_counts, counted_places, most_common, arrays_by_default, counted_in_a_loop,
    moving_mean, search, recurrence, filter_taps,
]
PLACED = [
    sums, groups, queue, window, delay_line, search,
]


@pytest.mark.parametrize("f", CONTAINERS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch, in a callee, and differentiated twice."""
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
