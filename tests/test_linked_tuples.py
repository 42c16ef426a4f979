"""Tuples and dicts that hold others like them, as deep as the program decides: lists, stacks and trees."""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.5, 0.7, 1.3])
C = np.array([1.2, 0.3, 0.8])


def linked(x, c):
    t = None
    for v in x:
        t = (v, t)
    s = 0.0
    while t is not None:
        v, t = t
        s = s*c[0] + v*v
    return s


def ended_by_nothing(x, c):
    t = ()
    for i in range(len(x)):
        t = ((x[i], x[i]*c[i]), t)
    s = 0.0
    while t:
        (p, q), t = t
        s = s*1.1 + p*q
    return s


def inserted(t, v):
    if t is None:
        return (v, None, None)
    w, left, right = t
    if v < w:
        return (w, inserted(left, v), right)
    return (w, left, inserted(right, v))


def in_order(t, s, k):
    if t is None:
        return s
    w, left, right = t
    return in_order(right, in_order(left, s, k)*k + w*w, k)


def search_tree(x, c):
    t = None
    for v in x:
        t = inserted(t, v)
    return in_order(t, 0.0, c[0])


def split(points, depth):
    if len(points) == 0:
        return None
    points = points[np.argsort(points[:, depth % 2])]
    m = len(points)//2
    return (points[m], split(points[:m], depth + 1), split(points[m + 1 :], depth + 1))


def nearest(t, q, depth, best):
    if t is None:
        return best
    p, left, right = t
    d = np.sum((p - q)**2)
    if best is None or d < best:
        best = d
    return nearest(left if q[depth % 2] < p[depth % 2] else right, q, depth + 1, best)


def nearest_neighbour(x, c):
    points = np.array([[x[0], c[1]], [x[1]*c[0], x[2]], [c[2], x[0]*x[1]]])
    return nearest(split(points, 0), c[:2], 0, None)


def expression(x, c):
    def build(k):
        if k == 0:
            return ("leaf", x*c, None, None)
        return ("node", x*k, build(k - 1), build(k//2))

    def value(t):
        kind, v, left, right = t
        if kind == "leaf":
            return np.sum(v**2)
        return np.sum(v)*value(left) + value(right)

    return value(build(2))


def written_in_place(x, c, n):
    t = None
    for i in range(n):
        t = (x*(i + 1.0), t)
    first = t
    while t is not None:
        a, t = t
        a *= c
    s = 0.0
    while isinstance(first, tuple) and len(first) == 2:
        s, first = s + np.sum(first[0]**3), first[-1]
    return s


def two_ends(x, c):
    t, seen = None, []
    for v in x:
        t = (v*c[0], t)
        seen.append(t)
    s = sum(n[0]*(1.0 if n[1] is None else n[1][0]) for n in seen)
    for n in ((c[1], t), (c[2], t[1])):
        while n is not None:
            *first, n = n
            s = s*1.1 + first[0]**2
    return s


PROGRAMS = [linked, ended_by_nothing, search_tree, nearest_neighbour, expression, two_ends]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))
    if f is not search_tree:
        check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


def test_arrays_in_them_that_are_written():
    check(written_in_place, (X, C, 3))
    slope = s2sad.grad(written_in_place)
    check(lambda x, c, n: np.sum(slope(x, c, n)*c), (X, C, 3), pullbacks=False, probes=1, text=False)


def test_in_other_places():
    """In a loop, in a branch and in a callee."""
    for program in places(linked):
        check(program, (X, C), pullbacks=False, probes=1, text=False)


def test_text():
    made = s2sad.grad(linked)
    made(X, C)
    assert "node_0.append(v)" in made.source and "node_0_bar[ts[i]] +=" in made.source, made.source


def compared(x, c):
    t = u = None
    for v in x:
        t, u = (v, t), (v, u)
    return x[0]*2 if t == u else x[0]*3


def none_or_empty(x, c):
    t, s = (), 0.0
    for v in x:
        t = (v, t)
    while t is not None and len(c) > 2:
        s, t = s + t[0], t[1]
    return s


def matched(x, c):
    t, s = None, 0.0
    for v in x:
        t = (v, t)
    while t is not None:
        match t:
            case (v, rest):
                s, t = s*c[0] + v*v, rest
    return s


REFUSED = [
    (compared, "22: tuples that hold tuples like them are compared or joined; do so with their elements"),
    (none_or_empty, "11: a tuple that may be \\(\\) is compared with None; ask for its truth"),
    (matched, "18: a tuple that holds others like it is matched; write if and elif"),
]


@pytest.mark.parametrize("f, said", REFUSED)
def test_what_is_more_than_reading_them(f, said):
    with pytest.raises(s2sad.UnsupportedError, match=said):
        s2sad.grad(f)(X, C)


def fitted(x, y, depth):
    if depth == 0 or len(y) < 2:
        return {"value": np.mean(y)}
    m = len(y)//2
    t = 0.5*(x[m - 1] + x[m])
    return {"t": t, "left": fitted(x[:m], y[:m], depth - 1), "right": fitted(x[m:], y[m:], depth - 1)}


def predicted(tree, v):
    if "value" in tree:
        return tree["value"]*v
    w = 1.0/(1.0 + np.exp(tree["t"] - v))
    return (1.0 - w)*predicted(tree["left"], v) + w*predicted(tree["right"], v)


def decision_tree(x, c):
    tree, s = fitted(x, c, 2), 0.0
    for v in x:
        node = tree
        while "value" not in node:
            node = node["left"] if v < node["t"] else node["right"]
        s = s + node["value"]*v
    return s*predicted(tree, c[1])


def formula(x, c):
    def made(k):
        if k == 0:
            return {"op": "var", "v": x}
        if k % 2:
            return {"op": "mul", "a": made(k - 1), "b": made(k//2)}
        return {"op": "sin", "a": made(k - 1)}

    def value(t):
        if t["op"] == "var":
            return t["v"]*c
        if t["op"] == "mul":
            return value(t["a"])*value(t["b"])
        return np.sin(value(t["a"]))

    return np.sum(value(made(2)))


def key_of_another_path(x, c):
    tree = fitted(x, c, 1)
    try:
        return tree["value"]*x[0] if isinstance(tree, dict) else x[1]
    except KeyError:
        return tree["t"]*x[1]


def branching(x, c):
    def grown(v, k):
        return {"v": v, "parts": [grown(v*c[j], k - 1) for j in range(2)] if k > 0 else []}

    def total(t):
        return t["v"]**2 + sum(total(part) for part in t["parts"])

    return total(grown(x[0], 2))


@pytest.mark.parametrize("f", [decision_tree, formula, key_of_another_path, branching])
def test_dicts_that_hold_dicts_with_other_keys(f):
    check(f, (X, C))
    if f not in (decision_tree, branching):
        check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


def equal_dicts(x, c):
    return x[0] if fitted(x, c, 1) == {"value": 2.0} else x[1]


def computed_key(x, c):
    tree, s = fitted(x, c, 1), 0.0
    for k in ("t", "value"):
        s = s + (tree[k] if k in tree else x[1])
    key = "t" if x[0] > c[0] else "value"
    return s*tree[key]


@pytest.mark.parametrize("f, said", [(equal_dicts, "is used as a whole"), (computed_key, "is read at a computed key")])
def test_what_is_more_than_reading_their_keys(f, said):
    with pytest.raises(s2sad.UnsupportedError, match=f"a dict (that has|with) other keys on other paths {said}"):
        s2sad.grad(f)(X, C)


def nested_lists(x, c, n):
    def made(k):
        return [x*c] if k == 0 else [made(k - 1), made(k - 1)]

    def total(t):
        return np.sum(t[0]) if len(t) == 1 else total(t[0]) + 2.0*total(t[1])

    return total(made(n))


def test_lists_as_deep_as_the_program_decides_are_refused():
    with pytest.raises(s2sad.UnsupportedError, match="or objects of a class, as a dataclass"):
        s2sad.grad(nested_lists)(X, C, 3)
