"""Helpers of generated texts for Fourier transforms: the transposes of what real transforms leave out.

Accepted are NumPy arrays; nothing is written to. A transform of real numbers keeps half of a spectrum
whose other half is its conjugate, so that all frequencies but the first, and for an even number of
points the last, stand for two.

    y = np.fft.rfft(x)      x_bar = np.fft.irfft(halved(y_bar, n, -1), n, norm="forward")
"""

from __future__ import annotations

from typing import Any

import numpy as np


def halved(z: Any, n: Any, axis: Any) -> Any:
    """Half of the frequencies along axis that stand for two in the half spectrum of n points.

    >>> print(halved(np.ones(3), 4, -1), halved(np.ones(3), 5, -1))
    [1.  0.5 1. ] [1.  0.5 0.5]
    """
    return z / np.reshape(
        multiplicity(np.shape(z)[axis], n), (-1,) + (1,) * (-1 - axis % np.ndim(z) + np.ndim(z))
    )


def doubled(z: Any, n: Any, axis: Any) -> Any:
    """Twice the frequencies along axis that stand for two in the half spectrum of n points.

    >>> print(doubled(np.ones(3), 4, -1), doubled(np.ones(3), 5, -1))
    [1. 2. 1.] [1. 2. 2.]
    """
    return z * np.reshape(
        multiplicity(np.shape(z)[axis], n), (-1,) + (1,) * (-1 - axis % np.ndim(z) + np.ndim(z))
    )


def multiplicity(length: int, n: int) -> Any:
    """How many frequencies of n points each of the first `length` stands for in a half spectrum.

    >>> print(multiplicity(3, 4))
    [1. 2. 1.]
    """
    made = np.full(length, 2.0, np.float32)  # so that complex64 stays
    made[0] = 1.0
    if n % 2 == 0:
        made[n // 2 :] = 1.0
    return made


def all_axes(z: Any) -> tuple[int, ...]:
    """The numbers of all axes.

    >>> all_axes(np.zeros((2, 3)))
    (0, 1)
    """
    return tuple(range(np.ndim(z)))


def resized(z: Any, shape: Any) -> Any:
    """z cut, or filled with zeros at the ends of its axes, to a shape; z itself where it has that shape.

    >>> print(resized(np.array([1.0, 2.0]), (3,)), resized(np.array([1.0, 2.0]), (1,)))
    [1. 2. 0.] [1.]
    """
    if np.shape(z) == tuple(shape):
        return z
    made = np.zeros(shape, z.dtype)
    common = tuple(slice(min(p, q)) for p, q in zip(np.shape(z), shape, strict=True))
    made[common] = z[common]
    return made


def first_scaled(z: Any, factor: Any, place: Any, axis: Any) -> Any:
    """z with its element at a place along axis multiplied by a factor.

    >>> print(first_scaled(np.ones(3), 2.0, 0, -1))
    [2. 1. 1.]
    """
    scale = np.ones(np.shape(z)[axis], z.dtype)
    scale[place] = factor
    return z * np.reshape(scale, (-1,) + (1,) * (np.ndim(z) - 1 - axis % np.ndim(z)))
