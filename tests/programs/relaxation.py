"""Gauss-Seidel sweeps until a tolerance or a count is reached."""

import numpy as np

R = np.random.default_rng(79)
N = R.standard_normal


def gauss_seidel_poisson(f, tol, maxit):
    n, m = f.shape
    u = np.zeros((n, m))
    it = 0
    while it < maxit:
        diff = 0.0
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                old = u[i, j]
                u[i, j] = 0.25*(u[i-1, j] + u[i+1, j] + u[i, j-1] + u[i, j+1] - f[i, j])
                diff = max(diff, abs(u[i, j] - old))
        it += 1
        if diff < tol:
            break
    return np.sum(u**2)


CASES = [
    (gauss_seidel_poisson, (N((5, 5)), 1e-12, 4)),
    (gauss_seidel_poisson, (N((3, 4)), 1e-2, 30)),
]
