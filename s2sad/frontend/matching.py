"""Lowering of `match`: the if statements that it stands for, pattern by pattern.

match n:                      if n == 0: y = x
    case 0: y = x             elif n == 1 or n == 2: y = 2*x
    case 1 | 2: y = 2*x       else: k = n; y = k*x
    case k: y = k*x

What is known of the subject (the length of a tuple, the class of an object that is made here, the keys of a
dict) is decided here, and a case that cannot match leaves no trace. Names are bound when the whole pattern
matches, before its guard is asked.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from s2sad.frontend import links
from s2sad.frontend.functions import CLASSES
from s2sad.frontend.operators import live_object
from s2sad.frontend.standins import real
from s2sad.frontend.state import Group, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Slice

Bindings = dict[str, Value]
NEVER, ALWAYS = Const(False), Const(True)
PLAIN = (
    bool,
    bytearray,
    bytes,
    dict,
    float,
    frozenset,
    int,
    list,
    set,
    str,
    tuple,
)  # `float(x)` binds the float


class Matching(State):
    """The part of lowering that reads match statements."""

    def _match(self, stmt: ast.Match) -> None:
        self._cases(self.settled(self.operand(stmt.subject), stmt), stmt.cases, stmt)

    def _cases(self, subject: Value, cases: list[ast.match_case], stmt: ast.Match) -> None:
        for k, case in enumerate(cases):
            bound: Bindings = {}
            test = self._pattern(case.pattern, subject, bound)
            known = self.static_truth(test)
            if known is False:
                continue

            def guarded(case: ast.match_case = case, k: int = k, bound: Bindings = bound) -> None:
                for name, found in bound.items():
                    value: Value = found
                    if isinstance(found, _Part):
                        value = self.settled(self.getitem(found.base, found.index, stmt), stmt)
                    self.assign(ast.copy_location(ast.Name(name, ast.Store()), case.pattern), value, stmt)
                if case.guard is None:
                    self.statements(case.body)
                    return
                guard = self.operand(case.guard)
                decided = self.static_truth(guard)
                if decided is None:
                    self.branch(
                        self.truth(guard, case.guard),
                        lambda: self.statements(case.body),
                        lambda: self._cases(subject, cases[k + 1 :], stmt),
                        case.pattern,
                    )
                elif decided:
                    self.statements(case.body)
                else:
                    self._cases(subject, cases[k + 1 :], stmt)

            if known:
                guarded()
            else:
                self.branch(
                    self.truth(test, case.pattern),
                    guarded,
                    lambda k=k: self._cases(subject, cases[k + 1 :], stmt),  # type: ignore[misc]  # its own k
                    case.pattern,
                )
            return

    def _both(self, tests: list[Value], node: ast.AST) -> Value:
        """All of the conditions, none of which can raise."""
        found: Value = ALWAYS
        for test in tests:
            known = self.static_truth(test)
            if known is False:
                return NEVER
            if known is None:
                first = found
                found = test if found == ALWAYS else self._joined_test(first, test, True, node)
        return found

    def _joined_test(self, one: Value, two: Value, both: bool, node: ast.AST) -> Value:
        if both:
            return self.choose(one, lambda: two, lambda: one, node)
        return self.choose(one, lambda: one, lambda: two, node)

    def _pattern(self, pattern: ast.pattern, subject: Value, bound: Bindings) -> Value:
        """Whether a pattern matches; adds the names that it binds."""
        if isinstance(pattern, ast.MatchValue):
            value = self.operand(pattern.value)
            one, two = self.kind(subject), self.kind(value)
            if (one.is_scalar and two.cat == "str") or (one.cat == "str" and two.is_scalar):
                return NEVER  # a number is no text
            return self.compare("eq", subject, value, pattern)
        if isinstance(pattern, ast.MatchSingleton):
            return self.compare("is", subject, Const(pattern.value), pattern)
        if isinstance(pattern, ast.MatchAs):
            test = ALWAYS if pattern.pattern is None else self._pattern(pattern.pattern, subject, bound)
            if pattern.name is not None:
                bound[pattern.name] = subject
            return test
        if isinstance(pattern, ast.MatchOr):
            return self._alternatives(pattern, subject, bound)
        if isinstance(pattern, ast.MatchSequence):
            return self._sequence(pattern, subject, bound)
        if isinstance(pattern, ast.MatchClass):
            return self._of_class(pattern, subject, bound)
        if isinstance(pattern, ast.MatchMapping):
            return self._mapping(pattern, subject, bound)
        self.refuse(pattern, "this pattern is not supported", "write if and elif")

    def _alternatives(self, pattern: ast.MatchOr, subject: Value, bound: Bindings) -> Value:
        found: Value = NEVER
        ways: list[tuple[Value, Bindings]] = []
        for part in pattern.patterns:
            mine: Bindings = {}
            test = self._pattern(part, subject, mine)
            known = self.static_truth(test)
            if known is False:
                continue
            ways.append((test, mine))
            found = test if found == NEVER else self._joined_test(found, test, False, pattern)
            if known:
                found = test if len(ways) == 1 else ALWAYS
                break
        for name in ways[0][1] if ways else ():
            bound[name] = self._first_that_fits(ways, name, pattern)
        return found

    def _first_that_fits(
        self, ways: list[tuple[Value, Bindings]], name: str, pattern: ast.MatchOr
    ) -> Value:
        """What a name is bound to by the first alternative that matches."""
        (test, mine), rest = ways[0], ways[1:]
        if not rest:
            return mine[name]
        if any(isinstance(way[name], _Part) for _, way in ways):
            self.refuse(pattern, "alternatives bind names to elements of a list", "write a case for each")
        return self.choose(
            test, lambda: mine[name], lambda: self._first_that_fits(rest, name, pattern), pattern
        )

    # ------------------------------------------------------------------------------------------- sequences

    def _sequence(self, pattern: ast.MatchSequence, subject: Value, bound: Bindings) -> Value:
        kind = self.kind(subject)
        parts = pattern.patterns
        stars = [i for i, p in enumerate(parts) if isinstance(p, ast.MatchStar)]
        count = len(parts) - len(stars)
        if links.arity(self, subject):
            links.refuse(self, pattern, "a tuple that holds others like it is matched", "write if and elif")
        if isinstance(subject, Const) or kind.cat not in ("list", "tuple", "object"):
            return NEVER  # arrays, too, are no sequences for a match statement
        if _is_other(self.class_of(subject), Sequence):
            return NEVER
        if kind.cat == "object" or (kind.cat == "tuple" and kind.items is None):
            self.refuse(
                pattern, "the subject of this pattern is not known before the call", "write if and elif"
            )
        if isinstance(subject, Ref) or isinstance(subject, Group) or kind.cat == "tuple":
            items = self.unpack(subject, None, pattern)
            if len(items) < count or (not stars and len(items) > count):
                return NEVER
            at = stars[0] if stars else len(parts)
            behind = len(parts) - at - 1 if stars else 0
            middle = items[at : len(items) - behind]
            tests = [self._pattern(p, v, bound) for p, v in zip(parts[:at], items[:at], strict=True)]
            if stars:
                self._star(parts[at], Group("list", middle), bound)
                last = items[len(items) - behind :] if behind else []
                tests += [self._pattern(p, v, bound) for p, v in zip(parts[at + 1 :], last, strict=True)]
            return self._both(tests, pattern)
        return self._list_pattern(pattern, subject, stars, count, bound)

    def _star(self, pattern: ast.pattern, value: Value, bound: Bindings) -> None:
        assert isinstance(pattern, ast.MatchStar)
        if pattern.name is not None:
            bound[pattern.name] = value

    def _list_pattern(
        self, pattern: ast.MatchSequence, subject: Value, stars: list[int], count: int, bound: Bindings
    ) -> Value:
        """A list whose length is known at run time: its parts must bind names or match always."""
        length = self.emit(Call("len", (self.atom(subject),)), K.INT, pattern)
        fits = self.compare("ge" if stars else "eq", length, Const(count), pattern)
        at = stars[0] if stars else len(pattern.patterns)
        behind = len(pattern.patterns) - at - 1
        for i, part in enumerate(pattern.patterns):
            if (
                not isinstance(part, ast.MatchAs | ast.MatchStar)
                or getattr(part, "pattern", None) is not None
            ):
                fits = self._compared_item(part, subject, i if i < at else i - len(pattern.patterns), fits)
                continue
            if part.name is None:
                continue
            place: Value = Const(i if i < at else i - len(pattern.patterns))
            if isinstance(part, ast.MatchStar):
                place = Slice(Const(at), Const(-behind) if behind else Const(None), Const(None))
            bound[part.name] = _Part(subject, place)  # type: ignore[assignment]  # taken where it is bound
        return fits

    def _compared_item(self, part: ast.pattern, subject: Value, place: int, fits: Value) -> Value:
        """Whether a list that is long enough has an item that matches; the pattern binds nothing."""

        def matches() -> Value:
            mine: Bindings = {}
            test = self._pattern(part, self.getitem(subject, Const(place), part), mine)
            if mine:
                self.refuse(
                    part, "a part of a list's element is bound by a pattern", "use a tuple, or if and elif"
                )
            return test

        return self.choose(fits, matches, lambda: NEVER, part)

    # --------------------------------------------------------------------------------- classes and mappings

    def _of_class(self, pattern: ast.MatchClass, subject: Value, bound: Bindings) -> Value:
        cls_ref = self.operand(pattern.cls)
        cls = cls_ref.obj if isinstance(cls_ref, Ref) else None
        if not isinstance(cls, type):
            self.refuse(pattern, "the class of this pattern is not known", "name the class")
        mine = self._class_of(subject)
        if mine is None:
            self.refuse(pattern, "the class of the subject is not known before the call", "use isinstance")
        if not issubclass(mine, cls):
            return NEVER
        tests: list[Value] = []
        if pattern.patterns and cls in PLAIN:
            tests.append(self._pattern(pattern.patterns[0], subject, bound))
        elif pattern.patterns:
            names = getattr(cls, "__match_args__", ())
            if len(names) < len(pattern.patterns):
                self.refuse(
                    pattern, f"{cls.__name__} has no {len(pattern.patterns)} positional parts", "name them"
                )
            for name, part in zip(names, pattern.patterns, strict=False):
                tests.append(self._pattern(part, self.attribute(subject, name, pattern), bound))
        for name, part in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            tests.append(self._pattern(part, self.attribute(subject, name, pattern), bound))
        return self._both(tests, pattern)

    def _class_of(self, subject: Value) -> type | None:
        known = self.class_of(subject)
        if known is not None:
            return known
        obj = live_object(self, subject)
        if obj is not None:
            return type(obj)
        kind = self.kind(subject)
        if kind.cat == "npscalar" and kind.dtype not in ("float", "int", "complex"):
            return np.dtype(kind.dtype).type
        return CLASSES.get(kind.cat) if not kind.dtype or kind.is_number else None

    def _mapping(self, pattern: ast.MatchMapping, subject: Value, bound: Bindings) -> Value:
        kind, cls = self.kind(subject), self.class_of(subject)
        links.refuse_rows(self, [subject], pattern)
        if _is_other(cls, Mapping):
            return NEVER
        table = cls is not None and (real(cls) is dict or bool(getattr(cls, "s2sad_keys", ())))
        if kind.cat == "object" or table:
            self.refuse(
                pattern, "the subject of this pattern is not known before the call", "write if and elif"
            )
        if kind.cat != "dict" or kind.dtype:
            return NEVER  # a dataclass argument is no mapping
        keys: list[Any] = []
        for node in pattern.keys:
            key = self.operand(node)
            if not isinstance(key, Const | Ref):
                self.refuse(node, "the key of this pattern is not known", "use literal keys")
            keys.append(key.value if isinstance(key, Const) else key.obj)
        known = self.unpack_keys(subject)
        if any(k not in known for k in keys):
            return NEVER
        tests = [
            self._pattern(part, self.getitem(subject, Const(key), pattern), bound)
            for key, part in zip(keys, pattern.patterns, strict=True)
        ]
        if pattern.rest is not None:
            others = [k for k in known if k not in keys]
            bound[pattern.rest] = Group(
                "dict", [self.getitem(subject, Const(k), pattern) for k in others], others
            )
        return self._both(tests, pattern)


class _Part:
    """An element of a list that is read later."""

    def __init__(self, base: Value, index: Value) -> None:
        self.base = base
        self.index = index


def _is_other(cls: type | None, wanted: type) -> bool:
    """Whether the objects of a class are known to be no sequences, or no mappings."""
    numbered = getattr(cls, "s2sad_keys", ()) or getattr(cls, "s2sad_real", None)
    return cls is not None and real(cls) is None and not numbered and not issubclass(cls, wanted)


__all__ = ["Matching"]
