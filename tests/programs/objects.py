"""Layers as objects, closures made by functions, callbacks, partial and keyword arguments."""

from functools import partial

import numpy as np

R = np.random.default_rng(46)
N = R.standard_normal


class Linear:
    def __init__(self, n, m):
        self.w = R.standard_normal((n, m))
        self.b = R.standard_normal(m)

    def __call__(self, x):
        return x @ self.w + self.b


class MLP:
    def __init__(self):
        self.l1 = Linear(3, 4)
        self.l2 = Linear(4, 2)
        self.act = np.tanh
        self.scale = 2.0

    def forward(self, x):
        return self.l2(self.act(self.l1(x)))

    def loss(self, x, t):
        r = self.forward(x) - t
        return self.scale*np.mean(r*r)


def make_loss(X, y, reg):
    n = len(y)
    def loss(w, b=0.0):
        r = X @ w + b - y
        return r @ r/n + reg*np.abs(w).sum()
    return loss


def optimiser(f, x, steps, callback=None):
    for i in range(steps):
        x = x - 0.1*f(x)
        if callback is not None:
            callback(i, x)
    return x


def with_callback(x):
    log = []
    def cb(i, v):
        log.append(np.sum(v))
    out = optimiser(lambda v: 2*v + np.cos(v), x, 3, callback=cb)
    return out.sum() + log[-1]*log[0]


def weighted(x, w, *, power=2, norm=True):
    s = np.sum(w*np.abs(x)**power)
    if norm:
        s /= w.sum()
    return s**(1/power)


part = partial(weighted, power=3, norm=False)


def use_part(x, w): return part(x, w) + weighted(x, w=w, **{"power": 2})


def with_kwargs(x, **kw):
    out = x*kw.get("scale", 1.0)
    if "shift" in kw:
        out = out + kw["shift"]
    return np.sum(out**2)


def call_kwargs(x, s): return with_kwargs(x, scale=s, shift=2.0) + with_kwargs(x)


def dict_state(x, n):
    state = {"x": x, "v": np.zeros_like(x), "t": 0.0}
    for _ in range(n):
        state["v"] = 0.9*state["v"] - 0.1*state["x"]
        state["x"] = state["x"] + state["v"]
        state["t"] += 0.1
    return np.sum(state["x"]**2)*state["t"]


CASES = [
    (MLP().loss, (N((5, 3)), N((5, 2)))),
    (make_loss(N((5, 3)), N(5), 0.1), (N(3),)),
    (make_loss(N((5, 3)), N(5), 0.1), (N(3), 0.5)),
    (with_callback, (N(3),)),
    (use_part, (N(3), R.random(3))),
    (call_kwargs, (N(3), 0.4)),
    (call_kwargs, (N(()), N(()))),
    (dict_state, (N(3), 3)),
    (dict_state, (N((2, 2)), 0)),
]
