"""Cotangents of what np.where, a mask, np.triu or np.nan_to_num did not take: they stay 0 where a formula
gives nan.

    y = np.sqrt(x)                          y_bar = np.where(x > 0, 1.0, 0.0)
    y += 1.0                                x_bar = where_used(0.5*y_bar/t, y_bar)
    z = np.sum(np.where(x > 0, y, 0.0))

    n = np.sqrt(s)                          n_bar is 0 where the path taken does not use n, and so is s_bar
    y = x if n == 0 else x/n

Accepts cotangents under a mask (`bars.Mask`), which goes with them from operation to operation. Where it
is lost, because the cotangent is added to a shadow, meets that of another path, or goes round a loop, it is
known again by the zeros: guarantees a mask at every elementwise definition that may be singular. What is not
nan stays there, since a cotangent is 0 at stationary points too, and its own derivative is not.
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.nodes import Atom, Call, Carry, Const, Let, List, Store, Tuple, Var
from s2sad.rules import registry
from s2sad.transform.bars import Bars
from s2sad.transform.cotangents import Bar, Mask
from s2sad.transform.poles import may_be_singular

TAME = frozenset(("pos", "neg", "add", "sub", "mul", "np.sin", "np.cos", "np.tanh", "np.abs", "abs"))
MOVING = frozenset(
    ("getitem", "copy", "np.reshape", "np.ravel", "np.transpose", "np.squeeze", "np.expand_dims",
     "np.swapaxes", "np.moveaxis", "np.broadcast_to", "np.concatenate", "np.stack", "np.roll", "np.flip",
     "np.take")
)  # fmt: skip
CHOOSING = frozenset(
    ("np.triu", "np.tril", "np.nansum", "np.nanmean", "np.nanprod", "np.nanmax", "np.nanmin",
     "np.compress", "np.ndarray.compress", "np.extract")
)  # fmt: skip
CHAIN = 6  # operations that are looked through for one whose derivative may be infinite


class Selections(Bars):
    """The part of the reverse sweep that deals with lost masks."""

    def is_mask(self, index: Atom) -> bool:
        """Whether an index selects by a boolean array (`reverse`)."""
        raise AssertionError

    def guarded(self, bar: Bar, arg: Atom) -> Bar:
        """A cotangent that comes from a selection, under the mask of where it is not 0.

        Only a value that was computed needs it: its formula may give nan where it is not selected.
        """
        let = self.storage.lets.get(arg.name) if isinstance(arg, Var) else None
        if isinstance(arg, Var) and self.storage.is_mutable(arg.name):
            self.select_from(arg.name)
        if isinstance(arg, Var) and let is not None and let.call.fun in (*MOVING, "np.where"):
            self.select_from(arg.name)
        if (
            let is None
            or self.kind(arg).rank == 0
            or bar.mask is not None
            or bar.uniform
            or not is_chained(let.call)
        ):
            return bar
        return replace(bar, mask=Mask(bar.atom, zeros=bar.atom))

    def guard_written(self, name: str) -> None:
        """Let nothing through the formula that made elements which a mask or nan_to_num overwrote later."""
        bar = self.bars.get(name)
        if bar is None or not self.storage.is_mutable(name):
            return
        stores = self.storage.stores.get(self.storage.aliases.of(name) or -1, [])
        if any(
            isinstance(s, Store) and s.index is not None and not s.op and self._selects(s.index, s.value)
            for s in stores
        ):
            self.bars[name] = self.guarded(bar, Var(name))

    def _selects(self, index: Atom, value: Atom) -> bool:
        """Whether what is stored leaves some elements as they are, or replaces those that are not finite."""
        let = self.storage.lets.get(value.name) if isinstance(value, Var) else None
        return self.is_mask(index) or (let is not None and let.call.fun == "np.nan_to_num")

    def selected_bar(self, stmt: Let, bar: Bar) -> Bar:
        """A cotangent whose mask is known by its zeros alone; what it goes to elementwise has such a one.

        So it is within another selection, whose mask is not that of the inner one.
        """
        if self.may_be_infinite(Var(stmt.name)):
            bar = self.clean(bar)
            if bar.uniform or not is_chained(stmt.call):
                return bar
            return replace(bar, mask=Mask(bar.atom, zeros=bar.atom))
        for arg in stmt.call.args if is_chained(stmt.call) else ():
            if isinstance(arg, Var) and self.active(arg):
                self.select_from(arg.name)
        return bar

    def if_used(self, stmt: Let, text: str, bar: Bar, part: Atom) -> Atom:
        """What a rule's text gives, 0 where the cotangent is 0 since the path taken does not use the value.

        So it is without that path: `n = np.sqrt(x)` and `if n == 0: return 0.0` leave nothing to 0/0.
        """
        used = isinstance(bar.atom, Const) or stmt.name not in self.skipped or bar.mask is not None
        if used or not may_be_singular(text, stmt.call, self.kind):
            return part
        return self.select(Mask(bar.atom, zeros=bar.atom), part)

    def part_used(self, stmt: Let, bar: Bar) -> None:
        """The adjoint of `where_used(part, bar)`: what the part gives is 0 where it is nan and bar is 0."""
        part, zeros, *made = stmt.call.args
        bar, zeros = self.full(bar, stmt.name), self.value(zeros, stmt)
        # nothing goes where the part is not taken: a sum, or what is added on the way, takes the mask off
        call = Call("where_used", (bar.atom, zeros, self.value(made[0] if made else part, stmt)))
        taken = self.let(call, self.kind(bar.atom))
        self.give(part, Bar(taken, bar.uniform, False, Mask(zeros, zeros=zeros)))

    def select_moved(self, call: Call) -> None:
        """Note that what is only moved, `np.sqrt(x)[:, None]`, or of which a triangle or what a condition
        says is taken, has zeros where it is not selected."""
        first = call.args[0]
        if call.fun in ("np.compress", "np.extract"):  # whose first argument is the condition
            first = call.args[1] if len(call.args) > 1 else dict(call.kwargs).get("a", first)
        for atom in first.items if isinstance(first, Tuple | List) else (first,):
            if isinstance(atom, Var) and self.active(atom):
                self.select_from(atom.name)

    def may_be_infinite(self, atom: Atom, depth: int = CHAIN) -> bool:
        """Whether a value, or a derivative by which it is made of others, may be nan or infinite."""
        let = self.storage.lets.get(atom.name) if isinstance(atom, Var) else None
        if let is None or not depth:
            return False
        if let.call.fun in ("getitem", "list.pop") and self.kind(let.call.args[0]).cat == "list":
            return self.program.again  # a tape holds what another loop has computed
        if let.call.fun == "np.where":
            return any(self.may_be_infinite(a, depth - 1) for a in let.call.args[1:])
        if not is_chained(let.call):
            return False
        return let.call.fun not in TAME or any(self.may_be_infinite(a, depth - 1) for a in let.call.args)

    def selected_from(self, name: str) -> bool:
        """Whether the cotangent of a value has zeros where a selection did not take it."""
        mutable = self.selected and self.storage.is_mutable(name)
        return (self.storage.aliases.of(name) if mutable else self.canonical(name)) in self.selected

    def select_round(self, c: Carry, name: str) -> None:
        """Where the cotangent of what goes round has zeros of a selection, those before and behind have."""
        if c.name in self.skipped or name in self.skipped:
            self.skipped.update(a.name for a in (Var(c.name), c.init, c.next) if isinstance(a, Var))
        if self.selected and self.selected_from(name):
            for atom in (Var(c.name), c.init, c.next):
                if isinstance(atom, Var):
                    self.select_from(atom.name)


def chooses(call: Call) -> bool:
    """Whether a function takes some elements of its array only."""
    return call.fun in CHOOSING or (bool(call.kwargs) and any(n == "where" for n, _ in call.kwargs))


def is_chained(call: Call) -> bool:
    """Whether a value is computed elementwise, so that its formula may give nan where it is not selected."""
    return call.fun in registry.RULES and registry.RULES[call.fun].form == "elementwise"


__all__ = ["Selections", "chooses", "is_chained"]
