"""Operands that NumPy makes arrays of: lists beside arrays, subscripts of ufunc.at of every form, arguments by other names.

Each case was a wrong number or an exception once; it stands at the top of a function, in a loop, a branch and a callee.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_calls import complex_, run

import s2sad
from support import check, load

LINES = """
[x, y] - np.mean([x, y], axis=0, keepdims=True)
np.subtract([x, y], np.mean([x, y], axis=0))
z = [x, y]; z = z - np.mean(z, axis=0)
p*[x, y]
m[:2, :2]/[[s], [1.0]]
np.multiply([s, 2.0], [3.0, s])
np.multiply(s, [[1.0, 2.0], [1.0, 3.0]])
np.where([True, False], [s, 1.0], [x[0], 2.0])
np.where(x[:2] > [0.0, 0.1], x[:2], 0.0)
np.dot([[s, 1.0], [2.0, s]], [x[0], s])
np.linalg.solve([[s, 1.0], [2.0, x[0]]], [s, 1.0])
np.average([s, x[0]], weights=[1.0, s])
np.var([x, y], axis=0)
z = [a*a for a in x]; z = np.sort(z)*z
z = [a*a for a in x]; z = np.average(z, weights=p)
np.einsum("i,i", [s, 1.0], [x[0], 2.0])
z = x.copy(); np.cos.at(z, b)
z = m.copy(); np.multiply.at(z, ([0, 0, 1], [1, 1, 2]), y[:3])
z = m.copy(); np.multiply.at(z, [0, 0], n[:2])
z = t.copy(); np.multiply.at(z, (0, [1, 1]), y[:4])
np.correlate(x[:2], y, "same")
np.ediff1d(x[:0], to_begin=s, to_end=[1.0, 2.0])
np.kron(m, s)
np.cumsum(s, axis=-1)
np.prod(u, axis=0)
np.ascontiguousarray(s)
z = m.copy(); np.put(z, [[0, 5], [1, 2]], y[:4])
np.vectorize(lambda a, w: a*np.sum(w), excluded=["w"])(x, w=y)
np.vectorize(lambda a: np.sum(a*a), signature="(n)->()")(m)
""".strip().splitlines()
COMPLEX = """
np.angle([c, c])
np.abs([c, c])
np.conj([c, d[0]])
[c, d[0]]*c
np.nanvar(h, axis=1, keepdims=True)
np.nanstd(h, axis=1, correction=1)
np.var(m, axis=1, mean=m[:, :1])
np.correlate(x[:2], y, "same")
""".strip().splitlines()


@pytest.mark.parametrize("position", ["top", "loop", "branch", "callee"])
@pytest.mark.parametrize("line", LINES)
def test_operand(line: str, position: str, tmp_path: Path) -> None:
    run(line, position, lambda a: a, tmp_path, pullbacks=position == "top", probes=1)


@pytest.mark.parametrize("line", COMPLEX)
def test_complex_operand(line: str, tmp_path: Path) -> None:
    run(line, "complex", complex_, tmp_path, probes=1)


def test_lists_of_python_stay_lists(tmp_path: Path) -> None:
    """`[x]*2` and `[x] + [y]` are Python's: nothing is made an array that is none."""
    text = "def f(x, y):\n    a = [x]*2 + [y]\n    return a[0]*a[1]*a[2] + len(a)\n"
    gradient = check(load(text, tmp_path).f, (3.0, 2.0))
    assert gradient == (12.0, 9.0)


def test_decorated_by_vectorize(tmp_path: Path) -> None:
    text = "import numpy as np\n\n\n@np.vectorize(otypes=[float], excluded=['w'])\ndef g(a, w):\n    return a*np.sum(w)\n\n\n"
    text += "def f(x, y):\n    return np.sum(g(x, w=y)*x)\n"
    check(load(text, tmp_path).f, (np.array([0.3, 1.2, -0.4]), np.array([0.5, 2.0])))


def test_a_count_is_refused(tmp_path: Path) -> None:
    """np.fromiter(xs, float, 2) was taken for all of xs."""
    for call in ("np.fromiter(x, float, 2)", "np.fromiter(x, float, count=2)", "np.fromiter((a*a for a in x), float, count=2)"):
        fun = load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({call})\n", tmp_path).f
        with pytest.raises(s2sad.UnsupportedError, match="'count'"):
            s2sad.grad(fun)(np.ones(3))
