"""Helpers of generated texts for factorisations: qr, eig, svd, pinv, lstsq, slogdet, chains of products.

Accepted are NumPy arrays, real or complex, stacks of matrices too; nothing is written to, and a result
shares memory with no argument. Cotangents belong to the inner product Re(sum(conj(z)*a)); one that is
None stands for zeros. What a factorisation leaves open (the directions within an eigenspace, the last
columns of a full factor) stands still, so that derivatives are those of every function that does not
depend on it.

    q, r = np.linalg.qr(a)      a_bar = qr_back(q_bar, r_bar, a, q, r)

The functions are written in the language that s2sad reads, so that texts that call them can be
differentiated again. The formulas are those of Giles, "An extended collection of matrix derivative
results" (2008), and of Walter and Lehmann, "Algorithmic differentiation of linear algebra functions"
(2010), for complex numbers too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.symmetric import phase_bar, real_in_row


def adjoint(a: Any) -> Any:
    """The conjugate transpose of a matrix or of each in a stack; a view of a real one.

    >>> print(adjoint(np.array([[1.0, 2.0]])))
    [[1.]
     [2.]]
    """
    return np.swapaxes(np.conj(a), -1, -2)


def over(p: Any, q: Any) -> Any:
    """`p/q`, and 0 where q is 0.

    >>> print(over(np.array([1.0, 1.0]), np.array([2.0, 0.0])))
    [0.5 0. ]
    """
    return np.where(q == 0, 0.0, p / np.where(q == 0, 1.0, q))


# ---------------------------------------------------------------------------------------------------- qr


def qr_back(q_bar: Any, r_bar: Any, a: Any, q: Any, r: Any) -> Any:
    """The cotangent of a with q, r = np.linalg.qr(a), reduced or complete.

    >>> print(qr_back(None, np.array([[1.0]]), np.array([[2.0]]), np.array([[-1.0]]), np.array([[-2.0]])))
    [[-1.]]
    """
    m, n = np.shape(a)[-2], np.shape(a)[-1]
    k = min(m, n)
    q_bar = np.zeros_like(q) if q_bar is None else q_bar
    r_bar = np.zeros_like(r) if r_bar is None else r_bar
    tall, square = q[..., :, :k], r[..., :k, :k]
    tall_bar, square_bar = q_bar[..., :, :k], r_bar[..., :k, :k]
    if n > m:  # the columns on the right are q @ r[:, m:]
        tall_bar = tall_bar + a[..., :, m:] @ adjoint(r_bar[..., :, m:])
    middle = np.triu(square_bar @ adjoint(square) - adjoint(tall) @ tall_bar)
    even = middle + adjoint(middle) - np.eye(k) * np.real(middle)
    whole = tall_bar + tall @ even
    if np.shape(q)[-1] > k:
        rest, rest_bar = q[..., :, k:], q_bar[..., :, k:]
        whole = whole - rest @ (adjoint(rest_bar) @ tall)
    left = adjoint(np.linalg.solve(square, adjoint(whole)))
    if n > m:
        return np.concatenate((left, q @ r_bar[..., :, m:]), axis=-1)
    return left


def qr_dot(a_dot: Any, a: Any, q: Any, r: Any) -> Any:
    """The tangents of q, r = np.linalg.qr(a) where a_dot is that of a.

    >>> print(qr_dot(np.array([[1.0]]), np.array([[2.0]]), np.array([[-1.0]]), np.array([[-2.0]]))[1])
    [[-1.]]
    """
    m, n = np.shape(a)[-2], np.shape(a)[-1]
    k = min(m, n)
    tall, square = q[..., :, :k], r[..., :k, :k]
    turned = adjoint(np.linalg.solve(adjoint(square), adjoint(a_dot[..., :, :k])))
    inner = adjoint(tall) @ turned
    low = np.tril(inner, -1)
    skew = low - adjoint(low)
    if np.iscomplexobj(a):
        skew = skew + 1j * np.eye(k) * np.imag(inner)
    q_dot = turned - tall @ inner + tall @ skew
    r_dot = (inner - skew) @ square
    if n > m:
        right = adjoint(q_dot) @ a[..., :, m:] + adjoint(q) @ a_dot[..., :, m:]
        return q_dot, np.concatenate((r_dot, right), axis=-1)
    if np.shape(q)[-1] > k:
        rest = q[..., :, k:]
        q_dot = np.concatenate((q_dot, -tall @ adjoint(adjoint(rest) @ turned)), axis=-1)
        r_dot = np.concatenate((r_dot, np.zeros_like(r[..., k:, :])), axis=-2)
    return q_dot, r_dot


# --------------------------------------------------------------------------------------------------- eig


def eig_back(w_bar: Any, v_bar: Any, a: Any, w: Any, v: Any) -> Any:
    """The cotangent of a with w, v = np.linalg.eig(a).

    >>> print(eig_back(np.array([1.0]), None, np.array([[2.0]]), np.array([2.0]), np.array([[1.0]])))
    [[1.]]
    """
    n = np.shape(a)[-1]
    inner = np.zeros_like(v)
    if w_bar is not None:
        inner = inner + w_bar[..., None, :] * np.eye(n)
    if v_bar is not None:
        if np.iscomplexobj(v):  # a turn keeps the largest component real
            turn = np.sum(np.imag(np.conj(v_bar) * v), axis=-2, keepdims=True)
            v_bar = v_bar + 1j * turn * pinned(v)
        along = np.sum(np.real(np.conj(v) * v_bar), axis=-2, keepdims=True)
        gaps = np.conj(w[..., None, :] - w[..., :, None])
        inner = inner + over(adjoint(v) @ (v_bar - v * along), gaps)
    whole = np.linalg.solve(adjoint(v), inner @ adjoint(v))
    return whole if np.iscomplexobj(a) else np.real(whole)


def pinned(v: Any) -> Any:
    """For each eigenvector zeros with 1/v at its largest component, which LAPACK makes real.

    >>> print(pinned(np.array([[2.0, 0.0], [1.0, 4.0]])))
    [[0.5  0.  ]
     [0.   0.25]]
    """
    largest = np.argmax(np.abs(v), axis=-2, keepdims=True)
    here = np.expand_dims(np.arange(np.shape(v)[-2]), -1) == largest
    return np.where(here, 1.0 / np.where(here, np.real(v), 1.0), 0.0)


def eig_dot(a_dot: Any, w: Any, v: Any) -> Any:
    """The tangents of w, v = np.linalg.eig(a) where a_dot is that of a.

    >>> print(eig_dot(np.array([[3.0]]), np.array([2.0]), np.array([[1.0]]))[0])
    [3.]
    """
    inner = np.linalg.solve(v, a_dot @ v)
    gaps = w[..., None, :] - w[..., :, None]
    v_dot = v @ over(inner, gaps)
    v_dot = v_dot - v * np.sum(np.real(np.conj(v) * v_dot), axis=-2, keepdims=True)
    if np.iscomplexobj(v):
        v_dot = v_dot - 1j * v * np.sum(np.imag(v_dot) * pinned(v), axis=-2, keepdims=True)
    return np.sum(inner * np.eye(np.shape(v)[-1]), axis=-1), v_dot


def eigvals_back(z: Any, values: Any, a: Any, w: Any, v: Any) -> Any:
    """The cotangent of a where z is that of values = np.linalg.eigvals(a), with w, v = np.linalg.eig(a).

    >>> a = np.diag([1.0, 5.0])
    >>> print(eigvals_back(np.array([2.0, 0.0]), np.array([1.0, 5.0]), a, *np.linalg.eig(a)))
    [[2. 0.]
     [0. 0.]]
    """
    return eig_back(np.take_along_axis(z, places_of(w, values), axis=-1), None, a, w, v)


def places_of(w: Any, values: Any) -> Any:
    """Where among the same eigenvalues those of w are: LAPACK finds them in another order without vectors.

    >>> print(places_of(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0])))
    [1 2 0]
    """
    gaps = np.abs(w[..., :, None] - values[..., None, :])
    places = np.argmin(gaps, axis=-1)
    for index in np.ndindex(np.shape(w)[:-1]):
        if len(set(places[index].tolist())) < np.shape(w)[-1]:  # some are nearly equal
            for k, row in enumerate(gaps[index]):
                places[index][k] = np.argmin(row)
                gaps[index][:, places[index][k]] = np.inf
    return places


# --------------------------------------------------------------------------------------------------- svd


def svd_back(u_bar: Any, s_bar: Any, vh_bar: Any, u: Any, s: Any, vh: Any) -> Any:
    """The cotangent of a with u, s, vh = np.linalg.svd(a), real or complex, reduced or full.

    >>> print(svd_back(None, np.array([1.0]), None, np.array([[1.0]]), np.array([2.0]), np.array([[1.0]])))
    [[1.]]
    """
    k = np.shape(s)[-1]
    left, right = u[..., :, :k], adjoint(vh[..., :k, :])
    row, column, eye = s[..., None, :], s[..., :, None], np.eye(k)
    if u_bar is None and vh_bar is None and s_bar is not None:
        return (left * s_bar[..., None, :]) @ adjoint(right)
    gaps = row * row - column * column
    inner = np.zeros_like(gaps)
    if np.iscomplexobj(u) and (u_bar is not None or vh_bar is not None):
        u_bar = np.zeros_like(u) if u_bar is None else u_bar
        vh_bar = np.zeros_like(vh) if vh_bar is None else vh_bar
        u_bar, vh_bar = with_phases(u_bar, vh_bar, u, vh)
    if s_bar is not None:
        inner = inner + row * 0 + s_bar[..., None, :] * eye
    if u_bar is not None:
        u_turned = adjoint(left) @ u_bar[..., :, :k]
        inner = inner + row * over(u_turned - adjoint(u_turned), gaps)
        if np.iscomplexobj(u):
            inner = inner + 0.5j * eye * over(np.imag(u_turned), row)
    if vh_bar is not None:
        v_bar = adjoint(vh_bar[..., :k, :])
        v_turned = adjoint(right) @ v_bar
        inner = inner + column * over(v_turned - adjoint(v_turned), gaps)
        if np.iscomplexobj(u):
            inner = inner - 0.5j * eye * over(np.imag(v_turned), row)
    total = left @ inner @ adjoint(right)
    if u_bar is not None:
        total = total + over(u_bar[..., :, :k] - left @ u_turned, row) @ adjoint(right)
        if np.shape(u)[-1] > k:
            rest, rest_bar = u[..., :, k:], u_bar[..., :, k:]
            total = total - rest @ over(adjoint(rest_bar) @ left, row) @ adjoint(right)
    if vh_bar is not None:
        total = total + left @ adjoint(over(v_bar - right @ v_turned, row))
        if np.shape(vh)[-2] > k:
            rest, rest_bar = vh[..., k:, :], vh_bar[..., k:, :]
            total = total - left @ over(adjoint(right) @ adjoint(rest_bar), column) @ rest
    return total


def with_phases(u_bar: Any, vh_bar: Any, u: Any, vh: Any) -> Any:
    """The cotangents of complex singular vectors with what their phases carry.

    LAPACK makes the first components of the right vectors real; of a matrix with more columns than rows
    those of the left ones.

    >>> u = vh = np.array([[1.0 + 0j]])
    >>> print(*with_phases(np.array([[1j]]), 0 * vh, u, vh))
    [[0.+1.j]] [[0.+1.j]]
    """
    k = min(np.shape(u)[-1], np.shape(vh)[-2])
    left, right = u[..., :, :k], adjoint(vh[..., :k, :])
    left_bar, right_bar = u_bar[..., :, :k], adjoint(vh_bar[..., :k, :])
    bars = np.concatenate((left_bar, right_bar), axis=-2)
    turn = 1j * phase_bar(bars, np.concatenate((left, right), axis=-2))
    if np.shape(u)[-2] < np.shape(vh)[-1]:
        left_bar = left_bar + turn * real_in_row(left, 0)
        return np.concatenate((left_bar, u_bar[..., :, k:]), axis=-1), vh_bar
    right_bar = right_bar + turn * real_in_row(right, 0)
    return u_bar, np.concatenate((adjoint(right_bar), vh_bar[..., k:, :]), axis=-2)


def svd_dot(a_dot: Any, u: Any, s: Any, vh: Any) -> Any:
    """The tangents of u, s, vh = np.linalg.svd(a) where a_dot is that of a.

    >>> print(svd_dot(np.array([[3.0]]), np.array([[1.0]]), np.array([2.0]), np.array([[1.0]]))[1])
    [3.]
    """
    k = np.shape(s)[-1]
    left, right = u[..., :, :k], adjoint(vh[..., :k, :])
    row, column, eye = s[..., None, :], s[..., :, None], np.eye(k)
    gaps = row * row - column * column
    inner = adjoint(left) @ a_dot @ right
    turned = adjoint(inner)
    u_turn = over(inner * row + column * turned, gaps)
    v_turn = over(column * inner + turned * row, gaps)
    if np.iscomplexobj(u):
        u_turn = u_turn + 0.5j * eye * over(np.imag(inner), row)
        v_turn = v_turn - 0.5j * eye * over(np.imag(inner), row)
    u_dot = left @ u_turn + over(a_dot @ right - left @ inner, row)
    v_dot = right @ v_turn + over(adjoint(a_dot) @ left - right @ turned, row)
    if np.iscomplexobj(u):
        if np.shape(u)[-2] < np.shape(vh)[-1]:
            turn = 1j * np.sum(np.imag(u_dot) * real_in_row(left, 0), axis=-2, keepdims=True)
        else:
            turn = 1j * np.sum(np.imag(v_dot) * real_in_row(right, 0), axis=-2, keepdims=True)
        u_dot, v_dot = u_dot - turn * left, v_dot - turn * right
    s_dot = np.sum(np.real(inner) * eye, axis=-1)
    vh_dot = adjoint(v_dot)
    if np.shape(u)[-1] > k:
        rest = u[..., :, k:]
        u_dot = np.concatenate((u_dot, -left @ adjoint(over(adjoint(rest) @ a_dot @ right, row))), axis=-1)
    if np.shape(vh)[-2] > k:
        rest = vh[..., k:, :]
        vh_dot = np.concatenate(
            (vh_dot, -(rest @ adjoint(over(adjoint(left) @ a_dot, column))) @ adjoint(right)), axis=-2
        )
    return u_dot, s_dot, vh_dot


def svdvals_back(z: Any, u: Any, vh: Any) -> Any:
    """The cotangent of a where z is that of its singular values, with u, _, vh = np.linalg.svd(a, False).

    >>> print(svdvals_back(np.array([2.0]), np.array([[-1.0]]), np.array([[1.0]])))
    [[-2.]]
    """
    return (u * z[..., None, :]) @ vh


def svdvals_dot(a_dot: Any, u: Any, vh: Any) -> Any:
    """The tangent of the singular values of a, with u, _, vh = np.linalg.svd(a, False); a_dot is that of a.

    >>> print(svdvals_dot(np.array([[2.0]]), np.array([[-1.0]]), np.array([[1.0]])))
    [-2.]
    """
    return np.real(np.sum(np.conj(u) * (a_dot @ adjoint(vh)), axis=-2))


# ----------------------------------------------------------------------------- inverses and determinants


def pinv_back(z: Any, a: Any, p: Any) -> Any:
    """The cotangent of a where z is that of p = np.linalg.pinv(a), at constant rank.

    >>> print(pinv_back(np.array([[1.0]]), np.array([[2.0]]), np.array([[0.5]])))
    [[-0.25]]
    """
    turned, z_turned = adjoint(p), adjoint(z)
    first = z_turned @ p
    second = p @ z_turned
    return (first - a @ (p @ first)) @ turned + turned @ (second - (second @ p) @ a) - turned @ z @ turned


def pinv_dot(a_dot: Any, a: Any, p: Any) -> Any:
    """The tangent of p = np.linalg.pinv(a) where a_dot is that of a.

    >>> print(pinv_dot(np.array([[1.0]]), np.array([[2.0]]), np.array([[0.5]])))
    [[-0.25]]
    """
    turned, a_turned = adjoint(p), adjoint(a_dot)
    first = p @ turned @ a_turned
    second = a_turned @ turned @ p
    return first - (first @ a) @ p + second - p @ (a @ second) - p @ a_dot @ p


def pinv_by_svd(a: Any, u: Any, s: Any, vh: Any, rcond: Any) -> Any:
    """The pseudoinverse of a that least squares count with, by u, s, vh = np.linalg.svd(a, False).

    Singular values up to rcond times the largest count as 0; None and -1 stand for what NumPy takes for
    them, multiples of the machine's precision. Its derivatives are those by a.

    >>> print(pinv_by_svd(np.array([[2.0]]), np.eye(1), np.array([2.0]), np.eye(1), None))
    [[0.5]]
    """
    eps = np.finfo(s.dtype).eps
    if rcond is None:
        rcond = max(np.shape(a)) * eps
    elif rcond < 0:
        rcond = eps
    kept = s > rcond * np.max(s, axis=-1, keepdims=True, initial=0.0)
    return (adjoint(vh) * over(np.where(kept, 1.0, 0.0).astype(s.dtype), np.where(kept, s, 0.0))) @ adjoint(u)


def lstsq_back(x_bar: Any, r_bar: Any, a: Any, b: Any, x: Any, residuals: Any, p: Any) -> Any:
    """The cotangents of a and b with x, residuals, ... = np.linalg.lstsq(a, b), by a's pseudoinverse p.

    Without x_bar p is not read and may be None.

    >>> a, b, x = np.array([[2.0]]), np.ones(1), np.array([0.5])
    >>> print(*lstsq_back(np.ones(1), None, a, b, x, np.zeros(0), 1/a))
    [[-0.25]] [0.5]
    """
    line = np.ndim(b) == 1
    b, x = (b[:, None], x[:, None]) if line else (b, x)
    rest = b - a @ x
    a_bar, b_bar = np.zeros_like(rest @ adjoint(x)), np.zeros_like(rest)
    if x_bar is not None:
        z = x_bar[:, None] if line else x_bar
        y = adjoint(p) @ z
        a_bar = (
            a_bar - y @ adjoint(x) + rest @ adjoint(p @ y) + (adjoint(p) @ x) @ adjoint(z - adjoint(a) @ y)
        )
        b_bar = b_bar + y
    if r_bar is not None and np.size(residuals) > 0:
        slope = 2.0 * rest * r_bar
        a_bar = a_bar - slope @ adjoint(x)
        b_bar = b_bar + slope
    return a_bar, (b_bar[:, 0] if line else b_bar)


def lstsq_dot(a_dot: Any, b_dot: Any, a: Any, b: Any, x: Any, p: Any) -> Any:
    """The tangent of x, ... = np.linalg.lstsq(a, b), by a's pseudoinverse p; a_dot or b_dot may be None.

    >>> a, x = np.array([[2.0]]), np.array([0.5])
    >>> print(lstsq_dot(None, np.ones(1), a, np.ones(1), x, 1/a))
    [0.5]
    """
    x_dot = np.zeros_like(x) if b_dot is None else p @ b_dot
    if a_dot is not None:
        rest = b - a @ x
        y = adjoint(p) @ x
        across = adjoint(a_dot) @ y
        x_dot = (
            x_dot - p @ (a_dot @ x) + p @ (adjoint(p) @ (adjoint(a_dot) @ rest)) + across - p @ (a @ across)
        )
    return x_dot


def residuals_dot(a_dot: Any, b_dot: Any, a: Any, b: Any, x: Any, residuals: Any) -> Any:
    """The tangent of the residuals of x, residuals, ... = np.linalg.lstsq(a, b), which may be none.

    >>> a, x = np.ones((2, 1)), np.array([2.0])
    >>> print(residuals_dot(None, np.array([1.0, 0.0]), a, np.array([1.0, 3.0]), x, np.array([2.0])))
    [-2.]
    """
    rest = b - a @ x
    slope = np.zeros_like(rest) if b_dot is None else b_dot
    if a_dot is not None:
        slope = slope - a_dot @ x
    if np.size(residuals) > 0:
        return np.reshape(2.0 * np.sum(np.real(np.conj(rest) * slope), axis=0), np.shape(residuals))
    return np.zeros_like(residuals)


def slogdet_back(sign_bar: Any, log_bar: Any, inverse: Any, sign: Any) -> Any:
    """The cotangent of a with sign, logdet = np.linalg.slogdet(a), of which `inverse` is the inverse.

    >>> print(slogdet_back(None, 1.0, np.array([[0.5]]), 1.0))
    [[0.5]]
    """
    slope = np.zeros_like(sign) if log_bar is None else log_bar
    if sign_bar is not None and np.iscomplexobj(inverse):
        slope = slope - 1j * np.imag(np.conj(sign_bar) * sign)
    return np.expand_dims(slope, (-2, -1)) * adjoint(inverse)


def slogdet_dot(a_dot: Any, inverse: Any, sign: Any) -> Any:
    """The tangents of sign, logdet = np.linalg.slogdet(a) where a_dot is that of a.

    >>> print(slogdet_dot(np.array([[3.0]]), np.array([[0.5]]), 1.0)[1])
    1.5
    """
    slope = np.sum(np.swapaxes(inverse, -1, -2) * a_dot, axis=(-2, -1))
    return sign * 1j * np.imag(slope) if np.iscomplexobj(inverse) else np.zeros_like(slope), np.real(slope)


# ---------------------------------------------------------------------------------------------- products


def multi_dot_back(z: Any, arrays: Any) -> Any:
    """The cotangents of the factors of np.linalg.multi_dot(arrays), whose cotangent is z.

    >>> print(multi_dot_back(1.0, [np.ones(1), np.array([[3.0]]), np.ones(1)])[1])
    [[1.]]
    """
    last = len(arrays) - 1
    first = [np.reshape(arrays[0], (1, -1)) if np.ndim(arrays[0]) == 1 else arrays[0]]
    end = [np.reshape(arrays[last], (-1, 1)) if np.ndim(arrays[last]) == 1 else arrays[last]]
    factors = [adjoint(f) for f in [*first, *arrays[1:last], *end]]
    whole = np.reshape(z, (np.shape(factors[0])[1], np.shape(factors[last])[0]))
    bars = []
    for k in range(len(arrays)):
        chain = (
            [factors[k - 1 - i] for i in range(k)] + [whole] + [factors[last - i] for i in range(last - k)]
        )
        made = np.linalg.multi_dot(chain)
        bar = np.reshape(made, np.shape(arrays[k]))
        bars.append(bar if np.iscomplexobj(arrays[k]) else np.real(bar))
    return bars


def multi_dot_dot(dots: Any, arrays: Any) -> Any:
    """The tangent of np.linalg.multi_dot(arrays) where dots are those of the factors.

    >>> print(multi_dot_dot([np.array([[1.0]]), np.array([[0.0]])], [np.array([[2.0]]), np.array([[3.0]])]))
    [[3.]]
    """
    total = 0.0
    for k in range(len(arrays)):
        total = total + np.linalg.multi_dot([dots[i] if i == k else arrays[i] for i in range(len(arrays))])
    return total
