"""scipy.stats beside univariate distributions: means, scores, the multivariate normal and Dirichlet
densities.

    z = scipy.stats.multivariate_normal.logpdf(x, mean, cov)     x_bar = -g*precise(x, mean, cov)

with precise(x, mean, cov) = solve(cov, x - mean). Means and scores are formulas in SciPy's own order of
operations.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of, size
from s2sad.rules.registry import (
    REQUIRED,
    UNKNOWN,
    Bound,
    Rule,
    Text,
    composite,
    parse_signature,
    register_method,
    structural,
)
from s2sad.runtime import functions, matrix_laws

composite(
    "scipy.stats.gmean",
    """def gmean(a, axis=0, dtype=None, weights=None):
    return np.exp(np.average(np.log(np.asarray(a, dtype=dtype)), axis=axis, weights=weights))
""",
    (stats.gmean,),
)
composite(
    "scipy.stats.hmean",
    """def hmean(a, axis=0, dtype=None, weights=None):
    return 1.0/np.average(1.0/np.asarray(a, dtype=dtype), axis=axis, weights=weights)
""",
    (stats.hmean,),
)


def _score(text: str) -> Callable[[Bound], str]:
    """The derivative of zscore, a symmetric map, of what stands for X."""

    def made(bound: Bound) -> str:
        axis = literal(bound, "axis")
        along = "" if axis == "None" else f", axis={axis}"
        points = size(bound) if axis == "None" else f"np.shape(a)[{axis}]"
        ddof = literal(bound, "ddof")
        kept = f"{along}, keepdims=True"
        spread = f"np.std(a{along}, ddof={ddof}, keepdims=True)"
        inner = f"X - np.mean(X{kept}) - out*(np.sum(X*out{kept})/({points} - {ddof}))"
        return f"({inner})/{spread}".replace("X", text)

    return made


def _score_kind(bound: Bound) -> Kind:
    if bound.static("nan_policy") != "propagate":
        raise NotImplementedError("scipy.stats.zscore with this nan_policy")
    if as_array(bound.kind("a")).sort == "complex":
        raise NotImplementedError("scipy.stats.zscore of complex numbers; write the score out")
    return kinds.array(shape_of(bound, "a"), axes.averaged(as_array(bound.kind("a")).dtype))


structural(
    "scipy.stats.zscore",
    "a, axis=0, ddof=0, nan_policy='propagate'",
    _score_kind,
    {"a": _score("g")},
    (stats.zscore,),
    jvp={"a": _score("a_dot")},
)


# -------------------------------------------------------------------------------- multivariate densities


def _of_points(bound: Bound) -> Kind:
    """A number for each row of x; SciPy gives that of one row without its axis."""
    shape = shape_of(bound, "x")
    return kinds.num(None if shape is None else () if shape[:-1] == (1,) else shape[:-1], "float64")


def _for_points(text: str) -> Text:
    """The text of a tangent, which has an axis more than the result of one row."""

    def made(bound: Bound) -> str:
        one = rank_of(bound, "x") == 2 and _of_points(bound).rank == 0
        return f"({_ranged(text)(bound)})[0]" if one else _ranged(text)(bound)

    return made


def _density_kind(bound: Bound) -> Kind:
    if bound.static("allow_singular") is UNKNOWN:
        raise NotImplementedError("multivariate_normal with allow_singular that is known at run time only")
    given = bound.given("mean") and bound.given("cov")
    if (
        not given
        or rank_of(bound, "x") not in (1, 2)
        or (rank_of(bound, "mean"), rank_of(bound, "cov")) != (1, 2)
    ):
        raise NotImplementedError(
            "multivariate_normal of this number of dimensions; x is a vector or a matrix of rows"
        )
    return _of_points(bound)


_G = "np.expand_dims(g, -1)*precise(x, mean, cov)"
_ROWS = {
    "x": f"-({_G})",
    "mean": f"unbroadcast({_G}, mean)",
    "cov": "normal_slope(g, x, mean, cov)",
}
_DOTS = {
    "x": "-np.sum(precise(x, mean, cov)*x_dot, axis=-1)",
    "mean": "np.sum(precise(x, mean, cov)*mean_dot, axis=-1)",
    "cov": "normal_along(cov_dot, x, mean, cov)",
}
_SINGULAR = {  # of a matrix that has no inverse: the derivatives along its range
    "precise(x, mean, cov)": "((x - mean) @ range_inverse(cov))",
    "normal_slope(g, x, mean, cov)": "range_slope(g, x - mean, range_inverse(cov))",
    "normal_slope(g*out, x, mean, cov)": "range_slope(g*out, x - mean, range_inverse(cov))",
    "normal_along(cov_dot, x, mean, cov)": "range_along(cov_dot, x - mean, range_inverse(cov))",
}


def _ranged(text: str) -> Callable[[Bound], str]:
    def made(bound: Bound) -> str:
        changed = text
        if bound.static("allow_singular"):
            for regular, other in _SINGULAR.items():
                changed = changed.replace(regular, other)
        return changed

    return made


for _kind in ("logpdf", "pdf"):
    _log = _kind == "logpdf"
    register_method(
        Rule(
            f"scipy.stats.multivariate_normal.{_kind}",
            {"x": REQUIRED, "mean": None, "cov": 1, "allow_singular": False},
            _density_kind,
            vjp={
                n: _ranged(t if _log else t.replace("g, -1", "g*out, -1").replace("(g, x", "(g*out, x"))
                for n, t in _ROWS.items()
            },
            jvp={n: _for_points(t if _log else f"out*({t})") for n, t in _DOTS.items()},
            general=f"multivariate_normal_{_kind}",
        ),
        stats.multivariate_normal,
        _kind,
    )
    composite(
        f"multivariate_normal_{_kind}",
        f"""def multivariate_normal_{_kind}(x, mean=None, cov=1, allow_singular=False):
    x = np.asarray(x, dtype=float)
    cov = np.asarray(cov, dtype=float)
    alone = np.ndim(cov) < 2 if mean is None else np.ndim(mean) == 0
    if alone:
        center = np.zeros(1) if mean is None else np.reshape(mean, (1,))
        rows = np.reshape(x, (np.size(x), 1))
        flat = scipy.stats.multivariate_normal.{_kind}(rows, center, np.reshape(cov, (1, 1)))
        return np.reshape(flat, np.shape(x))[()]
    center = np.zeros(np.shape(cov)[0]) if mean is None else np.asarray(mean, dtype=float)
    if np.ndim(cov) == 0:
        cov = cov*np.eye(np.size(center))
    elif np.ndim(cov) == 1:
        cov = np.diag(cov)
    if np.ndim(x) > 2:
        rows = np.reshape(x, (-1, np.size(center)))
        if allow_singular:
            flat = scipy.stats.multivariate_normal.{_kind}(rows, center, cov, True)
        else:
            flat = scipy.stats.multivariate_normal.{_kind}(rows, center, cov)
        return np.reshape(flat, np.shape(x)[:-1])
    if allow_singular:
        return scipy.stats.multivariate_normal.{_kind}(x, center, cov, True)
    return scipy.stats.multivariate_normal.{_kind}(x, center, cov)
""",
    )


def _dirichlet_kind(bound: Bound) -> Kind:
    if rank_of(bound, "x") != 1 or rank_of(bound, "alpha") != 1:
        raise NotImplementedError("scipy.stats.dirichlet of more than one point")
    return kinds.npscalar("float64")


def _law(
    name: str,
    signature: str,
    kind: str,
    kind_of: Callable[[Bound], Kind],
    vjp: dict[str, str],
    jvp: dict[str, str],
    dot: Callable[[str], str | Text] = str,
) -> None:
    """A density or its logarithm; the texts are those of the logarithm, in g and the tangents."""
    log = kind.startswith("log")
    register_method(
        Rule(
            f"scipy.stats.{name}.{kind}", parse_signature(signature), kind_of,
            vjp={n: t if log else re.sub(r"\bg\b", "(g*out)", t) for n, t in vjp.items()},
            jvp={n: dot(t if log else f"out*({t})") for n, t in jvp.items()},
        ),
        getattr(stats, name), kind,
    )  # fmt: skip


def _student_kind(bound: Bound) -> Kind:
    given = bound.given("loc") and bound.given("shape")
    if (
        not given
        or rank_of(bound, "x") not in (1, 2)
        or (rank_of(bound, "loc"), rank_of(bound, "shape")) != (1, 2)
    ):
        raise NotImplementedError(
            "multivariate_t of this number of dimensions; write loc and shape out as arrays"
        )
    if bound.static("allow_singular") is not False:
        raise NotImplementedError(
            "multivariate_t with allow_singular; leave it out where shape has full rank"
        )
    return _of_points(bound)


def _matrix_kind(bound: Bound) -> Kind:
    if rank_of(bound, "x") != 2 or rank_of(bound, "scale") != 2:
        raise NotImplementedError(
            "a Wishart density of matrices in a stack, or of numbers; take them one by one"
        )
    return kinds.npscalar("float64")


def _counts_kind(bound: Bound) -> Kind:
    if rank_of(bound, "x") != 1 or rank_of(bound, "p") != 1:
        raise NotImplementedError("scipy.stats.multinomial of more than one point")
    return kinds.npscalar("float64")


for _kind in ("logpdf", "pdf"):
    _law(
        "multivariate_t", "x, loc=None, shape=1, df=1, allow_singular=False", _kind, _student_kind,
        {
            "x": "-student_rows(g, x, loc, shape, df)",
            "loc": "unbroadcast(student_rows(g, x, loc, shape, df), loc)",
            "shape": "student_shape(g, x, loc, shape, df)",
            "df": "np.sum(g*student_freedom(x, loc, shape, df))",
        },
        {
            "x": "-np.sum(student_rows(1.0, x, loc, shape, df)*x_dot, axis=-1)",
            "loc": "np.sum(student_rows(1.0, x, loc, shape, df)*loc_dot, axis=-1)",
            "shape": "student_along(shape_dot, x, loc, shape, df)",
            "df": "df_dot*student_freedom(x, loc, shape, df)",
        },
        _for_points,
    )  # fmt: skip
    for _name in ("wishart", "invwishart"):
        _slopes = f"{_name}_slopes(x, df, scale)"
        _law(
            _name, "x, df, scale", _kind, _matrix_kind,
            {n: f"g*{_slopes}[{k}]" for k, n in enumerate(("x", "df", "scale"))},
            {n: f"np.sum({_slopes}[{k}]*{n}_dot)" for k, n in enumerate(("x", "df", "scale"))},
        )  # fmt: skip
_ODDS = "np.append(np.asarray(x)[:-1]/p[:-1] - x[-1]/(1.0 - np.sum(p[:-1])), 0.0)"
for _kind in ("logpmf", "pmf"):
    _law("multinomial", "x, n, p", _kind, _counts_kind, {"p": f"g*{_ODDS}"}, {"p": f"np.sum({_ODDS}*p_dot)"})

_SHARES = (
    "(scipy.special.psi(np.sum(alpha)) - scipy.special.psi(alpha)"
    " + np.log(np.append(x, 1.0 - np.sum(x))[:len(alpha)]))"
)
for _kind in ("logpdf", "pdf"):
    _law(
        "dirichlet", "x, alpha", _kind, _dirichlet_kind,
        {"alpha": f"g*{_SHARES}", "x": "g*dirichlet_slope(x, alpha)"},
        {"alpha": f"np.sum({_SHARES}*alpha_dot)", "x": "np.sum(dirichlet_slope(x, alpha)*x_dot)"},
    )  # fmt: skip
for _helper in (
    functions.precise, functions.normal_slope, functions.normal_along, functions.dirichlet_slope,
    functions.range_inverse, functions.range_slope, functions.range_along,
):  # fmt: skip
    _like = {
        "precise": "x",
        "normal_slope": "cov",
        "dirichlet_slope": "x",
        "range_inverse": "cov",
        "range_slope": "inverse",
    }.get(_helper.__name__)
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = (
        (lambda b: kinds.num(None, "float64"))
        if _like is None
        else lambda b, n=_like: kinds.array(shape_of(b, n), "float64")  # type: ignore[misc]
    )
_POINTS: Callable[[Bound], Kind] = lambda b: kinds.num(None, "float64")  # noqa: E731
_MATRICES: Callable[[Bound], Kind] = lambda b: Kind(  # noqa: E731
    "tuple", items=(kinds.array(shape_of(b, "x"), "float64"), kinds.npscalar("float64"),
                    kinds.array(shape_of(b, "scale"), "float64"))
)  # fmt: skip
for _made, _made_kind in (
    (matrix_laws.student_weight, _POINTS),
    (matrix_laws.student_rows, lambda b: kinds.array(shape_of(b, "x"), "float64")),
    (matrix_laws.student_shape, lambda b: kinds.array(shape_of(b, "shape"), "float64")),
    (matrix_laws.student_along, _POINTS),
    (matrix_laws.student_freedom, _POINTS),
    (matrix_laws.gamma_rates, lambda b: kinds.npscalar("float64")),
    (matrix_laws.log_det, lambda b: kinds.npscalar("float64")),
    (matrix_laws.wishart_slopes, _MATRICES),
    (matrix_laws.invwishart_slopes, _MATRICES),
):
    composite(_made.__name__, axes.source_of(_made), (_made,)).kind = _made_kind

_INFORMATION = "range_inverse(cov)"


def _entropy_kind(bound: Bound) -> Kind:
    if not bound.given("cov") or rank_of(bound, "cov") != 2:
        raise NotImplementedError("the entropy of a normal distribution whose covariance is no matrix")
    return kinds.npscalar("float64")


register_method(
    Rule(
        "scipy.stats.multivariate_normal.entropy",
        {"mean": None, "cov": 1},
        _entropy_kind,
        vjp={"mean": "np.zeros_like(mean)", "cov": f"0.5*g*{_INFORMATION}"},
        jvp={"mean": axes.zero, "cov": f"0.5*np.sum({_INFORMATION}*cov_dot)"},
        general="multivariate_normal_entropy",
    ),
    stats.multivariate_normal,
    "entropy",
)
composite(
    "multivariate_normal_entropy",
    """def multivariate_normal_entropy(mean=None, cov=1):
    cov = np.asarray(cov, dtype=float)
    if np.ndim(cov) == 1:
        matrix = np.diag(cov)
    else:
        matrix = cov*np.eye(1 if mean is None else np.size(mean))
    return scipy.stats.multivariate_normal.entropy(None, matrix)
""",
)
