"""Splines by gathered coefficients, by halving a list, and de Boor's scheme in place."""

import numpy as np

R = np.random.default_rng(66)
N = R.standard_normal


def spline_eval(c, t):
    k = np.searchsorted(np.linspace(0, 1, len(c) - 2), t, side="right") - 1
    k = np.clip(k, 0, len(c) - 4)
    u = t*(len(c) - 3) - k
    B = np.stack([(1-u)**3, 3*u**3 - 6*u**2 + 4, -3*u**3 + 3*u**2 + 3*u + 1, u**3])/6
    return np.sum(B*np.stack([c[k], c[k+1], c[k+2], c[k+3]]), axis=0)


def spline_loss(c, t, y):
    return np.mean((spline_eval(c, t) - y)**2)


def bezier(P, ts):
    total = 0.0
    for t in ts:
        q = [p for p in P]
        while len(q) > 1:
            q = [(1-t)*a + t*b for a, b in zip(q, q[1:])]  # noqa: RUF007 - a program under test
        total = total + np.sum(q[0]**2)
    return total


def de_boor_inplace(ctrl, t):
    pts = ctrl.copy()
    n = len(pts)
    for r in range(1, n):
        for i in range(n - r):
            pts[i] = (1 - t)*pts[i] + t*pts[i+1]
    return pts[0].sum()


CASES = [
    (spline_loss, (N(7), R.random(5), N(5))),
    (bezier, (N((4, 2)), [0.2, 0.7])),
    (bezier, ([N(2), N(2)], np.array([0.2, 0.7]))),
    (de_boor_inplace, (N((4, 2)), 0.3)),
    (de_boor_inplace, (N(3), np.float64(0.3))),
]
