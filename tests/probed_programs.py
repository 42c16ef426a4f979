"""Random programs that are written while they run: each statement is chosen for the values that are there.

    Program(seed).text()      a module with `f(x, y, m, s, n, ...)`: two vectors, a matrix, a number, a number of trips
    Program(seed).arguments(n)

Before a statement is written, the program so far runs up to its place, and what its names hold is looked at: arrays
of any rank, strides and dtype, numbers, lists, dicts and objects. A statement that does not run is not taken. So any
mixture is reached that Python allows: aliases through lists, dicts, attributes and closures, views of views, `out=`,
loops over what is written, callees that write and return views, try, match, recursion.
"""

from __future__ import annotations

import random
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from probed_helpers import HELPERS
from probed_statements import Statements

from programs import Block, lines
from support import clone

LINES = 3000  # a program that runs more is given up


@dataclass(frozen=True)
class Seen:
    """What a name held: its category, of numbers and arrays shape and sort, of containers the items."""

    cat: str
    shape: tuple[int, ...] = ()
    sort: str = ""
    items: dict[Any, Seen] = field(default_factory=dict)


def look(value: Any, depth: int = 0) -> Seen:
    """What a value is."""
    if isinstance(value, np.ndarray):
        return Seen("array", value.shape, value.dtype.kind)
    if isinstance(value, bool | int | np.integer):
        return Seen("int")
    if isinstance(value, float | complex | np.inexact):
        return Seen("number", (), "c" if isinstance(value, complex | np.complexfloating) else "f")
    if depth < 3 and isinstance(value, list | tuple):
        return Seen(type(value).__name__, items={k: look(v, depth + 1) for k, v in enumerate(value)})
    if depth < 3 and isinstance(value, dict):
        return Seen("dict", items={k: look(v, depth + 1) for k, v in value.items()})
    if depth < 3 and type(value).__name__ == "Box":
        return Seen("box", items={k: look(v, depth + 1) for k, v in vars(value).items()})
    return Seen("function" if callable(value) else "other")


class Reached(Exception):
    """The program came to the place that is looked at."""


PROBE = "__probe__(locals())"


class Program(Statements):
    """One random program; the same seed gives the same text."""

    def __init__(self, seed: int) -> None:
        super().__init__(random.Random(seed))
        roll = self.rng.random
        self.seed = seed
        self.complex = roll() < 0.2
        self.single = roll() < 0.15
        self.objects, self.lists, self.nested = roll() < 0.6, roll() < 0.7, roll() < 0.15
        self.params = ["x", "y", "m", "s", "n"]
        self.params += [name for name, share in (("q", 0.3), ("ps", 0.2), ("e", 0.15)) if roll() < share]
        self.body: list[Any] = []
        self.last: dict[str, Seen] = {}
        self._build()

    # ------------------------------------------------------------------------------------------- arguments

    def arguments(self, n: int = 3) -> tuple[Any, ...]:
        """Values for the parameters, with n trips."""
        draw, pick = np.random.default_rng(self.seed), random.Random(self.seed + 1).choice
        dtype = np.float32 if self.single else np.float64

        def array(*shape: int) -> Any:
            a = draw.uniform(-1.0, 1.0, shape).astype(dtype)
            way = pick(["C", "C", "F", "strided", "reversed", "read-only"])
            if way == "F":
                return np.asfortranarray(a)
            if way == "strided":
                wide = np.zeros([2*k for k in shape], dtype)[tuple(slice(None, None, 2) for _ in shape)]
                wide[...] = a
                return wide
            a.setflags(write=way != "read-only")
            return a[::-1] if way == "reversed" else a

        x, y, m = array(5), array(5), array(*pick([(3, 4), (5, 5), (2, 5)]))
        if self.complex:
            y = (y + 1j*draw.uniform(-1.0, 1.0, 5)).astype(np.complex64 if self.single else np.complex128)
        number = float(draw.uniform(0.2, 0.9))
        s = pick([float, np.float32] if self.single else [float, np.float64, np.array])(number)
        values = {"x": x, "y": y, "m": m, "s": s, "n": n, "q": np.array(pick([[0, 2, 4], [1, 1, 3], [4, 0, 0]]))}
        values["ps"] = pick([[array(3), array(5)], (array(3), array(5)), {"w": array(5), "b": number}])
        values["e"] = np.zeros(pick([(0,), (0, 3), (2, 0)]), dtype)
        return tuple(values[name] for name in self.params)

    # ------------------------------------------------------------------------------------------------ text

    def definitions(self) -> list[Any]:
        """The functions, main last."""
        made = [Block(f"def {name}(a, b, s):", body) for name, body in self.functions.items()]
        return [*made, Block(f"def f({', '.join(self.params)}):", self.body)]

    def text(self, definitions: list[Any] | None = None) -> str:
        """The module; `definitions` replaces the functions."""
        found = self.definitions() if definitions is None else definitions
        return HELPERS + "".join("\n\n" + "\n".join(lines([d], 0)) + "\n" for d in found)

    # ----------------------------------------------------------------------------------------------- running

    def run(self) -> Any:
        """Call f; Reached where it comes to a probe."""
        space: dict[str, Any] = {"__name__": "probed", "__probe__": self._probe}
        exec(compile(self.text(), "<probed>", "exec"), space)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            return limited(space["f"], clone(self.arguments()))

    def _probe(self, local: dict[str, Any]) -> None:
        self.last = {name: look(value) for name, value in local.items()}
        raise Reached

    def probe(self, body: list[Any], otherwise: dict[str, Seen]) -> dict[str, Seen]:
        """What names hold at the end of a block when it is first reached; `otherwise` if it never is."""
        body.append(PROBE)
        try:
            self.run()
        except Reached:
            return self.last
        except Exception:
            return otherwise
        finally:
            body.pop()
        return otherwise

    def runs(self) -> bool:
        """Whether the program so far raises nothing."""
        try:
            self.run()
        except Exception:
            return False
        return True

    # ---------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        scope = {name: look(value) for name, value in zip(self.params, self.arguments(), strict=True)}
        for _ in range(self.rng.randint(0, 2)):
            self._callee()
        self.block(self.body, scope, 0, self.rng.randint(5, 12), None)
        scope = self.probe(self.body, scope)
        self.body.append(f"return {self.result(scope)}")
        if not self.runs():
            self.body[-1] = "return np.sum(x)"

    def _callee(self) -> None:
        """A function of its own, called first."""
        name, body = self.fresh("h"), []
        self.functions[name] = body
        operands = ["x, y", "x, x", "y, x[::-1]", "m, m", "m[0], m[1]", "m.T, m.T*0.5"]
        self.body.append(f"{self.fresh('v')} = {name}({self.rng.choice(operands)}, s)")
        scope = {"a": Seen("array", (5,), "f"), "b": Seen("array", (5,), "f"), "s": Seen("number", (), "f")}
        self.inside = name
        self.block(body, scope, 0, self.rng.randint(1, 4), None)
        self.inside = ""
        found = [path for path, seen in self.paths(self.probe(body, scope)) if seen.cat in ("array", "number")]
        body.append(f"return {self.rng.choice(found or ['a'])}")
        if not self.runs():
            del self.functions[name]
            self.body.pop()

    def block(self, body: list[Any], scope: dict[str, Any], depth: int, size: int, loop: str | None) -> None:
        """Write statements, each for what is there, into a block."""
        for _ in range(size):
            scope = self.probe(body, scope)
            for _ in range(4):
                length = len(body)
                try:
                    self.statement(body, scope, depth, loop)
                except (IndexError, ValueError):  # nothing there for a statement of this sort
                    continue
                if len(body) > length and self.runs():
                    break
                del body[length:]


def limited(fun: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """fun(*args), given up after LINES lines of a probed program."""
    count = 0

    def line(frame: Any, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        if count > LINES:
            raise RuntimeError("too long")
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, event, arg: line if frame.f_code.co_filename == "<probed>" else None)
    try:
        return fun(*args)
    finally:
        sys.settrace(before)
