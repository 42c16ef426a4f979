"""Stores that nobody reads afterwards.

Accepts any `Program`; guarantees the same result, effects and exceptions. The classical backward walk over
classes of storage: everything that a loop reads is live at the end of its body. One case goes by elements:
an index loop that reads only the element of its own trip needs no store to it after that.

    t = y_bar[1:].copy()
    y_bar[1:] = 0.0                         gone where y_bar is local and not read any more
    for i in range(n - 1, -1, -1):
        t = y_bar[i]
        y_bar[i] = 0.0                      gone where the loop reads y_bar[i] alone
        y_bar[i - 1] += a*t                 stays
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import is_opaque
from s2sad.ir.nodes import (
    Block,
    Call,
    Do,
    For,
    If,
    Let,
    Program,
    Range,
    Stmt,
    Store,
    Var,
    While,
    blocks,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks
from s2sad.optimise.bounds import Bounds
from s2sad.optimise.dce import stays


def dead_stores(program: Program, aliases: Aliases | None = None) -> Program:
    """Remove stores and appends to local storage whose contents are not read afterwards."""
    if not any(isinstance(s, Store) or _is_append(s) for s in walk(program.body)):
        return program
    walker = _Stores(program, aliases)
    body = walker.block(program.body, set(walker.aliases.visible))
    return walker.edit.finish(body)


def _is_append(stmt: Stmt) -> bool:
    return isinstance(stmt, Do) and stmt.call.fun in ("list.append", "list.insert")


class _Stores:
    """The backward walk over one program; `live` classes are those whose contents are read from here on."""

    def __init__(self, program: Program, aliases: Aliases | None) -> None:
        self.kinds = program.kinds
        self.aliases = aliases or Aliases(program)
        self.bounds = Bounds(program)
        self.edit = Edit(program)
        self._reads: dict[Stmt, frozenset[int]] = {}
        self._gone: set[Stmt] = set()

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
                if isinstance(stmt, For):
                    self._gone.update(self._final_elements(stmt, live))
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
            return not stays(stmt, self.kinds, self.bounds) and not self.aliases.written(stmt) & live
        return _is_append(stmt) and not self.aliases.written(stmt) & live

    def _final_elements(self, loop: For, live: set[int]) -> Iterator[Store]:
        """Stores to the element of a trip that no statement behind it, and no other trip, reads."""
        if not isinstance(loop.space, Range) or not self.bounds.is_natural(loop.target):
            return
        own = Var(loop.target)
        for at, stmt in enumerate(loop.body):
            if not (
                isinstance(stmt, Store) and stmt.made and stmt.index == own and isinstance(stmt.base, Var)
            ):
                continue
            cls = self.aliases.of(stmt.base.name)
            if cls is None or cls in live or self.aliases.is_held(cls):
                continue
            read = Call("getitem", (stmt.base, own))
            alone = self.aliases.members(cls) == [stmt.base.name]
            if alone and all(self._reads_only(cls, read, s) for s in walk(loop.body[:at])):
                if not any(cls in self.reads(s) for s in loop.body[at + 1 :]):
                    yield stmt

    def _reads_only(self, cls: int, read: Call, stmt: Stmt) -> bool:
        """Whether a statement itself reads nothing of a class but one element."""
        if cls not in self.aliases.observed(stmt) and not (
            isinstance(stmt, Let | Do) and is_opaque(stmt.call)
        ):
            return True
        return isinstance(stmt, Let) and stmt.call == read
