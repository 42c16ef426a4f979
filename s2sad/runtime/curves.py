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
    """The nu-th derivative at p of the curve through y at the knots x; the integral from its start for -1.

    `how` is "cubic" for CubicSpline with the ends `order`, "spline" for make_interp_spline of that degree,
    "basis" for BSpline with the coefficients y; a prime behind it stands for a derivative that is a curve.

    >>> print(spline_at(np.arange(4.0), np.arange(4.0)**2, np.array([1.5]), 0, "cubic", "not-a-knot"))
    [2.25]
    >>> print(spline_at(np.arange(4.0), np.arange(4.0)**2, np.array([1.5]), 0, "cubic'", "not-a-knot"))
    [3.]
    """
    import scipy.interpolate

    kind, primes = how.rstrip("'"), how.count("'")
    if kind == "cubic":
        curve = scipy.interpolate.CubicSpline(x, y, 0, order)
    elif kind == "spline":
        curve = scipy.interpolate.make_interp_spline(x, y, order)
    else:
        curve = scipy.interpolate.BSpline(x, y, order)
    if nu < 0:
        return curve.antiderivative()(p)
    if kind != "cubic" and primes + nu > order:
        return np.zeros(np.shape(p) + np.shape(y)[1:])
    return (curve.derivative(primes) if primes else curve)(p, nu)


def spline_between(x: Any, y: Any, a: Any, b: Any, how: str, order: Any) -> Any:
    """The integral from a to b of the curve of `spline_at`.

    >>> print(spline_between(np.arange(4.0), np.arange(4.0)**2, 0.0, 3.0, "cubic", "not-a-knot"))
    9.0
    """
    import scipy.interpolate

    if how == "cubic":
        return scipy.interpolate.CubicSpline(x, y, 0, order).integrate(a, b)
    if how == "spline":
        return scipy.interpolate.make_interp_spline(x, y, order).integrate(a, b)
    return scipy.interpolate.BSpline(x, y, order).integrate(a, b)


def spline_back(z: Any, x: Any, y: Any, p: Any, nu: int, how: str, order: Any) -> Any:
    """The cotangent of y where z is that of spline_at(x, y, p, nu, how, order), of a curve that is linear
    in y.

    >>> print(spline_back(np.array([1.0]), np.arange(2.0), np.zeros(2), np.array([0.25]), 0, "spline", 1))
    [0.75 0.25]
    """
    import scipy.sparse
    import scipy.sparse.linalg

    shape = np.shape(y)
    flat, z = np.ravel(p), np.reshape(z, (-1, *shape[1:]))
    if nu < 0:
        return spline_at(x, np.eye(len(y)), flat, nu, how, order).T @ z
    nu, how = nu + how.count("'"), how.rstrip("'")
    if how == "basis":
        return basis_matrix(x, flat, nu, order).T @ z
    if order == 0 or len(x) < 4:
        return spline_at(x, np.eye(len(y)), flat, nu, how, order).T @ z
    if how == "spline" or order == "not-a-knot":
        k = order if how == "spline" else 3
        made = spline_fit_back(basis_matrix(spline_knots(x, k), flat, nu, k).T @ z, x, k)
        return np.reshape(made, shape)
    knots = np.concatenate((np.full(3, x[0]), x, np.full(3, x[-1])))
    end = 2 if order == "natural" else 1
    ends = [basis_matrix(knots, np.asarray(x)[[k]], end, 3) for k in (0, -1)]
    places = scipy.sparse.vstack([ends[0], basis_matrix(knots, x, 0, 3), ends[1]])
    made = scipy.sparse.linalg.spsolve(places.T.tocsc(), basis_matrix(knots, flat, nu, 3).T @ z)[1:-1]
    return np.reshape(made, shape)


def hermite_at(x: Any, y: Any, slopes: Any, p: Any, nu: int, made: int = 0) -> Any:
    """The nu-th derivative at p of the piecewise cubic through y at the knots x, with these slopes there.

    That is of the curve that is its derivative of the order `made`.

    >>> print(hermite_at(np.arange(2.0), np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([0.5]), 0))
    [0.25]
    """
    import scipy.interpolate

    curve = scipy.interpolate.CubicHermiteSpline(x, y, slopes)
    return (curve.derivative(made) if made else curve)(p, nu)


def hermite_back(z: Any, x: Any, p: Any, nu: int, which: int) -> Any:
    """The cotangent of y, or of slopes where which is 1, where z is that of hermite_at(x, y, slopes, p, nu).

    >>> print(hermite_back(np.array([1.0]), np.arange(2.0), np.array([0.5]), 0, 1))
    [ 0.125 -0.125]
    """
    powers = (
        [[1.0, 0.0, -3.0, 2.0], [0.0, 0.0, 3.0, -2.0]]
        if which == 0
        else [[0.0, 1.0, -2.0, 1.0], [0.0, 0.0, -1.0, 1.0]]
    )
    flat = np.ravel(p)
    below = np.clip(np.searchsorted(x, flat, side="right") - 1, 0, len(x) - 2)
    width = x[below + 1] - x[below]
    rate = np.ravel(z) * width ** (float(which) - nu)
    total = np.zeros(len(x))
    for k in (0, 1):
        slopes = np.polynomial.polynomial.polyder(powers[k], nu)
        share = np.polynomial.polynomial.polyval((flat - x[below]) / width, slopes)
        np.add.at(total, below + k, rate * share)
    return total


# --------------------------------------------------------------------------------------- sums of B-splines


def spline_knots(x: Any, k: int) -> Any:
    """The knots of a spline of degree k that SciPy puts through values at x.

    >>> print(spline_knots(np.arange(5.0), 3))
    [0. 0. 0. 0. 2. 4. 4. 4. 4.]
    """
    x = np.asarray(x, dtype=float)
    half = (k + 1) // 2
    inner = x[half : len(x) - half] if k % 2 else ((x[1:] + x[:-1]) / 2)[half : len(x) - 1 - half]
    return np.concatenate((np.full(k + 1, x[0]), inner, np.full(k + 1, x[-1])))


def basis_matrix(t: Any, p: Any, nu: int, k: int) -> Any:
    """The nu-th derivatives of the B-splines of degree k to the knots t at points p, as a sparse matrix.

    >>> print(basis_matrix(spline_knots(np.arange(3.0), 1), np.array([0.25]), 0, 1).toarray())
    [[0.75 0.25 0.  ]]
    """
    import scipy.interpolate
    import scipy.sparse

    size, t = len(t) - k - 1, np.asarray(t, dtype=float)
    if nu > k:
        return scipy.sparse.csr_array((len(p), size))
    made = scipy.sparse.csr_array(
        scipy.interpolate.BSpline.design_matrix(p, t[nu : len(t) - nu], k - nu, extrapolate=True)
    )
    for j in range(nu - 1, -1, -1):  # from degree k - j to the one below
        n = size - j
        width = t[k + 1 : k + n] - t[j + 1 : j + n]
        rate = np.where(width == 0, 0.0, (k - j) / np.where(width == 0, 1.0, width))
        made = made @ scipy.sparse.diags_array([-rate, rate], offsets=[0, 1], shape=(n - 1, n))
    return made


def spline_value(t: Any, c: Any, p: Any, nu: int, k: int, ext: Any) -> Any:
    """scipy.interpolate.splev(p, (t, c, k), nu, ext), and 0 for derivatives beyond the degree.

    >>> knots, c = spline_knots(np.arange(3.0), 1), np.array([1.0, 3.0, 3.0])
    >>> print(spline_value(knots, c, np.array([0.5]), 0, 1, 0))
    [2.]
    """
    import scipy.interpolate

    if np.ndim(c) != 1:
        raise ValueError("a spline of several curves; evaluate each")
    if nu > k:
        return np.zeros(np.shape(p))
    return scipy.interpolate.splev(p, (t, c, k), nu, {"extrapolate": 0, "zeros": 1, "raise": 2}.get(ext, ext))


def basis_back(z: Any, t: Any, c: Any, p: Any, nu: int, k: int, ext: Any) -> Any:
    """The cotangent of c where z is that of spline_value(t, c, p, nu, k, ext).

    >>> knots = spline_knots(np.arange(3.0), 1)
    >>> print(basis_back(np.array([1.0]), knots, np.zeros(5), np.array([0.25]), 0, 1, 0))
    [0.75 0.25 0.   0.   0.  ]
    """
    flat, z = np.ravel(p), np.ravel(z)
    if ext in (1, "zeros"):
        z = np.where((flat < t[k]) | (flat > t[len(t) - k - 1]), 0.0, z)
    made = basis_matrix(t, flat, nu, k).T @ z
    return np.concatenate((made, np.zeros(len(c) - len(made))))


def spline_fit(x: Any, y: Any, k: int) -> Any:
    """The coefficients of the spline of degree k through y at x, as splrep gives them for s=0.

    >>> print(spline_fit(np.arange(3.0), np.array([1.0, 3.0, 2.0]), 1))
    [1. 3. 2. 0. 0.]
    """
    import scipy.interpolate

    return scipy.interpolate.splrep(x, y, k=k, s=0)[1]


def spline_fit_back(z: Any, x: Any, k: int) -> Any:
    """The cotangent of y where z is that of spline_fit(x, y, k).

    >>> print(spline_fit_back(np.array([1.0, 3.0, 2.0, 0.0, 0.0]), np.arange(3.0), 1))
    [1. 3. 2.]
    """
    import scipy.sparse.linalg

    places = basis_matrix(spline_knots(x, k), x, 0, k)
    return scipy.sparse.linalg.spsolve(places.T.tocsc(), z[: len(x)])


def spline_least(x: Any, y: Any, t: Any, w: Any, k: int, how: str) -> Any:
    """The coefficients of the spline of degree k with the knots t that is closest to y at x.

    `how` is "fitpack" for LSQUnivariateSpline, else make_lsq_spline.

    >>> knots = spline_knots(np.arange(3.0), 1)
    >>> print(spline_least(np.arange(3.0), np.array([1.0, 3.0, 2.0]), knots, np.ones(3), 1, "").round(9))
    [1. 3. 2.]
    """
    import scipy.interpolate

    if how == "fitpack":
        return scipy.interpolate.LSQUnivariateSpline(x, y, t[k + 1 : len(t) - k - 1], w, k=k).get_coeffs()
    return scipy.interpolate.make_lsq_spline(x, y, t, k, w).c


def spline_least_back(z: Any, x: Any, t: Any, w: Any, k: int) -> Any:
    """The cotangent of y where z is that of spline_least(x, y, t, w, k, how).

    >>> knots = spline_knots(np.arange(3.0), 1)
    >>> print(spline_least_back(np.array([1.0, 3.0, 2.0]), np.arange(3.0), knots, np.ones(3), 1).round(9))
    [1. 3. 2.]
    """
    import scipy.sparse
    import scipy.sparse.linalg

    weights = scipy.sparse.diags_array(np.ones(len(x)) if w is None else np.asarray(w) ** 2)
    places = basis_matrix(t, x, 0, k)
    return weights @ (places @ scipy.sparse.linalg.spsolve((places.T @ weights @ places).tocsc(), z))


# ----------------------------------------------------------------------------------------- polynomials


def polynomial_at(x: Any, y: Any, p: Any, nu: int, how: str) -> Any:
    """The nu-th derivative at p of the polynomial through y at x, by "KroghInterpolator", ...

    >>> print(polynomial_at(np.arange(3.0), np.arange(3.0)**2, np.array([1.5]), 0, "KroghInterpolator"))
    [2.25]
    """
    import scipy.interpolate

    if nu > 20:  # SciPy's recurrence costs memory for each
        raise ValueError("a derivative of this order of a polynomial through points")
    curve = getattr(scipy.interpolate, how)(x, y)
    return curve(p) if nu == 0 else curve.derivative(p, nu)


def polynomial_back(z: Any, x: Any, y: Any, p: Any, nu: int, how: str) -> Any:
    """The cotangent of y where z is that of polynomial_at(x, y, p, nu, how).

    >>> p, x = np.array([0.25]), np.arange(2.0)
    >>> print(polynomial_back(np.array([1.0]), x, np.zeros(2), p, 0, "KroghInterpolator"))
    [0.75 0.25]
    """
    return polynomial_at(x, np.eye(len(y)), np.ravel(p), nu, how).T @ np.ravel(z)


def surface_slope(f: Any, x: Any, y: Any, dx: int, dy: int, mx: int, my: int) -> Any:
    """A derivative at pairs of points of the derivative (dx, dy) of a spline of two variables.

    It is by x mx times and by y my times, and 0 beyond the ends, where SciPy takes the nearest point.

    >>> import scipy.interpolate
    >>> f = scipy.interpolate.RectBivariateSpline([0.0, 1.0], [0.0, 1.0], np.diag([0.0, 3.0]), kx=1, ky=1)
    >>> print(surface_slope(f, np.array([0.5, 2.0]), np.array([0.5, 0.5]), 0, 0, 1, 0))
    [1.5 0. ]
    """
    (tx, ty, c), (kx, ky) = f.tck, f.degrees
    x, y = np.broadcast_arrays(x, y)
    if dx + mx < kx and dy + my < ky:
        made = f(x, y, dx=dx + mx, dy=dy + my, grid=False)
    else:
        shape = (len(tx) - kx - 1, len(ty) - ky - 1)
        rows = basis_matrix(tx, np.clip(np.ravel(x), tx[0], tx[-1]), dx + mx, kx)
        columns = basis_matrix(ty, np.clip(np.ravel(y), ty[0], ty[-1]), dy + my, ky)
        made = np.reshape(np.sum((rows @ np.reshape(c, shape)) * columns.toarray(), axis=1), x.shape)
    beyond = np.zeros(x.shape, bool)
    for points, knots, times in ((x, tx, mx), (y, ty, my)):
        if times:
            beyond = beyond | (points < knots[0]) | (points > knots[-1])
    return np.where(beyond, 0.0, made)


# ------------------------------------------------------------------------------------------ scattered points


def simplices_at(tri: Any, xi: Any) -> Any:
    """The simplex of a Delaunay triangulation that each point is in, its corners, and where it lies.

    The simplex is -1 outside; the rows of the last result take a point to its barycentric coordinates.

    >>> import scipy.spatial
    >>> tri = scipy.spatial.Delaunay([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> place, corners, maps = simplices_at(tri, np.array([[0.2, 0.2], [2.0, 2.0]]))
    >>> print(place, corners.shape, maps.shape)
    [ 0 -1] (2, 3) (2, 3, 2)
    """
    place = tri.find_simplex(xi)
    return place, tri.simplices[place], tri.transform[place]


def nearest_places(points: Any, xi: Any) -> Any:
    """Which of the points is nearest to each of xi.

    >>> print(nearest_places(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[0.8, 0.3]])))
    [1]
    """
    import scipy.spatial

    return scipy.spatial.cKDTree(points).query(xi)[1]
