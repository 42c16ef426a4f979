"""Shadows that are bound beside the names, where a name is bound to another part of storage in each trip.

Accepts a class of arrays in the table whose storages are made at the top of the program and whose names are
these storages, views of them, and what goes round loops. Guarantees a shadow by name for each, bound in the
forward sweep, so that the reverse sweep finds by name (or on a tape of references) what it would look up by
address.

    prev = x[0]                        x_bar = np.zeros_like(x); prev = x[0]; prev_bar = x_bar[0]
    for i in range(1, len(x)):         for i in range(1, len(x)):
        cur = x[i]                         ...
        prev = cur                         prev = cur; prev_bar = x_bar[i]

Joint texts only: in a pair the shadows would lie in what is kept, and a second call of the pullback would add
to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from s2sad.analysis.places import ARRAYS, Place
from s2sad.analysis.primitives import OVERLAPPING
from s2sad.analysis.storage import Storage
from s2sad.ir.nodes import NONE, Atom, Call, Carry, For, Fresh, If, Let, Stmt, Undef, Var, While, walk


class Tracked:
    """The shadows of one program that are bound in its forward sweep."""

    def __init__(
        self, storage: Storage, varied: frozenset[str], fresh: Fresh, after: dict[Stmt, list[Stmt]],
        bar_hint: Callable[[str], str],
    ) -> None:  # fmt: skip
        self.storage = storage
        self.kinds = storage.kinds
        self.fresh = fresh
        self.after = after
        self.bar_hint = bar_hint
        self.names: dict[str, str] = {}
        self.entry: list[Stmt] = []
        self.carries: dict[Stmt, list[Carry]] = {}
        for cls in sorted(storage.table):
            members = [n for n in storage.aliases.members(cls) if self.kinds[n].cat in ARRAYS]
            if any(n in varied for n in members) and self._fits(cls, members):
                self._bind(members)

    def _fits(self, cls: int, members: list[str]) -> bool:
        """Whether every name is a storage of floats from the top, a view, or goes round a loop."""
        kinds = [self.kinds[n] for n in members]
        if self.storage.aliases.is_held(cls) or not all(k.is_array and k.inexact for k in kinds):
            return False
        inside = set(members)
        carried: set[str] = set()
        for stmt in walk(self.storage.program.body):
            if isinstance(stmt, If) and any(o.name in inside for o in stmt.outs):
                return False
            if isinstance(stmt, For) and stmt.target in inside:
                return False
            if isinstance(stmt, For | While):
                mine = [c for c in stmt.carried if c.name in inside]
                if any(isinstance(c.init, Undef) for c in mine):
                    return False
                carried.update(n for c in mine for n in (c.name, c.out))
        return all(n in carried or self._is_view(n) or self._is_top(n) for n in members)

    def _is_view(self, name: str) -> bool:
        let = self.storage.view_of(name)
        return let is not None and let.call.fun not in OVERLAPPING and isinstance(let.call.args[0], Var)

    def _is_top(self, name: str) -> bool:
        let = self.storage.lets.get(name)
        if let is None:
            return name in self.storage.program.params
        return self.storage.word(let) == "" and let in self.storage.program.body

    def _bind(self, members: list[str]) -> None:
        inside = set(members)
        for name in members:
            let = self.storage.lets.get(name)
            if name in self.storage.program.params:
                self.entry.append(self._zeros(name))
            elif let is not None and not self._is_view(name):
                self.after.setdefault(let, []).append(self._zeros(name))
        for stmt in walk(self.storage.program.body):
            if isinstance(stmt, For | While):
                mine = [c for c in stmt.carried if c.name in inside]
                for c in mine:
                    self._named(c.name, self.storage.places[c.name])
                    self._named(c.out, self.storage.places[c.out])
        for stmt in walk(self.storage.program.body):
            if isinstance(stmt, For | While):
                for c in stmt.carried:
                    if c.name in inside:
                        shadows = [self._shadow(a) for a in (c.init, c.next)]
                        made = Carry(self.names[c.name], shadows[0], shadows[1], self.names[c.out])
                        self.carries.setdefault(stmt, []).append(made)

    def _named(self, name: str, place: Place) -> str:
        self.names[name] = self.fresh(self.bar_hint(name), self.kinds[name])
        self.storage.places[self.names[name]] = Place(place.loops, place.block, place.at)
        return self.names[name]

    def _zeros(self, name: str) -> Let:
        made = self._named(name, self.storage.places[name])
        return Let(made, Call("np.zeros_like", (Var(name),)), None, True)

    def _shadow(self, atom: Atom) -> Atom:
        """The shadow of a value in the forward sweep, None of None; a view's is bound beside the view."""
        if atom == NONE:
            return atom
        assert isinstance(atom, Var)
        if atom.name not in self.names:
            let = self.storage.view_of(atom.name)
            assert let is not None
            parent = self._shadow(let.call.args[0])
            made = self._named(atom.name, self.storage.places[atom.name])
            call = replace(let.call, args=(parent, *let.call.args[1:]))
            self.after.setdefault(let, []).append(Let(made, call, None, True))
        return Var(self.names[atom.name])
