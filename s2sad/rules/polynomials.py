"""Polynomials: np.polyval and its kin, and the series of numpy.polynomial, by Horner's and Clenshaw's rules.

They are composites, loops in the order of NumPy's own, so that values agree to the last bit:

    np.polyval(p, x)      y = 0;  for c in p: y = y*x + c
"""

from __future__ import annotations

import importlib

import numpy as np

from s2sad.rules.registry import composite

_SERIES = {  # module, function: x2, the steps of Clenshaw's recurrence, the value at its end
    ("chebyshev", "chebval"): ("2*x", "c[-i] - c1", "tmp + c1*x2", "c0 + c1*x"),
    ("legendre", "legval"): ("x", "c[-i] - c1*((nd - 1)/nd)", "tmp + c1*x*((2*nd - 1)/nd)", "c0 + c1*x"),
    ("hermite", "hermval"): ("x*2", "c[-i] - c1*(2*(nd - 1))", "tmp + c1*x2", "c0 + c1*x2"),
    ("hermite_e", "hermeval"): ("x", "c[-i] - c1*(nd - 1)", "tmp + c1*x", "c0 + c1*x"),
    ("laguerre", "lagval"): (
        "x",
        "c[-i] - (c1*(nd - 1))/nd",
        "tmp + (c1*((2*nd - 1) - x))/nd",
        "c0 + c1*(1 - x)",
    ),
}
for (_module, _name), (_x2, _c0, _c1, _end) in _SERIES.items():
    _holder = importlib.import_module(f"numpy.polynomial.{_module}")
    composite(
        f"np.polynomial.{_module}.{_name}",
        f"""def {_name}(x, c, tensor=True):
    c = np.array(c, ndmin=1) + 0.0
    x = np.asarray(x) if np.ndim(x) > 0 else x
    if np.ndim(x) > 0 and tensor:
        c = np.reshape(c, np.shape(c) + (1,)*np.ndim(x))
    x2 = {_x2}
    nd = len(c)
    if nd == 1:
        c0 = c[0]
        c1 = 0.0*c[0]
    else:
        c0 = c[-2]
        c1 = c[-1]
    for i in range(3, len(c) + 1):
        tmp = c0
        nd = nd - 1
        c0 = {_c0}
        c1 = {_c1}
    return {_end}
""",
        (getattr(_holder, _name),),
    )
_power = importlib.import_module("numpy.polynomial.polynomial")
composite(
    "np.polynomial.polynomial.polyval",
    """def polyval(x, c, tensor=True):
    c = np.asarray(c)
    x = np.asarray(x) if np.ndim(x) > 0 else x
    if np.ndim(x) > 0 and tensor:
        c = np.reshape(c, np.shape(c) + (1,)*np.ndim(x))
    c0 = c[-1] + x*0
    for i in range(2, len(c) + 1):
        c0 = c[-i] + c0*x
    return c0
""",
    (_power.polyval,),
)
composite(
    "np.polynomial.polynomial.polyvander",
    """def polyvander(x, deg):
    x = np.array(x, ndmin=1) + 0.0
    v = [x*0 + 1]
    if deg > 0:
        v.append(x)
    for i in range(2, deg + 1):
        v.append(v[i - 1]*x)
    return np.moveaxis(np.stack(v), 0, -1)
""",
    (_power.polyvander,),
)
composite(
    "np.polyval",
    """def polyval(p, x):
    p = np.asarray(p)
    x = np.asarray(x)
    y = x*0.0
    for i in range(len(p)):
        y = y*x + p[i]
    return y
""",
    (np.polyval,),
)
for _name, _sign in (("polyadd", "+"), ("polysub", "-")):
    composite(
        f"np.{_name}",
        f"""def {_name}(a1, a2):
    a1 = np.array(a1, ndmin=1)
    a2 = np.array(a2, ndmin=1)
    short = len(a2) - len(a1)
    if short > 0:
        return np.concatenate((np.zeros_like(a1, shape=short), a1)) {_sign} a2
    if short < 0:
        return a1 {_sign} np.concatenate((np.zeros_like(a2, shape=-short), a2))
    return a1 {_sign} a2
""",
        (getattr(np, _name),),
    )
composite(
    "np.polyder",
    """def polyder(p, m=1):
    p = np.asarray(p)
    for k in range(m):
        p = p[:-1]*np.arange(len(p) - 1, 0, -1)
    return p
""",
    (np.polyder,),
)
composite(
    "np.polyint",
    """def polyint(p, m=1, k=None):
    p = np.asarray(p)
    k = np.atleast_1d(0.0 if k is None else k)
    if len(k) > 1 and len(k) < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for i in range(m):
        p = np.concatenate((p/np.arange(len(p), 0, -1), k[i:i + 1] if len(k) > 1 else k))
    return p
""",
    (np.polyint,),
)
composite(
    "np.polymul",
    """def polymul(a1, a2):
    a1 = np.trim_zeros(np.array(a1, ndmin=1), "f")
    a2 = np.trim_zeros(np.array(a2, ndmin=1), "f")
    if len(a1) == 0:
        a1 = np.zeros_like(a1, shape=1)
    if len(a2) == 0:
        a2 = np.zeros_like(a2, shape=1)
    return np.convolve(a1, a2)
""",
    (np.polymul,),
)
composite(
    "np.polyfit",
    """def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    powers = np.vander(x, deg + 1)
    if w is not None:
        w = np.asarray(w) + 0.0
        powers = powers*w[:, None]
        y = y*w[:, None] if np.ndim(y) == 2 else y*w
    scale = np.sqrt(np.sum(powers*powers, axis=0))
    powers = powers/scale
    small = len(x)*2.220446049250313e-16 if rcond is None else rcond
    if full:
        c, rest, rank, s = np.linalg.lstsq(powers, y, small)
        return (c.T/scale).T, rest, rank, s, small
    if not cov:
        c = np.linalg.lstsq(powers, y, small)[0]
        return (c.T/scale).T
    c, rest = np.linalg.lstsq(powers, y, small)[:2]
    c = (c.T/scale).T
    shape = np.linalg.inv(np.dot(powers.T, powers))/np.outer(scale, scale)
    if np.ndim(y) == 2:
        shape = shape[:, :, None]
    if isinstance(cov, str):
        return c, shape*1
    if len(x) <= deg + 1:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    return c, shape*(rest/(len(x) - deg - 1))
""",
    (np.polyfit,),
)
