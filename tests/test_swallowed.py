"""Context managers that swallow exceptions, what is called when a stack of them ends, and clauses that catch nothing."""

from __future__ import annotations

import contextlib
import math
from contextlib import suppress

import numpy as np
import pytest

import s2sad
from support import check


class TooLarge(Exception):
    pass


class Fallback:
    """Swallows what comes of domains, and says so."""

    def __init__(self):
        self.failed = False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None and issubclass(kind, (ValueError, ZeroDivisionError)):
            self.failed = True
            return True
        return False


class Only:
    def __init__(self, v):
        self.v, self.count = v, 0

    def __enter__(self):
        return self.v

    def __exit__(self, kind, error, trace):
        self.count += 1
        return kind is TooLarge


class Any:
    def __enter__(self):
        return None

    def __exit__(self, *error):
        return True


def checked(v):
    if v > 1.5:
        raise TooLarge("too large")
    return v*v


def in_a_loop(x):
    s = 0.0
    for k in range(4):
        with Fallback() as f:
            s = s + math.sqrt(1.5*k - x)
        if f.failed:
            s = s + x*x
    return s


def half_done(x):
    y = x
    with Fallback() as f:
        y = y*x
        z = math.log(y - 5.0)
        y = z
    return y*x*(3.0 if f.failed else 1.0)


def counted(x):
    m = Only(x*2.0)
    y = x
    with m as d:
        y = checked(d*0.5)*d
    if x > 0.0:
        with m as d:
            y = y + checked(d*0.9)
    with Any():
        y = y + checked(x*2.0)
    return y*m.count


def several(x):
    y = x
    with suppress(TooLarge), np.errstate(all="ignore"):
        y = y*x
        z = checked(y + x)
        y = z
    return y


def both(x):
    return in_a_loop(x) + half_done(x)*counted(x)


def called_back(x):
    seen = []

    def scale(v, k=1.0):
        nonlocal total
        total = total*v*k

    total = x
    for k in range(3):
        with contextlib.ExitStack() as stack:
            v = x*k + 1.0
            stack.callback(scale, v, k=0.5)
            stack.callback(seen.append, v*x)
            if k == 1:
                continue
            v = 100.0
            total = total + x
    return total*sum(seen)


@pytest.mark.parametrize("f", [both, called_back, several])
def test_managers_that_swallow_and_callbacks(f):
    check(f, (1.3,), probes=1)
    check(s2sad.grad(f), (2.7,), probes=1)


def left_within(x):
    with Any():
        return math.sqrt(1.0 - x)
    return x*x


def always_raised(x):
    y = x
    with Any():
        raise TooLarge("here")
    return y*x


def one_of_several(x):
    y = x
    with np.errstate(all="ignore"), Any():
        y = checked(y)
    return y


def unbound(x):
    for k in range(3):
        if x*k > 1.0:
            last = x*k
    try:
        y = last*x
    except UnboundLocalError:
        y = x
    return y


@pytest.mark.parametrize(
    "f, said",
    [
        (left_within, "left from within its body; return or break behind it"),
        (always_raised, "left from within its body"),
        (one_of_several, "is one of several; write with statements in one another"),
        (unbound, "it is caught here that 'last' is not bound; bind it to None before, and ask whether it is None"),
    ],
)
def test_what_cannot_be_told_is_refused(f, said):
    with pytest.raises(s2sad.UnsupportedError, match=said):
        s2sad.grad(f)(1.3)


def test_a_name_that_is_bound_needs_no_question():
    def f(x):
        y = x*x
        try:
            y = y*x
        except NameError:
            y = 0.0
        return y

    assert s2sad.grad(f)(2.0) == 12.0


def test_a_clause_behind_one_that_catches_all_is_left_out():
    def f(x):
        y = x
        try:
            y = checked(x)
        except Exception:
            y = y*2.0
        except (TooLarge, ValueError):
            y = None
        return y

    check(f, (1.3,), probes=1)
    gradient = s2sad.grad(f)
    assert gradient(1.7) == 2.0
    assert "None" not in gradient.source
    assert "isinstance" not in gradient.source
