"""Writes trivial expressions where they are used, as people do: `len(x)`, `i - 1`.

Accepts an SSA program; guarantees the same program with a definition of its own before each statement that
uses the length of an array which lives throughout, or an integer plus or minus a literal. Re-nesting then
folds each into its use.

    t = len(x); for i in range(1, t): ...; for i in range(t - 1, 0, -1): ...
    for i in range(1, len(x)): ...; for i in range(len(x) - 1, 0, -1): ...
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Comment,
    Const,
    For,
    Fresh,
    If,
    Let,
    Out,
    Program,
    Return,
    Stmt,
    Var,
    While,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_statement, with_blocks


def spread(program: Program) -> Program:
    """The program with trivial expressions before their uses."""
    trivial = {s.name: s.call for s in walk(program.body) if isinstance(s, Let) and _is_trivial(s, program)}
    if not trivial:
        return program
    fresh = Fresh(program.kinds, program.hints)
    used: set[str] = set()
    body = _block(program.body, trivial, fresh, used)
    return replace(program, body=_without(body, trivial.keys() - used))


def _is_trivial(let: Let, program: Program) -> bool:
    if program.hints.get(let.name):
        return False
    call = let.call
    first = call.args[0] if call.args else None
    if not isinstance(first, Var):
        return False
    if call.fun == "len":
        own = [Var(name) for name in program.params]
        lasting = set(program.params) | {
            s.name
            for s in program.body
            if isinstance(s, Let)
            and s.made
            and s.call.fun in ("copy", "copy_strided")
            and s.call.args[0] in own
        }
        return program.kinds[first.name].cat == "array" and first.name in lasting
    if call.fun in ("add", "sub") and program.kinds[let.name].cat == "int":
        return (
            isinstance(call.args[1], Const)
            and program.kinds[first.name].cat == "int"
            and bool(program.hints.get(first.name))
        )
    return False


def _block(block: Block, trivial: dict[str, Call], fresh: Fresh, used: set[str]) -> Block:
    result: list[Stmt] = []
    for old in block:
        parts = blocks(old)
        stmt = with_blocks(old, tuple(_block(p, trivial, fresh, used) for p in parts)) if parts else old
        if isinstance(stmt, Comment | Return):
            used.update(n for n in uses(stmt) if n in trivial)
            result.append(stmt)
            continue
        names: dict[str, Atom] = {}
        held = set(_carried(stmt))
        used.update(held & trivial.keys())
        for name in uses(stmt):
            if name in trivial and name not in held and name not in names:
                names[name] = _again(name, trivial, fresh, result)
        result.append(in_statement(stmt, names) if names else stmt)
    return tuple(result)


def _again(name: str, trivial: dict[str, Call], fresh: Fresh, result: list[Stmt]) -> Var:
    call = trivial[name]
    first = call.args[0]
    if isinstance(first, Var) and first.name in trivial:
        call = replace(call, args=(_again(first.name, trivial, fresh, result), *call.args[1:]))
    made = fresh("", fresh.kinds[name])
    result.append(Let(made, call, None, True))
    return Var(made)


def _carried(stmt: Stmt) -> list[str]:
    """Names that go round or leave: they are read where the block ends."""
    atoms: list[Atom] = []
    if isinstance(stmt, For | While):
        carries: tuple[Carry, ...] = stmt.carried
        atoms = [a for c in carries for a in (c.init, c.next)]
        if stmt.stop is not None:
            atoms.append(stmt.stop)
        if isinstance(stmt, While):
            atoms.append(stmt.cond)
    elif isinstance(stmt, If):
        outs: tuple[Out, ...] = stmt.outs
        atoms = [a for o in outs for a in (o.then, o.orelse)]
    return [a.name for a in atoms if isinstance(a, Var)]


def _without(block: Block, names: set[str]) -> Block:
    result: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, Let) and stmt.name in names:
            continue
        parts = blocks(stmt)
        result.append(with_blocks(stmt, tuple(_without(p, names) for p in parts)) if parts else stmt)
    return tuple(result)
