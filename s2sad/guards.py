"""Guards: one test that every name which a text relies on still means what it meant.

    guard([Dependency(lambda: table.get("helper"), helper, "helper")])()        True until helper is redefined

The tests are compiled to one expression, whose text has numbered names only; what they stand for is in its
namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from s2sad.frontend.dependencies import Dependency

# what reading a name that is gone may raise
BROKEN = (AttributeError, KeyError, IndexError, ValueError, TypeError)


def tests(dependencies: Sequence[Dependency]) -> tuple[str, dict[str, Any]]:
    """An expression that is true while every name means what it meant, and the namespace of it."""
    space: dict[str, Any] = {}
    parts = []
    for i, d in enumerate(dependencies):
        space[f"o{i}"] = d.obj
        if isinstance(d, OwnCode):
            space[f"r{i}"] = d.function
            parts.append(f"r{i}.__code__ is o{i}")
        else:
            space[f"r{i}"] = d.read
            parts.append(f"r{i}() == o{i}" if d.same else f"r{i}() is o{i}")
    return " and ".join(parts) or "True", space


class OwnCode(Dependency):
    """The dependency on a function's code, which is swapped in place when modules are reloaded."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionType, code: object) -> None:
        super().__init__(lambda: function.__code__, code, "__code__")
        self.function = function


def guard(dependencies: Sequence[Dependency]) -> Callable[[], bool]:
    """One function that says whether every name still means what it meant."""
    text, space = tests(dependencies)
    space["BROKEN"] = BROKEN
    exec(f"def guard():\n try:\n  return bool({text})\n except BROKEN:\n  return False", space)
    made: Callable[[], bool] = space["guard"]
    return made
