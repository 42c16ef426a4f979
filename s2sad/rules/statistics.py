"""Statistics and sampled functions: average, cov, corrcoef, ediff1d, interp, unwrap, geomspace, gradient.

They are composites in NumPy's own order of operations, so that values agree to the last bit:

    np.cov(m)           x = m - mean(m, axis=1)[:, None];  np.dot(x, x.T.conj())*(1/fact)
    np.ediff1d(x)       x = np.ravel(x);  x[1:] - x[:-1]
"""

from __future__ import annotations

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, rank_of, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays, tables

composite(
    "np.average",
    """def average(a, axis=None, weights=None, returned=False, keepdims=False):
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        if returned:
            return mean, np.full_like(mean, np.size(a)/np.size(mean))
        return mean
    a = a if isinstance(a, np.ndarray) else np.asarray(a)
    weights = np.asarray(weights)
    same = np.ndim(weights) == np.ndim(a)
    if not same:
        weights = aligned(weights, a, axis)
    parts = np.multiply(a, weights)
    if parts.dtype == weights.dtype:
        scale = np.sum(weights, axis=axis, keepdims=keepdims)
    else:
        scale = np.sum(weights + np.zeros_like(parts), axis=axis, keepdims=keepdims)
    mean = np.sum(parts, axis=axis, keepdims=keepdims)/scale
    if returned:
        return mean, scale if same else np.copy(np.broadcast_to(scale, np.shape(mean)))
    return mean
""",
    (np.average,),
)
structural(
    "aligned",
    "w, a, axis",
    lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), as_array(b.kind("w")).dtype),
    {"w": "unaligned(g, w, axis)", "a": axes.zero},
    (arrays.aligned,),
    linear=("w",),
    effect="view w",
)
structural(
    "unaligned",
    "z, w, axis",
    lambda b: kinds.array(shape_of(b, "w"), as_array(b.kind("z")).dtype),
    {"z": "aligned(g, z, axis)", "w": axes.zero},
    (arrays.unaligned,),
    linear=("z",),
    effect="view z",
)
composite(
    "np.cov",
    """def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, dtype=None):
    x = np.array(m, ndmin=2, dtype=dtype)
    if not rowvar and np.ndim(m) != 1:
        x = x.T
    if y is not None:
        y = np.array(y, ndmin=2, dtype=dtype)
        if not rowvar and np.shape(y)[0] != 1:
            y = y.T
        x = np.concatenate((x, y), axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    if fweights is None and aweights is None:
        w = None
        mean = np.mean(x, axis=1)
        fact = np.shape(x)[1] - ddof
    else:
        if aweights is None:
            w = np.asarray(fweights, dtype=np.float64)
        elif fweights is None:
            w = np.asarray(aweights, dtype=np.float64)
        else:
            w = np.asarray(fweights, dtype=np.float64)*np.asarray(aweights, dtype=np.float64)
        total = np.sum(np.broadcast_to(w, np.shape(x)), axis=1)[0]
        mean = np.sum(np.multiply(x, w), axis=1)/total
        if ddof == 0:
            fact = total
        elif aweights is None:
            fact = total - ddof
        else:
            fact = total - ddof*np.sum(w*aweights)/total
    x = x - mean[:, None]
    c = np.dot(x, (x.T if w is None else (x*w).T).conj())
    c *= np.true_divide(1, fact)
    return c[0, 0] if np.ndim(m) == 1 and y is None else c
""",
    (np.cov,),
)
composite(
    "np.corrcoef",
    """def corrcoef(x, y=None, rowvar=True, dtype=None):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c/c
    stddev = np.sqrt(np.diag(c).real)
    c /= stddev[:, None]
    c /= stddev[None, :]
    return np.clip(c, -1, 1)
""",
    (np.corrcoef,),
)
composite(
    "corrcoef_complex",
    """def corrcoef(x, y=None, rowvar=True, dtype=None):
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c/c
    stddev = np.sqrt(np.diag(c).real)
    c /= stddev[:, None]
    c /= stddev[None, :]
    return np.clip(c.real, -1, 1) + 1j*np.clip(c.imag, -1, 1)
""",
)
composite(
    "np.ediff1d",
    """def ediff1d(ary, to_end=None, to_begin=None):
    ary = np.ravel(ary)
    if to_begin is None and to_end is None:
        return ary[1:] - ary[:-1]
    first = 0 if to_begin is None else np.size(to_begin)
    last = first + max(np.size(ary) - 1, 0)
    z = np.empty_like(ary, shape=last + (0 if to_end is None else np.size(to_end)))
    z[first:last] = ary[1:] - ary[:-1]
    if to_begin is not None:
        z[:first] = np.ravel(to_begin)
    if to_end is not None:
        z[last:] = np.ravel(to_end)
    return z
""",
    (np.ediff1d,),
)


def _table_kind(bound: Bound) -> Kind:
    """The kind of np.interp of real numbers, where xp and fp are arrays."""
    x, *table = (bound.kind(n) for n in ("x", "xp", "fp"))
    plain = x.is_number or x.cat in ("array", "num")
    known = [isinstance(bound.static(n), list | tuple) or (k.cat == "array" and k.rank == 1)
             for n, k in zip(("xp", "fp"), table, strict=True)]  # fmt: skip
    if not plain or not all(known) or any(bound.static(n) is not None for n in ("left", "right", "period")):
        raise NotImplementedError("a table that is no array, or whose ends are no plain ones")
    if any(as_array(k).sort not in ("float", "int", "bool") for k in (x, *table)):
        raise NotImplementedError("a table of complex numbers")
    return kinds.num(x.shape if x.cat in ("array", "num") else ())


def _fp_kind(bound: Bound) -> Kind:
    return kinds.array(shape_of(bound, "xp"))


_AT = "np.searchsorted(xp, x, 'right')"

# z times the slope is linear in z and in fp: what the derivatives of all of them are made of

structural(
    "np.interp",
    "x, xp, fp, left=None, right=None, period=None",
    _table_kind,
    {
        "x": f"interp_slope(g, x, xp, fp, {_AT})",
        "xp": f"-interp_back(interp_slope(g, x, xp, fp, {_AT}), x, xp, {_AT})",
        "fp": f"interp_back(g, x, xp, {_AT})",
    },
    (np.interp,),
    jvp={
        "x": f"interp_slope(x_dot, x, xp, fp, {_AT})",
        "xp": f"-interp_slope(np.interp(x, xp, xp_dot), x, xp, fp, {_AT})",
        "fp": "np.interp(x, xp, fp_dot)",
    },
    general="interp_general",
    raises=True,
)
structural("table_cell", "xp, x", lambda b: kinds.INT, {}, (tables.table_cell,))
structural(
    "interp_slope",
    "z, x, xp, fp, at",
    lambda b: kinds.num(kinds.broadcast(*(as_array(b.kind(n)).shape for n in ("z", "x")))),
    {
        "z": lambda b: axes.fitted(b, "interp_slope(g, x, xp, fp, at)", "z"),
        "x": axes.zero,
        "xp": "-interp_slope_back(interp_slope(g*z, x, xp, fp, at), x, xp, at)",
        "fp": "interp_slope_back(g*z, x, xp, at)",
    },
    (tables.interp_slope,),
    jvp={
        "z": "interp_slope(z_dot, x, xp, fp, at)",
        "xp": "-interp_slope(interp_slope(z, x, xp, fp, at), x, xp, xp_dot, at)",
        "fp": "interp_slope(z, x, xp, fp_dot, at)",
    },
)
structural(
    "interp_back",
    "z, x, xp, at",
    _fp_kind,
    {
        "z": "np.interp(x, xp, g)",
        "x": "interp_slope(z, x, xp, g, at)",
        "xp": "-interp_back(interp_slope(z, x, xp, g, at), x, xp, at)",
    },
    (tables.interp_back,),
    jvp={
        "z": "interp_back(z_dot, x, xp, at)",
        "x": "interp_slope_back(z*x_dot, x, xp, at)",
        "xp": "-interp_slope_back(z*np.interp(x, xp, xp_dot), x, xp, at)",
    },
)
structural(
    "interp_slope_back",
    "z, x, xp, at",
    _fp_kind,
    {
        "z": "interp_slope(1.0, x, xp, g, at)",
        "x": axes.zero,
        "xp": "-interp_slope_back(interp_slope(z, x, xp, g, at), x, xp, at)",
    },
    (tables.interp_slope_back,),
    jvp={
        "z": "interp_slope_back(z_dot, x, xp, at)",
        "xp": "-interp_slope_back(interp_slope(z, x, xp, xp_dot, at), x, xp, at)",
    },
)
composite(
    "interp_general",
    """def interp(x, xp, fp, left=None, right=None, period=None):
    xp = np.asarray(xp)
    fp = np.asarray(fp)
    if period is not None:
        period = abs(period)
        x = np.mod(np.asarray(x), period)
        xp = np.mod(xp, period)
        order = np.argsort(xp)
        xp = xp[order]
        fp = fp[order]
        xp = np.concatenate((xp[-1:] - period, xp, xp[0:1] + period))
        fp = np.concatenate((fp[-1:], fp, fp[0:1]))
    i = np.minimum(np.maximum(np.searchsorted(xp, x, side="right") - 1, 0), np.size(xp) - 2)
    width = xp[i + 1] - xp[i]
    y = (fp[i + 1] - fp[i])/np.where(width == 0, 1.0, width)*(x - xp[i]) + fp[i]
    y = np.where(np.less(x, xp[0]), fp[0] if left is None else left, y)
    y = np.where(np.equal(x, xp[-1]), fp[-1], y)
    y = np.where(np.greater(x, xp[-1]), fp[-1] if right is None else right, y)
    return y if np.ndim(x) else y[()]
""",
)
composite(
    "np.geomspace",
    """def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    sign = np.sign(np.asarray(start))
    start = np.asarray(start)/sign
    stop = np.asarray(stop)/sign
    z = np.power(10.0, np.linspace(np.log10(start), np.log10(stop), num, endpoint))
    if num > 0:
        z[0] = start
        if num > 1 and endpoint:
            z[-1] = stop
    z = z*sign
    if axis != 0:
        z = np.moveaxis(z, 0, axis)
    return z if dtype is None else np.asarray(z, dtype)
""",
    (np.geomspace,),
)
composite(
    "linspace_general",
    """def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    z = np.linspace(start, stop, num, endpoint, dtype=dtype)
    if axis != 0:
        z = np.moveaxis(z, 0, axis)
    if retstep:
        return z, np.subtract(stop, start)/((num - 1) if endpoint else num)
    return z
""",
)
composite(
    "np.trapezoid",
    """def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = np.asarray(y)
    if axis != -1:
        y = np.moveaxis(y, axis, -1)
    if x is None:
        d = dx
    elif np.ndim(x) == 1 or axis == -1:
        d = np.diff(x)
    else:
        d = np.diff(np.moveaxis(x, axis, -1))
    return np.sum(d*(y[..., 1:] + y[..., :-1])/2.0, axis=-1)
""",
    (np.trapezoid, getattr(np, "trapz", None)),
)
composite(
    "gradient_line",
    """def gradient_line(f, h, edge_order):
    z = np.empty_like(f)
    z[1:-1] = (f[2:] - f[:-2])/(2.0*h)
    if edge_order == 1:
        z[0] = (f[1] - f[0])/h
        z[-1] = (f[-1] - f[-2])/h
    else:
        z[0] = -1.5/h*f[0] + 2.0/h*f[1] + -0.5/h*f[2]
        z[-1] = 0.5/h*f[-3] + -2.0/h*f[-2] + 1.5/h*f[-1]
    return z
""",
)
composite(
    "gradient_points",
    """def gradient_points(f, x, edge_order):
    d = np.diff(x)
    if np.all(d == d[0]):
        h = d[0]
        z = np.empty_like(f)
        z[1:-1] = (f[2:] - f[:-2])/(2.0*h)
        if edge_order == 1:
            z[0] = (f[1] - f[0])/h
            z[-1] = (f[-1] - f[-2])/h
        else:
            z[0] = -1.5/h*f[0] + 2.0/h*f[1] + -0.5/h*f[2]
            z[-1] = 0.5/h*f[-3] + -2.0/h*f[-2] + 1.5/h*f[-1]
        return z
    z = np.empty_like(f)
    d = np.reshape(d, (-1,) + (1,)*(np.ndim(f) - 1))
    p, q = d[:-1], d[1:]
    z[1:-1] = -q/(p*(p + q))*f[:-2] + (q - p)/(p*q)*f[1:-1] + p/(q*(p + q))*f[2:]
    if edge_order == 1:
        z[:1] = (f[1:2] - f[:1])/d[:1]
        z[-1:] = (f[-1:] - f[-2:-1])/d[-1:]
    else:
        p, q = d[:1], d[1:2]
        z[:1] = -(2.0*p + q)/(p*(p + q))*f[:1] + (p + q)/(p*q)*f[1:2] + -p/(q*(p + q))*f[2:3]
        p, q = d[-2:-1], d[-1:]
        z[-1:] = q/(p*(p + q))*f[-3:-2] + -(q + p)/(p*q)*f[-2:-1] + (2.0*q + p)/(q*(p + q))*f[-1:]
    return z
""",
)
structural(
    "np.unwrap",
    "p, discont=None, axis=-1, *, period=6.283185307179586",
    lambda b: kinds.array(shape_of(b, "p"), axes.averaged(as_array(b.kind("p")).dtype)),
    {"p": "g", "period": "np.sum(g*((out - p)/period))"},  # a whole number of periods is added
    (np.unwrap,),
    jvp={"p": "p_dot", "period": "period_dot*((out - p)/period)"},
)


def _trimmed_kind(bound: Bound) -> Kind:
    kind = as_array(bound.kind("filt"))
    if kind.rank not in (1, None):
        raise NotImplementedError("np.trim_zeros of an array that is not of rank 1")
    return kinds.array((kinds.new_length(),), kind.dtype)


structural(
    "np.trim_zeros",
    "filt, trim='fb'",
    _trimmed_kind,
    {"filt": lambda b: "scatter_add(g, trimmed_places(filt, trim), np.shape(filt))"},
    (np.trim_zeros,),
    jvp={"filt": "trimmed_like(filt_dot, filt, trim)"},
    effect="maybe filt",  # of the array: but the same function of its shadow would be another part
)
structural(
    "trimmed_like",
    "z, filt, trim",
    lambda b: kinds.array((kinds.new_length(),), as_array(b.kind("z")).dtype),
    {"z": "scatter_add(g, trimmed_places(filt, trim), np.shape(z))"},
    (arrays.trimmed_like,),
    jvp={"z": "trimmed_like(z_dot, filt, trim)"},
    effect="maybe z",
)
structural(
    "trimmed_places",
    "filt, trim",
    lambda b: kinds.array((kinds.new_length(),), "int64"),
    {},
    (arrays.trimmed_places,),
)


# ------------------------------------------------------------------------------------------------- histograms


def _histogram_kind(bound: Bound) -> Kind:
    if bound.static("density") not in (None, False):
        raise NotImplementedError("np.histogram of densities")
    weighted = bound.given("weights") and bound.kind("weights").cat != "none"
    dtype = as_array(bound.kind("weights")).dtype if weighted else "int64"
    count = kinds.array((kinds.new_length(),), dtype)
    return Kind("tuple", items=(count, kinds.array((kinds.new_length(),), "float64")))


def _no_edges(bound: Bound) -> str | None:
    """Counts are steps; edges that NumPy takes from the least and the greatest element are none."""
    ranged = bound.given("range") and bound.kind("range").cat != "none"
    if ranged or (bound.given("bins") and axes.rank_of(bound, "bins") == 1):
        return None
    raise NotImplementedError("the derivative of np.histogram in its places; pass the edges, or range")


structural(
    "np.histogram",
    "a, bins=10, range=None, density=None, weights=None",
    _histogram_kind,
    {
        "a": _no_edges,
        "bins": axes.refuse("the derivative of np.histogram in the edges of bins"),
        "range": axes.refuse("the derivative of np.histogram in its range"),
        "weights": "in_bins(g[0], a, out[1])",
    },
    (np.histogram,),
    jvp={
        "a": _no_edges,
        "weights": "(np.histogram(a, out[1], weights=weights_dot)[0], np.zeros_like(out[1]))",
    },
    general="histogram_density",
)
composite(
    "histogram_density",
    """def histogram(a, bins=10, range=None, density=None, weights=None):
    n, edges = np.histogram(a, bins, range, None, weights)
    return n/np.diff(edges)/np.sum(n), edges
""",
)
structural(
    "in_bins",
    "z, a, edges",
    lambda b: kinds.array(shape_of(b, "a"), as_array(b.kind("z")).dtype),
    {"z": "np.histogram(a, edges, weights=g)[0]", "a": axes.zero, "edges": axes.zero},
    (arrays.in_bins,),
    linear=("z",),
)
composite(
    "np.histogram2d",
    """def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    place, edges = cells_of([x, y], bins, range, True)
    first, second = edges
    shape = (len(first) + 1, len(second) + 1)
    n = np.bincount(place, weights, minlength=shape[0]*shape[1]).astype(float)
    n = np.reshape(n, shape)[1:-1, 1:-1]
    if density:
        n = n/np.diff(first)[:, None]/np.diff(second)/np.sum(n)
    return n, first, second
""",
    (np.histogram2d,),
)
composite(
    "np.histogramdd",
    """def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    place, edges = cells_of(sample, bins, range, False)
    shape = tuple([len(e) + 1 for e in edges])
    n = np.bincount(place, weights, minlength=math.prod(shape)).astype(float)
    n = np.reshape(n, shape)[tuple([slice(1, -1) for e in edges])]
    if density:
        total = np.sum(n)
        for i in np.arange(len(edges)):
            n = n/np.expand_dims(np.diff(edges[i]), tuple([k for k in np.arange(len(edges)) if k != i]))
        n = n/total
    return n, edges
""",
    (np.histogramdd,),
)


def _cells_kind(bound: Bound) -> Kind:
    sample = bound.kind("sample")
    many = len(sample.items or ()) if sample.cat in ("list", "tuple") else 0
    each = [kinds.array((kinds.new_length(),), "float64") for _ in range(many or 1)]
    edges = Kind("tuple", items=tuple(each)) if many else kinds.tuple_of(each[0], None)
    return Kind("tuple", items=(kinds.array((kinds.new_length(),), "int64"), edges))


def _fixed_edges(bound: Bound) -> str | None:
    """Counts are steps; edges that NumPy takes from the least and the greatest elements are none."""
    items = bound.kind("bins").items or () if bound.given("bins") else ()
    edged = bool(items) and all(as_array(k).rank == 1 for k in items)
    if bound.given("bins") and bound.kind("bins").is_array:  # the edges of both, where there are two
        edged = bound.rank("bins") == 1 and bound.kind("bins").sort == "float"
    if edged or (bound.given("range") and bound.kind("range").cat != "none"):
        return None
    raise NotImplementedError("the derivative of a histogram in its places; pass the edges, or range")


structural(
    "cells_of",
    "sample, bins, range, paired",
    _cells_kind,
    {
        "sample": _fixed_edges,
        "bins": axes.refuse("the derivative of a histogram in the edges of bins"),
        "range": axes.refuse("the derivative of a histogram in its range"),
    },
    (arrays.cells_of,),
    jvp={"sample": _fixed_edges},
)
