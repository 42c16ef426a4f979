"""What a result is made of whose type is not known before the program runs: where it comes in.

    n = log.count(3)            the span of `log.count(3)`
    return x*n
"""

from __future__ import annotations

from s2sad.errors import Span
from s2sad.ir.nodes import Atom, Dict, For, If, Let, List, Program, Tuple, Undef, Var, While, walk


def unknown_source(program: Program, result: Atom) -> Span | None:
    """Where the first value of unknown type stands that a result is made of; None if there is none."""
    made = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    outs: dict[str, tuple[Atom | Undef, ...]] = {}
    for stmt in walk(program.body):
        if isinstance(stmt, If):
            outs |= {o.name: (o.then, o.orelse) for o in stmt.outs}
        elif isinstance(stmt, For | While):
            for one in stmt.carried:
                outs |= {one.name: (one.init, one.next), one.out: (one.init, one.next)}
    todo: list[Atom] = [result]
    seen: set[str] = set()
    while todo:
        atom = todo.pop(0)
        if isinstance(atom, Tuple | List | Dict):
            todo += atom.items
        if not isinstance(atom, Var) or atom.name in seen or program.kinds[atom.name].cat != "object":
            continue
        seen.add(atom.name)
        todo += [a for a in outs.get(atom.name, ()) if isinstance(a, Var)]
        let = made.get(atom.name)
        if let is None:
            continue
        inner = [a for a in let.call.args if isinstance(a, Var) and program.kinds[a.name].cat == "object"]
        if let.span is not None and (not inner or let.call.fun in ("getitem", "call", "getattr")):
            return let.span
        todo += inner
    return None
