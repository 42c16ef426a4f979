"""Arithmetic of numbers that each trip of a loop repeats: it goes in front of the loop.

Accepts any `Program`; guarantees the same values. Only what is the text of a derivative already is rewritten
(in the others the user's statements stay where they stand), and only sums and products of Python's floats
that have a value in front of the loop: these neither raise nor warn where it makes no trip.

    for i, s in ...:                         t = 0.1*beta
        t = 0.1*beta                         for i, s in ...:
        s_bar += t*i                             s_bar += t*i
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.analysis.unbound import unbound_in
from s2sad.ir.nodes import (
    LOOPS,
    Block,
    For,
    Let,
    Program,
    Stmt,
    call_vars,
    defines,
    inner_names,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks

_FUNS = frozenset(("add", "sub", "mul", "neg"))


def invariants(program: Program, _: Aliases | None = None) -> Program:
    """Compute in front of loops what is the same in each trip."""
    if not program.again or not any(isinstance(s, LOOPS) for s in program.body):
        return program
    edit, unbound = Edit(program), unbound_in(program.body, program.unbound, later=True)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if not isinstance(stmt, LOOPS):
            yield stmt
            return
        within = {*unbound} | {name for s in walk((stmt,)) for name in (*inner_names(s), *defines(s))}
        parts = (stmt.body,) if isinstance(stmt, For) else (stmt.head, stmt.body)
        found: list[Stmt] = []
        left = tuple([_split(part, within, program, found) for part in parts])
        yield from found
        yield with_blocks(stmt, left) if found else stmt

    return edit.finish(edit.block(program.body, change))


def _split(block: Block, within: set[str], program: Program, found: list[Stmt]) -> Block:
    """What is left of a block; what may stand in front of the loop is found."""
    left: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, Let) and _is_invariant(stmt, within, program):
            within.discard(stmt.name)
            found.append(stmt)
        else:
            left.append(stmt)
    return same_block(block, left)


def _is_invariant(let: Let, within: set[str], program: Program) -> bool:
    """Whether a definition is arithmetic of floats that the loop does not change."""
    call, kinds = let.call, program.kinds
    if call.fun not in _FUNS or not within.isdisjoint(call_vars(call)) or kinds[let.name].cat != "float":
        return False
    return all(kind_of(a, kinds).cat in ("float", "int") for a in call.args)


__all__ = ["invariants"]
