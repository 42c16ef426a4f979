"""Helpers of generated texts for series of orthogonal polynomials: their product and its adjoint.

Accepted are arrays of coefficients, of rank 1; nothing is written to. `basis` is a module of numpy.polynomial
with a product that is no convolution: "legendre", "hermite", "hermite_e", "laguerre".

    z = series_product(c, d, n, basis)      c_bar = product_back(z_bar, d, len(c), basis)
"""

from __future__ import annotations

from typing import Any

import numpy as np


def series_product(c: Any, d: Any, n: int, basis: str) -> Any:
    """The first n coefficients of the product of two series, by NumPy's own function.

    >>> print(series_product(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 3, "hermite"))
    [2. 0. 1.]
    """
    import importlib

    module = importlib.import_module("numpy.polynomial." + basis)
    name = {"legendre": "legmul", "hermite": "hermmul", "hermite_e": "hermemul", "laguerre": "lagmul"}[basis]
    return of_length(getattr(module, name)(c, d), n)


def of_length(c: Any, n: int) -> Any:
    """The first n coefficients of a series, zeros beyond its end; may share memory with c.

    >>> print(of_length(np.array([1.0, 2.0]), 3), of_length(np.array([1.0, 2.0]), 1))
    [1. 2. 0.] [1.]
    """
    return c[:n] if len(c) >= n else np.concatenate((c, np.zeros(n - len(c), c.dtype)))


def product_back(z: Any, d: Any, n: int, basis: str) -> Any:
    """The cotangent of c, a series of n coefficients, where z is that of its product with d.

    Element i is the product of d and of the i-th polynomial of the transpose of multiplication by x. Its rows
    are x*P[k] = up[k]*P[k + 1] + middle[k]*P[k] + down[k]*P[k - 1].

    >>> print(product_back(np.array([2.0, 0.0, 1.0]), np.array([0.0, 1.0]), 2, "hermite"))
    [0. 5.]
    """
    k = np.arange(len(d) + n)
    up, middle, down = {
        "legendre": ((k + 1) / (2 * k + 1), 0.0 * k, k / (2 * k + 1)),
        "hermite": (0.5 + 0.0 * k, 0.0 * k, 1.0 * k),
        "hermite_e": (1.0 + 0.0 * k, 0.0 * k, 1.0 * k),
        "laguerre": (-1.0 - k, 2.0 * k + 1.0, -1.0 * k),
    }[basis]
    made = np.empty(n, np.result_type(z, d))
    one = of_length(z, len(d) + n - 1)
    before = np.zeros_like(one)
    for i in range(n):
        made[i] = np.dot(one[: len(d)], d)
        m = len(one) - 1  # of the last coefficient the next one would be needed
        turned = up[:m] * one[1:] + (middle[:m] - middle[i]) * one[:-1]
        turned[1:] += down[1:m] * one[: m - 1]
        one, before = (turned - down[i] * before[:m]) / up[i], one
    return made
