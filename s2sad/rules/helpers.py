"""Derivatives of the functions of `s2sad.runtime`, so that generated texts can be differentiated again.

The texts obey what `s2sad.rules.elementwise` says. The families of helpers are closed: the derivative of
`pow_dx(x, y)` in x is `pow_dx(x, y, 2)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import as_array, shape_from
from s2sad.rules.registry import Bound, Rule, Text, parse_signature, register, structural


def _scalar(
    name: str, signature: str, *texts: Text | None, kind: Callable[[Bound], Kind] | None = None
) -> None:
    """A helper on Python scalars: one text per argument of the signature."""
    arguments = parse_signature(signature)
    vjp = {n: t for n, t in zip(arguments, texts, strict=False) if t is not None}
    made = Rule(name, arguments, kind or _promoted, vjp=vjp, form="elementwise")
    register(made, runtime.HELPERS[name])


def _promoted(bound: Bound) -> Kind:
    """A Python float, or complex where an argument is."""
    return kinds.COMPLEX if any(k.sort == "complex" for k in bound.kinds.values()) else kinds.FLOAT


def _elementwise(bound: Bound) -> Kind:
    return results.ufunc(np.multiply, bound.kind("x"), kinds.FLOAT)


def _quotient(bound: Bound) -> Kind:
    return results.arithmetic(np.true_divide, *bound.kinds.values())


def _order(bound: Bound, name: str) -> int:
    value = bound.static(name)
    assert isinstance(value, int), f"{name} is a literal in every text"
    return value


def _pow_dx_y(bound: Bound) -> str:
    """d/dy of y*(y - 1)*...*x**(y - n): the product's derivative as a sum over its factors."""
    n = _order(bound, "n")
    if n == 0:
        return "pow_dy(x, y)*g"
    factors = [f"(y - {k})" if k else "y" for k in range(n)]
    terms = ["*".join(factors[:k] + factors[k + 1 :]) or "1" for k in range(n)]
    return f"(({' + '.join(terms)})*ieee_pow(x, y - {n}) + {'*'.join(factors)}*pow_dy(x, y - {n}))*g"


def _pow_dy_x(bound: Bound) -> str:
    m = _order(bound, "m")
    if m == 0:
        return "pow_dx(x, y)*g"
    return f"({m}*pow_dy(x, y - 1, {m - 1}) + y*pow_dy(x, y - 1, {m}))*g"


_scalar("ieee_div", "p, q", "ieee_div(g, q)", "-ieee_div(g*out, q)", kind=_quotient)
_scalar("ieee_log", "x", "ieee_div(g, x)")
_scalar("ieee_pow", "x, y", "pow_dx(x, y)*g", "pow_dy(x, y)*g")
_scalar("pow_dx", "x, y, n=1", lambda bound: f"pow_dx(x, y, {_order(bound, 'n') + 1})*g", _pow_dx_y)
_scalar("pow_dy", "x, y, m=1", _pow_dy_x, lambda bound: f"pow_dy(x, y, {_order(bound, 'm') + 1})*g")
_scalar("sign", "x")
_scalar("polygamma", "n, x", None, lambda bound: f"polygamma({_order(bound, 'n') + 1}, x)*g")
_scalar("sinc_dx", "x, n=1", lambda bound: f"sinc_dx(x, {_order(bound, 'n') + 1})*g", kind=_elementwise)
_scalar("gap", "x, y", "g", "-g", kind=lambda b: results.ufunc(np.true_divide, b.kind("x"), b.kind("y")))
_scalar("bessel_i", "n, x", None, "0.5*(bessel_i(n - 1, x) + bessel_i(n + 1, x))*g", kind=_elementwise)


# --------------------------------------------------------------------------------------------- whole arrays


def _helper(name: str, signature: str, kind: Callable[[Bound], Kind], **options: Any) -> None:
    structural(name, signature, kind, options.pop("vjp", None), (runtime.HELPERS[name],), **options)


def _shaped(source: str, numbers: str) -> Callable[[Bound], Kind]:
    """The kind of an array in the shape of argument `source` with the numbers of argument `numbers`."""

    def infer(bound: Bound) -> Kind:
        like, given = bound.kind(source), bound.kind(numbers)
        if like.is_scalar and given.is_scalar:
            return given
        dtype = kinds.promote(given)
        return Kind("array", dtype, like.shape) if like.is_array else kinds.num(like.shape, dtype)

    return infer


def _summed_kind(bound: Bound) -> Kind:
    return kinds.array(shape_from(bound, "shape"), kinds.promote(bound.kind("z")))


def _same(name: str) -> Callable[[Bound], Kind]:
    """The kind of an argument; of the elements of a list that is shown here, the one kind that all have."""

    def like(bound: Bound) -> Kind:
        kind = bound.kind(name)
        shown = kind.cat == "list" and len(kind.items or ()) > 1
        return kinds.list_of(kinds.join_all([*(kind.items or ())])) if shown else kind

    return like


def _stretched(bound: Bound) -> str:
    return "g" if bound.kind("z").is_scalar else "np.broadcast_to(g, np.shape(z))"


def _fitted(bound: Bound) -> str:
    return "g" if bound.kind("z").is_scalar else "summed_to(g, np.shape(z))"


def _summed(bound: Bound) -> str:
    if bound.kind("z").cat == "array" and bound.kind("x").rank is None:
        return "np.reshape(np.sum(g, axis=axis, keepdims=keepdims), np.shape(z))"
    return "np.sum(g, axis=axis, keepdims=keepdims)"


def _unstacked(bound: Bound) -> Kind:
    x = bound.kind("z")
    return kinds.list_of(kinds.num(None if x.shape is None else x.shape[1:], x.dtype))


def _expanded(bound: Bound) -> Kind:
    rank = bound.static("rank")
    return kinds.array(
        kinds.fresh_shape(rank if isinstance(rank, int) else None), kinds.promote(bound.kind("z"))
    )


def _spread_sum(bound: Bound) -> str:
    return "np.sum(g, axis=0)" if bound.kind("xs").cat in ("array", "num") else "sum(g)"


_LINEAR: tuple[tuple[str, str, Callable[[Bound], Kind], Text, str], ...] = (
    ("unbroadcast", "z, x", _shaped("x", "z"), _stretched, "maybe z"),
    ("summed_to", "z, shape", _summed_kind, _fitted, "maybe z"),
    ("expand", "z, axis, rank", _expanded, "np.reshape(g, np.shape(z))", "view z"),
    ("unreduce", "z, x, axis=None, keepdims=False", _shaped("x", "z"), _summed, "maybe z"),
    ("as_field", "z, x", _same("z"), "g", "maybe z"),
    ("of_shape", "z, x, name", _shaped("x", "z"), "g", "maybe z"),
    ("copy_strided", "z", _same("z"), "g", "fresh"),
    ("copy_tree", "z", _same("z"), "g", "fresh"),
    ("unstack", "z", _unstacked, "np.stack(g)", "view z"),
    ("spread", "z, xs", _same("xs"), _spread_sum, "fresh"),
    ("put", "xs, i, z", _same("xs"), "g[i]", "maybe z"),
)
for _name, _signature, _kind, _text, _effect in _LINEAR:
    _helper(_name, _signature, _kind, vjp={"z": _text}, linear=("z",), effect=_effect)

# Shadows are zeros that texts add to: what they hold enters by writes, and their own shadows are found by
# address as well. The primal `x` only says where in the table a shadow stands.
_helper("Shadows", "", results.constant(kinds.OBJECT))


def _shadow(bound: Bound) -> Kind:
    like = bound.kind("x")
    return kinds.anonymous(like if like.cat == "list" else as_array(like))


def _floats(kind: Kind) -> Kind:
    """The kind of zeros, which are floats also for whole numbers."""
    return replace(kind, dtype="float") if kind.dtype == kinds.MIXED else kind


def _plain(kind: Kind) -> Kind:
    """The kind of cotangents, which are plain tuples where the primal has namedtuples."""
    if kind.items is None:
        return kind
    named = kind.cat == "tuple" and kind.dtype
    made = replace(kind, items=tuple(map(_plain, kind.items)))
    return replace(made, dtype="", cls=None) if named else made


def _added(bound: Bound) -> Kind:
    """The kind of a sum, which is None only where both are."""
    a = bound.kind("a")
    return a if bound.kind("b").optional else replace(a, optional=False)


def _tangent_of(name: str) -> Callable[[Bound], str]:
    """The text of the tangent of a sum by one of its parts, which may be None."""
    return lambda bound: "add_lists(g, 0.0)" if bound.kind(name).optional else "g"


_helper("shadow_of", "bars, x", _shadow, effect="view bars")

def _refused(bound: Bound) -> Kind:
    """What a composite returns for an option that it does not take: the call is refused."""
    raise NotImplementedError(str(bound.static("why")))


_helper("refused", "why", _refused)
_helper("zeros_complex", "x", lambda bound: kinds.array(bound.kind("x").shape, "complex128"))
_helper("zeros_list", "xs", lambda bound: _floats(_plain(bound.kind("xs"))))
_helper("add_lists", "a, b", _added, vjp={"a": "g", "b": "g"},
        jvp={"a": _tangent_of("a"), "b": _tangent_of("b")})
_helper("winners", "shape, index", lambda bound: kinds.array(None, "bool"))
_helper("inverse_axes", "axes", results.constant(kinds.tuple_of(kinds.INT, None)))
_helper("sorted_order", "keys, reverse=False", results.constant(kinds.list_of(kinds.INT)))
_helper("pick_max", "xs", results.constant(kinds.INT))
_helper("is_whole", "x", results.constant(kinds.BOOL))
_helper("pick_min", "xs", results.constant(kinds.INT))
_helper("same_storage", "a, b", results.constant(kinds.BOOL))
_helper("holds_twice", "x", results.constant(kinds.BOOL))


_helper("generator_state", "rng", results.constant(kinds.OBJECT), impure=True)
_helper("generator_at", "rng, state", results.constant(kinds.OBJECT), impure=True)


_helper("Snapshots", "trips, slots", results.constant(kinds.OBJECT), impure=True)
_helper("split_trips", "trips, slots", results.constant(kinds.INT))
_helper("keep_state", "snapshots, i, *state", results.constant(kinds.NONE), impure=True)
_helper(
    "reverse_trips",
    "forward, backward, trips, snapshots, state, rest, bars, active, drawn=()",
    results.constant(Kind("tuple")),
    impure=True,
)


def _like_x(bound: Bound) -> Kind:
    x = bound.kind("x")
    return kinds.COMPLEX if x.cat == "complex" else kinds.FLOAT if x.is_python else x


_helper("as_cotangent", "z, x, name", _like_x, vjp={"z": "g"}, jvp={"z": "as_cotangent(g, x, name)"})
