"""Loops of which few states are kept: binomial checkpointing.

    snapshots = Snapshots(range(n), 3)              the loop's first sweep keeps the states that the schedule
    for i in range(n):                              wants first
        keep_state(snapshots, i, x)
        x = ...
    x_bar, w_bar = reverse_trips(step_fwd, step_bwd, range(n), snapshots, (x0,), (w,), (x_bar,), (1, 2))

The schedule is that of A. Griewank, A. Walther, Algorithm 799: revolve, ACM TOMS 26 (2000): a loop of l trips
is reversed with s states kept, the first one included, by t(s, l) = r*l - C(s + r, r - 1) calls of its body
(beside those that keep what the adjoint needs), r the least number with l <= C(s + r, s). No schedule needs
less.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime.custom import generator_at, generator_state
from s2sad.runtime.lists import add_lists, copy_tree, zeros_list


def split_trips(trips: int, slots: int) -> int:
    """How far to go on before the next state is kept, with `slots` states, the present one included.

    >>> [split_trips(10, s) for s in (2, 3, 10)]
    [6, 4, 1]
    """
    r = 1
    while math.comb(slots + r, slots) < trips:
        r += 1
    least = math.comb(slots + r - 2, slots) if r >= 2 else 0
    return min(max(least, trips - math.comb(slots - 1 + r, slots - 1), 1), trips - 1)


class Snapshots:
    """The states of a loop over `trips` that are kept when it runs, at most `slots`.

    >>> sorted(Snapshots(range(10), 3).wanted)
    [0, 4, 7]
    """

    def __init__(self, trips: range, slots: int) -> None:
        if slots < 1:
            raise ValueError(f"checkpointed() needs at least one slot, not {slots}")
        self.slots = slots
        self.states: list[tuple[int, tuple[Any, ...]]] = []
        self.wanted: set[int] = set()
        at, rest, free = 0, len(trips), slots
        while rest > 0:
            self.wanted.add(trips[at])
            if free == 1 or rest == 1:
                break
            ahead = split_trips(rest, free)
            at, rest, free = at + ahead, rest - ahead, free - 1
        self.trips = trips


def keep_state(snapshots: Snapshots, i: int, *state: Any) -> None:
    """Keep a copy of the state before trip i, if the schedule wants it, and those of random generators.

    >>> snapshots = Snapshots(range(4), 2)
    >>> for i in range(4):
    ...     keep_state(snapshots, i, 10.0*i)
    >>> snapshots.states
    [(0, (0.0,)), (1, (10.0,))]
    """
    if i in snapshots.wanted:
        random = (np.random.Generator, np.random.RandomState)
        own = tuple([
            s.copy() if isinstance(s, np.ndarray) else generator_state(s) if isinstance(s, random) else s
            for s in state
        ])  # fmt: skip
        snapshots.states.append((snapshots.trips.index(i), own))


def read_again(rest: tuple[Any, ...], drawn: tuple[int, ...], states: tuple[Any, ...]) -> list[Any]:
    """What the body of a loop reads, with generators that draw what they drew from these states on.

    >>> read_again((1.0, 2.0), (), ())
    [1.0, 2.0]
    """
    given = list(rest)
    for i, kept in zip(drawn, states, strict=True):
        given[i] = generator_at(rest[i], kept)
    return given


def reverse_trips(
    forward: Any,
    backward: Any,
    trips: range,
    snapshots: Snapshots,
    state: tuple[Any, ...],
    rest: tuple[Any, ...],
    bars: tuple[Any, ...],
    active: tuple[int, ...],
    drawn: tuple[int, ...] = (),
) -> tuple[Any, ...]:
    """The cotangents of a loop's first state and of what its body reads, from those of its last state.

    `forward(i, *state, *rest)` is one trip, it returns the next state and what `backward(kept, bars)` needs,
    which returns the cotangents of the arguments numbered in `active`, counted without i. The result has
    these arguments' cotangents. What `snapshots` holds is not changed. In `rest` there are random generators
    at the places in `drawn`, whose states are kept behind the loop's; each trip draws what it drew first.

    The cotangent of 1.0 in 1.0*2*2*2, one state kept:

    >>> snapshots = Snapshots(range(3), 1)
    >>> keep_state(snapshots, 0, 1.0)
    >>> double = lambda i, x: ((2*x,), None)
    >>> reverse_trips(double, lambda kept, bars: 2*bars[0], range(3), snapshots, (1.0,), (), (1.0,), (0,))
    (8.0,)
    """
    stack = list(snapshots.states)
    count = len(state)

    totals: dict[int, Any] = {}
    for trip in range(len(trips) - 1, -1, -1):
        while stack[-1][0] > trip:
            stack.pop()
        at, now = stack[-1]
        while at < trip:
            free = snapshots.slots - len(stack) + 1
            ahead = split_trips(trip + 1 - at, free) if free > 1 else trip - at
            given = read_again(rest, drawn, now[count:])
            for k in range(at, at + ahead):
                now = forward(trips[k], *now[:count], *given)[0]
            now = (*now, *[generator_state(given[i]) for i in drawn])
            at += ahead
            if free > 1:
                stack.append((at, now))
        kept = forward(trips[trip], *now[:count], *read_again(rest, drawn, now[count:]))[1]
        grads = backward(kept, bars)
        if len(active) == 1:
            grads = (grads,)
        found = dict(zip(active, grads, strict=True))
        bars = tuple(found.get(i) for i in range(len(state)))
        for i in active:
            if i >= len(state):
                totals[i] = add_lists(totals[i], found[i]) if i in totals else found[i]
    result = []
    for i in active:
        made = bars[i] if i < len(state) else totals.get(i)
        result.append(zeros_list((*state, *rest)[i]) if made is None else copy_tree(made))
    return tuple(result)
