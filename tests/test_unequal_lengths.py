"""Elementwise chains over operands of any lengths: what was broadcast at run time is summed, wherever that is done."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from support import check, load

SHAPES = ((3,), (1,), (4, 3), (4, 1), (1, 3), (1, 1))
UNARY = ("np.sin({0})", "-{0}", "{0}**2", "np.exp(-{0}*{0})", "2.0*{0}", "np.maximum({0}, 0.1)", "np.abs({0})")
BINARY = (
    "{0} + {1}", "{0} - {1}", "{0}*{1}", "{0}*{1}", "{0}/(2.0 + {1}*{1})", "np.where({0} > 0.2, {0}, {1})",
    "np.minimum({0}, {1})", "{0}*{1}*{0}",
)  # fmt: skip


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.15:
        name = rng.choice("abc")
        return rng.choice([name, name, f"{name}[:n]", f"{name}[m:]", f"{name}.T.T"])
    if rng.random() < 0.3:
        return rng.choice(UNARY).format(f"({expression(rng, depth - 1)})")
    parts = (f"({expression(rng, depth - 1)})" for _ in range(2))
    return rng.choice(BINARY).format(*parts)


def program(rng: random.Random) -> str:
    lines = ["import numpy as np", "def f(a, b, c, n, m):", "    y = np.zeros((4, 3)) + 0.1"]
    lines.append(f"    p = {expression(rng, 3)}")
    if rng.random() < 0.6:
        lines += ["    for i in range(2):", f"        q = {expression(rng, 3)}"]
        lines.append(f"        y[:n] {rng.choice(['', '+', '-', '*'])}= {rng.choice(['q', 'q*p', 'p - q', '0.5*y[:n] + q'])}")
    return "\n".join([*lines, f"    return np.sum(np.sin({rng.choice(['p*y', 'p + y', 'y - p*p'])}))", ""])


@pytest.mark.parametrize("batch", range(10))
def test_chain_of_unequal_lengths(batch: int, tmp_path: Path) -> None:
    for seed in range(6*batch, 6*batch + 6):
        rng = random.Random(seed)
        text = program(rng)
        data = np.random.default_rng(seed)
        args = [data.uniform(0.3, 1.5, rng.choice(SHAPES)) for _ in "abc"]
        f = load(text, tmp_path).f
        n, m = rng.choice([(4, 0), (1, 0), (3, 1), (2, 2)])
        try:
            with np.errstate(all="ignore"):
                f(*(a.copy() for a in args), n, m)
        except (ValueError, IndexError):
            continue  # lengths that do not fit
        check(f, (*args, n, m))
