"""What a derivative computes: no factorization, solve or special function twice, and one array where one will do.

    np.linalg.solve(a, b)     one more solve, that both cotangents use
    np.cumprod(x)             no line of Python for each element, nor for any function of NumPy but those of WALKS
"""

from __future__ import annotations

import random
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import test_registry
from cells import Cell, cell

import s2sad
from support import active_positions, clone, load

_rng = np.random.default_rng(3)
Q, B, V = _rng.normal(size=(4, 4)) + 4.0*np.eye(4), _rng.normal(size=(4, 3)), _rng.normal(size=4)
P = np.abs(V) + 0.5
LIBRARIES = ("numpy/linalg/", "numpy/fft/_pocketfft", "scipy/linalg/", "scipy/fft/")


def counted(fun: Callable[..., Any], *args: Any) -> Counter[str]:
    """How often a call enters each public function of the libraries of linear algebra and transforms."""
    counts: Counter[str] = Counter()

    def note(frame: FrameType, event: str, arg: object) -> None:
        code = frame.f_code
        if event == "call" and any(name in code.co_filename for name in LIBRARIES):
            if not code.co_name.startswith(("_", "<", "is")) and not code.co_name.endswith("dispatcher"):
                counts[code.co_name] += 1

    sys.setprofile(note)
    try:
        fun(*args)
    finally:
        sys.setprofile(None)
    return counts


def solved(a, b):
    return np.sum(np.linalg.solve(a, b)**2)


def solved_with_itself(a, b):
    x = np.linalg.solve(a, b)
    return np.sum(x*b)


def solved_in_a_loop(a, b):
    for _ in range(3):
        b = np.linalg.solve(a, b)
    return np.sum(b)


def solved_in_a_branch(a, b):
    x = np.linalg.solve(a, b) if b[0, 0] < 9.0 else b
    return np.sum(x*x)


def in_a_callee(a, b):
    return np.sum(_solve(a, b)) + np.sum(b)


def _solve(a, b):
    return np.linalg.solve(a.T, b)


def triangular(a, b):
    return np.sum(scipy.linalg.solve_triangular(a, b)**2)


def banded(a, b):
    return np.sum(scipy.linalg.solve_banded((1, 1), a[:3], b)*b)


@pytest.mark.parametrize(("fun", "name", "more"), [
    (solved, "solve", 1), (solved_with_itself, "solve", 1), (solved_in_a_loop, "solve", 3), (solved_in_a_branch, "solve", 1),
    (in_a_callee, "solve", 1), (triangular, "solve_triangular", 1), (banded, "solve_banded", 1),
], ids=lambda v: getattr(v, "__name__", str(v)))  # fmt: skip
def test_both_cotangents_of_an_equation_are_of_one_solve(fun, name, more):
    transform = s2sad.value_and_grad(fun, (0, 1))
    transform(Q, B)
    assert counted(transform, Q, B)[name] == counted(fun, Q, B)[name] + more, transform.source
    _, pullback = s2sad.vjp(fun, Q, B)
    pullback(1.0)
    assert counted(pullback, 1.0)[name] == more
    s2sad.check_grads(fun, (Q, B), order=2)


def test_a_cotangent_that_is_returned_serves_beside():
    """It is returned as it was made; one that is written afterwards takes over what nobody reads any more."""
    for fun in (lambda a, b: np.sum(np.exp(a)*b[:, :1]), lambda a, b: np.sum(a/b[:, :1]), solved, solved_with_itself, banded):
        a, b = s2sad.grad(fun, (0, 1))(Q, B)
        assert not np.shares_memory(a, b)
        a[...], b[...] = 0.0, 1.0
        assert not np.any(a) and np.all(b == 1.0)


def reshaped(a, b):
    c = np.tanh(a.reshape(2, 8))
    return np.sum(c*b.reshape(6, 2)[0, :, None]) + np.sum((a + b[:, :1])**2)


def only_reshaped(a):
    return np.sum(np.tanh(a.reshape(2, 8)))


def test_a_cotangent_in_another_shape_is_not_copied():
    """But where something else has its elements."""
    gradient = s2sad.grad(only_reshaped)
    assert gradient(Q).flags.writeable and ".copy(" not in gradient.source, gradient.source
    a, b = s2sad.grad(reshaped, (0, 1))(Q, B)
    assert not np.shares_memory(a, b)
    for fun, args in ((only_reshaped, (Q,)), (reshaped, (Q, B))):
        s2sad.check_grads(fun, args, order=2)


def read_on_both_sides(a, b):
    x = np.linalg.solve(a, b)
    y = np.linalg.solve(a, b)
    return np.sum(x*b) + np.sum(y*y*a[0, 0]) + np.sum(np.tanh(b) @ x.T)


def test_what_is_read_later_is_not_taken_over():
    s2sad.check_grads(read_on_both_sides, (Q, B), order=2)
    s2sad.check_grads(lambda a, b: read_on_both_sides(a, b)*np.sum(np.linalg.solve(a, b)), (Q, B), order=2)


@pytest.mark.parametrize("name", ["gamma", "gammaln", "loggamma", "rgamma", "digamma", "erf", "beta", "betaln"])
def test_special_functions_are_computed_once(name):
    function = getattr(scipy.special, name)
    fun = (lambda x: np.sum(function(x, 2.0*x))) if name.startswith("beta") else (lambda x: np.sum(function(x)))
    transform = s2sad.value_and_grad(fun)
    transform(P)
    calls = [line for line in transform.source.splitlines() if "scipy.special.psi(x)" in line]
    assert sum(line.count("scipy.special.psi(x)") for line in calls) <= 1, transform.source
    assert "digamma" not in transform.source.replace("scipy.special.digamma(x)", "", 1)


SLICES = {
    "a window": "for i in range(len(y) - 3):\n        s += np.sum(y[i:i + 3]**2)",
    "numbers": "for i in range(len(y) - 1):\n        s += y[i]*y[i + 1]**2",
    "places and masks": "for i in range(3):\n        s += np.sum(y[[0, i, 1]]**2) + np.sum(y[y > 0.1*i])",
    "rows": "for i in range(len(y)):\n        s += a[i, 0]*np.sum(a[i]) + np.sum(a[..., i]*y)",
    "steps": "for i in range(1, len(y)):\n        y[i] = np.tanh(y[i - 1]) + y[i]\n    s = np.sum(y)",
    "windows": "for i in range(2):\n        s += np.sum(np.lib.stride_tricks.sliding_window_view(y, 3)[-i]**2)",
    "traces": "for i in range(3):\n        s += np.trace(a)**2*y[i]",
    "places that a sort gives": "k = np.argsort(y)\n    for i in range(2):\n        s += np.sum(y[k[i:]]**2)",
    "parts of rows": "for i in range(1, len(y)):\n        a[i, 1:] += 0.5*a[i - 1, :-1]\n    s = np.sum(a**2)",
}


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_in_a_loop_makes_no_zeros(name, tmp_path):
    """The cotangent of what is cut out is added in its place: no array of the whole for each trip."""
    text = f"import numpy as np\n\n\ndef f(x):\n    y = np.sin(x)\n    a = np.outer(y, x)\n    s = 0.0\n    {SLICES[name]}\n    return s\n"
    fun = load(text, tmp_path).f
    gradient = s2sad.grad(fun)
    gradient(P)
    assert not re.search(r"\n {8,}.*(zeros|ones_like|full_like|eye|scatter_add)\w*\(", gradient.source), gradient.source
    s2sad.check_grads(fun, (P,), order=1)


def test_two_results_of_one_value_are_two_arrays():
    def fun(x, y):
        return np.sum(np.sin(x + y))

    a, b = s2sad.grad(fun, (0, 1))(V, P)
    assert not np.shares_memory(a, b) and np.array_equal(a, b)


# ------------------------------------------------------------------------------------------------- lines of Python

LINES = test_registry.LINES
QUICK = [
    "np.cumprod(p)", "np.prod(p)", "np.maximum.accumulate(x)", "np.sort(m, axis=None)", "np.median(x)", "np.quantile(x, 0.3)",
    "np.tile(m, (2, 1))", "np.partition(x, 2)[2]", "np.subtract.reduce(x)", "np.divide.reduce(2.0 + p)", "np.logaddexp.accumulate(x)",
    "np.hypot.accumulate(m, axis=1)", "np.copysign.accumulate(m, axis=1)", "np.heaviside.reduce(m, axis=1)", "np.floor_divide.accumulate(p)",
    "z = x.copy(); np.multiply.at(z, i, y)", "z = m.copy(); np.maximum.at(z, i, n)",
]  # fmt: skip
# Loops over coefficients and shares, as the formulas have them; running results of other ufuncs, in NumPy's order;
# lists of parts; products of which NumPy looks for an order once they are large, or that are too large; functions of
# one element; lines with weights, and quantiles, one by one.
WALKS = (
    "poly", "val", "vander", ".flat", "tolist", " for ", "lambda", "apply_along_axis", "insert", "reduceat", "cumprod",
    "cumulative_prod", "unstack", 'einsum("...ij', 'einsum("i...', "kron(t", "np.vectorize(", 'weights=np.abs(n), method="inverted_cdf"', "30*p",
    "p/3.0", "roots", *(f"{n}.{m}(" for n in ("fmod", "mod", "remainder") for m in ("reduce", "accumulate")),
)  # fmt: skip


def sized(n: int) -> dict[str, Any]:
    """The arguments of `call_cases` at another size, as far as their shapes are equal."""
    rng = np.random.default_rng(3)
    holes = rng.normal(size=(n, n))
    holes[0, 1] = np.nan
    made = {name: rng.normal(size=n) for name in "xy"} | {name: rng.normal(size=(n, n)) for name in "mn"}
    return made | {
        "p": np.exp(0.3*rng.normal(size=n)), "t": rng.normal(size=(n, n, n)), "q": rng.normal(size=(n, n)) + n*np.eye(n),
        "s": 0.7, "u": np.array(0.4), "c": made["x"] + 1j*made["y"], "d": made["m"] + 1j*made["n"], "h": holes,
        "f": np.asfortranarray(made["m"]), "e": rng.normal(size=2*n)[::2], "k": made["n"].astype(np.float32),
        "o": np.zeros((0, 3)), "i": rng.permutation(n), "b": rng.random(n) > 0.4,
    }  # fmt: skip


def steps(fun: Callable[..., Any], *args: Any) -> int:
    """How many lines of Python a call executes."""
    count = 0

    def note(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return note

    sys.settrace(note)
    try:
        fun(*args)
    finally:
        sys.settrace(None)
    return count


def walked(line: str, folder: Path) -> int:
    """How many more lines a gradient executes than its function does, where all is three times as long."""
    more = []
    for n in (12, 36):
        values = sized(n)
        made = Cell(line, {name: values[name] for name in cell(line).arguments})
        args = list(made.arguments.values())
        fun = load(made.text("np.sum(np.real(z))"), folder).f
        gradient = s2sad.grad(fun, active_positions(args))
        gradient(*clone(args))
        more.append(steps(gradient, *clone(args)) - 2*steps(fun, *clone(args)))
    return more[1] - more[0]


@pytest.mark.parametrize("line", QUICK)
def test_nothing_is_walked_over(line, tmp_path):
    assert walked(line, tmp_path) < 20


@pytest.mark.parametrize("part", range(2))
def test_no_rule_walks_over_the_elements(part, full, seed, tmp_path):
    chosen = [line for line in LINES[part::2] if not any(word in line for word in WALKS)]
    for line in chosen if full else random.Random(seed + part).sample(chosen, 12):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                more = walked(line, tmp_path)
            except (ArithmeticError, LookupError, TypeError, ValueError):
                continue  # no call at this size
        assert more < 40, (line, more)  # a loop with one line in it has 48; halving takes some


# ------------------------------------------------------------------------------------------------- matrix products

GRAMS = {"a @ a.T": 1, "a.T @ a": 1, "np.dot(a, a.T)": 1, "np.matmul(np.transpose(a), a)": 1, "a @ b.T": 1, "a @ a": 2}


@pytest.mark.parametrize("text", GRAMS)
def test_products_with_the_own_transpose_take_one_product(text, tmp_path):
    """In a loop and a callee too, and of single precision."""
    body = f"import numpy as np\n\n\ndef g(a, b):\n    return {text}\n\n\ndef f(a, b):\n    return np.sum(({text})**2)\n\n\n"
    body += "def h(a, b):\n    s = 0.0\n    for i in range(2):\n        s += np.sum(g(a*s + b, b)**3*b)\n        a = a + s*b\n    return s\n"
    module = load(body, tmp_path)
    a, b = Q/4.0, Q.T/5.0
    gradient = s2sad.grad(module.f)
    gradient(a, b)
    backward = gradient.source.split("# backward")[1]
    assert backward.count("@") + backward.count("np.dot") + backward.count("matmul") == GRAMS[text], gradient.source
    s2sad.check_grads(module.h, (a, b), order=2)
    s2sad.check_grads(module.f, (a + 0.1j*b, b), order=1)
    assert gradient(a.astype(np.float32), b.astype(np.float32)).dtype == np.float32
