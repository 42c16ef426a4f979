"""What no_grad and stop_gradient make constant, apart from the storage that it shares with what is not.

    z = stop_gradient(y)              t = stop_gradient(y)
    z[0] = x*x                        z = t.copy()
                                      z[0] = x*x

Accepts a lowered program with its constants (`Lowered.frozen`); guarantees that a constant array which is
written, or whose storage is, has a storage of its own: what is written into it later has a derivative again.
Where a copy would hold other numbers than the array itself the program is refused. Texts that are
differentiated again (`Lowered.stops`) say of every constant that it is one:

    with no_grad():                   t = np.exp(x)
        y = np.exp(x)                 y = stop_gradient(t)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import NOTHING, Aliases
from s2sad.analysis.places import is_view
from s2sad.errors import refuse
from s2sad.frontend.lower import Lowered
from s2sad.ir.kinds import OBJECT, carries
from s2sad.ir.nodes import (
    Block,
    Call,
    Do,
    For,
    Fresh,
    If,
    Let,
    Moves,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit

CONTAINERS = ("list", "tuple", "dict")
STORAGE = ("array", "list")
END = 1 << 60  # behind every statement


def settled(lowered: Lowered, stops: bool) -> None:
    """Give constants that are written a storage of their own, and with `stops` name all of them; in place."""
    if not lowered.frozen:
        return
    lowered.stops = stops
    apart, thawed = _Written(lowered).apart()
    if not apart and not stops:
        lowered.frozen -= thawed
        return
    program = lowered.program
    edit, frozen = Edit(program), set(lowered.frozen)
    fresh = Fresh(program.kinds, edit.hints)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if not isinstance(stmt, Let) or stmt.name not in lowered.frozen:
            yield stmt
            return
        kind = program.kinds[stmt.name]
        names: list[str] = []
        calls = [stmt.call]
        if stops and stmt.call.fun != "stop_gradient" and carries(kind) and stmt.name not in thawed:
            calls.append(Call("stop_gradient", ()))
        if stmt.name in apart:
            calls.append(Call("copy", (), (), ".copy K"))
        for call in calls:
            operand = (Var(names[-1]),) if names else call.args
            last = call is calls[-1]
            names.append(stmt.name if last else fresh(program.hints[stmt.name], kind))
            yield Let(names[-1], replace(call, args=operand), stmt.span, stmt.made or len(names) > 1)
        if stmt.name in apart or stmt.name in thawed:
            frozen.discard(stmt.name)
        frozen.update(names[:-1])

    lowered.program = edit.finish(edit.block(program.body, change))
    lowered.frozen = frozenset(frozen)


class _Written:
    """The constants of a program whose storage is written, and whether they can be taken apart."""

    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.kinds = lowered.program.kinds
        self.stmts = list(walk(lowered.program.body))

    def apart(self) -> tuple[set[str], set[str]]:
        """The constants that get a storage of their own, and those that have one without."""
        frozen = self.lowered.frozen
        lets = [s for s in self.stmts if isinstance(s, Let) and s.name in frozen]
        lets = [s for s in lets if self.kinds[s.name].cat in STORAGE and carries(self.kinds[s.name])]
        if not lets or not any(isinstance(s, Store | Do) or _is_user(s) for s in self.stmts):
            return set(), set()
        self.aliases = Aliases(self.lowered.program)
        self.written = [NOTHING if blocks(s) else self.aliases.written(s) for s in self.stmts]
        everything = NOTHING.union(*self.written)
        touched = [s for s in lets if self.aliases.of(s.name) in everything]
        if not touched:
            return set(), set()
        self.at = {id(s): i for i, s in enumerate(self.stmts)}
        self.ends = dict(_extents(self.lowered.program.body, self.at))
        fresh = [s for s in touched if self._is_fresh(s)]
        thawed = {s.name for s in fresh if not any(map(self._may_vary, uses(s)))}
        apart = {s.name for s in fresh if self.kinds[s.name].cat == "array"} - thawed
        for let in touched:
            if self.kinds[let.name].cat == "array" and not self._is_fresh(let):
                self._check(let)
                apart.add(let.name)
        return apart, thawed

    def _may_vary(self, name: str) -> bool:
        return name not in self.lowered.frozen and carries(self.kinds.get(name, OBJECT))

    def _is_fresh(self, let: Let) -> bool:
        """Whether a statement makes a new storage."""
        return let.call.fun != "stop_gradient" and is_view(let.call, self.kinds, self.kinds[let.name]) == ""

    def _check(self, let: Let) -> None:
        """Refuse a constant of which a copy would hold other numbers than the array itself."""
        mine, escapes = self._reached(let.name)
        if self._is_seen(let, mine, escapes):
            refuse(let.span, "an array is written while a constant stands for it", "copy it first")

    def _reached(self, name: str) -> tuple[set[str], bool]:
        """The names that share storage with a constant because they are made of it; whether others may."""
        found, escapes, count = {name}, False, 0
        while len(found) > count:
            count = len(found)
            for stmt in self.stmts:
                if isinstance(stmt, Let | Do) and not found.isdisjoint(uses(stmt)):
                    kind = self.kinds[stmt.name] if isinstance(stmt, Let) else OBJECT
                    if isinstance(stmt, Do) or kind.cat in CONTAINERS:
                        escapes = True
                    elif kind.cat == "array" and is_view(stmt.call, self.kinds, kind):
                        found.add(stmt.name)
                for new, old in _renamings(stmt):
                    if not found.isdisjoint(old):
                        found.update(new)
        return found, escapes

    def _is_seen(self, let: Let, mine: set[str], escapes: bool) -> bool:
        """Whether something is written while both the constant and what it was made of are in use."""
        cls = self.aliases.of(let.name)
        begin = self.at[id(let)]
        others = {n for n in self.aliases.members(cls) if n not in mine} if cls is not None else set()
        last_mine, last_other = END if escapes else self._last(mine, begin), self._last(others, begin)
        if cls in self.aliases.visible or (cls in self.aliases.returned and self._is_returned(others)):
            last_other = END
        for i, stmt in enumerate(self.stmts):
            if cls not in self.written[i] or max(i, self._end(i, begin)) <= begin:
                continue
            through = isinstance(stmt, Store) and not mine.isdisjoint(atom_vars(stmt.base))
            if (last_other if through else last_mine) > (i if i > begin else begin):
                return True
        return False

    def _is_returned(self, names: set[str]) -> bool:
        return not names.isdisjoint(uses(self.lowered.program.body[-1]))

    def _last(self, names: set[str], begin: int) -> int:
        """Where the names are read last; in a loop that does not hold `begin`, its end."""
        found = -1
        for i, stmt in enumerate(self.stmts):
            if i > begin and not names.isdisjoint(uses(stmt)):
                found = max(found, self._end(i, begin))
            if isinstance(stmt, For | While):
                turned = any(not names.isdisjoint(atom_vars(c.next)) for c in stmt.carried)
                if turned and self.ends[i] > begin:
                    found = max(found, self.ends[i])
        return found

    def _end(self, at: int, begin: int) -> int:
        """The end of the outermost loop around a place that begins behind `begin`; else the place."""
        around = [end for start, end in self.ends.items() if begin < start <= at <= end]
        return max(around, default=at)


def _renamings(stmt: Stmt) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Names that a statement gives to values that have others."""
    if isinstance(stmt, If):
        yield from (((o.name,), (*atom_vars(o.then), *atom_vars(o.orelse))) for o in stmt.outs)
    elif isinstance(stmt, For | While):
        for c in stmt.carried:
            yield (c.name, c.out), (*atom_vars(c.init), *atom_vars(c.next))
    elif isinstance(stmt, Moves):
        yield from (((n,), tuple(atom_vars(v))) for n, v in zip(stmt.names, stmt.values, strict=True))


def _is_user(stmt: Stmt) -> bool:
    """Whether a statement calls a user's function that is not inlined."""
    return isinstance(stmt, Let) and stmt.call.fun == "user"


def _extents(block: Block, at: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Where loops begin and end."""
    for stmt in walk(block):
        if isinstance(stmt, For | While):
            inside = (at[id(s)] for part in blocks(stmt) for s in walk(part))
            yield at[id(stmt)], max(inside, default=at[id(stmt)])


__all__ = ["settled"]
