"""Second derivatives of NumPy's functions: reverse over reverse, and forward over reverse, by differences of the gradient.

Every call of `call_cases` is a cell; a seeded third of them runs, all with `--full`.
"""

from __future__ import annotations

import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from call_cases import ARGUMENTS
from test_calls import LINES, program

import s2sad
from support import active_positions, differences, direction, flat, load

UNSUPPORTED = ("a quantile in q", "enters accumulate")  # refused with a place, never a number
PARTS = 24


def second(line: str, folder: Path) -> None:
    text, names = program(line, "top")
    fun = load(text, folder).f
    args = [ARGUMENTS[n] for n in names]
    wrt: Any = active_positions(args)
    if not wrt or any(np.iscomplexobj(args[i]) for i in wrt):
        return
    positions, single = wrt, len(wrt) == 1
    wrt = wrt[0] if single else wrt
    rng = np.random.default_rng(1)
    v = [direction(a, rng) for a in args]
    gradient = s2sad.grad(fun, wrt)
    expected = differences(lambda *a: gradient(*a), args, v)
    tolerance = 2e-3 if any(getattr(a, "dtype", None) == np.float32 for a in args) else 1e-5
    try:
        got = s2sad.hvp(fun, wrt)(*args, v[wrt] if single else tuple(v[i] for i in positions))
        np.testing.assert_allclose(flat(got), expected, tolerance, tolerance, err_msg=f"hvp of {line}")
        out, pullback = s2sad.vjp(gradient, *args)
        w = direction(out, rng)
        bars = pullback(w)
    except s2sad.UnsupportedError as refused:
        assert any(said in str(refused) for said in UNSUPPORTED), line
        return
    ours = sum(np.sum(np.asarray(bars[i])*np.asarray(v[i])) for i in positions)
    theirs = np.sum(expected*flat(w))
    np.testing.assert_allclose(ours, theirs, 10*tolerance, 10*tolerance, err_msg=f"reverse of the gradient of {line}")


@pytest.mark.parametrize("part", range(PARTS))
def test_second_order(part: int, tmp_path: Path, full: bool, seed: int) -> None:
    lines = LINES[part::PARTS]
    chosen = lines if full else random.Random(seed + part).sample(lines, len(lines)//3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in chosen:
            second(line, tmp_path)


@pytest.mark.parametrize("line", [line for line in LINES if "split(" in line])
def test_lists_whose_elements_are_written(line: str, tmp_path: Path) -> None:
    """The gradient of a split adds to the elements of a list of zeros that no name varies with."""
    second(line, tmp_path)
