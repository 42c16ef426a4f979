"""Nested functions under functools.cache and lru_cache: each is given the dict that it fills.

    @lru_cache(None)              f_known = {}
    def f(n):                     def f(n):
        if n < 2:                     f_key = n
            return x[n]               if f_key in f_known: return f_known[f_key]
        return f(n - 1)*c             if n < 2:
                                          f_value = x[n]; f_known[f_key] = f_value; return f_value
                                      f_value = f(n - 1)*c; f_known[f_key] = f_value; return f_value

Takes a definition with no other decorator. The new statements are made once for each definition, as closures
are told apart by their nodes. Results are kept for arguments that are integers and strings (`f_exact`), which
is left out above: two numbers that are equal may depend on different things, so that one's derivative is not
the other's. What the cache would forget is kept: a function that it is used for gives the same result again.
"""

from __future__ import annotations

import ast
import copy
import functools

from s2sad.frontend.state import State
from s2sad.ir.nodes import Ref

CACHES = (functools.cache, functools.lru_cache)


def remembered(low: State, stmt: ast.FunctionDef) -> list[ast.stmt] | None:
    """The statements in place of a definition under a cache; None for every other definition."""
    if len(stmt.decorator_list) != 1 or stmt.args.kwarg is not None:
        return None
    decorator = stmt.decorator_list[0]
    called = isinstance(decorator, ast.Call)
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    inner = name.value if isinstance(name, ast.Attribute) else name
    if not isinstance(inner, ast.Name):
        return None
    found = low.peeked(name)
    if not isinstance(found, Ref) or not any(found.obj is c for c in CACHES):
        return None
    if called and found.obj is functools.cache:
        return None
    made: list[ast.stmt] | None = getattr(stmt, "remembered", None)
    if made is None:
        made = _written(stmt)
        stmt.remembered = made  # type: ignore[attr-defined]
    return made


def _written(stmt: ast.FunctionDef) -> list[ast.stmt]:
    function = copy.deepcopy(stmt)
    function.decorator_list = []
    spec = function.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    names += [spec.vararg.arg] if spec.vararg else []
    key = names[0] if len(names) == 1 else f"({', '.join(names)})"
    known, entry = f"{stmt.name}_known", f"{stmt.name}_key"
    tests = [f"isinstance({n}, (int, str))" for n in names if spec.vararg is None or n != spec.vararg.arg]
    tests += [f"all([isinstance(k_, (int, str)) for k_ in {spec.vararg.arg}])"] if spec.vararg else []
    lines = [f"{entry} = {key if names else 0}", f"{stmt.name}_exact = {' and '.join(tests) or True}"]
    lines += [f"if {stmt.name}_exact:", f"    if {entry} in {known}:", f"        return {known}[{entry}]"]
    returns = _Returns(stmt.name)
    body = [part for s in function.body for part in _listed(returns.visit(s))]
    head = ast.parse("\n".join(lines)).body
    function.body = [*head, *body]
    made: list[ast.stmt] = [*ast.parse(f"{known} = {{}}").body, function]
    for part in made[:1] + head:
        for node in ast.walk(part):
            ast.copy_location(node, stmt)
    return [ast.fix_missing_locations(part) for part in made]


def _listed(made: ast.AST | list[ast.stmt]) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]  # type: ignore[list-item]


class _Returns(ast.NodeTransformer):
    """Enters what a function returns; functions inside of it return for themselves."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
            return node
        text = f"{self.name}_value = 0\nif {self.name}_exact:\n"
        text += f"    {self.name}_known[{self.name}_key] = {self.name}_value"
        assigned, entered = ast.parse(text).body
        assert isinstance(assigned, ast.Assign)
        assigned.value = node.value
        back = ast.Return(ast.Name(f"{self.name}_value", ast.Load()))
        for made in (assigned.targets[0], assigned, *ast.walk(entered), *ast.walk(back)):
            ast.copy_location(made, node)
        return [assigned, entered, back]


__all__ = ["remembered"]
