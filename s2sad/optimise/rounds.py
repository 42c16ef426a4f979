"""Cotangents that go round a loop: what is added to one that nobody reads any more is added in place.

Accepts any `Program`; guarantees the same values. Only loops of a reverse sweep are looked at; a sum is made
in the array that went into it, and a copy is that array, if nothing tells the two from each other:

    w_bar = 2*w                              w_bar = 2*w
    for i in range(n - 1, -1, -1):           for i in range(n - 1, -1, -1):
        t = 2*ts[i]*w_bar                        t = 2*ts[i]*w_bar
        w_bar = w_bar + X.T @ t                  w_bar += X.T @ t

The array that comes into the loop must be new and not read again; else its copy comes in. What a trip hands
on must be new too, and any other name of it has to have served before the sum is made, or begin to serve
behind it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    For,
    Fresh,
    If,
    Let,
    Program,
    Stmt,
    Store,
    Var,
    While,
    blocks,
    defines,
    inner_names,
    readers,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_statement, resolved
from s2sad.optimise.copies import is_fresh


def rounds(program: Program, aliases: Aliases | None = None) -> Program:
    """Add in place to what goes round the loops of a reverse sweep."""
    if not any(type(s) is For and s.made and s.carried for s in walk(program.body)):
        return program
    search = _Search(program, aliases or Aliases(program))
    search.block(program.body)
    copied, copies = _with_copies(program, search.foreign)
    if copies:
        again = _Search(copied, Aliases(copied))
        again.block(copied.body)
        unused: dict[str, Atom] = {name: atom for name, atom in copies.items() if name not in again.roots}
        if len(unused) < len(copies):
            program, search = copied, again
            search.instead.update(unused)
    return _changed(program, search) if search.instead else program


def _changed(program: Program, search: _Search) -> Program:
    """The program with its sums made in place."""
    edit, final = Edit(program), resolved(search.instead)
    for name, atom in final.items():
        if isinstance(atom, Var):
            edit.rename(atom.name, program.hints.get(name, ""))

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if isinstance(stmt, Let) and stmt.name in search.instead:
            base, value = search.instead[stmt.name], search.added.get(stmt.name)
            if value is not None:
                yield in_statement(Store(base, None, value, stmt.call.fun, stmt.span, True), final)
        else:
            yield in_statement(stmt, final)

    return edit.finish(edit.block(program.body, change))


def _with_copies(program: Program, foreign: dict[Stmt, list[Carry]]) -> tuple[Program, dict[str, Atom]]:
    """The program with copies of what comes into loops, and what they are copies of, by name."""
    if not foreign:
        return program, {}
    edit, made = Edit(program), dict[str, Atom]()
    fresh = Fresh(program.kinds, edit.hints)
    body: list[Stmt] = []
    for stmt in program.body:
        if isinstance(stmt, For) and stmt in foreign:
            carried = list(stmt.carried)
            for at, carry in enumerate(stmt.carried):
                if carry in foreign[stmt]:
                    name = fresh(program.hints.get(carry.name, ""), program.kinds[carry.name])
                    made[name] = carry.init
                    body.append(Let(name, Call("copy", (carry.init,)), None, True))
                    carried[at] = replace(carry, init=Var(name))
            body.append(edit.moved(stmt, replace(stmt, carried=tuple(carried))))
        else:
            body.append(stmt)
    return edit.finish(tuple(body)), made


class _Search:
    """Looks for sums and copies of what goes round.

    instead   what stands for the sums and copies
    added     what is added there
    roots     the arrays in which it all happens
    foreign   what comes into outermost loops and is not new, although something is added to it
    """

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.program, self.kinds, self.aliases = program, program.kinds, aliases
        self.instead: dict[str, Atom] = {}
        self.added: dict[str, Atom] = {}
        self.roots: set[str] = set()
        self.foreign: dict[Stmt, list[Carry]] = {}
        self._taken: set[int] = set()

    def block(self, block: Block) -> None:
        """Look into the loops of a block."""
        for stmt in block:
            for part in blocks(stmt):
                self.block(part)
            if isinstance(stmt, For) and stmt.made and stmt.stop is None:
                for carry in stmt.carried:
                    self._round(stmt, carry)

    def _round(self, loop: For, carry: Carry) -> None:
        """Make the sums that end the life of what a trip is handed in place, if nobody else has it."""
        kind, aliases = self.kinds[carry.name], self.aliases
        if kind.cat != "array" or not kind.rank or not kind.dtype[-1:].isdigit() or carry.name in uses(loop):
            return
        at = max((k for k, s in enumerate(loop.body) if carry.name in self._deep(s)), default=None)
        lets = [] if at is None else list(self._last_sums(loop.body[at], carry.name, kind))
        if at is None or not lets:
            return
        if any(self._is_elsewhere(let.name, loop, carry) for let in lets):
            return
        names = {let.name for let in lets}
        classes = {aliases.of(name) for name in (carry.name, *names)}
        if None in classes or not self._is_alone(loop, carry, at, lets):
            return
        self._taken |= {cls for cls in classes if cls is not None}
        for let in lets:
            self.instead[let.name] = Var(carry.name)
            if let.call.fun != "copy":
                self.added[let.name] = self._other(let, carry.name)

    def _last_sums(self, stmt: Stmt, name: str, kind: Kind) -> Iterator[Let]:
        """The sums to one array, or its copies, that a statement ends with: in each branch one."""
        if isinstance(stmt, Let) and self._is_sum(stmt, name, kind):
            yield stmt
        elif isinstance(stmt, If) and not stmt.form:
            for part, side in zip(blocks(stmt), ("then", "orelse"), strict=True):
                if all(getattr(out, side) != Var(name) for out in stmt.outs):
                    last = next((s for s in reversed(part) if name in self._deep(s)), None)
                    if last is not None:
                        yield from self._last_sums(last, name, kind)

    def _is_sum(self, let: Let, name: str, kind: Kind) -> bool:
        """Whether a value is a sum to an array, of the same shape and dtype, or its copy."""
        if not let.made or let.call.fun not in ("add", "sub", "copy") or let.call.kwargs:
            return False
        args, mine = let.call.args, self.kinds[let.name]
        if Var(name) not in (args if let.call.fun == "add" else args[:1]) or len(args) > 2:
            return False
        if mine.cat != "array" or mine.dtype != kind.dtype or not same_shape(mine, kind):
            return False
        if let.call.fun == "copy":
            return True
        other = self._other(let, name)
        real = kind_of(other, self.kinds).sort in ("float", "int", kind.sort)
        return real and self.aliases.of(name) not in self.aliases.reach(other)

    def _other(self, let: Let, name: str) -> Atom:
        """The other term of a sum."""
        one, two = let.call.args
        return two if one == Var(name) else one

    def _is_elsewhere(self, name: str, loop: For, carry: Carry) -> bool:
        """Whether a sum is no more than a part of an expression, or goes round as another value."""
        users = self._users.get(name, [])
        alone = len(users) == 1 and not isinstance(users[0], If | For | While)
        return alone or any(c.next == Var(name) for c in loop.carried if c is not carry)

    # ---- who else has the array

    def _is_alone(self, loop: For, carry: Carry, at: int, lets: list[Let]) -> bool:
        """Whether nobody can tell the array that is handed round from the sum that would stand in it."""
        aliases, sums = self.aliases, {let.name for let in lets}
        classes = {c for name in (carry.name, *sums) if (c := aliases.of(name)) is not None}
        if classes & (self._taken | aliases.told | aliases.layout):
            return False
        if not self._is_new(carry.next, {carry.name, *sums}):
            return False
        before = self._comes_in(loop, carry)
        if before is None or not self._is_unseen(loop, carry, at, classes, {carry.name, *sums, *before}):
            self._note(loop, carry)
            return False
        self.roots |= before
        return True

    def _is_unseen(self, loop: For, carry: Carry, at: int, classes: set[int], mine: set[str]) -> bool:
        """Whether no other name of the array is read where it would tell of the sum."""
        aliases, cls = self.aliases, self.aliases.of(carry.name)
        if classes & aliases.visible or cls is None or aliases.is_held(cls):
            return False
        around = [g for g in self._around[loop] if isinstance(g, For | While)]
        if any(Var(carry.out) == c.next for g in around for c in g.carried if c.name not in mine):
            return False
        others = {name for c in classes for name in aliases.members(c)} - mine - {carry.out}
        return all(self._serves(name, loop, carry, at) for name in others)

    def _note(self, loop: For, carry: Carry) -> None:
        """Note what comes from outside into the outermost loop around: a copy of it would be new.

        It must not be told from the array itself, which comes out where there is no trip.
        """
        aliases, around = self.aliases, self._around[loop]
        cls, number = aliases.of(carry.name), self._number[around[0] if around else loop]
        if cls is None or cls in aliases.returned | aliases.told | aliases.layout:
            return
        if any(cls in aliases.written(s) for s in self.program.body if self._number[s] >= number):
            return
        if not around:
            self.foreign.setdefault(loop, []).append(carry)
        elif len(around) == 1 and isinstance(around[0], For):
            outer = [c for c in around[0].carried if Var(c.name) == carry.init]
            self.foreign.setdefault(around[0], []).extend(outer)

    def _is_new(self, atom: Atom, known: set[str]) -> bool:
        """Whether what a trip hands on is the array that it was handed, or one that it makes."""
        if not isinstance(atom, Var):
            return False
        if atom.name in known:
            return True
        stmt = self._makers.get(atom.name)
        if isinstance(stmt, Let):
            return is_fresh(stmt.call) and self._is_like(atom.name, known)
        if isinstance(stmt, If):
            sides = [side for out in stmt.outs if out.name == atom.name for side in (out.then, out.orelse)]
            return all(self._is_new(side, known) for side in sides)
        if isinstance(stmt, For | While):
            found = [c for c in stmt.carried if c.out == atom.name]
            new = [self._is_new(c.init, known) and self._is_new(c.next, known | {c.name}) for c in found]
            return bool(found) and all(new)
        return False

    def _is_like(self, name: str, known: set[str]) -> bool:
        """Whether an array has the rank and dtype of all that are known."""
        kinds = [self.kinds[other] for other in (name, *known)]
        return all(k.cat == "array" and (k.dtype, k.rank) == (kinds[0].dtype, kinds[0].rank) for k in kinds)

    def _comes_in(self, loop: For, carry: Carry) -> set[str] | None:
        """The names of a new array up to the loop that it is handed to, if nobody reads them afterwards."""
        name = carry.init.name if isinstance(carry.init, Var) else ""
        stmt, number = self._makers.get(name), self._number
        late = any(number[u] > number[loop] for u in self._users.get(name, ()))
        if stmt is None or late or uses(loop).count(name) != 1 or not self._is_like(name, {carry.name}):
            return None
        around = self._around[loop]
        if isinstance(stmt, Let):
            return {name} if is_fresh(stmt.call) and self._around[stmt] == around else None
        if not (isinstance(stmt, For) and around and stmt is around[-1]):
            return None
        outer = next((c for c in stmt.carried if c.name == name), None)
        if outer is None or name in uses(stmt) or not self._is_new(outer.next, {name, carry.out}):
            return None
        before = self._comes_in(stmt, outer)
        return None if before is None else {name, outer.out, *before}

    def _serves(self, name: str, loop: For, carry: Carry, at: int) -> bool:
        """Whether another name of the array serves on one side of the sum, within one trip, or outside."""
        made, users, number = self._makers.get(name), self._users.get(name, []), self._number
        if made is None or (made is loop and name in inner_names(loop)):
            return False
        on = carry.next == Var(name) and uses(loop).count(name) == 1  # what the trip hands on
        users = [u for u in users if not (on and u is loop)]
        first, last = number[loop], self._last(loop)
        if first < number[made] <= last:
            places = [self._place(loop, s) for s in (made, *users)]
            if None in places:
                return False
            if on and isinstance(made, Let) and is_fresh(made.call):
                return True  # another array than the one that was handed round
            if isinstance(made, If) and name in defines(made):
                places = places[1:]  # it is there behind the branches
            known = [p for p in places if p is not None]
            return all(p < at for p in known) or all(p > at for p in known)
        own = self._around[made] + ((made,) if name in inner_names(made) else ())
        around = self._around[loop]
        if all(number[u] < first for u in (made, *users)):
            return all(g in own or all(number[u] < number[g] for u in users) for g in around)
        return own[: len(around)] == around and all(number[u] > last for u in (made, *users))

    # ---- where things stand

    def _place(self, loop: For, stmt: Stmt) -> int | None:
        """Which statement of a loop's body a statement is, or is in."""
        number = self._number[stmt]
        if not self._number[loop] < number <= self._last(loop):
            return None
        return sum(1 for s in loop.body if self._number[s] <= number) - 1

    def _last(self, loop: Stmt) -> int:
        return max(self._number[s] for s in walk((loop,)))

    def _deep(self, stmt: Stmt) -> set[str]:
        """The names that a statement reads, nested blocks included."""
        return {n for s in walk((stmt,)) for n in uses(s)}

    @functools.cached_property
    def _number(self) -> dict[Stmt, int]:
        return {stmt: i for i, stmt in enumerate(walk(self.program.body))}

    @functools.cached_property
    def _users(self) -> dict[str, list[Stmt]]:
        return readers(self.program.body)

    @functools.cached_property
    def _makers(self) -> dict[str, Stmt]:
        found: dict[str, Stmt] = {}
        for stmt in walk(self.program.body):
            found.update(dict.fromkeys((*defines(stmt), *inner_names(stmt)), stmt))
        return found

    @functools.cached_property
    def _around(self) -> dict[Stmt, tuple[Stmt, ...]]:
        """The loops and branches around each statement."""
        found: dict[Stmt, tuple[Stmt, ...]] = {}
        todo: list[tuple[Block, tuple[Stmt, ...]]] = [(self.program.body, ())]
        while todo:
            block, around = todo.pop()
            for stmt in block:
                found[stmt] = around
                todo.extend((part, (*around, stmt)) for part in blocks(stmt))
        return found


__all__ = ["rounds"]
