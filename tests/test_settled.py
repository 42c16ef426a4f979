"""What is said never to be overwritten is not: random loop nests run step by step, every read and write noted."""

from __future__ import annotations

import contextlib
import operator
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2sad.analysis.places import Places
from s2sad.frontend.lower import lower
from s2sad.frontend.source import find
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Block, Const, For, Let, Program, Range, Slice, Stmt, Store, Tuple, Var, walk
from support import load

SIZE = 5
OPERATORS = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


class Trace:
    """The cells that statements read and write, in the order of the run."""

    def __init__(self, program: Program, n: int) -> None:
        values = (np.arange(SIZE*SIZE).reshape(SIZE, SIZE), n)
        self.env: dict[str, Any] = dict(zip(program.params, values, strict=True))
        self.events: list[tuple[Stmt, bool, frozenset[int]]] = []
        with contextlib.suppress(IndexError):  # the run ends there
            self.run(program.body)

    def atom(self, atom: Atom) -> Any:
        if isinstance(atom, Const):
            return atom.value
        if isinstance(atom, Tuple):
            return tuple(self.atom(i) for i in atom.items)
        if isinstance(atom, Slice):
            return slice(self.atom(atom.lo), self.atom(atom.hi), self.atom(atom.step))
        assert isinstance(atom, Var)
        return self.env[atom.name]

    def run(self, block: Block) -> None:
        for stmt in block:
            if isinstance(stmt, For):
                assert isinstance(stmt.space, Range)
                space = (stmt.space.start, stmt.space.stop, stmt.space.step)
                for i in range(*(self.atom(a) for a in space)):
                    self.env[stmt.target] = i
                    self.run(stmt.body)
            elif isinstance(stmt, Store):
                cells = self.atom(stmt.base)[self.atom(stmt.index)]
                self.events.append((stmt, True, frozenset(np.ravel(cells).tolist())))
            elif isinstance(stmt, Let):
                self.let(stmt)

    def let(self, stmt: Let) -> None:
        args = stmt.call.args
        if stmt.call.fun == "getitem" and isinstance(self.env.get(getattr(args[0], "name", "")), np.ndarray):
            cells = self.atom(args[0])[self.atom(args[1])]
            self.events.append((stmt, False, frozenset(np.ravel(cells).tolist())))
            self.env[stmt.name] = cells
        elif stmt.call.fun in OPERATORS and not any(isinstance(self.value(a), np.ndarray) for a in args):
            self.env[stmt.name] = OPERATORS[stmt.call.fun](*(self.value(a) for a in args))

    def value(self, atom: Atom) -> Any:
        return 0 if isinstance(atom, Var) and atom.name not in self.env else self.atom(atom)


def bound(rng: random.Random, names: list[str]) -> str:
    if not names or rng.random() < 0.15:
        return str(rng.choice([0, 1, 2, 3, -1, -2]))
    shift = rng.choice(["", "", "", " + 1", " - 1", " + 2"])
    return rng.choice(names) + shift


def part(rng: random.Random, names: list[str]) -> str:
    kind = rng.random()
    if kind < 0.5:
        return bound(rng, names)
    ends = [bound(rng, names) if rng.random() < 0.6 else "" for _ in range(2)]
    step = rng.choice(["", "", "", ":2", ":-1"])
    return f"{ends[0]}:{ends[1]}{step}"


def cell(rng: random.Random, names: list[str]) -> str:
    first, second = part(rng, names), part(rng, names)
    return f"x[{first}:][{second}, {part(rng, names)}]" if ":" not in first and rng.random() < 0.2 else f"x[{first}, {second}]"


def space(rng: random.Random, names: list[str]) -> str:
    first = bound(rng, names) if names and rng.random() < 0.4 else str(rng.choice([0, 1]))
    last = bound(rng, names) if names and rng.random() < 0.5 else "n"
    return rng.choice([f"range({first}, {last})", f"range({first}, {last})", f"range({last} - 1, {first}, -1)",
                       f"range({first}, {last}, 2)", f"range({last} - 1, {first} - 1, -1)"])


def nest(rng: random.Random) -> str:
    lines = ["def f(x, n):", "    s = 0.0"]

    def body(pad: str, names: list[str], depth: int) -> None:
        for _ in range(rng.randint(1, 3)):
            what = rng.random()
            if what < 0.35 and depth < 3:
                name = "ijk"[depth]
                lines.append(f"{pad}for {name} in {space(rng, names)}:")
                body(pad + "    ", [*names, name], depth + 1)
            elif what < 0.7:
                lines.append(f"{pad}s = s + np.sum({cell(rng, names)})")
            else:
                lines.append(f"{pad}{cell(rng, names)} = s")

    lines.append("    for i in range(n):")
    body("        ", ["i"], 1)
    body("    ", [], 0)
    return "\n".join(["import numpy as np", *lines, "    return s", ""])


@pytest.mark.parametrize("batch", range(20))
def test_what_is_read_again_has_not_been_written(batch: int, tmp_path: Path) -> None:
    for seed in range(15*batch, 15*batch + 15):
        check_nest(nest(random.Random(seed)), tmp_path)


def check_nest(text: str, tmp_path: Path) -> None:
    module = load(text, tmp_path)
    arguments = {"x": K.array((("n", 0), ("m", 0))), "n": K.INT}
    program = lower(find(module.f), "f", arguments).program
    places = Places(program)
    regions = {}
    for stmt in walk(program.body):
        if isinstance(stmt, Let) and stmt.call.fun == "getitem" and isinstance(stmt.call.args[0], Var):
            regions[stmt] = places.settled.region(stmt.call.args[0].name, stmt.call.args[1])
        elif isinstance(stmt, Store) and isinstance(stmt.base, Var):
            regions[stmt] = places.settled.region(stmt.base.name, stmt.index)
    for n in (3, 4, SIZE):
        events = Trace(program, n).events
        for at, (read, _, cells) in enumerate(events):
            for write, writes, others in events[at + 1:]:
                if writes and cells & others and write is not read:
                    assert places.settled.is_hit(regions[read], read, regions[write], write), (text, read, write)
