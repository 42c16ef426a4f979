"""Every ufunc at its poles and at the ends of the range of floats, in programs: silent where NumPy is, in both modes.

The texts of the rules are tested in `test_elementwise_table`; here are the functions that users get, and selections
of what is finite: `np.where(x > 0, np.sqrt(x), 0.0)` has a finite gradient, here, through assignments and in a callee.
"""

from __future__ import annotations

import functools
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_elementwise_table import CASES, OBJECTS

import s2sad
from s2sad.rules import registry
from s2sad.rules.registry import RULES
from support import load

registry.load_all()
INF = np.inf
POINTS = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e-200, -1e-200, 1e200, -1e200, INF, -INF)
NAMES = sorted(n for n in RULES if n.startswith("np.") and isinstance(OBJECTS.get(n), np.ufunc) and CASES.get(n) and RULES[n].vjp)
UNARY = [n for n in NAMES if len(CASES[n][0]) == 1]
BINARY = [n for n in NAMES if len(CASES[n][0]) == 2 and n != "np.ldexp"]  # its second argument is an int
FORMS = (float, np.float64, np.array, lambda v: np.array([v]))


def silently(fun: Any, *args: Any) -> bool:
    """Whether NumPy itself says nothing at a point."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return not isinstance(fun(*args), complex)  # powers of negative floats
        except (ArithmeticError, ValueError, TypeError, Warning):
            return False


def held(fun: Any, args: tuple[Any, ...]) -> bool:
    """Gradient and tangent are silent, and one number; False where NumPy warns."""
    if not silently(fun, *args):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient = s2sad.grad(fun, tuple(range(len(args))))(*args)
        for k, g in enumerate(gradient):
            unit = np.ones_like(args[k]) if isinstance(args[k], np.ndarray) else type(args[k])(1.0)
            alone_fun = functools.partial(fun, *args[:k], **dict(zip("xy"[k + 1 :], args[k + 1 :], strict=False)))
            _, dot = s2sad.jvp(alone_fun, (args[k],), (unit,))
            alone = s2sad.grad(fun, k)(*args)
            np.testing.assert_array_equal(np.ravel(alone), np.ravel(g), err_msg=f"argument {k} at {args}")
            if not np.isnan(np.sum(dot)):  # a tangent of 0 beside inf is nan
                np.testing.assert_allclose(np.ravel(dot), np.ravel(g), 1e-14, err_msg=f"argument {k} at {args}")
    return True


@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str, tmp_path: Path) -> None:
    fun = load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({name}(x))\n", tmp_path).f
    assert sum(held(fun, (form(v),)) for v in POINTS for form in FORMS) > 3


@pytest.mark.parametrize("name", BINARY)
def test_binary(name: str, tmp_path: Path) -> None:
    fun = load(f"import numpy as np\n\n\ndef f(x, y):\n    return np.sum({name}(x, y))\n", tmp_path).f
    pairs = [(v, w) for v in POINTS[::2] for w in POINTS[1::2]]
    assert sum(held(fun, (form(v), form(w))) for k, (v, w) in enumerate(pairs) for form in FORMS[k % 2 :: 2]) > 3


OPERATORS = ("x + y", "x - y", "x*y", "x/y", "x % y", "x**y", "x//y*y", "x**2", "x**3.0", "x**-1", "x**0.5", "2.0**x", "x**1.0", "x**0.0")
OTHERS = (
    "-x", "+x", "abs(x)", "np.clip(x, 0.0, 1.0)", "np.clip(0.5, x, y)", "np.nan_to_num(x)", "np.sinc(x)", "np.i0(x)", "np.angle(x)",
    "np.ldexp(x, 3)", "np.round(x, 1)", "np.frexp(x)[0]", "np.modf(x)[0]", "np.divmod(x, y)[1]", "np.unwrap(np.array([x, y], float).ravel())",
    "max(x, y)", "min(x, y)",
)  # fmt: skip


@pytest.mark.parametrize("text", [*OPERATORS, *OTHERS])
def test_expressions(text: str, tmp_path: Path) -> None:
    """Operators and the functions that are no ufuncs."""
    names = "xy" if "y" in text.replace("array", "") else "x"
    fun = load(f"import numpy as np\n\n\ndef f({', '.join(names)}):\n    return np.sum({text})\n", tmp_path).f
    points = [(v,) for v in POINTS] if names == "x" else [(v, w) for v in POINTS[::2] for w in POINTS[1::2]]
    scalars = "max(" in text or "min(" in text
    forms = FORMS[:2] if scalars else FORMS
    assert sum(held(fun, tuple(form(v) for v in point)) for point in points for form in forms) > 3


MATH = [n for n in sorted(RULES) if n.startswith("math.") and RULES[n].form == "elementwise" and RULES[n].vjp and n not in ("math.ldexp",)]


@pytest.mark.parametrize("name", MATH)
def test_math(name: str, tmp_path: Path) -> None:
    """The functions of math raise where they are not defined; their derivatives raise nowhere else."""
    two = name in ("math.pow", "math.copysign", "math.fmod", "math.remainder", "math.hypot", "math.atan2", "math.nextafter")
    names = "xy" if two else "x"
    fun = load(f"import math\n\n\ndef f({', '.join(names)}):\n    return {name}({', '.join(names)})\n", tmp_path).f
    points = [(v, w) for v in POINTS for w in POINTS[::2]] if two else [(v,) for v in POINTS]
    assert sum(held(fun, point) for point in points) > 2


HERE = "    z = np.where({taken}, {call}, 0.0)\n    return np.sum(z)\n"
ASSIGNED = "    y = {call}\n    y = 2.0*y\n    z = np.where({taken}, y, 0.0)\n    w = z*0.5\n    return np.sum(w)\n"
MASKED = "    z = np.zeros_like(x)\n    t = {taken}\n    z[t] = {inner}\n    return np.sum(z)\n"
IN_CALLEE = "    y = g(x)\n    return np.sum(np.where({taken}, y, 0.0))\n"


@pytest.mark.parametrize("body", [HERE, ASSIGNED, MASKED, IN_CALLEE], ids=["here", "assigned", "masked", "callee"])
@pytest.mark.parametrize("name", UNARY)
def test_selected(name: str, body: str, tmp_path: Path) -> None:
    """Where the selection takes nothing the gradient is 0, whatever the function's own derivative is there."""
    good = [row[0] for row in CASES[name] if isinstance(row[0], float)]
    x = np.array([good[0], *[v for v in (0.0, 1.0, -1.0, -3.0, 1e200, INF, np.nan) if v not in good], good[-1]])
    taken = f"(x == {good[0]!r}) | (x == {good[-1]!r})"
    text = f"import numpy as np\n\n\ndef g(x):\n    return {name}(x)\n\n\ndef f(x):\n"
    text += body.format(taken=taken, call=f"{name}(x)", inner=f"{name}(x[t])")
    fun = load(text, tmp_path).f
    plain = load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({name}(x))\n", tmp_path).f
    with np.errstate(all="ignore"):
        gradient = s2sad.grad(fun)(x)
        alone = s2sad.grad(plain)(x[[0, -1]])
    np.testing.assert_allclose(gradient[[0, -1]], alone, 1e-14)
    assert not np.any(gradient[1:-1]), gradient


@pytest.mark.parametrize("xp", [[0.25], [0.3], [-1.0, 0.25, 0.25]])
def test_tables_without_width(xp: list[float]) -> None:
    """np.interp in a table of one point, and in one whose last point stands twice: no derivative is nan."""

    def f(x: np.ndarray, xp: np.ndarray, fp: np.ndarray) -> np.floating:
        return np.sum(np.interp(x, xp, fp)*np.arange(1.0, 4.0))

    x, fp = np.array([-2.0, 0.4, 1.0]), 2.0 + np.arange(len(xp))
    value, (x_bar, xp_bar, fp_bar) = s2sad.value_and_grad(f, (0, 1, 2))(x, np.array(xp), fp)
    assert value == f(x, np.array(xp), fp)
    assert not np.any(x_bar) and not np.any(xp_bar)
    expected = np.zeros(len(xp))
    expected[0] += 1.0
    expected[-1] += 5.0
    assert np.array_equal(fp_bar, expected)


def test_reciprocals_of_large_numbers() -> None:
    """The square of 1/y is zero where its product with the cotangent is not."""

    def shares(x: Any) -> Any:
        e = np.exp(x)
        return np.sum((e*(1/np.sum(e)))**2)

    x = np.array([0.0, 0.5, 1.0])
    np.testing.assert_allclose(s2sad.grad(shares)(x + 400.0), s2sad.grad(shares)(x), rtol=1e-12)
    assert s2sad.grad(lambda y: 1e300*(1/y))(1e200) == pytest.approx(-1e-100)


def test_elements_over_a_python_zero_do_not_raise() -> None:
    """The primal is inf, as NumPy divides; its cotangent is a Python float, and Python would raise."""

    def likelihood(e, s):
        total = 0.0
        for k in range(len(e)):
            total -= 0.5*(np.log(s) + e[k]*e[k]/s)
        return total

    def scaled(e, s):
        return 3.0*(e[0]*e[0]/s)

    e = np.array([1.0, -2.0, 0.5])
    with np.errstate(all="ignore"):
        assert s2sad.grad(scaled, argnums=(0, 1))(e, 0.0)[1] == -np.inf
        assert s2sad.grad(likelihood)(e, 0.0)[1] == np.inf
        assert s2sad.hvp(scaled)(e, 0.0, e)[0] == np.inf
        assert s2sad.jvp(scaled, (e, 0.0), (e, 1.0))[0] == np.inf
    expected = 0.5*np.sum(e*e)/4.0 - 3*0.5/2.0
    np.testing.assert_allclose(s2sad.grad(likelihood, argnums=1)(e, 2.0), expected)


@pytest.mark.parametrize(("text", "x", "slope"), [
    ("np.sin(1/x)", 1e-200, -INF), ("np.exp(-1/x)", 1e-200, 0.0), ("np.tanh(1e200*x/(1e-200 + x))", 1e-200, 0.0),
    ("np.arctan(x**0.5)", 0.0, INF), ("np.cos(x**-2)", 1e-100, None),
])  # fmt: skip
@pytest.mark.parametrize("form", FORMS[:2])
def test_python_numbers_beside_scalars_of_numpy(text: str, x: float, slope: float | None, form: Any, tmp_path: Path) -> None:
    """A quotient of Python floats is inf in silence; the cotangent that it meets is NumPy's, which warns."""
    fun = load(f"import numpy as np\n\n\ndef f(x):\n    return {text}\n", tmp_path).f
    at, one = form(x), form(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if form is not float else "error")
        gradient = s2sad.grad(fun)(at)
        assert slope is None or gradient == slope
        s2sad.jvp(fun, (at,), (one,))
        s2sad.hvp(fun)(at, one)
        s2sad.grad(s2sad.grad(fun))(at)


@pytest.mark.parametrize("zero", [0j, np.complex128(0), np.zeros(1, complex)])
def test_angles_of_zero(zero: Any) -> None:
    """Python's complex numbers raise when they are divided by a float64 that is 0."""
    with np.errstate(all="ignore"):
        assert np.isnan(s2sad.grad(lambda z: np.sum(np.angle(z)))(zero))
        assert s2sad.grad(lambda z: np.sum(np.sign(z)).real)(zero) == 0


@pytest.mark.parametrize("form", [complex, np.complex128, np.array])
def test_second_derivatives_at_zero_of_the_plane(form: Any) -> None:
    """The cotangent of a complex result is of its class: NumPy's is divided by 0, Python's raises."""
    zero, one = form(0j), form(1 + 0j)
    with np.errstate(all="ignore"):
        for fun, bend in ((lambda z: np.angle(z), np.nan), (lambda z: np.real(np.sign(z)), 0.0)):
            gradient, pullback = s2sad.vjp(s2sad.grad(fun), zero)
            np.testing.assert_equal(np.real([pullback(one)[0], s2sad.hvp(fun)(zero, one)]), bend)
            assert type(pullback(one)[0]) is type(zero) and np.iscomplexobj(gradient)
    gradient, pullback = s2sad.vjp(s2sad.grad(np.real), one)
    assert gradient == 1.0 and np.iscomplexobj(gradient) and pullback(one)[0] == 0.0
