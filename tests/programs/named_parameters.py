"""Parameters that are found by the names of their layers, and data that is not made of floats."""

import numpy as np

R = np.random.default_rng(5)
N = R.standard_normal


def by_layer(params, x):
    n = len(params)//2
    for i in range(n):
        x = x @ params[f"W{i}"] + params[f"b{i}"]
        if i != n - 1:
            x = np.maximum(x, 0.1*x)
    return np.sum(x**2)


def by_letter(params, x):
    for name in ("a", "b"):
        x = np.tanh(params["W_" + name] @ x + params[f"b_{name}"])
    return x.sum()


def weight_decay(params):
    return sum(np.sum(v**2) for k, v in params.items() if k.startswith("W"))


def labels(w, X, y, penalty=0.1):
    z = X @ w[:-1] + w[-1]
    return np.sum(np.logaddexp(0, z) - y*z) + 0.5*penalty*np.dot(w, w)


def pixels(w, image):
    return np.sum((1.0 - w*image)**2) - np.sum(w*image*image) - np.dot(w[0], image[0])


def step_counts(x):
    counts = np.zeros(4, dtype=int)
    for v in x:
        counts[int(v*4) % 4] += 1
    return np.sum(counts[:3]*x)


CASES = [
    (by_layer, ({"W0": N((2, 3)), "b0": N(3), "W1": N((3, 2)), "b1": N(2)}, N((4, 2)))),
    (by_layer, ({"W0": N((2, 3)), "b0": N(3)}, N((1, 2)))),
    (by_letter, ({"W_a": N((2, 3)), "b_a": N(2), "W_b": N((2, 2)), "b_b": N(2)}, N(3))),
    (weight_decay, ({"W0": N((2, 3)), "b0": N(3), "W1": N(2)},)),
    (labels, (N(4), N((6, 3)), np.array([0, 1, 1, 0, 1, 0]))),
    (labels, (N(3), N((2, 2)), np.array([True, False]))),
    (pixels, (N((2, 3)), np.array([[1, 200, 130], [255, 0, 7]], dtype=np.uint8))),
    (pixels, (N((2, 2)), np.array([[3, -100], [30000, 2]], dtype=np.int16))),
    (step_counts, (np.array([0.3, 0.6, 0.8]),)),
]
