"""Names that every trip of a loop binds before it reads them: no trip hands them on to the next one.

    for v in xs:
        if v > 0.0:
            w = v*v              w is such a name: the trips that read it bind it
            s = s + w            s is handed on

Accepts the tree of a function as it was written. A name goes round if it is read where its binding is not
certain, or by a function inside.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Sequence

from s2sad.frontend.trees import assigned_names, walk

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_CONDITIONAL = (
    ast.BoolOp, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda
)  # fmt: skip
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@functools.lru_cache(maxsize=512)
def fresh_names(node: ast.FunctionDef) -> frozenset[str]:
    """Names that are read only behind an assignment in the same trip of all the loops around it."""
    flow = _Flow()
    flow.block(node.body, frozenset())
    for inner in walk(node.body):
        if isinstance(inner, _INNER):
            flow.doubtful.update(n.id for n in walk([inner]) if isinstance(n, ast.Name))
        elif isinstance(inner, ast.Global | ast.Nonlocal):
            flow.doubtful.update(inner.names)
    return frozenset(flow.bound - flow.doubtful)


class _Flow:
    """What a function binds, and what it may read that the same trip has not bound."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.doubtful: set[str] = set()

    def block(self, body: Sequence[ast.stmt], known: frozenset[str]) -> frozenset[str]:
        """The names that are certainly bound behind statements; `known` are so before."""
        for stmt in body:
            known = self.statement(stmt, known)
        return known

    def read(self, nodes: Iterable[ast.AST | None], known: frozenset[str]) -> frozenset[str]:
        """Take expressions and targets in; the names that are bound behind them."""
        given = [node for node in nodes if node is not None]
        names = [n for n in walk(given) if isinstance(n, ast.Name)]
        self.doubtful.update(n.id for n in names if not isinstance(n.ctx, ast.Store) and n.id not in known)
        self.bound.update(n.id for n in names if isinstance(n.ctx, ast.Store))
        sure = [n for n in walk(given, _CONDITIONAL) if isinstance(n, ast.Name)]
        return known.union(n.id for n in sure if isinstance(n.ctx, ast.Store))

    def bind(self, known: frozenset[str], names: Iterable[str]) -> frozenset[str]:
        self.bound.update(names)
        return known.union(names)

    def statement(self, stmt: ast.stmt, known: frozenset[str]) -> frozenset[str]:
        if isinstance(stmt, ast.If):
            known = self.read([stmt.test], known)
            return self.met([(part, self.block(part, known)) for part in (stmt.body, stmt.orelse)], known)
        if isinstance(stmt, ast.For | ast.While):
            again = known - assigned_names([stmt])
            again = self.read([stmt.test if isinstance(stmt, ast.While) else stmt.iter], again)
            self.block(stmt.body, self.read([getattr(stmt, "target", None)], again))
            self.block(stmt.orelse, known)
            return known
        if isinstance(stmt, ast.With):
            parts = [n for item in stmt.items for n in (item.context_expr, item.optional_vars)]
            self.block(stmt.body, self.read(parts, known))
            return known  # an exception may have left it
        if isinstance(stmt, ast.Try):
            return self.tried(stmt, known)
        if isinstance(stmt, ast.Match):
            known = self.read([stmt.subject], known)
            for case in stmt.cases:
                inside = self.bind(self.read([case.pattern], known), assigned_names([case.pattern]))  # type: ignore[list-item]
                self.block(case.body, self.read([case.guard], inside))
            return known
        if isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            return self.bind(known, [stmt.name])
        if isinstance(stmt, ast.Assign):
            return self.read(stmt.targets, self.read([stmt.value], known))
        if isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
            self.read([ast.Name(stmt.target.id, ast.Load()), stmt.value], known)
            return self.bind(known, [stmt.target.id])
        return self.read([stmt], known)

    def tried(self, stmt: ast.Try, known: frozenset[str]) -> frozenset[str]:
        done = self.block(stmt.orelse, self.block(stmt.body, known))
        ways: list[tuple[Sequence[ast.stmt], frozenset[str]]] = [([*stmt.body, *stmt.orelse], done)]
        for handler in stmt.handlers:
            self.read([handler.type], known)
            named = frozenset([handler.name] if handler.name else [])
            ways.append((handler.body, self.block(handler.body, self.bind(known, named)) - named))
        return self.block(stmt.finalbody, known) | self.met(ways, known)

    def met(
        self, ways: list[tuple[Sequence[ast.stmt], frozenset[str]]], known: frozenset[str]
    ) -> frozenset[str]:
        """What is bound where paths meet; one that leaves does not come there."""
        found = [bound for body, bound in ways if not (body and isinstance(body[-1], _LEAVING))]
        return frozenset.intersection(*found) if found else known


__all__ = ["fresh_names"]
