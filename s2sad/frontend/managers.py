"""What is known of context managers: whether they let exceptions pass, and which function contextlib took.

    @contextmanager
    def scope(k): ...; yield k*x; ...         with scope(3.0) as c: the body stands where the generator yields
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
from types import FunctionType
from typing import Any

import numpy as np

from s2sad.frontend.leaving import placed
from s2sad.frontend.libraries import is_library
from s2sad.frontend.state import Closure, Part, State, Value
from s2sad.frontend.trees import assigned_names
from s2sad.ir.nodes import Const, Ref

SILENT = frozenset(("ignore", "warn", "print", "log", "call"))
SWALLOWS = "this context manager may swallow an exception", "catch it with try and except"


def managed(fn: Value | None) -> Closure | None:
    """The nested generator function that contextlib.contextmanager took."""
    made = fn.args[0] if isinstance(fn, Part) and len(fn.args) == 1 else None
    by = fn.fn.obj if isinstance(fn, Part) and isinstance(fn.fn, Ref) else None
    return made if by is contextlib.contextmanager and isinstance(made, Closure) else None


def is_manager(obj: Any) -> bool:
    """Whether a function is one that contextlib makes of a generator function."""
    return isinstance(obj, FunctionType) and is_library(obj)


def stacked(low: State, stmt: ast.With) -> list[ast.stmt] | None:
    """`with ExitStack() as stack` as with statements in one another; None for all other statements.

    stack.enter_context(np.errstate(all="ignore"))        with np.errstate(all="ignore"):
    c = stack.enter_context(scope(3.0))                       with scope(3.0) as c:
    y = c*x                                            =>         y = c*x
    """
    item = stmt.items[-1]
    call, name = item.context_expr, item.optional_vars
    fn = low.peeked(call.func) if isinstance(call, ast.Call) and not call.args else None
    if not (isinstance(fn, Ref) and fn.obj is contextlib.ExitStack and isinstance(name, ast.Name)):
        return None
    body = _nested(stmt.body, name.id)
    for node in (n for s in body for n in ast.walk(s)):
        if isinstance(node, ast.Name) and node.id == name.id:
            what = "a stack of context managers is used where it is not known what has been entered"
            low.refuse(node, what, "enter them one after the other with stack.enter_context(...)")
    if len(stmt.items) > 1:
        body = [ast.copy_location(ast.With(stmt.items[:-1], body), stmt)]
    return body


def _nested(body: list[ast.stmt], stack: str) -> list[ast.stmt]:
    """Statements with those that enter a manager around what follows them."""
    for k, stmt in enumerate(body):
        inner, test = stmt, None
        if (made := _called_back(stmt, stack, assigned_names(body[k + 1 :]))) is not None:
            rest = _nested(body[k + 1 :], stack) or [ast.copy_location(ast.Pass(), stmt)]
            last = ast.copy_location(ast.Try(rest, [], [], [made[-1]]), stmt)
            return [*body[:k], *made[:-1], last]
        if isinstance(stmt, ast.If) and len(stmt.body) == 1 and not stmt.orelse:
            inner, test = stmt.body[0], stmt.test
        manager = _entered(inner, stack)
        target = inner.targets[0] if isinstance(inner, ast.Assign) else None
        if manager is None or (test is not None and target is not None):
            continue
        if test is not None:
            manager = ast.copy_location(ast.IfExp(test, manager, ast.Constant(None)), stmt)
            ast.fix_missing_locations(manager)
        rest = _nested(body[k + 1 :], stack) or [ast.copy_location(ast.Pass(), stmt)]
        item = ast.withitem(manager, target)
        return [*body[:k], ast.copy_location(ast.With([item], rest), stmt)]
    return body


def _called_back(stmt: ast.stmt, stack: str, later: set[str]) -> list[ast.stmt] | None:
    """The arguments of `stack.callback(fn, a, b=c)` under names, and the call; None for other statements.

    Methods of what has a name keep it, unless that is among the names that are bound `later`.
    """
    call = stmt.value if isinstance(stmt, ast.Expr) else None
    match call:
        case ast.Call(ast.Attribute(ast.Name(id=name), "callback"), [fn, *args], words) if name == stack:
            pass
        case _:
            return None
    if any(isinstance(a, ast.Starred) for a in args) or any(w.arg is None for w in words):
        return None
    values = [fn, *args, *(w.value for w in words)]
    names = [f"called {stmt.lineno} {k}" for k in range(len(values))]  # no user's name has a blank
    loads: list[ast.expr] = [ast.Name(n, ast.Load()) for n in names]
    named = [ast.keyword(w.arg, v) for w, v in zip(words, loads[1 + len(args) :], strict=True)]
    bound = [ast.Assign([ast.Name(n, ast.Store())], v) for n, v in zip(names, values, strict=True)]
    if isinstance(fn, ast.Attribute) and isinstance(fn.value, ast.Name) and fn.value.id not in later:
        loads[0], bound = fn, bound[1:]
    made = ast.Expr(ast.Call(loads[0], loads[1 : 1 + len(args)], named))
    return [placed(part, stmt) for part in (*bound, made)]


def _entered(stmt: ast.stmt, stack: str) -> ast.expr | None:
    """The manager of `c = stack.enter_context(manager)`, with or without a name."""
    if not isinstance(stmt, ast.Expr | ast.Assign) or len(getattr(stmt, "targets", [0])) != 1:
        return None
    match stmt.value:
        case ast.Call(ast.Attribute(ast.Name(id=name), "enter_context"), [manager], []) if name == stack:
            return manager
    return None


def choice(low: State, node: ast.expr) -> list[ast.expr] | None:
    """The managers between which a conditional expression chooses, or that of a name that is given one.

    None stands for no manager.
    """
    if isinstance(node, ast.Name):
        tree: Any = low.scope.node or low.scope.source.node
        stores = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
        places = [id(n) for n in stores if n.id == node.id]
        made = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and id(n.targets[0]) in places]
        value = made[0].value if len(made) == len(places) == 1 else None
        return choice(low, value) if isinstance(value, ast.IfExp) else None
    if not isinstance(node, ast.IfExp):
        return None
    sides = (node.body, node.orelse)
    found = [(choice(low, side) if isinstance(side, ast.IfExp) else None) or [side] for side in sides]
    return [one for side in found for one in side]


def is_silent(low: State, node: ast.expr) -> bool:
    """Whether a manager is None, nullcontext(), or an np.errstate."""
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.Constant) and node.value is None
    fn = low.peeked(node.func)
    obj = fn.obj if isinstance(fn, Ref) else None
    return obj is np.errstate or (obj is contextlib.nullcontext and not node.args)


def silence(low: State, call: ast.Call) -> None:
    """Warnings say nothing about values: the block is lowered as it is, and the text silences it."""
    modes = [low.operand(k.value) for k in call.keywords]
    for mode in modes:
        if not (isinstance(mode, Const) and mode.value in SILENT):
            low.refuse(
                call,
                "np.errstate makes exceptions of warnings here",
                'use "ignore" or "warn", and test the values',
            )
    low.quiet |= any(isinstance(m, Const) and m.value == "ignore" for m in modes)


def check_exit(low: State, obj: Any, node: ast.AST) -> None:
    """Refuse a manager whose `__exit__` may swallow an exception."""
    if isinstance(obj, Closure):
        if _catches(obj.node):
            low.refuse(node, *SWALLOWS)
        return
    leave = getattr(obj, "__exit__", None) if isinstance(obj, type) else None
    if leave is not None and not inspect.isfunction(leave):
        return  # compiled: locks and files let exceptions pass
    source = leave if leave is not None else getattr(obj, "__wrapped__", None)
    if isinstance(obj, type) and leave is None:
        low.refuse(node, f"{obj.__name__} is no context manager", "give it __enter__ and __exit__")
    if source is None and not isinstance(obj, type):
        if callable(obj) and getattr(obj, "__module__", "") in ("_io", "io", "builtins"):
            return  # open
        low.refuse(node, "what this context manager does is not known", "write a class with __exit__")
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(source)))  # type: ignore[arg-type]  # a function or nothing
    except (OSError, TypeError, SyntaxError):
        low.refuse(node, "this context manager has no source that can be read", "use one that has")
    if leave is None:
        swallows = _catches(tree)
    else:
        returns = [r for r in ast.walk(tree) if isinstance(r, ast.Return)]
        swallows = any(not (r.value is None or is_false(r.value)) for r in returns)
    if swallows:
        low.refuse(node, *SWALLOWS)


def _catches(tree: ast.AST) -> bool:
    """Whether a generator catches what is raised where it yields."""
    tries = [t for t in ast.walk(tree) if isinstance(t, ast.Try) and t.handlers]
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for t in tries for s in t.body for n in ast.walk(s))


def is_false(node: ast.expr) -> bool:
    """Whether an expression is a constant that is false."""
    return isinstance(node, ast.Constant) and not node.value


__all__ = ["check_exit", "choice", "is_false", "is_manager", "is_silent", "managed", "silence", "stacked"]
