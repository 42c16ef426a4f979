"""Sparse matrices and distributions made outside, as constants; refusals of what cannot be seen."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import sparse, stats

import s2sad
from support import check, load

HEAD = """import numpy as np
import scipy.integrate
import scipy.optimize
from scipy import sparse, stats
from scipy.sparse.linalg import spsolve

S = sparse.diags([np.full(4, -1.0), np.full(5, 3.0), np.full(4, 0.5)], [-1, 0, 1], format="csc")
A = sparse.random(6, 5, 0.5, random_state=1, format={form!r})
B = sparse.csr_array(A)
d = stats.norm(0.3, scale=1.2)
e = stats.gamma(2.0, scale=0.7)
X = np.linspace(0.2, 1.4, 5)


"""
PRODUCTS = ["A @ x", "A*x", "A.dot(x)", "A.T @ (A @ x)", "B @ x", "np.append(x, 1.0) @ A",
            "A @ np.outer(x, X)", "np.outer(X, np.append(x, 2.0)) @ B", "A.transpose() @ np.append(x, x[0])",
            "spsolve(S, x)", "spsolve(S, A.T @ np.append(x, 1.0))", "spsolve(S, np.outer(x, X))"]  # fmt: skip


def program(line: str, tmp_path: Path, form: str = "csr") -> ModuleType:
    return load(HEAD.format(form=form) + f"def f(x):\n    return np.sum(np.sin({line}))\n", tmp_path)


@pytest.mark.parametrize("form", ["csr", "csc", "coo"])
@pytest.mark.parametrize("line", PRODUCTS)
def test_product_with_a_sparse_constant(line: str, form: str, tmp_path: Path) -> None:
    check(program(line, tmp_path, form).f, [np.linspace(0.1, 1.0, 5)])


MADE = [
    "sparse.eye(len(x)) @ x", "(x @ sparse.csr_array(np.diag(X)))*x", "sparse.csr_matrix(np.diag(X)).dot(x)*x", "sparse.diags([X, X[1:]], [0, 1]).tocsr()*x",
    "(sparse.eye(5) - 0.5*sparse.diags([1.0, -2.0, 1.0], [-1, 0, 1], shape=(5, 5))).T @ x**2", "spsolve(-sparse.diags(X, format='csc')/2.0, x)",
    "splu(sparse.csc_matrix(np.diag(X) + 0.1)).solve(x)*x", "factorized(S)(x)*x", "solve(x)*lu.solve(x, 'T')",
    "(sparse.eye(5) if x[0] > 0.0 else 2.0*sparse.eye(5)) @ x", "sparse.kron(sparse.eye(2), sparse.eye(5)) @ np.append(x, x*x)",
    "(0.5*A.T @ A + sparse.eye(5)) @ x", "(-B/2.0 + B.multiply(B)) @ x", "x*(A.T*A*x)", "(A.T.dot(A))[1:3] @ x", "sparse.hstack([A, B])[:, :5].T @ (A @ x)",
    "np.ones(A.shape[0])*A.nnz @ B @ x", "x*(A.T @ A).toarray() @ A.diagonal()*A.sum()", "A.tocsc().power(2).T @ A.toarray() @ x",
]  # fmt: skip


@pytest.mark.parametrize("line", MADE)
def test_sparse_matrices_made_of_constants(line: str, tmp_path: Path) -> None:
    head = HEAD.format(form="csr") + "from scipy.sparse.linalg import factorized, splu\n\nlu = splu(S)\nsolve = factorized(S)\n\n\n"
    fun = load(head + f"def f(x):\n    return np.sum(np.sin({line}))\n", tmp_path).f
    check(fun, [np.linspace(0.1, 1.0, 5)])
    s2sad.check_grads(fun, (np.linspace(0.1, 1.0, 5),), order=2, modes=("rev",))


def test_a_sparse_matrix_made_in_each_step(tmp_path: Path) -> None:
    body = "    for k in range(3):\n        a = sparse.diags([X*k, X[1:]], [0, -1])\n        x = np.tanh(a.T @ x + a @ x)\n    return np.sum(x)\n"
    s2sad.check_grads(load(HEAD.format(form="csr") + "def f(x):\n" + body, tmp_path).f, (np.linspace(0.1, 1.0, 5),), order=1)


BODIES = {
    "loop": "    for _ in range(3):\n        x = np.tanh(A.T @ (A @ x))\n    return x @ X\n",
    "branch": "    y = A @ x if x[0] > 0 else A @ X\n    return y @ y\n",
    "callee": "    return np.sum(g(x)**2)\n\n\ndef g(x):\n    return A @ x\n",
    "complex": "    return np.sum(np.abs(A @ (x*(1.0 + 2.0j)))**2)\n",
    "frozen": "    for k in range(3):\n        x = x + 0.1*d.logpdf(x)\n    return np.sum(x) + np.sum(e.cdf(x*x))\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_constants_in_every_position(name: str, tmp_path: Path) -> None:
    check(load(HEAD.format(form="csr") + "def f(x):\n" + BODIES[name], tmp_path).f, [np.linspace(0.1, 1.0, 5)])


@pytest.mark.parametrize(
    "line", ["d.logpdf(x)", "d.cdf(x)", "e.logpdf(x)", "e.sf(x)", "e.ppf(x*0.5)", "d.pdf(x)*x", "d.isf(0.5*x)"]
)
def test_distribution_frozen_outside(line: str, tmp_path: Path) -> None:
    check(program(line, tmp_path).f, [np.linspace(0.1, 1.0, 5)])


def test_a_matrix_is_read_when_the_gradient_runs(tmp_path: Path) -> None:
    module = program("A.T @ (A @ x)", tmp_path)
    x = np.linspace(0.1, 1.0, 5)

    def agrees() -> None:
        dense = module.A @ np.eye(5)
        product = dense.T @ dense
        np.testing.assert_allclose(gradient(x), product @ np.cos(product @ x))

    gradient = s2sad.grad(module.f)
    agrees()
    module.A.data *= 2.0
    agrees()
    module.A.data = 0.3*module.A.data
    agrees()
    module.A = sparse.random(8, 5, 0.6, random_state=2, format="coo")
    agrees()
    module.A = module.A.toarray()
    agrees()


def test_parameters_of_a_frozen_distribution_may_change(tmp_path: Path) -> None:
    module = program("d.logpdf(x)", tmp_path)
    x = np.linspace(0.1, 1.0, 5)
    gradient = s2sad.grad(module.f)
    for args, kwds in (((0.3,), {"scale": 1.2}), ((0.3,), {"scale": 2.0}), ((0.7, 3.0), {}), ((), {})):
        module.d.args, module.d.kwds = args, kwds
        scale = kwds.get("scale", args[1] if len(args) == 2 else 1.0)
        slope = -(x - (args[0] if args else 0.0))/scale**2
        np.testing.assert_allclose(gradient(x), slope*np.cos(module.d.logpdf(x)))
    module.d = stats.expon(scale=0.5)
    np.testing.assert_allclose(gradient(x), -2.0*np.cos(module.d.logpdf(x)))


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("scipy.integrate.solve_bvp(lambda t, y: -y*x[0], lambda a, b: a, X, X[None]).y[0, 1]", "write the steps out as a loop"),
        ("scipy.optimize.minimize(lambda t: (t[0] - x[0])**2, X[:1], bounds=[(0, 1)]).x[0]", "by s2sad.rule"),
        ("scipy.optimize.differential_evolution(lambda t: (t[0] - x[0])**2, [(0, 1)]).x[0]", "implicit function theorem"),
        ("scipy.interpolate.UnivariateSpline(X, x)(X)", "LSQUnivariateSpline with knots"),
        ("scipy.interpolate.Rbf(X, x)(X)", "np.interp"),
        ("B*x", "toarray"),
        ("sparse.csr_array(np.eye(5)*1j) @ x", "make the sparse matrix outside"),
        ("sparse.diags(x) @ x", "as an array"),
    ],
)
def test_refusals_say_what_to_write(line: str, advice: str, tmp_path: Path) -> None:
    fun = program(line, tmp_path).f
    with pytest.raises(s2sad.UnsupportedError, match=advice):
        s2sad.grad(fun)(np.linspace(0.1, 1.0, 5))


@pytest.mark.parametrize(
    "line", ["w[1]*x", "w @ x", "(2.0*w[1])*x", "np.outer(w[1], x)", "np.asarray(w)[1]*x", "(w[1] if x[0] > 0 else w[2])*x"]
)
def test_complex_results_of_unseen_calls(line: str, tmp_path: Path) -> None:
    """They are not taken for real ones: their conjugates would be missing."""
    text = (
        "import numpy as np\nfrom scipy.signal import freqz_zpk\n\n\ndef f(x):\n"
        "    w = freqz_zpk([0.5, -0.2], [0.1], 1.0, worN=25)[1].reshape(5, 5)\n"
        f"    z = {line}\n    return np.sum(np.real(z*np.conj(z)))\n"
    )
    fun = load(text, tmp_path).f
    with pytest.raises(TypeError, match="is complex; convert it"):
        s2sad.grad(fun)(np.linspace(0.1, 1.0, 5))


@pytest.mark.parametrize("transform", ["np.fft.rfft", "np.fft.fft", "scipy.fft.rfft"])
def test_transforms_of_what_is_not_known(transform: str, tmp_path: Path) -> None:
    """A transform is complex whatever it is of; a window that is made by an unseen call is real."""
    text = (
        "import numpy as np\nimport scipy.fft\nfrom scipy.signal import windows\n\n\ndef f(x):\n    w = windows.hann(5)\n"
        f"    z = {transform}(x*w)\n    return np.sum(np.sin(np.real(np.conj(z)*z)))\n"
    )
    check(load(text, tmp_path).f, [np.linspace(0.1, 1.0, 5)])


CURVES = """import numpy as np
from scipy import interpolate

T = np.arange(6.0)
cs = interpolate.CubicSpline(T, np.sin(T))
path = interpolate.CubicSpline(T, np.stack([np.sin(T), np.cos(T)], 1))
ps = interpolate.PchipInterpolator(T, np.sin(T))
bs = interpolate.make_interp_spline(T, np.cos(T))
us = interpolate.UnivariateSpline(T, np.cos(T), s=0.0)
line = interpolate.interp1d(T, np.sin(T))
near = interpolate.interp1d(T, np.sin(T), kind="nearest", fill_value="extrapolate")
rows = interpolate.interp1d(T, np.stack([np.sin(T), np.cos(T)]), bounds_error=False, fill_value=(0.5, 2.0))
last = interpolate.interp1d(T, np.stack([np.sin(T), np.cos(T)]), "previous", fill_value="extrapolate")
bent = interpolate.interp1d(T, np.sin(T), "cubic", bounds_error=False, fill_value=(0.5, 2.0))
table = interpolate.RectBivariateSpline(T, T, np.outer(np.sin(T), np.cos(T)))
flat = interpolate.RectBivariateSpline(T, T, np.outer(np.sin(T), np.cos(T)), kx=1, ky=2)
tent = interpolate.LinearNDInterpolator(np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0], [2.0, 5.0]]), np.sin(T[:5]), 0.5)
grid = interpolate.RegularGridInterpolator((T,), np.sin(T), bounds_error=False)
p = np.poly1d([1.0, -2.0, 0.5])
P = np.polynomial.Polynomial([1.0, -2.0, 0.5], domain=[0, 3])
C = np.polynomial.Chebyshev([1, -2, 3])


def f(x):
    return np.sum(np.sin({line}))
"""


@pytest.mark.parametrize("x", [1.3, np.array([0.3, 2.2, 4.1]), np.array([[0.3], [2.6]])], ids=["float", "vector", "column"])
@pytest.mark.parametrize(
    "line",
    ["cs(x)", "cs(x, 1)", "cs(x, nu=2)*x", "path(x)", "path(x, 1)", "ps(x)", "bs(x)", "us(x)", "line(x)", "near(x)*x", "p(x)", "P(x)*C(x)",
     "cs.derivative()(x)", "bs.derivative(2)(x)", "us.antiderivative()(x)", "P.deriv(2)(x)*x", "p.integ()(x)", "C.integ(2)(x)"],
)  # fmt: skip
def test_curve_made_outside(line: str, x: object, tmp_path: Path) -> None:
    check(load(CURVES.format(line=line), tmp_path).f, [x])


@pytest.mark.parametrize("line", ["grid(x)", "grid(x[:, None])", "rows(2*x)*x + last(2*x)*x", "cs.integrate(x[0], x[1])", "sum(cs(a)*p(a) for a in x)",
                                  "bent(2*x)*x", "table(np.sort(x), x[:2], dx=1)", "table(x[0], x[2])[0, 0]*flat(x, 1.3, 0, 1, False)", "sum(table.ev(a, x[0]) for a in x)", "tent(x, x*x)*tent(np.stack([x, x[::-1]], axis=1))", "sum(tent(a, a/3) for a in x)",
                                  "flat.ev(x*x, x[0])*x + table.ev(xi=x[::-1], yi=2*x, dy=2)"])
def test_curve_made_outside_at_a_vector(line: str, tmp_path: Path) -> None:
    check(load(CURVES.format(line=line), tmp_path).f, [np.array([0.3, 2.2, 4.1])])


def test_second_derivatives_of_curves(tmp_path: Path) -> None:
    fun = load(CURVES.format(line="cs(x)*P(x) + path(x)[..., 0]*p(x)*table.ev(x, x*x)*flat.ev(0.7, x)"), tmp_path).f
    for x in (1.3, np.array([0.3, 2.2, 4.1])):
        s2sad.check_grads(fun, (x,), order=2)


def test_a_curve_is_read_when_the_gradient_runs(tmp_path: Path) -> None:
    """Another curve of the same name has another size of its values."""
    module = load(CURVES.format(line="cs(x)"), tmp_path)
    gradient = s2sad.grad(module.f)
    assert gradient(1.3) == pytest.approx(np.cos(module.cs(1.3))*module.cs(1.3, 1))
    module.cs = module.path
    check(module.f, [1.3])
    assert "cs(x, 1)" in gradient.source


def test_curves_that_are_constant_beyond_their_ends(tmp_path: Path) -> None:
    """SciPy's derivative of such a curve is not 0 there."""
    head = CURVES.replace("s=0.0", "s=0.0, ext=3")
    with pytest.raises(s2sad.UnsupportedError, match="make_interp_spline"):
        s2sad.grad(load(head.format(line="us(x)"), tmp_path).f)(1.3)


@pytest.mark.parametrize(
    ("draw", "remedy"),
    [
        ("rng.normal(x[0], 1.0)", "loc + scale*rng.standard_normal(size)"),
        ("rng.uniform(0.0, x)", "(high - low)*rng.random(size)"),
        ("rng.exponential(x)", "scale*rng.standard_exponential(size)"),
        ("rng.choice(x, 2)", "x[rng.integers(len(x), size=size)]"),
        ("rng.permutation(x)", "x[rng.permutation(len(x))]"),
        ("rng.poisson(x)", "a count has no derivative"),
        ("np.random.normal(x)", "standard_normal"),
    ],
)
@pytest.mark.parametrize("place", ["outside", "inside"])
def test_draws_with_active_parameters_say_what_to_write(draw: str, remedy: str, place: str, tmp_path: Path) -> None:
    made = "rng = np.random.default_rng(0)"
    head = "import numpy as np\n\n" + (made if place == "outside" else "") + "\n\n\ndef f(x):\n"
    body = ("" if place == "outside" else f"    {made}\n") + f"    return np.sum({draw})\n"
    with pytest.raises(s2sad.UnsupportedError) as error:
        s2sad.grad(load(head + body, tmp_path).f)(np.array([0.4, 0.9]))
    assert remedy in str(error.value)


@pytest.mark.parametrize(
    ("call", "remedy"),
    [("linalg.schur(np.outer(x, x))[0]", "np.linalg.eigh or np.linalg.eig"), ("linalg.eig_banded(np.outer(x, x))[0]", "np.linalg.eigh"),
     ("linalg.cholesky_banded(np.outer(x, x))", "np.linalg.cholesky"), ("stats.poisson.interval(0.9, x)[0]", "use ppf")],
)  # fmt: skip
def test_refused_functions_say_what_to_write(call: str, remedy: str, tmp_path: Path) -> None:
    fun = load(f"import numpy as np\nfrom scipy import linalg, stats\n\n\ndef f(x):\n    return np.sum({call})\n", tmp_path).f
    with pytest.raises(s2sad.UnsupportedError) as error:
        s2sad.grad(fun)(np.array([0.4, 0.9]))
    assert remedy in str(error.value)
