"""Helpers of generated texts for distributions of several variables and of matrices.

Accepted are NumPy arrays of real numbers, matrices symmetric; nothing is written to, and a result shares
memory with no argument. The functions are written in the language that s2sad reads.

    z = scipy.stats.multivariate_t.logpdf(x, loc, shape, df)     x_bar = -student_rows(z_bar, x, loc, shape,
    df)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.functions import precise


def student_weight(x: Any, loc: Any, shape: Any, df: Any) -> Any:
    """(df + p)/(df + m) for each point, where m is its squared distance from loc in the metric of shape.

    >>> print(student_weight(np.array([2.0]), np.zeros(1), np.array([[4.0]]), 3.0))
    1.0
    """
    m = np.sum((x - loc) * precise(x, loc, shape), axis=-1)
    return (df + np.size(loc)) / (df + m)


def student_rows(z: Any, x: Any, loc: Any, shape: Any, df: Any) -> Any:
    """The cotangent of loc for each point where z is that of the logarithm of Student's density.

    >>> print(student_rows(1.0, np.array([2.0]), np.zeros(1), np.array([[4.0]]), 3.0))
    [0.5]
    """
    return np.expand_dims(z * student_weight(x, loc, shape, df), -1) * precise(x, loc, shape)


def student_shape(z: Any, x: Any, loc: Any, shape: Any, df: Any) -> Any:
    """The cotangent of shape; symmetric.

    >>> print(student_shape(1.0, np.array([2.0]), np.zeros(1), np.array([[4.0]]), 3.0))
    [[0.]]
    """
    rows = np.atleast_2d(precise(x, loc, shape))
    weights = np.reshape(z * student_weight(x, loc, shape, df), (-1, 1))
    return 0.5 * ((rows * weights).T @ rows - np.sum(z) * np.linalg.inv(shape))


def student_along(shape_dot: Any, x: Any, loc: Any, shape: Any, df: Any) -> Any:
    """The tangent of the logarithm of Student's density where shape_dot is that of shape.

    >>> print(student_along(np.array([[1.0]]), np.array([2.0]), np.zeros(1), np.array([[4.0]]), 3.0))
    0.0
    """
    rows = precise(x, loc, shape)
    along = np.sum((rows @ shape_dot) * rows, axis=-1)
    return 0.5 * (student_weight(x, loc, shape, df) * along - np.trace(np.linalg.solve(shape, shape_dot)))


def student_freedom(x: Any, loc: Any, shape: Any, df: Any) -> Any:
    """The derivative of the logarithm of Student's density in df.

    >>> print(round(float(student_freedom(np.array([0.0]), np.zeros(1), np.eye(1), 2.0)), 12))
    0.05685281944
    """
    import scipy.special

    p = np.size(loc)
    m = np.sum((x - loc) * precise(x, loc, shape), axis=-1)
    gap = scipy.special.digamma(0.5 * (df + p)) - scipy.special.digamma(0.5 * df)
    return 0.5 * (gap - p / df - np.log1p(m / df) + (df + p) * m / (df * (df + m)))


def gamma_rates(a: Any, p: int) -> Any:
    """The derivative of scipy.special.multigammaln(a, p) in a.

    >>> print(round(float(gamma_rates(2.0, 1)), 12))
    0.422784335098
    """
    import scipy.special

    return np.sum(scipy.special.digamma(a - 0.5 * np.arange(p)))


def log_det(a: Any) -> Any:
    """The logarithm of the determinant of a positive definite matrix.

    >>> print(log_det(np.eye(2)))
    0.0
    """
    return np.linalg.slogdet(a)[1]


def wishart_slopes(x: Any, df: Any, scale: Any) -> Any:
    """The derivatives of scipy.stats.wishart.logpdf(x, df, scale) in its arguments.

    >>> print(wishart_slopes(np.eye(1), 3.0, np.eye(1))[0])
    [[0.]]
    """
    p = len(scale)
    inside, outside = np.linalg.inv(x), np.linalg.inv(scale)
    by_x = 0.5 * ((df - p - 1.0) * inside - outside)
    by_df = 0.5 * (log_det(x) - log_det(scale) - p * np.log(2.0) - gamma_rates(0.5 * df, p))
    return by_x, by_df, 0.5 * (outside @ x @ outside - df * outside)


def invwishart_slopes(x: Any, df: Any, scale: Any) -> Any:
    """The derivatives of scipy.stats.invwishart.logpdf(x, df, scale) in its arguments.

    >>> print(invwishart_slopes(np.eye(1), 3.0, np.eye(1))[0])
    [[-2.]]
    """
    p = len(scale)
    inside, outside = np.linalg.inv(x), np.linalg.inv(scale)
    by_x = 0.5 * (inside @ scale @ inside - (df + p + 1.0) * inside)
    by_df = 0.5 * (log_det(scale) - log_det(x) - p * np.log(2.0) - gamma_rates(0.5 * df, p))
    return by_x, by_df, 0.5 * (df * outside - inside)
