"""Derivative functions put together: the forward sweep, `# backward`, the reverse sweep.

    def f(x): return x*np.sin(x)          def f_grad(x):
                                              # backward
                                              return np.sin(x) + x*np.cos(x)

Accepts a lowered function; guarantees programs in the SSA form of ir.nodes, ready for the optimiser. `grad`
and `value_and_grad` are joint: both sweeps in one scope (`vjp` is a pair, see `pullback`). Arguments that the
function writes to are copied on entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from s2sad.analysis.activity import varied
from s2sad.analysis.effects import Aliases
from s2sad.analysis.iteration import resized
from s2sad.analysis.primitives import is_helper
from s2sad.analysis.repeat import written_behind
from s2sad.analysis.storage import Storage
from s2sad.errors import refuse
from s2sad.frontend.lower import Lowered
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    CALLS,
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Dict,
    Do,
    Fresh,
    If,
    Let,
    List,
    Program,
    Ref,
    Return,
    Stmt,
    Store,
    Tuple,
    Var,
    atom_vars,
    blocks,
    call_vars,
    walk,
)
from s2sad.ir.rewrite import in_atom, resolved, with_blocks
from s2sad.transform.assigned import assigned
from s2sad.transform.bars import ARRAYS
from s2sad.transform.calls import passed_text, stands_for_loop
from s2sad.transform.cotangents import Bar
from s2sad.transform.edits import begun, rebuild, substituted
from s2sad.transform.pairs import Pairs
from s2sad.transform.record import Record
from s2sad.transform.reverse import Reverse
from s2sad.transform.told import FROM_TEXT
from s2sad.transform.tracked import Tracked

_KEEPING = frozenset(  # helpers whose results have the dtype that their operands have in NumPy
    ("unbroadcast", "unreduce", "summed_to", "spread", "of_shape", "shadow_of", "copy_strided", "copy_tree",
     "over", "div_or_zero", "matmul_left", "matmul_right", "dot_left", "dot_right", "winners", "positions",
     "reduced_size", "where_used")
)  # fmt: skip
RANK_ZERO = Kind("num", "float64", ())  # assumed before the first call: a float or a 0-d array


class Assembly:
    """One lowered function reversed: the parts of its derivative's text."""

    def __init__(self, lowered: Lowered, wrt: Sequence[str], pairs: Pairs) -> None:
        self.lowered = lowered
        self.program = lowered.program
        self.wrt = [self.ssa(name) for name in wrt]
        self.fresh = Fresh(self.program.kinds, self.program.hints)
        self.aliases = Aliases(self.program)
        self.storage = Storage(self.program, self.aliases)
        self._refuse_unsettled()
        self._refuse_written_behind()
        self.varied, self.texts = varied(self.program, self.aliases, self.wrt, lowered.frozen)
        for let in self.texts.given:
            passed_text(let)
        self.rev = Reverse(self.program, self.aliases, self.storage, self.varied, self.fresh, pairs)
        self.rev.read = self.texts.read
        self.copies: dict[str, Atom] = {}
        self.stopped: dict[str, Atom] = {}  # what constants are when they are no names of their own
        self.entry: list[Stmt] = []
        self.late: list[Stmt] = []
        self.kept_copies: dict[str, Atom] = {}  # what a pullback keeps of objects outside, copied

    def _refuse_written_behind(self) -> None:
        """Refuse writes into what a checkpointed loop has carried, and lists that change under a loop."""
        found = written_behind(self.program, self.aliases)
        if found is not None:
            stmt, what = found
            refuse(getattr(stmt, "span", None) or self.lowered.span, what, "copy it first (u = u.copy())")
        resizing = resized(self.program, self.aliases)
        if resizing is not None:
            what = "a list changes its length in a loop over it, by another name or under zip or enumerate"
            remedy = "write while i < len(xs), or change it by the name that the loop runs over"
            refuse(getattr(resizing, "span", None) or self.lowered.span, what, remedy)

    def _refuse_unsettled(self) -> None:
        """Refuse writes to what may be an array or a number where a container or an argument holds it."""
        kinds = self.program.kinds
        for cls in self.storage.table:
            members = [n for n in self.aliases.members(cls) if kinds[n].cat == "num"]
            if not members:
                continue
            hidden = any(
                cls in self.aliases.reach(Var(n)) and _hides_numbers(kinds[n]) for n in self.storage.places
            )
            if hidden or any(n in self.program.params for n in members):
                stmt = self.storage.stores[cls][0]
                refuse(
                    getattr(stmt, "span", None) or self.lowered.span,
                    "what is written here may be an array or a number, depending on the path",
                    "begin with an array (np.zeros_like, np.array), or write `x = x*2` in place of `x *= 2`",
                )

    def ssa(self, parameter: str) -> str:
        name = self.lowered.arguments[parameter]
        assert name is not None, f"{parameter} is static"
        return name

    # ---- the sweeps

    def reverse(self, seed: Atom) -> list[Atom]:
        """Write the reverse sweep for the cotangent `seed` of the result; the cotangents of the arguments."""
        self.seed(self.lowered.result, seed)
        self.rev.sweep_all(self.program.body[:-1])
        lost = [n for n in self.rev.bars if self.rev.root(n) not in self.program.params]
        if lost:
            names = sorted({self.program.hints.get(self.rev.root(n), "") or "a temporary" for n in lost})
            made = (self.storage.lets[r].span for n in lost if (r := self.rev.root(n)) in self.storage.lets)
            refuse(
                next((span for span in made if span is not None), self.lowered.span),
                f"{', '.join(names)} may stand for one of several values whose kinds are not known",
                "convert it where it is made (float(...), np.asarray(...))",
            )
        return [self.final(name) for name in self.wrt]

    def track(self) -> None:
        """Bind shadows beside the names in the forward sweep, where a table would serve otherwise."""
        rev = self.rev
        rev.tracked = Tracked(self.storage, self.varied, self.fresh, rev.after, rev.bar_hint)
        self.late += rev.tracked.entry

    def seed(self, result: Atom, seed: Atom) -> None:
        if isinstance(result, Tuple | List | Dict):
            keys = [k.value for k in result.keys] if isinstance(result, Dict) else range(len(result.items))
            for key, item in zip(keys, result.items, strict=True):
                if self.rev.reaches(item) or isinstance(item, Tuple | List | Dict):
                    part = self.rev.let(
                        Call("getitem", (seed, Const(key))),
                        self.rev.kind(item) if self.rev.kind(item).is_number else K.OBJECT,
                    )
                    self.seed(item, part)
            return
        self.refuse_said(result)
        if isinstance(result, Var) and self.rev.active(result):
            kind = self.rev.kinds[result.name]
            if kind.cat in ("tuple", "dict"):
                self._seed_parts(self.rev.canonical(result.name), kind, seed)
            elif result.name in self.rev.mixed or self._items_in_table(result.name):
                parts = self.rev.shadow_table(), result, seed, self.rev.list_bar(result.name)
                self.rev.do(Call("accumulate_shadows", parts))
            elif kind.cat == "list" and (self.rev.is_found(result) or self.rev.by_address(result.name)):
                self.rev.give_found(result, Bar(seed))
            elif kind.cat == "list":
                self.rev.add(
                    result.name, Bar(self.rev.let(Call("list", (seed,), (), "list"), kind), owned=True)
                )
            else:
                self.rev.give(result, Bar(seed, isinstance(seed, Const) and kind.rank != 0))

    def refuse_said(self, result: Atom) -> None:
        """Refuse a result of which only the run tells whether it is a number, if it was read from a text."""
        if isinstance(result, Var) and result.name in self.texts.said:
            if self.program.kinds[result.name].cat == "object":
                let = self.storage.lets.get(result.name)
                refuse((let and let.span) or self.lowered.span, *FROM_TEXT)

    def _seed_parts(self, path: str, kind: Kind, seed: Atom) -> None:
        """Give the parts of a tuple or dict their cotangents, and the parts of tuples in it theirs."""
        for key, inner in zip(kind.places, kind.items or (), strict=True):
            if not K.carries(inner):
                continue
            part = self.rev.let(Call("getitem", (seed, Const(key))), inner)
            within = self.rev.part(path, key, inner)
            if inner.cat in ("tuple", "dict"):
                self._seed_parts(within, inner, part)
            else:
                self.rev.add(within, Bar(part))

    def final(self, name: str) -> Atom:
        """The cotangent of an argument, as a value that shares memory with nothing."""
        rev = self.rev
        kind = rev.kinds[name]
        if kind.cat in ("tuple", "dict"):
            keys = kind.places
            items = tuple(
                self.final(rev.part(name, k, i)) for k, i in zip(keys, kind.items or (), strict=True)
            )
            return Dict(tuple(Const(k) for k in keys), items) if kind.cat == "dict" else Tuple(items)
        address = kind.cat == "list" and rev.by_address(name)
        mixed = name in rev.mixed or self._items_in_table(name)
        if kind.cat == "list" and not address and not mixed and rev.class_of(name) in self.storage.list_table:
            parts = rev.shadow_table(), self._early(name)
            return rev.let(Call("shadow_tree", parts), kind, rev.bar_hint(name))
        if kind.cat == "list" and (address or mixed):
            entry = self.fresh(rev.program.hints.get(name, ""), kind)  # the elements that the caller passed
            deep = bool(kind.items) and _holds_list(kind.items[0]) and rev.part_in_table(name)  # type: ignore[index]
            taken = Call("copy_lists", (self._early(name),))
            taken = taken if deep else replace(taken, fun="list", form="list")
            self.late.append(Let(entry, taken, None, True))
            self.storage.places[entry] = self.storage.places[name]
            arrays = rev.let(Call("shadow_tree", (rev.shadow_table(), Var(entry))), kind, rev.bar_hint(name))
            if not mixed:
                return arrays
            return rev.let(Call("add_lists", (arrays, rev.list_bar(name))), kind, rev.bar_hint(name))
        if kind.cat == "list":
            return rev.buffer(name)
        if not kind.inexact:
            return Const(None)
        if kind.cat in ARRAYS and name not in rev.paths and self.storage.in_table(name):
            shadow = rev.shadow(name)
            if rev.tracked is not None and name in rev.tracked.names:
                return shadow
            return rev.let(Call("copy", (shadow,)), rev.kind(shadow), rev.bar_hint(name))
        if kind.cat in ARRAYS and name in rev.paths and rev.part_in_table(name):
            made = rev.let(Call("shadow_of", (rev.shadow_table(), rev.like(name))), kind)
            return rev.let(Call("copy", (made,)), kind, rev.bar_hint(name))
        bar = rev.bars.pop(name, None)
        if bar is None:
            return rev.zero(name).atom
        bar = self._in_its_width(rev.full(rev.project(bar, kind), name), name)
        if kind.cat in ARRAYS and not bar.owned and rev.kind(bar.atom).cat in ARRAYS and kind != RANK_ZERO:
            if rev.kind(bar.atom).cat == "num" or rev.kind(bar.atom).shape == ():  # a number or a 0-d array
                return rev.let(Call("np.array", (bar.atom,)), kind, rev.bar_hint(name))
            return rev.let(Call("copy", (bar.atom,)), rev.kind(bar.atom), rev.bar_hint(name))
        return bar.atom

    def _in_its_width(self, bar: Bar, name: str) -> Bar:
        """The cotangent of an argument in the argument's dtype, where that of the sums may be another."""
        kind, mine = self.rev.kinds[name], self.rev.kind(bar.atom)
        own = "float64" if kind.cat == "float" else kind.dtype
        numpy = mine.cat in ARRAYS if kind.cat == "array" else mine.cat == "npscalar"
        wide = own in ("float64", "complex128")
        same = mine.dtype == own and (wide or not self._is_of_helper(bar.atom))
        if not numpy or own in K.CLASSES or same or (wide and mine.dtype in K.CLASSES):
            return bar
        if kind.cat == "array":
            call = Call("np.astype", (bar.atom, Ref(f"np.{own}", getattr(np, own))), (), ".astype")
        else:
            call = Call("float" if kind.cat == "float" else f"np.{own}", (bar.atom,))
        return Bar(self.rev.let(call, kind, self.rev.bar_hint(name)), owned=True)

    def _is_of_helper(self, atom: Atom) -> bool:
        """Whether a helper has made a value, or what it is made of: Python's 1.0 is a float64 to it."""
        lets = {s.name: s.call for s in walk(tuple(self.rev.block)) if isinstance(s, Let)}
        todo, seen = set(atom_vars(atom)), set[str]()
        while todo:
            name = todo.pop()
            seen.add(name)
            call = lets.get(name)
            if call is not None and is_helper(call.fun) and call.fun not in _KEEPING:
                return True
            todo |= set() if call is None else set(call_vars(call)) - seen
        return False

    def _early(self, name: str) -> Var:
        """An argument, or a part of one, as it is on entry."""
        if name not in self.rev.paths:
            return Var(name)
        base, key = self.rev.paths[name]
        part = self.fresh("", self.rev.kinds[name])
        self.late.append(Let(part, Call("getitem", (self._early(base), Const(key))), None, True))
        self.storage.places[part] = self.storage.places[name]
        return Var(part)

    def _items_in_table(self, name: str) -> bool:
        """Whether a list has tuples or dicts that hold arrays or lists in the tables."""
        kind = self.rev.kinds[name]
        parted = kind.cat == "list" and bool(kind.items) and kind.items[0].cat in ("tuple", "dict")  # type: ignore[index]
        if not parted or self.rev.part_in_table(name):
            return parted
        cls = self.rev.class_of(name)
        cls = None if cls is None else self.aliases.elements(cls)
        inner = None if cls is None else self.aliases.elements(cls)
        if not _holds_list(kind.items[0]) or inner not in self.storage.list_table:  # type: ignore[index]
            return False
        changes = [s for s in self.storage.written_lists[inner] if not isinstance(s, Store)]
        if changes:
            what = "a list that stands in a tuple or dict in a list of the caller's changes its length"
            refuse(getattr(changes[0], "span", None) or self.lowered.span, what, "copy it first (list(xs))")
        return True

    # ---- the parts

    def copy_parameter(self, name: str) -> None:
        """Copy an argument on entry."""
        if name in self.copies:
            return
        kind = self.program.kinds[name]
        copy = self.fresh(self.program.hints[name], kind)
        if kind.cat in ARRAYS:
            strided = self._needs_strides(name)
            call = (
                Call("copy_strided", (Var(name),)) if strided else Call("copy", (Var(name),), (), ".copy K")
            )
        else:
            call = Call("copy_tree", (Var(name),))
        self.entry.append(Let(copy, call, None, True))
        self.copies[name] = Var(copy)
        for stopped, atom in self.copies.items():
            if atom == Var(name):
                self.copies[stopped] = Var(copy)

    def _needs_strides(self, name: str) -> bool:
        """Whether a copy-or-view function meets the argument, which decides by strides."""
        return name in self.lowered.strided or self.storage.asks_for_strides(name)

    def copy_written(self) -> None:
        """Copy the arguments that the function writes to."""
        for name in written_arguments(self.program, self.aliases, self.storage):
            self.copy_parameter(name)

    def finish(self, again: bool = False) -> tuple[Block, Block, Record]:
        """The forward and the reverse sweep, every reference satisfied; it may be run `again`."""
        record = Record(self.rev, again)
        reverse = record.run(self._with_table())
        rebuilt = rebuild(self.program.body[:-1], record.edits, self.fresh, {})
        forward = self._plain_calls(assigned(rebuilt, self.program.kinds))
        lets = (s for s in walk(self.program.body) if isinstance(s, Let) and not self.lowered.stops)
        stopped = {s.name: s.call.args[0] for s in lets if s.call.fun == "stop_gradient"}
        stopped |= self._ends_of_loops()
        if stopped:
            self.stopped = final = resolved(stopped)
            self.copies.update(final)
            forward = tuple(substituted(s, final) for s in without(forward, stopped))
            reverse = tuple(substituted(s, final) for s in without(reverse, stopped))
        return (*self.late, *begun(record.edits.top, forward)), reverse, record

    def _ends_of_loops(self) -> dict[str, Atom]:
        """What checkpointed loops give, by the name that it has where it counts as another value.

        Where shadows are found by address it is another array.
        """
        found: dict[str, Atom] = {}
        for stmt in walk(self.program.body):
            if not isinstance(stmt, Let) or not stands_for_loop(stmt):
                continue
            ends = dict(stmt.call.kwargs)["ends"]
            assert isinstance(ends, Tuple)
            for names, end in zip(self.rev.parts_of(stmt), ends.items, strict=True):
                if not self.rev.is_apart(end, names):
                    found.update(dict.fromkeys(names, end))
        return found

    def _plain_calls(self, block: Block) -> Block:
        """Calls of user functions that no derivative goes through."""
        result: list[Stmt] = []
        for stmt in block:
            if isinstance(stmt, Let) and stmt.call.fun == "user":
                result += self.rev.plain_call(stmt)
            else:
                result.append(with_blocks(stmt, tuple(self._plain_calls(p) for p in blocks(stmt))))
        return tuple(result)

    def _with_table(self) -> list[Stmt]:
        if self.rev.table is None:
            return self.rev.block
        return [Let(self.rev.table.name, Call("Shadows", ()), None, True), *self.rev.block]


def _hides_numbers(kind: Kind) -> bool:
    """Whether something in a container, but for the elements of a list, may be an array or a number."""
    if kind.cat not in ("list", "tuple", "dict"):
        return False
    inner = kind.items or ()
    return any((i.cat == "num" and kind.cat != "list") or _hides_numbers(i) for i in inner)


def _holds_list(kind: Kind) -> bool:
    """Whether there is a list in a list's element."""
    parted = kind.cat in ("tuple", "dict")
    return kind.cat == "list" or (parted and any(map(_holds_list, kind.items or ())))


def without(block: Block, names: dict[str, Atom]) -> Block:
    """A block without the definitions of names that have been replaced."""
    result = []
    for stmt in block:
        parts = blocks(stmt)
        if isinstance(stmt, Let) and stmt.name in names:
            continue
        result.append(with_blocks(stmt, tuple(without(p, names) for p in parts)) if parts else stmt)
    return tuple(result)


def joint(
    lowered: Lowered, wrt: Sequence[str], pairs: Pairs, *, value: bool, single: bool, name: str
) -> list[Program]:
    """`f_grad` or `f_value_and_grad` for a result of rank 0, and the pairs of the functions that it calls."""
    return with_callees(pairs, [_joint(Assembly(lowered, wrt, pairs), value, single, name)])


def written_arguments(program: Program, aliases: Aliases, storage: Storage) -> list[str]:
    """The parameters that a function writes into, itself or an element of an element."""
    found: list[str] = []
    changed = set(storage.mutable)
    for stmt in walk(program.body):
        target = stmt.base if isinstance(stmt, Store) else None
        if isinstance(stmt, CALLS) and stmt.call.fun.startswith("list."):
            target = stmt.call.args[0] if stmt.call.args else None
        cls = aliases.of(target.name) if isinstance(target, Var) else None
        if cls is not None:
            changed.add(cls)
    for name in program.params:
        cls = aliases.of(name)
        if program.kinds[name].cat in ARRAYS:
            found += [name] if cls in storage.mutable else []
        elif cls is not None and not changed.isdisjoint(aliases.reach(Var(name))):
            found.append(name)
    return found


def with_callees(pairs: Pairs, programs: list[Program]) -> list[Program]:
    """Programs behind the pairs that they call."""
    from s2sad.transform.callees import callees

    return callees(pairs, programs)


def _refuse_none(a: Assembly, result: Atom) -> list[Stmt]:
    """Raise TypeError where the function has returned None."""
    none, error = a.fresh("", K.BOOL), a.fresh("", K.OBJECT)
    message = Const(f"{a.program.name}() returned None; grad needs a real number")
    lines: tuple[Stmt, ...] = (
        Let(error, Call("call", (Ref("TypeError", TypeError), message)), None, True),
        Do(Call("raise", (Var(error),)), None, True),
    )
    return [
        Let(none, Call("is", (result, Const(None))), None, True),
        If(Var(none), lines, (), (), None, True),
    ]


def _joint(a: Assembly, value: bool, single: bool, name: str) -> Program:
    lowered = a.lowered
    a.track()
    grads = a.reverse(Const(1.0))
    forward, reverse, _ = a.finish()
    if a.rev.kind(lowered.result).optional:
        forward = (*forward, *_refuse_none(a, lowered.result))
    a.copy_written()
    body = [*a.entry, *(substituted(s, a.copies) for s in forward)]
    grads = [in_atom(g, a.copies) for g in grads]
    reverse = tuple(substituted(s, a.copies) for s in reverse)
    result = in_atom(lowered.result, a.copies)
    if value and isinstance(result, Var) and not a.fresh.hints.get(result.name):
        a.fresh.hints[result.name] = "value"
    parts = grads[0] if single else Tuple(tuple(grads))
    returned = Tuple((result, parts)) if value else parts
    program = replace(
        lowered.program, name=name, body=(*body, Comment("backward"), *reverse, Return(returned, None, True))
    )
    program.quiet = a.rev.quiet
    program.quiet_all = a.lowered.quiet
    return program
