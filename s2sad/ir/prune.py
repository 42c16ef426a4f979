"""Removes what goes round a loop or out of a branch and is never read, or never changes.

Accepts a program as lowering makes it, in which every name that is assigned in a loop is carried; guarantees
that every Carry and Out is read, directly or by one that is, and that no Carry hands on what it has got.

    for row in x: r = 2*row; s = s + r         carries s; r is assigned anew in each trip
    for i in range(n): p.x = p.x + p.v         carries what p.x is, and not p.v
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.nodes import (
    Atom,
    Block,
    For,
    If,
    Program,
    Range,
    Stmt,
    Var,
    While,
    atom_vars,
    blocks,
    own_atoms,
    walk,
)
from s2sad.ir.rewrite import resolved, with_blocks


def prune(program: Program) -> Program:
    """The program without carried values and outs that nobody reads."""
    live = _live(program.body)
    return replace(program, body=_without(program.body, live))


def unchanged(program: Program) -> dict[str, Atom]:
    """What names stand for that go round a loop unchanged: the value on entry, of the same kind."""
    found: dict[str, Atom] = {}
    for stmt in walk(program.body):
        if not isinstance(stmt, For | While):
            continue
        for c in stmt.carried:
            kind = program.kinds[c.init.name] if isinstance(c.init, Var) else None
            if c.next == Var(c.name) and kind == program.kinds[c.name] == program.kinds[c.out]:
                found[c.name] = found[c.out] = c.init
    return resolved(found)


def _live(body: Block) -> set[str]:
    sources: dict[str, list[str]] = {}
    stack: list[str] = []
    for stmt in walk(body):
        if isinstance(stmt, For | While):
            for carry in stmt.carried:
                feeds = [*atom_vars(carry.init), *atom_vars(carry.next)]
                sources.setdefault(carry.name, []).extend(feeds)
                sources.setdefault(carry.out, []).extend([*feeds, carry.name])
            roots: list[Atom | Range | None] = [stmt.space if isinstance(stmt, For) else stmt.cond, stmt.stop]
        elif isinstance(stmt, If):
            for out in stmt.outs:
                sources.setdefault(out.name, []).extend([*atom_vars(out.then), *atom_vars(out.orelse)])
            roots = [stmt.cond, Var(stmt.outs[0].name)] if stmt.form == "try" else [stmt.cond]
        else:
            roots = list(own_atoms(stmt))
        for atom in roots:
            stack.extend(atom_vars(atom))
    live: set[str] = set()
    while stack:
        name = stack.pop()
        if name not in live:
            live.add(name)
            stack.extend(sources.get(name, ()))
    return live


def _without(block: Block, live: set[str]) -> Block:
    return tuple(_pruned(stmt, live) for stmt in block)


def _pruned(stmt: Stmt, live: set[str]) -> Stmt:
    parts = blocks(stmt)
    if not parts:
        return stmt
    stmt = with_blocks(stmt, tuple(_without(p, live) for p in parts))
    if isinstance(stmt, For | While):
        return replace(stmt, carried=tuple(c for c in stmt.carried if c.name in live or c.out in live))
    assert isinstance(stmt, If)
    return replace(stmt, outs=tuple(o for o in stmt.outs if o.name in live))
