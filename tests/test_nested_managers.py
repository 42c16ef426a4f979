"""Context managers that nested generator functions make: the body stands where these yield."""

from __future__ import annotations

import contextlib
import math
from contextlib import contextmanager

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


def scaled(x, c):
    @contextmanager
    def scope(k, *, shift=0.0):
        yield k*x[0] + shift

    with scope(3.0) as a, scope(c[0], shift=x[1]) as b:
        y = a*b
    return y*y


def logged(x, c):
    log = []

    @contextlib.contextmanager
    def stage(name):
        log.append("enter " + name)
        try:
            yield
        finally:
            log.append("leave " + name)

    y = x[0] + c[0]
    for i in range(3):
        with stage(f"s{i}"):
            y = y*x[i] + c[i]
            if y > 1.5:
                continue
        y = y + 0.5*x[0]
    return y*len(log)


def left_early(x, c):
    depth = 0

    @contextmanager
    def nested():
        nonlocal depth
        depth += 1
        yield depth
        depth -= 1

    def search(v):
        for i in range(5):
            with nested() as d:
                v = v*x[1] + c[1]*d
                if v > 1.3:
                    return v*(i + 1)
        return v

    return search(x[0]) + search(x[2])*depth


PROGRAMS = (scaled, logged, left_early)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_programs(f):
    check(f, (X, C))
    check(twice(f), (X, C), 0, probes=1, pullbacks=False, text=False)
    for program in places(f):
        check(program, (X, C), probes=1, pullbacks=False, text=False)


def swallowing(x):
    @contextmanager
    def quiet():
        try:
            yield
        except ValueError:
            pass

    y = x
    with quiet():
        y = x*x
    return y


def test_a_nested_manager_that_swallows_is_refused():
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(swallowing)(1.3)
    line = swallowing.__code__.co_firstlineno + 9
    assert f"{__file__}:{line}:10: this context manager may swallow an exception" in str(caught.value)
    assert "catch it with try and except" in str(caught.value)


def test_an_exception_passes_the_finally_clause(capsys):
    def f(x):
        @contextmanager
        def scope():
            try:
                yield
            finally:
                print("left")

        with scope():
            if x > 1.0:
                raise ValueError("too large")
            y = x*x
        return y

    assert s2sad.grad(f)(0.5) == 1.0
    assert capsys.readouterr().out == "left\n"
    with pytest.raises(ValueError, match="too large"):
        s2sad.grad(f)(1.5)
    assert capsys.readouterr().out == "left\n"


class Scaled:
    """What it is entered with, times two, and then its cube beside it."""

    def __init__(self, v):
        self.v = v

    def __enter__(self):
        return self.v*2.0

    def __exit__(self, *error):
        return False


@contextlib.contextmanager
def squared(v):
    yield v*v


def stacked(x, quiet=True):
    with contextlib.ExitStack() as stack:
        if quiet:
            stack.enter_context(np.errstate(all="ignore"))
        a = stack.enter_context(Scaled(x))
        b = a*x
        c = stack.enter_context(squared(b))
        if x < 5.0:
            stack.enter_context(squared(c))
        y = a*b + c
    return y*x


def chosen(x, quiet=True):
    silent = np.errstate(all="ignore") if quiet else contextlib.nullcontext()
    y = 0.0
    with silent:
        y = y + np.sqrt(x)
    for i in range(3):
        with Scaled(x*y) if i == 1 else squared(y) as a:
            y = y + 0.1*a
    with np.errstate(divide="ignore") if x > 1.0 else contextlib.nullcontext():
        y = y/x
    return y


@pytest.mark.parametrize("f", [stacked, chosen])
def test_stacks_and_choices_of_managers(f):
    for quiet in (True, False):
        check(f, (1.3, quiet), probes=1)
    check(s2sad.grad(f), (1.3,), probes=1)


def test_stacks_that_are_not_known_are_refused():
    def in_a_loop(x):
        with contextlib.ExitStack() as stack:
            for i in range(3):
                x = x*stack.enter_context(Scaled(x*i))
        return x

    with pytest.raises(s2sad.UnsupportedError, match="it is not known what has been entered"):
        s2sad.grad(in_a_loop)(1.3)


def test_the_class_of_what_is_caught_has_a_name(capsys):
    def logged(x):
        try:
            y = math.log(x - 5.0)
        except ValueError as error:
            print(f"{type(error).__name__}: {error}", error.__class__.__name__)
            y = x*x
        return y*x

    check(logged, (1.3,), probes=1)
    assert capsys.readouterr().out.startswith("ValueError: math domain error ValueError\n")
