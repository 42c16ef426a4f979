"""Which lists may be one and the same, while a program is read, so that their kinds grow together.

    m = [[], []]            the lists in m are one class
    m[i % 2].append(x)      m[i % 2] grows by an array, hence so does the kind of m: a list of lists of arrays
    b = a if p else c       a, b and c are one class: `b.append(x)` lets a hold arrays too

Takes the statements as they are emitted (`made`), and the names that meet behind a branch or round a loop
(`meet`); `grow` tells which names take part. Unification as in `analysis.effects`, on lists alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Var

Change = Callable[[Kind], Kind]
CONTAINERS = ("list", "tuple", "dict")


class Heap:
    """The classes of lists, and what they contain; of tuples and dicts each part has a class of its own."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds = kinds
        self.summed: set[int] = set()  # calls of sum() that have met a list into which nothing was put
        self._parent: dict[str, str] = {}
        # for each representative and place (None in lists) a name in the class of what is there
        self._inside: dict[str, dict[int | None, str]] = {}
        self._members: dict[str, list[str]] = {}
        self._holders: dict[str, list[tuple[str, int | None]]] | None = None  # until a class changes

    # ---- what the program does

    def made(self, name: str, call: Call) -> None:
        """Note the definition of a name that may be a list, or hold lists."""
        if self.kinds[name].cat not in CONTAINERS or not call.args:
            return
        first = call.args[0]
        if call.fun in ("getitem", "list.pop") and isinstance(first, Var):
            if self.kinds[first.name].cat in CONTAINERS:
                for place in self._places(first.name, call.args[1] if len(call.args) > 1 else None):
                    self.join(name, self._item(first.name, place))
        elif call.fun in ("list", "tuple", "dict") and not call.form:
            for i, arg in enumerate(call.args):
                self.hold(name, arg, None if self.kinds[name].cat == "list" else i)
        else:  # a copy, a concatenation, whatever keeps items
            for arg in call.args:
                if isinstance(arg, Var) and self.kinds[arg.name].cat in CONTAINERS:
                    for place in self._places(arg.name, None):
                        mine = place if self.kinds[name].cat == self.kinds[arg.name].cat else None
                        self.join(self._item(name, mine), self._item(arg.name, place))

    def _places(self, xs: str, index: Atom | None) -> list[int | None]:
        """The places in a container that an index may mean."""
        kind = self.kinds[xs]
        if kind.cat == "list" or kind.items is None:
            return [None]
        known = index.value if isinstance(index, Const) else None
        if kind.cat == "dict" and known in kind.keys:
            return [kind.keys.index(known)]
        if kind.cat == "tuple" and type(known) is int and -len(kind.items) <= known < len(kind.items):
            return [known % len(kind.items)]
        return list(range(len(kind.items)))

    def hold(self, xs: str, item: Atom, place: int | None = None) -> None:
        """Note that a container keeps a value."""
        if isinstance(item, Var) and self.kinds[item.name].cat in CONTAINERS:
            self.join(self._item(xs, place), item.name)

    def iterated(self, target: str, xs: Atom) -> None:
        """Note that a loop's variable runs over the items of a container."""
        if isinstance(xs, Var) and self.kinds[target].cat in CONTAINERS:
            for place in self._places(xs.name, None):
                self.join(target, self._item(xs.name, place))

    def meet(self, name: str, value: object) -> None:
        """Note that a name stands for a value that comes from a branch or from the trip before."""
        if isinstance(value, Var) and self.kinds[name].cat in CONTAINERS:
            if self.kinds[value.name].cat in CONTAINERS:
                self.join(name, value.name)

    def join(self, a: str, b: str) -> None:
        """Let two names stand for the same lists."""
        a, b = self._find(a), self._find(b)
        if a == b:
            return
        self._holders = None
        self._parent[b] = a
        self._members[a] += self._members.pop(b)
        for place, inner in self._inside.pop(b, {}).items():
            a = self._find(a)
            mine = self._inside.setdefault(a, {})
            if place in mine:
                self.join(mine[place], inner)
            else:
                mine[place] = inner

    def may_be_same(self, a: Atom, b: object) -> bool:
        """Whether two lists may be one."""
        return isinstance(a, Var) and isinstance(b, Var) and self._find(a.name) == self._find(b.name)

    # ---- kinds

    def grow(self, xs: str, change: Change) -> list[str]:
        """Change the kind of a list and of everything that may be it or hold it; the names concerned."""
        found: dict[str, None] = {}
        waiting: list[tuple[str, Change]] = [(self._find(xs), change)]
        seen: set[str] = set()
        while waiting:
            cls, change = waiting.pop()
            if cls in seen:
                continue
            seen.add(cls)
            for name in self._members[cls]:
                kind = self.kinds.get(name)
                if kind is None or kind.cat not in CONTAINERS:
                    continue
                grown = change(kind)
                if grown != kind:
                    self.kinds[name] = grown
                    found[name] = None
            for outer, place in self._held_by().get(cls, ()):
                waiting.append((outer, _inside(change, place)))
        return list(found)

    def _held_by(self) -> dict[str, list[tuple[str, int | None]]]:
        """The classes that hold a class, with the places where they do."""
        if self._holders is None:
            self._holders = {}
            for outer, parts in self._inside.items():
                for place, inner in parts.items():
                    self._holders.setdefault(self._find(inner), []).append((self._find(outer), place))
        return self._holders

    # ---- classes

    def _find(self, name: str) -> str:
        if name not in self._parent:
            self._parent[name] = name
            self._members[name] = [name]
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def _item(self, xs: str, place: int | None = None) -> str:
        """A name in the class of a container's items, or of one of its parts."""
        parts = self._inside.setdefault(self._find(xs), {})
        if place not in parts:
            self._holders = None
            parts[place] = self._find(f"{self._find(xs)}[{'' if place is None else place}]")
        return parts[place]


def _inside(change: Change, place: int | None) -> Change:
    """A change of the lists in a container, or of one part of it, as a change of the container."""

    def outer(kind: Kind) -> Kind:
        if kind.items is None:
            return kind
        items = tuple(
            change(item) if item.cat in CONTAINERS and place in (None, i) else item
            for i, item in enumerate(kind.items)
        )
        return kind if items == kind.items else replace(kind, items=items)

    return outer
