"""Zeros that take in a whole array which nobody reads any more: that array takes in what they would have.

Accepts any `Program`; guarantees the same values up to the order in which sums are rounded. So it is with the
shadow of an array that each trip copies and writes: what is added to the old one is added in place.

    for i in range(n - 1, -1, -1):                for i in range(n - 1, -1, -1):
        t = 0.5*u_bar[1:-1]                           t = 0.5*u_bar[1:-1]
        u_bar[1:-1] = 0.0                             u_bar[1:-1] = 0.0
        u_bar_2 = np.zeros_like(u_bar)
        u_bar_2[2:] += t                              u_bar[2:] += t
        u_bar_2[:-2] += t                             u_bar[:-2] += t
        u_bar_2 += u_bar
        u_bar = u_bar_2
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2sad.analysis.effects import Aliases
from s2sad.ir.kinds import same_shape
from s2sad.ir.nodes import (
    Atom,
    Block,
    Carry,
    For,
    Let,
    Program,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    readers,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_statement, resolved
from s2sad.optimise.copies import is_fresh


def adoptions(program: Program, aliases: Aliases | None = None) -> Program:
    """Use arrays that die instead of zeros that they are added to."""
    stores = [s for s in walk(program.body) if type(s) is Store and s.made and s.op]
    parts = {s.base.name for s in stores if s.index is not None and isinstance(s.base, Var)}
    if not any(isinstance(s.base, Var) and s.base.name in parts for s in stores if _adds_whole(s)):
        return program
    search = _Search(program, aliases or Aliases(program))
    search.block(program.body, ())
    if not search.instead:
        return program
    edit, final = Edit(program), resolved(search.instead)
    for name, atom in final.items():
        if isinstance(atom, Var):
            edit.rename(atom.name, program.hints.get(name, ""))

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if stmt not in search.gone:
            yield in_statement(stmt, final)

    return edit.finish(edit.block(program.body, change))


def _adds_whole(stmt: Stmt) -> bool:
    """Whether a statement adds a whole array to another one."""
    if not isinstance(stmt, Store) or stmt.index is not None or stmt.op != "add" or not stmt.made:
        return False
    return isinstance(stmt.base, Var) and isinstance(stmt.value, Var)


@dataclass(slots=True)
class _Found:
    """Zeros of a block, the first statement that adds to a part of them, and the one that adds an array."""

    zeros: Let
    first: int
    last: Store
    adopted: str


class _Search:
    """Walks blocks with what their loops carry; remembers which names stand for zeros, and what goes."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.kinds, self.aliases = program.kinds, aliases
        self.instead: dict[str, Atom] = {}
        self.gone: set[Stmt] = set()
        self._taken: set[int] = set()
        self._lets = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
        self._users = readers(program.body)

    def block(self, block: Block, carried: tuple[Carry, ...]) -> None:
        """Look for zeros in a block and in the blocks within it."""
        for at, stmt in enumerate(block):
            for part in blocks(stmt):
                self.block(part, stmt.carried if isinstance(stmt, For | While) and part is stmt.body else ())
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun == "np.zeros_like":
                found = self._whole(block, at, stmt)
                if found is not None and self._dies(found, block, carried):
                    self.instead[stmt.name] = Var(found.adopted)
                    self.gone |= {stmt, found.last}

    def _whole(self, block: Block, at: int, zeros: Let) -> _Found | None:
        """What is added to zeros as a whole, if only parts of them have been added to before."""
        first = None
        for i in range(at + 1, len(block)):
            stmt = block[i]
            if all(zeros.name not in uses(s) for s in walk((stmt,))):
                continue
            if not isinstance(stmt, Store) or not stmt.made or stmt.base != Var(zeros.name):
                return None
            if zeros.name in (*atom_vars(stmt.index), *atom_vars(stmt.value)):
                return None
            if _adds_whole(stmt):
                assert isinstance(stmt.value, Var)
                return None if first is None else _Found(zeros, first, stmt, stmt.value.name)
            if stmt.index is None or stmt.op not in ("add", "sub"):
                return None
            first = i if first is None else first
        return None

    def _dies(self, found: _Found, block: Block, carried: tuple[Carry, ...]) -> bool:
        """Whether the array that is added is the block's own, and nobody reads it after additions began."""
        kinds = self.kinds[found.zeros.name], self.kinds[found.adopted]
        if not all(k.is_array and k.rank for k in kinds) or not same_shape(*kinds):
            return False
        if kinds[0].dtype != kinds[1].dtype or not kinds[0].dtype[-1:].isdigit():
            return False
        cls = self.aliases.of(found.adopted)
        seen = self.aliases.visible | self.aliases.told | self.aliases.layout | self._taken
        if cls is None or cls in seen or self.aliases.is_held(cls):
            return False
        carry = next((c for c in carried if c.name == found.adopted), None)
        made = self._lets.get(found.adopted) if carry is None else self._start(carry, found)
        if made is None or not is_fresh(made.call) or (carry is None and made not in block[: found.first]):
            return False
        family = set(self.aliases.members(cls)) - {found.zeros.name}
        if carry is not None:
            family -= {carry.out, made.name}
        before = {s for stmt in block[: found.first] for s in walk((stmt,))} | {found.last}
        if any(user not in before for name in family for user in self._users.get(name, ())):
            return False
        self._taken.add(cls)
        return True

    def _start(self, carry: Carry, found: _Found) -> Let | None:
        """What a loop has first of an array that it carries round, if nobody else has it and zeros follow."""
        if carry.next != Var(found.zeros.name) or not isinstance(carry.init, Var):
            return None
        alone = len(self._users.get(carry.init.name, ())) == 1
        return self._lets.get(carry.init.name) if alone else None


__all__ = ["adoptions"]
