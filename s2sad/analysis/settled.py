"""Parts of written arrays that keep what they hold: a recurrence reads cells that no later trip writes.

Accepts a program's definitions, loops and positions; changes nothing. `Settled.is_hit(...)` guarantees, where
it is false, that a write does not change what a statement read, once that statement has run. Indices and the
bounds of slices are compared as a symbol and a constant, from the outermost common loop inwards; the index of
a loop lies between the bounds of its range.

    for i in range(1, n):       x[i - 1] is written before it is read and never after: the reverse sweep
        x[i] = a*x[i - 1]       reads it again
    for t in range(n):          row t of u is not written after trip t - 1
        u[t + 1] = f(u[t])
    for j in range(i):          A[i, :j] and A[:j, j] are not written after trip (i, j): columns
        A[i, j] -= A[i, :j] @ A[:j, j]      before j of this row, rows before i of others
    for i in range(n):          what y is bound to here is another array than the one that is made and
        z = 2*y                 written here
        z += 1.0
        y = z
    for i in range(n):          made anew in each trip: w is not written after the inner loop
        w = np.zeros(m)
        for k in range(m): w[k] = ...
        y[i] = np.max(w)

An index that may be negative counts from the other end, so both have to be natural numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s2sad.ir.nodes import Atom, Call, Const, For, Let, Range, Slice, Stmt, Tuple, Var, While

if TYPE_CHECKING:
    from s2sad.analysis.places import Places

NESTED = 8  # definitions that are looked through for an index


@dataclass(frozen=True, slots=True)
class Index:
    """The integer `symbol + shift`, a constant if there is no symbol; at least `low`, if that is known."""

    symbol: str | None
    shift: int
    low: int | None

    @property
    def natural(self) -> bool:
        """Whether the index is certainly not negative."""
        return self.low is not None and self.low >= 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The places from `start` up to `stop`, which is not one of them; natural numbers both."""

    start: Index
    stop: Index | None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of an array: the array's name and indices of its first axes, None for those taken whole."""

    root: str
    index: tuple[Index | Stretch | None, ...] = ()


Part = Index | Stretch


class Settled:
    """Compares what is read with what is written later."""

    def __init__(self, places: Places) -> None:
        self._at = places
        self._carried: dict[str, tuple[Stmt, Atom]] = {}
        self._targets: dict[str, For] = {}
        for stmt in places.loops:
            if isinstance(stmt, For):
                self._targets[stmt.target] = stmt
            if isinstance(stmt, For | While):
                for carry in stmt.carried:
                    self._carried[carry.name] = (stmt, carry.init)

    def region(self, name: str, index: Atom | None = None) -> Region:
        """What `name` or `name[index]` is a part of: views are followed to the array they were taken of."""
        indices = [] if index is None else [index]
        while (let := self._at.view_of(name)) is not None and isinstance(let.call.args[0], Var):
            indices.append(let.call.args[1] if let.call.fun == "getitem" else Const(Ellipsis))
            name = let.call.args[0].name
        found: list[Index | Stretch | None] = []
        for one in reversed(indices):
            parts = one.items if isinstance(one, Tuple) else (one,)
            for part in parts:
                found.append(self._stretch(part) if isinstance(part, Slice) else self._index(part))
                if found[-1] is None and not isinstance(part, Slice):
                    return Region(name, tuple(found[:-1]))
            if not all(isinstance(i, Index) for i in found):
                break  # what follows counts from another place
        return Region(name, tuple(found))

    def is_hit(self, read: Region, at: Stmt, written: Region, by: Stmt, done: bool = False) -> bool:
        """Whether `by` may write into what `at` read, or has written if `done`, after that."""
        places = self._at
        after = places.span[by][1] >= places.span[at][0] and not (done and by is at)
        common = _common(places.loops[at], places.loops[by])
        if read.root != written.root:
            return (after or bool(common)) and not self._is_older(read.root, written.root)
        around = places.places[read.root].loops
        if around and not places.is_fresh(read.root):
            return after or bool(common)
        pairs = [
            (r, w) for r, w in zip(read.index, written.index, strict=False) if r is not None and w is not None
        ]
        return self._is_hit(pairs, common[len(around) :], after)

    def _is_older(self, name: str, other: str) -> bool:
        """Whether a name is bound before an array is made, whenever that is made: it is not that array."""
        places = self._at.places
        if not self._at.is_fresh(other) or name not in places:
            return False
        first, second = places[name], places[other]
        return first.at < second.at and second.loops[: len(first.loops)] == first.loops

    def are_apart(self, first: Region, second: Region) -> bool:
        """Whether two parts of one array have no element in common, in one trip of the loops around both."""
        pairs = zip(first.index, second.index, strict=False)
        alike = first.root == second.root
        return alike and any(r is not None and w is not None and self._are_apart(r, w, ()) for r, w in pairs)

    def _is_hit(self, pairs: list[tuple[Part, Part]], loops: tuple[Stmt, ...], after: bool) -> bool:
        """Whether a write of the same trip or of a later one hits, from the outermost of `loops` on."""
        if not loops:
            return after and not any(self._are_apart(r, w, ()) for r, w in pairs)
        later = any(self._are_apart(r, w, loops) or self._is_left(r, w, loops) for r, w in pairs)
        return not later or self._is_hit(pairs, loops[1:], after)

    def _is_left(self, r: Part, w: Part, loops: tuple[Stmt, ...]) -> bool:
        """Whether a write of a later trip of the outermost loop is never to what was read."""
        if isinstance(r, Index) and isinstance(w, Index) and r.symbol is not None and r.symbol == w.symbol:
            step = self.step(loops[0], r.symbol)
            if step and r.natural and w.natural:
                distance = r.shift - w.shift
                return distance % step != 0 or distance // step <= 0
        return self._is_before(r, w, loops, True) or self._is_before(w, r, loops, False)

    def _are_apart(self, r: Part, w: Part, loops: tuple[Stmt, ...]) -> bool:
        """Whether two indices that no trip of `loops` changes are never the same."""
        if isinstance(r, Index) and isinstance(w, Index):
            for one, other in ((r, w), (w, r)):
                if one.symbol is None and one.shift >= 0 and other.low is not None and other.low > one.shift:
                    return True
            if r.symbol == w.symbol and r.symbol is None:
                return r.shift != w.shift and (r.shift >= 0) == (w.shift >= 0)
            if r.symbol == w.symbol and r.shift != w.shift and self._is_fixed(r.symbol, loops):
                return r.natural and w.natural
        return self._is_before(r, w, loops) or self._is_before(w, r, loops)

    def _is_fixed(self, symbol: str | None, loops: tuple[Stmt, ...]) -> bool:
        """Whether no trip of `loops` changes an integer."""
        return symbol is None or not set(self._at.places[symbol].loops) & set(loops)

    def _is_before(
        self, first: Part, second: Part, loops: tuple[Stmt, ...], later: bool | None = None
    ) -> bool:
        """Whether a part ends where another one begins, or before that.

        The trips of `loops` may be any, or those of the outermost one differ: the second part is of a later
        one, or the first is if `later` is false.
        """
        start, stop = _bounds(second)[0], _bounds(first)[1]
        if stop is None:
            return False
        for symbol, high in self._limits(stop.symbol, stop.shift, True):
            for other, low in self._limits(start.symbol, start.shift, False):
                if symbol != other:
                    continue
                if self._is_fixed(symbol, loops) and high <= low:
                    return True
                step = self.step(loops[0], symbol) if later is not None and symbol is not None else None
                if step and (step > 0) == later and high <= low + abs(step):
                    return True
        return False

    def _limits(self, symbol: str | None, shift: int, above: bool) -> list[tuple[str | None, int]]:
        """What an integer is at most, or at least if not `above`: itself, and the bounds of loops."""
        found: list[tuple[str | None, int]] = [(symbol, shift)]
        while symbol is not None and len(found) < NESTED:
            loop = self._targets.get(symbol)
            space = loop.space if loop is not None else None
            step = space.step if isinstance(space, Range) else None
            if not isinstance(space, Range) or not isinstance(step, Const) or type(step.value) is not int:
                break
            upwards = step.value > 0
            bound = self._linear(space.stop if upwards == above else space.start)
            if bound is None:
                break
            symbol = bound[0]
            shift += bound[1] + ((-1 if upwards else 1) if upwards == above else 0)
            found.append((symbol, shift))
        return found

    # ---- integers

    def _index(self, atom: Atom) -> Index | None:
        if isinstance(atom, Const):
            return Index(None, atom.value, atom.value) if type(atom.value) is int else None
        if not isinstance(atom, Var) or self._at.kinds[atom.name].cat != "int":
            return None
        return Index(*self.linear(atom.name), self._low(atom, NESTED))

    def _stretch(self, part: Slice) -> Stretch | None:
        """The places of a slice of natural bounds; those that are left out by its step count too."""
        step = part.step.value if isinstance(part.step, Const) else 0
        if step is not None and (type(step) is not int or step < 1):
            return None
        start = Index(None, 0, 0) if part.lo == Const(None) else self._index(part.lo)
        if start is None or not start.natural:
            return None
        stop = self._index(part.hi)
        return Stretch(start, stop if stop is not None and stop.natural else None)

    def _linear(self, atom: Atom) -> tuple[str | None, int] | None:
        """An integer as a symbol, or none, and a constant."""
        if isinstance(atom, Const):
            return (None, atom.value) if type(atom.value) is int else None
        return self.linear(atom.name) if isinstance(atom, Var) else None

    def is_natural(self, atom: Atom) -> bool:
        """Whether an integer is certainly not negative."""
        index = self._index(atom)
        return index is not None and index.natural

    def linear(self, name: str) -> tuple[str, int]:
        """An integer as a name that nothing is known of, plus a constant."""
        shift = 0
        while (by := self.shifted(name)) is not None:
            name, shift = by[0], shift + by[1]
        return name, shift

    def shifted(self, name: str) -> tuple[str, int] | None:
        """What a name is defined as, if that is a name plus a constant."""
        let = self._at.lets.get(name)
        if let is None or let.call.fun not in ("add", "sub"):
            return None
        left, right = let.call.args
        if isinstance(left, Var) and isinstance(right, Const) and type(right.value) is int:
            return left.name, right.value if let.call.fun == "add" else -right.value
        if let.call.fun == "add" and isinstance(right, Var) and isinstance(left, Const):
            return (right.name, left.value) if type(left.value) is int else None
        return None

    def step(self, loop: Stmt, name: str) -> int | None:
        """By how much a name grows from one trip of a loop to the next, if that is always the same."""
        if isinstance(loop, For) and loop.target == name:
            step = loop.space.step if isinstance(loop.space, Range) else None
            return step.value if isinstance(step, Const) and type(step.value) is int else None
        for carry in loop.carried if isinstance(loop, For | While) else ():
            if carry.name == name and isinstance(carry.next, Var):
                symbol, shift = self.linear(carry.next.name)
                return shift if symbol == name else None
        return None

    def _low(self, atom: Atom, depth: int) -> int | None:
        """An integer that an atom is never less than."""
        if isinstance(atom, Const):
            return atom.value if type(atom.value) is int else None
        if not isinstance(atom, Var) or not depth:
            return None
        loop = self._targets.get(atom.name)
        if loop is not None:
            return self._low_of_range(loop.space, depth) if isinstance(loop.space, Range) else None
        if atom.name in self._carried:
            stmt, init = self._carried[atom.name]
            grows = self.step(stmt, atom.name)
            return self._low(init, depth - 1) if grows is not None and grows >= 0 else None
        let = self._at.lets.get(atom.name)
        return self._low_of_call(let, depth) if let is not None else None

    def _low_of_range(self, space: Range, depth: int) -> int | None:
        if not isinstance(space.step, Const) or type(space.step.value) is not int:
            return None
        if space.step.value > 0:
            return self._low(space.start, depth - 1)
        low = self._low(space.stop, depth - 1)
        return None if low is None else low + 1

    def _low_of_call(self, let: Let, depth: int) -> int | None:
        call: Call = let.call
        if call.fun == "len" or (call.fun == "getattr" and call.args[1] in (Const("size"), Const("ndim"))):
            return 0
        if call.fun == "getitem" and isinstance(call.args[0], Var):
            shape = self._at.lets.get(call.args[0].name)
            is_shape = shape is not None and shape.call.fun == "getattr"
            return 0 if is_shape and shape is not None and shape.call.args[1] == Const("shape") else None
        if call.fun == "sub" and isinstance(call.args[1], Const) and type(call.args[1].value) is int:
            low = self._low(call.args[0], depth - 1)
            return None if low is None else low - call.args[1].value
        if call.fun in ("add", "mul"):
            lows = [self._low(a, depth - 1) for a in call.args]
            if any(low is None for low in lows) or (call.fun == "mul" and min(lows) < 0):  # type: ignore[type-var,operator]
                return None
            return lows[0] + lows[1] if call.fun == "add" else lows[0] * lows[1]  # type: ignore[operator]
        return None


def _bounds(part: Part) -> tuple[Index, Index | None]:
    """The first place of a part and the one behind its last; an index from the other end has none."""
    if isinstance(part, Stretch):
        return part.start, part.stop
    if part.low is None or not part.natural:
        return part, None
    return part, Index(part.symbol, part.shift + 1, part.low + 1)


def _common(first: tuple[Stmt, ...], second: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The loops that two statements have in common, outermost first."""
    n = 0
    while n < min(len(first), len(second)) and first[n] is second[n]:
        n += 1
    return first[:n]
