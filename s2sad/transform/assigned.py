"""Values for names that an except clause may pass on, or a tape may take, before they have one.

Accepts a block whose try statements compute more than the user's, with tapes; guarantees that no copy of a
name in an except clause, and no tape, reads what was never assigned.

    while c:                                  t_dot = None
        try: t_dot = ...; t = ...             while c:
        except E: pass                            try: t_dot_2 = ...; t = ...
                                                  except E: t_dot_2 = t_dot

    for i in range(3):                        v = []
        if i < 1:                             for i in range(3):
            vs.append(v)                          if i < 1:
            v = [x, x]                                vs.append(v)
                                                      v = [x, x]
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    List,
    Out,
    Stmt,
    Undef,
    Var,
    While,
    atom_vars,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import with_blocks


def assigned(block: Block, kinds: dict[str, Kind]) -> Block:
    """The block with None (or an empty list) for what may be passed on, or put on a tape, without a value.

    Behind what is computed first an exception may still come: the clause then keeps an old value under a
    name of its own, which reads it.
    """
    sources: dict[str, list[Atom]] = {}
    kept: list[Atom] = []
    taken: list[Var] = []
    lists: list[str] = []
    heads: set[str] = set()
    for stmt in walk(block):
        if isinstance(stmt, If):
            sources.update((o.name, [o.then, o.orelse]) for o in stmt.outs)
            kept += [o.orelse for o in stmt.outs if stmt.form == "try"]
            lists += [o.name for o in stmt.outs if Undef() in (o.then, o.orelse) and _is_list(kinds, o.name)]
        elif isinstance(stmt, For | While):
            for c in stmt.carried:
                sources[c.name] = sources[c.out] = [c.init, c.next]
                heads.add(c.name)
                if isinstance(c.init, Undef) and _is_list(kinds, c.name):
                    lists.append(c.name)
        elif isinstance(stmt, Do) and stmt.made and stmt.call.fun == "list.append":
            taken += [a for a in stmt.call.args[1:] if isinstance(a, Var)]
    # a list's structure is that of the cotangent of the trip before
    kept += [a for a in taken if kinds[a.name].cat == "list" or a.name in heads]
    kept += [Var(name) for name in _inside(block, lists)]
    names: set[str] = set()
    while kept:
        atom = kept.pop()
        if isinstance(atom, Var) and atom.name in sources and atom.name not in names:
            names.add(atom.name)
            kept += sources[atom.name]
    return filled(block, names, kinds) if names else block


def _is_list(kinds: dict[str, Kind], name: str) -> bool:
    return kinds[name].cat == "list"


def _inside(block: Block, lists: list[str]) -> list[str]:
    """Those of some lists that are read in a branch or passed on by one: its other path asks for zeros."""
    found: set[str] = set()
    for stmt in walk(block) if lists else ():
        if isinstance(stmt, If):
            found.update(name for part in blocks(stmt) for inner in part for name in uses(inner))
            found.update(n for o in stmt.outs for atom in (o.then, o.orelse) for n in atom_vars(atom))
    return [name for name in lists if name in found]


def filled(block: Block, names: set[str], kinds: dict[str, Kind]) -> Block:
    """The block with None for Undef where one of these names gets its value, [] for a list of these kinds."""

    def given(atom: Atom, name: str) -> Atom:
        if not isinstance(atom, Undef):
            return atom
        return List(()) if name in kinds and kinds[name].cat == "list" else Const(None)

    made: list[Stmt] = []
    for stmt in block:
        parts = blocks(stmt)
        new = with_blocks(stmt, tuple(filled(part, names, kinds) for part in parts)) if parts else stmt
        if isinstance(new, If):
            outs = [
                Out(o.name, given(o.then, o.name), given(o.orelse, o.name)) if o.name in names else o
                for o in new.outs
            ]
            new = replace(new, outs=tuple(outs))
        elif isinstance(new, For | While):
            carried = [
                replace(c, init=given(c.init, c.name)) if {c.name, c.out} & names else c for c in new.carried
            ]
            new = replace(new, carried=tuple(carried))
        made.append(new)
    return tuple(made)
