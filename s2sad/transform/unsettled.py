"""Cotangents of what is an array on one path and a number on another, where the array is written.

    if c: y = x                 isinstance(y, np.ndarray) decides whether `y *= 2` writes into x or makes a
    else: y = np.sum(x)         new number; where it is an array, its shadow is found by address, where it is
    y *= 2                      a number, its cotangent is a number that stands under a name of its own

Accepts bindings of *unsettled* names: of kind "num" in a class of the table. Guarantees that each has two
cotangents of which one is zero: the shadow, and its *number*, an npscalar that goes wherever the name goes,
through branches and round loops. A list of unsettled elements has a list of numbers beside their shadows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from s2sad.analysis.places import is_view
from s2sad.analysis.primitives import effect_of
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Carry, Const, If, Let, Out, Ref, Stmt, Var
from s2sad.transform.bars import ARRAYS
from s2sad.transform.branches import Branches
from s2sad.transform.cotangents import Bar
from s2sad.transform.leaving import Way, leaf


class Unsettled(Branches):
    """The part of the reverse sweep that deals with what may be an array or a number."""

    numbers: dict[str, str]
    mixed: set[str]
    told: dict[str, bool]

    def find_unsettled(self) -> None:
        """Give every unsettled name that carries derivatives a name for its number."""
        self.numbers, self.mixed, self.told = {}, set(), {}
        for name in sorted(self.varied & self.storage.places.keys()):
            kind = self.kinds[name]
            if kind.cat == "num" and self.storage.in_table(name):
                number = f"{name}#"
                self.numbers[name] = number
                self.kinds[number] = K.npscalar(kind.dtype)
                self.program.hints[number] = self.program.hints.get(name, "")
                self.storage.places[number] = self.storage.places[name]
            elif kind.cat == "list" and kind.items and kind.items[0].cat == "num":
                cls = self.storage.aliases.of(name)
                if cls is not None and self.storage.aliases.elements(cls) in self.storage.table:
                    self.mixed.add(name)
        self.varied |= frozenset(self.numbers.values())

    def zero_of_any(self, name: str) -> Bar:
        """The cotangent 0 of a value, which may be a list at first and an array then."""
        if self.kinds[name].cat != "object":
            return self.zero(name)
        return Bar(self.let(Call("zeros_list", (self.like(name),)), K.OBJECT), owned=True)

    def give_untaken(self, init: Atom, out: str) -> None:
        """Give what came from behind a loop, None if a trip took it, to what an earlier loop has left."""
        if not isinstance(init, Var) or not self.active(init):
            return
        kind = self.kinds[init.name]
        zero: Atom = Const(0.0)
        if not kind.is_scalar:
            zero = self.full(self.zero(init.name), init.name).atom  # the trip before may add to elements
        taken = self.let(Call("is", (Var(out), Const(None))), K.BOOL)
        made = self.choose(taken, lambda: zero, lambda: Var(out), self.bar_hint(init.name))
        assert isinstance(made, Var)
        self.kinds[made.name] = kind if kind.is_scalar else replace(kind, shape=None)
        self.give(init, Bar(made))

    # ---- bindings

    def numbered_outs(self, outs: Iterable[Out]) -> Iterator[Out]:
        """What leaves a branch, and the numbers that leave it beside."""
        for out in outs:
            yield out
            if out.name in self.numbers:
                yield Out(self.numbers[out.name], self._number(out.then), self._number(out.orelse))

    def numbered_carries(self, carried: Iterable[Carry]) -> Iterator[Carry]:
        """What goes round a loop, and the numbers that go round beside."""
        for c in carried:
            yield c
            if c.name in self.numbers:
                init, following = self._number(c.init), self._number(c.next)
                yield Carry(self.numbers[c.name], init, following, self.numbers[c.out])

    def leaf_of(self, atom: Atom, way: Way) -> Atom:
        """What stands behind a loop at the end of the trip that leaves it; numbers by their names."""
        if isinstance(atom, Var) and atom.name.endswith("#"):
            return self._number(leaf(Var(atom.name[:-1]), way))
        return leaf(atom, way)

    def _number(self, atom: Atom) -> Atom:
        """The number of a value: its own where it is one for certain, none where it is an array."""
        if not isinstance(atom, Var):
            return atom
        if atom.name in self.numbers:
            return Var(self.numbers[atom.name])
        return Const(0.0) if self.kinds[atom.name].cat in ARRAYS else atom

    # ---- contributions

    def give_either(self, name: str, bar: Bar) -> None:
        """Add a contribution to the shadow of an unsettled value, or to its number."""
        bar = self.clean(bar)
        self.either(
            name,
            lambda: self.store(self.shadow(name), None, bar.atom, "add"),
            lambda: self.add(self.numbers[name], Bar(self.as_number(bar.atom))),
        )

    def as_number(self, atom: Atom) -> Atom:
        """A cotangent of rank 0 as a number, which `+=` does not write into."""
        kind = self.kind(atom)
        if kind.is_scalar:
            return atom
        return self.let(Call("pos", (atom,)), K.npscalar(kind.dtype))

    def total(self, name: str) -> Bar | None:
        """The cotangent of an unsettled value that is made here: what its shadow holds, or its number."""
        bar = self.bars.pop(self.numbers[name], None)
        known = self.told.get(name)
        if known is not None:
            return Bar(self.shadow(name)) if known else bar
        number = Const(0.0) if bar is None else bar.atom
        return Bar(self.choose(self.test_array(name), lambda: self.shadow(name), lambda: number))

    def either(self, name: str, array: Callable[[], None], number: Callable[[], None]) -> None:
        """Do one thing where an unsettled value is an array, another where it is a number."""
        known = self.told.get(name)
        if known is not None:
            (array if known else number)()
        else:
            self.sides(self.test_array(name), array, number)

    def test_array(self, name: str) -> Var:
        return self.let(Call("isinstance", (Var(name), Ref("np.ndarray", np.ndarray))), K.BOOL)

    def sides(self, cond: Atom, then: Callable[[], None], orelse: Callable[[], None]) -> None:
        """A branch of the reverse sweep's own."""
        base, outer = dict(self.bars), self.block
        made: list[tuple[list[Stmt], dict[str, Bar]]] = []
        for make in (then, orelse):
            self.bars, self.block = dict(base), []
            make()
            made.append((self.block, self.bars))
        outs = self.merged(made)
        self.block = outer
        if made[0][0] or made[1][0] or outs:
            self.block.append(If(cond, tuple(made[0][0]), tuple(made[1][0]), tuple(outs), None, True))

    def asked(self, cond: Atom) -> str | None:
        """The unsettled value that a condition asks to be an array."""
        let = self.storage.lets.get(cond.name) if isinstance(cond, Var) else None
        if let is None or let.call.fun != "isinstance" or not isinstance(let.call.args[0], Var):
            return None
        name, cls = let.call.args[0].name, let.call.args[1]
        return name if name in self.numbers and isinstance(cls, Ref) and cls.obj is np.ndarray else None

    # ---- definitions

    def unsettled_adjoint(self, stmt: Let) -> None:
        """The adjoint of a definition whose result is unsettled."""
        name = stmt.name
        what = is_view(stmt.call, self.kinds, self.kinds[name])
        if what == "":
            bar = self.total(name)
            if bar is not None:
                self.call_adjoint(stmt, bar)
        elif what == "maybe" and (sources := self.viewed(stmt)):
            total = self.total(name)
            same = self.shared(name, sources)
            if total is not None:
                self.sides(same, lambda: None, lambda: self.call_adjoint(stmt, total))
        else:
            bar = self.bars.pop(self.numbers[name], None)
            if stmt.call.fun == "list.pop":
                xs = stmt.call.args[0]
                assert isinstance(xs, Var)
                item = Const(0.0) if bar is None else bar.atom
                self.put_back(stmt, self.list_bar(xs.name), item)
            elif bar is not None:
                self.call_adjoint(stmt, bar)

    def viewed(self, stmt: Let) -> list[Var]:
        """The arrays of which the result of a call may be a view."""
        if stmt.call.fun == "getitem":
            return [a for a in stmt.call.args[:1] if isinstance(a, Var)]
        atoms = effect_of(stmt.call).sources or stmt.call.args[:1]
        return [a for a in atoms if isinstance(a, Var) and self.kinds[a.name].cat in ARRAYS]

    def shared(self, name: str, sources: list[Var]) -> Atom:
        """Whether a result is a view of one of the sources."""
        cond: Atom = self.let(Call("same_storage", (Var(name), sources[0])), K.BOOL)
        for source in sources[1:]:
            same = self.let(Call("same_storage", (Var(name), source)), K.BOOL)
            cond = self.let(Call("bor", (cond, same)), K.BOOL)
        return cond

    def viewed_number(self, stmt: Let) -> None:
        """A view of what may be a number: `y[...]` and `y[None]` of a number are arrays that hold it."""
        base = stmt.call.args[0]
        if isinstance(base, Var) and base.name in self.numbers:
            self.either(base.name, lambda: None, lambda: self._add_all(stmt.name, base.name))

    def _add_all(self, view: str, base: str) -> None:
        total = self.let(Call("np.sum", (self.shadow(view),)), self.kinds[self.numbers[base]])
        self.add(self.numbers[base], Bar(total))

    def call_adjoint(self, stmt: Let, bar: Bar) -> None:
        """Hand the cotangent of a call on to its operands (`reverse`)."""
        raise AssertionError

    def put_back(self, stmt: Let, bars: Atom, item: Atom) -> None:
        """The cotangent of what `xs.pop()` or `xs.pop(at)` took out (`reverse`)."""
        raise AssertionError

    # ---- lists

    def number_list(self, name: str) -> Var:
        """The numbers of a list in which nothing is known to be one: zeros."""
        length = self.let(Call("len", (self.like(name),)), K.INT)
        kind = K.list_of(K.FLOAT)
        zeros = self.let(Call("list", (Const(0.0),)), kind)
        return self.let(Call("mul", (zeros, length)), kind, self.bar_hint(name))

    def give_number(self, value: Atom, item: Atom) -> None:
        """Give the number that stood in a list to what was put there."""
        number = self._number(value)
        if isinstance(number, Var):
            self.give(number, Bar(item))
