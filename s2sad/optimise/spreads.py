"""Cotangents of a list's elements that come from one value alone: that value.

Accepts any `Program`; guarantees the same values. The list is zeros to which one number, or the elements of
one array, are added once, in the block that makes the zeros, and its elements are only read afterwards.

    ts_bar = zeros_list(ts)                  for i in range(len(hs) - 1, -1, -1):
    accumulate(ts_bar, spread(g, ts_bar))        h_bar = g*w
    for i in range(len(hs) - 1, -1, -1):
        h_bar = ts_bar[i]*w

    ts_bar = zeros_list(ts)                  h_bar = g[i]*w
    accumulate(ts_bar, g)
    h_bar = ts_bar[i]*w
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.nodes import Atom, Do, Let, Program, Stmt, Var, blocks, uses, walk
from s2sad.ir.rewrite import Edit, in_statement, resolved


def spreads(program: Program, aliases: Aliases | None = None) -> Program:
    """Read the number, or the array, in place of the list."""
    adding = [s for s in walk(program.body) if type(s) is Do and s.made and s.call.fun == "accumulate"]
    if not adding:
        return program
    lets = {s.name: s for s in walk(program.body) if type(s) is Let}
    nested = (block for s in walk(program.body) for block in blocks(s))
    home = {s: block for block in (program.body, *nested) for s in block}
    read_by: dict[str, list[Stmt]] = {}
    for user in walk(program.body):
        for name in set(uses(user)):
            read_by.setdefault(name, []).append(user)
    instead: dict[str, Atom] = {}
    other: dict[Stmt, Stmt] = {}
    gone: set[Stmt] = set()
    for stmt in adding:
        bars, value = stmt.call.args
        zeros = lets.get(bars.name) if isinstance(bars, Var) else None
        spread = lets.get(value.name) if isinstance(value, Var) else None
        if zeros is None or spread is None or not _is_of_numbers(zeros, program):
            continue
        if home[zeros] is not home[stmt]:  # a loop around the addition adds more than once
            continue
        number = spread.call.args[0] if spread.call.fun == "spread" else None
        users = read_by.get(zeros.name, [])
        reads = [s for s in users if isinstance(s, Let) and s.made and s.call.fun in ("getitem", "list.pop")]
        if number is not None and kind_of(number, program.kinds).is_scalar:
            if users[:2] == [spread, stmt] and len(reads) == len(users) - 2:
                instead.update((s.name, number) for s in reads)
                gone.update((spread, zeros, stmt, *reads))
        elif number is None and users[:1] == [stmt] and _is_unwritten(spread.name, stmt, program, aliases):
            items = [s for s in reads if s.call.fun == "getitem"]
            if len(items) == len(users) - 1:
                for read in items:
                    other[read] = replace(read, call=replace(read.call, args=(value, read.call.args[1])))
                gone.update((zeros, stmt))
    if not gone:
        return program
    edit, final = Edit(program), resolved(instead)
    return edit.finish(
        edit.block(program.body, lambda s: () if s in gone else (in_statement(other.get(s, s), final),))
    )


def _is_unwritten(name: str, reader: Stmt, program: Program, aliases: Aliases | None) -> bool:
    """Whether a value is an array of one axis into which nothing is written."""
    if program.kinds[name].rank != 1:
        return False
    aliases = aliases or Aliases(program)
    others = (s for s in walk(program.body) if s is not reader and not blocks(s))
    return not any(aliases.of(name) in aliases.written(s) for s in others)


def _is_of_numbers(let: Let, program: Program) -> bool:
    """Whether a value is a new list of zeros, each a number."""
    kind = program.kinds[let.name]
    plain = let.made and let.call.fun == "zeros_list" and kind.cat == "list" and bool(kind.items)
    return plain and kind.items[0].is_scalar  # type: ignore[index]


__all__ = ["spreads"]
