"""Loops over a part of a list read the list itself.

Accepts a program as lowering makes it, in which `xs[1:]` is a loop that fills a new list; guarantees the same
program without that list, where it is only taken apart by loops and xs is not written.

    ys = []                                    for i in range(1, len(xs)):
    for k in range(len(xs) - 1):                   x = xs[i]
        ys.append(xs[k + 1])                       ...
    for i in range(len(ys)):
        x = ys[i]
        ...
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from s2sad.analysis.effects import Aliases
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Call,
    Const,
    Do,
    For,
    Fresh,
    Let,
    Program,
    Range,
    Slice,
    Stmt,
    Var,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit


@dataclass(slots=True)
class _Excerpt:
    """A list that holds items of another: how it is filled, and the statements that look at it."""

    name: str
    filling: For
    source: Var
    places: Var
    reads: dict[Let, str] = field(default_factory=dict)  # with the variables of the loops that they stand for
    lengths: dict[str, Let] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)  # variables of loops over all of it


def excerpts(program: Program, aliases: Aliases | None = None) -> Program:
    """The program whose loops over parts of lists read the lists."""
    found = {e.name: e for e in map(_filling, walk(program.body)) if e is not None}
    if not found:
        return program
    aliases = aliases or Aliases(program)
    lets = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    alone = [e for e in found.values() if _is_alone(e, program, aliases, lets)]
    usable = [e for e in alone if _is_taken_apart(e, program, lets)]
    return _Rewriting(program, usable, lets).run() if usable else program


def _filling(stmt: Stmt) -> _Excerpt | None:
    """The list that a loop fills with items of another, at places that it looks up."""
    if not isinstance(stmt, For) or not isinstance(stmt.space, Range) or stmt.carried or len(stmt.body) != 3:
        return None
    place, item, append = stmt.body
    if not (isinstance(place, Let) and isinstance(item, Let) and isinstance(append, Do)):
        return None
    places, source = place.call.args[:1], item.call.args[:1]
    matches = (
        stmt.stop is None
        and place.call == Call("getitem", (*places, Var(stmt.target)))
        and item.call == Call("getitem", (*source, Var(place.name)))
        and append.call.fun == "list.append"
        and append.call.args[1] == Var(item.name)
    )
    made, places_, source_ = append.call.args[0] if matches else None, places[0], source[0]
    if not (isinstance(made, Var) and isinstance(places_, Var) and isinstance(source_, Var)):
        return None
    return _Excerpt(made.name, stmt, source_, places_)


def _is_alone(e: _Excerpt, program: Program, aliases: Aliases, lets: dict[str, Let]) -> bool:
    """Whether the new list has one name and one writer, and the other list is never written."""
    own, source = aliases.of(e.name), aliases.of(e.source.name)
    if own is None or source is None or aliases.members(own) != [e.name] or aliases.is_held(own):
        return False
    if own in aliases.visible | aliases.returned | aliases.identity:
        return False
    if program.kinds[e.source.name].cat != "list":
        return False
    for stmt in walk(program.body):
        if isinstance(stmt, For) and stmt is e.filling:
            continue
        written = aliases.written(stmt)
        if source in written or (own in written and stmt is not e.filling.body[2]):
            return False
    return e.name in lets and lets[e.name].call == Call("list", ())


def _is_taken_apart(e: _Excerpt, program: Program, lets: dict[str, Let]) -> bool:
    """Whether every look at the list is its length, or an item in a loop that is no longer than the list."""
    loops = {s.target: s for s in walk(program.body) if isinstance(s, For)}
    for stmt in walk(program.body):
        if stmt is e.filling.body[2] or e.name not in uses(stmt):
            continue
        if not isinstance(stmt, Let):
            return False
        if stmt.call == Call("len", (Var(e.name),)):
            e.lengths[stmt.name] = stmt
            continue
        index = stmt.call.args[1] if stmt.call.fun == "getitem" else None
        target = _counted_from(index.name, e, lets) if isinstance(index, Var) else ""
        if target not in loops:
            return False
        e.reads[stmt] = target
    e.whole.update(n for n in e.reads.values() if _end(loops[n]) in e.lengths)
    return all(_is_bounded(loops[name], e, lets) for name in e.reads.values())


def _counted_from(index: str, e: _Excerpt, lets: dict[str, Let]) -> str:
    """The loop variable i of an index i or n - 1 - i, n the length of the list."""
    let = lets.get(index)
    if let is None:
        return index
    last, target = let.call.args if let.call.fun == "sub" else (None, None)
    behind = lets.get(last.name) if isinstance(last, Var) else None
    whole = behind.call.args[0] if behind is not None and behind.call.fun == "sub" else None
    asked = lets.get(whole.name) if isinstance(whole, Var) else None
    own = asked is not None and asked.call == Call("len", (Var(e.name),))
    if not own or behind is None or behind.call.args[1] != Const(1) or not isinstance(target, Var):
        return ""
    return target.name


def _end(loop: For) -> str:
    """The name of what a loop from nought on counts to."""
    space = loop.space
    natural = isinstance(space, Range) and (space.start, space.step) == (Const(0), Const(1))
    return space.stop.name if isinstance(space, Range) and natural and isinstance(space.stop, Var) else ""


def _is_bounded(loop: For, e: _Excerpt, lets: dict[str, Let]) -> bool:
    """Whether a loop counts from nought to the length of the list, or less far."""
    stop = lets.get(_end(loop))
    if stop is None:
        return False
    ends = stop.call.args if stop.call.fun == "min" else (Var(stop.name),)
    return any(isinstance(a, Var) and a.name in e.lengths for a in ends)


class _Rewriting:
    """The rewriting of one program."""

    def __init__(self, program: Program, found: list[_Excerpt], lets: dict[str, Let]) -> None:
        self.edit = Edit(program)
        self.program = program
        self.lets = lets
        self.fresh = Fresh(dict(program.kinds), self.edit.hints)
        self.excerpts = {e.name: e for e in found}
        self.fillings = {e.filling: e for e in found}
        self.reads = {let: e for e in found for let in e.reads}
        self.lengths = {name: e for e in found for name in e.lengths}
        self.unread: set[str] = set()  # lengths of parts whose loops run over the list's own places
        self.uses: dict[str, int] = {}
        for stmt in walk(program.body):
            for name in uses(stmt):
                self.uses[name] = self.uses.get(name, 0) + 1
        loops = [s for s in walk(program.body) if isinstance(s, For)]
        self.counted = Counter(map(_end, loops))  # uses as the end of a loop, or of what ends it
        for let in lets.values():
            if let.call.fun == "min" and self.uses.get(let.name, 0) == self.counted[let.name]:
                self.counted.update(a.name for a in let.call.args if isinstance(a, Var))
        for e in found:
            shifted = [_end(s) for s in loops if self._is_shifted(e, s.target)]
            self.unread |= {name for name in e.lengths if self.uses[name] == shifted.count(name)}

    def run(self) -> Program:
        """The program without the lists."""
        done = self.edit.finish(self.edit.block(self.program.body, self._change))
        return replace(done, kinds=self.fresh.kinds)

    def _change(self, stmt: Stmt) -> tuple[Stmt, ...]:
        if isinstance(stmt, For):
            return () if stmt in self.fillings else self._loop(stmt)
        if not isinstance(stmt, Let):
            return (stmt,)
        if stmt in self.reads:
            return self._read(stmt, self.reads[stmt])
        if stmt.name in self.excerpts or stmt.name in self.unread:
            return ()
        e = self.lengths.get(stmt.name)
        return (stmt,) if e is None else self._length(stmt, e)

    def _length(self, let: Let, e: _Excerpt) -> tuple[Stmt, ...]:
        """The length of the part; where loops alone count to it, it may come out negative."""
        bounds = self._bounds(e)
        if bounds is None or self.uses[let.name] != self.counted[let.name]:
            return (replace(let, call=Call("len", (e.places,))),)
        whole = Let(self.fresh("", K.INT), Call("len", (e.source,)), let.span)
        if not sum(bounds):
            return (replace(let, call=whole.call),)
        return whole, replace(let, call=Call("sub", (Var(whole.name), Const(sum(bounds)))))

    def _read(self, let: Let, e: _Excerpt) -> tuple[Stmt, ...]:
        """An item, by its place in the list."""
        index = let.call.args[1]
        assert isinstance(index, Var)
        if self._is_shifted(e, index.name):
            return (replace(let, call=Call("getitem", (e.source, index))),)
        bounds = self._bounds(e)
        found = Call("getitem", (e.places, index))
        call = found if bounds is None else Call("add", (index, Const(bounds[0])))
        name = index.name
        lines: list[Stmt] = []
        if bounds is None or bounds[0]:
            name = self.fresh("", K.INT)
            lines.append(Let(name, call, let.span))
        return *lines, replace(let, call=Call("getitem", (e.source, Var(name))))

    def _loop(self, loop: For) -> tuple[Stmt, ...]:
        """`for i in range(a, len(xs) - b)` in place of a loop from nought to the length of `xs[a:-b]`."""
        for e in self.excerpts.values():
            if not self._is_shifted(e, loop.target):
                continue
            first, last = self._bounds(e) or (0, 0)
            length = self.fresh("", K.INT)
            lines = [Let(length, Call("len", (e.source,)), loop.span, True)]
            if last:
                end = self.fresh("", K.INT)
                lines.append(Let(end, Call("sub", (Var(length), Const(last))), loop.span, True))
            return *lines, replace(loop, space=Range(Const(first), Var(lines[-1].name), Const(1)))
        return (loop,)

    def _is_shifted(self, e: _Excerpt, target: str) -> bool:
        """Whether a loop has its index for this list alone, whose places follow each other."""
        read_at = any(let.call.args[1] == Var(target) for let in e.reads)
        alone = read_at and self.uses[target] == 1 and target in e.whole
        return alone and self._bounds(e) is not None

    def _bounds(self, e: _Excerpt) -> tuple[int, int] | None:
        """The first place, and how many at the end are left out, of `xs[a:-b]`; None for other slices."""
        let = self.lets.get(e.places.name)
        part = let.call.args[1] if let is not None and let.call.fun == "getitem" else None
        if not isinstance(part, Slice) or part.step not in (Const(None), Const(1)):
            return None
        first = 0 if part.lo == Const(None) else part.lo.value if isinstance(part.lo, Const) else None
        last = 0 if part.hi == Const(None) else part.hi.value if isinstance(part.hi, Const) else None
        if type(first) is not int or type(last) is not int or first < 0 or last > 0:
            return None
        return None if part.hi == Const(0) else (first, -last)
