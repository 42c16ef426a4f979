"""Captured arrays in a pullback: copies, for their owner may write into them before it is called.

    W = np.ones(3)                        def f_fwd(x):
    def f(x): return np.sum(W*x)              W_1 = W.copy()
                                              return np.sum(W*x), (W_1,)
                                          def f_bwd(kept, f_bar): ...       (reads W_1)

Accepts a sweep of a pair; guarantees one that refers to no captured array.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from s2sad.analysis.primitives import STANDING
from s2sad.ir.kinds import kind_of_value
from s2sad.ir.nodes import (
    CALLS,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Dict,
    For,
    Fresh,
    If,
    Let,
    List,
    Moves,
    Out,
    Range,
    Ref,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    blocks,
)
from s2sad.ir.rewrite import with_blocks


def _is_bare(atom: Atom) -> bool:
    return type(atom) is Var or type(atom) is Const


def without_captured(
    reverse: Block, fresh: Fresh, names: dict[int, Var]
) -> tuple[Block, tuple[Stmt, ...]]:
    """The reverse sweep with names for captured arrays, and the forward sweep's copies of these.

    `names` are those that have one already, by the arrays' identities; new ones are entered.
    """
    lines: list[Stmt] = []

    def atom(a: Atom) -> Atom:
        if isinstance(a, Ref) and isinstance(a.obj, np.ndarray):
            if id(a.obj) not in names:
                hint = a.text.rpartition(".")[2] if a.text.replace(".", "").isidentifier() else ""
                name = fresh(hint, kind_of_value(a.obj))
                names[id(a.obj)] = Var(name)
                lines.append(Let(name, Call("copy", (a,)), None, True))
            return names[id(a.obj)]
        if isinstance(a, Tuple | List | Dict):
            return replace(a, items=tuple(atom(i) for i in a.items))
        if isinstance(a, Slice):
            return Slice(atom(a.lo), atom(a.hi), atom(a.step))
        return a

    def statement(stmt: Stmt) -> Stmt:
        if isinstance(stmt, CALLS):
            call = stmt.call
            if call.fun in STANDING or (all(map(_is_bare, call.args)) and not call.kwargs):
                return stmt  # it is written where it stands, or nothing is captured
            args = tuple(atom(a) for a in call.args)
            kwargs = tuple((k, atom(a)) for k, a in call.kwargs)
            return replace(stmt, call=replace(call, args=args, kwargs=kwargs))
        if isinstance(stmt, Store):
            value = atom(stmt.value)
            return replace(stmt, value=value, index=None if stmt.index is None else atom(stmt.index))
        if isinstance(stmt, If):
            outs = tuple(Out(o.name, atom(o.then), atom(o.orelse)) for o in stmt.outs)
            stmt = replace(stmt, cond=atom(stmt.cond), outs=outs)
        elif isinstance(stmt, For | While):
            carried = tuple(Carry(c.name, atom(c.init), atom(c.next), c.out) for c in stmt.carried)
            stmt = replace(stmt, carried=carried)
            if isinstance(stmt, For) and not isinstance(stmt.space, Range):
                stmt = replace(stmt, space=atom(stmt.space))
        elif isinstance(stmt, Moves):
            stmt = replace(stmt, values=tuple(map(atom, stmt.values)))
        return with_blocks(stmt, tuple(tuple(statement(s) for s in part) for part in blocks(stmt)))

    return tuple(statement(s) for s in reverse), tuple(lines)
