"""Solutions of differential equations: odeint and solve_ivp, by the adjoint and the tangent equation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import odeint, solve_ivp

import s2sad

CLOSE = {"rtol": 1e-9, "atol": 1e-11}


def decay(y: Any, t: Any, k: Any) -> Any:
    return -k*y


def at_several_times(p: Any) -> Any:
    """y0*exp(-p*t) at 0, 1/4, ...; the first row is y0 itself."""
    y = odeint(decay, [1.0, p], np.linspace(0.0, 1.0, 5), args=(p,), **CLOSE)
    return np.sum(y**2)


def at_the_end(p: Any) -> Any:
    def rate(t: Any, z: Any, a: Any, b: Any) -> Any:
        x, y = z
        return [a*x - b*x*y, -y + x*y*0.5]

    found = solve_ivp(rate, (0.0, 2.0), [1.0, p], args=(p, 0.7), rtol=1e-9, atol=1e-11)
    return found.y[0, -1]*found.y[1, -1] if found.success else p


def matrix_that_is_written(p: Any) -> Any:
    matrix = np.array([[0.0, 1.0], [-p, -0.3]])
    y0, times = np.array([1.0, p]), np.linspace(0.5, 2.0, 3)
    found = solve_ivp(lambda t, y: matrix @ y + np.sin(p*t), (0.0, 2.0), y0, "LSODA", times, rtol=1e-9, atol=1e-11)
    matrix[1, 0] = 7.0
    y0[:] = times[1] = 3.0
    return np.sum(np.cos(found.y))*matrix[0, 0] + np.sum(np.cos(found.y))


def moving_interval(p: Any) -> Any:
    return solve_ivp(lambda t, y: -y*t, (p, 2.0*p), [p*p], rtol=1e-9, atol=1e-11).y[:, -1][0]


def moving_times(p: Any) -> Any:
    y = odeint(lambda y, t: p*y*(1.0 - y), 0.1, np.linspace(0.0, p, 4), rtol=1e-9, atol=1e-11)
    return y[-1, 0] + y[2, 0]


def in_a_loop(p: Any) -> Any:
    total = 0.0
    for i in range(2):
        total = total + odeint(lambda y, t, i, c: -y*p*i + c, [p], [0.0, 1.0], args=(i, 0.5), **CLOSE)[1, 0]
    return total if p < 0 else total*backward(p)


def backward(p: Any) -> Any:
    found = solve_ivp(lambda t, y: [y[1], -p*y[0]], [2.0, 0.0], [1.0, p], t_eval=[1.5, 0.5], rtol=1e-9, atol=1e-11)
    return found.y[1, 0]*found.y[0, 1]


def stiff(p: Any) -> Any:
    return solve_ivp(lambda t, y: p*np.sin(t) - 50.0*(y - p*np.cos(t)), (0.0, 1.0), [p], "Radau", rtol=1e-8, atol=1e-10).y[0, -1]


def switched_in_time(p: Any) -> Any:
    return solve_ivp(lambda t, y: -y if t < 0.5 else -p*y, (0.0, 1.0), [1.0], max_step=0.1, rtol=1e-8, atol=1e-10).y[0, -1]


@pytest.mark.parametrize(
    "fun",
    [at_several_times, at_the_end, matrix_that_is_written, moving_interval, moving_times, in_a_loop, backward, stiff],
)
def test_derivatives(fun: Any) -> None:
    """Both modes against differences, and the value bit for bit."""
    h, p = 1e-4, 1.3
    differences = (4.0*(fun(p + h/2) - fun(p - h/2))/h - (fun(p + h) - fun(p - h))/(2.0*h))/3.0
    value, slope = s2sad.value_and_grad(fun)(p)
    assert value == fun(p)
    assert slope == pytest.approx(differences, rel=1e-6, abs=2e-7)
    out, along = s2sad.jvp(fun, (p,), (2.0,))
    assert (out, along) == (value, pytest.approx(2.0*slope, rel=1e-6, abs=1e-7))


def test_known_derivatives() -> None:
    times = np.linspace(0.0, 1.0, 5)
    known = np.sum(-2.0*times*(1.0 + 1.69)*np.exp(-2.6*times) + 2.6*np.exp(-2.6*times))
    assert s2sad.grad(at_several_times)(1.3) == pytest.approx(known, rel=1e-7)
    assert s2sad.grad(switched_in_time)(1.3) == pytest.approx(-0.5*np.exp(-0.5 - 0.65), rel=1e-6)


def network(weights: Any, bias: Any, y0: Any) -> Any:
    return odeint(lambda y, t, w: np.tanh(w @ y + bias), y0, np.linspace(0.0, 1.0, 3), args=(weights,), **CLOSE)


def test_arrays_and_pullbacks() -> None:
    """The pullback of a whole trajectory, and the product with its tangent."""
    rng = np.random.default_rng(0)
    primals = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    dots = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    g = rng.normal(size=(3, 3))
    out, pullback = s2sad.vjp(network, *primals)
    bars = pullback(g)
    assert [b.shape for b in bars] == [(3, 3), (3,), (3,)] and out.tobytes() == network(*primals).tobytes()
    _, along = s2sad.jvp(network, primals, dots)
    assert np.sum(g*along) == pytest.approx(sum(np.sum(b*d) for b, d in zip(bars, dots, strict=True)), rel=1e-6)
    h = 1e-5
    moved = [network(*[p + s*h*d for p, d in zip(primals, dots, strict=True)]) for s in (1.0, -1.0)]
    np.testing.assert_allclose(along, (moved[0] - moved[1])/(2.0*h), atol=1e-5)
    assert not np.any(pullback(np.zeros((3, 3)))[0])


def interior_states(p: Any) -> Any:
    return np.sum(solve_ivp(lambda t, y: -p*y, (0.0, 1.0), [1.0]).y)


def jumping_in_state(p: Any) -> Any:
    return solve_ivp(lambda t, y: -p*y if y[0] > 0.5 else -y, (0.0, 1.0), [1.0]).y[0, -1]


def jumping_in_parameter(p: Any) -> Any:
    return odeint(lambda y, t: np.where(t < p, -y, y), [1.0], [0.0, 2.0])[1, 0]


def of_a_dict(p: Any) -> Any:
    held = {"k": p}
    return odeint(lambda y, t: -held["k"]*y, [1.0], [0.0, 2.0])[1, 0]


def with_events(p: Any) -> Any:
    return solve_ivp(lambda t, y: -p*y, (0.0, 1.0), [1.0], events=lambda t, y: y[0] - 0.5).y[0, -1]


@pytest.mark.parametrize(
    ("fun", "advice"),
    [
        (interior_states, "pass t_eval"), (jumping_in_state, "np.maximum"), (jumping_in_parameter, "np.maximum"),
        (of_a_dict, "give the numbers names"), (with_events, "pass the times as t_eval"),
        (s2sad.grad(at_several_times), "write the steps out as a loop"),
    ],
)  # fmt: skip
def test_refusals(fun: Any, advice: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=advice) as raised:
        s2sad.grad(fun)(1.3)
    assert "test_trajectories.py:" in str(raised.value)
