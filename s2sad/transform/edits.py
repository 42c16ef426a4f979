"""What the forward sweep gets for the reverse sweep's sake: copies, tapes, trip counters, more Outs.

Accepts a lowered program's body; guarantees the same computation with what `Edits` asks for. `Edits` is
filled in while the reverse sweep is written; `rebuild` makes the forward sweep with them.

    for i in range(n):            bs = []
        b = b*b            =>     for i in range(n):
                                      bs.append(b)
                                      b = b*b
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Do,
    For,
    Fresh,
    If,
    Let,
    Out,
    Stmt,
    Undef,
    Var,
    While,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_statement, with_blocks


@dataclass(slots=True)
class Edits:
    """What the forward sweep gets: statements around its own or at the start of blocks, counters, Outs."""

    before: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    after: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    start: dict[tuple[Stmt, int], list[Stmt]] = field(default_factory=dict)
    counters: dict[Stmt, str] = field(default_factory=dict)
    outs: dict[Stmt, list[Out]] = field(default_factory=dict)
    top: list[Stmt] = field(default_factory=list)
    replaced: dict[Stmt, list[Stmt]] = field(default_factory=dict)
    behind: dict[Stmt, tuple[Stmt, int]] = field(default_factory=dict)
    carries: dict[Stmt, list[Carry]] = field(default_factory=dict)
    bound: dict[str, Atom] = field(default_factory=dict)

    def bind(self, name: str, block: Block, value: Atom = NONE) -> None:
        """Let a name that may have no value be `value` then: what is appended to a tape must have one."""
        todo = [name]
        while todo:
            name = todo.pop()
            if self.bound.get(name, NONE) != NONE or self.bound.get(name) == value:
                continue
            for stmt in walk(block):
                if isinstance(stmt, If):
                    sources = [(o.then, o.orelse) for o in stmt.outs if o.name == name]
                elif isinstance(stmt, For | While):
                    sources = [(c.init, c.next) for c in stmt.carried if name in (c.name, c.out)]
                else:
                    continue
                for pair in sources:
                    self.bound[name] = value
                    todo += [a.name for a in pair if isinstance(a, Var)]


def _all_bound(stmt: Stmt, bound: dict[str, Atom]) -> Stmt:
    """A branch or a loop that binds names on all ways."""

    def held(atom: Atom, *names: str) -> Atom:
        values = [bound[n] for n in names if n in bound] if isinstance(atom, Undef) else []
        return values[0] if values else atom

    if isinstance(stmt, If) and any(o.name in bound for o in stmt.outs):
        outs = [Out(o.name, held(o.then, o.name), held(o.orelse, o.name)) for o in stmt.outs]
        return replace(stmt, outs=tuple(outs))
    if isinstance(stmt, For | While) and any(c.name in bound or c.out in bound for c in stmt.carried):
        carried = [replace(c, init=held(c.init, c.out, c.name)) for c in stmt.carried]
        return replace(stmt, carried=tuple(carried))
    return stmt


def substituted(stmt: Stmt, names: dict[str, Atom]) -> Stmt:
    """A statement with names replaced in it and in its blocks."""
    new = in_statement(stmt, names)
    parts = blocks(stmt)
    if parts:
        new = with_blocks(new, tuple(tuple(substituted(s, names) for s in p) for p in parts))
    return new


def rebuild(
    block: Block, edits: Edits, fresh: Fresh, names: dict[str, Atom], in_loop: bool = False
) -> Block:
    """The forward sweep with its edits."""
    result: list[Stmt] = []
    for stmt in block:
        result += [substituted(s, names) for s in edits.before.get(stmt, [])]
        if stmt in edits.replaced:
            result += [substituted(s, names) for s in (*edits.replaced[stmt], *edits.after.get(stmt, []))]
            continue
        new = in_statement(_all_bound(stmt, edits.bound) if edits.bound else stmt, names)
        parts = blocks(stmt)
        if parts:
            inner = []
            for i, part in enumerate(parts):
                made = rebuild(part, edits, fresh, names, in_loop or isinstance(stmt, For | While))
                inner.append((*(substituted(s, names) for s in edits.start.get((stmt, i), [])), *made))
            if isinstance(stmt, If) and stmt.form == "try" and in_loop:
                before, inner[0] = _kept_last(inner[0], fresh)
                result += before
            new = with_blocks(new, tuple(inner))
        if isinstance(new, If) and stmt in edits.outs:
            new = replace(new, outs=(*new.outs, *edits.outs[stmt]))
        if isinstance(new, For | While) and stmt in edits.carries:
            new = replace(new, carried=(*new.carried, *edits.carries[stmt]))
        if isinstance(new, For | While) and stmt in edits.counters:
            new = _counting(new, edits.counters[stmt], fresh, edits.behind.get(stmt))
        result.append(new)
        result += [substituted(s, names) for s in edits.after.get(stmt, [])]
    return tuple(result)


def begun(lists: list[Stmt], block: Block) -> Block:
    """A block in which every list begins before the statement that first mentions it, in that order."""
    waiting = {s.name: s for s in lists if isinstance(s, Let)}
    result: list[Stmt] = []
    for stmt in block:
        made: list[Stmt] = []
        for inner in walk((stmt,)) if waiting else ():
            made += [waiting.pop(name) for name in uses(inner) if name in waiting]
        at = len(result)
        if isinstance(stmt, If) and stmt.form == "with" and result:  # the manager is made in the statement
            at -= isinstance(result[-1], Let) and stmt.cond == Var(result[-1].name)
        result[at:at] = made
        result.append(stmt)
    return (*waiting.values(), *result)


def _kept_last(block: Block, fresh: Fresh) -> tuple[list[Stmt], Block]:
    """The body of a try statement with its appends to tapes where no exception can come any more.

    What branches and loops in it append goes to lists of their own first, which stand before the statement:

        try:                                       held = []
            for v in xs: ts.append(v); s += g(v)   try:
        except ValueError: s = 0.0                     for v in xs: held.append(v); s += g(v)
                                                       ts.extend(held)
    """
    appends = [s for s in block if _is_append(s)]
    others = tuple(s for s in block if s not in appends)
    tapes = {s.call.args[0]: s for s in walk(others) if isinstance(s, Do) and _is_append(s)}
    before: list[Stmt] = []
    last: list[Stmt] = []
    held: dict[Atom, Atom] = {}
    for tape in tapes:
        assert isinstance(tape, Var)
        name = fresh("held", fresh.kinds[tape.name])
        held[tape] = Var(name)
        before.append(Let(name, Call("list"), None, True))
        last.append(Do(Call("list.extend", (tape, Var(name))), None, True))
    return before, (*(_appending(s, held) for s in others), *last, *appends)


def _is_append(stmt: Stmt) -> bool:
    """Whether a statement appends to a tape."""
    return isinstance(stmt, Do) and stmt.made and stmt.call.fun == "list.append"


def _appending(stmt: Stmt, held: dict[Atom, Atom]) -> Stmt:
    """A statement whose appends to tapes go to other lists."""
    if isinstance(stmt, Do) and _is_append(stmt) and stmt.call.args[0] in held:
        return replace(stmt, call=replace(stmt.call, args=(held[stmt.call.args[0]], *stmt.call.args[1:])))
    parts = blocks(stmt)
    if not parts:
        return stmt
    return with_blocks(stmt, tuple(tuple(_appending(s, held) for s in part) for part in parts))


def _counting(loop: For | While, out: str, fresh: Fresh, behind: tuple[Stmt, int] | None) -> For | While:
    """The loop with a trip counter, at the start of the body or behind the test that ends the loop."""
    hint = fresh.hints.get(out, "trips")
    head = fresh(hint, K.INT)
    step = fresh(hint, K.INT)
    count = Let(step, Call("add", (Var(head), Const(1))), None, True)
    if behind is None:
        carry = Carry(head, Const(0), Var(step), out)
        return replace(loop, body=(count, *loop.body), carried=(*loop.carried, carry))
    test = loop.body[-1]
    assert isinstance(test, If)
    after = fresh(hint, K.INT)
    if behind[1] == 1:
        test = replace(
            test, orelse=(count, *test.orelse), outs=(*test.outs, Out(after, Var(head), Var(step)))
        )
    else:
        test = replace(test, then=(count, *test.then), outs=(*test.outs, Out(after, Var(step), Var(head))))
    carry = Carry(head, Const(0), Var(after), out)
    return replace(loop, body=(*loop.body[:-1], test), carried=(*loop.carried, carry))
