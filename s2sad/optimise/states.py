"""Tapes of what a list of the user holds anyway.

Accepts any `Program`; guarantees the same values. The list is made with its first element or elements, is
filled by one statement of a loop, and is not changed by anybody else; the tape gets the same values in the
same trips, or in each trip what goes round the loop, beginning with the first element.

    hs = [h]                            hs = [h]
    for x in xs:                        for x in xs:
        tape.append(h)                      h = np.tanh(w*h + x)
        h = np.tanh(w*h + x)                hs.append(h)
        hs.append(h)                    ...
    ...                                 for i in range(len(xs) - 1, -1, -1):
    for i in range(len(xs) - 1, -1, -1):    h = hs[i]
        h = tape[i]
"""

from __future__ import annotations

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import Block, Const, Do, For, Let, Program, Range, Stmt, Var, While, blocks, uses, walk
from s2sad.ir.rewrite import Edit, in_statement


def states(program: Program, aliases: Aliases | None = None) -> Program:
    """Read lists of the user instead of tapes that hold the same."""
    appends = [s for s in walk(program.body) if type(s) is Do and s.call.fun == "list.append"]
    if len({s.made for s in appends}) < 2:
        return program
    finder = _Finder(program, aliases or Aliases(program))
    finder.block(program.body)
    if not finder.instead:
        return program
    edit = Edit(program)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        return () if stmt in finder.gone else (in_statement(stmt, finder.instead),)

    return edit.finish(edit.block(program.body, change))


class _Finder:
    """Finds tapes, and the lists that are read instead of them."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.aliases = aliases
        self.instead: dict[str, Var] = {}
        self.gone: set[Stmt] = set()
        self.readers: dict[str, list[Stmt]] = {}
        self.number: dict[Stmt, int] = {}
        self.spaces: dict[str, For] = {}
        self.writers: dict[int, int] = {}
        for stmt in walk(program.body):
            self.number[stmt] = len(self.number)
            for name in uses(stmt):
                self.readers.setdefault(name, []).append(stmt)
            if isinstance(stmt, For):
                self.spaces[stmt.target] = stmt
            for cls in () if blocks(stmt) else aliases.written(stmt):
                self.writers[cls] = self.writers.get(cls, 0) + 1

    def block(self, block: Block) -> None:
        """Look at the lists of a block and the loops that fill them; nested blocks too."""
        lists = {s.name: s for s in block if isinstance(s, Let) and s.call.fun == "list" and not s.call.form}
        for stmt in block:
            for part in blocks(stmt):
                self.block(part)
            if isinstance(stmt, For | While) and lists:
                self.loop(stmt, lists)

    def loop(self, loop: For | While, lists: dict[str, Let]) -> None:
        """The tapes that one loop fills."""
        filled: list[tuple[Let, Do]] = []
        for stmt in loop.body:
            base = stmt.call.args[0] if isinstance(stmt, Do) and stmt.call.fun == "list.append" else None
            if isinstance(stmt, Do) and isinstance(base, Var) and base.name in lists:
                filled.append((lists[base.name], stmt))
        for own, fills in filled:
            if own.made or not own.call.args or not self.is_kept(own.name):
                continue
            for tape, append in filled:
                if tape.made and append.made and tape.name not in self.instead:
                    self.compare(loop, (own, fills), (tape, append))

    def compare(self, loop: For | While, mine: tuple[Let, Do], other: tuple[Let, Do]) -> None:
        """Replace a tape if a list holds its elements at the same places."""
        (own, fills), (tape, append) = mine, other
        new, taped = fills.call.args[1], append.call.args[1]
        reads = [s for s in self.readers.get(tape.name, ()) if s is not append]
        if new == taped and own.call.args == tape.call.args:
            same = all(self.is_read(s, tape.name) for s in reads)
        else:
            round_ = [c for c in loop.carried if (Var(c.name), c.next) == (taped, new)]
            begins = bool(round_) and own.call.args == (round_[0].init,) and not tape.call.args
            same = begins and all(self.is_read(s, tape.name) and self.counts_down(s) for s in reads)
        last = max(self.number[s] for s in walk(loop.body))
        if same and self.is_kept(tape.name) and all(self.number[s] > last for s in reads):
            self.instead[tape.name] = Var(own.name)
            self.gone |= {append, tape}

    def is_kept(self, name: str) -> bool:
        """Whether one statement alone writes to a list, which has one name and which no one outside gets."""
        cls = self.aliases.of(name)
        seen = self.aliases.visible | self.aliases.returned | self.aliases.told
        if cls is None or cls in seen or self.writers.get(cls) != 1 or self.aliases.is_held(cls):
            return False
        return self.aliases.members(cls) == [name]

    def is_read(self, stmt: Stmt, tape: str) -> bool:
        """Whether a statement takes an element of a tape."""
        return isinstance(stmt, Let) and stmt.call.fun == "getitem" and stmt.call.args[0] == Var(tape)

    def counts_down(self, read: Stmt) -> bool:
        """Whether an index runs down to 0: one from the end of the list would find another element."""
        index = read.call.args[1] if isinstance(read, Let) else None
        loop = self.spaces.get(index.name) if isinstance(index, Var) else None
        space = loop.space if loop is not None else None
        return isinstance(space, Range) and (space.stop, space.step) == (Const(-1), Const(-1))
