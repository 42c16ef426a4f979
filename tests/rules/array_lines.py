"""More calls of NumPy's functions, of every rule with each of its keywords; functions on places and shapes of arrays, and functions that call others.

The names are those of `call_cases`: a line is a call, or statements that set `z`. Calls of one function stand together.
z = np.zeros(4); np.add.reduce(m, 0, None, z)
z = np.zeros(4); np.sum(m, 0, None, z)
z = np.zeros(4); np.sum(m, 0, np.float64, z)
z = np.zeros(4); np.max(m, 0, z)
z = np.zeros((3, 4)); np.sin(m, z)
np.pad(x, (1, 2), constant_values=s)
np.pad(k, ((1, 0), (0, 2)), constant_values=s)
"""

from __future__ import annotations

FUNCTIONS = """
np.polyfit(np.arange(5.0), x, 2)
np.polyfit(np.arange(5.0), x, 1, w=p)
np.polyfit(p, x, 2)
np.polyfit(np.arange(3.0), m, 1)
np.polyfit(p, x, 2, full=True)[3]
np.polyfit(p, x, 1, cov="unscaled")[1]
np.polyfit(np.arange(3.0), m, 1, cov=True)[1]
z, w = np.polyfit(p, x, 1, w=y, cov=True); z = z*np.sqrt(np.diag(w))
np.pad(t, {1: 2, -1: (0, 1)}, constant_values=s)
np.pad(m, {-1: (1, 2)}, mode="reflect")
z = np.zeros(4); np.trace(t, out=z)
np.poly1d(x, r=True).deriv()(s)
np.polynomial.legendre.legfit(p, x, [1, 3, 0])
np.polynomial.Polynomial.fit(p, x, 2).convert().coef
np.polynomial.Polynomial(x).linspace(5)[1] + np.polynomial.Polynomial(x).truncate(2)(s)
np.polynomial.Polynomial.fit(p, x, 3, domain=[0, 3]).integ(2, k=[1.0], lbnd=1.0).cutdeg(3)(s)
np.polynomial.Polynomial(x).integ(1, k=[s], lbnd=s)(0.4)
(1.0 - np.polynomial.Chebyshev(x)*np.polynomial.Chebyshev(y[:3]))(s)
(2.0*np.polynomial.Hermite(x)**2/3.0 - 1.0)(s)
(np.polynomial.Chebyshev(x, [s, 2]) + np.polynomial.Chebyshev(y, domain=[s, 2]))(s)
np.polynomial.Laguerre.fromroots(x[:3])(s)
np.polynomial.Polynomial.fromroots(x)(s)
np.polynomial.Legendre.basis(deg=2).deriv()(x)
np.polynomial.Polynomial.basis(3)(x)
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=3, weights=x)[0]
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=[0.0, 0.3, 1.0], weights=x)[0]
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=3, range=(0.0, 1.0), weights=x)[0]
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=3, weights=p, density=True)[0]
np.poly1d(x)(s)
np.poly1d(x)(y)
np.polynomial.Polynomial(x)(s)
np.polynomial.Polynomial(0.2*x, domain=[0, 3])(y)
np.polynomial.Legendre(0.2*x, [s, 3.0]).integ(2)(s)
z = np.polynomial.Chebyshev.fit(np.arange(5.0), x, 2); z = z(y) + z.deriv()(s)*z.coef[1]
np.polynomial.Polynomial.fit(np.arange(5.0), x, deg=2, domain=[0, 5], w=p).integ()(s)
np.polynomial.Polynomial(x)(y)
np.polynomial.Chebyshev(x)(s)
np.polynomial.Hermite(x)(s)
np.polynomial.HermiteE(x)(s)
np.polynomial.Laguerre(x)(s)
np.polynomial.Legendre(x)(s)
np.mgrid[0:5]*x
np.ogrid[0:3, 0:4][1]*m
np.union1d(x, [s, 1.0])
np.intersect1d(x, x[::2])
np.intersect1d(m, m[:2], assume_unique=True)
np.setxor1d(x, x[:2])
np.setxor1d(m, n[:2], assume_unique=True)
np.array_equiv(x, x)*s
np.pad(x, 7, "symmetric")
np.pad(x, 7, "wrap")
np.pad(m, 1, "maximum", stat_length=2)
np.pad(m, 1, "minimum", stat_length=((1, 2), (2, 2)))
np.pad(m, 1, "median")
np.pad(m, ((1, 0), (0, 2)), "mean")
np.pad(m, ((1, 0), (0, 2)), "maximum")
np.pad(m, ((1, 0), (0, 2)), "median", stat_length=3)
np.pad(t, 1, "edge")
np.pad(t, [(0, 0), (1, 1), (0, 2)], "linear_ramp", end_values=s)
np.pad(m, 1, "constant", constant_values=((s, 1.0), (2.0, s)))
np.pad(m, 1, constant_values=s)
np.ravel(m, order="C")*np.arange(12.0)
np.ravel(m.T, order="F")*np.arange(12.0)
np.ravel(m.T, "C")*np.arange(12.0)
f.flatten("F")*np.arange(12.0)
f.reshape(2, 6, order="F")*np.arange(6.0)
f.reshape((6, 2), order="C")[1]
np.vectorize(lambda a: a*a, otypes=[float])(x)
np.vectorize(lambda a: a*a, otypes="d")(x)
np.vectorize(lambda a, w: a*w, excluded=[1])(x, s)
np.vectorize(lambda a, w: a*np.sum(w), excluded=["w"])(x, w=y)
np.vectorize(lambda a: np.sum(a*a), signature="(n)->()")(m)
np.vectorize(lambda a, b: a @ b, signature="(n,k),(k)->(n)")(t, y[:4])
np.vectorize(lambda a: a*a, signature="(n)->(n)")(m)
np.vectorize(lambda a, b: np.outer(a, b), signature="(n),(k)->(n,k)")(m, n)
np.vectorize(lambda a: a*a, cache=True)(x)
np.vectorize(lambda a: a*a, doc="square")(x)
np.vectorize(lambda a: float(a)*a)(m)
np.vectorize(lambda a, b: a*b)(m, x[:3, None])
np.vectorize(lambda a: a*a)(s)
np.vectorize(np.sin)(x)
np.vectorize(lambda a: math.sin(a))(x)
np.apply_along_axis(lambda a: np.outer(a, a), 0, m)
np.apply_along_axis(lambda a: np.outer(a, a), 1, m)
np.apply_along_axis(np.linalg.norm, 1, m)
np.apply_along_axis(lambda a, k: a*k, axis=0, arr=m, k=s)
np.apply_along_axis(np.cumsum, 0, t)
np.apply_along_axis(np.mean, -1, t)
np.apply_along_axis(lambda a: a[::2], 1, t)
np.apply_along_axis(lambda a: np.array([a[0], a[1]*a[2]]), 0, m)
np.apply_over_axes(np.sum, t, 1)
np.apply_over_axes(np.mean, t, (0, -1))
np.apply_over_axes(np.max, t, [1, 2])
np.apply_over_axes(np.cumsum, t, [0, 1])
np.piecewise(x, [x < 0, x > 0.5], [lambda a: a*a, np.sin, 3.0])
np.piecewise(x, [x < 0, x > 0.5], [lambda a: a*a, np.sin])
np.piecewise(m, [m < 0, m > 0.5], [lambda a: a*a, np.sin, lambda a: a*s])
np.piecewise(x, [x < 0], [lambda a, w=1.0: a*w, lambda a, w=1.0: a - w], w=s)
np.piecewise(x, [b, ~b], [lambda a: a*np.sum(a), lambda a: a*a])
np.fromfunction(lambda a, b2: s*a*b2 + s, (3, 4), dtype=int)
np.fromfunction(lambda a, w: a*w, (3,), w=s)
np.fromfunction(lambda i2: x[i2], (5,), dtype=int)
np.fromfunction(lambda i2, j2: m[i2, j2]*s, (3, 4), dtype=int)
np.fromiter((a*a for a in x), float)
np.real([x, x])
np.real((s, s))
np.imag([c, c])
np.real(s)
np.imag(s)
np.abs([x, y])
np.sin([x, y])
np.sin([s, 1.0])
np.angle([c, c])
np.angle(c, True)
np.angle(x)
np.angle(z=c)
np.real(val=c)
np.cumprod(m, axis=-1)
np.cumprod(x)
np.nancumsum(m, axis=-1)
np.nancumprod(m, axis=-1)
np.ascontiguousarray(m)
np.asfortranarray(m)
np.asarray(m)
np.correlate(x[:2], y, "full")
np.correlate(x[:2], y)
np.correlate(c[:2], c, "same")
np.correlate(c[:2], c, "full")
np.correlate(c, x, "full")
z = m.copy(); np.multiply.at(z, (slice(None), [0, 0, 1]), n[:, :3])
z = m.copy(); np.multiply.at(z, 1, n[0])
z = m.copy(); np.multiply.at(z, m > 0, s)
z = m.copy(); np.maximum.at(z, [[0, 0], [1, -1]], y[:4])
z = m.copy(); np.sin.at(z, [0, 0])
z = m.copy(); np.sin.at(z, m > 0)
z = x.copy(); np.divide.at(z, [0, 0, 2], s)
z = x.copy(); np.cos.at(z, slice(1, 3))
z = x.copy(); np.multiply.at(z, b, y[:3])
z = x.copy(); np.multiply.at(z, -1, s)
z = t.copy(); np.multiply.at(z, (0, [1, 1]), y[:4])
z = t.copy(); np.hypot.at(z, (slice(None), [0, 0, 1]), y[:4])
z = m.copy(); np.logaddexp.at(z, [0, 0], n[:2])
np.divide.reduce(2.0 + t*t, axis=1, keepdims=True)
z = np.zeros(4); np.divide.reduce(m + 3.0, out=z)
np.divide.reduce(k + 3.0, dtype=np.float64)
np.subtract.reduce(k, dtype=np.float64)
np.divide.reduce(c + 3.0)
np.true_divide.reduce(p, dtype=np.float64)
z = np.zeros(4); np.true_divide.reduce(m + 3.0, out=z, keepdims=False)
np.divide.accumulate(3.0 + m, axis=1)
np.divide.accumulate(c + 3.0)
np.true_divide.accumulate(3.0 + m, axis=-1)
np.hypot.accumulate(m, axis=-1)
np.logaddexp.accumulate(t, axis=1)
np.logaddexp2.accumulate(t, axis=-2)
np.subtract.accumulate(t, axis=-2)
z = m.copy(); np.put(z, [[0, 5], [1, 2]], s)
np.array(m, subok=False)
np.sin(x, order="K")
np.ptp(m, 0, out=np.zeros(4))
z = np.zeros(4); np.subtract.reduce(m, out=z)
np.diff(m, 5, 0)
np.diff(x, 5)
np.diff(t, 3, axis=1)
np.convolve(s, x, "same")
np.linalg.cholesky(np.stack([q @ q.T + np.eye(3), q.T @ q + np.eye(3)]), upper=True)
np.linalg.cholesky(d @ d.conj().T + np.eye(3), upper=True).imag
z, w = np.linalg.eigh(q + q.T, "L"); z = (w*z**2) @ w.T
f*np.isfortran(f)
z = np.poly1d(x[:3]); w = np.poly1d(y[:2]); z = (2.0*z - w*z + 1.0)(p) + z[1]*z.order + w.deriv()(s)
z = np.poly1d([0.0, s, x[0]]); z = (3.0 - z**2/2.0).integ(k=1.0).c*len(z)
z = np.polynomial.Polynomial([1.0, s, x[0]]); w = -z + 3.0; z = w(z(p)) + w.degree() + (w*z - z**2).deriv().coef[1] + z.integ(2)(s)
np.linalg.eigvalsh(q + q.T, "U")
np.polyfit(np.arange(5), x, 2, full=False)
np.polynomial.polynomial.polyfit(p, x, 2, w=p)
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=[0.2, 0.3, 0.7], weights=x)[0]
np.histogram([0.1, 0.4, 0.35, 0.8, 0.2], bins=3, range=(0.2, 0.5), weights=x)[0]
np.histogram(x, bins=[0.0, 0.5, 1.0])[0]*s
np.histogram(x, bins=[0.0, 0.5, 1.0], weights=y)[0]
np.histogram(m, bins=3, range=(-1, 1), weights=n)[0]
np.polynomial.Laguerre(x)(y)
z = np.poly1d(x); z = z(s) + z(1.0)
np.vectorize(lambda a: 1 if a < 0 else a*a, otypes=[float])(x)
np.vectorize(lambda a: np.sum(a*a), signature="(n)->()")(x)
np.vectorize(lambda a, b: np.sum(a)*b, signature="(n),()->()")(m, y[:3])
np.vectorize(lambda a, w: a*np.sum(w), excluded=[1])(x, y)
m.copy()
m.copy("C")
np.prod(m, axis=0)
np.nanprod(h, axis=0)
np.sum(m, axis=0)
np.max(m, axis=-1)
np.std(m, axis=0)
np.cumsum(m, axis=0)
np.mean(m, axis=0, keepdims=True)
"""

PLACES_AND_SHAPES = """
z = x.copy(); np.put(z, i[1:4], y[:3])
z = x.copy(); np.put(z, [0, 1, 2], y[:2])
z = x.copy(); np.put(z, [0, 0, 2], y[:3])
z = x.copy(); np.put(z, [0, 7], y[:2], "clip")
z = m.copy(); np.put(z, [[0, 5], [1, 2]], y[:4])
z = m.copy(); z.put([1, -1], s)
z = x.copy(); z.put([0, 7], y[:2], mode="wrap")
z = m.copy(); np.place(z, m > 0, y[:2])
z = x.copy(); np.place(z, b, y[:2])
z = x.copy(); np.place(z, b, y)
z = x.copy(); np.place(z, b, s)
z = m.copy(); np.putmask(z, m > 0, n)
z = m.copy(); np.putmask(z, m > 0, y[:3])
z = x.copy(); np.putmask(z, b, y[:2])
z = m.copy(); np.copyto(z, y[:4])
z = m.copy(); np.copyto(z, n, where=m > 0)
z = m.copy(); np.copyto(z, n, casting="same_kind")
z = m.copy(); np.copyto(z, s, where=m[:, :1] > 0)
z = m.copy(); np.copyto(z[1:], n[:2])
z = m.copy(); np.copyto(z.T, n.T, where=[True, False, True])
z = m.copy(); np.put_along_axis(z, np.array([[0, 1], [1, 1], [2, 0]]), n[:, :2], axis=1)
z = m.copy(); np.put_along_axis(z, np.array([[0, 1, 1, 0]]), n[:1], axis=0)
z = m.copy(); np.put_along_axis(z, np.array([0, 5]), y[:2], axis=None)
z = m.copy(); np.put_along_axis(z, np.argmax(m, axis=1, keepdims=True), 9.0, axis=-1)
z = m.copy(); np.fill_diagonal(z, s)
z = m.T.copy(); np.fill_diagonal(z, s)
z = np.tile(m, (3, 1)); np.fill_diagonal(z, s, wrap=True)
z = t.copy(); z[0].fill(s)
z = m.copy(); z[:, 1].fill(s)
z = x.copy(); z[::-1].sort()
z = m.copy(); z[:, 1].sort()
z = m.copy(); z.T.sort(axis=0)
z = m.copy(); z.sort(0)
z = m.copy(); z.sort(axis=-1, kind="stable")
z = m.copy(); z.partition(1)
z = x.copy(); z.partition((1, 3))
z = x.copy(); z.partition(kth=1, axis=0)
m.flat[::2]
m.flat[m.ravel() > 0]
m.flat[-1]*m.flat[3]
np.array([a for a in m.flat])
z = sum(a*j2 for j2, a in enumerate(m.flat))
m.tolist()[1][2]*s
x.tolist()[1]*s
z = 0.0; z = [a*a for a in x.tolist()][1]
m.item((1, 2))*s
m.item(-1)*s
x.item(0)**2
m.swapaxes(0, 1)*n.T
m.repeat(2, axis=0)
m.repeat([1, 2, 1], 0)
x.repeat(2)
m.diagonal(1)*1.0
m.trace(1)
m.trace()
m.conj()*1.0
c.conjugate().imag
x.argsort()*x
x.searchsorted(0.1)*x
x.nonzero()[0]*1.0*s
m.squeeze()
m[:1].squeeze(0)
m[:1].squeeze(axis=0)
m.copy("F")
m.copy(order="A")
m.astype(complex).real
(x > 0).choose([x, y])
i.clip(0, 1).choose([x, y])
m.compress([True, False, True], axis=0)
m.max(axis=0, initial=s)
m.min(axis=1, where=m > 0, initial=9.0)
m.prod(axis=1)
m.cumsum(1)
m.cumprod(0)
m.mean(1, keepdims=True)
m.var(1, ddof=1)
m.std(axis=(0, 1))
m.sum(axis=1, dtype=float)
m.sum(axis=-1, keepdims=True, initial=s, where=m > 0)
m.any()*x
m.all(axis=0)*m[0]
m.dot(n.T)
m.take([0, 1], axis=1)
m.take([[0, 1], [7, 2]])
m.T.ravel()*np.arange(12.0)
m.ravel("F")*np.arange(12.0)
m.flatten("F")*np.arange(12.0)
m.reshape((4, 3), order="F")
m.reshape(4, -1, copy=False)
m.view()
m.astype(np.float64, copy=False)
np.astype(x, np.float64, copy=False)
np.array(m, copy=False)*1.0
np.array(m, copy=None)*1.0
m.transpose()*n.T
m.transpose(1, 0)*n.T
m.transpose((1, 0))*n.T
m.transpose(None)*n.T
t.mT*1.0
m.real*1.0
d.imag*1.0
d.real.T*1.0
x.size*x
m.shape[0]*m
z = sum(a for j2, a in np.ndenumerate(m) if j2[0] == 1)
z = sum(m[j2]*(j2[0] + 1) for j2 in np.ndindex(m.shape))
z = sum(m[j2]*(j2[0] + 1) for j2 in np.ndindex(3, 4))
np.lib.stride_tricks.sliding_window_view(x, 3, axis=0).sum(axis=1)
np.lib.stride_tricks.sliding_window_view(m, (2, 2), axis=(0, 1)).sum(axis=(2, 3))
np.lib.stride_tricks.sliding_window_view(m, window_shape=2, axis=0).sum(axis=2)
np.lib.stride_tricks.sliding_window_view(x, (3,))[::2]*s
np.broadcast_to(s, (3,))*x[:3]
np.broadcast_to(m, shape=(2, 3, 4))*t
np.broadcast_to(m, (2, 3, 4), subok=False)*t
z = np.broadcast_arrays(m, x[:4]); z = z[0]*z[1]
np.broadcast_shapes((3, 4), (4,))[0]*x
np.resize(x, 12)
np.resize(x, 3)
np.resize(m, (5, 5))
np.resize(x, new_shape=(2, 2))
np.squeeze(m[None], axis=(0,))
np.expand_dims(m, axis=1)
np.atleast_1d(u)
np.atleast_2d(u, s)[0]*1.0
np.atleast_3d(x)
z, w = np.atleast_3d(x, m); z = np.sum(z)*w
np.flip(x, 0)
np.roll(m, (1, 2), axis=(0, 0))
np.roll(m, shift=1, axis=-1)
np.roll(m, [1, 2], (0, 1))
np.rot90(m, k=3)
np.rot90(m, 1, (1, 0))
np.tile(s, 3)
np.tile(s, (2, 2))
np.tile(m, 0)
np.tile(x, (0, 2))
np.repeat(s, 3)
np.repeat(m, 0, axis=0)
np.repeat(m, np.array([2]), axis=0)
np.delete(x, [1, 1])
np.delete(x, -1)
np.delete(m, 1, axis=1)
np.delete(t, [True, False, True], axis=1)
np.delete(x, b)
np.delete(m, np.s_[::2], axis=1)
np.delete(m, 3)
np.delete(m, [], axis=1)
np.insert(x, -1, s)
np.insert(x, 2, y[:2])
np.insert(m, 0, y[:3])
np.insert(t, -1, s, axis=-1)
np.insert(x, 5, s)
np.insert(x, [1, 1], y[:2])
np.insert(x, [3, 1], y[:2])
np.insert(m, 1, s, axis=1)
np.insert(m, 2, y[:3], axis=1)
np.insert(m, 3, s)
np.insert(x, b, s)
np.insert(x, slice(0, 2), s)
np.append(x, s)
np.append(m, x)
np.append(m, n[:, :1], axis=1)
np.append(arr=x, values=y, axis=None)
np.trim_zeros(np.concatenate([np.zeros(2), p, np.zeros(1)]), "b")
np.trim_zeros(np.concatenate([np.zeros(2), p, np.zeros(1)]), trim="fb")
np.diag(m, -1)
np.diag(x, k=-2)
np.diagflat(m)
np.diagflat(x, k=1)
np.diagonal(t, 0, 0, 2)*1.0
np.diagonal(t, axis1=-1, axis2=0)*1.0
np.diagonal(m, -1)*1.0
np.linalg.diagonal(t, offset=1)*1.0
np.trace(q, -1)
np.trace(t, 1, 0, 1)
np.linalg.trace(t, offset=1)
np.tril(m, k=-1)
np.triu(m, k=1)
np.triu(x)
np.moveaxis(t, [0, 1], [-1, 0])*1.0
np.moveaxis(t, source=0, destination=2)*1.0
np.rollaxis(t, -1, 1)*1.0
np.swapaxes(t, -1, 0)*1.0
np.transpose(m)*n.T
np.transpose(t, axes=(-1, 0, 1))*1.0
np.transpose([x, y])*1.0
np.ascontiguousarray(s)*1.0
np.asfortranarray(x)*1.0
np.asanyarray(m)*1.0
np.asanyarray([x, y])*1.0
np.asarray(m, order="F")*1.0
np.array(m, copy=True)
np.array(m, dtype=float, ndmin=3)
np.array([m, n], order="F")
np.array([[s, s*s], [1.0, x[0]]], dtype=float)
np.array((x, y)).T*1.0
np.array([x[:2], [s, 1.0]])
np.array([s, u])
np.array([[u, s]])
np.array([u, u*2.0])
np.copy(m, order="F")
np.copy(s)
np.unstack(m, axis=1)[0]
np.unstack(t, axis=-1)[3]
np.ix_(x > 0)[0]*s
"""

LISTS = """
[x, y] - np.stack([y, x])
np.stack([y, x]) - [x, y]
[x, y] * p
p * [x, y]
p * [s, s*s, 1.0, 2.0, s]
[s, 1.0] * m[:2, :2]
m[:2, :2] / [[s], [1.0]]
[x, y] - np.mean([x, y], axis=0, keepdims=True)
[x, y] - np.mean(p)
x + (s, 1.0, s, s, 2.0)
np.maximum([x, y], 0.1)
np.arctan2([x, y], p)
np.multiply([s, 2.0], [3.0, s])
np.subtract([x, y], np.mean([x, y], axis=0))
z = [x, y]; z = z - np.mean(z, axis=0)
z = [x, y]; z = np.var(z, axis=0)
z = [a*a for a in x]; z = np.var(z)
z = [a*a for a in x]; z = np.std(z)*x
z = [a*a for a in x]; z = np.sort(z)
z = [a*a for a in x]; z = np.median(z)
z = [a*a for a in x]; z = np.max(z)
z = [a*a for a in x]; z = np.prod(z)
z = [a*a for a in x]; z = np.linalg.norm(z)
z = [a*a for a in x]; z = np.cumprod(z)
z = [a*a for a in x]; z = np.dot(z, y)
z = [a*a for a in x]; z = z @ y
z = [a*a for a in x]; z = np.diff(z)
z = [a*a for a in x]; z = np.interp(z, np.cumsum(p), y)
z = [a*a for a in x]; z = np.exp(z)
z = [a*a for a in m]; z = np.exp(z)
z = [a*a for a in m]; z = np.sum(z, axis=0)
z = [a*a for a in m]; z = np.einsum("ij,kj", z, n)
z = [a*a for a in m]; z = np.where(m > 0, z, n)
z = [a*a for a in x]; z = np.average(z, weights=p)
z = [a*a for a in x]; z = np.cov(z)
z = [a*a for a in x]; z = np.polyval(z, s)
z = [a*a for a in x]; z = np.trapezoid(z, p)
z = [a*a for a in x]; z = np.convolve(z, y)
z = [a*a for a in x]; z = np.outer(z, y)
z = [a*a for a in x]; z = np.clip(z, 0.1, 0.5)
z = [a*a for a in x]; z = np.quantile(z, 0.3)
z = [a*a for a in x]; z = np.fft.fft(z)
z = [a*a for a in q]; z = np.linalg.inv(z)
z = [a*a for a in q]; z = np.linalg.det(z)
np.linalg.det([[s, 1.0], [2.0, x[0]]])
np.linalg.inv([[s, 1.0], [2.0, x[0]]])
np.linalg.solve([[s, 1.0], [2.0, x[0]]], [s, 1.0])
np.dot([s, 1.0], [x[0], s])
np.dot([[s, 1.0], [2.0, s]], [x[0], s])
np.matmul([[s, 1.0], [2.0, s]], [x[0], s])
np.outer([s, 1.0], [x[0], s])
np.cross([s, 1.0, 2.0], x[:3])
np.kron([s, 1.0], x)
np.prod([s, 2.0, x[0]])
np.prod([[s, 2.0], [x[0], 1.0]], axis=0)
np.max([s, x[0]])
np.var([s, x[0]])
np.std([s, x[0], 3.0])
np.ptp([s, x[0], 3.0])
np.median([s, x[0], 3.0])
np.where([True, False], [s, 1.0], [x[0], 2.0])
np.reshape([s, x[0]], (2, 1))
np.transpose([x, y])
np.roll([s, 1.0, x[0]], 1)
np.flip([s, 1.0, x[0]])
np.tile([s, x[0]], 2)
np.repeat([s, x[0]], 2)
np.pad([s, x[0]], 1)
np.diag([s, x[0]])
np.diff([s, x[0], 3.0])
np.gradient([s, x[0], 3.0])
np.take([s, x[0], 3.0], [0, 1])
np.trace([[s, 1.0], [2.0, x[0]]])
np.triu([[s, 1.0], [2.0, x[0]]])
np.einsum("i,i", [s, 1.0], [x[0], 2.0])
np.tensordot([s, 1.0], [x[0], 2.0], 1)
np.polyval([s, 1.0, x[0]], s)
np.interp(s, [0.0, 1.0], [x[0], s])
np.clip([s, x[0]], 0.0, 0.5)
np.abs([c, c])
np.real([c, d[0]])
np.conj([c, d[0]])
np.sin([c, d[0]])
np.multiply([c, d[0]], c)
[c, d[0]]*c
c - [c, 2.0*c]
np.exp([c, d[0]])
np.sum([c, d[0]], axis=0)
np.array([c, d[0]])
np.sqrt([c, d[0]])
np.sum([x, c[0]*x], axis=0)
np.arctan2([1.0, 2.0], x[:2])
np.hypot(x[:2], [1.0, 2.0])
np.maximum(x[:2], [1.0, 0.0])
np.maximum([1.0, 0.0], s)
np.minimum([[1.0], [0.0]], x)
np.power([1.0, 2.0], x[:2])
np.power(p[:2], [1.0, 2.0])
np.power(p[:2], [2, 3])
np.clip(x[:2], [0.0, 0.0], [1.0, 0.5])
np.dot([1.0, 2.0], x[:2])
np.dot(x[:2], [1.0, 2.0])
np.dot([[1.0, 2.0], [3.0, 4.0]], x[:2])
np.dot(x[:2], [[1.0, 2.0], [3.0, 4.0]])
np.matmul([[1.0, 2.0], [3.0, 4.0]], x[:2])
np.matmul(x[:2], [1.0, 2.0])
np.outer([1.0, 2.0], x)
np.inner([1.0, 2.0], x[:2])
np.vdot([1.0, 2.0], x[:2])
np.tensordot([1.0, 2.0], x[:2], 1)
np.kron([1.0, 2.0], x)
np.kron([1, 2], x)
np.cross([1.0, 2.0, 3.0], x[:3])
np.convolve([1.0, 2.0], x)
np.correlate(x, [1.0, 2.0])
np.linalg.solve([[1.0, 2.0], [3.0, 4.0]], x[:2])
np.linalg.solve(q[:2, :2], [1.0, 2.0])
np.linalg.lstsq([[1.0, 2.0], [3.0, 4.0]], x[:2], rcond=None)[0]
np.einsum("i,i", [1.0, 2.0], x[:2])
np.einsum("ij,j", [[1.0, 2.0], [3, 4]], x[:2])
np.where([True, False], x[:2], [1.0, 2.0])
np.average(x[:2], weights=[1, 2])
np.average([1.0, 2.0], weights=p[:2])
np.polyval([1, 2, 3], x)
np.polyval([1.0, 2.0, 3.0], s)
np.polynomial.polynomial.polyval(x, [1, 2, 3])
np.interp(x, [0, 1, 2], [1, 2, 4])
np.trapezoid(x[:3], [0, 1, 3])
np.gradient(x[:3], [0, 1, 3])
[1.0, 2.0] * x[:2]
x[:2] * [1, 2]
x[:2] / [1, 2]
[1, 2] / p[:2]
[1.0, 2.0] - x[:2]
p[:2] ** [1, 2]
[1, 2] ** x[:2]
x[:2] % [0.3, 0.4]
[[1.0, 2.0], [3.0, 4.0]] @ x[:2]
x[:2] @ [[1.0, 2.0], [3.0, 4.0]]
x[:2] @ [1.0, 2.0]
x[:2] > [0.0, 0.1]
np.where(x[:2] > [0.0, 0.1], x[:2], 0.0)
(1.0, 2.0) * x[:2]
np.multiply([1.0, 2.0], s)
np.multiply(s, [[1.0, 2.0], [1.0, 3.0]])
np.divide([1.0, 2.0], s)
np.divide(s, [1.0, 2.0])
np.logaddexp([0.0, 1.0], s)
np.fmod([3.0, 4.0], p[:2])
np.copysign(x[:2], [1, -1])
np.heaviside(x[:2], [0.5, 0.5])*x[:2]
np.subtract(s, [1.0, 2.0])
np.full(2, [s, 1.0])
z = np.zeros(2); z[:] = [s, 1.0]
z = np.zeros((2, 5)); z[...] = [x, y]
z = np.ones(2); z *= [s, 2.0]
z = np.ones(2); z += [s, 2.0]
z = np.ones(2); z -= [s, s]
z = np.ones((2, 5)); z[0] += [s, 2.0, s, s, s]
z = np.ones((2, 5)); z[:, 1] = (s, x[0])
z = np.zeros(5); np.add.at(z, [0, 1], [s, x[0]])
z = np.zeros(5); np.copyto(z, [s, s, s, s, x[0]])
z = np.zeros(5); np.put(z, [1, 2], [s, x[0]])
z = np.zeros(5); np.multiply([s, x[0], s, s, s], 2.0, out=z)
"""

ARRAY_LINES = {name.lower(): text.strip().splitlines() for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}
