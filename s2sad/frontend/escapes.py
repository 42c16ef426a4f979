"""Iterators and views of dicts that are kept where they have no name, and read later.

    consume(map(f, xs), xs)        def consume(it, xs): xs[0] = 1.0; return sum(it)
    a.items = (v*v for v in xs); xs[0] = 1.0; sum(a.items)
    def squares(): return (v*v for v in xs)        def total(values=d.values()): return sum(values)

They are lists here, as those that have a name (see `late`), as long as nobody can tell. What stands behind
the place where one is made, in the function and in those that have called it, and what a function writes
that takes one, is looked at: where that may be what the items are made of, there is a generator, which is
read as Python reads it, or a refusal.
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Iterator, Sequence
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend import ahead, generators, streams, touched
from s2sad.frontend.iterators import LAZY
from s2sad.frontend.libraries import READ, is_library
from s2sad.frontend.source import RULES, find
from s2sad.frontend.state import Closure, Method, Scope, State, Value
from s2sad.frontend.trees import walk
from s2sad.frontend.values import hashable
from s2sad.ir.nodes import Const, Ref

_AT_ONCE = (  # they take all at once, or nothing; a cycle is read by index
    itertools.product, itertools.combinations, itertools.permutations, itertools.count, itertools.repeat,
    itertools.combinations_with_replacement, itertools.cycle,
)  # fmt: skip
_VIEWS = frozenset(f".{name}" for name in streams.VIEWS)
_KEEPING = frozenset((".append", ".insert", ".appendleft", ".setdefault", ".add"))
_TAKING = frozenset("sum list tuple sorted max min dict set frozenset any all fsum prod fromiter".split())
_FIELDS = {
    ast.Call: ("args", "keywords"), ast.Tuple: ("elts",), ast.List: ("elts",), ast.Set: ("elts",),
    ast.Dict: ("values",), ast.IfExp: ("body", "orelse"), ast.BoolOp: ("values",), ast.Return: ("value",),
    ast.Assign: ("value",), ast.AnnAssign: ("value",), ast.NamedExpr: ("value",), ast.Yield: ("value",),
    ast.Lambda: ("body",), ast.arguments: ("defaults", "kw_defaults"), ast.DictComp: ("value",),
    ast.ListComp: ("elt",), ast.SetComp: ("elt",), ast.GeneratorExp: ("elt",),
}  # fmt: skip
_MADE = (ast.GeneratorExp, ast.Call)
_HOLDING = (ast.GeneratorExp, ast.Call, ast.IfExp, ast.BoolOp, ast.NamedExpr)
_THERE = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.Compare)
_At = tuple[int, int, int | None, int | None]


def may_give(fn: Value, node: ast.Call) -> bool:
    """Whether a call may give an iterator, or a view of a dict."""
    if isinstance(fn, Method):
        return isinstance(fn.fn, Const) and fn.fn.value in _VIEWS
    obj = fn.obj if isinstance(fn, Ref) else None
    if obj is None or getattr(obj, "__module__", "builtins") not in ("builtins", "itertools"):
        return False
    if obj is iter:
        return len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp | ast.Call)
    return _is(obj, (zip, enumerate, reversed)) or (hashable(obj) and obj in LAZY and not _is(obj, _AT_ONCE))


def kept(low: State, node: ast.Call | ast.GeneratorExp) -> Value | None:
    """What is read late of an iterator that is kept without a name; None where a list is the same."""
    module = low.scope.source.module
    if module == RULES or module in READ or module.startswith("s2sad.generated"):
        return None
    place = _places(low.scope.source.node).get(_at(node))
    if place is None or (isinstance(place, ast.Call) and not _hands_on(low, place)):
        return None
    whole, node = node, _within(low, node)
    if not _changes(low, node, place):
        return None
    if isinstance(node, ast.GeneratorExp):
        first = node.generators[0].iter
        if isinstance(first, ast.Call):
            return generators.over(low, node, _read_late(low, first))
        return generators.over(low, node, low.settled(low.operand(first), node))
    return _read_late(low, node, node is whole)


def _read_late(low: State, node: ast.Call, again: bool = False) -> Value:
    """A view of a dict that shows what the dict holds later; other iterators are refused."""
    if ahead.is_view(low, node) and isinstance(node.func, ast.Attribute):
        held = low.operand(node.func.value)
        made = generators.stream(low, streams.VIEWS[node.func.attr], [held], {})
        made.again = again
        return made
    fn = low.peeked(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
    if fn is None or may_give(fn, node) or _hands_on(low, node):
        low.refuse(node, "what an iterator is made of changes before it is taken from", "make a list of it")
    return low.settled(low.operand(node), node)


def _within(low: State, node: ast.Call | ast.GeneratorExp) -> ast.Call | ast.GeneratorExp:
    """What iter() gets of an iterator; all else as it is."""
    fn = low.peeked(node.func) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
    inner = node.args[0] if isinstance(node, ast.Call) and isinstance(fn, Ref) and fn.obj is iter else None
    return inner if isinstance(inner, ast.Call | ast.GeneratorExp) else node


# --------------------------------------------------------------------------------------------- places


@functools.lru_cache(maxsize=256)
def _places(tree: ast.AST) -> dict[_At, ast.AST]:
    """Where in a function expressions stand that are kept: what holds them."""
    found: dict[_At, ast.AST] = {}
    named: set[int] = set()
    for node in walk([tree]):
        place: ast.AST | None = node
        if isinstance(node, ast.IfExp | ast.BoolOp):
            place = found.get(_at(node))
        elif isinstance(node, ast.Assign):
            target = node.targets[0] if len(node.targets) == 1 else None
            several = isinstance(target, ast.Tuple | ast.List)
            if several and isinstance(node.value, ast.Tuple):
                named.add(id(node.value))
            if several or (isinstance(target, ast.Name) and isinstance(node.value, _MADE)):
                place = None
        if place is not None and id(node) not in named:
            found.update((_at(part), place) for part in _held(node) if isinstance(part, _HOLDING))
    return found


def _held(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions that an expression or statement keeps, or hands on."""
    for field in _FIELDS.get(type(node), ()):
        part = getattr(node, field)
        for one in part if isinstance(part, list) else [part]:
            yield one.value if isinstance(one, ast.keyword) else one


def _at(node: ast.AST) -> _At:
    lines: Any = node
    return lines.lineno, lines.col_offset, lines.end_lineno, lines.end_col_offset


def _hands_on(low: State, call: ast.Call) -> bool:
    """Whether a call may keep an argument, or read it late: not that of a function that takes from it."""
    if isinstance(call.func, ast.Call):
        return not _is_built_in(low, call.func)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
        return False  # ", ".join(...)
    fn = low.peeked(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else None
    if isinstance(fn, Method) and isinstance(fn.fn, Const):
        return fn.fn.value in _KEEPING
    fn = fn.fn if isinstance(fn, Method) else fn
    if not isinstance(fn, Ref):
        return True
    obj = fn.obj.__func__ if isinstance(fn.obj, MethodType) else fn.obj
    if isinstance(obj, FunctionType):
        return not is_library(obj)
    return isinstance(obj, type) and obj.__module__ not in ("builtins", "collections", "itertools")


def _is_built_in(low: State, made: ast.Call) -> bool:
    """Whether an expression is `type(xs)` of a list, tuple or dict of Python's."""
    asked = low.peeked(made.func) if isinstance(made.func, ast.Name) else None
    if not (isinstance(asked, Ref) and asked.obj is type and len(made.args) == 1):
        return False
    of = low.peeked(made.args[0]) if isinstance(made.args[0], ast.Name | ast.Attribute) else None
    return of is not None and low.kind(of).cat in ("list", "tuple", "dict") and low.class_of(of) is None


# -------------------------------------------------------------------------------------------- changes


def _changes(low: State, node: ast.expr, place: ast.AST) -> bool:
    """Whether what an iterator reads may be written, or bound anew, before all is taken from it."""
    names = ahead.read(low, node)
    elements = isinstance(node, ast.GeneratorExp) or not ahead.is_view(low, node)
    attributes = _lazily_read(low, node)
    scope, callers = _function(low.scope), list(reversed(low.callers))
    if isinstance(place, ast.Call):
        call: list[ast.stmt] = [ast.copy_location(ast.Expr(place), place)]
        if touched.among(low, names, touched.roots(low, call, elements, attributes)):
            return True
        if _is_taken(low, place, node):
            return False
    handing = isinstance(place, ast.Return | ast.Lambda)
    behind = [] if handing else _behind(scope)
    values = [v for n in names if (v := touched.value_of(low, n)) is not None]
    found = touched.roots(low, behind, elements, attributes)
    if touched.bound(behind) & names or touched.among(low, names, found):
        return True
    inner = low.scope
    try:
        for caller in callers:
            low.scope = caller
            outer = _function(caller)
            behind = _behind(outer)
            if handing and not _keeps(low, outer.stmt, _places(outer.source.node)):
                return False
            handing = handing and isinstance(outer.stmt, ast.Return)
            if _changed_there(low, inner, names, values, behind, (elements, attributes)):
                return True
    finally:
        low.scope = inner
    return False


def _lazily_read(low: State, node: ast.AST) -> frozenset[str] | None:
    """The attributes that are read when items are taken, none of d.values(); None where that is not known."""
    if isinstance(node, _THERE) or ahead.is_view(low, node):
        return frozenset()
    parts: Sequence[ast.AST] = ()
    late: Sequence[ast.AST] = ()
    if isinstance(node, ast.GeneratorExp):
        first, *others = node.generators
        parts, late = [first.iter], [node.elt, *first.ifs, *others]
    elif isinstance(node, ast.Tuple | ast.List):
        parts = [*node.elts]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        fn = low.peeked(node.func)
        obj = fn.obj if isinstance(fn, Ref) else None
        mapped = _is(obj, (map, filter))
        if not mapped and not _is(obj, (zip, enumerate, reversed)):
            return None
        parts, late = node.args[mapped:], node.args[:mapped]
        if late and not isinstance(late[0], ast.Lambda) and not _is_library(low, node.args[0]):
            return None
    else:
        return None
    found = [_lazily_read(low, part) for part in parts] + [_plainly_read(low, part) for part in late]
    known = [f for f in found if f is not None]
    return frozenset().union(*known) if len(known) == len(found) else None


def _plainly_read(low: State, part: ast.AST) -> frozenset[str] | None:
    """The attributes that code reads; None where it calls functions of the user's, or reads properties."""
    found = {touched.OPERATORS}
    for n in walk([part]):
        if isinstance(n, ast.Call) and not _is_library(low, n.func):
            return None
        if isinstance(n, ast.Attribute):
            cls = low.class_of(held) if (held := generators.peek(low, n.value)) is not None else None
            if cls is None or hasattr(cls, n.attr) or hasattr(cls, "__getattr__"):
                return None
            found.add(n.attr)
    return frozenset(found)


def _is_library(low: State, node: ast.expr) -> bool:
    """Whether an expression is a function of Python or of a library."""
    fn = generators.peek(low, node)
    obj = fn.obj if isinstance(fn, Ref) else None
    if isinstance(obj, type):
        return obj.__module__ == "builtins"
    if isinstance(obj, FunctionType):
        return is_library(obj)
    return isinstance(obj, BuiltinFunctionType | np.ufunc)


def _changed_there(
    low: State,
    inner: Scope,
    names: set[str],
    values: list[Value],
    behind: list[ast.stmt],
    counting: tuple[bool, frozenset[str] | None],
) -> bool:
    """Whether statements of a caller write what the names stand for in a function that it has called."""
    around = [inner]
    while around[-1].parent is not None:
        around.append(around[-1].parent)
    seen = names if any(s is low.scope for s in around) else set()
    if seen & touched.bound(behind):
        return True
    found = touched.roots(low, behind, *counting)
    if not found:
        return False
    stmt = _function(low.scope).stmt
    parts: list[ast.AST] = [stmt.iter] if isinstance(stmt, ast.For) else [stmt] if stmt is not None else []
    given = {n.id for n in walk(parts) if isinstance(n, ast.Name)}
    values_of = [(n, v) for n in given if (v := touched.value_of(low, n)) is not None]
    given = {n for n, v in values_of if touched.may_be_written(low, v)}
    return touched.among(low, seen | given | touched.alike(low, values), found)


def _function(scope: Scope) -> Scope:
    """The scope of a function, of that of a comprehension in it."""
    while scope.stmt is None and scope.parent is not None:
        scope = scope.parent
    return scope


def _behind(scope: Scope) -> list[ast.stmt]:
    """The statement that is being read in a function, those behind it, and the loops around it."""
    stmt = scope.stmt
    if stmt is None:
        return []
    found: list[ast.stmt] = [stmt]
    tree: Any = scope.node or scope.source.node
    block = tree.body if isinstance(tree.body, list) else []
    while block:
        at = next((k for k, s in enumerate(block) if _holds(s, stmt)), len(block))
        if at == len(block):
            break
        s = block[at]
        found += block[at + 1 :]
        if isinstance(s, ast.For | ast.While):
            found.append(s)
        block = [inner for part in _blocks(s) for inner in part]
    return found


def _holds(whole: ast.stmt, part: ast.stmt) -> bool:
    """Whether a statement stands in another one, or is it: lowering may have made another node of it."""
    start, end = (part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)
    last = (whole.end_lineno or 0, whole.end_col_offset or 0)
    return (whole.lineno, whole.col_offset) <= start and end <= last


def _blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement."""
    for field in ("body", "orelse", "finalbody"):
        yield getattr(stmt, field, [])
    for part in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
        yield part.body


def _keeps(low: State, stmt: ast.stmt | None, places: dict[_At, ast.AST]) -> bool:
    """Whether the statement of a function that is being read may keep what a call in it gives."""
    if stmt is None or isinstance(stmt, ast.For | ast.While | ast.With):
        return True
    value = stmt.value if isinstance(stmt, ast.Assign | ast.AnnAssign) else None
    named = [id(part) for part in (value.elts if isinstance(value, ast.Tuple) else [value])]
    for n in walk([stmt]):
        if isinstance(n, ast.Call) and _hands_on(low, n):
            place = places.get(_at(n))
            if id(n) in named or (place is not None and not isinstance(place, ast.Call)):
                return True
            if isinstance(place, ast.Call) and _is_kept_by(low, place, n):
                return True
    return False


def _is_kept_by(low: State, call: ast.Call, part: ast.Call) -> bool:
    """Whether a call keeps an argument, makes an iterator of it, or writes something meanwhile."""
    if _hands_on(low, call):
        return not _is_taken(low, call, part) or bool(touched.roots(low, [ast.Expr(call)]))
    fn = low.peeked(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else None
    return isinstance(fn, Ref) and (fn.obj is iter or may_give(fn, call))


def _is_taken(low: State, call: ast.Call, node: ast.expr) -> bool:
    """Whether a function takes all of an argument, and keeps nothing of it."""
    fn = low.peeked(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else None
    shift = isinstance(fn, Method)
    fn = fn.fn if isinstance(fn, Method) else fn
    tree: Any = fn.node if isinstance(fn, Closure) else None
    if isinstance(fn, Ref):
        obj = fn.obj.__func__ if isinstance(fn.obj, MethodType) else fn.obj
        shift = shift or isinstance(fn.obj, MethodType)
        try:
            tree = find(obj, generators=True).node if isinstance(obj, FunctionType) else None
        except UnsupportedError:
            return False
    if tree is None or any(isinstance(a, ast.Starred) for a in call.args):
        return False
    names = [a.arg for a in (*tree.args.posonlyargs, *tree.args.args)][shift:]
    at = next((k for k, a in enumerate(call.args) if _at(a) == _at(node)), -1)
    named = [k.arg for k in call.keywords if _at(k.value) == _at(node)]
    name = names[at] if 0 <= at < len(names) else named[0] if named else None
    return name is not None and _takes(tree, name)


@functools.lru_cache(maxsize=256)
def _takes(tree: ast.AST, name: str) -> bool:
    """Whether a function only loops over a name, and makes lists and sums of it."""
    loads = taken = 0
    for n in walk([tree]):
        loads += isinstance(n, ast.Name) and n.id == name
        parts: Sequence[ast.AST] = ()
        if isinstance(n, ast.For):
            parts = [n.iter]
        elif isinstance(n, ast.ListComp | ast.SetComp | ast.DictComp):
            parts = [g.iter for g in n.generators]
        elif isinstance(n, ast.Call):
            function = n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
            args = n.args if function in _TAKING else []
            inner = [g.iter for a in args if isinstance(a, ast.GeneratorExp) for g in a.generators]
            parts = [*args, *inner]
        taken += sum(isinstance(p, ast.Name) and p.id == name for p in parts)
    return loads == taken


def _is(obj: Any, known: tuple[Any, ...]) -> bool:
    return any(obj is k for k in known)


__all__ = ["kept", "may_give"]
