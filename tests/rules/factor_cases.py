"""Calls of the factorisations of np.linalg, of norms and of Fourier transforms, for `test_array_tables`."""

from __future__ import annotations

from typing import Any

import numpy as np
from array_cases import Case, c, case, literal, r

tall, wide, square = r(4, 3), r(3, 4), r(3, 3) + 2.0*np.eye(3)
stack, cube = r(2, 4, 3), r(2, 3, 3) + 2.0*np.eye(3)
u, s, vh = np.linalg.svd(tall)
w, v = np.linalg.eigh(square + square.T)
q, upper = np.linalg.qr(tall)


def fixed(*args: Any, **kwargs: Any) -> Case:
    """A case whose directions are tested in programs: what the result leaves open would show here."""
    return Case(args, kwargs, still=("a",))


ORDERS = (None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
FACTORS: dict[str, list[Case]] = {
    "np.linalg.qr": [literal(a, mode) for a in (tall, square, stack, c(4, 3)) for mode in ("reduced", "r")]
    + [literal(wide), literal(wide, "complete"), literal(tall, "complete"), literal(c(3, 4)), literal(r(2, 3, 4))],
    "np.linalg.eig": [fixed(a) for a in (c(3, 3), c(2, 3, 3))],
    "np.linalg.eigvals": [fixed(a) for a in (c(3, 3), c(2, 3, 3))],
    "np.linalg.svd": [literal(a, full) for a in (tall, wide, square, stack, r(2, 3, 4)) for full in (False,)]
    + [literal(square, True), Case((tall, True), {}, vague=False, still=("a",))]
    + [literal(a, compute_uv=False) for a in (tall, wide, stack, c(4, 3))],
    "np.linalg.pinv": [case(a) for a in (tall, wide, square, stack, c(4, 3), c(3, 4))]
    + [Case((tall @ wide,), {"rcond": 1e-10}, still=("a", "rcond"))],
    "np.linalg.lstsq": [case(tall, r(4)), case(tall, r(4, 2)), case(wide, r(3)), case(square, r(3)), case(c(4, 3), c(4))],
    "np.linalg.slogdet": [case(square), case(cube), case(c(3, 3)), case(c(2, 3, 3))],
    "np.linalg.matrix_rank": [case(tall), case(stack)],
    "np.linalg.cond": [case(a, p) for a in (square, cube, c(3, 3)) for p in ORDERS] + [case(tall), case(tall, -2)],
    "np.linalg.norm": [literal(a, p) for a in (tall, c(3, 4)) for p in ORDERS]
    + [literal(a, p, axis=(-2, -1), keepdims=k) for a in (stack,) for p in ORDERS for k in (False, True)]
    + [literal(r(2, 3, 4), "nuc", axis=(0, 2)), literal(r(2, 3, 4), 1, axis=(2, 0))]
    + [literal(a, p, axis=1) for a in (tall, c(3, 4)) for p in (3, -1, -np.inf, np.inf, 1, 2)]
    + [Case((a, 2.5, 1), {}, vague=False, still=("ord",)) for a in (tall, c(3, 4))]
    + [literal(c(4), p) for p in (3, 1, np.inf, None)],
    "np.linalg.vector_norm": [literal(a, ord=p) for a in (r(4), tall, c(3, 4)) for p in (2, 1, 3, np.inf, -np.inf, -2)]
    + [literal(stack, axis=k, keepdims=d) for k in (0, (0, 2), -1) for d in (False, True)],
    "np.linalg.matrix_norm": [literal(a, ord=p) for a in (tall, stack, c(3, 4)) for p in ORDERS if p is not None]
    + [literal(stack, keepdims=True, ord=2)],
    "np.linalg.multi_dot": [case([r(3, 4), r(4, 2), r(2, 3)]), case([r(3), r(3, 2), r(2)]), case([r(3), r(3, 2), r(2, 4)])]
    + [case([r(3, 4), r(4)]), case([c(3, 4), r(4, 5), c(5, 2), r(2, 3)])],
    "adjoint": [case(tall), case(c(2, 3))],
    "over": [case(r(3), r(3))],
    "pinned": [fixed(square)],
    "qr_back": [case(r(4, 3), r(3, 3), tall, q, upper)],
    "qr_dot": [case(r(4, 3), tall, q, upper)],
    "lstsq_back": [case(r(3), None, tall, r(4), r(3), r(1), r(3, 4))],
    "lstsq_dot": [case(r(4, 3), r(4), tall, r(4), r(3), r(3, 4))],
    "pinv_by_svd": [Case((tall, u[:, :3], s, vh, 1e-10), {}, still=("a", "u", "s", "vh", "rcond"))],
    "residuals_dot": [case(r(4, 3), r(4), tall, r(4), r(3), r(1))],
    "multi_dot_back": [case(r(3, 2), [r(3, 4), r(4, 2)])],
    "multi_dot_dot": [case([r(3, 4), r(4, 2)], [r(3, 4), r(4, 2)])],
    "eig_back": [case(r(3), r(3, 3), square, w, v)],
    "eig_dot": [case(r(3, 3), w, v)],
    "eigvals_back": [case(r(3), w[::-1], square, w, v)],
    "places_of": [case(w, w[::-1])],
    "svd_back": [case(r(4, 4), r(3), r(3, 3), u, s, vh), case(r(4, 3), r(3), r(3, 3), u[:, :3], s, vh)],
    "svd_dot": [case(r(4, 3), u, s, vh), case(r(4, 3), u[:, :3], s, vh)],
    "svdvals_back": [case(r(3), u[:, :3], vh)],
    "svdvals_dot": [case(r(4, 3), u[:, :3], vh)],
    "pinv_back": [case(r(3, 4), tall, np.linalg.pinv(tall))],
    "pinv_dot": [case(r(4, 3), tall, np.linalg.pinv(tall))],
    "slogdet_back": [case(1.0, 2.0, square, 1.0)],
    "slogdet_dot": [case(r(3, 3), square, 1.0)],
    "norm_slope": [case(tall, 2, None)],
    "vector_slope": [case(tall, 3, 1)],
    "matrix_slope": [case(tall, "nuc")],
    "spectral_slope": [case(u[:, :3], s, vh, 2)],
    "cond_slope": [case(square, None)],
    "spectral_cond_slope": [case(u[:, :3], s, vh, "nuc")],
    "inverse_cond_slope": [case(square, np.linalg.inv(square), 1)],
}

x, z, m, t = r(6), c(5), r(4, 5), r(2, 3, 4)
_LINES: dict[str, list[Case]] = {
    name: [case(x), case(x[:5]), literal(x, 8), literal(x, 4), literal(m, axis=0), literal(m, 3, 0)]
    + [literal(x, norm=how) for how in ("ortho", "forward", "backward")]
    for name in ("fft", "ifft", "rfft")
}
_PLANES: dict[str, list[Case]] = {
    name: [literal(m), literal(t), literal(t, axes=(0, 2)), literal(t, (3, 5), (1, 2)), literal(t, axes=(2, 0), norm="ortho")]
    for name in ("fftn", "ifftn", "rfftn")
}
_HALVES = [literal(z), literal(z, 7), literal(z, 8), literal(z, 4), literal(c(3, 4), axis=0), literal(z, norm="ortho"), literal(x)]
TRANSFORMS: dict[str, list[Case]] = {
    **{f"np.fft.{name}": cases for name, cases in {**_LINES, **_PLANES}.items()},
    "np.fft.irfft": [*_HALVES, literal(z, norm="forward")],
    "np.fft.irfftn": [literal(c(3, 4)), literal(c(2, 3, 4), axes=(0, 2)), literal(c(3, 4), (4, 7), (0, 1)), literal(c(3, 4), (2, 4), (0, 1), "ortho")],
    "np.fft.fftshift": [case(x), case(t, axes=1), case(t, axes=(0, 2)), case(z)],
    "np.fft.ifftshift": [case(x[:5]), case(t, axes=1), case(t)],
    "np.fft.fftfreq": [case(5, 0.3), case(6, 0.3)],
    "np.fft.rfftfreq": [case(5, 0.3), case(6, 0.3)],
    "halved": [case(c(4), 6, -1), case(c(4, 2), 7, 0)],
    "doubled": [case(c(4), 6, -1), case(c(4, 2), 7, 0)],
    "first_scaled": [Case((r(4), 2.0, 0, -1), {}, still=("factor",))],
    "all_axes": [case(m)],
    "resized": [case(x, (8,)), case(m, (3, 7)), case(x, (6,))],
    "multiplicity": [case(4, 6)],
}
for _name in ("fft", "ifft"):
    TRANSFORMS[f"np.fft.{_name}"] += [literal(z), literal(z, 8), literal(z, 3)]
    TRANSFORMS[f"np.fft.{_name}n"] += [literal(c(3, 4)), literal(c(3, 4), (2, 6), (0, 1))]
