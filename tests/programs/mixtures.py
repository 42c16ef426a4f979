"""A Gaussian mixture fitted by expectation and maximisation in an object that holds a list of covariances."""

import numpy as np

R = np.random.default_rng(304)
N = R.standard_normal


class GaussianMixture:
    def __init__(self, k, iters):
        self.k = k
        self.iters = iters

    def fit(self, X, mu0):
        n, d = X.shape
        self.pi = np.ones(self.k)/self.k
        self.mu = mu0.copy()
        self.cov = [np.eye(d) for _ in range(self.k)]
        for _ in range(self.iters):
            r = np.zeros((n, self.k))
            for j in range(self.k):
                diff = X - self.mu[j]
                inv = np.linalg.inv(self.cov[j])
                q = np.einsum('ni,ij,nj->n', diff, inv, diff)
                r[:, j] = self.pi[j]*np.exp(-0.5*q)/np.sqrt((2*np.pi)**d*np.linalg.det(self.cov[j]))
            self.ll = np.sum(np.log(r.sum(axis=1)))
            r /= r.sum(axis=1, keepdims=True)
            Nk = r.sum(axis=0)
            self.pi = Nk/n
            self.mu = (r.T @ X)/Nk[:, None]
            for j in range(self.k):
                diff = X - self.mu[j]
                self.cov[j] = (r[:, j, None]*diff).T @ diff/Nk[j] + 1e-3*np.eye(d)
        return self


def em_loglik(X, mu0):
    model = GaussianMixture(2, 3).fit(X, mu0)
    return model.ll + np.sum(model.mu**2)


X = np.concatenate([N((6, 2)), 3 + N((5, 2))])
CASES = [
    (em_loglik, (X, np.array([[0.0, 0.0], [2.0, 3.0]]))),
    (em_loglik, (X[2:], np.array([[0.5, -0.2], [2.5, 2.0]]))),
]
