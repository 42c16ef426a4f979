"""Gaussian log-density whose covariance gets more jitter until it can be factored, with a history of the tries."""

import itertools

import numpy as np

TRIES = []


def factor(K, tries=8):
    jitter = 0.5
    for attempt in range(tries):
        try:
            L = np.linalg.cholesky(K + jitter*np.eye(len(K)))
        except np.linalg.LinAlgError:
            jitter *= 4.0
        else:
            TRIES.append((attempt, jitter))
            break
    else:
        raise ValueError("no jitter helps")
    return L


def log_density(theta, x, y):
    scale, length, *noise = theta
    K = np.zeros((len(x), len(x)))
    for (i, a), (j, b) in itertools.product(enumerate(x), repeat=2):
        K[i, j] = scale*np.exp(-0.5*((a - b)/length)**2)
    K = K - 2.0*np.eye(len(x))
    L = factor(K + sum(v*v for v in noise)*np.eye(len(x)))
    z = np.linalg.solve(L, y)
    return -0.5*np.sum(z*z) - np.sum(np.log(np.diag(L)))


_X = np.linspace(0.0, 2.0, 5)
CASES = [
    (log_density, ([1.2, 0.7, 0.3, 0.2], _X, np.sin(3*_X))),
    (log_density, ([0.8, 0.5, 0.4], _X[:3], np.cos(_X[:3]))),
]
