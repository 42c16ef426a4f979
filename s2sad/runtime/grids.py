"""Helpers of generated texts for interpolation on regular grids, as scipy.ndimage does it with order 0 or 1.

Accepted are arrays of real numbers; nothing is written to, and a result shares memory with no argument.
Coordinates stand along the first axis. The functions are written in the language that s2sad reads.

    y = scipy.ndimage.map_coordinates(x, c, order=1)     x_bar = map_back(y_bar, x, c, 1, "constant")
"""

from __future__ import annotations

from typing import Any

import numpy as np


def grid_base(c: Any, n: int, order: int, mode: str) -> Any:
    """The grid point below each coordinate along an axis of length n; for order 0, the one next to it.

    >>> print(grid_base(np.array([0.4, 2.0]), 3, 1, "constant"))
    [0. 1.]
    """
    if order == 0:
        return np.floor(c + 0.5)
    return np.clip(np.floor(c), 0, max(n - 2, 0)) if mode == "constant" else np.floor(c)


def grid_places(c: Any, shape: Any, corner: int, order: int, mode: str) -> Any:
    """The place in the raveled array of one corner of the cell of each point.

    >>> print(grid_places(np.array([[0.4, 1.7]]), (3,), 1, 1, "nearest"))
    [1 2]
    """
    flat = np.zeros(np.shape(c)[1:], int)
    for j, n in enumerate(shape):
        i = grid_base(c[j], n, order, mode).astype(int) + ((corner >> j) & 1)
        if mode == "mirror":
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
            i = grid_base(c[j], n, order, mode) + ((corner >> j) & 1)
            made = made * np.where((i >= 0) & (i < n), 1.0, 0.0)
    return made


def grid_weight(c: Any, shape: Any, corner: int, skip: int, order: int, mode: str) -> Any:
    """The weight of one corner of the cell, without the factor of axis `skip`.

    >>> print(grid_weight(np.array([[0.25]]), (3,), 1, -1, 1, "constant"))
    [0.25]
    """
    made = np.ones(np.shape(c)[1:])
    for j in range(len(shape)):
        if order == 1 and j != skip:
            part = c[j] - grid_base(c[j], shape[j], order, mode)
            made = made * (part if (corner >> j) & 1 else 1.0 - part)
    return made


def map_back(z: Any, x: Any, c: Any, order: int, mode: str) -> Any:
    """The cotangent of x where z is that of scipy.ndimage.map_coordinates(x, c, None, order, mode).

    >>> print(map_back(np.array([1.0]), np.zeros(3), np.array([[0.25]]), 1, "constant"))
    [0.75 0.25 0.  ]
    """
    total = np.zeros(np.size(x))
    for corner in range(2 ** (np.ndim(x) * order)):
        weight = grid_weight(c, np.shape(x), corner, -1, order, mode)
        weight = weight * grid_inside(c, np.shape(x), corner, order, mode)
        np.add.at(total, grid_places(c, np.shape(x), corner, order, mode), z * weight)
    return np.reshape(total, np.shape(x))


def map_slope(z: Any, x: Any, c: Any, order: int, mode: str, cval: Any) -> Any:
    """The cotangent of c where z is that of scipy.ndimage.map_coordinates(x, c, None, order, mode, cval).

    >>> print(map_slope(np.array([1.0]), np.array([1.0, 3.0]), np.array([[0.25]]), 1, "constant", 0.0))
    [[2.]]
    """
    rows = []
    for j in range(np.ndim(x)):
        row = np.zeros(np.shape(c)[1:])
        for corner in range(2 ** (np.ndim(x) * order) if order else 0):
            inside = grid_inside(c, np.shape(x), corner, order, mode)
            value = np.ravel(x)[grid_places(c, np.shape(x), corner, order, mode)] * inside
            if mode == "grid-constant":
                value = value + cval * (1.0 - inside)
            sign = 1.0 if (corner >> j) & 1 else -1.0
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
