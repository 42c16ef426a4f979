"""Derivatives of derivatives as programs nest them: pullbacks of gradients, products with Hessians, schedules."""

from __future__ import annotations

import re
import tracemalloc
import warnings
from collections import namedtuple

import numpy as np
import pytest

from s2sad import (
    UnsupportedError,
    checkpoint,
    checkpointed,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacrev,
    jvp,
    stop_gradient,
    value_and_grad,
    vjp,
)
from support import check, differences, direction, flat, moved

X, V = np.array([1.1, 0.4]), np.array([0.3, -0.7])
Two = namedtuple("Two", "a b")


def twice(fun, args, tol=1e-4):
    """The gradient and its tangent against differences."""
    check(fun, args, probes=1)
    wrt = tuple(i for i, a in enumerate(args) if isinstance(a, float | np.ndarray | dict))
    rng = np.random.default_rng(3)
    v = tuple(direction(a, rng) if i in wrt else None for i, a in enumerate(args))
    gradient = grad(fun, wrt)
    dot = flat(jvp(gradient, args, v)[1])
    steps = tuple(0 if d is None else d for d in v)
    plus, minus = (flat(gradient(*moved(args, steps, h))) for h in (1e-5, -1e-5))
    np.testing.assert_allclose(dot, (plus - minus)/2e-5, rtol=tol, atol=tol*max(1.0, np.abs(dot).max()))


def powers(x):
    return np.sum(x**3*np.sin(x))


def of_dict(d):
    return np.sum(d["a"]**3)*d["b"]**2


# ------------------------------------------------------------------------------------- pullbacks of derivatives


def pulled_gradient(x, v):
    _, pull = vjp(grad(powers), x)
    return np.sum(pull(v)[0]**2)


def pulled_closure(x, k):
    out, pull = vjp(grad(lambda y: np.sum(k*y**4)), x)
    return np.sum(pull(out)[0])


def pulled_tree(d, v):
    _, pull = vjp(grad(of_dict), d)
    found = pull({"a": v, "b": 1.0})[0]
    return np.sum(found["a"]) + found["b"]**2


def pulled_value(x, v):
    (value, _), pull = vjp(value_and_grad(powers), x)
    return np.sum(pull((value, v))[0])


def pulled_hessian(x, v):
    matrix, pull = vjp(hessian(powers), x)
    return np.sum(pull(matrix)[0]*v)


@pytest.mark.parametrize(
    "fun, args",
    [
        (pulled_gradient, (X, V)),
        (pulled_closure, (X, 1.5)),
        (pulled_tree, ({"a": X, "b": 2.0}, V)),
        (pulled_value, (X, V)),
        (pulled_hessian, (X, V)),
    ],
)
def test_pullbacks_of_derivatives_inside(fun, args):
    twice(fun, args)


# ------------------------------------------------------------------------------------- functions that call themselves


def nested_sines(x, n):
    if n == 0:
        return x
    return x*nested_sines(np.sin(x), n - 1)


def two_ways(x, y, n):
    if n == 0:
        return x*y
    return two_ways(x, 2.0, n - 1)*y + two_ways(1.0, y, n - 1)


def test_pullbacks_of_functions_that_call_themselves():
    """The pair that was asked for had the name of the pair that it calls."""
    for x in (0.4, X):
        (found,) = vjp(nested_sines, x, 3)[1](np.cos(x))[:1]
        np.testing.assert_allclose(found, jvp(nested_sines, (x, 3), (np.cos(x), None))[1], rtol=1e-13)
    check(nested_sines, (0.4, 3))
    check(two_ways, (0.4, 0.7, 2))
    assert jvp(two_ways, (0.4, 0.7, 2), (1.0, None, None))[1] == pytest.approx(2.8)
    assert vjp(grad(nested_sines), 0.4, 3)[1](1.0)[0] == pytest.approx(hessian(nested_sines)(0.4, 3))


# ------------------------------------------------------------------------------------------- ranks and effects


def by_axis(x, axis):
    return np.sum(x**3, axis=axis)


def by_function(x, op):
    y = op(x)
    return np.squeeze(y @ y)


def test_functions_whose_rank_is_seen_when_they_run():
    ones = np.ones(2)
    for axis in (None, 0, (0,)):
        np.testing.assert_allclose(hvp(by_axis)(X, axis, ones), 6*X)
        np.testing.assert_allclose(hessian(by_axis)(X, axis), np.diag(6*X))
    np.testing.assert_allclose(hvp(by_function)(X, np.sin, ones), 2*np.cos(2*X))
    with pytest.raises(TypeError, match="rank 0"):
        hvp(by_axis)(np.ones((2, 2)), 0, np.ones((2, 2)))
    np.testing.assert_allclose(grad(lambda x: np.sum(grad(by_axis)(x, (0,))**2))(X), 36*X**3)


def shown(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = np.log(x)
    return np.sum(y*y)


def test_hessians_under_catch_warnings():
    np.testing.assert_allclose(hessian(shown)(X), np.diag((2 - 2*np.log(X))/X**2))


def test_hessians_of_functions_with_an_effect_have_it_once():
    log = []

    def logged(x, rng):
        log.append(1)
        return np.sum(x**3*rng.normal(size=2))

    noise = np.random.default_rng(0).normal(size=2)
    np.testing.assert_allclose(hessian(logged)(X, np.random.default_rng(0)), np.diag(6*X*noise))
    assert len(log) == 1


# --------------------------------------------------------------------------------- transforms of library functions


def test_nested_transforms_of_library_functions():
    x = 0.3
    second = -2*np.tanh(x)*(1 - np.tanh(x)**2)
    for found in (jacfwd(jacfwd(np.tanh)), jacrev(jacfwd(np.tanh)), grad(lambda y: jacfwd(np.tanh)(y))):
        assert found(x) == pytest.approx(second)
    assert jvp(hvp(np.tanh), (x, 1.0), (0.0, 1.0))[1] == pytest.approx(second)
    assert grad(hvp(lambda y: y**4))(2.0, 1.0) == 48.0


# ------------------------------------------------------------------------------------------ what is checkpointed


def with_a_dict(p):
    def layer(d):
        return {"h": np.tanh(d["w"] @ d["x"]), "norm": [np.sum(d["x"]**2), (d["x"], 2.0*d["w"])]}

    r = checkpoint(layer)(p)
    r["h"] = r["h"]*2
    return np.sum(r["h"])*r["norm"][0] + np.sum(r["norm"][1][1])


def with_a_namedtuple(x):
    def layer(x):
        return Two(np.sin(x), [x*x])

    r = checkpoint(layer)(x)
    return np.sum(r.a*r.b[0])


def in_a_loop(p):
    def layer(h, w):
        return {"h": np.tanh(w*h), "aux": np.sum(h*h)}

    h, aux = p["h"], 0.0
    for _ in range(3):
        r = checkpoint(layer)(h, p["w"])
        h, aux = r["h"], aux + r["aux"]
    return np.sum(h) + aux


@pytest.mark.parametrize(
    "fun, args",
    [
        (with_a_dict, ({"w": np.eye(2)*0.5 + 0.1, "x": X},)),
        (with_a_namedtuple, (X,)),
        (in_a_loop, ({"h": X, "w": V},)),
    ],
)
def test_containers_as_results_under_checkpoint(fun, args):
    twice(fun, args)


def returning(x, a):
    for i in checkpointed(range(20), slots=3):
        x = x - 0.1*x*x*a
        if x < 0.2:
            return x*2
        if i == 7:
            if x > 0.6:
                return x*x*a
            else:
                return x**3
    return x


def returning_callee(x):
    def inner(y):
        for _ in checkpointed(range(9), slots=2):
            y = y*1.1 - 0.1*y*y
            if np.sum(y) > 0.9:
                return y*3.0, 1.0
        return y, np.sum(y)

    total = 0.0
    for k in range(3):
        a, b = inner(x*(k + 1))
        total = total + np.sum(a)*b
    return total


@pytest.mark.parametrize(
    "fun, args",
    [(returning, (1.3, 1.0)), (returning, (0.9, 0.1)), (returning, (3.0, 1.0)), (returning_callee, (X*0.3,))],
)
def test_returns_in_checkpointed_loops(fun, args):
    twice(fun, args)


def relaxed(x, n):
    for _ in checkpointed(range(n), slots=4):
        x = x - 0.01*np.sin(x)*x
    return np.sum(x)


def plainly(x, n):
    for _ in range(n):
        x = x - 0.01*np.sin(x)*x
    return np.sum(x)


def test_products_with_hessians_keep_as_many_states_as_there_are_slots():
    for n in (0, 1, 5, 23):
        np.testing.assert_allclose(hvp(relaxed)(X, n, V), hvp(plainly)(X, n, V), rtol=1e-13)
    x = np.ones(2000)
    peaks = {}
    for n in (40, 160):
        hvp(relaxed)(x, n, x)
        tracemalloc.start()
        hvp(relaxed)(x, n, x)
        peaks[n] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[160] < 1.2*peaks[40] < 60*x.nbytes


def test_gradients_of_gradients_keep_states_by_segments():
    """Four times as many trips with twice as many slots need twice the memory."""
    def loop(x, n, slots):
        for i in checkpointed(range(1, 2*n, 2), slots=slots):
            x = x - 0.01*np.sin(x)*np.exp(-x*x)*i
        return np.sum(x)

    def stored(x, n):
        for i in range(1, 2*n, 2):
            x = x - 0.01*np.sin(x)*np.exp(-x*x)*i
        return np.sum(x)

    x = np.linspace(0.5, 1.5, 2000)
    for n in (0, 1, 5, 23):
        expected = vjp(grad(stored), x, n)[1](x)[0]
        np.testing.assert_allclose(vjp(grad(loop), x, n, 4)[1](x)[0], expected, rtol=1e-10, atol=1e-14)
    norm = grad(lambda x, n, slots: np.sum(grad(loop)(x, n, slots)**2))
    peaks = {}
    for n, slots in ((36, 6), (144, 12)):
        norm(x, n, slots)
        tracemalloc.start()
        norm(x, n, slots)
        peaks[n] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[144] < 2.2*peaks[36] < 2.2*80*x.nbytes


def test_products_with_hessians_compute_no_gradient():
    """The gradient is no result: what only it needs is gone from the text."""
    def quadratic(w, a):
        return np.sum((a @ w)**2)

    a = np.arange(6.0).reshape(3, 2)
    product, whole = hvp(quadratic), hessian(quadratic)
    np.testing.assert_allclose(product(X, a, V), 2*a.T @ (a @ V))
    np.testing.assert_allclose(whole(X, a), 2*a.T @ a)
    for text in (product.source, whole.source):
        assert "w_bar_dot" not in text and "@ w\n" not in text


def test_products_with_hessians_add_up_no_gradient():
    """Nor do they add to lists or elements of arrays for the gradient alone: a reverse sweep raises nothing."""
    def layers(ps, x):
        for w, b in ps[:-1]:
            x = np.tanh(x @ w + b)
        return np.sum((x @ ps[-1][0] + ps[-1][1])**2)

    def pairs(x):
        s = 0.0
        for i in range(len(x)):
            for j in range(i):
                s += 1/(x[i] - x[j])**2
        return s

    ps = [(np.full((2, 3), 0.3), np.ones(3)), (np.ones((3, 1)), np.ones(1))]
    for fun, args in ((layers, (ps, X[None])), (pairs, (np.array([0.3, 1.2, 2.9]),))):
        product, vector = hvp(fun), direction(args[0], np.random.default_rng(1))
        expected = differences(grad(fun), args, (vector, *(0*a for a in args[1:])))
        np.testing.assert_allclose(flat(product(*args, vector)), expected, rtol=1e-6, atol=1e-7)
        assert not re.search(r"(ps|x)_bar(\[| = (zeros|np))", product.source)


# ------------------------------------------------------------------------------------ constants of constants' views


def shifted(x, w):
    u = w*x
    for _ in range(2):
        y = u[1:]
        u = np.concatenate([y, stop_gradient(y)[:1]])
    return np.sum(u*u)


def shifted_in_branches(x, w):
    us = []
    for i in range(3):
        us.append(w*x)
        if i != 1:
            y = us[-1][1:]
            us[-1] = np.concatenate([stop_gradient(y)[:1].T, y])
    return np.sum(us[0]*us[1]*us[2])


@pytest.mark.parametrize("fun", [shifted, shifted_in_branches])
def test_views_of_constants_have_no_cotangent(fun):
    args = 0.7, np.array([0.3, -0.4, 0.9])
    v = 0.3, np.array([0.2, 0.5, -0.1])
    gradient = grad(fun, (0, 1))
    dots = jvp(gradient, args, v)[1]
    pulled = vjp(gradient, *args)[1](v)
    np.testing.assert_allclose(flat(dots), flat(pulled), rtol=1e-12)


# --------------------------------------------------------------------------------------------- whose line is shown


def written_behind(x, w):
    s = 1.2*x
    u = w*x
    for _ in range(3):
        y = u[1:]
        u = np.concatenate([y, stop_gradient(y)[:1]])
    u = u.copy()
    u[1] = s
    print(end="")  # would happen twice if symmetry served instead
    if s > 0.3:
        y = u[1:]
        u = np.concatenate([y, y[:1]])
    return np.sum(u*w)


def divided(x):
    y = np.maximum(x, 0.0)
    return np.sum(np.linalg.inv(np.outer(y, y)))


def test_refusals_and_errors_of_derivatives_show_the_line_that_was_written():
    """Not a line of the text that is differentiated again."""
    gradient = grad(written_behind, (0, 1))
    assert np.isfinite(gradient(0.7, np.ones(3))[0])
    with pytest.raises(UnsupportedError) as refused:
        vjp(gradient, 0.7, np.ones(3))
    at = written_behind.__code__.co_firstlineno + 5
    assert f"{__file__}:{at}:" in str(refused.value)
    assert "differentiated again: an array is written" in str(refused.value)
    with pytest.raises(np.linalg.LinAlgError) as failed:
        hvp(divided)(np.zeros(2), np.ones(2))
    assert any(f"{__file__}:{divided.__code__.co_firstlineno + 2}: return" in n for n in failed.value.__notes__)


def tree(v, k):
    if k == 0:
        return np.sum(v)
    return tree(v*0.9, k - 1) + tree(np.sin(v), k - 1)*v[0]


def of_a_tree(x, k):
    return tree(x, k)**2


def test_texts_that_are_changed_before_they_are_read_again_keep_their_places():
    """What pairs keep that call themselves are objects there: a refusal named the lines of that text."""
    from s2sad.errors import written
    from s2sad.frontend.source import find

    gradient, x = grad(of_a_tree), np.array([0.3, 0.7])
    gradient(x, 2)
    source = find(next(iter(gradient.current().functions.values())))
    assert "Kept" in "".join(source.lines)
    first, end = tree.__code__.co_firstlineno, of_a_tree.__code__.co_firstlineno + 1
    for stmt in source.node.body:
        span = written(source.span(stmt))
        assert span is not None and span.file == __file__ and first < span.line <= end


def of_jacobians(x):
    return np.sum(jacrev(lambda x: np.array([x[0]*x[1], x[1]]))(x))


def of_forward_jacobians(x):
    return np.sum(jacfwd(lambda x: np.array([x[0]*x[1], x[1]]))(x))


def test_refusals_in_texts_of_jacobians_stand_where_these_are_called():
    gradient, x = grad(of_jacobians), np.array([0.3, 0.7])
    with pytest.raises(UnsupportedError, match="a number is the tangent of an array") as refused:
        print(gradient.source)  # nothing is known of x before the first call
    assert f"{__file__}:{of_jacobians.__code__.co_firstlineno + 1}:" in str(refused.value)
    forward = grad(of_forward_jacobians)
    assert "# assumes: x array\n" in forward.source
    np.testing.assert_allclose([gradient(x), forward(x)], np.ones((2, 2)))
