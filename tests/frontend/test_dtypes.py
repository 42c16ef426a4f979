"""Dtypes that programs ask arrays for, limits of numbers, grids of np.mgrid, and shapes given as lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.checking import check_grads
from support import check

X = np.array([0.3, -0.7, 1.2])
M = np.arange(12.0).reshape(3, 4)/7


def made_like(u):
    v, w = np.zeros((3,), u.dtype), np.empty(u.shape, dtype=u.dtype)
    w[:] = u
    v[:] = u*w
    return np.sum(v)


def made_by_ndarray(u):
    v = np.ndarray((3, 2), u.dtype)
    v[:] = u[:, None]*u[:2]
    return np.sum(v) + np.sum(np.ndarray(shape=3)*0.0)


def cast_to_its_own(u):
    out = np.array(u, dtype=u.dtype)
    out *= 2
    return np.mean(out**2, dtype=u.dtype)*u.dtype.type(2.5)


def limits(u):
    far = np.where(np.abs(u) < np.finfo(u.dtype).tiny, np.iinfo(np.int32).max, 0.0)
    return np.sum(u/(np.finfo(float).eps + np.abs(u)) + u) + np.sum(far)


def in_a_loop(u):
    dtype = u.dtype
    s = np.zeros((), dtype=dtype)
    for x in u:
        v = np.zeros(2, dtype=dtype)
        v[0], v[1] = x, x*x
        s = s + np.sum(v)
    return s


def helper(u, dtype):
    v = np.empty(len(u), dtype)
    v[:] = np.sin(u)
    return v


def in_a_callee(u):
    return np.sum(helper(u, u.dtype)*helper(u, np.result_type(u, np.float32)))


def by_name(u):
    kind, wide = np.dtype("float32").kind, u.dtype.itemsize > 4
    return np.sum(u**2) if kind == "f" and np.issubdtype(u.dtype, np.floating) else np.sum(u)*wide


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "fun", [made_like, made_by_ndarray, cast_to_its_own, limits, in_a_loop, in_a_callee, by_name]
)
def test_dtype(fun: Callable[..., Any], dtype: Any) -> None:
    check(fun, (X.astype(dtype),))


def branches(u):
    if u.dtype == np.float32:
        return np.sum(u**3)
    return np.sum(u**2)


def test_the_branch_of_a_dtype_is_chosen_before_the_call() -> None:
    gradient = s2sad.grad(branches)
    assert gradient(X).tolist() == (2*X).tolist() and "if" not in gradient.source
    np.testing.assert_allclose(gradient(X.astype(np.float32)), 3*X.astype(np.float32)**2, rtol=1e-6)


def test_the_text_of_limits_is_that_of_the_function() -> None:
    gradient = s2sad.grad(limits)
    gradient(X)
    assert "np.finfo(np.float64).eps + np.abs(u)" in gradient.source


def either(u, w):
    v = np.empty(3, u.dtype if np.sum(u) > 0 else w.dtype)
    v[:] = u
    return np.sum(v)


def test_dtype_known_at_run_time_only() -> None:
    check(either, (X, X))
    with pytest.raises(s2sad.UnsupportedError, match="a dtype that is known at run time only"):
        s2sad.grad(either)(X, X.astype(np.float32))
    with pytest.raises(s2sad.UnsupportedError, match="over a buffer"):
        s2sad.grad(lambda u: np.sum(np.ndarray((3,), np.float64, u)))(X)


def unpacked_grid(u):
    n = len(u)
    rows, columns = np.mgrid[:n, 0:n:2]
    return np.sum(np.hypot(rows - n/2, columns - u[0])*u[:, None])


def open_grid(u):
    y, x = np.ogrid[-1:1:0.7, 0:3]
    return np.sum(u*x + u*y)


def whole_grid(u):
    grid, line = np.mgrid[0:3, -1:1:4j], np.mgrid[0:3]
    return np.sum(u[:, None]*grid[0]*grid[1]) + np.sum(u*line)


@pytest.mark.parametrize("fun", [unpacked_grid, open_grid, whole_grid])
def test_grid(fun: Callable[..., Any]) -> None:
    check(fun, (X,))


def test_grid_between_active_ends() -> None:
    """The squares of 0, a/2 and a; with a step that is a number the ends say how many points there are."""
    assert s2sad.grad(lambda a: np.sum(np.mgrid[0:a:3j]**2))(2.0) == pytest.approx(5.0)
    with pytest.raises(s2sad.UnsupportedError, match="an active value enters"):
        s2sad.grad(lambda a: np.sum(np.mgrid[0:a:0.5]**2))(2.0)


def shape_display(x):
    made = np.empty([x.shape[0], x.shape[1]//2], dtype=x.dtype)
    made[:] = x[:, ::2]
    s = 0.0
    for i in range(made.shape[1] - 1):
        s += np.sum(made[:, i]**2)
    return s


def shape_changed(x):
    shape = list(x.shape)
    shape[1] //= 2
    made = np.zeros(shape)
    made[:] = x[:, ::2]
    s = 0.0
    for i in range(made.shape[1] - 1):
        s += np.sum(made[:, i]**2)
    return s


def sizes(x):
    n, m = x.shape
    z = np.reshape(np.arange(n*m)*1.0, [n, m])*x
    return np.sum(z) + np.sum(np.tile(z, [2, 1])[n:]) + np.sum(np.broadcast_to(x, [3, n, m])[0])


def of_unknown_rank(x, flat):
    y = x if flat else x[None]
    count = 1
    for n in y.shape:
        count *= n
    z = y.reshape((-1,) + y.shape[1:])
    w = np.zeros((2,) + y.shape)
    w[0] = z**2
    n, = y.shape[:1]
    return np.sum(w)*count*n/len(y.shape) + np.sum(y[..., :y.shape[0]//2 + 1])


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (shape_display, (M,)),
        (shape_changed, (M,)),
        (sizes, (M,)),
        (of_unknown_rank, (M, True)),
        (of_unknown_rank, (M, False)),
    ],
)
def test_shapes(fun: Callable[..., Any], args: tuple[Any, ...]) -> None:
    check(fun, args)


def test_second_order() -> None:
    check_grads(made_like, (X,), order=2)
