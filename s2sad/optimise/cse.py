"""Common subexpressions: what was computed and still holds is used again, in the reverse sweep above all.

Accepts any `Program`; guarantees that no made statement computes a pure expression anew where its value is
visible and the storage that it reads is unwritten in between. Identities are left alone [DESIGN
A6]: a fresh array that is written is neither merged nor merged into, and of two that the caller gets to see
each stays; one that is returned as it was made serves where it is only read. Views are merged as views,
written or not.

    y = np.exp(x)
    t = np.exp(x)            gone
    x_bar = t*y_bar          x_bar = y*y_bar

The earlier name stays. What the user wrote twice stays as written, but for elements that are read twice (they
would be taped twice) and for what would get two names; a made statement uses the first of the two. The text
of a derivative that is differentiated again is not the user's.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import ARITHMETIC, COMPARISONS, METADATA, is_pure, kind_of, reads_contents
from s2sad.ir.kinds import OBJECT, Kind
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Ref,
    Slice,
    Stmt,
    Store,
    Var,
    While,
    blocks,
    call_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, in_call, in_statement, same_block, with_blocks

_MIRRORED = {"gt": "lt", "ge": "le"}  # x > y is y < x
_COMMUTATIVE = frozenset(("add", "mul", "eq", "ne", "band", "bor", "bxor"))
_OPERATORS = ARITHMETIC | COMPARISONS
_ATTRIBUTES = METADATA | {"T", "real", "imag"}
_DISPLAYS = frozenset(("list", "dict", "tuple", "fstring"))
_SIMPLE = (Let, Do, Store)


def cse(program: Program, aliases: Aliases | None = None) -> Program:
    """Use earlier values of equal expressions."""
    walker = _Sharing(program, aliases)
    body = walker.block(program.body)
    return walker.edit.finish(body)


class _Sharing:
    """Expressions that are available where the walk stands, by key and by the classes that they read."""

    def __init__(self, program: Program, aliases: Aliases | None) -> None:
        self.kinds = program.kinds
        self._again = program.again
        self.aliases = aliases or Aliases(program)
        self.edit = Edit(program)
        self._available: dict[Hashable, Let] = {}
        self._readers: dict[int, list[Hashable]] = {}
        self._written_arrays: dict[Hashable, Let] = {}  # as yet unwritten, of this block
        self._writers: dict[int, list[Hashable]] = {}
        self._instead: dict[str, Atom] = {}
        self._equal: dict[str, Atom] = {}  # names that stay, by the earlier name of the same number
        self._changing = frozenset().union(*map(self.aliases.written, program.body))
        self._taken = self._changing - self.aliases.told - self.aliases.visible
        self._kept = frozenset().union(self.aliases.visible, self.aliases.told, self._changing)
        self._fixed = self._kept | self.aliases.returned
        self._shared: set[str] = set()  # what became the name of an array that is returned
        self._written_as: dict[str, int | None] = {}  # classes of arrays that earlier ones have become

    def _is_handed_out(self, let: Let) -> bool:
        """Whether a made statement makes an array that is returned, and not written or known otherwise."""
        if not let.made or not self.kinds.get(let.name, OBJECT).is_array:
            return False
        cls = self.aliases.of(let.name)
        return let.name in self._shared or (cls in self.aliases.returned and cls not in self._kept)

    def block(self, block: Block) -> Block:
        """The block with equal expressions shared; what it made available ends with it."""
        entered: list[Hashable] = []
        result: list[Stmt] = []
        outer = self._written_arrays, self._writers
        self._written_arrays, self._writers = {}, {}
        for at, old in enumerate(block):
            stmt = self.edit.moved(old, in_statement(old, self._instead))
            let = stmt if type(stmt) is Let else None
            if let is not None and let.made:
                if self._written_arrays and self._is_read_early(let, block[at + 1 :]):
                    continue
                if self._is_taken_over(let, entered, block[at + 1 :]):
                    continue
            if let is not None and (key := self._key(let)) is not None:
                first = self._available.get(key)
                if first is None or not self._is_one(first, let):
                    self._enter(key, let)
                    entered.append(key)
                else:
                    self._equal[let.name] = Var(first.name)
                    if let.made or self._is_needless(let, first):
                        # else what the user writes twice stays as it is written
                        self._instead[let.name] = Var(first.name)
                        self.edit.rename(first.name, self.edit.hints.get(let.name, ""))
                        continue
            elif let is None and (parts := blocks(stmt)):
                self._nested(old, stmt, parts, result)
                continue
            self._end(old)
            result.append(stmt)
            if let is not None and let.call.fun in _OPERATORS:
                self._enter_written(let)
        for key in entered:
            self._available.pop(key, None)
        self._written_arrays, self._writers = outer
        return same_block(block, result)

    def _nested(self, old: Stmt, stmt: Stmt, parts: tuple[Block, ...], result: list[Stmt]) -> None:
        """A loop's body starts with what no trip has written; head and body of a `while` are one scope."""
        if isinstance(stmt, If):
            made = tuple(self.block(part) for part in parts)
        elif isinstance(stmt, For):
            self._end(old)
            made = (self.block(stmt.body),)
        else:
            assert isinstance(stmt, While)
            self._end(old)
            joint = self.block(stmt.head + stmt.body)
            made = self._split(stmt, joint)
        self._end(old)
        new = with_blocks(stmt, made)
        new = self.edit.moved(stmt, in_statement(new, self._instead))
        result.append(new)

    def _split(self, stmt: While, joint: Block) -> tuple[Block, Block]:
        """Head and body of a loop walked as one block: the head keeps what it had, less the shared."""
        gone = sum(1 for s in stmt.head if isinstance(s, Let) and s.name in self._instead)
        at = len(stmt.head) - gone
        return same_block(stmt.head, list(joint[:at])), same_block(stmt.body, list(joint[at:]))

    def _is_read_early(self, let: Let, behind: Block) -> bool:
        """Whether a value is that of an earlier array which is written, but only after this one's last use.

            a = x/t; b = x/t; c = -b*y; a += c        b is a
        """
        own = self.aliases.of(let.name)
        if own is None or self.aliases.members(own) != [let.name]:
            return False
        key = self._key(let)
        first = self._written_arrays.get(key) if key is not None else None
        if first is None or own in self._fixed or self.aliases.is_held(own):
            return False
        cls, name, untouched = self.aliases.of(first.name), let.name, True
        for stmt in behind:
            untouched = untouched and cls not in self.aliases.written(stmt)
            if not untouched and any(name in uses(s) for s in walk((stmt,))):
                return False
        self._instead[name] = Var(first.name)
        return True

    def _is_taken_over(self, let: Let, entered: list[Hashable], behind: Block) -> bool:
        """Whether an array that is written later is an equal one of this block that nobody reads any more.

            t = solve(a, g); a_bar = -t @ z.T; g_bar = solve(a, g); g_bar += h      g_bar is t
        """
        cls = self.aliases.of(let.name)
        if cls not in self._taken or not is_pure(let.call, self.kinds):
            return False
        key = self._key_of(let)
        first = self._available.get(key)
        if first is None or not first.made or key not in entered or self._is_handed_out(first):
            return False
        names = [first.name, *(name for name, atom in self._instead.items() if atom == Var(first.name))]
        for name in names:
            own = self.aliases.of(name)
            if own is None or own in self._fixed or self.aliases.members(own) != [name]:
                return False
        if any(name in uses(s) for s in walk(behind) for name in names):
            return False
        self._instead[let.name] = Var(first.name)
        self.edit.rename(first.name, self.edit.hints.get(let.name, ""))
        self._forget(first.name)
        self._written_as[first.name] = cls
        del self._available[key]
        return True

    def _forget(self, name: str) -> None:
        """End what reads an array that from here on is written: its class is not one of those."""
        for known in (self._available, self._written_arrays):
            for key in [k for k, let in known.items() if self._names(let, name)]:
                del known[key]
        for equal in [n for n, atom in self._equal.items() if atom == Var(name)]:
            del self._equal[equal]

    def _names(self, let: Let, name: str) -> bool:
        """Whether an expression reads an array, under this name or an equal one."""
        return name in call_vars(let.call) or name in call_vars(in_call(let.call, self._equal))

    def _enter_written(self, let: Let) -> None:
        """Note an array that is written later on."""
        cls = self.aliases.of(let.name)
        if cls is None or cls not in self._taken or self.aliases.is_held(cls):
            return
        if self.aliases.members(cls) != [let.name]:
            return
        key = self._key_of(let)
        if key is not None and key not in self._written_arrays:
            self._written_arrays[key] = let
            for read in (cls, *self._changing_reads(let)):
                self._writers.setdefault(read, []).append(key)

    def _enter(self, key: Hashable, let: Let) -> None:
        self._available[key] = let
        for cls in self._changing_reads(let):
            self._readers.setdefault(cls, []).append(key)

    def _changing_reads(self, let: Let) -> set[int]:
        """The classes that an expression reads and that are written somewhere."""
        found = set(self.aliases.reads(let.call, self.kinds.get(let.name, OBJECT)) & self._changing)
        if self._written_as:
            found |= {cls for n in call_vars(let.call) if (cls := self._written_as.get(n)) is not None}
        return found

    def _end(self, stmt: Stmt) -> None:
        for cls in self.aliases.written(stmt):
            for key in self._readers.pop(cls, ()):
                self._available.pop(key, None)
            for key in self._writers.pop(cls, ()):
                self._written_arrays.pop(key, None)

    def _key(self, let: Let) -> Hashable | None:
        """What equal expressions have in common; None for what must not be shared."""
        call, kind = let.call, self.kinds.get(let.name, OBJECT)
        if call.fun in _DISPLAYS or not is_pure(call, self.kinds):
            return None
        cls = self.aliases.of(let.name)
        if cls is not None and self._is_fixed(cls) and not self._is_same_storage(call, kind):
            return self._key_of(let) if self._is_handed_out(let) else None
        return self._key_of(let)

    def _is_one(self, first: Let, let: Let) -> bool:
        """Whether two equal expressions may be one array: two that are returned may not."""
        if not self._is_handed_out(let):
            return let.made or not self._is_handed_out(first)
        if self._is_handed_out(first) or not first.made:
            return False
        self._shared.add(first.name)
        return True

    def _key_of(self, let: Let) -> Hashable:
        """What equal expressions have in common, shared or not."""
        call = let.call
        if self._equal and not self._equal.keys().isdisjoint(call_vars(call)):
            call = in_call(call, self._equal)
        fun, (args, kwargs) = call.fun, (call.args, call.kwargs)
        if fun in _COMMUTATIVE and self._are_real(args):
            args = tuple(sorted(args, key=_spelling))
        elif fun in _MIRRORED and self._are_real(args):
            fun, args = _MIRRORED[fun], args[::-1]
        quick = tuple([a.name if type(a) is Var else a for a in args])  # strings are hashed faster
        return fun, quick, kwargs, call.form if fun == "copy" else ""

    def _is_fixed(self, cls: int) -> bool:
        """Whether a value, or something in a container, is written or seen by others."""
        seen: set[int] = set()
        at: int | None = cls
        while at is not None and at not in seen:
            if at in self._fixed:
                return True
            seen.add(at)
            at = self.aliases.elements(at)
        return False

    def _is_same_storage(self, call: Call, kind: Kind) -> bool:
        """Whether equal calls denote the same storage anyway: views, and items of containers."""
        if call.fun == "shadow_of":
            return True
        if call.fun not in ("getitem", "getattr"):
            return False
        base, own = call.args[0], kind_of(call.args[0], self.kinds)
        if isinstance(base, Var) and self.aliases.of(base.name) in self.aliases.identity:
            return False  # `is` tells two views of one array apart
        if own.cat in ("list", "tuple"):
            return not isinstance(call.args[1], Slice)
        return kind.is_array and not reads_contents(call, self.kinds, kind)

    def _are_real(self, atoms: Iterable[Atom]) -> bool:
        """Whether all are numbers, or arrays of numbers, that are certainly not complex."""
        for atom in atoms:
            if kind_of(atom, self.kinds).sort not in ("float", "int", "bool"):
                return False
        return True

    def _is_needless(self, let: Let, first: Let) -> bool:
        """Whether what the user writes a second time would only be a second name in the text."""
        anew = self._again or let.call.fun == "getitem"
        if (anew and not self._is_trivial(let)) or self._is_read_again(let, first):
            return True
        named = bool(self.edit.hints.get(let.name)) or let.call.fun in ("getattr", "len")
        return not (named or self._again) and let.name in self._read_by_made

    @functools.cached_property
    def _read_by_made(self) -> frozenset[str]:
        """What made statements read, so that it has a name."""
        made = (s for s in walk(self.edit.program.body) if isinstance(s, _SIMPLE) and s.made)
        return frozenset(name for s in made for name in uses(s))

    def _is_read_again(self, let: Let, first: Let) -> bool:
        """Whether an item of a list or tuple is bound again to the name that it has, by a callee's body."""
        own, hints = kind_of(let.call.args[0], self.kinds) if let.call.args else OBJECT, self.edit.hints
        item = let.call.fun == "getitem" and own.cat in ("list", "tuple", "dict")
        return item and hints.get(let.name, "") == hints.get(first.name, "")

    def _is_trivial(self, let: Let) -> bool:
        """Whether a user's second spelling stays: views, shapes, and arithmetic of scalars."""
        call, kind = let.call, self.kinds.get(let.name, OBJECT)
        if call.fun == "getattr":
            return isinstance(call.args[1], Const) and call.args[1].value in _ATTRIBUTES
        if call.fun in ("getitem", "len"):  # two readings of one element would be taped twice
            return not kind.is_scalar or call.fun == "len"
        return call.fun in _OPERATORS and kind.is_scalar


def _spelling(atom: Atom) -> str:
    """A text by which operands of commutative operations are ordered."""
    if type(atom) is Var:
        return atom.name
    return atom.text if isinstance(atom, Ref) else repr(atom)
