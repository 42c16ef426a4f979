"""Values for names that an except clause may pass on before they have one.

Accepts a block whose try statements compute more than the user's; guarantees that no copy of a name in an
except clause reads what was never assigned.

    while c:                                  t_dot = None
        try: t_dot = ...; t = ...             while c:
        except E: pass                            try: t_dot_2 = ...; t = ...
                                                  except E: t_dot_2 = t_dot
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.nodes import Atom, Block, Const, For, If, Out, Stmt, Undef, Var, While, blocks, walk
from s2sad.ir.rewrite import with_blocks


def assigned(block: Block) -> Block:
    """The block with None for what an except clause may pass on without a value.

    Behind what is computed first an exception may still come: the clause then keeps an old value under a
    name of its own, which reads it.
    """
    sources: dict[str, list[Atom]] = {}
    kept: list[Atom] = []
    for stmt in walk(block):
        if isinstance(stmt, If):
            sources.update((o.name, [o.then, o.orelse]) for o in stmt.outs)
            kept += [o.orelse for o in stmt.outs if stmt.form == "try"]
        elif isinstance(stmt, For | While):
            for c in stmt.carried:
                sources[c.name] = sources[c.out] = [c.init, c.next]
    names: set[str] = set()
    while kept:
        atom = kept.pop()
        if isinstance(atom, Var) and atom.name in sources and atom.name not in names:
            names.add(atom.name)
            kept += sources[atom.name]
    return _with_none(block, names) if names else block


def _with_none(block: Block, names: set[str]) -> Block:
    """The block with None for Undef where one of these names gets its value."""

    def filled(atom: Atom) -> Atom:
        return Const(None) if isinstance(atom, Undef) else atom

    made: list[Stmt] = []
    for stmt in block:
        parts = blocks(stmt)
        new = with_blocks(stmt, tuple(_with_none(part, names) for part in parts)) if parts else stmt
        if isinstance(new, If):
            outs = [Out(o.name, filled(o.then), filled(o.orelse)) if o.name in names else o for o in new.outs]
            new = replace(new, outs=tuple(outs))
        elif isinstance(new, For | While):
            carried = [replace(c, init=filled(c.init)) if {c.name, c.out} & names else c for c in new.carried]
            new = replace(new, carried=tuple(carried))
        made.append(new)
    return tuple(made)
