"""Additions to an array through axes of length one that a view puts in: to the array itself.

Accepts any `Program`; guarantees the same values. `x[:, None]` is all of x, so that what is added to that
view of a shadow is added to the shadow without these axes: a sum need not keep them, and `births` makes the
shadow of it.

    t = np.sum(d_bar, axis=1, keepdims=True)          t = np.sum(d_bar, axis=1)
    x_bar[:, None] += t                               x_bar += t
    y_bar[None] += w                                  y_bar += w[0]
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Call,
    Const,
    Fresh,
    Let,
    Program,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit

_ALL = Slice(NONE, NONE, NONE)
_KEPT = Const(True)


def newaxes(program: Program, _: Aliases | None = None) -> Program:
    """Add to arrays what is added to views of them that only have more axes."""
    stores = [s for s in walk(program.body) if type(s) is Store and s.made and s.op == "add"]
    stores = [s for s in stores if s.index is not None and _is_view(s)]
    if not stores:
        return program
    maker = _Maker(program)
    for store in stores:
        maker.consider(store)
    if not maker.instead:
        return program
    edit = Edit(program)
    body = edit.block(program.body, lambda stmt: maker.instead.get(stmt, (stmt,)))
    return edit.finish(body)


def _is_view(store: Store) -> bool:
    """Whether an index puts in axes and leaves the others as they are."""
    items = _entries(store.index)
    return NONE in items and all(item in (NONE, _ALL, Const(...)) for item in items)


def _entries(index: Atom | None) -> tuple[Atom, ...]:
    if index is None:
        return ()
    return index.items if isinstance(index, Tuple) else (index,)


def _places(store: Store, rank: int) -> tuple[int, ...]:
    """The places of the axes that an index puts in before or between all `rank` axes of an array."""
    items = list(_entries(store.index))
    rest = rank - items.count(_ALL)
    at = items.index(Const(...)) if Const(...) in items else len(items)
    items[at : at + 1] = [_ALL]*rest
    return tuple(k for k, item in enumerate(items) if item == NONE)


class _Maker:
    def __init__(self, program: Program) -> None:
        self.kinds = program.kinds
        self.fresh = Fresh(program.kinds, program.hints)
        self.instead: dict[Stmt, tuple[Stmt, ...]] = {}
        self.lets: dict[str, Let] = {}
        self.counts: Counter[str] = Counter()
        for stmt in walk(program.body):
            self.counts.update(uses(stmt))
            if isinstance(stmt, Let):
                self.lets[stmt.name] = stmt

    def consider(self, store: Store) -> None:
        """Replace a store, and what makes its value."""
        if not isinstance(store.base, Var) or not isinstance(store.value, Var):
            return
        base, value = self.kinds[store.base.name], self.kinds[store.value.name]
        if base.cat != "array" or not base.rank or value.cat != "array" or value.shape is None:
            return
        places = _places(store, base.rank)
        if value.rank != base.rank + len(places):
            return
        kind = replace(value, shape=tuple(d for k, d in enumerate(value.shape) if k not in places))
        reduced = self.reduced(store.value.name, places, kind)
        made: tuple[Stmt, ...] = ()
        if reduced is None:
            reduced = self.fresh("", kind)
            index = tuple(Const(0) if k in places else _ALL for k in range(value.rank))
            index = index[: max(places) + 1]
            part = Tuple(index) if len(index) > 1 else index[0]
            made = (Let(reduced, Call("getitem", (store.value, part)), store.span, True),)
        self.instead[store] = (*made, replace(store, index=None, value=Var(reduced)))

    def reduced(self, name: str, places: tuple[int, ...], kind: Kind) -> str | None:
        """A sum that keeps its axes, or its opposite, made anew without them; its name."""
        let = self.lets.get(name)
        if let is None or not let.made or self.counts[name] != 1:
            return None
        call, words = let.call, dict(let.call.kwargs)
        if call.fun == "neg" and isinstance(call.args[0], Var):
            inner = self.reduced(call.args[0].name, places, kind)
            if inner is None:
                return None
            new = Call("neg", (Var(inner),))
        elif call.fun == "np.sum" and _axes(words.get("axis")) == places and words.get("keepdims") == _KEPT:
            new = replace(call, kwargs=tuple((k, v) for k, v in call.kwargs if k != "keepdims"))
        else:
            return None
        made = self.fresh("", kind)
        self.instead[let] = (replace(let, name=made, call=new),)
        return made


def _axes(axis: Atom | None) -> tuple[int, ...]:
    values = [item.value for item in _entries(axis) if isinstance(item, Const)]
    return tuple(values) if all(type(v) is int and v >= 0 for v in values) else ()
