"""Names that only a loop binds and only another loop reads: neither may make a trip, and the shadow begins all the same."""

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check


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
