"""np.emath: functions whose result is complex where an argument leaves the real domain.

    z = np.emath.sqrt(x)      x_bar = np.real(g/(2*np.conj(z)))

Whether the result is real or complex is known from the values alone: texts take it for complex, and what they
compute of a real one is real.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.registry import REQUIRED, Bound, Rule, Text, register

_FUNCTIONS: dict[str, dict[str, Text]] = {
    "sqrt": {"x": "div(0.5*g, out)"},
    "log": {"x": "div(g, x)"},
    "log2": {"x": "div(1.4426950408889634*g, x)"},
    "log10": {"x": "div(0.4342944819032518*g, x)"},
    "logn": {"n": "-div(g*out, n*np.emath.log(n))", "x": "div(g, x*np.emath.log(n))"},
    "power": {"x": "g*p*np.emath.power(x, p - 1)", "p": "g*out*np.emath.log(x)"},
    "arccos": {"x": "-div(g, np.sin(out))"},
    "arcsin": {"x": "div(g, np.cos(out))"},
    "arctanh": {"x": "div(g, (1.0 - x)*(1.0 + x))"},
}


def _complex(names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        made = kinds.elementwise(*(results.numeric(bound.kind(n)) for n in names))
        narrow = made.dtype in ("float32", "complex64")
        return kinds.num(made.shape, "complex64" if narrow else "complex128")

    return infer


for _name, _texts in _FUNCTIONS.items():
    _names = tuple(_texts)
    register(
        Rule(
            f"np.emath.{_name}", dict.fromkeys(_names, REQUIRED), _complex(_names), vjp=_texts,
            form="elementwise", poles=True,
        ),
        getattr(np.emath, _name),
    )  # fmt: skip
