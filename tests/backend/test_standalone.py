"""Files that stand alone: they run without s2sad."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ssa import Builder

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
