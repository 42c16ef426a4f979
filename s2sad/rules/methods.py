"""Methods of ufuncs: reduce, accumulate, reduceat and at of functions other than add and multiply.

What add.reduce, multiply.reduce, maximum.reduce and the like mean is np.sum, np.prod, np.max; those of
logaddexp and hypot have derivatives in closed form. The rest are composites: loops in NumPy's order.

    z = np.logaddexp.reduce(a)     a_bar = g*np.exp(a - out)
    np.multiply.at(a, i, b)        for k in range(len(i)): a[i[k]] = np.multiply(a[i[k]], b[k])
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes, results
from s2sad.rules.axes import as_array, literal, reduced, shape_of, spread
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays

_REDUCE = "a, axis=0, dtype=None, out=None, keepdims=False"


def _reduced_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    dtype = axes.averaged(own.dtype)
    return reduced(bound, dtype if own.sort == "complex" else axes.dtype_name(bound, dtype))


def _shares(text: str) -> Callable[[Bound], str]:
    """The shares of the elements in a result, a text in terms of `a` and `{out}`."""
    return lambda b: text.format(out=spread(b, "out"))


def _reduction(name: str, share: str) -> None:
    shares = _shares(share)
    structural(
        f"np.{name}.reduce",
        _REDUCE,
        _reduced_kind,
        {"a": lambda b: f"{spread(b, 'g')}*{shares(b)}"},
        jvp={"a": lambda b: f"np.sum({shares(b)}*a_dot{axes.axis_args(b)})"},
        poles=True,  # inf - inf
    )


_reduction("logaddexp", "np.exp(a - {out})")
_reduction("logaddexp2", "np.exp2(a - {out})")
_reduction("hypot", "div_or_zero(a, {out})")


def _ties(bound: Bound) -> str:
    return f"a == {spread(bound, 'out')}"


for _name in ("fmax", "fmin"):
    structural(
        f"np.{_name}.reduce",
        _REDUCE,
        lambda b: reduced(b, as_array(b.kind("a")).dtype),
        {"a": lambda b: f"({_ties(b)})*{spread(b, f'(g/np.sum({_ties(b)}{axes.axis_args(b)}))')}"},
        jvp={
            "a": lambda b: (
                f"np.sum(({_ties(b)})*a_dot{axes.axis_args(b)})/np.sum({_ties(b)}{axes.axis_args(b)})"
            )
        },
        poles=True,
    )


def _same_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, own.dtype)


for _name in ("maximum", "minimum", "fmax", "fmin"):
    structural(
        f"np.{_name}.accumulate",
        "a, axis=0, dtype=None, out=None",
        _same_kind,
        {"a": lambda b: f"running_extreme_back(g, out, {literal(b, 'axis')})"},
        jvp={"a": lambda b: f"running_extreme_dot(a_dot, out, {literal(b, 'axis')})"},
    )
structural(
    "np.add.reduceat",
    "a, indices, axis=0, dtype=None, out=None",
    lambda b: kinds.array(
        None
        if (own := shape_of(b, "a")) is None or (at := axes.one_axis(b)) is None
        else (*own[:at], kinds.new_length(), *own[at + 1 :]),
        axes.accumulated(as_array(b.kind("a")).dtype),
    ),
    {"a": lambda b: f"segment_back(g, a, indices, {literal(b, 'axis')})"},
    linear=("a",),
)


# ---------------------------------------------------------------------------------------- two results at once


def _two(second: str) -> Callable[[Bound], Kind]:
    """The kind of a ufunc with two results, the second of a dtype of its own if one is given."""

    def kind(bound: Bound) -> Kind:
        own = results.numeric(bound.kind("x"))
        first = kinds.num(own.shape, axes.averaged(axes.strong(own).dtype))
        return Kind("tuple", items=(first, kinds.num(own.shape, second or first.dtype)))

    return kind


structural("np.modf", "x", _two(""), {"x": "g[0]"}, (np.modf,), jvp={"x": "(x_dot, np.zeros_like(x))"})
structural(
    "np.frexp",
    "x",
    _two("int32"),
    {"x": "np.ldexp(g[0], -out[1])"},
    (np.frexp,),
    jvp={"x": "(np.ldexp(x_dot, -out[1]), None)"},
)


# ------------------------------------------------------------------------------------------------- composites

_BINARY = (
    "subtract divide true_divide power float_power arctan2 remainder mod fmod add multiply maximum minimum "
    "fmax fmin logaddexp logaddexp2 hypot"
).split()
_UNARY = (
    "negative absolute square sqrt exp log sin cos tan tanh reciprocal conjugate sign expm1 log1p cbrt"
).split()


def _narrow(name: str) -> str:
    """Lines that refuse float16, of which NumPy makes float32 until a line of these is at its end."""
    if name not in ("add", "subtract", "multiply", "divide", "true_divide"):
        return ""
    what = f"np.{name} of many float16 is rounded at its end only; convert them with astype(np.float32)"
    return f"    if np.asarray(array).dtype == np.float16:\n        raise TypeError({what!r})\n"


def _loops(name: str) -> None:
    """Enter reduce, accumulate and at of a binary ufunc, where they have no rule of their own."""
    from s2sad.rules.registry import RULES

    if f"np.{name}.reduce" not in RULES and name not in _UNRELIABLE:
        composite(
            f"np.{name}.reduce",
            f"""def reduce(array, axis=0, keepdims=False):
{_narrow(name)}    lines = np.asarray(array) if axis == 0 else np.moveaxis(array, axis, 0)
    z = lines[0]
    for i in range(1, len(lines)):
        z = np.{name}(z, lines[i])
    return np.expand_dims(z, axis) if keepdims else z
""",
        )
    if f"np.{name}.accumulate" not in RULES and name not in _UNRELIABLE:
        composite(
            f"np.{name}.accumulate",
            f"""def accumulate(array, axis=0):
    lines = np.asarray(array) if axis == 0 else np.moveaxis(array, axis, 0)
    z = np.empty_like(lines)
    z[:1] = lines[:1]
    for i in range(1, len(lines)):
        z[i] = np.{name}(z[i - 1], lines[i])
    return z if axis == 0 else np.moveaxis(z, 0, axis)
""",
        )
    if f"np.{name}.reduceat" not in RULES and name not in _UNRELIABLE:
        composite(
            f"np.{name}.reduceat",
            f"""def reduceat(array, indices, axis=0):
{_narrow(name)}    lines = np.asarray(array) if axis == 0 else np.moveaxis(array, axis, 0)
    parts = []
    for i in range(len(indices)):
        start = indices[i]
        stop = indices[i + 1] if i + 1 < len(indices) else len(lines)
        z = lines[start]
        for k in range(start + 1, stop):
            z = np.{name}(z, lines[k])
        parts.append(z)
    if len(indices) == 0:
        return np.moveaxis(lines[:0], 0, axis)
    return np.stack(parts, axis)
""",
        )
    if f"np.{name}.at" not in RULES:
        composite(f"np.{name}.at", _at(name, 2))


_AT = """def at(a, indices{b}):
    chosen = positions(a)[indices]
    places = np.ravel(chosen)
{spread}    if np.ndim(a) == 1:
        for k in range(len(places)):
            a[places[k]] = np.{name}(a[places[k]]{b_k})
    elif np.ndim(a) == 2:
        i, j = flat_index(places, np.shape(a))
        for k in range(len(places)):
            a[i[k], j[k]] = np.{name}(a[i[k], j[k]]{b_k})
    elif np.ndim(a) == 3:
        i, j, l = flat_index(places, np.shape(a))
        for k in range(len(places)):
            a[i[k], j[k], l[k]] = np.{name}(a[i[k], j[k], l[k]]{b_k})
    else:
        for k in range(len(places)):
            one = flat_index(places[k:k + 1], np.shape(a))
            a[one] = np.{name}(a[one]{b_one})
"""


def _at(name: str, operands: int) -> str:
    """The source of `np.name.at`: subscripts of any form are counted out, and taken one after the other."""
    if operands == 1:
        return _AT.format(name=name, b="", spread="", b_k="", b_one="")
    spread = "    b = np.ravel(np.broadcast_to(b, np.shape(chosen)))\n"
    return _AT.format(name=name, b=", b", spread=spread, b_k=", b[k]", b_one=", b[k:k + 1]")


# NumPy's vector loops for these read past the running result: np.power.reduce([0.7, 1.9, 0.3]) is 0.7**0.3.
_UNRELIABLE = ("power", "float_power", "arctan2")
for _name in _BINARY:
    _loops(_name)
for _name in _UNARY:
    composite(f"np.{_name}.at", _at(_name, 1))


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _like(name: str) -> Callable[[Bound], Kind]:
    return lambda b: kinds.array(shape_of(b, name), as_array(b.kind("z")).dtype)


for _one, _other in (("back", "dot"), ("dot", "back")):
    structural(
        f"running_extreme_{_one}",
        "z, peaks, axis=0",
        _like("peaks"),
        {"z": f"running_extreme_{_other}(g, peaks, axis)", "peaks": axes.zero},
        (getattr(arrays, f"running_extreme_{_one}"),),
        linear=("z",),
    )
structural(
    "segment_back",
    "z, a, indices, axis=0",
    _like("a"),
    {"z": "np.add.reduceat(g, indices, axis)", "a": axes.zero},
    (arrays.segment_back,),
    linear=("z",),
)
