"""Forward mode: every statement that varies gets its tangent's statement beside it.

Accepts a lowered program with its storage and activity; guarantees one program that computes value and
tangent in one sweep: the primal's statements unchanged and in their order, the tangents in place where the
primal is in place. Nothing is taped.

    y = f(x, z)             y_dot = (df/dx) x_dot + (df/dz) z_dot; y = f(x, z)
    y = x[I]                y_dot = x_dot[I]; y = x[I]              a view of the tangent if y is a view
    x[I] = v                x_dot[I] = v_dot; x[I] = v              0.0 if v is constant
    x[I] *= v               x_dot[I] = v*x_dot[I] + x[I]*v_dot; x[I] *= v
    xs.append(v)            xs_dot.append(v_dot); xs.append(v)
    if c: A else: B         one if statement, with the tangents' statements in its branches
    for i in range(n): A    one loop, in which tangents are carried beside what they belong to
    y = power(x, n)         y, y_dot = power_jvp(x, n, x_dot)       functions that call themselves

A tangent's statement stands before its primal statement, which may overwrite what it reads, except where it
reads the primal's result. A name has a tangent if it varies (`analysis.activity`); constants that meet
tangents (in a branch, at the head of a loop, in a list) get zeros there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.analysis.outside import is_read, is_told
from s2sad.analysis.places import is_view
from s2sad.analysis.primitives import is_opaque, is_pure
from s2sad.errors import refuse
from s2sad.frontend.lower import Lowered
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind, carries
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Program,
    Range,
    Ref,
    Return,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    call_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_atom, resolved
from s2sad.rules import registry
from s2sad.rules.advice import remedy
from s2sad.rules.binding import bind
from s2sad.transform.assigned import assigned
from s2sad.transform.bars import ARRAYS
from s2sad.transform.builder import INSTEAD, MIXED
from s2sad.transform.calls import UNKNOWN, called_plainly, refuse_overlaps
from s2sad.transform.edits import substituted
from s2sad.transform.joint import Assembly, without
from s2sad.transform.pairs import Pairs, Token, numbered
from s2sad.transform.reverse import SILENT
from s2sad.transform.rules import content_names
from s2sad.transform.tangents import CONTAINERS, Tangents
from s2sad.transform.told import COMES_BACK, NOT_KNOWN, comes_back

TAKING = frozenset(("user", "list.pop"))
LINE = 40  # statements that one line of the user's may have become
LINEAR_WRITES = frozenset(("np.add.at", "np.subtract.at", "accumulate", "add_to_item"))


@dataclass(slots=True)
class Jvp:
    """The forward function of a callee for a set of active parameters."""

    callee: Any
    active: tuple[str, ...]
    token: Token


@dataclass(slots=True)
class Jvps:
    """All forward functions that one module text needs; `taken` are the names that theirs begin with."""

    made: dict[Any, Jvp] = field(default_factory=dict)
    waiting: list[Jvp] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def of(self, callee: Any, active: tuple[str, ...]) -> Jvp:
        """The forward function of a callee, asked for if it is new."""
        key = callee, active
        if key not in self.made:
            name = numbered(callee.name, self.taken)
            self.made[key] = Jvp(callee, active, Token(f"{name}_jvp"))
            self.waiting.append(self.made[key])
        return self.made[key]


class Forward(Tangents):
    """Writes the tangents of one program into it."""

    def __init__(self, assembly: Assembly, jvps: Jvps) -> None:
        super().__init__(assembly)
        self.jvps = jvps
        self.texts = assembly.texts
        self.tried = 0  # try statements around
        self.stopped: dict[str, Atom] = {}
        self.stops = assembly.lowered.stops
        self.table: Var | None = None  # of the tangents of outside arrays

    def run(self, block: Block, ends: Sequence[Atom] = ()) -> tuple[Block, list[Atom]]:
        """A block with its tangents, and the tangents of what leaves it."""
        outer, self.block = self.block, []
        for stmt in block:
            self._statement(stmt)
        dots = [self.dot(atom) for atom in ends]
        made, self.block = tuple(self.block), outer
        return made, dots

    def _statement(self, stmt: Stmt) -> None:
        if isinstance(stmt, Let):
            self._let(stmt)
        elif isinstance(stmt, Do):
            self._do(stmt)
        elif isinstance(stmt, Store):
            self._store(stmt)
        elif isinstance(stmt, If):
            self._if(stmt)
        elif isinstance(stmt, For | While):
            self._loop(stmt)
        else:
            self.block.append(stmt)

    # ---- definitions

    def _let(self, stmt: Let) -> None:
        name, call = stmt.name, stmt.call
        if call.fun == "stop_gradient":
            self._keep_place(stmt)
            self.block.append(stmt)
            if not self.stops:
                self.stopped[name] = call.args[0]
            return
        if call.fun == "user":
            self._user(stmt)
            return
        read = name in self.texts.read
        if read or (self.program.kept and name in self.varied and comes_back(call, self.storage.lets)):
            self.block.append(stmt)
            unknown = self.fresh(self.dot_hint(name), self.kinds[name])
            told = (Const("text"),) if read else ()
            self.block.append(Let(unknown, Call("no_tangent", told), stmt.span, True))
            self.dots[name] = Var(unknown)
            return
        if call.fun == "plain" and self.active(call.args[0]):
            self.refuse_at(stmt, *(COMES_BACK if self.program.kept else NOT_KNOWN))
        if name in self.varied and self._is_outside(stmt):
            return self._by_address(stmt)
        if name not in self.varied or is_told(call, self.storage.lets):
            self._refuse_hidden(stmt)
            self._keep_place(stmt)
            self.block.append(stmt)
            return
        if is_opaque(call):
            self._refuse_hidden(stmt)
        outer, self.block = self.block, []
        dot = self.tangent(stmt)
        self._name_after(dot, name)
        made, self.block = self.block, outer
        self.dots[name] = dot
        late = any(name in uses(s) for s in walk(tuple(made)))
        self.block += [stmt, *made] if late else [*made, stmt]

    def _is_outside(self, let: Let) -> bool:
        """Whether a definition gives a name to an array that stands outside, in a class that is written."""
        call, kind = let.call, self.kinds[let.name]
        if call.fun == "found":
            return True
        if kind.cat != "array" or self.aliases.of(let.name) not in self.aliases.outside:
            return False
        base = call.args[0] if call.fun == "getitem" else None
        return is_read(call) or (isinstance(base, Ref) and self.kind(base).cat != "array")

    def _by_address(self, stmt: Let) -> None:
        """The tangent of an outside array: it has the place that the array has in what it is a view of."""
        hidden = self._hidden(stmt.name) if self.entry is not None else stmt
        if hidden is not None or self.entry is None:
            what = "an outside array is written, and another name may stand for it here"
            instead = "pass it as an argument, or take the derivative in reverse mode"
            return self.refuse_at(hidden or stmt, what, instead)
        if self.table is None:
            self.table = Var(self.fresh("dots", K.OBJECT))
            self.entry.append(Let(self.table.name, Call("Shadows", ()), None, True))
        kind = replace(self.kinds[stmt.name], cat="array")
        self.block.append(stmt)
        call = Call("shadow_of", (self.table, Var(stmt.name)))
        self.dots[stmt.name] = self.let(call, kind, self.dot_hint(stmt.name))

    def _hidden(self, name: str) -> Stmt | None:
        """What may give an outside array that is written another name, but as a view of it: a list, say."""
        cls = self.aliases.of(name)
        assert cls is not None
        for other in self.aliases.members(cls):
            let, kind = self.storage.lets.get(other), self.kinds[other]
            if let is None or kind.is_scalar or let.call.fun == "held" or self._is_outside(let):
                continue
            if is_told(let.call, self.storage.lets) and not is_read(let.call):
                continue
            taken = let.call.fun in TAKING or is_opaque(let.call)
            if kind.cat not in ARRAYS or taken or self._is_copied(let.call):
                return let
        copied = map(self._copied, self.aliases.containers(cls))
        return next((stmt for stmt in copied if stmt is not None), None)

    def _is_copied(self, call: Call) -> bool:
        """Whether a call takes a part of what is no array, and is not displayed in the program either."""
        base = call.args[0] if call.fun in ("getitem", "getattr") else None
        if base is None or self.kind(base).cat in ARRAYS:
            return False
        cls = self.aliases.of(base.name) if isinstance(base, Var) else None
        return cls is None or cls in self.aliases.outside or self._copied(cls) is not None

    def _copied(self, cls: int) -> Stmt | None:
        """What makes a container of arrays, but for displays."""
        held = [n for n in self.aliases.members(cls) if self.kinds[n].cat in CONTAINERS]
        arrays = [n for n in held if any(not k.is_scalar for k in self.kinds[n].items or ())]
        lets = [self.storage.lets[n] for n in arrays if n in self.storage.lets]
        return next((s for s in lets if s.call.fun not in CONTAINERS or s.call.form), None)

    def _name_after(self, dot: Atom, name: str) -> None:
        if isinstance(dot, Var) and dot.name in self.made_calls and not self.fresh.hints.get(dot.name):
            self.fresh.hints[dot.name] = self.dot_hint(name)

    def _keep_place(self, stmt: Let) -> None:
        """The tangent of the storage behind a view that counts as constant, in case it is written."""
        name = stmt.name
        if self.kinds[name].cat not in ARRAYS or not self.storage.is_mutable(name):
            return
        base = stmt.call.args[0] if stmt.call.args else None
        if isinstance(base, Var) and is_view(stmt.call, self.kinds, self.kinds[name]) == "view":
            place = self.places.get(base.name, self.dots.get(base.name))
            if place is not None and stmt.call.fun == "stop_gradient":
                self.places[name] = place
            elif place is not None:
                self.places[name] = self.let(
                    replace(stmt.call, args=(place, *stmt.call.args[1:])), self.kinds[name]
                )

    def _refuse_hidden(self, stmt: Let | Do) -> None:
        """Refuse an active value that enters code which cannot be seen."""
        call = stmt.call
        if call.fun in SILENT or not is_opaque(call) or is_told(call, self.storage.lets):
            return
        if self.dots.keys().isdisjoint(call_vars(call)):
            return
        name = call.form or call.fun
        if call.fun == "call" and not call.form:
            name = getattr(call.args[0], "text", "")
        self.refuse_at(
            stmt,
            f"an active value enters {name or 'a function'}, "
            "which has no rule and no source that can be read",
            remedy(getattr(call.args[0], "obj", None) if call.args else None, call.form.removeprefix("."))
            or "write it with functions that s2sad knows, or register a rule for it",
        )

    def _user(self, stmt: Let) -> None:
        """A call of a function that calls itself: its forward function in its place."""
        fn, *operands = stmt.call.args
        assert isinstance(fn, Ref)
        callee = fn.obj
        names = list(callee.arguments)
        active = tuple(names[i] for i in callee.dynamic if self.active(operands[i]))
        written = set(active) & {n for n, _ in callee.touches}
        if not callee.apart and (not active or (stmt.name not in self.varied and not written)):
            self.block.append(replace(stmt, call=called_plainly(stmt.call)))
            return
        refuse_overlaps(stmt, callee, dict(zip(names, operands, strict=True)), self.aliases)
        jvp = self.jvps.of(callee, active)
        given = [operands[i] for i in callee.dynamic]
        given += [self._dot_passed(operands[names.index(n)], n in written, stmt) for n in active]
        kind = self.kinds[stmt.name]
        if not carries(kind):
            self.block.append(replace(stmt, call=Call("call", (Ref(jvp.token.name, jvp.token), *given))))
            return
        both = self.fresh("", Kind("tuple", items=(kind, kind)))
        dot = self.fresh(self.dot_hint(stmt.name), kind)
        self.block += [
            Let(both, Call("call", (Ref(jvp.token.name, jvp.token), *given)), stmt.span, True),
            Let(stmt.name, Call("getitem", (Var(both), Const(0))), stmt.span, True),
            Let(dot, Call("getitem", (Var(both), Const(1))), stmt.span, True),
        ]
        self.dots[stmt.name] = Var(dot)

    def _dot_passed(self, atom: Atom, written: bool, stmt: Let) -> Atom:
        """The tangent of an argument; of one that is written the storage itself."""
        if not written or not isinstance(atom, Var):
            return self.dot(atom)
        place = self.places.get(atom.name, self.dots.get(atom.name))
        if isinstance(place, Var):
            return place
        what = "what counts as constant here is written, and shares memory with what does not"
        refuse(stmt.span or UNKNOWN, what, "copy it first")

    # ---- effects

    def _do(self, stmt: Do) -> None:
        call = stmt.call
        if call.fun in ("list.append", "list.insert"):
            xs, *at, value = call.args
            if self.active(xs):
                self.do(Call(call.fun, (self.dot(xs), *at, self.dot(value))), stmt.span)
        elif call.fun in ("accumulate_shadows", "accumulate_lists"):
            bars, held, given, *depth = call.args
            if self.active(bars):
                added = (self.dot(bars), held, self.dot(given), *depth)
                self.do(Call(call.fun, added), stmt.span)
        elif call.fun in LINEAR_WRITES:
            base, index, *rest = call.args
            dots = [index, self.dot(rest[0])] if rest else [self.dot(index)]
            if self.active(base) and self.active(call.args[-1]):
                self.do(Call(call.fun, (self.dot(base), *dots)), stmt.span)
        elif call.fun not in SILENT and not is_told(call, self.storage.lets):
            self._refuse_hidden(stmt)
            if call.args and self._is_tracked(call.args[0]):
                name = (call.form or call.fun).lstrip(".")
                self.refuse_at(
                    stmt,
                    f"{name} writes into an active array",
                    "assign to its elements, or use the function that returns a new array",
                )
        self.block.append(stmt)

    def _is_tracked(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and (atom.name in self.dots or atom.name in self.places)

    def _store(self, stmt: Store) -> None:
        """`x[I] = v` or `x[I] op= v`: the same write into the tangent."""
        base, index, value = stmt.base, stmt.index, stmt.value
        assert isinstance(base, Var) or not self.active(base)
        place = self._place(base, stmt)
        if place is None:
            self.block.append(stmt)
            return
        whole = Const(Ellipsis) if index is None else index
        start = len(self.block)
        if stmt.op == "":
            if self.kind(base).dtype == K.MIXED and self.active(value):
                self.refuse_at(stmt, f"an array that {MIXED} is written", INSTEAD)
            zero = Const(0.0) if self.kind(base).cat in ARRAYS else None
            dot = self.dot(value) if zero is None or self.active(value) else zero
            if self.tried:  # where the write raises, the tangent is to stay what it was
                self.block.append(stmt)
            self.store(place, whole, dot)
            if self.tried:
                return
        elif stmt.op in ("add", "sub"):
            if self.active(value):
                self.store(place, index, self.dot(value), stmt.op)
        elif stmt.op == "mul" and not self.active(value):
            self.store(place, index, value, "mul")
        else:
            self.store(place, whole, self._augmented(stmt, place))
        self._lift(start)
        self.block.append(stmt)

    def _lift(self, start: int) -> None:
        """Move a tangent's store before the temporaries of the primal line that it stands in.

        The primal never reads what a tangent is stored in; so its line is not torn apart.
        """
        kept = self.block[start:]
        needed = {n for s in kept for n in uses(s)}
        moved: list[Stmt] = []
        at = start
        while at and isinstance(self.block[at - 1], Let) and start - at < LINE:
            at -= 1
            stmt = self.block[at]
            if self._is_temporary(stmt, needed):
                moved.append(stmt)
            else:
                kept.insert(0, stmt)
                needed.update(uses(stmt))
        self.block[at:] = [*kept, *reversed(moved)]

    def _is_temporary(self, stmt: Stmt, needed: set[str]) -> bool:
        return (
            isinstance(stmt, Let)
            and not stmt.made
            and not self.program.hints.get(stmt.name)
            and stmt.name not in needed
            and is_pure(stmt.call, self.kinds)
        )

    def _place(self, base: Atom, stmt: Store) -> Atom | None:
        """The tangent of the storage that is written."""
        if not isinstance(base, Var):
            return None
        place = self.places.get(base.name, self.dots.get(base.name))
        if place is None and carries(self.kinds[base.name]) and self._holds_active(base.name):
            self.refuse_at(
                stmt,
                "what counts as constant here is written, and shares memory with what does not",
                "copy it first",
            )
        return place

    def _holds_active(self, name: str) -> bool:
        """Whether a constant shares storage with a value that has a tangent."""
        cls = self.aliases.of(name)
        return cls is not None and any(n in self.dots for n in self.aliases.members(cls))

    def _augmented(self, stmt: Store, place: Atom) -> Atom:
        """The tangent of `x[I] op v` by the rule of the operator."""
        rule = registry.rule(stmt.op)
        first, second = list(rule.signature)[:2]
        old, dot = self._region(stmt.base, stmt.index), self._region(place, stmt.index)
        atoms = {first: old, second: stmt.value}
        bound, _ = bind(rule, Call(stmt.op, (old, stmt.value)), self.kind)
        bound.out = self.kind(old)
        dots = {first: dot}
        if self.active(stmt.value):
            dots[second] = self.dot(stmt.value)
        bound.active = frozenset(dots)
        out: Atom | None = None
        total: Atom | None = None
        for name, g in dots.items():
            if name in rule.linear:  # of matrices the texts are those of reverse mode
                both = tuple(g if n == name else a for n, a in atoms.items())
                product = self.let(Call(stmt.op, both), self.kind(old))
                total = product if total is None else self.binary("add", total, product)
                continue
            text = rule.vjp.get(name)
            made = text(bound) if callable(text) else text
            if made is None:
                continue
            if "out" in content_names(made) and out is None:
                out = self.let(Call(stmt.op, (old, stmt.value)))
            self._note_pole(made, bound, Call(stmt.op, (old, stmt.value)), self.kind(old))
            term = self.text(made, {**atoms, "g": g, **({"out": out} if out is not None else {})})
            total = term if total is None else self.binary("add", total, term)
        return Const(0.0) if total is None else total

    def _region(self, base: Atom, index: Atom | None) -> Atom:
        return base if index is None else self.getitem(base, index)

    # ---- structured statements

    def _if(self, stmt: If) -> None:
        outs = [o for o in stmt.outs if o.name in self.varied]
        self.tried += stmt.form == "try"
        then, ones = self.run(stmt.then, [o.then for o in outs])
        self.tried -= stmt.form == "try"
        orelse, twos = self.run(stmt.orelse, [o.orelse for o in outs])
        added: list[Out] = []
        for out, one, two in zip(outs, ones, twos, strict=True):
            kind = self.kinds[out.name]
            if kind.is_scalar and not (isinstance(one, Const) or isinstance(two, Const)):
                kind = K.join(self.kind(one), self.kind(two))
            name = self.fresh(self.dot_hint(out.name), kind)
            added.append(Out(name, one, two))
            self.dots[out.name] = Var(name)
        plain = stmt.ternary and not added and not then and not orelse
        ternary = stmt.ternary if plain or len(stmt.outs) + len(added) <= 1 else False
        self.block.append(replace(stmt, then=then, orelse=orelse, outs=(*stmt.outs, *added), ternary=ternary))

    def _loop(self, stmt: For | While) -> None:
        if isinstance(stmt, For) and not isinstance(stmt.space, Range) and self.active(stmt.space):
            self.refuse_at(
                stmt,
                "a loop over something whose items are active and whose length is not known",
                "write a loop over range(len(...))",
            )
        carried = [c for c in stmt.carried if c.name in self.varied or c.out in self.varied]
        inits = [self.dot(c.init) for c in carried]
        heads: list[str] = []
        for c in carried:
            heads.append(self.fresh(self.dot_hint(c.name), self.dot_kind(c.name)))
            self.dots[c.name] = Var(heads[-1])
        head = self.run(stmt.head)[0] if isinstance(stmt, While) else ()
        body, nexts = self.run(stmt.body, [c.next for c in carried])
        added: list[Carry] = []
        for c, init, start, after in zip(carried, inits, heads, nexts, strict=True):
            out = self.fresh(self.dot_hint(c.out), self.dot_kind(c.out))
            added.append(Carry(start, init, after, out))
            self.dots[c.out] = Var(out)
        carries = (*stmt.carried, *added)
        if isinstance(stmt, While):
            self.block.append(replace(stmt, head=head, body=body, carried=carries))
        else:
            self.block.append(replace(stmt, body=body, carried=carries))


def forward(
    lowered: Lowered, wrt: Sequence[str], *, aux: bool, name: str, value: bool = True
) -> list[Program]:
    """`f_jvp(..., x_dot, ...)`, which returns the value and its tangent, behind the functions it calls.

    With `aux` the function returns `(value, aux)`, and the tangent is the value's alone. Without `value` the
    tangent alone is returned.
    """
    jvps = Jvps(taken={name.removesuffix("_jvp")})
    program = _forward(lowered, wrt, jvps, aux, name)
    if not value:
        *body, end = program.body
        assert isinstance(end, Return) and isinstance(end.value, Tuple)
        program = replace(program, body=(*body, replace(end, value=end.value.items[1])))
    programs: list[Program] = []
    while jvps.waiting:
        wanted = jvps.waiting.pop(0)
        made = _forward(wanted.callee.lowered, wanted.active, jvps, False, wanted.token.name)
        made.token = wanted.token
        made.repeats = wanted.callee.pushes
        programs.append(made)
    return [*programs, program]


def _forward(lowered: Lowered, wrt: Sequence[str], jvps: Jvps, aux: bool, name: str) -> Program:
    a = Assembly(lowered, wrt, Pairs())
    called = name in {j.token.name for j in jvps.made.values()}
    fwd = Forward(a, jvps)
    params: list[str] = []
    for primal in a.wrt:
        params.append(a.fresh(fwd.dot_hint(primal), a.program.kinds[primal]))
        fwd.dots[primal] = Var(params[-1])
    entry = [] if called else _entry(a, fwd)
    fwd.entry = None if called else entry
    result: Atom = lowered.result
    if not aux:
        a.refuse_said(result)
    single = called and not carries(fwd.kind(result))
    body, dots = fwd.run(lowered.program.body[:-1], [] if aux or single else [result])
    tail: list[Stmt] = []
    if aux:
        fwd.block = tail
        dots = [fwd.dot(_first(fwd, result))]
    if fwd.stopped:
        a.copies.update(resolved(fwd.stopped))
    body = assigned(without(body, fwd.stopped), fwd.kinds)
    returned: Atom = in_atom(result, a.copies)
    if not single:
        returned = Tuple((returned, in_atom(dots[0], a.copies)))
    if isinstance(result, Var) and not a.fresh.hints.get(result.name):
        a.fresh.hints[result.name] = "value"
    program = replace(
        lowered.program,
        name=name,
        params=(*lowered.program.params, *params),
        body=(*entry, *(substituted(s, a.copies) for s in (*body, *tail)), Return(returned, None, True)),
    )
    program.quiet_all = a.lowered.quiet or fwd.quiet
    program.kept = program.kept or ("read" if a.texts.read else "")
    return program


def _entry(a: Assembly, fwd: Forward) -> list[Stmt]:
    """Copies of the arguments that the function writes to, and of their tangents."""
    a.copy_written()
    for primal in a.wrt:
        if primal not in a.copies:
            continue
        dot = fwd.dots[primal]
        kind = a.program.kinds[primal]
        own = a.fresh(fwd.dot_hint(primal), kind)
        if kind.cat not in ARRAYS:
            a.entry.append(Let(own, Call("copy_tree", (dot,)), None, True))
        elif a._needs_strides(primal):
            a.entry.append(Let(own, Call("copy_strided", (Var(primal),)), None, True))
            a.entry.append(Store(Var(own), Const(Ellipsis), dot, "", None, True))
        else:
            a.entry.append(Let(own, Call("copy", (dot,), (), ".copy K"), None, True))
        fwd.dots[primal] = Var(own)
    for param in a.program.params:
        if param in fwd.varied and param not in fwd.dots and carries(a.program.kinds[param]):
            fwd.block = a.entry  # what varies is written into it
            dot = fwd.zero(a.copies.get(param, Var(param)))
            fwd._name_after(dot, param)
            if a.program.kinds[param].cat != "object":
                fwd.dots[param] = dot
    return a.entry


def _first(fwd: Forward, result: Atom) -> Atom:
    """The first part of a pair."""
    if isinstance(result, Tuple):
        return result.items[0]
    assert isinstance(result, Var)
    kind = (fwd.kinds[result.name].items or (K.OBJECT,))[0]
    part = fwd.let(Call("getitem", (result, Const(0))), kind)
    if fwd.active(result):
        fwd.dots[part.name] = fwd.let(Call("getitem", (fwd.dot(result), Const(0))), kind)
    return part
