"""Helpers of generated texts: derivatives of incomplete gamma and beta functions and of zeta in their
parameters.

Accepted are real numbers and NumPy arrays, which broadcast; nothing is written to. Of what lies outside of
the domain, nan is the result.

    z = scipy.special.gammainc(a, x)      a_bar = z_bar*gammainc_da(a, x)
    z = scipy.special.betainc(a, b, x)    a_bar = z_bar*betainc_dab(a, b, x, 1, 0)

Series and continued fractions are evaluated in truncated power series of the parameters ("jets"), whose
coefficients stand along the first two axes of an array: those of a, then those of b. Formulas: NIST Digital
Library of Mathematical Functions 8.7.1, 8.9.2, 8.17.22, 25.11.5; the way of Moore (1982), algorithm AS 187,
and of Boik and Robison-Cox (1998).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def _jet_times(p: Any, q: Any) -> Any:
    """The product of two jets."""
    made = np.zeros(np.broadcast_shapes(p.shape, q.shape))
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            for k in range(i + 1):
                for m in range(j + 1):
                    made[i, j] += p[k, m] * q[i - k, j - m]
    return made


def _jet_over(p: Any, q: Any) -> Any:
    """The quotient of two jets."""
    made = np.zeros(np.broadcast_shapes(p.shape, q.shape))
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            rest = p[i, j].copy()
            for k in range(i + 1):
                for m in range(j + 1):
                    if (k, m) != (i, j):
                        rest = rest - made[k, m] * q[i - k, j - m]
            made[i, j] = rest / q[0, 0]
    return made


def _jet_exp(p: Any) -> Any:
    """The exponential of a jet."""
    rest, power = p.copy(), np.zeros(p.shape)
    rest[0, 0], power[0, 0] = 0.0, 1.0
    made = power.copy()
    for k in range(1, p.shape[0] + p.shape[1] - 1):
        power = _jet_times(power, rest) / k
        made += power
    return made * np.exp(p[0, 0])


def _line(shape: Any, first: Any, by_a: float, by_b: float = 0.0) -> Any:
    """The jet of a linear function."""
    made = np.zeros(shape)
    made[0, 0] = first
    if shape[0] > 1:
        made[1, 0] = by_a
    if shape[1] > 1:
        made[0, 1] = by_b
    return made


def _fraction(shape: Any, first: Any, step: Any) -> Any:
    """The jet of the fraction 1/(b0 + a1/(b1 + a2/(b2 + ...))) with `ak, bk = step(k)` and b0 = first."""
    above, upper = np.zeros(shape), _line(shape, 1.0, 0.0)
    below, lower = _line(shape, 1.0, 0.0), first.copy()
    last = _jet_over(upper, lower)
    for k in range(1, 200000):  # about 6*sqrt(a) are needed
        a, b = step(k)
        above, upper = upper, _jet_times(b, upper) + _jet_times(a, above)
        below, lower = lower, _jet_times(b, lower) + _jet_times(a, below)
        size = np.abs(lower[0, 0])
        above, upper, below, lower = above / size, upper / size, below / size, lower / size
        if k % 4 == 0:
            made = _jet_over(upper, lower)
            if np.all(np.abs(made - last) <= 1e-13 * np.abs(made) + 1e-15 * np.abs(made[0, 0])):
                return made
            last = made
    raise ArithmeticError("the derivative of an incomplete gamma or beta function does not converge")


def _gamma_series(a: Any, x: Any, n: int) -> Any:
    """The jet of the sum of x**m/((a + 1)*...*(a + m)) over m."""
    shape = (n + 1, 1, *a.shape)
    term = _line(shape, 1.0, 0.0)
    total = term.copy()
    for m in range(1, 200000):
        term[0] = x * term[0] / (a + m)
        for k in range(1, n + 1):
            term[k] = (x * term[k] - term[k - 1]) / (a + m)
        total += term
        if m % 8 == 0 and np.all(np.abs(term) <= 1e-17 * np.abs(total)):
            return total
    raise ArithmeticError("the derivative of an incomplete gamma function does not converge")


def _gamma_fraction(a: Any, x: Any, n: int) -> Any:
    """The jet of the continued fraction of the upper incomplete gamma function."""
    shape = (n + 1, 1, *a.shape)

    def step(k: int) -> tuple[Any, Any]:
        return _line(shape, -k * (k - a), k), _line(shape, x + 2 * k + 1 - a, -1.0)

    return _fraction(shape, _line(shape, x + 1 - a, -1.0), step)


def _gamma_log(a: Any, x: Any) -> Any:
    """The logarithm of x**a*exp(-x)/gamma(a), without cancellation for a large a."""
    from scipy.special import gammaln

    with np.errstate(all="ignore"):
        m = (x - a) / a
        near = m * m * (0.5 - m * (1 / 3 - m * (0.25 - m * (0.2 - m / 6))))
        bend = np.where(np.abs(m) < 0.01, near, m - np.log1p(m))
        far = 0.5 * np.log(a / (2 * np.pi)) - a * bend - 1 / (12 * a)
        return np.where(a > 1e6, far, a * np.log(x) - x - gammaln(np.maximum(a, 1e-9)))


def _gamma_far(a: Any, x: Any, n: int) -> Any:
    """The n-th derivative in a large a: minus the density, times the slope of the quantile x in a.

    By Cornish and Fisher the quantile is a + z*sqrt(a) + (z*z - 1)/3 + (z*z*z - 7*z)/(36*sqrt(a)) + ...
    """
    from scipy.special import polygamma

    shape = (n, 1, *a.shape)
    log, head = np.zeros(shape), np.zeros(shape)
    log[0, 0], head[0, 0] = np.log(a), _gamma_log(a, x)
    for k in range(1, n):
        log[k, 0] = -1 / k * (-1 / a) ** k
        shift = np.log1p((x - a) / a) + 0.5 / a if k == 1 else -polygamma(k - 1, a) / math.factorial(k)
        head[k, 0] = shift
    root = _jet_exp(-0.5 * log)  # 1/sqrt(a)
    w = _jet_times(_line(shape, x - a, -1.0), root)
    once = _jet_times(w, root)
    slope = 0.5 * once + (_jet_times(root, root) - _jet_times(once, once)) / 6
    slope[0, 0] += 1
    return -math.factorial(n - 1) * _jet_times(_jet_exp(head), slope)[n - 1, 0] / x


def gammainc_da(a: Any, x: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.gammainc(a, x) in a.

    >>> print(round(float(gammainc_da(1.5, 2.0)), 12))
    -0.277433564209
    """
    from scipy.special import gammaln, polygamma

    a, x = np.broadcast_arrays(np.asarray(a, float), np.asarray(x, float))
    made = np.where((a >= 0) & (x >= 0) & ~(np.isinf(a) & np.isinf(x)), 0.0, np.nan)
    inside = (a >= 0) & np.isfinite(a) & (x > 0) & np.isfinite(x)
    inside = inside & (_gamma_log(np.where(inside, a, 1.0), np.where(inside, x, 1.0)) > -800)
    large = inside & (a > 1e6)
    if np.any(large):
        made[large] = _gamma_far(a[large], x[large], n)
        inside = inside & ~large
    for part, series in ((inside & (x < a + 1), True), (inside & (x >= a + 1), False)):
        if not np.any(part):
            continue
        one, at = a[part], x[part]
        head = np.zeros((n + 1, 1, one.size))
        head[0, 0] = one * np.log(at) - at - gammaln(one + 1)  # no pole at 0: the series leaves 1/a to it
        for k in range(1, n + 1):
            head[k, 0] = (np.log(at) if k == 1 else 0.0) - polygamma(k - 1, one + 1) / math.factorial(k)
        if series:
            rest = _gamma_series(one, at, n)
        else:
            rest = -_jet_times(_line(head.shape, one, 1.0), _gamma_fraction(one, at, n))
        made[part] = math.factorial(n) * _jet_times(_jet_exp(head), rest)[n, 0]
    return made[()]


def _beta_jet(a: Any, b: Any, x: Any, i: int, j: int) -> Any:
    """The derivative where the fraction converges quickly: x < (a + 1)/(a + b + 2).

    The factor 1/a stands in gamma(a + 1), whose logarithm has no pole at a small a.
    """
    from scipy.special import betaln, polygamma

    shape = (i + 1, j + 1, a.size)
    head = np.zeros(shape)
    for k in range(i + 1):
        for m in range(j + 1):
            if k + m == 0:
                head[k, m] = a * np.log(x) + b * np.log1p(-x) - betaln(a + 1, b) - np.log(a + b)
                continue
            both = polygamma(k + m - 1, a + b) / (math.factorial(k) * math.factorial(m))
            alone = polygamma(k - 1, a + 1) / math.factorial(k) if m == 0 else 0.0
            alone = polygamma(m - 1, b) / math.factorial(m) if k == 0 else alone
            head[k, m] = both - alone
    if i:
        head[1, 0] += np.log(x)
    if j:
        head[0, 1] += np.log1p(-x)
    ones = _line(shape, np.ones(a.size), 0.0)

    def step(k: int) -> tuple[Any, Any]:
        m = k // 2
        if k == 1:  # the factor a of both is left out
            return _jet_over(_line(shape, a + b, 1.0, 1.0) * -x, _line(shape, a + 1, 1.0)), ones
        if k % 2 == 0:
            above = _line(shape, m * (b - m) * x, 0.0) + _line(shape, 0.0, 0.0, 1.0) * (m * x)
        else:
            above = _jet_times(_line(shape, -x * (a + m), 0.0) + _line(shape, 0.0, 1.0) * -x,
                               _line(shape, a + b + m, 1.0, 1.0))  # fmt: skip
        below = _jet_times(_line(shape, a + k - 1, 1.0), _line(shape, a + k, 1.0))
        return _jet_over(above, below), ones

    whole = _fraction(shape, ones, step)
    return math.factorial(i) * math.factorial(j) * _jet_times(_jet_exp(head), whole)[i, j]


def betainc_dab(a: Any, b: Any, x: Any, i: int, j: int) -> Any:
    """The derivative of scipy.special.betainc(a, b, x), i times in a and j times in b.

    >>> print(round(float(betainc_dab(1.5, 2.0, 0.3, 1, 0)), 12))
    -0.290535747008
    """
    from scipy.special import betaln

    a, b, x = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float), np.asarray(x, float))
    known = (a >= 0) & (b >= 0) & (a + b > 0) & np.isfinite(a) & np.isfinite(b)
    made = np.where(known & (x >= 0) & (x <= 1), 0.0, np.nan)
    known = known & (x > 0) & (x < 1)
    one, two, at = np.where(known, a, 1.0), np.where(known, b, 1.0), np.where(known, x, 0.5)
    size = betaln(np.maximum(one, 1e-300), np.maximum(two, 1e-300))
    known = known & (one * np.log(at) + two * np.log1p(-at) - size > -800)
    low = known & ((x * (a + b + 2) <= a + 1) | (a == 0)) & (b > 0)  # the first parameter may be 0
    high = known & ~low
    if np.any(low):
        made[low] = _beta_jet(a[low], b[low], x[low], i, j)
    if np.any(high):
        made[high] = -_beta_jet(b[high], a[high], 1.0 - x[high], j, i)
    return made[()]


def zeta_ds(x: Any, q: Any, n: int = 1) -> Any:
    """The n-th derivative of scipy.special.zeta(x, q) in x, by the formula of Euler and Maclaurin.

    >>> print(round(float(zeta_ds(2.0, 1.0)), 12))
    -0.937548254316
    """
    from scipy.special import bernoulli

    x, q = np.broadcast_arrays(np.asarray(x, float), np.asarray(q, float))
    terms, numbers = 14, bernoulli(24)
    made = np.where((x > -4) & (x != 1) & (q > 0) & np.isfinite(q), 0.0, np.nan)
    large = (x > 1e3) & ~np.isnan(made)  # the first term is alone
    with np.errstate(all="ignore"):
        made[large] = (-np.log(q[large])) ** n * q[large] ** -x[large]
    inside = np.isfinite(x) & ~np.isnan(made) & ~large
    s, at = x[inside], q[inside]
    shape = (n + 1, 1, s.size)

    def power(base: Any, less: float) -> Any:
        """The jet of base**-(s + less)."""
        return _jet_exp(_line(shape, -(s + less) * np.log(base), 0.0) - _line(shape, 0.0, 1.0) * np.log(base))

    total = sum((power(at + k, 0.0) for k in range(terms)), np.zeros(shape))
    end = at + terms
    total = total + _jet_over(power(end, -1.0), _line(shape, s - 1, 1.0)) + 0.5 * power(end, 0.0)
    rising = _line(shape, s, 1.0)
    for k in range(1, 13):
        total = total + numbers[2 * k] / math.factorial(2 * k) * _jet_times(rising, power(end, 2.0 * k - 1))
        rising = _jet_times(
            rising, _jet_times(_line(shape, s + 2 * k - 1, 1.0), _line(shape, s + 2 * k, 1.0))
        )
    made[inside] = math.factorial(n) * total[n, 0]
    return made[()]
