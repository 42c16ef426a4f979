"""Second derivatives of functions whose gradient's text cannot be read again: by the symmetry of the Hessian."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import grad, hessian, hvp, jacfwd, jvp, stop_gradient, vjp
from support import differences, flat

X = np.array([0.3, 0.7, 1.1, -0.4])
C = np.array([0.5, 0.9, 0.8, 1.3])
V = np.array([1.0, -0.5, 0.25, 2.0])


def permutations(xs):
    if len(xs) <= 1:
        return [xs]
    out = []
    for i in range(len(xs)):
        for p in permutations(xs[:i] + xs[i + 1:]):
            out.append([xs[i]] + p)
    return out


def over_permutations(x, c):
    s = 0.0
    for p in permutations([x[0]*c[0], x[1], x[2]*x[0]]):
        s = s + p[0]*p[1]**2*np.sin(p[2])
    return s


def minor(m, j):
    return [row[:j] + row[j + 1:] for row in m[1:]]


def det(m):
    if len(m) == 1:
        return m[0][0]
    s = 0.0
    for j in range(len(m)):
        s = s + (-1)**j*m[0][j]*det(minor(m, j))
    return s


def laplace(x, c):
    m = [[x[0], x[1], c[0]], [c[1], x[2], x[3]], [x[1]*c[2], c[3], x[0]]]
    return det(m)**2


def merged(rows):
    if len(rows) <= 1:
        return rows
    k = len(rows)//2
    a, b = merged(rows[:k]), merged(rows[k:])
    out = []
    while a and b:
        out.append(a.pop(0) if a[0][0] <= b[0][0] else b.pop(0))
    return out + a + b


def rows_in_order(x, c):
    rows = merged([[x[k], x[k]*c[k]] for k in range(4)])
    return sum((k + 1)*row[0]*row[1]**2 for k, row in enumerate(rows))


@pytest.mark.parametrize("fun", [over_permutations, laplace, rows_in_order])
def test_both_modes_over_reverse(fun):
    """All were refused: what their gradients keep are lists in lists."""
    expected = differences(lambda x, c: list(grad(fun, (0, 1))(x, c)), (X, C), (V, X))
    np.testing.assert_allclose(np.concatenate(hvp(fun, (0, 1))(X, C, (V, X))), expected, rtol=1e-7, atol=1e-9)
    _, pullback = vjp(grad(fun, (0, 1)), X, C)
    np.testing.assert_allclose(np.concatenate(pullback((V, X))), expected, rtol=1e-7, atol=1e-9)


def with_aux(x, c):
    return laplace(x, c), {"twice": 2*x}


def test_all_transforms_of_a_gradient():
    by_x = np.stack([differences(lambda x, c: grad(laplace)(x, c), (X, C), (e, None)) for e in np.eye(4)], -1)
    by_c = np.stack([differences(lambda x, c: grad(laplace)(x, c), (X, C), (None, e)) for e in np.eye(4)], -1)
    near = {"rtol": 1e-7, "atol": 1e-9}
    np.testing.assert_allclose(hvp(laplace)(X, C, V), by_x@V, **near)
    np.testing.assert_allclose(hessian(laplace)(X, C), by_x, **near)
    np.testing.assert_allclose(hessian(laplace, (0, 1))(X, C)[0][1], by_c, **near)
    np.testing.assert_allclose(jacfwd(grad(laplace), 1)(X, C), by_c, **near)
    value, dot, aux = jvp(grad(with_aux, has_aux=True), (X, C), (V, None), has_aux=True)
    assert np.array_equal(value, grad(laplace)(X, C)) and np.array_equal(aux["twice"], 2*X)
    np.testing.assert_allclose(dot, by_x@V, **near)
    held = X.copy()
    _, pullback = vjp(grad(laplace, (1, 0)), held, C)
    held[:] = np.nan
    np.testing.assert_allclose(pullback((np.zeros(4), V))[0], V@by_x, **near)
    np.testing.assert_allclose(pullback((np.zeros(4), V))[1], V@by_c, **near)


def of_a_dict(p, k=2.0):
    return laplace(p["x"], p["c"])*k*p["s"]


def test_structures_and_numbers():
    p, v = {"x": X, "c": C, "s": 0.5}, {"x": V, "c": X, "s": 0.3}
    np.testing.assert_allclose(flat(hvp(of_a_dict)(p, v)), differences(grad(of_a_dict), (p,), (v,)), rtol=1e-7)
    made = hvp(lambda a, b: det([[a, b], [b*a, a*a]])*b)(0.3, 0.7, 1.0)
    assert type(made) is float and abs(made - 1.26) < 1e-14


def stopped(x, c):
    return det([[x[0], stop_gradient(x[1])], [x[1]*x[0], x[2]*c[0]]])**2


def stopped_plainly(x, c):
    return (x[0]*x[2]*c[0] - stop_gradient(x[1])*x[1]*x[0])**2


def test_constants_stay_constant():
    np.testing.assert_allclose(hvp(stopped)(X, C, V), hvp(stopped_plainly)(X, C, V), rtol=1e-12)
    np.testing.assert_allclose(vjp(grad(stopped), X, C)[1](V)[0], hvp(stopped_plainly)(X, C, V), rtol=1e-12)


def drawn(x, rng):
    return sum(p[0]*p[1]**2 for p in permutations([x[0]*rng.normal(), x[1]]))


def squared(x):
    return x*x


s2sad.rule(squared, "x", "3*x*g")


def ruled(x):
    return sum(p[0]*p[1]**2 for p in permutations([squared(x[0]), x[1]]))


def test_what_is_refused_still():
    """What would be drawn twice, and derivatives that users have made up: these are of no one function."""
    k = np.random.default_rng(4).normal()
    plain = hvp(lambda x: x[0]*k*x[1]**2 + x[1]*(x[0]*k)**2)(X, V)
    np.testing.assert_allclose(hvp(drawn)(X, np.random.default_rng(4), V), plain, rtol=1e-12)
    with pytest.raises(s2sad.UnsupportedError, match="calls itself"):
        jvp(grad(drawn), (X, np.random.default_rng(4)), (V, None))
    with pytest.raises(s2sad.UnsupportedError, match="calls itself"):
        hvp(ruled)(X, V)
