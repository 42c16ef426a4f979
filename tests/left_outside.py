"""One check for programs that change what is outside: every transform leaves there what a plain call leaves.

    check_left(f, begin, state)      begin() sets up what is outside, state() says what it is
"""

from __future__ import annotations

import numpy as np

import s2sad

X, V = np.array([0.5, 0.6, 0.7]), np.array([0.3, -0.4, 0.8])
STEP = 1e-6


def after(begin, fun, calls):
    """The function where what is outside is as so many calls leave it."""

    def there(x):
        begin()
        for _ in range(calls):
            fun(X.copy())
        return fun(x)

    return there


def near(fun, v):
    """A difference quotient along v."""
    return (np.asarray(fun(X + STEP*v)) - np.asarray(fun(X - STEP*v)))/(2*STEP)


def check_left(fun, begin, state, forward=True, again=False):
    """Value, gradient, pullback, tangent and second derivative, and what is left by one call and by two."""
    begin()
    values, left = [], []
    for _ in range(2):
        values.append(fun(X.copy()))
        left.append(state())
    begin()
    derived = s2sad.value_and_grad(fun)
    for k in range(2):
        begin()
        for _ in range(k):
            fun(X.copy())
        value, gradient = derived(X)
        assert value == values[k] and state() == left[k]
        expected = [near(after(begin, fun, k), e) for e in np.eye(3)]
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)
        if k == 0:
            first = gradient
    begin()
    value, pullback = s2sad.vjp(fun, X)
    assert value == values[0] and state() == left[0]
    fun(2*X)
    np.testing.assert_allclose(pullback(1.0)[0], first, rtol=1e-12)
    begin()
    if forward:
        value, dot = s2sad.jvp(fun, (X,), (V,))
        assert value == values[0] and state() == left[0]
        np.testing.assert_allclose(dot, first @ V, rtol=1e-10)
    if again:
        expected = near(after(begin, lambda x: derived(x)[1], 0), V)
        begin()
        np.testing.assert_allclose(s2sad.hvp(fun)(X, V), expected, rtol=1e-4, atol=1e-5)
        assert state() == left[0]
