"""Helpers of generated texts for splines of scipy.interpolate through given points.

Accepted are vectors of knots and of values, and points of any shape; nothing is written to, and a result
shares memory with no argument. SciPy is imported when a helper is called.

    z = scipy.interpolate.CubicSpline(x, y)(p)     y_bar = spline_back(z_bar, x, y, p, 0, "cubic",
    "not-a-knot")
"""

from __future__ import annotations

from typing import Any

import numpy as np


def spline_at(x: Any, y: Any, p: Any, nu: int, how: str, order: Any) -> Any:
    """The nu-th derivative at p of the curve through y at the knots x.

    `how` is "cubic" for CubicSpline with the ends `order`, "spline" for make_interp_spline of that degree,
    "basis" for BSpline with the coefficients y, else "akima".

    >>> print(spline_at(np.arange(4.0), np.arange(4.0)**2, np.array([1.5]), 0, "cubic", "not-a-knot"))
    [2.25]
    """
    import scipy.interpolate

    if how == "cubic":
        return scipy.interpolate.CubicSpline(x, y, 0, order)(p, nu)
    if how == "spline":
        return scipy.interpolate.make_interp_spline(x, y, order)(p, nu)
    if how == "basis":
        return scipy.interpolate.BSpline(x, y, order)(p, nu)
    return scipy.interpolate.Akima1DInterpolator(x, y)(p, nu)


def spline_back(z: Any, x: Any, y: Any, p: Any, nu: int, how: str, order: Any) -> Any:
    """The cotangent of y where z is that of spline_at(x, y, p, nu, how, order), of a curve that is linear
    in y.

    >>> print(spline_back(np.array([1.0]), np.arange(2.0), np.zeros(2), np.array([0.25]), 0, "spline", 1))
    [0.75 0.25]
    """
    weights = spline_at(x, np.eye(len(y)), np.ravel(p), nu, how, order)
    return weights.T @ np.ravel(z)


def hermite_at(x: Any, y: Any, slopes: Any, p: Any, nu: int) -> Any:
    """The nu-th derivative at p of the piecewise cubic through y at the knots x, with these slopes there.

    >>> print(hermite_at(np.arange(2.0), np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([0.5]), 0))
    [0.25]
    """
    import scipy.interpolate

    return scipy.interpolate.CubicHermiteSpline(x, y, slopes)(p, nu)


def hermite_back(z: Any, x: Any, p: Any, nu: int, which: int) -> Any:
    """The cotangent of y, or of slopes where which is 1, where z is that of hermite_at(x, y, slopes, p, nu).

    >>> print(hermite_back(np.array([1.0]), np.arange(2.0), np.array([0.5]), 0, 1))
    [ 0.125 -0.125]
    """
    import scipy.interpolate

    own = [np.zeros((len(x), len(x))), np.zeros((len(x), len(x)))]
    own[which] = np.eye(len(x))
    return scipy.interpolate.CubicHermiteSpline(x, *own)(np.ravel(p), nu).T @ np.ravel(z)
