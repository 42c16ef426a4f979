"""Which statements may raise what a try statement catches, and which write.

Accepts statements that have been lowered, and the classes of the except clauses. An exception of a class
of the user's comes from a `raise`, or out of code of the user's that is not seen here: never from
arithmetic, nor from functions of NumPy. Others may come from all but arithmetic of numbers.

    try:                                 t.1 = sum(x): raises no Large
        t = np.sum(x)                    checked(t): may raise Large
        s = checked(t)
    except Large: ...
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator, Mapping, Sequence

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    LIST_METHODS,
    Atom,
    Call,
    Do,
    For,
    If,
    Let,
    Range,
    Ref,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    blocks,
    call_vars,
    walk,
)
from s2sad.rules import registry

_HELD = frozenset(("tuple", "list", "dict", "list.append"))
_SAFE = _HELD | frozenset("add sub mul neg pos lt le gt ge eq ne is isnot not".split())
_ASKED = _HELD | {"is", "isnot", "isinstance", "caught"}
_LIBRARIES = sys.stdlib_module_names | {"numpy", "scipy", "numba", "s2sad"}


def may_raise(
    block: Sequence[Stmt], classes: Sequence[type], kinds: Mapping[str, Kind], sure: Container[Stmt] = ()
) -> bool:
    """Whether one of the statements, but those in `sure`, may raise an instance of one of the classes."""
    own = all(map(is_own, classes))
    made: dict[str, type] = {}
    for stmt in _escaping(block, classes):
        if isinstance(stmt, Let) and (cls := _exception(stmt.call)) is not None:
            made[stmt.name] = cls
        elif isinstance(stmt, Do) and stmt.call.fun in ("raise", "assert"):
            error = stmt.call.args[0] if stmt.call.args else None
            raised: type | None = AssertionError if stmt.call.fun == "assert" else None
            if isinstance(error, Var) and raised is None:
                raised = made.get(error.name)
            if raised is None or any(issubclass(raised, c) for c in classes):
                return True
        elif stmt not in sure and _may(stmt, own, kinds):
            return True
    return False


def _escaping(block: Sequence[Stmt], classes: Sequence[type]) -> Iterator[Stmt]:
    """The statements of which an exception may come out, those nested in others too."""
    for stmt in block:
        parts = blocks(stmt)
        if isinstance(stmt, If) and stmt.form == "try":
            atoms = stmt.cond.items if isinstance(stmt.cond, Tuple) else (stmt.cond,)
            caught = tuple(a.obj for a in atoms if isinstance(a, Ref))
            parts = parts[1:] if all(issubclass(c, caught) for c in classes) else parts
        yield stmt
        for part in parts:
            yield from _escaping(part, classes)


def _exception(call: Call) -> type | None:
    """The class of the exception that a call makes."""
    fn = call.args[0] if call.fun == "call" and call.args else None
    found = fn.obj if isinstance(fn, Ref) else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _may(stmt: Stmt, own: bool, kinds: Mapping[str, Kind]) -> bool:
    if isinstance(stmt, Let | Do):
        call = stmt.call
        return _calls(call, kinds) if own else not _is_plain(call, kinds)
    if isinstance(stmt, If):
        if stmt.form == "with":
            return True
        return isinstance(stmt.cond, Var) and not stmt.form and not _is_number(stmt.cond.name, kinds)
    if isinstance(stmt, For):
        return not isinstance(stmt.space, Range) and not own
    if isinstance(stmt, While):
        return isinstance(stmt.cond, Var) and not _is_number(stmt.cond.name, kinds)
    return not (own and isinstance(stmt, Store))


def _calls(call: Call, kinds: Mapping[str, Kind]) -> bool:
    """Whether a call may execute code of the user's that is not seen."""
    if call.fun in ("call", "user") or call.fun.startswith(registry.USER):
        return True
    return call.fun not in _ASKED and any(kinds[n].cat == "object" for n in call_vars(call))


def _is_plain(call: Call, kinds: Mapping[str, Kind]) -> bool:
    """Whether a call is arithmetic of numbers, or puts values into containers."""
    if call.fun not in _SAFE:
        return False
    return call.fun in _HELD or all(_is_number(n, kinds) for n in call_vars(call))


def _is_number(name: str, kinds: Mapping[str, Kind]) -> bool:
    return kinds[name].is_scalar


def is_own(cls: type) -> bool:
    """Whether only code of the user's raises a class, or a visible assert statement."""
    return cls is AssertionError or cls.__module__.partition(".")[0] not in _LIBRARIES


def written(stmt: Stmt) -> Atom | None:
    """What a statement writes into; outside lists are histories, which the program never reads."""
    if isinstance(stmt, Store):
        return stmt.base
    if isinstance(stmt, Let | Do) and stmt.call.fun in (*LIST_METHODS, "np.add.at"):
        return None if isinstance(stmt.call.args[0], Ref) else stmt.call.args[0]
    return None


def whole(block: Sequence[Stmt]) -> Iterator[Stmt]:
    """Statements of one operation of a container behind its first write, where it raises nothing more."""
    begun = False
    for stmt in block:
        if begun:
            yield from walk((stmt,))
        elif any(written(s) is not None for s in walk((stmt,))):
            begun = True
            yield from (s for s in walk((stmt,)) if s is not stmt)
            if isinstance(stmt, For):
                yield stmt


def is_append(stmt: Stmt) -> bool:
    """Whether a statement appends to a list, which raises nothing."""
    return isinstance(stmt, Do) and stmt.call.fun == "list.append"


def only_appends(stmt: Stmt) -> bool:
    """Whether a loop does nothing but append the items of a list: `xs.extend(ys)`, which raises nothing."""
    if not isinstance(stmt, For) or stmt.carried or stmt.stop is not None:
        return False
    return all(is_append(s) or (isinstance(s, Let) and s.call.fun == "getitem") for s in stmt.body)


__all__ = ["is_append", "is_own", "may_raise", "only_appends", "whole", "written"]
