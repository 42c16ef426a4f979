"""Copies within one array: whether what is read may have been written by the same assignment.

    v[1:] = v[:-1]          NumPy reads old values: both parts run along one axis with one step
    v[:, -1] = v[1]         v[-1, -1] becomes v[1, -1] as it is by then, which is v[1, 1]
    v[::2] = v[:4]          v[4] becomes v[2] as it is by then
    v[:] = v[::-1]          NumPy reads old values: the parts run along one axis in opposite directions

Where both sides have more than one axis, or the right one is computed, NumPy reads before it writes. Between
parts with one axis it does so only if their elements lie equally far apart, or in opposite directions; the
order of copying decides otherwise, and no adjoint is written that depends on it. What is written to a whole
axis is as long as that, or one number. Accepts a store whose value is a part of the array that is written;
changes nothing. Parts that are not known to belong to one array are not asked about.
"""

from __future__ import annotations

from s2sad.analysis.storage import Storage
from s2sad.ir.nodes import NONE, Atom, Const, Slice, Store, Tuple, Var

_ALL = Slice(NONE, NONE, NONE)


def is_ordered(storage: Storage, stmt: Store) -> bool:
    """Whether an assignment reads what stood there before it, as far as is known."""
    base, value = stmt.base, stmt.value
    if stmt.op or not isinstance(base, Var) or not isinstance(value, Var):
        return True
    if storage.view_of(value.name) is None or not storage.aliases.may_alias(base.name, value.name):
        return True
    written, read = _part(storage, base.name, stmt.index), _part(storage, value.name, None)
    if written is None or read is None or written[0] != read[0]:
        return True
    to, of = _axis(written[1]), _axis(read[1])
    if to is None or of is None or (to[0] == of[0] and _is_safe(to[1], of[1])):
        return True
    settled = storage.settled
    if settled.are_apart(settled.region(base.name, stmt.index), settled.region(value.name)):
        return True
    return _is_mirrored(written[1], read[1], to, of)


def _part(storage: Storage, name: str, index: Atom | None) -> tuple[str, tuple[Atom, ...]] | None:
    """An array and the indices of its axes by which a part of it was taken, if that was done once."""
    rank = storage.kinds[name].rank
    if index is None:
        let = storage.view_of(name)
        if let is None or let.call.fun != "getitem" or not isinstance(let.call.args[0], Var):
            return (name, (_ALL,)*rank) if let is None and rank else None
        name, index = let.call.args[0].name, let.call.args[1]
        rank = storage.kinds[name].rank
    while (let := storage.view_of(name)) is not None:
        base = let.call.args[0]
        if let.call.fun != "getitem" or not isinstance(base, Var) or not _is_whole(let.call.args[1]):
            return None
        name = base.name
    items = index.items if isinstance(index, Tuple) else (index,)
    if not rank or len(items) > rank or not all(_is_basic(storage, i) for i in items):
        return None
    return name, (*items, *[_ALL]*(rank - len(items)))


def _is_whole(index: Atom) -> bool:
    items = index.items if isinstance(index, Tuple) else (index,)
    return all(item == _ALL for item in items)


def _is_basic(storage: Storage, index: Atom) -> bool:
    if isinstance(index, Const):
        return type(index.value) is int
    return isinstance(index, Slice) or (isinstance(index, Var) and storage.kinds[index.name].cat == "int")


def _axis(index: tuple[Atom, ...]) -> tuple[int, Slice] | None:
    """The only axis that an index leaves, and what is taken along it."""
    left = [(k, item) for k, item in enumerate(index) if isinstance(item, Slice)]
    return left[0] if len(left) == 1 else None


def _is_safe(to: Slice, of: Slice) -> bool:
    """Whether NumPy copies between these parts of one axis as if they lay in two arrays."""
    if to == _ALL or to.step == of.step:
        return True
    one, other = _direction(to), _direction(of)
    return one is not None and other is not None and one != other


def _direction(part: Slice) -> bool | None:
    """Whether a part runs forwards, if that is known."""
    step = part.step
    if step == NONE:
        return True
    return step.value > 0 if isinstance(step, Const) and type(step.value) is int else None


def _is_mirrored(
    written: tuple[Atom, ...], read: tuple[Atom, ...], to: tuple[int, Slice], of: tuple[int, Slice]
) -> bool:
    """Whether a column is made of a row so that the element which they share stays: A[:, i] = A[i, :]."""
    if to[0] == of[0] or to[1] != of[1] or len(written) != len(read):
        return False
    return written[of[0]] == read[to[0]] and all(
        w == r for k, (w, r) in enumerate(zip(written, read, strict=True)) if k not in (to[0], of[0])
    )


__all__ = ["is_ordered"]
