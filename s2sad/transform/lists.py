"""The adjoints of what lists are made of, get and lose.

    xs.append(v)      v_bar += xs_bar.pop(), or xs_bar[i] of a list that every trip of a loop appends to
    v = xs.pop()      xs_bar.append(v_bar)
    xs = [a, b]       a_bar += xs_bar[0]; b_bar += xs_bar[1]

Accepts statements on lists whose cotangents are lists; guarantees that these are as long as the lists were at
the same place of the program.
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Do, Let, Var
from s2sad.transform.bars import ARRAYS
from s2sad.transform.cotangents import Bar
from s2sad.transform.views import Views


class Lists(Views):
    """The part of the reverse sweep that deals with lists."""

    popped: dict[str, str]  # lists by the cotangents that are taken off the end of theirs

    def append_adjoint(self, stmt: Do) -> None:
        """The adjoint of `xs.append(value)` and of `xs.insert(at, value)`, whose place is not negative."""
        xs, *at, value = stmt.call.args
        if not isinstance(xs, Var) or xs.name not in self.varied:
            return
        if xs.name in self.mixed:
            places = tuple(self.value(i, stmt) for i in at)
            item = self.let(Call("list.pop", (self.list_bar(xs.name), *places)), K.npscalar())
            self.give_number(value, item)
            return
        if self.is_found(value):
            return
        bars = self.list_bar(xs.name)
        kind = self.kind(value) if isinstance(value, Var) else K.FLOAT
        call = Call("list.pop", (bars, *(self.value(i, stmt) for i in at)))
        item = self.let(call, kind, self.bar_hint(value.name) if isinstance(value, Var) else "")
        if not at and isinstance(item, Var):
            self.popped[item.name] = xs.name
        if kind.cat in ("tuple", "dict", "list"):
            self.give_item(value, item)
        else:
            if isinstance(value, Var):
                self.skipped.add(value.name)  # nobody may have read the element
            if kind.optional and kind.cat not in ARRAYS:  # None where nobody has added to it, or it is None
                whole = self._taken_out(value)
                item = self.let(Call("add_lists", (item, whole)), replace(kind, optional=False))
            shared = self.kind(bars) if self.kind(bars).items else self.kinds[xs.name]
            self.give(value, Bar(self.own_part(item, kind, shared), owned=kind.cat in ARRAYS))

    def _taken_out(self, value: Atom) -> Atom:
        """What has been added so far to the cotangent of a value that may be None, and so may that."""
        if not isinstance(value, Var) or self.storage.is_mutable(value.name):
            return Const(0.0)
        bar = self.bars.pop(self.canonical(value.name), None)
        return Const(0.0) if bar is None else self.full(bar, value.name).atom

    def pop_adjoint(self, stmt: Let, bar: Bar | None) -> None:
        xs = stmt.call.args[0]
        if not isinstance(xs, Var) or xs.name not in self.varied or self.is_found(Var(stmt.name)):
            return
        bars = self.list_bar(xs.name)
        item = (self.zero(stmt.name) if bar is None else self.full(bar, stmt.name)).atom
        if self.kinds[stmt.name].cat == "object":  # a 0.0 would not tell the shape of the item, as sum() asks
            zeros = self.let(Call("zeros_list", (self.like(stmt.name),)), K.OBJECT)
            item = zeros if bar is None else self.let(Call("add_lists", (zeros, item)), K.OBJECT)
        self.put_back(stmt, bars, item)

    def put_back_nothing(self, stmt: Let) -> None:
        """An array has been taken out of a list whose numbers stand in a list: there it has a place, too."""
        xs = stmt.call.args[0] if stmt.call.fun == "list.pop" else None
        if isinstance(xs, Var) and xs.name in self.mixed:
            self.put_back(stmt, self.list_bar(xs.name), Const(0.0))

    def put_back(self, stmt: Let, bars: Atom, item: Atom) -> None:
        """The cotangent of what `xs.pop()` or `xs.pop(at)` took out."""
        at = tuple(self.value(i, stmt) for i in stmt.call.args[1:])
        fun = "list.insert" if at else "list.append"
        self.do(Call(fun, (bars, *at, item)))

    def list_adjoint(self, stmt: Let, bar: Bar) -> None:
        """A list display, or a list made of a list or an array."""
        if stmt.call.form:
            source = stmt.call.args[0]
            if self.kind(source).cat == "list" and isinstance(source, Var):
                if self.by_address(source.name):
                    return  # both hold the same arrays or lists
                if self.is_found(source):
                    self.give(source, bar)
                else:
                    self.add(self.canonical(source.name), Bar(bar.atom, owned=True))
            else:
                self.give(
                    source,
                    Bar(
                        self.let(
                            Call("np.array", (bar.atom,)),
                            K.Kind("array", self.kind(source).dtype, self.kind(source).shape),
                        ),
                        owned=True,
                    ),
                )
            return
        for i, item in enumerate(stmt.call.args):
            if stmt.name in self.mixed:
                self.give_number(item, self.let(Call("getitem", (bar.atom, Const(i))), K.npscalar()))
            elif self.active(item) and not self.is_found(item):
                self.give_item(item, self.item_of(bar.atom, i, self.kind(item), self.kinds[stmt.name]))


__all__ = ["Lists"]
