"""Derivatives of solutions of differential equations y' = rate(t, y, *rest).

    t = ode_back(rate, pull, "RK45", rtol, atol, start, times, y0, g, moving, rest)     cotangents
    y_dot = ode_along(rate, push, "RK45", rtol, atol, start, times, y0, 0, y0_dot, moving, rest)    a tangent

The adjoint equation is l' = -(d rate/dy)^T l, backward in time, with a jump by the cotangent at every time
at which the solution is asked for; that of a parameter p is the integral of (d rate/dp)^T l. (Pontryagin et
al., The Mathematical Theory of Optimal Processes, 1962; Chen et al., Neural Ordinary Differential Equations,
2018; Stapor et al., Optimization and profile calculation of ODE models using second order adjoint sensitivity
analysis, 2018.) The solution itself is not integrated backward, where it may be unstable, but once more
forward, with dense output. Both are computed to a relative accuracy of 1e-6 and an absolute one of 1e-9, or
to those of the call where these are smaller.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def ode_back(
    rate: Any, pull: Any, method: str, rtol: Any, atol: Any, start: Any, times: Any, y0: Any, g: Any,
    moving: tuple[int, ...], rest: tuple[Any, ...],
) -> tuple[Any, ...]:  # fmt: skip
    """Cotangents of y0, times and start, and of the parameters `moving`, for those of the states at `times`.

    `pull(t, y, l, *rest)` gives the cotangents of y and of these parameters, for that of the rate.

    >>> t = ode_back(lambda t, y: -y, lambda t, y, l: -l, "RK45", 1e-9, 1e-9, 0.0, np.ones(1), np.ones(1),
    ...              np.ones((1, 1)), (), ())
    >>> bool(abs(t[0][0] - np.exp(-1.0)) < 1e-7)
    True
    """
    y0, rtol, atol = np.asarray(y0, float), np.minimum(rtol, 1e-6), np.minimum(atol, 1e-9)
    n, asked = len(y0), [k for k in range(len(times)) if np.any(g[k])]
    sizes, path = [np.size(rest[i]) for i in moving], None
    times_bar, z = np.zeros(len(times)), np.zeros(n + sum(sizes))

    def y_at(t: Any) -> Any:
        return y0 if path is None else path(t)

    def backward(t: Any, z: Any) -> Any:
        bars = pull(t, y_at(t), z[:n], *rest)
        return -np.concatenate([np.ravel(bar) for bar in (bars if moving else (bars,))])

    if asked and times[asked[-1]] != start:
        path = ode_path(lambda t, y: rate(t, y, *rest), start, times[asked[-1]], y0, method, rtol, atol)
    for i in range(len(asked) - 1, -1, -1):
        k, begin = asked[i], times[asked[i - 1]] if i else start
        times_bar[k] = np.dot(g[k], rate(times[k], y_at(times[k]), *rest))
        z[:n] += g[k]
        if begin != times[k]:
            z = ode_path(backward, times[k], begin, z, method, rtol, atol)(begin)
    made: list[Any] = [z[:n], times_bar, -float(np.dot(z[:n], rate(start, y0, *rest)))]
    for i, size, end in zip(moving, sizes, n + np.cumsum(sizes, dtype=int), strict=True):
        p, part = rest[i], z[end - size : end]
        made.append(np.reshape(part, np.shape(p)) if isinstance(p, np.ndarray) else type(p)(part[0]))
    return tuple(made)


def ode_path(
    rate: Any, begin: Any, end: Any, z: Any, method: str, rtol: Any, atol: Any
) -> Any:
    """The solution of z' = rate(t, z) as a function of the time, from `begin` to `end`.

    >>> z = ode_path(lambda t, z: -z, 0.0, 1.0, np.ones(1), "RK45", 1e-9, 1e-9)
    >>> bool(abs(z(1.0)[0] - np.exp(-1.0)) < 1e-7)
    True
    """
    import scipy.integrate

    found = scipy.integrate.solve_ivp(rate, (begin, end), z, method, dense_output=True, rtol=rtol, atol=atol)
    if not found.success:
        raise ArithmeticError(f"the derivative of a differential equation: {found.message}")
    return found.sol


def ode_along(
    rate: Any, push: Any, method: str, rtol: Any, atol: Any, start: Any, times: Any, y0: Any, place: int,
    dot: Any, moving: tuple[int, ...], rest: tuple[Any, ...],
) -> Any:  # fmt: skip
    """The tangent of the states at `times`, one row for each, for the tangent of one thing.

    That is y0, times or start, by its `place` 0, 1 or 2, or a parameter `moving`, from place 3 on.
    `push(t, y, *rest, y_dot, *dots)` gives the rate and its tangent.

    >>> y_dot = ode_along(lambda t, y: -y, lambda t, y, y_dot: (-y, -y_dot), "RK45", 1e-9, 1e-9, 0.0,
    ...                   np.ones(1), np.ones(1), 0, np.ones(1), (), ())
    >>> bool(abs(y_dot[0, 0] - np.exp(-1.0)) < 1e-7)
    True
    """
    y0, rtol, atol = np.asarray(y0, float), np.minimum(rtol, 1e-6), np.minimum(atol, 1e-9)
    n = len(y0)
    dots = [dot if place == 3 + k else np.zeros_like(rest[i])[()] for k, i in enumerate(moving)]
    first = dot if place == 0 else -dot*rate(start, y0, *rest) if place == 2 else np.zeros(n)
    z = np.concatenate([y0, first])

    def forward(t: Any, z: Any) -> Any:
        return np.concatenate(push(t, z[:n], *rest, z[n:], *dots))

    states = np.tile(z, (len(times), 1))
    if len(times) and times[-1] != start:
        states = ode_path(forward, start, times[-1], z, method, rtol, atol)(np.asarray(times)).T
    if place != 1:
        return states[:, n:]
    return np.array([dot[k]*rate(t, states[k, :n], *rest) for k, t in enumerate(times)])


def moved_by(states: Any, p: Any, *problem: Any) -> Any:
    """The states of a solution, which p moves; texts have the states alone.

    >>> moved_by(2.0, 1.0)
    2.0
    """
    return states
