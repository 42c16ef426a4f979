"""scipy.linalg: triangular and orthogonal factors, and systems that are given by them.

    c, lower = scipy.linalg.cho_factor(a)      a_bar = cho_factor_back(g[0], out[0], out[1])
    x = scipy.linalg.lu_solve((lu, piv), b)    b_bar = solve_lu_right(g, lu, piv, 0)
    q, r = scipy.linalg.qr(a)                  a_bar = qr_back(g[0], g[1], a, out[0], out[1])

A reverse sweep solves triangular systems with the factors that the forward sweep made; it factors nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import linalg

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes, decompositions
from s2sad.rules import linalg as own
from s2sad.rules.axes import is_complex, rank_of, real_if, shape_of
from s2sad.rules.equations import one_solution
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.rules.scipy_linalg import _float, _like, _structural
from s2sad.runtime import equations, pencils

# -------------------------------------------------------------------------------------- cholesky and lu


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
composite(
    "lu_permuted",
    """def lu_permuted(a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False):
    p, l, u = scipy.linalg.lu(a)
    if permute_l:
        return p @ l, u
    return np.asarray(np.argmax(p, axis=1), dtype=np.int32), l, u
""",
)

# ------------------------------------------------------------------------------------------ qr and polar

composite(
    "qr_upper",
    """def qr_upper(a, overwrite_a=False, lwork=None, mode='full', pivoting=False, check_finite=True):
    q, r = scipy.linalg.qr(a)
    return (r,)
""",
)


def _qr_kind(bound: Bound) -> Kind:
    bound.statics["mode"] = {"full": "complete", "economic": "reduced"}.get(bound.static("mode"), "none")
    return Kind("tuple", items=decompositions._qr_kind(bound).items)


def _pivoted(bound: Bound) -> Kind:
    if bound.static("pivoting") is UNKNOWN or bound.static("mode") not in ("full", "economic"):
        raise NotImplementedError("scipy.linalg.qr in this mode")
    made = _qr_kind(bound)
    if bound.static("pivoting"):
        return Kind("tuple", items=(*(made.items or ()), kinds.array((new_length(),), "int32")))
    return made


def _qr_back(bound: Bound) -> str:
    if bound.static("pivoting"):
        return "qr_back(g[0], g[1], a[:, out[2]], out[0], out[1])[:, np.argsort(out[2])]"
    return "qr_back(g[0], g[1], a, out[0], out[1])"


def _qr_dot(bound: Bound) -> str:
    if bound.static("pivoting"):
        inner = "qr_dot(a_dot[:, out[2]], a[:, out[2]], out[0], out[1])"
        return f"({inner}[0], {inner}[1], None)"
    return "qr_dot(a_dot, a, out[0], out[1])"


_structural(
    "qr",
    "a, overwrite_a=False, lwork=None, mode='full', pivoting=False, check_finite=True",
    _pivoted,
    {"a": _qr_back},
    {"a": _qr_dot},
    partial=True,
    general="qr_upper",
)


def _pair(bound: Bound) -> Kind:
    own = kinds.array(shape_of(bound, "a"), _float(bound))
    length = new_length()
    return Kind("tuple", items=(own, kinds.array((length, length), own.dtype)))


def _rq_kind(bound: Bound) -> Kind:
    mode = bound.static("mode")
    if mode not in ("full", "economic", "r"):
        raise NotImplementedError("scipy.linalg.rq in a mode that is known at run time only")
    rows, columns = shape_of(bound, "a") or (None, None)
    dtype, short = _float(bound), new_length()
    if rows is None or columns is None:
        rows, columns = new_length(), new_length()
    r = kinds.array((rows, short if mode == "economic" else columns), dtype)
    q = kinds.array((short if mode == "economic" else columns, columns), dtype)
    return r if mode == "r" else Kind("tuple", items=(r, q))


def _rq(bound: Bound, back: bool) -> str:
    if bound.static("mode") != "r":
        return "rq_back(g[0], g[1], a, out[0], out[1])" if back else "rq_dot(a_dot, a, out[0], out[1])"
    factors = "scipy.linalg.rq(a)[0], scipy.linalg.rq(a)[1]"
    return f"rq_back(g, None, a, {factors})" if back else f"rq_dot(a_dot, a, {factors})[0]"


_structural(
    "rq",
    "a, overwrite_a=False, lwork=None, mode='full', check_finite=True",
    _rq_kind,
    {"a": lambda b: _rq(b, True)},
    {"a": lambda b: _rq(b, False)},
    partial=True,
)


def _ldl_kind(bound: Bound) -> Kind:
    if bound.static("lower") is UNKNOWN or rank_of(bound, "A") != 2:
        raise NotImplementedError("scipy.linalg.ldl of stacks, or with lower= that is known at run time only")
    if is_complex(bound, "A") and bound.static("hermitian") is not True:
        raise NotImplementedError("scipy.linalg.ldl of a complex symmetric matrix; use scipy.linalg.lu")
    whole = kinds.array(shape_of(bound, "A"), _float(bound, "A"))
    return Kind("tuple", items=(whole, whole, kinds.array((new_length(),), "int64")))


_structural(
    "ldl",
    "A, lower=True, hermitian=True, overwrite_a=False, check_finite=True",
    _ldl_kind,
    {"A": lambda b: f"ldl_back(g[0], g[1], out[0], out[1], out[2], {b.static('lower')})"},
    {"A": lambda b: f"ldl_dot(A_dot, out[0], out[1], out[2], {b.static('lower')})"},
    partial=True,
)


def _polar_kind(bound: Bound) -> Kind:
    if bound.static("side") not in ("right", "left") or rank_of(bound, "a") != 2:
        raise NotImplementedError("scipy.linalg.polar whose side is known at run time only")
    return _pair(bound)


def _polar_back(bound: Bound) -> str:
    if bound.static("side") == "right":
        return "polar_back(g[0], g[1], out[0], out[1])"
    return "left_polar_back(g[0], g[1], out[0], out[1])"


_structural(
    "polar",
    "a, side='right'",
    _polar_kind,
    {"a": _polar_back},
    {"a": lambda b: f"{'left_' if b.static('side') == 'left' else ''}polar_dot(a_dot, out[0], out[1])"},
)
composite(
    "left_polar_back",
    """def left_polar_back(u_bar, p_bar, u, p):
    turned = None if u_bar is None else adjoint(u_bar)
    return adjoint(polar_back(turned, p_bar, adjoint(u), p))
""",
    (pencils.left_polar_back,),
).kind = lambda b: kinds.array(shape_of(b, "u"), _float(b, "u"))
composite(
    "left_polar_dot",
    """def left_polar_dot(a_dot, u, p):
    one, two = polar_dot(adjoint(a_dot), adjoint(u), p)
    return adjoint(one), two
""",
    (pencils.left_polar_dot,),
).kind = lambda b: Kind(
    "tuple",
    items=(kinds.array(shape_of(b, "u"), _float(b, "u")), kinds.array(shape_of(b, "p"), _float(b, "p"))),
)

# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _polar_pair(bound: Bound) -> Kind:
    dtype = _float(bound, "u")
    return Kind("tuple", items=tuple(kinds.array(shape_of(bound, n), dtype) for n in "up"))


_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
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
    (equations.rq_back, _like("a")),
    (equations.rq_dot, lambda b: Kind("tuple", items=(_like("r")(b), _like("q")(b)))),
    (equations.ldl_back, _like("l")),
    (equations.ldl_dot, lambda b: Kind("tuple", items=(_like("l")(b), _like("d")(b), kinds.NONE))),
    (equations.ldl_outside, _like("z")),
    (pencils.polar_back, _like("u")),
    (pencils.polar_dot, _polar_pair),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
structural("rows_of", "piv", lambda b: kinds.array(shape_of(b, "piv"), "int64"), {}, (equations.rows_of,))
structural("blocks_of", "d", lambda b: kinds.array(shape_of(b, "d"), "bool"), {}, (equations.blocks_of,))
