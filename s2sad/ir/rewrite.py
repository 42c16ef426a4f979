"""Rebuilding programs: other atoms in statements, other statements in blocks.

Accepts and guarantees the SSA form of ir.nodes. Statements are frozen, so that every edit makes new ones; a
statement in which nothing changes stays the same object, and a program in which nothing changes is returned
as it came, which is how the pass manager sees a fixed point. Notes move with their statements.

    substitute(t = mul(x, y), {"y": Const(2)})   is   t = mul(x, 2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from s2sad.ir.nodes import (
    DISPLAYS,
    LOOPS,
    Atom,
    Block,
    Call,
    Carry,
    Const,
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
    blocks,
    own_atoms,
)

Substitution = Mapping[str, Atom]


def in_atom(atom: Atom, by: Substitution) -> Atom:
    """The atom with names replaced; the same object if none is."""
    if type(atom) is Var:
        return by.get(atom.name, atom)
    if type(atom) is Const:
        return atom
    if isinstance(atom, DISPLAYS):
        items = tuple(in_atom(item, by) for item in atom.items)
        if all(new is old for new, old in zip(items, atom.items, strict=True)):
            return atom
        return replace(atom, items=items)
    if isinstance(atom, Slice):
        lo, hi, step = in_atom(atom.lo, by), in_atom(atom.hi, by), in_atom(atom.step, by)
        return atom if lo is atom.lo and hi is atom.hi and step is atom.step else Slice(lo, hi, step)
    return atom


def in_call(call: Call, by: Substitution) -> Call:
    """The call with names of its operands replaced."""
    args = tuple([in_atom(a, by) for a in call.args])
    kwargs = tuple([(n, in_atom(a, by)) for n, a in call.kwargs]) if call.kwargs else ()
    return Call(call.fun, args, kwargs, call.form)


def in_statement(stmt: Stmt, by: Substitution) -> Stmt:
    """The statement with the names that itself reads replaced (not those that its nested blocks read)."""
    if not by or not _reads_any(stmt, by):
        return stmt
    if type(stmt) is Let:
        return Let(stmt.name, in_call(stmt.call, by), stmt.span, stmt.made)
    if isinstance(stmt, Do):
        return Do(in_call(stmt.call, by), stmt.span, stmt.made)
    if isinstance(stmt, Store):
        index = None if stmt.index is None else in_atom(stmt.index, by)
        return replace(stmt, base=in_atom(stmt.base, by), index=index, value=in_atom(stmt.value, by))
    if isinstance(stmt, If):
        outs = tuple(Out(o.name, in_atom(o.then, by), in_atom(o.orelse, by)) for o in stmt.outs)
        return replace(stmt, cond=in_atom(stmt.cond, by), outs=outs)
    if isinstance(stmt, LOOPS):
        carried = tuple(Carry(c.name, in_atom(c.init, by), in_atom(c.next, by), c.out) for c in stmt.carried)
        stop = None if stmt.stop is None else in_atom(stmt.stop, by)
        if isinstance(stmt, While):
            return replace(stmt, cond=in_atom(stmt.cond, by), carried=carried, stop=stop)
        return replace(stmt, space=_in_space(stmt.space, by), carried=carried, stop=stop)
    if isinstance(stmt, Moves):
        return replace(stmt, values=tuple(in_atom(v, by) for v in stmt.values))
    return replace(stmt, value=in_atom(stmt.value, by)) if isinstance(stmt, Return) else stmt


def _reads_any(stmt: Stmt, by: Substitution) -> bool:
    atoms = stmt.call.args if type(stmt) is Let and not stmt.call.kwargs else own_atoms(stmt)
    for atom in atoms:
        if type(atom) is Var:
            if atom.name in by:
                return True
        elif type(atom) is not Const and _touches(atom, by):
            return True
    return False


def _in_space(space: Range | Atom, by: Substitution) -> Range | Atom:
    if isinstance(space, Range):
        return Range(in_atom(space.start, by), in_atom(space.stop, by), in_atom(space.step, by))
    return in_atom(space, by)


def _touches(atom: Atom | Range, by: Substitution) -> bool:
    if isinstance(atom, Var):
        return atom.name in by
    if isinstance(atom, DISPLAYS):
        return any(_touches(item, by) for item in atom.items)
    if isinstance(atom, Slice):
        return _touches(atom.lo, by) or _touches(atom.hi, by) or _touches(atom.step, by)
    if isinstance(atom, Range):
        return _touches(atom.start, by) or _touches(atom.stop, by) or _touches(atom.step, by)
    return False


def with_blocks(stmt: Stmt, parts: tuple[Block, ...]) -> Stmt:
    """The statement with other nested blocks, in the order of `nodes.blocks`."""
    if isinstance(stmt, If):
        then, orelse = parts
        same = then is stmt.then and orelse is stmt.orelse
        return stmt if same else replace(stmt, then=then, orelse=orelse)
    if isinstance(stmt, For):
        return stmt if parts[0] is stmt.body else replace(stmt, body=parts[0])
    if isinstance(stmt, While):
        head, body = parts
        return stmt if head is stmt.head and body is stmt.body else replace(stmt, head=head, body=body)
    return stmt


class Edit:
    """One rewriting of a program: replaces statements and remembers which, so that notes move along."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._notes = dict(program.notes)
        self.hints = dict(program.hints)

    def moved(self, old: Stmt, new: Stmt) -> Stmt:
        """Say that a statement takes the place of another."""
        if new is not old and old in self._notes:
            self._notes.setdefault(new, self._notes[old])
        return new

    def rename(self, name: str, hint: str) -> None:
        """Give a name without a hint of its own the hint of a value that it now stands for."""
        if hint and not self.hints.get(name):
            self.hints[name] = hint

    def block(self, block: Block, change: Callable[[Stmt], Iterable[Stmt]]) -> Block:
        """The block with every statement changed, innermost first; recursion goes as deep as blocks nest."""
        result: list[Stmt] = []
        for stmt in block:
            parts = blocks(stmt)
            new = (
                self.moved(stmt, with_blocks(stmt, tuple(self.block(p, change) for p in parts)))
                if parts
                else stmt
            )
            for made in change(new):
                result.append(self.moved(new, made))
        return same_block(block, result)

    def finish(self, body: Block) -> Program:
        """The program with this body; the very program if it is the body that it had."""
        if body is self.program.body:
            return self.program
        return replace(self.program, body=body, notes=self._notes, hints=self.hints)


def same_block(old: Block, new: list[Stmt]) -> Block:
    """The old block if nothing in it changed."""
    if len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True)):
        return old
    return tuple(new)


def substitute(program: Program, by: Substitution) -> Program:
    """The program with names replaced everywhere; chains (a -> b -> c) are followed."""
    if not by:
        return program
    final = resolved(by)
    edit = Edit(program)
    return edit.finish(edit.block(program.body, lambda s: (in_statement(s, final),)))


def resolved(by: Substitution) -> dict[str, Atom]:
    """A substitution with chains followed to their ends."""
    final: dict[str, Atom] = {}
    for name in by:
        at: Atom = by[name]
        seen = {name}
        while isinstance(at, Var) and at.name in by and at.name not in seen:
            seen.add(at.name)
            at = by[at.name]
        final[name] = at
    return final
