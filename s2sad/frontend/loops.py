"""Lowering of loops: what goes round becomes a Carry, and kinds at the head are a fixed point.

    s = a                            s.1 is a float, an array after the first trip: the body is lowered with s.2 of the
    for row in x: s = s + row        kind that holds both, until nothing changes.

Loops over arrays, lists, tuples, zip, enumerate and reversed become index loops; a tuple or list display of few elements is
unrolled; everything else is iterated as it comes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from s2sad.errors import UnsupportedError
from s2sad.frontend.expressions import Unbound
from s2sad.frontend.state import Group, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Carry, Const, For, Range, Ref, Stmt, Undef, Var, While

UNROLL = 8
PASSES = 12


@dataclass(slots=True)
class Items:
    """An iteration by index: how many items, and the i-th."""

    length: Atom
    item: Callable[[Var], Value]


class Loops(State):
    """The part of lowering that reads loops."""

    def _for(self, node: ast.For) -> None:
        iterable = self._iterable(node.iter)
        if isinstance(iterable, Group) and self._unrolls(iterable, node):
            self._unroll(list(iterable.items), node)
            return
        if isinstance(iterable, Group):
            iterable = self._items(iterable, node.iter)
        assigned = assigned_names(node.body) | target_names(node.target)
        target = self.fresh(node.target.id if isinstance(node.target, ast.Name) and isinstance(iterable, Range) else "i", K.INT)
        if not isinstance(iterable, Range | Items):
            self.hints[target] = node.target.id if isinstance(node.target, ast.Name) else ""
            self.kinds[target] = K.OBJECT

        def body() -> None:
            if isinstance(iterable, Range):
                self.assign(node.target, Var(target), node)  # type: ignore[attr-defined]
            elif isinstance(iterable, Items):
                item = iterable.item(Var(target))
                if isinstance(node.target, ast.Name) and isinstance(item, Var):
                    self.hints[item.name] = node.target.id
                self.assign(node.target, item, node)  # type: ignore[attr-defined]
            else:
                self.assign(node.target, Var(target), node)  # type: ignore[attr-defined]
            self.statements(node.body)

        space: Range | Atom
        if isinstance(iterable, Items):
            space = Range(Const(0), iterable.length, Const(1))
        elif isinstance(iterable, Range):
            space = iterable
        else:
            space = self.variable(iterable, node.iter)
        head, carried, statements, stop = self._fixed_point(node, assigned, None, body)
        self.block.append(For(target, space, statements, carried, stop, self.span(node)))
        self.statements(node.orelse)

    def _while(self, node: ast.While) -> None:
        assigned = assigned_names(node.body)

        def head() -> Value:
            return self.expr(node.test)

        pre, carried, statements, stop = self._fixed_point(node, assigned, head, lambda: self.statements(node.body))
        block, cond = pre
        self.block.append(While(block, cond, statements, carried, stop, self.span(node)))
        self.statements(node.orelse)

    # ------------------------------------------------------------------------------------------------ the fixed point

    def _fixed_point(
        self, node: ast.For | ast.While, assigned: set[str], head: Callable[[], Value] | None, body: Callable[[], None]
    ) -> tuple[Any, tuple[Carry, ...], tuple[Stmt, ...], Atom | None]:
        """Lower a loop until the kinds at its head do not change; binds the names to their values after the loop."""
        outer, entry = self.block, dict(self.scope.env)
        stop_name = getattr(node, "stop", None)
        phis = self._first_phis(entry, assigned - {stop_name})
        symbols: set[K.Length] = set()  # lengths that belong to this loop's head
        for attempt in range(PASSES):
            heads: dict[str, Value] = {name: phi.value() for name, phi in phis.items()}
            self.scope.env = {**entry, **heads}
            self.widened = False
            try:
                pre: Any = None
                if head is not None:
                    self.block = []
                    cond = self.truth(head())  # type: ignore[attr-defined]
                    pre = (tuple(self.block), cond)
                self.block = []
                body()
            except Unbound as unbound:
                self.block = outer
                if unbound.name not in phis and unbound.name in assigned and attempt < PASSES - 1:
                    phis[unbound.name] = Phi(self, unbound.name, Undef(), K.FLOAT)
                    continue
                self.scope.env = entry
                self.refuse(unbound.node, f"{unbound.name!r} may be unbound here", "assign it before the loop")
            except UnsupportedError:
                self.block = outer
                if attempt < PASSES - 1 and any(p.guessed for p in phis.values()):
                    for phi in phis.values():
                        if phi.guessed:
                            phi.guess()
                    continue
                raise
            statements, after = tuple(self.block), self.scope.env
            self.block = outer
            if not self._widen(phis, after, symbols) and not self.widened:
                break
        else:
            self.scope.env = entry
            self.refuse(node, "the kinds of values in this loop do not settle", "give the names values of one kind before the loop")
        carried = self._close(phis, entry, after, assigned - {stop_name}, stop_name)
        stop = self.atom(after[stop_name]) if stop_name is not None else None
        return pre, carried, statements, stop

    def _first_phis(self, entry: dict[str, Value], assigned: set[str]) -> dict[str, Phi]:
        phis: dict[str, Phi] = {}
        for name in sorted(assigned):
            value = entry.get(name)
            if value is None or isinstance(value, Undef):
                continue
            if isinstance(value, Group):
                phis[name] = Phi(self, name, value, None)
            elif isinstance(value, Var | Const | Ref):
                phis[name] = Phi(self, name, value, self.kind(value))
        return phis

    def _widen(self, phis: dict[str, Phi], after: dict[str, Value], symbols: set[K.Length]) -> bool:
        """Join the kinds of the back edge into the heads; whether a head changed."""
        changed = False
        pairs: dict[tuple[Any, Any], K.Length] = {}
        for name, phi in phis.items():
            back = after.get(name, Undef())
            changed |= phi.widen(back, pairs, symbols)
        return changed

    def _close(
        self, phis: dict[str, Phi], entry: dict[str, Value], after: dict[str, Value], assigned: set[str], stop_name: str | None
    ) -> tuple[Carry, ...]:
        """The carried values, with the names bound to what they mean after the loop."""
        carried: list[Carry] = []
        env = dict(entry)
        for name, phi in phis.items():
            env[name] = phi.close(after.get(name, Undef()), carried)
        for name in sorted(assigned):
            if name not in phis and name in after and isinstance(after[name], Var | Const | Ref):
                value = self.atom(after[name])
                kind = self.kind(value)
                head, out = self.fresh(name, kind), self.fresh(name, kind)
                carried.append(Carry(head, Undef(), value, out))
                env[name] = Var(out)
                if isinstance(value, Var) and value.name in self.live:
                    self.live[out] = self.live[value.name]
        self.scope.env = env
        return tuple(carried)

    # ------------------------------------------------------------------------------------------------------ iterables

    def _iterable(self, node: ast.expr) -> Range | Items | Group | Value:
        """What a for loop runs over."""
        if isinstance(node, ast.Call) and not any(isinstance(a, ast.Starred) for a in node.args):
            fn = self.expr(node.func)
            if isinstance(fn, Ref) and fn.obj in (range, enumerate, zip, reversed):
                return self._iterator_call(fn.obj, node)
            if isinstance(fn, Ref) and fn.obj in (list, tuple) and len(node.args) == 1 and isinstance(node.args[0], ast.Call):
                return self._iterable(node.args[0])
        value = self.operand(node)  # type: ignore[attr-defined]
        if isinstance(value, Ref) and isinstance(value.obj, range):
            return Range(Const(value.obj.start), Const(value.obj.stop), Const(value.obj.step))
        return self._items(value, node) or value

    def _iterator_call(self, fn: Any, node: ast.Call) -> Range | Items | Group | Value:
        if fn is range:
            args = [self.integer(self.operand(a), a) for a in node.args]  # type: ignore[attr-defined]
            if len(args) == 1:
                return Range(Const(0), args[0], Const(1))
            return Range(args[0], args[1], args[2] if len(args) == 3 else Const(1))
        inner = [self._iterable(a) for a in node.args]
        if fn is reversed and isinstance(inner[0], Range):
            return self._reversed_range(inner[0], node)
        groups = [g for g in inner if isinstance(g, Group)]
        if len(groups) == len(inner) and groups:
            return self._iterate_groups(fn, groups, node)
        items = [self._items(v, node) if not isinstance(v, Items) else v for v in inner]
        if any(i is None for i in items):
            self.refuse(node, f"{fn.__name__} over something whose length is not known", "make a list of it first")
        return self._iterate_items(fn, [i for i in items if i is not None], node)

    def _iterate_groups(self, fn: Any, groups: list[Group], node: ast.Call) -> Group:
        if fn is reversed:
            return Group("tuple", groups[0].items[::-1])
        if fn is zip:
            return Group("tuple", [Group("tuple", list(row)) for row in zip(*(g.items for g in groups), strict=False)])
        start = self._start(node)
        if not isinstance(start, Const):
            self.refuse(node, "enumerate of a display from a computed start", "write the numbers out")
        return Group("tuple", [Group("tuple", [Const(start.value + i), item]) for i, item in enumerate(groups[0].items)])

    def _start(self, node: ast.Call) -> Value:
        for keyword in node.keywords:
            return self.operand(keyword.value)  # type: ignore[attr-defined,no-any-return]
        return self.operand(node.args[1]) if len(node.args) > 1 else Const(0)  # type: ignore[attr-defined,no-any-return]

    def _iterate_items(self, fn: Any, items: list[Items], node: ast.Call) -> Items:
        if fn is reversed:
            length = items[0].length

            def backwards(i: Var) -> Value:
                last = self.binary("sub", length, Const(1), node)  # type: ignore[attr-defined]
                return items[0].item(self.binary("sub", last, i, node))  # type: ignore[attr-defined]

            return Items(length, backwards)
        if fn is enumerate:
            start = self._start(node)

            def counted(i: Var) -> Value:
                zero = isinstance(start, Const) and start.value == 0
                number = i if zero else self.binary("add", i, start, node)  # type: ignore[attr-defined]
                return Group("tuple", [number, items[0].item(i)])

            return Items(items[0].length, counted)
        length = items[0].length
        if len(items) > 1:
            length = self.emit(Call("min", tuple(i.length for i in items)), K.INT, node)
        return Items(length, lambda i: Group("tuple", [one.item(i) for one in items]))

    def _items(self, value: Any, node: ast.AST) -> Items | None:
        """Iteration by index over an array, list, tuple or range; None if the value is not one of these."""
        if isinstance(value, Items):
            return value
        if isinstance(value, Range):
            length = self._range_length(value, node)

            def number(i: Var) -> Value:
                scaled = i if value.step == Const(1) else self.binary("mul", value.step, i, node)  # type: ignore[attr-defined]
                return scaled if value.start == Const(0) else self.binary("add", value.start, scaled, node)  # type: ignore[attr-defined,no-any-return]

            return Items(length, number)
        if isinstance(value, Group):
            if value.cat == "dict":
                value = Group("tuple", [Const(k) for k in value.keys])
            var = self.variable(value, node)
            self.kinds[var.name] = K.list_of(K.join_all([self.kind(i) for i in value.items]))  # type: ignore[union-attr]
            return Items(Const(len(value.items)), lambda i: self.getitem(var, i, node))  # type: ignore[attr-defined]
        kind = self.kind(value)
        if kind.cat == "tuple" and kind.items is not None and len({K.anonymous(k).cat for k in kind.items}) > 1:
            return None
        if kind.cat in ("list", "tuple") or (kind.cat in ("array", "num") and kind.rank != 0):
            length = self.emit(Call("len", (self.atom(value),)), K.INT, node)
            return Items(length, lambda i: self.getitem(value, i, node))  # type: ignore[attr-defined]
        return None

    def _range_length(self, space: Range, node: ast.AST) -> Atom:
        if space.start == Const(0) and space.step == Const(1):
            return space.stop
        var = self.emit(Call("range", (space.start, space.stop, space.step)), K.RANGE, node)
        return self.emit(Call("len", (var,)), K.INT, node)

    def _reversed_range(self, space: Range, node: ast.AST) -> Range:
        if isinstance(space.step, Const) and space.step.value in (1, -1):
            step = space.step.value
            first = self.atom(self.binary("sub", space.stop, Const(step), node))  # type: ignore[attr-defined]
            last = self.atom(self.binary("sub", space.start, Const(step), node))  # type: ignore[attr-defined]
            return Range(first, last, Const(-step))
        return self.refuse(node, "reversed of a range whose step is not 1 or -1", "write the reversed range out")

    def _unrolls(self, group: Group, node: ast.For) -> bool:
        """Whether a loop over a display is written out: few elements, or elements of different kinds."""
        if getattr(node, "stop", None) is not None:
            return False
        kinds = [self.kind(i) for i in group.items]
        plain = all(k.is_number for k in kinds) and not any(isinstance(i, Group) for i in group.items)
        return not plain or len(group.items) <= UNROLL

    def _unroll(self, items: list[Value], node: ast.For) -> None:
        for item in items:
            self.assign(node.target, item, node)  # type: ignore[attr-defined]
            self.statements(node.body)
        self.statements(node.orelse)

    def integer(self, value: Value, node: ast.AST) -> Atom:
        """An operand of range."""
        atom = self.atom(value, node)
        self.settle(atom, K.INT)
        if self.kind(atom).sort not in ("int", "bool", ""):
            self.refuse(node, "range of something that is not an integer", "use int(...)")
        return atom


class Phi:
    """A name at the head of a loop: its values on entry and on the back edge, and the kind that holds both.

    Lengths that differ between entry and back edge become symbols of the head. Two axes share such a symbol only if
    they share the entry's length and, on every pass, the back edge's: the partition is refined until it is stable.
    """

    def __init__(self, state: State, name: str, entry: Value, kind: Kind | None) -> None:
        self.state = state
        self.name = name
        self.entry = entry
        self.guessed = isinstance(entry, Undef)
        self.parts: list[Phi] = []
        self.kind = kind
        if isinstance(entry, Group):
            self.parts = [Phi(state, f"{name}", item, None if isinstance(item, Group) else state.kind(item)) for item in entry.items]
        self.var = Var("")

    def value(self) -> Value:
        """What the name means in the body on this pass."""
        if isinstance(self.entry, Group):
            return Group(self.entry.cat, [p.value() for p in self.parts], self.entry.keys)
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            return self.entry
        assert self.kind is not None
        self.var = Var(self.state.fresh(self.name, self.kind))
        if isinstance(self.entry, Var) and self.entry.name in self.state.live:
            self.state.live[self.var.name] = self.state.live[self.entry.name]
        return self.var

    def guess(self) -> None:
        """The next guess for the kind of a name that is not bound on entry."""
        self.kind = K.array(None) if self.kind == K.FLOAT else K.OBJECT

    def widen(self, back: Value, pairs: dict[tuple[Any, Any], K.Length], symbols: set[K.Length]) -> bool:
        """Let the kind hold the back edge's value too; whether it changed."""
        if isinstance(self.entry, Group):
            if isinstance(back, Group) and len(back.items) == len(self.parts):
                return any([p.widen(b, pairs, symbols) for p, b in zip(self.parts, back.items, strict=True)])
            self.state.refuse(None, f"{self.name!r} changes its structure in the loop", "keep tuples of one length")
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            return False
        if isinstance(back, Undef) or back == self.var:
            return False
        assert self.kind is not None
        kind = self.state.kind(self.state.atom(back))
        if self.guessed:
            self.guessed = False
            changed = kind != self.kind
            self.kind = K.anonymous(kind) if changed else kind
            return changed
        old = self.kind
        joined = K.join(old, kind, {})
        if old.shape is not None and joined.shape is not None and old.shape and len(joined.shape) == len(old.shape):
            lengths = []
            for mine, theirs in zip(old.shape, kind.shape or (), strict=True):
                lengths.append(self._length(mine, theirs, pairs, symbols))
            joined = replace(joined, shape=tuple(lengths))
        elif joined.cat == "list" and old.cat == "list" and old.items and joined.items and _equal_but_lengths(old.items[0], joined.items[0]):
            joined = old
        if joined != old:
            self.kind = joined
            return True
        return False

    def _length(self, mine: K.Length, theirs: K.Length, pairs: dict[tuple[Any, Any], K.Length], symbols: set[K.Length]) -> K.Length:
        if mine in symbols:  # the first back length met keeps the symbol, another one gets a symbol of its own
            if pairs.setdefault((mine, None), theirs) == theirs:
                return mine
        elif mine == theirs:
            return mine
        if (mine, theirs) not in pairs:
            pairs[(mine, theirs)] = K.new_length()
            symbols.add(pairs[(mine, theirs)])
        return pairs[(mine, theirs)]

    def close(self, back: Value, carried: list[Carry]) -> Value:
        """Add the carried value; what the name means after the loop."""
        if isinstance(self.entry, Group):
            items = back.items if isinstance(back, Group) else [Undef()] * len(self.parts)
            return Group(self.entry.cat, [p.close(b, carried) for p, b in zip(self.parts, items, strict=True)], self.entry.keys)
        if isinstance(self.entry, Ref) and self.kind is not None and self.kind.cat == "object":
            return self.entry
        assert self.kind is not None
        out = self.state.fresh(self.name, self.kind)
        if self.var.name in self.state.live:
            self.state.live[out] = self.state.live[self.var.name]
        entry = self.state.atom(self.entry)
        next_value = self.var if isinstance(back, Undef) else self.state.atom(back)
        carried.append(Carry(self.var.name, entry, next_value, out))
        return Var(out)


def _equal_but_lengths(a: Kind, b: Kind) -> bool:
    return replace(a, shape=None) == replace(b, shape=None) and a.rank == b.rank


def assigned_names(body: list[ast.stmt]) -> set[str]:
    """Names that statements bind, nested functions' bodies left out."""
    names: set[str] = set()
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for inner in ast.walk(node):
                if isinstance(inner, ast.NamedExpr):
                    names.add(inner.target.id)
            continue
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((a.asname or a.name).split(".")[0] for a in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        stack.extend(ast.iter_child_nodes(node))
    return names


def target_names(target: ast.expr) -> set[str]:
    """Names that a loop's target binds."""
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
