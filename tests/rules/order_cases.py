"""Calls of functions with masks, orders, windows and methods of ufuncs on whole arrays, for `test_array_tables`."""

from __future__ import annotations

import numpy as np
from array_cases import Case, c, case, holes, integers, literal, m, mask, r, scalar, square, t, turned, v, w

positive = np.abs(r(4)) + 0.2
chosen = np.array([[True, False, True, True], [True, True, False, True], [False, True, True, True]])
run = np.maximum.accumulate(m, axis=1)
split = np.partition(m, 1, axis=0)


def _masked(**more: object) -> list[Case]:
    return [case(v, where=mask, **more), case(m, axis=1, where=chosen, **more), case(m, axis=-2, where=chosen, keepdims=True, **more)]


def _nan(**more: object) -> list[Case]:
    return [case(holes, **more), case(holes, axis=1, **more), case(holes, axis=0, keepdims=True, **more), case(v, **more)]


MASKS = {
    "np.sum": [*_masked(), case(v, initial=0.3), case(m, axis=0, initial=scalar), case(m, axis=1, where=chosen, initial=2.0)],
    "np.mean": _masked(),
    "np.prod": [*_masked(), case(v, initial=0.3), case(m, axis=0, initial=scalar), case(c(3), initial=0.3)],
    "np.max": [*_masked(initial=-9.0), case(v, initial=0.3), case(m, axis=0, initial=scalar)],
    "np.min": [*_masked(initial=9.0), case(v, initial=0.3)],
    "np.var": [*_masked(), case(m, axis=1, where=chosen, ddof=1), case(m, axis=1, correction=1), case(m, axis=1, mean=r(3, 1))],
    "np.std": [*_masked(), case(m, axis=1, mean=r(3, 1), where=chosen), case(m, correction=1)],
    "np.nansum": [case(holes, where=chosen), case(holes, axis=1, initial=0.4)],
    "np.nanmean": [case(holes, axis=1, where=chosen)],
    "np.nanmax": [case(holes, initial=0.2)],
    "np.nanmin": [case(holes, initial=0.2)],
    "np.nanprod": _nan(),
    "np.nanvar": [*_nan(), *_nan(ddof=1)],
    "np.nanstd": [*_nan(), *_nan(correction=1)],
    "np.nancumsum": [case(holes), case(holes, axis=1), case(v)],
    "np.nancumprod": [case(holes), case(holes, axis=1), case(v)],
}

_quantiles = [(0.3, {}), (0.3, {"axis": 0}), (0.3, {"axis": (0, 1)}), ([0.1, 0.55], {"axis": 1}), (np.array([0.1, 0.55]), {"axis": 0, "keepdims": True})]
_methods = "lower higher midpoint nearest hazen weibull median_unbiased normal_unbiased inverted_cdf".split()


def _shares(a: object, scale: float = 1.0) -> list[Case]:
    return [literal(a, np.multiply(q, scale) if isinstance(q, np.ndarray) else [p*scale for p in q] if isinstance(q, list) else q*scale, **k) for q, k in _quantiles]


ORDER = {
    "np.quantile": [*_shares(m), *(Case((m, 0.3), {"axis": 1, "method": k}, vague=False, still=("q",)) for k in _methods)],
    "np.percentile": _shares(m, 100.0),
    "np.nanquantile": _shares(holes),
    "np.nanpercentile": _shares(holes, 100.0),
    "np.nanmedian": _nan(),
    "np.partition": [case(v, 2), case(m, 1, axis=0), case(m, 1), case(m, 5, axis=None)],
    "np.argpartition": [case(v, 2), case(m, 1, axis=0)],
    "np.lexsort": [case((v,)), case((w, v))],
    "np.nanargmax": [case(v), case(m, axis=1)],
    "np.nanargmin": [case(v), case(m, axis=0, keepdims=True)],
    "quantile_back": [Case((r(3), m, 0.3, 1, "linear", False), {}, vague=False, still=("a", "q")), Case((r(), m, 0.4), {}, vague=False, still=("a", "q"))],
    "quantile_dot": [Case((r(3, 4), m, 0.3, 1, "linear", False, (3,)), {}, vague=False, still=("a", "q"))],
    "quantile_slope": [Case((r(3, 4), m, 0.3, 1, "hazen", False, (3,)), {}, vague=False, still=("a", "q"))],
    "quantile_slope_back": [Case((r(3), m, 0.3, 1, "linear", False), {}, vague=False, still=("a", "q"))],
    "spread_share": [case(r(2), (2, 3))],
    "order_back": [Case((r(3, 4), m, split, 0), {}, still=("a", "ranked"))],
    "order_dot": [Case((r(3, 4), m, split, 0), {}, still=("a", "ranked"))],
}

PLACES = {
    "np.resize": [case(v, (2, 3)), case(m, 5), case(m, (4, 4))],
    "cycled": [case(v, 7), case(m, 12), case(v, 2)],
    "cycled_back": [case(r(7), v), case(r(2, 3), v)],
    "flat_index": [case(integers, (3, 4))],
    "along_index": [case(np.array([[0], [1], [2]]), 1, (3, 4))],
    "aligned": [case(r(4), m, 1), case(r(3, 2), t, (1, 0))],
    "unaligned": [case(r(1, 4), v, 1), case(r(2, 3, 1), r(3, 2), (1, 0))],
    "trimmed_places": [case(np.array([0.0, 1.0, 0.0]), "fb")],
    "trimmed_like": [Case((r(3), np.array([0.0, 1.0, 2.0]), "fb"), {}, still=("filt",))],
    "np.trim_zeros": [Case((np.array([0.0, 1.0, 2.0]),), {}, still=("filt",))],
    "np.unwrap": [case(v), case(3*m, axis=0)],
    "np.lib.stride_tricks.sliding_window_view": [literal(v, 2), literal(m, (2, 2)), literal(m, 2, axis=1)],
    "segments": [literal(r(6), 3, 2), literal(r(2, 7), 2, 1)],
    "segments_back": [literal(r(2, 3), 6, 2), literal(r(2, 6, 2), 7, 1)],
    "window_back": [literal(r(3, 2), v, (0,)), literal(r(2, 3, 2, 2), m, (0, 1))],
    "np.kaiser": [Case((4, 2.5), {}, still=("beta",))],
    **{f"np.{name}": [case(4)] for name in ("hanning", "hamming", "blackman", "bartlett")},
    "np.asarray_chkfinite": [case(v), case(turned), case([1.0, 2.0]), case(integers, dtype=np.float64)],
    "np.require": [case(v), case(turned), case([1.0, 2.0]), case(integers, dtype=np.float64)],
    "np.insert": [literal(v, [0, 2], r(2))],
    "np.meshgrid": [literal(v, r(3), sparse=True), literal(v, r(3), sparse=True, indexing="ij")],
    "np.choose": [case(np.array([0, 1, 2, 3]), [v, w], mode="clip"), case(np.array([0, 1, 2, 3]), [v, w], mode="wrap")],
}

METHODS = {
    **{f"np.{name}.reduce": [case(v), case(m, axis=1), case(m, axis=0, keepdims=True)] for name in ("logaddexp", "logaddexp2", "hypot", "fmax", "fmin")},
    **{f"np.{name}.accumulate": [case(v), case(m, axis=1), case(m)] for name in ("maximum", "minimum", "fmax", "fmin")},
    "np.add.reduceat": [case(v, [0, 2, 3]), case(m, [0, 2], axis=1)],
    "np.modf": [case(v), case(m)],
    "np.frexp": [Case((v,), {}, forward=False), Case((m,), {}, forward=False)],
    "running_extreme_back": [Case((r(3, 4), run, 1), {}, still=("peaks",))],
    "running_extreme_dot": [Case((r(3, 4), run, 1), {}, still=("peaks",))],
    "scan": [case(v, w), case(m, r(3, 4), 1), case(3.0*m, r(3, 4)), case(c(4), c(4))],
    "scan_back": [case(v, w), case(m, 0.3*r(3, 4), 1), case(m, 3.0*r(3, 4)), case(c(4), c(4))],
    "before": [case(v), case(m, 1), case(c(4))],
    "after": [case(v), case(m, 1), case(c(4))],
    "divide_slopes": [case(positive, scalar), case(np.abs(m) + 0.3, np.divide.reduce(np.abs(m) + 0.3, axis=1, keepdims=True), 1)],
    "diagonal_back": [Case((r(3), square), {}, still=("a",)), Case((r(2, 3), r(3, 2, 4), 1, 0, 2), {}, still=("a",))],
    "diagonal_of": [case(square), case(r(3, 2, 4), 1, 0, 2)],
    "segment_back": [Case((r(3), v, [0, 2, 3]), {}, still=("a",))],
    "np.vecdot": [case(m, r(3, 4)), case(m, r(4)), case(c(4), c(4)), case(m, c(3, 4))],
    "np.matvec": [case(m, r(4)), case(t, r(4)), case(c(3, 3), r(3))],
    "np.vecmat": [case(r(3), m), case(r(3), t), case(c(3), square)],
}
METHODS = {name: cases for name, cases in METHODS.items() if hasattr(np, name.split(".")[-1]) or name.count(".") != 1}
