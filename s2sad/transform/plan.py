"""How one reversed loop gets the values that a trip of the loop made.

Accepts a reversed loop, the loop of the forward sweep that it mirrors, and the values of a trip that it
reads, with the branches in which it does; guarantees a loop that reads nothing of the trip but what it is
given, and the forward sweep's appends. The reversed loop

    takes its own index for the loop's,
    recomputes what costs no more than reading a tape (`x[i]` of an x that is never written, `i - 1`, shapes,
    views, items of lists that only grow),
    takes what the last trip left, for the side of a branch that ended the loop,
    reads a tape: a list to which the forward sweep appends, by index if that is once per trip, else with pop;
    it is the user's own list where that has the value of every trip.

    for i in range(n):       ts = []
        t = np.sin(t)        for i in range(n): ts.append(t); t = np.sin(t)
                             for i in range(n - 1, -1, -1): t_bar = np.cos(ts[i])*t_bar
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from s2sad.analysis.places import Place
from s2sad.analysis.primitives import ARITHMETIC, COMPARISONS, is_pure, subscript
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
    Stmt,
    Undef,
    Var,
    While,
    blocks,
    call_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_statement, with_blocks
from s2sad.transform.leaving import leaf
from s2sad.transform.outlines import by_shape
from s2sad.transform.trips import Path, Trips

if TYPE_CHECKING:
    from s2sad.transform.record import Record

INTEGER = frozenset(("add", "sub", "mul", "floordiv", "mod", "neg", "min", "max", "len", "abs"))
CHEAP = frozenset(("add", "sub", "mul", "neg", "not")) | COMPARISONS


class Plan(Trips):
    """How one reversed loop gets the values of its trip."""

    def __init__(self, record: Record, primal: Stmt, made: For) -> None:
        super().__init__(record, primal, made)
        self.where: dict[str, tuple[Path, ...]] = {}
        self.how: dict[str, str] = {}
        self.taped: set[str] = set()
        self.shapes: dict[str, str] = {}  # values of which only the shape is read, by values that have it
        self.contents: set[str] = set()  # values of which more is read than the shape
        self.outlines: dict[str, str] = {}  # shapes that are taped in place of values
        self.anew: dict[str, Call] = {}  # arrays that are made of numbers, of which others like them are made

    def settle(self, names: list[str]) -> set[str]:
        """Which of the values must be taped; others can then be made of these."""
        taped = {n for n in names if self._decide(n) == "tape"}
        while True:
            self.taped = taped
            fewer = {n for n in taped if not self._is_cheap(n, 0)}
            if fewer == taped:
                return self._from_one(taped)
            taped = fewer

    def _from_one(self, taped: set[str]) -> set[str]:
        """The tapes, with one of x in place of those of numbers that single operations make of x."""
        scalars = [n for n in taped if self.r.kinds[n].is_python and n in self.r.storage.lets]
        operands = {n for name in scalars for n in call_vars(self._call(name))} - taped
        for operand in sorted(n for n in operands if self.r.made_in(n, self.primal)):
            self.taped = taped | {operand}
            rest = {operand} | {n for n in taped if n not in scalars or not self._is_cheap(n, 0)}
            if self.r.kinds[operand].is_python and len(rest) < len(taped):
                taped = rest
        return self._from_arrays(taped)

    def _from_arrays(self, taped: set[str]) -> set[str]:
        """The tapes, with one of an array in place of those of several of its elements."""
        lets = self.r.storage.lets
        reads = [lets[n].call for n in taped if n in lets and lets[n].call.fun == "getitem"]
        bases = Counter(call.args[0].name for call in reads if isinstance(call.args[0], Var))
        for base in sorted(n for n, count in bases.items() if count > 1 and n not in taped):
            if self.r.kinds[base].cat == "array" and self.r.made_in(base, self.primal):
                self.taped = taped | {base}
                rest = {base} | {n for n in taped if not self._is_cheap(n, 0)}
                taped = rest if len(rest) < len(taped) else taped
        self.taped = taped
        return taped

    def want(self, name: str, path: tuple[Path, ...]) -> None:
        """Ask for a value at a place."""
        if name in self.where:
            self.where[name] = common([self.where[name], path])
            if self.how[name] != "recompute" and not (self.how[name] == "last" and not self._on_exit(path)):
                return
        else:
            self.where[name] = path
        self.how[name] = self._decide(name)
        if self._on_exit(self.where[name]) and self._leaves(name):
            self.how[name] = "last"
        if self.how[name] == "recompute":
            for needed in call_vars(self._call(name)):
                if self.r.made_in(needed, self.primal):
                    self.contents.add(needed)
                    self.want(needed, self.where[name])

    def _decide(self, name: str) -> str:
        if self.is_index(name):
            return "index"
        if name in self.taped:
            return "tape"
        if self._is_cheap(name, 0):
            return "recompute"
        return "last" if self._stays(name) else "tape"

    def _stays(self, name: str) -> bool:
        """Whether every trip computes the same from what is made outside of all loops: the last one does."""
        lets, places, stmt = self.r.storage.lets, self.r.storage.places, self.r.owner_of.get(name)
        around = (*self.r.storage.loops[self.primal], self.primal)
        for loop in reversed(around):
            if stmt is None or self.r.parents.get(stmt) != (loop, 1 if isinstance(loop, While) else 0):
                return False
            stmt = loop
        names, depth = [name], 0
        while names:
            let, depth = lets.get(names.pop()), depth + 1
            if let is None or depth > 20 or not self._is_lasting(let):
                return False
            names += [n for n in call_vars(let.call) if places[n].loops[:1] == around[:1]]
        return True

    def _is_lasting(self, let: Let) -> bool:
        """Whether equal operands make an equal value, which nobody writes to."""
        kinds, atoms = self.r.kinds, [Var(let.name), *(Var(n) for n in call_vars(let.call))]
        return (
            not let.made
            and is_pure(let.call, kinds)
            and let.call.fun not in ("call", "getattr")
            and all(kinds[a.name].is_number and not self._is_written(a.name) for a in atoms)
        )

    def is_cheap(self, name: str) -> bool:
        """Whether a value of the trip is made again."""
        return self._is_cheap(name, 0)

    def _is_cheap(self, name: str, depth: int) -> bool:
        """Whether evaluating a definition again gives the same value at no more than the cost of a tape."""
        let = self.r.storage.lets.get(name)
        if let is None or depth > 5 or let.made:
            return False
        call, kind = self._call(name), self.r.kinds[name]
        if call.fun in ("getitem", "getattr", "len"):
            cheap = self._is_cheap_read(call, kind, let)
        elif kind.cat in ("int", "bool"):
            cheap = (call.fun in INTEGER or call.fun in CHEAP) and not any(
                self.r.rev.kind(a).cat in ("array", "num", "object") or self._is_held(a) for a in call.args
            )
        elif kind.is_scalar and (call.fun in CHEAP or (kind.is_python and _is_quick(call))):
            # An expression on 0-d arrays reads storage.
            cheap = all(self.r.rev.kind(a).is_scalar for a in call.args)
            depth += 2
        elif kind.is_scalar and (call.fun in ARITHMETIC or call.fun.startswith("math.")):
            names = list(call_vars(call))  # what no loop changes
            return all(self.r.rev.kind(a).is_scalar for a in call.args) and all(map(self._is_outside, names))
        elif kind.cat == "array" and self._is_elementwise(let, call) and not self.r.storage.is_mutable(name):
            return all(self._is_at_hand(n, depth + 1) for n in call_vars(call))
        else:
            return False
        return cheap and all(self._available(n, depth + 1) for n in call_vars(call))

    def _is_cheap_read(self, call: Call, kind: K.Kind, let: Let) -> bool:
        """A view, an element that is not written after it is read, metadata."""
        if call.fun == "len":
            return self.r.rev.kind(call.args[0]).cat != "list" or not self._is_held(call.args[0])
        if call.fun == "getattr":
            name = call.args[1]
            return isinstance(name, Const) and name.value in ("shape", "size", "ndim", "T")
        base, index = call.args
        if self.r.rev.kind(base) == K.RANGE:
            return True
        if self.r.rev.kind(base).optional:  # where it is None nothing is read
            return False
        if isinstance(base, Var) and self.r.only_grows(base.name):
            return self.r.storage.settled.is_natural(index)
        what = subscript(self.r.rev.kind(base), index, kind, self.r.kinds)
        if isinstance(base, Var) and what != "view" and self._is_written(base.name):
            stands = call is self.r.storage.cells.get(let.name)
            if not stands and (call != let.call or self.r.storage.overwritten(let)):
                return False
        return what not in ("maybe", "any", "part") and (what != "fresh" or kind.is_scalar)

    def _call(self, name: str) -> Call:
        """A definition in terms of the copies that the forward sweep keeps of written operands.

        What stands in an array for good is read there.
        """
        let = self.r.storage.lets[name]
        if let.call.fun != "getitem" and name in self.r.storage.cells:
            return self.r.storage.cells[name]
        kept = self.r.rev.snapshots
        args = tuple(kept.get((let, a.name), a) if isinstance(a, Var) else a for a in let.call.args)
        return replace(let.call, args=args)

    def _is_at_hand(self, name: str, depth: int) -> bool:
        """Whether an array comes from outside of the loop, from a tape, or as a view."""
        if not self.r.made_in(name, self.primal) or name in self.taped:
            return True
        let = self.r.storage.lets.get(name)
        read = let is not None and let.call.fun == "getitem"
        item = read and let is not None and self.r.rev.kind(let.call.args[0]).cat == "list"
        return (item or self.r.storage.view_of(name) is not None) and self._is_cheap(name, depth)

    def _is_elementwise(self, let: Let, call: Call) -> bool:
        """One cheap operation on arrays that are not written afterwards."""
        square = call.fun == "pow" and isinstance(call.args[1], Const) and isinstance(call.args[1].value, int)
        cheap = square or call.fun in ("add", "sub", "mul", "neg", "np.maximum", "np.minimum")
        return cheap and not any(self.r.storage.written_later(n, let) for n in call_vars(call))

    def _is_written(self, name: str) -> bool:
        cls, storage = self.r.rev.aliases.of(name), self.r.storage
        if cls is None:
            return False
        return cls in storage.mutable or cls in self.r.written_lists or cls in storage.written_lists

    def _is_held(self, atom: Atom) -> bool:
        """Whether an operand is a container that changes: `k in seen` differs from trip to trip."""
        return isinstance(atom, Var) and self._is_written(atom.name)

    def _is_outside(self, name: str) -> bool:
        """Whether a value is made outside of all loops."""
        place = self.r.storage.places.get(name)
        return place is not None and not place.loops

    def _available(self, name: str, depth: int) -> bool:
        if not self.r.made_in(name, self.primal):
            return True
        return name in self.taped or self.is_index(name) or self._is_cheap(name, depth)

    # ---- execution

    def carry_out(self) -> For:
        """The loop with its reads, and the forward sweep's appends."""
        order = sorted(self.where, key=lambda n: (self.r.storage.places[n].at, n))
        for name in order:
            if self.how[name] == "index":
                self.names[name] = self.loop_index(name)
        for name in order:
            if self.how[name] == "last":
                self._last(name)
            elif self.how[name] == "tape":
                self._tape(name)
        for name in order:
            if self.how[name] == "recompute":
                self._recompute(name)
        for name, other in self.shapes.items():
            assert other in self.names or not self.r.made_in(other, self.primal), other
            self.names.setdefault(name, self.names.get(other, Var(other)))
        body = self._insert(self._by_trip(self.made.body), ())
        turned = tuple(replace(c, next=self.mapped(c.next)) for c in self.made.carried)
        result = self._without_test(replace(self.made, body=body, carried=turned))
        self.r.rev.mirror[result] = self.primal
        return result

    def _by_trip(self, block: Block) -> Block:
        """The loop's body, in which cotangents of what each trip appends to a list are read at its place.

        Not so where a trip reads the list, too: `xs[-1]` is the last of those that are there in that trip.
        """
        lists = {xs.name for (_, loop), xs in self.r.histories.items() if loop is self.primal}
        if lists:
            used = Counter(n for s in walk((self.primal,)) for n in uses(s))
            lists = {name for name in lists if used[name] == 1}
        popped = self.r.rev.popped
        taken = [s for s in block if isinstance(s, Let) and popped.get(s.name) in lists] if lists else []
        index = self.trip_index() if taken else None
        if index is None:
            return block
        read: dict[Stmt, Stmt] = {
            s: replace(s, call=Call("getitem", (s.call.args[0], index))) for s in taken
        }
        return tuple(read.get(s, s) for s in block)

    def _without_test(self, loop: For) -> For:
        """The loop without the branch of the trip that breaks, which is not counted."""
        last = loop.body[-1] if loop.body else None
        if not isinstance(last, If) or last not in self.r.rev.dropped:
            return loop
        side = self.r.rev.dropped[last]
        outs = {o.name: (o.orelse if side == 1 else o.then) for o in last.outs}
        carried = tuple(
            replace(c, next=outs.get(c.next.name, c.next) if isinstance(c.next, Var) else c.next)
            for c in loop.carried
        )
        return replace(
            loop, body=(*loop.body[:-1], *(last.orelse if side == 1 else last.then)), carried=carried
        )

    def _recompute(self, name: str) -> None:
        if name in self.names:
            return
        made = self._call(name)
        for needed in call_vars(made):
            if self.how.get(needed) == "recompute":
                self._recompute(needed)
        shift = self.r.storage.settled.shifted(name)
        whole = self.names.get(shift[0]) if shift is not None else None
        if shift is not None and isinstance(whole, Var) and whole.name in self.shifts:
            atom, by = self.shifts[whole.name]
            self.names[name] = self.shifted(atom, by + shift[1])
            return
        lines = self.reads.setdefault(self.where[name], [])
        call = replace(
            made,
            args=tuple(self.mapped(a) for a in made.args),
            kwargs=tuple((k, self.mapped(a)) for k, a in made.kwargs),
        )
        hint = self.r.fresh.hints.get(name, "")
        self.names[name] = self.line(lines, call, self.r.kinds[name], hint)

    def _tape(self, name: str) -> None:
        if name in self.names or self._from_trip_before(name):
            return
        path = self.where[name] = self._made_before(name, self.where[name])
        hint = self.r.fresh.hints.get(name, "")
        lines = self.reads.setdefault(path, [])
        always = not path or (len(path) == 1 and path[0][0] in self.r.rev.dropped)
        index = self.trip_index() if always and len(self.r.storage.places[name].loops) == 1 else None
        history = self.r.history(name, self.primal) if index is not None else None
        tape = history or self._append(name, path)
        if index is not None:
            self.r.lengths.setdefault(self.primal, tape)
            call = Call("getitem", (tape, index))
        else:
            call = Call("list.pop", (tape,))
        self.names[name] = self.line(lines, call, self.r.kinds[name], hint if index is None else "")

    def _from_trip_before(self, name: str) -> bool:
        """Read what goes round from the tape of what trips make, which begins with the first.

            for i in range(n):              hs = [h]
                h = np.tanh(w @ h)          for i in range(n): h = np.tanh(w @ h); hs.append(h)
        """
        carry = next((c for c in self.primal.carried if c.name == name), None)  # type: ignore[union-attr]
        made = carry.next.name if carry is not None and isinstance(carry.next, Var) else ""
        if made in self.r.rev.unbound:
            return False
        if carry is None or self.how.get(made) != "tape" or self.where[made] or self.where[name]:
            return False
        kinds = self.r.kinds
        first = self.r.rev.kind(carry.init)
        alike = kinds[name].cat == kinds[made].cat == "array" and kinds[name].rank == kinds[made].rank
        alike = alike or (kinds[name].is_scalar and kinds[name] == kinds[made] == first)
        counted = isinstance(self.primal, For) and self.primal.stop is None
        alone = counted and self.r.parents[self.primal] is None
        index = self.trip_index() if alike and alone else None
        if index is None:
            return False
        tape = self._append(made, ())
        self.r.edits.top.pop()
        begun = Let(tape.name, Call("list", (carry.init,)), None, True)
        self.r.edits.before.setdefault(self.primal, []).append(begun)
        lines = self.reads.setdefault((), [])
        self.names[name] = self.line(lines, Call("getitem", (tape, index)), kinds[name])
        self.names[made] = self.line(lines, Call("getitem", (tape, self.shifted(index, 1))), kinds[made])
        return True

    def _on_exit(self, path: tuple[Path, ...]) -> bool:
        """Whether a value is read only in the trip that ended the loop early."""
        rev = self.r.rev
        return any(rev.exit_sides.get(rev.mirror[branch]) == side for branch, side in path)

    def _leaves(self, name: str) -> bool:
        """Whether the value of the last trip may leave the loop: if another loop is around, always bound."""
        held = self._held(name)
        if self.r.storage.loops[self.primal]:
            return held is not None and held not in self.r.rev.unbound
        return held is not None or self.how[name] == "tape"

    def _held(self, name: str) -> str | None:
        """What goes round under another name and is, behind the loop, the value of the trip that ended it."""
        assert isinstance(self.primal, For | While)
        rev, way = self.r.rev, []
        for branch, side in self.where[name]:
            primal = rev.mirror[branch]
            assert isinstance(primal, If)
            way.append((primal, side))
            if rev.exit_sides.get(primal) == side:
                break
        return next((c.out for c in self.primal.carried if leaf(c.next, way) == Var(name)), None)

    def _last(self, name: str) -> None:
        """Let the value of the last trip leave the loop."""
        r, primal = self.r, self.primal
        assert isinstance(primal, For | While)
        held = self._held(name)
        if held is not None:
            r.last[name, primal] = held
            r.owner_of[held] = primal
        if (name, primal) not in r.last:
            owner = r.owner_of[name]
            assert owner is not None
            value = name if owner is primal else r.export(name, owner)
            around = (*r.storage.loops[primal], primal)
            heads = [r.fresh(r.fresh.hints.get(name, ""), r.kinds[name]) for _ in around]
            inits: list[Atom | Undef] = [Undef(), *(Var(head) for head in heads[:-1])]
            for loop, head, init in reversed(list(zip(around, heads, inits, strict=True))):
                found = r.fresh(r.fresh.hints.get(name, ""), r.kinds[name])
                carry = Carry(head, init, Var(value), found)
                r.edits.carries[loop] = [*r.edits.carries.get(loop, ()), carry]
                r.storage.places[found] = Place(r.storage.loops[loop], 0, r.storage.span[loop][1])
                r.owner_of[found] = loop
                value = found
            r.last[name, primal] = value
        self.names[name] = Var(r.last[name, primal])

    def _made_before(self, name: str, path: tuple[Path, ...]) -> tuple[Path, ...]:
        """The part of a path whose branches the forward sweep enters when it has the value already.

        A branch may be read whose product with a later value is the only use: `a = x[i] if c else 1.0` above,
        `b = ...` below, then `a*b`. The later value is kept on every path.
        """
        owner, span = self.r.owner_of[name], self.r.storage.span
        chain = [] if owner is None else self._chain(owner)
        for k, (branch, side) in enumerate(path):
            primal = self.r.rev.mirror[branch]
            inside = (primal, side) in chain
            if not inside and owner in span and primal in span and span[owner][0] >= span[primal][1]:
                return path[:k]
        return path

    def _append(self, name: str, path: tuple[Path, ...]) -> Var:
        """Make the forward sweep append the value where the reversed loop reads it."""
        r = self.r
        made = r.storage.lets.get(name)
        outline = made is not None and made.made and made.call.fun == "getattr"
        hint = r.fresh.hints.get(name, "") or ("shape" if outline else "t")
        tape = Var(r.fresh(plural(hint), K.list_of(K.anonymous(r.kinds[name]))))
        r.tapes[name, self.primal] = tape
        r.edits.top.append(Let(tape.name, Call("list", ()), None, True))
        owner = r.owner_of[name]
        assert owner is not None
        value: Atom = Var(name)
        if name in r.rev.unbound:
            r.bind(name)
        append = Do(Call("list.append", (tape, value)), getattr(owner, "span", None), True)
        until = (r.rev.mirror[path[-1][0]], path[-1][1]) if path else None
        inside = until is not None and until in self._chain(owner)
        if path and not inside:
            branch, side = path[-1]
            r.edits.start.setdefault((r.rev.mirror[branch], side), []).append(append)
            return tape
        if owner is self.primal:  # the head of the loop
            body = len(blocks(self.primal)) - 1
            r.edits.start.setdefault((self.primal, body), []).append(append)
            return tape
        if r.parents[owner] != until and r.parents[owner] is not None and isinstance(r.parents[owner][0], If):  # type: ignore[index]
            exported = r.export(name, owner, until, tape=True)
            owner = self._outermost(owner, until)
            append = Do(Call("list.append", (tape, Var(exported))), None, True)
        parent = r.parents[owner]
        if r.kinds[name].cat == "list" and parent is not None:  # taped when it has all its elements
            owner = blocks(parent[0])[parent[1]][-1]
        if name in {line.name for line in r.edits.before.get(owner, []) if isinstance(line, Let)}:
            r.edits.before[owner].append(append)
        else:
            r.edits.after.setdefault(owner, []).append(append)
        return tape

    def _chain(self, owner: Stmt) -> list[Path]:
        """The branches around a statement, innermost first, up to its loop."""
        found: list[Path] = []
        at = self.r.parents[owner]
        while at is not None and isinstance(at[0], If):
            found.append(at)
            at = self.r.parents[at[0]]
        return found

    def _outermost(self, owner: Stmt, until: Path | None) -> Stmt:
        at = self.r.parents[owner]
        while at is not None and at != until and isinstance(at[0], If):
            owner = at[0]
            at = self.r.parents[owner]
        return owner

    def _renamed(self, stmt: Stmt) -> Stmt:
        """A statement with the names of this trip's values, in its blocks too; it mirrors what it did."""
        new = in_statement(by_shape(stmt, self.outlines, self.anew), self.names)
        parts = blocks(stmt)
        if parts:
            new = with_blocks(new, tuple(tuple(self._renamed(s) for s in p) for p in parts))
        if stmt in self.r.rev.mirror:
            self.r.rev.mirror[new] = self.r.rev.mirror[stmt]
        if stmt in self.r.rev.dropped:
            self.r.rev.dropped[new] = self.r.rev.dropped[stmt]
        return new

    def _insert(self, block: Block, path: tuple[Path, ...]) -> Block:
        result: list[Stmt] = list(self.reads.get(path, ()))
        for stmt in block:
            parts = blocks(stmt)
            new = in_statement(by_shape(stmt, self.outlines, self.anew), self.names)
            if parts:
                mirrored = isinstance(stmt, If) and stmt in self.r.rev.mirror
                inner = tuple(
                    self._insert(p, (*path, (stmt, i))) if mirrored else tuple(self._renamed(s) for s in p)
                    for i, p in enumerate(parts)
                )
                new = with_blocks(new, inner)
            if stmt in self.r.rev.mirror:
                self.r.rev.mirror[new] = self.r.rev.mirror[stmt]
            if stmt in self.r.rev.dropped:
                self.r.rev.dropped[new] = self.r.rev.dropped[stmt]
            result.append(new)
        return tuple(result)


def plural(name: str) -> str:
    """The name of a list of what a name stood for: `xs`, `losses`, `all_gates`."""
    if name.endswith("ss"):
        return name + "es"
    return f"all_{name}" if name.endswith("s") else name + "s"


def common(paths: list[tuple[Path, ...]]) -> tuple[Path, ...]:
    """The longest common beginning of paths."""
    first = paths[0]
    for other in paths[1:]:
        n = 0
        while n < min(len(first), len(other)) and first[n] == other[n]:
            n += 1
        first = first[:n]
    return first


def _is_quick(call: Call) -> bool:
    """Whether an operation on Python's numbers costs no more than an append: x/y, x**2, x**3."""
    if call.fun == "pow":
        power = call.args[1].value if isinstance(call.args[1], Const) else None
        return type(power) is int and power >= 0
    return call.fun == "truediv"
