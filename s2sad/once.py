"""What is to happen once however often a derivative calls its function: effects outside, random draws.

    def f(x, rng): return np.sum(x*rng.normal())          the statement that draws
    def f(x): print(x); return x*x                        none: that it prints for each column is no harm
"""

from __future__ import annotations

import warnings

from s2sad import runtime
from s2sad.analysis.primitives import STANDING, has_effect
from s2sad.ir.nodes import Block, Call, Do, Let, Ref, walk
from s2sad.memo import Made

SILENT = frozenset(("print", "assert", "raise"))
SHOWN = (warnings.catch_warnings, warnings.simplefilter, warnings.filterwarnings)


def effect_of(made: Made) -> Let | Do | None:
    """A statement of the function that has an effect outside, or draws random numbers."""
    return _effect_in(made.derived.lowered.program.body, set())


def _effect_in(body: Block, seen: set[int]) -> Let | Do | None:
    """The same of a block; `seen` are the functions that have been looked into, by id."""
    for stmt in walk(body):
        if not isinstance(stmt, Let | Do) or stmt.call.fun in SILENT or _makes_exception(stmt.call):
            continue
        if stmt.call.fun == "user":
            callee = stmt.call.args[0].obj  # type: ignore[union-attr]
            inner = None
            if id(callee) not in seen and callee.lowered is not None:
                seen.add(id(callee))
                inner = _effect_in(callee.lowered.program.body, seen)
            if inner is not None or callee.generators:
                return stmt
            continue
        grows = stmt.call.fun.startswith("list.") and isinstance(stmt.call.args[0], Ref)
        if grows or stmt.call.fun in STANDING or (has_effect(stmt.call) and not _is_harmless(stmt.call)):
            return stmt
    return None


def _is_harmless(call: Call) -> bool:
    """Whether a call only says which warnings are shown while a block runs."""
    made = call.args[0] if call.fun == "call" and call.args else None
    return isinstance(made, Ref) and made.obj in SHOWN


def _makes_exception(call: Call) -> bool:
    """Whether a call makes what `raise` raises, or asks which exception was caught."""
    made = call.args[0] if call.fun == "call" and call.args else None
    if isinstance(made, Ref) and (made.obj is isinstance or made.obj is runtime.HELPERS["wrong_length"]):
        return True
    return isinstance(made, Ref) and isinstance(made.obj, type) and issubclass(made.obj, BaseException)


__all__ = ["effect_of"]
