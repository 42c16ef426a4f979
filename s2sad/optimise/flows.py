"""Copies of arguments that nothing writes to, although a name that stood for one is bound to what is written.

Accepts any `Program`; guarantees the same values, and that no argument is written to. Classes of storage do
not tell the two arrays apart that a name stands for, one after the other; here a copy is followed forwards,
through views, branches, loops and lists, to all that may hold it:

    u = u.copy()                            gone: what is written is `new`, and no u that has been one
    for _ in range(n):                          for _ in range(n):
        new = u.copy()                              new = u.copy()
        new[1:-1] = u[1:-1] + ...                   new[1:-1] = u[1:-1] + ...
        u = new                                     u = new

It comes last: what is gone made the classes of storage smaller than they are now.
"""

from __future__ import annotations

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import COMPARISONS, is_opaque, shares
from s2sad.ir.kinds import OBJECT
from s2sad.ir.nodes import (
    LOOPS,
    Atom,
    Call,
    Do,
    For,
    If,
    Let,
    Moves,
    Program,
    Range,
    Return,
    Stmt,
    Store,
    Var,
    atom_vars,
    call_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_statement
from s2sad.optimise.copies import is_fresh


def unwritten(program: Program) -> Program:
    """Use arguments instead of copies that are not written."""
    made = [s for s in program.body if type(s) is Let and s.made and s.call.fun == "copy"]
    found = [s for s in made if s.call.args[0] in [Var(name) for name in program.params]]
    if not found:
        return program
    aliases = Aliases(program)
    instead: dict[str, Atom] = {s.name: s.call.args[0] for s in found if _Flow(program, aliases, s).is_read()}
    if not instead:
        return program
    edit = Edit(program)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        return () if isinstance(stmt, Let) and stmt.name in instead else (in_statement(stmt, instead),)

    return edit.finish(edit.block(program.body, change))


class _Flow:
    """What may hold the array that one copy makes: names, and classes of lists."""

    def __init__(self, program: Program, aliases: Aliases, copy: Let) -> None:
        self.program, self.aliases, self.copy = program, aliases, copy
        self.names = {copy.name}
        self.lists: set[int] = set()

    def is_read(self) -> bool:
        """Whether nothing writes to the copy, to its original, or hands it on."""
        aliases, (original,) = self.aliases, self.copy.call.args
        source = aliases.of(original.name) if isinstance(original, Var) else None
        own = aliases.of(self.copy.name)
        kind = self.program.kinds.get(self.copy.name, OBJECT)
        if source is None or own is None or own == source or not (kind.is_array and kind.rank):
            return False
        barred = aliases.told | aliases.layout
        if aliases.opaque or source in barred or own in barred | aliases.visible:
            return False
        if any(source in aliases.written(stmt) for stmt in self.program.body):
            return False
        size = -1
        while size != len(self.names) + len(self.lists):
            size = len(self.names) + len(self.lists)
            if not all(map(self.follow, walk(self.program.body))):
                return False
        return not self.lists & (aliases.visible | aliases.returned | aliases.told)

    def follow(self, stmt: Stmt) -> bool:
        """Enter what holds the copy because of a statement; False where it is written, or out of sight."""
        if stmt is self.copy:
            return True
        if isinstance(stmt, Let):
            return self.call(stmt.call, stmt.name)
        if isinstance(stmt, Do):
            return self.call(stmt.call, None)
        if isinstance(stmt, Store):
            return self.store(stmt)
        if isinstance(stmt, Return):
            return not self.holds(stmt.value)
        if isinstance(stmt, If):
            for out in stmt.outs:
                self.enter(out.name, out.then, out.orelse)
        elif isinstance(stmt, LOOPS):
            for carry in stmt.carried:
                self.enter(carry.name, carry.init, carry.next)
                self.enter(carry.out, Var(carry.name), carry.next)
            if isinstance(stmt, For) and not isinstance(stmt.space, Range):
                self.enter(stmt.target, stmt.space)
        elif isinstance(stmt, Moves):
            for name, value in zip(stmt.names, stmt.values, strict=True):
                self.enter(name, value)
        return True

    def store(self, stmt: Store) -> bool:
        """Elements are copied into an array; a list may get another element, but not a sum in place."""
        if self.holds(stmt.base):
            return _name(stmt.base) not in self.names and not stmt.op and not self.holds(stmt.value)
        base = self.program.kinds.get(_name(stmt.base), OBJECT)
        return base.is_array or not any(self.holds(Var(name)) for name in uses(stmt))

    def call(self, call: Call, name: str | None) -> bool:
        """A call that may give what holds the copy, or put it somewhere."""
        if not any(map(self.is_held, call_vars(call))):
            return True
        fun, held = call.fun, [atom for atom in call.args if self.holds(atom)]
        if fun == "list.append" or (fun == "list" and not call.form and name is not None):
            xs = call.args[0] if name is None else Var(name)
            cls = self.aliases.of(_name(xs))
            if cls is None or (name is None and held == [xs]):
                return cls is not None
            self.lists.add(cls)
            return name is not None or not self.names.intersection(atom_vars(xs))
        if fun in ("getitem", "getattr", "list.pop"):
            if name is not None and shares(self.program.kinds.get(name, OBJECT)):
                self.names.add(name)
            return True
        if fun in COMPARISONS or fun in ("len", "isinstance"):
            return True
        return fun != "user" and not is_opaque(call) and is_fresh(call)

    def enter(self, name: str, *sources: Atom) -> None:
        """A name that stands for one of the sources."""
        if any(map(self.holds, sources)):
            self.names.add(name)

    def holds(self, atom: Atom) -> bool:
        """Whether an atom may be the copy, a view of it, or a list that it is in."""
        return any(map(self.is_held, atom_vars(atom)))

    def is_held(self, name: str) -> bool:
        """Whether a name may stand for one of these."""
        return name in self.names or (bool(self.lists) and self.aliases.of(name) in self.lists)


def _name(atom: Atom) -> str:
    return atom.name if isinstance(atom, Var) else ""
