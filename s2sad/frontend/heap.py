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
from s2sad.ir.nodes import Atom, Call, Var

Change = Callable[[Kind], Kind]
CONTAINERS = ("list", "tuple", "dict")


class Heap:
    """The classes of lists, and what they contain."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds = kinds
        self._parent: dict[str, str] = {}
        self._inside: dict[str, str] = {}  # representative of a class -> a name in the class of its items
        self._members: dict[str, list[str]] = {}

    # ---- what the program does

    def made(self, name: str, call: Call) -> None:
        """Note the definition of a name that may be a list, or hold lists."""
        if self.kinds[name].cat not in CONTAINERS or not call.args:
            return
        first = call.args[0]
        if call.fun in ("getitem", "list.pop") and isinstance(first, Var):
            if self.kinds[first.name].cat in CONTAINERS:
                self.join(name, self._item(first.name))
        elif call.fun in ("list", "tuple", "dict") and not call.form:
            for arg in call.args:
                self.hold(name, arg)
        else:  # a copy, a concatenation, whatever keeps items
            for arg in call.args:
                if isinstance(arg, Var) and self.kinds[arg.name].cat in CONTAINERS:
                    self.join(self._item(name), self._item(arg.name))

    def hold(self, xs: str, item: Atom) -> None:
        """Note that a container keeps a value."""
        if isinstance(item, Var) and self.kinds[item.name].cat in CONTAINERS:
            self.join(self._item(xs), item.name)

    def iterated(self, target: str, xs: Atom) -> None:
        """Note that a loop's variable runs over the items of a container."""
        if isinstance(xs, Var) and self.kinds[target].cat in CONTAINERS:
            self.join(target, self._item(xs.name))

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
        self._parent[b] = a
        self._members[a] += self._members.pop(b)
        inner = self._inside.pop(b, None)
        if inner is None:
            return
        if a in self._inside:
            self.join(self._inside[a], inner)
        else:
            self._inside[a] = inner

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
            for outer, inner in list(self._inside.items()):
                if self._find(inner) == cls:
                    waiting.append((self._find(outer), _inside(change)))
        return list(found)

    # ---- classes

    def _find(self, name: str) -> str:
        if name not in self._parent:
            self._parent[name] = name
            self._members[name] = [name]
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def _item(self, xs: str) -> str:
        """A name in the class of a container's items."""
        cls = self._find(xs)
        if cls not in self._inside:
            self._inside[cls] = self._find(f"{cls}[]")
        return self._inside[cls]


def _inside(change: Change) -> Change:
    """A change of the lists in a container, as a change of the container."""

    def outer(kind: Kind) -> Kind:
        if kind.items is None:
            return kind
        items = tuple(change(i) if i.cat in CONTAINERS else i for i in kind.items)
        return kind if items == kind.items else replace(kind, items=items)

    return outer
