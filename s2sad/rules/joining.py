"""Functions that join arrays, and that cut them apart: concatenate, stack, append, meshgrid, split.

A sequence of arrays is one argument, and its text evaluates to a sequence of cotangents, one for each
element; the arguments of variadic functions (`np.meshgrid(*xi)`) get a text each, which a function of the
bound call and the argument's place makes, with the elements called `xi_0`, `xi_1` and so on.

    z = np.stack([a, b], axis=1)       a_bar, b_bar = np.moveaxis(g, 1, 0)
    z = np.concatenate((a, b))         a_bar, b_bar = split_like(g, arrays, 0)
    z = np.meshgrid(a, b)              b_bar = np.sum(g[1], axis=1)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import linear


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements of a sequence of arrays: the kinds that are known, whether those are all, the dtype."""

    known: list[Kind]
    whole: bool
    dtype: str

    @property
    def rank(self) -> int | None:
        """The rank that all elements have."""
        ranks = {k.rank for k in self.known}
        return ranks.pop() if len(ranks) == 1 else None

    def length(self, axis: int) -> Length:
        """The sum of the elements' lengths along an axis."""
        lengths = [k.shape[axis] for k in self.known if k.shape is not None]
        if self.whole and all(isinstance(n, int) for n in lengths):
            return sum(n for n in lengths if isinstance(n, int))
        return lengths[0] if self.whole and len(lengths) == 1 else new_length()

    @property
    def count(self) -> Length:
        return len(self.known) if self.whole else new_length()


def parts(bound: Bound, name: str) -> Parts:
    """The elements of an argument that is a sequence of arrays, or one array with an axis more."""
    kind = bound.kind(name)
    if kind.cat in ("list", "tuple"):
        items = [as_array(k) for k in kind.items or ()]
        return Parts(items, kind.cat == "tuple" or len(items) > 1, axes.promoted(items) if items else "")
    own = as_array(kind)
    inner = kinds.array(own.shape[1:] if own.shape else None, own.dtype)
    return Parts([inner], False, own.dtype)


def joined(bound: Bound, name: str, rank: int | None, axis: int | None) -> Kind:
    """The kind of arrays of one rank joined along an axis."""
    found = parts(bound, name)
    if rank is None or axis is None or found.rank != rank or not -rank <= axis < rank:
        return kinds.array(kinds.fresh_shape(rank), found.dtype)
    shapes = [k.shape for k in found.known if k.shape is not None]
    lengths = [found.length(k) if k == axis % rank else shapes[0][k] for k in range(rank)]
    return kinds.array(tuple(lengths), found.dtype)


def _cast(bound: Bound, kind: Kind) -> Kind:
    return kinds.array(kind.shape, axes.dtype_name(bound, kind.dtype))


# ----------------------------------------------------------------------------------------- concatenate, stack


def _concatenate_kind(bound: Bound) -> Kind:
    if bound.static("axis") is None:
        return _cast(bound, kinds.array((new_length(),), parts(bound, "arrays").dtype))
    return _cast(
        bound, joined(bound, "arrays", parts(bound, "arrays").rank, axes.as_int(bound.static("axis")))
    )


def _concatenate_vjp(bound: Bound) -> str:
    if bound.kind("arrays").is_number:
        if bound.static("axis") == 0:
            return f"np.reshape(g, {axes.shape(bound, 'arrays')})"
        return f"np.stack(split_like(g, arrays, {literal(bound, 'axis')}))"
    return f"split_like(g, arrays, {literal(bound, 'axis')})"


def _stack_kind(bound: Bound) -> Kind:
    found = parts(bound, "arrays")
    axis = axes.as_int(bound.static("axis"))
    if found.rank is None or axis is None:
        return _cast(
            bound, kinds.array(None if found.rank is None else kinds.fresh_shape(found.rank + 1), found.dtype)
        )
    shape = list(found.known[0].shape or ())
    shape.insert(axis % (len(shape) + 1), found.count)
    return _cast(bound, kinds.array(tuple(shape), found.dtype))


def _stack_vjp(bound: Bound) -> str:
    return "g" if bound.static("axis") == 0 else f"np.moveaxis(g, {literal(bound, 'axis')}, 0)"


structural(
    "np.concatenate",
    "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'",
    _concatenate_kind,
    {"arrays": _concatenate_vjp},
    (np.concatenate, np.concat),
    linear=("arrays",),
)
structural(
    "np.stack",
    "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'",
    _stack_kind,
    {"arrays": _stack_vjp},
    (np.stack,),
    linear=("arrays",),
)


def _widened(bound: Bound, least: int, axis: int) -> Kind:
    """The kind of vstack (least rank 2), hstack (1) and dstack (3)."""
    found = parts(bound, "tup")
    if found.rank is None:
        return kinds.array(None, found.dtype)
    if found.rank >= least:
        axis = 0 if axis == 1 and found.rank == 1 else axis
        return joined(bound, "tup", found.rank, axis)
    own = found.known[0].shape or ()
    if least == 2:
        return kinds.array((found.count, own[0] if own else 1), found.dtype)
    if least == 1:
        return kinds.array((found.count,), found.dtype)
    return kinds.array(
        (1, 1, found.count) if not own else (*((1, own[0]) if len(own) == 1 else own), found.count),
        found.dtype,
    )


def _stacked_text(rank_to_text: dict[int, str], join: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        rank = parts(bound, "tup").rank
        made = rank_to_text.get(-1 if rank is None else rank, f'unstacked(g, tup, "{join}")')
        return (
            f"np.reshape({made}, {axes.shape(bound, 'tup')})"
            if bound.kind("tup").is_number and made.startswith("uns")
            else made
        )

    return text


structural(
    "np.vstack",
    "tup, *, dtype=None, casting='same_kind'",
    lambda b: _cast(b, _widened(b, 2, 0)),
    {"tup": _stacked_text({1: "g", 2: "split_like(g, tup, 0)"}, "vstack")},
    (np.vstack, getattr(np, "row_stack", None)),  # the older name, on its way out
    linear=("tup",),
)
structural(
    "np.hstack",
    "tup, *, dtype=None, casting='same_kind'",
    lambda b: _cast(b, _widened(b, 1, 1)),
    {"tup": _stacked_text({0: "g", 1: "split_like(g, tup, 0)", 2: "split_like(g, tup, 1)"}, "hstack")},
    (np.hstack,),
    linear=("tup",),
)
structural(
    "np.dstack",
    "tup",
    lambda b: _widened(b, 3, 2),
    {"tup": _stacked_text({1: "g[0].T", 2: "np.moveaxis(g, 2, 0)"}, "dstack")},
    (np.dstack,),
    linear=("tup",),
)


def _column_kind(bound: Bound) -> Kind:
    found = parts(bound, "tup")
    if found.rank == 1:
        return kinds.array(((found.known[0].shape or (1,))[0], found.count), found.dtype)
    return joined(bound, "tup", 2, 1) if found.rank == 2 else kinds.array(kinds.fresh_shape(2), found.dtype)


structural(
    "np.column_stack",
    "tup",
    _column_kind,
    {
        "tup": lambda b: {1: "g.T", 2: "split_like(g, tup, 1)"}.get(
            parts(b, "tup").rank or 0, 'unstacked(g, tup, "column_stack")'
        )
    },
    (np.column_stack,),
    linear=("tup",),
)


def _append_kind(bound: Bound) -> Kind:
    dtype = axes.promoted([as_array(bound.kind(n)) for n in ("arr", "values")])
    rank = 1 if bound.static("axis") is None else rank_of(bound, "arr")
    axis = axes.one_axis(bound, "arr")
    own = shape_of(bound, "arr")
    if own is None or bound.static("axis") is None or axis is None:
        return kinds.array(kinds.fresh_shape(rank), dtype)
    return kinds.array(tuple(new_length() if k == axis else n for k, n in enumerate(own)), dtype)


def _append_vjp(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        if bound.static("axis") is not None:
            return f"split_like(g, (arr, values), {literal(bound, 'axis')})[{int(name == 'values')}]"
        length = axes.size(bound, "arr")
        part = f"g[:{length}]" if name == "arr" else f"g[{length}:]"
        return part if rank_of(bound, name) == 1 else f"np.reshape({part}, {axes.shape(bound, name)})"

    return text


structural(
    "np.append",
    "arr, values, axis=None",
    _append_kind,
    {"arr": _append_vjp("arr"), "values": _append_vjp("values")},
    (np.append,),
    jvp={
        "arr": lambda b: f"np.append(arr_dot, np.zeros_like(values), {literal(b, 'axis')})",
        "values": lambda b: f"np.append(np.zeros_like(arr), values_dot, {literal(b, 'axis')})",
    },
)


# ---------------------------------------------------------------------------------------- insertion, deletion


def _flat_or_ranked(name: str) -> Callable[[Bound], Kind]:
    """The kind of an array whose lengths are not known, flat without an axis."""

    def kind(bound: Bound) -> Kind:
        rank = 1 if bound.static("axis") is None else rank_of(bound, name)
        return kinds.array(kinds.fresh_shape(rank), as_array(bound.kind(name)).dtype)

    return kind


def _holes(bound: Bound) -> str:
    """A mask of arr's elements in the result, False where values stand."""
    marks = "False" if rank_of(bound, "values") == 0 else "np.full(np.shape(values), False)"
    return f"np.insert(np.full({axes.shape(bound, 'arr')}, True), obj, {marks}, {literal(bound, 'axis')})"


def _insert_kind(bound: Bound) -> Kind:
    along = bound.given("axis") and bound.kind("axis").cat != "none" and rank_of(bound, "arr") != 1
    if along and rank_of(bound, "values") != 0 and bound.kind("obj").cat == "int":
        raise NotImplementedError("np.insert of an array along an axis")
    return _flat_or_ranked("arr")(bound)


def _is_flat(bound: Bound) -> bool:
    return bound.static("axis") is None or rank_of(bound, "arr") == 1


def _filled(bound: Bound) -> str | None:
    """Where the result of np.insert holds what was inserted, as an int or as two ends; None if not known."""
    place = axes.as_int(bound.static("obj"))
    if place is None or not (_is_flat(bound) or axes.as_int(bound.static("axis")) is not None):
        return None
    if rank_of(bound, "values") == 0:
        return str(place if place >= 0 else place - 1)
    if place < 0 or not _is_flat(bound) or rank_of(bound, "values") != 1:
        return None
    count = axes.size(bound, "values")
    return f"{place}:{place} + {count}" if place else f":{count}"


def _along(bound: Bound) -> str:
    """The argument for the axis, after those before it."""
    return "" if _is_flat(bound) else f", {literal(bound, 'axis')}"


def _insert_arr(bound: Bound) -> str:
    filled = _filled(bound)
    if filled is None:
        return f"np.reshape(g[{_holes(bound)}], {axes.shape(bound, 'arr')})"
    start, colon, end = filled.partition(":")
    text = f"np.delete(g, {f'slice({start or 0}, {end})' if colon else filled}{_along(bound)})"
    in_order = bound.static("axis") is not None or rank_of(bound, "arr") == 1
    return text if in_order else f"np.reshape({text}, {axes.shape(bound, 'arr')})"


def _insert_values(bound: Bound) -> str:
    flat, filled = _is_flat(bound), _filled(bound)
    if filled is not None:
        return f"g[{filled}]" if flat else f"np.sum(np.take(g, {filled}{_along(bound)}))"
    if rank_of(bound, "values") == 0:
        return f"np.sum(g[~{_holes(bound)}])"
    if flat and axes.as_int(bound.static("obj")) is not None and rank_of(bound, "values") == 1:
        return f"g[~{_holes(bound)}]"
    if flat and rank_of(bound, "values") == 1:
        count = "1 + np.arange(np.size(obj))"
        numbers = f"np.insert(np.full(np.size(arr), 0), obj, {count}, {literal(bound, 'axis')})"
        at = f"np.flatnonzero({numbers})"  # where the values stand, in the order of the places
        return f"unbroadcast(g[{at}[np.argsort({numbers}[{at}])]], values)"
    known = axes.as_int(bound.static("axis")) is not None
    if not flat and known and bound.kind("obj").cat in ("list", "array"):
        axis = literal(bound, "axis")
        numbers = f"np.insert(np.full(np.shape(arr)[{axis}], 0), obj, 1 + np.arange(np.size(obj)))"
        at = f"np.flatnonzero({numbers})"
        return f"unbroadcast(np.take(g, {at}[np.argsort({numbers}[{at}])], {axis}), values)"
    raise NotImplementedError(
        "np.insert of an active array along an axis, at places that are no list; use np.concatenate"
    )


structural(
    "np.insert",
    "arr, obj, values, axis=None",
    _insert_kind,
    {"arr": _insert_arr, "values": _insert_values},
    (np.insert,),
    jvp={
        "arr": lambda b: f"np.insert(arr_dot, obj, np.zeros_like(values), {literal(b, 'axis')})",
        "values": lambda b: f"np.insert(np.zeros_like(arr), obj, values_dot, {literal(b, 'axis')})",
    },
    general="insert_lines",
)
composite(
    "insert_lines",
    """def insert(arr, obj, values, axis=None):
    lines = np.moveaxis(arr, axis, 0)
    values = np.array(values, ndmin=np.ndim(arr))
    values = np.broadcast_to(values, np.shape(values)[:1] + np.shape(lines)[1:])
    if values.dtype == arr.dtype:
        return np.moveaxis(np.concatenate([lines[:obj], values, lines[obj:]]), 0, axis)
    z = np.empty_like(lines, shape=(len(lines) + len(values),) + np.shape(lines)[1:])
    at = obj + len(lines) if obj < 0 else obj
    z[:at] = lines[:at]
    z[at:at + len(values)] = values
    z[at + len(values):] = lines[at:]
    return np.moveaxis(z, 0, axis)
""",
)


def _delete_kind(bound: Bound) -> Kind:
    """One element or line less, if the place is one number."""
    own, along = as_array(bound.kind("arr")), axes.one_axis(bound, "arr")
    along = 0 if own.rank == 1 else along
    if own.shape is None or along is None or axes.as_int(bound.static("obj")) is None:
        return _flat_or_ranked("arr")(bound)
    shape = tuple(axes.added(n, -1) if k == along else n for k, n in enumerate(own.shape))
    return kinds.array(shape, own.dtype)


def _delete_vjp(bound: Bound) -> str:
    """The cotangent with a zero where an element or a line was; places from the end do not fit."""
    place, rank = axes.as_int(bound.static("obj")), rank_of(bound, "arr")
    if place is None or place < 0 or not (rank == 1 or axes.as_int(bound.static("axis")) is not None):
        return f"undeleted(g, arr, obj, {literal(bound, 'axis')})"
    return f"np.insert(g, {place}, 0.0{_along(bound)})"


structural(
    "np.delete",
    "arr, obj, axis=None",
    _delete_kind,
    {"arr": _delete_vjp},
    (np.delete,),
    linear=("arr",),
)
structural(
    "undeleted",
    "z, arr, obj, axis",
    lambda b: kinds.array(shape_of(b, "arr"), as_array(b.kind("z")).dtype),
    {"z": lambda b: f"np.delete(g, obj, {literal(b, 'axis')})", "arr": axes.zero},
    (linear.undeleted,),
    linear=("z",),
)


# ----------------------------------------------------------------------------------------- variadic functions


def _items(bound: Bound, name: str) -> tuple[Kind, ...]:
    return bound.kind(name).items or ()


def _at_least(rank: int) -> Callable[[Bound], Kind]:
    """The kind of np.atleast_1d and so on: an array for one argument, a tuple for several."""

    def one(kind: Kind) -> Kind:
        own = as_array(kind)
        if own.shape is None or len(own.shape) >= rank:
            return kinds.array(own.shape, own.dtype)
        lengths: tuple[Length, ...] = own.shape
        if rank == 3 and lengths:
            lengths = (1, lengths[0], 1) if len(lengths) == 1 else (*lengths, 1)
        return kinds.array((1,) * (rank - len(lengths)) + lengths, own.dtype)

    def kind(bound: Bound) -> Kind:
        made = tuple(one(k) for k in _items(bound, "arys"))
        return made[0] if len(made) == 1 else Kind("tuple", items=made)

    return kind


def _at_least_vjp(bound: Bound, index: int) -> str:
    part = "g" if len(_items(bound, "arys")) == 1 else f"g[{index}]"
    return f"np.reshape({part}, np.shape(arys_{index}))"


def _meshgrid_kind(bound: Bound) -> Kind:
    if bound.static("copy") is not True or bound.static("sparse") not in (True, False):
        raise NotImplementedError("np.meshgrid with copy=False, or sparse that is not a literal")
    items = [as_array(k) for k in _items(bound, "xi")]
    lengths = [axes.product(k.shape) if k.shape is not None else new_length() for k in items]
    if bound.static("indexing") == "xy" and len(lengths) > 1:
        lengths[:2] = lengths[1], lengths[0]
    shapes = [
        tuple(
            n if k == _grid_place(bound, i) or not bound.static("sparse") else 1
            for k, n in enumerate(lengths)
        )
        for i in range(len(items))
    ]
    return Kind("tuple", items=tuple(kinds.array(s, k.dtype) for s, k in zip(shapes, items, strict=True)))


def _grid_place(bound: Bound, index: int) -> int:
    """The axis of the grid along which an argument runs."""
    count = len(_items(bound, "xi"))
    return 1 - index if bound.static("indexing") == "xy" and index < 2 <= count else index


def _meshgrid_vjp(bound: Bound, index: int) -> str:
    if bound.static("sparse"):
        return f"np.reshape(g[{index}], np.shape(xi_{index}))"
    count = len(_items(bound, "xi"))
    place = _grid_place(bound, index)
    others = tuple(k for k in range(count) if k != place)
    text = f"np.sum(g[{index}], axis={others[0] if len(others) == 1 else others})" if others else "g[0]"
    return (
        text
        if as_array(_items(bound, "xi")[index]).rank == 1
        else f"np.reshape({text}, np.shape(xi_{index}))"
    )


def _broadcast_kind(bound: Bound) -> Kind:
    items = [as_array(k) for k in _items(bound, "args")]
    shape = kinds.broadcast(*(k.shape for k in items))
    return Kind("tuple", items=tuple(kinds.array(shape, k.dtype) for k in items))


_VARIADIC: dict[str, Any] = {
    "np.atleast_1d": ("*arys", _at_least(1), _at_least_vjp, np.atleast_1d, "view arys"),
    "np.atleast_2d": ("*arys", _at_least(2), _at_least_vjp, np.atleast_2d, "view arys"),
    "np.atleast_3d": ("*arys", _at_least(3), _at_least_vjp, np.atleast_3d, "view arys"),
    "np.meshgrid": (
        "*xi, copy=True, sparse=False, indexing='xy'",
        _meshgrid_kind,
        _meshgrid_vjp,
        np.meshgrid,
        "fresh",
    ),
    "np.broadcast_arrays": (
        "*args",
        _broadcast_kind,
        lambda bound, index: f"unbroadcast(g[{index}], args_{index})",
        np.broadcast_arrays,
        "view args",
    ),
}
for _name, (_signature, _kind, _text, _function, _effect) in _VARIADIC.items():
    _argument = _signature.split(",")[0][1:]
    structural(
        _name, _signature, _kind, {_argument: _text}, (_function,), linear=(_argument,), effect=_effect
    )


# ------------------------------------------------------------------------------------------------------ parts


def _part_kind(axis_of: Callable[[Bound], int | None]) -> Callable[[Bound], Kind]:
    """The kind of the list of parts: lengths along the cut axis differ, the others stay."""

    def kind(bound: Bound) -> Kind:
        own, axis = shape_of(bound, "ary"), axis_of(bound)
        shape = own
        if own is not None:
            shape = tuple(new_length() if axis in (None, k) else n for k, n in enumerate(own))
        return kinds.list_of(kinds.array(shape, as_array(bound.kind("ary")).dtype))

    return kind


def _fixed(axis: int) -> Callable[[Bound], int | None]:
    return lambda bound: (
        0 if axis == 1 and rank_of(bound, "ary") == 1 else axis if rank_of(bound, "ary") else None
    )


def _hsplit_vjp(bound: Bound) -> str:
    rank = rank_of(bound, "ary")
    return "np.hstack(g)" if rank is None else f"np.concatenate(g, axis={0 if rank == 1 else 1})"


for _function in (np.split, np.array_split):
    structural(
        f"np.{_function.__name__}",
        "ary, indices_or_sections, axis=0",
        _part_kind(lambda b: axes.one_axis(b, "ary")),
        {"ary": lambda b: f"np.concatenate(g, axis={literal(b, 'axis')})"},
        (_function,),
        linear=("ary",),
        effect="view ary",
    )
structural(
    "np.hsplit",
    "ary, indices_or_sections",
    _part_kind(_fixed(1)),
    {"ary": _hsplit_vjp},
    (np.hsplit,),
    linear=("ary",),
    effect="view ary",
)
for _splitter, _axis in ((np.vsplit, 0), (np.dsplit, 2)):
    structural(
        f"np.{_splitter.__name__}",
        "ary, indices_or_sections",
        _part_kind(_fixed(_axis)),
        {"ary": f"np.concatenate(g, axis={_axis})"},
        (_splitter,),
        linear=("ary",),
        effect="view ary",
    )


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives

structural(
    "split_like",
    "z, arrays, axis=0",
    lambda b: kinds.list_of(
        kinds.array(kinds.fresh_shape(parts(b, "arrays").rank), as_array(b.kind("z")).dtype)
    ),
    {"z": lambda b: f"np.concatenate(g, {literal(b, 'axis')})", "arrays": axes.zero},
    (linear.split_like,),
    linear=("z",),
    effect="view z",
)
structural(
    "unstacked",
    "z, arrays, join",
    lambda b: kinds.list_of(kinds.array(None, as_array(b.kind("z")).dtype)),
    {"z": lambda b: f"np.{b.static('join')}(g)", "arrays": axes.zero},
    (linear.unstacked,),
    linear=("z",),
    effect="view z",
)
