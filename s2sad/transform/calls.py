"""Calls of functions that are not inlined: each becomes a pair, printed in the same module text.

    y = power(x, n - 1)              y, kept = power_fwd(x, n - 1)
                                     ...
                                     x_bar += power_bwd(kept, y_bar)

Accepts calls of functions that lowering kept as functions; guarantees that each is replaced in the forward
sweep and has its adjoint in the reverse sweep. A pair is made once for each callee and set of active
parameters, and remembered before its body is written, so that recursion closes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.analysis.effects import Aliases
from s2sad.analysis.itself import WORLD
from s2sad.analysis.texts import reads_texts
from s2sad.errors import Span, refuse
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind, carries
from s2sad.ir.nodes import Atom, Call, Const, Do, Let, Ref, Stmt, Tuple, Var
from s2sad.transform.addresses import Addresses
from s2sad.transform.bars import ARRAYS
from s2sad.transform.cotangents import Bar
from s2sad.transform.pairs import MustInline, Pair, Pairs

UNKNOWN = Span("<unknown>", 1, 0, 1, 0)


def passed_text(stmt: Let) -> None:
    """A text that says something active is passed on: what the function reads of it is to be seen here."""
    callee = stmt.call.args[0].obj  # type: ignore[union-attr]
    if callee.summary is not None:
        raise MustInline(callee)
    if callee.lowered is None or reads_texts(callee):
        what = f"a text that was made of an active value is passed to {callee.name}, which is not written out"
        refuse(stmt.span or UNKNOWN, what, "pass what the text is made of, and make it in the function")


def called_plainly(call: Call) -> Call:
    """The call of a callee as one of the function itself, with its keywords."""
    fn, *operands = call.args
    assert isinstance(fn, Ref)
    keywords = {a.arg for a in fn.obj.source.node.args.kwonlyargs}
    given = list(zip(fn.obj.arguments, operands, strict=True))
    placed = [atom for name, atom in given if name not in keywords]
    named = tuple((name, atom) for name, atom in given if name in keywords)
    return replace(call, fun="call", args=(Ref(fn.text, fn.obj.fun), *placed), kwargs=named)


def exported(callee: Any) -> tuple[Atom, ...]:
    """What the forward function gives besides what is kept."""
    if callee.itself and callee.result.cat == "none":
        return ()
    if callee.summary is None:
        return (callee.lowered.result,)
    return tuple(Var(n) for n in callee.summary.exports)


def stands_for_loop(stmt: Stmt) -> bool:
    """Whether a statement is the call behind a checkpointed loop that stands for it in the reverse sweep."""
    if not isinstance(stmt, Let) or stmt.call.fun != "user":
        return False
    return bool(stmt.call.args[0].obj.trips)  # type: ignore[union-attr]


def written_names(callee: Any) -> tuple[str, ...]:
    """The parameters that a callee writes to."""
    names = list(callee.arguments)
    if callee.summary is None:
        return tuple(name for name, depth in callee.touches if not depth)
    return tuple(names[callee.dynamic[i]] for i in callee.summary.writes)


def shadowed_names(callee: Any, active: tuple[str, ...]) -> list[str]:
    """The active parameters whose shadows the backward function updates: what is written, and lists."""
    lists = {n for n in active if callee.itself and callee.arguments[n].cat == "list"}
    return [n for n in callee.arguments if n in active and (n in written_names(callee) or n in lists)]


def refuse_overlaps(stmt: Let, callee: Any, operands: dict[str, Atom], aliases: Aliases) -> None:
    """Refuse a call of a function that calls itself whose arguments may overlap where one is written."""
    classes = {n: aliases.of(a.name) for n, a in operands.items() if isinstance(a, Var)}
    known = [c for c in classes.values() if c is not None]
    for name, depth in callee.touches:
        if depth and carries(callee.arguments[name]):
            what = f"{callee.name} calls itself and writes into what its argument {name!r} holds"
            refuse(stmt.span or UNKNOWN, what, "pass the array that is written, or return a new one")
        cls = classes.get(name)
        if cls is not None and known.count(cls) > 1:
            what = f"{callee.name} calls itself and writes {name!r}, which another argument may overlap"
            refuse(stmt.span or UNKNOWN, what, "copy the other argument first")


class Calls(Addresses):
    """The part of the reverse sweep that deals with calls of user functions."""

    pairs: Pairs
    replaced: dict[Stmt, list[Stmt]]
    aliases: Aliases
    lent: frozenset[int]

    def user_adjoint(self, stmt: Let) -> None:
        """The call's forward function in the forward sweep, its backward function here.

        The backward function gets the cotangents of what the call gave and the shadows of what it wrote,
        which it updates; it returns the cotangents of the other active arguments.
        """
        callee = stmt.call.args[0].obj  # type: ignore[union-attr]
        operands = dict(zip(callee.arguments, stmt.call.args[1:], strict=True))
        active = self._active(callee, operands)
        if not active:
            return
        if callee.trips:
            self.trips_adjoint(stmt, operands)
            return
        if callee.again:
            self.again_adjoint(stmt, active, operands)
            return
        if callee.itself:
            self._refuse_shared(stmt, callee, operands)
        shadowed = shadowed_names(callee, active)
        bars = self._seeds(stmt, callee)
        absent = all(
            self.kind(operands[n]).cat != "list" and self.is_absent(operands[n].name) for n in shadowed
        )
        if absent and all(bar is None for _, bar in bars):
            return
        seeds = [self._whole(callee, name, bar) for name, bar in bars]
        apart: list[tuple[Var, Atom, Var]] = []
        for n in shadowed:
            operand = operands[n]
            if self.kind(operand).cat == "list":
                if self.by_address(operand.name):
                    apart.append(self._shadows_of_items(stmt, callee, n, operand))
                    seeds.append(apart[-1][2])
                    continue
                seeds.append(self.list_bar(operand.name))
                continue
            base, index = self.place(operand.name)
            seeds.append(base if index is None else self.getitem(base, index))
        pair = self._pair_for(stmt, active)
        kept = self._forward(stmt, pair)
        self._backward([n for n in active if n not in shadowed], pair, kept, seeds, operands)
        for xs, held, made in apart:
            self.add_by_address(xs, held, made)

    def _shadows_of_items(self, stmt: Let, callee: Any, name: str, operand: Var) -> tuple[Var, Atom, Var]:
        """A list of lists or arrays with shadows of their own, and zeros that a backward function adds to."""
        if name in written_names(callee):
            what = f"{callee.name} calls itself and writes {name!r}, whose elements are written elsewhere"
            self.refuse_at(stmt, what, "pass a copy of it, with copies of its elements")
        held = self.value(operand, stmt)
        zeros = self.let(Call("zeros_list", (held,)), self.kind(operand), self.bar_hint(operand.name))
        return operand, held, zeros

    def _refuse_shared(self, stmt: Let, callee: Any, operands: dict[str, Atom]) -> None:
        """Refuse what a function that calls itself cannot know of its arguments."""
        refuse_overlaps(stmt, callee, operands, self.aliases)
        mine = self.aliases.reach(Var(stmt.name))
        written = self.storage.mutable | frozenset(self.storage.written_lists)
        for one, two in callee.ties or ():
            for name in {one[0], two[0]} - {"", WORLD}:
                shared = mine & self.aliases.reach(operands[name]) & written
                if "" in (one[0], two[0]) and shared:
                    what = f"{callee.name} calls itself and may return its argument {name!r}"
                    self.refuse_at(stmt, f"{what}, which is written", "return a copy of it")

    def _backward(
        self, free: list[str], pair: Pair, kept: Atom, seeds: list[Atom], operands: dict[str, Atom]
    ) -> None:
        """Call the backward function, and hand on the cotangents that it returns."""
        call = Call("call", (Ref(pair.bwd.name, pair.bwd), kept, *seeds))
        kinds = tuple(self._grad_kind(operands[n]) for n in free)
        if not free:
            self.block.append(Do(call, None, True))
            return
        if len(free) == 1:
            self.give_tree(operands[free[0]], self.let(call, kinds[0]))
            return
        grads = self.let(call, Kind("tuple", items=kinds))
        for i, name in enumerate(free):
            self.give_tree(operands[name], self.let(Call("getitem", (grads, Const(i))), kinds[i]))

    def again_adjoint(self, stmt: Let, active: tuple[str, ...], operands: dict[str, Atom]) -> None:
        """Under checkpoint: the forward function is called here, with the arguments of the call."""
        callee = stmt.call.args[0].obj  # type: ignore[union-attr]
        bars = self._seeds(stmt, callee)
        if all(bar is None for _, bar in bars):
            return
        seeds = [self._whole(callee, name, bar) for name, bar in bars]
        pair = self.pairs.of(callee, active, frozenset(), False)
        names = list(callee.arguments)
        words = dict(stmt.call.kwargs)
        values: list[Atom] = []
        for i in callee.dynamic:
            atom = operands[names[i]]
            kind = self.kind(atom)
            if not kind.is_number and names[i] not in callee.generators:
                self._refuse_written(stmt, names[i], atom)
            if names[i] in callee.generators:
                state = self.value(words[f"state_{names[i]}"], stmt)
                values.append(self.let(Call("generator_at", (atom, state)), K.OBJECT))
            elif self.active(atom) and kind.cat == "object":
                self.refuse_at(
                    stmt,
                    f"an active object is an argument of {callee.name} under checkpoint",
                    "pass what it holds",
                )
            else:
                values.append(self.value(atom, stmt))
        call = Call("call", (Ref(pair.fwd.name, pair.fwd), *values))
        both = self.let(call, Kind("tuple", items=(self.kinds[stmt.name], K.OBJECT)))
        kept = self.let(Call("getitem", (both, Const(1))), K.OBJECT, "kept")
        self._backward(list(active), pair, kept, seeds, operands)

    def trips_adjoint(self, stmt: Let, operands: dict[str, Atom]) -> None:
        """A checkpointed loop: its body's forward and backward function, and the states that it has kept."""
        callee = stmt.call.args[0].obj  # type: ignore[union-attr]
        bar = self.parts_bar(stmt)
        if bar is None:
            return
        assert isinstance(bar.atom, Tuple)
        names = [list(callee.arguments)[i] for i in callee.dynamic][1:]
        active = tuple(
            n
            for n in names
            if (carries(callee.arguments[n]) if n in callee.trips else self.active(operands[n]))
        )
        pair = self.pairs.of(callee, active, frozenset(), False)
        rest = [n for n in names if n not in callee.trips]
        for n in rest:
            if not self.kind(operands[n]).is_number and n not in callee.generators:
                self._refuse_written(stmt, n, operands[n])
        drawn = tuple([Const(i) for i, n in enumerate(rest) if n in callee.generators])
        words = dict(stmt.call.kwargs)
        carried = list(callee.trips)
        bars = [
            b if carries(callee.arguments[c]) else Const(None)
            for b, c in zip(bar.atom.items, carried, strict=True)
        ]
        call = Call(
            "reverse_trips",
            (
                Ref(pair.fwd.name, pair.fwd),
                Ref(pair.bwd.name, pair.bwd),
                self.value(words["trips"], stmt),
                self.value(words["snapshots"], stmt),
                Tuple(tuple([self.value(operands[n], stmt) for n in carried])),
                Tuple(tuple([self.value(operands[n], stmt) for n in rest])),
                Tuple(tuple(bars)),
                Tuple(tuple([Const(names.index(n)) for n in active])),
                *((Tuple(drawn),) if drawn else ()),
            ),
        )
        kinds = tuple(self._grad_kind(operands[n]) for n in active)
        grads = self.let(call, Kind("tuple", items=kinds))
        for i, n in enumerate(active):
            if self.active(operands[n]):
                self.give_tree(operands[n], self.let(Call("getitem", (grads, Const(i))), kinds[i]))

    def _refuse_written(self, stmt: Let, name: str, atom: Atom) -> None:
        """Refuse a container of what is written: only arrays are kept as they were."""
        if isinstance(atom, Var) and self.aliases.reach(atom) & self.storage.mutable:
            self.refuse_at(stmt, f"{name!r} holds what is written elsewhere", "pass the arrays one by one")

    def _active(self, callee: Any, operands: dict[str, Atom]) -> tuple[str, ...]:
        names = list(callee.arguments)
        return tuple(names[i] for i in callee.dynamic if self.active(operands[names[i]]))

    def _seeds(self, stmt: Let, callee: Any) -> list[tuple[str, Bar | None]]:
        """The cotangents of what a call gives, by name; None where nothing has been added."""
        name, kind = stmt.name, self.kinds[stmt.name]
        if kind.cat == "none":
            return []
        if callee.itself and not carries(kind):
            return []
        if callee.itself and kind.cat == "tuple":
            whole = self._tree_bar(name, kind, stmt)
            return [(name, None if whole is None else Bar(whole))]
        if callee.summary is None and kind.cat == "tuple":
            bar = self.parts_bar(stmt)
            return [(name, bar)]
        if kind.cat == "tuple":
            items = [(i, k) for i, k in enumerate(kind.items or ()) if carries(k)]
            return [(self.part(name, i, k), self.part_bar(name, i, k)) for i, k in items]
        if kind.cat == "list" and self.by_address(name):
            return [(name, self.bar_by_address(stmt))]
        return [(name, self.result_bar(stmt))] if carries(kind) else []

    def bar_by_address(self, stmt: Let) -> Bar:
        """The cotangents of the arrays in a list that a call gave, which are found by their addresses."""
        name = stmt.name
        call = Call("shadow_tree", (self.shadow_table(), self._held(stmt, name, name)))
        return Bar(self.let(call, self.kinds[name], self.bar_hint(name)))

    def _held(self, stmt: Let, path: str, name: str) -> Atom:
        """A list that a call gave, or a part of what it gave: a copy if it grows. `name` is one of its."""
        if not self.storage.changes_behind(name, stmt):
            return self.like(path)
        if (stmt, path) not in self.snapshots:
            calls, base = [Call("list", (), (), "list")], path
            while base in self.paths:
                base, key = self.paths[base]
                calls.insert(0, Call("getitem", (Const(key),)))
            part = Var(stmt.name)
            for call in calls:
                made = self.fresh("", self.kinds[path])
                line = Let(made, replace(call, args=(part, *call.args)), stmt.span, True)
                self.after.setdefault(stmt, []).append(line)
                self.adopt(made, stmt)
                part = Var(made)
            self.snapshots[stmt, path] = part
        return self.snapshots[stmt, path]

    def _tree_bar(self, path: str, kind: Kind, stmt: Let) -> Atom | None:
        """The cotangents of the parts of a tuple, and of the tuples in it; None where there is none."""
        if kind.cat != "tuple":
            found = self._found_part(path)
            if found is not None and kind.cat == "list" and self.by_address(found):
                held = self._held(stmt, path, found)
                return self.let(Call("shadow_tree", (self.shadow_table(), held)), kind)
            bar = self.bars.pop(path, None) if found is None else Bar(self.shadow(found))
            return None if bar is None else self.full(bar, path).atom
        paths = [self.part(path, i, k) for i, k in enumerate(kind.items or ())]
        bars = [self._tree_bar(p, self.kinds[p], stmt) if carries(self.kinds[p]) else None for p in paths]
        if all(bar is None for bar in bars):
            return None
        zeros = [self.zero(p).atom if carries(self.kinds[p]) else Const(0.0) for p in paths]
        return Tuple(tuple(z if b is None else b for b, z in zip(bars, zeros, strict=True)))

    def _found_part(self, path: str) -> str | None:
        """A name of a part of a tuple whose shadow is found at run time."""
        for let in self.storage.lets.values():
            if let.call.fun == "getitem" and self.canonical(let.name) == path:
                listed = self.kinds[let.name].cat == "list" and self.by_address(let.name)
                if listed or self.storage.in_table(let.name) or self.storage.in_list_table(let.name):
                    return let.name
        return None

    def _whole(self, callee: Any, name: str, bar: Bar | None) -> Atom:
        """A cotangent as it is passed on."""
        if bar is None:
            return self.zero(name).atom
        if isinstance(bar.atom, Tuple):
            return bar.atom
        if bar.mask is not None and callee.summary is not None:
            raise MustInline(callee)  # the selection is to be guarded where the callee's chain ends
        return self.full(bar, name).atom

    def give_item(self, atom: Atom, grad: Atom) -> None:
        """Give what stood in a list to what was put there; shadows found by address have it already."""
        kind = self.kind(atom)
        if kind.cat != "tuple" or not isinstance(atom, Var) or not kind.items:
            self.give_tree(atom, grad)
            return
        if not self.active(atom):  # of constants, among others in the list
            return
        if kind.optional:
            found = self.let(Call("isnot", (grad, Const(None))), K.BOOL)
            self.sides(found, lambda: self._give_items(atom, grad, kind), lambda: None)
        else:
            self._give_items(atom, grad, kind)

    def _give_items(self, atom: Var, grad: Atom, kind: Kind) -> None:
        cls = self.storage.aliases.of(atom.name)
        inner = None if cls is None else self.storage.aliases.elements(cls)
        for i, item in enumerate(kind.items or ()):
            lists = item.cat == "list" and inner in self.storage.list_table
            arrays = item.cat in ARRAYS and inner in self.storage.table
            if carries(item) and not lists and not arrays:
                part = self.part(self.canonical(atom.name), i, item)
                self._give_part_tree(part, self.let(Call("getitem", (grad, Const(i))), item))

    def give_tree(self, atom: Atom, grad: Atom, owned: bool = True) -> None:
        """Give what a backward function returns for an argument, part by part."""
        kind = self.kind(atom)
        if kind.cat in ("tuple", "dict") and isinstance(atom, Var):
            if not self.active(atom):
                return
            for key, item in zip(kind.places, kind.items or (), strict=True):
                if carries(item):
                    part = self.item_of(grad, key, item, self.kind(grad))
                    self._give_part_tree(self.part(self.canonical(atom.name), key, item), part, owned)
        elif kind.cat == "list" and isinstance(atom, Var) and self.by_address(atom.name):
            self.give(atom, Bar(grad))
        elif kind.cat == "list" and isinstance(atom, Var):
            self.do(Call("accumulate", (self.list_bar(atom.name), grad)))
        else:
            self.give(atom, Bar(grad, owned=owned and kind.cat in ARRAYS))

    def _give_part_tree(self, path: str, grad: Atom, owned: bool = True) -> None:
        kind = self.kinds[path]
        if kind.cat in ("tuple", "dict"):
            for key, item in zip(kind.places, kind.items or (), strict=True):
                if carries(item):
                    part = self.item_of(grad, key, item, self.kind(grad))
                    self._give_part_tree(self.part(path, key, item), part, owned)
        elif kind.cat == "list":
            self.do(Call("accumulate", (self.buffer(path), grad)))
        elif kind.cat in ARRAYS and self.part_in_table(path):
            shadow = self.let(Call("shadow_of", (self.shadow_table(), self.like(path))), kind)
            self.store(shadow, None, grad, "add")
        else:
            self.add(path, Bar(grad, owned=owned and kind.cat in ARRAYS))

    def _grad_kind(self, operand: Atom) -> Kind:
        kind = self.kind(operand)
        return K.npscalar() if kind.is_python else kind

    def _pair_for(self, stmt: Let, active: tuple[str, ...]) -> Pair:
        """The pair for a call: arrays that this program or its caller may write to are lent."""
        callee = stmt.call.args[0].obj  # type: ignore[union-attr]
        if callee.summary is None:
            return self.pairs.of(callee, active, frozenset(written_names(callee)), False)
        exposed = self.lent | self.storage.mutable
        operands = dict(zip(callee.arguments, stmt.call.args[1:], strict=True))
        classes = {n: self.aliases.of(a.name) for n, a in operands.items() if isinstance(a, Var)}
        known = [c for c in classes.values() if c is not None]
        if any(c is not None and known.count(c) > 1 for c in map(classes.get, written_names(callee))):
            raise MustInline(callee)  # what it writes may overlap another argument
        lent = frozenset(n for n, c in classes.items() if c in exposed)
        given = bool(self.aliases.reach(Var(stmt.name)) & exposed)
        return self.pairs.of(callee, active, lent, given)

    def _forward(self, stmt: Let, pair: Pair) -> Var:
        if stmt not in self.replaced:
            kept = self.fresh("kept", K.OBJECT)
            self.adopt(kept, stmt)
            self.replaced[stmt] = self.forward_call(stmt, pair, kept)
            self.made_kept[stmt] = kept
        return Var(self.made_kept[stmt])

    def forward_call(self, stmt: Let, pair: Pair, kept: str) -> list[Stmt]:
        """The call of a forward function in place of a call of the function itself."""
        operands = [stmt.call.args[1 + i] for i in pair.callee.dynamic]
        copies: list[Stmt] = []
        names = [list(pair.callee.arguments)[i] for i in pair.callee.dynamic]
        for i, atom in enumerate(operands):  # lists are kept as they are passed
            if not isinstance(atom, Var) or names[i] in dict(pair.callee.touches):
                continue
            how = self._copied_when_passed(atom, stmt, pair.callee)
            if how is not None:
                operands[i] = Var(self.fresh(self.fresh.hints.get(atom.name, ""), self.kinds[atom.name]))
                copies.append(Let(operands[i].name, replace(how, args=(atom,)), None, True))
        call = Call("call", (Ref(pair.fwd.name, pair.fwd), *operands))
        if not exported(pair.callee):
            return [*copies, Let(kept, call, stmt.span, True)]
        both = self.fresh("", Kind("tuple", items=(self.kinds[stmt.name], K.OBJECT)))
        value = Let(stmt.name, Call("getitem", (Var(both), Const(0))), stmt.span, True)
        lines: list[Stmt] = [value]
        if pair.callee.itself and self.aliases.reach(Var(stmt.name)) & self._exposed():
            given = self.fresh("", self.kinds[stmt.name])  # the function may keep it too
            alone = self._asserted_apart(stmt, given)
            lines = [replace(value, name=given), *alone, Let(stmt.name, self._copy_of(given), None, True)]
        return [
            *copies,
            Let(both, call, stmt.span, True),
            *lines,
            Let(kept, Call("getitem", (Var(both), Const(1))), stmt.span, True),
        ]

    def _asserted_apart(self, stmt: Let, given: str) -> list[Stmt]:
        """An assertion that a result, parts of which are written, holds no list or array twice.

        Copies of the two places would be two.
        """
        within = self.aliases.reach(Var(stmt.name)) - {self.aliases.of(stmt.name)}
        if not within & self._exposed():
            return []
        twice, apart = self.fresh("", K.BOOL), self.fresh("", K.BOOL)
        what = "holds a list or an array twice that is written; return copies of it"
        said = f"what {stmt.call.args[0].obj.name}() returns {what}"  # type: ignore[union-attr]
        return [
            Let(twice, Call("holds_twice", (Var(given),)), stmt.span, True),
            Let(apart, Call("not", (Var(twice),)), stmt.span, True),
            Do(Call("assert", (Var(apart), Const(said))), stmt.span, True),
        ]

    def _exposed(self) -> frozenset[int]:
        """The classes that are written somewhere, or by callers."""
        return self.storage.mutable | self.storage.exposed | frozenset(self.storage.written_lists)

    def _copy_of(self, name: str) -> Call:
        array = self.kinds[name].cat == "array"
        return Call("copy" if array else "copy_tree", (Var(name),))

    def _copied_when_passed(self, atom: Var, stmt: Let, callee: Any) -> Call | None:
        """How an argument is copied that the function keeps, and that is written afterwards."""
        kind = self.kinds[atom.name]
        if kind.cat == "list" and self.storage.changes_behind(atom.name, stmt):
            return Call("list", (), (), "list")
        if not callee.itself:
            return None
        if kind.cat in ARRAYS:
            later = self.storage.written_later(atom.name, stmt)
            return self._copy_of(atom.name) if later else None
        if kind.cat in ("list", "tuple", "dict") and self.aliases.reach(atom) & self._exposed():
            return Call("copy_tree")
        return None

    def plain_call(self, stmt: Let) -> list[Stmt]:
        """A call through which no derivative goes: of the function itself, or of a pair's first half."""
        fn = stmt.call.args[0]
        assert isinstance(fn, Ref)
        if fn.obj.trips:
            return self._ends_of(stmt)
        if fn.obj.again and not fn.obj.own:
            made = [p for p in self.pairs.made.values() if p.callee is fn.obj]
            pair = made[0] if made else self.pairs.of(fn.obj, (), frozenset(), False)
            return self.forward_call(stmt, pair, self.fresh("kept", K.OBJECT))
        if (fn.obj.summary is None and not (fn.obj.itself and fn.obj.apart)) or (
            fn.obj.summary is not None and fn.obj.summary.plain
        ):
            return [replace(stmt, call=called_plainly(stmt.call))]
        return self.forward_call(stmt, self._pair_for(stmt, ()), self.fresh("kept", K.OBJECT))

    def parts_of(self, stmt: Let) -> list[list[str]]:
        """The names of each part of the tuple that a call gives."""
        parts: list[list[str]] = [[] for _ in self.kinds[stmt.name].items or ()]
        for let in self.storage.lets.values():
            if let.call.fun == "getitem" and let.call.args[0] == Var(stmt.name):
                parts[let.call.args[1].value].append(let.name)  # type: ignore[union-attr]
        return parts

    def is_apart(self, end: Atom, names: list[str]) -> bool:
        """Whether what a checkpointed loop gives is copied, as its shadow is found by its address."""
        return any(self.storage.in_table(a.name) for a in (end, *map(Var, names)) if isinstance(a, Var))

    def _ends_of(self, stmt: Let) -> list[Stmt]:
        """What a checkpointed loop gives."""
        ends = dict(stmt.call.kwargs)["ends"]
        assert isinstance(ends, Tuple)
        lines: list[Stmt] = []
        items: list[Atom] = []
        for atom, names in zip(ends.items, self.parts_of(stmt), strict=True):
            if self.is_apart(atom, names) and isinstance(atom, Var):
                own = self.fresh(self.fresh.hints.get(atom.name, ""), self.kinds[atom.name])
                lines.append(Let(own, Call("copy", (atom,), (), ".copy K"), stmt.span))
                items.append(Var(own))
            else:
                items.append(atom)
        return [*lines, replace(stmt, call=Call("tuple", tuple(items)))]

    made_kept: dict[Stmt, str]
