"""Helpers of generated texts for coefficients of samples: correlation, regression and tests of means.

Accepted are vectors of real numbers; nothing is written to, and a result shares memory with no argument.

    r, p = scipy.stats.pearsonr(x, y)      x_bar = pearson_back(r_bar, p_bar, x, y, r)
    t, p = scipy.stats.ttest_ind(a, b)     a_bar = of_statistic(t_bar, p_bar, rate)*pooled_slope(a, b, t)

The functions are written in the language that s2sad reads. The p-value of n points is 2*B((1 - abs(r))/2),
where B is the distribution function of the beta distribution of n/2 - 1 and n/2 - 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def pvalue_slope(r: Any, n: Any) -> Any:
    """The derivative of the p-value of a correlation of n points.

    >>> print(round(float(pvalue_slope(0.5, 4)), 12))
    -1.0
    """
    import scipy.stats

    return -np.sign(r) * scipy.stats.beta.pdf(0.5 * (1.0 - np.abs(r)), 0.5 * n - 1.0, 0.5 * n - 1.0)


def pearson_slope(x: Any, y: Any, r: Any) -> Any:
    """The derivative of the correlation r of x and y in x.

    >>> print(pearson_slope(np.array([1.0, -1.0, 0.0]), np.array([0.0, 1.0, -1.0]), -0.5))
    [ 0.25  0.25 -0.5 ]
    """
    a, b = x - np.mean(x), y - np.mean(y)
    size = np.sqrt(np.sum(a * a))
    return b / (size * np.sqrt(np.sum(b * b))) - (r / (size * size)) * a


def pearson_back(z: Any, q: Any, x: Any, y: Any, r: Any) -> Any:
    """The cotangent of x where z and q are those of scipy.stats.pearsonr(x, y); either may be None.

    >>> print(pearson_back(1.0, None, np.array([1.0, -1.0, 0.0]), np.array([0.0, 1.0, -1.0]), -0.5))
    [ 0.25  0.25 -0.5 ]
    """
    total = 0.0
    if z is not None:
        total = total + z
    if q is not None:
        total = total + q * pvalue_slope(r, len(x))
    return total * pearson_slope(x, y, r)


def pearson_dot(x_dot: Any, x: Any, y: Any, r: Any) -> Any:
    """The tangents of scipy.stats.pearsonr(x, y) where x_dot is that of x.

    >>> x, y = np.array([1.0, -1.0, 0.0]), np.array([0.0, 1.0, -1.0])
    >>> print(pearson_dot(np.array([1.0, 0.0, 0.0]), x, y, -0.5)[0].round(12))
    0.25
    """
    r_dot = np.sum(pearson_slope(x, y, r) * x_dot)
    return r_dot, pvalue_slope(r, len(x)) * r_dot


def regression_back(g: Any, x: Any, y: Any, out: Any) -> Any:
    """The cotangents of x and y where g are those of scipy.stats.linregress(x, y), None for one that is not
    used.

    >>> x_bar, y_bar = regression_back((1.0, None, None, None, None), np.arange(3.0), np.arange(3.0), (1.0,))
    >>> print(x_bar, y_bar)
    [ 0.5  0.  -0.5] [-0.5  0.   0.5]
    """
    n = len(x)
    a, b = x - np.mean(x), y - np.mean(y)
    xx, yy, slope = np.sum(a * a), np.sum(b * b), out[0]
    by_slope, by_r, by_yy, by_xx = 0.0, 0.0, 0.0, 0.0
    by_mean = 0.0
    if g[0] is not None:
        by_slope = by_slope + g[0]
    if g[1] is not None:
        by_slope = by_slope - g[1] * np.mean(x)
        by_mean = by_mean + g[1]
    if g[2] is not None:
        by_r = by_r + g[2]
    if g[3] is not None:
        by_r = by_r + g[3] * pvalue_slope(out[2], n)
    if g[4] is not None:
        by_r = by_r - g[4] * out[2] * yy / (xx * (n - 2) * out[4])
        by_yy = by_yy + 0.5 * g[4] * out[4] / yy
        by_xx = by_xx - 0.5 * g[4] * out[4] / xx
    x_bar = (by_slope / xx) * (b - 2.0 * slope * a) + 2.0 * by_xx * a - by_mean * slope / n
    y_bar = (by_slope / xx) * a + 2.0 * by_yy * b + by_mean / n
    if len(out) > 2:
        x_bar = x_bar + by_r * pearson_slope(x, y, out[2])
        y_bar = y_bar + by_r * pearson_slope(y, x, out[2])
    return x_bar, y_bar


def regression_dot(x_dot: Any, y_dot: Any, x: Any, y: Any, out: Any) -> Any:
    """The tangents of scipy.stats.linregress(x, y).

    >>> x, out = np.arange(3.0), (1.0, 0.0, 0.9, 0.1, 0.1)
    >>> print(regression_dot(np.zeros(3), x, x, x, out)[0])
    1.0
    """
    n = len(x)
    a, b = x - np.mean(x), y - np.mean(y)
    xx, yy = np.sum(a * a), np.sum(b * b)
    slope_dot = np.sum((b - 2.0 * out[0] * a) * x_dot + a * y_dot) / xx
    middle_dot = np.mean(y_dot) - out[0] * np.mean(x_dot) - slope_dot * np.mean(x)
    r_dot = np.sum(pearson_slope(x, y, out[2]) * x_dot) + np.sum(pearson_slope(y, x, out[2]) * y_dot)
    error_dot = out[4] * (np.sum(b * y_dot) / yy - np.sum(a * x_dot) / xx)
    error_dot = error_dot - r_dot * out[2] * yy / (xx * (n - 2) * out[4])
    return slope_dot, middle_dot, r_dot, pvalue_slope(out[2], n) * r_dot, error_dot


def of_statistic(z: Any, q: Any, rate: Any) -> Any:
    """The cotangent of a statistic whose p-value has the derivative `rate` in it; z and q may be None.

    >>> print(of_statistic(1.0, 2.0, -0.25), of_statistic(None, 2.0, -0.25))
    0.5 -0.5
    """
    total = 0.0
    if z is not None:
        total = total + z
    if q is not None:
        total = total + q * rate
    return total


def student_rate(t: Any, df: Any) -> Any:
    """The derivative of the p-value of both sides in Student's t of df degrees of freedom.

    >>> print(round(float(student_rate(0.5, 1.0)), 12))
    -0.509295817894
    """
    import scipy.stats

    return -2.0 * np.sign(t) * scipy.stats.t.pdf(t, df)


def mean_slope(a: Any, t: Any) -> Any:
    """The derivative in a of Student's t of its mean.

    >>> print(mean_slope(np.array([0.0, 2.0]), 1.0))
    [1. 0.]
    """
    n = len(a)
    d = a - np.mean(a)
    squares = np.sum(d * d)
    return 1.0 / np.sqrt(n * squares / (n - 1)) - (t / squares) * d


def pooled_slope(a: Any, b: Any, t: Any) -> Any:
    """The derivative in a of Student's t of the difference of the means of a and b, of one variance.

    >>> print(pooled_slope(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 0.0))
    [0.5 0.5]
    """
    n, m = len(a), len(b)
    c, d = a - np.mean(a), b - np.mean(b)
    squares = np.sum(c * c) + np.sum(d * d)
    return 1.0 / (n * np.sqrt(squares / (n + m - 2) * (1.0 / n + 1.0 / m))) - (t / squares) * c


def both_dots(t_dot: Any, rate: Any) -> Any:
    """The tangents of a statistic and of its p-value.

    >>> print(both_dots(2.0, -0.25))
    (2.0, -0.5)
    """
    return t_dot, t_dot * rate
