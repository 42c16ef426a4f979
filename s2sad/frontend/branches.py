"""Joining what names mean where paths meet: at the end of a branch and at the head of a loop."""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.state import Closure, Group, Scope, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Do, If, Let, Out, Stmt, Undef, Var


class Conflict:
    """What a name means after two paths that bind it to things which cannot be joined (two closures)."""


def join_values(
    state: State, then: Value, orelse: Value, hint: str, outs: list[Out], symbols: dict[Any, Any], node: ast.AST
) -> Value:
    """The value behind a branch, adding to `outs` what must leave it."""
    if then is orelse or (not isinstance(then, Group) and not isinstance(then, Closure) and then == orelse):
        return then
    if isinstance(then, Group) and isinstance(orelse, Group) and (then.cat, then.keys) == (orelse.cat, orelse.keys) and len(then.items) == len(orelse.items):
        pairs = zip(then.items, orelse.items, strict=True)
        return Group(then.cat, [join_values(state, a, b, "", outs, symbols, node) for a, b in pairs], then.keys)
    a, b = state.atom(then, node), state.atom(orelse, node)
    kinds = [state.kind(v) for v in (a, b) if not isinstance(v, Undef)]
    kind = kinds[0] if len(kinds) == 1 else K.join(kinds[0], kinds[1], symbols)
    name = state.fresh(hint, kind)
    for atom in (a, b):
        if isinstance(atom, Var) and atom.name in state.live:
            state.live[name] = state.live[atom.name]
    outs.append(Out(name, a, b))
    return Var(name)


def ends_by_raising(block: list[Stmt]) -> bool:
    """Whether a block always raises, so that nothing of it is seen afterwards."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, Do):
        return last.call.fun == "raise"
    return isinstance(last, If) and ends_by_raising(list(last.then)) and ends_by_raising(list(last.orelse))


class Branches(State):
    """The part of lowering that reads if statements."""

    def _if(self, node: ast.If) -> None:
        cond = self.expr(node.test)
        known = self.static_truth(cond)  # type: ignore[attr-defined]
        if known is not None:
            self.statements(node.body if known else node.orelse)
            return
        self.branch(self.truth(cond), lambda: self.statements(node.body), lambda: self.statements(node.orelse), node)  # type: ignore[attr-defined]

    def branch(self, cond: Any, then: Any, orelse: Any, node: ast.AST) -> None:
        """Lower two ways of going on and join what names mean behind them."""
        outer, env = self.block, self.scope.env
        done: list[tuple[list[Stmt], dict[str, Value]]] = []
        for make in (then, orelse):
            self.block, self.scope.env = [], dict(env)
            make()
            done.append((self.block, self.scope.env))
        (block1, env1), (block2, env2) = done
        self.block = outer
        outs: list[Out] = []
        if ends_by_raising(block1):
            self.scope.env = env2
        elif ends_by_raising(block2):
            self.scope.env = env1
        else:
            self.scope.env = self._join_envs(env1, env2, outs, node)
        self._leave_raising(block1, block2, cond, outs, node)

    def _join_envs(self, env1: dict[str, Value], env2: dict[str, Value], outs: list[Out], node: ast.AST) -> dict[str, Value]:
        joined: dict[str, Value] = {}
        symbols: dict[Any, Any] = {}
        for name in [*env1, *(n for n in env2 if n not in env1)]:
            a, b = env1.get(name, Undef()), env2.get(name, Undef())
            if isinstance(a, Undef) and isinstance(b, Undef):
                continue
            if a is b:
                joined[name] = a
                continue
            if any(isinstance(v, Group) for v in (a, b)) and any(isinstance(v, Undef) for v in (a, b)):
                joined[name] = b if isinstance(a, Undef) else a
                continue
            if any(isinstance(v, Closure) for v in (a, b)):
                continue  # unbound afterwards; a use is refused
            joined[name] = join_values(self, a, b, name, outs, symbols, node)
        return joined

    def _leave_raising(self, block1: list[Stmt], block2: list[Stmt], cond: Any, outs: list[Out], node: ast.AST) -> None:
        """Write the If; what a branch defines beside a raising one leaves it by name."""
        raising = ends_by_raising(block1), ends_by_raising(block2)
        if any(raising) and not all(raising):
            kept = block2 if raising[0] else block1
            mapping: dict[str, Value] = {}
            defined = {s.name for s in kept if isinstance(s, Let)} | {n for s in kept for n in _outs(s)}
            for name, value in list(self.scope.env.items()):
                if isinstance(value, Var) and value.name in defined:
                    mapping.setdefault(value.name, self._through(value, raising[0], name, outs))
                    self.scope.env[name] = mapping[value.name]
                elif isinstance(value, Group):
                    self.scope.env[name] = self._group_through(value, defined, raising[0], outs)
        self.block.append(If(cond, tuple(block1), tuple(block2), tuple(outs), self.span(node)))

    def _through(self, value: Var, first_raises: bool, hint: str, outs: list[Out]) -> Var:
        name = self.fresh(hint, self.kinds[value.name])
        if value.name in self.live:
            self.live[name] = self.live[value.name]
        outs.append(Out(name, Undef(), value) if first_raises else Out(name, value, Undef()))
        return Var(name)

    def _group_through(self, group: Group, defined: set[str], first_raises: bool, outs: list[Out]) -> Group:
        items: list[Value] = []
        for item in group.items:
            if isinstance(item, Var) and item.name in defined:
                items.append(self._through(item, first_raises, "", outs))
            elif isinstance(item, Group):
                items.append(self._group_through(item, defined, first_raises, outs))
            else:
                items.append(item)
        return Group(group.cat, items, group.keys)


def _outs(stmt: Stmt) -> tuple[str, ...]:
    from s2sad.ir.nodes import defines

    return defines(stmt)


__all__ = ["Branches", "Call", "Scope", "join_values"]
