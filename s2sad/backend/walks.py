"""Tapes of numbers that a reversed loop reads from the last element to the first: it runs over the tape.

    for i in range(n - 1, -1, -1):          for x_1 in reversed(xs):
        x_bar = 2*xs[i]*x_bar                   x_bar = 2*x_1*x_bar

Accepts any `Program`; guarantees the same values. The loop reads one tape by its index, which serves nothing
else, and the tape holds one element for each of its trips: they are counted by the length of the tape, or the
loop that appends runs over a `range(n)` to its end. Loops over arrays stay: there the index costs nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Do,
    For,
    Fresh,
    Let,
    Program,
    Range,
    Stmt,
    Var,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import same_block, with_blocks


def walked(program: Program) -> Program:
    """The program with such loops over their tapes."""
    appends = [s for s in walk(program.body) if isinstance(s, Do) and s.call.fun == "list.append"]
    if not any(s.made for s in appends):
        return program
    walker = _Walker(program)
    body = walker.block(program.body)
    return program if body is program.body else replace(program, body=walker.without_counts(body))


class _Walker:
    def __init__(self, program: Program) -> None:
        self.kinds, self.hints = program.kinds, program.hints
        self.fresh = Fresh(program.kinds, program.hints)
        self.counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
        self.lets: dict[str, Let] = {}
        self.appends: dict[str, list[tuple[Do, Stmt | None]]] = {}  # with the loop whose trips do it
        self.parents: dict[Stmt, Stmt | None] = {}
        self.enter(program.body, None)

    def enter(self, block: Block, parent: Stmt | None) -> None:
        """Note what stands in a block."""
        for stmt in block:
            self.parents[stmt] = parent
            if isinstance(stmt, Let):
                self.lets[stmt.name] = stmt
            elif isinstance(stmt, Do) and stmt.call.fun == "list.append":
                tape = stmt.call.args[0]
                if isinstance(tape, Var):
                    self.appends.setdefault(tape.name, []).append((stmt, parent))
            for part in blocks(stmt):
                self.enter(part, stmt)

    def block(self, block: Block) -> Block:
        """The block with its loops over their tapes."""
        result: list[Stmt] = []
        for stmt in block:
            parts = blocks(stmt)
            new = with_blocks(stmt, tuple(self.block(part) for part in parts)) if parts else stmt
            read = self.read(stmt) if isinstance(stmt, For) and stmt.made else None
            if read is None or not isinstance(new, For):
                result.append(new)
                continue
            tape = read.call.args[0]
            assert isinstance(tape, Var)
            backwards = self.fresh("", self.kinds[tape.name])
            result.append(Let(backwards, Call("reversed", (tape,)), None, True))
            self.hints[read.name] = self.element(tape.name)
            body = tuple(s for s in new.body if s is not read)
            result.append(replace(new, target=read.name, space=Var(backwards), body=body))
        return same_block(block, result)

    def element(self, tape: str) -> str:
        """The hint for an element: that of the value which is taped."""
        value = self.appends[tape][0][0].call.args[1]
        return self.hints.get(value.name, "") if isinstance(value, Var) else ""

    def read(self, loop: For) -> Let | None:
        """The one read of a tape for which a loop counts its trips."""
        space = loop.space
        if loop.stop is not None or self.counts[loop.target] != 1 or not isinstance(space, Range):
            return None
        if (space.stop, space.step) != (Const(-1), Const(-1)):
            return None
        for stmt in loop.body:
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun == "getitem":
                tape, index = stmt.call.args
                if index == Var(loop.target):
                    plain = isinstance(tape, Var) and self.kinds[stmt.name].cat in ("float", "complex")
                    return stmt if plain and self.is_full(tape, space.start) else None
        return None

    def is_full(self, tape: Atom, last: Atom) -> bool:
        """Whether a tape has as many elements as a loop from the index `last` down has trips."""
        assert isinstance(tape, Var)
        let, appends = self.lets.get(tape.name), self.appends.get(tape.name, [])
        if let is None or not let.made or let.call != Call("list") or len(appends) != 1:
            return False
        (append, filler), count = appends[0], self.next(last)
        if not append.made or count is None:
            return False
        length = self.lets.get(count.name) if isinstance(count, Var) else None
        measures = length is not None and length.call == Call("len", (tape,))
        if self.counts[tape.name] != 2 + measures:
            return False
        if measures:
            return True
        space = filler.space if isinstance(filler, For) and filler.stop is None else None
        if filler is None or space != Range(Const(0), count, Const(1)):
            return False
        return self.parents[filler] is self.parents[let]

    def next(self, last: Atom) -> Atom | None:
        """n, of n - 1."""
        if isinstance(last, Const):
            return Const(last.value + 1)
        let = self.lets.get(last.name) if isinstance(last, Var) else None
        if let is None or let.call.fun != "sub" or let.call.args[1] != Const(1):
            return None
        return let.call.args[0]

    def without_counts(self, body: Block) -> Block:
        """The block without lengths, and lengths less one, that nothing reads any more."""
        while True:
            read = {name for stmt in walk(body) for name in uses(stmt)}
            kept = self.kept(body, read)
            if kept is body:
                return body
            body = kept

    def kept(self, block: Block, read: set[str]) -> Block:
        """One round of `without_counts`."""
        result: list[Stmt] = []
        for stmt in block:
            counts = isinstance(stmt, Let) and stmt.made and stmt.call.fun in ("len", "sub")
            if isinstance(stmt, Let) and counts and stmt.name not in read:
                continue
            parts = blocks(stmt)
            result.append(with_blocks(stmt, tuple(self.kept(p, read) for p in parts)) if parts else stmt)
        return same_block(block, result)
