"""The public interface: arguments, structures, types of results, decorators, protocols, texts, threads."""

from __future__ import annotations

import copy
import functools
import inspect
import logging
import math
import operator
import pickle
import subprocess
import sys
import threading
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from support import load

Params = namedtuple("Params", "w b")


def poly(x: float, y: float, z: float = 3.0) -> float:
    """A polynomial."""
    return x**2 + x*y + z*z


@s2sad.grad
def decorated(x):
    """Decorated."""
    return x*x


@s2sad.grad(argnums=(0, 1))
def decorated_twice(x, y):
    return x*y*y


def weighted(x, *rest, scale=2.0, **named):
    total = scale*x
    for r in rest:
        total = total + r*r
    return total + named["a"]*named["b"]


# ------------------------------------------------------------------------------------------------------- argnums


@pytest.mark.parametrize(("argnums", "expected"), [
    (0, 4.0), (1, 1.0), (2, 6.0), (-1, 6.0), (-3, 4.0), ("y", 1.0), ((0,), (4.0,)), ((0, "z"), (4.0, 6.0)),
    ([2, 0], (6.0, 4.0)), (np.int64(1), 1.0), (("z", "y", "x"), (6.0, 1.0, 4.0)),
])
def test_argnums(argnums: Any, expected: Any) -> None:
    assert s2sad.grad(poly, argnums)(1.0, 2.0, 3.0) == expected
    assert s2sad.value_and_grad(poly, argnums)(1.0, 2.0, 3.0) == (12.0, expected)


def test_keywords_and_defaults() -> None:
    assert s2sad.grad(poly, "z")(1.0, y=2.0) == 6.0
    assert s2sad.grad(poly, "z")(1.0, y=2.0, z=5.0) == 10.0
    assert s2sad.grad(poly, ("y", "x"))(y=2.0, x=1.0) == (1.0, 4.0)


def test_star_arguments() -> None:
    call = (1.0, 2.0, 3.0), {"a": 5.0, "b": 7.0}
    assert s2sad.grad(weighted)(*call[0], **call[1]) == 2.0
    assert s2sad.grad(weighted, 1)(*call[0], **call[1]) == 4.0
    assert s2sad.grad(weighted, -1)(*call[0], **call[1]) == 6.0
    assert s2sad.grad(weighted, (0, 2))(*call[0], **call[1]) == (2.0, 6.0)
    assert s2sad.grad(weighted, "rest")(*call[0], **call[1]) == (4.0, 6.0)
    assert s2sad.grad(weighted, "a")(*call[0], **call[1]) == 7.0
    assert s2sad.grad(weighted, ("b", "scale", 1))(*call[0], scale=4.0, **call[1]) == (5.0, 1.0, 4.0)
    assert s2sad.grad(weighted)(1.0, a=1.0, b=1.0) == 2.0


def test_partials_methods_and_callable_objects() -> None:
    class Model:
        def __init__(self, k):
            self.k = k

        def loss(self, x):
            return self.k*x*x

        def __call__(self, x, y):
            return self.k*x*y

    model = Model(3.0)
    assert s2sad.grad(model.loss)(2.0) == 12.0
    assert s2sad.grad(model, 1)(2.0, 5.0) == 6.0
    assert s2sad.grad(functools.partial(poly, 1.0))(2.0) == 1.0
    assert s2sad.grad(functools.partial(poly, y=2.0), "x")(1.0) == 4.0
    assert s2sad.vjp(model.loss, 2.0)[1](1.0) == (12.0,)


def test_functions_with_a_rule() -> None:
    assert s2sad.grad(np.sin)(0.5) == np.cos(0.5) and s2sad.grad(math.sin)(0.5) == math.cos(0.5)
    assert s2sad.grad(operator.mul, (0, 1))(2.0, 3.0) == (3.0, 2.0) and s2sad.grad(abs)(-2.0) == -1.0
    assert s2sad.grad(s2sad.grad(np.sin))(0.5) == -np.sin(0.5)
    a, b = s2sad.grad(np.dot, (0, 1))(np.arange(2.0), np.ones(2))
    np.testing.assert_array_equal(a, np.ones(2))
    np.testing.assert_array_equal(b, np.arange(2.0))
    np.testing.assert_array_equal(s2sad.grad(functools.partial(np.dot, np.arange(2.0)))(np.ones(2)), np.arange(2.0))
    np.testing.assert_array_equal(s2sad.vjp(np.exp, np.zeros(2))[1](np.ones(2))[0], np.ones(2))


# ------------------------------------------------------------------------------------------------------ structures


def test_list_tuple_dict_and_namedtuple() -> None:
    def f(p):
        return np.sum(p["w"]*p["w"]) + p["b"][0]*p["b"][1]

    p = {"w": np.array([1.0, 2.0]), "b": (3.0, np.float64(4.0)), "name": "linear", "n": 3, "none": None}
    g = s2sad.grad(f)(p)
    assert list(g) == list(p)
    np.testing.assert_array_equal(g["w"], [2.0, 4.0])
    assert g["b"] == (4.0, 3.0) and type(g["b"][0]) is float and type(g["b"][1]) is np.float64
    assert g["name"] is None and g["n"] is None and g["none"] is None

    xs = [np.array([1.0, 2.0]), np.array([3.0])]
    gs = s2sad.grad(lambda xs: np.sum(xs[0]) * np.sum(xs[1]))(xs)
    assert type(gs) is list
    np.testing.assert_array_equal(gs[0], [3.0, 3.0])
    np.testing.assert_array_equal(gs[1], [3.0])

    made = s2sad.grad(lambda p: np.sum(p[0]*p[0])*p[1])(Params(np.array([1.0, 2.0]), 2.0))
    assert type(made) is Params and made.b == 5.0
    np.testing.assert_array_equal(made.w, [4.0, 8.0])


def test_fields_of_a_namedtuple() -> None:
    made = s2sad.grad(lambda p: np.sum(p.w*p.w)*p.b)(Params(np.array([1.0, 2.0]), 2.0))
    assert type(made) is Params and made.b == 5.0
    np.testing.assert_array_equal(made.w, [4.0, 8.0])


def test_dataclasses() -> None:
    @dataclass(frozen=True)
    class Layer:
        w: Any
        b: float
        name: str = "layer"

    layer = Layer(np.array([1.0, 2.0]), 2.0)
    made = s2sad.grad(lambda p, x: np.sum(p.w*x)*p.b)(layer, np.array([1.0, 3.0]))
    assert type(made) is Layer and made.b == 7.0 and made.name is None
    np.testing.assert_array_equal(made.w, [2.0, 6.0])
    assert s2sad.grad(lambda p, x: p.b*x, 1)(layer, 5.0) == 2.0


def test_nested_structures_of_unlike_leaves() -> None:
    def f(xs):
        return xs[0]*np.sum(xs[1][0]) + xs[1][1]["a"]

    g = s2sad.grad(f)((2.0, (np.ones(2), {"a": 1.0})))
    assert g[0] == 2.0 and g[1][1] == {"a": 1.0}
    np.testing.assert_array_equal(g[1][0], [2.0, 2.0])


# ------------------------------------------------------------------------------------------------- types of results


@pytest.mark.parametrize("x", [
    2.0, np.float64(2.0), np.float32(2.0), np.array(2.0), np.array([2.0]), np.arange(1.0, 4.0), np.ones((2, 3), order="F"),
    np.ones((2, 3), np.float32), np.arange(6.0)[::-2],
], ids=lambda x: f"{type(x).__name__}{np.shape(x)}{getattr(x, 'dtype', '')}")
def test_gradients_are_like_arguments(x: Any) -> None:
    g = s2sad.grad(lambda x: np.sum(x*x))(x)
    assert type(g) is type(x) and np.shape(g) == np.shape(x)
    if isinstance(x, np.ndarray):
        assert g.dtype == x.dtype and g.flags.c_contiguous and g.flags.writeable and not np.shares_memory(g, x)
    np.testing.assert_array_equal(g, 2*np.asarray(x))


@pytest.mark.parametrize("f", [lambda x, y: x*x, lambda x, y: 0, lambda x, y: True, lambda x, y: 1.5])
def test_zeros_where_the_result_does_not_depend(f: Any) -> None:
    assert s2sad.grad(f, 1)(2.0, 3.0) == 0.0
    np.testing.assert_array_equal(s2sad.grad(lambda x, y: f(1.0, y), 1)(2.0, np.ones((2, 2))), np.zeros((2, 2)))
    value, g = s2sad.value_and_grad(f, (0, 1))(2.0, np.ones(2, np.float32))
    assert value == f(2.0, 1.0) and type(value) is type(f(2.0, 1.0))
    assert g[1].dtype == np.float32 and not g[1].any() and g[1].flags.writeable


def test_a_constant_on_some_path() -> None:
    def f(x):
        if x > 1.0:
            return x*x
        return 0

    assert s2sad.grad(f)(3.0) == 6.0 and s2sad.grad(f)(0.5) == 0.0
    assert s2sad.value_and_grad(f)(0.5) == (0, 0.0)


def test_leaves_of_results_share_nothing() -> None:
    x, y = np.ones(3), np.ones(3)
    a, b = s2sad.grad(lambda x, y: np.sum(x + y), (0, 1))(x, y)
    assert not np.shares_memory(a, b)
    a, b = s2sad.grad(lambda p: np.sum(p[0] + p[1]))((x, y))
    assert not np.shares_memory(a, b)
    zero_d = np.array(2.0)
    value, g = s2sad.value_and_grad(lambda x: x)(zero_d)
    assert not np.shares_memory(value, zero_d) and g == 1.0
    (value, aux), g = s2sad.value_and_grad(lambda x: (np.sum(x), [x, x]), has_aux=True)(x)
    assert not np.shares_memory(aux[0], x) and not np.shares_memory(aux[0], aux[1])


def test_complex_numbers() -> None:
    z = 1.0 + 2.0j
    assert s2sad.grad(lambda z: (z*z.conjugate()).real)(z) == 2.0 - 4.0j
    array = np.array([z, 3.0j])
    np.testing.assert_allclose(s2sad.grad(lambda z: np.sum(np.abs(z)**2))(array), 2*np.conj(array))
    out, pullback = s2sad.vjp(lambda z: z*z*z, z)
    assert out == z*z*z and pullback(1.0 + 0.0j) == (3*z*z,)


def test_callers_arrays_are_left_alone() -> None:
    def f(x):
        x *= 2.0
        x[0] = 0.0
        return np.sum(x*x)

    x = np.arange(3.0)
    for _ in range(2):
        np.testing.assert_array_equal(s2sad.grad(f)(x), [0.0, 8.0, 16.0])
        np.testing.assert_array_equal(x, np.arange(3.0))


def test_read_only_byte_swapped_and_mapped_arrays(tmp_path: Path) -> None:
    def f(x):
        x[0] *= 3.0
        return np.sum(x*x)

    expected = [18.0, 4.0]
    locked = np.array([1.0, 2.0])
    locked.flags.writeable = False
    swapped = np.array([1.0, 2.0], ">f8")
    np.array([1.0, 2.0]).tofile(tmp_path/"x")
    mapped = np.memmap(tmp_path/"x", np.float64, "r")
    for x in (locked, swapped, mapped):
        g = s2sad.grad(f)(x)
        np.testing.assert_array_equal(g, expected)
        assert type(g) is np.ndarray and g.dtype == np.float64 and g.dtype.isnative and g.flags.writeable
    g = s2sad.grad(lambda p: np.sum(p["x"]**2))({"x": swapped})
    np.testing.assert_array_equal(g["x"], [2.0, 4.0])
    assert s2sad.vjp(f, swapped)[1](1.0)[0].dtype.isnative


# ------------------------------------------------------------------------------------------------------- has_aux


@pytest.mark.parametrize("display", [True, False])
def test_has_aux(display: bool) -> None:
    def pair(x):
        return np.sum(x*x), {"twice": 2*x, "n": 3}

    def through_a_name(x):
        r = pair(x)
        return r

    f = pair if display else through_a_name
    x = np.array([1.0, 2.0])
    g, aux = s2sad.grad(f, has_aux=True)(x)
    np.testing.assert_array_equal(g, [2.0, 4.0])
    np.testing.assert_array_equal(aux["twice"], [2.0, 4.0])
    (value, aux), g = s2sad.value_and_grad(f, has_aux=True)(x)
    assert value == 5.0 and aux["n"] == 3
    out, pullback, aux = s2sad.vjp(f, x, has_aux=True)
    assert out == 5.0 and aux["n"] == 3
    np.testing.assert_array_equal(pullback(2.0)[0], [4.0, 8.0])


def test_has_aux_of_inactive_values_and_decorator() -> None:
    @s2sad.value_and_grad(has_aux=True, argnums="x")
    def f(x, label):
        return x*x, label

    assert f(3.0, "run") == ((9.0, "run"), 6.0)
    assert s2sad.grad(lambda x: (0, x), has_aux=True)(3.0) == (0.0, 3.0)


# ------------------------------------------------------------------------------------------------------------- vjp


def test_vjp_of_structures() -> None:
    def f(x, n, p):
        return {"a": n*x*p[0], "b": (np.sum(x), p[1])}

    x = np.array([1.0, 2.0])
    out, pullback = s2sad.vjp(f, x, 3, [2.0, 5.0])
    np.testing.assert_array_equal(out["a"], [6.0, 12.0])
    assert out["b"] == (3.0, 5.0)
    gx, gn, gp = pullback({"a": np.ones(2), "b": (1.0, 10.0)})
    np.testing.assert_array_equal(gx, [7.0, 7.0])
    assert gn is None and gp == [9.0, 10.0]
    gx, _, gp = pullback({"a": None, "b": (1.0, None)})
    np.testing.assert_array_equal(gx, [1.0, 1.0])
    assert gp == [0.0, 0.0]


def test_vjp_of_primals_without_derivative() -> None:
    out, pullback = s2sad.vjp(lambda x, f, s, n, none: f(x)*n, 2.0, np.sin, "s", 3, None)
    assert out == np.sin(2.0)*3 and pullback(1.0) == (3*np.cos(2.0), None, None, None, None)
    out, pullback = s2sad.vjp(lambda n: n*2, 3)
    assert out == 6 and pullback(1.0) == (None,)


def test_vjp_of_star_arguments() -> None:
    out, pullback = s2sad.vjp(lambda *xs: xs[0]*xs[1], 2.0, 3.0)
    assert out == 6.0 and pullback(1.0) == (3.0, 2.0)


@pytest.mark.parametrize("copying", [True, False])
def test_vjp_copy(copying: bool) -> None:
    def f(x):
        return x*x

    x = np.array([1.0, 2.0])
    out, pullback = s2sad.vjp(f, x, copy=copying)
    np.testing.assert_array_equal(pullback(np.ones(2))[0], [2.0, 4.0])
    if copying:
        x[:] = 7.0
        out[:] = 7.0
        np.testing.assert_array_equal(pullback(np.ones(2))[0], [2.0, 4.0])


# ------------------------------------------------------------------------------------------------------- overlaps


def test_arguments_may_overlap_where_none_is_written() -> None:
    x = np.array([1.0, 2.0])
    a, b = s2sad.grad(lambda x, y: np.sum(x*y), (0, 1))(x, x)
    np.testing.assert_array_equal(a, x)
    assert not np.shares_memory(a, b)
    assert len(s2sad.vjp(lambda x, y: x*y, x, x)[1](np.ones(2))) == 2


def test_interleaved_arguments_do_not_overlap() -> None:
    def f(x, y):
        x *= y
        return np.sum(x*y)

    buffer = np.arange(1.0, 7.0)
    np.testing.assert_array_equal(s2sad.grad(f)(buffer[::2], buffer[1::2]), buffer[1::2]**2)


# ------------------------------------------------------------------------------------- decorators and protocols


def test_decorators() -> None:
    assert decorated(3.0) == 6.0 and decorated_twice(2.0, 3.0) == (9.0, 12.0)

    @s2sad.value_and_grad
    def f(x):
        return x*x

    assert f(3.0) == (9.0, 6.0)


def test_names_documentation_and_signature() -> None:
    g = s2sad.grad(poly)
    assert g.__name__ == "poly" and g.__module__ == __name__ and callable(g)
    assert "gradient of poly" in g.__doc__ and "A polynomial." in g.__doc__
    assert list(inspect.signature(g).parameters) == ["x", "y", "z"] and "grad" in repr(g)
    assert s2sad.grad(functools.partial(poly, 1.0)).__name__ == "partial"


def test_methods() -> None:
    class Model:
        k = 2.0

        @s2sad.grad
        def slope(self, x):
            return self.k*x*x

        @s2sad.value_and_grad(argnums=(0, "y"))
        def both(self, x, y=1.0):
            return self.k*x*y

    model = Model()
    assert model.slope(3.0) == 12.0 and model.both(3.0) == (6.0, (2.0, 6.0))
    assert Model.slope.__name__ == "slope"
    other = Model()
    other.k = 5.0
    assert other.slope(3.0) == 30.0 and model.slope(3.0) == 12.0
    model.k = 1.0
    assert model.slope(3.0) == 6.0


def test_pickling() -> None:
    assert pickle.loads(pickle.dumps(decorated)) is decorated and copy.deepcopy(decorated) is decorated
    for make in (s2sad.grad, s2sad.value_and_grad):
        g = make(poly, ("x", -1))
        again = pickle.loads(pickle.dumps(g))
        assert again is not g and again(1.0, 2.0, 3.0) == g(1.0, 2.0, 3.0) and again.argnums == g.argnums
    assert copy.copy(s2sad.grad(poly))(1.0, 2.0) == 4.0
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(s2sad.grad(lambda x: x))


def test_threads() -> None:
    g = s2sad.grad(lambda x, n: np.sum(x**n))
    found: list[Any] = [None]*8

    def work(k: int) -> None:
        x = np.arange(1.0, 3.0 + k) if k % 2 else float(k)
        found[k] = [g(x, 2) for _ in range(20)], 2*x

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for grads, expected in found:
        for grad in grads:
            np.testing.assert_array_equal(grad, expected)


# ----------------------------------------------------------------------------------------- derivatives of derivatives


def test_gradients_of_gradients() -> None:
    f = lambda x: x**4
    assert s2sad.grad(s2sad.grad(f))(2.0) == 48.0
    assert s2sad.grad(s2sad.grad(s2sad.grad(f)))(2.0) == 48.0
    assert s2sad.grad(s2sad.grad(s2sad.grad(s2sad.grad(f))))(2.0) == 24.0
    assert s2sad.value_and_grad(s2sad.grad(f))(2.0) == (32.0, 48.0)
    assert s2sad.grad(s2sad.grad(poly, "z"), "z")(1.0, 2.0) == 2.0
    assert s2sad.grad(s2sad.grad(poly, 0), 1)(1.0, 2.0) == 1.0


def test_hessian_by_pullbacks() -> None:
    def f(x):
        total = 0.0
        for i in range(len(x) - 1):
            total = total + np.sin(x[i])*x[i + 1]**2
        return total

    x = np.array([0.5, 1.0, 1.5])
    slope, pullback = s2sad.vjp(s2sad.grad(f), x)
    np.testing.assert_allclose(slope, s2sad.grad(f)(x))
    rows = np.array([pullback(row)[0] for row in np.eye(3)])
    h = 1e-6
    for k in range(3):
        e = np.eye(3)[k]*h
        np.testing.assert_allclose(rows[k], (s2sad.grad(f)(x + e) - s2sad.grad(f)(x - e))/(2*h), atol=1e-8)


def test_vjp_of_value_and_grad() -> None:
    out, pullback = s2sad.vjp(s2sad.value_and_grad(lambda x: x**3), 2.0)
    assert out == (8.0, 12.0) and pullback((1.0, 0.0)) == (12.0,) and pullback((0.0, 1.0)) == (12.0,)


def test_a_decorated_function_is_differentiated_again() -> None:
    assert s2sad.grad(decorated)(3.0) == 2.0
    assert s2sad.grad(s2sad.grad(lambda x: (x**3, 1.0), has_aux=True), has_aux=True)(2.0) == (12.0, 1.0)


# ----------------------------------------------------------------------------------------------------------- texts


def scaled(x: Any, k: float = -2.0, *, kind: str = "sine", offset: Any = None) -> Any:
    return k*np.sum(np.sin(x) if kind == "sine" else x) + (0.0 if offset is None else offset)


def test_values_that_a_text_relies_on_stand_above_it() -> None:
    g = s2sad.grad(scaled)
    x = np.ones(3)
    np.testing.assert_array_equal(g(x), -2.0*np.cos(x))
    assert "assumes: x 1-D array, k Python float, kind is 'sine', offset is None\n" in g.source
    assert "def scaled_grad(x, k=-2.0):" in g.source
    np.testing.assert_array_equal(g(x, 3.0, kind="line", offset=1.0), np.full(3, 3.0))
    assert "kind is 'line', offset Python float\n" in g.source and "def scaled_grad(x, k, offset):" in g.source


def test_source() -> None:
    g = s2sad.grad(poly)
    assert "def poly_grad(x, y, z=3.0):" in g.source and "assumes: x Python float" in g.source
    g(np.float64(1.0), 2.0)
    assert "x NumPy float64 scalar" in g.source
    g(1.0, 2.0, np.ones(()))
    assert "def poly_grad(x, y, z):" in g.source  # the default is of another kind
    assert "x Python float" in g.source_for(1.0, 2.0)
    with pytest.raises(ValueError, match="backend"):
        g.source_for(1.0, 2.0, backend="fortran")
    assert "<pre" in g._repr_html_() and "poly_grad" in g._repr_html_()


def test_source_says_how_gathered_arguments_are_given() -> None:
    def scaled(x, *args, k=2.0, **words):
        return np.sum(x*args[0]*k*words["z"])

    g = s2sad.grad(scaled)
    np.testing.assert_array_equal(g(np.ones(2), 3.0, z=2.0), [12.0, 12.0])
    assert "args the tuple of *args, k Python float,\n#     words the dict of **words\n" in g.source


def test_saved_files_stand_alone(tmp_path: Path) -> None:
    def f(x, i):
        y = x[i]*1.0
        y[i] = np.sqrt(np.abs(x[i]))
        return np.sum(y*x[0])

    x, i = np.array([1.0, 2.0, 3.0]), np.array([0, 2, 2])
    g = s2sad.value_and_grad(f)
    value, grad = g(x, i)
    g.save(tmp_path/"saved.py")
    text = (tmp_path/"saved.py").read_text()
    assert "import s2sad" not in text and "from s2sad" not in text and "# s2sad: " in text.splitlines()[0]
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import numpy as np; from saved import f_value_and_grad as g\n"
        f"v, d = g(np.array([1.0, 2.0, 3.0]), np.array([0, 2, 2]))\n"
        "print(repr(float(v)), d.tolist()); assert 's2sad' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{float(value)!r} {grad.tolist()}"


@dataclass
class Scaled:
    scale: float


TOLD = logging.getLogger("told")


def test_saved_with_methods_of_outside_objects(tmp_path: Path) -> None:
    def f(x):
        TOLD.debug("at %s", x)
        return x*len(TOLD.name)

    gradient = s2sad.grad(f)
    gradient(2.0)
    gradient.save(tmp_path/"told.py")
    text = (tmp_path/"told.py").read_text()
    assert f"from {__name__} import TOLD" in text and "debug = Logger.debug" in text
    space: dict[str, Any] = {}
    exec(text, space)
    assert space["f_grad"](2.0) == 4


def test_the_header_says_what_a_text_is_given() -> None:
    def f(z, p):
        return p.scale*np.sum(np.abs(z)**2)

    text = s2sad.grad(f, (0, 1)).source_for(np.ones(2, complex), Scaled(2.0))
    assert "z complex128 1-D array (its bar is the conjugate of what s2sad.grad gives)" in text
    assert "p the dict of the attributes of Scaled" in text


def test_saved_before_a_call(tmp_path: Path) -> None:
    s2sad.grad(poly).save(tmp_path/"early.py")
    assert "def poly_grad" in (tmp_path/"early.py").read_text()


# ------------------------------------------------------------------------------------------------------ exceptions


def test_exceptions_come_out_unchanged_with_the_users_line(tmp_path: Path) -> None:
    module = load("def f(x, n):\n    y = x*x\n    if n > 2:\n        raise KeyError('too many')\n    return y/(n - 1)\n", tmp_path)
    g = s2sad.grad(module.f)
    with pytest.raises(KeyError, match="too many") as raised:
        g(1.0, 3)
    assert any(f"{module.__file__}:4" in note for note in raised.value.__notes__)
    for _ in range(2):  # the second call takes the short way
        with pytest.raises(ZeroDivisionError) as divided:
            g(1.0, 1)
        assert any(f"{module.__file__}:5" in note and "return y/(n - 1)" in note for note in divided.value.__notes__)
    assert g(1.0, 2) == 2.0
    with pytest.raises(ZeroDivisionError) as divided:
        g(1.0, 1)
    assert any(f"{module.__file__}:5" in note for note in divided.value.__notes__)


def test_debug_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S2SAD_DEBUG", "1")
    x = np.arange(3.0)
    np.testing.assert_array_equal(s2sad.grad(lambda x: np.sum(x*x))(x), 2*x)
    kept: list[Any] = []

    def f(x):
        return np.sum(x*x)

    out, pullback = s2sad.vjp(f, x, copy=False)
    x[0] = 5.0  # what was promised not to happen
    with pytest.raises(AssertionError, match="kept|keeps"):
        pullback(1.0)
    assert not kept and out == 5.0


# ---------------------------------------------------------------------------------------------------- check_grads


def test_check_grads() -> None:
    s2sad.check_grads(lambda x, y: np.sum(np.sin(x)*y), (np.arange(3.0), 2.0))
    s2sad.check_grads(lambda p: p["a"]*np.exp(p["b"]), ({"a": np.ones((2, 2)), "b": np.arange(2.0)},))
    s2sad.check_grads(lambda x: x**3, (2.0,), order=3)
    s2sad.check_grads(lambda x, n: x**n, (np.arange(1.0, 3.0), 3))
    s2sad.check_grads(lambda z: z*z, (1.0 + 2.0j,))
    s2sad.check_grads(lambda x: np.sum(x*x), (np.ones(3, np.float32),), rtol=1e-2, atol=1e-2)


def test_check_grads_of_functions_that_lose_a_complex_step() -> None:
    """np.real drops it; what is left of it is no derivative."""
    s2sad.check_grads(lambda x: 1e-5*np.sum(np.real(x)**2), (np.arange(3.0),))
    s2sad.check_grads(lambda x: 1e-5*np.sum(np.real(x)**2 - x), (np.arange(3.0),))


def test_check_grads_finds_what_is_wrong() -> None:
    def f(x, y):
        return np.sum(y*s2sad.stop_gradient(x)*x)

    with pytest.raises(AssertionError, match=r"by argument 0 is wrong along .*array.*mode says .*differences say"):
        s2sad.check_grads(f, (np.arange(1.0, 3.0), 2.0))
    with pytest.raises(ValueError, match="'sideways'"):
        s2sad.check_grads(f, (1.0, 1.0), modes=("sideways",))
    with pytest.raises(TypeError, match="no argument"):
        s2sad.check_grads(lambda n: n, (1,))
