"""Products with constant sparse matrices, as the frontend names them.

y = A @ x       y = sparse_times(A, x)       x_bar = sparse_back(A, g)
y = x @ A       y = times_sparse(x, A)       x_bar = back_sparse(g, A)
y = spsolve(A, b)                            b_bar = sparse_solve_back(A, g)
"""

from __future__ import annotations

from collections.abc import Callable

from scipy.sparse.linalg import spsolve

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes, results
from s2sad.rules.axes import as_array, shape_of
from s2sad.rules.registry import Bound, structural
from s2sad.runtime import sparse_products as own


def _kind(name: str, place: int) -> Callable[[Bound], Kind]:
    """An array whose one length the matrix gives; `place` is that of the axis in the array."""

    def infer(bound: Bound) -> Kind:
        shape = shape_of(bound, name)
        dtype = "complex128" if as_array(bound.kind(name)).sort == "complex" else "float64"
        if shape is not None and len(shape) not in (1, 2):
            raise NotImplementedError("a sparse matrix times an array that is no vector or matrix")
        if shape is None:
            return kinds.array(None, dtype)
        made = list(shape)
        made[place] = kinds.new_length()
        return kinds.array(tuple(made), dtype)

    return infer


for _name, _back in (("sparse_times", "sparse_back"), ("sparse_back", "sparse_times")):
    structural(
        _name,
        "s, x" if _name == "sparse_times" else "s, z",
        _kind("x" if _name == "sparse_times" else "z", 0),
        {"x" if _name == "sparse_times" else "z": f"{_back}(s, g)"},
        (getattr(own, _name),),
        linear=("x" if _name == "sparse_times" else "z",),
        raises=True,
    )
for _name, _back in (("times_sparse", "back_sparse"), ("back_sparse", "times_sparse")):
    structural(
        _name,
        "x, s" if _name == "times_sparse" else "z, s",
        _kind("x" if _name == "times_sparse" else "z", -1),
        {"x" if _name == "times_sparse" else "z": f"{_back}(g, s)"},
        (getattr(own, _name),),
        linear=("x" if _name == "times_sparse" else "z",),
        raises=True,
    )


for _name in ("add", "sub", "mul", "truediv", "pow", "matmul"):  # of constants, one of them a sparse matrix
    _text = axes.refuse("the derivative of a sparse matrix that is made here; scale the product with it")
    structural(
        f"sparse_{_name}",
        "x, z",
        results.constant(kinds.OBJECT),
        {"x": _text, "z": _text},
        raises=True,
    )


def _solved(bound: Bound) -> Kind:
    name = "b" if "b" in bound.kinds else "z"
    given = as_array(bound.kind(name))
    if given.rank not in (1, 2) or bound.kind(name).cat == "object":
        raise NotImplementedError("a sparse system whose right-hand side is no vector or matrix")
    return kinds.array(given.shape, "complex128" if given.sort == "complex" else "float64")


structural(
    "scipy.sparse.linalg.spsolve",
    "A, b, permc_spec=None, use_umfpack=True",
    _solved,
    {"b": "sparse_solve_back(A, g)"},
    (spsolve,),
    linear=("b",),
    raises=True,
)
structural(
    "sparse_solve_back",
    "s, z",
    _solved,
    {"z": "scipy.sparse.linalg.spsolve(s, g)"},
    (own.sparse_solve_back,),
    linear=("z",),
    raises=True,
)
structural(
    "solve_sparse_lu",
    "lu, b, trans='N'",
    _solved,
    {"b": lambda b: f"solve_sparse_lu(lu, g{', ' + repr('T') if b.static('trans') == 'N' else ''})"},
    (own.solve_sparse_lu,),
    linear=("b",),
    raises=True,
)
