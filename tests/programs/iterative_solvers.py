"""Newton's method with for-else, a fixed point with a tolerance, rotations, successive relaxation."""

import numpy as np

R = np.random.default_rng(50)
N = R.standard_normal


def spd(n):
    a = N((n, n))
    return a @ a.T + n*np.eye(n)


def newton_system(p, x0):
    x = np.array(x0, dtype=float)
    for _ in range(50):
        F = np.array([x[0]**2 + p[0]*x[1] - 1.0, np.sin(x[0]) + x[1] - p[1]])
        if np.linalg.norm(F) < 1e-12:
            break
        J = np.array([[2*x[0], p[0]], [np.cos(x[0]), 1.0]])
        x = x - np.linalg.solve(J, F)
    else:
        raise RuntimeError("no convergence")
    return x[0]*x[1]


def fixed_point(W, b, tol=1e-9):
    x = np.zeros_like(b)
    while True:
        new = np.tanh(0.3*W @ x + b)
        err = np.max(np.abs(new - x))
        x = new
        if err < tol:
            break
    return np.sum(x**2)


def jacobi_eig(A, sweeps=2):
    A = A.copy()
    n = A.shape[0]
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(A[p, q]) < 1e-14:
                    continue
                theta = 0.5*np.arctan2(2*A[p, q], A[q, q] - A[p, p])
                c, s = np.cos(theta), np.sin(theta)
                G = np.eye(n)
                G[p, p] = G[q, q] = c
                G[p, q], G[q, p] = s, -s
                A = G.T @ A @ G
    return np.sort(np.diag(A))[0]


def sor(A, b, omega, sweeps):
    x = [0.0]*len(b)
    for _ in range(sweeps):
        for i in range(len(b)):
            sigma = 0.0
            for j in range(len(b)):
                if j != i:
                    sigma += A[i, j]*x[j]
            x[i] = (1 - omega)*x[i] + omega*(b[i] - sigma)/A[i, i]
    return sum(v**2 for v in x)


CASES = [
    (newton_system, (np.array([0.5, 0.8]), [1.0, 0.5])),
    (newton_system, (np.array([0.3, 0.6]), (0.5, 0.5))),
    (fixed_point, (0.5*N((3, 3)), N(3))),
    (jacobi_eig, (spd(3),)),
    (jacobi_eig, (spd(2), 1)),
    (sor, (spd(3), N(3), 1.2, 4)),
    (sor, (spd(2), N(2), 1.0, 0)),
]
