"""scipy.linalg: eigenvalues and singular values of matrices, pencils and tridiagonal matrices.

    w, v = scipy.linalg.eigh(a)          a_bar = eigh_back(g[0], g[1], out[0], out[1])
    w, v = scipy.linalg.eigh(a, b)       a_bar = pencil_back(g[0], g[1], out[0], out[1], b, True)[0]
    s = scipy.linalg.svdvals(a)          a_bar = svdvals_back(g, ...) of the vectors of np.linalg.svd(a)

Functions that read one triangle of a symmetric matrix have symmetric gradients, as those of np.linalg do.
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes, decompositions
from s2sad.rules import linalg as own
from s2sad.rules.axes import as_array, is_complex, rank_of, real_if, shape_of
from s2sad.rules.equations import all_dots
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.rules.scipy_linalg import _float, _structural
from s2sad.runtime import pencils

# ------------------------------------------------------------------------------------- symmetric matrices


def _eigh_kind(bound: Bound) -> Kind:
    only = bound.static("eigvals_only") if "eigvals_only" in bound.statics else True
    if only is UNKNOWN:
        raise NotImplementedError("scipy.linalg.eigh with eigvals_only that is known at run time only")
    if _chosen(bound) and (rank_of(bound, "a") not in (2, None) or (_metric(bound) and not only)):
        raise NotImplementedError(
            "a choice of eigenvectors of a pencil, or in stacks; compute all, and take those of v[:, i:j + 1]"
        )
    values, vectors = own._eigh_kind(bound).items or ()
    if _metric(bound):
        dtype = _float(bound, "a", "b")
        values, vectors = kinds.array(values.shape, axes.magnitude(dtype)), kinds.array(vectors.shape, dtype)
    if _chosen(bound):
        length = new_length()
        values = kinds.array((length,), values.dtype)
        vectors = kinds.array(None if vectors.shape is None else (vectors.shape[0], length), vectors.dtype)
    return values if only else Kind("tuple", items=(values, vectors))


def _chosen(bound: Bound) -> bool:
    """Whether some of the eigenvalues are asked for."""
    return bound.given("subset_by_index") and bound.kind("subset_by_index").cat != "none"


def _metric(bound: Bound) -> bool:
    return bound.given("b") and bound.kind("b").cat != "none"


def _only_values(bound: Bound) -> bool:
    return bool(bound.statics.get("eigvals_only", True))


def _reads_upper(bound: Bound) -> bool:
    if bound.static("lower") is UNKNOWN:
        raise NotImplementedError("lower that is not a literal")
    return not bound.static("lower")


def _real_row(bound: Bound) -> str:
    """The row in which LAPACK makes complex eigenvectors real, as an argument; the first is the default."""
    return ", -1" if is_complex(bound, "a") and _reads_upper(bound) else ""


def _vectors(bound: Bound) -> str:
    """The eigenvectors of which a call computes the eigenvalues alone."""
    upper = ", lower=False" if _reads_upper(bound) else ""
    if _chosen(bound):
        return f"scipy.linalg.eigh(a{upper}, subset_by_index=subset_by_index)[1]"
    return own.vectors(_reads_upper(bound))


def _pencil(bound: Bound) -> str:
    """The eigenvalues and eigenvectors of a pencil, as arguments."""
    call = f"scipy.linalg.eigh(a, b{', lower=False' if _reads_upper(bound) else ''})"
    if _chosen(bound):
        part = "subset_by_index[0]:subset_by_index[1] + 1"
        return f"{call}[0][{part}], {call}[1][:, {part}]"
    return f"{call}[0], {call}[1]"


def _all(bound: Bound) -> str:
    """What the derivative of some eigenvectors needs of the others, as arguments."""
    whole = "np.linalg.eigh(a, 'U')" if _reads_upper(bound) else "np.linalg.eigh(a)"
    return f"{whole}[0], {whole}[1], subset_by_index[0]{_real_row(bound)}"


def _eigh_a(bound: Bound) -> str:
    if _metric(bound):
        return _eigh_both(bound, 0)
    if _only_values(bound):
        return f"eigvalsh_back(g, {_vectors(bound)})"
    if _chosen(bound):
        return f"some_eigh_back(g[0], g[1], out[0], out[1], {_all(bound)})"
    return f"eigh_back(g[0], g[1], out[0], out[1]{_real_row(bound)})"


def _eigh_both(bound: Bound, k: int) -> str:
    if _only_values(bound):
        whole = f"pencil_values_back(g, {_pencil(bound)})"
    else:
        whole = f"pencil_back(g[0], g[1], out[0], out[1], b, {not _reads_upper(bound)})"
    return real_if(bound, "ab"[k], f"{whole}[{k}]")


def _eigh_a_dot(bound: Bound) -> str | None:
    if _metric(bound):
        text = _EIGH_DOTS["a"]
        return text(bound) if callable(text) else text
    if _only_values(bound):
        return f"eigvalsh_dot(a_dot, {_vectors(bound)})"
    if _chosen(bound):
        return f"some_eigh_dot(a_dot, out[0], out[1], {_all(bound)})"
    return f"eigh_dot(a_dot, out[0], out[1]{_real_row(bound)})"


def _eigh_both_dot(bound: Bound, dots: str) -> str:
    if _only_values(bound):
        return f"pencil_values_dot({dots}, {_pencil(bound)})"
    return f"pencil_dot({dots}, out[0], out[1], b, {not _reads_upper(bound)})"


_EIGH_DOTS = all_dots("ab", _eigh_both_dot)
_EIGH = (
    "overwrite_a=False, overwrite_b=False, type=1, check_finite=True, subset_by_index=None, "
    "subset_by_value=None, driver=None"
)
for _name, _only in (("eigh", "eigvals_only=False, "), ("eigvalsh", "")):
    _structural(
        _name,
        f"a, b=None, *, lower=True, {_only}{_EIGH}",
        _eigh_kind,
        {"a": _eigh_a, "b": lambda b: _eigh_both(b, 1)},
        {"a": _eigh_a_dot, "b": _EIGH_DOTS["b"]},
        needed={"type": (1,), "subset_by_value": (None,)},
        partial=True,
    )

# -------------------------------------------------------------------------------------- general matrices


def _eig_kind(bound: Bound) -> Kind:
    """Eigenvalues are complex; eigenvectors of a real matrix are real where all eigenvalues are."""
    values, vectors = decompositions._eig_kind(bound).items or ()
    narrow = all(as_array(k).dtype in ("float32", "complex64") for n, k in bound.kinds.items() if n in "ab")
    values = kinds.array(values.shape, "complex64" if narrow else "complex128")
    if "left" not in bound.statics:
        return values
    left, right = bound.static("left"), bound.static("right")
    if (left, right) not in ((False, True), (True, False), (True, True)):
        raise NotImplementedError("scipy.linalg.eig without vectors, or with what is known at run time only")
    return Kind("tuple", items=(values, vectors, vectors) if left and right else (values, vectors))


def _eig_back(bound: Bound) -> str:
    if not bound.static("left"):
        return "eig_back(g[0], g[1], a, out[0], out[1])"
    if not bound.static("right"):
        return "left_eig_back(g[0], g[1], a, out[0], out[1])"
    return "eig_back(g[0], g[2], a, out[0], out[2]) + left_eig_back(None, g[1], a, out[0], out[1])"


def _eig_dot(bound: Bound) -> str:
    right = f"eig_dot(a_dot, out[0], out[{1 + bool(bound.static('left'))}])"
    if not bound.static("left"):
        return right
    left = "left_eig_dot(a_dot, out[0], out[1])"
    return f"({right}[0], {left}[1], {right}[1])" if bound.static("right") else left


_structural(
    "eig",
    "a, b=None, left=False, right=True, overwrite_a=False, overwrite_b=False, check_finite=True, "
    "homogeneous_eigvals=False",
    _eig_kind,
    {"a": _eig_back},
    {"a": _eig_dot},
    needed={"b": (None,), "homogeneous_eigvals": (False,)},
    partial=True,
)
def _eigvals_back(bound: Bound, k: int) -> str:
    if not _metric(bound):
        return decompositions.EIGVALS_BACK
    bar = "np.take_along_axis(g, places_of(pencil_eig(a, b)[0], out), axis=-1)"
    made = f"pencil_eig_back({bar}, None, b, pencil_eig(a, b)[0], pencil_eig(a, b)[1])[{k}]"
    return real_if(bound, "ab"[k], made)


def _eigvals_dot(bound: Bound, dots: str) -> str:
    if not _metric(bound):
        return decompositions.EIGVALS_DOT
    made = f"pencil_eig_dot({dots}, b, pencil_eig(a, b)[0], pencil_eig(a, b)[1])[0]"
    return f"np.take_along_axis({made}, places_of(out, pencil_eig(a, b)[0]), axis=-1)"


_structural(
    "eigvals",
    "a, b=None, overwrite_a=False, check_finite=True, homogeneous_eigvals=False",
    _eig_kind,
    {"a": lambda b: _eigvals_back(b, 0), "b": lambda b: _eigvals_back(b, 1)},
    all_dots("ab", _eigvals_dot),
    needed={"homogeneous_eigvals": (False,)},
)


def _pencil_eig_kind(bound: Bound) -> Kind:
    length = new_length()
    return Kind("tuple", items=(kinds.array((length,), "complex"), kinds.array((length, length), "complex")))


def _pencil_eig_back(bound: Bound, k: int) -> str:
    return real_if(bound, "ab"[k], f"pencil_eig_back(g[0], g[1], b, out[0], out[1])[{k}]")


structural(
    "pencil_eig",
    "a, b",
    _pencil_eig_kind,
    {"a": lambda b: _pencil_eig_back(b, 0), "b": lambda b: _pencil_eig_back(b, 1)},
    (pencils.pencil_eig,),
    jvp=all_dots("ab", lambda b, dots: f"pencil_eig_dot({dots}, b, out[0], out[1])"),
    raises=True,
    partial=True,
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
            else decompositions.SVDVALS_BACK
        )
    },
    {
        "a": lambda b: (
            "svd_dot(a_dot, out[0], out[1], out[2])" if b.static("compute_uv") else decompositions.SVDVALS_DOT
        )
    },
    partial=True,
)
_structural(
    "svdvals",
    "a, overwrite_a=False, check_finite=True",
    lambda b: decompositions._stack(b, None, dtype=axes.magnitude(_float(b))),
    {"a": decompositions.SVDVALS_BACK},
    {"a": decompositions.SVDVALS_DOT},
)


def _pinv_kind(bound: Bound) -> Kind:
    made = decompositions._stack(bound, *reversed(decompositions._lengths(bound)))
    return Kind("tuple", items=(made, kinds.INT)) if bound.static("return_rank") else made


_structural(
    "pinv",
    "a, *, atol=None, rtol=None, return_rank=False, check_finite=True",
    _pinv_kind,
    {"a": lambda b: "pinv_back(g[0], a, out[0])" if b.static("return_rank") else "pinv_back(g, a, out)"},
    {
        "a": lambda b: (
            "(pinv_dot(a_dot, a, out[0]), 0)" if b.static("return_rank") else "pinv_dot(a_dot, a, out)"
        )
    },
    needed={"return_rank": (False, True)},
)
_structural(
    "norm",
    "a, ord=None, axis=None, keepdims=False, check_finite=True",
    lambda b: axes.reduced(b, axes.magnitude(_float(b))),
    {"a": lambda b: f"{axes.spread(b, 'g')}*{own.norm_slope(b, 'a')}"},
    {
        "a": lambda b: (
            f"np.sum(np.real(np.conj({own.norm_slope(b, 'a')})*a_dot){axes.axis_args(b)})"
        )
    },
)
_structural(
    "pinvh",
    "a, atol=None, rtol=None, lower=True, return_rank=False, check_finite=True",
    lambda b: kinds.array(shape_of(b, "a"), _float(b)),
    {"a": "even_part(pinv_back(g, a, out))"},
    {"a": "pinv_dot(even_part(a_dot), a, out)"},
    needed={"return_rank": (False,)},
)

# ------------------------------------------------------------------------------- tridiagonal matrices


def _tridiagonal_kind(bound: Bound) -> Kind:
    if bound.static("select") not in ("a",):
        raise NotImplementedError("some eigenvalues of a tridiagonal matrix; compute all and index them")
    if bound.statics.get("eigvals_only", True) is UNKNOWN:
        raise NotImplementedError(
            "scipy.linalg.eigh_tridiagonal with eigvals_only that is known at run time only"
        )
    length = new_length()
    values = kinds.array((length,), _float(bound, "d", "e"))
    if bound.statics.get("eigvals_only", True):
        return values
    return Kind("tuple", items=(values, kinds.array((length, length), values.dtype)))


def _diagonals(bound: Bound, k: int) -> str:
    if bound.statics.get("eigvals_only", True):
        whole = "eigvalsh_back(g, scipy.linalg.eigh_tridiagonal(d, e)[1])"
    else:
        whole = "eigh_back(g[0], g[1], out[0], out[1])"
    return f"2.0*np.diagonal({whole}, 1)" if k else f"1.0*np.diagonal({whole})"


def _diagonals_dot(bound: Bound, k: int) -> str | None:
    along = "np.diag(e_dot, 1) + np.diag(e_dot, -1)" if k else "np.diag(d_dot)"
    if {"d", "e"} <= bound.active:
        if k:
            return None  # the other says it all
        along = "np.diag(d_dot) + np.diag(e_dot, 1) + np.diag(e_dot, -1)"
    if bound.statics.get("eigvals_only", True):
        return f"eigvalsh_dot({along}, scipy.linalg.eigh_tridiagonal(d, e)[1])"
    return f"eigh_dot({along}, out[0], out[1])"


_SELECT = "select='a', select_range=None, check_finite=True, tol=0.0, lapack_driver='auto'"
for _name, _signature in (
    ("eigh_tridiagonal", f"d, e, eigvals_only=False, {_SELECT}"),
    ("eigvalsh_tridiagonal", f"d, e, {_SELECT}"),
):  # fmt: skip
    _structural(
        _name,
        _signature,
        _tridiagonal_kind,
        {"d": lambda b: _diagonals(b, 0), "e": lambda b: _diagonals(b, 1)},
        {"d": lambda b: _diagonals_dot(b, 0), "e": lambda b: _diagonals_dot(b, 1)},
    )

# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _two_like(one: str, two: str, *numbers: str) -> Callable[[Bound], Kind]:
    return lambda b: Kind(
        "tuple", items=tuple(kinds.array(shape_of(b, n), _float(b, *numbers)) for n in (one, two))
    )


_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
    (pencils.pencil_eig_back, _two_like("v", "v", "v")),
    (pencils.pencil_eig_dot, _two_like("w", "v", "v")),
    (pencils.left_eig_back, lambda b: kinds.array(shape_of(b, "a"), _float(b))),
    (pencils.left_eig_dot, _two_like("w", "v", "v")),
    (pencils.pencil_back, _two_like("v", "v", "v")),
    (pencils.pencil_dot, _two_like("w", "v", "v")),
    (pencils.real_row, lambda b: kinds.array((1, new_length()), _float(b, "b"))),
    (pencils.pencil_values_back, _two_like("v", "v", "v")),
    (pencils.pencil_values_dot, lambda b: kinds.array(shape_of(b, "w"), _float(b, "w"))),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
