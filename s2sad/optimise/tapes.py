"""Two tapes of the same values are one.

Accepts any `Program`; guarantees the same values. A tape is a list that the transform made, that one
statement appends to and at most one takes from, and that nobody else writes; two of them that were made in
one block and get one value in one block are equal wherever they are read.

    ts.append(t)                      ts.append(t)
    u = t*2.0                         u = t*2.0
    ss.append(t)                      gone, and ss[i] is ts[i]
    ...                               ...
    a = ts.pop()                      a = ts.pop()
    b = ss.pop()                      gone, and b is a
"""

from __future__ import annotations

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import Atom, Block, Call, Do, If, Let, Program, Stmt, Var, blocks, walk
from s2sad.ir.rewrite import Edit, in_statement, resolved


def tapes(program: Program, aliases: Aliases | None = None) -> Program:
    """Replace tapes by earlier tapes that hold the same."""
    lists = {s for s in walk(program.body) if type(s) is Let and s.call.fun == "list" and s.made}
    empty = {s for s in lists if s.call == Call("list")}
    if len(empty) < 2:
        return program
    blocks_ = _all_blocks(program.body)
    made = {s.name: block for block in blocks_ for s in block if isinstance(s, Let) and s in empty}
    finder = _Equal(program, made, aliases or Aliases(program))
    finder.find()
    if not finder.instead:
        return program
    edit, ends = Edit(program), resolved(finder.instead)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        return () if stmt in finder.gone else (in_statement(stmt, ends),)

    return edit.finish(edit.block(program.body, change))


class _Equal:
    """Finds tapes by which others are replaced, and what goes: appends, and what is taken out once more."""

    def __init__(self, program: Program, made: dict[str, Block], aliases: Aliases) -> None:
        self.program, self.made, self.aliases = program, made, aliases
        self.instead: dict[str, Atom] = {}
        self.gone: set[Stmt] = set()
        self._seen = aliases.visible | aliases.returned | aliases.told
        self._writers: dict[int, int] = {}
        self._taken: dict[str, list[tuple[Block, int, Let]]] = {}  # where tapes are taken from
        for block in _all_blocks(program.body):
            for at, stmt in enumerate(block):
                if blocks(stmt):
                    continue
                for cls in aliases.written(stmt):
                    self._writers[cls] = self._writers.get(cls, 0) + 1
                if isinstance(stmt, Let) and stmt.call.fun == "list.pop" and len(stmt.call.args) == 1:
                    (tape,) = stmt.call.args
                    if isinstance(tape, Var):
                        self._taken.setdefault(tape.name, []).append((block, at, stmt))

    def find(self) -> None:
        """Compare all appends of one block."""
        formed = [s for s in walk(self.program.body) if isinstance(s, If) and s.form]
        tried = {inner for stmt in formed for inner in walk(stmt.then)}
        for block in _all_blocks(self.program.body):
            if block and block[0] in tried:  # an exception may come between two appends
                continue
            firsts: dict[Atom, tuple[int, Call]] = {}
            for at, stmt in enumerate(block):
                call = self._append(stmt)
                if call is None:
                    continue
                place, first = firsts.setdefault(call.args[1], (at, call))
                if first is not call and self._is_equal(first, call, block[place + 1 : at]):
                    self.instead[_name(call)] = first.args[0]
                    self.gone.add(stmt)

    def _is_equal(self, first: Call, call: Call, between: Block) -> bool:
        """Whether two tapes that get one value have the same elements wherever they are read."""
        if self.made[_name(first)] is not self.made[_name(call)]:
            return False
        own = {self.aliases.of(_name(first)), self.aliases.of(_name(call))}
        if self._is_read(own, between):
            return False
        one, two = self._taken.get(_name(first)), self._taken.get(_name(call))
        if one is None or two is None:
            return one is two
        (block, here, kept), (other, there, again) = one[0], two[0]
        if block is not other or self._is_read(own, block[min(here, there) + 1 : max(here, there)]):
            return False
        if there < here:
            kept, again = again, kept
            self._taken[_name(first)] = two
        self.instead[again.name] = Var(kept.name)
        self.gone.add(again)
        return True

    def _is_read(self, classes: set[int | None], block: Block) -> bool:
        """Whether one tape of two is read where the other has one element more."""
        return any(not classes.isdisjoint(self.aliases.observed(s)) for s in walk(block))

    def _append(self, stmt: Stmt) -> Call | None:
        """The call of an append that alone fills a tape of which the caller sees nothing."""
        if not (isinstance(stmt, Do) and stmt.made and stmt.call.fun == "list.append"):
            return None
        tape = stmt.call.args[0]
        if not (isinstance(tape, Var) and tape.name in self.made):
            return None
        cls, writers = self.aliases.of(tape.name), 1 + len(self._taken.get(tape.name, ()))
        if cls is None or cls in self._seen or writers > 2 or self._writers[cls] != writers:
            return None
        if self.aliases.members(cls) != [tape.name] or self.aliases.is_held(cls):
            return None
        return stmt.call


def _name(call: Call) -> str:
    tape = call.args[0]
    assert isinstance(tape, Var)
    return tape.name


def _all_blocks(body: Block) -> list[Block]:
    return [body, *(block for stmt in walk(body) for block in blocks(stmt))]
