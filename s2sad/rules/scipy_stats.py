"""scipy.stats beside univariate distributions: means, scores, the multivariate normal and Dirichlet
densities.

    z = scipy.stats.multivariate_normal.logpdf(x, mean, cov)     x_bar = -g*precise(x, mean, cov)

with precise(x, mean, cov) = solve(cov, x - mean). Means and scores are formulas in SciPy's own order of
operations.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of, size
from s2sad.rules.registry import REQUIRED, Bound, Rule, composite, register_method, structural
from s2sad.runtime import functions

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


def _density_kind(bound: Bound) -> Kind:
    if not (bound.given("mean") and bound.given("cov")) or rank_of(bound, "cov") != 2:
        raise NotImplementedError(
            "multivariate_normal with the mean left out, or cov that is no matrix; write them out"
        )
    if rank_of(bound, "x") not in (1, 2) or rank_of(bound, "mean") != 1:
        raise NotImplementedError(
            "multivariate_normal of this number of dimensions; x is a vector or a matrix of rows"
        )
    shape = shape_of(bound, "x")
    return kinds.num(None if shape is None else shape[:-1], "float64")


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
for _kind in ("logpdf", "pdf"):
    _log = _kind == "logpdf"
    register_method(
        Rule(
            f"scipy.stats.multivariate_normal.{_kind}",
            {"x": REQUIRED, "mean": None, "cov": 1, "allow_singular": False},
            _density_kind,
            vjp={
                n: t if _log else t.replace("g, -1", "g*out, -1").replace("(g, x", "(g*out, x")
                for n, t in _ROWS.items()
            },
            jvp={n: t if _log else f"out*({t})" for n, t in _DOTS.items()},
        ),
        stats.multivariate_normal,
        _kind,
    )


def _dirichlet_kind(bound: Bound) -> Kind:
    if rank_of(bound, "x") != 1 or rank_of(bound, "alpha") != 1:
        raise NotImplementedError("scipy.stats.dirichlet of more than one point")
    return kinds.npscalar("float64")


_SHARES = (
    "(scipy.special.digamma(np.sum(alpha)) - scipy.special.digamma(alpha)"
    " + np.log(np.append(x, 1.0 - np.sum(x))[:len(alpha)]))"
)
register_method(
    Rule(
        "scipy.stats.dirichlet.logpdf",
        {"x": REQUIRED, "alpha": REQUIRED},
        _dirichlet_kind,
        vjp={
            "alpha": f"g*{_SHARES}",
            "x": "g*dirichlet_slope(x, alpha)",
        },
        jvp={
            "alpha": f"np.sum({_SHARES}*alpha_dot)",
            "x": "np.sum(dirichlet_slope(x, alpha)*x_dot)",
        },
    ),
    stats.dirichlet,
    "logpdf",
)
for _helper in (
    functions.precise, functions.normal_slope, functions.normal_along, functions.dirichlet_slope
):  # fmt: skip
    _like = {"precise": "x", "normal_slope": "cov", "dirichlet_slope": "x"}.get(_helper.__name__)
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = (
        (lambda b: kinds.num(None, "float64"))
        if _like is None
        else lambda b, n=_like: kinds.array(shape_of(b, n), "float64")  # type: ignore[misc]
    )
