"""Cotangents of tuples and dicts part by part: of displays, and of what stands in lists.

    p = (a, b)          p[0]'s cotangent goes to a, p[1]'s to b
    (a, b), i = xs[k]   add_to_item(xs_bar, k, ((a_bar, b_bar), 0.0))

Accepts the cotangents of parts, which stand under the paths of `bars.Bars.part`; guarantees one tuple for an
item of a list. Parts whose shadows are found by address are left out of it.
"""

from __future__ import annotations

from typing import Any

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Const, Dict, Let, Tuple, Var
from s2sad.rules.registry import RULES
from s2sad.transform.bars import Bars
from s2sad.transform.cotangents import Bar


class Displays(Bars):
    """The part of the reverse sweep that deals with parts of tuples and dicts."""

    found_parts: dict[str, str] | None = None  # parts of tuples whose shadows are found by address

    def give(self, atom: Atom, bar: Bar) -> None:
        """Add a contribution to whatever the atom denotes (`reverse`)."""
        raise AssertionError

    def parts_bar(self, stmt: Let) -> Bar | None:
        """The cotangents of the parts of a function's tuple as one tuple."""
        base = stmt.call.args[0] if stmt.call.fun in ("getitem", "list.pop") else None
        listed = isinstance(base, Var) and self.kinds[base.name].cat == "list"
        popped, rule = stmt.call.fun == "list.pop", RULES.get(stmt.call.fun)
        partial = rule is not None and rule.partial
        return self._tuple_bar(stmt.name, self.kinds[stmt.name], listed, popped, partial)

    def _tuple_bar(
        self, path: str, kind: Kind, listed: bool, popped: bool, partial: bool = False
    ) -> Bar | None:
        """The cotangents of the parts of a tuple or dict, and of theirs; None if there are none.

        Of an item of a list those are left out whose shadows are found without it. Where `partial` is true
        those that there are not are None.
        """
        bars: list[Bar | None] = []
        found = False
        for place, item in zip(kind.places, kind.items or (), strict=True):
            elsewhere = listed and self._part_in_table(path, place) is not None
            found |= elsewhere
            if item.cat in ("tuple", "dict") and item.items:
                inner = self.part(path, place, item)
                bars.append(self.bars.pop(inner, None) or self._tuple_bar(inner, item, listed, popped))
            else:
                bars.append(None if elsewhere else self.part_bar(path, place, item))
            bars[-1] = Bar(Const(0.0)) if elsewhere else bars[-1]
        if all(b is None or b.atom == Const(0.0) for b in bars) and not (found and popped):
            return None
        paths = [self.part(path, i, item) for i, item in zip(kind.places, kind.items or (), strict=True)]
        absent = (lambda _: Bar(Const(None))) if partial else self.zero
        full = [absent(p) if b is None else self.full(b, p) for p, b in zip(paths, bars, strict=True)]
        items = tuple(b.atom for b in full)
        return Bar(Dict(tuple(map(Const, kind.places)), items) if kind.cat == "dict" else Tuple(items))

    def part_bar(self, name: str, place: Any, kind: Kind) -> Bar | None:
        path = self.part(name, place, kind)
        shadowed = self._part_in_table(name, place)
        return self.bars.pop(path, None) if shadowed is None else Bar(self.shadow(shadowed))

    def _part_in_table(self, path: str, place: Any) -> str | None:
        """The name of a part of a tuple, if its shadow is found by address."""
        if self.found_parts is None:
            self.found_parts = {}
            for let in self.storage.lets.values():
                if let.call.fun == "getitem" and self.storage.in_table(let.name):
                    self.found_parts.setdefault(self.canonical(let.name), let.name)
        return self.found_parts.get(f"{path}[{place!r}]")

    def display(self, stmt: Let) -> None:
        """The adjoint of a display."""
        kind = self.kinds[stmt.name]
        keys = kind.keys if kind.cat == "dict" else range(len(stmt.call.args))
        for key, item in zip(keys, stmt.call.args, strict=True):
            path = self.part(stmt.name, key, self.kind(item))
            self._give_part(item, path)

    def _give_part(self, item: Atom, path: str) -> None:
        """Hand the cotangent of a part on to what the part was made of."""
        bar = self.bars.pop(path, None)
        if bar is not None:
            self.give(item, bar)
        if self.kinds[path].cat in ("tuple", "dict") and isinstance(item, Var):
            self._move_parts(path, self.canonical(item.name))

    def _move_parts(self, path: str, place: str) -> None:
        """Let the cotangents of a container's parts, and of theirs, be those of another's."""
        for inner, (base, key) in list(self.paths.items()):
            if base != path:
                continue
            target = self.part(place, key, self.kinds[inner])
            moved = self.bars.pop(inner, None)
            if moved is not None and self.active(Var(self.root(place))):
                self.add(target, moved)
            if self.kinds[inner].cat in ("tuple", "dict"):
                self._move_parts(inner, target)


__all__ = ["Displays"]
