"""Lowering of iter() and next(): an iterator is what it runs over, and how many elements have been taken.

    it = iter(x)              items = x; taken = 0
    a = next(it)              if taken >= len(items): raise StopIteration; a = items[taken]; taken = taken + 1
    for v in it: s += v       while taken < len(items): v = items[taken]; taken = taken + 1; s += v
    try: v = next(it)         if taken < len(items): v = items[taken]; taken = taken + 1
    except StopIteration: A   else: A
    for y in xs: xs.append(y)     walk = iter(xs); for y in walk: xs.append(y)

They are objects of the class `standins.Cursor`, whose methods are inlined.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from s2sad.frontend.protocols import iterated
from s2sad.frontend.standins import Count, Cursor, Cycle
from s2sad.frontend.state import Group, State, Value, key_of, opened
from s2sad.ir.nodes import Const, Ref

_CHANGING = ("append", "extend", "insert", "pop", "remove", "clear")


def is_cursor(low: State, value: Value | None) -> bool:
    """Whether a value is an iterator that iter() has made."""
    cls = low.stands_in(value) if value is not None else None
    return cls is not None and issubclass(cls, Cursor)


def lower_iter(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`iter(xs)` of what has a length."""
    if len(args) != 1:
        low.refuse(node, "iter() of a function and a sentinel", "use while True and break")
    if is_cursor(low, args[0]):
        return args[0]
    return low.table(Cursor, [_indexed(low, args[0], node)], node)


def endless(low: State, obj: Any, node: ast.Call) -> Value:
    """`cycle(xs)` and `count(first, step)` that have a name."""
    args = [low.operand(a) for a in node.args]
    words = {k.arg or "": low.operand(k.value) for k in node.keywords}
    if obj is itertools.cycle and len(args) == 1 and not words and not is_cursor(low, args[0]):
        return low.table(Cycle, [_indexed(low, args[0], node)], node)
    if obj is not itertools.count or len(args) > 2 or set(words) - {*("start", "step")[len(args) :]}:
        low.refuse(node, "an iteration without end", "zip it with a list")
    first = args[0] if args else words.get("start", Const(0))
    return low.table(Count, [first, args[1] if len(args) > 1 else words.get("step", Const(1))], node)


def _indexed(low: State, value: Value, node: ast.AST) -> Value:
    """What an iterator takes from by index."""
    items = iterated(low, value, node)
    held, kind = opened(items), low.kind(items)
    if isinstance(held, Group) and held.cat == "dict":
        items = Group("tuple", [key_of(k) for k in held.keys])
    elif isinstance(held, Const) and isinstance(held.value, str):
        items = Group("tuple", [Const(letter) for letter in held.value])
    elif not isinstance(held, Group) and not (kind.is_number and not kind.is_scalar):
        known = isinstance(held, Ref) and isinstance(held.obj, list | tuple | range)
        if kind.cat not in ("list", "tuple", "range") and not known:
            low.refuse(
                node, "iter() makes an iterator whose state is not tracked", "use a for loop or an index"
            )
    return items


def lower_next(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`next(it)` and `next(it, default)`."""
    if not is_cursor(low, args[0]):
        low.refuse(
            node, "next() takes from an iterator whose state is not tracked", "use a for loop or an index"
        )
    return low.own_method(args[0], "__next__" if len(args) == 1 else "take_or", args[1:], node)


def over_cursor(low: State, node: ast.For) -> ast.While | None:
    """A loop over an iterator that has a name, as one that takes from it; None for other loops."""
    if not isinstance(node.iter, ast.Name | ast.Attribute) or not is_cursor(low, low.peeked(node.iter)):
        return None

    def called(name: str) -> ast.expr:
        return ast.Call(ast.Attribute(node.iter, name, ast.Load()), [], [])

    first: ast.stmt = ast.Assign([node.target], called("take"))
    made: Any = ast.While(called("is_left"), [first, *node.body], node.orelse)
    made.stop = getattr(node, "stop", None)  # as `exits` marks loops
    for part in (first, made):
        ast.copy_location(part, node)
        ast.fix_missing_locations(part)
    loop: ast.While = made
    return loop


def over_changing(low: State, node: ast.For) -> ast.For:
    """A loop over a list that its body makes longer or shorter, as one over an iterator that has a name."""
    if not isinstance(node.iter, ast.Name) or not any(map(_resizes(node.iter.id), _inner(node.body))):
        return node
    xs = low.peeked(node.iter)
    if xs is None or low.kind(xs).cat != "list":
        return node
    new = copy.copy(node)
    name = f"walk {low.fresh.count}"  # no user's name has a blank
    low.scope.env[name] = lower_iter(low, [low.expr(node.iter)], {}, node, "")
    new.iter = ast.copy_location(ast.Name(name, ast.Load()), node.iter)
    return new


def _inner(body: list[ast.stmt]) -> Iterator[ast.AST]:
    return (inner for stmt in body for inner in ast.walk(stmt))


def _resizes(name: str) -> Callable[[ast.AST], bool]:
    """Whether a part of the tree makes the list of this name longer or shorter."""

    def resizes(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute) and node.attr in _CHANGING:
            holder = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Del):
            holder = node.value
        else:
            return False
        return isinstance(holder, ast.Name) and holder.id == name

    return resizes


def guarded_next(low: State, stmt: ast.Try) -> ast.If | None:
    """`try: v = next(it) except StopIteration: ...` as the question whether something is left."""
    first = stmt.body[0]
    call = first.value if isinstance(first, ast.Assign | ast.Expr) else None
    if len(stmt.body) > 1 or stmt.finalbody or len(stmt.handlers) != 1 or not isinstance(call, ast.Call):
        return None
    handler = stmt.handlers[0]
    known = [low.peeked(e) if e is not None else None for e in (call.func, handler.type)]
    objs = [e.obj if isinstance(e, Ref) else None for e in known]
    if objs[0] is not next or objs[1] is not StopIteration or handler.name or len(call.args) != 1:
        return None
    if not is_cursor(low, low.peeked(call.args[0])):
        return None
    taken = ast.Call(ast.Attribute(call.args[0], "take", ast.Load()), [], [])
    left = ast.Call(ast.Attribute(call.args[0], "is_left", ast.Load()), [], [])
    made: ast.stmt = ast.Expr(taken)
    if isinstance(first, ast.Assign):
        made = ast.Assign(first.targets, taken)
    branch = ast.If(left, [ast.copy_location(made, first), *stmt.orelse], handler.body)
    return ast.fix_missing_locations(ast.copy_location(branch, stmt))


__all__ = ["endless", "guarded_next", "is_cursor", "lower_iter", "lower_next", "over_changing", "over_cursor"]
