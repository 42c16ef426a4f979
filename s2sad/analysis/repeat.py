"""Whether a function can be called a second time, with the same result and nothing else done.

    def g(x, rng): return x*rng.normal()          can be: the state of rng is an argument
    def g(x): x *= 2; return x.sum()              cannot: the second call sees another x

Accepts a lowered function; guarantees that a second call with equal arguments gives an equal result, and that
the result shares no storage with the arguments or with anything outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import PURE, effect_of, is_opaque
from s2sad.analysis.storage import Storage
from s2sad.errors import Span
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Do,
    For,
    If,
    Let,
    Program,
    Ref,
    Stmt,
    Store,
    Tuple,
    Var,
    blocks,
    own_atoms,
    walk,
)

COPY = "copy it (u = u.copy())"
SILENT = ("list.append", "list.insert", "assert", "raise", "np.add.at", "Snapshots", "keep_state")


def obstacle(
    program: Program, result: Atom, generators: frozenset[str]
) -> tuple[Span | None, str, str] | None:
    """What stands against a second call: where, what, and what to write instead; None if nothing does.

    `generators` are the parameters that are random generators.
    """
    aliases = Aliases(program)
    storage = Storage(program, aliases)
    for stmt in walk(program.body):
        found = _effect(stmt, generators)
        own = not blocks(stmt) and not _draws(stmt, generators)  # what stands in a block is looked at itself
        own = own and not (isinstance(stmt, Let) and _makes_exception(stmt.call))
        if found is None and own and aliases.world in aliases.written(stmt):
            found = "writes what is outside of it", "return it, and write it in the caller"
        if found is not None:
            return getattr(stmt, "span", None), *found
    written = _written(program, aliases, storage)
    for param in program.params:
        if param in written and param not in generators:
            what = f"writes into its argument {program.hints.get(param, param)!r}"
            reached = aliases.reach(Var(param))
            write = next((s for s in walk(program.body) if aliases.written(s) & reached), None)
            return getattr(write, "span", None), what, "copy it first, or return a new array"
    if aliases.world in aliases.reach(result):
        return None, "returns an array from outside of it", "return a copy of it"
    return None


def _written(program: Program, aliases: Aliases, storage: Storage) -> frozenset[str]:
    written = storage.mutable | storage.written_lists.keys()
    return frozenset(p for p in program.params if aliases.reach(Var(p)) & written)


def written_parameters(program: Program, result: Atom, places: Sequence[int]) -> frozenset[str]:
    """The parameters that a function writes into, or will when it is called again.

    `places` are the parts of the result that it writes into then.
    """
    aliases = Aliases(program)
    later = frozenset[int]().union(*(aliases.reach(result.items[i]) for i in places))  # type: ignore[union-attr]
    found = frozenset(p for p in program.params if aliases.reach(Var(p)) & later)
    return found | _written(program, aliases, Storage(program, aliases))


def mixed_results(
    program: Program, result: Atom, places: Sequence[int], names: Sequence[str]
) -> tuple[Span | None, str, str] | None:
    """Results whose storage the next call of a function would write, and that do not own it; None if all do.

    `result` is a tuple with a name for each part, `places` are those that the function writes into: of these
    it copies what it is given, so that none may be a part of another, or of what it is given uncopied.
    """
    assert isinstance(result, Tuple)
    aliases = Aliases(program)
    outside = frozenset({aliases.world}).union(*(aliases.reach(Var(p)) for p in program.params))
    reached = [aliases.reach(item) for item in result.items]
    for i in places:
        if reached[i] & outside:
            return None, f"binds {names[i]!r}, which it writes into, to an array from outside", COPY
        if reached[i] & aliases.layout:
            what = f"writes into {names[i]!r}, of which a call decides by the order in memory whether to copy"
            return None, what, "write into the array itself"
        other = next((j for j in range(len(names)) if j != i and reached[i] & reached[j]), None)
        if other is not None:
            return None, f"makes {names[i]!r} and {names[other]!r} share what it writes into", COPY
    return None


def returns_argument(program: Program, result: Atom) -> bool:
    """Whether the result may share storage with an argument."""
    aliases = Aliases(program)
    inside = {c for p in program.params for c in aliases.reach(Var(p))}
    return bool(aliases.reach(result) & inside)


def shared_operands(stmt: Stmt) -> tuple[Atom, ...]:
    """What the result may be itself: a checkpointed loop's first state, arguments under checkpoint."""
    callee = stmt.call.args[0] if isinstance(stmt, Let) and stmt.call.fun == "user" else None
    if not isinstance(callee, Ref) or not isinstance(stmt, Let):
        return ()
    if callee.obj.trips:
        ends = dict(stmt.call.kwargs)["ends"]
        assert isinstance(ends, Tuple)
        kept = [i for i, n in enumerate(callee.obj.trips) if n not in callee.obj.writes]
        return (*[stmt.call.args[2 + i] for i in kept], *[ends.items[i] for i in kept])
    if not callee.obj.loose:
        return ()
    given = zip(callee.obj.arguments, stmt.call.args[1:], strict=True)
    return tuple([atom for name, atom in given if name not in callee.obj.generators])


def _draws(stmt: Stmt, generators: frozenset[str]) -> bool:
    """Whether a statement is a method call of a random generator that is an argument."""
    if not isinstance(stmt, Let | Do):
        return False
    call: Call = stmt.call
    first = call.args[0] if call.args else None
    method = call.fun == "call" and call.form.startswith(".")
    return method and isinstance(first, Var) and first.name in generators


def _effect(stmt: Stmt, generators: frozenset[str]) -> tuple[str, str] | None:
    if isinstance(stmt, Store):
        if isinstance(stmt.base, Ref):
            return f"writes {stmt.base.text}, which is outside of it", "pass it as an argument"
        return None
    if not isinstance(stmt, Let | Do) or _draws(stmt, generators):
        return None
    call = stmt.call
    if call.fun in PURE or call.fun in SILENT or call.fun in ("list.pop", "user"):
        return None
    if _makes_exception(call):
        return None
    if call.fun == "print":
        return "prints, and would do so twice", "print in the caller"
    if is_opaque(call):
        callee = call.args[0] if call.args else None
        name = call.form or (callee.text if isinstance(callee, Ref) else call.fun)
        return f"calls {name}, which cannot be seen and would run twice", "call it in the caller"
    if effect_of(call).impure and not effect_of(call).written:
        name = call.form or call.fun
        return f"calls {name}, which would not give the same again", "pass a random Generator as an argument"
    return None


def _makes_exception(call: Call) -> bool:
    """Whether a call makes what `raise` raises, by a class whose objects are made without code of its own."""
    cls = getattr(call.args[0], "obj", None) if call.fun == "call" and call.args else None
    if not isinstance(cls, type) or not issubclass(cls, BaseException):
        return False
    return not isinstance(cls.__init__, FunctionType) and not isinstance(cls.__new__, FunctionType)


def written_behind(program: Program, aliases: Aliases) -> tuple[Stmt, str] | None:
    """A write, behind a checkpointed loop or call, into what it gives or was given, and what that is.

    What it gives may be what it was given: a program that writes into one of them may write into the other,
    which counts as another array. Writes before it are no harm, nor those of a loop's own body, unless what
    they change has another name.
    """
    what = "what a checkpointed loop or call gives, or was given, is written behind it"
    for call in walk(program.body):
        if isinstance(call, Let) and call.call.fun == "user" and _shares_written(program, aliases, call):
            return call, "what a checkpointed loop writes into is read under another name, in it or behind it"
        operands = shared_operands(call)
        if not operands or not isinstance(call, Let):
            continue
        held: set[int] = set(aliases.reach(Var(call.name)))
        for atom in operands:
            held |= aliases.reach(atom)
        if aliases.world in held:
            return call, what
        for stmt in _behind(program.body, call):
            if aliases.written(stmt) & held:
                return stmt if getattr(stmt, "span", None) else call, what
    return None


def _shares_written(program: Program, aliases: Aliases, call: Let) -> bool:
    """Whether what a checkpointed loop writes into is seen under another name, in it or behind it."""
    callee = call.call.args[0].obj  # type: ignore[union-attr]
    if not callee.trips:
        return False
    operands = dict(zip((*callee.trips, *_others(callee)), call.call.args[2:], strict=True))
    for name in callee.writes:
        held = aliases.reach(operands[name])
        if aliases.world in held or any(held & aliases.reach(a) for n, a in operands.items() if n != name):
            return True
        if name not in callee.rebound:
            continue
        for stmt in _behind(program.body, call):
            own = isinstance(stmt, Let) and stmt.call.fun == "copy" and stmt.call.args[0] == operands[name]
            if stmt is not call and not own and (aliases.written(stmt) | aliases.observed(stmt)) & held:
                return True
    return False


def _others(callee: Any) -> list[str]:
    """What the body of a checkpointed loop reads besides the trip and the state."""
    return [n for n in list(callee.arguments)[1:] if n not in callee.trips]


def _behind(block: Block, loop: Stmt) -> list[Stmt]:
    """The statements that may run after a loop, its own body excepted."""
    for i, stmt in enumerate(block):
        if stmt is loop:
            return list(walk(block[i + 1 :]))
        inner = next((b for b in blocks(stmt) if loop in list(walk(b))), None)
        if inner is None:
            continue
        after = list(walk(block[i + 1 :]))
        if isinstance(stmt, If):
            return [*_behind(inner, loop), *after]
        own = _body_of(inner, loop) if isinstance(loop, Let) and dict(loop.call.kwargs).get("ends") else []
        return [*(s for b in blocks(stmt) for s in walk(b) if s not in own), *after]
    return []


def _body_of(block: Block, loop: Stmt) -> list[Stmt]:
    """The statements of the loop that a call stands for: the last loop before it."""
    for i, stmt in enumerate(block):
        if stmt is loop:
            last = next((s for s in reversed(block[:i]) if isinstance(s, For)), None)
            return [] if last is None else list(walk((last,)))
        found = [o for b in blocks(stmt) for o in _body_of(b, loop)]
        if found:
            return found
    return []


def reads_outside(callee: Any) -> bool:
    """Whether a function under checkpoint reads data that are no arguments: globals, attributes."""
    lowered = callee.lowered
    if lowered is None or not callee.again:
        return False
    kinds = lowered.program.kinds
    drawn = {lowered.arguments[n] for n in callee.generators}
    if any(kinds[p].cat == "object" and p not in drawn for p in lowered.program.params):
        return True
    atoms = [a for s in walk(lowered.program.body) for a in own_atoms(s) if isinstance(a, Ref)]
    static = (type, ModuleType, np.dtype, str, bool, type(None), type(callee))  # callees are asked themselves
    return any(not isinstance(a.obj, static) and not callable(a.obj) for a in atoms)


__all__ = [
    "mixed_results",
    "obstacle",
    "reads_outside",
    "returns_argument",
    "shared_operands",
    "written_behind",
    "written_parameters",
]
