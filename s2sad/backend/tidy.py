"""Last touches on trees whose names are Python names: fewer and shorter assignments.

Accepts the trees of `copies` and the names of `names`. Copies of a name to itself are gone afterwards,
the others are assignments, simultaneous ones where order matters; what is asked behind a loop about how
it was left is an else clause.

    Copy(u = v, v = w, w = u)                ->   u, v, w = v, w, u
    Copy(s = t, i = j)                       ->   s = t; i = j
    b_1 = a + b; Copy(a = b, b = b_1)        ->   a, b = b, a + b
    for ...: ... break; if not returned: A   ->   for ...: ... break; else: A
"""

from __future__ import annotations

from collections import Counter

from s2sad.backend.tree import (
    Assign,
    Branch,
    Copy,
    Expr,
    Loop,
    Node,
    Tree,
    expr_vars,
    inner,
    measure,
    operands,
    walk,
)
from s2sad.ir.nodes import Undef, Var

_SHORT = 60  # columns of an expression that may stand in a simultaneous assignment


def tidy(body: list[Tree], python: dict[str, str], hints: dict[str, str]) -> None:
    """Drop copies of a name to itself and order the rest, in place."""
    statements = list(walk(body))
    if not any(isinstance(stmt, Copy | Branch) for stmt in statements):
        return
    counts = Counter([name for stmt in statements for expr in operands(stmt) for name in expr_vars(expr)])
    single = {name for name, count in counts.items() if count == 1}
    _tidy(body, python, hints, single)
    if _else_clauses(body):
        _drop_unread(body, python)


def _tidy(block: list[Tree], python: dict[str, str], hints: dict[str, str], single: set[str]) -> None:
    done: list[Tree] = []
    for stmt in block:
        for part in inner(stmt):
            _tidy(part, python, hints, single)
        if not isinstance(stmt, Copy):
            done.append(stmt)
            continue
        pairs: list[tuple[str, Expr]] = [pair for pair in stmt.pairs if not _vanishes(pair, python)]
        if stmt.shown:
            done.extend([Copy(pairs, True, stmt.origins)] if pairs else [])
            continue
        if done and isinstance(done[-1], Assign) and done[-1].name in single:
            _absorb(pairs, done, python, hints)
        done.extend(_assignment(group, stmt) for group in _ordered(pairs, python))
    block[:] = done


def _ordered(pairs: list[tuple[str, Expr]], python: dict[str, str]) -> list[list[tuple[str, Expr]]]:
    """Simultaneous assignments as groups in an order in which none destroys what a later one reads."""
    groups: list[list[tuple[str, Expr]]] = []
    rest = list(pairs)
    reads = {id(p): _reads(p, python) for p in pairs}
    while rest:
        ready = [p for p in rest if not any(python[p[0]] in reads[id(q)] for q in rest if q is not p)]
        if not ready:
            cycle = _cycle(rest, python)
            groups.append(cycle)
            rest = [p for p in rest if p not in cycle]
            continue
        groups.append([ready[0]])
        rest.remove(ready[0])
    return groups


def _reads(pair: tuple[str, Expr], python: dict[str, str]) -> set[str]:
    return {python[name] for name in expr_vars(pair[1])}


def _cycle(rest: list[tuple[str, Expr]], python: dict[str, str]) -> list[tuple[str, Expr]]:
    """Pairs that must be one assignment and that no other pair's reading depends on."""
    readers = {
        k: {m for m, q in enumerate(rest) if m != k and python[p[0]] in _reads(q, python)}
        for k, p in enumerate(rest)
    }
    reach: dict[int, set[int]] = {}
    for k in readers:
        seen: set[int] = set()
        todo = [k]
        while todo:
            for m in readers[todo.pop()]:
                if m not in seen:
                    seen.add(m)
                    todo.append(m)
        reach[k] = seen
    start = min(reach, key=lambda k: len(reach[k]))
    return [p for k, p in enumerate(rest) if k in reach[start] | {start}]


def _vanishes(pair: tuple[str, Expr], python: dict[str, str]) -> bool:
    """Whether a copy is of a name to itself, or says only that a name holds nothing."""
    name, source = pair
    return isinstance(source, Undef) or (isinstance(source, Var) and python[name] == python[source.name])


def _assignment(group: list[tuple[str, Expr]], stmt: Copy) -> Tree:
    name, source = group[0]
    if len(group) == 1 and isinstance(source, Node):
        return Assign(name, source, source.made, [source.let] if source.let is not None else [])
    return Copy(group, False, stmt.origins)


def _absorb(
    pairs: list[tuple[str, Expr]], done: list[Tree], python: dict[str, str], hints: dict[str, str]
) -> None:
    """`b_1 = a + b; a, b = b, b_1` is `a, b = b, a + b`; the assignment is the last of `done`."""
    last = done[-1]
    for k, (name, source) in enumerate(pairs):
        if not isinstance(last, Assign) or source != Var(last.name):
            continue
        if hints.get(last.name, "") in ("", hints.get(name, "")) and measure(last.value, python)[0] <= _SHORT:
            pairs[k] = (name, last.value)
            done.pop()
            return


def _else_clauses(block: list[Tree]) -> bool:
    """Make `if not returned: A` behind the loop that `returned` tells about an else clause."""
    found = False
    done: list[Tree] = []
    for stmt in block:
        for part in inner(stmt):
            found |= _else_clauses(part)
        loop = done[-1] if done else None
        if isinstance(stmt, Branch) and isinstance(loop, Loop) and not loop.head and not loop.orelse:
            cond, otherwise, then = stmt.cond, stmt.orelse, stmt.then
            if isinstance(cond, Node) and cond.fun == "not":
                cond, otherwise, then = cond.args[0], stmt.then, stmt.orelse
            if isinstance(cond, Var) and cond.name in loop.latches and otherwise and not then:
                loop.orelse = otherwise
                found = True
                continue
        done.append(stmt)
    block[:] = done
    return found


def _drop_unread(body: list[Tree], python: dict[str, str]) -> None:
    """Flags that only an `if` behind a loop has read need not be set."""
    read = {python[name] for stmt in walk(body) for expr in operands(stmt) for name in expr_vars(expr)}
    todo = [body]
    while todo:
        block = todo.pop()
        block[:] = [s for s in block if not isinstance(s, Copy) or any(python[n] in read for n, _ in s.pairs)]
        todo.extend(part for stmt in block for part in inner(stmt))
