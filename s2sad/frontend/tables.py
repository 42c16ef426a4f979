"""Lowering of dicts whose keys are computed, of defaultdict, Counter, OrderedDict and deque.

They are objects of the classes in `standins`, whose methods are inlined. A dict is first taken for one whose
keys are known; where a key is computed the function is lowered once more, and the dict is a `Table`.

    d = {}                            places = {}; order = []; held = []
    for k in range(n): d[k] = x[k]    for k in range(n): if k in places: ... else: ...
    d[2]                              held[places[2]]
    for k, v in d.items(): ...        for i in range(len(order)): k = order[i]; v = held[i]; ...
"""

from __future__ import annotations

import ast
import collections
from typing import Any

from s2sad.frontend import links, mirrors, shelves, standins, twins
from s2sad.frontend.derived import BASES, HeldDict, HeldList
from s2sad.frontend.iterators import Items
from s2sad.frontend.operators import static_attribute
from s2sad.frontend.rows import Rows, same_row
from s2sad.frontend.standins import Chain, Counted, Cursor, Filled, Made, Queue, Table
from s2sad.frontend.state import (
    CALLABLE,
    Group,
    Local,
    Method,
    State,
    Value,
    Written,
    key_of,
    opened,
    same_value,
)
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Tuple, Var

EMPTY: dict[Any, Any] = {float: 0.0, int: 0, complex: 0j, str: "", bool: False}
ENTERED = "for k, v in pairs:\n    table[k] = v"


class Tables(Rows):
    """The part of lowering that makes dicts with computed keys, and deques."""

    def iterable(self, node: ast.expr, late: bool = False) -> Any:
        """What a loop runs over (see `iterables`)."""
        raise NotImplementedError

    def own_method(self, value: Value, name: str, args: list[Value], node: ast.AST) -> Value:
        """A method of a stand-in."""
        method = self.attribute(value, name, node)
        return self.call_value(method, args, {}, node)

    def maker(self, make: Value) -> type:
        """The class of defaultdicts that a function fills: the same one for the same function."""
        for cls, known in self.objects.makes.items():
            if same_value(known, make):
                return cls
        cls = type("Made", (Made,), {"__module__": Made.__module__})
        self.objects.makes[cls] = make
        return cls

    def table(self, cls: type, args: list[Value], node: ast.AST) -> Value:
        """A new object of a class of `standins`."""
        made = self.made("object", [], [], cls)
        self.own_method(made, "__init__", args, node)
        return made

    def want_table(self, value: Value) -> None:
        """Lower once more with a dict as a table, if it is one that is made here."""
        mirrors.loosen(self, value)
        made_here = isinstance(value, Local) and value.cat == "dict"
        place = self.objects.places.get(value.number) if isinstance(value, Local) and made_here else None
        if place is not None and place not in self.known_lists:
            if twins.is_held(self, value):
                raise Written(real=place)
            raise Written(place)

    def want_like(self, keys: tuple[Any, ...]) -> None:
        """Lower once more with dicts of these keys as tables: one is written of which no name is known."""
        for place, made in self.objects.displayed:
            if set(made) == set(keys) and place not in self.known_lists:
                raise Written(place)

    def same_keys(self, number: int, one: Value, two: Value) -> None:
        """Lower once more with a dict as a table that has other keys on one path than on another.

        So with a list of functions that has another length: its elements are what these hold (see `packed`).
        """
        if isinstance(one, Group) and isinstance(two, Group) and one.cat == two.cat == "list":
            place = self.objects.places.get(number)
            functions = any(isinstance(i, CALLABLE) for i in (*one.items, *two.items))
            if len(one.items) != len(two.items) and functions and place not in {None, *self.loose_lists}:
                raise Written(loose=place)
        if isinstance(one, Group) and isinstance(two, Group) and one.cat == two.cat == "dict":
            place = self.objects.places.get(number)
            if set(one.keys) != set(two.keys) and place is not None and place not in self.known_lists:
                if number in self.mirror.twins and self.doubled and place[0] != twins.PLACE:
                    raise Written(real=place)
                raise Written(place)

    def new_dict(self, items: list[Value], keys: list[Any], node: ast.AST) -> Value:
        """A dict that is made at a place of the program, with the keys that are known there."""
        place = self.place(node)
        if not keys and self.scope.source.module.startswith("s2sad.generated") and place not in self.real:
            places = _new_places(self, [], {}, node, "")  # what the tables of a program were made of
            self.displays[places.name] = place
            return places
        if place not in self.known_lists:
            self.objects.displayed[place, tuple(keys)] = None
            items = [self.settled(v, node) for v in items]
            row = self.numbered_row(items, keys, node)
            if row is not None:
                return row
            made = self.made("dict", items, keys)
            self.objects.places[made.number] = place
            return made
        if place in self.real:
            return twins.table(self, items, keys, node)
        table = self.table(Table, [], node)
        links.keep_row(self, table, keys)
        for key, value in zip(keys, items, strict=True):
            self.own_method(table, "_enter", [key_of(key), value], node)
        return table

    def from_pairs(self, pairs: Any, node: ast.AST, new: bool = False) -> Value:
        """A table of pairs that a loop runs over; `new`: no key comes twice."""
        table = self.table(Table, [], node)
        self.entered(table, pairs, node, new)
        return table

    def entered(self, table: Value, pairs: Any, node: ast.AST, new: bool = False) -> None:
        """Enter pairs that a loop runs over."""
        text = ENTERED.replace("table[k] = v", "table._enter(k, v)") if new else ENTERED
        self.script(text, node, pairs=pairs, table=table)

    def filled(self, table: Value, pairs: Value, node: ast.AST) -> None:
        """Enter the items of a dict, or pairs."""
        pairs = self.contents(pairs, node)
        if self.stands_in(pairs) is Chain:
            pairs = self.own_method(pairs, "merged", [], node)
        if self.stands_in(pairs) not in (None, Queue, Cursor):
            self.entered(table, self.pairs_of(pairs, node), node)
        elif self.is_dict(pairs):
            for key in self.unpack_keys(opened(pairs)):
                item = self.getitem(pairs, key_of(key), node)
                self.own_method(table, "__setitem__", [key_of(key), item], node)
        elif isinstance(held := opened(pairs), Group):
            for pair in held.items:
                self.own_method(table, "__setitem__", self.unpack(pair, 2, node), node)
        else:
            self.entered(table, pairs, node)

    def pairs_of(self, table: Value, node: ast.AST) -> Items:
        """The items of a table by index."""
        order, held = (self.attribute(table, name, node) for name in ("_keys", "_values"))
        length = self.emit(Call("len", (self.atom(order),)), K.INT, node)
        return Items(
            length, lambda i: Group("tuple", [self.getitem(order, i, node), self.getitem(held, i, node)])
        )

    def iterated(self, value: Value, node: ast.AST) -> Value:
        """What a loop over a value runs over: the keys of a table, the elements of a deque."""
        if keys := self.row_keys_of(value):
            return Group("tuple", [key_of(k) for k in keys])
        cls = self.stands_in(value)
        if cls is None:
            return value
        if cls is Cursor:
            return self.own_method(value, "rest", [], node)
        if issubclass(cls, HeldList | HeldDict):
            held = self.contents(value, node)
            return value if held is value else self.iterated(held, node)
        if cls is Chain:
            return self.iterated(self.own_method(value, "merged", [], node), node)
        return self.attribute(value, "_items" if cls is Queue else "_keys", node)

    def contents(self, value: Value, node: ast.AST) -> Value:
        """What an object of a class that derives from list or dict holds; other values as they are."""
        cls = self.stands_in(value)
        base = next((c for c in BASES.values() if cls is not None and issubclass(cls, c)), None)
        if cls is None or base is None:
            return shelves.display(self, value, node) or value
        names = ("__iter__", "__len__", "__getitem__")
        own = any(static_attribute(cls, n) is not getattr(base, n) for n in names)
        own = own or hasattr(getattr(cls, "s2sad_real", None), "__missing__")
        return value if own else self.attribute(value, "s2sad_held", node)

    def items_called(self, fn: Value, node: ast.Call) -> Items | None:
        """`d.items()` of a table as an iteration by index."""
        obj = fn.fn.obj if isinstance(fn, Method) and isinstance(fn.fn, Ref) else None
        if obj is not Table.items or not isinstance(fn, Method) or node.args:
            return None
        return self.pairs_of(fn.self, node)

    def dict_called(self, fn: Value, node: ast.Call, hint: str) -> Value | None:
        """`dict(zip(keys, values))` and `dict((k, v) for ...)`, whose pairs need no list; else None."""
        if not (isinstance(fn, Ref) and fn.obj in (dict, collections.OrderedDict)) or len(node.args) != 1:
            return None
        arg = node.args[0]
        if isinstance(arg, ast.GeneratorExp) and isinstance(arg.elt, ast.Tuple) and len(arg.elt.elts) == 2:
            if not node.keywords:
                made = ast.DictComp(key=arg.elt.elts[0], value=arg.elt.elts[1], generators=arg.generators)
                return self._dictcomp(ast.copy_location(made, node), hint)
        if not isinstance(arg, ast.Call) or node.keywords:
            return None
        named = arg.func.attr if isinstance(arg.func, ast.Attribute) else getattr(arg.func, "id", "")
        if named not in ("zip", "enumerate", "map", "items"):  # others may give a dict, and are called once
            return None
        space = self.iterable(arg)
        if isinstance(space, Items):
            return self.from_pairs(space, node)
        return self.call_value(fn, [space if isinstance(space, Group) else self.operand(arg)], {}, node, hint)

    # ------------------------------------------------------------------------------------------ displays

    def _dictcomp(self, node: ast.DictComp, hint: str) -> Value:
        """A dict whose keys are known, or a table."""
        place = self.place(node)
        pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)
        if place in self.known_lists:
            return self._table_by_loops(node)
        listed = ast.copy_location(ast.ListComp(pair, node.generators), node)
        made = self.comprehension(listed, ranges=True)
        pairs: dict[Any, Value] = {}
        for item in made.items if isinstance(made, Group) else [None]:
            key = item.items[0] if isinstance(item, Group) else None
            if not isinstance(item, Group) or not isinstance(key, Const | Ref):
                raise Written(place)
            pairs[key.value if isinstance(key, Const) else key.obj] = item.items[1]
        return self.new_dict(list(pairs.values()), list(pairs), node)

    def _table_by_loops(self, node: ast.DictComp) -> Value:
        """A table that loops fill."""
        table = self.table(Table, [], node)
        holder = f"table {self.fresh.count}"  # no user's name has a blank
        place = ast.Name(holder, ast.Load())
        store: ast.stmt = ast.Assign([ast.Subscript(place, node.key, ast.Store())], node.value)
        if _never_twice(node):
            enter = ast.Attribute(place, "_enter", ast.Load())
            store = ast.Expr(ast.Call(enter, [node.key, node.value], []))
        body: list[ast.stmt] = [ast.copy_location(store, node.value)]
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [ast.copy_location(ast.If(test, body, []), test)]
            body = [ast.copy_location(ast.For(generator.target, generator.iter, body, []), node)]
        for part in body:
            ast.fix_missing_locations(part)
        names = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        saved = {n: self.scope.env.get(n) for n in names}
        self.scope.env[holder] = table
        self.statements(body)
        for name, value in {**saved, holder: None}.items():
            if value is None:
                self.scope.env.pop(name, None)
            else:
                self.scope.env[name] = value
        return table


def _never_twice(node: ast.DictComp) -> bool:
    """Whether no key of a comprehension comes twice: numbers that are counted, or strings of them."""
    first = node.generators[0]
    if len(node.generators) > 1 or not isinstance(first.iter, ast.Call):
        return False
    fn = first.iter.func
    name = fn.id if isinstance(fn, ast.Name) else ""
    counter = first.target
    if name == "enumerate" and isinstance(counter, ast.Tuple):
        counter = counter.elts[0]
    elif name != "range":
        return False
    key = node.key
    if isinstance(key, ast.JoinedStr):
        parts = [p for p in key.values if isinstance(p, ast.FormattedValue)]
        key = parts[0].value if len(parts) == 1 and parts[0].format_spec is None else key
    return isinstance(key, ast.Name) and isinstance(counter, ast.Name) and key.id == counter.id


# --------------------------------------------------------------------------------------------- what is called


def _new_places(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Var:
    return low.emit(Call("dict", (), (("keys", Tuple(())),)), K.PLACES, node, hint or "places")


def _taken(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    item = K.anonymous(kind.items[0] if kind.items else K.FLOAT)
    return low.emit(Call("list.pop", (low.atom(args[0]), low.atom(args[1]))), item, node, hint)


def _put(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.put_in(low.atom(args[0]), args[1], args[2], node)
    return Const(None)


def _fill(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.filled(args[0], args[1], node)
    return Const(None)


def _dict(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    made: dict[Any, Value] = {}
    held = opened(args[0]) if args else Group("tuple", [])
    known = low.is_dict(held) or isinstance(held, Group)
    if not known or (args and low.stands_in(args[0]) is not None):
        return _table_of(low, args, kwargs, node)
    if low.is_dict(held):
        made = {k: low.getitem(held, Const(k), node) for k in low.unpack_keys(held)}
    elif isinstance(held, Group):
        for pair in held.items:
            key, value = low.unpack(pair, 2, node)
            if not isinstance(key, Const):
                return _table_of(low, args, kwargs, node)
            made[key.value] = value
    made.update(kwargs)
    return low.new_dict(list(made.values()), list(made), node)


def _table_of(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
    table = low.table(Table, [], node)
    for arg in args:
        low.filled(table, arg, node)
    for key, value in kwargs.items():
        low.own_method(table, "__setitem__", [Const(key), value], node)
    return table


def _fromkeys(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`dict.fromkeys(keys, value)`."""
    value = low.settled(args[1], node) if len(args) > 1 else Const(None)
    held = opened(args[0])
    numbers = low.kind(held)
    known = isinstance(held, Group | Const) or numbers.cat in ("tuple", "dict") or isinstance(held, Ref)
    keys = low.unpack(held, None, node) if known else []
    if known and all(isinstance(k, Const | Ref) for k in keys):
        named = dict.fromkeys(k.value if isinstance(k, Const) else getattr(k, "obj", None) for k in keys)
        return low.new_dict([value] * len(named), list(named), node)
    table = low.table(Table, [], node)
    low.script("for k in keys:\n    table[k] = value", node, keys=args[0], table=table, value=value)
    return table


def _defaultdict(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    make = args[0] if args else Const(None)
    if isinstance(make, Ref) and make.obj in EMPTY:
        table = low.table(Filled, [Const(EMPTY[make.obj])], node)
    elif make == Const(None):
        table = low.table(Table, [], node)
    else:
        table = low.table(low.maker(make), [], node)
    for arg in args[1:]:
        low.filled(table, arg, node)
    return table


def _made_for(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    cls = low.class_of(args[0])
    return low.call_value(low.objects.makes[cls], [], {}, node) if cls is not None else Const(None)


def _like(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.table(low.class_of(args[0]) or Table, [], node)


def _chain(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if any(low.stands_in(a) not in (None, Table) for a in args):
        what = "a ChainMap of a defaultdict or Counter, which has a value for every key"
        low.refuse(node, what, "look for the key in one after the other")
    return low.table(Chain, args, node)


def _found_in(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    def first(maps: list[Value]) -> Value:
        if len(maps) == 1:
            return low.getitem(maps[0], args[1], node)
        here = low.compare("in", args[1], maps[0], node)
        known = low.static_truth(here)
        if known is not None:
            return low.getitem(maps[0], args[1], node) if known else first(maps[1:])
        return low.choose(
            here, lambda: low.getitem(maps[0], args[1], node), lambda: first(maps[1:]), node, hint
        )

    return first(low.unpack(args[0], None, node))


def _is_in(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    found: Value = Const(False)
    for held in reversed(low.unpack(args[0], None, node)):
        here, behind = low.compare("in", args[1], held, node), found
        known = low.static_truth(here)
        if known is not None:
            found = Const(True) if known else behind
        else:
            found = low.choose(here, lambda: Const(True), lambda behind=behind: behind, node)  # type: ignore[misc]
    return found


def _counter(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    table = low.table(Counted, [Const(0)], node)
    held = low.iterated(args[0], node) if args else Group("tuple", [])
    letters = isinstance(held, Const) and isinstance(held.value, str)
    items = low.unpack(held, None, node) if letters or isinstance(held, Group) else None
    if items is not None and all(isinstance(i, Const) for i in items):
        numbers = collections.Counter(i.value for i in items if isinstance(i, Const))
        for key, number in numbers.items():
            low.own_method(table, "_enter", [Const(key), Const(number)], node)
    elif low.is_dict(held):
        low.filled(table, held, node)
    else:
        low.own_method(table, "count", [held], node)
    return table


def _deque(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    maxlen = args[1] if len(args) > 1 else kwargs.get("maxlen", Const(None))
    queue = low.table(Queue, [maxlen], node)
    source = args[0] if args else kwargs.get("iterable", Group("list", []))
    if maxlen == Const(None):
        items = low.attribute(queue, "_items", node)
        low.builtin_method(items, ".extend", [low.iterated(source, node)], {}, node, "")
    else:
        low.own_method(queue, "extend", [source], node)
    return queue


MAKERS: dict[Any, Any] = {
    standins.new_places: _new_places, standins.taken: _taken, standins.put: _put, standins.fill: _fill,
    standins.made_for: _made_for, standins.like: _like, standins.same_row: same_row,
    standins.compared: links.refuse_compared,
    standins.found_in: _found_in, standins.is_in: _is_in,
    dict: _dict, collections.OrderedDict: _dict, dict.fromkeys: _fromkeys,
    collections.defaultdict: _defaultdict, collections.Counter: _counter, collections.deque: _deque,
    collections.ChainMap: _chain,
}  # fmt: skip

__all__ = ["MAKERS", "Tables"]
