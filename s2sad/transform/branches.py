"""Adjoints of branches: both sides reversed, and what differs behind them leaves as an Out.

    if c: y = f(x)             if c: x_bar = f'(x)*y_bar; z_bar = zeros
    else: y = g(z)             else: z_bar = g'(z)*y_bar; x_bar = zeros

A cotangent that one side leaves absent becomes zeros there, in the form that both sides have behind it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace

from s2sad.analysis.unbound import unbound_in
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    If,
    Let,
    Out,
    Stmt,
    Undef,
    Var,
    atom_vars,
    defines,
    walk,
)
from s2sad.rules import registry
from s2sad.transform.bars import ARRAYS
from s2sad.transform.cotangents import Bar, Mask
from s2sad.transform.leaving import Leaving


class Branches(Leaving):
    """The part of the reverse sweep that deals with if statements."""

    told: dict[str, bool]  # unsettled values of which a branch knows whether they are arrays

    def numbered_outs(self, outs: Iterable[Out]) -> Iterable[Out]:
        """What leaves a branch, with the numbers of unsettled values (`unsettled`)."""
        raise AssertionError

    def asked(self, cond: Atom) -> str | None:
        """The unsettled value that a condition asks to be an array (`unsettled`)."""
        raise AssertionError

    def if_adjoint(self, stmt: If) -> None:
        """Both branches reversed; what differs behind them leaves as an Out."""
        outs_ = self.numbered_outs(stmt.outs)
        leaving = [(o, self.bars.pop(o.name, None)) for o in outs_ if o.name in self.varied]
        for out in (o for o, _ in leaving if o.name in self.skipped):
            self.skipped.update(a.name for a in (out.then, out.orelse) if isinstance(a, Var))
        if stmt.form in ("with", "finally"):  # the one block runs, whatever else does
            for out, bar in leaving:
                if bar is not None:
                    self.give(out.then, bar)
            self.sweep(stmt.orelse)
            self.sweep(stmt.then)
            return
        parted = [(o, self._taken_parts(o)) for o in stmt.outs if self.kinds[o.name].cat == "tuple"]
        base, tested = dict(self.bars), self.asked(stmt.cond)
        outer, told, held = self.block, dict(self.told), self.held
        exits = {e.stmt: e for e in self.loops[-1].exits} if self.loops else {}
        sides: list[tuple[list[Stmt], dict[str, Bar]]] = []
        for side, block in (("then", stmt.then), ("orelse", stmt.orelse)):
            self.bars, self.block = dict(base), []
            leaves = stmt in exits and exits[stmt].side == len(sides)
            if leaves:
                self.enter_exit(exits[stmt])
            if tested is not None:
                self.told[tested] = side == "then"
            self.held = held
            self.held = self._holding(self._says(stmt), side == "then")
            for out, bar in leaving:
                if bar is not None and not leaves:
                    self.give(getattr(out, side), bar)
            for out, parts in parted:
                self._give_parts(getattr(out, side), parts)
            self.sweep(block)
            sides.append((self.block, self.bars))
        self.told, self.held = told, held
        outs = self.merged(sides, self._says(stmt))
        self.block = outer
        if sides[0][0] or sides[1][0] or outs:
            made = If(
                self._asked(stmt),
                tuple(sides[0][0]),
                tuple(sides[1][0]),
                tuple(outs),
                None,
                True,
                stmt.ternary,
            )
            self.mirror[made] = stmt
            self.meets.update((out.name, made) for out in outs)
            self.block.append(made)

    def _taken_parts(self, out: Out) -> list[tuple[list[str], Bar]]:
        """The cotangents of the parts of a tuple that leaves a branch, by the paths to them."""
        found: list[tuple[list[str], Bar]] = []
        for path in [p for p in self.bars if p in self.paths and self.root(p) == out.name]:
            chain = [path]
            while self.paths[chain[0]][0] in self.paths:
                chain.insert(0, self.paths[chain[0]][0])
            found.append((chain, self.bars.pop(path)))
        return found

    def _give_parts(self, atom: Atom, parts: list[tuple[list[str], Bar]]) -> None:
        """Give these cotangents to the parts of a tuple that one side makes; None has none."""
        for chain, bar in parts if isinstance(atom, Var) else ():
            assert isinstance(atom, Var)
            path = self.canonical(atom.name)
            for inner in chain:
                path = self.part(path, self.paths[inner][1], self.kinds[inner])
            self.add(path, bar)

    def merged(self, sides: list[tuple[list[Stmt], dict[str, Bar]]], flag: str = "") -> list[Out]:
        """What leaves two branches of the reverse sweep, whose cotangents meet; a flag tells the sides."""
        outs: list[Out] = []
        merged: dict[str, Bar] = {}
        for name in [*sides[0][1], *(n for n in sides[1][1] if n not in sides[0][1])]:
            one, two = sides[0][1].get(name), sides[1][1].get(name)
            same = one if one == two else None
            merged[name] = self._meet(name, one, two, sides, outs, flag) if same is None else same
        self.bars = merged
        return outs

    def _asked(self, stmt: If) -> Atom:
        """The condition as it was: what may change since (a list that grows) is asked for its truth then."""
        cond = Var(stmt.outs[0].name) if stmt.form == "try" else stmt.cond
        if not isinstance(cond, Var) or self.kind(cond).is_scalar:
            return cond
        key = (stmt, "asked")
        if key not in self.snapshots:
            name = self.fresh("", K.BOOL)
            asked = Let(name, Call("bool", (cond,)), stmt.span, True)
            self.before.setdefault(stmt, []).append(asked)
            self.snapshots[key] = Var(name)
            self.adopt(name, stmt)
        return self.snapshots[key]

    def _meet(
        self,
        name: str,
        one: Bar | None,
        two: Bar | None,
        sides: list[tuple[list[Stmt], dict[str, Bar]]],
        outs: list[Out],
        flag: str = "",
    ) -> Bar:
        present = [b for b in (one, two) if b is not None]
        if len(present) == 1:
            self.skipped.add(name)
        mask = present[0].mask if len(present) == 2 and present[0].mask == present[1].mask else None
        uniform = all(b.uniform and b.mask == mask for b in present)
        owned = all(b.owned for b in present)
        loose: list[bool] = []
        held = self.held
        atoms: list[Atom] = []
        beside = self.beside
        if (
            name in self.unbound
            and name not in beside
            and self.kinds[name].cat in ARRAYS
            and len(present) == 1
        ):
            alike = self._may_be_alike(name, self.kind(present[0].atom))
            if alike and self._visible(present[0].atom, [s for block, _ in sides for s in block]):
                self.beside = {**beside, name: present[0].atom}
        for (block, bars), bar in zip(sides, (one, two), strict=True):
            self.block, self.bars = block, bars
            self.held = held
            self.held = self._holding(flag, block is sides[0][0])
            if self.storage_needs_buffer(name):
                atoms.append(self.buffer(name))
                owned = True
                loose.append(False)
                continue
            end = self._on_this_side(name, bar, uniform, mask)
            owned = owned and (uniform or end.owned)
            loose.append(end.loose)
            atoms.append(end.atom)
        self.beside, self.held = beside, held
        if atoms[0] == atoms[1]:
            return Bar(atoms[0], uniform, owned, mask, loose=any(loose))
        kind = K.join(self.kind(atoms[0]), self.kind(atoms[1]))
        if not uniform and self.kinds[name].cat in ARRAYS and kind.cat in ARRAYS:
            kind = replace(kind, shape=self.kinds[name].shape)
        made = self.fresh(self.bar_hint(name), kind)
        outs.append(Out(made, atoms[0], atoms[1]))
        if any(loose):
            self.met[made] = flag, tuple(a if b else None for a, b in zip(atoms, loose, strict=True))
        return Bar(Var(made), uniform, owned and kind.cat in (*ARRAYS, "list"), mask, loose=any(loose))

    def _on_this_side(self, name: str, bar: Bar | None, uniform: bool, mask: Mask | None) -> Bar:
        """The cotangent at the end of one branch, in the form that both have."""
        if bar is None:
            if uniform:
                return Bar(Const(0.0), True)
            if name in self.unbound and name not in self.beside and self.kinds[name].cat in ARRAYS:
                if not self._is_bound(Var(name)):
                    if self._goes_round(name) or self.kinds[name].optional:
                        return Bar(self.zeros_of_parts(name), owned=True)
                    return Bar(Const(0.0), loose=self.kinds[name].shape != ())
                made = self.full(self.zero(name), name)
                self.certain.update(n for n in atom_vars(made.atom))
                return made
            return self.full(self.zero(name), name)
        if mask is None and bar.mask is not None:
            self.select_from(name)
            bar = self.clean(bar)
        return bar if uniform or bar.loose else self.full(bar, name)

    def _says(self, stmt: If) -> str:
        """The number that says which side of a branch is taken; none if it may change, or is known."""
        cond = Var(stmt.outs[0].name) if stmt.form == "try" else stmt.cond
        return cond.name if isinstance(cond, Var) and self.kind(cond).is_scalar else ""

    def _holding(self, flag: str, side: bool) -> dict[str, bool]:
        """What is held on one side of a branch: its condition, and those that made it what it is.

        try: y = f(x); done = True         where `done` is true, and was made false on the other path, the
        except E: done = False             body of the try statement has been left at its end
        """
        held = {**self.held, flag: side} if flag else self.held
        found = self._parted.get(flag)
        if found is None or self.loops or flag in self.held:
            return held
        stmt, out = found
        ways = [self._may_be(out.then, side, held), self._may_be(out.orelse, side, held)]
        if all(ways) or not any(ways):
            return held
        before, self.held = self.held, held
        try:
            self.held = self._holding(self._says(stmt), ways[0])
            made = out.then if ways[0] else out.orelse
            return self._holding(made.name, side) if isinstance(made, Var) else self.held
        finally:
            self.held = before

    def tighten(self, stmt: Let) -> None:
        """Make an array of a loose cotangent, unless the adjoint of a call works on numbers as well."""
        bar = self.bars.get(stmt.name)
        if bar is None or not bar.loose or stmt.call.fun in ("copy", "getitem"):
            return
        if not self.is_number(bar.atom):
            self.bars[stmt.name] = replace(bar, loose=False)
            return
        try:
            if registry.rule(stmt.call.fun).form == "elementwise":
                return
        except KeyError:
            pass
        kind = replace(self.kinds[stmt.name], cat="array")
        zeros = self.zeros_like(self.like(stmt.name), kind)
        made = self.let(Call("add", (bar.atom, zeros)), kind, self.bar_hint(stmt.name))
        self.certain.add(zeros.name)
        self.bars[stmt.name] = Bar(made, owned=True, mask=bar.mask)

    def _known(self, flag: str) -> bool | None:
        """What a condition is, for all that is held."""
        found = self._parted.get(flag) if flag not in self.held and not self.loops else None
        if found is None:
            return self.held.get(flag)
        stmt, out = found
        side = self._known(self._says(stmt))
        made = None if side is None else out.then if side else out.orelse
        if isinstance(made, Const):
            return bool(made.value)
        return self._known(made.name) if isinstance(made, Var) else None

    def _may_be(self, atom: Atom, side: bool, held: dict[str, bool]) -> bool:
        """Whether a condition may be true, or false, for all that is held."""
        if isinstance(atom, Const):
            return bool(atom.value) is side
        return not isinstance(atom, Var) or held.get(atom.name, side) is side

    def _is_bound(self, atom: Atom) -> bool:
        """Whether a name has a value, for all that is held."""
        if not isinstance(atom, Var) or atom.name not in self.unbound:
            return not isinstance(atom, Undef) and atom != Const(None)
        found = self._parted.get(atom.name) if not self.loops else None
        if found is None:
            return False
        stmt, out = found
        side = self._known(self._says(stmt))
        return (side is False or self._is_bound(out.then)) and (side is True or self._is_bound(out.orelse))

    def is_number(self, atom: Atom | None) -> bool:
        """Whether a cotangent may be 0.0, for all that is held; None is an array."""
        found = self.met.get(atom.name) if isinstance(atom, Var) else None
        if found is None:
            return atom is not None
        flag, (one, two) = found
        side = self._known(flag)
        return (side is not False and self.is_number(one)) or (side is not True and self.is_number(two))

    @functools.cached_property
    def _parted(self) -> dict[str, tuple[If, Out]]:
        """The branches that names come out of, but flags that say that nothing was raised."""
        found = [s for s in walk(self.program.body) if isinstance(s, If)]
        return {o.name: (s, o) for s in found for o in s.outs if self._says(s) != o.name}

    def _goes_round(self, name: str) -> bool:
        """Whether a name stands for what an earlier trip has left, if any has."""
        return any(c.name == name for loop in self.loops for c in getattr(loop.stmt, "carried", ()))

    def _may_be_alike(self, name: str, kind: K.Kind) -> bool:
        """Whether an array may stand for the shape of a value: not of what an earlier trip has left."""
        mine = self.kinds[name]
        return not self._goes_round(name) or not mine.shape or not kind.shape or K.same_shape(mine, kind)

    @functools.cached_property
    def _inner(self) -> frozenset[str]:
        """Names that have no value where a branch or a loop has not been entered."""
        found = {n for s in walk(self.program.body) for n in defines(s)}
        return self.unbound | found - {n for s in self.program.body for n in defines(s)}

    def _visible(self, atom: Atom, hidden: list[Stmt]) -> bool:
        """Whether an array can be seen from outside of these statements, on both paths."""
        inside = {n for s in walk(tuple(hidden)) for n in defines(s)} | self._inner
        return isinstance(atom, Var) and atom.name not in inside and self.kind(atom).cat == "array"

    def zeros_of_parts(self, name: str) -> Var:
        """Zeros for the numbers of a container, which may be None if nothing was bound to its name."""
        call = Call("zeros_list", (self.like(name),), (), "maybe" if name in self.unbound else "")
        return self.let(call, self.kinds[name], self.bar_hint(name))

    @functools.cached_property
    def unbound(self) -> frozenset[str]:
        """Names that may have no value: bound in a branch or a loop only."""
        return unbound_in(self.program.body)

    def storage_needs_buffer(self, name: str) -> bool:
        """Whether the cotangent is a shadow of written storage."""
        return (
            name in self.storage.places
            and name not in self.paths
            and self.kinds[name].cat in ARRAYS
            and self.storage.is_mutable(name)
        )
