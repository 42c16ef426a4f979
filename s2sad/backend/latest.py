"""What takes the place of a value is computed behind the last use of that value.

Accepts any `Program` and gives the same values; only statements of a transform move, and only those that
`Motion` lets pass. A cotangent that goes round a loop or leaves a branch then needs no second name:

    s_bar_2 = x*s_bar                   x_bar += s*s_bar
    x_bar += s*s_bar                    s_bar = x*s_bar
    s_bar = s_bar_2
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from s2sad.ir.nodes import (
    LOOPS,
    Atom,
    Block,
    For,
    If,
    Let,
    Program,
    Stmt,
    Store,
    Var,
    atom_vars,
    blocks,
    call_vars,
    is_straight,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks
from s2sad.optimise.motion import Motion


def latest(program: Program) -> Program:
    """The program with such statements at the ends of their blocks."""
    if is_straight(program.body):
        return program
    mover = _Mover(program)
    return mover.edit.finish(mover.block(program.body, ()))


class _Mover:
    """Walks the blocks of one program."""

    def __init__(self, program: Program) -> None:
        self.program, self.hints = program, program.hints
        self.edit = Edit(program)
        self.counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
        lets = [s for s in walk(program.body) if type(s) is Let]
        grown: dict[str, list[str]] = {}  # what is added to an array: they move down together (`sums`)
        for stmt in walk(program.body):
            if type(stmt) is Store and stmt.made and stmt.op and stmt.index is None:
                grown.setdefault(atom_vars(stmt.base)[0], []).extend(atom_vars(stmt.value))
        once = [s for s in lets if (self.counts[s.name] == 1 or s.name in grown) and self.is_part(s.name)]
        self.parts = {s.name: [*call_vars(s.call), *grown.get(s.name, ())] for s in once}

    @cached_property
    def motion(self) -> Motion:
        """What may pass what; few programs ask."""
        return Motion(self.program)

    def block(self, block: Block, leaving: Iterable[tuple[Atom, str]]) -> Block:
        """A block at whose end values leave it, or go round, and take the places of others."""
        result: list[Stmt] = []
        for stmt in block:
            parts = blocks(stmt)
            result.append(self.nested(stmt, parts) if parts else stmt)
        places = {atom.name: self.hints.get(name, "") for atom, name in leaving if isinstance(atom, Var)}
        for let in [s for s in result if type(s) is Let and s.made and s.name in places]:
            self.move(let, self.hints.get(let.name) or places[let.name], result)
        return same_block(block, result)

    def nested(self, stmt: Stmt, parts: tuple[Block, ...]) -> Stmt:
        """A statement with blocks; a loop's last one carries the values that go round."""
        if isinstance(stmt, If):
            sides = [(out.then, out.name) for out in stmt.outs], [(out.orelse, out.name) for out in stmt.outs]
            made = tuple(self.block(part, side) for part, side in zip(parts, sides, strict=True))
        else:
            assert isinstance(stmt, LOOPS)
            following = [(carry.next, carry.name) for carry in stmt.carried]
            made = (self.block(parts[-1], following),)
            if not isinstance(stmt, For):
                made = (self.block(stmt.head, ()), *made)
        return self.edit.moved(stmt, with_blocks(stmt, made))

    def move(self, let: Let, hint: str, block: list[Stmt]) -> None:
        """Put a statement last if one behind it reads a value of the name that it will have."""
        at = block.index(let)
        behind = block[at + 1 :]
        if not hint or self.counts[let.name] != 1 or not any(self.reads(s, hint, let.name) for s in behind):
            return
        if all(self.motion.may_move(let, stmt) for stmt in behind):
            block[at:] = [*behind, let]

    def is_part(self, name: str) -> bool:
        """Whether nobody chose a value's name, so that its expression may stand where it is read."""
        hint = self.hints.get(name, "")
        return not hint or hint.endswith(("_bar", "_dot"))

    def reads(self, stmt: Stmt, hint: str, name: str) -> bool:
        """Whether a statement reads a value that has this name in the text, another than `name`."""
        todo, seen = [n for s in walk((stmt,)) for n in uses(s)], set[str]()
        while todo:
            read = todo.pop()
            if read == name:
                continue
            if self.hints.get(read) == hint:
                return True
            if read in self.parts and read not in seen:  # what is added to an array may be made of it
                seen.add(read)
                todo += self.parts[read]
        return False


__all__ = ["latest"]
