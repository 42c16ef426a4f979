"""A gated recurrent unit over a sequence, parameters in a dict of nine arrays."""

import numpy as np

R = np.random.default_rng(82)
N = R.standard_normal


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def gru_cell(x, h, p):
    z = sigmoid(p["Wz"] @ x + p["Uz"] @ h + p["bz"])
    r = sigmoid(p["Wr"] @ x + p["Ur"] @ h + p["br"])
    n = np.tanh(p["Wn"] @ x + r*(p["Un"] @ h) + p["bn"])
    return (1 - z)*n + z*h


def gru_loss(p, xs, ys):
    h = np.zeros(p["bz"].shape)
    loss = 0.
    for x, y in zip(xs, ys):
        h = gru_cell(x, h, p)
        loss += np.sum((h - y)**2)
    return loss/len(xs)


def gru_args(t, d, n):
    p = {}
    for g in "zrn":
        p["W" + g] = N((n, d))
        p["U" + g] = N((n, n))
        p["b" + g] = N(n)
    return (p, N((t, d)), N((t, n)))


CASES = [
    (gru_loss, gru_args(3, 2, 3)),
    (gru_loss, gru_args(1, 1, 2)),
]
