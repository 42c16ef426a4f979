"""Helpers of generated texts for scipy.signal: filters with initial states, resampling, smoothing
polynomials.

Accepted are NumPy arrays; nothing is written to, and a result shares memory with no argument. SciPy is
imported when a helper is called.

    y, zf = scipy.signal.lfilter(b, a, x, axis, zi)     x_bar = state_back(y_bar, zf_bar, b, a, x, zi, y,
    zf, axis)[2]

A filter solves a*y = b*x + a[0]*zi for y, where * is the convolution; what is left over behind the end is
a[0]*zf.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.filters import backwards, lagged, line_back


def state_back(y_bar: Any, z_bar: Any, b: Any, a: Any, x: Any, zi: Any, y: Any, zf: Any, axis: Any) -> Any:
    """The cotangents of b, a, x, zi with y, zf = scipy.signal.lfilter(b, a, x, axis, zi); one may be None.

    >>> one = np.ones(1)
    >>> bars = state_back(one, None, np.ones(2), np.array([1.0, 0.5]), 3*one, one, 4*one, one, 0)
    >>> print(*bars)
    [3. 0.] [-3.  0.] [1.] [1.]
    """
    n, k = np.shape(x)[axis], np.shape(zi)[axis]
    x, y = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    start = np.moveaxis(zi, axis, 0) + np.zeros_like(y[:1])
    inside, behind = np.zeros_like(y), np.zeros_like(start)
    if z_bar is not None:
        behind = behind + np.moveaxis(z_bar, axis, 0) / np.conj(a[0])
    if y_bar is not None:
        inside = inside + np.moveaxis(y_bar, axis, 0)
    whole = np.concatenate((np.zeros_like(y), behind), axis=0)
    for j in range(1, len(a)):
        inside = inside - np.conj(a[j]) * whole[j : j + n]
    inside = backwards(inside, np.ones(1), a, 0)
    whole = np.concatenate((inside, behind), axis=0)
    x_bar = np.zeros_like(inside)
    for j in range(len(b)):
        x_bar = x_bar + np.conj(b[j]) * whole[j : j + n]
    none = np.zeros_like(behind)
    b_bar = lagged(whole, np.concatenate((x, none), axis=0), b, 0)
    a_bar = -lagged(whole, np.concatenate((y, none), axis=0), a, 0)
    first = np.sum(np.conj(start) * whole[:k])
    if z_bar is not None:
        first = first - np.sum(np.conj(np.moveaxis(zf, axis, 0)) * behind)
    a_bar = a_bar + first * np.eye(1, len(a))[0]
    return b_bar, a_bar, np.moveaxis(x_bar, 0, axis), np.moveaxis(np.conj(a[0]) * whole[:k], 0, axis)


def state_dot_b(b_dot: Any, b: Any, a: Any, x: Any, zi: Any, axis: Any) -> Any:
    """The tangents of y, zf = scipy.signal.lfilter(b, a, x, axis, zi) where b_dot is that of b.

    >>> print(*state_dot_b(np.array([1.0, 0.0]), np.ones(2), np.ones(1), np.ones(2), np.ones(1), 0))
    [1. 1.] [0.]
    """
    import scipy.signal

    padded = np.concatenate((b_dot, np.zeros(max(len(a) - len(b), 0))))
    return scipy.signal.lfilter(padded, a, x, axis, 0.0 * zi)


def state_dot_a(a_dot: Any, b: Any, a: Any, zi: Any, y: Any, zf: Any, axis: Any) -> Any:
    """The tangents of y, zf = scipy.signal.lfilter(b, a, x, axis, zi) where a_dot is that of a.

    >>> one, a = np.ones(1), np.array([1.0, 0.0])
    >>> print(*state_dot_a(np.array([0.0, 1.0]), one, a, 0.0*one, np.ones(2), one, 0))
    [ 0. -1.] [-1.]
    """
    import scipy.signal

    padded = np.concatenate((a_dot, np.zeros(max(len(b) - len(a), 0))))
    y_dot, z_dot = scipy.signal.lfilter(-padded, a, y, axis, (a_dot[0] / a[0]) * zi)
    return y_dot, z_dot - (a_dot[0] / a[0]) * zf


def firdn_back(z: Any, h: Any, x: Any, up: int, down: int, axis: Any) -> Any:
    """The cotangent of x where z is that of scipy.signal.upfirdn(h, x, up, down, axis): the same with the
    filter turned around and the rates exchanged.

    >>> print(firdn_back(np.array([1.0, 0.0]), np.array([1.0, 2.0]), np.array([3.0]), 1, 1, 0))
    [1.]
    """
    import scipy.signal

    n = np.shape(x)[axis]
    taps = np.concatenate((np.zeros(-(len(h) - 1) % up), np.conj(h)[::-1]))
    first = (len(taps) - 1) // up
    made = scipy.signal.upfirdn(taps, np.moveaxis(z, axis, 0), down, up, 0)[first : first + n]
    missing = n - len(made)
    if missing > 0:
        made = np.concatenate((made, np.zeros((missing, *np.shape(made)[1:]), made.dtype)))
    return np.moveaxis(made, 0, axis)


def firdn_taps(z: Any, h: Any, x: Any, up: int, down: int, axis: Any) -> Any:
    """The cotangent of h where z is that of scipy.signal.upfirdn(h, x, up, down, axis).

    >>> print(firdn_taps(np.array([1.0, 0.0]), np.array([1.0, 2.0]), np.array([3.0]), 1, 1, 0))
    [3. 0.]
    """
    x, z = np.moveaxis(x, axis, 0), np.moveaxis(z, axis, 0)
    last = up * (len(x) - 1) + 1
    full = np.zeros((last + len(h) - 1, *np.shape(z)[1:]), z.dtype)
    full[::down] = z
    return np.stack([np.vdot(x, full[k : k + last : up]) for k in range(len(h))])


def savgol_back(
    z: Any, x: Any, window: int, order: int, deriv: int, delta: float, axis: Any, mode: str
) -> Any:
    """The cotangent of x where z is that of scipy.signal.savgol_filter(x, window, order, deriv, delta,
    axis, mode).

    >>> print(savgol_back(np.array([1.0, 0.0, 0.0]), np.zeros(3), 3, 0, 0, 1.0, 0, "interp").round(6))
    [0.333333 0.333333 0.333333]
    """
    import scipy.signal

    weights = scipy.signal.savgol_coeffs(window, order, deriv, delta)[::-1]
    if mode != "interp":
        return line_back(z, x, weights, axis, mode, 0 if window % 2 else -1)
    half, z = window // 2, np.moveaxis(z, axis, 0)
    middle = z.copy()
    middle[:half], middle[len(z) - half :] = 0.0, 0.0
    made = line_back(middle, middle, weights, 0, "constant", 0 if window % 2 else -1)
    edge = scipy.signal.savgol_filter(np.eye(window), window, order, deriv, delta, 0)
    made[:window] += np.tensordot(edge[:half].T, z[:half], 1)
    made[len(z) - window :] += np.tensordot(edge[window - half :].T, z[len(z) - half :], 1)
    return np.moveaxis(made, 0, axis)


def filtered_from(b: Any, a: Any, x: Any, axis: Any, zi: Any) -> Any:
    """scipy.signal.lfilter(b, a, x, axis, zi): the filtered signal and the state at its end.

    >>> print(*filtered_from(np.array([1.0, 2.0]), np.ones(1), np.array([1.0, 0.0]), 0, np.zeros(1)))
    [1. 2.] [0.]
    """
    import scipy.signal

    return scipy.signal.lfilter(b, a, x, axis, zi)


def resample_back(z: Any, num: int, axis: Any) -> Any:
    """The cotangent of x, which has num samples, where z is that of scipy.signal.resample(x, ..., axis=axis).

    It is the resampling back, but for the frequency that has no partner: SciPy unites a pair where it takes
    samples away, and splits one where it adds some, which are transposes of each other without a factor of 2.

    >>> print(resample_back(np.array([1.0, 0.0]), 2, 0))
    [1. 0.]
    """
    import scipy.fft

    z = np.moveaxis(z, axis, -1)
    old, few = np.shape(z)[-1], min(num, np.shape(z)[-1])
    bins = scipy.fft.fft(z) / old
    made = np.zeros((*np.shape(z)[:-1], num), bins.dtype)
    made[..., : few // 2 + 1] = bins[..., : few // 2 + 1]
    if few // 2 + 1 < few:
        made[..., few // 2 + 1 - few :] = bins[..., few // 2 + 1 - few :]
    if few % 2 == 0 and num != old:
        if num < old:
            made[..., -few // 2] = 0.5 * (bins[..., few // 2] + bins[..., -few // 2])
        else:
            made[..., few // 2] = bins[..., few // 2]
            made[..., num - few // 2] = bins[..., few // 2]
    back = scipy.fft.ifft(made) * old
    return np.moveaxis(back if np.iscomplexobj(z) else np.real(back), -1, axis)
