"""Networks of layers in plain NumPy: parameters in dataclasses, namedtuples and dicts, used through methods."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

R = np.random.default_rng(69)
N = R.standard_normal


@dataclass
class Linear:
    w: np.ndarray
    b: np.ndarray

    def __call__(self, x): return x @ self.w + self.b

    @classmethod
    def init(cls, n, m): return cls(0.5*N((n, m)), np.zeros(m) + 0.1)

    @property
    def penalty(self): return np.sum(self.w**2)


@dataclass
class MLP:
    first: Linear
    second: Linear
    scale: float = 1.0

    def __call__(self, x):
        h = np.tanh(self.first(x))
        return self.scale*self.second(h)

    def loss(self, batch, reg=0.01):
        x, y = batch
        r = self(x) - y
        return np.mean(r*r) + reg*(self.first.penalty + self.second.penalty)


@dataclass
class Stack:
    layers: list

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = np.maximum(layer(x), 0.0)
        return self.layers[-1](x)


class LayerT(NamedTuple):
    w: np.ndarray
    b: np.ndarray

    def forward(self, x): return np.tanh(x @ self.w + self.b)


def mlp_loss(model, x, y): return model.loss((x, y))


def stack_loss(net, x, y): return np.mean((net(x) - y)**2)


def tuple_layers(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return np.sum(x**2)


def train(model, x, y):
    """One step by hand, then the loss of the model that it makes."""
    h = model(x) - y
    new = replace(model, scale=model.scale - 0.1*np.mean(h))
    return new.loss((x, y))


def updated(model, x, y):
    model.scale *= 0.5
    model.first.b = model.first.b - 0.1
    for _ in range(3):
        model.second.w = 0.9*model.second.w
    return model.loss((x, y))


def params_dict(params, x, y):
    h = x
    for name in ("l1", "l2"):
        p = params[name]
        h = np.tanh(h @ p["w"] + p["b"])
    return np.mean((h - y)**2)
X, Y = N((5, 3)), N((5, 2))
MODEL = MLP(Linear.init(3, 4), Linear.init(4, 2), 1.2)


CASES = [
    (mlp_loss, (MODEL, X, Y)),
    (stack_loss, (Stack([Linear.init(3, 4), Linear.init(4, 4), Linear.init(4, 2)]), X, Y)),
    (tuple_layers, ((LayerT(N((3, 4)), N(4)), LayerT(N((4, 2)), N(2))), X)),
    (tuple_layers, ([LayerT(N((3, 4)), N(4)), LayerT(N((4, 2)), N(2))], X)),
    (train, (MODEL, X, Y)),
    (updated, (MODEL, X, Y)),
    (params_dict, ({"l1": {"w": N((3, 4)), "b": N(4)}, "l2": {"w": N((4, 2)), "b": N(2)}}, X, Y)),
]
