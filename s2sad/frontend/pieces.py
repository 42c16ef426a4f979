"""Simple statements as several that write one thing each, in the order in which Python does it.

    y[0], s = y[1], go(s)          piece_1 = y[1]; piece_2 = go(s); y[0] = piece_1; s = piece_2
    s = d.pop("q")*go(s)           piece_1 = d.pop("q"); piece_2 = go(s); s = piece_1*piece_2
    e.setdefault(k, []).append(v)  piece_1 = e.setdefault(k, []); piece_1.append(v)

Accepts statements of a try statement that is taken apart (`attempts`), where an exception may come between
two writes. Nodes of the original tree are never written to; a statement that cannot be parted stays as it is.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

from s2sad.frontend.trees import walk

Fresh = Callable[[str], str]


def pieces(stmt: ast.stmt, fresh: Fresh) -> list[ast.stmt]:
    """A statement in pieces; `fresh` makes names."""
    if isinstance(stmt, ast.Assign) and len(stmt.targets) == 1:
        target, value = stmt.targets[0], stmt.value
        if isinstance(target, ast.Tuple) and _writes(target) and isinstance(value, ast.Tuple):
            if len(target.elts) == len(value.elts) and not _starred([*target.elts, *value.elts]):
                return [p for part in _one_by_one(target, value, fresh) for p in pieces(part, fresh)]
    if not isinstance(stmt, ast.Assign | ast.Expr) or not _calls(stmt.value):
        return [stmt]
    made: list[ast.stmt] = []
    new = copy.copy(stmt)
    new.value = _parted(stmt.value, made, fresh)
    return [*made, new]


def _parted(node: Any, made: list[ast.stmt], fresh: Fresh) -> Any:
    """An expression whose operands have names, as far as calls stand in them; what binds these is `made`."""
    operands = _operands(node)
    last = max((i for i, operand in enumerate(operands) if _calls(operand)), default=-1)
    changed: dict[int, ast.expr] = {}
    for operand in operands[: last + 1]:
        if isinstance(operand, ast.Name | ast.Constant | ast.Lambda):
            continue
        value = _parted(operand, made, fresh)
        if not isinstance(value, ast.GeneratorExp):  # which is taken from where it stands
            name = fresh("piece")
            made.append(_assigned(ast.Name(name, ast.Store()), value))
            value = ast.copy_location(ast.Name(name, ast.Load()), operand)
        changed[id(operand)] = value
    return _Exchanged(changed).visit_copy(node) if changed else node


def _operands(node: ast.expr) -> list[ast.expr]:
    """The operands of an expression in the order in which they are evaluated, each of them whatever comes."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
        return [node.value, node.slice]
    if isinstance(node, ast.Attribute):
        return [node.value] if _calls(node.value) else []
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return [node.left, *node.comparators]
    if isinstance(node, ast.List | ast.Tuple):
        return [] if _starred(node.elts, ast.Starred) else node.elts
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return [node.generators[0].iter]
    if isinstance(node, ast.Call) and not _starred(node.args, ast.Starred):
        owner = _operands(node.func) if isinstance(node.func, ast.Attribute) else []
        return [*owner, *node.args, *(k.value for k in node.keywords)]
    return []


class _Exchanged:
    """Copies of nodes in which operands have been exchanged."""

    def __init__(self, changed: dict[int, ast.expr]) -> None:
        self.changed = changed

    def visit_copy(self, node: Any) -> Any:
        if id(node) in self.changed:
            return self.changed[id(node)]
        new = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr | ast.keyword | ast.comprehension):
                setattr(new, name, self.visit_copy(value))
            elif isinstance(value, list):
                setattr(new, name, [self.visit_copy(v) if isinstance(v, ast.AST) else v for v in value])
        return new


def _calls(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Call) for n in walk([node]))


def _writes(target: ast.Tuple) -> bool:
    """Whether one of several targets is a part of a container or of an object."""
    return any(isinstance(t, ast.Subscript | ast.Attribute) for t in target.elts)


def _starred(nodes: list[ast.expr], sorts: Any = (ast.Starred, ast.Tuple, ast.List)) -> bool:
    return any(isinstance(n, sorts) for n in nodes)


def _one_by_one(target: ast.Tuple, value: ast.Tuple, fresh: Fresh) -> list[ast.stmt]:
    names = [fresh("piece") for _ in target.elts]
    first = [_assigned(ast.Name(n, ast.Store()), v) for n, v in zip(names, value.elts, strict=True)]
    loads = [ast.copy_location(ast.Name(n, ast.Load()), v) for n, v in zip(names, value.elts, strict=True)]
    return [*first, *(_assigned(t, v) for t, v in zip(target.elts, loads, strict=True))]


def _assigned(target: ast.expr, value: ast.expr) -> ast.stmt:
    made = ast.copy_location(ast.Assign([target], value), value)
    return ast.copy_location(made, value) if hasattr(target, "lineno") else ast.fix_missing_locations(made)


__all__ = ["pieces"]
