"""scipy.interpolate: splines of FITPACK, polynomials through points, Akima's and Hermite's curves.

    z = scipy.interpolate.UnivariateSpline(x, y, s=0)(p)
        knots = spline_knots(x, 3)           z = spline_value(knots, spline_fit(x, y, 3), p, 0, 3, 0)
    z = scipy.interpolate.KroghInterpolator(x, y)(p)       y_bar = polynomial_back(g, x, y, p, 0, ...)

All are linear in the values, or in values and slopes; a spline that chooses its knots by the values is
none, and is refused. Knots are constants.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import interpolate

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, shape_of
from s2sad.rules.curves import _KNOTS, _times
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import curves

_NO_EXT = """    if ext not in (0, 1, 2, "extrapolate", "zeros", "raise"):
        return refused("a spline that is constant beyond its ends; clip the points")
"""
_PLAIN = """    if w is not None or bbox is not None:
        return refused("a spline with weights or other ends; use make_interp_spline or make_lsq_spline")
"""
_VALUE = """    x = np.asarray(x)
    knots = spline_knots(x, k)
    c = spline_fit(x, np.asarray(y), k)

    def at(x, nu=0):
        return spline_value(knots, c, np.asarray(x), nu, k, ext)

    def derivative(n=1):
        def slope(x):
            return spline_value(knots, c, np.asarray(x), n, k, ext)

        return slope

    return at
"""
_FORMULAS = {
    "InterpolatedUnivariateSpline": "(x, y, w=None, bbox=None, k=3, ext=0):\n" + _PLAIN + _NO_EXT + _VALUE,
    "UnivariateSpline": """(x, y, w=None, bbox=None, k=3, s=None, ext=0):
    if s is None or s != 0:
        return refused("a spline that chooses its knots; use s=0, or LSQUnivariateSpline with knots")
"""
    + _PLAIN + _NO_EXT + _VALUE,
    "LSQUnivariateSpline": """(x, y, t, w=None, bbox=None, k=3, ext=0):
    if bbox is not None:
        return refused("a spline with other ends; use make_lsq_spline")
"""
    + _NO_EXT
    + """    x = np.asarray(x)
    knots = np.concatenate((np.full(k + 1, x[0]), t, np.full(k + 1, x[-1])))
    c = spline_least(x, np.asarray(y), knots, w, k, "fitpack")

    def at(x, nu=0):
        return spline_value(knots, c, np.asarray(x), nu, k, ext)

    return at
""",
    "make_lsq_spline": """(x, y, t, k=3, w=None):
    t = np.asarray(t)
    c = spline_least(np.asarray(x), np.asarray(y), t, w, k, "")

    def at(x, nu=0):
        return spline_at(t, c, np.asarray(x), nu, "basis", k)

    return at
""",
    "splrep": """(x, y, w=None, xb=None, xe=None, k=3, task=0, s=None, t=None):
    if w is not None or xb is not None or xe is not None or t is not None or (s is not None and s != 0):
        return refused("splrep other than through all points; use make_lsq_spline")
    x = np.asarray(x)
    return spline_knots(x, k), spline_fit(x, np.asarray(y), k), k
""",
    "splev": """(x, tck, der=0, ext=0):
"""
    + _NO_EXT
    + """    t, c, k = tck
    return spline_value(np.asarray(t), np.asarray(c), np.asarray(x), der, k, ext)
""",
    "CubicHermiteSpline": """(x, y, dydx):
    x = np.asarray(x)
    y = np.asarray(y)
    slopes = np.asarray(dydx)

    def at(x_new, nu=0):
        return hermite_at(x, y, slopes, np.asarray(x_new), nu)

    def derivative(nu=1):
        made = nu

        def slope(p, nu=0):
            return hermite_at(x, y, slopes, np.asarray(p), nu, made)

        return slope

    return at
""",
    "Akima1DInterpolator": """(x, y, *, method='akima', extrapolate=None):
    x = np.asarray(x)
    y = np.asarray(y, dtype=float)
    m = np.diff(y)/np.diff(x)
    if len(y) == 2:
        slopes = np.concatenate((m, m))
    else:
        second = 2.0*m[:1] - m[1:2]
        first = 2.0*second - m[:1]
        last = 2.0*m[-1:] - m[-2:-1]
        m = np.concatenate((first, second, m, last, 2.0*last - m[-1:]))
        steps = np.abs(np.diff(m))
        if method == "makima":
            sums = np.abs(m[1:] + m[:-1])
            before, behind = steps[2:] + 0.5*sums[2:], steps[:-2] + 0.5*sums[:-2]
        else:
            before, behind = steps[2:], steps[:-2]
        both = before + behind
        bent = both > 1e-9*np.max(both)
        mean = m[1:-2] + behind/np.where(bent, both, 1.0)*(m[2:-1] - m[1:-2])
        slopes = np.where(bent, mean, 0.5*(m[3:] + m[:-3]))

    def at(x_new, nu=0):
        p = np.asarray(x_new)
        made = hermite_at(x, y, slopes, p, nu)
        return made if extrapolate else np.where((p < x[0]) | (p > x[-1]), np.nan, made)

    return at
""",
    "pchip_interpolate": """(xi, yi, x, der=0):
    if der != 0:
        return refused("derivatives by pchip_interpolate; call PchipInterpolator(xi, yi) with nu")
    return scipy.interpolate.PchipInterpolator(xi, yi)(x)
""",
    "interpn": """(points, values, xi, method='linear', bounds_error=True, fill_value='nan'):
    at = scipy.interpolate.RegularGridInterpolator(points, values, method, bounds_error, fill_value)
    return at(np.stack(np.broadcast_arrays(*xi), axis=-1) if isinstance(xi, tuple) else xi)
""",
}  # fmt: skip
for _name, _given, _last in (
    ("KroghInterpolator", "xi, yi", ""), ("BarycentricInterpolator", "xi, yi=None", ", der=0"),
):  # fmt: skip
    _FORMULAS[_name] = f"""({_given}):
    xi = np.asarray(xi)
    yi = np.asarray(yi)

    def derivative(x, der=1):
        return polynomial_at(xi, yi, np.asarray(x), der, "{_name}")

    def at(x{_last}):
        return polynomial_at(xi, yi, np.asarray(x), {"der" if _last else "0"}, "{_name}")

    return at
"""
    _short = _name.replace("Interpolator", "").lower()
    _FORMULAS[f"{_short}_interpolate"] = f"""(xi, yi, x, der=0):
    return polynomial_at(np.asarray(xi), np.asarray(yi), np.asarray(x), der, "{_name}")
"""
for _name, _source in _FORMULAS.items():
    composite(f"scipy.interpolate.{_name}", f"def {_name}{_source}", (getattr(interpolate, _name),))


# ------------------------------------------------------------------------------------------------- helpers


def _vector(bound: Bound, name: str, known: bool = True) -> None:
    rank = rank_of(bound, name)
    if (known if rank is None else rank != 1) or as_array(bound.kind(name)).sort == "complex":
        raise NotImplementedError(
            "a curve through values that are not one real vector; make one for each line"
        )


def _value_kind(bound: Bound) -> Kind:
    _vector(bound, "c", known=False)  # the helper looks at it
    if not isinstance(bound.static("nu"), int):
        raise NotImplementedError("a spline whose derivative is known at run time only")
    return kinds.array(shape_of(bound, "p"), "float64")


def _valued(c: str, more: int = 0) -> Callable[[Bound], str]:
    return lambda b: f"spline_value(t, {c}, p, {_times(b, more)}, {literal(b, 'k')}, {literal(b, 'ext')})"


def _based(z: str, more: int = 0) -> Callable[[Bound], str]:
    return lambda b: f"basis_back({z}, t, c, p, {_times(b, more)}, {literal(b, 'k')}, {literal(b, 'ext')})"


structural(
    "spline_knots",
    "x, k",
    lambda _: kinds.array((kinds.new_length(),), "float64"),
    {"x": _KNOTS},
    (curves.spline_knots,),
)
structural(
    "spline_value",
    "t, c, p, nu, k, ext",
    _value_kind,
    {"t": _KNOTS, "c": _based("g"), "p": lambda b: f"g*{_valued('c', 1)(b)}"},
    (curves.spline_value,),
    jvp={"c": _valued("c_dot"), "p": lambda b: f"p_dot*{_valued('c', 1)(b)}"},
    raises=True,
)
structural(
    "basis_back",
    "z, t, c, p, nu, k, ext",
    lambda b: kinds.array(shape_of(b, "c"), "float64"),
    {"z": _valued("g"), "t": _KNOTS, "c": axes.zero, "p": lambda b: f"z*{_valued('g', 1)(b)}"},
    (curves.basis_back,),
    jvp={"z": _based("z_dot"), "p": _based("z*p_dot", 1)},
)


def _fit_kind(bound: Bound) -> Kind:
    _vector(bound, "y")
    return kinds.array((kinds.new_length(),), "float64")


_K = "{k}"


def _with_k(text: str) -> Callable[[Bound], str]:
    return lambda b: text.replace(_K, literal(b, "k"))


structural(
    "spline_fit",
    "x, y, k",
    _fit_kind,
    {"x": _KNOTS, "y": _with_k("spline_fit_back(g, x, {k})")},
    (curves.spline_fit,),
    jvp={"y": _with_k("spline_fit(x, y_dot, {k})")},
)
structural(
    "spline_fit_back",
    "z, x, k",
    lambda b: kinds.array(shape_of(b, "x"), "float64"),
    {"z": _with_k("spline_fit(x, g, {k})"), "x": _KNOTS},
    (curves.spline_fit_back,),
    jvp={"z": _with_k("spline_fit_back(z_dot, x, {k})")},
)
structural(
    "spline_least",
    "x, y, t, w, k, how",
    _fit_kind,
    {
        "x": _KNOTS,
        "y": _with_k("spline_least_back(g, x, t, w, {k})"),
        "t": _KNOTS,
        "w": axes.refuse("the derivative of a spline in weights"),
    },
    (curves.spline_least,),
    jvp={"y": lambda b: f"spline_least(x, y_dot, t, w, {literal(b, 'k')}, {literal(b, 'how')})"},
)
structural(
    "spline_least_back",
    "z, x, t, w, k",
    lambda b: kinds.array(shape_of(b, "x"), "float64"),
    {"z": _with_k("spline_least(x, g, t, w, {k}, '')"), "x": _KNOTS},
    (curves.spline_least_back,),
    jvp={"z": _with_k("spline_least_back(z_dot, x, t, w, {k})")},
)


def _polynomial_kind(bound: Bound) -> Kind:
    _vector(bound, "y")
    if not isinstance(bound.static("nu"), int):
        raise NotImplementedError("a polynomial whose derivative is known at run time only")
    return kinds.array(shape_of(bound, "p"), "float64")


def _polynomial(name: str, first: str, more: int = 0) -> Callable[[Bound], str]:
    return lambda b: f"{name}({first}, p, {_times(b, more)}, {literal(b, 'how')})"


structural(
    "polynomial_at",
    "x, y, p, nu, how",
    _polynomial_kind,
    {
        "x": _KNOTS,
        "y": _polynomial("polynomial_back", "g, x, y"),
        "p": lambda b: f"g*{_polynomial('polynomial_at', 'x, y', 1)(b)}",
    },
    (curves.polynomial_at,),
    jvp={
        "y": _polynomial("polynomial_at", "x, y_dot"),
        "p": lambda b: f"p_dot*{_polynomial('polynomial_at', 'x, y', 1)(b)}",
    },
)
structural(
    "polynomial_back",
    "z, x, y, p, nu, how",
    lambda b: kinds.array(shape_of(b, "y"), "float64"),
    {
        "z": _polynomial("polynomial_at", "x, g"),
        "x": _KNOTS,
        "y": axes.zero,
        "p": lambda b: f"z*{_polynomial('polynomial_at', 'x, g', 1)(b)}",
    },
    (curves.polynomial_back,),
    jvp={
        "z": _polynomial("polynomial_back", "z_dot, x, y"),
        "p": _polynomial("polynomial_back", "z*p_dot, x, y", 1),
    },
)
