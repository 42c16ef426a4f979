"""Derivatives near the ends of the range of floats: what a formula squares or subtracts is not lost on the way.

In single precision the ends are near: a gradient there is held against the same one in double precision.

    np.arctan2(y, x)        x/(x*x + y*y) is inf for x = y = 1e-200, where the derivative is 5e199
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_poles import BINARY, UNARY

import s2sad
from support import load

POINTS = np.array([0.0, 1.2e-38, 1e-30, 1e-20, 1e-10, 1e-5, 0.3, 1.0, 1.7, 12.0, 1e3, 1e5, 1e10, 1e15, 1e20, 1e30], np.float32)
POINTS = np.concatenate([-POINTS[::-1], POINTS])
# The value itself is rounded (np.tanh of 30 is 1), the result leaves the range of float32 on the way, or y - 1 is y.
ROUNDED = {"np.tanh", "np.power", "np.float_power", "np.logaddexp2", "np.hypot"}


def held(text: str, names: str, args: tuple[np.ndarray, ...], folder) -> None:
    fun = load(f"import numpy as np\n\n\ndef f({', '.join(names)}):\n    return np.sum({text})\n", folder).f
    with np.errstate(all="ignore"):
        for k, name in enumerate(names):
            gradient = s2sad.grad(fun, k)
            got, want = gradient(*args), gradient(*(a.astype(np.float64) for a in args))
            want = want.astype(np.float32)
            near = np.isclose(got, want, rtol=2e-3, atol=1e-37, equal_nan=True) | (~np.isfinite(got) & ~np.isfinite(want))
            assert np.all(near), (name, [a[~near][:4] for a in args], got[~near][:4], want[~near][:4])


@pytest.mark.parametrize("name", [n for n in UNARY if n not in ROUNDED] + ["np.i0", "np.sinc"])
def test_unary(name, tmp_path):
    held(f"{name}(x)", "x", (POINTS,), tmp_path)


@pytest.mark.parametrize("name", [n for n in BINARY if n not in ROUNDED])
def test_binary(name, tmp_path):
    x, y = np.meshgrid(POINTS, POINTS)
    held(f"{name}(x, y)", "xy", (x.ravel(), y.ravel()), tmp_path)


def angle(y, x):
    return np.arctan2(y, x)


def angle_of_floats(y, x):
    return math.atan2(y, x)


@pytest.mark.parametrize("fun", [angle, angle_of_floats])
@pytest.mark.parametrize("size", [1e-300, 1e-200, 1.0, 1e200])
def test_angles(fun, size):
    """They were inf and 0 where the squares leave the range."""
    assert s2sad.grad(fun, (0, 1))(3.0*size, 4.0*size) == pytest.approx((4.0/25.0/size, -3.0/25.0/size), rel=1e-14)
    if size == 1.0:
        assert s2sad.grad(s2sad.grad(fun))(3.0, 4.0) == pytest.approx(-24.0/625.0, rel=1e-13)


def shares(x, y):
    return np.sum(np.logaddexp(x, y))


def test_shares_of_large_terms():
    """x - logaddexp(x, y) has no digits left for x = 1e15: both shares were 0.47."""
    x = np.array([1e15, -1e15, 1e3, 0.0, np.inf, 1.0, -np.inf])
    y = np.array([1e15, -1e15, 1e3 + 1.0, 720.0, 1.0, -np.inf, 1.0])
    with np.errstate(all="ignore"):
        a, b = s2sad.grad(shares, (0, 1))(x, y)
        second = s2sad.jvp(s2sad.grad(shares), (x[:3], y[:3]), (np.ones(3), np.zeros(3)))[1]
    expected = [0.5, 0.5, 1.0/(1.0 + math.e), math.exp(-720.0), 1.0, 1.0, 0.0]
    np.testing.assert_allclose(a, expected, rtol=1e-12)
    np.testing.assert_allclose(b, 1.0 - np.array(expected), rtol=1e-12)
    np.testing.assert_allclose(second, (a*b)[:3], rtol=1e-12)


def test_bessel_functions_of_small_numbers():
    x = np.array([1e-30, -1e-12, 1e-5, 0.7, 30.0])
    got = s2sad.grad(lambda x: np.sum(np.i0(x)))(x)
    np.testing.assert_allclose(got[:3], x[:3]/2, rtol=1e-10)
    np.testing.assert_allclose(got[3:], [0.37187967777700853, 768532038938.957], rtol=1e-12)
    assert s2sad.grad(s2sad.grad(np.i0))(1e-20) == pytest.approx(0.5)
