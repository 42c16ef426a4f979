"""Out of SSA, first half: what `Out` and `Carry` mean becomes assignments, what `stop` means becomes `break`.

Accepts the trees of `nest`; gives trees without outs, carried values and stop flags, in which names may be
assigned in several places. All copies are explicit; `names` makes most of them vanish by giving both sides
one Python name.

    For i in range(n), carried (s.2: init s.1, next s.4, out s.5), stop f.1:
        If t.1: ...   else: s.3 = ...     outs s.4 = (s.2, s.3), f.1 = (True, False)

    Copy(s.2 = s.1)
    for i in range(n):
        if t.1: ...; Copy(s.4 = s.2); Copy(s.2 = s.4); break
        else: s.3 = ...; Copy(s.4 = s.3)
        Copy(s.2 = s.4)
    Copy(s.5 = s.2)

A flag that a loop carries only to tell afterwards whether it was left early is assigned where the loop is
left."""

from __future__ import annotations

import itertools
from collections import Counter

from s2sad.backend.tree import (
    Assign,
    Branch,
    Copy,
    Effect,
    Exit,
    Expr,
    Loop,
    Node,
    Result,
    Tree,
    expr_vars,
    expression,
    is_const,
    operands,
    walk,
)
from s2sad.ir.nodes import Atom, Const, Out, Undef, Var, atom_vars

_LEAVING = (Exit, Result)
Pairs = list[tuple[str, Expr]]
Pending = list[
    tuple[Pairs, Pairs]
]  # copies at the end of a block where control goes on, and where the loop is left


def explicit(block: list[Tree]) -> None:
    """Make copies and breaks explicit, in place."""
    _Explicit(block).block(block)


def terminates(block: list[Tree]) -> bool:
    """Whether control never reaches the end of a block."""
    last = block[-1] if block else None
    if type(last) is Assign:
        return False
    if isinstance(last, Branch):
        return terminates(last.then) and terminates(last.orelse)
    if isinstance(last, Effect) and isinstance(last.value, Node):
        return last.value.fun == "raise"
    return isinstance(last, _LEAVING)


class _Explicit:
    def __init__(self, body: list[Tree]) -> None:
        nested = any(isinstance(stmt, Branch | Loop) for stmt in body)  # who has copies to make
        self.needed, self.reads = _needed(body) if nested else (set(), Counter())
        self.unbound: set[str] = set()  # names without a value on every path that goes on behind a branch
        self.unset: set[str] = set()  # flags that are False as long as the loop that carries them runs

    def block(self, block: list[Tree]) -> None:
        """Every statement of a block."""
        done: list[Tree] = []
        for stmt in block:
            if isinstance(stmt, Branch):
                self.branch(stmt)
                done.append(stmt)
            elif isinstance(stmt, Loop):
                self.loop(stmt, done)
            else:
                done.append(stmt)
            if terminates(done[-1:]):
                break
        block[:] = done

    def branch(self, stmt: Branch) -> None:
        self.block(stmt.then)
        self.block(stmt.orelse)
        _append(stmt.then, self.pairs(stmt.outs, True))
        if stmt.form != "finally":  # its clause runs in addition
            _append(stmt.orelse, self.pairs(stmt.outs, False))
        stmt.outs = ()

    def pairs(self, outs: tuple[Out, ...], then: bool) -> Pairs:
        """The copies at the end of a branch."""
        return [(o.name, expression(o.then if then else o.orelse)) for o in outs if o.name in self.needed]

    def loop(self, stmt: Loop, done: list[Tree]) -> None:
        carried = [c for c in stmt.carried if c[0] in self.needed]
        telling = [
            c
            for c in carried
            if self.is_unset(c[1]) and self.tells(stmt.body, stmt.stop, c[2], {c[0]: False})
        ]
        latches = [c for c in telling if c[2] == stmt.stop]
        self.unset.update(c[0] for c in telling)
        going: Pairs = [
            (name, expression(nxt)) for name, _, nxt, _ in carried if not any(name == c[0] for c in latches)
        ]
        leaving: Pairs = [*going, *((c[0], Const(True)) for c in latches)]
        _append(done, [(name, expression(init)) for name, init, _, _ in carried])
        self.block(stmt.head)
        self.close(stmt.body, stmt.stop, [(going, leaving)], 1 + len(latches))
        stmt.latches = tuple(out for _, _, _, out in telling)
        stmt.names = tuple(name for name, *_ in carried)
        outs: Pairs = [(out, Var(name)) for name, _, _, out in carried if out in self.needed]
        stmt.carried, stmt.stop = (), None
        done.append(stmt)
        _append(done, outs)

    def tells(self, block: list[Tree], stop: Atom | None, nxt: Atom, known: dict[str, bool]) -> bool:
        """Whether behind a block `nxt` is true if the loop is left there, and false if not."""
        if stop == nxt or stop is None:
            return stop is not None
        if isinstance(stop, Const):
            value = (
                known.get(nxt.name) if isinstance(nxt, Var) else nxt.value if isinstance(nxt, Const) else None
            )
            return value is bool(stop.value)
        last = block[-1] if block else None
        if not isinstance(last, Branch) or not any(
            isinstance(stop, Var) and o.name == stop.name for o in last.outs
        ):
            return False
        for then, part in ((True, last.then), (False, last.orelse)):
            atoms: dict[Atom, Atom] = {Var(o.name): o.then if then else o.orelse for o in last.outs}
            truth = {**known, **_learnt(last.cond, then)}
            if not self.tells(part, atoms[stop], atoms.get(nxt, nxt), truth):
                return False
        return True

    def is_unset(self, atom: Atom) -> bool:
        return is_const(expression(atom), False) or (isinstance(atom, Var) and atom.name in self.unset)

    def close(self, block: list[Tree], flag: Atom | None, pending: Pending, reads: int) -> None:
        """Process a block at whose end the loop is left if `flag` is true, and append what happens there.

        The flag itself is not assigned if it is read no more than `reads` times: those reads are the break.
        """
        last = block[-1] if block else None
        out = None
        if isinstance(flag, Var) and isinstance(last, Branch) and last.form != "finally":
            out = next((o for o in last.outs if o.name == flag.name), None)
        if out is None or not isinstance(last, Branch):
            self.block(block)
            self.end(block, flag, pending)
            return
        unread = self.reads[out.name] <= reads
        if unread:
            self.needed.discard(out.name)
        block.pop()
        self.block(block)
        if terminates(block):
            return
        block.append(last)
        for then, part, atom in ((True, last.then, out.then), (False, last.orelse, out.orelse)):
            pairs = self.pairs(last.outs, then)
            self.close(part, atom, [(pairs, pairs), *pending], int(unread))
        going = [side for side, part in ((True, last.then), (False, last.orelse)) if not terminates(part)]
        if len(going) == 1:  # what only the sides that leave bind is not bound behind the branch
            left = [(o.name, o.then if going[0] else o.orelse) for o in last.outs]
            self.unbound.update(name for name, atom in left if self.is_unbound(atom))
        last.outs = ()
        made = [(n, e) for n, e in pending[0][0] if not (isinstance(e, Var) and e.name in self.unbound)]
        _append(block, made)

    def is_unbound(self, atom: Atom) -> bool:
        """Whether a value is surely not bound where control goes on."""
        return isinstance(atom, Undef) or (isinstance(atom, Var) and atom.name in self.unbound)

    def end(self, block: list[Tree], flag: Atom | None, pending: Pending) -> None:
        going, leaving = pending[0][0], [pairs for _, pairs in pending]
        if terminates(block):
            return
        if isinstance(flag, Const) and flag.value:
            for pairs in leaving:
                _append(block, pairs)
            block.append(Exit())
        elif isinstance(flag, Var):
            simple = len(pending) == 1 and going == leaving[0] and all(name != flag.name for name, _ in going)
            exit_: list[Tree] = []
            for pairs in [] if simple else leaving:
                _append(exit_, pairs)
            if simple:
                _append(block, going)
            block.append(Branch(flag, [*exit_, Exit()], [], made=True))
            if not simple:
                _append(block, going)
        else:
            _append(block, going)


def _append(block: list[Tree], pairs: Pairs) -> None:
    if pairs and not terminates(block):
        block.append(Copy(list(pairs)))


def _needed(body: list[Tree]) -> tuple[set[str], Counter[str]]:
    """Names that the text reads, at last; and how often each name is read, copies included."""
    sources: dict[str, list[str]] = {}
    found = [name for stmt in walk(body) for expr in operands(stmt) for name in expr_vars(expr)]
    for stmt in walk(body):
        if type(stmt) is Loop and stmt.stop is not None:
            found += atom_vars(stmt.stop)
    reads = Counter(found)
    needed = set(reads)
    for stmt in walk(body):
        if isinstance(stmt, Branch):
            for out in stmt.outs:
                sources[out.name] = [*atom_vars(out.then), *atom_vars(out.orelse)]
        elif isinstance(stmt, Loop):
            for name, init, nxt, out_name in stmt.carried:
                sources[name] = [*atom_vars(init), *atom_vars(nxt)]
                sources[out_name] = [name]
                reads[name] -= 1  # what it is after the loop is no other read
    for name in itertools.chain(*sources.values()):
        reads[name] += 1
    todo = list(needed)
    while todo:
        for name in sources.get(todo.pop(), ()):
            if name not in needed:
                needed.add(name)
                todo.append(name)
    return needed, reads


def _learnt(cond: Expr, value: bool) -> dict[str, bool]:
    """Which name is true or false where a condition is."""
    if isinstance(cond, Node) and cond.fun == "not":
        return _learnt(cond.args[0], not value)
    return {cond.name: value} if isinstance(cond, Var) else {}
