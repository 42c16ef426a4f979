"""Calls of functions that are not inlined: each becomes a pair, printed in the same module text.

    y = power(x, n - 1)              y, kept = power_fwd(x, n - 1)
                                     ...
                                     x_bar += power_bwd(kept, y_bar)

Accepts calls of functions that lowering kept as functions; guarantees that each is replaced in the forward
sweep and has its adjoint in the reverse sweep. A pair is made once for each callee and set of active
parameters, and remembered before its body is written, so that recursion closes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from s2sad.analysis.activity import carries
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Do, Let, Ref, Stmt, Var
from s2sad.transform.bars import ARRAYS, Bar, Bars


class Token:
    """Stands for a generated function until its text is written."""

    def __init__(self, name: str) -> None:
        self.name = name


@dataclass(slots=True)
class Pair:
    """The two functions of a callee for a set of active parameters."""

    callee: Any
    active: tuple[str, ...]
    fwd: Token
    bwd: Token


@dataclass(slots=True)
class Pairs:
    """All pairs that one module text needs."""

    made: dict[Any, Pair] = field(default_factory=dict)
    waiting: list[Pair] = field(default_factory=list)

    def of(self, callee: Any, active: tuple[str, ...]) -> Pair:
        """The pair of a callee, asked for if it is new."""
        key = callee, active
        if key not in self.made:
            count = sum(p.callee.name == callee.name for p in self.made.values())
            name = callee.name if not count else f"{callee.name}_{count + 1}"
            self.made[key] = Pair(callee, active, Token(f"{name}_fwd"), Token(f"{name}_bwd"))
            self.waiting.append(self.made[key])
        return self.made[key]


class Calls(Bars):
    """The part of the reverse sweep that deals with calls of user functions."""

    pairs: Pairs
    replaced: dict[Stmt, list[Stmt]]

    def user_adjoint(self, stmt: Let, bar: Bar) -> None:
        """The call's forward function in the forward sweep, its backward function here."""
        callee = stmt.call.args[0].obj  # type: ignore[union-attr]
        names = list(callee.arguments)
        operands = stmt.call.args[1:]
        active = tuple(names[i] for i in callee.dynamic if self.active(operands[i]))
        pair = self.pairs.of(callee, active)
        kept = self._forward(stmt, pair, tuple(operands[i] for i in callee.dynamic))
        g = self.full(bar, stmt.name)
        kinds = tuple(self._grad_kind(operands[names.index(n)]) for n in active)
        grads = self.let(
            Call("call", (Ref(pair.bwd.name, pair.bwd), kept, g.atom)), Kind("tuple", items=kinds)
        )
        for i, name in enumerate(active):
            operand = operands[names.index(name)]
            made = self.let(Call("getitem", (grads, Const(i))), kinds[i])
            self.give_tree(operand, made)

    def give_tree(self, atom: Atom, grad: Atom) -> None:
        """Give what a backward function returns for an argument, part by part."""
        kind = self.kind(atom)
        if kind.cat in ("tuple", "dict") and isinstance(atom, Var):
            for key, item in zip(kind.keys or range(len(kind.items or ())), kind.items or (), strict=True):
                if carries(item):
                    self._give_part_tree(
                        self.part(self.canonical(atom.name), key, item),
                        self.let(Call("getitem", (grad, Const(key))), item),
                    )
        elif kind.cat == "list" and isinstance(atom, Var):
            self.block.append(
                Do(Call("accumulate", (self.buffer(self.canonical(atom.name)), grad)), None, True)
            )
        else:
            self.give(atom, Bar(grad, owned=kind.cat in ARRAYS))

    def _give_part_tree(self, path: str, grad: Atom) -> None:
        kind = self.kinds[path]
        if kind.cat in ("tuple", "dict"):
            for key, item in zip(kind.keys or range(len(kind.items or ())), kind.items or (), strict=True):
                if carries(item):
                    self._give_part_tree(
                        self.part(path, key, item), self.let(Call("getitem", (grad, Const(key))), item)
                    )
        elif kind.cat == "list":
            self.block.append(Do(Call("accumulate", (self.buffer(path), grad)), None, True))
        else:
            self.add(path, Bar(grad, owned=kind.cat in ARRAYS))

    def _grad_kind(self, operand: Atom) -> Kind:
        kind = self.kind(operand)
        return K.npscalar() if kind.is_python else kind

    def _forward(self, stmt: Let, pair: Pair, operands: tuple[Atom, ...]) -> Var:
        if stmt not in self.replaced:
            both = self.fresh("", Kind("tuple", items=(self.kinds[stmt.name], K.OBJECT)))
            kept = self.fresh("kept", K.OBJECT)
            self.adopt(kept, stmt)
            self.replaced[stmt] = [
                Let(both, Call("call", (Ref(pair.fwd.name, pair.fwd), *operands)), stmt.span, True),
                Let(stmt.name, Call("getitem", (Var(both), Const(0))), stmt.span, True),
                Let(kept, Call("getitem", (Var(both), Const(1))), stmt.span, True),
            ]
            self.made_kept[stmt] = kept
        return Var(self.made_kept[stmt])

    made_kept: dict[Stmt, str]
