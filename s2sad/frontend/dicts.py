"""Lowering of dicts: displays whose keys are known, reads and writes at computed keys, and their methods.

    d["a"] = x               d holds x from here on, no statement
    d[k] += x                the place of k among the keys, and a choice for each key
    d.update(b=x)            as d["b"] = x
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.objects import Objects
from s2sad.frontend.records import known_key
from s2sad.frontend.state import Group, Local, State, Value, key_of, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Var

WRITING = frozenset((".pop", ".popitem", ".setdefault", ".update", ".clear", ".move_to_end"))


class Dicts(Objects):
    """The part of lowering that reads dicts."""

    def store_key(self, base: Value, index: Value, value: Value, node: ast.AST) -> None:
        """`base[index] = value` of a dict."""
        index = known_key(index)
        known = (index.value,) if isinstance(index, Const) else (None,)
        held = self.own(base, node, known)
        value = self.settled(value, node)
        if isinstance(index, Const | Ref):
            self.hold_item(held, index.value if isinstance(index, Const) else index.obj, value, node)
            return
        keys = list(held.group.keys)
        if not keys or not isinstance(index, Var) or (held.number, index) not in self.present:
            self.want_table(held)
            self.refuse(
                node,
                "a dict is written at a computed key, which may be new",
                "give it all keys before, and use d[k] += v",
            )
        places = self.variable(Group("dict", [Const(k) for k in range(len(keys))], keys), node)
        place = self.emit(Call("getitem", (places, self.variable(index, node))), K.INT, node)
        items = list(held.group.items)
        for k, old in enumerate(list(items)):
            here = self.emit(Call("eq", (place, Const(k))), K.BOOL, node)
            items[k] = self.choose(here, lambda: value, lambda old=old: old, node)  # type: ignore[misc]
        self.hold(held, items, keys, node)

    def is_dict(self, value: Value) -> bool:
        """Whether a value is a dict whose keys are known."""
        kind = self.kind(value)
        if self.row_keys_of(value):
            return True
        return (kind.cat == "dict" and kind.cls is None) or kind.cls is dict

    def union(self, parts: list[Value], node: ast.AST) -> Value:
        """`a | b` of dicts: a new dict."""
        held: dict[Any, Value] = {}
        for part in parts:
            held.update({k: self.getitem(part, Const(k), node) for k in self.unpack_keys(part)})
        return self.new_dict(list(held.values()), list(held), node)

    def dict_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """A method of a dict."""
        args = [known_key(args[0]), *args[1:]] if args and name != ".update" else args
        if name in WRITING:
            if self.row_keys_of(base):
                return self.row_method(base, name, args, kwargs, node)
            written = tuple(kwargs) if name == ".update" and not args else (None,)
            return self._writing(self.own(base, node, written), name, args, kwargs, node)
        group = base.group if isinstance(base, Local) else base
        if self.row_keys_of(group) and name != ".get":
            group = self.row_group(group, node)
        if not isinstance(group, Group):
            keys = self.row_keys_of(group) or self.kind(group).keys
            if name == ".get" and args and isinstance(args[0], Const) and args[0].value in keys:
                return self.getitem(group, args[0], node)
            if isinstance(group, Ref):
                obj = group.obj
                self.depend(("keys", id(obj)), lambda: list(obj), list(obj), group.text, same=True)
            group = Group("dict", [self.getitem(group, Const(k), node) for k in keys], list(keys))
        pairs = list(zip(group.keys, group.items, strict=True))
        if name == ".items":
            return Group("tuple", [Group("tuple", [key_of(k), v]) for k, v in pairs])
        if name == ".keys":
            return Group("tuple", [key_of(k) for k in group.keys])
        if name == ".values":
            return Group("tuple", list(group.items))
        if name == ".copy":
            return self.new_dict(list(group.items), list(group.keys), node)
        if name == ".get" and args:
            return self._get(group, args, node)
        self.refuse(
            node,
            f"the dict method {name[1:]!r} is not supported here",
            "assign the keys, or build a new dict",
        )

    def _get(self, group: Group, args: list[Value], node: ast.AST) -> Value:
        default = args[1] if len(args) > 1 else Const(None)
        key = args[0]
        if isinstance(key, Const | Ref):
            known = key.value if isinstance(key, Const) else key.obj
            return group.items[group.keys.index(known)] if known in group.keys else default
        held = self.variable(Group("list", [key_of(k) for k in group.keys]), node)
        inside = self.emit(Call("in", (self.variable(key, node), held)), K.BOOL, node)
        return self.choose(inside, lambda: self.getitem(group, key, node), lambda: default, node)

    def _writing(
        self, base: Local, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        held: dict[Any, Value] = dict(zip(base.group.keys, base.group.items, strict=True))
        result: Value = Const(None)
        if name == ".update":
            for key, value in (*self.pairs(base, args, node), *kwargs.items()):
                held[key] = self.settled(value, node)
        elif name == ".clear":
            held = {}
        elif name == ".popitem" and held:
            key = list(held)[-1 if self._is_last(base, args, kwargs, 0, node) else 0]
            result = Group("tuple", [key_of(key), held.pop(key)])
        elif not args or not isinstance(args[0], Const | Ref):
            self.want_table(base)
            self.refuse(node, "a dict is written at a computed key", "use literal keys")
        else:
            key = args[0].value if isinstance(args[0], Const) else args[0].obj
            if name == ".move_to_end" and key in held:
                last = self._is_last(base, args, kwargs, 1, node)
                moved = {key: held.pop(key)}
                held = {**held, **moved} if last else {**moved, **held}
            elif name == ".setdefault":
                default = args[1] if len(args) > 1 else Const(None)
                result = held.setdefault(key, self.settled(default, node))
            elif key not in held and len(args) < 2:
                self.refuse(node, f"the dict has no key {key!r}", "use a key that it has")
            else:
                result = held.pop(key, args[1] if len(args) > 1 else Const(None))
        self.hold(base, list(held.values()), list(held), node)
        return result

    def _is_last(
        self, base: Local, args: list[Value], kwargs: dict[str, Value], place: int, node: ast.AST
    ) -> bool:
        """The argument `last` of the methods of OrderedDict."""
        given = args[place] if len(args) > place else kwargs.get("last", Const(True))
        if not isinstance(given, Const):
            self.want_table(base)
            self.refuse(node, "which end of a dict is meant is not known", "write last=True or last=False")
        return bool(given.value)

    def pairs(self, base: Value, args: list[Value], node: ast.AST) -> list[tuple[Any, Value]]:
        """What `update` gets: a dict, or pairs of keys and values."""
        found: list[tuple[Any, Value]] = []
        for arg in (self.contents(a, node) for a in args):
            if self.kind(arg).cat == "dict":
                keys = [k.value for k in self.unpack(arg, None, node) if isinstance(k, Const)]
                found += [(k, self.getitem(arg, Const(k), node)) for k in keys]
                continue
            if self.stands_in(arg) is not None or not isinstance(opened(arg), Group):
                self.want_table(base)
            for pair in self.unpack(arg, None, node):
                key, value = self.unpack(pair, 2, node)
                if not isinstance(key, Const):
                    self.want_table(base)
                    self.refuse(node, "a dict is written at a computed key", "use literal keys")
                found.append((key.value, value))
        return found


def got(low: State, base: Ref, args: list[Value], node: ast.AST) -> Value:
    """`TABLE.get(key, default)` of a dict from outside that the program does not change."""
    table, key = base.obj, known_key(args[0])
    default = args[1] if len(args) > 1 else Const(None)
    if not isinstance(key, Const | Ref):
        inside = low.emit(Call("in", (low.variable(key, node), base)), K.BOOL, node)
        return low.choose(inside, lambda: low.getitem(base, key, node), lambda: default, node)
    known = key.value if isinstance(key, Const) else key.obj
    if known in table:
        return low.getitem(base, key, node)
    low.depend(("missing", id(table)), lambda: known in table, False, repr(known), same=True)
    return default


def are_dicts(state: State, values: list[Value]) -> bool:
    """Whether all values are dicts of the caller's whose keys are known, which hold something active."""
    kinds = [state.kind(v) for v in values if isinstance(v, Var)]
    known = all(k.cat == "dict" and k.cls is None and K.carries(k) for k in kinds)
    return bool(values) and known and len(kinds) == len(values)


def in_parts(state: State, values: list[Value], node: ast.AST) -> list[Value]:
    """Such dicts as displays of what they hold, by their keys; other values as they are."""
    if not are_dicts(state, values):
        return values
    keys = [list(state.kind(v).keys) for v in values]
    pairs = list(zip(values, keys, strict=True))
    return [Group("dict", [state.getitem(v, Const(k), node) for k in own], own) for v, own in pairs]


__all__ = ["Dicts", "are_dicts", "got", "in_parts"]
