"""Hessian-vector products: what a careful person would not compute, and values that are written under another name."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

K = 1 + 2j
STEP = 1e-5


def held(f, x, thrice=False, tol=1e-6):
    """Gradient, both compositions of it, and if asked for a third derivative, held against differences."""
    rng = np.random.default_rng(3)
    u, v = (rng.normal(size=np.shape(x)) for _ in range(2))
    check(f, (x,))
    gradient, product = s2sad.grad(f), s2sad.hvp(f)
    again = s2sad.grad(lambda y: np.sum(gradient(y)*v))
    expected = (gradient(x + STEP*v) - gradient(x - STEP*v))/(2*STEP)
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(product(x, v), expected, rtol=tol, atol=tol*scale)
    np.testing.assert_allclose(again(x), product(x, v), rtol=1e-10, atol=1e-10*scale)
    if not thrice:
        return
    third = (again(x + STEP*u) - again(x - STEP*u))/(2*STEP)
    scale = max(1.0, np.abs(third).max())
    backward = s2sad.grad(lambda y: np.sum(again(y)*u))
    np.testing.assert_allclose(backward(x), third, rtol=tol, atol=tol*scale)
    np.testing.assert_allclose(s2sad.jvp(lambda y: product(y, v), (x,), (u,))[1], third, rtol=tol, atol=tol*scale)


# ------------------------------------------------------------- conjugates of what is written through its real part


def real_part_of_written(y):
    a = K*y*y
    a += y
    r = np.real(a)
    return np.sum(y*r) + np.sum(np.real(np.conj(K*np.conj(a)))*y)


def real_part_in_a_loop(y):
    total = 0.0
    for i in range(2):
        a = K*y*y
        if i == 1:
            a += y
        r = np.real(a)
        total = total + np.sum(y*r) + np.sum(np.real(np.conj(K*np.conj(a)))*y)
    return total


def real_part_in_a_callee(y):
    return real_part_of_written(y*y) + real_part_of_written(2*y)


def imaginary_part_of_written(y):
    a = K*y*y
    a[:1] += y[:1]
    r = np.imag(a)
    return np.sum(y*r) + np.sum(np.real(np.conj(K*np.conj(a)))*y)


@pytest.mark.parametrize(
    "f", [real_part_of_written, real_part_in_a_loop, real_part_in_a_callee, imaginary_part_of_written]
)
def test_conjugates_of_what_is_written_through_a_view(f):
    held(f, np.array([0.3, -0.7, 1.1]))


# ---------------------------------------------------------------------------------------------------- determinants


def squared_determinant(a):
    d = np.linalg.det(a*K + a.T*a)
    return (d*np.conj(d)).real


def of_matrices(a):
    return np.sum(np.linalg.det(a)**2*np.array([1.0, 2.0]))


def log_of_determinants(a):
    s = 0.0
    for k in range(2):
        m = a*(k + 1.0)
        if k == 1:
            m = m @ a
        s = s + np.log(np.abs(np.linalg.det(m)))
    return s


@pytest.mark.parametrize(
    "f, shape", [(squared_determinant, (3, 3)), (of_matrices, (2, 3, 3)), (log_of_determinants, (3, 3))]
)
def test_determinants_three_times(f, shape):
    held(f, np.random.default_rng(0).normal(size=shape) + 2*np.eye(3), thrice=f is not log_of_determinants)


# ----------------------------------------------------------------------------------------------------------- texts


def text_of(f, *args):
    product = s2sad.hvp(f)
    product(*args, args[0])
    return product.source


def quotient(x):
    return np.sum(np.sin(x)*x/(2.0 + x*x))


def test_the_tangent_of_a_quotient_divides_once():
    x = np.array([0.3, 0.9])
    held(quotient, x)
    s2sad.jvp(quotient, (x,), (x,))
    assert s2sad.pushforward.source(quotient, (x,), (x,)).count("/") == 2


def signs(x):
    return np.sum(np.sign(x)*x**3*np.floor(x)) + np.sum(np.where(x > 0.5, np.sign(x)*x, x*x))


def test_what_is_constant_has_no_tangent_in_products():
    x = np.array([0.3, -1.7, 2.6])
    held(signs, x)
    text = text_of(signs, x)
    assert "zeros_like" not in text and "* 0.0" not in text


def written_sign(x):
    s = np.sign(x)
    s[0] = x[1]*x[2]
    return np.sum(s*x*x)


def test_a_constant_into_which_is_written_has_one():
    held(written_sign, np.array([0.3, -1.7, 2.6]))


def runge_kutta(s, n):
    for _ in range(n):
        k = np.array([s[1], -s[0]*s[0]])
        m = np.array([s[1] + 0.1*k[1], -(s[0] + 0.1*k[0])**2])
        s = s + 0.1*k + 0.05*m
    return np.sum(s*s)


def test_what_shapes_decide_needs_no_strides():
    s = np.array([0.4, -0.2])
    held(lambda s: runge_kutta(s, 3), s)
    assert "copy_strided" not in s2sad.hvp(runge_kutta).source_for(s, 3, s)


def logistic(x, r, n):
    for _ in range(n):
        x = r*x*(1 - x)
    return x


def predators(x, y, d, c, n):
    for _ in range(n):
        if y < 9.0:
            y = y + 0.1*(d*x*y - c*y)
        x = x - 0.1*x*y
    return x*y


@pytest.mark.parametrize("f, args", [(logistic, (0.3, 3.1)), (predators, (1.0, 0.5, 0.7, 0.4))])
def test_common_factors_of_cotangents(f, args):
    n, wrt = 4, tuple(range(len(args)))
    check(f, (*args, n), wrt)
    v = tuple(0.3 - 0.2*i for i in wrt)
    product, gradient = s2sad.hvp(f, wrt)(*args, n, v), s2sad.grad(f, wrt)
    plus, minus = (gradient(*(a + h*b for a, b in zip(args, v, strict=True)), n) for h in (STEP, -STEP))
    expected = [(p - m)/(2*STEP) for p, m in zip(plus, minus, strict=True)]
    np.testing.assert_allclose(product, expected, rtol=1e-6)
    again = s2sad.grad(lambda *xs: sum(g*b for g, b in zip(gradient(*xs, n), v, strict=True)), wrt)
    np.testing.assert_allclose(again(*args), product, rtol=1e-10)


def test_texts_with_common_factors():
    gradient, steps = s2sad.grad(logistic, (0, 1)), s2sad.grad(predators, (0, 1))
    gradient(0.3, 3.1, 4)
    steps(1.0, 0.5, 0.7, 0.4, 4)
    assert "x_bar = r * (t1 - x * x_bar)" in gradient.source
    assert "len(" not in text_of(lambda x: logistic(x, 3.1, 4), 0.3)
    assert "(c - d * x) * t1" in steps.source


def rotation(x, y, n):
    for _ in range(n):
        x, y = x - 0.1*x*y, y + 0.1*x*x
    return x*y


def test_four_tapes_are_walked_over():
    text = text_of(lambda x: rotation(x, 0.4, 5), 0.3)
    assert "for x_dot, x, y_dot, y in " in text and text.count("range(") == 1
    first = s2sad.hvp(lambda x: rotation(x, 0.4, 5))
    third = (first(0.3 + STEP, 1.0) - first(0.3 - STEP, 1.0))/(2*STEP)
    assert s2sad.grad(lambda x: first(x, 1.0))(0.3) == pytest.approx(third, rel=1e-5)


def cubes_of_multiples(x, k):
    t = k*x
    return np.sum(t*x*np.sin(x)) + np.sum(0.5*x*x*x)


def test_products_with_multiples_of_their_other_factor():
    k = np.array([[2.0], [3.0]])
    held(lambda x: cubes_of_multiples(x, 3.0), np.array([0.4, -1.2, 2.0]))
    held(lambda x: cubes_of_multiples(x, k), np.array([0.4, -1.2, 2.0]))


def multiple_of_what_is_written(x):
    y = np.exp(x)
    t = 2.0*y
    y[0] = x[1]**2
    return np.sum(t*y*x)


def test_a_multiple_of_what_is_written_since_is_none():
    held(multiple_of_what_is_written, np.array([0.4, -1.2, 2.0]))


# --------------------------------------------------------------------- both operands of a product of vectors


def outer_products(x):
    a = np.outer(np.sin(x), x*x)
    return np.sum(a*a)


def outer_in_a_loop(x):
    m = np.eye(len(x))
    y = x
    for i in range(3):
        if i != 1:
            y = np.tanh(m @ y + x)
        m = m + np.outer(y, np.cos(x))
    return np.sum(m*m) + y @ y


def outer_of_complex(x):
    z = np.outer(np.exp(K*x), np.cos(x) + 1j*x)
    return np.sum(np.real(z*z))


def length_of_squares(x):
    r = np.sin(x)
    return r @ r*np.dot(x, x) + np.matmul(x, x)


def squares_in_a_loop(x):
    p, rs = x, x @ x
    for _ in range(3):
        p = p - np.sin(p)/(1 + rs)
        rs = np.dot(p, p)
    return rs + length_of_squares(p)


@pytest.mark.parametrize(
    "f", [outer_products, outer_in_a_loop, outer_of_complex, length_of_squares, squares_in_a_loop]
)
def test_both_operands_of_a_product_of_vectors(f):
    held(f, np.array([0.3, -0.7, 1.1]), thrice=True, tol=1e-5)


def test_two_outer_products_are_one_product_of_matrices():
    x, v = np.array([0.3, -0.7, 1.1]), np.array([1.0, 2.0, -1.0])
    product = s2sad.hvp(outer_in_a_loop)
    product(x, v)
    assert ".T @ np.array((" in product.source
    assert "np.outer" in product.source  # those of the gradient itself
    single = x.astype(np.float32)
    assert product(single, v.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(product(single, v.astype(np.float32)), product(x, v), rtol=1e-4)
    for n in (0, 1):
        np.testing.assert_allclose(product(x[:n], v[:n]), s2sad.hessian(outer_in_a_loop)(x[:n]) @ v[:n])


def test_an_outer_product_with_itself_stays_symmetric():
    x, v = np.random.default_rng(0).normal(size=(2, 9))
    tangent = s2sad.jvp(lambda y: np.outer(y, y), (x,), (v,))[1]
    assert (tangent == tangent.T).all()
