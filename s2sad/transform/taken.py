"""`np.take` as the subscript that it is: its cotangent is added where it was read, nothing else is touched.

    y = np.take(x, i, axis=1)      is read as y = x[:, i], so that np.add.at(x_bar, (slice(None), i), y_bar)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Let, Slice, Tuple, Var

_WHOLE = Slice(Const(None), Const(None), Const(None))


def as_subscript(stmt: Let, kinds: Mapping[str, Kind]) -> Let | None:
    """The statement as a subscript; None for what is no np.take along a known axis."""
    call = stmt.call
    if call.fun != "np.take" or not call.args or not isinstance(call.args[0], Var):
        return None
    given = dict(zip(("a", "indices", "axis", "out", "mode"), call.args, strict=False)) | dict(call.kwargs)
    if given.keys() - {"a", "indices", "axis"} or "indices" not in given:
        return None
    base, index, axis = call.args[0], given["indices"], given.get("axis", Const(None))
    rank = kinds[base.name].rank
    if rank is None or rank == 0 or not isinstance(axis, Const) or not _is_places(index, kinds):
        return None
    if axis.value is None and rank > 1:
        return None
    place = (axis.value or 0) % rank
    at: Atom = Tuple((*[_WHOLE] * place, index)) if place else index
    return replace(stmt, call=Call("getitem", (base, at)))


def _is_places(index: Atom, kinds: Mapping[str, Kind]) -> bool:
    """Whether an index is an int or an array of ints, which mean the same in a subscript."""
    if isinstance(index, Const):
        return type(index.value) is int
    return isinstance(index, Var) and kinds[index.name].is_number and kinds[index.name].sort == "int"


__all__ = ["as_subscript"]
