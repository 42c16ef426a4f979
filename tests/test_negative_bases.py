"""Powers of negative Python floats, which Python makes complex: no derivative of real numbers stands for theirs."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import s2sad
from support import check, load

PROGRAMS = """
(x**0.4).imag
(x**0.4).real
np.abs(x**0.4)
abs(x**0.4)
np.imag(x**0.4)
np.angle(x**1.5)
(x**0.4*(x**0.4).conjugate()).real
x**0.4
pow(x, 2.5)
np.sin(x**0.4)
(-2.5)**x
((-2.5)**x).real
np.linalg.norm([x**0.4, x**1.4])
abs(x**(x + 0.1))
abs((2j)*x**0.5)
""".strip().splitlines()
IN_LOOP = "def f(x):\n    z = 0.0\n    for _ in range(2):\n        z = z + {0}\n    return abs(z)\n"


@pytest.mark.parametrize("text", ["def f(x):\n    return {0}\n", IN_LOOP], ids=["here", "in a loop"])
@pytest.mark.parametrize("line", PROGRAMS)
def test_raises(line: str, text: str, tmp_path: Path) -> None:
    fun = load("import numpy as np\n\n\n" + text.format(line), tmp_path).f
    assert fun(-2.3) is not None
    for transform in (s2sad.grad(fun), s2sad.value_and_grad(fun), lambda x: s2sad.jvp(fun, (x,), (1.0,))):
        with pytest.raises(TypeError, match=r"write complex|returns a complex number"):
            transform(-2.3)


@pytest.mark.parametrize("line", [line for line in PROGRAMS if "(-2.5)" not in line and "j" not in line and "imag" not in line])
def test_of_positive_numbers(line: str, tmp_path: Path) -> None:
    if "angle" in line:
        return
    check(load(f"import numpy as np\n\n\ndef f(x):\n    return {line}\n", tmp_path).f, (2.3,))


def test_what_is_no_root() -> None:
    """Integers as exponents, bases that are not negative, NumPy's numbers, and complex numbers."""
    assert s2sad.grad(lambda x: abs(x**3.0))(-2.0) == -12.0
    assert s2sad.grad(lambda x, n: abs(x**n))(-2.0, 3) == -12.0
    assert s2sad.grad(lambda x, n: x**n)(-2.0, 3.0) == 12.0
    assert "real_pow" not in (made := s2sad.grad(lambda x: abs((x*x + 1.0)**1.5)), made(-2.0))[0].source
    assert s2sad.grad(lambda x: abs((x*x)**1.5))(-2.0) == -12.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(s2sad.grad(lambda x: x**0.4)(np.float64(-2.0)))
    gradient = s2sad.grad(lambda x: abs(complex(x)**0.4))(-2.5)
    np.testing.assert_allclose(gradient, -0.4*2.5**-0.6)
