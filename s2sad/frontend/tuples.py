"""Lowering of tuples whose length is not known: what grows in a loop, and what is cut at a computed place.

    t = ()                       t = []                          where the elements carry derivatives: a list
    for v in x: t = t + (v,)     for v in x: t = list(t); t.append(v)
    path = path + (k,)           path = path + (k,)              where they carry none: a tuple
    x.shape[:k] + (1,)           x.shape[:k] + (1,)

A tuple is first taken for a display; where its length changes round a loop, or differs between two paths, the
function is lowered once more with what its name stands for as one of these. A list that is a tuple says so in
its kind (`kinds.LISTED`).
"""

from __future__ import annotations

import ast
from dataclasses import replace

from s2sad.frontend.state import Group, State, Value, Written
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Slice, Var


class Tuples(State):
    """The part of lowering that reads tuples of unknown length."""

    def joined(self, parts: list[Value], node: ast.AST, hint: str = "") -> Value:
        """A new list of the elements of lists."""
        raise NotImplementedError

    def tuple_place(self, name: str, carries: bool) -> tuple[str, int, int]:
        """What says that a name stands for tuples of unknown length: lists where they carry derivatives."""
        return f"{self.scope.source.file} {name}", self.scope.source.node.lineno, int(carries)

    def want_long(self, name: str, *values: Value) -> None:
        """Lower once more with what a name stands for as tuples of unknown length."""
        kinds = [self.kind(v) for v in values]
        if any((k.cat != "tuple" and k.dtype != K.LISTED) or k.cls is not None for k in kinds):
            return
        items = [i for k in kinds for i in (k.items or (k.every,)) if i is not None]
        if items and K.join_all(items) == K.OBJECT:
            return
        place = self.tuple_place(name, any(map(K.carries, items)))
        if place not in self.known_lists and self.tuple_place(name, True) not in self.known_lists:
            raise Written(place)

    def lengthened(self, value: Value, name: str, node: ast.AST | None) -> Value:
        """A display of a tuple as a tuple of unknown length, where its name stands for such."""
        if not isinstance(value, Group) or value.cat != "tuple" or value.cls is not None or not name:
            return value
        if self.tuple_place(name, True) in self.known_lists:
            return self.as_tuple(self.variable(Group("list", value.items), node, name))
        if self.tuple_place(name, False) in self.known_lists:
            items = tuple(self.variable(i, node) for i in value.items)
            every = K.join_all([self.kind(i) for i in items]) if items else K.BOTTOM
            return self.emit(Call("tuple", items), Kind("tuple", every=every), node, name)
        return value

    def as_tuple(self, made: Value) -> Value:
        """A new list of the program as the tuple that it stands for."""
        assert isinstance(made, Var)
        self.kinds[made.name] = replace(self.kinds[made.name], dtype=K.LISTED)
        self.listed_tuples = True
        return made

    def joined_tuples(self, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """`left + right` of tuples of which one is a list of the program."""
        parts = [
            Group("list", v.items) if isinstance(v, Group) and v.cat == "tuple" else v for v in (left, right)
        ]
        return self.as_tuple(self.joined(parts, node, hint))

    def cut_tuple(self, base: Value, index: Slice, node: ast.AST, hint: str) -> Value:
        """`t[lo:hi]` of a tuple of which only the program knows how much is left: a list if that varies."""
        kind = self.kind(base)
        items = self.unpack(base, None, node) if K.carries(kind) else []
        if items:
            return self.as_tuple(self.sliced(self.variable(Group("list", items), node), index, node, hint))
        every = K.join_all(list(kind.items or ())) or K.BOTTOM
        whole = self.variable(base, node)
        return self.emit(Call("getitem", (whole, index)), Kind("tuple", every=every), node, hint)

    def spread_tuple(self, node: ast.Tuple) -> Value:
        """`(*t, a)`, which is `t + (a,)` for a t of unknown length."""
        parts: list[Value] = [Group("tuple", [])]
        for item in node.elts:
            value = self.operand(item.value if isinstance(item, ast.Starred) else item)
            last = parts[-1]
            assert isinstance(last, Group)
            if not isinstance(item, ast.Starred):
                last.items.append(value)
            elif isinstance(value, Var) and (self.kind(value).cat == "list" or self.kind(value).every):
                parts += [value, Group("tuple", [])]
            else:
                last.items.extend(self.unpack(value, None, item))
        made = parts[0]
        for part in parts[1:]:
            if isinstance(part, Group) and not part.items:
                continue
            if "list" in (self.kind(made).cat, self.kind(part).cat):
                made = self.joined_tuples(made, part, node)
            else:
                empty = isinstance(made, Group) and not made.items
                made = part if empty else self.binary("add", made, part, node)
        return made


__all__ = ["Tuples"]
