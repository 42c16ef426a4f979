"""Parts of shadows that are overwritten: what a store puts there, and when.

Accepts any `Program`; guarantees the same values. The adjoint of `x[I] = v` takes what a place of the shadow
holds, as a copy, and leaves zeros there. Nobody would write it so where

the next thing that happens to the place is an addition:

    t = x_bar[i]                            t = x_bar[i]
    x_bar[i] = 0.0
    x_bar[i] += 0.5*t                       x_bar[i] = 0.5*t

the zeros can wait until the copy is used up, which then is no copy (`copies`):

    t = x_bar[1:].copy()                    t = x_bar[1:].copy()
    x_bar[1:] = 0.0                         y_bar += 2*t
    y_bar += 2*t                            x_bar[1:] = 0.0

what was taken comes back, and only additions happen in between (`u[1:-1] = u[1:-1] + ...`):

    t = x_bar[1:-1].copy()                  t = x_bar[1:-1].copy()
    x_bar[1:-1] = 0.0
    x_bar[2:] += 0.5*t                      x_bar[2:] += 0.5*t
    x_bar[1:-1] += t

or a whole array gets other contents, and has only one name:

    x_bar = 2*x                             x_bar = 2*x
    t = s*x_bar                             x_bar_2 = s*x_bar
    x_bar[...] = t
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.places import Places
from s2sad.analysis.primitives import is_whole, kind_of
from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Let,
    Program,
    Return,
    Stmt,
    Store,
    Var,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_statement, same_block, with_blocks
from s2sad.optimise.copies import is_fresh


def overwrites(program: Program, aliases: Aliases | None = None) -> Program:
    """Let stores into parts of shadows say at once, and not before its time, what comes there."""
    if not any(type(s) is Store and s.made and not s.op for s in walk(program.body)):
        return program
    pass_ = _Overwrites(program, aliases or Aliases(program))
    body = pass_.block(program.body)
    return pass_.edit.finish(body)


class _Overwrites:
    """The pass over one program."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.kinds = program.kinds
        self.aliases = aliases
        self.edit = Edit(program)
        self._touched: dict[Stmt, frozenset[int]] = {}
        self._names: dict[Stmt, frozenset[str]] = {}

    @functools.cached_property
    def _count(self) -> Counter[str]:
        """How often each name is read."""
        return Counter(name for stmt in walk(self.edit.program.body) for name in uses(stmt))

    def block(self, block: Block) -> Block:
        """The block with its stores changed; nested blocks first."""
        result: list[Stmt] = []
        for stmt in block:
            parts = blocks(stmt)
            new = with_blocks(stmt, tuple(self.block(p) for p in parts)) if parts else stmt
            result.append(self.edit.moved(stmt, new))
        at = 0
        while at < len(result):
            stmt = result[at]
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun == "copy":
                self._postpone(result, at, stmt)
            elif isinstance(stmt, Store) and self._is_local(stmt):
                at -= self._forget(result, at, stmt)
                changes = self._stays, self._merge, self._rebind
                if any(change(result, at, stmt) for change in changes):
                    continue
            at += 1
        return same_block(block, result)

    def _is_local(self, store: Store) -> bool:
        """Whether a store of the reverse sweep sets a part of an array that nobody else sees."""
        if not store.made or store.op or not isinstance(store.base, Var):
            return False
        cls = self.aliases.of(store.base.name)
        hidden = cls is not None and cls not in self.aliases.visible and not self.aliases.is_held(cls)
        return hidden and self.kinds[store.base.name].cat == "array"

    def touched(self, stmt: Stmt) -> frozenset[int]:
        """The classes that a statement reads or writes, nested blocks included."""
        found = self._touched.get(stmt)
        if found is None:
            own = self.aliases.observed(stmt) | self.aliases.written(stmt)
            found = own.union(*(self.touched(s) for block in blocks(stmt) for s in block))
            self._touched[stmt] = found
        return found

    def names(self, stmt: Stmt) -> frozenset[str]:
        """The names that a statement reads, nested blocks included."""
        found = self._names.get(stmt)
        if found is None:
            found = self._names[stmt] = frozenset(n for s in walk((stmt,)) for n in uses(s))
        return found

    # ---- one store after another

    def _forget(self, block: list[Stmt], at: int, store: Store) -> int:
        """Drop the store before this one if it is to the same place, which nobody reads in between."""
        assert isinstance(store.base, Var)
        cls = self.aliases.of(store.base.name)
        before = next((k for k in range(at - 1, -1, -1) if cls in self.touched(block[k])), None)
        stmt = None if before is None else block[before]
        if before is None or not isinstance(stmt, Store) or not stmt.made or stmt.base != store.base:
            return 0
        read = [self.aliases.reach(atom) for atom in (store.value, stmt.value, stmt.index)]
        kind = self.kinds[store.base.name]
        if any(cls in classes for classes in read) or not self._is_same_place(stmt.index, store.index, kind):
            return 0
        del block[before]
        return 1

    def _stays(self, block: list[Stmt], at: int, zeros: Store) -> bool:
        """Let a part stay that is cleared, and to which its old contents are added; whether it does."""
        assert isinstance(zeros.base, Var)
        cls, copy, place = self.aliases.of(zeros.base.name), None, (zeros.base, zeros.index)
        if cls is None or zeros.value != Const(0.0) or self.aliases.reach(zeros.index):
            return False
        for stmt in reversed(block[:at]):
            if isinstance(stmt, Let) and self._is_copy_of(stmt, zeros):
                copy = stmt
                break
            if cls in self.aliases.written(stmt):
                return False
        for k in range(at + 1, len(block) if copy is not None else 0):
            stmt = block[k]
            if cls not in self.touched(stmt):
                continue
            adds = isinstance(stmt, Store) and stmt.made and stmt.op in ("add", "sub")
            if not adds or not isinstance(stmt, Store) or cls in self.aliases.observed(stmt):
                read = isinstance(stmt, Let) and stmt.call.fun == "getitem" and not self._count[stmt.name]
                if not read:
                    return False
            elif copy is not None and stmt.op == "add" and (stmt.base, stmt.index) == place:
                if self._drop_copy(block, k, stmt, Var(copy.name)):
                    del block[at]
                    return True
        return False

    def _drop_copy(self, block: list[Stmt], at: int, store: Store, copy: Var) -> bool:
        """Let an addition leave out what is there already; whether it adds that."""
        if store.value == copy:
            del block[at]
            return True
        for k in range(at - 1, -1, -1):
            let = block[k]
            if isinstance(let, Let) and Var(let.name) == store.value:
                break
        else:
            return False
        if not let.made or let.call.fun not in ("add", "sub") or self._count[let.name] != 1:
            return False
        left, right = let.call.args
        if copy not in (left, right) or (let.call.fun == "sub" and left != copy) or left == right:
            return False
        new = replace(store, value=right if left == copy else left, op=let.call.fun)
        if not self._fits(new, self.kinds[store.base.name]):  # type: ignore[union-attr]
            return False
        block[at] = self.edit.moved(store, new)
        del block[k]
        return True

    def _is_copy_of(self, let: Let, zeros: Store) -> bool:
        """Whether a value is a copy of the part of an array that a store clears."""
        part = self._views.get(let.call.args[0].name) if self._is_made_copy(let) else None  # type: ignore[union-attr]
        return part is not None and part.args == (zeros.base, zeros.index)

    def _is_made_copy(self, let: Let) -> bool:
        return let.made and let.call.fun == "copy" and isinstance(let.call.args[0], Var)

    @functools.cached_property
    def _views(self) -> dict[str, Call]:
        """Parts of arrays, by name."""
        lets = [s for s in walk(self.edit.program.body) if isinstance(s, Let)]
        return {s.name: s.call for s in lets if s.call.fun == "getitem" and not s.call.kwargs}

    def _merge(self, block: list[Stmt], at: int, zeros: Store) -> bool:
        """Let the addition that follows zeros set the place; whether it did."""
        assert isinstance(zeros.base, Var)
        cls = self.aliases.of(zeros.base.name)
        if zeros.value != Const(0.0):
            return False
        for k in range(at + 1, len(block)):
            stmt = block[k]
            if cls is None or cls not in self.touched(stmt) or self._is_elsewhere(stmt, zeros, cls):
                continue
            if (
                isinstance(stmt, Store)
                and stmt.made
                and stmt.op == "add"
                and stmt.base == zeros.base
                and self._is_same_place(stmt.index, zeros.index, self.kinds[zeros.base.name])
                and cls not in self.aliases.reach(stmt.value)
                and self._fits(stmt, self.kinds[zeros.base.name])
            ):
                new = replace(stmt, index=zeros.index, op="")
                block[k] = self.edit.moved(zeros, self.edit.moved(stmt, new))
                del block[at]
                return True
            return False
        return False

    def _fits(self, store: Store, array: Kind) -> bool:
        """Whether `+=` and `=` take the same values: a sum is not cast from complex to real."""
        real = kind_of(store.value, self.kinds).sort != "complex"
        return array.inexact and (real or array.sort == "complex")

    def _is_same_place(self, one: Atom | None, other: Atom | None, array: Kind) -> bool:
        return one == other or (is_whole(one, array) and is_whole(other, array))

    # ---- stores that can wait

    def _postpone(self, block: list[Stmt], at: int, copy: Let) -> None:
        """Move the first store into what was copied behind the last use of the copy."""
        original = copy.call.args[0]
        cls = self.aliases.of(original.name) if isinstance(original, Var) else None
        own = self.aliases.of(copy.name)
        if cls is None or own is None or cls == own or cls in self.aliases.visible:
            return
        mine = frozenset(self.aliases.members(own))
        end = max((k for k in range(at + 1, len(block)) if self.names(block[k]) & mine), default=at)
        first = next((k for k in range(at + 1, end) if cls in self.aliases.written(block[k])), None)
        if first is None or isinstance(block[end], Return):
            return
        end = self._end_of_line(block, end, cls)
        store = block[first]
        if not (isinstance(store, Store) and self._is_local(store)) or self.names(store) & mine:
            return
        read = self.aliases.reach(store.value) | self.aliases.reach(store.index)
        for k in range(first + 1, end + 1):
            if read & self.aliases.written(block[k]):
                return
            if cls in self.touched(block[k]) and not self._is_elsewhere(block[k], store, cls):
                return
        del block[first]
        block.insert(end, store)

    def _is_elsewhere(self, stmt: Stmt, store: Store, cls: int) -> bool:
        """Whether a statement only writes to another part of an array than a store does, or reads there."""
        base: Atom | None = None
        if isinstance(stmt, Store) and cls not in self.aliases.observed(stmt):
            base, index = stmt.base, stmt.index
        elif isinstance(stmt, Let) and stmt.call.fun == "getitem" and self.kinds[stmt.name].is_scalar:
            base, index = stmt.call.args
        if not (isinstance(base, Var) and isinstance(store.base, Var)):
            return False
        settled = self._places.settled
        return settled.are_apart(
            settled.region(base.name, index), settled.region(store.base.name, store.index)
        )

    @functools.cached_property
    def _places(self) -> Places:
        return Places(self.edit.program)

    def _end_of_line(self, block: list[Stmt], end: int, cls: int) -> int:
        """The statement at `end`, or the one behind it of whose expression it may become a part."""
        while end + 1 < len(block):
            stmt, following = block[end], block[end + 1]
            read = isinstance(stmt, Let) and self._count.get(stmt.name) == 1 and stmt.name in uses(following)
            if not read or cls in self.touched(following) or isinstance(following, Return):
                break
            end += 1
        return end

    # ---- whole arrays

    def _rebind(self, block: list[Stmt], at: int, store: Store) -> bool:
        """Let the new contents of a whole array be the array from here on; whether they are."""
        base, value = store.base, store.value
        assert isinstance(base, Var)
        kind = self.kinds[base.name]
        if not (isinstance(value, Var) and is_whole(store.index, kind) and self._is_like(value, kind)):
            return False
        cls = self.aliases.of(base.name)
        born = [s for s in block[:at] if isinstance(s, Let) and s.name in (base.name, value.name)]
        if len(born) != 2 or not all(is_fresh(s.call) for s in born):
            return False
        if cls is None or cls in self.aliases.layout:
            return False
        members = self.aliases.members(cls)
        here = Counter(n for s in walk(tuple(block)) for n in uses(s) if n in members)
        if any(here[n] != self._count[n] for n in members):
            return False  # it leaves the block, or a view of it does
        new = self.aliases.of(value.name)
        alone = new is not None and self.aliases.members(new) == [value.name]
        users = [s for s in block if value.name in self.names(s)]
        others = frozenset(members) - {base.name}
        if not alone or users != [store] or any(self.names(s) & others for s in block[at + 1 :]):
            return False
        self.edit.rename(value.name, self.edit.hints.get(base.name, ""))
        by: dict[str, Atom] = {base.name: value}
        block[at:] = [self._renamed(s, by) for s in block[at + 1 :]]
        return True

    def _renamed(self, stmt: Stmt, by: dict[str, Atom]) -> Stmt:
        new = in_statement(stmt, by)
        parts = blocks(stmt)
        if parts:
            new = with_blocks(new, tuple(tuple(self._renamed(s, by) for s in p) for p in parts))
        return self.edit.moved(stmt, new)

    def _is_like(self, value: Var, kind: Kind) -> bool:
        """Whether a value is an array of a known dtype and shape, those of the array that it replaces."""
        mine = self.kinds[value.name]
        alike = same_shape(mine, kind) and mine.dtype == kind.dtype and kind.dtype[-1:].isdigit()
        return mine.cat == "array" and bool(kind.rank) and alike
