"""Arguments that are containers or objects, as if the function had made them: so their parts can be replaced.

    f(x, ps): for p in ps: p.v += x      v = ps[0].v, w = ps[1].v; v = v + x; w = w + x

Dicts, dataclasses and lists are taken `apart` where the function writes into them. Objects are opened where
it is refused otherwise: what is written to an attribute is known then, and the caller's object is left as it
is. Which objects are the same is what the text relies on (`dependencies.object_key`).
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend import numbered
from s2sad.frontend.dependencies import is_open
from s2sad.frontend.state import Group, Local, State, Value
from s2sad.frontend.values import itself
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Var

LONGEST = 64  # elements of a list of objects that are known one by one


def apart(low: State, value: Value) -> Value:
    """A dict, dataclass or list argument as one that is made here, whose parts can be replaced."""
    kind = low.kind(value)
    if not isinstance(value, Var) or kind.items is None:
        return value
    if kind.cat == "dict" and kind.keys:
        items = [_part(low, value, k, i) for k, i in zip(kind.keys, kind.items, strict=True)]
        made = low.made("dict" if kind.cls is None else "object", [], list(kind.keys), kind.cls)
    elif kind.cat == "tuple":
        items = [_part(low, value, k, i) for k, i in enumerate(kind.items)]
        if kind.cls is not list:
            keys = kind.dtype.split(",") if kind.cls is not None else []
            return Group("tuple", [apart(low, item) for item in items], keys, kind.cls)
        made = low.made("list", [], [])
    else:
        return value
    made.first = Group(made.cat, [apart(low, item) for item in items], made.group.keys, made.cls)
    made.origin = value
    low.objects.cells[made.number] = made.first
    return made


def opened_arguments(
    low: State, env: dict[str, Value], live: dict[str, Any], node: ast.AST
) -> dict[str, Value]:
    """Arguments with those that are objects as if they were made here: they meet others of their class."""
    found, made = {}, dict[int, Value]()
    for name, value in env.items():
        found[name] = given = _open(low, value, live.get(name), made, node)
        low.given |= {given.name} if isinstance(given, Var) else set()
    return found


def _open(low: State, value: Value, obj: Any, made: dict[int, Value], node: ast.AST) -> Value:
    """An argument, or a part of one, as if it were made here; `made` says what has been made of objects."""
    if isinstance(value, Var) and low.kind(value).cat == "object" and is_open(type(obj)):
        if id(obj) not in made:
            items = [low.attribute(value, key, node) for key in vars(obj)]
            local = low.made("object", items, list(vars(obj)), type(obj))
            local.first, local.origin = local.group, value
            made[id(obj)] = _numbered(low, local, node)
        return made[id(obj)]
    if not isinstance(value, Var) or not isinstance(obj, list | tuple | dict) or not _held(low, value, obj):
        return _numbered(low, apart(low, value), node)
    kind = low.kind(value)
    keys = list(obj) if isinstance(obj, dict) else list(range(len(obj)))
    items = [_open(low, low.getitem(value, Const(k), node), obj[k], made, node) for k in keys]
    if isinstance(obj, tuple):
        return Group("tuple", items, kind.dtype.split(",") if kind.cls else [], kind.cls)
    local = low.made("list" if isinstance(obj, list) else "dict", [], keys if isinstance(obj, dict) else [])
    local.first, local.origin = Group(local.cat, items, local.group.keys), value
    low.objects.cells[local.number] = local.first
    return local


def _held(low: State, value: Var, obj: Any) -> bool:
    """Whether the elements of an argument are known one by one, and objects among them."""
    return len(obj) <= LONGEST and (low.kind(value).cat != "list" or any(is_open(type(v)) for v in obj))


def _numbered(low: State, value: Value, node: ast.AST) -> Value:
    return numbered.number(low, value, node) if isinstance(value, Local) and value.cls is not None else value


def _part(low: State, value: Var, key: Any, kind: Kind) -> Value:
    """A part of an argument."""
    if kind.known is not None:
        return itself(kind.known, str(key))
    return low.emit(Call("getitem", (value, Const(key))), kind)


def is_changed(low: State, value: Value) -> bool:
    """Whether a part of an argument holds something else than at first; of numbered objects, it may."""
    if isinstance(value, Var):
        return numbered.is_number_of(low.kind(value))
    if not isinstance(value, Local | Group):
        return False
    if isinstance(value, Local) and value.group is not value.first:
        return True
    held = value.group.items if isinstance(value, Local) else value.items
    return any(is_changed(low, item) for item in held)


__all__ = ["apart", "is_changed", "opened_arguments"]
