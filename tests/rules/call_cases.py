"""Calls of NumPy's functions as users write them, by topic: the text of a call, or of statements that set `z`.

The names in a text are arguments: `x`, `y` vectors of 5, `p` one of positive numbers, `m`, `n` matrices (3, 4), `t` (2, 3, 4),
`q` square, `s` a float, `u` of rank 0, `c` complex, `d` a complex matrix, `h` with nan, `f` in Fortran order, `e` every second
element of a vector, `k` in float32, `o` without elements, `i` integers, `b` booleans.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_rng = np.random.default_rng(11)
_holes = _rng.normal(size=(3, 4))
_holes[0, 1] = _holes[2, 2] = np.nan

ARGUMENTS: dict[str, Any] = {
    "x": _rng.normal(size=5),
    "y": _rng.normal(size=5),
    "p": np.array([0.7, 1.9, 0.3, 2.2, 1.1]),
    "m": _rng.normal(size=(3, 4)),
    "n": _rng.normal(size=(3, 4)),
    "t": _rng.normal(size=(2, 3, 4)),
    "q": _rng.normal(size=(3, 3)),
    "s": 0.7,
    "u": np.array(0.4),
    "c": _rng.normal(size=4) + 1j*_rng.normal(size=4),
    "d": _rng.normal(size=(3, 4)) + 1j*_rng.normal(size=(3, 4)),
    "h": _holes,
    "f": np.asfortranarray(_rng.normal(size=(3, 4))),
    "e": _rng.normal(size=10)[::2],
    "k": _rng.normal(size=(3, 4)).astype(np.float32),
    "o": np.zeros((0, 3)),
    "i": np.array([3, 0, 2, 1, 3]),
    "b": np.array([True, False, True, True, False]),
}  # fmt: skip

UFUNC_METHODS = """
np.add.reduce(x)
np.add.reduce(m, axis=1)
np.add.reduce(m)
np.add.reduce(t, axis=(0, 2), keepdims=True)
np.add.reduce(m, axis=None)
np.add.reduce(x, initial=2.0)
np.add.reduce(x, where=b)
np.multiply.reduce(m, axis=1)
np.multiply.reduce(m)
np.maximum.reduce(m)
np.minimum.reduce(m, axis=1)
np.maximum.reduce([x, y])
np.fmax.reduce(m)
np.logaddexp.reduce(x)
np.logaddexp.reduce(m, axis=1)
np.logaddexp2.reduce(x)
np.hypot.reduce(x)
np.subtract.reduce(x)
np.add.accumulate(x)
np.add.accumulate(m, axis=1)
np.multiply.accumulate(m)
np.maximum.accumulate(x)
np.maximum.accumulate(m, axis=1)
np.minimum.accumulate(x)
np.logaddexp.accumulate(x)
np.add.outer(x, y)
np.multiply.outer(x, m)
np.subtract.outer(m, y)
np.divide.outer(x, p)
np.maximum.outer(x, y)
np.power.outer(p, y)
np.multiply.outer(s, x)
np.hypot.outer(x, y)
np.add.reduceat(x, [0, 2, 3])
np.add.reduceat(m, [0, 2], axis=1)
z = x.copy(); np.add.at(z, [0, 1, 0], y[:3])
z = x.copy(); np.add.at(z, i, y)
z = x.copy(); np.subtract.at(z, i, y)
z = x.copy(); np.multiply.at(z, [0, 2], y[:2])
z = x.copy(); np.multiply.at(z, i, y)
z = x.copy(); np.divide.at(z, [0, 2], p[:2])
z = x.copy(); np.maximum.at(z, i, y)
z = x.copy(); np.negative.at(z, [0, 2])
z = m.copy(); np.add.at(z, (slice(None), [0, 0, 1]), 2.0*n[:, :3])
"""

UFUNC_KEYWORDS = """
z = np.empty(5); np.sin(x, out=z)
z = np.empty(5); np.multiply(x, y, z)
z = np.zeros(5); np.exp(x, out=z, where=b)
z = np.zeros(5); np.log(x, out=z, where=x > 0)
z = np.zeros(5); np.divide(x, y, out=z, where=y > 0)
z = x.copy(); np.sqrt(z, out=z, where=z > 0)
z = np.zeros(5); np.add(x, y, out=z[::1])
z = np.zeros((2, 5)); np.add(x, y, out=z[1])
z = np.zeros(5); np.add(x, s, out=(z,))
np.add(x, y, dtype=np.float64)
np.add(k, k, dtype=np.float64)
z = np.zeros(3); np.sum(m, axis=1, out=z)
z = np.zeros((3, 3)); np.matmul(m, n.T, out=z)
z = np.zeros((3, 3)); np.dot(m, n.T, out=z)
z = np.zeros(5); np.cumsum(x, out=z)
z = np.zeros(5); np.clip(x, -0.5, 0.5, out=z)
z = np.zeros(3); np.mean(m, axis=1, out=z)
z = np.zeros(4); np.max(m, axis=0, out=z)
z = np.zeros((5, 5)); np.outer(x, y, out=z)
z = np.zeros(5); np.take(x, i, out=z)
z = np.zeros((2, 5)); np.stack([x, y], out=z)
z = np.zeros(10); np.concatenate([x, y], out=z)
z = x.copy(); z += np.abs(y, where=True)
"""

REDUCTIONS = """
np.sum(x, initial=3.0)
np.sum(m, axis=1, initial=s)
np.sum(x, where=b)
np.sum(m, axis=1, where=m > 0)
np.sum(m, axis=(-1, 0), keepdims=True)
np.sum(k, dtype=np.float64)
x.sum(where=b, initial=1.0)
np.sum(o, axis=0)
np.sum(o)
np.mean(m, axis=0, where=m > -9.0)
np.mean(x, where=b)
np.mean(k, axis=1, dtype=np.float64)
np.mean(m, axis=1, keepdims=True, where=np.array([True, False, True, True]))
np.prod(x, initial=2.0)
np.prod(x, where=b)
np.prod(t, axis=(0, -1))
np.prod(x, initial=s)
np.max(x, initial=0.1)
np.max(m, axis=1, initial=s)
np.min(x, where=b, initial=5.0)
np.max(m, axis=1, where=m < 0.5, initial=-3.0)
m.max(axis=-1)
m.min()
m.max(0, keepdims=True)
np.var(m, axis=1, ddof=1)
np.var(x, where=b)
np.std(m, axis=0, where=m > -1.0, ddof=0)
np.var(m, axis=(0, 1), keepdims=True)
np.var(m, axis=1, correction=1)
np.std(x, correction=1)
np.var(m, axis=1, mean=np.mean(m, axis=1, keepdims=True))
m.std(axis=1, ddof=1)
np.nansum(h)
np.nansum(h, axis=1, keepdims=True)
np.nansum(h, axis=1, initial=2.0)
np.nansum(h, where=h > 0)
np.nanmean(h, axis=0)
np.nanmean(h)
np.nanprod(h)
np.nanprod(h, axis=1)
np.nanvar(h, axis=1)
np.nanvar(h, ddof=1)
np.nanstd(h, axis=0)
np.nanstd(h, keepdims=True)
np.nanmax(h, axis=1)
np.nanmin(h)
np.nanmax(h, initial=0.2)
np.nanmedian(h)
np.nanmedian(h, axis=1)
np.nanmedian(h, axis=0, keepdims=True)
np.nanquantile(h, 0.3, axis=1)
np.nanquantile(h, [0.2, 0.6])
np.nanpercentile(h, 30.0, axis=0)
np.nancumsum(h, axis=1)
np.nancumsum(h)
np.nancumprod(h, axis=1)
np.cumsum(m)
np.cumsum(m, axis=-1)
np.cumsum(k, axis=0, dtype=np.float64)
np.cumprod(m, axis=1)
np.cumulative_sum(x)
np.cumulative_sum(m, axis=1)
np.cumulative_sum(x, include_initial=True)
np.cumulative_prod(x)
np.cumulative_prod(m, axis=0, include_initial=True)
np.ptp(m, axis=1)
np.ptp(x)
np.average(m, axis=0, weights=p[:3])
np.average(x, weights=p)
np.average(m, weights=np.abs(n))
np.average(t, axis=(0, 1), weights=np.abs(t[:, :, 0]))
z, w = np.average(x, weights=p, returned=True); z = z*w
np.average(m, axis=1, weights=[1.0, 2.0, 0.5, 0.1], keepdims=True)
x[np.nanargmax(x)]
np.linalg.norm(m, axis=1)
np.median(x)
np.median(m, axis=1)
np.median(m, axis=(0, 1))
np.median(m, axis=0, keepdims=True)
np.median(t, axis=(0, 2))
"""

ORDER = """
np.quantile(x, 0.3)
np.quantile(x, s)
np.quantile(m, 0.25, axis=1)
np.quantile(x, [0.1, 0.5, 0.9])
np.quantile(x, (0.1, 0.5))
np.quantile(m, [0.1, 0.5, 0.9], axis=0)
np.quantile(m, np.array([[0.1, 0.5], [0.9, 0.7]]), axis=1)
np.quantile(m, 0.4, axis=(0, 1))
np.quantile(t, [0.3, 0.4], axis=(0, 2), keepdims=True)
np.quantile(m, 0.4, keepdims=True)
np.quantile(x, 0.3, method="lower")
np.quantile(x, 0.3, method="higher")
np.quantile(x, 0.3, method="midpoint")
np.quantile(x, 0.3, method="nearest")
np.quantile(x, [0.3, 0.8], method="hazen")
np.quantile(x, 0.3, method="weibull")
np.quantile(x, 0.3, method="median_unbiased")
np.quantile(m, 0.3, method="normal_unbiased", axis=1)
np.quantile(x, 0.3, method="interpolated_inverted_cdf")
np.quantile(x, 0.3, method="inverted_cdf")
np.quantile(x, 0.33, method="averaged_inverted_cdf")
np.quantile(x, 0.33, method="closest_observation")
np.percentile(x, 35.0)
np.percentile(m, [10, 50], axis=1)
np.percentile(m, 50, axis=0, method="lower")
np.sort(x)
np.sort(m, axis=0)
np.sort(m, axis=None)
np.sort(m)[::-1]
np.sort(x, kind="stable")
np.sort(x, stable=True)
z = x.copy(); z.sort()
z = m.copy(); z.sort(axis=0)
z = m.copy(); z.sort()
z = x.copy(); z[1:].sort()
z = x.copy(); z.sort(kind="stable"); z = z*y
x[np.argsort(x)]
m[:, np.argsort(x[:4])]
np.take_along_axis(m, np.argsort(m, axis=1), axis=1)
np.partition(x, 2)[2]
np.partition(m, 1, axis=0)[1]
np.partition(x, (1, 3))[1]
z = x.copy(); z.partition(2); z = z[2]
x[np.argpartition(x, 2)[:2]].sum()
x[np.lexsort((x,))]
np.max(x[np.argpartition(x, 2)[:3]])
"""

SHAPES = """
np.reshape(m, (2, 6))
np.reshape(m, (2, 6), order="F")
m.reshape(-1)
m.reshape(4, 3)
m.reshape((2, -1), order="F")
np.reshape(m, shape=(4, 3))
np.reshape(m, (4, 3), copy=True)
np.ravel(m, order="F")
m.flatten()
np.ravel(f)*np.arange(12.0)
np.resize(x, (2, 4))
np.resize(m, 7)
np.squeeze(t[:1])
np.squeeze(t[:, :1], axis=1)
np.expand_dims(x, (0, 2))
x[None, :, None]
np.broadcast_to(x, (3, 5))*1.0
np.moveaxis(t, 0, -1)*1.0
np.rollaxis(t, 2)*1.0
np.rollaxis(t, 0, 2)*1.0
np.swapaxes(t, 0, 2)*1.0
np.transpose(t, (2, 0, 1))*1.0
np.permute_dims(t, (1, 2, 0))
t.transpose(1, 0, 2)*1.0
t.T*1.0
np.matrix_transpose(t)
np.atleast_2d(x)
np.atleast_3d(m)
z, w = np.atleast_1d(s, x); z = z*w
np.rot90(m)
np.rot90(m, 2)
np.rot90(t, -1, axes=(1, 2))
np.flip(m)
np.flip(m, axis=(0, 1))
np.fliplr(m)
np.flipud(m)
np.roll(x, 2)
np.roll(m, 1, axis=0)
np.roll(m, (1, -1), axis=(0, 1))
np.roll(m, 3)
np.tile(x, 3)
np.tile(m, (2, 1))
np.tile(m, (2, 1, 2))
np.repeat(x, 2)
np.repeat(m, 2, axis=1)
np.repeat(x, [1, 0, 2, 1, 3])
np.repeat(m, [1, 2, 0], axis=0)
np.delete(x, 1)
np.delete(m, [0, 2], axis=1)
np.delete(x, slice(0, 2))
np.insert(x, 1, s)
np.insert(m, 1, y[:4], axis=0)
np.insert(x, [1, 3], y[:2])
np.append(x, y)
np.append(m, n, axis=0)
np.trim_zeros(np.concatenate([np.zeros(2), p, np.zeros(1)]))
np.diag(x)
np.diag(m)
np.diag(q, 1)
np.diagflat(x)
np.diagonal(m)*1.0
np.diagonal(t, axis1=1, axis2=2)*1.0
np.diagonal(m, offset=1)*1.0
np.trace(q)
np.trace(m, offset=1)
np.trace(t, axis1=0, axis2=2)
np.tril(m)
np.triu(t, 1)
q[np.triu_indices(3)]
q[np.tril_indices(3, -1)]
np.asarray([x, y])
np.array([s, 2.0*s, 1.0])
np.array([[s, 1.0], [x[0], x[1]]])
np.asarray(x)*2.0
np.asarray_chkfinite(x)*2.0
np.require(x)*2.0
z, w = np.polynomial.legendre.leggauss(4); z = w*np.sin(s*z)
z, w = np.polynomial.chebyshev.chebgauss(4); z = w*np.sin(s*z)
z, w = np.polynomial.hermite.hermgauss(4); z = w*np.sin(s*z)
z, w = np.polynomial.hermite_e.hermegauss(4); z = w*np.sin(s*z)
z, w = np.polynomial.laguerre.laggauss(4); z = w*np.sin(s*z)
np.ascontiguousarray(f)
np.asfortranarray(m)*1.0
np.copy(m)
k.astype(float)
np.lib.stride_tricks.sliding_window_view(x, 3)*1.0
np.lib.stride_tricks.sliding_window_view(m, (2, 2))*1.0
np.lib.stride_tricks.sliding_window_view(m, 2, axis=1).mean(axis=-1)
np.unstack(m)[1]
[a, *_] = np.unstack(x); z = np.stack(np.unstack(np.outer(x, x)), axis=1)*a + len(np.unstack(x))
a, b2, c2 = np.unstack(m); z = a*b2 + c2
"""

JOINING = """
np.concatenate([x, y])
np.concatenate((m, n), axis=1)
np.concatenate([m, n], axis=None)
np.concatenate([m, n], axis=-1)
np.concat([x, y])
np.concatenate([x, [1.0, s]])
np.stack([x, y])
np.stack((x, y), axis=1)
np.stack([m, n], axis=-1)
np.vstack([x, y])
np.vstack((m, x[:4]))
np.vstack([x, y], casting="same_kind")
np.hstack([x, y])
np.hstack([m, n])
np.hstack([s, x])
np.dstack([m, n])
np.column_stack([x, y])
np.column_stack([m, x[:3]])
np.block([[m, n], [n, m]])
np.block([x, y])
np.block([[q, np.zeros((3, 1))], [np.ones((1, 3)), np.ones((1, 1))]])
np.block([s, x])
np.r_[x, y]
np.r_[x, s, 1.0]
np.c_[x, y]
z = np.split(x, [2, 3]); z = z[0]*2.0
a, b2 = np.split(m, 2, axis=1); z = a*b2
z = np.array_split(x, 3); z = z[0]*2.0
z = np.hsplit(m, 2)[1]*2.0
z = np.vsplit(m, 3)[1]*2.0
z = np.dsplit(t, 2)[1]*2.0
z, w = np.meshgrid(x, y); z = z*w
z, w = np.meshgrid(x, y[:3], indexing="ij"); z = z*w
z, w = np.meshgrid(x, y, sparse=True); z = z*w
z, w = np.broadcast_arrays(x, s); z = z*w
z = np.array([float(a) for a in [s, s*s]])
"""

INDEXING = """
x[1]
x[-1]
m[1, 2]
m[1]
m[:, 1]
m[..., 0]
m[1:, ::2]
x[::-1]
x[i]
m[[0, 2]]
m[[0, 2], [1, 3]]
m[[0, 2], 1:]
m[:, [0, 0, 1]]
x[b]
x[x > 0]
m[m > 0]
m[m[:, 0] > 0]
m[np.array([True, False, True]), 1]
t[:, [0, 2], 1]
t[0, :, [1, 1]]
x[None]
x[i][b]
m[np.ix_([0, 2], [1, 3])]
m[np.ix_([True, False, True], [1, 3])]
np.setdiff1d(m, [0.5])*s
np.setdiff1d([2, 5, 1], i, assume_unique=True)*s
np.take(x, i)
np.take(m, [0, 2], axis=1)
np.take(m, 1, axis=0)
np.take(x, [-1, 7], mode="wrap")
np.take(x, [-1, 7], mode="clip")
np.take(m, [[0, 1], [2, 2]])
m.take([0, 1], axis=0)
np.take_along_axis(m, np.array([[0, 1, 1], [2, 2, 3], [0, 0, 0]]), axis=1)
z = m.copy(); np.put_along_axis(z, np.array([[0], [1], [2]]), n[:, :1], axis=1)
z = m.copy(); np.put_along_axis(z, np.array([[0], [1], [2]]), s, 1)
z = x.copy(); np.put(z, [0, 2], y[:2])
z = x.copy(); np.put(z, [0, 2], s)
z = m.copy(); np.put(z, [0, 5], y[:2])
z = x.copy(); z.put([0, 2], y[:2])
z = x.copy(); np.place(z, b, y[:3])
z = x.copy(); np.place(z, b, [s, 2.0*s])
z = x.copy(); np.putmask(z, b, y)
z = x.copy(); np.putmask(z, b, s)
z = x.copy(); np.copyto(z, y)
z = x.copy(); np.copyto(z, y, where=b)
z = x.copy(); np.copyto(z, s)
z = q.copy(); np.fill_diagonal(z, s)
z = q.copy(); np.fill_diagonal(z, y[:3])
z = q.copy(); z.fill(s)
np.compress(b, x)
np.compress([True, False, True], m, axis=0)
m.compress([True, False, True, True], axis=1)
np.extract(b, x)
np.choose([0, 1, 0, 1, 1], [x, y])
np.choose([0, 1, 2, 1, 1], [x, y], mode="clip")
np.choose(i % 2, (x, s))
np.select([x > 0, y > 0], [x*y, y])
np.select([x > 0, y > 0], [x*y, y], default=s)
np.where(b, x, y)
np.where(x > 0, x, 0.0)
np.where(b, s, y)
x[np.where(x > 0)]
x[np.nonzero(b)]
np.where(m > 0, m, y[:4])
np.piecewise(x, [x < 0, x >= 0], [lambda a: a*a, lambda a: 2.0*a])
np.piecewise(x, [x < 0], [0.5, lambda a: np.sqrt(a)])
np.piecewise(x, [x < 0], [lambda a, w: a*w, lambda a, w: a - w], s)
np.piecewise(x, x < 0, [1.0, s])
x.flat[2]
m.flat[5]
m.flat[2:7]
m.flat[[0, 3]]
z = sum([a*a for a in m.flat])
x[1].item()
m.item(2)
m.item(1, 2)
u.item()
x.item(1)
float(x[0])*x
q[np.diag_indices(3)]
m[np.unravel_index([0, 5], (3, 4))]
"""

STATISTICS = """
np.cov(m)
np.cov(x, y)
np.cov(m, rowvar=False)
np.cov(m, ddof=0)
np.cov(m, bias=True)
np.cov(x)
np.cov(m, fweights=np.array([1, 2, 1, 3]))
np.cov(m, aweights=p[:4])
np.corrcoef(m)
np.corrcoef(x, y)
np.corrcoef(m, rowvar=False)
np.diff(x)
np.diff(m, axis=0)
np.diff(x, n=2)
np.diff(x, prepend=s)
np.diff(x, append=y)
np.diff(x, prepend=0.0, append=[1.0, s])
np.diff(x, n=0)
np.diff(x, n=5 - 2)
np.ediff1d(x)
np.ediff1d(m)
np.ediff1d(x, to_begin=s, to_end=[1.0, 2.0])
np.gradient(x)
np.gradient(x, 0.5)
np.gradient(x, s)
np.gradient(x, np.cumsum(p))
np.gradient(m, axis=0)
np.gradient(m, axis=1)
z, w = np.gradient(m); z = z*w
z, w = np.gradient(m, 0.5, s); z = z*w
z, w = np.gradient(m, [0.0, 1.0, 3.0], s); z = z*w
np.gradient(x, edge_order=2)
np.gradient(x, 0.3, edge_order=2)
np.gradient(x, np.cumsum(p), edge_order=2)
z, w = np.gradient(t, axis=(0, 1)); z = z*w
np.interp([0.3, 1.2, 9.0], np.cumsum(p), x)
np.interp(y, np.cumsum(p), x)
np.interp(s, [0.0, 0.5, 1.0], x[:3])
np.interp(s, [0.0, 0.5, 1.0], [1.0, s, 2.0])
np.interp(y, [-1.0, 0.0, 1.0], [1.0, 0.5, 2.0], left=s, right=0.0)
np.interp(x, [0.0, 0.5, 1.0], [1.0, 0.2, 1.0], period=1.0)
np.convolve(x, y)
np.convolve(x, y[:3], "same")
np.convolve(x, y[:3], mode="valid")
np.convolve(x[:2], y)
np.correlate(x, y)
np.correlate(x, y[:3], "full")
np.correlate(x, y[:2], "same")
np.correlate(c, x[:2], "full").real
np.trapezoid(x)
np.trapezoid(x, dx=0.3)
np.trapezoid(x, np.cumsum(p))
np.trapezoid(m, axis=0)
np.trapezoid(m, x=[0.0, 1.0, 3.0], axis=0)
np.trapezoid(m, dx=s)
np.polyval(x, s)
np.polyval(x, y)
np.polyval([1.0, 2.0, s], m)
np.polyadd(x, y[:2])
np.polysub(x, y[:2])
np.polyder(x)
np.linalg.cross(m[:, :3], n[:, :3])
np.polyint(x)
np.polynomial.polynomial.polyval(s, x)
np.polynomial.polynomial.polyval(y, x)
np.polynomial.polynomial.polyval(y, m)
np.polynomial.polynomial.polyval2d(x, y, q)
np.polynomial.polynomial.polyvander(x, 3)
np.polynomial.chebyshev.chebval(y, x)
np.polynomial.chebyshev.chebval(s, x)
np.polynomial.legendre.legval(y, x)
np.polynomial.hermite.hermval(y, x)
np.polynomial.hermite_e.hermeval(y, x)
np.polynomial.laguerre.lagval(y, x)
np.vander(x)
np.vander(x, 3)
np.vander(x, increasing=True)
np.cross(m[:, :3], n[:, :3])
np.cross(x[:3], y[:3])
np.cross(x[:3], m[:, :3])
np.cross(m[:, :3], n[:, :3], axis=1)
np.cross(q, q.T, axisa=0, axisb=1)
np.cross(m[:, :3].T, n[:, :3].T, axis=0)
np.kron(x, y)
np.kron(m, n)
np.kron(m, x)
np.kron(t, m)
np.bincount([0, 1, 1, 2, 0], weights=x)
np.bincount([0, 1, 1, 2, 0], x, 5)
np.unwrap(3.0*x)
np.unwrap(4.0*m, axis=0)
np.apply_along_axis(np.sum, 1, m)
np.apply_along_axis(lambda a: a*a[0], 0, m)
np.apply_along_axis(np.sort, 1, m)
np.apply_along_axis(lambda a, w: np.sum(a)*w, -1, t, s)
np.apply_over_axes(np.sum, t, [0, 2])
np.fromfunction(lambda a, b2: s*a + b2, (3, 4))
np.fromfunction(lambda a: a*s, (3,), dtype=float)
np.vectorize(lambda a: a*a if a > 0 else 2.0*a)(x)
np.vectorize(lambda a, w: a*w)(x, s)
np.vectorize(lambda a, w: np.sin(a)*w)(m, y[:4])
"""

CREATION = """
np.linspace(s, 2.0, 5)
np.linspace(0.0, s, 5, endpoint=False)
np.linspace(x, y, 4)
np.linspace(x, y, 4, axis=1)
np.linspace(s, x[0])
np.linspace(0.0, 1.0, 5)*s
z, w = np.linspace(s, 2.0, 5, retstep=True); z = z*w
np.logspace(s, 2.0, 4)
np.logspace(0.0, s, 4, base=2.0)
np.logspace(0.0, 1.0, 4, base=s)
np.logspace(x, y, 4)
np.geomspace(s, 5.0, 4)
np.geomspace(p, 5.0, 4)
np.geomspace(s, 5.0, 4, endpoint=False)
np.arange(s, 5.0)
np.arange(0.0, 3.0, s)
np.arange(s)
np.arange(5)*s
np.full(3, s)
np.full((2, 5), x)
np.full_like(m, s)
np.full_like(m, x[:4])
np.zeros_like(x) + s
np.ones((2, 5))*x
np.eye(3)*s
np.eye(5)@x
np.tri(3)*s
np.indices((2, 2))*s
np.hanning(5)*x
np.hamming(5)*x
np.blackman(5)*x
np.bartlett(5)*x
np.kaiser(5, 2.0)*x
np.pad(x, 2)
np.pad(x, (1, 2), constant_values=s)
np.pad(x, (1, 2), constant_values=(1.0, s))
np.pad(m, ((1, 0), (2, 1)))
np.pad(x, 2, mode="edge")
np.pad(m, 1, mode="edge")
np.pad(x, 3, mode="reflect")
np.pad(x, 7, mode="reflect")
np.pad(m, ((1, 2), (0, 1)), mode="reflect")
np.pad(x, 2, "symmetric")
np.pad(m, 2, "wrap")
np.pad(x, (2, 3), "linear_ramp")
np.pad(x, (2, 3), "linear_ramp", end_values=(s, 1.0))
np.pad(m, ((1, 2), (0, 1)), "linear_ramp", end_values=0.5)
np.pad(x, 2, "maximum")
np.pad(x, 2, "mean")
np.pad(m, 1, "mean", stat_length=2)
np.pad(x, 2, "minimum")
np.pad(x, 2, "median")
np.pad(m, [(1, 1), (0, 0)], "edge")
"""

ELEMENTWISE = """
np.clip(x, -0.5, 0.5)
np.clip(x, None, s)
np.clip(x, y - 1.0, y + 1.0)
np.clip(x, a_min=-0.2, a_max=None)
np.clip(x, min=-0.2, max=0.4)
x.clip(-0.5, 0.5)
x.clip(min=-0.1)
np.nan_to_num(x)
np.nan_to_num(h)
np.nan_to_num(h, nan=2.0)
np.nan_to_num(h, copy=True, nan=s)
np.real(c)
np.imag(c)
c.real*c.imag
np.real(np.conj(c)*c)
np.angle(c)
np.angle(c, deg=True)
np.abs(c)
np.absolute(x)
np.real_if_close(x)
np.real(np.sqrt(c))
np.i0(x)
np.sinc(x)
np.round(x, 2)*x
x.round(1)*x
np.around(x)*x
np.sign(x)*x
np.floor(x)*x
np.modf(x)[0]
z, w = np.modf(3.0*x); z = z*w
z, w = np.frexp(x); z = z*w
z, w = np.divmod(x, p); z = w*1.0
np.ldexp(x, 2)
np.heaviside(x, 0.5)*x
np.copysign(x, y)
np.nextafter(x, y)
np.fmod(x, p)
np.remainder(x, p)
np.mod(x, s)
np.float_power(p, y)
np.power(p, 2)
np.fmax(x, y)
np.fmin(x, s)
np.hypot(x, y)
np.arctan2(x, y)
np.logaddexp(x, y)
np.logaddexp2(x, s)
np.cbrt(p)
np.exp2(x)
np.expm1(x)
np.log1p(p)
np.log2(p)
np.log10(p)
np.deg2rad(x)
np.rad2deg(x)
np.degrees(x)
np.radians(x)
np.square(x)
np.reciprocal(p)
np.fabs(x)
np.positive(x)
np.arcsinh(x)
np.arctanh(0.3*x)
np.arccosh(1.0 + p)
np.spacing(x)*x
np.isclose(x, y)*x
np.vecdot(m, n)
np.vecdot(c, c).real
np.matvec(m, y[:4])
np.vecmat(y[:3], m)
(x + i)*2
x**2 + i*y
"""

PRODUCTS = """
m @ n.T
x @ y
m @ y[:4]
y[:3] @ m
t @ m.T
t @ y[:4]
y[:3] @ t
np.matmul(t, t.transpose(0, 2, 1))
np.dot(m, n.T)
np.dot(t, m.T)
np.dot(s, m)
np.dot(t, y[:4])
np.dot(m[:, :3], t)
m.dot(y[:4])
np.inner(m, n)
np.inner(t, m)
np.inner(x, y)
np.inner(s, x)
np.outer(x, y)
np.outer(m, x)
np.vdot(m, n)
np.vdot(x, y)
np.tensordot(m, n)
np.tensordot(m, n, axes=([0], [0]))
np.tensordot(t, m, axes=([1, 2], [0, 1]))
np.tensordot(m, n, axes=0)
np.tensordot(t, m, axes=(1, 0))
np.tensordot(t, m, axes=[(1,), (0,)])
np.einsum("ij,kj->ik", m, n)
np.einsum("...ij,...jk->...ik", t[:0], np.ones((0, 4, 2)))
np.einsum("ij,ij->i", m[:0], np.ones((1, 4)))
np.einsum("ij->", m)
np.einsum("ij", m)
np.einsum("ji", m)*1.0
np.einsum("ii", q)
np.einsum("ii->i", q)*1.0
np.einsum("ij,j", m, y[:4])
np.einsum("...j,j->...", t, y[:4])
np.einsum("...ij,...ij->...", t, m)
np.einsum("...ij->...ji", t)*1.0
np.einsum("i...->...", t)
np.einsum("ii,ij->j", q, q)
np.einsum("iij->j", np.stack([q, q, q]))
np.einsum("i,i,i->", x, y, p)
np.einsum("i,j,k->ijk", x, y, p)
np.einsum("ij,jk,kl->il", m, n.T, q, optimize=True)
np.einsum("ij,jk,kl->il", m, n.T, q, optimize="greedy")
np.einsum("ij,jk,kl->il", m, n.T, q, optimize=["einsum_path", (0, 1), (0, 1)])
np.einsum(m, [0, 1], n, [2, 1], [0, 2])
np.einsum(m, [0, 1], n, [0, 1])
np.einsum(t, [..., 0], y[:4], [0], [...])
np.einsum("ij,ij->i", m, np.ones((1, 4)))
np.einsum("i,->i", x, s)
np.einsum("bij,bjk->bik", t, t.transpose(0, 2, 1))
np.einsum(" i j , i j -> j ", m, n)
z = np.zeros((3, 3)); np.einsum("ij,kj->ik", m, n, out=z)
np.real(np.einsum("i,i->", c, np.conj(c)))
np.linalg.multi_dot([m, n.T, q])
"""

RANDOM = """
rng = np.random.default_rng(3); z = x*rng.normal(size=5)
rng = np.random.default_rng(3); z = x + s*rng.standard_normal(5)
rng = np.random.default_rng(3); z = x*rng.random()
rng = np.random.default_rng(3); z = x*rng.uniform(0.0, 1.0, 5)
rng = np.random.default_rng(3); z = x[rng.permutation(5)]*y
rng = np.random.default_rng(3); z = x[rng.integers(0, 5, 3)]
rng = np.random.default_rng(3); z = x*rng.choice([1.0, 2.0], 5)
rng = np.random.default_rng(3); z = x*rng.exponential(1.0, 5)
rng = np.random.default_rng(3); z = x*rng.poisson(3.0, 5)
rng = np.random.default_rng(3); z = x*rng.binomial(3, 0.5, size=5)
rng = np.random.default_rng(3); z = x[:3]*rng.dirichlet([1.0, 2.0, 3.0])
rng = np.random.default_rng(3); z = x[:2]*rng.multivariate_normal(np.zeros(2), np.eye(2))
rng = np.random.RandomState(3); z = x*rng.randn(5)
rng = np.random.RandomState(3); z = x*rng.rand(5)
rng = np.random.RandomState(3); z = x*rng.normal(0.0, 1.0, 5)
rng = np.random.RandomState(3); z = x*rng.choice(5, 5)
np.random.seed(3); z = x*np.random.normal(size=5)
np.random.seed(3); z = x*np.random.randn(5)
np.random.seed(3); z = x*np.random.rand()
np.random.seed(3); z = x*np.random.uniform(0.5, 1.0, 5)
np.random.seed(3); z = x*np.random.binomial(1, 0.5, 5)
rng = np.random.default_rng(3); g = x.copy(); rng.shuffle(i.copy()); z = g*2.0
"""

KEYWORDS = """
np.full((2, 2), s, order="F")
np.full_like(m, s, dtype=np.float64, order="F")
np.linspace(s, 2.0, 5, dtype=np.float64)
np.logspace(s, 2.0, 4, endpoint=False)
np.logspace(x, y, 3, axis=1)
np.nan_to_num(x/np.abs(x), posinf=s, neginf=-s)*x
np.real_if_close(x, tol=10)
np.concatenate([k, k], dtype=np.float64)
np.stack([k, k], dtype=np.float64)
np.trace(k, dtype=np.float64)
z = np.zeros(5); np.choose([0, 1, 0, 1, 1], [x, y], out=z)
np.cross(m[:, :3].T, n[:, :3].T, axisa=0, axisb=0, axisc=0)
np.linalg.cross(m[:, :3].T, n[:, :3].T, axis=0)
np.logaddexp.reduce(m, axis=1, dtype=np.float64)
np.fmax.reduce(m, axis=0, keepdims=True)
z = np.zeros(4); np.hypot.reduce(m, out=z)
np.maximum.accumulate(x, dtype=np.float64)
z = np.zeros(5); np.minimum.accumulate(x, out=z)
np.add.reduceat(k, [0, 2], dtype=np.float64)
np.subtract.reduce(m, axis=1, keepdims=True)
np.divide.reduce(1.0 + p)
np.subtract.accumulate(m, axis=1)
np.divide.accumulate(p)
np.fmod.accumulate(p)
np.hypot.accumulate(x)
np.logaddexp2.accumulate(m, axis=0)
z = x.copy(); np.power.at(z, [1], 2.0)
z = p.copy(); np.power.at(z, [0, 0, 2], y[:3])
z = p.copy(); np.float_power.at(z, [0, 2], s)
z = x.copy(); np.arctan2.at(z, [0, 0], y[:2])
z = p.copy(); np.mod.at(z, [0, 3], 0.4)
z = x.copy(); np.fmax.at(z, [0, 1], y[:2])
z = x.copy(); np.minimum.at(z, [0, 1], s)
z = x.copy(); np.logaddexp.at(z, [0, 0, 1], y[:3])
z = x.copy(); np.hypot.at(z, [0, 0], y[:2])
z = x.copy(); np.square.at(z, [0, 0, 1])
z = x.copy(); np.exp.at(z, [0, 3])
z = p.copy(); np.log.at(z, [1, 3])
z = x.copy(); np.tanh.at(z, i[1:3])
z = p.copy(); np.reciprocal.at(z, [1, 1, 2])
z = np.zeros(()); np.median(x, out=z)
z = np.zeros(4); np.quantile(m, 0.3, axis=0, out=z)
z = np.zeros(3); np.nanmedian(h, axis=1, out=z)
np.nanquantile(h, 0.3, axis=1, method="lower")
np.nanpercentile(h, 30.0, method="hazen")
np.partition(x, 2, kind="introselect")[2]
z = x.copy(); np.put(z, [0, 7], y[:2], mode="wrap")
z = m.copy(); z.sort(axis=1, stable=True)
z = m.copy(); z.partition(1, axis=0, kind="introselect"); z = z[1]
np.polynomial.chebyshev.chebval(y[:4], m, tensor=False)
np.polynomial.polynomial.polyval(y[:4], m, tensor=False)
np.polynomial.legendre.legval(y, m, tensor=True)
np.polyder(x, 2)
np.polyder(x, m=3)
np.polyint(x, 2)
np.polyint(x, k=s)
np.polyint(x, 2, k=[s, 1.0])
np.polyint(x, 2, s)
np.nansum(k, dtype=np.float64)
np.nanmean(k, axis=0, dtype=np.float64)
z = np.zeros(3); np.nansum(h, axis=1, out=z)
z = np.zeros(4); np.nanmean(h, axis=0, out=z)
z = np.zeros(4); np.min(m, axis=0, out=z)
np.nanmax(h, axis=1, keepdims=True)
np.nanmin(h, initial=9.0, where=h > 0)
np.ptp(m, axis=1, keepdims=True)
np.prod(k, axis=1, dtype=np.float64)
z = np.zeros(3); np.prod(m, axis=1, out=z)
np.var(k, dtype=np.float64)
np.std(k, axis=1, dtype=np.float64)
z = np.zeros(3); np.std(m, axis=1, out=z)
np.nanvar(h, axis=1, correction=1)
np.nanstd(h, axis=1, ddof=1)
np.cumprod(k, axis=1, dtype=np.float64)
z = np.zeros((3, 4)); np.nancumsum(h, axis=1, out=z)
z = np.zeros((3, 4)); np.cumprod(m, axis=1, out=z)
np.cumulative_sum(k, axis=0, dtype=np.float64)
np.cumulative_prod(k, axis=0, dtype=np.float64)
np.array(m, order="F")
np.asarray(f, order="C")*2.0
np.ascontiguousarray(k, dtype=np.float64)
np.asfortranarray(k, dtype=np.float64)
np.asarray_chkfinite(f, order="C")*2.0
np.require(f, requirements=["C"])*2.0
np.copy(f, order="C")
np.cov(k, dtype=np.float64)
np.corrcoef(k, dtype=np.float64)
np.geomspace(p, 5.0, 4, axis=1)
np.unwrap(4.0*x, discont=2.0)
np.unwrap(x, period=1.0)
np.trim_zeros(np.concatenate([np.zeros(2), p, np.zeros(1)]), trim="f")
math.fsum([s, 2.0*s, x[0]])
math.prod([s, 2.0, x[0]], start=3.0)
np.polymul(x, y[:3])
np.sum([np.sum(a) for a in np.unstack(x)])
np.fromiter([x[0], s], float)
np.kron(t, t)
np.vectorize(lambda a: 1 if a < -50.0 else a*a)(x)
np.atleast_1d([s, 1.0])[:1]
z, w = np.atleast_2d([s, 2.0], x[:2]); z = z*w
"""

TOPICS = {name.lower(): [line for line in text.strip().splitlines()] for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}

REFUSED = """
np.power.reduce(p[:3])
np.power.accumulate(p[:3])
np.arctan2.reduce(p)
np.median(x, overwrite_input=True)
np.sort_complex(x)
np.einsum(m, list(range(2)), [0])
x.resize(3)
""".strip().splitlines()
