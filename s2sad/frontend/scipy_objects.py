"""Methods of constants of libraries: sparse matrices, distributions with their parameters, curves.

    A = scipy.sparse.csr_matrix(...)       A @ x, A.dot(x), A.T @ x, x @ A are products with a constant
    d = scipy.stats.norm(0.0, 2.0)         d.logpdf(x) is d.dist.logpdf(x, d.args[0], d.args[1])

What the text relies on is the type and the dtype of a matrix, and which objects a distribution holds as its
parameters. The elements of a matrix are read when the text runs, and so is its transpose. A sparse matrix
that the program makes of constants is known by the function that makes it:

    A = scipy.sparse.diags([-1.0, 2.0], [0, 1], shape=(n, n)).tocsr()         A @ x, (2.0*A).T @ x
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.frontend.fixed_curves import method_of_curve
from s2sad.frontend.mapped import FUNCTIONS as MAPPED
from s2sad.frontend.operators import live_object
from s2sad.frontend.source import RULES
from s2sad.frontend.state import Closure, Group, Method, Part, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Var
from s2sad.rules import registry

# Functions of scipy.sparse that make a matrix, first those whose `*` is a product; methods that make one.
_PLAIN = frozenset(
    "csr_matrix csc_matrix coo_matrix dia_matrix bsr_matrix diags spdiags eye identity random".split()
)
_MAKERS = _PLAIN | frozenset(
    "csr_array csc_array coo_array dia_array bsr_array diags_array eye_array kron kronsum block_diag "
    "block_array bmat hstack vstack tril triu random_array".split()
)
_FORMATS = frozenset(".tocsr .tocsc .tocoo .todia .tobsr .copy .transpose .asformat .power".split())


def method_of_constant(
    state: State, fn: Method, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """A call of a method that SciPy has given to an object known before the call; None for all else."""
    if isinstance(fn.self, Ref) and isinstance(fn.fn, Ref):
        own = getattr(fn.fn.obj, "__name__", "")
        made_by = isinstance(fn.self.obj, type) and own in ("fit", "fromroots", "basis")
        if made_by and hasattr(fn.self.obj, own):
            if (lowered := MAPPED.get(getattr(fn.self.obj, own))) is not None:
                return lowered(state, args, kwargs, node, hint)
        name = registry.canonical_method(fn.self.obj, own)
        if name is not None:
            return state.apply(name, args, kwargs, node, hint=hint)
        law = frozen_method(state, fn.self, own)
        if law is not None:
            return state.call_value(law, args, kwargs, node, hint)
    if isinstance(fn.fn, Ref):
        curve = method_of_curve(state, fn.self, getattr(fn.fn.obj, "__name__", ""), args, kwargs, node)
        if curve is not None:
            return curve
    return sparse_method(state, fn, args, kwargs, node)


def beside(base: Value, name: str) -> Value | None:
    """A method of what the formula of a rule makes: a function beside the one that it returns."""
    if isinstance(base, Closure) and base.scope.source.module == RULES:
        return base.scope.env.get(name)
    return None


def frozen_method(state: State, base: Ref, method: str) -> Value | None:
    """The method of a distribution that was frozen outside, with its parameters; None for all else."""
    frozen, law = base.obj, getattr(base.obj, "dist", None)
    names = registry.parameters(law) if hasattr(frozen, "args") and hasattr(frozen, "kwds") else None
    if names is None or registry.canonical_method(law, method) is None:
        return None

    def held() -> tuple[Any, ...]:
        named = [(name, id(value)) for name, value in frozen.kwds.items()]
        return (type(frozen.dist), *(id(value) for value in frozen.args), *named)

    state.depend((base.text, id(frozen)), held, held(), "parameters", same=True)
    own: dict[str, Value] = {}
    for i, (name, value) in enumerate(zip(names, frozen.args, strict=False)):
        own[name] = state.live_value(f"{base.text}.args[{i}]", value)
    for name, value in frozen.kwds.items():
        own[name] = state.live_value(f"{base.text}.kwds[{name!r}]", value)
    return Part(Ref(f"{base.text}.dist.{method}", getattr(law, method)), [], own)


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
    if isinstance(value, Var) and value.name in state.sparse:
        return True
    return _holds_real(state.kind(value))


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
    if not is_made(state, base):
        return None
    if name == ".dot" and len(args) == 1:
        return sparse_product(state, "matmul", base, args[0], node)
    if name not in _FORMATS:
        return None
    atoms = tuple(state.variable(a, node) for a in (base, *args))
    named = tuple((k, state.variable(v, node)) for k, v in kwargs.items())
    return _noted(state, Call("call", atoms, named, name), node, base)


def _noted(state: State, call: Call, node: ast.AST, *of: Value) -> Var:
    """What a call makes of sparse matrices of the program: one more."""
    made = state.emit(call, K.OBJECT, node)
    names = [v.name for v in of if isinstance(v, Var) and is_made(state, v)]
    state.sparse[made.name] = all(state.sparse[n] for n in names)
    return made


def _combined(state: State, op: str, left: Value, right: Value | None, node: ast.AST) -> Value | None:
    """What an operator makes of sparse matrices of the program, or of one and a number; None for all else."""
    if op == "neg" or right is None:
        op, left, right = "mul", Const(-1), left
    numbers = [v for v in (left, right) if not is_made(state, v)]
    if numbers and not (_holds_real(state.kind(numbers[0])) and state.kind(numbers[0]).is_scalar):
        return None
    if op not in (("mul", "truediv", "pow") if numbers else ("add", "sub", "matmul")):
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
    if op not in ("matmul", "mul") or right is None:
        return None
    one, two = _sparse(state, left), _sparse(state, right)
    if (one is None) == (two is None):
        return None
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
    if kwargs or not isinstance(fn.fn, Ref) or _sparse(state, fn.self) is None:
        return None
    name = getattr(fn.fn.obj, "__name__", "")
    if name == "dot" and len(args) == 1:
        return sparse_product(state, "matmul", fn.self, args[0], node)
    return sparse_transpose(state, fn.self, "T", node) if name == "transpose" and not args else None


def sparse_transpose(state: State, base: Value, name: str, node: ast.AST) -> Value | None:
    """`A.T` of a constant sparse matrix, of which the text knows what it is; None for all else."""
    if name == "T" and isinstance(base, Var) and is_made(state, base):
        return _noted(state, Call("getattr", (base, Const("T"))), node, base)
    obj = _sparse(state, base) if name == "T" and isinstance(base, Ref | Var) else None
    if obj is None:
        return None
    made = state.emit(Call("getattr", (state.atom(base), Const("T"))), K.OBJECT, node)
    state.live[made.name] = obj.T
    return made
