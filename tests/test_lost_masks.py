"""Selections of what is nan elsewhere, written in place, made in loops and on paths: no derivative is nan."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad, jvp, vjp

X = np.array([0.5, -0.7, 1.3, -1.0, 2.0])
V = np.array([0.3, 0.8, -0.5, 0.2, 0.6])


def added_to(x):
    y = np.sqrt(x)
    y += np.log(x)
    return np.sum(np.where(x > 0, y, 0.0))


def multiplied(x):
    y = np.sqrt(x)
    y *= np.log(x)
    return np.sum(np.where(x > 0, y, 0.0))


def divided(x):
    y = x*1.0
    y /= np.sqrt(x)
    return np.sum(np.where(x > 0, y, 0.0))


def to_a_power(x):
    y = x*1.0
    y **= 0.5
    return np.sum(np.where(x > 0, y, 0.0))


def one_element(x):
    y = np.sqrt(x)*np.log(x)
    y[0] = 3.0
    return np.sum(np.where(x > 0, y, 0.0))


def rows(x):
    y = np.zeros((2, len(x)))
    y[0] = np.sqrt(x)*np.log(x)
    y[1] = x*x
    return np.sum(np.where(x > 0, y, 0.0))


def summed(x):
    y = np.zeros(len(x))
    for i in range(3):
        y += np.sqrt(x)*i
    return np.sum(np.where(x > 0, y, 0.0))


def rounds(x):
    y = np.zeros(len(x))
    for i in range(3):
        y[:] = y*0.5 + np.log(x)*i
        y[0] = 1.0
    return np.sum(np.where(x > 0, y, 0.0))


def of_a_view(x):
    y = np.sqrt(x)
    z = y[:-1]
    z += np.log(x[1:])
    return np.sum(np.where(np.isfinite(y), y, 0.0))


def twice_selected(x):
    y = np.sqrt(x)
    y += x
    y = np.where(x > 0, y, 0.0)
    y += 1.0
    return np.sum(y**3)


def in_a_loop(x):
    y, s = np.sqrt(x), 0.0
    for i in range(3):
        s = s + np.sum(np.where(x > 0, y*i, 0.0))
    return s


def on_a_path(x):
    y = np.sqrt(x)
    if len(x) > 2:
        z = np.where(x > 0, y*2.0, 0.0)
    else:
        z = x
    return np.sum(z)


def round_a_loop(x):
    y = np.sqrt(x)
    for _ in range(3):
        y = np.where(x > 0, np.log(1.0 + y*y), 0.0)
    return np.sum(y)


def rows_by_their_lengths(x):
    p = np.where(x > 0, x, 0.0)[:, None]*np.array([1.0, 2.0])
    norm = np.sqrt((p*p).sum(axis=1, keepdims=True))
    length = np.sqrt((p**2).sum(axis=1)).reshape(-1, 1)
    q = np.divide(p, length, out=np.zeros_like(p), where=length != 0)
    return np.sum(np.where(norm > 0, p*p[:, ::-1]/norm, 0.0)**3 + q*p)


def within_another(x):
    root, log = np.sqrt(x), np.log(x)
    return np.sum(np.where(x < 0, 0.3*x, np.where(x < 0.8, root, np.where(x < 1.5, log*root, x*x))))


def within_another_by_a_callee(x):
    def root(v):
        return np.where(v > 0.6, 1.0 + np.log(v), np.where(v > 0, np.sqrt(v), 0.1*v))

    y = x
    for _ in range(2):
        y = np.where(x > 1.1, x*x, root(y))
    return np.sum(y*x)


def twice_on_both_sides(x):
    q = np.where(x < 1.1, np.sqrt(x), x)
    return np.sum(np.where(x < 0, 0.3*x, np.where(x < 0.4, q, 2*q))*x)


def of_a_maximum(x):
    return np.sum(np.where(x > 0, np.tanh(np.log(np.maximum(x, 0.0))), 0.4*x)*x)


def by_select(x):
    return np.sum(np.select([x < 0, x < 0.6, x < 1.5], [0.3*x, np.sqrt(x), np.log(x)], x*x)*x)


def one_in_another(x):
    a, b = np.sqrt(x), np.log(x)
    return np.sum(np.where(x > 0, np.where(x > 0.9, a, b), -x))


def below_a_bound(x):
    y = np.sqrt(np.maximum(x, 0.0))
    return np.sum(np.where(x > 0, y, 0.0))


def where_of_a_sum(x):
    y = np.log(x)
    return np.sum(y, where=x > 0) + np.mean(np.sqrt(x), where=x > 0)


def where_of_a_norm(x):
    y = np.log(x)
    return np.prod(y, where=x > 0)*np.std(y, where=x > 0) + np.max(y, where=x > 0, initial=-9.0)


def joined(x):
    y = np.concatenate([np.log(x[:2]), np.sqrt(x[2:])])
    return np.sum(np.where(x > 0, y, 0.0))


def in_rows(x):
    t = np.stack([np.sqrt(x), np.log(x)])
    return np.sum(np.where(x > 0, t[0]*t[1], 0.0))


def stretched(x):
    return np.sum(np.where(x > 0, np.broadcast_to(np.sqrt(x), (2, 5)), 0.0)*np.ones((2, 5)))


def turned(x):
    return np.sum(np.where(x > 0, np.roll(np.flip(np.log(np.roll(np.flip(x), 1))), 1), 0.0))


def without_nan(x):
    return np.nansum(np.sqrt(x)) + np.nanmean(np.log(x))


def odds(x):
    return np.log(x/(1.0 + x))


def by_a_mask(x):
    y, z, m = odds(x), np.zeros_like(x), x > 0
    z[m] = y[m]
    return np.sum(z*z)


def overwritten(x):
    y = odds(x)
    y[x <= 0] = 0.0
    return np.sum(y*y)


def nan_left_out(x):
    return np.nansum(np.where(x > 0, odds(x), np.nan)*x)


def compressed(x):
    """Of the lengths of the weights nothing is known, so that the condition may be shorter."""
    y = odds(x)*WEIGHTS
    return np.sum(np.compress(x > 0, y)**2) + np.sum(np.extract(x > 0, np.sqrt(x)*WEIGHTS)) + np.sum((y*x).compress(x > 0))


WEIGHTS = np.array([1.0, 0.5, -0.3, 2.0, 0.7])
NESTED = [within_another, within_another_by_a_callee, twice_on_both_sides, of_a_maximum, by_select]
PROGRAMS = [
    *NESTED, one_in_another, below_a_bound, where_of_a_sum, where_of_a_norm, joined, in_rows, stretched, turned, without_nan,
    added_to, multiplied, divided, to_a_power, one_element, rows, summed, rounds, of_a_view, twice_selected,
    in_a_loop, on_a_path, round_a_loop, rows_by_their_lengths, by_a_mask, overwritten, nan_left_out, compressed,
]


@pytest.mark.parametrize("fun", PROGRAMS)
def test_what_is_not_selected_contributes_nothing(fun):
    with np.errstate(all="ignore"):
        gradient = grad(fun)(X)
        assert np.isfinite(gradient).all()
        assert gradient @ V == pytest.approx(jvp(fun, (X,), (V,))[1], rel=1e-12)
        assert vjp(fun, X)[1](1.0)[0] == pytest.approx(gradient, rel=1e-14)
        along = jvp(grad(fun), (X,), (V,))[1]
        assert np.isfinite(along).all()
        if fun is not round_a_loop:
            np.testing.assert_allclose(vjp(grad(fun), X)[1](V)[0], along, rtol=1e-10, atol=1e-14)
    positive = np.abs(X)
    with np.errstate(all="ignore"):
        moved = (fun(positive + 1e-6*V) - fun(positive - 1e-6*V))/2e-6
    assert grad(fun)(positive) @ V == pytest.approx(moved, rel=1e-5)


@pytest.mark.parametrize("fun", NESTED)
def test_selections_within_selections(fun):
    """The inner one chooses among values of which the outer one takes none: np.sqrt(x) for x < 1, of 0 < x."""
    with np.errstate(all="ignore"):
        moved = [(f(X + 1e-6*V) - f(X - 1e-6*V))/2e-6 for f in (fun, grad(fun))]
        assert grad(fun)(X) @ V == pytest.approx(moved[0], rel=1e-7)
        np.testing.assert_allclose(jvp(grad(fun), (X,), (V,))[1], moved[1], rtol=1e-6, atol=1e-8)


def distances(p, m):
    """Above the diagonal, on which they are 0."""
    return np.triu(-(m[:, None]*m)*np.sqrt((p[:, None] - p)**2), 1)


def inverse_distances(p, m):
    r = np.sqrt((p[:, None] - p)**2)
    apart = r > 0
    r[apart] = 1.0/r[apart]
    return np.triu(r*m, 1) + np.tril(r*m[:, None], -1)


@pytest.mark.parametrize("fun", [distances, inverse_distances])
def test_triangles_are_selections(fun):
    """The derivative by masses and places together, once more, had nan from the diagonal."""
    gradient = grad(lambda p, m: np.sum(fun(p, m)*np.cos(fun(p, m))), (0, 1))
    with np.errstate(all="ignore"):
        assert np.isfinite(jvp(fun, (X, V), (V, X))[1]).all()
        found = jvp(gradient, (X, V), (V, X))[1]
        pulled = vjp(gradient, X, V)[1]((V, X))
        plus, minus = (gradient(X + h*V, V + h*X) for h in (1e-5, -1e-5))
    for one, two, p, m in zip(found, pulled, plus, minus, strict=True):
        np.testing.assert_allclose(one, (p - m)/2e-5, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(two, one, rtol=1e-10, atol=1e-12)


# ----------------------------------------------------------------------------- where shadows are found by address


def pole_of_swapped(x):
    v, u = x*2.0, x*0.5
    for i in range(2):
        h = v/(v - v)
        v = np.where(np.isfinite(h), h, 0.3*v)
        if i == 1:
            u, v = v, u
            u[1:] = 0.5*v[:-1]
    return np.sum(u*u) + np.sum(v*v)


def logarithm_beside_the_last(x):
    v, u = x*2.0, x*0.5
    for i in range(2):
        v = np.where(v > 0, np.log(v)*v, 0.3*v)
        if i == 1:
            p = v
            v = v*1.1
            p[:1] = u[:1]
    return np.sum(u*u) + np.sum(v*v)


def inverse_in_buffers(x):
    v, u = x*2.0, x*0.5
    buffers = [np.zeros(len(x)), np.zeros(len(x))]
    for i in range(2):
        h = 1.0/(np.abs(v) - np.abs(v[0]))
        v = np.where(np.abs(v) != np.abs(v[0]), h, 0.3*v)
        if i == 1:
            buffers[i % 2][:] = v
            v = buffers[(i + 1) % 2]*1.0 + u
    return np.sum(u*u) + np.sum(v*v)


@pytest.mark.parametrize("fun", [pole_of_swapped, logarithm_beside_the_last, inverse_in_buffers])
def test_reverse_over_reverse_is_as_finite_as_forward_over_reverse(fun):
    x, v = np.array([0.3, -0.2, 0.5, 0.0]), np.array([1.0, -0.5, 0.2, 0.7])
    with np.errstate(all="ignore"):
        along = jvp(grad(fun), (x,), (v,))[1]
        np.testing.assert_allclose(vjp(grad(fun), x)[1](v)[0], along, rtol=1e-10, atol=1e-14)
    assert np.isfinite(along).all()


def chosen_beside_what_is_kept(x, y, b):
    z = np.add(x, y, where=b, out=y.copy())
    return np.sum(np.sin(z))


def test_cotangents_of_one_selection_are_two_arrays():
    """x and y got one array in reverse over reverse, to which y's other part was added."""
    x, y, b = np.array([0.3, 0.4, 0.5]), np.array([0.6, 0.7, 0.8]), np.array([True, False, True])
    s2sad.check_grads(lambda x, y: chosen_beside_what_is_kept(x, y, b), (x, y), order=2)
    by_both = s2sad.grad(chosen_beside_what_is_kept, (0, 1))
    s2sad.check_grads(lambda x, y: np.sum(by_both(x, y, b)[0]*y) + np.sum(by_both(x, y, b)[1]*x*x), (x, y))
