"""scipy.stats: means, variances, entropies, medians and intervals of distributions, in their parameters.

    mean       loc_bar = g       scale_bar = g*mean0          shape_bar = g*scale*slope
    var                          scale_bar = 2*scale*g*var0   shape_bar = g*scale*scale*slope
    entropy                      scale_bar = g/scale          shape_bar = g*slope

with the mean and variance of the standard law, which SciPy knows. A table has the slopes in the shapes. The
median is the quantile of 1/2, an interval is a pair of quantiles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import refuse
from s2sad.rules.distributions import MASSES, computed, quantile, real_kind
from s2sad.rules.laws import LAWS
from s2sad.rules.more_laws import MORE
from s2sad.rules.registry import REQUIRED, Bound, Rule, Text, register_method

_TRIGAMMA = "scipy.special.polygamma(1, {})"
_GAMMA = "scipy.special.gamma({})*scipy.special.psi({})"
_SUM = "(a + b)"
_BETA = f"a*b/({_SUM}*{_SUM}*({_SUM} + 1.0))*(1.0/{{}} - 2.0/{_SUM} - 1.0/({_SUM} + 1.0))"
_BETA_H = (
    f"({_SUM} - 2.0)*{_TRIGAMMA.format('a + b')} - ({{0}} - 1.0)*scipy.special.polygamma(1, {{0}})"
)
_MEAN, _VAR = "scipy.stats.truncnorm.mean(a, b)", "scipy.stats.truncnorm.var(a, b)"
_LOW, _HIGH = "scipy.stats.truncnorm.pdf(a, a, b)", "scipy.stats.truncnorm.pdf(b, a, b)"
_LENGTH = "np.log(b/a)"
_COUNTS = "scipy.stats.betabinom.var(n, a, b)"
_END = f" - 2.0/{_SUM} - 1.0/({_SUM} + 1.0) + 1.0/({_SUM} + n))"

Slopes = dict[str, str]
# The slopes in the shapes of the mean, the variance and the entropy of the standard law.
MOMENTS: dict[str, tuple[Slopes, Slopes, Slopes]] = {
    "t": (
        {"df": "0.0*df"}, {"df": "-2.0/((df - 2.0)*(df - 2.0))"},
        {"df": f"0.25*(df + 1.0)*({_TRIGAMMA.format('0.5*df + 0.5')} - {_TRIGAMMA.format('0.5*df')})"
               " + 0.5/df"},
    ),
    "gamma": ({"a": "1.0"}, {"a": "1.0"}, {"a": f"1.0 + (1.0 - a)*{_TRIGAMMA.format('a')}"}),
    "beta": (
        {"a": f"b/({_SUM}*{_SUM})", "b": f"-a/({_SUM}*{_SUM})"},
        {"a": _BETA.format("a"), "b": _BETA.format("b")},
        {"a": _BETA_H.format("a"), "b": _BETA_H.format("b")},
    ),
    "chi2": (
        {"df": "1.0"}, {"df": "2.0"}, {"df": f"0.5 + (0.5 - 0.25*df)*{_TRIGAMMA.format('0.5*df')}"},
    ),
    "lognorm": (
        {"s": "s*np.exp(0.5*s*s)"}, {"s": "2.0*s*np.exp(s*s)*(2.0*np.exp(s*s) - 1.0)"}, {"s": "1.0/s"},
    ),
    "weibull_min": (
        {"c": f"-{_GAMMA.format('1.0 + 1.0/c', '1.0 + 1.0/c')}/(c*c)"},
        {"c": f"2.0*(scipy.special.gamma(1.0 + 1.0/c)*{_GAMMA.format('1.0 + 1.0/c', '1.0 + 1.0/c')}"
              f" - {_GAMMA.format('1.0 + 2.0/c', '1.0 + 2.0/c')})/(c*c)"},
        {"c": "0.5772156649015329/(c*c) - 1.0/c"},
    ),
    "pareto": (
        {"b": "-1.0/((b - 1.0)*(b - 1.0))"},
        {"b": "b/((b - 1.0)*(b - 1.0)*(b - 2.0))*(1.0/b - 2.0/(b - 1.0) - 1.0/(b - 2.0))"},
        {"b": "-1.0/(b*b) - 1.0/b"},
    ),
    "lomax": (
        {"c": "-1.0/((c - 1.0)*(c - 1.0))"},
        {"c": "c/((c - 1.0)*(c - 1.0)*(c - 2.0))*(1.0/c - 2.0/(c - 1.0) - 1.0/(c - 2.0))"},
        {"c": "-1.0/(c*c) - 1.0/c"},
    ),
    "invgamma": (
        {"a": "-1.0/((a - 1.0)*(a - 1.0))"},
        {"a": "-(2.0/(a - 1.0) + 1.0/(a - 2.0))/((a - 1.0)*(a - 1.0)*(a - 2.0))"},
        {"a": f"1.0 - (a + 1.0)*{_TRIGAMMA.format('a')}"},
    ),
    "genpareto": (
        {"c": "1.0/((1.0 - c)*(1.0 - c))"},
        {"c": "(2.0/(1.0 - c) + 2.0/(1.0 - 2.0*c))/((1.0 - c)*(1.0 - c)*(1.0 - 2.0*c))"}, {"c": "1.0"},
    ),
    "f": (
        {"dfn": "0.0*dfn", "dfd": "-2.0/((dfd - 2.0)*(dfd - 2.0))"},
        {
            "dfn": "-2.0*dfd*dfd/(dfn*dfn*(dfd - 2.0)*(dfd - 4.0))",
            "dfd": "2.0*dfd*dfd*(dfn + dfd - 2.0)/(dfn*(dfd - 2.0)*(dfd - 2.0)*(dfd - 4.0))*(2.0/dfd"
                   " + 1.0/(dfn + dfd - 2.0) - 2.0/(dfd - 2.0) - 1.0/(dfd - 4.0))",
        },
        {},
    ),
    "invgauss": ({"mu": "1.0"}, {"mu": "3.0*mu*mu"}, {}),
    "exponnorm": ({"K": "1.0"}, {"K": "2.0*K"}, {}),
    "powerlaw": (
        {"a": "1.0/((a + 1.0)*(a + 1.0))"},
        {"a": "a/((a + 2.0)*(a + 1.0)*(a + 1.0))*(1.0/a - 1.0/(a + 2.0) - 2.0/(a + 1.0))"},
        {"a": "1.0/(a*a) - 1.0/a"},
    ),
    "triang": ({"c": "1.0/3.0"}, {"c": "(2.0*c - 1.0)/18.0"}, {"c": "0.0*c"}),
    "loggamma": (
        {"c": _TRIGAMMA.format("c")}, {"c": "scipy.special.polygamma(2, c)"}, {},
    ),
    "skewnorm": (
        {"a": "0.7978845608028654/((1.0 + a*a)*np.sqrt(1.0 + a*a))"},
        {"a": "-1.2732395447351628*a/((1.0 + a*a)*(1.0 + a*a))"}, {},
    ),
    "loguniform": (
        {"a": f"((b - a)/(a*{_LENGTH}) - 1.0)/{_LENGTH}", "b": f"(1.0 - (b - a)/(b*{_LENGTH}))/{_LENGTH}"},
        {}, {"a": f"0.5/a - 1.0/(a*{_LENGTH})", "b": f"0.5/b + 1.0/(b*{_LENGTH})"},
    ),
    "truncnorm": (
        {"a": f"{_LOW}*({_MEAN} - a)", "b": f"{_HIGH}*(b - {_MEAN})"},
        {
            "a": f"{_LOW}*({_VAR} - (a - {_MEAN})*(a - {_MEAN}))",
            "b": f"{_HIGH}*((b - {_MEAN})*(b - {_MEAN}) - {_VAR})",
        },
        {},
    ),
    "poisson": ({"mu": "1.0"}, {"mu": "1.0"}, {}),
    "binom": ({"p": "n"}, {"p": "n*(1.0 - 2.0*p)"}, {}),
    "bernoulli": ({"p": "1.0"}, {"p": "1.0 - 2.0*p"}, {"p": "np.log1p(-p) - np.log(p)"}),
    "geom": ({"p": "-1.0/(p*p)"}, {"p": "(p - 2.0)/(p*p*p)"}, {}),
    "nbinom": (
        {"n": "(1.0 - p)/p", "p": "-n/(p*p)"}, {"n": "(1.0 - p)/(p*p)", "p": "n*(p - 2.0)/(p*p*p)"}, {},
    ),
    "betabinom": (
        {"a": f"n*b/({_SUM}*{_SUM})", "b": f"-n*a/({_SUM}*{_SUM})"},
        {"a": f"{_COUNTS}*(1.0/a{_END}", "b": f"{_COUNTS}*(1.0/b{_END}"}, {},
    ),
    "skellam": ({"mu1": "1.0", "mu2": "-1.0"}, {"mu1": "1.0", "mu2": "1.0"}, {}),
}  # fmt: skip
_HEAVY = ("t", "pareto", "lomax", "invgamma", "genpareto", "f")  # whose moments may be infinite
_KINDS = ("mean", "var", "std", "entropy")


def _standard(name: str, kind: str, shapes: tuple[str, ...]) -> str:
    return f"scipy.stats.{name}.{kind}({', '.join(shapes)})"


def _slope(name: str, shapes: tuple[str, ...], kind: str, argument: str) -> Text | None:
    """The contribution of a mean, variance, standard deviation or entropy to an argument."""
    if argument == "loc":
        return "g" if kind == "mean" else axes.zero
    if argument == "scale":
        return {
            "entropy": "div(g, scale)", "var": f"2.0*g*scale*{_standard(name, 'var', shapes)}",
        }.get(kind, f"g*{_standard(name, kind, shapes)}")  # fmt: skip
    table = MOMENTS.get(name, ({}, {}, {}))["mean var entropy".split().index(kind.replace("std", "var"))]
    if argument not in table:
        return refuse(f"the derivative of scipy.stats.{name}.{kind} in {argument!r}")
    slope = f"({table[argument]} + 0.0*out)" if name in _HEAVY else f"({table[argument]})"

    def made(bound: Bound) -> str:
        scale = bound.given("scale") and kind != "entropy"
        if kind == "std":
            return f"div(0.5*g*{'scale*scale*' if scale else ''}{slope}, out)"
        return f"g*{'' if not scale else 'scale*' if kind == 'mean' else 'scale*scale*'}{slope}"

    return made


def _enter(name: str, shapes: tuple[str, ...], places: tuple[str, ...]) -> None:
    owner, names = getattr(stats, name), (*shapes, *places)
    signature: dict[str, Any] = dict.fromkeys(shapes, REQUIRED) | {n: int(n == "scale") for n in places}
    texts: dict[str, Callable[[str], Text | None]] = {
        kind: lambda n, kind=kind: _slope(name, shapes, kind, n) for kind in _KINDS  # type: ignore[misc]
    }
    if "scale" in places:
        texts["median"] = lambda n: quantile(name, n)
    for kind, text in texts.items():
        vjp = {n: computed(made, names) for n in names if (made := text(n)) is not None}
        register_method(
            Rule(f"scipy.stats.{name}.{kind}", signature, real_kind(names), form="elementwise", vjp=vjp),
            owner, kind,
        )  # fmt: skip


for _name, _law in (LAWS | MORE).items():
    _enter(_name, tuple(_law.shapes), ("loc", "scale"))
for _name, (_shapes, _, _) in MASSES.items():
    _enter(_name, _shapes, ("loc",))


# ---------------------------------------------------------------------------------------- intervals


def _unknown(bound: Bound) -> Kind:
    return kinds.OBJECT


def _enter_pairs(name: str, shapes: tuple[str, ...]) -> None:
    """The composites: the interval of a confidence, and mean and variance together."""
    head = "".join(f"{n}, " for n in shapes)
    given = f"{head}loc, scale"
    sources = {
        "interval": f"""def interval(confidence, {head}loc=0, scale=1):
    alpha = np.asarray(confidence)
    if np.any((alpha > 1) | (alpha < 0)):
        raise ValueError("alpha must be between 0 and 1 inclusive")
    low = scipy.stats.{name}.ppf((1.0 - alpha)/2, {given})
    return low, scipy.stats.{name}.ppf((1.0 + alpha)/2, {given})
""",
        "stats": f"""def stats({head}loc=0, scale=1, moments="mv"):
    if moments == "m":
        return scipy.stats.{name}.mean({given})
    if moments == "v":
        return scipy.stats.{name}.var({given})
    if moments != "mv":
        refused("moments of a distribution beside mean and variance")
    return scipy.stats.{name}.mean({given}), scipy.stats.{name}.var({given})
""",
    }
    rest: dict[str, Any] = dict.fromkeys(shapes, REQUIRED) | {"loc": 0, "scale": 1}
    signatures = {"interval": {"confidence": REQUIRED, **rest}, "stats": {**rest, "moments": "mv"}}
    for kind, source in sources.items():
        made = Rule(f"scipy.stats.{name}.{kind}", signatures[kind], _unknown, form="composite", source=source)
        register_method(made, getattr(stats, name), kind)


for _name, _law in (LAWS | MORE).items():
    _enter_pairs(_name, tuple(_law.shapes))
