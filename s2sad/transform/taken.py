"""Functions that take elements, as the subscripts that they are: cotangents are added where they were read.

    y = np.take(x, i, axis=1)              is read as y = x[:, i]: np.add.at(x_bar, (slice(None), i), y_bar)
    y = np.take(x, i, mode="wrap")         as y = x[i % x.shape[0]]
    y = np.take_along_axis(x, i, 0)        as y = x[i], of a vector
    y = np.compress(c, x), np.extract(c, x)     as y = x[c], where c has the shape of x

Nothing else is touched: no array of x's shape is made where x has a cotangent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.nodes import Atom, Call, Const, Let, List, Slice, Tuple, Var

_WHOLE = Slice(Const(None), Const(None), Const(None))
_NAMES = {
    "np.take": ("a", "indices", "axis", "out", "mode"),
    "np.take_along_axis": ("a", "indices", "axis"),
    "np.compress": ("condition", "a", "axis"),
    "np.ndarray.compress": ("a", "condition", "axis"),
    "np.extract": ("condition", "a"),
}
Bend = Callable[[str, Atom, Atom, int], Atom]  # (mode, places, array, axis): places that the array has


def as_subscript(stmt: Let, kinds: Mapping[str, Kind], bend: Bend) -> Let | None:
    """The statement as a subscript; None for what is none, or along an axis that is not known."""
    call = stmt.call
    names = _NAMES.get(call.fun)
    if names is None:
        return None
    given = dict(zip(names, call.args, strict=False)) | dict(call.kwargs)
    base = given.get("a", given.get("arr"))
    if not isinstance(base, Var) or not kinds[base.name].rank:
        return None
    index = _index(call.fun, given, base, kinds, bend)
    return None if index is None else replace(stmt, call=Call("getitem", (base, index)))


def _index(fun: str, given: dict[str, Atom], base: Var, kinds: Mapping[str, Kind], bend: Bend) -> Atom | None:
    """The index that says what a function takes."""
    kind, axis = kinds[base.name], given.get("axis", Const(None))
    rank = kind.rank or 0
    if not isinstance(axis, Const):
        return None
    if "condition" in given:
        return given["condition"] if _is_mask_of(given["condition"], kind, fun, axis, kinds) else None
    index, mode = given.get("indices"), given.get("mode", Const("raise"))
    if index is None or not isinstance(mode, Const) or given.keys() - {"a", "arr", "indices", "axis", "mode"}:
        return None
    if fun == "np.take_along_axis":
        return index if rank == 1 and _is_places(index, kinds) and isinstance(index, Var) else None
    if not _is_places(index, kinds) or (axis.value is None and rank > 1):
        return None
    place = (axis.value or 0) % rank
    index = List(index.items) if isinstance(index, Tuple) else index
    if mode.value != "raise" and not _is_wide(index, kinds):
        return None  # a length may be no number of an int8
    at = index if mode.value == "raise" else bend(str(mode.value), index, base, place)
    return Tuple((*[_WHOLE] * place, at)) if place else at


def _is_mask_of(condition: Atom, kind: Kind, fun: str, axis: Const, kinds: Mapping[str, Kind]) -> bool:
    """Whether a condition has a truth for each element of an array."""
    own = kinds[condition.name] if isinstance(condition, Var) else Kind("list")
    if fun != "np.extract" and (kind.rank != 1 or axis.value not in (None, 0, -1)):
        return False
    return own.cat == "array" and own.sort == "bool" and same_shape(own, kind)


def _is_places(index: Atom, kinds: Mapping[str, Kind]) -> bool:
    """Whether an index is an int or an array or a display of ints, which mean the same in a subscript."""
    if isinstance(index, Const):
        return type(index.value) is int
    if isinstance(index, List | Tuple):
        flat = not any(isinstance(i, List | Tuple) for i in index.items)
        return flat and bool(index.items) and all(_is_places(i, kinds) for i in index.items)
    return isinstance(index, Var) and kinds[index.name].is_number and kinds[index.name].sort == "int"


def _is_wide(index: Atom, kinds: Mapping[str, Kind]) -> bool:
    """Whether an index may be compared with any length."""
    return not isinstance(index, Var) or kinds[index.name].cat == "int" or kinds[index.name].dtype == "int64"


__all__ = ["as_subscript"]
