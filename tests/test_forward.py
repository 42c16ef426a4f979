"""Forward mode: jvp, Jacobians, Hessians and products, alone, nested, and inside of differentiated functions.

`check` in tests/support.py holds jvp against the pullback for every program of the corpus; here are values that are
known, structures, refusals, and nesting to third order.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import s2sad
from s2sad import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, vjp
from support import assert_same_bits, check, check_jvp, check_vjp

X = np.array([0.3, 0.7, 1.1])
V = np.array([1.0, -0.5, 2.0])


def smooth(x):
    return np.sum(np.sin(x)*x**3)*x[0]


def waves(x, k=2.0):
    return np.sin(k*x)*np.sum(x)


def quartic(x):
    return x**4


class Weights(NamedTuple):
    w: np.ndarray
    b: float


@dataclass
class Layer:
    w: np.ndarray
    b: float
    name: str = "dense"


def affine(p, x):
    return p.w*x + p.b


# ------------------------------------------------------------------------------------------------------------ jvp


def test_value_and_tangent():
    assert jvp(lambda x, y: x*y, (2.0, 3.0), (1.0, 0.5)) == (6.0, 4.0)
    out, dot = jvp(np.sin, (X,), (V,))
    assert_same_bits(out, np.sin(X), "value")
    np.testing.assert_allclose(dot, np.cos(X)*V, rtol=1e-14)


def test_tangents_of_constants_are_none():
    def f(x, n, name):
        return x**n, n, name

    out, dot = jvp(f, (2.0, 3, "a"), (1.0, None, None))
    assert out == (8.0, 3, "a") and dot == (12.0, None, None)
    with pytest.raises(TypeError, match="which is the int 3"):
        jvp(f, (2.0, 3, "a"), (1.0, 1.0, None))


def test_none_stands_for_zeros():
    assert jvp(lambda x, y: x*y, (2.0, 3.0), (None, 1.0)) == (6.0, 2.0)
    assert jvp(lambda p: p["a"]*p["b"], ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": None},)) == (6.0, 3.0)


@pytest.mark.parametrize(("tangent", "error", "message"), [
    (np.ones(2), ValueError, "shape"),
    (1.0, ValueError, "shape"),
    (np.ones(3)*1j, TypeError, "complex"),
    (np.array(["a", "b", "c"]), TypeError, "numbers"),
])
def test_tangents_that_do_not_fit(tangent, error, message):
    with pytest.raises(error, match=message):
        jvp(np.sin, (X,), (tangent,))


def test_wrong_calls():
    with pytest.raises(TypeError, match="tuple"):
        jvp(np.sin, X, V)
    with pytest.raises(ValueError, match="a tangent for each primal"):
        jvp(np.sin, (X,), (V, V))
    with pytest.raises(TypeError, match="not None"):
        jvp(np.sin, (X,), (None,))


def test_structures_are_kept():
    _, dot = jvp(affine, (Weights(X, 2.0), 3.0), (Weights(V, 1.0), 0.0))
    np.testing.assert_allclose(dot, V*3.0 + 1.0)
    _, dot = jvp(affine, (Layer(X, 2.0), 3.0), (Layer(V, 1.0, None), None))
    np.testing.assert_allclose(dot, V*3.0 + 1.0)
    _, dot = jvp(lambda xs: {"sum": sum(xs), "pair": (xs[0], [xs[1]])}, ([1.0, 2.0],), ([0.5, 0.25],))
    assert dot == {"sum": 0.75, "pair": (0.5, [0.25])}


def test_dtypes_are_kept():
    _, dot = jvp(lambda x: np.sin(x)*2.0, (X.astype(np.float32),), (V.astype(np.float32),))
    assert dot.dtype == np.float32
    _, dot = jvp(lambda z: z*z, (1.0 + 2.0j,), (1.0 + 0.0j,))
    assert dot == 2.0 + 4.0j
    assert type(jvp(np.sum, (X,), (V,))[1]) is np.float64


def test_written_arguments_and_tangents_stay():
    def f(x):
        x *= 2.0
        x[0] = 1.0
        return x

    x, v = X.copy(), V.copy()
    _, dot = jvp(f, (x,), (v,))
    assert_same_bits((x, v), (X, V), "arguments")
    np.testing.assert_array_equal(dot, [0.0, -1.0, 4.0])


def test_tangent_of_other_strides_than_its_primal():
    def f(x):
        r = x.ravel()
        r *= 2
        return np.sum(x*x)

    x = np.arange(1.0, 21.0).reshape(4, 5)[:, :3]
    for given in (x, np.asfortranarray(x), x.copy()):
        for v in (np.ones((4, 3)), np.ones((4, 3), order="F")):
            check_jvp(f, (given,))
            assert np.isclose(jvp(f, (given,), (v,))[1], np.sum(grad(f)(given)))


def test_one_tangent_for_two_arguments():
    def f(x, y):
        x[0] = y[1]
        return np.sum(x*y)

    v = np.ones(3)
    check(f, (X, V))
    expected = np.sum(grad(f)(X, V)) + np.sum(grad(f, 1)(X, V))
    assert np.isclose(jvp(f, (X, V), (v, v))[1], expected)


def test_star_arguments_partials_and_methods():
    from functools import partial

    assert jvp(lambda *xs: xs[0]*xs[1] + xs[2], (2.0, 3.0, 1.0), (1.0, None, 0.5)) == (7.0, 3.5)
    assert jvp(partial(lambda k, x: k*x*x, 2.0), (3.0,), (1.0,)) == (18.0, 12.0)
    model = Model()
    assert_same_bits(jvp(model.energy, (X,), (V,))[1], 2.0*np.sum(2*X*V), "tangent")


def test_poles_do_not_raise():
    import math

    assert jvp(math.sqrt, (0.0,), (1.0,)) == (0.0, np.inf)
    assert jvp(lambda x: x**0.5, (0.0,), (1.0,))[1] == np.inf
    assert jvp(lambda x: 1/x, (1e-200,), (1.0,))[1] == -np.inf
    assert jvp(lambda x, y: x/y, (1.0, 1e200), (1.0, 1.0))[1] == 1e-200
    assert np.isinf(jvp(np.sqrt, (np.zeros(2),), (np.ones(2),))[1]).all()


def test_selections_drop_what_is_not_taken():
    def f(x):
        return np.where(x > 0.0, np.sqrt(x)*np.exp(-np.sqrt(x)), x)

    x = np.array([-1.0, 0.0, 4.0])
    with np.errstate(invalid="ignore"):
        _, dot = jvp(f, (x,), (np.ones(3),))
    assert np.isfinite(dot).all() and dot[0] == dot[1] == 1.0


def test_broadcasts():
    wide = np.ones((2, 3))
    for f in (lambda x: x + wide, lambda x: wide - x, lambda x: np.where(wide > 0, x, wide), lambda x: np.maximum(x, wide)):
        check_vjp(f, (X,))
        check_vjp(f, (0.5,))

    def stored(x):
        y = x + wide
        y[0] = 0.0
        return y

    def added(x):
        y = wide + x*2.0  # its tangent is a number's, stretched, and written
        y += x*wide
        return y

    check_vjp(stored, (X,))
    check_vjp(added, (0.5,))


def test_a_copy_by_addition_is_no_view():
    def f(x):
        y = x + 0.0
        y[0] = 5.0
        y2 = -x
        z = -y2
        z *= 3.0
        return x*y*z

    check_vjp(f, (X,))


def test_writes_of_every_operator():
    def f(x, k):
        y = x.copy()
        y += k
        y -= x*0.5
        y *= x
        y /= k
        y **= 2
        y[[0, 0]] *= k
        y[[1, 1]] += np.stack([x[0], x[2]])
        y[y > 1.0] = 2.0
        y %= 3.0
        y *= y
        return y

    check_vjp(f, (X, 1.3))


def test_writes_into_what_is_no_argument_of_the_derivative():
    def f(x, buffer, rows):
        buffer[...] = x*x
        rows[0] *= buffer
        return np.sum(buffer*rows[0])

    _, dot = jvp(f, (X, np.ones(3), [np.ones(3)]), (V, None, None))
    assert np.isclose(dot, np.sum(4*X**3*V))


def test_writes_into_elements_of_lists_made_of_zeros():
    def f(x):
        rows = [np.zeros(3) for _ in range(3)]
        rows[1] += x*x
        pair = (np.zeros(3), 2)
        pair[0][...] = x
        return rows[1]*x + pair[0] + rows.pop()

    check_vjp(f, (X,))


def test_gradient_of_a_program_with_a_list_of_arrays():
    def f(x):
        xs = []
        for _ in range(3):
            xs.append(x.copy())
            x = x*x
        y = xs[0]*xs[1]
        return np.sum(y*xs[2])

    step = 1e-6*V
    np.testing.assert_allclose(hvp(f)(X, V), (grad(f)(X + step) - grad(f)(X - step))/2e-6, rtol=1e-6)


def test_recursion():
    def power(x, n):
        return 1.0 if n == 0 else x*power(x, n - 1)

    assert jvp(power, (2.0, 3), (1.0, None)) == (8.0, 12.0)
    assert "power_jvp" in s2sad.pushforward.source(power, (2.0, 3), (1.0, None))


def test_stopped_values():
    def f(x):
        return s2sad.stop_gradient(x*x)*x

    def g(x):
        with s2sad.no_grad():
            y = x*x
        return y*x

    assert jvp(f, (3.0,), (1.0,)) == jvp(g, (3.0,), (1.0,)) == (27.0, 9.0)


def test_aux():
    def f(x):
        return x*x, {"x": x}

    out, dot, aux = jvp(f, (3.0,), (1.0,), has_aux=True)
    assert (out, dot, aux) == (9.0, 6.0, {"x": 3.0})


def test_what_cannot_be_seen_is_refused():
    import fractions

    def f(x):
        return float(fractions.Fraction(x))

    with pytest.raises(s2sad.UnsupportedError, match=r"test_forward.py:\d+:\d+: an active value enters"):
        jvp(f, (1.0,), (1.0,))


# ------------------------------------------------------------------------------------------------------ Jacobians


@pytest.mark.parametrize("transform", [jacfwd, jacrev, jacobian])
def test_jacobians(transform):
    expected = np.array([(waves(X + h) - waves(X - h))/2e-6 for h in 1e-6*np.eye(3)]).T
    np.testing.assert_allclose(transform(waves)(X), expected, atol=1e-8)
    np.testing.assert_allclose(transform(waves, 1)(X, 2.0), np.cos(2.0*X)*X*np.sum(X), rtol=1e-12)
    both = transform(waves, (0, "k"))(X, 2.0)
    np.testing.assert_allclose(both[0], expected, atol=1e-8)
    assert both[1].shape == (3,)
    assert transform(quartic)(2.0) == 32.0 and type(transform(quartic)(2.0)) is float
    assert transform(lambda x: x @ np.ones((3, 2)))(np.ones((4, 3))).shape == (4, 2, 4, 3)
    assert transform(lambda x: x*2)(np.ones((0,))).shape == (0, 0)
    assert transform(lambda x: x*2)(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("transform", [jacfwd, jacrev, jacobian])
def test_jacobians_of_structures(transform):
    def f(p):
        return {"a": p["w"]*p["b"], "c": (np.sum(p["w"]), 3)}

    found = transform(f)({"w": X, "b": 2.0})
    np.testing.assert_array_equal(found["a"]["w"], 2.0*np.eye(3))
    np.testing.assert_array_equal(found["a"]["b"], X)
    np.testing.assert_array_equal(found["c"][0]["w"], np.ones(3))
    assert found["c"][0]["b"] == 0.0 and found["c"][1] == {"w": None, "b": None}
    jac, aux = transform(lambda x: (x*x, "aux"), has_aux=True)(X)
    np.testing.assert_array_equal(jac, np.diag(2*X))
    assert aux == "aux"


def test_the_cheaper_mode():
    wide, tall = jacobian(lambda x: np.sum(x)), jacobian(lambda x: x*np.ones(5))
    np.testing.assert_array_equal(wide(np.ones(40)), np.ones(40))
    np.testing.assert_array_equal(tall(2.0), np.ones(5))


def test_complex_jacobians():
    z = np.array([1.0 + 1.0j, 2.0])
    np.testing.assert_allclose(jacfwd(lambda z: z*z)(z), np.diag(2*z))
    np.testing.assert_allclose(jacrev(lambda z: z*z)(z), np.diag(2*z))
    with pytest.raises(s2sad.UnsupportedError, match="use jacrev"):
        jacfwd(lambda z: np.sum(np.abs(z)))(z)
    with pytest.raises(s2sad.UnsupportedError, match="use jacfwd"):
        jacrev(lambda x: x*1j)(X)


def test_effects_happen_once():
    log = []

    def f(x, rng):
        return x*rng.standard_normal(3)

    def logged(x):
        log.append(x[0])
        return x*x

    with pytest.raises(s2sad.UnsupportedError, match=r"test_forward.py:\d+.*use jacrev"):
        jacfwd(f)(X, np.random.default_rng(1))
    expected = np.diag(np.random.default_rng(1).standard_normal(3))
    for transform in (jacrev, jacobian):
        log.clear()
        np.testing.assert_array_equal(transform(f)(X, np.random.default_rng(1)), expected)
        np.testing.assert_array_equal(transform(logged)(X), np.diag(2*X))
        assert log == [X[0]]
    with pytest.raises(s2sad.UnsupportedError, match=r"test_forward.py:\d+.*use jacrev"):
        jacfwd(logged)(X)


# ------------------------------------------------------------------------------------------------- second orders


def test_hessian_and_products():
    h = hessian(smooth)(X)
    np.testing.assert_allclose(h, h.T, rtol=1e-12)
    np.testing.assert_allclose(h, jacrev(grad(smooth))(X), rtol=1e-12)
    np.testing.assert_allclose(hvp(smooth)(X, V), h @ V, rtol=1e-12)
    step = 1e-6*V
    np.testing.assert_allclose(hvp(smooth)(X, V), (grad(smooth)(X + step) - grad(smooth)(X - step))/2e-6, rtol=1e-7)
    assert hessian(quartic)(2.0) == hvp(quartic)(2.0, 1.0) == 48.0


def test_several_arguments():
    def f(a, b):
        return np.sum(a*b**2)

    (aa, ab), (ba, bb) = hessian(f, (0, 1))(X, 3.0)
    np.testing.assert_allclose(aa, np.zeros((3, 3)))
    np.testing.assert_allclose(ab, ba)
    np.testing.assert_allclose(ba, np.full(3, 6.0))
    assert np.isclose(bb, 2*np.sum(X))
    by_a, by_b = hvp(f, (0, 1))(X, 3.0, (V, 1.0))
    np.testing.assert_allclose(by_a, ab)
    assert np.isclose(by_b, ba @ V + bb)
    assert hessian(f, (1,))(X, 3.0) == ((pytest.approx(2*np.sum(X)),),)
    assert hvp(f, (1,))(X, 3.0, (1.0,)) == (pytest.approx(2*np.sum(X)),)


def test_aux_of_second_orders():
    def f(x):
        return np.sum(x**3), x

    h, aux = hessian(f, has_aux=True)(X)
    np.testing.assert_allclose(h, np.diag(6*X))
    assert_same_bits(aux, X, "aux")
    product, aux = hvp(f, has_aux=True)(X, V)
    np.testing.assert_allclose(product, 6*X*V)


def test_in_place_programs_twice():
    def rows(x):
        prev = x[0]
        for i in range(1, len(x)):
            cur = x[i]
            cur += prev**2
            prev = cur
        return np.sum(x*x)

    def heat(u, k):
        for _ in range(3):
            u[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])**2
        return np.sum(u*u)

    for f, args in ((heat, (np.linspace(0.0, 1.0, 6)**2, 0.3)), (rows, (np.linspace(0.1, 1.0, 6).reshape(3, 2),))):
        v = np.cos(np.arange(6.0)).reshape(args[0].shape)
        step = 1e-6*v
        difference = (grad(f)(args[0] + step, *args[1:]) - grad(f)(args[0] - step, *args[1:]))/2e-6
        np.testing.assert_allclose(hvp(f)(*args, v), difference, rtol=1e-6, atol=1e-8)


# ----------------------------------------------------------------------------------------- nested and inside


def third(x):
    return np.sum(np.exp(0.5*x)*x**2)


@pytest.mark.parametrize("derivative", [
    grad(grad(grad(quartic))), jacfwd(jacfwd(jacfwd(quartic))), grad(jacfwd(grad(quartic))), jacfwd(grad(grad(quartic))),
    grad(hessian(quartic)), hessian(grad(quartic)), jacrev(hessian(quartic)), jacobian(jacobian(jacobian(quartic))),
])
def test_third_order(derivative):
    assert derivative(2.0) == 48.0


def test_third_order_of_arrays():
    expected = np.exp(0.5*X)*(0.125*X**2 + 1.5*X + 3.0)
    for t in (jacfwd(hessian(third)), jacrev(jacfwd(grad(third))), hessian(lambda x: np.sum(grad(third)(x)))):
        found = t(X)
        diagonal = np.einsum("iii->i", found) if found.ndim == 3 else np.diag(found)
        np.testing.assert_allclose(diagonal, expected, rtol=1e-10)
    along = jvp(lambda x: jvp(lambda y: jvp(third, (y,), (V,))[1], (x,), (V,))[1], (X,), (V,))[1]
    assert np.isclose(along, np.sum(expected*V**3))


def along_itself(x):
    return jvp(waves, (x, 2.0), (np.cos(x), None))[1]


def penalty(x):
    return np.sum(jacfwd(waves)(x)**2)


def curvature(x, k=0.5):
    return np.sum(hvp(lambda y: np.sum(np.sin(k*y)*y**2))(x, x)**2)


def flatness(x):
    return np.sum(hessian(smooth)(x)**2)


def scalar_slope(x):
    return jacfwd(quartic)(x)*x


def in_a_loop(x):
    for _ in range(2):
        x = x - 0.1*jvp(np.tanh, (x,), (x*x,))[1]
    return np.sum(x*x)


def value_too(x):
    y, y_dot = s2sad.jvp(np.sin, (x,), (np.ones(3),))
    return np.sum(y*y_dot)


@pytest.mark.parametrize("f", [penalty, curvature, flatness, in_a_loop, value_too])
def test_inside_of_a_differentiated_function(f):
    check(f, (X,))


def test_inside_with_a_vector_result():
    check_vjp(along_itself, (X,))
    check(scalar_slope, (1.3,))


def test_inside_refusals():
    with pytest.raises(s2sad.UnsupportedError, match=r"test_forward.py:\d+:\d+: the tangents of jvp"):
        grad(lambda x, t: np.sum(jvp(np.sin, (x,), t)[1]))(X, V)
    moved = grad(lambda x, t: np.sum(jvp(np.sin, (x,), t)[1]))
    np.testing.assert_allclose(moved(X, [V]), -np.sin(X)*V, rtol=1e-12)
    with pytest.raises(ValueError, match="too many values"):
        moved(X, [V, V])
    with pytest.raises(s2sad.UnsupportedError, match="a number is the tangent of an array"):
        grad(lambda x: np.sum(jvp(np.sin, (x,), (1.0,))[1]))(X)
    with pytest.raises(AssertionError, match="another shape"):
        grad(lambda x, v: np.sum(jvp(np.sin, (x,), (v,))[1]))(X, np.ones(1))


# -------------------------------------------------------------------------------------------------------- callables


@pytest.mark.parametrize("transform", [jacfwd, jacrev, jacobian, hessian, hvp])
def test_callables(transform):
    made = transform(smooth)
    assert made.__name__ == "smooth" and transform.__name__ in made.__doc__
    args = (X, V) if transform is hvp else (X,)
    copy = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(copy(*args), made(*args))
    assert "def smooth" in made.source and "x_dot" in made.source_for(*args)
    with pytest.raises(TypeError, match="needs a callable"):
        transform(3)


class Model:
    k = 2.0

    def energy(self, x):
        return self.k*np.sum(x*x)

    @jacfwd
    def slopes(self, x):
        return self.k*x*x


def test_methods():
    np.testing.assert_allclose(Model().slopes(X), np.diag(4.0*X))


def test_both_modes_of_check_grads():
    s2sad.check_grads(lambda x: {"a": x*x, "b": (np.sum(x), 2)}, (X,))
    s2sad.check_grads(lambda x: x**3, (2.0,), order=3)
    s2sad.check_grads(lambda x: np.sin(x), (X,), modes=("fwd",))

    def wrong(x):
        return float(s2sad.stop_gradient(x))*x

    for mode in ("fwd", "rev"):
        with pytest.raises(AssertionError, match="forward mode" if mode == "fwd" else "reverse mode"):
            s2sad.check_grads(wrong, (2.0,), modes=(mode,))
    with pytest.raises(ValueError, match="are not known"):
        s2sad.check_grads(wrong, (2.0,), modes=("sideways",))


def test_vjp_of_a_jacobian():
    out, pullback = vjp(jacfwd(waves), X)
    np.testing.assert_allclose(out, jacrev(waves)(X))
    w = np.arange(9.0).reshape(3, 3)
    step = 1e-6*V
    difference = np.sum(w*(jacfwd(waves)(X + step) - jacfwd(waves)(X - step)))/2e-6
    assert np.isclose(np.sum(pullback(w)[0]*V), difference, rtol=1e-6)


def product_in_place(y, w):
    y, v = y*1.0, w*1.0
    z = y
    y @= w
    v @= z
    v[1:] @= v
    y.T[...] @= y
    return np.sum(y*y*v)


def test_matrix_products_in_place():
    """The tangent of `y @= w` was made by the text of reverse mode."""
    y, w = np.array([[0.3, 0.7], [0.2, -0.6]]), np.array([[0.5, 0.1], [0.3, 0.8]])
    check(product_in_place, (y, w), text=False)
