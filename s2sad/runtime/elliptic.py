"""Helpers of generated texts: derivatives of Legendre's elliptic integrals in the parameter m.

Accepted are real numbers and NumPy arrays, which broadcast; nothing is written to. Of what lies outside of
the domain, nan is the result.

    z = scipy.special.ellipkinc(phi, m)   m_bar = z_bar*ellipkinc_dm(phi, m)
    z = scipy.special.ellipkm1(p)         p_bar = -z_bar*ellipk_dm(p)

With s = sin(phi), c = cos(phi)**2 and d = 1 - m*s*s the integrals F and E have the derivatives
s**3/6*RD(c, 1, d) and -s**3/6*RD(c, d, 1), where nothing cancels, neither near m = 0 nor near m = 1; a
further derivative is one of RD in d. Formulas: NIST Digital Library of Mathematical Functions 19.16.5,
19.25.5, 19.25.9; B. C. Carlson, Numerical Algorithms 10 (1995), 13, with truncated power series of d ("jets")
in place of numbers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime.gammas import _jet_over, _jet_times


def _jet_sqrt(p: Any) -> Any:
    """The square root of a jet, and 0 of the constant 0."""
    made = np.zeros_like(p)
    made[0, 0] = np.sqrt(p[0, 0])
    twice = np.where(made[0, 0] == 0.0, 1.0, 2.0 * made[0, 0])
    for k in range(1, p.shape[0]):
        rest = p[k, 0].copy()
        for i in range(1, k):
            rest = rest - made[i, 0] * made[k - i, 0]
        made[k, 0] = rest / twice
    return made


def _carlson_jet(x: Any, y: Any, z: Any) -> Any:
    """The jet of Carlson's RD(x, y, z), by duplication."""
    total, weight = np.zeros_like(x), 3.0
    for _ in range(200):  # about 20 for numbers far apart, 6 for others
        mean = (x + y + 3.0 * z) / 5.0
        size = np.abs(mean[0, 0])
        if all(np.all(np.abs(mean[0, 0] - t[0, 0]) <= 2e-4 * size) for t in (x, y, z)):
            break
        u, v, w = _jet_sqrt(x), _jet_sqrt(y), _jet_sqrt(z)
        step = _jet_times(u, v) + _jet_times(u, w) + _jet_times(v, w)
        one = np.zeros_like(x)
        one[0, 0] = weight
        total = total + _jet_over(one, _jet_times(w, z + step))
        x, y, z, weight = (x + step) / 4.0, (y + step) / 4.0, (z + step) / 4.0, weight / 4.0
    a, b = 1.0 * x, 1.0 * y
    a, b = _jet_over(mean - a, mean), _jet_over(mean - b, mean)
    e = -(a + b) / 3.0
    product, square = _jet_times(a, b), _jet_times(e, e)
    second, third = product - 6.0 * square, _jet_times(3.0 * product - 8.0 * square, e)
    series = third / 6.0 - 3.0 / 14.0 * second + 9.0 / 88.0 * _jet_times(second, second)
    series[0, 0] += 1.0
    return total + weight / 3.0 * _jet_over(series, _jet_times(mean, _jet_sqrt(mean)))


def _legendre(c: Any, d: Any, n: int, first: bool) -> Any:
    """The (n - 1)-th derivative in d of RD(c, 1, d)/6 (the first kind) or of -RD(c, d, 1)/6."""
    from scipy.special import elliprd

    if n == 1:
        with np.errstate(all="ignore"):
            made = elliprd(c, 1.0, d) if first else -elliprd(c, d, 1.0)
        return np.where(np.isinf(d), 0.0, made / 6.0)
    made = np.where(np.isnan(c + d) | (d < 0), np.nan, 0.0)
    made = np.where(d == 0.0, np.inf if first == (n % 2 == 1) else -np.inf, made)
    inside = (d > 0) & np.isfinite(d) & ~np.isnan(c)
    x, y, z = np.zeros((3, n, 1, np.count_nonzero(inside)))
    x[0, 0], y[0, 0], z[0, 0], z[1, 0] = c[inside], 1.0, d[inside], 1.0
    with np.errstate(all="ignore"):
        jet = _carlson_jet(x, y, z) if first else -_carlson_jet(x, z, y)
    made[inside] = math.factorial(n - 1) * jet[n - 1, 0] / 6.0
    return made


def _incomplete(phi: Any, m: Any, n: int, first: bool) -> Any:
    """The n-th derivative in m of F or E: whole periods and the rest of phi."""
    phi, m = np.broadcast_arrays(np.asarray(phi, float), np.asarray(m, float))
    with np.errstate(all="ignore"):
        s, c, p = np.sin(phi), np.cos(phi) ** 2, 1.0 - m
        turns = np.round(phi / np.pi)
        s = np.where(np.remainder(turns, 2.0) == 1.0, -s, s)
        d = np.where(s == 0.0, 1.0, c + p * s * s)
        made = s * s * s * (-s * s) ** (n - 1) * _legendre(c, d, n, first)
        far = turns != 0.0
        if np.any(far):
            whole = _legendre(np.zeros_like(p), np.where(far, p, 1.0), n, first) * (-1.0) ** (n - 1)
            made = made + np.where(far, 2.0 * turns * whole, 0.0)
        return np.where(m > 1.0, np.nan, made)[()]


def ellipkinc_dm(phi: Any, m: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.ellipkinc(phi, m) in m.

    >>> print(f"{ellipkinc_dm(0.5, 0.0):.15f} {ellipkinc_dm(0.5, 1.0, 2):.15f}")
    0.019816126899013 0.006633747900645
    """
    return _incomplete(phi, m, n, True)


def ellipeinc_dm(phi: Any, m: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.ellipeinc(phi, m) in m.

    >>> print(f"{ellipeinc_dm(0.5, 0.0):.15f} {ellipeinc_dm(0.5, 1.0, 2):.15f}")
    -0.019816126899013 -0.001830642129046
    """
    return _incomplete(phi, m, n, False)


def ellipk_dm(p: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.ellipk(m) in m at m = 1 - p.

    >>> print(f"{ellipk_dm(1.0):.15f} {ellipk_dm(1e-20, 2):.7g}")
    0.392699081698724 5e+39
    """
    p = np.asarray(p, float)
    return ((-1.0) ** (n - 1) * _legendre(np.zeros_like(p), p, n, True))[()]


def ellipe_dm(p: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.ellipe(m) in m at m = 1 - p.

    >>> print(f"{ellipe_dm(1.0):.15f} {ellipe_dm(1e-20, 2):.7g}")
    -0.392699081698724 -2.5e+19
    """
    p = np.asarray(p, float)
    return ((-1.0) ** (n - 1) * _legendre(np.zeros_like(p), p, n, False))[()]
