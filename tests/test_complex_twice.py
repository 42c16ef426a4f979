"""Derivatives by complex arguments that are differentiated again, by the convention df/dx - i df/dy, by differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad

Z = np.array([1.0 + 2.0j, 0.5 - 1.0j, -0.7 + 0.2j])
V = np.array([0.3 - 0.4j, 1.0 + 0.5j, -0.2 + 0.9j])
W = np.array([1.0 + 0.5j, -0.3 + 0.8j, 0.4 - 1.1j])
STEP = 1e-5


def power(z):
    return np.sum(np.abs(z)**2*np.real(z) + np.imag(z*z*z))


def roots(z):
    return np.real(np.sum(np.exp(z)*np.conj(z)**2)/np.sum(np.abs(z)**2))


def looped(z):
    total = 0.0
    w = z
    for k in range(3):
        w = w*z + k
        if total < 1e9:
            total = total + np.real(np.sum(w*np.conj(z)))
    return total


def spectrum(z):
    return np.sum(np.abs(np.fft.fft(z))**4)


def weighted(z):
    w = z*np.abs(z)
    return np.sum(np.real(w)*np.cos(np.arange(1.0 + np.size(w))[1:])) + np.sum(np.abs(w))


def singular_vectors(z):
    u = np.linalg.svd(np.outer(z, np.arange(1.0, 3.0)) + 1j*np.eye(3)[:, :2], full_matrices=False)[0]
    return np.sum(np.abs(u)**2*np.arange(3.0)[:, None])


FUNCTIONS = [power, roots, looped, spectrum, weighted, singular_vectors]


def differences(fun: Any, z: Any) -> Any:
    """df/dx - i df/dy of a real function."""
    found = np.zeros(np.shape(z), complex)
    for i in np.ndindex(np.shape(z)):
        for unit in (1.0, 1.0j):
            e = np.zeros(np.shape(z), complex)
            e[i] = unit*STEP
            slope = (fun(z + e) - fun(z - e))/(2*STEP)
            found[i] += slope if unit == 1.0 else -1j*slope
    return found


@pytest.mark.parametrize("f", FUNCTIONS)
def test_tangent_of_a_gradient(f: Any) -> None:
    gradient = s2sad.grad(f)
    out, dot = s2sad.jvp(gradient, (Z,), (V,))
    np.testing.assert_array_equal(out, gradient(Z))
    expected = (gradient(Z + STEP*V) - gradient(Z - STEP*V))/(2*STEP)
    np.testing.assert_allclose(dot, expected, rtol=1e-6, atol=1e-6*np.abs(expected).max())
    np.testing.assert_array_equal(s2sad.hvp(f)(Z, V), dot)
    np.testing.assert_allclose(gradient(Z), differences(f, Z), rtol=1e-6)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_pullback_of_a_gradient(f: Any) -> None:
    """The cotangent w stands for the function Re(w . gradient), whose gradient the pullback gives."""
    gradient = s2sad.grad(f)
    out, pullback = s2sad.vjp(gradient, Z)
    np.testing.assert_array_equal(out, gradient(Z))
    expected = differences(lambda z: np.real(np.sum(W*gradient(z))), Z)
    np.testing.assert_allclose(pullback(W)[0], expected, rtol=1e-6, atol=1e-6*np.abs(expected).max())


@pytest.mark.parametrize("f", FUNCTIONS)
def test_gradient_inside(f: Any) -> None:
    """Real and imaginary parts of a gradient inside count each with its sign."""
    gradient = s2sad.grad(f)

    def penalty(z):
        g = gradient(z)
        return np.sum(np.real(g)**2 + 2.0*np.imag(g)**3) + np.sum(np.imag(g*z))

    value, found = s2sad.value_and_grad(penalty)(Z)
    np.testing.assert_allclose(value, penalty(Z), rtol=1e-12)
    np.testing.assert_allclose(found, differences(penalty, Z), rtol=1e-5, atol=1e-5*np.abs(found).max())
    _, dot = s2sad.jvp(penalty, (Z,), (V,))
    np.testing.assert_allclose(dot, np.real(np.sum(found*V)), rtol=1e-10)


def test_pullback_and_tangent_inside() -> None:
    def cubes(z):
        return z*z*np.conj(z)

    def pulled(z):
        out, pullback = s2sad.vjp(cubes, z)
        (bar,) = pullback(z*W)
        return np.sum(np.real(bar)*np.imag(out) + np.imag(bar))

    def pushed(z):
        out, dot = s2sad.jvp(cubes, (z,), (z*W,))
        return np.sum(np.real(dot)*np.imag(out) + np.imag(dot))

    for fun in (pulled, pushed):
        value, found = s2sad.value_and_grad(fun)(Z)
        np.testing.assert_allclose(value, fun(Z), rtol=1e-12)
        np.testing.assert_allclose(found, differences(fun, Z), rtol=1e-6)


def test_numbers_of_python_and_structures() -> None:
    def f(p):
        return abs(p["a"])**2*p["a"].real + np.sum(np.abs(p["b"])**4)*p["c"]

    gradient = s2sad.grad(f)

    def loss(a, b, c):
        g = gradient({"a": a, "b": b, "c": c})
        return g["a"].imag**2 + g["a"].real + np.sum(np.imag(g["b"])*np.real(g["b"])) + g["c"]

    a, b, c = 1.0 - 0.5j, Z, 1.5
    value, (by_a, by_b, by_c) = s2sad.value_and_grad(loss, (0, 1, 2))(a, b, c)
    assert value == pytest.approx(loss(a, b, c), rel=1e-12)
    assert type(by_a) is complex and type(by_c) is float
    assert by_a == pytest.approx(complex(differences(lambda a: loss(complex(a), b, c), a)), rel=1e-6)
    np.testing.assert_allclose(by_b, differences(lambda b: loss(a, b, c), b), rtol=1e-6)
    assert by_c == pytest.approx((loss(a, b, c + STEP) - loss(a, b, c - STEP))/(2*STEP), rel=1e-6)


def test_third_order() -> None:
    def curvature(z):
        return s2sad.hvp(power)(z, V)

    out, dot = s2sad.jvp(curvature, (Z,), (W,))
    np.testing.assert_allclose(out, s2sad.hvp(power)(Z, V), rtol=1e-12)
    np.testing.assert_allclose(dot, (curvature(Z + STEP*W) - curvature(Z - STEP*W))/(2*STEP), rtol=1e-6)


def test_real_parameter_of_a_complex_program() -> None:
    def energy(x, z):
        return np.sum(np.abs(np.exp(1j*x)*z + x)**2)

    def slope(x):
        return s2sad.grad(energy)(x, Z)

    expected = (slope(0.3 + STEP) - slope(0.3 - STEP))/(2*STEP)
    assert s2sad.grad(slope)(0.3) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("transform", [s2sad.hessian, lambda f: s2sad.jacfwd(s2sad.grad(f))])
def test_jacobians_of_complex_gradients_are_refused(transform: Any) -> None:
    with pytest.raises(s2sad.UnsupportedError, match="complex"):
        transform(power)(Z)


def beside_real_storage(x, n):
    """Shadows that are found by address, of real and of complex arrays."""
    z = x + 1j*x[::-1]
    u = x
    for _ in range(n):
        z[:] = np.reshape(z, (2, -1)).reshape(-1)*2j
        if np.sum(u) < 0.7131:
            u = 0.5*u
        else:
            u[:] = 0.5*np.sin(u)
    return np.sum(np.tanh(u)*x) + np.sum(np.abs(z)**2) + z[1].real**3


@pytest.mark.parametrize("x", [np.array([0.3, -0.2, 0.5, 0.1]), np.array([0.3, 0.2, 0.5, 0.1])])
def test_tables_of_shadows_beside_complex_arrays_are_differentiated_again(x):
    gradient = s2sad.grad(beside_real_storage)
    v = np.array([0.7, 0.1, -0.4, 0.2])
    moved = (gradient(x + STEP*v, 2) - gradient(x - STEP*v, 2))/(2*STEP)
    np.testing.assert_allclose(s2sad.hvp(beside_real_storage)(x, 2, v), moved, rtol=1e-6)
    np.testing.assert_allclose(s2sad.vjp(gradient, x, 2)[1](v)[0], moved, rtol=1e-6)


def median_of_complex(x):
    """The shares of its elements are real: the cotangent of their product has not their dtype."""
    c = np.conj(-x + 0.3j*x[::-1])
    b = np.conj(np.median([c, c*x], axis=0))
    return np.sum(np.abs(b)**2*x) + np.sum(b*c).imag


def test_medians_of_complex_numbers_are_differentiated_again():
    x, v = np.array([0.3, 0.7, 1.1]), np.array([0.7, 0.1, -0.4])
    gradient = s2sad.grad(median_of_complex)
    moved = (gradient(x + STEP*v) - gradient(x - STEP*v))/(2*STEP)
    np.testing.assert_allclose(s2sad.hvp(median_of_complex)(x, v), moved, rtol=1e-6)
    np.testing.assert_allclose(s2sad.vjp(gradient, x)[1](v)[0], moved, rtol=1e-6)
