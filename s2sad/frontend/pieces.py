"""Simple statements as several that write one thing each, in the order in which Python does it.

    y[0], s = y[1], go(s)          piece_1 = y[1]; piece_2 = go(s); y[0] = piece_1; s = piece_2
    s = d.pop("q")*0.9             piece_1 = d.pop("q"); s = piece_1*0.9
    e.setdefault(k, []).append(v)  piece_1 = e.setdefault(k, []); piece_1.append(v)

Accepts statements of a try statement that is taken apart (`attempts`), where an exception may come between
two writes. Nodes of the original tree are never written to; a statement that cannot be parted stays as it is.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable

Fresh = Callable[[str], str]


def pieces(stmt: ast.stmt, fresh: Fresh) -> list[ast.stmt]:
    """A statement in pieces; `fresh` makes names."""
    if isinstance(stmt, ast.Assign) and len(stmt.targets) == 1:
        target, value = stmt.targets[0], stmt.value
        if isinstance(target, ast.Tuple) and _writes(target) and isinstance(value, ast.Tuple):
            if len(target.elts) == len(value.elts) and not _starred([*target.elts, *value.elts]):
                return _one_by_one(target, value, fresh)
    if not isinstance(stmt, ast.Assign | ast.Expr):
        return [stmt]
    made: list[ast.stmt] = []
    new, call = stmt, _first_call(stmt.value)
    while call is not None and new.value is not call:
        name = fresh("piece")
        made.append(_assigned(ast.Name(name, ast.Store()), call))
        new = copy.copy(new)
        new.value = _replaced(new.value, call, ast.copy_location(ast.Name(name, ast.Load()), call))
        call = _first_call(new.value)
    return [*made, new]


def _writes(target: ast.Tuple) -> bool:
    """Whether one of several targets is a part of a container or of an object."""
    return any(isinstance(t, ast.Subscript | ast.Attribute) for t in target.elts)


def _starred(nodes: list[ast.expr]) -> bool:
    return any(isinstance(n, ast.Starred | ast.Tuple | ast.List) for n in nodes)


def _one_by_one(target: ast.Tuple, value: ast.Tuple, fresh: Fresh) -> list[ast.stmt]:
    names = [fresh("piece") for _ in target.elts]
    first = [_assigned(ast.Name(n, ast.Store()), v) for n, v in zip(names, value.elts, strict=True)]
    loads = [ast.copy_location(ast.Name(n, ast.Load()), v) for n, v in zip(names, value.elts, strict=True)]
    return [*first, *(_assigned(t, v) for t, v in zip(target.elts, loads, strict=True))]


def _assigned(target: ast.expr, value: ast.expr) -> ast.stmt:
    made = ast.copy_location(ast.Assign([target], value), value)
    return ast.copy_location(made, value) if hasattr(target, "lineno") else ast.fix_missing_locations(made)


def _first_call(node: ast.expr) -> ast.Call | None:
    """The method call that an expression begins with: before it nothing is done that it could change."""
    if isinstance(node, ast.BinOp):
        return _first_call(node.right if isinstance(node.left, ast.Constant) else node.left)
    if isinstance(node, ast.UnaryOp):
        return _first_call(node.operand)
    if isinstance(node, ast.Subscript | ast.Attribute):
        return _first_call(node.value)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    inner = _first_call(node.func.value)
    if inner is not None:
        return inner
    parts = [n for a in [node.func.value, *node.args, *(k.value for k in node.keywords)] for n in ast.walk(a)]
    return None if any(isinstance(n, ast.Call | ast.NamedExpr | ast.Await) for n in parts) else node


def _replaced(node: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """An expression with one part of it replaced."""
    if node is old:
        return new
    for name in ("left", "right", "operand", "value", "func"):
        part = getattr(node, name, None)
        if isinstance(part, ast.expr) and any(n is old for n in ast.walk(part)):
            made = copy.copy(node)
            setattr(made, name, _replaced(part, old, new))
            return made
    return node


__all__ = ["pieces"]
