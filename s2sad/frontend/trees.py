"""The nodes of a syntax tree, for questions that are asked of whole functions.

Accepts statements or expressions; gives every node below them, parents before children, the marks Load, Store
and Del apart. `ast.walk` does the same at four times the cost, and lowering asks a dozen such questions.

    {n.id for n in walk([tree]) if isinstance(n, ast.Name)}     the names in a tree
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_LEAVES = frozenset((ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del))


def walk(roots: Iterable[ast.AST], closed: tuple[type[ast.AST], ...] = ()) -> Iterator[ast.AST]:
    """Every node under the roots, themselves included; nothing below nodes of the closed types."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        if type(node) in _LEAVES or (closed and isinstance(node, closed)):
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                stack.extend([item for item in value if isinstance(item, ast.AST)])
            elif isinstance(value, ast.AST) and value._fields:
                stack.append(value)


__all__ = ["walk"]
