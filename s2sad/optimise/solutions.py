"""Solutions of equations and integrals, whose derivatives stand in the program: they are what SciPy gave.

    t = brentq(f, 0.0, 1.0)                      t = brentq(f, 0.0, 1.0)
    x = solution_at(t, residual, slope)          x is t; of an array, x = t.copy()

Accepts the program of a derivative; guarantees the same values. What only the derivative needs is dead then.
A text that is differentiated again must not say it, so this is done whatever passes are switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.slopes import SOLUTIONS
from s2sad.ir.nodes import Call, Let, Program, Stmt, walk
from s2sad.ir.rewrite import Edit, in_statement, resolved
from s2sad.rules import registry


def solutions(program: Program) -> Program:
    """The program with values in place of what says how they are differentiated."""
    if "solution_at" not in registry.RULES or not any(map(_is_solution, walk(program.body))):
        return program
    edit = Edit(program)
    solved = [s for s in walk(program.body) if isinstance(s, Let) and _is_solution(s)]
    numbers = {s.name: s.call.args[0] for s in solved if program.kinds[s.name].is_scalar}
    values = resolved(numbers)

    def change(stmt: Stmt) -> Iterator[Stmt]:
        if isinstance(stmt, Let) and stmt.name in numbers:
            return
        if isinstance(stmt, Let) and _is_solution(stmt):
            stmt = Let(stmt.name, Call("copy", stmt.call.args[:1], (), ".copy K"), stmt.span, True)
        yield in_statement(stmt, values)

    return edit.finish(edit.block(program.body, change))


def _is_solution(stmt: Stmt) -> bool:
    return isinstance(stmt, Let) and stmt.call.fun in SOLUTIONS
