"""Integers that are lengths of axes, while a program is read.

    n = len(x)                   n is x's length
    m = x.shape[1] - 1           m is that of x[:, 1:]
    f = np.zeros(n + 1)          so f[1:] has x's length, also where n is an argument and x is np.zeros(n)
    y = np.zeros((n, m))         so y's shape is known from x's
    x[1:k - 1], x[0, 1:k - 1]    for an argument k: parts of axes of one length have one length
    for i in range(n - k + 1):   with k = len(w),
        x[i:i + k]               has w's length, since it lies within x: i is at least 0, i + k at most n

An SSA name keeps its length for good: the arrays of a loop have other lengths in each trip, and other names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.ir.nodes import NONE, Atom, Call, Const, Range, Slice, Tuple, Var

SUMS = frozenset(("add", "sub", "mul", "floordiv", "neg"))
NEW = frozenset(("np.zeros", "np.ones", "np.empty", "np.full"))  # none takes a negative length
STEPS = 8  # loops around each other whose counters an index is made of
Term = tuple[Any, ...]
Form = dict[Any, int]  # a sum: how often it has each length and each name, and the number under NUMBER
NUMBER = ""

class Lengths:
    """The lengths that names stand for."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._lengths: dict[str, Length] = {}
        self._exact: set[str] = set()  # lengths that are not cut off at 0: these and the number give lengths
        self._shapes: dict[str, Shape] = {}
        self._sizes: dict[str, Length] = {}  # lengths of new arrays that integer arguments are
        self._sums: dict[str, Term] = {}
        self.params: frozenset[str] = frozenset()
        self.cuts: dict[tuple[Length, Term], Length] = {}
        self._calls: dict[str, Call] = {}
        self._counted: dict[str, Range] = {}
        self._made: dict[Length, Atom] = {}

    def note(self, name: str, call: Call) -> None:
        """Note what a name is defined as."""
        args = call.args
        if call.fun == "add" and isinstance(args[0], Const):
            args = args[1], args[0]
        base = args[0] if args else None
        if call.fun in SUMS and self._kinds[name].cat == "int":
            self._note_sum(name, call)
            self._calls[name] = call
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
        elif call.fun in ("add", "sub") and base.name in self._lengths and isinstance(args[1], Const):
            self._shift(name, base.name, args[1].value, call.fun == "add")

    def note_new(self, name: str, call: Call) -> None:
        """Note which integers the lengths of a new array are."""
        sizes = call.args[:1]
        if sizes and isinstance(sizes[0], Tuple):
            sizes = sizes[0].items
        for length, size in zip(self._kinds[name].shape or (), sizes, strict=False):
            if isinstance(size, Var) and size.name in self._calls and self.of(size) is None:
                self._made[length] = size

    def count(self, name: str, space: object) -> None:
        """Note what a loop counts."""
        if isinstance(space, Range):
            self._counted[name] = space

    def _shift(self, name: str, base: str, by: object, add: bool) -> None:
        """Note what is longer or shorter than a length by a number."""
        length = self._lengths[base]
        if type(by) is not int or isinstance(length, int):
            return
        by, exact = by if add else -by, base in self._exact or length[1] >= 0
        if exact or by < 0:
            self._lengths[name] = length[0], length[1] + by
        if exact:
            self._exact.add(name)

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

    def size(self, atom: Atom) -> Length | list[Length | None] | None:
        """The same for an integer of which a new array's length is made, which fails if that is negative.

        So an argument n, and n + 1, are lengths here; elsewhere they might be negative.
        """
        if isinstance(atom, Tuple):
            return [None if isinstance(length := self.size(i), list) else length for i in atom.items]
        known = self.of(atom)
        form = self._form(atom) if known is None and isinstance(atom, Var) else None
        own = [key for key in form or () if key != NUMBER]
        if form is None or len(own) != 1 or own[0] not in self.params or form[own[0]] != 1:
            return known
        length = self._sizes.setdefault(own[0], new_length())
        assert isinstance(length, tuple)
        self._made[length] = Var(own[0])
        return length[0], length[1] + form.get(NUMBER, 0)

    # ---- parts of which loops count where they begin

    def window(self, length: Length, part: Slice) -> Length | None:
        """The length of a part of an axis that certainly lies within it; None if that is not known."""
        low = self._form(part.lo) if part.lo != NONE else {}
        end, whole = self._form(part.hi), self._of_length(length)
        if low is None or end is None or part.step not in (NONE, Const(1)):
            return None
        own = _sum(end, low, -1)
        found: Length | None = None
        if not own.keys() - {NUMBER}:
            found = own.get(NUMBER, 0)
        elif len(own) == 1:
            key, times = next(iter(own.items()))
            found = key if times == 1 and isinstance(key, tuple) else None
        if found is None or (isinstance(found, int) and found < 0):
            return None
        return found if self._is_natural(low) and self._is_natural(_sum(whole, end, -1)) else None

    def _form(self, atom: Atom) -> Form | None:
        """An integer as a sum of lengths and names."""
        if isinstance(atom, Const):
            return {NUMBER: atom.value} if type(atom.value) is int else None
        if not isinstance(atom, Var) or self._kinds[atom.name].cat != "int":
            return None
        call = self._calls.get(atom.name)
        made = None if call is None else self._form_of_call(call)
        if made is not None:
            return made
        length = self._lengths.get(atom.name)
        return {atom.name: 1} if length is None else self._of_length(length)

    def _form_of_call(self, call: Call) -> Form | None:
        parts = [self._form(a) for a in call.args]
        one, two = parts[0], parts[-1]
        if one is None or two is None or call.fun not in ("add", "sub", "mul", "neg"):
            return None
        if call.fun == "neg":
            return _sum({}, one, -1)
        if call.fun != "mul":
            return _sum(one, two, 1 if call.fun == "add" else -1)
        one, two = (one, two) if one.keys() <= {NUMBER} else (two, one)
        return _sum({}, two, one.get(NUMBER, 0)) if one.keys() <= {NUMBER} else None

    def _of_length(self, length: Length) -> Form:
        if isinstance(length, int):
            return {NUMBER: length}
        made = self._form(self._made[length]) if length in self._made else None
        if made is None and length[1] > 0:
            return _sum(self._of_length((length[0], 0)), {NUMBER: length[1]}, 1)
        return {length: 1} if made is None else made

    def _is_natural(self, form: Form) -> bool:
        """Whether a sum is certainly not negative, whatever the loops around have counted to."""
        for _ in range(STEPS):
            name = next((key for key in form if key in self._counted), None)
            if name is None:
                return all(n >= 0 and (key == NUMBER or isinstance(key, tuple)) for key, n in form.items())
            bound = self._bound(self._counted[name], form[name] > 0)
            if bound is None:
                return False
            form = _sum({key: n for key, n in form.items() if key != name}, bound, form[name])
        return False

    def _bound(self, space: Range, least: bool) -> Form | None:
        """The least or the greatest that a loop counts, or what is below or above it."""
        step = self._form(space.step)
        if step is None or (not (up := self._is_natural(step)) and not self._is_natural(_sum({}, step, -1))):
            return None
        if least == up:
            return self._form(space.start)
        stop = self._form(space.stop)
        return None if stop is None else _sum(stop, {NUMBER: 1}, -1 if up else 1)


def _sum(one: Form, two: Form, times: int) -> Form:
    """`one + times*two`, without what is there no times."""
    made = {key: one.get(key, 0) + times*two.get(key, 0) for key in (*one, *two)}
    return {key: n for key, n in made.items() if n}
