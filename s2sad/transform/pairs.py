"""Pairs of functions, forward and backward, that callees become which are kept as functions.

    power(x, n - 1)      Pair(callee, ("x",), ..., power_fwd, power_bwd); their texts are written later

A pair is made once for each callee and set of active parameters, and remembered before its body is written.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from s2sad.ir.nodes import Program


class Token:
    """Stands for a generated function until its text is written."""

    def __init__(self, name: str) -> None:
        self.name = name


class MustInline(Exception):
    """A callee that has to be inlined after all: its pair could not be right in this place."""

    def __init__(self, callee: Any) -> None:
        super().__init__(callee.name)
        self.code = callee.fun.__code__


@dataclass(slots=True)
class Pair:
    """The two functions of a callee for a set of active parameters.

    lent   parameters whose arrays the caller may write to later: what is kept of them is copied
    given  whether it may write to the results later
    """

    callee: Any
    active: tuple[str, ...]
    lent: frozenset[str]
    given: bool
    fwd: Token
    bwd: Token


@dataclass(slots=True)
class Pairs:
    """All pairs that one module text needs; `share` optimises both sweeps of one before they are parted.

    `taken` are the names that the pairs' own begin with, and that of the main pair.
    """

    share: Callable[[Program], Program] = lambda program: program
    made: dict[Any, Pair] = field(default_factory=dict)
    waiting: list[Pair] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def of(self, callee: Any, active: tuple[str, ...], lent: frozenset[str], given: bool) -> Pair:
        """The pair of a callee, asked for if it is new."""
        key = callee, active, lent, given
        if key not in self.made:
            name = numbered(callee.name, self.taken)
            self.made[key] = Pair(callee, active, lent, given, Token(f"{name}_fwd"), Token(f"{name}_bwd"))
            self.waiting.append(self.made[key])
        return self.made[key]


def numbered(name: str, taken: set[str]) -> str:
    """The name with a number if it is taken; it is from now on."""
    found = next(n for k in itertools.count(1) if (n := name if k == 1 else f"{name}_{k}") not in taken)
    taken.add(found)
    return found


__all__ = ["MustInline", "Pair", "Pairs", "Token", "numbered"]
