"""Integers that are lengths of axes, while a program is read.

    n = len(x)                   n is x's length
    m = x.shape[1] - 1           m is that of x[:, 1:]
    y = np.zeros((n, m))         so y's shape is known from x's
    x[1:k - 1], x[0, 1:k - 1]    for an argument k: parts of axes of one length have one length

An SSA name keeps its length for good: the arrays of a loop have other lengths in each trip, and other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.ir.nodes import Atom, Call, Const, Slice, Tuple, Var

SUMS = frozenset(("add", "sub", "mul", "floordiv", "neg"))
Term = tuple[Any, ...]

class Lengths:
    """The lengths that names stand for."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._lengths: dict[str, Length] = {}
        self._shapes: dict[str, Shape] = {}
        self._sums: dict[str, Term] = {}
        self.params: frozenset[str] = frozenset()
        self.cuts: dict[tuple[Length, Term], Length] = {}

    def note(self, name: str, call: Call) -> None:
        """Note what a name is defined as."""
        args = call.args
        base = args[0] if args else None
        if call.fun in SUMS and self._kinds[name].cat == "int":
            self._note_sum(name, call)
        if not isinstance(base, Var):
            return
        kind = self._kinds[base.name]
        if call.fun == "len" and kind.is_number and kind.shape:
            self._lengths[name] = kind.shape[0]
        elif call.fun == "getattr" and kind.is_number and kind.shape is not None:
            if args[1] == Const("shape"):
                self._shapes[name] = kind.shape
            elif args[1] == Const("size") and len(kind.shape) == 1:
                self._lengths[name] = kind.shape[0]
        elif call.fun == "getitem" and base.name in self._shapes:
            axis, shape = args[1], self._shapes[base.name]
            if isinstance(axis, Const) and type(axis.value) is int and -len(shape) <= axis.value < len(shape):
                self._lengths[name] = shape[axis.value]
        elif call.fun == "sub" and base.name in self._lengths and isinstance(args[1], Const):
            self._shorter(name, self._lengths[base.name], args[1].value)

    def _shorter(self, name: str, length: Length, by: object) -> None:
        if type(by) is int and by > 0 and not isinstance(length, int):
            self._lengths[name] = length[0], length[1] - by

    def _note_sum(self, name: str, call: Call) -> None:
        terms = [self._term(a) for a in call.args]
        if None not in terms:
            self._sums[name] = (call.fun, *terms)

    def _term(self, atom: Atom) -> Term | None:
        """What an integer is in terms of literals and arguments."""
        if isinstance(atom, Const):
            return ("", atom.value)
        if not isinstance(atom, Var):
            return None
        return (atom.name,) if atom.name in self.params else self._sums.get(atom.name)

    def cut(self, length: Length, part: Slice) -> Length:
        """The length of a part of an axis whose bounds are made of arguments: the same for the same bounds.

        What loops count has other values in each trip, and gives a new length wherever it is asked for.
        """
        terms = (self._term(part.lo), self._term(part.hi), self._term(part.step))
        return new_length() if None in terms else self.cuts.setdefault((length, terms), new_length())

    def of(self, atom: Atom) -> Length | list[Length | None] | None:
        """The length that an atom is, or a list of those that it has; None for what is no length."""
        if isinstance(atom, Tuple):
            return [None if isinstance(length := self.of(i), list) else length for i in atom.items]
        if isinstance(atom, Const):
            return atom.value if type(atom.value) is int and atom.value >= 0 else None
        if not isinstance(atom, Var):
            return None
        shape = self._shapes.get(atom.name)
        return self._lengths.get(atom.name) if shape is None else list(shape)
