"""Operands that NumPy makes arrays of: lists beside arrays, subscripts of ufunc.at of every form, arguments by other names.

Each case was a wrong number or an exception once; it stands at the top of a function, in a loop, a branch and a callee.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from call_cases import ARGUMENTS
from test_calls import complex_, program, run

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


STRETCHED = """
np.stack([x, y])
np.where(x > 0, x, y)
np.maximum(x, y)*y
np.insert(m, 1, y[:4], axis=0)
np.outer(x, y)
np.cross(q, q.T)
np.sort(m, axis=1)
np.cumprod(m, axis=0)
np.linalg.multi_dot([m, n.T])
np.einsum("ij,kj->ik", m, n)
np.convolve(x, y)
np.take(m, [0, 2], axis=1)
z = y.copy(); z[1:3] = x[1:3]; z = z*x
z = x*y; z += x; z = z*x
z = np.zeros(5); np.add(x, y, out=z)
m.reshape(4, 3)
m.T.ravel()
np.median(m, axis=1)
np.fft.rfft(x).real
np.var(m, axis=0)
np.linalg.norm(m, axis=1)
m[:, ::-2]
m.sum(axis=0)*y[:4]
np.interp(x, np.arange(5.0), y)
""".strip().splitlines()


@pytest.mark.parametrize("line", STRETCHED)
def test_stretched_arrays(line: str, tmp_path: Path) -> None:
    """Arrays that np.broadcast_to made, whose elements share memory: value and derivatives are those of copies."""
    text, names = program(line, "top")
    fun = load(text, tmp_path).f
    args = [np.broadcast_to(ARGUMENTS[n][:1], ARGUMENTS[n].shape) for n in names]
    copies = [a.copy() for a in args]
    wrt = tuple(range(len(args)))
    value, gradient = s2sad.value_and_grad(fun, wrt)(*args)
    np.testing.assert_allclose(value, fun(*args), 1e-14)
    for g, own in zip(gradient, s2sad.grad(fun, wrt)(*copies), strict=True):
        np.testing.assert_allclose(g, own, 1e-12, 1e-13)
        assert g.flags.writeable and g.flags.c_contiguous and 0 not in g.strides
    dots = tuple(np.random.default_rng(3).normal(size=a.shape) for a in args)
    np.testing.assert_allclose(s2sad.jvp(fun, args, dots)[1], s2sad.jvp(fun, copies, dots)[1], 1e-12)
    pullback = s2sad.vjp(fun, *args)[1]
    for g, own in zip(pullback(1.0), gradient, strict=True):
        np.testing.assert_allclose(g, own, 1e-14)


CLASSES = {
    "masked": lambda: np.ma.array([1.0, 2.0]),
    "matrix": lambda: np.asmatrix([[1.0, 2.0]]),
    "objects": lambda: np.array([1.0, 2.0], object),
    "records": lambda: np.array([(1.0,)], dtype=[("a", float)]),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("name", CLASSES)
def test_classes_of_arrays(name: str) -> None:
    """What is no plain array of numbers is refused by type, with what to pass instead."""
    made: Any = CLASSES[name]()
    for call in (lambda: s2sad.grad(lambda x: np.sum(x))(made), lambda: s2sad.grad(lambda y, x: np.sum(x*y))(1.0, made)):
        with pytest.raises((s2sad.UnsupportedError, TypeError), match="np.asarray|array of|dtype|float"):
            call()


def test_lists_of_python_stay_lists(tmp_path: Path) -> None:
    """`[x]*2` and `[x] + [y]` are Python's: nothing is made an array that is none."""
    text = "def f(x, y):\n    a = [x]*2 + [y]\n    return a[0]*a[1]*a[2] + len(a)\n"
    gradient = check(load(text, tmp_path).f, (3.0, 2.0))
    assert gradient == (12.0, 9.0)


def test_decorated_by_vectorize(tmp_path: Path) -> None:
    text = "import numpy as np\n\n\n@np.vectorize(otypes=[float], excluded=['w'])\ndef g(a, w):\n    return a*np.sum(w)\n\n\n"
    text += "def f(x, y):\n    return np.sum(g(x, w=y)*x)\n"
    check(load(text, tmp_path).f, (np.array([0.3, 1.2, -0.4]), np.array([0.5, 2.0])))


def test_a_count_is_kept(tmp_path: Path) -> None:
    """np.fromiter(xs, float, 2) was taken for all of xs."""
    for call in ("np.fromiter(x, float, 2)", "np.fromiter(x, float, count=2)", "np.fromiter((a*a for a in x), float, count=2)"):
        fun = load(f"import numpy as np\n\n\ndef f(x):\n    return np.sum({call}**2)\n", tmp_path).f
        s2sad.check_grads(fun, (np.array([0.3, 0.5, 0.7]),))
        with pytest.raises(ValueError, match="reshape"):
            s2sad.grad(fun)(np.ones(1))
