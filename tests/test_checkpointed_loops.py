"""Loops over s2sad.checkpointed that write in place, and that are left early (issue 5)."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import checkpoint, checkpointed
from support import check

X = np.array([0.3, 0.7, 1.1])


def element(x):
    u = x.copy()
    v = x*2
    for _ in checkpointed(range(5), slots=2):
        u[0] += v[1]*u[2]
        v = v*1.2
    return np.sum(u*v)


def own_argument(x):
    for _ in checkpointed(range(5), slots=2):
        x[1:] += 0.3*x[:-1]**2
        x *= 1.01
    return np.sum(x*x)


def two_buffers(x):
    u, v = x.copy(), np.zeros_like(x)
    for _ in checkpointed(range(7), slots=3):
        v[1:] = u[:-1]*u[1:]
        v[0] = np.sin(u[0])
        u, v = v, u
    return np.sum(u*u) + np.sum(v)


def three_levels(x):
    a, b, c = x.copy(), x*2, x*3
    for _ in checkpointed(range(5), slots=2):
        c[:] = 2*b - a + 0.1*np.sin(b)
        a, b, c = b, c, a
    return np.sum(a*b*c)


def trajectory(x):
    out = np.zeros((6, 3))
    for i in checkpointed(range(6), slots=2):
        x = np.sin(x)*x
        out[i] = x
    return np.sum(out**2)


def view_from_before(x):
    y = x*2
    w = y[1:]
    for _ in checkpointed(range(4), slots=2):
        y[1:] += 0.1*y[:-1]**2
    return np.sum(w*w)


def written_again(x):
    y = x*2
    for _ in checkpointed(range(4), slots=2):
        y[0] += y[1]*y[2]
    y *= 2
    y[1] = 3*y[0]
    return np.sum(y*y)


def steps_of(u, k):
    for _ in checkpointed(range(4), slots=2):
        u[1:] += k*u[:-1]**2


def in_callees(x):
    y = x*2
    steps_of(y, 0.3)
    steps_of(y[:2], 0.2)
    return np.sum(y*y)


def fortran_order(x):
    u = np.asfortranarray(np.outer(x, x + 1))
    for _ in checkpointed(range(5), slots=2):
        u[1:] += 0.1*np.sin(u[:-1])
        u.T[0] *= 1.1
    return np.sum(u*u*u.T)


def functions_that_write(x):
    u = x*2
    for _ in checkpointed(range(4), slots=2):
        np.add.at(u, [0, 0, 1], 0.1*u)
        np.multiply(u, 1.01, out=u)
    return np.sum(u*u)


def left(x):
    for i in checkpointed(range(9), slots=2):
        x = x*np.sin(x) + x
        if i == 4:
            break
    return np.sum(x)


def left_by_values(x):
    for i in checkpointed(range(2, 40, 3), slots=2):
        x = x*1.1 + 0.01*i
        if np.sum(x) > 4.0:
            break
        x = x*np.cos(x)*1.4
    return np.sum(x*x)


def left_backwards(x):
    total = 0.0
    for i in checkpointed(range(20, 0, -2), slots=3):
        total = total + np.sum(x)/i
        if total > 3.0:
            break
        x = x*np.cosh(x)
    return total*np.sum(x)


def left_and_written(x):
    s = 0.0
    for _ in range(3):
        u = x*1.0
        for k in checkpointed(range(7), slots=3):
            for j in range(3):
                if j == 2:
                    break
                u[j] += 0.1*u[j + 1]
            if k == 1:
                continue
            if u[0] > 1.0:
                break
            s += u[0]
        s = s + np.sum(u*u)
    return s


def no_trips(x):
    u = x*2
    for _ in checkpointed(range(0), slots=2):
        u[0] += u[1]
        if u[0] > 3.0:
            break
    u *= 2
    return np.sum(u*u)


def written_before_an_outer_loop(x):
    u = x*1.5
    u[0] *= 2.0
    for i in range(3):
        for _ in checkpointed(range(i), slots=2):
            u = np.sin(u)*u + x
    return np.sum(u*u)


def both_states_one_array(x):
    u, v = x*0.7, x*1.1
    u[0] *= 2.0
    v[1] *= 1.5
    for _ in range(2):
        for _ in checkpointed(range(2), slots=2):
            z = np.sin(u)*v + 0.5*x
            u, v = z, z
        u = u*v
    return np.sum(u*v)


def state_from_outside(x):
    u, w = x*0.9, x*1.2
    u[0] *= 2.0
    w[1] *= 0.4
    for _ in range(2):
        for _ in checkpointed(range(2), slots=2):
            u = w
        w = w*u
    return np.sum(u*w)


def beside_a_function(x):
    u, v = x*0.9, x*1.2
    u[0] *= 2.0
    for _ in range(3):
        u, v = v, checkpoint(first_or_sine)(u, 1.0)
        for _ in checkpointed(range(2), slots=1):
            v = v*np.cos(u)
    return np.sum(u*v)


def first_or_sine(v, k):
    return v if k > 0.5 else np.sin(v)


LOOPS = [
    written_before_an_outer_loop, both_states_one_array, state_from_outside, beside_a_function,
    element, own_argument, two_buffers, three_levels, trajectory, view_from_before, written_again, in_callees,
    fortran_order, functions_that_write, left, left_by_values, left_backwards, left_and_written, no_trips,
]  # fmt: skip


@pytest.mark.parametrize("fun", LOOPS)
def test_loops(fun):
    """Every transform, and both modes twice."""
    check(fun, (X,))
    s2sad.check_grads(fun, (X,), order=2)


@pytest.mark.parametrize("fun", [element, two_buffers, left_by_values, left_and_written])
def test_third_order(fun):
    def of_gradient(x):
        return np.sum(s2sad.grad(fun)(x)**2)

    s2sad.check_grads(of_gradient, (X,), order=2)
    s2sad.check_grads(lambda x: s2sad.hvp(fun)(x, X[::-1].copy()), (X,), order=1)


@pytest.mark.parametrize("fun", LOOPS)
def test_the_loop_stays_as_it_is_in_forward_mode(fun):
    plain = plain_version(fun)
    out, dot = s2sad.jvp(fun, (X,), (X[::-1].copy(),))
    want = s2sad.jvp(plain, (X,), (X[::-1].copy(),))
    assert out == want[0] == fun(X.copy()) and dot == want[1]
    assert "Snapshots" not in s2sad.pushforward.source(fun, (X,), (X,))


def plain_version(fun):
    """The same function with every state stored."""
    space = {**globals(), "checkpointed": plain_range}
    code = fun.__code__
    return type(fun)(code, space, fun.__name__, fun.__defaults__, fun.__closure__)


def plain_range(trips, slots):
    return trips


def burgers(u, nu, n, k):
    for _ in checkpointed(range(n), slots=k):
        u[1:-1] += -0.1*u[1:-1]*(u[1:-1] - u[:-2]) + nu*(u[2:] - 2*u[1:-1] + u[:-2])
        if u[1] > 1e3:
            break
    return np.sum(u*u)


def burgers_stored(u, nu, n, k):
    for _ in range(n):
        u[1:-1] += -0.1*u[1:-1]*(u[1:-1] - u[:-2]) + nu*(u[2:] - 2*u[1:-1] + u[:-2])
        if u[1] > 1e3:
            break
    return np.sum(u*u)


@pytest.mark.parametrize(("n", "k"), [(0, 1), (1, 1), (9, 1), (10, 3), (6, 8)])
def test_the_same_as_with_every_state_stored(n, k):
    u = np.linspace(0.0, 1.0, 9)
    for got, want in zip(
        s2sad.grad(burgers, (0, 1))(u, 0.1, n, k), s2sad.grad(burgers_stored, (0, 1))(u, 0.1, n, k), strict=True
    ):
        np.testing.assert_allclose(got, want, rtol=1e-14)


def peak(fun, *args):
    fun(*args)
    tracemalloc.start()
    try:
        fun(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_falls_to_the_slots():
    u = np.linspace(0.1, 1.0, 20_000)
    few, all_ = (peak(s2sad.grad(f), u, 0.1, 100, 5) for f in (burgers, burgers_stored))
    assert few < 0.2*all_


@pytest.mark.parametrize("how", ["save", "dump"])
def test_standalone_files(tmp_path: Path, how: str):
    u = np.linspace(0.0, 1.0, 9)
    want = s2sad.grad(burgers)(u, 0.1, 11, 3)
    if how == "save":
        g = s2sad.grad(burgers)
        g(u, 0.1, 11, 3)
        g.save(tmp_path/"saved.py")
    else:
        lines = (
            "import numpy as np\nfrom s2sad import checkpointed\n\n\n"
            "def burgers(u: np.ndarray, nu: float, n: int, k: int) -> float:\n"
            "    for _ in checkpointed(range(n), slots=k):\n"
            "        u[1:-1] += -0.1*u[1:-1]*(u[1:-1] - u[:-2]) + nu*(u[2:] - 2*u[1:-1] + u[:-2])\n"
            "        if u[1] > 1e3:\n            break\n    return np.sum(u*u)\n"
        )
        (tmp_path/"primal.py").write_text(lines)
        command = ["dump", f"{tmp_path}/primal.py:burgers", "--standalone", "-o", f"{tmp_path}/saved.py"]
        subprocess.run([sys.executable, "-c", "from s2sad.cli import main; main()", *command], check=True)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import numpy as np, saved\n"
        "print(repr(saved.burgers_grad(np.linspace(0.0, 1.0, 9), 0.1, 11, 3).tolist()))\n"
        "assert not any(m.startswith('s2sad') for m in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    np.testing.assert_allclose(eval(done.stdout), want, rtol=1e-14 if how == "dump" else 0.0)  # of unknown rank


OUTSIDE = np.array([0.5, -0.2, 0.9])


def from_outside(k):
    x = OUTSIDE
    for _ in checkpointed(range(5), slots=2):
        x = np.sin(k*x) + x*0.5
        x += k
    return np.sum(x*x) + OUTSIDE[0]


def test_states_that_begin_as_arrays_from_outside():
    check(from_outside, (0.7,))
    check(lambda k: s2sad.grad(from_outside)(k)**2, (0.7,), probes=1)
    expected, pullback = s2sad.grad(from_outside)(0.7), s2sad.vjp(from_outside, 0.7)[1]
    OUTSIDE[:] = 5.0
    assert pullback(1.0)[0] == expected
    OUTSIDE[:] = [0.5, -0.2, 0.9]


def march(u, k):
    for _ in checkpointed(range(6), slots=2):
        u[1:] += 0.3*k*np.sin(u[:-1])
        u = u*np.cos(u)
    return u


def loops_under_checkpoint(x, k):
    u = x*k
    for _ in range(2):
        u = checkpoint(lambda v: march(v.copy(), k))(u)
    return np.sum(u*u)


def loops_in_a_loop(x, k):
    for _ in checkpointed(range(3), slots=2):
        x = march(x.copy(), k)
    return np.sum(x*x)


@pytest.mark.parametrize("fun", [loops_under_checkpoint, loops_in_a_loop])
def test_loops_inside_of_what_is_run_again(fun):
    check(fun, (X, 0.7))
    s2sad.check_grads(fun, (X, 0.7), order=2)


def test_a_gradient_whose_states_are_written_behind_is_differentiated_again():
    """The calls of its text need not be under checkpoint; that they cannot be is no reason to refuse."""

    def f(x, k):
        for _ in checkpointed(range(3), slots=2):
            x = x*np.sin(k*x)
        s = np.tanh(k*x)
        s *= np.log(2.0 + np.sum(x))
        return np.sum(s*x)

    def of_gradients(x, k):
        by_x, by_k = s2sad.grad(lambda p: f(p[0], p[1]*x[0]))([x, k])
        return np.sum(by_x*X) + by_k

    s2sad.check_grads(of_gradients, (X, 0.7), order=1)


class Net:
    def __init__(self, w):
        self.w = w


def reads_a_list(x, ws):
    for i in checkpointed(range(3), slots=2):
        x = np.sin(x*ws[i])*x + ws[0]
    return np.sum(x*x)


def reads_a_dict(p):
    x = p["x"]
    for _ in checkpointed(range(4), slots=2):
        x = np.tanh(p["w"]*x) + p["b"][0]*x
    return np.sum(x*x)


def reads_an_object(x, k):
    net = Net(k*x)
    for _ in checkpointed(range(4), slots=2):
        x = np.tanh(net.w*x) + x
    return np.sum(x*x)


def test_loops_that_read_containers_twice():
    ones = np.ones(3)
    for fun, args in (
        (lambda x, ws: np.sum(s2sad.grad(reads_a_list)(x, ws)**2), (X, [X, X*0.5, X])),
        (lambda p: np.sum(s2sad.grad(reads_a_dict)(p)["w"]**2), ({"x": X, "w": X*2, "b": [0.3, X]},)),
        (lambda p: np.sum(s2sad.hvp(reads_a_dict)(p, p)["w"]*ones), ({"x": X, "w": X*2, "b": [0.3, X]},)),
        (lambda x, k: np.sum(s2sad.grad(reads_an_object)(x, k)**2), (X, 0.4)),
    ):
        s2sad.check_grads(fun, args, order=1, modes=("rev",))


def draws(x, k, rng, n):
    own = np.random.default_rng(1)
    u = x.copy()
    for _ in checkpointed(range(n), slots=2):
        u[1:] += k*u[:-1]*rng.standard_normal()
        u = u*own.random() + np.sin(u)
        if rng.random() < 0.05:
            break
    return np.sum(u*u)*rng.standard_normal()


def philox(seed):
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("made", [np.random.default_rng, philox])
def test_loops_that_draw(made):
    """The body draws the same again, and the caller's generator is as a plain call leaves it."""

    def fun(x, k):
        return draws(x, k, np.random.default_rng(3), 9)

    check(fun, (X, 0.4))
    s2sad.check_grads(fun, (X, 0.4), order=2)
    for n in (0, 1, 8):
        one, two, three = made(2), made(2), made(2)
        got, pulled = s2sad.grad(draws)(X, 0.4, one, n), s2sad.vjp(draws, X, 0.4, two, n)[1]
        draws(X.copy(), 0.4, three, n)
        assert one.random() == two.random() == three.random()
        np.testing.assert_array_equal(pulled(1.0)[0], got)
        np.testing.assert_array_equal(pulled(1.0)[0], got)
        assert s2sad.jvp(draws, (X, 0.4, made(2), n), (X, None, None, None))[1] == pytest.approx(got @ X)
