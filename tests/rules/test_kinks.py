"""Values at kinks, ties and poles: API.md's table, line by line, as functions of users give them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from support import load

NAN, INF = math.nan, math.inf
A = np.array
# what is summed, the argument, the gradient
TABLE: list[tuple[str, Any, Any]] = [
    # ties of maximum and minimum share equally
    ("np.maximum(x, 1.0)", A([1.0, 2.0, 0.0]), [0.5, 1.0, 0.0]),
    ("np.minimum(x, 1.0)", A([1.0, 2.0, 0.0]), [0.5, 0.0, 1.0]),
    ("np.maximum(x, 1.0)", 1.0, 0.5),
    ("np.max(x)", A([3.0, 1.0, 3.0]), [0.5, 0.0, 0.5]),
    ("x.min(axis=1)", A([[1.0, 1.0], [2.0, 0.0]]), [[0.5, 0.5], [0.0, 1.0]]),
    ("np.max(x, initial=3.0)", A([3.0, 1.0]), [0.5, 0.0]),
    ("np.fmax(x, 1.0)", A([1.0, 2.0]), [0.5, 1.0]),
    ("np.maximum.reduce(x)", A([2.0, 2.0]), [0.5, 0.5]),
    ("np.min(x)", A([1.0, 1.0, 2.0]), [0.5, 0.5, 0.0]),
    ("np.max(x)", A([NAN, 1.0]), [NAN, NAN]),
    # orders follow the stable permutation
    ("np.sort(x)*A([1.0, 2.0, 4.0])", A([1.0, 1.0, 0.0]), [2.0, 4.0, 1.0]),
    ("x[np.argsort(x, kind='stable')]*A([1.0, 2.0, 4.0])", A([1.0, 1.0, 0.0]), [2.0, 4.0, 1.0]),
    ("np.median(x)", A([1.0, 1.0, 1.0]), [0.0, 1.0, 0.0]),
    ("np.quantile(x, 0.5)", A([1.0, 1.0, 1.0]), [0.0, 1.0, 0.0]),
    ("np.partition(x, 1)*A([1.0, 2.0, 4.0])", A([1.0, 1.0, 0.0]), [2.0, 4.0, 1.0]),
    # Python's max and min give the derivative to what they return
    ("max(x, 2.0*x - 1.0)", 1.0, 1.0),
    ("min(2.0*x - 1.0, x)", 1.0, 2.0),
    # abs, clip, steps
    ("np.abs(x)", A([0.0, -2.0]), [0.0, -1.0]),
    ("abs(x)", 0.0, 0.0),
    ("np.abs(x)", A([0j, 3 + 4j]), [0.0, 0.6 - 0.8j]),
    ("np.clip(x, 0.0, 1.0)", A([0.0, 1.0, 0.5, 2.0, -1.0]), [1.0, 1.0, 1.0, 0.0, 0.0]),
    ("x.clip(max=1.0)", A([1.0, 2.0]), [1.0, 0.0]),
    ("np.sign(x) + np.floor(x) + np.round(x) + (x > 0.0) + x.astype(int)", A([0.0, 1.5]), [0.0, 0.0]),
    # norms and roots
    ("np.linalg.norm(x)", A([0.0, 0.0]), [0.0, 0.0]),
    ("np.linalg.norm(x)", A([3.0, 4.0]), [0.6, 0.8]),
    ("np.linalg.norm(x, 1)", A([0.0, 2.0]), [0.0, 1.0]),
    ("np.linalg.norm(x, np.inf)", A([2.0, 2.0]), [0.5, 0.5]),
    ("np.hypot(x, 1e200)", A([1e200]), [math.sqrt(0.5)]),
    ("np.hypot(x, 0.0)", A([0.0]), [0.0]),
    # powers
    ("x**0.0", A([0.0]), [0.0]),
    ("x**1.0", A([0.0]), [1.0]),
    ("x**2.5", A([0.0]), [0.0]),
    ("x**0.5", A([0.0]), [INF]),
    ("x**0.5", 0.0, INF),
    ("0.0**x", 2.0, 0.0),
    ("np.power(0.0, x)", A([2.0, 0.5]), [0.0, 0.0]),
    # poles
    ("np.sqrt(x)", A([0.0, 4.0]), [INF, 0.25]),
    # what is not taken contributes nothing
    ("np.where(x > 0.0, np.sqrt(np.abs(x)), 0.0)", A([0.0, 4.0]), [0.0, 0.25]),
    ("np.where(x > 0.0, x**0.5, 0.0)", A([0.0, 4.0]), [0.0, 0.25]),
    ("np.piecewise(x, [x > 0.0], [lambda v: v**0.5, lambda v: 2.0*v])", A([0.0, 4.0]), [2.0, 0.25]),
    ("np.sqrt(x, out=np.zeros(2), where=x > 0.0)", A([-1.0, 4.0]), [0.0, 0.25]),
    ("np.divide(1.0, x, out=np.zeros(2), where=x != 0.0)", A([0.0, 2.0]), [0.0, -0.25]),
    ("np.select([x > 0.0], [x**0.5], 0.0)", A([0.0, 4.0]), [0.0, 0.25]),
    ("np.sum(x, where=x == x)", A([NAN, 4.0]), [0.0, 1.0]),
    ("np.nansum(x)", A([NAN, 4.0]), [0.0, 1.0]),
    ("np.nanmean(x)", A([NAN, 4.0, 2.0]), [0.0, 0.5, 0.5]),
    ("np.nanmax(x)", A([NAN, 4.0, 2.0]), [0.0, 1.0, 0.0]),
    # zeros in products, singular matrices, constant arrays
    ("np.prod(x)", A([0.0, 2.0, 3.0]), [6.0, 0.0, 0.0]),
    ("np.prod(x)", A([0.0, 2.0, 0.0]), [0.0, 0.0, 0.0]),
    ("np.cumprod(x)", A([2.0, 0.0, 3.0]), [1.0, 8.0, 0.0]),
    ("np.linalg.det(x)", A([[1.0, 2.0], [2.0, 4.0]]), [[4.0, -2.0], [-2.0, 1.0]]),
    ("np.std(x)", A([0.5, 0.5]), [0.0, 0.0]),
    # nan stays with what depends on it; denormals are kept
    ("np.sin(x)", A([NAN, 0.0]), [NAN, 1.0]),
    ("np.cumsum(x)*A([0.0, 1.0])", A([NAN, 1.0]), [1.0, 1.0]),
    ("x*5e-324", A([1.0]), [5e-324]),
    # near 0 and at infinity
    ("np.log1p(x)", A([1e-200, 0.0]), [1.0, 1.0]),
    ("np.expm1(x)", A([1e-200, 0.0]), [1.0, 1.0]),
    ("np.logaddexp(x, -np.inf)", A([1.0]), [1.0]),
    ("np.logaddexp(x, x) + np.logaddexp2(x, x)", A([-INF, INF, 1.0]), [2.0, 2.0, 2.0]),
    ("np.exp(np.logaddexp.accumulate(np.concatenate(([-np.inf, -np.inf], x))))", A([0.0]), [1.0]),
]


@pytest.mark.parametrize(("text", "x", "expected"), TABLE, ids=[f"{t} at {x}".replace("\n", " ") for t, x, _ in TABLE])
@pytest.mark.parametrize("wrap", ["{0}", "g(x)"], ids=["here", "in a callee"])
def test_value(text: str, x: Any, expected: Any, wrap: str, tmp_path: Path) -> None:
    body = f"def g(x):\n    return {text}\n\n\ndef f(x):\n    z = {wrap.format(text)}\n    return np.sum(z)\n"
    if isinstance(x, float):
        body = body.replace("np.sum(z)", "z")
    module = load(f"import numpy as np\n\nA = np.array\n\n\n{body}", tmp_path)
    gradient = s2sad.grad(module.f)(x)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14)
    assert type(gradient) is type(x)


SINGULAR = [
    A([[1.0, 2.0], [2.0, 4.0]]), np.zeros((2, 2)), np.outer([1.0, 2.0, 0.5], [1.0, -1.0, 3.0]),
    A([[[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 0.5]], np.diag([1.0, 0.0, 0.0])]), A([[1.0, 2.0], [2.0, 4.0 + 1e-9]]),
]  # fmt: skip


@pytest.mark.parametrize("a", SINGULAR, ids=lambda a: str(np.shape(a)))
def test_bends_of_determinants_of_singular_matrices(a: Any) -> None:
    """np.linalg.inv raises there; the determinant of a matrix of rank n - 2 is not flat either."""
    along = np.cos(np.arange(a.size)).reshape(a.shape)
    gradient = s2sad.grad(lambda a: np.sum(np.linalg.det(a)*np.array([1.0])))
    moved = (gradient(a + 1e-5*along) - gradient(a - 1e-5*along))/2e-5
    np.testing.assert_allclose(s2sad.jvp(gradient, (a,), (along,))[1], moved, 1e-7, 1e-8)
    np.testing.assert_allclose(s2sad.vjp(gradient, a)[1](along)[0], moved, 1e-7, 1e-8)
    z, w = a + 0j, along*(1.0 - 2.0j)
    slope = s2sad.grad(lambda a: np.sum(np.linalg.det(a)).real)
    turned = (slope(z + 1e-5*w) - slope(z - 1e-5*w))/2e-5
    np.testing.assert_allclose(s2sad.jvp(slope, (z,), (w,))[1], turned, 1e-7, 1e-8)
    pulled = s2sad.vjp(slope, z)[1](w)[0]
    u = w*(0.3 + 1.0j)
    assert np.sum(np.real(pulled*u)) == pytest.approx(np.sum(np.real(w*s2sad.jvp(slope, (z,), (u,))[1])), rel=1e-9)


def test_rows_of_minus_infinity() -> None:
    """Nothing is said of -inf - -inf, as by JAX and torch; a row with a number has a softmax."""
    from scipy import special

    x = A([[-INF, 1.0], [-INF, -INF]])
    gradient = s2sad.grad(lambda x: np.sum(special.logsumexp(x, axis=1)))(x)
    np.testing.assert_array_equal(gradient, [[0.0, 1.0], [NAN, NAN]])
    np.testing.assert_array_equal(s2sad.jvp(lambda x: special.logsumexp(x, axis=1), (x,), (np.ones((2, 2)),))[1], [1.0, NAN])


def test_log_and_quotient_at_zero(tmp_path: Path) -> None:
    """The primal warns at its own poles; the derivative is IEEE's and does not raise."""
    source = "import numpy as np\n\n\ndef f(x):\n    return np.sum(np.log(x))\n\n\ndef g(x):\n    return np.sum(1.0/x)\n"
    module = load(source, tmp_path)
    with np.errstate(all="ignore"):
        assert s2sad.grad(module.f)(A([0.0])).tolist() == [INF]
        assert s2sad.grad(module.g)(A([0.0])).tolist() == [-INF]
