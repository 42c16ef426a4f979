"""Tuples that are only taken apart: their parts become one unpacking assignment.

Accepts an SSA program; gives, by the statement that takes the first part of such a tuple, the names of all
its parts, None for those that nobody reads, and the statements that this makes superfluous. Parts are taken
where the first is, which changes nothing, since a tuple never does.

    x = kept[0]; t = kept[2]                   x, _, t = kept
    p = f_fwd(x); y = p[0]; kept = p[1]        y, kept = f_fwd(x)

What the user took by its index stays as it is, and so does the only part that is read. What the user unpacked
from an array or a list, whose length the program asks for, is unpacked:

    n = len(t); if n != 2: raise ...; q = t[0]; k = t[1]         q, k = t
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from s2sad.ir.kinds import OBJECT
from s2sad.ir.nodes import Block, Const, For, If, Let, Program, Stmt, Var, blocks, uses, walk


@dataclass(slots=True)
class Parts:
    """`first` says what is taken apart where, `others` need no statement of their own."""

    first: dict[Stmt, tuple[str, list[str | None]]] = field(default_factory=dict)
    others: set[Stmt] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)  # the names that nothing else reads


def unpacked(program: Program) -> Parts:
    """The tuples of a program that are only taken apart."""
    parts = Parts()
    _add_checked(program, parts)
    defined = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    targets = [s.target for s in walk(program.body) if isinstance(s, For) and not program.hints.get(s.target)]
    wanted = {
        name
        for name in (*program.params, *defined, *targets)
        if (program.kinds.get(name, OBJECT).cat == "tuple" and program.kinds[name].items)
        and (name in program.params or not program.hints.get(name) or defined[name].made)
    }
    if not wanted:
        return parts
    users: dict[str, list[Stmt]] = {}
    for stmt in walk(program.body):
        for name in uses(stmt):
            if name in wanted:
                users.setdefault(name, []).append(stmt)
    for block in _all_blocks(program.body):
        here = set(block)
        for name in [n for n, found in users.items() if found[0] in here]:
            lets = users[name]
            names = _names(program, name, lets)
            if names is not None and here.issuperset(lets):
                parts.first[lets[0]] = name, names
                parts.others.update(lets[1:])
                parts.folded.add(name)
    return parts


def _add_checked(program: Program, parts: Parts) -> None:
    """Add what the user unpacked from a value whose length is asked for right before."""
    asked = [s for s in walk(program.body) if isinstance(s, Let) and s.call.fun == "wrong_length"]
    if not asked:
        return
    counts = Counter(name for stmt in walk(program.body) for name in uses(stmt))
    defined = {s.name: s for s in walk(program.body) if isinstance(s, Let)}
    for block in _all_blocks(program.body):
        for at, stmt in enumerate(block):
            if isinstance(stmt, If) and stmt.then and stmt.then[0] in asked and not stmt.outs:
                _add_items(block, at, counts, defined, parts)


def _add_items(block: Block, at: int, counts: Counter[str], defined: dict[str, Let], parts: Parts) -> None:
    check = block[at]
    assert isinstance(check, If) and isinstance(check.then[0], Let)
    length, count = check.then[0].call.args
    measure = defined.get(length.name) if isinstance(length, Var) else None
    wrong = defined.get(check.cond.name) if isinstance(check.cond, Var) else None
    if measure is None or wrong is None or not isinstance(count, Const) or measure.call.fun != "len":
        return
    if (counts[measure.name], counts[wrong.name]) != (2, 1) or not {measure, wrong} <= set(block[:at]):
        return
    (value,) = measure.call.args
    names: list[str | None] = [None] * count.value
    taken: list[Let] = []
    for stmt in block[at + 1 :]:
        call = stmt.call if isinstance(stmt, Let) and not stmt.made else None
        if call is None or call.fun != "getitem" or call.args[0] != value:
            break
        index = call.args[1]
        if not isinstance(index, Const) or type(index.value) is not int or not 0 <= index.value < count.value:
            break
        if names[index.value] is not None or not isinstance(stmt, Let):
            break
        names[index.value] = stmt.name
        taken.append(stmt)
    if taken and isinstance(value, Var):
        parts.first[taken[0]] = value.name, names
        parts.others.update((measure, wrong, check, *taken[1:]))
        if counts[value.name] == 1 + len(taken):
            parts.folded.add(value.name)


def _names(program: Program, name: str, lets: list[Stmt]) -> list[str | None] | None:
    """Which name each part of a tuple gets, None if it is used otherwise as well."""
    items = program.kinds[name].items or ()
    names: list[str | None] = [None] * len(items)
    for let in lets:
        if not (isinstance(let, Let) and let.call.fun == "getitem" and let.call.args[0] == Var(name)):
            return None
        index = let.call.args[1]
        if not (
            isinstance(index, Const) and type(index.value) is int and -len(items) <= index.value < len(items)
        ):
            return None
        if names[index.value] is not None or (not let.made and name in program.params):
            return None
        names[index.value] = let.name
    return names if len(lets) > 1 else None


def _all_blocks(body: Block) -> list[Block]:
    return [body, *(block for stmt in walk(body) for block in blocks(stmt))]
