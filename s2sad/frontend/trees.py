"""The nodes of a syntax tree, for questions that are asked of whole functions.

Accepts statements or expressions; gives every node below them, parents before children, the marks Load, Store
and Del apart. `ast.walk` does the same at four times the cost, and lowering asks a dozen such questions.

    {n.id for n in walk([tree]) if isinstance(n, ast.Name)}     the names in a tree
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_LEAVES = (ast.Name, ast.Constant)


def walk(roots: Iterable[ast.AST], closed: tuple[type[ast.AST], ...] = ()) -> Iterator[ast.AST]:
    """Every node under the roots, themselves included; nothing below nodes of the closed types."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, _LEAVES) or (closed and isinstance(node, closed)):
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                stack.extend([item for item in value if isinstance(item, ast.AST)])
            elif isinstance(value, ast.AST) and value._fields:
                stack.append(value)


__all__ = ["walk"]
