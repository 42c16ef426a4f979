"""Parts of views in loops: the cotangent is added to the same part of the same view, and no array of the whole is made.

    for i in range(n): s += x.T[i, 0]**2        x_bar.T[i, 0] += 2*x.T[i, 0]
"""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import s2sad
from support import check, load

# y is a vector, a a matrix, t of rank 3, z complex
READS = [
    "a.T[i, 2]", "a.transpose()[i, 2]", "np.transpose(a)[i, 2]", "np.transpose(t, (2, 0, 1))[i, 1, 2]", "a.T[i]", "a.T[i, 1:4]",
    "np.swapaxes(t, 0, 2)[i, 1, 2]", "a.swapaxes(0, 1)[i, 2]", "np.moveaxis(t, 0, 2)[i, 1, 2]", "np.rollaxis(t, 2)[i, 1, 2]",
    "np.matrix_transpose(a)[i, 1]", "a.mT[i, 1]", "np.permute_dims(a)[i, 1]", "np.flip(y)[i]", "np.fliplr(a)[i, 1]",
    "np.flipud(a)[i, 1]", "np.rot90(a)[i, 1]", "y[::-1][i]", "y[:, None][i]", "y[None][0, i]", "np.expand_dims(y, 0)[0, i]",
    "np.atleast_1d(y)[i]", "np.atleast_2d(y)[0, i]", "np.atleast_3d(y)[0, i, 0]", "np.squeeze(a[None], 0)[i, 1]",
    "a[:, None].squeeze(1)[i, 1]", "y[2:][i]", "y[2:][:i]", "a[:, 1:3][i]", "y[1::2][i]", "a[1:, :-1][i, i]", "a[i][2]", "a[-1][i]",
    "a[i, ...][2]", "t[i][1, 2:]", "t[i][1][2]", "a[i, :].T[2]", "a[i].reshape(2, -1)[1]", "a[i][[1, 0, 1]]", "a[i][:, None][2]",
    "z.real[i]", "z.imag[i]", "np.real(z)[i]", "np.imag(z)[i]", "np.real_if_close(y)[i]",
    "np.asarray(y)[i]", "np.asanyarray(y)[i]", "np.ascontiguousarray(y)[i]", "np.asfortranarray(y)[i]", "np.require(y)[i]",
    "np.array(y, copy=False)[i]", "y.astype(float, copy=False)[i]", "y.view()[i]",
    "y.reshape(K, K)[i, 1]", "np.reshape(y, (K, -1))[i]", "a.ravel()[i]", "np.ravel(a)[i]", "y.reshape(-1)[i]", "a.flat[i]",
    "a.reshape(-1)[i:i + 2]", "y.reshape(K, K).T[i, 1]", "a.ravel()[::-1][i]",
    "np.diag(a)[i]", "np.diag(a)[:i]", "np.diag(a, 1)[3]", "np.diagonal(a)[i]", "a.diagonal()[i]", "np.diagonal(a, -2)[1:i]",
    "np.linalg.diagonal(a)[i]", "np.diagonal(a, 0, -2, -1)", "np.diagonal(a)[-i]",
    "np.take(y, i)", "np.take(a, i, axis=1)", "y.take(i)", "np.take(y, [i, i + 1, i])", "np.take(y, -i, mode='clip')",
    "np.take(y, i - 3, mode='wrap')", "np.take(a, [i, -i], axis=1, mode='wrap')", "np.take_along_axis(y, np.array([i, 2, i]), 0)",
    "y.item(i)", "a.item(i, 1)", "y[[i, 3, 1]]", "y[np.array([i, 3, i])]", "a[np.ix_([i], [1, 2])]", "np.unstack(a)[2][i]",
    "np.split(y, 2)[1][i]", "np.array_split(y, 3)[-1][i]", "np.hsplit(a, 2)[0][i, 1]", "np.vsplit(a, 2)[1][0, i]",
    "np.dsplit(t, 2)[1][i, 0]", "np.split(a.T, 2)[i % 2][0]", "list(a)[1][i]", "[y, a[0]][0][i]",
    "np.einsum('ii->i', a)[i]", "np.einsum('ij->ji', a)[i, 0]", "np.diag(a)[1:4]", "np.diagonal(q)[i]", "np.diagonal(q, 0, 0, 2)[0, i]",
    "np.ravel(w)[i]", "w.flat[i]", "w.reshape(-1)[-i]",
    "np.broadcast_to(y, (3, len(y)))[1, i]", "np.broadcast_to(y[:, None], (len(y), 3))[i, -1]",
    "np.broadcast_arrays(y[:, None], y)[0][i, 2]", "np.broadcast_arrays(y[:, None], y)[1][2, i:i + 3]",
    "np.broadcast_to(y[:, None], (len(y), 3))[i]", "np.broadcast_to(y[:, None], (len(y), 3))[2:i, 1:]",
    "np.broadcast_to(y, (2, 3, len(y)))[1, :, i:i + 2]", "np.broadcast_to(a[:, 1:2], (2, K, 3))[:, i]",
    "np.broadcast_to(y[:, None], (len(y), K))[i]", "np.broadcast_to(y, (2, K, len(y)))[:, :, -i]",
    "np.broadcast_to(y, (2, K, len(y)))[:, 1:, i:i + 2]", "np.broadcast_to(y, (2, 3, len(y)))[1][:, i]",
    "windows(a, (2, 2))[0][i]", "windows(a, (2, 2))[-i][1][0]", "np.squeeze(a[None])[i, 1]", "np.squeeze(y[None])[i:i + 2]",
    "w.ravel()[i:i + 2]", "np.asarray(w)[i, 1]", "w.reshape(-1)[1:][i]", "a.T.flat[i]", "a.T.flat[-i]", "a[:, ::2].flat[i]",
    "t[:, ::2].flat[i]", "t.T.flat[-i - 1]", "y.flat[i]", "y[::2].ravel()[i:i + 2]",
    "windows(a, (2, 3))[i, 1]", "windows(a, (2, 3))[-1, -i, 1]", "windows(a, 2, axis=0)[i, 1]", "windows(a.T, window_shape=(2, 2))[0, i, :, 1]",
]  # fmt: skip
TEXT = """import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows


def f{n}(x):
    K = round(x.size**0.5)
    y = np.sin(x)
    a = np.cos(x).reshape(K, K)*2.0
    t = np.outer(a[0], y[:5*K]).reshape(K, 5, K)
    z = y*(1.0 + 2.0j)
    q = np.multiply.outer(np.outer(y[:K], y[:K]), y[:K])
    w = np.cos(x).reshape(K, K)*2.0
    w[0] = y[:K]
    s = 0.0
    for i in range(1, 5):
        s += np.sum(({read})**2)
    return s
"""
X = np.random.default_rng(5).uniform(0.2, 1.2, 36)
LARGE = np.random.default_rng(5).uniform(0.2, 1.2, 4096)


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[..., Any]]:
    module = load("\n\n".join(TEXT.format(n=n, read=r) for n, r in enumerate(READS)), tmp_path_factory.mktemp("views"))
    return {read: getattr(module, f"f{n}") for n, read in enumerate(READS)}


def big_in_loops(fun: Callable[..., Any], *args: Any) -> list[tuple[str, int]]:
    """The lines of a generated text that make an array as large as the argument in each of four trips of a loop."""
    counts: Counter[tuple[str, int]] = Counter()
    here: list[Any] = [None, 0]

    def note(frame: FrameType, event: str, arg: object) -> Any:
        if here[0] is not None and tracemalloc.get_traced_memory()[1] - here[1] > 0.9*args[0].nbytes:
            counts[here[0]] += 1
        tracemalloc.reset_peak()
        at: FrameType | None = frame
        while at is not None and not at.f_code.co_filename.startswith("<s2sad"):
            at = at.f_back
        here[:] = at and (at.f_code.co_filename, at.f_lineno), tracemalloc.get_traced_memory()[0]
        return note

    tracemalloc.start(1)
    sys.settrace(note)
    try:
        fun(*args)
    finally:
        sys.settrace(None)
        tracemalloc.stop()
    return [line for line, count in counts.items() if count >= 4]


def test_no_trip_makes_an_array_of_the_whole(functions):
    for read, fun in functions.items():
        gradient = s2sad.grad(fun)
        gradient(LARGE)
        assert not big_in_loops(gradient, LARGE), (read, gradient.source)


@pytest.mark.parametrize("part", range(3))
def test_parts_of_views(part, functions, full, seed):
    chosen = list(functions)[part::3]
    for read in chosen if full else random.Random(seed + part).sample(chosen, 6):
        check(functions[read], (X,), text=False)


def test_second_derivatives_make_none_either(functions, full, seed):
    for read in functions if full else random.Random(seed).sample(list(functions), 8):
        fun = functions[read]
        product = s2sad.hvp(fun)
        got = product(X, X)
        again = s2sad.grad(lambda x, fun=fun: np.vdot(s2sad.grad(fun)(x), X))(X)
        np.testing.assert_allclose(got, again, rtol=1e-9, atol=1e-12)
        product(LARGE, LARGE)
        assert not big_in_loops(product, LARGE, LARGE), (read, product.source)


# ---------------------------------------------------------------------------------------------------- places

M = X[:9].reshape(3, 3)
ORDERS = {"C": M, "F": np.asfortranarray(M), "strided": np.repeat(M, 2, axis=1)[:, ::2]}


def in_order(x):
    """What ravel reads in the order of the elements is added in that order, however x and x_bar lie in memory."""
    a = np.sin(x)
    s = np.sum(a**3)
    for i in range(4):
        for j in range(2):
            s += a.ravel()[i + j]**2*x[j, 0]
        if i > 1:
            s += a.T.reshape(-1)[i]*x.reshape(-1)[2*i]
        s += np.sum(a.flatten()[:i])
    return s + np.sum(a*a)


def negative(x):
    """The cotangent -w was taken back for w although the loop had added to a view of it."""
    y = -x
    s = 0.0
    for i in range(3):
        s += np.transpose(y)[i, 2]**2
    z = -y
    return s + np.sum(z*np.arange(3.0))


def beside(x):
    """The whole and its parts, before and behind, in a branch and in an inner loop."""
    s = np.sum(x.T @ x)
    for i in range(3):
        row = x[i]
        s += row[0]*row[1] + np.sum(np.tanh(row))
        if i != 1:
            s += x[:, ::-1][i, 0]**3
        for j in range(2):
            s += row[j]*x.T[j][i]
        s += called(x[i:], i)
    return s*x[2][1]


def called(a, i):
    return a[0][1]**2 + np.diag(a)[0]*a.T[2, 0]


def selected(x):
    """A mask that goes through views on its way to a formula that is singular where it is not selected."""
    r = np.sqrt(x - x[0, 0])
    s = 0.0
    for i in range(3):
        t = np.where(x > 0.3, np.transpose(r), 0.0)[i]
        s += np.sum(t[1:]) + np.where(x[i, i] > x[0, 0], r.T[i][i], 0.0)
    return s


@pytest.mark.parametrize("fun", [in_order, negative, beside])
@pytest.mark.parametrize("order", ORDERS)
def test_orders_in_memory(fun, order):
    check(fun, (ORDERS[order],))
    s2sad.check_grads(fun, (ORDERS[order],), order=2)


def test_selections_go_through_views():
    x = np.sort(X[:9]).reshape(3, 3)
    gradient = s2sad.grad(selected)(x)
    assert np.all(np.isfinite(gradient[x > 0.3])), gradient


def oblong(a, n):
    s = 0.0
    for i in range(n):
        s += np.diag(a)[i]**2*(np.diag(a)[-1] + np.diag(a, 1)[-1 - i] + np.diagonal(a, -1)[i])
    return s


def narrow(y, places):
    s = 0.0
    for i in range(2):
        s += np.sum(np.take(y, places, mode="wrap")*np.take(y, places[::-1] + i, mode="clip"))
    return s


def test_diagonals_that_end_before_the_matrix():
    for shape in ((3, 5), (5, 3), (3, 3)):
        a = np.random.default_rng(1).normal(size=shape)
        check(oblong, (a, 2))


def test_indices_of_few_bits():
    """The length 200 is no int8: NumPy refuses to compare it with one."""
    y = np.random.default_rng(1).normal(size=200)
    check(narrow, (y, np.array([3, -4, 120], np.int8)), text=False)
    check(narrow, (y, np.array([3, -4, 320])), text=False)


def test_rows_read_like_elements(tmp_path: Path):
    text = "import numpy as np\n\n\ndef f(x):\n    s = 0.0\n    for i in range(len(x)):\n        p = x[i]\n        s += p[0]*p[1]**2\n    return s\n"
    gradient = s2sad.grad(load(text, tmp_path).f)
    gradient(M)
    assert "x_bar[i, 0] +=" in gradient.source and "zeros_like(p)" not in gradient.source


def replaced_beside(x):
    rows = [x*1.0, x*2.0]
    s = 0.0
    for i in range(3):
        r = rows[0]
        rows[0] = r*r
        s += r[i]**2 + rows[0][i] + rows[1][i]
        rows.append(rows.pop()*x[i])
    return s


def used_as_a_whole_too(x):
    rows = [np.sin(x), x**2]
    s = 0.0
    for i in range(4):
        r = rows[i % 2]
        s += r[i]*r[i + 1]*np.sum(r) + np.split(x, 3)[1][0]*rows[-1][i]
    return s + np.sum(rows[0])


def written_in_the_order_of_columns(x):
    w = np.asfortranarray(np.outer(x, x*2.0))
    w[0] = np.sin(x)
    s = 0.0
    for i in range(5):
        s += w.ravel()[i]**2*w.reshape(-1)[2*i] + w.T.ravel()[i]
    return s + np.sum(w[1:]**3)


def parts_kept_and_replaced(x):
    kept = []
    s = 0.0
    for i in range(2):
        parts = np.split(np.sin(x), 3)
        kept.append(parts)
        parts[0] = parts[1]*2.0
        s += parts[0][i]*parts[1][i]
    return s + np.sum(kept[0][0])*kept[1][2][1]


def parts_of_one_path(x):
    parts = np.split(x*x, 3)
    others = parts if x[0] > 0.1 else np.split(x, 3)
    parts[1] = parts[0]*others[2]
    return np.sum(others[1]*parts[1])*others[0][0]


def one_place_spread(x):
    s = 0.0
    for i in range(3):
        p, q = np.broadcast_arrays(x[:, None], x)
        s += np.broadcast_to(x[:1], (4, 3))[i, i]*p[i, 1]*q[i, 2] + np.broadcast_to(x, (3, 6))[i] @ x
    return s


LISTS = [
    replaced_beside, used_as_a_whole_too, written_in_the_order_of_columns, parts_kept_and_replaced, parts_of_one_path,
    one_place_spread,
]  # fmt: skip


@pytest.mark.parametrize("fun", LISTS)
def test_parts_of_what_lists_hold(fun):
    s2sad.check_grads(fun, (X[:6],), order=2)


def read_behind_a_write_of_the_original(x):
    u = np.sin(x).reshape(2, 3)*np.ones((4, 1, 1))[0]
    for _ in range(2):
        old = u.copy()
        u[:, 1:] = old[:, :-1]*old[:, 1:]
        u[:, 0] = 0.5*old[:, -2] + old[:, 1]
    return np.sum(u*u)


def flattened_and_written_behind(x):
    u = np.cos(x)*1.0
    for _ in range(2):
        flat, row = u.reshape(2, 3).flatten(), np.array(u)
        u[1:] = u[:-1]*flat[2]
        u[2] = flat[3]*flat[1] + row[3]
    return np.sum(u*u)


@pytest.mark.parametrize("fun", [read_behind_a_write_of_the_original, flattened_and_written_behind])
def test_a_copy_has_a_cotangent_of_its_own_where_the_original_is_written(fun):
    s2sad.check_grads(fun, (X[:6],), order=2)
