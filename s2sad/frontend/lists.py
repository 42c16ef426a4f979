"""Lowering of lists: displays, concatenation, repetition, slices, and the methods that change them.

A list is an object of the program that `append`, `pop` and stores change. What makes a new list of the
elements of others appends them one by one, so that an element's derivative always goes through an append or
a subscript:

    zs = xs + [a]        zs = list(xs); zs.append(a)
    ys = xs[1:]          r = range(len(xs))[1:]; ys = []; for i in range(len(r)): ys.append(xs[r[i]])
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from s2sad.frontend import numbered
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import Group, Local, Value, Written, described, holds_functions, opened
from s2sad.frontend.tuples import Tuples
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Do, For, Range, Ref, Slice, Var


class Lists(Tuples):
    """The part of lowering that reads operations on lists."""

    def _list(self, node: ast.List, hint: str) -> Value:
        parts: list[Value] = [Group("list", [])]  # `[*xs, a]` of a list xs is `xs + [a]`
        for item in node.elts:
            value = self.operand(item.value if isinstance(item, ast.Starred) else item)
            last = parts[-1]
            assert isinstance(last, Group)
            if not isinstance(item, ast.Starred):
                last.items.append(value)
            elif self._is_sequence(value):
                parts += [value, Group("list", [])]
            else:
                last.items.extend(self.unpack(value, None, item))
        return parts[0] if len(parts) == 1 else self.joined(parts, node, hint)

    def _is_sequence(self, value: Value) -> bool:
        """Whether a value is a list, or an array whose length is not known here."""
        kind = self.kind(value)
        known = bool(kind.shape) and isinstance((kind.shape or ("",))[0], int)
        return isinstance(value, Var) and (
            kind.cat == "list" or (kind.is_number and kind.rank != 0 and not known)
        )

    def joined(self, parts: list[Value], node: ast.AST, hint: str = "") -> Value:
        """A new list of the elements of lists."""
        filled = [p for p in parts if not (isinstance(p, Group) and not p.items)]
        first = filled[0] if filled else Group("list", [])
        if isinstance(first, Group):
            made: Atom = self.variable(first, node, hint)
        elif self.kind(first).cat != "list":
            made = self.emit(Call("list", ()), K.list_of(None), node, hint)
            self.extend(made, first, node)
        else:
            made = self.emit(
                Call("list", (self.atom(first, node),), (), "list"), self.kind(first), node, hint
            )
        for part in filled[1:]:
            self.extend(made, part, node)
        return made

    def repeated(self, xs: Value, count: Value, node: ast.AST, hint: str = "") -> Value:
        """`xs*count`; of literals the program's own operation."""
        if isinstance(xs, Group) and all(
            isinstance(i, Const | Ref) and self.kind(i).is_scalar for i in xs.items
        ):
            kind = K.list_of(K.join_all([self.kind(i) for i in xs.items]))
            return self.emit(Call("mul", (self.variable(xs, node), self.atom(count, node))), kind, node, hint)
        source = self.variable(xs, node)
        made = self.emit(Call("list", ()), K.list_of(None), node, hint)
        self.each(
            self.atom(count, node),
            lambda _: self.extend(made, xs if isinstance(xs, Group) else source, node),
            node,
        )
        return made

    def sliced(self, xs: Value, index: Slice, node: ast.AST, hint: str = "") -> Value:
        """`xs[lo:hi:step]`."""
        kind = self.kind(xs)
        item = kind.items[0] if kind.items else None
        constant = item is not None and (item.cls is not None if item.cat == "object" else not item.inexact)
        if item is not None and constant and (item.is_number or item.cat == "object"):
            return self.emit(Call("getitem", (self.atom(xs), index)), kind, node, hint)
        length = self.emit(Call("len", (self.atom(xs),)), K.INT, node)
        everything = self.emit(Call("range", (length,)), K.RANGE, node)
        places = self.emit(Call("getitem", (everything, index)), K.RANGE, node)
        count = self.emit(Call("len", (places,)), K.INT, node)
        made = self.emit(Call("list", ()), replace(K.list_of(None), dtype=kind.dtype), node, hint)

        def one(i: Var) -> None:
            place = self.emit(Call("getitem", (places, i)), K.INT, node)
            self.append(made, self.getitem(xs, place, node), node)

        self.each(count, one, node)
        return made

    def each(self, count: Atom, body: Callable[[Var], None], node: ast.AST) -> None:
        """`for i in range(count)` with a body that carries nothing."""
        target = Var(self.fresh("i", K.INT))
        outer, self.block = self.block, []
        self.loops += 1
        self.nesting += 1
        try:
            body(target)
            statements = tuple(self.block)
        finally:
            self.block = outer
            self.loops -= 1
            self.nesting -= 1
        self.block.append(
            For(target.name, Range(Const(0), count, Const(1)), statements, (), None, self.span(node))
        )

    def mapped_list(self, xs: Value, one: Callable[[Value], Value], node: ast.AST) -> Value:
        """A new list of what a function gives for each element."""
        made = self.emit(Call("list", ()), K.list_of(None), node)
        length = self.emit(Call("len", (self.atom(xs),)), K.INT, node)
        self.each(length, lambda i: self.append(made, one(self.getitem(xs, i, node)), node), node)
        return made

    def zeros_of_list(self, node: ast.ListComp | ast.GeneratorExp, hint: str) -> Value | None:
        """`[np.zeros_like(x) for x in xs]` of a list of arrays; None for all else."""
        element, loop = node.elt, node.generators[0]
        if not (isinstance(element, ast.Call) and isinstance(loop.iter, ast.Name)):
            return None
        plain = len(node.generators) == len(element.args) == 1 and not loop.ifs and not element.keywords
        if not plain or ast.unparse(element.args[0]) != ast.unparse(loop.target):
            return None
        fn, xs = self.peeked(element.func), self.lookup(loop.iter.id, node)
        if not (isinstance(fn, Ref) and fn.obj is np.zeros_like and isinstance(xs, Var)):
            return None
        kind = self.kind(xs)
        if not K.is_list_of_arrays(kind) or (kind.items or (K.OBJECT,))[0].dtype == K.MIXED:
            return None
        return self.emit(Call("zeros_list", (xs,)), replace(kind, dtype=""), node, hint)

    def append(self, xs: Atom, value: Value, node: ast.AST) -> None:
        """`xs.append(value)`."""
        place = self.displays.get(xs.name) if isinstance(xs, Var) else None
        plain = self.stands_in(value) is not None or not holds_functions(value)
        if place is not None and place not in {*self.known_lists, *self.loose_lists} and not plain:
            if not isinstance(value, Local) or self.loops == 0:
                raise Written(place)
        item = self.element(self.like_others(xs, value), node)
        self.grow(xs, self.kind(item))
        if isinstance(xs, Var):
            self.heap.hold(xs.name, item)
        self.block.append(Do(Call("list.append", (xs, item)), self.span(node)))

    def like_others(self, xs: Atom, value: Value) -> Value:
        """A dict with its keys in the order of those that a list holds already; other values as they are."""
        kind = self.kind(xs)
        item = kind.items[0] if kind.items else None
        held = opened(value)
        if item is None or item.cat != "tuple" or not isinstance(held, Group):
            return value
        if held.cat != "dict":
            if item.cls is dict and self.stands_in(value):
                self.want_like(item.keys)
            return value
        if item.cls is not dict or set(item.keys) != set(held.keys):
            self.want_table(value)
            self.want_like(item.keys)
            return value
        if list(item.keys) == list(held.keys):
            return value
        if isinstance(value, Local):
            self.objects.shared.setdefault(value.number, "has been put into a list")
        return Group("dict", [held.items[held.keys.index(k)] for k in item.keys], list(item.keys))

    def insert(self, xs: Atom, at: Value, value: Value, node: ast.AST) -> None:
        """`xs.insert(at, value)`."""
        place = at if at == Const(0) else self._called("insert_at", PLACES, [xs, at], node)
        self.put_in(xs, place, value, node)

    def put_in(self, xs: Atom, place: Value, value: Value, node: ast.AST) -> None:
        """`xs.insert(place, value)` at a place from 0 to the length."""
        item = self.element(self.like_others(xs, value), node)
        self.grow(xs, self.kind(item))
        if isinstance(xs, Var):
            self.heap.hold(xs.name, item)
        self.block.append(Do(Call("list.insert", (xs, self.atom(place), item)), self.span(node)))

    def taken(self, xs: Atom, at: list[Value], node: ast.AST, hint: str = "") -> Value:
        """`xs.pop()` and `xs.pop(at)`."""
        kind = self.kind(xs)
        empty = K.BOTTOM if self.loops else K.FLOAT  # nothing has been put in yet in this pass
        item = K.anonymous(kind.items[0] if kind.items else empty)
        if kind == K.PLACES:  # of a generated text: what is taken out stands at a key
            return self.emit(Call("list.pop", (xs, self.atom(at[0]))), K.INT, node, hint)
        place = at[0] if at and at[0] != Const(-1) else None
        if place is None:
            return self.emit(Call("list.pop", (xs,)), item, node, hint)
        if not (isinstance(place, Const) and type(place.value) is int and place.value >= 0):
            place = self._called("pop_at", PLACES, [xs, place], node)
        return self.emit(Call("list.pop", (xs, self.atom(place))), item, node, hint)

    def _called(self, name: str, texts: dict[str, str], args: list[Value], node: ast.AST) -> Value:
        """The result of a function that is given as text."""
        source = rule_source(name, texts[name])
        env = self.bind_arguments(source.node.args, args, {}, [], {}, node, name)
        return self.inline(source, source.node, env, None, name)

    def extend(self, xs: Atom, value: Value, node: ast.AST) -> None:
        """`xs.extend(value)`."""
        kind = self.kind(value)
        if isinstance(value, Group | Local) or (kind.cat == "tuple" and kind.items is not None):
            for item in self.unpack(value, None, node):
                self.append(xs, item, node)
            return
        if kind.cat != "list" and not (kind.is_number and not kind.is_scalar):
            self.refuse(node, f"a list is extended by {described(kind)}", "append the elements one by one")
        length = self.emit(Call("len", (self.atom(value, node),)), K.INT, node)
        self.each(length, lambda i: self.append(xs, self.getitem(value, i, node), node), node)

    def _as_it_was(self, xs: Atom, value: Value, node: ast.AST) -> Value:
        """What a list is extended by: of a list that may be itself the items that it has before."""
        if not self.heap.may_be_same(xs, value):
            return value
        return self.emit(Call("list", (self.atom(value),), (), "list"), self.kind(value), node)

    def grow(self, xs: Atom, item: Kind) -> None:
        """Let the kind of a list, and of all that may be it or hold it, take one more kind of element."""
        if not isinstance(xs, Var):
            return
        held = self.kinds[xs.name].items or ()
        numbered.meet(self, item, *held, listed=True)
        functions = any(kind.cls in self.texts for kind in (item, *held))  # refused where they are called
        if not functions and (torn := numbered.torn("", item, *held)) is not None:
            self.refuse(None, f"what a list or an attribute holds {torn.why}", torn.instead)

        def change(kind: Kind) -> Kind:
            if kind.cat != "list":
                return kind
            joined = self.kind_of_elements(*(kind.items or ()), item)
            known = bool(kind.items) and _same_but_lengths(kind.items[0], joined)  # type: ignore[index]
            return kind if known else replace(kind, items=(joined,))

        for name in self.heap.grow(xs.name, change):
            self.widened = min(self.widened, int(name.rpartition(".")[2]))

    def list_method(
        self,
        base: Value,
        kind: Kind,
        name: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        hint: str,
    ) -> Value:
        """A method of a list."""
        if kind.cls is list and isinstance(base, Var):
            if self.apart:
                self.refuse(node, f"the list method {name[1:]!r} is not supported here", "build a new list")
            raise Written
        if isinstance(base, Local):
            return self._known_list(base, name, args, node)
        if isinstance(base, Group) and not self.apart:
            raise Written  # a display that is passed to a function which changes it
        xs = self.variable(base, node)
        if kwargs and name != ".sort":
            self.refuse(node, f"the list method {name[1:]!r} gets a keyword", "pass it by place")
        if name == ".append" and len(args) == 1:
            self.append(xs, args[0], node)
            return Const(None)
        if name == ".extend" and len(args) == 1:
            self.extend(xs, self._as_it_was(xs, args[0], node), node)
            return Const(None)
        if name == ".pop" and not isinstance(xs, Ref) and len(args) < 2:
            return self.taken(xs, args, node, hint)
        if name == ".insert" and len(args) == 2 and not isinstance(xs, Ref):
            self.insert(xs, args[0], args[1], node)
            return Const(None)
        if name == ".copy" and not args:
            return self.emit(Call("list", (xs,), (), "list"), kind, node, hint)
        made = self.searched(xs, name, args, kwargs, node, hint) if not isinstance(xs, Ref) else None
        if made is not None:
            return made
        text = METHODS.get(name)
        if text is not None and not isinstance(xs, Ref):
            source = rule_source(f"list{name}", text)
            env = self.bind_arguments(source.node.args, [xs, *args], {}, [], {}, node, name[1:])
            return self.inline(source, source.node, env, None, f"list{name}")
        self.refuse(
            node, f"the list method {name[1:]!r} is not supported here", "use append, pop() and indexing"
        )

    def _known_list(self, base: Local, name: str, args: list[Value], node: ast.AST) -> Value:
        """A method of a list whose elements are known one by one."""
        items = list(base.group.items)
        result: Value = Const(None)
        place = args[0].value if args and isinstance(args[0], Const) else None
        if name == ".append" and len(args) == 1:
            items.append(self.settled(args[0], node))
        elif name == ".extend" and len(args) == 1:
            items += self.unpack(args[0], None, node)
        elif name == ".insert" and len(args) == 2 and isinstance(place, int):
            items.insert(place, self.settled(args[1], node))
        elif name == ".pop" and (not args or isinstance(place, int)) and items:
            result = items.pop(place if isinstance(place, int) else -1)
        elif name == ".reverse":
            items.reverse()
        elif name == ".clear":
            items = []
        elif name == ".copy":
            return self.made("list", items, [])
        elif name in (".index", ".count") and (found := self.searched(base, name, args, {}, node, "")):
            return found
        else:
            numbered.want(self, base)
            self.refuse(
                node, f"the list method {name[1:]!r} is not supported here", "use append, pop() and indexing"
            )
        self.hold(base, items, [], node)
        return result


PLACES = {  # where a list is changed, counted from its beginning
    "insert_at": """
def insert_at(xs, at):
    n = len(xs)
    return max(at + n, 0) if at < 0 else min(at, n)
""",
    "pop_at": """
def pop_at(xs, at):
    n = len(xs)
    if at < -n:
        raise IndexError("pop index out of range")
    return at + n if at < 0 else at
""",
}
METHODS = {  # by loops over the elements, whose derivatives are known
    ".reverse": """
def reverse(xs):
    n = len(xs)
    for i in range(n//2):
        xs[i], xs[n - 1 - i] = xs[n - 1 - i], xs[i]
""",
    ".clear": """
def clear(xs):
    for i in range(len(xs)):
        xs.pop()
""",
}
SORTED = """
def sorted_by(xs, keys, reverse):
    keys = np.array(keys)
    if reverse:
        order = len(xs) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(keys, kind="stable")
    return [xs[i] for i in order]
"""


def _same_but_lengths(a: Kind, b: Kind) -> bool:
    if (a.cat, a.dtype, a.keys, a.optional) != (b.cat, b.dtype, b.keys, b.optional):
        return False
    if K.outline(a) != K.outline(b):
        return False
    if a.items is None or b.items is None:
        return a.items is b.items
    return len(a.items) == len(b.items) and all(map(_same_but_lengths, a.items, b.items))


__all__ = ["SORTED", "Lists"]
