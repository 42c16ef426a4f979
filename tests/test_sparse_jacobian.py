"""Sparse Jacobians: the entries are those of the dense ones, by as many sweeps as there are colours."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import sparse

import s2sad
from s2sad.sparse import SparseJacobian, coloured, detected

A = np.array


def banded(x):
    y = 3.0*x
    y[1:] = y[1:] - x[:-1]**2
    y[:-1] = y[:-1] - np.sin(x[1:])
    return y


def tridiagonal(n):
    return np.abs(np.subtract.outer(np.arange(n), np.arange(n))) <= 1


def rotated(r, p):
    """Rodrigues' formula for rows of axis-angle vectors and points."""
    angle = np.sqrt(np.sum(r*r, axis=1) + 1e-12)[:, None]
    axis = r/angle
    along = np.sum(axis*p, axis=1)[:, None]
    return np.cos(angle)*p + np.sin(angle)*np.cross(axis, p) + (1.0 - np.cos(angle))*along*axis


def reprojection(cameras, points, seen_by, of_point, found):
    """What bundle adjustment makes small: for each observation, where the camera sees the point less `found`."""
    c = cameras[seen_by]
    p = rotated(c[:, :3], points[of_point]) + c[:, 3:6]
    q = -p[:, :2]/p[:, 2:]
    square = np.sum(q*q, axis=1)
    return ((c[:, 6]*(1.0 + c[:, 7]*square + c[:, 8]*square**2))[:, None]*q - found).ravel()


def scene(cameras=5, points=20):
    rng = np.random.default_rng(3)
    seen_by, of_point = np.divmod(rng.permutation(cameras*points)[: cameras*points//2], points)
    c = np.column_stack([
        0.1*rng.normal(size=(cameras, 3)), rng.normal(size=(cameras, 2)),
        10.0 + rng.uniform(size=cameras), 500.0*np.ones(cameras), 0.01*rng.normal(size=(cameras, 2)),
    ])  # fmt: skip
    return c, rng.normal(size=(points, 3)), seen_by, of_point, rng.normal(size=(len(seen_by), 2))


def same(found, dense):
    assert isinstance(found, sparse.csr_matrix) and found.has_sorted_indices
    np.testing.assert_allclose(found.toarray(), dense, rtol=1e-12, atol=1e-12*np.max(np.abs(dense), initial=1.0))


def counting(jacobian):
    """The jacobian, and a list that gets an element for each forward sweep."""
    sweeps, push = [], jacobian.push.push

    def counted(values, dots):
        sweeps.append(dots)
        return push(values, dots)

    jacobian.push.push = counted
    return sweeps


def test_banded_with_a_given_pattern():
    x = np.linspace(0.1, 1.0, 60)
    dense = s2sad.jacobian(banded)(x)
    for pattern in (tridiagonal(60), sparse.csc_matrix(tridiagonal(60)), sparse.coo_array(tridiagonal(60))):
        jacobian = s2sad.jacobian(banded, sparsity=pattern)
        sweeps = counting(jacobian)
        same(jacobian(x), dense)
        assert len(sweeps) == 4  # three colours, and the check
        same(jacobian(x + 1.0), s2sad.jacobian(banded)(x + 1.0))


def test_banded_detected():
    x = np.linspace(0.1, 1.0, 200)
    jacobian = s2sad.jacobian(banded, sparsity="detect")
    sweeps = counting(jacobian)
    found = jacobian(x)
    same(found, s2sad.jacobian(banded)(x))
    assert found.nnz == 598 and len(sweeps) < 200
    del sweeps[:]
    same(jacobian(2.0*x), s2sad.jacobian(banded)(2.0*x))
    assert len(sweeps) == 4


def test_bundle_adjustment():
    args = scene()
    dense = s2sad.jacfwd(reprojection, argnums=(0, 1))(*args)
    rows = len(dense[0])
    by_camera, by_point = s2sad.jacobian(reprojection, argnums=(0, 1), sparsity="detect")(*args)
    same(by_camera, dense[0].reshape(rows, -1))
    same(by_point, dense[1].reshape(rows, -1))
    _, _, seen_by, of_point, _ = args
    given = []
    for index, count, width in ((seen_by, 5, 9), (of_point, 20, 3)):
        one = sparse.csr_matrix((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), count))
        given.append(sparse.kron(one, np.ones((2, width))))
    jacobian = s2sad.jacobian(reprojection, argnums=("cameras", "points"), sparsity=given)
    sweeps = counting(jacobian)
    for found, expected in zip(jacobian(*args), dense, strict=True):
        same(found, expected.reshape(rows, -1))
    assert len(sweeps) <= 9 + 3 + 3 + 1  # nine of a camera, three of a point, and what greed costs
    solved = sparse.linalg.lsqr(sparse.hstack([by_camera, by_point]), reprojection(*args))[0]
    assert np.all(np.isfinite(solved))


def arrow(x):
    """The first row is full: rows are cheaper than columns."""
    y = x*x
    y[0] = np.sum(x**3)
    return y


def test_rows_where_they_are_fewer():
    x = np.linspace(1.0, 2.0, 40)
    for sparsity in (s2sad.jacobian(arrow)(x) != 0, "detect"):
        jacobian = s2sad.jacobian(arrow, sparsity=sparsity)
        same(jacobian(x), s2sad.jacobian(arrow)(x))
        (pattern,) = jacobian._patterns.values()
        assert pattern.reverse and pattern.colours.max() == 1


def test_entries_outside_of_a_given_pattern_are_an_error():
    x = np.linspace(0.1, 1.0, 12)
    for place in ((5, 4), (0, 1), (3, 3)):  # beside entries of its colour, and without any
        pattern = tridiagonal(12)
        pattern[place] = False
        with pytest.raises(ValueError, match=r"banded\(\) has entries .* outside of its sparsity"):
            s2sad.jacobian(banded, sparsity=pattern)(x)
    same(s2sad.jacobian(banded, sparsity=np.ones((12, 12)))(x), s2sad.jacobian(banded)(x))


def limited(x, bound):
    y = x.copy()
    for i in range(len(x)):
        if x[i] > bound:
            y[i] = x[i]*x[i - 1]
    return y


def test_a_pattern_that_changes_is_found_again():
    x = np.linspace(1.0, 2.0, 16)
    jacobian = s2sad.jacobian(limited, sparsity="detect")
    for bound in (3.0, 1.5, 0.0, 1.5):
        same(jacobian(x, bound), s2sad.jacobian(limited)(x, bound))
    for n in (7, 1):
        same(jacobian(x[:n], 1.2), s2sad.jacobian(limited)(x[:n], 1.2))


def test_derivatives_that_vanish_at_the_first_point_are_in_the_pattern():
    jacobian = s2sad.jacobian(lambda x: x*x*x[::-1], sparsity="detect")
    assert jacobian(np.zeros(8)).nnz == 16 and not jacobian(np.zeros(8)).toarray().any()


def test_points_outside_of_the_domain_and_nan():
    def roots(x):
        if np.any(x < 0.0):
            raise ValueError("negative")
        return np.sqrt(x)

    same(s2sad.jacobian(roots, sparsity="detect")(A([0.0001, 4.0])), np.diag([50.0, 0.25]))
    np.testing.assert_array_equal(s2sad.jacfwd(roots)(A([1.0, 4.0])), np.diag([0.5, 0.25]))
    found = s2sad.jacobian(lambda x: np.sin(x), sparsity=np.eye(3))(A([0.0, np.nan, 0.0])).toarray()
    np.testing.assert_array_equal(np.diag(found), [1.0, np.nan, 1.0])


def test_shapes_dtypes_and_aux():
    x = np.linspace(1.0, 2.0, 6).reshape(2, 3)
    same(s2sad.jacobian(lambda x: x.T**2, sparsity="detect")(x), s2sad.jacobian(lambda x: x.T**2)(x).reshape(6, 6))
    found = s2sad.jacobian(lambda x: x*x, sparsity="detect")(x.astype(np.float32))
    assert found.dtype == np.float32
    found, aux = s2sad.jacobian(lambda x: (x[1:]*x[:-1], x[0]), has_aux=True, sparsity="detect")(A([1.0, 2.0, 3.0]))
    same(found, [[2.0, 1.0, 0.0], [0.0, 3.0, 2.0]])
    assert aux == 1.0
    assert s2sad.jacobian(lambda x: x[:0], sparsity="detect")(A([1.0])).shape == (0, 1)
    same(s2sad.jacobian(lambda x: np.sum(x*x), sparsity="detect")(A([1.0, 2.0])), [[2.0, 4.0]])
    (only,) = s2sad.jacobian(lambda x: 2.0*x, argnums=(0,), sparsity=[np.eye(2)])(A([1.0, 2.0]))
    same(only, 2.0*np.eye(2))
    same(s2sad.jacobian(lambda x: x*0.0, sparsity="detect")(A([1.0, 2.0])), np.zeros((2, 2)))


class Model:
    def __init__(self, k):
        self.k = k

    def steps(self, x):
        return self.k*np.diff(x)


def test_methods_and_pickles():
    found = s2sad.jacobian(Model(2.0).steps, sparsity="detect")(A([1.0, 2.0, 4.0]))
    same(found, [[-2.0, 2.0, 0.0], [0.0, -2.0, 2.0]])
    jacobian = pickle.loads(pickle.dumps(SparseJacobian(banded, 0, False, tridiagonal(4))))
    same(jacobian(np.ones(4)), s2sad.jacobian(banded)(np.ones(4)))


def drawing(x):
    return x*np.random.normal(size=3)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: s2sad.jacobian(banded, sparsity="diagonal"), ValueError, "give a pattern, or 'detect'"),
        (lambda: s2sad.jacobian(banded, sparsity=np.eye(3))(np.ones(4)), ValueError, r"\(4, 4\)"),
        (lambda: s2sad.jacobian(banded, (0,), sparsity=[])(np.ones(4)), ValueError, "sequence of 1"),
        (lambda: s2sad.jacobian(np.sin, sparsity="detect")(1.0), TypeError, "by arrays of floats"),
        (lambda: s2sad.jacobian(lambda x: (x, x), sparsity="detect")(np.ones(2)), TypeError, "return an array"),
        (lambda: s2sad.jacobian(drawing, sparsity="detect")(np.ones(3)), s2sad.UnsupportedError, "random number"),
        (lambda: s2sad.grad(inside)(np.ones(3)), s2sad.UnsupportedError, "without sparsity"),
    ],
)
def test_messages(make, error, message):
    with pytest.raises(error, match=message):
        make()


detecting = s2sad.jacobian(banded, sparsity="detect")


def inside(x):
    return np.sum(detecting(x))


@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (40, 40), (3, 64), (64, 3), (33, 17)])
@pytest.mark.parametrize("density", [0.0, 0.05, 0.3, 1.0])
def test_patterns_at_random(shape, density):
    rng = np.random.default_rng(int(100*density) + shape[0])
    a = rng.normal(size=shape)*(rng.uniform(size=shape) < density)
    rows, columns = detected(lambda v: a @ v, *shape, rng)
    assert sorted(zip(rows.tolist(), columns.tolist(), strict=True)) == list(zip(*map(np.ndarray.tolist, np.nonzero(a)), strict=True))
    colours = coloured(columns, rows, shape[1])
    for colour in range(shape[1]):
        assert np.max(np.sum(a[:, colours == colour] != 0, axis=1), initial=0) <= 1
    x = rng.normal(size=shape[1])
    same(s2sad.jacobian(lambda x: np.tanh(a @ x), sparsity="detect")(x), s2sad.jacobian(lambda x: np.tanh(a @ x))(x))
