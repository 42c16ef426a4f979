"""Loops that run over what they read by an index which serves nothing else.

    for i in range(n - 1, -1, -1):          for x_1 in reversed(xs):
        x_bar = 2*xs[i]*x_bar                   x_bar = 2*x_1*x_bar
    for i in range(len(zs)):                for z in zs:
        z = zs[i]                               s += z*z
        s += z*z

Accepts any `Program`; guarantees the same values. Backwards these are tapes of numbers that hold one
element for each trip of the loop: trips are counted by the length of the tape, or the loop that appends runs
over a `range(n)` to its end. Loops over arrays stay: there the index costs nothing. Forwards these are the
user's loops over arrays and lists, as the user wrote them: no trip makes the list longer or shorter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sad.analysis.primitives import is_opaque, is_pure
from s2sad.errors import Span
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
    if not any(isinstance(stmt, For) for stmt in walk(program.body)):
        return program
    walker = _Walker(program)
    body = walker.block(program.body)
    return program if body is program.body else replace(program, body=walker.without_counts(body))


def may_resize(call: Call) -> bool:
    """Whether a call may make a list longer or shorter."""
    return call.fun.startswith("list.") or call.fun == "user" or is_opaque(call)


class _Walker:
    def __init__(self, program: Program) -> None:
        self.kinds, self.hints, self.params = program.kinds, program.hints, program.params
        self.fresh = Fresh(program.kinds, program.hints)
        self.counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
        self.lets: dict[str, Let] = {}
        self.appends: dict[str, list[tuple[Do, Stmt | None]]] = {}  # with the loop whose trips do it
        self.parents: dict[Stmt, Stmt | None] = {}
        self.counted: set[Atom] = set()  # lengths by which loops counted that now run over items
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
            read = (self.read(stmt) if stmt.made else self.item(stmt)) if isinstance(stmt, For) else None
            if read is None or not isinstance(new, For):
                result.append(new)
                continue
            if not new.made:
                assert isinstance(new.space, Range)
                self.counted.add(new.space.stop)
                body = tuple(s for s in new.body if s is not read)
                result.append(replace(new, target=read.name, space=read.call.args[0], body=body))
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

    def item(self, loop: For) -> Let | None:
        """The statement by which a loop over an array or a list, which the user wrote, takes its items."""
        space = loop.space
        if self.counts[loop.target] != 1 or not isinstance(space, Range) or not isinstance(space.stop, Var):
            return None
        length = self.lets.get(space.stop.name)
        if (space.start, space.step) != (Const(0), Const(1)) or length is None or length.call.fun != "len":
            return None
        for stmt in loop.body:
            if isinstance(stmt, Let) and stmt.call == Call("getitem", (*length.call.args, Var(loop.target))):
                spans = length.span, stmt.span, loop.span
                named = self.hints.get(stmt.name) and self.is_whole(length.call.args[0], loop, spans)
                return stmt if named else None
            reads = isinstance(stmt, Let) and stmt.made and is_pure(stmt.call, self.kinds)
            if not reads and not self.fills(stmt):
                return None
        return None

    def is_whole(self, xs: Atom, loop: For, spans: tuple[Span | None, ...]) -> bool:
        """Whether a loop that begins with `xs[i]` runs over xs from its first to its last item."""
        length, item, head = spans
        if item is None or head is None or item.line != head.line or not isinstance(xs, Var):
            return False
        if self.kinds[xs.name].cat == "array":
            return True
        if self.kinds[xs.name].cat not in ("list", "tuple") or length != item:
            return False
        own = self.lets.get(xs.name)
        known = xs.name in self.params or (own is not None and own.call.fun == "list")
        inner = [s for s in walk(loop.body) if isinstance(s, Let | Do)]
        return all(known and self.fills(s, xs) for s in inner if may_resize(s.call))

    def fills(self, stmt: Stmt, other: Atom | None = None) -> bool:
        """Whether a statement appends to a list of the program, which is none other than itself."""
        if not isinstance(stmt, Do) or stmt.call.fun != "list.append":
            return False
        base = stmt.call.args[0]
        let = self.lets.get(base.name) if isinstance(base, Var) else None
        return let is not None and let.call.fun == "list" and base != other

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
            if isinstance(stmt, Let) and stmt.name not in read and (counts or Var(stmt.name) in self.counted):
                continue
            parts = blocks(stmt)
            result.append(with_blocks(stmt, tuple(self.kept(p, read) for p in parts)) if parts else stmt)
        return same_block(block, result)
