"""Texts that are made of active values, and the numbers that are read from them again.

    s = f"{x:.3f}"; print(s)            s says x, and so does everything that s is put into
    y = float(s.split()[0])             y is read from a text that says x: its derivative is lost

Accepts a lowered program and a question, whether a name varies; guarantees that every number which may have
been read from a text of something that varies is named. Whole numbers and conditions are none: `len(s)` and
`s == "nan"` are constant piece by piece. What merely picks (`xs[0]`, a branch, a display) reads no text: in
`(loss, f"{loss}")` the first part is a number still. Objects to which a text is given (files, io.StringIO)
say what it says, and so does what they are given to.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from s2sad.analysis.effects import Aliases
from s2sad.analysis.outside import is_logging
from s2sad.analysis.primitives import holds_storage, is_opaque
from s2sad.ir.kinds import OBJECT, Kind, carries
from s2sad.ir.nodes import (
    Atom,
    Call,
    Do,
    For,
    If,
    Let,
    Moves,
    Program,
    Range,
    Ref,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    call_vars,
    walk,
)

PICKING = frozenset(
    "getitem getattr copy tuple list dict list.pop plain held entered caught stop_gradient".split()
)
NUMBERS = ("float", "complex", "int", "bool")
SILENT = ("assert", "keep_state")
REDIRECTING = (contextlib.redirect_stdout, contextlib.redirect_stderr)


@dataclass(slots=True)
class Texts:
    """What a program says of its active values.

    said    names of texts that say something active, and of what holds such texts
    read    names of numbers that are read from those
    given   calls of the user's functions that are not inlined and are given one
    """

    said: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    given: list[Let] = field(default_factory=list)


def speaks(stmt: Stmt, kinds: dict[str, Kind]) -> bool:
    """Whether a statement may make a text of a value, or give a value to something that does."""
    if isinstance(stmt, Let):
        kind = kinds[stmt.name]
        if kind.is_number:
            return kind.sort not in NUMBERS and stmt.call.fun not in PICKING
        return holds_text(kind) and (kind != OBJECT or stmt.call.fun == "call")
    return isinstance(stmt, Do) and stmt.call.fun == "print" and bool(stmt.call.kwargs)


def holds_text(kind: Kind, sure: bool = False) -> bool:
    """Whether a value of this kind may be a text or hold one; `sure`: whether it does."""
    if kind.is_number:
        return kind.sort not in (*NUMBERS, "") if sure else kind.sort not in NUMBERS
    if kind.every is not None:
        return holds_text(kind.every, sure)
    if kind.cat in ("list", "tuple", "dict"):
        return not sure if kind.items is None else any(holds_text(i, sure) for i in kind.items)
    return kind.cat == "str" or (kind.cat == "object" and not sure)


def texts(program: Program, aliases: Aliases, varies: Callable[[str], bool], frozen: frozenset[str]) -> Texts:
    """The texts that say something of what varies, and the numbers that are read from them."""
    return _Texts(program, aliases, varies, frozen).run()


class _Texts:
    """The smallest sets that are closed under "says what varies"."""

    def __init__(
        self, program: Program, aliases: Aliases, varies: Callable[[str], bool], frozen: frozenset[str]
    ) -> None:
        self.kinds = program.kinds
        self.aliases = aliases
        self.varies = varies
        self.frozen = frozen
        self.made = Texts()
        self.objects: set[int] = set()  # live objects that have been given a text
        self.statements = list(walk(program.body))
        self.lets = {s.name: s for s in self.statements if isinstance(s, Let)}
        self.caught = [name for name, let in self.lets.items() if let.call.fun == "caught"]
        self.looked_into = bool(program.kept)  # then what is caught varies itself
        self.changed = True

    def run(self) -> Texts:
        """A fixed point over all statements."""
        while self.changed:
            self.changed = False
            for stmt in self.statements:
                self._visit(stmt)
        return self.made

    def _visit(self, stmt: Stmt) -> None:
        if isinstance(stmt, Let):
            self._let(stmt)
        elif isinstance(stmt, Do):
            self._do(stmt.call)
        elif isinstance(stmt, Store):
            if self._says(stmt.value) or self._says(stmt.index):
                self._tell(stmt.base)
        elif isinstance(stmt, If):
            first = stmt.then[0] if stmt.form == "with" and stmt.then else None
            if isinstance(first, Let) and first.call.fun == "entered":
                self._pass_on(first.name, (stmt.cond,))
            for out in stmt.outs:
                self._pass_on(out.name, (out.then, out.orelse))
        elif isinstance(stmt, For | While):
            for carry in stmt.carried:
                self._pass_on(carry.name, (carry.init, carry.next))
                self._pass_on(carry.out, (carry.init, carry.next))
            if isinstance(stmt, For) and not isinstance(stmt.space, Range):
                self._pass_on(stmt.target, (stmt.space,))
        elif isinstance(stmt, Moves):
            for name, value in zip(stmt.names, stmt.values, strict=True):
                self._pass_on(name, (value,))

    def _let(self, stmt: Let) -> None:
        name, call = stmt.name, stmt.call
        kind = self.kinds[name]
        operands = [*call.args, *(a for _, a in call.kwargs)]
        said = any(map(self._says, operands))
        if call.fun in PICKING:
            if said:
                self._tell(Var(name))
            if call.fun == "getitem" and any(self.varies(n) for n in atom_vars(call.args[1])):
                self._tell_all(self.caught)  # a KeyError says the key
            return
        if said:
            self._tell_all(self.caught)  # float("a") says the text that is no number
        active = any(self.varies(n) for n in call_vars(call))
        if call.fun == "user":
            if said and stmt not in self.made.given:
                self.made.given.append(stmt)
            if (said or active) and self.caught and _raises(call):
                self._tell_all(self.caught)
            if (said or active) and holds_text(kind, True):
                self._tell(Var(name))
            return
        opaque = is_opaque(call)
        active = active and (not opaque or is_logging(call, self.lets))  # others are followed, or refused
        if said or (active and (opaque or holds_text(kind, True))):
            self._tell(Var(name))
        if said and carries(kind) and not (holds_text(kind) and not kind.is_number):
            self._read(name)
        if opaque and (said or active or name in self.made.said):
            self._tell_holders(operands)

    def _do(self, call: Call) -> None:
        operands = [*call.args, *(a for _, a in call.kwargs)]
        said = any(map(self._says, operands))
        if call.fun in SILENT:
            return
        if call.fun in ("list.append", "list.insert"):
            if said:
                self._tell(call.args[0])
        elif call.fun == "raise":
            if said or (not self.looked_into and any(self.varies(n) for n in call_vars(call))):
                self._tell_all(self.caught)
        elif call.fun == "print":
            if said or any(self.varies(n) for n in call_vars(call)):
                self._tell_holders([a for _, a in call.kwargs])
                self._tell_redirected()
        elif said or (any(self.varies(n) for n in call_vars(call)) and is_logging(call, self.lets)):
            self._tell_holders(operands)

    def _tell_redirected(self) -> None:
        """What is printed goes to the object that print has been redirected to."""
        for stmt in self.statements:
            call = stmt.call if isinstance(stmt, Let) else None
            if call is not None and call.fun == "call" and isinstance(call.args[0], Ref):
                if call.args[0].obj in REDIRECTING:
                    self._tell_holders(call.args[1:])

    def _tell_holders(self, atoms: Iterable[Atom]) -> None:
        """Objects that are given a text say it, whatever they do with it, and so do those that hold them."""
        todo = list(atoms)
        while todo:
            atom = todo.pop()
            if isinstance(atom, Ref):
                obj = _owner(atom)
                if id(obj) not in self.objects and holds_storage(obj):
                    self.objects.add(id(obj))
                    self.changed = True
            elif isinstance(atom, Var) and self.kinds.get(atom.name, OBJECT).cat == "object":
                self._tell_all((atom.name,))
                let = self.lets.get(atom.name)
                todo += let.call.args[:1] if let is not None and let.call.fun in PICKING else ()

    def _says(self, atom: Atom | Range | None) -> bool:
        if isinstance(atom, Ref):
            return id(_owner(atom)) in self.objects
        return any(n in self.made.said for n in atom_vars(atom))

    def _pass_on(self, name: str, atoms: Iterable[Atom]) -> None:
        if any(map(self._says, atoms)):
            self._tell(Var(name))

    def _tell(self, atom: Atom) -> None:
        """What an atom denotes says something of what varies, and what holds it does."""
        self._tell_holders((atom,))
        self._tell_all(name for n in atom_vars(atom) for name in (n, *self._sharing(n)))

    def _sharing(self, name: str) -> Iterator[str]:
        """The names of a container, and of those in which it stands."""
        if self.kinds.get(name, OBJECT).cat not in ("list", "dict"):
            return
        todo, seen = [self.aliases.of(name)], set[int]()
        while todo:
            cls = todo.pop()
            if cls is not None and cls not in seen:
                seen.add(cls)
                yield from self.aliases.members(cls)
                todo += self.aliases.containers(cls)

    def _tell_all(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self.made.said or name in self.frozen or not holds_text(self.kinds.get(name, OBJECT)):
                continue
            self.made.said.add(name)
            self.changed = True

    def _read(self, name: str) -> None:
        if name not in self.made.read and name not in self.frozen:
            self.made.read.add(name)
            self.changed = True


def _owner(ref: Ref) -> object:
    """The object whose method a live object is, or that object."""
    return getattr(ref.obj, "__self__", ref.obj)


def reads_texts(callee: Any) -> bool:
    """Whether a function that calls itself may read numbers from the texts that it is given."""
    program = callee.lowered.program
    found = _Texts(program, Aliases(program), lambda name: False, frozenset())
    found.made.said.update(n for n in program.params if holds_text(program.kinds[n]))
    made = found.run()
    others = any(let.call.args[0].obj is not callee for let in made.given)  # type: ignore[union-attr]
    return others or bool(made.read) or holds_text(callee.result)


def _raises(call: Call) -> bool:
    """Whether a user's function raises exceptions of its own, which may say what it was given."""
    lowered = call.args[0].obj.lowered  # type: ignore[union-attr]
    made = (s.call for s in walk(lowered.program.body) if isinstance(s, Do)) if lowered is not None else ()
    return lowered is None or any(c.fun == "raise" and any(True for _ in call_vars(c)) for c in made)


__all__ = ["Texts", "holds_text", "reads_texts", "speaks", "texts"]
