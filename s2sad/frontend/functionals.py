"""Functions that are made here, as arguments of derivatives: what is differentiated reads them instead.

    u = lambda t: net(p, t)
    grad(residual, 1)(u, x)               grad(lambda x: residual(u, x))(x)
    jvp(residual, (u, x), (None, v))      jvp(lambda x: residual(u, x), (x,), (v,))

Accepts a call of a derivative with values of the program; guarantees that no argument that is left is a
function of the program, where argnums name none of these. A function that is found outside stays an argument.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from s2sad.frontend.lifting import Lifting
from s2sad.frontend.state import CALLABLE, Closure, Value
from s2sad.ir.nodes import Const


@dataclass(slots=True)
class Fewer:
    """A function that has been given what is made here, and the call's other arguments.

    made    the parameters that it has been given
    kept    the places of those that are given by position
    names   the parameters that they had, of which argnums may be places
    """

    fun: Closure
    made: frozenset[str]
    args: list[Value]
    kwargs: dict[str, Value]
    kept: tuple[int, ...]
    names: list[str]

    def chosen(self, argnums: Any) -> Any:
        """argnums by name; None where one of them is not there, or is a function."""
        several = isinstance(argnums, Sequence) and not isinstance(argnums, str)
        found = []
        for n in argnums if several else (argnums,):
            if isinstance(n, int) and not -len(self.names) <= n < len(self.names):
                return None
            found.append(self.names[n] if isinstance(n, int) else n)
        if any(n in self.made for n in found):
            return None
        return tuple(found) if several else found[0]


class Functionals(Lifting):
    """The part of lowering that takes functions of the program out of the arguments of derivatives."""

    def without_functions(
        self, fun: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Fewer | None:
        """The function with those of its arguments that are made here; None where there are none.

        None as well where its parameters are not known one by one.
        """
        if not any(isinstance(v, CALLABLE) for v in (*args, *kwargs.values())):
            return None
        found = self.taken_by(fun, node)
        if found is None:
            return None
        names, made = found[0], {n: v for n, v in kwargs.items() if isinstance(v, CALLABLE)}
        kept: list[int] = []
        for place, value in enumerate(args):
            if isinstance(value, CALLABLE) and place < len(names) and names[place] not in kwargs:
                made[names[place]] = value
            else:
                kept.append(place)
        rest = {n: v for n, v in kwargs.items() if n not in made}
        parts = [(n, made[n]) if n in made else n for n in names]
        fewer = self.calling(fun, found, parts, {}, node)
        return Fewer(fewer, frozenset(made), [args[i] for i in kept], rest, tuple(kept), names)

    def without_tangents(self, tangents: list[Value], fewer: Fewer) -> list[Value] | None:
        """The tangents of the arguments that are left; None where a function has one."""
        gone = [t for i, t in enumerate(tangents) if i not in fewer.kept]
        return [tangents[i] for i in fewer.kept] if all(t == Const(None) for t in gone) else None


__all__ = ["Fewer", "Functionals"]
