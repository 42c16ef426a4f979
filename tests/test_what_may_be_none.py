"""Questions about what may be None instead, and names that stand for a display on one path only."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, -0.4])


def asked_for_its_class(x, n):
    v = None
    if n:
        v = x*2.0
    return (x[0] if isinstance(v, np.ndarray) else x[1])*2.0


def asked_for_None_too(x, n):
    v = x*2.0
    for _ in range(n):
        v = None
    return (x[0] if isinstance(v, (np.ndarray, type(None))) else x[1])*(2.0 if isinstance(v, type(None)) else 3.0)


def a_tuple_is_asked(x, n):
    v = (x[0], x[1])
    if n:
        v = None
    return (x[0] if isinstance(v, tuple) else x[1])*2.0


def asked_for_an_attribute(x, n):
    v = x*2.0
    for _ in range(n):
        s = x[2] if hasattr(v, "shape") else x[1]
        v = None
    return (s if n else 1.0)*(x[0] if hasattr(v, "shape") else x[1])


def asked_for_its_rank(x, n):
    v = x*1.0
    if n:
        v = None
    return (np.ndim(v) + 1)*x[1]


def a_list_is_None_after_a_trip(x, n):
    v = [x, x*2.0]
    for _ in range(n):
        v = None
    return x[0]*(1.0 if v is not None else 2.0)


def a_dict_equals_None(x, n):
    v = None
    if n:
        v = {"a": x}
    return x[0]*(1.0 if v == None else 2.0)  # noqa: E711 - as some write it


def a_function_is_asked(x, n):
    v = None
    if n:
        v = np.sin
    return (x[0] if callable(v) else x[1])*2.0


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize(
    "f",
    [
        asked_for_its_class, asked_for_None_too, a_tuple_is_asked, asked_for_an_attribute,
        asked_for_its_rank, a_list_is_None_after_a_trip, a_dict_equals_None, a_function_is_asked,
    ],
)  # fmt: skip
def test_questions_about_what_may_be_None(f, n):
    """The question was answered for what the name holds where it is not None."""
    check(f, (X, n))


def test_its_type_is_refused():
    def f(x, n):
        v = x*2.0
        if n:
            v = None
        return (x[0] if type(v) is np.ndarray else x[1])*2.0

    with pytest.raises(s2sad.UnsupportedError, match="the type of what may be None"):
        s2sad.grad(f)(X, 1)


def a_dict_or_a_list(x, n):
    v = {0: x[0], 1: x[1]*3.0}
    if n:
        v = []
    return np.sum(v[1]*x)


def a_dict_or_an_array(x, n):
    v = {0: x[0], 1: x[1]*3.0}
    if n:
        v = x*2.0
    return np.sum(v[1]*x)


def arrays_in_a_list_or_an_array(x, n):
    v = [x, x*2.0]
    if n:
        v = x*2.0
    return np.sum(v + x)


def a_tuple_after_a_trip(x, n):
    v = x
    for _ in range(n):
        v = (x[0], x)
    return np.sum(v[1]*x)


@pytest.mark.parametrize("f", [a_dict_or_a_list, a_dict_or_an_array, arrays_in_a_list_or_an_array, a_tuple_after_a_trip])
def test_a_display_on_one_path_only(f):
    """What its elements got was lost."""
    for n in (0, 1):
        if not (n and f is a_dict_or_a_list):  # an empty list has no element 1
            check(f, (X, n), 0)


def test_a_display_on_one_path_that_is_not_read_behind_it():
    def f(x, n):
        v = {0: x[0], 1: x[1]*3.0}
        s = v[0]*v[1]
        if n:
            v = x*2.0
            s += np.sum(v)
        return s

    for n in (0, 1):
        check(f, (X, n))


class Scaled:
    def __init__(self, k):
        self.k = k
        self.w = np.arange(3.0)

    def of(self, x):
        return np.sum(x*self.w)*self.k

    def __call__(self, x):
        return np.sum(x)*self.k

    def __getitem__(self, i):
        return self.w[i]*2.0


class Squared(Scaled):
    def of(self, x):
        return np.sum(x*x)*self.k

    def __call__(self, x):
        return np.sum(x*x)

    def __getitem__(self, i):
        return self.w[i]*3.0


def by_a_method(x, n, a, b):
    v = a
    if n:
        v = b
    return v.of(x)


def by_a_call(x, n, a, b):
    return (b if n else a)(x)


def by_an_element(x, n, a, b):
    v = b if n else a
    return v[1]*x[0]


def in_turn(x, n, a, b):
    v, total = a, 0.0
    for _ in range(n + 1):
        total += v.of(x)
        v = b
    return total


def exchanged(x, n, a, b):
    for _ in range(n):
        a, b = b, a
    return a.of(x)


USES = [by_a_method, by_a_call, by_an_element, in_turn, exchanged]


def other_scaled():
    other = Scaled(3.0)
    other.w = 2.0
    return other


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("f", USES)
def test_one_of_two_objects(f, n):
    """The methods of the one were called for the other where these are of two classes, or unlike."""
    pairs = [(Scaled(2.0), Scaled(3.0)), (Squared(2.0), Squared(3.0)), (Scaled(2.0), Squared(3.0)), (Scaled(2.0), other_scaled())]
    if f is by_an_element:
        pairs = pairs[:2]
    for a, b in pairs:
        value, slope = s2sad.value_and_grad(f)(X, n, a, b)
        assert value == f(X, n, a, b)
        steps = [(f(X + 1e-6*e, n, a, b) - f(X - 1e-6*e, n, a, b))/2e-6 for e in np.eye(3)]
        np.testing.assert_allclose(slope, steps, atol=1e-7)


def an_object_or_an_array(x, n, a, b):
    v = x
    if n:
        v = b
    return v[1]*x[0]


@pytest.mark.parametrize("f", [by_an_element, an_object_or_an_array])
def test_one_of_two_objects_that_are_unlike(f):
    with pytest.raises(s2sad.UnsupportedError, match="on one path, and one of several|unlike or something else"):
        s2sad.grad(f)(X, 1, Scaled(2.0), Squared(3.0))


def test_an_error_of_the_primal():
    with pytest.raises(TypeError, match="not subscriptable"):
        s2sad.grad(by_an_element)(X, 1, Scaled(2.0), other_scaled())


def left_by_two_loops(x, c):
    """What the second loop leaves unused gets a cotangent of its own shape."""
    last, y = None, x
    for _ in range(2):
        last = np.sin(y)
        y = last*2 + np.cos(last)*c
    for _ in range(2):
        last = np.sin(y)*c
        y = last*2 + np.cos(last)*x
    return np.sum(last) + np.sum(y)


def test_what_loops_leave_behind_them():
    x, c = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
    check(left_by_two_loops, (x, c), probes=1)
    second = s2sad.hvp(left_by_two_loops)(x, c, c)
    dotted = s2sad.grad(lambda x: s2sad.jvp(left_by_two_loops, (x, c), (c, np.zeros(3)))[1])(x)
    np.testing.assert_allclose(dotted, second, rtol=1e-10)


def the_one_before(x, c):
    """The first element is None, and nobody reads it: its cotangent is None, too."""
    before, v = [], None
    for a, b in zip(x, c):
        before.append(v)
        v = a if v is None else 0.5*v + a*b
    return before[1]*before[2]


def rows_before(x, c):
    before, v = [], None
    for a in (x, c, x*c):
        before.append(v)
        v = a*a if v is None else 0.5*v + a*a
    return np.sum(before[1]*before[2])


def greatest_so_far(x, c):
    return np.sum(np.array([v for v in itertools.accumulate(x*c, max)])*x)


def pairs_with_the_one_before(x, c):
    v, pairs = None, []
    for a in x*c:
        pairs.append([v, a])
        v = a*a
    return pairs[2][0]*pairs[1][1]


@pytest.mark.parametrize("f", [the_one_before, rows_before, greatest_so_far, pairs_with_the_one_before])
def test_lists_of_what_is_none_at_first(f):
    x, c = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
    check(f, (x, c), probes=1)
    check(places(f)[0], (x, c), pullbacks=False, probes=1)
    check(twice(f), (x, c), pullbacks=False, probes=1)


def made_none_again(x, c):
    """What trips make None again stands in a list, too: there its cotangent is None, and adds nothing."""
    v, seen, total = None, [], 0.0
    for i in range(6):
        seen.append(v)
        if v is not None:
            total = total + v[0]*v[1]
        if i % 3 == 0:
            v = x*c*(i + 1)
        elif i % 3 == 1:
            v = v*x
        else:
            v = None
    for w in seen:
        if w is not None:
            total = total + np.sum(w*w)
    return total


def compared_with_the_last(x, c):
    last, total = None, 0.0
    for i in range(4):
        now = np.sin(x*(i + 1))
        if last is not None and now[0] > 0.3:
            total += np.sum((now - last)**2*c)
            last = None
        else:
            last = now
    return total


def read_in_parts(x, c):
    """On the path where nothing has added to v_bar it is 0.0, which has no parts."""
    total = np.sum(c)
    for n in range(3):
        v = x*x if n > 0 else None
        if v is not None:
            total = total + np.sum(v[:2]**3)
            if n > 1:
                total = total + np.sum(v[1:]**2*c[1:])
    return total


@pytest.mark.parametrize("f", [made_none_again, compared_with_the_last, read_in_parts])
def test_arrays_that_trips_make_none(f):
    """`v_bar += ...` was a TypeError where v was None, in the gradient or in the gradient of that."""
    x, c = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
    check(f, (x, c), probes=1)
    check(twice(f), (x, c), probes=1, text=False)
    if f is compared_with_the_last:
        check(twice(places(f)[0]), (x, c), pullbacks=False, probes=1, text=False)
