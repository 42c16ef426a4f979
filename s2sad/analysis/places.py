"""Where a program's names are defined and used, and where its statements stand.

Accepts any program; changes nothing. Positions count in text order; a statement spans those of its blocks.

    s = 0.0                    at 1
    for i in range(n):         spans 2 to 5; i and s.2 have the loop among their loops
        s.3 = add(s.2, i)      at 3
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from s2sad.analysis.primitives import OVERLAPPING, effect_of, is_opaque, kind_of, result_word, subscript
from s2sad.analysis.settled import Settled
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    LOOPS,
    Atom,
    Block,
    Call,
    Const,
    For,
    If,
    Let,
    Program,
    Stmt,
    Var,
    blocks,
    defines,
    uses,
)

ARRAYS = ("array", "num")


def is_view(call: Call, kinds: dict[str, Kind], result: Kind) -> str:
    """How an array result hangs together with the first operand: "view", "maybe", "" (fresh) or "element"."""
    if call.fun == "getitem":
        what = subscript(kind_of(call.args[0], kinds), call.args[1], result, kinds)
        return {"view": "view", "maybe": "maybe", "fresh": "", "element": "element"}.get(what, "element")
    if call.fun == "getattr":
        name = call.args[1].value if isinstance(call.args[1], Const) else ""
        if name == "T":
            return "view"
        return "" if name in ("shape", "size", "ndim", "dtype", "itemsize", "nbytes") else "element"
    if call.fun in ("copy", "tuple", "list", "dict"):
        return ""
    if call.fun == "list.pop" or is_opaque(call):
        return "element"
    word = result_word(call, kinds, result)
    if word not in ("view", "maybe"):
        return ""
    sources = [kind_of(a, kinds) for a in effect_of(call).sources or call.args]
    if sources and all(k.is_scalar for k in sources) and call.fun not in OVERLAPPING:
        return ""  # np.atleast_1d(2.0), np.ravel(2.0) are arrays of their own; np.broadcast_to's is read-only
    return "view" if word == "view" and all(k.cat == "array" for k in sources) else "maybe"


@dataclass(slots=True)
class Place:
    """Where a name is defined and used: its loops and block, positions in text order."""

    loops: tuple[Stmt, ...]
    block: int
    at: int
    used: list[int] = field(default_factory=list)


class Places:
    """The definitions, loops and positions of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.kinds = program.kinds
        self.lets: dict[str, Let] = {}
        self.places: dict[str, Place] = {}
        self.span: dict[Stmt, tuple[int, int]] = {}
        self.loops: dict[Stmt, tuple[Stmt, ...]] = {}
        self.block_of: dict[Stmt, int] = {}
        self.snapshots: frozenset[str] = frozenset()
        self._count = 0
        for p in program.params:
            self.places[p] = Place((), 0, 0)
        self._number(program.body, ())

    def view_of(self, name: str) -> Let | None:
        """The definition of a name as a view of another name, None if it is an origin."""
        let = self.lets.get(name)
        return let if let is not None and self.word(let) == "view" else None

    def is_fresh(self, name: str) -> bool:
        """Whether a name is bound to an array that is made there."""
        let = self.lets.get(name)
        return let is not None and self.word(let) == ""

    def word(self, let: Let) -> str:
        """How an array hangs together with what it is made of, as `is_view` says it; a snapshot is fresh."""
        return "" if let.name in self.snapshots else is_view(let.call, self.kinds, self.kinds[let.name])

    @functools.cached_property
    def settled(self) -> Settled:
        """What is known of the places that are written."""
        return Settled(self)

    # ---- numbering

    def _number(self, block: Block, loops: tuple[Stmt, ...]) -> None:
        self._count += 1
        number = self._count
        for stmt in block:
            self._count += 1
            at = self._count
            self.loops[stmt] = loops
            self.block_of[stmt] = number
            for name in uses(stmt):
                if name in self.places:
                    self.places[name].used.append(at)
            inner = loops
            if type(stmt) is Let:
                self.lets[stmt.name] = stmt
            elif isinstance(stmt, LOOPS):
                inner = *loops, stmt
                if isinstance(stmt, For):
                    self.places[stmt.target] = Place(inner, number, at)
                for carry in stmt.carried:
                    self.places[carry.name] = Place(inner, number, at)
            for nested in blocks(stmt):
                self._number(nested, inner)
            self.span[stmt] = (at, self._count + 1)
            self._count += 2
            self._use_ends(stmt)
            for name in defines(stmt):
                self.places[name] = Place(loops, number, self._count)

    def _use_ends(self, stmt: Stmt) -> None:
        """Note what leaves the blocks of a statement: it is used behind everything in them."""
        ends: list[Atom] = []
        if isinstance(stmt, LOOPS):
            ends = [carry.next for carry in stmt.carried]
        elif isinstance(stmt, If):
            ends = [atom for out in stmt.outs for atom in (out.then, out.orelse)]
        for atom in ends:
            if isinstance(atom, Var) and atom.name in self.places:
                self.places[atom.name].used.append(self._count)
