"""Helpers of generated texts for scipy.linalg: generalised eigenvalues, polar factors, Riccati equations,
powers and logarithms.

Accepted are NumPy arrays; nothing is written to, and a result shares memory with no argument. SciPy is
imported when a helper is called. Cotangents belong to the inner product Re(sum(conj(z)*a)).

    w, v = scipy.linalg.eigh(a, b)      a_bar = pencil_back(w_bar, v_bar, w, v)[0]

The functions are written in the language that s2sad reads. The derivative of an implicitly given x is that
of the equation (Giles, 2008; Kao and Hennequin, 2020, for Riccati equations).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.equations import both_sides, corner, even_part
from s2sad.runtime.factors import adjoint, eig_back, eig_dot, over
from s2sad.runtime.symmetric import phase_bar


def left_eig_back(w_bar: Any, v_bar: Any, a: Any, w: Any, v: Any) -> Any:
    """The cotangent of a with w, v = scipy.linalg.eig(a, left=True, right=False); either may be None.

    >>> print(left_eig_back(np.array([3.0]), None, np.eye(1), np.array([1.0]), np.eye(1)))
    [[3.]]
    """
    turned = None if w_bar is None else np.conj(w_bar)
    return adjoint(eig_back(turned, v_bar, adjoint(a), np.conj(w), v))


def left_eig_dot(a_dot: Any, w: Any, v: Any) -> Any:
    """The tangents of w, v = scipy.linalg.eig(a, left=True, right=False), where a_dot is that of a.

    >>> print(left_eig_dot(np.array([[3.0]]), np.array([1.0]), np.eye(1))[0])
    [3.]
    """
    w_dot, v_dot = eig_dot(adjoint(a_dot), np.conj(w), v)
    return np.conj(w_dot), v_dot


def pencil_eig(a: Any, b: Any) -> Any:
    """scipy.linalg.eig(a, b), of whose vectors the lengths and phases are left open.

    >>> print(pencil_eig(np.array([[6.0]]), np.array([[2.0]]))[0])
    [3.+0.j]
    """
    import scipy.linalg

    return scipy.linalg.eig(a, b)


def pencil_eig_back(w_bar: Any, v_bar: Any, b: Any, w: Any, v: Any) -> Any:
    """The cotangents of a and b with w, v = pencil_eig(a, b); a cotangent may be None.

    >>> one = np.eye(1)
    >>> print(*pencil_eig_back(np.array([1.0]), None, 2*one, np.array([3.0]), one))
    [[0.5]] [[-1.5]]
    """
    inner = np.zeros_like(v)
    if w_bar is not None:
        inner = inner + w_bar * np.eye(len(w))
    if v_bar is not None:
        inner = inner + over(adjoint(v) @ v_bar, np.conj(w[None, :] - w[:, None]))
    left = np.linalg.solve(adjoint(b @ v), inner)
    return left @ adjoint(v), -(left * np.conj(w)) @ adjoint(v)


def pencil_eig_dot(a_dot: Any, b_dot: Any, b: Any, w: Any, v: Any) -> Any:
    """The tangents of w, v = pencil_eig(a, b); a_dot or b_dot may be None.

    >>> one = np.eye(1)
    >>> print(pencil_eig_dot(None, one, 2*one, np.array([3.0]), one)[0])
    [-1.5]
    """
    along = np.zeros_like(v)
    if a_dot is not None:
        along = along + a_dot @ v
    if b_dot is not None:
        along = along - b_dot @ v * w
    inner = np.linalg.solve(b @ v, along)
    return np.sum(inner * np.eye(len(w)), axis=-1), v @ over(inner, w[None, :] - w[:, None])


def pencil_back(w_bar: Any, v_bar: Any, w: Any, v: Any, b: Any, lower: Any) -> Any:
    """The cotangents of a and b with w, v = scipy.linalg.eigh(a, b); either cotangent may be None.

    >>> a_bar, b_bar = pencil_back(np.array([1.0]), None, np.array([2.0]), np.eye(1), np.eye(1), True)
    >>> print(a_bar, b_bar)
    [[1.]] [[-2.]]
    """
    inner, own, metric = np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)
    if w_bar is not None:
        inner = inner + w_bar * np.eye(len(w))
    if v_bar is not None:
        if np.iscomplexobj(v):
            row = real_row(b, lower)
            turn = 1j * phase_bar(v_bar, v) / np.real(row @ v)
            v_bar = v_bar + adjoint(row) * turn
            if lower:
                metric = np.reshape(np.eye(len(w))[0], (-1, 1)) * np.sum(np.conj(v) * turn, axis=-1)
        gaps = w[None, :] - w[:, None]
        middle = adjoint(v) @ v_bar
        inner = inner + np.where(gaps == 0, 0.0, middle / np.where(gaps == 0, 1.0, gaps))
        own = own + 0.5 * np.eye(len(w)) * middle
    return even_part(v @ inner @ adjoint(v)), even_part(metric - v @ (inner * w + own) @ adjoint(v))


def pencil_dot(a_dot: Any, b_dot: Any, w: Any, v: Any, b: Any, lower: Any) -> Any:
    """The tangents of w, v = scipy.linalg.eigh(a, b); a_dot or b_dot may be None.

    >>> print(pencil_dot(np.array([[1.0]]), None, np.array([2.0]), np.eye(1), np.eye(1), True)[0])
    [1.]
    """
    middle, turns = np.zeros_like(v), np.zeros_like(v)
    if a_dot is not None:
        middle = middle + adjoint(v) @ even_part(a_dot) @ v
    if b_dot is not None:
        metric = adjoint(v) @ even_part(b_dot) @ v
        middle = middle - metric * w
        turns = turns - 0.5 * np.eye(len(w)) * metric
    gaps = w[None, :] - w[:, None]
    turns = turns + np.where(gaps == 0, 0.0, middle / np.where(gaps == 0, 1.0, gaps))
    v_dot = v @ turns
    if np.iscomplexobj(v):
        row = real_row(b, lower)
        moved = row @ v_dot
        if lower and b_dot is not None:
            moved = moved + even_part(b_dot)[:1] @ v
        v_dot = v_dot - 1j * v * (np.imag(moved) / np.real(row @ v))
    return np.sum(np.real(middle) * np.eye(len(w)), axis=-1), v_dot


def real_row(b: Any, lower: Any) -> Any:
    """The row r for which LAPACK makes r @ v real, v complex eigenvectors of the pencil of a and b.

    These are u = l.T.conj() @ v for b = l @ l.T.conj(), real in the first row, where it reads the lower
    triangles, and real in the last row where it reads the upper ones.

    >>> print(real_row(np.array([[1.0, 0.0], [2j, 5.0]]), True))
    [[1.-0.j 0.-2.j]]
    """
    return adjoint(b[:, :1]) if lower else np.eye(len(b))[-1:]


def pencil_values_back(z: Any, w: Any, v: Any) -> Any:
    """The cotangents of a and b where z is that of w, with w, v = scipy.linalg.eigh(a, b).

    >>> print(pencil_values_back(np.array([1.0]), np.array([2.0]), np.eye(1))[1])
    [[-2.]]
    """
    return (v * z) @ adjoint(v), -(v * (z * w)) @ adjoint(v)


def pencil_values_dot(a_dot: Any, b_dot: Any, w: Any, v: Any) -> Any:
    """The tangent of w with w, v = scipy.linalg.eigh(a, b); a_dot or b_dot may be None.

    >>> print(pencil_values_dot(np.array([[1.0]]), None, np.array([2.0]), np.eye(1)))
    [1.]
    """
    along = np.zeros_like(v)
    if a_dot is not None:
        along = along + even_part(a_dot) @ v
    if b_dot is not None:
        along = along - even_part(b_dot) @ v * w
    return np.sum(np.real(np.conj(v) * along), axis=-2)


# ------------------------------------------------------------------------------------------- polar factors


def polar_back(u_bar: Any, p_bar: Any, u: Any, p: Any) -> Any:
    """The cotangent of a with u, p = scipy.linalg.polar(a), a = u @ p; either cotangent may be None.

    >>> print(polar_back(None, np.array([[3.0]]), np.array([[1.0]]), np.array([[2.0]])))
    [[3.]]
    """
    along, inner = np.zeros_like(u), np.zeros_like(p)
    if np.shape(u)[0] < np.shape(u)[1]:  # a = q @ u, and p = adjoint(u) @ a
        inner = np.zeros_like(adjoint(u))
        q = u @ p @ adjoint(u)
        if p_bar is not None:
            along = along + u @ p_bar
            inner = inner + p_bar @ adjoint(u) @ q
        if u_bar is not None:
            inner = inner + adjoint(u_bar)
        half = np.linalg.solve(q, adjoint(inner))
        turn = both_sides(q, u @ adjoint(half), True)
        return along + half - (turn + adjoint(turn)) @ q @ u
    if u_bar is not None:
        along = along + adjoint(np.linalg.solve(p, adjoint(u_bar)))
        inner = inner - adjoint(u) @ along
    if p_bar is not None:
        inner = inner + p_bar
    inner = both_sides(p, inner, True)
    return along + u @ p @ (inner + adjoint(inner))


def polar_dot(a_dot: Any, u: Any, p: Any) -> Any:
    """The tangents of u, p = scipy.linalg.polar(a), a = u @ p, where a_dot is that of a.

    >>> print(polar_dot(np.array([[3.0]]), np.array([[1.0]]), np.array([[2.0]]))[1])
    [[3.]]
    """
    if np.shape(u)[0] < np.shape(u)[1]:
        q = u @ p @ adjoint(u)
        half = q @ (u @ adjoint(a_dot))
        q_dot = both_sides(q, half + adjoint(half), True)
        u_dot = np.linalg.solve(q, a_dot - q_dot @ u)
        return u_dot, adjoint(u_dot) @ q @ u + adjoint(u) @ a_dot
    half = p @ (adjoint(u) @ a_dot)
    p_dot = both_sides(p, half + adjoint(half), True)
    return adjoint(np.linalg.solve(p, adjoint(a_dot - u @ p_dot))), p_dot


# ----------------------------------------------------------------------------------------------- equations


def riccati_back(z: Any, x: Any, a: Any, b: Any, r: Any) -> Any:
    """The cotangents of a, b, q, r where z is that of x = scipy.linalg.solve_continuous_are(a, b, q, r).

    >>> one = np.eye(1)
    >>> print(*riccati_back(one, one, 0*one, one, one))
    [[1.]] [[-1.]] [[0.5]] [[0.5]]
    """
    import scipy.linalg

    k = np.linalg.solve(r, b.T @ x)
    y = scipy.linalg.solve_continuous_lyapunov(a - b @ k, -even_part(z))
    return 2.0 * x @ y, -2.0 * x @ y @ k.T, y, k @ y @ k.T


def riccati_dot(a_dot: Any, b_dot: Any, q_dot: Any, r_dot: Any, x: Any, a: Any, b: Any, r: Any) -> Any:
    """The tangent of x = scipy.linalg.solve_continuous_are(a, b, q, r); a tangent may be None.

    >>> one = np.eye(1)
    >>> print(riccati_dot(None, None, one, None, one, 0*one, one, one))
    [[0.5]]
    """
    import scipy.linalg

    k = np.linalg.solve(r, b.T @ x)
    half = np.zeros_like(x)
    if a_dot is not None:
        half = half + x @ a_dot
    if b_dot is not None:
        half = half - x @ b_dot @ k
    if q_dot is not None:
        half = half + 0.5 * q_dot
    if r_dot is not None:
        half = half + 0.5 * k.T @ r_dot @ k
    return -scipy.linalg.solve_continuous_lyapunov((a - b @ k).T, half + half.T)


def stein_back(z: Any, x: Any, a: Any, b: Any, r: Any) -> Any:
    """The cotangents of a, b, q, r where z is that of x = scipy.linalg.solve_discrete_are(a, b, q, r).

    >>> one = np.eye(1)
    >>> print(*stein_back(one, one, 0*one, one, one))
    [[0.]] [[0.]] [[1.]] [[0.]]
    """
    import scipy.linalg

    k = np.linalg.solve(r + b.T @ x @ b, b.T @ x @ a)
    c = a - b @ k
    y = scipy.linalg.solve_discrete_lyapunov(c, even_part(z))
    return 2.0 * x @ c @ y, -2.0 * x @ c @ y @ k.T, y, k @ y @ k.T


def stein_dot(a_dot: Any, b_dot: Any, q_dot: Any, r_dot: Any, x: Any, a: Any, b: Any, r: Any) -> Any:
    """The tangent of x = scipy.linalg.solve_discrete_are(a, b, q, r); a tangent may be None.

    >>> one = np.eye(1)
    >>> print(stein_dot(None, None, one, None, one, 0*one, one, one))
    [[1.]]
    """
    import scipy.linalg

    k = np.linalg.solve(r + b.T @ x @ b, b.T @ x @ a)
    c = a - b @ k
    half = np.zeros_like(x)
    if a_dot is not None:
        half = half + c.T @ x @ a_dot
    if b_dot is not None:
        half = half - c.T @ x @ b_dot @ k
    if q_dot is not None:
        half = half + 0.5 * q_dot
    if r_dot is not None:
        half = half + 0.5 * k.T @ r_dot @ k
    return scipy.linalg.solve_discrete_lyapunov(c.T, half + half.T)


# -------------------------------------------------------------------------------------------------- powers


def triangular_form(a: Any, value: Any) -> Any:
    """A triangular form of a in a basis u, a = u @ form @ adjoint(u), for derivatives of a function of a.

    Derivatives stand in that basis: they are those of adjoint(u) @ a @ u with u as it is. Both are real if
    the eigenvalues of a real matrix are. The function's value tells whether it is real for a real matrix.

    >>> print(*triangular_form(2.0*np.eye(1), 4.0*np.eye(1)))
    [[2.]] [[1.]]
    """
    import scipy.linalg

    if np.iscomplexobj(value) and not np.iscomplexobj(a):
        raise TypeError(
            "this function of this real matrix is complex: pass the matrix as complex, a.astype(complex)"
        )
    form, u = scipy.linalg.schur(a)
    if np.any(np.tril(form, -1)):  # blocks of two rows
        form, u = scipy.linalg.rsf2csf(form, u)
    return form, u


def triangular_power(a: Any, t: Any) -> Any:
    """scipy.linalg.fractional_matrix_power(a, t) of an upper triangular a, which needs no Schur form.

    >>> print(triangular_power(np.array([[4.0 + 0j]]), 0.5))
    [[2.+0.j]]
    """
    import scipy.linalg

    made = scipy.linalg.fractional_matrix_power(a, t)
    return made.astype(np.result_type(a, 1j) if np.iscomplexobj(made) else a.dtype)


def power_corner(a: Any, e: Any, t: Any) -> Any:
    """The derivative of triangular_power(a, t) along e: the corner of that of [[a, e], [0, a]].

    >>> print(power_corner(np.array([[2.0 + 0j]]), np.array([[3.0]]), 2))
    [[12.+0.j]]
    """
    n = np.shape(a)[-1]
    return triangular_power(corner(a, e), t)[:n, n:]


def power_along(e: Any, form: Any, u: Any, t: Any) -> Any:
    """The derivative of fractional_matrix_power(a, t) of SciPy along e, by form, u = triangular_form(a, ...).

    >>> print(power_along(np.array([[3.0]]), np.array([[2.0 + 0j]]), np.eye(1), 2))
    [[12.+0.j]]
    """
    return u @ power_corner(form, adjoint(u) @ e @ u, t) @ adjoint(u)


def triangular_log(a: Any) -> Any:
    """scipy.linalg.logm(a) of an upper triangular a, which needs no Schur form.

    >>> print(triangular_log(np.array([[1.0 + 0j]])))
    [[0.+0.j]]
    """
    import warnings

    import scipy.linalg

    with warnings.catch_warnings():  # it estimates errors as those of a logarithm of its own
        warnings.simplefilter("ignore", RuntimeWarning)
        made = scipy.linalg.logm(a)
    return made.astype(np.result_type(a, 1j) if np.iscomplexobj(made) else a.dtype)


def log_corner(a: Any, e: Any) -> Any:
    """The derivative of triangular_log(a) along e: the corner of that of [[a, e], [0, a]].

    >>> print(log_corner(np.array([[2.0 + 0j]]), np.array([[3.0]])))
    [[1.5+0.j]]
    """
    n = np.shape(a)[-1]
    return triangular_log(corner(a, e))[:n, n:]


def log_along(e: Any, form: Any, u: Any) -> Any:
    """The derivative of scipy.linalg.logm(a) along e, by form, u = triangular_form(a, ...).

    >>> print(log_along(np.array([[3.0]]), np.array([[2.0 + 0j]]), np.eye(1)))
    [[1.5+0.j]]
    """
    return u @ log_corner(form, adjoint(u) @ e @ u) @ adjoint(u)


def log_of_form(form: Any, u: Any) -> Any:
    """The logarithm of the matrix u @ form @ adjoint(u).

    >>> print(log_of_form(np.eye(1) + 0j, np.eye(1)))
    [[0.+0.j]]
    """
    return u @ triangular_log(form) @ adjoint(u)


def left_polar_back(u_bar: Any, p_bar: Any, u: Any, p: Any) -> Any:
    """The cotangent of a with u, p = scipy.linalg.polar(a, "left"), a = p @ u; either cotangent may be None.

    >>> print(left_polar_back(None, np.array([[3.0]]), np.array([[1.0]]), np.array([[2.0]])))
    [[3.]]
    """
    turned = None if u_bar is None else adjoint(u_bar)
    return adjoint(polar_back(turned, p_bar, adjoint(u), p))


def left_polar_dot(a_dot: Any, u: Any, p: Any) -> Any:
    """The tangents of u, p = scipy.linalg.polar(a, "left"), a = p @ u, where a_dot is that of a.

    >>> print(left_polar_dot(np.array([[3.0]]), np.array([[1.0]]), np.array([[2.0]]))[1])
    [[3.]]
    """
    one, two = polar_dot(adjoint(a_dot), adjoint(u), p)
    return adjoint(one), two
