"""Third derivatives of programs: callees that are found at run time, objects, lists, recursion (issue 5).

The third derivative is taken in three ways, which agree with each other and with differences: forward over forward over
reverse, reverse over forward over reverse, and reverse three times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import s2sad
from support import differences, flat

X = np.array([0.37, 0.723, 1.158])
V = np.array([1.0, -0.5, 0.25])
W = np.array([0.3, 0.9, -0.4])


def soft(x):
    return np.log1p(np.exp(x))


def cubic(x):
    return np.where(x > 0, x**3, 0.1*x)


ACTS = {"sin": np.sin, "soft": soft, "cubic": cubic}
NAMES = ["cubic", "sin", "cubic"]


def by_argument(x, act, other):
    for i in range(3):
        x = act(x)*x + other(x*0.5) if i % 2 else other(x) + 0.1*x
    return np.sum(x*x)


def by_key(x, acts):
    for name in ("sin", "soft", "cubic"):
        x = acts[name](x) + x*0.3
    return np.sum(x**2)


def by_name(x, acts, names):
    for n in names:
        x = acts[n](x)*x
    return np.sum(x)


def by_element(x, fs):
    s = 0.0
    for f in fs:
        s = s + np.sum(f(x)*x)
        x = f(x)
    return s


def by_items(x):
    for name, f in ACTS.items():
        x = f(x) + 0.5*x*len(name)/4
    return np.sum(x*x)


def chosen(x, act, other):
    f = act if x[0] > 0.1 else other
    y = f(x)
    for _ in range(2):
        f, other = other, f
        y = f(y)*y
    return np.sum(y)


def derivative_of_each(x, fs):
    s = 0.0
    for f in fs:
        s = s + np.sum(s2sad.grad(lambda y, f=f: np.sum(f(y)*y))(x)*V)
    return s


def derivative_by_table(x, table, key):
    return np.sum(s2sad.grad(by_argument)(x, table[key], table["soft"])*V)


CALLEES = [
    (by_argument, (np.sin, soft)),
    (by_argument, (soft, cubic)),
    (by_key, (ACTS,)),
    (by_name, (ACTS, NAMES)),
    (by_element, ([np.sin, soft],)),
    (by_element, ((soft, np.tanh),)),
    (by_items, ()),
    (chosen, (np.sin, soft)),
]


@pytest.mark.parametrize(("fun", "args"), [*CALLEES, (derivative_of_each, ([np.cos, soft],)), (derivative_by_table, (ACTS, "sin"))])
def test_callees_as_arguments_twice(fun, args):
    s2sad.check_grads(fun, (X, *args), order=2)


def product(x, f, g):
    """A Hessian's product inside, of a function whose callees are arguments."""
    return np.sum(s2sad.hvp(by_argument)(x, f, g, V)*W)


def test_callees_of_a_product_inside():
    s2sad.check_grads(product, (X, np.sin, soft), order=1)
    s2sad.check_grads(product, (X, soft, cubic), order=1)


def lambdas(x):
    fs = [lambda z: z*1.3*x[0], lambda z: np.sin(z*x[1])]
    for _ in range(2):
        for f in fs:
            x = f(x) + x*x*0.1
    return np.sum(x)


class Layer:
    def __init__(self, w, act):
        self.w = w
        self.act = act

    def __call__(self, x):
        return self.act(self.w*x) + x


def objects(x):
    y = x*x
    for layer in [Layer(x*0.5, np.tanh), Layer(np.sin(x), soft)]:
        y = layer(y)
    return np.sum(y*y)


@dataclass
class Pair:
    w: np.ndarray
    b: float


def records(x):
    p = Pair(x*x, float(np.sum(x)))
    for _ in range(2):
        p = Pair(np.sin(p.w)*p.b, p.b*0.5 + p.w[0])
    return np.sum(p.w)*p.b


def numbers_in_a_list(x):
    ys = [x[i]**3*x[0] for i in range(3)]
    while len(ys) > 1:
        a = ys.pop()
        b = ys.pop()
        ys.append(np.sin(a)*b)
    return ys[0]


def arrays_in_a_list(x):
    past = [x]
    for _ in range(3):
        past.append(np.sin(past[-1])*past[0])
    return np.sum(past[1]*past[3])


def nested_sines(x, n):
    return x if n == 0 else np.sin(nested_sines(x, n - 1))*x


def recursion(x):
    return np.sum(nested_sines(x, 3)**2)


def two_calls(x, n):
    if n < 2:
        return x*(n + 1)
    return two_calls(x, n - 1)*x + two_calls(x, n - 2)


def recursion_twice(x):
    return np.sum(two_calls(x, 4))


def in_place(x):
    u = x.copy()
    for _ in range(3):
        u[1:] += u[:-1]**2*0.3
        u *= np.sin(u)
    return np.sum(u*u)


def until(x):
    s, n = x*1.0, 0
    while np.sum(s*s) < 20 and n < 10:
        s = s*1.5 + np.sin(s)*x
        n += 1
    return np.sum(s**2)


def dict_of_arrays(x):
    d = {"a": x, "b": x*x}
    for _ in range(2):
        d["a"] = np.sin(d["a"])*d["b"]
        d["b"] = d["b"] + d["a"]**2
    return np.sum(d["a"]*d["b"])


def matrices(x):
    m = np.outer(x, x) + np.eye(3)*3
    return np.sum(np.linalg.solve(m, x)**2) + np.log(np.linalg.det(m))


def bound(fun, args):
    """The function of x alone; what else it takes is read outside."""
    match args:
        case ():
            return fun
        case (a,):
            return lambda x: fun(x, a)
        case (a, b):
            return lambda x: fun(x, a, b)
    raise AssertionError


SMOOTH = [
    *(bound(fun, args) for fun, args in CALLEES), lambdas, objects, records, numbers_in_a_list, arrays_in_a_list,
    recursion, recursion_twice, in_place, until, dict_of_arrays, matrices,
]  # fmt: skip


@pytest.mark.parametrize("fun", SMOOTH, ids=[*(f.__name__ for f, _ in CALLEES), *(f.__name__ for f in SMOOTH[len(CALLEES) :])])
def test_third_order(fun):
    along = s2sad.hvp(fun)

    def product_with(x):
        return along(x, V)

    def number(x):
        return np.sum(along(x, V)*W)

    def in_reverse(x):
        return np.sum(s2sad.grad(lambda y: np.sum(s2sad.grad(fun)(y)*V))(x)*W)

    want = differences(product_with, (X,), (W,))
    np.testing.assert_allclose(flat(s2sad.jvp(product_with, (X,), (W,))[1]), want, rtol=1e-6, atol=1e-7)
    gradient = s2sad.grad(number)(X)
    np.testing.assert_allclose(gradient, want, rtol=1e-6, atol=1e-7)  # the tensor is symmetric
    np.testing.assert_allclose(s2sad.grad(in_reverse)(X), gradient, rtol=1e-9, atol=1e-10)


def bowl(z):
    return z*z*np.sin(z)


def decay(z):
    return np.exp(-z)*z


BY_NAME = {"bowl": bowl, "decay": decay}
BY_PLACE = [bowl, decay]


def chained(z, functions, keys):
    for key in keys:
        z = functions[key](z)*1.1 + z
    return np.sum(z)


def chosen(z, functions):
    for _ in range(2):
        f = functions[0] if np.sum(z) > 1.5 else functions[1]
        z = f(z) + z
    return np.sum(z)


@pytest.mark.parametrize(
    "number",
    [
        lambda x: np.sum(s2sad.hvp(chained)(x, BY_NAME, ["bowl", "decay"], V)*W),
        lambda x: np.sum(s2sad.hvp(chained)(x, BY_PLACE, [1, 0], V)*W),
        lambda x: np.sum(s2sad.hvp(chosen)(x, [bowl, decay], V)*W),
        lambda x: np.sum(s2sad.grad(lambda y: np.sum(s2sad.grad(chained)(y, {"a": decay, "b": bowl}, "ab")*V))(x)*W),
    ],
)
def test_functions_in_containers_are_passed_to_derivatives_inside(number):
    want = differences(number, (X,), (V,))
    np.testing.assert_allclose(s2sad.grad(number)(X) @ V, want[0], rtol=1e-7)


def test_functions_passed_to_derivatives_inside_may_be_replaced():
    table = dict(BY_NAME)

    def number(x):
        return np.sum(s2sad.grad(chained)(x, table, ["bowl"])*V)

    slope = s2sad.grad(number)
    for f in (bowl, decay):
        table["bowl"] = f
        want = differences(lambda x, f=f: np.sum(s2sad.grad(lambda z: chained(z, [f], [0]))(x)*V), (X,), (W,))
        np.testing.assert_allclose(slope(X) @ W, want[0], rtol=1e-7)


def test_methods_of_outside_dicts_see_their_changes():
    table = {"a": 2.0, "b": np.arange(3.0)}

    def f(x):
        s = 0.0
        for value in table.values():
            x = value*x + 0.5*x
        for key, value in table.items():
            s = s + len(key)*np.sum(value*x)
        return s*np.sum(x*x)

    def changed(change):
        change()
        want = differences(f, (X,), (V,))
        np.testing.assert_allclose(np.sum(s2sad.grad(f)(X)*V), want[0], rtol=1e-8)

    for change in (
        lambda: None,
        lambda: table.update(c=3.0),
        lambda: table["b"].__setitem__(1, 7.0),
        lambda: table.update(a=np.ones(3)),
        lambda: table.pop("b"),
    ):
        changed(change)
