"""Tapes of shapes in place of tapes of arrays of which a reversed loop reads the shape only.

    ts.append(t); s = s + t        ts.append(t.shape); s = s + t
    ...                            ...
    t_bar = unbroadcast(s_bar, ts[i])    t_bar = summed_to(s_bar, ts[i])

Accepts a planned loop; guarantees the same cotangents. An array on a tape lives until the reverse sweep comes
to it, so that the forward sweep gets new memory in each trip: a shape costs nothing. What was made of numbers
is made of them again.

    f = np.zeros(n + 1); ...       f_bar = np.zeros(n + 1)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from s2sad.analysis.places import Place
from s2sad.analysis.primitives import ARITHMETIC
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, If, Let, Stmt, Var, While, call_vars, uses, walk

if TYPE_CHECKING:
    from s2sad.transform.plan import Plan

NEW = frozenset(("np.zeros", "np.ones", "np.empty"))
DEPTH = 4  # operations that are looked through for an array of the same shape


def tape_shapes(plan: Plan) -> None:
    """Let a plan tape the shape of each array that it would tape for its shape."""
    models = {other for name, other in plan.shapes.items() if name != other}  # of others' shadows
    for name, other in list(plan.shapes.items()):
        own = name == other and name not in models
        if not own or plan.how.get(name) != "tape" or name in plan.contents:
            continue
        if _is_made_of_numbers(plan, name) and all(_is_zeros(s, name) for s in _users(plan, name)):
            call = plan.anew[name] = plan.r.storage.lets[name].call
            for n in call_vars(call):
                if plan.r.made_in(n, plan.primal):
                    plan.want(n, plan.where[name])
            del plan.shapes[name], plan.where[name], plan.how[name]
        elif _is_in_trip(plan, name) and all(map(_is_outline, _users(plan, name))):
            plan.outlines[name] = _outline(plan, name)
            del plan.shapes[name]


def like_shaped(plan: Plan, name: str) -> str:
    """An operand of a value, or of an operand, that has its shape and dtype and costs nothing; else itself.

        unbroadcast(g, 2.0*x[:k])     x[:k] has that shape
    """
    r, at = plan.r, name
    kind = r.kinds[name]
    for _ in range(DEPTH if kind.cat == "array" and kind.shape else 0):
        let = r.storage.lets.get(at)
        if let is None or let.call.fun not in ARITHMETIC:
            break
        alike = [a.name for a in let.call.args if isinstance(a, Var) and r.kinds[a.name] == kind]
        if not alike:
            break
        at = alike[0]
        if not r.made_in(at, plan.primal) or plan.is_cheap(at):
            return at
    return name if _is_made_of_numbers(plan, name) else _made_before(plan, kind) or name


def _made_before(plan: Plan, kind: K.Kind) -> str | None:
    """An array of this shape and dtype that is there before all loops.

        u = np.zeros(n + 1)
        for ...: f = np.zeros(n + 1)        np.zeros_like(u) is one for f
    """
    storage, parts = plan.r.storage, plan.r.rev.paths
    if kind.cat != "array" or not kind.shape:
        return None
    start = storage.span[(*storage.loops[plan.primal], plan.primal)[0]][0]
    for name, place in storage.places.items():
        before = not place.loops and place.at < start and place.block <= 1
        if before and plan.r.kinds[name] == kind and not (name in parts or _is_torn(plan, Var(name))):
            return name
    return None


def _is_torn(plan: Plan, atom: Atom) -> bool:
    """Whether there is no array on some path: a branch that is not taken hands on None."""
    if not isinstance(atom, Var) or atom.name in plan.r.rev.unbound:
        return True
    branches = (s for s in plan.r.storage.span if isinstance(s, If))
    sides = next(((o.then, o.orelse) for s in branches for o in s.outs if o.name == atom.name), ())
    return any(_is_torn(plan, side) for side in sides)


def _is_in_trip(plan: Plan, name: str) -> bool:
    """Whether a value is an array that every trip makes, whatever branches it takes."""
    owner = plan.r.owner_of[name]
    parent = None if owner is None else plan.r.parents[owner]
    inside = owner is plan.primal or (parent is not None and parent[0] is plan.primal)
    return inside and plan.r.kinds[name].cat == "array" and name not in plan.r.rev.unbound


def _is_made_of_numbers(plan: Plan, name: str) -> bool:
    """Whether a value is a new array, of which the shape is made of numbers that are at hand."""
    let = plan.r.storage.lets.get(name)
    return (
        let is not None
        and let.call.fun in NEW
        and all(plan.r.rev.kind(a).cat in ("int", "tuple") for a in let.call.args[:1])
        and all(not plan.r.made_in(n, plan.primal) or plan.is_cheap(n) for n in call_vars(let.call))
    )


def _is_zeros(stmt: Stmt, name: str) -> bool:
    return isinstance(stmt, Let) and stmt.call == Call("np.zeros_like", (Var(name),))


def _users(plan: Plan, name: str) -> Iterator[Stmt]:
    return (stmt for stmt in walk(plan.made.body) if name in uses(stmt))


def _is_outline(stmt: Stmt) -> bool:
    return isinstance(stmt, Let) and (
        stmt.call.fun == "unbroadcast" or (stmt.call.fun == "getattr" and stmt.call.args[1] == Const("shape"))
    )


def _outline(plan: Plan, name: str) -> str:
    """A name for the shape of a value, made beside it, that is taped in its place."""
    r, kind = plan.r, plan.r.kinds[name]
    items = None if kind.rank is None else (K.INT,)*kind.rank
    shape = r.fresh("", K.Kind("tuple", items=items))
    made = r.storage.lets.get(name)
    bare = made is not None and made.call.fun == "sum"  # 0, which has no attribute, of an empty list
    call = Call("np.shape", (Var(name),)) if bare else Call("getattr", (Var(name), Const("shape")))
    line = Let(shape, call, None, True)
    owner = r.owner_of[name]
    assert owner is not None
    if owner is plan.primal:  # what goes round the loop
        side = 1 if isinstance(owner, While) else 0
        r.edits.start.setdefault((owner, side), []).append(line)
    else:
        r.edits.after.setdefault(owner, []).append(line)
    place = r.storage.places[name]
    r.storage.places[shape] = Place(place.loops, place.block, place.at)
    r.storage.lets[shape] = line
    r.owner_of[shape] = owner
    plan.where[shape], plan.how[shape] = plan.where.pop(name), plan.how.pop(name)
    return shape


def by_shape(stmt: Stmt, outlines: Mapping[str, str], anew: Mapping[str, Call]) -> Stmt:
    """A statement of a reversed loop that is given the shape in place of the array, or makes one like it."""
    zeros = next((n for n in uses(stmt) if n in anew), None) if anew and isinstance(stmt, Let) else None
    if isinstance(stmt, Let) and zeros is not None:
        return replace(stmt, call=replace(anew[zeros], fun="np.zeros"))
    if not isinstance(stmt, Let) or not (found := [outlines[n] for n in uses(stmt) if n in outlines]):
        return stmt
    if stmt.call.fun == "getattr":
        return Let(stmt.name, Call("tuple", (Var(found[0]),), (), "tuple"), stmt.span, stmt.made)
    return Let(stmt.name, Call("summed_to", (stmt.call.args[0], Var(found[0]))), stmt.span, stmt.made)
