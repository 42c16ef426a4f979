"""Files that stand alone: they run without s2sad."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ssa import Builder

from s2sad import grad
from s2sad.backend.emit import Text, emit
from s2sad.backend.standalone import standalone
from s2sad.ir.kinds import FLOAT
from s2sad.ir.nodes import Ref


def test_helpers_are_copied(tmp_path: Path) -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    y = b.let("", FLOAT, "np.abs", b.let("", FLOAT, "pow_dx", x, 0.5, 1))
    z = b.let("", FLOAT, "mul", y, Ref("scale", 3.0))
    text = standalone(emit([b.program(b.let("", FLOAT, "sub", z, Ref("math.pi", 3.0)))]), "made for tests\n")
    assert (
        text.startswith("# made for tests\nfrom __future__ import annotations\n")
        and "import numpy as np\n" in text
    )
    assert text.index("def ieee_pow") < text.index("def f(x)") and "s2sad" not in text
    file = tmp_path / "alone.py"
    file.write_text(text + "print(f(16.0))\n")
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True)
    assert float(done.stdout) == 3.0 * 0.125 - 3.0


def test_what_cannot_stand_in_a_file() -> None:
    text = emit([Builder().program(Ref("state", object()))])
    with pytest.raises(ValueError, match="state is object data"):
        standalone(text)


def test_imports() -> None:
    from statistics import mean

    b = Builder()
    x = b.param("x", FLOAT)
    text: Text = emit([b.program(b.let("", FLOAT, "call", Ref("average", mean), x))])
    assert (
        standalone(text) == "from statistics import mean as average\n\n\ndef f(x):\n    return average(x)\n"
    )


def test_data_is_written_out() -> None:
    values = [
        np.array([1.0, np.nan, -0.0]), np.asfortranarray(np.ones((2, 3), np.float32)), np.zeros((0, 3), np.int32),
        np.array([1j, -1j, -2.0]), np.array(3.0), np.float32(0.1), -np.inf, (np.array([True]),), slice(1, None),
        {"a": [1, np.uint8(2)], 3: "b"},
    ]  # fmt: skip
    for value in values:
        text = standalone(emit([Builder().program(Ref("data", value))]))
        space: dict[str, object] = {}
        exec(text, space)
        assert repr(space["data"]) == repr(value)
        if isinstance(value, np.ndarray):
            made = space["data"]
            assert isinstance(made, np.ndarray) and made.tobytes("K") == value.tobytes("K")
            assert (made.dtype, made.shape, made.strides) == (value.dtype, value.shape, value.strides)


def in_zeros(x: np.ndarray, k: float) -> float:
    y = np.zeros(x.shape)
    y[:] = k*x*x
    return np.sum(y)


def masked(x: np.ndarray, k: float) -> float:
    return np.sum(np.where(x > k, x, k))/len(x)


def weighted(x: np.ndarray, k: float) -> float:
    return k*np.sum(x*np.arange(3.0))


@pytest.mark.parametrize("fun", [in_zeros, masked, weighted])
def test_a_file_gives_gradients_of_the_dtype_of_the_argument(fun, tmp_path: Path) -> None:
    x, k = np.array([0.5, 1.0, 1.5], np.float32), 0.7
    transform = grad(fun, (0, 1))
    expected = transform(x, k)
    transform.save(tmp_path/"saved.py")
    space: dict[str, object] = {}
    exec((tmp_path/"saved.py").read_text(), space)
    found = space[f"{fun.__name__}_grad"](x, k)  # type: ignore[operator]
    assert isinstance(found[1], float)
    assert found[0].dtype == np.float32
    assert np.array_equal(found[0], expected[0]) and found[1] == expected[1]


def test_arrays_that_share_memory_share_it_in_the_file() -> None:
    storage = np.arange(6.0)
    row, apart, other = storage[1:3], storage[5:], np.ones(2)
    matrix = np.asfortranarray(np.ones((2, 3)))
    values = {
        "rows": [row, other, storage], "row": row, "tail": (storage[2:4][::-1], apart), "twice": [other, {"a": other}],
        "alone": apart, "whole": np.zeros(3), "wide": [matrix.T[1], np.ascontiguousarray(matrix)],
    }  # fmt: skip
    b = Builder()
    text = standalone(emit([b.program(b.let("", FLOAT, "tuple", *(Ref(n, v) for n, v in values.items())))]))
    space: dict[str, Any] = {}
    exec(text, space)
    assert repr([space[name] for name in values]) == repr(list(values.values()))
    assert text.count("storage = ") == 2 and "whole = np.array([0.0, 0.0, 0.0])" in text
    space["row"][:] = [7.0, 8.0]
    space["twice"][0][0] = 9.0
    assert space["rows"][0] is space["row"] and space["twice"][1]["a"] is space["rows"][1]
    assert space["rows"][2].tolist() == [0, 7, 8, 3, 4, 5] and space["tail"][0].tolist() == [3, 8]
    assert space["rows"][1][0] == 9


def test_arrays_that_share_memory_that_cannot_be_written_out() -> None:
    transposed = np.ones((2, 3), order="F")
    many = np.zeros(20_000)
    for data in ([transposed, transposed[0]], [many[:3], many[1:4]]):
        with pytest.raises(ValueError, match="data shares memory with other data"):
            standalone(emit([Builder().program(Ref("data", data))]))
