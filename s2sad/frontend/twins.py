"""Outside dicts that a program changes and reads again: dicts that are made here, and the same done to both.

    cache["z"] = z                    z, which the program reads; cache["z"] = z
    return cache["z"]*x               return z*x

What stood there before the call is constant and is read at the beginning, key by key: a text relies on the
keys. Where the program computes keys, the dict that is made here is a table (`standins.Kept`). For which
outside dicts there are such, and when, say `doubles`.
"""

from __future__ import annotations

import ast
import enum
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend import histories
from s2sad.frontend.standins import Kept
from s2sad.frontend.values import Group, Local, Value, Written, key_of
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Ref, Tuple, Var

if TYPE_CHECKING:
    from s2sad.frontend.histories import Key
    from s2sad.frontend.state import State

GET_ITEM = Ref("dict.__getitem__", dict.__getitem__)
KEYS = (str, int, float, bool, tuple)
PLACE = "an outside dict"
PLAIN = "str none bool int float complex num npscalar array".split()


def is_plain(kind: K.Kind) -> bool:
    """Whether an element is a number, an array, a string or a tuple of these."""
    if kind.cls is not None:
        return False
    return kind.cat in PLAIN or (kind.cat == "tuple" and all(map(is_plain, kind.items or ())))


def is_alike(obj: Any) -> bool:
    """Whether an outside dict can have a twin: it has names for keys, or numbers, and holds what is plain."""
    keys = all(type(k) in KEYS or isinstance(k, enum.Enum) for k in obj)
    return type(obj) is dict and keys and all(is_plain(K.kind_of_value(v)) for v in obj.values())


def _place(obj: Any) -> tuple[str, int, int]:
    """What stands for the place where the twin of an outside dict is made."""
    return PLACE, id(obj), 0


def made(low: State, base: Atom, obj: Any, key: Key, node: ast.AST) -> Local:
    """A dict that holds what an outside dict holds before the call."""

    def now() -> Any:
        exact = [v for v in obj.values() if v is None or isinstance(v, bool | str)]
        return list(obj), exact, [K.without_lengths(K.kind_of_value(v)) for v in obj.values()]

    low.depend(("entries", id(obj)), now, now(), "double", same=True)
    items, place = [_entry(low, base, obj, k, node) for k in obj], _place(obj)
    if place in low.known_lists:
        table = low.table(Kept, [histories.held(low, base, key, obj, node)], node)
        assert isinstance(table, Local)
        for k, value in zip(obj, items, strict=True):
            low.own_method(table, "_enter", [key_of(k), value], node)
    else:
        low.objects.displayed[place, tuple(obj)] = None
        table = low.made("dict", items, list(obj))
        low.objects.places[table.number] = place
    low.mirror.twins[table.number] = base, key, base
    return table


def is_held(low: State, value: Value) -> bool:
    """Whether a dict that is made here stands in an attribute of an outside object, and nowhere before."""
    if not isinstance(value, Local) or not low.doubled or value.number not in low.mirror.twins:
        return False
    return low.objects.places.get(value.number, (PLACE,))[0] != PLACE


def table(low: State, items: list[Value], keys: list[Any], node: ast.AST) -> Local:
    """A dict with computed keys that is made here, and held by an attribute of an outside object."""
    real = low.emit(Call("dict", (), (("keys", Tuple(())),)), K.PLACES, node)
    key = next(k for k in low.kept if k[1].isidentifier())  # all attributes have one number
    made = low.table(Kept, [histories.held(low, real, key, None, node)], node)
    assert isinstance(made, Local)
    for k, value in zip(keys, items, strict=True):
        low.own_method(made, "__setitem__", [key_of(k), value], node)
    return made


def held_by(value: Local) -> Var | None:
    """The dict itself that a table stands for; None for other objects."""
    if value.cls is not Kept:
        return None
    held = dict(zip(value.group.keys, value.group.items, strict=True))["_kept"]
    return held if isinstance(held, Var) else None


def _entry(low: State, base: Atom, obj: Any, key: Any, node: ast.AST) -> Value:
    """What an outside dict holds under a key before the call."""
    now = obj[key]
    if now is None or isinstance(now, bool | str):
        return Const(now)
    hint = key if isinstance(key, str) and key.isidentifier() else ""
    got = low.emit(Call("call", (GET_ITEM, base, key_of(key))), K.kind_of_value(now), node, hint)
    if isinstance(now, np.ndarray):
        low.mirror.arrays[got.name] = partial(obj.get, key)
    return got


def put(low: State, local: Local, new: dict[Any, Value], node: ast.AST) -> None:
    """Do to an outside dict what is done to its copy, of which the keys are known."""
    key = low.mirror.twins[local.number][1]
    held = dict(zip(local.group.keys, local.group.items, strict=True))
    for k in [k for k in held if k not in new]:
        of = _held(low, local, node)
        low.do(Call("call", (of, key_of(k)), (), ".pop"), node)
    for k, value in new.items():
        if k in held and held[k] is value:
            continue
        if not _is_plain_value(low, value):
            raise Written(single=key[0])
        of = _held(low, local, node)
        histories.given(low, of, [value], node, key_of(k))
        low.do(Call("call", (histories.SET_ITEM, of, key_of(k), low.variable(value, node))), node)


def _is_plain_value(low: State, value: Value) -> bool:
    if isinstance(value, Group):
        return value.cat == "tuple" and all(_is_plain_value(low, v) for v in value.items)
    return isinstance(value, Var | Const | Ref) and is_plain(low.kind(value))


def _held(low: State, local: Local, node: ast.AST | None) -> Var:
    """An outside dict, as it stands when the program comes here."""
    base, key, _ = low.mirror.twins[local.number]
    return histories.held(low, low.atom(base), key, low.kept[key][1], node)


def outside(low: State, local: Local, node: ast.AST | None) -> Var | None:
    """What a dict is the copy of, for whoever is given the dict itself."""
    if (held := held_by(local)) is not None:
        return held
    return None if low.mirror.twins[local.number][1][1] else _held(low, local, node)


def values_of(low: State, local: Local) -> Var | None:
    """The list of the values of a table."""
    held = low.objects.cells.get(local.number)
    values = dict(zip(held.keys, held.items, strict=True)).get("_values") if isinstance(held, Group) else None
    return values if local.cls is Kept and isinstance(values, Var) else None


__all__ = [
    "PLACE", "held_by", "is_alike", "is_held", "is_plain", "made", "outside", "put", "table", "values_of",
]  # fmt: skip
