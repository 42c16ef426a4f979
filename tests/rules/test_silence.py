"""Derivatives are silent where the function is: nan, inf, zeros, ties and the ends of the range of floats.

Every program below is run on every argument under `-W error`; what NumPy itself warns about is left out.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from support import load

NAN, INF = np.nan, np.inf
PROGRAMS = """
np.max(x)
np.min(x)
x.max(axis=-1)
np.max(x, axis=0, keepdims=True)
np.max(x, initial=0.5)
np.nanmax(x)
np.nanmin(x, axis=-1)
np.fmax.reduce(x)
np.maximum.accumulate(x)
np.ptp(x)
np.std(x)
np.var(x)
np.std(x, axis=0)
np.std(x, ddof=1)
np.std(x, where=x > -9.0)
np.nanstd(x)
np.nanvar(x)
np.mean(x)
np.nanmean(x)
np.mean(x, where=x > -9.0)
np.average(x, weights=np.abs(x))
np.median(x)
np.median(x, axis=-1)
np.nanmedian(x)
np.quantile(x, 0.3)
np.percentile(x, [30, 60])
np.nanquantile(x, 0.3)
np.prod(x)
np.prod(x, axis=-1)
np.nanprod(x)
np.cumprod(x)
np.nancumprod(x)
np.logaddexp.reduce(x)
np.logaddexp.accumulate(x)
np.logaddexp(x, 0.3*x)
np.logaddexp2(x, x)
np.hypot.reduce(x)
np.hypot(x, x)
np.linalg.norm(x)
np.linalg.norm(x, axis=-1)
np.linalg.norm(x, 1)
np.linalg.norm(x, np.inf)
np.linalg.norm(x, 3, axis=-1)
np.mod(1.5, x)
np.reciprocal(x)
np.gradient(x)
np.interp(x, [0.0, 1.0, 2.0], [1.0, 2.0, 4.0])
np.clip(x, 0, 1)
np.cov(x)
np.corrcoef(x)
np.i0(x)
np.sinc(x)
np.unwrap(x)
np.nan_to_num(x)
np.geomspace(x, x + 1, 3)
np.geomspace(x + 1, x + 1, 3)
np.logspace(x, x, 3)
np.where(x > 0, np.sqrt(np.abs(x)), 0)
np.arctan2(x, x)
np.abs(x)
np.power(x, 2.5)
np.power(0.0, np.abs(x))
np.cbrt(x)
np.sqrt(np.abs(x))
np.modf(x)[0]
np.frexp(x)[0]
np.pad(x, 2, "mean")
np.sort(x)
np.partition(x, 0)
""".strip().splitlines()
ARGUMENTS: list[Any] = [
    np.array([2.0, 2.0, 2.0]),
    np.zeros(3),
    np.array([1.0, NAN, 3.0]),
    np.array([NAN, NAN]),
    np.array([1.0, INF, 2.0]),
    np.array([1e200, 1e200, 1.0]),
    np.array([1e-200, 1e-200, 0.0]),
    np.array([1.0]),
    np.ones((2, 3)),
    np.zeros((2, 3)),
    np.array([[1.0, NAN], [2.0, 3.0]]),
    np.ones(3, np.float32),
]


@pytest.mark.parametrize("line", PROGRAMS)
def test_silent(line: str, tmp_path: Path) -> None:
    """Neither mode warns, both give one derivative, and it is finite in float32 as it is in float64."""
    f = load(f"import numpy as np\n\n\ndef f(x):\n    z = {line}\n    return np.sum(z)\n", tmp_path).f
    ran = 0
    for x in ARGUMENTS:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                f(x.copy())
            except (ArithmeticError, ValueError, IndexError, RuntimeWarning):
                continue
            gradient = s2sad.grad(f)(x)
            _, tangent = s2sad.jvp(f, (x,), (np.ones_like(x),))
        ran += 1
        with np.errstate(all="ignore"):
            total = np.sum(gradient)
        np.testing.assert_allclose(tangent, total, rtol=1e-5, atol=1e-12, err_msg=str(x))
        if x.dtype == np.float32:
            np.testing.assert_allclose(gradient, s2sad.grad(f)(x.astype(float)), rtol=1e-4, atol=1e-5)
    assert ran > 2
