"""Builtins: conversions, Python's own min, max and sum, and functions that carry no derivative.

The texts obey what `s2sad.rules.elementwise` says. Python's max and min give the derivative to the argument
that they return, the first of equal ones: `y = max(a, b)` has the adjoints

    a_bar = 0.0 if b > a else y_bar
    b_bar = y_bar if b > a else 0.0
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import elementwise, helpers, results
from s2sad.rules.registry import RULES, Bound, Rule, composite, parse_signature, register, structural

__all__ = ["elementwise", "helpers"]  # their rules belong to builtins and to generated texts

register(RULES["pow"], builtins.pow)  # with two arguments it is the operator
composite("divmod", "def divmod(x, y): return x//y, x % y", (builtins.divmod,), raises=True)


def _conversion(name: str, signature: str, kind: Callable[[Bound], Kind], **options: Any) -> None:
    made = Rule(name, parse_signature(signature), kind, form="elementwise", raises=True, **options)
    register(made, getattr(builtins, name))


# ---------------------------------------------------------------------------------------------- conversions


def _rounded(bound: Bound) -> Kind:
    kind = bound.kind("number")
    if bound.given("ndigits") and bound.kind("ndigits").cat != "none":
        return kinds.INT if kind.cat == "bool" else kind
    return kinds.INT if kind.is_scalar else kind


def _real_part(bound: Bound) -> str:
    kind = bound.kind("real")
    if kind.sort != "complex":
        return "np.real(g)"
    return "g" if kind.is_python else "np.complex128(g)"  # Python's complex raises when 0 divides it


def _imaginary_part(bound: Bound) -> str:
    return "-1j*g" if bound.kind("imag").sort == "complex" else "np.imag(g)"


_conversion(
    "float", "x=0.0", results.constant(kinds.FLOAT), holomorphic=False, vjp={"x": "g"},
    jvp={"x": lambda bound: "g" if bound.kind("x").is_python else "float(g)"},
)  # fmt: skip
_conversion(
    "complex", "real=0.0, imag=0.0", results.constant(kinds.COMPLEX), holomorphic=False,
    vjp={"real": _real_part, "imag": _imaginary_part}, jvp={"real": "g", "imag": "1j*g"},
)  # fmt: skip
_conversion("int", "x=0, base=10", results.constant(kinds.INT))
_conversion("bool", "x=False", results.constant(kinds.BOOL))
_conversion("round", "number, ndigits=None", _rounded)


# ----------------------------------------------------------------------------------------- min, max and sum

_ARGUMENTS = ("a", "b", "c", "d", "e", "f", "h", "i")  # `g` is taken


def item_kind(kind: Kind) -> Kind:
    """The kind of the items that iteration over a value gives."""
    if kind.cat == "range":
        return kinds.INT
    if kind.cat in ("array", "num"):
        return kinds.num(None if kind.shape is None else kind.shape[1:], kind.dtype)
    if kind.cat == "tuple" and kind.every is not None:
        return kind.every
    items = kind.items if kind.cat in ("list", "tuple") else None
    if not items:
        return kinds.OBJECT
    result = items[0]
    for item in items[1:]:
        result = kinds.join(result, item)
    return result


def _extreme_kind(bound: Bound) -> Kind:
    given = list(bound.kinds.values())
    result = item_kind(given[0]) if len(given) == 1 else given[0]
    for other in given[1:]:
        result = kinds.join(result, other)
    return result


def _extreme(name: str, sign: str) -> None:
    """Enter max or min; `sign` compares a later argument that wins with an earlier one."""

    def text_of(argument: str) -> Callable[[Bound], str]:
        def text(bound: Bound) -> str:
            given = [n for n in _ARGUMENTS if bound.given(n)]
            if len(given) == 1:
                return f"put(a, pick_{name}(a), g)"
            if len(given) == 2:
                return f"0.0 if b {sign} a else g" if argument == "a" else f"g if b {sign} a else 0.0"
            return f"g if pick_{name}(({', '.join(given)})) == {given.index(argument)} else 0.0"

        return text

    def chosen_tangent(argument: str) -> Callable[[Bound], str]:
        text = text_of(argument)
        return lambda bound: text(bound) if bound.given("b") else f"g[pick_{name}(a)]"

    signature = "a, " + ", ".join(f"{n}=None" for n in _ARGUMENTS[1:])
    structural(
        name, signature, _extreme_kind, {n: text_of(n) for n in _ARGUMENTS},
        (getattr(builtins, name),), jvp={n: chosen_tangent(n) for n in _ARGUMENTS}, raises=True,
        effect="maybe " + " ".join(_ARGUMENTS),
    )  # fmt: skip


_extreme("max", ">")
_extreme("min", "<")


def _sum_kind(bound: Bound) -> Kind:
    given = bound.kind("iterable")
    item = item_kind(given)
    start = bound.kind("start") if bound.given("start") else kinds.INT
    if item == kinds.BOTTOM or (given.cat == "list" and given.items is None):
        return start  # in the first pass over a loop that appends nothing is in it
    if not item.is_number or not start.is_number:
        return kinds.OBJECT
    return results.arithmetic(np.add, start, item)


def _start_text(bound: Bound) -> str:
    scalar = bound.out is not None and bound.out.is_scalar
    return "g" if scalar else "unbroadcast(g, start)"


def _start_tangent(bound: Bound) -> str:
    """Of nothing, the sum is the array `start` itself."""
    if bound.out is not None and bound.out.is_scalar:
        return "g"
    if bound.kind("start").is_scalar:
        return "np.broadcast_to(g, np.shape(out))"
    return "g if len(iterable) == 0 else g + np.zeros_like(out)"


def _total_tangent(bound: Bound) -> str:
    if not bound.given("start") or bound.kind("start").is_scalar or bound.kind("iterable").cat != "list":
        return "sum(g)"
    return "sum(g, np.zeros_like(start))"  # of the shape of `start`, where there is nothing to add


def _both_tangents(bound: Bound, same: bool) -> str | None:
    return None if bound.kind("start").is_scalar else "sum(iterable_dot, start_dot)"


structural(
    "sum", "iterable, start=0", _sum_kind, {"iterable": "spread(g, iterable)", "start": _start_text},
    (builtins.sum,), jvp={"iterable": _total_tangent, "start": _start_tangent},
    effect="maybe start", joint=_both_tangents,
)  # fmt: skip
structural(
    "math.fsum", "seq", results.constant(kinds.FLOAT), {"seq": "spread(g, seq)"},
    (math.fsum,), jvp={"seq": "math.fsum(g)"}, raises=True,
)  # fmt: skip
for _function, _second, _text, _tangent in (
    (math.modf, kinds.FLOAT, "g[0]", "(x_dot, 0.0)"),
    (math.frexp, kinds.INT, "math.ldexp(g[0], -out[1])", "(math.ldexp(x_dot, -out[1]), None)"),
):
    structural(
        f"math.{_function.__name__}", "x",
        results.constant(Kind("tuple", items=(kinds.FLOAT, _second))), {"x": _text},
        (_function,), jvp={"x": _tangent}, raises=True,
    )  # fmt: skip
composite(
    "math.prod",
    "def prod(iterable, *, start=1):\n"
    "    product = start\n"
    "    for factor in iterable:\n"
    "        product = product*factor\n"
    "    return product\n",
    (math.prod,),
)


# ------------------------------------------------------------------------------------------- no derivatives

# Methods of lists and tuples that say where something is.
structural("seq.index", "xs, value, start=0, stop=None", results.constant(kinds.INT), raises=True)
structural("seq.count", "xs, value", results.constant(kinds.INT))

_INACTIVE: tuple[tuple[str, str, Kind], ...] = (
    ("len", "obj", kinds.INT),
    ("range", "start, stop=None, step=1", kinds.RANGE),
    ("isinstance", "obj, class_or_tuple", kinds.BOOL),
    ("issubclass", "cls, class_or_tuple", kinds.BOOL),
    ("callable", "obj", kinds.BOOL),
    ("hasattr", "obj, name", kinds.BOOL),
    ("any", "iterable", kinds.BOOL),
    ("all", "iterable", kinds.BOOL),
    ("type", "obj", kinds.OBJECT),
    ("id", "obj", kinds.INT),
    ("hash", "obj", kinds.INT),
    ("ord", "c", kinds.INT),
    ("chr", "i", kinds.STR),
    ("bin", "number", kinds.STR),
    ("hex", "number", kinds.STR),
    ("repr", "obj", kinds.STR),
    ("str", "obj=''", kinds.STR),
    ("format", "value, format_spec=''", kinds.STR),
)
for _name, _signature, _kind in _INACTIVE:
    _object = getattr(builtins, _name)
    structural(_name, _signature, results.constant(_kind), None, (_object,), raises=_name != "len")
structural(
    "print", "*args, sep=' ', end='\\n', file=None, flush=False", results.constant(kinds.NONE),
    None, (builtins.print,), impure=True,
)  # fmt: skip
