"""Gradients of single precision stay so in the text itself: a saved file has no wrapper that converts them.

    z = np.median(x)         return median_weights(x).astype(np.float32)
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import s2sad
from support import load

READS = [
    "x*W", "np.median(x)", "np.quantile(x, [0.2, 0.7])", "np.einsum('...ij->...ji', m)*1.0", "np.linalg.norm(m, 1)",
    "np.linalg.norm(x, np.inf)", "np.convolve(0.5, x, 'same')", "np.concatenate([x, [1.0, 0.7]])", "np.linalg.qr(m).R*1.0",
    "np.linalg.svd(m, full_matrices=False).S*2.0", "np.concatenate([m, m], dtype=np.float64)",
    "np.cumprod(x, dtype=np.float64)", "np.logaddexp.reduce(x, dtype=np.float64)", "np.polyint(x, k=0.5)",
    "np.linalg.slogdet(m)[1]*0.7", "np.sum(x, dtype=np.float64)*W", "np.sin(x.astype(np.float64))", "np.tensordot(m, m)",
]  # fmt: skip
TEXT = """import numpy as np

W = np.linspace(0.5, 1.5, 4)


def f{n}(x):
    m = x.reshape(2, 2)
    s = 0.0
    for i in range(2):
        s = s + np.sum({read})*x[i]
    return s
"""
X = np.array([0.7, 0.3, 0.4, 0.9], np.float32)


def saved(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("read", READS)
def test_saved_texts_give_what_the_argument_has(read, tmp_path):
    fun = load(TEXT.format(n=0, read=read), tmp_path).f0
    transforms = {"f0_grad": (s2sad.grad(fun), (X,)), "f0_grad_jvp": (s2sad.hvp(fun), (X, X))}
    for name, (transform, args) in transforms.items():
        expected = transform(*args)
        path = tmp_path / f"{name}.py"
        transform.save(path)
        got = getattr(saved(path), name)(*args)
        assert got.dtype == expected.dtype == np.float32, transform.source
        np.testing.assert_array_equal(got, expected)
    wide = s2sad.grad(fun)(X.astype(np.float64))
    assert wide.dtype == np.float64
    np.testing.assert_allclose(s2sad.grad(fun)(X), wide, rtol=2e-5, atol=1e-6)


def test_complex_arguments_of_single_precision(tmp_path):
    text = "import numpy as np\n\n\ndef f(z):\n    return np.linalg.norm(z, np.inf) + np.sum(np.abs(z)**2*np.arange(2.0)[:, None])\n"
    transform = s2sad.grad(load(text, tmp_path).f)
    z = (X + 1j*X[::-1]).reshape(2, 2)
    expected = transform(z)
    transform.save(tmp_path / "kept.py")
    got = saved(tmp_path / "kept.py").f_grad(z)
    assert got.dtype == expected.dtype == np.complex64
    np.testing.assert_allclose(expected, transform(z.astype(complex)), rtol=2e-5)


COARSE = """
import numpy as np

c = np.float32(0.1)
w = np.float32([0.1, 0.7])


def scaled(x):
    return np.sum(np.sin(c*x)*c*0.7)


def divided(x):
    return np.sum(x*x)*c*0.3/7


def weighted(x):
    return np.sum(x*w + 0.3*x*w[::-1] + (x*0.3)*(w*1.1))


def in_a_loop(x):
    for _ in range(3):
        x = x*c*0.9 + 0.1*np.sin(x)*c
    return np.sum(np.sin(x))
"""


def test_numbers_of_single_precision_are_not_multiplied_among_themselves(tmp_path):
    """c*0.7 has 24 digits, c*x*0.7 has 53: gradients were 5e-8 off."""
    module = load(COARSE, tmp_path)
    x, v = np.array([0.3, 0.5]), np.array([1.0, -2.0])
    for f in (module.scaled, module.divided, module.weighted, module.in_a_loop):
        gradient, product = s2sad.grad(f), s2sad.hvp(f)(x, v)
        exact = [np.imag(f(x + 1e-30j*e))/1e-30 for e in np.eye(2)]
        np.testing.assert_allclose(gradient(x), exact, rtol=1e-14, err_msg=gradient.source)
        np.testing.assert_allclose(s2sad.jvp(f, (x,), (v,))[1], exact @ v, rtol=1e-13)
        np.testing.assert_allclose(product, s2sad.vjp(gradient, x)[1](v)[0], rtol=1e-13, atol=1e-16)
