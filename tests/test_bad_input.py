"""One clear error for each kind of bad input; every test reads the message."""

from __future__ import annotations

import ast
import functools
import zlib
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from support import load


def double(x):
    return x*2.0


def total(x, n=2):
    return np.sum(x)*n


def scaled(x, y):
    x *= 2.0
    return np.sum(x*y)


CAPTURED = np.arange(3.0)


def scaled_by_captured(x):
    x *= 2.0
    return np.sum(x*CAPTURED)


# ------------------------------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(("value", "message"), [
    (3, r"total\(\) cannot be differentiated with respect to 'x', which is the int 3: pass the float 3.0"),
    (True, "'x', which is the bool True: pass a float"),
    ("text", "'x', which is the str 'text': pass a float"),
    (None, "'x', which is None: pass a float, a complex number or an array of these"),
    (np.arange(3), r"'x', which is an array of int64: pass an array of floats \(x.astype\(float\)\)"),
    (np.array([True]), "'x', which is an array of bool"),
    (np.array(["a"]), "'x', which is an array of <U1"),
    (np.int32(3), "'x', which is a NumPy scalar of type int32: pass a float"),
    ([1, 2], "'x', which is a list without floats: pass one that holds floats"),
    ({"a": None}, "'x', which is a dict without floats"),
    (Counter(a=1.0), "'x', which is of type Counter, a subclass of dict: pass a dict"),
    (print, "'x', which is of type builtin_function_or_method"),
], ids=str)
@pytest.mark.parametrize("make", [s2sad.grad, s2sad.value_and_grad])
def test_arguments_without_a_derivative(make: Any, value: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(total)(value)


@pytest.mark.parametrize(("argnums", "message"), [
    (2, r"total\(\) has 2 positional arguments; argnums names number 2"),
    (-3, "argnums names number -3"),
    ("y", r"total\(\) has no argument 'y'; its arguments are x, n"),
    ((0, "x"), r"argnums names the argument 'x' of total\(\) twice"),
    ("n", "'n', which is the int 2: pass the float 2.0"),
])
def test_argnums(argnums: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        s2sad.grad(total, argnums)(1.0)


@pytest.mark.parametrize(("argnums", "message"), [
    (1.5, "argnums must be an int, a parameter's name, or a sequence of these, not 1.5"),
    (True, "argnums must be an int"), (None, "argnums must be an int"), ((), "argnums names no argument"),
])
def test_argnums_of_other_types(argnums: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        s2sad.grad(total, argnums)


def test_calls_that_do_not_fit() -> None:
    g = s2sad.grad(total)
    with pytest.raises(TypeError, match=r"total\(\) missing a required argument: 'x'"):
        g()
    with pytest.raises(TypeError, match=r"total\(\) too many positional arguments"):
        g(1.0, 2, 3)
    with pytest.raises(TypeError, match=r"total\(\) got an unexpected keyword argument 'm'"):
        g(1.0, m=3)


@pytest.mark.parametrize(("value", "message"), [
    (Fraction(1, 3), r"y is a Fraction; pass float\(y\)"),
    (Decimal("0.5"), r"y is a Decimal; pass float\(y\)"),
    (np.ma.masked_array([1.0, 2.0], [0, 1]), r"y is a MaskedArray, a subclass of np.ndarray; pass np.asarray\(y\)"),
    ([1.0, Fraction(1, 3)], r"y\[1\] is a Fraction"),
    ({"a": np.ma.masked_array([1.0])}, r"y\['a'\] is a MaskedArray"),
], ids=lambda v: type(v).__name__)
def test_operands_of_types_without_rules(value: Any, message: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=message):
        s2sad.grad(lambda x, y: np.sum(x))(1.0, value)


def test_lists_of_unlike_elements() -> None:
    assert s2sad.grad(lambda xs: xs[0])([1.0, "a"]) == [1.0, None]
    with pytest.raises(s2sad.UnsupportedError, match=r"the list xs holds unlike elements \(float, str\); pass a tuple"):
        s2sad.grad(lambda xs: xs[0])([1.0, "a"]*50)
    assert s2sad.grad(lambda xs: xs[0]*xs[1]["a"])([1.0, {"a": 2.0}]) == [2.0, {"a": 1.0}]


def test_transforms_of_other_things() -> None:
    with pytest.raises(TypeError, match="grad needs a callable, not int"):
        s2sad.grad(3)
    with pytest.raises(ValueError, match="the backend 'fortran' is not known; use 'numpy'"):
        s2sad.grad(total, backend="fortran")
    with pytest.raises(s2sad.UnsupportedError, match="a partial of a derivative is given to grad; apply the partial to"):
        s2sad.grad(functools.partial(s2sad.grad(total), 1.0))


# --------------------------------------------------------------------------------------------------------- results


@pytest.mark.parametrize(("f", "x", "message"), [
    (double, np.ones(3), "double.. returns a 1-D array; grad needs a result of rank 0: use vjp or jacrev, or sum it"),
    (double, np.ones((2, 2)), "double.. returns a 2-D array"),
    (double, np.ones(1), r"double.. returns a 1-D array of shape \(1,\); .*: write \[0\] or .item\(\)"),
    (double, np.ones(3, np.float32), "float32 1-D array"),
    (double, 1j, "double.. returns a complex number .Python complex.; .* return its real part, or use vjp or jacrev"),
    (total, np.ones(2)*1j, "total.. returns a complex number"),
    (lambda x: None, 1.0, "returns None; grad needs a real number: a return statement is missing"),
    (lambda x: (x, x), 1.0, "returns a tuple; grad needs a real number: use vjp or jacrev"),
    (lambda x: [x], 1.0, "returns a list"), (lambda x: {"a": x}, 1.0, "returns a dict"), (lambda x: "s", 1.0, "returns a str"),
])
@pytest.mark.parametrize("make", [s2sad.grad, s2sad.value_and_grad])
def test_results_that_grad_does_not_take(make: Any, f: Any, x: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(f)(x)


@pytest.mark.parametrize("make", [s2sad.grad, s2sad.value_and_grad])
def test_a_result_whose_rank_is_known_at_run_time(make: Any) -> None:
    def f(x, k):
        y = x
        for i in range(k):
            y = y.reshape(-1) if i else np.sum(y)
        return y

    make(f)(np.ones(3), 1)
    with pytest.raises(TypeError, match=r"f\(\) returns an array of shape \(1,\); grad needs a result of rank 0"):
        make(f)(np.ones(3), 2)


def test_has_aux_needs_a_pair() -> None:
    for f in (double, lambda x: (x, x, x)):
        for make in (s2sad.grad, s2sad.value_and_grad):
            with pytest.raises(TypeError, match=r"with has_aux, .* must return a pair \(value, aux\), not"):
                make(f, has_aux=True)(1.0)
        with pytest.raises(TypeError, match=r"must return a pair"):
            s2sad.vjp(f, 1.0, has_aux=True)
    with pytest.raises(TypeError, match="returns a 1-D array"):
        s2sad.grad(lambda x: (x, 1.0), has_aux=True)(np.ones(2))


@pytest.mark.parametrize(("f", "ct", "error", "message"), [
    (double, np.ones(2), ValueError, r"the cotangent has shape \(2,\), the result \(3,\)"),
    (double, np.ones(3)*1j, TypeError, "the cotangent is complex, the result real"),
    (double, ["a"]*3, TypeError, "the cotangent must hold numbers"),
    (lambda x: {"a": x}, {"b": 1.0}, ValueError, "a dict with the result's keys, 'a'"),
    (lambda x: (x, x), 1.0, ValueError, "a sequence of 2 elements"),
])
def test_cotangents_that_do_not_fit(f: Any, ct: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        s2sad.vjp(f, np.ones(3))[1](ct)


# -------------------------------------------------------------------------------------------------------- overlaps


class Holder:
    def __init__(self, w: Any) -> None:
        self.w, self.unread = w, np.ones(3)

    def written(self, x: Any) -> Any:
        x[0] = 3.0
        return np.sum(x*self.w)


HOLDERS: list[Any] = [Holder(np.ones(2)), {}]
HOLDERS[1]["w"] = HOLDERS[0].w


def test_overlapping_arguments() -> None:
    x = np.arange(4.0)
    message = r"the argument 'x' is written to, and shares memory with y; pass a copy of one of them"
    for make in (s2sad.grad, s2sad.value_and_grad):
        for argnums in (0, 1, (0, 1)):
            with pytest.raises(s2sad.UnsupportedError, match=message):
                make(scaled, argnums)(x, x)
            with pytest.raises(s2sad.UnsupportedError, match=message):
                make(scaled, argnums)(x[1:], x[:-1])
    with pytest.raises(s2sad.UnsupportedError, match=message) as raised:
        s2sad.vjp(scaled, x, x)
    assert "test_bad_input.py:" in str(raised.value) and "def scaled(x, y):" in str(raised.value)
    with pytest.raises(s2sad.UnsupportedError, match="shares memory with an array from outside of the function"):
        s2sad.grad(scaled_by_captured)(CAPTURED)
    holder = Holder(np.ones(3))
    gradient = s2sad.value_and_grad(holder.written)
    for own in (holder.w, holder.w[::-1]):  # attributes were not asked
        with pytest.raises(s2sad.UnsupportedError, match="the argument 'x' is written to, and shares memory with self"):
            gradient(own)
    assert gradient(holder.unread)[0] == 5.0 and holder.unread[0] == 1.0
    for f in (lambda x: scaled(x, HOLDERS[0].w), lambda x: scaled(x, HOLDERS[1]["w"])):
        with pytest.raises(s2sad.UnsupportedError, match="shares memory with an array from outside of the function"):
            s2sad.grad(f)(HOLDERS[0].w[:2])
    np.testing.assert_array_equal(x, np.arange(4.0))


# --------------------------------------------------------------------------------------------------------- sources


def test_no_source() -> None:
    space: dict[str, Any] = {}
    exec("def f(x):\n    return x*x\n", space)
    with pytest.raises(s2sad.UnsupportedError, match="f has no source; write it into a file, or enter its text in linecache"):
        s2sad.grad(space["f"])(1.0)


@pytest.mark.parametrize(("f", "message"), [
    (zlib.crc32, "there is no rule for zlib.crc32, and its source cannot be seen; register one with s2sad.rule"),
    (ast.literal_eval, "there is no rule for ast.literal_eval"),
    (dict, "the class dict is called like a function"),
])
def test_functions_without_a_rule(f: Any, message: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=message):
        s2sad.grad(f)(1.0)


PROGRAMS = {
    "generator": ("def f(x):\n    yield x\n", "f is a generator; return a list"),
    "coroutine": ("async def f(x):\n    return x\n", "f is a coroutine"),
    "global": ("K = 1.0\ndef f(x):\n    global K\n    K = x\n    return x\n", "the global 'K' is written; return the value, or pass it in"),
    "caught exception": (
        "def f(x):\n    try:\n        if x > 0:\n            raise ValueError(x*x)\n        y = x\n"
        "    except ValueError as e:\n        y = e.args[0]\n    return y\n",
        "what an exception carries is read here, and may have a derivative; keep it under a name, or let an exception",
    ),
    "unknown call": ("import zlib\ndef f(x):\n    return zlib.crc32(x)*x\n", r"crc32"),
    "undefined": ("def f(x):\n    return x*missing\n", "the name 'missing' is not defined"),
    "attribute": ("import numpy as np\ndef f(x):\n    return np.nothing(x)\n", "has no attribute 'nothing'"),
    "captured": ("import numpy as np\nB = np.zeros(3)\ndef f(x):\n    B[0] = x\n    return B[0]*x\n", "B is read and written"),
    "with": ("class Hides:\n    def __enter__(self):\n        return self\n    def __exit__(self, *exc):\n        return True\ndef f(x):\n    with Hides():\n        return x\n    return 0.0\n", "may swallow an exception"),
    "eval": ("def f(x):\n    return eval('x*x')\n", "eval"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_code_that_is_not_supported(name: str, tmp_path: Path) -> None:
    text, message = PROGRAMS[name]
    module = load(text, tmp_path)
    with pytest.raises(s2sad.UnsupportedError, match=message) as raised:
        s2sad.grad(module.f)(1.0)
    assert isinstance(raised.value, NotImplementedError)
    if name != "unknown call":
        assert f"{module.__file__}:" in str(raised.value) and "^" in str(raised.value)


def test_a_decorator_that_hides_the_source() -> None:
    class Hiding:
        __slots__ = ("f",)

        def __init__(self, f):
            self.f = f

        def __call__(self, *args):
            return eval("self.f(*args)")

    with pytest.raises(s2sad.UnsupportedError, match="eval"):
        s2sad.grad(Hiding(double))(1.0)


# ----------------------------------------------------------------------------------------------------------- sizes


def test_two_thousand_statements(tmp_path: Path) -> None:
    lines = "".join(f"    y = y*1.0001 + {k % 7}.0\n" for k in range(2000))
    module = load(f"def f(x):\n    y = x*x\n{lines}    return y\n", tmp_path)
    assert np.isclose(s2sad.grad(module.f)(1.5), 3.0*1.0001**2000)


@pytest.mark.parametrize("shape", ["x*({})", "({})*x", "np.sin({})", "({} + 1.0)"])
def test_sixty_levels(tmp_path: Path, shape: str) -> None:
    expression = "x"
    for _ in range(60):
        expression = shape.format(expression)
    module = load(f"import numpy as np\ndef f(x):\n    return {expression}\n", tmp_path)
    h = 1e-7
    expected = (module.f(0.9 + h) - module.f(0.9 - h))/(2*h)
    assert np.isclose(s2sad.grad(module.f)(0.9), expected, rtol=1e-4)
