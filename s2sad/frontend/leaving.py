"""Generator functions that return where they yield, if the loop that takes from them is left there.

    yield v            yield v
                       if left: return
"""

from __future__ import annotations

import ast
import copy
import functools
from typing import Any

LEFT = "left "  # in a generator, the flag of the loop that is left early: no user's name has a blank


@functools.lru_cache(maxsize=256)
def leaving(node: ast.FunctionDef) -> ast.FunctionDef:
    """A generator function that returns where it yields, if the loop that takes from it is left there."""
    made = copy.deepcopy(node)
    whole: ast.Module = _Leaving().visit(ast.Module(made.body, []))
    made.body = whole.body
    return made


class _Leaving(ast.NodeTransformer):
    """Puts a return behind every yield, under the flag of the loop that takes."""

    def _leave(self, at: ast.stmt) -> ast.stmt:
        made: ast.stmt = placed(ast.If(ast.Name(LEFT, ast.Load()), [ast.Return(None)], []), at)
        return made

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.YieldFrom):
            item = f"item {node.lineno}"
            one = ast.Expr(ast.Yield(ast.Name(item, ast.Load())))
            loop = ast.For(ast.Name(item, ast.Store()), node.value.value, [one], [])
            whole = placed(loop, node)
            whole.body.append(self._leave(node))
            return whole
        return [node, self._leave(node)] if isinstance(node.value, ast.Yield) else node

    def visit_Assign(self, node: ast.Assign) -> Any:
        taken = isinstance(node.value, ast.Yield | ast.YieldFrom)
        return [node, self._leave(node)] if taken else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return node


def placed(node: Any, at: ast.AST) -> Any:
    for inner in ast.walk(node):
        if "lineno" in inner._attributes and not hasattr(inner, "lineno"):
            ast.copy_location(inner, at)
    return node


__all__ = ["LEFT", "leaving", "placed"]
