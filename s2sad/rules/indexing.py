"""Functions that pick, select, sort and place elements: take, where, sort, diagonal, interp, np.add.at.

`a[index]` itself belongs to the transform. Copies of elements have one transpose, `scatter_add` at the
positions that the function itself picks, so that repeats accumulate; selections are `np.where`, never a
product with a mask, so that what is not taken contributes zero even where it is infinite.

    z = np.take(a, i)            a_bar = scatter_add(g, np.take(positions(a), i), np.shape(a))
    z = np.where(c, x, y)        x_bar, y_bar = np.where(c, g, 0.0), np.where(c, 0.0, g)
    z = np.sort(a)               a_bar = g[ranks(a)]
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.joining import parts
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays, linear, order


def _dtype(bound: Bound, name: str) -> str:
    return as_array(bound.kind(name)).dtype


def _scatter(bound: Bound, name: str, index: str) -> str:
    return f"scatter_add(g, {index}, {axes.shape(bound, name)})"


# ---------------------------------------------------------------------------------------------------- picking


def _picked(bound: Bound, name: str, index: Shape | None) -> Kind:
    """The kind of an array whose axis (all of it, if None) is replaced by the axes of an index."""
    own, dtype = shape_of(bound, name), _dtype(bound, name)
    if index is None:
        return kinds.num(None, dtype)
    if bound.static("axis") is None:
        return kinds.num(index, dtype)
    axis = axes.one_axis(bound, name)
    if own is None or axis is None:
        return kinds.num(None if own is None else kinds.fresh_shape(len(own) - 1 + len(index)), dtype)
    return kinds.num(own[:axis] + index + own[axis + 1 :], dtype)


def _take_vjp(bound: Bound) -> str:
    mode = "" if bound.static("mode") == "raise" else f", mode={literal(bound, 'mode')}"
    return _scatter(bound, "a", f"np.take(positions(a), indices{axes.option(bound, 'axis')}{mode})")


structural(
    "np.take",
    "a, indices, axis=None, out=None, mode='raise'",
    lambda b: _picked(b, "a", shape_of(b, "indices")),
    {"a": _take_vjp},
    (np.take, np.ndarray.take),
    linear=("a",),
)


def _along_kind(bound: Bound) -> Kind:
    """The indices' length along the axis; along the others the array and the indices are broadcast."""
    own, index, dtype = shape_of(bound, "arr"), shape_of(bound, "indices"), _dtype(bound, "arr")
    if bound.static("axis") is None:
        return kinds.array((new_length(),), dtype)
    axis = axes.one_axis(bound, "arr")
    if own is None or index is None or axis is None:
        known = own if own is not None else index
        return kinds.array(None if known is None else kinds.fresh_shape(len(known)), dtype)
    return kinds.array(kinds.broadcast((*own[:axis], 1, *own[axis + 1 :]), index), dtype)


def _along_vjp(bound: Bound) -> str:
    if bound.static("axis") is None or rank_of(bound, "arr") == 1:
        return _scatter(bound, "arr", "indices")
    return _scatter(bound, "arr", f"np.take_along_axis(positions(arr), indices, {literal(bound, 'axis')})")


def _chosen_kind(name: str) -> Callable[[Bound], Kind]:
    return lambda bound: _picked(bound, name, (new_length(),))


structural(
    "np.take_along_axis",
    "arr, indices, axis=-1",
    _along_kind,
    {"arr": _along_vjp},
    (np.take_along_axis,),
    linear=("arr",),
)
for _name, _signature, _function in (
    ("np.compress", "condition, a, axis=None", np.compress),
    ("np.ndarray.compress", "a, condition, axis=None", np.ndarray.compress),
):
    structural(
        _name,
        _signature,
        _chosen_kind("a"),
        {
            "a": lambda b: _scatter(b, "a", f"np.compress(condition, positions(a){axes.option(b, 'axis')})"),
            "condition": axes.zero,
        },
        (_function,),
        linear=("a",),
    )
structural(
    "np.extract",
    "condition, arr",
    lambda b: kinds.array((new_length(),), _dtype(b, "arr")),
    {"arr": lambda b: _scatter(b, "arr", "np.extract(condition, positions(arr))"), "condition": axes.zero},
    (np.extract,),
    linear=("arr",),
)


def _diagonal_kind(bound: Bound) -> Kind:
    own = shape_of(bound, "a")
    one, two = axes.one_axis(bound, "a", "axis1"), axes.one_axis(bound, "a", "axis2")
    if own is None or one is None or two is None:
        return kinds.array(None if own is None else kinds.fresh_shape(len(own) - 1), _dtype(bound, "a"))
    length: Length = own[one] if own[one] == own[two] and bound.static("offset") == 0 else new_length()
    return kinds.array((*(n for k, n in enumerate(own) if k not in (one, two)), length), _dtype(bound, "a"))


def _diagonal_vjp(bound: Bound) -> str:
    own = shape_of(bound, "a")
    if own is not None and len(own) == 2 and _plain_plane(bound):
        offset = literal(bound, "offset")
        if own[0] == own[1]:
            return "np.diag(g)" if offset == "0" else f"np.diag(g, {offset})"
        return "diag_back(g, a)" if offset == "0" else f"diag_back(g, a, {offset})"
    return f"diagonal_back(g, a, {_plane(bound)})"


def _plane(bound: Bound) -> str:
    return ", ".join(literal(bound, name) for name in ("offset", "axis1", "axis2"))


def _plain_plane(bound: Bound) -> bool:
    return [axes.one_axis(bound, "a", name) for name in ("axis1", "axis2")] == [0, 1]


def _trace_kind(bound: Bound) -> Kind:
    made = _diagonal_kind(bound)
    dtype = axes.dtype_name(bound, axes.accumulated(made.dtype))
    return kinds.num(None if made.shape is None else made.shape[:-1], dtype)


def _trace_vjp(bound: Bound) -> str:
    own, offset = shape_of(bound, "a"), literal(bound, "offset")
    if own is None or len(own) != 2 or not _plain_plane(bound):
        line = f"np.broadcast_to(np.expand_dims(g, -1), np.shape(np.diagonal(a, {_plane(bound)})))"
        return f"diagonal_back({line}, a, {_plane(bound)})"
    sides = "a.shape[0]" if own[0] == own[1] else "a.shape[0], a.shape[1]"
    return f"g*np.eye({sides})" if offset == "0" else f"g*np.eye(a.shape[0], a.shape[1], {offset})"


structural(
    "np.diagonal",
    "a, offset=0, axis1=0, axis2=1",
    _diagonal_kind,
    {"a": _diagonal_vjp},
    (np.diagonal, np.ndarray.diagonal),
    linear=("a",),
    effect="view a",
)
structural(
    "diagonal_of",
    "a, offset=0, axis1=0, axis2=1",
    _diagonal_kind,
    {"a": lambda b: f"diagonal_back(g, a, {_plane(b)})"},
    (arrays.diagonal_of,),
    linear=("a",),
    effect="view a",
)
structural(
    "diagonal_back",
    "z, a, offset=0, axis1=0, axis2=1",
    lambda b: kinds.array(shape_of(b, "a"), _dtype(b, "z")),
    {"z": lambda b: f"np.diagonal(g, {_plane(b)})", "a": axes.zero},
    (arrays.diagonal_back,),
    linear=("z",),
)
structural(
    "np.trace",
    "a, offset=0, axis1=0, axis2=1, dtype=None, out=None",
    _trace_kind,
    {"a": _trace_vjp},
    (np.trace, np.ndarray.trace),
    linear=("a",),
)


# -------------------------------------------------------------------------------------------------- selecting


def _where_kind(bound: Bound) -> Kind:
    if not bound.given("x"):
        return _places_kind(bound, "condition")
    operands = [bound.kind(n) for n in ("x", "y")]
    dtype = kinds.promote(*(axes.as_array(k) if not k.is_number else k for k in operands))
    return kinds.array(kinds.broadcast(*(shape_of(bound, n) for n in ("condition", "x", "y"))), dtype)


def _places_kind(bound: Bound, name: str) -> Kind:
    rank = rank_of(bound, name)
    return kinds.tuple_of(kinds.array((new_length(),), "int64"), rank)


def _where_jvp(name: str) -> Callable[[Bound], str]:
    """The tangent of a branch; the other branch's zeros have its shape where that decides the result's."""
    other = "y" if name == "x" else "x"

    def text(bound: Bound) -> str:
        ranks = [shape_of(bound, n) for n in ("condition", name)]
        small = rank_of(bound, other) == 0 or (
            bound.out is not None and kinds.broadcast(*ranks) == bound.out.shape
        )
        zeros = (
            "0.0"
            if small and bound.out is not None and bound.out.shape is not None
            else f"np.zeros_like({other})"
        )
        return f"np.where(condition, {'x_dot, ' + zeros if name == 'x' else zeros + ', y_dot'})"

    return text


structural(
    "np.where",
    "condition, x=None, y=None",
    _where_kind,
    {
        "condition": axes.zero,
        "x": lambda b: axes.fitted(b, "np.where(condition, g, 0.0)", "x"),
        "y": lambda b: axes.fitted(b, "np.where(condition, 0.0, g)", "y"),
    },
    (np.where,),
    jvp={"x": _where_jvp("x"), "y": _where_jvp("y")},
)


def _select_kind(bound: Bound) -> Kind:
    found = [*parts(bound, "condlist").known, *parts(bound, "choicelist").known]
    dtype = axes.promoted(
        [*parts(bound, "choicelist").known, as_array(bound.kinds.get("default", kinds.INT))]
    )
    return kinds.array(kinds.broadcast(*(k.shape for k in found)), dtype)


def _zeros(bound: Bound) -> str:
    """A zero for each choice."""
    count = parts(bound, "condlist").count
    return repr([0.0] * count) if isinstance(count, int) else "np.zeros_like(condlist)"


structural(
    "np.select",
    "condlist, choicelist, default=0",
    _select_kind,
    {
        "condlist": axes.zero,
        "choicelist": "select_back(g, condlist, choicelist)",
        "default": lambda b: axes.fitted(b, f"np.select(condlist, {_zeros(b)}, g)", "default"),
    },
    (np.select,),
    jvp={
        "choicelist": "np.select(condlist, choicelist_dot, 0.0)",
        "default": lambda b: f"np.select(condlist, {_zeros(b)}, default_dot)",
    },
)


def _choice_index(bound: Bound) -> str:
    """The index that np.choose uses by its mode."""
    count = parts(bound, "choices").count
    number = count if isinstance(count, int) else "len(choices)"
    return {"wrap": f"np.mod(a, {number})", "clip": f"np.clip(a, 0, {number} - 1)"}.get(
        str(bound.static("mode")), "a"
    )


structural(
    "np.choose",
    "a, choices, out=None, mode='raise'",
    lambda b: kinds.array(
        kinds.broadcast(shape_of(b, "a"), *(k.shape for k in parts(b, "choices").known)),
        parts(b, "choices").dtype,
    ),
    {"choices": lambda b: f"choose_back(g, {_choice_index(b)}, choices)"},
    (np.choose,),
    linear=("choices",),
)


structural(
    "select_back",
    "z, condlist, choicelist",
    lambda b: Kind("list", items=tuple(kinds.num(k.shape, k.dtype) for k in parts(b, "choicelist").known)),
    {"z": "np.select(condlist, g, 0.0)", "condlist": axes.zero, "choicelist": axes.zero},
    (linear.select_back,),
    linear=("z",),
)
structural(
    "choose_back",
    "z, a, choices",
    lambda b: Kind("list", items=tuple(kinds.num(k.shape, k.dtype) for k in parts(b, "choices").known)),
    {"z": "np.choose(a, g)", "a": axes.zero, "choices": axes.zero},
    (linear.choose_back,),
    linear=("z",),
)


# ---------------------------------------------------------------------------------------------------- sorting


def _sort_kind(bound: Bound) -> Kind:
    shape = shape_of(bound, "a")
    if bound.static("axis") is None:
        shape = (new_length(),) if shape is None else (axes.product(shape),)
    return kinds.array(shape, _dtype(bound, "a"))


def _sorted(bound: Bound, text: str, helper: str) -> str:
    """The elements of an array in the order that a helper gives."""
    axis = "" if bound.static("axis") == -1 or rank_of(bound, "a") == 1 else f", {literal(bound, 'axis')}"
    if rank_of(bound, "a") == 1 or bound.static("axis") is None:
        return f"{text}[{helper}(a{axis})]"
    return f"np.take_along_axis({text}, {helper}(a{axis}), {literal(bound, 'axis')})"


def _sort_vjp(bound: Bound) -> str:
    text = _sorted(bound, "g", "ranks")
    flat = bound.static("axis") is None and rank_of(bound, "a") != 1
    return f"np.reshape({text}, {axes.shape(bound)})" if flat else text


def _sort_jvp(bound: Bound) -> str:
    flat = bound.static("axis") is None and rank_of(bound, "a") != 1
    return _sorted(bound, "np.ravel(a_dot)" if flat else "a_dot", "stable_order")


structural(
    "np.sort",
    "a, axis=-1, kind=None, order=None, *, stable=None",
    _sort_kind,
    {"a": _sort_vjp},
    (np.sort,),
    jvp={"a": _sort_jvp},
)


def _integers(name: str) -> Callable[[Bound], Kind]:
    return lambda bound: kinds.num(shape_of(bound, name), "int64")


def _argsort_kind(bound: Bound) -> Kind:
    shape = _sort_kind(bound).shape
    return kinds.array((1,) if shape == () else shape, "int64")


def _argwhere_kind(bound: Bound) -> Kind:
    rank = rank_of(bound, "a")
    return kinds.array((new_length(), new_length() if rank is None else rank), "int64")


def _searched_kind(bound: Bound) -> Kind:
    """np.interp, which reads its intervals off by this, raises for complex numbers."""
    if any(as_array(bound.kind(n)).sort == "complex" for n in ("a", "v")):
        raise NotImplementedError("complex numbers are looked up by order")
    return _integers("v")(bound)


for _helper in (order.ranks, order.stable_order):
    structural(_helper.__name__, "a, axis=-1", _argsort_kind, {}, (_helper,))
structural(
    "np.argsort", "a, axis=-1, kind=None, *, stable=None", _argsort_kind, {}, (np.argsort, np.ndarray.argsort)
)
structural("np.nonzero", "a", lambda b: _places_kind(b, "a"), {}, (np.nonzero, np.ndarray.nonzero))
structural("np.flatnonzero", "a", lambda b: kinds.array((new_length(),), "int64"), {}, (np.flatnonzero,))
structural("np.argwhere", "a", _argwhere_kind, {}, (np.argwhere,))
structural(
    "np.searchsorted",
    "a, v, side='left', sorter=None",
    _searched_kind,
    {},
    (np.searchsorted, np.ndarray.searchsorted),
)
structural("np.digitize", "x, bins, right=False", _integers("x"), {}, (np.digitize,))
structural(
    "np.isin",
    "element, test_elements, assume_unique=False, invert=False",
    lambda b: kinds.array(shape_of(b, "element"), "bool"),
    {},
    (np.isin,),
)
def _unique_kind(bound: Bound) -> Kind:
    """The elements, or a tuple of these and what else is asked for: int arrays."""
    flags = [bound.static(f"return_{what}") for what in ("index", "inverse", "counts")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise NotImplementedError("np.unique with options that are known at run time only")
    flat = bound.static("axis") is None
    values = kinds.num((new_length(),) if flat else None, _dtype(bound, "ar"))
    places = kinds.array((new_length(),), "int64")
    inverse = kinds.num(shape_of(bound, "ar") if flat else None, "int64")
    asked = [k for k, flag in zip((places, inverse, places), flags, strict=True) if flag]
    return Kind("tuple", items=(values, *asked)) if asked else values


def _unique_vjp(bound: Bound) -> str:
    if bound.static("axis") is not None:
        raise NotImplementedError("the derivative of np.unique along an axis")
    part = "g[0]" if _unique_kind(bound).cat == "tuple" else "g"
    return f"scatter_add({part}, unique_places(ar), {axes.shape(bound, 'ar')})"


def _unique_jvp(bound: Bound) -> str:
    _unique_vjp(bound)
    more = len(_unique_kind(bound).items or ()) - 1
    taken = "np.take(ar_dot, unique_places(ar))"
    return f"({taken}{', None'*more})" if more > 0 else taken


structural(
    "np.unique",
    "ar, return_index=False, return_inverse=False, return_counts=False, axis=None",
    _unique_kind,
    {"ar": _unique_vjp},
    (np.unique,),
    jvp={"ar": _unique_jvp},
)
composite(
    "np.setdiff1d",
    """def setdiff1d(ar1, ar2, assume_unique=False):
    t = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return t[np.isin(t, ar2, invert=True)]
""",
    (np.setdiff1d,),
)
composite(
    "np.union1d",
    """def union1d(ar1, ar2):
    return np.unique(np.concatenate((ar1, ar2), axis=None))
""",
    (np.union1d,),
)
composite(
    "np.intersect1d",
    """def intersect1d(ar1, ar2, assume_unique=False):
    first = np.ravel(ar1) if assume_unique else np.unique(ar1)
    second = np.ravel(ar2) if assume_unique else np.unique(ar2)
    both = np.sort(np.concatenate((first, second)))
    return both[:-1][both[1:] == both[:-1]]
""",
    (np.intersect1d,),
)
composite(
    "np.setxor1d",
    """def setxor1d(ar1, ar2, assume_unique=False):
    first = np.ravel(ar1) if assume_unique else np.unique(ar1)
    second = np.ravel(ar2) if assume_unique else np.unique(ar2)
    both = np.sort(np.concatenate((first, second)))
    if both.size == 0:
        return both
    new = np.concatenate(([True], both[1:] != both[:-1], [True]))
    return both[new[1:] & new[:-1]]
""",
    (np.setxor1d,),
)
structural(
    "unique_places", "ar", lambda b: kinds.array((new_length(),), "int64"), {}, (arrays.unique_places,)
)


def _ix_kind(bound: Bound) -> Kind:
    items = bound.kind("args").items or ()
    if any(k.inexact or (k.items and k.items[0].inexact) for k in items):
        raise NotImplementedError("np.ix_ of floats has no derivative; write x[:, None] and y[None, :]")
    count = len(items)
    one = [tuple(new_length() if k == place else 1 for k in range(count)) for place in range(count)]
    return Kind("tuple", items=tuple(kinds.array(shape, "int64") for shape in one))


def _unravel_kind(bound: Bound) -> Kind:
    shape = axes.shape_from(bound, "shape")
    one = kinds.num(shape_of(bound, "indices"), "int64")
    return kinds.tuple_of(one, None if shape is None else len(shape))


structural("np.ix_", "*args", _ix_kind, {}, (np.ix_,), effect="maybe args")
structural("np.unravel_index", "indices, shape", _unravel_kind, {}, (np.unravel_index,))
structural(
    "np.ravel_multi_index",
    "multi_index, dims",
    lambda b: kinds.num(kinds.broadcast(*(k.shape for k in parts(b, "multi_index").known)), "int64"),
    {},
    (np.ravel_multi_index,),
)


# ----------------------------------------------------------------------------------------- sampling, counting


def _bincount_kind(bound: Bound) -> Kind:
    weighted = bound.given("weights") and bound.kind("weights").cat != "none"
    return kinds.array((new_length(),), "float64" if weighted else "int64")


structural(
    "np.bincount",
    "x, weights=None, minlength=0",
    _bincount_kind,
    {"weights": "np.take(g, x)"},
    (np.bincount,),
    linear=("weights",),
)

# --------------------------------------------------------------------------------------------------- in place


def _nothing(bound: Bound) -> Kind:
    return kinds.NONE


structural("np.copyto", "dst, src, *, where=True", _nothing, {}, (np.copyto,), writes=("dst",), impure=True)
structural("np.ndarray.fill", "a, value", _nothing, {}, (np.ndarray.fill,), writes=("a",), impure=True)
for _ufunc in (
    "add",
    "subtract",
):  # np.add.at is a new object at every look-up: found by this name only
    structural(f"np.{_ufunc}.at", "a, indices, b", _nothing, {}, (), writes=("a",), impure=True)
