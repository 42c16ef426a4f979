"""Random programs on lists that have several names, against differences."""

from __future__ import annotations

import linecache

import numpy as np
import pytest
from list_programs import Writer

import s2sad

X = np.array([0.3, 1.2, -0.7, 2.0])
H = 1e-6


def differences(f, h):
    return np.array([(f(X + h*e) - f(X - h*e))/(2*h) for e in np.eye(4)])


@pytest.mark.parametrize("batch", range(4))
def test_lists(batch):
    compared = 0
    for seed in range(1000*batch, 1000*batch + 30):
        text = Writer(seed).program()
        file = f"<list program {seed}>"
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        space = {"np": np}
        exec(compile(text, file, "exec"), space)
        f = space["f"]
        try:
            value = f(X.copy())
            expected = differences(f, H)
        except (IndexError, OverflowError):
            continue
        if not np.isfinite(value) or abs(value) > 1e6 or not np.allclose(
            expected, differences(f, 3*H), rtol=1e-4, atol=1e-4
        ):  # fmt: skip
            continue  # at a kink, or too large for differences
        found, gradient = s2sad.value_and_grad(f)(X)
        assert found == value, text
        assert np.allclose(gradient, expected, rtol=2e-4, atol=1e-4), (text, gradient, expected)
        compared += 1
    assert compared >= 20
