"""Every elementwise rule against differences, at its poles, and for the kind and dtype of its result.

The texts are evaluated as they stand: `div` is the IEEE quotient, the other names are the arguments, `g`, `out`, `np`,
`math` and the helpers. A rule that is entered without a case here fails.
"""

from __future__ import annotations

import itertools
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import elementwise, registry, scalars
from s2sad.rules.registry import REQUIRED, RULES, UNKNOWN, Bound, Rule

assert scalars  # which registers the builtins
OBJECTS = {name: obj for obj, name in registry._CANONICAL.values()}
OBJECTS |= {"in": lambda x, y: x in y, "notin": lambda x, y: x not in y, "pow": operator.pow, "abs": abs}
OBJECTS |= {"np.round": np.round}

UNIT = [(0.3,), (-0.7,), (0.9,)]
ANY = [(0.3,), (-1.7,), (4.2,)]
POSITIVE = [(0.3,), (1.7,), (40.0,)]
PAIRS = [(0.3, 1.7), (-2.3, 0.4), (1.5, -3.1)]
POSITIVE_PAIRS = [(0.3, 1.7), (2.3, -0.4), (1.5, 3.1)]
BASE_PAIRS = [(0.3, 1.7), (2.3, 2.0), (5.1, -1.5)]

# ruff: noqa: RUF024  (the lists are shared and never written to)
CASES: dict[str, list[tuple[Any, ...]]] = {
    **dict.fromkeys("add sub mul truediv mod abs".split(), PAIRS),
    **dict.fromkeys(
        "np.add np.subtract np.multiply np.divide np.mod np.fmod np.maximum np.minimum".split(), PAIRS
    ),
    **dict.fromkeys(
        "np.fmax np.fmin np.copysign np.hypot np.arctan2 np.logaddexp np.logaddexp2".split(), PAIRS
    ),
    **dict.fromkeys("math.fmod math.remainder math.copysign math.hypot math.atan2".split(), PAIRS),
    **dict.fromkeys("pow np.power np.float_power math.pow real_pow".split(), BASE_PAIRS),
    **dict.fromkeys(
        "neg pos np.negative np.positive np.square np.cbrt np.abs np.fabs np.conj np.real".split(), ANY
    ),
    **dict.fromkeys(
        "np.exp np.exp2 np.expm1 np.sin np.cos np.tan np.arctan np.sinh np.cosh np.tanh".split(), ANY
    ),
    **dict.fromkeys(
        "np.arcsinh np.deg2rad np.radians np.rad2deg np.degrees np.sinc np.i0 np.nan_to_num".split(), ANY
    ),
    **dict.fromkeys("np.reciprocal np.imag np.angle np.sign".split(), ANY),
    **dict.fromkeys("np.arcsin np.arccos np.arctanh math.asin math.acos math.atanh".split(), UNIT),
    **dict.fromkeys(
        "np.sqrt np.log np.log2 np.log10 np.log1p math.sqrt math.log2 math.log10".split(), POSITIVE
    ),
    **dict.fromkeys("math.log1p math.gamma math.lgamma".split(), POSITIVE),
    **dict.fromkeys("np.arccosh math.acosh".split(), [(1.3,), (40.0,)]),
    **dict.fromkeys(
        "math.cbrt math.exp math.exp2 math.expm1 math.sin math.cos math.tan math.atan".split(), ANY
    ),
    **dict.fromkeys("math.sinh math.cosh math.tanh math.asinh math.erf math.erfc math.fabs".split(), ANY),
    **dict.fromkeys("math.degrees math.radians float np.float64 np.longdouble".split(), ANY),
    "abs": ANY,
    "math.gamma": [*POSITIVE[:2], (-1.3,)],
    "math.lgamma": [*POSITIVE, (-1.3,), (-7.8,)],
    "math.log": [(0.3,), (40.0,), (0.3, 2.5), (3.0, 0.7)],
    "math.hypot": [*PAIRS, (3.0,), (1.0, -2.0, 0.5)],
    "np.ldexp": [(0.3, 3), (-1.5, -2)],
    "math.ldexp": [(0.3, 3), (-1.5, -2)],
    "np.nextafter": [(0.3, 1.0)],
    "np.real_if_close": ANY,
    "math.nextafter": [(0.3, 1.0)],
    "np.heaviside": [(0.0, 0.5), (1.0, 0.5), (-1.0, 0.5)],
    "np.clip": [(0.3, 0.5, 2.0), (0.7, 0.5, 2.0), (3.0, 0.5, 2.0), (1.0, None, 2.0), (3.0, 2.0, 1.0)],
    "ieee_div": PAIRS,
    "gap": PAIRS,
    "ieee_log": POSITIVE,
    "ieee_pow": BASE_PAIRS,
    "pow_dx": [*BASE_PAIRS, (2.3, 4.1, 2), (0.3, 5.5, 3)],
    "pow_dy": [*BASE_PAIRS, (2.3, 4.1, 2), (0.3, 5.5, 0)],
    "polygamma": [(0, 0.3), (1, 2.5), (3, 20.0), (0, -1.3), (2, -3.4)],
    "sinc_dx": [(0.3,), (1e-3,), (5.2, 2), (-0.9, 3)],
    "bessel_i": [(0, 1.3), (1, -2.5), (3, 10.0)],
    "complex": [],  # complex results: see test_complex_differences
    "np.complex128": [],
    "np.float32": [],  # too coarse for differences
    "np.float16": [],
    "np.complex64": [],
    "np.clongdouble": [],
}

COMPLEX = [(0.4 + 0.3j,), (-1.2 + 0.7j,)]
COMPLEX_PAIRS = [(0.4 + 0.3j, -1.2 + 0.7j), (1.1 - 0.2j, 0.3 + 0.4j)]
COMPLEX_CASES: dict[str, list[tuple[Any, ...]]] = {
    **dict.fromkeys(
        "add sub mul truediv pow np.add np.subtract np.multiply np.divide np.power".split(), COMPLEX_PAIRS
    ),
    **dict.fromkeys(
        "abs neg pos np.negative np.positive np.square np.abs np.conj np.real np.imag".split(), COMPLEX
    ),
    **dict.fromkeys(
        "np.angle np.sign np.reciprocal np.exp np.exp2 np.expm1 np.log np.log2 np.log10".split(), COMPLEX
    ),
    **dict.fromkeys(
        "np.log1p np.sqrt np.sin np.cos np.tan np.arcsin np.arccos np.arctan np.sinh".split(), COMPLEX
    ),
    **dict.fromkeys(
        "np.cosh np.tanh np.arcsinh np.arccosh np.arctanh np.float_power np.complex128".split(), COMPLEX
    ),
    "np.float_power": COMPLEX_PAIRS,
    "complex": [(0.4, 0.3), (0.4 + 0.3j, 0.2), (0.1, 0.7 - 0.2j)],
}

# np.emath's are complex or real by their values: basis_lines.py takes the parts of them
TABLE = sorted(n for n, rule in RULES.items() if rule.form == "elementwise" and not n.startswith("np.emath."))
ACTIVE = [name for name in TABLE if RULES[name].vjp]


def kind_of(value: Any) -> Kind:
    """The kind of a value as the lowering would know it."""
    if isinstance(value, np.ndarray):
        return kinds.array(tuple(value.shape), value.dtype.name)
    if isinstance(value, np.generic):
        return kinds.npscalar(value.dtype.name)
    if value is None:
        return kinds.NONE
    names = {bool: "bool", int: "int", float: "float", complex: "complex", str: "str"}
    return Kind(names[type(value)])


def bind(rule: Rule, args: tuple[Any, ...], known: tuple[str, ...] = ()) -> Bound:
    """A call with these arguments; those in `known`, and all defaults, are literals."""
    names = list(rule.signature)
    given = dict(zip(names, args, strict=False))
    literal = {n: v for n, v in given.items() if n in known or v is None or rule.signature[n] is not REQUIRED}
    if rule.name in runtime.HELPERS:
        literal |= {n: v for n, v in given.items() if isinstance(v, int)}
    defaults = {n: d for n, d in rule.signature.items() if d is not REQUIRED}
    statics = {
        **dict.fromkeys(given, UNKNOWN),
        **{n: d for n, d in defaults.items() if n not in given},
        **literal,
    }
    bound = Bound({n: kind_of(v) for n, v in given.items()}, statics)
    bound.out = rule.kind(bound)
    return bound


def div(p: Any, q: Any) -> Any:
    """What the transform makes of div: ieee_div for Python numbers, else a quotient under errstate."""
    if isinstance(p, np.generic | np.ndarray) or isinstance(q, np.generic | np.ndarray):
        return p / q
    return runtime.HELPERS["ieee_div"](p, q)


def evaluate(text: str, rule: Rule, args: tuple[Any, ...], out: Any, g: Any) -> Any:
    """The value of a rule's text."""
    scope = {"np": np, "math": math, "div": div, **runtime.HELPERS}
    scope |= {n: d for n, d in rule.signature.items() if d is not REQUIRED}
    scope |= dict(zip(rule.signature, args, strict=False)) | {"out": out, "g": g}
    with np.errstate(all="ignore"):
        return eval(compile(text, text, "eval"), scope)


def text_for(rule: Rule, name: str, bound: Bound, tangent: bool = False) -> str | None:
    """The text for an argument, its derivative by the vjp's table or the jvp's."""
    text = rule.jvp.get(name, rule.vjp.get(name)) if tangent else rule.vjp.get(name)
    return text(bound) if callable(text) else text


def derivative(
    rule: Rule, args: tuple[Any, ...], name: str, g: Any, tangent: bool = False, *, known: Any = ()
) -> Any:
    """g times the derivative in an argument by the rule."""
    with np.errstate(all="ignore"):
        out = OBJECTS[rule.name](*args)
    text = text_for(rule, name, bind(rule, args, known), tangent)
    return 0.0 * g if text is None else evaluate(text, rule, args, out, g)


def difference(f: Callable[..., Any], args: tuple[Any, ...], i: int, step: complex = 1.0) -> Any:
    """The derivative in argument i along `step` by a central difference of fourth order."""
    h = 1e-3

    def at(t: float) -> Any:
        return f(*args[:i], args[i] + t * step, *args[i + 1 :])

    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


def as_carriers(args: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The arguments as Python floats, NumPy scalars, arrays, and a Python float beside arrays."""
    floats = [i for i, a in enumerate(args) if type(a) is float]
    result = [args, tuple(np.float64(a) if i in floats else a for i, a in enumerate(args))]
    result.append(tuple(np.array([a, a]) if i in floats else a for i, a in enumerate(args)))
    for i in floats if len(floats) > 1 else []:
        for carrier in (np.float64(args[i]), np.array([args[i]])):
            result.append((*args[:i], carrier, *args[i + 1 :]))
    return result


def accepts(name: str, args: tuple[Any, ...]) -> bool:
    """Whether a function takes arrays: those of `math` and the scalar helpers do not."""
    scalar = name.startswith("math.") or name in (*runtime.HELPERS, "float", "complex")
    return not scalar or not any(isinstance(a, np.ndarray) for a in args)


def test_every_rule_has_cases() -> None:
    missing = [name for name in ACTIVE if name not in CASES]
    assert not missing


@pytest.mark.parametrize("name", ACTIVE)
def test_differences(name: str) -> None:
    rule = RULES[name]
    for case in CASES[name]:
        for args in as_carriers(case):
            if not accepts(name, args):
                continue
            for i, argument in enumerate(list(rule.signature)[: len(args)]):
                if type(case[i]) is not float or (i == 1 and name.endswith(".nextafter")):
                    continue
                expected = difference(OBJECTS[name], args, i)
                if name == "np.heaviside" and i == 0:
                    expected = 0.0
                for g in (1.0, np.float64(-2.5)):
                    for tangent in (False, True):
                        got = derivative(rule, args, argument, g, tangent)
                        np.testing.assert_allclose(
                            got, g * expected, 2e-7, 1e-9, err_msg=f"{args} {argument}"
                        )


@pytest.mark.parametrize("name", sorted(COMPLEX_CASES))
def test_complex_differences(name: str) -> None:
    """T(g) of the holomorphic; the adjoint in the inner product Re(conj(a)*b) of the others."""
    rule = RULES[name]
    rng = np.random.default_rng(0)
    for case in COMPLEX_CASES[name]:
        for args in (case, tuple(np.array([a]) for a in case)):
            if not accepts(name, args):
                continue
            for i, argument in enumerate(list(rule.signature)[: len(args)]):
                steps = (1.0, 1j) if np.iscomplexobj(args[i]) else (1.0,)
                for step in steps:
                    tangent = difference(OBJECTS[name], args, i, step)
                    got = derivative(rule, args, argument, step, tangent=True)
                    np.testing.assert_allclose(got, tangent, 1e-7, 1e-9)
                    g = complex(*rng.normal(size=2)) if np.iscomplexobj(tangent) else rng.normal()
                    if rule.holomorphic:
                        bar = np.conj(derivative(rule, args, argument, np.conj(g)))
                    else:
                        bar = derivative(rule, args, argument, g)
                    left = np.real(np.conj(g) * tangent)
                    np.testing.assert_allclose(np.real(np.conj(bar) * step), left, 1e-7, 1e-9)


SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e-200, -1e-200, 1e200, -1e200, math.inf, -math.inf, math.nan)
LITERALS = (0, 1, 2, 3, 7, -1, -2, -5, 0.5, 1.5, 0.3, -0.5, 2.0, 3.0)


def attempt(f: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """The function's value, None where it raises or leaves the real numbers."""
    try:
        with np.errstate(all="ignore"):
            out = f(*args)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None if isinstance(out, complex) and not any(isinstance(a, complex) for a in args) else out


def special_points(name: str) -> list[tuple[tuple[str, ...], Any]]:
    """Names of literal arguments, and arguments."""
    count = max((len(case) for case in CASES[name]), default=1)
    ints = {i for case in CASES[name] for i, a in enumerate(case) if isinstance(a, int)}
    special = SPECIAL if count < 3 else (0.0, -1.0, 1e-200, 1e200, -math.inf, math.nan)
    choices = [(0, 1, 2) if i in ints else special for i in range(count)]
    known: list[tuple[tuple[str, ...], Any]] = [((), point) for point in itertools.product(*choices)]
    if name in ("pow", "np.power", "np.float_power", "math.pow", "real_pow"):
        known += [(("y",), point) for point in itertools.product(SPECIAL, LITERALS)]
        known += [(("x",), point) for point in itertools.product((0.0, 1.0, 2, 2.5, -3.0), SPECIAL)]
    return known


@pytest.mark.parametrize("name", ACTIVE)
def test_poles_do_not_raise(name: str) -> None:
    rule = RULES[name]
    for literal, point in special_points(name):
        for args in as_carriers(point):
            literals = [i for i, n in enumerate(rule.signature) if n in literal]
            if any(args[i] is not point[i] for i in literals) or not accepts(name, args):
                continue
            if attempt(OBJECTS[name], args) is None:
                continue
            for argument in rule.vjp:
                if argument in list(rule.signature)[: len(args)]:
                    for g in (1.0, np.float64(1.0)):
                        value = derivative(rule, args, argument, g, known=literal)
                        assert isinstance(value, float | complex | np.generic | np.ndarray), args


LOUD = {"g/y", "1.5*x**0.5*g"}  # inf/0 is inf without a warning, and (-inf)**1.5 nan


@pytest.mark.parametrize(
    "name", [n for n in ACTIVE if not n.startswith("math.") and n not in runtime.HELPERS]
)
def test_texts_that_warn_are_marked(name: str) -> None:
    """Where NumPy is silent about a function, its text is, or has a `div`, or is among the POLES."""
    rule = RULES[name]
    for literal, point in special_points(name):
        names = list(rule.signature)
        args = tuple(
            np.array([a]) if type(a) is float and names[i] not in literal else a for i, a in enumerate(point)
        )
        try:
            with np.errstate(all="raise", under="ignore"):
                out = OBJECTS[name](*args)
        except (ArithmeticError, TypeError, ValueError):
            continue
        for argument in names[: len(args)]:
            text = text_for(rule, argument, bind(rule, args, literal))
            if text is None or "div(" in text or text in elementwise.POLES or text in LOUD:
                continue
            scope = {"np": np, "math": math, **runtime.HELPERS, **dict(zip(names, args, strict=False))}
            with np.errstate(all="raise", under="ignore"):
                eval(text, scope | {"out": out, "g": 1.0})


def test_common_texts_are_silent() -> None:
    assert not {"2*x*g", "3*x**2*g", "g/y", "g/x", "out*g", "y*g"} & elementwise.POLES


@pytest.mark.parametrize("name", TABLE)
def test_kind_and_dtype(name: str) -> None:
    """The kind that a rule promises is the kind of what comes out, for operands of several dtypes."""
    rule = RULES[name]
    required = [n for n, d in rule.signature.items() if d is REQUIRED]
    if any(n.startswith("*") for n in required) or name in (
        "is",
        "isnot",
        "in",
        "notin",
        "np.isnat",
        "select",
    ):
        return
    values: list[Any] = [
        2,
        0.5,
        1.5,
        True,
        np.float64(1.5),
        np.float32(1.5),
        np.int64(2),
        np.array([1.5, 2.0]),
    ]
    values += [np.array([[1, 2]], np.int32), np.array([1.0], np.float32), np.array(2.0), 1j, np.array([1j])]
    if name in runtime.HELPERS:
        values = [1.5, 0.5] if len(required) < 2 or name == "ieee_div" else [1, 2]
    checked = 0
    for args in itertools.product(values, repeat=max(len(required), 1)):
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # np.fix, from NumPy 2.5 on
                out = OBJECTS[name](*args)
        except (TypeError, ValueError, ArithmeticError, IndexError, Warning):
            continue
        if isinstance(out, tuple | list) or out is NotImplemented or out is None:
            continue
        if name == "np.real_if_close" and any(np.iscomplexobj(a) for a in args):
            continue  # refused: the dtype depends on the values
        promised = rule.kind(bind(rule, args))
        actual = kind_of(out)
        if promised.cat == "object":
            continue
        assert (promised.sort, promised.rank) == (actual.sort, actual.rank), (args, promised, actual)
        assert promised.dtype == actual.dtype, (args, promised, actual)
        assert promised.cat == actual.cat, (args, promised, actual)
        checked += 1
    assert checked


@pytest.mark.parametrize("name", [n for n in ACTIVE if n.startswith("np.") or "." not in n])
def test_float32_stays(name: str) -> None:
    rule = RULES[name]
    for case in CASES[name]:
        args = tuple(np.array([a], np.float32) if type(a) is float else a for a in case)
        if not accepts(name, args) or name in runtime.HELPERS:
            continue
        with np.errstate(all="ignore"):
            out = OBJECTS[name](*args)
        for argument in list(rule.vjp)[: len(args)]:
            if args[list(rule.signature).index(argument)] is None:
                continue
            value = derivative(rule, args, argument, np.ones(1, out.dtype))
            assert np.asarray(value).dtype == out.dtype or isinstance(value, float), (args, argument)


def value(name: str, argument: str, *args: Any, known: Any = ()) -> list[float]:
    """The derivative of a function at a point, as Python float, NumPy scalar and array."""
    result = []
    for carried in as_carriers(args)[:3]:
        if accepts(name, carried):
            got = derivative(RULES[name], carried, argument, 1.0, known=known)
            result += [float(v) for v in np.ravel(np.broadcast_to(got, np.shape(carried[0])))]
    return result


def check(expected: float, name: str, argument: str, *args: Any, known: Any = ()) -> None:
    np.testing.assert_array_equal(value(name, argument, *args, known=known), expected)


def test_kinks() -> None:
    """The table of the public interface."""
    for name in ("np.maximum", "np.minimum", "np.fmax", "np.fmin"):
        check(0.5, name, "x", 2.0, 2.0)
        check(0.5, name, "y", 2.0, 2.0)
    for name in ("abs", "np.abs", "np.fabs", "math.fabs", "np.sign"):
        check(0.0, name, "x", 0.0)
        check(0.0, name, "x", -0.0)
    assert derivative(RULES["abs"], (0j,), "x", 1.0) == 0
    assert derivative(RULES["np.abs"], (np.zeros(1, complex),), "x", 1.0) == [0]
    check(1.0, "np.clip", "a", 0.5, 0.5, 2.0)
    check(1.0, "np.clip", "a", 2.0, 0.5, 2.0)
    check(0.0, "np.clip", "a_min", 0.5, 0.5, 2.0)
    for name in ("np.hypot", "math.hypot"):
        check(0.0, name, "x", 0.0, 0.0)
        check(1e200 / math.hypot(1e200, 1e200), name, "x", 1e200, 1e200)
        check(1e-200 / math.hypot(1e-200, 1e-200), name, "y", 1e-200, 1e-200)
    for name in ("np.sqrt", "math.sqrt"):
        check(math.inf, name, "x", 0.0)
    check(math.inf, "np.log", "x", 0.0)
    check(math.inf, "np.divide", "x", 1.0, 0.0)
    check(-1e-200, "truediv", "y", 1e200, 1e200)
    check(0.0, "np.heaviside", "x", 0.0, 0.5)


@pytest.mark.parametrize("name", ["pow", "np.power", "math.pow", "np.float_power"])
def test_power_at_zero(name: str) -> None:
    table = {0.0: 0.0, 1.0: 1.0, 2.0: 0.0, 3.0: 0.0, 1.5: 0.0, 7.0: 0.0, 0.5: math.inf, 0.3: math.inf}
    for y, expected in table.items():
        for known in ((), ("y",)):
            check(expected, name, "x", 0.0, y, known=known)
        check(0.0, name, "y", 0.0, y)
    for y in (0, 1, 2, 3):
        check(float(y == 1), name, "x", 0.0, y, known=("y",))
    assert math.isnan(value(name, "y", -2.0, 2.0)[0])


def test_texts_read_as_written() -> None:
    """The common texts, word by word."""

    def text(name: str, argument: str, *args: Any, known: Any = ()) -> str | None:
        return text_for(RULES[name], argument, bind(RULES[name], args, known))

    u = np.ones(2)
    assert text("pow", "x", u, 2, known=("y",)) == "2*x*g"
    assert text("pow", "x", 2.0, 2, known=("y",)) == "2*x*g"
    assert text("pow", "x", u, 3.0, known=("y",)) == "3*x**2*g"
    assert text("pow", "x", u, 1, known=("y",)) == "g"
    assert text("pow", "x", u, 0, known=("y",)) is None
    assert text("pow", "x", u, 0.5, known=("y",)) == "div(0.5*g, out)"
    assert text("pow", "x", u, 1.1, known=("y",)) == "1.1*x**0.1*g"
    assert text("pow", "x", u, 0.3, known=("y",)) == "div(0.3*g, x**0.7)"
    assert text("pow", "x", u, -1, known=("y",)) == "-(out*out*g)"
    assert text("pow", "x", u, -2, known=("y",)) == "-2*(out/x)*g"
    assert text("pow", "y", 2, u, known=("x",)) == "math.log(x)*out*g"
    assert text("pow", "x", 2.0, 3.0) == "pow_dx(x, y)*g"
    assert text("np.maximum", "x", u, u) == "np.where(x < y, 0.0, np.where(x == y, 0.5*g, g))"
    assert text("np.maximum", "x", np.float64(1.0), 2.0) == "0.0 if x < y else 0.5*g if x == y else g"
    assert text("truediv", "x", 1.0, 2.0) == "g/y"
    assert text("abs", "x", 1.0) == "sign(x)*g"


def test_special_functions() -> None:
    sp = pytest.importorskip("scipy.special")
    polygamma, bessel_i, sinc_dx = (runtime.HELPERS[n] for n in ("polygamma", "bessel_i", "sinc_dx"))
    for n in range(5):
        for x in (1e-3, 0.3, 1.0, 5.5, 14.9, 200.0):
            assert polygamma(n, x) == pytest.approx(float(sp.polygamma(n, x)), rel=1e-12)
    for x in (-0.3, -1.5, -7.25, -100.9):
        assert polygamma(0, x) == pytest.approx(float(sp.digamma(x)), rel=1e-10)
    x = np.array([0.0, 1e-5, 0.3, -4.0, 50.0, 600.0])
    for n in range(4):
        np.testing.assert_allclose(bessel_i(n, x), sp.iv(n, x), 1e-12, 1e-16)
    y = np.linspace(-6.0, 6.0, 301)
    points = 1.1 * np.exp(2j * math.pi * np.arange(64) / 64)  # Cauchy's formula
    z = math.pi * (y[:, None] + points)
    for n in range(1, 6):
        expected = math.factorial(n) * np.mean(np.sin(z) / z * points**-n, axis=1).real
        np.testing.assert_allclose(sinc_dx(y, n), expected, 1e-9, 1e-10 * math.pi**n)
