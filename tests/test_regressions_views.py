"""Bugs that were found once, each as a test: functions whose results are views of some operands and not of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from support import check, clone

X = np.array([0.7, -0.4, 1.3, 0.9])
A = np.array([[0.7, -0.4, 1.3], [0.9, 0.2, 0.6], [1.1, -0.5, 0.8]])


def array_or_list(a, n):
    d = np.asarray(a if n > 0 else list(a))
    d[2] -= 1.0
    return np.sum(a*a) + np.sum(d*a)


def list_made_an_array_by_a_loop(a, n):
    u = [a[0, 0], a[0, 1]]
    for i in range(n):
        u = np.asarray(u)
        u *= a[1, i]
    return np.sum(u*u)


def test_arrays_made_of_an_array_or_a_list():
    """Of the array they are views, of the list they are copies: cotangents were handed on twice, or never."""
    with pytest.raises(s2sad.UnsupportedError, match="may be an array or a list"):
        s2sad.grad(array_or_list)(A, 1)
    check(list_made_an_array_by_a_loop, (A, 2))
    with pytest.raises(TypeError, match="can't multiply sequence"):
        s2sad.grad(list_made_an_array_by_a_loop)(A, 0)


def read_alone(a, n):
    d = np.asarray(a if n > 0 else list(a))
    return np.sum(a*a) + np.sum(d*d)


def test_arrays_that_are_read_alone():
    """What is an array or a list is read as an array; a list of arrays has cotangents of its own."""
    for given in (A[0], A):
        check(read_alone, (given, 1))
        check(read_alone, (given, 0))


def counted(x):
    rows, parts = [], []
    for k in range(2):
        rows.append([x*(k + 1), k + 1])
    for v, count in rows:
        parts += [v]*int(count)
    return sum(p*p for p in parts)


def test_a_list_times_a_list():
    def twice(x):
        return [x, x]*[x]

    with pytest.raises(s2sad.UnsupportedError, match="a list is multiplied by a list; make arrays"):
        s2sad.grad(twice)(0.5)

    def repeated(x):
        rows = []
        for k in range(2):
            rows.append([x*(k + 1), k + 1])
        return sum(sum([v]*count)**2 for v, count in rows)

    with pytest.raises(s2sad.UnsupportedError, match=r"whole number on some paths and a float.*int\(...\) times"):
        s2sad.grad(repeated)(0.5)
    check(counted, (0.5,), text=False)


def stacked(y, x):
    b = np.vstack([y])
    b *= 1.5
    return np.sum(b*b)*x[0]


@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["float", "scalar", "0-d"])
def test_parts_that_are_numbers_read_the_array(kind):
    """What `b *= 1.5` did to the cotangent was dropped: the part of it that is a 0-d array was no reading of it."""
    check(stacked, (kind(0.6), X), text=False)


def several_at_least(x, a):
    x, a = x*1.0, a*1.0
    p, q = np.atleast_2d(x[:3], a)
    p[0] *= 2.0
    q[1] = p[0]
    r = np.atleast_1d(x, x[::-1])
    r[1][0] += r[0][1]
    return np.sum(x*x) + np.sum(p*q) + np.sum(a)


def test_views_of_several_arrays():
    check(several_at_least, (X, A))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "atleast_1d": lambda y: np.atleast_1d(y),
    "atleast_2d": lambda y: np.atleast_2d(y),
    "expand_dims": lambda y: np.expand_dims(y, 0),
    "transpose": lambda y: np.transpose(y),
    "squeeze": lambda y: np.squeeze(y),
    "flip": lambda y: np.flip(y),
    "ravel": lambda y: np.ravel(y),
    "real_if_close": lambda y: np.real_if_close(y),
    "moveaxis": lambda y: np.moveaxis(np.atleast_2d(y), 0, 1),
}


def made_of_a_number(y, x, make):
    b = make(y)
    b += x[0]
    b *= 2
    return np.sum(b*b)*y*y


def made_of_an_array_or_a_number(y, x, make):
    return made_of_a_number(y if x[1] > 0 else x[2], x, make)


@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["float", "scalar", "0-d"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_made_of_a_number_is_no_view_of_it(name, kind):
    """`b = np.atleast_1d(2.0)` has memory of its own, `b = np.atleast_1d(np.array(2.0))` has not."""
    check(made_of_a_number, (kind(0.6), X, FUNCTIONS[name]), text=False)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["atleast_1d", "transpose", "flip", "real_if_close"])
def test_what_is_made_of_an_array_or_a_number(name, sign):
    check(made_of_an_array_or_a_number, (np.array(0.6), sign*X, FUNCTIONS[name]), pullbacks=False, text=False)


def cleaned_in_place(x):
    y = x*1.0
    z = np.nan_to_num(y, copy=False, nan=0.5)
    z *= x[1]
    return np.sum(y*y*z)


def test_nan_to_num_in_place():
    check(cleaned_in_place, (X,))
    value, gradient = s2sad.value_and_grad(cleaned_in_place)(np.array([np.nan, 2.0, 3.0]))
    assert value == cleaned_in_place(np.array([np.nan, 2.0, 3.0]))
    np.testing.assert_allclose(gradient[2], 3*3.0**2*2.0**3)


def broadcast_and_written(x):
    y = x*1.0
    _i, _ = np.broadcast_arrays(y, 2.0)
    y[0] *= 3.0
    return np.sum(y*y)


def test_broadcast_arrays_of_what_is_written():
    """One of them may be the array itself: its cotangent was added to the array's twice."""
    with pytest.raises(s2sad.UnsupportedError, match="elements share places"):
        s2sad.grad(broadcast_and_written)(X)


def broadcast_and_bound_again(x, y):
    y = y*1.0
    m = np.broadcast_to(y, (2, 4))
    w = m
    for i in range(2):
        w = w if i else m
        y[i] += x[i]
    return np.sum(w*w*x)


def broadcast_in_a_list(x, y):
    y = y*1.0
    rows = [np.broadcast_to(y, (2, 4)), y]
    y *= 2.0
    return np.sum(rows[0]*x) + np.sum(rows[1])


def windows_turned(x, y):
    y = y*1.0
    w = np.lib.stride_tricks.sliding_window_view(y, 2)
    for _ in range(2):
        y[0] *= x[1]
        w = w[::-1]
    return np.sum(w*w)


def chosen_of_broadcast(x, y):
    y = y*1.0
    m = np.broadcast_to(y, (2, 4))
    y *= x
    return np.sum(m[m > 0.0])


def test_what_is_chosen_of_a_view_whose_elements_share_places():
    """Its contributions go on to the operand of the view at once."""
    args = X, X[::-1].copy()
    check(chosen_of_broadcast, args)
    s2sad.check_grads(chosen_of_broadcast, args, order=2)


@pytest.mark.parametrize("fun", [broadcast_and_bound_again, broadcast_in_a_list, windows_turned])
def test_views_whose_elements_share_places_under_other_names(fun):
    """A shadow of such a view lost all but one of the contributions to a place."""
    with pytest.raises(s2sad.UnsupportedError, match="elements share places"):
        s2sad.grad(fun, (0, 1))(X, X[::-1].copy())


def windows_of_a_row(x, m):
    v = m*1.0
    for z in v:
        z *= x[0]
    w = np.lib.stride_tricks.sliding_window_view(z, 2)
    return np.sum(v*v) + np.sum(w*w*x[1])


def windows_in_a_list(x, m):
    v = [m[0]*1.0, m[1]*2.0]
    for z in v:
        z *= z[0]
    w = np.lib.stride_tricks.sliding_window_view(v[1], 2)
    b = np.broadcast_to(v[0], (2, 4))
    v[1][0] = 3.0
    v[0][1] += x[0]
    return np.sum(w*w) + np.sum(b*b*x) + np.sum(v[0]*v[1])


@pytest.mark.parametrize("fun", [windows_of_a_row, windows_in_a_list])
def test_windows_of_what_is_found_at_run_time(fun):
    """The shadow of the windows was looked up: it belonged to no storage, and its elements share places."""
    check(fun, (X, np.cos(np.arange(12.0)).reshape(3, 4)))


def part_of_ravelled(a):
    r = a.ravel()[1:4]
    r[::-1] -= r[0]
    return np.sum(np.sin(a))


@pytest.mark.parametrize("way", [lambda a: a, lambda a: a[::-1], lambda a: a[:, ::2], np.asfortranarray])
def test_tangents_keep_strides_where_ravel_decides(way):
    """The tangent of a copy that keeps strides was laid out anew, so that its ravel() was a view and not a copy."""
    a = way(np.arange(1.0, 13.0).reshape(3, 4))
    v = np.cos(np.arange(a.size)).reshape(a.shape)
    grad, h = s2sad.grad(part_of_ravelled), 1e-5

    def moved(step):
        made = clone(a)
        made += step*v
        return grad(made)

    np.testing.assert_allclose(s2sad.hvp(part_of_ravelled)(a, v), (moved(h) - moved(-h))/(2*h), atol=1e-8)


def widened_and_written(x, y):
    u = y[2] + x
    u[np.array([0, 0, 1])] += y[:3]*0.2
    return np.sum(u*np.cos(u))


def test_tangents_that_are_widened_can_be_written():
    """The tangent of a number beside a constant array is stretched by np.broadcast_to, which is read-only."""
    check(widened_and_written, (X, X[::-1].copy()), argnums=1)
    dot = s2sad.jvp(widened_and_written, (X, X), (None, X))[1]
    assert dot == pytest.approx(s2sad.grad(widened_and_written, 1)(X, X) @ X)


def flipped_twice(y, x):
    b = np.flip(y)
    y *= x[0]
    c = np.flip(y)
    return b*x[1] + c*c


def test_a_number_taken_by_a_function_of_views_is_read():
    """np.flip of a 0-d array is a number: what it was before a write and behind it were taken for one."""
    check(flipped_twice, (np.array(0.6), X), text=False)


def largest_of_written(x):
    try:
        _ = x.ravel()
    except ValueError:
        x = x[..., None]
    made = []
    for i in range(2):
        x[i] *= 0.9
        made.append(x[i])
    return np.sum(x) + max(made)


def test_tangents_of_what_may_be_a_number_can_be_filled():
    """The tangent with the strides of a number was a number."""
    check(largest_of_written, (X,), text=False)


def row_by_einsum(m):
    z = m[0]
    b = np.einsum("...->...", z)
    z *= 2.0
    return np.sum(b*b) + np.sum(m)


def test_a_view_by_einsum_has_its_cotangent_in_the_shadow():
    check(row_by_einsum, (np.cos(np.arange(12.0)).reshape(3, 4),))


def trimmed_and_written(m, x):
    z = m[0]
    w = np.trim_zeros(z)
    w *= x[0]
    z += x[1]
    return np.sum(m*m) + np.sum(w)


def test_the_part_without_zeros_is_that_of_the_array_not_of_its_shadow():
    m = np.array([[0.0, 1.0, 0.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
    check(trimmed_and_written, (m, X), argnums=1, pullbacks=False)  # differences by m would move its zeros
    check(trimmed_and_written, (m + 0.5, X))


def view_that_leaves_a_branch(y, n):
    if n != 2:
        q = np.roll(y, 1)
        z = q[::-1]
        q /= y[0]
    return np.sum(np.sin(z))


def view_that_leaves_a_loop(y, n):
    for _ in range(n):
        q = np.roll(y, 1)
        z = q[::-1]
        q /= 0.3
    return np.sum(np.sin(z))


@pytest.mark.parametrize("fun", [view_that_leaves_a_branch, view_that_leaves_a_loop])
def test_an_array_is_written_whose_view_leaves_the_block(fun):
    """The new contents of its tangent became an array of their own: the view kept the old ones."""
    check(fun, (X, 1))


def stretched_and_maybe_scaled(x, y):
    x = np.broadcast_to(y[0], y.shape)
    while np.sum(x*x) > 100.0:
        x *= 0.8  # raises: the view is read-only
    return np.sum(x*x) + x[0]*x[1] + x[2]


def stretched_among_others(x, y):
    b = np.broadcast_to(y[0], y.shape)
    s = 0.0
    for v in (x, b, x):
        s += np.sum(np.sin(v)*v[1])
        if v[0] > 10.0:
            v *= 0.5
    return s + b[2]*b[1]


@pytest.mark.parametrize("fun", [stretched_and_maybe_scaled, stretched_among_others])
def test_a_number_that_is_stretched_and_written_on_a_path_that_is_not_taken(fun):
    """The shadow had one place for all elements, to which `+=` added once: there is none now."""
    args = np.arange(3.0), np.array([0.2, 0.5, 0.1])
    check(fun, args, argnums=1)
    s2sad.check_grads(fun, args, order=2)


def converted_to_its_own_type(x, y):
    a = np.float64(x)
    a[0] = y[1]*x[2]
    b = x.dtype.type(a[1:])
    b *= y[1:]
    c = np.float32(x)
    c *= 2.0
    return np.sum(x*y) + np.sum(a*a) + a[0]*b[0]


def test_a_type_gives_back_an_array_of_its_own():
    """np.float64(x) is x itself: its writes went into the caller's array."""
    check(converted_to_its_own_type, (np.array([0.3, 0.7, 1.1]), np.array([0.2, 0.5, 0.1])))


def put_in_parts(z, u, s):
    z.real = 0.3*u
    z.imag = s
    return z


def parts_assigned(x, s):
    z = x*np.exp(1j*s)
    w = z
    for i in range(3):
        z.real = z.imag*x
        if i == 1:
            w.imag = np.sin(w.real)
        z = z*(0.5 + 0.2j)
    put_in_parts(w, x, s)
    return np.sum(np.abs(z)**2) + np.sum(w.real*w.imag)


def parts_of_rows_assigned(x, s):
    z = np.zeros((2, 4), complex)
    z[0].real = x
    z[:, 1].imag = x[1:3]*s
    z.T.real = z.T.real*2.0
    z.real += s
    return np.sum(np.abs(z)**2)


def parts_of_a_number_assigned(x, s):
    e = np.zeros((), complex)
    e.real = s
    e.imag = x[0]*s
    return np.sum(np.abs(e*x)**2)


@pytest.mark.parametrize("fun", [parts_assigned, parts_of_rows_assigned, parts_of_a_number_assigned])
def test_real_and_imaginary_parts_are_assigned(fun):
    check(fun, (X, 0.4))
    found = s2sad.hvp(fun, (0, 1))(X, 0.4, (X, 1.0))
    pulled = s2sad.vjp(s2sad.grad(fun, (0, 1)), X, 0.4)[1]((X, 1.0))
    for one, two in zip(found, pulled, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10)


def numbers_that_change_places(x, s, n):
    t = x[0]
    for _ in range(2):
        for _ in range(2):
            t = np.prod(1.0 + 0.1*x)
            t, s = s, 0.7*t
    for _ in range(2):
        if n > 1:
            return np.sum(x)*s + t
    return np.sum(x)


@pytest.mark.parametrize("n", [0, 2])
def test_an_argument_of_rank_0_that_a_number_takes_the_place_of(n):
    check(numbers_that_change_places, (X, np.array(0.4), n))


def transposed_again_in_a_loop(x):
    w = np.outer(x, x*2.0).T
    w[0] = np.sin(x)
    s = 0.0
    for _ in range(2):
        s += np.sum(w.T @ x)
    return s


def test_a_transpose_that_is_written_and_transposed_again():
    check(transposed_again_in_a_loop, (X,))
    s2sad.check_grads(transposed_again_in_a_loop, (X,), order=2)
