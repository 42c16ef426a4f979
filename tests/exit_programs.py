"""Random programs whose loops are left early: break, continue and return at any depth, else clauses, while loops.

    Writer(17).program()      a function `f(x, a, b, n)` of an array of four elements, two floats and a number of trips

Names are rebound and an array is written on the way; every condition depends on data or on the trip.
"""

from __future__ import annotations

import random

NUMBERS = ("a", "b", "s", "t")
TARGETS = ("i", "j", "k")


class Writer:
    """Writes one program; the same seed gives the same text."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []

    def program(self) -> str:
        """The text of the function."""
        self.lines = ["s = a*0.5", "t = b + 0.1", "u = x*0.8", "y = x*a", "i = 0", "for i in range(n):"]
        self.block(1, 1, True, "i % 4")
        if self.rng.random() < 0.4:
            self.block(0, 0, False, "0")
        self.lines.append(
            self.rng.choice(
                ["return s + t*a + np.sum(u)*0.1", "return np.sum(u*y) + s*t", "return s", "return a*b + y[0]*t"]
            )
        )
        return "def f(x, a, b, n):\n" + "".join(f"    {line}\n" for line in self.lines)

    def number(self, item: str) -> str:
        """An expression; `item` is an index that is in range."""
        v, w = self.rng.choice(NUMBERS), self.rng.choice(NUMBERS)
        return self.rng.choice(
            [
                f"{v}*0.7 + {w}*0.2", f"np.sin({v})*{w} + 0.3", f"{v}*{w}*0.4 + 0.5", f"{v} + 0.3",
                f"np.tanh({v}) + {w}*0.5", f"{v}*x[{item}]*0.3 + {w}*0.5",
            ]
        )  # fmt: skip

    def condition(self, inside: bool) -> str:
        """A test of data, or of the trip."""
        pick, number = self.rng.choice, self.rng.choice(NUMBERS)
        return pick(
            [
                f"{number} > {self.rng.uniform(0.2, 1.6):.2f}",
                f"{number} < {self.rng.uniform(-0.5, 0.7):.2f}",
                "(i + n) % 3 == 1" if inside else "n % 3 == 1",
                f"abs({number}) > {self.rng.uniform(0.3, 2.0):.2f}",
            ]
        )

    def add(self, indent: int, line: str) -> None:
        """One line."""
        self.lines.append("    "*indent + line)

    def rebind(self, indent: int, item: str) -> None:
        """A number bound anew."""
        self.add(indent, f"{self.rng.choice(NUMBERS)} = {self.number(item)}")

    def block(self, indent: int, depth: int, loop: bool, item: str) -> None:
        """A few statements."""
        for _ in range(self.rng.randint(1, 3)):
            roll = self.rng.random()
            if roll < 0.35:
                self.rebind(indent, item)
            elif roll < 0.42:
                self.add(indent, f"u[{item}] = {self.number(item)}")
            elif roll < 0.48:
                self.add(indent, f"{self.rng.choice(NUMBERS)} = u[{item}]*0.5 + {self.rng.choice(NUMBERS)}*0.4")
            elif roll < 0.52:
                self.add(indent, f"y = np.sin(y)*{self.rng.choice(NUMBERS)}*0.5 + y*0.4")
            elif roll < 0.68 and depth < 3:
                self.loop(indent, depth, item)
            elif roll < 0.9:
                self.branch(indent, depth, loop, item)
            else:
                self.rebind(indent, item)

    def loop(self, indent: int, depth: int, item: str) -> None:
        """A for or while loop, with or without else."""
        if self.rng.random() < 0.3:
            data = f" and {self.condition(False)}" if self.rng.random() < 0.5 else ""
            self.add(indent, f"c{depth} = 0")
            self.add(indent, f"while c{depth} < n{data}:")
            self.add(indent + 1, f"c{depth} += 1")
            self.block(indent + 1, depth + 1, True, item)
        else:
            space = self.rng.choice(["n", "3", "1, n", "2", "n, 0, -1"])
            self.add(indent, f"for {TARGETS[depth]} in range({space}):")
            self.block(indent + 1, depth + 1, True, f"{TARGETS[depth]} % 4")
        if self.rng.random() < 0.3:
            self.add(indent, "else:")
            self.rebind(indent + 1, item)

    def branch(self, indent: int, depth: int, loop: bool, item: str) -> None:
        """A branch, in loops mostly one that leaves."""
        self.add(indent, f"if {self.condition(depth > 0)}:")
        if loop and self.rng.random() < 0.75:
            if self.rng.random() < 0.5:
                self.rebind(indent + 1, item)
            v, w = self.rng.choice(NUMBERS), self.rng.choice(NUMBERS)
            ways = ["break", "break", "continue", f"return {v}*{w} + s", f"return {v}*np.sum(u) + np.sum(y*y)"]
            self.add(indent + 1, self.rng.choice([*ways, f"return {v} + x[{item}]"]))
            return
        self.block(indent + 1, depth, loop, item)
        if self.rng.random() < 0.4:
            self.add(indent, "else:")
            self.rebind(indent + 1, item)
