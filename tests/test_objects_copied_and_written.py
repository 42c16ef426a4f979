"""Objects that come from outside: arrays in them that are written, and copies of them.

What an attribute holds has one tangent, wherever it is read; two attributes that overlap are not written; a copy
of an object is another one, and what is set in it is not seen in the first.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest

import s2sad
from support import inner

X, V = np.array([0.5, -1.2, 0.8]), np.array([0.3, -0.2, 0.9])


class Model:
    """Holds arrays, numbers, a dict and another object."""

    def __init__(self, **parts):
        vars(self).update(parts)

    def weights(self):
        return self.w

    def times(self, x):
        return self.w*x*self.k


def fresh():
    inside = Model(w=np.array([3.0, 2.0, 1.0]))
    return Model(w=np.array([1.0, 2.0, 3.0]), k=2.0, table={"a": np.ones(3)}, inside=inside)


HELD = fresh()
SETTINGS = {"a": 2.0, "w": np.ones(3)}


def augmented(x, m):
    m.w *= x
    return np.sum(x*m.w)


def in_parts(x, m):
    for i in range(2):
        m.w[i + 1] = m.w[i]*x[i]
    return np.sum(m.w*x)


def by_a_name(x, m):
    w = m.w
    w += x*x
    return np.sum(m.w*m.w)


def on_a_path(x, m):
    if x[0] > 0:
        m.w[1:] = x[1:]**2
    else:
        m.w[0] = 1.0
    return np.sum(m.w*x)


def by_a_method(x, m):
    w = m.weights()
    w[0] = x[0]**2
    return np.sum(m.w*x)


def out_of_it(x, m):
    np.multiply(m.w, x, out=m.w)
    return np.sum(m.w*x)


def in_a_callee(x, m):
    def scale(model, y):
        model.w[:] = model.w*y

    scale(m, x)
    scale(m, x*x)
    return np.sum(m.w)


def copied_deeply(x, m):
    n = copy.deepcopy(m)
    n.w[0] = x[1]
    n.k = 5.0*x[0]
    n.inside.w *= x
    n.table["a"] = x
    return np.sum(m.w*x) + np.sum(n.times(x)) + np.sum(m.inside.w*n.inside.w) + m.k*np.sum(m.table["a"]*x)


def copied(x, m):
    n = copy.copy(m)
    n.w = n.w*x
    n.k += 1.0
    n.new = 3.0
    return np.sum(m.w*x)*m.k + np.sum(n.w)*n.k*n.new


def copied_from_outside(x, m):
    g, h = copy.copy(HELD), copy.deepcopy(HELD)
    g.k += x[0]
    h.w[0] = x[2]
    settings = copy.deepcopy(SETTINGS)
    settings["a"] = x[1]
    settings["w"][1] = x[0]
    return np.sum(g.times(x)) + HELD.k*np.sum(h.w*x + HELD.w*m.w) + settings["a"]*np.sum(settings["w"]*SETTINGS["w"])


PROGRAMS = [
    augmented, in_parts, by_a_name, on_a_path, by_a_method, out_of_it, in_a_callee, copied_deeply, copied,
    copied_from_outside,
]  # fmt: skip


def left():
    """What the objects outside hold."""
    return repr((vars(HELD.inside), {k: v for k, v in vars(HELD).items() if k != "inside"}, SETTINGS))


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_objects_that_are_written_or_copied(f):
    """The gradient and the two modes against differences; the caller's objects stay as they are."""
    before, m = left(), fresh()
    value, gradient = s2sad.value_and_grad(f)(X, m)
    assert value == f(X.copy(), fresh())
    change = (f(X + 1e-6*V, fresh()) - f(X - 1e-6*V, fresh()))/2e-6
    np.testing.assert_allclose(inner(gradient, V), change, rtol=1e-7)
    out, dot = s2sad.jvp(f, (X, m), (V, None))
    assert out == value
    np.testing.assert_allclose(dot, inner(gradient, V), rtol=1e-12)
    np.testing.assert_allclose(s2sad.vjp(f, X, m)[1](1.0)[0], gradient, rtol=1e-12)
    slow = s2sad.grad(lambda x, a, b: f(x, a)*f(2.0*x, b))(X, m, fresh())
    both = f(X.copy(), fresh()), f(2*X, fresh())
    expected = gradient*both[1] + 2.0*s2sad.grad(f)(2*X, fresh())*both[0]
    np.testing.assert_allclose(slow, expected, rtol=1e-12)
    assert left() == before
    assert repr((m.w, m.k, m.table, m.inside.w)) == repr((fresh().w, 2.0, fresh().table, fresh().inside.w))


def test_arrays_of_one_object_that_overlap_are_not_written():
    def through_a_view(x, m):
        m.part[0] = x[1]
        return np.sum(m.w*m.w)*x[0]

    def augmented_and_set(x, m):
        m.w += 1
        m.w = m.w*x
        return np.sum(m.w*x)

    w = np.array([1.0, 2.0, 3.0])
    for part in (w[1:], w[::-1]):
        for derive in (s2sad.grad(through_a_view), lambda x, m: s2sad.jvp(through_a_view, (x, m), (V, None))):
            with pytest.raises(s2sad.UnsupportedError, match="share memory"):
                derive(X, Model(w=w, part=part))
    np.testing.assert_allclose(s2sad.grad(through_a_view)(X, Model(w=w, part=np.ones(3))), [14.0, 0.0, 0.0])
    x = X.copy()
    with pytest.raises(s2sad.UnsupportedError, match="shares memory with (the argument 'x'|x)"):
        s2sad.grad(augmented_and_set)(x, Model(w=x))


class Slotted:
    """Says itself how it is copied."""

    def __init__(self):
        self.w = np.ones(3)

    def __deepcopy__(self, memo):
        return self


def test_objects_that_cannot_be_copied_here():
    def whole(x, m):
        n = copy.deepcopy(m)
        n.w[0] = x[1]
        return np.sum(m.w*x) + np.sum(n.w)

    w = np.ones(3)
    for m in (Slotted(), Model(w=w, again=w)):
        with pytest.raises(s2sad.UnsupportedError, match="copied as a whole"):
            s2sad.grad(whole)(X, m)
