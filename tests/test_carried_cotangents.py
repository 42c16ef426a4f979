"""Cotangents that go round loops in loops: whether one number stands for all elements at the head of the inner
loop is asked anew whenever the outer loop is tried again."""

from __future__ import annotations

import numpy as np
import pytest
from again import check_second_order

import s2sad
from support import check

A = np.arange(16.0).reshape(4, 4)*0.03
X = np.array([0.4, 0.6, 0.9, 1.2])
Y = np.array([0.6, 0.3, 0.8, 0.5])


def set_again_in_inner_trips(x):
    a = x*1.0
    c = np.cos(x)
    for _ in range(2):
        a, b = np.concatenate([c[1:], a[:1]]), c + a
        for _ in range(2):
            b = a + a
            if c[0] > c[1]:
                a = b + c*b
            else:
                b = a + c
        c = b + A @ b
    return np.sum(b)


def zeros_before_inner_trips(x, y):
    a = x
    b = a
    c = np.zeros_like(x)
    s = 0.0
    a = a + 0.5*a
    for _ in range(2):
        a = 0.9*a + 0.1*c*c
        if b[0] > 0.3:
            b = a
        for _ in range(1, 3):
            c = a + 0.5*a
            a, c = c, a
            c = 0.9*a + 0.1*b*c
            a = a.copy()
        for _ in range(1, 3):
            s = s + np.sum(a*b)
    for _ in range(3):
        s = s + np.sum(c*b)
        s = s + np.sum(c*c)
        c = c + A @ a
    return np.sum(b) + s


@pytest.mark.parametrize("x", [X, Y])
def test_what_was_one_number_is_an_array_on_another_try(x):
    """The cotangent that came into the inner loop was lost."""
    check(set_again_in_inner_trips, (x,))
    assert check_second_order(set_again_in_inner_trips, (x,), (0,))


@pytest.mark.parametrize("x", [X, np.random.default_rng(571).uniform(0.2, 0.9, 4)])
def test_it_is_in_the_gradient_of_a_gradient_too(x):
    """Reverse over reverse differed from forward over reverse."""
    check(zeros_before_inner_trips, (x, Y))
    v, h = np.array([0.5, -1.0, 0.3, 0.8]), 1e-6
    slope = s2sad.grad(zeros_before_inner_trips)
    exact = (slope(x + h*v, Y) - slope(x - h*v, Y))/(2*h)
    np.testing.assert_allclose(s2sad.jvp(slope, (x, Y), (v, 0*Y))[1], exact, 1e-6)
    np.testing.assert_allclose(s2sad.vjp(slope, x, Y)[1](v)[0], exact, 1e-6)


def chosen_in_a_trip(x):
    c = x*1.2
    s = 0.0
    for i in range(3):
        if c[0] + i > 1.2:
            c = np.choose([0, 1, 0, 1], [c, x])
        s = s + c[1]*c[2]
    return s + np.sum(np.sin(c))


def selected_in_a_trip(x):
    c = x*1.2
    s = 0.0
    for i in range(3):
        if c[0] + i > 1.2:
            c = np.select([c > 0.7, c > 0.4], [c, x], x)
        s = s + c[1]*c[2]
    return s + np.sum(np.sin(c))


def sum_of_a_list_in_a_trip(x):
    c = np.full(4, x[0])
    s = 0.0
    for i in range(3):
        if c[0] + i > 1.2:
            c = sum([c, 0.1*x])
        s = s + c[1]*c[2]
    return s + np.sum(np.sin(c))


def kept_by_a_selection(x):
    c = x
    for _ in range(2):
        c = np.where(c > 0.7, c, x + 0.15)
    return np.sum(np.sin(c))


def padded_in_a_trip(x):
    b = np.cos(x)
    for _ in range(2):
        c = np.pad(b, 1)[1:-1]
    return np.sum(np.sin(c))


TRIPS = [chosen_in_a_trip, selected_in_a_trip, sum_of_a_list_in_a_trip, kept_by_a_selection, padded_in_a_trip]


@pytest.mark.parametrize("fun", TRIPS)
def test_what_a_selection_gives_goes_round(fun):
    """A mask was forgotten where an array went round unchanged; lists of new cotangents lost theirs in their turn;
    the shape of what has no value before a loop was taken for that of what it has behind."""
    check(fun, (X,))
    v, h = np.array([0.5, -1.0, 0.3, 0.8]), 1e-6
    slope = s2sad.grad(fun)
    exact = (slope(X + h*v) - slope(X - h*v))/(2*h)
    np.testing.assert_allclose(s2sad.jvp(slope, (X,), (v,))[1], exact, 1e-6, 1e-8)
    np.testing.assert_allclose(s2sad.vjp(slope, X)[1](v)[0], exact, 1e-6, 1e-8)
