"""Arrays that only lend their shape to others: another array that is there anyway lends it.

Accepts any `Program`; guarantees the same values. What no longer lends its shape is dead, and goes, or is
read by one statement alone, whose part it becomes.

    y = np.zeros_like(x)                  y_bar = np.ones_like(x)
    y_bar = np.ones_like(y)

    t = y*np.log(p)                       g = 1.0/y.size
    g = 1.0/t.size

    t = r**2                              value = np.mean(r**2)
    value = np.mean(t)                    g = 1.0/r.size
    g = 1.0/t.size

    for _ in range(n):                    g = np.zeros_like(a)    where the loop is then dead
        v = 0.9*v + a
    g = np.zeros_like(v)

An array lends shape and dtype where `analysis.primitives.UNREAD` says so, and the shape alone to `t.size`,
`t.shape`, `t.ndim` and `len(t)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import ADDRESSED, UNREAD, is_elementwise, kind_of
from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.nodes import LOOPS, Carry, Const, Let, Program, Stmt, Tuple, Var, atom_vars, uses, walk
from s2sad.ir.rewrite import Edit, in_atom, resolved
from s2sad.optimise.dce import dce
from s2sad.optimise.stores import dead_stores

Readers = dict[Let, tuple[int, ...]]  # statements that read shapes, and the places of whose

_MAKERS = frozenset(("np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like"))
_READERS = frozenset(("getattr", "len", *UNREAD))
_OUTLINES = (Const("size"), Const("shape"), Const("ndim"))


def likes(program: Program, _: Aliases | None = None) -> Program:
    """Let operands lend their shape in place of results that serve for nothing else."""
    lets = [s for s in walk(program.body) if type(s) is Let and s.call.fun in _READERS]
    readers = {s: found for s in lets if (found := _unread(s))}
    if not readers:
        return program
    instead = _Lenders(program, readers).instead
    if not instead:
        return _before_loops(program, readers) if program.again else program
    return _lent(program, readers, instead)


def _lent(program: Program, readers: Readers, instead: Mapping[str, Var]) -> Program:
    """The program with other names where only shapes are read."""
    ends = resolved(instead)
    edit = Edit(program)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        args = list(stmt.call.args) if isinstance(stmt, Let) and stmt in readers else []
        for i in readers[stmt] if isinstance(stmt, Let) and args else ():
            args[i] = in_atom(args[i], ends)
        if isinstance(stmt, Let) and args and tuple(args) != stmt.call.args:
            yield replace(stmt, call=replace(stmt.call, args=tuple(args)))
        else:
            yield stmt

    return edit.finish(edit.block(program.body, change))


def _before_loops(program: Program, readers: Readers) -> Program:
    """Let what comes into a loop lend its shape in place of what comes out, if that is not computed then."""
    counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
    for let, places in readers.items():
        counts.subtract(name for i in places for name in atom_vars(let.call.args[i]))
    without = {s.name for s in walk(program.body) if isinstance(s, Let) and _stands_for_nothing(s)}
    instead = {
        carry.out: carry.init
        for stmt in walk(program.body) if isinstance(stmt, LOOPS)
        for carry in stmt.carried
        if counts.get(carry.out) == 0 and isinstance(carry.init, Var) and carry.init.name not in without
        and _is_like(carry, program.kinds)
    }  # fmt: skip
    if not instead:
        return program
    swept = dce(dead_stores(dce(_lent(program, readers, instead))))
    left = {carry.out for stmt in walk(swept.body) if isinstance(stmt, LOOPS) for carry in stmt.carried}
    dead = {name: init for name, init in instead.items() if name not in left}
    return _lent(program, readers, dead) if dead else program


def _stands_for_nothing(let: Let) -> bool:
    """Whether an array without elements is made for a name that has no value before a loop (`record`)."""
    return let.made and let.call.fun == "np.zeros" and let.call.args[0] in (Const(0), Tuple((Const(0),)))


def _is_like(carry: Carry, kinds: Mapping[str, Kind]) -> bool:
    """Whether what comes out of a loop has the shape and dtype of what comes in, and one axis."""
    mine, its = kinds[carry.out], kind_of(carry.init, kinds)
    alike = mine.cat == its.cat == "array" and mine.rank == 1 and mine.dtype == its.dtype
    return alike and same_shape(mine, its)


def _unread(stmt: Let) -> tuple[int, ...]:
    """The places of the names of which a statement reads the shape, or shape and dtype, alone."""
    call = stmt.call
    if call.fun == "getattr":
        return (0,) if call.args[1] in _OUTLINES and isinstance(call.args[0], Var) else ()
    places = (0,) if call.fun == "len" else UNREAD.get(call.fun, ())
    if not places or call.kwargs or call.fun in ADDRESSED or call.fun == "isinstance":
        return ()
    return tuple([i for i in places if i < len(call.args) and isinstance(call.args[i], Var)])


class _Lenders:
    """Which name lends its shape in place of another."""

    def __init__(self, program: Program, readers: Readers) -> None:
        self.kinds = program.kinds
        self.instead: dict[str, Var] = {}
        self._lets: dict[str, Let] = {}
        self._uses: Counter[str] = Counter()  # by whom more than the shape is read
        self._typed: set[str] = set()  # names whose dtype is read too
        waiting: list[str] = []
        for stmt in walk(program.body):
            for name in uses(stmt):
                self._uses[name] += 1
            if isinstance(stmt, Let):
                self._lets[stmt.name] = stmt
                for i in readers.get(stmt, ()):
                    model = stmt.call.args[i]
                    assert isinstance(model, Var)
                    self._uses[model.name] -= 1
                    waiting.append(model.name)
                    if stmt.call.fun not in ("getattr", "len"):
                        self._typed.add(model.name)
        while waiting:
            name = waiting.pop()
            if name not in self._lets or name in self.instead:
                continue
            if self._uses[name] == 0:
                waiting += self._replace(name)
            elif self._uses[name] == 1 and not program.hints.get(name):
                self._relieve(name)

    def _replace(self, name: str) -> list[str]:
        """Find another lender for a name; the names that may now be replaced in turn."""
        let = self._lets[name]
        found = [a for a in let.call.args if isinstance(a, Var) and self._lends(a, name)]
        if not found:
            return []
        found.sort(key=lambda a: (self._is_alone(a), kind_of(a, self.kinds) != self.kinds[name]))
        self.instead[name] = found[0]
        if name in self._typed:
            self._typed.add(self.instead[name].name)
        operands = list(uses(let))
        if not _unread(let):
            self._uses.subtract(operands)
        return operands

    def _relieve(self, name: str) -> None:
        """Let an operand lend that lives on anyway, so that the one that reads the elements needs no name."""
        found = [a for a in self._lets[name].call.args if isinstance(a, Var) and self._lends(a, name)]
        others = [a for a in found if self._uses[a.name] > 1]
        if others:
            self.instead[name] = others[0]

    def _is_alone(self, operand: Var) -> bool:
        """Whether nobody else reads an operand, which is computed."""
        return self._uses[operand.name] == 1 and operand.name in self._lets

    def _lends(self, operand: Var, name: str) -> bool:
        """Whether an operand has the shape of a result, and its dtype where that is read."""
        let, mine, its = self._lets[name], self.kinds[name], kind_of(operand, self.kinds)
        if let.call.fun in _MAKERS:
            return not let.call.kwargs and operand == let.call.args[0] and operand not in let.call.args[1:]
        alike = mine.cat == its.cat == "array" and same_shape(mine, its)
        if not alike or name not in self._typed:
            return alike
        return mine.dtype == its.dtype and (mine.rank == 1 or self._keeps_order(let))

    def _keeps_order(self, let: Let) -> bool:
        """Whether a result has its elements in the order in memory of the one array that it is made of."""
        arrays = [a for a in let.call.args if not kind_of(a, self.kinds).is_scalar]
        return len(arrays) == 1 and is_elementwise(let.call)


__all__ = ["likes"]
