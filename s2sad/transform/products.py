"""Products of three factors and more in which one stands several times: `c*x*x` is read as a power is.

Accepts a multiplication and its cotangent. Where operands are products that nothing else reads, and a factor
stands there twice, every factor gets its contribution at once, with the literals in front, and the factor
that is repeated last, since its own cotangent may take the place of the result's:

    y = 0.01*x*x        x_bar = 0.02*x*y_bar     in place of   t1_bar = x*y_bar
                                                               x_bar = 0.01*x*y_bar + 0.01*t1_bar

    y = x @ x.T         x_bar = (y_bar + y_bar.T) @ x     in place of   y_bar @ x + y_bar.T @ x

Products of different factors are left to the rule of the multiplication: their contributions share parts.
"""

from __future__ import annotations

import functools
import math
from collections import Counter

from s2sad.ir.literals import times
from s2sad.ir.nodes import Atom, Call, Const, Let, Var, uses, walk
from s2sad.rules import registry
from s2sad.rules.registry import Bound
from s2sad.transform.cotangents import Bar
from s2sad.transform.rules import Rules

FACTORS = 4  # of more, the parts that contributions share are worth more


MATRIX_PRODUCTS = ("matmul", "np.matmul", "np.dot")


class Products(Rules):
    """The part of the reverse sweep that reads nested multiplications as one."""

    def gram(self, stmt: Let, bar: Bar) -> bool:
        """The contribution to a real matrix of its product with its own transpose, by one product."""
        call = stmt.call
        if call.fun not in MATRIX_PRODUCTS or len(call.args) != 2 or call.kwargs or bar.uniform:
            return False
        first, second = call.args
        x = first if self._is_transposed(second, first) else second
        if not isinstance(x, Var) or (x == second and not self._is_transposed(first, second)):
            return False
        kind = self.kinds[x.name]
        plain = kind.cat == "array" and kind.rank == 2 and kind.sort == "float"
        if not plain or not self.active(x) or self.storage.is_mutable(x.name):
            return False
        g = self.full(bar, stmt.name).atom
        both = self.binary("add", g, self.attribute(g, "T"))
        made = self.let(Call("matmul", (both, x) if x == first else (x, both)))
        self.give(x, Bar(made, owned=True))
        return True

    def _is_transposed(self, one: Atom, other: Atom) -> bool:
        """Whether a matrix is `other.T`."""
        let = self.storage.lets.get(one.name) if isinstance(one, Var) else None
        return let is not None and (
            (let.call.fun == "getattr" and let.call.args == (other, Const("T")))
            or (let.call.fun == "np.transpose" and let.call.args == (other,) and not let.call.kwargs)
        )

    def made_whole(self, product: Atom, literal: Atom) -> Atom | None:
        """x for `2*x*0.5`: a value of the forward sweep, which nothing is added to, read as it stands."""
        call = self.made_calls.get(product.name) if isinstance(product, Var) else None
        if call is None or call.fun != "mul" or not isinstance(literal, Const):
            return None
        factor, rest = call.args
        if not (isinstance(factor, Const) and isinstance(rest, Var)) or rest.name in self.made_calls:
            return None
        if self.kinds[rest.name].dtype != "float64" or self.storage.is_mutable(rest.name):
            return None
        numbers = type(factor.value) in (int, float) and type(literal.value) in (int, float)
        return rest if numbers and factor.value * literal.value == 1 else None

    @functools.cached_property
    def _read_once(self) -> frozenset[str]:
        """Products without a name that one statement reads, once."""
        counts = Counter(name for stmt in walk(self.program.body) for name in uses(stmt))
        lets = self.storage.lets.values()
        products = [s.name for s in lets if s.call.fun == "mul" and not self.program.hints.get(s.name)]
        return frozenset(name for name in products if counts[name] == 1)

    def product(self, stmt: Let, bar: Bar) -> bool:
        """The adjoint of a nested product; False if the rule of the multiplication does as well."""
        factors = self._factors(stmt, self.storage.block_of[stmt])
        if not 3 <= len(factors) <= FACTORS:
            return False
        counts = Counter(a for a in factors if not isinstance(a, Const))
        active = [a for a in counts if self.active(a)]
        if len(active) > 2 or all(counts[a] == 1 for a in active):
            return False
        if not all(self._is_plain(a) for a in factors):
            return False
        literal = functools.reduce(times, [a.value for a in factors if isinstance(a, Const)], 1)
        if not math.isfinite(literal):
            return False
        names = {f"x{i}": atom for i, atom in enumerate(counts)}
        atoms = {**names, "c": Const(literal)}
        bound = Bound({n: self.kind(a) for n, a in atoms.items()}, {}, self.kinds[stmt.name])
        rule = registry.rule("mul")
        for name, atom in sorted(names.items(), key=lambda pair: counts[pair[1]]):
            if atom not in active:
                continue
            atoms["c"] = Const(times(counts[atom], literal))
            others = [n for n, a in names.items() for _ in range(counts[a] - (n == name))]
            text = "*".join(["c", *others, "g"])
            self._elementwise_arg(stmt, rule, text, bound, atoms, atom, bar, len(active) == 1)
        return True

    def _factors(self, stmt: Let, block: int) -> list[Atom]:
        """The operands, those that are products of the same block replaced by their own operands."""
        found: list[Atom] = []
        for atom in stmt.call.args:
            inner = self.storage.lets.get(atom.name) if isinstance(atom, Var) else None
            if inner is not None and inner.name in self._read_once and self.storage.block_of[inner] == block:
                found += self._factors(inner, block)
            else:
                found.append(atom)
        return found

    def _is_plain(self, atom: Atom) -> bool:
        """Whether a factor is a literal, or a real number or array that is never written."""
        if isinstance(atom, Const):
            return type(atom.value) in (int, float)
        if not isinstance(atom, Var) or self.storage.is_mutable(atom.name):
            return False
        return self.kinds[atom.name].sort == "float" and atom.name not in self.same
