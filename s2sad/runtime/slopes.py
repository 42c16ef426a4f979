"""Derivatives of logaddexp and of functions of scipy.special where their formulas would cancel or be 0*inf.

Helpers of generated texts. Accepted are numbers and arrays; nothing is written to. Formulas: NIST Digital
Library of Mathematical Functions 5.5.3, 7.10.2, 7.12.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def gap(x: Any, y: Any) -> Any:
    """x - y, and 0 between equal infinities: what logaddexp divides equally between numbers that are equal.

    >>> print(gap(3.0, 1.0), gap(-np.inf, -np.inf), gap(1.0, -np.inf))
    2.0 0.0 inf
    """
    with np.errstate(invalid="ignore"):
        return np.where((x == y) & np.isinf(x), 0.0, np.subtract(x, y))[()]


def erfcx_slope(x: Any, y: Any) -> Any:
    """The derivative of erfcx, where y is erfcx(x): 2*x*y - 2/sqrt(pi), or its series (DLMF 7.12.1).

    >>> print(erfcx_slope(1e8, 5.641895835477563e-09))
    -5.641895835477562e-17
    """
    if np.iscomplexobj(x):
        return 2.0 * x * y - 1.1283791670955126
    u = (0.7071067811865476 / np.maximum(x, 30.0)) ** 2
    far = -1.1283791670955126 * u * (1.0 - u * (3.0 - u * (15.0 - u * (105.0 - u * 945.0))))
    return np.where(x > 30.0, far, 2.0 * np.clip(x, None, 30.0) * y - 1.1283791670955126)[()]


def dawsn_slope(x: Any, y: Any) -> Any:
    """The derivative of dawsn, where y is dawsn(x): 1 - 2*x*y, or its asymptotic series (DLMF 7.12.1).

    >>> print(dawsn_slope(0.0, 0.0))
    1.0
    """
    if np.iscomplexobj(x):
        return 1.0 - 2.0 * x * y
    u = (0.7071067811865476 / np.maximum(np.abs(x), 30.0)) ** 2
    far = -u * (1.0 + u * (3.0 + u * (15.0 + u * (105.0 + u * 945.0))))
    return np.where(np.abs(x) > 30.0, far, 1.0 - 2.0 * np.clip(x, -30.0, 30.0) * y)[()]


def normal_hazard(x: Any) -> Any:
    """The density of the normal distribution over the distribution function: the derivative of log_ndtr.

    >>> print(round(normal_hazard(0.0), 12), round(normal_hazard(-1e8), 3), normal_hazard(100.0))
    0.797884560803 100000000.0 0.0
    """
    import scipy.special

    if np.iscomplexobj(x):
        return 0.7978845608028654 / scipy.special.erfcx(-0.7071067811865476 * x)
    near = 0.7978845608028654 / scipy.special.erfcx(-0.7071067811865476 * np.clip(x, None, 8.5))
    far = np.clip(x, 8.5, 1e18)
    return np.where(x > 8.5, 0.3989422804014327 * np.exp(-0.5 * far * far), near)[()]


def rgamma_slope(x: Any, y: Any) -> Any:
    """The derivative of 1/gamma, where y is 1/gamma(x), by reflection below 1/2 (DLMF 5.5.3).

    >>> print(rgamma_slope(0.0, 0.0))
    1.0
    """
    import scipy.special

    if np.iscomplexobj(x):
        return -y * scipy.special.digamma(x)
    low = np.clip(x, -1e300, 0.5)
    angle = np.pi * np.fmod(low, 2.0)
    turned = np.cos(angle) - np.sin(angle) / np.pi * scipy.special.digamma(1.0 - low)
    above = -y * scipy.special.digamma(np.clip(x, 0.5, 1e3))
    return np.where(x < 0.5, turned * scipy.special.gamma(1.0 - low), above)[()]


def exprel_slope(x: Any) -> Any:
    """The derivative of exprel, by its series near 0; scipy.special.hyp1f1 takes for ever at 1e200.

    >>> print(exprel_slope(0.0), exprel_slope(1e200), exprel_slope(-1e8))
    0.5 inf 1e-16
    """
    import scipy.special

    near = np.abs(x) < 1.0
    inner, outer = np.where(near, x, 0.0), np.where(near, 1.0, x)
    y = scipy.special.exprel(outer)
    rising = y * (1.0 - 1.0 / outer) + 1.0 / outer
    far = np.where(outer > 0.0, rising, (np.exp(np.clip(outer, None, 0.0)) - y) / outer)
    return np.where(near, 0.5 * scipy.special.hyp1f1(2.0, 3.0, inner), far)[()]


def spence_slope(x: Any) -> Any:
    """The derivative of spence, log(x)/(1 - x), by its series near 1 (DLMF 25.12.2).

    >>> print(spence_slope(1.0), spence_slope(0.0))
    -1.0 -inf
    """
    import scipy.special

    near = np.abs(x - 1.0) < 0.5
    inner, outer = np.where(near, x, 1.0), np.where(near, 2.0, x)
    with np.errstate(all="ignore"):
        far = np.log(outer) / (1.0 - outer)
    return np.where(near, -scipy.special.hyp2f1(1.0, 1.0, 2.0, 1.0 - inner), far)[()]


def psi_step(x: Any, h: Any) -> Any:
    """psi(x + h) - psi(x), without cancellation for a large x (DLMF 5.11.2).

    >>> print(psi_step(1.0, 1.0), psi_step(1e200, 2.0))
    1.0 2e-200
    """
    import scipy.special

    x, h = x * 1.0, h * 1.0
    far = (x > 1e3) & (x + h > 1e3)
    inner, outer = np.where(far, 1.0, x), np.where(far, x, 1.0)
    step, short = np.where(far, h, 1.0), np.where(far, 1.0, h)
    a, b = 1.0 / outer, 1.0 / (outer + step)
    rest = 0.5 * step * a * b * (1.0 + (a + b) / 6.0)
    near = scipy.special.psi(inner + short) - scipy.special.psi(inner)
    return np.where(far, np.log1p(step * a) + rest, near)[()]


def bessel_slope(v: Any, x: Any, y: Any, s: float, near: Any) -> Any:
    """The derivative of y = ive(v, x), with s = 1, or kve(v, x), s = -1: `near`, or for a large |x| the
    asymptotic series (DLMF 10.40.1, 10.40.2), where `near` is the difference of two numbers that agree.

    >>> print(f"{bessel_slope(0.0, 1e8, 3.9894228e-05, 1.0, 0.0):.7g}")
    -1.994711e-13
    """
    far = np.abs(x) > 30.0 + 2.0 * v * v
    outer = np.where(far, x, 1e6)
    u = s / np.abs(outer)
    term = np.ones_like(u)
    top, bottom = 0.5 * term, term
    for k in range(1, 16):
        term = term * u * (((2 * k - 1) * (2 * k - 1) - 4.0 * v * v) / (8.0 * k))
        top = top + (k + 0.5) * term
        bottom = bottom + term
    return np.where(far, -y * top / bottom / outer, near)[()]


def gamma_density(a: Any, x: Any) -> Any:
    """The density of the gamma distribution: the derivative of gammainc(a, x) in x; a power of x below 1.

    >>> print(gamma_density(2.0, 0.0), round(gamma_density(2.0, 3.0), 12))
    0.0 0.149361205104
    """
    import scipy.special

    near = x < 1.0
    inner, outer = np.where(near, x, 0.5), np.where(near, 1.5, np.minimum(x, 1e300))
    norm = scipy.special.gammaln(a)
    low = np.power(inner, a - 1.0) * np.exp(-inner - norm)
    return np.where(near, low, np.exp((a - 1.0) * np.log(outer) - outer - norm))[()]


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """The density of the beta distribution: the derivative of betainc(a, b, x) in x; powers near 0 and 1.

    >>> print(beta_density(2.0, 3.0, 0.0), round(beta_density(2.0, 3.0, 0.25), 12))
    0.0 1.6875
    """
    import scipy.special

    near = ((x < 1e-3) | (x > 0.999)) & (a + b < 300.0)  # else a power may vanish beside an infinite factor
    inner, outer = np.where(near, x, 0.5), np.where(near, 0.5, x)
    norm = scipy.special.betaln(a, b)
    low = np.power(inner, a - 1.0) * np.power(1.0 - inner, b - 1.0) * np.exp(-norm)
    far = scipy.special.xlogy(a - 1.0, outer) + scipy.special.xlog1py(b - 1.0, -outer) - norm
    return np.where(near, low, np.exp(far))[()]


def kolmogorov_density(y: Any) -> Any:
    """The density of the limit of Kolmogorov's statistic, by the series that is short at y.

    >>> print(round(kolmogorov_density(1.0), 12))
    1.071948558357
    """
    y = np.asarray(y)
    k = np.arange(1, 7)
    inner = np.where(y > 0.7, y, 1.0)[..., None]
    far = 8.0 * inner * k * k * np.exp(-2.0 * k * k * inner * inner)
    odd = 1.2337005501361697 * (2 * k - 1) ** 2
    outer = np.where((y > 0.0) & (y <= 0.7), y, 1.0)[..., None]
    square = 1.0 / (outer * outer)
    near = 2.5066282746310002 * np.exp(-odd * square) * (2.0 * odd * square - 1.0) * square
    both = np.where(y > 0.7, np.sum(np.where(k % 2 == 1, far, -far), axis=-1), np.sum(near, axis=-1))
    return np.where(y > 0.0, both, 0.0)[()]
