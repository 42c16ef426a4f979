"""Long chains of elif in pieces: a text can be indented by 100 levels at most, and each arm may take one.

Accepts a body in the form of `exits`. Guarantees the same computation with no chain of more than LONG arms.

    if a: y = 1                     otherwise_1 = False
    elif b: y = 2                   if a: y = 1
    elif c: y = 3          =>       elif b: y = 2
    else: y = 4                     else: otherwise_1 = True
                                    if otherwise_1:
                                        if c: y = 3
                                        else: y = 4
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable

from s2sad.frontend.trees import walk

LONG = 60  # arms that are left together
PIECE = 30


def shortened(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body with its long chains in pieces; nodes of the original tree are not written to."""
    if not any(isinstance(n, ast.If) and len(_arms(n)) > LONG for stmt in body for n in _outer_ifs(stmt)):
        return body
    taken = {n.id for stmt in body for n in ast.walk(stmt) if isinstance(n, ast.Name)}
    number = next(i for i in range(1, len(taken) + 2) if f"otherwise_{i}" not in taken)
    return _block(body, f"otherwise_{number}")


def _outer_ifs(stmt: ast.stmt) -> Iterable[ast.If]:
    """The first branches of chains (and of what stands in an else clause alone) under a statement."""
    inner: set[ast.AST] = set()
    for node in walk([stmt], (ast.expr,)):
        if isinstance(node, ast.If):
            if node not in inner:
                yield node
            inner.update(node.orelse if len(node.orelse) == 1 else ())


def _arms(stmt: ast.If) -> list[ast.If]:
    arms = [stmt]
    while len(arms[-1].orelse) == 1 and isinstance(arms[-1].orelse[0], ast.If):
        arms.append(arms[-1].orelse[0])
    return arms


def _block(body: list[ast.stmt], flag: str) -> list[ast.stmt]:
    return [made for stmt in body for made in _statement(stmt, flag)]


def _statement(stmt: ast.stmt, flag: str) -> list[ast.stmt]:
    if isinstance(stmt, ast.If):
        return _chain(_arms(stmt), flag)
    if isinstance(stmt, ast.For | ast.While | ast.With):
        made = copy.copy(stmt)
        made.body = _block(stmt.body, flag)
        return [made]
    return [stmt]


def _chain(arms: list[ast.If], flag: str) -> list[ast.stmt]:
    """The arms in pieces, each of which sets the flag where none of its arms is taken."""
    if len(arms) <= LONG:
        return [_nested(arms, _block(arms[-1].orelse, f"{flag}_"), flag)]
    pieces = [arms[i : i + PIECE] for i in range(0, len(arms), PIECE)]
    result: list[ast.stmt] = [_assigned(flag, False, arms[0])]
    for k, piece in enumerate(pieces):
        last = k == len(pieces) - 1
        end = _block(arms[-1].orelse, f"{flag}_") if last else [_assigned(flag, True, piece[-1])]
        made: ast.stmt = _nested(piece, end, flag)
        if k:
            again = [] if last else [_assigned(flag, False, piece[0])]
            test = ast.copy_location(ast.Name(flag, ast.Load()), piece[0])
            made = ast.copy_location(ast.If(test, [*again, made], []), piece[0])
        result.append(made)
    return result


def _nested(arms: list[ast.If], end: list[ast.stmt], flag: str) -> ast.If:
    """A chain of these arms with another end; a chain within an arm has a flag of its own."""
    for arm in reversed(arms):
        made = copy.copy(arm)
        made.body = _block(arm.body, f"{flag}_")
        made.orelse = end
        end = [made]
    return made


def _assigned(flag: str, value: bool, place: ast.AST) -> ast.stmt:
    made = ast.Assign([ast.Name(flag, ast.Store())], ast.Constant(value))
    for node in ast.walk(made):
        ast.copy_location(node, place)
    return made


__all__ = ["shortened"]
