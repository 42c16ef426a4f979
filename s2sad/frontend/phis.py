"""Names at the head of a loop: what they mean on entry and on the back edge, and the kind that holds both.

    s = a                            s.1 is a float, an array after the first trip: the body is lowered
    for row in x: s = s + row        with s.2 of the kind that holds both, until nothing changes.

Displays have a part for each element. A callable that another one takes the place of in the loop becomes an
integer that goes round and says which it is; one that a trip makes anew has a part for all that it holds.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from s2sad.frontend import eithers, links, maybes, numbered
from s2sad.frontend.captures import of_one_text, parts_of, with_parts
from s2sad.frontend.operators import alike
from s2sad.frontend.state import (
    CALLABLE,
    Choice,
    Group,
    Local,
    Scope,
    State,
    Torn,
    Value,
    Written,
    goes_round,
    holds_functions,
    same_value,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Carry, Const, Ref, Tuple, Undef, Var

CHANGES = "changes its structure in the loop"
Pairs = dict[tuple[Any, Any], K.Length]


class Phi:
    """A name at the head of a loop.

    Lengths that differ between entry and back edge become symbols of the head. Two axes share such a symbol
    only if they share the entry's length and, on every pass, the back edge's: the partition is refined
    until it is stable.
    """

    def __init__(self, state: State, name: str, entry: Value, kind: Kind | None = None) -> None:
        self.state = state
        self.name = name
        self.entry = entry
        self.guessed = self.guessed_entry = isinstance(entry, Undef)
        self.torn: Torn | None = None
        self.whole = True  # whether it is all that a name stands for
        self.renamed = False  # whether the lengths in a tuple are those of this loop
        self.parts: list[Phi] = []
        self.options: list[Value] = []
        self.kind = kind
        self.var = Var("")
        self.held: Phi | None = None  # what a name holds that stands for another object after each trip
        self.local: Local | None = None
        self.made: dict[int, list[Phi]] = {}  # the parts of those of the options that trips make anew
        if isinstance(entry, Local):
            self.local = entry
            self.outside = state.scope.env, state.objects.cells  # as they are on entry
            self.aliased = state.references(entry) > 1
            self.before = 0  # cells that are older than the trip have no greater number
        elif isinstance(entry, Group):
            hints = [k if isinstance(k, str) else name for k in entry.keys] or [name] * len(entry.items)
            if entry.cat == maybes.MAYBE:
                hints = maybes.hints(name)
            if entry.cat == maybes.EITHER:
                hints = eithers.hints(name, entry)
            kinds = [K.BOTTOM if isinstance(item, Undef) else None for item in entry.items]
            self.parts = [Phi(state, *of) for of in zip(hints, entry.items, kinds, strict=True)]
            for part in self.parts:
                part.whole = False
        elif isinstance(entry, CALLABLE) or (isinstance(entry, Ref) and holds_functions(entry)):
            self.options = list(entry.items) if isinstance(entry, Choice) else [entry]
            self.outside = state.scope.env, state.objects.cells
        elif kind is None:
            self.kind = state.kind(entry)
        self.entry_kind = self.kind

    def value(self) -> Value:
        """What the name means in the body on this pass."""
        if self.torn is not None:
            return self.torn
        if isinstance(self.entry, Local):
            self.before = self.state.objects.count
            if self.held is not None:
                self.local = self.state.made(self.entry.cat, [], [], self.entry.cls)
                self.state.objects.cells[self.local.number] = self.held.value()
                if self.state.objects.shared.get(self.entry.number):
                    self.state.objects.shared[self.local.number] = "is another one after each trip of a loop"
            assert self.local is not None
            return self.local
        if isinstance(self.entry, Group):
            return replace(self.entry, items=[p.value() for p in self.parts], origin=None)
        if self.options:
            return self._option()
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            return self.entry
        if self._is_none():
            return maybes.NONE
        assert self.kind is not None
        self.var = Var(self.state.fresh(self.name, self.kind))
        self.state.heap.meet(self.var.name, self.entry)
        for table in (self.state.live, self.state.foreign):
            if isinstance(self.entry, Var) and self.entry.name in table:
                table[self.var.name] = table[self.entry.name]
        if self.state.unseen and isinstance(self.entry, Var):
            self.state.doubt(self.var.name, self.kind, (self.entry,))
        return self.var

    def _option(self) -> Value:
        """One of the functions that a name may stand for."""
        for i, parts in self.made.items():
            items = [part.value() for part in parts]
            self.options[i] = with_parts(self.options[i], items, self.state.active_scopes)
        if len(self.options) == 1:
            return self.options[0]
        self.var = Var(self.state.fresh("", K.INT))
        return Choice(self.var, list(self.options))

    def _is_none(self) -> bool:
        """Whether a name has been None so far."""
        return self.entry == maybes.NONE and self.kind == K.NONE

    def _begin_again(self, entry: Value) -> None:
        """Take a name on entry for None or a tuple, or for a tuple whose elements are unbound."""
        whole, guessed = self.whole, self.guessed_entry
        self.__init__(self.state, self.name, entry)  # type: ignore[misc]
        self.whole, self.guessed_entry = whole, guessed

    def _is_unbound(self) -> bool:
        """Whether a name is not bound on entry, as far as the loops around know."""
        return isinstance(self.entry, Undef) or is_guess(self.state, self.entry)

    def _begin_unbound(self, back: Local, pairs: Pairs, symbols: set[K.Length], node: ast.AST) -> None:
        """Take a name for an object like the one that a trip binds it to, which holds nothing on entry."""
        held = back.group
        nothing = replace(held, items=[Undef()] * len(held.items), origin=None)
        self._begin_again(self.state.made(held.cat, nothing.items, nothing.keys, held.cls))
        self.held = Phi(self.state, self.name, nothing)
        self.held.whole = False
        self._widen_more(back, pairs, symbols, node)

    def _unbound(self, back: Value) -> Group | None:
        """A display like a tuple that a trip binds a name to, without elements; None for all else."""
        if isinstance(back, Group) and back.cat in ("tuple", maybes.EITHER):
            return replace(back, items=[Undef()] * len(back.items), origin=None)
        kind = self.state.kind(back) if isinstance(back, Var) else K.OBJECT
        if kind.cat != "tuple" or not kind.items or kind.optional or kind.cls in (list, dict):
            return None
        keys = list(kind.keys) or (kind.dtype.split(",") if kind.dtype else [])
        return Group("tuple", [Undef()] * len(kind.items), keys, kind.cls)

    def guesses(self) -> list[Phi]:
        """The names and elements of names whose kind is a guess."""
        held = self.parts if self.held is None else [self.held]
        return [self] if self.guessed else [found for part in held for found in part.guesses()]

    def guess(self) -> None:
        """The next guess for the kind of a name that is not bound on entry."""
        self.kind = K.FLOAT if self.kind == K.BOTTOM else K.array(None) if self.kind == K.FLOAT else K.OBJECT

    def widen(self, back: Value, pairs: Pairs, symbols: set[K.Length], node: ast.AST) -> bool:
        """Let the kind hold the back edge's value too; whether it changed."""
        if isinstance(back, Undef):
            return False
        if isinstance(back, Torn):
            changed, self.torn = self.torn is None, self.torn or back  # refused where it is read
            return changed
        if self.torn is not None:
            return False
        if (form := eithers.begun(self.state, self.entry, self.kind, back)) is not None:
            self._begin_again(form)
            self._widen_more(eithers.like(self.state, form, back), pairs, symbols, node)
            return True
        if eithers.is_either(self.entry) and isinstance(back, Var) and self.state.kind(back) == K.OBJECT:
            self._begin_again(self.state.atom(self.entry, node))  # nothing is known of what it meets
            return self._widen_more(back, pairs, symbols, node) or True
        if eithers.is_either(self.entry):
            back = eithers.like(self.state, self.entry, back)
        if isinstance(self.entry, Undef) and (display := self._unbound(back)) is not None:
            self._begin_again(display)
            return True
        if isinstance(back, Local) and self._is_unbound() and goes_round(back):
            self._begin_unbound(back, pairs, symbols, node)
            return True
        if isinstance(back, Group | Const) and isinstance(self.entry, Group | Const):
            entry, back = maybes.met(self.entry, back)
            if entry is not self.entry:
                self._begin_again(entry)
                self._widen_more(back, pairs, symbols, node)  # kinds of what is more than None
                return True
        return self._widen_more(back, pairs, symbols, node)

    def _widen_more(self, back: Value, pairs: Pairs, symbols: set[K.Length], node: ast.AST) -> bool:
        """The same, with what may be None in the form of the entry."""
        if isinstance(self.entry, Local):
            return self._widen_local(self.entry, back, pairs, symbols, node)
        if isinstance(self.entry, Group):
            return self._widen_parts(self.entry, back, pairs, symbols, node)
        if self.options:
            return self._widen_options(back, pairs, symbols, node)
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            if back == self.entry:
                return False
            self.state.refuse(
                node, f"{self.name!r} stands for different objects in the loop", "use a name for each"
            )
        if back == self.var:
            now = self.state.kinds[self.var.name]
            grown = now.cat == "list" and now != self.kind  # `xs += [v]` lets the list itself hold more
            return grown and self._widen_kind(now, pairs, symbols)
        if isinstance(back, Local | Group) and not self.state.apart and self._is_record():
            raise Written  # an argument meets what is made here: field by field
        numbered.want(self.state, back)
        if self.entry == maybes.NONE:
            maybes.want_row(self.state, back)
        links.note(self.state, back, self.var)
        if holds_functions(back):
            self.state.refuse(
                node, f"{self.name!r} is a function after a trip, and was none before", "use two names"
            )
        atom = self.state.atom(back, node)
        self.torn = self._other_object(atom)
        return self.torn is not None or self._widen_kind(self.state.kind(atom), pairs, symbols)

    def _other_object(self, back: Any) -> Torn | None:
        """What a name holds that is an object of the caller's, and after a trip one that is unlike."""
        held = [v for v in (self.entry, back) if not isinstance(v, Undef) and v != maybes.NONE]
        objects = [self.state.live[v.name] for v in held if isinstance(v, Var) and v.name in self.state.live]
        kinds = [self.state.kind(v) for v in held]
        if not objects or any(k.cat != "object" and not k.is_number for k in kinds):
            return None
        if len(objects) == len(held) and all(alike(objects[0], other) for other in objects[1:]):
            return None
        why = "is an object in one trip, and one that is unlike or something else in another"
        return Torn(self.name, why, "use a name for each")

    def _is_record(self) -> bool:
        """Whether the name stands for a dict, dataclass, namedtuple or list of these that is an argument."""
        kind = self.kind
        return (
            isinstance(self.entry, Var)
            and kind is not None
            and (kind.cat == "dict" or (kind.cat == "tuple" and kind.cls is not None))
        )

    def _widen_local(
        self, entry: Local, back: Value, pairs: Pairs, symbols: set[K.Length], node: ast.AST
    ) -> bool:
        """A name that stands for another object after a trip carries what the objects hold.

        Where the first one can be met under another name too, neither is written.
        """
        if back is self.local:
            return False
        if not isinstance(back, Local) or (back.cat, back.cls) != (entry.cat, entry.cls):
            self.state.want_table(entry)
            self.state.want_table(back)
            numbered.want(self.state, entry, back)
            what = f"{self.name!r} stands for an object, and for something else after a trip"
            self.state.refuse(node, what, "use two names")
        state, held = self.state, back.group
        first = entry.group if self.held is None else self.held.entry
        for number in (entry.number, back.number):
            state.same_keys(number, first, held)
        met = state.references(entry) + (state.references(back) > 1)
        if self.aliased or met or back.number <= self.before:
            for number in (entry.number, back.number):
                state.objects.shared[number] = "is another one after each trip of a loop"
        if self.held is not None:
            return self.held.widen(held, pairs, symbols, node)
        here = state.scope.env, state.objects.cells
        state.scope.env, state.objects.cells = self.outside
        try:
            self.held = Phi(state, self.name, entry.group)
            self.held.whole = False
        finally:
            state.scope.env, state.objects.cells = here
        self.held.widen(held, pairs, symbols, node)
        return True

    def _widen_parts(
        self, entry: Group, back: Value, pairs: Pairs, symbols: set[K.Length], node: ast.AST
    ) -> bool:
        if isinstance(back, Group) and back.cat == entry.cat == "object" and back.cls is entry.cls:
            held = dict(zip(back.keys, back.items, strict=True))
            back = Group("object", [held[k] for k in entry.keys if k in held], list(entry.keys), entry.cls)
        if not isinstance(back, Group) or (back.cat, list(back.keys), back.cls, len(back.items)) != (
            entry.cat, list(entry.keys), entry.cls, len(entry.items)
        ):  # fmt: skip
            self.state.want_long(self.name, entry, back)
            numbered.want(self.state, entry, back)
            links.note(self.state, entry, back)
            kept = "its length" if entry.cat == "list" else "tuples of one length and dicts of the same keys"
            self.torn = Torn(self.name, CHANGES, f"keep {kept}")
            if not self.whole:
                self.state.refuse(node, f"{self.name!r} {self.torn.why}", self.torn.instead)
            return True
        changed = False
        for part, item in zip(self.parts, back.items, strict=True):
            changed |= part.widen(item, pairs, symbols, node)
        return changed

    def _widen_options(self, back: Value, pairs: Pairs, symbols: set[K.Length], node: ast.AST) -> bool:
        new = list(back.items) if isinstance(back, Choice) else [back]
        if not all(isinstance(v, CALLABLE) or holds_functions(v) for v in new):
            self.state.refuse(
                node, f"{self.name!r} is a function, and something else after a trip", "use two names"
            )
        changed, active = False, self.state.active_scopes
        others = [v for v in new if not any(same_value(v, known) for known in self.options)]
        for value in others:
            alike = [[v for v in found if of_one_text(v, value, active)] for found in (self.options, new)]
            if max(map(len, alike)) > 1:
                self._refuse_new(node)
        for value in others:
            place = next((i for i, o in enumerate(self.options) if of_one_text(o, value, active)), None)
            if place is None:
                place = len(self.options)
                self.options.append(value)
                changed = True
            parts = parts_of(value, active)
            if place not in self.made and parts:
                self._begin_parts(place, active)
                changed = True
            for phi, (_, item) in zip(self.made.get(place, []), parts, strict=True):
                changed |= phi.widen(item, pairs, symbols, node)
        if len(self.options) > 16:
            self._refuse_new(node)
        return changed

    def _refuse_new(self, node: ast.AST) -> None:
        what = f"{self.name!r} is a new function after each trip"
        self.state.refuse(node, what, "compute with values, or use a list")

    def _begin_parts(self, place: int, active: list[Scope]) -> None:
        """Let what a function holds go round, as every trip may make it anew."""
        state, first = self.state, self.entry.items if isinstance(self.entry, Choice) else [self.entry]
        here = state.scope.env, state.objects.cells
        state.scope.env, state.objects.cells = self.outside
        try:
            if place < len(first):
                self.made[place] = [Phi(state, name, part) for name, part in parts_of(first[place], active)]
            else:
                names = [name for name, _ in parts_of(self.options[place], active)]
                self.made[place] = [Phi(state, name, Undef(), K.BOTTOM) for name in names]
        finally:
            state.scope.env, state.objects.cells = here

    def _widen_kind(self, kind: Kind, pairs: Pairs, symbols: set[K.Length]) -> bool:
        assert self.kind is not None
        numbered.meet(self.state, self.kind, kind)
        self.torn = numbered.torn(self.name, self.kind, kind)
        if self.torn is not None:
            return True
        if self.guessed:
            if kind == K.BOTTOM:
                return False
            self.guessed = False
            changed = kind != self.kind
            lasting = kind.shape is not None and all(K.is_older(n, self.state.older) for n in kind.shape)
            self.kind = K.anonymous(kind) if changed and not lasting else kind
            return changed
        old = self.kind
        joined = K.join(old, kind, {})
        if (
            old.shape is not None
            and joined.shape is not None
            and old.shape
            and kind.shape
            and len(joined.shape) == len(old.shape) == len(kind.shape)
        ):
            both = zip(old.shape, kind.shape, strict=True)
            joined = replace(
                joined, shape=tuple([self._length(mine, theirs, pairs, symbols) for mine, theirs in both])
            )
        elif joined.cat == "list" and old.cat == "list" and old.items and joined.items:
            if _equal_but_lengths(old.items[0], joined.items[0]):
                joined = replace(old, optional=joined.optional)
        elif joined != old and joined.cat in ("tuple", "dict") and joined.items:
            if self.renamed and _is_same_up_to_names(old, joined):
                joined = old
            else:  # lengths that belong to the head of the loop
                joined, self.renamed = K.anonymous(joined), True
        if joined != old:
            self.kind = joined
            return True
        return False

    def _length(self, mine: K.Length, theirs: K.Length, pairs: Pairs, symbols: set[K.Length]) -> K.Length:
        if (
            mine in symbols
        ):  # the first back length met keeps the symbol, another one gets a symbol of its own
            if pairs.setdefault((mine, None), theirs) == theirs:
                return mine
        elif mine == theirs:
            return mine
        if (mine, theirs) not in pairs:
            pairs[(mine, theirs)] = K.new_length()
            symbols.add(pairs[(mine, theirs)])
        return pairs[(mine, theirs)]

    def _in_form(self, back: Value) -> Value:
        """The back edge's value in the form of the entry, of what may be None or one of two unlike values."""
        if maybes.is_maybe(self.entry):
            return maybes.met(self.entry, back)[1]
        return eithers.like(self.state, self.entry, back) if eithers.is_either(self.entry) else back

    def close(self, back: Value, carried: list[Carry]) -> Value:
        """Add the carried value; what the name means after the loop."""
        back = self._in_form(back)
        if self.torn is not None:
            return self.torn
        if isinstance(self.entry, Local):
            return self._close_local(self.entry, back, carried)
        if isinstance(self.entry, Group):
            nothing: list[Value] = [Undef()] * len(self.parts)
            items = back.items if isinstance(back, Group) else nothing
            if isinstance(back, Group) and back.cat == "object":
                held = dict(zip(back.keys, back.items, strict=True))
                made = [p.close(held[k], carried) for p, k in zip(self.parts, self.entry.keys, strict=True)]
                new = {k: v for k, v in held.items() if k not in self.entry.keys}
                return self._with_new(self.entry, made, new, carried)
            made = [p.close(b, carried) for p, b in zip(self.parts, items, strict=True)]
            return replace(self.entry, items=made, origin=None)
        if self.options:
            return self._close_options(back, carried)
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            return self.entry
        if self._is_none():
            return maybes.NONE
        assert self.kind is not None
        out = self.state.fresh(self.name, self.kind)
        for table in (self.state.live, self.state.foreign):
            if self.var.name in table:
                table[out] = table[self.var.name]
        following = self.var if isinstance(back, Undef) else self.state.atom(back)
        for atom in (following, Var(out)):
            self.state.heap.meet(self.var.name, atom)
        carried.append(Carry(self.var.name, self.state.atom(self.entry), following, out))
        if self.state.unseen:
            self.state.doubt(out, self.kind, (following,))
        return Var(out)

    def _with_new(
        self, entry: Group, made: list[Value], new: dict[Any, Value], carried: list[Carry]
    ) -> Group:
        """An object after a loop that sets new attributes: numbers and arrays are kept."""
        keys = list(entry.keys)
        for key, value in new.items():
            if isinstance(value, Undef | Group | Local) or holds_functions(value):
                continue
            atom = self.state.atom(value)
            kind = self.state.kind(atom)
            before = self.state.left_before(kind)
            head, out = self.state.fresh(str(key), before), self.state.fresh(str(key), kind)
            carried.append(Carry(head, Undef(), atom, out))
            made, keys = [*made, Var(out)], [*keys, key]
        return Group(entry.cat, made, keys, entry.cls)

    def _close_local(self, entry: Local, back: Value, carried: list[Carry]) -> Value:
        if self.held is None:
            return entry
        made = self.state.made(entry.cat, [], [], entry.cls)
        held = self.state.objects.cells.get(back.number, Undef()) if isinstance(back, Local) else Undef()
        self.state.objects.cells[made.number] = self.held.close(held, carried)
        if self.state.objects.shared.get(entry.number):
            self.state.objects.shared[made.number] = "is another one after each trip of a loop"
        return made

    def aligned(self, back: Value, node: ast.AST) -> Value:
        """What the name means at the end of a trip, as one of the head's callables."""
        if (
            len(self.options) < 2
            or not isinstance(back, Choice)
            or list(map(id, back.items)) == list(map(id, self.options))
        ):
            return back
        places: list[Atom] = []
        for item in back.items:
            place = next((i for i, o in enumerate(self.options) if self._is_option(o, item)), None)
            if place is None:
                return back
            places.append(Const(place))
        index = self.state.emit(Call("getitem", (Tuple(tuple(places)), back.index)), K.INT, node)
        return Choice(index, list(self.options))

    def _close_options(self, back: Value, carried: list[Carry]) -> Value:
        active, closed = self.state.active_scopes, list(self.options)
        new = back.items if isinstance(back, Choice) else [] if isinstance(back, Undef) else [back]
        for i, parts in self.made.items():
            made = next((v for v in new if of_one_text(v, self.options[i], active)), self.options[i])
            items = [item for _, item in parts_of(made, active)]
            ended = [part.close(item, carried) for part, item in zip(parts, items, strict=True)]
            closed[i] = with_parts(self.options[i], ended, active)
        if len(closed) == 1:
            return closed[0]
        out = self.state.fresh("", K.INT)
        following: Atom = self.var
        if isinstance(back, Choice):
            following = back.index
        elif not isinstance(back, Undef):
            following = Const(next(i for i, o in enumerate(self.options) if self._is_option(o, back)))
        first = self.entry.index if isinstance(self.entry, Choice) else Const(0)
        carried.append(Carry(self.var.name, first, following, out))
        return Choice(Var(out), closed)

    def _is_option(self, option: Value, value: Value) -> bool:
        return same_value(option, value) or of_one_text(option, value, self.state.active_scopes)


def is_guess(state: State, value: Value) -> bool:
    """Whether a value stands for a name that is not bound before a loop, and whose kind is guessed."""
    if isinstance(value, Var) and state.kind(value) == K.BOTTOM:
        return True
    guessed = (phi for *_, phis in state.open_loops for phi in phis.values() if phi.var == value)
    return any(phi.guessed or is_guess(state, phi.entry) for phi in guessed)


def unguessed(state: State, a: Value, b: Value) -> tuple[Value, Value]:
    """Two values that meet behind a branch; beside an object, what is not bound before a loop is unbound."""
    if isinstance(a, Local) and is_guess(state, b):
        return a, Undef()
    if isinstance(b, Local) and is_guess(state, a):
        return Undef(), b
    return a, b


def _is_same_up_to_names(old: Kind, new: Kind) -> bool:
    """Whether two kinds are the same but for the names of lengths: what is equal in the old is in the new."""
    names: dict[K.Length, K.Length] = {}

    def same(a: Kind, b: Kind) -> bool:
        if a.is_number and b.is_number and a.shape and b.shape and len(a.shape) == len(b.shape):
            pairs = list(zip(a.shape, b.shape, strict=True))
            if any(m != n if isinstance(m, int) else names.setdefault(m, n) != n for m, n in pairs):
                return False
            return replace(a, shape=()) == replace(b, shape=())
        if a.items is None or b.items is None or len(a.items) != len(b.items):
            return a == b
        alike = replace(a, items=()) == replace(b, items=())
        return alike and all(same(x, y) for x, y in zip(a.items, b.items, strict=True))

    return same(old, new)


def _equal_but_lengths(a: Kind, b: Kind) -> bool:
    return K.without_lengths(a) == K.without_lengths(b) and a.known == b.known


def tear(phis: dict[str, Phi], entry: dict[str, Value]) -> None:
    """Let names that go round stay unknown that are so on entry to the loop."""
    for name, phi in phis.items():
        before = entry.get(name)
        if phi.torn is None and isinstance(before, Torn):
            phi.torn = replace(before)
