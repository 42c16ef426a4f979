"""Tuples that are only taken apart: their parts become one unpacking assignment.

Accepts an SSA program; gives, by the statement that takes the first part of such a tuple, the names of all
its parts, None for those that nobody reads, and the statements that this makes superfluous. Parts are taken
where the first is, which changes nothing, since a tuple never does.

    x = kept[0]; t = kept[2]                   x, _, t = kept
    p = f_fwd(x); y = p[0]; kept = p[1]        y, kept = f_fwd(x)

What the user took by its index stays as it is, and so does the only part that is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir.kinds import OBJECT
from s2sad.ir.nodes import Block, Const, Let, Program, Stmt, Var, blocks, uses, walk


@dataclass(slots=True)
class Parts:
    """`first` says what is taken apart where, `others` need no statement of their own."""

    first: dict[Stmt, tuple[str, list[str | None]]] = field(default_factory=dict)
    others: set[Stmt] = field(default_factory=set)

    @property
    def tuples(self) -> set[str]:
        """The names of the tuples."""
        return {name for name, _ in self.first.values()}


def unpacked(program: Program) -> Parts:
    """The tuples of a program that are only taken apart."""
    parts = Parts()
    defined = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    wanted = {
        name
        for name in (*program.params, *defined)
        if (program.kinds.get(name, OBJECT).cat == "tuple" and program.kinds[name].items)
        and (name in program.params or not program.hints.get(name) or defined[name].made)
    }
    if not wanted:
        return parts
    users: dict[str, list[Stmt]] = {}
    for stmt in walk(program.body):
        for name in uses(stmt):
            if name in wanted:
                users.setdefault(name, []).append(stmt)
    for block in _all_blocks(program.body):
        here = set(block)
        for name in [n for n, found in users.items() if found[0] in here]:
            lets = users[name]
            names = _names(program, name, lets)
            if names is not None and here.issuperset(lets):
                parts.first[lets[0]] = name, names
                parts.others.update(lets[1:])
    return parts


def _names(program: Program, name: str, lets: list[Stmt]) -> list[str | None] | None:
    """Which name each part of a tuple gets, None if it is used otherwise as well."""
    items = program.kinds[name].items or ()
    names: list[str | None] = [None] * len(items)
    for let in lets:
        if not (isinstance(let, Let) and let.call.fun == "getitem" and let.call.args[0] == Var(name)):
            return None
        index = let.call.args[1]
        if not (
            isinstance(index, Const) and type(index.value) is int and -len(items) <= index.value < len(items)
        ):
            return None
        if names[index.value] is not None or (not let.made and name in program.params):
            return None
        names[index.value] = let.name
    return names if len(lets) > 1 else None


def _all_blocks(body: Block) -> list[Block]:
    return [body, *(block for stmt in walk(body) for block in blocks(stmt))]
