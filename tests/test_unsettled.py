"""Names that hold an array on one path and a number on another, and are written: `y *= 2` stores or rebinds."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check


def alias_in_a_branch(x, c):
    if np.sum(c) > 0.0:
        y = x
        y *= 1.1
    else:
        y = x*c
    return np.sum(y*y) + np.sum(x*c)


def rotated(x, c):
    u, v = x, c*1.0
    for _ in range(3):
        v *= 0.5*u
        u, v = v, u
    return np.sum(u*v) + np.sum(x*c)


def scale(a, k):
    a *= k
    return a


def in_a_callee(x, c):
    y = scale(x, c)
    z = scale(np.sum(x)*1.0, c)
    w = x if np.sum(c) > 0.5 else z
    w = scale(w, 1.5)
    w -= 0.1*c
    return np.sum(w*z + y*x)


def elements_of_a_list(x, c):
    xs = [x, c*1.0]
    for i in range(3):
        xs[i % 2] *= 1.0 + 0.1*xs[(i + 1) % 2]
    xs.append(x*2.0)
    xs[2] += 0.3
    last = xs.pop()
    last *= 1.5
    s = last*1.0
    for e in xs:
        s = s + np.sin(e)*last
    return np.sum(s) + np.sum(x*c)


def in_a_while_loop(x, c):
    y = x
    k = 0
    while np.sum(y) < 30.0:
        y += 0.5*c + 0.1*y
        z = y
        if k % 2:
            y = np.sum(y)*1.0
        else:
            y = z*1.1
        k += 1
    return np.sum(y*x) + np.sum(y)


def viewed(x, c):
    y = x if np.sum(c) > 0.8 else np.sum(x)*c
    z = y
    z -= 0.2*c
    y **= 2
    return np.sum(z)*np.sum(y[...]*x)


def other_operators(x, c):
    y = x if np.sum(c) > 0.8 else 1.3
    y **= 2
    y /= 1.0 + c
    y += y*x
    return np.sum(y*y)


def nested_lists(x, c):
    m = [[x, c*1.0], [c*2.0, x*1.0]]
    for i in range(2):
        m[i][0] *= 1.5
        m[i][1] += x
    a = m[0] if np.sum(c) > 0.5 else m[1]
    a[1] *= 2.0
    return np.sum(m[0][0]*m[0][1]*m[1][0]*m[1][1])


def list_of_one_path(x, c):
    a = [x, c*1.0]
    b = a if np.sum(c) > 0.5 else [c*1.0, x]
    b[0] += 1.0
    b[1] *= x
    b[0] = b[0]*b[1]
    a.append(b[0])
    a[2] -= c
    return np.sum(a[0]*a[1]*a[2]) + np.sum(b[0]*b[1])


def tuple_chosen(x, c):
    t = (x, c*1.0) if np.sum(c) > 0.5 else (c*1.0, x)
    a, b = t
    a *= 2.0
    b += a
    return np.sum(a*b*t[0])


def values_of_a_dict(x, c):
    d = {"a": x, "b": c*1.0}
    d["b"] *= 2.0
    d["a"] += d["b"]
    e = d["a"] if np.sum(c) > 0.5 else d["b"]
    e *= 3.0
    return np.sum(d["a"]*d["b"]*e)


FUNCTIONS = [
    nested_lists, list_of_one_path, tuple_chosen, values_of_a_dict,
    alias_in_a_branch, rotated, in_a_callee, elements_of_a_list, in_a_while_loop, viewed, other_operators
]  # fmt: skip
ARGUMENTS = {
    "0-d": (np.array(0.75), np.array(0.9)),
    "other branch": (np.array(0.75), np.array(0.4)),
    "negative": (np.array(0.75), np.array(-0.4)),
    "1-d": (np.array([0.75, 0.4]), np.array([0.9, 0.3])),
    "0-d and a float": (np.array(0.75), 0.9),
    "1-d and a float": (np.array([0.3, 0.6]), 0.7),
    "floats": (0.4, 0.6),
}


@pytest.mark.parametrize("args", ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("fun", FUNCTIONS, ids=[f.__name__ for f in FUNCTIONS])
def test_value_and_gradient(fun, args):
    if fun is in_a_while_loop and np.sum(args[1]) < 0.0:
        args = (args[0], np.abs(args[1]))
    if fun is viewed and isinstance(args[0], float):
        return  # a float is not indexed
    check(fun, args)


def float_then_row(m, s):
    for row in m:
        s = s + row
        s *= 2
    return np.sum(s*s)


def sum_of_rows(m, s):
    t = 0.0
    for row in m:
        t += row*s
        t *= 1.1
    return np.sum(t*t)


def float_or_array(m, k, c):
    t = m if c else k
    u = t
    t += 1.0
    return np.sum(u*t) + np.sum(m)


def zero_d_in_a_loop(x):
    a = np.zeros(())
    for e in x:
        a += e*e
        a = a*1.0
    return a


def rebound_to_a_view(t, v, n):
    q = t
    s = 0.0
    for i in range(n):
        q *= 1.2
        s = s + np.sum(q*v)
        q += t*v[0]
        q = v[:1]*t if i % 2 else v
    return s + np.sum(q)


def floats_replaced_by_arrays(x, k, n):
    xs = [k, k]
    s = 0.0
    for i in range(n):
        s = s + np.sum(k*xs[i % 2])
        xs[i % 2] = x*(i + 1)
    return s


def floats_become_arrays(x, k, n):
    xs = [k, k]
    s = 0.0
    for i in range(n):
        s = s + np.sum(k*xs[i % 2])
        xs[i % 2] = x*(i + 1)
        xs[(i + 1) % 2] += x
    return s + np.sum(np.sin(xs[0])) + np.sum(xs[1])


M, V = np.arange(1.0, 5.0).reshape(2, 2)/4.0, np.array([0.7, 0.4])
CASES = [
    (float_then_row, (M, 0.5)),
    (sum_of_rows, (M, 0.5)),
    (sum_of_rows, (M, np.array(0.5))),
    (sum_of_rows, (V, 0.5)),
    (float_or_array, (M, 0.3, True)),
    (float_or_array, (M, 0.3, False)),
    (float_or_array, (M, np.array(0.3), False)),
    (zero_d_in_a_loop, (V,)),
    *((rebound_to_a_view, (t, V, n)) for t in (0.3, np.array(0.3), np.array([0.3])) for n in range(4)),
    *((floats_replaced_by_arrays, (V, 0.3, n)) for n in (0, 1, 3)),
    *((floats_become_arrays, (V, 0.3, n)) for n in (0, 1, 3)),
]


@pytest.mark.parametrize("fun, args", CASES, ids=[f"{f.__name__}-{i}" for i, (f, _) in enumerate(CASES)])
def test_rank_by_path(fun, args):
    check(fun, args)


def list_argument(xs, c):
    xs[0] *= 2.0
    xs[1] += c
    y = xs[1]
    xs[1] = y*xs[0]
    return np.sum(xs[0]*xs[1]*y)


def list_stacked(xs, c):
    ys = list(xs)
    ys[1] *= c
    z = np.stack(ys)
    ys[0] -= 0.5
    return np.sum(z*z) + np.sum(ys[0])


LISTS = [[np.array(0.75), 0.3], [0.3, np.array(0.5)], [np.float64(0.3), np.array(0.5)], [np.array(0.75), np.array(0.3)]]


@pytest.mark.parametrize("xs", LISTS, ids=range(4))
@pytest.mark.parametrize("fun", [list_argument, list_stacked])
def test_list_of_arrays_and_numbers(fun, xs):
    check(fun, (xs, 0.9))


def lists_of_two_lengths(x, c):
    b = [x] if c > 0.5 else [x*2.0, c]
    b[0] *= 3.0
    b.append(c*c)
    return np.sum(b[0]*b[-1]) + np.sum(b[0])


@pytest.mark.parametrize("c", [0.7, 0.3])
@pytest.mark.parametrize("x", [0.7, np.array(0.3), np.array([0.3, 0.4])], ids=["float", "0-d", "1-d"])
def test_list_displays_of_two_lengths(x, c):
    """The display of one path was taken for a value, so what was written into it was lost."""
    check(lists_of_two_lengths, (x, c))


def pairs_in_a_list(x, c):
    ts = [(x, c*1.0), (c*1.0, x)]
    for a, _ in ts:
        a *= 2.0
    return np.sum(ts[0][0]*ts[1][0])


def test_tuples_in_a_list_are_refused():
    with pytest.raises(s2sad.UnsupportedError, match="may be an array or a number, depending on the path; begin with"):
        s2sad.grad(pairs_in_a_list)(np.array(0.75), np.array(0.9))


def result(x, c):
    y = x if np.sum(c) > 0.8 else c*1.0
    y *= 2.0
    return y


@pytest.mark.parametrize("c", [0.9, 0.7])
def test_type_of_the_result_is_the_functions_own(c):
    args = np.array(0.75), np.array(c)
    value, pullback = s2sad.vjp(result, *args)
    expected = result(args[0].copy(), args[1])
    assert type(value) is type(expected) and value == expected
    g = pullback(1.0)
    assert [float(a) for a in g] == ([2.0, 0.0] if c > 0.8 else [0.0, 2.0])
    assert [float(a) for a in pullback(1.0)] == [float(a) for a in g]


def test_text_of_a_write_that_stores_or_rebinds():
    transform = s2sad.grad(float_or_array)
    transform(M, 0.3, True)
    lines = [line.strip() for line in transform.source.splitlines()]
    at = lines.index("t1 = isinstance(t, np.ndarray)")
    assert lines[at + 1 : at + 6] == ["if t1:", "t += 1.0", "t_1 = t", "else:", "t_1 = t + 1.0"]


def number_or_array_reshaped(x, c, n):
    both = [x[0], c]
    both[n % 2] = c
    v = both[0].reshape(-1)
    c[[0, -1]] = both[1][2:] + 0.3*c[:2]
    return np.sum(c)*1.3 + sum(np.sum(b) for b in both) + np.sum(v)


@pytest.mark.parametrize("n", [0, 1])
def test_what_may_be_a_number_is_reshaped(n):
    """What a copy gave to a number was bound on one path only."""
    check(number_or_array_reshaped, (np.array([0.5, 0.7, 1.1, 0.9]), np.array([0.3, -0.4, 0.8, 0.6]), n))


def number_but_for_later_trips(m, s, n):
    x = m[0]
    v = s
    for _ in range(n):
        v = v - s*x[0]
        x = m
    return v*0.7 + s*1.3 + np.sum(m)


@pytest.mark.parametrize("n", [0, 1])
def test_a_python_number_that_may_be_an_array_in_later_trips(n):
    """The derivative asked a float for its size."""
    check(number_but_for_later_trips, (np.array([[0.5, 0.7], [1.1, 0.9]]), 0.4, n))


def transposed_number(m, s, n):
    x = m[0]
    v = x[0]
    for _ in range(n):
        v = v.T*s + x
    return np.sum(v.T) + np.sum(m)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_transpose_of_what_may_be_a_number(n):
    """Numbers have a transpose in NumPy; Python numbers, such as cotangents may be, have none."""
    check(transposed_number, (np.array([[0.5, 0.7], [1.1, 0.9]]), 0.4, n))


def left_before_a_store(x, n):
    s = 0.0
    for i in range(n):
        s += x
        if i > 1:
            break
        s += 1.0
    return np.sum(s*x)


def left_before_a_store_to_what_inner_trips_made(x, n):
    s = 0.0
    for i in range(n):
        for _ in range(n - 1):
            s += x
        if i > 1:
            break
        if i > 0:
            continue
        s *= 1.5
    return np.sum(s*x)


def left_in_a_chain_of_tests(x, n):
    s, i = 0.0, 0
    while i < n:
        for _ in range(2):
            s += x*i
        i += 1
        if n == 3 and i < 2:
            pass
        elif n == 2:
            break
        else:
            continue
        s += 1.0
    else:
        s += x
    return np.sum(s*x)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "program", [left_before_a_store, left_before_a_store_to_what_inner_trips_made, left_in_a_chain_of_tests]
)
def test_a_number_becomes_an_array_in_a_loop_that_is_left(program, n):
    """What the last trip left behind was refused where it may be a number that is written."""
    check(program, (np.array([0.3, 0.7]), n))
    check(program, (0.4, n))
