"""Bugs that were found once, each as a test: kinds of values, selections, dispatch, and what is refused on purpose."""

from __future__ import annotations

import inspect
import linecache
import math
import subprocess
import sys
import types
from fractions import Fraction

import numpy as np
import pytest

import s2sad
from support import check

X = np.array([0.5, 0.7, 1.1])
Y = np.array([0.3, -0.4, 0.8])
M = np.array([[1.0, 2.0], [3.0, 4.0]])
R = np.array([0.7, 0.4])


def none_then_sum(x, n):
    acc = None
    for _ in range(n):
        if acc is None:
            acc = x
        else:
            acc = acc + x
    return np.sum(acc*acc)


def none_then_written(x, y):
    acc = None
    for i in range(3):
        if acc is None:
            acc = x
        acc += y[i]
    return np.sum(acc*x)


def none_before(x, y):
    prev = None
    s = 0.0
    for i in range(3):
        if prev is not None:
            s = s + prev*x[i]
        prev = x[i]*2 + y[0]
    return s


def none_or_best(x, y):
    best = None
    for i in range(len(x)):
        v = x[i]**2 - y[i]*x[i]
        if best is None or v < best:
            best = v
    return best


def none_or_array(x, y):
    acc = None
    for i in range(3):
        t = np.sin(x*i)
        acc = t if acc is None else acc + t*acc*y
    return np.sum(acc)


def none_and_augmented(x, n):
    y = None
    if n > 1:
        y = x
    if y is not None:
        y += 1
        return np.sum(y*x)
    return np.sum(x)


@pytest.mark.parametrize("fun, second", [
    (none_then_sum, 1), (none_then_sum, 2), (none_then_written, Y), (none_before, Y), (none_or_best, Y),
    (none_or_array, Y), (none_and_augmented, 1), (none_and_augmented, 2),
])
def test_name_that_is_none_on_one_path(fun, second):
    """None on one path and a value on another: the derivative was dropped, and `+=` taken for a rebinding."""
    check(fun, (X, second))


def returns_only_in_a_loop(x):
    for i in range(len(x)):
        if x[i] > 0.8:
            return x[i]*2


def test_function_that_may_end_without_a_return():
    """A function whose last path returns nothing: its result is None there, and a number on the others."""
    assert s2sad.grad(returns_only_in_a_loop)(X).tolist() == [0.0, 0.0, 2.0]
    with pytest.raises(TypeError, match="returns None|returned None|is None"):
        s2sad.grad(returns_only_in_a_loop)(X*0.0)


def masked_by_zeros(x):
    return np.sum(np.where(x > 0, np.sqrt(x), np.zeros(3)))


def masked_ufunc(x):
    out = np.zeros(3)
    np.sqrt(x, where=x > 0, out=out)
    return np.sum(out)


def masked_read(x):
    r = np.sqrt(x)
    ok = x > 0
    return np.sum(r[ok])


def masked_store(x):
    z = np.log(x)*x
    z[~(x > 0)] = 0.0
    return np.sum(z)


@pytest.mark.parametrize("fun, expected", [
    (masked_by_zeros, lambda x: 0.5/np.sqrt(x)), (masked_ufunc, lambda x: 0.5/np.sqrt(x)),
    (masked_read, lambda x: 0.5/np.sqrt(x)), (masked_store, lambda x: np.log(x) + 1.0),
])
def test_mask_where_shapes_are_not_proved(fun, expected):
    """The branch that a selection does not take gave 0*nan where the shapes were not provably equal."""
    x = np.array([0.5, -1.0, 2.0])
    with np.errstate(all="ignore"):
        (g,) = check(fun, (x,), pullbacks=False)
    assert g[1] == 0.0
    np.testing.assert_allclose(g[[0, 2]], expected(x[[0, 2]]), rtol=1e-12)


def guarded_twice(x):
    r = np.sqrt(x)
    return np.sum(np.where(x > 0, r, 0.0)) + np.sum(np.where(x > 1, 2*r, 0.0))


def silenced(x):
    with np.errstate(all="ignore"):
        y = np.log(x)
    return np.sum(np.where(x > 0, y, 0.0))


def test_masks_of_two_selections_are_joined():
    """A value that two selections guard: with one mask alone, the pole came through; and its derivative warned."""
    assert s2sad.grad(guarded_twice)(np.array([0.0, 4.0])).tolist() == [0.0, 0.75]
    assert s2sad.grad(silenced)(np.array([1.0, 0.0, 2.0])).tolist() == [1.0, 0.0, 0.5]


def chosen_by_a_bool(x, k):
    return np.sum(np.where(k > 3, np.log(x), x))


@pytest.mark.parametrize("k", [2.0, 4.0])
def test_where_with_a_python_condition(k):
    """np.where with a bool: the zero of the other side was a number beside an array."""
    check(chosen_by_a_bool, (X, k))


def where_of_unlike_ranks(m, r, n):
    t = r
    s = r
    for _ in range(n):
        s = np.where(t > 0.5, s, t)
        t = t*m
    return np.sum(s*r) + np.sum(t)


def written_of_unlike_ranks(m, r, c):
    t = m if c else r
    s = r if c else m
    u = t*s
    t *= 2
    return np.sum(u*(t + s))


def number_or_array(m, k, c):
    t = m if c else k
    return np.sum(t*m)


@pytest.mark.parametrize("fun, args", [
    (where_of_unlike_ranks, (M, R, 2)), (where_of_unlike_ranks, (M, R, 0)),
    (written_of_unlike_ranks, (M, R, True)), (written_of_unlike_ranks, (M, R, False)),
    (number_or_array, (M, 0.3, True)), (number_or_array, (M, 0.3, False)),
])
def test_rank_that_differs_by_path(fun, args):
    """Two unknown shapes were taken for the same shape, and a number for an array."""
    check(fun, args)


def complex_power(x):
    k = np.exp(1j*x)
    k **= 2
    return np.sum(k.imag*x)


def complex_quotient(x):
    k = np.exp(1j*x)
    k /= (1 + 2j)*x
    return np.sum(k.imag*x)


def real_into_complex(x):
    y = x*2.0
    z = np.zeros(3, dtype=complex)
    z += y
    z *= 1j
    z[1:] -= y[:-1]*z[1:]
    return np.sum(np.abs(z)**2)


def real_beside_complex(x):
    both = np.array(np.linalg.slogdet(np.outer(x, x) + 1j*np.diag(x)))
    return np.sum(both.real + 0.7*both.imag)


def real_beside_complex_in_a_list(x):
    both = [x*2.0]
    for k in range(2):
        both.append(x*(k + 1j))
    z = np.concatenate(both)*x[0]
    return np.sum(z.real*z.imag)


@pytest.mark.parametrize(
    "fun", [complex_power, complex_quotient, real_into_complex, real_beside_complex, real_beside_complex_in_a_list]
)
def test_complex_stores(fun):
    """`z /= y` and `z **= 2` lost a conjugation; `z += x` handed a complex cotangent to a real array."""
    check(fun, (X,))


def test_conjugate_of_a_python_complex():
    """z.conjugate() was printed as z.conj(), which Python's complex numbers do not have."""
    assert s2sad.grad(lambda z: (z*z.conjugate()).real)(1.0 + 2.0j) == 2.0 - 4.0j


class Squares:
    def __mul__(self, x):
        return 3*x*x


SQUARES = Squares()


class Model:
    def loss(self, x):
        return x*x


MODEL = Model()


def test_operator_of_a_class():
    """An operator whose left operand is an object of a class: its method was not called, and 0.0 came back."""
    assert s2sad.grad(lambda x: np.sum(SQUARES*x))(2.0) == 12.0


def test_method_replaced_on_its_class(monkeypatch):
    """A method that is replaced on the class after the first call: the old derivative was kept."""
    g = s2sad.grad(lambda x: MODEL.loss(x))
    assert g(1.0) == 2.0
    monkeypatch.setattr(Model, "loss", lambda self, x: x*x*x)
    assert g(1.0) == 3.0


def test_builtin_shadowed_by_its_module():
    """A module that defines `abs` after the first call: the builtin's derivative was kept."""
    text = "def f(x):\n    return abs(x)*x\n\ndef cube(x):\n    return x*x*x\n"
    linecache.cache["<shadow>"] = (len(text), None, text.splitlines(True), "<shadow>")
    module = types.ModuleType("shadow")
    exec(compile(text, "<shadow>", "exec"), vars(module))
    g = s2sad.grad(module.f)
    assert g(2.0) == 4.0
    module.abs = module.cube
    assert g(2.0) == 32.0


def quadratic(x, a, b, c):
    return a*x**2 + b*x + c


slope = s2sad.grad(quadratic)


def test_derivative_called_in_a_differentiated_function():
    """grad(f) as the argument of grad, or called inside of a function: its own derivative was taken for zero."""
    assert s2sad.grad(slope)(0.0, 1.0, -2.0, 1.0) == 2.0
    assert s2sad.grad(lambda x: slope(x, 1.0, -2.0, 1.0)**2)(3.0) == 16.0
    growing = lambda a: np.sum(a**3)
    assert s2sad.grad(lambda a: np.sum(s2sad.grad(growing)(a)))(np.arange(3.0)).tolist() == [0.0, 6.0, 12.0]
    third = s2sad.grad(s2sad.grad(s2sad.grad(lambda x: x**3*np.sin(x))))
    exact = 6*np.sin(1.3) + 18*1.3*np.cos(1.3) - 9*1.3**2*np.sin(1.3) - 1.3**3*np.cos(1.3)
    assert third(1.3) == pytest.approx(exact, rel=1e-12)


def test_stop_gradient():
    """stop_gradient(x*x)*x: the stopped factor was differentiated."""
    g = s2sad.grad(lambda x: np.sum(s2sad.stop_gradient(x*x)*x))
    assert g(np.arange(4.0)).tolist() == [0.0, 1.0, 4.0, 9.0]


@pytest.mark.parametrize("kind", [float, np.float64, np.array])
@pytest.mark.parametrize("fun, x, expected", [
    (lambda x: 1/x, 1e-200, -math.inf), (lambda x: 3.0/x, -1e-200, -math.inf), (lambda x: math.sqrt(x*x), 0.0, None),
])
def test_adjoints_are_silent_at_poles(fun, x, expected, kind):
    """The primal gives no warning: with NumPy scalars and 0-d arrays, the gradient did."""
    g = s2sad.grad(fun)(kind(x))
    assert g == expected if expected is not None else (g == 0.0 or np.isnan(g))


def quotient(x, y):
    return np.sum(np.where(x > 0, x/y, x*y))


def test_saved_text_stands_alone(tmp_path):
    """save() failed where the text needs helpers; the file must run without s2sad."""
    transform = s2sad.grad(quotient, (0, 1))
    g = transform(np.ones(2), 2.0)
    transform.save(str(tmp_path/"saved.py"))
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import saved, numpy as np\n"
    program += "g = saved.quotient_grad(np.ones(2), 2.0); print(list(map(float, g[0])), float(g[1]), 's2sad' in sys.modules)"
    ran = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"{g[0].tolist()} {float(g[1])} False"


def test_dict_beside_the_value():
    """has_aux with a dict as the second result: the text was not Python."""

    def f(x):
        y = x*x
        return np.sum(y), {"y": y, "n": len(x)}

    (value, aux), g = s2sad.value_and_grad(f, has_aux=True)(np.ones(2))
    assert value == 2.0 and aux["n"] == 2 and aux["y"].tolist() == [1.0, 1.0] and g.tolist() == [2.0, 2.0]


def asked_for_an_attribute(x, n):
    y = x
    for _ in range(n):
        y = np.sin(y) if hasattr(y, "shape") else y*1.5
        y = np.exp(y)*x
    return y


def test_whether_a_number_has_an_attribute():
    """A Python float has none, the NumPy scalar that it becomes in a loop has it."""
    check(asked_for_an_attribute, (0.5, 3))
    check(asked_for_an_attribute, (np.float64(0.5), 3))


# ---------------------------------------------------------------------------------------------- refused on purpose

HISTORY = []


def history_read(x):
    HISTORY.append([x*x])
    return HISTORY[-1][0] + x


def broadcast_together(m):
    c, d = np.broadcast_arrays(m[0], m)
    m *= 2
    return np.sum(c*d)


REFUSED = [
    (history_read, (2.0,), "HISTORY", "HISTORY"),
    (broadcast_together, (M,), "np.broadcast_arrays(m[0], m)", "or are read-only; copy the view: .copy()"),
]


@pytest.mark.parametrize("fun, args, at, message", REFUSED, ids=[fun.__name__ for fun, *_ in REFUSED])
def test_refused_with_place_and_remedy(fun, args, at, message):
    """Programs of which a wrong number was returned, and whose meaning is not known: place and remedy instead."""
    lines, first = inspect.getsourcelines(fun)
    with pytest.raises(s2sad.UnsupportedError) as raised:
        s2sad.grad(fun)(*args)
    text = str(raised.value)
    places = [(first + k, line.index(at) + 1) for k, line in enumerate(lines) if at in line]
    assert any(text.startswith(f"{__file__}:{line}:{column}: ") for line, column in places), text
    assert message in text.splitlines()[0] and "; " in text.splitlines()[0]
    assert HISTORY == []


class Labelled(np.ndarray):
    pass


@pytest.mark.parametrize("m", [
    Fraction(1, 3), np.ma.masked_array([1.0, 2.0], [0, 1]), np.array([1.0, 2.0]).view(Labelled),
], ids=lambda m: type(m).__name__)
def test_operand_of_another_type(m):
    """Fractions, masked arrays and subclasses of arrays compute in their own way: a number came back."""
    with pytest.raises(s2sad.UnsupportedError, match=f"m is a {type(m).__name__}.*; pass (float|np.asarray)"):
        s2sad.grad(lambda x, m: np.sum(x*m))(np.array([1.0, 2.0]), m)


@pytest.mark.parametrize("s", [np.array(0.4), np.float64(0.4), 0.4], ids=["0-d", "np.float64", "float"])
@pytest.mark.parametrize("n", [0, 3])
def test_a_rank_zero_cotangent_that_goes_round_is_a_number(s, n):
    """The cotangent of a 0-d array that went round a loop was copied as an array, which it was not."""

    def f(u, s, n):
        t = u[0]
        i = 0
        while i < n:
            s = np.tanh(u[1]*u[2] + s)
            i += 1
        s, t = t, s + s
        return s*np.sum(0.3*u) + t

    check(f, (np.array([0.5, 0.7, 0.9]), s, n))


def first_over(a, limit):
    t = 0.0
    for q in range(len(a)):
        t = t + a[q]
        if t > limit:
            return t*a[q]
        a[q] = a[q]*0.9
    return t


@pytest.mark.parametrize("s", [np.array(0.4), np.float64(0.4), 0.4], ids=["0-d", "np.float64", "float"])
@pytest.mark.parametrize("rows", [0, 1, 4])
def test_a_cotangent_that_is_a_number_or_a_0d_array(s, rows):
    """The element of a 0-d cotangent was taken with [()], which a Python float does not have."""

    def f(u, v, m, s):
        t = s
        for _ in m:
            t = 0.2*first_over(v, 2.62)
        return np.sum(u*v) + s*t

    u = np.array([0.5, 0.7, 0.9, 0.3])
    check(f, (u, 1.3*u, np.ones((rows, 4)), s))


def either_summed(x):
    t = [x[0]**2, 2.0]
    if np.real(x[0]) > 9.0:
        t = np.asarray(t)
    z = np.sum(t)
    return z*z*np.mean(t)


def either_exp(x):
    t = [x[0]**2, 2.0] if np.real(x[0]) < 9.0 else np.ones(2)
    u = np.exp(t)
    return np.sum(u)*np.sum(u*u)


def either_weighted(x):
    weights = [x[1]**2, 2.0] if np.real(x[0]) < 9.0 else np.ones(2)
    return np.sum(np.add(weights, weights))*np.average([x[0], 1.0], weights=weights)


def either_dot(x):
    t = [x[0]**2, 2.0] if np.real(x[0]) < 9.0 else np.ones(2)
    return np.dot(t, t)*np.max(t)


@pytest.mark.parametrize("fun", [either_summed, either_exp, either_weighted, either_dot])
def test_a_list_on_one_path_and_an_array_on_the_other(fun):
    check(fun, [X])


@pytest.mark.parametrize("fun", [either_summed, either_exp, either_dot])
def test_a_complex_list_on_one_path_and_an_array_on_the_other(fun):
    z = X + 1j*X[::-1]
    ct = 0.3 - 0.8j
    for v in (np.array([1.0, 0.0, 0.0]), np.array([0.0, 1j, 0.5])):
        expected = (fun(z + 1e-6*v) - fun(z - 1e-6*v))/2e-6
        assert np.isclose(np.sum(s2sad.vjp(fun, z)[1](ct)[0]*v), ct*expected, rtol=1e-7)
        assert np.isclose(s2sad.jvp(fun, (z,), (v.astype(complex),))[1], expected, rtol=1e-7)


def test_what_may_be_complex_is_refused_where_conjugates_would_be_missing():
    def listed(x):
        return [x[0]**2, 2.0] if np.real(x[0]) < 9.0 else np.ones(2)

    with pytest.raises(s2sad.UnsupportedError, match=r"np.\w+ of a value that may be real or complex.*np.asarray\(x, complex\)"):
        s2sad.vjp(lambda x: np.dot(listed(x), np.ones(2)), X + 1j)


def item_at(a, b, i):
    x = a, b
    return x[i]


def one_of(a, b, i):
    return a if i else b


@pytest.mark.parametrize("fun", [item_at, one_of])
def test_a_result_that_is_an_array_of_rank_zero_or_a_number(fun):
    args = np.array(1.3), 0.4
    for i in (0, 1):
        out, pullback = s2sad.vjp(fun, *args, i)
        plain = fun(*args, i)
        assert type(out) is type(plain) and out == plain and out is not args[0]
        taken = [float(a is plain) for a in args]
        assert [*pullback(1.0)] == [*taken, None]


def between_complex_points(x, c):
    s = 0.0
    for k in range(len(x)):
        y = np.interp(x[k], [0.0, 1.0, 2.0], c)
        if x[k] > 0.5:
            s = s + np.abs(y)**2*x[k]
        else:
            s = s + (y*c[0]).imag
    return s + np.interp(x[0]*x[1], [0.0, 1.0], [c[0], x[1]]).real


def test_complex_values_at_one_point() -> None:
    """The slope is complex, the point's cotangent its conjugate times that of the value, of which the real part."""
    check(between_complex_points, (np.array([0.3, 0.7, 1.6, -0.4, 2.5]), np.array([1 + 1j, 2 - 1j, 3j])))


def bound_to_floats_in_trips(x, q, n):
    k = 0
    while k < n:
        k += 1
        q = x[::-1]
    x += x[::-1]
    return np.sum(np.cos(q)*q) + np.sum(x)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_whole_numbers_that_a_loop_binds_to_floats(n):
    """The shadow that goes round the loop began as one of integers."""
    check(bound_to_floats_in_trips, (X, np.array([0, 2, 4]) if n == 0 else np.arange(X.size), n))


def listed_before_a_break(x):
    for v in (x, x):
        if np.sum(x) > 100:
            break
        v = [z for z in x]
    x[0] += v[0]
    return np.sum(x*x)


def test_an_array_that_is_listed_in_each_trip():
    """The cotangent of what was bound in an earlier trip is zero."""
    check(listed_before_a_break, (X,))


def number_left_by_a_loop_or_an_array(x, m, n):
    for z in m:  # noqa: B007 - it is read behind the loop
        pass
    for _ in range(n):
        z = x*0.5
    return np.sum(z*0.7)


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("m", [X[::-1].copy(), np.outer(X, X)], ids=["numbers", "rows"])
def test_what_an_earlier_loop_has_left_is_kept_without_a_trip(n, m):
    """It may be unbound: the cotangent that a loop without a trip hands on to it was lost."""
    check(number_left_by_a_loop_or_an_array, (X, m, n), text=False)


def largest_of_what_is_written(s, x):
    s += s*0.5
    m = max(s, 0.11)
    n = min(5.0, s)
    s *= x
    return m*x + n*s


def test_max_may_be_the_array_of_rank_0_that_is_written():
    """The shadow of what max gives was added twice: the result is its operand itself."""
    check(largest_of_what_is_written, (np.array(0.7), 0.4))
    check(largest_of_what_is_written, (0.7, 0.4))
