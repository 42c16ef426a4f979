"""Takes the value of a `return` out of the inner loop that it ends.

Accepts the body of a function, before its exits are moved; guarantees the same computation. What an inner
loop returns is evaluated behind that loop, in the body of the outermost one, where it is evaluated once at
most in a text that reverses it:

    for i in range(n):                     for i in range(n):
        for j in range(n):                     for j in range(n):
            t = t*t                                t = t*t
            if t > 50.0:              =>           if t > 50.0:
                return s + t*a                         <leave both loops>
        s = s + t                              <if left: return s + t*a>
                                               s = s + t

It is done for a loop that holds one `return`, outside of `with`, `match` and `try`, and only if what the loop
assigns of the names in the value is bound before the loop: other names would have no value behind it on other
paths. Nodes of the original tree are never written to.

`behind` does the same for the returns of a checkpointed loop, whose trips are a function of their own:

    for i in checkpointed(range(n), slots=k):      left_1 = 0
        x = step(x)                                for i in checkpointed(range(n), slots=k):
        if done(x):                                    x = step(x)
            return x*a                    =>           if done(x):
                                                           left_1 = 1
                                                           break
                                                   if left_1 == 1:
                                                       return x*a
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterable, Iterator, Sequence

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DELICATE = (ast.NamedExpr, ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom)
_HOLDING = (ast.stmt, ast.match_case, ast.ExceptHandler)
Loop = ast.For | ast.While


class Sunk(ast.stmt):
    """A `return` in an inner loop whose value is assigned behind that loop."""


class Value(ast.Return):
    """The value of a sunk `return`, behind the loop that it has ended."""


def sink(body: Sequence[ast.stmt], bound: Iterable[str]) -> list[ast.stmt]:
    """The block of a function, where the names in `bound` have values, with returns of inner loops sunk."""
    return _block(body, set(bound), None)


def _block(body: Sequence[ast.stmt], bound: set[str], outer: Loop | None) -> list[ast.stmt]:
    """A block with returns sunk; names that it binds on every path come to `bound`."""
    done: list[ast.stmt] = []
    for stmt in body:
        new = stmt
        if isinstance(stmt, ast.For | ast.While) and outer is not None:
            new = _inner(stmt, bound)
        elif isinstance(stmt, ast.For | ast.While | ast.If | ast.With) and _returns(stmt):
            new = copy.copy(stmt)
            inside = stmt if isinstance(stmt, ast.For | ast.While) else outer
            names = bound | (_names(stmt.target) if isinstance(stmt, ast.For) else set())
            new.body = _block(stmt.body, names, inside)
            if not isinstance(new, ast.With):
                new.orelse = _block(new.orelse, set(bound), outer)
        done.append(new)
        if isinstance(stmt, ast.Assign) and not _is_none(stmt.value):
            bound |= set().union(*map(_names, stmt.targets))
        elif isinstance(stmt, ast.Assign):
            bound -= set().union(*map(_names, stmt.targets))
    return done


def _inner(loop: Loop, bound: set[str]) -> Loop:
    """An inner loop without the value of its return."""
    found = _returns(loop)
    if len(found) != 1 or found[0].value is None or not _may_sink(found[0].value, loop, bound):
        return loop
    body = _without(loop.body, found[0])
    if body is None:
        return loop
    new = copy.copy(loop)
    new.body = body
    value = ast.copy_location(Value(found[0].value), found[0])
    new.value = value  # type: ignore[union-attr]
    return new


def _may_sink(value: ast.expr, loop: Loop, bound: set[str]) -> bool:
    nodes = list(ast.walk(value))
    if any(isinstance(n, _DELICATE) for n in nodes):
        return False
    read = {n.id for n in nodes if isinstance(n, ast.Name)}
    assigned = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    return (read & assigned) <= bound


def _without(body: Sequence[ast.stmt], found: ast.Return) -> list[ast.stmt] | None:
    """A block with the return replaced; None where it stands in what cannot be looked into."""
    done: list[ast.stmt] = []
    for stmt in body:
        if stmt is found:
            return [*done, ast.copy_location(Sunk(), stmt)]
        if found not in _returns(stmt):
            done.append(stmt)
            continue
        if not isinstance(stmt, ast.For | ast.While | ast.If):
            return None
        new = copy.copy(stmt)
        side = "body" if any(found in _returns(s) for s in stmt.body) else "orelse"
        inner = _without(getattr(stmt, side), found)
        if inner is None:
            return None
        setattr(new, side, inner)
        done.append(new)
    return done


# ------------------------------------------------------------------------------------- checkpointed loops


def behind(node: ast.FunctionDef) -> ast.FunctionDef:
    """A function whose checkpointed loops are left by `break`, with what they return behind them."""
    counter = itertools.count(1)
    body = _behind(node.body, counter)
    if all(a is b for a, b in zip(body, node.body, strict=False)) and len(body) == len(node.body):
        return node
    made = copy.copy(node)
    made.body = body
    return made


def _behind(body: Sequence[ast.stmt], counter: Iterator[int]) -> list[ast.stmt]:
    done: list[ast.stmt] = []
    for stmt in body:
        if isinstance(stmt, ast.For) and _is_checkpointed(stmt.iter) and _returns(stmt):
            done += _left(stmt, f"left_{next(counter)}")
            continue
        new = behind(stmt) if isinstance(stmt, ast.FunctionDef) else stmt
        if isinstance(stmt, ast.For | ast.While | ast.If | ast.With) and _returns(stmt):
            new = copy.copy(stmt)
            new.body = _behind(stmt.body, counter)
            if not isinstance(new, ast.With):
                new.orelse = _behind(new.orelse, counter)
        done.append(new)
    return done


def _is_checkpointed(node: ast.expr) -> bool:
    fun = node.func if isinstance(node, ast.Call) else None
    return getattr(fun, "attr", getattr(fun, "id", "")) == "checkpointed"


def _left(loop: ast.For, flag: str) -> list[ast.stmt]:
    """A loop whose returns are behind it; the loop alone where one stands in what cannot be looked into."""
    values: list[ast.Return] = []
    body = _broken(loop.body, flag, values)
    if body is None:
        return [loop]
    new = copy.copy(loop)
    new.body = body
    made: list[ast.stmt] = [_set(flag, 0, loop), new]
    for k, value in enumerate(values, 1):
        test = ast.Compare(ast.Name(flag, ast.Load()), [ast.Eq()], [ast.Constant(k)])
        made.append(_placed(ast.If(test, [value], []), value))
    return made


def _broken(body: Sequence[ast.stmt], flag: str, values: list[ast.Return]) -> list[ast.stmt] | None:
    """A block of a loop with a flag and `break` for each return."""
    done: list[ast.stmt] = []
    for stmt in body:
        if isinstance(stmt, ast.Return):
            values.append(stmt)
            return [*done, _set(flag, len(values), stmt), ast.copy_location(ast.Break(), stmt)]
        new = stmt
        if _returns(stmt):
            if not isinstance(stmt, ast.If):
                return None
            then, orelse = _broken(stmt.body, flag, values), _broken(stmt.orelse, flag, values)
            if then is None or orelse is None:
                return None
            new = copy.copy(stmt)
            new.body, new.orelse = then, orelse
        done.append(new)
    return done


def _set(flag: str, value: int, at: ast.stmt) -> ast.stmt:
    return _placed(ast.Assign([ast.Name(flag, ast.Store())], ast.Constant(value)), at)


def _placed(made: ast.stmt, at: ast.stmt) -> ast.stmt:
    """New nodes at the place of others, whose own stay as they are."""
    own = {id(n) for n in ast.walk(at)}
    for node in ast.walk(made):
        if id(node) not in own:
            ast.copy_location(node, at)
    return made


# ---------------------------------------------------------------------------------------------- questions


def _returns(stmt: ast.stmt) -> list[ast.Return]:
    """The returns in a statement that belong to the function itself."""
    found: list[ast.Return] = []
    stack: list[ast.AST] = [stmt]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Return):
            found.append(node)
        elif isinstance(node, _HOLDING) and not isinstance(node, _SCOPES):
            stack.extend(ast.iter_child_nodes(node))
    return found


def _names(target: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
