"""What a function does with its lists, by its text alone.

A list that a name is bound to once, and that is only taken apart by literal indices and in loops, is as
good as its elements: `xs = [[x, c], [c, x]]; xs[0][1]*xs[1][0]` needs no list in the program.
"""

from __future__ import annotations

import ast

from s2sad.frontend.trees import walk


def fixed_lists(node: ast.FunctionDef) -> frozenset[str]:
    """Names of nested list displays that are bound once and only taken apart."""
    bound: dict[str, int] = {}
    found: set[str] = set()
    for inner in walk([node]):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            bound[inner.id] = bound.get(inner.id, 0) + 1
        if (
            isinstance(inner, ast.Assign)
            and len(inner.targets) == 1
            and isinstance(inner.targets[0], ast.Name)
        ):
            if isinstance(inner.value, ast.List) and any(isinstance(e, ast.List) for e in inner.value.elts):
                found.add(inner.targets[0].id)
    found = {name for name in found if bound[name] == 1}
    if found:
        parents = {child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id in found:
                if not _taken_apart(inner, parents):
                    found.discard(inner.id)
    return frozenset(found)


def _taken_apart(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression is only indexed twice by literals, or its length is asked for."""
    parent = parents.get(node)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "len"
    depth = 0
    while isinstance(parent, ast.Subscript) and parent.value is node:
        literal = parent.slice.operand if isinstance(parent.slice, ast.UnaryOp) else parent.slice
        if not isinstance(parent.ctx, ast.Load) or not isinstance(literal, ast.Constant):
            return False
        node, parent = parent, parents.get(parent)
        depth += 1
    augmented = isinstance(parent, ast.AugAssign) and parent.target is node
    return depth >= 2 and not augmented and not isinstance(parent, ast.Attribute)


def writes_keys(node: ast.AST) -> bool:
    """Whether a function assigns `d["key"]`."""
    return any(
        isinstance(n, ast.Subscript)
        and isinstance(n.ctx, ast.Store)
        and isinstance(n.slice, ast.Constant)
        and isinstance(n.slice.value, str)
        for n in walk([node])
    )


__all__ = ["fixed_lists", "writes_keys"]
