"""What functions and generators hold, where a branch made it.

A function made in a branch may hold what the branch defines: as a default, as an argument given before
(functools.partial), or under the names of the function that made it. Accepts the values of names behind the
branch; guarantees that what they hold is defined there, by an `Out` for each.

    if n > 1:                          If(n.2 gt 1: k.3 = sin(a.1))   outs: k.4 = k.3 or nothing
        g = scaled(np.sin(a))      =>  g holds k.4
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from s2sad.frontend.trees import walk
from s2sad.frontend.values import (
    CALLABLE,
    Choice,
    Closure,
    Generator,
    Group,
    Method,
    Part,
    Scope,
    Value,
    same_value,
)
from s2sad.ir.nodes import Atom, Const, Var

Change = Callable[[Value], Value]


class Held:
    """Applies a change to all that callables hold; the names of `active` scopes change by themselves."""

    def __init__(self, change: Change, active: list[Scope]) -> None:
        self.change = change
        self.active = {id(scope) for scope in active}
        self.scopes: dict[int, Scope] = {}

    def value(self, value: Value) -> Value:
        """A value in which everything has been changed; itself where nothing had to be."""
        if isinstance(value, Group):
            items = self.all(value.items)
            return value if items is value.items else replace(value, items=items)
        if isinstance(value, Generator | Part):
            args, words = self.all(value.args), self.all(list(value.kwargs.values()))
            fn = self.value(value.fn)
            if args is value.args and fn is value.fn and words == list(value.kwargs.values()):
                return value
            named = dict(zip(value.kwargs, words, strict=True))
            return replace(value, fn=cast(Any, fn), args=args, kwargs=named)
        if isinstance(value, Method):
            fn, owner = self.value(value.fn), self.value(value.self)
            return value if fn is value.fn and owner is value.self else replace(value, fn=fn, self=owner)
        if isinstance(value, Choice):
            items, index = self.all(value.items), self.change(value.index)
            if items is value.items and index is value.index:
                return value
            return replace(value, index=cast(Atom, index), items=items)
        if isinstance(value, Closure):
            return self.closure(value)
        return self.change(value)

    def all(self, values: list[Value]) -> list[Value]:
        new = [self.value(v) for v in values]
        return values if all(a is b for a, b in zip(new, values, strict=True)) else new

    def closure(self, value: Closure) -> Closure:
        scope, defaults = self.scope(value.scope), self.all(value.defaults)
        words = self.all(list(value.kwdefaults.values()))
        named = dict(zip(value.kwdefaults, words, strict=True))
        if scope is value.scope and defaults is value.defaults and named == value.kwdefaults:
            return value
        return Closure(value.node, scope, defaults, named)

    def scope(self, scope: Scope) -> Scope:
        """The names of a function that has returned."""
        if id(scope) in self.active:
            return scope
        if id(scope) not in self.scopes:
            self.scopes[id(scope)] = scope  # functions may hold their own scope
            env = {name: self.value(value) for name, value in scope.env.items()}
            parent = None if scope.parent is None else self.scope(scope.parent)
            same = parent is scope.parent and all(env[n] is v for n, v in scope.env.items())
            if not same:
                scope.env = env
                scope.parent = parent
        return self.scopes[id(scope)]


def parts_of(value: Value, active: list[Scope]) -> list[tuple[str, Value]]:
    """What a function holds, by name: defaults, arguments given before, names of the function around it.

    The names of `active` scopes, which have not returned, change by themselves.
    """
    if isinstance(value, Part):
        return [("", v) for v in (*value.args, *value.kwargs.values())]
    if isinstance(value, Method):
        return [("", value.self)]
    if not isinstance(value, Closure):
        return []
    held = [("", v) for v in (*value.defaults, *value.kwdefaults.values())]
    return [*held, *((name, value.scope.env[name]) for name in _names_held(value, active))]


def with_parts(value: Value, parts: list[Value], active: list[Scope]) -> Value:
    """The same function with other `parts_of` it."""
    if isinstance(value, Part):
        count = len(value.args)
        return replace(value, args=parts[:count], kwargs=dict(zip(value.kwargs, parts[count:], strict=True)))
    if isinstance(value, Method):
        return replace(value, self=parts[0])
    assert isinstance(value, Closure)
    count, names = len(value.defaults), _names_held(value, active)
    here = len(parts) - len(names)
    named = dict(zip(value.kwdefaults, parts[count:here], strict=True))
    scope = value.scope
    if names:
        scope = replace(scope, env={**scope.env, **dict(zip(names, parts[here:], strict=True))})
    return Closure(value.node, scope, parts[:count], named)


def of_one_text(a: Value, b: Value, active: list[Scope]) -> bool:
    """Whether two functions are made by the same text, and differ in their parts alone."""
    if isinstance(a, Closure) and isinstance(b, Closure):
        if a.node is not b.node or len(a.defaults) != len(b.defaults) or [*a.kwdefaults] != [*b.kwdefaults]:
            return False
        if a.scope is not b.scope:
            if a.scope.parent is not b.scope.parent or a.scope.boxed or b.scope.boxed:
                return False
        return _names_held(a, active) == _names_held(b, active)
    if isinstance(a, Part) and isinstance(b, Part):
        return same_value(a.fn, b.fn) and len(a.args) == len(b.args) and [*a.kwargs] == [*b.kwargs]
    return isinstance(a, Method) and isinstance(b, Method) and a.cls is b.cls and same_value(a.fn, b.fn)


def joined_function(
    then: Value, orelse: Value, active: list[Scope], join: Callable[[str, Value, Value], Value]
) -> Value | None:
    """One function for two that the same text makes, of numbers and arrays; `join` joins these by name."""
    if not of_one_text(then, orelse, active) or same_value(then, orelse):
        return None
    pairs = list(zip(parts_of(then, active), parts_of(orelse, active), strict=True))
    if not all(isinstance(v, Var | Const) for pair in pairs for _, v in pair):
        return None
    parts = [a if a == b else join(name, a, b) for (name, a), (_, b) in pairs]
    return with_parts(then, parts, active)


def _names_held(value: Closure, active: list[Scope]) -> list[str]:
    """Names of the function that made a closure which this reads, if it has returned."""
    scope = value.scope
    if any(scope is s for s in active):
        return []
    own = {a.arg for a in walk([value.node]) if isinstance(a, ast.arg)}
    names = {n.id for n in walk([value.node]) if isinstance(n, ast.Name)} - own
    return sorted(n for n in names if n in scope.env and n != getattr(value.node, "name", ""))


def holds_any(values: list[Value]) -> bool:
    """Whether there is a callable among values that holds something."""
    return any(
        isinstance(v, CALLABLE) or (isinstance(v, Group) and holds_any(v.items)) for v in values
    )


__all__ = ["Held", "holds_any", "joined_function", "of_one_text", "parts_of", "with_parts"]
