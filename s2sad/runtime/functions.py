"""Helpers of generated texts for densities of several variables.

Accepted are NumPy arrays; nothing is written to, and a result shares memory with no argument.

    z = scipy.stats.multivariate_normal.logpdf(x, mean, cov)      cov_bar = normal_slope(z_bar, x, mean, cov)

The functions are written in the language that s2sad reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def precise(x: Any, mean: Any, cov: Any) -> Any:
    """solve(cov, x - mean) for a vector, or for each row of a matrix.

    >>> print(precise(np.array([2.0]), np.zeros(1), np.array([[4.0]])))
    [0.5]
    """
    return np.linalg.solve(cov, (x - mean).T).T


def normal_slope(z: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The cotangent of cov where z is that of the logarithm of the normal density; symmetric.

    >>> print(normal_slope(1.0, np.array([2.0]), np.zeros(1), np.array([[4.0]])))
    [[0.]]
    """
    rows = np.atleast_2d(precise(x, mean, cov))
    weights = np.reshape(z, (-1, 1))
    return 0.5 * ((rows * weights).T @ rows - np.sum(weights) * np.linalg.inv(cov))


def normal_along(cov_dot: Any, x: Any, mean: Any, cov: Any) -> Any:
    """The tangent of the logarithm of the normal density where cov_dot is that of cov.

    >>> print(normal_along(np.array([[1.0]]), np.array([2.0]), np.zeros(1), np.array([[4.0]])))
    0.0
    """
    rows = precise(x, mean, cov)
    return 0.5 * (np.sum((rows @ cov_dot) * rows, axis=-1) - np.trace(np.linalg.solve(cov, cov_dot)))


def range_inverse(cov: Any) -> Any:
    """The pseudo-inverse of a covariance, whose small eigenvalues count as SciPy counts them.

    >>> print(range_inverse(np.diag([4.0, 0.0])))
    [[0.25 0.  ]
     [0.   0.  ]]
    """
    return np.linalg.pinv(cov, 2.220446049250313e-10)


def range_slope(z: Any, gaps: Any, inverse: Any) -> Any:
    """The cotangent of cov along its range where z is that of the logarithm of the normal density.

    >>> print(range_slope(1.0, np.array([2.0]), np.array([[0.25]])))
    [[0.]]
    """
    rows = np.atleast_2d(gaps @ inverse)
    weights = np.reshape(z, (-1, 1))
    return 0.5 * ((rows * weights).T @ rows - np.sum(weights) * inverse)


def range_along(cov_dot: Any, gaps: Any, inverse: Any) -> Any:
    """The tangent of the logarithm of the normal density where cov_dot is that of cov, along its range.

    >>> print(range_along(np.array([[1.0]]), np.array([2.0]), np.array([[0.25]])))
    0.0
    """
    rows = gaps @ inverse
    return 0.5 * (np.sum((rows @ cov_dot) * rows, axis=-1) - np.sum(inverse * cov_dot))


def dirichlet_slope(x: Any, alpha: Any) -> Any:
    """The derivative of the logarithm of the Dirichlet density in x; the last share may be left out of x.

    A share of 0 has the derivative 0 where its exponent is 0, else inf.

    >>> print(dirichlet_slope(np.array([0.25]), np.array([2.0, 3.0])))
    [1.33333333]
    """
    shares = np.append(x, 1.0 - np.sum(x))[: len(alpha)]
    inner = (alpha - 1.0) / np.where(shares == 0, 1.0, shares)
    rates = np.where(shares == 0, np.where(alpha == 1, 0.0, np.inf), inner)
    return rates[:-1] - rates[-1] if len(x) < len(alpha) else rates


def along_slopes(g: Any, slopes: Any) -> Any:
    """The cotangent of x where g are those of several results, None for one that is not used, with these
    slopes.

    >>> print(along_slopes((None, 2.0), (1.0, 3.0)))
    6.0
    """
    total = 0.0
    for k in range(len(slopes)):
        if g[k] is not None:
            total = total + g[k] * slopes[k]
    return total


def signed_shares(z: Any, a: Any, b: Any, total: Any, sign: Any, axis: Any, keepdims: bool) -> Any:
    """The cotangent of the products b*exp(a), over exp(a), where z is that of the logarithm of their sum.

    >>> print(signed_shares(1.0, np.zeros(2), np.array([1.0, -3.0]), np.log(2.0), -1.0, None, False))
    [-0.5 -0.5]
    """
    if z is None:
        return 0.0 * (a + b)
    weight = z * sign
    if axis is not None and not keepdims:
        weight, total = np.expand_dims(weight, axis), np.expand_dims(total, axis)
    return weight * np.exp(a - total) + 0.0 * b


def damped(p: Any, y: Any) -> Any:
    """The product p*y, 0 where p is 0: a density goes to 0 faster than y grows.

    >>> print(damped(np.array([0.0, 2.0]), np.array([np.inf, 3.0])))
    [0. 6.]
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.equal(p, 0.0), 0.0, p * y)[()]


def density_ratio(log_density: Any, log: Any) -> Any:
    """exp(log_density - log), 0 where there is no density: outside of the support and at infinity.

    >>> print(density_ratio(np.array([-np.inf, 1.0]), np.array([-np.inf, 1.0])))
    [0. 1.]
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(np.isneginf(log_density), 0.0, np.exp(log_density - log))[()]


def refused(why: str) -> Any:
    """What stands in a formula for an option that it does not take; a call that comes to it is refused.

    >>> refused("no such method")
    Traceback (most recent call last):
    NotImplementedError: no such method
    """
    raise NotImplementedError(why)
