"""Calls that are refused, by what the refusal says; the names are those of `call_cases`."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    'an active value enters np.broadcast, which has no rule and no source that can be read': """
z = np.broadcast(m, x[:4]).shape[0]*x
""",
    'the derivative of np.histogram in its places': """
np.histogram(x, bins=3)[0]*s
np.histogram(x, bins=3)[1]
np.histogram(x, 3, None, None, y)[0]
np.histogram(x, bins=3, weights=y, density=True)[0]
""",
    'a Series that is made here is used as a whole': """
z = np.polynomial.Chebyshev(x) // np.polynomial.Chebyshev(y[:2]); z = z(s)
""",
    'np.pad with a mode other than constant, edge, reflect, symmetric, wrap': """
np.pad(x, 2, "empty")[2:-2]
""",
    'where=None, which NumPy takes for False': """
np.max(x, initial=0.1, where=None)
np.nansum(h, where=None)
""",
    'np.vectorize with these options': """
np.vectorize(lambda a: a*a, otypes=[int])(x)
""",
    'np.piecewise with another number of functions than of conditions': """
np.piecewise(x, [True, False, True, False, True], [lambda a: a*a, 0.5])
""",
    'there is no rule for np.power.reduce': """
np.power.reduce(p[:3])
""",
    'there is no rule for np.arctan2.reduce': """
np.arctan2.reduce(p)
""",
    'there is no rule for np.float_power.reduce': """
np.float_power.reduce(p[:3])
""",
    'there is no rule for np.power.accumulate': """
np.power.accumulate(p[:3])
""",
    'out= of another shape than the result of np.cumprod, of which NumPy fills a part': """
z = np.zeros((3, 4)); np.cumprod(x[:3, None], axis=1, out=z)
""",
    'out= of another shape than the result of np.cumulative_sum, of which NumPy fills a part': """
z = np.zeros((3, 4)); np.cumulative_sum(x[:3, None], axis=1, out=z)
""",
    'resize() changes an array in place in a way that is not tracked': """
z = x.copy(); z.resize(3)
z = x.copy(); z.resize((2, 5), refcheck=False)
""",
    'setfield() changes an array in place in a way that is not tracked': """
z = x.copy(); z.setfield(2.0, float)
""",
    'byteswap() changes an array in place in a way that is not tracked': """
z = x.copy(); z.byteswap(inplace=True)
""",
    'an active value enters np.nditer, which has no rule and no source that can be read': """
z = np.nditer(x); z = sum(float(a)**2 for a in z)
z = sum(a[()]**2 for a in np.nditer(x))
""",
    'an active value enters np.lib.stride_tricks.as_strided, which has no rule and no source that can be read': """
np.lib.stride_tricks.as_strided(x, (3, 3), (8, 8))*1.0
np.lib.stride_tricks.as_strided(x, shape=(3, 3), strides=(x.itemsize, x.itemsize))*1.0
""",
    'an order statistic that overwrites its input': """
np.median(m, axis=1, overwrite_input=True)
np.nanmedian(h, overwrite_input=True)
np.percentile(x, 30, overwrite_input=True)
np.nanpercentile(h, 30, overwrite_input=True)
np.nanquantile(h, 0.3, overwrite_input=True)
np.quantile(x, 0.3, overwrite_input=True)
""",
    "the derivative of np.unique along an axis": """
np.unique(m, axis=0)*1.0
""",
    "there is no derivative of np.linalg.norm by its argument 'ord'": """
np.linalg.norm(x, s)
""",
    'np.linalg.qr with this mode': """
np.linalg.qr(q, mode="raw")[1]
""",
    'a polynomial with roots and a domain': """
np.polynomial.Polynomial.fromroots(x, [0, 1])(s)
""",
    'a basis of this degree or domain': """
np.polynomial.Legendre.basis(2, [0, 1])(x)
""",
    'a polynomial with roots or a window': """
np.polynomial.Polynomial(x, window=[0, 1])(s)
""",
    'a fit with these options': """
np.polynomial.Polynomial.fit(np.arange(5.0), x, 2, full=True)[0](s)
""",
    "an array of objects or of records": """
m.view(np.ndarray)
""",
    "a view of the bits of numbers": """
m.view(np.int64)*s
k.view(np.complex128)*s
""",
    "the argument 'casting' of": """
np.sin(x, casting="no")
z = np.zeros(5); np.add(x, y, out=z, casting="safe"); z = z*x
""",
    "the argument 'order' of": """
np.sin(m, order="A")
np.einsum("ij->ji", m, order="C")
""",
    "the arguments of np.modf beside its operands": """
z = np.zeros(5), np.zeros(5); np.modf(x, out=z, where=b); z = z[0]*s
""",
    "the derivative of a histogram in its places": """
np.histogram2d(x, y, bins=3, weights=p)[0]
""",
    "the derivative of a histogram in its range": """
np.histogram2d(x, y, 3, [[-s, 2.0], [-2.0, 2.0]], weights=p)[0]
""",
    "a polynomial of a polynomial": """
z = np.poly1d(x); z = z(z)(s)
z = np.polyval(np.poly1d(x), np.poly1d(y)); z = z(s)
""",
}
