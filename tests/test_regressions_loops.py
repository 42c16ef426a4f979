"""Bugs that were found once, each as a test: loops, branches, returns and the tapes that they need."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, 0.7, 1.1, 0.9])
Y = np.array([0.3, 0.4, 0.8, 0.6])


def five() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1.5, 5)


def first_over(a, limit):
    t = 0.0
    for q in range(len(a)):
        t = t + a[q]
        if t > limit:
            return t*a[q]
        a[q] = a[q]*0.9
    return t


def counted(u, m, s, n):
    w = np.zeros_like(u)
    t = s
    for _ in range(len(u)):
        w[n % 4] -= t
        u = 1.0*m.T[0] + 0.3*(s*w)
        t = 0.2*first_over(u, 2.45)
    return np.sum(u)


def test_trips_counted_behind_a_break():
    """A loop was reversed on a second try with the trip counter of the first: it counted behind the break."""
    rng = np.random.default_rng(3)
    transform = s2sad.grad(counted, (0, 1, 2))
    h = 1e-7
    for _ in range(30):
        u, m, s = rng.uniform(0.2, 1.2, 4), rng.uniform(0.2, 1.2, (4, 4)), 0.7
        d = rng.normal(size=(4, 4))
        g = transform(u, m, s, 3)
        along = (counted(u, m + h*d, s, 3) - counted(u, m - h*d, s, 3))/(2*h)
        slope = (counted(u, m, s + h, 3) - counted(u, m, s - h, 3))/(2*h)
        assert np.sum(g[1]*d) == pytest.approx(along, rel=1e-5, abs=1e-5)
        assert g[2] == pytest.approx(slope, rel=1e-5, abs=1e-5)
    check(counted, (u, m, 0.7, 3))


def wave(a, k):
    for j in range(k):
        if j == 2:
            break
        a[j] = np.sin(a[j + 1])
    return a


def waves(x, y, s, n):
    w = y
    for _ in range(n):
        w = w*s
        wave(y, 3)
    x[1:4] += w[1:4]
    return np.sum(x*x) + np.sum(np.sin(y))


def bound_in_an_inner_while(x, y, s, n):
    u = x
    v = x*1.0
    for _ in range(2):
        k1 = 0
        while k1 < 1 and np.sum(v) < 200.03:
            k1 += 1
            w = 0.4*y*u[::-1]
    for _ in range(n, 0, -2):
        for _ in range(n):
            w[-1] -= 0.2*np.sum(w)
    return np.sum(w*x) + np.sum(np.sin(v)) + s*s + s


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("fun", [waves, bound_in_an_inner_while])
def test_writes_in_inner_loops_that_end_early(fun, n):
    """Loops that break and write, or that bind what later ones write: a wrong number, or an unbound name."""
    check(fun, (*five(), 0.7, n))


def bound_in_even_trips(x, n):
    s = 0.0
    for i in range(n):
        if i % 2 == 0:
            w = x*x
        s = s + np.sum(w)*x[i]
    return s


def bound_in_the_first_trip(x, n):
    s = 0.0
    for i in range(n):
        u = x[:i + 1]
        if i == 0:
            w = u
        s = s + np.sum(u*w)
    return s


def not_bound_after_continue(x, n):
    s = 0.0
    for i in range(n):
        if i % 2:
            continue
        w = x[i]*x
        s = s + np.sum(w*x)
    return s*np.sum(w)


def bound_before_break(x, n):
    s = 0.0
    for i in range(n):
        for j in range(3):
            if j == i:
                w = x[j]*s + x[i]
                break
        s = s + w*w
    return s


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("fun", [
    bound_in_even_trips, bound_in_the_first_trip, not_bound_after_continue, bound_before_break,
])
def test_name_bound_in_one_branch_of_a_trip(fun, n):
    """A name that a trip need not bind keeps its value: the cotangents of later trips were lost."""
    check(fun, (X, n))


def last_of_inner(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i + 1):
            u = x[:j + 1]*x[i]
            s = s + np.sum(u*u)
        s = s + u[-1]
    return s


@pytest.mark.parametrize("n", [1, 3])
def test_value_of_an_inner_loop_used_after_it(n):
    """Arrays of another length in each trip: the zeros of one trip had the shape of the next one's array."""
    check(last_of_inner, (X, n))


def index_after_the_loops(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i, 4):
            s = s + x[i]*x[j]
        x[j] *= 1.1
    return s*x[i] + x[j]


def index_of_the_best(x, n):
    best = -1.0
    for i in range(n):
        v = x[i]*2.0
        if v > best:
            best, arg, row = v, i, x[i:]
    row *= 2
    return best*x[arg] + np.sum(x)


@pytest.mark.parametrize("fun, n", [(index_after_the_loops, 2), (index_of_the_best, 4), (index_of_the_best, 2)])
def test_loop_index_used_after_the_loops(fun, n):
    """An index that is not bound on entry was guessed to be a float, and the guess confirmed itself."""
    check(fun, (X, n))


def return_below_a_loop_without_trips(u, v, m, n):
    w = u
    for i2 in range(n - 1):
        v *= m[-2]
        v = np.subtract(u, 0.3, out=w)
        for j in range(0):
            if i2 % 2 == 1:
                w[:] = np.sin(m[:, j % 2][:]) + w[:]
                if n % 3 == 0:
                    v = w*u[::-1]
                    return np.sum(u*w)
    return np.sum(m) + np.sum(u)


def smooth(a):
    b = a.copy()
    b[1:-1] += 0.2*(a[2:] - a[:-2])
    return b


def smoothed_in_even_trips(u, v, m, n):
    w = np.zeros_like(u)
    c1 = 0
    while True:
        c1 += 1
        if c1 > n:
            break
        if c1 % 2 == 0:
            z = smooth(w)
            u += z
        w = 1.0*u + 0.3*np.concatenate([m[:, 2][:2], u[2:]])
    return np.sum(u*w) + v[0]


def return_in_else(u, v, m, n):
    w = np.zeros(4)
    v *= np.sin(v)*np.tanh(v)
    for _ in range(n - 1):
        v += v + w - u
        if not v[-3] > 0.26:
            pass
        else:
            return np.sum(u*v) + 0.5*np.sum(m)
    return np.sum(m) + np.sum(u)


@pytest.mark.parametrize("n", [1, 3, 4])
@pytest.mark.parametrize("fun", [return_below_a_loop_without_trips, smoothed_in_even_trips, return_in_else])
def test_tape_of_a_value_made_in_a_branch(fun, n):
    """A value made in a branch was appended to its tape where the branch had not been taken, or too early."""
    check(fun, (X, Y*2.0, np.linspace(0.5, 1.4, 16).reshape(4, 4), n))


def above_in_pairs(x, limit):
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            if j > i:
                break
            total = total + x[i]*x[j]
            if total > limit:
                return total*x[j]
    return total


@pytest.mark.parametrize("limit", [0.1, 0.8, 1.3, 100.0])
def test_return_from_a_nested_loop_with_a_break(limit):
    """A return inside a nested loop that also breaks: the tape was popped more often than appended to."""
    check(above_in_pairs, (X, limit))


def grown(x, c):
    y = x
    for _ in range(6):
        y = y*1.6
        if np.sum(y) > 15.0:
            return y*c
    return y


def return_in_a_callee(x, c):
    y = grown(x, c)
    return np.sum(y*y) + np.sum(x*c)


def return_taken(x, c):
    y = x*c
    if np.sum(x) > 0.0:
        return np.sum(y*y)
    y = y*3.0
    return np.sum(y*y) + np.sum(x*c)


def return_early(x, c):
    if np.sum(x) > 0.0:
        return np.sum((x*3.0)*(x*3.0))
    y = x*c
    return np.sum(y*y) + np.sum(x*c)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("fun", [return_in_a_callee, return_taken, return_early])
def test_value_that_is_unbound_after_a_return(fun, sign):
    """A value of the path that was not taken was read in the reverse sweep: UnboundLocalError."""
    check(fun, (sign*X, Y))


def rebound_in_a_branch(x, y, s):
    v = x*1.0
    if s < 0.61:
        x = y + v[::-1]
    return np.sum(v*v) + np.sum(np.sin(x)) + s*s


def bound_to_another_in_a_branch(x, y, s):
    if s < 0.61:
        x = np.tanh(y)
    return np.sum(np.sin(x)) + s*s


def return_in_a_loop_then_a_loop(x, y, s):
    for _ in range(1, 4):
        if np.sum(y) > 2.0:
            return np.sum(y*x)*s
    k1 = 0
    while k1 < 2 and np.sum(x) < 3.3:
        y -= s*x
        k1 += 1
    return np.sum(y*x) + s*s


@pytest.mark.parametrize("s", [0.5, 0.7])
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("fun", [rebound_in_a_branch, bound_to_another_in_a_branch, return_in_a_loop_then_a_loop])
def test_what_a_pullback_keeps_of_one_path(fun, s, scale):
    """The pullback kept a name, or a trip count, that only one path binds: UnboundLocalError."""
    check(fun, (X, Y*scale, s))


def loop_in_a_branch(x, y, s, n):
    v = x
    w = x[:]
    if n > 4:
        for _ in range(n, 0, -2):
            v += 0.5*v
            break
    return np.sum(w*v) + np.sum(np.sin(x)) + s*s + s


def written_in_unlike_branches(x, y, s, n):
    u = x[:]
    v = y[::-1] + 0.5*np.tanh(y) + x
    w = x
    for i in range(3):
        if i > 1:
            break
        if i != 1:
            u[::2] *= 1.2*y[2:]
        else:
            v[::2] += 0.3*x[2:]
            np.multiply(w[::-1], v, out=x)
    return np.sum(x*w) + np.sum(np.sin(y)) + s*s + s


@pytest.mark.parametrize("n", [1, 6])
@pytest.mark.parametrize("fun", [loop_in_a_branch, written_in_unlike_branches])
def test_loop_with_a_break_that_writes_through_an_alias(fun, n):
    """A break beside writes through an alias: the trip count, or a copy, was not known in the reverse sweep."""
    check(fun, (*five(), 0.4, n))


def test_loop_with_a_break_that_writes_rows():
    """The same with matrices, where a copy was read that its branch alone made."""
    rng = np.random.default_rng(5)
    check(written_in_unlike_branches, (rng.uniform(-1, 1, (5, 2)), rng.uniform(-1, 1, (5, 2)), 0.4, 2))


def lambda_in_a_loop(x, c, n):
    t = 0.0
    for _ in range(n):
        fn = lambda v: v*v*1.3
        t = t + np.sum(fn(x) + c)
    return t


def closure_in_a_branch(x, c, n):
    y = x*0.5
    for i in range(n + 1):
        if i % 2 == 1:
            k = x*2.0

            def with_k(v):
                return k*v

            y = with_k(c)*with_k(x)
        else:
            y = x + c
    return np.sum(y*y)


def function_in_an_inner_while(x, c, n):
    t = 0.0
    for _ in range(2):
        i = 0
        while i < n:

            def local(v):
                return v*v + v

            t = t*0.5 + np.sum(local(x))
            i += 1
    return t


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("fun", [lambda_in_a_loop, closure_in_a_branch, function_in_an_inner_while])
def test_function_defined_in_a_loop(fun, n):
    """A function or lambda that is defined in a loop's body was refused."""
    check(fun, (X, Y, n))


def repeated_sine(x, n):
    for _ in range(n):
        x = np.sin(x)*x
    return x


@pytest.mark.parametrize("n", [0, 1, 4])
def test_second_derivative_of_a_loop(n):
    """The derivative of a text with tapes: lists that are appended to forward and popped backward."""
    first, second = s2sad.grad(repeated_sine), s2sad.grad(s2sad.grad(repeated_sine))
    h = 1e-5
    assert second(1.1, n) == pytest.approx((first(1.1 + h, n) - first(1.1 - h, n))/(2*h), rel=1e-7, abs=1e-7)


def test_the_truth_of_a_list_that_grows_is_asked_when_the_branch_is_taken() -> None:
    """The reverse sweep asked the final list, which was not empty."""

    def f(x):
        xs = []
        s = 0.0
        for i in range(3):
            if xs:
                s = s + np.sum(xs[-1]*x)
            xs.append(x*i)
        return s

    check(f, (np.array([0.5, 1.5]),))


def test_a_list_argument_may_be_empty() -> None:
    """An empty list kept the kinds of a loop from settling."""

    def f(parts, x):
        s = 0.0
        for part in parts:
            s = s + np.sum(part*x)*np.sum(part)
        return s

    assert s2sad.grad(f)([], np.ones(3)) == []
    assert np.array_equal(s2sad.grad(f)([np.ones(3)], np.ones(3))[0], [6.0, 6.0, 6.0])


def relax(u, k):
    v = u[1:-1]
    v += k*(u[2:] - 2*v + u[:-2])
    return v


def test_a_view_from_a_callee_is_scaled_in_a_branch_and_differentiated_twice():
    """No bug: the callee's view, the branch and the second derivative had not been met together."""

    def f(u, k, n):
        total = 0.0
        for i in range(n):
            w = relax(u, k)
            if i % 2 == 0:
                w *= 0.9
            else:
                total = total + np.sum(w**2)
        return total + u[0]*u[-1]

    u = np.array([0.5, 0.7, 0.2, 0.9, 0.4])
    check(f, (u, 0.2, 4))
    by_k = s2sad.grad(f, 1)
    difference = (by_k(u, 0.2 + 1e-5, 4) - by_k(u, 0.2 - 1e-5, 4))/2e-5
    assert np.isclose(s2sad.grad(by_k, 1)(u, 0.2, 4), difference, rtol=1e-6)


def from_outside_in_the_trip_that_leaves(x, y, n):
    u = x
    for i in range(1, 4):
        u = y
        if i > n:
            break
    return np.sum(u*x)


def several_from_outside(x, y, n):
    u = v = x
    c = 0.0
    for i in range(1, 4):
        t = 2*y
        u = t
        v = t
        w = z = y
        for j in range(3):
            c = y
            if j > n:
                break
            if i + j > 4:
                return np.sum(w*z) + np.sum(c*x)
        if i > n:
            break
        x = x*1.1
    return np.sum(u*x) + np.sum(v) + np.sum(w*z*z) + np.sum(c)


@pytest.mark.parametrize("n", [0, 1, 5])
@pytest.mark.parametrize("fun", [from_outside_in_the_trip_that_leaves, several_from_outside])
def test_what_is_bound_to_a_value_from_outside_before_a_break(fun, n):
    """The buffer of y was added to before the branch that leaves, and in it once more."""
    check(fun, (np.array([0.7, -0.4, 1.3]), np.array([1.1, 0.6, -0.8]), n))


def returned_by_a_later_trip(x, y, m, n):
    for i in range(4):
        for v in (y, m):
            k = 0
            while k < i - 1:
                k += 1
                return y[-1]*v[2] if n == 2 else x[-1]


@pytest.mark.parametrize("n", [1, 2])
def test_what_may_have_no_value_yet_is_taped(n):
    """A result of unknown shape was appended to a tape in trips that had not assigned it."""
    check(returned_by_a_later_trip, (X, Y, np.array([X, Y, Y]), n), text=False)


def written_number_behind_an_exit(y, s):
    for _ in range(3):
        n = 0
        while n < 2 and np.sum(y) > 0.317:
            n += 1
            s *= s
        if y[0] < 0.277:
            break
    return s*0.7


@pytest.mark.parametrize("y", [[0.1, 0.6], [0.5, 0.6], [0.0, 0.1]])
@pytest.mark.parametrize("kind", [np.array, np.float64], ids=["0-d", "scalar"])
def test_what_a_reversed_trip_begins_is_begun_for_its_exit_too(y, kind):
    check(written_number_behind_an_exit, (np.array(y), kind(0.9)))


def pair_before_a_break(x):
    for _ in range(5):
        x = x*1.5
        if x > 2.0:
            kept = (x, [x*2.0])
            break
    return kept[0]*kept[1][0]


def pair_of_an_earlier_trip(x, n):
    for i in range(n):
        if i == 2:
            kept = (x, (x*2.0, np.sin(x)))
        x = x*1.1
        if i > 2:
            x = x*kept[1][0] + kept[1][1]
    return x


def list_where_it_was_found(x):
    found = False
    for _ in range(3):
        if x > 1.0:
            best = [x, x*2.0]
            found = True
        x = x*1.3
    if found:
        return best[0]*best[1]
    return x*x


@pytest.mark.parametrize(
    ("fun", "args"),
    [
        (pair_before_a_break, (0.7,)),
        (pair_of_an_earlier_trip, (0.7, 6)),
        (pair_of_an_earlier_trip, (0.7, 1)),
        (list_where_it_was_found, (0.7,)),
        (list_where_it_was_found, (0.3,)),
    ],
)
def test_displays_that_only_some_trips_bind(fun, args):
    """Tuples were refused; zeros like a list were asked for where it had not been made."""
    check(fun, args, text=False)
