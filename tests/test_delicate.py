"""Programs on which one small mistake shows: each was written for a fault of `faults.py` that nothing else caught."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import assert_fresh, check, check_vjp

X = np.array([0.7, 1.1, 0.4, 1.3, 0.9])
K = np.array([1.2, 0.8, 0.5, 1.1, 0.6])


def stretched_view(x):
    v = np.broadcast_to(x, (2, x.size))
    x *= 3.0
    return np.sum(v*v)


def test_a_stretched_view_shows_what_is_written_later():
    assert s2sad.grad(stretched_view)(np.array([1.0, 2.0])).tolist() == [36.0, 72.0]
    check(stretched_view, (X,))


def divides_for_nothing(x, y):
    t = x/y
    t = x*x
    return t


def test_a_quotient_that_nobody_reads_is_computed():
    with pytest.raises(ZeroDivisionError):
        s2sad.grad(divides_for_nothing)(1.0, 0.0)
    assert s2sad.grad(divides_for_nothing)(3.0, 2.0) == 6.0


def scaled_by_neighbours(x):
    y = x*1.0
    y[1:] *= y[:-1]
    return np.sum(y*y)


def scaled_by_itself(x):
    y = x*1.0
    y *= y
    y *= y[1]
    return np.sum(y)


@pytest.mark.parametrize("fun", [scaled_by_neighbours, scaled_by_itself])
def test_a_factor_that_is_part_of_what_it_scales(fun):
    check(fun, (X,))


def element_by_way_of_another(x, k):
    old = x[1]
    x[1] = k
    x[1] = old + x[1]*k
    return np.sum(x*x)


def element_written_in_between(x, k):
    old = x[1]
    x[:] = k
    x[1] = old + k
    return np.sum(x*x)


@pytest.mark.parametrize("fun", [element_by_way_of_another, element_written_in_between])
def test_an_element_that_is_written_between_reading_and_adding(fun):
    check(fun, (X, 0.6))


def weighted(x, y):
    return np.sum((x + y)*np.array([1.0, 2.0, 3.0, 4.0, 5.0]))


def test_two_arguments_with_one_cotangent():
    gx, gy = s2sad.grad(weighted, (0, 1))(X, K)
    assert_fresh((gx, gy))
    gx[0] = 7.0
    assert gy.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    check(weighted, (X, K))
    _, pullback = s2sad.vjp(lambda x, y: x + y, X, K)
    ct = np.ones(5)
    assert_fresh(pullback(ct), ct)


def real_in_complex(x, z):
    x[1:] *= 2.0
    y = x*z
    return np.sum(y.real**2) + np.sum(np.abs(y)**2)*0.5 + np.sum(x*x)


def test_a_written_real_operand_of_a_complex_product():
    check(real_in_complex, (X, X + 0.5j*K))


def squares_of_all_states(x, n):
    total = 0.0
    for _ in range(n):
        x *= 0.9
        total += np.sum(x*x*x)
    return total


def powers_of_all_states(x, k, n):
    total = 0.0
    i = 0
    while i < n:
        x[1:] += k*x[:-1]
        total += np.sum(np.sin(x))*k
        i += 1
    return total


def test_what_the_next_trip_overwrites_is_kept():
    check(squares_of_all_states, (X, 3))
    check(powers_of_all_states, (X, 0.3, 3))


def sum_on_one_side(x, k):
    if k > 1.0:
        y = np.sum(x)
    else:
        y = k*k
    return y*2.0 + np.sum(x)*k


def mean_or_nothing(x, k):
    y = x*2.0
    s = k
    if k > 1.0:
        s = np.sum(y)
    return s*3.0


@pytest.mark.parametrize("k", [0.7, 1.4])
@pytest.mark.parametrize("fun", [sum_on_one_side, mean_or_nothing])
def test_a_uniform_cotangent_from_one_side(fun, k):
    check(fun, (X, k))


def used_after_the_loop(x, n):
    u = x*2.0
    v = x*3.0
    w = u
    for _ in range(n):
        v[1:] += u[:-1]
        u, v = v, u
    return np.sum(w*u) + np.sum(v*v)


def view_used_after_the_loop(x, n):
    u = x*2.0
    v = x*3.0
    part = u[1:]
    for _ in range(n):
        v *= 0.5
        v[0] = u[1]
        u, v = v, u
    part[0] = 2.0*part[1]
    return np.sum(u*u) + np.sum(v)


@pytest.mark.parametrize("n", range(4))
@pytest.mark.parametrize("fun", [used_after_the_loop, view_used_after_the_loop])
def test_rotated_storages_that_are_used_afterwards(fun, n):
    check(fun, (X, n))


def shrinking(x, n):
    u = x
    for _ in range(n):
        u = u[1:]*x[0]
    return np.sum(u*u)


def two_that_shrink(x, n):
    u, v = x, x*x
    total = 0.0
    for _ in range(n):
        total = total + np.sum(u*v)
        u = u[1:]
        v = v[:-1]*2.0
    return total


def one_of_two_shrinks(x, n):
    u, v = x, x*2.0
    total = 0.0
    for i in range(n):
        if i == 1:
            u = u[1:2]
        total = total + np.sum(u*v)
    return total


@pytest.mark.parametrize("n", range(4))
@pytest.mark.parametrize("fun", [shrinking, two_that_shrink, one_of_two_shrinks])
def test_lengths_that_change_in_a_loop(fun, n):
    check(fun, (X, n))


def total_of_a_stretched_number(k, u):
    return np.sum(k + u)


def test_a_uniform_cotangent_is_summed_over_the_result():
    assert s2sad.grad(total_of_a_stretched_number)(0.5, X) == 5.0
    check(total_of_a_stretched_number, (0.5, X))
    check(total_of_a_stretched_number, (np.array([0.5]), X))


def scaled_in_place_later(x, k):
    y = x*2.0
    z = y*k
    w = np.sin(y)
    y *= k
    return np.sum(z*y + w)


def test_what_is_read_before_a_write():
    check(scaled_in_place_later, (X, 0.7))
    check(scaled_in_place_later, (X, K))
    check_vjp(scaled_in_place_later, (X, K))


def tripled_until(t, n):
    for _ in range(n):
        if t > 5.0:
            break
        t = 3.0*t
    return t


@pytest.mark.parametrize("n", [0, 1, 6])
def test_the_trip_that_breaks_has_no_adjoint(n):
    assert s2sad.grad(tripled_until)(0.7, n) == 3.0**min(n, 2)
    check(tripled_until, (0.7, n))


def downwards(x, n):
    y = x*1.0
    for i in range(n, 0, -1):
        y[i] = y[i]*y[i - 1] + np.sin(y[i])
    return np.sum(y*y)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_loop_that_counts_down(n):
    check(downwards, (X, n))
