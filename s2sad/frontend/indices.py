"""The kind of `a[index]`: NumPy's indexing rules on symbolic shapes.

Accepts the kind of an array and the parts of an index as values; guarantees that a rank or a length which
is given is right. What cannot be known (an index of unknown kind) gives a result of unknown rank.

    a[1:, None]    of shape (n, 3): (n - 1, 1, 3)
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.state import State
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Const, List, Slice, Tuple, Var


def index_kind(state: State, kind: Kind, items: list[Any], node: ast.AST) -> Kind:
    """The kind of an indexed array of known rank."""
    shape = kind.shape or ()
    given = state.kind(items[0]) if len(items) == 1 and isinstance(items[0], Var) else K.OBJECT
    if given.cat == "tuple" and given.items and all(map(_is_place, given.items)):  # np.ix_(rows, columns)
        items = list(given.items)
    consumed = 0
    for item in items:
        item_kind = _kind_of(state, item)
        if isinstance(item, Const) and (item.value is None or item.value is Ellipsis):
            continue
        consumed += (item_kind.rank or 0) if item_kind.sort == "bool" and item_kind.rank else 1
    if consumed > len(shape):
        state.refuse(node, f"too many indices for a {len(shape)}-D array", "drop an index")
    ellipsis = [i for i in items if isinstance(i, Const) and i.value is Ellipsis]
    if not ellipsis:
        items = [*items, Const(Ellipsis)]
    return _index_walk(state, kind, shape, items, len(shape) - consumed, bool(ellipsis), node)


def _is_place(kind: Kind) -> bool:
    """Whether a part of an index takes one axis, or as many as a mask has."""
    return kind.cat in ("slice", "int") or (kind.is_number and kind.sort in ("int", "bool"))


def _kind_of(state: State, item: Any) -> Kind:
    """The kind of a part of an index, of which the kind may be all that is known."""
    return item if isinstance(item, Kind) else state.kind(item)


def _cut(state: State, length: K.Length, item: Any) -> K.Length:
    """The length of a slice of an axis."""
    if not isinstance(item, Slice):  # one that has a name
        return K.new_length()
    parts = [p.value if isinstance(p, Const) else p for p in (item.lo, item.hi, item.step)]
    if isinstance(item.hi, Var) and parts[2] in (None, 1) and not isinstance(length, int):
        end = state.lengths.of(item.hi)
        if isinstance(end, tuple) and end[0] == length[0]:
            return _cut_before(length, parts[0] or 0, end[1])
    if any(isinstance(p, Var) for p in parts):
        within = state.lengths.window(length, item)
        return state.lengths.cut(length, item) if within is None else within
    return K.slice_length(length, *parts)


def _cut_before(length: tuple[str, int], lo: Any, end: int) -> K.Length:
    """The length of `a[lo:hi]` where hi is the length's symbol plus `end`, which is not above 0.

    A negative hi counts from the other end, and must not come to lie behind lo: it does not if lo is at least
    -end - 2, as in `a[1:n - 1]`, `a[:n - 2]` and `a[2:n - 4]`.
    """
    if not isinstance(lo, int) or lo < 0 or -end - 2 > lo:
        return K.new_length()
    return length[0], min(end, length[1]) - lo


def _index_walk(
    state: State, kind: Kind, shape: K.Shape, items: list[Any], spare: int, explicit: bool, node: ast.AST
) -> Kind:
    axis = 0
    result: list[K.Length] = []
    fancy: list[K.Shape | None] = []
    places: list[int] = []
    ints = 0
    for item in items:
        item_kind = _kind_of(state, item)
        if isinstance(item, Const) and item.value is Ellipsis:
            result += shape[axis : axis + spare]
            axis += spare
        elif isinstance(item, Const) and item.value is None:
            result.append(1)
        elif item_kind.cat == "slice":
            result.append(_cut(state, shape[axis], item))
            axis += 1
        elif item_kind.cat == "int" or (item_kind.cat == "npscalar" and item_kind.sort == "int"):
            ints += 1
            places.append(len(result))
            axis += 1
        elif item_kind.sort == "bool" and item_kind.cat in ("array", "num") and item_kind.rank is not None:
            fancy.append((K.new_length(),))
            places.append(len(result))
            axis += item_kind.rank
        elif item_kind.cat in ("array", "num") and item_kind.sort == "int":
            fancy.append(item_kind.shape)
            places.append(len(result))
            axis += 1
        elif (
            item_kind.cat in ("list", "tuple")
            and item_kind.items
            and (item_kind.cat == "list" or isinstance(item, List | Tuple))
        ):
            length = len(item.items) if isinstance(item, List | Tuple) else K.new_length()
            fancy.append((K.new_length() if item_kind.items[0].cat == "bool" else length,))
            places.append(len(result))
            axis += 1
        else:
            return Kind("num", kind.dtype, None)
    if not fancy:
        if ints == len(shape) and not explicit and not result:
            return K.npscalar(kind.dtype)
        return K.array(tuple(result), kind.dtype)
    advanced = K.broadcast(*fancy)
    if advanced is None:
        return Kind("num", kind.dtype, None)
    adjacent = all(p == places[0] for p in places)
    where = places[0] if adjacent else 0
    full = tuple(result[:where]) + advanced + tuple(result[where:])
    return K.array(full, kind.dtype) if full else K.npscalar(kind.dtype)


def kind_of_slice(held: Any, index: Any) -> Kind:
    """The kind of a known slice of an outside tuple; that of nothing known for all else."""
    if type(held) is not tuple or not isinstance(index, Slice):
        return K.OBJECT
    parts = [part.value for part in (index.lo, index.hi, index.step) if isinstance(part, Const)]
    return K.kind_of_value(held[slice(*parts)]) if len(parts) == 3 else K.OBJECT
