"""Arguments and results that are trees of arrays and numbers, and how arguments may be passed."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from functools import partial

import numpy as np
import pytest

import s2sad
from support import check, check_vjp, load

Layer = namedtuple("Layer", ["w", "b"])


@dataclasses.dataclass
class State:
    position: np.ndarray
    speed: float
    label: str = "particle"


X = np.array([0.3, 0.7, 1.1])


def of_tuple(p, x):
    w, b = p
    return np.sum(w*x)*b


def of_list(ps, x):
    s = 0.0
    for p in ps:
        s = s + np.sum(p*x)*np.sum(p)
    return s


def of_dict(d, x):
    return np.sum(d["w"]*x*d["w"]) + d["b"]*d["b"]


def of_nested(d, x):
    return np.sum(d["layers"][0][0]*x) + d["layers"][1][1]*d["scale"]


def of_namedtuple(layer, x):
    return np.sum(layer.w*x) + layer.b*layer.b


def of_dataclass(state, x):
    return np.sum(state.position*x)*state.speed


def of_written_list(ps, x):
    ps[0][0] = x[1]
    ps[1] *= x
    return np.sum(ps[0]*ps[1])


def of_written_dict(d, x):
    d["w"][1:] *= x[1:]
    return np.sum(d["w"]*x) + d["b"]


CASES = [
    (of_tuple, (X*2, 0.5)),
    (of_list, [X*2, X + 1.0]),
    (of_list, [X]),
    (of_dict, {"w": X*2, "b": 0.5}),
    (of_dict, {"b": np.float64(0.5), "w": X*2, "unused": np.ones(2), "name": "model", "count": 3}),
    (of_nested, {"layers": [(X*2, 1.0), (X, 3.0)], "scale": 0.5}),
    (of_namedtuple, Layer(X*2, 0.5)),
    (of_dataclass, State(X*2, 0.5)),
    (of_written_list, [X*2, X + 1.0]),
    (of_written_dict, {"w": X*2, "b": 0.5}),
]


@pytest.mark.parametrize("fun, structure", CASES, ids=[f"{f.__name__}{k}" for k, (f, _) in enumerate(CASES)])
def test_structured_arguments(fun, structure):
    check(fun, (structure, X + 0.2))


def test_a_dict_argument_that_gets_other_values_is_right_or_refused():
    def f(d, x):
        d["b"] = d["b"]*2.0
        return np.sum(d["w"]*x) + d["b"]

    try:
        g = s2sad.grad(f)({"w": X*2, "b": 0.5}, X)
    except s2sad.UnsupportedError as refused:
        assert "dict" in str(refused)
    else:
        assert g["b"] == 2.0 and np.array_equal(g["w"], X)


def test_leaves_that_have_no_derivative_get_none():
    g = s2sad.grad(of_dict)({"b": 0.5, "w": X, "name": "model", "count": 3}, X)
    assert g["name"] is None and g["count"] is None and g["b"] == 1.0
    g = s2sad.grad(of_dataclass)(State(X, 2.0), X)
    assert isinstance(g, State) and g.label is None and g.speed == np.sum(X*X)


RESULTS = [
    lambda x, y: (x*y, x + y),
    lambda x, y: [x*y, (y, x*2)],
    lambda x, y: {"a": x*y, "b": {"c": x}},
    lambda x, y: (x, x, y),
    lambda x, y: (np.sum(x), 3, "text", None, x*y),
    lambda x, y: x[1:],
    lambda x, y: x.T,
    lambda x, y: y,
]


@pytest.mark.parametrize("index", range(len(RESULTS)))
def test_structured_results(index):
    check_vjp(RESULTS[index], (X.copy(), X*2))


def test_arguments_by_name_default_and_star(tmp_path):
    module = load(
        "import numpy as np\n"
        "def f(x, y=2.0, *rest, scale=3.0, **others):\n"
        "    s = np.sum(x)*y*scale\n"
        "    for r in rest:\n        s = s + np.sum(r*x)\n"
        "    return s + others.get('shift', 0.0)\n"
        "def g(x, k=2.0, *, scale=3.0):\n    return np.sum(x*x)*k*scale\n",
        tmp_path,
    )
    assert s2sad.grad(module.g)(X).tolist() == (12*X).tolist()
    assert s2sad.grad(module.g)(X, k=1.0, scale=0.5).tolist() == X.tolist()
    assert s2sad.grad(module.g, "k")(X) == 3*np.sum(X*X)
    assert s2sad.grad(module.g, "scale")(X, scale=4.0) == 2*np.sum(X*X)
    assert s2sad.grad(module.g, ("x", "k"))(x=X, k=1.0)[1] == 3*np.sum(X*X)
    assert s2sad.grad(module.g, -2)(X, 1.0).shape == X.shape


class Model:
    def __init__(self, k):
        self.k = k

    def loss(self, x):
        return self.k*np.sum(x*x)

    def __call__(self, x):
        return self.k*np.sum(x)


def test_callables_of_every_sort():
    model = Model(3.0)
    assert s2sad.grad(model.loss)(X).tolist() == (6*X).tolist()
    assert s2sad.grad(model)(X).tolist() == [3.0, 3.0, 3.0]
    model.k = 4.0
    assert s2sad.grad(model.loss)(X).tolist() == (8*X).tolist()
    assert s2sad.grad(partial(of_dict, {"w": X, "b": 1.0}))(X).tolist() == (X*X).tolist()
    assert s2sad.grad(partial(of_tuple, x=X))((X, 2.0))[1] == np.sum(X*X)
    assert s2sad.grad(np.sin)(0.0) == 1.0
    assert s2sad.grad(lambda x: x**3)(2.0) == 12.0


def test_decorator_forms():
    @s2sad.grad
    def one(x):
        """The square."""
        return x*x

    @s2sad.grad(argnums=(0, 1))
    def two(x, y):
        return x*y

    assert one(3.0) == 6.0 and two(3.0, 4.0) == (4.0, 3.0)
    assert one.__name__ == "one" and "The square." in one.__doc__


def test_methods_count_from_the_first_argument_after_self():
    class Loss:
        def __init__(self, k):
            self.k = k

        @s2sad.grad
        def slope(self, x):
            return self.k*x*x

    assert Loss(2.0).slope(3.0) == 12.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_dtypes_are_kept(dtype):
    x = np.linspace(0.5, 1.0, 4).astype(dtype)
    g = s2sad.grad(lambda x: np.sum(x*x))(x)
    assert g.dtype == dtype
    s = s2sad.grad(lambda x: x*x)(dtype(0.5))
    assert type(s) is dtype


def test_read_only_and_byte_swapped_arguments():
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    check(lambda x: np.sum(x*x), (x,))

    def writes(x):
        x[0] = x[1]
        return np.sum(x*x)

    assert s2sad.grad(writes)(x).tolist() == [0.0, 8.0]
    assert s2sad.grad(lambda x: np.sum(x*x))(np.array([1.0, 2.0], dtype=">f8")).tolist() == [2.0, 4.0]


def test_has_aux():
    def f(x):
        y = x*x
        return np.sum(y), {"y": y, "n": len(x)}

    g, aux = s2sad.grad(f, has_aux=True)(X)
    assert np.array_equal(g, 2*X) and aux["n"] == 3 and np.array_equal(aux["y"], X*X)
    (value, aux), g = s2sad.value_and_grad(f, has_aux=True)(X)
    assert value == np.sum(X*X) and np.array_equal(g, 2*X) and aux["n"] == 3
    _out, pullback, aux = s2sad.vjp(f, X, has_aux=True)
    assert np.array_equal(pullback(np.float64(1.0))[0], 2*X) and aux["n"] == 3


def appended(p):
    p[0] += p[1]
    p.append(p[0]*2)
    return np.sum(p[2]*p[1])


def popped(p):
    y = p.pop()
    return np.sum(p[0]*y)


def test_lists_that_grow_and_shrink_are_the_callers_own():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    passed = [x, y]
    for fun, expected in ((appended, [2*y, 2*x + 4*y]), (popped, [y, x])):
        found = s2sad.grad(fun)(passed)
        assert [g.tolist() for g in found] == [e.tolist() for e in expected]
        assert len(passed) == 2 and passed[1] is y and x.tolist() == [1.0, 2.0]


def summed(m):
    m *= 1.1
    return np.sum(m)


def test_written_arguments_keep_their_strides():
    for view in ((slice(None, None, -2), slice(1, None)), (slice(None), slice(None, None, 3))):
        for seed in range(10):
            m = np.random.default_rng(seed).uniform(size=(40, 40))[view]
            own = np.random.default_rng(seed).uniform(size=(40, 40))[view]
            g = s2sad.value_and_grad(summed)
            assert g(m)[0] == summed(own)
    assert "copy_strided" in g.source and "copy_strided" not in g.source_for(np.ones((3, 3)))
    assert "copy_strided" not in g.source_for(np.ones((3, 2)).T)


def flattened_in_a_dict(ps, s):
    v = ps["w"].ravel()
    v[0] *= s
    return np.sum(ps["w"]**2) + np.sum(np.sin(v))


def flattened_in_a_list(ps, s):
    v = ps[0].reshape(-1)
    v[0] *= s
    return np.sum(ps[0]**2) + np.sum(np.sin(v))*np.sum(ps[1])


def test_written_arrays_in_containers_keep_their_strides():
    """ravel copied the caller's array and gave a view of the copy that the derivative worked on."""
    w, m = np.arange(5.0)[::-1], np.arange(12.0).reshape(3, 4)[:, ::2]
    check(flattened_in_a_dict, ({"w": w}, 0.5))
    check(flattened_in_a_dict, ({"w": m}, 0.5))
    check(flattened_in_a_list, ([m, w], 0.3))
    check(flattened_in_a_list, ((w, m), 0.3))


def chain(arms):
    lines = [f"    elif x < {i}.0:\n        y = x*{i}.0\n" for i in range(1, arms)]
    head = "def f(x):\n    if x < 0.0:\n        y = x\n"
    return f"{head}{''.join(lines)}    else:\n        y = x*x\n    return y\n"


def test_long_chains_and_deep_expressions(tmp_path):
    f = load(chain(300), tmp_path).f
    for x in (-1.0, 0.5, 28.5, 29.5, 30.5, 58.5, 59.5, 60.5, 298.5, 400.0):
        expected = 1.0 if x < 0.0 else float(int(x) + 1) if x < 299.0 else 2*x
        assert s2sad.value_and_grad(f)(x) == (f(x), expected)
    for text in ("np.sin("*60 + "x" + ")"*60, "(x*"*60 + "x" + ")"*60, "x" + " + x"*1500):
        f = load(f"import numpy as np\ndef f(x):\n    return {text}\n", tmp_path).f
        assert s2sad.value_and_grad(f)(0.5)[0] == f(0.5)
    f = load("def f(x):\n    return x if " + " and ".join(["x > 1.0"]*200) + " else x*x\n", tmp_path).f
    with pytest.raises(s2sad.UnsupportedError, match="nested more than 95 deep"):
        s2sad.grad(f)(2.0)
