"""Helpers of generated texts for equations with one matrix that are solved several times: factors are held.

Accepted are NumPy arrays, real or complex; nothing is written to, and a result shares memory with no
argument. SciPy is imported when a helper is called. A function `..._by` solves what the function without
these words does, by the forms of the same matrices; `turned` says that the equation is that of their
conjugate transposes. The matrices themselves are arguments too: derivatives go by them.

    forms = sylvester_forms(a, b)
    y = sylvester_by(forms, a, b, g, True)      y = scipy.linalg.solve_sylvester(adjoint(a), adjoint(b), g)

Texts of second derivatives call them (`optimise.held`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.equations import both_sides
from s2sad.runtime.factors import adjoint


def sylvester_forms(a: Any, b: Any) -> Any:
    """Schur forms of a and of the adjoint of b, for a @ x + x @ b = q; None of empty matrices.

    >>> print(sylvester_by(sylvester_forms(np.eye(1), np.eye(1)), np.eye(1), np.eye(1), np.eye(1), False))
    [[0.5]]
    """
    import scipy.linalg

    if np.size(a) == 0 or np.size(b) == 0:
        return None
    how = "complex" if np.iscomplexobj(a) or np.iscomplexobj(b) else "real"
    return *scipy.linalg.schur(a, how), *scipy.linalg.schur(adjoint(b), how), True


def sylvester_by(forms: Any, a: Any, b: Any, q: Any, turned: Any) -> Any:
    """scipy.linalg.solve_sylvester(a, b, q), by sylvester_forms(a, b).

    >>> a, b = np.diag([1.0, 2.0]), np.eye(1)
    >>> print(sylvester_by(sylvester_forms(a, b), a, b, np.ones((2, 1)), True).T)
    [[0.5        0.33333333]]
    """
    import scipy.linalg

    if forms is None:
        return scipy.linalg.solve_sylvester(adjoint(a) if turned else a, adjoint(b) if turned else b, q)
    return by_schur(forms, q, turned)


def by_schur(forms: Any, q: Any, turned: Any) -> Any:
    """The solution of r @ x + x @ s = q in the bases u and v, or with the adjoint of s if they are `crossed`.

    Real forms have blocks of two rows, which are no complex triangles: a complex q has two real solutions.

    >>> one = np.eye(1)
    >>> print(by_schur((one, one, one, one, True), one + 1j, False))
    [[0.5+0.5j]]
    """
    import scipy.linalg

    r, u, s, v, crossed = forms
    if np.iscomplexobj(q) and not np.iscomplexobj(r) and not np.iscomplexobj(s):
        return by_schur(forms, np.real(q), turned) + 1j * by_schur(forms, np.imag(q), turned)
    inner = adjoint(u) @ q @ v
    solve = scipy.linalg.get_lapack_funcs("trsyl", (r, s, inner))
    y, scale, _ = solve(r, s, inner, trana="C" if turned else "N", tranb="C" if turned != crossed else "N")
    return u @ (scale * y) @ adjoint(v)


def lyapunov_forms(a: Any) -> Any:
    """A Schur form of a, for a @ x + x @ adjoint(a) = q; None of an empty matrix.

    >>> print(lyapunov_by(lyapunov_forms(np.eye(1)), np.eye(1), np.eye(1), False))
    [[0.5]]
    """
    import scipy.linalg

    if np.size(a) == 0:
        return None
    r, u = scipy.linalg.schur(a)
    return r, u, r, u, True


def lyapunov_by(forms: Any, a: Any, q: Any, turned: Any) -> Any:
    """scipy.linalg.solve_continuous_lyapunov(a, q), by lyapunov_forms(a).

    >>> a = np.array([[1.0, 2.0], [0.0, 1.0]])
    >>> print(lyapunov_by(lyapunov_forms(a), a, np.eye(2), True))
    [[ 0.5 -0.5]
     [-0.5  1.5]]
    """
    import scipy.linalg

    if forms is None:
        return scipy.linalg.solve_continuous_lyapunov(adjoint(a) if turned else a, q)
    return by_schur(forms, q, turned)


def stein_forms(a: Any) -> Any:
    """What solves x - a @ x @ adjoint(a) = q: factors of a matrix of all elements, or a Schur form.

    >>> print(stein_by(stein_forms(np.zeros((1, 1))), np.zeros((1, 1)), np.eye(1), False))
    [[1.]]
    """
    import scipy.linalg

    n = len(a)
    if n < 10:
        return lu_forms(np.eye(n * n) - np.kron(a, np.conj(a)))
    eye = np.eye(n)
    near = lu_forms(a + eye)
    r, u = scipy.linalg.schur(solve_by(near, a + eye, a - eye, False))
    return near, (r, u, r, u, True)


def stein_by(forms: Any, a: Any, q: Any, turned: Any) -> Any:
    """scipy.linalg.solve_discrete_lyapunov(a, q), by stein_forms(a).

    >>> a = np.array([[0.5, 1.0], [0.0, 0.0]])
    >>> print(stein_by(stein_forms(a), a, np.eye(2), True))
    [[1.33333333 0.66666667]
     [0.66666667 2.33333333]]
    """
    import scipy.linalg

    n = len(a)
    if has_fewer_digits(a, q):
        return scipy.linalg.solve_discrete_lyapunov(adjoint(a) if turned else a, q)
    if n < 10:
        return np.reshape(solve_by(forms, None, np.ravel(q), turned), np.shape(q))
    near, schur = forms
    half = adjoint(solve_by(near, None, adjoint(q), turned))
    return by_schur(schur, -2 * solve_by(near, None, half, turned), turned)


def square_forms(a: Any, even: Any) -> Any:
    """What solves a @ x + x @ a = q: eigenvalues and vectors of a nearly Hermitian matrix, else a Schur form.

    >>> print(square_by(square_forms(np.eye(1), True), np.eye(1), np.eye(1), True, False))
    [[0.5]]
    """
    import scipy.linalg

    if even:
        return np.linalg.eigh(a)
    if np.size(a) == 0:
        return None
    r, u = scipy.linalg.schur(a)
    return r, u, r, u, False


def square_by(forms: Any, a: Any, q: Any, even: Any, turned: Any) -> Any:
    """both_sides(a, q, even), by square_forms(a, even).

    >>> a = np.array([[1.0, 2.0], [0.0, 1.0]])
    >>> print(square_by(square_forms(a, False), a, np.eye(2), False, False))
    [[ 0.5 -1. ]
     [ 0.   0.5]]
    """
    if even:
        w, v = forms
        with np.errstate(all="ignore"):
            return v @ (adjoint(v) @ q @ v / (w[:, None] + w)) @ adjoint(v)
    if forms is None:
        return both_sides(a, q)
    return by_schur(forms, q, turned)


def has_fewer_digits(a: Any, q: Any) -> bool:
    """Whether the numbers of a have fewer digits than those of a right side q.

    >>> has_fewer_digits(np.eye(1, dtype=np.float32), np.eye(1)), has_fewer_digits(np.eye(1), np.eye(1) + 0j)
    (True, False)
    """
    one, both = (np.result_type(np.float16, *values) for values in ((a,), (a, q)))
    return bool(np.finfo(one).eps > np.finfo(both).eps)


def lu_forms(a: Any) -> Any:
    """Triangular factors of a and its exchanges of rows.

    >>> print(solve_by(lu_forms(2.0*np.eye(1)), 2.0*np.eye(1), np.ones(1), False))
    [0.5]
    """
    import scipy.linalg

    return scipy.linalg.lu_factor(a, check_finite=False)


def solve_by(forms: Any, a: Any, b: Any, turned: Any) -> Any:
    """np.linalg.solve(a, b), by lu_forms(a); with a right side of more digits by a itself.

    >>> a = np.array([[1.0, 2.0], [0.0, 4.0]])
    >>> print(solve_by(lu_forms(a), a, np.array([1.0, 6.0]), True))
    [1. 1.]
    """
    import scipy.linalg

    if a is not None and has_fewer_digits(a, b):
        return np.linalg.solve(adjoint(a) if turned else a, b)
    return scipy.linalg.lu_solve(forms, b, 2 if turned else 0, check_finite=False)


def cho_forms(a: Any, lower: Any) -> Any:
    """The Cholesky factor of a in one triangle, and in which.

    >>> print(cho_by(cho_forms(4.0*np.eye(1), True), 4.0*np.eye(1), np.ones(1), True, False))
    [0.25]
    """
    import scipy.linalg

    return scipy.linalg.cho_factor(a, lower, check_finite=False)


def cho_by(forms: Any, a: Any, b: Any, lower: Any, turned: Any) -> Any:
    """scipy.linalg.solve(a, b, lower=lower, assume_a="pos"), by cho_forms(a, lower).

    >>> a = np.array([[4.0, 2.0], [2.0, 5.0]])
    >>> print(cho_by(cho_forms(a, False), a, np.array([8.0, 4.0]), False, False))
    [2. 0.]
    """
    import scipy.linalg

    if has_fewer_digits(a, b):
        return scipy.linalg.solve(adjoint(a) if turned else a, b, lower=lower, assume_a="pos")
    return scipy.linalg.cho_solve(forms, b, check_finite=False)
