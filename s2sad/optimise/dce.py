"""Dead code: definitions, carried values, branches, loops, tapes and stores that nothing needs.

Accepts any `Program`; guarantees the same result, the same effects and the same exceptions with every
remaining statement needed by one of them. A user's call whose domain can fail stays though its value is
dead [DESIGN A6], a user's `while` stays since it may not end; what a transform made goes whatever it is.

    t = np.exp(x)                     gone
    ts = []                           gone, with
    ts.append(t)                      its appends: nobody reads ts
    y[1:] = 0.0                       gone if y is local and never read
    q = a/b                           stays: Python numbers, ZeroDivisionError

It marks from the roots on, sparse and flow-insensitive for the contents of storage; `optimise.stores` goes
by the order of reads and writes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import has_effect, is_opaque, kind_of, may_raise, store_may_raise
from s2sad.ir.nodes import (
    CALLS,
    LOOPS,
    Atom,
    Block,
    Call,
    Carry,
    Comment,
    Do,
    For,
    If,
    Let,
    Moves,
    Out,
    Program,
    Range,
    Return,
    Slice,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    call_vars,
    is_straight,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks
from s2sad.optimise.bounds import Bounds

_QUOTIENTS = ("truediv", "floordiv", "mod")


def dce(program: Program, aliases: Aliases | None = None) -> Program:
    """Remove what neither the result nor an effect needs."""
    live = Live(program, aliases)
    edit = Edit(program)
    return edit.finish(live.sweep(program.body, edit))


def leaves_nothing_dead(program: Program) -> bool:
    """Whether sharing equal expressions surely left nothing dead in what `dce` has been through.

    So it is in a straight line in which every value is read; in loops values may be read by each other alone.
    """
    if not is_straight(program.body):
        return False
    read = {name for stmt in program.body for name in uses(stmt)}
    return read.issuperset([stmt.name for stmt in program.body if type(stmt) is Let])


def stays(store: Store, program: Program, bounds: Bounds) -> bool:
    """Whether a store stays for its exception's sake though nobody reads what it stores."""
    if not store_may_raise(store, program.kinds) or program.is_swept(store):
        return False
    base = kind_of(store.base, program.kinds)
    return base.cat not in ("array", "num") or not bounds.inside(base, store.index)


class Live:
    """Marks what is needed, from the roots on: statements, names, classes of storage that are read."""

    def __init__(
        self, program: Program, aliases: Aliases | None, excused: frozenset[Stmt] = frozenset()
    ) -> None:
        self.program = program
        self.roots: set[Stmt] = set()  # what is needed for its own sake, the `excused` apart
        self.kinds = program.kinds
        self.aliases = aliases or Aliases(program)
        self.bounds = Bounds(program)
        self.statements: set[Stmt] = set()
        self._excused = excused
        self.names: set[str] = set()
        self.contents: set[int] = set()
        self._parents: dict[Stmt, Stmt] = {}
        self._definitions: dict[str, tuple[Stmt, Out | Carry | Atom | None]] = {}
        self._writers: dict[int, list[Stmt]] = {}
        self._statements_left: list[Stmt] = []
        self._names_left: list[str] = []
        everything = list(walk(program.body))
        tries = [s for s in everything if type(s) is If and s.form == "try"]
        self.tried = {inner for s in tries for inner in walk(s.then)}
        for stmt in everything:
            self._enter(stmt)
        for cls in self.aliases.visible:
            self._read(cls)
        self._mark()

    def _enter(self, stmt: Stmt) -> None:
        parts = blocks(stmt)
        for block in parts:
            self._parents.update(dict.fromkeys(block, stmt))
        if type(stmt) is Let:
            self._definitions[stmt.name] = (stmt, None)
        elif isinstance(stmt, If):
            self._definitions.update((out.name, (stmt, out)) for out in stmt.outs)
        elif isinstance(stmt, LOOPS):
            for carry in stmt.carried:
                self._definitions[carry.name] = self._definitions[carry.out] = (stmt, carry)
            if isinstance(stmt, For):
                self._definitions[stmt.target] = (stmt, None)
        elif isinstance(stmt, Moves):
            self._definitions.update((n, (stmt, v)) for n, v in zip(stmt.names, stmt.values, strict=True))
        if not parts:
            for cls in self.aliases.written(stmt):
                self._writers.setdefault(cls, []).append(stmt)
        if stmt not in self._excused and self._is_root(stmt):
            self.roots.add(stmt)
            self._need(stmt)

    def _is_root(self, stmt: Stmt) -> bool:
        if self.tried and stmt in self.tried and not getattr(stmt, "made", False):
            return True  # which exception comes, and whether one does, decides the path
        if isinstance(stmt, CALLS):
            if stmt.made or self.program.is_swept(stmt):
                return has_effect(stmt.call)
            return has_effect(stmt.call) or self._may_raise(stmt.call)
        if isinstance(stmt, Store):
            return stays(stmt, self.program, self.bounds)
        if isinstance(stmt, If):
            return bool(stmt.form)
        if isinstance(stmt, For):
            return not isinstance(stmt.space, Range) and kind_of(stmt.space, self.kinds).cat == "object"
        return isinstance(stmt, Return) or (isinstance(stmt, While) and not stmt.made)

    def _may_raise(self, call: Call) -> bool:
        if call.fun == "getitem":
            kind = kind_of(call.args[0], self.kinds)
            if self.bounds.inside(kind, call.args[1]):
                return False
            xs = call.args[0]
            if isinstance(xs, Var) and kind.cat == "list" and self.bounds.counted(xs, call.args[1]):
                return self.aliases.of(xs.name) in self._shortened
        if call.fun in _QUOTIENTS and self.bounds.is_positive(call.args[1]):
            return False
        return may_raise(call, self.kinds)

    @cached_property
    def _shortened(self) -> frozenset[int]:
        """Classes that anything writes but what makes a list longer or puts an element in place."""
        return frozenset().union(
            *(
                self.aliases.written(stmt)
                for stmt in walk(self.program.body)
                if not blocks(stmt) and not _keeps_length(stmt)
            )
        )

    def _need(self, stmt: Stmt) -> None:
        if stmt not in self.statements:
            self.statements.add(stmt)
            self._statements_left.append(stmt)

    def _use(self, atom: Atom | Range | None) -> None:
        for name in atom_vars(atom):
            if name not in self.names:
                self.names.add(name)
                self._names_left.append(name)

    def _read(self, cls: int) -> None:
        if cls not in self.contents:
            self.contents.add(cls)
            for stmt in self._writers.get(cls, ()):
                self._need(stmt)

    def _mark(self) -> None:
        while self._statements_left or self._names_left:
            if self._statements_left:
                self._mark_statement(self._statements_left.pop())
            else:
                self._mark_name(self._names_left.pop())

    def _mark_name(self, name: str) -> None:
        if name not in self._definitions:
            return
        stmt, part = self._definitions[name]
        self._need(stmt)
        if part is None:
            return
        if isinstance(part, Carry):
            self._use(part.init)
            self._use(part.next)
        elif isinstance(part, Out):
            self._use(part.then)
            self._use(part.orelse)
        else:
            self._use(part)

    def _mark_statement(self, stmt: Stmt) -> None:
        if stmt in self._parents:
            self._need(self._parents[stmt])
        for cls in self.aliases.observed(stmt) - self.contents:
            self._read(cls)
        if isinstance(stmt, CALLS):
            new = [name for name in call_vars(stmt.call) if name not in self.names]
            self.names.update(new)
            self._names_left += new
            if is_opaque(stmt.call):
                for cls in self.aliases.written(stmt):
                    self._read(cls)
        elif isinstance(stmt, Store):
            for atom in (stmt.base, stmt.index, stmt.value):
                self._use(atom)
        elif isinstance(stmt, If):
            self._use(stmt.cond)
        elif isinstance(stmt, LOOPS):
            self._use(stmt.space if isinstance(stmt, For) else stmt.cond)
            self._use(stmt.stop)
        elif isinstance(stmt, Return):
            self._use(stmt.value)

    def sweep(self, block: Block, edit: Edit) -> Block:
        """The block without what is not marked; comments stay where anything does."""
        result: list[Stmt] = []
        for stmt in block:
            if stmt in self.statements:
                parts = tuple([self.sweep(part, edit) for part in blocks(stmt)])
                new = with_blocks(stmt, parts) if parts else stmt
                result.append(edit.moved(stmt, self._trimmed(new)) if parts or type(new) is Moves else stmt)
            elif isinstance(stmt, Comment):
                result.append(stmt)
        return same_block(block, result)

    def _trimmed(self, stmt: Stmt) -> Stmt:
        names = self.names
        if isinstance(stmt, If):
            outs = tuple(o for o in stmt.outs if o.name in names)
            return stmt if len(outs) == len(stmt.outs) else replace(stmt, outs=outs)
        if isinstance(stmt, LOOPS):
            carried = tuple(c for c in stmt.carried if c.name in names or c.out in names)
            return stmt if len(carried) == len(stmt.carried) else replace(stmt, carried=carried)
        if isinstance(stmt, Moves):
            pairs = [(n, v) for n, v in zip(stmt.names, stmt.values, strict=True) if n in names]
            if len(pairs) < len(stmt.names):
                return replace(stmt, names=tuple(n for n, _ in pairs), values=tuple(v for _, v in pairs))
        return stmt


def _keeps_length(stmt: Stmt) -> bool:
    """Whether no list is shorter after a statement than before."""
    if isinstance(stmt, Store):
        return not isinstance(stmt.index, Slice)
    return isinstance(stmt, Let | Do) and stmt.call.fun in ("list.append", "list.insert")
