"""Functions of SciPy that call functions of the program: root finders, and integrals by quad."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.integrate
from scipy.integrate import quad
from scipy.optimize import brentq, fixed_point, fsolve, minimize, minimize_scalar, newton, root, root_scalar

import s2sad
from s2sad.engine import PASSES


def cubic(x: Any, p: Any) -> Any:
    return x**3 + p*x - 2.0


def with_args(p: Any) -> Any:
    return brentq(cubic, 0.0, 2.0, args=(p,))


def by_every_solver(p: Any) -> Any:
    solvers = scipy.optimize
    found = solvers.brenth(cubic, 0.0, 2.0, args=(p,)) + solvers.ridder(cubic, 0.0, 2.0, args=(p,))
    return found + solvers.bisect(cubic, 0.0, 2.0, args=(p,)) + solvers.toms748(cubic, 0.0, 2.0, args=(p,))


def captured_in_a_loop(p: Any) -> Any:
    total = 0.0
    for i in range(2):
        k = p*p + i
        total += scipy.optimize.bisect(lambda t, c: np.exp(t)*k - c + p, -5.0, 5.0, args=(4.0,), xtol=1e-14)*p
    return total


def in_a_branch(p: Any) -> Any:
    try:
        z = brentq(lambda t, k=p: t*t*t - k, 0.0, 10.0, xtol=1e-14)
    except ValueError:
        z = p*p
    return np.sin(z)


def in_a_callee(p: Any) -> Any:
    return in_a_branch(2.0*p)*in_a_branch(-p)


def with_own_slope(p: Any) -> Any:
    k = p*p
    return newton(lambda x, c: x**3 - c*k*x - 1.0, 2.0, fprime=lambda x, c: 3*x**2 - c*k, args=(p,), tol=1e-14)


def as_attribute(p: Any) -> Any:
    held = {"a": p, "b": (p*p, 2.0)}
    found = root_scalar(lambda t: held["a"]*t**3 + held["b"][0]*t - held["b"][1], bracket=(0.0, 5.0), xtol=1e-14)
    return found.root if found.converged else 0.0


def of_several(p: Any) -> Any:
    def equations(v: Any) -> Any:
        x, y = v
        return [x**2 + y**2 - 4.0*p, x - y*p]

    x = fsolve(equations, [1.0, 1.0], xtol=1e-13)
    return x[0]*x[1] + x[0]


def written_afterwards(p: Any) -> Any:
    matrix = np.array([[2.0, p], [0.5, 3.0]])
    x = root(lambda v, m: m @ v + 0.1*v**3 - np.array([1.0, p]), np.zeros(2), args=(matrix,), tol=1e-13).x
    x[0] *= 2.0
    return np.sum(x**2)


def fixed(p: Any) -> Any:
    x = fixed_point(lambda x, c: np.cos(p*x)*c, np.array([0.5, 0.3]), args=(0.9,), xtol=1e-13)
    return np.sum(x**2) + fixed_point(lambda x: np.cos(p*x), 0.5, xtol=1e-14)


def least(p: Any) -> Any:
    def cost(x: Any, c: Any) -> Any:
        return (x[0] - p)**2*c + x[1]**4 + (x[1] - p)**2 + x[0]*x[1]

    found = minimize(cost, [0.1, 0.2], args=(p,), tol=1e-11)
    return found.fun + found.x[0]*found.x[1]*minimize_scalar(lambda x: np.cosh(x - p) + x**2, tol=1e-11).x


def of_constant_function(p: Any) -> Any:
    return brentq(np.cos, p, 2.0)*p


def bell(t: Any, a: Any, b: Any) -> Any:
    return a*np.exp(-b*t*t)


def without_end(p: Any) -> Any:
    z, error = quad(bell, 0.0, np.inf, args=(p, p*p))
    return z*p if error < 1.0 else z


def between(p: Any) -> Any:
    total = 0.0
    for k in range(2):
        total += scipy.integrate.quad(lambda t, k: np.sin(k*t + p), -p, p*p, args=(k + 1.0,))[0]*p
    return total + quad(math.sin, 0.0, p)[0]


def within(p: Any) -> Any:
    return quad(lambda t: quad(lambda s: np.exp(-p*s*t), 0.0, t)[0], 0.0, 1.0)[0]


def with_kink(p: Any) -> Any:
    return quad(lambda t: np.maximum(t - p, 0.0)**2, 0.0, 2.0, points=[1.3])[0]


def weighted(p: Any) -> Any:
    return quad(lambda t: np.exp(-t)*p*p, 0.0, 1.0, weight="cos", wvar=3.0)[0]


def both(p: Any) -> Any:
    return brentq(lambda z: quad(lambda t: np.exp(-p*t*t), 0.0, z)[0] - 0.3, 0.0, 2.0, xtol=1e-14)


def nested(p: Any) -> Any:
    def outer(q: Any) -> Any:
        return brentq(lambda y: y**3 + y - q*p, 0.0, 5.0, xtol=1e-14)

    return brentq(lambda x: x + outer(x) - 2.0, 0.0, 5.0, xtol=1e-14)


@s2sad.checkpoint
def under_checkpoint(p: Any) -> Any:
    return brentq(functools.partial(cubic, p=p), -5.0, 5.0, xtol=1e-14)**2


def in_checkpoints(p: Any) -> Any:
    return under_checkpoint(p)*under_checkpoint(2.0*p)


ONCE = [in_a_callee, as_attribute, of_several, fixed, of_constant_function, without_end, weighted, in_checkpoints]
TWICE = [with_args, captured_in_a_loop, with_own_slope, written_afterwards, between, within, both, nested]


@pytest.mark.parametrize("fun", [*ONCE, *TWICE])
def test_derivatives(fun: Any) -> None:
    """Both modes, and the value bit for bit; some twice, without any optimisation too."""
    s2sad.check_grads(fun, (1.3,), order=2 if fun in TWICE else 1, rtol=1e-5, atol=1e-6)
    assert s2sad.value_and_grad(fun)(1.3)[0] == fun(1.3)


def test_passes_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    second = s2sad.grad(s2sad.grad(with_args))(1.3)
    monkeypatch.setenv("S2SAD_PASSES", " ".join(f"-{name}" for name in PASSES))
    assert s2sad.grad(s2sad.grad(lambda p: with_args(p)))(1.3) == pytest.approx(second, rel=1e-12)


def test_minima() -> None:
    s2sad.check_grads(least, (1.3,), order=1, rtol=1e-3, atol=1e-4)
    assert s2sad.value_and_grad(least)(1.3)[0] == least(1.3)


def test_known_derivatives() -> None:
    s2sad.check_grads(with_kink, (1.3,), order=1)
    assert s2sad.grad(with_args)(1.0) == pytest.approx(-0.25, rel=1e-12)
    assert s2sad.grad(by_every_solver)(1.0) == pytest.approx(-1.0, rel=1e-9)
    assert s2sad.grad(s2sad.grad(with_args))(1.0) == pytest.approx(0.03125, rel=1e-10)
    assert s2sad.grad(without_end)(1.7) == pytest.approx(0.5*math.sqrt(math.pi), rel=1e-12)


def array_in_integrand(w: Any) -> Any:
    return quad(lambda t: np.sum(np.exp(w*t)), 0.0, w[0])[0]


def test_array_in_integrand() -> None:
    w = np.array([0.5, 1.0, 2.0])
    s2sad.check_grads(array_in_integrand, (w,), order=1, rtol=1e-6, atol=1e-6)
    with pytest.raises(s2sad.UnsupportedError, match="by fixed_quad"):
        s2sad.hvp(array_in_integrand)(w, w)


class Model:
    def __init__(self, k: Any) -> None:
        self.k = k

    def residual(self, x: Any, c: Any) -> Any:
        return self.k*x**2 - c


def of_a_method(p: Any, model: Any) -> Any:
    return brentq(model.residual, 0.0, 5.0, args=(p,))


def of_an_object_made_here(p: Any) -> Any:
    model = Model(p)
    return brentq(model.residual, 0.0, 5.0, args=(3.0,))


def jumping(p: Any) -> Any:
    return quad(lambda t: 1.0 if t > p else t, 0.0, 2.0, points=[p])[0]


def jumping_elsewhere(p: Any) -> Any:
    return quad(lambda t: p if t > 1.0 else p*p*t, 0.0, 2.0, points=[1.0])[0]


def printing(p: Any) -> Any:
    def residual(x: Any) -> Any:
        print(x)
        return x - p

    return brentq(residual, 0.0, 5.0)


def bounded(p: Any) -> Any:
    return minimize(lambda x: (x[0] - p)**2, [0.1], bounds=[(0.0, 1.0)]).x[0]


def with_output(p: Any) -> Any:
    return brentq(cubic, 0.0, 2.0, args=(p,), full_output=True)[0]


def test_methods_and_objects() -> None:
    assert s2sad.grad(of_a_method)(1.3, Model(2.0)) == pytest.approx(0.25*math.sqrt(2.0/1.3), rel=1e-10)
    assert s2sad.grad(jumping_elsewhere)(1.5) == pytest.approx(2.5, rel=1e-12)


@pytest.mark.parametrize(
    ("fun", "advice"),
    [
        (of_an_object_made_here, "give its attributes names outside"), (jumping, "split the interval there"),
        (s2sad.grad(with_kink), "np.maximum"), (printing, "leave that out"), (bounded, "by s2sad.rule"), (with_output, "take the solution alone"),
    ],
)  # fmt: skip
def test_refusals(fun: Any, advice: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=advice) as raised:
        s2sad.grad(fun)(1.3)
    assert "test_solvers.py:" in str(raised.value)


def test_texts_hold_what_they_pass(tmp_path: Path) -> None:
    """Generated integrands and nested functions stand in the text, and in a file of it."""
    gradient = s2sad.grad(between)
    value = gradient(1.3)
    assert "def integrand_by_p(t, k, p):" in gradient.source
    gradient.save(tmp_path/"saved.py")
    text = (tmp_path/"saved.py").read_text()
    space: dict[str, Any] = {}
    exec(text, space)
    assert "import s2sad" not in text and space["between_grad"](1.3) == value
