"""Joint derivatives of functions that return `(value, aux)`: the value alone is differentiated.

    def f(x): return np.sum(x*x), x            def f_grad(x):
                                                   # backward
                                                   return 2*x, x

Accepts a lowered function whose result is a pair; guarantees a program that returns `(gradient, aux)` or
`((value, aux), gradient)`. The auxiliary part may share memory with arguments; `arguments.private` copies it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from s2sad.frontend.lower import Lowered
from s2sad.ir.nodes import Atom, Call, Comment, Const, Let, Program, Return, Stmt, Tuple, Var
from s2sad.ir.rewrite import in_atom
from s2sad.transform.cotangents import Bar
from s2sad.transform.edits import substituted
from s2sad.transform.joint import Assembly, with_callees
from s2sad.transform.pairs import Pairs


class _First(Assembly):
    """An assembly that seeds the first part of the result."""

    def seed(self, result: Atom, seed: Atom) -> None:
        if isinstance(result, Tuple):
            super().seed(result.items[0], seed)
        elif isinstance(result, Var) and self.rev.active(result):
            item = (self.rev.kinds[result.name].items or ())[0]
            if item.inexact:
                self.rev.add(self.rev.part(self.rev.canonical(result.name), 0, item), Bar(seed))


def joint_aux(
    lowered: Lowered, wrt: Sequence[str], pairs: Pairs, *, value: bool, single: bool, name: str
) -> list[Program]:
    """`f_grad` or `f_value_and_grad` of a function that returns `(value, aux)`."""
    a = _First(lowered, wrt, pairs)
    grads = a.reverse(Const(1.0))
    forward, reverse, _ = a.finish()
    a.copy_written()
    parts: list[Stmt] = []
    result = in_atom(_pair(lowered.result, a, parts), a.copies)
    assert isinstance(result, Tuple)
    forward = tuple(substituted(s, a.copies) for s in (*forward, *parts))
    reverse = tuple(substituted(s, a.copies) for s in reverse)
    grads = [in_atom(g, a.copies) for g in grads]
    gradient = grads[0] if single else Tuple(tuple(grads))
    returned = Tuple((result, gradient)) if value else Tuple((gradient, result.items[1]))
    body = (*a.entry, *forward, Comment("backward"), *reverse, Return(returned, None, True))
    program = replace(lowered.program, name=name, body=body)
    program.quiet = a.rev.quiet
    program.quiet_all = a.lowered.quiet
    return with_callees(pairs, [program])


def _pair(result: Atom, a: Assembly, parts: list[Stmt]) -> Tuple:
    """The result as a display of two atoms."""
    if isinstance(result, Tuple):
        return result
    assert isinstance(result, Var)
    names = [
        a.fresh(hint, item)
        for hint, item in zip(("value", "aux"), a.rev.kinds[result.name].items or (), strict=True)
    ]
    parts.extend(Let(n, Call("getitem", (result, Const(i))), None, True) for i, n in enumerate(names))
    return Tuple(tuple(Var(n) for n in names))
