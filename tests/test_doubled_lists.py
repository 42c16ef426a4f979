"""Outside lists that a program appends to and reads again: histories, losses, states, replay buffers."""

from __future__ import annotations

import numpy as np
import pytest
from left_outside import V, X, check_left

import s2sad


class Trainer:
    def __init__(self):
        self.history, self.losses, self.states, self.recent = [], [0.5], [np.ones(3)], [0.25]
        self.calls, self.other = 0, LOSSES

    def step(self, x):
        self.history.append(x*x)
        return self.history[-1]*x

    def loss(self, x):
        loss = np.sum((x - 0.1)**2)
        self.losses.append(loss)
        if len(self.losses) > 2:
            loss = loss + 0.1*(self.losses[-1] - self.losses[-2])**2
        return loss + sum(self.losses)/len(self.losses)

    def run(self, x):
        self.calls += 1
        for k in range(3):
            self.states.append(np.tanh(self.states[-1]*x) + k)
        return np.sum(self.states[-1]*self.states[-2]) + np.mean(self.states)

    def push(self, v):
        if len(self.recent) >= 2:
            self.recent.pop(0)
        self.recent.append(v)


class Warm(Trainer):
    def loss(self, x):
        self.losses.append(x[0])
        return super().loss(x)*self.losses[-2]


LOSSES, NUMBERS = [], [1.0, 2.0]
ONE, TWO, WARM = Trainer(), Trainer(), Warm()


def begin():
    LOSSES.clear()
    NUMBERS[:] = [1.0, 2.0]
    for one in (ONE, TWO, WARM):
        one.__init__()


def state():
    return repr([LOSSES, NUMBERS, vars(ONE), vars(TWO), vars(WARM)])


def of_two_objects(x):
    TWO.step(ONE.step(x))
    return np.sum(ONE.history[-1]*TWO.history[0]) + WARM.loss(x)*ONE.loss(x*2)


def of_states(x):
    return ONE.run(x)*np.sum(ONE.states[1])


def in_loops_and_branches(x):
    for i in range(3):
        LOSSES.append(np.sum(x)*i)
        if i % 2:
            NUMBERS.append(NUMBERS[-1]*x[i])
            continue
    while len(LOSSES) < 6:
        LOSSES.append(LOSSES[-1]*x[2] + LOSSES[-2])
    try:
        LOSSES.append(x[0]*x[1])
        if x[0] > 0.0:
            raise ValueError
    except ValueError:
        NUMBERS.append(LOSSES[-1])
    return sum(LOSSES)*LOSSES[-1] + np.prod(NUMBERS) + len(LOSSES)


def joined_and_set(x):
    ONE.losses = [np.sum(x*x), *ONE.losses[:1]] if x[0] > 9.0 else ONE.losses + [np.sum(x*x)]
    return joined(x*0.5) + joined(x)


def joined(x):
    loss = np.prod(x)
    ONE.losses = ONE.losses + [loss]
    return loss*x[1]


def by_other_names(x):
    def told(v):
        LOSSES.append(v)
        return v

    held = LOSSES
    told(x[0])
    held.append(told(x[1]))
    held += [x[2], x[0]]
    ONE.other.append(x[1])
    a, b = LOSSES, NUMBERS
    a, b = b, a
    a.append(b[-1]*x[2])
    return sum(held)*LOSSES[1]*a[-1]


def changed_in_all_ways(x):
    NUMBERS.append(x[0])
    first = NUMBERS.pop(0)
    NUMBERS[0] *= x[1]
    NUMBERS[-1] = NUMBERS[-1]*x[2]
    NUMBERS.insert(0, x[0]*first)
    LOSSES.extend([float(np.sum(x)), x[0]])
    LOSSES.reverse()
    LOSSES[1:] = [LOSSES[0]*2]
    del LOSSES[0]
    copied = LOSSES.copy()
    copied.append(x[1])
    return sum(v*v for v in NUMBERS) + sum(copied)*LOSSES[-1]


def buffered(x):
    for k in range(3):
        ONE.push(x[k]*x[0])
    ONE.recent = ONE.recent[-1:] + [x[1]]
    ONE.recent.append(ONE.recent[0]*x[2])
    LOSSES.append(x.copy())
    LOSSES[-1] *= 2.0
    return sum(ONE.recent) + np.sum(LOSSES[-1]*x)


def of_arrays(x):
    LOSSES.append(x)
    LOSSES.append(x*2)
    total = 0.0
    for i, v in enumerate(LOSSES):
        total += np.sum(v)*i
    slope = s2sad.grad(lambda w: w*w*total)(x[1])
    return np.sum(np.array(LOSSES).mean(axis=0)*LOSSES[0]) + np.sum(np.stack(LOSSES[-2:])) + slope


PROGRAMS = (
    of_two_objects, of_states, in_loops_and_branches, by_other_names, changed_in_all_ways, buffered, of_arrays,
    joined_and_set, joined,
)  # fmt: skip


@pytest.mark.parametrize("fun", PROGRAMS, ids=lambda f: f.__name__)
def test_lists_that_are_read_again(fun):
    check_left(fun, begin, state, again=fun in (of_states, by_other_names))


def test_lists_of_arguments():
    def f(x, trainer):
        return trainer.loss(x)*trainer.losses[0]

    plain, derived = Trainer(), Trainer()
    values = [f(X, plain), f(X, plain)]
    gradient = s2sad.value_and_grad(f)
    first = gradient(X, derived)
    assert first[0] == values[0] and gradient(X, derived)[0] == values[1]
    assert derived.losses == plain.losses
    np.testing.assert_allclose(s2sad.grad(Trainer().loss)(X)*0.5, first[1])
    np.testing.assert_allclose(s2sad.jvp(f, (X, Trainer()), (V, None))[1], first[1] @ V)


def test_a_list_that_becomes_another():
    """Which lists are the same is asked at each call."""

    def f(x):
        ONE.recent = ONE.recent + [x[0]]
        NUMBERS.append(x[1]*ONE.recent[-1])
        return sum(ONE.recent)*sum(NUMBERS)

    derived = s2sad.value_and_grad(f)
    for same in (False, True, False):
        left = []
        for call in (f, lambda x: derived(x)[0]):
            begin()
            if same:
                ONE.recent = NUMBERS
            held = ONE.recent
            left.append((call(X), repr(NUMBERS), repr(held), repr(ONE.recent)))
        assert left[0] == left[1]


def test_what_is_changed_later_changes_no_pullback():
    begin()
    _, pullback = s2sad.vjp(of_states, X)
    first = pullback(1.0)[0]
    for held in ONE.states:
        held[:] = 7.0
    ONE.states.clear()
    np.testing.assert_array_equal(pullback(1.0)[0], first)


TABLE: dict = {}


def on_a_path(x):
    held = LOSSES if x[0] > 0.1 else NUMBERS
    held.append(x[0]*x[1])
    return held[-1]*x[2] + sum(LOSSES)


def put_elsewhere(x):
    TABLE["q"] = LOSSES
    LOSSES.append(x[0])
    TABLE["q"].append(x[1])
    return LOSSES[-1]*x[2]


def of_lists(x):
    z = [x[0]]
    LOSSES.append(z)
    LOSSES[-1].append(x[1])
    return sum(z)


def by_a_recursion(x):
    def told(v, n):
        LOSSES.append(v)
        return v if n == 0 else told(v*x[1], n - 1)

    return told(x[0], 2 + len(x))*LOSSES[-1]


@pytest.mark.parametrize(
    ("fun", "said"),
    [
        (on_a_path, "LOSSES is written, which is neither an argument nor local; pass it as an argument"),
        (put_elsewhere, "is read here and|comes back here"), (of_lists, "is changed, which is a container of this"),
        (by_a_recursion, "is read here and|comes back here"),
    ],
)  # fmt: skip
def test_what_is_refused(fun, said):
    begin()
    for derive in (s2sad.grad(fun), lambda x: s2sad.jvp(fun, (x,), (V,))):
        with pytest.raises(s2sad.UnsupportedError, match=rf"\.py:\d+:\d+: (?s:.)*({said})"):
            derive(X)
        assert not LOSSES
