"""Adjoints of functions with a user's rule that is itself a function.

    y = solve(a, b)        t = solve_vjp(y_bar, y, a, b)
                           a_bar = cotangent_of(t, 0, 2, a, "solve")

Accepts a call of a function whose rule has the form "function"; guarantees contributions of the arguments'
shapes and dtypes, in memory of their own. What the user's function sees and returns obeys the convention of
the interface for complex numbers; inside of texts cotangents are gradients of the real inner product.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Protocol

from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Let, Ref, Stmt, Tuple
from s2sad.rules import registry
from s2sad.rules.registry import Rule
from s2sad.transform.bars import ARRAYS
from s2sad.transform.cotangents import Bar
from s2sad.transform.results import Results
from s2sad.transform.selections import Selections


class Sweep(Protocol):
    """What both modes have for it."""

    def kind(self, atom: Atom) -> K.Kind: ...

    def refuse_at(self, stmt: Stmt, what: str, instead: str) -> None: ...


def called(fun: Any, own: str) -> Ref:
    """A user's function as a callee; lambdas get a name."""
    name = getattr(fun, "__name__", "")
    return Ref(name if name.isidentifier() else own, fun)


def given_function(
    sweep: Sweep, stmt: Let, rule: Rule, mode: str, active: Callable[[Atom], bool]
) -> tuple[Any, str, tuple[Atom, ...]]:
    """A rule's function for "vjp" or "jvp", the name of what the rule is for, and the arguments taken.

    Refuses rules without one, functions that do not take an active argument, and containers of active values.
    """
    assert rule.user is not None
    own = getattr(rule.user.fun, "__name__", "")  # which other functions may have too
    name = own if own.isidentifier() else rule.name.removeprefix(registry.USER)
    fun = rule.user.vjp if mode == "vjp" else rule.user.jvp
    if fun is None:
        what, instead = ABSENT[mode]
        sweep.refuse_at(stmt, f"the rule for {name} has no {what}", f"give it one by @s2sad.rule(f){instead}")
    args = stmt.call.args[: _parameters(fun)]
    if any(map(active, stmt.call.args[len(args) :])):
        sweep.refuse_at(
            stmt,
            f"the {mode} of the rule for {name} has no parameter for an active argument",
            "give it the function's parameters after its first two",
        )
    if any(active(a) and not sweep.kind(a).is_number for a in args):
        what = f"a container of active values enters {name}"
        sweep.refuse_at(stmt, what, "pass the values one by one")
    return fun, name, args


ABSENT = {
    "vjp": ("derivative for reverse mode", ", or use jvp"),
    "jvp": ("forward derivative", ".jvp, or use reverse mode"),
}


def _parameters(fun: Any) -> int | None:
    """How many of the arguments a rule's function takes after its first two; None if as many as there are."""
    code = getattr(fun, "__code__", None)
    return None if code is None or code.co_flags & inspect.CO_VARARGS else max(code.co_argcount - 2, 0)


class Custom(Results, Selections):
    """The part of the reverse sweep that calls users' functions."""

    def function_adjoint(self, stmt: Let, rule: Rule, bar: Bar) -> None:
        """Call the rule's function, and hand on what it returns for active arguments."""
        vjp, name, args = given_function(self, stmt, rule, "vjp", self.reaches)
        out = self.kinds[stmt.name]
        g = self.full(bar, stmt.name).atom if out.cat in ARRAYS else self.clean(bar).atom
        values = [self.contents(a, stmt) for a in args]
        call = (called(vjp, f"{name}_vjp"), self._outer(g), self.result(stmt.name, stmt), *values)
        parts = self.let(Call("call", call), K.OBJECT)
        for i, arg in enumerate(args):
            if not self.reaches(arg):
                continue
            place = (parts, Const(i), Const(len(args)), values[i], Const(name))
            kind = self.kind(arg)
            made = self._outer(self.let(Call("cotangent_of", place), kind))
            self.give(arg, Bar(made, owned=kind.cat in ARRAYS))

    def _outer(self, atom: Atom) -> Atom:
        """A cotangent by the other convention for complex numbers: its conjugate."""
        if isinstance(atom, Tuple):
            return Tuple(tuple([self._outer(item) for item in atom.items]))
        if self.kind(atom).sort != "complex":
            return atom
        return self.let(Call("np.conj", (atom,)))


__all__ = ["Custom", "called", "given_function"]
