"""Lowering of what orders, searches and cuts sequences: sorted, max and min with a key, slices of lists that
are written, and the methods sort, index, count and remove.

    ys = sorted(xs, key=f)  keys = [f(x) for x in xs]; order = sorted_order(keys); ys = [xs[i] for i in order]
    x = max(xs, key=f)      keys = [f(x) for x in xs]; x = xs[pick_max(keys)]
    del xs[1:3]             places = range(len(xs))[1:3]; for i in range(len(places)): xs.pop(places.start)

What comes first is decided by integers that carry no derivative; the elements themselves go through
subscripts, `pop` and `insert`, whose derivatives are known.
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend import equality, numbered
from s2sad.frontend.lists import SORTED, Lists
from s2sad.frontend.protocols import called
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import Group, State, Value, holds_functions, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Ref, Slice, Var

IN_PLACE = """
for i in range(len(made)):
    xs[i] = made[i]
"""
EACH = """
if len(ys) != len(places):
    raise error(f"attempt to assign sequence of size {len(ys)} to extended slice of size {len(places)}")
for i in range(len(ys)):
    xs[places[i]] = ys[i]
"""
BY_CLASS = """
order = list(range(len(keys)))
for i in range(len(keys)):
    at = i
    while at > 0 and (keys[order[at - 1]] < keys[i] if reverse else keys[i] < keys[order[at - 1]]):
        order[at] = order[at - 1]
        at = at - 1
    order[at] = i
made = [xs[i] for i in order]
"""


COUNTING: dict[str, Any] = {"len": Ref("len", len), "range": Ref("range", range), "list": Ref("list", list)}


class Sequences(Lists):
    """The part of lowering that orders, searches and cuts lists."""

    def searched(
        self, xs: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value | None:
        """The methods of lists that order and search them; None for other methods."""
        if name in (".index", ".count") and len(args) == 1 and not kwargs:
            args = [equality.as_held(self.kind(xs), args[0])]
            equal = equality.found(self, name[1:], xs, args[0], node)
            if equal is not None:
                return equal
        if name in (".index", ".count") and args and not kwargs:
            if equality.asks_classes(self, args[0]):
                self.refuse(node, "objects are searched from a place on", "search a slice of the list")
            held = self.variable(xs, node)
            operands = (held, *(self.variable(a, node) for a in args))
            return self.emit(Call(f"seq{name}", operands, (), name), K.INT, node, hint)
        if name == ".remove" and len(args) == 1 and isinstance(xs, Var):
            place = self.searched(xs, ".index", args, {}, node, "")
            assert place is not None
            self.taken(xs, [place], node)
            return Const(None)
        if name == ".sort" and not args and isinstance(xs, Var):
            made = self.ordered(xs, kwargs, node)
            self.script(IN_PLACE, node, xs=xs, made=made, **COUNTING)
            return Const(None)
        return None

    def ordered(self, xs: Value, kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A new list of the elements of a list in order."""
        reverse = kwargs.get("reverse", Const(False))
        keys = self.keys_of(xs, kwargs.get("key", Const(None)), node)
        held = self.kind(keys).items
        if held and numbered.has_order(self, held[0]):
            given = {"keys": keys, "xs": xs, "reverse": reverse, **COUNTING}
            return self.script(BY_CLASS, node, "made", **given)
        if held and held[0].is_number and held[0].rank == 0 and isinstance(reverse, Const):
            source = rule_source("sorted", SORTED)
            env: dict[str, Value] = {"xs": xs, "keys": keys, "reverse": reverse}
            return self.inline(source, source.node, env, None, "sorted")
        order = self.apply("sorted_order", [keys, reverse], {}, node)
        return self.script("made = [xs[i] for i in order]", node, "made", xs=xs, order=order)

    def keys_of(self, xs: Value, key: Value, node: ast.AST) -> Atom:
        """The list of what a function gives for each element."""
        if key == Const(None):
            return self.variable(xs, node)
        keys: Atom = self.emit(Call("list", ()), K.list_of(None), node)

        def one(item: Value) -> None:
            found = self.call_value(key, [item], {}, node)
            self.append(keys, self.stopped(self.element(found, node), node), node)

        if isinstance(xs, Group):
            for item in xs.items:
                one(item)
            return keys
        length = self.emit(Call("len", (self.atom(xs, node),)), K.INT, node)
        self.each(length, lambda i: one(self.getitem(xs, i, node)), node)
        return keys

    def listed(self, value: Value, node: ast.AST) -> Value:
        """What is iterated as a display or a list."""
        held = opened(value)
        kind = self.kind(held)
        if isinstance(held, Group):
            return Group("list", self.unpack(held, None, node))
        if kind.cat == "list" and isinstance(held, Var):
            return held
        return self.call_value(Ref("list", list), [held], {}, node)

    def extreme(
        self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """`max` and `min` with a key or a default, or of a dict."""
        xs = self.listed(args[0], node) if len(args) == 1 else Group("list", args)
        key = kwargs.get("key", Const(None))
        if isinstance(xs, Group) and not xs.items:
            if "default" not in kwargs:
                self.refuse(node, f"{name}() of nothing", "pass default=...")
            return kwargs["default"]

        def found() -> Value:
            keys = self.keys_of(xs, key, node)
            place = self.apply(f"pick_{name}", [keys], {}, node)
            return self.getitem(xs, place, node, hint)

        if isinstance(xs, Group) or "default" not in kwargs:
            return found()
        some = self.compare("gt", self.emit(Call("len", (self.atom(xs),)), K.INT, node), Const(0), node)
        return self.choose(some, found, lambda: kwargs["default"], node, hint)

    # ---------------------------------------------------------------------------------------------- slices

    def _places(self, xs: Atom, index: Slice, node: ast.AST) -> Var:
        """The places that a slice of a list means, as a range."""
        length = self.emit(Call("len", (xs,)), K.INT, node)
        every = self.emit(Call("range", (length,)), K.RANGE, node)
        return self.emit(Call("getitem", (every, index)), K.RANGE, node)

    def _step(self, index: Slice, node: ast.AST) -> int:
        step = index.step.value if isinstance(index.step, Const) else None
        if not (index.step == Const(None) or isinstance(step, int)):
            self.refuse(node, "a slice with a step that is not known is written", "write a loop")
        return step or 1

    def delete_slice(self, xs: Atom, index: Slice, node: ast.AST) -> None:
        """`del xs[lo:hi:step]`."""
        places = self._places(xs, index, node)
        if self._step(index, node) == 1:
            self._cut(xs, places, node)
            return
        turned = Slice(Const(None), Const(None), Const(-1))
        if self._step(index, node) > 0:  # from the end, so that the other places stay
            places = self.emit(Call("getitem", (places, turned)), K.RANGE, node)
        length = self.emit(Call("len", (places,)), K.INT, node)
        self.each(length, lambda i: self._pop(xs, self.getitem(places, i, node), node), node)

    def _cut(self, xs: Atom, places: Var, node: ast.AST) -> Value:
        """Take out neighbours; the place of the first."""
        start = self.attribute(places, "start", node)
        length = self.emit(Call("len", (places,)), K.INT, node)
        self.each(length, lambda _: self._pop(xs, start, node), node)
        return start

    def _pop(self, xs: Atom, place: Value, node: ast.AST) -> None:
        kind = self.kind(xs)
        item = K.anonymous(kind.items[0] if kind.items else K.FLOAT)
        self.emit(Call("list.pop", (xs, self.atom(place))), item, node)

    def augment_list(self, xs: Value, op: str, value: Value, node: ast.AST) -> None:
        """`xs += ys` and `xs *= n`, which other names of the list see."""
        count = value.value if isinstance(value, Const) and op == "mul" else None
        if op == "mul" and not (isinstance(count, int) and count > 0):
            whole = Slice(Const(None), Const(None), Const(None))
            self.store(xs, whole, self.binary(op, xs, value, node), "", node)
            return
        more = value if count is None else self.binary(op, xs, Const(count - 1), node)
        self.builtin_method(xs, ".extend", [more], {}, node, "")

    def store_slice(self, xs: Atom, index: Slice, value: Value, node: ast.AST) -> None:
        """`xs[lo:hi] = ys`, of any length, and `xs[lo:hi:step] = ys`."""
        ys = self.listed(value, node)
        parts = [Group("list", []), ys]
        copied = self.atom(self.joined(parts, node) if isinstance(ys, Var) else self.variable(ys, node))
        places = self._places(xs, index, node)
        if self._step(index, node) != 1:
            error = Ref("ValueError", ValueError)
            self.script(EACH, node, xs=xs, ys=copied, places=places, error=error, **COUNTING)
            return
        start = self._cut(xs, places, node)
        length = self.emit(Call("len", (copied,)), K.INT, node)

        def one(i: Var) -> None:
            self.put_in(xs, self.binary("add", start, i, node), self.getitem(copied, i, node), node)

        self.each(length, one, node)


def _sorted(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    listed = kind.items[0] if kind.cat == "list" and kind.items else K.OBJECT
    known = low.set_items.get(args[0].name) if isinstance(args[0], Var) else None
    item = listed if listed.cat in ("int", "str", "bool") and listed.cls is None else known
    if item is not None and not kwargs:
        given = low.atom(args[0], node)
        return low.emit(Call("call", (Ref("sorted", sorted), given)), K.list_of(item), node, hint)
    args = [opened(args[0])]
    known_order = _in_known_order(low, args[0], kwargs, node)
    if known_order is not None:
        return Group("list", known_order)
    numbers = kind.is_number and not kind.is_scalar
    if (numbers or kind.cat in ("list", "tuple", "range")) and not holds_functions(args[0]):
        xs = low.variable(low.listed(args[0], node), node)
        return low.ordered(xs, kwargs, node)
    numbered.want(low, args[0])
    low.refuse(
        node,
        "sorted() of values that are not known before the call",
        "use np.sort, or an index from np.argsort",
    )


def _extreme(name: str, builtin: Any) -> Any:
    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        made = called(low, builtin, args, kwargs, node)
        if made is not None:
            return made
        held = opened(args[0]) if args else Const(None)
        empty = isinstance(held, Group) and not held.items and len(args) == 1
        items = low.kind(args[0]).items if len(args) == 1 else None
        one_of = items and items[0].cat == "array"  # the result is one of these arrays
        plain = not kwargs and not empty and not low.is_dict(held) and not one_of
        if plain or not args or set(kwargs) - {"key", "default"}:
            return low.apply(name, args, kwargs, node, hint=hint)
        return low.extreme(name, args, kwargs, node, hint)

    return lowered


def _in_known_order(low: State, value: Value, kwargs: dict[str, Value], node: ast.AST) -> list[Value] | None:
    """What sorted() gives where it compares constants only, as for the items of a dict; else None."""
    kind, key, reverse = low.kind(value), kwargs.get("key", Const(None)), kwargs.get("reverse", Const(False))
    if kind.cat == "dict":
        items: list[Value] = [Const(k) for k in kind.keys]
        if isinstance(value, Ref):
            held = value.obj
            low.depend(("keys", id(held)), lambda: list(held), list(held), value.text, same=True)
    elif isinstance(value, Group) and value.cat != "dict":
        items = value.items
    else:
        return None
    if not isinstance(reverse, Const):
        return None
    keys = items if key == Const(None) else [low.call_value(key, [item], {}, node) for item in items]
    firsts = [k.items[0] if isinstance(k, Group) and k.cat == "tuple" and k.items else k for k in keys]
    if all(map(_is_constant, firsts)) and len(set(firsts)) == len(firsts):
        keys = firsts  # what follows them in the pairs is not compared
    if not all(map(_is_constant, keys)):
        return None
    values = [_constant(k) for k in keys]
    order = sorted(range(len(items)), key=values.__getitem__, reverse=bool(reverse.value))
    return [items[i] for i in order]


def _is_constant(value: Value) -> bool:
    items = value.items if isinstance(value, Group) and value.cat == "tuple" else ()
    return isinstance(value, Const) or (bool(items) and all(map(_is_constant, items)))


def _constant(value: Value) -> Any:
    if isinstance(value, Const):
        return value.value
    assert isinstance(value, Group)
    return tuple(map(_constant, value.items))


ORDERING: dict[Any, Any] = {sorted: _sorted, max: _extreme("max", max), min: _extreme("min", min)}

__all__ = ["ORDERING", "Sequences"]
