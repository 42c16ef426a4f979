"""scipy.linalg: systems with banded and Toeplitz matrices.

    x = scipy.linalg.solve_banded((l, u), ab, b)     b_bar = band_right(g, (l, u), ab)
    x = scipy.linalg.solveh_banded(ab, b)            b_bar = scipy.linalg.solveh_banded(ab, g)
    x = scipy.linalg.solve_toeplitz((c, r), b)       b_bar = toeplitz_right(g, c, r)

The cotangents of the bands are sums along the diagonals of -b_bar @ adjoint(x), so that no matrix is made
whole. The elements of ab that lie outside of the matrix have derivative 0.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import linalg

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, is_complex, literal, rank_of, real_if, shape_of
from s2sad.rules.equations import one_solution
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import bands


def _like(*names: str) -> Callable[[Bound], Kind]:
    """An array in the shape of the first argument with the dtype of all."""

    def infer(bound: Bound) -> Kind:
        dtype = axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in names]))
        return kinds.array(shape_of(bound, names[0]), dtype)

    return infer


def _band_kind(bound: Bound) -> Kind:
    for name in ("overwrite_ab", "overwrite_b"):
        if bound.static(name) is not False:
            raise NotImplementedError(f"{name} writes into an operand; leave it out")
    if rank_of(bound, "ab") not in (2, None) or rank_of(bound, "b") not in (1, 2, None):
        raise NotImplementedError("banded systems in stacks; solve them one by one")
    if "l_and_u" not in bound.kinds and is_complex(bound, "ab"):
        raise NotImplementedError(
            "scipy.linalg.solveh_banded of a complex matrix; use solve_banded with both halves"
        )
    return _like("b", "ab")(bound)


structural(
    "scipy.linalg.solve_banded",
    "l_and_u, ab, b, overwrite_ab=False, overwrite_b=False, check_finite=True",
    _band_kind,
    {
        "ab": lambda b: real_if(b, "ab", "band_left(band_right(g, l_and_u, ab), out, l_and_u, ab)"),
        "b": lambda b: real_if(b, "b", "band_right(g, l_and_u, ab)"),
    },
    (linalg.solve_banded,),
    jvp=one_solution(
        lambda b, right: f"scipy.linalg.solve_banded(l_and_u, ab, {right})",
        {"b": "b_dot"},
        {"ab": "band_dot(ab_dot, out, l_and_u)"},
    ),
    raises=True,
)


def _even(bound: Bound, right: str) -> str:
    lower = literal(bound, "lower")
    return f"scipy.linalg.solveh_banded(ab, {right}{'' if lower == 'False' else f', lower={lower}'})"


structural(
    "scipy.linalg.solveh_banded",
    "ab, b, overwrite_ab=False, overwrite_b=False, lower=False, check_finite=True",
    _band_kind,
    {
        "ab": lambda b: real_if(b, "ab", f"even_band_left({_even(b, 'g')}, out, ab, {literal(b, 'lower')})"),
        "b": lambda b: real_if(b, "b", _even(b, "g")),
    },
    (linalg.solveh_banded,),
    jvp=one_solution(
        _even, {"b": "b_dot"}, {"ab": lambda b: f"even_band_dot(ab_dot, out, {literal(b, 'lower')})"}
    ),
    raises=True,
)
composite(
    "scipy.linalg.solve_toeplitz",
    """def solve_toeplitz(c_or_cr, b, check_finite=True):
    if isinstance(c_or_cr, tuple):
        c, r = c_or_cr
    else:
        c = c_or_cr
        r = np.conj(c_or_cr)
    return toeplitz_solved(c, r, b)
""",
    (linalg.solve_toeplitz,),
)


def _toeplitz_kind(bound: Bound) -> Kind:
    if any(rank_of(bound, n) not in (1, None) for n in "cr") or rank_of(bound, "b") not in (1, 2, None):
        raise NotImplementedError("scipy.linalg.solve_toeplitz of stacks; solve the systems one by one")
    return _like("b", "c", "r")(bound)


structural(
    "toeplitz_solved",
    "c, r, b",
    _toeplitz_kind,
    {
        "c": lambda b: real_if(b, "c", "toeplitz_left(toeplitz_right(g, c, r), out)"),
        "r": lambda b: real_if(b, "r", "toeplitz_above(toeplitz_right(g, c, r), out)"),
        "b": lambda b: real_if(b, "b", "toeplitz_right(g, c, r)"),
    },
    (bands.toeplitz_solved,),
    jvp=one_solution(
        lambda b, right: f"toeplitz_solved(c, r, {right})",
        {"b": "b_dot"},
        {
            "c": "scipy.linalg.toeplitz(c_dot, np.zeros_like(c_dot)) @ out",
            "r": "scipy.linalg.toeplitz(np.zeros_like(r_dot), r_dot) @ out",
        },
    ),
    raises=True,
)
for _helper, _helper_kind in (
    (bands.band_adjoint, _like("ab")),
    (bands.band_right, _like("z", "ab")),
    (bands.band_left, _like("ab", "y", "x")),
    (bands.band_dot, _like("x", "ab_dot")),
    (bands.even_band_left, _like("ab", "y", "x")),
    (bands.even_band_dot, _like("x", "ab_dot")),
    (bands.toeplitz_right, _like("z", "c", "r")),
):
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
for _sums in (bands.toeplitz_left, bands.toeplitz_above):
    composite(_sums.__name__, axes.source_of(_sums), (_sums,)).kind = lambda b: kinds.array(
        kinds.fresh_shape(1), axes.averaged(axes.promoted([as_array(b.kind(n)) for n in "yx"]))
    )
