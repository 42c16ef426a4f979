"""A generator of random programs that write to arrays through several names, and a shrinker for those that fail.

    Program(seed).text()      a module with `f(x, y, s, n)`: x and y arrays of LENGTH items (or rows), s a float
    python tests/programs.py 17          print program 17 and, if it fails, the smallest program that fails too

Every array name keeps its length for life, so that programs are correct by construction: names are aliases, views,
views of views, members of a rotation or items of a list, and are written through any of them. Loops may run zero
times, break and continue; branches depend on data; callees write and return views.
"""

from __future__ import annotations

import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from s2sad import UnsupportedError
from support import check, differences, direction, load

LENGTH = 5

HELPERS = '''
import numpy as np


def put(a, s):
    a[0] = s*a[-1]
    a[1:] += 0.3*a[:-1]


def part(a):
    return a[1:]


def shrink(a, s):
    a *= 0.7
    return a[:-1]


def pick(a, b, s):
    if s > 0.4:
        return a
    return b


def wave(a, k):
    for j in range(k):
        if j == 2:
            break
        a[j] = np.sin(a[j + 1])
    return a


def mixed(a, b):
    return 0.5*np.tanh(a) + b


def level(a, s):
    t = 0.1 + s*s
    while t < 1.0:
        t = t*1.5 + 0.1
        if np.sum(a) > 3.0:
            return t
    return t + np.sum(a)
'''


@dataclass
class Block:
    """A statement with statements inside: `if ...:`, `for ...:`, `else:`."""

    head: str
    body: list[Any]
    tail: Block | None = None  # an else


Statement = str | Block


def lines(body: list[Any], columns: int) -> Iterator[str]:
    """The text of statements, `pass` for none."""
    pad = " "*columns
    for statement in body or ["pass"]:
        while isinstance(statement, Block):
            yield pad + statement.head
            yield from lines(statement.body, columns + 4)
            if statement.tail is None:
                break
            statement = statement.tail
        else:
            yield pad + statement


@dataclass
class Scope:
    """Names that are bound for certain: arrays with their lengths, floats, lists with their items' length."""

    arrays: dict[str, int]
    floats: list[str]
    lists: dict[str, tuple[int, int]] = field(default_factory=dict)  # items' length, at least so many

    def inside(self) -> Scope:
        return Scope(dict(self.arrays), list(self.floats), dict(self.lists))


class Program:
    """One random program; the same seed gives the same text."""

    def __init__(self, seed: int, planes: bool = False) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.planes = planes
        self.made = 0
        scope = Scope({"x": LENGTH, "y": LENGTH}, ["s"])
        self.body: list[Any] = []
        for name in ("u", "v", "w"):
            self.body.append(f"{name} = {self.rng.choice(['x', 'y', self.array(scope, LENGTH), 'x[:]', 'x*1.0'])}")
            scope.arrays[name] = LENGTH
        self.body += self.block(scope, depth=0, size=self.rng.randint(4, 8))
        names = self.rng.sample(sorted(n for n, length in scope.arrays.items() if length == LENGTH), 3)
        a, b, c = names
        self.body.append(f"return np.sum({a}*{b}) + np.sum(np.sin({c})) + s*s + {self.number(scope)}")

    # ----------------------------------------------------------------------------------------------- expressions

    def fresh(self, hint: str) -> str:
        self.made += 1
        return f"{hint}{self.made}"

    def constant(self) -> str:
        return self.rng.choice(["0.5", "0.3", "0.8", "1.2", "-0.4", "2.0"])

    def name(self, scope: Scope, length: int) -> str | None:
        found = [name for name, n in scope.arrays.items() if n == length]
        return self.rng.choice(found) if found else None

    def piece(self, scope: Scope, length: int) -> str:
        """An array of a length: a name, or a slice of a longer one."""
        choices = [name for name, n in scope.arrays.items() if n == length]
        for name, n in scope.arrays.items():
            if n > length:
                k = self.rng.randint(0, n - length)
                stop = k + length
                choices.append(f"{name}[{k or ''}:{'' if stop == n else stop}]")
            if n == length:
                choices.append(f"{name}[::-1]")
        return self.rng.choice(choices)

    def number(self, scope: Scope) -> str:
        """A float."""
        roll = self.rng.random()
        if roll < 0.3:
            return self.rng.choice(scope.floats)
        if roll < 0.7:
            name, n = self.rng.choice(sorted(scope.arrays.items()))
            return self.item(name, self.index(n))
        if roll < 0.85:
            return f"0.2*np.sum({self.rng.choice(sorted(scope.arrays))})"
        name = self.rng.choice(sorted(scope.arrays))
        return f"np.tanh(level({name}, {self.rng.choice(scope.floats)}))"

    def item(self, name: str, index: str) -> str:
        return f"np.sum({name}[{index}])" if self.planes else f"{name}[{index}]"

    def index(self, n: int, loop: str | None = None) -> str:
        if loop is not None and self.rng.random() < 0.6:
            return f"{loop} % {n}"
        return str(self.rng.choice([0, n - 1, -1, n // 2]))

    def array(self, scope: Scope, length: int, depth: int = 0) -> str:
        """A fresh array of a length."""
        a = self.piece(scope, length)
        roll = self.rng.random()
        if roll < 0.25 or depth > 1:
            return f"{self.constant()}*{a}"
        if roll < 0.4:
            return f"np.{self.rng.choice(['sin', 'cos', 'tanh'])}({self.array(scope, length, depth + 1)})"
        if roll < 0.6:
            return f"{a} + {self.array(scope, length, depth + 1)}"
        if roll < 0.8:
            return f"0.4*{a}*{self.piece(scope, length)}"
        if roll < 0.9:
            return f"{a}*{self.rng.choice(scope.floats)}"
        return f"mixed({a}, {self.piece(scope, length)})"

    def test(self, scope: Scope, loop: str | None) -> str:
        """A condition, on data or on the loop's variable."""
        if loop is not None and self.rng.random() < 0.5:
            return f"{loop} {self.rng.choice(['==', '>', '!='])} {self.rng.randint(0, 2)}"
        name = self.rng.choice(sorted(scope.arrays))
        return self.rng.choice(
            [f"np.sum({name}) > {self.constant()}", f"{self.rng.choice(scope.floats)} < 0.61", f"n > {self.rng.randint(0, 4)}"]
        )

    # ------------------------------------------------------------------------------------------------ statements

    def block(self, scope: Scope, depth: int, size: int, loop: str | None = None) -> list[Any]:
        body: list[Any] = []
        for _ in range(size):
            body += self.statement(scope, depth, loop)
        return body

    def statement(self, scope: Scope, depth: int, loop: str | None) -> list[Any]:
        makers: list[Callable[[Scope, str | None], list[Any]]] = [
            self.alias, self.rotation, self.view, self.store, self.store, self.augmented, self.augmented, self.scalar,
            self.fancy, self.mask, self.out, self.items, self.callee, self.choice, self.row, self.rebound,
        ]
        if depth < 2 and self.rng.random() < 0.35:
            nested = self.rng.choice([self.counted, self.counted, self.trips, self.branch])
            return nested(scope, depth, loop)
        return self.rng.choice(makers)(scope, loop)

    def alias(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        target = self.name(scope, n) if loop or self.rng.random() < 0.6 else self.fresh("a")
        scope.arrays[str(target)] = n
        return [f"{target} = {a}"]

    def rebound(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        return [f"{a} = {self.array(scope, n)}"]

    def rotation(self, scope: Scope, loop: str | None) -> list[Any]:
        names = [name for name, n in sorted(scope.arrays.items()) if n == LENGTH]
        k = self.rng.choice([2, 3, 3])
        chosen = self.rng.sample(names, min(k, len(names)))
        turned = chosen[1:] + chosen[:1]
        return [f"{', '.join(chosen)} = {', '.join(turned)}"]

    def view(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        options = [("[::-1]", n), ("[:]", n)]
        if n > 2:
            options += [("[1:]", n - 1), ("[:-1]", n - 1), ("[::2]", (n + 1)//2)]
        if n > 3:
            options += [("[1:-1]", n - 2)]
        text, length = self.rng.choice(options)
        target = self.name(scope, length) if self.rng.random() < 0.4 else None
        target = target or (self.fresh("p") if not loop else self.name(scope, length) or self.fresh("p"))
        scope.arrays[target] = length
        return [f"{target} = {a}{text}"]

    def store(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        op = self.rng.choice(["=", "=", "+=", "*=", "-="])
        roll = self.rng.random()
        if roll < 0.45:
            return [f"{a}[{self.index(n, loop)}] {op} {self.number(scope)}"]
        if roll < 0.6 or n < 3:
            return [f"{a}[:] {op} {self.array(scope, n)}"]
        text, length = self.rng.choice([("1:", n - 1), (":-1", n - 1), ("::2", (n + 1)//2), ("1:-1", n - 2)])
        value = self.array(scope, length) if self.rng.random() < 0.8 else self.rng.choice(scope.floats)
        return [f"{a}[{text}] {op} {value}"]

    def augmented(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        op = self.rng.choice(["+=", "-=", "*="])
        value = self.rng.choice([self.array(scope, n), self.constant(), self.rng.choice(scope.floats), "0.5*" + a])
        return [f"{a} {op} {value}"]

    def scalar(self, scope: Scope, loop: str | None) -> list[Any]:
        name = self.rng.choice(scope.floats) if loop or self.rng.random() < 0.6 else self.fresh("t")
        if name not in scope.floats:
            line = f"{name} = 0.5*{self.number(scope)} + 0.2"
            scope.floats.append(name)
            return [line]
        op = self.rng.choice(["+=", "*=", "="])
        return [f"{name} {op} 0.5*{self.number(scope)}"]

    def fancy(self, scope: Scope, loop: str | None) -> list[Any]:
        a = self.name(scope, LENGTH)
        index = self.rng.choice(["[0, 2, 0]", "[1, -1, 4]", "[3, 3, 3]", "[4, 0, 2]"])
        op = self.rng.choice(["=", "+=", "*="])
        value = self.rng.choice([self.array(scope, 3), f"{self.name(scope, LENGTH)}[[2, 2, 1]]", self.constant()])
        return [f"{a}[{index}] {op} {value}"]

    def mask(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        b = self.name(scope, n)
        value = self.rng.choice(["0.37", "s", f"{b}[{a} > 0.313]"])
        return [f"{a}[{a} > 0.313] {self.rng.choice(['=', '*=', '+='])} {value}"]

    def out(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        fun = self.rng.choice(["multiply", "add", "subtract"])
        return [f"np.{fun}({self.piece(scope, n)}, {self.piece(scope, n)}, out={a})"]

    def items(self, scope: Scope, loop: str | None) -> list[Any]:
        if not scope.lists:
            if loop:
                return self.store(scope, loop)
            name = self.fresh("xs")
            n = self.rng.choice([LENGTH, LENGTH, 4])
            first = [self.piece(scope, n), self.array(scope, n)]
            scope.lists[name] = (n, 2)
            return [f"{name} = [{', '.join(first)}]"]
        name, (n, count) = self.rng.choice(sorted(scope.lists.items()))
        index = self.index(count, loop)
        roll = self.rng.random()
        if roll < 0.3:
            return [f"{name}.append({self.piece(scope, n)})"]
        if roll < 0.5:
            return [f"{name}[{index}] = {self.rng.choice([self.piece(scope, n), self.array(scope, n)])}"]
        target = self.name(scope, n)
        if target is not None and roll < 0.8:
            return [f"{target} = {name}[{index}]"]
        return [f"{name}[{index}] *= {self.constant()}"]

    def callee(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        same, less = self.name(scope, n), self.name(scope, n - 1)
        s = self.rng.choice(scope.floats)
        calls = [f"put({a}, {s})" if n > 1 else f"{a} *= {s}"]
        calls += [f"{same} = pick({a}, {self.name(scope, n)}, {s})"]
        if n >= 4:
            calls += [f"{same} = wave({a}, {self.rng.choice(['n', '2', '0'])})", f"wave({a}, 3)"]
        if less is not None:
            calls += [f"{less} = part({a})", f"{less} = shrink({a}, {s})"]
        return [self.rng.choice(calls)]

    def choice(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        return [f"{self.name(scope, n)} = {a} if {self.test(scope, loop)} else {self.name(scope, n)}"]

    def row(self, scope: Scope, loop: str | None) -> list[Any]:
        a, n = self.rng.choice(sorted(scope.arrays.items()))
        r = self.fresh("r")
        follow = f"{a}[{self.index(n, loop)}] += 0.5*{r}"
        return [f"{r} = {a}[{self.index(n, loop)}]", f"{r} {self.rng.choice(['*=', '+='])} {self.constant()}", follow]

    # ----------------------------------------------------------------------------------------------------- blocks

    def counted(self, scope: Scope, depth: int, loop: str | None) -> list[Any]:
        i = "ijk"[depth]
        space = self.rng.choice(["n", "3", "2", "0", "1, 4", "3, 0, -1", "n, 0, -2"])
        inner = scope.inside()
        body = self.block(inner, depth + 1, self.rng.randint(1, 4), i)
        self.leave(body, inner, i)
        return [Block(f"for {i} in range({space}):", body)]

    def trips(self, scope: Scope, depth: int, loop: str | None) -> list[Any]:
        k = self.fresh("k")
        inner = scope.inside()
        body = self.block(inner, depth + 1, self.rng.randint(1, 3), k)
        data = self.rng.choice(["", f" and np.sum({self.rng.choice(sorted(scope.arrays))}) < 2.03"])
        step: list[Any] = [f"{k} += 1"]
        if self.rng.random() < 0.5:
            body = step + body
            self.leave(body, inner, k)
        else:
            self.leave(body, inner, k, ("break",))
            body = body + step
        return [f"{k} = 0", Block(f"while {k} < {self.rng.randint(0, 3)}{data}:", body)]

    def leave(self, body: list[Any], scope: Scope, loop: str, ways: tuple[str, ...] = ("break", "continue")) -> None:
        """Put a break, continue or return behind a condition somewhere into the body of a loop."""
        if self.rng.random() < 0.5:
            place = self.rng.randint(0, len(body))
            outer = Scope({"x": LENGTH, "y": LENGTH, "u": LENGTH}, ["s"])
            way = self.rng.choice([*ways, "return np.sum(u*x)*s"] if self.rng.random() < 0.3 else list(ways))
            if way == "continue":
                place = max(place, 1 if body and isinstance(body[0], str) and body[0].endswith("+= 1") else 0)
            body.insert(place, Block(f"if {self.test(outer, loop)}:", [way]))

    def branch(self, scope: Scope, depth: int, loop: str | None) -> list[Any]:
        head = f"if {self.test(scope, loop)}:"
        then = self.block(scope.inside(), depth + 1, self.rng.randint(1, 3), loop or "n")
        if self.rng.random() < 0.5:
            return [Block(head, then)]
        return [Block(head, then, Block("else:", self.block(scope.inside(), depth + 1, self.rng.randint(1, 3), loop or "n")))]

    # ------------------------------------------------------------------------------------------------------- text

    def text(self, body: list[Any] | None = None) -> str:
        """The module; `body` replaces the statements of f."""
        return HELPERS + "\n\ndef f(x, y, s, n):\n" + "\n".join(lines(self.body if body is None else body, 4)) + "\n"

    def arguments(self) -> tuple[Any, Any, float, int]:
        """Values for x, y, s and n."""
        rng = np.random.default_rng(self.seed)
        shape = (LENGTH, 2) if self.planes else (LENGTH,)
        return rng.uniform(-1.0, 1.0, shape), rng.uniform(-1.0, 1.0, shape), float(rng.uniform(0.2, 0.9)), self.seed % 4


# ------------------------------------------------------------------------------------------------------------ shrink


def smaller(body: list[Any]) -> Iterator[list[Any]]:
    """Every body with one statement left out, or replaced by what is inside."""
    for k, statement in enumerate(body):
        if not (isinstance(statement, str) and statement.startswith("k") and statement.endswith(" += 1")):
            yield body[:k] + body[k + 1 :]  # but while loops keep their counters
        if isinstance(statement, Block):
            if statement.head.startswith("if") or statement.head == "else:":
                yield body[:k] + statement.body + body[k + 1 :]
            if statement.tail is not None:
                yield [*body[:k], Block(statement.head, statement.body), *body[k + 1 :]]
            for inside in smaller(statement.body):
                yield [*body[:k], Block(statement.head, inside, statement.tail), *body[k + 1 :]]
            if statement.tail is not None:
                for inside in smaller(statement.tail.body):
                    tail = Block(statement.tail.head, inside, statement.tail.tail)
                    yield [*body[:k], Block(statement.head, statement.body, tail), *body[k + 1 :]]


def shrink(program: Program, fails: Callable[[str], bool]) -> str:
    """The text of a smallest program that still fails."""
    body = program.body
    found = True
    while found:
        found = False
        for candidate in smaller(body):
            if candidate and fails(program.text(candidate)):
                body, found = candidate, True
                break
    return program.text(body)


def outcome(program: Program, text: str, folder: Path) -> str:
    """How a program fares: "" right, "refused: ...", "kink" (differences do not converge), or what is wrong."""
    args = program.arguments()
    try:
        module = load(text, folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module.f(*(a.copy() if isinstance(a, np.ndarray) else a for a in args))
            smooth = [_smooth(module.f, args, k) for k in range(6)]
    except (NameError, IndexError, ValueError, TypeError, SyntaxError, FloatingPointError) as error:
        return f"not a program: {error}"
    if not all(smooth):
        return "kink"
    try:
        check(module.f, args, tol=3e-6)
    except UnsupportedError as refused:
        return f"refused: {refused}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _smooth(fun: Any, args: Any, seed: int) -> bool:
    """Whether differences along a random direction do not depend on the step: no kink or jump is near."""
    rng = np.random.default_rng(seed)
    v = tuple(None if isinstance(a, int) else direction(a, rng) for a in args)
    found = [differences(fun, args, tuple(None if d is None else k*d for d in v))/k for k in (0.1, 1.0, 4.0)]
    if found[0].size != 1:
        raise ValueError("no number")
    return bool(np.allclose(found, found[0], rtol=1e-6, atol=1e-6) and abs(found[0][0]) < 1e6)


def main(seeds: list[int]) -> None:
    """Print programs, what becomes of them, and the smallest that fail."""
    with tempfile.TemporaryDirectory() as name:
        for seed in seeds:
            program = Program(seed, planes=seed % 3 == 0)
            found = outcome(program, program.text(), Path(name))
            print(f"# {seed}: {found or 'right'}")
            if found and found != "kink":
                kind = found.split(":")[0]
                print(shrink(program, lambda t: outcome(program, t, Path(name)).split(":")[0] == kind)[len(HELPERS) :])


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]])
