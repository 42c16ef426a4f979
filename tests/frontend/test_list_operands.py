"""Lists where NumPy takes arrays: grown by append (before and after the call), of arrays, and displays.

A function sees a list as it is at the call; one that grows afterwards has more elements by then.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import s2sad
from support import check, load

CALLS = """
np.log(s)
np.multiply(s, 2.0)
np.add(s, s)
np.power(s, 2)
np.divide(s, x)
s*x
x/s
x @ s
np.float64(2.0)*x*s
np.dot(s, s)
np.dot([s, s], x)
np.inner(s, x)
np.vdot(s, x)
np.outer(s, x)
np.kron(s, x)
np.cross(s, x)
np.tensordot(s, x, 1)
np.multiply.outer(s, x)
np.einsum('i,i->', s, x)
np.linalg.norm(s)
np.linalg.solve(np.diag(s), x)
np.mean(s)
np.max(s)
np.var(s)
np.prod(s)
np.median(s)
np.quantile(s, 0.3)
np.ptp(s)
np.cumsum(s)
np.sort(s)
np.where(np.asarray(s) > 0.2, s, 0.0)
np.maximum(s, 0.1)
np.clip(s, 0.1, 0.5)
np.sqrt(np.square(s))
np.logaddexp(s, x)
np.negative(s)
np.average(s, weights=x**2)
np.interp(0.5, [0.0, 1.0, 2.0], s)
np.gradient(s)
np.convolve(s, x)
np.cov(s, x)
np.take(s, [0, 1])
np.tile(s, 2)
np.reshape(s, (3, 1))
np.broadcast_to(s, (2, 3))
np.add.reduce(s)
np.logaddexp.reduce(s)
np.mean([s, x], axis=0)
np.sum([s, s], axis=0)
np.select([x > 0], [s], x)
np.concatenate([s, x])
np.column_stack([s, x])
np.append(s, 1.0)
np.array([s, x])
np.round(s)*x
"""
X = np.array([0.3, -0.5, 1.2])


def grown(expression: str) -> str:
    return (
        "import numpy as np\n\n\ndef f(x):\n    s = []\n    for v in x:\n        s.append(v*v)\n"
        f"    w = {expression}\n    s.append(2.0*x[0])\n    return np.sum(w) + sum(s)\n"
    )


@pytest.mark.parametrize("expression", CALLS.split("\n")[1:-1])
def test_list_that_grows(expression: str, tmp_path: Path) -> None:
    check(load(grown(expression), tmp_path).f, (X,))


@pytest.mark.parametrize("expression", CALLS.split("\n")[1:-1])
def test_display(expression: str, tmp_path: Path) -> None:
    display = re.sub(r"\bs\b", "[x[0]*x[0], x[1]**2, 3.0]", expression)
    check(load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({display}) + x[0]\n", tmp_path).f, (X,))


@pytest.mark.parametrize(
    "expression",
    """
np.log(s)
np.where(np.asarray(s) > 0.2, s, 0.0)
np.power(s, 2)
np.dot(s, x[:2])
np.linalg.solve(s, x[:2])
np.linalg.inv(s)
x[:2] @ s
np.sin(s)*x[:2]
np.trace(s)
np.max(s, axis=0)
""".split("\n")[1:-1],
)
def test_matrix_of_displays(expression: str, tmp_path: Path) -> None:
    """Some gave wrong numbers: the inner displays were taken for numbers."""
    matrix = expression.replace("s,", "S,").replace("(s)", "(S)").replace("@ s", "@ S")
    matrix = matrix.replace("S", "[[x[0]*x[0], 2.0], [1.0, x[2]*3.0]]")
    check(load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({matrix}) + x[0]\n", tmp_path).f, (X,))


@pytest.mark.parametrize(
    "expression",
    """
np.hstack(s)
np.vstack(s)
np.stack(s, axis=1)
np.column_stack([*s, x])
np.column_stack([s, x])
np.mean(s, axis=0)
np.max(s)
np.linalg.norm(s, axis=1)
np.tanh(s)
np.asarray(s) @ x
s*x
""".split("\n")[1:-1],
)
def test_list_of_arrays_that_grows(expression: str, tmp_path: Path) -> None:
    text = (
        "import numpy as np\n\n\ndef f(x):\n    s = []\n    for k in range(3):\n        s.append(np.sin(x)*x[k])\n"
        f"    w = {expression}\n    s.append(2.0*x)\n    return np.sum(w) + np.sum(s[-1])\n"
    ).replace("[*s, x]", "[s[0], s[1], x]")
    check(load(text, tmp_path).f, (X,))


def taken_before(x):
    s = []
    for v in x:
        s.append(v*v)
    w = list(s)
    s.append(x[0])
    return np.sum(s) + 2.0*sum(w), w


def test_a_list_copied_before_it_grows() -> None:
    out, pullback = s2sad.vjp(taken_before, X)
    assert out[0] == taken_before(X)[0] and len(out[1]) == 3
    gradient = pullback((np.float64(1.0), [np.float64(0.0)]*3))[0]
    np.testing.assert_allclose(gradient, 6*X + np.array([1.0, 0.0, 0.0]))


def test_in_a_branch_of_a_loop_in_a_callee() -> None:
    check(outer, (X,))


def norms(parts, x):
    return np.linalg.norm(parts) + np.sum(np.multiply(parts, x[0]))


def outer(x):
    parts, total = [x[0]], 0.0
    for k in range(len(x)):
        if x[k] > 0:
            total += norms(parts, x)
        parts.append(x[k]**2)
    return total
