"""Lowering of dicts with known keys of which only the program knows which is which: the rows of a table.

Where a dict is written that is an element of a list or of another dict, dicts with its keys are numbered as
objects are (`numbered`), and what stands under each key is a list:

    rows = [{"v": v, "n": 0.0} for v in x]    row_v, row_n, rows = [], [], []
                                              for v in x: rows.append(len(row_v)); row_v.append(v); ...
    rows[i]["n"] += c*rows[i]["v"]            row_n[rows[i]] += c*row_v[rows[i]]

Takes dicts whose keys are strings; one that gets a new key, or is written at a computed one, is a table
instead (`tables`), as are the others with its keys.
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend import links, numbered
from s2sad.frontend.dicts import Dicts
from s2sad.frontend.standins import row_class
from s2sad.frontend.state import Group, State, Value
from s2sad.ir.nodes import Const


class Rows(Dicts):
    """The part of lowering that numbers dicts."""

    def want_row(self, value: Value, written: tuple[Any, ...], known: tuple[Any, ...]) -> None:
        """Lower once more with dicts of these keys as rows, or as tables if another key is written."""
        named = bool(known) and all(isinstance(k, str) for k in known)
        if named and set(written) <= set(known):
            cls = row_class(known)
            if cls not in self.numbered and self.displays_of(known):
                self.want_numbers(cls)
        self.want_table(value)
        self.want_like(known)

    def displays_of(self, keys: tuple[Any, ...]) -> bool:
        """Whether all dicts with these keys are displayed in their order, and none is a table."""
        known = [(place, made) for place, made in self.objects.displayed if set(made) == set(keys)]
        return all(made == keys and place not in self.known_lists for place, made in known)

    def numbered_item(self, base: Value, index: Value, node: ast.AST, hint: str) -> Value | None:
        """An item of a dict or tuple that is numbered; None for all else."""
        if links.arity(self, base):
            return links.item(self, base, index, node, hint)
        if self.row_keys_of(base):
            return self.row_item(base, index, node, hint)
        return links.row_item(self, base, index, node, hint) if links.rows_of(self, base) else None

    def row_item(self, base: Value, index: Value, node: ast.AST, hint: str) -> Value:
        """`row[key]`."""
        keys = self.row_keys_of(base)
        if not isinstance(index, Const):
            return self.getitem(self.row_group(base, node), index, node, hint)
        if index.value not in keys:
            self.fails(KeyError, index.value, node)
            self.refuse(node, f"the dict has no key {index.value!r}", "use a key that it has")
        return numbered.attribute(self, base, index.value, node, hint)

    def row_group(self, base: Value, node: ast.AST) -> Group:
        """What a row holds now, key by key."""
        keys = self.row_keys_of(base)
        return Group("dict", [numbered.attribute(self, base, k, node, "") for k in keys], list(keys))

    def row_store(self, base: Value, index: Value, value: Value, node: ast.AST) -> None:
        """`row[key] = value`."""
        keys = self.row_keys_of(base)
        if not isinstance(index, Const) or index.value not in keys:
            self.want_like(keys)
            self.refuse(node, "a dict in a list or dict gets a new key", "give it all keys where it is made")
        numbered.set_attribute(self, base, index.value, self.settled(value, node), node)

    def row_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """A method of a row that changes it."""
        keys = self.row_keys_of(base)
        if name == ".update":
            for key, value in (*self.pairs(base, args, node), *kwargs.items()):
                self.row_store(base, Const(key), value, node)
            return Const(None)
        if name == ".setdefault" and args and isinstance(args[0], Const) and args[0].value in keys:
            return self.row_item(base, args[0], node, "")
        self.want_like(keys)
        what = f"a dict in a list or dict is changed by {name[1:]}()"
        self.refuse(node, what, "assign to its keys")

    def numbered_row(self, items: list[Value], keys: list[Any], node: ast.AST) -> Value | None:
        """A dict that is displayed, as a row if dicts with its keys are rows."""
        known = tuple(keys)
        cls = row_class(known) if known and all(isinstance(k, str) for k in known) else None
        if cls is None or not {cls, self.families.get(cls)} & self.numbered.keys():
            return None
        made = self.made("object", items, keys, cls)
        return numbered.number(self, made, node)


def same_row(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """Whether two dicts are equal: they have the same keys, and their values are equal one by one."""
    links.refuse_rows(low, args, node)
    if not all(low.is_dict(v) for v in args):
        return Const(False)
    keys, others = (low.unpack_keys(v) for v in args)
    if set(keys) != set(others):
        return Const(False)

    def rest(left: list[str]) -> Value:
        if not left:
            return Const(True)
        one, two = (low.getitem(v, Const(left[0]), node) for v in args)
        first = low.compare("eq", one, two, node)
        return low.choose(first, lambda: rest(left[1:]), lambda: Const(False), node)

    return rest(keys)


__all__ = ["Rows", "same_row"]
