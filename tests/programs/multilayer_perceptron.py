"""A multilayer perceptron over a list of (weights, bias) pairs, with a mean squared error."""

from itertools import pairwise

import numpy as np

R = np.random.default_rng(81)
N = R.standard_normal


def relu(x):
    return np.maximum(x, 0)


def mlp_loss(params, X, y):
    h = X
    for i, (W, b) in enumerate(params):
        h = h @ W + b
        if i < len(params) - 1:
            h = relu(h)
    return np.mean((h[:, 0] - y) ** 2)


def mlp_args(n, sizes):
    return [(N((a, b)), N(b)) for a, b in pairwise(sizes)], N((n, sizes[0])), N(n)


CASES = [
    (mlp_loss, mlp_args(5, [3, 4, 1])),
    (mlp_loss, mlp_args(2, [2, 3, 3, 1])),
]
