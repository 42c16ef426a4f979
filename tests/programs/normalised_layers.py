"""Batch and layer normalisation."""

import numpy as np

R = np.random.default_rng(21)
N = R.standard_normal


def batch_norm(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta


def bn_loss(x, gamma, beta, W):
    out = batch_norm(x, gamma, beta) @ W
    return (out ** 3).sum() / out.size


def layer_norm_loss(x, g, b):
    m = np.mean(x, axis=-1, keepdims=True)
    s = np.std(x, axis=-1, keepdims=True)
    return np.sum(np.sin(g*(x - m)/(s + 1e-6) + b))


CASES = [
    (bn_loss, (N((5, 3)), N(3), N(3), N((3, 2)))),
    (bn_loss, (N((4, 2)), N(2), N(2), N((2, 1)))),
    (layer_norm_loss, (N((5, 3)), N(3), N(3))),
    (layer_norm_loss, (N((2, 2, 4)), N(4), N(4))),
]
