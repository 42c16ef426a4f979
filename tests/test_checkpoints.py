"""s2sad.checkpoint and s2sad.checkpointed: the same derivatives with less memory (issue 5)."""

from __future__ import annotations

import functools
import math
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import checkpoint, checkpointed
from s2sad.runtime.trips import Snapshots, keep_state, reverse_trips, split_trips

rng = np.random.default_rng(11)
X = np.array([0.3, 0.7, 1.1])
W = rng.normal(size=(3, 3))


def layer(x, w):
    h = np.tanh(w @ x)
    h = np.sin(h)*x
    return h*h + x


def deep(x, w):
    for _ in range(4):
        x = checkpoint(layer)(x, w)
    return np.sum(x*x)


def plain(x, w):
    for _ in range(4):
        x = layer(x, w)
    return np.sum(x*x)


# ------------------------------------------------------------------------------------------------------- checkpoint


def test_checkpoint_gives_the_same_and_runs_the_function_again():
    g = s2sad.value_and_grad(deep, (0, 1))
    value, grads = g(X, W)
    want, expected = s2sad.value_and_grad(plain, (0, 1))(X, W)
    assert value == want == plain(X, W) == deep(X, W)
    for one, two in zip(grads, expected, strict=True):
        np.testing.assert_array_equal(one, two)
    assert "x = layer(x, w)" in g.source and "layer_fwd(xs[i], w)[1]" in g.source
    s2sad.check_grads(deep, (X, W), order=2)


def test_checkpoint_in_branches_callees_and_pullbacks():
    def inner(x, k):
        return checkpoint(layer)(x, k*W) if np.sum(x) > 0 else x

    def f(x, k):
        return inner(inner(x, k), k*k)

    s2sad.check_grads(f, (X, 0.8), order=2)
    s2sad.check_grads(f, (-X, 0.8), order=2)
    out, pull = s2sad.vjp(f, X, 0.8)
    np.testing.assert_array_equal(out, f(X, 0.8))
    np.testing.assert_array_equal(pull(X)[0], pull(X)[0])


def test_arguments_that_are_written_later_are_copied():
    def f(x):
        y = x*2
        z = checkpoint(layer)(y, W)
        y[0] = z[1]*z[2]
        y *= 3
        return np.sum(checkpoint(layer)(y, W)*z)

    s2sad.check_grads(f, (X,), order=2)


def test_lambdas_nested_functions_methods_partials_and_decorators():
    class Net:
        def __init__(self, w):
            self.w = w

        @checkpoint
        def step(self, x):
            return np.tanh(self.w @ x)*x

    net = Net(W)

    @checkpoint
    def scaled(x, k=2.0):
        return np.sin(x*k)*x

    def f(x, k):
        def own(z):
            return np.exp(z*k)*z

        y = checkpoint(lambda z: z*k + np.cos(z))(x)
        y = checkpoint(own)(y)
        y = checkpoint(functools.partial(layer, w=W))(y)
        return np.sum(scaled(scaled(y, 3.0))*net.step(y)*checkpoint(net.step)(x))

    s2sad.check_grads(f, (X, 0.3), order=2)


def test_several_results_and_nesting():
    def two(x, y):
        return x*np.sin(y), np.sum(x*y)

    def f(x, y):
        a, b = checkpoint(two)(x, y)
        return np.sum(checkpoint(inner)(a, y))*b

    def inner(a, y):
        c, d = checkpoint(two)(a*y, y)
        return c*d + a

    s2sad.check_grads(f, (X, X[::-1].copy()), order=2)


def test_tuples_of_arguments():
    def affine(x, params):
        w, b = params
        return np.tanh(w @ x + b)*x

    def f(x, w, b):
        for _ in range(2):
            x = checkpoint(affine)(x, (w, b))
        return np.sum(x)

    s2sad.check_grads(f, (X, W, X*2), order=2)


def test_draws_of_a_generator_are_the_same_again():
    def noisy(x, rng):
        return np.exp(x*rng.normal(size=x.shape))*x

    def f(x, rng):
        for _ in range(3):
            x = checkpoint(noisy)(x, rng)
        return np.sum(x)*rng.normal()

    def seeded(x, seed):
        return f(x, np.random.default_rng(seed))

    for g in (lambda x: s2sad.grad(f)(x, np.random.default_rng(3)), lambda x: s2sad.grad(seeded)(x, 3)):
        got = g(X)
        want = [(seeded(X + 1e-6*d, 3) - seeded(X - 1e-6*d, 3))/2e-6 for d in np.eye(3)]
        np.testing.assert_allclose(got, want, rtol=1e-6)
    one, two = np.random.default_rng(5), np.random.default_rng(5)
    s2sad.grad(f)(X, one)
    f(X, two)
    assert one.normal() == two.normal()  # the state has advanced once


def dropped(x, rng, keep):
    if keep < 1.0:
        mask = rng.uniform(size=3) < keep
        for _ in range(2):
            x = x + 0.1*rng.normal()
    else:
        mask = np.ones(3)
    return np.tanh(x*mask)


def test_draws_on_a_path_are_the_same_again():
    def again(x, rng):
        for keep in (0.5, 1.0, 0.8):
            x = checkpoint(dropped)(x, rng, keep)
        return np.sum(x)

    def stored(x, rng):
        for keep in (0.5, 1.0, 0.8):
            x = dropped(x, rng, keep)
        return np.sum(x)

    def made(f):
        return s2sad.grad(f)(X, np.random.default_rng(3)), s2sad.hvp(f)(X, np.random.default_rng(3), X*2)

    for got, want in zip(made(again), made(stored), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-14)


def view(x):
    return x[1:]


def part(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x


def test_results_that_may_be_arguments():
    def f(x, n):
        y = x*2
        return np.sum(checkpoint(view)(checkpoint(part)(y, n))*y[1:])

    for n in (0, 2):
        s2sad.check_grads(lambda x, n=n: f(x, n), (X,), order=2)

    def g(x, n):
        y = checkpoint(part)(x, n)
        return y*y

    for n in (0, 2):
        x = X.copy()
        want = s2sad.vjp(g, x, n)[1](X)[0]
        _, pull = s2sad.vjp(g, x, n)
        x *= 100
        np.testing.assert_array_equal(pull(X)[0], want)

    def later(x):
        y = x*2
        z = checkpoint(view)(y)
        y[1] = 5.0
        return np.sum(z*y[1:])

    with pytest.raises(s2sad.UnsupportedError, match="written behind it; copy it first"):
        s2sad.grad(later)(X)


def test_pullbacks_do_not_see_later_changes_of_what_is_read_outside():
    table = X.copy()

    def scaled(x):
        return np.sin(x*table)

    def f(x):
        for _ in checkpointed(range(3), slots=1):
            x = x*table
        return checkpoint(scaled)(x)

    want = s2sad.vjp(f, X)[1](X)[0]
    _, pull = s2sad.vjp(f, X)
    table *= 7.0
    np.testing.assert_array_equal(pull(X)[0], want)


def test_a_pullback_of_a_checkpointed_loop_keeps_nothing_of_the_caller():
    def f(x, n):
        for _ in checkpointed(range(n), slots=2):
            x = np.sin(x)*x
        return x*x

    for n in (0, 3):
        x = X.copy()
        want = s2sad.vjp(f, x, n)[1](X)[0]
        _, pull = s2sad.vjp(f, x, n)
        x *= 100
        np.testing.assert_array_equal(pull(X)[0], want)


def writes(x):
    x *= 2
    return np.sum(x)


def outside(x):
    return W if x[0] > 0 else np.outer(x, x)


def prints(x):
    print(x)
    return x*2


def draws(x):
    return x*np.random.normal()


TOTALS: list[float] = []


def counts(x):
    TOTALS.append(1.0)
    return x*2


def appends(x, xs):
    xs.append(x)
    return x*2


@pytest.mark.parametrize(
    ("fun", "what"),
    [
        (writes, r"writes under checkpoint writes into its argument 'x'"),
        (outside, "outside under checkpoint returns an array from outside"),
        (prints, "prints under checkpoint prints"),
        (draws, "draws under checkpoint calls"),
        (counts, "counts under checkpoint calls .append"),
        (appends, "appends under checkpoint writes into its argument 'xs'"),
    ],
)
def test_functions_that_cannot_be_called_again_are_refused(fun, what):
    with pytest.raises(s2sad.UnsupportedError, match=rf"test_checkpoints.py:\d+:\d+: {what}"):
        s2sad.grad(lambda x: np.sum(checkpoint(fun)(x) if fun is not appends else checkpoint(fun)(x, [x])))(X)


def test_memory_falls_to_one_call():
    def block(x):
        for _ in range(10):
            x = np.sin(x)*x
        return x

    def stored(x):
        for _ in range(10):
            x = block(x)
        return np.sum(x)

    def again(x):
        for _ in range(10):
            x = checkpoint(block)(x)
        return np.sum(x)

    x = np.linspace(0.1, 1.0, 20_000)
    np.testing.assert_array_equal(s2sad.grad(stored)(x), s2sad.grad(again)(x))
    assert peak(s2sad.grad(again), x) < 0.35*peak(s2sad.grad(stored), x)


def peak(fun, *args):
    fun(*args)
    tracemalloc.start()
    try:
        fun(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# ----------------------------------------------------------------------------------------------------- checkpointed


def optimum(trips: int, slots: int) -> int:
    """The least number of forward steps, by dynamic programming: no formula is used."""
    table: dict[tuple[int, int], int] = {}
    for s in range(1, slots + 1):
        for n in range(1, trips + 1):
            alone = n*(n - 1)//2
            ways = [m + table[n - m, s - 1] + table[m, s] for m in range(1, n)] if s > 1 else []
            table[n, s] = min([alone, *ways])
    return table[trips, slots] if trips else 0


def steps(trips: int, slots: int) -> tuple[int, int]:
    """How many steps the schedule makes, and the most states that it holds."""
    count, most = 0, 0
    snapshots = Snapshots(range(trips), slots)
    state, kept = 0, 0
    for i in range(trips):
        keep_state(snapshots, i, state)
        state += 1
    assert len(snapshots.states) <= slots
    last = max((at for at, _ in snapshots.states), default=0)
    seen: list[int] = []

    def forward(i, state):
        nonlocal count
        assert state == i
        count += 1
        return (state + 1,), i

    def backward(kept, bars):
        seen.append(kept)
        return bars[0]

    assert reverse_trips(forward, backward, range(trips), snapshots, (0,), (), (1.0,), (0,)) == (1.0,)
    assert seen == list(range(trips - 1, -1, -1))
    del kept, most
    return count - trips + last, len(snapshots.states)  # the sweep to the last snapshot is the loop's own


@pytest.mark.parametrize("slots", [1, 2, 3, 4, 7])
def test_schedule_is_optimal(slots):
    for trips in (*range(0, 24), 40, 61):
        got, held = steps(trips, slots)
        want = optimum(trips, slots)
        assert got == want, (trips, slots)
        assert held <= slots
        if trips:
            r = next(r for r in range(trips + 1) if math.comb(slots + r, slots) >= trips)
            assert want == r*trips - math.comb(slots + r, r - 1) if r else want == 0


def test_schedule_survives_many_trips():
    assert 1 <= split_trips(10_000, 30) < 10_000
    assert steps(2000, 12)[1] == 12


def wave(x, w, n, k):
    c = 0.0
    for i in checkpointed(range(n), slots=k):
        h = np.tanh(w*x)
        x = np.sin(h)*x + 0.1*i
        c = c + np.sum(x*x)
    return c + np.sum(x)


def wave_stored(x, w, n, k):
    c = 0.0
    for i in range(n):
        h = np.tanh(w*x)
        x = np.sin(h)*x + 0.1*i
        c = c + np.sum(x*x)
    return c + np.sum(x)


@pytest.mark.parametrize(("n", "k"), [(0, 1), (1, 1), (5, 1), (7, 2), (20, 3), (4, 9)])
def test_checkpointed_loops_give_the_same(n, k):
    w = X[::-1].copy()
    g = s2sad.value_and_grad(wave, (0, 1))
    value, grads = g(X, w, n, k)
    want, expected = s2sad.value_and_grad(wave_stored, (0, 1))(X, w, n, k)
    assert value == want
    for one, two in zip(grads, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-14, atol=0)
    s2sad.check_grads(lambda x, w: wave(x, w, n, k), (X, w), order=2)
    out, pull = s2sad.vjp(lambda x: wave(x, w, n, k), X)
    assert out == want
    np.testing.assert_array_equal(pull(1.0)[0], pull(1.0)[0])


def test_rotation_continue_and_copies():
    def swap(u, k):
        v = u*1.0
        for i in checkpointed(range(6), slots=2):
            z = v.copy()
            z[1:] += k*u[:-1]**2
            u, v = v, z
            if i == 2:
                continue
            k = k*1.1
        return np.sum(u*v)*k

    s2sad.check_grads(swap, (X, 0.7), order=2)


def test_inside_of_a_loop_a_callee_and_a_step():
    def inner(x, j):
        for _ in checkpointed(range(9, 1, -2), slots=2):
            x = np.sin(x)*(1.0 + j)
        return x

    def outer(x):
        s = 0.0
        for j in range(3):
            x = inner(x, j)*x
            s = s + np.sum(x)
        return s

    s2sad.check_grads(outer, (X,), order=2)


def behind(x):
    y = x*1.0
    u = y
    for _ in checkpointed(range(3), slots=2):
        u = np.sin(u)*u
    y *= 3.0
    return np.sum(u*y)


def returned(x):
    for i in checkpointed(range(3), slots=2):
        for j in range(2):
            x = x*2
            if i == j == 1:
                return np.sum(x)
    return np.sum(x)


def aliased(x):
    u = x*2
    w = x*1.0
    for _ in checkpointed(range(4), slots=2):
        u[1:] += 0.1*w[:-1]**2
        w = u
    return np.sum(u*w)


def seen_behind(x):
    u, v = x.copy(), np.zeros_like(x)
    first = u
    for _ in checkpointed(range(5), slots=2):
        v[:] = np.sin(u)*u
        u, v = v, u
    return np.sum(u*u) + np.sum(first)


def seen_inside(x):
    u = x*2
    w = u[1:]
    for _ in checkpointed(range(4), slots=2):
        u[0] += 0.1*np.sum(w**2)
    return np.sum(u)


def undecided(x):
    u = np.asfortranarray(np.outer(x, x))
    for _ in checkpointed(range(5), slots=2):
        u.ravel()[0] += u[1, 1]
    return np.sum(u*u)


def listing(x):
    xs = []
    for _ in checkpointed(range(5), slots=2):
        x = np.sin(x)
        xs.append(x)
    return np.sum(x)


def of_the_module(x):
    for _ in checkpointed(range(5), slots=2):
        W[0, 0] = x[0]
        x = x*W[0]
    return np.sum(x)


def leaking(x):
    for _ in checkpointed(range(3), slots=2):
        h = x*x
        x = h + x
    return np.sum(x*h)


def no_range(x):
    for v in checkpointed([1.0, 2.0], slots=2):
        x = x*v
    return np.sum(x)


def noisy(x):
    for _ in checkpointed(range(3), slots=2):
        x = x*np.random.normal()
    return np.sum(x)


@pytest.mark.parametrize(
    ("fun", "what"),
    [
        (behind, "what a checkpointed loop or call gives, or was given, is written behind it"),
        (returned, "a checkpointed loop contains a return; leave it by break"),
        (leaking, ""),
        (no_range, "no range"),
        (noisy, "np.random.normal"),
        (aliased, "makes 'u' and 'w' share what it writes into"),
        (seen_behind, "is read under another name, in it or behind it"),
        (seen_inside, "is read under another name, in it or behind it"),
        (undecided, "decides by the order in memory"),
        (listing, "writes into 'xs', which is no array"),
        (of_the_module, "writes into 'W', which is no local variable"),
    ],
)
def test_loops_that_cannot_be_run_again_are_refused(fun, what):
    with pytest.raises(s2sad.UnsupportedError, match=rf"test_checkpoints.py:\d+:\d+: .*{what}"):
        s2sad.grad(fun)(X)


def test_no_slots_is_an_error():
    with pytest.raises(ValueError, match="at least one slot"):
        s2sad.grad(wave)(X, X, 3, 0)


def test_memory_falls_to_the_slots():
    x = np.linspace(0.1, 1.0, 20_000)
    few, all_ = (peak(s2sad.grad(f), x, x, 100, 5) for f in (wave, wave_stored))
    assert few < 0.2*all_


def test_standalone_file(tmp_path: Path):
    g = s2sad.grad(wave)
    want = g(X, X, 11, 3)
    g.save(tmp_path/"saved.py")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import numpy as np, saved\n"
        "x = np.array([0.3, 0.7, 1.1]); print(repr(saved.wave_grad(x, x, 11, 3).tolist()))\n"
        "assert not any(m.startswith('s2sad') for m in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    np.testing.assert_array_equal(eval(done.stdout), want)


def jumping(x, rng):
    return x*rng.standard_normal(3)


def test_jacobians_by_columns():
    """A call under checkpoint was taken for one with an effect."""

    def of(x, w):
        return checkpoint(lambda a: np.tanh(w*a))(x)*x

    for transform in (s2sad.jacfwd, s2sad.jacrev, s2sad.jacobian):
        np.testing.assert_allclose(transform(of)(X, 0.7), np.diag(np.tanh(0.7*X) + 0.7*X/np.cosh(0.7*X)**2))
    with pytest.raises(s2sad.UnsupportedError, match="jacfwd calls it for each column"):
        s2sad.jacfwd(lambda x, rng: checkpoint(jumping)(x, rng))(X, np.random.default_rng(0))


class Large(Exception):
    pass


def bounded(x):
    if x[0] > 2.0:
        raise Large("too large", 2.0)
    return np.sin(x)*x


def raises_in_a_function(x):
    for _ in range(2):
        x = checkpoint(bounded)(x + 0.5)
    return np.sum(x)


def raises_in_a_loop(x):
    for _ in checkpointed(range(4), slots=2):
        if x[0] > 2.0:
            raise Large("too large", 2.0)
        x = x + np.sin(x)
    return np.sum(x)


@pytest.mark.parametrize("fun", [raises_in_a_function, raises_in_a_loop])
def test_exceptions_of_what_is_run_again(fun):
    """Making an exception is no effect; the primal's comes out."""
    x = 0.3*X
    s2sad.check_grads(fun, (x,), order=2)
    for derivative in (s2sad.grad(fun), lambda x: s2sad.vjp(fun, x), lambda x: s2sad.hvp(fun)(x, x)):
        with pytest.raises(Large, match="too large"):
            derivative(10*X)
