"""Helpers of generated texts for products with constant sparse matrices.

    y = sparse_times(s, x)       x_bar = sparse_times(s.T, y_bar), by sparse_back

Accepted are matrices of scipy.sparse, of real numbers; nothing is written to, and a result shares memory
with no argument. The matrix is never made dense.
"""

from __future__ import annotations

from typing import Any


def sparse_times(s: Any, x: Any) -> Any:
    """The product of a sparse matrix with a vector or with columns.

    >>> import numpy as np, scipy.sparse
    >>> print(sparse_times(scipy.sparse.csr_matrix([[0.0, 2.0]]), np.array([1.0, 3.0])))
    [6.]
    """
    return s @ x


def times_sparse(x: Any, s: Any) -> Any:
    """The product of a vector or of rows with a sparse matrix.

    >>> import numpy as np, scipy.sparse
    >>> print(times_sparse(np.array([3.0]), scipy.sparse.csr_matrix([[0.0, 2.0]])))
    [0. 6.]
    """
    return x @ s


def sparse_back(s: Any, z: Any) -> Any:
    """The cotangent of x where z is that of s @ x.

    >>> import numpy as np, scipy.sparse
    >>> print(sparse_back(scipy.sparse.csr_matrix([[0.0, 2.0]]), np.array([3.0])))
    [0. 6.]
    """
    return s.T @ z


def back_sparse(z: Any, s: Any) -> Any:
    """The cotangent of x where z is that of x @ s.

    >>> import numpy as np, scipy.sparse
    >>> print(back_sparse(np.array([3.0, 1.0]), scipy.sparse.csr_matrix([[0.0, 2.0]])))
    [2.]
    """
    return z @ s.T


def sparse_solve_back(s: Any, z: Any) -> Any:
    """The cotangent of b where z is that of scipy.sparse.linalg.spsolve(s, b).

    >>> import numpy as np, scipy.sparse
    >>> print(sparse_solve_back(scipy.sparse.csc_matrix([[2.0, 0.0], [0.0, 4.0]]), np.array([1.0, 2.0])))
    [0.5 0.5]
    """
    import scipy.sparse.linalg

    if s.dtype.kind == "c":
        raise TypeError("spsolve with a complex matrix; solve for the real and the imaginary part")
    return scipy.sparse.linalg.spsolve(s.T, z)


def solve_sparse_lu(lu: Any, b: Any, trans: str = "N") -> Any:
    """The solution of a system that scipy.sparse.linalg.splu or factorized has factored, or of its transpose.

    >>> import numpy as np, scipy.sparse
    >>> lu = scipy.sparse.linalg.splu(scipy.sparse.csc_matrix([[2.0, 0.0], [1.0, 4.0]]))
    >>> print(solve_sparse_lu(lu, np.array([2.0, 5.0])), solve_sparse_lu(lu.solve, np.array([4.0, 4.0]), "T"))
    [1. 1.] [1.5 1. ]
    """
    x = getattr(lu, "__self__", lu).solve(b, trans)
    if x.dtype.kind == "c" and b.dtype.kind != "c":
        raise TypeError("a complex factorisation and a real right-hand side; make that complex")
    return x
