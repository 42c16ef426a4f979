"""Iterators of itertools that choose among the items: combinations, takewhile, groupby and their like, and
the first item that `next` takes from a generator.

    for i, j in combinations(xs, 2): A       places = list(itertools.combinations(range(len(xs)), 2))
                                             for k in range(len(places)): i = xs[places[k][0]]; ...; A
    for k, g in groupby(xs, key): A          keys, groups = two lists that a loop fills
    next(v for v in xs if v > c)             a loop that ends with the place of the first one; xs[place]
"""

from __future__ import annotations

import ast
import itertools
from typing import Any

from s2sad.frontend.iterators import Items, Iterators, given
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import Group, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Range, Ref

MOST = 60  # selections of a display that are written out
TEXTS = {
    "takewhile": """
def takewhile(fn, xs):
    chosen = []
    for v in xs:
        if not fn(v):
            break
        chosen.append(v)
    return chosen
""",
    "dropwhile": """
def dropwhile(fn, xs):
    chosen = []
    dropping = True
    for v in xs:
        if dropping:
            dropping = bool(fn(v))
        if not dropping:
            chosen.append(v)
    return chosen
""",
    "filterfalse": """
def filterfalse(fn, xs):
    chosen = []
    for v in xs:
        if not fn(v):
            chosen.append(v)
    return chosen
""",
    "compress": """
def compress(xs, selectors):
    chosen = []
    for v, chosen_one in zip(xs, selectors):
        if chosen_one:
            chosen.append(v)
    return chosen
""",
    "groupby": """
def groupby(xs, key):
    keys = []
    groups = []
    for v in xs:
        k = key(v)
        if len(keys) == 0 or not keys[-1] == k:
            keys.append(k)
            groups.append([])
        groups[-1].append(v)
    return keys, groups
""",
    "batched": """
def batched(xs, n):
    made = []
    for i in range(0, len(xs), n):
        made.append(xs[i:i + n])
    return made
""",
}


class Selections(Iterators):
    """The part of lowering that reads iterators which choose items."""

    def _text(self, name: str, args: list[Value], node: ast.AST) -> Value:
        source = rule_source(name, TEXTS[name])
        env = self.bind_arguments(source.node.args, args, {}, [], {}, node, name)
        return self.inline(source, source.node, env, None, name)

    def _iterate_takewhile(self, node: ast.Call) -> Any:
        return self._chosen("takewhile", node)

    def _iterate_dropwhile(self, node: ast.Call) -> Any:
        return self._chosen("dropwhile", node)

    def _iterate_filterfalse(self, node: ast.Call) -> Any:
        return self._chosen("filterfalse", node)

    def _iterate_compress(self, node: ast.Call) -> Any:
        return self._chosen("compress", node)

    def _chosen(self, name: str, node: ast.Call) -> Items:
        """What a function of the items leaves of them, as a list."""
        args = [self.operand(a) for a in node.args]
        return self.items_of(self._text(name, args, node), node)

    def _iterate_batched(self, node: ast.Call) -> Items:
        xs, n = (self.operand(a) for a in node.args)
        return self.items_of(self._text("batched", [self.listed(xs, node), n], node), node)

    def _iterate_groupby(self, node: ast.Call) -> Items:
        key_node = node.args[1] if len(node.args) > 1 else self._keyword(node, "key")
        key = Const(None) if key_node is None else self.operand(key_node)
        if key == Const(None):
            key = self.operand(ast.copy_location(ast.parse("lambda v: v", mode="eval").body, node))
        made = self._text("groupby", [self.operand(node.args[0]), key], node)
        keys, groups = self.unpack(made, 2, node)
        length = self.emit(Call("len", (self.atom(keys),)), K.INT, node)
        return Items(
            length, lambda i: Group("tuple", [self.getitem(keys, i, node), self.getitem(groups, i, node)])
        )

    # -------------------------------------------------------------------------------------- combinations

    def _iterate_combinations(self, node: ast.Call) -> Any:
        return self._selected(itertools.combinations, node)

    def _iterate_permutations(self, node: ast.Call) -> Any:
        return self._selected(itertools.permutations, node)

    def _iterate_replaced(self, node: ast.Call) -> Any:
        return self._selected(itertools.combinations_with_replacement, node)

    def _selected(self, fn: Any, node: ast.Call) -> Any:
        """Tuples of items: their places are numbers, which the function itself selects."""
        space = self.iterable(node.args[0])
        r_node = node.args[1] if len(node.args) > 1 else self._keyword(node, "r")
        r = Const(None) if r_node is None else self.operand(r_node)
        known = len(space.items) if isinstance(space, Group) else _count(space)
        if r == Const(None) and known is not None:
            r = Const(known)
        if not isinstance(r, Const) or not isinstance(r.value, int):
            self.refuse(node, "the length of the tuples is not known", "pass it as a literal number")
        if isinstance(space, Group):
            rows = list(itertools.islice(fn(space.items, r.value), MOST + 1))
            if len(rows) <= MOST:
                return Group("tuple", [Group("tuple", list(row)) for row in rows])
        items = self.items_of(space, node)
        assert items.length is not None
        numbers = self.emit(Call("range", (items.length,)), K.RANGE, node)
        name = f"itertools.{fn.__name__}"
        selection = self.emit(Call(name, (numbers, r)), K.OBJECT, node)
        row = Kind("tuple", items=(K.INT,) * r.value)
        places = self.emit(Call("list", (selection,), (), "list"), K.list_of(row), node)
        length = self.emit(Call("len", (places,)), K.INT, node)

        def chosen(i: Value) -> Value:
            place = self.getitem(places, i, node)
            return Group("tuple", [items.item(self.getitem(place, Const(k), node)) for k in range(r.value)])

        return Items(length, chosen)

    # ---------------------------------------------------------------------------------------------- next

    def first_item(self, node: ast.Call, hint: str) -> Value:
        """`next(v for v in xs if c)`: the loop looks for the place, the element is taken behind it."""
        made = node.args[0]
        assert isinstance(made, ast.GeneratorExp)
        generator = made.generators[0]
        items = self.items_of(self.iterable(generator.iter), node)
        if items.length is None or len(made.generators) > 1:
            self.refuse(node, "next() of a generator of several loops or without end", "write the loop out")
        numbered = Items(items.length, lambda i: Group("tuple", [i, items.item(i)]))
        mark = f" {self.fresh.count}"  # no user's name has a blank
        found, stop, at = f"found{mark}", f"stop{mark}", f"at{mark}"
        body: list[ast.stmt] = [
            ast.Assign([ast.Name(found, ast.Store())], ast.Name(at, ast.Load())),
            ast.Assign([ast.Name(stop, ast.Store())], ast.Constant(True)),
        ]
        for cond in reversed(generator.ifs):
            body = [ast.If(cond, body, [ast.Assign([ast.Name(stop, ast.Store())], ast.Constant(False))])]
        target = ast.Tuple([ast.Name(at, ast.Store()), generator.target], ast.Store())
        loop = ast.For(target, given(numbered, node), body, [])
        for inner in ast.walk(loop):
            if not hasattr(inner, "lineno"):
                ast.copy_location(inner, node)
        loop.stop = stop  # type: ignore[attr-defined]  # as `exits` marks loops
        hidden = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        saved = {n: self.scope.env.get(n) for n in (*hidden, found, stop, at)}
        self.scope.env[found] = Const(-1)
        try:
            self.statements([loop])
            return self._taken_first(self.scope.env[found], items, made, node, hint)
        finally:
            for name, value in saved.items():
                if value is None:
                    self.scope.env.pop(name, None)
                else:
                    self.scope.env[name] = value

    def _taken_first(
        self, place: Value, items: Items, made: ast.GeneratorExp, node: ast.Call, hint: str
    ) -> Value:
        def element() -> Value:
            self.assign(made.generators[0].target, items.item(place), node)
            return self.operand(made.elt)

        if len(node.args) > 1:
            some = self.compare("ge", place, Const(0), node)
            return self.choose(some, element, lambda: self.operand(node.args[1]), node, hint)
        if not isinstance(place, Const):
            stop = Ref("StopIteration", StopIteration)
            self.script("if place < 0:\n    raise stop", node, place=place, stop=stop)
        return element()


def _count(space: Any) -> int | None:
    """The length of a range that is known."""
    if not isinstance(space, Range):
        return None
    parts = [p.value for p in (space.start, space.stop, space.step) if isinstance(p, Const)]
    return len(range(*parts)) if len(parts) == 3 and all(type(p) is int for p in parts) else None


__all__ = ["Selections"]
