"""Context managers that may swallow an exception: their with statements are try statements.

    with Fallback() as s:                 m = Fallback(); s = m.__enter__()
        y = math.sqrt(x)                  try: y = math.sqrt(x)
                                     =>   except ValueError as e:
                                              if not m.__exit__(type(e), e, None): raise
                                          else: m.__exit__(None, None, None)

Which exceptions these are, the questions in `__exit__` tell: `return kind is ValueError`,
`if issubclass(kind, (A, B)): ...; return True`. Of other forms it is taken that they swallow any exception.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from types import FunctionType
from typing import Any

from s2sad.frontend.exits import completes, leaves
from s2sad.frontend.iterators import given
from s2sad.frontend.leaving import placed
from s2sad.frontend.managers import is_false
from s2sad.frontend.operators import class_method
from s2sad.frontend.state import Method, State, Value
from s2sad.ir.nodes import Ref


def swallowing(low: State, cls: type | None, stmt: ast.With) -> list[ast.stmt] | None:
    """A with statement whose manager may swallow an exception, as a try statement; None for all others."""
    enter, leave = class_method(low, cls, "__enter__"), class_method(low, cls, "__exit__")
    fun = leave.obj if isinstance(leave, Ref) else None
    if cls is None or enter is None or not isinstance(fun, FunctionType) or not _returns_true(fun):
        return None
    if len(stmt.items) > 1:
        what = "a context manager that may swallow an exception is one of several"
        low.refuse(stmt.items[0].context_expr, what, "write with statements in one another")
    check_whole(low, stmt)
    mark = low.fresh.count
    return caught_by(stmt, f"manager {mark}", f"error {mark}")  # no user's name has a blank


def caught_by(stmt: ast.With, manager: str, error: str) -> list[ast.stmt]:
    """The try statement of `swallowing`; what it catches is what is caught by `manager.__exit__`."""
    item = stmt.items[0]
    body: list[ast.stmt] = [ast.With(stmt.items[1:], stmt.body)] if stmt.items[1:] else stmt.body

    def method(name: str) -> ast.expr:
        return ast.Attribute(ast.Name(manager, ast.Load()), name, ast.Load())

    seen = ast.Name(error, ast.Load())
    kind = ast.Call(given(Ref("type", type), stmt), [seen], [])
    asked = ast.Call(method("__exit__"), [kind, seen, ast.Constant(None)], [])
    clause = ast.ExceptHandler(
        method("__exit__"), error, [ast.If(ast.UnaryOp(ast.Not(), asked), [ast.Raise()], [])]
    )
    passed = ast.Expr(ast.Call(method("__exit__"), [ast.Constant(None) for _ in range(3)], []))
    entered: ast.stmt = ast.Expr(ast.Call(method("__enter__"), [], []))
    if item.optional_vars is not None:
        entered = ast.Assign([item.optional_vars], ast.Call(method("__enter__"), [], []))
    made = [ast.Assign([ast.Name(manager, ast.Store())], item.context_expr), entered]
    return [placed(part, stmt) for part in (*made, ast.Try(body, [clause], [passed], []))]


def caught(value: Value) -> list[Ref] | None:
    """The exceptions that an `__exit__` swallows; None for other values."""
    fun = value.fn.obj if isinstance(value, Method) and isinstance(value.fn, Ref) else None
    if not isinstance(fun, FunctionType) or fun.__name__ != "__exit__":
        return None
    return [Ref(c.__name__, c) for c in _swallowed(fun)]


def check_whole(low: State, stmt: ast.With) -> None:
    """Refuse a with statement that may swallow an exception if its body leaves it."""
    tree: Any = low.scope.node or low.scope.source.node
    at = stmt.lineno, stmt.col_offset
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.With)):
        if (node.lineno, node.col_offset) == at and (leaves(node) or not completes(node.body)):
            what = "a with statement that may swallow an exception is left from within its body"
            instead = "return or break behind it, or catch the exception with try and except"
            low.refuse(stmt.items[0].context_expr, what, instead)


def _swallowed(leave: FunctionType) -> list[type]:
    """The exceptions that an `__exit__` may swallow: those that it asks for, or all of them."""
    tree = _tree_of(leave)
    assert tree is not None
    return sorted(_true_for(tree.body, None, leave, tree.args), key=lambda c: c.__name__)


def _true_for(
    body: list[ast.stmt], known: set[type] | None, leave: FunctionType, spec: ast.arguments
) -> set[type]:
    """The exceptions for which a block may return true, if only the `known` ones come there."""
    found: set[type] = set()
    for stmt in body:
        if isinstance(stmt, ast.If):
            turned = isinstance(stmt.test, ast.UnaryOp) and isinstance(stmt.test.op, ast.Not)
            asked = _asked(stmt.test.operand if turned else stmt.test, leave, spec)  # type: ignore[attr-defined]
            first = asked if asked is not None and not turned else known
            found |= _true_for(stmt.body, first, leave, spec) | _true_for(stmt.orelse, known, leave, spec)
            if turned and asked is not None and isinstance(stmt.body[-1], ast.Return):
                known = asked
        elif isinstance(stmt, ast.Return):
            if stmt.value is not None and not is_false(stmt.value):
                asked = _asked(stmt.value, leave, spec)
                found |= next((c for c in (asked, known) if c is not None), {BaseException})
        else:
            inner = [n for n in ast.walk(stmt) if isinstance(n, ast.Return)]
            found |= {BaseException} if inner else set()
    return found


def _asked(node: ast.expr, leave: FunctionType, spec: ast.arguments) -> set[type] | None:
    """The exceptions for which an expression may be true; None if that is not known."""
    if isinstance(node, ast.BoolOp):
        parts = [_asked(v, leave, spec) for v in node.values]
        known = [p for p in parts if p is not None]
        if isinstance(node.op, ast.And):
            return known[0] if known else None
        return set().union(*known) if len(known) == len(parts) else None
    places = [a.arg for a in (*spec.posonlyargs, *spec.args)][1:3]
    match node:
        case ast.Compare(ast.Name(id=of), [ast.Is() | ast.Eq() | ast.In()], [classes]) if of in places[:1]:
            pass
        case ast.Call(ast.Name(id="issubclass" | "isinstance"), [ast.Name(id=of), classes], []):
            if of not in places:
                return None
        case _:
            return None
    asked = classes.elts if isinstance(classes, ast.Tuple | ast.List | ast.Set) else [classes]
    names = [n.id for n in asked if isinstance(n, ast.Name)]
    code, space = leave.__code__, {**vars(builtins), **leave.__globals__}
    found = {space[n] for n in names if n in space and n not in (*code.co_varnames, *code.co_freevars)}
    errors = {c for c in found if isinstance(c, type) and issubclass(c, BaseException)}
    return errors if len(names) == len(asked) and len(errors) == len(set(names)) else None


def _tree_of(fun: FunctionType) -> ast.FunctionDef | None:
    """The tree of a function's definition; None if it cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(fun))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None
    return tree if isinstance(tree, ast.FunctionDef) else None


def _returns_true(leave: FunctionType) -> bool:
    """Whether an `__exit__` may return true."""
    tree = _tree_of(leave)
    if tree is None:
        return False
    returns = [r.value for r in ast.walk(tree) if isinstance(r, ast.Return)]
    return any(value is not None and not is_false(value) for value in returns)


__all__ = ["caught", "caught_by", "swallowing"]
