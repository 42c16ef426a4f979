"""Derivatives of elementwise functions: Python's operators, NumPy's ufuncs, and the functions of `math`.

Each line gives a function, its arguments and, for every argument, the cotangent's contribution in terms of
`g`, `out` and the arguments; it is linear in `g` and serves as the tangent as well. None is an exact zero.
For instance

    _ufunc(np.tanh, "x", "(1 - out*out)*g")

says that the adjoint of `y = np.tanh(x)` is `x_bar = (1 - y*y)*y_bar`. No text raises where its function
did not: `div(p, q)` stands where the divisor may be 0 although the function was fine, and Python floats,
which raise where NumPy warns, get texts of their own (`pow_dx` and `sign` are helpers of
`s2sad.runtime`).

Values at kinks and poles: ties of maximum and minimum share equally, abs and hypot have 0 at 0, clip has 1
at a bound, x**y has the derivative 0 at x = 0 for y = 0 and y > 1, and 0 in y.
"""

from __future__ import annotations

import builtins
import decimal
import math
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import as_array
from s2sad.rules.registry import Bound, Rule, Text, composite, elementwise, parse_signature, register
from s2sad.runtime import ieee

POLES: set[str] = {"pow", "np.power", "np.float_power"}
"""Texts without a `div` that may warn on arrays and NumPy scalars where the function itself did not, and the
names of the rules that have such texts for some exponents only."""


def _noisy(text: str) -> str:
    """Mark a text as one that NumPy warns at: at a pole, on overflow, at infinity."""
    POLES.add(text)
    return text


# ------------------------------------------------------------------------------------- ways to enter a rule


def _ufunc(function: np.ufunc, args: str, *texts: Text | None, name: str = "", **options: Any) -> None:
    names = tuple(a.strip() for a in args.split(","))
    kind = results.of_ufunc(function, names)
    elementwise(f"np.{name or function.__name__}", args, *texts, objects=(function,), kind=kind, **options)


def _operator(name: str, args: str, function: np.ufunc, *texts: Text | None, **options: Any) -> None:
    live = {"not": "not_", "bor": "or_", "band": "and_", "bxor": "xor"}.get(name, name)
    objects = (getattr(operator, live),)
    elementwise(name, args, *texts, objects=objects, kind=results.of_operator(function), **options)


def _plain(
    name: str,
    signature: str,
    kind: Callable[[Bound], Kind],
    *texts: Text | None,
    objects: tuple[Any, ...],
    **options: Any,
) -> None:
    """An elementwise function that is no ufunc, so has a signature of its own."""
    arguments = parse_signature(signature)
    vjp = {n: t for n, t in zip(arguments, texts, strict=False) if t is not None}
    register(Rule(name, arguments, kind, vjp=vjp, form="elementwise", **options), *objects)


def _math(
    name: str,
    signature: str,
    *texts: Text | None,
    kind: Kind = kinds.FLOAT,
    raises: bool = True,
    general: str = "",
) -> None:
    if hasattr(math, name):
        options: dict[str, Any] = {"objects": (getattr(math, name),), "raises": raises, "general": general}
        _plain(f"math.{name}", signature, results.constant(kind), *texts, **options)


def _selected(condition: str, then: str, orelse: str) -> Callable[[Bound], str]:
    """`np.where(condition, then, orelse)`, a conditional expression where all arguments are scalars."""
    return lambda bound: _choice(bound, condition, then, orelse)


def _choice(bound: Bound, condition: str, then: str, orelse: str) -> str:
    skipped = ("out", "where", "dtype")
    if all(k.is_scalar or k.cat == "none" for n, k in bound.kinds.items() if n not in skipped):
        return f"{then} if {condition} else {orelse}"
    return f"np.where({condition}, {then}, {orelse})"


def _shared(loses: str) -> Callable[[Bound], str]:
    """Nothing of g where the other argument is taken, half of it at ties.

    Ties are rare, so that the processor foresees the inner choice, which two arguments share.
    """
    return lambda bound: _choice(bound, loses, "0.0", _choice(bound, "x == y", "0.5*g", "g"))


def _quotient(divisor: str, dividend: str = "g", minus: bool = False) -> Callable[[Bound], str]:
    """A quotient of a NumPy function: at 0 the function warns, but a Python number as divisor would raise."""

    def text(bound: Bound) -> str:
        unsafe = bound.kind("x").is_python
        value = f"div({dividend}, {divisor})" if unsafe else f"{dividend}/{_factor(divisor)}"
        return f"-({value})" if minus else value

    return text


def _factor(text: str) -> str:
    return text if text.isidentifier() else f"({text})"


def _complex(real: str | None, other: str) -> Callable[[Bound], str | None]:
    """A text for real and one for complex x."""
    return lambda bound: other if bound.kind("x").sort == "complex" else real


def _imaginary(text: str) -> Callable[[Bound], str | None]:
    """A text for the imaginary part of complex numbers; refused where it is not known what x is."""

    def made(bound: Bound) -> str | None:
        sort = bound.kind("x").sort
        if sort not in ("complex", "float", "int", "bool"):
            raise NotImplementedError(
                "np.imag of a value that may be complex; say so by np.asarray(x, complex)"
            )
        return text if sort == "complex" else None

    return made


# --------------------------------------------------------------------------------------------------- powers


def _both_python(bound: Bound) -> bool:
    return bound.kind("x").is_python and bound.kind("y").is_python


def _power_of_literal(y: int | float) -> str | None:
    y = int(y) if y == int(y) else float(y)
    if y in (0, 1):
        return "g" if y else None
    if y == -1:
        return _noisy("-(out*out*g)")
    if y < 0:
        return f"{y}*(out/x)*g"
    if y == 0.5:
        return "div(0.5*g, out)"
    one_less = decimal.Decimal(repr(y)) - 1  # 0.1 for 1.1, where floats have 0.10000000000000009
    if y < 1:
        return f"div({y}*g, x**{-one_less})"
    return f"{y}*x*g" if y == 2 else f"{y}*x**{one_less}*g"


def _power_x(bound: Bound, silent: bool = False) -> str | None:
    """The base's part; `silent` functions do not raise on overflow, so that x**(y - 1) may not either."""
    y = bound.static("y")
    simple = not silent or not _both_python(bound)
    if isinstance(y, int | float) and math.isfinite(y) and (abs(y) <= 2 or simple):
        return _power_of_literal(y)
    if _both_python(bound):
        return "pow_dx(x, y)*g"
    return _noisy(_choice(bound, "y == 0", "0.0", "y*x**(y - 1)*g"))


def _power_y(bound: Bound) -> str | None:
    x = bound.static("x")
    if isinstance(x, int | float) and x >= 0:
        return "math.log(x)*out*g" if x else None
    if _both_python(bound):
        return "pow_dy(x, y)*g"
    return _noisy(_choice(bound, "x == 0", "0.0", "np.log(x)*out*g"))


def _silent_power_x(bound: Bound) -> str | None:
    return _power_x(bound, silent=True)


# ------------------------------------------------------------------------------------------------ operators


def _divided_x(bound: Bound) -> str:
    """g/y; where x is NumPy's and y Python's, x/y is inf at y = 0, and g may be a Python float."""
    return "g/y" if _both_python(bound) or not bound.kind("y").is_python else "div(g, y)"


def _divided_y(bound: Bound) -> str:
    """The divisor's part: by g/y where the dividend's part computes that.

    Never by out*out, not even for 1/y: in `e*(1/np.sum(e))` with e of 1e173 that is zero, and times g it
    should not be.
    """
    shared = "x" in bound.active and not bound.unit
    return _noisy(f"-({_divided_x(bound)}*out)" if shared else "-(g*out/y)")


def _absolute(bound: Bound) -> str:
    if bound.kind("x").sort == "complex":
        return _noisy("x/(out + (out == 0))*g")
    return "sign(x)*g" if bound.kind("x").is_python else "np.sign(x)*g"


def _absolute_dot(bound: Bound) -> str:
    if bound.kind("x").sort == "complex":
        return "np.real(np.conj(x)*g)/(out + (out == 0))"
    return _absolute(bound)


_operator("add", "x, y", np.add, "g", "g", cheap=True)
_operator("sub", "x, y", np.subtract, "g", "-g", cheap=True)
_operator("mul", "x, y", np.multiply, "y*g", "x*g", cheap=True)
_operator(
    "truediv", "x, y", np.true_divide, _divided_x, _divided_y,
    jvp={"y": _noisy("-(g*out/y)")}, raises=True,
)  # fmt: skip
_operator("floordiv", "x, y", np.floor_divide, None, None, raises=True)
_operator("mod", "x, y", np.remainder, "g", _noisy("-(x//y*g)"), raises=True)
_operator("pow", "x, y", np.power, _power_x, _power_y, raises=True)
elementwise(
    "real_pow", "x, y", _power_x, _power_y, kind=results.of_operator(np.power), raises=True,
    objects=(ieee.real_pow,),
)  # fmt: skip
_operator("neg", "x", np.negative, "-g", cheap=True)
_operator("pos", "x", np.positive, "g", cheap=True)
_operator("invert", "x", np.invert, None)
_operator("band", "x, y", np.bitwise_and, None, None)
_operator("bor", "x, y", np.bitwise_or, None, None)
_operator("bxor", "x, y", np.bitwise_xor, None, None)
_operator("lshift", "x, y", np.left_shift, None, None, raises=True)
_operator("rshift", "x, y", np.right_shift, None, None, raises=True)

_function: np.ufunc
for _name, _function in (
    ("lt", np.less), ("le", np.less_equal), ("eq", np.equal),
    ("ne", np.not_equal), ("gt", np.greater), ("ge", np.greater_equal),
):  # fmt: skip
    _compared = results.of_comparison(_function)
    elementwise(_name, "x, y", objects=(getattr(operator, _name),), kind=_compared, cheap=True)

_TRUTH = {"not": operator.not_, "is": operator.is_, "isnot": operator.is_not, "in": None, "notin": None}
for _name, _live in _TRUTH.items():
    _args = "x" if _name == "not" else "x, y"
    _objects = (_live,) if _live else ()
    elementwise(_name, _args, objects=_objects, kind=results.constant(kinds.BOOL), cheap=True)

elementwise(
    "abs", "x", _absolute, jvp={"x": _absolute_dot}, objects=(builtins.abs, operator.abs), holomorphic=False,
    kind=lambda bound: _magnitude(bound.kind("x")),
)  # fmt: skip


def _magnitude(kind: Kind) -> Kind:
    if kind.is_python:
        return {"complex": kinds.FLOAT, "bool": kinds.INT}.get(kind.cat, kind)
    return results.ufunc(np.absolute, kind)


# ---------------------------------------------------------------------------------------- NumPy: arithmetic

_ufunc(np.add, "x, y", "g", "g", cheap=True)
_ufunc(np.subtract, "x, y", "g", "-g", cheap=True)
_ufunc(np.multiply, "x, y", "y*g", "x*g", cheap=True)
_ufunc(
    np.divide, "x, y",
    lambda bound: "div(g, y)" if bound.kind("y").is_python else "g/y",
    lambda bound: "-div(g*out, y)" if bound.kind("y").is_python else _divided_y(bound),
    jvp={"y": lambda bound: "-div(g*out, y)" if bound.kind("y").is_python else "-(g*out/y)"},
)  # fmt: skip
_ufunc(np.floor_divide, "x, y", None, None)
_ufunc(np.remainder, "x, y", "g", _noisy("-(np.floor_divide(x, y)*g)"), name="mod")
_ufunc(np.fmod, "x, y", "g", _noisy("-(np.rint((x - out)/y)*g)"))  # whole, so a constant
_ufunc(np.power, "x, y", _silent_power_x, _power_y)
_ufunc(np.float_power, "x, y", _silent_power_x, _power_y)
_ufunc(np.negative, "x", "-g", cheap=True)
_ufunc(np.positive, "x", "g", cheap=True)
_ufunc(np.reciprocal, "x", _noisy("-(out*out*g)"))
_ufunc(np.square, "x", "2*x*g", cheap=True)
_ufunc(np.sqrt, "x", "div(0.5*g, out)")
_ufunc(np.cbrt, "x", "div(g, 3*out*out)")
_ufunc(
    np.absolute, "x",
    _complex("np.sign(x)*g", _noisy("x/(out + (out == 0))*g")), name="abs", holomorphic=False,
    jvp={"x": _complex("np.sign(x)*g", "np.real(np.conj(x)*g)/(out + (out == 0))")},
)  # fmt: skip
_ufunc(np.fabs, "x", "np.sign(x)*g")
_ufunc(np.conjugate, "x", _complex("g", "np.conj(g)"), name="conj", holomorphic=False, cheap=True)
_ufunc(np.ldexp, "x, i", "np.ldexp(g, i)")
_ufunc(np.nextafter, "x, y", "g")
_ufunc(np.copysign, "x, y", "np.sign(x)*np.copysign(1.0, y)*g")
_ufunc(np.hypot, "x, y", _noisy("x/(out + (out == 0))*g"), _noisy("y/(out + (out == 0))*g"))
_ufunc(np.maximum, "x, y", _shared("x < y"), _shared("y < x"), holomorphic=False)
_ufunc(np.minimum, "x, y", _shared("x > y"), _shared("y > x"), holomorphic=False)
for _function, _beats in ((np.fmax, ">"), (np.fmin, "<")):
    _ufunc(
        _function, "x, y",
        _shared(f"(y {_beats} x) | np.isnan(x)"), _shared(f"(x {_beats} y) | np.isnan(y)"),
        holomorphic=False,
    )  # fmt: skip
_ufunc(np.heaviside, "x, y", None, _selected("x == 0", "g", "0.0"))
_SIGN = "np.where(x == 0, 0.0, div(g - out*np.real(np.conj(out)*g), np.abs(x)))"
_ufunc(np.sign, "x", _complex(None, _SIGN), holomorphic=False)
for _function in (np.floor, np.ceil, np.rint, np.trunc, np.spacing):
    _ufunc(_function, "x", None)

# --------------------------------------------------------------------- NumPy: exponentials and trigonometry

_ufunc(np.exp, "x", "out*g")
_ufunc(np.exp2, "x", "math.log(2)*out*g")
_ufunc(np.expm1, "x", "np.exp(x)*g")
_ufunc(np.log, "x", _quotient("x"))
_ufunc(np.log2, "x", _quotient("math.log(2)*x"))
_ufunc(np.log10, "x", _quotient("math.log(10)*x"))
_ufunc(np.log1p, "x", _quotient("1 + x"))
# x - out would lose what x has more digits than 1: both shares of logaddexp(1e15, 1e15) were 0.47.
_ufunc(
    np.logaddexp, "x, y", _noisy("np.exp(-np.logaddexp(0.0, gap(y, x)))*g"),
    _noisy("np.exp(-np.logaddexp(0.0, gap(x, y)))*g"),
)  # fmt: skip
_ufunc(
    np.logaddexp2, "x, y", _noisy("np.exp2(-np.logaddexp2(0.0, gap(y, x)))*g"),
    _noisy("np.exp2(-np.logaddexp2(0.0, gap(x, y)))*g"),
)  # fmt: skip
_ufunc(np.sin, "x", "np.cos(x)*g")
_ufunc(np.cos, "x", "-(np.sin(x)*g)")
_ufunc(np.tan, "x", "(1 + out*out)*g")
_ufunc(np.arcsin, "x", "div(g, np.sqrt(1 - x*x))")
_ufunc(np.arccos, "x", "-div(g, np.sqrt(1 - x*x))")
_ufunc(np.arctan, "x", _complex(_noisy("g/(1 + x*x)"), "div(g, 1 + x*x)"))
_ufunc(  # x*x + y*y is 0 for x = y = 1e-200
    np.arctan2, "y, x", "div(div(x, np.hypot(x, y))*g, np.hypot(x, y))",
    "-div(div(y, np.hypot(x, y))*g, np.hypot(x, y))",
)  # fmt: skip
_ufunc(np.sinh, "x", "np.cosh(x)*g")
_ufunc(np.cosh, "x", "np.sinh(x)*g")
_ufunc(np.tanh, "x", "(1 - out*out)*g")
_ufunc(np.arcsinh, "x", _complex("g/np.hypot(x, 1)", "div(g, np.sqrt(x*x + 1))"))  # x*x overflows
_ufunc(np.arccosh, "x", "div(div(g, np.sqrt(x - 1)), np.sqrt(x + 1))")  # no product of 0 and inf at 1
_ufunc(np.arctanh, "x", _quotient("1 - x*x"))
for _function in (np.deg2rad, np.radians, np.rad2deg, np.degrees):
    _ufunc(_function, "x", f"np.{_function.__name__}(g)")

# ------------------------------------------------------------ NumPy: functions of integers and truth values

for _name in "isfinite isinf isnan isnat signbit logical_not invert bitwise_count".split():
    _ufunc(getattr(np, _name), "x")
for _name in (
    "equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor bitwise_and "
    "bitwise_or bitwise_xor left_shift right_shift gcd lcm"
).split():
    _ufunc(getattr(np, _name), "x, y")
composite("np.divmod", "def divmod(x, y): return np.floor_divide(x, y), np.remainder(x, y)", (np.divmod,))

# ------------------------------------------------------------------------------- NumPy: what is not a ufunc


def _like(bound: Bound) -> Kind:
    """An array or NumPy scalar of the first argument's shape and dtype."""
    kind = results.numeric(next(iter(bound.kinds.values())))
    return kinds.num(kind.shape, kinds.promote(kind))


def _rounded(bound: Bound) -> Kind:
    kind = _like(bound)
    return replace(kind, dtype="float16") if kind.dtype == "bool" else kind


def _finite(bound: Bound) -> str:
    """What np.nan_to_num passes on; of a complex number, of each part for itself."""
    if bound.kind("x").sort == "complex":
        real, imag = (f"np.where(np.isfinite(x.{part}), np.{part}(g), 0.0)" for part in ("real", "imag"))
        return f"{real} + 1j*{imag}"
    return _choice(bound, "np.isfinite(x)", "g", "0.0")


def _nan_part(bound: Bound, test: str) -> str:
    if bound.kind("x").sort == "complex":
        return f"np.where({test}(x.real), np.real(g), 0.0) + np.where({test}(x.imag), np.imag(g), 0.0)"
    return _choice(bound, f"{test}(x)", "g", "0.0")


def _real_only(bound: Bound) -> Kind:
    if bound.kind("a").sort == "complex":
        raise NotImplementedError("np.real_if_close of a complex array, whose result depends on the values")
    return as_array(bound.kind("a"))


def _float_like(bound: Bound) -> Kind:
    return results.ufunc(np.multiply, bound.kind("x"), kinds.FLOAT)


def _bessel(bound: Bound) -> Kind:
    kind = _float_like(bound)
    return replace(kind, cat="array" if kind.rank is not None else "num")  # 0-d arrays are not made scalars


def _truth(bound: Bound) -> Kind:
    return kinds.BOOL if bound.kind("x").is_python else _bool_like(bound)


def _bool_like(bound: Bound) -> Kind:
    numbers = [results.numeric(k) for n, k in bound.kinds.items() if n in ("x", "a", "b")]
    return kinds.elementwise(*numbers, dtype="bool")


def _part(bound: Bound) -> Kind:
    """What `.real` and `.imag` give: a value of the same sort, real."""
    return _real(results.numeric(bound.kind("x")))


def _angle_kind(bound: Bound) -> Kind:
    return _real(_float_like(bound))


def _real(kind: Kind) -> Kind:
    if kind.is_python:
        return {"complex": kinds.FLOAT, "bool": kinds.INT}.get(kind.cat, kind)
    half = {"complex64": "float32", "complex128": "float64", "complex256": "float128", "complex": "float"}
    return replace(kind, dtype=half.get(kind.dtype, kind.dtype))


def _clipped(bound: Bound) -> Kind:
    if bound.given("out") and bound.kind("out").cat != "none":
        return bound.kind("out")
    given = [k for n, k in bound.kinds.items() if n in ("a", "a_min", "a_max") and k.cat != "none"]
    return kinds.elementwise(*(results.numeric(k) for k in given))


def _clip_text(argument: str) -> Callable[[Bound], str | None]:
    """g where a is not beyond a bound; where NumPy's bounds are crossed, the upper one is the result."""

    def text(bound: Bound) -> str | None:
        low, high = (bound.given(n) and bound.kind(n).cat != "none" for n in ("a_min", "a_max"))
        if not (low or high):
            return "g" if argument == "a" else None
        if not bound.given(argument) or bound.kind(argument).cat == "none":
            return None
        outside = " | ".join(["(a < a_min)"] * low + ["(a > a_max)"] * high)
        if argument == "a":
            return _choice(bound, outside, "0.0", "g")
        crossed = {"a_min": "(a < a_min) & (a_min <= a_max)", "a_max": "(a > a_max) | (a_min > a_max)"}
        alone = {"a_min": "a < a_min", "a_max": "a > a_max"}
        condition = (crossed if low and high else alone)[argument]
        return _choice(bound, condition, "g", "0.0")

    return text


_plain(
    "np.clip", "a, a_min=None, a_max=None, out=None", _clipped,
    _clip_text("a"), _clip_text("a_min"), _clip_text("a_max"),
    objects=(np.clip,), writes=("out",), holomorphic=False,
)  # fmt: skip
_plain(
    "np.real", "x", _part, "g", jvp={"x": _complex("g", "np.real(g)")},
    objects=(np.real,), effect="view x", holomorphic=False, cheap=True,
)  # fmt: skip
_plain(
    "np.imag", "x", _part, _imaginary("1j*g"), jvp={"x": _imaginary("np.imag(g)")},
    objects=(np.imag,), effect="maybe x", holomorphic=False, cheap=True,
)  # fmt: skip
_plain(
    "np.angle", "x, deg=False", _angle_kind,
    lambda bound: _angle(bound, "div(div(1j*x, np.abs(x))*g, np.abs(x))"),
    jvp={"x": lambda bound: _angle(bound, "div(np.imag(np.conj(x)/np.abs(x)*g), np.abs(x))")},
    objects=(np.angle,), holomorphic=False,
)  # fmt: skip


def _angle(bound: Bound, text: str) -> str | None:
    if bound.kind("x").sort != "complex":
        return None
    return text if bound.static("deg") is False else f"(180/math.pi if deg else 1.0)*{text}"


_plain("np.nan_to_num", "x, copy=True, nan=0.0, posinf=None, neginf=None", _like,
       _finite, None, lambda b: _nan_part(b, "np.isnan"),
       lambda b: _nan_part(b, "np.isposinf"), lambda b: _nan_part(b, "np.isneginf"), holomorphic=False,
       objects=(np.nan_to_num,))  # fmt: skip
_plain("np.sinc", "x", _float_like, "sinc_dx(x)*g", objects=(np.sinc,))
_plain("np.i0", "x", _bessel, "bessel_i(1, x)*g", objects=(np.i0,))
_plain("np.round", "a, decimals=0, out=None", _rounded, objects=(np.round, np.around), writes=("out",))
_plain("np.real_if_close", "a, tol=100", _real_only, "g", objects=(np.real_if_close,), effect="maybe a")
_plain("np.fix", "x, out=None", _like, objects=(np.fix,), writes=("out",))
for _name in "isposinf isneginf iscomplex isreal".split():
    _plain(f"np.{_name}", "x", _truth if _name == "isreal" else _bool_like, objects=(getattr(np, _name),))
_plain("np.isclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False", _bool_like, objects=(np.isclose,))
for _name, _args in (
    ("allclose", "a, b, rtol=1e-05, atol=1e-08, equal_nan=False"), ("array_equal", "a1, a2, equal_nan=False"),
    ("array_equiv", "a1, a2"), ("isscalar", "element"), ("iscomplexobj", "x"), ("isrealobj", "x"),
):  # fmt: skip
    _plain(f"np.{_name}", _args, results.constant(kinds.BOOL), objects=(getattr(np, _name),))


def _cast(dtype: str) -> Callable[[Bound], Kind]:
    return lambda bound: kinds.num(results.numeric(bound.kind("x")).shape, dtype)


for _name in "float64 float32 float16 longdouble complex128 complex64 clongdouble".split():
    _type = getattr(np, _name)
    _plain(f"np.{_name}", "x", _cast(np.dtype(_type).name), "g", objects=(_type,), holomorphic=False)
for _name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
    _plain(f"np.{_name}", "x", _cast(_name), objects=(getattr(np, _name),))

# ----------------------------------------------------------------------------------------------------- math

_math("sqrt", "x", "div(0.5*g, out)")
_math("cbrt", "x", "div(g, 3*out*out)", raises=False)
_math("exp", "x", "out*g", raises=False)
_math("exp2", "x", "math.log(2)*out*g", raises=False)
_math("expm1", "x", "math.exp(x)*g", raises=False)
_math(
    "log", "x, base=None",
    lambda bound: "g/math.log(base)/x" if bound.given("base") else "g/x",
    "-(out/math.log(base)/base*g)",
)  # fmt: skip
_math("log2", "x", "g/(math.log(2)*x)")
_math("log10", "x", "g/(math.log(10)*x)")
_math("log1p", "x", "g/(1 + x)")
_math("pow", "x, y", _power_x, _power_y)
_math("fabs", "x", "sign(x)*g", raises=False)
_math("copysign", "x, y", "sign(x)*math.copysign(1.0, y)*g", raises=False)
_math("fmod", "x, y", "g", "-(div(x - out, y)*g)")
_math("remainder", "x, y", "g", "-(div(x - out, y)*g)")
_math(
    "hypot", "x, y=0.0, z=0.0", *(f"{_name}/(out + (out == 0))*g" for _name in "xyz"), raises=False,
    general="math.hypot of many",
)  # fmt: skip
_math("ldexp", "x, i", "np.ldexp(g, i)", raises=False)
_math("nextafter", "x, y", "g", raises=False)
_math("sin", "x", "math.cos(x)*g")
_math("cos", "x", "-(math.sin(x)*g)")
_math("tan", "x", "(1 + out*out)*g")
_math("asin", "x", "div(g, math.sqrt(1 - x*x))")
_math("acos", "x", "-div(g, math.sqrt(1 - x*x))")
_math("atan", "x", "g/(1 + x*x)", raises=False)
_math(
    "atan2", "y, x", "div(div(x, math.hypot(x, y))*g, math.hypot(x, y))",
    "-div(div(y, math.hypot(x, y))*g, math.hypot(x, y))", raises=False,
)  # fmt: skip
_math("sinh", "x", "math.cosh(x)*g", raises=False)
_math("cosh", "x", "math.sinh(x)*g", raises=False)
_math("tanh", "x", "(1 - out*out)*g", raises=False)
_math("asinh", "x", "g/math.hypot(x, 1)", raises=False)  # x*x overflows
_math("acosh", "x", "div(g, math.sqrt(x - 1))/math.sqrt(x + 1)")
_math("atanh", "x", "g/(1 - x*x)")
_math("erf", "x", "2/math.sqrt(math.pi)*math.exp(-x*x)*g", raises=False)
_math("erfc", "x", "-(2/math.sqrt(math.pi)*math.exp(-x*x)*g)", raises=False)
_math("gamma", "x", "polygamma(0, x)*out*g")
_math("lgamma", "x", "polygamma(0, x)*g")
_math("degrees", "x", "math.degrees(g)", raises=False)
_math("radians", "x", "math.radians(g)", raises=False)
_math("ulp", "x", raises=False)
for _name in "floor ceil trunc isqrt factorial".split():
    _math(_name, "x", kind=kinds.INT)
for _name in "isfinite isinf isnan".split():
    _math(_name, "x", kind=kinds.BOOL, raises=False)
_math("isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", kind=kinds.BOOL)
_math("comb", "n, k", kind=kinds.INT)
_math("perm", "n, k=None", kind=kinds.INT)
_math("gcd", "*integers", kind=kinds.INT)
_math("lcm", "*integers", kind=kinds.INT)
