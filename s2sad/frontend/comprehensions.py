"""Lowering of comprehensions: element by element where what they run over is known so, else by loops.

    [f(v) for v in (a, b)]        [f(a), f(b)]
    [v*v for v in x if v > 0]     t = []
                                  for i in range(len(x)): v = x[i]; if v > 0: t.append(v*v)
"""

from __future__ import annotations

import ast

from s2sad.frontend.cursors import is_cursor
from s2sad.frontend.iterators import NESTED
from s2sad.frontend.loops import Loops, counted
from s2sad.frontend.state import Group, Scope, Value
from s2sad.frontend.trees import target_names
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref


class Comprehensions(Loops):
    """The part of lowering that reads comprehensions and generator expressions."""

    def comprehension(
        self, node: ast.ListComp | ast.GeneratorExp, hint: str = "", ranges: bool = False
    ) -> Value:
        """A list, made by loops; by elements where the source is known so, or is a range that is known."""
        outer = self.scope
        names = {n for g in node.generators for n in target_names(g.target)}
        inner = list(ast.walk(node))
        if any(isinstance(n, ast.Lambda) for n in inner) and not any(
            isinstance(n, ast.NamedExpr) for n in inner
        ):
            self.scope = Scope(outer.source, {}, frozenset(names), outer, nesting=self.nesting)
        saved = {n: self.scope.env.get(n) for n in names}
        place = self.place(node)
        try:
            known = self._known_elements(node.generators, node.elt, ranges or place in self.known_lists)
            if known is not None:
                return Group("list", known)
            return self._by_loops(node, hint, place)
        finally:
            for name, value in saved.items():
                if self.scope is outer and value is not None:
                    self.scope.env[name] = value
                elif self.scope is outer:
                    self.scope.env.pop(name, None)
            self.scope = outer

    def _known_elements(
        self, generators: list[ast.comprehension], element: ast.expr, ranges: bool
    ) -> list[Value] | None:
        """The elements, if every source is a display and every condition is known."""
        first = generators[0]
        if isinstance(first.iter, ast.Name | ast.Attribute) and is_cursor(self, self.peeked(first.iter)):
            return None
        if not ranges and not self._is_display(first.iter):
            return None
        block, env, cells = list(self.block), dict(self.scope.env), dict(self.objects.cells)
        source = self.iterable(first.iter)
        if ranges and (known := counted(source)) is not None:
            source = Group("tuple", [Const(i) for i in known])
        items: list[Value] = []
        if isinstance(source, Group):
            for item in source.items:
                made = self._known_element(first, generators[1:], element, item, ranges)
                if made is None:
                    break
                items += made
            else:
                return items
        self.block[:] = block
        self.scope.env, self.objects.cells = env, cells
        return None

    def _known_element(
        self,
        first: ast.comprehension,
        rest: list[ast.comprehension],
        element: ast.expr,
        item: Value,
        ranges: bool,
    ) -> list[Value] | None:
        self.assign(first.target, item, element)
        for test in first.ifs:
            known = self.static_truth(self.operand(test))
            if known is None:
                return None
            if not known:
                return []
        return self._known_elements(rest, element, ranges) if rest else [self.operand(element)]

    def _is_display(self, node: ast.expr) -> bool:
        """Whether an expression may have elements that are known one by one."""
        if isinstance(node, ast.Call):
            fn = self.peeked(node.func)
            if isinstance(fn, Ref) and (fn.obj is range or any(fn.obj is n for n in NESTED)):
                return False
            if isinstance(fn, Ref) and fn.obj in (zip, enumerate, reversed):
                return all(
                    self._is_display(a.value if isinstance(a, ast.Starred) else a) for a in node.args[:2]
                )
        return True

    def _by_loops(
        self, node: ast.ListComp | ast.GeneratorExp, hint: str, place: tuple[str, int, int]
    ) -> Value:
        zeros = self.zeros_of_list(node, hint)
        if zeros is not None:
            return zeros
        result = self.emit(Call("list", ()), K.list_of(None), node, hint)
        self.displays[result.name] = place
        holder = f"{result.name} "  # no user's name has a blank
        self.scope.env[holder] = result
        append = ast.Attribute(ast.Name(holder, ast.Load()), "append", ast.Load())
        body: list[ast.stmt] = [ast.copy_location(ast.Expr(ast.Call(append, [node.elt], [])), node.elt)]
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [ast.copy_location(ast.If(test, body, []), test)]
            loop = ast.For(generator.target, generator.iter, body, [])
            body = [ast.copy_location(loop, node)]
        for part in body:
            ast.fix_missing_locations(part)
        self.statements(body)
        self.scope.env.pop(holder, None)
        return result


__all__ = ["Comprehensions"]
