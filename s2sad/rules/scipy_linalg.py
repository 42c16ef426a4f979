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
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules import linalg as own
from s2sad.rules.axes import as_array, is_complex, literal, rank_of, real_if, shape_of
from s2sad.rules.equations import all_dots, one_solution
from s2sad.rules.registry import UNKNOWN, Bound, Text, composite, structural
from s2sad.runtime import equations

_SYMMETRIC = ("sym", "her", "pos", "symmetric", "hermitian", "positive definite")


def _float(bound: Bound, *names: str) -> str:
    return axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in names or ("a",)]))


_INSTEAD = {  # of values of options that have no derivative
    "b": "eigenvectors of a pencil; take eigvals(a, b), pass np.linalg.solve(b, a), or use eigh if it serves",
    "lapack_driver": "a driver that gives no singular values; leave it out",
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
        if _how(bound) or rank_of(bound, "b") == 1:
            raise NotImplementedError("scipy.linalg.solve of such stacks; use np.linalg.solve")
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

# --------------------------------------------------------------------------- matrix functions, equations


def _function(name: str, signature: str, back: str, dot: str) -> None:
    _structural(name, signature, _like("A"), {"A": back}, {"A": dot})


def _frechet_kind(bound: Bound) -> Kind:
    if bound.static("compute_expm") is UNKNOWN or rank_of(bound, "A") != 2:
        raise NotImplementedError(
            "scipy.linalg.expm_frechet of stacks, or with compute_expm that is known at run time only"
        )
    own = kinds.array(shape_of(bound, "A"), _float(bound, "A", "E"))
    if not bound.static("compute_expm"):
        return own
    return Kind("tuple", items=(kinds.array(own.shape, _float(bound, "A")), own))


def _frechet_back(bound: Bound, name: str) -> str:
    whole = bound.static("compute_expm")
    bars = "g[0], g[1]" if whole else "None, g"
    return real_if(bound, name, f"frechet_back({bars}, A, E)[{int(name == 'E')}]")


def _frechet_dot(bound: Bound, dots: str) -> str:
    return f"frechet_dot({dots}, A, E){'' if bound.static('compute_expm') else '[1]'}"


_structural(
    "expm_frechet",
    "A, E, method=None, compute_expm=True, check_finite=True",
    _frechet_kind,
    {"A": lambda b: _frechet_back(b, "A"), "E": lambda b: _frechet_back(b, "E")},
    all_dots("AE", _frechet_dot),
    partial=True,
)
_function("expm", "A", "expm_along(adjoint(A), g)", "expm_along(A, A_dot)")
_function("signm", "A", "signm_along(adjoint(A), adjoint(out), g)", "signm_along(A, out, A_dot)")


def _root(bound: Bound) -> str:
    return "out" if is_complex(bound, "A") else "real_root(out)"


_structural(
    "sqrtm",
    "A",
    _like("A"),
    {"A": lambda b: f"both_sides(adjoint({_root(b)}), g)"},
    {"A": lambda b: f"both_sides({_root(b)}, A_dot)"},
)
structural(
    "real_root",
    "x",
    _like("x"),
    {"x": "g"},
    (equations.real_root,),
    effect="maybe x",
    jvp={"x": "x_dot"},
    raises=True,
)


def _sylvester(name: str, text: str) -> Callable[[Bound], str]:
    return lambda b: real_if(b, name, text)


for _name in ("issymmetric", "ishermitian"):
    _structural(_name, "a, atol=None, rtol=None", lambda b: kinds.BOOL, {}, {})
_structural("bandwidth", "a", lambda b: Kind("tuple", items=(kinds.INT, kinds.INT)), {}, {})
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


def _frechet_pair(bound: Bound) -> Kind:
    return Kind("tuple", items=(kinds.array(shape_of(bound, "a"), _float(bound, "a", "e")),) * 2)


_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
    (equations.even_part, _like("z")),
    (equations.symmetric_part, _like("z")),
    (equations.triangle, _like("z")),
    (equations.turned, lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), _float(b))),
    (equations.triangular_right, _like("z", "a")),
    (equations.triangular_left, lambda b: kinds.array(kinds.fresh_shape(2), _float(b, "y", "x"))),
    (equations.corner, lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), _float(b, "a", "e"))),
    (equations.logm_along, _like("e", "a")),
    (equations.signm_along, _like("e", "x")),
    (equations.frechet_back, _frechet_pair),
    (equations.frechet_dot, _frechet_pair),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
composite(
    "expm_along",
    """def expm_along(a, e):
    n = np.shape(a)[-1]
    return scipy.linalg.expm(corner(a, e))[..., :n, n:]
""",
    (equations.expm_along,),
).kind = _like("e", "a")
