"""Elementwise chains over operands of any lengths: what was broadcast at run time is summed, wherever that is done."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from again import check_second_order

from support import check, load

SHAPES = ((3,), (1,), (4, 3), (4, 1), (1, 3), (1, 1))
UNARY = ("np.sin({0})", "-{0}", "{0}**2", "np.exp(-{0}*{0})", "2.0*{0}", "np.maximum({0}, 0.1)", "np.abs({0})")
BINARY = (
    "{0} + {1}", "{0} - {1}", "{0}*{1}", "{0}*{1}", "{0}/(2.0 + {1}*{1})", "np.where({0} > 0.2, {0}, {1})",
    "np.minimum({0}, {1})", "{0}*{1}*{0}",
)  # fmt: skip


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.15:
        name = rng.choice("abc")
        return rng.choice([name, name, f"{name}[:n]", f"{name}[m:]", f"{name}.T.T"])
    if rng.random() < 0.3:
        return rng.choice(UNARY).format(f"({expression(rng, depth - 1)})")
    parts = (f"({expression(rng, depth - 1)})" for _ in range(2))
    return rng.choice(BINARY).format(*parts)


def program(rng: random.Random) -> str:
    lines = ["import numpy as np", "def f(a, b, c, n, m):", "    y = np.zeros((4, 3)) + 0.1"]
    lines.append(f"    p = {expression(rng, 3)}")
    if rng.random() < 0.6:
        lines += ["    for i in range(2):", f"        q = {expression(rng, 3)}"]
        lines.append(f"        y[:n] {rng.choice(['', '+', '-', '*'])}= {rng.choice(['q', 'q*p', 'p - q', '0.5*y[:n] + q'])}")
    return "\n".join([*lines, f"    return np.sum(np.sin({rng.choice(['p*y', 'p + y', 'y - p*p'])}))", ""])


@pytest.mark.parametrize("batch", range(10))
def test_chain_of_unequal_lengths(batch: int, tmp_path: Path) -> None:
    for seed in range(6*batch, 6*batch + 6):
        rng = random.Random(seed)
        text = program(rng)
        data = np.random.default_rng(seed)
        args = [data.uniform(0.3, 1.5, rng.choice(SHAPES)) for _ in "abc"]
        f = load(text, tmp_path).f
        n, m = rng.choice([(4, 0), (1, 0), (3, 1), (2, 2)])
        try:
            with np.errstate(all="ignore"):
                f(*(a.copy() for a in args), n, m)
        except (ValueError, IndexError):
            continue  # lengths that do not fit
        check(f, (*args, n, m))


def cut_in_each_trip(x, n):
    for i in range(n):
        v = x[i:]
    return np.sum(np.sin(v))*np.sum(x*x)


def cut_and_computed_with(x, n):
    for i in range(n):
        v = x[i:]*2.0
        w = v[:-1]*v[1:] if i else v
    return np.sum(np.sin(v))*np.sum(w)


def cut_in_some_trips(x, n):
    for i in range(n):
        if i != 1:
            v = x[i:]*x[0]
    return np.sum(np.sin(v))*np.sum(x*x)


def written_in_place(x, n):
    for i in range(n):
        v = x[i:].copy()
        v[0] *= x[1]
        v[1:] += v[:-1]
    return np.sum(np.sin(v))*np.sum(x)


def halved(x, n):
    q = x
    while q.size > n:
        q = q[::2] + q[1::2]
        h = q*q
    return np.sum(np.sin(h))*q[0]


class Box:
    pass


def kept_in_an_object(x, n):
    box = Box()
    for i in range(n):
        box.v = x[i:]*2.0
    return np.sum(np.sin(box.v))*np.sum(x*x)


def in_nested_loops(x, n):
    for i in range(n):
        for j in range(i + 1):
            v = x[j:]*2.0
            w = v[:-1]*v[1:] if j else v
    return np.sum(np.sin(v))*np.sum(w)


def in_a_callee(x, n):
    for i in range(n):
        v = cut_in_each_trip(x, i + 1)*x[i:]
    return np.sum(v)*x[0]


def unbound_on_a_path_behind(x, n):
    y, i = x, 0
    while i < n:
        z = y[:-1]*y[1:]
        y, i = z, i + 1
    z = y*2.0 if i == 0 else z[::-1]*x[: z.size]
    return np.sum(z)*np.sum(y)


def test_a_name_that_no_trip_bound_and_no_path_reads():
    """Its cotangent is 0.0 on one path and an array on the other, and was copied as an array."""
    for n in (0, 1, 2):
        check(unbound_on_a_path_behind, (np.array([0.3, 0.7, -0.4, 0.5]), n))
        check_second_order(unbound_on_a_path_behind, (np.array([0.3, 0.7, -0.4, 0.5]), n), (0,))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize(
    "f",
    [
        cut_in_each_trip, cut_and_computed_with, cut_in_some_trips, written_in_place, halved, kept_in_an_object,
        in_nested_loops, in_a_callee,
    ],
)  # fmt: skip
def test_what_a_trip_leaves_has_its_own_length(f, n):
    """Zeros for what an earlier trip left were made in the shape of what the last one left."""
    check(f, (np.array([0.3, 0.7, -0.4, 0.5]), n))
