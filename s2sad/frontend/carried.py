"""Exceptions that carry values: what raises them in a try statement says so by a flag, and is left.

    def search(v):                        def search(v):
        if v > 4.0:                           if v > 4.0:
            raise Stopped(v)                      failed = True; error = Stopped(v): an object of the program
        return v*v                            else: value = v*v

    try: y = search(x)             =>     value = search(x)
    except Stopped as e:                  if failed: y = error.best*x
        y = e.best*x                      else: y = value

Takes the statements that `attempts` has set apart, one call in each. Functions that are called there are
lowered with a return in the place of what the clause catches, and behind each call that may have failed. A
call in another place (in a conditional expression, in a try statement within the function) raises its
exception as it stands, and what that carries has no derivative.
"""

from __future__ import annotations

import ast
import builtins
import copy
import types
from collections.abc import Callable, Sequence
from typing import Any

from s2sad.frontend.exits import Failing
from s2sad.frontend.leaving import placed
from s2sad.frontend.libraries import is_library
from s2sad.frontend.pieces import pieces
from s2sad.frontend.source import RULES, Source
from s2sad.frontend.trees import sorts, unused, walk

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DELICATE = (
    ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.TryStar, ast.AsyncFor, ast.AsyncWith,
)  # fmt: skip
_HIDING = (ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)


UNKNOWN = object()
WHOLE = "whole"  # the exception itself, among the attributes that a clause reads


class Fits(ast.expr):
    """Whether a clause catches what an expression makes."""

    made: ast.expr


class Caught(ast.expr):
    """Notes that an exception has come."""

    made: ast.expr


class Failed(ast.expr):
    """Whether an exception has come."""


class Marked(ast.Call):
    """A call behind which it is asked whether an exception has come."""


def reads(handler: ast.ExceptHandler) -> bool:
    """Whether a clause reads what its exception carries."""
    nodes = (n for s in handler.body for n in ast.walk(s) if isinstance(n, ast.Attribute))
    return handler.name is not None and any(is_part(n, handler.name) for n in nodes)


def wanted(handler: ast.ExceptHandler) -> frozenset[str] | None:
    """The attributes that a clause reads of its exception, `WHOLE` for that itself; None for none."""
    if not reads(handler):
        return None
    nodes = [n for s in handler.body for n in ast.walk(s) if isinstance(n, ast.Attribute)]
    names = {n.attr for n in nodes if is_part(n, handler.name or "")}
    return frozenset(names | {WHOLE} if is_whole(handler) else names)


def is_part(node: ast.AST, name: str) -> bool:
    """Whether an expression reads an attribute of what has a name, or asks for its class."""
    if isinstance(node, ast.Attribute) and not node.attr.startswith("__"):
        return isinstance(node.value, ast.Name) and node.value.id == name
    asked = node.args[0] if isinstance(node, ast.Call) and len(node.args) == 2 else None
    fn = node.func if isinstance(node, ast.Call) else None
    asks = isinstance(fn, ast.Name) and fn.id == "isinstance"
    return asks and isinstance(asked, ast.Name) and asked.id == name


def is_whole(handler: ast.ExceptHandler) -> bool:
    """Whether a clause asks for its exception itself: prints it, or raises it again."""
    nodes = [n for s in handler.body for n in ast.walk(s)]
    parts = sum(is_part(n, handler.name or "") for n in nodes)
    names = sum(isinstance(n, ast.Name) and n.id == handler.name for n in nodes)
    return names > parts or any(isinstance(n, ast.Raise) and n.exc is None for n in nodes)


def raised(stmt: ast.Raise, behind: list[ast.stmt]) -> list[ast.stmt]:
    """A raise statement that is a note and `behind`, if a clause fits."""
    if stmt.exc is None:
        return [stmt]
    test, note = Fits(), Caught()
    test.made = note.made = stmt.exc
    return [placed(ast.If(test, [ast.Expr(note), *behind], [stmt]), stmt)]


class Reader:
    """Brings the statements of one function into form."""

    def __init__(self, names: set[str], space: dict[str, Any], rebinding: bool) -> None:
        self.space = space
        self.rebinding = rebinding  # names may change while a statement is executed
        self.taken = set(names)

    def fresh(self, hint: str) -> str:
        return unused(hint, self.taken)

    # -------------------------------------------------------------------------------------------- calls

    def may_fail(self, node: ast.expr) -> bool:
        """Whether a function of the program may be called in an expression."""
        return any(isinstance(n, ast.Call) and self.is_own(n.func) for n in walk([node], _SCOPES))

    def is_own(self, func: ast.expr) -> bool:
        found = self.meant(func)
        return found is UNKNOWN or _is_own(found)

    def meant(self, node: ast.expr) -> Any:
        """What a name, or an attribute of a module, means outside of the function."""
        if isinstance(node, ast.Name):
            return self.space.get(node.id, UNKNOWN)
        base = self.meant(node.value) if isinstance(node, ast.Attribute) else None
        return getattr(base, node.attr, UNKNOWN) if isinstance(base, types.ModuleType) else UNKNOWN  # type: ignore[attr-defined]

    def marked(self, value: ast.expr, before: list[ast.stmt]) -> ast.expr:
        """An expression with its call marked, if it is one call of what has been computed."""
        if not isinstance(value, ast.Call) or not self.is_own(value.func):
            return value
        inside = [*value.args, *(k.value for k in value.keywords)]
        inside += [value.func.value] if isinstance(value.func, ast.Attribute) else []
        if any(map(self.may_fail, inside)):
            return value
        args = [self.named(a, before) for a in value.args]
        words = [ast.keyword(k.arg, self.named(k.value, before)) for k in value.keywords]
        return ast.copy_location(Marked(value.func, args, words), value)

    def named(self, value: ast.expr, before: list[ast.stmt]) -> ast.expr:
        """An argument under a name: properties and operators are functions of the program too."""
        if isinstance(value, ast.Name | ast.Constant | ast.Lambda | ast.Starred):
            return value
        name = self.fresh("piece")
        before.append(placed(ast.Assign([ast.Name(name, ast.Store())], value), value))
        return ast.copy_location(ast.Name(name, ast.Load()), value)

    def simple(self, stmt: Any, behind: Callable[[], list[ast.stmt]]) -> list[ast.stmt]:
        """A statement whose calls stand in statements of their own."""
        value = getattr(stmt, "value", None)
        if value is None or not isinstance(value, ast.expr) or not self.may_fail(value):
            return [stmt]
        if isinstance(stmt, ast.AugAssign) and (self.rebinding or not isinstance(stmt.target, ast.Name)):
            return [stmt]
        if self.rebinding and not isinstance(value, ast.Call):
            return [stmt]
        if any(isinstance(n, _HIDING) and self.may_fail(n) for n in walk([value], _SCOPES)):
            return [stmt]
        out: list[ast.stmt] = []
        if not isinstance(stmt, ast.Assign | ast.Expr) or not isinstance(value, ast.Call):
            name = self.fresh("piece")
            first = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), stmt)
            stmt = copy.copy(stmt)
            stmt.value = ast.copy_location(ast.Name(name, ast.Load()), value)
            out = [stmt]
            stmt = placed(first, value)
        elif isinstance(stmt, ast.Assign) and not all(isinstance(t, ast.Name) for t in stmt.targets):
            name = self.fresh("piece")
            first = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), stmt)
            last = ast.copy_location(ast.Assign(stmt.targets, ast.Name(name, ast.Load())), stmt)
            stmt, out = placed(first, value), [placed(last, value)]
        made: list[ast.stmt] = []
        for part in [stmt] if self.rebinding else pieces(stmt, self.fresh):
            made += self.guarded(part, behind)
        return [*made, *out]

    def guarded(self, part: Any, behind: Callable[[], list[ast.stmt]]) -> list[ast.stmt]:
        """A statement of one call, and what stands behind it if it has failed."""
        before: list[ast.stmt] = []
        call = self.marked(part.value, before)
        if call is part.value:
            return [part]
        if isinstance(part, ast.Expr):
            new: ast.stmt = ast.copy_location(ast.Expr(call), part)
            return [*before, new, placed(ast.If(Failed(), behind(), []), part)]
        name = self.fresh("made")
        new = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], call), part)
        bound = ast.Assign(part.targets, ast.Name(name, ast.Load()))
        return [*before, placed(new, part), placed(ast.If(Failed(), behind(), [bound]), part)]

    # --------------------------------------------------------------------------------------- statements

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return [new for stmt in body for new in self.statement(stmt)]

    def statement(self, stmt: Any) -> list[ast.stmt]:
        """A statement of a function that is left where an exception has come."""
        if isinstance(stmt, ast.Raise):
            return raised(stmt, _left())
        if isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            return [stmt]
        if isinstance(stmt, ast.If | ast.Match):
            return self.headed(stmt, "test" if isinstance(stmt, ast.If) else "subject")
        if isinstance(stmt, ast.While) and not stmt.orelse and self.may_fail(stmt.test):
            return [self.turning(stmt)]
        if isinstance(stmt, ast.For | ast.While | ast.With):
            return [self.filled(stmt)]
        if isinstance(stmt, ast.Try):  # what its own clauses may catch stays as it is
            new = self.filled(stmt, ("orelse",))
            new.handlers = [self.filled(h) for h in stmt.handlers]
            return [new]
        return self.simple(stmt, _left)

    def headed(self, stmt: Any, field: str) -> list[ast.stmt]:
        head = getattr(stmt, field)
        before: list[ast.stmt] = []
        new = self.filled(stmt) if isinstance(stmt, ast.If) else copy.copy(stmt)
        if isinstance(stmt, ast.Match):
            new.cases = [self.filled(case) for case in stmt.cases]
        if self.may_fail(head):
            name = self.fresh("test")
            bound = placed(ast.Assign([ast.Name(name, ast.Store())], head), head)
            before = self.simple(bound, _left)
            setattr(new, field, ast.copy_location(ast.Name(name, ast.Load()), head))
        return [*before, new]

    def turning(self, stmt: ast.While) -> ast.stmt:
        """A while loop whose test may fail."""
        name = self.fresh("test")
        bound = placed(ast.Assign([ast.Name(name, ast.Store())], stmt.test), stmt.test)
        over = ast.If(ast.UnaryOp(ast.Not(), ast.Name(name, ast.Load())), [ast.Break()], [])
        body = [*self.simple(bound, _left), over, *self.block(stmt.body)]
        made: ast.stmt = placed(ast.While(ast.Constant(True), body, []), stmt)
        return made

    def filled(self, stmt: Any, names: Sequence[str] = ("body", "orelse")) -> Any:
        new = copy.copy(stmt)
        for name in names:
            if isinstance(block := getattr(stmt, name, None), list):
                setattr(new, name, self.block(block))
        return new


def _left() -> list[ast.stmt]:
    return [Failing(None)]


def _is_own(obj: Any) -> bool:
    """Whether what is called may be a function of the program."""
    if isinstance(obj, type):
        library = obj.__module__.partition(".")[0] in ("builtins", "numpy", "collections")
        return not library and not issubclass(obj, BaseException)
    if isinstance(obj, types.FunctionType):
        return not is_library(obj)
    module = (getattr(obj, "__module__", None) or "").partition(".")[0]
    return not isinstance(obj, types.BuiltinFunctionType) and module not in ("numpy", "scipy", "math")


def space_of(source: Source) -> dict[str, Any]:
    """What names mean in a function that does not bind them."""
    own = {n.id for n in ast.walk(source.node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {a.arg for a in ast.walk(source.node) if isinstance(a, ast.arg)}
    own |= {n.name for n in ast.walk(source.node) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    found = {**vars(builtins), **source.globals}
    return {k: v for k, v in found.items() if k not in own and k not in source.cells}


def entered(source: Source, node: Any) -> ast.FunctionDef | None:
    """A function that is left where a clause of its caller's catches what is raised; None if it cannot be."""
    if not isinstance(node, ast.FunctionDef) or source.module == RULES or sorts(node) & set(_DELICATE):
        return None
    made = copy.copy(node)
    names = {v for n in walk([node]) for v in vars(n).values() if isinstance(v, str)}
    made.body = Reader(names, space_of(source), ast.Nonlocal in sorts(node)).block(node.body)
    return made


__all__ = [
    "WHOLE", "Caught", "Failed", "Fits", "Marked", "Reader", "entered", "is_part", "is_whole", "raised",
    "reads", "space_of", "wanted",
]  # fmt: skip
