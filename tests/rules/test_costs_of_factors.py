"""What derivatives of factorisations and of running products compute, counted: no factorisation twice, no inverse, no walk.

    np.linalg.cholesky(a)     two solves
    np.linalg.svd(a)          nothing but products of matrices
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cells import cell
from test_costs import counted, steps

import s2sad
from s2sad.runtime.order import order_back
from s2sad.runtime.prods import prod_others, prod_others_dot
from support import active_positions, clone, load

FACTORS = frozenset(
    "eig eigh eigvals eigvalsh svd qr lu lu_factor cholesky cho_factor schur pinv inv det slogdet solve lstsq solve_triangular".split()
)
SPD = "q @ q.T + np.eye(3)"
MORE: dict[str, dict[str, int]] = {  # what the gradient calls beyond what the function does
    f"np.linalg.cholesky({SPD})": {"solve": 2},
    f"np.linalg.cholesky(np.stack([{SPD}, {SPD}]))": {"solve": 2},
    f"z, w = np.linalg.eigh({SPD}); z = z*w**2": {},
    "z, w = np.linalg.eigh(q + q.T); z = z**2": {},
    "np.linalg.eigvalsh(q + q.T)": {"eigh": 1},  # whose vectors the function did not compute
    "scipy.linalg.eigvalsh(q + q.T, subset_by_index=[1, 2])": {"eigh": 1},
    "z, w = np.linalg.eig(q); z = np.abs(w)*np.abs(z)": {"solve": 1},
    "z, w, v = np.linalg.svd(m, full_matrices=False); z = (z*w**2) @ v": {},
    "z, w, v = np.linalg.svd(m, full_matrices=False); z = w*2.0": {},
    "np.linalg.svd(m, compute_uv=False)": {"svd": 1},
    "np.linalg.norm(m, 'nuc')": {"svd": 1},
    "np.linalg.pinv(m)": {},
    "np.linalg.lstsq(m.T, y[:4], rcond=None)[0]": {"svd": 1},
    "z, w, _, v = np.linalg.lstsq(m.T, y[:4], rcond=None); z = np.sum(z)*w*v": {"svd": 1},
    "np.linalg.lstsq(m.T, y[:4], rcond=None)[1]": {},
    "np.linalg.cond(q, 'nuc')": {"svd": 1},
    "z, w = np.linalg.qr(q); z = z*w": {"solve": 1},
    "np.linalg.det(q)": {"inv": 1},
    "np.linalg.det(np.stack([q, q.T]))": {"inv": 1},
    "np.linalg.slogdet(q)[1]": {"inv": 1},
    "np.linalg.inv(q)": {},
    "np.linalg.matrix_power(q, -3)": {},
    "np.linalg.solve(np.stack([q, q.T]), np.stack([q, q]))": {"solve": 1},
    "np.linalg.solve(np.stack([q, q.T]), m)": {"solve": 1},
    "_, z, w = scipy.linalg.lu(q); z = z @ w**2": {"solve_triangular": 2},
    "_, z, w = scipy.linalg.lu(m.T); z = np.sum(z)*w": {"solve_triangular": 3},
    "z = scipy.linalg.lu_factor(q); z = scipy.linalg.lu_solve(z, m)": {"solve_triangular": 2},
    "z, w = scipy.linalg.eigh(q + q.T); z = z**2": {},
    f"scipy.linalg.cholesky({SPD})": {"solve_triangular": 2},
    f"scipy.linalg.sqrtm({SPD})": {"schur": 1},
    "z, w = scipy.linalg.polar(q); z = z @ w + z": {"solve": 1, "eigh": 1},
    f"z = scipy.linalg.cho_factor({SPD}); z = scipy.linalg.cho_solve(z, m)": {"solve_triangular": 2},
}
SECOND: dict[str, dict[str, int]] = {  # what a Hessian-vector product calls beyond what the gradient does
    "np.linalg.eigvalsh(q + q.T)": {},
    "np.linalg.eigvals(q)": {"solve": 2},  # by vectors on the left and on the right
    "np.linalg.svd(m, compute_uv=False)": {},
    "np.linalg.lstsq(m.T, y[:4], rcond=None)[0]": {},
    "z, w, _, v = np.linalg.lstsq(m.T, y[:4], rcond=None); z = np.sum(z)*w*v": {},
    "z, w, _, v = scipy.linalg.lstsq(m.T, y[:4]); z = np.sum(z)*w*v": {},
    "np.linalg.norm(m, 'nuc') + np.linalg.norm(m, 2)": {},
    "np.linalg.norm(np.stack([q, q.T]), -2, axis=(0, 2))": {},
    "np.linalg.cond(q) + np.linalg.cond(q, 'nuc')": {},
    "np.linalg.cond(q, 'fro') + np.linalg.cond(q, 1)": {},
    "np.linalg.qr(m.T, 'r')": {"solve": 2},
    "np.linalg.det(q)": {},
    "np.linalg.slogdet(np.stack([q, q.T]))[1]": {},
    "np.linalg.inv(q)": {},
    "np.linalg.matrix_power(q, -3)": {},
    "np.linalg.solve(np.stack([q, q.T]), np.stack([q, q]))": {"solve": 2},
    "scipy.linalg.svdvals(m)": {},
    "scipy.linalg.solve(q, m)": {"lu_factor": 1},  # for three right sides
    f'scipy.linalg.solve({SPD}, m, assume_a="pos", lower=True)': {"cho_factor": 1},
    "scipy.linalg.solve_sylvester(q, q.T @ q + 2.0*np.eye(3), q)": {},
    "scipy.linalg.solve_continuous_lyapunov(q - 4.0*np.eye(3), q)": {},
    "scipy.linalg.solve_discrete_lyapunov(0.3*q, q)": {"lu_factor": 1},
    f"scipy.linalg.sqrtm({SPD})": {},
    f"scipy.linalg.eigvalsh(q + q.T, {SPD})": {},
    "scipy.linalg.eigvalsh_tridiagonal(p, x[:4])": {},
}
FORWARD: dict[str, str] = {  # what the tangents of several arguments call, once more than the function does
    "scipy.linalg.solve(q, m)": "solve",
    'scipy.linalg.solve(q + q.T, m, assume_a="sym")': "solve",
    "scipy.linalg.solve_triangular(q + 3.0*np.eye(3), m, trans=1)": "solve_triangular",
    f"z = scipy.linalg.cho_factor({SPD}); z = scipy.linalg.cho_solve(z, m*q[0, 0])": "cho_solve",
    "z = scipy.linalg.lu_factor(q); z = scipy.linalg.lu_solve(z, m)": "lu_solve",
    "scipy.linalg.solve_sylvester(q, q.T @ q + 2.0*np.eye(3), q)": "solve_sylvester",
    "scipy.linalg.solve_continuous_lyapunov(q - 4.0*np.eye(3), q)": "solve_continuous_lyapunov",
    "scipy.linalg.solve_discrete_lyapunov(0.3*q, q)": "solve_discrete_lyapunov",
    "scipy.linalg.solve_banded((1, 1), np.stack([x, p + 4.0, y]), p)": "solve_banded",
    "scipy.linalg.solve_toeplitz((9.0*p, y), x)": "solve_toeplitz",
    f"scipy.linalg.eigh(q + q.T, {SPD}, eigvals_only=True)": "eigh",
    "scipy.linalg.eigvalsh_tridiagonal(p, x[:4])": "eigh_tridiagonal",
    "np.linalg.lstsq(m.T, y[:4], rcond=None)[0]": "svd",
    f"scipy.linalg.solve_continuous_are(q, np.eye(3), {SPD}, np.eye(3)*s)": "solve_continuous_lyapunov",
    f"scipy.linalg.solve_discrete_are(0.3*q, np.eye(3), {SPD}, np.eye(3)*s)": "solve_discrete_lyapunov",
}


@pytest.mark.parametrize("line", FORWARD)
def test_tangents_of_several_arguments_are_of_one_call(line: str, tmp_path: Path) -> None:
    made = cell(line)
    args = list(made.arguments.values())
    fun = load(made.text("np.sum(z**2)"), tmp_path).f
    active, name = active_positions(args), FORWARD[line]
    dots = [np.ones_like(arg) if k in active else None for k, arg in enumerate(args)]
    s2sad.jvp(fun, clone(args), dots)
    more = counted(s2sad.jvp, fun, clone(args), dots)[name] - counted(fun, *clone(args))[name]
    assert more == 1, (line, more)
    s2sad.check_grads(fun, args, order=1, modes=("fwd",))


@pytest.mark.parametrize("line", SECOND)
def test_second_derivatives_factor_nothing_twice(line: str, tmp_path: Path) -> None:
    made = cell(line)
    args = list(made.arguments.values())
    fun = load(made.text("np.sum(np.real(z)**2)"), tmp_path).f
    active = active_positions(args)
    dots = tuple(np.ones_like(args[k]) for k in active)
    gradient, product = s2sad.grad(fun, active), s2sad.hvp(fun, active)
    counts = []
    for call in (lambda: gradient(*clone(args)), lambda: product(*clone(args), dots)):
        call()
        counts.append(counted(call))
    more = counts[1] - counts[0]
    assert {name: n for name, n in more.items() if name in FACTORS} == SECOND[line], product.source
    s2sad.check_grads(fun, args, order=2)


def functions_of(a: Any, t: Any) -> Any:
    import scipy.linalg

    return np.sum(scipy.linalg.logm(a)**3) + np.sum(scipy.linalg.fractional_matrix_power(a, t)**2)


def test_functions_of_matrices_are_differentiated_by_one_schur_form() -> None:
    """Each by its own in forward mode and by both orders: all triangular blocks stand in its basis."""
    a, t = np.array([[3.0, 1.0, 0.5], [0.2, 2.0, -0.4], [0.3, 0.1, 4.0]]), 0.3
    gradient, product = s2sad.grad(functions_of, (0, 1)), s2sad.hvp(functions_of, (0, 1))
    tangent = lambda: s2sad.jvp(functions_of, (a, t), (a.T, 1.0))
    for call in (lambda: gradient(a, t), tangent, lambda: product(a, t, (a.T, 1.0))):
        call()
        assert counted(call)["schur"] - counted(functions_of, a, t)["schur"] == 2
    step, made = 1e-4, product(a, t, (a.T, 1.0))
    near = [gradient(a + k*step*a.T, t + k*step) for k in (1, -1, 2, -2)]
    for i in range(2):
        differences = (8*(near[0][i] - near[1][i]) - (near[2][i] - near[3][i]))/(12*step)
        np.testing.assert_allclose(made[i], differences, rtol=1e-7)


def test_logarithms_of_large_cotangents_are_real() -> None:
    """What rounding leaves of an imaginary part is no sign of a complex logarithm."""
    a = np.random.default_rng(0).normal(size=(4, 4)) + 5.0*np.eye(4)
    large, small = (s2sad.grad(lambda a, k=k: k*np.sum(logarithm(a)))(a) for k in (1e12, 1.0))
    np.testing.assert_allclose(large/1e12, small, rtol=1e-12)


def logarithm(a: Any) -> Any:
    import scipy.linalg

    return scipy.linalg.logm(a)**2


@pytest.mark.parametrize("n", [2, -1])
def test_integer_powers_need_no_logarithm(n: int) -> None:
    a = np.array([[1.0, 2.0], [3.0, -1.0]])  # with a negative eigenvalue
    s2sad.check_grads(lambda a, n=n: integer_power(a, n), (a,), order=2)


def integer_power(a: Any, n: int) -> Any:
    import scipy.linalg

    return np.sum(scipy.linalg.fractional_matrix_power(a, n)**3)


@pytest.mark.parametrize("line", MORE)
def test_calls_of_the_library(line: str, tmp_path: Path) -> None:
    made = cell(line)
    args = list(made.arguments.values())
    fun = load(made.text("np.sum(np.real(z))"), tmp_path).f
    gradient = s2sad.value_and_grad(fun, active_positions(args))
    gradient(*clone(args))
    more = counted(gradient, *clone(args)) - counted(fun, *clone(args))
    assert {name: n for name, n in more.items() if name in FACTORS} == MORE[line], gradient.source
    s2sad.check_grads(fun, args, order=1)


def least_squares(a: Any, b: Any) -> Any:
    whole = a @ a.T  # of four rows, and of rank three
    total = 0.0
    for k in range(2):
        x, _, rank, s = np.linalg.lstsq(whole*(k + 1.0), b, rcond=1e-9)
        total = total + np.sum(x**3)*rank if k else total + s[0]*np.sum(x**2)
    return total


def solution(a: Any, b: Any) -> Any:
    return np.sum(np.linalg.lstsq(a, b, rcond=None)[0]**3)


@pytest.mark.parametrize("sort", [float, complex])
def test_least_squares_of_deficient_rank_and_equal_singular_values(sort: type) -> None:
    """The derivatives of the solution divide by no difference of singular values."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(4, 3)), rng.normal(size=4)
    s2sad.check_grads(least_squares, (a, b), order=2)
    even = np.linalg.qr(a)[0]*2.0
    s2sad.check_grads(lambda a, b: np.real(solution(a, b)), (even.astype(sort), b), order=2)


def values_of(a: Any) -> Any:
    return np.sum(np.linalg.svd(a, full_matrices=False)[1]**2)


def upper_of(a: Any) -> Any:
    _, r = np.linalg.qr(a)
    return np.sum(r**3) if r[0, 0] < 9.0 else np.sum(r)


def logarithm_of(a: Any) -> Any:
    s = 0.0
    for i in range(2):
        s = s + np.linalg.slogdet(a*(i + 1.0))[1]
    return s


def smallest_of(a: Any) -> Any:
    return np.linalg.eigh(a + a.T)[0][0]


@pytest.mark.parametrize("fun", [values_of, upper_of, logarithm_of, smallest_of])
def test_what_nobody_uses_has_no_cotangent(fun: Any) -> None:
    """No zeros are made for a factor that is not used, nor products of matrices with them."""
    a = np.random.default_rng(2).normal(size=(4, 4)) + 3.0*np.eye(4)
    gradient = s2sad.grad(fun)
    gradient(a)
    assert "_back(None, " in gradient.source or ", None, " in gradient.source, gradient.source
    s2sad.check_grads(fun, (a,), order=2)


# -------------------------------------------------------------------------------------------- parts and segments


def columns(a: Any) -> Any:
    return np.sum(np.prod(a, axis=0)**2) + np.sum(np.prod(a[:, :9], axis=0))


def test_products_of_others_beside_many_lines() -> None:
    """What is made row by row there is what every line has on its own, with zeros too."""
    a = np.random.default_rng(3).normal(size=(4, 600))
    a[1, 3], a[:2, 5] = 0.0, 0.0
    dots = np.cos(a)
    others, slopes = prod_others(a, 0), prod_others_dot(dots, a, 0)
    for k in range(9):
        np.testing.assert_allclose(others[:, k], prod_others(a[:, k]), rtol=1e-13)
        np.testing.assert_allclose(slopes[:, k], prod_others_dot(dots[:, k], a[:, k]), rtol=1e-12, atol=1e-14)
    got = s2sad.hvp(columns)(a, dots)[:, :9]
    np.testing.assert_allclose(got, s2sad.hvp(columns)(a[:, :9], dots[:, :9]), rtol=1e-11, atol=1e-13)
    s2sad.check_grads(columns, (a[:, :9],), order=2)


@pytest.mark.parametrize("shape", [(90,), (4, 60), (50, 3)])
@pytest.mark.parametrize("levels", [3, 10**6])
def test_partitions_of_which_few_places_are_used(shape: tuple[int, ...], levels: int) -> None:
    """Only elements between the least and the greatest of these places are sorted, and ties stay in their order."""
    rng = np.random.default_rng(7)
    a, axis = rng.integers(0, levels, shape).astype(float), int(np.argmax(shape))
    out, few = np.partition(a, 2, axis), np.zeros(shape)
    np.moveaxis(few, axis, 0)[:2] = rng.normal(size=(2, a.size//shape[axis])).reshape(np.moveaxis(few, axis, 0)[:2].shape)
    whole = order_back(few + 1.0, a, out, axis)  # of which no place is 0
    np.testing.assert_allclose(order_back(few, a, out, axis), whole - 1.0, atol=1e-12)


def segments(x: Any) -> Any:
    return np.sum(np.maximum.reduceat(x, [0, 3, 2, 40])*np.multiply.reduceat(x, [1, 9, 9, 30])**2)


def test_segments_walk_over_no_elements() -> None:
    counts = []
    for n in (64, 512):
        x = 1.0 + 0.01*np.sin(np.arange(1.0, n + 1))
        gradient = s2sad.grad(segments)
        gradient(x)
        counts.append(steps(gradient, x))
    assert counts[1] - counts[0] < 100, counts
    s2sad.check_grads(segments, (1.0 + 0.1*np.sin(np.arange(1.0, 65)),), order=2)


# -------------------------------------------------------------------------------------- products and distances


def product(x: Any) -> Any:
    return np.prod(x)


def products(x: Any) -> Any:
    return np.sum(np.cumprod(x)*x[::-1])


def running(x: Any) -> Any:
    return np.sum(np.hypot.accumulate(x)**2) + np.sum(np.logaddexp.accumulate(x)*x)


@pytest.mark.parametrize("fun", [product, products, running])
@pytest.mark.parametrize("zeros", [0, 2])
def test_second_derivatives_walk_over_no_elements(fun: Any, zeros: int) -> None:
    counts = []
    for n in (64, 512):
        x = 1.0 + 0.1*np.sin(np.arange(1.0, n + 1))
        x[3:3 + zeros] = 0.0
        product_with = s2sad.hvp(fun)
        product_with(x, np.ones(n))
        counts.append(steps(product_with, x, np.ones(n)))
    assert counts[1] - counts[0] < 200, counts


@pytest.mark.parametrize("zeros", [0, 1, 2])
@pytest.mark.parametrize("fun", [product, products, running])
def test_products_with_zeros(fun: Any, zeros: int) -> None:
    x = np.array([0.7, -1.3, 0.4, 2.0, 1.1])
    x[1:1 + zeros] = 0.0
    if fun is running and zeros:
        x[1:1 + zeros] = -0.3
    s2sad.check_grads(fun, (x,), order=2)


def test_running_products_leave_the_range_of_floats() -> None:
    """Products of the factors themselves would overflow, or be lost, where the result is a number."""
    for x in (np.array([1e-200, 1e-200, 1e200, 1e200, 3.0]), np.array([1e200, 1e-200]*3), np.array([0.0, 1e200, 1e200, 1e-300])):
        weights = np.array([0.0, 1.0] + [0.0]*(len(x) - 2))
        gradient = s2sad.grad(lambda x, w=weights: np.sum(np.cumprod(x)*w))(x)
        assert np.array_equal(gradient[:2], x[1::-1]) and not np.any(gradient[2:]), (x, gradient)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "cityblock", "chebyshev"])
def test_distances_hold_no_gaps_of_all_pairs(metric: str) -> None:
    a, b = np.random.default_rng(4).normal(size=(2, 150, 60))
    gradient, product_with = s2sad.grad(distances, (0, 1)), s2sad.hvp(distances)
    gradient(a, b, metric)
    product_with(a, b, metric, a)
    for fun, args in ((gradient, (a, b, metric)), (product_with, (a, b, metric, a))):
        assert peak(fun, *args) < a.size*len(b)*8/3, fun
    s2sad.check_grads(distances, (a[:4, :3], b[:5, :3], metric), order=2)


def distances(a: Any, b: Any, metric: str) -> Any:
    import scipy.spatial.distance

    near = scipy.spatial.distance.pdist(a, metric)
    return np.sum(scipy.spatial.distance.cdist(a, b, metric)**3) + np.sum(near**3)


def test_distances_in_a_learned_metric() -> None:
    """The cotangent of the matrix is a product of matrices: no array holds the squares of all gaps."""
    a, b = np.random.default_rng(4).normal(size=(2, 40, 30))
    matrix = np.eye(30) + 0.1*np.ones((30, 30))
    gradient = s2sad.grad(learned, 2)
    gradient(a, b, matrix)
    assert peak(gradient, a, b, matrix) < a.size*len(b)*30*8/4
    s2sad.check_grads(learned, (a[:3, :2], b[:4, :2], matrix[:2, :2]), order=2)


def learned(a: Any, b: Any, matrix: Any) -> Any:
    import scipy.spatial.distance

    return np.sum(scipy.spatial.distance.cdist(a, b, "mahalanobis", VI=matrix)**3)


def peak(fun: Any, *args: Any) -> int:
    """The most bytes that a call holds at a time."""
    tracemalloc.start()
    fun(*args)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_signals_are_resampled_back_without_a_loop_over_the_filter() -> None:
    x, y = np.random.default_rng(6).normal(size=(2, 30))
    gradient, counts = s2sad.grad(resampled), []
    for taps in (y[:5], y):
        for _ in range(2):  # the first call of a shape looks at it
            gradient(x, taps)
        counts.append(steps(gradient, x, taps))
    assert abs(counts[0] - counts[1]) < 20, counts
    for up, down in ((3, 2), (1, 4), (2, 1)):
        s2sad.check_grads(resampled, (x[:7], y[:6], up, down), order=2)


def resampled(x: Any, taps: Any, up: int = 3, down: int = 2) -> Any:
    import scipy.signal

    return np.sum(np.sin(scipy.signal.upfirdn(taps, x, up, down)))


def test_short_spectra_hold_no_window_at_every_element() -> None:
    """Segments are added back step by step, not as windows that begin at each element."""
    x = np.random.default_rng(7).normal(size=3000)
    gradient, counts = s2sad.grad(spectra), []
    for size in (64, 512):
        gradient(x, size)
        assert peak(gradient, x, size) < 60*x.nbytes
        counts.append(steps(gradient, x, size))
    assert abs(counts[0] - counts[1]) < 60, counts
    s2sad.check_grads(spectra, (x[:23], 7), order=2)


def spectra(x: Any, size: int) -> Any:
    import scipy.signal

    short = scipy.signal.stft(x, nperseg=size)[2]
    return np.sum(np.abs(short)**2) + np.sum(scipy.signal.welch(x, nperseg=size, noverlap=2)[1]**2)


def test_products_of_series_are_written_once() -> None:
    """Products of orthogonal series stand as calls in derivatives of any order, not as their recurrences."""
    roots = np.array([0.3, -0.7, 1.1])
    product_with = s2sad.hvp(from_roots)
    product_with(roots, np.ones(3))
    assert len(product_with.source.splitlines()) < 300 and "product_back(" in product_with.source
    s2sad.check_grads(from_roots, (roots,), order=2)


def from_roots(roots: Any) -> Any:
    z = np.polynomial.hermite_e.hermefromroots(roots)
    return np.sum(np.sin(np.polynomial.legendre.legpow(z, 2)))


def test_chains_of_einsum_are_products_of_matrices() -> None:
    """The adjoint of a chain goes from product to product, where one sum over all would be of the fourth order."""
    a, b, c = np.random.default_rng(5).normal(size=(3, 6, 6))
    gradient = s2sad.grad(chain, (0, 1, 2))
    gradient(a, b, c)
    assert gradient.source.split("# backward")[1].count("optimize=True") == 3, gradient.source
    s2sad.check_grads(chain, (a, b, c), order=2)


def chain(a: Any, b: Any, c: Any) -> Any:
    return np.sum(np.einsum("ij,jk,kl->il", a, b, c, optimize=True)**2)
