"""Two tapes of the same values are one.

Accepts any `Program`; guarantees the same values. A tape is a list that the transform made, that one
statement appends to and that nobody else writes; two of them that were made in one block and get one value,
one after the other, are equal wherever they are read.

    ts.append(t)                      ts.append(t)
    ss.append(t)                      gone, and ss[i] is ts[i]
"""

from __future__ import annotations

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import Atom, Block, Call, Do, Let, Program, Stmt, Var, blocks, walk
from s2sad.ir.rewrite import Edit, in_statement


def tapes(program: Program, aliases: Aliases | None = None) -> Program:
    """Replace tapes by earlier tapes that hold the same."""
    made = {
        stmt.name: block
        for block in _all_blocks(program.body)
        for stmt in block
        if isinstance(stmt, Let) and stmt.made and stmt.call == Call("list")
    }
    if len(made) < 2:
        return program
    instead, gone = _equal_tapes(program, made, aliases or Aliases(program))
    if not instead:
        return program
    edit = Edit(program)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        return () if stmt in gone else (in_statement(stmt, instead),)

    return edit.finish(edit.block(program.body, change))


def _equal_tapes(
    program: Program, made: dict[str, Block], aliases: Aliases
) -> tuple[dict[str, Atom], set[Stmt]]:
    """Tapes by the tapes that are used instead, and the appends that go."""
    writers: dict[int, int] = {}
    for stmt in walk(program.body):
        if not blocks(stmt):
            for cls in aliases.written(stmt):
                writers[cls] = writers.get(cls, 0) + 1
    instead: dict[str, Atom] = {}
    gone: set[Stmt] = set()
    for block in _all_blocks(program.body):
        first: Call | None = None
        for stmt in block:
            call = _append(stmt, made, aliases, writers)
            if call is None:
                first = None
            elif (
                first is not None
                and first.args[1] == call.args[1]
                and _home(first, made) is _home(call, made)
            ):
                instead[_name(call)] = first.args[0]
                gone.add(stmt)
            else:
                first = call
    return instead, gone


def _append(stmt: Stmt, made: dict[str, Block], aliases: Aliases, writers: dict[int, int]) -> Call | None:
    """The call of an append that alone fills a tape of which the caller sees nothing."""
    if not (isinstance(stmt, Do) and stmt.made and stmt.call.fun == "list.append"):
        return None
    tape = stmt.call.args[0]
    if not (isinstance(tape, Var) and tape.name in made):
        return None
    cls = aliases.of(tape.name)
    seen = aliases.visible | aliases.returned | aliases.told
    if cls is None or cls in seen or writers[cls] != 1 or aliases.members(cls) != [tape.name]:
        return None
    return None if aliases.is_held(cls) else stmt.call


def _name(call: Call) -> str:
    tape = call.args[0]
    assert isinstance(tape, Var)
    return tape.name


def _home(call: Call, made: dict[str, Block]) -> Block:
    return made[_name(call)]


def _all_blocks(body: Block) -> list[Block]:
    return [body, *(block for stmt in walk(body) for block in blocks(stmt))]
