"""Jacobians and Hessians where numbers are complex: right, or refused with what to call instead (issue 5)."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad

Z = np.array([0.3 + 0.4j, 0.7 - 0.2j])
X = np.array([0.3, 0.7])


def holomorphic(z):
    return z*z*np.exp(z)


def not_holomorphic(z):
    return np.conj(z)*z


def to_complex(x):
    return np.exp(1j*x)*x


def to_real(z):
    return np.abs(z)**2


def loss(z):
    return np.sum(np.abs(z)**2*np.real(z))


@pytest.mark.parametrize("transform", [s2sad.jacobian, s2sad.jacfwd, s2sad.jacrev])
def test_of_holomorphic_functions(transform):
    want = np.diag((2*Z + Z*Z)*np.exp(Z))
    np.testing.assert_allclose(transform(holomorphic)(Z), want, rtol=1e-13)
    parts = transform(lambda p: {"a": holomorphic(p["z"])*p["k"][0]})({"z": Z, "k": [2.0 + 1j]})
    np.testing.assert_allclose(parts["a"]["z"], want*(2.0 + 1j), rtol=1e-13)
    np.testing.assert_allclose(parts["a"]["k"][0], holomorphic(Z), rtol=1e-13)
    np.testing.assert_allclose(transform(lambda z: z**3)(0.5 + 1j), 3*(0.5 + 1j)**2, rtol=1e-13)


@pytest.mark.parametrize("transform", [s2sad.jacobian, s2sad.jacfwd, s2sad.jacrev])
@pytest.mark.parametrize("fun", [not_holomorphic, lambda z: z*np.real(z), lambda z: np.conj(z[0])*1.0])
def test_of_other_functions_are_refused(transform, fun):
    with pytest.raises(s2sad.UnsupportedError, match="is no holomorphic function.*use jvp or vjp"):
        transform(fun)(Z)


def test_the_mode_that_can_tell_is_chosen():
    """Real arguments: columns; a real result: rows (df/dx - i df/dy); whatever their numbers are."""
    want = np.diag((1j*X + 1)*np.exp(1j*X))
    for transform in (s2sad.jacobian, s2sad.jacfwd):
        np.testing.assert_allclose(transform(to_complex)(X), want, rtol=1e-13)
    for transform in (s2sad.jacobian, s2sad.jacrev):
        np.testing.assert_allclose(transform(to_real)(Z), np.diag(2*np.conj(Z)), rtol=1e-13)
        np.testing.assert_allclose(transform(loss)(Z), s2sad.grad(loss)(Z), rtol=1e-13)
    np.testing.assert_allclose(s2sad.jacobian(lambda x: np.sum(to_complex(x)))(X), np.diag(want), rtol=1e-13)
    with pytest.raises(s2sad.UnsupportedError, match="complex and an argument real; use jacfwd"):
        s2sad.jacrev(to_complex)(X)
    with pytest.raises(s2sad.UnsupportedError, match="real and an argument complex; use jacrev"):
        s2sad.jacfwd(to_real)(Z)


def test_second_derivatives_by_complex_numbers():
    v = np.array([1.0 + 0.5j, -0.3j])
    h = 1e-6
    want = (s2sad.grad(loss)(Z + h*v) - s2sad.grad(loss)(Z - h*v))/(2*h)
    np.testing.assert_allclose(s2sad.hvp(loss)(Z, v), want, rtol=1e-7)
    for transform in (s2sad.hessian, lambda f: s2sad.jacfwd(s2sad.grad(f)), lambda f: s2sad.jacrev(s2sad.grad(f))):
        with pytest.raises(s2sad.UnsupportedError, match="with respect to complex numbers"):
            transform(loss)(Z)
    np.testing.assert_allclose(
        s2sad.hessian(lambda x: np.sum(np.abs(to_complex(x))**2*x))(X), np.diag(6*X), rtol=1e-12
    )


def test_inside_of_a_differentiated_function():
    def columns(x):
        return np.sum(np.abs(s2sad.jacfwd(to_complex)(x))**2)

    s2sad.check_grads(columns, (X,), order=1)
    with pytest.raises(TypeError, match="complex result is called inside; use jacfwd"):
        s2sad.grad(lambda x: np.sum(np.abs(s2sad.jacrev(to_complex)(x))**2))(X)
    with pytest.raises(s2sad.UnsupportedError, match="use jvp with real and imaginary directions"):
        s2sad.grad(lambda z: np.sum(np.abs(s2sad.jacfwd(holomorphic)(z))**2))(Z)
