"""The loss after some steps of Adam, as a function of where it starts and of its step."""

import numpy as np

R = np.random.default_rng(52)
N = R.standard_normal


def adam(w0, X, y, lr=0.1, b1=0.9, b2=0.999, eps=1e-8, steps=4):
    w = w0
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    for t in range(1, steps + 1):
        g = X.T @ (X @ w - y)
        m = b1*m + (1 - b1)*g
        v = b2*v + (1 - b2)*g**2
        mh = m/(1 - b1**t)
        vh = v/(1 - b2**t)
        w = w - lr*mh/(np.sqrt(vh) + eps)
    return np.sum((X @ w - y)**2)


CASES = [
    (adam, (N(3), N((6, 3)), N(6))),
    (adam, (N(2), N((5, 2)), N(5), 0.05)),
]
