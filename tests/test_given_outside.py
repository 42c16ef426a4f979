"""A list, a dict or an object that is an argument and is met from outside, too: a global, a default, an attribute.

Where it is written to by one name, what the other one reads is not known: such calls are refused, and no
others. A plain call is what each is held against.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass

import numpy as np
import pytest

import s2sad

X, V = np.array([0.3, 0.7]), np.array([0.6, -0.4])
LIST, DICT, ROWS, QUEUE = [0.5, 2.0], {"a": np.ones(2), "b": 2.0}, [[0.5], [2.0]], deque([1.5, 0.5])
LOG: list[float] = []
TABLES = {"one": DICT}


@dataclass
class Record:
    k: float


class Holder:
    """Without an `__init__`, so that not all it holds can be seen."""


RECORD, HOLDER = Record(2.0), Holder()
HOLDER.rows = LIST


def grown(x, d):
    d.append(x[0])
    return sum(LIST)*x[1]


def read_back(x, d):
    LIST[0] = x[0]*x[1]
    return d[0]*x[1]


def replaced(x, d):
    for _ in range(2):
        d["a"] = d["a"]*x
    return np.sum(DICT["a"]**2)*x[0]


def in_a_dict(x, d):
    if x[0] > 0:
        d["b"] = d["b"]*x[0]
    return TABLES["one"]["b"]*x[1]


def row(x, d):
    _put(d[0], x)
    return ROWS[0][-1]*x[0]


def _put(row, x):
    row.append(x[0]*x[1])


def queue(x, d):
    d.append(x[0])
    return QUEUE[-1]*x[1]


def record(x, d):
    d.k = d.k*x[0]
    return RECORD.k*x[1]


def default(x, d, e=LIST):
    d.insert(0, x[0])
    return e[0]*x[1]


def attribute(x, d):
    d[1] = x[0]*x[0]
    return HOLDER.rows[1]*x[1]


def of_other(x, d, other):
    del other.rows[0]
    return d[0]*x[0]


def logged(x, d):
    value = np.sum(d["a"]*x)**2
    LOG.append(float(value))
    return value


def plain(x, d):
    return np.sum(d["a"]*x*DICT["a"])


CASES = [
    (grown, LIST), (read_back, LIST), (replaced, DICT), (in_a_dict, DICT), (row, ROWS), (queue, QUEUE),
    (record, RECORD), (default, LIST), (attribute, LIST),
]  # fmt: skip


def kept(d):
    return copy.deepcopy(vars(d) if hasattr(d, "__dict__") else d)


@pytest.mark.parametrize(("function", "given"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_written_by_one_name_and_read_by_the_other(function, given):
    before, slope = repr(kept(given)), s2sad.grad(function)
    none = {"k": 0.0} if given is RECORD else None
    none = Record(0.0) if none else none
    for derive in (
        slope,
        s2sad.value_and_grad(function),
        lambda x, d: s2sad.jvp(function, (x, d), (V, none)),
        lambda x, d: s2sad.vjp(function, x, d),
        lambda x, d: s2sad.hvp(function)(x, d, V),
        lambda x, d: s2sad.vjp(slope, x, d),
    ):
        with pytest.raises(s2sad.UnsupportedError):
            derive(X, given)
        assert repr(kept(given)) == before


@pytest.mark.parametrize("function", [grown, replaced, default])
def test_a_copy_is_right_before_and_behind_a_call_that_is_refused(function):
    given = {grown: LIST, replaced: DICT, default: LIST}[function]
    slope = s2sad.grad(function)
    steps = [1e-6*unit for unit in np.eye(2)]

    def value(x):
        return function(x, copy.deepcopy(given))

    expected = [(value(X + step) - value(X - step))/2e-6 for step in steps]
    for _ in range(2):
        assert np.allclose(slope(X, copy.deepcopy(given)), expected)
        with pytest.raises(s2sad.UnsupportedError, match="met from outside, too|'d' and 'e' hold one"):
            slope(X, given)


def test_another_argument_that_cannot_be_seen_holds_it():
    other = Holder()
    other.rows = [1.0, 2.0]
    assert np.allclose(s2sad.grad(of_other)(X, [3.0], other), [3.0, 0.0]) and other.rows == [2.0]
    for d in (other.rows, LIST):
        other.rows = d if d is LIST else [1.0, 2.0]
        with pytest.raises(s2sad.UnsupportedError, match="hold one list, dict or object that may be written"):
            s2sad.grad(of_other)(X, other.rows, other)


def test_histories_and_constants_may_have_two_names():
    """Nothing is written to but the history; an argument that is the history is refused."""
    LOG.clear()
    assert np.allclose(s2sad.grad(logged)(X, DICT), 2.0) and LOG == [1.0]
    assert np.allclose(s2sad.grad(plain)(X, DICT), 1.0)
    with pytest.raises(s2sad.UnsupportedError, match="'d' holds a list, dict or object that is met from outside"):
        s2sad.grad(logged)(X, {"a": np.ones(2), "log": LOG})
    assert LOG == [1.0]


def local_dict(x):
    d = {"a": x*2}

    def inner(y, e):
        e["a"] = e["a"]*y
        return np.sum(d["a"]**2)*y[0]

    return np.sum(s2sad.grad(inner)(x, d))


def local_object(x):
    made = Record(x[0])

    def inner(y, e):
        e.k = e.k*y[0]
        return made.k**2*y[1]

    return np.sum(s2sad.grad(inner)(x, made))


def of_a_global(x):
    return s2sad.value_and_grad(replaced)(x, DICT)[0]


def of_a_list(x):
    rows = LIST
    return np.sum(s2sad.grad(read_back)(x, rows))


def twice(x, d, e):
    d.append(x[0]*x[1])
    return sum(e)*np.sum(x**2)


def of_one_list(x):
    rows = [0.5]
    return np.sum(s2sad.grad(twice)(x, rows, rows))


def of_an_argument(x, d):
    return np.sum(s2sad.grad(grown)(x, d))


@pytest.mark.parametrize("function", [local_dict, local_object, of_a_global, of_a_list, of_one_list])
def test_derivatives_inside(function):
    for derive in (s2sad.grad, s2sad.hvp):
        given = (X, V) if derive is s2sad.hvp else (X,)
        with pytest.raises(s2sad.UnsupportedError, match="which is met by another name, too"):
            derive(function)(*given)


def test_a_derivative_inside_writes_into_a_copy_of_an_argument():
    before = list(LIST)
    assert np.allclose(s2sad.grad(of_an_argument)(X, [1.0]), 0.0)  # of a sum of constants
    with pytest.raises(s2sad.UnsupportedError, match="met from outside, too"):
        s2sad.grad(of_an_argument)(X, LIST)
    assert before == LIST
