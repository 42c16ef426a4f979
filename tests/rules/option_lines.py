"""Calls of NumPy's functions with their rarer arguments: masks of nan-functions, weights of quantiles, axes of products.

The names are those of `call_cases`: a line is a call, or statements that set `z`. Calls of one function stand together.
"""

from __future__ import annotations

STATISTICS = """
np.nanprod(h, initial=s)
np.nanprod(h, axis=0, where=h > 0)
np.nanprod(h, axis=1, keepdims=True, initial=s, where=h > -0.5)
np.nanprod(h, dtype=np.float64, where=h > 0)
np.nanstd(h, where=h > -0.9)
np.nanstd(h, axis=1, mean=np.nanmean(h, axis=1, keepdims=True))
np.nanvar(h, where=h > -0.9)
np.nanvar(h, axis=1, where=h > -9.9, ddof=1)
np.nanstd(h, axis=0, where=h > -9.9, keepdims=True)
np.nanvar(h, axis=1, mean=m[:, :1])
np.nanstd(h, axis=1, mean=m[:, :1], ddof=1, keepdims=True)
np.nanstd(h, axis=1, mean=m[:, :1], where=h > -9.0)
np.nanstd(h, mean=s)
np.nanvar(h)
np.nanstd(h)
np.nanvar(m, where=b[:4])
"""

ORDER = """
np.percentile(x, 30, weights=p, method="inverted_cdf")
np.nanpercentile(h, 30, weights=np.abs(h), method="inverted_cdf")
np.nanquantile(h, 0.3, weights=np.abs(h), method="inverted_cdf")
np.quantile(m, [0.3, 0.8], axis=1, weights=p[:4], method="inverted_cdf")
np.quantile(m, [0.3, 0.8], axis=0, weights=np.abs(n), method="inverted_cdf", keepdims=True)
np.quantile(x, 0.9*s, method="hazen")
np.quantile(x, s, method="lower")
np.quantile(x, s, method="weibull")
np.quantile(x, s, method="median_unbiased")
np.quantile(x, s, method="normal_unbiased")
np.quantile(x, s, method="interpolated_inverted_cdf")
np.quantile(x, s, method="midpoint")
np.quantile(x, s, method="averaged_inverted_cdf")
np.quantile(m, p/3.0, axis=1, method="hazen")
np.percentile(m, 30*p, axis=0, method="weibull")
np.nanquantile(h, s, axis=1, method="hazen")
np.nanpercentile(h, [10.0*s, 50.0])
np.quantile(x, x**2/5)
np.quantile(x, 0.02*s, method="hazen")
"""

PRODUCTS = """
np.multiply.reduceat(x, [0, 2, 3])
np.multiply.reduceat(x, [3, 0, 2, 2])
np.maximum.reduceat(x, [0, 2, 3])
np.minimum.reduceat(m, [0, 2], axis=1)
np.subtract.reduceat(x, [0, 2, 3])
np.logaddexp.reduceat(x, [0, 2, 3])
np.hypot.reduceat(m, [0, 2], 1)
np.fmax.reduceat(m, i[:2])
np.divide.reduceat(p, [0, 3])
np.multiply.reduceat(t, [0, 1], axis=-1)
np.matmul(t, m.T, axes=[(1, 2), (0, 1), (1, 2)])
np.matmul(m, n, axes=[(0, 1), (1, 0), (0, 1)])
np.matmul(m, n, axes=[(1, 0), (0, 1), (1, 0)])
np.vecdot(m, n, axis=0)
np.vecdot(m, n, axis=-1, keepdims=True)
np.vecdot(m, n, axis=0, keepdims=True)
np.vecdot(m, n, axes=[0, 0])
np.vecdot(m, n.T, axes=[(0,), (1,), ()])
np.linalg.vecdot(m, n, axis=0)
np.matvec(t, n, axes=[(1, 2), (1,), (1,)])
np.matvec(t, y[:3], axes=[(2, 1), 0, 0])
np.vecmat(x[:4], t, axes=[0, (2, 1), -1])
np.pad(x, 7, "reflect", reflect_type="odd")
np.pad(x, 7, "symmetric", reflect_type="odd")
np.pad(x, (0, 13), "symmetric", reflect_type="odd")
np.pad(x, (13, 1), "reflect", reflect_type="odd")
np.pad(m, ((1, 5), (3, 0)), "reflect", reflect_type="odd")
np.pad(m, ((1, 5), (3, 0)), mode="symmetric", reflect_type="odd")
"""

FLAT = """
z = x.copy(); z.flat[2] = s; z = z*2.0
z = m.copy(); z.flat[7] = s; z = z*2.0
z = m.copy(); z.flat[-1] = s; z = z*m
z = m.copy(); z.flat[2:5] = y[:3]; z = z*2.0
z = m.copy(); z.flat[2:9] = y[:3]; z = z*2.0
z = m.T.copy(); z.flat[2:5] = y; z = z*2.0
z = m.copy(); z.flat[[0, 5]] = s; z = z*2.0
z = m.copy(); z.flat[::2] += s; z = z*2.0
z = m.copy(); z.flat[3] *= s; z = z*2.0
z = m.copy(); z.flat[::3] *= y[:4]; z = z*2.0
z = m.copy(); z.flat = y; z = z*2.0
z = m.copy(); z.flat = s; z = z*2.0
z = m.copy(); w = z.flat; w[3] = s*s; z = z*w[4]
np.array(m.flat)
np.sum(m.flat)
list(m.flat)[3]*s
m.flat.copy()
len(m.flat)*x
np.asarray(m.flat)*2.0
z = sum(v*v for v in m.flat)
z = sum(k*v for k, v in enumerate(m.flat))
m.flat[3]*m.flat[1:4]
f.flat[3]*f.flat[1:4]
m.flat[i]*x
z = f.copy(); z.flat[3] = s; z = z*2.0
"""

TAKEN = """
np.take(m, i[1:4], axis=1)
np.take(x, 2)
np.take(m, 1, axis=-1)
np.take(m, i)
x.take(i)
t.take(i[1:4], axis=1)
np.take(m, [[0, 2], [1, 1]], axis=1)
np.take(m, i, axis=1, mode="clip")
np.take(c, i[1:3])
np.take(m*m, i[1:4], axis=1)
z = m.copy(); z[0] = 1.0; z = np.take(z, i[1:4], axis=1)
z = sum(np.take(m*s, j2, axis=0) for j2 in range(3))
z = sum(np.take(m, i[j2], axis=1) for j2 in range(5))
"""

MATRICES = """
np.linalg.matrix_power(q, 0)
np.linalg.matrix_power(q, 2)
np.linalg.matrix_power(q, 7)
np.linalg.matrix_power(q, -1)
np.linalg.matrix_power(q, -4)
np.linalg.matrix_power(q, -5)
z = sum(np.linalg.matrix_power(q, j2) for j2 in range(-2, 3))
np.linalg.matrix_power(np.stack([q, q.T]), 5)
np.kron(q, m)
"""

UNIQUE = """
np.unique(x)
np.unique(m)*2.0
np.unique(np.round(x, 1))*s
u, first, counts = np.unique(np.round(x, 1), True, return_counts=True); z = u*counts + first
u, inverse = np.unique(m, return_inverse=True); z = (u*np.arange(u.size))[inverse]
u, inverse = np.unique(np.array([[1, 0], [0, 1], [1, 0]]), axis=0, return_inverse=True); z = s*np.ravel(inverse)
"""

SERIES = """
np.roots(x).real*2.0
np.polynomial.chebyshev.chebder(c=x, m=2, scl=s)
np.polynomial.chebyshev.chebint(c=x, m=2, k=[s, 1.0], lbnd=s, scl=0.5)
np.polynomial.legendre.legder(c=x, m=2, scl=s)
np.polynomial.legendre.legint(c=x, m=2, k=[s, 1.0], lbnd=s, scl=0.5)
np.polynomial.hermite.hermder(c=x, m=2, scl=s)
np.polynomial.hermite.hermint(c=x, m=2, k=[s, 1.0], lbnd=s, scl=0.5)
np.polynomial.hermite_e.hermeder(c=x, m=2, scl=s)
np.polynomial.hermite_e.hermeint(c=x, m=2, k=[s, 1.0], lbnd=s, scl=0.5)
np.polynomial.laguerre.lagder(c=x, m=2, scl=s)
np.polynomial.laguerre.lagint(c=x, m=2, k=[s, 1.0], lbnd=s, scl=0.5)
np.polynomial.hermite.hermadd(x, y[:2])
np.polynomial.hermite.hermsub(x[:2], y)
np.polynomial.hermite_e.hermeadd(x, y[:2])
np.polynomial.hermite_e.hermesub(x[:2], y)
np.polynomial.laguerre.lagadd(x, y[:2])
np.polynomial.laguerre.lagsub(x[:2], y)
np.poly(x)
np.poly([s, x[0]])
np.polydiv(x, y[:2])[0]
np.polydiv(x, y[:2])[1]
np.roots(x).real
np.abs(np.roots(x))
np.abs(np.roots([1.0, s, x[0], 0.0]))
np.polynomial.polynomial.polyadd(x, y[:2])
np.polynomial.polynomial.polysub(x[:2], y)
np.polynomial.polynomial.polymul(x, y[:2])
np.polynomial.polynomial.polyder(x)
np.polynomial.polynomial.polyder(x, 2)
np.polynomial.polynomial.polyder(x, m=2, scl=s)
np.polynomial.polynomial.polyint(x)
np.polynomial.polynomial.polyint(x, 2, [s, 1.0])
np.polynomial.polynomial.polyint(x, 1, s, lbnd=s, scl=2.0)
np.polynomial.chebyshev.chebadd(x[:3], y)
np.polynomial.chebyshev.chebsub(x, y[:3])
np.polynomial.chebyshev.chebder(x)
np.polynomial.chebyshev.chebder(x, 3)
np.polynomial.chebyshev.chebint(x)
np.polynomial.chebyshev.chebint(x, 2, lbnd=s)
np.polynomial.legendre.legadd(x, y)
np.polynomial.legendre.legder(x)
np.polynomial.legendre.legint(x, m=2)
np.polynomial.legendre.legsub(x, y)
np.polynomial.hermite.hermder(x)
np.polynomial.hermite.hermint(x)
np.polynomial.hermite_e.hermeder(x)
np.polynomial.hermite_e.hermeint(x)
np.polynomial.laguerre.lagder(x)
np.polynomial.laguerre.lagder(x, 2)
np.polynomial.laguerre.lagint(x)
np.polynomial.laguerre.lagint(x, k=[s])
"""

REDUCED = """
np.subtract.reduceat(1.0 + m*m, [0, 2], axis=1)
np.divide.reduceat(1.0 + m*m, [0, 2], axis=1)
np.true_divide.reduceat(1.0 + m*m, [0, 2], axis=1)
np.remainder.reduceat(1.0 + m*m, [0, 2], axis=1)
np.mod.reduceat(1.0 + m*m, [0, 2], axis=1)
np.fmod.reduceat(1.0 + m*m, [0, 2], axis=1)
np.multiply.reduceat(1.0 + m*m, [0, 2], axis=1)
np.maximum.reduceat(1.0 + m*m, [0, 2], axis=1)
np.minimum.reduceat(1.0 + m*m, [0, 2], axis=1)
np.fmax.reduceat(1.0 + m*m, [0, 2], axis=1)
np.fmin.reduceat(1.0 + m*m, [0, 2], axis=1)
np.logaddexp.reduceat(1.0 + m*m, [0, 2], axis=1)
np.logaddexp2.reduceat(1.0 + m*m, [0, 2], axis=1)
np.hypot.reduceat(1.0 + m*m, [0, 2], axis=1)
"""

COPIES = """
z = x.copy(); z = z.astype(np.float64, copy=False)*2.0
m.astype(np.float64, copy=False)*1.0
np.astype(x, np.float64, copy=False)*1.0
m.astype(np.float64, copy=True)
np.asarray(m, copy=True)*1.0
np.asarray(m, dtype=float, copy=None)*1.0
np.array(m, copy=None)*1.0
np.array(m, copy=True)*1.0
np.array(m, subok=True)
np.copy(m, subok=True)
m.astype(float, subok=False)
np.sin(x, subok=False)
np.asarray(m, device="cpu")*1.0
np.hstack([m, n], dtype=np.float64, casting="unsafe")
np.vstack([x, y], dtype=complex)*1j
np.concatenate([x, k.ravel()], dtype=np.float64, casting="safe")
np.stack([x, y], axis=1, casting="no")
np.cumprod(x, dtype=complex)*1j
np.nancumprod(h, axis=1, dtype=complex)
np.logspace(s, 2.0, 5, dtype=np.float64)
np.geomspace(s, 2.0, 5, dtype=np.float64)
np.polynomial.polynomial.polyder(m)
np.polynomial.chebyshev.chebder(m, axis=1)
np.polynomial.legendre.legder(t, 2, axis=-1)
np.polynomial.polynomial.polyint(m, axis=1)
np.polynomial.chebyshev.chebint(m, 2, [s, 2.0], s)
np.polynomial.laguerre.lagint(t, axis=1)
z = m.copy(); w = np.array(z, copy=True); w[0] = 1.0; z = z*w
z = m.copy(); w = np.array(z, copy=None); w[0] = 1.0; z = z*w
"""

FIRST_VALUES_AND_MASKS = """
np.fmax.reduce(m, initial=s)
np.fmax.reduce(m, axis=1, where=m > 0, initial=0.0, keepdims=True)
np.fmin.reduce(h, axis=1, initial=s)
np.fmin.reduce(h, axis=None, where=h < 2, initial=9.0)
np.logaddexp.reduce(m, initial=s)
np.logaddexp.reduce(m, axis=None, initial=s, keepdims=True)
np.logaddexp.reduce(x, where=b)
np.logaddexp.reduce(m, axis=(0, 1), where=m > 0)
np.logaddexp2.reduce(m, axis=-1, initial=s, where=m > 0)
np.logaddexp2.reduce(x, initial=s)
np.subtract.reduce(x, initial=s)
np.subtract.reduce(m, 1, where=m > 0, initial=0.0)
np.hypot.reduce(x, initial=s)
np.hypot.reduce(m, axis=1, where=m > 0)
np.divide.reduce(p, initial=s)
np.divide.reduce(p, where=b, initial=1.0)
np.true_divide.reduce(p, initial=s, where=b)
np.hypot.reduce(x, 0, None, None, False, s)
np.logaddexp.reduce(x[:0], axis=0, initial=s)
np.true_divide.reduce(m, axis=1, where=m > 0, initial=1.0, keepdims=True)
np.fmax.reduce(x, where=b, initial=s)
np.add.outer(x, y, dtype=np.float64)
z = np.zeros((5, 5)); np.add.outer(x, y, out=z)
z = np.multiply.outer(x, y, out=np.zeros((5, 5)), where=b)
np.hypot.outer(x, m, where=True)
np.copysign.reduce(m, axis=1, keepdims=True)
np.copysign.accumulate(m, axis=1)
np.copysign.reduceat(m, [0, 2], axis=1)
z = x.copy(); np.copysign.at(z, [0, 1], y[:2])
np.heaviside.reduce(m, axis=1, keepdims=True)*s
np.heaviside.accumulate(x, axis=0)*s
np.heaviside.reduceat(x, [0, 2], axis=0)*s
z = x.copy(); np.heaviside.at(z, [0, 1], y[:2])
np.floor_divide.reduce(p, axis=0, keepdims=True)*s
np.floor_divide.accumulate(p, axis=0)*s
np.floor_divide.reduceat(p, [0, 2], axis=0)*s
z = x.copy(); np.floor_divide.at(z, [0, 1], p[:2])
"""

STRETCHED = """
np.take_along_axis(m, np.array([[2, 0]]), axis=1)
np.take_along_axis(m[:1], np.array([[2, 0], [1, 1]]), axis=1)
np.take_along_axis(t, np.array([[[1], [0], [2]]]), axis=2)
np.take_along_axis(t, np.argsort(t[0], axis=1)[None], 2)
z = np.take_along_axis(q, np.argsort(x[:3])[None], axis=1); z = z @ z.T
z = np.take_along_axis(q, np.argsort(x[:3])[:, None], 0); z = z @ z.T + z
np.einsum("ij,ij->i", m, n[:1])
np.einsum("ij,jk->ik", m, n.T[:, :1])
np.einsum("ij,ij->ij", m[:, :1], n)
z = np.einsum("ij,ij->ij", m[:, :1], n); z = z*m + z @ z.T @ z
z = np.einsum("ij,kj", m[:, :1]*m[:, :1], n); z = z*z
np.insert(m, [2, 0, 2], x[:4], axis=0)
np.insert(t, np.array([1, 1]), t[:, :2], axis=1)
np.fromiter((a*a for a in x), float, len(x))
np.vectorize(lambda a, w: a*np.sum(w), excluded={"w"})(x, w=y)
np.asarray(m, dtype=float, copy=False)*m
z = np.einsum("i,i->i", x[:1], y); z = np.outer(z, z)*z
"""

SINGLE_AND_SYMMETRIC = """
np.piecewise(u, [u < 0, u >= 0], [lambda a: a*a, lambda a: 3.0*a])
np.piecewise(s, [s < 0], [lambda a: a*a, lambda a: np.sin(a)])
np.piecewise(s, s < 0, [lambda a: a*a, 2.0])*x
np.piecewise(x[0], [x[0] < 0.0], [1.0, lambda a, w: a*w], s)
np.piecewise(x, [x < 0, x > 100], [lambda a: a*a, lambda a: a/np.max(a), lambda a: a.sum()*a])
np.linalg.pinv(q + q.T, hermitian=True)
np.linalg.pinv(q + q.T, 1e-12, True)
np.linalg.svd(q + q.T, hermitian=True, compute_uv=False)
z, w, v = np.linalg.svd(q + q.T, hermitian=True); z = (z*w**2) @ v
np.linalg.svd(q + q.T, False, True, True)[1]
np.linalg.svd(np.stack([q + q.T, q @ q.T]), hermitian=True)[1]
"""

HOW = """
np.add(x, y, casting="unsafe")
np.sin(x, casting="same_kind", dtype=np.float64)
np.multiply(m, n, order="F").ravel(order="K")*np.arange(12.0)
np.sum(np.add(m.T, n.T, order="C"), axis=1)
z = np.zeros((3, 4)); np.add(m, n, out=z, order="F", casting="unsafe"); z = z*2
m.astype(np.float64, order="F").ravel(order="K")*np.arange(12.0)
f.astype(np.float64, "C", "safe", copy=False).ravel(order="K")*np.arange(12.0)
m.astype("float64", casting="same_kind")
np.einsum("ij,kj->ik", m, n, order="C", casting="safe")
np.matmul(m, n.T, dtype=np.float64, order="F")
u, w = np.empty(5), np.empty(5); np.modf(x, out=(u, w)); z = u*w
u, w = np.zeros(5), np.zeros(5, dtype=np.intc); r = np.frexp(x, out=(u, w)); z = r[0]*w + u
u = np.zeros(5); _, w = np.divmod(x, 0.7, None, u); z = u*w*x
c.view(float)*np.arange(8.0)
m.view(np.complex128)**2
y = m*2; w = y.view(complex); w[0] = s + 2j; z = y*w.view(float)
y = d*2; w = y.view(float); w[:, 0] = s; y *= 2.0; z = w
u, w = np.meshgrid(x, y, copy=False); z = u*w
u, w = np.meshgrid(x, p, copy=False, sparse=True, indexing="ij"); z = u*w
np.r_["0,2", x, y]
np.r_["1,2,0", x, y]
np.r_["-1", m, n]
np.mgrid[0:s:5j]
u, w = np.mgrid[-s:s:4j, 0:1:3j]; z = np.exp(-u**2 - s*w**2)
u, w = np.ogrid[0:s:5j, 0:s*s:1j]; z = u + w
u = np.einsum_path("ij,kj,kl->il", m, n, n, optimize="optimal", einsum_call=False)[0]; z = np.einsum("ij,kj,kl->il", m, n, n, optimize=u)
z = x*2 if np.iterable(x) and not np.iterable(s) else y
z = np.zeros((3, 4), dtype=np.common_type(m, d)) + m*d
np.poly(q)
np.unwrap(3*x, period=s + 1.0)
np.unwrap(4*m, axis=0, period=s)*m
np.polyval(np.poly1d(x), s)
z = np.polydiv(np.poly1d(x), np.poly1d(p[:2]))[0]; z = np.polyint(z)(s)
z = divmod(np.polynomial.Polynomial(x), np.polynomial.Polynomial(p[:2])); z = z[0](s)*z[1](s)
z = np.polynomial.Polynomial(x) // np.polynomial.Polynomial(p[:2]); z = z(s)*(np.polynomial.Polynomial(x) % np.polynomial.Polynomial(p[:2]))(s)
z, u, w = np.histogram2d([0.1, 0.2, 0.9, 0.4, 0.5], [0.1, 0.2, 0.9, 0.4, 0.1], bins=[2, 3], weights=x); z = z*u[1:, None]
np.histogram2d(x, y, 4, [[-1.0, 1.0], [-1.0, 1.0]], density=True, weights=p)[0]
np.histogram2d(x, y, bins=[np.array([-1.0, 0.2, 1.0]), np.array([-2.0, 0.0, 2.0])], weights=p)[0]
np.histogram2d(x, y, np.array([-2.0, 0.0, 0.5, 2.0]), weights=p)[0]
np.histogramdd(np.arange(10.0).reshape(5, 2), bins=(2, 3), weights=p, density=True)[0]
np.histogramdd(m, bins=(2, 3, 1, 1), range=[(-3, 3)]*4, weights=p[:3])[0]
np.histogramdd([x, y], [3, 2], range=[(-1.0, 1.0), (-1.0, 1.0)], weights=p)[0]
np.interp(x, y[[0, 1, 2]], b[:3])
np.interp(p, [0.0, 1.0, 3.0], np.array([3, 1, 2], np.uint8))
sum([x, c[0]*x])
"""

OPTION_LINES = {name.lower(): text.strip().splitlines() for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}
