"""Names that may have no value behind a branch or a loop.

    if c: t = x                for i in range(n): t = x[i]
    (t may have none)          (t may have none, and holds None in the text where a pair keeps it)
"""

from __future__ import annotations

from collections.abc import Iterable

from s2sad.ir.nodes import Atom, Block, Const, For, If, Undef, Var, While, walk


def unbound_in(body: Block, others: Iterable[str] = (), later: bool = False) -> frozenset[str]:
    """Names that not all paths bind, and `others`; with `later` what a trip may leave without one, too."""
    found: set[str] = set(others)
    changed = True
    while changed:
        before = len(found)
        for stmt in walk(body):
            if isinstance(stmt, If):
                found.update(o.name for o in stmt.outs if any(_missing(a, found) for a in (o.then, o.orelse)))
            elif isinstance(stmt, For | While):
                for c in stmt.carried:
                    if _missing(c.init, found) or (later and _missing(c.next, found)):
                        found.update((c.name, c.out))
        changed = len(found) != before
    return frozenset(found)


def _missing(atom: Atom, found: set[str]) -> bool:
    return isinstance(atom, Undef) or atom == Const(None) or (isinstance(atom, Var) and atom.name in found)
