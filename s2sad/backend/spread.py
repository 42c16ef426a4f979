"""Writes trivial expressions where they are used, as people do: `len(x)`, `x.shape[1]`, `i - 1`, a sign.

Accepts an SSA program; guarantees the same program with a definition of its own before each use of the length
or shape of an array which lives throughout, of its transpose where that is a factor, of an integer plus or
minus a literal, and of a negation that additions take in. Re-nesting then folds each into its use.

    t = len(x); for i in range(1, t): ...; for i in range(t - 1, 0, -1): ...
    for i in range(1, len(x)): ...; for i in range(len(x) - 1, 0, -1): ...

    t = -s; x_bar[1:] += t; x_bar[:-1] += k*t
    x_bar[1:] -= s; x_bar[:-1] -= k*s
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import replace

from s2sad.analysis.iteration import may_resize
from s2sad.analysis.primitives import ARITHMETIC, is_pure
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Carry,
    Comment,
    Const,
    Do,
    For,
    Fresh,
    If,
    Let,
    Out,
    Program,
    Return,
    Stmt,
    Store,
    Var,
    While,
    atom_vars,
    blocks,
    defines,
    inner_names,
    readers,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_call, in_statement, with_blocks

BILINEAR = ("mul", "np.vdot")
SIGNS = 3  # products of products that a sign goes through
LINEAR = ("truediv", "unbroadcast", "summed_to", "np.sum")  # in the first operand


def spread(program: Program) -> Program:
    """The program with trivial expressions before their uses."""
    known = _Trivial(program)
    trivial = known.found
    if not trivial:
        return program
    fresh = Fresh(program.kinds, program.hints)
    used: set[str] = set()
    body = _block(program.body, known, fresh, used)
    todo = list(used)
    while todo:  # what stays needs what it is made of
        kept = {n for a in trivial[todo.pop()].args for n in atom_vars(a) if n in trivial}
        todo += kept - used
        used |= kept
    return replace(program, body=_without(body, trivial.keys() - used))


class _Trivial:
    """The definitions of a program that are written out at each use."""

    def __init__(self, program: Program) -> None:
        self.kinds, self.hints = program.kinds, program.hints
        self.found: dict[str, Call] = {}
        self.program = program
        for stmt in walk(program.body):
            if isinstance(stmt, Let) and not self.hints.get(stmt.name) and self._is_trivial(stmt):
                self.found[stmt.name] = stmt.call

    @functools.cached_property
    def _lasting(self) -> frozenset[str]:
        """Arguments, the copies of arguments that take their names, and what a backward function is given."""
        own = [Var(name) for name in self.program.params]
        copies = [s for s in self.program.body if isinstance(s, Let) and s.made and s.call.args[:1]]
        made = [s.name for s in copies if s.call.fun in ("copy", "copy_strided") and s.call.args[0] in own]
        rebound = {self.hints.get(name) for name in made}
        names = [n for s in walk(self.program.body) for n in (*defines(s), *inner_names(s))]
        hints = Counter(self.hints.get(n) for n in names)
        made += [
            s.name
            for s in copies
            if s.call.fun == "getitem" and s.call.args[0] in own and hints[self.hints.get(s.name)] == 1
        ]
        params = [p for p in self.program.params if (self.hints.get(p) or p) not in rebound]
        return frozenset((*made, *params))

    def _is_trivial(self, let: Let) -> bool:
        call = let.call
        first = call.args[0] if call.args else None
        if not isinstance(first, Var):
            return False
        if call.fun == "len" or (call.fun == "getattr" and call.args[1] == Const("shape")):
            lasts = self.kinds[first.name].cat == "array" or (call.fun == "len" and not self._resizes)
            return lasts and first.name in self._lasting
        if call.fun == "getattr" and call.args[1] == Const("T"):
            of = self.found.get(first.name)
            lasts = first.name in self._lasting or (of is not None and of.fun == "getattr")
            return lasts and let.made and self.kinds[first.name].rank == 2 and self._is_factor(let.name)
        if call.fun == "getitem":
            return first.name in self.found and isinstance(call.args[1], Const)
        if call.fun in ("add", "sub") and self.kinds[let.name].cat == "int":
            named = bool(self.hints.get(first.name)) or first.name in self.found
            return named and isinstance(call.args[1], Const) and self.kinds[first.name].cat == "int"
        if call.fun != "neg" or not let.made or not self._is_worth_it(let.name):
            return False
        return self._is_number(first.name) or let.name in self._read_at_once

    @functools.cached_property
    def _resizes(self) -> bool:
        """Whether something may change the length of a list that the program has not made."""
        own = {name for name, let in self._lets.items() if let.call.fun == "list"}
        calls = [s.call for s in walk(self.program.body) if isinstance(s, Let | Do) and may_resize(s.call)]
        return any(not any(n in own for a in call.args[:1] for n in atom_vars(a)) for call in calls)

    def _is_factor(self, name: str) -> bool:
        """Whether a transposed matrix is only multiplied, or transposed again for that."""
        for stmt in self._users.get(name, ()):
            if not isinstance(stmt, Let):
                return False
            again = stmt.call == Call("getattr", (Var(name), Const("T")))
            if stmt.call.fun != "matmul" and not (again and self._is_factor(stmt.name)):
                return False
        return True

    # ---- signs

    def _is_number(self, name: str) -> bool:
        """Whether a value is a real number, or an array that is only read as an operand or stored."""
        kind = self.kinds[name]
        if kind.sort != "float":
            return False
        if kind.is_scalar:
            return True
        made = self._lets.get(name)
        if kind.cat != "array" or made is None or not made.made or made.call.fun not in ARITHMETIC:
            return False
        return all(self._is_read(stmt, name) for stmt in self._users.get(name, ()))

    def _is_read(self, stmt: Stmt, name: str) -> bool:
        """Whether a statement only reads what an array holds; `unbroadcast` may give the array itself."""
        if not isinstance(stmt, Let):
            return self._is_stored(stmt, name)
        if stmt.call.fun in ("unbroadcast", "summed_to"):
            return all(self._is_read(user, stmt.name) for user in self._users.get(stmt.name, ()))
        return stmt.call.fun in ARITHMETIC or stmt.call.fun == "np.sum"

    def _is_stored(self, stmt: Stmt, name: str) -> bool:
        return isinstance(stmt, Store) and stmt.value == Var(name) and name not in atom_vars(stmt.base)

    def _is_worth_it(self, name: str) -> bool:
        """Whether a sign vanishes in all that reads a value, but for one product at most."""
        users = self._users.get(name, ())
        rest = [stmt for stmt in users if not self._takes_in(stmt, name, SIGNS)]
        return not rest or (len(rest) == 1 < len(users) and self._is_product(rest[0], name))

    def _takes_in(self, stmt: Stmt, name: str, depth: int) -> bool:
        """Whether a statement adds a value to a place, or a product of it: it can be subtracted."""
        if not isinstance(stmt, Let):
            return self.is_added(stmt, name)
        fun, first = stmt.call.fun, stmt.call.args[:1]
        if stmt.made and (fun == "add" or (fun == "sub" and first != (Var(name),))):
            return True
        if not depth or self.hints.get(stmt.name) or not self._is_product(stmt, name):
            return False
        users = self._users.get(stmt.name, ())
        if len(users) == 1:
            return self._takes_in(users[0], stmt.name, depth - 1)
        return all(self.is_added(user, stmt.name) for user in users)

    def is_added(self, stmt: Stmt, name: str) -> bool:
        """Whether a statement adds a value to a place or subtracts it."""
        adds = isinstance(stmt, Store) and stmt.made and stmt.op in ("add", "sub")
        return adds and self._is_stored(stmt, name)

    def _is_product(self, stmt: Stmt, name: str) -> bool:
        """Whether a statement makes something that has the sign of a value."""
        if not isinstance(stmt, Let) or not stmt.made or stmt.call.args.count(Var(name)) != 1:
            return False
        fun, args = stmt.call.fun, stmt.call.args
        return fun in BILINEAR or (fun in LINEAR and args[0] == Var(name))

    def signed(self, stmt: Stmt) -> Let | None:
        """A product of a negation that several additions read: its sign is theirs."""
        users = self._users.get(stmt.name, ()) if isinstance(stmt, Let) and stmt.made else ()
        if len(users) < 2 or not isinstance(stmt, Let) or self.hints.get(stmt.name):
            return None
        signs = [n for n in uses(stmt) if n in self.found and self.found[n].fun == "neg"]
        if len(signs) != 1 or not self._is_product(stmt, signs[0]):
            return None
        signed = [u for u in users if isinstance(u, Let) and u.name in self.found]
        if not all(u in signed or self.is_added(u, stmt.name) for u in users):
            return None
        return replace(stmt, call=in_call(stmt.call, {signs[0]: self.found[signs[0]].args[0]}))

    @functools.cached_property
    def _read_at_once(self) -> frozenset[str]:
        """Negations of real arrays that are read before anything is written."""
        found: set[str] = set()
        todo = [self.program.body]
        while todo:
            block = todo.pop()
            waiting: dict[str, int] = {}
            for stmt in block:
                todo += blocks(stmt)
                if not isinstance(stmt, Let) or not is_pure(stmt.call, self.kinds):
                    waiting = {}
                    continue
                for name in set(uses(stmt)) & waiting.keys():
                    waiting[name] -= list(uses(stmt)).count(name)
                    if not waiting[name]:
                        found.add(name)
                if stmt.call.fun == "neg" and self.kinds[stmt.name].sort == "float":
                    waiting[stmt.name] = len(self._users.get(stmt.name, ()))
        return frozenset(found)

    @functools.cached_property
    def _lets(self) -> dict[str, Let]:
        return {s.name: s for s in walk(self.program.body) if isinstance(s, Let)}

    @functools.cached_property
    def _users(self) -> dict[str, list[Stmt]]:
        return readers(self.program.body)


class _Again(dict[str, Atom]):
    """Gives each use of a trivial name a definition of its own."""

    def __init__(self, trivial: dict[str, Call], fresh: Fresh, names: set[str], result: list[Stmt]) -> None:
        super().__init__({name: Var(name) for name in names})
        self.trivial, self.fresh, self.result = trivial, fresh, result

    def get(self, name: str, default: Atom) -> Atom:  # type: ignore[override]
        """The name of a new definition."""
        return self.define(name) if name in self else default

    def define(self, name: str) -> Var:
        """Append a definition to the statements so far."""
        call = self.trivial[name]
        first = call.args[0]
        if isinstance(first, Var) and first.name in self.trivial:
            call = replace(call, args=(self.define(first.name), *call.args[1:]))
        made = self.fresh("", self.fresh.kinds[name])
        self.result.append(Let(made, call, None, True))
        return Var(made)


def _block(block: Block, known: _Trivial, fresh: Fresh, used: set[str]) -> Block:
    result: list[Stmt] = []
    trivial = known.found
    for old in block:
        parts = blocks(old)
        stmt = with_blocks(old, tuple(_block(p, known, fresh, used) for p in parts)) if parts else old
        bare = known.signed(stmt)
        if bare is not None:
            made = fresh("", fresh.kinds[bare.name])
            trivial[bare.name] = Call("neg", (Var(made),))
            stmt = replace(bare, name=made)
        if isinstance(stmt, Let) and stmt.name in trivial:
            result.append(stmt)
            continue
        if isinstance(stmt, Comment | Return):
            used.update(n for n in uses(stmt) if n in trivial)
            result.append(stmt)
            continue
        held = set(_carried(stmt))
        used.update(held & trivial.keys())
        names = {n for n in uses(stmt) if n in trivial and n not in held}
        result.append(in_statement(stmt, _Again(trivial, fresh, names, result)) if names else stmt)
    return tuple(result)


def _carried(stmt: Stmt) -> list[str]:
    """Names that go round or leave: they are read where the block ends."""
    atoms: list[Atom] = []
    if isinstance(stmt, For | While):
        carries: tuple[Carry, ...] = stmt.carried
        atoms = [a for c in carries for a in (c.init, c.next)]
        if stmt.stop is not None:
            atoms.append(stmt.stop)
        if isinstance(stmt, While):
            atoms.append(stmt.cond)
    elif isinstance(stmt, If):
        outs: tuple[Out, ...] = stmt.outs
        atoms = [a for o in outs for a in (o.then, o.orelse)]
    return [a.name for a in atoms if isinstance(a, Var)]


def _without(block: Block, names: set[str]) -> Block:
    result: list[Stmt] = []
    for stmt in block:
        if isinstance(stmt, Let) and stmt.name in names:
            continue
        parts = blocks(stmt)
        result.append(with_blocks(stmt, tuple(_without(p, names) for p in parts)) if parts else stmt)
    return tuple(result)
