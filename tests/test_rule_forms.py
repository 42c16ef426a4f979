"""s2sad.rule: every form of a rule in both modes and to third order, wrong shapes, and functions that return tuples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from test_custom_rules import alone, unseen

import s2sad

__all__ = ["alone"]  # the fixture
X = np.array([0.37, 0.723, 1.158])


def opaque_rules() -> list[Callable[..., Any]]:
    """The same function with a rule in each form."""
    elementwise, texts, functions, template = (unseen(lambda x: x**3) for _ in range(4))
    s2sad.rule(elementwise, "x", "3*x**2*g", returns="x")
    s2sad.rule(texts, "x", vjp={"x": "3*x**2*g"}, jvp={"x": "3*x**2*x_dot"}, returns="x")
    s2sad.rule(template, template=lambda x: x*x*x)

    @s2sad.rule(functions)
    def back(g, out, x):
        return 3*x*x*g

    @s2sad.rule(functions).jvp
    def forth(dots, out, x):
        return 3*x*x*dots[0]

    return [elementwise, texts, functions, template]


@pytest.mark.parametrize("form", range(4))
def test_every_form_in_both_modes_to_third_order(form):
    fun = opaque_rules()[form]

    def f(x):
        y = fun(x)
        for _ in range(2):
            y = y*fun(np.sin(x)) if y[0] > 0 else fun(y)
        return np.sum(y*x)

    s2sad.check_grads(f, (X,), order=2)
    s2sad.check_grads(f, (-X,), order=2)
    s2sad.check_grads(lambda x: s2sad.hvp(f)(x, X[::-1].copy()), (X,), order=1)
    s2sad.check_grads(lambda x: np.sum(s2sad.hessian(f)(x)), (X,), order=1)


@pytest.mark.parametrize("make", [
    lambda f: s2sad.rule(f, "x", vjp={"x": "g[1:]"}, jvp={"x": "x_dot[1:]"}),
    lambda f: s2sad.rule(f, "x", vjp={"x": "np.sum(g)"}, jvp={"x": "np.sum(x_dot)"}),
    lambda f: s2sad.rule(f, "x", "g[:1]*np.sum(out)", returns="x"),
    lambda f: s2sad.rule(f, "x", "np.concatenate([g, g])", returns="x"),
    lambda f: s2sad.rule(f, vjp=lambda g, out, x: g[1:], jvp=lambda dots, out, x: dots[0][1:]),
])  # fmt: skip
def test_wrong_shapes_name_the_rule_in_both_modes(make):
    fun = unseen(lambda x: 2.0*x)
    make(fun)
    uses = (lambda x: np.sum(fun(x)*x), lambda x: np.sum(fun(x)), lambda x: fun(x)[0]*x[1])
    for use in uses:
        for run in (lambda use=use: s2sad.grad(use)(X), lambda use=use: s2sad.jvp(use, (X,), (X,))):
            with pytest.raises(ValueError, match=r"the rule for \w+\(\) (gave|returned) a derivative of shape"):
                run()


def test_texts_of_whole_arrays_see_whole_cotangents():
    fun = unseen(lambda x: np.cumsum(x))
    s2sad.rule(fun, "x", vjp={"x": "np.cumsum(g[::-1])[::-1]"}, linear="", jvp={"x": "np.cumsum(x_dot)"}, returns="x")
    for f in (lambda x: np.sum(fun(x)), lambda x: np.sum(fun(x*x)*x), lambda x: fun(x)[1]):
        s2sad.check_grads(f, (X,), order=2)


def test_texts_broadcast_in_both_modes():
    fun = unseen(lambda x, y: x*np.clip(y, 0.0, 1.0))
    s2sad.rule(fun, "x, y", "np.clip(y, 0.0, 1.0)*g", "x*np.where((y > 0)*(y < 1), g, 0.0)")
    m = np.linspace(0.1, 2.0, 6).reshape(2, 3)
    s2sad.check_grads(lambda x, m: np.sum(fun(x, m)*m), (X, m), order=2)
    s2sad.check_grads(lambda x, m: np.sum(fun(m, x)*m), (X, m), order=2)
    s2sad.check_grads(lambda k, m: np.sum(fun(k, m)*m), (0.7, m), order=2)


def test_tuples_of_what_cannot_be_seen():
    fun = unseen(lambda a, k: (np.sin(k*a), float(np.sum(a)), np.float64(k*k), np.outer(a, a)))

    @s2sad.rule(fun, returns=["a", float, np.float64, 2])
    def back(g, out, a, k):
        return g[0]*k*np.cos(k*a) + g[1] + (g[3] + g[3].T) @ a, np.sum(g[0]*a*np.cos(k*a)) + 2*k*g[2]

    @s2sad.rule(fun, returns=["a", float, np.float64, 2]).jvp
    def forth(dots, out, a, k):
        da, dk = dots
        return (k*da + a*dk)*np.cos(k*a), np.sum(da), 2*k*dk, np.outer(da, a) + np.outer(a, da)

    def f(x, k):
        a, b, c, d = fun(x, k)
        return np.sum(a*x)*b + c*np.sum(d*d)

    def looped(x):
        t = fun(x, 1.3)
        s = 0.0
        for _ in range(2):
            t = fun(t[0], 0.7 + t[2]*0)
            s = s + t[1]
        return s*np.sum(t[3])

    s2sad.check_grads(f, (X, 1.3), order=2)
    s2sad.check_grads(looped, (X,), order=2)
    s2sad.check_grads(lambda x: s2sad.hvp(f)(x, 1.3, X), (X,), order=1)


@pytest.mark.parametrize(("returns", "message"), [
    ([["a"], "oh"], "no argument"), ([], "for a function that returns a tuple"), (["oh"], "no argument"),
])  # fmt: skip
def test_what_tuples_cannot_be_told(returns, message):
    with pytest.raises(ValueError, match=message):
        s2sad.rule(unseen(lambda a: (a, a)), vjp=lambda g, out, a: g[0], returns=returns)


@pytest.mark.parametrize(("value", "message"), [
    (lambda x: (x*2, 1), "returned int, and its rule was read for a Python float"),
    (lambda x: (x*2,), "read for 2 results"),
    (lambda x: (x[1:]*2, 1.0), "not like its argument"),
    (lambda x: (x, 1.0), "shares memory with an argument"),
])  # fmt: skip
def test_tuples_are_looked_at(value, message):
    fun = unseen(value)
    s2sad.rule(fun, vjp=lambda g, out, a: 2*g[0], returns=["a", float])
    with pytest.raises((TypeError, ValueError), match=message):
        s2sad.grad(lambda x: np.sum(fun(x)[0]))(X)


def test_a_dict_is_told_to_be_declared(alone):
    named = unseen(lambda x: {"sine": np.sin(x), "twice": 2*x})
    s2sad.rule(named, vjp=lambda g, out, x: g["sine"]*np.cos(x) + 2*g["twice"])
    with pytest.raises(TypeError, match=r"returned dict.*give the rule returns=\{...\}, with what each key holds"):
        s2sad.grad(lambda x: np.sum(named(x)["sine"]))(X)

    s2sad.rule(
        named, vjp=lambda g, out, x: g["sine"]*np.cos(x) + 2*g["twice"], returns={"sine": "x", "twice": "x"}
    )
    found = s2sad.grad(lambda x: np.sum(named(x)["sine"]*named(x)["twice"]))(X)
    np.testing.assert_allclose(found, 2*np.sin(X) + 2*X*np.cos(X), rtol=1e-12)
