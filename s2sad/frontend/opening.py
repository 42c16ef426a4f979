"""Arguments that are containers or objects, as if the function had made them: so their parts can be replaced.

    f(x, ps): for p in ps: p.v += x      v = ps[0].v, w = ps[1].v; v = v + x; w = w + x

Dicts, dataclasses and lists are taken `apart` where the function writes into them. Objects are opened where
it is refused otherwise: what is written to an attribute is known then, and the caller's object is left as it
is. Which objects are the same is what the text relies on (`dependencies.object_key`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from s2sad.frontend import numbered
from s2sad.frontend.dependencies import LEAVES, is_open
from s2sad.frontend.state import Group, Local, State, Value
from s2sad.frontend.values import itself
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Var

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
    found, opening = {}, _Opening(low, node, {id(obj): obj for obj in _met(live.values())})
    for name, value in env.items():
        found[name] = given = opening.value(value, live.get(name))
        low.given |= {given.name} if isinstance(given, Var) else set()
    low.mirror.met.clear()
    return found


def _met(values: Iterable[Any]) -> Iterator[Any]:
    """The objects among arguments, and in lists, tuples and dicts there that are taken one by one."""
    for obj in values:
        if is_open(type(obj)):
            yield obj
        elif isinstance(obj, list | tuple | dict) and len(obj) <= LONGEST:
            yield from _met(obj.values() if isinstance(obj, dict) else obj)


def _reaches(obj: Any, wanted: dict[int, Any], seen: dict[int, Any]) -> bool:
    """Whether a value is one of these objects, or holds one."""
    if id(obj) in wanted or id(obj) in seen:
        return id(obj) in wanted
    seen[id(obj)] = obj
    if isinstance(obj, list | tuple | dict):
        return any(_reaches(v, wanted, seen) for v in (obj.values() if isinstance(obj, dict) else obj))
    return is_open(type(obj)) and any(_reaches(v, wanted, seen) for v in vars(obj).values())


@dataclass(slots=True)
class _Opening:
    """Arguments as if they were made here: those `wanted`, and what has been `made` of each, by their ids."""

    low: State
    node: ast.AST
    wanted: dict[int, Any]
    made: dict[int, Value] = field(default_factory=dict)

    def value(self, value: Value, obj: Any) -> Value:
        """An argument, or a part of one."""
        low = self.low
        if isinstance(value, Var) and low.kind(value).cat == "object" and is_open(type(obj)):
            return self._object(value, obj)
        held = isinstance(value, Var) and isinstance(obj, list | tuple | dict)
        if not held or not isinstance(value, Var) or not _held(low, value, obj):
            if held and _reaches(obj, self.wanted, {}):
                self._refuse()
            return _numbered(low, apart(low, value), self.node)
        kind = low.kind(value)
        keys = list(obj) if isinstance(obj, dict) else list(range(len(obj)))
        items = [self.value(low.getitem(value, Const(k), self.node), obj[k]) for k in keys]
        if isinstance(obj, tuple):
            return Group("tuple", items, kind.dtype.split(",") if kind.cls else [], kind.cls)
        cat = "list" if isinstance(obj, list) else "dict"
        local = low.made(cat, [], keys if isinstance(obj, dict) else [])
        local.first, local.origin = Group(cat, items, local.group.keys), value
        low.objects.cells[local.number] = local.first
        return local

    def _object(self, value: Var, obj: Any) -> Value:
        low, cls = self.low, type(obj)
        if id(obj) in self.made:
            made = self.made[id(obj)]
            is_begun = isinstance(made, Local) and made.first is None
            if is_begun and low.families.get(cls, cls) in low.numbered:
                self._refuse()
            return made
        local = self.made[id(obj)] = low.made("object", [], [], cls)
        items = [self._part(low.attribute(value, key, self.node), part) for key, part in vars(obj).items()]
        local.first, local.origin = Group("object", items, list(vars(obj)), cls), value
        low.objects.cells[local.number] = local.first
        low.mirror.opened.append(local)
        self.made[id(obj)] = _numbered(low, local, self.node)
        return self.made[id(obj)]

    def _part(self, value: Value, part: Any) -> Value:
        """What an attribute holds: an object that is met among the arguments too is the same one."""
        if id(part) in self.wanted and isinstance(value, Var) and self.low.kind(value).cat == "object":
            return self._object(value, part)
        if not isinstance(part, LEAVES) and _reaches(part, self.wanted, {}):
            self._refuse()
        return value

    def _refuse(self) -> NoReturn:
        what = "an object is an argument, or in one, and another argument holds it deeper inside"
        self.low.refuse(self.node, what, "pass it once, or what it holds")


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


def has_objects(arguments: dict[str, Kind | Atom], live: dict[str, Any]) -> bool:
    """Whether an argument is an object that can be taken for one that is made in the function."""
    kinds = [a for a in arguments.values() if isinstance(a, Kind)]
    held = any(is_open(type(v)) or isinstance(v, list | tuple | dict) for v in live.values())
    return held or any(map(_holds_record, kinds))


def _holds_record(kind: Kind) -> bool:
    if kind.cat == "dict" and kind.cls:
        return True
    return kind.cat in ("list", "tuple", "dict") and any(map(_holds_record, kind.items or ()))


__all__ = ["apart", "has_objects", "is_changed", "opened_arguments"]
