"""How the work of a transformation grows with the program: calls are counted, nothing is timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import s2sad
from support import check, load


def nest(depth: int) -> str:
    """A loop nest whose accumulator changes its kind; the counters are left over after it."""
    heads = [f"{'    '*(level + 1)}for i{level} in range(2):" for level in range(depth)]
    body = f"{'    '*(depth + 1)}s = s*0.5 + 0.1*x*s + np.sin(x)"
    return "\n".join(["def f(x):", "    s = 0.0", *heads, body, "    return s", ""])


def nest_of_whiles(depth: int) -> str:
    """Loops that each reset their counter and each change the accumulator."""
    lines, pad = ["def f(x):", "    s = 1.0"], "    "
    for level in range(depth):
        lines += [f"{pad}j{level} = 0", f"{pad}while j{level} < 2:"]
        pad += "    "
        lines += [f"{pad}j{level} += 1", f"{pad}s = 0.9*s*x"]
    return "\n".join([*lines, "    return s", ""])


def nest_of_arrays(depth: int) -> str:
    """An accumulator that begins as a number in each loop and becomes an array."""
    lines, pad = ["def f(x):", "    u = x"], "    "
    for level in range(depth):
        lines += [f"{pad}s{level} = 0.0", f"{pad}for i{level} in range(2):"]
        pad += "    "
    lines.append(f"{pad}u = 0.5*u*x")
    for level in reversed(range(depth)):
        lines += [f"{pad}s{level} = s{level} + u"]
        pad = pad[4:]
        lines += [f"{pad}u = u + s{level}"]
    return "\n".join([*lines, "    return np.sum(u)", ""])


def elif_chain(arms: int) -> str:
    middle = "".join(f"    elif x < {i}.5:\n        y = x*x + {i}.0\n" for i in range(1, arms))
    return f"def f(x):\n    if x < 0.5:\n        y = x\n{middle}    else:\n        y = x*3.0\n    return y*y\n"


def stores(count: int) -> str:
    lines = [f"    y[{i % 3}] = 0.9*x*y[{(i + 1) % 3}]" for i in range(count)]
    return "\n".join(["def f(x):", "    y = np.zeros(3) + x", *lines, "    return np.sum(y)", ""])


def straight(count: int) -> str:
    lines = [f"    t{i} = 0.5*t{i - 1}*np.sin(x) + {i}.0*x" for i in range(1, count)]
    return "\n".join(["def f(x):", "    t0 = x", *lines, f"    return t{count - 1}", ""])


def expression(depth: int) -> str:
    made = "x"
    for _ in range(depth):
        made = f"np.sin({made}*x + 1.0)"
    return f"def f(x):\n    return {made}\n"


def loops(count: int) -> str:
    lines = [f"    for i{i} in range(3):\n        s = 0.5*s*x + {i}.0" for i in range(count)]
    return "\n".join(["def f(x):", "    s = x", *lines, "    return s", ""])


def calls(count: int) -> str:
    helper = "def g(a, b):\n    c = a*b\n    if c > 1.0:\n        c = c - 1.0\n    return 0.5*c + a\n\n"
    return helper + "\n".join(["def f(x):", "    s = x", *["    s = g(s, x)"]*count, "    return s", ""])


def branches(count: int) -> str:
    lines = [f"    if s > {i}.0:\n        s = 0.5*s*x" for i in range(count)]
    return "\n".join(["def f(x):", "    s = x", *lines, "    return s", ""])


def function(text: str, folder: Path) -> Callable[..., Any]:
    fun: Callable[..., Any] = load("import numpy as np\n\n" + text, folder).f
    return fun


def work(fun: Callable[..., Any], x: Any) -> int:
    """How many calls of Python functions a transformation takes."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    transform = s2sad.grad(fun)
    sys.setprofile(note)
    try:
        transform(x)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("text", "size", "bound"),
    [
        (nest, 4, 5),
        (nest_of_whiles, 4, 5),
        (nest_of_arrays, 4, 8),
        (elif_chain, 10, 3),
        (stores, 40, 2.4),
        (straight, 40, 2.4),
        (expression, 15, 2.4),
        (loops, 8, 2.4),
        (calls, 12, 2.4),
        (branches, 12, 2.4),
    ],
)
def test_twice_the_program(text: Callable[[int], str], size: int, bound: float, tmp_path: Path) -> None:
    """A program of twice the size takes about twice the work; loops in loops are lowered again and again."""
    x = np.full(2, 0.7) if text is nest_of_arrays else 0.7
    work(function(text(size), tmp_path), x)  # fills what is made once
    one, two = (work(function(text(n), tmp_path), x) for n in (size, 2*size))
    assert two < bound*one


@pytest.mark.parametrize("text", [nest, nest_of_whiles, nest_of_arrays])
def test_nests(text: Callable[[int], str], tmp_path: Path) -> None:
    """What the inner loops came to in an earlier pass changes no value and no gradient."""
    check(function(text(4), tmp_path), (np.full(2, 0.7) if text is nest_of_arrays else 0.7,))
