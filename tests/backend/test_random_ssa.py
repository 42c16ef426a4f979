"""Random SSA programs: the emitted text computes what an interpreter of SSA computes."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np
import pytest
from ssa import Builder, function, interpret

from s2sad.backend.emit import emit
from s2sad.ir.kinds import BOOL, INT, array, list_of, npscalar
from s2sad.ir.nodes import (
    Atom,
    Call,
    Carry,
    Const,
    For,
    If,
    Let,
    Moves,
    Out,
    Program,
    Range,
    Undef,
    Var,
    While,
)

HINTS = ["", "", "", "a", "b", "c", "x_bar", "y_dot", "t1"]
VECTOR = array((4,), "int64")


class Random:
    """A random program over ints, four-element arrays and one list."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.b = Builder()
        self.ints: list[Var] = [self.b.param("a", INT), self.b.param("b", INT)]
        self.arrays: list[Var] = [self.b.param("u", VECTOR), self.b.param("v", VECTOR)]
        self.list = self.b.let("xs", list_of(INT), "list", made=True)

    def program(self) -> Program:
        self.block(self.r.randint(2, 8), 0)
        items = [self.int() for _ in range(3)] + self.arrays[-2:] + [self.list]
        return self.b.program(tuple(items))

    def hint(self) -> str:
        return self.r.choice(HINTS)

    def made(self) -> bool:
        return self.r.random() < 0.6

    def int(self) -> Atom:
        return Const(self.r.randint(-3, 5)) if self.r.random() < 0.15 else self.r.choice(self.ints[-8:])

    def fresh_int(self) -> Var:
        """A new int; small, so that products stay exact."""
        product = self.b.let(
            "", INT, self.r.choice(["add", "sub", "mul"]), self.int(), self.int(), made=self.made()
        )
        return self.b.let(self.hint(), INT, "mod", product, self.r.choice([7, 11, 13]), made=self.made())

    def cond(self) -> Var:
        return self.b.let(
            self.r.choice(["", "", "go"]), BOOL, self.r.choice(["lt", "eq", "ge"]), self.int(), self.int()
        )

    def scoped(self, n: int, depth: int) -> tuple[tuple[Any, ...], Atom, Atom]:
        """A nested block, an int and an array that it leaves."""
        ints, arrays = list(self.ints), list(self.arrays)
        self.b.push()
        self.block(n, depth)
        value, vector = self.int(), self.r.choice(self.arrays)
        self.ints, self.arrays = ints, arrays
        return self.b.pop(), value, vector

    def block(self, n: int, depth: int) -> None:
        for _ in range(n):
            kinds = ["int"] * 4 + ["array"] * 2 + ["element", "store", "store", "list", "call"]
            if depth < 3:
                kinds += ["if", "if", "for", "while", "guard", "moves", "ternary"]
            getattr(self, "do_" + self.r.choice(kinds))(depth)

    def do_int(self, depth: int) -> None:
        self.ints.append(self.fresh_int())

    def do_array(self, depth: int) -> None:
        base = self.r.choice(self.arrays)
        which = self.r.randint(0, 3)
        if which == 0:
            made = self.b.let("", VECTOR, "add", base, self.r.choice(self.arrays), made=self.made())
            self.arrays.append(self.b.let(self.hint(), VECTOR, "mod", made, 11, made=self.made()))
        elif which == 1:
            self.arrays.append(
                self.b.let(self.hint(), VECTOR, "getitem", base, slice(None, None, -1), made=self.made())
            )
        elif which == 2:
            self.arrays.append(self.b.let(self.hint(), VECTOR, "copy", base, made=self.made()))
        else:
            part = self.b.let(
                self.hint(), array((3,), "int64"), "getitem", base, slice(1, None), made=self.made()
            )
            self.ints.append(self.b.let(self.hint(), npscalar("int64"), "np.sum", part, made=self.made()))

    def do_element(self, depth: int) -> None:
        base = self.r.choice(self.arrays)
        self.ints.append(
            self.b.let(
                self.hint(), npscalar("int64"), "getitem", base, self.r.randint(-4, 3), made=self.made()
            )
        )

    def do_store(self, depth: int) -> None:
        base, made = self.r.choice(self.arrays), self.made()
        which = self.r.randint(0, 3)
        if which == 0:
            self.b.store(base, self.r.randint(-4, 3), self.fresh_int(), made=made)
        elif which == 1:
            value = self.b.let(
                "", VECTOR, "getitem", self.r.choice(self.arrays), slice(None, None, -1), made=made
            )
            value = self.b.let("", VECTOR, "mod", value, 5, made=made)
            self.b.store(base, slice(None), value, made=made)
        elif which == 2:
            self.b.store(base, self.r.choice([None, slice(None)]), self.fresh_int(), "add", made=made)
        else:
            view = self.b.let("", array((2,), "int64"), "getitem", base, slice(1, 3), made=made)
            self.b.store(view, None, self.fresh_int(), self.r.choice(["", "sub"]), made=made)

    def do_list(self, depth: int) -> None:
        self.b.do("list.append", self.list, self.int(), made=self.made())

    def do_call(self, depth: int) -> None:
        self.ints.append(self.b.let(self.hint(), INT, "len", self.list, made=self.made()))

    def outs(self, one: Atom, two: Atom, undef: bool = False) -> Out:
        return Out(self.b.fresh(self.hint(), INT), one, Undef() if undef else two)

    def do_if(self, depth: int) -> None:
        cond = self.cond()
        then, one, vec = self.scoped(self.r.randint(0, 3), depth + 1)
        orelse, two, wec = self.scoped(self.r.randint(0, 2), depth + 1)
        outs = [self.outs(one, two), Out(self.b.fresh(self.r.choice(["u", "v", ""]), VECTOR), vec, wec)]
        if self.r.random() < 0.5:
            outs.append(self.outs(self.int(), self.int()))
        self.b.add(If(cond, then, orelse, tuple(outs), made=self.made()))
        self.ints.extend(Var(o.name) for k, o in enumerate(outs) if k != 1)
        self.arrays.append(Var(outs[1].name))

    def do_ternary(self, depth: int) -> None:
        cond = self.cond()
        self.b.push()
        one: Atom = self.fresh_int() if self.r.random() < 0.5 else self.int()
        then = self.b.pop()
        self.b.push()
        two: Atom = self.fresh_int() if self.r.random() < 0.5 else self.int()
        out = self.outs(one, two)
        orelse = self.b.pop()
        self.b.add(If(cond, then, orelse, (out,), made=True, ternary=True))
        self.ints.append(Var(out.name))

    def do_guard(self, depth: int) -> None:
        """A value that exists on one path only, and is read on that path only."""
        cond = self.cond()
        then, one, _ = self.scoped(2, depth + 1)
        orelse, _, _ = self.scoped(1, depth + 1)
        out = self.outs(one, one, undef=True)
        self.b.add(If(cond, then, orelse, (out,)))
        self.do_int(depth)
        self.b.push()
        late = self.b.let("", INT, "add", Var(out.name), 1)
        then = self.b.pop()
        after = self.outs(late, self.int())
        self.b.add(If(cond, then, (), (after,)))
        self.ints.append(Var(after.name))

    def do_moves(self, depth: int) -> None:
        values = [self.r.choice(self.ints) for _ in range(3)]
        made = tuple(self.b.fresh(self.r.choice(["a", "b", "x_bar"]), INT) for _ in values)
        self.b.add(Moves(made, tuple(values)))
        self.ints.extend(map(Var, made))

    def carries(self) -> tuple[list[tuple[str, Atom, str]], list[tuple[str, Atom, str]]]:
        hints = [self.r.choice(["a", "b", "c", "", "s"]) for _ in range(self.r.randint(1, 4))]
        ints = [(self.b.fresh(h, INT), self.int(), self.b.fresh(h, INT)) for h in hints]
        vectors = [
            (self.b.fresh(h, VECTOR), self.r.choice(self.arrays), self.b.fresh(h, VECTOR)) for h in ("u", "v")
        ]
        return ints, vectors[: self.r.randint(0, 2)]

    def body(self, depth: int, inits: Any, first: Any = None) -> Any:
        ints, vectors = inits
        self.b.push()
        self.ints.extend(Var(name) for name, *_ in ints)
        self.arrays.extend(Var(name) for name, *_ in vectors)
        if first is not None:
            first()
        self.block(self.r.randint(1, 4), depth + 1)
        left = self.b.fresh("returned", BOOL)
        stop, told = self.stop(depth, Var(left))
        pool: list[Atom] = [*(Var(n) for n, *_ in ints), *self.ints[-5:]]
        carried = [Carry(n, i, self.r.choice(pool), o) for n, i, o in ints]
        carried += [Carry(n, i, self.r.choice(self.arrays), o) for n, i, o in vectors]
        if isinstance(stop, Var) and self.r.random() < 0.6:
            carried.append(Carry(self.b.fresh("left", BOOL), Const(False), stop, self.b.fresh("left", BOOL)))
        if told is not None:
            carried.append(Carry(left, Const(False), told, self.b.fresh("returned", BOOL)))
        return self.b.pop(), tuple(carried), stop

    def stop(self, depth: int, left: Var) -> tuple[Atom | None, Atom | None]:
        which = self.r.random()
        if which < 0.4:
            return None, None
        if which < 0.5:
            return self.cond(), None
        return self.flag(self.r.randint(1, 3), depth, left, self.r.random() < 0.8)

    def flag(self, levels: int, depth: int, left: Var, honest: bool) -> tuple[Atom, Atom]:
        """A break flag and a flag that tells of it behind the loop (always, if honest), as lowering makes them."""
        cond = self.cond()
        ints, arrays = list(self.ints), list(self.arrays)
        parts: list[tuple[Any, Atom, Atom, Atom]] = []
        for side in range(2):
            self.b.push()
            self.block(self.r.randint(0, 2), depth + 1)
            atom: Atom = Const(side == 0)
            told: Atom = Const(True) if side == 0 and (honest or self.r.random() < 0.5) else left
            if levels > 1 and self.r.random() < 0.7:
                atom, told = self.flag(levels - 1, depth, left, honest)
            parts.append((self.b.pop(), atom, self.int(), told))
            self.ints, self.arrays = list(ints), list(arrays)
        flag, out, tells = (
            self.b.fresh("", BOOL),
            self.outs(parts[0][2], parts[1][2]),
            self.b.fresh("returned", BOOL),
        )
        outs = (Out(flag, parts[0][1], parts[1][1]), out, Out(tells, parts[0][3], parts[1][3]))
        self.b.add(If(cond, parts[0][0], parts[1][0], outs))
        self.ints.append(Var(out.name))
        return Var(flag), Var(tells)

    def leave(self, ints: list[Var], arrays: list[Var], carried: tuple[Carry, ...]) -> None:
        self.ints, self.arrays = ints, arrays
        for c in carried:
            (self.arrays if self.b.kinds[c.out] == VECTOR else self.ints).append(Var(c.out))
        flags = [Var(c.out) for c in carried if self.b.hints[c.out] in ("returned", "left")]
        if flags and self.r.random() < 0.7:
            self.behind(self.r.choice(flags))

    def behind(self, flag: Var) -> None:
        """Something that is done only if the loop was not left early."""
        self.b.push()
        late = self.fresh_int()
        block = self.b.pop()
        cond = self.b.let("", BOOL, "not", flag) if self.r.random() < 0.5 else None
        value = self.int()
        outs = (self.outs(value, late) if cond is None else self.outs(late, value),)
        self.b.add(If(flag, (), block, outs) if cond is None else If(cond, block, (), outs))
        self.ints.append(Var(outs[0].name))

    def do_for(self, depth: int) -> None:
        inits = self.carries()
        ints, arrays = list(self.ints), list(self.arrays)
        target = self.b.fresh(self.r.choice(["i", "_", ""]), INT)
        made = self.made()
        body, carried, stop = self.body(depth, inits, lambda: self.ints.append(Var(target)))
        trips = self.r.randint(0, 4)
        self.b.add(For(target, Range(Const(0), Const(trips), Const(1)), body, carried, stop, made=made))
        self.leave(ints, arrays, carried)

    def do_while(self, depth: int) -> None:
        inits = self.carries()
        ints, arrays = list(self.ints), list(self.arrays)
        count, after = self.b.fresh("n", INT), self.b.fresh("n", INT)
        self.b.push()
        self.ints.extend(Var(name) for name, *_ in inits[0])
        if self.r.random() < 0.3:
            self.ints.append(self.fresh_int())
        more = self.b.let("", BOOL, "lt", Var(count), self.r.randint(0, 4))
        head = self.b.pop()
        nxt = self.b.fresh("n", INT)
        step = Let(nxt, Call("add", (Var(count), Const(1))), made=self.made())
        body, carried, stop = self.body(depth, inits)
        where = self.r.randint(0, len(body) - (stop is not None and len(body) > 0))
        body = (*body[:where], step, *body[where:])
        carried = (*carried, Carry(count, Const(0), Var(nxt), after))
        self.b.add(While(head, more, body, carried, stop, made=self.made()))
        self.leave(ints, arrays, carried)


def plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def run(seed: int) -> None:
    program = Random(seed).program()
    text = emit([program])
    args = [3, -2, np.array([1, 5, -2, 4]), np.array([0, 3, 2, -7])]
    mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
    expected = interpret(program, *mine)
    got = function(text)(*theirs)
    assert plain(got) == plain(expected), f"seed {seed}\n{text.text}"
    assert plain(theirs) == plain(mine), f"seed {seed}: arguments\n{text.text}"


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block: int) -> None:
    for seed in range(60 * block, 60 * (block + 1)):
        run(seed)
