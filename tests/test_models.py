"""Models as users of other libraries write them: modules that register, layers by index and name, trees, steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
R = np.random.default_rng(3)
D = 0.3*R.standard_normal((5, 3))


class Module:
    """A module whose attributes are registered as they are set."""

    def __init__(self):
        self.__dict__["_parameters"] = {}
        self.__dict__["_modules"] = {}
        self.training = True

    def __setattr__(self, name, value):
        if isinstance(value, Module):
            self._modules[name] = value
        elif isinstance(value, np.ndarray):
            self._parameters[name] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name):
        if name in self._parameters:
            return self._parameters[name]
        if name in self._modules:
            return self._modules[name]
        raise AttributeError(name)

    def named_parameters(self, prefix=""):
        for name, value in self._parameters.items():
            yield prefix + name, value
        for name, module in self._modules.items():
            yield from module.named_parameters(prefix + name + ".")

    def eval(self):
        self.training = False
        for module in self._modules.values():
            module.eval()
        return self

    def __call__(self, x):
        return self.forward(x)


class Scale(Module):
    def __init__(self, w, b):
        super().__init__()
        self.w, self.b = w, b

    def forward(self, x):
        return self.w*x + self.b


class Tanh(Module):
    def forward(self, x):
        return np.tanh(x)*(2.0 if self.training else 1.0)


class Sequential(Module):
    def __init__(self, *modules):
        super().__init__()
        for i, module in enumerate(modules):
            self._modules[str(i)] = module

    def forward(self, x):
        for module in self._modules.values():
            x = module(x)
        return x


def modules_that_register(x, c):
    net = Sequential(Scale(x, c), Tanh(), Scale(c, x))
    total = np.mean(net(D)**2)
    for name, value in net.named_parameters():
        kind = name.split(".")[-1]
        if kind == "w":
            total = total + np.sum(value**2)
    return total


def modules_at_work(x, c):
    net = Sequential(Scale(x, c), Tanh(), Scale(c, x)).eval()
    net._modules["0"].w = x*2
    return np.mean(net(D)**2)


class Doubled:
    def __init__(self, a):
        self.a = a

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value*2)


def attributes_set_by_name(x, c):
    held = Doubled(x)
    for _ in range(3):
        held.a = held.a*0.3 + c
    for name in ("u", "v"):
        setattr(held, name, c*x)
    return np.sum(held.a*held.u + held.v)


class Dense:
    def __init__(self, p):
        self.p = p

    def __call__(self, x):
        return x*self.p


class Relu:
    def __init__(self, p=None):
        pass

    def __call__(self, x):
        return np.maximum(x, 0.0)


LAYERS = {"dense": Dense, "relu": Relu}
CURVES = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0), "id": lambda z: z}


def layers_by_name(x, c):
    spec = [("dense", "tanh"), ("relu", "relu"), ("dense", "id")]
    weights = [x, c, x*c]
    h = np.ones(3)
    for (kind, curve), p in zip(spec, weights):
        h = CURVES[curve](LAYERS[kind](p)(h)) + 0.1
    return np.sum(h)


def layers_by_index(x, c):
    layers = [Dense(x), Relu(), Dense(c)]
    h = np.ones(3)
    for i in range(len(layers)):
        h = layers[i](h)
        if i < len(layers) - 1:
            h = np.sin(h)
    return np.sum(h)


MODULES = [modules_that_register, modules_at_work, attributes_set_by_name, layers_by_name, layers_by_index]


@pytest.mark.parametrize("f", MODULES, ids=lambda f: f.__name__)
def test_modules(f):
    check(f, (X, C))
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1)


# ---------------------------------------------------------------------------------- models that are arguments


@dataclass(frozen=True)
class Linear:
    weight: np.ndarray
    bias: np.ndarray
    use_bias: bool = True

    def __call__(self, x):
        y = x @ self.weight
        return y + self.bias if self.use_bias else y


@dataclass(frozen=True)
class Network:
    layers: list
    curve: Callable = np.tanh

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = self.curve(layer(x))
        return self.layers[-1](x)

    def loss(self, batch):
        x, y = batch
        return np.mean((self(x) - y)**2)


def called_by_index(model, batch):
    h, y = batch
    for i in range(len(model.layers)):
        h = model.layers[i](h)
        if i < len(model.layers) - 1:
            h = model.curve(h)
    return np.mean((h - y)**2)


def trained(model, batch):
    def loss(m):
        return m.loss(batch)

    value = 0.0
    for _ in range(3):
        value, slope = s2sad.value_and_grad(loss)(model)
        pairs = zip(model.layers, slope.layers)
        model = replace(model, layers=[
            replace(p, weight=p.weight - 0.1*g.weight, bias=p.bias - 0.1*g.bias) for p, g in pairs
        ])  # fmt: skip
    return loss(model) + value


N = R.standard_normal
NETWORK = Network([Linear(N((3, 4)), N(4)), Linear(N((4, 2)), N(2), False)], np.sin)
BATCH = (D, N((5, 2)))


@pytest.mark.parametrize("f", [called_by_index, trained], ids=lambda f: f.__name__)
def test_models(f):
    check(f, (NETWORK, BATCH))


@dataclass(frozen=True)
class Curve:
    w: np.ndarray
    f: Callable = np.tanh


def shrunk(curve, x):
    """A function that a dataclass holds stays what it is where the rest of it goes round a loop."""
    for _ in range(3):
        x = curve.f(x*curve.w)
        curve = replace(curve, w=curve.w*0.5)
    return np.sum(curve.f(curve.w*x))


def by_itself(curve, n, z):
    if n == 0 or np.sum(z) > 50:
        return np.sum(curve.f(curve.w*z))
    return by_itself(curve, n - 1, z*1.1)*0.5


def two_by_themselves(curve, other, x):
    """The functions that two arguments hold tell one lowered recursion from the other."""
    n = 3 if x[0] > 0 else 2
    return by_itself(curve, n, x) + by_itself(other, n, x)**2


def value_at(curve, z):
    return np.sum(curve.f(curve.w*z)*curve.w)


def under_checkpoint(curve, other, x):
    again = s2sad.checkpoint(value_at)
    return again(curve, x) + again(other, x)**2 + again(Curve(x*x, np.cos), x)


def set_by_name(model, x):
    for name in ("a", "b"):
        setattr(model, name, getattr(model, name)*x)
    return np.sum(model.a*model.b)


@dataclass
class Pair:
    a: np.ndarray
    b: np.ndarray


ONE, TWO = Curve(X, np.sin), Curve(X, np.cos)


@pytest.mark.parametrize(
    "f, args",
    [
        (shrunk, (ONE, C)),
        (two_by_themselves, (ONE, TWO, C)),
        (under_checkpoint, (ONE, TWO, C)),
        (set_by_name, (Pair(X, C), C)),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_dataclasses(f, args):
    check(f, args)


# ---------------------------------------------------------------------------------------------------- trees


def tree_map(f, t, *rest):
    if isinstance(t, dict):
        return {k: tree_map(f, v, *[r[k] for r in rest]) for k, v in t.items()}
    if isinstance(t, (list, tuple)):
        return type(t)(tree_map(f, *vs) for vs in zip(t, *rest))
    return f(t, *rest)


def leaves(t):
    if isinstance(t, dict):
        return [leaf for k in sorted(t) for leaf in leaves(t[k])]
    if isinstance(t, (list, tuple)):
        return [leaf for v in t for leaf in leaves(v)]
    return [t]


def by_momentum(params, x):
    speed = tree_map(np.zeros_like, params)
    for _ in range(20):
        slope = tree_map(np.sin, params)
        speed = tree_map(lambda a, b: 0.9*a + 0.1*b, speed, slope)
        params = tree_map(lambda p, a: p - 0.1*a, params, speed)
    return sum(np.sum(leaf**2) for leaf in leaves(params))*np.sum(x)


def tuple_of_a_dict(params, x):
    for _ in range(3):
        params = {"scale": tuple(v*0.5 for v in params["scale"])}
    return sum(np.sum(v**2) for v in leaves(params))*x[0]


TREE = {"layers": [{"w": N((3, 4)), "b": N(4)}, {"w": N((4, 2)), "b": N(2)}], "scale": (X, C)}


@pytest.mark.parametrize("f", [by_momentum, tuple_of_a_dict], ids=lambda f: f.__name__)
def test_trees(f):
    check(f, (TREE, X))
