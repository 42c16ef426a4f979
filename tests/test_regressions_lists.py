"""Lists that have several names: found in other lists, chosen by a branch, carried by a loop, and then changed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from support import check

X = np.array([0.3, 1.2, -0.7, 2.0])
ROWS = [[0.5, 1.2], [0.7, 2.0]]


def one_of_two_lists(x):
    a = [x[0], x[1]]
    b = [x[2], x[3]]
    c = a if x[0] > 0 else b
    c[0] = c[0] * 3
    c.append(x[1] * 2)
    return a[0] * b[0] * a[-1] + sum(c)


def second_name_in_a_loop(x):
    a = [x[0], x[1]]
    b = a
    for i in range(3):
        b[0] = b[0] * x[i]
        a.append(b[0] * 2)
        b = a
    return sum(a) * b[2]


def lists_swapped_in_a_loop(x):
    a = [x[0], x[1]]
    b = [x[2], x[3]]
    for i in range(3):
        a[0] = a[0] * x[i]
        a, b = b, a
    return a[0] * b[0] + a[1]


def lists_in_a_tuple(x):
    t = ([x[0]], [x[1]])
    t[0].append(x[2] * 2)
    t[1][0] = t[1][0] * x[0]
    return t[0][1] * t[1][0] * t[0][0]


def lists_in_a_dict(x):
    d = {"a": [x[0]], "b": [x[1]]}
    for k in ("a", "b"):
        d[k].append(x[2] * d[k][0])
    return d["a"][1] * d["b"][1]


def matrix_of_lists(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    for i in range(2):
        for j in range(2):
            m[i][j] = m[i][j] * m[j][i] + x[i]
    return m[0][1] * m[1][0] + m[1][1]


def empty_lists_filled_by_computed_place(x):
    m = [[], []]
    for i in range(4):
        m[i % 2].append(x[i] * 2)
    return m[0][1] * m[1][0] + sum(m[1])


def one_list_held_twice(x):
    r = [x[0], x[1]]
    m = [r, r]
    m[0][0] = m[0][0] * x[2]
    m[1][1] = m[0][0] * r[1]
    return m[1][0] * r[1] + sum(m[0])


def appended(xs, v):
    xs.append(v)
    return xs


def callee_that_appends(x):
    a = [x[0]]
    b = appended(a, x[1] * 2)
    b = appended(b, x[2] * b[1])
    return a[2] * b[1]


def name_bound_to_rows(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    row = m[0]
    for i in range(2):
        row[0] = row[0] * 2 * x[i]
        row = m[i]
    return m[0][0] * m[1][0]


def grids_of_lists(x):
    grid = [[x[i] * x[j] for j in range(3)] for i in range(3)]
    for _ in range(2):
        new = [[0.0] * 3 for _ in range(3)]
        for i in range(3):
            for j in range(3):
                new[i][j] = grid[i][j] + 0.1 * grid[j][i] * grid[i][(j + 1) % 3]
        grid = new
    return sum(sum(r) for r in grid)


def array_of_lists_between_changes(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    A = np.array(m)
    m[0][1] = A[0, 0] * A[1, 1]
    return np.sum(A * np.array(m))


def rows_that_a_loop_appends_to(x):
    m = [[x[0]], [x[1]]]
    for r in m:
        r.append(r[0] * 2)
        r[0] = r[0] * r[1]
    s = 0.0
    for r in m:
        for v in r:
            s += v * v
    return s


def rows_swapped_and_appended(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    m[0], m[1] = m[1], m[0]
    m[0][0] *= 3
    m.append(m[0])
    m[2][1] = m[0][0] * x[1]
    return m[0][1] * m[1][0]


def stack_of_pairs(x):
    st = []
    for i in range(4):
        st.append([x[i], i])
    s = 0.0
    while st:
        v, k = st.pop()
        s = s * v + v * k
    return s


def copies_of_rows(x):
    m = [[x[0]], [x[1]]]
    n = [list(r) for r in m]
    n[0][0] = n[0][0] * x[2]
    return n[0][0] * m[0][0] + n[1][0]


def arrays_in_lists_in_lists(x):
    h = [[x, 2 * x], [x * x]]
    h[0][1][0] = x[1] * 3
    h[1].append(h[0][1])
    h[0][1] *= 2
    return np.sum(h[1][1] * h[0][0])


def rows_that_are_selected(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    rows = [r for r in m if r[0] > 0]
    rows[0][1] = rows[0][1] * 5 * x[3]
    return m[0][1] * m[0][0]


def row_in_a_tuple(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    t = (m[0], 1)
    t[0][1] = x[2] * x[1]
    return m[0][1] * m[0][0]


def row_chosen_by_a_branch(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    k = 0 if x[0] > 5 else 1
    r = m[k] if x[1] > 0 else m[0]
    r[0] = r[0] * x[1]
    m[k][1] += r[0]
    return m[0][1] * m[0][0] + m[1][0] * m[1][1]


def argument_that_is_written(m):
    m[0][0] = m[0][0] * m[1][0]
    m[1].append(m[0][0] * 2)
    return m[1][1] * m[0][1] + m[0][0]


def argument_in_a_loop(m):
    for r in m:
        r[0] *= 2
        r[0] = r[0] * r[1]
    return m[0][0] * m[1][0]


def floats_become_arrays(x):
    m = [[0.0, 0.0], [0.0, 0.0]]
    m[0][1] = x * 2
    m[1][0] = x[0]
    return np.sum(m[0][1] * m[1][0])


def empty_lists_filled(x):
    m = [[], []]
    m[0].append(x * 3)
    m[1].append(x[1])
    return np.sum(m[0][0]) * m[1][0]


def empty_or_new_list(x):
    a = []
    b = a if x[0] > 0 else [x]
    b.append(x * x)
    return np.sum(a[0] * x)


def repeated_row(x):
    m = [[0.0] * 2] * 2
    m[0][1] = x[0]
    return m[1][1] * x[1]


def array_replaced_by_a_longer_one(x):
    xs = [x[:2], x]
    s = np.sum(xs[0] * xs[0])
    xs[0] = x * 2
    return s + np.sum(xs[0] * xs[1])


def tuple_replaced(x):
    xs = [(x[0], x[1]), (x[2], x[3])]
    s = xs[0][0] * xs[0][1]
    xs[0] = (x[1], x[2] * s)
    return s * xs[0][1] + xs[1][0]


def row_replaced_by_a_longer_one(x):
    m = [[x[0]], [x[1], x[2]]]
    s = sum(m[0])
    m[0] = [x[1], x[2] * x[3], s]
    return sum(m[0]) * s + m[1][1]


def arrays_replaced_in_a_loop(x):
    xs = [x, x * 2]
    for i in range(3):
        xs[i % 2] = xs[0] * xs[1][0]
    return np.sum(xs[0] * xs[1])


def number_replaced_by_an_array(x):
    xs = [x[0], x]
    xs[0] = x
    return np.sum(xs[0] * xs[1])


def tuple_with_array_replaced(x):
    xs = [(x[:2], x[0]), (x[:3], x[1])]
    xs[1] = (x, x[2])
    s = 0.0
    for a, b in xs:
        s = s + np.sum(a) * b
    return s


def append_that_only_the_length_shows(x):
    n0 = [x[0], x[1] * 2, x[2]]
    n1 = [x[3], 1.5, x[0] * x[1]]
    m = [n0, [x[2], x[3], 0.5]]
    n1.append(m[0][2])
    n1 = m[1]
    return sum(n0) * n1[1] + sum(sum(r) for r in m)


PROGRAMS = [
    array_replaced_by_a_longer_one,
    tuple_replaced,
    row_replaced_by_a_longer_one,
    arrays_replaced_in_a_loop,
    number_replaced_by_an_array,
    tuple_with_array_replaced,
    append_that_only_the_length_shows,
    one_of_two_lists,
    second_name_in_a_loop,
    lists_swapped_in_a_loop,
    lists_in_a_tuple,
    lists_in_a_dict,
    matrix_of_lists,
    empty_lists_filled_by_computed_place,
    one_list_held_twice,
    callee_that_appends,
    name_bound_to_rows,
    grids_of_lists,
    array_of_lists_between_changes,
    rows_that_a_loop_appends_to,
    rows_swapped_and_appended,
    stack_of_pairs,
    copies_of_rows,
    arrays_in_lists_in_lists,
    rows_that_are_selected,
    row_in_a_tuple,
    row_chosen_by_a_branch,
    floats_become_arrays,
    empty_lists_filled,
    empty_or_new_list,
    repeated_row,
]
ON_ROWS = [argument_that_is_written, argument_in_a_loop]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_array(program):
    check(program, (X,))


@pytest.mark.parametrize("program", ON_ROWS, ids=lambda f: f.__name__)
def test_nested_lists(program):
    check(program, (ROWS,))


def sum_of_a_list_of_arrays(x):
    ys = [v*v for v in x]
    y = sum(ys)
    return np.sum(y*y)


def test_sum_of_a_list_of_arrays():
    check(sum_of_a_list_of_arrays, (np.arange(1.0, 7.0).reshape(3, 2),))


def bound_in_a_branch_of_a_trip(x, n):
    for i in range(n):
        if i <= 1:
            v = [x, x*2.0*(i + 1)]
    return np.sum(v[1]*v[0])


@pytest.mark.parametrize("n", [1, 3])
def test_a_list_that_only_a_branch_of_a_trip_binds(n):
    """The tape of the trip before, which had no list, read a name that was never assigned."""
    check(bound_in_a_branch_of_a_trip, (np.array([0.5, 0.7, 1.1]), n))


def items_before_a_write(x):
    xs = list(x)
    x += np.sin(x)
    ys = list(x)
    x *= 2.0
    return xs[-1]*0.5 + np.sum(x) + ys[0]


def items_before_an_append(x):
    xs = [x[0], x[1]]
    ys = list(xs)
    xs.append(x[2])
    xs[0] = xs[0]*2.0
    return sum(ys)*xs[0] + xs[2]


@pytest.mark.parametrize("fun", [items_before_a_write, items_before_an_append])
def test_the_items_of_what_is_written_later(fun):
    """Forward mode put `list(x_dot)` into the line that reads it, behind a write of x_dot."""
    check(fun, (X,))


def pairs_of_other_lengths(params):
    a, b = params[0]
    c, d = params[1]
    return np.sum(np.sin(a*c)*b) + np.sum(a*b)*np.sum(c*d)


def pair_and_the_one_before(params):
    s = 0.0
    before = params[0][0]
    for a, _ in params:
        s = s + np.sum(before*a)
        before = a
    return s


@pytest.mark.parametrize("fun", [pairs_of_other_lengths, pair_and_the_one_before])
def test_elements_of_a_list_that_are_tuples_have_shapes_of_their_own(fun):
    short, long = np.array([0.5]), np.array([1.0, 2.0, 3.0])
    check(fun, ([(long, short), (short, long)],))


LAYERS = [(np.ones((2, 3))*0.3, np.ones(3)), (np.ones((3, 1)), np.ones(1))]


def outside_but_the_last(x):
    for w, b in LAYERS[:-1]:
        x = np.tanh(x @ w + b)
    w, b = LAYERS[-1]
    return np.sum(x @ w + b)


def test_slices_of_outside_lists_of_tuples():
    check(outside_but_the_last, (np.array([0.3, 0.4]),))


def visited_once(x):
    seen, s = [], 0.0
    for i in [0, 1, 0, 2, 1, 2, 0]:
        if i not in seen:
            seen.append(i)
            s = s*x[1] + x[i]
    return s


def compared_lists(x):
    seen, s = [], 1.0
    for i in range(4):
        first = seen == [0, 1]
        if first:
            s = s*x[i]
        seen.append(i)
    return s


@pytest.mark.parametrize("program", [visited_once, compared_lists], ids=lambda f: f.__name__)
def test_a_condition_is_not_asked_again_of_a_list_that_has_changed(program):
    check(program, (np.arange(1.0, 7.0),))


def squares(xs, i):
    return 0.0 if i >= len(xs) else xs[i]**2 + squares(xs, i + 1)


def list_that_is_written_after_a_recursion(x):
    xs, s = [x[0], x[1], x[2]], 0.0
    for i in range(3):
        s = s + squares(xs, 0)*x[i]
        xs[1] = xs[1]*2
    return s


def list_that_grows_after_a_recursion(x):
    xs, s = [x[0], x[1], x[2]], 0.0
    for i in range(3):
        s = s + squares(xs, 0)*x[i]
        xs.append(x[i])
    return s


def list_that_shrinks_after_a_recursion(x):
    xs, s = [x[0], x[1], x[2]], 0.0
    for i in range(2):
        s = s + squares(xs, 0)*x[i]
        xs.pop()
    return s


RECURSIONS = [
    list_that_is_written_after_a_recursion, list_that_grows_after_a_recursion,
    list_that_shrinks_after_a_recursion,
]  # fmt: skip


@pytest.mark.parametrize("program", RECURSIONS, ids=lambda f: f.__name__)
def test_a_function_that_calls_itself_keeps_a_list_as_it_was_passed(program):
    check(program, (np.arange(1.0, 7.0),))


def inserted_before_itself(x):
    xs = [x[0], x[1], x[2]]
    xs.insert(0, xs[1]*2.0)
    xs.append(xs[0])
    xs.insert(1, xs[2])
    return xs[0]*xs[1] + xs[2]*3.0 + xs[3]*xs[4]*xs[-1]


def test_an_item_that_is_inserted_before_itself():
    """`bars[1] += bars.pop(0)` reads bars[1] before the pop moves it."""
    check(inserted_before_itself, (X,))


def batches(xs):
    out, current = [], []
    for x in xs:
        current.append(x)
        if x > 0.0:
            out.append(current)
            current = []
    return sum([sum(b)**2 for b in out])


def sums_of_batches(xs, n):
    out, current = [], []
    for _ in range(n):
        for x in xs:
            if x < 0.0:
                current.append(x*n)
            elif current:
                out.append(sum(current))
                current = []
    return sum([s*s for s in out]) + len(current)


@pytest.mark.parametrize(("fun", "more"), [(batches, ()), (sums_of_batches, (2,))])
def test_an_empty_list_that_is_begun_anew_in_a_loop(fun, more):
    """Lists of earlier passes over the loop were taken for those before it: the kinds never settled."""
    check(fun, ([0.3, -0.2, -0.7, 0.5, -0.4], *more), text=False)


def whole_list(x, y):
    y = y*1.0
    y[...] = x
    y[:1] += x[1:]
    y[[0, 1]] -= x
    y *= x
    np.copyto(y, x, where=y > 0.0)
    return np.sum(y*y*[[1.0, 2.0], [3.0, 4.0]])


def made_lists(x, y):
    rows, row = [], [2.0*v for v in x[0]]
    for v in x:
        rows.append([v[0], 3.0*v[1]])
    y[:] = rows
    y[1] = row
    y[:, 0] *= [np.sum(v) for v in x]
    y[0] += tuple(x[1])
    return np.sum(y*y)


def list_on_some_path(x, y):
    for i in range(2):
        v = [2.0*u for u in x[i]]
        if i:
            v = y[0]*v
        y[i] = v
        y[0] += v
    return np.sum(y*y)


@pytest.mark.parametrize("f", [whole_list, made_lists, list_on_some_path])
def test_lists_that_are_written_into_arrays(f):
    """Their elements had the derivative zero."""
    y = np.array([[0.4, -0.3], [0.8, 0.2]])
    a, b = np.array([0.3, 0.7]), np.array([0.2, -0.4])
    for x in ([a, b], (a, [0.2, -0.4])):
        check(f, (x, y), text=False)


def test_parts_of_a_cotangent_that_is_shared():
    """A part of one that was also another value's was added to in place."""

    def f(x, w):
        s = np.sum(x[0]**3)
        return s + np.sum((np.array(x) + w)**2) + np.sum(x, axis=0)[1]

    check(f, ((np.array([0.3, 0.7]), np.array([0.2, -0.4])), np.array([[0.1, 0.5], [0.6, 0.9]])), text=False)


def test_integers_among_floats_have_tangents_of_zeros():
    """They had None, with which numbers were computed."""

    def f(x):
        y = np.zeros(3)
        y[...] = x
        return np.sum(y*np.array(x)) + sum(v*v for v in x) + np.dot(x, x)

    for x in ([0.3, 1, 0.7], (0.3, True, np.int64(2)), [0.3, np.int32(1), np.float64(0.7)]):
        check(f, (x,), text=False)


def series_of_sums(x, n):
    p, q = [1.0], []
    for i in range(n):
        q.append((x - sum(a*b for a, b in zip(p, q)))/(i + 1))
        p.append(x*p[-1] + sum(q))
    return q[-1]*p[-1]


def sums_of_arrays_in_a_list_that_is_empty_at_first(x, n):
    q = []
    for _ in range(n):
        q.append(sum(x*b for b in q) + x)
    return np.sum(q[-1])


def test_a_sum_over_the_list_to_which_it_is_appended():
    """The list is empty in the first pass, so that nothing was known of the sum."""
    check(series_of_sums, (0.5, 3))
    check(sums_of_arrays_in_a_list_that_is_empty_at_first, (np.array([0.5, 0.2]), 3))


def scaled_by_one_number(x):
    k, scaled = math.sin(x[1]), []
    for c in (x[0], 0.5, 0.5, 0.5):
        scaled.append(c*k)
    p, q, r, s = scaled
    return p + s*x[0] + q*x[1] + r


def test_items_that_are_taken_in_turn_are_not_one():
    """`0.5*bars.pop() + 0.5*bars.pop()` was taken for twice the first of them."""
    check(scaled_by_one_number, (np.array([0.3, 0.4]),))
''''''
