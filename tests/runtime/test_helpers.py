"""Helpers of generated texts: examples, memory, layouts, and that their sources stand alone."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import math
import pkgutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from s2sad import runtime
from s2sad.runtime import (
    Shadows,
    copy_strided,
    ieee_pow,
    owner,
    same_storage,
    unbroadcast,
    unreduce,
    winners,
    zeros_list,
)

TOPICS = [m.name for m in pkgutil.iter_modules(runtime.__path__)]


def layouts() -> list[Any]:
    """Arrays of many layouts, each in a storage of its own."""
    base = np.arange(60.0).reshape(3, 4, 5)
    arrays = [
        base, base[::2], base[:, ::-1], base[..., ::-2], base.T, base[1], base[1, 2, 3:4], base[:, None, 1],
        np.asfortranarray(base[0]), np.array(2.0), base[0, 0, :0], base.transpose(1, 0, 2)[::-1],
        base.astype("f4")[:, 1], (base + 1j * base)[::-1, ::2], (base + 1j * base).imag, base.reshape(3, 4, 5)[:, :3],
    ]  # fmt: skip
    return arrays


@pytest.mark.parametrize("topic", TOPICS)
def test_examples(topic: str) -> None:
    module = importlib.import_module(f"s2sad.runtime.{topic}")
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_no_two_helpers_share_a_name() -> None:
    names = [n.name for path in Path(runtime.__path__[0]).glob("*.py") for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert sorted({n for n in names if names.count(n) > 1 and not n.startswith("__")}) == []


def test_every_helper_has_an_example() -> None:
    without = [n for n, f in runtime.HELPERS.items() if ">>>" not in (inspect.getdoc(f) or "")]
    assert not without


@pytest.mark.parametrize("name", sorted(runtime.HELPERS))
def test_sources_stand_alone(name: str) -> None:
    """A file that holds the sources of what `needs` names runs the helper's example."""
    scope: dict[str, Any] = {"__name__": "alone"}
    exec(
        "from __future__ import annotations\nimport math\nimport numpy as np\nfrom typing import Any\n", scope
    )
    for needed in runtime.needs(name):
        source = "from __future__ import annotations\n" + inspect.getsource(runtime._all[needed])
        exec(source, scope)
    examples = {**runtime.HELPERS, **scope}  # examples may call what the helper itself does not
    for example in doctest.DocTestFinder(recurse=False).find(scope[name], name, globs=examples):
        assert not doctest.DocTestRunner().run(example).failed


def test_copy_strided_keeps_the_layout() -> None:
    for x in layouts():
        y = copy_strided(x)
        assert (y.shape, y.strides, y.dtype) == (x.shape, x.strides, x.dtype)
        np.testing.assert_array_equal(x, y)
        assert not np.shares_memory(x, y)
        assert y.flags.writeable and y.flags.aligned
        assert y.flags.c_contiguous == x.flags.c_contiguous
        assert np.shares_memory(y, y.ravel()) == np.shares_memory(x, x.ravel()) or not x.size
    assert copy_strided(2.5) == 2.5


def test_shadows_alias_as_the_primals_do() -> None:
    arrays = layouts()
    bars = Shadows()
    shadows = [bars(x) for x in arrays]
    for x, x_bar in zip(arrays, shadows, strict=True):
        assert (x_bar.shape, x_bar.dtype) == (x.shape, x.dtype) and (x_bar.strides == x.strides or not x.size)
        for y, y_bar in zip(arrays, shadows, strict=True):
            assert np.shares_memory(x, y) == np.shares_memory(x_bar, y_bar)
    x, y = arrays[1], arrays[3]
    marks = bars(x)
    marks[...] = 1.0
    seen = np.zeros_like(owner(x))
    assert bars(y).sum() == np.isin(y, x).sum() and seen.sum() == 0.0


def test_shadows_of_foreign_buffers() -> None:
    buffer = bytearray(64)
    x = np.frombuffer(buffer)
    assert owner(x[1:]) is x
    bars = Shadows()
    bars(x[::-1])[0] = 1.0
    assert bars(x)[-1] == 1.0


def test_shadows_keep_their_owners() -> None:
    bars = Shadows()
    for i in range(20):  # ids of dead arrays would be used again
        bar = bars(np.zeros(4))
        assert not bar.any()
        bar[...] = i + 1.0


def test_same_storage() -> None:
    x = np.zeros(6)
    assert (
        same_storage(x, x.reshape(2, 3)[1]) and not same_storage(x, np.zeros(6)) and not same_storage(x, 0.0)
    )


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (1, 1)])
def test_unbroadcast(shape: tuple[int, ...]) -> None:
    g = np.arange(6.0).reshape(2, 3)
    x = np.zeros(shape)
    got = unbroadcast(g, x)
    assert np.shape(got) == shape and isinstance(got, np.ndarray)
    np.testing.assert_allclose(np.vdot(got, np.ones(shape)), g.sum())
    np.testing.assert_array_equal(unbroadcast(2.0, x), np.full(shape, 2.0))
    assert unbroadcast(g, g) is g
    assert not isinstance(unbroadcast(g, 1.0), np.ndarray)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (-1, 0), 1])
def test_unreduce(axis: Any) -> None:
    x = np.zeros((2, 3, 4))
    for keepdims in (False, True):
        g = np.sum(np.random.default_rng(0).normal(size=x.shape), axis, keepdims=keepdims)
        full = unreduce(g, x, axis, keepdims)
        assert full.shape == x.shape
        np.testing.assert_allclose(np.mean(full, axis, keepdims=keepdims), g)
    assert unreduce(2.0, 1.0) == 2.0


def test_winners() -> None:
    y = np.zeros(4)
    index = np.array([2, -2, 0, 3, 3])
    v = np.arange(1.0, 6.0)
    y[index] = v
    mask = winners(y.shape, index)
    assert mask.tolist() == [y[i] == e for i, e in zip(index, v, strict=True)]
    rows = winners((3, 2), np.array([1, 1]))
    assert rows.tolist() == [[False, False], [True, True]]


def test_powers_never_raise() -> None:
    special = (0.0, -0.0, 1.0, -2.5, 1e300, 1e-300, math.inf, -math.inf, math.nan, 3, 0)
    for x in special:
        for y in special:
            for n in (0, 1, 2):
                for name in ("pow_dx", "pow_dy"):
                    assert isinstance(runtime.HELPERS[name](x, y, n), float)
            try:
                expected = x**y
            except (ZeroDivisionError, OverflowError):
                assert math.isinf(ieee_pow(x, y))
                continue
            if not isinstance(expected, complex):
                np.testing.assert_allclose(ieee_pow(x, y), expected, 1e-15)


def test_zeros_have_the_structure() -> None:
    class_of = [type(z) for z in zeros_list([np.float32(1.0), 1.0, 2, True, "a", None, np.ones(1)])]
    assert class_of == [np.float32, float, float, float, type(None), type(None), np.ndarray]
    assert zeros_list({"a": (1.0, [2.0])}) == {"a": (0.0, [0.0])}
