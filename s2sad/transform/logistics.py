"""The logistic function as it is written out: its derivative in terms of its value.

Accepts a quotient `1/(1 + exp(u))` and its cotangent; guarantees the contribution to u at once, so that no
tape holds the exponential, and 0 where that overflows (the chain of the three rules would say inf*0):

    p = 1/(1 + np.exp(-z))      z_bar = (1 - p)*p*p_bar    in place of   t_bar = -(p_bar*p)/(1 + t)
                                                                         z_bar = -(t*t_bar)
"""

from __future__ import annotations

import functools
from collections import Counter

from s2sad.ir.nodes import Atom, Const, Let, Var, uses, walk
from s2sad.rules import registry
from s2sad.rules.registry import Bound
from s2sad.transform.cotangents import Bar
from s2sad.transform.rules import Rules

ONE = (Const(1), Const(1.0))


class Logistics(Rules):
    """The part of the reverse sweep that knows the logistic function."""

    @functools.cached_property
    def _uses(self) -> Counter[str]:
        return Counter(name for stmt in walk(self.program.body) for name in uses(stmt))

    def logistic(self, stmt: Let, bar: Bar) -> bool:
        """The adjoint of `1/(1 + exp(u))`; False for all other statements."""
        quotient = stmt.call.fun == "truediv" and stmt.call.args[0] in ONE
        argument = self._exponent(stmt) if quotient else None
        if argument is None:
            return False
        bound = Bound({"u": self.kind(argument)}, {}, self.kinds[stmt.name])
        rule, text = registry.rule("truediv"), "-((1 - out)*out*g)"
        self._elementwise_arg(stmt, rule, text, bound, {"u": argument}, argument, bar, True)
        return True

    def _exponent(self, stmt: Let) -> Var | None:
        """The u of a divisor `1 + exp(u)` that nothing else reads."""
        total = self._only(stmt.call.args[1], stmt)
        if total is None or total.call.fun != "add" or not any(a in ONE for a in total.call.args):
            return None
        power = self._only(total.call.args[total.call.args[0] in ONE], stmt)
        if power is None or power.call.fun not in ("np.exp", "math.exp") or len(power.call.args) != 1:
            return None
        u = power.call.args[0]
        if not isinstance(u, Var) or power.call.kwargs or self.kind(u).sort != "float" or not self.active(u):
            return None
        return None if self.storage.is_mutable(u.name) else u

    def _only(self, atom: Atom, stmt: Let) -> Let | None:
        """The definition of a value that one statement of the same block reads."""
        let = self.storage.lets.get(atom.name) if isinstance(atom, Var) else None
        if let is None or self._uses[let.name] != 1 or self.storage.is_mutable(let.name):
            return None
        return let if self.storage.block_of[let] == self.storage.block_of[stmt] else None
