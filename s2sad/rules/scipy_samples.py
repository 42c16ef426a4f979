"""scipy.stats on samples: moments, spreads, scores and coefficients, as formulas in SciPy's own order.

    z = scipy.stats.skew(a)            mean(d**3)/mean(d**2)**1.5 with d = a - mean(a)
    r, p = scipy.stats.pearsonr(x, y)  x_bar = pearson_back(g[0], g[1], x, y, out[0])

Where SciPy answers nan, as for the skewness of equal numbers, derivatives are nan, too. Keywords that are
not listed (nan_policy, limits) are refused by name.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, rank_of
from s2sad.rules.registry import Bound, Rule, composite, parse_signature, register
from s2sad.runtime import samples

_FORMULAS = {
    "pmean": """def pmean(a, p, *, axis=0, dtype=None, weights=None):
    if p == 0:
        return scipy.stats.gmean(a, axis, dtype, weights)
    return np.average(np.asarray(a, dtype=dtype)**p, axis=axis, weights=weights)**(1/p)
""",
    "skew": """def skew(a, axis=0, bias=True, *, keepdims=False):
    a = np.asarray(a)
    if np.iscomplexobj(a):
        raise TypeError("the skewness of complex numbers")
    mean = np.mean(a, axis=axis, keepdims=True)
    gaps = a - mean
    m2 = np.mean(gaps**2, axis=axis, keepdims=True)
    m3 = np.mean(gaps**2*gaps, axis=axis, keepdims=True)
    n = np.size(a)//np.size(m2)
    even = m2 <= (np.finfo(m2.dtype).eps*mean)**2
    total = np.where(even, np.nan, m3/np.where(even, 1.0, m2)**1.5)
    if not bias and n > 2:
        total = ((n - 1.0)*n)**0.5/(n - 2.0)*m3/np.where(even, 1.0, m2)**1.5
        total = np.where(even, np.nan, total)
    return total if keepdims else np.squeeze(total, axis)[()]
""",
    "kurtosis": """def kurtosis(a, axis=0, fisher=True, bias=True, *, keepdims=False):
    a = np.asarray(a)
    if np.iscomplexobj(a):
        raise TypeError("the kurtosis of complex numbers")
    mean = np.mean(a, axis=axis, keepdims=True)
    gaps = a - mean
    m2 = np.mean(gaps**2, axis=axis, keepdims=True)
    m4 = np.mean((gaps**2)**2, axis=axis, keepdims=True)
    n = np.size(a)//np.size(m2)
    even = m2 <= (np.finfo(m2.dtype).eps*mean)**2
    total = np.where(even, np.nan, m4/np.where(even, 1.0, m2)**2.0)
    if not bias and n > 3:
        total = 1.0/(n - 2)/(n - 3)*((n**2 - 1.0)*m4/np.where(even, 1.0, m2)**2.0 - 3*(n - 1)**2.0) + 3.0
        total = np.where(even, np.nan, total)
    if fisher:
        total = total - 3
    return total if keepdims else np.squeeze(total, axis)[()]
""",
    "moment": """def moment(a, order=1, axis=0, *, center=None, keepdims=False):
    a = np.asarray(a)
    mean = np.mean(a, axis=axis, keepdims=True)
    if order == 1 and center is None:
        total = np.zeros_like(mean)
    else:
        gaps = a - (mean if center is None else center)
        if order == 3:
            total = np.mean(gaps**2*gaps, axis=axis, keepdims=True)
        elif order == 4:
            total = np.mean((gaps**2)**2, axis=axis, keepdims=True)
        else:
            total = np.mean(gaps**order, axis=axis, keepdims=True)
    return total if keepdims else np.squeeze(total, axis)[()]
""",
    "sem": """def sem(a, axis=0, ddof=1, *, keepdims=False):
    a = np.asarray(a)
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims)/n**0.5
""",
    "variation": """def variation(a, axis=0, ddof=0, *, keepdims=False):
    a = np.asarray(a)
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims)/np.mean(a, axis=axis, keepdims=keepdims)
""",
    "iqr": """def iqr(x, axis=None, rng=(25, 75), scale=1.0, interpolation='linear', keepdims=False):
    low, high = min(rng), max(rng)
    width = np.subtract(np.percentile(x, high, axis=axis, method=interpolation, keepdims=keepdims),
                        np.percentile(x, low, axis=axis, method=interpolation, keepdims=keepdims))
    if scale == "normal":
        return width/1.3489795003921636
    return width if scale == 1.0 else width/scale
""",
    "trim_mean": """def trim_mean(a, proportiontocut, axis=0):
    a = np.asarray(a)
    if axis is None:
        a = np.ravel(a)
        axis = 0
    n = np.shape(a)[axis]
    cut = int(proportiontocut*n)
    ordered = np.moveaxis(np.partition(a, (cut, n - cut - 1), axis), axis, 0)
    return np.mean(ordered[cut:n - cut], axis=0)
""",
    "tmean": """def tmean(a, *, axis=None):
    a = np.asarray(a)
    return np.sum(a, axis=axis)/(np.size(a) if axis is None else np.shape(a)[axis])
""",
    "tvar": """def tvar(a, *, axis=0, ddof=1):
    return np.var(np.asarray(a), axis=axis, ddof=ddof)
""",
    "tstd": """def tstd(a, *, axis=0, ddof=1):
    return np.sqrt(scipy.stats.tvar(a, axis=axis, ddof=ddof))
""",
    "tsem": """def tsem(a, *, axis=0, ddof=1):
    a = np.asarray(a)
    n = np.size(a) if axis is None else np.shape(a)[axis]
    return np.var(a, axis=axis, ddof=ddof)**0.5/n**0.5
""",
    "zmap": """def zmap(scores, compare, axis=0, ddof=0):
    compare = np.asarray(compare)
    mean = np.mean(compare, axis=axis, keepdims=True)
    return (scores - mean)/np.std(compare, axis=axis, ddof=ddof, keepdims=True)
""",
    "gzscore": """def gzscore(a, *, axis=0, ddof=0):
    return scipy.stats.zscore(np.log(a), axis=axis, ddof=ddof)
""",
    "gstd": """def gstd(a, axis=0, ddof=1, *, keepdims=False):
    return np.exp(np.std(np.log(np.asarray(a)), axis=axis, ddof=ddof, keepdims=keepdims))
""",
    "gaussian_kde": """def gaussian_kde(dataset, bw_method=None, weights=None):
    rows = np.atleast_2d(np.asarray(dataset))
    d, n = np.shape(rows)
    w = np.full(n, 1.0/n) if weights is None else np.asarray(weights)/np.sum(weights)
    count = 1.0/np.sum(w**2)
    if bw_method is None or bw_method == "scott":
        factor = count**(-1.0/(d + 4))
    elif bw_method == "silverman":
        factor = (count*(d + 2.0)/4.0)**(-1.0/(d + 4))
    else:
        factor = bw_method
    covariance = np.atleast_2d(np.cov(rows, rowvar=True, bias=False, aweights=w))*factor**2
    root = np.linalg.cholesky(covariance)
    white = scipy.linalg.solve_triangular(root, rows, lower=True)
    norm = np.prod(np.diagonal(root))*(2.0*np.pi)**(d/2.0)

    def powers(points):
        places = np.atleast_2d(np.asarray(points))
        if np.shape(places)[0] != d:
            places = np.reshape(places, (d, -1))
        others = scipy.linalg.solve_triangular(root, places, lower=True)
        return -0.5*scipy.spatial.distance.cdist(others.T, white.T, "sqeuclidean")

    def evaluate(points):
        return np.sum(w*np.exp(powers(points)), axis=-1)/norm

    def logpdf(points):
        return scipy.special.logsumexp(powers(points), b=w, axis=-1) - np.log(norm)

    pdf = evaluate
    return evaluate
""",
    "entropy": """def entropy(pk, qk=None, base=None, axis=0, *, keepdims=False):
    pk = np.asarray(pk)
    pk = 1.0*pk/np.sum(pk, axis=axis, keepdims=True)
    if qk is None:
        parts = scipy.special.entr(pk)
    else:
        pk, qk = np.broadcast_arrays(pk, np.asarray(qk))
        parts = scipy.special.rel_entr(pk, 1.0*qk/np.sum(qk, axis=axis, keepdims=True))
    total = np.sum(parts, axis=axis, keepdims=keepdims)
    return total if base is None else total/float(np.log(base))
""",
    "boxcox": """def boxcox(x, lmbda):
    return scipy.special.boxcox(x, lmbda)
""",
    "yeojohnson": """def yeojohnson(x, lmbda):
    x = np.asarray(x)
    above, below = np.maximum(x, 0.0), np.maximum(-x, 0.0)
    high = np.log1p(above) if lmbda == 0 else np.expm1(lmbda*np.log1p(above))/lmbda
    low = -np.log1p(below) if lmbda == 2 else -np.expm1((2 - lmbda)*np.log1p(below))/(2 - lmbda)
    return np.where(x >= 0, high, low)
""",
    "wasserstein_distance": """def wasserstein_distance(u_values, v_values):
    u, v = np.sort(np.asarray(u_values, dtype=float)), np.sort(np.asarray(v_values, dtype=float))
    every = np.sort(np.concatenate((u, v)))
    a = np.searchsorted(u, every[:-1], side="right")/len(u)
    b = np.searchsorted(v, every[:-1], side="right")/len(v)
    return np.sum(np.abs(a - b)*np.diff(every))
""",
    "energy_distance": """def energy_distance(u_values, v_values):
    u, v = np.sort(np.asarray(u_values, dtype=float)), np.sort(np.asarray(v_values, dtype=float))
    every = np.sort(np.concatenate((u, v)))
    a = np.searchsorted(u, every[:-1], side="right")/len(u)
    b = np.searchsorted(v, every[:-1], side="right")/len(v)
    return np.sqrt(2.0)*np.sqrt(np.sum((a - b)**2*np.diff(every)))
""",
    "circmean": """def circmean(samples, high=6.283185307179586, low=0, axis=None, *, keepdims=False):
    turn = np.asarray(samples)*((2.0*np.pi)/(high - low))
    s = np.sum(np.sin(turn), axis=axis, keepdims=keepdims)
    c = np.sum(np.cos(turn), axis=axis, keepdims=keepdims)
    return (np.arctan2(s, c)*((high - low)/(2.0*np.pi)) - low) % (high - low) + low
""",
    "circvar": """def circvar(samples, high=6.283185307179586, low=0, axis=None, *, keepdims=False):
    turn = np.asarray(samples)*((2.0*np.pi)/(high - low))
    s = np.mean(np.sin(turn), axis=axis, keepdims=keepdims)
    c = np.mean(np.cos(turn), axis=axis, keepdims=keepdims)
    return 1.0 - np.minimum(np.hypot(s, c), 1.0)
""",
    "circstd": """def circstd(samples, high=6.283185307179586, low=0, axis=None, *, normalize=False,
                           keepdims=False):
    turn = np.asarray(samples)*((2.0*np.pi)/(high - low))
    s = np.mean(np.sin(turn), axis=axis, keepdims=keepdims)
    c = np.mean(np.cos(turn), axis=axis, keepdims=keepdims)
    total = np.sqrt(-2*np.log(np.minimum(np.hypot(s, c), 1.0)))
    return total if normalize else total*((high - low)/(2.0*np.pi))
""",
    "median_abs_deviation": """def median_abs_deviation(x, axis=0, scale=1.0):
    x = np.asarray(x)
    if np.ndim(x) == 0:
        return x - x
    middle = np.median(x, axis=axis, keepdims=True)
    total = np.median(np.abs(x - middle), axis=axis)
    if scale == "normal":
        return total/0.6744897501960817
    return total/scale
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.stats.{_name}", _source, (getattr(stats, _name),))


def _coefficients(count: int, names: str) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        ranks = [rank_of(bound, n) for n in ("x", "y") if bound.given(n)]
        if ranks != [1, 1]:
            raise NotImplementedError("coefficients of samples that are not two vectors")
        if any(as_array(bound.kind(n)).sort == "complex" for n in ("x", "y")):
            raise NotImplementedError("coefficients of complex samples")
        return Kind("tuple", names, items=(kinds.npscalar("float64"),) * count)

    return infer


register(
    Rule(
        "scipy.stats.pearsonr", parse_signature("x, y"), _coefficients(2, "statistic,pvalue"),
        vjp={"x": "pearson_back(g[0], g[1], x, y, out[0])", "y": "pearson_back(g[0], g[1], y, x, out[0])"},
        jvp={"x": "pearson_dot(x_dot, x, y, out[0])", "y": "pearson_dot(y_dot, y, x, out[0])"},
    ),
    stats.pearsonr,
)  # fmt: skip
register(
    Rule(
        "scipy.stats.linregress", parse_signature("x, y"),
        _coefficients(5, "slope,intercept,rvalue,pvalue,stderr"),
        vjp={"x": "regression_back(g, x, y, out)[0]", "y": "regression_back(g, x, y, out)[1]"},
        jvp={"x": "regression_dot(x_dot, np.zeros_like(y), x, y, out)",
             "y": "regression_dot(np.zeros_like(x), y_dot, x, y, out)"},
    ),
    stats.linregress,
)  # fmt: skip


def _statistic(name: str, signature: str, rate: str, slopes: dict[str, str]) -> None:
    """A test: its statistic and p-value, by the derivative of the one and that of the other in it."""
    ranks = {n: 0 if n == "popmean" else 1 for n in slopes}

    def infer(bound: Bound) -> Kind:
        if any(rank_of(bound, n) != r or as_array(bound.kind(n)).sort == "complex" for n, r in ranks.items()):
            raise NotImplementedError(f"scipy.stats.{name} of samples that are not vectors of real numbers")
        return Kind("tuple", "statistic,pvalue", items=(kinds.npscalar("float64"),) * 2)

    register(
        Rule(
            f"scipy.stats.{name}", parse_signature(signature), infer,
            vjp={n: f"unbroadcast(of_statistic(g[0], g[1], {rate})*{t}, {n})" for n, t in slopes.items()},
            jvp={n: f"both_dots(np.sum({text}*{n}_dot), {rate})" for n, text in slopes.items()},
        ),
        getattr(stats, name),
    )  # fmt: skip


_statistic(
    "ttest_ind", "a, b", "student_rate(out[0], len(a) + len(b) - 2)",
    {"a": "pooled_slope(a, b, out[0])", "b": "-pooled_slope(b, a, -out[0])"},
)  # fmt: skip
_statistic(
    "ttest_1samp", "a, popmean", "student_rate(out[0], len(a) - 1)",
    {"a": "mean_slope(a, out[0])", "popmean": "(-1.0/np.sqrt(np.var(a, ddof=1)/len(a)))"},
)  # fmt: skip
_statistic(
    "ttest_rel", "a, b", "student_rate(out[0], len(a) - 1)",
    {"a": "mean_slope(a - b, out[0])", "b": "-mean_slope(a - b, out[0])"},
)  # fmt: skip
_statistic(
    "chisquare", "f_obs, f_exp", "-scipy.stats.chi2.pdf(out[0], len(f_obs) - 1)",
    {"f_obs": "2.0*(f_obs/f_exp - 1.0)", "f_exp": "(1.0 - (f_obs/f_exp)**2)"},
)  # fmt: skip
_SCALARS = Kind("tuple", items=(kinds.npscalar("float64"),) * 5)
for _helper, _helper_kind in (
    (samples.pvalue_slope, lambda b: kinds.npscalar("float64")),
    (samples.pearson_slope, lambda b: kinds.array(axes.shape_of(b, "x"), "float64")),
    (samples.pearson_back, lambda b: kinds.array(axes.shape_of(b, "x"), "float64")),
    (samples.pearson_dot, lambda b: Kind("tuple", items=(kinds.npscalar("float64"),) * 2)),
    (samples.regression_back, lambda b: Kind("tuple", items=(
        kinds.array(axes.shape_of(b, "x"), "float64"), kinds.array(axes.shape_of(b, "y"), "float64")))),
    (samples.regression_dot, lambda b: _SCALARS),
    (samples.of_statistic, lambda b: kinds.npscalar("float64")),
    (samples.student_rate, lambda b: kinds.npscalar("float64")),
    (samples.both_dots, lambda b: Kind("tuple", items=(kinds.npscalar("float64"),) * 2)),
    (samples.mean_slope, lambda b: kinds.array(axes.shape_of(b, "a"), "float64")),
    (samples.pooled_slope, lambda b: kinds.array(axes.shape_of(b, "a"), "float64")),
):  # fmt: skip
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
