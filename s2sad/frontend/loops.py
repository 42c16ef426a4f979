"""Lowering of loops: what goes round becomes a Carry, kinds at the head are a fixed point.

    for row in x:            i in range(len(x)); row = x[i]; s.2 = s.1 or s.3; s.3 = add(s.2, row)
        s = s + row

Loops over arrays, lists, tuples, zip, enumerate and reversed become index loops; a loop over few known
elements, or over elements of different kinds, is written out; everything else is iterated as it comes.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from s2sad.errors import UnsupportedError
from s2sad.frontend import eithers, links
from s2sad.frontend.ahead import in_step
from s2sad.frontend.captures import parts_of, with_parts
from s2sad.frontend.checkpoint import kept_apart
from s2sad.frontend.cursors import over_changing, over_cursor
from s2sad.frontend.exits import runs_through
from s2sad.frontend.generators import over_generator
from s2sad.frontend.iterators import Items, given
from s2sad.frontend.lasting import fresh_names
from s2sad.frontend.maybes import NONE
from s2sad.frontend.phis import Pairs, Phi, tear
from s2sad.frontend.state import (
    CALLABLE,
    Generator,
    Group,
    Local,
    State,
    Torn,
    Unbound,
    Value,
    Written,
    goes_round,
    holds_functions,
)
from s2sad.frontend.trees import assigned_names, target_names
from s2sad.frontend.trips import checkpointed_loop
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Carry, Const, Do, For, Let, Range, Ref, Stmt, Store, Undef, Var, While, uses
from s2sad.ir.nodes import walk as statements_in

UNROLL = 4  # elements
LONGEST = 32  # trips of a loop that gives a dict new keys
UNROLL_SIZE = 60  # nodes of the body, for each element
PASSES = 12
Head = tuple[tuple[Stmt, ...], Atom] | None


class Settled(NamedTuple):
    """The kind of a name on entry to a loop, and the one at the head that holds all trips."""

    entry: Kind
    kind: Kind


class Loops(State):
    """The part of lowering that reads loops."""

    def nested(self, node: ast.For) -> ast.For | None:
        """Loops inside of each other for a loop over pairs (see `iterators`)."""
        raise NotImplementedError

    def position(self, target: ast.expr, space: Range | Items | Value) -> Var:
        """The variable of a loop (see `iterables`)."""
        raise NotImplementedError

    def over(self, space: Range | Items | Value, node: ast.For) -> Range | Atom:
        """What the loop of the program runs over (see `iterables`)."""
        raise NotImplementedError

    def _for(self, node: ast.For) -> None:
        slots = self._slots(node.iter)
        if slots is not None:
            self._for_checkpointed(node, slots)
            return
        walk = over_changing(self, node)
        taking = over_cursor(self, walk)
        if taking is not None:
            self._while(taking)
            if walk is not node:
                del self.scope.env[walk.iter.id]  # type: ignore[attr-defined]
            return
        node = in_step(self, node)
        nest = self.nested(node)
        if nest is not None:
            mark = self.hidden_mark
            self._for(nest)
            for name in [n for n in self.scope.env if mark in n]:
                del self.scope.env[name]
            return
        left = over_generator(self, node, assigned_names(node.body) | target_names(node.target))
        if left is None:
            return
        node = left
        space = self.iterable(node.iter, late=True)
        if isinstance(space, Generator):
            self._for_returned(node, space)
            return
        self._for_space(node, space)

    def _for_returned(self, node: ast.For, made: Generator) -> None:
        """A loop over a generator that a function returns."""
        node = copy.copy(node)
        node.iter = given(made, node.iter)
        self._for(node)

    def _for_space(self, node: ast.For, space: Any) -> None:
        """A loop over a range, a display, or items that are read by index."""
        items = self._trips(space, node)
        if items is not None:
            self._write_out(node, items)
            return
        if isinstance(space, Group):
            space = Items(Const(len(space.items)), self.columns(space, node.iter))
        target = self.position(node.target, space)
        self._note_short(target, space, node)

        def body() -> None:
            item = (space.turned or space.item)(target) if isinstance(space, Items) else target
            if isinstance(node.target, ast.Name) and isinstance(item, Var) and isinstance(space, Items):
                self.hints[item.name] = node.target.id
            self.assign(node.target, item, node)
            self.statements(node.body)

        for name in target_names(node.target):  # an object that the loop's variable was before is not read
            if isinstance(self.scope.env.get(name), Local):
                del self.scope.env[name]
        over = self.over(space, node)
        self.lengths.count(target.name, over)
        if not isinstance(over, Range):
            self.heap.iterated(target.name, over)
        assigned = assigned_names(node.body) | target_names(node.target)
        try:
            _, carried, statements, stop = self._fixed_point(node, assigned, None, body)
        except UnsupportedError:
            self.remedy = self.remedy or self._remedy(node, space)
            raise
        self.remedy = None
        self.block.append(For(target.name, over, statements, carried, stop, self.span(node)))
        self.statements(node.orelse)

    def _trips(self, space: Range | Items | Value, node: ast.For) -> Sequence[Value] | None:
        """What each trip of a loop that is written out gives its variable; None where it stays a loop."""
        if getattr(node, "stop", None) is not None:
            return None
        if isinstance(space, Group):
            return space.items if self._unrolls(space, node) else None
        known = counted(space)
        if known is None or not (self.place(node) in self.trips or self._grows(node)):
            return None
        return [Const(i) for i in known]

    def _note_short(self, target: Var, space: Range | Items | Value, node: ast.For) -> None:
        """Remember a loop of which each trip can be written out, by what counts its trips."""
        if counted(space) is not None and getattr(node, "stop", None) is None:
            self.short[target.name] = self.place(node)

    def _remedy(self, node: ast.For, space: Range | Items | Value) -> Written | None:
        """What may help where a loop is refused: its trips, or the elements of a list, one by one."""
        if counted(space) is not None and getattr(node, "stop", None) is None:
            return Written(trips=self.place(node))
        held = [self.scope.env.get(n.id) for n in ast.walk(node.iter) if isinstance(n, ast.Name)]
        places = [self.displays[v.name] for v in held if isinstance(v, Var) and v.name in self.displays]
        found = [p for p in places if p not in self.known_lists and p not in self.loose_lists]
        return Written(found[0]) if found else None

    def _write_out(self, node: ast.For, items: Sequence[Value]) -> None:
        """A loop over known items, trip by trip."""
        for item in items:
            self.assign(node.target, item, node)
            self.statements(node.body)
        self.statements(node.orelse)

    def _slots(self, node: ast.expr) -> Value | None:
        """How many states are kept of a loop over `checkpointed(range(n), slots=k)`; None for other loops."""
        if not isinstance(node, ast.Call):
            return None
        fn = self.peeked(node.func)
        if not isinstance(fn, Ref) or not getattr(fn.obj, "__s2sad_checkpointed__", False):
            return None
        words = {k.arg: k.value for k in node.keywords}
        given = node.args[1] if len(node.args) == 2 else words.get("slots")
        if given is None or not node.args or len(node.args) + len(words) != 2:
            self.refuse(
                node, "checkpointed() is called in another way", "write checkpointed(range(n), slots=k)"
            )
        return self.operand(given)

    def _for_checkpointed(self, node: ast.For, slots: Value) -> None:
        assert isinstance(node.iter, ast.Call)
        space = self.iterable(node.iter.args[0])
        assigned = assigned_names(node.body) | target_names(node.target)
        if not isinstance(space, Range):
            self.refuse(node.iter, "checkpointed() of something that is no range", "loop over an index")
        if self.kind(slots).cat != "int":
            self.refuse(node.iter, "the number of slots is no int", "write checkpointed(range(n), slots=3)")

        def run(before: Callable[[Var], None] | None = None, more: Iterable[str] = ()) -> None:
            target = self.position(node.target, space)

            def body() -> None:
                self.assign(node.target, target, node)
                if before is not None:
                    before(target)
                self.statements(node.body)

            _, carried, statements, stop = self._fixed_point(node, assigned.union(more), None, body)
            self.block.append(For(target.name, space, statements, carried, stop, self.span(node)))

        if self.outline is None or self.const_depth or not kept_apart(self, node):
            if self.outline is not None:
                self.outline.slots[self.span(node)] = self.atom(slots)
            run()
            self.statements(node.orelse)
        else:
            checkpointed_loop(self, node, space, slots, assigned, run)

    def _while(self, node: ast.While) -> None:
        if self.place(node) in self.attempts:
            node = self._tested_inside(node)
        assigned = assigned_names(node.body)
        head, carried, statements, stop = self._fixed_point(
            node, assigned, lambda: self.asked(node.test), lambda: self.statements(node.body)
        )
        assert head is not None
        block, cond = head
        self.block.append(While(block, cond, statements, carried, stop, self.span(node)))
        self.statements(node.orelse)

    def _tested_inside(self, node: ast.While) -> ast.While:
        """A loop whose test writes, as one that is left in the middle of its body, which can be reversed.

            while go(xs): A             while True:
                                            if go(xs): A
                                            else: <leave>
        """
        new = copy.copy(node)
        stop: str = getattr(node, "stop", None) or f"stop {self.fresh.count}"  # no user's name has a blank
        new.stop = stop  # type: ignore[attr-defined]
        goes, ends = (
            ast.copy_location(ast.Assign([ast.Name(stop, ast.Store())], ast.Constant(v)), node)
            for v in (False, True)
        )
        goes_on = [] if getattr(node, "stop", None) else [goes]
        body = ast.copy_location(ast.If(node.test, [*node.body, *goes_on], [ends]), node)
        new.test = ast.copy_location(ast.Constant(True), node.test)
        new.body = [ast.fix_missing_locations(body)]
        return new

    def _grows(self, node: ast.For) -> bool:
        """Whether a loop gives a dict new keys, or a list of functions or objects new elements."""
        for inner in (n for stmt in node.body for n in ast.walk(stmt)):
            if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Store):
                holder, computed = inner.value, not isinstance(inner.slice, ast.Constant)
            elif isinstance(inner, ast.Attribute) and inner.attr in ("append", "extend", "insert"):
                holder, computed = inner.value, True
            else:
                continue
            while isinstance(holder, ast.Attribute | ast.Subscript):
                holder = holder.value
            value = self.scope.env.get(holder.id) if isinstance(holder, ast.Name) else None
            if computed and isinstance(value, Local) and (value.cat != "object" or _holds_lists(value)):
                return True
        return False

    def _unrolls(self, group: Group, node: ast.For) -> bool:
        """Whether a loop over a display is written out: few elements, or elements of different kinds."""
        kinds = [self.kind(i) for i in group.items]
        plain = all(k.is_number for k in kinds) and len({k.rank for k in kinds}) <= 1
        size = sum(1 for stmt in node.body for _ in ast.walk(stmt))
        return not plain or (len(group.items) <= UNROLL and size <= UNROLL_SIZE)

    # ------------------------------------------------------------------------------------- the fixed point

    def _fixed_point(
        self,
        node: ast.For | ast.While,
        assigned: set[str],
        head: Callable[[], Value] | None,
        body: Callable[[], None],
    ) -> tuple[Head, tuple[Carry, ...], tuple[Stmt, ...], Atom | None]:
        """Lower a loop until the kinds at its head do not change; bind names to their values after it."""
        outer, entry, cells = self.block, self._before(assigned, node), dict(self.objects.cells)
        present, stop_name = self.present, getattr(node, "stop", None)
        assigned, place = assigned - {stop_name}, self._next_place()
        phis = self._first_phis(entry, assigned, self.heads.get(place, {}))
        held: dict[int, Phi] = {}  # of objects that the loop writes to
        symbols: set[K.Length] = set()  # lengths that belong to this loop's head
        loop_start, older, widened = self.loop_start, self.older, self.widened
        self.loop_start, self.older = self.fresh.count, K.new_length()
        self.lasting = self.older if self.lasting is not None and not self.loops else self.lasting
        self.loops, self.nesting = self.loops + 1, self.nesting + 1
        self.open_loops.append((self.scope, assigned, phis))
        self.trail.append(0)
        try:
            attempt = -1
            while (attempt := attempt + 1) < PASSES:
                self.objects.cells, self.present = dict(cells), set(present)
                self.scope.env = {**entry, **{name: phi.value() for name, phi in phis.items()}}
                self.objects.cells.update({number: phi.value() for number, phi in held.items()})
                begun = dict(self.objects.cells)
                widened, self.widened = min(widened, self.widened), sys.maxsize
                self.trail[len(place) :] = [0]
                known = len(phis)
                pre = self._pass_over(phis, assigned, node, head, body, attempt)
                if pre is None:
                    self.block = outer
                    tear(phis, entry)
                    attempt -= len(phis) > known  # a name that turned out to go round counts for nothing
                    continue
                statements, after = tuple(self.block), self.scope.env
                self.block = outer
                changed = self._widen(phis, held, after, symbols, node)
                found = self._written_cells(entry, cells, begun, held)
                # a list that is made in the loop is made anew in each pass over it
                if not changed and not found and self.widened > self.loop_start:
                    break
            else:
                links.refuse_unsettled(self, after.values(), node)
        except BaseException:
            self.block, self.scope.env, self.objects.cells = outer, entry, cells
            raise
        finally:
            self.present, self.widened = present, min(widened, self.widened)
            self.loops, self.nesting = self.loops - 1, self.nesting - 1
            self.open_loops.pop()
            self.loop_start, self.older, self.closed = loop_start, older, self.older
            del self.trail[len(place) :]
            self.heads[place] = self._heads(phis)
        self._may_keep_all(assigned, phis, after, node)
        stop = None if stop_name is None else self.atom(self._held_by(stop_name, after))
        carried = self._close(phis, held, entry, cells, after, assigned, statements, runs_through(node))
        return pre[0], carried, statements, stop

    def _held_by(self, name: str, env: dict[str, Value]) -> Value:
        """What a name of this function means at the end of a trip."""
        return self.objects.cells[self.scope.boxed[name]] if name in self.scope.boxed else env[name]

    def _next_place(self) -> tuple[int, ...]:
        """Where the loop that begins stands among the loops around it."""
        self.trail[-1] += 1
        return tuple(self.trail)

    def _may_keep_all(
        self, assigned: set[str], phis: dict[str, Phi], after: dict[str, Value], node: ast.AST
    ) -> None:
        """Note the names that a loop binds: without a trip they keep what they have."""
        left = [name for name in sorted(assigned) if name not in phis or phis[name].guessed_entry]
        self.may_keep([n for n in left if n in after and goes_round(after[n])], node)

    def _pass_over(
        self,
        phis: dict[str, Phi],
        assigned: set[str],
        node: ast.AST,
        head: Callable[[], Value] | None,
        body: Callable[[], None],
        attempt: int,
    ) -> tuple[Head] | None:
        """One pass over head and body; None if it has to be done again with another guess."""
        pre: Head = None
        try:
            if head is not None:
                self.block, cells = [], dict(self.objects.cells)
                cond = self.truth(head(), node)
                pre = (tuple(self.block), cond)
                if any(map(_writes, statements_in(pre[0]))) or self._is_changed(cells):
                    raise Written(attempt=self.place(node))
            self.block = []
            body()
            for name, phi in phis.items():
                if (value := self.scope.env.get(name)) is not None:
                    self.scope.env[name] = self._at_end(phi, value, node)
            return (pre,)
        except Unbound as unbound:
            names = [n for n in unbound.names if n in assigned and n not in phis]
            if not names or attempt == PASSES - 1:
                raise
            phis.update((name, Phi(self, name, Undef(), K.BOTTOM)) for name in names)
        except UnsupportedError:
            guesses = [found for phi in phis.values() for found in phi.guesses()]
            if attempt == PASSES - 1 or not guesses:
                raise
            for phi in guesses:
                phi.guess()
        return None

    def _at_end(self, phi: Phi, value: Value, node: ast.AST) -> Value:
        """What a trip leaves a name, in a form that can go round."""
        if phi.options:
            return phi.aligned(value, node)
        if eithers.is_torn(self, phi.entry, phi.kind, value):
            return self.atom(value, node)
        return self.unfolded(value, node) if isinstance(phi.entry, Group) or phi.entry == NONE else value

    def _is_changed(self, cells: dict[int, Value]) -> bool:
        """Whether an object, or a name of a function around, holds something else than before."""
        return any(self.objects.cells.get(number) is not held for number, held in cells.items())

    def may_keep(self, names: Iterable[str], node: ast.AST) -> None:
        """Note that a path does not bind names: in a loop they may hold what an earlier trip has bound."""
        users = [name for name in names if name not in self.scope.made]
        for scope, assigned, phis in reversed(self.open_loops):
            missing = [name for name in users if name in assigned and name not in phis]
            if scope is self.scope and missing and scope.node is not None:
                fresh = fresh_names(scope.node)
                missing = [name for name in missing if name not in fresh]
            if scope is self.scope and missing:
                raise Unbound(missing[0], node, missing)

    def _before(self, assigned: set[str], node: ast.For | ast.While) -> dict[str, Value]:
        """The names before a loop; tuples as displays where the loop binds their names anew."""
        env = self.scope.env
        return {name: self.unfolded(v, node) if name in assigned else v for name, v in env.items()}

    def _first_phis(
        self, entry: dict[str, Value], assigned: set[str], before: dict[str, Settled]
    ) -> dict[str, Phi]:
        """The names at the head, with what the same loop came to in the last pass over the loop around it."""
        phis: dict[str, Phi] = {}
        for name in sorted(assigned):
            value, known = entry.get(name), before.get(name)
            if value is not None and not isinstance(value, Undef | Torn):
                phis[name] = phi = Phi(self, name, value)
                if known is not None and phi.kind is not None and phi.kind == known.entry:
                    phi.kind = known.kind
            elif known is not None and known.entry == K.BOTTOM:
                phis[name] = Phi(self, name, Undef(), K.BOTTOM)
        tear(phis, entry)
        return phis

    def _heads(self, phis: dict[str, Phi]) -> dict[str, Settled]:
        """What a loop's heads came to, for the next pass over the loop around it.

        Without this a loop nest of depth n is lowered 2**n times and more. Kinds only grow from pass to
        pass, so that those of the last one, for the same kind on entry, are a start as good as any; but not
        what depends on names of which nothing was known, nor lengths, which belong to one pass.
        """
        around = (phi for _, _, others in self.open_loops for phi in others.values())
        unsure = any(phi.kind == K.BOTTOM for phi in around)
        found: dict[str, Settled] = {}
        for name, phi in phis.items():
            if phi.guessed_entry:
                found[name] = Settled(K.BOTTOM, K.BOTTOM)
            elif phi.kind is not None and phi.entry_kind is not None and not phi.kind.shape and not unsure:
                found[name] = Settled(phi.entry_kind, phi.kind)
        return found

    def _written_cells(
        self, entry: dict[str, Value], cells: dict[int, Value], begun: dict[int, Value], held: dict[int, Phi]
    ) -> bool:
        """Let what a trip writes to objects that are older than the loop go round; whether any is new."""
        ended = self.objects.cells
        new = [n for n in cells if n not in held and ended.get(n) is not begun[n]]
        if new:
            env = self.scope.env
            self.scope.env, self.objects.cells = entry, cells
            for number in new:
                nothing = K.BOTTOM if isinstance(cells[number], Undef) else None
                held[number] = Phi(self, "", cells[number], nothing)
            self.scope.env, self.objects.cells = env, ended
        return bool(new)

    def _widen(
        self,
        phis: dict[str, Phi],
        held: dict[int, Phi],
        after: dict[str, Value],
        symbols: set[K.Length],
        node: ast.AST,
    ) -> bool:
        """Join the kinds of the back edge into the heads; whether a head changed."""
        pairs: Pairs = {}
        changed = False
        for name, phi in phis.items():
            changed |= phi.widen(after.get(name, Undef()), pairs, symbols, node)
        for number, phi in held.items():
            self.same_keys(number, phi.entry, self.objects.cells[number])
            changed |= phi.widen(self.objects.cells[number], pairs, symbols, node)
        return changed

    def _close(
        self,
        phis: dict[str, Phi],
        held: dict[int, Phi],
        entry: dict[str, Value],
        cells: dict[int, Value],
        after: dict[str, Value],
        assigned: set[str],
        body: tuple[Stmt, ...],
        runs: bool,
    ) -> tuple[Carry, ...]:
        """The carried values, with names and objects bound to what they mean after the loop.

        What was not known before a loop that may make no trip is not known behind it.
        """
        carried: list[Carry] = []
        env = dict(entry)
        ended = dict(self.objects.cells)
        left: dict[int, Local] = {}  # objects that the last trip made
        older = max(cells, default=0)
        for name, phi in phis.items():
            env[name] = phi.close(after.get(name, Undef()), carried)
        for name in sorted(assigned):
            before = entry.get(name)
            if name not in phis and isinstance(before, Torn) and not runs:
                env[name] = replace(before)
            elif name not in phis and name in after:
                env[name] = self._left(name, after[name], carried, left, older)
        for number, phi in held.items():
            if isinstance(phi.entry, Undef) and phi.torn is None and not self._is_read(phi.var.name, body):
                self.objects.cells[number] = self._left("", ended[number], carried, left, older)
            else:
                self.objects.cells[number] = phi.close(ended[number], carried)
        self.scope.env = env
        kept = {n: v for n, v in self.objects.cells.items() if n in cells or n not in ended}
        self.objects.cells = kept
        return tuple(carried)

    def _is_read(self, name: str, body: tuple[Stmt, ...]) -> bool:
        """Whether a value from the head of a loop is read in its body, or left as it is."""
        ended = [held for held in self.objects.cells.values() if isinstance(held, Var)]
        return Var(name) in ended or any(name in uses(s) for s in statements_in(body))

    def _left(
        self, name: str, value: Value, carried: list[Carry], left: dict[int, Local], older: int
    ) -> Value:
        """What a name that only the loop binds means after it."""
        if isinstance(value, Torn):
            return value
        if isinstance(value, Local):
            if value.number in left or value.number <= older:
                return left.get(value.number, value)
            made = left[value.number] = self.made(value.cat, [], [], value.cls)
            if value.number in self.objects.shared:
                self.objects.shared[made.number] = self.objects.shared[value.number]
            self.objects.cells[made.number] = self._left(name, value.group, carried, left, older)
            return made
        if isinstance(value, Group):
            items = [self._left(name, item, carried, left, older) for item in value.items]
            return Group(value.cat, items, value.keys, value.cls)
        if isinstance(value, CALLABLE) or holds_functions(value):
            active = self.active_scopes
            parts = [self._left(hint, v, carried, left, older) for hint, v in parts_of(value, active)]
            return with_parts(value, parts, active) if parts else value
        atom = self.atom(value)
        if isinstance(atom, Undef):
            return atom
        kind = self.kind(atom)
        head, out = self.fresh(name, self.left_before(kind)), self.fresh(name, kind)
        carried.append(Carry(head, Undef(), atom, out))
        if isinstance(atom, Var):
            self.alias(out, atom.name)
        return Var(out)


def _writes(stmt: Stmt) -> bool:
    """Whether a statement of a loop's test writes into an array or changes a list."""
    if isinstance(stmt, Let):
        return stmt.call.fun == "list.pop"
    return isinstance(stmt, Store) or (isinstance(stmt, Do) and stmt.call.fun not in ("raise", "call"))


def _holds_lists(value: Local) -> bool:
    return any(isinstance(item, Local) and item.cls is None for item in value.group.items)


def counted(space: Range | Items | Value) -> range | None:
    """The numbers of a short range that is known."""
    if not isinstance(space, Range):
        return None
    parts = (space.start, space.stop, space.step)
    if not all(isinstance(p, Const) and type(p.value) is int for p in parts):
        return None
    numbers = range(*(p.value for p in parts if isinstance(p, Const)))
    return numbers if len(numbers) <= LONGEST else None


__all__ = ["Loops", "assigned_names", "counted", "target_names"]
