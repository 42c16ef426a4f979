"""Arithmetic as IEEE 754 has it, on Python floats: derivatives at poles give inf or nan where Python raises.

Arguments are Python numbers (the functions that say so also take arrays). No function raises
ArithmeticError or ValueError, whatever its arguments:

    >>> ieee_div(1.0, -0.0), ieee_pow(0.0, -0.5), ieee_log(0.0)
    (-inf, inf, -inf)

The functions come in families that are closed under differentiation: `pow_dx(x, y, n)` is the n-th
derivative of x**y in x, `pow_dy(x, y, m)` the m-th in y, and so on.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def ieee_div(p: Any, q: Any) -> Any:
    """p/q, inf or nan where q is 0.

    >>> ieee_div(1.0, 4.0), ieee_div(-1.0, 0.0), ieee_div(0.0, 0.0)
    (0.25, -inf, nan)
    """
    if q:
        return p / q
    return p * (math.inf if isinstance(q, complex) else math.copysign(math.inf, q))


def ieee_log(x: Any) -> Any:
    """The natural logarithm: -inf at 0, nan for negative numbers; of a complex number its principal value.

    >>> ieee_log(1.0), ieee_log(0.0), ieee_log(-1.0)
    (0.0, -inf, nan)
    """
    if isinstance(x, complex):
        with np.errstate(all="ignore"):
            return complex(np.log(x))
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def ieee_pow(x: Any, y: Any) -> Any:
    """x**y as C's pow has it: inf on overflow and at poles, nan for a root of a negative number.

    >>> ieee_pow(2.0, 3), ieee_pow(0.0, -1.0), ieee_pow(-8.0, 0.5), ieee_pow(1e200, 2)
    (8.0, inf, nan, inf)
    """
    with np.errstate(all="ignore"):
        if isinstance(x, complex) or isinstance(y, complex):
            return complex(np.power(complex(x), y))
        return float(np.power(float(x), float(y)))


def real_pow(x: Any, y: Any) -> Any:
    """x**y of Python floats; raises where Python makes it a complex number.

    >>> real_pow(2.0, 3), real_pow(-8.0, 3.0)
    (8.0, -512.0)
    >>> real_pow(-8.0, 0.5)
    Traceback (most recent call last):
    TypeError: (-8.0)**0.5 is a complex number; write complex(x)**y, or float64(x)**y for a nan
    """
    z = x**y
    if isinstance(z, complex):
        raise TypeError(f"({x})**{y} is a complex number; write complex(x)**y, or float64(x)**y for a nan")
    return z


def pow_dx(x: Any, y: Any, n: int = 1) -> Any:
    """The n-th derivative of x**y in x: y*(y - 1)*...*x**(y - n), which is 0 where the factor is.

    At x = 0 the first derivative is 0 for y = 0 and y > 1, 1 for y = 1, inf for 0 < y < 1.

    >>> pow_dx(3.0, 2.0), pow_dx(0.0, 0.0), pow_dx(0.0, 1.0), pow_dx(0.0, 0.5), pow_dx(5.0, 2, 2)
    (6.0, 0.0, 1.0, inf, 2.0)
    """
    factor = 1.0
    for k in range(n):
        factor = factor * (y - k)
    return factor * ieee_pow(x, y - n) if factor else 0.0


def pow_dy(x: Any, y: Any, m: int = 1) -> Any:
    """The m-th derivative of x**y in y, log(x)**m*x**y, and 0 at x = 0; for m = 0 it is x**y.

    >>> pow_dy(1.0, 3.0), pow_dy(0.0, 2.0), pow_dy(2.0, 3.0, 0)
    (0.0, 0.0, 8.0)
    """
    if m == 0:
        return ieee_pow(x, y)
    return ieee_log(x) ** m * ieee_pow(x, y) if x else 0.0


def sign(x: Any) -> Any:
    """The sign of a Python float as a float: 0.0 at 0, nan at nan.

    >>> sign(-3.0), sign(0.0), sign(2.0)
    (-1.0, 0.0, 1.0)
    """
    return math.nan if math.isnan(x) else float(x > 0) - float(x < 0)


def polygamma(n: int, x: float) -> float:
    """The n-th derivative of the digamma function at a Python float; digamma is the derivative of
    log(gamma(x)).

    >>> round(polygamma(0, 1.0), 12), round(polygamma(1, 1.0) - math.pi**2/6, 12)
    (-0.577215664902, 0.0)
    """
    if math.isnan(x) or x == -math.inf or (x <= 0.0 and x == math.floor(x)):
        return math.nan
    if x == math.inf:
        return math.inf if n == 0 else 0.0
    if x < 0.0:  # psi(1 - x) - psi(x) = pi/tan(pi*x), differentiated n times as a polynomial in the cotangent
        cot = [0.0, math.pi]
        for _ in range(n):  # the derivative of c = cot(pi*x) is -pi*(1 + c*c)
            slope = [k * p for k, p in enumerate(cot)][1:]
            cot = [-math.pi * (a + b) for a, b in zip([*slope, 0.0, 0.0], [0.0, 0.0, *slope], strict=True)]
        c = ieee_div(1.0, math.tan(math.pi * math.fmod(x, 1.0)))
        return (-1.0) ** n * polygamma(n, 1.0 - x) - float(
            sum(p * ieee_pow(c, k) for k, p in enumerate(cot) if p)
        )
    total = 0.0
    factor = (-1.0) ** (n + 1) * math.factorial(n)
    while x < 15.0 + n:
        total += factor * ieee_pow(x, -(n + 1))
        x += 1.0
    r = 1.0 / x
    total += math.log(x) - 0.5 * r if n == 0 else factor * r**n * (1 / n + 0.5 * r)
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    for k, number in enumerate(bernoulli):
        rising = math.factorial(2 * k + 1 + n) / math.factorial(2 * k + 2)
        total -= (-1) ** n * number * rising * r ** (2 * k + 2 + n)
    return total


def sinc_dx(x: Any, n: int = 1) -> Any:
    """The n-th derivative of np.sinc, elementwise, by its series near 0 and by recurrence elsewhere.

    >>> float(sinc_dx(0.0)), round(float(sinc_dx(0.0, 2)) + math.pi**2/3, 12), round(float(sinc_dx(1.0)), 12)
    (0.0, 0.0, -1.0)
    """
    x = np.asarray(x)
    y = math.pi * x.astype(np.result_type(x, np.float64))  # its powers leave the range of float32
    series = np.zeros_like(y)
    near = np.abs(y) < 3.0 + n
    small = np.where(near, y, 0.0)
    first, square = (n + 1) // 2, small * small
    for k in range(first + 18 + 2 * n, first - 1, -1):
        series = series * square + (-1.0) ** k / math.factorial(2 * k - n) / (2 * k + 1)
    series = series * small + 0.0 if n % 2 else series
    far = np.where(near, 3.0 + n, y)
    value = np.sin(far) / far
    for k in range(1, n + 1):  # from y*sinc = sin(y), differentiated k times
        value = (np.sin(far + k * math.pi / 2) - k * value) / far
    result = math.pi**n * np.where(near, series, value)
    return result.astype(np.result_type(x, np.float16) if x.dtype.kind in "fc" else np.float64)[()]


def bessel_i(n: int, x: Any) -> Any:
    """The modified Bessel function of the first kind I_n, elementwise (np.i0 is I_0).

    >>> round(float(bessel_i(1, 1.0)), 12), float(bessel_i(0, 0.0))
    (0.565159103992, 1.0)
    """
    x = np.clip(1.0 * np.asarray(x), -1000.0, 1000.0)  # e**710 is inf
    points = 32 + n + int(10.0 * math.sqrt(np.max(np.abs(x), initial=0.0, where=~np.isnan(x))))
    total = np.zeros_like(x)
    grown = np.expm1 if n else np.exp  # cos(n*t) has the mean 0: small x keep their digits
    for k in range(points):  # the mean of exp(x*cos(t))*cos(n*t), exact to rounding on so many points
        t = 2.0 * math.pi * k / points
        total = total + grown(x * math.cos(t) - np.abs(x)) * (math.cos(n * t) / points)
    with np.errstate(all="ignore"):
        return (total * np.exp(np.abs(x)))[()]
