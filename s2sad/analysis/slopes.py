"""What serves as a slope alone: how a solution is differentiated, which has no derivative itself.

    slope = 3*x**2 + p                              constant, although p varies
    y = solution_at(x, residual, slope)

Accepts a lowered program; guarantees that no value of it depends on the values that are named but through the
derivatives of solutions.
"""

from __future__ import annotations

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import LOOPS, Call, Do, If, Let, Program, Stmt, Var, atom_vars, call_vars, own_atoms, walk
from s2sad.rules import registry

# What is a value of SciPy's with a derivative, and where the slope of that stands among its operands.
SOLUTIONS = {"solution_at": 2, "solution_of": 2, "with_slope": 2, "refused_by": 2}


def slopes(program: Program, aliases: Aliases) -> frozenset[str]:
    """The names of values that only slopes are made of."""
    if "solution_at" not in registry.RULES:
        return frozenset()
    stmts = list(walk(program.body))
    lets = [s for s in stmts if isinstance(s, Let)]
    if not any(let.call.fun in SOLUTIONS for let in lets):
        return frozenset()
    reads = [pair for stmt in stmts for pair in _flows(stmt)]
    useful: set[str] = set()
    count = -1
    while len(useful) > count:
        count = len(useful)
        classes = {aliases.of(name) for name in useful} - {None}
        for names, read in reads:
            if not names or any(n in useful or aliases.of(n) in classes for n in names):
                useful.update(read)
    return frozenset(let.name for let in lets if let.name not in useful)


def _flows(stmt: Stmt) -> list[tuple[tuple[str, ...], list[str]]]:
    """Names that a statement makes of others: of none it cannot be done without."""
    if isinstance(stmt, Let):
        place = SOLUTIONS.get(stmt.call.fun)
        call = stmt.call if place is None else Call("tuple", stmt.call.args[:place])
        return [((stmt.name,), call_vars(call))]
    if isinstance(stmt, Do) and stmt.call.fun == "list.append" and isinstance(stmt.call.args[0], Var):
        return [((stmt.call.args[0].name,), call_vars(stmt.call))]
    if isinstance(stmt, If):
        joins = [((out.name,), [*atom_vars(out.then), *atom_vars(out.orelse)]) for out in stmt.outs]
        return [*joins, ((), atom_vars(stmt.cond))]
    if isinstance(stmt, LOOPS):
        carried = [((c.name, c.out), [*atom_vars(c.init), *atom_vars(c.next)]) for c in stmt.carried]
        known = {n for _, read in carried for n in read}
        others = [n for atom in own_atoms(stmt) for n in atom_vars(atom) if n not in known]
        return [*carried, ((), others)]
    return [((), [n for atom in own_atoms(stmt) for n in atom_vars(atom)])]


__all__ = ["SOLUTIONS", "slopes"]
