"""s2sad.rule: derivatives that users give, in every form, under every transform (issue 5)."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import s2sad
from s2sad.rules import registry

rng = np.random.default_rng(7)
A = rng.normal(size=(3, 3)) + 4*np.eye(3)
B = rng.normal(size=3)
X = np.array([0.3, 0.7, 1.1])


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """No test leaves a rule behind."""
    rules, objects = dict(registry.RULES), dict(registry._CANONICAL)
    yield
    for name in [n for n in registry.RULES if n.startswith(registry.USER)]:
        del registry.RULES[name]
    registry.RULES.update(rules)
    for key in [k for k in registry._CANONICAL if k not in objects]:
        if registry._CANONICAL[key][1].startswith(registry.USER):
            del registry._CANONICAL[key]
    registry._CANONICAL.update(objects)
    registry._version[0] = object()


def libm(name: str, count: int = 1) -> Callable[..., float]:
    """A function of C, whose source cannot be seen."""
    fun: Any = getattr(ctypes.CDLL(ctypes.util.find_library("m") or "libm.so.6"), name)
    fun.restype, fun.argtypes = ctypes.c_double, [ctypes.c_double]*count
    return fun  # type: ignore[no-any-return]


def differences(f: Callable[..., float], *args: float) -> None:
    """Check value, first and second derivatives of a function of Python floats, which C insists on."""
    for i in range(len(args)):
        first = s2sad.grad(f, i)
        assert s2sad.value_and_grad(f, i)(*args)[0] == f(*args)
        for fun, derivative in ((f, first), (first, s2sad.grad(first, i))):
            up, down = ([a + h*(i == j) for j, a in enumerate(args)] for h in (1e-6, -1e-6))
            assert derivative(*args) == pytest.approx((fun(*up) - fun(*down))/2e-6, rel=1e-6)
        dots = tuple(float(i == j) for j in range(len(args)))
        assert s2sad.jvp(f, args, dots)[1] == pytest.approx(first(*args), rel=1e-13)


def solve_rule() -> None:
    @s2sad.rule(scipy.linalg.solve)
    def solve_vjp(g, out, a, b):
        t = np.linalg.solve(a.T, g)
        return -np.outer(t, out), t

    @s2sad.rule(scipy.linalg.solve).jvp
    def solve_jvp(dots, out, a, b):
        a_dot, b_dot = dots
        return np.linalg.solve(a, b_dot - a_dot @ out)


def test_function_of_c_is_differentiated_itself() -> None:
    erf = libm("erf")

    def erf_vjp(g, out, x):
        return g*2.0/math.sqrt(math.pi)*math.exp(-x*x)

    s2sad.rule(erf, vjp=erf_vjp, returns=float)
    value, slope = s2sad.value_and_grad(erf)(0.3)
    assert value == math.erf(0.3) and slope == pytest.approx(2.0/math.sqrt(math.pi)*math.exp(-0.09))


# ------------------------------------------------------------------------------------------------------------ texts


def test_compiled_function_of_elements_in_loops_and_callees():
    cbrt = libm("cbrt")
    s2sad.rule(cbrt, "z", "g/(3*out**2)", returns=float)

    def callee(z):
        return cbrt(z)*z

    def f(x):
        s = 0.0
        for i in range(3):
            s += cbrt(2.0*x[i]) if i % 2 else cbrt(x[i])**2*callee(x[i])
        return s

    s2sad.check_grads(f, (np.array([0.3, 0.7, 1.1]),), order=2)  # though it takes no complex numbers


def test_elementwise_rule_of_a_compiled_function():
    erf = libm("erf")
    s2sad.rule(erf, "x", "2/math.sqrt(math.pi)*np.exp(-x*x)*g")

    def f(x, k):
        for i in range(3):
            if x > 0.1*i:
                x = x*erf(k*x) + 0.5
        return x*k

    differences(f, 0.8, 1.3)
    assert s2sad.grad(erf)(0.4) == pytest.approx(2/math.sqrt(math.pi)*math.exp(-0.16))


def test_rule_of_two_arguments_with_a_constant_one():
    hypot = libm("hypot", 2)
    s2sad.rule(hypot, "x, y", "div(x, out)*g", "div(y, out)*g")
    differences(lambda x, y: hypot(x, y*y)*x, 0.8, 1.3)
    differences(lambda x: hypot(x, 2.0)*x, 0.8)
    step = libm("floor")
    s2sad.rule(step, "x", None)
    assert s2sad.grad(lambda x: step(3*x)*x)(1.5) == 4.0


def test_rule_of_a_ufunc_on_arrays_broadcasts():
    s2sad.rule(scipy.special.expit, "x", "out*(1 - out)*g")
    s2sad.check_grads(lambda x, k: np.sum(scipy.special.expit(x*k)*X[:, None]), (X, 0.7), order=2)
    s2sad.rule(scipy.special.xlogy, "x, y", "np.log(y)*g", "div(x, y)*g")
    s2sad.check_grads(lambda x, y: np.sum(scipy.special.xlogy(x, y)), (X, np.ones((2, 1))*1.5), order=2)


def test_structural_texts():
    def mirror(a, n=1):
        return np.ascontiguousarray(n*a[::-1])

    s2sad.rule(mirror, "a, n=1", vjp={"a": "n*g[::-1]"}, linear="a", returns="a")
    s2sad.check_grads(lambda x: np.sum(mirror(x*x, 3)*x), (X,), order=2)
    s2sad.check_grads(lambda x: np.sum(mirror(x*x)*x), (X,), order=2)

    def total(a):
        return float(np.sum(a))

    s2sad.rule(total, "a", vjp={"a": "g*np.ones_like(a)"}, jvp={"a": "np.sum(a_dot)"}, returns=float)
    s2sad.check_grads(lambda x: total(x*x)**2, (X,), order=2)


# -------------------------------------------------------------------------------------------------------- functions


def test_function_rule_of_a_library_routine():
    solve_rule()

    def f(a, b):
        for _ in range(2):
            b = scipy.linalg.solve(a, b) + b
        return np.sum(b*b)

    s2sad.check_grads(f, (A, B), order=2)
    np.testing.assert_allclose(s2sad.hvp(f, 1)(A, B, X), s2sad.hessian(f, 1)(A, B) @ X)
    g = s2sad.grad(f)
    g(A, B)
    assert "solve_vjp(" in g.source


def test_function_rule_in_callees_branches_and_vjp():
    solve_rule()

    def inner(a, b):
        return scipy.linalg.solve(a, b, assume_a="gen") if np.sum(b) > -100 else b

    def f(a, b):
        return inner(a, inner(a, b)*b)

    s2sad.check_grads(f, (A, B), order=2)
    out, pull = s2sad.vjp(f, A, B)
    np.testing.assert_array_equal(out, f(A, B))
    for one, two in zip(pull(X), pull(X), strict=True):
        np.testing.assert_array_equal(one, two)


def test_arguments_without_derivative_are_none():
    def power(x, n):
        return x**n

    @s2sad.rule(power)
    def power_vjp(g, out, x, n):
        return n*x**(n - 1)*g, None

    s2sad.check_grads(lambda x: np.sum(power(x, 3)), (X,), order=2, modes=("rev",))
    np.testing.assert_array_equal(s2sad.grad(lambda x, y: np.sum(power(x, 2)*y), 1)(X, X), X**2)


def test_methods():
    class Model:
        def __init__(self, w):
            self.w = w

        def predict(self, x):
            return np.tanh(self.w*x)

    @s2sad.rule(Model.predict)
    def predict_vjp(g, out, self, x):
        return None, 10*self.w*(1 - out*out)*g

    model = Model(2.0)
    got = s2sad.grad(lambda x: np.sum(model.predict(x)))(X)
    np.testing.assert_allclose(got, 20*(1 - np.tanh(2*X)**2))
    with pytest.raises(TypeError, match="in its class"):
        s2sad.rule(model.predict, "x", "g")


def test_template():
    def stable(x):
        return float(np.logaddexp(0.0, x))

    def plain(x):
        return math.log(1 + math.exp(x))

    s2sad.rule(stable, template=plain)
    s2sad.check_grads(lambda x: stable(x*x), (0.4,), order=2)


def test_fixed_point_by_the_implicit_function_theorem():
    def fixed(k):
        x = 1.0
        while abs(math.cos(k*x) - x) > 1e-14:
            x = math.cos(k*x)
        return x

    @s2sad.rule(fixed)
    def fixed_vjp(g, out, k):
        s = math.sin(k*out)
        return -g*s*out/(1 + k*s)

    @s2sad.rule(fixed).jvp
    def fixed_jvp(dots, out, k):
        s = math.sin(k*out)
        return -dots[0]*s*out/(1 + k*s)

    s2sad.check_grads(lambda k: fixed(k)**2*k, (0.7,), order=2)
    g = s2sad.grad(fixed)
    g(0.7)
    assert "while" not in g.source


def test_complex_numbers_obey_the_interface():
    def square(z):
        return z*z

    def by_rule(z):
        return square(z)

    plain = s2sad.grad(lambda z: np.sum(np.real(square(z)*1j)))
    z = X + 1j*X[::-1]
    want = plain(z)

    @s2sad.rule(square)
    def square_vjp(g, out, z):
        return 2*z*g

    np.testing.assert_allclose(s2sad.grad(lambda z: np.sum(np.real(by_rule(z)*1j)))(z), want)


# -------------------------------------------------------------------------------------------------------- freshness


def test_a_new_rule_is_used_at_once():
    def f(x):
        return x*x

    def h(x):
        return f(x)

    g, top = s2sad.grad(h), s2sad.grad(f)
    assert (g(3.0), top(3.0)) == (6.0, 6.0)
    s2sad.rule(f, "x", "100.0*g")
    assert (g(3.0), top(3.0)) == (100.0, 100.0)
    s2sad.rule(f, "x", "200.0*g")
    assert (g(3.0), top(3.0)) == (200.0, 200.0)
    s2sad.rule(f, vjp=lambda g, out, x: 7.0*g)
    assert (g(3.0), top(3.0)) == (7.0, 7.0)


# --------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (lambda g: (g,), ValueError, "rule for f.* returned 1 results; it must return 2"),
        (lambda g: g, TypeError, "rule for f.* must return a tuple of 2"),
        (lambda g: (g[:1], g), ValueError, r"rule for f.* derivative of shape \(1,\) for a value of shape \(3,\)"),
        (lambda g: (g*1j, g), TypeError, "rule for f.* complex derivative for a real value"),
        (lambda g: ("no", g), TypeError, "rule for f.* which is no number"),
    ],
)
def test_wrong_results_of_a_rule_name_it(returned, error, message):
    def f(x, y):
        return x*y

    s2sad.rule(f, vjp=lambda g, out, x, y: returned(g))
    with pytest.raises(error, match=message):
        s2sad.grad(lambda x, y: np.sum(f(x, y)))(X, X)


@pytest.mark.parametrize(
    ("value", "returns", "message"),
    [
        (2, float, "returned int, and its rule was read for a Python float"),
        (np.float64(2.0), float, "read for a Python float"),
        (np.ones(3), 2, "an array of rank 2 of float64"),
        (np.ones(3, "float32"), 1, "of float64"),
        (np.ones(2), "x", "is not like its argument"),
        (2.0, None, "an array or NumPy scalar of float64"),
    ],
)
def test_results_are_looked_at(value, returns, message):
    opaque = _Opaque(lambda x: value)
    s2sad.rule(opaque, vjp=lambda g, out, x: g*np.ones_like(x), returns=returns)
    with pytest.raises(TypeError, match=message):
        s2sad.grad(lambda x: np.sum(opaque(x)))(X)


class _Opaque:
    """A callable without source."""

    def __init__(self, fun):
        self.call = fun

    __call__ = property(lambda self: self.call)


def test_results_that_share_memory_are_refused_at_run_time():
    opaque = _Opaque(lambda x: x[:2])
    s2sad.rule(opaque, vjp=lambda g, out, x: np.append(g, 0.0), returns=1)
    with pytest.raises(ValueError, match="shares memory with an argument"):
        s2sad.grad(lambda x: np.sum(opaque(x)*x[0]))(X)


@pytest.mark.parametrize(
    "make",
    [
        lambda f: s2sad.rule(f, "x", "2*x"),
        lambda f: s2sad.rule(f, "x", "2*y*g"),
        lambda f: s2sad.rule(f, "x", "2*(g"),
        lambda f: s2sad.rule(f, "x, y", "g"),
        lambda f: s2sad.rule(f, "x", "g", returns="z"),
        lambda f: s2sad.rule(f, "x", "g", returns=[]),
        lambda f: s2sad.rule(f, "x"),
        lambda f: s2sad.rule(f, "x", vjp={"y": "g"}),
        lambda f: s2sad.rule(f, "x", "g", vjp={"x": "g"}),
        lambda f: s2sad.rule(f, template=f),
        lambda f: s2sad.rule(3, "x", "g"),
    ],
)
def test_rules_that_do_not_fit_are_refused(make):
    with pytest.raises((TypeError, ValueError)):
        make(lambda x: x)


def test_a_missing_mode_is_refused_with_its_place():
    def f(x):
        return x*x

    s2sad.rule(f, vjp=lambda g, out, x: 2*x*g)
    with pytest.raises(s2sad.UnsupportedError, match=r"test_custom_rules.py:\d+:\d+: the rule for f has no forward"):
        s2sad.jvp(lambda x: f(x)*2, (1.0,), (1.0,))
    s2sad.rule(np.sinc, jvp=lambda dots, out, x: dots[0])
    with pytest.raises(s2sad.UnsupportedError, match="no derivative for reverse mode"):
        s2sad.grad(lambda x: np.sinc(x)*2)(1.0)


def test_containers_of_active_values_are_refused():
    def f(xs):
        return xs[0]*xs[1]

    s2sad.rule(f, vjp=lambda g, out, xs: (None,))
    with pytest.raises(s2sad.UnsupportedError, match="a container of active values enters f"):
        s2sad.grad(lambda x: f((x, x*x)))(2.0)


# ------------------------------------------------------------------------------------------------------- standalone


def test_standalone_files_import_functions_that_do_not_know_their_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path/"clib.py").write_text(
        "import ctypes\nimport ctypes.util\n"
        "erf = ctypes.CDLL(ctypes.util.find_library('m') or 'libm.so.6').erf\n"
        "erf.restype, erf.argtypes = ctypes.c_double, [ctypes.c_double]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import clib  # type: ignore[import-not-found]

    erf = clib.erf
    s2sad.rule(erf, "x", "2/math.sqrt(math.pi)*np.exp(-x*x)*g")
    g = s2sad.grad(lambda x: erf(x)*x)
    want = g(0.4)
    g.save(tmp_path/"saved_c.py")
    assert "from clib import erf" in (tmp_path/"saved_c.py").read_text()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import saved_c; print(saved_c.lambda__grad(0.4))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == want


def test_standalone_files_import_the_users_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path/"solver.py").write_text(
        "import numpy as np\n"
        "def solve(a, b):\n    return np.linalg.solve(a, b)\n"
        "def solve_vjp(g, out, a, b):\n"
        "    t = np.linalg.solve(a.T, g)\n    return -np.outer(t, out), t\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import solver  # type: ignore[import-not-found]

    s2sad.rule(solver.solve, vjp=solver.solve_vjp)
    g = s2sad.grad(lambda a, b: np.sum(solver.solve(a, b)**2))
    want = g(A, B)
    g.save(tmp_path/"saved.py")
    np.savez(tmp_path/"data.npz", a=A, b=B)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import numpy as np, saved\n"
        f"d = np.load({str(tmp_path/'data.npz')!r}); print(saved.lambda__grad(d['a'], d['b']).sum())\n"
        "assert not any(m.startswith('s2sad') for m in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(want.sum())


def unseen(fun: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose source cannot be read."""
    space: dict[str, Any] = {"fun": fun}
    exec("def unseen_(*args):\n    return fun(*args)\n", space)
    return space["unseen_"]  # type: ignore[no-any-return]


def scale_in_place(x, k):
    x *= k


def test_a_function_that_writes_into_an_argument():
    scale = unseen(scale_in_place)

    @s2sad.rule(scale, "x, k", writes="x")
    def scale_vjp(g, out, x, k):
        return k*g, np.sum(x*g)

    @s2sad.rule(scale, "x, k", writes="x").jvp
    def scale_jvp(dots, out, x, k):
        return k*dots[0] + dots[1]*x

    def f(x, k):
        y = x*x
        for _ in range(2):
            scale(y, k)
        scale(x, k*k)
        return np.sum(y*y) + np.sum(x*y)

    s2sad.check_grads(f, (X.copy(), 0.7), order=2)
    x = X.copy()
    assert s2sad.value_and_grad(f)(x, 0.7)[0] == f(X.copy(), 0.7)
    np.testing.assert_array_equal(x, X)


def test_texts_for_a_function_that_writes():
    scale = unseen(scale_in_place)
    s2sad.rule(scale, "x, k", vjp={"x": "k*g", "k": "np.sum(x*g)"}, jvp={"x": "k*g", "k": "x*g"}, writes="x")

    def f(x, k):
        y = np.sin(x)
        scale(y, k)
        return np.sum(y*y*x)

    s2sad.check_grads(f, (X, 0.7), order=2)
    with pytest.raises(ValueError, match="is no argument"):
        s2sad.rule(scale, "x, k", vjp={"x": "k*g"}, writes="z")
    status = unseen(lambda x: 0)
    s2sad.rule(status, "x", vjp={"x": "g"}, writes="x")
    with pytest.raises(TypeError, match="a function with writes= returns None"):
        s2sad.grad(lambda x: (status(x), np.sum(x))[1])(X.copy())


def test_tuples_in_both_modes():
    def both(x):
        return np.sin(x), float(np.sum(x))

    @s2sad.rule(both)
    def both_vjp(g, out, x):
        return g[0]*np.cos(x) + g[1]

    @s2sad.rule(both).jvp
    def both_jvp(dots, out, x):
        return dots[0]*np.cos(x), np.sum(dots[0])

    def f(x):
        a, b = both(x*x)
        return np.sum(a*x)*b

    s2sad.check_grads(f, (X,), order=2)
    s2sad.check_grads(lambda x: np.sum(both(x)[0]), (X,), order=2)

    @s2sad.rule(both).jvp
    def wrong_number(dots, out, x):
        return (dots[0],)

    with pytest.raises((TypeError, s2sad.UnsupportedError), match="both.* tuple of 2"):
        s2sad.jvp(f, (X,), (X,))

    @s2sad.rule(both).jvp
    def wrong_shape(dots, out, x):
        return np.ones(5), 1.0

    with pytest.raises(ValueError, match=r"the rule for both\(\) returned a derivative of shape \(5,\)"):
        s2sad.jvp(f, (X,), (X,))


# -------------------------------------------------------------------------------------------------- keyword-only


def test_keyword_only_arguments():
    def amplified(x, *, k=2.0, n=3):
        return np.array([v**n*k for v in x.tolist()])

    def amplified_vjp(g, out, x, k, n):
        return n*x**(n - 1)*k*g, float(np.sum(g*x**n)), None

    s2sad.rule(amplified, vjp=amplified_vjp)
    s2sad.rule(amplified, jvp=lambda dots, out, x, k, n: n*x**(n - 1)*k*dots[0] + x**n*dots[1])

    def loss(x, k):
        s = 0.0
        for n in (2, 3):
            s += np.sum(amplified(x, n=n) + amplified(x, k=k))
        return s

    np.testing.assert_allclose(s2sad.grad(loss)(X, 3.0), 4*X + 6*X**2 + 2*9*X**2)
    np.testing.assert_allclose(s2sad.hessian(loss)(X, 3.0), np.diag(4 + 48*X))
    np.testing.assert_allclose(s2sad.jvp(loss, (X, 3.0), (X, 1.0))[1], np.sum(4*X**2 + 24*X**3 + 2*X**3))


def test_lambdas_are_differentiated_again():
    """They are kept as functions where they are long, and have a name in the text."""
    def root(a, b):
        return float(next(r.real for r in np.roots([1.0, 0.0, a, -b]) if abs(r.imag) < 1e-9))

    s2sad.rule(
        root, returns=float, vjp=lambda g, out, a, b: (-g*out/(3*out**2 + a), g/(3*out**2 + a)),
        jvp=lambda dots, out, a, b: (dots[1] - out*dots[0])/(3*out**2 + a),
    )  # fmt: skip

    def both(a, b):
        return s2sad.grad(root)(a, b)*b + s2sad.grad(root, 1)(a, b)

    found = s2sad.grad(both, (0, 1))(1.3, 2.0)
    for i, g in enumerate(found):
        up, down = ([v + h*(i == j) for j, v in enumerate((1.3, 2.0))] for h in (1e-6, -1e-6))
        assert g == pytest.approx((both(*up) - both(*down))/2e-6, rel=1e-7)


def test_results_are_said_by_a_tuple():
    def halves(x):
        return tuple(np.array(v) for v in np.split(x*2.0, 2))

    s2sad.rule(halves, vjp=lambda g, out, x: 2*np.concatenate(g), returns=(1, 1))
    np.testing.assert_array_equal(s2sad.grad(lambda x: np.sum(halves(x)[1]))(np.ones(4)), [0, 0, 2, 2])
