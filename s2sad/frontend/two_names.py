"""Derivatives that are called inside of a function, with a list, dict or object that has another name there.

    grad(inner)(x, TABLE)         where inner(y, d) writes d["a"] and reads TABLE["a"]: refused
    grad(inner)(x, rows, rows)    where it appends to the one and reads the other: refused

The text of a derivative works on copies of what it is given and writes to. Of calls from outside of a
function `memo` says the same.
"""

from __future__ import annotations

import ast
import collections
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend.dependencies import LEAVES
from s2sad.frontend.values import Group, Local, Value
from s2sad.ir.nodes import Ref, Var

if TYPE_CHECKING:
    from s2sad.frontend.state import State

Token = int | str | tuple[str, int]  # an outside object's identity, a list's name, the number of what is made
PLAIN = (*LEAVES, type, types.ModuleType, types.FunctionType, types.MethodType, types.CodeType, np.generic)
CONTAINERS = (list, tuple, collections.deque)


def check(low: State, name: str, derived: Any, given: Mapping[str, Value], node: ast.AST) -> None:
    """Refuse what is given to a derivative, and written to, if that meets it by another name."""
    kept = bool(derived.lowered.program.kept)
    if not kept and not derived.changes:
        return
    low.mirror.lends = low.mirror.lends or bool(derived.changes)
    found = {n: set(_tokens(low, value)) for n, value in given.items()}
    outside = {id(obj): obj for obj in _within(derived.captured, {})}
    arrays = [obj for obj in outside.values() if isinstance(obj, np.ndarray)]
    for own, tokens in found.items():
        written = own in derived.changes
        others = set[Token]().union(*(found[n] for n in found if n != own)) if written else set[Token]()
        shared = written and any(_share(array, arrays) for array in _arrays(given[own]))
        if not tokens.isdisjoint(others) or ((written or kept) and not tokens.isdisjoint(outside)) or shared:
            what = f"the derivative of {name}() is given {own!r}, which is met by another name, too"
            low.refuse(node, f"{what}, and may be written to", "pass a copy")


def _tokens(low: State, value: Value) -> Iterator[Token]:
    """What stands for the lists, dicts and objects that a value is or holds."""
    if isinstance(value, Local):
        yield "made", value.number
        value = value.group
    if isinstance(value, Group):
        for item in value.items:
            yield from _tokens(low, item)
    elif isinstance(value, Ref):
        yield from (id(obj) for obj in _within([value.obj], {}) if not isinstance(obj, tuple | np.ndarray))
    elif isinstance(value, Var):
        of = low.outside.get(value.name)
        if of is not None:
            yield id(of.holder)
        elif value.name in low.live:
            yield id(low.live[value.name])
        elif low.kind(value).cat in ("list", "dict"):
            yield value.name


def _arrays(value: Value) -> Iterator[np.ndarray]:
    """The outside arrays that a value is or holds."""
    held = value.group if isinstance(value, Local) else value
    if isinstance(held, Group):
        for item in held.items:
            yield from _arrays(item)
    elif isinstance(held, Ref):
        yield from (obj for obj in _within([held.obj], {}) if isinstance(obj, np.ndarray))


def _share(array: np.ndarray, others: Iterable[np.ndarray]) -> bool:
    return any(np.may_share_memory(array, other) for other in others)


def _within(objects: Iterable[Any], seen: dict[int, Any]) -> Iterator[Any]:
    """Containers, arrays and objects, and those in them."""
    for obj in objects:
        if isinstance(obj, PLAIN) or id(obj) in seen:
            continue
        seen[id(obj)] = obj
        yield obj
        if isinstance(obj, dict | types.MappingProxyType | collections.UserDict):
            yield from _within(obj.values(), seen)
        elif isinstance(obj, CONTAINERS):
            yield from _within(obj, seen)
        elif not isinstance(obj, np.ndarray):
            yield from _within(list(getattr(obj, "__dict__", {}).values()), seen)


__all__ = ["check"]
