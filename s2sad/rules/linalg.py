"""Functions of np.linalg: norm, solve, inv, det, cholesky, eigh, matrix_power; `decompositions` has the
others.

    z = np.linalg.norm(x)            x_bar = div_or_zero(g, out)*x
    z = np.linalg.solve(a, b)        b_bar = np.linalg.solve(a.T, g)       a_bar = -np.outer(b_bar, out)
    z = np.linalg.det(a)             a_bar = g*cofactors(a, out)

`cholesky`, `eigh` and `eigvalsh` read one triangle of a matrix; their derivatives are those of the
function of the symmetric matrix (a + a.T)/2, as in JAX and torch, so that a gradient is symmetric.
Where the derivative does not exist (the zero vector's norm) it is 0; `det` of a singular matrix has the
adjugate.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import (
    as_array,
    axis_args,
    is_complex,
    literal,
    rank_of,
    real_if,
    reduced,
    shape_of,
    spread,
)
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import linear, symmetric

importlib.import_module("s2sad.rules.products")  # the other half of this topic
structural(
    "np.einsum_path",
    "subscripts, *operands, optimize='greedy', einsum_call=False",
    lambda _: Kind("tuple", items=(kinds.list_of(kinds.INT), kinds.STR)),  # no numbers that vary
    {},
    (np.einsum_path,),
)


def _float(bound: Bound, name: str = "a") -> str:
    return axes.averaged(as_array(bound.kind(name)).dtype)


def _square(bound: Bound) -> Kind:
    return kinds.array(shape_of(bound, "a"), _float(bound))


def _turned(bound: Bound, name: str) -> str:
    """The text of a conjugate transpose."""
    text = axes.conj(bound, name) if name != "out" else f"np.conj({name})" if is_complex(bound, "a") else name
    return f"{text}.T" if rank_of(bound, "a") == 2 else f"np.swapaxes({text}, -1, -2)"


def _outward(bound: Bound, text: str) -> str:
    """A number per matrix, indexed so that it multiplies matrices."""
    rank = rank_of(bound, "a")
    return (
        text
        if rank == 2
        else f"np.expand_dims({text}, (-2, -1))"
        if rank is None
        else f"{text}[..., None, None]"
    )


# ------------------------------------------------------------------------------------------------------- norm


def _norm_order(bound: Bound) -> str:
    """Which norm a call means: "2" is the root of the sum of squares, "inf" and "p" are of real vectors."""
    order, axis = bound.static("ord"), bound.static("axis")
    matrix = rank_of(bound, "x") == 2 if axis is None else isinstance(axis, tuple | list) and len(axis) == 2
    if order is None or (order == "fro" and matrix):
        return "2"
    if order == 2 and not matrix and (axis is not None or rank_of(bound, "x") == 1):
        return "2"
    if (
        isinstance(order, int | float)
        and not matrix
        and not is_complex(bound, "x")
        and (axes.has_int_axis(bound) or rank_of(bound, "x") == 1)
    ):
        return "inf" if abs(order) == np.inf else "p"
    return "general"


def order_text(bound: Bound, name: str = "ord") -> str:
    """The text of an order, which may be infinite."""
    order = bound.static(name)
    if isinstance(order, float) and abs(order) == np.inf:
        return "np.inf" if order > 0 else "-np.inf"
    return literal(bound, name)


SPECTRAL = ("nuc", 2, -2)  # norms of matrices that their singular values give


def decomposed(matrix: str) -> str:
    """The texts of the singular vectors and values of a matrix, as arguments."""
    return ", ".join(f"np.linalg.svd({matrix}, full_matrices=False)[{k}]" for k in range(3))


def norm_slope(bound: Bound, x: str = "x") -> str:
    """The text of the gradient of a norm of any order; one decomposition serves all derivatives."""
    order, axis = bound.static("ord"), bound.static("axis")
    if order in SPECTRAL and axis is None and rank_of(bound, x) == 2:
        return f"spectral_slope({decomposed(x)}, {order!r})"
    if order in SPECTRAL and isinstance(axis, tuple | list) and len(axis) == 2:
        made = f"spectral_slope({decomposed(f'np.moveaxis({x}, {axis}, (-2, -1))')}, {order!r})"
        return f"np.moveaxis({made}, (-2, -1), {axis})"
    return f"norm_slope({x}, {order_text(bound)}, {literal(bound, 'axis')})"


def _norm_vjp(bound: Bound) -> str | None:
    which = _norm_order(bound)
    order, out, g = literal(bound, "ord"), spread(bound, "out", "x"), spread(bound, "g", "x")
    if which == "2":
        return f"{spread(bound, 'div_or_zero(g, out)', 'x')}*x"
    if which == "inf":
        ties = f"np.abs(x) == {out}"
        return f"np.sign(x)*({ties})*{spread(bound, f'(g/np.sum({ties}{axis_args(bound)}))', 'x')}"
    if which != "p":
        return f"{g}*{norm_slope(bound)}"
    if order in ("0", "0.0"):
        return None
    return (
        f"np.sign(x)*{g}"
        if order in ("1", "1.0")
        else f"np.sign(x)*div_or_zero(np.abs(x), {out})**({order} - 1)*{g}"
    )


def _norm_jvp(bound: Bound) -> str:
    """The tangent: the inner product with the gradient."""
    which = _norm_order(bound)
    if which == "2":
        inner = "np.real(np.conj(x)*x_dot)" if is_complex(bound, "x") else "x*x_dot"
        return f"div_or_zero(np.sum({inner}{axis_args(bound)}), out)"
    if which == "p" and literal(bound, "ord") in ("0", "0.0"):
        return "np.zeros_like(out)"
    if which == "general":
        return f"np.sum(np.real(np.conj({norm_slope(bound)})*x_dot){axis_args(bound)})"
    ones = _norm_vjp(bound) or "0.0"
    return f"np.sum(({_with_unit(ones)})*x_dot{axis_args(bound)})"


def _with_unit(text: str) -> str:
    """A text linear in g at g = 1: the name g alone is replaced."""
    return re.sub(r"\bg\b", "np.ones_like(out)", text)


def _norm_kind(bound: Bound) -> Kind:
    return reduced(bound, axes.magnitude(_float(bound, "x")), "x")


structural(
    "np.linalg.norm",
    "x, ord=None, axis=None, keepdims=False",
    _norm_kind,
    {"x": _norm_vjp},
    (np.linalg.norm,),
    jvp={"x": _norm_jvp},
    poles=True,  # inf/inf
)

# -------------------------------------------------------------------------------------------- solve, inv, det


def _solve_kind(bound: Bound) -> Kind:
    a, b = shape_of(bound, "a"), shape_of(bound, "b")
    dtype = axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in ("a", "b")]))
    if a is None or b is None or len(a) < 2 or not b:
        return kinds.array(None, dtype)
    if len(b) == 1:
        return kinds.array((*a[:-2], a[-1]), dtype)
    stacks = kinds.broadcast(a[:-2], b[:-2])
    return kinds.array(None if stacks is None else (*stacks, a[-1], b[-1]), dtype)


def _plain_solve(bound: Bound) -> bool:
    return rank_of(bound, "a") == 2 and rank_of(bound, "b") in (1, 2)


def _solve_b(bound: Bound) -> str:
    if _plain_solve(bound):
        return real_if(bound, "b", f"np.linalg.solve({_turned(bound, 'a')}, g)")
    return axes.fitted(bound, real_if(bound, "b", "solve_right(g, a, b)"), "b")


def _solve_a(bound: Bound) -> str:
    if not _plain_solve(bound):
        left = "solve_left(solve_right(g, a, b), b, out)"
        return f"unbroadcast({real_if(bound, 'a', left)}, a)"
    left = f"np.linalg.solve({_turned(bound, 'a')}, g)"
    complex_out = bound.out is not None and as_array(bound.out).sort == "complex"
    out = "np.conj(out)" if complex_out else "out"
    text = f"-np.outer({left}, {out})" if rank_of(bound, "b") == 1 else f"-{left} @ {out}.T"
    return real_if(bound, "a", text)


def _solve_a_dot(bound: Bound) -> str | None:
    """Tangents of matrices and of b have one solution; in stacks `@` knows a vector b by its rank alone."""
    if rank_of(bound, "a") != 2 and rank_of(bound, "b") in (1, None):
        return "solve_dot(a_dot, a, b, out)"
    return None if "b" in bound.active else "-np.linalg.solve(a, a_dot @ out)"


def _solve_b_dot(bound: Bound) -> str:
    apart = rank_of(bound, "a") != 2 and rank_of(bound, "b") in (1, None)
    both = not apart and "a" in bound.active
    return "np.linalg.solve(a, b_dot - a_dot @ out)" if both else "np.linalg.solve(a, b_dot)"


structural(
    "np.linalg.solve",
    "a, b",
    _solve_kind,
    {"a": _solve_a, "b": _solve_b},
    (np.linalg.solve,),
    jvp={"a": _solve_a_dot, "b": _solve_b_dot},
)
structural(
    "np.linalg.inv",
    "a",
    _square,
    {"a": lambda b: f"-{_turned(b, 'out')} @ g @ {_turned(b, 'out')}"},
    (np.linalg.inv,),
    jvp={"a": "-out @ a_dot @ out"},
)


def _stack_kind(bound: Bound, removed: int) -> Kind:
    shape = shape_of(bound, "a")
    return kinds.num(None if shape is None else shape[: len(shape) - removed], _float(bound))


def _det_jvp(bound: Bound) -> str:
    return (
        "np.sum(cofactors(a, out)*a_dot)"
        if rank_of(bound, "a") == 2
        else "np.sum(cofactors(a, out)*a_dot, axis=(-2, -1))"
    )


def det_slopes(bound: Bound) -> str:
    """The cotangent of a matrix by that of its determinant."""
    slopes = "np.conj(cofactors(a, out))" if is_complex(bound, "a") else "cofactors(a, out)"
    return f"{_outward(bound, 'g')}*{slopes}"


structural(
    "np.linalg.det",
    "a",
    lambda b: _stack_kind(b, 2),
    {"a": det_slopes},
    (np.linalg.det,),
    jvp={"a": _det_jvp},
)


# --------------------------------------------------------------------------------------------- factorisations


def _eigh_kind(bound: Bound) -> Kind:
    dtype, shape = _float(bound), shape_of(bound, "a")
    values = kinds.array(None if shape is None else shape[:-1], axes.magnitude(dtype))
    return Kind("tuple", "eigenvalues,eigenvectors", items=(values, kinds.array(shape, dtype)))


def _is_upper(bound: Bound) -> bool:
    """Whether the upper triangle is read and written: `upper=True`, or UPLO="U"."""
    name = "UPLO" if "UPLO" in bound.statics else "upper"
    if bound.static(name) is UNKNOWN:
        raise NotImplementedError(f"{name} that is not a literal")
    return bound.static(name) in (True, "U", "u")


def vectors(upper: bool) -> str:
    """The eigenvectors of a symmetric matrix of which a call computes the eigenvalues alone."""
    return "np.linalg.eigh(a, 'U')[1]" if upper else "np.linalg.eigh(a)[1]"


def _real_row(bound: Bound) -> str:
    """The row in which LAPACK makes complex eigenvectors real, as an argument; the first is the default."""
    return ", -1" if is_complex(bound, "a") and _is_upper(bound) else ""


structural(
    "np.linalg.cholesky",
    "a, *, upper=False",
    _square,
    {"a": lambda b: "cholesky_back(adjoint(g), adjoint(out))" if _is_upper(b) else "cholesky_back(g, out)"},
    (np.linalg.cholesky,),
    jvp={
        "a": lambda b: (
            "adjoint(cholesky_dot(a_dot, adjoint(out)))" if _is_upper(b) else "cholesky_dot(a_dot, out)"
        )
    },
)
structural(
    "np.linalg.eigh",
    "a, UPLO='L'",
    _eigh_kind,
    {"a": lambda b: f"eigh_back(g[0], g[1], out[0], out[1]{_real_row(b)})"},
    (np.linalg.eigh,),
    jvp={"a": lambda b: f"eigh_dot(a_dot, out[0], out[1]{_real_row(b)})"},
    partial=True,
)
structural(
    "np.linalg.eigvalsh",
    "a, UPLO='L'",
    lambda b: (_eigh_kind(b).items or ())[0],
    {"a": lambda b: f"eigvalsh_back(g, {vectors(_is_upper(b))})"},
    (np.linalg.eigvalsh,),
    jvp={"a": lambda b: f"eigvalsh_dot(a_dot, {vectors(_is_upper(b))})"},
)


# ------------------------------------------------------------------------------------------- powers, products


def _power_kind(bound: Bound) -> Kind:
    n = bound.static("n")
    if isinstance(n, int) and n < 0:
        raise NotImplementedError("np.linalg.matrix_power with a negative n: matrix_power_of_inverse")
    return kinds.array(shape_of(bound, "a"), as_array(bound.kind("a")).dtype)


def _power_vjp(bound: Bound) -> str:
    if bound.static("n") == 1:
        return "g"
    return f"matrix_power_back(g, a, {literal(bound, 'n')})"


structural(
    "np.linalg.matrix_power",
    "a, n",
    _power_kind,
    {"a": _power_vjp},
    (np.linalg.matrix_power,),
    effect="maybe a",  # a itself for n = 1
    jvp={"a": "matrix_power_dot(a_dot, a, n)"},
    general="matrix_power_of_inverse",
)
composite(
    "matrix_power_of_inverse",
    """def matrix_power_of_inverse(a, n):
    inverse = np.linalg.inv(a)
    return inverse if n == -1 else np.linalg.matrix_power(inverse, -n)
""",
)

# ------------------------------------------------------------- the texts' own helpers, for higher derivatives



def _cofactors_dot(bound: Bound, z: str) -> str:
    det = "det" if bound.given("det") else "np.linalg.det(a)"
    return f"cofactors_dot({z}, a, {det}, out)"


def _cofactors_back(bound: Bound) -> str:
    """The derivative along z is symmetric, but for conjugation."""
    if is_complex(bound, "a"):
        return f"np.conj({_cofactors_dot(bound, 'np.conj(g)')})"
    return _cofactors_dot(bound, "g")


structural(
    "cofactors",
    "a, det=None",
    _square,
    {"a": _cofactors_back, "det": axes.zero},  # it is that of a
    (linear.cofactors,),
    jvp={"a": lambda b: _cofactors_dot(b, "a_dot")},
)


def _as(name: str) -> Callable[[Bound], Kind]:
    """The kind of an array like an argument."""
    return lambda bound: kinds.array(shape_of(bound, name), _float(bound, name))


def _columns(bound: Bound) -> Kind:
    shape = shape_of(bound, "v")
    dtype = axes.magnitude(_float(bound, "v"))
    return kinds.array(None if shape is None else (*shape[:-2], 1, shape[-1]), dtype)


_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
    (linear.solve_left, lambda b: kinds.array(None, _float(b, "y"))),
    (linear.solve_right, lambda b: kinds.array(None, _float(b, "z"))),
    (linear.solve_dot, _as("x")),
    (linear.cofactors_dot, _as("a")),
    (linear.matrix_power_back, _as("a")),
    (linear.matrix_power_dot, _as("a")),
    (symmetric.cholesky_back, _as("lower")),
    (symmetric.cholesky_dot, _as("lower")),
    (symmetric.eigh_back, _as("v")),
    (symmetric.eigh_dot, lambda b: Kind("tuple", items=(_as("w")(b), _as("v")(b)))),
    (symmetric.phase_bar, _columns),
    (symmetric.real_in_row, lambda b: kinds.array(shape_of(b, "v"), axes.magnitude(_float(b, "v")))),
    (symmetric.some_eigh_back, _as("all_v")),
    (symmetric.some_eigh_dot, lambda b: Kind("tuple", items=(_as("w")(b), _as("v")(b)))),
    (symmetric.over_gaps, lambda b: kinds.array(kinds.fresh_shape(2), _float(b, "w"))),
    (symmetric.eigvalsh_back, _as("v")),
    (
        symmetric.eigvalsh_dot,
        lambda b: kinds.array(kinds.fresh_shape(None if (r := rank_of(b, "v")) is None else r - 1), "float"),
    ),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
