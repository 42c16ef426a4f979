"""The joining of two values where two paths meet.

    if c: v = (x, 1)          If(..., outs: t.1 = x or y; t.2 = 1 or 2)
    else: v = (y, 2)          v is (t.1, t.2)

Accepts what a name means on two paths; guarantees a value that holds on both, and the outs of the branch that
it needs. Displays are joined element by element. Of callables an integer leaves the branch that says which it
is. What is an object on one path only, of which the number is known, is `Torn`: refused where it is read.
"""

from __future__ import annotations

import ast
from enum import Enum
from typing import Any

from s2sad.frontend import eithers, links, maybes, numbered
from s2sad.frontend.captures import joined_function
from s2sad.frontend.operators import alike
from s2sad.frontend.state import (
    CALLABLE,
    Choice,
    Group,
    Local,
    State,
    Torn,
    Value,
    holds_functions,
    same_value,
)
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Const, Out, Ref, Undef, Var

Lengths = dict[tuple[K.Length, K.Length], K.Length]


def join_values(
    state: State, then: Value, orelse: Value, hint: str, outs: list[Out], symbols: Lengths, node: ast.AST
) -> Value:
    """The value behind a branch, adding to `outs` what must leave it."""
    if same_value(then, orelse):
        return then
    then, orelse = maybes.met(then, orelse)
    if isinstance(then, Local) and isinstance(orelse, Local):
        return _join_locals(state, then, orelse, hint, outs, symbols, node)
    if (either := eithers.joined(state, then, orelse, hint, outs, symbols, node)) is not None:
        return either
    if isinstance(then, Group) and isinstance(orelse, Group) and then.cat == orelse.cat:
        if then.cat in ("dict", "object") and then.keys != orelse.keys and then.cls is orelse.cls:
            then, orelse = _alike(state, then, orelse, node)
    if isinstance(then, Group) and isinstance(orelse, Group) and form_of(then) == form_of(orelse):
        hints = [k if isinstance(k, str) else "" for k in then.keys] or [""] * len(then.items)
        if then.cat == maybes.MAYBE:
            hints = maybes.hints(hint)
        rows = zip(then.items, orelse.items, hints, strict=True)
        items = [join_values(state, a, b, hint, outs, symbols, node) for a, b, hint in rows]
        numbered.refuse_torn(state, items, node)
        return Group(then.cat, items, then.keys, then.cls, places=then.places | orelse.places)
    if _is_function(then) and _is_function(orelse):
        return _join_functions(state, then, orelse, outs, symbols, node)
    if isinstance(orelse, Undef) and (isinstance(then, CALLABLE) or holds_functions(then)):
        return then
    if isinstance(then, Undef) and (isinstance(orelse, CALLABLE) or holds_functions(orelse)):
        return orelse
    if isinstance(then, Group) and isinstance(orelse, Group) and then.cat == orelse.cat == "tuple":
        state.want_long(hint, then, orelse)
    numbered.want(state, then, orelse)
    links.note(state, then, orelse)
    if maybes.NONE in (then, orelse):
        maybes.want_row(state, orelse if then == maybes.NONE else then)
    return _join_atoms(state, then, orelse, hint, outs, symbols, node)


def _join_atoms(
    state: State, then: Value, orelse: Value, hint: str, outs: list[Out], symbols: Lengths, node: ast.AST
) -> Value:
    """What one name of the text stands for behind a branch."""
    a, b = state.atom(then, node), state.atom(orelse, node)
    kinds = [state.kind(v) for v in (a, b) if not isinstance(v, Undef)]
    numbered.meet(state, *kinds)
    if (torn := numbered.torn(hint, *kinds)) is not None:
        return torn
    kind = kinds[0] if len(kinds) == 1 else K.join(kinds[0], kinds[1], symbols)
    held = [v for v in (a, b) if not isinstance(v, Undef) and v != maybes.NONE]
    objects = [state.live[v.name] for v in held if isinstance(v, Var) and v.name in state.live]
    same = len(objects) == len(held) and all(alike(objects[0], other) for other in objects[1:])
    if objects and not same and kind == K.OBJECT and all(K.carries(state.kind(v)) for v in held):
        why = "is an object on one path, and one that is unlike or something else on another"
        return Torn(hint or "what is used here", why, "use a name for each")
    outs.append(Out(state.fresh(hint, kind), a, b))
    for atom in (a, b):
        _note(state, outs[-1].name, atom)
    if objects and same:
        state.live[outs[-1].name] = objects[0]
    if state.sparse and all(isinstance(v, Var) and v.name in state.sparse for v in held):
        state.sparse[outs[-1].name] = all(state.sparse[v.name] for v in held if isinstance(v, Var))
    state.doubt_choice(outs[-1].name, kind, a, b)
    return Var(outs[-1].name)


def _note(state: State, name: str, atom: Atom | Undef) -> None:
    """What is known of a value beside its kind holds for what it becomes."""
    if isinstance(atom, Var) and atom.name in state.foreign:
        state.foreign[name] = state.foreign[atom.name]
    state.heap.meet(name, atom)


def _alike(state: State, then: Group, orelse: Group, node: ast.AST) -> tuple[Group, Group]:
    """Two dicts or objects with their keys in one order; attributes that one path sets are unbound else."""
    if then.cat == "dict" and set(then.keys) != set(orelse.keys):
        state.refuse(
            node, "a dict has other keys after one branch than after the other", "give it all keys before"
        )
    keys = [*then.keys, *(k for k in orelse.keys if k not in then.keys)]

    def filled(group: Group) -> Group:
        held = dict(zip(group.keys, group.items, strict=True))
        return Group(group.cat, [held.get(k, Undef()) for k in keys], keys, group.cls)

    return filled(then), filled(orelse)


def _join_locals(
    state: State, then: Local, orelse: Local, hint: str, outs: list[Out], symbols: Lengths, node: ast.AST
) -> Value:
    """One of two objects: a new one that holds what the one or the other holds.

    What is written to it would have to be written to the one or the other as well: where these can still be
    met under other names, all three are read only.
    """
    merging = state.merging
    assert merging is not None
    pair = then.number, orelse.number
    if pair in merging.made:
        return merging.made[pair]
    links.note(state, then, orelse)
    for number in pair:
        state.same_keys(number, merging.then[pair[0]], merging.orelse[pair[1]])
    if (then.cat, then.cls) != (orelse.cat, orelse.cls):
        state.want_table(then)
        state.want_table(orelse)
        numbered.want(state, then, orelse)
        state.refuse(
            node, "a name stands for objects of different classes behind a branch", "use a name for each"
        )
    met = {n for p in merging.made for n in p}
    a, b = merging.then[then.number], merging.orelse[orelse.number]
    joined = state.made(then.cat, [], [], then.cls)
    links.join_rows(state, then, orelse, joined)
    merging.made[pair] = joined
    if min(pair) <= merging.before or not met.isdisjoint(pair):
        for number in (*pair, joined.number):
            state.objects.shared[number] = "is one of two objects behind a branch"
    state.objects.cells[joined.number] = join_values(state, a, b, hint, outs, symbols, node)
    return joined


def form_of(group: Group) -> tuple[Any, ...]:
    """What displays that are joined element by element have in common."""
    return group.cat, group.keys, group.cls, len(group.items)


def _is_function(value: Value) -> bool:
    """Whether a value is a callable, or a member of an enumeration, of which a number says which it is."""
    if isinstance(value, Ref):
        return isinstance(value.obj, Enum) or (callable(value.obj) and not isinstance(value.obj, type))
    return isinstance(value, CALLABLE)


def _join_functions(
    state: State, then: Value, orelse: Value, outs: list[Out], symbols: Lengths, node: ast.AST
) -> Value:
    """One of several functions: an integer leaves the branch that says which."""
    join = lambda hint, a, b: join_values(state, a, b, hint, outs, symbols, node)  # noqa: E731 - of what they hold
    if (made := joined_function(then, orelse, state.active_scopes, join)) is not None:
        return made
    chosen = [v for v in (then, orelse) if isinstance(v, Choice)]
    items: list[Value] = list(max(chosen, key=lambda c: len(c.items)).items) if chosen else []
    places: list[Atom] = []
    for value in (then, orelse):
        if isinstance(value, Choice):
            if not all(map(same_value, items, value.items)):
                state.refuse(
                    None, "one of many functions is chosen in nested branches", "choose by one if statement"
                )
            places.append(value.index)
            continue
        place = next((i for i, item in enumerate(items) if same_value(item, value)), len(items))
        if place == len(items):
            items.append(value)
        places.append(Const(place))
    name = state.fresh("", K.INT)
    outs.append(Out(name, places[0], places[1]))
    return Choice(Var(name), items)


__all__ = ["Lengths", "form_of", "join_values"]
