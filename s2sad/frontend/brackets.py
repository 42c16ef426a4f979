"""What stands in the brackets of np.r_, np.c_, np.mgrid and np.ogrid.

    np.r_[x, 0.0]                 np.concatenate([x, [0.0]])
    np.r_["0,2", x, y]            np.concatenate([x[None, :], y[None, :]], axis=0)
    np.mgrid[0:a:5j, 0:b:3j]      np.array(np.meshgrid(steps_to(0, a, 5), steps_to(0, b, 3), indexing="ij"))
"""

from __future__ import annotations

import ast

import numpy as np

from s2sad.frontend.arrays import as_dtype
from s2sad.frontend.mapped import rank_known
from s2sad.frontend.state import Group, State, Value
from s2sad.ir.kinds import Kind, array, new_length
from s2sad.ir.nodes import Call, Const, Ref, Slice, Tuple


def joined_index(low: State, base: Ref, index: Value, node: ast.AST) -> Value | None:
    """`np.r_[...]`, `np.c_[...]`, `np.mgrid[...]` and `np.ogrid[...]`; None for other objects."""
    items = list(index.items) if isinstance(index, Group) and index.cat == "tuple" else [index]
    if base.obj is np.mgrid or base.obj is np.ogrid:
        return _grid(low, base, items, node)
    if base.obj is not np.r_ and base.obj is not np.c_:
        return None
    if isinstance(items[0], Const) and isinstance(items[0].value, str):
        return _directed(low, base, items[0].value, items[1:], node)
    parts = [_range(low, item, node) if isinstance(item, Slice) else item for item in items]
    ranks = [rank_known(low, part, node, "np.r_ and np.c_") for part in parts]
    if base.obj is np.c_:
        if any(rank not in (1, 2) for rank in ranks):
            low.refuse(node, "np.c_ of other than vectors and matrices", "use np.concatenate or np.stack")
        return low.apply("np.column_stack", [Group("tuple", parts)], {}, node)
    if len(set(ranks) - {0}) > 1:
        low.refuse(node, "np.r_ of arrays of different ranks", "use np.concatenate")
    known = low.kind(parts[ranks.index(1)]).dtype if 1 in ranks else ""
    named: dict[str, Value] = as_dtype(known) if 0 in ranks else {}  # a number takes the dtype of the arrays
    if named and {low.kind(p).dtype for p, rank in zip(parts, ranks, strict=True) if rank} != {known}:
        low.refuse(node, "np.r_ of numbers and arrays of several dtypes", "use np.concatenate")
    parts = [Group("list", [p]) if rank == 0 else p for p, rank in zip(parts, ranks, strict=True)]
    return low.apply("np.concatenate", [Group("list", parts)], named, node)


def _grid(low: State, base: Ref, items: list[Value], node: ast.AST) -> Value | None:
    """The coordinates of a grid: as they stand, `np.mgrid[0:n, 0:m]`, or of bounds that may vary."""
    if not all(isinstance(item, Slice) for item in items):
        return None
    slices = [item for item in items if isinstance(item, Slice)]
    parts = [part for item in slices for part in (item.lo, item.hi, item.step)]
    if not all(isinstance(part, Const) or low.kind(part).cat == "int" for part in parts):
        return _grid_of_numbers(low, base, slices, node)
    kinds = [low.kind(part) for part in parts if part != Const(None)]
    dtype = "int64" if all(kind.cat == "int" for kind in kinds) else "float64"
    lengths = tuple(new_length() for _ in slices)
    index = Tuple(tuple(slices)) if len(slices) > 1 else slices[0]
    call = Call("getitem", (base, index))
    if base.obj is np.mgrid or len(slices) == 1:
        shape = (len(slices), *lengths) if len(slices) > 1 else lengths
        return low.emit(call, array(shape, dtype), node)
    ones = [tuple(n if i == k else 1 for i, n in enumerate(lengths)) for k in range(len(slices))]
    return low.emit(call, Kind("tuple", items=tuple(array(shape, dtype) for shape in ones)), node)


def _grid_of_numbers(low: State, base: Ref, slices: list[Slice], node: ast.AST) -> Value | None:
    """The coordinates of a grid between bounds that may be active; None unless it has so many points."""
    lines: list[Value] = []
    for item in slices:
        step = item.step.value if isinstance(item.step, Const) else None
        if not isinstance(step, complex):
            return None
        first: Value = Const(0) if item.lo == Const(None) else item.lo
        ends = [low.apply("np.asarray", [end], {}, node) for end in (first, item.hi)]
        if any(low.kind(end).dtype not in ("float64", "int64") for end in ends):
            low.refuse(node, "a grid between bounds that are not float64", "convert them with float()")
        lines.append(low.apply("steps_to", [first, item.hi, Const(int(abs(step)))], {}, node))
    if len(lines) == 1:
        return lines[0]
    named: dict[str, Value] = {"indexing": Const("ij"), "sparse": Const(base.obj is np.ogrid)}
    made = low.apply("np.meshgrid", lines, named, node)
    return made if base.obj is np.ogrid else low.apply("np.stack", [made], {}, node)


def _directed(low: State, base: Ref, text: str, items: list[Value], node: ast.AST) -> Value:
    """`np.r_["1,2,0", x, y]`: along which axis, of what least rank, and where axes of length 1 go."""
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    plain = base.obj is np.r_ and 1 <= len(numbers) <= 3
    if not plain or any(isinstance(item, Slice) or low.kind(item).is_scalar for item in items):
        low.refuse(node, f"{text!r} in the brackets of np.r_ or np.c_", "use np.concatenate or np.stack")
    axis, least, place = (*numbers, *(0, 1, -1)[len(numbers) :])
    parts: list[Value] = []
    for item in items:
        rank = rank_known(low, item, node, "np.r_")
        missing = max(least - rank, 0)
        before = place + missing + 1 if place < 0 else place
        if not 0 <= before <= missing and missing:
            low.refuse(node, f"{text!r} in the brackets of np.r_", "use np.concatenate or np.stack")
        whole: list[Value] = [Slice(Const(None), Const(None), Const(None))] * rank
        index = [*[Const(None)] * before, *whole, *[Const(None)] * (missing - before)]
        parts.append(low.getitem(item, Group("tuple", index), node) if missing else item)
    return low.apply("np.concatenate", [Group("list", parts)], {"axis": Const(axis)}, node)


def _range(low: State, part: Slice, node: ast.AST) -> Value:
    """A slice in the brackets of np.r_: a range, or so many points if the step is imaginary."""
    start: Value = Const(0) if part.lo == Const(None) else part.lo
    step = part.step
    if isinstance(step, Const) and isinstance(step.value, complex):
        return low.apply("np.linspace", [start, part.hi, Const(int(abs(step.value)))], {}, node)
    return low.apply("np.arange", [start, part.hi, Const(1) if step == Const(None) else step], {}, node)


__all__ = ["joined_index"]
