"""Functions that call themselves: what they write of their arguments, and what shares storage with what.

    def sort(a, lo, hi):                    writes a
        ...
        sort(a, lo, j); sort(a, i, hi)
    def push(xs, v, n):                     writes xs; v is tied to the elements of xs
        xs.append(v)
        return push(xs, v, n - 1) if n else v          and to the result

Accepts a lowered program; guarantees that every `Callee` that it leads to says so: the smallest answer that
agrees with the function's own body, in which its calls of itself do what the answer says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s2sad.analysis.effects import Aliases
from s2sad.ir.nodes import Atom, Let, Program, Ref, Tuple, Var, walk

DEPTH = 4  # of containers in one another
WORLD = "*"

Place = tuple[str, int]  # a parameter, or "" for the result, and how deep in it


def describe(program: Program) -> None:
    """Find what the functions do that a program calls and that call themselves."""
    found = list(_reached(program))
    for callee in found:
        callee.touches, callee.ties = (), ()
    changed = True
    while changed:
        changed = False
        for callee in found:
            writes, ties = _read(callee)
            if (writes, ties) != (callee.touches, callee.ties):
                callee.touches, callee.ties = writes, ties
                changed = True


def _reached(program: Program) -> Iterator[Any]:
    """The functions that a program leads to and of which nothing is known yet."""
    seen: set[int] = set()
    waiting = [program]
    while waiting:
        for stmt in walk(waiting.pop().body):
            callee = stmt.call.args[0] if isinstance(stmt, Let) and stmt.call.fun == "user" else None
            if not isinstance(callee, Ref) or id(callee.obj) in seen:
                continue
            seen.add(id(callee.obj))
            if callee.obj.lowered is not None:
                waiting.append(callee.obj.lowered.program)
            if callee.obj.itself and callee.obj.ties is None:
                yield callee.obj


def _read(callee: Any) -> tuple[tuple[Place, ...], tuple[tuple[Place, Place], ...]]:
    """What a function's body says with what is known of the functions that it calls."""
    program: Program = callee.lowered.program
    aliases = Aliases(program)
    written = frozenset().union(*(aliases.written(stmt) for stmt in program.body))
    places: dict[int, list[Place]] = {aliases.world: [(WORLD, 0)]}
    writes: list[Place] = []
    for name, ssa in callee.lowered.arguments.items():
        if ssa is None:
            continue
        for depth, cls in enumerate(_chain(aliases, Var(ssa))):
            places.setdefault(cls, []).append((name, depth))
            if cls in written:
                writes.append((name, depth))
    for depth, classes in enumerate(_levels(aliases, callee.lowered.result)):
        for cls in classes:
            if ("", depth) not in places.setdefault(cls, []):
                places[cls].append(("", depth))
    ties = tuple((mine[0], other) for mine in places.values() for other in mine[1:])
    return tuple(writes), ties


def _chain(aliases: Aliases, atom: Var) -> Iterator[int]:
    """The class of a name, of what it holds, and so on."""
    cls = aliases.of(atom.name)
    seen: list[int] = []
    while cls is not None and cls not in seen and len(seen) < DEPTH:
        seen.append(cls)
        yield cls
        cls = aliases.elements(cls)


def _levels(aliases: Aliases, atom: Atom) -> list[list[int]]:
    """The classes of a result, by depth."""
    if isinstance(atom, Var):
        return [[cls] for cls in _chain(aliases, atom)]
    levels: list[list[int]] = [[]]
    for item in atom.items if isinstance(atom, Tuple) else ():
        for depth, classes in enumerate(_levels(aliases, item)):
            while len(levels) < depth + 2:
                levels.append([])
            levels[depth + 1] += [c for c in classes if c not in levels[depth + 1]]
    return levels


__all__ = ["WORLD", "Place", "describe"]
