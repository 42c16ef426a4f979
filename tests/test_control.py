"""Control flow beyond the corpus: second derivatives, exceptions that come out, what happens once."""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import math

import numpy as np
import pytest

import s2sad
from support import check

ENTERED: list[str] = []


class Counted:
    def __enter__(self):
        ENTERED.append("in")
        return self

    def __exit__(self, *exc):
        ENTERED.append("out")


def tries(x):
    try:
        y = math.log(x - 2.0)
    except ValueError:
        y = math.exp(x)*x
    return y*y


def matches(x):
    match ("pow", x, 3):
        case ("pow", base, (2 | 3) as k) if k > 2:
            return base**k
    return x


def managed(x):
    with contextlib.nullcontext(x*x) as t, contextlib.suppress(ValueError):
        return t*math.sin(x)


def reduced(x):
    total = functools.reduce(lambda a, b: a*b + 0.1, [x, x*x, 2.0])
    for a, b in itertools.pairwise((x, total, x*x)):
        total = total + a*b*b
    return total


def retried(x):
    scale = 3.0
    while True:
        try:
            y = math.sqrt(scale - x*x)
        except ValueError:
            scale *= 2.0
            continue
        break
    return y*scale


@pytest.mark.parametrize("fun", [tries, matches, reduced, retried], ids=lambda f: f.__name__)
def test_twice_differentiated(fun) -> None:
    x, h = 1.3, 1e-4
    check(fun, (x,))
    second = s2sad.grad(s2sad.grad(fun))(x)
    expected = (s2sad.grad(fun)(x + h) - s2sad.grad(fun)(x - h))/(2*h)
    assert abs(second - expected) < 1e-5*max(1.0, abs(expected))


def test_managers_are_entered_and_left_once() -> None:
    def f(x):
        with Counted():
            y = x*x
        return np.sum(y*y)

    ENTERED.clear()
    s2sad.grad(f)(np.ones(3))
    assert ENTERED == ["in", "out"]


def test_managers_are_left_by_exceptions() -> None:
    def f(x):
        with Counted():
            y = math.sqrt(x)
        return y

    ENTERED.clear()
    with pytest.raises(ValueError, match="math domain|nonnegative"):
        s2sad.grad(f)(-1.0)
    assert ENTERED == ["in", "out"]


def test_exceptions_that_are_not_caught_come_out() -> None:
    def f(x):
        try:
            y = 1.0/(x - x)
        except ValueError:
            y = x
        return y

    with pytest.raises(ZeroDivisionError):
        s2sad.grad(f)(2.0)


def test_strict_zip_and_starred_targets_raise_what_python_raises() -> None:
    def strict(x, y):
        return sum(a*b for a, b in zip(x, y, strict=True))

    def starred(x):
        a, b, *rest = x
        return a*b + sum(rest)

    with pytest.raises(ValueError, match=r"zip\(\) argument 2 is shorter than argument 1"):
        s2sad.grad(strict)(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="not enough values to unpack"):
        s2sad.grad(starred)([1.0])


def test_any_ends_with_the_first_item_that_decides() -> None:
    def f(x):
        if any(1.0/(v - 2.0) > 0 for v in [3.0, float(x[0])]):
            return x[0]*x[1]
        return x[1]

    check(f, (np.array([2.0, 1.5]),))


def test_a_value_that_is_made_behind_the_branch_that_reads_it() -> None:
    def f(x, z):
        s = 0.0
        for i in range(len(x)):
            a = x[i] if i < 3 else 1.0
            b = z[i] if i < 2 else 1.0
            s = s + a*b
        return s

    check(f, (np.array([0.5, 0.8, 1.1, 0.3]), np.array([0.7, 0.9])))


def keys_by_a_range(x):
    p = {f"w{i}": x[i]*2 for i in range(4)}
    q = {k: v*v for k, v in p.items()}
    return sum(p[n]*q["w1"] for n in ("w0", "w3"))


def logged(x):
    for i in range(2):
        x = x*1.1
        logging.getLogger("s2sad.test").debug("step %d: %s", i, x)
    return np.sum(x**2)


@pytest.mark.parametrize("f", [keys_by_a_range, logged], ids=lambda f: f.__name__)
def test_known_ranges_and_loggers(f):
    check(f, (np.array([0.3, 1.2, -0.7, 2.0]),))


def under_a_named_manager(x):
    quiet = np.errstate(divide="ignore")
    nothing = contextlib.nullcontext()
    y = 0.0
    with quiet:
        for i in range(2):
            with nothing:
                y += x**(i + 2)
    return y


def counted_by_halves(x):
    y = 0.0
    for c in itertools.count(0.5, 0.25):
        if c > 1.2:
            break
        y += c*x*x
    for i, c in zip(range(3), itertools.count(0.5)):
        y += c*x**i
    return y


@pytest.mark.parametrize("fun", [under_a_named_manager, counted_by_halves], ids=lambda f: f.__name__)
def test_managers_with_names_and_counts_of_floats(fun):
    check(fun, (1.3,))
    assert abs(s2sad.hvp(fun)(1.3, 1.0) - s2sad.grad(s2sad.grad(fun))(1.3)) < 1e-12
