"""Adjoints of writes, and the places of shadows that they work on.

    x[I] = v         t = x_bar[I].copy(); x_bar[I] = 0.0; v_bar += t
    x[I] += v        v_bar += x_bar[I]                    (x_bar[I] stays)
    x[I] *= v        v_bar += old*x_bar[I]; x_bar[I] *= v
    x[I] /= v        x_bar[I] /= v; v_bar -= x_bar[I]*x[I]
    x[I] = x[I] + v  as x[I] += v
    x[J] = v         with an index that may repeat: only the last write to a place has a cotangent,
                     t = np.where(winners(x.shape, J), x_bar[J], 0.0)

Accepts a statement that writes into an array or a list; guarantees that the shadow behind it becomes the
shadow before it. The old contents are a copy that the forward sweep keeps; nothing is ever restored.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from s2sad.analysis.copied import is_ordered
from s2sad.analysis.outside import is_told
from s2sad.analysis.primitives import ARITHMETIC, is_advanced, is_whole
from s2sad.errors import Span, refuse
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Do, If, Let, Slice, Stmt, Store, Tuple, Var
from s2sad.rules import registry
from s2sad.rules.binding import bind
from s2sad.transform.bars import ARRAYS
from s2sad.transform.builder import INSTEAD, MIXED, parse
from s2sad.transform.cotangents import Bar
from s2sad.transform.unsettled import Unsettled


class Stores(Unsettled):
    """The part of the reverse sweep that deals with writes."""

    selecting = False  # whether the array that is written had cotangents of a selection

    # ---- places

    def shadow(self, name: str) -> Var:
        """The shadow of an array or list whose storage is found at run time, or is bound beside it."""
        kind = self.kinds[name]
        if kind.cat == "list":
            return self.let(
                Call("shadow_of", (self.shadow_table(), Var(name))), kind, self.bar_hint(name)
            )
        if self.tracked is not None and self.storage.origin(name) in self.tracked.names:
            return self._tracked_shadow(name)
        return self.let(
            Call("shadow_of", (self.shadow_table(), Var(name))),
            replace(kind, cat="array"),
            self.bar_hint(name),
        )

    def _tracked_shadow(self, name: str) -> Var:
        assert self.tracked is not None
        let = self.storage.view_of(name)
        if let is None:
            return Var(self.tracked.names[name])
        parent = let.call.args[0]
        assert isinstance(parent, Var)
        call = replace(let.call, args=(self._tracked_shadow(parent.name), *let.call.args[1:]))
        return self.let(call, self.kinds[name], self.bar_hint(name))

    def give_shadow(self, name: str, made: Atom) -> None:
        """Add to a shadow that is found by address; one name may stand for real and for complex arrays."""
        if self.kinds[name].optional:  # None has no shadow
            outer, self.block = self.block, []
            self._add_to_shadow(name, made)
            inner, self.block = tuple(self.block), outer
            found = self.let(Call("isnot", (Var(name), Const(None))), K.BOOL)
            self.block.append(If(found, inner, (), (), None, True))
        else:
            self._add_to_shadow(name, made)

    def _add_to_shadow(self, name: str, made: Atom) -> None:
        shadow = self.shadow(name)
        if self.kind(made).sort == "complex" and self.storage.may_be_real(name):
            made = self.let(Call("as_field", (made, shadow)), self.kind(made))
        self.store(shadow, None, made, "add")

    def shadow_table(self) -> Var:
        """The run-time table of shadows."""
        if self.table is None:
            self.table = Var(self.fresh("bars", K.OBJECT))
        return self.table

    def place(self, name: str) -> tuple[Atom, Atom | None]:
        """Where the cotangent of an array in written storage stands: a base and an index."""
        if self.storage.in_table(name):
            return self.shadow(name), None
        let = self.storage.view_of(name)
        if let is None:
            return self.buffer(name), None
        parent = let.call.args[0]
        assert isinstance(parent, Var)
        base, index = self.place(parent.name)
        if index is not None:
            base = self.getitem(base, index)
        if let.call.fun == "getitem":
            index = let.call.args[1]
            return base, None if is_whole(index, self.kind(base)) else index
        if let.call.fun == "getattr":
            assert isinstance(let.call.args[1], Const)
            return self.attribute(base, let.call.args[1].value), None
        made = self.let(replace(let.call, args=(base, *let.call.args[1:])), self.kinds[name])
        return made, None

    def is_absent(self, name: str) -> bool:
        """Whether nothing has been added yet to the shadow of an array."""
        return not self.storage.in_table(name) and self.storage.origin(name) not in self.bars

    def region(self, base: Atom, index: Atom | None) -> Atom:
        """What a place holds now, as a view (or a number)."""
        whole = index is None or (self.kind(base).rank and is_whole(index, self.kind(base)))
        return base if index is None or whole else self.getitem(base, index)

    def taken(self, base: Atom, index: Atom | None) -> Bar:
        """What a place holds now, as a value of its own."""
        region = self.region(base, index)
        if self.kind(region).is_scalar:
            return Bar(region)
        if index is not None and is_advanced(index, self.kinds):
            return Bar(region, owned=True)
        return Bar(self.let(Call("copy", (region,)), self.kind(region)), owned=True)

    # ---- stores

    def store_adjoint(self, stmt: Store) -> None:
        """The adjoint of `x[I] = v` or `x[I] op= v`."""
        base = stmt.base
        if not isinstance(base, Var) or base.name not in self.varied:
            return
        if self.kinds[base.name].cat == "list":
            self._list_store(base, stmt)
            return
        if self.is_absent(base.name):
            return  # in a loop: whether an earlier trip brings the shadow to life is seen on the next try
        place, inner = self.place(base.name)
        index = None if stmt.index is None else self.value(stmt.index, stmt)
        if inner is not None and index is not None:
            place, inner = self.getitem(place, inner), None
        if index is not None and index != Const(Ellipsis) and is_whole(index, self.kind(place)):
            index = None
        target = inner if index is None else index
        op, value = self._augmented(stmt) or (stmt.op, stmt.value)
        self.selecting = self.selected_from(base.name)
        if stmt.index == Const(Ellipsis) and inner is None and op == "":
            target = Const(Ellipsis)
        if op in ("add", "sub"):
            self._add_adjoint(op, value, place, target)
        elif op == "mul":
            self._mul_adjoint(stmt, value, place, target)
        elif op == "truediv" and (target is None or self.distinct(target)):
            self._div_adjoint(stmt, value, place, target)
        elif op:
            self._generic_adjoint(stmt, op, value, place, target)
        else:
            self._check_set(stmt, base)
            self._set_adjoint(value, place, target)

    def _check_set(self, stmt: Store, base: Var) -> None:
        if self.kinds[base.name].dtype == K.MIXED and self.reaches(stmt.value):
            self.refuse_at(stmt, f"an array that {MIXED} is written", INSTEAD)
        if not is_ordered(self.storage, stmt):
            what = "a part of an array is copied into another one of its parts, which it may overlap"
            self.refuse_at(stmt, what, "copy it first (x[:, 0] = x[1].copy()): NumPy reads what it wrote")

    def _won(self, bar: Bar, place: Atom, index: Atom | None) -> Bar:
        """The cotangents of those writes that were last to their places."""
        if index is None or self.distinct(index):
            return bar
        shape = self.attribute(place, "shape")
        mask = self.let(Call("winners", (shape, index)), Kind("array", "bool", self.kind(bar.atom).shape))
        return Bar(self.let(Call("np.where", (mask, bar.atom, Const(0.0))), self.kind(bar.atom)), owned=True)

    def _set_adjoint(self, value: Atom, place: Atom, index: Atom | None) -> None:
        active = self.reaches(value)
        taken = self._won(self.taken(place, index), place, index) if active else None
        self.store(place, Const(Ellipsis) if index is None else index, Const(0.0))
        if taken is not None:
            self._give_stored(value, taken, self.kind(taken.atom))

    def _give_stored(self, value: Atom, bar: Bar, kind: Kind) -> None:
        """Give what is written its cotangent, and no more than 0 where it is not selected."""
        made = self.fit(bar, value, kind)
        if self.selecting and self.may_be_infinite(value):
            made = self.guarded(made, value)
        self.give(value, made)

    def _tamed(self, place: Atom, index: Atom | None, factor: Atom, unit: float) -> Atom:
        """What a cotangent is multiplied or divided by, without what stands where it is not selected."""
        if not self.selecting or isinstance(factor, Const):
            return factor
        region = self.region(place, index)
        some = self.let(Call("ne", (region, Const(0.0))), Kind("array", "bool", self.kind(region).shape))
        return self.let(Call("np.where", (some, factor, Const(unit))), self.kind(region))

    def _add_adjoint(self, op: str, value: Atom, place: Atom, index: Atom | None) -> None:
        if not self.reaches(value):
            return
        bar = self._won(self.taken(place, index), place, index)
        if op == "sub":
            made = self.neg(bar.atom)
            bar = Bar(made, owned=self.owns(made))
        self._give_stored(value, bar, self.kind(bar.atom))

    def _mul_adjoint(self, stmt: Store, value: Atom, place: Atom, index: Atom | None) -> None:
        factor = self._tamed(place, index, self.value(value, stmt), 0.0)
        if self.reaches(value):
            old = self._tamed(place, index, self.old(stmt), 0.0)
            region = self._won(Bar(self.region(place, index)), place, index).atom
            product = self.binary("mul", self.conj_of(old), region)
            if self._apart(value, stmt.base):
                self._give_stored(value, Bar(product, owned=True), self.kind(region))
                self.store(place, index, self.conj_of(factor), "mul")
            else:  # v is a part of x: what it gets must not be scaled
                self.store(place, index, self.conj_of(factor), "mul")
                self._give_stored(value, Bar(product, owned=True), self.kind(region))
        else:
            self.store(place, index, self.conj_of(factor), "mul")

    def _div_adjoint(self, stmt: Store, value: Atom, place: Atom, index: Atom | None) -> None:
        self.poles = True
        divisor = self._tamed(place, index, self.value(value, stmt), 1.0)
        self.store(place, index, self.conj_of(divisor), "truediv")
        if self.reaches(value):
            region = self.region(place, index)
            new = self._tamed(place, index, self.new(stmt), 0.0)
            given = self.neg(self.binary("mul", region, self.conj_of(new)))
            self._give_stored(value, Bar(given, owned=True), self.kind(region))

    def _apart(self, value: Atom, base: Atom) -> bool:
        """Whether a value cannot share storage with the array that is written."""
        if not isinstance(value, Var) or not isinstance(base, Var):
            return isinstance(value, Const)
        return not self.storage.aliases.may_alias(value.name, base.name)

    def conj_of(self, atom: Atom) -> Atom:
        """The conjugate of a factor, if it is complex."""
        return self.let(Call("np.conj", (atom,))) if self.kind(atom).sort == "complex" else atom

    def _generic_adjoint(self, stmt: Store, op: str, value: Atom, place: Atom, index: Atom | None) -> None:
        """Any other `x[I] op= v`, by the rule of the operator."""
        rule = registry.rule(op)
        names = list(rule.signature)[:2]
        factor = self.value(value, stmt)
        taken = self._won(self.taken(place, index), place, index)
        kind = self.kind(taken.atom)
        old: Atom = Const(0.0)
        texts: dict[str, str | None] = {}
        bound, _ = bind(rule, Call(op, (taken.atom, factor)), self.kind)
        bound.out = kind
        bound.active = frozenset(names[:1] + (names[1:] if self.reaches(value) else []))
        for name in names:
            text = rule.vjp.get(name)
            texts[name] = text(bound) if callable(text) else text
        used = [t for n, t in texts.items() if t and n in bound.active]
        if any(names[0] in _words(t) for t in used):
            old = self.old(stmt)
        alone = rule.form == "elementwise"  # the text of a product of matrices has its conjugates itself
        sorts = {self.kind(a).sort for a in (taken.atom, factor, old)}
        complex_ = alone and rule.holomorphic and "complex" in sorts
        g = self.conj_of(taken.atom) if complex_ else taken.atom
        atoms: dict[str, Atom] = {names[0]: old, names[1]: factor, "g": g}
        if any("out" in _words(t) for t in used):
            atoms["out"] = self.new(stmt)
        first = texts[names[0]]
        kept = self.text(first, atoms) if first is not None else Const(0.0)
        kept = self.conj_of(kept) if complex_ else kept
        second = texts[names[1]]
        given = self.text(second, atoms) if second is not None and names[1] in bound.active else None
        given = self.conj_of(given) if complex_ and given is not None else given
        self.poles = True
        if alone:  # where a cotangent of `x @= A` is 0, the one before need not be
            given = given and self._tamed(place, index, given, 0.0)
            kept = self._tamed(place, index, kept, 0.0)
        self.store(place, Const(Ellipsis) if index is None else index, kept)
        if given is not None:
            self._give_stored(value, Bar(given), kind)

    def old(self, stmt: Store) -> Atom:
        """What the written region held before: a copy that the forward sweep makes."""
        key = (stmt, "old")
        if key not in self.snapshots:
            self.snapshots[key] = self._kept_region(stmt, self.before)
        return self.snapshots[key]

    def new(self, stmt: Store) -> Atom:
        """What the written region holds afterwards: it is read again where nothing writes to it any more."""
        assert isinstance(stmt.base, Var)
        if self.storage.stays(stmt):
            return stmt.base if stmt.index is None else self.getitem(stmt.base, stmt.index)
        key = (stmt, "new")
        if key not in self.snapshots:
            self.snapshots[key] = self._kept_region(stmt, self.after)
        return self.snapshots[key]

    def _kept_region(self, stmt: Store, where: dict[Stmt, list[Stmt]]) -> Var:
        """Insert `kept = base[index].copy()` before or after a store into the forward sweep."""
        assert isinstance(stmt.base, Var)
        lines = where.setdefault(stmt, [])
        atom: Atom = stmt.base
        kind = self.kinds[stmt.base.name]
        if stmt.index is not None:
            outer, self.block = self.block, []
            view = self.getitem(stmt.base, stmt.index)
            lines += self.block
            self.block = outer
            self.adopt(view.name, stmt)
            atom, kind = view, self.kinds[view.name]
        if kind.is_scalar or (stmt.index is not None and is_advanced(stmt.index, self.kinds)):
            assert isinstance(atom, Var)
            return atom
        name = self.fresh("", kind)
        lines.append(Let(name, Call("copy", (atom,)), stmt.span, True))
        self.adopt(name, stmt)
        return Var(name)

    def _augmented(self, stmt: Store) -> tuple[str, Atom] | None:
        """`x[I] = x[I] + v` as `x[I] += v`: the operator and v."""
        if stmt.op or stmt.index is None or not isinstance(stmt.value, Var):
            return None
        let = self.storage.lets.get(stmt.value.name)
        if (
            let is None
            or let.call.fun not in ("add", "sub", "mul")
            or len(self.storage.places[let.name].used) != 1
        ):
            return None
        if self.storage.loops[let] != self.storage.loops[stmt] or not self.distinct(stmt.index):
            return None
        left, right = let.call.args
        sides = [(left, right)] if let.call.fun == "sub" else [(left, right), (right, left)]
        for same, other in sides:
            view = self.storage.lets.get(same.name) if isinstance(same, Var) else None
            if view is None or view.call.fun != "getitem" or view.call.args[0] != stmt.base:
                continue
            if not self._alike(view.call.args[1], stmt.index, 0):
                continue
            if same == other or not self._unwritten_between(view, stmt):
                continue
            region = self.kinds[view.name]
            if K.same_shape(region, self.kinds[let.name]):
                return let.call.fun, other
        return None

    def _alike(self, one: Atom, other: Atom, depth: int) -> bool:
        """Whether two indices are equal: `n - 1` that is written twice is one number."""
        if one == other or depth > 4:
            return one == other
        if isinstance(one, Tuple) and isinstance(other, Tuple) and len(one.items) == len(other.items):
            pairs = list(zip(one.items, other.items, strict=True))
        elif isinstance(one, Slice) and isinstance(other, Slice):
            pairs = [(one.lo, other.lo), (one.hi, other.hi), (one.step, other.step)]
        elif isinstance(one, Var) and isinstance(other, Var) and self.kinds[one.name].cat == "int":
            lets = [self.storage.lets.get(a.name) for a in (one, other)]
            calls = [let.call for let in lets if let is not None and let.call.fun in ARITHMETIC]
            if len(calls) < 2 or calls[0].fun != calls[1].fun:
                return False
            pairs = list(zip(calls[0].args, calls[1].args, strict=True))
        else:
            return False
        return all(self._alike(a, b, depth + 1) for a, b in pairs)

    def _unwritten_between(self, view: Let, stmt: Store) -> bool:
        assert isinstance(stmt.base, Var)
        cls = self.storage.aliases.of(stmt.base.name)
        start, end = self.storage.span[view][0], self.storage.span[stmt][0]
        if self.storage.places[view.name].block != self._block_of(stmt):
            return False
        return not any(start < self.storage.span[s][0] < end for s in self.storage.stores.get(cls, ()))  # type: ignore[arg-type]

    def _block_of(self, stmt: Stmt) -> int:
        return self.storage.block_of[stmt]

    # ---- lists and functions

    def is_found(self, value: Atom) -> bool:
        """Whether an item's shadow is found by its own address: its list holds references only."""
        return isinstance(value, Var) and (
            self.storage.in_table(value.name) or self.storage.in_list_table(value.name)
        )

    def list_bar(self, name: str) -> Var:
        """The cotangents of a list's items, to be written in place."""
        return self.shadow(name) if self.storage.in_list_table(name) else self.buffer(self.canonical(name))

    def _list_store(self, base: Var, stmt: Store) -> None:
        mixed = base.name in self.mixed
        if self.is_found(stmt.value) and not mixed:
            return
        bars = self.list_bar(base.name)
        assert stmt.index is not None
        if mixed:
            number = self.let(Call("getitem", (bars, stmt.index)), K.npscalar())
            self.store(bars, stmt.index, Const(0.0))
            self.give_number(stmt.value, number)
            return
        item = self.let(Call("getitem", (bars, stmt.index)), self.kind(stmt.value))
        self.store(bars, stmt.index, self._zero_of_item(base, stmt))
        own = self.kind(item)
        if own.is_number:
            part = self.own_part(item, own, self.kinds[base.name])
            self.give(stmt.value, Bar(part, owned=own.cat in ARRAYS))
        else:
            self.give_item(stmt.value, item)

    def _zero_of_item(self, base: Var, stmt: Store) -> Atom:
        """The cotangent 0 of the item that a store replaces; it may have another shape than the new one."""
        items = self.kinds[base.name].items
        kind = K.anonymous(items[0]) if items else K.FLOAT  # each item has a shape of its own
        if kind.is_scalar:
            return Const(0.0)
        key = (stmt, "item")
        if key not in self.snapshots:
            assert stmt.index is not None
            name = self.fresh("", kind)
            lines = self.before.setdefault(stmt, [])
            lines.append(Let(name, Call("getitem", (base, stmt.index)), stmt.span, True))
            self.adopt(name, stmt)
            self.snapshots[key] = Var(name)
        if kind.cat in ARRAYS:
            return self.zeros_like(self.snapshots[key], kind)
        return self.let(Call("zeros_list", (self.snapshots[key],)), kind)

    def add_at_adjoint(self, stmt: Do) -> None:
        """`np.add.at(y, I, w)`: every write counts, w_bar += y_bar[I]."""
        base, index, value = stmt.call.args
        if (
            not isinstance(base, Var)
            or not self.reaches(value)
            or base.name not in self.varied
            or self.is_absent(base.name)
        ):
            return
        place, inner = self.place(base.name)
        if inner is not None:
            place = self.getitem(place, inner)
        region = self.getitem(place, self.value(index, stmt))
        self._give_stored(value, Bar(region, owned=True), self.kind(region))

    def write_adjoint(self, stmt: Do) -> None:
        """A function that writes into an argument and has no adjoint here."""
        written = [a for a in stmt.call.args[:1] if self.active(a)]
        if written and not is_told(stmt.call, self.storage.lets):
            name = stmt.call.form or stmt.call.fun
            refuse(
                stmt.span or Span("<unknown>", 1, 0, 1, 0),
                f"{name.lstrip('.')} writes into an active array",
                "assign to its elements, or use the function that returns a new array",
            )


def _words(text: str) -> set[str]:
    return {n.id for n in ast.walk(parse(text)) if isinstance(n, ast.Name)}
