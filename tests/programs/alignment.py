"""Dynamic programming: time warping, its soft version, soft Needleman-Wunsch, the best path."""

import numpy as np

R = np.random.default_rng(59)
N = R.standard_normal


def dtw(a, b):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = abs(a[i-1] - b[j-1])
            D[i, j] = cost + min(D[i-1, j], D[i, j-1], D[i-1, j-1])
    return D[n, m]


def softmin3(a, b, c, g):
    z = np.array([a, b, c])/-g
    m = z.max()
    return -g*(m + np.log(np.sum(np.exp(z - m))))


def soft_dtw(x, y, gamma):
    n, m = len(x), len(y)
    M = np.full((n + 1, m + 1), 1e8)
    M[0, 0] = 0.
    for i in range(n):
        for j in range(m):
            M[i+1, j+1] = (x[i] - y[j])**2 + softmin3(M[i, j], M[i, j+1], M[i+1, j], gamma)
    return M[-1, -1]


def soft_nw(S, gap, t):
    n, m = S.shape
    V = np.zeros((n + 1, m + 1))
    V[:, 0] = -gap*np.arange(n + 1)
    V[0, :] = -gap*np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            best = np.exp((V[i-1, j-1] + S[i-1, j-1])/t)
            best += np.exp((V[i-1, j] - gap)/t) + np.exp((V[i, j-1] - gap)/t)
            V[i, j] = t*np.log(best)
    return V[n, m]


def viterbi(e, T):
    v = e[0]
    for t in range(1, len(e)):
        v = np.max(v[:, None] + T, axis=0) + e[t]
    return v.max()


CASES = [
    (dtw, (N(4), N(5))),
    (dtw, ([0.1, 0.5, 0.3], [0.2, 0.9])),
    (soft_dtw, (N(3), N(4), 0.5)),
    (soft_nw, (N((3, 4)), 0.3, 1.0)),
    (viterbi, (N((4, 3)), N((3, 3)))),
]
