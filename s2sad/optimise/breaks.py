"""Reversed loops in which only the trip that left the loop has an adjoint: no loop.

Accepts any `Program`; guarantees the same values. The flag of an exit is true in the first reversed trip at
most, and if it is, the loop has had a trip: the flag and the count of trips go round the same loop.

    for i in range(trips - 1, -1, -1):         if broken:
        if broken:                                 i = trips - 1
            w_bar += xs[i]*y_bar                   w_bar += xs[i]*y_bar
            broken = False
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Const,
    For,
    If,
    Let,
    Out,
    Program,
    Range,
    Stmt,
    Var,
    While,
    blocks,
    walk,
)
from s2sad.ir.rewrite import Edit, in_atom, in_statement, with_blocks


def breaks(program: Program, _: Aliases | None = None) -> Program:
    """Take the one trip that does something out of its loop."""
    flagged = [s for s in walk(program.body) if type(s) is For and _flagged(s) is not None]
    if not flagged:
        return program
    finder = _Counted(program)
    chosen = {loop: last for loop in flagged if (last := finder.last(loop)) is not None}
    if not chosen:
        return program
    edit = Edit(program)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        yield _taken_out(stmt, chosen[stmt]) if isinstance(stmt, For) and stmt in chosen else stmt

    return edit.finish(edit.block(program.body, change))


def _flagged(loop: For) -> tuple[If, Carry] | None:
    """The only statement of a reversed trip, an if on a flag that it clears, and the flag."""
    if not loop.made or loop.stop is not None or len(loop.body) != 1 or not isinstance(loop.space, Range):
        return None
    only = loop.body[0]
    if not isinstance(only, If) or only.form or only.orelse or not isinstance(only.cond, Var):
        return None
    outs = {o.name: o for o in only.outs}
    flag = None
    for c in loop.carried:
        out = outs.get(c.next.name) if isinstance(c.next, Var) else None
        if c.next != Var(c.name) and (out is None or out.orelse != Var(c.name)):
            return None
        if only.cond == Var(c.name) and out is not None and out.then == Const(False):
            flag = c
    return None if flag is None else (only, flag)


def _taken_out(loop: For, last: Call) -> If:
    """The branch in place of the loop; what goes round it is what comes to it."""
    found = _flagged(loop)
    assert found is not None
    only, flag = found
    by: dict[str, Atom] = {c.name: c.init for c in loop.carried}
    outs = {o.name: o for o in only.outs}
    left = []
    for c in loop.carried:
        out = outs.get(c.next.name) if isinstance(c.next, Var) else None
        left.append(Out(c.out, c.init if out is None else in_atom(out.then, by), c.init))
    body = (Let(loop.target, last, loop.span, True), *_renamed(only.then, by))
    return replace(only, cond=flag.init, then=body, outs=tuple(left))


def _renamed(block: Block, by: dict[str, Atom]) -> Block:
    """A block with names replaced, in nested blocks too."""
    done: list[Stmt] = []
    for stmt in block:
        new = in_statement(stmt, by)
        parts = tuple(_renamed(part, by) for part in blocks(new))
        done.append(with_blocks(new, parts) if parts else new)
    return tuple(done)


class _Counted:
    """Which counts of trips are those of a loop that has a flag."""

    def __init__(self, program: Program) -> None:
        self.lets = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
        self.owners: dict[str, tuple[Stmt, Carry]] = {}
        for stmt in walk(program.body):
            for c in stmt.carried if isinstance(stmt, For | While) else ():
                self.owners[c.out] = stmt, c

    def last(self, loop: For) -> Call | None:
        """`trips - 1`, where a reversed loop begins, if it has a trip where its flag is true."""
        found = _flagged(loop)
        assert found is not None and isinstance(loop.space, Range)
        start = loop.space.start
        less = self.lets.get(start.name) if isinstance(start, Var) else None
        if (loop.space.stop, loop.space.step) != (Const(-1), Const(-1)) or less is None:
            return None
        count = less.call.args[0] if less.call.fun == "sub" and less.call.args[1] == Const(1) else None
        flag, trips = self._owner(found[1].init), self._owner(count)
        if flag is None or trips is None or flag[0] is not trips[0] or flag[1].init != Const(False):
            return None
        more = self.lets.get(trips[1].next.name) if isinstance(trips[1].next, Var) else None
        owner = trips[0]
        if more is None or not isinstance(owner, For | While) or more not in owner.body:
            return None
        counts = trips[1].init == Const(0) and more.call == Call("add", (Var(trips[1].name), Const(1)))
        return less.call if counts else None

    def _owner(self, atom: Atom | None) -> tuple[Stmt, Carry] | None:
        return self.owners.get(atom.name) if isinstance(atom, Var) else None
