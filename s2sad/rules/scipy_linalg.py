"""scipy.linalg: systems, factorisations, functions of matrices, special matrices.

    x = scipy.linalg.solve(a, b)                 b_bar = np.linalg.solve(a.T, g)
    x = scipy.linalg.expm(a)                     a_bar = expm_along(adjoint(a), g)
    x = scipy.linalg.solve_sylvester(a, b, q)    q_bar = scipy.linalg.solve_sylvester(a.T, b.T, g)

The primal's own calls run. Functions that read one triangle of a symmetric matrix have symmetric
gradients, as those of np.linalg do. Arguments that say how to compute (`check_finite`, `driver`) are
free; those that overwrite operands are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scipy import linalg

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes, decompositions
from s2sad.rules import linalg as own
from s2sad.rules.axes import as_array, is_complex, literal, rank_of, real_if, shape_of
from s2sad.rules.equations import all_dots, one_solution
from s2sad.rules.registry import UNKNOWN, Bound, Text, composite, structural
from s2sad.runtime import equations

_SYMMETRIC = ("sym", "her", "pos", "symmetric", "hermitian", "positive definite")


def _float(bound: Bound, *names: str) -> str:
    return axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in names or ("a",)]))


_INSTEAD = {  # of values of options that have no derivative
    "b": "eigenvalues of a pencil; pass np.linalg.solve(b, a), or use eigh if a and b are symmetric",
    "lapack_driver": "a driver that gives no singular values; leave it out",
    "subset_by_index": "a choice of eigenvalues; compute all, and take w[i:j + 1] and v[:, i:j + 1] of them",
    "subset_by_value": "a choice of eigenvalues; compute all, and choose by np.where",
}


def _checked(kind: Callable[[Bound], Kind], **needed: Any) -> Callable[[Bound], Kind]:
    """A kind that is given only if options have the values that the rule is for."""

    def infer(bound: Bound) -> Kind:
        for name in bound.statics:
            if name.startswith("overwrite") and bound.static(name) is not False:
                raise NotImplementedError(f"{name} writes into an operand; leave it out")
            if name in needed and bound.static(name) not in needed[name]:
                allowed = " or ".join(map(repr, needed[name]))
                raise NotImplementedError(_INSTEAD.get(name, f"{name} other than {allowed}"))
        return kind(bound)

    return infer


def _structural(
    name: str,
    signature: str,
    kind: Callable[[Bound], Kind],
    vjp: dict[str, Text],
    jvp: dict[str, Text],
    **more: Any,
) -> None:
    needed = more.pop("needed", {})
    structural(
        f"scipy.linalg.{name}",
        signature,
        _checked(kind, **needed),
        vjp,
        (getattr(linalg, name),),
        jvp=jvp,
        raises=True,
        **more,
    )


def _like(*names: str) -> Callable[[Bound], Kind]:
    """An array in the shape of the first argument with the dtype of all."""
    return lambda b: kinds.array(shape_of(b, names[0]), _float(b, *names))


# ----------------------------------------------------------------------------------------------- systems


def _solve_kind(bound: Bound) -> Kind:
    if bound.static("assume_a") is UNKNOWN or bound.static("transposed") is UNKNOWN:
        raise NotImplementedError("this form of scipy.linalg.solve; write assume_a and transposed out")
    if bound.static("transposed"):
        raise NotImplementedError(
            "scipy.linalg.solve of the transpose of a complex matrix; transpose it before"
        )
    if bound.static("assume_a") not in (None, "gen", "general", "tridiagonal", *_SYMMETRIC):
        raise NotImplementedError(
            "scipy.linalg.solve of this structure; use solve_triangular or leave assume_a out"
        )
    if rank_of(bound, "a") not in (2, None) or rank_of(bound, "b") not in (1, 2, None):
        raise NotImplementedError("scipy.linalg.solve of stacks; use np.linalg.solve")
    return own._solve_kind(bound)


def _how(bound: Bound) -> str:
    """What a solve is told of its matrix, as arguments."""
    how = bound.static("assume_a")
    lower = f", lower={literal(bound, 'lower')}" if bound.static("lower") is not False else ""
    return "" if how in (None, "gen", "general") else f", assume_a={how!r}{lower}"


def _as_read(bound: Bound, text: str) -> str:
    """A text whose solves read the matrix as the call does: in its bands, or in one triangle."""
    how, words = bound.static("assume_a"), _how(bound)
    if not words:
        return text
    turned = "np.conj(a)" if is_complex(bound, "a") and how in ("sym", "symmetric") else "a"
    matrix = turned if how in _SYMMETRIC else r"\1"
    return re.sub(r"np\.linalg\.solve\((.*?), g\)", rf"scipy.linalg.solve({matrix}, g{words})", text)


def _solve_dot(bound: Bound, right: str) -> str:
    words = _how(bound)
    return f"{'scipy' if words else 'np'}.linalg.solve(a, {right}{words})"


def _solve_a_dot(bound: Bound) -> str:
    if bound.static("assume_a") == "tridiagonal":
        return "np.triu(np.tril(a_dot, 1), -1) @ out"
    return f"{_read(bound, 'a_dot')} @ out"


def _solve_a(bound: Bound) -> str:
    text = _as_read(bound, own._solve_a(bound))
    if bound.static("assume_a") == "tridiagonal":
        return f"np.triu(np.tril({text}, 1), -1)"
    return _read(bound, text)


def _read(bound: Bound, text: str) -> str:
    """The part of a matrix that a function with assume_a reads."""
    how = bound.static("assume_a")
    if how in ("upper triangular", "lower triangular"):
        return f"np.tri{how[0]}({text})"
    if how in ("sym", "symmetric") and is_complex(bound, "a"):
        return f"symmetric_part({text})"
    return f"even_part({text})" if how in _SYMMETRIC else text


def _inv_a(bound: Bound) -> str:
    made = f"{own._turned(bound, 'out')} @ g @ {own._turned(bound, 'out')}"
    read = _read(bound, made)
    return f"-{read}" if read != made else f"-{made}"


_HOW = "lower=False, overwrite_a=False, overwrite_b=False, check_finite=True"
_structural(
    "solve",
    f"a, b, {_HOW}, assume_a=None, transposed=False",
    _solve_kind,
    {"a": _solve_a, "b": lambda b: _as_read(b, own._solve_b(b))},
    one_solution(_solve_dot, {"b": "b_dot"}, {"a": _solve_a_dot}),
    general="solve_structured",
)
_structural(
    "inv",
    "a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False",
    own._square,
    {"a": _inv_a},
    {"a": lambda b: f"-out @ {_read(b, 'a_dot')} @ out"},
    needed={"assume_a": (None, "gen", "general", "upper triangular", "lower triangular", *_SYMMETRIC)},
)
_structural(
    "det",
    "a, overwrite_a=False, check_finite=True",
    lambda b: own._stack_kind(b, 2),
    {"a": own.det_slopes},
    {"a": "np.sum(cofactors(a, out)*a_dot, axis=(-2, -1))"},
)


def _options(bound: Bound) -> str:
    return f"{literal(bound, 'trans')}, {literal(bound, 'lower')}, {literal(bound, 'unit_diagonal')}"


def _triangular_kind(bound: Bound) -> Kind:
    if rank_of(bound, "a") not in (2, None) or rank_of(bound, "b") not in (1, 2, None):
        raise NotImplementedError("scipy.linalg.solve_triangular of stacks; solve them one by one")
    return own._solve_kind(bound)


def _call(bound: Bound, right: str) -> str:
    return f"scipy.linalg.solve_triangular(a, {right}, {_options(bound)})"


def _triangle_dot(bound: Bound) -> str:
    read = f"triangle(a_dot, {literal(bound, 'lower')}, {literal(bound, 'unit_diagonal')})"
    return f"turned({read}, {literal(bound, 'trans')}) @ out"


_structural(
    "solve_triangular",
    "a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, check_finite=True",
    _triangular_kind,
    {
        "a": lambda b: real_if(
            b, "a", f"triangular_left(triangular_right(g, a, {_options(b)}), out, {_options(b)})"
        ),
        "b": lambda b: real_if(b, "b", f"triangular_right(g, a, {_options(b)})"),
    },
    one_solution(_call, {"b": "b_dot"}, {"a": _triangle_dot}),
)

# ---------------------------------------------------------------------------- factorisations and factors


def _cholesky(bound: Bound, lower: str, upper: str) -> str:
    how = bound.static("lower")
    if how is UNKNOWN:
        raise NotImplementedError("scipy.linalg.cholesky with lower= that is known at run time only")
    return lower if how else upper


_structural(
    "cholesky",
    "a, lower=False, overwrite_a=False, check_finite=True",
    own._square,
    {"a": lambda b: _cholesky(b, "factor_back(g, out)", "factor_back(adjoint(g), adjoint(out))")},
    {"a": lambda b: _cholesky(b, "factor_dot(a_dot, out)", "adjoint(factor_dot(a_dot, adjoint(out)))")},
)
_structural(
    "cho_factor",
    "a, lower=False, overwrite_a=False, check_finite=True",
    lambda b: Kind("tuple", items=(own._square(b), kinds.BOOL)),
    {"a": "cho_factor_back(g[0], out[0], out[1])"},
    {
        "a": lambda b: _cholesky(
            b,
            "(factor_dot(a_dot, np.tril(out[0])) + np.triu(a_dot, 1), True)",
            "(adjoint(factor_dot(a_dot, adjoint(np.triu(out[0])))) + np.tril(a_dot, -1), False)",
        )
    },
)
composite(
    "scipy.linalg.cho_solve",
    """def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    c, lower = c_and_lower
    return solve_factored(c, lower, b)
""",
    (linalg.cho_solve,),
)
structural(
    "solve_factored",
    "c, lower, b",
    _like("b", "c"),
    {
        "c": lambda b: real_if(b, "c", "solve_factored_left(solve_factored(c, lower, g), out, c, lower)"),
        "b": lambda b: real_if(b, "b", "solve_factored(c, lower, g)"),
    },
    (equations.solve_factored,),
    jvp=one_solution(
        lambda b, right: f"solve_factored(c, lower, {right})",
        {"b": "b_dot"},
        {"c": "solve_factored_dot(c_dot, out, c, lower)"},
    ),
)


def _lu_kind(bound: Bound) -> Kind:
    shape, dtype = shape_of(bound, "a"), _float(bound)
    if shape is None or len(shape) != 2:
        raise NotImplementedError("scipy.linalg.lu of stacks; factor the matrices one by one")
    rows, columns = shape
    short = rows if rows == columns else new_length()
    real = axes.magnitude(dtype)
    return Kind(
        "tuple",
        items=(
            kinds.array((rows, rows), real),
            kinds.array((rows, short), dtype),
            kinds.array((short, columns), dtype),
        ),
    )


_structural(
    "lu",
    "a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False",
    _lu_kind,
    {"a": "lu_back(g[1], g[2], out[0], out[1], out[2])"},
    {"a": "lu_dot(a_dot, out[0], out[1], out[2])"},
    needed={"permute_l": (False,), "p_indices": (False,)},
    general="lu_permuted",
    partial=True,
)
_structural(
    "lu_factor",
    "a, overwrite_a=False, check_finite=True",
    lambda b: Kind("tuple", items=(own._square(b), kinds.array((new_length(),), "int"))),
    {"a": "lu_factor_back(g[0], out[0], out[1])"},
    {"a": "(lu_factor_dot(a_dot, out[0], out[1]), out[1])"},
)
composite(
    "scipy.linalg.lu_solve",
    """def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    lu, piv = lu_and_piv
    return solve_lu(lu, piv, b, trans)
""",
    (linalg.lu_solve,),
)
structural(
    "solve_lu",
    "lu, piv, b, trans",
    _like("b", "lu"),
    {
        "lu": lambda b: real_if(
            b, "lu", "solve_lu_left(solve_lu_right(g, lu, piv, trans), out, lu, piv, trans)"
        ),
        "b": lambda b: real_if(b, "b", "solve_lu_right(g, lu, piv, trans)"),
    },
    (equations.solve_lu,),
    jvp=one_solution(
        lambda b, right: f"solve_lu(lu, piv, {right}, trans)",
        {"b": "b_dot"},
        {"lu": "solve_lu_dot(lu_dot, out, lu, piv, trans)"},
    ),
)


def _eigh_kind(bound: Bound) -> Kind:
    only = bound.static("eigvals_only") if "eigvals_only" in bound.statics else True
    if only is UNKNOWN:
        raise NotImplementedError("scipy.linalg.eigh with eigvals_only that is known at run time only")
    made = own._eigh_kind(bound)
    return (made.items or ())[0] if only else Kind("tuple", items=made.items)


def _reads_upper(bound: Bound) -> bool:
    if bound.static("lower") is UNKNOWN:
        raise NotImplementedError("lower that is not a literal")
    return not bound.static("lower")


def _triangle(bound: Bound) -> str:
    """The matrix whose lower triangle is read."""
    return "adjoint(a)" if _reads_upper(bound) else "a"


def _real_row(bound: Bound) -> str:
    """The row in which LAPACK makes complex eigenvectors real, as an argument; the first is the default."""
    return ", -1" if is_complex(bound, "a") and _reads_upper(bound) else ""


_EIGH = (
    "overwrite_a=False, overwrite_b=False, type=1, check_finite=True, subset_by_index=None, "
    "subset_by_value=None, driver=None"
)
_FREE = {"type": (1,), "subset_by_index": (None,), "subset_by_value": (None,)}


def _metric(bound: Bound) -> bool:
    return bound.given("b") and bound.kind("b").cat != "none"


def _only_values(bound: Bound) -> bool:
    return bool(bound.statics.get("eigvals_only", True))


def _eigh_a(bound: Bound) -> str:
    if _metric(bound):
        return _eigh_both(bound, 0)
    if _only_values(bound):
        return f"eigvalsh_back(g, {_triangle(bound)})"
    return f"eigh_back(g[0], g[1], out[0], out[1]{_real_row(bound)})"


def _eigh_both(bound: Bound, k: int) -> str:
    whole = "values_back(g, a, b)" if _only_values(bound) else "pencil_back(g[0], g[1], out[0], out[1])"
    return real_if(bound, "ab"[k], f"{whole}[{k}]")


def _eigh_a_dot(bound: Bound) -> str | None:
    if _metric(bound):
        text = _EIGH_DOTS["a"]
        return text(bound) if callable(text) else text
    if _only_values(bound):
        return f"eigvalsh_dot(a_dot, {_triangle(bound)})"
    return f"eigh_dot(a_dot, out[0], out[1]{_real_row(bound)})"


def _eigh_both_dot(bound: Bound, dots: str) -> str:
    return f"values_dot({dots}, a, b)" if _only_values(bound) else f"pencil_dot({dots}, out[0], out[1])"


_EIGH_DOTS = all_dots("ab", _eigh_both_dot)

for _name, _only in (("eigh", "eigvals_only=False, "), ("eigvalsh", "")):
    _structural(
        _name,
        f"a, b=None, *, lower=True, {_only}{_EIGH}",
        _eigh_kind,
        {"a": _eigh_a, "b": lambda b: _eigh_both(b, 1)},
        {"a": _eigh_a_dot, "b": _EIGH_DOTS["b"]},
        needed=_FREE,
        partial=True,
    )


def _eig_kind(bound: Bound) -> Kind:
    """Eigenvalues are complex; eigenvectors of a real matrix are real where all eigenvalues are."""
    values, vectors = decompositions._eig_kind(bound).items or ()
    narrow = all(as_array(k).dtype in ("float32", "complex64") for n, k in bound.kinds.items() if n in "ab")
    values = kinds.array(values.shape, "complex64" if narrow else "complex128")
    return Kind("tuple", items=(values, vectors)) if "left" in bound.statics else values


_structural(
    "eig",
    "a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True, "
    "homogeneous_eigvals=False",
    _eig_kind,
    {"a": "eig_back(g[0], g[1], a, out[0], out[1])"},
    {"a": "eig_dot(a_dot, out[0], out[1])"},
    needed={"b": (None,), "left": (False,), "right": (True,), "homogeneous_eigvals": (False,)},
    partial=True,
)
_structural(
    "eigvals",
    "a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False",
    _eig_kind,
    {"a": "eigvals_back(g, a)"},
    {"a": "eig_dot(a_dot, np.linalg.eig(a)[0], np.linalg.eig(a)[1])[0]"},
    needed={"b": (None,), "homogeneous_eigvals": (False,)},
)


def _svd_kind(bound: Bound) -> Kind:
    bound.statics["hermitian"] = False
    made = decompositions._svd_kind(bound)
    return Kind("tuple", items=made.items) if made.cat == "tuple" else made


_structural(
    "svd",
    "a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver='gesdd'",
    _svd_kind,
    {
        "a": lambda b: (
            "svd_back(g[0], g[1], g[2], out[0], out[1], out[2])"
            if b.static("compute_uv")
            else "svdvals_back(g, a)"
        )
    },
    {
        "a": lambda b: (
            "svd_dot(a_dot, out[0], out[1], out[2])" if b.static("compute_uv") else "svdvals_dot(a_dot, a)"
        )
    },
    partial=True,
)
_structural(
    "svdvals",
    "a, overwrite_a=False, check_finite=True",
    lambda b: decompositions._stack(b, None, dtype=axes.magnitude(_float(b))),
    {"a": "svdvals_back(g, a)"},
    {"a": "svdvals_dot(a_dot, a)"},
)


_structural(
    "pinv",
    "a, *, atol=None, rtol=None, return_rank=False, check_finite=True",
    lambda b: decompositions._stack(b, *reversed(decompositions._lengths(b))),
    {"a": "pinv_back(g, a, out)"},
    {"a": "pinv_dot(a_dot, a, out)"},
    needed={"return_rank": (False,)},
)
_structural(
    "norm",
    "a, ord=None, axis=None, keepdims=False, check_finite=True",
    lambda b: axes.reduced(b, axes.magnitude(_float(b))),
    {"a": lambda b: f"{axes.spread(b, 'g')}*{own.norm_slope(b).replace('(x,', '(a,')}"},
    {
        "a": lambda b: (
            f"np.sum(np.real(np.conj({own.norm_slope(b).replace('(x,', '(a,')})*a_dot){axes.axis_args(b)})"
        )
    },
)

# --------------------------------------------------------------------------- matrix functions, equations


def _real(bound: Bound) -> str:
    return str(not is_complex(bound, "A"))


def _function(name: str, signature: str, back: str, dot: str) -> None:
    _structural(
        name,
        signature,
        _like("A"),
        {"A": lambda b: back.replace("real", _real(b))},
        {"A": lambda b: dot.replace("real", _real(b))},
    )


_function("expm", "A", "expm_along(adjoint(A), g)", "expm_along(A, A_dot)")
_function("logm", "A", "logm_along(adjoint(A), g, real)", "logm_along(A, A_dot, real)")
_function("sqrtm", "A", "sqrtm_along(adjoint(out), g, real)", "sqrtm_along(out, A_dot, real)")


def _sylvester(name: str, text: str) -> Callable[[Bound], str]:
    return lambda b: real_if(b, name, text)


_Y = "scipy.linalg.solve_sylvester(adjoint(a), adjoint(b), g)"
_structural(
    "solve_sylvester",
    "a, b, q",
    _like("q", "a", "b"),
    {
        "a": _sylvester("a", f"-{_Y} @ adjoint(out)"),
        "b": _sylvester("b", f"-adjoint(out) @ {_Y}"),
        "q": _sylvester("q", _Y),
    },
    one_solution(
        lambda b, right: f"scipy.linalg.solve_sylvester(a, b, {right})",
        {"q": "q_dot"},
        {"a": "a_dot @ out", "b": "out @ b_dot"},
    ),
)
_Y = "scipy.linalg.solve_continuous_lyapunov(adjoint(a), g)"
_structural(
    "solve_continuous_lyapunov",
    "a, q",
    _like("q", "a"),
    {
        "a": _sylvester("a", f"-({_Y} @ adjoint(out) + adjoint({_Y}) @ out)"),
        "q": _sylvester("q", _Y),
    },
    one_solution(
        lambda b, right: f"scipy.linalg.solve_continuous_lyapunov(a, {right})",
        {"q": "q_dot"},
        {"a": "(a_dot @ out + out @ adjoint(a_dot))"},
    ),
)
_Y = "scipy.linalg.solve_discrete_lyapunov(adjoint(a), g)"
_structural(
    "solve_discrete_lyapunov",
    "a, q, method=None",
    _like("q", "a"),
    {
        "a": _sylvester("a", f"{_Y} @ a @ adjoint(out) + adjoint({_Y}) @ a @ out"),
        "q": _sylvester("q", _Y),
    },
    one_solution(
        lambda b, right: f"scipy.linalg.solve_discrete_lyapunov(a, {right})",
        {"q": "q_dot", "a": "a_dot @ out @ adjoint(a) + a @ out @ adjoint(a_dot)"},
        {},
    ),
)

# ------------------------------------------------------------- the texts' own helpers, for higher derivatives

_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
    (equations.even_part, _like("z")),
    (equations.symmetric_part, _like("z")),
    (equations.triangle, _like("z")),
    (equations.turned, lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), _float(b))),
    (equations.triangular_right, _like("z", "a")),
    (equations.triangular_left, lambda b: kinds.array(kinds.fresh_shape(2), _float(b, "y", "x"))),
    (equations.solve_factored_left, _like("c", "y")),
    (equations.solve_factored_dot, _like("x", "c")),
    (equations.cho_factor_back, _like("c", "z")),
    (equations.factor_back, _like("lower", "z")),
    (equations.factor_dot, _like("lower", "a_dot")),
    (equations.lu_back, _like("u")),
    (equations.lu_dot, lambda b: Kind("tuple", items=(_like("p")(b), _like("l")(b), _like("u")(b)))),
    (equations.lu_factor_back, _like("lu")),
    (equations.lu_factor_dot, _like("lu", "a_dot")),
    (equations.solve_lu_dot, _like("x", "lu")),
    (equations.solve_lu_right, _like("z", "lu")),
    (equations.solve_lu_left, _like("lu", "y")),
    (equations.corner, lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), _float(b, "a", "e"))),
    (equations.logm_along, _like("e", "a")),
    (equations.sqrtm_along, _like("e", "x")),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
structural("rows_of", "piv", lambda b: kinds.array(shape_of(b, "piv"), "int64"), {}, (equations.rows_of,))
composite(
    "expm_along",
    """def expm_along(a, e):
    n = np.shape(a)[-1]
    return scipy.linalg.expm(corner(a, e))[..., :n, n:]
""",
    (equations.expm_along,),
).kind = _like("e", "a")
