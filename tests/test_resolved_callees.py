"""Callees that can be found when a function is transformed leave no trace of a choice in its text; others an integer."""

from __future__ import annotations

import functools
import operator

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def square(v):
    return v*v


def scaled(v, k=2.0):
    return k*np.tanh(v)


TABLE = {"square": square, "scaled": scaled}
STEPS = [square, functools.partial(scaled, k=3.0)]


class Layer:
    activation = staticmethod(scaled)

    def __init__(self, w, inner=None):
        self.w, self.inner = w, inner or square

    def __call__(self, v):
        return self.inner(v)*self.w


def by_a_constant_key(x, c):
    return np.sum(TABLE["square"](x)*TABLE["scaled"](c))


def by_a_constant_index(x, c):
    return np.sum(STEPS[0](x) + STEPS[-1](c))


def by_a_local_dict(x, c):
    table = {"a": square, "b": lambda v: scaled(v, 4.0)}
    name = "b"
    return np.sum(table[name](x)*table["a"](c))


def by_a_constant_condition(x, c):
    go = square if x.ndim == 1 else scaled
    return np.sum(go(x)*c)


def by_a_default(x, c, go=scaled):
    return np.sum(go(x)*c)


def by_an_attribute(x, c):
    layer = Layer(c, scaled)
    return np.sum(layer(x) + Layer.activation(c))


def by_a_function_of_operators(x, c):
    return np.sum(operator.mul(np.sin(x), functools.reduce(operator.add, [x, c])))


def by_products_and_items(x, c):
    row = operator.matmul(np.outer(x, c), operator.mul(x, c))
    return np.sum(row*functools.reduce(operator.getitem, ["b", 0], {"a": x, "b": [c, x]}))*operator.getitem(x, 1)


def by_a_loop_over_names(x, c):
    for name in ("square", "scaled"):
        x = TABLE[name](x)
    return np.sum(x*c)


RESOLVED = [
    by_a_constant_key, by_a_constant_index, by_a_local_dict, by_a_constant_condition, by_a_default,
    by_an_attribute, by_a_function_of_operators, by_products_and_items, by_a_loop_over_names,
]  # fmt: skip


@pytest.mark.parametrize("f", RESOLVED, ids=lambda f: f.__name__)
def test_a_callee_that_is_known_is_not_dispatched(f):
    check(f, (X, C))
    transform = s2sad.value_and_grad(f, (0, 1))
    transform(X, C)
    for trace in ("if ", "TABLE", "STEPS", "table[", "square(", "scaled(", "getattr", "callable", "import "):
        assert trace not in transform.source.partition("\n")[2], transform.source


def chosen(x, names):
    for name in names:
        x = TABLE[name](x)
    return np.sum(x)


def test_one_of_several_callees_is_chosen_by_a_branch():
    """No function is called through a table: the text branches, and each branch holds the body of a callee."""
    check(chosen, (X, ["square", "scaled", "square"]), argnums=0)
    transform = s2sad.value_and_grad(chosen)
    transform(X, ["square", "scaled", "square"])
    assert "TABLE" not in transform.source and "np.tanh" in transform.source
