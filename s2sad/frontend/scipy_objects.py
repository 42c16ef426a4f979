"""Objects of SciPy that are constants of a program: sparse matrices, distributions with their parameters.

    A = scipy.sparse.csr_matrix(...)       A @ x, A.dot(x), A.T @ x, x @ A are products with a constant
    d = scipy.stats.norm(0.0, 2.0)         d.logpdf(x) is d.dist.logpdf(x, d.args[0], d.args[1])

What the text relies on is the type and the dtype of a matrix, and which objects a distribution holds as its
parameters. The elements of a matrix are read when the text runs, and so is its transpose.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from s2sad.frontend.fixed_curves import method_of_curve
from s2sad.frontend.operators import live_object
from s2sad.frontend.state import Method, Part, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Var
from s2sad.rules import registry


def method_of_constant(
    state: State, fn: Method, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """A call of a method that SciPy has given to an object known before the call; None for all else."""
    if isinstance(fn.self, Ref) and isinstance(fn.fn, Ref):
        own = getattr(fn.fn.obj, "__name__", "")
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


def sparse_product(state: State, op: str, left: Value, right: Value, node: ast.AST) -> Value | None:
    """`A @ x` and `x @ A` of a constant sparse matrix and an array; None for all else."""
    if op != "matmul":
        return None
    for value in (left, right) if state.makers else ():
        maker = state.makers.get(value.name) if isinstance(value, Var) else None
        if maker is not None and str(getattr(maker.obj, "__module__", "")).startswith("scipy.sparse"):
            what = f"what {maker.text} makes here is multiplied by an array"
            state.refuse(node, what, "make the sparse matrix outside of the function")
    one, two = _sparse(state, left), _sparse(state, right)
    if (one is None) == (two is None):
        return None
    other = right if two is None else left
    if state.kind(other).cat not in ("array", "num"):
        return None
    made = state.apply("sparse_times" if two is None else "times_sparse", [left, right], {}, node)
    rows, columns = (two if one is None else one).shape
    if rows == columns and isinstance(made, Var) and state.kind(other).shape is not None:
        state.kinds[made.name] = replace(state.kinds[made.name], shape=state.kind(other).shape)
    return made


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
    obj = _sparse(state, base) if name == "T" and isinstance(base, Ref | Var) else None
    if obj is None:
        return None
    made = state.emit(Call("getattr", (state.atom(base), Const("T"))), K.OBJECT, node)
    state.live[made.name] = obj.T
    return made
