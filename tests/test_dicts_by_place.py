"""Lists of dicts that are arguments, read by places that are known when the function runs: layers[i]["w"]."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check, differences, direction, flat

X = np.array([0.7, -0.4])
W = np.array([[0.4, -0.2], [0.3, 0.5]])
LAYERS = [{"w": W, "b": np.array([0.1, -0.3])}, {"w": W.T*2, "b": np.array([0.2, 0.6])}]


def by_index(layers, x):
    for i in range(len(layers)):
        x = np.tanh(x @ layers[i]["w"] + layers[i]["b"])
    return np.sum(x)


def by_name(layers, x):
    n, i = len(layers), 0
    while i < n:
        layer = layers[i]
        x = x @ layer["w"] + layer["b"] if i < n - 1 else np.sin(x @ layer["w"])
        i += 1
    return np.sum(x*x)


def beside_a_list(layers, x):
    scales = [x[0]]
    for _ in range(3):
        scales.append(scales[-1]*x[1])
    total = 0.0
    for layer, scale in zip(layers, scales):
        total += np.sum(layer["w"]*scale) + layer["b"][0]**2
    return total


def stepped(layers, x):
    g = s2sad.grad(by_index)(layers, x)
    new = [{k: a[k] - 0.1*b[k] for k in a} for a, b in zip(layers, g)]
    return by_index(new, x)


def in_a_dict(layers, x):
    def loss(p):
        return sum(np.sum(np.sin(q["w"])*q["b"]) for q in p["layers"])*p["s"]

    p = {"layers": layers, "s": x[0]}
    g = s2sad.grad(loss)(p)
    new = [{"w": a["w"] - 0.1*b["w"], "b": a["b"] - b["b"]} for a, b in zip(p["layers"], g["layers"])]
    return loss({"layers": new, "s": p["s"] - g["s"]})


@pytest.mark.parametrize("fun", [by_index, by_name, beside_a_list])
def test_layers(fun):
    check(fun, (LAYERS, X), probes=1)


@pytest.mark.parametrize("fun", [stepped, in_a_dict])
def test_layers_of_gradients_inside(fun):
    v = direction((LAYERS, X), np.random.default_rng(1))
    found = flat(s2sad.grad(fun, (0, 1))(LAYERS, X)) @ flat(v)
    np.testing.assert_allclose(found, differences(fun, (LAYERS, X), v)[0], rtol=1e-7)
    np.testing.assert_allclose(found, s2sad.jvp(fun, (LAYERS, X), v)[1], rtol=1e-12)


def test_layers_twice_and_by_an_argument():
    check(lambda p, x: np.sum(s2sad.grad(by_name)(p, x)[0]["w"]**2), (LAYERS, X), probes=1)
    check(lambda p, k: np.sum(p[k]["w"])*p[k]["b"][0] + p[-1]["b"][1], (LAYERS, 1))


def test_identity_is_not_known():
    with pytest.raises(s2sad.UnsupportedError, match="another container"):
        s2sad.grad(lambda p, k: p[k]["b"][0] if p[k] is p[0] else p[k]["b"][1])(LAYERS, 1)


def test_short_loops_are_written_out():
    gradient = s2sad.grad(by_index)
    gradient(LAYERS, X)
    assert "for " not in gradient.source
