"""Random programs on lists and lists of lists that have several names, are written, appended to and exchanged."""

from __future__ import annotations

import random

FLAT = ("n0", "n1")
NESTED = ("m0", "m1")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def program(self) -> str:
        """The text of a function `f(x)` of an array with four elements."""
        lines = [
            "def f(x):",
            "    n0 = [x[0], x[1]*2, x[2]]",
            "    n1 = [x[3], 1.5, x[0]*x[1]]",
            "    m0 = [n0, [x[2], x[3], 0.5]]",
            "    m1 = [[0.0]*3, n1]",
            "    s = 0.0",
            *self.block(1, 0),
            *self.block(1, 0),
            "    return s + sum(n0)*n1[1] + sum(sum(r) for r in m0) + m1[0][1]*m1[1][2]",
        ]
        return "\n".join(lines) + "\n"

    def item(self) -> str:
        """An item of a list or of a list in a list."""
        pick, place = self.rng.choice, self.rng.randrange(3)
        return pick([f"{pick(FLAT)}[{place}]", f"{pick(NESTED)}[{pick(['0', '1', '-1'])}][{place}]"])

    def number(self) -> str:
        """A number."""
        pick = self.rng.choice
        return pick(
            [
                f"x[{self.rng.randrange(4)}]",
                self.item(),
                "0.7",
                f"{self.item()}*0.5",
                f"np.sin({self.item()})",
            ]
        )

    def block(self, indent: int, depth: int) -> list[str]:
        """A few statements."""
        lines: list[str] = []
        for _ in range(self.rng.randrange(2, 6)):
            lines += self.statement("    " * indent, indent, depth)
        return lines or ["    " * indent + "pass"]

    def statement(self, space: str, indent: int, depth: int) -> list[str]:
        """One statement, of any kind."""
        pick = self.rng.choice
        flat, nested = pick(FLAT), pick(NESTED)
        kind = pick(
            ["set", "set", "set", "add", "name", "row", "nested", "for", "if", "sum", "grow", "grow2", "rows"]
        )
        if kind == "set":
            return [f"{space}{self.item()} = {self.number()}*{self.number()} + 0.1"]
        if kind == "add":
            return [f"{space}{self.item()} {pick(['+=', '*=', '-='])} {self.number()}"]
        if kind == "name":
            return [f"{space}{flat} = {pick([*FLAT, f'{nested}[0]', f'{nested}[1]'])}"]
        if kind == "row":
            row = pick([*FLAT, f"list({flat})", "[x[0], 2.0, x[1]]"])
            return [f"{space}{nested}[{self.rng.randrange(2)}] = {row}"]
        if kind == "nested":
            return [f"{space}{nested} = {pick(NESTED)}"]
        if kind == "for" and depth < 2:
            return [
                f"{space}for i{depth} in range({pick(['0', '2', '3'])}):",
                *self.block(indent + 1, depth + 1),
            ]
        if kind == "if" and depth < 2:
            lines = [
                f"{space}if {self.number()} > {pick(['0.3', '0.9', '-5.0'])}:",
                *self.block(indent + 1, depth + 1),
            ]
            if self.rng.random() < 0.5:
                lines += [f"{space}else:", *self.block(indent + 1, depth + 1)]
            return lines
        if kind == "grow":
            return [f"{space}{flat}.append({self.number()})"]
        if kind == "grow2":
            return [f"{space}{nested}.append({flat})"]
        if kind == "rows":
            change = pick(["r[0] = r[0]*0.5 + r[1]", "s = s + r[2]*r[0]", "r[1] *= x[2]", "r.append(r[0]*2)"])
            return [f"{space}for r in {nested}:", f"{space}    {change}"]
        return [f"{space}s = s + {self.number()}*{self.number()}"]
