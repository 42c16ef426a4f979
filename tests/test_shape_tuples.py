"""What is done with shapes and other tuples of integers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from support import check, differences, flat

M = np.arange(6.0).reshape(2, 3)*0.3 + 0.1


def shape_k(x, k):
    return np.sum(x.reshape(np.shape(x)[:k] + (1,) + np.shape(x)[k:])**2)


def shape_k2(x, k):
    s = x.shape
    y = x.reshape(s[:k] + (1,) + s[k:])
    return np.sum(y*np.ones(s[k:]))


def shape_last(x, k):
    return np.sum(np.zeros(x.shape[:-1] + (k,)) + x[:, :k])


def shape_list(x, k):
    s = list(x.shape)
    s[k] = 1
    return np.sum(x.sum(axis=k).reshape(s)*x)


def shape_insert(x, k):
    s = list(x.shape)
    s.insert(k, 1)
    return np.sum(x.reshape(s)**2)


def shape_insert_t(x, k):
    s = list(x.shape)
    s.insert(k, 1)
    return np.sum(x.reshape(tuple(s))**2)


def shape_mul(x, k):
    return np.sum(x.reshape((1,)*k + x.shape)**2)*len((1,)*k)


def shape_mul2(x, k):
    return np.sum(x[(None,)*k]**3)


def shape_iter(x, k):
    s = 1
    for n in x.shape:
        s = s*n
    return np.sum(x)/s*len(x.shape)


def shape_cmp(x, k):
    if x.shape == (2, 3):
        return np.sum(x)
    return np.sum(x**2)


def shape_cmp2(x, k):
    y = x[:, :k]
    if y.shape == x.shape:
        return np.sum(x)
    if y.shape != (2, 2) and y.shape[0] == x.shape[0]:
        return np.sum(x**2)
    return np.sum(x**3)


def bshape(x, k):
    s = np.broadcast_shapes(x.shape, (1, 1), (k, 1, 1))
    return np.sum(np.broadcast_to(x, s)**2)*len(s)


def prod_shape(x, k):
    return np.sum(x)/np.prod(x.shape) + np.sum(x**2)/np.prod(x.shape[k:])


def prod_math(x, k):
    return np.sum(x.reshape(math.prod(x.shape[:k]), -1)**2)/math.prod(x.shape)


def outer_shape(x, k):
    y = x[0]
    return np.sum(np.zeros(x.shape + y.shape) + x[..., None]*y)


def unknown_rank(x, k):
    y = x
    for _ in range(k):
        y = y[None]
    z = np.ones(y.shape[:1] + x.shape)
    return np.sum(y*z) + np.prod(y.shape) + len(y.shape)


def moveto(x, k):
    perm = list(range(x.ndim))
    perm.insert(0, perm.pop(k))
    return np.sum(np.transpose(x, perm)[0]**2)


def axes_tuple(x, k):
    ax = tuple(i for i in range(x.ndim) if i != k)
    return np.sum(np.sum(x, axis=ax)**2)


def axes_tuple2(x, k):
    ax = tuple(range(k, x.ndim))
    return np.sum(np.mean(x, axis=ax)**2)


def slice_index2(x, k):
    idx = (slice(None),)*k + (0,)
    return np.sum(x[idx]**2)


def keep(x, k):
    m = x.mean(axis=k)
    return np.sum((x - m.reshape(m.shape[:k] + (1,) + m.shape[k:]))**2)


def shape_sum(x, k):
    return np.sum(x)*sum(x.shape[:k]) + max(x.shape)*min(x.shape[k:])


def shape_unpack(x, k):
    *lead, n = x.shape
    return np.sum(x.reshape(-1, n)**2)*len(lead) + np.sum(x.reshape(*lead, n, 1))


def shape_rev(x, k):
    return np.sum(np.ones(x.shape[::-1])*x.T) + x.shape[::-1][k]


def shape_tuple_fn(x, k):
    s = tuple(n + 1 for n in x.shape)
    y = np.zeros(s)
    y[:-1, :-1] = x
    return np.sum(y**2)


def shape_in_loop(x, k):
    t = 0.0
    for j in range(x.ndim):
        s = x.shape[:j] + (1,) + x.shape[j + 1:]
        t += np.sum(x*np.ones(s)*x.sum(axis=j, keepdims=True)) + len(s)
    return t


def tile_reps(x, k):
    reps = (1,)*(x.ndim - 1) + (2,)
    return np.sum(np.tile(x, reps)**2)


def pad_widths(x, k):
    w = [(0, 0)]*x.ndim
    w[k] = (1, 1)
    return np.sum(np.pad(x, w)**2)


def size_index(x, k):
    n = x.shape[k]
    return np.sum(x)/n + x.shape[-1]*x[0, 0] + x.shape[k - 1]


def shape_pack(x, k):
    shapes = [x.shape, x[0].shape]
    sizes = [int(np.prod(s)) for s in shapes]
    flat = np.concatenate([x.ravel(), x[0].ravel()])
    out = 0.0
    at = 0
    for s, n in zip(shapes, sizes):
        out += np.sum(flat[at:at+n].reshape(s)**2)*n
        at += n
    return out


def shape_dict(x, k):
    spec = {"W": x.shape, "b": (x.shape[0],)}
    p = {n: np.ones(s)*np.sum(x)*0.1 for n, s in spec.items()}
    return np.sum(p["W"]*x) + np.sum(p["b"])


def reshape_star(x, k):
    return np.sum(x.reshape(*x.shape[:k], 1, *x.shape[k:])**2)


def eq_len(x, k):
    assert x.shape[:k] == x[..., 0].shape[:k], "shapes"
    return np.sum(x**2)


def ndim_loop(x, k):
    w = np.ones(x.shape[k])
    for _ in range(x.ndim - k - 1):
        w = w[..., None]
    return np.sum(x*w)


PROGRAMS = [
    shape_k, shape_k2, shape_last, shape_list, shape_insert, shape_insert_t, shape_mul, shape_mul2,
    shape_iter, shape_cmp, shape_cmp2, bshape, prod_shape, prod_math, outer_shape, unknown_rank, moveto,
    axes_tuple, axes_tuple2, slice_index2, keep, shape_sum, shape_unpack, shape_rev, shape_tuple_fn,
    shape_in_loop, tile_reps, pad_widths, size_index, shape_pack, shape_dict, reshape_star, eq_len,
    ndim_loop,
]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    """With respect to the array, for a parameter of which only the program knows the value."""
    check(f, (M, 2) if f is shape_last else (M, 1))


def length_of_either(x, m):
    s = 0.0
    for k in range(3):
        r = x if k else m
        n = np.shape(r)[-1]
        s = s + np.sum(r**3)/n*x[n - 1]
    return s


def places_in_either(x, m):
    s = 0.0
    for r in [x, m, x*2]:
        found, n = np.nonzero(r > 0.25)[0], np.unravel_index(np.argmax(r), np.shape(r))[0]
        s = s + np.sum(r[found]**3)*r[n].sum()
    return s


def square_roots_in_a_loop(x, m):
    p = m.T @ m + np.eye(3)
    for _ in range(2):
        rows = np.vstack([x, np.linalg.cholesky(p).T])
        p = rows.T @ rows
    return np.sum(p**2)


@pytest.mark.parametrize("f", [length_of_either, places_in_either, square_roots_in_a_loop])
def test_lengths_of_what_has_no_known_rank(f):
    """In a loop they were held for elements that nothing had put in yet: what came of them had no derivative."""
    args, v = (np.array([0.3, 0.5, 0.8]), M), (np.array([1.0, -2.0, 0.5]), np.cos(M))
    check(f, args)
    gradient = s2sad.grad(f, (0, 1))
    product = s2sad.hvp(f, (0, 1))(*args, v)
    np.testing.assert_allclose(flat(list(product)), flat(list(s2sad.vjp(gradient, *args)[1](v))), rtol=1e-10)
    np.testing.assert_allclose(flat(list(product)), differences(gradient, args, v), rtol=1e-5)
