"""scipy.linalg: generalised eigenvalues, polar factors, Riccati equations, trigonometric functions, special
matrices.

    w, v = scipy.linalg.eigh(a, b)       a_bar = pencil_back(g[0], g[1], out[0], out[1])[0]
    x = scipy.linalg.cosm(a)             a formula of scipy.linalg.expm
    x = scipy.linalg.solve(a, b, assume_a="lower triangular")      scipy.linalg.solve_triangular

What a function does not read of a matrix has the derivative 0.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import linalg

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, is_complex, rank_of, real_if, shape_of
from s2sad.rules.equations import all_dots, lstsq_bars, lstsq_dots, one_solution
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.scipy_linalg import _float, _like, _structural
from s2sad.runtime import equations, pencils

# ------------------------------------------------------------------------------------------- composites

_FORMULAS = {
    "cosm": """def cosm(A):
    if np.iscomplexobj(A):
        return 0.5*(scipy.linalg.expm(1j*np.asarray(A)) + scipy.linalg.expm(-1j*np.asarray(A)))
    return np.real(scipy.linalg.expm(1j*np.asarray(A)))
""",
    "sinm": """def sinm(A):
    if np.iscomplexobj(A):
        return -0.5j*(scipy.linalg.expm(1j*np.asarray(A)) - scipy.linalg.expm(-1j*np.asarray(A)))
    return np.imag(scipy.linalg.expm(1j*np.asarray(A)))
""",
    "tanm": """def tanm(A):
    return scipy.linalg.solve(scipy.linalg.cosm(A), scipy.linalg.sinm(A))
""",
    "coshm": """def coshm(A):
    A = np.asarray(A)
    return 0.5*(scipy.linalg.expm(A) + scipy.linalg.expm(-A))
""",
    "sinhm": """def sinhm(A):
    A = np.asarray(A)
    return 0.5*(scipy.linalg.expm(A) - scipy.linalg.expm(-A))
""",
    "tanhm": """def tanhm(A):
    return scipy.linalg.solve(scipy.linalg.coshm(A), scipy.linalg.sinhm(A))
""",
    "khatri_rao": """def khatri_rao(a, b):
    a = np.asarray(a)
    b = np.asarray(b)
    c = a[..., :, None, :]*b[..., None, :, :]
    return np.reshape(c, np.shape(c)[:-3] + (np.shape(a)[-2]*np.shape(b)[-2], np.shape(c)[-1]))
""",
    "kron": """def kron(a, b):
    return np.kron(a, b)
""",
    "companion": """def companion(a):
    a = np.asarray(a)
    n = len(a)
    first = np.reshape(-a[1:]/(1.0*a[0]), (1, n - 1))
    return np.concatenate((first, np.eye(n - 2, n - 1, dtype=a.dtype)), axis=0)
""",
    "convolution_matrix": """def convolution_matrix(a, n, mode='full'):
    a = np.asarray(a)
    rows = np.arange(len(a) + n - 1)
    if mode == "same":
        start = (min(n, len(a)) - 1)//2
        rows = rows[start:start + max(n, len(a))]
    elif mode == "valid":
        rows = rows[min(n, len(a)) - 1:max(n, len(a))]
    places = rows[:, None] - np.arange(n)
    inside = (places >= 0) & (places < len(a))
    return np.where(inside, a[np.clip(places, 0, len(a) - 1)], 0)
""",
    "leslie": """def leslie(f, s):
    f = np.asarray(f)
    s = np.asarray(s)
    below = np.diag(s) @ np.eye(len(s), len(f), dtype=s.dtype)
    return np.concatenate((np.reshape(f, (1, len(f))), below), axis=0)
""",
    "fiedler": """def fiedler(a):
    a = np.asarray(a)
    return np.abs(a[:, None] - a)
""",
    "fiedler_companion": """def fiedler_companion(a):
    a = np.asarray(a)
    n = len(a) - 1
    monic = a/a[0]
    c = np.zeros((n, n), monic.dtype)
    c[np.arange(3, n, 2), np.arange(1, n - 2, 2)] = 1.0
    c[np.arange(2, n, 2), np.arange(1, n - 1, 2)] = -monic[3::2]
    c[np.arange(0, n - 2, 2), np.arange(2, n, 2)] = 1.0
    c[np.arange(0, n - 1, 2), np.arange(1, n, 2)] = -monic[2::2]
    c[0, 0] = -monic[1]
    if n > 1:
        c[1, 0] = 1.0
    return c
""",
    "diagsvd": """def diagsvd(s, M, N):
    s = np.asarray(s)
    band = np.eye(M, N, dtype=s.dtype)
    return np.diag(s) @ band if M <= N else band @ np.diag(s)
""",
    "solve_circulant": """def solve_circulant(c, b):
    c = np.asarray(c)
    b = np.asarray(b)
    if np.ndim(b) == 1:
        x = np.fft.ifft(np.fft.fft(b)/np.fft.fft(c))
    else:
        x = np.moveaxis(np.fft.ifft(np.fft.fft(np.moveaxis(b, 0, -1))/np.fft.fft(c)), -1, 0)
    return x if np.iscomplexobj(c) or np.iscomplexobj(b) else np.real(x)
""",
    "matmul_toeplitz": """def matmul_toeplitz(c_or_cr, x):
    if isinstance(c_or_cr, tuple):
        c, r = c_or_cr
    else:
        c = c_or_cr
        r = np.conj(c_or_cr)
    columns = np.reshape(x, (np.shape(x)[0], -1))
    whole = np.concatenate((c, r[-1:0:-1]))
    p = len(c) + len(r) - 1
    if np.iscomplexobj(whole) or np.iscomplexobj(x):
        front = np.reshape(scipy.fft.fft(whole, axis=0), (-1, 1))
        made = scipy.fft.ifft(front*scipy.fft.fft(columns, n=p, axis=0), axis=0)[:len(c), :]
    else:
        columns = np.asarray(columns, dtype=float)
        front = np.reshape(scipy.fft.rfft(np.asarray(whole, dtype=float), axis=0), (-1, 1))
        made = scipy.fft.irfft(front*scipy.fft.rfft(columns, n=p, axis=0), axis=0, n=p)[:len(c), :]
    return np.reshape(made, (len(c),) + np.shape(x)[1:])
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.linalg.{_name}", _source, (getattr(linalg, _name, None),))

composite(
    "solve_structured",
    """def solve_structured(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True,
                     assume_a=None, transposed=False):
    a = np.asarray(a)
    b = np.asarray(b)
    if transposed and (assume_a is None or assume_a == "gen" or assume_a == "general"):
        return solved_transposed(a, b)
    if transposed:
        a = a.T
        lower = not lower
        if assume_a == "upper triangular":
            assume_a = "lower triangular"
        elif assume_a == "lower triangular":
            assume_a = "upper triangular"
    if assume_a == "upper triangular":
        return scipy.linalg.solve_triangular(a, b)
    if assume_a == "lower triangular":
        return scipy.linalg.solve_triangular(a, b, lower=True)
    if assume_a == "diagonal":
        return (b.T/np.diag(a)).T
    if assume_a == "tridiagonal":
        return scipy.linalg.solve(a, b, assume_a="tridiagonal")
    if assume_a == "banded":
        return scipy.linalg.solve(a, b)
    if assume_a is None:
        return scipy.linalg.solve(a, b)
    return scipy.linalg.solve(a, b, lower=lower, assume_a=assume_a)
""",
)


def _transposed_kind(bound: Bound) -> Kind:
    if rank_of(bound, "a") != 2 or rank_of(bound, "b") not in (1, 2) or is_complex(bound, "a"):
        raise NotImplementedError("a transposed system that is not one matrix of real numbers; transpose it")
    return kinds.array(shape_of(bound, "b"), _float(bound, "a", "b"))


def _transposed_left(bound: Bound) -> str:
    solved = real_if(bound, "a", "scipy.linalg.solve(a, g)")
    one = rank_of(bound, "b") == 1
    made = f"np.outer(out, {solved})" if one else f"out @ {solved}.T"
    return f"-{made}"


structural(
    "solved_transposed",
    "a, b",
    _transposed_kind,
    {"a": _transposed_left, "b": "scipy.linalg.solve(a, g)"},
    (equations.solved_transposed,),
    jvp={"a": "-solved_transposed(a, a_dot.T @ out)", "b": "solved_transposed(a, b_dot)"},
    raises=True,
)
# -------------------------------------------------------------------------------------- special matrices

composite(
    "scipy.linalg.toeplitz",
    """def toeplitz(c, r=None):
    c = np.ravel(c)
    r = np.conj(c) if r is None else np.ravel(r)
    v = np.concatenate((r[:0:-1], c))
    return v[np.arange(len(r) - 1, len(r) + len(c) - 1)[:, None] - np.arange(len(r))]
""",
    (linalg.toeplitz,),
)
composite(
    "scipy.linalg.hankel",
    """def hankel(c, r=None):
    c = np.ravel(c)
    r = np.zeros_like(c) if r is None else np.ravel(r)
    v = np.concatenate((c, r[1:]))
    return v[np.arange(len(c))[:, None] + np.arange(len(r))]
""",
    (linalg.hankel,),
)
composite(
    "scipy.linalg.circulant",
    """def circulant(c):
    c = np.ravel(c)
    return c[(np.arange(len(c))[:, None] - np.arange(len(c)))%len(c)]
""",
    (linalg.circulant,),
)


def _block_kind(bound: Bound) -> Kind:
    blocks = [as_array(k) for k in bound.kind("arrs").items or ()]
    return kinds.array((new_length(), new_length()), axes.promoted(blocks))


def _block_dot(bound: Bound, k: int) -> str:
    count = len(bound.kind("arrs").items or ())
    parts = [f"arrs_{k}_dot" if i == k else f"np.zeros_like(arrs_{i})" for i in range(count)]
    return f"scipy.linalg.block_diag({', '.join(parts)})"


structural(
    "scipy.linalg.block_diag",
    "*arrs",
    _block_kind,
    {"arrs": lambda bound, k: f"diagonal_block(g, arrs, {k})"},  # type: ignore[dict-item, misc]
    (linalg.block_diag,),
    jvp={"arrs": _block_dot},
)
composite(
    "diagonal_block",
    """def diagonal_block(z, blocks, k):
    row = 0
    column = 0
    for i in range(k):
        row = row + np.shape(np.atleast_2d(blocks[i]))[0]
        column = column + np.shape(np.atleast_2d(blocks[i]))[1]
    shape = np.shape(np.atleast_2d(blocks[k]))
    return np.reshape(z[row:row + shape[0], column:column + shape[1]], np.shape(blocks[k]))
""",
    (equations.diagonal_block,),
).kind = lambda b: kinds.array(None, as_array(b.kind("z")).dtype)

# ------------------------------------------------------------------------------------------- equations


def _riccati_kind(bound: Bound) -> Kind:
    if (
        any(bound.given(n) and bound.kind(n).cat != "none" for n in "es")
        or bound.static("balanced") is not True
    ):
        raise NotImplementedError("a Riccati equation with e, s or balanced=False; substitute them first")
    if any(is_complex(bound, n) for n in "abqr"):
        raise NotImplementedError("a Riccati equation of complex matrices")
    return kinds.array(shape_of(bound, "q"), _float(bound, *"abqr"))


def _riccati_dots(helper: str) -> Callable[[Bound, str], str]:
    return lambda bound, dots: f"{helper}_dot({dots}, out, a, b, r)"


for _name, _helper in (("solve_continuous_are", "riccati"), ("solve_discrete_are", "stein")):
    _structural(
        _name,
        "a, b, q, r, e=None, s=None, balanced=True",
        _riccati_kind,
        {n: f"{_helper}_back(g, out, a, b, r)[{k}]" for k, n in enumerate("abqr")},
        all_dots("abqr", _riccati_dots(_helper)),
    )


_MATRIX: Callable[[Bound], Kind] = lambda b: kinds.array(shape_of(b, "a"), _float(b))  # noqa: E731
_FORM = "triangular_form(A, out)[0], triangular_form(A, out)[1]"


def _real_of(bound: Bound, text: str) -> str:
    return text if is_complex(bound, "A") else f"np.real({text})"


def _log(bound: Bound, stack: str, text: str) -> str:
    return _real_of(bound, text) if rank_of(bound, "A") == 2 else f"{stack}, {not is_complex(bound, 'A')})"


_structural(
    "logm",
    "A",
    _like("A"),
    {"A": lambda b: _log(b, "logm_along(adjoint(A), g", f"adjoint(log_along(adjoint(g), {_FORM}))")},
    {"A": lambda b: _log(b, "logm_along(A, A_dot", f"log_along(A_dot, {_FORM})")},
)
_structural(
    "fractional_matrix_power",
    "A, t",
    _like("A"),
    {
        "A": lambda b: _real_of(b, f"adjoint(power_along(adjoint(g), {_FORM}, t))"),
        "t": f"np.sum(np.real(np.conj(g)*(log_of_form({_FORM}) @ out)))",
    },
    {
        "A": lambda b: _real_of(b, f"power_along(A_dot, {_FORM}, t)"),
        "t": lambda b: _real_of(b, f"t_dot*(log_of_form({_FORM}) @ out)"),
    },
)
structural(
    "triangular_log",
    "a",
    _MATRIX,
    {"a": "adjoint(log_corner(a, adjoint(g)))"},
    (pencils.triangular_log,),
    jvp={"a": "log_corner(a, a_dot)"},
    raises=True,
)
structural(
    "triangular_form",
    "a, value",
    lambda b: Kind("tuple", items=(kinds.array(shape_of(b, "a"), "complex"),) * 2),
    {"a": lambda b: real_if(b, "a", "out[1] @ g[0] @ adjoint(out[1])"), "value": axes.zero},
    (pencils.triangular_form,),
    jvp={"a": "(adjoint(out[1]) @ a_dot @ out[1], np.zeros_like(out[1]))"},
    raises=True,
)
structural(
    "triangular_power",
    "a, t",
    _MATRIX,
    {
        "a": "adjoint(power_corner(a, adjoint(g), t))",
        "t": "np.sum(np.real(np.conj(g)*(triangular_log(a) @ out)))",
    },
    (pencils.triangular_power,),
    jvp={"a": "power_corner(a, a_dot, t)", "t": "t_dot*(triangular_log(a) @ out)"},
    raises=True,
)

_Y = "both_sides(adjoint(a), g, even)"
structural(
    "both_sides",
    "a, q, even=False",
    lambda b: kinds.array(shape_of(b, "q"), _float(b, "a", "q")),
    {
        "a": lambda b: real_if(b, "a", f"-({_Y} @ adjoint(out) + adjoint(out) @ {_Y})"),
        "q": lambda b: real_if(b, "q", _Y),
    },
    (equations.both_sides,),
    jvp=one_solution(
        lambda b, right: f"both_sides(a, {right}, even)",
        {"q": "q_dot"},
        {"a": "(a_dot @ out + out @ a_dot)"},
    ),
)

# ------------------------------------------------------------------------------------------- lstsq


def _lstsq_kind(bound: Bound) -> Kind:
    dtype = _float(bound, "a", "b")
    rows = rank_of(bound, "b")
    shape = (new_length(),) if rows == 1 else (new_length(), new_length())
    length = (new_length(),)
    real = axes.magnitude(dtype)
    return Kind(
        "tuple",
        items=(kinds.array(shape, dtype), kinds.num(None, real), kinds.INT, kinds.array(length, real)),
    )


def _rcond(bound: Bound) -> str:
    return "-1" if bound.static("cond") is None else axes.literal(bound, "cond")


_structural(
    "lstsq",
    "a, b, cond=None, overwrite_a=False, overwrite_b=False, check_finite=True, lapack_driver=None",
    _lstsq_kind,
    lstsq_bars(_rcond),
    lstsq_dots(_rcond),
    needed={"lapack_driver": (None, "gelsd", "gelss")},
    partial=True,
)

# ------------------------------------------------------------------------------------------- helpers


def _pair_of(one: str, two: str, *numbers: str) -> Callable[[Bound], Kind]:
    return lambda b: Kind(
        "tuple",
        items=(
            kinds.array(shape_of(b, one), _float(b, *numbers)),
            kinds.array(shape_of(b, two), _float(b, *numbers)),
        ),
    )


def _four(bound: Bound) -> Kind:
    return Kind("tuple", items=tuple(kinds.array(shape_of(bound, n), _float(bound, *"xabr")) for n in "abxr"))


for _function, _function_kind in (
    (pencils.riccati_back, _four),
    (pencils.riccati_dot, lambda b: kinds.array(shape_of(b, "x"), _float(b, "x"))),
    (pencils.stein_back, _four),
    (pencils.stein_dot, lambda b: kinds.array(shape_of(b, "x"), _float(b, "x"))),
    (pencils.power_corner, lambda b: kinds.array(shape_of(b, "a"), "complex")),
    (pencils.power_along, lambda b: kinds.array(shape_of(b, "e"), "complex")),
    (pencils.log_corner, lambda b: kinds.array(shape_of(b, "a"), "complex")),
    (pencils.log_along, lambda b: kinds.array(shape_of(b, "e"), "complex")),
    (pencils.log_of_form, lambda b: kinds.array(shape_of(b, "u"), "complex")),
):
    composite(_function.__name__, axes.source_of(_function), (_function,)).kind = _function_kind
structural(
    "scipy.linalg.dft",
    "n, scale=None",
    lambda b: kinds.array((new_length(), new_length()), "complex128"),
    {},
    (linalg.dft,),
)
