"""Functions that every trip of a loop makes anew: closures, partials, bound methods, called in later trips and behind."""

import functools

import numpy as np
import pytest
from again import check_second_order
from places import places, twice

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


# ------------------------------------------------------------- lists of functions whose length is not known


def appended(x, c):
    fs = []
    for v in x:
        def g(w, v=v):
            return v*w

        fs.append(g)
    s = 1.0
    for f in fs:
        s = f(s) + 0.1
    return s*fs[-1](c[0])*len(fs)


def returned(x, c):
    fs = [scaled(v) for v in c]
    return sum(f(v) for f, v in zip(fs, x)) + fs[0](fs[1](2.0))


def partials(x, c):
    fs = [functools.partial(line, a, b=b) for a, b in zip(x, c)]
    return functools.reduce(lambda s, f: f(s), reversed(fs), 1.0)


def methods(x, c):
    fs = []
    for a, b in zip(x, c):
        fs.append(Line(a, b).at)
    s = 1.0
    for f in fs:
        s = f(s)
    return s


def late(x, c):
    fs, i = [], 0
    while i < len(x) and c[i] < 0.85:
        fs.append(lambda v: v*x[i])
        i += 1
    late = [lambda v: v*w for w in c]
    return sum(f(2.0) for f in fs)*c[0] + late[0](x[1])


def composed(x, c):
    def compose(fs):
        def run(v):
            for f in fs:
                v = f(v)
            return v

        return run

    net = compose([lambda v, a=a, b=b: np.tanh(a*v + b) for a, b in zip(x, c)])
    return net(0.3)*net(x[0])


def of_arrays(x, c):
    fs = []
    for w in x:
        a = np.outer(c, c)*w
        fs.append(lambda v, a=a: np.tanh(a @ v))
    v = x
    for f in fs:
        v = f(v) + v
    return np.sum(v)


def of_functions(x, c):
    def slope(f, h=1e-2):
        return lambda v: (f(v + h) - f(v - h))/(2*h)

    fs = []
    for a in x:
        fs.append(slope(lambda v, a=a: a*v**3))
    return sum(f(w) for f, w in zip(fs, c))


def of_lists(x, c):
    fs = []
    for a in x:
        held = [a]
        fs.append(lambda v, held=held: held[0]*v)
        held[0] = a*2
    return sum(f(1.5) for f in fs)*c[0]


def an_attribute(x, c):
    class Net:
        def __init__(self):
            self.layers = []

        def add(self, f):
            self.layers.append(f)
            return self

        def __call__(self, v):
            for f in self.layers:
                v = f(v)
            return v

    net = Net()
    for a, b in zip(x, c):
        net.add(lambda v, a=a, b=b: a*v + b)
    return net(0.5)


LISTS = [appended, returned, partials, methods, late, composed, of_arrays, of_functions, of_lists, an_attribute]


@pytest.mark.parametrize("program", LISTS, ids=lambda f: f.__name__)
def test_lists_of_functions(program):
    x, c = X, np.array([0.5, 0.8, 0.9])
    check(program, (x, c), probes=1)
    more = places(program) if program in (appended, composed) else ()
    for other in (*more, twice(program)):
        check(other, (x, c), pullbacks=False, probes=1, text=False)


def test_lists_of_functions_of_two_texts_are_refused_where_they_are_called():
    def program(x):
        fs = []
        for v in x:
            if v > 0.5:
                fs.append(lambda w, v=v: w*v)
            else:
                fs.append(lambda w, v=v: w + v)
        return sum(f(2.0) for f in fs)

    with pytest.raises(s2sad.UnsupportedError, match=r"loops.py:\d+:20: the function that is called here is not"):
        s2sad.grad(program)(X)
