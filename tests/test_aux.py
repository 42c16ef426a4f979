"""has_aux of every transform, outside and inside of a differentiated function; names, numbers and structures of argnums."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

import s2sad
from support import assert_like, check, flat, is_active, leaves, same_bits, tree_map

X = np.array([0.3, 0.7, 1.1])
V = np.array([1.0, -0.5, 0.25])


def plain(x, k):
    return np.sum(np.sin(k*x)*x)


def with_aux(x, k):
    y = np.sin(k*x)*x
    return np.sum(y), {"y": y, "note": "seen", "parts": (k*k, [y[0], 2])}


def plain_vector(x, k):
    return np.sin(k*x)*x[::-1]


def with_aux_vector(x, k):
    y = np.sin(k*x)
    return y*x[::-1], (y, k*y[0])


SCALAR = {
    "grad": (s2sad.grad, ()),
    "hessian": (s2sad.hessian, ()),
    "hvp": (s2sad.hvp, (V,)),
}
VECTOR = {"jacobian": s2sad.jacobian, "jacfwd": s2sad.jacfwd, "jacrev": s2sad.jacrev}


def pulled(fun, *args, has_aux=False):
    """vjp as a function of the arguments alone."""
    found = s2sad.vjp(fun, *args, has_aux=has_aux)
    return ((found[0], found[1](V)), found[2]) if has_aux else (found[0], found[1](V))


def pushed(fun, *args, has_aux=False):
    """jvp as a function of the arguments alone."""
    found = s2sad.jvp(fun, args, (V, 0.5), has_aux=has_aux)
    return (found[:2], found[2]) if has_aux else found


def both(name):
    """A transform of the function with aux, and of the one without, each as a function of x and k."""
    if name == "value_and_grad":
        return (
            lambda x, k: flipped(s2sad.value_and_grad(with_aux, has_aux=True)(x, k)),
            lambda x, k: s2sad.value_and_grad(plain)(x, k),
            with_aux,
        )
    if name in SCALAR:
        transform, more = SCALAR[name]
        return (
            lambda x, k: transform(with_aux, has_aux=True)(x, k, *more),
            lambda x, k: transform(plain)(x, k, *more),
            with_aux,
        )
    if name in VECTOR:
        return (
            lambda x, k: VECTOR[name](with_aux_vector, has_aux=True)(x, k),
            lambda x, k: VECTOR[name](plain_vector)(x, k),
            with_aux_vector,
        )
    call = pulled if name == "vjp" else pushed
    return (
        lambda x, k: call(with_aux_vector, x, k, has_aux=True),
        lambda x, k: call(plain_vector, x, k),
        with_aux_vector,
    )


def flipped(found):
    (value, aux), gradient = found
    return (value, gradient), aux


NAMES = ["grad", "value_and_grad", "vjp", "jvp", "jacobian", "jacfwd", "jacrev", "hessian", "hvp"]


@pytest.mark.parametrize("name", NAMES)
def test_outside(name):
    transformed, without, fun = both(name)
    found, aux = transformed(X, 1.3)
    want = without(X, 1.3)
    for a, b in zip(leaves(found), leaves(want), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
    assert_like(found, want)
    assert same_bits(aux, fun(X, 1.3)[1])


def first_of(aux):
    return aux["y"] if isinstance(aux, dict) else aux[0]


def grad_inside(x, k):
    g, aux = s2sad.grad(with_aux, has_aux=True)(x, k)
    return np.sum(g*g)*np.sum(aux["y"]) + aux["parts"][0]


def value_inside(x, k):
    (value, aux), g = s2sad.value_and_grad(with_aux, has_aux=True)(x, k)
    return np.sum(g*g)*value*np.sum(aux["y"]) + aux["parts"][1][0]


def vjp_inside(x, k):
    out, pull, aux = s2sad.vjp(with_aux_vector, x, k, has_aux=True)
    gx, gk = pull(out*V)
    return np.sum(gx*gx)*np.sum(aux[0]) + gk*aux[1]


def jvp_inside(x, k):
    out, dot, aux = s2sad.jvp(with_aux_vector, (x, k), (V, 0.5), has_aux=True)
    return np.sum(out*dot)*np.sum(aux[0]) + aux[1]


def jacobian_inside(x, k):
    j, aux = s2sad.jacobian(with_aux_vector, has_aux=True)(x, k)
    return np.sum(j*j)*np.sum(aux[0]) + aux[1]


def jacfwd_inside(x, k):
    j, aux = s2sad.jacfwd(with_aux_vector, has_aux=True)(x, k)
    return np.sum(j*j)*np.sum(aux[0]) + aux[1]


def jacrev_inside(x, k):
    j, aux = s2sad.jacrev(with_aux_vector, has_aux=True)(x, k)
    return np.sum(j*j)*np.sum(aux[0]) + aux[1]


def hessian_inside(x, k):
    h, aux = s2sad.hessian(with_aux, has_aux=True)(x, k)
    return np.sum(h*h)*np.sum(aux["y"]) + aux["parts"][0]


def hvp_inside(x, k):
    p, aux = s2sad.hvp(with_aux, has_aux=True)(x, k, V)
    return np.sum(p*p)*np.sum(aux["y"]) + aux["parts"][0]


INSIDE = [
    grad_inside, value_inside, vjp_inside, jvp_inside, jacobian_inside, jacfwd_inside, jacrev_inside,
    hessian_inside, hvp_inside,
]  # fmt: skip


@pytest.mark.parametrize("fun", INSIDE, ids=NAMES)
def test_inside(fun):
    check(fun, (X, 1.3))
    s2sad.check_grads(fun, (X, 1.3), order=1 if fun in (hessian_inside, hvp_inside) else 2)


# ---------------------------------------------------------------------------------------------------------- argnums


class Pair(NamedTuple):
    a: np.ndarray
    b: float


def of_many(x, p, q, n, name="w"):
    return np.sum(x*p.a*p.b**2) + q["s"]*np.sum(q["v"][0]**n)


def of_many_vector(x, p, q, n, name="w"):
    return x*p.a*p.b**2 + q["s"]*q["v"][0]**n


MANY = (X, Pair(X[::-1].copy(), 0.7), {"s": 1.5, "v": [X*2, 3]}, 3)
WAYS = [0, 1, 2, -3, -1 - 2, "x", "p", "q", (0, 1), ("x", "q"), (0, "p", -3), (2,), [1, "x"]]


def positions(way, count=5):
    names = ["x", "p", "q", "n", "name"]
    ways = way if isinstance(way, list | tuple) else [way]
    return [names.index(w) if isinstance(w, str) else w % count for w in ways]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("transform", [s2sad.grad, s2sad.value_and_grad])
def test_argnums(transform, way):
    many = (*MANY, "w")
    whole = s2sad.grad(of_many, (0, 1, 2))(*many)
    found = transform(of_many, way)(*many)
    if transform is s2sad.value_and_grad:
        assert found[0] == of_many(*many)
        found = found[1]
    want = tuple(whole[i] for i in positions(way))
    want = want if isinstance(way, list | tuple) else want[0]
    assert_like(found, want)
    np.testing.assert_allclose(flat(found), flat(want), rtol=1e-14)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("transform", [s2sad.jacobian, s2sad.jacfwd, s2sad.jacrev])
def test_argnums_of_jacobians(transform, way):
    many = (*MANY, "w")
    rows = [s2sad.grad(lambda *a, i=i: of_many_vector(*a)[i], (0, 1, 2))(*many) for i in range(3)]
    found = transform(of_many_vector, way)(*many)
    parts = found if isinstance(way, list | tuple) else (found,)
    assert len(parts) == len(positions(way))
    for part, place in zip(parts, positions(way), strict=True):
        for i in range(3):
            row = [leaf[i] for leaf in leaves(part) if leaf is not None]
            want = [leaf for leaf in leaves(rows[i][place]) if leaf is not None]
            for a, b in zip(row, want, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-13)


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_argnums_of_second_derivatives(way):
    """The Hessian's blocks are the Jacobians of the gradient, and hvp is the product with them."""
    many = (*MANY, "w")
    gradient = s2sad.grad(of_many, way)
    h, j = s2sad.hessian(of_many, way)(*many), s2sad.jacrev(gradient, way)(*many)
    assert same_structure(h, j)
    for a, b in zip(leaves(h), leaves(j), strict=True):
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)
    several = isinstance(way, list | tuple)
    vs = tuple(tree_map(lambda leaf: leaf if is_active(leaf) else None, many[i]) for i in positions(way))
    product = s2sad.hvp(of_many, way)(*many, vs if several else vs[0])
    tangents = [None]*5
    for place, v in zip(positions(way), vs, strict=True):
        tangents[place] = v
    want = s2sad.jvp(gradient, many, tangents)[1]
    np.testing.assert_allclose(flat(product), flat(want), rtol=1e-13)


def same_structure(a, b):
    if isinstance(a, dict):
        return list(a) == list(b) and all(same_structure(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same_structure, a, b))
    return np.shape(a) == np.shape(b)


def with_lists(x):
    history, y = [], x
    for _ in range(2):
        y = y*np.sin(x)
        history.append(y)
    return x*np.sum(y), (history, {"losses": [np.sum(h) for h in history], "both": [x, np.sum(x)]}, "said")


def read_from(aux):
    history, parts, _ = aux
    return np.sum(history[0]*history[1]) + parts["losses"][1] + np.sum(parts["both"][0])*parts["both"][1]


def test_lists_in_what_comes_besides_a_pullback():
    def pulls(x):
        value, pull, aux = s2sad.vjp(with_lists, x, has_aux=True)
        return np.sum(value*pull(np.cos(x))[0]) + read_from(aux)

    def apart(x):
        value, pull = s2sad.vjp(lambda y: with_lists(y)[0], x)
        return np.sum(value*pull(np.cos(x))[0]) + read_from(with_lists(x)[1])

    x = np.array([0.3, 0.7, 1.1])
    np.testing.assert_allclose(s2sad.grad(pulls)(x), s2sad.grad(apart)(x), rtol=1e-12)
    check(pulls, (x,))
