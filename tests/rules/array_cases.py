"""Calls of every function in the tables on whole arrays, for `test_array_tables`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Case:
    """A call. `still` names active arguments that are not tested, `vague` says whether the rule can do without ranks
    and literals, `forward` whether it has a forward derivative, `along` restricts directions (symmetric matrices)."""

    def __init__(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        vague: bool = True,
        forward: bool = True,
        still: tuple[str, ...] = (),
        along: Callable[[Any], Any] | None = None,
    ) -> None:
        self.args, self.kwargs = args, kwargs
        self.vague, self.forward, self.still = vague, forward, still
        self.shape_direction = along or (lambda by: by)
        self.literals = (2.5, np.inf, -np.inf)  # floats that stand in the call as literals


def case(*args: Any, **kwargs: Any) -> Case:
    return Case(args, kwargs)


def literal(*args: Any, **kwargs: Any) -> Case:
    """A case whose rule asks for a literal or a rank."""
    return Case(args, kwargs, vague=False)


_rng = np.random.default_rng(7)


def r(*shape: int) -> Any:
    """Random numbers, no two equal."""
    return _rng.normal(size=shape)


def c(*shape: int) -> Any:
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


def spd(n: int) -> Any:
    a = r(n, n)
    return a @ a.T + n * np.eye(n)


def symmetric(by: Any) -> Any:
    return None if by is None else (by + np.swapaxes(by, -1, -2)) / 2


v, w, m, t = r(4), r(4), r(3, 4), r(2, 3, 4)
zero = np.array(1.7)
scalar = np.float64(0.3)
square = r(3, 3) + 2 * np.eye(3)
integers = np.array([3, 0, 2, 1])
mask = np.array([True, False, True, True])


def _axes(**more: Any) -> list[Case]:
    """The calls of a reduction."""
    made = [case(x, **more) for x in (v, m, t, zero, scalar, 0.7)]
    made += [case(v, axis=0, **more), case(m, axis=1, **more), case(m, axis=0, **more), case(t, axis=-2, **more)]
    made += [case(m, None, **more), case(m, 1, **more), case(m, axis=-1, keepdims=True, **more)]
    made += [case(v, keepdims=True, **more), case(m, axis=None, keepdims=True, **more)]
    return made


def _tuples(**more: Any) -> list[Case]:
    return [case(t, axis=(0, 2), **more), case(t, axis=(1, 0), keepdims=True, **more), case(m, axis=(0, 1), **more)]


holes = r(3, 4)
holes[1, 2] = holes[0, 0] = np.nan
with_zeros = r(3, 4)
with_zeros[0, 1] = with_zeros[2, 1] = with_zeros[2, 3] = 0.0

REDUCTIONS = {
    "np.sum": [*_axes(), *_tuples(), case(c(3, 4), axis=0), case(integers), case(mask), case(m, dtype=np.float64), case([1.0, 2.5])],
    "np.mean": [*_axes(), *_tuples(), case(c(3, 4), axis=0), case(integers), case(m.astype("float32").astype(float), axis=1)],
    "np.prod": [*_axes(), *_tuples(), case(with_zeros), case(with_zeros, axis=1), case(c(3), axis=0), case(c(3, 2), axis=1), case(integers)],
    "np.max": [*_axes(), *_tuples(), case(integers)],
    "np.min": [*_axes(), *_tuples()],
    "np.nanmax": [case(v), case(m, axis=1), case(holes, axis=1), case(holes)],
    "np.nanmin": [case(v), case(m, axis=1, keepdims=True), case(holes, axis=0)],
    "np.var": [*_axes(), *_tuples(), case(m, ddof=1), case(m, axis=1, ddof=1), case(c(3, 4), axis=1), case(integers)],
    "np.std": [case(v), case(m), case(m, axis=1), case(m, axis=0, ddof=1), *_tuples(), case(m, keepdims=True), case(c(3, 4), axis=1)],
    "np.nansum": [*_axes(), *_tuples(), case(holes), case(holes, axis=1)],
    "np.nanmean": [*_axes(), *_tuples(), case(holes), case(holes, axis=1)],
    "np.ptp": [case(v), case(m, axis=1)],
    "np.median": [*_axes(), *_tuples(), case(r(5)), case(r(3, 5), axis=1)],
    "np.average": [case(v), case(m, axis=1), case(v, weights=np.abs(w)), case(m, axis=1, weights=np.abs(w))],
    "np.cumsum": [case(v), case(m), case(m, axis=1), case(m, axis=-2), case(t, 1), case(scalar), case(c(3))],
    "np.cumprod": [case(v), case(m), case(m, axis=1), case(t, -1), case(with_zeros, axis=1), case(with_zeros), case(c(3))],
    "np.diff": [
        *(literal(x, **k) for x in (v, m) for k in ({}, {"n": 2}, {"axis": 0}, {"n": 3, "axis": 0})),
        literal(v, prepend=0.3),
        literal(v, append=0.3),
        literal(v, prepend=0.3, append=0.1),
        literal(m, axis=0),
        Case((v,), {"n": 2, "prepend": 2.5, "append": 2.5}, vague=False, still=("prepend", "append")),
    ],
    "np.argmax": [case(v), case(m, axis=1), case(m, axis=0, keepdims=True)],
    "np.argmin": [case(v), case(m, axis=1)],
    "np.any": [case(mask), case(m > 0, axis=1)],
    "np.all": [case(mask), case(m > 0, axis=1, keepdims=True)],
    "np.count_nonzero": [case(mask), case(m, axis=1), case(m, keepdims=True)],
    "is_moderate": [case(v), case(with_zeros)],
    "ranks": [case(v), case(m, 1), case(m, None)],
    "stable_order": [case(v), case(m, 0), case(with_zeros, 1)],
    "median_weights": [Case((v,), {}, vague=False), case(m, 1)],
    "reduced_size": [case(t, (0, 1)), case(m, -1)],
    "prod_others": [case(v), case(m, 1), case(with_zeros, 0)],
    "prod_others_dot": [case(v[::-1], v), case(2.0*m, m, 1), case(with_zeros + 1.0, with_zeros, 0)],
    "cumprod_back": [case(w, v), case(r(3, 4), m, 1), case(r(3, 4), with_zeros, 0), case(r(12), m)],
    "cumprod_dot": [case(w, v), case(r(3, 4), m, 1), case(r(3, 4), with_zeros, 0)],
    "where_used": [case(w, v), case(w, np.array([0.0, 1.0, 0.0, 2.0]))],
    "div_or_zero": [case(w, v), case(w, np.array([0.0, 1.0, 0.0, 2.0]))],
}

turned = r(4, 3).T
split_z = r(5)

SHAPES = {
    "np.reshape": [case(m, (4, 3)), case(m, -1), case(m, (2, -1)), case(v, (2, 2), order="F"), case(turned, (12,)), case(zero, (1, 1)), case(scalar, (1,))],
    "np.ravel": [case(v), case(m), case(turned), case(m, order="F"), case(zero), case(scalar)],
    "np.ndarray.flatten": [case(v), case(m), case(turned, order="F")],
    "np.squeeze": [case(r(1, 3, 1)), case(r(1, 3, 1), axis=0), case(r(1, 3, 1), axis=(0, -1)), case(v)],
    "np.expand_dims": [case(v, 0), case(m, -1), case(m, (0, 2)), case(zero, 0)],
    "np.broadcast_to": [case(v, (3, 4)), case(r(3, 1), (2, 3, 4)), case(zero, (2,)), case(v, (4,)), case(0.4, (2, 2))],
    "np.transpose": [case(v), case(m), case(t), case(t, (2, 0, 1)), case(m, axes=(-1, 0)), literal(m, axes=None)],
    "np.ndarray.T": [case(v), case(m), case(t)],
    "np.swapaxes": [case(m, 0, 1), case(t, 0, -1)],
    "np.moveaxis": [case(m, 0, 1), case(t, 0, -1), case(t, (0, 1), (2, 0))],
    "np.matrix_transpose": [case(m), case(t)],
    "np.flip": [case(v), case(m), case(m, axis=1), case(t, axis=(0, 2))],
    "np.fliplr": [case(m)],
    "np.flipud": [case(m)],
    "np.rot90": [case(m), case(m, 2), case(m, -1), case(m, 3, (1, 0)), case(t, 1, (0, 2))],
    "np.roll": [case(v, 1), case(m, -2), case(m, 1, axis=1), literal(m, (1, 2), axis=(0, 1)), case(v, np.int64(2))],
    "np.pad": [
        case(v, 2), case(v, (1, 2)), case(m, ((1, 0), (2, 3))), case(m, 1), case(v, (0, 1)),
        *(case(x, p, mode) for x, p in ((v, 2), (m, ((1, 0), (2, 3)))) for mode in ("edge", "reflect", "symmetric", "wrap")),
        Case((v, 1), {"constant_values": 0.3}, still=("constant_values",)),
    ],
    "np.repeat": [case(v, 3), case(m, 2), case(m, 2, axis=1), case(v, integers), case(m, [1, 0, 2], axis=0)],
    "np.tile": [case(v, 3), case(m, 2), case(v, (2, 2)), case(m, (1, 2))],
    "np.array": [case(v), case(m), case(scalar), case(0.3), case([0.3, scalar, 2.0]), literal([v, w]), case([[0.3, 1.0], [2.0, scalar]]), case(v, ndmin=2), case(v, dtype=np.float64), case(v, np.complex128), case(v, int)],
    "np.asarray": [case(v), case(m), case(scalar), case(0.3), case([0.3, scalar]), literal([v, w]), case(v, dtype=np.complex128)],
    "np.ascontiguousarray": [case(v), case(turned), literal([0.3, 0.2])],
    "np.asfortranarray": [case(v), case(m)],
    "np.copy": [case(v), case(turned), case(0.3), case(scalar)],
    "copy": [case(v), case(turned), case(scalar)],
    "np.astype": [case(v, np.float64), case(m, np.complex128), case(v, int), case(c(3), np.complex128), case(integers, float), case(v, bool)],
    "np.ndarray.item": [case(zero), case(r(1, 1)), case(scalar)],
    "np.split": [case(v, 2), case(m, [1], 0), case(t, 2, axis=2), case(m, [1, 3], 1)],
    "np.array_split": [case(v, 3), case(m, 3, axis=1)],
    "np.hsplit": [case(v, 2), case(m, 2)],
    "np.vsplit": [case(m, 3), case(t, [1])],
    "np.dsplit": [case(t, 2)],
    "scatter_add": [case(v, np.array([0, 2, 2, 1]), (3,)), case(m, np.arange(12).reshape(3, 4) // 3, (2, 2))],
    "positions": [case(m)],
    "unpad": [case(r(5), (3,), 1), case(r(4, 6), (3, 3), ((1, 0), (2, 1)))],
}

_sequences = [case([v, w]), case((v, r(2))), case([v, 2 * v, w])]
JOINING = {
    "np.concatenate": [*_sequences, case([m, r(2, 4)]), case([m, r(3, 2)], axis=1), case([t, t], axis=-1), case([m, v], axis=None), literal(m), literal(t, axis=1), case((v, integers))],
    "np.stack": [case([v, w]), case((v, w), axis=1), case([m, m, m], axis=-1), case([scalar, 0.3]), literal(m), literal(m, axis=1)],
    "np.vstack": [case([v, w]), case([m, v]), case((m, m)), case([scalar, 0.3])],
    "np.hstack": [case([v, r(2)]), case([m, r(3, 1)]), case([scalar, 0.3]), case((t, t)), case([v, 0.3])],
    "np.dstack": [case([v, w]), case([m, m]), case([t, t]), case([scalar, 0.3])],
    "np.column_stack": [case([v, w]), case([v, r(4, 2)]), case([r(3, 2), m])],
    "np.append": [case(v, w), case(v, 0.3), case(m, v), case(m, r(1, 4), axis=0), case(m, r(3, 2), axis=1)],
    "np.insert": [literal(v, 1, 0.3), literal(v, 1, r(2)), literal(m, 1, 0.3, axis=1), literal(m, 2, 0.3), literal(v, [0, 2], 0.3)],
    "undeleted": [literal(r(3), v, 1, None), literal(r(3, 3), m, -1, 1), literal(r(2, 4), m, [0], 0), literal(r(2), v, slice(0, 2), None)],
    "np.delete": [case(v, 1), case(m, 1, axis=1), case(m, [0, 2], axis=0), case(m, 3)],
    "np.atleast_1d": [case(v), case(0.3), case(zero), case(scalar, m)],
    "np.atleast_2d": [case(v), case(0.3), case(m), case(v, scalar)],
    "np.atleast_3d": [case(v), case(scalar), case(m), case(t), case(v, t)],
    "np.meshgrid": [case(v, r(3)), case(v, r(3), indexing="ij"), case(v, r(3), r(2)), case(v), case(v, r(3), r(2), indexing="ij")],
    "np.broadcast_arrays": [case(v, m), case(m, r(3, 1)), case(v, w)],
    "split_like": [case(split_z, [r(2), r(3)]), case(r(3, 5), [r(3, 2), r(3, 3)], 1)],
    "unstacked": [literal(r(4, 4), [m, v], "vstack"), literal(r(3, 5), [m, r(3, 1)], "hstack"), literal(r(4, 3), [v, r(4, 2)], "column_stack")],
}

CREATION = {
    "np.zeros": [case(3), case((2, 3)), case((), dtype=int), case((2, np.int64(2)))],
    "np.ones": [case(3), case((2, 3), dtype=np.float32)],
    "np.empty": [case(3), case((2, 3), bool)],
    "np.zeros_like": [case(m), case(0.3), case(integers), case(integers, dtype=float), case(m, shape=(2, 2))],
    "np.ones_like": [case(m), case(scalar)],
    "np.empty_like": [case(integers)],
    "np.full": [case(3, 0.3), case((2, 3), scalar), case((3, 4), v), case((2, 3), 1), case(3, 0.3, int), case(3, 1j)],
    "np.full_like": [case(m, 0.3), case(m, v), case(integers, 0.3), case(m, 0.3, shape=(2,))],
    "np.arange": [case(4), case(0, 6, 2), Case((0.25, 2.0, 0.5), {}, still=("stop",)), Case((3.5,), {}, still=("start",)), case(2, dtype=float)],
    "np.linspace": [literal(0.3, 2.0), literal(0.3, 2.0, 7), literal(0.3, 2.0, 5, endpoint=False), literal(v, w, 3), literal(v, 2.0, num=4), literal(0, 1, 5)],
    "np.logspace": [case(0.3, 2.0, 5)],
    "np.eye": [case(3), case(2, 3), case(3, k=1, dtype=int)],
    "np.identity": [case(3)],
    "np.tri": [case(3), case(3, 4, 1)],
    "np.diag": [case(v), case(v, 1), case(square), case(m), case(m, -1), case(square, 1)],
    "diag_back": [case(v, r(5, 4)), case(np.diag(v), v), case(r(3), m, 1)],
    "np.diagflat": [case(v), case(m, 1)],
    "np.tril": [case(m), case(square, -1), literal(v), case(t, 1)],
    "np.triu": [case(m), case(square, 1), literal(v)],
    "np.vander": [literal(v), literal(v, 3), literal(v, 3, increasing=True)],
    "np.indices": [case((2, 3))],
    "np.triu_indices": [case(3), case(3, 1)],
    "np.tril_indices": [case(3)],
    "np.diag_indices_from": [case(square)],
    "np.triu_indices_from": [case(square)],
    "np.tril_indices_from": [case(square, -1)],
    "np.diag_indices": [case(3), case(2, 3)],
    "np.shape": [case(m), case(0.3)],
    "np.ndim": [case(m)],
    "np.size": [case(m)],
}

order = np.argsort(m, axis=1)
INDEXING = {
    "np.take": [case(v, integers), case(v, [0, 0, 3]), case(m, 1, axis=0), case(m, [1, 1], axis=1), case(m, np.array([[0, 5], [5, 5]])), case(v, 2), case(v, [5, -1], mode="wrap")],
    "np.take_along_axis": [case(v, integers, 0), case(m, order, 1), case(m, order[:, :2], axis=-1), literal(m, integers, None)],
    "np.compress": [case(mask, v), case(mask, m, axis=1), case([False, True], m, axis=0)],
    "np.ndarray.compress": [case(v, mask), case(m, mask, axis=1)],
    "np.extract": [case(mask, v), case(m > 0, m)],
    "np.diagonal": [case(square), case(m), case(square, 1), case(t), case(t, 0, 1, 2)],
    "np.trace": [case(square), case(m), case(square, 1), case(t), case(t, 0, 1, 2)],
    "np.where": [case(mask, v, w), case(mask, v, 0.3), case(m > 0, v, m), case(m > 0, 0.3, scalar), case(mask, 0.3, m), case(True, 0.3, 0.2), case(mask), case(mask, 1, v)],
    "np.select": [case([v > 0.5, v > 0], [v, 2 * w]), case([v > 0.5, v > 0], [v, w], 0.3), case([mask], [0.3], w)],
    "np.choose": [case(np.array([0, 1, 1, 0]), [v, w]), case(np.array([0, 1, 1, 0]), [v, 0.3])],
    "select_back": [Case((v, [v > 0.5, v > 0], [v, w]), {}, vague=False)],
    "choose_back": [Case((v, np.array([0, 1, 1, 0]), [v, w]), {}, vague=False)],
    "np.sort": [case(v), case(m), case(m, axis=0), literal(m, axis=None), case(t, 1)],
    "np.argsort": [case(v), case(m, axis=0), case(v, kind="stable")],
    "np.nonzero": [case(mask), case(m)],
    "np.flatnonzero": [case(mask)],
    "np.argwhere": [case(m)],
    "np.searchsorted": [case(np.arange(4.0) + 0.1, v), case(np.arange(4.0) + 0.1, 0.3)],
    "np.digitize": [case(v, np.arange(4.0) + 0.1)],
    "np.isin": [case(integers, [1, 2])],
    "np.unique": [case(integers), case(integers, return_inverse=True), case(integers, True, False, True)],
    "np.ix_": [case(integers, np.arange(2)), case(mask, integers > 1)],
    "np.unravel_index": [case(integers, (2, 2)), case(3, (2, 2))],
    "np.ravel_multi_index": [case((integers, integers), (5, 5))],
    "np.bincount": [case(integers), case(integers, v), case(np.array([1, 1, 0, 4]), weights=v, minlength=7)],
    "np.interp": [
        literal(np.array([-1.0, 0.2, 1.1, 1.5, 2.9, 5.0]), np.array([0.0, 1.0, 3.0]), r(3)),
        literal(0.3, np.array([0.0, 1.0, 3.0]), r(3)),
    ],
    "interp_slope": [case(r(3), np.array([0.2, 1.5, 5.0]), np.array([0.0, 1.0, 3.0]), r(3), np.array([1, 2, 3]))],
    "interp_back": [case(r(3), np.array([0.2, 1.5, 5.0]), np.array([0.0, 1.0, 3.0]), np.array([1, 2, 3]))],
    "interp_slope_back": [case(r(3), np.array([0.2, 1.5, 5.0]), np.array([0.0, 1.0, 3.0]), np.array([1, 2, 3]))],
    "np.copyto": [case(v, w), case(v, w, where=mask)],
    "np.put": [case(v, [0, 1], [0.5, 0.7])],
    "np.place": [case(v, mask, [0.5])],
    "np.putmask": [case(v, mask, w)],
    "np.fill_diagonal": [case(square, 0.3)],
    "np.ndarray.fill": [case(v, 0.3)],
    "np.ndarray.sort": [case(v), case(m, 0)],
    "np.put_along_axis": [case(v, integers[:2], w[:2], 0)],
    "np.add.at": [case(v, np.array([0, 0]), np.array([0.5, 0.7]))],
    "np.subtract.at": [case(v, np.array([0, 0]), np.array([0.5, 0.7]))],
    "np.multiply.at": [case(v, np.array([0, 0]), np.array([0.5, 0.7]))],
}

_matrices = [case(v, w), case(m, v), case(v, r(4, 2)), case(m, r(4, 2)), case(c(2, 3), c(3, 4)), case(c(3), r(3)), case(r(2, 3), c(3)), case(c(3), c(3, 2)), case(integers, v)]
_stacks = [case(t, r(4, 5)), case(t, r(2, 4, 5)), case(t, v), case(r(3), t), case(m, r(2, 4, 5)), case(r(1, 3, 4), r(2, 4, 5)), case(c(2, 3, 4), c(4, 2))]
PRODUCTS = {
    "matmul": [*_matrices, *_stacks],
    "np.matmul": [*_matrices, *_stacks],
    "np.dot": [*_matrices, case(t, v), case(t, r(4, 5)), case(m, r(2, 4, 5)), case(0.3, v), case(m, scalar), case(0.3, scalar), case(v, t.swapaxes(1, 2)), case(c(2, 3), 0.3 + 1j)],
    "np.outer": [case(v, r(3)), case(c(2), c(3)), case(m, v), case(0.3, v), case(r(2), c(3))],
    "np.inner": [literal(v, w), literal(m, v), literal(v, m), literal(m, r(2, 4)), literal(c(3), c(3)), literal(0.3, v), literal(t, v), literal(t, m), literal(0.3, scalar)],
    "np.vdot": [case(v, w), case(m, 2 * m), case(c(3), c(3)), case(c(3), r(3)), case(r(3), c(3)), case(m, r(4, 3))],
    "np.tensordot": [case(m, r(3, 4)), case(t, r(4, 2), 1), case(t, r(4, 3, 2), ((1, 2), (1, 0))), case(v, w, 0), case(c(2, 3), c(3, 2), 1), case(t, r(2, 3, 4), 3), case(t, m, ([2, 1], [1, 0]))],
    "np.einsum": [
        case("ij,jk->ik", m, r(4, 2)), case("ij,jk", m, r(4, 2)), case("ij,j->i", m, v), case("i,i", v, w), case("ii->i", square), case("ii", square),
        case("ij->j", m), case("ij->ji", m), case("i,j->ij", v, r(3)), case("bij,bjk->bik", t, r(2, 4, 3)), case("...ij,...jk->...ik", t, r(2, 4, 3)),
        case("...ij,jk", t, r(4, 3)), case("ij,kj,k->i", m, r(2, 4), r(2)), case("ij,jk->ik", c(2, 3), c(3, 2)), case("ij,jk->ik", c(2, 3), r(3, 2)),
        case("ij,ij->", m, m), case("...,...->...", v, m), case("i...->...", m), case("ij,jk->ik", r(3, 1), r(1, 2)), case("ij,k->k", m, v),
    ],
    "np.convolve": [case(a, b, mode) for a, b in ((v, r(3)), (r(3), r(5)), (c(4), c(2)), (r(6), r(3)), (r(5), r(2))) for mode in ("full", "same", "valid")],
    "np.correlate": [case(a, b, mode) for a, b in ((v, r(3)), (c(4), c(2)), (r(5), r(2)), (r(2), r(5))) for mode in ("full", "valid")],
    "np.kron": [case(v, w), case(m, r(2, 2)), case(0.3, v), case(m, v)],
    "np.cross": [case(r(3), r(3)), case(r(2, 3), r(2, 3)), case(r(2, 3), r(3))],
    "np.trapezoid": [case(v), case(v, dx=0.3), case(v, np.cumsum(np.abs(w))), case(m, axis=0), case(m, np.cumsum(np.abs(w)))],
    "np.gradient": [literal(v, axis=0), literal(v), literal(v, 0.3), literal(m, axis=1), literal(m, 0.5, axis=0), literal(r(2))],
    "matmul_left": [case(r(3), m, v), case(r(3, 2), m, r(4, 2)), case(c(2, 4), c(2, 3), c(3, 4))],
    "matmul_right": [case(r(3), m, v), case(r(3, 2), m, r(4, 2)), case(c(2, 4), c(2, 3), c(3, 4))],
    "dot_left": [case(r(3), m, v), case(r(3, 2), m, r(4, 2))],
    "dot_right": [case(r(3), m, v), case(r(3, 2), m, r(4, 2))],
    "tensordot_left": [case(r(2, 3, 2), t, r(4, 2), 1)],
    "tensordot_right": [case(r(2, 3, 2), t, r(4, 2), 1)],
    "einsum_back": [Case((r(3, 2), "ij,jk->ik", 0, [m, r(4, 2)]), {}, vague=False), Case((r(3, 2), "ij,jk->ik", 1, [m, r(4, 2)]), {}, vague=False)],
    "full_window": [case(r(3), v, r(2), "valid"), case(r(4), v, r(2), "same")],
    "full_start": [case(r(5), v, r(2), "valid"), case(r(5), v, r(2), "same")],
    "gradient_back": [literal(v, 0.3), literal(m, 0.3, 1)],
}


def _sym(*args: Any, **options: Any) -> Case:
    return Case(args, {}, along=symmetric, **options)


tall, wide = r(4, 3), r(3, 4)
LINALG = {
    "np.linalg.norm": [
        literal(v), literal(m), literal(t), literal(c(3)), literal(m, axis=1), literal(m, axis=0, keepdims=True), literal(v, 2), literal(v, 1), literal(v, 3),
        literal(v, np.inf), literal(v, -np.inf), literal(m, np.inf, axis=1), literal(m, 1, axis=0), literal(m, "fro"), literal(m, 1), literal(m, np.inf), literal(m, 2),
        literal(m, "nuc"), literal(t, axis=(0, 1)), literal(v, 0), literal(m, 3, axis=-1), literal(v, keepdims=True), case(v), case(m, axis=1), case(m, None, 0, True), Case((v, 2.5), {}, vague=False, still=("ord",)),
    ],
    "np.linalg.solve": [case(square, r(3)), case(square, r(3, 2)), case(c(3, 3), c(3)), case(square, c(3, 2)), case(r(2, 3, 3), r(2, 3, 2)), case(square, r(2, 3, 1)), case(r(2, 3, 3), r(3))],
    "np.linalg.inv": [case(square), case(c(3, 3)), case(r(2, 3, 3))],
    "np.linalg.det": [case(square), case(r(2, 3, 3)), case(c(3, 3)), case(r(1, 1))],
    "np.linalg.cholesky": [_sym(spd(3)), _sym(np.stack([spd(2), spd(2)]))],
    "np.linalg.eigh": [_sym(spd(3)), _sym(np.stack([spd(2), spd(2)]))],
    "np.linalg.eigvalsh": [_sym(spd(3)), _sym(np.stack([spd(2), spd(2)]))],
    "np.linalg.matrix_power": [case(square, 1), case(square, 3), case(square, 0), case(r(2, 3, 3), 2), case(c(2, 2), 3)],
    "solve_left": [case(r(3), r(3), r(3)), case(r(3, 2), r(3, 2), r(3, 2))],
    "solve_dot": [case(r(3, 3), square, r(3), r(3)), case(r(3, 3), square, r(3, 2), r(3, 2))],
    "matrix_power_back": [case(r(3, 3), square, 3), case(r(3, 3), square, -2)],
    "matrix_power_dot": [case(r(3, 3), square, 3), case(r(3, 3), square, -2)],
    "eigh_back": [case(r(3), r(3, 3), r(3), r(3, 3))],
    "eigh_dot": [],
    "eigvalsh_back": [case(r(3), r(3, 3))],
    "eigvalsh_dot": [case(r(3, 3), r(3, 3))],
    "some_eigh_back": [case(r(2), r(3, 2), r(2), r(3, 2), r(3), r(3, 3), 1)],
    "some_eigh_dot": [case(r(3, 3), r(2), r(3, 2), r(3), r(3, 3), 1)],
    "over_gaps": [case(r(3), r(2), 1)],
    "cofactors": [case(square), case(r(2, 3, 3))],
    "cofactors_dot": [case(r(3, 3), square, 2.0, r(3, 3))],
    "solve_right": [case(r(3), square, r(3)), case(r(3, 2), square, r(3, 2))],
    "cholesky_back": [case(r(3, 3), np.linalg.cholesky(spd(3)))],
    "cholesky_dot": [case(r(3, 3), np.linalg.cholesky(spd(3)))],
}

# texts of arrays, which `test_formats` prints
TEXTS = {f"np.{n}" for n in "array2string array_repr array_str format_float_positional format_float_scientific".split()}
CASES: dict[str, list[Case]] = REDUCTIONS | SHAPES | JOINING | CREATION | INDEXING | PRODUCTS | LINALG
