"""Lists that change their length under a loop over them, whose trips were counted before the first one.

Accepts a lowered program, in which a loop over a list is one over an index; changes nothing. The front end
runs loops that change the list by its own name as Python does (`frontend.cursors`); what is found here has
another name there, or is walked by zip or enumerate.

    for i, y in enumerate(xs):      found: the statement that appends
        ys.append(y)                where ys is xs
"""

from __future__ import annotations

import re

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import is_opaque, kind_of
from s2sad.ir.nodes import (
    LIST_METHODS,
    Atom,
    Call,
    Do,
    For,
    Let,
    Program,
    Range,
    Stmt,
    Var,
    defines,
    inner_names,
    walk,
)

OVER = ("enumerate", "reversed", "zip")  # what runs over other things
_CHANGES = re.compile(r"\.(append|insert|extend|pop|remove|clear)\b|\bdel\b|heap|insort")


def resized(program: Program, aliases: Aliases) -> Stmt | None:
    """A statement that makes a list longer or shorter in a loop over it; None where there is none."""
    lengths: dict[Atom, Let] = {}
    for stmt in walk(program.body):
        if isinstance(stmt, Let) and stmt.call.fun == "len":
            lengths[Var(stmt.name)] = stmt
        if not isinstance(stmt, For) or not isinstance(stmt.space, Range):
            continue
        for bound in (stmt.space.start, stmt.space.stop):
            length = lengths.get(bound)
            if length is not None and kind_of(length.call.args[0], program.kinds).cat == "list":
                found = _resizing(program, stmt, length, aliases)
                if found is not None:
                    return found
    return None


def may_resize(call: Call) -> bool:
    """Whether a call may make a list longer or shorter."""
    return call.fun.startswith("list.") or call.fun == "user" or (is_opaque(call) and call.fun not in OVER)


def _resizing(program: Program, loop: For, length: Let, aliases: Aliases) -> Stmt | None:
    xs = length.call.args[0]
    changing = [
        s
        for s in walk(loop.body)
        if isinstance(s, Let | Do) and s.call.fun in LIST_METHODS and _is_of_the_user(s)
    ]
    if not changing or not isinstance(xs, Var):
        return None
    item = Call("getitem", (xs, Var(loop.target)))
    if not any(isinstance(s, Let) and s.call == item and s.span == length.span for s in loop.body):
        return None  # a loop over range(len(xs))
    held = aliases.of(xs.name)
    found = [s for s in changing if held in aliases.written(s)]
    younger = _made_behind(program, xs.name) if found else ()
    return next((s for s in found if s.call.args[0] not in younger), None)


def _is_of_the_user(stmt: Let | Do) -> bool:
    """Whether the user's text changes a list here: a dict with computed keys keeps lists of them, too.

    Where such a dict becomes larger in a loop over it, Python raises.
    """
    span = stmt.span
    if span is None or span.line != span.end_line:
        return True
    return _CHANGES.search(span.text[span.col : span.end_col]) is not None


def _made_behind(program: Program, name: str) -> set[Atom]:
    """Names of new lists that are made where a name is bound already: they are others than its list."""
    bound = name in program.params
    found: set[Atom] = set()
    for stmt in walk(program.body):
        if bound and isinstance(stmt, Let) and stmt.call.fun == "list":
            found.add(Var(stmt.name))
        bound = bound or name in defines(stmt) or name in inner_names(stmt)
    return found


__all__ = ["OVER", "may_resize", "resized"]
