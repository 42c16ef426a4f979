"""scipy.stats: densities and distribution functions, elementwise, in location, scale and shapes.

With y = (x - loc)/scale and s(y) the derivative of the standard logarithmic density,

    logpdf    x_bar = g*s(y)/scale       loc_bar = -g*s(y)/scale       scale_bar = -g*(1 + y*s(y))/scale
    cdf       x_bar = g*pdf(x)           loc_bar = -g*pdf(x)           scale_bar = -g*y*pdf(x)
    ppf       q_bar = g/pdf(out)         loc_bar = g                   scale_bar = g*(out - loc)/scale

A table gives s(y) and the derivatives in shapes. Outside the support derivatives are 0. Where the
derivative of a distribution function in a shape has no closed form, an active shape is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import refuse
from s2sad.rules.registry import REQUIRED, Bound, Rule, Text, register_method


@dataclass(slots=True)
class Law:
    """A family: the score s(y), the support, and what depends on each shape.

    `Y` stands for y, `PDF` for the density. shapes: the derivative of the logarithmic density; by_shape: that
    of the distribution function, where it is known.
    """

    score: str
    support: str = ""
    shapes: dict[str, str] = field(default_factory=dict)
    by_shape: dict[str, str] = field(default_factory=dict)


_DIGAMMA = "scipy.special.digamma"
LAWS: dict[str, Law] = {
    "norm": Law("-Y"),
    "expon": Law("-1.0", "Y >= 0"),
    "laplace": Law("-np.sign(Y)"),
    "logistic": Law("-np.tanh(0.5*Y)"),
    "uniform": Law("0.0*Y"),
    "cauchy": Law("-2.0*Y/(1.0 + Y*Y)"),
    "halfnorm": Law("-Y", "Y >= 0"),
    "halfcauchy": Law("-2.0*Y/(1.0 + Y*Y)", "Y >= 0"),
    "gumbel_r": Law("np.exp(-Y) - 1.0"),
    "gumbel_l": Law("1.0 - np.exp(Y)"),
    "rayleigh": Law("div(1.0, Y) - Y", "Y > 0"),
    "maxwell": Law("div(2.0, Y) - Y", "Y > 0"),
    "hypsecant": Law("-np.tanh(Y)"),
    "t": Law(
        "-(df + 1.0)*Y/(df + Y*Y)",
        shapes={
            "df": f"0.5*({_DIGAMMA}(0.5*df + 0.5) - {_DIGAMMA}(0.5*df) - 1.0/df - np.log1p(Y*Y/df)"
            " + (df + 1.0)*Y*Y/(df*(df + Y*Y)))"
        },
    ),
    "gamma": Law("div(a - 1.0, Y) - 1.0", "Y > 0", {"a": f"np.log(Y) - {_DIGAMMA}(a)"}),
    "invgamma": Law("div(div(1.0, Y) - a - 1.0, Y)", "Y > 0", {"a": f"-np.log(Y) - {_DIGAMMA}(a)"}),
    "beta": Law(
        "div(a - 1.0, Y) - div(b - 1.0, 1.0 - Y)",
        "np.abs(2.0*Y - 1.0) < 1.0",
        {
            "a": f"np.log(Y) - {_DIGAMMA}(a) + {_DIGAMMA}(a + b)",
            "b": f"np.log1p(-Y) - {_DIGAMMA}(b) + {_DIGAMMA}(a + b)",
        },
    ),
    "chi2": Law(
        "div(0.5*df - 1.0, Y) - 0.5", "Y > 0", {"df": f"0.5*(np.log(0.5*Y) - {_DIGAMMA}(0.5*df))"}
    ),
    "f": Law(
        "div(0.5*dfn - 1.0, Y) - 0.5*(dfn + dfd)*dfn/(dfd + dfn*Y)",
        "Y > 0",
        {
            "dfn": f"0.5*({_DIGAMMA}(0.5*(dfn + dfd)) - {_DIGAMMA}(0.5*dfn) + np.log(dfn*Y/(dfd + dfn*Y))"
            " + 1.0 - (dfn + dfd)*Y/(dfd + dfn*Y))",
            "dfd": f"0.5*({_DIGAMMA}(0.5*(dfn + dfd)) - {_DIGAMMA}(0.5*dfd) + np.log(dfd/(dfd + dfn*Y)) + 1.0"
            " - (dfn + dfd)/(dfd + dfn*Y))",
        },
    ),
    "lognorm": Law(
        "-div(1.0 + np.log(Y)/(s*s), Y)", "Y > 0", {"s": "(np.log(Y)*np.log(Y)/(s*s) - 1.0)/s"},
        {"s": "-Y*np.log(Y)*PDF/s"},
    ),
    "weibull_min": Law(
        "div(c - 1.0 - c*np.exp(c*np.log(Y)), Y)", "Y > 0",
        {"c": "1.0/c + np.log(Y)*(1.0 - np.exp(c*np.log(Y)))"},
        {"c": "Y*np.log(Y)*PDF/c"},
    ),
    "pareto": Law("div(-b - 1.0, Y)", "Y >= 1", {"b": "1.0/b - np.log(Y)"}, {"b": "Y*np.log(Y)*PDF/b"}),
    "lomax": Law("-(c + 1.0)/(1.0 + Y)", "Y >= 0", {"c": "1.0/c - np.log1p(Y)"},
        {"c": "(1.0 + Y)*np.log1p(Y)*PDF/c"}),
    "powerlaw": Law(
        "div(a - 1.0, Y)", "np.abs(2.0*Y - 1.0) <= 1.0", {"a": "1.0/a + np.log(Y)"},
        {"a": "Y*np.log(Y)*PDF/a"},
    ),
    "loggamma": Law("c - np.exp(Y)", shapes={"c": f"Y - {_DIGAMMA}(c)"}),
    "skewnorm": Law(
        "a*0.7978845608028654/scipy.special.erfcx(-0.7071067811865476*a*Y) - Y",
        shapes={"a": "Y*0.7978845608028654/scipy.special.erfcx(-0.7071067811865476*a*Y)"},
    ),
    "invgauss": Law(
        "div(div(0.5, Y) - 1.5, Y) - 0.5/(mu*mu)", "Y > 0", {"mu": "(Y - mu)/(mu*mu*mu)"},
    ),
    "vonmises": Law(
        "-kappa*np.sin(Y)",
        shapes={"kappa": "np.cos(Y) - scipy.special.i1e(kappa)/scipy.special.i0e(kappa)"},
    ),
    "truncnorm": Law("-Y", "np.logical_and(Y >= a, Y <= b)", {"a": "", "b": ""}),
}  # fmt: skip


def _kind(names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    """SciPy computes in double precision."""

    def infer(bound: Bound) -> Kind:
        if any(bound.given(n) and bound.kind(n).cat in ("list", "tuple") for n in names[1:]):
            raise NotImplementedError("parameters of a distribution that are lists; pass arrays")
        given = [results.numeric(bound.kind(n)).shape for n in names if bound.given(n)]
        return kinds.num(kinds.broadcast(*given), "float64")

    return infer


def _standard(bound: Bound, x: str = "x") -> str:
    """The text of y, as short as the given arguments allow."""
    if x in bound.kinds and bound.kind(x).cat in ("list", "tuple"):
        x = f"np.asarray({x})"
    moved = f"({x} - loc)" if bound.given("loc") else x
    return f"({moved}/scale)" if bound.given("scale") else moved


def _guarded(bound: Bound, law: Law, text: str) -> str:
    """A text, 0 outside the support."""
    if not law.support:
        return f"({text})"
    if all(k.is_scalar for k in bound.kinds.values()):
        return f"(({text}) if {law.support} else 0.0)"
    return f"np.where({law.support}, {text}, 0.0)"


def _shape_of_law(bound: Bound, law: Law, argument: str, factor: str) -> str:
    """The derivative of a logarithmic density in an argument, times a factor that is linear in g."""
    over = "/scale" if bound.given("scale") else ""
    if argument in law.shapes:
        made, sign = _guarded(bound, law, law.shapes[argument]), ""
    elif argument == "scale":
        made, sign = _guarded(bound, law, f"1.0 + Y*({law.score})") + over, "-"
    else:
        made, sign = _guarded(bound, law, law.score) + over, "-" if argument == "loc" else ""
    return f"{sign}{factor}*{made}".replace("Y", _standard(bound))


def _density(bound: Bound, name: str, law: Law, kind: str, x: str = "x") -> str:
    """A call of another function of the same distribution, with the same arguments."""
    args = [x, *law.shapes]
    args += ["loc" if bound.given("loc") else "0.0"] if bound.given("loc") or bound.given("scale") else []
    args += ["scale"] if bound.given("scale") else []
    return f"scipy.stats.{name}.{kind}({', '.join(args)})"


def _cumulative(bound: Bound, name: str, law: Law, argument: str, kind: str) -> str:
    """The derivative of cdf, sf and their logarithms in an argument."""
    sign = 1 if kind.endswith("cdf") else -1
    if kind.startswith("log"):
        density = f"np.exp({_density(bound, name, law, 'logpdf')} - out)"
    else:
        density = _density(bound, name, law, "pdf")
    if argument in law.shapes:
        made = law.by_shape[argument].replace(
            "PDF", f"({density})" if not bound.given("scale") else f"(scale*{density})"
        )
        made = "g*" + _guarded(bound, law, made)
    else:
        made = {"x": f"g*{density}", "loc": f"-g*{density}", "scale": f"-g*Y*{density}"}[argument]
    made = made.replace("Y", _standard(bound))
    return made if sign > 0 else f"-({made})"


def _quantile(bound: Bound, name: str, law: Law, argument: str, kind: str) -> str:
    if argument == "q":
        text = f"g/{_density(bound, name, law, 'pdf', 'out')}"
        return text if kind == "ppf" else f"-{text}"
    return "g" if argument == "loc" else f"g*{_standard(bound, 'out')}"


def _text(name: str, law: Law, kind: str, argument: str) -> Text:
    unknown = refuse(f"the derivative of scipy.stats.{name}.{kind} in {argument!r}")
    if argument in law.shapes and (
        not law.shapes[argument] or (kind not in ("logpdf", "pdf") and argument not in law.by_shape)
    ):
        return unknown
    if kind in ("logpdf", "pdf"):
        factor = "g" if kind == "logpdf" else "g*out"
        return lambda b: _shape_of_law(b, law, argument, factor)
    if kind in ("ppf", "isf"):
        return unknown if argument in law.shapes else lambda b: _quantile(b, name, law, argument, kind)
    return lambda b: _cumulative(b, name, law, argument, kind)


def _enter(name: str, law: Law) -> None:
    owner = getattr(stats, name)
    for kind in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"):
        first = "q" if kind in ("ppf", "isf") else "x"
        names = (first, *law.shapes, "loc", "scale")
        signature: dict[str, Any] = dict.fromkeys((first, *law.shapes), REQUIRED) | {"loc": 0, "scale": 1}
        rule = Rule(
            f"scipy.stats.{name}.{kind}", signature, _kind(names), form="elementwise",
            vjp={n: _text(name, law, kind, n) for n in names},
        )  # fmt: skip
        register_method(rule, owner, kind)


for _name, _law in LAWS.items():
    _enter(_name, _law)


# -------------------------------------------------------------------------------- discrete distributions

# arguments after k, and the derivative of the logarithmic mass in each; `K` stands for k - loc
MASSES: dict[str, tuple[tuple[str, ...], dict[str, str], dict[str, str]]] = {
    "poisson": (("mu",), {"mu": "div(K, mu) - 1.0"}, {"mu": "-scipy.stats.poisson.pmf(np.floor(K), mu)"}),
    "binom": (
        ("n", "p"), {"p": "div(K, p) - div(n - K, 1.0 - p)"},
        {"p": "-n*scipy.stats.binom.pmf(np.floor(K), n - 1, p)"},
    ),
    "bernoulli": (("p",), {"p": "div(K, p) - div(1.0 - K, 1.0 - p)"}, {}),
    "geom": (("p",), {"p": "div(1.0, p) - div(K - 1.0, 1.0 - p)"}, {}),
    "nbinom": (
        ("n", "p"),
        {"n": f"{_DIGAMMA}(K + n) - {_DIGAMMA}(n) + np.log(p)", "p": "div(n, p) - div(K, 1.0 - p)"}, {},
    ),
}  # fmt: skip


def _mass(made: str, factor: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        k = _standard(bound, "k")
        finite = "np.isfinite(out)" if factor == "g" else "out > 0"
        inside = made.replace("K", k)
        if all(kind.is_scalar for kind in bound.kinds.values()):
            return f"{factor}*(({inside}) if {finite} else 0.0)"
        return f"{factor}*np.where({finite}, {inside}, 0.0)"

    return text


def _tail(made: str, sign: str) -> Callable[[Bound], str]:
    return lambda b: f"{sign}g*({made.replace('K', _standard(b, 'k'))})"


def _enter_mass(
    name: str, arguments: tuple[str, ...], log: dict[str, str], cumulative: dict[str, str]
) -> None:
    for kind in ("logpmf", "pmf", "cdf", "sf"):
        signature: dict[str, Any] = dict.fromkeys(("k", *arguments), REQUIRED) | {"loc": 0}
        vjp: dict[str, Text] = {}
        for argument in arguments:
            vjp[argument] = refuse(f"the derivative of scipy.stats.{name}.{kind} in {argument!r}")
            if kind.endswith("pmf") and argument in log:
                vjp[argument] = _mass(log[argument], "g" if kind == "logpmf" else "g*out")
            elif argument in cumulative and not kind.endswith("pmf"):
                vjp[argument] = _tail(cumulative[argument], "" if kind == "cdf" else "-")
        kind_of = _kind(("k", *arguments, "loc"))
        rule = Rule(f"scipy.stats.{name}.{kind}", signature, kind_of, form="elementwise", vjp=vjp)
        register_method(rule, getattr(stats, name), kind)


for _name, (_arguments, _log, _cdf) in MASSES.items():
    _enter_mass(_name, _arguments, _log, _cdf)
