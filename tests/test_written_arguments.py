"""Arguments that hold lists of arrays, which the function writes to: the gradient is that of what the caller passed."""

from __future__ import annotations

import dataclasses
from collections import namedtuple

import numpy as np
import pytest
from places import twice

import s2sad
from support import check

A, B = np.array([1.3, 0.7]), np.array([0.8, 1.2])


@dataclasses.dataclass
class Layer:
    ws: list
    b: object


Pair = namedtuple("Pair", "a b")


def scaled(v, k):
    v[0] *= k


# ----------------------------------------------------------------------------- lists of lists of arrays


def one_array(xs):
    xs[0][0] *= 2
    return np.sum(xs[0][0]*xs[1][0])


def by_name(xs):
    row = xs[0]
    x, z = row[0], xs[1][0]
    row[0] -= z
    return np.sum(row[0]*x)


def in_callee(xs):
    scaled(xs[0], xs[1][0])
    return np.sum(xs[0][0]*xs[1][0])


def in_loops(xs):
    for row in xs:
        for v in row:
            v *= v
    return sum(np.sum(v*v) for row in xs for v in row)


def in_branch(xs):
    if np.sum(xs[0][0]) > 0:
        xs[0][0] *= xs[1][0]
    else:
        xs[1][0] *= 2
    return np.sum(xs[0][0]*xs[1][0])


def longer_row(xs):
    xs[0].append(xs[1][0])
    xs[0][0] *= 2
    return np.sum(xs[0][0]*xs[0][1]*xs[1][0])


def shorter_row(xs):
    del xs[1][0]
    xs[0][0] *= 2
    return np.sum(xs[0][0]**2)


def longer_list(xs):
    xs.append([xs[0][0]*3])
    for row in xs:
        for v in row:
            v += 1
    return sum(np.sum(v*v) for row in xs for v in row)


def swapped_rows(xs):
    xs[0], xs[1] = xs[1], xs[0]
    xs[0][0] *= xs[1][0]
    return np.sum(xs[0][0]*xs[1][0])


def new_row(xs):
    xs[0] = [xs[1][0]]
    xs[0][0] *= 2.0
    return np.sum(xs[0][0]*xs[1][0])


def taken_row(xs):
    row = xs.pop(0)
    xs[0].append(row[0])
    for v in xs[0]:
        v *= 1.5
    return np.sum(xs[0][0]*xs[0][1])


ROWS = (
    one_array, by_name, in_callee, in_loops, in_branch, longer_row, shorter_row, longer_list, swapped_rows, new_row,
    taken_row,
)  # fmt: skip


def second_orders_agree(fun, x, v):
    """hvp against differences of gradients, and the reverse sweep of the gradient against hvp."""
    gradient = s2sad.grad(fun)
    step = 1e-6
    ahead, behind = gradient(shifted(x, v, step)), gradient(shifted(x, v, -step))
    expected = (leaves_of(ahead) - leaves_of(behind))/(2*step)
    forward = leaves_of(s2sad.hvp(fun)(x, v))
    np.testing.assert_allclose(forward, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(leaves_of(s2sad.vjp(gradient, x)[1](v)[0]), forward, rtol=1e-10, atol=1e-10)


def shifted(x, v, step):
    if isinstance(x, dict):
        return {k: shifted(x[k], v[k], step) for k in x}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(shifted(a, b, step) for a, b in zip(x, v)))
    if isinstance(x, list | tuple):
        return type(x)(shifted(a, b, step) for a, b in zip(x, v))
    return x + step*v


def leaves_of(x):
    parts = x.values() if isinstance(x, dict) else x
    return np.concatenate([leaves_of(p) if isinstance(p, list | tuple | dict) else np.ravel(p) for p in parts])


@pytest.mark.parametrize("fun", ROWS, ids=lambda f: f.__name__)
def test_rows_of_arrays(fun):
    check(fun, ([[A], [B]],))
    second_orders_agree(fun, [[A], [B]], [[B], [-A]])


def test_rows_of_arrays_of_rank_0():
    check(longer_row, ([[np.array(1.3)], [np.array(0.7)]],))


def three_deep(xs):
    xs[0][0].append(xs[1][0][0])
    xs[0][0][0] *= 2
    return np.sum(xs[0][0][0]*xs[1][0][0]*xs[0][0][1])


def test_three_lists_in_one_another():
    check(three_deep, ([[[A]], [[B]]],))
    second_orders_agree(three_deep, [[[A]], [[B]]], [[[B]], [[-A]]])


# ---------------------------------------------------------------------- lists in dicts, tuples and classes


def list_in_dict(d):
    d["a"][0] *= 2
    return np.sum(d["a"][0]*d["b"][0])


def lists_in_dict(d):
    for key in d:
        for v in d[key]:
            v *= v
    d["a"].append(d["b"][0])
    return np.sum(d["a"][0]*d["b"][0]*d["a"][1])


def another_entry(d):
    row = d["a"]
    row[0] += d["b"][0]
    d["c"] = row
    return np.sum(d["a"][0]*d["c"][0])


@pytest.mark.parametrize("fun", (list_in_dict, lists_in_dict, another_entry), ids=lambda f: f.__name__)
def test_lists_in_a_dict(fun):
    check(fun, ({"a": [A], "b": [B]},))
    second_orders_agree(fun, {"a": [A], "b": [B]}, {"a": [B], "b": [-A]})


def lists_in_tuple(t):
    a, b = t
    a.append(b[0])
    a[0] *= b[0]
    return np.sum(a[0]*b[0]*a[1])


def rows_in_dict(d):
    d["x"][0][0] *= 2
    return np.sum(d["x"][0][0]*d["x"][1][0])


def fields(p):
    p.a[0] *= p.b[0]
    return np.sum(p.a[0]*p.b[0])


@pytest.mark.parametrize(
    ("fun", "make"),
    [
        (lists_in_tuple, lambda a, b: ([a], [b])),
        (rows_in_dict, lambda a, b: {"x": [[a], [b]]}),
        (fields, lambda a, b: Pair([a], [b])),
    ],
    ids=["tuple", "rows", "namedtuple"],
)
def test_lists_in_other_containers(fun, make):
    check(fun, (make(A, B),))
    second_orders_agree(fun, make(A, B), make(B, -A))


def of_layer(p):
    p.ws[0] *= p.b
    return np.sum(p.ws[0]*p.b)


def longer_layer(p):
    p.ws.append(p.b*2)
    p.ws[1] *= p.ws[0]
    return np.sum(p.ws[0]*p.b*p.ws[1])


def of_layers(ps):
    for p in ps:
        p.ws[0] *= p.b
    return np.sum(ps[0].ws[0]*ps[0].b)


def test_lists_in_dataclasses():
    check(of_layer, (Layer([A], B),))
    check(longer_layer, (Layer([A], B),))
    check(of_layers, ([Layer([A], B)],))


def numbers_in_tuple(xs):
    ws, k = xs[0]
    ws[0] *= k
    return ws[0]*k


def longer_in_tuple(xs):
    for ws, k in xs:
        ws.append(k*2)
    return xs[0][0][0]*xs[0][0][1]


def test_lists_of_numbers_in_tuples_in_a_list():
    check(numbers_in_tuple, ([([1.3], 0.7)],))
    with pytest.raises(s2sad.UnsupportedError, match="in a list of the caller's changes its length"):
        s2sad.grad(longer_in_tuple)([([1.3], 0.7)])


# ------------------------------------------------------------------ what the reverse sweep of a reverse sweep lost


def array_in_list(xs):
    xs[0] *= 2
    return np.sum(xs[0]*xs[1]*xs[1])


def squares(xs):
    for v in xs:
        v *= v
    return sum(np.sum(v*v*v) for v in xs)


def unpacked(xs):
    a, b = xs
    a *= b
    return np.sum(a*b)


@pytest.mark.parametrize("fun", (array_in_list, squares, unpacked), ids=lambda f: f.__name__)
def test_gradients_of_written_lists_are_differentiated_by_reverse_mode(fun):
    check(fun, ([A, B],))
    second_orders_agree(fun, [A, B], [B, -A])


def numbers_in_dict(d):
    d["a"].append(d["a"][0]*2)
    d["a"][0] = d["b"][0]*d["a"][1]
    return d["a"][0]*d["a"][1]*d["b"][0]


def test_lists_of_numbers_in_a_dict_twice():
    x, v = {"a": [1.3], "b": [0.7]}, {"a": [0.4], "b": [-0.6]}
    check(numbers_in_dict, (x,))
    second_orders_agree(numbers_in_dict, x, v)


def summed(xs):
    x, z = xs
    xs.append(x)
    u = xs.pop()
    u += x
    xs.append(x*1.1)
    return np.sum(sum(xs)*z)


def test_an_array_that_leaves_a_list_of_arrays_and_numbers():
    check(summed, ([np.array(1.3), np.array(0.7)],))


def minus_itself(x):
    y = [x, x*x]
    y[0] -= y[0]
    for v in y:
        v -= 0.9
    return np.sum(np.stack([np.asarray(v) for v in y])**2)


def test_a_question_within_the_same_question():
    x = np.array(0.8)
    check(minus_itself, (x,))
    assert np.allclose(s2sad.hvp(minus_itself)(x, x), s2sad.vjp(s2sad.grad(minus_itself), x)[1](x)[0])


def in_two_arrays(xs, c):
    xs[0][0] = 5.0*xs[1][1]
    for _ in range(2):
        xs = [v*c for v in xs]
    return np.sum(xs[1]**2)*np.sum(xs[0])


def in_a_dict(v, p):
    p["w"][0] = v[1]*2.0
    v[1] = p["b"]
    return np.sum(p["w"]*v)


def of_containers(x, c):
    total, shared = 0.0, x*c
    for k in range(2):
        first, second = s2sad.grad(in_two_arrays, (0, 1))([x*1.5, shared], c)
        total += np.sum(first[0]*second)*(k + 1) + np.sum(first[1])
    if total > 0.0:
        total += np.sum(s2sad.grad(in_a_dict, 1)(x, {"w": shared*x, "b": c[0]})["w"]*x)
    return total


def test_derivatives_inside_of_functions_that_write_into_containers():
    check(of_containers, (A, B), probes=1)
    check(twice(of_containers), (A, B), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("given", [
    lambda x, c: (in_two_arrays, [x, x], c), lambda x, c: (in_two_arrays, [x*c, x], x),
    lambda x, c: (in_a_dict, x, {"w": x, "b": c[0]}),
])  # fmt: skip
def test_what_is_written_there_shares_no_memory(given):
    """The first gave a number, which was that of two arrays."""
    def f(x, c):
        fun, *args = given(x, c)
        slope = s2sad.grad(fun)(*args)
        return np.sum(slope[0])

    with pytest.raises(AssertionError, match="gets arrays that share storage"):
        s2sad.grad(f)(A, B)
