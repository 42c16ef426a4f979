"""Which generators may be read to their end at once, where several are taken from in step.

    def powers(x, n):                       zip(powers(x, 3), powers(y, 4)): a list of the second, as it ends,
        p = 1.0                             and reads and changes nothing but numbers of its own
        for _ in range(n):
            p = p*x
            yield p
"""

from __future__ import annotations

import ast
import builtins
import functools
import types
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend.source import find
from s2sad.frontend.state import Generator, State, Value
from s2sad.frontend.trees import walk
from s2sad.ir.nodes import Const, Ref, Var

_ENDLESS = (
    ast.FunctionDef, ast.ClassDef, ast.While, ast.YieldFrom, ast.Try, ast.With, ast.Raise, ast.Global,
    ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.Subscript, ast.NamedExpr,
    ast.Import, ast.ImportFrom,
)  # fmt: skip
_PLAIN = (range, abs, min, max, float, int, round, pow, sum)


def ends(low: State, made: Value, quietly: bool = False) -> bool:
    """Whether a generator ends with its ranges, and touches nothing but numbers of its own.

    It ends `quietly` if no item raises an exception: then those may be computed that nobody takes.
    """
    if not isinstance(made, Generator) or not isinstance(made.fn, Ref):
        return False
    given = (*made.args, *made.kwargs.values())
    numbers = all(isinstance(v, Const) or (isinstance(v, Var) and low.kind(v).is_scalar) for v in given)
    fun = made.fn.obj
    if not numbers or not isinstance(fun, types.FunctionType) or not _ends(fun, fun.__code__):
        return False
    return not quietly or not any(_may_raise(fun, n) for n in walk([find(fun, generators=True).node]))


def _may_raise(fun: types.FunctionType, node: ast.AST) -> bool:
    """Whether an operation on numbers may raise an exception."""
    if isinstance(node, ast.Call):
        called = _called(fun, node.func)
        return not isinstance(called, np.ufunc) and called not in (range, abs, min, max)
    known = isinstance(node, ast.BinOp | ast.AugAssign) and not isinstance(node.op, ast.Pow)
    divides = known and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)  # type: ignore[attr-defined]
    by = node.right if isinstance(node, ast.BinOp) else getattr(node, "value", None)
    if divides:
        return not (isinstance(by, ast.Constant) and by.value)
    return isinstance(node, ast.BinOp | ast.AugAssign) and not known


@functools.lru_cache(maxsize=256)
def _ends(fun: types.FunctionType, code: types.CodeType) -> bool:
    try:
        tree = find(fun, generators=True).node
    except UnsupportedError:
        return False
    if not isinstance(tree, ast.FunctionDef) or code.co_freevars:
        return False
    for n in walk(tree.body):
        if isinstance(n, _ENDLESS):
            return False
        if isinstance(n, ast.For):
            space = _called(fun, n.iter.func) if isinstance(n.iter, ast.Call) else None
            if space is not range:
                return False
        if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load):
            return False
        if isinstance(n, ast.Call) and not _is_plain(_called(fun, n.func)):
            return False
        if isinstance(n, ast.Name) and n.id not in code.co_varnames:
            found = fun.__globals__.get(n.id, getattr(builtins, n.id, None))
            if not (isinstance(found, types.ModuleType | int | float) or _is_plain(found)):
                return False
    return True


def _called(fun: types.FunctionType, node: ast.expr) -> Any:
    """The function that a name, or an attribute of a module, is."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        module = fun.__globals__.get(node.value.id)
        return getattr(module, node.attr, None) if isinstance(module, types.ModuleType) else None
    if isinstance(node, ast.Name) and node.id not in fun.__code__.co_varnames:
        return fun.__globals__.get(node.id, getattr(builtins, node.id, None))
    return None


def _is_plain(found: Any) -> bool:
    """Whether a function computes a number, and does nothing else."""
    module = getattr(found, "__module__", None)
    return isinstance(found, np.ufunc) or module == "math" or any(found is known for known in _PLAIN)


__all__ = ["ends"]
