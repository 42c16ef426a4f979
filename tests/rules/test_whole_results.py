"""Arrays that calls return, element by element: a sum of them says nothing of where each stands.

A seeded sample of all lines, or all of them with --full.
"""

from __future__ import annotations

import random
import warnings
from pathlib import Path

import numpy as np
import pytest
import test_calls
import test_library_calls
from cells import LAST_BITS, cell
from scipy_wide_lines import WIDE

import s2sad
from support import active_positions, clone, load

LINES = sorted({*test_calls.LINES, *test_library_calls.LINES, *(line for lines in WIDE.values() for line in lines)})
PARTS = 8
PER_PART = 12


@pytest.mark.parametrize("part", range(PARTS))
def test_every_element_stands_in_its_place(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    lines = LINES[part::PARTS]
    for line in lines if full else random.Random(seed + part).sample(lines, PER_PART):
        _compare(line, tmp_path)


def _compare(line: str, folder: Path) -> None:
    made = cell(line)
    args = list(made.arguments.values())
    fun = load(made.text("z"), folder).f
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            expected = fun(*clone(args))
        except (ArithmeticError, TypeError, ValueError, Warning):
            return  # what NumPy or SciPy refuses, or warns of
        if not active_positions(args) or not isinstance(expected, np.ndarray) or expected.dtype.kind not in "fc":
            return
        try:
            value, _ = s2sad.vjp(fun, *clone(args))
        except s2sad.UnsupportedError:
            return
    assert np.shape(value) == np.shape(expected), line
    loose = any(name in line for name in LAST_BITS["as they are"])
    assert np.allclose(value, expected, 1e-12 if loose else 1e-14, 1e-14, equal_nan=True), line


def test_functions_of_lines_that_give_matrices(tmp_path: Path) -> None:
    """np.apply_along_axis puts all axes of a result where the line was."""
    for axis in (0, 1, 2, -1, -2, -3):
        text = "import numpy as np\n\n\ndef f(t):\n"
        text += f"    return np.apply_along_axis(lambda a: np.outer(a, a[:2]), {axis}, t)\n"
        fun = load(text, tmp_path).f
        t = np.random.default_rng(1).normal(size=(2, 3, 4))
        value, pullback = s2sad.vjp(fun, t)
        assert np.array_equal(value, fun(t))
        g = np.random.default_rng(2).normal(size=value.shape)
        step = np.random.default_rng(3).normal(size=t.shape)
        slope = np.sum(g*(fun(t + 1e-6*step) - fun(t - 1e-6*step)))/2e-6
        np.testing.assert_allclose(np.sum(pullback(g)[0]*step), slope, 1e-7)


def test_a_number_that_a_loop_makes_an_array(tmp_path: Path) -> None:
    """np.ascontiguousarray of a number has one axis: the cotangent of what may be either loses it."""
    text = "import numpy as np\n\n\ndef f(x):\n    for _ in range(2):\n        x = np.ascontiguousarray(x)*2.0\n    return np.sum(x*x)\n"
    fun = load(text, tmp_path).f
    assert s2sad.grad(fun)(1.5) == 48.0
    assert np.array_equal(s2sad.grad(fun)(np.array([1.5])), [48.0])
