"""Functions and a class that probed programs call: they write, return views and aliases, recur, and leave early."""

from __future__ import annotations

HELPERS = '''
import numpy as np
import s2sad


class Box:
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.n = 0

    def swap(self):
        self.a, self.b = self.b, self.a
        self.n += 1
        return self

    def scale(self, k):
        self.a *= k
        return self.a

    def put(self, v):
        self.b = self.a
        self.a = v
        return self.b

    def total(self):
        return np.sum(self.a)*0.3 + self.n*np.sum(self.b)*0.2


def tail(a):
    return a[1:]


def grown(a, k):
    a += k
    return a


def filled(a, b, k):
    a[...] = k*b
    return b


def one_of(a, b, flag):
    return a if flag else b


def first_above(a, limit):
    total = 0.0
    for i in range(len(a)):
        total = total + a[i]
        if total > limit:
            return total*a[i]
        if total < -0.7:
            continue
        a[i] = a[i]*0.9
    return total


def halves(a, depth):
    if depth == 0 or len(a) < 2:
        return np.sum(a*a)
    h = len(a)//2
    a[:h] *= 0.9
    return halves(a[:h], depth - 1) + 2.0*halves(a[h:], depth - 1)


def halves_of(a, depth):
    if depth <= 0 or len(a) < 2:
        return a
    b = halves_of(a[1:], depth - 1)
    b[0] += 0.3
    return b


def folded(xs):
    t = 0.0
    for k, v in enumerate(xs):
        t += np.sum(v)*(k + 1)*0.2
    return t


def energy(a):
    b = a*a
    for i in range(2):
        b[i:] = b[i:] + np.sin(a[i:])
    return np.sum(b*a)


def safely(a, k):
    try:
        if k > 0.5:
            raise ValueError("large")
        b = a*k
    except ValueError:
        b = a - k
    b[0] *= k
    return b


def counted(a, n):
    k = 0
    while True:
        k += 1
        if k > n or np.sum(a) > 2.5:
            break
        a = a*1.2 + 0.1
    return a, k


def exchange(xs):
    xs[0], xs[-1] = xs[-1], xs[0]
    return xs[0]


def spread(*vs, by=0.5):
    for v in vs:
        v *= by
    return vs[0]


def kept(a, seen=None):
    seen = [] if seen is None else seen
    seen.append(a)
    return seen
'''
