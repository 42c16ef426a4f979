"""Which shadows are found at run time, by the addresses of arrays and the identities of lists.

    rows = [[x], [z]]; rows[0][0] *= 2       the shadow of x is that of whatever rows[0][0] is
    d = {"a": [x]}; d["a"][0] *= 2           and so where a dict or a tuple holds the list

Accepts any name, and the paths by which `bars` knows the parts of tuples and dicts.
"""

from __future__ import annotations

from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Do, Let, Var
from s2sad.transform.bars import ARRAYS, Bars


class Addresses(Bars):
    """The part of the reverse sweep that asks where shadows are found."""

    current: Let | None  # the definition whose adjoint is written

    def by_address(self, name: str) -> bool:
        """Whether shadows are found by address: of an array, or of the arrays or lists in a list."""
        if name in self.mixed:
            return False  # their numbers stand in a list
        kind = self.kinds[name]
        if kind.cat != "list":
            return self.storage.in_table(name)
        cls = self.class_of(name)
        while kind.cat == "list" and cls is not None:
            if kind.items and kind.items[0].is_scalar:
                return False  # its class may hold other lists too, as those of the shadows do
            cls = self.storage.aliases.elements(cls)
            if cls in self.storage.list_table and kind.items and kind.items[0].cat in (*ARRAYS, "object"):
                self._refuse_unlike()
            if cls in self.storage.table or cls in self.storage.list_table:
                return True
            kind = kind.items[0] if kind.items else K.FLOAT
        return False

    def _refuse_unlike(self) -> None:
        """Refuse lists with shadows on one path, and arrays on another: nobody would ask for theirs."""
        assert self.current is not None
        what = "what a list holds is a list that grows or is written on one path, and no list on another"
        self.refuse_at(self.current, what, "use a name for each")

    def class_of(self, name: str) -> int | None:
        """The storage class of a value, or of a part of a tuple or dict."""
        if name not in self.paths:
            return self.storage.aliases.of(name)
        around = self.class_of(self.paths[name][0])
        return None if around is None else self.storage.aliases.elements(around)

    def add_by_address(self, xs: Var, held: Atom, made: Atom) -> None:
        """Add to the shadows of the arrays or lists in a list: `held` is what it held when it was read."""
        depth = self._depth_of_lists(xs.name)
        call = Call("accumulate_shadows", (self.shadow_table(), held, made))
        if depth:
            call = Call("accumulate_lists", (self.shadow_table(), held, made, Const(depth)))
        self.block.append(Do(call, None, True))

    def _depth_of_lists(self, name: str) -> int:
        """How deep in a list the lists are whose shadows hold more than numbers; 0 where there are none."""
        aliases, cls = self.storage.aliases, self.storage.aliases.of(name)
        depth, seen = 0, set[int]()
        while cls is not None and cls not in seen:
            seen.add(cls)
            inner, depth = aliases.elements(cls), depth + 1
            if inner in self.storage.list_table:
                below = None if inner is None else aliases.elements(inner)
                if below not in self.storage.table and below not in self.storage.list_table:
                    kinds = [self.kinds[n] for n in aliases.members(inner) if self.kinds[n].cat == "list"]
                    plain = all(k.items is None or k.items[0].is_scalar for k in kinds)
                    return 0 if plain else depth
            cls = inner
        return 0

    def part_in_table(self, path: str) -> bool:
        """Whether the shadow of a part of a tuple or dict, or of an array in it, is found at run time."""
        cls, aliases = self.class_of(path), self.storage.aliases
        if self.kinds[path].cat in ARRAYS:
            return cls in self.storage.table
        while cls is not None:
            if cls in self.storage.table:
                return True
            inner = aliases.elements(cls)
            cls = inner if inner != cls else None
        return False


__all__ = ["Addresses"]
