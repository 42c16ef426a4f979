"""What lowering checks at run time, remembers and stands: lengths, indices, warnings, very long functions."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad.frontend.lower import lower
from s2sad.frontend.source import find
from s2sad.ir import kinds as K
from support import check, load


@pytest.mark.parametrize(
    "length, message",
    [(1, "not enough values to unpack (expected 2, got 1)"), (3, "too many values to unpack (expected 2)")],
)
def test_unpacking_checks_lengths(length: int, message: str) -> None:
    def of_array(x):
        a, b = x
        return a * b

    def of_list(xs):
        (a, b), c = xs, 1.0
        return a * b * c

    for fun, arg in ((of_array, np.ones(length)), (of_list, [1.0] * length)):
        with pytest.raises(ValueError) as expected:
            fun(arg)
        with pytest.raises(ValueError) as caught:
            s2sad.grad(fun)(arg)
        assert str(caught.value) == str(expected.value) == message


def test_indices_that_do_not_exist_raise_as_in_python() -> None:
    def chosen(x, i):
        return (np.sin, np.cos)[i](x)

    def keyed(x, i):
        return {1: np.sin, 2: np.cos}[i](x)

    assert s2sad.grad(chosen)(0.5, -1) == -np.sin(0.5)
    assert s2sad.grad(keyed)(0.5, 2) == -np.sin(0.5)
    with pytest.raises(IndexError):
        s2sad.grad(chosen)(0.5, 2)
    with pytest.raises(KeyError):
        s2sad.grad(keyed)(0.5, 3)


def test_silenced_warnings_are_remembered() -> None:
    def f(x):
        with np.errstate(divide="ignore"):
            return np.sum(1 / x)

    assert lower(find(f), "f", {"x": K.array((("n", 0),))}).quiet
    assert not lower(find(lambda x: np.sum(x)), "f", {"x": K.array((("n", 0),))}).quiet


def test_an_element_that_may_be_a_number_is_augmented() -> None:
    def f(x):
        xs = [x, x * 2]
        xs[1] *= x
        return xs[0] * xs[1]

    check(f, (1.5,))
    check(f, (np.array(1.5),))


def test_a_method_of_a_class_that_is_replaced_is_seen() -> None:
    class M:
        def __mul__(self, x):
            return 2 * x

    m = M()
    g = s2sad.grad(lambda x: m * x)
    assert g(1.0) == 2.0
    M.__mul__ = lambda self, x: 5 * x
    assert g(1.0) == 5.0


LONG = {
    "statements": "    y = x\n"
    + "".join(f"    y{i} = y*{i + 1}.0 + x\n    y = y{i}*0.5\n" for i in range(1000)),
    "stores": "    y = x*1.0\n"
    + "".join(f"    y[{i % 2}] = y[{(i + 1) % 2}]*0.5 + x[0]\n" for i in range(2000)),
    "branches": "    y = x\n    s = np.sum(x)\n"
    + "".join(f"    if s > {i}.5:\n        y = y*{i}.0\n" for i in range(1000)),
    "elif": "    y = x\n    s = np.sum(x)\n    if s < 0:\n        pass\n"
    + "".join(f"    elif s > {i}:\n        y = y*2\n" for i in range(90)),
    "nested": "    y = " + "(" * 60 + "x" + "".join(f"*{i}.0 + x)" for i in range(60)) + "\n",
    "sum": "    y = " + " + ".join(f"{i}.0*x" for i in range(600)) + "\n",
    "calls": "    y = " + "np.sin(" * 60 + "x" + ")" * 60 + "\n",
    "returns": "    y = x\n"
    + "".join(
        f"    if np.sum(y) > {i}e9:\n        return np.sum(y*{i}.0)\n    y = y*1.01\n" for i in range(1, 200)
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_functions(name: str, tmp_path: Path) -> None:
    module = load(f"import numpy as np\n\n\ndef f(x):\n{LONG[name]}    return np.sum(y)\n", tmp_path)
    source = find(module.f)
    start = time.perf_counter()
    lower(source, "f", {"x": K.array((("n", 0),))})
    assert time.perf_counter() - start < 60.0  # a guard against quadratic passes, no measurement


def test_results_of_unseen_calls_are_looked_at() -> None:
    def masked(x):
        return np.sum(x*np.ma.masked_array([1.0, 2.0], [0, 1]))

    def copied(x):
        return np.sum(x*copy.copy(2.0))

    with pytest.raises(TypeError, match=r"an operand is a MaskedArray; convert it with .* np\.asarray"):
        s2sad.grad(masked)(np.ones(2))
    check(copied, (np.ones(2),))
