"""Sizes and shapes of results of arithmetic are those of operands that live on anyway.

Accepts any `Program`; guarantees the same values. A result of which a derivative reads no more than the size
need not have a name:

    t = r**2                             value = np.mean(r**2)
    value = np.mean(t)                   ...
    ...                                  r_bar = 2/r.size*r
    r_bar = 2/t.size*r
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import ARITHMETIC
from s2sad.ir.kinds import same_shape
from s2sad.ir.nodes import Const, Let, Program, Stmt, Var, uses, walk
from s2sad.ir.rewrite import Edit

_MEASURES = (Const("size"), Const("shape"))


def measures(program: Program, _: Aliases | None = None) -> Program:
    """Ask operands for the size of what is made of them elementwise, where that is read once besides."""
    asked = [s for s in walk(program.body) if _measured(s) is not None]
    if not asked:
        return program
    counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
    lets = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    times = Counter(_measured(stmt) for stmt in asked)
    instead: dict[str, Var] = {}
    for name, count in times.items():
        let = lets.get(name or "")
        if let is None or counts[let.name] != count + 1 or let.call.fun not in ARITHMETIC or let.call.kwargs:
            continue
        for arg in let.call.args:
            if isinstance(arg, Var) and counts[arg.name] > 1 and _alike(program, let.name, arg.name):
                instead[let.name] = arg
    if not instead:
        return program

    def change(stmt: Stmt) -> Iterator[Stmt]:
        other = instead.get(_measured(stmt) or "")
        if isinstance(stmt, Let) and other is not None:
            stmt = replace(stmt, call=replace(stmt.call, args=(other, *stmt.call.args[1:])))
        yield stmt

    edit = Edit(program)
    return edit.finish(edit.block(program.body, change))


def _measured(stmt: Stmt) -> str | None:
    """The name of the array whose size or shape a made statement takes."""
    if not isinstance(stmt, Let) or not stmt.made or stmt.call.fun != "getattr":
        return None
    first, what = stmt.call.args
    return first.name if isinstance(first, Var) and what in _MEASURES else None


def _alike(program: Program, one: str, other: str) -> bool:
    kinds = program.kinds[one], program.kinds[other]
    return all(kind.cat == "array" for kind in kinds) and same_shape(*kinds)
