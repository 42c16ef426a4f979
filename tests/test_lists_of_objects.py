"""Lists, tuples and dicts of objects of plain classes as constant arguments.

A text is written for objects by what they are like: every program is called with other objects, with more of
them, with the same ones after an attribute has changed, and with one object twice.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest

import s2sad


class Body:
    def __init__(self, m, v=1.5):
        self.m, self.v = m, v
        self.track = []

    def force(self, x):
        return self.m*x**2 + self.v*x

    def kick(self, x):
        self.v = self.v + x*self.m


class Spring:
    def __init__(self, k):
        self.k = k

    def force(self, x):
        return -self.k*x**3


class Layer:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return np.tanh(self.w*x)


class System:
    def __init__(self, bodies):
        self.bodies = bodies


def attributes(x, ps):
    total = 0.0
    for p in ps:
        total = total + p.m*x**2
    return total


def by_index(x, ps):
    total = x
    for i in range(len(ps)):
        total = total + ps[i].m*ps[-1].force(x)
    return total


def methods(x, ps):
    total = 0.0
    for k, p in enumerate(ps):
        total = total + p.force(x)*(k + 1)
    return total


def pairs(x, ps):
    total = x
    for i, a in enumerate(ps):
        for b in ps[i + 1:]:
            total = total + a.m*b.v/x if a is not b else total - b.v*x
    return total


def chosen(x, ps):
    best = max(ps, key=lambda p: p.m)
    kept = [p for p in ps if p.m > 1.5]
    return best.m*x**2 + sum(p.m for p in sorted(kept, key=lambda p: -p.v))*x + ps[0].v*x


def zipped(x, ps):
    total = 0.0
    for p, w in zip(ps, (x, x*x, 2.0)):
        total = total + p.m*w
    return total


def unpacked(x, ps):
    first, *rest = ps
    total = first.m*x
    for p in rest:
        total = total + p.force(x)
    return total


def written(x, ps):
    for p in ps:
        p.kick(x)
    for i in range(len(ps)):
        ps[i].kick(x**2*i)
    return sum(p.v**2 for p in ps)


def joined(x, ps):
    total = 0.0
    for p in [*ps, Body(x)]:
        total = total + p.m**2*x
    return total


def counted(x, ps):
    total = 0.0
    for p in ps:
        p.count = 1
        total = total + p.m*x**2
    return total


def recursive(x, ps):
    return x if len(ps) == 0 else recursive(x*ps[0].m, ps[1:])


READING = (attributes, by_index, methods, pairs, chosen, zipped, unpacked, joined, recursive)


def held(f, *calls, twice=True):
    """Value, gradient, forward mode and second derivative for several arguments, by the same transforms."""
    gradient, second = s2sad.value_and_grad(f), s2sad.hvp(f)

    def plain(x, given):
        return f(x, copy.deepcopy(given))

    for x, given in calls:
        value, slope = gradient(x, copy.deepcopy(given))
        assert value == plain(x, given)
        assert np.isclose(slope, (plain(x + 1e-6, given) - plain(x - 1e-6, given))/2e-6, rtol=1e-7, atol=1e-7)
        assert np.isclose(s2sad.jvp(f, (x, copy.deepcopy(given)), (0.5, None))[1], 0.5*slope, rtol=1e-12)
        if twice:
            slopes = [gradient(x + h, copy.deepcopy(given))[1] for h in (1e-6, -1e-6)]
            assert np.isclose(second(x, copy.deepcopy(given), 1.0), (slopes[0] - slopes[1])/2e-6, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("f", READING, ids=lambda f: f.__name__)
def test_objects_that_are_read(f):
    three = [Body(2.0), Body(5.0, 0.5), Body(1.0, 2.5)]
    held(f, (0.7, [Body(1.0), Body(2.0)]), (0.6, three), (0.6, tuple(three)))
    three[0].m = 9.0
    three[1].v = np.float64(0.25)
    held(f, (0.6, three), (0.6, [three[0], three[2], three[0]]), (0.4, [Body(4)]), twice=False)


def test_the_loop_stays_a_loop():
    gradient = s2sad.grad(attributes)
    gradient(0.7, [Body(float(i)) for i in range(1, 200)])
    assert "for p in ps:" in gradient.source and len(gradient.source.splitlines()) < 20


def test_objects_that_are_written():
    held(written, (0.7, [Body(1.0), Body(2.0)]), (0.6, [Body(2.0), Body(5.0), Body(3.0)]), (0.5, (Body(1.0),)))
    one = Body(1.0)
    held(written, (0.7, [one, Body(2.0), one]), (0.7, [one, one, Body(2.0)]))


def test_the_caller_sees_attributes_that_are_only_set():
    ps = [Body(1.0), Body(2.0)]
    assert s2sad.grad(counted)(0.5, ps) == 3.0 and [p.count for p in ps] == [1, 1]


def test_two_classes():
    held(methods, (0.7, [Body(1.0), Spring(2.0)]), (0.7, [Spring(3.0), Body(2.0)]), (0.7, [Spring(1.0)]))
    held(methods, (0.7, (Body(1.0), Spring(2.0), Body(4.0))), (0.7, (Spring(3.0), Body(2.0))))


def test_an_empty_list():
    def plus(x, ps):
        return by_index(x, ps) + x**2

    held(plus, (0.7, []), (0.7, [Body(2.0)]), (0.7, ()))


def test_dicts_of_objects():
    def by_key(x, ps):
        return ps["a"].m*x**2 + ps["b"].force(x)

    def items(x, ps):
        total = 0.0
        for k, p in ps.items():
            total = total + p.m*x**len(k)
        return total

    calls = [(0.7, {"a": Body(1.0), "b": Body(2.0)}), (0.7, {"a": Body(3.0), "b": Body(4.0)})]
    held(by_key, *calls, (0.7, {"a": Body(3.0), "b": Spring(4.0)}))
    held(items, *calls, (0.7, {"aa": Body(3.0)}))


def test_in_an_attribute_and_outside():
    def of_system(x, system):
        return sum(system.bodies[i].m*x**2 for i in range(len(system.bodies))) + methods(x, system.bodies)

    held(of_system, (0.7, System([Body(1.0), Body(2.0)])), (0.7, System([Body(4.0), Body(3.0), Body(1.0)])))
    bodies = [Body(1.0)]
    slope = s2sad.grad(lambda x: methods(x, bodies))
    assert slope(0.5) == 2.5
    bodies.append(Spring(2.0))
    assert slope(0.5) == 2.5 - 2*3.0*2.0*0.25
    bodies[0].m = 3.0
    assert slope(0.5) == 4.5 - 2*3.0*2.0*0.25


@pytest.mark.parametrize("kind", [list, tuple])
def test_callable_objects(kind):
    def through(x, layers):
        for layer in layers:
            x = layer(x)
        return x*layers[-1].w

    held(through, (0.7, kind([Layer(1.0), Layer(2.0)])), (0.7, kind([Layer(3.0), Layer(0.5)])))
    held(lambda x, m: m[0][0](x)*m[1], (0.7, kind([kind([Layer(1.0)]), 2.0])), (0.7, kind([kind([Layer(3.0)]), 0.5])))
    held(lambda x, d: d["a"](x)*d["b"].w, (0.7, {"a": Layer(1.0), "b": Layer(2.0)}), (0.7, {"a": Layer(3.0), "b": Layer(4.0)}))


def test_what_is_given_twice_and_changed_is_refused():
    def logged(x, ps, q):
        q.track.append(x)
        return x*len(ps[1].track)

    one = Body(1.0)
    with pytest.raises(s2sad.UnsupportedError, match="the arguments hold an object twice; put a copy"):
        s2sad.grad(logged)(0.5, [Body(2.0), one], one)


def test_arrays_that_are_written_in_place():
    def scaled(x, ps):
        for p in ps:
            p.v *= x
        return sum(np.sum(p.v)*x for p in ps)

    gradient, one, shared = s2sad.grad(scaled), Body(1.0, np.ones(2)), np.arange(2.0)
    for ps in ([Body(1.0, np.ones(2)), Body(2.0, np.ones(3))], [one, Body(1.0, np.ones(3)), one],
               [Body(1.0, shared), Body(1.0, shared)]):
        near = [scaled(0.7 + h, copy.deepcopy(ps)) for h in (1e-6, -1e-6)]
        before = [p.v.copy() for p in ps]
        assert np.isclose(gradient(0.7, ps), (near[0] - near[1])/2e-6, rtol=1e-7)
        assert all(np.array_equal(p.v, v) for p, v in zip(ps, before, strict=True))


class Tagged:
    factor = 2.0

    def __init__(self, v, tag="a", power=2, parts=(), table=None):
        self.v, self.tag, self.power, self.parts, self.table = v, tag, power, parts, table

    @property
    def scaled(self):
        return self.v*self.factor


class Marked(Tagged):
    @property
    def scaled(self):
        return -self.v


def values_that_are_no_numbers(x, ps):
    total = 0.0
    for p in ps:
        total = total + p.scaled*x**p.power if p.tag == "a" else total*x + len(p.tag)
        for v in p.parts:
            total = total + v*x
        if p.table is not None:
            total = total + sum(v*x**len(k) for k, v in p.table.items())
        if hasattr(p, "extra"):
            total = total + p.extra*x
        total = total*(2.0 if type(p) is Marked else 3.0)
    return total


def test_what_other_objects_hold():
    """Words, whole numbers, lengths, keys and classes of the first objects stand in no text for others."""
    extra = Tagged(2.0)
    extra.extra = 5.0
    held(values_that_are_no_numbers, (1.3, [Tagged(1.0), Tagged(2.0)]), (1.3, [Tagged(1.0, "b", 3), Tagged(2.0, "abc")]),
         (1.3, [Tagged(1.0, parts=(1.0, 2.0)), Tagged(2.0, parts=(3.0, 4.0))]), (1.3, [Tagged(1.0, parts=[1.0])]),
         (1.3, [Tagged(1.0, table={"a": 1.0}), Tagged(1.0, table={"a": 3.0})]), (1.3, [Tagged(1.0), extra]),
         (1.3, [Tagged(1.0, table={"bb": 1.0, "a": 2.0})]), (1.3, [Marked(1.0), Tagged(2.0)]), (1.3, [Marked(3.0)]))
    slope, ps = s2sad.grad(values_that_are_no_numbers), [Tagged(1.0)]
    assert slope(1.5, ps) == 3.0*2.0*2.0*1.5
    Tagged.factor = 5.0
    assert slope(1.5, ps) == 3.0*5.0*2.0*1.5
    Tagged.factor = 2.0


def test_objects_in_tuples_in_lists():
    def of_pairs(x, ps):
        total = 0.0
        for (p, w), word in ps:
            total = total + p.force(x)*w*x**len(word)
        return total

    held(of_pairs, (0.7, [((Body(1.0), 2.0), "a"), ((Body(3.0), 2.0), "bb")]),
         (0.7, [((Body(1.0), 2.0), "aa"), ((Spring(3.0), 5.0), "bb")]), (0.7, (((Spring(7.0), 2.0), "aaa"),)))

    def of_rows(x, rows):
        return sum(p.force(x) for row in rows for p in row) + rows[-1][0].force(x)

    held(of_rows, (0.7, [[Body(1.0), Body(2.0)], [Body(3.0)]]), (0.7, [[Body(1.0)], [Spring(3.0), Body(5.0)]]))
