"""Augmented assignments of what nobody knows: an array, which is written, or a number, which is replaced.

    w = np.load(path)            w = np.load(path)
    w *= 2                       w = w*2            right if no other name stands for what w was
    keep = w; w *= 2; keep[0]                       refused: keep is twice as large if w is an array

Such values come from code that cannot be seen. The text makes a new value; what the old one may share memory
with is followed through the lowered statements, and refused if it is read again.
"""

from __future__ import annotations

import collections
import types
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from s2sad.frontend import histories
from s2sad.frontend.values import Group, Local, Value
from s2sad.ir.nodes import For, If, Let, Ref, Stmt, Var, While, atom_vars, own_atoms
from s2sad.rules import registry

if TYPE_CHECKING:
    from s2sad.frontend.state import State

IMMUTABLE = ("float", "int", "bool", "complex", "str", "none", "range", "npscalar")
HOLDING = (list, dict, collections.deque, np.ndarray)
WHAT = "what this holds is not known before the call, and another name may stand for it"
INSTEAD = "write `a = a*b` for `a *= b`, or convert it where it is made (float(...), np.array(...))"


@dataclass(slots=True)
class _Walk:
    """The statements of a program in their order, with what names may stand for.

    renewed   what takes the place of a name
    sources   of a name: what it may share memory with since it is made of it
    made      the same, the other way round
    uses      where a name is read: the place, and the branches around it
    at        where a name is defined, and the branches around it
    loops     first and last place of each loop
    """

    kinds: dict[str, str]
    renewed: dict[str, list[str]]
    sources: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, list[str]] = field(default_factory=dict)
    uses: dict[str, list[tuple[int, frozenset[tuple[int, bool]]]]] = field(default_factory=dict)
    at: dict[str, tuple[int, frozenset[tuple[int, bool]]]] = field(default_factory=dict)
    lets: dict[str, Let] = field(default_factory=dict)
    loops: list[tuple[int, int]] = field(default_factory=list)
    place: int = 0

    def block(self, block: Iterable[Stmt], around: frozenset[tuple[int, bool]] = frozenset()) -> None:
        """Take in statements that stand in these branches."""
        for stmt in block:
            self.place += 1
            begin = self.place
            if isinstance(stmt, If):
                self.read(stmt.cond, around)
                for branch, inner in ((True, stmt.then), (False, stmt.orelse)):
                    own = around | {(begin, branch)} if not stmt.form else around
                    self.block(inner, own)
                    for out in stmt.outs:
                        self.join(out.name, out.then if branch else out.orelse, own)
            elif isinstance(stmt, For | While):
                self._loop(stmt, around)
            else:
                for atom in own_atoms(stmt):
                    self.read(atom, around)
            if isinstance(stmt, Let):
                self._let(stmt, around)

    def _let(self, stmt: Let, around: frozenset[tuple[int, bool]]) -> None:
        self.at[stmt.name], self.lets[stmt.name] = (self.place, around), stmt
        rule = registry.RULES.get(stmt.call.fun)
        if (rule is None or rule.effect != "fresh") and self.kinds[stmt.name] not in IMMUTABLE:
            for atom in own_atoms(stmt):
                for name in atom_vars(atom):
                    self.link(stmt.name, name)

    def _loop(self, stmt: For | While, around: frozenset[tuple[int, bool]]) -> None:
        begin = self.place
        for carry in stmt.carried:
            self.at[carry.name] = begin, around
            for name in (carry.name, carry.out):
                self.join(name, carry.init, None)
        if isinstance(stmt, For):
            self.at[stmt.target] = begin, around
            for name in atom_vars(stmt.space):
                self.link(stmt.target, name)
            self.read(stmt.space, around)
        else:
            self.block(stmt.head, around)
            self.read(stmt.cond, around)
        self.block(stmt.body, around)
        self.place += 1
        self.read(stmt.stop, around)
        for carry in stmt.carried:
            self.at[carry.out] = self.place, around
            self.join(carry.name, carry.next, around)
            self.join(carry.out, carry.next, None)
        self.loops.append((begin, self.place))

    def read(self, atom: object, around: frozenset[tuple[int, bool]]) -> None:
        """Note what is read here."""
        for name in atom_vars(atom):  # type: ignore[arg-type]
            self.uses.setdefault(name, []).append((self.place, around))

    def join(self, name: str, atom: object, around: frozenset[tuple[int, bool]] | None) -> None:
        """A name that leaves a branch or goes round a loop is one of several; None: that is no use."""
        if around is not None:
            self.read(atom, around)
        for source in atom_vars(atom):  # type: ignore[arg-type]
            self.link(name, source)

    def link(self, name: str, source: str) -> None:
        """A name may share memory with a source."""
        self.sources.setdefault(name, []).append(source)
        self.made.setdefault(source, []).append(name)

    def stale(self, old: str, new: str, outside: Container[str]) -> tuple[set[str], set[str]]:
        """What `old` may share memory with when `new` takes its place: what it is made of, and all others.

        What comes from outside is not followed there.
        """
        later = _closure([new], self.made, self.renewed)
        before: set[str] = set()
        todo = [old]
        while todo:
            name = todo.pop()
            if name not in before and (name == old or name not in later):
                before.add(name)
                todo += [] if name in outside else self.sources.get(name, [])
        return before, before | (_closure(before, self.made) - later)

    def is_read_again(self, name: str, old: str, new: str) -> bool:
        """Whether a name that may share memory with `old` is read behind the place where `new` is made."""
        place, around = self.at[new]
        loop = min((span for span in self.loops if span[0] <= place <= span[1]), default=None)
        home = self.at.get(name, (0, frozenset()))[0]
        round_again = loop is not None and not loop[0] <= home <= loop[1]
        if round_again and name == old:
            return True
        for where, branches in self.uses.get(name, []):
            if where == place or any((begin, not branch) in around for begin, branch in branches):
                continue
            if where > place or (round_again and loop is not None and loop[0] < where):
                return True
        return False


def _closure(names: Iterable[str], *tables: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [other for edges in tables for other in edges.get(name, [])]
    return found


def check(low: State, value: Value) -> None:
    """Refuse augmented assignments of what is not known, where it matters whether they write; see above."""
    if not low.renewed:
        return
    after: dict[str, list[str]] = {}
    for new, (old, _) in low.renewed.items():
        after.setdefault(old, []).append(new)
    found = _Walk({name: kind.cat for name, kind in low.kinds.items()}, after)
    found.block(tuple(low.block))
    found.place += 1
    for name in _names(value):
        found.uses.setdefault(name, []).append((found.place, frozenset()))
    for new, (old, span) in low.renewed.items():
        if new not in found.at:
            continue  # of a pass over a loop that has been given up
        before, stale = found.stale(old, new, low.outside)
        for name in before & low.outside.keys():
            histories.note_written(low, low.outside[name], span, ".extend")
        lets = [found.lets[name] for name in before & found.lets.keys() - low.outside.keys()]
        arrays = any(histories.holds_arrays(low, low.outside[name]) for name in before & low.outside.keys())
        shared = any(found.is_read_again(name, old, new) for name in stale)
        if shared or arrays or any(map(_reads_outside, lets)):
            low.refuse_span(span, WHAT, INSTEAD)


def _reads_outside(let: Let) -> bool:
    """Whether a call may give what is outside: a list, a dict or an array is given to it, or an object."""
    call = let.call
    args = call.args[1:] if call.fun == "call" and not call.form else call.args
    held = [a.obj for a in args if isinstance(a, Ref) and not isinstance(a.obj, types.ModuleType)]
    return any(isinstance(o, HOLDING) or (hasattr(o, "__dict__") and not callable(o)) for o in held)


def _names(value: Value) -> Iterator[str]:
    """The names of what a function returns."""
    if isinstance(value, Var):
        yield value.name
    elif isinstance(value, Group | Local):
        group = value.group if isinstance(value, Local) else value
        for item in group.items:
            yield from _names(item)


__all__ = ["check"]
