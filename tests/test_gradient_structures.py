"""Gradients have the structure of the argument: None for every leaf that is no float, empty containers empty."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import pytest

import s2sad
from support import check

Pt = namedtuple("Pt", "a b n")


@dataclass
class Rec:
    w: np.ndarray
    k: int
    name: str
    none: object
    inner: object


@dataclass(frozen=True)
class Fr:
    a: float
    t: tuple = ()
A = np.array([.3,.7,1.1])


def f_all(p):
    s = 0.0
    s += np.sum(p["w"]**2)*p["k"] if p["name"] == "x" else 0.0
    for q in p["list"]:
        s += q*q
    s += p["tup"][0]*p["tup"][1][0]
    if p["none"] is None:
        s += p["pt"].a*p["pt"].b[0]
    return s + len(p["empty"]) + len(p["e2"]) + p["nest"]["a"]["b"][1]["c"]

P = {"w": A, "k": 2, "name": "x", "none": None, "list": [1.0, 2.0, 3.0], "tup": (0.5, (2.0, "s", None)), "pt": Pt(1.5, [2.0, 1], "z"),
     "empty": {}, "e2": [], "e3": (), "nest": {"a": {"b": [1, {"c": 0.7, "d": None}]}}}


def f_rec(r):
    return np.sum(r.w)*r.k*r.inner.a + (r.inner.t[0] if r.none is None else 0.0)
R = Rec(A, 3, "nm", None, Fr(0.5, (1.0, 2, "q", None)))


def f_od(d):
    return sum(np.sum(v)*(i + 1) for i, v in enumerate(d.values()))
OD = OrderedDict(b=A, a=2.0)


DD = defaultdict(float, b=A, a=2.0)


def f_dd(d):
    return np.sum(d["b"]*d["a"]) + d.get("c", 1.0)*d["a"] + len(d)


def f_lrec(rs):
    return sum(np.sum(r.w)*r.k + r.inner["q"] for r in rs)
L = [Rec(A, 1, "u", None, {"q": 1.0, "s": "t"}), Rec(A*2, 2, "v", 3, {"q": 2.0, "s": "w"})]


def f_lists(ls):
    s = 0.0
    for i, row in enumerate(ls):
        for v in row:
            s += v*v*(i + 1)
    return s


def f_dl(d):
    s = 0.0
    for k, vs in d.items():
        for v in vs:
            s += v*len(k)
    return s


def f_ints(p):
    return p[0]*p[1] + p[2][0]


def f_npi(p):
    return np.sum(p["x"][p["idx"]]) + p["flag"]


def f_mixed(d):
    return d[1]*d["a"] + d[(0, 1)]*d[None]


def f_tn(t):
    (a, b), (c,), () , d = t
    return a*b + c + d["z"]
CASES = {"f_all": (P,), "f_rec": (R,), "f_od": (OD,), "f_dd": (DD,), "f_lrec": (L,), "f_lists": ([[1.0, 2.0], [], [3.0]],),
  "f_dl": ({"ab": [1.0, 2.0], "c": []},), "f_ints": ((2, 1.5, [2.0, 3, None, "s"]),), "f_npi": ({"x": A, "idx": np.array([0, 2]), "flag": True},),
  "f_mixed": ({1: 2.0, "a": 3.0, (0, 1): 0.5, None: 1.5},), "f_tn": (((1.0, 2), (3.0,), (), {"z": 1.0, "e": {}}),)}


@pytest.mark.parametrize("name", list(CASES))
def test_structure(name):
    check(globals()[name], CASES[name], pullbacks=name not in ("f_od", "f_dd"))


def test_the_class_of_a_dict_is_kept():
    gradient = s2sad.grad(f_od)(OD)
    assert type(gradient) is OrderedDict and list(gradient) == ["b", "a"]
    gradient = s2sad.grad(f_od)(DD)
    assert type(gradient) is defaultdict and gradient.default_factory is float and list(gradient) == ["b", "a"]
    with pytest.raises(s2sad.UnsupportedError, match="use a key that the argument has"):
        s2sad.grad(lambda d: d["a"]*d["c"])(DD)


def test_computed_keys_of_several_types():
    def f(d):
        return sum(d[k]*(i + 1) for i, k in enumerate([1, "a", 1, (0, 1)]))

    assert s2sad.grad(f)({"a": 1.0, 1: 2.0, (0, 1): 3.0}) == {"a": 2.0, 1: 4.0, (0, 1): 4.0}


class Side(Enum):
    CALL = 1
    PUT = -1

    @property
    def sign(self):
        return self.value


@dataclass
class Option:
    strike: float
    side: Side
    order: list
    log: list = field(default_factory=list)

    def payoff(self, s):
        self.log.append(s.shape)
        return np.maximum(self.side.sign*(s[self.order] - self.strike), 0.0)


@pytest.mark.parametrize("side", Side)
def test_members_of_enumerations_places_and_logs_beside_numbers(side):
    def price(option, s):
        return np.sum(option.payoff(s)**2) + 0.1*option.strike**2

    option, s = Option(1.1, side, [2, 0]), np.array([0.3, 0.8, 1.6])
    (gradient, _) = check(price, (option, s))
    assert gradient.side is None and gradient.order == [None, None] and gradient.log == []
    slope = s2sad.hvp(price)(option, s, Option(1.0, None, None, None))
    assert slope.order == [None, None] and abs(slope.strike - 2.2) < 1e-12


@dataclass
class Bond:
    k: float
    r: np.ndarray


def strained(bonds, q):
    return sum(b.k*np.sum((b.r - v)**2) for b, v in zip(bonds, q))


def numbered_strains(bonds, q):
    energy = 0.0
    for i, (b, v) in enumerate(zip(bonds, q)):
        energy += b.k*np.sum((b.r - v)**2)*(i + 1)
    return energy


@pytest.mark.parametrize("f", [strained, numbered_strains])
def test_records_in_a_list_beside_what_has_another_length(f):
    """A list of records was known one by one in a loop of its own alone."""
    bonds = [Bond(1.0, np.ones(2)), Bond(2.0, np.array([0.3, -0.2]))]
    for q in (np.array([0.5, 0.7]), np.array([0.5]), [0.3, 0.4, 0.2], np.zeros(0)):
        check(f, (bonds, q), text=False)
