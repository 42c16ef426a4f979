"""Gram-Schmidt and Householder by hand, writing to slices of slices."""

import numpy as np

R = np.random.default_rng(44)
N = R.standard_normal


def gram_schmidt(A):
    n, m = A.shape
    Q = np.zeros((n, m))
    for j in range(m):
        v = A[:, j].copy()
        for k in range(j):
            v -= (Q[:, k] @ A[:, j])*Q[:, k]
        Q[:, j] = v/np.linalg.norm(v)
    return Q


def gs_loss(A, M):
    return np.sum(gram_schmidt(A)*M)


def householder_loss(A):
    M = A.copy()
    m, n = M.shape
    Q = np.eye(m)
    for k in range(min(m - 1, n)):
        x = M[k:, k]
        e = np.zeros_like(x)
        e[0] = np.copysign(np.linalg.norm(x), x[0])
        u = x + e
        u = u/np.sqrt(u @ u)
        M[k:, k:] -= 2.0*np.outer(u, u @ M[k:, k:])
        Q[:, k:] -= 2.0*np.outer(Q[:, k:] @ u, u)
    return np.sum(Q*np.arange(m*m).reshape(m, m)) + np.sum(np.triu(M)**2)


CASES = [
    (gs_loss, (N((4, 3)), N((4, 3)))),
    (gs_loss, (N((2, 2)), N((2, 2)))),
    (householder_loss, (N((4, 3)),)),
    (householder_loss, (N((3, 3)),)),
]
