"""Common factors of sums of products: tangents of products share them in ways that no rule sees.

Accepts any `Program`; guarantees the same values up to the order in which sums and products are rounded.
Only made sums of Python's floats are rewritten, in the text of a derivative that is differentiated again,
and only where that takes less work:

    t = x*b_dot + b*x_dot                    z_dot = x*(a_dot - y*b_dot) + (a - y*b)*x_dot
    s = x*a_dot + a*x_dot
    z_dot = s - y*t

    r = 0.1*x*y_dot + 0.1*y*x_dot            r = 0.1*(x*y_dot + y*x_dot)

A sum is read as one of terms, each a product of factors, through what is made for it alone. Of the factors
that stand in two terms and more one is taken out after the other, in each order; the cheapest way counts.
A difference of values that are no products, `x - c`, is exact where both are near: nothing is put between.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Fresh,
    Let,
    Program,
    Stmt,
    Var,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import Edit, same_block, with_blocks

TERMS, STEPS = 8, 400  # of longer sums, and of more ways than these, none is tried
_SUMS = ("add", "sub")
_WHOLE = 2  # what a product with a literal of Python's whole numbers costs beyond one with a float

Term = tuple[int, tuple[Atom, ...]]  # sign and factors


def factors(program: Program, _: Aliases | None = None) -> Program:
    """Take common factors out of sums."""
    if not program.again:
        return program
    walker = _Factoring(program)
    return walker.edit.finish(walker.block(program.body))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a sum is computed: its parts, each a sign, a factor that is taken out or None, and what is left."""

    cost: int
    parts: tuple[tuple[int, Atom | None, _Way | tuple[Atom, ...]], ...]


@dataclass(slots=True)
class _Found:
    """A sum as it is read: what it takes in, with `deeply` also sums that are multiplied."""

    lets: dict[str, Let]
    deeply: bool
    taken: list[str] = field(default_factory=list)


class _Factoring:
    """Walks blocks; `lets` are the definitions of the block that others may take in."""

    def __init__(self, program: Program) -> None:
        self.kinds = program.kinds
        self.edit = Edit(program)
        self.fresh = Fresh(program.kinds, self.edit.hints)
        self.counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))

    def block(self, block: Block) -> Block:
        """The block with sums rewritten, the last ones first, those of nested blocks too."""
        lets = {s.name: s for s in block if isinstance(s, Let) and self._is_arithmetic(s)}
        gone: set[str] = set()
        result: list[Stmt] = []
        for old in reversed(block):
            parts = blocks(old)
            stmt = self.edit.moved(old, with_blocks(old, tuple(map(self.block, parts)))) if parts else old
            if not (isinstance(stmt, Let) and stmt.made and stmt.name in lets and stmt.call.fun in _SUMS):
                result.append(stmt)
            elif stmt.name not in gone:
                made = self.rewritten(stmt, lets, gone)
                result += reversed(made)
        left = [s for s in reversed(result) if not (isinstance(s, Let) and s.name in gone)]
        return same_block(block, left)

    def _is_arithmetic(self, let: Let) -> bool:
        """Whether a statement adds or multiplies floats."""
        call, kinds = let.call, self.kinds
        if call.fun not in ("add", "sub", "mul", "neg") or kinds[let.name].cat != "float":
            return False
        return all(isinstance(a, Const) or kind_of(a, kinds).cat == "float" for a in call.args)

    def rewritten(self, root: Let, lets: dict[str, Let], gone: set[str]) -> list[Let]:
        """The statements for a sum; what was made for it alone and is taken in is gone."""
        for deeply in (True, False):
            found = _Found(lets, deeply)
            terms, taken = self.terms(root.call, 1, found), found.taken
            if not 2 <= len(terms) <= TERMS or gone.intersection(taken):
                continue
            way = self.best(tuple(terms), {})
            cost = 1 + sum(self.work(lets[name].call) for name in taken)
            if way is not None and way.cost < cost:
                gone.update(taken)
                made: list[Let] = []
                self.build(way, root, made)
                return [*made[:-1], replace(made[-1], name=root.name)]
        return [root]

    def work(self, call: Call) -> int:
        """What one operation costs."""
        return 1 + _WHOLE * any(map(_is_whole, call.args)) if call.fun == "mul" else 1

    # ---- reading

    def own(self, atom: Atom, lets: dict[str, Let]) -> Let | None:
        """The definition of what is made for one statement alone."""
        let = lets.get(atom.name) if isinstance(atom, Var) else None
        return let if let is not None and self.counts[let.name] == 1 else None

    def terms(self, call: Call, sign: int, found: _Found) -> list[Term]:
        """The terms of a sum, those of its left operand as they are added."""
        left, right = call.args
        first = self.own(left, found.lets)
        if first is not None and first.call.fun in _SUMS:
            found.taken.append(first.name)
            terms = self.terms(first.call, sign, found)
        else:
            terms = self.summands(left, sign, found)
        return terms + self.summands(right, -sign if call.fun == "sub" else sign, found)

    def summands(self, atom: Atom, sign: int, found: _Found) -> list[Term]:
        """An operand of a sum as terms: differences of what is no product lose nothing and stay together."""
        let, before = self.own(atom, found.lets), len(found.taken)
        if let is None:
            return [(sign, (atom,))]
        found.taken.append(let.name)
        if let.call.fun == "neg":
            return self.summands(let.call.args[0], -sign, found)
        if let.call.fun == "mul":
            return self.product(let.call, sign, found)
        terms = self.terms(let.call, sign, found)
        if all(_is_rounded(atoms) for _, atoms in terms):
            return terms
        del found.taken[before:]
        return [(sign, (atom,))]

    def product(self, call: Call, sign: int, found: _Found) -> list[Term]:
        """The terms of a product, more than one where a sum is multiplied and `deeply` is set."""
        products: list[Term] = [(sign, ())]
        for factor in call.args:
            inner = self.own(factor, found.lets)
            if inner is None or (inner.call.fun in _SUMS and not found.deeply):
                parts: list[Term] = [(1, (factor,))]
            else:
                parts = self.summands(factor, 1, found)
            products = [(s * t, (*a, *b)) for s, a in products for t, b in parts]
        return products

    # ---- choosing

    def best(self, terms: tuple[Term, ...], seen: dict[tuple[Term, ...], _Way]) -> _Way | None:
        """The cheapest way to compute a sum, None if there are too many."""
        if terms in seen:
            return seen[terms]
        if len(seen) > STEPS:
            return None
        way = _Way(
            sum(map(self.price, terms)) + len(terms) - 1,
            tuple([(sign, None, atoms) for sign, atoms in terms]),
        )
        counts = Counter(atom for _, atoms in terms for atom in set(atoms))
        for factor in dict.fromkeys(atom for _, atoms in terms for atom in atoms):
            if counts[factor] < 2:
                continue
            have = [t for t in terms if factor in t[1]]
            if any(_variables(atoms) < 2 - isinstance(factor, Const) for _, atoms in have):
                continue
            sign = have[0][0]
            inner = self.best(tuple([(s * sign, _without(atoms, factor)) for s, atoms in have]), seen)
            rest = tuple([t for t in terms if factor not in t[1]])
            other = self.best(rest, seen) if rest else _Way(-1, ())
            if inner is None or other is None:
                return None
            cost = inner.cost + 1 + _WHOLE * _is_whole(factor) + 1 + other.cost
            if cost < way.cost:
                at = 0 if terms[0] in have else len(other.parts)  # what a sum begins with stays in front
                way = _Way(cost, (*other.parts[:at], (sign, factor, inner), *other.parts[at:]))
        seen[terms] = way
        return way

    def price(self, term: Term) -> int:
        """What a product costs."""
        return len(term[1]) - 1 + _WHOLE * any(map(_is_whole, term[1]))

    # ---- writing

    def build(self, way: _Way, root: Let, made: list[Let]) -> Atom:
        """Append the statements of a sum; the last one is the root's, or a new one inside."""
        first = next((k for k, part in enumerate(way.parts) if part[0] > 0), 0)
        parts = (way.parts[first], *way.parts[:first], *way.parts[first + 1 :])
        atoms = [self.part(factor, rest, root, made) for _, factor, rest in parts]
        total = atoms[0] if parts[0][0] > 0 else self.let("neg", (atoms[0],), root, made)
        for (sign, _, _), atom in zip(parts[1:], atoms[1:], strict=True):
            total = self.let("add" if sign > 0 else "sub", (total, atom), root, made)
        return total

    def part(self, factor: Atom | None, rest: _Way | tuple[Atom, ...], root: Let, made: list[Let]) -> Atom:
        """One term, or a sum that is multiplied by a factor."""
        if isinstance(rest, _Way):
            assert factor is not None
            inner = self.build(rest, root, made)
            hint = self.edit.hints.get(factor.name, "") if isinstance(factor, Var) else ""
            last = hint.endswith(("_bar", "_dot"))
            return self.let("mul", (inner, factor) if last else (factor, inner), root, made)
        total = rest[0]
        for atom in rest[1:]:
            total = self.let("mul", (total, atom), root, made)
        return total

    def let(self, fun: str, args: tuple[Atom, ...], root: Let, made: list[Let]) -> Var:
        name = self.fresh("", self.kinds[root.name])
        made.append(Let(name, Call(fun, args), root.span, True))
        return Var(name)


def _is_whole(atom: Atom) -> bool:
    return isinstance(atom, Const) and type(atom.value) is int


def _variables(atoms: tuple[Atom, ...]) -> int:
    return sum(isinstance(a, Var) for a in atoms)


def _is_rounded(atoms: tuple[Atom, ...]) -> bool:
    """Whether a term is a product whose last bits are lost anyway."""
    return _variables(atoms) > 1


def _without(atoms: tuple[Atom, ...], factor: Atom) -> tuple[Atom, ...]:
    at = atoms.index(factor)
    return (*atoms[:at], *atoms[at + 1 :])


__all__ = ["factors"]
