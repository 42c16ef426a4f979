"""Reads that stay for their exception's sake alone, where the reverse sweep makes them as often.

Accepts any `Program`; guarantees the same values, and an exception where there was one. A loop of the user of
which nothing is left but subscripts that may be out of bounds, and divisions of integers by what may be 0,
goes if a loop of the reverse sweep has the same trips and in each of them makes the same divisions and reads
the same places, or adds to those of a shadow of the same shape, and if nothing can be noticed before that one
runs.

    for i in range(n):                          gone
        t = a[i]
    for i in range(n - 1, -1, -1):              for i in range(n - 1, -1, -1):
        x_bar[i] += a[i]                            x_bar[i] += a[i]

It comes behind the other passes, of which none may take the second read away.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TypeGuard

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Const,
    For,
    Let,
    Program,
    Range,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    inner_names,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit
from s2sad.optimise.dce import Live

_DIVISIONS = ("mod", "floordiv")  # of integers, which raise where the divisor is 0
_WHOLE = ("mul", "neg", *_DIVISIONS)
_SHADOWS = ("np.zeros_like", "np.ones_like", "np.full_like", "zeros_list")
Form = tuple[Hashable, int]  # an integer as what it is made of, and what is added
Known = dict[str, Form]
Key = tuple[Hashable, ...]


def unrepeated(program: Program) -> Program:
    """Drop reads that the reverse sweep makes again."""
    made = [s for s in program.body if type(s) is For and (s.made or program.is_swept(s))]
    if not made:
        return program
    read = {name for stmt in walk(program.body) for name in uses(stmt)}
    lets = [s for s in walk(program.body) if type(s) is Let and not s.made]
    dead = {s for s in lets if s.call.fun == "getitem" and s.name not in read}
    if not dead:
        return program
    repeats = _Repeats(program)
    excused = repeats.excused(dead | set(filter(repeats.is_division, lets)), made)
    if not excused:
        return program
    live = Live(program, repeats.live.aliases, frozenset(excused))
    if not all(excused[stmt] & live.statements for stmt in excused):
        return program
    edit = Edit(program)
    return edit.finish(live.sweep(program.body, edit))


class _Repeats:
    """Finds the reads of loops, by the trips that make them and by their places."""

    def __init__(self, program: Program) -> None:
        self.program, self.kinds = program, program.kinds
        self.live = Live(program, None)
        self.aliases: Aliases = self.live.aliases
        self.lets = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
        self.written = frozenset().union(*map(self.aliases.written, program.body))

    def excused(self, dead: set[Let], made: list[For]) -> dict[Stmt, set[Stmt]]:
        """The dead reads of loops of which only such are left, with the statements that make them again."""
        body = self.program.body
        again: dict[Key, set[Stmt]] = {}
        for sweep in made:
            for key, stmt in self.reads(sweep, (), {}):
                again.setdefault(key, set()).add(stmt)
        last = max(body.index(sweep) for sweep in made)
        found: dict[Stmt, set[Stmt]] = {}
        for loop in body[:last]:
            if isinstance(loop, For) and loop not in made and not dead.isdisjoint(walk(loop.body)):
                keys = {stmt: key for key, stmt in self.reads(loop, (), {})}
                roots = [s for s in walk((loop,)) if self.is_noticed(s)]
                if all(s in dead and keys.get(s) in again for s in roots):
                    found.update((s, again[keys[s]]) for s in roots)
        first = min((i for i, s in enumerate(body) if not found.keys().isdisjoint(walk((s,)))), default=last)
        between = (s for s in walk(body[first:last]) if s not in found)
        return {} if any(map(self.is_noticed, between)) else found

    def is_noticed(self, stmt: Stmt) -> bool:
        """Whether a statement has an effect, may raise, or writes what the caller can see."""
        return stmt in self.live.roots or bool(self.aliases.written(stmt) & self.aliases.visible)

    def reads(self, loop: For, trips: Key, known: Known) -> Iterator[tuple[Key, Stmt]]:
        """The places that every trip of a loop reads, or adds to in a shadow; nested loops' too."""
        space = self.space(loop, len(trips), known)
        if space is None or loop.stop is not None:
            return
        own, known = (*trips, space[0]), {**known, loop.target: space[1]}
        inner = {name for s in walk(loop.body) for name in inner_names(s)}
        inner |= {c.name for c in loop.carried}
        known = {name: form for name, form in known.items() if name not in inner}
        hidden = _defined(loop.body) | inner
        for stmt in loop.body:
            if isinstance(stmt, For):
                yield from self.reads(stmt, own, known)
            if self.is_division(stmt) and (made := self.form(Var(stmt.name), known, hidden)) is not None:
                yield (own, made), stmt
            place = self.place(stmt)
            if place is not None:
                base, index = place
                key = self.form(base, known, hidden), self.index(index, known, hidden)
                if key[0] is not None and key[1] is not None and not self.is_written(base):
                    yield (own, *key), stmt

    def is_division(self, stmt: Stmt) -> TypeGuard[Let]:
        """Whether a statement divides integers."""
        return isinstance(stmt, Let) and stmt.call.fun in _DIVISIONS and self.kinds[stmt.name].cat == "int"

    def place(self, stmt: Stmt) -> tuple[Var, Atom] | None:
        """The array or list whose element a statement reads, and the index."""
        if isinstance(stmt, Let) and stmt.call.fun == "getitem" and isinstance(stmt.call.args[0], Var):
            return stmt.call.args[0], stmt.call.args[1]
        if not isinstance(stmt, Store) or stmt.index is None or not isinstance(stmt.base, Var):
            return None
        shadow = self.lets.get(stmt.base.name)
        if shadow is None or shadow.call.fun not in _SHADOWS or not shadow.made:
            return None
        of = shadow.call.args[0]
        return (of, stmt.index) if isinstance(of, Var) else None

    def space(self, loop: For, depth: int, known: Known) -> tuple[Key, Form] | None:
        """First and last value of an index, and the target as such an index, or as the item there."""
        index: Form = (("index", depth), 0)
        space = loop.space
        if not isinstance(space, Range):
            if not isinstance(space, Var) or self.kinds[space.name].cat not in ("list", "array"):
                return None
            base = self.form(space, known, set())
            if base is None or self.is_written(space):
                return None
            return ((None, 0), (("len", base), -1)), (("item", base, index), 0)
        low, high = (self.form(atom, known, set()) for atom in (space.start, space.stop))
        if low is None or high is None or space.step not in (Const(1), Const(-1)):
            return None
        if space.step == Const(1):
            return (low, (high[0], high[1] - 1)), index
        return ((high[0], high[1] + 1), low), index

    def index(self, index: Atom, known: Known, hidden: set[str]) -> Hashable | None:
        """What an index is made of; None where that is not known."""
        parts = index.items if isinstance(index, Tuple) else (index,)
        forms = [("all", 0) if p == Slice(NONE, NONE, NONE) else self.form(p, known, hidden) for p in parts]
        return None if None in forms else tuple(forms)

    def form(self, atom: Atom, known: Known, hidden: set[str]) -> Form | None:
        """A value by what it is made of: indices, what no loop makes, lengths, items and sums of these."""
        if isinstance(atom, Const):
            whole = type(atom.value) is int
            return (None, atom.value) if whole else (("literal", type(atom.value), repr(atom.value)), 0)
        if not isinstance(atom, Var):
            return None
        if atom.name in known:
            return known[atom.name]
        let = self.lets.get(atom.name)
        if let is not None and let.call.fun in ("add", "sub") and self.kinds[atom.name].cat == "int":
            one, two = (self.form(a, known, hidden) for a in let.call.args)
            if one is not None and two is not None and two[0] is None:
                return one[0], one[1] + (two[1] if let.call.fun == "add" else -two[1])
            return None if one is None or two is None else ((let.call.fun, one, two), 0)
        if let is not None and let.call.fun in _WHOLE and self.kinds[atom.name].cat == "int":
            made = [self.form(a, known, hidden) for a in let.call.args]
            return None if None in made else ((let.call.fun, *made), 0)
        if let is not None and let.call.fun in ("len", "getitem", "getattr"):
            parts = [self.form(a, known, hidden) for a in let.call.args]
            if None not in parts and not self.is_written(let.call.args[0]):
                return ("len" if let.call.fun == "len" else "item", *parts), 0
        return None if atom.name in hidden else (atom.name, 0)

    def is_written(self, atom: Atom) -> bool:
        """Whether anything writes to what a place is in."""
        return isinstance(atom, Var) and self.aliases.of(atom.name) in self.written


def _defined(block: Block) -> set[str]:
    return {s.name for s in walk(block) if isinstance(s, Let)}
