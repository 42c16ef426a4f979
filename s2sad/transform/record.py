"""Values that the reverse sweep reads: alive, recomputed, or kept on a tape.

Accepts a forward sweep and a reverse sweep that refers to the forward sweep's values by name wherever it needs them;
guarantees that every such reference is to something that exists there. For a value made outside of loops nothing has to
be done (a name that is used again for something else is renamed when the program leaves SSA form). For a value made in
a loop, the reversed loop

    takes its own index for the loop's,
    recomputes what costs no more than reading a tape (`x[i]` of an x that is never written, `i - 1`, shapes, views),
    reads a tape: a list to which the forward sweep appends, once per trip by index, else with pop.

    for i in range(n):                   ts = []
        t = np.sin(t)                    for i in range(n): ts.append(t); t = np.sin(t)
                                         for i in range(n - 1, -1, -1): t_bar = np.cos(ts[i])*t_bar
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.primitives import COMPARISONS, subscript
from s2sad.analysis.storage import Storage
from s2sad.ir import kinds as K
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
    Undef,
    Var,
    atom_vars,
    blocks,
    call_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_atom, in_statement, with_blocks
from s2sad.transform.edits import Edits, substituted
from s2sad.transform.reverse import Reverse

INTEGER = frozenset(("add", "sub", "mul", "floordiv", "mod", "neg", "min", "max", "len", "abs"))
CHEAP = frozenset(("add", "sub", "mul", "neg", "not")) | COMPARISONS


class Record:
    """Decides for every value that the reverse sweep reads how it gets there."""

    def __init__(self, rev: Reverse) -> None:
        self.rev = rev
        self.fresh = rev.fresh
        self.kinds = rev.kinds
        self.storage: Storage = rev.storage
        self.edits = Edits(
            before=rev.before,
            after=rev.after,
            counters=rev.counters,
            replaced=rev.replaced,
            behind=rev.behind,
        )
        self.tapes: dict[tuple[str, Stmt], Var] = {}
        self.seen: dict[str, Call] = {}
        self.lengths: dict[Stmt, Var] = {}  # loops whose trips a tape counts
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
        self.written_lists = {
            rev.aliases.of(a.name)
            for stmt in self.parents
            if isinstance(stmt, Do) and stmt.call.fun.startswith("list.")
            for a in stmt.call.args[:1]
            if isinstance(a, Var)
        } | set(self._stored_lists())

    def _stored_lists(self) -> Iterator[int | None]:
        from s2sad.ir.nodes import Store

        for stmt in self.parents:
            if isinstance(stmt, Store) and isinstance(stmt.base, Var):
                yield self.rev.aliases.of(stmt.base.name)

    def _number(self, block: Block, parent: tuple[Stmt, int] | None) -> None:
        from s2sad.ir.nodes import defines, inner_names

        for stmt in block:
            self.parents[stmt] = parent
            for name in defines(stmt):
                self.owner_of[name] = stmt
            for name in inner_names(stmt):
                self.owner_of[name] = stmt
            for i, nested in enumerate(blocks(stmt)):
                self._number(nested, (stmt, i))

    def edits_names(self) -> Iterator[tuple[str, Stmt]]:
        """Values of the forward sweep that are put on tapes."""
        yield from self.tapes

    # ---- the sweep

    def run(self, block: list[Stmt]) -> tuple[Stmt, ...]:
        """The reverse sweep with every reference satisfied."""
        done = tuple(self._nested(stmt) for stmt in block)
        counts: list[Stmt] = []
        for loop, tape in self.lengths.items():
            name = self.edits.counters.pop(loop, None)
            if name is not None:
                self.owner_of.pop(name)
                counts.append(Let(name, Call("len", (tape,)), None, True))
        return self._top_level((*counts, *done))

    def _nested(self, stmt: Stmt) -> Stmt:
        """Satisfy the references of reversed loops, innermost first: what they recompute may refer to outer ones."""
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
        if not isinstance(made.space, Range) or made.space.step != Const(-1) or made.space.stop != Const(-1):
            return made
        if any(made.target in set(uses(s)) for s in walk(made.body)):
            return made
        last = made.space.start
        call = self.seen.get(last.name) if isinstance(last, Var) else None
        if isinstance(last, Const):
            count: Atom = Const(last.value + 1)
        elif call is not None and call.fun == "sub" and call.args[1] == Const(1):
            count = call.args[0]
        else:
            return made
        self.fresh.hints[made.target] = "_"
        return replace(made, space=Range(Const(0), count, Const(1)))

    # ---- one reversed loop

    def _loop(self, made: For, primal: Stmt) -> For:
        where: dict[str, list[tuple[Path, ...]]] = {}
        shapes: dict[str, list[tuple[Path, ...]]] = {}
        for name, path, shape_only in self._references(made.body, primal, ()):
            (shapes if shape_only else where).setdefault(name, []).append(path)
        if not where and not shapes and primal not in self.edits.behind:
            return made
        plan = Plan(self, primal, made)
        for name, paths in shapes.items():
            other = name if name in where else self._congruent(name, where)
            plan.shapes[name] = other
            where.setdefault(other, []).extend(paths)
        plan.taped = plan.settle(list(where))
        for name, paths in where.items():
            plan.want(name, _common(paths))
        return plan.carry_out()

    def _congruent(self, name: str, where: dict[str, list[tuple[Path, ...]]]) -> str:
        """A value of the same shape that is wanted anyway, where only the shape of `name` is."""
        kind = self.kinds[name]
        for other in where:
            owner = self.owner_of.get(other)
            parent = self.parents.get(owner) if owner is not None else None
            if parent is not None and isinstance(parent[0], If):
                continue  # not made on every path
            if kind.shape and kind.cat == "array" and self.kinds[other] == kind:
                return other
        return name

    def _references(
        self, block: Block, primal: Stmt, path: tuple[Path, ...]
    ) -> Iterator[tuple[str, tuple[Path, ...], bool]]:
        """Names of values made in one trip of the primal loop, and the mirrored branches in which they are read."""
        for stmt in block:
            shape = _shape_operand(stmt)
            for name in self._own_uses(stmt):
                if self._made_in(name, primal):
                    yield name, path, name == shape
            mirrored = isinstance(stmt, If) and stmt in self.rev.mirror
            for i, nested in enumerate(blocks(stmt)):
                if mirrored:
                    yield from self._references(nested, primal, (*path, (stmt, i)))
                else:
                    for name, _, shape_only in self._references(nested, primal, ()):
                        yield name, path, shape_only
        return

    def _own_uses(self, stmt: Stmt) -> Iterator[str]:
        """Names that a statement itself reads; a branch that will be dropped asks no question."""
        if stmt in self.rev.dropped:
            assert isinstance(stmt, If)
            for out in stmt.outs:
                yield from (*atom_vars(out.then), *atom_vars(out.orelse))
        else:
            yield from uses(stmt)

    def _made_in(self, name: str, primal: Stmt) -> bool:
        place = self.storage.places.get(name)
        return place is not None and bool(place.loops) and place.loops[-1] is primal

    # ---- top level

    def _top_level(self, block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        """Let values leave the branches in which the forward sweep makes them."""
        names: dict[str, Atom] = {}
        wanted: set[str] = set()

        def collect(stmts: Block) -> None:
            for stmt in stmts:
                wanted.update(uses(stmt))
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
            key = (name, id(branch))
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


Path = tuple[Stmt, int]


class Plan:
    """How one reversed loop gets the values of its trip."""

    def __init__(self, record: Record, primal: Stmt, made: For) -> None:
        self.r = record
        self.primal = primal
        self.made = made
        self.where: dict[str, tuple[Path, ...]] = {}
        self.how: dict[str, str] = {}
        self.names: dict[str, Atom] = {}
        self.reads: dict[tuple[Path, ...], list[Stmt]] = {}
        self.taped: set[str] = set()
        self.shapes: dict[str, str] = {}  # values of which only the shape is read, by values that have it

    def settle(self, names: list[str]) -> set[str]:
        """Which of the values must be taped; others can then be made of these."""
        taped = {n for n in names if self._decide(n) == "tape"}
        while True:
            self.taped = taped
            fewer = {n for n in taped if not self._is_cheap(n, 0, itself=True)}
            if fewer == taped:
                return taped
            taped = fewer

    def want(self, name: str, path: tuple[Path, ...]) -> None:
        """Ask for a value at a place."""
        if name in self.where:
            self.where[name] = _common([self.where[name], path])
            if self.how[name] != "recompute":
                return
        else:
            self.where[name] = path
            self.how[name] = self._decide(name)
        if self.how[name] == "recompute":
            for needed in call_vars(self._call(name)):
                if self.r._made_in(needed, self.primal):
                    self.want(needed, self.where[name])

    def _decide(self, name: str) -> str:
        if (
            isinstance(self.primal, For)
            and name == self.primal.target
            and isinstance(self.primal.space, Range)
        ):
            return "index"
        if name in self.taped:
            return "tape"
        return "recompute" if self._is_cheap(name, 0) else "tape"

    def _is_cheap(self, name: str, depth: int, itself: bool = False) -> bool:
        """Whether evaluating a definition again gives the same value at no more than the cost of a tape."""
        let = self.r.storage.lets.get(name)
        if let is None or depth > 3 or let.made:
            return False
        call, kinds = self._call(name), self.r.kinds
        kind = kinds[name]
        if call.fun == "getitem":
            what = subscript(self.r.rev.kind(call.args[0]), call.args[1], kind, kinds)
            base = call.args[0]
            if isinstance(base, Var) and what not in ("view",) and self._is_written(base.name):
                return False
            if what in ("maybe", "any", "part") or (what == "fresh" and not kind.is_scalar):
                return False
        elif call.fun == "getattr":
            if not (isinstance(call.args[1], Const) and call.args[1].value in ("shape", "size", "ndim", "T")):
                return False
        elif call.fun == "len":
            if self.r.rev.kind(call.args[0]).cat == "list":
                return False
        elif kind.cat in ("int", "bool"):
            if call.fun not in INTEGER and call.fun not in CHEAP:
                return False
            if any(self.r.rev.kind(a).cat in ("array", "num", "object") for a in call.args):
                return False
        elif kind.is_scalar and call.fun in CHEAP:
            if not all(self.r.rev.kind(a).is_scalar for a in call.args):
                return False  # an expression on 0-d arrays reads storage
            depth += 1
        elif kind.cat == "array" and self._is_elementwise(call) and not self.r.storage.is_mutable(name):
            return all(not self.r._made_in(n, self.primal) or n in self.taped for n in call_vars(call))
        else:
            return False
        return all(self._available(n, depth + 1) for n in call_vars(call))

    def _call(self, name: str) -> Call:
        """A definition in terms of the copies that the forward sweep keeps of written operands."""
        let = self.r.storage.lets[name]
        kept = self.r.rev.snapshots
        args = tuple(kept.get((let, a.name), a) if isinstance(a, Var) else a for a in let.call.args)
        return replace(let.call, args=args)

    def _is_elementwise(self, call: Call) -> bool:
        """One cheap operation on arrays that are never written."""
        square = call.fun == "pow" and isinstance(call.args[1], Const) and isinstance(call.args[1].value, int)
        return (square or call.fun in ("add", "sub", "mul", "neg")) and not any(
            self._is_written(n) for n in call_vars(call)
        )

    def _is_written(self, name: str) -> bool:
        cls = self.r.rev.aliases.of(name)
        return cls is not None and (cls in self.r.storage.mutable or cls in self.r.written_lists)

    def _available(self, name: str, depth: int) -> bool:
        if not self.r._made_in(name, self.primal):
            return True
        if name in self.taped:
            return True
        if (
            isinstance(self.primal, For)
            and name == self.primal.target
            and isinstance(self.primal.space, Range)
        ):
            return True
        return self._is_cheap(name, depth)

    # ---- execution

    def carry_out(self) -> For:
        """The loop with its reads, and the forward sweep's appends."""
        order = sorted(self.where, key=lambda n: (self.r.storage.places[n].at, n))
        for name in order:
            if self.how[name] == "index":
                self.names[name] = self._loop_index()
        for name in order:
            if self.how[name] == "tape":
                self._tape(name)
        for name in order:
            if self.how[name] == "recompute":
                self._recompute(name)
        for name, other in self.shapes.items():
            self.names.setdefault(name, self.names[other])
        body = self._insert(self.made.body, ())
        result = self._without_test(replace(self.made, body=body))
        self.r.rev.mirror[result] = self.primal
        return result

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

    def _loop_index(self) -> Atom:
        assert isinstance(self.primal, For) and isinstance(self.primal.space, Range)
        if self.primal.stop is None:
            return Var(self.made.target)
        space = self.primal.space
        if space.start == Const(0) and space.step == Const(1):
            return Var(self.made.target)
        lines = self.reads.setdefault((), [])
        scaled: Atom = Var(self.made.target)
        if space.step != Const(1):
            scaled = self._line(lines, Call("mul", (self._mapped(space.step), scaled)), K.INT)
        if space.start != Const(0):
            scaled = self._line(lines, Call("add", (self._mapped(space.start), scaled)), K.INT)
        return scaled

    def _mapped(self, atom: Atom) -> Atom:
        return in_atom(atom, self.names)

    def _line(self, lines: list[Stmt], call: Call, kind: K.Kind, hint: str = "") -> Var:
        name = self.r.fresh(hint, kind)
        lines.append(Let(name, call, None, True))
        return Var(name)

    def _recompute(self, name: str) -> None:
        made = self._call(name)
        lines = self.reads.setdefault(self.where[name], [])
        call = replace(
            made,
            args=tuple(self._mapped(a) for a in made.args),
            kwargs=tuple((k, self._mapped(a)) for k, a in made.kwargs),
        )
        hint = self.r.fresh.hints.get(name, "")
        self.names[name] = self._line(lines, call, self.r.kinds[name], hint)

    def _tape(self, name: str) -> None:
        path = self.where[name]
        tape = self._append(name, path)
        hint = self.r.fresh.hints.get(name, "")
        lines = self.reads.setdefault(path, [])
        always = not path or (len(path) == 1 and path[0][0] in self.r.rev.dropped)
        index = self._trip_index() if always and len(self.r.storage.places[name].loops) == 1 else None
        if index is not None:
            self.r.lengths.setdefault(self.primal, tape)
            call = Call("getitem", (tape, index))
        else:
            call = Call("list.pop", (tape,))
        self.names[name] = self._line(lines, call, self.r.kinds[name], hint if index is None else "")

    def _trip_index(self) -> Atom | None:
        """The number of the trip in the reversed loop, if it is at hand."""
        primal = self.primal
        if isinstance(primal, For) and isinstance(primal.space, Range) and primal.stop is None:
            start, step = primal.space.start, primal.space.step
            if step != Const(1):
                return None
            if start == Const(0):
                return Var(self.made.target)
            return self._line(
                self.reads.setdefault((), []),
                Call("sub", (Var(self.made.target), self._mapped(start))),
                K.INT,
            )
        return Var(self.made.target)

    def _append(self, name: str, path: tuple[Path, ...]) -> Var:
        """Make the forward sweep append the value where the reversed loop reads it."""
        r = self.r
        hint = r.fresh.hints.get(name, "") or "t"
        tape = Var(r.fresh(hint + "s", K.list_of(K.anonymous(r.kinds[name]))))
        r.tapes[name, self.primal] = tape
        r.edits.top.append(Let(tape.name, Call("list", ()), None, True))
        owner = r.owner_of[name]
        assert owner is not None
        value: Atom = Var(name)
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
        """A statement with the names of this trip's values in it and in its blocks; it mirrors what it mirrored."""
        new = in_statement(stmt, self.names)
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
            new = in_statement(stmt, self.names)
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


def _shape_operand(stmt: Stmt) -> str | None:
    """The operand of which a statement reads the shape only."""
    if not isinstance(stmt, Let) or not stmt.call.args:
        return None
    fun, args = stmt.call.fun, stmt.call.args
    atom = args[1] if fun in ("unbroadcast", "unreduce") else None
    if fun in ("np.zeros_like", "np.ones_like", "np.full_like", "np.shape", "np.size"):
        atom = args[0]
    if fun == "getattr" and args[1] in (Const("shape"), Const("size")):
        atom = args[0]
    return atom.name if isinstance(atom, Var) else None


def _common(paths: list[tuple[Path, ...]]) -> tuple[Path, ...]:
    """The longest common beginning."""
    first = paths[0]
    for other in paths[1:]:
        n = 0
        while n < min(len(first), len(other)) and first[n] == other[n]:
            n += 1
        first = first[:n]
    return first
