"""Where a program f(x, c) of two arrays is put to be tested once more: loops, branches, callees, its own gradient."""

from __future__ import annotations

import numpy as np

import s2sad


def places(f):
    """The program in a loop, in a branch, in a function, and its gradient."""

    def in_loop(x, c):
        total = 0.0
        for i in range(2):
            total = total + f(x * (1.0 + 0.1 * i), c) * (i + 1)
        return total

    def in_branch(x, c):
        y = np.sum(x)
        if c[0] > 0.1:
            y = f(x, c)
        return y * y

    def callee(x, c):
        return f(c, x) * 2.0

    def in_callee(x, c):
        return callee(c * 1.5, x) + x[0]

    return in_loop, in_branch, in_callee


def twice(f):
    slope = s2sad.grad(f)
    return lambda x, c: np.sum(slope(x, c) * (1.0 + np.arange(len(x))))
