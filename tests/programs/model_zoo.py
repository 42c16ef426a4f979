"""Small models as classes: inheritance and super(), properties, class methods, callable layers, hooks and caches."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

R = np.random.default_rng(86)
N = R.standard_normal


class Module:
    training = False

    def __init__(self):
        self.hooks = []
        self.__calls = 0

    def __call__(self, x):
        self.__calls += 1
        y = self.forward(x)
        for hook in self.hooks:
            y = hook(y)
        return y

    @property
    def calls(self):
        return self.__calls


class Scale(Module):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, x):
        return self.k*x


class Affine(Scale):
    def __init__(self, k, shift=0.0):
        super().__init__(k)
        self.shift = shift

    def forward(self, x):
        return super().forward(x) + self.shift


class Sequential(Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def __getitem__(self, i):
        return self.layers[i]

    def __len__(self):
        return len(self.layers)


def modules(x, k):
    net = Sequential(Scale(k), Affine(0.5, shift=k), np.tanh)
    net.hooks.append(lambda y: y*2.0)
    y = net(net(x))
    return np.sum(y)*net.calls*len(net) + np.sum(net[1](x))


@dataclass
class Gaussian:
    mean: np.ndarray
    scale: np.ndarray
    log: list = field(default_factory=list)

    def __post_init__(self):
        self.var = self.scale**2

    @classmethod
    def standard(cls, n):
        return cls(np.zeros(n), np.ones(n))

    @staticmethod
    def entropy_of(scale):
        return np.sum(np.log(scale))

    @cached_property
    def entropy(self):
        return self.entropy_of(self.scale)

    def kl(self, other):
        d = 0.5*np.sum(self.var/other.var + (self.mean - other.mean)**2/other.var - 1.0)
        self.log.append(d)
        return d - self.entropy + other.entropy

    def sample(self, noise):
        return self.mean + self.scale*noise


def elbo(params, noise, data):
    q = Gaussian(params["mean"], np.exp(params["raw"]))
    prior = replace(Gaussian.standard(len(noise)), log=[])
    z = q.sample(noise)
    fit = -0.5*np.sum((data - np.tanh(z))**2)
    return fit - q.kl(prior) - 0.1*sum(q.log)


class Attention:
    def __init__(self, params, heads=2):
        self.p = params
        self.heads = heads

    @property
    def width(self):
        return self.p["q"].shape[1]//self.heads

    def head(self, x, k):
        part = slice(k*self.width, (k + 1)*self.width)
        q, key, v = (x @ self.p[name][:, part] for name in ("q", "k", "v"))
        s = q @ key.T/np.sqrt(self.width)
        s = np.exp(s - s.max(axis=1, keepdims=True))
        return s/s.sum(axis=1, keepdims=True) @ v

    def __call__(self, x):
        return np.concatenate([self.head(x, k) for k in range(self.heads)], axis=1)


def attended(params, x):
    return np.sum(Attention(params)(x)**2)


class Tied:
    """A layer whose weights are used forwards and backwards."""

    def __init__(self, w):
        self.w = w
        self.b = np.zeros(w.shape[1])

    def encode(self, x):
        return np.tanh(x @ self.w + self.b)

    def loss(self, x):
        return np.mean((self.encode(x) @ self.w.T - x)**2)

    def step(self, x, lr):
        h = self.encode(x)
        self.b -= lr*h.mean(axis=0)
        self.w = self.w - lr*x.T @ (h @ self.w.T - x) @ self.w/len(x)
        return self


def unrolled(w, x, lr):
    model = Tied(w)
    first = model.loss(x)
    for _ in range(3):
        model.step(x, lr)
    return model.loss(x) + 0.1*first


CASES = [
    (modules, (N(3), 0.7)),
    (modules, (0.4, 0.7)),
    (elbo, ({"mean": N(3), "raw": 0.3*N(3)}, N(3), N(3))),
    (attended, ({"q": N((3, 4)), "k": N((3, 4)), "v": N((3, 4))}, N((5, 3)))),
    (unrolled, (N((3, 2)), N((4, 3)), 0.1)),
]
