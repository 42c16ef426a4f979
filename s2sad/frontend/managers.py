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

from s2sad.frontend.libraries import is_library
from s2sad.frontend.state import Closure, Part, State, Value
from s2sad.ir.nodes import Ref

SWALLOWS = "this context manager may swallow an exception", "catch it with try and except"


def managed(fn: Value | None) -> Closure | None:
    """The nested generator function that contextlib.contextmanager took."""
    made = fn.args[0] if isinstance(fn, Part) and len(fn.args) == 1 else None
    by = fn.fn.obj if isinstance(fn, Part) and isinstance(fn.fn, Ref) else None
    return made if by is contextlib.contextmanager and isinstance(made, Closure) else None


def is_manager(obj: Any) -> bool:
    """Whether a function is one that contextlib makes of a generator function."""
    return isinstance(obj, FunctionType) and is_library(obj)


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
        swallows = any(not (r.value is None or _is_false(r.value)) for r in returns)
    if swallows:
        low.refuse(node, *SWALLOWS)


def _catches(tree: ast.AST) -> bool:
    """Whether a generator catches what is raised where it yields."""
    tries = [t for t in ast.walk(tree) if isinstance(t, ast.Try) and t.handlers]
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for t in tries for s in t.body for n in ast.walk(s))


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


__all__ = ["check_exit", "is_manager", "managed"]
