"""Calls that tell someone outside something that the program never reads: loggers, exceptions, histories.

    log.info("loss %g", loss)       raise ValueError(f"x = {x}")       history.update(loss=loss)

Accepts any call of a lowered program; an active value may enter these, and carries nothing back: where what
they return, or what is read of a history, is differentiated, that is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from s2sad.analysis.outside import held_by, is_given, is_told
from s2sad.errors import Span, refuse
from s2sad.ir.nodes import Atom, Call, Let, Program, Ref, Var, walk
from s2sad.ir.rewrite import Edit, in_statement, resolved

NOT_KNOWN = (
    "what an active value is read from here is not known before the call",
    "read it by a literal key, or from a list",
)
COMES_BACK = "what has been put outside comes back here", "use the value itself, or read it after the call"
FROM_TEXT = (
    "what is read here from a text that was made of an active value has lost its derivative",
    "use the value itself; where a constant is meant, make the text of s2sad.stop_gradient(x)",
)


def comes_back(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether what a call gives is, or may hold, what has been told to someone outside."""
    if call.fun == "plain":
        of = lets.get(call.args[0].name) if isinstance(call.args[0], Var) else None
        return of is not None and comes_back(of.call, lets)
    found = call.fun in ("held", "caught") or held_by(call, lets, False) is not None
    return found or is_told(call, lets) or is_given(call, lets)


def of_history(stmt: Let, lets: Mapping[str, Let]) -> tuple[str, str]:
    """What is said of a derivative that goes through what has been told to someone outside; what to do."""
    call = stmt.call
    if call.fun == "plain":
        return of_history(lets[call.args[0].name], lets)  # type: ignore[union-attr]
    let = stmt if call.fun in ("held", "caught") else held_by(call, lets, False)
    if let is not None and let.call.fun != "held":
        what = "what an exception carries is read here, and may have a derivative"
        return what, "keep it under a name, or let an exception of your own carry it out of a plain call"
    made = None if let is None else let.call.args[0]
    if not isinstance(made, Ref):
        return COMES_BACK
    what = type(made.obj).__name__ if type(made.obj) in (list, dict) else "object"
    done, given = ("appended to", "appended") if what == "list" else ("changed", "kept")
    said = f"the outside {what} {made.text} is read here and {done}"
    return said, f"return what is {given}, or read the {what} after the call"


def of_outside(program: Program) -> Program:
    """A program that names what is outside itself; refuses tangents of what comes back from there.

    Tangents of numbers that are read from texts of active values are refused as well.
    """
    by: dict[str, Atom] = {}
    for stmt in walk(program.body):
        if isinstance(stmt, Let) and stmt.call.fun == "no_tangent":
            said = FROM_TEXT if stmt.call.args else COMES_BACK
            refuse(stmt.span or Span("<unknown>", 1, 0, 1, 0), *said)
        if isinstance(stmt, Let) and stmt.call.fun == "held":
            by[stmt.name] = stmt.call.args[0]
    edit, final = Edit(program), resolved(by)
    drop = frozenset(by)
    return edit.finish(
        edit.block(
            program.body,
            lambda s: () if isinstance(s, Let) and s.name in drop else (in_statement(s, final),),
        )
    )
