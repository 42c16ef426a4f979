"""Dicts of constants and of functions that stand outside: read with a default, and at keys known when it runs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
ACTIVATIONS = {"relu": lambda v: max(v, 0.0), "tanh": math.tanh, "sin": np.sin}
RATES = {"w": 0.1, "b": 2}
STARTS = {"w": np.array([1.0, 2.0, 0.5]), "b": np.array([0.5, 0.1, 1.0])}
ELEMENTS = {"H": {"mass": 1.0, "charge": 1}, "O": {"mass": 16.0, "charge": 8}}
COUPLINGS = {("H", 1): 2.0, ("O", 2): 3.0}
COUNTS = {}


def with_defaults(x, c):
    v = ACTIVATIONS.get("sin")(x[0])*ACTIVATIONS.get("swish", np.exp)(c[0])
    for name in ("tanh", "elu", "relu"):
        v = ACTIVATIONS.get(name, lambda u: u*u)(v) + x[1]
    missing = ACTIVATIONS.get("elu")
    return v*RATES.get("w", 1.0)*RATES.get("bias", 5.0) if missing is None else v


def at_keys_of_the_run(x, c, names=("O", "H", "O")):
    total = 0.0
    for i, (name, v) in enumerate(zip(list(names), x)):
        atom = ELEMENTS[name]
        total += atom["mass"]*v**2/atom["charge"] + COUPLINGS.get((name, i), 0.5)*c[i]*v
    return total


def counted(x, c):
    for _ in x:
        COUNTS["calls"] = COUNTS.get("calls", 0) + 1
    return np.sum(x**2*c)


@pytest.mark.parametrize("f", [with_defaults, at_keys_of_the_run])
def test_derivatives(f):
    check(f, (X, C), probes=1)
    check(places(f)[0], (X, C), pullbacks=False, probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)


def by_names(x, names):
    rates = [RATES[name]*ACTIVATIONS.get(name, np.cos)(v) for name, v in zip(names, x)]
    return sum(rates)*np.sum(x*STARTS[names[0]])


def test_names_that_are_arguments():
    check(by_names, (X, ["b", "w", "b"]), argnums=0)
    with pytest.raises(KeyError, match="no such"):
        s2sad.grad(by_names)(X, ["no such", "w", "b"])


def test_a_table_that_changes_between_calls(monkeypatch):
    def f(x, name):
        return np.sum(x*RATES[name])*RATES.get("late", 1.0)

    slope = s2sad.grad(f)
    np.testing.assert_array_equal(slope(X, "w"), 0.1)
    monkeypatch.setitem(RATES, "w", 0.25)
    np.testing.assert_array_equal(slope(X, "w"), 0.25)
    monkeypatch.setitem(RATES, "late", 2.0)
    np.testing.assert_array_equal(slope(X, "w"), 0.5)
    monkeypatch.setitem(RATES, "w", np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(slope(X, "w"), [2.0, 4.0, 6.0])


def test_a_count_is_kept_as_a_plain_call_keeps_it():
    COUNTS.clear()
    np.testing.assert_array_equal(s2sad.grad(counted)(X, C), 2*X*C)
    assert COUNTS == {"calls": 3}
    s2sad.grad(counted)(X, C)
    assert COUNTS == {"calls": 6}


def test_an_array_of_a_table_may_be_written():
    table = {"w": np.full(3, 2.0), "b": np.ones(3)}

    def f(x, name):
        a = table[name]
        a *= x
        return np.sum(a**2)

    np.testing.assert_allclose(s2sad.grad(f)(X, "w"), 8*X)
    np.testing.assert_allclose(table["w"], 2*X)
    np.testing.assert_allclose(table["b"], 1.0)
