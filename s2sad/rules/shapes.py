"""Functions that rearrange, cut, repeat or copy the elements of an array: reshape, flip, pad, split, astype.

All are linear, so an entry is a kind, the transpose as a text, and whom the result aliases: "view a" always
does, "maybe a" decides by strides at run time, "fresh" never does. `tests/rules/test_array_tables.py` holds
each word against `np.shares_memory`.

    z = np.reshape(a, shape)      a_bar = np.reshape(g, np.shape(a))
    z = np.pad(a, 1)              a_bar = g[1:-1]
    z = np.pad(a, 2, "wrap")      a_bar = scatter_add(g, np.pad(positions(a), 2, "wrap"), np.shape(a))
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Shape, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import linear


def _like(bound: Bound, name: str, shape: Shape | None) -> Kind:
    """An array of the argument's dtype."""
    return kinds.array(shape, as_array(bound.kind(name)).dtype)


def _same(name: str) -> Callable[[Bound], Kind]:
    return lambda bound: _like(bound, name, shape_of(bound, name))


# ---------------------------------------------------------------------------------------------------- reshape


def _reshape_kind(bound: Bound) -> Kind:
    if bound.static("order") not in ("C", "F"):
        raise NotImplementedError('reshape with an order other than "C" and "F": name one')
    own, shape = shape_of(bound, "a"), axes.shape_from(bound, "shape")
    if own is not None and shape is not None and len(shape) == 1:
        shape = (axes.product(own),)
    asked = bound.static("shape")
    if own is not None and isinstance(asked, tuple | list) and [n for n in asked if n != 1] == [-1]:
        shape = tuple(n if n == 1 else axes.product(own) for n in asked)
    made = _like(bound, "a", shape)  # a number in NumPy's form that is given no axes stays one
    return made if shape or not _itself(bound.kind("a")) else Kind("num", made.dtype, shape)


def _reshape_vjp(bound: Bound) -> str:
    order = "" if bound.static("order") == "C" else ', order="F"'
    return f"np.reshape(g, {axes.shape(bound)}{order})"


def _ravel_kind(bound: Bound) -> Kind:
    if bound.static("order") not in ("C", "F"):
        raise NotImplementedError('ravel and flatten with an order other than "C" and "F": name one')
    own = shape_of(bound, "a")
    return _like(bound, "a", (new_length() if own is None else axes.product(own),))


def _ravel_vjp(bound: Bound) -> str:
    return "g" if rank_of(bound, "a") == 1 else _reshape_vjp(bound)


structural(
    "np.reshape",
    "a, shape, order='C', *, copy=None",
    _reshape_kind,
    {"a": _reshape_vjp},
    (np.reshape, np.ndarray.reshape),
    linear=("a",),
    effect="maybe a",
    general="reshape_in_order",
)
structural(
    "np.ravel",
    "a, order='C'",
    _ravel_kind,
    {"a": _ravel_vjp},
    (np.ravel, np.ndarray.ravel),
    linear=("a",),
    effect="maybe a",
    general="ravel_in_order",
)
structural(
    "np.ndarray.flatten",
    "a, order='C'",
    _ravel_kind,
    {"a": _ravel_vjp},
    (np.ndarray.flatten,),
    linear=("a",),
    general="flatten_in_order",
)


def _itself(kind: Kind) -> bool:
    """Whether np.squeeze and np.transpose give a number that they are given, in NumPy's form, as it is."""
    return kind.cat == "npscalar" or (kind.cat == "num" and not kind.rank)


def _squeeze_kind(bound: Bound) -> Kind:
    own, wanted = shape_of(bound, "a"), axes.axes_of(bound)
    if _itself(bound.kind("a")):
        return bound.kind("a")
    if own is None:
        return _like(bound, "a", None)
    if bound.static("axis") is None:
        known = all(isinstance(n, int) for n in own)
        return _like(bound, "a", tuple(n for n in own if n != 1) if known else None)
    return _like(
        bound, "a", None if wanted is None else tuple(n for k, n in enumerate(own) if k not in wanted)
    )


def _expand_kind(bound: Bound) -> Kind:
    own, wanted = shape_of(bound, "a"), bound.static("axis")
    if own is None or wanted is UNKNOWN:
        return _like(bound, "a", None)
    places = wanted if isinstance(wanted, tuple | list) else (wanted,)
    rank = len(own) + len(places)
    ones = {k % rank for k in places}
    rest = iter(own)
    return _like(bound, "a", tuple(1 if k in ones else next(rest) for k in range(rank)))


structural(
    "np.squeeze",
    "a, axis=None",
    _squeeze_kind,
    {"a": axes.reshaped("a")},
    (np.squeeze, np.ndarray.squeeze),
    linear=("a",),
    effect="view a",
)
structural(
    "np.expand_dims",
    "a, axis",
    _expand_kind,
    {"a": axes.reshaped("a")},
    (np.expand_dims,),
    linear=("a",),
    effect="view a",
)


def _broadcast_kind(bound: Bound) -> Kind:
    return _like(bound, "array", axes.shape_from(bound, "shape"))


structural(
    "np.broadcast_to",
    "array, shape",
    _broadcast_kind,
    {"array": lambda b: axes.fitted(b, "g", "array")},
    (np.broadcast_to,),
    linear=("array",),
    effect="view array",
)


# ---------------------------------------------------------------------------------------------- order of axes


def _permutation(bound: Bound) -> list[int] | None:
    """The static axes of a transpose, none of them negative; None if all are reversed or it is not known."""
    static = bound.static("axes")
    return [int(k) % len(static) for k in static] if isinstance(static, tuple | list) and static else None


def _reverses(bound: Bound) -> bool:
    return not bound.given("axes") or bound.static("axes") is None


def _transpose_kind(bound: Bound) -> Kind:
    own, order = shape_of(bound, "a"), _permutation(bound)
    if _itself(bound.kind("a")):
        return bound.kind("a")
    if own is None:
        return _like(bound, "a", None)
    if _reverses(bound):
        return _like(bound, "a", tuple(reversed(own)))
    return _like(
        bound, "a", tuple(own[k] for k in order) if order is not None else kinds.fresh_shape(len(own))
    )


def _transpose_vjp(bound: Bound) -> str:
    order = _permutation(bound)
    if _reverses(bound):
        return (
            "g"
            if rank_of(bound, "a") in (0, 1)
            else "np.transpose(g)"
            if rank_of(bound, "a") is None
            else "g.T"
        )
    if order is not None:
        return f"np.transpose(g, {tuple(int(k) for k in np.argsort(order))})"
    return "np.transpose(g, inverse_axes(axes))"


structural(
    "np.transpose",
    "a, axes=None",
    _transpose_kind,
    {"a": _transpose_vjp},
    (np.transpose, np.ndarray.transpose),
    linear=("a",),
    effect="view a",
)
structural(
    "np.ndarray.T",
    "a",
    _transpose_kind,
    {"a": _transpose_vjp},
    (np.ndarray.T,),
    linear=("a",),
    effect="view a",
)


def _swapped(first: str, second: str) -> Callable[[Bound], Kind]:
    def kind(bound: Bound) -> Kind:
        own = shape_of(bound, "a")
        one, two = axes.one_axis(bound, "a", first), axes.one_axis(bound, "a", second)
        if own is None or one is None or two is None:
            return _like(bound, "a", kinds.fresh_shape(rank_of(bound, "a")))
        lengths = list(own)
        lengths[one], lengths[two] = lengths[two], lengths[one]
        return _like(bound, "a", tuple(lengths))

    return kind


def _moved_kind(bound: Bound) -> Kind:
    own, source, target = shape_of(bound, "a"), bound.static("source"), bound.static("destination")
    if own is None or UNKNOWN in (source, target):
        return _like(bound, "a", kinds.fresh_shape(rank_of(bound, "a")))
    if np.size(source) != np.size(target):
        raise NotImplementedError("np.moveaxis of a different number of axes to and fro")
    sources = [k % len(own) for k in (source if isinstance(source, tuple | list) else (source,))]
    targets = [k % len(own) for k in (target if isinstance(target, tuple | list) else (target,))]
    result = [k for k in range(len(own)) if k not in sources]
    for place, axis in sorted(zip(targets, sources, strict=True)):
        result.insert(place, axis)
    return _like(bound, "a", tuple(own[k] for k in result))


def _matrix_transposed(bound: Bound) -> Kind:
    own = shape_of(bound, "a")
    return _like(bound, "a", None if own is None else (*own[:-2], own[-1], own[-2]))


structural(
    "np.swapaxes",
    "a, axis1, axis2",
    _swapped("axis1", "axis2"),
    {"a": "np.swapaxes(g, axis1, axis2)"},
    (np.swapaxes, np.ndarray.swapaxes),
    linear=("a",),
    effect="view a",
)
structural(
    "np.moveaxis",
    "a, source, destination",
    _moved_kind,
    {"a": "np.moveaxis(g, destination, source)"},
    (np.moveaxis,),
    linear=("a",),
    effect="view a",
)
structural(
    "np.matrix_transpose",
    "a",
    _matrix_transposed,
    {"a": "np.swapaxes(g, -1, -2)"},
    (np.matrix_transpose, np.ndarray.mT, np.linalg.matrix_transpose),
    linear=("a",),
    effect="view a",
)


def _flip_kind(bound: Bound) -> Kind:
    kind = _same("m")(bound)
    return kinds.npscalar(kind.dtype) if kind.rank == 0 else kind  # `m[()]`


def _flip_vjp(bound: Bound) -> str:
    return "g[::-1]" if rank_of(bound, "m") == 1 else f"np.flip(g{axes.option(bound, 'axis')})"


def _shift(bound: Bound) -> str:
    static = bound.static("shift")
    if isinstance(static, tuple | list):
        return repr(tuple(-k for k in static))
    return (
        repr(-static)
        if axes.as_int(static) is not None
        else "np.negative(shift)"
        if _vague(bound, "shift")
        else "-shift"
    )


def _vague(bound: Bound, name: str) -> bool:
    return not (bound.kind(name).is_number and bound.kind(name).sort == "int")


def _rot_kind(bound: Bound) -> Kind:
    own, turns, plane = shape_of(bound, "m"), bound.static("k"), bound.static("axes")
    if own is None or turns is UNKNOWN or plane is UNKNOWN:
        return _like(bound, "m", kinds.fresh_shape(rank_of(bound, "m")))
    lengths = list(own)
    if turns % 2:
        lengths[plane[0]], lengths[plane[1]] = lengths[plane[1]], lengths[plane[0]]
    return _like(bound, "m", tuple(lengths))


structural(
    "np.flip", "m, axis=None", _flip_kind, {"m": _flip_vjp}, (np.flip,), linear=("m",), effect="view m"
)
structural("np.fliplr", "m", _same("m"), {"m": "np.fliplr(g)"}, (np.fliplr,), linear=("m",), effect="view m")
structural("np.flipud", "m", _same("m"), {"m": "np.flipud(g)"}, (np.flipud,), linear=("m",), effect="view m")
structural(
    "np.rot90",
    "m, k=1, axes=(0, 1)",
    _rot_kind,
    {
        "m": lambda b: (
            f"np.rot90(g, {'-k' if b.static('k') is UNKNOWN else -b.static('k')}, {literal(b, 'axes')})"
        )
    },
    (np.rot90,),
    linear=("m",),
    effect="view m",
)
structural(
    "np.roll",
    "a, shift, axis=None",
    _same("a"),
    {"a": lambda b: f"np.roll(g, {_shift(b)}{axes.option(b, 'axis')})"},
    (np.roll,),
    linear=("a",),
)


composite(
    "np.rollaxis",
    """def rollaxis(a, axis, start=0):
    axis = axis % np.ndim(a)
    start = start + np.ndim(a) if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)
""",
    (np.rollaxis,),
)


# ---------------------------------------------------------------------------------------------------- padding

_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def _pad_widths(bound: Bound, rank: int) -> list[tuple[int, int]] | None:
    static = bound.static("pad_width")
    if static is UNKNOWN:
        return None
    try:
        return [(int(lo), int(hi)) for lo, hi in np.broadcast_to(static, (rank, 2)).tolist()]
    except (TypeError, ValueError):
        return None


def _pad_kind(bound: Bound) -> Kind:
    if bound.static("mode") not in _MODES:
        raise NotImplementedError(f"np.pad with a mode other than {', '.join(_MODES)}")
    own = shape_of(bound, "array")
    widths = None if own is None else _pad_widths(bound, len(own))
    if own is None or widths is None:
        return _like(bound, "array", kinds.fresh_shape(rank_of(bound, "array")))
    return _like(
        bound, "array", tuple(axes.added(n, lo + hi) for n, (lo, hi) in zip(own, widths, strict=True))
    )


def _pad_vjp(bound: Bound) -> str:
    if bound.static("mode") != "constant":
        index = f"np.pad(positions(array), {literal(bound, 'pad_width')}, {bound.static('mode')!r})"
        return f"scatter_add(g, {index}, {axes.shape(bound, 'array')})"
    rank = rank_of(bound, "array")
    widths = None if rank is None else _pad_widths(bound, rank)
    if not widths:
        return f"unpad(g, {axes.shape(bound, 'array')}, {literal(bound, 'pad_width')})"
    return f"g[{', '.join(_inner(lo, hi) for lo, hi in widths)}]"


def _inner(lo: int, hi: int) -> str:
    return f"{lo or ''}:{-hi if hi else ''}"


structural(
    "np.pad",
    "array, pad_width, mode='constant', *, constant_values=0",
    _pad_kind,
    {"array": _pad_vjp, "constant_values": axes.refuse("the derivative of np.pad in constant_values")},
    (np.pad,),
    jvp={
        "array": lambda b: f"np.pad(array_dot, {literal(b, 'pad_width')}, {b.static('mode')!r})",
        "constant_values": axes.refuse("the derivative of np.pad in constant_values"),
    },
)


# -------------------------------------------------------------------------------------------------- repeating


def _gathered(bound: Bound, name: str, index: str) -> str:
    """The transpose of a function that copies elements: `index` is the function applied to positions."""
    return f"scatter_add(g, {index}, {axes.shape(bound, name)})"


def _repeat_kind(bound: Bound) -> Kind:
    own = shape_of(bound, "a")
    if bound.static("axis") is None:
        return _like(bound, "a", (new_length(),))
    axis = axes.one_axis(bound)
    if own is None or axis is None:
        return _like(bound, "a", kinds.fresh_shape(rank_of(bound, "a")))
    return _like(bound, "a", tuple(new_length() if k == axis else n for k, n in enumerate(own)))


def _tile_kind(bound: Bound) -> Kind:
    reps, rank = axes.shape_from(bound, "reps"), rank_of(bound, "A")
    return _like(
        bound, "A", None if reps is None or rank is None else kinds.fresh_shape(max(rank, len(reps)))
    )


def _repeat_vjp(bound: Bound) -> str:
    if rank_of(bound, "a") == 1 and not _vague(bound, "repeats") and bound.kind("repeats").rank == 0:
        if bound.static("repeats") == 2:  # sums of short lines take their time
            return "g[::2] + g[1::2]"
        return f"np.sum(np.reshape(g, ({axes.size(bound)}, {literal(bound, 'repeats')})), axis=1)"
    return _gathered(bound, "a", f"np.repeat(positions(a), repeats{axes.option(bound, 'axis')})")


def _tile_vjp(bound: Bound) -> str:
    if rank_of(bound, "A") == 1 and not _vague(bound, "reps") and bound.kind("reps").rank == 0:
        return f"np.sum(np.reshape(g, ({literal(bound, 'reps')}, {axes.size(bound, 'A')})), axis=0)"
    rank, reps = rank_of(bound, "A"), bound.static("reps")
    reps = (reps,) if isinstance(reps, int) else reps
    if rank is None or not isinstance(reps, tuple | list) or not all(isinstance(r, int) for r in reps):
        return _gathered(bound, "A", "np.tile(positions(A), reps)")
    reps = (1,) * (rank - len(reps)) + tuple(reps)
    lengths: list[str] = []
    copies: list[int] = []  # the axes along which the copies stand
    for k, count in enumerate(reps, rank - len(reps)):
        if count != 1:
            copies.append(len(lengths))
            lengths.append(str(count))
        lengths += [f"np.shape(A)[{k}]"] if k >= 0 else []
    parts = f"np.reshape(g, ({', '.join(lengths)},))"
    where = repr(copies[0] if len(copies) == 1 else tuple(copies))
    return f"np.sum({parts}, axis={where})" if copies else f"np.reshape(g, {axes.shape(bound, 'A')})"


structural(
    "np.repeat",
    "a, repeats, axis=None",
    _repeat_kind,
    {"a": _repeat_vjp},
    (np.repeat, np.ndarray.repeat),
    linear=("a",),
)
structural("np.tile", "A, reps", _tile_kind, {"A": _tile_vjp}, (np.tile,), linear=("A",))


# ---------------------------------------------------------------------------------------- copies, conversions


def _converted(name: str, least_rank: int = 0) -> Callable[[Bound], Kind]:
    def kind(bound: Bound) -> Kind:
        own = as_array(bound.kind(name))
        shape = (1,) if own.rank == 0 and least_rank else None if bound.kind(name).optional else own.shape
        if bound.statics.get("ndmin", 0) != 0:
            least = axes.as_int(bound.static("ndmin"))
            shape = None if shape is None or least is None else (1,) * (least - len(shape)) + shape
        return Kind("array", axes.dtype_name(bound, own.dtype), shape, met=own.met)

    return kind


def _converted_vjp(name: str, least_rank: int = 0) -> Callable[[Bound], str | None]:
    def text(bound: Bound) -> str | None:
        if bound.out is not None and bound.out.sort in ("int", "bool"):
            return None
        widened = bound.out is not None and bound.out.rank == 1 and rank_of(bound, name) == 0
        if least_rank and bound.kind(name).cat == "num" and bound.kind(name).rank is None:
            widened = True  # a number on some path
        if bound.statics.get("ndmin", 0) != 0 or widened:
            return axes.reshaped(name)(bound)
        return axes.real_if(bound, name, "g")

    return text


def _method_copy_kind(bound: Bound) -> Kind:
    own = bound.kind("a")
    return own if own.is_number else as_array(own)


def _cast_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    dtype = axes.dtype_name(bound, own.dtype)
    return kinds.num((), dtype) if bound.kind("a").is_scalar else Kind(bound.kind("a").cat, dtype, own.shape)


def _cast_vjp(bound: Bound) -> str | None:
    own, out = as_array(bound.kind("a")), as_array(bound.out) if bound.out is not None else None
    if out is None or out.sort in ("int", "bool"):
        return None
    if out.sort != own.sort:
        return axes.real_if(bound, "a", "g")
    if out.dtype == own.dtype or not own.rank or own.dtype == kinds.MIXED:
        return "g"
    wide = {"float": "float64", "complex": "complex128"}
    return f"g.astype(np.{wide.get(own.dtype, own.dtype)})"


structural(
    "np.array",
    "object, dtype=None, *, order='K', ndmin=0",
    _converted("object"),
    {"object": _converted_vjp("object")},
    (np.array,),
    linear=("object",),
)
for _name, _signature, _objects in (
    ("np.asarray", "a, dtype=None, order=None", (np.asarray, np.asanyarray)),
    ("np.ascontiguousarray", "a, dtype=None", (np.ascontiguousarray,)),
    ("np.asarray_chkfinite", "a, dtype=None, order=None", (np.asarray_chkfinite,)),
    ("np.require", "a, dtype=None, requirements=None", (np.require,)),
    ("np.asfortranarray", "a, dtype=None", (np.asfortranarray,)),
):
    _least = int("contiguous" in _name or "fortran" in _name)
    structural(
        _name,
        _signature,
        _converted("a", _least),
        {"a": _converted_vjp("a", _least)},
        _objects,
        linear=("a",),
        effect="maybe a",
    )
structural("np.copy", "a, order='K'", _converted("a"), {"a": "g"}, (np.copy,), linear=("a",))
structural("copy", "a, order='C'", _method_copy_kind, {"a": "g"}, (np.ndarray.copy,), linear=("a",))
structural(
    "np.astype",
    "a, dtype",
    _cast_kind,
    {"a": _cast_vjp},
    (np.ndarray.astype, getattr(np, "astype", np.ndarray.astype)),  # the function came with NumPy 2.1
    linear=("a",),
)
structural(
    "np.ndarray.item",
    "a",
    lambda b: Kind(sort) if (sort := as_array(b.kind("a")).sort) else kinds.OBJECT,
    {"a": axes.reshaped("a")},
    (np.ndarray.item,),
    linear=("a",),
)


for _half in ("joining", "windows", "memory_orders"):  # the other parts of this topic
    importlib.import_module(f"s2sad.rules.{_half}")


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives

structural(
    "scatter_add",
    "z, index, shape",
    lambda b: _like(b, "z", axes.shape_from(b, "shape")),
    {"z": "np.take(g, index)"},
    (linear.scatter_add,),
    linear=("z",),
)
structural("positions", "a", lambda b: kinds.array(shape_of(b, "a"), "int64"), {}, (linear.positions,))
structural(
    "unpad",
    "z, shape, pad_width",
    lambda b: _like(b, "z", axes.shape_from(b, "shape")),
    {"z": "np.pad(g, pad_width)"},
    (linear.unpad,),
    linear=("z",),
    effect="view z",
)
