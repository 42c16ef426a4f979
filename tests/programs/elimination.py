"""Gauss elimination with pivoting, an LU factorisation in place, and a tridiagonal solver."""

import numpy as np

R = np.random.default_rng(77)
N = R.standard_normal


def gauss(A, b):
    A = A.astype(float).copy()
    b = b.copy()
    n = len(b)
    for k in range(n):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            m = A[i, k]/A[k, k]
            A[i, k:] -= m*A[k, k:]
            b[i] -= m*b[k]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(A[i, i+1:], x[i+1:]))/A[i, i]
    return np.sum(x*x)


def lu_inplace_det(A):
    n = A.shape[0]
    sign = 1
    for k in range(n - 1):
        p = int(np.argmax(abs(A[k:, k]))) + k
        if p != k:
            tmp = A[k].copy()
            A[k] = A[p]
            A[p] = tmp
            sign = -sign
        A[k+1:, k] /= A[k, k]
        A[k+1:, k+1:] -= np.outer(A[k+1:, k], A[k, k+1:])
    d = sign
    for k in range(n):
        d *= A[k, k]
    return d


def thomas(a, b, c, d):
    n = len(d)
    cp = np.zeros(n)
    dp = np.zeros(n)
    cp[0] = c[0]/b[0]
    dp[0] = d[0]/b[0]
    for i in range(1, n):
        m = b[i] - a[i]*cp[i-1]
        cp[i] = c[i]/m
        dp[i] = (d[i] - a[i]*dp[i-1])/m
    x = np.empty(n)
    x[-1] = dp[-1]
    for i in reversed(range(n - 1)):
        x[i] = dp[i] - cp[i]*x[i+1]
    return np.sum(np.exp(-x**2))


CASES = [
    (gauss, (N((4, 4)), N(4))),
    (gauss, (np.array([[0.0, 2.0], [1.0, 1.0]]), N(2))),
    (lu_inplace_det, (N((4, 4)),)),
    (lu_inplace_det, (N((1, 1)),)),
    (thomas, (N(5), 4 + 0.1*N(5), N(5), N(5))),
    (thomas, (N(2), 4 + 0.1*N(2), N(2), N(2))),
]
