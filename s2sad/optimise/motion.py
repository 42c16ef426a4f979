"""The one gate for every motion of code: may a definition be evaluated after a statement?

Accepts any `Program`; changes nothing. `Motion(program).may_move(let, past)` guarantees, for a Let
and a statement behind it in the same block, that evaluating the Let right behind `past` gives the
same value, the same exceptions and the same identities [DESIGN A6, A10]. Moving over several
statements asks for each of them.

    t = k*u[1:]         moves past   s = np.sum(v)      (nothing is written)
                        not past     u[0] = 1.0         (its operand is)
    v = u[1:]           moves past   u[0] = 1.0         (a view holds whatever u holds)
    q = a/b             not past     print(a)           (Python numbers: the exception would come late)
"""

from __future__ import annotations

from dataclasses import dataclass

from s2sad.analysis.effects import Aliases, Classes
from s2sad.analysis.primitives import (
    has_effect,
    is_opaque,
    kind_of,
    may_raise,
    reads_contents,
    store_may_raise,
)
from s2sad.ir.nodes import (
    Atom,
    Comment,
    Do,
    For,
    Let,
    Program,
    Range,
    Return,
    Stmt,
    Store,
    While,
    blocks,
    uses,
)

NOTHING: Classes = frozenset()


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a statement does, nested blocks included. `quiet`: it opens the part under np.errstate."""

    names: frozenset[str]
    reads: Classes
    written: Classes
    impure: bool
    raises: bool
    endless: bool
    quiet: bool


class Motion:
    """Answers for one program; facts about statements are computed when they are first asked for."""

    def __init__(self, program: Program, aliases: Aliases | None = None) -> None:
        self.kinds = program.kinds
        self.quiet = program.quiet and not program.quiet_all
        self.aliases = aliases or Aliases(program)
        self._summaries: dict[Stmt, _Summary] = {}

    def may_move(self, let: Let, past: Stmt) -> bool:
        """Whether evaluating `let` after instead of before `past` gives the same (see the module)."""
        if isinstance(past, Return):
            return False
        about, over = self._summary(let), self._summary(past)
        if (
            let.name in over.names
            or about.reads & over.written
            or about.written & (over.reads | over.written)
        ):
            return False
        if over.quiet:
            return self.is_silent(let) and not about.impure
        visible = self.aliases.visible
        if (about.impure or about.raises or about.written & visible) and (
            over.impure or over.raises or over.endless
        ):
            return False
        return not (about.raises and over.written & visible)

    def is_silent(self, let: Let) -> bool:
        """Whether NumPy gives no warning for `let`, so that it may run under np.errstate as well."""
        kind = self.kinds.get(let.name)
        if kind is not None and (kind.is_python or kind.cat in ("str", "none", "range")):
            return all(self._is_plain(a) for a in let.call.args)
        return not reads_contents(let.call, self.kinds, kind) or let.call.fun in ("copy", "getitem")

    def _is_plain(self, atom: Atom) -> bool:
        return kind_of(atom, self.kinds).cat not in ("npscalar", "array", "num", "object")

    def _summary(self, stmt: Stmt) -> _Summary:
        found = self._summaries.get(stmt)
        if found is None:
            parts = [self._summary(s) for block in blocks(stmt) for s in block]
            own = self._own(stmt)
            found = own if not parts else _joined(own, parts)
            self._summaries[stmt] = found
        return found

    def _own(self, stmt: Stmt) -> _Summary:
        aliases = self.aliases
        impure = raises = endless = False
        reads, written = aliases.observed(stmt), NOTHING
        if isinstance(stmt, Let | Do):
            written = aliases.written(stmt)
            impure = has_effect(stmt.call)
            raises = not stmt.made and may_raise(stmt.call, self.kinds)
            if is_opaque(stmt.call):  # it may read whatever it can write, and raise whoever calls it
                reads, raises = reads | written, True
        elif isinstance(stmt, Store):
            written = aliases.written(stmt)
            raises = store_may_raise(stmt, self.kinds)
        elif isinstance(stmt, For):
            impure = not isinstance(stmt.space, Range) and kind_of(stmt.space, self.kinds).cat == "object"
        elif isinstance(stmt, While):
            endless = not stmt.made
        quiet = self.quiet and isinstance(stmt, Comment) and stmt.text == "backward"
        return _Summary(frozenset(uses(stmt)), reads, written, impure, raises, endless, quiet)


def _joined(own: _Summary, parts: list[_Summary]) -> _Summary:
    every = [own, *parts]
    return _Summary(
        frozenset().union(*(p.names for p in every)),
        frozenset().union(*(p.reads for p in every)),
        frozenset().union(*(p.written for p in every)),
        any(p.impure for p in every),
        any(p.raises for p in every),
        any(p.endless for p in every),
        any(p.quiet for p in every),
    )
