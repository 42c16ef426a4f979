"""What the reverse sweep knows of the trip that ends a loop early.

Accepts a loop with a `stop`; finds the branches that end it, its *exits*. Each stands in tail position, so
its adjoint comes first in a reversed trip, and it can have been taken in the last trip only. Guarantees

* a *flag* for each exit whose adjoint is not empty: true in the first reversed trip if the exit was taken,
  false in all others. No test that ends a loop is asked again, and nothing that it reads is taped for it;
* on the side that leaves, cotangents as they came from behind the loop, as far as they are known there:

      for i in range(n):                     if returned:          # in the last trip only
          if t > 9.0:                            returned = False
              value = s*t; returned = True       s_bar = t     # value_bar is 1.0, s_bar 0.0
              break                    =>        t_bar = s     # where it has returned
          ...                                else:
      else:                                      ...
          value = s
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from s2sad.analysis.places import Place, is_view
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    defines,
    uses,
    walk,
)
from s2sad.ir.rewrite import with_blocks
from s2sad.transform.cotangents import Exit, Loop
from s2sad.transform.selections import Selections

TRUE, FALSE = Const(True), Const(False)
Facts = dict[str, bool]
Way = Sequence[tuple[If, int]]  # branches, and the side of each that is taken


def leaf(atom: Atom, way: Way) -> Atom:
    """What an atom behind a trip is at the end of the branches that lead to an exit."""
    for branch, side in way:
        atom = part(branch, side, atom)
    return atom


def part(stmt: If, side: int, atom: Atom) -> Atom:
    """What an atom behind a branch is at the end of one side."""
    for out in stmt.outs:
        if atom == Var(out.name):
            return (out.then, out.orelse)[side]
    return atom


def exits_of(stmt: For | While) -> Iterator[Exit]:
    """The exits of a loop, outermost first."""
    todo: list[tuple[Block, Atom | None, tuple[tuple[If, int], ...]]] = [(stmt.body, stmt.stop, ())]
    while todo:
        block, stop, path = todo.pop()
        last = block[-1] if block else None
        if not isinstance(last, If) or not isinstance(stop, Var) or stop.name not in defines(last):
            continue
        sides = [part(last, side, stop) for side in (0, 1)]
        if sides.count(TRUE) == 1:
            yield Exit(last, sides.index(TRUE), path)
        for side, atom in enumerate(sides):
            todo.append((blocks(last)[side], atom, (*path, (last, side))))


def ends_by_exits(stmt: For | While) -> bool:
    """Whether only exits end a loop early: no `return` without an if, no branch that leaves on both sides."""
    todo: list[tuple[Block, Atom | None]] = [(stmt.body, stmt.stop)]
    while todo:
        block, stop = todo.pop()
        if stop is None or stop == FALSE:
            continue
        last = block[-1] if block else None
        if not isinstance(last, If) or not isinstance(stop, Var) or stop.name not in defines(last):
            return False
        sides = [part(last, side, stop) for side in (0, 1)]
        taken = sides.index(TRUE) if sides.count(TRUE) == 1 else None
        todo += [(blocks(last)[side], atom) for side, atom in enumerate(sides) if side != taken]
    return True


class Leaving(Selections):
    """The part of the reverse sweep that deals with loops that end early."""

    mirror: dict[Stmt, Stmt]
    dropped: dict[Stmt, int]
    meets: dict[str, If]
    more_outs: dict[Stmt, list[Out]]
    more_carries: dict[Stmt, list[Carry]]
    own_flags: dict[Stmt, str]
    exit_sides: dict[Stmt, int]

    # ---- what is known

    def truth(self, atom: Atom, facts: Facts) -> bool | None:
        """Whether a condition holds, if the facts tell."""
        if isinstance(atom, Const):
            return bool(atom.value)
        if not isinstance(atom, Var):
            return None
        if atom.name in facts:
            return facts[atom.name]
        let = self.storage.lets.get(atom.name)
        if let is not None and let.call.fun == "not":
            inner = self.truth(let.call.args[0], facts)
            return None if inner is None else not inner
        return None

    def known(self, atom: Atom, facts: Facts) -> Atom:
        """What a cotangent is under the facts: one side of the branches that it was made by."""
        result = atom
        while isinstance(atom, Var) and atom.name in self.meets:
            made = self.meets[atom.name]
            truth = self.truth(made.cond, facts)
            if truth is None:
                break
            atom = part(made, 0 if truth else 1, atom)
            inside = {n for s in walk((*made.then, *made.orelse)) for n in defines(s)}
            made_there = isinstance(atom, Var) and atom.name in self.storage.places
            if not isinstance(atom, Var) or atom.name in self.program.params:
                result = atom
            elif atom.name not in inside and not made_there:  # what a branch made has no value on the other
                result = atom
        return result

    def facts(self, exit_: Exit) -> Facts:
        """What the truth values that tell of the loop's end are if an exit was taken."""
        way = (*exit_.path, (exit_.stmt, exit_.side))
        conditions: Facts = {}
        for branch, side in way:
            cond, positive = self._positive(branch.cond, True)
            if isinstance(cond, Var):
                conditions[cond.name] = (side == 0) == positive
        found: Facts = {}
        for c in self._latches(self.loops[-1].stmt):
            last = leaf(c.next, way)
            truth = False if last == Var(c.name) else self.truth(last, conditions)
            if truth is not None:
                found[c.out] = truth
        return found

    def none_taken(self) -> Facts:
        """What these truth values are if no exit was taken; nothing where the loop ends in other ways too."""
        stmt = self.loops[-1].stmt
        assert isinstance(stmt, For | While)
        return {c.out: False for c in self._latches(stmt)} if ends_by_exits(stmt) else {}

    def _latches(self, stmt: Stmt) -> list[Carry]:
        assert isinstance(stmt, For | While)
        return [c for c in stmt.carried if self._is_latch(stmt, c)]

    # ---- flags

    def _flag_of(self, stmt: Stmt, exit_: Exit) -> str | None:
        """A value behind the loop that is true if and only if the exit was taken, if reached."""
        assert isinstance(stmt, For | While)
        cond, taken = self._positive(exit_.stmt.cond, exit_.side == 0)
        for c in stmt.carried:
            if c.next == cond and taken and self._is_latch(stmt, c):
                return c.out
            atom = leaf(c.next, exit_.path)
            sides = [part(exit_.stmt, side, atom) for side in (exit_.side, 1 - exit_.side)]
            if sides[0] == TRUE and sides[1] in (FALSE, Var(c.name)) and self._is_latch(stmt, c):
                return c.out
        return None

    def _positive(self, atom: Atom, truth: bool) -> tuple[Atom, bool]:
        let = self.storage.lets.get(atom.name) if isinstance(atom, Var) else None
        return (let.call.args[0], not truth) if let is not None and let.call.fun == "not" else (atom, truth)

    def _is_latch(self, stmt: For | While, c: Carry) -> bool:
        """Whether a carried truth value is false in every trip, and ends the loop where it becomes true."""
        if self.kinds[c.name].cat != "bool" or not self._is_false(stmt, c.init):
            return False
        return stmt.stop is not None and self._stops(stmt.body, c.next, stmt.stop, Var(c.name), {})

    def _is_false(self, stmt: Stmt, atom: Atom) -> bool:
        if atom == FALSE:
            return True
        return any(
            Var(c.name) == atom and self._is_latch(loop, c)
            for loop in self.storage.loops[stmt]
            if isinstance(loop, For | While)
            for c in loop.carried
        )

    def _stops(self, block: Block, atom: Atom, stop: Atom, head: Atom, facts: Facts) -> bool:
        """Whether the loop ends wherever a carried truth value becomes true."""
        truth = self.truth(atom, facts)
        if stop == TRUE or atom == head or truth is False:
            return True
        last = block[-1] if block else None
        if not isinstance(last, If):
            return False
        cond, positive = self._positive(last.cond, True)
        if not isinstance(cond, Var):
            return False
        return all(
            self._stops(
                blocks(last)[side],
                part(last, side, atom),
                part(last, side, stop),
                head,
                {**facts, cond.name: (side == 0) == positive},
            )
            for side in (0, 1)
        )

    def _flag(self, loop: Loop, exit_: Exit) -> str:
        """The flag of an exit behind the loop, which the forward sweep is made to keep if it does not."""
        found = self._flag_of(loop.stmt, exit_)
        if found is not None:
            return found
        if exit_.stmt not in self.own_flags:
            head, out = self.fresh("broken", K.BOOL), self.fresh("broken", K.BOOL)
            taken: Atom = TRUE
            for branch, side in ((exit_.stmt, exit_.side), *reversed(exit_.path)):
                name = self.fresh("broken", K.BOOL)
                sides = (taken, Var(head)) if side == 0 else (Var(head), taken)
                self.more_outs.setdefault(branch, []).append(Out(name, *sides))
                taken = Var(name)
            self.more_carries.setdefault(loop.stmt, []).append(Carry(head, FALSE, taken, out))
            place = Place(self.storage.loops[loop.stmt], 0, self.storage.span[loop.stmt][1])
            self.storage.places[out] = place
            self.own_flags[exit_.stmt] = out
        return self.own_flags[exit_.stmt]

    def _outer_flag(self, flag: str, out: str) -> Atom:
        """The flag where a loop is entered backwards: in a loop around it that it ends too, that loop's."""
        if len(self.loops) < 2:
            return Var(flag)
        outer = self.loops[-2]
        assert isinstance(outer.stmt, For | While)
        for c in outer.stmt.carried:
            if c.next == Var(flag) and self._is_latch(outer.stmt, c):
                if c.out not in outer.flags:
                    outer.flags[c.out] = self.fresh(self.fresh.hints.get(c.out, ""), K.BOOL)
                outer.passed.setdefault(c.out, []).append(out)
                return Var(outer.flags[c.out])
        return Var(flag)

    def with_flags(self, body: Block) -> tuple[Block, list[Carry]]:
        """The reversed trip that looks at flags where the forward sweep tested whether to leave."""
        loop = self.loops[-1]
        exits = {e.stmt: e for e in loop.exits}
        body = self._flagged(body, exits)
        carries: list[Carry] = []
        for flag, head in loop.flags.items():
            following: Atom = FALSE
            alone = [s for s in body if isinstance(s, If) and loop.heads.get(s) == head]
            passed = loop.passed.get(flag, [])
            if len(passed) == 1 and any(passed[0] in defines(s) for s in body):
                following = Var(passed[0])
            elif len(alone) == 1 and not passed and sum(h == head for h in loop.heads.values()) == 1:
                made = alone[0]
                name = self.fresh(self.fresh.hints.get(flag, ""), K.BOOL)
                side = exits[self.mirror[made]].side  # type: ignore[index]
                sides = (FALSE, Var(head)) if side == 0 else (Var(head), FALSE)
                new = replace(made, outs=(*made.outs, Out(name, *sides)))
                self._same(made, new)
                body = tuple(new if s is made else s for s in body)
                following = Var(name)
            out = self.fresh(self.fresh.hints.get(flag, ""), K.BOOL)
            carries.append(Carry(head, self._outer_flag(flag, out), following, out))
        return body, carries

    def _flagged(self, block: Block, exits: dict[If, Exit]) -> Block:
        loop = self.loops[-1]
        done: list[Stmt] = []
        for stmt in block:
            primal = self.mirror.get(stmt)
            if not isinstance(stmt, If) or not isinstance(primal, If):
                done.append(stmt)
                continue
            new = with_blocks(stmt, tuple(self._flagged(b, exits) for b in blocks(stmt)))
            assert isinstance(new, If)
            if primal in exits and stmt not in self.dropped:
                flag = self._flag(loop, exits[primal])
                if flag not in loop.flags:
                    loop.flags[flag] = self.fresh(self.fresh.hints.get(flag, ""), K.BOOL)
                head = cond = loop.flags[flag]
                if exits[primal].side == 1:
                    cond = self.fresh("", K.BOOL)
                    done.append(Let(cond, Call("not", (Var(head),)), None, True))
                new = replace(new, cond=Var(cond))
                loop.heads[new] = head
                self.exit_sides[primal] = exits[primal].side
            if new is not stmt:
                self._same(stmt, new)
            done.append(new)
        return tuple(done)

    def _same(self, old: Stmt, new: Stmt) -> None:
        """Let a statement that replaces another mirror what that one did."""
        self.mirror[new] = self.mirror[old]
        if old in self.dropped:
            self.dropped[new] = self.dropped[old]

    # ---- cotangents

    def enter_exit(self, exit_: Exit) -> None:
        """The cotangents at the end of the trip that left the loop."""
        loop = self.loops[-1]
        facts, none = self.facts(exit_), self.none_taken()
        self.bars = dict(loop.base)
        for c, handed, entry in loop.handed:
            bar = handed
            atom = self.leaf_of(c.next, (*exit_.path, (exit_.stmt, exit_.side)))
            known = self.known(entry.atom, facts)
            special = isinstance(known, Const) and known != self.known(entry.atom, none)
            if special or handed.atom != loop.rounds.get(c.name):
                bar = replace(entry, atom=known, owned=False)
            if bar.atom != Const(0.0):
                self.give(atom, bar)
        self.bars.update(loop.latched)

    def leaf_of(self, atom: Atom, way: Way) -> Atom:
        """What stands behind a loop, at the end of the trip that leaves it this way."""
        return leaf(atom, way)

    def adds_outside(self, stmt: Stmt) -> bool:
        """Whether a statement of the reversed trip writes into what is older than the trip."""
        if not isinstance(stmt, Store | Do):
            return False
        base = stmt.base if isinstance(stmt, Store) else stmt.call.args[0]
        lets = {s.name: s for s in self.block if isinstance(s, Let)}
        while isinstance(base, Var) and base.name in lets:
            call = lets[base.name].call
            if is_view(call, self.kinds, self.kinds[base.name]) == "":
                return False
            base = call.args[0] if call.fun == "getitem" else Const(None)
        return True

    def is_latched(self, stmt: Stmt, c: Carry) -> bool:
        """Whether a carried value is only handed on in the trips that do not end the loop."""
        if self.kinds[c.name].cat in ("list", "tuple", "dict", "object"):
            return False
        assert isinstance(stmt, For | While)
        leaves = 0
        todo: list[tuple[Block, Atom]] = [(stmt.body, c.next)]
        while todo:
            block, atom = todo.pop()
            last = block[-1] if block else None
            exits = {e.stmt: e.side for e in self.loops[-1].exits}
            if isinstance(last, If) and part(last, 0, atom) != atom and last in exits:
                side = 1 - exits[last]
                todo.append((blocks(last)[side], part(last, side, atom)))
            elif atom == Var(c.name):
                leaves += 1
            else:
                return False
        used = sum(n == c.name for s in walk(stmt.body) for n in uses(s))
        head = stmt.head if isinstance(stmt, While) else ()
        used += sum(n == c.name for s in walk(head) for n in uses(s))
        return leaves == 1 and used == 1 and isinstance(c.next, Var)

    def sharper(self, body: Block, carry: Carry) -> Atom:
        """What goes into a reversed loop, if no exit for which it would be something else looks at it."""
        loop = self.loops[-1]
        assert isinstance(loop.stmt, For | While)
        if not loop.exits and any(True for _ in exits_of(loop.stmt)):
            return carry.init  # the reversed trips ask how the loop ended in other ways
        none = self.none_taken()
        known = self.known(carry.init, none)
        if known == carry.init or any(e.stmt not in self.exit_sides for e in loop.exits):
            return carry.init
        looking = [e for e in loop.exits if self._looks(body, carry.name, e, 0)]
        return known if all(self.facts(e) == none for e in looking) else carry.init

    def _looks(self, block: Block, name: str, exit_: Exit, depth: int) -> bool:
        """Whether a reversed trip that begins with an exit reads a name."""
        way = (*exit_.path, (exit_.stmt, exit_.side))
        found = False
        for stmt in block:
            if isinstance(stmt, If) and depth < len(way) and self.mirror.get(stmt) is way[depth][0]:
                side = way[depth][1]
                outs = [(o.then, o.orelse)[side] for o in stmt.outs]
                found |= any(name in atom_vars(a) for a in outs) or name in atom_vars(stmt.cond)
                found |= self._looks(blocks(stmt)[side], name, exit_, depth + 1)
            else:
                found |= any(name in uses(s) for s in walk((stmt,)))
        return found

