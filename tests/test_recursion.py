"""Functions that call themselves: what they write, make, return and keep, in pairs of functions of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


# ---- arrays that are written


def quicksort(a, lo, hi):
    if lo >= hi:
        return
    p = a[(lo + hi)//2]
    i, j = lo, hi
    while i <= j:
        while a[i] < p:
            i += 1
        while a[j] > p:
            j -= 1
        if i <= j:
            t = a[i]
            a[i] = a[j]
            a[j] = t
            i += 1
            j -= 1
    quicksort(a, lo, j)
    quicksort(a, i, hi)


def sorted_in_place(x, c):
    a = np.concatenate([x*c, c - 1.3*x, x])
    quicksort(a, 0, len(a) - 1)
    return np.sum(a*np.arange(len(a))) + a[0]*a[3]


def argument_sorted_in_place(x, c):
    quicksort(x, 0, 2)
    return np.sum(x*c)


def fourier(re, im):
    n = len(re)
    if n == 1:
        return
    h = n//2
    even, even_im = re[::2].copy(), im[::2].copy()
    odd, odd_im = re[1::2].copy(), im[1::2].copy()
    fourier(even, even_im)
    fourier(odd, odd_im)
    for k in range(h):
        w = np.exp(-2j*np.pi*k/n)
        t = w.real*odd[k] - w.imag*odd_im[k]
        u = w.real*odd_im[k] + w.imag*odd[k]
        re[k] = even[k] + t
        im[k] = even_im[k] + u
        re[k + h] = even[k] - t
        im[k + h] = even_im[k] - u


def transformed_in_place(x, c):
    re, im = np.concatenate([x, c[:1]]), np.zeros(4)
    fourier(re, im)
    return np.sum((re**2 + im**3)*np.arange(1, 5))


def hadamard(a):
    if len(a) == 1:
        return
    h = len(a)//2
    hadamard(a[:h])
    hadamard(a[h:])
    u = a[:h].copy()
    a[:h] += a[h:]
    a[h:] = u - a[h:]


def halves_written_as_views(x, c):
    a = np.concatenate([x, c[:1]])
    hadamard(a)
    return np.sum(a**3*np.arange(1, 5))


def v_cycle(u, f, h, sweeps):
    n = len(u)
    for _ in range(sweeps):
        for i in range(1, n - 1):
            u[i] = 0.5*(u[i - 1] + u[i + 1] + h*h*f[i])
    if n > 3:
        r = np.zeros(n)
        r[1:-1] = f[1:-1] + (u[:-2] - 2*u[1:-1] + u[2:])/(h*h)
        coarse = r[::2].copy()
        e = np.zeros(len(coarse))
        v_cycle(e, coarse, 2*h, sweeps)
        fine = np.zeros(n)
        fine[::2] = e
        fine[1::2] = 0.5*(e[:-1] + e[1:])
        u += fine


def multigrid(x, c):
    f, u = np.zeros(9), np.zeros(9)
    f[1:4] = x
    f[5:8] = c*x[0]
    for _ in range(2):
        v_cycle(u, f, 0.125, 1)
    return np.sum(u**2)


def fill(grid, seen, i, j, amount):
    if i < 0 or j < 0 or i >= grid.shape[0] or j >= grid.shape[1] or seen[i, j]:
        return
    seen[i, j] = True
    grid[i, j] = grid[i, j]*2 + amount
    fill(grid, seen, i + 1, j, amount*0.9)
    fill(grid, seen, i - 1, j, amount*0.9)
    fill(grid, seen, i, j + 1, amount*grid[i, j])
    fill(grid, seen, i, j - 1, amount*0.9)


def flood_fill(x, c):
    grid = np.outer(x, c)
    seen = np.zeros(grid.shape, dtype=bool)
    fill(grid, seen, 1, 1, x[0])
    return np.sum(grid**2)


def scaled_down(u, k):
    if k == 0:
        return u
    u *= 1.1
    u[k] = u[k - 1]*u[k]
    return scaled_down(u, k - 1)


def argument_returned(x, c):
    y = x*c
    z = scaled_down(y, int(c[0] + 1.6))
    z[0] *= 3.0
    return np.sum(y*z)


# ---- what is read and written elsewhere


def weighted(v, w, n):
    if n == 0:
        return np.sum(v*v)
    v = np.sin(v*w)
    return np.sum(v*w)*weighted(v*1.5, w, n - 1)


def written_behind_the_call(x, c):
    y = x.copy()
    s = weighted(c, y, int(c[0] + 2.6))
    y[0] = 2.0*np.sin(s)
    return s*np.sum(y)


def written_between_calls(x, c):
    y, total = x*0.3, 0.0
    for i in range(3):
        s = weighted(c, y, int(c[0] + 2.6))
        y[i] += 0.1*np.sin(s)
        total += s
    return total*np.sum(y)


def doubled_behind(v, w, n):
    w = w*1.0
    s = weighted(v, w, n)
    w *= 1.5
    return s*np.sum(w)


def written_behind_in_a_callee(x, c):
    return doubled_behind(x, c, int(c[0] + 2.6)) + doubled_behind(c, x, 2 + int(c[1]))


def of_rows(m, i, w):
    if i == 0:
        return np.sum(m[0]*w)
    return np.sum(np.sin(m[i])*w)*of_rows(m, i - 1, w)


def rows_written_behind(x, c):
    m = np.outer(x, c)
    s = of_rows(m, int(c[0] + 2.0), m[1])
    m[1] = 3.0*s
    m *= 2.0
    return np.sum(m*s)


def decayed(v, n):
    if n == 0:
        return np.exp(-v)
    w = decayed(v*0.9, n - 1)
    s = np.exp(-w*v)
    w *= 2.0
    return s*w


def results_written(x, c):
    z = decayed(x, int(c[0] + 2.6))
    z *= c
    z[0] = 3.0*z[1]
    return np.sum(z*z)


# ---- lists and dicts


def visit(v, depth, out):
    if depth == 0:
        out.append(v*v)
        return
    visit(v*0.5, depth - 1, out)
    visit(v*1.5, depth - 1, out)


def collected_in_a_list(x, c):
    out = []
    visit(x[0], int(c[0] + 2.6), out)
    visit(x[1], 1, out)
    return sum(v*(i + 1) for i, v in enumerate(out))


def popped(xs, n):
    if n == 0:
        return 0.0
    v = xs.pop()
    return v*n + popped(xs, n - 1)


def list_popped(x, c):
    xs = [x[0], x[1], x[2], x[0]*x[1]]
    s = popped(xs, int(c[0] + 2.6))
    return s*xs[0]*len(xs)


def leaves(a, n):
    if n == 0:
        return [a]
    return leaves(a*0.5, n - 1) + leaves(a*a, n - 1)


def lists_returned(x, c):
    found = leaves(x[0], int(c[0] + 2.6))
    return sum(found)*found[0] + found[-1]


def split(v, n):
    if n == 0:
        return {"a": v, "b": v*v}
    d = split(v*0.5, n - 1)
    return {"a": d["b"]*v, "b": d["a"]}


def dicts_returned(x, c):
    d = split(x[0], int(c[0] + 2.6))
    return d["a"]*d["b"] + split(x[1], 1)["b"]


def doubled(d, n):
    d["a"] = d["a"]*2
    if n > 0:
        doubled(d, n - 1)
    return d["a"]*1.0


def dict_written(x, c):
    d = {"a": x[0], "b": x[1]}
    s = doubled(d, int(c[0] + 1.6))
    return s*d["a"] + d["b"]


# ---- objects


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def insert(self, v):
        if v < self.value:
            if self.left is None:
                self.left = Tree(v)
            else:
                self.left.insert(v)
        elif self.right is None:
            self.right = Tree(v)
        else:
            self.right.insert(v)

    def total(self, depth=1):
        s = self.value*depth
        if self.left is not None:
            s += self.left.total(depth + 1)
        if self.right is not None:
            s += self.right.total(depth + 1)
        return s


def grown(tree, v):
    if tree is None:
        return Tree(v)
    if v < tree.value:
        tree.left = grown(tree.left, v)
    else:
        tree.right = grown(tree.right, v)
    return tree


def search_tree(x, c):
    root = None
    for v in x*c:
        root = grown(root, v)
    return root.value*root.total()


def search_tree_of_methods(x, c):
    root = Tree(x[0])
    for v in (c*x)[::-1]:
        root.insert(v)
    return root.total()


def built(v, depth):
    if depth == 0:
        return None
    return Tree(v, built(v*0.5, depth - 1), built(v*v, depth - 1))


def product(tree):
    if tree is None:
        return 1.0
    return tree.value + product(tree.left)*product(tree.right)


def tree_builder(x, c):
    return product(built(x[0], int(c[0] + 2.6)))


@dataclass
class Segment:
    low: float
    high: float
    best: float


def solved(a, i, j):
    if j - i == 1:
        return Segment(a[i], a[i], a[i])
    m = (i + j)//2
    left, right = solved(a, i, m), solved(a, m, j)
    return Segment(min(left.low, right.low), max(left.high, right.high), left.best*right.best + left.high)


def divide_and_conquer(x, c):
    s = solved(x*c, 0, 3)
    return s.low + s.high*s.best


class Cell:
    def __init__(self, v):
        self.v = v


def raised(cell, n):
    cell.v = cell.v*2
    return raised(cell, n - 1) if n > 0 else cell.v


def object_written(x, c):
    cell = Cell(x[0])
    s = raised(cell, int(c[0] + 1.6))
    return s*cell.v


# ---- functions as arguments


def simpson(f, a, b, tolerance, whole, depth):
    m = 0.5*(a + b)
    left = (m - a)/6*(f(a) + 4*f(0.5*(a + m)) + f(m))
    right = (b - m)/6*(f(m) + 4*f(0.5*(m + b)) + f(b))
    if depth <= 0 or abs(left + right - whole) < 15*tolerance:
        return left + right + (left + right - whole)/15
    first = simpson(f, a, m, tolerance/2, left, depth - 1)
    return first + simpson(f, m, b, tolerance/2, right, depth - 1)


def adaptive_quadrature(x, c):
    return simpson(lambda t: np.exp(-x[0]*t*t)*np.sin(x[1]*t + c[0]), 0.0, x[2], 1e-5, 1.0, 4)


def iterated(f, v, n):
    return v if n == 0 else iterated(f, f(v), n - 1)


class Gain:
    def __init__(self, k):
        self.k = k

    def step(self, v):
        return v*self.k


def functions_passed_on(x, c):
    def g(v):
        return h(v)*x[1] + c[1]

    def h(v):
        return np.sin(v*x[0])

    n = int(c[0] + 1.6)
    return iterated(g, x[2], n) + iterated(Gain(x[0]).step, c[0], n) + np.sum(iterated(np.tanh, x, n))


PROGRAMS = [
    adaptive_quadrature, functions_passed_on,
    sorted_in_place, argument_sorted_in_place, transformed_in_place, halves_written_as_views, multigrid, flood_fill,
    argument_returned,
    written_behind_the_call, written_between_calls, written_behind_in_a_callee, rows_written_behind, results_written,
    collected_in_a_list, list_popped, lists_returned, dicts_returned, dict_written,
    search_tree, search_tree_of_methods, tree_builder, divide_and_conquer, object_written,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_recursion(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)



ONCE = {  # these keep what objects do not hold: parts of arrays that they write
    transformed_in_place: "keeps parts of arrays that it writes; take the first derivative only",
    halves_written_as_views: "keeps parts of arrays that it writes; take the first derivative only",
}


@pytest.mark.parametrize("f", [f for f in PROGRAMS if f not in (*ONCE, adaptive_quadrature)], ids=lambda f: f.__name__)
def test_recursion_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", ONCE, ids=lambda f: f.__name__)
def test_recursion_once(f):
    with pytest.raises(s2sad.UnsupportedError, match=ONCE[f]):
        s2sad.grad(twice(f))(X, C)


def test_forward_over_reverse():
    def gradient_along(x):
        return s2sad.jvp(s2sad.grad(lambda v: tree_builder(v, C)), (x,), (np.ones(3),))[1]

    h = 1e-5
    slope = s2sad.grad(lambda v: tree_builder(v, C))
    np.testing.assert_allclose(gradient_along(X), (slope(X + h) - slope(X - h))/(2*h), rtol=1e-7, atol=1e-9)


def test_text():
    """A tree is built and walked over lists; their shadows are passed down, and nothing is copied."""
    text = s2sad.grad(tree_builder).source_for(X, C)
    assert "def built_fwd(v, depth, tree_value, tree_left, tree_right):" in text
    assert "        v_bar = tree_value_bar.pop()\n" in text
    assert "zeros_list" not in text.partition("def tree_builder_grad")[0]


def nested(d, n):
    d["p"]["a"] = d["p"]["a"]*2.0
    if n > 0:
        nested(d, n - 1)
    return 0.0


def dict_in_a_dict(x, c):
    d = {"p": {"a": x[0]}, "q": x[1]}
    return nested(d, int(c[0] + 1.6)) + d["p"]["a"]*d["q"]


def alias(d, e, n):
    d["a"] = d["a"]*2
    return alias(d, e, n - 1) + e["a"] if n > 0 else e["a"]


def dict_given_twice(x, c):
    d = {"a": x[0]}
    return alias(d, d, int(c[0] + 1.6))


def pushed(u, w, n):
    u[n] += w[0]*w[1]
    return pushed(u, w, n - 1) if n > 0 else np.sum(u)


def overlapping(x, c):
    y = x*2.0
    return pushed(y, y[1:], int(c[0] + 1.6))


def of_arrays(rows, n):
    rows[0][n] *= 2.0
    return of_arrays(rows, n - 1) if n > 0 else 1.0


def arrays_in_a_list(x, c):
    rows = [x.copy(), c]
    return of_arrays(rows, int(c[0] + 1.6))*np.sum(rows[0]*x)


def chosen(u, v, n):
    w = u if n % 2 else v
    w *= 1.5
    return chosen(u, v, n - 1) if n > 0 else np.sum(u)


def bound_to_other_names(x, c):
    y, z = x*2.0, x*3.0
    return chosen(y, z, int(c[0] + 1.6))*np.sum(z)


@pytest.mark.parametrize(
    "f, message",
    [
        (dict_in_a_dict, r"what 'd' holds is written in a function that calls itself; pass what is written"),
        (dict_given_twice, r"writes the dict 'd', which it is given twice; pass it once"),
        (overlapping, r"writes 'u', which another argument may overlap; copy the other argument first"),
        (arrays_in_a_list, r"writes into what its argument 'rows' holds; pass the array that is written"),
        (bound_to_other_names, r"writes 'u', which another argument may overlap; copy the other argument first"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_refusals(f, message):
    with pytest.raises(s2sad.UnsupportedError, match=message) as refused:
        s2sad.grad(f)(X, C)
    assert "test_recursion.py:" in str(refused.value)
