"""Arithmetic of polynomials by their coefficients: np.poly, np.roots, np.polydiv, and the series of
numpy.polynomial: sums, products, derivatives, integrals, Vandermonde matrices.

They are composites, loops in the order of NumPy's own, so that values agree to the last bit:

    chebder(c)        for j in range(n, 2, -1): d[j - 1] = 2*j*c[j]; c[j - 2] += j*c[j]/(j - 2)

Sums and products leave out coefficients at the end that are 0, as NumPy does.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules.axes import conj, real_if
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays, series

_HOLDERS = {
    name: importlib.import_module(f"numpy.polynomial.{name}")
    for name in ("polynomial", "chebyshev", "legendre", "hermite", "hermite_e", "laguerre")
}
_SHORT = dict(zip(_HOLDERS, ("poly", "cheb", "leg", "herm", "herme", "lag"), strict=True))
PAIR = """    c1 = np.array(c1, ndmin=1) + 0.0
    c2 = np.array(c2, ndmin=1) + 0.0
    c1 = c1[:filled_length(c1)]
    c2 = c2[:filled_length(c2)]
    if c1.dtype != c2.dtype:
        both = np.result_type(c1, c2)
        c1 = c1.astype(both)
        c2 = c2.astype(both)
"""  # two series without coefficients at the end that are 0, as NumPy takes them
structural("filled_length", "c", lambda b: kinds.INT, {}, (arrays.filled_length,))


def _series_kind(one: str, two: str) -> Callable[[Bound], Kind]:
    return lambda b: kinds.array((kinds.new_length(),), kinds.promote(b.kind(one), b.kind(two)))


structural(
    "series_product",
    "c, d, n, basis",
    _series_kind("c", "d"),
    {
        "c": lambda b: real_if(b, "c", f"product_back(g, {conj(b, 'd')}, len(c), basis)"),
        "d": lambda b: real_if(b, "d", f"product_back(g, {conj(b, 'c')}, len(d), basis)"),
    },
    (series.series_product,),
    linear=("c", "d"),
)
structural(
    "product_back",
    "z, d, n, basis",
    _series_kind("z", "d"),
    {
        "z": lambda b: real_if(b, "z", f"series_product(g, {conj(b, 'd')}, len(z), basis)"),
        "d": lambda b: real_if(b, "d", f"product_back({conj(b, 'z')}, g, len(d), basis)"),
    },
    (series.product_back,),
    linear=("z", "d"),
)
for _module, _short in _SHORT.items():
    composite(
        f"np.polynomial.{_module}.{_short}add",
        f"""def {_short}add(c1, c2):
{PAIR}    if len(c1) > len(c2):
        z = c1.copy()
        z[:len(c2)] += c2
    else:
        z = c2.copy()
        z[:len(c1)] += c1
    return z[:filled_length(z)]
""",
        (getattr(_HOLDERS[_module], f"{_short}add"),),
    )
    composite(
        f"np.polynomial.{_module}.{_short}sub",
        f"""def {_short}sub(c1, c2):
{PAIR}    if len(c1) > len(c2):
        z = c1.copy()
        z[:len(c2)] -= c2
    else:
        z = -c2
        z[:len(c1)] += c1
    return z[:filled_length(z)]
""",
        (getattr(_HOLDERS[_module], f"{_short}sub"),),
    )
composite(
    "np.polynomial.polynomial.polymul",
    f"""def polymul(c1, c2):
{PAIR}    z = np.convolve(c1, c2)
    return z[:filled_length(z)]
""",
    (_HOLDERS["polynomial"].polymul,),
)
_DERIVATIVES = {  # what stands in the loop from n down to `last`, and behind it
    "poly": ("1", "d[j - 1] = j*c[j]", ""),
    "cheb": (
        "3", "d[j - 1] = (2*j)*c[j]\n            c[j - 2] += (j*c[j])/(j - 2)",
        "        if n > 1:\n            d[1] = 4*c[2]\n        d[0] = c[1]\n",
    ),
    "leg": (
        "3", "d[j - 1] = (2*j - 1)*c[j]\n            c[j - 2] += c[j]",
        "        if n > 1:\n            d[1] = 3*c[2]\n        d[0] = c[1]\n",
    ),
    "herm": ("1", "d[j - 1] = (2*j)*c[j]", ""),
    "herme": ("1", "d[j - 1] = j*c[j]", ""),
    "lag": ("2", "d[j - 1] = -c[j]\n            c[j - 1] += c[j]", "        d[0] = -c[1]\n"),
}  # fmt: skip
_INTEGRALS = {  # the first places, and what stands in the loop from `first` to n
    "poly": ("t[0] = c[0]*0\n        t[1] = c[0]", "1", "t[j + 1] = c[j]/(j + 1)"),
    "cheb": (
        "t[0] = c[0]*0\n        t[1] = c[0]\n        if n > 1:\n            t[2] = c[1]/4", "2",
        "t[j + 1] = c[j]/(2*(j + 1))\n            t[j - 1] -= c[j]/(2*(j - 1))",
    ),
    "leg": (
        "t[0] = c[0]*0\n        t[1] = c[0]\n        if n > 1:\n            t[2] = c[1]/3", "2",
        "part = c[j]/(2*j + 1)\n            t[j + 1] = part\n            t[j - 1] -= part",
    ),
    "herm": ("t[0] = c[0]*0\n        t[1] = c[0]/2", "1", "t[j + 1] = c[j]/(2*(j + 1))"),
    "herme": ("t[0] = c[0]*0\n        t[1] = c[0]", "1", "t[j + 1] = c[j]/(j + 1)"),
    "lag": ("t[0] = c[0]\n        t[1] = -c[0]", "1", "t[j] += c[j]\n            t[j + 1] = -c[j]"),
}  # fmt: skip
for _module, _short in _SHORT.items():
    _last, _step, _end = _DERIVATIVES[_short]
    composite(
        f"np.polynomial.{_module}.{_short}der",
        f"""def {_short}der(c, m=1, scl=1, axis=0):
    c = np.array(c, ndmin=1) + 0.0
    c = c if axis == 0 else np.moveaxis(c, axis, 0)
    if m > 0 and m >= len(c):
        return c[:1]*0 if axis == 0 else np.moveaxis(c[:1]*0, 0, axis)
    n, rest = len(c), np.shape(c)[1:]
    for _ in range(m):
        n = n - 1
        c = c*scl
        d = np.empty_like(c, order="C", shape=(n,) + rest)
        for j in range(n, {_last} - 1, -1):
            {_step}
{_end}        c = d
    return c if axis == 0 else np.moveaxis(c, 0, axis)
""",
        (getattr(_HOLDERS[_module], f"{_short}der"),),
    )
    _first, _start, _step = _INTEGRALS[_short]
    composite(
        f"np.polynomial.{_module}.{_short}int",
        f"""def {_short}int(c, m=1, k=None, lbnd=0, scl=1, axis=0):
    c = np.array(c, ndmin=1) + 0.0
    c = c if axis == 0 else np.moveaxis(c, axis, 0)
    rest = np.shape(c)[1:]
    k = np.array(0.0 if k is None else k, ndmin=1)
    for i in range(m):
        n = len(c)
        c = c*scl
        t = np.empty_like(c, order="C", shape=(n + 1,) + rest)
        {_first}
        for j in range({_start}, n):
            {_step}
        t[0] += (k[i] if i < len(k) else 0.0) - np.polynomial.{_module}.{_short}val(lbnd, t)
        c = t
    return c if axis == 0 else np.moveaxis(c, 0, axis)
""",
        (getattr(_HOLDERS[_module], f"{_short}int"),),
    )
composite(
    "np.poly",
    """def poly(seq_of_zeros):
    def product(zeros):
        a = np.ones_like(zeros, shape=1)
        for i in range(len(zeros)):
            a = np.convolve(a, np.array([1.0, -zeros[i]], zeros.dtype), mode="full")
        return a

    zeros = np.array(seq_of_zeros, ndmin=1) + 0.0
    if np.ndim(zeros) == 1:
        return product(zeros)
    if np.iscomplexobj(zeros):
        return refused("np.poly of a complex matrix; pass np.linalg.eigvals of it")
    return np.real(product(np.linalg.eigvals(zeros)))
""",
    (np.poly,),
)
composite(
    "np.polydiv",
    """def polydiv(u, v):
    u = np.array(u, ndmin=1) + 0.0
    v = np.array(v, ndmin=1) + 0.0
    m, n = len(u) - 1, len(v) - 1
    scale = 1.0/v[0]
    q = np.zeros_like(u, shape=max(m - n + 1, 1))
    r = u.copy()
    for k in range(0, m - n + 1):
        d = scale*r[k]
        q[k] = d
        r[k:k + n + 1] -= d*v
    start = 0
    while start < len(r) - 1 and np.allclose(r[start], 0.0, rtol=1e-14):
        start = start + 1
    return q, r[start:]
""",
    (np.polydiv,),
)
composite(
    "np.roots",
    """def roots(p):
    p = np.array(p, ndmin=1) + 0.0
    filled = np.flatnonzero(p)
    if len(filled) < 2:
        raise ValueError("np.roots of fewer than two coefficients other than 0 has no derivative")
    tail = len(p) - filled[-1] - 1
    p = p[filled[0]:filled[-1] + 1]
    n = len(p)
    a = np.zeros_like(p, shape=(n - 1, n - 1))
    for i in range(n - 2):
        a[i + 1, i] = 1.0
    a[0, :] = -p[1:]/p[0]
    z = np.linalg.eigvals(a)
    return z if tail == 0 else np.concatenate((z, np.zeros_like(z, shape=tail)))
""",
    (np.roots,),
)
