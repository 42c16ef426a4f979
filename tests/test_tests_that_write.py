"""While loops whose test writes: into lists, arrays, objects and names of the function around.

The test is evaluated once more than the body, and what it writes in the last evaluation is seen behind the loop.
Its writes were left out of the reverse sweep, so that gradients were wrong.
"""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def a_list_by_a_function(x, c):
    xs = list(x)
    i = 0

    def goes_on(i):
        xs.append(x[1]*c[0])
        return xs[i] != xs[-1]

    while goes_on(i) and i < 2:
        i += 1
    return xs[i]*(i + 1) + xs[-1]**2


def a_list_in_the_test(x, c):
    xs = []
    i = 0
    while xs.append(x[1]*i) or xs[-1] < 1.0:
        i += 1
    return xs[i]*(i + 1) + xs[0] + xs[1]**2


def an_array(x, c):
    y = x.copy()

    def goes_on():
        y[:] = y*c + 0.1*y[::-1]
        return np.sum(y) > 0.4

    n = 0
    while goes_on():
        n += 1
        y[0] += x[1]*0.1
        if n > 4:
            break
    return np.sum(y**2)


def a_solver_with_a_history(x, c):
    class Solver:
        def __init__(self):
            self.x = x
            self.history = []

        def step(self):
            self.x = self.x - 0.3*(self.x - c)
            self.history.append(np.sum((self.x - c)**2))
            return self.history[-1]

    solver = Solver()
    while solver.step() > 0.01:
        pass
    return np.sum(solver.x**2) + sum(solver.history)


def an_object(x, c):
    class Walk:
        def __init__(self, values):
            self.values, self.i = values, 0

        def more(self):
            self.i += 1
            return self.i <= len(self.values)

    walk = Walk(x)
    t = 1.0
    while walk.more() and t < 1.4:
        t = t*walk.values[walk.i - 1] + c[0]
    return t*walk.i


def a_name_of_the_function_around(x, c):
    n = 0
    y = x

    def goes_on():
        nonlocal n, y
        n += 1
        y = y*c
        return np.sum(y) > 0.5

    while goes_on():
        y = y*0.9
    return np.sum(y)*n


def taken_from_a_stack(x, c):
    stack = list(x)
    t = 1.0
    while stack and stack.pop() > 0.1:
        t = t*c[len(stack)]
        if len(stack) == 1:
            stack[0] = stack[0]*t
    return t + sum(stack)


def returned_from(x, c):
    def grown(x):
        ys = [x[0]]
        while ys.append(ys[-1]*1.5) or ys[-1] < 2.0:
            if len(ys) > 4:
                return ys[-1]*ys[0]
        return sum(ys)

    return grown(x)*grown(c)


def with_a_walrus(x, c):
    q = [x[0]]
    while (n := len(q)) < 4 and q.append(x[1]*n) is None:
        q[0] = q[0]*c[0]
    return sum(q)*q[1]


PROGRAMS = [
    a_list_by_a_function, a_list_in_the_test, an_array, a_solver_with_a_history, an_object,
    a_name_of_the_function_around, taken_from_a_stack, returned_from, with_a_walrus,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_writes(f):
    check(f, (X, C))
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", [an_array, a_solver_with_a_history, an_object], ids=lambda f: f.__name__)
def test_writes_in_other_places(f):
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
