"""Whether an index names no place of an array twice, so that what it reads can be added to without np.add.at.

    x[1:], x[i], x[x > 0]                  no place twice
    k = np.argsort(x); x[k[:3]]            nor do these orders and counts
    x[[0, 1, 0]], x[np.arange(-1, 3)]      may: the second where x has three elements
"""

from __future__ import annotations

from s2sad.analysis.primitives import kind_of
from s2sad.analysis.storage import Storage
from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.nodes import Atom, Const, List, Slice, Tuple, Var

EACH_ONCE = frozenset(
    "np.argsort np.flatnonzero np.argpartition stable_order ranks turn places_once unique_places".split()
)


def is_distinct(index: Atom, kinds: dict[str, Kind], storage: Storage) -> bool:
    """Whether an index names no place twice: slices, single ints, masks, np.arange beside its like."""
    parts = index.items if isinstance(index, Tuple) else (index,)
    own = [kind_of(p, kinds) for p in parts]
    if not isinstance(index, Tuple) and own[0].cat == "tuple":  # one that has a name
        items = own[0].items if own[0].every is None else (own[0].every,)
        if items is not None and all(k.is_scalar or k.cat in ("slice", "none") for k in items):
            return True
        return _is_unraveled(index, kinds, storage)
    if any(k.cat == "object" and not isinstance(p, Const) for p, k in zip(parts, own, strict=True)):
        return False
    listed = [
        (p, kind)
        for p, kind in zip(parts, own, strict=True)
        if kind.cat in ("array", "num", "list", "tuple") and _int_like(p, kinds)
    ]
    return not listed or any(
        _counts(p, kinds, storage) and all(same_shape(kind, other) for _, other in listed)
        for p, kind in listed
    )


def _counts(atom: Atom, kinds: dict[str, Kind], storage: Storage) -> bool:
    """Whether an array holds no place twice, as np.arange and np.argsort make it, or as [0, 2] does."""
    if isinstance(atom, List):
        places = [a.value for a in atom.items if isinstance(a, Const) and _is_natural(a)]
        return len(set(places)) == len(atom.items)
    let = storage.lets.get(atom.name) if isinstance(atom, Var) else None
    if let is None or storage.is_mutable(let.name) or kinds[let.name].sort != "int":
        return False
    fun, args = let.call.fun, let.call.args
    if fun == "np.array" and isinstance(args[0], List):
        return _counts(args[0], kinds, storage)
    if fun == "np.arange":
        return all(key == "dtype" for key, _ in let.call.kwargs) and _counts_up(args)
    if fun == "getitem" and isinstance(args[1], Slice):
        return _counts(args[0], kinds, storage)
    return fun in EACH_ONCE and kinds[let.name].rank == 1


def _counts_up(args: tuple[Atom, ...]) -> bool:
    """Whether np.arange gives no negative number, which may name a place beside one that is not."""
    start, step = args[0], args[2] if len(args) > 2 else Const(1)
    if len(args) == 1:
        return True
    return _is_natural(start) and _is_natural(step) and step.value != 0  # type: ignore[union-attr]


def _is_natural(atom: Atom) -> bool:
    return isinstance(atom, Const) and isinstance(atom.value, int) and atom.value >= 0


def _is_unraveled(index: Atom, kinds: dict[str, Kind], storage: Storage) -> bool:
    """Whether an index has one array for each axis, made from places in the raveled array, none twice."""
    let = storage.lets.get(index.name) if isinstance(index, Var) else None
    return let is not None and let.call.fun == "flat_index" and _counts(let.call.args[0], kinds, storage)


def _int_like(atom: Atom, kinds: dict[str, Kind]) -> bool:
    kind = kind_of(atom, kinds)
    if isinstance(atom, List):
        return not all(isinstance(i, Const) and isinstance(i.value, bool) for i in atom.items)
    if kind.cat in ("list", "tuple"):
        return not (kind.items and kind.items[0].sort == "bool")
    return kind.sort != "bool"
