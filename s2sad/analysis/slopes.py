"""What serves as a slope alone: how a solution is differentiated, which has no derivative itself.

    slope = 3*x**2 + p                              constant, although p varies
    y = solution_at(x, residual, slope)

Accepts a lowered program; guarantees that no value of it depends on the values that are named but through the
derivatives of solutions.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import (
    LIST_METHODS,
    LOOPS,
    Call,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Store,
    atom_vars,
    call_vars,
    uses,
    walk,
)
from s2sad.rules import registry

# What is a value of SciPy's with a derivative, and where the slope of that stands among its operands.
SOLUTIONS = {"solution_at": 2, "solution_of": 2, "with_slope": 2, "refused_by": 2, "moved_by": 2}


def slopes(program: Program, aliases: Aliases) -> tuple[frozenset[str], frozenset[int]]:
    """The names of values that only slopes are made of, and of solutions that nobody needs; their storage."""
    if "solution_at" not in registry.RULES:
        return frozenset(), frozenset()
    stmts = list(walk(program.body))
    solved = [s for s in stmts if isinstance(s, Let) and s.call.fun in SOLUTIONS]
    if not solved:
        return frozenset(), frozenset()
    reads = [pair for stmt in stmts for pair in _flows(stmt)]
    useful, classes = _needed(aliases, reads)
    given = [n for let in solved for n in atom_vars(let.call.args[SOLUTIONS[let.call.fun]])]
    within, _ = _needed(aliases, [*(pair for pair in reads if pair[0]), ((), given)])
    within -= _elements(stmts, useful)
    within.update(let.name for let in solved)
    idle = frozenset(n for n in within - useful if aliases.of(n) not in classes)
    return idle, frozenset(cls for n in idle if (cls := aliases.of(n)) is not None)


def _elements(stmts: list[Stmt], useful: set[str]) -> set[str]:
    """Elements and attributes of what is needed elsewhere: these may be read there under the same name."""
    lets = (s for s in stmts if isinstance(s, Let) and s.call.fun in ("getitem", "getattr"))
    return {let.name for let in lets if not useful.isdisjoint(atom_vars(let.call.args[0]))}


def _needed(
    aliases: Aliases, reads: list[tuple[tuple[str, ...], list[str]]]
) -> tuple[set[str], set[int]]:
    """The names that are needed, and the storage: what is read for what has no name, and so on."""
    useful: set[str] = set()
    classes: set[int] = set()
    count = -1
    while len(useful) + len(classes) > count:
        count = len(useful) + len(classes)
        for names, read in reads:
            if not names or any(n in useful or aliases.of(n) in classes for n in names):
                useful.update(read)
        for name in useful:
            cls = aliases.of(name)
            while cls is not None and cls not in classes:
                classes.add(cls)
                cls = aliases.elements(cls)
    return useful, classes


def _flows(stmt: Stmt) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Names that a statement makes or writes, and what it reads for that; none if it is needed anyway."""
    if isinstance(stmt, Let):
        place = SOLUTIONS.get(stmt.call.fun)
        call = stmt.call if place is None else Call("tuple", stmt.call.args[:place])
        yield (stmt.name,), call_vars(call)
        if stmt.call.fun in LIST_METHODS:  # the list has another length then
            yield tuple(call_vars(stmt.call)), [stmt.name]
    elif isinstance(stmt, Do) and stmt.call.fun in LIST_METHODS:
        yield tuple(atom_vars(stmt.call.args[0])), call_vars(stmt.call)
    elif isinstance(stmt, Store):
        yield tuple(atom_vars(stmt.base)), uses(stmt)
    elif isinstance(stmt, If):
        yield from (((o.name,), [*atom_vars(o.then), *atom_vars(o.orelse)]) for o in stmt.outs)
        yield (), atom_vars(stmt.cond)
    elif isinstance(stmt, LOOPS):
        yield from (((c.name, c.out), [*atom_vars(c.init), *atom_vars(c.next)]) for c in stmt.carried)
        yield (), atom_vars(stmt.space if isinstance(stmt, For) else stmt.cond)
        yield (), atom_vars(stmt.stop)
    else:
        yield (), uses(stmt)


__all__ = ["SOLUTIONS", "slopes"]
