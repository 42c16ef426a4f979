"""Objects that iterate themselves, as generators: what `__next__` returns is what these yield.

    class Loader:                                    def items(self):
        def __iter__(self):                              self.k = 0
            self.k = 0                                   while True:
            return self                                      if self.k >= len(self.x): return
        def __next__(self):                                  self.k += 1
            if self.k >= len(self.x):                        yield self.x[self.k - 1]
                raise StopIteration
            self.k += 1
            return self.x[self.k - 1]

Takes classes whose `__iter__` returns self at its end, and only there; None for all others.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
from types import FunctionType
from typing import Any

from s2sad.frontend import exits
from s2sad.frontend.operators import class_method
from s2sad.frontend.source import find
from s2sad.frontend.standins import real
from s2sad.frontend.state import Closure, Scope, State
from s2sad.frontend.trees import walk

RESULT = re.compile(r"value_\d+")  # what `exits` binds a result to
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def watch(low: State, cls: type) -> None:
    """Rely on the code of the methods by which the objects of a class iterate themselves."""
    for name in ("__iter__", "__next__"):
        method = getattr(cls, name)
        code = functools.partial(getattr, method, "__code__")
        low.depend(("code", id(method)), code, method.__code__, name)


def items_of(low: State, cls: type | None) -> Closure | None:
    """A generator function of the objects of a class that iterate themselves."""
    if real(cls) is not None:  # of `standins`: they are lowered by what they do
        return None
    methods = [class_method(low, cls, name) for name in ("__iter__", "__next__")]
    first, following = [m.obj if m is not None else None for m in methods]
    if not isinstance(first, FunctionType) or not isinstance(following, FunctionType):
        return None
    begin, source = find(first).node, find(following)
    if not isinstance(begin, ast.FunctionDef) or not isinstance(source.node, ast.FunctionDef):
        return None
    made = _function(begin, source.node)
    return None if made is None else Closure(made, Scope(source, {}, frozenset()), [], {})


@functools.lru_cache(maxsize=256)
def _function(begin: ast.FunctionDef, following: ast.FunctionDef) -> ast.FunctionDef | None:
    """The generator function; None where `__iter__` returns something else, or `__next__` takes more."""
    last, this = begin.body[-1], following.args.args[0].arg
    returns = [s for s in walk(begin.body, SCOPES) if isinstance(s, ast.Return | ast.Yield)]
    if returns != [last] or not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name):
        return None
    if len(begin.args.args) != 1 or last.value.id != begin.args.args[0].arg != this:
        return None
    tree = copy.deepcopy(following)
    tree.body = list(exits.normalise(tree).body)
    final = tree.body[-1].value if isinstance(tree.body[-1], ast.Return) else None
    if isinstance(final, ast.Name) and RESULT.fullmatch(final.id):
        tree.body.pop()
    _Yielding().visit(tree)
    tree.body = [*begin.body[:-1], ast.While(ast.Constant(True), tree.body, [])]
    tree.returns = None
    for inner in ast.walk(tree):
        if "lineno" in inner._attributes and not hasattr(inner, "lineno"):
            ast.copy_location(inner, following)
    return tree


class _Yielding(ast.NodeTransformer):
    """Yields in place of results, and returns in place of StopIteration."""

    def visit_Assign(self, node: ast.Assign) -> Any:
        target = node.targets[0]
        is_result = isinstance(target, ast.Name) and RESULT.fullmatch(target.id)
        return ast.copy_location(ast.Expr(ast.Yield(node.value)), node) if is_result else node

    def visit_Return(self, node: ast.Return) -> Any:
        return ast.copy_location(ast.Expr(ast.Yield(node.value)), node)

    def visit_Raise(self, node: ast.Raise) -> Any:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        ends = isinstance(raised, ast.Name) and raised.id == "StopIteration"
        return ast.copy_location(ast.Return(None), node) if ends else node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return node


__all__ = ["items_of", "watch"]
