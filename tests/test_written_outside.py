"""What is written through an outside container, and augmented assignments of what nobody knows.

An array of the program that stands in an outside list has a second name there; so has one that comes from code
that cannot be seen. Whoever writes through one of the names changes what the other reads.
"""

from __future__ import annotations

import operator
import pickle
import time

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, -1.2, 0.8])
HELD: list = []
TABLE: dict = {}
ONES = pickle.dumps(np.ones(3))
PAIR = pickle.dumps([np.ones(3), 2.0])


class Log:
    """Keeps what it is told."""


LOG = Log()


def written_by_at(x):
    y = x + 0.0
    HELD.append(y)
    np.add.at(HELD[-1], [0, 0], 1.0)
    return np.sum(y*x)


def written_by_setitem(x):
    y = x + 0.0
    TABLE["y"] = y
    TABLE["y"].__setitem__(0, 4.0)
    return np.sum(y*x)


def written_by_operator(x):
    y = x + 0.0
    TABLE[f"y{len(TABLE)}"] = y
    operator.setitem(TABLE["y0"], 0, 4.0)
    return np.sum(y*x)


def written_by_sort(x):
    y = x + 0.0
    HELD.append(y)
    HELD[-1].sort()
    return np.sum(y*np.arange(3))


def written_into_by_a_method(x):
    y, z = x + 0.0, np.zeros(3)
    HELD.append(y)
    HELD[-1].cumsum(0, None, z)
    return np.sum(z*x)


def written_in_a_view(x):
    y = x + 0.0
    HELD.append(y)
    np.flip(HELD[-1])[0] = 4.0
    return np.sum(y*x)


def written_in_a_part(x):
    y = x + 0.0
    HELD.append(y)
    np.split(HELD[-1], 3)[0][0] = 4.0
    return np.sum(y*x)


def written_behind_a_branch(x):
    y = x + 0.0
    HELD.append(y)
    b = HELD[0] if len(HELD) > 0 else None
    if b is not None:
        b *= 7.0
    return np.sum(y*x)


def written_behind_a_loop(x):
    y = x + 0.0
    HELD.append(y)
    b = None
    for row in HELD:
        b = row
    b *= 7.0
    return np.sum(y*x)


def written_where_nan(x):
    y = x + 0.0
    HELD.append(y)
    np.nan_to_num(HELD[-1], copy=False, nan=1.0)
    return np.sum(y*x)


def list_appended_to(x):
    z = [1.0]
    HELD.append(z)
    HELD[-1].append(x[0])
    return np.sum(z[-1]*x)


def list_turned(x):
    z = [x[0], x[1]]
    HELD.append(z)
    HELD[-1].reverse()
    return z[0]*2.0


def list_added_to(x):
    z = [x[0], x[1]]
    HELD.append(z)
    HELD[-1] += [x[2]]
    return sum(z)


def list_in_a_tuple(x):
    z = [x[0]]
    HELD.append((1, z))
    HELD[-1][1][0] = 3.0
    return np.sum(z[0]*x)


def dict_changed(x):
    z = {"a": x[0]}
    HELD.append(z)
    HELD[-1]["a"] = x[1]
    return np.sum(z["a"]*x)


def dict_updated(x):
    z = TABLE["z"] = {"a": x[0]}
    TABLE["z"].update(a=x[1])
    return np.sum(z["a"]*x)


def taken_and_scaled(x):
    w = TABLE.get("w")
    w *= 2
    return np.sum(w*x)


def begin():
    HELD.clear()
    TABLE.clear()
    TABLE["w"] = np.ones(3)
    vars(LOG).clear()


IN_LISTS = [
    written_by_at, written_by_sort, written_into_by_a_method, written_in_a_view, written_in_a_part,
    written_behind_a_branch, written_behind_a_loop, written_where_nan, taken_and_scaled,
]  # fmt: skip
OUTSIDE = [
    written_by_setitem, written_by_operator, list_appended_to, list_turned, list_added_to, list_in_a_tuple, dict_changed, dict_updated,
]  # fmt: skip


@pytest.mark.parametrize("f", OUTSIDE, ids=lambda f: f.__name__)
def test_what_is_written_through_an_outside_container(f):
    """Each has another derivative than the program without the write; all modes refuse it, before anything runs."""
    for derive in (lambda: s2sad.grad(f)(X), lambda: s2sad.vjp(f, X), lambda: s2sad.jvp(f, (X,), (X,))):
        begin()
        with pytest.raises(s2sad.UnsupportedError, match=r"\.py:\d+:\d+: "):
            derive()
        assert not HELD
        assert list(TABLE) == ["w"]


@pytest.mark.parametrize("f", IN_LISTS, ids=lambda f: f.__name__)
def test_what_is_written_through_an_outside_list(f):
    """Arrays in a list that is doubled (`doubles`) are those of the list itself: they have the derivative of the write."""
    v, h, values = np.array([0.3, 0.5, -0.4]), 1e-6, []
    for step in (h, -h, 0.0):
        begin()
        values.append(f(X + step*v))
    expected, held, slope = values[2], repr(HELD), (values[0] - values[1])/(2*h)
    begin()
    value, gradient = s2sad.value_and_grad(f)(X)
    assert value == expected and repr(HELD) == held
    np.testing.assert_allclose(gradient @ v, slope, rtol=1e-6)
    begin()
    np.testing.assert_allclose(s2sad.jvp(f, (X,), (v,))[1], slope, rtol=1e-6)


def put_and_forgotten(x):
    y = x*x
    TABLE["rows"] = []
    for v in y:
        TABLE["rows"].append(v)
    LOG.parts = {"n": 0}
    LOG.parts["n"] += 1
    TABLE.setdefault("all", []).append(y)
    return np.sum(y*x)


def sums_kept(x):
    TABLE["n"] = 0
    TABLE["w"] += x
    return np.sum(x**3)


def test_containers_that_only_stand_outside_may_be_changed_there():
    for f in (put_and_forgotten, sums_kept):
        for derive in (s2sad.grad(f), f):
            begin()
            result = derive(X)
            left = repr((HELD, TABLE, vars(LOG)))
        np.testing.assert_allclose(s2sad.grad(f)(X), 3*X*X)
        begin()
        s2sad.grad(f)(X)
        assert repr((HELD, TABLE, vars(LOG))) == left
        assert result == f(X)


# ------------------------------------------------------------------------------- what nobody knows


def two_names(x):
    a = pickle.loads(ONES)
    b = a
    a *= 2
    return np.sum(b*x)


def a_view(x):
    a = pickle.loads(ONES)
    b = a[1:]
    a *= 2
    return np.sum(b)*x[0]


def an_element(x):
    a = pickle.loads(PAIR)
    b = a[0]
    b *= 5.0
    return np.sum(a[0]*x)


def each_trip(x):
    a = pickle.loads(ONES)
    total = 0.0
    for _ in range(3):
        c = a
        c *= 3
        total = total + np.sum(c*x)
    return total


def in_a_callee(x):
    def scale(z):
        z *= 4

    a = pickle.loads(ONES)
    scale(a)
    return np.sum(a*x)


def in_a_list(x):
    a = pickle.loads(ONES)
    both = [a, a]
    both[0] *= 4
    return np.sum(both[1]*x)


def by_what_varies(x):
    a = pickle.loads(ONES)
    b = a
    a += x
    return np.sum(b*x)


def on_a_path(x):
    a = pickle.loads(ONES)
    b = a
    if x[0] > 0:
        a *= 2
    return np.sum(a*x) + np.sum(b*x)


@pytest.mark.parametrize(
    "f", [two_names, a_view, an_element, each_trip, in_a_callee, in_a_list, by_what_varies, on_a_path]
)
def test_what_is_not_known_and_has_two_names_is_not_augmented(f):
    with pytest.raises(s2sad.UnsupportedError, match="what this holds is not known") as info:
        s2sad.grad(f)(X)
    assert "write `a = a\\*b`" in str(info.value).replace("*", "\\*")
    with pytest.raises(s2sad.UnsupportedError, match="what this holds is not known"):
        s2sad.jvp(f, (X,), (X,))


def one_name(x):
    a = pickle.loads(ONES)
    a *= 2
    a += 1.0
    for _ in range(2):
        a *= 1.5
    if x[0] > 0:
        a -= 0.5
    return np.sum(a*x*x)


def clocked(x):
    passed = time.perf_counter()
    y = x*x
    begun = passed
    passed = time.perf_counter()
    passed -= begun
    return np.sum(y*x) + 0.0*(passed < 0)


def sums_of_unknown(x):
    total = pickle.loads(PAIR)[1]
    for _ in range(3):
        total += pickle.loads(PAIR)[1]
        total *= 0.5
    return float(total)*np.sum(x**2)


@pytest.mark.parametrize("f", [one_name, clocked, sums_of_unknown])
def test_what_is_not_known_and_has_one_name(f):
    check(f, (X,), text=False)
    check(lambda x: f(x)*f(2.0*x), (X,), text=False)


# ------------------------------------------------------------------------------- as operands


MATRIX = pickle.dumps(np.arange(9.0).reshape(3, 3)/5)
MASKED = pickle.dumps(np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]))


def larger(x):
    a = pickle.loads(MATRIX)
    y = x + a
    return np.sum(np.sin(y)*y) + np.sum(x*a)


def larger_in_a_loop(x):
    total = 0.0
    for k in range(3):
        y = np.cumsum(k*x + pickle.loads(MATRIX))
        total = total + np.sum(y*y)
    return total


def among_others(x):
    a = pickle.loads(ONES)
    both = np.stack([x, a]) @ x
    return np.sum(np.concatenate([x, a, both])**2) + np.sum(sum([a, x])*x)


def array_of_it(x):
    a = np.array(pickle.loads(ONES))
    y = a*x
    a -= 0.5*a.mean()
    a[1:] *= 3.0
    return np.sum(y*a*x)


def array_on_a_path(x):
    a = np.array(pickle.loads(MATRIX), dtype=float)
    if x[0] > 0:
        for row in a:
            row += x
    return np.sum(a @ x)


def test_an_array_of_what_is_not_known_may_be_written():
    check(array_of_it, (X,), text=False)


def test_what_is_larger_in_a_loop():
    check(larger_in_a_loop, (X,), text=False)


@pytest.mark.parametrize("f", [larger, among_others, array_on_a_path])
def test_operands_that_are_not_known(f):
    """What is not known may have more axes than what it meets: cotangents are summed, tangents stretched."""
    check(f, (X,), text=False)
    check(lambda x: f(x*f(x)), (X/3,), text=False)
    v = np.array([0.3, -0.2, 0.9])
    change = (s2sad.grad(f)(X + 1e-6*v) - s2sad.grad(f)(X - 1e-6*v))/2e-6
    np.testing.assert_allclose(s2sad.hvp(f)(X, v), change, rtol=1e-5, atol=1e-6)


def test_masked_arrays_that_are_made_here():
    """np.sin of one is another one, whose mask counts: no array takes its place."""

    def among_unknown(x):
        return np.sum(np.sin(x*pickle.loads(ONES))*pickle.loads(MASKED))

    for f in (lambda x: np.sum(np.sin(pickle.loads(MASKED))*x), among_unknown):
        for derive in (s2sad.grad(f), lambda x, f=f: s2sad.jvp(f, (x,), (x,))):
            with pytest.raises(TypeError, match="MaskedArray"):
                derive(X)
