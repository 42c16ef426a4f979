"""Stretched arrays beside arrays that stretch them as far: arithmetic stretches by itself, in what is made.

Accepts any `Program`; guarantees the same values.

    t = np.broadcast_to(g, x.shape)
    x_bar = x*t                               x_bar = x*g
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.kinds import broadcast
from s2sad.ir.nodes import Atom, Let, Program, Stmt, Store, Var, walk
from s2sad.ir.rewrite import Edit

_LEFT, _BOTH = ("truediv",), ("add", "sub", "mul")


def stretches(program: Program, _: Aliases | None = None) -> Program:
    """Leave the stretching to operations whose other operand does it."""
    kinds = program.kinds
    lets = [s for s in walk(program.body) if type(s) is Let and s.call.fun == "np.broadcast_to"]
    stretched = {s.name: s.call.args[0] for s in lets if s.made and kinds[s.name].shape is not None}
    if not stretched:
        return program

    def bare(value: Atom, other: Atom) -> Atom:
        if not isinstance(value, Var) or value.name not in stretched:
            return value
        own, its, narrow = kinds[value.name], kind_of(other, kinds), stretched[value.name]
        shape = broadcast(kind_of(narrow, kinds).shape, its.shape)
        fits = its.cat == "array" and shape == own.shape and own.dtype == its.dtype
        return narrow if fits else value

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        if isinstance(stmt, Store) and stmt.made and stmt.op in ("add", "sub") and stmt.index is None:
            value = bare(stmt.value, stmt.base)
            return (stmt if value is stmt.value else replace(stmt, value=value),)
        if not (isinstance(stmt, Let) and stmt.made and stmt.call.fun in (*_LEFT, *_BOTH)):
            return (stmt,)
        left, right = stmt.call.args
        first = bare(left, right)
        second = right if stmt.call.fun in _LEFT else bare(right, first)
        if first is left and second is right:
            return (stmt,)
        return (replace(stmt, call=replace(stmt.call, args=(first, second))),)

    edit = Edit(program)
    return edit.finish(edit.block(program.body, change))


__all__ = ["stretches"]
