"""Additions right behind what they add to: one statement where a person writes one.

    x_bar = 2*y                   x_bar = 2*y + t*z
    x_bar += t*z

    x_bar[1:] += t                x_bar[1:] += 2*t
    x_bar[1:] += t

    x_bar = np.zeros_like(x)      x_bar = np.zeros_like(x)
    x_bar[1] += 2*y               x_bar[1] = 2*y
    x_bar[0] += y                 x_bar[0] = y

Accepts statements of `backend.tree` that a transform made, one right behind the other; guarantees the same
values, bit for bit (but for 2*t), whatever stays short enough for one line.
"""

from __future__ import annotations

from s2sad.backend.peephole import Peephole
from s2sad.backend.tree import Assign, Expr, Node, Tree, Write, expr_vars, same
from s2sad.ir.kinds import Kind, elementwise, kind_of_value, same_shape
from s2sad.ir.nodes import Const, Let, Var
from s2sad.optimise.copies import is_fresh

_CONSTANT = ("np.zeros_like", "np.ones_like", "np.full_like")


def added(last: Assign | Write, stmt: Write, peephole: Peephole) -> Expr | None:
    """The value of one statement in place of two, one behind the other; None where both have to stand."""
    if not (last.made and stmt.made) or stmt.op not in ("add", "sub") or not isinstance(stmt.base, Var):
        return None
    if stmt.base.name in expr_vars(stmt.value):
        return None
    if isinstance(last, Assign):
        return _grown(last, stmt, peephole) if stmt.index is None and last.name == stmt.base.name else None
    twice = last.op == stmt.op and last.base == stmt.base and same(last.index, stmt.index)
    if not twice or not isinstance(stmt.value, Var) or last.value != stmt.value:
        return None
    return _sum("add", last.value, stmt.value, peephole)


def _grown(last: Assign, stmt: Write, peephole: Peephole) -> Expr | None:
    """A new array and what is added to all of it."""
    own = next((s for s in last.origins if isinstance(s, Let) and s.name == last.name), None)
    mine, other = peephole.kinds[last.name], _kind(stmt.value, peephole)
    if own is None or other is None or not is_fresh(own.call):
        return None
    if own.call.fun in _CONSTANT and not (own.call.fun == "np.full_like" and same_shape(mine, other)):
        return None
    if mine.cat != "array" or mine.sort != "float" or not mine.rank:
        return None
    if other.dtype != mine.dtype and not (other.is_python and other.sort in ("int", "float")):
        return None
    value = last.value
    if isinstance(value, Node) and value.made and value.fun in ("copy", "np.full_like"):
        value = value.args[value.fun == "np.full_like"]
    return _sum(stmt.op, value, stmt.value, peephole)


def total(stmt: Write, peephole: Peephole) -> Expr | None:
    """What an array holds after an addition, as a new array of its dtype."""
    if not isinstance(stmt.base, Var) or stmt.op not in ("add", "sub"):
        return None
    mine, other = peephole.kinds[stmt.base.name], _kind(stmt.value, peephole)
    if other is None or mine.cat != "array" or not mine.rank or mine.dtype not in ("float64", "float32"):
        return None
    if other.dtype != mine.dtype and not (other.is_python and other.sort in ("int", "float")):
        return None
    return _sum(stmt.op, stmt.base, stmt.value, peephole)


def _sum(fun: str, left: Expr, right: Expr, peephole: Peephole) -> Expr | None:
    kinds = [_kind(expr, peephole) for expr in (left, right)]
    if any(kind is None or kind.sort not in ("float", "int") for kind in kinds):
        return None
    kind = elementwise(*(kind for kind in kinds if kind is not None))
    return peephole.total(Node(fun, (left, right), made=True, kind=kind))


def computes(stmt: Tree, _: Write) -> bool:
    """Whether a statement only gives a value a name."""
    return isinstance(stmt, Assign)


def apart(stmt: Tree, store: Write) -> bool:
    """Whether a statement leaves a place of an array alone that has no other name, but may set others."""
    if isinstance(stmt, Assign):
        return True
    if not (isinstance(stmt, Write) and stmt.made and isinstance(stmt.base, Var)) or stmt.value == store.base:
        return False
    if stmt.base != store.base:
        return True
    places = [e.value if isinstance(e, Const) else None for e in (stmt.index, store.index)]
    numbers = all(type(place) is int and place >= 0 for place in places)
    return numbers and places[0] != places[1]


def first(last: Assign, stmt: Write, peephole: Peephole) -> Expr | None:
    """What a store puts into a part of zeros to which nothing was added so far."""
    zeros = last.made and isinstance(last.value, Node) and last.value.fun == "np.zeros_like"
    own = stmt.base == Var(last.name) and stmt.index is not None and peephole.kinds[last.name].cat == "array"
    if not (zeros and own and stmt.made) or last.name in expr_vars(stmt.value):
        return None
    kind, mine = _kind(stmt.value, peephole), peephole.kinds[last.name]
    if kind is not None and kind.sort == "complex" and mine.sort != "complex":
        return None
    if stmt.op != "sub" or kind is None or kind.sort not in ("float", "int"):
        return stmt.value if stmt.op == "add" else None
    if isinstance(stmt.value, Node) and stmt.value.made and stmt.value.fun == "add":
        left, right = stmt.value.args
        below = peephole(Node("neg", (left,), made=True, kind=kind))
        return peephole(Node("sub", (below, right), made=True, kind=kind))
    return peephole(Node("neg", (stmt.value,), made=True, kind=kind))


def _kind(expr: Expr, peephole: Peephole) -> Kind | None:
    if isinstance(expr, Const):
        return kind_of_value(expr.value)
    if isinstance(expr, Var):
        return peephole.kinds.get(expr.name)
    return expr.kind if isinstance(expr, Node) else None
