"""Helpers of generated texts for scipy.linalg: triangular and factored systems, functions of matrices.

Accepted are NumPy arrays, real or complex; nothing is written to, and a result shares memory with no
argument. SciPy is imported when a helper is called. Cotangents belong to the inner product
Re(sum(conj(z)*a)).

    x = scipy.linalg.expm(a)      a_bar = expm_along(adjoint(a), x_bar)

The functions are written in the language that s2sad reads, except that they import what they call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.factors import adjoint, qr_back, qr_dot


def even_part(z: Any) -> Any:
    """The Hermitian part of a matrix.

    >>> print(even_part(np.array([[1.0, 2.0], [4.0, 3.0]])))
    [[1. 3.]
     [3. 3.]]
    """
    return (z + adjoint(z)) / 2


def symmetric_part(z: Any) -> Any:
    """The symmetric part of a matrix, which may be complex.

    >>> print(symmetric_part(np.array([[1.0, 2.0], [4.0, 3.0]])))
    [[1. 3.]
     [3. 3.]]
    """
    return (z + np.swapaxes(z, -1, -2)) / 2


def triangle(z: Any, lower: Any, unit_diagonal: Any) -> Any:
    """The triangle of z that a triangular solver reads; zeros elsewhere.

    >>> print(triangle(np.ones((2, 2)), True, False))
    [[1. 0.]
     [1. 1.]]
    """
    if lower:
        return np.tril(z, -1 if unit_diagonal else 0)
    return np.triu(z, 1 if unit_diagonal else 0)


def turned(a: Any, trans: Any) -> Any:
    """a, its transpose or its conjugate transpose, as `trans` of a triangular solver says.

    >>> print(turned(np.array([[1.0, 2.0]]), "T"))
    [[1.]
     [2.]]
    """
    if trans in (0, "N"):
        return a
    return np.swapaxes(a, -1, -2) if trans in (1, "T") else adjoint(a)


def triangular_right(z: Any, a: Any, trans: Any, lower: Any, unit_diagonal: Any) -> Any:
    """The cotangent of b where z is that of scipy.linalg.solve_triangular(a, b, trans, lower, unit_diagonal).

    >>> print(triangular_right(np.array([2.0]), np.array([[4.0]]), 0, True, False))
    [0.5]
    """
    import scipy.linalg

    if trans in (0, "N"):
        return scipy.linalg.solve_triangular(a, z, 2, lower, unit_diagonal)
    whole = np.conj(a) if trans in (1, "T") else a
    return scipy.linalg.solve_triangular(whole, z, 0, lower, unit_diagonal)


def triangular_left(y: Any, x: Any, trans: Any, lower: Any, unit_diagonal: Any) -> Any:
    """The cotangent of a, where y is that of b, with x = solve_triangular(a, b, trans, lower, unit_diagonal).

    >>> print(triangular_left(np.array([0.5]), np.array([2.0]), 0, True, False))
    [[-1.]]
    """
    if np.ndim(x) == 1:
        y, x = y[:, None], x[:, None]
    return triangle(turned(-y @ adjoint(x), trans), lower, unit_diagonal)


def solve_factored(c: Any, lower: Any, b: Any) -> Any:
    """scipy.linalg.cho_solve((c, lower), b).

    >>> print(solve_factored(np.array([[2.0]]), True, np.array([8.0])))
    [2.]
    """
    import scipy.linalg

    return scipy.linalg.cho_solve((c, lower), b)


def solve_factored_left(y: Any, x: Any, c: Any, lower: Any) -> Any:
    """The cotangent of c, where y is that of b, with x = scipy.linalg.cho_solve((c, lower), b).

    >>> print(solve_factored_left(np.array([0.25]), np.array([2.0]), np.array([[2.0]]), True))
    [[-2.]]
    """
    if np.ndim(x) == 1:
        y, x = y[:, None], x[:, None]
    whole = -y @ adjoint(x)
    whole = whole + adjoint(whole)
    return np.tril(whole @ np.tril(c)) if lower else np.triu(np.triu(c) @ whole)


def solve_factored_dot(c_dot: Any, x: Any, c: Any, lower: Any) -> Any:
    """The tangent of the factored matrix, c_dot being that of c, times x = cho_solve((c, lower), b).

    >>> print(solve_factored_dot(np.array([[1.0]]), np.array([2.0]), np.array([[2.0]]), True))
    [8.]
    """
    factor = np.tril(c) if lower else adjoint(np.triu(c))
    slope = np.tril(c_dot) if lower else adjoint(np.triu(c_dot))
    return slope @ (adjoint(factor) @ x) + factor @ (adjoint(slope) @ x)


def cho_factor_back(z: Any, c: Any, lower: Any) -> Any:
    """The cotangent of a where z is that of c, lower = scipy.linalg.cho_factor(a, lower).

    >>> print(cho_factor_back(np.array([[1.0]]), np.array([[2.0]]), True))
    [[0.25]]
    """
    if lower:
        return factor_back(np.tril(z), np.tril(c)) + np.triu(z, 1)
    return factor_back(adjoint(np.triu(z)), adjoint(np.triu(c))) + np.tril(z, -1)


def factor_back(z: Any, lower: Any) -> Any:
    """The cotangent of a matrix where z is that of its Cholesky factor (arXiv:1602.07527).

    As `cholesky_back` for matrices of NumPy, but by triangular systems, which cost a quarter of others.

    >>> print(factor_back(np.array([[1.0]]), np.array([[2.0]])))
    [[0.25]]
    """
    import scipy.linalg

    n = np.shape(lower)[-1]
    middle = adjoint(lower) @ z * (np.tri(n) - np.eye(n) / 2)
    half = adjoint(scipy.linalg.solve_triangular(lower, middle, 2, True))
    return even_part(scipy.linalg.solve_triangular(lower, half, 2, True))


def factor_dot(a_dot: Any, lower: Any) -> Any:
    """The tangent of the Cholesky factor of a matrix where a_dot is that of the matrix.

    >>> print(factor_dot(np.array([[1.0]]), np.array([[2.0]])))
    [[0.25]]
    """
    import scipy.linalg

    n = np.shape(lower)[-1]
    half = adjoint(scipy.linalg.solve_triangular(lower, even_part(a_dot), 0, True))
    middle = scipy.linalg.solve_triangular(lower, half, 0, True)
    return lower @ (middle * (np.tri(n) - np.eye(n) / 2))


# ---------------------------------------------------------------------------------------------------- lu


def lu_back(l_bar: Any, u_bar: Any, p: Any, l: Any, u: Any) -> Any:  # noqa: E741 - their names
    """The cotangent of a with p, l, u = scipy.linalg.lu(a); a cotangent may be None.

    Of a matrix that is not square the further rows or columns follow from the square part by a triangular
    system.

    >>> print(lu_back(None, np.array([[3.0]]), np.eye(1), np.eye(1), np.array([[2.0]])))
    [[3.]]
    """
    import scipy.linalg

    k = min(np.shape(l)[-2], np.shape(u)[-1])
    low, high = l[:k, :], u[:, :k]
    inner = np.zeros_like(high)
    below, beside = np.zeros_like(l[k:, :]), np.zeros_like(u[:, k:])
    if l_bar is not None:
        inner = inner + np.tril(adjoint(low) @ l_bar[:k, :], -1)
        if np.shape(l)[-2] > k:
            below = adjoint(scipy.linalg.solve_triangular(high, adjoint(l_bar[k:, :])))
            inner = inner - np.triu(adjoint(l[k:, :]) @ below @ adjoint(high))
    if u_bar is not None:
        inner = inner + np.triu(u_bar[:, :k] @ adjoint(high))
        if np.shape(u)[-1] > k:
            beside = scipy.linalg.solve_triangular(low, u_bar[:, k:], 2, True, True)
            inner = inner - np.tril(adjoint(low) @ beside @ adjoint(u[:, k:]), -1)
    half = adjoint(scipy.linalg.solve_triangular(high, adjoint(inner)))
    square = scipy.linalg.solve_triangular(low, half, 2, True, True)
    if np.shape(l)[-2] > k:
        square = np.concatenate((square, below), axis=0)
    elif np.shape(u)[-1] > k:
        square = np.concatenate((square, beside), axis=1)
    return p @ square


def lu_dot(a_dot: Any, p: Any, l: Any, u: Any) -> Any:  # noqa: E741 - their names
    """The tangents of p, l, u = scipy.linalg.lu(a) where a_dot is that of a.

    >>> print(lu_dot(np.array([[3.0]]), np.eye(1), np.eye(1), np.array([[2.0]]))[2])
    [[3.]]
    """
    import scipy.linalg

    k = min(np.shape(l)[-2], np.shape(u)[-1])
    low, high, moved = l[:k, :], u[:, :k], p.T @ a_dot
    half = scipy.linalg.solve_triangular(low, moved[:k, :k], 0, True, True)
    inner = adjoint(scipy.linalg.solve_triangular(high, adjoint(half), 2))
    low_dot, high_dot = low @ np.tril(inner, -1), np.triu(inner) @ high
    if np.shape(l)[-2] > k:
        rest = moved[k:, :] - l[k:, :] @ high_dot
        more = adjoint(scipy.linalg.solve_triangular(high, adjoint(rest), 2))
        low_dot = np.concatenate((low_dot, more), axis=0)
    elif np.shape(u)[-1] > k:
        rest = moved[:, k:] - low_dot @ u[:, k:]
        more = scipy.linalg.solve_triangular(low, rest, 0, True, True)
        high_dot = np.concatenate((high_dot, more), axis=1)
    return np.zeros_like(p), low_dot, high_dot


def ldl_back(l_bar: Any, d_bar: Any, l: Any, d: Any, perm: Any, lower: Any) -> Any:  # noqa: E741
    """The cotangent of a with l, d, perm = scipy.linalg.ldl(a), real or Hermitian; either may be None.

    l[perm] is triangular, and a[perm][:, perm] is l[perm] @ d @ adjoint(l[perm]).

    >>> print(ldl_back(None, np.array([[3.0]]), np.eye(1), np.array([[2.0]]), np.array([0]), True))
    [[3.]]
    """
    import scipy.linalg

    factor, blocks = l[perm], blocks_of(d)
    inner = np.zeros_like(l)
    if l_bar is not None:
        along = ldl_outside(adjoint(factor) @ l_bar[perm], blocks, lower)
        inner = inner + ldl_outside(adjoint(np.linalg.solve(d, adjoint(along))), blocks, lower)
    if d_bar is not None:
        inner = inner + np.where(blocks, d_bar, 0.0)
    half = adjoint(scipy.linalg.solve_triangular(factor, adjoint(inner), 2, lower, True))
    half = scipy.linalg.solve_triangular(factor, half, 2, lower, True)
    places = np.argsort(perm)
    return even_part(half)[places][:, places]


def ldl_dot(a_dot: Any, l: Any, d: Any, perm: Any, lower: Any) -> Any:  # noqa: E741
    """The tangents of l, d, perm = scipy.linalg.ldl(a) where a_dot is that of a.

    >>> print(ldl_dot(np.array([[3.0]]), np.eye(1), np.array([[2.0]]), np.array([0]), True)[1])
    [[3.]]
    """
    import scipy.linalg

    factor, blocks = l[perm], blocks_of(d)
    half = scipy.linalg.solve_triangular(factor, even_part(a_dot)[perm][:, perm], 0, lower, True)
    inner = adjoint(scipy.linalg.solve_triangular(factor, adjoint(half), 0, lower, True))
    along = adjoint(np.linalg.solve(adjoint(d), adjoint(ldl_outside(inner, blocks, lower))))
    return (factor @ along)[np.argsort(perm)], np.where(blocks, inner, 0.0), None


def ldl_outside(z: Any, blocks: Any, lower: Any) -> Any:
    """The triangle of z beside the blocks of the diagonal.

    >>> print(ldl_outside(np.ones((2, 2)), np.eye(2) == 1, True))
    [[0. 0.]
     [1. 0.]]
    """
    return np.where(blocks, 0.0, np.tril(z) if lower else np.triu(z))


def blocks_of(d: Any) -> Any:
    """Where a block of one or two rows on the diagonal of d has elements.

    >>> print(blocks_of(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 2.0, 0.0]])).astype(int))
    [[1 0 0]
     [0 1 1]
     [0 1 1]]
    """
    return (d != 0) | (np.swapaxes(d, -1, -2) != 0) | (np.eye(np.shape(d)[-1]) == 1)


def rq_back(r_bar: Any, q_bar: Any, a: Any, r: Any, q: Any) -> Any:
    """The cotangent of a with r, q = scipy.linalg.rq(a), full or economic; either cotangent may be None.

    With rows in the opposite order it is a QR factorisation of the conjugate transpose.

    >>> print(rq_back(np.array([[1.0]]), None, np.array([[2.0]]), np.array([[-2.0]]), np.array([[-1.0]])))
    [[-1.]]
    """
    right = None if r_bar is None else adjoint(r_bar[::-1, ::-1])
    left = None if q_bar is None else adjoint(q_bar[::-1])
    whole = qr_back(left, right, adjoint(a[::-1]), adjoint(q[::-1]), adjoint(r[::-1, ::-1]))
    return adjoint(whole)[::-1]


def rq_dot(a_dot: Any, a: Any, r: Any, q: Any) -> Any:
    """The tangents of r, q = scipy.linalg.rq(a) where a_dot is that of a.

    >>> print(rq_dot(np.array([[1.0]]), np.array([[2.0]]), np.array([[-2.0]]), np.array([[-1.0]]))[0])
    [[-1.]]
    """
    turned = qr_dot(adjoint(a_dot[::-1]), adjoint(a[::-1]), adjoint(q[::-1]), adjoint(r[::-1, ::-1]))
    return adjoint(turned[1])[::-1, ::-1], adjoint(turned[0])[::-1]


def rows_of(piv: Any) -> Any:
    """The rows in the order into which the exchanges of an LU factorisation bring them.

    >>> print(rows_of(np.array([1, 1])))
    [1 0]
    """
    rows = np.arange(len(piv))
    for i, k in enumerate(piv):
        rows[i], rows[k] = rows[k], rows[i]
    return rows


def lu_factor_back(z: Any, lu: Any, piv: Any) -> Any:
    """The cotangent of a square a where z is that of lu, piv = scipy.linalg.lu_factor(a).

    >>> print(lu_factor_back(np.array([[3.0]]), np.array([[2.0]]), np.array([0])))
    [[3.]]
    """
    eye = np.eye(np.shape(lu)[-1])
    return lu_back(np.tril(z, -1), np.triu(z), eye, np.tril(lu, -1) + eye, np.triu(lu))[
        np.argsort(rows_of(piv))
    ]


def lu_factor_dot(a_dot: Any, lu: Any, piv: Any) -> Any:
    """The tangent of lu with lu, piv = scipy.linalg.lu_factor(a) of a square a where a_dot is that of a.

    >>> print(lu_factor_dot(np.array([[3.0]]), np.array([[2.0]]), np.array([0])))
    [[3.]]
    """
    eye = np.eye(np.shape(lu)[-1])
    _, lower_dot, upper_dot = lu_dot(a_dot[rows_of(piv)], eye, np.tril(lu, -1) + eye, np.triu(lu))
    return np.tril(lower_dot, -1) + upper_dot


def solve_lu(lu: Any, piv: Any, b: Any, trans: Any) -> Any:
    """scipy.linalg.lu_solve((lu, piv), b, trans).

    >>> print(solve_lu(np.array([[2.0]]), np.array([0]), np.array([8.0]), 0))
    [4.]
    """
    import scipy.linalg

    return scipy.linalg.lu_solve(
        (lu, piv.copy()), b, trans
    )  # LAPACK's wrapper counts in piv from 1 meanwhile


def solve_lu_right(z: Any, lu: Any, piv: Any, trans: Any) -> Any:
    """The cotangent of b where z is that of x = scipy.linalg.lu_solve((lu, piv), b, trans).

    >>> print(solve_lu_right(np.array([4.0]), np.array([[2.0]]), np.array([0]), 0))
    [2.]
    """
    if trans == 1:
        return np.conj(solve_lu(lu, piv, np.conj(z), 0))
    return solve_lu(lu, piv, z, 2 if trans == 0 else 0)


def solve_lu_left(y: Any, x: Any, lu: Any, piv: Any, trans: Any) -> Any:
    """The cotangent of lu, where y is that of b, with x = scipy.linalg.lu_solve((lu, piv), b, trans).

    >>> print(solve_lu_left(np.array([0.5]), np.array([2.0]), np.array([[2.0]]), np.array([0]), 0))
    [[-1.]]
    """
    if np.ndim(x) == 1:
        y, x = y[:, None], x[:, None]
    whole = turned(-y @ adjoint(x), trans)[rows_of(piv)]  # of the rows in the order of the factors
    lower, upper = np.tril(lu, -1) + np.eye(np.shape(lu)[-1]), np.triu(lu)
    return np.tril(whole @ adjoint(upper), -1) + np.triu(adjoint(lower) @ whole)


def solve_lu_dot(lu_dot: Any, x: Any, lu: Any, piv: Any, trans: Any) -> Any:
    """The tangent of the factored matrix times x = scipy.linalg.lu_solve((lu, piv), b, trans), by lu_dot.

    >>> print(solve_lu_dot(np.array([[1.0]]), np.array([2.0]), np.array([[2.0]]), np.array([0]), 0))
    [2.]
    """
    lower, upper = np.tril(lu, -1) + np.eye(np.shape(lu)[-1]), np.triu(lu)
    slope = (np.tril(lu_dot, -1) @ upper + lower @ np.triu(lu_dot))[np.argsort(rows_of(piv))]
    return turned(slope, trans) @ x


# --------------------------------------------------------------------------------- functions of matrices


def corner(a: Any, e: Any) -> Any:
    """The matrix [[a, e], [0, a]], of which a function has the derivative along e in its corner.

    >>> print(corner(np.array([[2.0]]), np.array([[3.0]])))
    [[2. 3.]
     [0. 2.]]
    """
    above = np.concatenate((a, e), axis=-1)
    return np.concatenate((above, np.concatenate((np.zeros_like(a), a), axis=-1)), axis=-2)


def expm_along(a: Any, e: Any) -> Any:
    """The derivative of scipy.linalg.expm at a in the direction e (Al-Mohy and Higham, 2009).

    >>> print(expm_along(np.zeros((1, 1)), np.array([[3.0]])))
    [[3.]]
    """
    import scipy.linalg

    if np.ndim(a) == 2:
        return scipy.linalg.expm_frechet(a, e, compute_expm=False)
    n = np.shape(a)[-1]
    return scipy.linalg.expm(corner(a, e))[..., :n, n:]


def frechet_back(x_bar: Any, y_bar: Any, a: Any, e: Any) -> Any:
    """The cotangents of a and e with x, y = scipy.linalg.expm_frechet(a, e); a cotangent may be None.

    >>> print(*frechet_back(None, np.array([[3.0]]), np.zeros((1, 1)), np.array([[2.0]])))
    [[6.]] [[3.]]
    """
    n = np.shape(a)[-1]
    x_bar = np.zeros_like(a) if x_bar is None else x_bar
    y_bar = np.zeros_like(a) if y_bar is None else y_bar
    above = np.concatenate((x_bar, y_bar), axis=-1)
    made = expm_along(adjoint(corner(a, e)), np.concatenate((above, np.zeros_like(above)), axis=-2))
    return made[:n, :n] + made[n:, n:], made[:n, n:]


def frechet_dot(a_dot: Any, e_dot: Any, a: Any, e: Any) -> Any:
    """The tangents of x, y = scipy.linalg.expm_frechet(a, e); a_dot or e_dot may be None.

    >>> print(*frechet_dot(None, np.array([[3.0]]), np.zeros((1, 1)), np.array([[2.0]])))
    [[0.]] [[3.]]
    """
    n = np.shape(a)[-1]
    a_dot = np.zeros_like(a) if a_dot is None else a_dot
    e_dot = np.zeros_like(a) if e_dot is None else e_dot
    made = expm_along(corner(a, e), corner(a_dot, e_dot))
    return made[:n, :n], made[:n, n:]


def logm_along(a: Any, e: Any, real: Any) -> Any:
    """The derivative of scipy.linalg.logm at a along e; `real` says that its result was taken for real.

    >>> print(logm_along(np.array([[2.0]]), np.array([[3.0]]), True))
    [[1.5]]
    """
    import scipy.linalg

    n = np.shape(a)[-1]
    made = scipy.linalg.logm(corner(a, e))[..., :n, n:]
    if real and np.iscomplexobj(made):
        raise TypeError("logm of this real matrix is complex: pass the matrix as complex, a.astype(complex)")
    return made


def real_root(x: Any) -> Any:
    """x = scipy.linalg.sqrtm(a) of a real matrix, which was taken for real.

    >>> print(real_root(np.array([[2.0]])))
    [[2.]]
    """
    if np.iscomplexobj(x):
        raise TypeError("sqrtm of this real matrix is complex: pass the matrix as complex, a.astype(complex)")
    return x


def signm_along(a: Any, x: Any, e: Any) -> Any:
    """The derivative of x = scipy.linalg.signm(a) along e.

    >>> print(signm_along(np.diag([2.0, -2.0]), np.diag([1.0, -1.0]), np.ones((2, 2))))
    [[0.  0.5]
     [0.5 0. ]]
    """
    return both_sides(a @ x, e - x @ e @ x)


def both_sides(a: Any, q: Any, even: Any = False) -> Any:
    """The solution of a @ x + x @ a = q, by one decomposition; `even` says that a is nearly Hermitian.

    >>> print(both_sides(np.array([[2.0]]), np.array([[8.0]])))
    [[2.]]
    >>> print(both_sides(np.diag([1.0, 3.0]), np.array([[2.0, 4.0], [4.0, 0.0]]), True))
    [[1. 1.]
     [1. 0.]]
    """
    import scipy.linalg

    if np.ndim(a) > 2:
        stack = np.broadcast_shapes(np.shape(a), np.shape(q))
        pairs = zip(*(np.broadcast_to(m, stack).reshape(-1, *stack[-2:]) for m in (a, q)), strict=True)
        return np.reshape([both_sides(one, other, even) for one, other in pairs], stack)
    if even:
        w, v = np.linalg.eigh(a)
        with np.errstate(all="ignore"):
            return v @ (adjoint(v) @ q @ v / (w[:, None] + w)) @ adjoint(v)
    if np.size(a) == 0:
        return np.zeros_like(a @ q)
    t, u = scipy.linalg.schur(a, "complex" if np.iscomplexobj(a) or np.iscomplexobj(q) else "real")
    inner = adjoint(u) @ q @ u
    solve = scipy.linalg.get_lapack_funcs("trsyl", (t, inner))
    x, scale, _ = solve(t, t, inner)
    return u @ (scale * x) @ adjoint(u)


def diagonal_block(z: Any, blocks: Any, k: int) -> Any:
    """The part of z, which scipy.linalg.block_diag(*blocks) has the shape of, that block k fills.

    >>> print(diagonal_block(np.arange(9.0).reshape(3, 3), [np.ones((1, 1)), np.ones((2, 2))], 1))
    [[4. 5.]
     [7. 8.]]
    """
    shapes = [np.shape(np.atleast_2d(b)) for b in blocks]
    row, column = sum(s[-2] for s in shapes[:k]), sum(s[-1] for s in shapes[:k])
    part = z[..., row : row + shapes[k][-2], column : column + shapes[k][-1]]
    return np.reshape(part, np.shape(blocks[k])).copy()


def solved_transposed(a: Any, b: Any) -> Any:
    """The solution of a.T @ x = b.

    >>> print(solved_transposed(np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([1.0, 6.0])))
    [1. 1.]
    """
    import scipy.linalg

    return scipy.linalg.solve(a, b, transposed=True)
