"""Constant sparse matrices in a program: products with arrays, and what is made of them.

    A = scipy.sparse.csr_matrix(...)       A @ x, A.dot(x), A.T @ x, x @ A, ((A.T @ A)*0.5) @ x, A[:3] @ x

What the text relies on is the type and the dtype of a matrix from outside. Its elements are read when the
text runs, and so are its transpose and its sums with others. A sparse matrix that the program makes of
constants is known by the function, method or operator that makes it:

    A = scipy.sparse.diags([-1.0, 2.0], [0, 1], shape=(n, n)).tocsr()         A @ x, (2.0*A).T @ x

`State.sparse` holds the names of these, and whether their `*` is a product, as that of A is.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.frontend.operators import live_object
from s2sad.frontend.state import Group, Method, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Slice, Tuple, Var

# Functions of scipy.sparse that make a matrix, first those whose `*` is a product; methods that make one.
_PLAIN = frozenset(
    "csr_matrix csc_matrix coo_matrix dia_matrix bsr_matrix diags spdiags eye identity random".split()
)
_MAKERS = _PLAIN | frozenset(
    "csr_array csc_array coo_array dia_array bsr_array diags_array eye_array kron kronsum block_diag "
    "block_array bmat hstack vstack tril triu random_array".split()
)
_FORMATS = frozenset(".tocsr .tocsc .tocoo .todia .tobsr .copy .transpose .asformat .power .multiply".split())
# Methods that give numbers, and the rank of these.
_NUMBERS = {"toarray": 2, "diagonal": 1, "sum": 0}
_ATTRIBUTES = {"T": K.OBJECT, "nnz": K.INT, "shape": K.Kind("tuple", items=(K.INT, K.INT))}


def note_made(state: State, name: str, fn: Ref, given: list[Value]) -> None:
    """Note what an unseen call has made, and that it is a sparse matrix of real numbers."""
    state.makers[name] = fn
    own = str(getattr(fn.obj, "__name__", ""))
    if str(getattr(fn.obj, "__module__", "")).startswith("scipy.sparse.") and own in _MAKERS:
        if all(_is_real(state, value) for value in given):
            state.sparse[name] = own in _PLAIN


def _is_real(state: State, value: Value) -> bool:
    """Whether there is certainly no complex number in what a sparse matrix is made of."""
    if isinstance(value, Group):
        return all(_is_real(state, item) for item in value.items)
    if isinstance(value, Ref) and isinstance(value.obj, type):
        return value.obj in (float, int, np.float64)
    return _multiplies(state, value) is not None or _holds_real(state.kind(value))


def _holds_real(kind: K.Kind) -> bool:
    if kind.cat in ("list", "tuple") and kind.items is not None:
        return all(map(_holds_real, kind.items))
    return kind.cat in ("none", "str") or kind.sort in ("float", "int", "bool")


def is_made(state: State, value: Value | None) -> bool:
    """Whether a value is a sparse matrix of real numbers that the program has made."""
    return isinstance(value, Var) and value.name in state.sparse


def _made_by(state: State, value: Value, name: str) -> bool:
    """Whether a function of scipy.sparse has made a value in the program."""
    maker = state.makers.get(value.name) if isinstance(value, Var) else None
    module = str(getattr(getattr(maker, "obj", None), "__module__", ""))
    return maker is not None and module.startswith("scipy.sparse") and maker.obj.__name__ == name


def solved(
    state: State, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of what scipy.sparse.linalg.factorized has made, or of solve of a factor; None for all else."""
    outside = isinstance(fn, Ref) and type(getattr(fn.obj, "__self__", None)).__name__ == "SuperLU"
    if not (outside or _made_by(state, fn, "factorized")) or "rhs" in kwargs:
        return None
    return state.apply("solve_sparse_lu", [fn, *args], kwargs, node)


def made_method(
    state: State, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A method of a sparse matrix that the program has made, if it gives such; the product of `dot`."""
    if name == ".solve" and _made_by(state, base, "splu"):
        return state.apply("solve_sparse_lu", [base, *args], kwargs, node)
    if _multiplies(state, base) is None:
        return None
    if name == ".dot" and len(args) == 1:
        return sparse_product(state, "matmul", base, args[0], node)
    if name not in _FORMATS:
        return None
    if name == ".multiply" and not (len(args) == 1 and _is_real(state, args[0])):
        return None
    return _noted(state, _called(state, base, name, args, kwargs, node), node, base, *args)


def _called(
    state: State, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Call:
    atoms = tuple(state.variable(a, node) for a in (base, *args))
    return Call("call", atoms, tuple((k, state.variable(v, node)) for k, v in kwargs.items()), name)


def _noted(state: State, call: Call, node: ast.AST, *of: Value) -> Var:
    """What a call makes of sparse matrices: one more."""
    made = state.emit(call, K.OBJECT, node)
    state.sparse[made.name] = all(_multiplies(state, v) is not False for v in of)
    return made


def _multiplies(state: State, value: Value | None) -> bool | None:
    """Whether `*` of a sparse matrix of real numbers is a product; None if a value is no such matrix."""
    if isinstance(value, Var) and value.name in state.sparse:
        return state.sparse[value.name]
    obj = None if value is None else _sparse(state, value)
    return None if obj is None else type(obj).__name__.endswith("_matrix")


def _combined(state: State, op: str, left: Value, right: Value | None, node: ast.AST) -> Value | None:
    """What an operator makes of sparse matrices, or of one and a number; None for all else."""
    if op == "neg" or right is None:
        op, left, right = "mul", Const(-1), left
    numbers = [v for v in (left, right) if _multiplies(state, v) is None]
    if numbers and not (_holds_real(state.kind(numbers[0])) and state.kind(numbers[0]).is_scalar):
        return None
    both = not numbers and all(_multiplies(state, v) for v in (left, right))
    if op not in (("mul", "truediv", "pow") if numbers else ("add", "sub", "matmul", *["mul"][:both])):
        return None
    return _noted(state, Call(f"sparse_{op}", (state.atom(left), state.atom(right))), node, left, right)


def _sparse(state: State, value: Value) -> Any:
    """The sparse matrix of real numbers behind a value, None if it is no such thing."""
    obj = live_object(state, value)
    if not type(obj).__module__.startswith("scipy.sparse") or not hasattr(obj, "todense"):
        return None
    if obj.dtype.name not in ("float64", "int64", "int32") or obj.ndim != 2:
        return None
    if isinstance(value, Ref):

        def read() -> tuple[Any, ...]:
            return (type(obj), obj.dtype, obj.shape[0] == obj.shape[1])

        state.depend((value.text, id(obj)), read, read(), "dtype", same=True)
    return obj


def sparse_product(
    state: State, op: str, left: Value, right: Value | None, node: ast.AST
) -> Value | None:
    """`A @ x` and `x @ A` of a constant sparse matrix and an array, `2.0*A`; None for all else."""
    if is_made(state, left) or is_made(state, right):
        made = _combined(state, op, left, right, node)
        plain = op == "mul" and all(state.sparse.get(getattr(v, "name", ""), True) for v in (left, right))
        return _made_product(state, left, right, node) if made is None and (op == "matmul" or plain) else made
    if op == "matmul" and state.makers:
        _refuse_made(state, (left, right), node)
    if right is None:
        return None if _sparse(state, left) is None else _combined(state, op, left, right, node)
    one, two = _sparse(state, left), _sparse(state, right)
    if one is None and two is None:
        return None
    made = _combined(state, op, left, right, node)
    if made is not None or (one is not None and two is not None) or op not in ("matmul", "mul"):
        return made
    if op == "mul" and not type(two if one is None else one).__name__.endswith("_matrix"):
        return None
    other = right if two is None else left
    if state.kind(other).cat not in ("array", "num"):
        return None
    made = state.apply("sparse_times" if two is None else "times_sparse", [left, right], {}, node)
    rows, columns = (two if one is None else one).shape
    if rows == columns and isinstance(made, Var) and state.kind(other).shape is not None:
        state.kinds[made.name] = replace(state.kinds[made.name], shape=state.kind(other).shape)
    return made


def _made_product(state: State, left: Value, right: Value | None, node: ast.AST) -> Value | None:
    """The product of a sparse matrix that the program has made and an array."""
    name, other = ("sparse_times", right) if is_made(state, left) else ("times_sparse", left)
    if right is None or other is None or state.kind(other).cat not in ("array", "num"):
        return None
    made = state.apply(name, [left, right], {}, node)
    if isinstance(made, Var) and state.kinds[made.name].sort == "float":  # of the wider of both
        state.kinds[made.name] = replace(state.kinds[made.name], dtype="float")
    return made


def _refuse_made(state: State, values: tuple[Value, Value | None], node: ast.AST) -> None:
    for value in values:
        maker = state.makers.get(value.name) if isinstance(value, Var) else None
        if maker is not None and str(getattr(maker.obj, "__module__", "")).startswith("scipy.sparse"):
            what = f"what {maker.text} makes here is multiplied by an array"
            state.refuse(node, what, "make the sparse matrix outside of the function")


def sparse_method(
    state: State, fn: Method, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """`A.dot(x)`, and `A.transpose()` without arguments; None for all else."""
    obj = _sparse(state, fn.self) if isinstance(fn.fn, Ref) else None
    if obj is None or not isinstance(fn.fn, Ref):
        return None
    name = getattr(fn.fn.obj, "__name__", "")
    if name == "transpose" and not args and not kwargs:
        return sparse_attribute(state, fn.self, "T", node)
    if name == "dot" or "." + name in _FORMATS:
        return made_method(state, fn.self, "." + name, args, kwargs, node)
    if name not in _NUMBERS or args or kwargs or obj.dtype != np.float64:
        return None
    call = _called(state, fn.self, "." + name, args, kwargs, node)
    return state.emit(call, K.num(K.fresh_shape(_NUMBERS[name])), node)


def sparse_item(state: State, base: Value, index: Value, node: ast.AST) -> Value | None:
    """Rows, or rows and columns, of a constant sparse matrix, which are one; None for all else."""
    keys = index.items if isinstance(index, Tuple | Group) else (index,)
    plain = all(isinstance(key, Slice) for key in keys)
    if not plain or (_multiplies(state, base) if state.kind(base).cat == "object" else None) is None:
        return None
    return _noted(state, Call("getitem", (state.atom(base), state.atom(index))), node, base)


def sparse_attribute(state: State, base: Value, name: str, node: ast.AST) -> Value | None:
    """`A.T`, `A.shape` and `A.nnz` of a constant sparse matrix; None for all else."""
    if name not in _ATTRIBUTES or not isinstance(base, Ref | Var) or _multiplies(state, base) is None:
        return None
    call = Call("getattr", (state.atom(base), Const(name)))
    if name == "T" and is_made(state, base):
        return _noted(state, call, node, base)
    made = state.emit(call, _ATTRIBUTES[name], node)
    if name == "T":
        state.live[made.name] = _sparse(state, base).T
    return made
