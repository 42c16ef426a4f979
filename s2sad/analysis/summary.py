"""What a caller sees of a function that is not inlined: what it writes, makes and returns views of.

Accepts a lowered function; guarantees, if there is a summary, that a call is described by it in full:

    exports  values that the call gives: numbers, and arrays that nothing else refers to
    writes   parameters whose storage the call writes, each only through views of that parameter
    result   what the function returns, put together in the caller of parameters, exports and views

    def g(u, k, m): u[m:] += k*u[:-m]**2; return u[m:]
    writes u, exports nothing, result u[m:]: the caller has `g(x, k, m)` and then `v = x[m:]`

There is none for functions that write what is outside, return lists or one of several arrays, or bind an
argument that they write to another name's storage: these are inlined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2sad.analysis.effects import Aliases
from s2sad.analysis.itself import describe
from s2sad.analysis.places import ARRAYS
from s2sad.analysis.storage import Storage
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Const,
    Do,
    Let,
    List,
    Program,
    Ref,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    own_atoms,
    walk,
)

SILENT = ("list.append", "list.insert", "print", "assert", "raise")


@dataclass(frozen=True, slots=True)
class Param:
    """The argument for a parameter."""

    index: int


@dataclass(frozen=True, slots=True)
class Export:
    """One of the values that the call gives."""

    index: int


@dataclass(frozen=True, slots=True)
class View:
    """A call on other parts: the view of an array."""

    fun: str
    args: tuple[Part, ...]
    kwargs: tuple[tuple[str, Part], ...]
    form: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Parts:
    """A display of parts: a tuple, or the three of a slice."""

    cat: str
    items: tuple[Part, ...]


Part = Param | Export | View | Parts | Const | Ref


@dataclass(frozen=True, slots=True)
class Summary:
    """See the module's docstring; `writes` are positions in the program's parameters."""

    exports: tuple[str, ...]
    writes: tuple[int, ...]
    result: Part

    @property
    def plain(self) -> bool:
        """Whether a call of the function itself gives the exports."""
        if not self.exports or self.result == Export(0):
            return True
        flat = tuple(Export(i) for i in range(len(self.exports)))
        return len(flat) > 1 and self.result == Parts("tuple", flat)


class Hidden(Exception):
    """The function does something that a summary cannot say."""


def summarise(program: Program, result: Atom) -> Summary | None:
    """The summary of a lowered function, None if it must be inlined."""
    describe(program)
    aliases = Aliases(program)
    storage = Storage(program, aliases)
    try:
        writes = _writes(program, aliases, storage)
        reader = _Reader(program, aliases, storage)
        return reader.summary(result, writes)
    except Hidden:
        return None


def _writes(program: Program, aliases: Aliases, storage: Storage) -> tuple[int, ...]:
    if aliases.opaque:
        raise Hidden
    for stmt in walk(program.body):
        if aliases.world in aliases.written(stmt) or _is_hidden(stmt):
            raise Hidden
    found: list[int] = []
    classes: list[int | None] = []
    for i, param in enumerate(program.params):
        cls = aliases.of(param)
        if cls is None or cls not in storage.mutable:
            continue
        kind = program.kinds[param]
        members = [n for n in aliases.members(cls) if program.kinds[n].cat in ARRAYS]
        bound = all(storage.origin(n) == param for n in members)
        if not bound or not kind.is_array or not kind.rank or cls in storage.table or cls in classes:
            raise Hidden
        classes.append(cls)
        found.append(i)
    return tuple(found)


def _is_hidden(stmt: Stmt) -> bool:
    if isinstance(stmt, Do) and stmt.call.fun not in (*SILENT, "np.add.at"):
        return True
    if isinstance(stmt, Store) and not isinstance(stmt.base, Var):
        return True
    captured = (a.obj for a in own_atoms(stmt) if isinstance(a, Ref))
    return any(isinstance(obj, np.ndarray | list | dict) for obj in captured)


class _Reader:
    """Puts a result together of parameters, exports and views."""

    def __init__(self, program: Program, aliases: Aliases, storage: Storage) -> None:
        self.program = program
        self.kinds = program.kinds
        self.aliases = aliases
        self.storage = storage
        self.exports: list[str] = []

    def summary(self, result: Atom, writes: tuple[int, ...]) -> Summary:
        """The summary of a function that returns `result`."""
        part = self.part(result)
        classes = [c for n in self.exports if (c := self.aliases.of(n)) is not None]
        if len(set(classes)) < len(classes):
            raise Hidden
        return Summary(tuple(self.exports), writes, part)

    def part(self, atom: Atom) -> Part:
        """What an atom is to the caller."""
        if isinstance(atom, Const):
            return atom
        if isinstance(atom, Tuple):
            return Parts("tuple", tuple(self.part(i) for i in atom.items))
        if isinstance(atom, Slice):
            return Parts("slice", (self.part(atom.lo), self.part(atom.hi), self.part(atom.step)))
        if not isinstance(atom, Var) or isinstance(atom, List):
            raise Hidden
        name = atom.name
        if name in self.program.params:
            return Param(self.program.params.index(name))
        kind = self.kinds[name]
        if kind.is_scalar:
            return self._export(name)
        if kind.cat not in ARRAYS or kind.optional:
            raise Hidden
        let = self.storage.view_of(name)
        if let is not None:
            return self._view(let, kind)
        if kind.cat != "array" or self.aliases.of(name) in self.aliases.visible:
            raise Hidden
        return self._export(name)

    def _view(self, let: Let, kind: Kind) -> View:
        call = let.call
        if call.fun not in ("getitem", "getattr") or self.storage.places[let.name].loops:
            raise Hidden
        args = tuple(self.part(a) for a in call.args)
        return View(call.fun, args, (), call.form, kind)

    def _export(self, name: str) -> Export:
        if name not in self.exports:
            self.exports.append(name)
        return Export(self.exports.index(name))


__all__ = ["Export", "Param", "Part", "Parts", "Summary", "View", "summarise"]
