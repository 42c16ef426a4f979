"""Functions that every trip of a loop makes anew: closures, partials, bound methods, called in later trips and behind."""

import functools

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check


def scaled(k):
    def times(v):
        return np.tanh(v*k)

    return times


class Line:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def at(self, v):
        return self.a*v + self.b


def line(a, v, b):
    return a*v + b*b


def closure(x, n):
    fn = scaled(x[0])
    t = x[1]
    for _ in range(n):
        t = fn(t) + 0.3
        fn = scaled(t*x[2])
    return fn(x[0]) + t


def in_a_list(x, n):
    fs = [scaled(x[0]), lambda v: v*x[1]]
    t = x[2]
    for k in range(n):
        fs[0] = scaled(t*x[1])
        t = fs[k % 2](t)
    return fs[0](t) + fs[1](x[0])


def in_a_dict(x, n):
    d = {"f": scaled(x[0]), "g": np.sin}
    t = x[2]
    for _ in range(n):
        t = d["f"](t) + d["g"](t)
        d["f"] = scaled(t*x[1])
    return d["f"](t)


def partial(x, n):
    fn = functools.partial(line, x[0], b=x[1])
    t = x[2]
    for _ in range(n):
        t = fn(t)
        fn = functools.partial(line, t, b=np.sin(t))
    return fn(x[0])


def method(x, n):
    fn = Line(x[0], x[1]).at
    t = x[2]
    while n > 0:
        t = fn(t)
        fn = Line(t*0.5, x[0]).at
        n -= 1
    return fn(t)


def default(x, n):
    fn = lambda v, k=x[0]: v*k
    t = x[1]
    for _ in range(n):
        t = fn(t) + x[2]
        fn = lambda v, k=t: v*k
    return fn(t)


def other_default(x, n):
    def fn(v, k=x[0]):
        return v*k

    t = x[1]
    for _ in range(n):
        t = fn(t) + x[2]

        def fn(v, k=t):
            return v*k*0.5

    return fn(t)


def arrays(x, n):
    fn = scaled(x)
    t = x*0.5
    for _ in range(n):
        t = fn(t)
        if np.sum(t) > 3.0:
            break
        fn = scaled(t*x)
    return np.sum(fn(t))


def only_behind(x, n):
    t = x[0]
    for _ in range(n + 1):
        t = t*x[1]
        fn = scaled(t + x[2])
    return fn(x[0])


def all_of_them(x, n):
    fs = [lambda v, k=k: v*x[k % 3] + k for k in range(3)]
    late = [lambda v: v*x[k] for k in range(3)]
    t = x[0]
    for f in fs:
        t = f(t)
    return t + late[n % 3](x[1])


def nested(x, n):
    fn = scaled(x[0])
    t = x[1]
    for _ in range(2):
        for _ in range(n):
            t = fn(t) + 0.1
            fn = scaled(t*x[2])
        t = fn(t) + x[1]
    return t


PROGRAMS = [
    closure, in_a_list, in_a_dict, partial, method, default, other_default, arrays, only_behind, all_of_them, nested,
]  # fmt: skip
X = np.array([0.4, 0.7, 0.9])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_functions_made_in_loops(program):
    for n in (0, 1, 3):
        check(program, (X, n), probes=1)
    check_second_order(program, (X, 2), (0,))


def test_functions_of_functions_that_grow_are_refused():
    def half(f):
        return lambda v: f(v)*0.5

    def program(x, n):
        fn = scaled(x[0])
        for _ in range(n):
            fn = half(fn)
        return fn(x[1])

    with pytest.raises(s2sad.UnsupportedError, match="after a trip"):
        s2sad.grad(program)(X, 2)


def test_a_list_of_functions_that_grows_is_refused_where_it_does():
    def program(x, n):
        fs = []
        for k in range(n):
            fs.append(lambda v, c=x[k]: v*c)
        return fs[0](x[0])

    with pytest.raises(s2sad.UnsupportedError, match=r"loops.py:\d+:13: a list changes its structure in the loop"):
        s2sad.grad(program)(X, 2)
