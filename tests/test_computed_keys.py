"""Dicts whose keys are computed: filled in loops and by comprehensions, read, changed and iterated."""

from __future__ import annotations

import functools
from collections import defaultdict

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
G = {"u": np.array([1.0, 2.0, 3.0])}


def add_to(d, k, v):
    d[k] = d.get(k, 0.0) + v


def squares_by_place(x, c):
    d = {i: v**2 for i, v in enumerate(x)}
    return d[0]*c[1] + d[2] + sum(d.values())


def loop_and_items(x, c):
    d = {}
    for k in range(len(x)):
        d[k] = x[k]*c[k]
    s = 0.0
    for k, v in d.items():
        s = s + k*v*v
    return s


def overwritten(x, c):
    d = {}
    for k in range(len(x)):
        if k in d:
            d[k] = d[k]*2
        else:
            d[k % 2] = x[k]
    return d[0]*d[1] + len(d)


def get_and_add(x, c):
    d = {}
    for k in range(len(x)):
        d[k % 2] = d.get(k % 2, 0.0) + x[k]*c[k]
    return d[0]*d[1]


def memo(x, c):
    memo = {}
    def fib(n):
        if n not in memo:
            memo[n] = x[n % 3]*c[n % 3]
        return memo[n]
    return fib(0) + fib(1)*fib(0)


def pairs_as_keys(x, c):
    d = {}
    for i in range(3):
        for j in range(3):
            d[i, j] = x[i]*c[j]
    return d[0, 1] + d[2, 2]*d[1, 0]


def lists_in_a_dict(x, c):
    d = {i: [] for i in range(2)}
    for k in range(len(x)):
        d[k % 2].append(x[k]*c[k])
    return sum(d[0])*sum(d[1])


def setdefault_append(x, c):
    d = {}
    for k in range(len(x)):
        d.setdefault(k % 2, []).append(x[k])
    return sum(v*v for vs in d.values() for v in vs)


def strings_as_keys(x, c):
    d = {f"w{i}": x*c[i] for i in range(len(x))}
    return np.sum(d["w0"]*d["w1"]) + np.sum(d["w2"])


def written_strings(x, c):
    d = {}
    for i in range(len(x)):
        d[f"w{i}"] = np.sin(x*c[i])
    t = 0.0
    for i in range(len(x)):
        t = t + np.sum(d[f"w{i}"]**2)
    return t


def dict_of_zip(x, c):
    d = dict(zip(range(len(x)), x))
    return sum(v*c[k] for k, v in d.items())


def dict_of_pairs(x, c):
    d = dict((i, v*v) for i, v in enumerate(x))  # noqa: C402 - the call is what is tested
    return d[0]*d[1]


def chosen_keys(x, c):
    d = {i: v for i, v in enumerate(x) if c[i] > 0.6}
    return sum(d.values())*len(d)


def one_from_another(x, c):
    d = {i: v for i, v in enumerate(x)}
    e = {k: v*c[k] for k, v in d.items()}
    return sum(e[k]*d[k] for k in d)


def popped(x, c):
    d = {}
    for k in range(len(x)):
        d[k] = x[k]
    v = d.pop(1)
    return v*c[0] + sum(d.values())**2


def deleted(x, c):
    d = {}
    for k in range(len(x)):
        d[k] = x[k]
    del d[0]
    return sum(k*v for k, v in d.items())*c[0]


def updated(x, c):
    d = {}
    for k in range(len(x)):
        d[k] = x[k]
    d.update({k + 1: c[k] for k in range(len(c))})
    return d[0]*d[1] + d[3]


def keys_by_branch(x, c):
    best = {}
    for k in range(len(x)):
        key = "a" if x[k] > 0.5 else "b"
        if key not in best or best[key] < x[k]:
            best[key] = x[k]*c[k]
    return best["a"]*best["b"]


def slices_as_values(x, c):
    d = {}
    for k in range(len(x)):
        d[k] = x[k:]*c[k]
    return sum(np.sum(v) for v in d.values())


def arrays_added_to(x, c):
    d = {k: np.zeros(3) for k in range(2)}
    for k in range(4):
        d[k % 2] += x*c*k
    return np.sum(d[0]*d[1])


def elements_of_arrays(x, c):
    d = {k: np.zeros(3) for k in range(2)}
    for k in range(4):
        d[k % 2][k % 3] += x[k % 3]*c[1]
    return np.sum(d[0]*d[1]) + np.sum(d[0])


def graph(x, c):
    graph = {0: [1, 2], 1: [2], 2: []}
    val = {0: x[0]}
    for n in (0, 1):
        for m in graph[n]:
            val[m] = val.get(m, 0.0) + val[n]*c[m]
    return val[2]*val[1]


def letters(x, c):
    d = {}
    for i, name in enumerate("abcab"):
        d[name] = d[name] + x[i % 3] if name in d else c[i % 3]
    return d["a"]*d["b"]*d["c"]


def largest_value(x, c):
    d = {i: x[i] for i in range(len(x))}
    k = max(d, key=d.get)
    return d[k]*c[0]


def sorted_items(x, c):
    d = {i: x[i] for i in range(len(x))}
    return sum(v for _, v in sorted(d.items(), key=lambda kv: kv[1])[:2])*c[0]


def records(x, c):
    d = {i: {"a": x[i], "b": c[i]} for i in range(len(x))}
    return sum(e["a"]*e["b"]**2 for e in d.values())


def tuples_as_values(x, c):
    d = {}
    for i in range(len(x)):
        d[i] = (x[i], c[i])
    s = 0.0
    for k, (a, b) in d.items():
        s = s + k*a*b
    return s


def spread_into_a_display(x, c):
    d = {i: x[i] for i in range(len(x))}
    e = {**d, 7: c[0]}
    return e[7]*e[1] + len(e)


def united(x, c):
    d = {i: x[i] for i in range(len(x))}
    e = d | {7: c[0]}
    d[0] = c[2]
    return e[7]*e[0]*d[0]


def array_of_values(x, c):
    d = {i: x[i] for i in range(len(x))}
    vals = np.array(list(d.values()))
    return np.sum(vals*c) + vals[0]


def filled_while(x, c):
    d = {}
    n = 0
    while n < 3:
        d[n] = x[n]*c[n]
        n += 1
    keys = list(d.keys())
    return d[keys[0]]*d[keys[-1]]


def keys_of_a_range(x, c):
    d = dict.fromkeys(range(3), 0.0)
    for i in range(3):
        d[i] += x[i]*c[i]
    return d[0]*d[1]*d[2]


def cleared(x, c):
    d = {i: x[i] for i in range(3)}
    d.clear()
    d[5] = c[0]
    return sum(d.values())*x[0]


def popitem(x, c):
    d = {i: x[i] for i in range(3)}
    k, v = d.popitem()
    return v*k*c[0] + sum(d.values())


def default_of_get(x, c):
    d = {i: x[i] for i in range(3)}
    s = 0.0
    for i in range(5):
        s += d.get(i, c[0])*i
    return s


def missing_key_caught(x, c):
    d = {i: x[i] for i in range(3)}
    s = 0.0
    for i in range(5):
        try:
            s += d[i]*i
        except KeyError:
            s += c[0]
    return s


def reduced_values(x, c):
    d = {i: x[i] for i in range(3)}
    return functools.reduce(lambda a, b: a*b, d.values(), 1.0)*c[0]


def cache(x, c):
    cache = {}
    y = 1.0
    for i in [0, 1, 0, 2, 1]:
        if i not in cache:
            cache[i] = np.exp(x[i]*c[i])
        y = y*cache[i]
    return y


def key_on_one_path(x, c):
    d = {"a": x[0]}
    if np.sum(c) > 0:
        d["b"] = c[0]
    return sum(d.values())*d.get("b", 1.0)


def rebound(x, c):
    d = {}
    for i in range(len(x)):
        d = {**d, i: x[i]*c[i]}
    return d[0]*d[2] + len(d)


def growing_beside_a_key(x, c):
    d = {}
    d["s"] = 0.0
    for i, v in enumerate(x):
        d["s"] += v
        d[f"x{i}"] = v*d["s"]
    return d["x1"]*d["s"] + d["x0"]*c[0]


def filled_by_a_callee(x, c):
    d = {}
    for i, v in enumerate(x):
        add_to(d, i % 2, v*c[i])
    return d[0]*d[1]


def two_names(x, c):
    d = {}
    e = d
    for i, v in enumerate(x):
        e[i] = v
    d[0] = c[0]
    return e[0]*d[1]


def made_by_a_closure(x, c):
    def make():
        d = {}
        for i, v in enumerate(x):
            d[i] = v*2
        return d
    d = make()
    e = make()
    e[0] = c[0]
    return d[0]*e[0] + e[1]


def keys_of_strings_and_numbers(x, c):
    d = {}
    for i, v in enumerate(x):
        for key in ("sum", "sq"):
            d[key, i] = v if key == "sum" else v*v
    return sum(v for (key, i), v in d.items() if key == "sq")*d["sum", 0]


def means_of_groups(x, c):
    groups = defaultdict(list)
    labels = ["a", "b", "a"]
    for lab, v in zip(labels, x):
        groups[lab].append(v)
    means = {k: sum(vs)/len(vs) for k, vs in groups.items()}
    return means["a"]*means["b"]*c[0]


def zipped_keys(x, c):
    d = {k: v for k, v in zip(range(3), x)}
    return sum(v*w for v, w in zip(d.values(), c)) + max(d.values()) + min(d.keys())


def popped_in_a_loop(x, c):
    d = {}
    for i, v in enumerate(x):
        d[i] = v
    total = 0.0
    for k in list(d):
        if k % 2:
            total += d.pop(k)
    return total*sum(d.values())*c[0]


def stacked(x, c):
    d = {}
    for i, v in enumerate(x):
        d[i] = np.array([v, c[i]])
    m = np.stack(list(d.values()))
    return np.sum(m @ m.T)


def list_under_a_key(x, c):
    d = {}
    for i in range(len(x)):
        d.setdefault("k", []).append(x[i]*c[i])
    return np.sum(np.array(d["k"])**2)


def put_in_order(x, c):
    d = {i: v for i, v in enumerate(x)}
    d = dict(sorted(d.items(), key=lambda kv: -kv[1]))
    return sum((n + 1)*v for n, v in enumerate(d.values()))*c[0]


def updated_by_a_comprehension(x, c):
    d = dict(a=x[0])  # noqa: C408 - the call is what is tested
    d.update({f"k{i}": v for i, v in enumerate(c)})
    return d["a"]*d["k1"] if "k2" in d else 0.0


def joined_in_place(x, c):
    d = {"a": x, "b": c}
    e = {"b": x*c}
    d2 = d
    d |= e
    return np.sum(d2["b"]*d["a"])


def joined_with_outside(x, c):
    e = G | {"v": x} | G
    return np.sum(e["u"]*e["v"])


def joined_for_one_use(x, c):
    d = {"a": x}
    return np.sum((d | {"a": c})["a"]*d["a"])


def keys_in_another_order(x, c):
    rows = []
    for i in range(len(x)):
        if i % 2:
            rows.append({"a": x[i], "b": c[i]})
        else:
            rows.append({"b": x[i], "a": c[i]})
    return sum(r["a"]**2*r["b"] for r in rows)


DICTS = [
    squares_by_place, loop_and_items, overwritten, get_and_add, memo, pairs_as_keys, lists_in_a_dict,
    setdefault_append, strings_as_keys, written_strings, dict_of_zip, dict_of_pairs, chosen_keys,
    one_from_another, popped, deleted, updated, keys_by_branch, slices_as_values, arrays_added_to,
    elements_of_arrays, graph, letters, largest_value, sorted_items, records, tuples_as_values,
    spread_into_a_display, united, array_of_values, filled_while, keys_of_a_range, cleared, popitem,
    default_of_get, missing_key_caught, reduced_values, cache, key_on_one_path, rebound,
    growing_beside_a_key, filled_by_a_callee, two_names, made_by_a_closure, keys_of_strings_and_numbers,
    means_of_groups, zipped_keys, popped_in_a_loop, stacked, list_under_a_key, put_in_order,
    updated_by_a_comprehension, joined_in_place, joined_with_outside, joined_for_one_use,
    keys_in_another_order,
]
PLACED = [
    squares_by_place, loop_and_items, overwritten, lists_in_a_dict, deleted, arrays_added_to,
    rebound, popped_in_a_loop, key_on_one_path,
]


@pytest.mark.parametrize("f", DICTS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch, in a callee, and differentiated twice."""
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)


def unknown_key(x, c):
    d = {i: v for i, v in enumerate(x)}
    return d[7]*c[0]


def nothing_left(x, c):
    d = {}
    for i in range(len(x)):
        d[i] = x[i]
    for _ in range(4):
        d.popitem()
    return c[0]


@pytest.mark.parametrize("f", [unknown_key, nothing_left])
def test_the_same_error(f):
    """A key that is not there raises what the dict would have raised."""
    with pytest.raises(KeyError) as expected:
        f(X, C)
    with pytest.raises(KeyError) as caught:
        s2sad.grad(f)(X, C)
    assert caught.value.args == expected.value.args


def as_an_array(x):
    return np.sum(np.array({i: v for i, v in enumerate(x)}))


def test_a_whole_dict_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="a dict with computed keys or elements is used as a whole"):
        s2sad.vjp(as_an_array, X)


def rows_of_other_keys(x):
    rows = []
    for i in range(len(x)):
        rows.append({"a": x[i]} if i % 2 else {"b": x[i]})
    return sum(r["a"] for r in rows if "a" in r)


def test_dicts_of_other_keys_are_no_rows():
    """They were taken for rows of the first dict's keys, so that `r["a"]` was what stands under "b"."""
    check(rows_of_other_keys, (X,))


def test_arithmetic_on_dicts_is_refused():
    """`{"u": x} | {"v": c}` was left as an operator of which no cotangent came back."""
    with pytest.raises(s2sad.UnsupportedError, match="mul of a dict; use its values"):
        s2sad.vjp(lambda p: p*2, {"a": X})


def cells_of_a_grid(p, w):
    cells, seen = defaultdict(list), {}
    for k, q in enumerate(p):
        key = tuple((q//1.0).astype(int))
        cells[key].append(k)
        seen[key] = seen.get(key, 0.0) + w[k]*q[0]
    s = sum(v*v for v in seen.values())
    for (a, b), inside in cells.items():
        for k in inside:
            for j in cells.get((a + 1, b), []):
                s += w[k]*w[j]*np.sum((p[k] - p[j])**2)
    return s


def test_an_array_of_whole_numbers_is_a_key():
    """`tuple(a)` of an array whose length is not known was a list."""
    check(cells_of_a_grid, (np.array([[0.3, 0.4], [1.2, 0.6], [0.7, 0.9], [1.4, 0.2]]), np.array([0.5, 0.7, 1.1, 0.4])))
