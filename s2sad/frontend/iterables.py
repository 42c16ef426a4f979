"""What loops run over: ranges, displays, and iterations by index over arrays, lists, zip, enumerate and
reversed.

    for a, k in zip(x, [2.0, 3.0]):      i in range(min(len(x), 2)); a = x[i]; k = t[i] of t = [2.0, 3.0]

Displays alone stay displays, so that their loops can be written out; a display beside an array is taken
apart by index: of a display of tuples each column is a list of its own, of functions the index itself says
which is called.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

from s2sad.frontend import flat, generators, maybes
from s2sad.frontend.cursors import is_cursor
from s2sad.frontend.iterators import Given, Items, given
from s2sad.frontend.protocols import iterated
from s2sad.frontend.selections import Selections
from s2sad.frontend.state import Generator, Group, Value, described, key_of, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Range, Ref, Slice, Var

LONGEST = 32  # elements of an outside list of dicts that are known one by one


class Iterables(Selections):
    """The part of lowering that says what a loop runs over."""

    def iterable(self, node: ast.expr, late: bool = False) -> Range | Items | Value:
        """What a for loop runs over: a range, a display, an iteration by index, or any other value.

        `late`: a generator that a function returns is given as it is, not as a list.
        """
        if isinstance(node, Given) and isinstance(node.space, Range | Items):
            space: Range | Items = node.space
            return space
        node = self._without_stars(node)
        if isinstance(node, ast.Call) and not any(isinstance(a, ast.Starred) for a in node.args):
            self.called = node.func
            fn = self.expr(node.func)
            if isinstance(fn, Ref) and fn.obj in (range, enumerate, zip, reversed):
                return self._iterator(fn.obj, node)
            pairs: Items | None = self.items_called(fn, node)
            if pairs is not None:
                return pairs
            made: Items | Value | None = self.iterator(fn.obj, node) if isinstance(fn, Ref) else None
            if made is not None:
                return made
            plain = isinstance(fn, Ref) and fn.obj in (list, tuple)
            if plain and len(node.args) == 1 and isinstance(node.args[0], ast.Call):
                return self.iterable(node.args[0])
            value = self.called_with(fn, node)
            if isinstance(value, Generator):
                if late:
                    return value
                value = generators.listed(self, value, node)
            return self._space(value, node)
        return self._space(self._iterated(node), node)

    def _without_stars(self, node: ast.expr) -> ast.expr:
        """`zip(*pair)` of a known number of arrays or lists, and `zip(t, *rest)`, as `zip` of each."""
        if not isinstance(node, ast.Call) or not any(isinstance(a, ast.Starred) for a in node.args):
            return node
        fn = self.peeked(node.func)
        if not isinstance(fn, Ref) or fn.obj is not zip:
            return node
        parts: list[ast.expr] = []
        for arg in node.args:
            if not isinstance(arg, ast.Starred):
                parts.append(arg)
                continue
            value = self.operand(arg.value)
            kind, held = self.kind(value), opened(value)
            known = isinstance(held, Group) and held.cat in ("tuple", "list") and len(node.args) > 1
            if known or (kind.cat == "tuple" and all(k.cat in ("list", "array") for k in kind.items or ())):
                parts += [given(v, node) for v in self.unpack(value, None, node)]
            else:
                parts.append(ast.copy_location(ast.Starred(given(value, node), ast.Load()), arg))
        return ast.copy_location(ast.Call(node.func, parts, node.keywords), node)

    def _iterated(self, node: ast.expr) -> Value:
        """The value of what is iterated."""
        value = self.operand(node)
        if flat.is_flat(value):
            return self.apply("np.ravel", [flat.of(value)], {}, node)
        return generators.listed(self, value, node) if isinstance(value, Generator) else value

    def unseen_generator(self, value: Generator, node: ast.AST | None) -> Value:
        """A generator as an object of the program."""
        return generators.unseen(self, value, node)

    def _space(self, value: Value, node: ast.expr) -> Range | Items | Value:
        """What runs over a value."""
        if is_cursor(self, value):
            self.refuse(node, "an iterator is taken from as a part of another one", "use next() in a loop")
        value = opened(iterated(self, maybes.given(self, value, node, maybes.ITERATE), node))
        if isinstance(value, Ref) and isinstance(value.obj, range):
            return Range(Const(value.obj.start), Const(value.obj.stop), Const(value.obj.step))
        if isinstance(value, Group) and value.cat == "dict":
            return Group("tuple", [key_of(k) for k in value.keys])
        if isinstance(value, Group):
            return value
        objects = isinstance(value, Ref) and isinstance(value.obj, list) and _has_objects(value.obj)
        if isinstance(value, Ref) and (objects or isinstance(value.obj, tuple)) and not self._plain(value):
            return Group("tuple", self.unpack(value, None, node))
        kind = self.kind(value)
        if kind.cat == "dict" or kind.cls is dict:
            return Group("tuple", [key_of(k) for k in self.unpack_keys(value)])
        if kind.cat == "tuple" and kind.items is not None and not isinstance(value, Ref):
            return Group("tuple", self.unpack(value, None, node))
        if kind.cat == "list" and kind.items is None and isinstance(value, Var):
            return Group("tuple", [])  # nothing has been put in
        return value if kind == K.RANGE else self._items(value, node) or value

    def _plain(self, value: Ref) -> bool:
        """Whether a captured tuple holds numbers of one kind."""
        kinds = {k.cat for k in (K.kind_of_value(v) for v in value.obj) if k.is_number}
        return len(kinds) == 1 and all(K.kind_of_value(v).is_number for v in value.obj)

    def unpack_keys(self, value: Value) -> list[Any]:
        """The keys of a dict."""
        if isinstance(value, Ref):
            obj = value.obj
            self.depend(("keys", id(obj)), lambda: list(obj), list(obj), value.text, same=True)
            return list(obj)
        return list(self.row_keys_of(value) or self.kind(value).keys)

    def _iterator(self, fn: Any, node: ast.Call) -> Range | Items | Value:
        if fn is range:
            args = [self.integer(self.operand(a), a) for a in node.args]
            if len(args) == 1:
                return Range(Const(0), args[0], Const(1))
            return Range(args[0], args[1], args[2] if len(args) == 3 else Const(1))
        arguments = node.args[:1] if fn is enumerate else node.args
        inner = [self._letters(self.iterable(a)) for a in arguments]
        if fn is zip and any(k.arg != "strict" for k in node.keywords):
            self.refuse(node, "zip() gets an unknown keyword", "check the call")
        if fn is reversed and isinstance(inner[0], Range):
            return self._reversed_range(inner[0], node)
        if fn is zip and len(node.args) == 1 and isinstance(inner[0], Range):
            inner = [self.items_of(inner[0], node)]
        groups = [g for g in inner if isinstance(g, Group)]
        if groups and len(groups) == len(inner):
            return self._iterate_groups(fn, groups, node)
        items = [v if isinstance(v, Items) else self._items(v, node) for v in inner]
        if not items or any(i is None for i in items):
            self.refuse(
                node, f"{fn.__name__} over something whose length is not known", "make a list of it first"
            )
        return self._iterate_items(fn, [i for i in items if i is not None], node)

    def _letters(self, value: Any) -> Any:
        """A literal string as a display of its letters."""
        if isinstance(value, Const) and isinstance(value.value, str):
            return Group("tuple", [Const(letter) for letter in value.value])
        return value

    def items_of(self, value: Any, node: ast.AST) -> Items:
        """Iteration by index; refused where the length is not known."""
        items = value if isinstance(value, Items) else self._items(self._letters(value), node)
        if items is None:
            self.refuse(node, "what is iterated here has no length that is known", "make a list of it first")
        return items

    def _iterate_groups(self, fn: Any, groups: list[Group], node: ast.Call) -> Group:
        if fn is reversed:
            return Group("tuple", groups[0].items[::-1])
        if fn is zip:
            if len({len(g.items) for g in groups}) > 1 and self._is_strict(node):
                self.fails(ValueError, "zip() arguments have different lengths", node)
                self.refuse(node, "zip(strict=True) gets displays of different lengths", "make them equal")
            rows = zip(*(g.items for g in groups), strict=False)
            return Group("tuple", [Group("tuple", list(row)) for row in rows])
        start = self._start(node)
        pairs: list[Value] = []
        for i, item in enumerate(groups[0].items):
            pairs.append(Group("tuple", [self.binary("add", start, Const(i), node) if i else start, item]))
        return Group("tuple", pairs)

    def _start(self, node: ast.Call) -> Value:
        for keyword in node.keywords:
            return self.operand(keyword.value)
        return self.operand(node.args[1]) if len(node.args) > 1 else Const(0)

    def _iterate_items(self, fn: Any, items: list[Items], node: ast.Call) -> Items:
        length = items[0].length
        if fn is reversed:
            if length is None:
                self.refuse(node, "an iteration without end is reversed", "write a loop that counts down")

            def backwards(i: Value) -> Value:
                assert length is not None
                last = self.binary("sub", length, Const(1), node)
                return items[0].item(self.binary("sub", last, i, node))

            return Items(length, backwards, items[0].item)
        if fn is enumerate:
            start = self._start(node)

            def counted(i: Value) -> Value:
                zero = isinstance(start, Const) and start.value == 0
                number = i if zero else self.binary("add", i, start, node)
                return Group("tuple", [number, items[0].item(i)])

            return Items(length, counted)
        if self._is_strict(node):
            self._same_lengths([i.length for i in items], node)
        turns = [one.turned for one in items if one.turned is not None]
        if len(turns) == len(items) and self.scope.source.module.startswith("s2sad.generated"):
            return Items(length, items[0].item, lambda i: Group("tuple", [turn(i) for turn in turns]))
        length = self.shortest(items, node)  # else tapes, which are of one length
        return Items(length, lambda i: Group("tuple", [one.item(i) for one in items]))

    def _is_strict(self, node: ast.Call) -> bool:
        return any(k.arg == "strict" and self.operand(k.value) == Const(True) for k in node.keywords)

    def _same_lengths(self, lengths: list[Atom | None], node: ast.Call) -> None:
        """Raise what `zip(..., strict=True)` raises."""
        if None in lengths:
            self.refuse(node, "zip(strict=True) over an iteration without end", "leave strict=True out")
        for k, length in enumerate(lengths[1:]):
            if length == lengths[0]:
                continue
            before = "argument 1" if k == 0 else f"arguments 1-{k + 1}"
            text = f"""
if n < m:
    raise error("zip() argument {k + 2} is shorter than {before}")
if n > m:
    raise error("zip() argument {k + 2} is longer than {before}")
"""
            assert length is not None and lengths[0] is not None
            self.script(text, node, n=length, m=lengths[0], error=Ref("ValueError", ValueError))

    def _items(self, value: Any, node: ast.AST) -> Items | None:
        """Iteration by index over an array, list, tuple or range; None if the value is not one of these."""
        if isinstance(value, Items):
            return value
        if isinstance(value, Range):
            length = self._range_length(value, node)

            def number(i: Value) -> Value:
                scaled = i if value.step == Const(1) else self.binary("mul", value.step, i, node)
                return scaled if value.start == Const(0) else self.binary("add", value.start, scaled, node)

            return Items(length, number)
        if isinstance(value, Group):
            return Items(Const(len(value.items)), self.columns(value, node))
        value = self.iterated(value, node)
        kind = self.kind(value)
        if kind == K.RANGE:  # a range that has a name
            places = self.atom(value, node)
            count = self.emit(Call("len", (places,)), K.INT, node)
            return Items(count, lambda i: self.emit(Call("getitem", (places, self.atom(i))), K.INT, node))
        if kind.cat == "tuple" and kind.items is not None and not isinstance(value, Ref):
            return self._items(Group("tuple", self.unpack(value, None, node)), node)
        if kind.cat in ("list", "tuple") or (kind.cat in ("array", "num") and kind.rank != 0):
            length = self.emit(Call("len", (self.atom(value, node),)), K.INT, node)
            extent = kind.shape[0] if kind.cat == "array" and kind.shape else None
            return Items(length, lambda i: self.getitem(value, i, node), extent=extent)
        if kind.is_scalar:
            self.refuse(node, f"{described(kind)} cannot be iterated", "iterate an array, a list or a range")
        return None

    def _range_length(self, space: Range, node: ast.AST) -> Atom:
        if space.start == Const(0) and space.step == Const(1):
            return space.stop
        var = self.emit(Call("range", (space.start, space.stop, space.step)), K.RANGE, node)
        return self.emit(Call("len", (var,)), K.INT, node)

    def _reversed_range(self, space: Range, node: ast.AST) -> Range | Items:
        if isinstance(space.step, Const) and space.step.value in (1, -1):
            step = space.step.value
            first = self.atom(self.binary("sub", space.stop, Const(step), node))
            last = self.atom(self.binary("sub", space.start, Const(step), node))
            return Range(first, last, Const(-step))
        if isinstance(space.step, Const) and space.step.value and isinstance(space.step.value, int):
            length = self._range_length(space, node)  # start + step*(length - 1), ..., start
            behind = self.binary("mul", space.step, self.binary("sub", length, Const(1), node), node)
            first = self.atom(self.binary("add", space.start, behind, node))
            last = self.atom(self.binary("sub", space.start, space.step, node))
            return Range(first, last, Const(-space.step.value))
        numbers = self.emit(Call("range", (space.start, space.stop, space.step)), K.RANGE, node)
        turned = Slice(Const(None), Const(None), Const(-1))
        places = self.emit(Call("getitem", (numbers, turned)), K.RANGE, node)
        length = self.emit(Call("len", (places,)), K.INT, node)
        return Items(length, lambda i: self.emit(Call("getitem", (places, self.atom(i))), K.INT, node))

    def integer(self, value: Value, node: ast.AST) -> Atom:
        """An operand of range."""
        atom = self.atom(value, node)
        self.settle(atom, K.INT)
        if self.kind(atom).sort not in ("int", "bool", ""):
            self.refuse(node, "range gets something that is not an integer", "use int(...)")
        return atom

    def over(self, space: Range | Items | Value, node: ast.For) -> Range | Atom:
        """What the loop of the program runs over."""
        if not isinstance(space, Items):
            return space if isinstance(space, Range) else self.variable(space, node.iter)
        if space.length is None and getattr(node, "stop", None) is not None:
            return Range(Const(0), Const(sys.maxsize), Const(1))  # it is left, or never ends in Python either
        if space.length is None:
            self.refuse(node.iter, "an iteration without end", "write while True, or zip it with a list")
        if space.turned is None:
            return Range(Const(0), space.length, Const(1))
        last = self.binary("sub", space.length, Const(1), node.iter)
        return Range(self.atom(last), Const(-1), Const(-1))

    def position(self, target: ast.expr, space: Range | Items | Value) -> Var:
        """The variable that a loop counts or takes its items by."""
        named = isinstance(target, ast.Name) and not isinstance(space, Items)
        hint = (
            target.id
            if isinstance(target, ast.Name) and named
            else ""
            if not isinstance(space, Items)
            else "i"
        )
        kind = (
            K.INT
            if isinstance(space, Range | Items) or self.kind(space) == K.RANGE
            else self.set_items[space.name]
            if isinstance(space, Var) and space.name in self.set_items
            else K.STR
            if self.kind(space).cat == "str"
            else K.OBJECT
        )
        return Var(self.fresh(hint, kind))


def _has_objects(xs: list[Any]) -> bool:
    """Whether a list holds functions, objects, a few dicts that are unlike or in tuples, or nothing yet."""
    kinds = [K.kind_of_value(x) for x in xs]
    if not xs or K.OBJECT in kinds or len(xs) > LONGEST:
        return not xs or K.OBJECT in kinds
    inside = [k for kind in kinds if kind.cat == "tuple" for k in kind.items or ()]
    unlike = len({kind.keys for kind in kinds if kind.cat == "dict"}) > 1
    return unlike or any(k == K.OBJECT or k.cat == "dict" for k in inside)


__all__ = ["Items", "Iterables"]
