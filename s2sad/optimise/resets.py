"""Shadows that every trip of a loop leaves as zeros: they are made anew in each trip.

Accepts any `Program`; guarantees the same values. So it is with the shadow of an array that each trip writes
as a whole. `births` then makes the shadow of what is added to it first.

    y_bar = np.zeros_like(y)
    for i in range(n - 1, -1, -1):                for i in range(n - 1, -1, -1):
        y_bar += t                                    y_bar = np.zeros_like(y)
        x_bar += k*y_bar                              y_bar += t
        y_bar[...] = 0.0                              x_bar += k*y_bar
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import NONE, Block, Const, For, Let, Program, Slice, Stmt, Store, Var, blocks, uses, walk
from s2sad.ir.rewrite import Edit, same_block, with_blocks

_ALL = (None, Const(...), Slice(NONE, NONE, NONE))


def resets(program: Program, aliases: Aliases | None = None) -> Program:
    """Make such shadows where a trip begins."""
    if not any(type(s) is For and s.made and any(map(_resets, s.body)) for s in walk(program.body)):
        return program
    maker = _Maker(program, aliases or Aliases(program))
    return maker.edit.finish(maker.block(program.body))


def _resets(stmt: Stmt) -> bool:
    """Whether a statement makes an array zeros."""
    whole = isinstance(stmt, Store) and stmt.made and not stmt.op and stmt.index in _ALL
    return whole and isinstance(stmt, Store) and stmt.value == Const(0.0) and isinstance(stmt.base, Var)


class _Maker:
    """Walks blocks; zeros move from before a loop into it."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.aliases = aliases
        self.edit = Edit(program)
        self.counts = Counter(n for s in walk(program.body) for n in uses(s))

    def block(self, block: Block) -> Block:
        """The block with such shadows made inside of its loops."""
        result: list[Stmt] = []
        for old in block:
            parts = blocks(old)
            stmt = self.edit.moved(old, with_blocks(old, tuple(map(self.block, parts)))) if parts else old
            result.append(self.loop(stmt, result) if isinstance(stmt, For) and stmt.made else stmt)
        return same_block(block, result)

    def loop(self, loop: For, before: list[Stmt]) -> For:
        """The loop with zeros that are taken from the statements before it."""
        for zeros in [s for s in before if isinstance(s, Let) and s.call.fun == "np.zeros_like"]:
            reset = self.reset(zeros, loop)
            if reset is not None:
                before.remove(zeros)
                old, body = loop, (zeros, *(s for s in loop.body if s is not reset))
                loop = replace(loop, body=body)
                self.edit.moved(old, loop)
        return loop

    def reset(self, zeros: Let, loop: For) -> Stmt | None:
        """The statement by which each trip of a loop leaves an array as it was made, unread elsewhere."""
        cls = self.aliases.of(zeros.name)
        if not zeros.made or cls is None or cls in self.aliases.visible or self.aliases.is_held(cls):
            return None
        members = set(self.aliases.members(cls))
        touching = [s for s in loop.body if any(n in members for t in walk((s,)) for n in uses(t))]
        inside = Counter(n for s in walk(loop.body) for n in uses(s) if n in members)
        if len(touching) < 2 or any(self.counts[n] != inside[n] for n in members):
            return None
        first, last = touching[0], touching[-1]
        adds = isinstance(first, Store) and first.made and first.op == "add" and first.index is None
        bases = [s.base for s in (first, last) if isinstance(s, Store)]
        return last if adds and _resets(last) and bases == [Var(zeros.name)]*2 else None


__all__ = ["resets"]
