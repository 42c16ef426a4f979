"""Derivatives of functions of scipy.special where their formulas would cancel or be 0*inf.

Helpers of generated texts. Accepted are numbers and arrays; nothing is written to. Formulas: NIST Digital
Library of Mathematical Functions 5.5.3, 7.10.2, 7.12.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def erfcx_slope(x: Any, y: Any) -> Any:
    """The derivative of erfcx, where y is erfcx(x): 2*x*y - 2/sqrt(pi), or its series (DLMF 7.12.1).

    >>> print(erfcx_slope(1e8, 5.641895835477563e-09))
    -5.641895835477562e-17
    """
    if np.iscomplexobj(x):
        return 2.0 * x * y - 1.1283791670955126
    u = (0.7071067811865476 / np.maximum(x, 30.0)) ** 2
    far = -1.1283791670955126 * u * (1.0 - u * (3.0 - u * (15.0 - u * (105.0 - u * 945.0))))
    return np.where(x > 30.0, far, 2.0 * np.minimum(x, 30.0) * y - 1.1283791670955126)[()]


def dawsn_slope(x: Any, y: Any) -> Any:
    """The derivative of dawsn, where y is dawsn(x): 1 - 2*x*y, or its asymptotic series (DLMF 7.12.1).

    >>> print(dawsn_slope(0.0, 0.0))
    1.0
    """
    if np.iscomplexobj(x):
        return 1.0 - 2.0 * x * y
    u = (0.7071067811865476 / np.maximum(np.abs(x), 30.0)) ** 2
    far = -u * (1.0 + u * (3.0 + u * (15.0 + u * (105.0 + u * 945.0))))
    return np.where(np.abs(x) > 30.0, far, 1.0 - 2.0 * np.clip(x, -30.0, 30.0) * y)[()]


def rgamma_slope(x: Any, y: Any) -> Any:
    """The derivative of 1/gamma, where y is 1/gamma(x), by reflection below 1/2 (DLMF 5.5.3); nan below -170.

    >>> print(rgamma_slope(0.0, 0.0))
    1.0
    """
    import scipy.special

    if np.iscomplexobj(x):
        return -y * scipy.special.digamma(x)
    low = np.clip(x, -170.0, 0.5)
    turned = np.cos(np.pi * low) - np.sin(np.pi * low) / np.pi * scipy.special.digamma(1.0 - low)
    below = np.where(x < -170.0, np.nan, turned * scipy.special.gamma(1.0 - low))
    return np.where(x < 0.5, below, -y * scipy.special.digamma(np.clip(x, 0.5, 1e3)))[()]


def kolmogorov_density(y: Any) -> Any:
    """The density of the limit of Kolmogorov's statistic, by the series that is short at y.

    >>> print(round(kolmogorov_density(1.0), 12))
    1.071948558357
    """
    y = np.asarray(y)
    k = np.arange(1, 7)
    inner = np.where(y > 0.7, y, 1.0)[..., None]
    far = 8.0 * inner * k * k * np.exp(-2.0 * k * k * inner * inner)
    odd = 1.2337005501361697 * (2 * k - 1) ** 2
    outer = np.where((y > 0.0) & (y <= 0.7), y, 1.0)[..., None]
    square = 1.0 / (outer * outer)
    near = 2.5066282746310002 * np.exp(-odd * square) * (2.0 * odd * square - 1.0) * square
    both = np.where(y > 0.7, np.sum(np.where(k % 2 == 1, far, -far), axis=-1), np.sum(near, axis=-1))
    return np.where(y > 0.0, both, 0.0)[()]
