"""Shadows that are found at run time: by the storage behind an array, whatever its address, strides or size."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest

import s2sad
from s2sad.runtime import Shadows, owner, shadow_of
from support import check, check_vjp

X = np.array([0.5, 0.7, 1.1, 0.9, 0.3, 0.8])
C = np.array([0.3, -0.4, 0.8, 0.6, 1.2, -0.9])


# ------------------------------------------------------------------------------------------------ the table


def test_empty_arrays_share_no_shadow():
    """All empty arrays may have one address, and views of nothing may lie anywhere in their storage."""
    bars, x = Shadows(), np.arange(4.0)
    empty = [np.zeros(0), np.zeros(0), np.zeros((3, 0)), np.zeros((0, 3)).T, x[4:], x[:0], x[2:2]]
    found = [shadow_of(bars, e) for e in empty]
    assert [f.shape for f in found] == [e.shape for e in empty]
    for f in found:
        f += 1.0
        f *= 2.0
    assert shadow_of(bars, x).tolist() == [0.0]*4
    shadow_of(bars, x)[:] = 1.0
    assert shadow_of(bars, x[3:]).tolist() == [1.0] and shadow_of(bars, x[4:]).shape == (0,)


def test_overlapping_views_of_any_strides():
    """The shadow of a view is the same view of the shadow."""
    x = np.arange(24.0).reshape(4, 6)
    views = [
        x[::-1], x[:, ::-2], x.T, x[1:3, 2:5], x[3], x[:, 1], x[::-1, ::-1].T[1:], x.reshape(-1)[5:20:3],
        x.reshape(2, 12)[1, ::-1], x[None], x[..., None], x[2:3, 4:5], np.swapaxes(x, 0, 1), x[0, :1],
    ]  # fmt: skip
    for first in range(len(views)):  # whichever is asked for first
        bars, mirror = Shadows(), np.zeros_like(x)
        order = views[first:] + views[:first]
        for k, v in enumerate(order):
            assert owner(v) is owner(x)
            shadow = shadow_of(bars, v)
            assert shadow.shape == v.shape and shadow.strides == v.strides
            shadow += k + 1.0
            offset = v.__array_interface__["data"][0] - x.__array_interface__["data"][0]
            np.ndarray(v.shape, v.dtype, mirror, offset, v.strides)[...] += k + 1.0
        assert np.array_equal(shadow_of(bars, x), mirror)


def test_storages_with_gaps_and_complex_parts():
    """A storage need not be dense, and the real part of a complex array is a view of it."""
    base = np.zeros(40)
    strided = np.ndarray((3, 2), float, base, 8*30, (-8*8, 8*3))
    z = np.zeros(3, complex)
    bars = Shadows()
    shadow_of(bars, strided)[1, 1] = 5.0
    assert shadow_of(bars, base)[30 - 8 + 3] == 5.0 and np.sum(shadow_of(bars, base)) == 5.0
    shadow_of(bars, z.real)[1:] += 2.0
    shadow_of(bars, z.imag)[0] += 3.0
    assert shadow_of(bars, z).tolist() == [3j, 2.0, 2.0]


def test_addresses_that_are_used_again():
    """A storage that was asked for lives as long as its table: no later array gets its address, or its id."""
    bars = Shadows()
    for k in range(200):
        x = np.full(16, float(k))
        shadow = shadow_of(bars, x[2:])
        assert not shadow.any()
        shadow += 1.0
        del x
        gc.collect(0)


# ----------------------------------------------------------------------------------------------- derivatives


def empty_parts(x, c, n):
    best = x[n:n]
    for i in range(n):
        part = x[i : 2*i]
        part *= c[i]
        if i > 0:
            best = part
        rest = x[6:]
        rest += 1.0
    best *= 2.0
    return np.sum(x*c) + np.sum(best)


def overlapping(x, c, n):
    a, b = x[1:], x[:-1]
    for i in range(n):
        if c[i] > 0.0:
            a, b = b, a
        a *= 0.9
        b[::2] += 0.3*a[::2]
    return np.sum(x*c) + np.sum(a*b)


def freed(x, c, n):
    total = 0.0
    kept = x
    for i in range(n):
        t = x*c[i]
        v = t[1:] if i % 2 else t[::-1]
        v *= kept[0]
        total = total + np.sum(v*v)
        if i == 1:
            kept = v
        t = None
    return total + np.sum(kept)


def backwards(x, c, n):
    v = x[::-1]
    for i in range(n):
        w = v[i % 2 :]
        w[0] *= c[i]
        v = w[::-1] if i % 2 else v
        v[-1] += 0.5*w[0]
    return np.sum(x*c) + v[0]


def reshaped(x, c, n):
    m = x.reshape(2, 3)
    turned = m.T if n % 2 else m
    flat = turned.reshape(-1)  # a copy of the one, a view of the other
    flat *= c
    turned[0] += flat[0]
    square = flat.reshape(3, 2)
    square[1:] *= 0.5
    return np.sum(x*c) + np.sum(flat*flat) + np.sum(np.ravel(m.T)*c)


def stored(x, c, n):
    parts = [x[:2], x[1:4], x[6:], x[::-2]]
    for i in range(n):
        p = parts[i % 4]
        p *= c[i]
        parts[i % 4], parts[0] = parts[0], p
    return sum(np.sum(p) for p in parts) + np.sum(x*c)


PROGRAMS = [empty_parts, overlapping, freed, backwards, reshaped, stored]


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_found_in_derivatives(fun, n):
    wide = np.zeros((6, 3))
    wide[:, 1] = X
    for x in (X, X[::-1], wide[:, 1], wide[::-1, 1]):
        check(fun, (x, C, n), text=x is X)


@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_pullbacks_that_outlive_what_they_were_made_of(fun):
    """A pullback holds what its table is keyed by: memory that is used again meanwhile changes nothing."""
    expected = s2sad.grad(fun, (0, 1))(X, C, 4)
    pullbacks = []
    for _ in range(20):
        pullbacks.append(s2sad.vjp(fun, X.copy(), C.copy(), 4)[1])
        gc.collect(0)
    junk = [np.full(6, np.nan) for _ in range(200)]
    found: list[object] = [None]*len(pullbacks)

    def call(k):
        found[k] = pullbacks[k](1.0)

    threads = [threading.Thread(target=call, args=(k,)) for k in range(len(pullbacks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(junk) == 200
    for got in found:
        for g, e in zip(got, expected, strict=False):
            np.testing.assert_allclose(g, e, rtol=1e-12)


def test_no_elements_at_all():
    for shape in ((0,), (0, 3)):
        x = np.zeros(shape)
        check_vjp(rows_of, (x, 2))


def rows_of(x, n):
    prev = x
    for _ in range(n):
        cur = prev[::-1]
        cur *= 2.0
        prev = cur
    return prev*1.0


def whole_on_some_path(x, k, n):
    v = k
    for _ in range(n):
        v = x*1.0
        v[0] *= x[1]
    x[n % 2] -= x[2]*0.5
    return np.sum(np.sin(v)) + np.sum(x)


@pytest.mark.parametrize("n", [0, 1])
def test_integers_on_some_path(n):
    """The shadow of an array of integers was one of integers, which took no cotangent."""
    check(whole_on_some_path, (X, np.array([1, 2, 3]), n))


# ------------------------------------------------------------------------------- what needs no look at addresses


def diagonal_of_written(a, v):
    a[0] = 2*v
    d = np.diag(a)
    return np.sum(d*d) + np.sum(a*a)


def diagonals_between_stores(a, v):
    for i in range(len(v)):
        a[i] *= v[i]
        a[i, 0] += np.sum(np.diag(a)**2)
    return np.sum(np.sin(a))


def elements_of_a_diagonal(a, v):
    r = np.diagonal(a[:, :2], 0)
    e = np.broadcast_to(v, (2, 3))
    for i in range(2):
        a[0, 1] = r[0]*r[1] + e[i, 1]
        v[i] = r[i]*np.sum(e**2)
        a[1, 1] *= 1.1
    return np.sum(r) + np.sum(a**2) + np.sum(v)


def matrix_of_a_vector(a, v):
    d = np.diag(v)
    d[0, 1] = 3.0
    v[1] = 2.0*v[0]
    return np.sum(d @ a)*np.sum(v)


def flat_behind_the_last_store(a, v):
    a[0] = 2*v
    d, e = np.ravel(a), a.reshape(-1)
    f = np.asarray(a, float)
    return np.sum(d[1:]*e[:-1]) + np.sum(f**3)


def flat_of_each_trip(a, v):
    s = 0.0
    for i in range(3):
        b = np.zeros((3, 3))
        b[i] = a[i]*v
        r = b.reshape(-1)
        s = s + np.sum(r[:-1]*r[1:]) + r[i]
    return s


def column_of_written(a, v):
    v[0] = 2.0
    c = v.reshape(-1, 1)
    for _ in range(2):
        v[1] = np.sum(c*a)
    return np.sum(c**2)


def powers_and_parts(a, v):
    a[1] = v
    m = np.linalg.matrix_power(a, 2)
    m[0, 0] = np.sum(np.einsum("ij->i", a)) + np.sum(np.imag(a))
    a[2] *= 2.0
    return np.sum(m*a)


def replaced_in_place(a, v):
    b = np.where(a > 0.5, a, np.nan)*v
    np.nan_to_num(b, copy=False, nan=2.0)
    c = np.nan_to_num(b)
    c[0] = v
    b *= v
    return np.sum(b*c)


SQUARE = np.random.default_rng(5).uniform(0.2, 1.2, (3, 3))


@pytest.mark.parametrize("fun", [
    diagonal_of_written, diagonals_between_stores, elements_of_a_diagonal, matrix_of_a_vector,
    flat_behind_the_last_store, flat_of_each_trip, column_of_written, powers_and_parts, replaced_in_place,
], ids=lambda f: f.__name__)  # fmt: skip
def test_kinds_and_the_last_store_decide(fun):
    """A shadow is found by address only where neither the ranks nor the order of the statements tell more."""
    v = np.array([0.4, 0.7, 0.9])
    for a in (SQUARE, SQUARE.T, np.repeat(SQUARE, 2, axis=0)[::2]):
        check(fun, (a, v))
        assert "Shadows" not in s2sad.grad(fun, (0, 1)).source_for(a, v)


def test_flat_views_that_are_written_to_or_kept():
    """A view that may be a copy and is written to is looked up, as before."""

    def written(a, v):
        a[0] = v
        r = np.ravel(a)
        r[1:4] = v*2.0
        return np.sum(a**2) + np.sum(r**3)

    def kept(a, v):
        b = a*1.0
        rows = []
        for i in range(2):
            rows.append(b.ravel())
            b[i] = v*rows[0][1]
        return np.sum(rows[1]**2) + np.sum(b**3)

    for a in (SQUARE, np.asfortranarray(SQUARE)):
        for fun in (written, kept):
            check(fun, (a, np.array([0.4, 0.7, 0.9])))
