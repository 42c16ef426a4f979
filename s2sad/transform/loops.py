"""Adjoints of loops: which cotangents go round, and which are summed.

    for i in range(n):     b_bar goes round (a Carry): the cotangent of what is carried;
        b = k*b            k_bar is a sum: the cotangent of a value from outside, a number or an array that is
                           written in place

Accepts a For or While of the forward sweep with the cotangents behind it; guarantees the reversed
statement and the cotangents before it. Whether a cotangent is absent, uniform or owned at the head of the
reversed loop is a fixed point over its back edge and zero trips: the body is written anew until what was
assumed holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from s2sad.analysis.places import Place
from s2sad.analysis.unbound import unbound_in
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Const,
    For,
    If,
    Moves,
    Range,
    Stmt,
    Var,
    While,
    atom_vars,
)
from s2sad.transform.bars import ARRAYS
from s2sad.transform.cotangents import Bar, Loop
from s2sad.transform.leaving import exits_of
from s2sad.transform.unsettled import Unsettled


@dataclass(slots=True)
class Assumed:
    """What one try at a loop takes for granted.

    sums    values from outside whose cotangents the body adds to
    rounds  carried values whose cotangents go round, with the kind, uniformity and ownership at the head
    fixed   carried values whose cotangent goes round unchanged
    same    carried values whose cotangent is the same in all trips but the one that ends the loop: what it is
    varying carried values for which that has turned out to be wrong
    latched carried values that only the trip which ends the loop sets
    loose   carried values for which that has turned out to be wrong
    nones   carried values that no trip takes over from the one before: None goes round
    somes   carried values for which that has turned out to be wrong
    """

    sums: dict[str, None] = field(default_factory=dict)
    rounds: dict[str, tuple[Kind, bool, bool]] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    unfixed: set[str] = field(default_factory=set)
    same: dict[str, Bar] = field(default_factory=dict)
    varying: set[str] = field(default_factory=set)
    latched: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    nones: set[str] = field(default_factory=set)
    somes: set[str] = field(default_factory=set)

    def knows(self, name: str) -> bool:
        """Whether there is an assumption about the cotangent of a carried value."""
        return any(name in of for of in (self.rounds, self.fixed, self.same, self.latched))


def _is_same(back: Bar | None, head: Bar | None) -> bool:
    """Whether a trip hands on the cotangent that it was handed, by the same selection, in the same shape."""
    return back is not None and head is not None and replace(back, owned=head.owned) == head


class Loops(Unsettled):
    """The part of the reverse sweep that deals with structured statements."""

    assumed: dict[Stmt, Assumed]
    counters: dict[Stmt, str]

    # ---- loops

    def loop_adjoint(self, stmt: For | While) -> None:
        """The loop reversed, tried until what was assumed of its cotangents holds."""
        assumed = self.assumed.setdefault(stmt, Assumed())
        carried = [
            c
            for c in self.numbered_carries(stmt.carried)
            if (c.name in self.varied or c.out in self.varied)
            and not self.by_address(c.name)
            and not self.storage.in_list_table(c.name)
        ]
        for _ in range(30):
            saved, length = dict(self.bars), len(self.block)
            for c in carried:
                if c.out in self.bars and not assumed.knows(c.name):
                    assumed.rounds[c.name] = self._entry_state(c)
            if self._try(stmt, carried, assumed):
                return
            self.bars = saved
            del self.block[length:]
        raise AssertionError("the cotangents of a loop do not settle")

    def _entry_state(self, c: Carry) -> tuple[Kind, bool, bool]:
        return self._bar_state(c, self.bars.get(c.out))

    def _bar_state(self, c: Carry, bar: Bar | None) -> tuple[Kind, bool, bool]:
        if bar is None:
            uniform = self.kinds[c.name].cat in ARRAYS
            return K.FLOAT, uniform, not uniform
        return self.kind(bar.atom), bar.uniform, bar.owned and self._is_array_kind(c)

    def _is_array_kind(self, c: Carry) -> bool:
        """Whether what goes round is an array for certain; a rank-0 cotangent is a number."""
        kind = self.kinds[c.name]
        return kind.cat == "list" or (kind.cat in ARRAYS and kind.shape != ())

    def _try(self, stmt: For | While, carried: list[Carry], assumed: Assumed) -> bool:
        """Write the reversed loop under the assumptions; whether they hold."""
        entries = {c.name: self._enter(c, assumed) for c in carried if c.name in assumed.rounds}
        fixed = {c.name: self.bars.pop(c.out, None) for c in carried if c.name in assumed.fixed}
        numbers = self._enter_sums(assumed)
        apart = {*assumed.same, *assumed.latched}
        behind = {c.name: self.bars.pop(c.out, None) for c in carried if c.name in apart}
        outer, self.block = self.block, []
        loop = Loop(stmt, len(self.storage.loops[stmt]) + 1, dict(assumed.sums), {})
        loop.exits = () if assumed.nones else tuple(exits_of(stmt))
        self.loops.append(loop)
        heads: dict[str, Bar] = {}
        for name in numbers:
            self.bars[name] = Bar(Var(self.fresh(self.bar_hint(name), self._sum_kind(name))))
            heads[name] = self.bars[name]
        loop.base = dict(self.bars)
        self._hand_on(carried, assumed, entries, fixed | behind, heads)
        beside = dict(self.beside)
        for c in carried:
            held = heads.get(c.name)
            if held is not None and not held.uniform and self._stands_for(c, held):
                self.beside[c.name] = held.atom
        if self._rotate(carried, heads):
            loop.exits = ()
        self.sweep(stmt.body)
        backs = {c.name: self.bars.pop(c.name, None) for c in carried}
        holds = self._check(carried, assumed, entries, fixed | behind, heads, backs, loop)
        if not holds:
            self.loops.pop()
            self.block, self.beside = outer, beside
            return False
        carries = self._close_rounds(carried, assumed, entries, heads, backs)
        self.beside = beside
        sums = self._close_sums(numbers, heads)
        self.loops.pop()
        body, self.block = tuple(self.block), outer
        totals: list[Atom] = [Var(s.out) for s in sums]
        if not body and not carries and all(s.next == Var(s.name) for s in sums):
            totals = [s.init for s in sums]  # nothing is added: there is no reversed loop
        else:
            self._close_loop(loop, body, carries, sums)
        fixed |= {name: bar for name, bar in assumed.same.items() if behind.get(name) is not None}
        self._leave(carried, assumed, entries, fixed, carries, dict(zip(numbers, totals, strict=True)))
        return True

    def _hand_on(
        self,
        carried: list[Carry],
        assumed: Assumed,
        entries: dict[str, Bar],
        others: dict[str, Bar | None],
        heads: dict[str, Bar],
    ) -> None:
        """Hand the cotangents of what is carried on to the values that a trip leaves."""
        loop = self.loops[-1]
        for c in carried:
            entry = others.get(c.name)
            if c.name in entries:
                kind, uniform, owned = assumed.rounds[c.name]
                head = Bar(Var(self.fresh(self.bar_hint(c.out), kind)), uniform, owned)
                heads[c.name] = head
                if c.name in assumed.nones:
                    head = self._first_only(c, head)
                self._hand(c, head, entries[c.name])
                loop.rounds[c.name] = head.atom
            elif entry is not None:
                bar = replace(assumed.same.get(c.name, entry), owned=False)
                self._hand(c, bar, entry)
                if c.name in assumed.latched:
                    loop.latched[c.name] = bar

    def _close_loop(self, loop: Loop, body: Block, carries: list[Carry], sums: list[Carry]) -> None:
        """Append the reversed loop, with the flags that tell how the loop ended."""
        assert isinstance(loop.stmt, For | While)
        self._count_behind(loop.stmt, body, (*carries, *sums))
        self.loops.append(loop)
        body, flags = self.with_flags(body)
        turned = {n for c in (*carries, *sums) for n in atom_vars(c.next)}  # what a trip hands on as it is
        sharp = [c if c.name in turned else replace(c, init=self.sharper(body, c)) for c in carries]
        self.loops.pop()
        self._append_loop(loop.stmt, body, (*flags, *sharp, *sums))

    def _hand(self, c: Carry, bar: Bar, entry: Bar) -> None:
        """Hand a cotangent on to the value that a trip leaves; `entry` is what comes from behind the loop.

        What is added in place, to the buffer of a value from outside of the loop, is there for the exits too.
        """
        loop = self.loops[-1]
        if loop.exits and any(other.next == c.next for other, _, _ in loop.handed):
            bar = replace(bar, owned=False)
        length = len(self.block)
        self.give(c.next, bar)
        if not any(self.adds_outside(s) for s in self.block[length:]):
            loop.handed.append((c, bar, entry))

    def _holds(self, atom: Atom, head: Bar) -> bool:
        """Whether a value's shadow is what has just been handed round."""
        bar = self.bars.get(atom.name) if isinstance(atom, Var) else None
        return bar is not None and bar.atom == head.atom

    def _first_only(self, c: Carry, head: Bar) -> Bar:
        """What came from behind the loop in the first reversed trip, zeros afterwards."""
        assert isinstance(head.atom, Var) and isinstance(c.next, Var)
        kind = replace(self.kinds[c.next.name], cat="array")
        self.kinds[head.atom.name] = K.OBJECT
        next_name = c.next.name
        made = self.choose(
            self.let(Call("is", (head.atom, Const(None))), K.BOOL),
            lambda: self.zeros_like(self.like(next_name), kind),
            lambda: head.atom,
            self.bar_hint(c.name),
        )
        assert isinstance(made, Var)
        self.kinds[made.name] = kind
        return Bar(made, owned=True)

    def _stands_for(self, c: Carry, head: Bar) -> bool:
        """Whether the cotangent that goes round has the shape of what the head holds, if it holds any."""
        kind = self.kinds[c.name]
        if kind.cat not in ARRAYS or self.kind(head.atom).cat != "array" or not isinstance(c.next, Var):
            return False
        if c.name in self.unbound and self._forgets(c):
            return False
        left = self.kinds[c.next.name]
        return K.same_shape(kind, left) if kind.shape and left.shape else c.name in self.unbound

    def _forgets(self, c: Carry) -> bool:
        """Whether a trip may leave nothing where it has found something."""
        stmt = self.loops[-1].stmt
        assert isinstance(stmt, For | While)
        others = {other.name for other in stmt.carried if other.name in self.unbound} - {c.name}
        return isinstance(c.next, Var) and c.next.name in unbound_in(stmt.body, others)

    def _rotate(self, carried: list[Carry], heads: dict[str, Bar]) -> bool:
        """Name shadows that go round after the names that hold them in the body: `u, v, w = v, w, u`."""
        names = {c.name: c for c in carried if c.name in heads and self.storage_needs_buffer(c.name)}
        turned = [
            c
            for c in names.values()
            if isinstance(c.next, Var) and c.next.name in names and c.next.name != c.name
        ]
        turned = [c for c in turned if self._holds(c.next, heads[c.name])]
        if not turned:
            return False
        turned.sort(key=lambda c: c.next.name)  # type: ignore[union-attr]
        made: list[str] = []
        for c in turned:
            assert isinstance(c.next, Var)
            made.append(self.fresh(self.bar_hint(c.next.name), self.kind(heads[c.name].atom)))
            self.bars[c.next.name] = replace(self.bars[c.next.name], atom=Var(made[-1]))
        self.block.append(Moves(tuple(made), tuple(heads[c.name].atom for c in turned)))
        return True

    def _enter(self, c: Carry, assumed: Assumed) -> Bar:
        """The cotangent of what leaves the loop, in the form that the head wants."""
        _, uniform, owned = assumed.rounds[c.name]
        if self.storage_needs_buffer(c.out):
            return Bar(self._pop_buffer(c.out), owned=True)
        bar = self.bars.pop(c.out, None)
        if uniform:
            return self.clean(bar) if bar is not None else Bar(Const(0.0), True)
        if bar is None:
            self.skipped.add(c.out)
        bar = self.zero_of_any(c.out) if bar is None else self.full(bar, c.out)
        self.select_round(c, c.out)
        if owned and not bar.owned and self._is_array_kind(c):
            bar = Bar(self.own_copy(bar.atom, self.kind(bar.atom)), owned=True)
        return bar

    def _pop_buffer(self, name: str) -> Var:
        buffer = self.buffer(name)
        del self.bars[name]
        return buffer

    def _enter_sums(self, assumed: Assumed) -> dict[str, Atom]:
        """Make the sums ready: arrays and lists that are written in place, others that go round."""
        numbers: dict[str, Atom] = {}
        self.skipped.update(assumed.sums)  # there may be no trip
        for name in assumed.sums:
            kind = self.kinds[name]
            absent = kind.optional and kind.cat in ARRAYS  # what may be None is no buffer
            if (kind.cat in ARRAYS and not absent) or kind.cat == "list":
                self.buffer(name)
                continue
            self.outer(name)
            bar = self.bars.pop(name, None)
            if bar is None:
                numbers[name] = self.zero(name).atom if absent else Const(0.0)
            else:
                numbers[name] = self.full(bar, name).atom
        return numbers

    def _sum_kind(self, name: str) -> Kind:
        kind = self.kinds[name]
        if not kind.is_python:
            return kind
        return Kind("npscalar", "complex128", ()) if kind.cat == "complex" else K.npscalar()

    def _check(
        self,
        carried: list[Carry],
        assumed: Assumed,
        entries: dict[str, Bar],
        fixed: dict[str, Bar | None],
        heads: dict[str, Bar],
        backs: dict[str, Bar | None],
        loop: Loop,
    ) -> bool:
        """Whether what was assumed holds; if not, assume less."""
        holds = not loop.missing
        assumed.sums.update(loop.missing)
        for c in carried:
            back = backs[c.name]
            if c.name in assumed.fixed:
                if not _is_same(back, fixed[c.name]):
                    assumed.fixed.discard(c.name)
                    assumed.unfixed.add(c.name)
                    assumed.rounds[c.name] = self._bar_state(c, fixed[c.name])
                    holds = False
            elif c.name in assumed.same or c.name in assumed.latched:
                holds = self._check_same(c, assumed, fixed[c.name], back) and holds
            elif c.name not in entries:
                if back is not None:
                    uniform = self.kinds[c.name].cat in ARRAYS
                    assumed.rounds[c.name] = (K.FLOAT, uniform, not uniform)
                    holds = False
            else:
                holds = self._check_round(c, assumed, entries[c.name], heads[c.name], back) and holds
        return holds

    def _check_same(self, c: Carry, assumed: Assumed, entry: Bar | None, back: Bar | None) -> bool:
        if entry is None and back is None:
            return True
        if entry is not None and back is not None:
            known = replace(entry, atom=self.known(entry.atom, self.none_taken()), owned=False)
            expected = assumed.same.get(c.name, replace(entry, owned=False))
            lost = self.active(c.init) and known.atom != Const(0.0)
            stands = known == expected if c.name in assumed.same else not lost
            if stands and replace(back, owned=False) == expected:
                return True
        assumed.rounds[c.name] = self._bar_state(c, entry)
        if c.name in assumed.same:
            del assumed.same[c.name]
            assumed.varying.add(c.name)
        else:
            assumed.latched.discard(c.name)
            assumed.loose.add(c.name)
        return False

    def _check_round(self, c: Carry, assumed: Assumed, entry: Bar, head: Bar, back: Bar | None) -> bool:
        kind, uniform, owned = assumed.rounds[c.name]
        if back is None and c.name not in assumed.nones | assumed.somes and self._other_each_trip(c):
            assumed.nones.add(c.name)
            assumed.rounds[c.name] = (replace(self.kinds[c.name], cat="array"), False, True)
            return False
        if c.name in assumed.nones:
            if back is None:
                return True
            assumed.nones.discard(c.name)  # assumed on another try, around another state
            assumed.somes.add(c.name)
            assumed.rounds[c.name] = self.kind(back.atom), False, False
            return False
        if self.storage_needs_buffer(c.name):
            new = (replace(self.kinds[c.name], cat="array"), False, True)
        elif _is_same(back, head) and c.name not in assumed.unfixed:
            del assumed.rounds[c.name]
            assumed.fixed.add(c.name)
            return False
        elif self.loops[-1].exits and self._is_simpler(c, assumed, entry):
            del assumed.rounds[c.name]
            return False
        else:
            new_uniform = uniform and entry.uniform and (back is None or (back.uniform and back.mask is None))
            kept = owned and not new_uniform and entry.owned and (back is None or back.owned)
            new_owned = kept and self._is_array_kind(c)
            new = (self._round_kind(c, kind, entry, back, new_uniform), new_uniform, new_owned)
        if new != (kind, uniform, owned):
            assumed.rounds[c.name] = new
            return False
        return True

    def _is_simpler(self, c: Carry, assumed: Assumed, entry: Bar) -> bool:
        """Whether the cotangent need not go round, if another try is right."""
        known = replace(entry, atom=self.known(entry.atom, self.none_taken()), owned=False)
        active = self.active(c.init) and known.atom != Const(0.0)
        if c.name not in assumed.loose and not active and self.is_latched(self.loops[-1].stmt, c):
            assumed.latched.add(c.name)
            return True
        if c.name not in assumed.varying and (isinstance(known.atom, Const) or known.atom != entry.atom):
            assumed.same[c.name] = known
            return True
        return False

    def _other_each_trip(self, c: Carry) -> bool:
        """Whether each trip makes an array of its own, of a shape that only it knows."""
        kind = self.kinds[c.name]
        if c.name not in self.unbound or kind.cat not in ARRAYS or not isinstance(c.next, Var):
            return False
        alike = kind.shape and K.same_shape(kind, self.kinds[c.next.name])
        return not alike and c.next.name not in self.unbound

    def _round_kind(self, c: Carry, kind: Kind, entry: Bar, back: Bar | None, uniform: bool) -> Kind:
        mine = self.kinds[c.name]
        left = self.kinds[c.next.name] if isinstance(c.next, Var) else mine
        if mine.shape and mine.rank == left.rank:
            mine = replace(mine, shape=left.shape)
        if not uniform and mine.cat in ARRAYS and mine.shape != ():
            sort = K.promote(
                mine, self.kind(entry.atom), *([self.kind(back.atom)] if back is not None else [])
            )
            return replace(mine, dtype=sort)
        if back is None or mine.cat == "list":
            return kind if mine.cat != "list" else mine
        joined = K.join(K.join(self.kind(entry.atom), self.kind(back.atom)), kind)
        return (
            joined
            if not joined.shape
            else replace(joined, shape=kind.shape if kind.rank == joined.rank else None)
        )

    def _close_rounds(
        self,
        carried: list[Carry],
        assumed: Assumed,
        entries: dict[str, Bar],
        heads: dict[str, Bar],
        backs: dict[str, Bar | None],
    ) -> list[Carry]:
        carries: list[Carry] = []
        for c in carried:
            if c.name not in entries:
                continue
            _, uniform, _ = assumed.rounds[c.name]
            back = backs[c.name]
            if c.name in assumed.nones:
                atom: Atom = Const(None)
            elif self.storage_needs_buffer(c.name):
                if back is not None:
                    self.bars[c.name] = back
                atom = self._pop_buffer(c.name)
            elif uniform:
                atom = Const(0.0) if back is None else back.atom
            else:
                made = self.zero(c.name) if back is None else self.full(back, c.name)
                self.select_round(c, c.name)
                atom = made.atom
            head = heads[c.name].atom
            assert isinstance(head, Var)
            out = self.fresh(self.bar_hint(c.name), self.kinds[head.name])
            carries.append(Carry(head.name, entries[c.name].atom, atom, out))
        return carries

    def _close_sums(self, numbers: dict[str, Atom], heads: dict[str, Bar]) -> list[Carry]:
        sums: list[Carry] = []
        for name, entry in numbers.items():
            head = heads[name].atom
            assert isinstance(head, Var)
            bar = self.full(self.bars.pop(name), name)
            out = self.fresh(self.bar_hint(name), self.kinds[head.name])
            sums.append(Carry(head.name, entry, bar.atom, out))
        return sums

    def _leave(
        self,
        carried: list[Carry],
        assumed: Assumed,
        entries: dict[str, Bar],
        fixed: dict[str, Bar | None],
        carries: list[Carry],
        totals: dict[str, Atom],
    ) -> None:
        """Hand on what came to the head of the loop: sums to their values, rounds to what was carried in."""
        for name, total in totals.items():
            self.bars[name] = Bar(total)
        rounds = [c for c in carried if c.name in entries]
        for c, made in zip(rounds, carries, strict=True):
            _, uniform, owned = assumed.rounds[c.name]
            if c.name in assumed.nones:
                self.give_untaken(c.init, made.out)
                continue
            self.give(c.init, Bar(Var(made.out), uniform, owned or self.storage_needs_buffer(c.name)))
        for c in carried:
            bar = fixed.get(c.name)
            if bar is not None:
                self.give(c.init, replace(bar, owned=False))

    # ---- the reversed space

    def _append_loop(self, stmt: For | While, body: Block, carried: tuple[Carry, ...]) -> None:
        target, space = self._reversed_space(stmt)
        made = For(target, space, body, carried, None, None, True)
        self.mirror[made] = stmt
        self.block.append(made)

    def _count_behind(self, stmt: For | While, body: Block, carried: tuple[Carry, ...]) -> None:
        """Note that the trip which breaks has no adjoint: trips are counted behind the test.

        The reversed loop then does not ask the test again.

        for i in range(n):                 trips = 0
            if t > 5.0: break              for i in range(n):
            t = t*t                            if t > 5.0: break
                                               trips += 1
                                               t = t*t
        """
        self.behind.pop(stmt, None)  # an earlier try may have found less to do
        if stmt.stop is None or len(body) != 1 or not isinstance(body[0], If) or body[0] not in self.mirror:
            return
        primal = self.mirror[body[0]]
        if not isinstance(primal, If) or stmt.body[-1] is not primal:
            return
        stops = [o for o in primal.outs if Var(o.name) == stmt.stop]
        if len(stops) != 1:
            return
        side = 1 if stops[0].then == Const(True) else 0 if stops[0].orelse == Const(True) else None
        empty = body[0].then if side == 1 else body[0].orelse
        if side is None or empty:
            return
        outs = {o.name: (o.then if side == 1 else o.orelse) for o in body[0].outs}
        for c in carried:
            if c.next != Var(c.name) and not (
                isinstance(c.next, Var) and outs.get(c.next.name) == Var(c.name)
            ):
                return
        self.dropped[body[0]] = side
        self.behind[stmt] = (primal, side)

    dropped: dict[Stmt, int]
    behind: dict[Stmt, tuple[Stmt, int]]

    def _reversed_space(self, stmt: For | While) -> tuple[str, Range | Atom]:
        if isinstance(stmt, For) and isinstance(stmt.space, Range) and stmt.stop is None:
            start, stop, step = stmt.space.start, stmt.space.stop, stmt.space.step
            hint = self.fresh.hints.get(stmt.target, "i") or "i"
            target = self.fresh(hint, K.INT)
            if step == Const(1):
                return target, Range(self._shifted(stop, -1), self._shifted(start, -1), Const(-1))
            if step == Const(-1):
                return target, Range(self._shifted(stop, 1), self._shifted(start, 1), Const(1))
            made = self.let(Call("range", (start, stop, step)), K.RANGE)
            return target, self.let(Call("reversed", (made,)), K.RANGE)
        trips = Var(self.counter(stmt))
        hint = "i"
        if isinstance(stmt, For) and isinstance(stmt.space, Range):
            if (stmt.space.start, stmt.space.step) == (Const(0), Const(1)):
                hint = self.fresh.hints.get(stmt.target, "i") or "i"
        return self.fresh(hint, K.INT), Range(self.binary("sub", trips, Const(1)), Const(-1), Const(-1))

    def _shifted(self, atom: Atom, by: int) -> Atom:
        """`atom + by`, where `n - 1` shifted by one is n."""
        if isinstance(atom, Var) and self.kinds[atom.name].cat == "int":
            name, shift = self.storage.settled.linear(atom.name)
            atom, by = Var(name), shift + by
        if not by:
            return atom
        return self.binary("add" if by > 0 else "sub", atom, Const(abs(by)))

    def counter(self, stmt: Stmt) -> str:
        """The name of a loop's trip count, which the forward sweep is made to keep."""
        if stmt not in self.counters:
            name = self.fresh("trip" if self.storage.loops[stmt] else "trips", K.INT)
            self.counters[stmt] = name
            self.storage.places[name] = Place(self.storage.loops[stmt], 0, self.storage.span[stmt][1])
        return self.counters[stmt]
