"""Which storage is written, and how its shadow is found in the reverse sweep (DESIGN A5).

Accepts a lowered program and its alias classes; guarantees for every class of arrays one of three treatments.

functional  never written: cotangents are values, a view is a linear operation
linear      written, and every binding is known: a value is a whole storage ("origin") or a view of one that
            is named, and what goes round a loop or out of a branch hands its storage over (nobody else uses
            it afterwards). One shadow per origin, handed over in reverse; the shadow of a view is the same
            view of the shadow.
                u, v, w = v, w, u         hands over three storages
table       written, and bindings are known at run time only: `prev = cur` over rows, `b = bufs[i % 2]`,
            reshape and ravel that may copy, names that hold a number on some path. Shadows are found by
            address (`runtime.Shadows`).

Lists are treated alike: one that is appended to or stored into is linear or in a table of their own,

    m[0][1] = x                   a list that is found in another list
    c = a if p else b; c[0] = x   a name for one of two lists, both used afterwards
"""

from __future__ import annotations

import functools

from s2sad.analysis.effects import Aliases
from s2sad.analysis.places import ARRAYS, Places, is_view
from s2sad.analysis.primitives import OVERLAPPING, PURE, calls_itself, effect_of, is_opaque
from s2sad.analysis.settled import Index, Region
from s2sad.ir.nodes import (
    CALLS,
    Atom,
    Call,
    Carry,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Program,
    Range,
    Stmt,
    Store,
    Undef,
    Var,
    While,
    walk,
)

BY_SHAPE = frozenset(("unbroadcast", "summed_to"))  # what decides between view and copy by shapes alone


class Storage(Places):
    """The treatment of every class of arrays, for one program."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.aliases = aliases
        self.stores: dict[int, list[Stmt]] = {}
        self.written_lists: dict[int, list[Stmt]] = {}
        self.exposed: frozenset[int] = frozenset()  # what may be written at any time, by a caller too
        super().__init__(program)
        for stmt in self.loops:
            self._note_store(stmt)
        self.mutable = frozenset(self.stores)
        if self.stores:
            self.snapshots = frozenset(filter(self._is_snapshot, self.lets))
        self.table = frozenset(c for c in self.mutable if not self._is_linear(c))
        self.snapshots = frozenset(n for n in self.snapshots if not self.in_table(n))
        self.list_table = frozenset(c for c in self.written_lists if not self._is_linear_list(c))

    def _is_snapshot(self, name: str) -> bool:
        """Whether what may be a copy, or is read-only, keeps what it holds, and what it was taken of too.

        y = np.ravel(x)     behind the last write to x: its cotangent is that of a copy, whatever it is
        """
        cls = self.aliases.of(name)
        if self.kinds[name].cat != "array" or cls not in self.stores or cls in self.aliases.returned:
            return False
        let = self.lets[name]
        if let.call.fun == "user" or (self.word(let) != "maybe" and let.call.fun not in OVERLAPPING):
            return False
        operands = let.call.args[:1] if let.call.fun == "getitem" else effect_of(let.call).sources
        roots = [a.name for a in operands if isinstance(a, Var) and self.kinds[a.name].cat == "array"]
        return len(roots) == len(operands) and not any(
            self._is_hit(cls, self.settled.region(root), let)
            for root in roots
            if (cls := self.aliases.of(root)) is not None
        )

    # ---- questions

    def asks_for_strides(self, name: str) -> bool:
        """Whether a function decides by the strides of an array in this storage between view and copy."""
        cls = self.aliases.of(name)
        members = self.aliases.members(cls) if cls is not None else []
        lets = [self.lets[member] for member in members if member in self.lets]
        return any(self.word(let) == "maybe" and let.call.fun not in BY_SHAPE for let in lets)

    def changes_behind(self, name: str, stmt: Stmt) -> bool:
        """Whether a list is written after a statement, in a later trip of a loop around both too."""
        cls = self.aliases.of(name)
        around, end = self.loops[stmt][:1], self.span[stmt][1]
        writes = [] if cls is None else self.written_lists.get(cls, [])
        return any(self.span[w][0] >= end or (around and self.loops[w][:1] == around) for w in writes)

    def changes_between(self, name: str, first: Stmt, last: Stmt) -> bool:
        """Whether a list is written between two statements that run in the same trips."""
        cls, start, end = self.aliases.of(name), self.span[first][0], self.span[last][0]
        writes = [] if cls is None else self.written_lists.get(cls, [])
        return cls in self.exposed or any(start <= self.span[w][0] <= end for w in writes)

    def is_mutable(self, name: str) -> bool:
        """Whether the storage of an array is written somewhere."""
        return self.kinds[name].cat in ARRAYS and self.aliases.of(name) in self.mutable

    def in_table(self, name: str) -> bool:
        """Whether the shadow of an array is found at run time."""
        return self.kinds[name].cat in ARRAYS and self.aliases.of(name) in self.table

    def may_be_real(self, name: str) -> bool:
        """Whether an array that a name may stand for holds real numbers."""
        cls = self.aliases.of(name)
        names = [n for n in self.kinds if self.kinds[n].cat in ARRAYS and self.aliases.of(n) == cls]
        return any(self.kinds[n].sort != "complex" for n in names)

    def in_list_table(self, name: str) -> bool:
        """Whether a list is written and its shadow is found at run time."""
        return self.kinds[name].cat == "list" and self.aliases.of(name) in self.list_table

    def origin(self, name: str) -> str:
        """The name whose storage a name is a view of."""
        while True:
            let = self.view_of(name)
            if let is None or not isinstance(let.call.args[0], Var):
                return name
            name = let.call.args[0].name

    def written_later(self, name: str, stmt: Stmt) -> bool:
        """Whether the contents may change when `stmt` or anything after it runs."""
        cls = self.aliases.of(name)
        if cls is None or self.kinds[name].cat not in ARRAYS:
            return False
        if cls not in self.stores:
            return cls in self.exposed
        return self._is_hit(cls, self.settled.region(name), stmt)

    def grows_later(self, name: str, stmt: Stmt) -> bool:
        """Whether a list may get other elements when `stmt` or anything after it runs."""
        cls, (start, _), here = self.aliases.of(name), self.span[stmt], set(self.loops[stmt])
        writes = () if cls is None else self.written_lists.get(cls, ())
        later = any(self.span[s][1] >= start or here & set(self.loops[s]) for s in writes)
        return later or cls in self.exposed

    def parts_written_later(self, name: str, stmt: Stmt) -> bool:
        """Whether an array in a list, tuple or dict may be written when `stmt` or anything after it runs."""
        (start, _), here = self.span[stmt], set(self.loops[stmt])
        return any(
            cls in self.exposed
            or any(self.span[s][1] >= start or here & set(self.loops[s]) for s in self.stores[cls])
            for cls in self.aliases.reach(Var(name)) & self.mutable
        )

    def overwritten(self, read: Let) -> bool:
        """Whether the element that `x[i]` reads may be written after that."""
        base, index = read.call.args
        cls = self.aliases.of(base.name) if isinstance(base, Var) else None
        if not isinstance(base, Var) or cls is None or self.kinds[base.name].cat != "array":
            return True
        return self._is_hit(cls, self.settled.region(base.name, index), read)

    @functools.cached_property
    def cells(self) -> dict[str, Call]:
        """Values that stand in an array from where they are made on, with the subscripts that read them.

        x[i] = t     t is x[i], where no later trip writes that element
        """
        found: dict[str, Call] = {}
        for cls, stores in self.stores.items():
            for stmt in stores:
                if isinstance(stmt, Store) and not stmt.op and isinstance(stmt.value, Var):
                    name = stmt.value.name
                    let = self.lets.get(name)
                    beside = let is not None and self.block_of[let] == self.block_of[stmt]
                    if beside and self._keeps(stmt, cls):
                        found[name] = Call("getitem", (stmt.base, stmt.index or Const(Ellipsis)))
        return found

    def _keeps(self, store: Store, cls: int) -> bool:
        """Whether an element keeps the number that is stored into it."""
        base, value = store.base, store.value
        if not isinstance(base, Var) or not isinstance(value, Var) or self.kinds[base.name].cat != "array":
            return False
        kind, array = self.kinds[value.name], self.kinds[base.name]
        region = self.settled.region(base.name, store.index)
        return (
            kind.cat == "npscalar"
            and kind.dtype == array.dtype
            and len(region.index) == array.rank
            and all(isinstance(i, Index) for i in region.index)
            and not self._is_hit(cls, region, store, done=True)
        )

    def stays(self, store: Store) -> bool:
        """Whether nothing writes to what a store has written any more."""
        cls = self.aliases.of(store.base.name) if isinstance(store.base, Var) else None
        if not isinstance(store.base, Var) or cls is None:
            return False
        return not self._is_hit(cls, self.settled.region(store.base.name, store.index), store, done=True)

    def _is_hit(self, cls: int, region: Region, at: Stmt, done: bool = False) -> bool:
        """Whether a part of a class's storage may be written when `at` runs, unless `done`, or afterwards."""
        return cls in self.exposed or any(
            self.settled.is_hit(region, at, written, by, done)
            for by in self.stores.get(cls, ())
            for written in self._written(by, cls)
        )

    def _written(self, stmt: Stmt, cls: int) -> list[Region]:
        """The parts of a class's storage that a statement writes."""
        if isinstance(stmt, Store) and isinstance(stmt.base, Var):
            return [self.settled.region(stmt.base.name, stmt.index)]
        assert isinstance(stmt, Let | Do)
        bases = [a.name for a in effect_of(stmt.call).written if isinstance(a, Var)]
        return [self.settled.region(name) for name in bases if self.aliases.of(name) == cls]

    def _note_store(self, stmt: Stmt) -> None:
        bases: list[Atom] = []
        if isinstance(stmt, Store):
            bases = [stmt.base]
        elif not isinstance(stmt, CALLS):
            return
        elif stmt.call.fun.startswith("list."):
            bases = [stmt.call.args[0]]
        elif isinstance(stmt, Let) and calls_itself(stmt.call):
            self._note_deep(stmt)
        elif not is_plain(stmt.call):
            bases = list(effect_of(stmt.call).written)
        for base in bases:
            cls = self.aliases.of(base.name) if isinstance(base, Var) else None
            if not isinstance(base, Var) or cls is None:
                continue
            if self.kinds[base.name].cat in ARRAYS:
                self.stores.setdefault(cls, []).append(stmt)
            elif self.kinds[base.name].cat == "list":
                self.written_lists.setdefault(cls, []).append(stmt)

    def _note_deep(self, stmt: Let) -> None:
        """Note what a call of a function that calls itself writes, in containers too."""
        for base, cls in self.aliases.deep_writes(stmt.call):
            cats = {self.kinds[n].cat for n in self.aliases.members(cls)}
            if cats & set(ARRAYS):
                self.stores.setdefault(cls, []).append(stmt)
                if self.aliases.of(base.name) != cls:
                    self.exposed |= {cls}
            elif "list" in cats:
                self.written_lists.setdefault(cls, []).append(stmt)

    # ---- linearity

    def _is_linear(self, cls: int) -> bool:
        members = [n for n in self.aliases.members(cls) if self.kinds[n].cat in ARRAYS]
        if self.aliases.is_held(cls) or any(self.kinds[n].cat == "num" for n in members):
            return False  # what is a number on some path has no storage to hand over
        for name in members:
            let = self.lets.get(name)
            if let is not None and self.word(let) not in ("", "view"):
                return False
        family: dict[str, list[str]] = {}
        for name in members:
            family.setdefault(self.origin(name), []).append(name)
        return self._is_handed_over(members, family)

    def _is_linear_list(self, cls: int) -> bool:
        """Whether every list of a class has one name at a time; parts of tuples have their paths."""
        members = [n for n in self.aliases.members(cls) if self.kinds[n].cat == "list"]
        for outer in self.aliases.containers(cls):
            if any(self.kinds[n].cat in ("list", "object") for n in self.aliases.members(outer)):
                return False
        paths: dict[object, list[str]] = {}
        for name in members:
            let = self.lets.get(name)
            if let is None or is_view(let.call, self.kinds, self.kinds[name]) == "":
                continue
            path = self._path(name)
            if path is None:
                return False
            paths.setdefault(path, []).append(name)
        family = {names[0]: names for names in paths.values()}
        rest = [n for n in members if not any(n in names for names in paths.values())]
        if family and (len(family) > 1 or rest) and not self._are_apart(members):
            return False
        return self._is_handed_over(members, {**family, **{n: [n] for n in rest}})

    def _path(self, name: str) -> object:
        """The place of a part in a tuple or dict, as the root's name and keys; None for other values."""
        let = self.lets.get(name)
        if let is None or let.call.fun != "getitem":
            return name
        base, key = let.call.args
        static = isinstance(base, Var) and self.kinds[base.name].cat in ("tuple", "dict")
        if not static or not isinstance(key, Const):
            return None
        assert isinstance(base, Var)
        outer = self._path(base.name)
        return None if outer is None else (outer, key.value)

    def _are_apart(self, names: list[str]) -> bool:
        """Whether lists in tuples and dicts come from arguments, where each has a place of its own."""
        roots = []
        for name in names:
            path = self._path(name)
            while isinstance(path, tuple):
                path = path[0]
            roots.append(path)
        return all(root in self.program.params for root in roots)

    def _is_handed_over(self, members: list[str], family: dict[str, list[str]]) -> bool:
        """Whether every loop and branch hands the storages of these names over."""
        inside = set(members)
        for stmt in self._compound:
            if isinstance(stmt, For | While):
                mine = [c for c in stmt.carried if c.name in inside or c.out in inside]
                if mine and not self._loop_hands_over(stmt, mine, family):
                    return False
                if isinstance(stmt, For) and stmt.target in inside and not isinstance(stmt.space, Range):
                    return False
            else:
                outs = [o for o in stmt.outs if o.name in inside]
                if outs and not self._branch_hands_over(stmt, outs, family):
                    return False
        return True

    @functools.cached_property
    def _compound(self) -> list[For | While | If]:
        """The loops and branches of the program."""
        return [s for s in walk(self.program.body) if isinstance(s, For | While | If)]

    def _whole(self, atoms: list[Atom], family: dict[str, list[str]]) -> list[str] | None:
        """The names of atoms if each is a whole storage and no two are the same."""
        names = [a.name for a in atoms if isinstance(a, Var)]
        plain = all(isinstance(a, Var | Undef) for a in atoms)
        if not plain or any(n not in family for n in names) or len(set(names)) != len(names):
            return None
        return names

    def _loop_hands_over(self, stmt: For | While, carried: list[Carry], family: dict[str, list[str]]) -> bool:
        inits = self._whole([c.init for c in carried], family)
        nexts = self._whole([c.next for c in carried], family)
        if inits is None or nexts is None:
            return False
        start, _ = self.span[stmt]
        for name in inits:
            if self.places[name].loops != self.loops[stmt]:
                return False
            if any(at > start for member in family[name] for at in self.places[member].used):
                return False
        return all(self.places[n].loops == (*self.loops[stmt], stmt) for n in nexts)

    def _branch_hands_over(self, stmt: If, outs: list[Out], family: dict[str, list[str]]) -> bool:
        start, end = self.span[stmt]
        for side in ("then", "orelse"):
            names = self._whole([getattr(o, side) for o in outs], family)
            if names is None:
                return False
            for name in names:
                place = self.places[name]
                if place.loops != self.loops[stmt]:
                    return False
                if place.at < start and any(
                    at > end for member in family[name] for at in self.places[member].used
                ):
                    return False
        return True


def is_plain(call: Call) -> bool:
    """Whether a call is an operator or display, which writes nothing."""
    return (
        call.fun in PURE
        or call.fun.startswith("list.")
        or call.fun in ("raise", "assert", "print")
        or is_opaque(call)
    )
