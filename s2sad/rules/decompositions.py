"""Factorisations of np.linalg beside `linalg`: qr, eig, eigvals, svd, pinv, lstsq, slogdet, cond, chains
of products.

    q, r = np.linalg.qr(a)               a_bar = qr_back(g[0], g[1], a, out[0], out[1])
    u, s, vh = np.linalg.svd(a)          a_bar = svd_back(g[0], g[1], g[2], out[0], out[1], out[2])
    x = np.linalg.lstsq(a, b)[0]         a_bar = lstsq_back(g[0], None, a, b, x, ..., p)[0]   by p of one svd

A reverse sweep reads the factors that the forward sweep made; nothing is factored twice. Where only
values were computed (eigvals, singular values) it needs the vectors too. Eigenvectors are those that
NumPy returns, of length 1 with their largest component real.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, axis_args, is_complex, literal, rank_of, reduced, shape_of, spread
from s2sad.rules.equations import VECTORS, lstsq_bars, lstsq_dots
from s2sad.rules.linalg import SPECTRAL, decomposed, order_text
from s2sad.rules.registry import RULES, UNKNOWN, Bound, composite, register, structural
from s2sad.runtime import factors, norms


def _float(bound: Bound, name: str = "a") -> str:
    return axes.averaged(as_array(bound.kind(name)).dtype)


def _stack(bound: Bound, *lengths: object, dtype: str | None = None, name: str = "a") -> Kind:
    """An array with the stack's axes in front and others behind; None stands for a new length."""
    shape = shape_of(bound, name)
    dtype = _float(bound, name) if dtype is None else dtype
    if shape is None:
        return kinds.array(None, dtype)
    tail = tuple(new_length() if n is None else n for n in lengths)
    return kinds.array((*shape[:-2], *tail), dtype)  # type: ignore[arg-type]


def _lengths(bound: Bound, name: str = "a") -> tuple[object, object]:
    shape = shape_of(bound, name)
    return (None, None) if shape is None else (shape[-2], shape[-1])


# ----------------------------------------------------------------------------------------------- qr, eig


def _qr_kind(bound: Bound) -> Kind:
    mode = bound.static("mode")
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError("np.linalg.qr with this mode; use 'reduced', 'complete' or 'r'")
    m, n = _lengths(bound)
    if mode == "r":
        return _stack(bound, None, n)
    if mode == "complete":
        return Kind("tuple", "Q,R", items=(_stack(bound, m, m), _stack(bound, m, n)))
    return Kind("tuple", "Q,R", items=(_stack(bound, m, None), _stack(bound, None, n)))


def _qr_vjp(bound: Bound) -> str:
    if bound.static("mode") == "r":
        return "qr_back(None, g, a, np.linalg.qr(a)[0], np.linalg.qr(a)[1])"
    return "qr_back(g[0], g[1], a, out[0], out[1])"


structural(
    "np.linalg.qr",
    "a, mode='reduced'",
    _qr_kind,
    {"a": _qr_vjp},
    (np.linalg.qr,),
    jvp={
        "a": lambda b: (
            "qr_dot(a_dot, a, np.linalg.qr(a)[0], np.linalg.qr(a)[1])[1]"
            if b.static("mode") == "r"
            else "qr_dot(a_dot, a, out[0], out[1])"
        )
    },
    raises=True,
    partial=True,
)


def _eig_dtype(bound: Bound) -> str:
    """That of a complex matrix; of a real one the class "complex", whose values may turn out real."""
    return _float(bound) if is_complex(bound, "a") else "complex"


EIGVALS_BACK = "eigvals_back(g, out, a, np.linalg.eig(a)[0], np.linalg.eig(a)[1])"
EIGVALS_DOT = (
    "np.take_along_axis(eig_dot(a_dot, np.linalg.eig(a)[0], np.linalg.eig(a)[1])[0], "
    "places_of(out, np.linalg.eig(a)[0]), axis=-1)"
)


def _eig_kind(bound: Bound) -> Kind:
    _, n = _lengths(bound)
    dtype = _eig_dtype(bound)
    return Kind(
        "tuple",
        "eigenvalues,eigenvectors",
        items=(_stack(bound, n, dtype=dtype), _stack(bound, n, n, dtype=dtype)),
    )


structural(
    "np.linalg.eig",
    "a",
    _eig_kind,
    {"a": "eig_back(g[0], g[1], a, out[0], out[1])"},
    (np.linalg.eig,),
    jvp={"a": "eig_dot(a_dot, out[0], out[1])"},
    raises=True,
    partial=True,
)
structural(
    "np.linalg.eigvals",
    "a",
    lambda b: (_eig_kind(b).items or ())[0],
    {"a": EIGVALS_BACK},
    (np.linalg.eigvals,),
    jvp={"a": EIGVALS_DOT},
    raises=True,
)


# --------------------------------------------------------------------------------------------- svd, pinv


SVDVALS_BACK = f"svdvals_back(g, {VECTORS})"
SVDVALS_DOT = f"svdvals_dot(a_dot, {VECTORS})"


def _svd_kind(bound: Bound) -> Kind:
    (m, n), values = _lengths(bound), _stack(bound, None, dtype=axes.magnitude(_float(bound)))
    if bound.static("compute_uv") is UNKNOWN or bound.static("full_matrices") is UNKNOWN:
        raise NotImplementedError("np.linalg.svd with options that are known at run time only")
    if bound.static("hermitian") is not False:
        raise NotImplementedError("np.linalg.svd with hermitian=True: svd_hermitian")
    if not bound.static("compute_uv"):
        return values
    if bound.static("full_matrices"):
        return Kind("tuple", "U,S,Vh", items=(_stack(bound, m, m), values, _stack(bound, n, n)))
    return Kind("tuple", "U,S,Vh", items=(_stack(bound, m, None), values, _stack(bound, None, n)))


structural(
    "np.linalg.svd",
    "a, full_matrices=True, compute_uv=True, hermitian=False",
    _svd_kind,
    {
        "a": lambda b: (
            "svd_back(g[0], g[1], g[2], out[0], out[1], out[2])"
            if b.static("compute_uv")
            else SVDVALS_BACK
        )
    },
    (np.linalg.svd,),
    jvp={
        "a": lambda b: (
            "svd_dot(a_dot, out[0], out[1], out[2])" if b.static("compute_uv") else SVDVALS_DOT
        )
    },
    raises=True,
    partial=True,
    general="svd_hermitian",
)
composite(
    "svd_hermitian",
    """def svd_hermitian(a, full_matrices=True, compute_uv=True, hermitian=False):
    if not hermitian:
        return np.linalg.svd(a, full_matrices, compute_uv)
    if not compute_uv:
        return np.sort(np.abs(np.linalg.eigvalsh(a)))[..., ::-1]
    w, v = np.linalg.eigh(a)
    signs = np.sign(w)
    w = np.abs(w)
    order = np.argsort(w)[..., ::-1]
    signs = np.take_along_axis(signs, order, axis=-1)
    s = np.take_along_axis(w, order, axis=-1)
    u = np.take_along_axis(v, order[..., None, :], axis=-1)
    return u, s, np.conjugate(np.swapaxes(u*signs[..., None, :], -1, -2))
""",
)
composite(
    "np.linalg.svdvals",
    "def svdvals(x):\n    return np.linalg.svd(x, compute_uv=False)\n",
    (getattr(np.linalg, "svdvals", None),),
)


def _pinv_kind(bound: Bound) -> Kind:
    m, n = _lengths(bound)
    return _stack(bound, n, m)


structural(
    "np.linalg.pinv",
    "a, rcond=None, hermitian=False, *, rtol=None",
    _pinv_kind,
    {"a": "pinv_back(g, a, out)", "rcond": axes.zero, "rtol": axes.zero},
    (np.linalg.pinv,),
    jvp={"a": "pinv_dot(a_dot, a, out)"},
    raises=True,
)


def _lstsq_kind(bound: Bound) -> Kind:
    dtype = axes.averaged(axes.promoted([as_array(bound.kind(n)) for n in ("a", "b")]))
    a, b = shape_of(bound, "a"), shape_of(bound, "b")
    x = kinds.array(None if a is None or b is None else (a[1], *b[1:]), dtype)
    values = kinds.array((new_length(),), axes.magnitude(dtype))
    return Kind(
        "tuple",
        items=(x, kinds.array((new_length(),), axes.magnitude(dtype)), Kind("num", "int", ()), values),
    )


structural(
    "np.linalg.lstsq",
    "a, b, rcond=None",
    _lstsq_kind,
    {**lstsq_bars(lambda b: literal(b, "rcond")), "rcond": axes.zero},
    (np.linalg.lstsq,),
    jvp=lstsq_dots(lambda b: literal(b, "rcond")),
    raises=True,
    partial=True,
)


# ---------------------------------------------------------------------------- determinants, ranks, norms


def _slogdet_kind(bound: Bound) -> Kind:
    shape = shape_of(bound, "a")
    one = kinds.num(None if shape is None else shape[:-2], _float(bound))
    return Kind("tuple", "sign,logabsdet", items=(one, Kind(one.cat, axes.magnitude(one.dtype), one.shape)))


structural(
    "np.linalg.slogdet",
    "a",
    _slogdet_kind,
    {"a": "slogdet_back(g[0], g[1], np.linalg.inv(a), out[0])"},
    (np.linalg.slogdet,),
    jvp={"a": "slogdet_dot(a_dot, np.linalg.inv(a), out[0])"},
    partial=True,
)
structural(
    "np.linalg.matrix_rank",
    "A, tol=None, hermitian=False, *, rtol=None",
    lambda b: kinds.num(None if (s := shape_of(b, "A")) is None else s[:-2], "int64"),
    {},
    (np.linalg.matrix_rank,),
)


def _cond_kind(bound: Bound) -> Kind:
    shape = shape_of(bound, "x")
    return kinds.num(None if shape is None else shape[:-2], axes.magnitude(_float(bound, "x")))


def _cond_slope(bound: Bound) -> str:
    p = bound.static("p")
    if p is None or p in SPECTRAL:
        return f"spectral_cond_slope({decomposed('x')}, {p!r})"
    if p is UNKNOWN:
        return "cond_slope(x, p)"
    return f"inverse_cond_slope(x, np.linalg.inv(x), {order_text(bound, 'p')})"


structural(
    "np.linalg.cond",
    "x, p=None",
    _cond_kind,
    {"x": lambda b: f"np.expand_dims(g, (-2, -1))*{_cond_slope(b)}"},
    (np.linalg.cond,),
    jvp={"x": lambda b: f"np.sum(np.real(np.conj({_cond_slope(b)})*x_dot), axis=(-2, -1))"},
    raises=True,
    poles=True,  # of a singular matrix
)


def _vector_kind(bound: Bound) -> Kind:
    return reduced(bound, axes.magnitude(_float(bound, "x")), "x")


structural(
    "np.linalg.vector_norm",
    "x, *, axis=None, keepdims=False, ord=2",
    _vector_kind,
    {"x": lambda b: f"{spread(b, 'g', 'x')}*vector_slope(x, {order_text(b)}, {literal(b, 'axis')})"},
    (getattr(np.linalg, "vector_norm", None),),
    jvp={
        "x": lambda b: (
            f"np.sum(np.real(np.conj(vector_slope(x, {order_text(b)}, {literal(b, 'axis')}))*x_dot)"
            f"{axis_args(b)})"
        )
    },
)


def _matrix_norm_kind(bound: Bound) -> Kind:
    shape, keep = shape_of(bound, "x"), bound.static("keepdims")
    tail = () if keep is False else (1, 1)
    return kinds.num(
        None if shape is None or keep is UNKNOWN else (*shape[:-2], *tail),
        axes.magnitude(_float(bound, "x")),
    )


def _matrix_slope(bound: Bound) -> str:
    if bound.static("ord") in SPECTRAL:
        return f"spectral_slope({decomposed('x')}, {bound.static('ord')!r})"
    return f"matrix_slope(x, {order_text(bound)})"


structural(
    "np.linalg.matrix_norm",
    "x, *, keepdims=False, ord='fro'",
    _matrix_norm_kind,
    {
        "x": lambda b: (
            f"{'g' if b.static('keepdims') is True else 'np.expand_dims(g, (-2, -1))'}*{_matrix_slope(b)}"
        )
    },
    (getattr(np.linalg, "matrix_norm", None),),
    jvp={
        "x": lambda b: (
            f"np.sum(np.real(np.conj({_matrix_slope(b)})*x_dot), axis=(-2, -1), "
            f"keepdims={literal(b, 'keepdims')})"
        )
    },
)


# ---------------------------------------------------------------------------------------------- products


def _chain_kind(bound: Bound) -> Kind:
    items = bound.kind("arrays").items or ()
    if bound.given("out") and bound.kind("out").cat != "none":
        raise NotImplementedError("np.linalg.multi_dot into out=; assign its result")
    if bound.kind("arrays").cat == "list" and bound.static("arrays") is UNKNOWN and len(items) == 1:
        return Kind("num", items[0].dtype, None)
    first, last = as_array(items[0]), as_array(items[-1])
    dtype = axes.promoted([as_array(k) for k in items])
    if any(as_array(k).rank == 0 for k in items):
        raise NotImplementedError("np.linalg.multi_dot of numbers; write a product")
    if first.shape is None or last.shape is None:
        return kinds.num(None, dtype)
    return kinds.num((*first.shape[:-1], *last.shape[1:]), dtype)


structural(
    "np.linalg.multi_dot",
    "arrays, *, out=None",
    _chain_kind,
    {"arrays": "multi_dot_back(g, arrays)"},
    (np.linalg.multi_dot,),
    jvp={"arrays": "multi_dot_dot(arrays_dot, arrays)"},
)
composite(
    "np.linalg.tensorsolve",
    """def tensorsolve(a, b, axes=None):
    if axes is not None:
        last = np.ndim(a)
        places = [k for k in range(last) if k not in axes]
        a = np.transpose(a, places + [k for k in axes])
    shape = np.shape(a)[-(np.ndim(a) - np.ndim(b)):]
    size = np.size(b)
    return np.reshape(np.linalg.solve(np.reshape(a, (size, size)), np.ravel(b)), shape)
""",
    (np.linalg.tensorsolve,),
)
composite(
    "np.linalg.tensorinv",
    """def tensorinv(a, ind=2):
    shape = np.shape(a)
    rows = 1
    for k in range(ind, np.ndim(a)):
        rows = rows*shape[k]
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), shape[ind:] + shape[:ind])
""",
    (np.linalg.tensorinv,),
)
composite(
    "np.linalg.trace",
    "def trace(x, offset=0, dtype=None):\n    return np.trace(x, offset, -2, -1, dtype)\n",
    (getattr(np.linalg, "trace", None),),
)
composite(
    "np.linalg.diagonal",
    "def diagonal(x, offset=0):\n    return np.diagonal(x, offset, -2, -1)\n",
    (getattr(np.linalg, "diagonal", None),),
)
for _name in ("outer", "cross", "matmul", "tensordot", "vecdot", "matrix_transpose"):
    _own = RULES.get("matmul" if _name == "matmul" else f"np.{_name}")
    if _own is not None:
        register(_own, getattr(np.linalg, _name, None))


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _as(name: str) -> Callable[[Bound], Kind]:
    return lambda bound: kinds.array(shape_of(bound, name), _float(bound, name))


def _pair(first: str, second: str) -> Callable[[Bound], Kind]:
    return lambda b: Kind("tuple", items=(_as(first)(b), _as(second)(b)))


def _svd_back_kind(bound: Bound) -> Kind:
    u, vh = shape_of(bound, "u"), shape_of(bound, "vh")
    return kinds.array(None if u is None or vh is None else (*u[:-1], vh[-1]), _float(bound, "u"))


def _lstsq_back_kind(bound: Bound) -> Kind:
    dtype = axes.promoted([as_array(bound.kind(n)) for n in ("a", "b")])
    return Kind("tuple", items=tuple(kinds.array(shape_of(bound, n), dtype) for n in ("a", "b")))


_HELPERS: tuple[tuple[Callable[..., object], Callable[[Bound], Kind]], ...] = (
    (
        factors.adjoint,
        lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "a")), as_array(b.kind("a")).dtype),
    ),
    (factors.over, lambda b: kinds.array(None, _float(b, "p"))),
    (factors.qr_back, _as("a")),
    (factors.qr_dot, _pair("q", "r")),
    (factors.eig_back, _as("a")),
    (factors.pinned, lambda b: kinds.array(shape_of(b, "v"), axes.magnitude(_float(b, "v")))),
    (factors.eig_dot, _pair("w", "v")),
    (factors.eigvals_back, _as("a")),
    (factors.svd_back, _svd_back_kind),
    (
        factors.with_phases,
        lambda b: Kind("tuple", items=(_as("u")(b), _as("vh")(b))),
    ),
    (factors.svd_dot, lambda b: Kind("tuple", items=(_as("u")(b), _as("s")(b), _as("vh")(b)))),
    (factors.svdvals_back, _svd_back_kind),
    (
        factors.svdvals_dot,
        lambda b: _stack(b, shape[-1], dtype=axes.magnitude(_float(b, "u")), name="u")
        if (shape := shape_of(b, "u"))
        else kinds.array(None, axes.magnitude(_float(b, "u"))),
    ),
    (factors.pinv_back, _as("a")),
    (factors.pinv_dot, _as("p")),
    (factors.lstsq_back, _lstsq_back_kind),
    (factors.lstsq_dot, _as("x")),
    (factors.residuals_dot, _as("residuals")),
    (factors.slogdet_back, _as("inverse")),
    (
        factors.slogdet_dot,
        lambda b: Kind("tuple", items=(kinds.num(None, _float(b, "inverse")), kinds.num(None, "float64"))),
    ),
    (factors.multi_dot_back, lambda b: kinds.list_of(kinds.array(None, as_array(b.kind("z")).dtype))),
    (factors.multi_dot_dot, lambda b: kinds.num(None, "float")),
    (norms.norm_slope, _as("x")),
    (norms.vector_slope, _as("x")),
    (norms.matrix_slope, _as("x")),
    (norms.spectral_slope, _svd_back_kind),
    (norms.cond_slope, _as("x")),
    (norms.spectral_cond_slope, _svd_back_kind),
    (norms.inverse_cond_slope, _as("x")),
)
for _helper, _helper_kind in _HELPERS:
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
structural(
    "pinv_by_svd",
    "a, u, s, vh, rcond",
    _pinv_kind,
    {"a": "pinv_back(g, a, out)", **dict.fromkeys(("u", "s", "vh", "rcond"), axes.zero)},  # u is a's
    (factors.pinv_by_svd,),
    jvp={"a": "pinv_dot(a_dot, a, out)"},
)
structural(
    "places_of",
    "w, values",
    lambda b: kinds.array(shape_of(b, "w"), "int64"),
    {},
    (factors.places_of,),
)
