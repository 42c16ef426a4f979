"""Tuples that hold tuples of their own kind, as deep as the program decides: numbered as objects are.

    t = None                       node_0, node_1 = [], []
    for v in x:                    t = None
        t = (v, t)                 for v in x: node_0.append(v); node_1.append(t); t = len(node_0) - 1
    while t is not None:           while t is not None:
        v, t = t                       v = node_0[t]; t = node_1[t]

A tuple is first taken for a display. What is displayed and has no structure that settles is noted by its
place; where the function is refused, it is lowered once more with the tuples of these places as numbered
objects (see `numbered`), all those that meet as of one class. If that is refused as well, the first refusal
stands. `()` as the end of such tuples is None, so that nothing but its truth may be asked for. Dicts whose
keys are not the same on all paths, or that a function returns in dicts like them, are rows in the same way
(see `rows`), of which a list of integers says what keys each has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from s2sad.frontend.numbered import attribute, is_among, is_number_of, members_of, number
from s2sad.frontend.standins import Row, row_class
from s2sad.frontend.values import Group, Local, Place, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Var

if TYPE_CHECKING:
    from s2sad.frontend.state import State


def root(value: Value) -> frozenset[Place]:
    """Where a tuple is displayed, or one that may be None."""
    if isinstance(value, Group) and value.cat == "maybe":
        value = value.items[1]
    return value.places if isinstance(value, Group) and value.cat == "tuple" else frozenset()


def displayed(low: State, value: Value) -> frozenset[Place]:
    """The same of what is numbered."""
    kind = low.kinds.get(value.name) if isinstance(value, Var) else None
    return root(value) if kind is None else of_kind(kind)


def of_kind(kind: Kind) -> frozenset[Place]:
    """Where tuples of a kind that are numbered are displayed."""
    return getattr(kind.cls, "s2sad_places", frozenset()) if kind.cat == "int" else frozenset()


def note(low: State, *values: Value) -> None:
    """Note that tuples meet, or that one has no structure that settles."""
    if any(map(root, values)):
        low.links.wanted.append(frozenset().union(*(displayed(low, value) for value in values)))
    rows = [_rows(low, value) or rows_of(low, value) for value in values]
    if all(rows) and len({*rows}) > 1:
        low.links.keys.append(tuple(row for classes in rows for row in classes))


def _rows(low: State, value: Value) -> tuple[type[Row], ...]:
    """The classes of dicts with the keys of one whose keys are known, or would be if it were no table."""
    if not isinstance(value, Local) or value.number in low.objects.rows:
        return low.objects.rows[value.number] if isinstance(value, Local) else ()
    keys = value.group.keys if value.cat == "dict" else []
    return (row_class(tuple(keys)),) if keys and all(isinstance(key, str) for key in keys) else ()


def refuse_unsettled(low: State, values: Iterable[Value], node: ast.AST) -> NoReturn:
    """Refuse a loop; note the tuples that hold others that are displayed where they are themselves."""
    for value in values:
        if (places := root(value)) and any(not places.isdisjoint(root(v)) for v in _within(value)):
            low.links.wanted.append(places)
    what = "the kinds of values in this loop do not settle"
    low.refuse(node, what, "give the names values of one kind before the loop")


def _within(value: Value) -> Iterator[Value]:
    """What a display holds, at any depth."""
    for part in value.items if isinstance(value, Group) else ():
        yield from (part, *_within(part))


def refuse_rows(low: State, values: Iterable[Value], node: ast.AST) -> None:
    """Refuse what is done with a dict as a whole of which only the program knows what keys it has."""
    if any(rows_of(low, value) for value in values):
        what = "a dict that has other keys on other paths is used as a whole"
        refuse(low, node, what, "read its keys one by one, or give all of them the same keys")


def keep_row(low: State, table: Value, keys: list[Any]) -> None:
    """Remember what a table would be as a row."""
    if isinstance(table, Local) and keys and all(isinstance(key, str) for key in keys):
        low.objects.rows[table.number] = (row_class(tuple(keys)),)


def join_rows(low: State, one: Local, two: Local, joined: Local) -> None:
    """Remember the same of one of two tables."""
    known = low.objects.rows
    if one.number in known and two.number in known:
        known[joined.number] = tuple(dict.fromkeys(known[one.number] + known[two.number]))


def keep_result(low: State, node: ast.AST, value: Value) -> None:
    """Remember what a function returns."""
    low.links.results[node] = root(value), _rows(low, value)


def note_result(low: State, node: ast.AST) -> None:
    """Note that what a function returns has no structure that settles."""
    places, rows = low.links.results.get(node, (frozenset(), ()))
    low.links.wanted += [places] if places else []
    low.links.keys += [rows] if rows else []


def arity(low: State, value: Value) -> int:
    """How many elements a numbered tuple has; 0 of everything else."""
    kind = low.kinds[value.name] if isinstance(value, Var) else None
    numbered = kind is not None and is_number_of(kind)
    length: int = getattr(kind.cls, "s2sad_arity", 0) if numbered and kind is not None else 0
    return length


def is_ended(low: State, value: Value) -> bool:
    """Whether a numbered tuple may be () where its number is None."""
    return bool(arity(low, value)) and any(not p[-1] for p in low.links.empty)


def element(low: State, value: Value, place: int, node: ast.AST, hint: str = "") -> Value:
    """One element of a numbered tuple."""
    return attribute(low, value, str(place), node, hint)


def whole(low: State, value: Value, node: ast.AST) -> Value:
    """A numbered tuple as a display; other values as they are."""
    length = arity(low, value)
    return Group("tuple", [element(low, value, i, node) for i in range(length)]) if length else value


def item(low: State, value: Value, index: Value, node: ast.AST, hint: str) -> Value:
    """`t[index]` of a numbered tuple."""
    length = arity(low, value)
    at = index.value if isinstance(index, Const) else None
    if isinstance(at, int) and -length <= at < length:
        return element(low, value, at % length, node, hint)
    return low.getitem(whole(low, value, node), index, node, hint)


def rows_of(low: State, value: Value) -> tuple[type[Row], ...]:
    """The classes of the dicts of which a value has the number, where their keys are not the same."""
    kind = low.kinds.get(value.name) if isinstance(value, Var) else None
    members = members_of(kind.cls) if kind is not None and is_number_of(kind) else ()
    rows = tuple(m for m in members if issubclass(m, Row))
    return rows if len(rows) > 1 and len(rows) == len(members) else ()


def row_item(low: State, value: Value, index: Value, node: ast.AST, hint: str) -> Value:
    """`d[key]` of dicts with unlike keys: the program checks that the key is there."""
    rows = rows_of(low, value)
    if not isinstance(index, Const) or not any(index.value in row.s2sad_keys for row in rows):
        refuse(low, node, "a dict with other keys on other paths is read at a computed key", "name the key")
    key = index.value
    there = has_key(low, index, value, node)

    def fail() -> None:
        error = Call("call", (Ref("KeyError", KeyError), Const(key)))
        low.do(Call("raise", (low.emit(error, K.OBJECT, node),)), node)

    if there != Const(True):
        low.branch(low.atom(there), lambda: None, fail, node)
    return attribute(low, value, key, node, hint)


def has_key(low: State, key: Value, value: Value, node: ast.AST) -> Value:
    """Whether a dict has a key that dicts with other keys have not."""
    rows = rows_of(low, value)
    if not isinstance(key, Const):
        refuse(low, node, "a computed key is looked for in a dict with other keys on other paths", "name it")
    places = [k for k, row in enumerate(rows) if key.value in row.s2sad_keys]
    return Const(bool(places)) if len(places) in (0, len(rows)) else is_among(low, value, places, node)


def tuple_of(low: State, items: list[Value], node: ast.AST) -> Value:
    """A tuple that is displayed: a display, or the number of one."""
    file, line, column = low.place(node)
    place = file, line, column, getattr(node, "end_col_offset", 0) or 0, len(items)
    cls = low.links.known.get(place)
    if cls is not None:
        held = [low.settled(value, node) for value in items]
        return number(low, low.made("object", held, list(map(str, range(len(items)))), cls), node)
    if place in low.links.empty:
        return Const(None)
    return Group("tuple", items, places=frozenset((place,)))


def refuse(low: State, node: ast.AST, what: str, instead: str) -> NoReturn:
    """Refuse what cannot be done with what is numbered: this is said, not what was refused before."""
    low.links.said = True
    low.refuse(node, what, instead)


def refuse_none(low: State, left: Value, right: Value, node: ast.AST) -> None:
    """Refuse a comparison with None of what may be (), which has no number either."""
    ended = low.links.empty and any(is_ended(low, value) for value in (left, right))
    if ended and any(low.kind(value).cat == "none" for value in (left, right)):
        refuse(low, node, "a tuple that may be () is compared with None", "ask for its truth")


def refuse_compared(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """Refuse an operation of numbered tuples: as tuples they are equal where what they hold is."""
    refuse(low, node, "tuples that hold tuples like them are compared or joined", "do so with their elements")


__all__ = [
    "arity",
    "displayed",
    "has_key",
    "is_ended",
    "item",
    "join_rows",
    "keep_result", "keep_row",
    "note",
    "note_result",
    "refuse",
    "refuse_compared",
    "refuse_none",
    "refuse_rows",
    "refuse_unsettled",
    "root",
    "row_item",
    "rows_of",
    "tuple_of",
    "whole",
]  # fmt: skip
