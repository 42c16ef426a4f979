"""Attributes of outside objects that a program sets and reads again: caches, states, counters, running means.

Each call of a derivative sets them once, to what a plain call leaves there.
"""

from __future__ import annotations

import copy
import pickle
import types

import numpy as np
import pytest
from left_outside import check_left
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


class Kept:
    """Holds what it is told."""

    def __init__(self):
        self.last, self.best, self.total, self.step, self.state = None, None, 0.0, 0, np.ones(3)

    def log(self, value):
        self.total += float(value)
        self.step += 1

    @property
    def mean(self):
        return self.total/self.step


class Slotted:
    __slots__ = ("step", "total")

    def __init__(self):
        self.total, self.step = 1.0, 0


class Tripled:
    """Says itself what setting an attribute means."""

    def __init__(self):
        self.held = 1.0

    @property
    def value(self):
        return self.held

    @value.setter
    def value(self, new):
        self.held = 3.0*new


LOG, OTHER, SLOTTED, TRIPLED = Kept(), Kept(), Slotted(), Tripled()
SPACE = types.SimpleNamespace(level=0.5)


def begin():
    LOG.__init__()
    OTHER.__init__()
    SLOTTED.__init__()
    TRIPLED.__init__()
    SPACE.level = 0.5
    for name in ("extra", "more"):
        vars(LOG).pop(name, None)


def state():
    return repr([vars(LOG), vars(OTHER), SLOTTED.total, SLOTTED.step, TRIPLED.held, SPACE.level])


def read_again(x, c):
    LOG.last = x*x
    LOG.best = LOG.last*c
    return np.sum(LOG.best*LOG.last)


def by_a_property(x, c):
    LOG.total, LOG.step = 0.0, 0
    LOG.log(x[0]*c[0])
    LOG.log(x[1])
    return LOG.mean*x[1]


def on_one_path(x, c):
    LOG.last = x
    if x[0] > 0.0:
        LOG.last = c*x*x
    return np.sum(LOG.last*x)


def on_either_path(x, c):
    if x[0] > 9.0:
        LOG.last = x
    else:
        LOG.last = c*x
    return np.sum(LOG.last*x)


def in_loops(x, c):
    LOG.state, total = np.ones(3), 0.0
    for _ in range(2):
        for j in range(3):
            LOG.state = LOG.state*x[j] + c
            if j % 2:
                LOG.best = LOG.state*2
                total = total + np.sum(LOG.best*x)
    return total + np.sum(LOG.state)


def none_at_first(x, c):
    LOG.best = None
    for i in range(3):
        LOG.best = x if LOG.best is None else LOG.best*c[i]
    return np.sum(LOG.best)


def until_it_is_enough(x, c):
    LOG.total = 0.0
    while LOG.total < 4.0:
        LOG.total += x[0]*c[1] + LOG.total*x[2]
        if LOG.total > 3.0:
            return LOG.total*x[1]
    return LOG.total


def where_an_exception_comes(x, c):
    LOG.total = x[0]
    try:
        LOG.total = LOG.total*c[1]
        if x[0] > 0.0:
            raise ValueError
        LOG.total = 0.0
    except ValueError:
        LOG.total = LOG.total + x[2]
    return LOG.total*x[0]


def written_in_place(x, c):
    y = x*c
    LOG.last = y[1:]
    LOG.best = y
    LOG.last *= x[0]
    held = LOG.best
    held += 1.0
    LOG.best.cumsum(out=LOG.best)
    return np.sum(y*x) + np.sum(LOG.last)


def exchanged(x, c):
    LOG.last, LOG.best = x, x*c
    LOG.last, LOG.best = LOG.best, LOG.last
    both = LOG
    both.extra = (LOG.last, LOG.best*2)
    a, b = LOG.extra
    return np.sum(a*x) + b[0]


def of_other_classes(x, c):
    SLOTTED.total, SLOTTED.step = 1.0, 0
    SPACE.level = x[1]
    for v in x:
        SLOTTED.total = SLOTTED.total*v + SPACE.level
        SLOTTED.step += 1
        SPACE.level *= c[0]
    TRIPLED.value = SLOTTED.total*SLOTTED.step
    return TRIPLED.value*SPACE.level


def by_its_dict(x, c):
    LOG.__dict__["last"] = x*x
    vars(LOG)["best"] = c*LOG.last
    LOG.__dict__.update(total=x[0], step=2)
    for name in ("extra", "more"):
        setattr(LOG, name, LOG.__dict__["best"]*LOG.total)
    return np.sum(LOG.extra*LOG.step)


def another_object(x, c):
    LOG.last = OTHER
    LOG.last.total = x[0]*c[1]
    OTHER.total = LOG.last.total*x[1]
    return LOG.last.total*OTHER.total


def copied(x, c):
    LOG.last = x*c
    other = copy.copy(LOG)
    other.last = other.last*2
    deep = copy.deepcopy(LOG)
    deep.last[0] = 3.0
    return np.sum(other.last*x) + np.sum(LOG.last) + np.sum(deep.last*x)


def parameters_set(x, c):
    LOG.state = x

    def layer(y):
        return np.tanh(LOG.state*y)

    return np.sum(layer(layer(c)))


def layer(kept, x, c):
    y = x
    for _ in range(2):
        y = np.sin(y)*kept.state + y
        kept.last = y
        y = kept.last*c + np.tanh(y)
    kept.step += 1
    return y


def one_layer_several_times(x, c):
    LOG.step = OTHER.step = 0
    y = layer(LOG, layer(OTHER, layer(LOG, x, c), c), x)
    return np.sum(y) + np.sum(LOG.last*OTHER.last)*LOG.step


def cost(w, x):
    LOG.last = w*x
    return np.sum(LOG.last**2*w)


slope = s2sad.grad(cost)


def with_a_derivative_inside(x, c):
    LOG.state, w = np.ones(3), x
    for _ in range(2):
        LOG.state = 0.9*LOG.state + slope(w, c)
        w = w - 0.01*LOG.state
    return np.sum(w*LOG.last)


def in_lists(x, c):
    LOG.last, LOG.best = [x], []
    for i in range(2):
        LOG.best.append(LOG.last[-1]*c + i)
        LOG.last.append(np.tanh(LOG.best[-1]))
    LOG.last[0] = LOG.last[1]*x
    return sum(np.sum(v*v) for v in LOG.best) + np.sum(LOG.last[0]*LOG.last[-1])


def in_a_dict(x, c):
    LOG.best = {}
    LOG.best["z"] = x*c
    LOG.best["a"] = np.tanh(LOG.best["z"])
    LOG.last = {"y": LOG.best["a"]*x, "n": 2}
    LOG.last["y"] = LOG.last["y"]*LOG.last["n"]
    return np.sum(LOG.last["y"]*LOG.best["z"])


PROGRAMS = [
    read_again, by_a_property, on_one_path, on_either_path, in_loops, none_at_first, until_it_is_enough,
    where_an_exception_comes, written_in_place, exchanged, of_other_classes, by_its_dict, another_object, copied,
    parameters_set, in_lists, in_a_dict, one_layer_several_times, with_a_derivative_inside,
]  # fmt: skip


def left_by(call):
    begin()
    call()
    return state()


@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_what_is_set_is_read(fun):
    begin()
    check(fun, (X, C), probes=1)
    expected = left_by(lambda: fun(X.copy(), C.copy()))
    assert left_by(lambda: s2sad.grad(fun)(X, C)) == expected
    assert left_by(lambda: s2sad.vjp(fun, X, C)[1](1.0)) == expected
    assert left_by(lambda: s2sad.jvp(fun, (X, C), (C, X))) == expected


TWICE = (
    read_again, on_one_path, in_loops, written_in_place, of_other_classes, parameters_set, in_lists, in_a_dict,
)  # fmt: skip


@pytest.mark.parametrize("fun", [*places(in_loops), *places(on_one_path), *map(twice, TWICE)])
def test_in_other_places(fun):
    begin()
    check(fun, (X, C), probes=1, pullbacks=False, text=False)


@pytest.mark.parametrize("fun", TWICE, ids=lambda f: f.__name__)
def test_second_derivatives(fun):
    """hvp, the pullback of the gradient and the gradient of a tangent say the same."""
    begin()
    second = s2sad.hvp(fun)(X, C, C)
    np.testing.assert_allclose(s2sad.vjp(s2sad.grad(fun), X, C)[1](C)[0], second, rtol=1e-9)
    dotted = s2sad.grad(lambda x: s2sad.jvp(fun, (x, C), (C, np.zeros(3)))[1])(X)
    np.testing.assert_allclose(dotted, second, rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------------------------ what is there before


def carried(x, c):
    LOG.state = np.tanh(LOG.state*x + c)
    LOG.step += 1
    return np.sum(LOG.state)*LOG.step


def carried_in_a_loop(x, c):
    for i in range(3):
        LOG.state = np.tanh(LOG.state*x + c*i)
        LOG.total += LOG.state[i]
    return LOG.total


def perhaps_set(x, c):
    if x[0] > 9.0:
        LOG.state = x*c
    return np.sum(LOG.state*x*c)


def begun_with_none(x, c):
    if LOG.best is None:
        LOG.best = np.zeros(3)
    LOG.best = 0.9*LOG.best + x*c
    return np.sum(LOG.best*x)


@pytest.mark.parametrize("fun", (carried, carried_in_a_loop, perhaps_set, begun_with_none), ids=lambda f: f.__name__)
def test_what_a_call_finds_is_a_constant(fun):
    """Three calls one after the other; each derivative is that of the plain call that finds the same."""
    gradient, before = s2sad.value_and_grad(fun), []
    begin()
    for _ in range(3):
        before.append({k: copy.copy(v) for k, v in vars(LOG).items()})
        fun(X, C)
    for k, held in enumerate(before):
        vars(LOG).update(copy.deepcopy(held))

        def plain(x, held=held):
            vars(LOG).update(copy.deepcopy(held))
            return fun(x, C)

        eps = 1e-6*np.eye(3)
        steps = np.array([plain(X + e) - plain(X - e) for e in eps])/2e-6
        vars(LOG).update(copy.deepcopy(held))
        value, slope = gradient(X, C)
        left = repr(vars(LOG))
        np.testing.assert_allclose(slope, steps, rtol=1e-6, atol=1e-8)
        vars(LOG).update(copy.deepcopy(held))
        assert s2sad.jvp(fun, (X, C), (C, None))[1] == pytest.approx(slope @ C)
        assert repr(vars(LOG)) == left
        assert value == plain(X), k
        assert repr(vars(LOG)) == left


def test_a_pullback_depends_on_nothing_that_is_changed_afterwards():
    begin()
    _, pullback = s2sad.vjp(read_again, X, C)
    first = pullback(1.0)
    LOG.last[:] = np.nan
    LOG.best = None
    np.testing.assert_array_equal(pullback(1.0)[0], first[0])


# ----------------------------------------------------------------------------------------------- arguments


def of_two_arguments(x, one, two):
    one.total = one.total*x[0] + 0.5
    two.total = two.total + one.total
    one.last = x*two.total
    return np.sum(one.last)*one.total


def test_which_arguments_are_the_same():
    """A text for two objects is not the one for an object that is given twice."""
    gradient, one, two = s2sad.value_and_grad(of_two_arguments), Kept(), Kept()
    for pair in ((one, two), (one, one), (two, one)):
        for kept in pair:
            kept.__init__()
        value, slope = gradient(X, *pair)
        held = repr([vars(kept) for kept in pair])

        def plain(x, pair=pair):
            for kept in pair:
                kept.__init__()
            return of_two_arguments(x, *pair)

        steps = [(plain(X + e) - plain(X - e))/2e-6 for e in 1e-6*np.eye(3)]
        np.testing.assert_allclose(slope, steps, rtol=1e-6)
        assert value == plain(X) and held == repr([vars(kept) for kept in pair])


# ------------------------------------------------------------------------------------------------ refusals


def perhaps_the_same(x, kept):
    kept.total = kept.total*x[0]
    return LOG.total*kept.total


def perhaps_the_same_set_outside(x, kept):
    LOG.total = np.sum(x)
    return kept.total*np.sum(x)


def through_code_that_cannot_be_seen(x):
    LOG.last = x*x
    return np.sum(pickle.loads(pickle.dumps({"a": [LOG]}))["a"][0].last*x)


def through_its_dict(x):
    held = LOG.__dict__
    held["total"] = np.sum(x)
    return LOG.total*np.sum(x)


def from_its_dict(x):
    held = vars(LOG)
    LOG.total = np.sum(x)
    return held["total"]*np.sum(x)


def a_dict_on_one_path(x):
    held = {"a": x}
    if x[0] > 0.0:
        LOG.last = held
    held["a"] = x*x
    return np.sum(held["a"])


def read_by_a_derivative_inside(x):
    LOG.state = x
    return np.sum(s2sad.grad(lambda w: np.sum(LOG.state*w**3))(x))


def left_by_a_recursion(x):
    def halved(v):
        if v < 0.1:
            return v
        LOG.total = LOG.total + v
        return halved(v*0.5)

    return halved(x[0])*LOG.total


def perhaps_unset(x):
    if x[0] > 5.0:
        LOG.more = x
    return np.sum(LOG.more)


@pytest.mark.parametrize(
    ("fun", "said"),
    [
        (perhaps_the_same, "may be the same Kept, and 'total' is set; pass each as an argument of its own"),
        (perhaps_the_same_set_outside, "may be the same Kept"),
        (through_code_that_cannot_be_seen, "an active value enters pickle"),
        (through_its_dict, "LOG.__dict__ is changed as a dict; set the attributes of the object by name"),
        (from_its_dict, "is read here and changed|comes back here"),
        (a_dict_on_one_path, "a dict that"),
        (read_by_a_derivative_inside, "'state' of an outside object is set, and read by what is differ"),
        (left_by_a_recursion, "is read here and changed|comes back here"),
        (perhaps_unset, "the attribute 'more' may be unset here; set it in __init__"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(fun, said):
    args = (X, OTHER) if "same" in fun.__name__ else (X,)
    for derive in (s2sad.grad(fun), lambda *a: s2sad.jvp(fun, a, (C, *([None]*(len(a) - 1))))):
        begin()
        with pytest.raises(s2sad.UnsupportedError, match=rf"\.py:\d+:\d+: (?s:.)*({said})"):
            derive(*args)


class Filter:
    """Sets attributes for the first time in its methods."""

    def predict(self):
        self.prior = self.state*0.9

    def update(self, z):
        self.residual = z - self.prior
        if z > 0.65:
            self.gain = 0.5*z
        else:
            self.gain = 0.2
        self.state = self.prior + self.gain*self.residual


def test_attributes_that_a_loop_makes_are_read_behind_it():
    made = Filter()

    def f(x):
        total = 0.0
        for _ in range(2):
            for z in x:
                made.predict()
                made.update(z)
                total += made.residual**2
        return total + made.residual*made.gain*made.state

    def begin():
        vars(made).clear()
        made.state = 0.5

    check_left(f, begin, lambda: repr(vars(made)), again=True)

    def g(x, n):
        for i in range(n):
            made.last = x*i
        return np.sum(made.last**2)

    vars(made).clear()
    with pytest.raises(UnboundLocalError):  # a plain call raises AttributeError
        s2sad.grad(g)(X, 0)
