"""What is written out where it is used, and what keeps a name of its own."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

M = np.array([[1.0, 0.5, -0.3], [0.2, 1.5, 0.4], [0.7, -0.6, 2.0]])
X = np.array([0.3, -0.4, 0.8, 0.6])


def cells(x):
    s = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            s = s + x[i, j]*x[j, i]
    return s


def corner(x, n):
    x[n - 1, :n - 1] = x[0, :n - 1]**2
    return np.sum(x*x)


def rebound(x):
    x = x[1:]
    return np.sum(x*x.shape[0])*x.shape[0]


def differences(x, k):
    for _ in range(2):
        x[1:] -= k*(x[1:] - x[:-1])
    return np.sum(x*x)


def quotients(x, a):
    for i in range(1, len(x)):
        x[i] = (x[i] - a[i]*x[i - 1])/a[0]
    return np.sum(x)


def counted(x, n):
    for _ in range(2, n):
        x = 0.5*x
    for i in range(n - 1):
        for _ in range(i):
            x = 0.9*x
    return x


@pytest.mark.parametrize(
    ("fun", "args", "there", "absent"),
    [
        (cells, (M,), ["for i in range(x.shape[0] - 1, -1, -1):", "range(x.shape[1] - 1, -1, -1)"], ["t1 = x.shape"]),
        (corner, (M, 3), ["x_bar[n - 1, :n - 1] = 0.0"], ["= n - 1"]),
        (rebound, (X,), [], []),
        (differences, (X, 0.3), ["k_bar -= np.vdot(", "x_bar[1:] -= t", "x_bar[:-1] += t"], ["= -"]),
        (quotients, (X, X + 2.0), ["a_bar[0] -=", "a_bar[i] -=", "x_bar[i - 1] -="], ["= -t"]),
        (counted, (0.3, 5), ["for _ in range(2, n):"], []),
    ],
    ids=["cells", "corner", "rebound", "differences", "quotients", "counted"],
)  # fmt: skip
def test_written_where_it_is_used(fun, args, there, absent):
    check(fun, args)
    active = tuple(i for i, a in enumerate(args) if not isinstance(a, int))
    made = s2sad.grad(fun, active)
    made(*args)
    backward = made.source[made.source.index("# backward"):] if "# backward" in made.source else made.source
    assert all(line in backward for line in there), made.source
    assert not any(line in made.source for line in absent), made.source


def test_lists_begin_before_the_loop_that_fills_them():
    def f(x, n):
        for _ in range(n):
            x = np.sin(x)
        y = x + 1.0
        for _ in range(n):
            y = np.cos(y)*x
        return np.sum(y)

    made = s2sad.grad(f)
    made(X, 3)
    lines = [line.strip() for line in made.source.splitlines()]
    begun = [i for i, line in enumerate(lines) if line.endswith("= []")]
    assert len(begun) == 3
    first, second = (i for i, line in enumerate(lines) if line.startswith("for _ in"))
    assert begun[0] < first < begun[1] < second, made.source


def test_a_place_is_read_after_the_item_that_is_taken_out_of_its_list():
    def f(x):
        xs = [x[0], x[1], x[2]]
        xs.insert(0, xs[1]*2.0)
        xs.insert(min(1, len(xs)), xs[2])
        return xs[0]*xs[1] + xs[2]*3.0 + xs[3]*xs[4]

    check(f, (X,))


def test_a_negative_array_is_not_the_array_itself():
    def f(x, n):
        u = 2.0*x
        y = x*x
        for _ in range(n):
            y[...] = u - y[::-1]
            u -= 0.5*u
        return np.sum(np.sin(y)*u)

    check(f, (X, 3))


def test_what_is_overwritten_by_its_own_negative_mirror_image():
    def f(x, u):
        np.subtract(u, x[::-1], out=x)
        x[:2] = -x[2:]
        x[...] = -x[::-1]*u
        return np.sum(np.sin(x)*u)

    check(f, (X, X + 1.0))
