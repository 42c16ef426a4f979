"""Results that are dicts with computed keys, objects and lists of these: values, pullbacks and tangents."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import s2sad
from support import check_vjp

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])
Pt = namedtuple("Pt", "a b")


@dataclass
class Fit:
    w: np.ndarray
    loss: float
    name: str = "fit"
class Model:
    def __init__(self, w):
        self.w = w*2
        self.log = []
    def step(self, c):
        self.log.append(np.sum(self.w*c))
        self.w = self.w*c

def table(x, c):
    return {i: x[i]*c[i] for i in range(len(x))}

def table_str(x, c):
    d = {}
    for i in range(len(x)):
        d[f"k{i}"] = x*c[i]
    return d

def dd(x, c):
    d = defaultdict(float)
    for i in range(5):
        d[i % 3] += x[i % 3]*c[0]
    return d

def dd_list(x, c):
    d = defaultdict(list)
    for i in range(5):
        d[i % 2].append(x[i % 3]*c[0])
    return dict(d)

def nested(x, c):
    d = {}
    for i in range(3):
        d[i] = {}
        for j in range(len(x)):
            d[i][j] = x[i]*c[j]
    return d

def nested_dd(x, c):
    d = defaultdict(lambda: defaultdict(float))
    for i in range(4):
        for j in range(len(x)):
            d[i % 2][j] += x[i % 3]*c[j]
    return d

def in_tuple(x, c):
    d = {}
    for i in range(len(x)):
        d[i] = x[i]
    return np.sum(x), d, [1, 2]

def in_dict(x, c):
    d = {}
    for i in range(len(x)):
        d[i] = x[i]
    return {"a": x*2, "d": d, "n": 3, "s": "txt", "z": None}

def dataclass_(x, c):
    return Fit(x*c, np.sum(x))

def model(x, c):
    m = Model(x)
    for _ in range(2):
        m.step(c)
    return m.w, m.log

def namedtuple_(x, c):
    return Pt(x*c, Pt(np.sum(x), 2.0))

def list_of_dicts(x, c):
    rows = []
    for i in range(len(x)):
        rows.append({"i": i, "v": x[i]*c[i], "n": f"r{i}"})
    return rows

def list_of_dc(x, c):
    return [Fit(v*c, v*v) for v in x]

def list_of_nt(x, c):
    return [Pt(v*w, w) for v, w in zip(x, c)]

def list_of_written(x, c):
    rows = [{"v": v, "w": w} for v, w in zip(x, c)]
    for r in rows:
        r["v"] = r["v"]*r["w"]
    return rows, rows[0]

def dict_of_rows(x, c):
    acc = {}
    for i in range(4):
        acc.setdefault(i % 2, {"n": 0, "s": 0.0})
        acc[i % 2]["n"] += 1
        acc[i % 2]["s"] += x[i % 3]*c[0]
    return acc

def long_tuple(x, c):
    t = ()
    for v in x:
        t = t + (v*c[0],)
    return t

def deque_(x, c):
    q = deque(maxlen=2)
    for v in x:
        q.append(v*c[0])
    return q

def list_of_tuples(x, c):
    return [(i, v*w) for i, (v, w) in enumerate(zip(x, c))]

def nested_in_list(x, c):
    return [{"p": {"a": v, "b": (w, v*w)}, "k": i} for i, (v, w) in enumerate(zip(x, c))]

def tree_known(x, c):
    d = {"a": {"u": x[0]}, "b": [x[1], {"q": c}]}
    d["a"]["u"] = d["a"]["u"]*2
    return d

def counter(x, c):
    d = Counter()
    for i in range(5):
        d[i % 2] += x[i % 3]
    return d

def ordered(x, c):
    d = OrderedDict()
    for i in range(3):
        d[f"k{2 - i}"] = x[i]*c[i]
    return d


RESULTS = [
    table, table_str, dd, dd_list, nested, nested_dd, in_tuple, in_dict, dataclass_, model, namedtuple_,
    list_of_dicts, list_of_dc, list_of_nt, list_of_written, dict_of_rows, long_tuple, list_of_tuples,
    nested_in_list, tree_known, counter,
]


@pytest.mark.parametrize("f", RESULTS)
def test_result(f):
    """vjp and jvp: the value, the pullback and the tangent have the structure of the function's result."""
    check_vjp(f, (X, C))


@pytest.mark.parametrize("f", [deque_, ordered])
def test_other_containers(f):
    out, pullback = s2sad.vjp(f, X, C)
    expected = f(X, C)
    assert list(out) == list(expected)
    one = dict.fromkeys(expected, 1.0) if isinstance(expected, dict) else [1.0]*len(expected)
    v = np.array([0.2, -0.4, 0.7])
    _, dot = s2sad.jvp(f, (X, C), (v, None))
    total = sum(dot.values()) if isinstance(dot, dict) else sum(dot)
    assert total == pytest.approx(pullback(one)[0] @ v, abs=1e-12)


def test_jacobians():
    jacobian = s2sad.jacrev(table)(X, C)
    assert list(jacobian) == [0, 1, 2]
    np.testing.assert_array_equal(np.stack(list(jacobian.values())), np.diag(C))
    np.testing.assert_array_equal(s2sad.jacfwd(table_str)(X, C)["k1"], 0.9*np.eye(3))
    assert isinstance(s2sad.jacrev(list_of_dc)(X, C)[0], Fit)


def with_history(x, c):
    log = []
    d = {}
    for i in range(3):
        log.append({"it": i, "v": x[i]})
        d[f"k{i}"] = x[i]*c[i]
    return np.sum(x*c), {"log": log, "d": d, "fit": Fit(x*2, 1.0)}


def test_what_comes_besides():
    value, aux = with_history(X, C)
    for found in (
        s2sad.value_and_grad(with_history, has_aux=True)(X, C)[0],
        (value, s2sad.grad(with_history, has_aux=True)(X, C)[1]),
        s2sad.vjp(with_history, X, C, has_aux=True)[::2],
        s2sad.jvp(with_history, (X, C), (X, None), has_aux=True)[::2],
    ):
        assert found[0] == value
        assert found[1]["log"] == aux["log"] and found[1]["d"] == aux["d"]
        np.testing.assert_array_equal(found[1]["fit"].w, aux["fit"].w)


@pytest.mark.parametrize(
    "f, ct, said",
    [
        (table, {0: 1.0, 1: 2.0}, "a dict with the keys 0, 1, 2"),
        (dataclass_, 3.0, "a Fit"),
        (list_of_dicts, [], "a list of 3 elements"),
        (namedtuple_, (1.0, 2.0, 3.0), "a sequence of 2 elements"),
        (tree_known, {"a": 1.0}, "the result's keys"),
    ],
)
def test_a_cotangent_of_another_structure(f, ct, said):
    _, pullback = s2sad.vjp(f, X, C)
    with pytest.raises(ValueError, match=said):
        pullback(ct)


def of_a_pullback(x, c):
    value, _ = s2sad.vjp(table, x, c)
    return value[0]*2


def test_inside_of_another_function_it_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="which returns an object or a computed dict; return numbers"):
        s2sad.grad(of_a_pullback)(X, C)
