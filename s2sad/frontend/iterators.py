"""Iterators that are made by calls: itertools, map, filter, functools.reduce, np.ndindex, np.ndenumerate.

Each is an iteration by index where its items can be had by index, a loop inside a loop where it runs over
pairs, and otherwise a list that is made by a loop:

    for a, b in pairwise(x): s += a*b         i in range(len(x) - 1): a = x[i]; b = x[i + 1]; s += a*b
    for i, j in np.ndindex(n, m): A           for i in range(n): for j in range(m): A
    reduce(fn, xs, first)                     acc = first; for v in xs: acc = fn(acc, v)
    for v in accumulate(x): s += v            ts = []; ...; for v in ts: s += v

The loops are written as text and lowered as if the user had written them, under names that no user has.
"""

from __future__ import annotations

import ast
import functools
import itertools
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.frontend.cursors import endless, is_cursor, lower_iter
from s2sad.frontend.state import Group, State, Value, holds_functions
from s2sad.frontend.values import hashable
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Range, Ref, Slice

FEW = 8  # items of a display over which a reduction is written out


@dataclass(slots=True)
class Items:
    """An iteration by index: how many items (None: no end), and the i-th.

    `turned` is the item of the iteration that is reversed here: a loop counts down, from the last one to 0.
    `extent` is what is known of the length before the program runs.
    """

    length: Atom | None
    item: Callable[[Value], Value]
    turned: Callable[[Value], Value] | None = None
    extent: K.Length | None = None


class Given(ast.expr):
    """A place in a text whose meaning is known already: a value, a function that makes one, a space."""

    space: Any


def given(space: Any, where: ast.AST) -> ast.expr:
    """What a loop runs over, as an expression of its text."""
    made = Given()
    made.space = space
    return ast.copy_location(made, where)


class Iterators(State):
    """The part of lowering that reads iterators."""

    def iterable(self, node: ast.expr, late: bool = False) -> Any:
        """What a loop runs over (see `iterables`)."""
        raise NotImplementedError

    def items_of(self, value: Any, node: ast.AST) -> Items:
        """Iteration by index; refused where the length is not known (see `iterables`)."""
        raise NotImplementedError

    def first_item(self, node: ast.Call, hint: str) -> Value:
        """`next(v for v in xs if c)` (see `selections`)."""
        raise NotImplementedError

    # ----------------------------------------------------------------------------------- text that is lowered

    def _given(self, node: Given, hint: str) -> Value:
        made: Value = node.space
        return node.space() if isinstance(node.space, types.FunctionType | functools.partial) else made

    def script(self, text: str, node: ast.AST, result: str = "", **values: Any) -> Value:
        """Lower statements in which `values` stand for values and spaces; the value that a name has then."""
        mark = f" {self.fresh.count}"  # no user's name has a blank
        spaces = {
            k: v for k, v in values.items() if isinstance(v, Range | Items | types.FunctionType | ast.expr)
        }
        body = _Marked(mark, spaces, node).visit(ast.parse(text)).body
        for stmt in body:
            ast.fix_missing_locations(stmt)
        self.scope.env.update({k + mark: v for k, v in values.items() if k not in spaces})
        self.statements(body)
        value = self.scope.env.get(result + mark, Const(None))
        for name in [n for n in self.scope.env if n.endswith(mark)]:
            del self.scope.env[name]
        return value

    # ----------------------------------------------------------------------------------------- loops in loops

    def nested(self, node: ast.For) -> ast.For | None:
        """A loop over pairs as loops inside of each other; None for any other loop."""
        call = node.iter
        if not isinstance(call, ast.Call) or any(isinstance(a, ast.Starred) for a in call.args[:-1]):
            return None
        fn = self.peeked(call.func)
        obj = fn.obj if isinstance(fn, Ref) else None
        if obj is np.ndindex:
            return self._ndindex(node, call)
        if obj is np.ndenumerate:
            return self._ndenumerate(node, call)
        if obj is itertools.product:
            return self._product(node, call)
        return None

    def _ndindex(self, node: ast.For, call: ast.Call) -> ast.For:
        lengths = self._elements(call.args)
        if len(lengths) == 1 and self.kind(lengths[0]).cat in ("tuple", "list"):
            lengths = self.unpack(lengths[0], None, call)
        spaces = [Range(Const(0), self.integer(n, call), Const(1)) for n in lengths]
        return self._loops(node, spaces)

    def _ndenumerate(self, node: ast.For, call: ast.Call) -> ast.For:
        array = self.operand(call.args[0])
        rank = self.kind(array).rank
        if not self.kind(array).is_number or rank is None:
            self.refuse(call, "np.ndenumerate of something whose rank is not known", "loop over its axes")
        shape = self.unpack(self.attribute(array, "shape", call), rank, call)
        spaces = [Range(Const(0), self.atom(n), Const(1)) for n in shape]
        return self._loops(node, spaces, array)

    def _product(self, node: ast.For, call: ast.Call) -> ast.For | None:
        spaces = [self.iterable(a) for a in call.args if not isinstance(a, ast.Starred)]
        for last in call.args[len(spaces) :]:
            assert isinstance(last, ast.Starred)
            spaces += self.unpack(self.operand(last.value), None, last)
        for keyword in call.keywords:
            times = self.operand(keyword.value)
            if keyword.arg != "repeat" or not isinstance(times, Const):
                self.refuse(call, "the number of repetitions is not known", "write the loops out")
            spaces = spaces * times.value
        return self._loops(node, spaces) if spaces else None

    def _loops(self, node: ast.For, spaces: list[Any], array: Value | None = None) -> ast.For:
        """Loops over the spaces inside of each other, around the body of `node`."""
        if not spaces:
            self.refuse(node.iter, "an iteration over no axes", "write the body without a loop")
        mark = f" {self.fresh.count}"
        index = node.target
        parts = index.elts if isinstance(index, ast.Tuple | ast.List) else []
        if array is not None:
            first = parts[0] if len(parts) == 2 else None
            parts = first.elts if isinstance(first, ast.Tuple | ast.List) else []
        direct = len(parts) == len(spaces) and all(isinstance(p, ast.Name) for p in parts)
        names: list[ast.expr] = [
            parts[k] if direct else ast.Name(f"{'ijklmn'[k] if k < 6 else 'i'}{mark}{k}", ast.Store())
            for k in range(len(spaces))
        ]
        place = ast.Tuple([ast.Name(n.id, ast.Load()) for n in names if isinstance(n, ast.Name)], ast.Load())
        head: list[ast.stmt] = []
        if array is not None:
            self.scope.env[f"array{mark}"] = array
            held = ast.Name(f"array{mark}", ast.Load())
            item = ast.Subscript(held, place if len(names) > 1 else place.elts[0], ast.Load())
            if direct:
                assert isinstance(index, ast.Tuple | ast.List)
                head = [ast.Assign([index.elts[1]], item)]
            else:
                head = [ast.Assign([index], ast.Tuple([place, item], ast.Load()))]
        elif not direct:
            head = [ast.Assign([index], place)]
        stop = getattr(node, "stop", None)
        body = [*head, *node.body]
        for k in reversed(range(len(spaces))):
            loop = ast.For(names[k], given(spaces[k], node.iter), body, [])
            loop.stop = stop  # type: ignore[attr-defined]  # as `exits` marks loops
            if k and stop is not None:
                left = f"left{mark}{k}"
                loop.body = [*body, ast.Assign([ast.Name(left, ast.Store())], ast.Name(stop, ast.Load()))]
                stop = left
                body = [ast.Assign([ast.Name(left, ast.Store())], ast.Constant(False)), loop]
            else:
                body = [loop]
        made = body[-1]
        assert isinstance(made, ast.For)
        self.hidden_mark = mark
        for inner in ast.walk(made):
            if not hasattr(inner, "lineno"):
                ast.copy_location(inner, node)
        return made

    # ------------------------------------------------------------------------------------ iterations by index

    def iterator(self, fn: Any, node: ast.Call) -> Any:
        """What a loop over a call of `fn` runs over; None if the call is no iterator that is known here."""
        method = _METHODS.get(fn) if hashable(fn) else None
        if method is None or any(isinstance(a, ast.Starred) for a in node.args):
            return None
        made: Any = getattr(self, method)(node)
        return made

    def _keyword(self, node: ast.Call, name: str) -> ast.expr | None:
        for keyword in node.keywords:
            if keyword.arg != name:
                self.refuse(node, f"the argument {keyword.arg!r} is not supported here", "write a loop")
            return keyword.value
        return None

    def _sources(self, nodes: list[ast.expr]) -> tuple[list[Items], list[Group] | None]:
        """The arguments as iterations by index, and as displays if they are all displays."""
        spaces = [self.iterable(n) for n in nodes]
        groups = [s for s in spaces if isinstance(s, Group)]
        if len(groups) == len(spaces):
            return [], groups
        return [self.items_of(s, n) for s, n in zip(spaces, nodes, strict=True)], None

    def _iterate_map(self, node: ast.Call) -> Any:
        fn = self.operand(node.args[0])
        items, groups = self._sources(node.args[1:])
        if groups is not None:
            rows = zip(*(g.items for g in groups), strict=False)
            return Group("tuple", [self.call_value(fn, [*row], {}, node) for row in rows])
        row = lambda i: self.call_value(fn, [one.item(i) for one in items], {}, node)  # noqa: E731
        return Items(self.shortest(items, node), row)

    def _iterate_starmap(self, node: ast.Call) -> Any:
        fn = self.operand(node.args[0])
        items, groups = self._sources(node.args[1:])
        if groups is not None:
            rows = [self.unpack(item, None, node) for item in groups[0].items]
            return Group("tuple", [self.call_value(fn, row, {}, node) for row in rows])
        inner = items[0]
        return Items(
            inner.length, lambda i: self.call_value(fn, self.unpack(inner.item(i), None, node), {}, node)
        )

    def shortest(self, items: list[Items], node: ast.AST) -> Atom | None:
        """The least of the lengths."""
        known = {i.extent or i.length: i.length for i in reversed(items)}
        lengths = [n for n in dict.fromkeys(i.length for i in items) if n is not None and n in known.values()]
        if len(lengths) < 2:
            return lengths[0] if lengths else None
        return self.emit(Call("min", tuple(lengths)), K.INT, node)

    def _iterate_filter(self, node: ast.Call) -> Any:
        fn = self.operand(node.args[0])
        space = self.iterable(node.args[1])
        test = "v" if fn == Const(None) else "fn(v)"
        text = f"chosen = []\nfor v in xs:\n    if {test}:\n        chosen.append(v)"
        return self._list_of(self.script(text, node, "chosen", xs=space, fn=fn), node)

    def _list_of(self, made: Value, node: ast.AST) -> Items:
        return self.items_of(made, node)

    def _iterate_chain(self, node: ast.Call) -> Any:
        spaces = [self.iterable(n) for n in node.args]
        groups = [s for s in spaces if isinstance(s, Group)]
        if len(groups) == len(spaces):
            return Group("tuple", [item for g in groups for item in g.items])
        made: Value = self.emit(Call("list", ()), K.list_of(None), node)
        for space in spaces:
            self.script("for v in xs:\n    made.append(v)", node, xs=space, made=made)
        return self._list_of(made, node)

    def _iterate_chained(self, node: ast.Call) -> Any:
        """`chain.from_iterable`."""
        space = self.iterable(node.args[0])
        if isinstance(space, Group):
            inner = [self.iterable(given(item, node)) for item in space.items]
            if all(isinstance(g, Group) for g in inner):
                return Group("tuple", [item for g in inner for item in g.items])
        text = "made = []\nfor part in xs:\n    for v in part:\n        made.append(v)"
        return self._list_of(self.script(text, node, "made", xs=space), node)

    def _iterate_accumulate(self, node: ast.Call) -> Any:
        fn = self.operand(node.args[1]) if len(node.args) > 1 else Const(None)
        for keyword in node.keywords:
            if keyword.arg == "func":
                fn = self.operand(keyword.value)
        first = [self.operand(k.value) for k in node.keywords if k.arg == "initial"]
        step = "acc + v" if fn == Const(None) else "fn(acc, v)"
        space = self.iterable(node.args[0])
        if first and first[0] != Const(None):
            text = f"made = [acc]\nfor v in xs:\n    acc = {step}\n    made.append(acc)"
            return self._list_of(self.script(text, node, "made", xs=space, acc=first[0], fn=fn), node)
        items = self.items_of(space, node)
        some = self.compare("gt", items.length or Const(1), Const(0), node)
        text = f"""
made = []
if some:
    acc = start
    made.append(acc)
    for v in rest:
        acc = {step}
        made.append(acc)
"""
        rest = self._rest(items, node)
        values = {"some": some, "start": lambda: items.item(Const(0)), "rest": rest, "fn": fn}
        return self._list_of(self.script(text, node, "made", **values), node)

    def _rest(self, items: Items, node: ast.AST) -> Items:
        """The iteration over all items but the first."""
        assert items.length is not None
        length = self.atom(self.binary("sub", items.length, Const(1), node))
        return Items(length, lambda i: items.item(self.binary("add", i, Const(1), node)))

    def reduced(self, args: list[Value], nodes: list[ast.expr], node: ast.Call) -> Value:
        """`functools.reduce(fn, xs, first)`."""
        fn, space = args[0], self.iterable(given(args[1], node))
        if isinstance(space, Group) and (len(space.items) <= FEW or holds_functions(space)):
            items = [*args[2:], *space.items]
            if not items:
                self.refuse(node, "reduce() of nothing has no value", "pass a first value")
            return functools.reduce(lambda a, b: self.call_value(fn, [a, b], {}, node), items)
        text = "for v in xs:\n    acc = fn(acc, v)"
        if len(args) > 2:
            return self.script(text, node, "acc", xs=space, acc=args[2], fn=fn)
        items_ = self.items_of(space, node)
        first = items_.item(Const(0))
        return self.script(text, node, "acc", xs=self._rest(items_, node), acc=first, fn=fn)

    def _iterate_pairwise(self, node: ast.Call) -> Any:
        items, groups = self._sources(node.args)
        if groups is not None:
            pairs = itertools.pairwise(groups[0].items)
            return Group("tuple", [Group("tuple", list(pair)) for pair in pairs])
        one = items[0]
        assert one.length is not None
        length = self.atom(self.binary("sub", one.length, Const(1), node))
        return Items(
            length,
            lambda i: Group("tuple", [one.item(i), one.item(self.binary("add", i, Const(1), node))]),
        )

    def _iterate_repeat(self, node: ast.Call) -> Any:
        value = self.settled(self.operand(node.args[0]), node)
        times = node.args[1] if len(node.args) > 1 else self._keyword(node, "times")
        return Items(None if times is None else self.integer(self.operand(times), times), lambda i: value)

    def _iterate_count(self, node: ast.Call) -> Any:
        start = self.operand(node.args[0]) if node.args else Const(0)
        step = self.operand(node.args[1]) if len(node.args) > 1 else Const(1)
        for keyword in node.keywords:
            value = self.operand(keyword.value)
            start, step = (value, step) if keyword.arg == "start" else (start, value)
        whole = self.kind(start).sort == "int" and self.kind(step).sort == "int"
        if not whole and not (_is_short(start, float) and _is_short(step, float | int)):
            self.refuse(
                node, "count() of numbers whose sums may be rounded", "count trips, and multiply by the step"
            )

        def number(i: Value) -> Value:
            scaled = i if step == Const(1) else self.binary("mul", step, i, node)
            return scaled if start == Const(0) else self.binary("add", start, scaled, node)

        return Items(None, number)

    def _iterate_cycle(self, node: ast.Call) -> Any:
        items = self.items_of(self.iterable(node.args[0]), node)
        length = items.length
        assert length is not None
        return Items(None, lambda i: items.item(self.binary("mod", i, length, node)))

    def _iterate_islice(self, node: ast.Call) -> Any:
        space = self.iterable(node.args[0])
        bounds = [self.operand(a) for a in node.args[1:]]
        parts = [Const(None), bounds[0], Const(None)] if len(bounds) == 1 else [*bounds, Const(None)][:3]
        if isinstance(space, Group) and all(isinstance(p, Const) for p in parts):
            lo, hi, step = (p.value for p in parts if isinstance(p, Const))
            return Group("tuple", space.items[lo:hi:step])
        items = self.items_of(space, node)
        plain = parts[0] in (Const(None), Const(0)) and parts[2] in (Const(None), Const(1))
        if plain and parts[1] == Const(None):
            return items
        if items.length is None and plain:
            return Items(self.integer(parts[1], node), items.item)
        if items.length is None:
            self.refuse(node, "a slice of an iteration without end", "begin it at the first item")
        atoms = [p if p == Const(None) else self.integer(p, node) for p in parts]
        every = self.emit(Call("range", (items.length,)), K.RANGE, node)
        places = self.emit(Call("getitem", (every, Slice(*(self.atom(a) for a in atoms)))), K.RANGE, node)
        length = self.emit(Call("len", (places,)), K.INT, node)
        if plain:
            return Items(length, items.item)
        return Items(
            length, lambda i: items.item(self.emit(Call("getitem", (places, self.atom(i))), K.INT, node))
        )

    def _iterate_longest(self, node: ast.Call) -> Any:
        """`zip_longest`."""
        fill_node = self._keyword(node, "fillvalue")
        fill: Value = Const(None) if fill_node is None else self.operand(fill_node)
        items, groups = self._sources(node.args)
        if groups is not None:
            rows = itertools.zip_longest(*(g.items for g in groups), fillvalue=fill)
            return Group("tuple", [Group("tuple", list(row)) for row in rows])
        lengths = [i.length for i in items if i.length is not None]
        if len(lengths) < len(items):
            self.refuse(node, "zip_longest over an iteration without end", "use zip")
        longest = self.emit(Call("max", tuple(dict.fromkeys(lengths))), K.INT, node)

        def part(one: Items, length: Atom, i: Value) -> Value:
            inside = self.compare("lt", i, length, node)
            return self.choose(inside, lambda: one.item(i), lambda: fill, node)

        return Items(
            longest,
            lambda i: Group("tuple", [part(one, n, i) for one, n in zip(items, lengths, strict=True)]),
        )

    def makes_iterator(self, node: ast.Call) -> bool:
        """Whether a call gives an iterator: of map, zip, enumerate, itertools."""
        fn = self.peeked(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
        obj = fn.obj if isinstance(fn, Ref) and hashable(fn.obj) else None
        return obj in LAZY or obj in (zip, enumerate, reversed)

    def is_taken_again(self, name: str, stmt: ast.Assign) -> bool:
        """Whether an iterator that has a name may be taken from twice."""
        tree = self.scope.source.node
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
        loads = sum(isinstance(n.ctx, ast.Load) for n in names)
        return loads > len(names) - loads or _taken_again(tree, name, stmt)

    def check_paths(self, name: str, stmt: ast.Assign) -> None:
        """Refuse an iterator of one path among several that is more than taken from once behind them."""
        tree = self.scope.source.node
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
        self.check_once(name, stmt, _met(tree, name, sum(isinstance(n.ctx, ast.Load) for n in names)))

    def check_once(self, name: str, stmt: ast.Assign, again: bool | None = None) -> None:
        """Refuse a generator that has a name and is taken from twice."""
        if self.is_taken_again(name, stmt) if again is None else again:
            self.refuse(stmt, f"the iterator {name!r} is taken from more than once", "make a list of it")

    # ------------------------------------------------------------ calls that iterate where they stand

    def over_items(self, fn: Value, node: ast.Call, hint: str) -> Value | None:
        """A call of an iterator as a list, or one that ends early; None for other calls."""
        obj = fn.obj if isinstance(fn, Ref) and hashable(fn.obj) else None
        if obj is functools.reduce and not node.keywords and len(node.args) in (2, 3):
            return self.reduced([self.operand(a) for a in node.args], node.args, node)
        if obj in (any, all) and len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            if len(node.args[0].generators) == 1:
                return self.tested(obj is any, node.args[0], node)
        if obj is next and node.args and isinstance(node.args[0], ast.GeneratorExp) and not node.keywords:
            return self.first_item(node, hint)
        if obj is itertools.tee and node.args:
            return self._split(node)
        if obj is np.fromiter and node.args:
            return self._from_items(node, hint)
        if obj is itertools.cycle or obj is itertools.count:
            return endless(self, obj, node)
        known = obj in LAZY or obj in (zip, enumerate, reversed)
        if not known or not node.args or any(isinstance(a, ast.Starred) for a in node.args):
            return None
        space = None if obj in NESTED else self.iterable(node)
        if isinstance(space, Group):
            return Group("list", space.items)
        source = node if space is None else given(space, node)
        if isinstance(space, Items) and space.length is None:
            self.refuse(node, "an iteration without end", "zip it with a list")
        return self.script("made = []\nfor v in xs:\n    made.append(v)", node, "made", xs=source)

    def _split(self, node: ast.Call) -> Value:
        """`tee(xs, n)`: iterators of one list."""
        items, count = self.operand(node.args[0]), self.operand(node.args[1]) if node.args[1:] else Const(2)
        if not isinstance(count, Const):
            self.refuse(node, "tee() with a number of iterators that is not known", "write the number")
        if is_cursor(self, items):
            items = self.own_method(items, "rest", [], node)
        return Group("tuple", [lower_iter(self, [items], {}, node, "") for _ in range(count.value)])

    def _from_items(self, node: ast.Call, hint: str) -> Value:
        """`np.fromiter(xs, dtype)` is an array of a list."""
        made = self.operand(node.args[0])
        words = {k.arg or "**": k.value for k in node.keywords}
        words |= dict(zip(("dtype", "count"), node.args[1:], strict=False))
        for other in words.keys() - {"dtype", "count"} or {"dtype"} - words.keys():
            self.refuse(node, f"the argument {other!r} is not supported here", "use np.array")
        dtype, count = self.operand(words["dtype"]), self.operand(words.get("count", ast.Constant(None)))
        made = self.call_value(Ref("np.array", np.array), [made], {"dtype": dtype}, node, hint)
        if count in (Const(-1), Const(None)):
            return made
        first = self.getitem(made, Slice(Const(None), self.atom(count), Const(None)), node)
        return self.apply("np.reshape", [first, count], {}, node, hint=hint)  # raises where there are fewer

    # ------------------------------------------------------------------------------------- any and all

    def tested(self, is_any: bool, node: ast.GeneratorExp, where: ast.AST) -> Value:
        """`any(... for ...)` and `all(...)`: a loop that ends with the first item that decides."""
        generator = node.generators[0]
        mark = f" {self.fresh.count}"
        found, stop = f"found{mark}", f"stop{mark}"
        test = node.elt if is_any else ast.UnaryOp(ast.Not(), node.elt)
        go_on = [ast.Assign([ast.Name(stop, ast.Store())], ast.Constant(False))]
        decided: list[ast.stmt] = [
            ast.Assign([ast.Name(n, ast.Store())], ast.Constant(v))
            for n, v in ((found, is_any), (stop, True))
        ]
        body: list[ast.stmt] = [ast.If(test, decided, list(go_on))]
        for cond in reversed(generator.ifs):
            body = [ast.If(cond, body, list(go_on))]
        loop = ast.For(generator.target, generator.iter, body, [])
        for inner in ast.walk(loop):
            if not hasattr(inner, "lineno"):
                ast.copy_location(inner, where)
        loop.stop = stop  # type: ignore[attr-defined]  # as `exits` marks loops
        hidden = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        saved = {n: self.scope.env.get(n) for n in hidden}
        self.scope.env[found] = Const(not is_any)
        self.statements([loop])
        result = self.scope.env.pop(found)
        self.scope.env.pop(stop, None)
        for name, value in saved.items():
            if value is None:
                self.scope.env.pop(name, None)
            else:
                self.scope.env[name] = value
        return result


def _taken_again(tree: ast.AST, name: str, stmt: ast.Assign) -> bool:
    """Whether a name is read in a loop that does not hold the assignment."""
    for loop in ast.walk(tree):
        repeated: list[ast.AST] = []
        if isinstance(loop, ast.For | ast.While):
            repeated = [*loop.body, *([loop.test] if isinstance(loop, ast.While) else [])]
        elif isinstance(loop, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            repeated = [loop.elt, *(g.iter for g in loop.generators[1:])]
        elif isinstance(loop, ast.Lambda | ast.FunctionDef) and loop is not tree:
            repeated = [loop.body] if isinstance(loop, ast.Lambda) else list(loop.body)
        inside = [n for part in repeated for n in ast.walk(part)]
        reads = any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in inside)
        if reads and not any(isinstance(n, ast.Assign) and n.lineno == stmt.lineno for n in inside):
            return True
    return False


def _met(tree: ast.AST, name: str, loads: int) -> bool:
    """Whether a name that several paths bind is more than taken from once behind them."""
    blocks, taken = set(), 0
    for node in ast.walk(tree):
        spaces = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TAKING:
            spaces = node.args
        taken += sum(isinstance(v, ast.Name) and v.id == name for v in spaces)
        for block in (getattr(node, part, None) for part in ("body", "orelse", "finalbody")):
            for stmt in block if isinstance(block, list) else ():
                if isinstance(stmt, ast.Assign) and name in map(ast.unparse, stmt.targets):
                    blocks.add(id(block))
                    loads -= sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(stmt.value))
    return len(blocks) > 1 and (loads > 1 or loads > taken)


_TAKING = frozenset("all any dict enumerate filter list map max min reduce set sorted sum tuple zip".split())


class _Marked(ast.NodeTransformer):
    """Gives the names of a text a mark that no user's name has, and its nodes their place."""

    def __init__(self, mark: str, spaces: dict[str, Any], where: ast.AST) -> None:
        self.mark = mark
        self.spaces = spaces
        self.where = where

    def visit(self, node: ast.AST) -> Any:
        """Every node of the text."""
        if isinstance(node, ast.Name):
            if isinstance(self.spaces.get(node.id), ast.expr):
                return self.spaces[node.id]
            if node.id in self.spaces:
                return given(self.spaces[node.id], self.where)
            node.id += self.mark
        if "lineno" in node._attributes:
            ast.copy_location(node, self.where)
        return self.generic_visit(node)


_METHODS: dict[Any, str] = {
    map: "_iterate_map", filter: "_iterate_filter", itertools.starmap: "_iterate_starmap",
    itertools.chain: "_iterate_chain", itertools.chain.from_iterable: "_iterate_chained",
    itertools.accumulate: "_iterate_accumulate", itertools.pairwise: "_iterate_pairwise",
    itertools.repeat: "_iterate_repeat", itertools.count: "_iterate_count", itertools.cycle: "_iterate_cycle",
    itertools.islice: "_iterate_islice", itertools.zip_longest: "_iterate_longest",
    itertools.combinations: "_iterate_combinations", itertools.permutations: "_iterate_permutations",
    itertools.combinations_with_replacement: "_iterate_replaced", itertools.takewhile: "_iterate_takewhile",
    itertools.dropwhile: "_iterate_dropwhile", itertools.filterfalse: "_iterate_filterfalse",
    itertools.compress: "_iterate_compress", itertools.groupby: "_iterate_groupby",
}  # fmt: skip
if hasattr(itertools, "batched"):
    _METHODS[itertools.batched] = "_iterate_batched"
NESTED = frozenset((np.ndindex, np.ndenumerate, itertools.product))
LAZY = frozenset(_METHODS) | NESTED


def _is_short(value: Value, cls: Any) -> bool:
    """Whether a number is known and has so few digits that its multiples, and their sums, are exact."""
    number = value.value if isinstance(value, Const) else None
    return isinstance(number, cls) and abs(number) < 1 << 20 and (number*(1 << 20)) % 1 == 0
