"""Loops that run over what they read by an index which serves nothing else.

    for i in range(n - 1, -1, -1):          for x_1 in reversed(xs):
        x_bar = 2*xs[i]*x_bar                   x_bar = 2*x_1*x_bar
    for i in range(min(len(xs), len(ys))):  for x, y in zip(xs, ys):
        x = xs[i]                               s += x*y
        y = ys[i]
        s += x*y

Accepts any `Program`; guarantees the same values. Backwards these are tapes of numbers, at most four, that
hold one element for each trip of the loop: trips are counted by the length of a tape, or the loop that
appends runs over a `range(n)` to its end. Loops over arrays stay: there the index costs nothing.
Forwards these are the user's loops over arrays and lists, with zip(), enumerate() and reversed(), as the user
wrote them: no trip makes the list longer or shorter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from s2sad.analysis.iteration import may_resize
from s2sad.analysis.primitives import is_pure, kind_of
from s2sad.errors import Span
from s2sad.ir.kinds import OBJECT, Kind
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

MOST = 4  # tapes that one line names, or two lines


def walked(program: Program) -> Program:
    """The program with such loops over their tapes."""
    if not any(isinstance(stmt, For) for stmt in walk(program.body)):
        return program
    walker = _Walker(program)
    body = walker.block(program.body)
    return program if body is program.body else replace(program, body=walker.without_counts(body))


def said(loop: For) -> str:
    """What the user wrote that a loop runs over."""
    head = "" if loop.span is None else loop.span.text.partition("\n")[0]
    return head.partition(" in ")[2]


class _Walker:
    def __init__(self, program: Program) -> None:
        self.kinds, self.hints, self.params = program.kinds, program.hints, program.params
        self.again = program.again  # the text of a derivative: nobody has written its loops
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
            reads = self.taken(stmt) if isinstance(stmt, For) else []
            if not reads or not isinstance(new, For) or not isinstance(stmt, For):
                result.append(new)
                continue
            counts = self.counts[stmt.target] > len(reads)
            spaces = [read.call.args[0] for read in reads]
            for read in reads:
                self.hints[read.name] = self.hints.get(read.name) or self.element(read)
            if isinstance(stmt.space, Range) and stmt.space.step == Const(-1):
                spaces = [self.over("reversed", (space,), result) for space in spaces]
            body = tuple(s for s in new.body if s not in reads)
            names = [*([stmt.target] if counts else []), *(read.name for read in reads)]
            if len(names) == 1:
                result.append(replace(new, target=names[0], space=spaces[0], body=body))
                continue
            whole = self.over("enumerate" if counts else "zip", tuple(spaces), result)
            each = self.fresh("", Kind("tuple", items=tuple(self.kinds[name] for name in names)))
            items = [Call("getitem", (Var(each), Const(at))) for at in range(len(names))]
            taken = [Let(name, item, None, True) for name, item in zip(names, items, strict=True)]
            result.append(replace(new, target=each, space=whole, body=(*taken, *body)))
        return same_block(block, result)

    def over(self, fun: str, spaces: tuple[Atom, ...], result: list[Stmt]) -> Var:
        """What runs over other things: `reversed(xs)`, `zip(xs, ys)`, `enumerate(xs)`."""
        made = self.fresh("", OBJECT)
        result.append(Let(made, Call(fun, spaces), None, True))
        return Var(made)

    def element(self, read: Let) -> str:
        """The hint for an element of a tape: that of the value which is taped."""
        tape = read.call.args[0]
        if not isinstance(tape, Var) or tape.name not in self.appends:
            return ""
        value = self.appends[tape.name][0][0].call.args[1]
        return self.hints.get(value.name, "") if isinstance(value, Var) else ""

    def taken(self, loop: For) -> list[Let]:
        """The statements by which a loop takes what it runs over by its index; none if it has to count."""
        if loop.made or self.again:
            return self.reads(loop) or (self.items(loop) if self.again else [])
        return self.items(loop)

    def reads(self, loop: For) -> list[Let]:
        """The reads of tapes for which alone a loop counts its trips; none if it counts for more."""
        space = loop.space
        if loop.stop is not None or not isinstance(space, Range):
            return []
        if not 0 < self.counts[loop.target] <= MOST or (space.stop, space.step) != (Const(-1), Const(-1)):
            return []
        found: list[Let] = []
        for stmt in loop.body:
            if isinstance(stmt, Let) and stmt.call.fun == "getitem":
                tape, index = stmt.call.args
                if index == Var(loop.target):
                    if not isinstance(tape, Var) or not self.is_full(tape, space.start):
                        return []
                    found.append(stmt)
        numbers = any(self.kinds[read.name].cat in ("float", "complex") for read in found)
        if not numbers or len(found) != self.counts[loop.target]:
            return []
        if self.again:
            self.counted.update(a for a in (space.start, self.next(space.start)) if a is not None)
        return found

    def items(self, loop: For) -> list[Let]:
        """The statements by which a loop that the user wrote takes its items, in the order of zip()."""
        space = loop.space
        if not isinstance(space, Range):
            return []
        turned = (space.stop, space.step) == (Const(-1), Const(-1)) and "reversed(" in said(loop)
        count = self.next(space.start) if turned else space.stop
        length = self.lets.get(count.name) if isinstance(count, Var) else None
        if (not turned and (space.start, space.step) != (Const(0), Const(1))) or length is None:
            return []
        lengths = [length]
        if length.call.fun == "min":
            args = length.call.args
            lengths = [self.lets[a.name] for a in args if isinstance(a, Var) and a.name in self.lets]
            if len(lengths) < len(args):
                return []
        if any(let.call.fun != "len" for let in lengths):
            return []
        over = {let.call.args[0]: let for let in lengths}
        taken: dict[Atom, Let] = {}
        for stmt in loop.body:
            call = stmt.call if isinstance(stmt, Let) and stmt.call.fun == "getitem" else None
            base = call.args[0] if call is not None and call.args[1] == Var(loop.target) else None
            length = over.get(base) or self.same_length(base, lengths) if base is not None else None
            if isinstance(stmt, Let) and base is not None and length is not None:
                named = self.hints.get(stmt.name) and base not in taken
                if named and self.is_whole(base, loop, (length.span, stmt.span, loop.span)):
                    taken[base] = stmt
                    continue
                break
            pure = isinstance(stmt, Let) and stmt.made and is_pure(stmt.call, self.kinds)
            if not pure and not self.fills(stmt):
                break
        most = 1 if turned else len(taken)
        if not over.keys() <= taken.keys() or not self.is_said(loop, len(taken)) or len(taken) > most:
            return []
        assert count is not None
        self.counted.update((count, *(Var(let.name) for let in lengths)))
        if turned:
            self.counted.add(space.start)
        return list(taken.values())

    def same_length(self, xs: Atom, lengths: list[Let]) -> Let | None:
        """The length that an array has for certain."""
        own = kind_of(xs, self.kinds)
        for let in lengths:
            other = kind_of(let.call.args[0], self.kinds)
            arrays = own.cat == other.cat == "array" and own.shape and other.shape
            if arrays and own.shape[:1] == other.shape[:1]:  # type: ignore[index]
                return let
        return None

    def is_said(self, loop: For, items: int) -> bool:
        """Whether the user's loop takes nothing but its items, or counts with enumerate()."""
        if self.counts[loop.target] == items:
            return True
        return items == 1 and said(loop).startswith("enumerate(")

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
        if let is None or not (let.made or self.again) or let.call != Call("list") or len(appends) != 1:
            return False
        (append, filler), count = appends[0], self.next(last)
        if not (append.made or self.again) or count is None:
            return False
        length = self.lets.get(count.name) if isinstance(count, Var) else None
        measured = length.call.args[0] if length is not None and length.call.fun == "len" else None
        if self.counts[tape.name] != 2 + (measured == tape):
            return False
        if measured == tape or filler is None or self.parents[filler] is not self.parents[let]:
            return measured == tape
        if isinstance(measured, Var) and (beside := self.appends.get(measured.name, [])):
            return self.counts[measured.name] == 3 and [loop for _, loop in beside] == [filler]
        space = filler.space if isinstance(filler, For) and filler.stop is None else None
        return space == Range(Const(0), count, Const(1))

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
