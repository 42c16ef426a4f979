"""More calls of NumPy's functions, of every rule with each of its keywords; ufuncs and their methods, statistics, factorisations, transforms.

The names are those of `call_cases`: a line is a call, or statements that set `z`. Calls of one function stand together.
"""

from __future__ import annotations

UFUNCS = """
np.add.reduce(x, 0)
np.add.reduce(x, axis=0, dtype=np.float64)
np.add.reduce(k, axis=0, dtype=np.float64)
z = np.zeros(4); np.add.reduce(m, axis=0, out=z)
z = np.zeros(4); np.add.reduce(m, 0, None, z)
np.add.reduce(m, axis=1, keepdims=True, initial=s)
np.add.reduce(m, axis=(0, 1), where=m > 0)
np.multiply.reduce(m, axis=0, initial=s)
np.multiply.reduce(m, axis=None)
np.multiply.reduce(m, axis=(0, 1))
np.multiply.reduce(m, axis=1, keepdims=True)
np.multiply.reduce(m, axis=1, where=m > 0)
np.multiply.reduce(k, axis=1, dtype=np.float64)
z = np.zeros(4); np.multiply.reduce(m, axis=0, out=z)
np.maximum.reduce(m, axis=1, keepdims=True)
np.maximum.reduce(m, axis=None)
np.maximum.reduce(m, axis=1, initial=s)
np.maximum.reduce(m, axis=1, where=m > -9.0, initial=0.0)
z = np.zeros(4); np.maximum.reduce(m, out=z)
np.minimum.reduce(m, axis=(0, 1))
np.minimum.reduce(m, axis=1, initial=s)
np.subtract.reduce(m)
np.subtract.reduce(m, axis=1)
np.divide.reduce(p)
np.divide.reduce(1.0 + m*m, axis=1)
np.true_divide.reduce(p)
np.fmod.reduce(p)
np.mod.reduce(p)
np.remainder.reduce(p)
np.fmin.reduce(m, axis=None)
np.hypot.reduce(m, axis=1, keepdims=True)
np.hypot.reduce(m, axis=None)
np.logaddexp.reduce(m, axis=None)
np.logaddexp.reduce(t, axis=(0, 2))
np.add.accumulate(m)
np.add.accumulate(m, 1, np.float64)
np.add.accumulate(k, axis=1, dtype=np.float64)
z = np.zeros(5); np.add.accumulate(x, out=z)
np.multiply.accumulate(m, axis=1)
z = np.zeros(5); np.multiply.accumulate(x, out=z)
np.subtract.accumulate(x)
np.divide.accumulate(1.0 + m*m, axis=1)
np.maximum.accumulate(t, axis=2)
np.minimum.accumulate(m, axis=-1)
np.fmax.accumulate(x)
np.fmin.accumulate(m)
np.hypot.accumulate(m, axis=1)
np.logaddexp.accumulate(m)
np.add.outer(m, x)
np.add.outer(s, m)
np.arctan2.outer(x, p)
np.logaddexp.outer(x, y)
np.fmod.outer(x, p)
np.mod.outer(x, p)
np.copysign.outer(x, y)
np.float_power.outer(p, y)
np.minimum.outer(x, m)
np.fmax.outer(x, y)
np.greater.outer(x, y)*1.0*s
np.add.reduceat(x, [0, 3, 1])
np.add.reduceat(x, i[1:])
np.add.reduceat(m, [0, 2, 1], axis=0)
np.add.reduceat(m, [0, 2, 1], 1)
np.add.reduceat(x, [2, 2, 4])
z = np.zeros(3); np.add.reduceat(x, [0, 2, 3], out=z)
z = x.copy(); np.add.at(z, 1, s)
z = x.copy(); np.add.at(z, [1, 2], s)
z = x.copy(); np.add.at(z, b, s)
z = x.copy(); np.add.at(z, b, y[:3])
z = m.copy(); np.add.at(z, ([0, 0, 1], [1, 1, 2]), y[:3])
z = m.copy(); np.add.at(z, [0, 0], n[:2])
z = m.copy(); np.add.at(z, np.s_[1:, ::2], s)
z = m.copy(); np.multiply.at(z, ([0, 0, 1], [1, 1, 2]), y[:3])
z = m.copy(); np.multiply.at(z, [0, 0], n[:2])
z = m.copy(); np.maximum.at(z, [0, 0], n[:2])
z = x.copy(); np.divide.at(z, [0, 0, 2], p[:3])
z = p.copy(); np.sqrt.at(z, [0, 2])
z = x.copy(); np.sin.at(z, [0, 0, 2])
z = x.copy(); np.cos.at(z, b)
z = x.copy(); np.abs.at(z, [0, 1])
z = x.copy(); np.subtract.at(z, [0, 1, 0], s)
z = x.copy(); np.minimum.at(z, [0, 1, 0], y[:3])
z = x.copy(); np.fmod.at(z, [0, 1, 0], p[:3])
z = p.copy(); np.power.at(z, [0, 0], y[:2])
np.sin(x, where=b, out=np.zeros(5))
np.sin(x, dtype=np.float64)
np.sin(x, casting="same_kind")
np.add(x, y, where=b, out=y.copy())
np.add(x, y, out=None)
np.add(x, y, where=True)
np.multiply(m, y[:4], where=m > 0, out=np.ones((3, 4)))
z = np.zeros(5); w = np.add(x, y, out=z); z = w*z
np.matvec(t, y[:4])
np.power(p, y, dtype=np.float64)
np.exp(k, dtype=np.float64)
np.add(k, 1.0, dtype="float64")
np.add(i, x)
np.multiply(i, s)
np.multiply(b, x)
np.maximum(x, i)
np.maximum(x, 0)
np.isnan(x)*x
np.signbit(x)*x
np.logical_and(x > 0, y > 0)*x
np.left_shift(i, 1)*x
np.trunc(x)*x
np.rint(x)*x
np.ceil(x)*x
np.floor_divide(x, p)*x
np.sinh(x)
np.cosh(x)
np.tanh(x)
np.tan(x)
np.arcsin(0.3*x)
np.arccos(0.3*x)
np.arctan(x)
np.acos(0.3*x)
np.atan2(x, y)
np.acosh(1.0 + p)
np.pow(p, y)
np.float_power(p, 2)
np.ldexp(x, i)
np.divmod(x, p)[1]
np.divmod(x, p)[0]*x
divmod(x, p)[1]
x // p * x
x % p
pow(p, 2)
abs(x)
round(s, 1)*s
np.bitwise_count(i)*x
np.conjugate(c).imag
np.positive(c).imag
np.lcm(i, 2)*x
np.arctanh(0.3*x, out=np.zeros(5))
np.unwrap(5.0*x, axis=-1)
np.unwrap(5.0*m, 2.0, 1)
np.unwrap(5.0*m, axis=0, period=3.0)
"""

STATISTICS = """
np.cov(m, n)
np.cov(m, y=n, rowvar=True)
np.cov(m, n, rowvar=False)
np.cov(x, p, ddof=0)
np.cov(m, fweights=[1, 2, 1, 3], aweights=p[:4])
np.cov(m, fweights=[1, 2, 1, 3], ddof=0)
np.cov(m, aweights=p[:4], bias=True)
np.cov(x, aweights=p)
np.cov(m.T, fweights=[1, 2, 1])
np.cov(x, bias=True, ddof=1)
np.corrcoef(m, n)
np.corrcoef(m, n, rowvar=False)
np.corrcoef(x)*x
np.corrcoef(x, y=p)[0, 1]
np.average(m)
np.average(m, axis=(0, 1))
np.average(m, axis=1, keepdims=True)
np.average(m, axis=-1, weights=p[:4])
np.average(m, 0, p[:3], True)[0]
np.average(m, 0, p[:3], True)[1]
z, w = np.average(m, axis=1, weights=p[:4], returned=True); z = z*w
z, w = np.average(m, returned=True); z = z*w
z, w = np.average(m, axis=0, returned=True); z = z*w
np.average(a=x, weights=p)
np.average([s, x[0]], weights=[1.0, s])
np.gradient(x, np.cumsum(p), edge_order=1)
np.gradient(m, np.cumsum(p[:3]), axis=0)
np.gradient(m, np.cumsum(p[:4]), axis=1, edge_order=2)
z, w = np.gradient(m, np.cumsum(p[:3]), np.cumsum(p[:4]), edge_order=2); z = z*w
np.gradient(m, s, axis=0)
z, w = np.gradient(m, s); z = z*w
np.gradient(x, [0.0, 1.0, 2.0, 3.0, 4.5])
np.gradient(x, [0.0, 1.0, 2.0, 3.0, 4.0])
np.gradient(t, axis=-1)
z = np.gradient(t)[2]
np.gradient(x, axis=0)
z, w = np.gradient(t, 0.5, p[:4].cumsum(), axis=(1, 2)); z = z*w
np.interp(x, [-2.0, 0.0, 2.0], [1.0, s, 3.0], left=s)
np.interp(x, [-0.2, 0.0, 0.1], [1.0, s, 3.0], right=2.0*s)
np.interp(x, [-0.2, 0.0, 0.1], [1.0, s, 3.0], s, s)
np.interp(x, np.cumsum(p), y, period=3.0)
np.interp(x, [0.5, 0.0, 1.0], [1.0, s, 1.0], period=1.0)
np.interp(x, np.cumsum(p), [1.0, 2.0, s, 3.0, 4.0])
np.interp(m, np.cumsum(p), y)
np.interp(0.5, np.cumsum(p), y)
np.interp(x, np.cumsum(p), y + 1j*y).imag
np.interp(y, [0.0, 1.0], c[:2]).imag
np.interp(s, [0.0, 1.0], [c[0], s])
np.interp(s, [0.0, 1.0], np.array([c[0], c[1]]))
np.interp(s, [0.0, 1.0], c[:2]).imag
np.trapezoid(x, dx=s)
np.trapezoid(m, p[:4])
np.trapezoid(m, x=m + np.arange(4.0)*3.0)
np.trapezoid(m, x=p[:3], axis=0)
np.trapezoid(t, dx=0.5, axis=1)
np.trapezoid(m, n, axis=0)
np.trapezoid(y=x, x=p)
np.convolve(x, y, mode="full")
np.convolve(x, y, "same")
np.convolve(x, y, "valid")
np.convolve(x[:2], y, "valid")
np.convolve(x[:2], y, "same")
np.convolve(c, x)
np.convolve(x, s)
np.convolve(a=x, v=y)
np.correlate(x, y, "full")
np.correlate(x, y, mode="same")
np.correlate(x[:2], y, "valid")
np.correlate(x[:2], y, "same")
np.correlate(c, c, "full")
np.correlate(x, c, "full").imag
np.cross(q, q.T, axis=0)
np.cross(q, q.T, axisa=0, axisb=0, axisc=1)
np.cross(q, x[:3], axisc=0)
np.cross(m[:, :3], x[:3], axisa=-1)
np.linalg.cross(q, q.T)
np.linalg.cross(q, q.T, axis=0)
np.diff(m, 2, 0)
np.diff(m, n=2, axis=1, prepend=n[:, :1])
np.diff(m, prepend=0.0, append=s, axis=0)
np.diff(m, append=n)
np.diff(x > 0)*1.0*s
np.diff(x, 4)
np.diff(x, 6)
np.ediff1d(x, to_end=y)
np.ediff1d(x, to_begin=[s, s])
np.ediff1d(m, s, y[:2])
np.vander(x, N=4, increasing=True)
np.vander(x, 1)
np.vander(x, 0)
np.kron(s, m)
np.kron(x, m)
np.kron(m, s)
np.polyval(m, s)
np.polyval(x, m)
np.polyval(x, 2.0)
np.polyval([s, 1.0, x[0]], 3.0)
np.polyadd(x[:2], y)
np.polysub(x, y)
np.polymul(x, s)
np.polyder(x, 0)
np.polyder(x, 5)
np.polyint(x, 0)
np.polyint(x, m=2, k=[s, s])
np.polynomial.polynomial.polyval(m, x)
np.polynomial.polynomial.polyfit(np.arange(5.0), x, 2)
np.polynomial.chebyshev.chebval(m, y)
np.polynomial.chebyshev.chebval(y, x[:1])
np.polynomial.chebyshev.chebval(y, x[:2])
np.polynomial.legendre.legval(m, y)
np.polynomial.hermite.hermval(s, x)
np.polynomial.hermite_e.hermeval(m, y, tensor=True)
np.polynomial.laguerre.lagval(m, y)
np.quantile(x, 0.3, method="linear")
np.quantile(m, [0.3, 0.8], axis=1, method="hazen")
np.quantile(m, 0.0, axis=1)
np.quantile(m, 1.0, axis=1)
np.quantile(m, [0.0, 1.0], axis=0, keepdims=True)
np.quantile(a=m, q=0.3, axis=-1, out=None)
np.quantile(m, s, axis=1)
np.quantile(x, [s, 0.1])
np.quantile(x, p/3.0)
np.percentile(x, 100.0*s)
np.percentile(m, (10, 50), axis=0, method="weibull")
np.percentile(m, 40, axis=(0, 1), keepdims=True)
np.percentile(x, 30, method="median_unbiased")
np.percentile(x, 30, method="normal_unbiased")
np.percentile(x, 30, method="interpolated_inverted_cdf")
np.percentile(x, 30, method="closest_observation")
np.percentile(x, 30, method="averaged_inverted_cdf")
np.percentile(x, 30, method="inverted_cdf")
np.percentile(x, 30, method="higher")
np.percentile(x, 30, method="nearest")
np.percentile(x, 30, method="midpoint")
np.nanpercentile(h, [30, 60], axis=1, keepdims=True)
np.nanpercentile(h, 30, axis=(0, 1))
np.nanquantile(h, 0.3, axis=1, method="hazen")
np.nanquantile(h, s)
np.nanmedian(h, axis=(0, 1))
np.nanmedian(h, axis=1, keepdims=True)
np.nanmedian(x)
np.median(m, axis=-1, keepdims=True)
np.median(o, axis=1)*s
np.median([s, 0.1, x[0]])
np.nanmax(h, axis=0, where=h > -9.0, initial=-9.0)
np.nanmin(h, axis=1, keepdims=True)
np.nansum(h, axis=(0, 1))
np.nansum(h, axis=1, where=h > 0, initial=s)
np.nanmean(h, axis=1, keepdims=True, where=h > -9.0)
np.nanprod(h, axis=(0, 1), keepdims=True)
np.nanprod(h, axis=0, dtype=np.float64)
np.nanvar(h, axis=0, dtype=np.float64)
np.nanvar(h, axis=1, keepdims=True)
np.nanstd(h, axis=1, correction=1)
np.nancumsum(h, 0)
np.nancumsum(h, axis=1, dtype=float)
np.nancumprod(h, axis=0)
np.nancumprod(h)
np.nanargmax(h)*s
np.nanargmin(h, axis=1)*s
np.sum(m, -1)
np.sum(m, (0, 1))
np.sum(m, axis=())
np.sum(m, axis=0, dtype=complex).real
np.sum([x, y])
np.sum([x, y], axis=0)
np.sum([s, 2.0*s])
np.sum((m, n), axis=(0, 2))
np.sum(a=m, axis=1)
np.sum(x*b)
np.mean([x, y], axis=1)
np.mean(m, axis=())
np.mean(m, dtype=np.float64, axis=0)
np.prod([s, x[0]])
np.prod(m, axis=())
np.prod(m, axis=1, keepdims=True, where=m > 0)
np.max([x, y], axis=0)
np.max([s, 0.1])
np.max(m, axis=(0, 1), keepdims=True)
np.max(m, axis=1, where=m > -9.0, initial=s)
np.amax(m, 0)
np.amin(m, 1)
np.min(m, (0, 1))
np.min(m, axis=(), keepdims=True)
np.max(m, 1, None, True)
np.argmax(m, axis=1, keepdims=True)*m
np.ptp(m)
np.ptp(m, axis=(0, 1))
np.ptp(m, 0, keepdims=True)
z = np.zeros(4); np.ptp(m, 0, out=z)
np.var([x, y], axis=0)
np.var(m, axis=1, keepdims=True, where=m > -9.0)
np.var(m, axis=1, mean=m[:, :1])
np.std(m, axis=1, mean=np.mean(m, axis=1, keepdims=True), ddof=1)
np.std(m, ddof=1.5)
np.var(m, axis=0, out=np.zeros(4))
np.var(c)
np.std(c)
np.var(d, axis=1)
np.cumsum(m, 1)
np.cumsum([x, y], axis=0)
np.cumsum(s)
np.cumprod(m)
np.cumprod([s, 2.0, x[0]])
np.cumulative_sum(m, axis=0, include_initial=True)
np.cumulative_sum(x, dtype=float)
z = np.zeros(5); np.cumulative_sum(x, out=z)
z = np.zeros(5); np.cumulative_prod(x, out=z)
np.cumulative_prod(x, include_initial=True)
np.all(m > 0, axis=0, where=m > -9.0)*m[0]
np.any(m, axis=1, keepdims=True)*m
np.count_nonzero(m > 0, axis=1, keepdims=True)*m
np.sort([x, y])
np.sort([s, 0.1, x[0]])
np.sort(m, -1, "heapsort")
np.sort(m, axis=0, kind="quicksort")
np.sort(c)
np.argsort(x, kind="stable", axis=0)*x
np.argsort(x, stable=True)*x
np.argpartition(x, 2, kind="introselect")*x
np.partition(m, (1, 2), axis=1)
np.partition(m, 5, None)
np.partition(x, -2)
np.unique(i)*s
np.searchsorted(p, y, side="right")*y
np.digitize(x, [0.0, 1.0], right=True)*x
np.isin(i, [0, 3], invert=True)*x
np.union1d(i, i)*s
np.bincount(i, x)
np.bincount(i, weights=x, minlength=8)
"""

FACTORS = """
np.linalg.norm(x, 2)
np.linalg.norm(x, 1)
np.linalg.norm(x, 3)
np.linalg.norm(x, 0.5)
np.linalg.norm(x, np.inf)
np.linalg.norm(x, -np.inf)
np.linalg.norm(x, 0)*s
np.linalg.norm(x, -1)
np.linalg.norm(m)
np.linalg.norm(m, "fro")
np.linalg.norm(m, "nuc")
np.linalg.norm(m, 1)
np.linalg.norm(m, 2)
np.linalg.norm(m, np.inf)
np.linalg.norm(m, ord=-2)
np.linalg.norm(m, 2, axis=0)
np.linalg.norm(m, 3, axis=1, keepdims=True)
np.linalg.norm(m, 0, axis=1)*s
np.linalg.norm(m, np.inf, 1)
np.linalg.norm(m, -np.inf, axis=0)
np.linalg.norm(m, axis=(0, 1), keepdims=True)
np.linalg.norm(t, axis=(0, 2))
np.linalg.norm(t, "fro", axis=(2, 1))
np.linalg.norm(t, 1, axis=(1, 2))
np.linalg.norm(t, np.inf, axis=(2, 0))
np.linalg.norm(t, -1, axis=(0, 1), keepdims=True)
np.linalg.norm(t, "nuc", axis=(1, 2), keepdims=True)
np.linalg.norm(t, -2, axis=(1, 2))
np.linalg.norm(t, axis=2)
np.linalg.norm(t)
np.linalg.norm([x, y], axis=0)
np.linalg.norm([s, x[0]])
np.linalg.norm(d)
np.linalg.norm(d, "nuc")
np.linalg.norm(d, 3, axis=1)
np.linalg.norm(d, np.inf)
np.linalg.norm(c, 1)
np.linalg.norm(c, np.inf)
np.linalg.norm(c, 2)
np.linalg.vector_norm(x, ord=1)
np.linalg.vector_norm(m, axis=(0, 1), ord=np.inf)
np.linalg.vector_norm(m, axis=0, keepdims=True, ord=-np.inf)
np.linalg.vector_norm(m, ord=4)
np.linalg.vector_norm(m, keepdims=True)
np.linalg.vector_norm(m, axis=1, ord=0)*s
np.linalg.matrix_norm(m)
np.linalg.matrix_norm(t, ord=2)
np.linalg.matrix_norm(t, ord="nuc", keepdims=True)
np.linalg.matrix_norm(t, ord=-1)
np.linalg.matrix_norm(t, ord=np.inf)
np.linalg.matrix_norm(t, ord=-np.inf)
np.linalg.matrix_norm(t, ord=-2)
np.linalg.matrix_norm(t, ord="fro")
np.linalg.cond(q, None)
np.linalg.cond(q, 2)
np.linalg.cond(q, -2)
np.linalg.cond(q, -1)
np.linalg.cond(q, np.inf)
np.linalg.cond(q, -np.inf)
np.linalg.cond(m)
np.linalg.cond(m, -2)
np.linalg.cond(np.stack([q, q.T]), 1)
np.linalg.cond(np.stack([q, 2.0*q.T]))
np.linalg.cond(np.stack([q, 2.0*q.T]), "fro")
np.linalg.cond(q, "nuc")
np.linalg.pinv(m, 1e-10)
np.linalg.pinv(m, rcond=1e-10)
np.linalg.pinv(m, rtol=1e-10)
np.linalg.pinv(t)
np.linalg.pinv(d)
np.linalg.matrix_rank(q)*s
np.linalg.matrix_rank(q, tol=0.1)*s
np.linalg.matrix_rank(q + q.T, hermitian=True)*s
np.linalg.matrix_rank(q, rtol=0.1)*s
np.linalg.eigh(q + q.conj().T)[0]
z, w = np.linalg.eigh(q + q.conj().T); z = (w*z**2) @ w.T
z, w = np.linalg.eigh(q + q.conj().T, UPLO="U"); z = (w*z**2) @ w.T
np.linalg.eigvalsh(q + q.conj().T, UPLO="U")
np.linalg.eigh(q + q.conj().T).eigenvalues
np.linalg.eigvals(q + 2.0*q.T).real
np.abs(np.linalg.eigvals(np.stack([q, q.T + q])))
np.abs(np.linalg.eigvals(d[:, :3]))
z, w = np.linalg.eig(d[:, :3]); z = np.abs(w @ np.diag(z**2) @ np.linalg.inv(w))
z, w = np.linalg.eig(np.stack([q, 2.0*q])); z = np.abs(z)*np.abs(w[..., 0])
np.linalg.svd(m)[1]
np.linalg.svd(m, full_matrices=True, compute_uv=False)
np.linalg.svd(t, compute_uv=False)
z, w, v = np.linalg.svd(t, full_matrices=False); z = (z*w[:, None, :]**2) @ v
z, w, v = np.linalg.svd(q, hermitian=False); z = (z*w**2) @ v
z, w, v = np.linalg.svd(m); z = (z*w**2) @ v[:3]
np.linalg.svdvals(t)
np.linalg.svd(d, compute_uv=False)
z, w, v = np.linalg.svd(d, full_matrices=False); z = np.abs((z*w**2) @ v)
np.linalg.qr(q)[1]
np.linalg.qr(q, "r")
np.linalg.qr(q, mode="complete")[1]
np.linalg.qr(m, mode="reduced")[1]
np.linalg.qr(t)[1]
np.linalg.qr(t.transpose(0, 2, 1))[1]
np.linalg.cholesky(q @ q.T + np.eye(3))
np.linalg.cholesky(q @ q.T + np.eye(3), upper=True)
np.linalg.cholesky(q @ q.T + np.eye(3), upper=False)
np.linalg.cholesky(np.stack([q @ q.T + np.eye(3), q.T @ q + np.eye(3)]))
np.linalg.cholesky(d @ d.conj().T + np.eye(3)).imag
np.linalg.det(q)
np.linalg.det(np.stack([q, q.T @ q]))
np.linalg.det(d[:, :3]).imag
np.linalg.slogdet(q)[0]*s
np.linalg.slogdet(np.stack([q, q.T @ q]))[1]
np.linalg.slogdet(d[:, :3])[1]
z, w = np.linalg.slogdet(d[:, :3]); z = z*w
np.linalg.inv(q)
np.linalg.inv(d[:, :3] + 3.0*np.eye(3)).imag
np.linalg.solve(d[:, :3] + 3.0*np.eye(3), x[:3]).imag
np.linalg.inv(np.stack([q, q.T + q]))
np.linalg.solve(q, x[:3])
np.linalg.solve(q, m)
np.linalg.solve(np.stack([q, q.T]), m)
np.linalg.solve(np.stack([q, q.T]), t.transpose(0, 1, 2))
np.linalg.solve(q, t)
np.linalg.lstsq(m, y[:3], rcond=None)[0]
np.linalg.lstsq(m.T, n.T, rcond=None)[0]
np.linalg.lstsq(m.T, n.T)[0]
np.linalg.lstsq(m.T, y[:4], 1e-10)[1]
np.linalg.lstsq(m.T, n.T, rcond=None)[1]
np.linalg.lstsq(m.T, n.T, rcond=None)[3]
np.linalg.lstsq(m.T, y[:4], rcond=None)[2]*s
np.linalg.matrix_power(q, 3)
np.linalg.matrix_power(q, 0)*s
np.linalg.matrix_power(q, 1)
np.linalg.matrix_power(q, -2)
np.linalg.matrix_power(np.stack([q, q.T]), 3)
np.linalg.multi_dot([m, n.T])
np.linalg.multi_dot([x[:3], m, y[:4]])
np.linalg.multi_dot((q, q, q, q))
np.linalg.multi_dot([m, n.T, q], out=np.zeros((3, 3)))
np.linalg.tensorinv(q.reshape(3, 3), ind=1)
np.linalg.tensorsolve(q, x[:3])
np.linalg.tensordot(m, n, axes=2)
np.linalg.matrix_transpose(t)
np.fft.fft(x)
np.fft.fft(x, 3)
np.fft.fft(x, n=8, norm="ortho")
np.fft.fft(m, axis=0, norm="forward")
np.fft.fft(m, 3, 1, "backward")
np.fft.fft(c)
np.fft.fft(d, 5, axis=0)
np.fft.fft(x, out=np.zeros(5, complex))
np.fft.ifft(c)
np.fft.ifft(c, 6, norm="ortho")
np.fft.ifft(m, axis=0)
np.fft.rfft(x)
np.fft.rfft(x, 4)
np.fft.rfft(x, n=8, norm="forward")
np.fft.rfft(m, axis=0, norm="ortho")
np.fft.irfft(c)
np.fft.irfft(c, 7)
np.fft.irfft(c, n=5, norm="ortho")
np.fft.irfft(d, axis=0, norm="forward")
np.fft.irfft(d, 4, 0)
np.fft.hfft(c)
np.fft.hfft(c, 7)
np.fft.hfft(c, 5, norm="ortho")
np.fft.hfft(d, axis=0, norm="forward")
np.fft.ihfft(x)
np.fft.ihfft(x, 4)
np.fft.ihfft(m, axis=0, norm="ortho")
np.fft.ihfft(m, 6, norm="forward")
np.fft.fft2(m)
np.fft.fft2(t, s=(2, 5), axes=(0, 2))
np.fft.fft2(t, axes=(-1, 0), norm="ortho")
np.fft.ifft2(d)
np.fft.ifft2(d, (4, 2), norm="forward")
np.fft.rfft2(m)
np.fft.rfft2(t, s=(3, 6))
np.fft.rfft2(t, axes=(0, 1), norm="ortho")
np.fft.irfft2(d)
np.fft.irfft2(d, (3, 5))
np.fft.irfft2(d, s=(2, 4), norm="forward")
np.fft.fftn(t)
np.fft.fftn(t, axes=(0, 2))
np.fft.fftn(t, (2, 3), axes=(1, 2), norm="ortho")
np.fft.fftn(t, axes=[1])
np.fft.ifftn(d)
np.fft.ifftn(t, s=(5,), axes=(1,))
np.fft.rfftn(t)
np.fft.rfftn(t, (2, 3), axes=(0, 1))
np.fft.rfftn(t, axes=(1, 0), norm="forward")
np.fft.irfftn(d, (3, 7), axes=(0, 1))
np.fft.irfftn(d, axes=(1, 0), norm="ortho")
np.fft.fftshift(x)*np.arange(5.0)
np.fft.fftshift(m, axes=1)*np.arange(4.0)
np.fft.ifftshift(x)*np.arange(5.0)
np.fft.ifftshift(m, axes=(0,))*np.arange(4.0)
np.fft.fftfreq(5, d=0.1)*x
np.fft.rfftfreq(5)*x[:3]
"""

KEYWORDS = """
np.true_divide.reduce(1.0 + p, keepdims=True)
np.divide.reduce(1.0 + m*m, axis=1, keepdims=True)
np.true_divide.accumulate(1.0 + p)
z = p.copy(); np.true_divide.at(z, [0, 2], 2.0)
np.remainder.reduce(1.0 + m*m, axis=0, keepdims=True)
np.remainder.accumulate(p)
np.remainder.accumulate(1.0 + m*m, axis=1)
np.mod.reduce(p)
np.mod.accumulate(p)
z = p.copy(); np.mod.at(z, [0, 3], 0.4)
z = p.copy(); np.remainder.at(z, [0, 3], 0.4)
np.fmod.reduce(1.0 + m*m, axis=1, keepdims=True)
np.fmod.accumulate(1.0 + m*m, axis=1)
z = x.copy(); np.fmin.at(z, [0, 1], y[:2])
z = x.copy(); np.logaddexp2.at(z, [0, 1, 0], y[:3])
z = x.copy(); np.tan.at(z, [0, 1])
z = c.copy(); np.conjugate.at(z, [0, 1]); z = z*c
z = x.copy(); np.sign.at(z, [0, 1]); z = z*x
z = x.copy(); np.expm1.at(z, [0, 1])
z = p.copy(); np.log1p.at(z, [0, 1])
z = p.copy(); np.cbrt.at(z, [0, 1])
np.argmin(m, axis=0)*m[0]
np.cos(x)*np.negative(y)
(np.isfinite(x) & ~np.isinf(x))*x
np.logical_not(x > 0)*x
np.logical_or(x > 0, y > 0)*x
np.logical_xor(x > 0, y > 0)*x
np.invert(b)*x
np.bitwise_and(i, 1)*x + np.bitwise_or(i, 1)*y + np.bitwise_xor(i, 1)*y
np.right_shift(i, 1)*x
np.gcd(i, 2)*x
np.equal(i, 3)*x + np.not_equal(i, 3)*y
np.less(x, y)*x + np.less_equal(x, y)*y
np.greater(x, y)*x + np.greater_equal(x, y)*y
np.isposinf(x)*x + np.isneginf(x)*y
np.isreal(x)*x + np.iscomplex(x)*y
x*np.allclose(x, y) + y*np.array_equal(x, x)
x*np.isscalar(s) + y*np.iscomplexobj(x) + y*np.isrealobj(x)
np.float64(s)*x
np.float32(2.0)*k
np.complex128(s).real*x
np.complex64(2.0).real*x + np.clongdouble(2).real*y
np.float16(2.0)*x + np.longdouble(2.0)*y
np.bool(1)*x + np.int64(2)*y
np.int8(3)*x + np.int16(3)*x + np.int32(3)*y
np.uint8(3)*x + np.uint16(3)*x + np.uint32(3)*y + np.uint64(3)*y
np.ones_like(x)*s
np.empty_like(x)*0.0 + s
np.identity(5)@x
q[np.triu_indices_from(q)]
z = q*s; z[np.diag_indices_from(q)] += q[0]
q[np.tril_indices_from(q, -1)]
np.shape(m)[0]*m + np.ndim(m)*n + np.size(m)
x[np.flatnonzero(x > 0)]
x[np.argwhere(x > 0)]
m.ravel()[np.ravel_multi_index(([0, 2], [1, 3]), (3, 4))]
np.arange(0.0, s, 0.2, dtype=float)
np.arange(s, 3.0, dtype=np.float64)
np.array_split(m, 2, axis=1)[0]*2.0
np.asarray_chkfinite(k, dtype=np.float64)*2.0
np.require(k, dtype=np.float64)*2.0
np.fft.fftfreq(5, s, device="cpu")
np.fft.rfftfreq(5, s)
np.fft.rfftfreq(5, d=s, device="cpu")
z = np.zeros(5, complex); np.fft.fft(x, out=z); z = np.abs(z)
z = np.zeros(4, complex); np.fft.ifft(c, out=z); z = np.abs(z)
z = np.zeros((2, 3, 4), complex); np.fft.fftn(t, out=z); z = np.abs(z)
z = np.zeros((3, 4), complex); np.fft.ifftn(d, out=z); z = np.abs(z)
z = np.zeros(3, complex); np.fft.rfft(x, out=z); z = np.abs(z)
z = np.zeros(6); np.fft.irfft(c, out=z)
z = np.zeros((3, 3), complex); np.fft.rfftn(m, out=z); z = np.abs(z)
z = np.zeros((3, 6)); np.fft.irfftn(d, out=z)
np.fft.ifft2(d, axes=(1, 0))
np.fft.irfft2(d, axes=(1, 0))
np.fft.ifftn(d, norm="ortho")
np.fmax.accumulate(m, axis=1, dtype=np.float64)
z = np.zeros(5); np.fmax.accumulate(x, out=z)
np.fmin.accumulate(m, axis=1, dtype=np.float64)
z = np.zeros(5); np.fmin.accumulate(x, out=z)
np.fmax.reduce(m, axis=1, dtype=np.float64)
z = np.zeros(4); np.fmax.reduce(m, out=z)
np.fmin.reduce(m, axis=1, dtype=np.float64, keepdims=True)
z = np.zeros(4); np.fmin.reduce(m, out=z)
np.hypot.reduce(m, axis=1, dtype=np.float64)
np.logaddexp.accumulate(m, axis=1)
z = np.zeros(4); np.logaddexp.reduce(m, out=z)
np.logaddexp.reduce(m, axis=1, keepdims=True)
np.logaddexp2.reduce(m, axis=1, dtype=np.float64, keepdims=True)
z = np.zeros(4); np.logaddexp2.reduce(m, out=z)
z = np.zeros(5); np.maximum.accumulate(x, out=z)
np.minimum.accumulate(x, dtype=np.float64)
np.full(3, s, dtype=np.float64)
np.full_like(m, s, shape=(2, 2))
np.lib.stride_tricks.sliding_window_view(x, 3, subok=False, writeable=False)*1.0
np.linalg.trace(k, dtype=np.float64)
np.nancumprod(k, axis=0, dtype=np.float64)
z = np.zeros((3, 4)); np.nancumprod(h, axis=1, out=z)
z = np.zeros(4); np.nanmax(h, axis=0, out=z)
z = np.zeros(4); np.nanmin(h, axis=0, out=z)
z = np.zeros(4); np.nanprod(h, axis=0, out=z)
z = np.zeros(4); np.nanstd(h, axis=0, out=z)
np.nanstd(h, axis=0, dtype=np.float64)
z = np.zeros(4); np.nanvar(h, axis=0, out=z)
z = np.zeros(4); np.nanquantile(h, 0.3, axis=0, out=z)
np.nanquantile(h, 0.3, axis=0, keepdims=True)
z = np.zeros(4); np.nanpercentile(h, 30, axis=0, out=z)
z = np.zeros(4); np.percentile(m, 30, axis=0, out=z)
np.polyfit(np.arange(5.0), x, 2, rcond=1e-12)
np.polynomial.polynomial.polyfit(np.arange(5.0), x, 2, rcond=1e-12)
np.polynomial.hermite.hermval(y[:4], m, tensor=False)
np.polynomial.laguerre.lagval(y[:4], m, tensor=False)
np.polynomial.hermite_e.hermeval(y[:4], m, tensor=False)
np.std(m, axis=1, keepdims=True)
np.meshgrid(x, y, copy=True)[0]
z = np.arange(4.0); np.logspace(0.0, s, 4, base=p[:4])
np.geomspace(s, 5.0, 4, axis=0)
np.isin(i, [0, 3], assume_unique=False)*x
np.searchsorted(p, y, sorter=np.argsort(p))*y
np.tensordot(m, n.T, axes=([1, 0], [0, 1]))
np.hypot(m, y[:4], where=m > 0, out=np.ones((3, 4)))
"""

NUMBER_LINES = {name.lower(): text.strip().splitlines() for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}
