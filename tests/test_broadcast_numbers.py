"""Views of what is an array on one path and a number on another, and is written: np.broadcast_to, np.squeeze."""

from __future__ import annotations

import numpy as np
import pytest

from s2sad import UnsupportedError, check_grads, grad
from support import check

X = np.array([0.4, 0.8, -0.3])
W = np.array([1.0, -2.0, 3.0])


def before_the_write(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    w = np.broadcast_to(y, (3,))
    s = np.sum(w*w*W)
    y *= 2
    return s + np.sum(y)**2


def behind_the_write(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    w = np.broadcast_to(y, (3,))
    y *= x[2]
    return np.sum(w*w*W) + w[1]*w[2] + np.sum(y)**2


def spread(y):
    return np.broadcast_to(y, (3,))


def in_a_loop_by_a_callee(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    s = 0.0
    for _ in range(2):
        s = s + np.sum(spread(y)**2*W)
        y *= x[1]
    return s + np.sum(y)**2


def copied(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    w = spread(y).copy()
    w *= x
    y *= 2
    return w[1]*w[2] + np.sum(y)**2


@pytest.mark.parametrize("c", [True, False])
@pytest.mark.parametrize("fun", [before_the_write, behind_the_write, in_a_loop_by_a_callee, copied])
def test_every_place_of_the_view_counts(fun, c):
    """The shadow of its one place was added to once, and counted three times."""
    check(fun, (X, c), probes=1)
    check_grads(fun, (X, c), order=2)


def squeezed(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    w, v = np.squeeze(y), np.transpose(y)
    s = np.sum(np.sin(w))
    y *= x[1]
    return s + np.sum(y)**2 + np.sum(v*v)


@pytest.mark.parametrize("c", [True, False])
def test_a_number_in_numpys_form_stays_one(c):
    """The shadow of what may be a number was asked for, which has none."""
    check(squeezed, (X, c), probes=1, text=False)


def without_nans(x, c):
    y = x[:1]*1.0 if c else np.sum(x)
    w = np.nan_to_num(y, copy=False)
    y *= x[1]
    return np.sum(np.sin(w))


def test_what_nan_to_num_does_not_copy():
    """Its result was taken for a copy."""
    with pytest.raises(UnsupportedError, match="what may be an array or a number"):
        grad(without_nans)(X, True)


def rows(m, c):
    parts = [m, np.sin(m)]
    return list(parts) if c else [[p[k]*p[0] for p in parts] for k in range(3)]


def lists_or_arrays(m, c):
    z = rows(m, c)
    return np.sum(z[0][0]**3*z[1][1])


def tuples_or_arrays(m, c):
    parts = [m, np.sin(m)]
    z = list(parts) if c else [tuple([p[k]*p[0] for p in parts]) for k in range(3)]
    return np.sum(z[0][0]**3*z[1][1])


@pytest.mark.parametrize("c", [True, False])
def test_elements_that_are_lists_on_one_path(c):
    """The gradient was wrong: arrays had their cotangents where nobody asked for them."""
    with pytest.raises(UnsupportedError, match="a list that grows or is written on one path") as error:
        grad(lists_or_arrays)(np.outer(X, W), c)
    assert "test_broadcast_numbers.py:88" in str(error.value)
    check(tuples_or_arrays, (np.outer(X, W), c), probes=1, text=False)
