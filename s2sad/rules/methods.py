"""Methods of ufuncs: reduce, accumulate, reduceat and at of functions other than add and multiply.

What add.reduce, multiply.reduce, maximum.reduce and the like mean is np.sum, np.prod, np.max; those of
subtract, divide, logaddexp and hypot have derivatives in closed form, running ones by a linear recurrence.
The rest are composites: loops in NumPy's order.

    z = np.logaddexp.reduce(a)     a_bar = g*np.exp(a - out)
    z = np.hypot.accumulate(a)     a_bar = scan_back(g, ...)*..., the derivatives of one step
    np.multiply.at(a, i, b)        a[i] = np.multiply(a[i], b), in turns where i names a place twice
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes, results
from s2sad.rules.axes import as_array, literal, reduced, shape_of, spread
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays, recurrences

_REDUCE = "a, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True"
_NEUTRAL = {
    "subtract": "0.0", "divide": "1.0", "true_divide": "1.0", "hypot": "0.0", "fmax": "np.nan",
    "fmin": "np.nan", "logaddexp": "-np.inf", "logaddexp2": "-np.inf",
}  # fmt: skip


def _plain_only(bound: Bound) -> None:
    """Leave calls with a first value or a mask to `reduced_from`."""
    if bound.given("initial") or bound.given("where"):
        raise NotImplementedError("a reduction with initial or where")


def _reduced_from(name: str) -> str:
    """Enter the reduction of a ufunc that begins with a value, or leaves elements out; the composite's name.

    np.logaddexp.reduce(a, initial=v)    np.logaddexp.reduce(np.concatenate(([v], a)))
    np.subtract.reduce(a, where=m)       np.subtract.reduce(np.where(m, a, 0.0))
    """
    composite(
        f"{name}_reduced_from",
        f"""def reduced_from(a, axis=0, dtype=None, keepdims=False, initial=None, where=True):
    z = np.asarray(a) if where is True else np.where(where, a, {_NEUTRAL[name]})
    if initial is None:
        return np.{name}.reduce(z, axis, dtype, keepdims=keepdims)
    if z.dtype.kind in "bui":
        raise TypeError("np.{name}.reduce of integers from a first value; convert them with astype(float)")
    flat = axis is None or np.ndim(z) == 0
    lines = np.ravel(z) if flat else np.moveaxis(z, axis, 0)
    first = np.full_like(lines, initial, shape=(1,) + np.shape(lines)[1:])
    total = np.{name}.reduce(np.concatenate((first, lines)), 0, dtype)
    if not keepdims:
        return total
    return np.reshape(total, (1,)*np.ndim(z)) if flat else np.expand_dims(total, axis)
""",
    )
    return f"{name}_reduced_from"


def _reduced_kind(bound: Bound) -> Kind:
    _plain_only(bound)
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
        general=_reduced_from(name),
    )


_reduction("logaddexp", "np.exp(a - {out})")
_reduction("logaddexp2", "np.exp2(a - {out})")
_reduction("hypot", "div_or_zero(a, {out})")


def _first(bound: Bound) -> str:
    """A mask of the first element of each line."""
    return f"is_first(a{_at_axis(bound)})"


def _at_axis(bound: Bound) -> str:
    axis = literal(bound, "axis")
    return "" if axis == "0" or (axis == "-1" and axes.rank_of(bound, "a") == 1) else f", {axis}"


def _plain_kind(bound: Bound) -> Kind:
    _plain_only(bound)
    return reduced(bound, axes.dtype_name(bound, as_array(bound.kind("a")).dtype))


structural(
    "np.subtract.reduce",
    _REDUCE,
    _plain_kind,
    {"a": lambda b: f"np.where({_first(b)}, {spread(b, 'g')}, -{spread(b, 'g')})"},
    linear=("a",),
    general=_reduced_from("subtract"),
)


def _turned(bound: Bound, text: str) -> str:
    return f"np.conj({text})" if axes.is_complex(bound, "a") else text


def _quotients(bound: Bound) -> str:
    return f"divide_slopes(a, {spread(bound, 'out')}{_at_axis(bound)})"


for _name in ("divide", "true_divide"):
    structural(
        f"np.{_name}.reduce",
        _REDUCE,
        _reduced_kind,
        {"a": lambda b: f"{spread(b, 'g')}*{_turned(b, _quotients(b))}"},
        jvp={"a": lambda b: f"np.sum({_quotients(b)}*a_dot{axes.axis_args(b)})"},
        poles=True,
        general=_reduced_from(_name),
    )


def _extreme_kind(bound: Bound) -> Kind:
    _plain_only(bound)
    return reduced(bound, as_array(bound.kind("a")).dtype)


def _ties(bound: Bound) -> str:
    return f"a == {spread(bound, 'out')}"


for _name in ("fmax", "fmin"):
    structural(
        f"np.{_name}.reduce",
        _REDUCE,
        _extreme_kind,
        {"a": lambda b: f"({_ties(b)})*{spread(b, f'(g/np.sum({_ties(b)}{axes.axis_args(b)}))')}"},
        jvp={
            "a": lambda b: (
                f"np.sum(({_ties(b)})*a_dot{axes.axis_args(b)})/np.sum({_ties(b)}{axes.axis_args(b)})"
            )
        },
        poles=True,
        general=_reduced_from(_name),
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


def _running(name: str, kept: str, share: str) -> None:
    """Enter the running results of a ufunc: what a step keeps of the one before, and its share of an element.

    The texts are in terms of `a`, `out` and `{x}`, the result before; for `kept` nothing, that is 1.
    """

    def texts(bound: Bound) -> tuple[str, str]:
        earlier = f"before(out{_at_axis(bound)})"
        shares = f"np.where({_first(bound)}, 1.0, {share.format(x=earlier)})"
        return kept.format(x=earlier, first=_first(bound)), shares

    def back(bound: Bound) -> str:
        factors, shares = texts(bound)
        return f"scan_back(g, {factors}{_at_axis(bound)})*{_turned(bound, shares)}"

    def dot(bound: Bound) -> str:
        factors, shares = texts(bound)
        return f"scan({shares}*a_dot, {factors}{_at_axis(bound)})"

    structural(
        f"np.{name}.accumulate",
        "a, axis=0",
        _running_kind,
        {"a": back},
        jvp={"a": dot},
        poles=True,
    )


def _running_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, axes.averaged(own.dtype))


for _name in ("divide", "true_divide"):
    _running(_name, "np.where({first}, 0.0, 1.0/a)", "-(out/a)")
_running("hypot", "{x}/(out + (out == 0))", "a/(out + (out == 0))")
for _name, _exp in (("logaddexp", "np.exp"), ("logaddexp2", "np.exp2")):
    _running(_name, *(f"{_exp}(-np.{_name}(0.0, gap({_pair})))" for _pair in ("a, {x}", "{x}, a")))


_running("fmod", "np.ones_like(out)", "-(({x} - out)/a)")
_running("copysign", "np.sign({x})*np.copysign(1.0, a)", "0.0")
for _name in ("mod", "remainder"):
    _running(_name, "np.ones_like(out)", "-np.floor_divide({x}, a)")


def _running_difference(bound: Bound) -> str:
    axis = literal(bound, "axis")
    sums = f"np.flip(np.cumsum(np.flip(g, {axis}), {axis}), {axis})"
    if axes.rank_of(bound, "a") == 1:
        sums = "np.cumsum(g[::-1])[::-1]"
    return f"np.where({_first(bound)}, {sums}, -{sums})"


structural(
    "np.subtract.accumulate", "a, axis=0", _same_kind, {"a": _running_difference}, linear=("a",)
)


def _whole_quotients(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, "int8" if own.dtype == "bool" else own.dtype)


structural(  # constant between jumps from the second element on
    "np.floor_divide.accumulate",
    "a, axis=0",
    _whole_quotients,
    {"a": lambda b: f"np.where({_first(b)}, g, 0.0)"},
    jvp={"a": lambda b: f"np.where({_first(b)}, a_dot, 0.0)"},
)


def _steps(bound: Bound, what: str) -> str:
    """np.heaviside is its second argument where the first is 0, and constant elsewhere."""
    return f"np.where({_first(bound)} | (before(out{_at_axis(bound)}) == 0), {what}, 0.0)"


structural(
    "np.heaviside.accumulate",
    "a, axis=0",
    _running_kind,
    {"a": lambda b: _steps(b, "g")},
    jvp={"a": lambda b: _steps(b, "a_dot")},
)
structural(
    "np.add.reduceat",
    "a, indices, axis=0, dtype=None, out=None",
    lambda b: kinds.array(
        None
        if (own := shape_of(b, "a")) is None or (at := axes.one_axis(b)) is None
        else (*own[:at], kinds.new_length(), *own[at + 1 :]),
        axes.dtype_name(b, axes.accumulated(as_array(b.kind("a")).dtype)),
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
    "fmax fmin logaddexp logaddexp2 hypot copysign heaviside floor_divide"
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
{_narrow(name)}    if np.ndim(array) == 0:
        return np.positive(array)
    z = np.take(np.{name}.accumulate(array, axis), -1, axis)
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
        if stop > start + 1:
            parts.append(np.{name}.reduce(lines[start:stop]))
        else:
            parts.append(lines[start])
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
{spread}    order, ends = turns(places)
    for k in range(len(ends) - 1):
        part = turn(order, ends, k)
        one = places_once(places, part)
        if np.ndim(a) != 1:
            one = flat_index(one, np.shape(a))
        a[one] = np.{name}(a[one]{b_part})
"""


def _at(name: str, operands: int) -> str:
    """The source of `np.name.at`: subscripts of any form are counted out, none taken twice at a time."""
    if operands == 1:
        return _AT.format(name=name, b="", spread="", b_part="")
    spread = "    b = np.broadcast_to(b, np.shape(chosen)).flatten()\n"
    return _AT.format(name=name, b=", b", spread=spread, b_part=", b[part]")


# NumPy's vector loops for these read past the running result: np.power.reduce([0.7, 1.9, 0.3]) is 0.7**0.3.
_UNRELIABLE = ("power", "float_power", "arctan2")
for _name in _BINARY:
    _loops(_name)
for _name in _UNARY:
    composite(f"np.{_name}.at", _at(_name, 1))


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _like_a(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    return kinds.array(own.shape, axes.averaged(own.dtype))


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


def _scanned(bound: Bound) -> Kind:
    return kinds.array(shape_of(bound, "z"), axes.promoted([as_array(bound.kind(n)) for n in "zc"]))


def _recurrence(name: str, turned: str, slopes: tuple[str, str]) -> None:
    """Enter `scan` or `scan_back`: the other is its transpose in z; `slopes` are texts for c, in {axis}."""

    def plain(form: str) -> Callable[[Bound], str]:
        return lambda b: form.format(axis=literal(b, "axis"))

    def text(wanted: str, form: str) -> Callable[[Bound], str]:
        return lambda b: axes.real_if(b, wanted, plain(form)(b))

    structural(
        name,
        "z, c, axis=0",
        _scanned,
        {"z": text("z", f"{turned}(g, c, {{axis}})"), "c": text("c", slopes[0])},
        (getattr(recurrences, name),),
        jvp={"z": plain(f"{name}(z_dot, c, {{axis}})"), "c": plain(slopes[1])},
    )


_recurrence(
    "scan",
    "scan_back",
    (
        "scan_back(g, c, {axis})*np.conj(before(out, {axis}))",
        "scan(c_dot*before(out, {axis}), c, {axis})",
    ),
)
_recurrence(
    "scan_back",
    "scan",
    (
        "np.conj(before(scan(g, c, {axis}), {axis}))*out",
        "scan_back(after(np.conj(c_dot)*out, {axis}), c, {axis})",
    ),
)
for _one, _other in (("before", "after"), ("after", "before")):
    structural(
        _one,
        "z, axis=0",
        lambda b: kinds.array(shape_of(b, "z"), as_array(b.kind("z")).dtype),
        {"z": f"{_other}(g, axis)"},
        (getattr(recurrences, _one),),
        linear=("z",),
    )


def _mask_of_first(bound: Bound) -> Kind:
    own, axis = shape_of(bound, "a"), axes.one_axis(bound)
    if own == ():
        return kinds.num((), "bool")
    if own is None or axis is None:
        return kinds.array(kinds.fresh_shape(None if own is None else len(own)), "bool")
    return kinds.array(tuple(n if k == axis else 1 for k, n in enumerate(own)), "bool")


structural("is_first", "a, axis=0", _mask_of_first, {}, (recurrences.is_first,))
structural(
    "turns",
    "places",
    lambda b: Kind("tuple", items=(kinds.array(shape_of(b, "places"), "int64"), kinds.list_of(kinds.INT))),
    {},
    (recurrences.turns,),
)
structural("turn", "order, ends, k", lambda b: kinds.array((new_length(),), "int64"), {}, (recurrences.turn,))
structural(
    "places_once",
    "places, part",
    lambda b: kinds.array(shape_of(b, "part"), "int64"),
    {},
    (recurrences.places_once,),
)
composite(
    "divide_slopes", axes.source_of(recurrences.divide_slopes), (recurrences.divide_slopes,)
).kind = _like_a
structural(
    "segment_back",
    "z, a, indices, axis=0",
    _like("a"),
    {"z": "np.add.reduceat(g, indices, axis)", "a": axes.zero},
    (arrays.segment_back,),
    linear=("z",),
)
