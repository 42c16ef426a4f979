"""The loss of t-SNE as its author wrote it, and a cut of a graph of similarities by an eigenvector."""

import numpy as np

R = np.random.default_rng(308)
N = R.standard_normal


def tsne_loss(Y, D, beta):
    n = len(D)
    P = np.zeros((n, n))
    for i in range(n):
        Di = D[i, np.concatenate((np.r_[0:i], np.r_[i+1:n]))]
        p = np.exp(-Di*beta[i])
        P[i, np.concatenate((np.r_[0:i], np.r_[i+1:n]))] = p/np.sum(p)
    P = (P + P.T)/(2*n)
    P = np.maximum(P, 1e-12)
    sum_Y = np.sum(np.square(Y), 1)
    num = -2.*np.dot(Y, Y.T)
    num = 1./(1. + np.add(np.add(num, sum_Y).T, sum_Y))
    num[range(n), range(n)] = 0.
    Q = num/np.sum(num)
    Q = np.maximum(Q, 1e-12)
    return np.sum(P*np.log(P/Q))


def spectral_cut(X, sigma):
    d2 = ((X[:, None] - X[None])**2).sum(-1)
    W = np.exp(-d2/(2*sigma**2))
    np.fill_diagonal(W, 0)
    deg = W.sum(1)
    L = np.eye(len(X)) - W/np.sqrt(np.outer(deg, deg))
    w, v = np.linalg.eigh(L)
    f = v[:, 1]/np.sqrt(deg)
    return w[1] + (f @ L @ f)/(f @ f)


POINTS = N((5, 4))
CASES = [
    (tsne_loss, (N((5, 2)), ((POINTS[:, None] - POINTS)**2).sum(-1), 0.5 + R.random(5))),
    (spectral_cut, (N((6, 2)), 1.2)),
]
