"""Dicts and objects that only some trips of a loop bind, and dicts that have other keys on another path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


@dataclass
class Found:
    x: np.ndarray
    value: float
    done: bool = False

    def score(self):
        return self.value*np.sum(self.x)


def dict_before_a_break(x, c):
    for i in range(4):
        y = x*i
        if np.sum(y) > 1.0:
            kept = {"y": y, "i": i, "h": [x, c]}
            break
    return np.sum(kept["y"]**2*kept["h"][1])*kept["i"]


def dict_of_a_while_loop(x, c):
    k = 0
    while True:
        k += 1
        y = np.sum(x*k)
        if y > 5.0:
            result = {"y": y, "k": k}
            break
    return result["y"]*result["k"]*c[0]


def dict_of_an_inner_loop(x, c):
    for i in range(4):
        for j in range(3):
            if x[j]*i > 0.5:
                kept = {"v": x*i*j, "s": {"n": j, "c": c*j}}
                break
    return np.sum(kept["v"]*kept["s"]["c"]) + kept["s"]["n"]


def dict_that_later_trips_read(x, c):
    t = 0.0
    for i in range(4):
        if i % 2 == 0:
            state = {"v": x*(i + 1), "h": [c]}
        t = t + np.sum(state["v"]*state["h"][0])
    return t*np.sum(state["v"])


def dict_that_later_trips_write(x, c):
    t = 0.0
    for i in range(4):
        if i % 2 == 0:
            state = {"v": x*(i + 1), "n": 0}
        state["v"] = state["v"]*c
        state["n"] += 1
        t = t + np.sum(state["v"])*state["n"]
    return t


def array_of_a_dict_that_is_written(x, c):
    for k in range(4):
        if k % 2 == 0:
            buffer = {"a": x*k}
        else:
            buffer["a"] *= c
    return np.sum(buffer["a"])


def dict_with_two_names(x, c):
    t = 0.0
    for i in range(4):
        if i == 0:
            first = {"x": x}
        elif i == 2:
            second = first
            second["x"] = second["x"]*c
        t = t + np.sum(first["x"])*i
    return t


def record_before_a_break(x, c):
    for _ in range(6):
        value = np.sum((x - c)**2)
        if value < 0.05:
            found = Found(x, value, True)
            break
        x = x - 0.3*(x - c)
    return found.score() + found.value if found.done else 0.0


def object_of_an_earlier_trip(x, c):
    k = 0
    while k < 5:
        k += 1
        if k in (1, 4):
            current = Found(x*k, np.sum(c)*k)
        x = x*0.9 + 0.1*current.x
    return current.score()


def object_with_two_names(x, c):
    for i, v in enumerate(x):
        if v > 0.5:
            model = Found(x*v, c[i])
            other = model
    other.value = other.value*2
    return model.score()


def empty_before_a_break(x, c):
    info = {}
    for i in range(3):
        f = np.sum(x**2)
        if f < 0.9:
            info = {"f": f, "it": i, "x": x}
            break
        x = 0.7*x
    if info:
        return info["f"] + np.sum(info["x"]*c)
    return np.sum(x)


def options_of_a_branch(x, c):
    options = {"lr": 0.1}
    if c[0] > 0.1:
        options = {"lr": 0.2, "momentum": c[1]}
    v = np.zeros(3)
    for _ in range(3):
        v = options.get("momentum", 0.0)*v - options["lr"]*x*c
        x = x + v
    return np.sum(x**2)


def terms_of_two_returns(x, c):
    def terms(x, regular):
        if regular:
            return {"mse": np.mean((x - c)**2), "l2": 0.1*np.sum(x**2)}
        return {"mse": np.mean((x - c)**2)}

    a, b = terms(x, c[0] > 0.2), terms(x*c, c[0] > 0.9)
    return sum(a.values()) + b["mse"] + b.get("l2", 0.0)


PROGRAMS = [
    dict_before_a_break, dict_of_a_while_loop, dict_of_an_inner_loop, dict_that_later_trips_read,
    dict_that_later_trips_write, array_of_a_dict_that_is_written, dict_with_two_names, record_before_a_break,
    object_of_an_earlier_trip, object_with_two_names, empty_before_a_break, options_of_a_branch,
    terms_of_two_returns,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_kept(f):
    check(f, (X, C))
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", [dict_before_a_break, dict_that_later_trips_write, record_before_a_break])
def test_kept_in_other_places(f):
    for variant in places(f):
        check(variant, (X, C), pullbacks=False, probes=1)


def test_the_keys_are_names_of_the_text():
    transform = s2sad.value_and_grad(dict_of_a_while_loop, (0, 1))
    transform(X, C)
    assert "            y = y_1\n" in transform.source and "{" not in transform.source
