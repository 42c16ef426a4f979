"""Lowering of branches.

    if c: t = x*x             If(c, (t.1 = mul(x, x),), (t.2 = add(x, 1),), outs: t.3 = t.1 or t.2)
    else: t = x + 1

A name that one path does not bind leaves it as `Undef`; two values are joined by `joins`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from s2sad.frontend import eithers, maybes
from s2sad.frontend.captures import Held, holds_any
from s2sad.frontend.joins import Lengths, form_of, join_values
from s2sad.frontend.phis import unguessed
from s2sad.frontend.state import (
    Group,
    Local,
    Merging,
    Raised,
    State,
    Torn,
    Unsettled,
    Value,
    goes_round,
    same_value,
)
from s2sad.ir.nodes import Atom, Call, Const, Do, If, Out, Stmt, Undef, Var, defines

DEEPEST = 95  # a text can be indented by 100 levels at most
HOLDER = " value"  # of the value of a conditional expression; no user's name has a blank

def ends_by_raising(block: list[Stmt]) -> bool:
    """Whether a block always raises, so that nothing of it is seen afterwards."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, Do):
        return last.call.fun == "raise"
    return isinstance(last, If) and ends_by_raising(list(last.then)) and ends_by_raising(list(last.orelse))


def _forget(known: dict[str, Value], env: dict[str, Value], before: dict[str, Value]) -> None:
    """Let names mean what they meant before a branch, where the branch only knows more of them."""
    for name, value in known.items():
        if env.get(name) is value and isinstance(before[name], Var):
            env[name] = before[name]


def _widen(
    done: list[tuple[list[Stmt], dict[str, Value], Any]],
    ends: tuple[dict[int, Value], dict[int, Value]],
    before: tuple[Any, Any],
    narrowed: list[tuple[dict[str, Value], dict[int, Value]]],
) -> None:
    """Let what neither of two ways has changed mean what it meant before them."""
    if not any(names or held for names, held in narrowed) or any(ends_by_raising(b) for b, _, _ in done):
        return
    both: list[tuple[Any, Any]] = [(done[0][1], done[1][1]), ends]
    for k, ways in enumerate(both):
        for mine, other, known in ((*ways, narrowed[0][k]), (*ways[::-1], narrowed[1][k])):
            for name, value in known.items():
                if mine.get(name) is value and other.get(name) is before[k][name]:
                    mine[name] = before[k][name]


class Branches(State):
    """The part of lowering that reads if statements and conditional expressions."""

    def _if(self, node: ast.If) -> None:
        while True:  # a chain of elif whose conditions are known costs no recursion
            cond = self.asked(node.test)
            known = self.static_truth(cond)
            if known is None:
                break
            body = node.body if known else node.orelse
            if not (len(body) == 1 and isinstance(body[0], ast.If)):
                self.statements(body)
                return
            node = body[0]
        self.branch(
            self.truth(cond, node),
            lambda: self.statements(node.body),
            lambda: self.statements(node.orelse),
            node,
        )

    def branch(self, cond: Atom, then: Callable[[], None], orelse: Callable[[], None], node: ast.AST) -> None:
        """Lower two ways of going on and join what names mean behind them."""
        self._fork(cond, then, orelse, node, "", False)

    def choose(
        self,
        cond: Value,
        then: Callable[[], Value],
        orelse: Callable[[], Value],
        node: ast.AST,
        hint: str = "",
    ) -> Value:
        """`then() if cond else orelse()`, each lowered in a block of its own."""
        value = self._fork(self.truth(cond, node), then, orelse, node, hint, True)
        assert value is not None
        return value

    def _fork(
        self,
        cond: Atom,
        then: Callable[[], Any],
        orelse: Callable[[], Any],
        node: ast.AST,
        hint: str,
        ternary: bool,
    ) -> Value | None:
        outer, env, cells, before = self.block, self.scope.env, self.objects.cells, self.objects.count
        done: list[tuple[list[Stmt], dict[str, Value], Any]] = []
        ends: list[dict[int, Value]] = []
        narrowed: list[tuple[dict[str, Value], dict[int, Value]]] = []
        present = self.present
        if self.nesting >= DEEPEST:
            self.refuse(node, f"branches are nested more than {DEEPEST} deep", "use a table, or np.select")
        self.nesting += 1
        try:
            for make in (then, orelse):
                self.block, self.scope.env, self.objects.cells = [], dict(env), dict(cells)
                self.present = set(present)
                known = self._known_where(cond, make is then, env)
                self.scope.env.update(known)
                narrowed.append(self._narrow(cond, make is then))
                value = self._way(make, bool(done) and ends_by_raising(done[0][0]))
                _forget(known, self.scope.env, env)
                done.append((self.block, self.scope.env, value))
                ends.append(self.objects.cells)
        except BaseException:
            self.scope.env, self.objects.cells = env, cells
            raise
        finally:
            self.block = outer
            self.present = present
            self.nesting -= 1
        (block1, env1, value1), (block2, env2, value2) = done
        _widen(done, (ends[0], ends[1]), (env, cells), narrowed)
        if ternary:
            value1 = self._own_list(value1, value2, block1, node)
            value2 = self._own_list(value2, value1, block2, node)
        if not ends_by_raising(block1) and not ends_by_raising(block2):
            value1, value2 = self._unfolded_both(env, done, (value1, value2), node)
        outs: list[Out] = []
        if not ternary:
            self.join_ways(block1, block2, env1, env2, cond, outs, node, "", (ends[0], ends[1]), before)
            return None
        if ends_by_raising(block1):
            self.scope.env, value, self.objects.cells = env2, value2, ends[1]
        elif ends_by_raising(block2):
            self.scope.env, value, self.objects.cells = env1, value1, ends[0]
        else:
            value = self._meeting((env1, env2), (value1, value2), ends, before, cond, outs, hint, node)
        self.scope.env[HOLDER] = value
        self._leave_raising(block1, block2, cond, outs, node, ternary=True)
        return self.scope.env.pop(HOLDER)

    def _meeting(
        self,
        envs: tuple[dict[str, Value], dict[str, Value]],
        values: tuple[Value, Value],
        ends: list[dict[int, Value]],
        before: int,
        cond: Atom,
        outs: list[Out],
        hint: str,
        node: ast.AST,
    ) -> Value:
        """The value behind both ways of a conditional expression, with the names and objects of both."""
        symbols: Lengths = {}
        meeting, self.merging = self.merging, Merging(ends[0], ends[1], before, cond=cond)
        self._join_cells(ends[0], ends[1], outs, symbols, node)
        self.scope.env = self._join_envs(*envs, outs, symbols, node)
        value = join_values(self, *values, hint, outs, symbols, node)
        self._leave_objects(meeting, before)
        return value

    def _unfolded_both(
        self, env: dict[str, Value], done: list[Any], values: tuple[Value, Value], node: ast.AST
    ) -> tuple[Value, Value]:
        """Let tuples be displays on both ways, that of a conditional expression too."""
        (block1, env1, _), (block2, env2, _) = done
        env1[HOLDER], env2[HOLDER] = values
        self._unfold(env, env1, env2, block1, node)
        self._unfold(env, env2, env1, block2, node)
        return env1.pop(HOLDER), env2.pop(HOLDER)

    def _narrow(self, cond: Atom, holds: bool) -> tuple[dict[str, Value], dict[int, Value]]:
        """Let names and objects hold tuples where a condition says that these are not None."""
        flags = maybes.implied(self.facts, cond, holds)
        if not flags:
            return {}, {}
        names = maybes.all_narrowed(self.scope.env, flags)
        held = maybes.all_narrowed(self.objects.cells, flags)
        self.scope.env.update(names)
        self.objects.cells.update(held)
        return names, held

    def _known_where(self, cond: Atom, holds: bool, env: dict[str, Value]) -> dict[str, Value]:
        """What names mean where a flag says that a try statement was left by no exception, or by one."""
        if not isinstance(cond, Var) or cond.name not in self.wholes:
            return {}
        known: dict[str, Value] = {n: Const(holds) for n, v in env.items() if v == cond}
        if holds:
            whole = self.wholes[cond.name]
            meant = {n: v for n, (torn, v) in whole.items() if env.get(n) is torn}
            return {**known, **{n: v for n, v in meant.items() if not self._is_forgotten(v)}}
        left = self.lefts[cond.name]
        return {**known, **{n: left[v.name] for n, v in env.items() if isinstance(v, Var) and v.name in left}}

    def _is_forgotten(self, value: Value) -> bool:
        """Whether a value is an object of which it is no longer known what it holds."""
        if isinstance(value, Group):
            return any(map(self._is_forgotten, value.items))
        return isinstance(value, Local) and value.number not in self.objects.cells

    def join_ways(
        self,
        block1: list[Stmt],
        block2: list[Stmt],
        env1: dict[str, Value],
        env2: dict[str, Value],
        cond: Atom,
        outs: list[Any],
        node: ast.AST,
        form: str,
        ends: tuple[dict[int, Value], dict[int, Value]],
        before: int,
    ) -> None:
        """Write a statement of two blocks of which one runs (to its end), and bind the names behind it."""
        if ends_by_raising(block1):
            self.scope.env, self.objects.cells = env2, ends[1]
        elif ends_by_raising(block2):
            self.scope.env, self.objects.cells = env1, ends[0]
        else:
            symbols: Lengths = {}
            asked = None if form else cond
            meeting, self.merging = self.merging, Merging(ends[0], ends[1], before, cond=asked)
            self._join_cells(ends[0], ends[1], outs, symbols, node)
            self.scope.env = self._join_envs(env1, env2, outs, symbols, node)
            self._leave_objects(meeting, before)
        self._leave_raising(block1, block2, cond, outs, node, form=form)

    def _leave_objects(self, meeting: Merging | None, before: int) -> None:
        """Forget the objects of the two ways, but for those that stand for both."""
        assert self.merging is not None
        kept = {made.number for made in self.merging.made.values()} | self.objects.streams
        self.objects.cells = {n: v for n, v in self.objects.cells.items() if n <= before or n in kept}
        self.merging = meeting

    def leave_whole(
        self, block: list[Stmt], last: list[Stmt], env: dict[str, Value], cond: Atom, form: str, node: ast.AST
    ) -> None:
        """Write a statement of a block that always runs: what it defines leaves it by name."""
        outs: list[Out] = []
        mapping: dict[str, Var] = {}
        defined = {n for s in block for n in defines(s)}
        self.scope.env = {
            name: self._through(value, defined, False, name, mapping, outs) for name, value in env.items()
        }
        self.objects.cells = {
            number: self._through(held, defined, False, "", mapping, outs)
            for number, held in self.objects.cells.items()
        }
        self.block.append(If(cond, tuple(block), tuple(last), tuple(outs), self.span(node), form=form))

    def _way(self, make: Callable[[], Any], last: bool) -> Any:
        """One way of going on; one of which nothing is known yet is taken for one that raises."""
        block, outer = self.block, self.way
        self.way = block
        try:
            return make()
        except Raised as error:
            if error.block is not block:
                raise
        except Unsettled:
            if last:
                raise
            self.block = block
            self.do(Call("raise"))
            return None
        finally:
            self.way = outer
        return Const(None)

    def _own_list(self, value: Value, other: Value, block: list[Stmt], node: ast.AST) -> Value:
        """A list display beside another list, which is not joined by elements: an object on its path."""
        if not isinstance(value, Group) or value.cat != "list":
            return value
        if isinstance(other, Group) and form_of(value) == form_of(other):
            return value
        if self.kind(other).cat != "list" and not eithers.unlike(self, value, other):
            return value
        outer, self.block = self.block, block
        made = self.settled(value, node)
        self.block = outer
        return made

    def _join_cells(
        self,
        then: dict[int, Value],
        orelse: dict[int, Value],
        outs: list[Out],
        symbols: Lengths,
        node: ast.AST,
    ) -> None:
        """What objects hold behind a branch; those that one path makes get others in their place."""
        self.objects.cells = {**orelse, **then}
        for number, value in then.items():
            if number in orelse and orelse[number] is not value:
                other = orelse[number]
                self.same_keys(number, value, other)
                set_outside = number in self.mirror.cells.values()  # where unset, it is as before the call
                if any(isinstance(v, Undef) for v in (value, other)) and not set_outside:
                    joined = self.one_sided(value, other, outs)
                else:
                    joined = join_values(self, value, other, "", outs, symbols, node)
                self.objects.cells[number] = joined

    def _unfold(
        self,
        env: dict[str, Value],
        kept: dict[str, Value],
        other: dict[str, Value],
        block: list[Stmt],
        node: ast.AST,
    ) -> None:
        """Tuples as displays, where the paths bind different ones."""
        before = {id(value) for value in env.values()}
        outer = self.block
        for name, value in kept.items():
            beside = other.get(name)
            if not isinstance(value, Var) or value == beside:
                continue
            if not isinstance(beside, Group | Var) and beside != maybes.NONE:
                continue
            self.block = outer if id(value) in before else block
            kept[name] = self.unfolded(value, node)
        self.block = outer

    def _join_envs(
        self, env1: dict[str, Value], env2: dict[str, Value], outs: list[Out], symbols: Lengths, node: ast.AST
    ) -> dict[str, Value]:
        joined = dict(env1)
        changed = [n for n, v in env1.items() if env2.get(n) is not v]
        names = [*changed, *(n for n in env2 if n not in env1)]
        pairs = {name: unguessed(self, env1.get(name, Undef()), env2.get(name, Undef())) for name in names}
        one_sided = [n for n, pair in pairs.items() if sum(isinstance(v, Undef) for v in pair) == 1]
        one_sided = [n for n in one_sided if not any(isinstance(v, Torn) for v in pairs[n])]
        self.may_keep([n for n in one_sided if all(map(goes_round, pairs[n]))], node)
        for name, (a, b) in pairs.items():
            if isinstance(a, Undef) and isinstance(b, Undef):
                joined.pop(name, None)
                continue
            if isinstance(a, Torn) or isinstance(b, Torn):
                torn = a if isinstance(a, Torn) else b
                assert isinstance(torn, Torn)
                joined[name] = torn if a is b else replace(torn)  # another one: what it may hold is another
                if not isinstance(a, Torn | Undef):
                    self.whole[name] = joined[name], self.one_sided(a, Undef(), outs)
                continue
            if name in one_sided and self._is_older_object(name, a, b):
                why = "is an object that only some trips make, and may be that of an earlier trip"
                joined[name] = Torn(name, why, "make it before the loop, or in every trip")
                continue
            if any(isinstance(v, Group | Local) for v in (a, b)) and name in one_sided:
                joined[name] = self.one_sided(a, b, outs)
            else:
                joined[name] = join_values(self, a, b, name, outs, symbols, node)
        return joined

    def _is_older_object(self, name: str, a: Value, b: Value) -> bool:
        """Whether a name that one path binds to an object may hold that of an earlier trip on the other."""
        return any(isinstance(v, Local) and v.cat != "dict" for v in (a, b)) and any(
            scope is self.scope and name in assigned and name not in phis
            for scope, assigned, phis in self.open_loops
        )

    def one_sided(self, a: Value, b: Value, outs: list[Out]) -> Value:
        """A display that one path makes: its elements leave the branch."""
        group = b if isinstance(a, Undef) else a
        if isinstance(group, Local):
            assert self.merging is not None
            known = self.merging.orelse if group is b else self.merging.then
            if group.number <= self.merging.before or group.number not in known:
                return group  # where the name is unbound it is not read
            pair = (0, group.number) if group is b else (group.number, 0)
            if pair not in self.merging.made:
                made = self.merging.made[pair] = self.made(group.cat, [], [], group.cls)
                held, nothing = known[group.number], Undef()
                self.objects.cells[made.number] = self.one_sided(
                    nothing if group is b else held, held if group is b else nothing, outs
                )
            return self.merging.made[pair]
        if not isinstance(group, Group):
            if isinstance(group, Undef):
                return group
            return join_values(self, a, b, "", outs, {}, self.scope.source.node)
        nothing = Undef()
        items = [
            self.one_sided(nothing, i, outs) if group is b else self.one_sided(i, nothing, outs)
            for i in group.items
        ]
        return Group(group.cat, items, group.keys, group.cls)

    def _leave_raising(
        self,
        block1: list[Stmt],
        block2: list[Stmt],
        cond: Atom,
        outs: list[Out],
        node: ast.AST,
        ternary: bool = False,
        form: str = "",
    ) -> None:
        """Write the If; what a branch defines beside a raising one leaves it by name."""
        self._leave_held(block1, block2, outs)
        raising = ends_by_raising(block1), ends_by_raising(block2)
        if any(raising) and not all(raising):
            kept = block2 if raising[0] else block1
            mapping: dict[str, Var] = {}
            defined = {n for s in kept for n in defines(s)}
            for name, value in list(self.scope.env.items()):
                self.scope.env[name] = self._through(value, defined, raising[0], name, mapping, outs)
            for number, held in self.objects.cells.items():
                self.objects.cells[number] = self._through(held, defined, raising[0], "", mapping, outs)
        self.block.append(
            If(cond, tuple(block1), tuple(block2), tuple(outs), self.span(node), ternary=ternary, form=form)
        )

    def _leave_held(self, block1: list[Stmt], block2: list[Stmt], outs: list[Out]) -> None:
        """Let what functions hold leave the branch that has made it."""
        env, cells, torn = self.scope.env, self.objects.cells, self.whole
        callers = [n for n, v in env.items() if holds_any([v])]
        kept = [number for number, v in cells.items() if holds_any([v])]
        hidden = [n for n, (_, v) in torn.items() if holds_any([v])]
        if not callers and not kept and not hidden:
            return
        defined = {n: side for side, block in enumerate((block1, block2)) for s in block for n in defines(s)}
        mapping: dict[str, Var] = {}

        def change(value: Value) -> Value:
            if not isinstance(value, Var) or value.name not in defined:
                return value
            return self._through(value, set(defined), bool(defined[value.name]), "", mapping, outs)

        held = Held(change, [self.scope, *self.callers])
        env.update({n: held.value(env[n]) for n in callers})
        cells.update({number: held.value(cells[number]) for number in kept})
        torn.update({n: (torn[n][0], held.value(torn[n][1])) for n in hidden})

    def _through(
        self,
        value: Value,
        defined: set[str],
        first_raises: bool,
        hint: str,
        mapping: dict[str, Var],
        outs: list[Out],
    ) -> Value:
        if isinstance(value, Group):
            items = [self._through(i, defined, first_raises, "", mapping, outs) for i in value.items]
            same = all(a is b for a, b in zip(items, value.items, strict=True))
            return value if same else Group(value.cat, items, value.keys, value.cls)
        if not isinstance(value, Var) or value.name not in defined:
            return value
        if value.name not in mapping:
            name = self.fresh(hint.strip() if hint.isidentifier() else "", self.kinds[value.name])
            self.alias(name, value.name)
            self.heap.meet(name, value)
            outs.append(Out(name, Undef(), value) if first_raises else Out(name, value, Undef()))
            mapping[value.name] = Var(name)
        return mapping[value.name]


__all__ = ["Branches", "join_values", "same_value"]
