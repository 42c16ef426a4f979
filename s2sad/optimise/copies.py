"""Copies, births and bindings: storage that is made although existing storage, or none, would do.

Accepts any `Program`; guarantees the same values, and that no two names share storage that could be
told apart from two storages: by a write, by `is`, or by the caller.

`copies`: a made copy whose original is not written while the copy is used, and which itself is
neither written nor handed on, is its original.

    t = u_bar[1:-1].copy()            t = u_bar[1:-1]
    v_bar += 2*t                      v_bar += 2*t
    u_bar[2:] += 1.0                  u_bar[2:] += 1.0

    y_bar = 2*z                       a copy of a new array that is not read any more may be written itself
    x_bar = y_bar.copy()              x_bar = 2*z
    x_bar[0] += 1.0                   x_bar[0] += 1.0

A copy that is returned is its original, if that is a new array, or one in another shape, that nobody else
gets and nothing writes any more: `return np.outer(b_bar, x), b_bar.copy()` returns b_bar.

`births`: zeros to which a whole array of their shape and dtype is added before anything else happens to them.

    x_bar = np.zeros_like(x)          x_bar = 2*y
    t = 2*y
    x_bar += t

`bindings`: what a loop carries round unchanged and what both branches bind alike is the one value.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.places import Places
from s2sad.analysis.primitives import ARITHMETIC, PURE, effect_of, kind_of
from s2sad.ir.kinds import OBJECT, Kind, same_shape
from s2sad.ir.nodes import (
    LOOPS,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    For,
    If,
    Let,
    Out,
    Program,
    Return,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_statement, resolved, same_block, with_blocks

# ---- copy elision


class _Places:
    """Where statements stand: numbers in text order, every use of a name, the definition of a name.

    `joins` are the names that stand for one of several others: what leaves branches and goes round loops.
    """

    def __init__(self, program: Program) -> None:
        self.number: dict[Stmt, int] = {}
        self.users: dict[str, list[Stmt]] = {}
        self.lets: dict[str, Let] = {}
        self.joins: set[str] = set()
        for i, stmt in enumerate(walk(program.body)):
            self.number[stmt] = i
            if isinstance(stmt, If):
                self.joins.update(out.name for out in stmt.outs)
            elif isinstance(stmt, For | While):
                self.joins.update(name for carry in stmt.carried for name in (carry.name, carry.out))
            for name in uses(stmt):
                self.users.setdefault(name, []).append(stmt)
            if isinstance(stmt, Let):
                self.lets[stmt.name] = stmt


def copies(program: Program, aliases: Aliases | None = None) -> Program:
    """Use originals instead of copies that nothing tells from them."""
    made = [s for s in walk(program.body) if type(s) is Let and s.made and s.call.fun == "copy"]
    if not made:
        return program
    elision = _Elision(program, aliases)
    for block in _all_blocks(program.body):
        for at, stmt in enumerate(block):
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun == "copy":
                elision.consider(block, at, stmt)
    if not elision.instead:
        return program
    gone = elision.instead
    edit = Edit(program)
    final = resolved(gone)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if not (isinstance(stmt, Let) and stmt.name in gone):
            yield in_statement(stmt, final)

    return edit.finish(edit.block(program.body, change))


def _all_blocks(body: Block) -> Iterator[Block]:
    yield body
    for stmt in walk(body):
        yield from blocks(stmt)


class _Elision:
    """Decides about copies, one after the other; each decides once, since originals get its uses."""

    def __init__(self, program: Program, aliases: Aliases | None) -> None:
        self.program = program
        self.kinds = program.kinds
        self.aliases = aliases or Aliases(program)
        self.places = _Places(program)
        self.instead: dict[str, Atom] = {}
        self.written: frozenset[int] = frozenset().union(*(self.aliases.written(s) for s in program.body))
        self._extended: set[int] = set()
        self._given: set[int] = set()
        self._body = program.body

    def consider(self, block: Block, at: int, let: Let) -> None:
        """Replace the copy by its original if nothing tells them apart."""
        original = let.call.args[0]
        if not isinstance(original, Var) or self.aliases.of(let.name) in self._given:
            return
        kind = self.kinds.get(original.name, OBJECT)
        if kind.is_scalar or self._is_separate(let, original, kind, block, at):
            self.instead[let.name] = original
        elif block is self._body and self._is_given(let, original, kind, at):
            self.instead[let.name] = original
        elif self._is_left(let, original, kind, block):
            self.instead[let.name] = original

    def _is_separate(self, let: Let, original: Var, kind: Kind, block: Block, at: int) -> bool:
        aliases = self.aliases
        own, source = aliases.of(let.name), aliases.of(original.name)
        if own is None or source is None or own == source or not kind.is_number:
            return False
        seen = aliases.visible | aliases.returned | aliases.told
        if own in self.written or own in seen or source in aliases.told or source in self._extended:
            return False
        if aliases.opaque and source in aliases.visible:
            return False  # an unseen function may write what the caller can write
        return source not in self.written or self._is_window(own, source, block, at)

    def _is_given(self, let: Let, original: Var, kind: Kind, at: int) -> bool:
        """Whether the copy is handed out by the program, which can as well hand out the original."""
        aliases = self.aliases
        own, source = aliases.of(let.name), aliases.of(original.name)
        if own is None or source is None or not kind.is_array or not kind.rank:
            return False
        kept = aliases.visible | aliases.identity | self._given | self._extended
        if own in kept | self.written or source in kept | aliases.returned:
            return False
        if aliases.is_held(own) or aliases.is_held(source) or aliases.members(own) != [let.name]:
            return False
        if any(source in aliases.written(stmt) for stmt in self._body[at:]):
            return False
        for name in aliases.members(source):
            made = self.places.lets.get(name)
            if name in self.instead:  # a copy that is gone: what it was made from stands for it
                return False
            if name not in self.places.joins and (made is None or not self._is_new(made.call, source)):
                return False
        self._given.add(source)
        return True

    def _is_new(self, call: Call, source: int) -> bool:
        """Whether a result is new, or one of its class in another shape."""
        base = call.args[0] if call.fun == "np.reshape" else None
        return is_fresh(call) or (isinstance(base, Var) and self.aliases.of(base.name) == source)

    def _is_left(self, let: Let, original: Var, kind: Kind, block: Block) -> bool:
        """Whether the original is a new array of this block that is not read any more: it can be the copy."""
        aliases = self.aliases
        own, source = aliases.of(let.name), aliases.of(original.name)
        made = self.places.lets.get(original.name)
        if own is None or source is None or made is None or not kind.is_array or not kind.rank:
            return False
        if not is_fresh(made.call) or made not in block or own == source or source in self._given:
            return False
        if aliases.members(source) != [original.name] or aliases.is_held(source):
            return False
        if {own, source} & (aliases.layout | aliases.told | aliases.visible | self._extended):
            return False
        if original.name in self.instead or original in self.instead.values():
            return False
        number = self.places.number
        users = self.places.users.get(original.name, ())
        if any(not number[made] < number[user] <= number[let] for user in users):
            return False  # read later, or handed on by the statement around
        self._given |= {own, source}
        self._extended |= {own, source}  # for copies of it that are still to be considered, it is written
        return True

    def _is_window(self, own: int, source: int, block: Block, at: int) -> bool:
        """Whether all uses of the copy and of its views come in this block before a write of the original."""
        if self.aliases.is_held(own):
            return False
        start = self.places.number[block[at]]
        end = start
        for name in self.aliases.members(own):
            let = self.places.lets.get(name)
            if let is None or self.places.number[let] < start:
                return False
            for user in self.places.users.get(name, ()):
                if isinstance(user, Return):
                    return False
                end = max(end, self.places.number[user])
        for i in range(at + 1, len(block)):
            if self.places.number[block[i]] > end:
                break
            if source in self.aliases.written(block[i]) and not self._writes_elsewhere(block[i], block[at]):
                return False
        self._extended.add(own)  # the original now lives as its copy did: copies of the copy decide next time
        return True

    def _writes_elsewhere(self, stmt: Stmt, copy: Stmt) -> bool:
        """Whether a store writes to another part of the array than the one that is copied."""
        assert isinstance(copy, Let)
        original = copy.call.args[0]
        if not (isinstance(stmt, Store) and isinstance(stmt.base, Var) and isinstance(original, Var)):
            return False
        settled = self.text.settled
        return settled.are_apart(settled.region(original.name), settled.region(stmt.base.name, stmt.index))

    @functools.cached_property
    def text(self) -> Places:
        """Where things stand in the program."""
        return Places(self.program)


def is_fresh(call: Call) -> bool:
    """Whether the result is new; views of numbers (broadcast_to) share with nothing but are read-only."""
    if call.fun in PURE:
        return call.fun in ARITHMETIC or call.fun == "copy"
    effect = effect_of(call)
    return effect.result == "fresh" and not effect.written


# ---- births


def births(program: Program, aliases: Aliases | None = None) -> Program:
    """Make arrays from their first whole contribution instead of from zeros."""
    zeros = [s for s in walk(program.body) if type(s) is Let and s.made and s.call.fun == "np.zeros_like"]
    if not zeros:
        return program
    birth = _Births(program, aliases)
    body = birth.block(program.body)
    return birth.edit.finish(body)


class _Births:
    def __init__(self, program: Program, aliases: Aliases | None) -> None:
        self.kinds = program.kinds
        self.aliases = aliases or Aliases(program)
        self.edit = Edit(program)
        self._users: dict[str, int] = {}
        self._lets: dict[str, Let] = {}
        for stmt in walk(program.body):
            if isinstance(stmt, Let):
                self._lets[stmt.name] = stmt
            for name in uses(stmt):
                self._users[name] = self._users.get(name, 0) + 1
        self._deep: dict[Stmt, frozenset[str]] = {}

    def block(self, block: Block) -> Block:
        """The block with births; nested blocks first."""
        result: list[Stmt] = []
        for stmt in block:
            parts = blocks(stmt)
            result.append(self._rebuilt(stmt, parts) if parts else stmt)
        lets = {s.name: i for i, s in enumerate(result) if isinstance(s, Let)}
        for at, stmt in enumerate(result):
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun == "np.zeros_like":
                self._bear(result, at, stmt, lets)
        return same_block(block, [s for s in result if s is not _GONE])

    def _rebuilt(self, stmt: Stmt, parts: tuple[Block, ...]) -> Stmt:
        return self.edit.moved(stmt, with_blocks(stmt, tuple(self.block(p) for p in parts)))

    def _bear(self, block: list[Stmt], at: int, zeros: Let, lets: dict[str, int]) -> None:
        """Look for the first statement that touches the zeros; if it is a whole store, join them."""
        cls = self.aliases.of(zeros.name)
        if cls is None:
            return
        members = frozenset(self.aliases.members(cls))
        for i in range(at + 1, len(block)):
            stmt = block[i]
            if stmt is _GONE or not members & self._names(stmt):
                continue
            if isinstance(stmt, Store) and stmt.made and stmt.index is None and stmt.op in ("add", ""):
                if stmt.base == Var(zeros.name) and not members & set(atom_vars(stmt.value)):
                    self._join(block, at, i, lets)
            return

    def _join(self, block: list[Stmt], at: int, end: int, lets: dict[str, int]) -> None:
        """Replace zeros at `at` and the store at `end` by one definition if kinds allow it."""
        zeros, store = block[at], block[end]
        assert isinstance(zeros, Let)
        assert isinstance(store, Store)
        kind, value = self.kinds[zeros.name], kind_of(store.value, self.kinds)
        if value.is_scalar and kind.inexact and (value.sort in ("float", "int") or value.sort == kind.sort):
            block[at] = _GONE
            block[end] = self.edit.moved(zeros, replace(zeros, call=_filled(zeros.call, store.value)))
            return
        if not (isinstance(store.value, Var) and kind.is_array and value.is_array and kind.rank):
            return
        if not (same_shape(kind, value) and kind.dtype == value.dtype and kind.dtype[-1:].isdigit()):
            return  # "float" is a dtype of unknown width
        place = lets.get(store.value.name, end)
        made = block[place]
        if self.aliases.of(zeros.name) in self.aliases.layout or not self._is_own(made, store.value.name):
            return
        assert isinstance(made, Let)
        new = replace(made, name=zeros.name)
        block[at] = block[end] = _GONE
        block[place] = self.edit.moved(store, self.edit.moved(zeros, self.edit.moved(made, new)))

    def _is_own(self, made: Stmt, name: str) -> bool:
        """Whether a definition gives storage that may be written and that nothing else denotes or reads."""
        cls = self.aliases.of(name)
        if not isinstance(made, Let) or cls is None or self.aliases.is_held(cls):
            return False
        call, others = made.call, set(self.aliases.members(cls)) - {name}
        if call.fun in ("unbroadcast", "summed_to") and isinstance(call.args[0], Var):  # or itself
            source = call.args[0].name
            return self.kinds[source].is_array and others == {source} and self._is_last(source, name)
        return not others and self._users[name] == 1 and is_fresh(call)

    def _is_last(self, source: str, name: str) -> bool:
        let = self._lets.get(source)
        alone = self._users[source] == self._users[name] == 1
        return let is not None and alone and is_fresh(let.call)

    def _names(self, stmt: Stmt) -> frozenset[str]:
        """Names that a statement and its nested blocks read."""
        found = self._deep.get(stmt)
        if found is None:
            found = frozenset(n for s in walk((stmt,)) for n in uses(s))
            self._deep[stmt] = found
        return found


_GONE: Stmt = Return(Const(None))


def _filled(zeros: Call, value: Atom) -> Call:
    """`np.full_like(x, value)` for `np.zeros_like(x)`."""
    if isinstance(value, Const) and value.value == 1 and not isinstance(value.value, bool):
        return replace(zeros, fun="np.ones_like", form="")
    return replace(zeros, fun="np.full_like", args=(zeros.args[0], value, *zeros.args[1:]), form="")


# ---- bindings


def bindings(program: Program, _: Aliases | None = None) -> Program:
    """Replace carried values that never change, and values that both branches bind alike."""
    instead: dict[str, Atom] = {}
    hints = Edit(program)
    for stmt in walk(program.body):
        if type(stmt) is If:
            instead.update((o.name, o.then) for o in stmt.outs if o.then == o.orelse and _is_plain(o.then))
        elif isinstance(stmt, LOOPS):
            for carry in stmt.carried:
                if _is_plain(carry.init) and carry.next in (Var(carry.name), carry.init):
                    instead[carry.name] = instead[carry.out] = carry.init
    if not instead:
        return program
    ends = resolved(instead)
    for name, atom in ends.items():
        if isinstance(atom, Var):
            hints.rename(atom.name, program.hints.get(name, ""))

    def change(stmt: Stmt) -> Iterator[Stmt]:
        yield in_statement(_without(stmt, instead), ends)

    return hints.finish(hints.block(program.body, change))


def _is_plain(atom: Atom) -> bool:
    """Whether an atom may stand in several places: a name or a literal."""
    return isinstance(atom, Var | Const)


def _without(stmt: Stmt, names: dict[str, Atom]) -> Stmt:
    if isinstance(stmt, If) and any(o.name in names for o in stmt.outs):
        outs: tuple[Out, ...] = tuple(o for o in stmt.outs if o.name not in names)
        return replace(stmt, outs=outs)
    if isinstance(stmt, For | While) and any(c.out in names for c in stmt.carried):
        carried: tuple[Carry, ...] = tuple(c for c in stmt.carried if c.out not in names)
        return replace(stmt, carried=carried)
    return stmt
