"""Helpers of generated texts for whole arrays: transposes of linear maps, derivatives of matrix functions.

Accepted are NumPy arrays, NumPy scalars and Python numbers; nothing is written to, and a result shares
memory with no argument unless the docstring says so. Cotangents belong to the inner product
Re(sum(conj(z)*a)), so that transposes are conjugate transposes.

    z = np.matmul(a, b)      a_bar = matmul_left(z_bar, a, b)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from s2sad.runtime.prods import _along, prod_others
from s2sad.runtime.shapes import as_field, unbroadcast


def _conj(x: Any) -> Any:
    return np.asarray(x).conj()


# --------------------------------------------------------------------------------------------------- elements


def div_or_zero(p: Any, q: Any) -> Any:
    """`p/q`, and 0 where q is 0.

    >>> print(div_or_zero(1.0, np.array([2.0, 0.0])))
    [0.5 0. ]
    """
    zero = np.equal(q, 0)
    return np.where(zero, 0.0, p / np.where(zero, 1.0, q))[()]


def where_used(part: Any, bar: Any, made: Any = 0.0) -> Any:
    """A part of a cotangent; 0 where it is nan and the cotangent `bar`, which it was made of, is 0.

    Nothing uses the value there: the path taken does not, or a selection did not choose it. A derivative of
    such a part is 0, too, where `made`, the part itself, is nan.

    >>> print(where_used(np.array([np.nan, 2.0]), np.array([0.0, 1.0])))
    [0. 2.]
    >>> print(where_used(np.array([3.0, 2.0]), np.array([0.0, 0.0]), np.array([np.nan, 1.0])))
    [0. 2.]
    """
    lost = (np.isnan(part) | np.isnan(made)) & (bar == 0)
    if isinstance(lost, np.ndarray) or isinstance(part, np.ndarray):
        return np.where(lost, 0.0, part)
    return type(part)(0.0) if lost else part


def positions(a: Any) -> Any:
    """An array of a's shape that holds the numbers of its elements in C order.

    >>> print(positions(np.zeros((2, 3))))
    [[0 1 2]
     [3 4 5]]
    """
    return np.arange(np.size(a)).reshape(np.shape(a))


def reduced_size(a: Any, axis: Any) -> int:
    """The number of elements that a reduction over axis (an int or a tuple of ints) puts into one.

    >>> reduced_size(np.zeros((2, 3, 4)), (0, -1))
    8
    """
    return math.prod(np.shape(a)[k] for k in (axis if isinstance(axis, tuple) else (axis,)))


def scatter_add(z: Any, index: Any, shape: Any) -> Any:
    """Zeros of a shape, to whose elements numbered by index the elements of z are added, repeats included.

    >>> print(scatter_add(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 0]), (3,)))
    [5. 0. 2.]
    """
    z = np.asarray(z)
    total = np.zeros(shape, np.result_type(z, np.float32))
    np.add.at(total.reshape(-1), np.ravel(index), np.broadcast_to(z, np.shape(index)).ravel())
    return total


def undeleted(z: Any, arr: Any, obj: Any, axis: Any = None) -> Any:
    """The cotangent of arr where z is that of np.delete(arr, obj, axis).

    >>> print(undeleted(np.array([1.0, 2.0]), np.zeros(4), [0, -1]))
    [0. 1. 2. 0.]
    """
    total = np.zeros(np.shape(arr), z.dtype)
    lines = total.reshape(-1) if axis is None else np.moveaxis(total, axis, 0)
    stays = np.full(len(lines), True)
    if isinstance(obj, slice) or np.size(obj):
        stays[obj if isinstance(obj, slice) else np.asarray(obj)] = False
    lines[stays] = z if axis is None else np.moveaxis(z, axis, 0)
    return total


def at_rank(lines: Any, value: Any, rank: int) -> Any:
    """A mask, along axis 0, of the elements that a stable sort puts at a rank, where they are equal to value.

    >>> print(at_rank(np.array([2.0, 1.0, 2.0]), 2.0, 2))
    [False False  True]
    """
    equal = lines == value
    if np.count_nonzero(equal) == np.size(value):
        return equal
    before = np.sum(lines < value, axis=0)
    return equal & (np.cumsum(equal, axis=0) == rank - before + 1)


def median_weights(a: Any, axis: Any = None) -> Any:
    """The share of every element in np.median(a, axis): 1, or 0.5 for each of two; nan where the median is.

    >>> print(median_weights(np.array([3.0, 1.0, 2.0, 9.0])))
    [0.5 0.  0.5 0. ]
    """

    def shares(lines: Any) -> Any:
        if not lines.size:
            return np.zeros(lines.shape)
        middle = ((len(lines) - 1) // 2, len(lines) // 2)
        ranked = np.partition(lines, middle, axis=0)
        low, high = (at_rank(lines, ranked[k], k) for k in middle)
        return (low * 0.5 + high * 0.5) * np.where(np.isnan(lines).any(axis=0), np.nan, 1.0)

    return _along(shares, a, axis)


# ---------------------------------------------------------------------------------------------------- joining


def diag_back(z: Any, v: Any, k: Any = 0) -> Any:
    """The cotangent of v where z is that of np.diag(v, k); a view of z for a vector.

    >>> print(diag_back(np.array([1.0, 2.0]), np.zeros((2, 3))))
    [[1. 0. 0.]
     [0. 2. 0.]]
    """
    if np.ndim(v) == 1:
        return np.diag(z, k)
    return scatter_add(z, np.diag(positions(v), k), np.shape(v))


def split_like(z: Any, arrays: Sequence[Any], axis: Any = 0) -> list[Any]:
    """Parts of z (views) as long along axis as the arrays; z itself was made by np.concatenate(arrays, axis).

    >>> [p.tolist() for p in split_like(np.array([1, 2, 3]), [np.zeros(1), np.zeros(2)])]
    [[1], [2, 3]]
    """
    if axis is None:
        ends = np.cumsum([np.size(a) for a in arrays])
        return [p.reshape(np.shape(a)) for p, a in zip(np.split(z, ends[:-1]), arrays, strict=True)]
    parts, cut, start = [], [slice(None)] * np.ndim(z), 0
    for a in arrays:
        stop = start + np.shape(a)[axis]
        cut[axis] = slice(start, stop)
        parts.append(z[tuple(cut)])
        start = stop
    return parts


def unstacked(z: Any, arrays: Sequence[Any], join: str) -> list[Any]:
    """Parts of z (views) shaped like the arrays that vstack, hstack, dstack or column_stack joined.

    >>> [p.tolist() for p in unstacked(np.array([[1, 2], [3, 4]]), [np.zeros(2), np.zeros((1, 2))], "vstack")]
    [[1, 2], [[3, 4]]]
    """
    if join == "column_stack":
        wide = [np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in arrays]
    else:
        wide = [
            {"vstack": np.atleast_2d, "hstack": np.atleast_1d, "dstack": np.atleast_3d}[join](a)
            for a in arrays
        ]
    axis = {"vstack": 0, "dstack": 2}.get(join, min(1, np.ndim(z) - 1))
    return [p.reshape(np.shape(a)) for p, a in zip(split_like(z, wide, axis), arrays, strict=True)]


def unpad(z: Any, shape: Any, pad_width: Any) -> Any:
    """The part of z (a view) that np.pad surrounded by pad_width; it has the given shape.

    >>> print(unpad(np.array([0, 1, 2, 0, 0]), (2,), (1, 2)))
    [1 2]
    """
    widths = np.broadcast_to(pad_width, (len(shape), 2))
    return z[tuple(slice(lo, lo + n) for (lo, _), n in zip(widths.tolist(), shape, strict=True))]


def select_back(z: Any, condlist: Sequence[Any], choicelist: Sequence[Any]) -> list[Any]:
    """The cotangents of np.select's choices: each gets z where its condition is the first that holds.

    >>> [p.tolist() for p in select_back(np.ones(2), [np.array([True, False])], [np.zeros(2)])]
    [[1.0, 0.0]]
    """
    free = np.ones(np.shape(z), bool)
    parts = []
    for cond, choice in zip(condlist, choicelist, strict=True):
        parts.append(unbroadcast(np.where(free & cond, z, 0.0), choice))
        free = free & ~np.asarray(cond)
    return parts


def choose_back(z: Any, a: Any, choices: Sequence[Any]) -> list[Any]:
    """The cotangents of np.choose's choices: each gets z where a selects it.

    >>> [p.tolist() for p in choose_back(np.ones(2), np.array([0, 1]), [np.zeros(2), 1.0])]
    [[1.0, 0.0], 1.0]
    """
    return [unbroadcast(np.where(np.equal(a, k), z, 0.0), c) for k, c in enumerate(choices)]


def full_window(z: Any, a: Any, v: Any, mode: str) -> Any:
    """z, which has the shape of np.convolve(a, v, mode), between zeros at its place in the full convolution.

    >>> print(full_window(np.array([1.0]), np.ones(2), np.ones(2), "valid"))
    [0. 1. 0.]
    """
    short = min(len(a), len(v))
    before = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    full = np.zeros(len(a) + len(v) - 1, np.asarray(z).dtype)
    full[before : before + len(z)] = z
    return full


def full_start(z: Any, a: Any, v: Any, mode: str) -> Any:
    """The window (a view) of an array like the full convolution that np.convolve(a, v, mode) cuts out of it.

    >>> print(full_start(np.array([1.0, 2.0, 3.0]), np.ones(2), np.ones(2), "valid"))
    [2.]
    """
    long, short = max(len(a), len(v)), min(len(a), len(v))
    before = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    size = {"full": long + short - 1, "same": long, "valid": long - short + 1}[mode]
    return z[before : before + size]


def gradient_back(z: Any, step: Any, axis: Any = 0) -> Any:
    """The cotangent of f where z is that of np.gradient(f, step, axis=axis).

    >>> print(gradient_back(np.array([1.0, 0.0, 0.0]), 2.0))
    [-0.5  0.5  0. ]
    """
    lines = np.moveaxis(np.asarray(z) / step, axis, 0)
    total = np.zeros_like(lines)
    total[2:] += lines[1:-1] / 2
    total[:-2] -= lines[1:-1] / 2
    total[1] += lines[0]
    total[0] -= lines[0]
    total[-1] += lines[-1]
    total[-2] -= lines[-1]
    return np.moveaxis(total, 0, axis)


# --------------------------------------------------------------------------------------------------- products


def _rows(a: Any) -> Any:
    """A stack of matrices as one matrix of all their rows."""
    return a.reshape(math.prod(a.shape[:-1]), a.shape[-1])


def matmul_left(z: Any, a: Any, b: Any) -> Any:
    """The cotangent of a where z is that of np.matmul(a, b), for any ranks.

    >>> print(matmul_left(np.array([1.0, 2.0]), np.eye(2), np.array([3.0, 4.0])))
    [[3. 4.]
     [6. 8.]]
    """
    z, other = np.asarray(z), _conj(b)
    if other.ndim == 1:
        full = z[..., None] * other
    elif np.ndim(a) == 1:
        full = (other @ z[..., None])[..., 0]
    elif other.ndim == 2 < z.ndim:  # one product of matrices in place of many
        full = (_rows(z) @ other.T).reshape(*z.shape[:-1], other.shape[0])
    else:
        full = z @ np.swapaxes(other, -1, -2)
    return as_field(unbroadcast(full, a), a)


def matmul_right(z: Any, a: Any, b: Any) -> Any:
    """The cotangent of b where z is that of np.matmul(a, b), for any ranks.

    >>> print(matmul_right(np.array([1.0, 2.0]), np.eye(2), np.array([3.0, 4.0])))
    [1. 2.]
    """
    z, other = np.asarray(z), _conj(a)
    if np.ndim(b) == 1:
        full = z * other if other.ndim == 1 else (z[..., None, :] @ other)[..., 0, :]
    elif other.ndim == 1:
        full = other[:, None] * z[..., None, :]
    elif np.ndim(b) == 2 < other.ndim:  # summed over the stack by one product of matrices
        full = _rows(other).T @ _rows(z)
    else:
        full = np.swapaxes(other, -1, -2) @ z
    return as_field(unbroadcast(full, b), b)


def _dot_axes(a: Any, b: Any) -> Any:
    scalar = np.ndim(a) == 0 or np.ndim(b) == 0
    return 0 if scalar else ([np.ndim(a) - 1], [max(np.ndim(b) - 2, 0)])


def dot_left(z: Any, a: Any, b: Any) -> Any:
    """The cotangent of a where z is that of np.dot(a, b), for any ranks.

    >>> print(dot_left(np.array([3.0, 4.0]), 2.0, np.array([1.0, 2.0])))
    11.0
    """
    return tensordot_left(z, a, b, _dot_axes(a, b))


def dot_right(z: Any, a: Any, b: Any) -> Any:
    """The cotangent of b where z is that of np.dot(a, b), for any ranks.

    >>> print(dot_right(np.array([3.0, 4.0]), 2.0, np.array([1.0, 2.0])))
    [6. 8.]
    """
    return tensordot_right(z, a, b, _dot_axes(a, b))


def _contracted(rank_a: int, rank_b: int, axes: Any) -> tuple[list[int], list[int]]:
    """The axes that np.tensordot sums over, as lists of numbers that are not negative."""
    if isinstance(axes, int | np.integer):
        return list(range(rank_a - int(axes), rank_a)), list(range(int(axes)))
    return [int(k) % rank_a for k in np.ravel(axes[0])], [int(k) % rank_b for k in np.ravel(axes[1])]


def tensordot_left(z: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The cotangent of a where z is that of np.tensordot(a, b, axes).

    >>> print(tensordot_left(1.0, np.ones(2), np.array([3.0, 4.0]), 1))
    [3. 4.]
    """
    in_a, in_b = _contracted(np.ndim(a), np.ndim(b), axes)
    free_a = [k for k in range(np.ndim(a)) if k not in in_a]
    free_b = [k for k in range(np.ndim(b)) if k not in in_b]
    full = np.tensordot(z, _conj(b), (list(range(len(free_a), np.ndim(z))), free_b))
    order = free_a + [in_a[k] for k in np.argsort(in_b)]
    return as_field(np.transpose(full, np.argsort(order)) if order else full, a)[()]


def tensordot_right(z: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The cotangent of b where z is that of np.tensordot(a, b, axes).

    >>> print(tensordot_right(1.0, np.ones(2), np.array([3.0, 4.0]), 1))
    [1. 1.]
    """
    in_a, in_b = _contracted(np.ndim(a), np.ndim(b), axes)
    free_a = [k for k in range(np.ndim(a)) if k not in in_a]
    free_b = [k for k in range(np.ndim(b)) if k not in in_b]
    full = np.tensordot(_conj(a), z, (free_a, list(range(len(free_a)))))
    order = [in_b[k] for k in np.argsort(in_a)] + free_b
    return as_field(np.transpose(full, np.argsort(order)) if order else full, b)[()]


def _expanded(subscripts: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    """The terms of einsum's subscripts with letters for the ellipsis, and the explicit result."""
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = [c for c in inputs if c.isalpha()]
        result = ("..." if "..." in inputs else "") + "".join(
            sorted(c for c in set(letters) if letters.count(c) == 1)
        )
    ranks = [np.ndim(x) - len(t) + 3 if "..." in t else 0 for t, x in zip(terms, operands, strict=True)]
    spare = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" if c not in subscripts][
        : max(ranks)
    ]
    full = [t.replace("...", "".join(spare[len(spare) - r :])) for t, r in zip(terms, ranks, strict=True)]
    return full, result.replace("...", "".join(spare))


def einsum_back(z: Any, subscripts: str, place: int, operands: Sequence[Any]) -> Any:
    """The cotangent of operands[place] where z is that of np.einsum(subscripts, *operands).

    >>> print(einsum_back(2.0, "ii->", 0, [np.ones((2, 2))]))
    [[2. 0.]
     [0. 2.]]
    """
    terms, result = _expanded(subscripts, operands)
    z = z if np.ndim(z) else np.reshape(z, (1,) * len(result))  # 0.0 where the cotangent is in a shadow
    own = np.asarray(operands[place])
    others = [k for k in range(len(terms)) if k != place]
    sizes = dict(zip(terms[place], own.shape, strict=True))
    letters = "".join(dict.fromkeys(terms[place]))
    lone = [c for c in letters if c not in result and all(c not in terms[k] for k in others)]
    inputs = [result, *(terms[k] for k in others)]
    arrays = [z, *(_conj(operands[k]) for k in others)]
    if lone:
        inputs.append("".join(lone))
        arrays.append(np.ones([sizes[c] for c in lone]))
    known: dict[str, int] = {}
    for term, array in zip(inputs, arrays, strict=True):
        for c, n in zip(term, np.shape(array), strict=True):
            known[c] = n if known.get(c, 1) == 1 else known[c]  # length 1 gives way, to 0 as well
    many = math.prod(known.values()) > 2**15  # a chain of products costs less than one sum
    full = np.einsum(",".join(inputs) + "->" + letters, *arrays, optimize=many)
    full = np.broadcast_to(full, [known[c] for c in letters])
    fitted = unbroadcast(full, np.empty([sizes[c] for c in letters]))
    if len(letters) < own.ndim:
        spread = np.zeros(own.shape, fitted.dtype)
        grid = np.indices(fitted.shape)
        spread[tuple(grid[letters.index(c)] for c in terms[place])] = fitted
        fitted = spread
    made = as_field(fitted, own)
    return made if made.flags.owndata and made.flags.writeable else made.copy()


# --------------------------------------------------------------------------------------------- linear algebra

# What follows is written in the language that s2sad reads: `s2sad.rules.linalg` enters these sources as
# rules, so that texts that call them can be differentiated again.


def solve_right(z: Any, a: Any, b: Any) -> Any:
    """The cotangent of b, before unbroadcast, where z is that of np.linalg.solve(a, b), for any ranks.

    >>> print(solve_right(np.array([2.0]), np.array([[4.0]]), np.array([1.0])))
    [0.5]
    """
    turned = np.swapaxes(np.conj(a), -1, -2)
    return np.linalg.solve(turned, z[..., None])[..., 0] if np.ndim(b) == 1 else np.linalg.solve(turned, z)


def solve_left(y: Any, b: Any, x: Any) -> Any:
    """The cotangent of a, before unbroadcast, with x = np.linalg.solve(a, b) and y what `solve_right` gives.

    >>> print(solve_left(np.array([0.5]), np.array([8.0]), np.array([2.0])))
    [[-1.]]
    """
    if np.ndim(b) == 1:
        return -y[..., None] * np.conj(x)[..., None, :]
    return -y @ np.swapaxes(np.conj(x), -1, -2)


def solve_dot(a_dot: Any, a: Any, b: Any, x: Any) -> Any:
    """The tangent of x = np.linalg.solve(a, b) where a_dot is that of a, for any ranks.

    >>> print(solve_dot(np.array([[2.0]]), np.array([[4.0]]), np.array([8.0]), np.array([2.0])))
    [-1.]
    """
    if np.ndim(b) == 1:
        return -np.linalg.solve(a, a_dot @ x[..., None])[..., 0]
    return -np.linalg.solve(a, a_dot @ x)


def _exact_inverse(a: Any) -> Any:
    """np.linalg.inv(a), None where little of it would be right: at matrices that are nearly singular."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return None
    size = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return inverse if np.all(size < 1e6) else None


def cofactors(a: Any, det: Any = None) -> Any:
    """The matrix of cofactors, which is the gradient of det = np.linalg.det(a), at singular matrices too.

    >>> print(cofactors(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12))
    [[ 4. -2.]
     [-2.  1.]]
    """
    a = np.asarray(a)
    inverse = _exact_inverse(a)
    if inverse is not None:
        det = np.linalg.det(a) if det is None else np.asarray(det)
        return det[..., None, None] * np.swapaxes(inverse, -1, -2)
    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.asarray(sign)[..., None, None] * ((_conj(u) * prod_others(s, -1)[..., None, :]) @ _conj(vh))


def cofactors_dot(z: Any, a: Any, det: Any, out: Any) -> Any:
    """The derivative of out = cofactors(a, det) along z: by the inverse out.T/det, or singular values.

    >>> a = np.diag([3.0, 0.0])
    >>> print(cofactors_dot(np.array([[1.0, 0.0], [2.0, 5.0]]), a, 0.0, cofactors(a, 0.0)) + 0.0)
    [[ 5. -2.]
     [ 0.  1.]]
    """
    turned = np.swapaxes(z, -1, -2)
    size = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(out, axis=(-2, -1))
    if np.all(size < 1e6 * np.abs(det)):
        share = out / np.expand_dims(det, (-2, -1))
        return np.sum(out * z, axis=(-2, -1), keepdims=True) * share - out @ turned @ share
    u, s, vh = np.linalg.svd(a)
    same = np.eye(np.shape(a)[-1]) == 1
    others = np.where(same, 0.0, prod_others(np.where(same, 1.0, s[..., :, None] * 0 + s[..., None, :]), -1))
    inner = np.conj(vh) @ turned @ np.conj(u)
    parts = np.sum(others * np.sum(np.where(same, inner, 0.0), axis=-1)[..., None, :], axis=-1)
    inner = np.where(same, parts[..., None], -inner * others)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return np.expand_dims(sign, (-2, -1)) * (np.conj(u) @ inner @ np.conj(vh))


def matrix_power_back(z: Any, a: Any, n: int) -> Any:
    """The cotangent of a where z is that of np.linalg.matrix_power(a, n).

    >>> print(matrix_power_back(np.array([[1.0]]), np.array([[3.0]]), 2))
    [[6.]]
    """
    base = a if n >= 0 else np.linalg.inv(a)
    turned = np.swapaxes(np.conj(base), -1, -2)
    if n == 0:
        return np.zeros_like(base)
    size = 1
    while 2 * size <= abs(n):
        size = 2 * size
    power, total = turned, z  # of as many factors as the leading bits of n say, the sum over their places
    while size > 1:
        size = size // 2
        total = power @ total + total @ power
        power = power @ power
        if abs(n) // size % 2 == 1:
            total = turned @ total + z @ power
            power = turned @ power
    return total if n >= 0 else -turned @ total @ turned


def matrix_power_dot(a_dot: Any, a: Any, n: int) -> Any:
    """The tangent of np.linalg.matrix_power(a, n) where a_dot is that of a.

    >>> print(matrix_power_dot(np.array([[1.0]]), np.array([[3.0]]), 2))
    [[6.]]
    """
    base = a if n >= 0 else np.linalg.inv(a)
    slope = a_dot if n >= 0 else -base @ a_dot @ base
    if n == 0:
        return np.zeros_like(base)
    size = 1
    while 2 * size <= abs(n):
        size = 2 * size
    power, total = base, slope
    while size > 1:
        size = size // 2
        total = power @ total + total @ power
        power = power @ power
        if abs(n) // size % 2 == 1:
            total = base @ total + slope @ power
            power = base @ power
    return total
