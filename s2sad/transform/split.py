"""Both sweeps of a pair, parted: what the backward function computes, and what it is given.

    forward   y = np.sin(x)                       forward   y = np.sin(x)
    backward  t = np.sin(x); x_bar = t*g    =>    backward  x_bar = y*g            kept: y
    forward   t = -m; v = u[:t]                   forward   t = -m; v = u[:t]
    backward  u_bar[:t] += g                      backward  t = -m; u_bar[:t] += g kept: m

Accepts a forward and a reverse sweep that refers to its values; guarantees the same with common expressions
shared, and with the cheap ones among them computed again where all that they need is kept anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from s2sad.analysis.primitives import COMPARISONS, subscript
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Let,
    Return,
    Stmt,
    Tuple,
    Var,
    blocks,
    call_vars,
    defines,
    inner_names,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_atom
from s2sad.transform.bars import ARRAYS
from s2sad.transform.edits import substituted
from s2sad.transform.record import shape_operand

if TYPE_CHECKING:
    from s2sad.transform.joint import Assembly

CHEAP = frozenset(("add", "sub", "mul", "neg", "not")) | COMPARISONS


@dataclass(slots=True)
class Parted:
    """The two sweeps, what the second needs of the first, and their results."""

    forward: Block
    reverse: Block
    kept: list[str]
    results: tuple[Atom, ...]
    grads: list[Atom]


def parted(
    a: Assembly, sweeps: tuple[Block, Block], results: tuple[Atom, ...], grads: list[Atom], given: list[str]
) -> Parted:
    """Optimise both sweeps as one program and take it apart; `given` are the names that both are given."""
    mark = Comment("backward")
    end = Return(in_atom(Tuple((*results, *grads)), a.stopped), None, True)
    whole = replace(
        a.program,
        params=(*a.program.params, *given),
        body=(*sweeps[0], mark, *sweeps[1], end),
    )
    whole = a.rev.pairs.share(whole)
    at = next(i for i, s in enumerate(whole.body) if isinstance(s, Comment) and s.text == mark.text)
    forward, reverse, last = whole.body[:at], whole.body[at + 1 : -1], whole.body[-1]
    assert isinstance(last, Return) and isinstance(last.value, Tuple)
    values = last.value.items
    found = values[: len(results)], list(values[len(results) :])
    reverse = _with_shapes(a, forward, reverse)
    kept = free_names((*reverse, Return(Tuple(tuple(found[1])))), set(given))
    again = _cheap(a, forward, kept)
    reverse = (*again, *reverse)
    kept = free_names((*reverse, Return(Tuple(tuple(found[1])))), set(given))
    a.aliases.extend(forward)  # what leaves a branch for the reverse sweep has a name of its own
    return Parted(forward, reverse, kept, found[0], found[1])


def _with_shapes(a: Assembly, forward: Block, reverse: Block) -> Block:
    """The reverse sweep with values that only lend their shape replaced by others of that shape.

    What a loop makes has another shape in each of its trips, and stays.
    """
    kinds = a.program.kinds
    lent: set[str] = set()
    read: set[str] = set()
    for stmt in walk(reverse):
        shape = shape_operand(stmt)
        for name in uses(stmt):
            (lent if name == shape else read).add(name)
    always = {*a.program.params, *(s.name for s in forward if isinstance(s, Let))}
    once = {*always, *(n for s in forward for n in defines(s))}
    names: dict[str, Atom] = {}
    for name in (lent - read) & once:
        kind = kinds[name]
        same = sorted(n for n in read & always if kinds[n] == kind)
        if kind.cat == "array" and kind.shape and same:
            names[name] = Var(same[0])
    return tuple(substituted(s, names) for s in reverse) if names else reverse


def _cheap(a: Assembly, forward: Block, kept: list[str]) -> list[Stmt]:
    """Definitions of kept values that are made anew of others, in the order of the forward sweep."""
    wanted = set(kept)
    lets = {s.name: s for s in forward if isinstance(s, Let)}
    found: list[Stmt] = []
    for stmt in reversed(forward):
        if not isinstance(stmt, Let) or stmt.name not in wanted:
            continue
        call = _of_copies(a, stmt)
        needed = set(call_vars(call))
        if stmt.call.fun == "getitem":  # of a shape
            wanted |= {n for n in needed if _is_metadata(lets.get(n)) and wanted.issuperset(uses(lets[n]))}
        if needed <= wanted - {stmt.name} and _is_cheap(a, stmt, call):
            found.insert(0, replace(stmt, call=call, made=True))
    return found


def _is_metadata(let: Let | None) -> bool:
    """Whether a definition is the shape, size or rank of an array, whatever the array holds."""
    if let is None or let.call.fun != "getattr":
        return False
    return let.call.args[1] in (Const("shape"), Const("size"), Const("ndim"))


def _of_copies(a: Assembly, let: Let) -> Call:
    """A definition in terms of the copies that the forward sweep keeps of written operands."""
    kept = {(s.name, n): copy for (s, n), copy in a.rev.snapshots.items() if isinstance(s, Let)}
    args = tuple(kept.get((let.name, x.name), x) if isinstance(x, Var) else x for x in let.call.args)
    return replace(let.call, args=args)


def _is_cheap(a: Assembly, let: Let, call: Call) -> bool:
    kinds = a.program.kinds
    kind = kinds[let.name]
    if _is_metadata(let):
        return True
    if any(kinds[n].cat == "list" or _is_written(a, n) for n in (let.name, *call_vars(call))):
        return False
    if call.fun == "getattr":
        return call.args[1] == Const("T")
    if call.fun == "getitem":
        base = call.args[0]
        if isinstance(base, Var) and kinds[base.name].cat == "tuple":
            return kind.cat == "int" and isinstance(call.args[1], Const)
        return isinstance(base, Var) and subscript(kinds[base.name], call.args[1], kind, kinds) == "view"
    if kind.is_scalar:
        return call.fun in CHEAP and all(a.rev.kind(x).is_scalar for x in call.args)
    square = call.fun == "pow" and isinstance(call.args[1], Const) and call.args[1].value == 2
    return kind.cat in ARRAYS and (square or call.fun in ("add", "sub", "mul", "neg"))


def _is_written(a: Assembly, name: str) -> bool:
    return name in a.storage.places and a.program.kinds[name].cat in ARRAYS and a.storage.is_mutable(name)


def free_names(block: Iterable[Stmt], bound: set[str]) -> list[str]:
    """Names that a block reads and does not define, in order of reading."""
    found: dict[str, None] = {}
    defined = set(bound)

    def visit(stmts: Iterable[Stmt]) -> None:
        for stmt in stmts:
            defined.update(inner_names(stmt))
            parts = blocks(stmt)
            for nested in parts:
                visit(nested)
            for name in uses(stmt):
                if name not in defined:
                    found[name] = None
            defined.update(defines(stmt))

    visit(block)
    return list(found)


__all__ = ["Parted", "free_names", "parted"]
