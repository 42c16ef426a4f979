"""Outside dicts that a program changes and reads again: caches of layers, gradients, moments, tables."""

from __future__ import annotations

import numpy as np
import pytest
from left_outside import V, X, check_left

import s2sad

D = np.random.default_rng(0).standard_normal((4, 3))


class Network:
    """As plain NumPy networks are written: parameters, caches and gradients by the names of the layers."""

    def __init__(self, sizes=(3, 2, 1)):
        rng = np.random.default_rng(1)
        self.depth, self.params, self.cache, self.grads = len(sizes) - 1, {}, {}, {}
        for i in range(1, self.depth + 1):
            self.params["W" + str(i)] = 0.5*rng.standard_normal((sizes[i], sizes[i - 1]))
            self.params["b" + str(i)] = np.zeros((sizes[i], 1))

    def forward(self, x):
        a = x
        self.cache["a0"] = a
        for i in range(1, self.depth + 1):
            z = self.params["W" + str(i)] @ a + self.params["b" + str(i)]
            a = np.tanh(z)
            self.cache[f"z{i}"], self.cache[f"a{i}"] = z, a
        return a

    def backward(self, y):
        delta = self.cache[f"a{self.depth}"] - y
        for i in range(self.depth, 0, -1):
            delta = delta*(1 - np.tanh(self.cache[f"z{i}"])**2)
            self.grads[f"W{i}"] = delta @ self.cache[f"a{i - 1}"].T
            self.grads[f"b{i}"] = delta.sum(axis=1, keepdims=True)
            delta = self.params[f"W{i}"].T @ delta


class Layer:
    def __init__(self):
        self.cache, self.steps = {}, {}

    def forward(self, x):
        self.cache = {"x": x}
        self.cache["out"] = np.tanh(x)
        self.steps = {}
        for k in range(2):
            self.steps["out", k] = self.cache["out"]*k
        return self.cache["out"] + self.steps["out", 1]

    def backward(self, g):
        return g*(1 - self.cache["out"]**2)*self.steps["out", 1] + self.cache["x"]


class Moments:
    def __init__(self):
        self.m, self.t, self.log = {}, 0, []

    def update(self, params, grads):
        self.t += 1
        for k in params:
            if k not in self.m:
                self.m[k] = np.zeros_like(params[k])
            self.m[k] = 0.9*self.m[k] + 0.1*grads[k]
            self.log.append(f"{k} {self.m} {len(self.m)}")
        return {k: params[k] - 0.1*self.m[k] for k in params}


NET, LAYERS, MOMENTS, TABLE, SHARED = Network(), [Layer(), Layer()], Moments(), {}, Layer()


def begin():
    NET.__init__()
    MOMENTS.__init__()
    for layer in (*LAYERS, SHARED):
        layer.__init__()
    TABLE.clear()
    TABLE.update(w=np.array([1.0, 2.0, 3.0]), s=0.5, n=0, h=None, name="a", gone=1.0)
    SHARED.cache["same"] = TABLE["w"]


def state():
    return repr([vars(one) for one in (NET, MOMENTS, SHARED, *LAYERS)] + [TABLE])


def network(x):
    NET.forward((D*x).T)
    NET.backward(np.sin(D[:, :1].T))
    NET.params["W1"] = NET.params["W1"] - 0.1*NET.grads["W1"]
    return np.sum(NET.params["W1"]**2) + np.sum(NET.cache["a1"]*NET.grads["b1"])


def layers(x):
    for _ in range(2):
        y = x
        for layer in LAYERS:
            y = layer.forward(y)
        for layer in reversed(LAYERS):
            y = layer.backward(y)
        x = x - 0.1*y
    return np.sum(x*x)


def moments(x):
    params = {"w": x*1.0, "b": x*x}
    for _ in range(2):
        params = MOMENTS.update(params, {k: 2*params[k] + x for k in params})
    return np.sum(params["w"]*params["b"])*MOMENTS.t


def numbers(x):
    TABLE["n"] += 1
    if TABLE["h"] is None:
        TABLE["h"] = np.zeros(3)
    TABLE["h"] = 0.5*TABLE["h"] + x
    x = x*2 if TABLE["name"] == "a" else x  # what is known of a text changes from call to call
    TABLE["name"] = "b" if TABLE["name"] == "a" else "a"
    while TABLE["s"] < 2.0:
        TABLE["s"] = TABLE["s"] + np.sum(x)*TABLE["s"]
    scale = TABLE["s"]
    TABLE["s"] = 0.5
    return scale*np.sum(TABLE["h"]**2) + TABLE["n"]*x[0]


def changed_in_all_ways(x):
    table = TABLE
    last, w = table.pop("gone", 2.0), table["w"]
    table.update(c=x*last, e=w*x)
    table["gone"] = 1.0
    del table["e"]
    z = table.setdefault("q", x*3)
    table["c"], table["q"] = table["q"], table["c"]
    table["t"] = x, 2.0
    first, second = table["t"]
    total = sum(np.sum(v) for k, v in table.items() if k in ("c", "q"))
    return total*np.sum(first*second*z*table["c"])


def by_computed_keys(x):
    steps = SHARED.steps
    for i in range(4):
        key = f"k{i % 3}"
        if i == 2 and "k0" in steps:
            steps.pop("k0")
        steps.setdefault(key, x*i)
        steps[key] = steps[key]*x + steps.get("w", 0.0)
    del steps["k2"]
    return sum(np.sum(steps[f"k{i}"]**2) for i in range(2))


def written_in_place(x):
    TABLE["x"] = x.copy()
    TABLE["x"] += 1
    y = np.sin(x)*TABLE["w"]
    TABLE["w"] *= x
    TABLE["n"] = 1
    y[1:] += TABLE["w"][:2]
    TABLE["y"] = y
    y *= x
    return np.sum(TABLE["x"]*TABLE["y"]) + np.sum(TABLE["w"]**2)


def under_two_names(x):
    held = SHARED.cache
    held["a"] = x*held["same"]
    with s2sad.no_grad():
        SHARED.cache["b"] = np.ones(3)
    return np.sum(SHARED.cache["a"]*held["b"]*x)


PROGRAMS = (
    network, layers, moments, numbers, changed_in_all_ways, by_computed_keys, written_in_place, under_two_names,
)  # fmt: skip


@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_dicts_that_are_read_again(fun):
    check_left(fun, begin, state, again=fun not in (network, moments))


def test_pullbacks_of_gradients():
    begin()
    _, pullback = s2sad.vjp(s2sad.grad(layers), X)
    left = state()
    (second,) = pullback(V)
    begin()
    np.testing.assert_allclose(second, s2sad.hvp(layers)(X, V), rtol=1e-10)
    assert state() == left


def test_what_holds_more_is_refused():
    def of_lists(x):
        TABLE["xs"] = [x, x*2]
        return np.sum(TABLE["xs"][0])

    def of_another(x):
        SHARED.cache["a"] = x
        LAYERS[0].cache = SHARED.cache
        LAYERS[0].cache["b"] = x
        return np.sum(SHARED.cache["a"]*SHARED.cache["b"])

    for fun in (of_lists, of_another):
        begin()
        before = state()
        with pytest.raises(s2sad.UnsupportedError, match="after the call|put a copy"):
            s2sad.grad(fun)(X)
        assert state() == before


STEPS = {}


def counted(x):
    STEPS["n"] -= 1
    return np.sum(x**2)*STEPS["n"]


def halved(x):
    if x[0] > 0:
        STEPS["rate"] *= 0.5
    return STEPS["rate"]*np.sum(x**3)


@pytest.mark.parametrize("fun", [counted, halved])
def test_the_result_is_a_product_with_what_is_read(fun):
    """Its kind was not known before the dict had a twin."""
    check_left(fun, lambda: STEPS.update(n=3.0, rate=0.5), lambda: dict(STEPS), again=True)


def test_a_result_that_is_no_number_is_refused_as_such():
    def whole(x):
        STEPS["n"] -= 1
        return x*STEPS["n"]

    STEPS.update(n=3.0)
    with pytest.raises(TypeError, match=r"whole\(\) returns"):
        s2sad.grad(whole)(X)
    assert STEPS["n"] == 3.0
