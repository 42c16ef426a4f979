"""Gradients of single functions of NumPy beside adjoints that were written by hand.

    python benchmarks/rules.py            all functions
    python benchmarks/rules.py --quick    one repetition
    python benchmarks/rules.py det svd these only

Each program is the sum, with weights, of what one function of the library gives for large arrays. The
columns are those of `adjoints.py`: a rule should cost what the adjoint by hand does.
"""

from __future__ import annotations

import numpy as np
from adjoints import main, normal, uniform

SIZE, SIDE = 50_000, 200
W = normal(SIZE)
PLACES = np.random.default_rng(1).permutation(SIZE)


def subtracted(x):
    return np.subtract.reduce(x)**2


def subtracted_by_hand(x):
    x_bar = np.full_like(x, -2*np.subtract.reduce(x))
    x_bar[0] *= -1
    return x_bar


def running_product(x, w):
    return np.sum(np.cumprod(x)*w)


def running_product_by_hand(x, w):
    return np.cumsum((w*np.cumprod(x))[::-1])[::-1]/x


def product(m):
    return np.sum(np.prod(m, axis=1))


def product_by_hand(m):
    """No factor is known to be zero."""
    return np.prod(m, axis=1)[:, None]/m


def powers(x, m):
    return np.sum(np.vander(x)*m)


def powers_by_hand(x, m):
    return np.sum(np.vander(x)[:, 1:]*m[:, :-1]*np.arange(len(x) - 1, 0, -1), axis=1)


def without_one(x, w):
    return np.sum(np.delete(x, 7)*w[1:])


def without_one_by_hand(x, w):
    return np.concatenate((w[1:8], [0.0], w[8:]))


def larger(x, y, w):
    return np.sum(np.maximum(x, y)*w)


def larger_by_hand(x, y, w):
    """No two elements are equal."""
    return np.where(x > y, w, 0.0), np.where(x > y, 0.0, w)


def repeated(x, m):
    return np.sum(np.repeat(x, 4)*m)


def repeated_by_hand(x, m):
    return np.sum(m.reshape(-1, 4), axis=1)


def looked_up(x, values, points):
    s = 0.0
    for i in range(len(x)):
        s += np.interp(x[i], points, values)**2
    return s


def looked_up_by_hand(x, values, points):
    x_bar, values_bar = np.empty_like(x), np.zeros_like(values)
    for i in range(len(x)):
        k = np.searchsorted(points, x[i], "right") - 1
        slope = (values[k + 1] - values[k])/(points[k + 1] - points[k])
        share = (x[i] - points[k])/(points[k + 1] - points[k])
        z_bar = 2*(values[k] + slope*(x[i] - points[k]))
        x_bar[i] = slope*z_bar
        values_bar[k] += (1 - share)*z_bar
        values_bar[k + 1] += share*z_bar
    return x_bar, values_bar


def multiplied_at(x, y, w, places):
    z = x.copy()
    np.multiply.at(z, places, y)
    return np.sum(z*w)


def multiplied_at_by_hand(x, y, w, places):
    """The places are known to be different ones."""
    x_bar, y_bar = w.copy(), x[places]*w[places]
    x_bar[places] *= y
    return x_bar, y_bar


def sorted_places(x, w):
    return np.sum(x[np.argsort(x)]*w)


def sorted_places_by_hand(x, w):
    x_bar = np.empty_like(x)
    x_bar[np.argsort(x)] = w
    return x_bar


def sinc(x, w):
    return np.sum(np.sinc(x)*w)


def sinc_by_hand(x, w):
    """Without the digits that are lost near 0."""
    return w*(np.cos(np.pi*x) - np.sinc(x))/x


def det(a):
    return np.linalg.det(a)


def det_by_hand(a):
    return np.linalg.det(a)*np.linalg.inv(a).T


def svd(a):
    return np.sum(np.linalg.svd(a, full_matrices=False)[1]**3)


def svd_by_hand(a):
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return u*(3*s**2) @ vh


def eigh(a):
    return np.sum(np.linalg.eigh(a + a.T)[0]**3)


def eigh_by_hand(a):
    w, v = np.linalg.eigh(a + a.T)
    return 2*(v*(3*w**2) @ v.T)


def chain(a, b, c, m):
    return np.sum(np.einsum("ij,jk,kl->il", a, b, c, optimize=True)*m)


def chain_by_hand(a, b, c, m):
    return m @ (b @ c).T, a.T @ m @ c.T, (a @ b).T @ m


def traces(a, n):
    s = 0.0
    for i in range(n):
        s += np.trace(a)**2*i
    return s


def traces_by_hand(a, n):
    a_bar = np.zeros_like(a)
    diagonal = np.einsum("ii->i", a_bar)
    for i in range(n):
        diagonal += 2*np.trace(a)*i
    return a_bar


RULES = {
    "subtract.reduce": (subtracted, subtracted_by_hand, (normal(SIZE),), 1),
    "cumprod": (running_product, running_product_by_hand, (1 + normal(SIZE)/1e4, W), 1),
    "prod": (product, product_by_hand, (1 + normal(SIDE, SIDE)/9,), 1),
    "vander": (powers, powers_by_hand, (normal(SIDE)/9, normal(SIDE, SIDE)), 1),
    "delete": (without_one, without_one_by_hand, (normal(SIZE), W), 1),
    "maximum": (larger, larger_by_hand, (normal(SIZE), normal(SIZE), W), 2),
    "repeat": (repeated, repeated_by_hand, (normal(SIZE), normal(4*SIZE)), 1),
    "interp": (looked_up, looked_up_by_hand, (uniform(500), normal(SIZE), np.linspace(0.0, 9.0, SIZE)), 2),
    "multiply.at": (multiplied_at, multiplied_at_by_hand, (normal(SIZE), normal(SIZE), W, PLACES), 2),
    "argsort": (sorted_places, sorted_places_by_hand, (normal(SIZE), W), 1),
    "sinc": (sinc, sinc_by_hand, (uniform(SIZE), W), 1),
    "det": (det, det_by_hand, (normal(SIDE, SIDE)/9,), 1),
    "svd": (svd, svd_by_hand, (normal(SIDE, SIDE),), 1),
    "eigh": (eigh, eigh_by_hand, (normal(SIDE, SIDE),), 1),
    "einsum": (chain, chain_by_hand, tuple(normal(SIDE, SIDE) for _ in range(4)), 3),
    "trace": (traces, traces_by_hand, (normal(SIDE, SIDE), 200), 1),
}


if __name__ == "__main__":
    main(RULES, __doc__ or "")
