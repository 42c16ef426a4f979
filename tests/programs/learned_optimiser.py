"""The learning rate of optimisers with state, through the steps that they take."""

import numpy as np

R = np.random.default_rng(67)
N = R.standard_normal


class SGD:
    def __init__(self, lr): self.lr = lr

    def update(self, name, p, g): return p - self.lr*g


class Momentum(SGD):
    def __init__(self, lr, beta=0.9):
        super().__init__(lr)
        self.beta, self.v = beta, {}

    def update(self, name, p, g):
        v = self.beta*self.v.get(name, np.zeros_like(p)) + g
        self.v[name] = v
        return super().update(name, p, v)


class Adam:
    def __init__(self, lr): self.lr, self.t, self.m, self.s = lr, 0, 0.0, 0.0

    def __call__(self, p, g):
        self.t += 1
        self.m = 0.9*self.m + 0.1*g
        self.s = 0.99*self.s + 0.01*g*g
        return p - self.lr*(self.m/(1 - 0.9**self.t))/(np.sqrt(self.s/(1 - 0.99**self.t)) + 1e-8)


def inner(lr, w, data):
    opt = Adam(lr)
    for _ in range(4):
        w = opt(w, 2*data.T @ (data @ w - 1.0)/len(data))
    return np.sum((data @ w - 1.0)**2)


def inner_momentum(lr, w, data):
    opt = Momentum(lr, 0.8)
    params = {"w": w, "b": 0.1*w[:1]}
    for _ in range(3):
        r = data @ params["w"] + params["b"] - 1.0
        grads = {"w": data.T @ r, "b": np.array([np.sum(r)])}
        for k, p in params.items():
            params[k] = opt.update(k, p, grads[k])
    return np.sum((data @ params["w"])**2) + params["b"][0]


CASES = [
    (inner, (0.1, N(3), N((5, 3)))),
    (inner_momentum, (0.05, N(3), N((5, 3)))),
]
