"""Arguments that are copied because their names come to stand for what is written, and those that need no copy."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

U = np.array([0.4, 1.1, 0.7, 1.6])


def renewed(u, k):
    for _ in range(3):
        new = u.copy()
        new[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
        u = new
    return np.sum(u**2)


def written_after_a_step(u, k):
    for _ in range(3):
        u = np.sin(u)
        u[0] = k*u[1]
    return u @ u


def taped(u, k):
    us = []
    for _ in range(3):
        us.append(u)
        u = u*u
        u[2] *= k
    return np.sum(us[0]*us[1]) + np.sum(u)


def on_one_path(u, k):
    for i in range(3):
        if i % 2 == 0:
            u = u + k
            u[i] = 0.3
    return np.sum(u**3)


def while_it_grows(u, k):
    while np.sum(u) < 20.0:
        u = k*u + 1.0
        u[1:] += u[:-1]
    return np.sum(u*u)


READ_ONLY = [renewed, written_after_a_step, while_it_grows]
BY_ADDRESS = [taped, on_one_path]  # their shadows are found by the addresses of arrays: copies stay


def written_first(u, k):
    for _ in range(3):
        u[0] = k*u[1]
        u = np.sin(u)
    return u @ u


def written_in_a_view(u, k):
    for _ in range(2):
        v = u[1:]
        v *= k
        u = u*1.5
    return np.sum(u**2)


def swapped(u, k):
    v = np.zeros_like(u)
    for _ in range(3):
        v[:] = k*u*u
        u, v = v, u
    return np.sum(u)


def written_at_the_end(u, k):
    for i in range(3):
        if i == 1:
            u = u*k
    u[0] = 2.0*u[1]
    return np.sum(u**2)


def written_in_a_list(u, k):
    us = [u]
    for _ in range(2):
        us.append(us[-1]*k)
    us[0][1] *= k
    return np.sum(us[0]*us[2])


def added_to_in_a_list(u, k):
    us = [u]
    for _ in range(2):
        us.append(us[-1]*k)
    us[0] += k
    return np.sum(us[0]*us[2])


def taken_from_a_list(u, k):
    us = [u]
    for _ in range(3):
        v = us.pop()
        v[0] *= k
        us.append(v + 1.0)
    return np.sum(us[0]**2)


def scale(w, k):
    w *= k
    return np.sum(w)


def written_in_a_callee(u, k):
    s = 0.0
    for _ in range(2):
        s += scale(u, k)
        u = u*1.2
    return s + np.sum(u)


def written_row_by_row(u, k):
    m = np.reshape(u, (2, 2))
    for row in m:
        row *= k
    return np.sum(m**2)


WRITTEN = [
    written_first, written_in_a_view, swapped, written_at_the_end, written_in_a_list, added_to_in_a_list,
    taken_from_a_list, written_in_a_callee, written_row_by_row,
]  # fmt: skip


@pytest.mark.parametrize("fun", [*READ_ONLY, *BY_ADDRESS, *WRITTEN], ids=lambda f: f.__name__)
def test_derivatives_and_the_callers_arrays(fun):
    check(fun, (U, 0.8))
    u, v = U.copy(), np.array([0.3, -0.2, 0.5, 0.1])
    u.flags.writeable = False
    h = 1e-6
    gradient = s2sad.grad(fun)
    expected = (gradient(u + h*v, 0.8) - gradient(u - h*v, 0.8))/(2*h)
    np.testing.assert_allclose(s2sad.hvp(fun)(u, 0.8, v), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("fun", READ_ONLY, ids=lambda f: f.__name__)
def test_what_is_only_read_is_not_copied(fun):
    assert 'u = u.copy("K")' not in s2sad.grad(fun).source_for(U, 0.8)
    assert 'u = u.copy("K")' not in s2sad.value_and_grad(fun).source_for(U, 0.8)


@pytest.mark.parametrize("fun", WRITTEN, ids=lambda f: f.__name__)
def test_what_is_written_is_copied(fun):
    text = s2sad.grad(fun).source_for(U, 0.8)
    assert 'u = u.copy("K")' in text or "u = copy_strided(u)" in text


def first_of(u, k):
    for _ in range(0):
        u = u*k
        u[0] = 1.0
    return u


def test_what_is_returned_is_no_argument():
    value, pullback = s2sad.vjp(first_of, U, 0.8)
    assert not np.shares_memory(value, U)
    np.testing.assert_array_equal(pullback(np.ones(4))[0], np.ones(4))


def test_a_pullback_keeps_what_the_caller_may_write_to():
    u = U.copy()
    _, pullback = s2sad.vjp(written_after_a_step, u, 0.8)
    before = pullback(1.0)
    u[:] = 5.0
    np.testing.assert_array_equal(pullback(1.0)[0], before[0])
