"""Indices that are made at run time: tuples of lists, slices that have names, lists written at computed places."""

from __future__ import annotations

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.arange(24.0).reshape(2, 3, 4) / 10 + 1
SELECTION = (slice(None), np.array([0, 0, 2]))
INNER = slice(1, None)
PARTS = [np.array([0, 1]), slice(1, 2), [1, 1, 1], 2]


def tuple_of_equal_numbers(x, n):
    index = [0] * n
    return np.sum(x[tuple(index)] ** 2)


def tuple_of_appended_numbers(x, n):
    index = []
    for i in range(n):
        index.append(i % 2)
    return np.sum(x[tuple(index)] ** 2)


def tuple_of_an_argument(x, n, index=(1, 2)):
    index = list(index)
    index[n % 2] -= 1
    return np.sum(x[tuple(index)] ** 2)


def tuple_of_a_range(x, n):
    return np.sum(x[tuple(range(n))] ** 2)


def written_at_a_tuple(x, n):
    y = x.copy()
    index = [0] * n
    index[1] = 1
    y[tuple(index)] = 10 * y[1, 0, 1]
    index[0] = 1
    y[tuple(index)] *= x[0, 0, 0]
    return np.sum(y**2)


def walk(x, n):
    position = [0, 0]
    total = 0.0
    for t in range(n):
        total += x[tuple(position)].sum() ** 2
        position[t % 2] += 1
    return total


def at(x, *index):
    return x[index]


def behind(x, first, *rest):
    return x[(first, *rest)] * x[(0,) + rest]


def starred_indices(x, n):
    index = []
    for i in range(n - 1):
        index.append(i + 1)
    return np.sum(at(x, *index) ** 2) + np.sum(behind(x, 1, *index))


def repeats_in_a_list(x, n):
    index = [slice(None)] * x.ndim
    index[n - 2] = np.array([1, 1, 0])
    return np.sum(x[tuple(index)] ** 2)


def slices_along_an_axis(x, n):
    total = 0.0
    for axis in range(n):
        low, high = [slice(None)] * x.ndim, [slice(None)] * x.ndim
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        total += np.sum((x[tuple(high)] - x[tuple(low)]) ** 3)
    return total


def view_at_a_list(x, n):
    y = x * 2
    index = [slice(None)] * x.ndim
    index[n - 2] = slice(0, 2)
    v = y[tuple(index)]
    v *= x[tuple(index)]
    v[0] += 1
    return np.sum(y**2)


def copy_at_a_list(x, n):
    y = x * 2
    index = [slice(None) for _ in range(x.ndim)]
    index[n - 2] = np.array([0, 1])
    v = y[tuple(index)]
    v *= x[tuple(index)]
    return np.sum(y**2) + v.sum()


def two_names_for_the_list(x, n):
    index = [slice(None)] * 3
    if n > 2:
        index[n - 2] = 0
    other = index
    other[0] = slice(1, None)
    return np.sum(x[tuple(index)] ** 2)


def outside_indices(x, n):
    y = x * x
    y[SELECTION] = 3 * x[SELECTION]
    total = np.sum(x[SELECTION] ** 2) + np.sum(y**2) + np.sum(x[:, INNER] ** 3) + np.sum(x[INNER] ** 3)
    for i in range(n):
        total = total + np.sum(x[:, PARTS[i]] ** 2) * (1 + total / 1000)
    return total


def named_slices(x, n):
    rows, columns = slice(0, n), slice(None, None, 2)
    y = x.copy()
    y[:, rows, columns] *= x[:, rows, columns]
    y[0][rows] += x[1, rows]
    return np.sum(y**2)


def moved(f, axis):
    out = np.zeros_like(f)
    at, ahead = [slice(None)] * f.ndim, [slice(None)] * f.ndim
    at[axis], ahead[axis] = slice(1, -1), slice(2, None)
    out[tuple(at)] = f[tuple(ahead)]
    return out


def stores_along_axes(x, n):
    parts = sum(moved(x[:, :, 2] * x[0, 0, 0], axis) for axis in range(2))
    return np.sum(parts**2)


def overwritten_at_indices_of_any_kind(x, n):
    places = {"a": slice(1, 3), "b": 2, "c": np.array([0, 0])}
    y = x[0] * 1.1
    total = 0.0
    for name in ("a", "b", "c")[:n]:
        old = y[places[name]]
        y[places[name]] = x[0][places[name]] * y[places[name]]
        total += np.sum(old**2)
        y[places[name]] /= 1 + x[0][places[name]] ** 2
    return total + np.sum(y**3)


PROGRAMS = [
    tuple_of_equal_numbers, tuple_of_appended_numbers, tuple_of_an_argument, tuple_of_a_range, written_at_a_tuple,
    walk, starred_indices, repeats_in_a_list, slices_along_an_axis, view_at_a_list, copy_at_a_list,
    two_names_for_the_list, outside_indices, named_slices, stores_along_axes,
    overwritten_at_indices_of_any_kind,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_indices_made_at_run_time(program) -> None:
    check(program, (X, 3))


def test_indices_that_are_arguments() -> None:
    def by_parts(x, parts):
        total = 0.0
        for p in parts:
            total += np.sum(x[:, p] ** 2) * (1 + total / 1000)
        return total

    def by_list(x, index):
        return np.sum(x[tuple(index)] ** 2)

    def by_tuple(x, chosen, cut):
        y = x * x
        y[chosen] *= x[chosen]
        return np.sum(y**2) + np.sum(x[cut] ** 2)

    check(by_parts, (X, [np.array([0, 1]), np.array([1, 1, 1]), slice(0, 2), 2]))
    check(by_list, (X, [1, 0]))
    check(by_tuple, (X, (slice(0, 2), np.array([0, 0, 2])), slice(0, 1)))


def test_single_elements_are_added_to_without_a_scatter() -> None:
    gradient = s2sad.grad(tuple_of_equal_numbers)
    gradient(X, 3)
    assert "np.add.at" not in gradient.source


class Weighted:
    """Arrays among the attributes of a class."""

    weights = np.array([1.0, 2.0])
    activation = np.tanh
    table = {"scale": 1.5}

    def __init__(self, factor):
        self.factor = factor

    def total(self, x):
        return np.sum(self.weights * self.activation(x[:, 0, 0]) * self.factor) * self.table["scale"]


def test_arrays_that_are_attributes_of_a_class() -> None:
    check(lambda x: Weighted(x[0, 1, 1]).total(x) + Weighted.weights @ x[:, 0, 0], (X,))


def halved(a):
    a *= 0.5
    return a[0]


def elements_read_before_the_right_side(x):
    y = x*1.0
    y[0] += halved(y)
    y[int(halved(y) > 9.0)] *= halved(y)
    y[[0, 2, 2]] += halved(y)*y[0]
    y[y > 0.1] *= halved(y) + 2.0
    y[1:] -= halved(y)
    y[..., 3] += halved(y)
    return np.sum(y**2)


def rows_read_before_the_right_side(m):
    y = m*1.0
    for i in range(2):
        y[i] += halved(y)*0.1
        y[i, i] -= halved(y)[i]
        y[[0, i], 1] *= halved(y)[:2]
    return np.sum(y**2)


def test_augmented_elements_are_read_before_the_right_side():
    """`y[i] += g(y)` reads y[i], then g writes y; a row or a slice is a view, which g changes before it is added to."""
    check(elements_read_before_the_right_side, (np.array([0.7, -0.4, 1.3, 0.9, 0.2]),))
    check(rows_read_before_the_right_side, (np.array([[0.7, -0.4, 1.3], [0.9, 0.2, 0.6]]),))


def tuples_in_a_tuple(a):
    a = a*1.0
    a[(0, 1), (1, 2)] = a[(2, 2), (0, 0)]
    a[((0, 0),)] += a[((1, 2),)]
    b = a[((1, 1),)]
    b *= a[0]
    c = a[..., (1, 1)]
    c += a[0, 0]
    return np.sum(a*a) + np.sum(b) + np.sum(c*c) + a[()][0, 1]


def test_tuples_in_an_index_are_lists():
    """`a[(2, 2), (0, 0)]` is a copy with repeats, and not a view."""
    check(tuples_in_a_tuple, (np.array([[0.7, -0.4, 1.3], [0.9, 0.2, 0.6], [1.1, -0.5, 0.8]]),))


def tuples_of_arrays(x, place):
    rows = np.ix_([0, 1], [1, 2])
    k = np.outer(x, x)
    y = k[rows]
    y *= x[0]
    k[rows] += y
    for _ in range(2):
        part = k[place]
        part += x[1]
        k[place] *= part
    above = np.nonzero(x > 0.5)
    z = x[above]
    z *= x[0]
    return np.sum(k*k) + np.sum(y*y) + np.sum(z*z)


@pytest.mark.parametrize("place", [np.ix_([0, 2], [1, 0]), (slice(0, 2), slice(1, 3)), (slice(0, 2), 1)])
def test_a_tuple_with_a_name_is_an_index(place):
    """One of arrays gives a copy, one of slices a view."""
    check(tuples_of_arrays, (np.array([0.3, 0.7, 1.1]), place))


def element_matrix(p, size):
    if size <= 0.0:
        raise ValueError(f"an element of size {size}")
    k = np.zeros((2, 2))
    row = k[0]
    row[:] = p
    k[1] += [size, 1.0]
    k *= size
    return k


def assembled(x, sizes):
    k = np.zeros((3, 3))
    for e, dofs in enumerate([[0, 1], [1, 2]]):
        k[np.ix_(dofs, dofs)] += x[e]*element_matrix(x[dofs], sizes[e])
    free = np.setdiff1d(np.arange(3), [1])
    return np.sum(k**2) + np.linalg.det(k[np.ix_(free, free)])


def test_elements_are_added_that_a_callee_makes_in_place():
    """What the right side makes is no array that is read: it was refused, as it writes."""
    check(assembled, (np.array([0.3, 0.7, 1.1]), np.array([0.5, 1.2])))


TWICE = np.array([0, 1, 0, 1])


def negated_and_gathered(x, c):
    """The cotangent of b was made by a sign, added to by np.add.at, and read as what it was before the sign."""
    b = -x
    gathered = b[TWICE]*c
    total = 0.0
    for _ in range(2):
        total = total + np.sum(b[TWICE]**2)
    d = np.sin(x) - b
    return np.sum(d*d) + np.sum(gathered*gathered) + total


def conjugated_and_gathered(x, c):
    a, b = x + 1j*c, np.cos(c)*0.8 - 0.3j*x
    for _ in range(2):
        a[TWICE] += b[TWICE]
        a[np.nonzero(c > 0.34)] *= b[np.nonzero(c > 0.34)]
    return np.sum(np.abs(a)**2) + np.sum(b*a).imag


def negated_twice(x, c):
    """What `-(-x)` hands on is the cotangent of s, which b and p share: it is not written into."""
    p = x*x*c
    d = x[1:]*1.0
    a = -x
    b = -a
    s = b + p
    return np.sum(s**2) + np.sum(d**3)


SHARED = (negated_and_gathered, conjugated_and_gathered, negated_twice)


@pytest.mark.parametrize("fun", SHARED, ids=lambda f: f.__name__)
def test_cotangents_that_are_added_to_at_places(fun):
    x, c = np.array([0.3, 0.7, 1.1, 0.9]), np.array([0.5, 0.9, 0.8, 0.2])
    check(fun, (x, c))
    check(twice(fun), (x, c))
    for place in places(fun):
        check(place, (x, c), pullbacks=False, text=False)
