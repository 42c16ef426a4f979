"""Names that only a loop binds and only another loop reads: neither may make a trip, and the shadow begins all the same."""

import math

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check, differences, flat


def both(x, n):
    y = x[x > 0.2]
    s = y
    for _ in range(n):
        w = np.exp(0.3*y)
    for _ in range(n):
        s = s*w
    return np.sum(s)


def matrix(x, n):
    rows = np.outer(x, x + 1.0)
    rows = rows[rows[:, 0] > 0.3]
    s = rows[0]
    for _ in range(n):
        w = rows.T @ rows*0.1
    for _ in range(n):
        s = s @ w
    return np.sum(s*s)


def nested(x, n):
    y = x[x > 0.2]
    s = y
    for k in range(3):
        for _ in range(n if k else 0):
            w = np.exp(0.3*s)
        for _ in range(2 if n and k else 0):
            s = s*w*0.7
    return np.sum(s)


def other_lengths(x, n):
    s = x
    for k in range(3):
        y = s[s > 0.1]
        for _ in range(n - k):
            w = np.sin(y*y)
        for _ in range(2 if n > k else 0):
            s = s*np.sum(w)*0.6 + 0.2
    return np.sum(s)


def branched(x, n):
    y = x[x > 0.2]
    s = np.sum(y)
    if n > 1:
        w = np.tanh(y)*y
    k = 0
    while k < (2 if n > 1 else 0):
        s = s + np.sum(w*y)*s
        k += 1
    return s


def in_a_branch(x, n):
    y = x[x > 0.2]
    s = y
    if n != 1:
        for _ in range(n):
            w = np.exp(0.3*y)
        for _ in range(n):
            s = s*w
    return np.sum(s*y)


def written(x, n):
    y = x[x > 0.2]
    s = y*1.0
    for _ in range(n):
        w = np.exp(0.3*y)
        w[0] = y[1]*2
    for _ in range(n):
        w[1:] = w[1:]*s[0]
        s = s*w
    return np.sum(s*y)


def listed(x, n):
    y = x[x > 0.2]
    s = np.sum(y)
    for _ in range(n):
        ws = [np.exp(0.3*y), y*y]
    for i in range(n):
        s = s*np.sum(ws[i % 2]*ws[1])
    return s


def called(x, n):
    def go(y, s):
        for _ in range(n):
            w = np.exp(0.3*y)
        for _ in range(n):
            s = s*w
        return s

    y = x[x > 0.2]
    s = y
    for _ in range(2):
        s = go(y, s)*0.5
    return np.sum(s)


def attempted(x, n):
    y = x[x > 0.2]
    s = y
    try:
        for _ in range(n):
            w = np.exp(0.3*y)
        if n > 1:
            raise ValueError
    except ValueError:
        s = s*2
    for _ in range(n):
        s = s*w
    return np.sum(s)


PROGRAMS = [both, matrix, nested, other_lengths, branched, in_a_branch, written, listed, called, attempted]
X = np.array([0.13, 0.5, 0.7, 0.35])


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_shadows_of_what_no_trip_binds(program, n):
    check(program, (X, n))
    check_second_order(program, (X, n), (0,))


def test_a_name_that_is_read_outright_needs_no_beginning():
    def program(x, n):
        y = x[x > 0.2]
        for _ in range(n):
            w = np.exp(0.3*y)
        s = w*2.0
        for _ in range(n):
            s = s*w
        return np.sum(s)

    slope = s2sad.grad(program)
    slope(X, 2)
    assert "np.zeros(0)" not in slope.source
    with pytest.raises(UnboundLocalError):
        slope(X, 0)


def of_another_length(x, n):
    for i in range(n):
        for j in range(n - 1 - i):
            u = x[: j + 1]*0.5
    return np.sum(u*u)


def of_another_length_read_in_between(x, n):
    s = 0.0
    for i in range(n):
        for j in range(n - 1 - i):
            u = x[: j + 1]*0.5
        s += np.sum(u*x[0])
    return np.sum(u*u)*s


def of_another_length_from_before(x, n):
    s = 0.0
    u = x[:2]*x[1]
    for i in range(n):
        s = s + np.sum(u)*x[2]
        for j in range(n - 2 - i):
            u = x[: j + 2]*u[0]
    return np.sum(u*u)*s


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize(
    "f", [of_another_length, of_another_length_read_in_between, of_another_length_from_before]
)
def test_what_an_inner_loop_left_in_an_earlier_trip(f, n):
    """The inner loop makes no trip in later trips of the outer one: the cotangent of what it left was lost."""
    check(f, (np.array([0.3, 0.7, -0.4, 0.5]), n))


def decayed(a, b, c, n):
    for _ in range(n):
        c = 0.5*c + 0.1*np.exp(-a*b)
    return 0.3*c*b


def until_small(a, b, c, n):
    it, d = 0, 0.4
    while abs(a) > 0.2 and it < n:
        d = 0.5*d + 0.1*math.hypot(a, 1.0)
        it += 1
    return np.sqrt(1.0 + d*c)*b


def of_the_last_trip(a, b, c, n):
    for k in range(n):
        for _ in range(k):
            t = math.sin(a*b)
            c = c*t + 0.1*t
        if c > 5.0:
            u = a*c
    for _ in range(n - 1):
        c += 0.1*t*a
        if c > 5.0:
            c -= u
    return c*b


@pytest.mark.parametrize("fun", [decayed, until_small, of_the_last_trip])
def test_products_of_what_no_trip_binds(fun):
    """They do not go in front of a loop that makes no trip."""
    wrt = (0, 1, 2)
    gradient, v = s2sad.grad(fun, wrt), (0.4, -0.3, 0.7)
    for b in (-0.4, np.float64(-0.4), np.array(-0.4)):
        args = (0.6, b, 0.5)
        for n in (0, 3, 1):
            check(fun, (*args, n))
            exact = differences(lambda a, b, c, n=n: gradient(a, b, c, n), args, v)
            ways = s2sad.hvp(fun, wrt)(*args, n, v), s2sad.vjp(gradient, *args, n)[1](v)[:3]
            np.testing.assert_allclose([flat(list(way)) for way in ways], [exact, exact], rtol=1e-5, atol=1e-7)


def test_cotangents_of_rank_0_are_scalars_for_the_text():
    """What is an array of rank 0 for the caller is a name like any other where the text has a scalar."""

    def program(a, b, n):
        b = b + 0.1*b
        x = b
        for _ in range(n + 1):
            x += 0.1*b
        return a + 0.1*(x*b)

    args, v = (np.array(0.3), np.array(-0.2)), (np.array(0.5), np.array(1.5))
    for transform in (s2sad.grad(program, (0, 1)), s2sad.grad(program, 1), s2sad.value_and_grad(program, (0, 1))):
        out, pullback = s2sad.vjp(transform, *args, 2)
        ct = v if isinstance(out, tuple) and np.ndim(out[1]) == 0 and not isinstance(out[1], tuple) else v[1]
        ct = (0.0, v) if isinstance(out, tuple) and isinstance(out[1], tuple) else ct
        np.testing.assert_allclose(pullback(ct)[1], 0.1*2*1.3*1.1**2*1.5, rtol=1e-12)


def replaced(x, n, m):
    s = 0.0
    for _ in range(n):
        y = np.sin(x)[:2]
        s += np.sum(y*y*y[0])
    for _ in range(m):
        y = np.exp(x)
        s += np.sum(y)
    return s + np.sum(y*y)


def test_what_a_later_loop_replaces():
    """The cotangent is that of the later loop's value, or of the earlier one's if the later makes no trip."""
    x = np.array([0.3, -0.7, 1.1])
    for n, m in ((2, 2), (0, 1), (2, 0)):
        s2sad.check_grads(replaced, (x, n, m), order=2)


def not_taken(x, y, n):
    order = np.array([0, 2, 1, 3])
    b, c = y*1.0, x*1.0
    for k in order[:n]:
        b[order] = c
        if k > 1:
            break
    else:
        c[...] = b[order]
    return np.sum(c**3) + np.sum(b*y)


def test_what_a_branch_makes_lends_no_shape_to_loops():
    """`b[order]` is None where the branch was not taken: a loop asked it for the shape of another."""
    x, y = np.array([0.3, 0.7, 1.1, 0.9]), np.array([0.5, 0.9, 0.8, 0.2])
    for n in (0, 1, 3):
        s2sad.check_grads(not_taken, (x, y, n), order=2, modes=("fwd", "rev"))
