"""Which statements raise nothing, by their form: names, constants, and arithmetic with constants.

    y = 2.0*x; i += 1; for v in xs; if v > 0.0:        no exceptions come of these; of calls they may
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

_DEFINING = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass, ast.Global, ast.Nonlocal, ast.Break,
    ast.Continue,
)  # fmt: skip


def is_simple(stmt: ast.stmt) -> bool:
    """Whether a statement holds no other statements."""
    return not isinstance(
        stmt, (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.TryStar, ast.Match, *_DEFINING)
    )


def is_safe(stmt: ast.stmt) -> bool:
    """Whether a simple statement raises nothing."""
    if isinstance(stmt, ast.Assign):
        return all(isinstance(t, ast.Name) for t in stmt.targets) and is_steady(stmt.value)
    if isinstance(stmt, ast.AugAssign):
        return isinstance(stmt.target, ast.Name) and _is_number(stmt.value) and _adds(stmt.op)
    return isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant)


def _adds(op: ast.operator) -> bool:
    return isinstance(op, ast.Add | ast.Sub | ast.Mult)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def is_steady(node: ast.expr) -> bool:
    """Whether the value of an expression is had without an exception."""
    if isinstance(node, ast.Name | ast.Constant | ast.Lambda):
        return True
    if isinstance(node, ast.Compare):
        simple = not any(isinstance(op, ast.In | ast.NotIn) for op in node.ops)
        return simple and all(map(is_steady, [node.left, *node.comparators]))
    if isinstance(node, ast.BoolOp):
        return all(map(is_steady, node.values))
    if isinstance(node, ast.UnaryOp):
        return is_steady(node.operand)
    if isinstance(node, ast.BinOp):
        sides = node.left, node.right
        if isinstance(node.op, ast.Mod | ast.FloorDiv):
            return is_steady(node.left) and _is_number(node.right) and bool(node.right.value)  # type: ignore[attr-defined]
        return _adds(node.op) and all(map(is_steady, sides)) and any(map(_is_number, sides))
    if isinstance(node, ast.Tuple | ast.List):
        return all(map(is_steady, node.elts))
    return False


def is_counting(node: ast.expr) -> bool:
    """Whether a loop runs over a range or what has a name, item by item."""
    if isinstance(node, ast.Name | ast.Tuple | ast.List):
        return is_steady(node)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.keywords:
        return False
    if node.func.id not in ("range", "enumerate", "zip", "reversed"):
        return False
    return all(is_steady(a) or _is_length(a) or is_counting(a) for a in node.args)


def _is_length(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == "len"


def read_first(body: Sequence[ast.stmt]) -> set[str]:
    """Names that a block reads before it binds them, by the order of the text."""
    found: set[str] = set()
    bound: set[str] = set()
    for stmt in body:
        names = [n for n in ast.walk(stmt) if isinstance(n, ast.Name)]
        found |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - bound
        if isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
            found.add(stmt.target.id)
        if isinstance(stmt, ast.Assign):
            bound |= {t.id for t in stmt.targets if isinstance(t, ast.Name)}
    return found


__all__ = ["is_counting", "is_safe", "is_simple", "is_steady", "read_first"]
