"""The number of the trip that a reversed loop undoes, and what the loop counted.

    for i in range(2, n):            for i in range(n - 1, 1, -1): ts[i - 2]
    for i in range(n - 1, -1, -1):   for i in range(n): ts[n - 1 - i]
    while c: k = k + 3               for i in range(len(ts) - 1, -1, -1): k is 3*i + k_first

Accepts a reversed loop and the loop that it mirrors; guarantees lines that make these integers of the
reversed loop's own index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, For, Let, Range, Stmt, Var, While
from s2sad.ir.rewrite import in_atom

if TYPE_CHECKING:
    from s2sad.transform.record import Record

Path = tuple[Stmt, int]  # a branch of the reversed loop, and its side


class Trips:
    """The part of a plan that counts trips."""

    def __init__(self, record: Record, primal: Stmt, made: For) -> None:
        self.r = record
        self.primal = primal
        self.made = made
        self.names: dict[str, Atom] = {}  # what the values of a trip are called in the reversed loop
        self.reads: dict[tuple[Path, ...], list[Stmt]] = {}
        self.shifts: dict[str, tuple[Atom, int]] = {}  # indices that are others plus a constant

    def is_index(self, name: str) -> bool:
        """Whether a value is the loop's index, or grows by the same in every trip."""
        if isinstance(self.primal, For) and name == self.primal.target:
            return isinstance(self.primal.space, Range)
        return self.counted(name) is not None

    def loop_index(self, name: str) -> Atom:
        """What the loop counted has in this trip."""
        counted = self.counted(name)
        if counted is not None:
            return self._from(counted[0], Const(counted[1]))
        assert isinstance(self.primal, For) and isinstance(self.primal.space, Range)
        if self.primal.stop is None:
            return Var(self.made.target)
        space = self.primal.space
        if space.start == Const(0) and space.step == Const(1):
            return Var(self.made.target)
        return self._from(space.start, space.step)

    def trip_index(self) -> Atom | None:
        """The number of the trip in the reversed loop, if it is at hand."""
        primal = self.primal
        if isinstance(primal, For) and isinstance(primal.space, Range) and primal.stop is None:
            start, step = primal.space.start, primal.space.step
            if step != Const(1) and not (step == Const(-1) and self.r.again):
                return None
            index, first = Var(self.made.target), self.mapped(start)
            if step == Const(1) and isinstance(start, Const) and type(start.value) is int:
                return self.shifted(index, -start.value)
            call = Call("sub", (index, first) if step == Const(1) else (first, index))
            return self.line(self.reads.setdefault((), []), call, K.INT)
        return Var(self.made.target)

    def counted(self, name: str) -> tuple[Atom, int] | None:
        """What a loop that counts its trips starts to count at, and by what: `i = 1; while ...: i += 1`."""
        if not isinstance(self.primal, While | For) or self.r.kinds[name].cat != "int":
            return None
        step = self.r.storage.settled.step(self.primal, name)
        if isinstance(self.primal, For) and isinstance(self.primal.space, Range) and self.primal.stop is None:
            return None  # the reversed loop counts otherwise
        for carry in self.primal.carried:
            if carry.name == name and step and isinstance(carry.init, Var | Const):
                return carry.init, step
        return None

    def _from(self, start: Atom, step: Atom) -> Atom:
        """`start + step*trip`."""
        lines = self.reads.setdefault((), [])
        scaled: Atom = Var(self.made.target)
        if step != Const(1):
            scaled = self.line(lines, Call("mul", (self.mapped(step), scaled)), K.INT)
        if isinstance(start, Const):
            return self.shifted(scaled, start.value)
        return self.line(lines, Call("add", (self.mapped(start), scaled)), K.INT)

    def shifted(self, atom: Atom, by: int) -> Atom:
        """`atom + by`."""
        whole = self.shifts.get(atom.name) if isinstance(atom, Var) else None
        if whole is not None:
            atom, by = whole[0], whole[1] + by
        if not by:
            return atom
        call = Call("add" if by > 0 else "sub", (atom, Const(abs(by))))
        made = self.line(self.reads.setdefault((), []), call, K.INT)
        self.shifts[made.name] = (atom, by)
        return made

    def mapped(self, atom: Atom) -> Atom:
        """The atom with the names of this trip's values."""
        return in_atom(atom, self.names)

    def line(self, lines: list[Stmt], call: Call, kind: K.Kind, hint: str = "") -> Var:
        """Append a line to the reads; the name of its value."""
        name = self.r.fresh(hint, kind)
        lines.append(Let(name, call, None, True))
        return Var(name)


__all__ = ["Path", "Trips"]
