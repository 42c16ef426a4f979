"""What a program keeps outside of itself: lists, dicts, deques, loggers, counters and files.

Each program is differentiated, and leaves outside what a plain call of it leaves there.
"""

from __future__ import annotations

import collections
import contextlib
import csv
import io
import json
import logging

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])
TABLE = {}
LOSSES, OTHER = [], []
FILLED = collections.defaultdict(list)
LAST = collections.deque(maxlen=3)
COUNTS = collections.Counter()
HISTORY = {"loss": [], "grad": [], "rate": 0.5}
STATE = {"best": None, "n": 0}
TEXT = io.StringIO()
ROWS = csv.writer(TEXT)


class Logger:
    """Keeps what it is told, as loggers of users do."""

    def __init__(self):
        self.step, self.total, self.best, self.rows, self.other = 0, 0.0, None, [], OTHER
        self.named = collections.defaultdict(list)

    def log(self, value, **more):
        self.rows.append((self.step, value, more))
        self.step += 1
        self.total += float(value)
        for name, one in more.items():
            self.named[name].append(one)

    def __call__(self, value):
        self.rows += [value]

    @property
    def mean(self):
        return self.total/self.step


class Bar:
    """A progress bar."""

    shown = []

    def __init__(self, items):
        self.items, self.n = items, 0

    def __iter__(self):
        for item in self.items:
            yield item
            self.n += 1

    def set_postfix(self, **what):
        Bar.shown.append(what)


LOG = Logger()


def begin():
    TABLE.clear()
    TABLE.update({f"loss_{i}": [] for i in range(3)})
    TABLE.update({i: [] for i in range(3)})
    for held in (LOSSES, OTHER, FILLED, LAST, COUNTS, Bar.shown, HISTORY["loss"], HISTORY["grad"]):
        held.clear()
    STATE.update(best=None, n=0)
    TEXT.seek(0)
    TEXT.truncate()
    LOG.__init__()


def state():
    log = {k: v for k, v in vars(LOG).items() if k != "other"}
    return repr((TABLE, LOSSES, OTHER, FILLED, LAST, COUNTS, HISTORY, STATE, Bar.shown, TEXT.getvalue(), log))


def by_computed_keys(x, c):
    s = 0.0
    for i in range(3):
        s = s + np.sum(x**2*c[i])
        TABLE[f"loss_{i}"].append(s)
        TABLE[i].append(float(s))
        TABLE.setdefault("all", []).append(s)
        TABLE.setdefault(f"at {i}", []).extend([s, i])
        TABLE[f"last {i % 2}"] = float(s)
    TABLE["final"] = s
    return s


def filled_and_counted(x, c):
    for v in x:
        FILLED["loss"].append(v)
        FILLED["big" if v > 0.5 else "small"] += [float(v)]
        COUNTS["big" if v > 0.5 else "small"] += 1
        COUNTS.update(["all"])
        LAST.append(v)
    LAST.appendleft(np.sum(x))
    return np.sum(x*c)


def by_literal_keys(x, c):
    w = x
    for _ in range(3):
        w = w - 0.1*w*c
        HISTORY["loss"].append(np.sum(w*w))
        HISTORY["grad"].append(np.linalg.norm(w))
        STATE["n"] += 1
    return np.sum(w*w)*HISTORY["rate"]


def all_sorts(x, c):
    w = x.copy()
    for i in range(2):
        w *= c
        LOSSES.append(w)
        LOSSES.append({"i": i, "loss": np.sum(w), "w": w.tolist()})
        LOSSES.insert(0, [i, w.copy(), f"{np.sum(w):.3f}"])
    LOSSES.extend([float(v) for v in w])
    return np.sum(w)


def augmented(x, c):
    seen = LOSSES
    seen += [np.sum(x)]
    LOG.rows += [x[0], "x"]
    HISTORY["loss"] += [x[1]]
    TABLE[1] += [x*c]
    return np.sum(x*c)**2


def told_a_logger(x, c):
    w = x
    for i in range(3):
        w = w*c
        loss = np.sum(w*w)
        LOG.log(loss, i=i, norm=np.sqrt(loss))
        LOG(loss)
        if LOG.best is None or loss < LOG.best:
            LOG.best = loss
            print(f"step {LOG.step}: {LOG.best:.3f}, on average {LOG.mean:.3f}")
    return np.sum(w)


def looked_at(x, c):
    s = 0.0
    for v in x:
        s = s + v*v
        LOSSES.append(s)
        if len(LOSSES) > 1 and abs(LOSSES[-1] - LOSSES[-2]) < 1e-9:
            break
        if STATE["best"] is None or s < STATE["best"]:
            STATE["best"] = float(s)
    print(LOSSES[-1], LOSSES[:2], len(LOSSES), STATE["best"])
    return s*np.sum(c)


def written_down(x, c):
    s = 0.0
    for i in range(2):
        s = s + np.sum(x*c)
        ROWS.writerow([i, s, f"{s:.3f}"])
        TEXT.write(json.dumps({"loss": float(s)}))
        print("loss", s, file=TEXT)
        logging.getLogger("s2sad.tests").debug("loss %g", s)
    return s


def with_a_bar(x, c):
    s = 0.0
    bar = Bar(range(3))
    for i in bar:
        s = s + np.sum(x**2*c[i])
        bar.set_postfix(loss=float(s), i=i)
    return s


def under_several_names(x, c):
    """One list, known by an attribute too, beside another."""

    def callback(v):
        LOSSES.append(v)
        return v

    LOG.other.append(x[0])
    return callback(np.sum(x*c))*callback(x[1])


def recursive(x, c):
    def halved(v, n):
        LOSSES.append(v)
        STATE["n"] += 1
        return v if n == 0 or v < 0.1 else halved(v*c[1], n - 1)

    return halved(x[0]*c[0], 2 + len(x))


PROGRAMS = [
    by_computed_keys, filled_and_counted, by_literal_keys, all_sorts, augmented, told_a_logger, looked_at,
    written_down, with_a_bar, under_several_names, recursive,
]  # fmt: skip


def left_by(call):
    """What a call leaves outside, and what it prints."""
    begin()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        call()
    return state(), said.getvalue()


@pytest.mark.parametrize("fun", PROGRAMS)
def test_what_is_left_outside(fun):
    begin()
    check(fun, (X, C), probes=1)
    expected = left_by(lambda: fun(X.copy(), C.copy()))
    assert left_by(lambda: s2sad.value_and_grad(fun, (0, 1))(X, C)) == expected
    assert left_by(lambda: s2sad.vjp(fun, X, C)[1](1.0)) == expected
    assert left_by(lambda: s2sad.jvp(fun, (X, C), (C, X))) == expected


class Model:
    """Counts its calls, and keeps what they gave."""

    def __init__(self):
        self.w, self.calls, self.last, self.history = np.array([1.0, 2.0, 3.0]), 0, None, []

    def loss(self, x, c):
        self.calls += 1
        self.last = np.sum((x*self.w)**2*c)
        self.history.append({"call": self.calls, "loss": float(np.sum(x))})
        return np.sum((x*self.w)**2*c)


def test_an_argument_keeps_what_it_is_told():
    def loss(model, x, c):
        return model.loss(x, c)*model.loss(c, x)

    plain, derived = Model(), Model()
    loss(plain, X, C)
    gradient = s2sad.grad(loss, (1, 2))
    for _ in range(2):
        gradient(derived, X, C)
    assert derived.calls == 2*plain.calls and derived.history[:2] == plain.history and derived.last == plain.last
    check(loss, (Model(), X, C), (1, 2), probes=1)


@pytest.mark.parametrize(
    "fun", [*places(under_several_names), twice(by_computed_keys), twice(augmented)]
)
def test_in_other_places(fun):
    begin()
    check(fun, (X, C), probes=1, pullbacks=False, text=False)


def through_a_dict(x, c):
    TABLE["q"] = LOSSES
    LOSSES.append(x[0])
    return TABLE["q"][-1]*x[1]


def popped(x, c):
    LAST.append(x*c)
    return np.sum(LAST.pop()*x)


def summed(x, c):
    FILLED[f"{len(x)}"].append(x[0])
    return sum(FILLED["3"])*x[1]


def by_recursion(x, c):
    def told(v, n):
        LOSSES.append(v)
        return v if n == 0 or v < 0.1 else told(v*0.5, n - 1)

    return told(x[0], len(x))*LOSSES[-1]


@pytest.mark.parametrize(
    ("fun", "said"),
    [
        (through_a_dict, "is read here and"),
        (popped, "the outside object LAST is read here and changed"),
        (summed, "what has been put outside comes back here"), (by_recursion, "list LOSSES is read here"),
    ],
)  # fmt: skip
def test_what_comes_back_is_refused(fun, said):
    begin()
    for transform in (lambda: s2sad.grad(fun)(X, C), lambda: s2sad.jvp(fun, (X, C), (C, X))):
        with pytest.raises(s2sad.UnsupportedError) as caught:
            transform()
        assert ".py:" in str(caught.value)
    with pytest.raises(s2sad.UnsupportedError, match=said):
        s2sad.grad(fun)(X, C)


def test_what_is_changed_outside_later_changes_no_pullback():
    begin()

    def f(x):
        y = x*x
        LOSSES.append(y)
        return np.sum(np.sin(y))

    _, pullback = s2sad.vjp(f, X)
    LOSSES[-1][:] = 0.0
    np.testing.assert_allclose(pullback(1.0)[0], 2*X*np.cos(X*X))


BESIDE: dict[str, object] = {}


def moved_between_keys(x, c):
    BESIDE["a"] = x
    BESIDE["n"] = BESIDE["a"]
    BESIDE["n"] += 1.0
    return np.sum(x*c)


def counted_beside(x, c):
    BESIDE["n"] = 0
    for _ in range(2):
        BESIDE["n"] += 1
        BESIDE["a"] = x*c
    return np.sum(x*c)


def test_counters_beside_arrays_in_one_dict():
    """What is put under one key is not what another key's value was; what moves between keys may be."""
    begin()
    check(counted_beside, (X, C), text=False)
    assert BESIDE["n"] == 2
    begin()
    check(moved_between_keys, (X, C), text=False)
    BESIDE.clear()
