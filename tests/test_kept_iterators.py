"""Iterators and views of dicts that are kept without a name, passed, or returned, and read after writes."""

from __future__ import annotations

import itertools
from contextlib import nullcontext

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


class Model:
    def __init__(self, parts):
        self.parts = parts
        self.calls = 0

    def values(self):
        return self.parts.values()

    def squares(self):
        return (v*v for v in self.parts.values())

    def keep(self, items):
        self.items = items

    def mean(self, values):
        self.calls += 1
        return sum(values)/len(values)


def squares(xs):
    return (v*v for v in xs)


def total(items):
    s = 0.0
    for v in items:
        s = s + v
    return s


def put_first(items, xs, v):
    xs[0] = v
    return sum(items)


def passed(x, c):
    xs, d = [x[0], c[0]], {0: x[1], 1: c[1]}
    s = put_first((v*v for v in xs), xs, x[2]**3)
    return s*put_first(d.values(), d, x[0]*c[2])


def kept(x, c):
    m, xs, d = Model({}), [x[0], c[0]], {"a": x[1], "b": c[1]}
    m.keep(v*v for v in xs)
    m.views = [d.items(), 2.0]
    held = {"late": (v*3 for v in xs)}
    xs[1] = x[2]**2
    d["a"] = c[2]*x[0]
    return sum(m.items) + sum(held["late"])*sum(v for _, v in m.views[0])


def returned(x, c):
    m, xs, k = Model({"a": x[0], "b": c[0]}), [x[1], c[1]], x[0]

    def scaled():
        return (v*k for v in xs)

    values, own, outside, late = m.values(), m.squares(), squares(xs), scaled()
    m.parts["a"] = x[2]**2
    xs[0] = c[2]*x[0]
    k = x[1]**3
    return sum(values)*max(values)*sum(own) + sum(outside)*sum(late)


def through_others(x, c):
    y, parts = x*1.0, {"a": x[0], "b": c[0]}
    m = Model(parts)
    own, tail, first = m.squares(), squares(y[1:]), squares(m.parts.values())
    parts["a"] = x[2]**2
    y[1] = c[2]*x[0]
    return sum(own)*sum(tail) + sum(first)


def by_default(x, c):
    d = {"a": x[0], "b": c[0]}

    def weigh(values=d.values()):  # noqa: B008
        return sum(values)

    d["a"] = x[1]**3*c[1]
    return weigh()*weigh()


def looped(x, c):
    xs, d, s = [x[0], x[1], c[0]], {"a": x[2], "b": c[1]}, 0.0

    def own():
        return (v*v for v in xs)

    def views():
        return d.values()

    for v in own():
        xs[2] = v*c[2]
        s = s + v
    for v in views():
        d["b"] = v*0.5
        s = s*2 + v
    return s


def through_targets(x, c):
    xs, d, s = [x[0], x[1], c[0]], {"a": x[2], "b": c[1]}, 0.0
    for i, v in enumerate(itertools.accumulate(xs)):
        for ys in [xs]:
            ys[(i + 1) % 3] = v*0.5
        s = s + v*(i + 1)
    for v in d.values():
        with nullcontext(d) as e:
            e["b"] = v*0.5
        s = s + v*v
    late, values = (v*v for v in xs), d.values()
    for k, ys in enumerate([xs]):
        ys[k] = x[0]**3
    [e.update(a=c[2]) for e in (d,)]
    return s*sum(late) + sum(values)


WRITTEN = (passed, kept, returned, through_others, by_default, looped, through_targets)


@pytest.mark.parametrize("f", WRITTEN, ids=lambda f: f.__name__)
def test_what_is_kept_is_read_late(f):
    check(f, (X, C))
    check(twice(f), (X, C), 0, probes=1, pullbacks=False, text=False)


@pytest.mark.parametrize("f", (passed, kept, returned), ids=lambda f: f.__name__)
def test_what_is_kept_in_places(f):
    for program in places(f):
        check(program, (X, C), probes=1, pullbacks=False, text=False)


def mapped_argument(x):
    xs = [x, 2*x]
    return put_first(map(np.sin, xs), xs, x**3)


def mapped_attribute(x):
    m, xs = Model({}), [x, 2*x]
    m.items = map(np.sin, xs)
    xs[1] = x**3
    return sum(m.items)


def mapped_element(x):
    xs = [x, 2*x]
    parts = [iter(xs), zip(xs, xs)]
    xs[1] = x**3
    return sum(a*b for a, b in parts[1])


def mapped_result(x):
    xs = [x, 2*x]

    def sines():
        return map(np.sin, xs)

    items = sines()
    xs[0] = x**3
    return sum(items)


def taken_twice(x):
    m, xs, s = Model({}), [x, 2*x], 0.0
    m.items = (v*v for v in xs)
    for _ in range(2):
        xs[1] = x**3
        s = s*2 + sum(m.items)
    return s


CHANGES = "what an iterator is made of changes before it is taken from; make a list of it"


@pytest.mark.parametrize(
    "f, line, said",
    [
        (mapped_argument, 2, f"22: {CHANGES}"),
        (mapped_attribute, 2, f"15: {CHANGES}"),
        (mapped_element, 2, f"24: {CHANGES}"),
        (mapped_result, 4, f"16: {CHANGES}"),
        (taken_twice, 5, "23: a generator is taken from again; make a list of it"),
    ],
    ids=lambda f: getattr(f, "__name__", ""),
)
def test_what_changes_before_it_is_read_is_refused(f, line, said):
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(f)(1.3)
    assert f"{__file__}:{f.__code__.co_firstlineno + line}:{said}" in str(caught.value)


def taken_at_once(x, c):
    xs, d = [x[0], c[0]], {"a": x[1], "b": c[1]}
    m = Model(tuple(d.values()))
    s = sum(map(np.sin, xs)) + total(v*v for v in xs) + max(d.values()) + total(zip_of(xs, c))
    e = dict(d.items())
    rows = {"a": list(map(np.cos, xs)), "b": sum(v*v for v in xs)}
    xs[0], d["a"] = x[2]**2, c[2]*x[0]
    return s*sum(m.parts)*e["a"]*rows["a"][0]*rows["b"] + sum(xs)*d["a"]


def zip_of(xs, ys):
    return (a*b for a, b in zip(xs, ys))


def taken_in_a_loop(x, c):
    xs, d, s = [x[0], c[0]], {"a": x[1], "b": c[1]}, x[2]
    for _ in range(3):
        s = total(v*v for v in xs)*c[2] + total(d.values()) + total(reversed(xs))
        s = s + sum((v*v for v in xs) if s > 0 else xs)
        xs[0], d["a"] = s*0.1, s*0.2
    return s


def means(x, c):
    m, s = Model({"a": x[0], "b": c[0]}), x[1]
    for _ in range(2):
        s = s*m.mean(list(m.values())) + m.mean(m.values())
        m.parts = {"a": s, "b": c[1]}
    return s*m.calls


def built_before(x, c):
    xs = []
    for v in x:
        xs.append(v*c[0])
    s = total(v*v for v in xs)*sum(squares(xs))
    xs[0] = s
    return s + max(squares(xs)) + xs[0]


def steps(x, c):
    m, s = Model({"a": x*1.0, "b": c*1.0}), 0.0
    for k in range(2):
        for p, g in zip(m.values(), [c, x]):
            p -= 0.1*g
        for p in m.squares():
            s = s + p@x*(k + 1)
    return s


class Loader:
    def __init__(self, pairs):
        self.pairs, self.seen = pairs, 0


def loaded(x, c):
    xs, cs = list(x), list(c)
    data = Loader(zip(xs, cs))
    data.seen = 3
    s = 0.0
    for a, b in data.pairs:
        data.seen += 1
        s = s + a*b*b
    return s*data.seen


LEFT = (taken_at_once, taken_in_a_loop, means, built_before, steps, loaded)


@pytest.mark.parametrize("f", LEFT, ids=lambda f: f.__name__)
def test_what_is_taken_at_once_goes_on_to_work(f):
    check(f, (X, C))


def test_what_is_not_written_is_a_list_as_before():
    def f(x):
        return total(v*v for v in x) + total(map(np.sin, x))

    check(f, (X,))
    assert "for v in x" in s2sad.grad(f).source_for(X)


def named_view_of_what_is_held(x, c):
    d = {"a": x[0], "b": c[0]}
    m = Model(d)
    values = m.parts.values()
    d["a"] = x[1]**3*c[1]
    return sum(v*v for v in values)


def taken_by_a_function_that_writes(x, c):
    xs = [x[0], x[1], c[0]]

    def squares_of_xs():
        return (v*v for v in xs)

    def written(v):
        xs[2] = x[2]**3
        return v*c[1]

    return sum([written(v) for v in squares_of_xs()])


def overwritten(items, d, v):
    d["a"] = v
    return sum(v*v for v in items)


def given_a_view_of_what_is_held(x, c):
    d = {"a": x[0], "b": c[0]*x[1]}
    m = Model(d)
    return overwritten(m.parts.values(), d, x[2]**3*c[1])


def given_squares_of_what_is_held(x, c):
    d = {"a": x[0], "b": c[0]*x[1]}
    m = Model(d)
    return overwritten((v*v for v in m.parts.values()), d, x[2]**3*c[1])


HELD = (
    named_view_of_what_is_held, taken_by_a_function_that_writes, given_a_view_of_what_is_held,
    given_squares_of_what_is_held,
)  # fmt: skip


@pytest.mark.parametrize("f", HELD, ids=lambda f: f.__name__)
def test_what_an_object_holds_is_written_under_its_other_name(f):
    check(f, (X, C))


def named_generator_of_what_is_held(x):
    d = {"a": x, "b": 2*x}
    m = Model(d)
    squares = (v*v for v in m.parts.values())
    d["a"] = x**3
    return np.sum(sum(squares))


def named_map_over_what_is_held(x):
    xs = [x, 2*x]
    held = [Loader(xs)]
    found = map(np.sin, held[0].pairs)
    xs[1] = x**3
    return np.sum(sum(found))


@pytest.mark.parametrize("f", [named_generator_of_what_is_held, named_map_over_what_is_held])
def test_named_iterators_of_what_is_written_under_another_name_are_refused(f):
    with pytest.raises(s2sad.UnsupportedError, match="is made of changes before it is taken from; make a list"):
        s2sad.grad(f)(X)


class Net:
    def __init__(self, parts):
        self.parts, self.calls, self.scale, self.said = parts, 0, 1.0, ""

    def weighted(self, weights):
        return zip(self.parts.values(), [weights[0], weights[1]])

    def squares(self):
        return map(lambda v: v*v, self.parts.values())  # noqa: C417

    def scaled(self):
        return (v*self.scale for v in self.parts.values())

    def say(self, **values):
        self.calls += 1
        self.said = ", ".join(f"{k}={v:.3f}" for k, v in values.items())


def attributes_set_meanwhile(x, c):
    net = Net({"a": x[0]*c[0], "b": x[1]*x[2]})
    s = 0.0
    for v, w in net.weighted(c):
        net.calls += 1
        s = s + v*w*net.calls
        net.say(loss=s)
    for v in net.squares():
        net.calls = net.calls + 1
        s = s + v*net.calls
    return s*len(net.said)


def test_attributes_that_are_set_change_no_item():
    check(attributes_set_meanwhile, (X, C))


def scaled_anew(x, c):
    net = Net({"a": x[0]*c[0], "b": x[1]*x[2]})
    s = 0.0
    for v in net.scaled():
        net.scale = net.scale*x[0]
        s = s + v
    return s


class Product:
    def __init__(self, v):
        self.v = v

    def __mul__(self, other):
        return self.v*other


def read_by_an_operator(x, c):
    one, other = Product(x[0]), Product(x[1])
    loader = Loader(map(lambda v: v*c[0], [one, other]))  # noqa: C417
    other.v = x[2]**3
    return sum(loader.pairs)


def test_attributes_that_are_read_late_count():
    check(scaled_anew, (X, C))
    with pytest.raises(s2sad.UnsupportedError, match="is made of changes before it is taken from; make a list"):
        s2sad.grad(read_by_an_operator)(X, C)
