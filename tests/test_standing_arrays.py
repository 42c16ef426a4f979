"""Arrays that attributes and containers outside hold before the call, and that a program writes in place."""

from __future__ import annotations

import numpy as np
import pytest
from left_outside import V, X, check_left

import s2sad

D = np.random.default_rng(0).standard_normal((5, 3))


class Norm:
    """Running statistics, as layers of users keep them."""

    def __init__(self):
        self.mean, self.var, self.training, self.count = np.zeros(3), np.ones(3), True, 0

    def __call__(self, x):
        if self.training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.mean *= 0.9
            self.mean += 0.1*mean
            self.var[:] = 0.9*self.var + 0.1*var
            self.count += 1
        else:
            mean, var = self.mean, self.var
        return (x - mean)/np.sqrt(var + 1e-5)


class Momentum:
    """Makes its array in the first call."""

    def __init__(self):
        self.v, self.steps = None, 0

    def step(self, w, g):
        if self.v is None:
            self.v = np.zeros_like(w)
        self.v *= 0.9
        self.v += g
        self.steps += 1
        return w - 0.1*self.v


class Decaying(Momentum):
    def step(self, w, g):
        if self.steps % 3 == 2:
            self.v = 0.5*self.v
        return super().step(w, g)


class Store:
    def __init__(self):
        self.rows, self.at, self.total = np.zeros((3, 3)), 0, np.array(0.5)
        self.w, self.best = np.full(3, 2.0), None
        self.same = self.w
        self.state = np.array([1.0, 2.0, 0.5, 0.3])
        self.position, self.speed = self.state[:2], self.state[2:]
        self.parts, self.named = [np.ones(3), np.full(3, 2.0)], {"a": np.ones(3), "b": np.zeros(3)}
        self.hits = np.zeros(3, int)

    def push(self, x):
        self.rows[self.at] = x
        self.at = (self.at + 1) % len(self.rows)

    def recent(self):
        return self.rows[1:]


NORM, OTHER, MOMENTUM, DECAYING, STORE, BESIDE = Norm(), Norm(), Momentum(), Decaying(), Store(), Store()
ALL = (NORM, OTHER, MOMENTUM, DECAYING, STORE, BESIDE)


def begin():
    for one in ALL:
        one.__init__()


def state():
    return repr([vars(one) for one in ALL])


def normalised(x):
    y = OTHER(np.tanh(NORM(D*x)))
    return np.sum(y**3) + np.sum(NORM.mean*x) + np.sum(OTHER.var**2)


def trained_and_used(x):
    NORM.training = True
    y = NORM(D*x)
    NORM.training = False
    other = NORM(D*x + 1)
    NORM.training = True
    return np.sum(y*other**2)


def with_momentum(x):
    w = x
    for _ in range(3):
        w = DECAYING.step(MOMENTUM.step(w, np.sin(w)), w)
    return np.sum(w*w)


def buffered(x):
    total = 0.0
    for k in range(2):
        STORE.push(x*k + 1)
        total += np.sum(STORE.rows[: STORE.at + 1].mean(axis=0)**2*x)
    return total


def viewed(x):
    v = STORE.recent()
    v += x
    row = STORE.rows[STORE.at]
    row *= v[1]
    np.cumsum(x*STORE.w, out=STORE.w)
    np.add.at(STORE.w, [0, 0, 1], x)
    STORE.total += x[0]*x[1]
    return np.sum(STORE.rows*x) + np.sum(STORE.same*x)*STORE.total


def under_local_names(x):
    w, b = STORE.w, STORE.rows[0]
    for i in range(3):
        w[i] = w[i - 1]*x[i]
        b[i] += w[i]
        STORE.hits[i] += x[i] > 0.55
    w, b = b, w
    w -= x
    return np.sum(w*STORE.rows[0]) + np.sum(b*STORE.w*STORE.hits)


def on_paths(x):
    if x[0] > 0.1:
        STORE.w *= x
    else:
        STORE.w[1] = x[0]
    k = 0
    while np.sum(STORE.w) < 20.0 and k < 5:
        STORE.w += x*STORE.w
        k += 1
    try:
        STORE.w[0] = x[1]
        if x[0] > 0.2:
            raise ValueError
        STORE.w += 1.0
    except ValueError:
        STORE.w += x
    return np.sum(STORE.w**2)


def two_objects(x):
    def pushed(to, v):
        to.w *= v
        to.push(to.w)
        return to.rows.sum(axis=0)

    return np.sum(pushed(STORE, x)*pushed(BESIDE, x*2)*pushed(STORE, BESIDE.w))


def set_and_written(x):
    older, OTHER.mean = OTHER.mean, x*x
    older += 2*x
    STORE.w = STORE.w*x
    STORE.w += x
    STORE.w[0] = 3.0*x[1]
    if x[0] > 5.0:
        BESIDE.w = x
    BESIDE.w[1] = 5.0*x[1]
    return np.sum(STORE.w*x) + np.sum(older*BESIDE.w)


def in_a_dict(x):
    for key in STORE.named:
        STORE.named[key] *= 0.5
        STORE.named[key][1:] += x[1:]**2
    return np.sum(STORE.named["a"]*STORE.named["b"])


PROGRAMS = (
    normalised, trained_and_used, with_momentum, buffered, viewed, under_local_names, on_paths, two_objects,
    set_and_written, in_a_dict,
)  # fmt: skip


@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_arrays_that_stand_outside(fun):
    check_left(fun, begin, state, again=fun in (trained_and_used, with_momentum, viewed, on_paths))


def views_of_one(x):
    STORE.position += x[:2]*STORE.speed
    STORE.state *= x[2]
    return np.sum(STORE.position*STORE.speed) + STORE.state[1]


def kept_under_two_names(x):
    y = np.sum(STORE.w*x)
    if STORE.best is None:
        STORE.best = STORE.w
    STORE.w *= x
    return y + np.sum(STORE.best*x**2)


def elements(x):
    STORE.parts[0] *= x
    for part in STORE.parts:
        part += x[0]
    for i in range(2):
        STORE.parts[i][1:] = x[1:]*i + STORE.parts[i][1:]
    return np.sum(STORE.parts[0]*STORE.parts[1])


def bound_in_turn(x):
    previous, current = STORE.position, STORE.speed
    rows = [previous, current, x[:2]*2]
    for i in range(3):
        current *= x[:2]
        current += previous
        rows[i] *= x[1]
        previous, current = current, previous
    STORE.best = current*x[0]
    return np.sum(previous*current*STORE.best) + np.sum(STORE.state)*np.sum(rows[2])


@pytest.mark.parametrize(
    "fun", [views_of_one, kept_under_two_names, elements, bound_in_turn], ids=lambda f: f.__name__
)
def test_arrays_with_several_names(fun):
    """Their shadows, and their tangents, are found by their addresses."""
    check_left(fun, begin, state, again=fun is not kept_under_two_names)


def test_what_hides_names():
    """Lists that are read as a whole have no shadows, lists that are taken from no tangents."""

    def stacked(x):
        STORE.parts[0] *= x
        return np.sum(np.stack(PARTS)*x)

    def taken(x):
        rows = [STORE.position, STORE.speed]
        rows[0] *= x[0]
        return np.sum(rows.pop()*STORE.state[2:])

    begin()
    PARTS = STORE.parts
    with pytest.raises(s2sad.UnsupportedError, match="is read here, and holds an array that is written; read a copy"):
        s2sad.grad(stacked)(X)
    with pytest.raises(s2sad.UnsupportedError, match="another name may stand for it here; pass it as an arg"):
        s2sad.jvp(taken, (X,), (V,))


def test_what_is_written_in_place_happens_once():
    """A Jacobian by columns would call the function again, and a Hessian is that of one call."""

    def f(x):
        STORE.w *= x
        return STORE.w*x

    begin()
    with pytest.raises(s2sad.UnsupportedError, match="has an effect here"):
        s2sad.jacfwd(f)(X)
    np.testing.assert_allclose(s2sad.hessian(lambda x: np.sum(f(x)))(X), np.diag(np.full(3, 4.0)))
    np.testing.assert_array_equal(STORE.w, 2*X)


def test_a_trace_that_is_never_read():
    trace, hits = np.zeros(4), np.zeros(1, int)

    def f(x):
        def note(i, v):
            trace[i] = v

        total = 0.0
        for i in range(len(trace)):
            total += np.sum(x**2)*i
            note(i, total)
            if i == 2:
                hits[0] += 1
                trace[-1] *= x[0]
        return total

    def clear():
        trace[:], hits[:] = 0.0, 0

    check_left(f, clear, lambda: repr([trace, hits]), again=True)


def test_an_argument_that_shares_memory():
    def f(x, w):
        STORE.w += x
        return np.sum(w*x)

    begin()
    gradient = s2sad.grad(f)
    np.testing.assert_array_equal(gradient(X, STORE.w.copy()), np.full(3, 2.0))
    before = STORE.w.copy()
    for given in (STORE.w, STORE.w[:]):
        with pytest.raises(s2sad.UnsupportedError, match="shares memory with the argument 'w'; pass a copy"):
            gradient(X, given)
    np.testing.assert_array_equal(STORE.w, before)


def counted(x):
    STORE.rows[STORE.at] += x*x
    STORE.at += 1
    return np.sum(STORE.rows*x)


def test_a_file_that_stands_alone_writes_into_the_same_arrays(tmp_path):
    """Also where they share memory; what belongs to an object that the file imports is that object's."""
    for fun in (views_of_one, elements, counted):
        gradient = s2sad.grad(fun)
        begin()
        gradient(X)
        expected, left = gradient(X), state()
        begin()
        gradient(X)
        gradient.save(tmp_path/"alone.py")
        space = {}
        exec((tmp_path/"alone.py").read_text(), space)
        np.testing.assert_array_equal(space[f"{fun.__name__}_grad"](X), expected)
        assert fun is not counted or state() == left


def test_what_is_returned_is_the_callers():
    def f(x):
        STORE.w += x
        return STORE.w

    begin()
    value, pullback = s2sad.vjp(f, X)
    assert not np.shares_memory(value, STORE.w)
    np.testing.assert_array_equal(s2sad.jacobian(f)(X), np.eye(3))
    np.testing.assert_array_equal(pullback(V)[0], V)
    _, aux = s2sad.grad(lambda x: (np.sum(f(x)*x), STORE.w), has_aux=True)(X)
    assert not np.shares_memory(aux, STORE.w)
    assert not np.shares_memory(s2sad.jvp(f, (X,), (V,))[0], STORE.w)


GLOBAL = np.ones(3)


def through_a_view(x):
    v = GLOBAL[1:]
    v += x[0]
    return np.sum(GLOBAL*x)


def returned(x):
    GLOBAL[0] = x[0]
    return GLOBAL


def through_a_path(x):
    g = GLOBAL if x[0] > 0.0 else x
    for _ in range(2):
        g *= x
    return np.sum(GLOBAL*g)


def by_a_recursion(x):
    def halved(v):
        if v < 0.1:
            return v
        STORE.w[0] += v
        return halved(v*0.5)*STORE.w[0]

    return halved(x[0] + len(x))


@pytest.mark.parametrize(
    ("fun", "said"),
    [
        (through_a_view, "GLOBAL is written, which is neither an argument nor local; pass it as an argument"),
        (through_a_path, "GLOBAL is written"),
        (returned, "GLOBAL is read and written"),
        (by_a_recursion, "the outside array STORE.w is written, and met in a function that calls itself or is"),
    ],
)
def test_what_is_refused(fun, said):
    for derive in (lambda x: s2sad.vjp(fun, x), lambda x: s2sad.jvp(fun, (x,), (V,))):
        with pytest.raises(s2sad.UnsupportedError, match=rf"\.py:\d+:\d+: {said}"):
            derive(X)


PLACES, CHOSEN = np.array([0, 2, 0]), np.array([True, False, True])


def taken_at_places(x):
    """What is taken by an array from outside, or of one, is a copy: writing to it writes neither."""
    total = 0.0
    for k in range(2):
        b = x[PLACES]
        b *= x
        b[k] = 0.5
        c, d = D[:, PLACES], np.sin(x)[CHOSEN]
        c[1:] -= b
        d[0] += x[1]*c[2, 1]
        rows = D[[0, 1]]
        rows *= d[0]
        total = total + np.sum(c*c) + d[0]*d[1] + np.sum(rows)
    return total


def test_what_is_taken_at_places_is_a_copy():
    before = D.copy(), PLACES.copy()
    s2sad.check_grads(taken_at_places, (X,), order=2)
    assert np.array_equal(D, before[0]) and np.array_equal(PLACES, before[1])
