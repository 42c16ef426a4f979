"""Which rules a call of the tables names, and which of their arguments it gives.

    given("np.sum(m, axis=1)")       {("np.sum", "a"), ("np.sum", "axis")}
    given("x.sum(where=b)")          {("np.sum", "a"), ("np.sum", "where")}
    given("np.add.reduce(x)")        {("np.sum", "a")}
"""

from __future__ import annotations

import ast
import math
import types
import warnings
from typing import Any

import numpy as np
from call_cases import ARGUMENTS

from s2sad.frontend.ufuncs import METHODS
from s2sad.rules import registry
from s2sad.rules.keywords import parameters
from s2sad.rules.registry import RULES
from support import clone


def names_in(line: str) -> dict[str, Any]:
    """What the names in a call stand for, after its statements have run."""
    space: dict[str, Any] = {"np": np, "math": math, **clone(dict(ARGUMENTS))}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(line, space)
        except (ArithmeticError, LookupError, TypeError, ValueError):  # calls that NumPy raises for are cases, too
            pass
    return space


def rule_name(called: Any) -> tuple[str, int]:
    """The rule of a live callable ("" if there is none), and how many of its arguments the callable holds itself."""
    owner = getattr(called, "__self__", None)
    if isinstance(owner, np.ufunc):
        own = f"np.{owner.__name__}.{called.__name__}"
        name = METHODS.get((called.__name__, owner), own)
        return (name if name in RULES else "", 0)
    if isinstance(owner, np.ndarray | np.generic) and isinstance(called, types.BuiltinMethodType):
        method = getattr(np.ndarray, called.__name__)
        return (registry.canonical(method) or f"np.{called.__name__}", 1)
    return (registry.canonical(called) or "", 0)


def given(line: str) -> set[tuple[str, str]]:
    """The rules that a line calls, each with the names of the arguments that are given."""
    found: set[tuple[str, str]] = set()
    space = names_in(line)
    for node in ast.walk(ast.parse(line)):
        if not isinstance(node, ast.Call):
            continue
        try:
            called = eval(compile(ast.Expression(node.func), "<line>", "eval"), space)
        except (AttributeError, LookupError, NameError, TypeError, ValueError):
            continue
        name, held = rule_name(called) if callable(called) else ("", 0)
        if name not in RULES:
            continue
        own = list(RULES[name].signature)
        places = [n for n in own if not n.startswith("*")] if not own or not own[0].startswith("*") else []
        found |= {(name, n) for n in places[: held + len(node.args)]}
        real = list(parameters(name))
        for keyword in node.keywords:
            other = real.index(keyword.arg) if keyword.arg in real and keyword.arg not in own else -1
            found.add((name, own[other] if 0 <= other < len(own) else str(keyword.arg)))
        found.add((name, ""))
    return found
