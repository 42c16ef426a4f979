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


def wofz_slope(z: Any, y: Any) -> Any:
    """The derivative of wofz, where y is wofz(z): 2j/sqrt(pi) - 2*z*y, or its series (DLMF 7.12.1).

    >>> print(wofz_slope(0.0, 1.0), f"{wofz_slope(1e8 + 0j, 5.6e-9j):.7g}")
    1.1283791670955126j 0-5.641896e-17j
    """
    far = (np.abs(z) > 30.0) & (np.imag(z) >= 0.0)
    outer = np.where(far, z, 30.0)
    u = 0.5 / (outer * outer)
    series = -1.1283791670955126j * u * (1.0 + u * (3.0 + u * (15.0 + u * (105.0 + u * 945.0))))
    return np.where(far, series, 1.1283791670955126j - 2.0 * np.where(far, 0.0, z) * y)[()]


def voigt_slope(x: Any, sigma: Any, gamma: Any, n: int = 1) -> Any:
    """The first or second derivative in x + 1j*gamma of the Voigt profile as a complex function.

    For a small sigma it is an asymptotic series, whose limit is Lorentz's profile (DLMF 7.19.1, 7.12.1).

    >>> print(voigt_slope(1.0, 0.0, 1.0).real == -0.5/np.pi, round(voigt_slope(1.0, 1.0, 0.0).real, 12))
    True -0.241970724519
    >>> print(round(voigt_slope(1.0, 1e-20, 1.0, 2).real, 12), round(voigt_slope(0.0, 1.0, 0.0, 2).real, 12))
    0.159154943092 -0.398942280401
    """
    import scipy.special

    end = np.isinf(x) | np.isinf(sigma) | np.isinf(gamma)
    x, sigma, gamma = np.where(end, 1.0, x), np.where(end, 1.0, sigma), np.where(end, 1.0, gamma)
    z = x + 1j * gamma
    far = np.abs(z) > 40.0 * np.abs(sigma)
    outer, inner = 1.0 / np.where(far, z, 1.0), np.where(far, 0.0, z)
    wide = np.where(far, 1.0, sigma)
    u = np.square(np.where(far, sigma, 0.0) * outer)
    t = inner / (1.4142135623730951 * wide)
    y = scipy.special.wofz(t)
    if n == 1:
        series = -(1.0 + u * (3.0 + u * (15.0 + u * (105.0 + u * 945.0)))) * outer * outer
        near = 0.28209479177387814 * (1.1283791670955126j - 2.0 * t * y) / wide / wide
    else:
        series = (2.0 + u * (12.0 + u * (90.0 + u * (840.0 + u * 9450.0)))) * outer * outer * outer
        bend = (4.0 * t * t - 2.0) * y - 2.2567583341910251j * t
        near = 0.19947114020071635 * bend / wide / wide / wide
    return np.where(end, 0.0, np.where(far, 0.3183098861837907j * series, near))[()]


def log1p_bend(t: Any) -> Any:
    """The derivative of log(1 + t)/t, by its series near 0.

    >>> print(log1p_bend(0.0), log1p_bend(1e20), round(log1p_bend(1.0), 12))
    -0.5 -4.505170185988091e-39 -0.19314718056
    """
    import scipy.special

    near = np.abs(t) < 0.5
    inner, outer = np.where(near, t, 0.0), np.where(near, 1.0, t)
    with np.errstate(all="ignore"):
        far = (outer / (1.0 + outer) - np.log1p(outer)) / outer / outer
    return np.where(near, -0.5 * scipy.special.hyp2f1(2.0, 2.0, 3.0, -inner), far)[()]


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


def agm_slope(a: Any, b: Any, y: Any) -> Any:
    """The derivative of the arithmetic-geometric mean y = agm(a, b) in a (DLMF 19.8.5).

    >>> print(agm_slope(2.0, 2.0, 2.0), f"{agm_slope(1e-200, 1.0, 0.0034):.4g}")
    0.5 7.359e+194
    """
    from s2sad.runtime.elliptic import ellipk_dm

    less = np.abs(a) < np.abs(b)
    with np.errstate(all="ignore"):
        low, high = np.where(less, a, b), np.where(less, b, a)
        p = np.square(np.divide(low, high))
        near = p < 1e-20
        weight = 1.2732395447351628 * np.where(near, 0.5, p * ellipk_dm(np.where(near, 0.5, p)))
        share, steep = np.divide(y, high), np.divide(y, low)
        upper, lower = share * steep * weight, share * (1.0 - share * weight)
        return np.where(less, np.where(a == 0.0, np.inf, upper), lower)[()]


def psi_step(x: Any, h: Any) -> Any:
    """psi(x + h) - psi(x), without cancellation for a large x (DLMF 5.11.2) or a small step.

    >>> print(psi_step(1.0, 1.0), psi_step(1e200, 2.0), f"{psi_step(1.0, 1e-200):.12g}")
    1.0 2e-200 1.64493406685e-200
    """
    import scipy.special

    x, h = x * 1.0, h * 1.0
    far = (x > 1e3) & (x + h > 1e3)
    inner, outer = np.where(far, 1.0, x), np.where(far, x, 1.0)
    step, short = np.where(far, h, 1.0), np.where(far, 1.0, h)
    a, b = 1.0 / outer, 1.0 / (outer + step)
    rest = 0.5 * step * a * b * (1.0 + (a + b) / 6.0)
    near = scipy.special.psi(inner + short) - scipy.special.psi(inner)
    made = np.where(far, np.log1p(step * a) + rest, near)
    small = (np.abs(h) < 1e-4 * x) & (x <= 1e3)
    if np.any(small):
        step, middle = np.where(small, h, 0.0), np.where(small, x + 0.5 * h, 1.0)
        bend = scipy.special.polygamma(3, middle) / 24.0
        made = np.where(small, step * (scipy.special.polygamma(1, middle) + step * step * bend), made)
    return made[()]


def moved_gammas(x: Any, h: Any, c: Any, y: Any, s: float) -> Any:
    """The derivative in x of y = c*gamma(x + h)/gamma(x), or of c*gamma(x)/gamma(x + h) where s is -1.

    Where the divisor alone has a pole y is 0 and its slope is not; where both have one it goes by the
    reflection formula (DLMF 5.5.3).

    >>> print(moved_gammas(0.0, 2.0, 1.0, 0.0, 1.0), round(moved_gammas(-3.0, 2.0, 1.0, 6.0, 1.0), 12))
    1.0 -5.0
    """
    import scipy.special

    u, v = x + 0.5 * (1.0 + s) * h, x + 0.5 * (1.0 - s) * h
    pole = (v <= 0.0) & (v == np.floor(v))
    both = pole & (u <= 0.0) & (u == np.floor(u))
    alone = np.logical_and(pole, np.logical_not(both))
    w, t, r = np.where(pole, v, 0.5), np.where(alone, u, 1.0), np.where(both, u, 0.5)
    lag = scipy.special.psi(t) - scipy.special.psi(1.0 - w)
    turned = scipy.special.gamma(1.0 - w) * (np.cos(np.pi * w) + lag * np.sin(np.pi * w) / np.pi)
    single = np.where(alone, c, 0.0) * scipy.special.gamma(t) * turned
    double = np.where(both, y, 0.0) * (scipy.special.psi(1.0 - r) - scipy.special.psi(1.0 - w))
    plain = s * y * psi_step(np.where(pole, 1.0, x), np.where(pole, 1.0, h))
    return np.where(both, double, np.where(alone, single, plain))[()]


def binom_slope(n: Any, k: Any, y: Any) -> Any:
    """The derivative of the binomial coefficient y = binom(n, k) in k, also at its zeros (DLMF 5.5.3).

    >>> print(round(binom_slope(5.0, 6.0, 0.0), 12), round(binom_slope(2.0, 1.0, 2.0), 12))
    -0.166666666667 0.0
    """
    import scipy.special

    a, b = k + 1.0, n - k + 1.0
    first, second = (a <= 0.0) & (a == np.floor(a)), (b <= 0.0) & (b == np.floor(b))
    alone = np.logical_xor(first, second)
    p, q = np.where(alone, np.where(first, a, b), 0.5), np.where(alone, np.where(first, b, a), 1.0)
    lag = scipy.special.psi(q) - scipy.special.psi(1.0 - p)
    turned = scipy.special.gamma(1.0 - p) * (np.cos(np.pi * p) + lag * np.sin(np.pi * p) / np.pi)
    factor = np.where(first, 1.0, -1.0) * scipy.special.gamma(np.where(alone, n + 1.0, 1.0))
    low, high = np.where(alone, 1.0, a), np.where(alone, 1.0, b)
    plain = y * (scipy.special.psi(high) - scipy.special.psi(low))
    return np.where(alone, factor * scipy.special.rgamma(q) * turned, plain)[()]


def j1_slope(x: Any, y: Any) -> Any:
    """The derivative of j1, where y is j1(x): j0(x) - y/x, or its series near 0 (DLMF 10.2.2, 10.6.2).

    >>> print(j1_slope(0.0, 0.0), round(j1_slope(1.0, 0.44005058574493355), 12))
    0.5 0.325147100813
    """
    import scipy.special

    near = np.abs(x) < 0.5
    inner, outer = np.where(near, x, 0.0), np.where(near, 1.0, x)
    u = -0.25 * inner * inner
    series = 5 / 24 + u * (7 / 288 + u * (1 / 640 + u * (11 / 172800 + u * (13 / 7257600))))
    series = 0.5 + u * (0.75 + u * series)
    return np.where(near, series, scipy.special.j0(outer) - y / outer)[()]


def bessel_slope(v: Any, x: Any, y: Any, s: float, near: Any) -> Any:
    """The derivative of y = ive(v, x), with s = 1, or kve(v, x), s = -1: `near`, or for a large |x| the
    asymptotic series (DLMF 10.40.1, 10.40.2), where `near` is the difference of two numbers that agree.

    >>> print(f"{bessel_slope(0.0, 1e8, 3.9894228e-05, 1.0, 0.0):.7g}")
    -1.994711e-13
    """
    far = np.abs(x) > 30.0 + 2.0 * v * v
    if not np.any(far):
        return near
    outer = np.where(far, x, 1e6)
    u = s / np.abs(outer)
    term = np.ones_like(u)
    top, bottom = 0.5 * term, term
    for k in range(1, 16):
        term = term * u * (((2 * k - 1) * (2 * k - 1) - 4.0 * v * v) / (8.0 * k))
        top = top + (k + 0.5) * term
        bottom = bottom + term
    return np.where(far, -y * top / bottom / outer, near)[()]


def log_lag(m: Any) -> Any:
    """m - log(1 + m), without cancellation for a small m.

    >>> print(log_lag(1e-20), round(log_lag(1.0), 12))
    5e-41 0.30685281944
    """
    near = np.abs(m) < 1e-3
    inner, outer = np.where(near, m, 0.0), np.where(near, 0.0, m)
    series = inner * inner * (0.5 - inner * (1 / 3 - inner * (0.25 - inner * (0.2 - inner / 6))))
    return np.where(near, series, outer - np.log1p(outer))[()]


def stirling_rest(z: Any) -> Any:
    """The logarithm of gamma(z) less Stirling's approximation of it (DLMF 5.11.1).

    >>> print(f"{stirling_rest(1.0):.7f} {stirling_rest(1e20):.7g}")
    0.0810615 8.333333e-22
    """
    import scipy.special

    far = z > 20.0
    inner, outer = np.where(far, 1.0, z), np.where(far, z, 20.0)
    u = 1.0 / (outer * outer)
    series = (1 / 12 - u * (1 / 360 - u * (1 / 1260 - u / 1680))) / outer
    near = scipy.special.gammaln(inner) - (inner - 0.5) * np.log(inner) + inner - 0.9189385332046727
    return np.where(far, series, near)[()]


def gamma_density(a: Any, x: Any) -> Any:
    """The density of the gamma distribution: the derivative of gammainc(a, x) in x; a power of x below 1.

    For a large a it is that of C. Loader (Fast and Accurate Computation of Binomial Probabilities, 2000).

    >>> print(gamma_density(2.0, 0.0), round(gamma_density(2.0, 3.0), 12), f"{gamma_density(1e20, 1e20):.9g}")
    0.0 0.149361205104 3.9894228e-11
    """
    import scipy.special

    a, x = np.asarray(a, dtype=float), np.asarray(x, dtype=float)
    near, large, end = x < 1.0, a > 20.0, np.isinf(x)
    few, many = np.where(large, 1.5, a), np.where(large, a, 25.0)
    inner, outer = np.where(near, x, 0.5), np.where(near | end, 1.5, x)
    norm = scipy.special.gammaln(a)
    low = np.power(inner, a - 1.0) * np.exp(-inner - norm)
    middle = np.exp((few - 1.0) * np.log(outer) - outer - scipy.special.gammaln(few))
    depth = many * log_lag((outer - many) / many) + stirling_rest(many)
    high = np.exp(-depth) * (0.3989422804014327 * np.sqrt(many) / outer)
    return np.where(near, low, np.where(end, 0.0, np.where(large, high, middle)))[()]


def beta_density(a: Any, b: Any, x: Any, y: Any) -> Any:
    """The density of the beta distribution at x, with y = 1 - x: the derivative of betainc(a, b, x) in x.

    Near 0 and 1 there are powers, between them the formula of C. Loader (see `gamma_density`).

    >>> print(beta_density(2.0, 3.0, 0.0, 1.0), round(beta_density(2.0, 3.0, 0.25, 0.75), 12))
    0.0 1.6875
    """
    import scipy.special

    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    norm = scipy.special.betaln(a, b)
    plain = (norm > -300.0) & (norm < np.inf)
    left, right = (x < 1e-3) & plain, (y < 1e-3) & plain
    head = np.where(left | right, norm, 0.0)
    p, q = np.where(left, x, 0.5), np.where(right, y, 0.5)
    low = np.power(p, a - 1.0) * np.exp((b - 1.0) * np.log1p(-p) - head)
    high = np.power(q, b - 1.0) * np.exp((a - 1.0) * np.log1p(-q) - head)
    ends = left | right | (a <= 0.0) | (b <= 0.0)
    few, less = np.where(ends, 1.0, a), np.where(ends, 1.0, b)
    one, two = np.maximum(few, 1e-100), np.maximum(less, 1e-100)
    p, q = np.where(ends, 0.5, np.maximum(x, 1e-300)), np.where(ends, 0.5, np.maximum(y, 1e-300))
    gap, rest = p * two - q * one, stirling_rest(one) + stirling_rest(two) - stirling_rest(one + two)
    depth = rest + one * log_lag(gap / one) + two * log_lag(-gap / two)
    scale = 0.3989422804014327 * np.sqrt(one) * np.sqrt(two / (one + two)) * (few / one) * (less / two)
    middle = np.exp(-depth) * (scale / (p * q))
    return np.where(left, low, np.where(right, high, np.where(ends, 0.0, middle)))[()]


def kolmogorov_density(y: Any) -> Any:
    """The density of the limit of Kolmogorov's statistic, by the series that is short at y.

    >>> print(round(kolmogorov_density(1.0), 12))
    1.071948558357
    """
    y = np.asarray(y)
    k = np.arange(1, 7)
    inner = np.where(y > 0.7, np.minimum(y, 30.0), 1.0)[..., None]
    far = 8.0 * inner * k * k * np.exp(-2.0 * k * k * inner * inner)
    odd = 1.2337005501361697 * (2 * k - 1) ** 2
    outer = np.where(y <= 0.7, np.maximum(y, 0.03), 1.0)[..., None]  # exp(-1370) is 0
    square = 1.0 / (outer * outer)
    near = 2.5066282746310002 * np.exp(-odd * square) * (2.0 * odd * square - 1.0) * square
    both = np.where(y > 0.7, np.sum(np.where(k % 2 == 1, far, -far), axis=-1), np.sum(near, axis=-1))
    return np.where(y > 0.0, both, 0.0)[()]
