"""Objects that are put into outside containers and changed afterwards, or made here: never read as they were before."""

from __future__ import annotations

import pytest

import s2sad


class Clock:
    def __init__(self, time=0.0):
        self.time = time


class Person:
    def __init__(self):
        self.friends = []


KEPT = []


def through_an_attribute(x, person, clock):
    person.friends.append(clock)
    clock.time = clock.time + x
    return float(person.friends[-1].time)*x


def through_an_outside_list(x, person, clock):
    KEPT.append(clock)
    clock.time = clock.time + x
    return float(KEPT[-1].time)*x


def in_a_display(x, person, clock):
    KEPT.append([clock])
    clock.time = clock.time + x
    return float(KEPT[-1][0].time)*x


def in_a_loop(x, person, clock):
    for _ in range(2):
        person.friends.append(clock)
    clock.time = clock.time*x
    total = 0.0
    for friend in person.friends:
        total += float(friend.time)
    return total*x


PROGRAMS = (through_an_attribute, through_an_outside_list, in_a_display, in_a_loop)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_what_is_changed_afterwards_is_not_read(program):
    with pytest.raises(s2sad.UnsupportedError, match="outside|appended to"):
        s2sad.grad(program)(0.7, Person(), Clock(3.0))
    with pytest.raises(s2sad.UnsupportedError, match="outside|appended to"):
        s2sad.jvp(program, (0.7, Person(), Clock(3.0)), (1.0, None, None))


def made_here(x):
    clock = Clock(3.0)
    KEPT.append(clock)
    clock.time = clock.time + x
    return clock.time*x


def test_an_object_that_is_made_here_is_not_put_outside_as_a_number():
    before = list(KEPT)
    with pytest.raises(s2sad.UnsupportedError, match="use its fields"):
        s2sad.grad(made_here)(0.7)
    assert before == KEPT


def only_kept(x, person, clock):
    person.friends.append(clock)
    return clock.time*x*x


def test_what_is_not_changed_is_kept_as_it_is():
    person, clock = Person(), Clock(3.0)
    assert s2sad.grad(only_kept)(0.7, person, clock) == pytest.approx(4.2)
    assert person.friends == [clock]
