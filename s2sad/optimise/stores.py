"""Stores that nobody reads afterwards.

Accepts any `Program`; guarantees the same result, effects and exceptions. The classical backward walk over
classes of storage: everything that a loop reads is live at the end of its body. Zeros go by parts of arrays:
a loop that comes by an element or row once does not have to clear it.

    t = y_bar[1:].copy()
    y_bar[1:] = 0.0                         gone where y_bar is local and not read any more
    for i in range(n - 1, -1, -1):
        t = y_bar[i]
        y_bar[i] = 0.0                      gone: later trips read y_bar[i - 1] and those before
        y_bar[i - 1] += a*t                 stays
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from s2sad.analysis.effects import Aliases
from s2sad.analysis.places import Places
from s2sad.analysis.primitives import is_opaque, kind_of
from s2sad.analysis.settled import Region, Settled
from s2sad.ir.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Store,
    Var,
    While,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks
from s2sad.optimise.bounds import Bounds
from s2sad.optimise.dce import stays

MANY = 200  # statements that read one class of arrays


def dead_stores(program: Program, aliases: Aliases | None = None) -> Program:
    """Remove stores and appends to local storage whose contents are not read afterwards."""
    body = program.body
    at = next((i for i, s in enumerate(body) if any(map(_is_candidate, walk((s,))))), None)
    if at is None:
        return program
    walker = _Stores(program, aliases)
    left = walker.block(body[at:], set(walker.aliases.visible))
    return walker.edit.finish(same_block(body, [*body[:at], *left]))


def _is_candidate(stmt: Stmt) -> bool:
    return isinstance(stmt, Store) or _is_append(stmt)


def _is_append(stmt: Stmt) -> bool:
    return isinstance(stmt, Do) and stmt.call.fun in ("list.append", "list.insert")


class _Stores:
    """The backward walk over one program; `live` classes are those whose contents are read from here on."""

    def __init__(self, program: Program, aliases: Aliases | None) -> None:
        self.program, self.kinds = program, program.kinds
        self.aliases = aliases or Aliases(program)
        self.bounds = Bounds(program)
        self.edit = Edit(program)
        self._reads: dict[Stmt, frozenset[int]] = {}
        self._gone = set(self._unread(program))

    def reads(self, stmt: Stmt) -> frozenset[int]:
        """Classes that a statement and its nested blocks read; an opaque call may read what it may write."""
        found = self._reads.get(stmt)
        if found is None:
            parts = [self.aliases.observed(stmt)]
            if isinstance(stmt, Let | Do) and is_opaque(stmt.call):
                parts.append(self.aliases.written(stmt))
            parts.extend(self.reads(s) for block in blocks(stmt) for s in block)
            found = self._reads[stmt] = frozenset().union(*parts) if len(parts) > 1 else parts[0]
        return found

    def block(self, block: Block, live: set[int]) -> Block:
        """The block without dead stores; `live`: the classes read behind it, then those read from it on."""
        result: list[Stmt] = []
        for stmt in reversed(block):
            if self._is_dead(stmt, live):
                continue
            new = stmt
            if isinstance(stmt, If):
                other = set(live)
                new = with_blocks(stmt, (self.block(stmt.then, live), self.block(stmt.orelse, other)))
                live |= other
            elif isinstance(stmt, For | While):
                live |= self.reads(stmt)  # the next trip reads what this one does
                new = with_blocks(stmt, tuple(self.block(part, set(live)) for part in blocks(stmt)))
            live |= self.reads(stmt) if not blocks(stmt) else self.aliases.observed(stmt)
            result.append(self.edit.moved(stmt, new))
        result.reverse()
        return same_block(block, result)

    def _is_dead(self, stmt: Stmt, live: set[int]) -> bool:
        if isinstance(stmt, Store):
            if stmt in self._gone:
                return True
            return not stays(stmt, self.program, self.bounds) and not self.aliases.written(stmt) & live
        return _is_append(stmt) and not self.aliases.written(stmt) & live

    def _unread(self, program: Program) -> Iterator[Store]:
        """Zeros that are stored into parts of local arrays which nothing reads from then on."""
        zeros = [s for s in walk(program.body) if self._is_zero(s)]
        places = Places(program) if zeros else None
        readers: dict[int, list[tuple[Stmt, Region]]] = {}
        for store in zeros:
            assert places is not None
            cls = self.aliases.of(store.base.name) if isinstance(store.base, Var) else None
            if cls is None or cls in self.aliases.visible or self.aliases.is_held(cls):
                continue
            if cls not in readers:
                readers[cls] = list(self._readers(program, places.settled, cls))
            if len(readers[cls]) <= MANY and not self._is_read(store, readers[cls], places.settled):
                yield store

    def _is_zero(self, stmt: Stmt) -> TypeGuard[Store]:
        """Whether a statement only says that a part of an array has no cotangent any more."""
        if not (isinstance(stmt, Store) and stmt.made and not stmt.op and stmt.index is not None):
            return False
        return stmt.value == Const(0.0) and kind_of(stmt.base, self.kinds).cat == "array"

    def _is_read(self, store: Store, readers: list[tuple[Stmt, Region]], settled: Settled) -> bool:
        assert isinstance(store.base, Var)
        part = settled.region(store.base.name, store.index)
        return any(settled.is_hit(part, store, read, by, done=True) for by, read in readers)

    def _readers(self, program: Program, settled: Settled, cls: int) -> Iterator[tuple[Stmt, Region]]:
        """The statements that read a class of arrays, with the parts that they read.

        `x[i] += v` reads x[i] for the sake of x[i] alone.
        """
        for stmt in walk(program.body):
            opaque = isinstance(stmt, Let | Do) and is_opaque(stmt.call)
            reads = self.aliases.observed(stmt) | (self.aliases.written(stmt) if opaque else frozenset())
            if cls not in reads:
                continue
            if isinstance(stmt, Let) and stmt.call.fun == "getitem":
                yield stmt, self._part(settled, *stmt.call.args)
                continue
            names = [n for n in uses(stmt) if self.aliases.of(n) == cls]
            if opaque or not names:
                yield stmt, Region("")
            for name in names:
                yield stmt, settled.region(name)

    def _part(self, settled: Settled, base: Atom, index: Atom | None) -> Region:
        return settled.region(base.name, index) if isinstance(base, Var) else Region("")
