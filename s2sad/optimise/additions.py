"""Additions to one place of an array, of which nobody reads anything in between: one addition.

Accepts any `Program`; guarantees the same values up to the order in which sums are rounded. Only made
statements of one block are joined, and only where neither the place nor what is added changes in between.

    x_bar[:-1] += a                          np.add.at(x_bar, index, a)
    x_bar[1:] += b                           np.add.at(x_bar, index, b)
    x_bar[:-1] -= c
                                             np.add.at(x_bar, index, a + b)
    x_bar[1:] += b
    x_bar[:-1] += a - c
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.kinds import elementwise, same_shape
from s2sad.ir.nodes import Atom, Block, Call, Do, Fresh, Let, Program, Stmt, Store, Var, blocks, uses, walk
from s2sad.ir.rewrite import Edit, same_block, with_blocks

_ADDING = (Store, Do)


@dataclass(slots=True)
class _Addition:
    """What is added where: the value's sign is "add" or "sub"."""

    key: Hashable
    base: str
    index: Atom | None
    value: Atom
    sign: str


def additions(program: Program, aliases: Aliases | None = None) -> Program:
    """Join additions to the same place."""
    found = [s for s in walk(program.body) if isinstance(s, _ADDING) and s.made]
    if len(found) < 2:
        return program
    counts = Counter(a.key for stmt in found if (a := _addition(stmt)) is not None)
    if not counts or max(counts.values()) < 2:
        return program
    joiner = _Joiner(program, aliases or Aliases(program))
    return joiner.edit.finish(joiner.block(program.body))


def _addition(stmt: Stmt) -> _Addition | None:
    """A made statement as an addition to a place of an array."""
    if isinstance(stmt, Store) and stmt.made and stmt.op in ("add", "sub"):
        base: Atom = stmt.base
        index, value, sign, fun = stmt.index, stmt.value, stmt.op, ""
    elif isinstance(stmt, Do) and stmt.made and stmt.call.fun == "np.add.at" and len(stmt.call.args) == 3:
        (base, index, value), sign, fun = stmt.call.args, "add", "np.add.at"
    else:
        return None
    return _Addition((fun, base, index), base.name, index, value, sign) if isinstance(base, Var) else None


class _Joiner:
    """Walks blocks; what is added and may be added later waits in `waiting`, by place."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.kinds, self.aliases = program.kinds, aliases
        self.edit = Edit(program)
        self.fresh = Fresh(program.kinds, self.edit.hints)

    def block(self, block: Block) -> Block:
        """The block with additions joined, those of nested blocks too."""
        result: list[Stmt] = []
        waiting: dict[Hashable, tuple[_Addition, Stmt]] = {}
        born: set[str] = set()  # what is added to a new array is written beside its first contribution
        for old in block:
            parts = blocks(old)
            stmt = self.edit.moved(old, with_blocks(old, tuple(map(self.block, parts)))) if parts else old
            this = _addition(stmt)
            if isinstance(stmt, Let):
                born.add(stmt.name)
            if this is None or (this.index is None and this.base in born):
                if waiting:
                    self.stop(waiting, stmt, None)
                result.append(stmt)
                continue
            self.stop(waiting, stmt, this)
            before = waiting.pop(this.key, None)
            if before is not None and self.fit(before[0], this):
                result.remove(before[1])
                stmt = self.joined(before[0], this, stmt, result)
                this = _addition(stmt)
                assert this is not None
            waiting[this.key] = this, stmt
            result.append(stmt)
        return same_block(block, result)

    def stop(
        self, waiting: dict[Hashable, tuple[_Addition, Stmt]], stmt: Stmt, adds: _Addition | None
    ) -> None:
        """Take off the list what cannot move past a statement."""
        inside = list(walk((stmt,)))
        written = self.aliases.written(stmt)
        names = {n for s in inside for n in uses(s)} if adds is None else set()
        read = {c for n in names for c in self.aliases.reach(Var(n))}
        for key, (addition, _) in list(waiting.items()):
            own = self.aliases.of(addition.base)
            operands = self.aliases.reach(addition.value) | self.aliases.reach(addition.index)
            if adds is not None:  # sums may be added in any order
                value = self.aliases.reach(adds.value) | self.aliases.reach(adds.index)
                moves = own not in value and not written & operands
            else:
                moves = own not in read and not written & (operands | {own})
            if not moves:
                del waiting[key]

    def fit(self, one: _Addition, two: _Addition) -> bool:
        """Whether what is added to an array may be summed before, and is of real numbers."""
        kinds = [kind_of(a.value, self.kinds) for a in (one, two)]
        if self.kinds[one.base].cat != "array" or any(k.sort not in ("float", "int") for k in kinds):
            return False
        floats = "float" in [k.sort for k in kinds]
        return floats and (any(k.is_scalar for k in kinds) or same_shape(*kinds))

    def joined(self, one: _Addition, two: _Addition, stmt: Stmt, result: list[Stmt]) -> Stmt:
        """One statement for two, with the sum in front of it."""
        fun = "add" if one.sign == two.sign else "sub"
        values = (two.value, one.value) if (one.sign, two.sign) == ("sub", "add") else (one.value, two.value)
        kinds = [kind_of(v, self.kinds) for v in values]
        name = self.fresh("", elementwise(*kinds))
        result.append(Let(name, Call(fun, values), None, True))
        if isinstance(stmt, Store):
            sign = one.sign if one.sign == two.sign else "add"
            return self.edit.moved(stmt, replace(stmt, value=Var(name), op=sign))
        assert isinstance(stmt, Do)
        args = (*stmt.call.args[:2], Var(name))
        return self.edit.moved(stmt, replace(stmt, call=replace(stmt.call, args=args)))


__all__ = ["additions"]
