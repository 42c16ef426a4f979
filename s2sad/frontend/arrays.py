"""Functions of NumPy that take nested lists or cases: np.block, np.piecewise, np.pad.

Their arguments are known while the program is lowered, so that they become the calls they stand for:

    np.block([[a], [c]])              np.concatenate([a, c], axis=-2)
    np.piecewise(x, [x < 0], [f, g])  y[x < 0] = f(x[x < 0]); y[~(x < 0)] = g(x[~(x < 0)])
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend.mapped import FUNCTIONS as MAPPED
from s2sad.frontend.mapped import argument, rank_known, static
from s2sad.frontend.state import CALLABLE, Closure, Group, State, Value
from s2sad.frontend.values import opened
from s2sad.ir.nodes import Call, Const, Ref, Slice, Var
from s2sad.rules.registry import UNKNOWN

# ---------------------------------------------------------------------------------------------------- joining


def _joined(low: State, items: list[Value], axis: int, node: ast.AST) -> Value:
    if len(items) == 1:
        return items[0]
    return low.apply("np.concatenate", [Group("list", items)], {"axis": Const(axis)}, node)


def _depth(value: Value) -> int:
    return (
        1 + max(map(_depth, value.items), default=0)
        if isinstance(value, Group) and value.cat == "list"
        else 0
    )


def _block(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.block: innermost lists are joined along the last axis, the next along the one before it."""
    whole = args[0]
    if not isinstance(whole, Group) or whole.cat != "list":
        low.refuse(node, "np.block of what is no list display", "write the lists out")
    depth = _depth(whole)
    leaves = _leaves(whole)
    rank = max(depth, *(rank_known(low, leaf, node, "np.block") for leaf in leaves))

    def made(value: Value, level: int) -> Value:
        if isinstance(value, Group) and value.cat == "list":
            return _joined(low, [made(item, level - 1) for item in value.items], -level, node)
        value = low.apply("np.asarray", [value], {}, node) if low.kind(value).is_scalar else value
        missing = rank - rank_known(low, value, node, "np.block")
        if missing:
            value = low.getitem(value, Group("tuple", [*[Const(None)] * missing, Const(Ellipsis)]), node)
        return value

    result = made(whole, depth)
    return low.apply("np.copy", [result], {}, node) if len(leaves) == 1 else result


def _leaves(value: Value) -> list[Value]:
    if isinstance(value, Group) and value.cat == "list":
        return [leaf for item in value.items for leaf in _leaves(item)]
    return [value]


def as_dtype(name: str) -> dict[str, Value]:
    """`dtype=` as a keyword argument, for the narrow dtypes that a float in the call would widen."""
    return (
        {"dtype": Ref(f"np.{name}", np.dtype(name).type)}
        if name in ("float32", "complex64", "float16")
        else {}
    )


NARROW: dict[str, type] = {"float32": np.float64, "float16": np.float64, "complex64": np.complex128}


def _widened(low: State, value: Value, node: ast.AST) -> Value:
    """A value in double precision, as some functions convert their arguments."""
    kind = low.kind(value)
    if kind.cat == "list" and kind.items and kind.items[0].is_number and kind.items[0].dtype in NARROW:
        value = low.apply("np.asarray", [value], {}, node)
    wide = NARROW.get(low.kind(value).dtype)
    if wide is None or not low.kind(value).is_number:
        return value
    return low.apply("np.asarray", [value], {"dtype": Ref(f"np.{wide.__name__}", wide)}, node)


def _in_double(name: str) -> Callable[..., Value]:
    """A function that computes in double precision."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        given = kwargs if "dtype" in kwargs else {k: _widened(low, v, node) for k, v in kwargs.items()}
        plain = args if "dtype" in kwargs else [_widened(low, a, node) for a in args]
        complex_ = name == "np.corrcoef" and any(low.kind(a).sort == "complex" for a in plain)
        return low.apply("corrcoef_complex" if complex_ else name, plain, given, node, hint=hint)

    return lowered


def _meshgrid(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.meshgrid; with copy=False views of its arguments, stretched unless it is sparse."""
    rest = {n: v for n, v in kwargs.items() if n != "copy"}
    if static(kwargs.get("copy", Const(True))) is not False:
        return low.apply("np.meshgrid", args, kwargs, node, hint=hint)
    sparse, indexing = static(rest.pop("sparse", Const(False))), static(rest.pop("indexing", Const("xy")))
    if not isinstance(sparse, bool) or indexing not in ("xy", "ij") or rest:
        low.refuse(node, "np.meshgrid whose form is known at run time only", "write sparse and indexing out")
    views: list[Value] = []
    for k, arg in enumerate(args):
        place = 1 - k if indexing == "xy" and k < 2 <= len(args) else k
        shape: list[Value] = [Const(-1 if i == place else 1) for i in range(len(args))]
        views.append(low.apply("np.reshape", [arg, Group("tuple", shape)], {}, node))
    return Group("tuple", views) if sparse else low.apply("np.broadcast_arrays", views, {}, node, hint=hint)


def _unstack(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.unstack: the parts along an axis."""
    axis = static(kwargs.get("axis", Const(0)))
    array = low.apply("np.moveaxis", [args[0], Const(axis), Const(0)], {}, node) if axis else args[0]
    shape = low.kind(array).shape
    if shape and isinstance(shape[0], int):
        return Group("tuple", low.unpack(array, shape[0], node))
    return low.call_value(Ref("tuple", tuple), [array], {}, node, hint)


# -------------------------------------------------------------------------------------------------- functions


def _piecewise(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.piecewise: y[condition] = f(x[condition]), the last function where no condition holds."""
    x, conditions, functions = args[0], args[1], args[2]
    single = low.kind(x).is_number and (low.kind(x).is_scalar or low.kind(x).rank == 0)
    if not low.kind(x).is_number:
        low.refuse(node, "np.piecewise of this", "pass an array")
    if not isinstance(functions, Group):
        low.refuse(node, "np.piecewise of functions that are not written out", "write them in a list")
    masks = conditions.items if isinstance(conditions, Group) else [conditions]
    if len(functions.items) not in (len(masks), len(masks) + 1):
        low.refuse(node, "np.piecewise with another number of functions than of conditions", "check the call")
    masks = [low.apply("np.asarray", [m], {"dtype": Ref("bool", bool)}, node) for m in masks]
    if single:  # an array of one: the functions take arrays
        x, *masks = [low.apply("np.reshape", [v, Const(1)], {}, node) for v in (x, *masks)]
    if len(functions.items) > len(masks):
        some = masks[0]
        for mask in masks[1:]:
            some = low.binary("bor", some, mask, node)
        masks = [*masks, low.emit(Call("invert", (low.atom(some),)), low.kind(some), node)]
    y = low.apply("np.zeros_like", [x], {}, node, hint=hint)
    for mask, function in zip(masks, functions.items, strict=True):
        if not isinstance(function, CALLABLE) and not callable(getattr(function, "obj", None)):
            low.store(y, mask, function, "", node)
            continue

        def fill(mask: Value = mask, function: Value = function) -> None:
            part = low.getitem(x, mask, node)
            low.store(y, mask, low.call_value(function, [part, *args[3:]], kwargs, node), "", node)

        if _takes_nothing(function):
            fill()
        else:
            some = low.apply("np.any", [mask], {}, node)
            low.branch(low.truth(some, node), fill, lambda: None, node)
    return low.apply("np.reshape", [y, Group("tuple", [])], {}, node, hint=hint) if single else y


def _takes_nothing(function: Value) -> bool:
    """Whether a function computes element by element, and so may be given a part without elements."""
    if not isinstance(function, Closure):
        return isinstance(getattr(function, "obj", None), np.ufunc)
    if not isinstance(function.node, ast.Lambda):
        return False
    plain = (ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Name, ast.Constant, ast.expr_context)
    for n in ast.walk(function.node.body):
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute):
            if not isinstance(getattr(np, n.func.attr, None), np.ufunc):
                return False
        elif not isinstance(n, ast.Attribute) and (not isinstance(n, plain) or isinstance(n, ast.MatMult)):
            return False
    return True


# -------------------------------------------------------------------------------------- gradient, pad, einsum


def _gradient(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.gradient: one array for an axis, a tuple for several."""
    f, steps = args[0], args[1:]
    if isinstance(f, Var) and low.kind(f).cat == "list":
        f = low.apply("np.asarray", [f], {}, node)
    axis, order = static(kwargs.get("axis", Const(None))), static(kwargs.get("edge_order", Const(1)))
    rank = rank_known(low, f, node, "np.gradient")
    if axis is UNKNOWN or order not in (1, 2):
        low.refuse(node, "np.gradient with an axis or edge_order that is not a literal", "write the numbers")
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    axes = [k % rank for k in axes]
    scalar = len(steps) == 0 or (len(steps) == 1 and rank_known(low, steps[0], node, "np.gradient") == 0)
    if scalar and len(axes) == 1 and order == 1:
        named: dict[str, Value] = {} if rank == 1 else {"axis": Const(axes[0])}
        return low.apply("np.gradient", [f, *steps], named, node, form="np.gradient", hint=hint)
    steps = (
        [Const(1.0)] * len(axes) if not steps else steps * len(axes) if len(steps) == 1 and scalar else steps
    )
    if len(steps) != len(axes):
        low.refuse(node, "np.gradient with another number of spacings than of axes", "check the call")
    if not low.kind(f).is_array or low.kind(f).sort == "int":
        f = low.apply("np.asarray", [f], {"dtype": Ref("float", float)}, node)
    made = [_gradient_line(low, f, step, k, order, node) for step, k in zip(steps, axes, strict=True)]
    return made[0] if len(made) == 1 else Group("tuple", made)


def _gradient_line(low: State, f: Value, step: Value, axis: int, order: int, node: ast.AST) -> Value:
    moved = low.apply("np.moveaxis", [f, Const(axis), Const(0)], {}, node) if axis else f
    if low.kind(step).cat in ("list", "tuple"):
        step = low.apply("np.asarray", [step], {}, node)
    name = "gradient_line" if rank_known(low, step, node, "np.gradient") == 0 else "gradient_points"
    made = low.apply(name, [moved, step, Const(order)], {}, node)
    return low.apply("np.moveaxis", [made, Const(0), Const(axis)], {}, node) if axis else made


PAD_STATISTICS = {"mean": "np.mean", "maximum": "np.max", "minimum": "np.min", "median": "np.median"}


def _pairs(value: Any, rank: int) -> list[tuple[Any, Any]]:
    """A number, a pair or a pair for every axis, as pairs."""
    grid = np.empty((rank, 2), object)
    grid[...] = np.array(value, object)
    return [(low, high) for low, high in grid.tolist()]


def _pairs_by_axis(low: State, widths: Value, rank: int, node: ast.AST) -> Value:
    """Pairs for all axes of widths for some: {-1: (1, 2)} is ((0, 0), (1, 2)) for a matrix."""
    held = opened(widths)
    if not isinstance(held, Group) or not all(type(k) is int and -rank <= k < rank for k in held.keys):
        low.refuse(node, "np.pad with widths in this dict", "write a pair for every axis")
    given = {k % rank: v for k, v in zip(held.keys, held.items, strict=True)}
    pairs = [given.get(k, Const(0)) for k in range(rank)]
    return Group("tuple", [v if isinstance(v, Group) else Group("tuple", [v, v]) for v in pairs])


def _pad(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.pad in the modes that compute what they fill in; the others are one call."""
    mode = argument(args, kwargs, 2, "mode", "constant")
    rest = {k: v for k, v in kwargs.items() if k not in ("array", "pad_width", "mode")}
    values = rest.get("constant_values", Const(0))
    plain = static(mode) == "constant" and static(values) is not UNKNOWN
    name = static(mode)
    widths = argument(args, kwargs, 1, "pad_width")
    if low.kind(widths).cat == "dict":
        rank = rank_known(low, argument(args, kwargs, 0, "array"), node, "np.pad")
        widths = _pairs_by_axis(low, widths, rank, node)
        args = [*args[:1], widths, *args[2:]] if len(args) > 1 else args
        kwargs = {k: widths if k == "pad_width" else v for k, v in kwargs.items()}
    odd = name in ("reflect", "symmetric") and static(rest.get("reflect_type", Const("even"))) == "odd"
    computed = name == "linear_ramp" or name in PAD_STATISTICS or (name == "constant" and not plain)
    if not computed and not odd:
        if static(rest.get("reflect_type", Const("even"))) == "even":
            rest.pop("reflect_type", None)
        given = [*args[:2], *([mode] if "mode" in kwargs or len(args) > 2 else [])]
        given += [kwargs[k] for k in ("array", "pad_width") if k in kwargs][: 2 - min(len(args), 2)]
        return low.apply("np.pad", given, rest, node, form="np.pad", hint=hint)
    array, width = argument(args, kwargs, 0, "array"), static(argument(args, kwargs, 1, "pad_width"))
    rank = rank_known(low, array, node, "np.pad")
    if width is UNKNOWN:
        low.refuse(node, "np.pad with widths that are not literals", "write the widths as numbers")
    lengths = static(rest.get("stat_length", Const(None)))
    ends = _end_pairs(rest.get("end_values", Const(0)) if name == "linear_ramp" else values, rank)
    for axis, (before, after) in enumerate(_pairs(width, rank)):
        stat = None if lengths is None else _pairs(lengths, rank)[axis]
        array = _pad_axis(low, array, axis, (before, after), name, ends[axis], stat, node)
    return array


def _end_pairs(value: Value, rank: int) -> list[tuple[Value, Value]]:
    """The values at the ends of every axis."""
    if not isinstance(value, Group):
        return [(value, value)] * rank
    if all(isinstance(item, Group) for item in value.items):
        pairs = [(p.items[0], p.items[-1]) for p in value.items if isinstance(p, Group)]
        return pairs * rank if len(pairs) == 1 else pairs
    return [(value.items[0], value.items[-1])] * rank


def _pad_axis(
    low: State,
    array: Value,
    axis: int,
    width: tuple[int, int],
    mode: Any,
    ends: tuple[Value, Value],
    lengths: tuple[int, int] | None,
    node: ast.AST,
) -> Value:
    """An array with its pads along one axis."""
    if mode in ("reflect", "symmetric"):
        moved = low.apply("np.moveaxis", [array, Const(axis), Const(0)], {}, node) if axis else array
        pads: list[Value] = [Const(width[0]), Const(width[1]), Const(int(mode == "symmetric"))]
        made = low.apply("odd_reflection", [moved, *pads], {}, node)
        return low.apply("np.moveaxis", [made, Const(0), Const(axis)], {}, node) if axis else made
    parts: list[Value] = [array]
    for side in (0, 1):
        if width[side] == 0:
            continue
        if mode in PAD_STATISTICS:
            whole = Slice(Const(None), Const(None), Const(None))
            n = None if lengths is None else lengths[side]
            chunk = array
            if n is not None:
                low_end, high_end = (None, n) if side == 0 else (-n, None)
                cut = Slice(Const(low_end), Const(high_end), Const(None))
                chunk = low.getitem(array, Group("tuple", [*[whole] * axis, cut]), node)
            edge = low.apply(
                PAD_STATISTICS[mode], [chunk], {"axis": Const(axis), "keepdims": Const(True)}, node
            )
            made = low.apply("np.repeat", [edge, Const(width[side])], {"axis": Const(axis)}, node)
        else:
            edge = low.apply("np.take", [array, Const(-side)], {"axis": Const(axis)}, node)
            if mode == "linear_ramp":
                given = [ends[side], edge, Const(width[side]), Const(False)]
                made = low.apply("np.linspace", given, as_dtype(low.kind(array).dtype), node)
                made = low.apply("np.flip", [made], {"axis": Const(0)}, node) if side else made
                if axis:
                    made = low.apply("np.moveaxis", [made, Const(0), Const(axis)], {}, node)
                    made = low.apply("np.ascontiguousarray", [made], {}, node)
            else:
                own = low.apply("np.shape", [array], {}, node)
                sizes: list[Value] = [
                    Const(width[side]) if k == axis else low.getitem(own, Const(k), node)
                    for k in range(rank_known(low, array, node, "np.pad"))
                ]
                shape = Group("tuple", sizes)
                made = low.apply("np.full_like", [array, ends[side]], {"shape": shape}, node)
        parts.insert(0 if side == 0 else len(parts), made)
    return _joined(low, parts, axis, node)


def _einsum(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.einsum with subscripts as lists of numbers is written with letters."""
    if isinstance(args[0], Const):
        return low.apply("np.einsum", args, kwargs, node, form="np.einsum", hint=hint)
    count = len(args) // 2
    lists = [static(args[2 * k + 1]) for k in range(count)]
    result = static(args[-1]) if len(args) % 2 else None
    if any(item is UNKNOWN for item in [*lists, result]):
        low.refuse(node, "np.einsum without literal subscripts", 'write them as a string, as in "ij,jk->ik"')
    numbers = sorted({n for item in [*lists, result or ()] for n in item if n is not Ellipsis})
    letters = {n: chr(ord("a") + k) for k, n in enumerate(numbers)} | {Ellipsis: "..."}
    texts = ["".join(letters[n] for n in item) for item in lists]
    text = ",".join(texts) + ("" if result is None else "->" + "".join(letters[n] for n in result))
    operands = [args[2 * k] for k in range(count)]
    return low.apply("np.einsum", [Const(text), *operands], kwargs, node, hint=hint)


_CORES = {  # the axes of the operands and of the result that products of stacks work on
    "np.matmul": ((-2, -1), (-2, -1), (-2, -1)),
    "np.vecdot": ((-1,), (-1,), ()),
    "np.matvec": ((-2, -1), (-1,), (-1,)),
    "np.vecmat": ((-1,), (-2, -1), (-1,)),
}


def _stacked(name: str) -> Callable[..., Value]:
    """A product of stacks of vectors or matrices; operands with other `axes` or `axis` are turned first."""

    def lowered(
        low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        if kwargs.keys().isdisjoint(("axes", "axis", "keepdims")) or "out" in kwargs:
            return low.apply(name, args, kwargs, node, form=name, hint=hint)
        rest = dict(kwargs)
        axes, axis = static(rest.pop("axes", Const(None))), static(rest.pop("axis", Const(None)))
        keep = static(rest.pop("keepdims", Const(False)))
        if UNKNOWN in (axes, axis, keep):
            low.refuse(node, f"{name} with axes that are not literals", "write the axes out")
        cores = _CORES[name]
        if axis is not None:
            axes = [(axis,), (axis,)]
        given = [(k,) if isinstance(k, int) else tuple(k) for k in axes or cores]
        given += cores[len(given) :]
        turned = [
            low.apply("np.moveaxis", [a, Const(own), Const(core)], {}, node) if own != core else a
            for a, own, core in zip(args, given, cores, strict=False)
        ]
        made = low.apply(name, turned, rest, node, form=name, hint=hint)
        if keep:
            return low.apply("np.expand_dims", [made, Const(given[0][0])], {}, node, hint=hint)
        if given[2] != cores[2]:
            made = low.apply("np.moveaxis", [made, Const(cores[2]), Const(given[2])], {}, node, hint=hint)
        return made

    return lowered


def _for_each(name: str) -> Callable[..., Value]:
    """A function of several arrays that gives a view of each: calls for one array."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        if len(args) == 1:
            return low.apply(name, args, kwargs, node, form=name, hint=hint)
        return Group("tuple", [low.apply(name, [a], kwargs, node) for a in args])

    return lowered


def _real_if_close(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """np.real_if_close of what is real: an array, the argument itself if it is one."""
    name = "np.real_if_close" if low.kind(args[0]).sort == "complex" else "np.asarray"
    return low.apply(name, args[:1], {}, node, hint=hint)


def _type(cls: type[np.generic]) -> Callable[..., Value]:
    """`np.float64(x)`, which is x itself if that is an array of the dtype and has axes."""
    name = np.dtype(cls).name

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        kind = low.kind(args[0])
        other = kind.dtype != name and kind.dtype[-1:].isdigit()
        if kind.cat not in ("array", "num") or kind.rank == 0 or other or len(args) > 1:
            return low.apply(f"np.{cls.__name__}", args, kwargs, node, hint=hint)
        made = low.apply("np.asarray", args, {"dtype": Ref(f"np.{cls.__name__}", cls)}, node, hint=hint)
        return made if kind.rank else low.getitem(made, Group("tuple", []), node, hint)

    return lowered


FUNCTIONS: dict[Any, Callable[..., Value]] = {
    **{cls: _type(cls) for cls in (np.float64, np.float32, np.complex128, np.complex64, np.int64, np.int32)},
    **MAPPED, np.block: _block,
    np.real_if_close: _real_if_close,
    **{getattr(np, f"atleast_{k}d"): _for_each(f"np.atleast_{k}d") for k in (1, 2, 3)},
    np.piecewise: _piecewise,
    np.cov: _in_double("np.cov"), np.corrcoef: _in_double("np.corrcoef"), np.interp: _in_double("np.interp"),
    np.vander: _in_double("np.vander"), np.geomspace: _in_double("np.geomspace"),
    np.gradient: _gradient, np.pad: _pad, np.einsum: _einsum, np.meshgrid: _meshgrid,
}  # fmt: skip
for _name in _CORES:  # some came with NumPy 2.2
    for _holder in (np, np.linalg):
        _own = getattr(_holder, _name[3:], None)
        if _own is not None:
            FUNCTIONS[_own] = _stacked(_name)
if hasattr(np, "unstack"):  # it came with NumPy 2.1
    FUNCTIONS[np.unstack] = _unstack


__all__ = ["FUNCTIONS", "as_dtype"]
