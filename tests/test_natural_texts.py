"""Texts as a person writes them: no second names, no loops and tapes for what is at hand, no factors 1.0."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from support import check

XS, YS = [0.4, -0.7, 1.1], [0.3, 0.9]
V = np.array([0.4, -0.7, 1.1])


# --------------------------------------------------------------- what takes the place of a value comes last


def horner(x, cs):
    s = 0.0
    for c in cs:
        s = s*x + c
    return s


def on_sides(x, n):
    y = 1.0
    for i in range(n):
        if i % 2 == 0:
            y = y*x
        elif x > 0.0:
            y = y*y*x
    return y


def two_states(x, n):
    a, b = x, 2.0*x
    for _ in range(n):
        a, b = a*b, math.sin(a) + b
    return a + b


def filtered(x, zs):
    m, p = x, 1.0
    for z in zs:
        p = p + 0.1
        k = p/(p + x)
        m = m + k*(z - m)
        p = (1.0 - k)*p
    return m*m


def of_arrays(u, n):
    s = 0.0
    for _ in range(n):
        s = s + np.sum(u*u)
        u = np.cos(s)*u
    return s


@pytest.mark.parametrize(
    ("fun", "args"),
    [(horner, (0.7, XS)), (on_sides, (0.7, 4)), (two_states, (0.3, 3)), (filtered, (0.7, YS)), (of_arrays, (V, 2))],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_states(fun, args):
    check(fun, args)
    s2sad.check_grads(fun, args, order=2)


@pytest.mark.parametrize(("fun", "args"), [(horner, (0.7, XS)), (on_sides, (0.7, 4)), (filtered, (0.7, YS))])
def test_states_have_one_name(fun, args):
    text = s2sad.grad(fun).source_for(*args)
    assert "_bar_2" not in text


def test_the_order_of_statements():
    text = s2sad.grad(horner).source_for(0.7, XS)
    assert text.index("x_bar += s * s_bar") < text.index("s_bar = x * s_bar")


# --------------------------------------------------------------------------------- loops over zip, and lists


def products(xs, ys):
    s = 0.0
    for x, y in zip(xs, ys, strict=False):
        s += x*y**3
    return s


def weighted(xs, ys):
    s = 0.0
    for i, (x, y) in enumerate(zip(xs, ys, strict=False)):
        s += (x - y)**2/(i + 1)
    return s


def until_the_last(x, ws):
    for i in range(len(ws)):
        x = x*ws[i]
        if i < len(ws) - 1:
            x = math.tanh(x)
    return x


def growing(x, n):
    xs = []
    for i in range(n):
        xs.append(x)
        if i < len(xs) - 1 or len(xs) % 2 == 0:
            x = math.sin(x)*len(xs)
    return x


def add_two(xs, x):
    xs.append(x)
    xs.append(x)
    return math.sin(x)


def grown_by_a_callee(x, n):
    xs = [x]
    for _ in range(n):
        y = add_two(xs, x)
        if len(xs) % 3 == 0:
            x = y*len(xs)
        else:
            x = x*y
    return x


def getting_shorter(xs, x):
    zs = list(xs)
    s = 0.0
    for _ in range(2):
        for a, b in zip(xs, zs, strict=False):
            s += a*b*x
        zs.pop()
        x = x*1.1
    return s


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (products, (XS, YS)), (weighted, (XS, YS)), (until_the_last, (0.7, XS)), (growing, (0.7, 5)),
        (grown_by_a_callee, (0.7, 4)), (getting_shorter, (XS, 0.3)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_trips(fun, args):
    check(fun, args)


@pytest.mark.parametrize("fun", [products, weighted])
def test_what_needs_no_forward_sweep_has_none(fun):
    text = s2sad.grad(fun).source_for(XS, YS)
    assert text.count("for ") == 1
    assert ".append" not in text


def test_conditions_on_lengths_are_asked_again():
    text = s2sad.grad(until_the_last).source_for(0.7, XS)
    assert text.count("if i < len(ws) - 1:") == 2


def test_a_quotient_by_a_number_that_is_counted():
    assert "2 * (x - y) / (i + 1)" in s2sad.grad(weighted).source_for(XS, YS)


def divided(x, k):
    t = 1.0
    for i in range(3):
        t = 2.0/(i - k)
    return x*x + 0.0*len(f"{t}")


def test_a_quotient_that_may_fail_fails():
    assert s2sad.grad(divided)(0.5, 7) == 1.0
    with pytest.raises(ZeroDivisionError):
        s2sad.grad(divided)(0.5, 1)


# ------------------------------------------------------------------------------------------ half a square


def half_square(x):
    return 0.5*np.sum(x**2)


def least_squares(a, x, b):
    r = a @ x - b
    return 0.5*np.sum(r**2)


def written_behind(x):
    y = x*1.0
    s = 0.5*np.sum(y**2)
    y[0] = 3.0
    return s + np.sum(y*x)


def in_a_loop(x, n):
    s = 0.0
    for _ in range(n):
        x = np.sin(x)
        s = s + 0.5*np.sum(x**2)
    return s


A, B = np.array([[0.3, 0.7, 0.2], [0.9, -0.4, 0.5]]), np.array([0.2, -0.1])


@pytest.mark.parametrize(
    ("fun", "args"),
    [(half_square, (V,)), (least_squares, (A, V, B)), (written_behind, (V,)), (in_a_loop, (V, 2)),
     (half_square, (V.astype(np.float32),))],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_half_squares(fun, args):
    check(fun, args)


def test_no_factor_is_left():
    text = s2sad.grad(least_squares, (0, 1, 2)).source_for(A, V, B)
    assert "return np.outer(r, x), a.T @ r, -r" in text
    assert "return x.copy()" in s2sad.grad(half_square).source_for(V)


# -------------------------------------------------------------- reads that the reverse sweep makes once more


def dot(a, x, n):
    s = 0.0
    for i in range(n):
        s += a[i]*x[i]
    return s


def triangle(a, x):
    n, m = a.shape
    s = 0.0
    for i in range(n):
        for j in range(i, m):
            s += a[i, j]*x[j]*x[i]
    return s


def springs(pos, k, n):
    e = 0.0
    for i in range(n - 1):
        d = pos[i + 1] - pos[i]
        e += 0.5*k*d*d
    return e


def edges_of(x, edges):
    e = 0.0
    for i, j in edges:
        d = x[i] - x[j]
        e += d*d
    return e


def weights_of(ws, xs):
    s = 0.0
    for i in range(len(xs)):
        s += ws[i]*xs[i]
    return s


def ring(x, y, n, m):
    e = 0.0
    for i in range(n):
        e -= x[i]*(y[(i + 1) % m] + y[i*2//m])
    return e


AGAIN = [
    (dot, (V, V, 3), (V, V, 5)), (triangle, (A, V), (A, V[:1])), (springs, (V, 0.3, 3), (V, 0.3, 7)),
    (edges_of, (V, [(0, 1), (2, 0)]), (V, [(0, 1), (5, 0)])), (weights_of, (XS, YS), (YS, XS)),
]  # fmt: skip


@pytest.mark.parametrize(("fun", "args", "beyond"), AGAIN, ids=lambda value: getattr(value, "__name__", None))
def test_a_loop_of_reads_goes_and_exceptions_still_come(fun, args, beyond):
    check(fun, args)
    gradient = s2sad.grad(fun, (0, 1) if isinstance(args[1], np.ndarray | float) or fun is weights_of else 0)
    with pytest.raises(IndexError):
        gradient(*beyond)
    assert gradient.source.count("for ") == (2 if fun is triangle else 1)


def test_a_loop_of_reads_at_divided_places_goes():
    check(ring, (V, V, 3, 3))
    gradient = s2sad.grad(ring, (0, 1))
    for error, beyond in ((ZeroDivisionError, (V, V, 3, 0)), (IndexError, (V, V, 4, 3)), (IndexError, (V, V[:1], 3, 3))):
        with pytest.raises(error):
            gradient(*beyond)
    assert gradient.source.count("for ") == 1


def one_of_them(a, x, n):
    s = 0.0
    for i in range(n):
        t = a[2*i]
        s += x[i]
    return s + 0.0*t


def other_trips(a, x, n):
    s = 0.0
    for i in range(n):
        _t = a[i + 1]
        s += x[i]*a[i]
    return s


def on_some_trips(a, x, n):
    s = 0.0
    for i in range(n):
        _t = a[i]
        if i < 1:
            s += x[i]*a[i]
    return s


def root_in_between(a, x, n):
    s = 0.0
    for i in range(n):
        s += a[i]*x[i]
    _t = math.sqrt(float(3 - n))
    return s


def told_in_between(a, x, n, log):
    s = 0.0
    for i in range(n):
        s += a[i]*x[i]
    log.append(n)
    return s


def other_places(a, x, n):
    s = 0.0
    for i in range(n):
        _t = a[(i + 1) % 3]
        s += x[i]*a[i % 3]
    return s


@pytest.mark.parametrize("fun", [one_of_them, other_trips, on_some_trips, other_places])
def test_other_reads_stay(fun):
    gradient = s2sad.grad(fun, 1)
    gradient(np.ones(9), V, 2)
    with pytest.raises(IndexError):
        gradient(np.ones(2), V, 3)


def test_what_comes_first_is_noticed_first():
    with pytest.raises(IndexError):
        s2sad.grad(root_in_between, (0, 1))(V, V, 4)
    log = []
    with pytest.raises(IndexError):
        s2sad.grad(told_in_between, (0, 1))(V, V, 4, log)
    assert log == []


# --------------------------------------------------------------- factors 1.0, signs and transposes


class Spring:
    def __init__(self, k, rest):
        self.k, self.rest = k, rest

    def energy(self, d):
        return 0.5*self.k*(d - self.rest)**2


def stretched(xs, spring):
    e = 0.0
    for x in xs:
        e += spring.energy(x)
    return e


def softplus(x):
    return np.sum(np.log1p(np.exp(x)))


def residuals(mu, cov, data):
    return np.sum(np.linalg.solve(cov, (data - mu).T)**2)


def centred(x):
    y = x - x.mean(axis=1)[:, None]
    return np.sum(y**3)


def roots(xs):
    found = [x*x + 1.0 for x in xs]
    return sum([np.sqrt(s) for s in found])


def ends(xs):
    first, *_, last = xs
    return first*last


def between(xs):
    rest = []

    def take():
        nonlocal rest
        _first, *rest = xs

    take()
    return rest[0]*rest[1]


@pytest.mark.parametrize(
    ("fun", "args", "wrt", "there", "absent"),
    [
        (stretched, (V, Spring(2.0, 0.3)), 0, "", '= spring["k"]\n'),
        (softplus, (V,), 0, "t1 / (1 + t1)", "1.0"),
        (residuals, (V[:2], np.array([[2.0, 0.3], [0.1, 1.0]]), np.outer(V, V)[:, :2]), (0, 1), "axis=1", ".T, axis"),
        (centred, (np.outer(V, V) + 1.0,), 0, " - (", "(-"),
        (roots, (XS,), 0, "", "where_used"),
        (ends, (XS,), 0, "", "append"),
        (between, (XS,), 0, "append", "where_used"),
    ],
)
def test_as_written_by_hand(fun, args, wrt, there, absent):
    check(fun, args, argnums=wrt)
    text = s2sad.grad(fun, wrt).source_for(*args)
    assert there in text and absent not in text, text
