"""The likelihood of a Gaussian process, by Cholesky and by determinant."""

import numpy as np

R = np.random.default_rng(21)
N = R.standard_normal


def rbf(X1, X2, ls, var):
    d2 = np.sum((X1[:, None, :] - X2[None, :, :])**2, axis=-1)
    return var*np.exp(-0.5*d2/ls**2)


def gp_nll(theta, X, y):
    ls, var, noise = np.exp(theta)
    K = rbf(X, X, ls, var) + noise*np.eye(len(X))
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    return 0.5*y @ alpha + np.log(np.diag(L)).sum() + 0.5*len(X)*np.log(2*np.pi)


def gp_slogdet(theta, X, y):
    K = rbf(X, X, theta[0], theta[1]**2) + (theta[2]**2 + 1e-8)*np.eye(X.shape[0])
    _, logdet = np.linalg.slogdet(K)
    return 0.5*np.dot(y, np.linalg.solve(K, y)) + 0.5*logdet


CASES = [
    (gp_nll, (0.1*N(3), N((4, 2)), N(4))),
    (gp_nll, (0.1*N(3), N((2, 1)), N(2))),
    (gp_slogdet, (1 + 0.1*N(3), N((4, 2)), N(4))),
    (gp_slogdet, (1 + 0.1*N(3), N((2, 1)), N(2))),
]
