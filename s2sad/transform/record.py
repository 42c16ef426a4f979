"""Values that the reverse sweep reads: alive, recomputed, or kept on a tape.

Accepts a forward sweep and a reverse sweep that refers to the forward sweep's values by name wherever it
needs them; guarantees that every such reference is to something that exists there. For a value made outside
of loops nothing has to be done (a name that is used again for something else is renamed when the program
leaves SSA form), except that it must leave the branches in which it is made. For a value made in a loop, the
reversed loop follows a `plan.Plan`.

    for i in range(n):       ts = []
        t = np.sin(t)        for i in range(n): ts.append(t); t = np.sin(t)
                             for i in range(n - 1, -1, -1): t_bar = np.cos(ts[i])*t_bar
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.primitives import ADDRESSED, UNREAD
from s2sad.analysis.storage import Storage
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Call,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Range,
    Stmt,
    Store,
    Tuple,
    Undef,
    Var,
    While,
    atom_vars,
    blocks,
    defines,
    inner_names,
    uses,
    walk,
)
from s2sad.ir.rewrite import with_blocks
from s2sad.transform.edits import Edits, substituted
from s2sad.transform.outlines import like_shaped, tape_shapes
from s2sad.transform.plan import Plan, common
from s2sad.transform.reverse import Reverse
from s2sad.transform.trips import Path

SHAPED = {"np.zeros_like", "np.ones_like", "np.full_like", "zeros_list"}  # what begins a shadow


class Record:
    """Decides for every value that the reverse sweep reads how it gets there."""

    def __init__(self, rev: Reverse, again: bool = False) -> None:
        self.rev = rev
        self.fresh = rev.fresh
        self.again = again  # what is popped off a tape is popped off a copy
        self.kinds = rev.kinds
        self.storage: Storage = rev.storage
        self.edits = Edits(
            before=rev.before,
            after=rev.after,
            counters=rev.counters,
            replaced=rev.replaced,
            behind=rev.behind,
        )
        if rev.tracked is not None:
            self.edits.carries = rev.tracked.carries
        self.edits.outs.update(rev.more_outs)
        for loop, more in rev.more_carries.items():
            self.edits.carries[loop] = [*self.edits.carries.get(loop, []), *more]
        self.tapes: dict[tuple[str, Stmt], Var] = {}
        self.seen: dict[str, Call] = {}
        self.lengths: dict[Stmt, Var] = {}  # loops whose trips a tape counts
        self.last: dict[tuple[str, Stmt], str] = {}  # values of the last trip behind their loops
        self.exported: dict[tuple[str, int], str] = {}
        self.parents: dict[Stmt, tuple[Stmt, int] | None] = {}
        self.owner_of: dict[str, Stmt | None] = {}
        self._number(rev.program.body, None)
        for where in (self.edits.before, self.edits.after):
            for stmt, lines in where.items():
                for line in lines:
                    assert isinstance(line, Let)
                    self.storage.lets[line.name] = line
                    self.owner_of[line.name] = stmt
                    self.parents[line] = self.parents[stmt]
        for stmt, name in rev.made_kept.items():
            self.owner_of[name] = stmt
        for loop, name in rev.counters.items():
            self.owner_of[name] = loop
        for loop, carries in self.edits.carries.items():
            for carry in carries:
                self.owner_of[carry.name] = self.owner_of[carry.out] = loop
        self.written_lists = {
            rev.aliases.of(a.name)
            for stmt in self.parents
            if isinstance(stmt, Do | Let) and stmt.call.fun.startswith("list.")
            for a in stmt.call.args[:1]
            if isinstance(a, Var)
        } | set(self._stored_lists())

    def _stored_lists(self) -> Iterator[int | None]:
        for stmt in self.parents:
            if isinstance(stmt, Store) and isinstance(stmt.base, Var):
                yield self.rev.aliases.of(stmt.base.name)

    def _number(self, block: Block, parent: tuple[Stmt, int] | None) -> None:
        for stmt in block:
            self.parents[stmt] = parent
            for name in defines(stmt):
                self.owner_of[name] = stmt
            for name in inner_names(stmt):
                self.owner_of[name] = stmt
            for i, nested in enumerate(blocks(stmt)):
                self._number(nested, (stmt, i))

    def taped_names(self) -> Iterator[tuple[str, Stmt]]:
        """Values of the forward sweep that are put on tapes, each with the loop that does it."""
        yield from self.tapes

    def only_grows(self, name: str) -> bool:
        """Whether a list is made here, never handed out, and nothing is done to it but to append."""
        cls = self.rev.aliases.of(name)
        if cls is None or self.kinds[name].cat != "list" or cls not in self.written_lists:
            return False
        aliases, writes = self.rev.aliases, self.storage.written_lists.get(cls, ())
        if cls in aliases.visible | aliases.returned | aliases.told or aliases.is_held(cls):
            return False
        return all(isinstance(s, Do) and s.call.fun == "list.append" for s in writes) and bool(writes)

    def history(self, name: str, primal: Stmt) -> Var | None:
        """The user's own list of a value, to which every trip of a loop appends it."""
        return self.histories.get((name, primal))

    @functools.cached_property
    def histories(self) -> dict[tuple[str, Stmt], Var]:
        """Lists by the value that every trip of a loop appends to them, from the first place on."""
        found: dict[tuple[str, Stmt], Var] = {}
        for appends in self.storage.written_lists.values():
            stmt = appends[0]
            if len(appends) != 1 or not isinstance(stmt, Do) or stmt.call.fun != "list.append":
                continue
            xs, value = stmt.call.args
            parent = self.parents.get(stmt)
            if not (isinstance(xs, Var) and isinstance(value, Var)) or parent is None:
                continue
            made, loop = self.storage.lets.get(xs.name), parent[0]
            empty = made is not None and made.call.fun == "list" and not made.call.args
            alone = self.rev.aliases.members(self.rev.aliases.of(xs.name) or -1) == [xs.name]
            whole = isinstance(loop, For | While) and loop.stop is None and self.parents.get(loop) is None
            if not (empty and alone and whole and self.only_grows(xs.name)):
                continue
            lasting = made is not None and self.parents.get(made) is None
            if lasting and not self.storage.is_mutable(value.name):
                found[value.name, loop] = xs
        return found

    # ---- the sweep

    def run(self, block: list[Stmt]) -> tuple[Stmt, ...]:
        """The reverse sweep with every reference satisfied."""
        done = [self._nested(stmt) for stmt in block]
        for loop, tape in self.lengths.items():
            name = self.edits.counters.pop(loop, None)
            if name is not None:
                self.owner_of.pop(name)
                users = [i for i, s in enumerate(done) for t in walk((s,)) if name in uses(t)]
                if len(users) < 2:
                    self.fresh.hints[name] = ""  # `range(len(ts) - 1, -1, -1)`
                first = users[0] if users else 0
                done.insert(first, Let(name, Call("len", (tape,)), None, True))
        self._bind_shaped(done)
        return self._top_level(tuple(done))

    def _bind_shaped(self, block: list[Stmt]) -> None:
        """Let names that may have no value have a shape, where a shadow is made of that shape.

        w = np.zeros(0)
        for i in range(n): w = np.exp(y)
        for i in range(n): s = s*w              w_bar = np.zeros_like(w), also where n is 0
        """
        program, unbound = self.rev.program, self.rev.unbound
        if not unbound:
            return
        lets = (s for s in walk(tuple(block)) if isinstance(s, Let) and s.name not in self.rev.certain)
        made = [s.call.args[0] for s in lets if s.call.fun in SHAPED]
        read = {name for s in program.body if not blocks(s) for name in uses(s)}  # has a value, then
        for name in dict.fromkeys(a.name for a in made if isinstance(a, Var)):
            if name in unbound and name not in read:
                self.bind(name)

    def bind(self, name: str) -> None:
        """Let a name that may have no value be something empty then: an array, a list, or None."""
        kind = self.kinds[name]
        value: Atom = NONE
        if kind.cat in ("array", "num", "list"):
            lengths = (Const(0),)*(kind.rank or 1)
            empty = Call("np.zeros", lengths if len(lengths) == 1 else (Tuple(lengths),))
            held = self.fresh(self.fresh.hints.get(name, ""), kind)
            self.edits.top.append(Let(held, Call("list") if kind.cat == "list" else empty, None, True))
            value = Var(held)
        self.edits.bind(name, self.rev.program.body, value)

    def _nested(self, stmt: Stmt) -> Stmt:
        """Satisfy the references of reversed loops, innermost first: these may need what outer ones give."""
        parts = blocks(stmt)
        if not parts:
            if isinstance(stmt, Let):
                self.seen[stmt.name] = stmt.call
            return stmt
        made = with_blocks(stmt, tuple(tuple(self._nested(s) for s in part) for part in parts))
        primal = self.rev.mirror.get(stmt)
        if primal is not None:
            self.rev.mirror[made] = primal
        if stmt in self.rev.dropped:
            self.rev.dropped[made] = self.rev.dropped[stmt]
        if not isinstance(made, For):
            return made
        if primal is not None:
            made = self._loop(made, primal)
        return self._uncounted(made)

    def _uncounted(self, made: For) -> For:
        """`for i in range(n - 1, -1, -1)` that does not use i as `for _ in range(n)`."""
        if not isinstance(made.space, Range) or made.space.step != Const(-1):
            return made
        if any(made.target in set(uses(s)) for s in walk(made.body)):
            return made
        space = self._counted(made.space) or self._counted_as(self.rev.mirror.get(made))
        if space is None:
            return made
        self.fresh.hints[made.target] = "_"
        return replace(made, space=space)

    def _counted(self, space: Range) -> Range | None:
        """As many trips, upwards."""
        last, stop = space.start, space.stop
        if not isinstance(stop, Const):
            return None
        call = self.seen.get(last.name) if isinstance(last, Var) else None
        if isinstance(last, Const):
            return Range(Const(0), Const(max(0, last.value - stop.value)), Const(1))
        if call is not None and call.fun == "sub" and call.args[1] == Const(1):
            return Range(Const(stop.value + 1), call.args[0], Const(1))
        return Range(Const(0), last, Const(1)) if stop == Const(0) else None

    def _counted_as(self, primal: Stmt | None) -> Range | None:
        """The range of the loop that is reversed, if its bounds are there all the time."""
        if not isinstance(primal, For) or not isinstance(primal.space, Range):
            return None
        names = [*atom_vars(primal.space.start), *atom_vars(primal.space.stop), *atom_vars(primal.space.step)]
        owners = [self.owner_of.get(name) for name in names]
        lasting = all(owner is None or self.parents.get(owner) is None for owner in owners)
        return primal.space if primal.stop is None and lasting else None

    # ---- one reversed loop

    def _loop(self, made: For, primal: Stmt) -> For:
        where: dict[str, list[tuple[Path, ...]]] = {}
        shapes: dict[str, list[tuple[Path, ...]]] = {}
        for name, path, shape_only in self._references(made.body, primal, ()):
            (shapes if shape_only else where).setdefault(name, []).append(path)
        for name in (n for c in made.carried for n in atom_vars(c.next)):
            if self.made_in(name, primal):  # a cotangent that is the value itself: s += z*w gives w's z
                where.setdefault(name, []).append(())
        if not where and not shapes and primal not in self.edits.behind:
            return made
        plan = Plan(self, primal, made)
        plan.contents.update(where)
        for name, paths in shapes.items():
            other = name if name in where else self._congruent(name, where)
            if other == name and name not in where:
                other = like_shaped(plan, name)
            plan.shapes[name] = other
            if other == name or self.made_in(other, primal):
                where.setdefault(other, []).extend(paths)
        plan.taped = plan.settle(list(where))
        for name, paths in where.items():
            plan.want(name, common(paths))
        for name in [n for n, other in plan.shapes.items() if n != other and n in plan.where]:
            plan.want(name, common(shapes[name]))  # computed again for more than its shape, after all
            plan.shapes[name] = name
        tape_shapes(plan)
        return plan.carry_out()

    def _congruent(self, name: str, where: dict[str, list[tuple[Path, ...]]]) -> str:
        """A value of the same shape that is wanted anyway, where only the shape of `name` is."""
        kind = self.kinds[name]
        for other in where:
            owner = self.owner_of.get(other)
            parent = self.parents.get(owner) if owner is not None else None
            if (parent is not None and isinstance(parent[0], If)) or other in self.rev.unbound:
                continue  # not made on every path
            if kind.shape and kind.cat == "array" and self.kinds[other] == kind:
                return other
        return name

    def _references(
        self, block: Block, primal: Stmt, path: tuple[Path, ...]
    ) -> Iterator[tuple[str, tuple[Path, ...], bool]]:
        """Values made in one trip of the primal loop that a reversed block reads.

        Each with the mirrored branches in which it is read, and whether only its shape is.
        """
        for stmt in block:
            shape = shape_operand(stmt)
            for name, side in self._own_uses(stmt):
                if self.made_in(name, primal):
                    yield name, path if side is None else (*path, (stmt, side)), name == shape
            mirrored = isinstance(stmt, If) and stmt in self.rev.mirror
            for i, nested in enumerate(blocks(stmt)):
                if mirrored:
                    yield from self._references(nested, primal, (*path, (stmt, i)))
                else:
                    for name, _, shape_only in self._references(nested, primal, ()):
                        yield name, path, shape_only

    def _own_uses(self, stmt: Stmt) -> Iterator[tuple[str, int | None]]:
        """Names that a statement itself reads; a branch that will be dropped asks no question.

        What leaves the side of a branch that ended the loop is read on that side.
        """
        exit_side = self.rev.exit_sides.get(self.rev.mirror.get(stmt, stmt))
        if isinstance(stmt, If) and (stmt in self.rev.dropped or exit_side is not None):
            if stmt not in self.rev.dropped:
                yield from ((name, None) for name in atom_vars(stmt.cond))
            for out in stmt.outs:
                for side, atom in enumerate((out.then, out.orelse)):
                    yield from ((name, side) for name in atom_vars(atom))
        else:
            yield from ((name, None) for name in uses(stmt))

    def made_in(self, name: str, primal: Stmt) -> bool:
        """Whether a value is made anew in each trip of a loop of the forward sweep."""
        place = self.storage.places.get(name)
        return place is not None and bool(place.loops) and place.loops[-1] is primal

    # ---- top level

    def _top_level(self, block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        """Let values leave the branches in which the forward sweep makes them."""
        names: dict[str, Atom] = {}
        wanted: dict[str, None] = {}  # in order: their names in the text are numbered

        def collect(stmts: Block) -> None:
            for stmt in stmts:
                wanted.update(dict.fromkeys(uses(stmt)))
                for nested in blocks(stmt):
                    collect(nested)

        collect(block)
        for name in wanted:
            owner = self.owner_of.get(name)
            place = self.storage.places.get(name)
            if owner is None or place is None or place.loops:
                continue
            if self.parents[owner] is not None:
                names[name] = Var(self.export(name, owner))
        if not names:
            return block
        return tuple(substituted(s, names) for s in block)

    def export(
        self, name: str, owner: Stmt, until: tuple[Stmt, int] | None = None, tape: bool = False
    ) -> str:
        """Carry a value out of the branches around its definition, up to its loop or the top."""
        at = self.parents[owner]
        current = name
        while at is not None and at != until and isinstance(at[0], If):
            branch, side = at
            assert isinstance(branch, If)
            key = (current, id(branch))
            same = [o.name for o in branch.outs if (o.then if side == 0 else o.orelse) == Var(current)]
            if same and not tape:
                self.exported.setdefault(key, same[0])
            if key not in self.exported:
                made = self.fresh(self.rev.fresh.hints.get(name, ""), self.kinds[name])
                other: Atom = NONE if tape else Undef()
                out = Out(made, Var(current), other) if side == 0 else Out(made, other, Var(current))
                self.edits.outs.setdefault(branch, []).append(out)
                self.exported[key] = made
            current = self.exported[key]
            at = self.parents[branch]
        return current


def shape_operand(stmt: Stmt) -> str | None:
    """The operand of which a statement reads the shape only."""
    if not isinstance(stmt, Let) or not stmt.call.args:
        return None
    fun, args = stmt.call.fun, stmt.call.args
    at = 0 if fun == "getattr" and args[1] in (Const("shape"), Const("size")) else UNREAD.get(fun, (None,))[0]
    if at is None or fun in ADDRESSED or fun == "isinstance":
        return None
    atom = args[at]
    return atom.name if isinstance(atom, Var) and args.count(atom) == 1 else None
