"""`match` as the if statements that it stands for: literals, alternatives, names, sequences of fixed
length, guards.

match n:                      if n == 0: y = x
    case 0: y = x             elif n == 1 or n == 2: y = 2*x
    case 1 | 2: y = 2*x       else: k = n; y = k*x
    case k: y = k*x
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.state import State


def as_ifs(state: State, stmt: ast.Match, subject: str) -> list[ast.stmt]:
    """The if statement for a match statement whose subject has the name `subject`."""
    orelse: list[ast.stmt] = []
    for case in reversed(stmt.cases):
        test, bound = _test(state, case.pattern, subject)
        body: list[ast.stmt] = [*bound, *case.body]
        if case.guard is not None:
            if bound:
                state.refuse(
                    case.pattern,
                    "a case binds names and has a guard",
                    "test the condition in the case's body",
                )
            test = case.guard if test is None else ast.BoolOp(ast.And(), [test, case.guard])
        if test is None:
            orelse = body
        else:
            orelse = [_at(ast.If(test, body, orelse), case.pattern)]
    return orelse


def _test(state: State, pattern: ast.pattern, subject: str) -> tuple[ast.expr | None, list[ast.stmt]]:
    """The condition of a pattern (None: always) and the assignments that it makes."""
    name = ast.Name(subject, ast.Load())
    if isinstance(pattern, ast.MatchValue):
        return _at(ast.Compare(name, [ast.Eq()], [pattern.value]), pattern), []
    if isinstance(pattern, ast.MatchSingleton):
        return _at(ast.Compare(name, [ast.Is()], [ast.Constant(pattern.value)]), pattern), []
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name is None:
            return None, []
        return None, [_at(ast.Assign([ast.Name(pattern.name, ast.Store())], name), pattern)]
    if isinstance(pattern, ast.MatchOr):
        parts = [_test(state, p, subject) for p in pattern.patterns]
        tests = [t for t, bound in parts if t is not None and not bound]
        if len(tests) == len(parts):
            return _at(ast.BoolOp(ast.Or(), tests), pattern), []
    state.refuse(pattern, "this pattern is not supported", "write if and elif")


def _at(node: Any, where: ast.AST) -> Any:
    ast.copy_location(node, where)
    return ast.fix_missing_locations(node)
