"""Refusals and notes in functions that are taken out of others name the user's file, line and column."""

import decimal
import inspect
import re

import pytest

import s2sad


def recursive(x):
    def rec(s, n):
        # what stands here is not in the text that is differentiated
        return float(decimal.Decimal(s)) if n == 0 else rec(s, n - 1)  # here

    return rec(x, 3)*x


def method(x):
    class Model:
        def __init__(self, v):
            self.v = v

        def get(self, s):
            k = 2.0

            return float(decimal.Decimal(s))*k + self.v  # here

    return Model(x).get(x)


def differentiated(x):
    def loss(v):

        return (v*2.0 +
                float(decimal.Decimal(v*x)))  # here

    return s2sad.grad(loss)(2.0)


def helper_of_one(x):
    def helper(v):
        "A helper that the recursive function reads."
        t = v*2
        return float(decimal.Decimal(t))  # here

    def rec(n):
        if n == 0:
            return helper(x)
        return rec(n - 1)*x

    return rec(3)


def checkpointed(x):
    @s2sad.checkpoint
    def part(v):
        w = v + 1

        return float(decimal.Decimal(w))  # here

    return part(x)


def in_a_loop(x):
    s = x
    for i in range(3):
        if i > 1:

            def rec(n, k=i):
                return x if n == 0 else float(decimal.Decimal(rec(n - 1)))*k  # here

            s = s + rec(2)
    return s


PROGRAMS = (recursive, method, differentiated, helper_of_one, checkpointed, in_a_loop)


def where(f):
    """The line and the column of what is refused, by the remark behind it."""
    lines, first = inspect.getsourcelines(f)
    at = next(i for i, line in enumerate(lines) if line.rstrip().endswith("# here"))
    return first + at, lines[at].index("decimal.Decimal") + 1


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_refusals_name_the_users_line(f):
    line, column = where(f)
    for transform in (s2sad.grad(f), s2sad.grad(s2sad.grad(f)), lambda x: s2sad.jvp(f, (x,), (1.0,))):
        with pytest.raises(s2sad.UnsupportedError) as caught:
            transform(1.3)
        message = str(caught.value)
        assert f"{__file__}:{line}:{column}: " in message, message
        assert "<s2sad" not in message and "decimal.Decimal(" in message


def test_equal_classes_of_two_functions_have_their_own_places():
    def one(x):
        class Box:
            def put(self, v):
                return float(decimal.Decimal(v))  # here

        return Box().put(x)

    def other(x):
        class Box:
            def put(self, v):
                return float(decimal.Decimal(v))  # here

        return Box().put(x)

    for f in (one, other, one):
        with pytest.raises(s2sad.UnsupportedError, match=re.escape(f"{__file__}:{where(f)[0]}:")):
            s2sad.grad(f)(1.3)


def test_notes_of_exceptions_name_the_users_line():
    def f(x):
        def rec(n):
            if n == 0:
                return 1.0/(x - x)  # here
            return rec(n - 1)*x

        return rec(2)

    line = inspect.getsourcelines(f)[1] + 3
    with pytest.raises(ZeroDivisionError) as caught:
        s2sad.grad(f)(1.3)
    assert f"{__file__}:{line}: " in "".join(caught.value.__notes__)
