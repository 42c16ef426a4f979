"""What try statements ask of exceptions, beyond that they come: whether names are bound.

    try: y = s*v                       for v in xs: ...     xs may be empty, and the text of a derivative
    except UnboundLocalError: y = x    tells by None, or not at all, that v is not bound: refused
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.state import State
from s2sad.frontend.trees import assigned_names, walk
from s2sad.ir.nodes import Ref

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.Import, ast.ImportFrom)


def check_bound(low: State, stmt: ast.Try, classes: list[Ref]) -> None:
    """Refuse a try statement that catches that a name is unbound, if its body reads one that may be."""
    if not any(issubclass(c.obj, NameError) for c in classes):
        return
    tree: Any = low.scope.node or low.scope.source.node
    own = (assigned_names(tree.body) | _deleted([tree])) - _bound_before(tree, stmt)
    for node in (n for s in stmt.body for n in ast.walk(s)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in own:
            what = f"it is caught here that {node.id!r} is not bound"
            low.refuse(node, what, "bind it to None before, and ask whether it is None")


def _bound_before(tree: Any, stmt: ast.AST) -> set[str]:
    """Names that certainly have a value where a statement of a function begins."""
    found = {a.arg for a in ast.walk(tree.args) if isinstance(a, ast.arg)}
    at = stmt.lineno, stmt.col_offset  # type: ignore[attr-defined]  # of a copy
    block: list[ast.stmt] = tree.body
    while block:
        inner: list[ast.stmt] = []
        for part in block:
            if isinstance(part, _SIMPLE):
                found |= assigned_names([part])
            elif (part.lineno, part.col_offset) == at:
                break
            elif part.end_lineno is not None and part.lineno <= at[0] <= part.end_lineno:
                inner = [n for n in ast.iter_child_nodes(part) if isinstance(n, ast.stmt)]
                break
        block = inner
    return found - _deleted([tree])


def _deleted(trees: list[Any]) -> set[str]:
    names = (n for n in walk(trees) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Del)}


__all__ = ["check_bound"]
