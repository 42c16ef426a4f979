"""Transforms of functions of NumPy themselves take the arguments that the functions take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([-0.5, 0.5, 1.5])
STEP = 1e-6


@pytest.mark.parametrize(
    ("fun", "args", "kwargs"),
    [
        (np.clip, (X, 0.0, 1.0), {}),
        (np.clip, (X,), {"a_max": 1.0, "a_min": None}),
        (np.sum, (np.outer(X, X), 0), {"keepdims": True}),
        (np.var, (X,), {"ddof": 1}),
        (np.linalg.norm, (X, 3), {}),
        (np.diff, (X,), {}),
        (np.pad, (X, 1), {"mode": "edge"}),
    ],
)
def test_optional_arguments(fun: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    x, *rest = args
    rng = np.random.default_rng(0)
    v = rng.standard_normal(x.shape)
    expected = (fun(x + STEP*v, *rest, **kwargs) - fun(x - STEP*v, *rest, **kwargs))/(2*STEP)
    jacobian = s2sad.jacrev(fun)(*args, **kwargs)
    np.testing.assert_allclose(np.tensordot(jacobian, v, x.ndim), expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(s2sad.jacfwd(fun)(*args, **kwargs), jacobian, rtol=1e-12)


def test_one_transform_follows_its_calls() -> None:
    norm = s2sad.grad(np.linalg.norm)
    for _ in range(3):
        np.testing.assert_allclose(norm(X), X/np.sqrt(np.sum(X*X)))
        np.testing.assert_allclose(norm(X, 3), X*np.abs(X)/np.sum(np.abs(X)**3)**(2/3))
        np.testing.assert_allclose(norm(X, ord=1), np.sign(X))


def test_argnums_name_optional_arguments() -> None:
    assert s2sad.grad(np.where, 1)(True, 2.0, 1.0) == 1.0
    assert s2sad.grad(np.where, (1, 2))(False, 2.0, 1.0) == (0.0, 1.0)
    assert s2sad.grad(np.clip, "a_max")(3.0, 0.0, 1.0) == 1.0
    np.testing.assert_array_equal(s2sad.vjp(np.clip, X, 0.0, 1.0)[1](X)[0], [0.0, 0.5, 0.0])


def test_inside_and_twice() -> None:
    hessian = s2sad.hessian(np.linalg.norm)(X, 3)
    norm = s2sad.grad(np.linalg.norm)
    expected = [(norm(X + e, 3) - norm(X - e, 3))/(2*STEP) for e in STEP*np.eye(3)]
    np.testing.assert_allclose(hessian, expected, rtol=1e-6)
    row = s2sad.grad(lambda x: s2sad.grad(np.linalg.norm)(x, 3)[0])(X)
    np.testing.assert_allclose(row, hessian[0], rtol=1e-12)


def test_what_the_function_does_not_take() -> None:
    with pytest.raises(TypeError, match="too many positional"):
        s2sad.grad(np.sum)(X, 0, None, None, False, 0.0, True, 3)
    with pytest.raises(TypeError, match="foo"):
        s2sad.grad(np.sum)(X, foo=3)
