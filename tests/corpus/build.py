"""Programs of the corpus: a construct, put at a place of a program, for arguments of a kind.

`program(construct, position)` is the text of a module with the function `f(x, c, n)`; `arguments(kind)` are values
for x, c and n; `cells(full, seed)` says which combinations run.
"""

from __future__ import annotations

import random
from textwrap import indent
from typing import Any

import numpy as np

from corpus.constructs import CONSTRUCTS, HELPERS, Construct

_END = "return np.sum(y*y) + np.sum(x*c)"

_POSITIONS = {
    "top": f"""
def f(x, c, n):
    i = 1
    BODY4
    {_END}
""",
    "loop": """
def f(x, c, n):
    total_loss = 0.0
    for i in range(n):
        BODY8
        total_loss = total_loss + np.sum(y*y)/(i + 1)
    return total_loss + np.sum(x*c)
""",
    "nested loop": """
def f(x, c, n):
    total_loss = 0.0
    for outer in range(2):
        i = 0
        while i < 2:
            BODY12
            total_loss = total_loss*0.5 + np.sum(y*y)
            i += 1
    return total_loss + np.sum(x*c)
""",
    "branch": f"""
def f(x, c, n):
    i = 1
    if np.sum(c) > 0.0:
        BODY8
    else:
        y = x*c
    if np.sum(c) < 0.0:
        y = y*2.0
    {_END}
""",
    "loop branch": f"""
def f(x, c, n):
    y = x*0.5
    for i in range(n + 1):
        if i % 2 == 1:
            BODY12
        else:
            y = x + c
    {_END}
""",
    "callee": f"""
def inner(x, c, i, n):
    BODY4
    return y


def f(x, c, n):
    y = inner(x, c, 1, n)
    {_END}
""",
    "after return": f"""
def f(x, c, n):
    i = 1
    if np.sum(x) > 1e3:
        return np.sum(x*x)*3.0
    BODY4
    {_END}
""",
}
POSITIONS = tuple(_POSITIONS)

_RNG = np.random.default_rng(11)


def _away_from_kinks(low: float, high: float, shape: Any) -> np.ndarray[Any, Any]:
    """Random values of which none is near the round numbers that programs compare with."""
    return np.round(_RNG.uniform(low, high, shape), 2) + 0.0047


_LINE, _LINE_C = _away_from_kinks(0.4, 1.2, 5), _away_from_kinks(0.5, 1.1, 5)
_PLANE, _PLANE_C = _away_from_kinks(0.4, 1.2, (4, 3)), _away_from_kinks(0.5, 1.1, (4, 3))


def _strided(plane: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    wide = np.asfortranarray(np.zeros((8, 6)))
    wide[::2, ::2] = plane
    return wide[::2, ::2]


KINDS: dict[str, tuple[Any, Any]] = {
    "float": (0.75, 0.9),
    "np.float64": (np.float64(0.75), np.float64(0.9)),
    "0-d": (np.array(0.75), np.array(0.9)),
    "(1,)": (np.array([0.75]), np.array([0.9])),
    "1-D": (_LINE, _LINE_C),
    "2-D": (_PLANE, _PLANE_C),
    "strided": (_strided(_PLANE), _strided(_PLANE_C)),
}

_KINDS_FOR = {
    "any": tuple(KINDS),
    "scalar": ("float", "np.float64"),
    "array": ("0-d", "(1,)", "1-D", "2-D", "strided"),
    "items": ("(1,)", "1-D", "2-D", "strided"),
    "many": ("1-D", "2-D", "strided"),
    "plane": ("2-D", "strided"),
}


def program(construct: Construct, position: str) -> str:
    """The text of a module with the construct at a position."""
    text = _POSITIONS[position]
    inside = position == "callee"
    body = "\n".join(_early(line, inside) for line in construct.body.splitlines())
    for columns in (4, 8, 12):
        mark = f"BODY{columns}\n"
        text = text.replace(" "*columns + mark, indent(body, " "*columns) + "\n")
    return HELPERS + "\n" + text


def _early(line: str, inside: bool) -> str:
    head, mark, value = line.partition("RETURN ")
    if not mark:
        return line
    return f"{head}return {value}" if inside else f"{head}return np.sum(({value})*({value}))"


def arguments(kind: str) -> tuple[Any, Any, int]:
    """Values of x, c and n."""
    x, c = KINDS[kind]
    return x, c, 3


def kinds_for(construct: Construct) -> tuple[str, ...]:
    """The kinds of arguments for which a construct is a program."""
    return _KINDS_FOR[construct.needs]


def cells(full: bool, seed: int) -> list[tuple[Construct, str, str]]:
    """All combinations, or a sample in which every construct meets every position and every kind."""
    rng = random.Random(seed)
    chosen: list[tuple[Construct, str, str]] = []
    for construct in CONSTRUCTS:
        kinds = kinds_for(construct)
        if full:
            chosen += [(construct, position, kind) for position in POSITIONS for kind in kinds]
            continue
        shift = rng.randrange(len(kinds))
        order = rng.sample(POSITIONS, len(POSITIONS))
        chosen += [(construct, p, kinds[(k + shift) % len(kinds)]) for k, p in enumerate(order)]
    return chosen


def one_of_each(full: bool, seed: int, every: int) -> list[tuple[Construct, str, str]]:
    """One cell of each construct; of one construct in so many unless `full`, in turn by seed."""
    by_name: dict[str, list[tuple[Construct, str, str]]] = {}
    for cell in cells(False, seed):
        by_name.setdefault(cell[0].name, []).append(cell)
    draw = random.Random(seed)
    chosen = [draw.choice(found) for found in by_name.values()]
    return chosen if full else chosen[seed % every :: every]
