"""What users of torch.autograd and of JAX expect: one test for each row of docs/coming_from.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import s2sad

A = np.array
PAGE = (Path(__file__).resolve().parent.parent/"docs"/"coming_from.md").read_text(encoding="utf-8")
ROWS: dict[str, Callable[[], None]] = {}


def row(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """The test of the row that begins with `name`."""

    def add(test: Callable[[], None]) -> Callable[[], None]:
        assert name not in ROWS
        ROWS[name] = test
        return test

    return add


@row("`y.backward()`, `x.grad`")
def _gradient():
    x = A([1.0, 2.0])
    value, gradient = s2sad.value_and_grad(lambda x: np.sum(x**3))(x)
    assert value == 9.0 and gradient.tolist() == [3.0, 12.0]
    assert not hasattr(x, "grad")


@row("`grad_outputs`")
def _cotangents():
    out, pullback = s2sad.vjp(lambda x: x**2, A([1.0, 2.0, 3.0]))
    assert out.tolist() == [1.0, 4.0, 9.0]
    assert pullback(A([1.0, 0.0, 10.0]))[0].tolist() == [2.0, 0.0, 60.0]


@row("several outputs, summed")
def _outputs():
    _, pullback = s2sad.vjp(lambda x: (x**2, np.sin(x)), A([0.0, 1.0]))
    (found,) = pullback((np.ones(2), np.ones(2)))
    np.testing.assert_allclose(found, 2*A([0.0, 1.0]) + np.cos([0.0, 1.0]))
    same = s2sad.grad(lambda x: np.sum(x**2) + np.sum(np.sin(x)))(A([0.0, 1.0]))
    np.testing.assert_array_equal(found, same)
    assert pullback((np.zeros(2), A([0.0, 1.0])))[0].tolist() == [0.0, np.cos(1.0)]


@row("several inputs")
def _inputs():
    by_x, by_k = s2sad.grad(lambda x, k: k*np.sum(x), argnums=("x", "k"))(A([1.0, 2.0]), 3.0)
    assert by_x.tolist() == [3.0, 3.0] and by_k == 3.0
    by_params = s2sad.grad(lambda p: np.sum(p["w"])*p["b"])({"w": A([1.0, 2.0]), "b": 4.0})
    assert by_params["w"].tolist() == [4.0, 4.0] and by_params["b"] == 3.0


@row("`retain_graph`")
def _again():
    x = A([1.0, 2.0])
    _, pullback = s2sad.vjp(lambda x: np.exp(x), x)
    first = pullback(np.ones(2))[0]
    x[:] = 0.0  # the pullback has what it needs
    first[:] = 0.0  # what it has given is not its own
    np.testing.assert_array_equal(pullback(np.ones(2))[0], np.exp([1.0, 2.0]))


@row("`create_graph`")
def _nested():
    def cube(x):
        return x**3

    assert s2sad.grad(s2sad.grad(cube))(2.0) == 12.0
    assert s2sad.grad(s2sad.grad(s2sad.grad(cube)))(2.0) == 6.0


def energy(x):
    return np.sum(x**4)


@row("a gradient in the loss")
def _penalty():
    def loss(x):
        return np.sum(s2sad.grad(energy)(x)**2)

    np.testing.assert_allclose(s2sad.grad(loss)(A([1.0, 2.0])), 96*A([1.0, 2.0])**5)


@row("`allow_unused`, `materialize_grads`")
def _unused():
    by_x, by_z = s2sad.grad(lambda x, z: np.sum(x), argnums=(0, 1))(A([1.0]), A([[2.0, 3.0]]))
    assert by_x.tolist() == [1.0] and by_z.tolist() == [[0.0, 0.0]]


@row("`only_inputs`, `inputs=`")
def _only():
    assert s2sad.grad(lambda x, y: x*y, argnums=1)(3.0, 5.0) == 3.0
    assert s2sad.grad(lambda x, y: x*y, argnums="y")(3.0, 5.0) == 3.0
    assert s2sad.grad(lambda x, y: x*y, argnums=-1)(3.0, 5.0) == 3.0


@row("`detach`")
def _detach():
    gradient = s2sad.grad(lambda x: np.sum(s2sad.stop_gradient(x*x)*x))(A([0.0, 1.0, 2.0]))
    assert gradient.tolist() == [0.0, 1.0, 4.0]


@row("`no_grad`")
def _no_grad():
    def f(x):
        with s2sad.no_grad():
            c = x**3
        return x**2 + c

    assert s2sad.grad(f)(1.0) == 2.0
    cube = s2sad.no_grad()(lambda x: x**3)
    assert s2sad.grad(lambda x: x**2 + cube(x))(1.0) == 2.0


@row("`requires_grad`, leaves")
def _leaves():
    def f(x):
        y = 2*x
        return np.sum(y)

    with pytest.raises(TypeError, match="array of floats"):
        s2sad.grad(f)(A([1, 2]))
    assert s2sad.grad(f)(A([1.0, 2.0])).tolist() == [2.0, 2.0]


@row("the gradient by an intermediate value")
def _intermediate():
    def f(x, dy=0.0):
        y = np.sin(x) + dy
        return y*y

    assert s2sad.grad(f, argnums="dy")(0.5, 0.0) == 2*np.sin(0.5)


@row("`zero_grad`, accumulation over batches")
def _accumulation():
    def loss(w, x, y):
        return np.sum((x @ w - y)**2)

    rng = np.random.default_rng(0)
    w, x, y = rng.normal(size=3), rng.normal(size=(8, 3)), rng.normal(size=8)
    gradient = s2sad.grad(loss)
    total = np.zeros_like(w)
    for rows in np.array_split(np.arange(8), 4):
        total += gradient(w, x[rows], y[rows])
    np.testing.assert_allclose(total, gradient(w, x, y))


@row("mixed partials")
def _mixed():
    def f(x, y):
        return np.sin(x*y)*x

    by_xy = s2sad.grad(s2sad.grad(f, "x"), "y")(0.7, 0.3)
    by_yx = s2sad.grad(s2sad.grad(f, "y"), "x")(0.7, 0.3)
    assert abs(by_xy - by_yx) < 1e-14
    assert abs(by_xy - (2*0.7*np.cos(0.21) - 0.7**2*0.3*np.sin(0.21))) < 1e-14


@row("writing to what the derivative needs")
def _in_place():
    def f(x):
        y = np.exp(x)
        z = y*y  # its derivative needs y
        y[0] = 0.0
        y *= 3.0
        return np.sum(z) + np.sum(y)

    x = A([0.5, 1.0])
    np.testing.assert_allclose(s2sad.grad(f)(x), 2*np.exp(2*x) + A([0.0, 3.0])*np.exp(x))


@row("writing to an argument (a leaf)")
def _written_argument():
    def f(x):
        x *= 2.0
        x[0] = 1.0
        return np.sum(x*x)

    x = A([3.0, 4.0])
    assert s2sad.grad(f)(x).tolist() == [0.0, 32.0] and x.tolist() == [3.0, 4.0]


@row("`torch.autograd.functional.jacobian`, `hessian`, `hvp`")
def _functional():
    def f(x):
        return A([x[0]*x[1], x[0]**2])

    assert s2sad.jacobian(f)(A([2.0, 3.0])).tolist() == [[3.0, 2.0], [4.0, 0.0]]
    assert s2sad.hessian(energy)(A([1.0, 2.0])).tolist() == [[12.0, 0.0], [0.0, 48.0]]
    assert s2sad.hvp(energy)(A([1.0, 2.0]), A([1.0, 1.0])).tolist() == [12.0, 48.0]


@row("`gradcheck`, `gradgradcheck`")
def _checks():
    s2sad.check_grads(energy, (A([1.0, 2.0]),), order=2)


@row("complex numbers")
def _complex():
    gradient = s2sad.grad(lambda z: np.abs(z)**2)(3.0 + 4.0j)
    np.testing.assert_allclose(gradient, 6.0 - 8.0j)  # JAX's; torch gives its conjugate


# ------------------------------------------------------------------------------------------------------------- JAX


@row("`jax.grad`, `value_and_grad`, `argnums`, `has_aux`")
def _names():
    gradient, aux = s2sad.grad(lambda x: (x*x, "aux"), has_aux=True)(3.0)
    assert gradient == 6.0 and aux == "aux"


@row("`jax.vjp`, `jax.jvp`")
def _products():
    out, pullback = s2sad.vjp(lambda x, y: x*y, 2.0, 3.0)
    assert out == 6.0 and pullback(1.0) == (3.0, 2.0)
    assert s2sad.jvp(lambda x, y: x*y, (2.0, 3.0), (1.0, 0.0)) == (6.0, 3.0)


@row("`jax.jacfwd`, `jacrev`, `hessian`")
def _jacobians():
    x = A([1.0, 2.0])
    assert s2sad.jacfwd(np.sin)(x).tolist() == s2sad.jacrev(np.sin)(x).tolist() == np.diag(np.cos(x)).tolist()


@row("`jax.lax.stop_gradient`")
def _stop():
    assert s2sad.grad(lambda x: x*s2sad.stop_gradient(x))(3.0) == 3.0


@row("`jax.lax.while_loop`, `cond`, `scan`")
def _control_flow():
    def f(a):
        b = a*2
        while np.linalg.norm(b) < 1000:
            b = b*2
        return b if b > 0 else 100*b

    assert s2sad.value_and_grad(f)(2.0) == (1024.0, 512.0)


@row("`x.at[i].set(v)`, `.add(v)`")
def _at():
    def f(x):
        x[0] = x[1]*x[2]
        np.add.at(x, [1, 1], x[2])
        return np.sum(x)

    assert s2sad.grad(f)(A([1.0, 2.0, 3.0])).tolist() == [0.0, 4.0, 5.0]


@row("pytrees")
def _trees():
    gradient = s2sad.grad(lambda p: np.sum(p["w"][0]*p["w"][1]))({"w": (A([1.0]), A([2.0])), "n": 3})
    assert gradient["w"][0].tolist() == [2.0] and gradient["w"][1].tolist() == [1.0] and gradient["n"] is None


@row("integer arguments")
def _integers():
    with pytest.raises(TypeError, match="float"):
        s2sad.grad(lambda x: x*x)(3)
    assert s2sad.vjp(lambda x, n: x*n, 2.0, 3)[1](1.0) == (3.0, None)


@row("`jax.vmap`")
def _batches():
    def each(x):
        return np.sum(x**2, axis=1)

    x = A([[1.0, 2.0], [3.0, 4.0]])
    _, pullback = s2sad.vjp(each, x)
    assert pullback(np.ones(2))[0].tolist() == (2*x).tolist()


@row("64 bits, `jit`, tracers")
def _plain():
    seen = []

    def f(x):
        seen.append(type(x))
        return x*x

    assert s2sad.grad(lambda x: x.astype(np.float32).sum())(np.ones(2)).dtype == np.float64
    assert s2sad.grad(lambda x: (x*x).sum())(np.ones(2, np.float32)).dtype == np.float32
    assert f(2.0) == 4.0 and seen == [float]


@pytest.mark.parametrize("name", ROWS)
def test_row(name):
    ROWS[name]()


def test_every_row_of_the_page_has_a_test():
    rows = re.findall(r"(?m)^\| (.+?) \| ", PAGE)
    names = [name for name in rows if not name.startswith(("torch", "JAX", "---"))]
    assert names == list(ROWS)
