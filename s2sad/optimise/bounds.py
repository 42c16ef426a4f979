"""Subscripts that cannot be out of bounds: indices of loops against lengths of axes.

Accepts any `Program`; changes nothing. Without it every dead `x[i]` of the user would stay, and its
loop with it, since it might raise.

    for i in range(1, len(x)):      i is at least 1 and less than the length of x, so that x[i] and x[i-1] do
        y[i] = a*y[i-1] + x[i]      not raise, nor does y[i] where y is known to be as long as x
    for i in range(len(hs)):        nor does hs[i] of a list that is never made shorter, nor xs[i] and ys[i]
        g = hs[i]                   in a loop over zip(xs, ys), which has min(len(xs), len(ys)) trips
"""

from __future__ import annotations

from s2sad.analysis.primitives import index_may_raise, kind_of
from s2sad.ir.kinds import OBJECT, Kind, Length
from s2sad.ir.nodes import NONE, Atom, Call, Const, For, Let, Program, Range, Slice, Tuple, Var, walk
from s2sad.ir.records import record

_ALL = Slice(NONE, NONE, NONE)


@record(frozen=True, slots=True)
class _Size:
    """The integer `length + shift`."""

    length: Length
    shift: int


@record(frozen=True, slots=True)
class _Span:
    """An integer that is at least `low` and less than `end`."""

    low: int
    end: _Size


class Bounds:
    """What is known of a program's integers: those that are lengths, and those that run between."""

    def __init__(self, program: Program) -> None:
        self.kinds = program.kinds
        self._sizes: dict[str, _Size] = {}
        self._spans: dict[str, _Span] = {}
        self._shapes: dict[str, Kind] = {}
        self._least: dict[str, int] = {}  # what integers are at least
        self._counts: dict[str, dict[str, int]] = {}  # lists by integers that are at most length + shift
        self._listed: dict[str, frozenset[str]] = {}  # lists by the indices of loops that lie within them
        for stmt in walk(program.body):
            if type(stmt) is Let:
                self._define(stmt.name, stmt.call)
            elif type(stmt) is For and isinstance(stmt.space, Range):
                self._run(stmt.target, stmt.space)

    def inside(self, base: Kind, index: Atom | None) -> bool:
        """Whether `base[index]` certainly does not raise."""
        parts = index.items if isinstance(index, Tuple) else (index,)
        proved: list[Atom] = []
        axis = 0
        for part in parts:
            if part is None:
                return True
            if part == Const(Ellipsis):
                return False
            shape = base.shape if base.is_number else None
            if isinstance(part, Var) and shape is not None and axis < len(shape):
                span = self._spans.get(part.name)
                proved.append(_ALL if span is not None and _fits(span, shape[axis]) else part)
            else:
                proved.append(part)
            axis += part != NONE
        return not index_may_raise(base, Tuple(tuple(proved)), self.kinds)

    def counted(self, xs: Var, index: Atom) -> bool:
        """Whether an index is at least 0 and less than a length that this very list has had."""
        return isinstance(index, Var) and xs.name in self._listed.get(index.name, ())

    def is_positive(self, atom: Atom) -> bool:
        """Whether an integer is counted by a loop, and never 0."""
        return isinstance(atom, Var) and self._least.get(atom.name, 0) > 0

    def _define(self, name: str, call: Call) -> None:
        if call.fun == "len":
            self._measure(name, kind_of(call.args[0], self.kinds), 0)
            if isinstance(call.args[0], Var):
                self._counts[name] = {call.args[0].name: 0}
        elif call.fun == "min":
            counts = [self._counts.get(a.name, {}) for a in call.args if isinstance(a, Var)]
            self._counts[name] = {xs: shift for found in counts for xs, shift in found.items()}
        elif call.fun == "getattr" and call.args[1] == Const("shape"):
            self._shapes[name] = kind_of(call.args[0], self.kinds)
        elif call.fun == "getitem" and isinstance(call.args[0], Var) and call.args[0].name in self._shapes:
            if isinstance(call.args[1], Const) and isinstance(call.args[1].value, int):
                self._measure(name, self._shapes[call.args[0].name], call.args[1].value)
        elif (
            call.fun in ("add", "sub") and isinstance(call.args[1], Const) and type(call.args[1].value) is int
        ):
            self._shift(name, call.args[0], call.args[1].value if call.fun == "add" else -call.args[1].value)
        elif call.fun == "add" and isinstance(call.args[0], Const) and type(call.args[0].value) is int:
            self._shift(name, call.args[1], call.args[0].value)

    def _measure(self, name: str, kind: Kind, axis: int) -> None:
        if kind.is_number and kind.shape and -len(kind.shape) <= axis < len(kind.shape):
            self._sizes[name] = _Size(kind.shape[axis], 0)

    def _shift(self, name: str, atom: Atom, by: int) -> None:
        size = self._size(atom)
        if size is not None:
            self._sizes[name] = _Size(size.length, size.shift + by)
        if isinstance(atom, Var) and atom.name in self._counts:
            self._counts[name] = {xs: shift + by for xs, shift in self._counts[atom.name].items()}
        if isinstance(atom, Var) and atom.name in self._least and self.kinds.get(name, OBJECT).cat == "int":
            self._least[name] = self._least[atom.name] + by
        span = self._spans.get(atom.name) if isinstance(atom, Var) else None
        if span is not None and self.kinds.get(name, OBJECT).sort == "int":
            self._spans[name] = _Span(span.low + by, _Size(span.end.length, span.end.shift + by))

    def _size(self, atom: Atom) -> _Size | None:
        if isinstance(atom, Const) and type(atom.value) is int:
            return _Size(0, atom.value)
        return self._sizes.get(atom.name) if isinstance(atom, Var) else None

    def _run(self, target: str, space: Range) -> None:
        step = space.step.value if isinstance(space.step, Const) else None
        if not isinstance(step, int) or not step:
            return
        low, end, beyond = (space.start, space.stop, 0) if step > 0 else (space.stop, space.start, 1)
        if not isinstance(low, Const) or type(low.value) is not int:
            return
        if low.value + beyond >= 0:
            counted = self._counts.get(end.name, {}) if isinstance(end, Var) else {}
            self._listed[target] = frozenset(xs for xs, shift in counted.items() if shift + beyond <= 0)
        self._least[target] = low.value + beyond
        size = self._size(end)
        if size is not None:
            self._spans[target] = _Span(low.value + beyond, _Size(size.length, size.shift + beyond))


def _fits(span: _Span, length: Length) -> bool:
    """Whether every integer of the span is an index of an axis of this length, from the front."""
    end, shift = span.end.length, span.end.shift
    if span.low < 0:
        return False
    if isinstance(end, int):
        return isinstance(length, int) and end + shift <= length
    if isinstance(length, int) or end[0] != length[0]:
        return False
    # Lengths are max(0, n + offset): where n + offset is negative, the span has to be empty.
    return end[1] + shift <= length[1] and (end[1] >= 0 or shift <= span.low)
