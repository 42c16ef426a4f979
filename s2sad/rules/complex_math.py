"""Derivatives of the functions of `cmath`, which take Python's numbers and give complex ones.

The texts obey what `s2sad.rules.elementwise` says. All but phase are holomorphic; where a root has a cut, the
derivative is written by roots with the same cut:

    w = cmath.asin(z)       z_bar = w_bar/(cmath.sqrt(1 - z)*cmath.sqrt(1 + z))
"""

from __future__ import annotations

import cmath
from typing import Any

from s2sad.ir import kinds
from s2sad.rules import results
from s2sad.rules.registry import Bound, Rule, Text, composite, parse_signature, register


def _function(
    name: str, signature: str, *texts: Text | None, kind: kinds.Kind = kinds.COMPLEX, **options: Any
) -> None:
    arguments = parse_signature(signature)
    vjp = {n: t for n, t in zip(arguments, texts, strict=False) if t is not None}
    result = results.constant(kind)
    made = Rule(f"cmath.{name}", arguments, result, vjp=vjp, form="elementwise", raises=True, **options)
    register(made, getattr(cmath, name))


def _logarithm(bound: Bound) -> str:
    return "g/(x*cmath.log(base))" if bound.given("base") else "g/x"


def _phase(text: str) -> Text:
    """A text for complex x; the phase of a real number is 0 or pi."""
    return lambda bound: text if bound.kind("x").sort == "complex" else None


_function("exp", "x", "out*g")
_function("log", "x, base=None", _logarithm, "-(out*g/(base*cmath.log(base)))")
_function("log10", "x", "g/(math.log(10)*x)")
_function("sqrt", "x", "div(0.5*g, out)")
_function("sin", "x", "cmath.cos(x)*g")
_function("cos", "x", "-(cmath.sin(x)*g)")
_function("tan", "x", "(1 + out*out)*g")
_function("asin", "x", "div(g, cmath.sqrt(1 - x)*cmath.sqrt(1 + x))")
_function("acos", "x", "-div(g, cmath.sqrt(1 - x)*cmath.sqrt(1 + x))")
_function("atan", "x", "g/(1 + x*x)")
_function("sinh", "x", "cmath.cosh(x)*g")
_function("cosh", "x", "cmath.sinh(x)*g")
_function("tanh", "x", "(1 - out*out)*g")
_function("asinh", "x", "div(g, cmath.sqrt(1 + 1j*x)*cmath.sqrt(1 - 1j*x))")
_function("acosh", "x", "div(g, cmath.sqrt(x - 1)*cmath.sqrt(x + 1))")
_function("atanh", "x", "g/(1 - x*x)")
_function(
    "phase", "x", _phase("div(1j*x/abs(x)*g, abs(x))"),
    kind=kinds.FLOAT, holomorphic=False, jvp={"x": _phase("div((x.conjugate()/abs(x)*g).imag, abs(x))")},
)  # fmt: skip
composite("cmath.polar", "def polar(x): return abs(x), cmath.phase(x)", (cmath.polar,), raises=True)
composite(
    "cmath.rect", "def rect(r, phi): return complex(r*math.cos(phi), r*math.sin(phi))",
    (cmath.rect,), raises=True,
)  # fmt: skip
for _name in ("isfinite", "isinf", "isnan"):
    _function(_name, "x", kind=kinds.BOOL)
_function("isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", kind=kinds.BOOL)
