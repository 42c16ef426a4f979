"""Outside arrays that are written and have no other name in the program: their shadows have names, too.

    mean = norm.mean                  mean_bar = np.zeros_like(mean)
    mean *= 0.9                       mean_bar *= 0.9

Accepts a lowered program. Where something else may name such an array, an element of an outside list, or what
an attribute holds, its shadow is found by its address; so it is where code is called that cannot be seen.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Container
from dataclasses import replace
from types import FunctionType, ModuleType

import numpy as np

from s2sad.analysis.outside import numbers
from s2sad.analysis.primitives import is_opaque
from s2sad.frontend.histories import CHANGING
from s2sad.frontend.lower import Lowered
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Do, Let, Program, Ref, Stmt, Var, walk

PLAIN = (FunctionType, ModuleType, type, np.ndarray, np.ufunc, np.dtype, np.generic, int, float)


def named(lowered: Lowered) -> None:
    """Say of these arrays that they have no other name, if that is so; in place."""
    program = lowered.program
    outside = numbers(walk(program.body))
    calls = [s for s in walk(program.body) if isinstance(s, Let | Do)]
    if lowered.alone and all(_is_apart(program, s, outside) for s in calls):
        program.body = tuple(map(_alone, program.body))


def _alone(stmt: Stmt) -> Stmt:
    if not isinstance(stmt, Let) or stmt.call.fun != "found":
        return stmt
    return replace(stmt, call=replace(stmt.call, fun="standing"))


def _is_apart(program: Program, stmt: Let | Do, outside: Container[str]) -> bool:
    """Whether a call certainly gives no outside array a name, and runs no code that may write one."""
    call = stmt.call
    if call.fun in ("found", "held"):
        return True
    fn = call.args[0].obj if call.fun == "call" and isinstance(call.args[0], Ref) else None
    if isinstance(stmt, Do) and fn in (setattr, operator.setitem):
        return True
    kind = program.kinds[stmt.name] if isinstance(stmt, Let) else K.NONE
    told = call.fun == "call" and call.form in CHANGING and kind == K.OBJECT
    if fn in (getattr, dict.__getitem__):
        return kind.cat != "object" and not (isinstance(call.args[1], Var) and call.args[1].name in outside)
    if is_opaque(call) and not told:
        return False
    if kind.is_scalar or kind.cat in ("int", "bool", "str", "none") or told:
        return True
    return not any(map(functools.partial(_may_hold, program, outside), call.args))


def _may_hold(program: Program, outside: Container[str], atom: Atom) -> bool:
    """Whether an operand is something from outside that may hold arrays."""
    if isinstance(atom, Var):
        return atom.name in outside or program.kinds[atom.name].cat == "object"
    return isinstance(atom, Ref) and not isinstance(atom.obj, PLAIN)


__all__ = ["named"]
