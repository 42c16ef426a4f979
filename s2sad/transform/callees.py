"""The pairs of functions that are called and not inlined, as programs of their own.

    def g_fwd(u, k, m):                         u is written: its shadow is passed to g_bwd, which updates it;
        t1 = u[:-m].copy()                      k is not: its cotangent is returned
        u[m:] += k*t1**2
        return t1, k, m

    def g_bwd(kept, u_bar):
        t1, k, m = kept
        k_bar = np.vdot(t1**2, u_bar[m:])
        u_bar[:-m] += 2*k*t1*u_bar[m:]
        return k_bar

Accepts the pairs that a program's reverse sweep has asked for; guarantees two programs for each of them and
for those that they ask for. What is kept shares no memory with what the caller may write to; a callee of
which that cannot be had without copying what it writes is inlined instead (`MustInline`).
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.repeat import shared_operands
from s2sad.analysis.unbound import unbound_in
from s2sad.errors import refuse
from s2sad.ir.kinds import Kind, carries
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Let,
    Program,
    Ref,
    Return,
    Stmt,
    Tuple,
    Var,
    walk,
)
from s2sad.ir.rewrite import in_atom
from s2sad.transform.bars import ARRAYS
from s2sad.transform.calls import exported, shadowed_names
from s2sad.transform.cotangents import Bar
from s2sad.transform.edits import substituted
from s2sad.transform.joint import Assembly
from s2sad.transform.pairs import MustInline, Pair, Pairs, Token
from s2sad.transform.pullback import bound, kept_values, names_of, passed_on, visible
from s2sad.transform.record import Record
from s2sad.transform.split import parted


def callees(pairs: Pairs, main: list[Program]) -> list[Program]:
    """The pairs that the programs ask for, and those that these ask for, each before what calls it."""
    programs: list[Program] = []
    while pairs.waiting:
        wanted = pairs.waiting.pop(0)
        two = _Callee(Assembly(wanted.callee.lowered, wanted.active, pairs), wanted).programs()
        programs = [*two, *programs]
    if not programs:
        return main
    called = {id(p.token): p for p in programs}
    needed: set[int] = set()
    stack: list[Program] = list(main)
    while stack:
        for stmt in walk(stack.pop().body):
            call = getattr(stmt, "call", None)
            asked = [
                a.obj for a in getattr(call, "args", ()) if isinstance(a, Ref) and isinstance(a.obj, Token)
            ]
            made = pairs.made.values()
            tokens = [t for p in made for t in (p.fwd, p.bwd) if t in asked]
            for key in map(id, tokens):
                if key in called and key not in needed:
                    needed.add(key)
                    stack.append(called[key])
    return [*(p for p in programs if id(p.token) in needed), *main]


class _Callee:
    """One pair being written."""

    def __init__(self, a: Assembly, wanted: Pair) -> None:
        self.a = a
        self.rev = a.rev
        self.wanted = wanted
        self.callee = wanted.callee
        self.shadows: dict[str, str] = {}
        self.seeds: list[str] = []
        shared = {a.aliases.of(ssa) for n in wanted.lent if (ssa := a.lowered.arguments[n]) is not None}
        if wanted.given:
            for atom in exported(self.callee):
                shared |= a.aliases.reach(atom)
        self.shared = frozenset(c for c in shared if c is not None)
        self.rev.lent = self.shared
        if self.callee.itself:  # it cannot be inlined: what it keeps is copied where it is read
            a.storage.exposed |= self.shared

    def programs(self) -> list[Program]:
        """The forward and the backward function."""
        a, rev = self.a, self.rev
        written = shadowed_names(self.callee, self.wanted.active)
        arrays = any(a.program.kinds[a.ssa(n)].cat in ARRAYS for n in written)
        if self.callee.itself and a.program.again and a.storage.table and arrays:
            what = f"{self.callee.name} calls itself and keeps parts of arrays that it writes"
            refuse(a.lowered.span, what, "take the first derivative only, or write a loop")
        found = [a.storage.in_table(a.ssa(n)) or a.storage.in_list_table(a.ssa(n)) for n in written]
        if any(found):
            self._give_up()
        for stmt in walk(a.program.body):
            if any(a.aliases.reach(o) & self.shared for o in shared_operands(stmt)):
                self._give_up()
        self._seed(written)
        rev.sweep_all(a.program.body[:-1])
        for name in written:
            ssa = a.ssa(name)
            if rev.bars.pop(ssa).atom != Var(self.shadows[ssa]):
                self._give_up()
        lost = [n for n in rev.bars if rev.root(n) not in a.program.params]
        if lost:  # parts of what it takes, which its caller has no cotangents of
            what = f"{self.callee.name} calls itself with parts of a structure that it takes"
            refuse(a.lowered.span, what, "pass arrays and numbers, or keep a list of what is left to do")
        self._refuse_masks()
        grads = [a.final(a.ssa(n)) for n in self.wanted.active if n not in written]
        forward, reverse, record = a.finish()
        apart = parted(
            a, (forward, reverse), exported(self.callee), grads, [*self.seeds, *self.shadows.values()]
        )
        fwd = self._forward(apart.forward, apart.kept, apart.results, record)
        fwd.repeats = self.callee.repeats
        unbound = unbound_in(fwd.body)
        return [fwd, self._backward(apart.reverse, apart.kept, apart.grads, unbound)]

    def _give_up(self) -> None:
        """Inline the callee after all, if that can be."""
        if not self.callee.itself:
            raise MustInline(self.callee)
        what = f"{self.callee.name} calls itself and binds other names to what it writes"
        refuse(self.a.lowered.span, what, "write into the argument by its own name, or return a new array")

    def _seed(self, written: list[str]) -> None:
        a, rev = self.a, self.rev
        for name in written:
            ssa = a.ssa(name)
            self.shadows[ssa] = a.fresh(self._hint(rev.bar_hint(ssa)), a.program.kinds[ssa])
            rev.bars[ssa] = Bar(Var(self.shadows[ssa]), owned=True)
        for atom in exported(self.callee):
            kind = rev.kind(atom)
            if self.callee.itself and not carries(kind):
                continue
            if self.callee.summary is None:
                seed = a.fresh(f"{a.lowered.program.name}_bar", kind)
                self.seeds.append(seed)
                a.seed(atom, Var(seed))
                continue
            assert isinstance(atom, Var)
            if kind.inexact or (not kind.is_python and not kind.sort):
                hint = rev.bar_hint(atom.name) or f"{a.lowered.program.name}_bar"
                seed = a.fresh(self._hint(hint), kind)
                self.seeds.append(seed)
                if rev.active(atom):
                    rev.give(atom, Bar(Var(seed)))

    def _hint(self, hint: str) -> str:
        """A name for a parameter that no other one has."""
        taken = {self.a.fresh.hints[n] for n in (*self.seeds, *self.shadows.values())}
        names = (hint, *(f"{hint}_{k}" for k in range(2, len(taken) + 3)))
        return next(n for n in names if n not in taken)

    def _refuse_masks(self) -> None:
        """Inline a callee that selects of an argument: the selection is guarded where the chain ends."""
        if self.callee.summary is not None:
            for name in self.wanted.active:
                bar = self.rev.bars.get(self.a.ssa(name))
                if bar is not None and bar.mask is not None:
                    raise MustInline(self.callee)

    def _forward(self, forward: Block, kept: list[str], made: tuple[Atom, ...], record: Record) -> Program:
        a = self.a
        tail: list[Stmt] = []
        if self.callee.summary is not None:
            self._part_from_caller(kept, record, tail)
        body = [*a.entry, *(substituted(s, a.copies) for s in (*forward, *tail))]
        atoms = [in_atom(a.kept_copies.get(n, Var(n)), a.copies) for n in kept]
        results = tuple(in_atom(r, a.copies) for r in made)
        result: Atom = Tuple(tuple(atoms))
        if results:
            result = Tuple((results[0] if len(results) == 1 else Tuple(results), result))
        program = replace(a.program, name=self.wanted.fwd.name, body=(*body, Return(result, None, True)))
        program.quiet = False
        program.quiet_all = a.lowered.quiet
        program.token = self.wanted.fwd
        kinds = [a.program.kinds[n] for n in kept]
        mutable = [a.aliases.of(n) in a.storage.mutable for n in kept]
        copied = [k.cat == "list" or (k.cat in ARRAYS and m) for k, m in zip(kinds, mutable, strict=True)]
        program.written = tuple(i for i, c in enumerate(copied) if c)
        program.tied = a.lowered.span if self.callee.itself and self._is_tied(kept) else None
        kept_names = {n.name for n in atoms if isinstance(n, Var)}  # as attributes, lists are never None
        program.body = bound(program.body, kept_names, a.program.kinds if self.callee.itself else {})
        return program

    def _is_tied(self, kept: list[str]) -> bool:
        """Whether two of the lists that are kept may hold one list whose shadow is found by its address.

        Copies of the one and of the other would hold two.
        """
        seen = set[int]()
        for name in kept:
            if self.a.program.kinds[name].cat != "list":
                continue
            reached = self.a.aliases.reach(Var(name)) & self.a.storage.list_table
            if seen & reached:
                return True
            seen |= reached
        return False

    def _part_from_caller(self, kept: list[str], record: Record, tail: list[Stmt]) -> None:
        """Copy what is kept of arrays that the caller may write to, or that are outside of both."""
        a = self.a
        self._copy_passed()
        taped = {a.aliases.of(n) for n, _ in record.taped_names()}
        if a.aliases.world in taped or self.shared & taped:
            for param in visible(a, kept, record):
                if a.aliases.of(param) in a.storage.mutable:
                    raise MustInline(self.callee)
                if a.aliases.of(param) in self.shared:
                    a.copy_parameter(param)
            if any(c in self.shared and not self._is_copied(c) for c in taped):
                raise MustInline(self.callee)
        for name in kept:
            kind = a.program.kinds[name]
            cls = a.aliases.of(name)
            if cls is None or kind.is_scalar:
                continue
            if cls == a.aliases.world:
                raise MustInline(self.callee)
            if kind.cat in ARRAYS and cls in self.shared and not self._is_copied(cls):
                if cls in a.storage.table:  # its shadow is found by its storage, which a copy does not share
                    raise MustInline(self.callee)
                copy = a.fresh(a.program.hints.get(name, ""), kind)
                tail.append(Let(copy, Call("copy", (Var(name),)), None, True))
                a.kept_copies[name] = Var(copy)
            elif kind.cat not in ARRAYS and a.aliases.reach(Var(name)) & self.shared:
                raise MustInline(self.callee)

    def _copy_passed(self) -> None:
        """Copy on entry what functions that call themselves may keep and the caller may write to."""
        for param in passed_on(self.a):
            if self.a.aliases.reach(Var(param)) & self.shared:
                if self.a.aliases.of(param) in self.a.storage.mutable:
                    raise MustInline(self.callee)
                self.a.copy_parameter(param)

    def _is_copied(self, cls: int | None) -> bool:
        return any(self.a.aliases.of(p) == cls for p in self.a.copies)

    def _backward(
        self, reverse: Block, kept: list[str], grads: list[Atom], unbound: frozenset[str]
    ) -> Program:
        a = self.a
        holder = a.fresh("kept", Kind("tuple", items=tuple(a.program.kinds[n] for n in kept)))
        lines, renamed = kept_values(a, holder, kept, reverse)
        body = [*lines, *(substituted(s, renamed) for s in reverse)]
        atoms = tuple(in_atom(g, renamed) for g in grads)
        final: Atom = atoms[0] if len(atoms) == 1 else Tuple(atoms) if atoms else Const(None)
        program = replace(
            a.program,
            name=self.wanted.bwd.name,
            params=(holder, *self.seeds, *self.shadows.values()),
            body=(Comment("backward"), *body, Return(final, None, True)),
        )
        program.unbound = names_of(renamed, unbound)
        program.quiet = self.rev.quiet
        program.quiet_all = a.lowered.quiet
        program.token = self.wanted.bwd
        return program


__all__ = ["callees"]
