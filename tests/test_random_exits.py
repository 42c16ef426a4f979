"""Loops that are left early: random programs (exit_programs.py), and some as people write them, against differences."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from exit_programs import Writer

import s2sad
from support import check, load

DIRECTION = (np.array([0.3, -1.2, 0.8, 0.5]), 0.7, -0.4)


def along(f, args, h):
    """The derivative along one direction by a central difference."""
    x, a, b, n = args
    dx, da, db = DIRECTION
    return (f(x + h*dx, a + h*da, b + h*db, n) - f(x - h*dx, a - h*da, b - h*db, n))/(2*h)


def compare(f, seed):
    """Hold gradients and pullbacks against differences for several arguments; how often that could be done."""
    rng = np.random.default_rng(seed)
    both = s2sad.value_and_grad(f, (0, 1, 2))
    compared = 0
    for _ in range(6):
        args = rng.uniform(-1.0, 1.5, 4), float(rng.uniform(-1.5, 2.0)), float(rng.uniform(-1.5, 2.0)), int(rng.integers(0, 6))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = f(*args)
            expected, wider = along(f, args, 1e-6), along(f, args, 3e-6)
        limit = 2e-4*max(1.0, abs(expected))
        if not np.isfinite(value) or abs(value) > 1e4 or abs(wider - expected) > limit/2:
            continue  # at a jump, or too large for differences
        found, gradient = both(*args)
        assert found == value
        out, pullback = s2sad.vjp(f, *args)
        assert out == value
        for g in (gradient, pullback(1.0), pullback(1.0)):
            total = sum(float(np.sum(p*d)) for p, d in zip(g, DIRECTION, strict=False))
            assert abs(total - expected) <= limit, (total, expected, both.source)
        compared += 1
    return compared


@pytest.mark.parametrize("chunk", range(4))
def test_random_exits(chunk: int, full: bool, seed: int, tmp_path: Path) -> None:
    compared = 0
    for k in range(200 if full else 12):
        own = 100_000*seed + 1000*chunk + k
        text = Writer(own).program()
        f = load(f"import numpy as np\n\n\n{text}", tmp_path).f
        try:
            compared += compare(f, own)
        except AssertionError as wrong:
            raise AssertionError(f"seed {own}\n{text}\n{wrong}") from None
    assert compared >= 30


def test_programs_exercise_exits() -> None:
    together = "\n".join(Writer(seed).program() for seed in range(80))
    for construct in ("break", "continue", "return ", "else:", "while ", "n, 0, -1", "y = np.sin(y)", "u["):
        assert construct in together, construct


# ------------------------------------------------------------------------------------------------ by hand


def all_three(a, b, n):
    s = 0.0
    for i in range(n):
        t = a + 0.1*i
        for j in range(n):
            if t > 5.0:
                break
            if j % 3 == 1:
                continue
            t = t*t*b + 0.1*j
            if t > 50.0:
                return s + t*a
        s = s + t
    return s


def broken(a, b, n):
    x = a
    y = 0.0
    for i in range(n):
        x = x*x*b + 0.1*i
        if x > 3.0:
            y = y + x*a
            break
        y = y + x
    return x*y


def returned(a, b, n):
    s = a
    for _ in range(n):
        t = s*b + 0.3
        s = s + t*t
        if s > 6.0:
            return s*t
    return s


def returned_from_inside(a, b, n):
    for _ in range(n):
        for j in range(n):
            a = a*b + 0.1*j
            if a > 4.0:
                return a*b
        b = b*1.1
    return a + b


def returned_before_else(a, b, n):
    s = 0.0
    for _ in range(n):
        a = a*b + 0.2
        if a > 5.0:
            return s*a
        s = s + a*a
    else:  # noqa: PLW0120 - what this is about
        s = s*b
    return s


def returned_from_while(a, b, n):
    k = 0
    while k < n:
        a = a*b + 0.3
        k += 1
        if a > 4.0:
            return a*a
    return a + b


def endless(a, b, n):
    while True:
        a = a*b + 0.5
        if a > 4.0:
            return a*b
        n = n - 1
        if n < 0:
            break
    return a


def newton(a, b, n):
    x = a
    for _ in range(n):
        dx = (x*x - b)/(2.0*x)
        x = x - dx
        if abs(dx) < 1e-3:
            break
    return x*x*a


def heron(a, b, n):
    x = a
    for _ in range(n):
        new = 0.5*(x + b/x)
        if abs(new - x) < 1e-3:
            break
        x = new
    return x


def two_returns(a, b, n):
    s = a
    for i in range(n):
        s = s*b + 0.2
        if s > 4.0:
            return s*s
        if i > 4:
            return s*a
        s = s + 0.1*a
    return s + 1.0


def broken_before_else(a, b, n):
    s = a
    for _ in range(n):
        s = s*b + 0.2
        if s > 4.0:
            s = s*s
            break
    else:
        s = s*a
    return s*b


def three_deep(a, b, n):
    s = 0.0
    for _ in range(n):
        for _ in range(n):
            for _ in range(n):
                s = s + a*b*0.3
                if s > 9.0:
                    return s*s*b
            if s > 6.0:
                break
        else:
            continue
        s = s*a
    return s


SCALAR = [
    all_three, broken, returned, returned_from_inside, returned_before_else, returned_from_while, endless, newton,
    heron, two_returns, broken_before_else, three_deep,
]  # fmt: skip


@pytest.mark.parametrize("a, b", [(0.4, 0.7), (1.3, 1.9), (3.1, 0.45)])
@pytest.mark.parametrize("fun", SCALAR)
def test_exits_of_numbers(fun, a, b):
    for n in (0, 1, 3, 7):
        check(fun, (a, b, n), tol=1e-5, text=n == 3)


def first_above(x, limit):
    for i in range(len(x)):
        if x[i] > limit:
            return x[i]*x[i]
    return np.sum(x)


def first_pair_apart(x, limit):
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            if d*d > limit:
                return d*x[i]
    return np.sum(x*x)


@pytest.mark.parametrize("limit", [0.05, 0.5, 1.0, 9.0])
@pytest.mark.parametrize("fun", [first_above, first_pair_apart])
def test_searches(fun, limit):
    for x in (np.array([0.53, 0.72, 1.41, 0.2]), np.array([2.1]), np.zeros(0)):
        check(fun, (x, limit), 0)


def fixed_point(w, b):
    x = np.zeros_like(b)
    for _ in range(50):
        new = 0.3*(w @ x) + b
        err = np.sum((new - x)**2)
        x = new
        if err < 1e-6:
            break
    return np.sum(x*x)


def fixed_point_returned(w, b):
    x = np.zeros_like(b)
    for _ in range(50):
        new = 0.3*(w @ x) + b
        if np.max(np.abs(new - x)) < 1e-3:
            return np.sum(new*x)
        x = new
    return np.sum(x)


@pytest.mark.parametrize("fun", [fixed_point, fixed_point_returned])
def test_fixed_points(fun):
    check(fun, (np.array([[0.5, 0.2], [0.3, 0.1]]), np.array([1.0, 2.0])))
    check(fun, (np.array([[9.5, 0.2], [0.3, 0.1]]), np.array([1.0, 2.0])), tol=1e-5)


def returned_choice(x, s, n):
    for v in x:
        if n == 1:
            return np.tanh(np.sum(x)) if s > 0.4 else s
        last = v
    return s*s + last


@pytest.mark.parametrize("n", [0, 1])
def test_a_choice_that_is_returned_from_a_loop(n):
    """Trips that went on copied the result, which only the trip that returns has."""
    check(returned_choice, (np.array([0.3, 0.8]), 0.5, n))
    check(returned_choice, (np.array([0.3, 0.8]), np.float64(0.3), n))
