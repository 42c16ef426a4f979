"""The evidence of a Gaussian process whose kernel is a sum and product of kernel objects."""

import numpy as np

R = np.random.default_rng(66)
N = R.standard_normal


class Kernel:
    def __add__(self, o): return Sum(self, o)

    def __mul__(self, o): return Product(self, o)


class RBF(Kernel):
    def __init__(self, ell, amp=1.0): self.ell, self.amp = ell, amp

    def __call__(self, a, b): return self.amp**2*np.exp(-0.5*(a[:, None] - b[None, :])**2/self.ell**2)


class Lin(Kernel):
    def __init__(self, s): self.s = s

    def __call__(self, a, b): return self.s*a[:, None]*b[None, :]


class Sum(Kernel):
    def __init__(self, f, g): self.f, self.g = f, g

    def __call__(self, a, b): return self.f(a, b) + self.g(a, b)


class Product(Sum):
    def __call__(self, a, b): return self.f(a, b)*self.g(a, b)


def evidence(theta, x, y):
    k = RBF(theta[0]) + Lin(theta[1])*RBF(2.0, theta[2])
    K = k(x, x) + 0.1*np.eye(len(x))
    L = np.linalg.cholesky(K)
    a = np.linalg.solve(K, y)
    return 0.5*y @ a + np.sum(np.log(np.diag(L)))


CASES = [
    (evidence, (np.array([0.8, 0.3, 0.6]), N(5), N(5))),
    (evidence, (np.array([0.5, 0.2, 0.9]), N(3), N(3))),
]
