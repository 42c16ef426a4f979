"""Parts of an array that are copied into other parts of it: `v[1:] = v[:-1]` works, `v[:, -1] = v[1]` is refused.

Where two parts with one axis overlap and their elements lie unequally far apart, NumPy reads elements that the
same assignment has written (measured with NumPy 2.4 and 2.5).
"""

from __future__ import annotations

import numpy as np
import pytest

import s2sad

X = np.linspace(0.2, 0.9, 16).reshape(4, 4)


def row_into_a_column(x):
    v = np.sin(x)
    v[:, -1] = v[1]
    return np.sum(v*v)


def named_column_into_a_row(x):
    v = np.sin(x)
    column = v[:, 2]
    for _ in range(2):
        v[1] = column
    return np.sum(v*v)


def every_second(x):
    v = np.sin(x).ravel()
    if x[0, 0] > 0.1:
        v[::2] = v[:8]
    return np.sum(v*v)


@pytest.mark.parametrize("fun", [row_into_a_column, named_column_into_a_row, every_second])
def test_the_order_of_copying_is_not_guessed(fun):
    with pytest.raises(s2sad.UnsupportedError, match=r"copied into another one of its parts.*copy it first"):
        s2sad.grad(fun)(X)


def parts_that_keep_apart(x):
    v = np.sin(x)
    v[1:, 0] = v[0, 1:]
    for i in range(3):
        v[i + 1:, i] = v[i, i + 1:]
    v[2:, :] = v[:2, ::-1]
    return np.sum(v*v)


def parts_with_one_step(x):
    v = np.cos(x).ravel()
    for k in range(2):
        v[1:] = v[:-1]
        v[:8:2] = v[8::2]
        v[k:k + 4] = v[k + 2:k + 6]
    w = v.reshape(4, 4)
    w[:, 1:] = w[:, :-1]
    w[:, 2] = w[:, 3]
    return np.sum(v*v*np.arange(16))


def mirrored(x):
    v = np.sin(x)
    for i in range(4):
        v[:, i] = v[i]
    return np.sum(v*v*x)


def copied_first(x):
    v = np.sin(x)
    v[:, -1] = v[1].copy()
    v[2] = v[:, 1]*1.0
    v[1] += v[:, 2]
    return np.sum(v*v)


def _turn(v):
    v[:] = v[::-1]
    return v[1:]


def turned(x):
    v = np.sin(x).ravel()
    for k in range(3):
        v[:] = v[::-1]
        v[k:] *= 0.9
        if x[0, 0] > 0.1:
            v[4::2] = v[-1:k:-2][:6]
            _turn(v)[:3] += v[5]
        v[...] = v[8]*v[::-1]
    return np.sum(v*v*np.arange(16))


@pytest.mark.parametrize("fun", [parts_that_keep_apart, parts_with_one_step, mirrored, copied_first, turned])
def test_what_reads_before_it_writes_works(fun):
    s2sad.check_grads(fun, (X,), order=2)


def joined_into_itself(x):
    v = x.ravel()*1.0
    halves = [v[8:], v[:8]]
    for part in halves:
        part *= 2.0
    np.concatenate(halves, out=v)
    return np.sum(v*v*np.arange(16))


def joined_into_another(x):
    v, w = x.ravel()*1.0, np.ones(16)
    for k in range(2):
        np.concatenate([v[k:8], w[:0]*2.0, v[8:], v[:k]], out=w)
        v = w*v
    v[...] = np.concatenate([v[8:], v[:8]])
    return np.sum(v*v*np.arange(16))


def test_parts_that_are_joined_into_their_own_array():
    """NumPy writes part after part there, and reads what it has just written."""
    with pytest.raises(s2sad.UnsupportedError, match="may be a part of what it is written into"):
        s2sad.grad(joined_into_itself)(X)
    with pytest.raises(s2sad.UnsupportedError, match="join it first"):
        s2sad.jvp(joined_into_itself, (X,), (X,))
    s2sad.check_grads(joined_into_another, (X,), order=2)
