"""Bugs that were found once, each as a test: lists, tuples, dicts, trees as arguments, and functions over them."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import s2sad
from support import check, check_vjp

X = np.array([0.5, 0.7, 1.1])
Y = np.array([0.3, -0.4, 0.8])


def stacked(x):
    hs = []
    for i in range(3):
        h = np.sin(x*(i + 1))
        hs.append(h)
        h[1:] *= 2.0
    return np.sum(np.stack(hs)**2)


def made_into_an_array(x):
    hs = [x*1.0, x]
    hs[0][0] = 3.0
    return np.sum(np.array(hs)**2)


def concatenated(x):
    hs = [x*2.0, x]
    hs[1] *= 2.0
    return np.sum(np.concatenate(hs)**2)


def summed(x):
    hs = [x*2.0, x]
    hs[1] *= 2.0
    return np.sum(sum(hs)**2)


def written_in_a_loop(x):
    hs = [x*2.0, x]
    for h in hs:
        h *= 2.0
    return np.sum(np.concatenate(hs)**2)


@pytest.mark.parametrize("fun", [stacked, made_into_an_array, concatenated, summed, written_in_a_loop])
def test_list_of_written_arrays_given_to_a_function(fun):
    """A list as a whole went into a function while its arrays are written: their cotangents were dropped."""
    check(fun, (X,))


def list_of_tuples(x):
    xs = []
    for i in range(3):
        xs.append((x*i, x))
    s = 0.0
    for a, b in xs:
        s = s + np.sum(a*b)
    return s


def list_of_lists(x):
    xs = []
    for i in range(3):
        xs.append([x*i, x])
    s = 0.0
    for a, b in xs:
        s = s + np.sum(a*b)
    return s


def nested_comprehension(x):
    m = [[a*b for b in x] for a in x]
    return np.sum(np.array(m))


def grid(x):
    g = [[x[0]*i*j for j in range(3)] for i in range(3)]
    s = 0.0
    for i in range(3):
        for j in range(3):
            s += g[i][j]*x[1]
    return s


def trajectory(x):
    states = [x]
    for _ in range(4):
        states.append(np.sin(states[-1]) + states[0])
    return sum([np.sum(t*t) for t in states])


def swapped_items(x):
    b = [x*1.0, x*2.0]
    for _ in range(3):
        b[0], b[1] = b[1], b[0]
        b[0][1:] += b[1][:-1]**2
    return np.sum(b[0]*b[1])


@pytest.mark.parametrize("fun", [
    list_of_tuples, list_of_lists, nested_comprehension, grid, trajectory, swapped_items,
])
def test_nested_lists(fun):
    """A list of tuples or of lists: its cotangents were unused, refused, or taken for arrays."""
    check(fun, (X,))


def made_in_a_loop(x):
    s = 0.0
    for i in range(3):
        b = []
        b.append(x)
        b.append(x*i)
        s = s + np.sum(b[0]*b[1])
    return s


def test_list_made_in_a_loop():
    """A list that is empty again in every trip: its kind was said never to settle."""
    assert check(made_in_a_loop, (np.array([1.0, 2.0]),))[0].tolist() == [6.0, 12.0]


def read_in_one_branch(x, n):
    b = []
    b.append(x*1.0)
    s = 0.0
    if n > 1:
        s = np.sum(b[n % 2]**2)
    return s*2


@pytest.mark.parametrize("n, factor", [(0, 0.0), (2, 4.0)])
def test_list_read_in_one_branch(n, factor):
    """A list that is read on one path only: its cotangent was an array where the list is appended to."""
    assert s2sad.grad(read_in_one_branch)(X, n).tolist() == (factor*X).tolist()


def read_at_run_time(x, k):
    xs = (x, k)
    y = 1.0
    for i in range(2):
        y = y*xs[i]
    return np.sum(y*xs[0])


def test_tuple_read_at_a_run_time_index():
    """A tuple that is read with a loop's index: its cotangent was a tuple, which cannot be stored into."""
    g = check(read_at_run_time, (np.array([1.0, 2.0, 3.0]), np.array([2.0])))
    assert g[0].tolist() == [4.0, 8.0, 12.0] and g[1].tolist() == [14.0]


def tuple_display(x, c):
    y = 1.0
    for v in (x, c, x + c):
        y = y*v
    return np.sum(y)


def dict_items(x, c):
    d = {"a": x, "b": c}
    y = 0.0
    for _key, v in d.items():
        y = y + v*v
    return np.sum(y)


def total(*vs, weight=1.0):
    s = 0.0
    for v in vs:
        s = s + weight*v
    return s


def star_parameter(x, c):
    return np.sum(total(x, c, x*c, weight=2.0)*x)


def star_argument(x, c):
    parts = (x, c)
    return np.sum(total(*parts)*x)


def counted_items(x, c):
    y = 0.0
    for j, a in enumerate([x, c], 1):
        y = y + j*a*a
    return np.sum(y)


def square(v):
    return v*v


def twice(v):
    return 2*v


def list_of_functions(x, c):
    y = x
    for fn in [square, twice]:
        y = fn(y)*c
    return np.sum(y)


def display_of_lists(x, c):
    xs = [[x, c], [x*c, x]]
    return np.sum(xs[0][1]*xs[1][0])


def aliased_list(x, c):
    t = 0.0
    for _ in range(3):
        xs = [x, c]
        zs = xs
        zs[0] = x*c
        y = xs[0]*xs[1]
        t = t + np.sum(y*y)
    return t + np.sum(x*c)


@pytest.mark.parametrize("x, c", [(0.75, 0.9), (np.array(0.75), np.array(0.9)), (X, Y)], ids=["float", "0-d", "1-d"])
@pytest.mark.parametrize("fun", [
    tuple_display, dict_items, star_parameter, star_argument, counted_items, list_of_functions, display_of_lists,
    aliased_list,
])
def test_loop_over_a_container_of_active_values(fun, x, c):
    """A loop over a tuple, over items() or over *args, and the like: contributions were lost, or it was refused."""
    check(fun, (x, c))


def squares_of_rest(x, *rest):
    t = x
    for r in rest:
        t = t + r*r
    return t


def squares(p):
    t = 0.0
    for r in p:
        t = t + r*r
    return t


def one_square(p, i):
    return p[i]*p[i]


def test_loop_over_a_tuple_argument():
    """A loop over a tuple that is an argument, or over *args: 0.0 came back."""
    assert s2sad.grad(squares_of_rest, 1)(1.0, 2.0, 3.0) == 4.0
    assert s2sad.grad(squares)((2.0, 3.0)) == (4.0, 6.0)
    assert s2sad.grad(one_square)((2.0, 3.0), 1) == (0.0, 6.0)


def tree(node):
    if isinstance(node, tuple):
        return tree(node[0])*tree(node[1])
    return node


def power_of_pair(p, n):
    if n == 0:
        return p[0]*1.0
    return p[1]*power_of_pair(p, n - 1)


def power_of_dict(p, n):
    if n == 0:
        return p["a"]*1.0
    return p["b"]*power_of_dict(p, n - 1)


@pytest.mark.parametrize("fun", [
    lambda x, y: power_of_pair((x, y), 3), lambda x, y: power_of_pair([x, y], 3),
    lambda x, y: power_of_dict({"a": x, "b": y}, 3),
], ids=["tuple", "list", "dict"])
def test_recursion_over_a_container(fun):
    """A function that calls itself with a container: the cotangents of its parts were dropped."""
    assert s2sad.grad(fun, (0, 1))(2.0, 3.0) == (27.0, 54.0)
    check_vjp(fun, (2.0, 3.0))


def test_recursion_over_a_tree():
    """The same with a tree of tuples as the argument."""
    g = s2sad.grad(lambda t: tree(t))(((1.3, 0.7), (0.2, 1.1)))
    flat = [g[0][0], g[0][1], g[1][0], g[1][1]]
    assert flat == pytest.approx([0.7*0.22, 1.3*0.22, 0.91*1.1, 0.91*0.2], rel=1e-12)


def power(v, k):
    if k == 0:
        return v*0 + 1.0
    return v*power(v, k - 1)


def halve(v):
    if np.sum(v) < 3.0:
        return v
    return halve(v*0.5)


@pytest.mark.parametrize("fun", [lambda x, c: np.sum(power(x, 3)*c), lambda x, c: np.sum(halve(x*7.0)*c)])
def test_recursion(fun):
    """A function that calls itself was refused."""
    check(fun, (X, Y))


def grows(p):
    p[0] += p[1]
    p.append(p[0]*2)
    return np.sum(p[2]*p[1])


def test_list_argument_that_grows():
    """A list argument that the function appends to: the cotangent had the grown list's length."""
    x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    p = [x, y]
    g = s2sad.grad(grows)(p)
    assert g[0].tolist() == (2*y).tolist() and g[1].tolist() == (2*x + 4*y).tolist()
    assert len(p) == 2 and x.tolist() == [1.0, 2.0]


def written_list(ps, x):
    ps[0][0] = x[1]
    ps[1] *= x
    return np.sum(ps[0]*ps[1])


def written_dict(d, x):
    d["w"][1:] *= x[1:]
    d["b"] = d["b"]*2.0
    return np.sum(d["w"]*x) + d["b"]


def products(ps, x):
    s = 0.0
    for p in ps:
        s = s + np.sum(p*x)*np.sum(p)
    return s


@pytest.mark.parametrize("fun, structure", [
    (written_list, [X*2, X + 1.0]), (written_dict, {"w": X*2, "b": 0.5}), (products, [X, Y]),
])
def test_written_parts_of_an_argument(fun, structure):
    """A list or dict as an argument whose parts are written: their cotangents were dropped, or it was refused."""
    check(fun, (structure, X))


Pair = namedtuple("Pair", "w b")


@dataclass
class Layer:
    w: np.ndarray
    b: float


@pytest.mark.parametrize("kind", [Pair, Layer])
def test_fields_of_an_argument(kind):
    """Attributes of namedtuples and dataclasses that are arguments were refused."""
    g = s2sad.grad(lambda p: np.sum(p.w*p.w)*p.b)(kind(np.array([1.0, 2.0]), 2.0))
    assert type(g) is kind and g.w.tolist() == [4.0, 8.0] and g.b == 5.0


def recurrent(params, xs, h):
    hs = []
    for x in xs:
        h = np.tanh(params["W"] @ x + params["U"] @ h + params["b"])
        hs.append(h)
    return np.sum(np.stack(hs)**2)


def test_recurrent_net():
    """A dict of parameters, a list of inputs and a list of states, all in one program."""
    rng = np.random.default_rng(0)
    params = {"W": rng.normal(size=(2, 3)), "U": rng.normal(size=(2, 2)), "b": rng.normal(size=2)}
    check(recurrent, (params, [rng.normal(size=3) for _ in range(4)], np.zeros(2)))


HISTORY = []
COEFFICIENTS = [1.0, 2.0]


def with_history(x):
    loss = x*x
    HISTORY.append(loss)
    return 3*loss


def horner(x):
    s = 0.0
    for c in COEFFICIENTS:
        s = s*x + c
    return s


def test_outside_list_that_is_appended_to():
    """A list from outside that is appended to and never read was refused."""
    HISTORY.clear()
    assert s2sad.grad(with_history)(2.0) == 12.0
    assert HISTORY == [4.0]


def test_outside_list_is_read_live():
    """A loop over a list from outside: its elements had no kind; later elements count from the next call on."""
    g = s2sad.grad(horner)
    assert g(1.0) == 1.0
    COEFFICIENTS.append(3.0)
    try:
        assert g(1.0) == 4.0
    finally:
        COEFFICIENTS.pop()


def scattered(w):
    y = np.zeros(3)
    np.add.at(y, [0, 0, 2], w)
    return np.sum(y*y)


def test_add_at():
    """np.add.at had no rule."""
    check(scattered, (X,))


def popped_and_written(x):
    xs = [x*1.0, x*2.0, x*3.0, x*4.0]
    s = 0.0
    for _ in range(3):
        v = xs[-1]
        v *= 2.0
        w = xs.pop()
        u = xs[-1]
        u += w*x
        s = s + np.sum(w*w)
    return s + np.sum(xs[0]*x)


def test_list_that_is_popped_while_its_arrays_are_written():
    """The last element was read anew in the reverse sweep, when the list was shorter."""
    check(popped_and_written, (X,))
