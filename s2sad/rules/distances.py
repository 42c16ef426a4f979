"""scipy.spatial: distances of points, of all pairs and of single ones.

    d = scipy.spatial.distance.cdist(a, b)             a_bar = gap_sums(over_distances(g, out), a, b)
    d = scipy.spatial.distance.cosine(u, v)            a formula, in SciPy's own order

Where points fall together the derivative is 0, as that of a norm. Metrics that weigh coordinates (w, V, VI)
are formulas of the plain ones: of points that were scaled or turned before.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import spatial
from scipy.spatial import distance

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, shape_of
from s2sad.rules.registry import Bound, Text, composite, elementwise, structural
from s2sad.runtime import distances

_METRICS = (
    "euclidean",
    "sqeuclidean",
    "cityblock",
    "chebyshev",
    "minkowski",
    "braycurtis",
    "canberra",
    "cosine",
)


def _distance_kind(bound: Bound, rows: tuple[str, ...]) -> Kind:
    if bound.static("metric") not in _METRICS:
        raise NotImplementedError(f"distances by this metric; it may be {', '.join(_METRICS)}")
    if any(bound.given(n) and bound.kind(n).cat != "none" for n in ("w", "V", "VI")):
        raise NotImplementedError("distances by this metric with these weights; weigh the points")
    if bound.given("out") and bound.kind("out").cat != "none":
        raise NotImplementedError("distances into out=; assign the result")
    shapes = [shape_of(bound, n) for n in rows]
    if len(rows) == 1:
        return kinds.array((kinds.new_length(),), "float64")
    return kinds.array(None if None in shapes else tuple(s[0] for s in shapes if s), "float64")


_WEIGHTS = {  # the weights of the metrics that take some
    "euclidean": "w", "sqeuclidean": "w", "cityblock": "w", "minkowski": "w",
    "seuclidean": "V", "mahalanobis": "VI"
}  # fmt: skip


def _weight(bound: Bound) -> str:
    """The name of the weights of a call, "" where it has none."""
    name = _WEIGHTS.get(str(bound.static("metric")), "")
    return name if name and bound.given(name) and bound.kind(name).cat != "none" else ""


def _cross_kind(bound: Bound) -> Kind:
    if not _weight(bound):
        return _distance_kind(bound, ("XA", "XB"))
    others = {"w", "V", "VI"} - {_weight(bound)}
    if any(bound.given(n) for n in others):
        raise NotImplementedError("distances with several weights")
    plain = Bound(
        {n: k for n, k in bound.kinds.items() if n != _weight(bound)}, bound.statics | {"metric": "euclidean"}
    )
    return _distance_kind(plain, ("XA", "XB"))


def _cross(bound: Bound, name: str) -> str | None:
    """The cotangent of an argument of cdist."""
    weight, metric = _weight(bound), bound.static("metric")
    if not weight:
        return _slopes(bound, "g", "XA", "XB") if name == "XA" else _slopes(bound, "g", "XB", "XA", ".T")
    if name in ("w", "V", "VI") and name != weight:
        return None
    pair = "g.T, XB, XA, out.T" if name == "XB" else "g, XA, XB, out"
    k = 0 if name in ("XA", "XB") else 1
    return f"weighted_slopes({pair}, {metric!r}, {literal(bound, 'p')}, {weight})[{k}]"


def _cross_dot(bound: Bound, name: str) -> str:
    weight, metric, p = _weight(bound), bound.static("metric"), literal(bound, "p")
    if name not in ("XA", "XB"):
        return f"weighted_dots(None, {name}_dot, XA, XB, out, {metric!r}, {p}, {weight})"
    one, two, turned = ("XB", "XA", ".T") if name == "XB" else ("XA", "XB", "")
    if weight:
        return f"weighted_dots({one}_dot, None, {one}, {two}, out{turned}, {metric!r}, {p}, {weight}){turned}"
    if metric == "euclidean":
        return f"over_distances(gap_dots({one}_dot, {one}, {two}){turned}, out)"
    return f"{_dots(bound, one, two, f'out{turned}')}{turned}"


def _slopes(bound: Bound, z: str, one: str, two: str, turned: str = "", out: str = "out") -> str:
    """The cotangent of the points `one` for a cotangent of their distances to the points `two`."""
    metric = bound.static("metric")
    if metric == "euclidean":
        return f"gap_sums(over_distances({z}, {out}){turned}, {one}, {two})"
    if metric == "sqeuclidean":
        return f"gap_sums(2.0*{z}{turned}, {one}, {two})"
    if metric in ("cityblock", "chebyshev"):
        return f"step_slopes({z}{turned}, {one}, {two}, {out}{turned}, {metric!r})"
    return f"pair_slopes({z}{turned}, {one}, {two}, {out}{turned}, {metric!r}, {literal(bound, 'p')})"


def _dots(bound: Bound, one: str, two: str, out: str) -> str:
    """The tangent of the distances from the points `one`, which move, to `two`; not "euclidean"."""
    metric = bound.static("metric")
    if metric == "sqeuclidean":
        return f"gap_dots(2.0*{one}_dot, {one}, {two})"
    if metric in ("cityblock", "chebyshev"):
        return f"step_dots({one}_dot, {one}, {two}, {out}, {metric!r})"
    return f"pair_dots({one}_dot, {one}, {two}, {out}, {metric!r}, {literal(bound, 'p')})"


def _cross_text(name: str) -> Text:
    return lambda b: _cross(b, name)


def _cross_tangent(name: str) -> Text:
    return lambda b: _cross_dot(b, name)


_OPERANDS = ("XA", "XB", "w", "V", "VI")
structural(
    "scipy.spatial.distance.cdist",
    "XA, XB, metric='euclidean', *, out=None, p=2.0, w=None, V=None, VI=None",
    _cross_kind,
    {n: _cross_text(n) for n in _OPERANDS}
    | {"p": axes.refuse("the derivative of scipy.spatial.distance.cdist in 'p'")},
    (distance.cdist,),
    jvp={n: _cross_tangent(n) for n in _OPERANDS},
    general="cdist_general",
)
composite(
    "cdist_general",
    """def cdist_general(XA, XB, metric='euclidean'):
    XA = np.asarray(XA, dtype=float)
    XB = np.asarray(XB, dtype=float)
    if metric == "correlation":
        one = XA - np.mean(XA, axis=1, keepdims=True)
        return scipy.spatial.distance.cdist(one, XB - np.mean(XB, axis=1, keepdims=True), "cosine")
    if metric == "seuclidean":
        both = np.concatenate((XA, XB), axis=0)
        return scipy.spatial.distance.cdist(XA, XB, "seuclidean", V=np.var(both, axis=0, ddof=1))
    if metric == "mahalanobis":
        both = np.concatenate((XA, XB), axis=0)
        return scipy.spatial.distance.cdist(XA, XB, "mahalanobis", VI=np.linalg.inv(np.cov(both.T)).T)
    return refused("distances by this metric; write them out")
""",
)


def _pdist_dot(bound: Bound) -> str:
    if bound.static("metric") == "euclidean":
        return "over_distances(condensed_sums(gap_dots(X_dot, X, X)), out)"
    return f"condensed_sums({_dots(bound, 'X', 'X', 'symmetric_form(out, len(X))')})"


def _pdist_bar(bound: Bound) -> str:
    if bound.static("metric") == "euclidean":
        return "gap_sums(symmetric_form(over_distances(g, out), len(X)), X, X)"
    return _slopes(bound, "symmetric_form(g, len(X))", "X", "X", "", "symmetric_form(out, len(X))")


structural(
    "scipy.spatial.distance.pdist",
    "X, metric='euclidean', *, out=None, p=2.0, w=None, V=None, VI=None",
    lambda b: _distance_kind(b, ("X",)),
    {
        "X": _pdist_bar,
        "p": axes.refuse("the derivative of scipy.spatial.distance.pdist in 'p'"),
    },
    (distance.pdist,),
    jvp={"X": _pdist_dot},
    general="pdist_general",
)
composite(
    "pdist_general",
    """def pdist_general(X, metric='euclidean', *, p=2.0, w=None, V=None, VI=None):
    X = np.asarray(X, dtype=float)
    rows, columns = np.triu_indices(len(X), 1)
    if w is not None and metric == "minkowski":
        return scipy.spatial.distance.cdist(X, X, "minkowski", p=p, w=w)[rows, columns]
    if w is not None:
        return scipy.spatial.distance.cdist(X, X, metric, w=w)[rows, columns]
    if metric == "correlation":
        return scipy.spatial.distance.pdist(X - np.mean(X, axis=1, keepdims=True), "cosine")
    if metric == "seuclidean":
        V = np.var(X, axis=0, ddof=1) if V is None else V
        return scipy.spatial.distance.cdist(X, X, "seuclidean", V=V)[rows, columns]
    if metric == "mahalanobis":
        VI = np.linalg.inv(np.cov(X.T)).T if VI is None else VI
        return scipy.spatial.distance.cdist(X, X, "mahalanobis", VI=VI)[rows, columns]
    return refused("distances by this metric; write them out")
""",
)


# ------------------------------------------------------------------------------------- sums over all pairs


def _points(name: str) -> Callable[[Bound], Kind]:
    """As many numbers as an argument has."""
    return lambda b: kinds.array(shape_of(b, name), "float64")


def _pairs(bound: Bound) -> Kind:
    shapes = [shape_of(bound, n) for n in ("a", "b")]
    return kinds.array(None if None in shapes else tuple(s[0] for s in shapes if s), "float64")


elementwise(
    "over_distances",
    "z, d",
    "over_distances(g, d)",
    "-over_distances(g*out, d)",
    objects=(distances.over_distances,),
)
structural(
    "gap_sums",
    "w, a, b",
    _points("a"),
    {"w": "gap_dots(g, a, b)", "a": "g*np.sum(w, axis=1)[:, None]", "b": "-w.T @ g"},
    (distances.gap_sums,),
    jvp={"w": "gap_sums(w_dot, a, b)", "a": "a_dot*np.sum(w, axis=1)[:, None]", "b": "-w @ b_dot"},
)
structural(
    "gap_dots",
    "x, a, b",
    _pairs,
    {"x": "gap_sums(g, a, b)", "a": "x*np.sum(g, axis=1)[:, None]", "b": "-g.T @ x"},
    (distances.gap_dots,),
    jvp={"x": "gap_dots(x_dot, a, b)", "a": "np.sum(x*a_dot, axis=1)[:, None]", "b": "-x @ b_dot.T"},
)
_STEPS: dict[str, Text] = dict.fromkeys(("a", "b", "d"), lambda b: None)
structural(
    "step_slopes",
    "z, a, b, d, metric",
    _points("a"),
    {"z": "step_dots(g, a, b, d, metric)", **_STEPS},
    (distances.step_slopes,),
    jvp={"z": "step_slopes(z_dot, a, b, d, metric)", **_STEPS},
)
structural(
    "step_dots",
    "x, a, b, d, metric",
    _pairs,
    {"x": "step_slopes(g, a, b, d, metric)", **_STEPS},
    (distances.step_dots,),
    jvp={"x": "step_dots(x_dot, a, b, d, metric)", **_STEPS},
)
structural(
    "symmetric_form",
    "z, n",
    lambda b: kinds.array(kinds.fresh_shape(2), as_array(b.kind("z")).dtype),
    {"z": "condensed_sums(g)"},
    (distances.symmetric_form,),
    linear=("z",),
)
structural(
    "condensed_sums",
    "z",
    lambda b: kinds.array((kinds.new_length(),), as_array(b.kind("z")).dtype),
    {"z": "symmetric_form(g, len(z))"},
    (distances.condensed_sums,),
    linear=("z",),
)
for _helper, _all, _helper_kind in (
    (distances.pair_slopes, distances.all_pair_slopes, _points("a")),
    (distances.pair_dots, distances.all_pair_dots, _points("out")),
    (distances.pair_rates, distances.pair_rates, lambda b: kinds.array(kinds.fresh_shape(3), "float64")),
    (distances.weighted_slopes, distances.all_weighted_slopes,
     lambda b: Kind("tuple", items=(_points("a")(b), _points("w")(b)))),
    (distances.weighted_dots, distances.all_weighted_dots, _points("out")),
    (distances.weighted_rates, distances.weighted_rates,
     lambda b: Kind("tuple", items=2*(kinds.array(kinds.fresh_shape(3), "float64"),))),
):  # fmt: skip
    composite(_helper.__name__, axes.source_of(_all), (_helper,)).kind = _helper_kind

# ------------------------------------------------------------------------------------------- of two vectors

_FORMULAS = {
    "euclidean": """def euclidean(u, v, w=None):
    return scipy.spatial.distance.minkowski(u, v, 2, w)
""",
    "sqeuclidean": """def sqeuclidean(u, v, w=None):
    gap = np.asarray(u) - np.asarray(v)
    return np.dot(gap, gap if w is None else np.asarray(w, dtype=float)*gap)
""",
    "cityblock": """def cityblock(u, v, w=None):
    gap = np.abs(np.asarray(u) - np.asarray(v))
    return np.sum(gap if w is None else np.asarray(w, dtype=float)*gap)
""",
    "chebyshev": """def chebyshev(u, v):
    return np.max(np.abs(np.asarray(u) - np.asarray(v)))
""",
    "minkowski": """def minkowski(u, v, p=2, w=None):
    gap = np.asarray(u) - np.asarray(v)
    if w is not None:
        w = np.asarray(w, dtype=float)
        if p == 1:
            gap = w*gap
        elif p == 2:
            gap = np.sqrt(w)*gap
        else:
            gap = np.power(w, 1/p)*gap
    return scipy.linalg.norm(gap, p)
""",
    "cosine": """def cosine(u, v, w=None):
    return scipy.spatial.distance.correlation(u, v, w, False)
""",
    "correlation": """def correlation(u, v, w=None, centered=True):
    u = np.asarray(u)
    v = np.asarray(v)
    if w is not None:
        w = np.asarray(w, dtype=float)
        w = w/np.sum(w)
    if centered:
        u = u - (np.mean(u) if w is None else np.dot(u, w))
        v = v - (np.mean(v) if w is None else np.dot(v, w))
    uw = u if w is None else u*w
    vw = v if w is None else v*w
    gap = 1.0 - np.dot(u, vw)/np.sqrt(np.dot(u, uw)*np.dot(v, vw))
    return np.clip(gap, 0.0, 2.0)
""",
    "mahalanobis": """def mahalanobis(u, v, VI):
    gap = np.asarray(u) - np.asarray(v)
    return np.sqrt(np.dot(np.dot(gap, VI), gap))
""",
    "braycurtis": """def braycurtis(u, v, w=None):
    v = np.asarray(v, dtype=float)
    gap = np.abs(np.asarray(u) - v)
    both = np.abs(np.asarray(u) + v)
    if w is not None:
        w = np.asarray(w, dtype=float)
        gap = w*gap
        both = w*both
    return np.sum(gap)/np.sum(both)
""",
    "canberra": """def canberra(u, v, w=None):
    u = np.asarray(u)
    v = np.asarray(v, dtype=float)
    sizes = np.abs(u) + np.abs(v)
    parts = np.where(sizes == 0, 0.0, np.abs(u - v)/np.where(sizes == 0, 1.0, sizes))
    return np.sum(parts if w is None else np.asarray(w, dtype=float)*parts)
""",
    "seuclidean": """def seuclidean(u, v, V):
    return scipy.spatial.distance.euclidean(u, v, 1/np.asarray(V, dtype=float))
""",
    "jensenshannon": """def jensenshannon(p, q, base=None, *, axis=0, keepdims=False):
    p = np.asarray(p)
    q = np.asarray(q)
    p = p/np.sum(p, axis=axis, keepdims=True)
    q = q/np.sum(q, axis=axis, keepdims=True)
    middle = (p + q)/2.0
    one = np.sum(scipy.special.rel_entr(p, middle), axis=axis, keepdims=keepdims)
    two = np.sum(scipy.special.rel_entr(q, middle), axis=axis, keepdims=keepdims)
    both = one + two
    if base is not None:
        both = both/np.log(base)
    return np.sqrt(both/2.0)
""",
    "squareform": """def squareform(X, force='no', checks=True):
    X = np.asarray(X)
    if np.ndim(X) == 1:
        n = int(np.ceil(np.sqrt(len(X)*2)))
        rows, columns = np.triu_indices(max(n, 1), 1)
        made = np.zeros((max(n, 1), max(n, 1)), X.dtype)
        made[rows, columns] = X
        made[columns, rows] = X
        return made
    rows, columns = np.triu_indices(len(X), 1)
    return X[rows, columns]
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.spatial.distance.{_name}", _source, (getattr(distance, _name),))
composite(
    "scipy.spatial.minkowski_distance",
    """def minkowski_distance(x, y, p=2.0):
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        return refused("distances between complex numbers; write np.sum(np.abs(x - y)**p, axis=-1)")
    gaps = np.abs(np.asarray(y, dtype=float) - np.asarray(x, dtype=float))
    if p == np.inf:
        return np.max(gaps, axis=-1)
    if p == 1:
        return np.sum(gaps, axis=-1)
    total = np.sum(gaps**p, axis=-1)
    return np.where(total == 0, 0.0, np.where(total == 0, 1.0, total)**(1.0/p))[()]
""",
    (spatial.minkowski_distance,),
)
composite(
    "scipy.spatial.minkowski_distance_p",
    """def minkowski_distance_p(x, y, p=2.0):
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        return refused("distances between complex numbers; write np.sum(np.abs(x - y)**p, axis=-1)")
    gaps = np.abs(np.asarray(y, dtype=float) - np.asarray(x, dtype=float))
    if p == np.inf:
        return np.max(gaps, axis=-1)
    return np.sum(gaps, axis=-1) if p == 1 else np.sum(gaps**p, axis=-1)
""",
    (spatial.minkowski_distance_p,),
)
composite(
    "scipy.spatial.distance_matrix",
    """def distance_matrix(x, y, p=2.0, threshold=1000000):
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        return refused("distances between complex numbers; write np.sum(np.abs(x - y)**p, axis=-1)")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return scipy.spatial.minkowski_distance(x[:, None, :], y[None, :, :], p)
""",
    (spatial.distance_matrix,),
)
