"""Names that may stand for views whose elements share a place, in storage that is written.

Accepts a lowered program; guarantees that a name which is not among them is bound to no such view. The shadow
of such a view would be one itself, and `shadow += g` adds to each place once, however often it occurs:

    m = np.broadcast_to(y, (2, 3))        found: m (the view itself), w
    w = m if c else y
    y *= 2.0
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.places import is_view
from s2sad.analysis.primitives import SHARING
from s2sad.analysis.storage import Storage
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Do, For, If, Let, Program, Stmt, Store, Var, While, atom_vars, walk

CHANGING = ("list.append", "list.insert")
HOLDERS = ("list", "tuple", "dict", "object")


def overlapping(program: Program, storage: Storage) -> dict[str, Let]:
    """The definition of the view behind every name that may stand for one, in written storage."""
    made = [let for let in storage.lets.values() if let.call.fun in SHARING and storage.is_mutable(let.name)]
    found = {let.name: let for let in made}
    bindings = [pair for stmt in walk(program.body) for pair in _bound(stmt, program.kinds)] if found else []
    count = 0
    while count != len(found):
        count = len(found)
        for name, sources in bindings:
            behind = next((found[n] for atom in sources for n in atom_vars(atom) if n in found), None)
            if behind is not None:
                found.setdefault(name, behind)
    return found


def _bound(stmt: Stmt, kinds: dict[str, Kind]) -> Iterator[tuple[str, tuple[Atom, ...]]]:
    """Names that a statement binds, or what it fills, and the values."""
    if isinstance(stmt, Let):
        kind = kinds[stmt.name]
        if kind.cat in HOLDERS or (not kind.is_scalar and is_view(stmt.call, kinds, kind) != ""):
            yield stmt.name, stmt.call.args
    elif isinstance(stmt, If):
        yield from ((out.name, (out.then, out.orelse)) for out in stmt.outs)
    elif isinstance(stmt, For | While):
        for c in stmt.carried:
            yield from ((name, (c.init, c.next)) for name in (c.name, c.out))
        if isinstance(stmt, For) and isinstance(stmt.space, Var):
            yield stmt.target, (stmt.space,)
    elif isinstance(stmt, Do) and stmt.call.fun in CHANGING and isinstance(stmt.call.args[0], Var):
        yield stmt.call.args[0].name, stmt.call.args[1:]
    elif isinstance(stmt, Store) and isinstance(stmt.base, Var) and kinds[stmt.base.name].cat in HOLDERS:
        yield stmt.base.name, (stmt.value,)


__all__ = ["overlapping"]
