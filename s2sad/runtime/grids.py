"""Helpers of generated texts for interpolation on regular grids, as scipy.ndimage does it.

Accepted are arrays of real numbers; nothing is written to, and a result shares memory with no argument.
Coordinates stand along the first axis. The functions are written in the language that s2sad reads.

    y = scipy.ndimage.map_coordinates(x, c, order=1)     x_bar = map_back(y_bar, x, c, 1, "constant", True)

A point is a weighted sum over the corners of its cell, `order + 1` along each axis; corner 5 of a cell of
order 2 has the digits 2 and 1. Splines of order 2 or more weigh coefficients, which SciPy's spline_filter
makes of the array; for the mode "nearest" it pads the array by 12 elements before.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def grid_base(c: Any, n: int, order: int, mode: str) -> Any:
    """The first grid point of the cell of each coordinate along an axis of length n.

    >>> print(grid_base(np.array([0.4, 2.0]), 3, 1, "constant"))
    [0. 1.]
    """
    if order == 0:
        return np.floor(c + 0.5)
    if order > 1:
        return np.floor(c + 0.5 * (1 - order % 2)) - order // 2
    return np.clip(np.floor(c), 0, max(n - 2, 0)) if mode == "constant" else np.floor(c)


def grid_places(c: Any, shape: Any, corner: int, order: int, mode: str) -> Any:
    """The place in the raveled array of one corner of the cell of each point.

    >>> print(grid_places(np.array([[0.4, 1.7]]), (3,), 1, 1, "nearest"))
    [1 2]
    """
    flat = np.zeros(np.shape(c)[1:], int)
    for j, n in enumerate(shape):
        i = grid_base(c[j], n, order, mode).astype(int) + corner // (order + 1) ** j % (order + 1)
        if mode == "mirror" or (order > 1 and mode == "constant"):
            i = i % max(2 * n - 2, 1)
            i = np.minimum(i, np.maximum(2 * n - 2 - i, 0))
        elif mode in ("reflect", "grid-mirror"):
            i = i % (2 * n)
            i = np.minimum(i, 2 * n - 1 - i)
        elif mode == "grid-wrap":
            i = i % n
        flat = flat * n + np.clip(i, 0, n - 1)
    return flat


def grid_inside(c: Any, shape: Any, corner: int, order: int, mode: str) -> Any:
    """Where one corner of the cell is an element of the array, as 1.0.

    >>> print(grid_inside(np.array([[-0.4, 1.7]]), (3,), 0, 1, "constant"))
    [0. 1.]
    """
    made = np.ones(np.shape(c)[1:])
    for j, n in enumerate(shape):
        if mode == "constant":
            made = made * np.where((c[j] >= 0) & (c[j] <= n - 1), 1.0, 0.0)
        elif mode == "grid-constant":
            i = grid_base(c[j], n, order, mode) + corner // (order + 1) ** j % (order + 1)
            made = made * np.where((i >= 0) & (i < n), 1.0, 0.0)
    return made


def grid_bell(t: Any, order: int) -> Any:
    """The cardinal B-spline of an order at t, as a sum of powers.

    >>> print(grid_bell(np.array([0.0, 0.5, 1.0, 2.0]), 3)*48)
    [32. 23.  8.  0.]
    """
    total, weight = np.zeros(np.shape(t)), 1.0
    for k in range(order + 2):
        total = total + weight * np.maximum((order + 1) / 2 - k - np.abs(t), 0.0) ** order
        weight = weight * (k - order - 1) / (k + 1)
    for k in range(order):
        total = total / (k + 1)
    return total


def grid_weight(c: Any, shape: Any, corner: int, skip: int, order: int, mode: str) -> Any:
    """The weight of one corner of the cell; along axis `skip`, its derivative, or 1 for order 1.

    >>> print(grid_weight(np.array([[0.25]]), (3,), 1, -1, 1, "constant"))
    [0.25]
    """
    made = np.ones(np.shape(c)[1:])
    for j in range(len(shape)):
        part = c[j] - grid_base(c[j], shape[j], order, mode)
        if order > 1:
            part = part - corner // (order + 1) ** j % (order + 1)
            if j == skip:
                made = made * (grid_bell(part + 0.5, order - 1) - grid_bell(part - 0.5, order - 1))
            else:
                made = made * grid_bell(part, order)
        elif order == 1 and j != skip:
            made = made * (part if (corner >> j) & 1 else 1.0 - part)
    return made


def map_back(z: Any, x: Any, c: Any, order: int, mode: str, prefilter: bool) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.map_coordinates(x, c, None, order, mode).

    >>> print(map_back(np.array([1.0]), np.zeros(3), np.array([[0.25]]), 1, "constant", True))
    [0.75 0.25 0.  ]
    """
    pad = 12 if order > 1 and prefilter and mode == "nearest" else 0
    shape = tuple([n + 2 * pad for n in np.shape(x)])
    total = np.zeros(math.prod(shape))
    for corner in range((order + 1) ** np.ndim(x)):
        weight = grid_weight(c + pad, shape, corner, -1, order, mode)
        weight = weight * grid_inside(c + pad, shape, corner, order, mode)
        np.add.at(total, grid_places(c + pad, shape, corner, order, mode), z * weight)
    if order < 2 or not prefilter:
        return np.reshape(total, shape)
    made = spline_filter_back(np.reshape(total, shape), order, mode)
    return edge_back(made, pad) if pad else made


def edge_back(z: Any, pad: int) -> Any:
    """The cotangent of x where z is that of np.pad(x, pad, "edge").

    >>> print(edge_back(np.arange(4.0), 1))
    [1. 5.]
    """
    for axis in range(np.ndim(z)):
        z = np.moveaxis(z, axis, 0)
        first, last = np.sum(z[: pad + 1], axis=0), np.sum(z[len(z) - pad - 1 :], axis=0)
        if len(z) == 2 * pad + 1:
            inner = np.sum(z, axis=0)[None]
        else:
            inner = np.concatenate((first[None], z[pad + 1 : len(z) - pad - 1], last[None]))
        z = np.moveaxis(inner, 0, axis)
    return z


def map_slope(z: Any, x: Any, c: Any, order: int, mode: str, cval: Any, prefilter: bool) -> Any:
    """The cotangent of c where z is that of scipy.ndimage.map_coordinates(x, c, None, order, mode, cval).

    >>> print(map_slope(np.array([1.0]), np.array([1.0, 3.0]), np.array([[0.25]]), 1, "constant", 0.0, True))
    [[2.]]
    """
    import scipy.ndimage

    pad = 12 if order > 1 and prefilter and mode == "nearest" else 0
    c = c + pad
    if order > 1 and prefilter:
        x = scipy.ndimage.spline_filter(np.pad(x, pad, "edge") if pad else x, order, mode=mode)
    rows = []
    for j in range(np.ndim(x)):
        row = np.zeros(np.shape(c)[1:])
        for corner in range((order + 1) ** np.ndim(x) if order else 0):
            inside = grid_inside(c, np.shape(x), corner, order, mode)
            value = np.ravel(x)[grid_places(c, np.shape(x), corner, order, mode)] * inside
            if mode == "grid-constant":
                value = value + cval * (1.0 - inside)
            sign = 1.0 if order > 1 or (corner >> j) & 1 else -1.0
            row = row + sign * value * grid_weight(c, np.shape(x), corner, j, order, mode)
        rows.append(z * row)
    return np.stack(rows)


def affine_grid(shape: Any, matrix: Any, offset: Any) -> Any:
    """The coordinates matrix @ i + offset of each point i of a grid; a vector stands for a diagonal matrix.

    >>> print(affine_grid((3,), np.array([2.0]), np.array([1.0])))
    [[1. 3. 5.]]
    """
    points = 1.0 * np.indices(shape)
    flat = np.reshape(points, (len(shape), -1))
    moved = matrix[:, None] * flat if np.ndim(matrix) == 1 else matrix @ flat
    return np.reshape(moved + np.reshape(offset + np.zeros(len(shape)), (-1, 1)), np.shape(points))


def affine_matrix_back(z: Any, matrix: Any) -> Any:
    """The cotangent of the matrix where z is that of affine_grid(shape, matrix, offset).

    >>> print(affine_matrix_back(np.array([[1.0, 3.0]]), np.eye(1)))
    [[3.]]
    """
    shape = np.shape(z)[1:]
    flat = np.reshape(affine_grid(shape, np.ones(len(shape)), 0.0), (len(shape), -1))
    if np.ndim(matrix) == 1:
        return np.sum(np.reshape(z, (len(shape), -1)) * flat, axis=1)
    return np.reshape(z, (len(shape), -1)) @ flat.T


def spline_line_back(z: Any, order: int, axis: int, mode: str) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.spline_filter1d(x, order, axis, mode=mode).

    The filter is its own transpose if the border repeats the last elements, up to a factor 1/2 of these if it
    mirrors them; but for "reflect" SciPy's is exact only if the line is long.

    >>> print(spline_line_back(np.array([1.0, 0.0]), 3, 0, "mirror"))
    [ 2. -1.]
    """
    import scipy.ndimage

    n = np.shape(z)[axis]
    if order < 2 or n < 2:
        return 1.0 * z
    if mode in ("reflect", "nearest", "grid-mirror") and n < 48:
        lines = scipy.ndimage.spline_filter1d(np.eye(n), order, 1, mode=mode)
        return np.moveaxis(np.moveaxis(z, axis, -1) @ lines.T, -1, axis)
    if mode in ("reflect", "nearest", "grid-mirror", "grid-wrap"):
        return scipy.ndimage.spline_filter1d(z, order, axis, mode=mode)
    halves = np.ones(n)
    halves[0] = halves[-1] = 0.5
    halves = halves.reshape([-1 if k == axis % np.ndim(z) else 1 for k in range(np.ndim(z))])
    return halves * scipy.ndimage.spline_filter1d(z / halves, order, axis, mode=mode)


def spline_filter_back(z: Any, order: int, mode: str) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.spline_filter(x, order, mode=mode).

    >>> print(spline_filter_back(np.array([1.0, 0.0]), 3, "mirror"))
    [ 2. -1.]
    """
    z = 1.0 * z
    for axis in range(np.ndim(z)):
        z = spline_line_back(z, order, axis, mode)
    return z
