"""NumPy's functions as programs call them: value bit for bit, gradient and pullback by differences, in every position.

Each case stands at the top of a function; in a loop, a branch and a callee by turns; on strided, float32 and complex
arguments where NumPy takes them.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from again import check_second_order
from call_cases import ARGUMENTS, REFUSED, TOPICS

import s2sad
from support import active_positions, check, load

LINES = [line for lines in TOPICS.values() for line in lines]
BODIES = {
    "top": "    {body}\n    return np.sum(np.sin(z))\n",
    "loop": "    r = 0.0\n    for _ in range(2):\n        {body}\n        r = r + np.sum(np.sin(z))\n    return r\n",
    "branch": "    if np.sum({first}) == 123.0:\n        z = 2.0*{first}\n    else:\n        {body}\n    return np.sum(np.cos(z))\n",
    "complex": "    {body}\n    return np.sum(np.real(z)*np.imag(z))\n",
}
CALLEE = "def g({args}):\n    {body}\n    return z\n\n\ndef f({args}):\n    w = g({args})\n    return np.sum(np.sin(w)*np.cos(w))\n"


def program(line: str, position: str) -> tuple[str, list[str]]:
    """The text of a program that holds a case, and the names of its arguments."""
    body = line if re.search(r"(^|; )z(, \w+)? = ", line) else f"z = {line}"
    names = {n.id for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Name)}
    args = [a for a in ARGUMENTS if a in names]
    first = next((a for a in args if a not in "ib"), "1.0")
    modules = sorted(set(re.findall(r"scipy\.[a-z]+(?:\.distance)?", body)))
    head = "import math\nimport numpy as np\n" + "".join(f"import {m}\n" for m in modules) + "\n"
    if position == "callee":
        return head + CALLEE.format(args=", ".join(args), body=body), args
    return head + f"def f({', '.join(args)}):\n" + BODIES[position].format(body=body, first=first), args


def strided(a: Any) -> Any:
    """The same numbers, every second in each direction of a larger array."""
    if not isinstance(a, np.ndarray) or a.dtype.kind not in "fc" or a.ndim == 0:
        return a
    made = np.zeros([2*n for n in a.shape], a.dtype)[tuple(slice(None, None, 2) for _ in a.shape)]
    made[...] = a
    return made


def narrow(a: Any) -> Any:
    return a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == np.float64 else a


def complex_(a: Any) -> Any:
    if isinstance(a, np.ndarray) and a.dtype == np.float64:
        return a + 1j*np.random.default_rng(3).normal(size=a.shape)
    return a


def run(line: str, position: str, change: Callable[[Any], Any], folder: Path, **options: Any) -> None:
    text, names = program(line, position)
    fun = load(text, folder).f
    args = [change(ARGUMENTS[n]) for n in names]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fun(*[a.copy() if isinstance(a, np.ndarray) else a for a in args])
    except Exception as error:
        assert change in (complex_, narrow), "NumPy does not take the arguments of this case"
        with pytest.raises((type(error), s2sad.UnsupportedError)):
            s2sad.grad(fun, active_positions(args))(*args)
        return
    check(fun, args, **options)


@pytest.mark.parametrize("line", LINES)
def test_call(line: str, tmp_path: Path) -> None:
    run(line, "top", lambda a: a, tmp_path)


@pytest.mark.parametrize("line", LINES[::2])
def test_call_in_another_position(line: str, tmp_path: Path) -> None:
    position = ("loop", "branch", "callee")[LINES.index(line)//2 % 3]
    if "h" in program(line, "top")[1] or "c" in program(line, "top")[1] or "complex" in line:
        position = "callee"  # a condition on nan or complex numbers says nothing
    run(line, position, lambda a: a, tmp_path, pullbacks=False, probes=1)


@pytest.mark.parametrize("line", LINES[1::3])
def test_call_on_strided_arguments(line: str, tmp_path: Path) -> None:
    run(line, "top", strided, tmp_path, probes=1)


WIDE = (  # refused on float32
    "vectorize",
    "linear_ramp",
    "np.quantile(m, 0.3, axis=0, out=z)",
    "np.nanmedian(h, axis=1, out=z)",
    "np.std(m, axis=1, out=z)",
    "np.median(x, out=z)",
    "np.take(x, i, out=z)",  # NumPy before 2.5 raises
)
NARROW = [line for line in LINES if not any(word in line for word in WIDE)]
COMPLEX = [line for line in LINES if "real_if_close" not in line and "square.at(" not in line]  # cells.LAST_BITS has that


@pytest.mark.parametrize("line", NARROW[::3])
def test_call_on_float32(line: str, tmp_path: Path) -> None:
    run(line, "top", narrow, tmp_path, pullbacks=False, probes=1)


@pytest.mark.parametrize("line", COMPLEX[::2])
def test_call_on_complex_numbers(line: str, tmp_path: Path) -> None:
    run(line, "complex", complex_, tmp_path, pullbacks=False, probes=1)


@pytest.mark.parametrize("line", REFUSED)
def test_refusal(line: str, tmp_path: Path) -> None:
    """What has no rule, or a keyword that has none, is refused before anything is computed."""
    text, names = program(line, "top")
    module = load(text, tmp_path)
    with pytest.raises(s2sad.UnsupportedError, match=r":5:\d+"):
        s2sad.grad(module.f)(*[ARGUMENTS[n] for n in names])


def test_integers_of_vectorize(tmp_path: Path) -> None:
    """NumPy makes integers of all results where the first one is an int; no derivative of floats stands for that."""
    text = "import numpy as np\n\n\ndef f(x):\n    return np.sum(np.vectorize(lambda a: 1 if a < 2.5 else a*a)(x))\n"
    fun = load(text, tmp_path).f
    with pytest.raises(TypeError, match="gives integers here"):
        s2sad.grad(fun)(np.array([1.2, 2.9]))
    np.testing.assert_allclose(s2sad.grad(fun)(np.array([2.9, 1.2])), [5.8, 0.0])


def test_vectorize_of_what_may_be_of_single_precision(tmp_path: Path) -> None:
    """The dtype of an array that is of single precision on one path is not known: the value had more digits."""
    text = "import numpy as np\n\n\ndef f(x, y):\n    z = y if x[0] > 0 else x\n    return np.sum(np.vectorize(lambda a: 0.5*a)(z))\n"
    fun = load(text, tmp_path).f
    check(fun, (np.ones(3), np.ones(3)))
    with pytest.raises(s2sad.UnsupportedError, match="no array of float64"):
        s2sad.grad(fun)(np.ones(3), np.ones(3, np.float32))


def test_out_of_another_sort(tmp_path: Path) -> None:
    """NumPy raises where a result does not fit into out; a subscript assignment would convert it."""
    for line in ("z = np.zeros(3, int)\n    np.sin(x, out=z)", "z = np.zeros((), np.float32)\n    np.median(x, out=z)", "z = np.zeros((3, 3), np.float32)\n    np.dot(x, x.T, out=z)"):
        fun = load(f"import numpy as np\n\n\ndef f(x):\n    {line}\n    return np.sum(1.0*z)\n", tmp_path).f
        with pytest.raises(s2sad.UnsupportedError, match="dtype of out"):
            s2sad.grad(fun)(np.ones(3) if "int" in line else np.ones((3, 2)))


def changes_of_few(x: np.ndarray) -> np.floating:
    return np.sum(np.sin(np.diff(x))) + np.sum(np.diff(x, 2)) + np.sum(np.diff(x, prepend=1.0)) + np.linalg.norm(x, np.inf)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_differences_of_few(size: int) -> None:
    check(changes_of_few, (np.linspace(0.3, 0.9, size),))


def test_differences_of_none() -> None:
    def f(x: np.ndarray) -> np.floating:
        return np.sum(np.sin(np.diff(x))) + np.trapezoid(x, 2*x)

    assert s2sad.grad(f)(np.zeros(0)).shape == (0,)
    assert s2sad.grad(lambda m: np.linalg.norm(m, np.inf))(np.zeros((0, 3))).shape == (0, 3)


def several_differences_between_computed_numbers(x, s):
    first = np.diff(x, n=2, prepend=s, append=s*x[0])
    return np.sum(first**3) + np.sum(np.diff(np.outer(x, x), n=3, axis=0, append=s)**2)


def test_several_differences_between_computed_numbers() -> None:
    """They were refused where an end was active and there was more than one step."""
    args = np.array([0.5, 0.7, 1.1, 0.9]), 0.3
    check(several_differences_between_computed_numbers, args)
    assert check_second_order(several_differences_between_computed_numbers, args, (0, 1))


def test_roots_of_few() -> None:
    """Of no coefficients, of zeros and of one there are no roots: it said that an index is out of bounds."""
    gradient = s2sad.grad(lambda x: np.sum(np.roots(x).real))
    np.testing.assert_allclose(gradient(np.array([0.0, 2.0, 4.0, 0.0])), [0.0, 1.0, -0.5, 0.0])
    for x in (np.zeros(0), np.zeros(3), np.array([0.0, 2.0, 0.0])):
        with pytest.raises(ValueError, match="fewer than two coefficients"):
            gradient(x)
