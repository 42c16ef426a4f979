"""scipy.stats: densities and distribution functions, elementwise, in location, scale and shapes.

With y = (x - loc)/scale and s(y) the derivative of the standard logarithmic density,

    logpdf    x_bar = g*s(y)/scale       loc_bar = -g*s(y)/scale       scale_bar = -g*(1 + y*s(y))/scale
    cdf       x_bar = g*pdf(x)           loc_bar = -g*pdf(x)           scale_bar = -g*y*pdf(x)
    ppf       q_bar = g/pdf(out)         loc_bar = g                   scale_bar = g*(out - loc)/scale

A table gives s(y) and the derivatives in shapes. Outside the support derivatives are 0. Where the
derivative of a distribution function in a shape has no closed form, an active shape is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import refuse
from s2sad.rules.laws import CLOSED, LAWS, LOGCDF_RATES, LOGSF_RATES, UNIT, Law
from s2sad.rules.more_laws import MORE
from s2sad.rules.registry import REQUIRED, Bound, Rule, Text, register, register_method
from s2sad.runtime import functions

_DIGAMMA = "scipy.special.psi"
# SciPy has nan for their densities at inf or -inf, and from some number on
_FAR = 1e100
_OPEN = frozenset(
    "gamma chi2 weibull_min maxwell f nakagami loggamma gumbel_r gumbel_l weibull_max dweibull dgamma "
    "gengamma chi rice burr12 exponnorm exponpow exponweib gompertz ncx2 mielke pearson3 recipinvgauss "
    "geninvgauss moyal".split()
)


def real_kind(names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    """SciPy computes in double precision."""

    def infer(bound: Bound) -> Kind:
        if any(bound.given(n) and bound.kind(n).cat in ("list", "tuple") for n in names[1:]):
            raise NotImplementedError("parameters of a distribution that are lists; pass arrays")
        if any(results.numeric(bound.kind(n)).sort == "complex" for n in names if bound.given(n)):
            raise NotImplementedError("a distribution of complex numbers; take their real parts")
        given = [results.numeric(bound.kind(n)).shape for n in names if bound.given(n)]
        return kinds.num(kinds.broadcast(*given), "float64")

    return infer


def computed(text: Text, names: tuple[str, ...]) -> Text:
    """A text that is computed as SciPy computes: in double precision, and without ZeroDivisionError.

    `np.cos(x)/scale` is `np.cos(np.float64(x))/scale` where x is an array of small integers or of float32 (of
    an int8 np.cos is a float16, and x*x overflows), and `1.0/scale` is `div(1.0, scale)` of a Python float.
    """

    def made(bound: Bound) -> str | None:
        plain = text(bound) if callable(text) else text
        if not plain:
            return plain
        given = [n for n in names if bound.given(n)]
        python = [n for n in given if bound.kind(n).is_python]
        if python:
            plain = _divided(plain, tuple(python))
        narrow = "|".join(n for n in given if _is_narrow(bound.kind(n)))
        return re.sub(rf"(?<![.\w])({narrow})\b", r"np.float64(\1)", plain) if narrow else plain

    return made


class _Quotients(ast.NodeTransformer):
    """Makes p/q of a Python number q div(p, q)."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and not isinstance(node.right, ast.Constant):
            leaves = [n for n in ast.walk(node.right) if isinstance(n, ast.Name) and n.id != "div"]
            if all(n.id in self.names for n in leaves):
                return ast.Call(ast.Name("div", ast.Load()), [node.left, node.right], [])
        return node


@lru_cache(1024)
def _divided(text: str, names: tuple[str, ...]) -> str:
    """A text whose quotients of the named Python numbers are IEEE's."""
    return ast.unparse(_Quotients(names).visit(ast.parse(text, mode="eval")))


def _is_narrow(kind: Kind) -> bool:
    """Whether formulas of a value would not be computed in double precision."""
    return kind.cat == "bool" or (kind.cat in ("npscalar", "array", "num") and kind.dtype != "float64")


def _standard(bound: Bound, x: str = "x") -> str:
    """The text of y, as short as the given arguments allow."""
    if x in bound.kinds and bound.kind(x).cat in ("list", "tuple"):
        x = f"np.asarray({x})"
    moved = f"({x} - loc)" if bound.given("loc") else x
    return f"({moved}/scale)" if bound.given("scale") else moved


_OPPOSITE = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "and": "or"}


def _outside(law: Law, finite: bool) -> str:
    """The condition for a place without density, False for nan; `finite`: or one at infinity."""
    made = re.sub("[<>]=?|and", lambda found: _OPPOSITE[found[0]], law.support)
    if finite:  # at the end the function is 0 or 1 for every shape
        made = made.replace("Y < 0", "Y <= 0").replace("Y < 1", "Y <= 1").replace("Y > 1", "Y >= 1")
        made = "Y >= 0" if law.support == "Y <= 0" else made
    if not finite or law.support in (UNIT, CLOSED) or law.support.startswith("np.abs"):
        return made
    return f"np.logical_or({made}, np.isinf(Y))" if made else "np.isinf(Y)"


def _guarded(bound: Bound, law: Law, text: str, finite: bool = False) -> str:
    """A text, 0 outside the support."""
    outside = _outside(law, finite)
    if not outside:
        return f"({text})"
    if all(k.is_scalar for k in bound.kinds.values()):
        return f"(0.0 if {outside} else ({text}))"
    return f"np.where({outside}, 0.0, {text})"


def _shape_of_law(bound: Bound, law: Law, argument: str, factor: str) -> str:
    """The derivative of a logarithmic density in an argument, times a factor that is linear in g."""
    over = "/scale" if bound.given("scale") else ""
    if argument in law.shapes:
        made, sign = _guarded(bound, law, law.shapes[argument]), ""
    elif argument == "scale":
        made, sign = _guarded(bound, law, law.spread or f"1.0 + Y*({law.score})") + over, "-"
    else:
        made, sign = _guarded(bound, law, law.score) + over, "-" if argument == "loc" else ""
    made = f"{factor}*{made}" if factor == "g" else f"damped({factor}, {made})"
    return f"{sign}{made}".replace("Y", _standard(bound))


def _density(bound: Bound, name: str, law: Law, kind: str, x: str = "x") -> str:
    """A call of another function of the same distribution, with the same arguments."""
    args = [x, *law.shapes]
    args += ["loc" if bound.given("loc") else "0.0"] if bound.given("loc") or bound.given("scale") else []
    args += ["scale"] if bound.given("scale") else []
    return f"scipy.stats.{name}.{kind}({', '.join(args)})"


def _proportional(text: str) -> bool:
    """Whether a derivative of the distribution function is a multiple of the density."""
    whole = ast.parse(text, mode="eval").body
    return "PDF" in text and not (isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Add | ast.Sub))


def _rate(bound: Bound, name: str, law: Law, kind: str) -> str:
    """The density, or for a logarithm its quotient by the function itself: the slope but for the sign."""
    rates = {"logcdf": LOGCDF_RATES, "logsf": LOGSF_RATES}.get(kind, {})
    if name in rates:
        made = _guarded(bound, law, rates[name])
        return f"{made}/scale" if bound.given("scale") else made
    made = _density(bound, name, law, "pdf")
    if kind.startswith("log"):
        made = f"density_ratio({_density(bound, name, law, 'logpdf')}, out)"
    if name not in _OPEN:
        return made
    return f"np.where((np.abs(Y) > {_FAR})*np.isfinite(out)*np.logical_not({made} > 0), 0.0, {made})"


def _cumulative(bound: Bound, name: str, law: Law, argument: str, kind: str) -> str:
    """The derivative of cdf, sf and their logarithms in an argument."""
    density = _rate(bound, name, law, kind)
    if argument in law.shapes:
        made = law.by_shape[argument]
        if _proportional(made):
            own = f"scale*{density}" if bound.given("scale") else density
            made = f"damped({own}, {made.replace('*PDF', '')})"
        else:
            density = _density(bound, name, law, "pdf")
            made = made.replace("PDF", f"(scale*{density})" if bound.given("scale") else density)
            made = f"np.exp(-out)*({made})" if kind.startswith("log") else made
        made = "g*" + _guarded(bound, law, made, True)
    else:
        made = {"x": f"g*{density}", "loc": f"-g*{density}", "scale": f"-damped(g*{density}, Y)"}[argument]
    made = made.replace("Y", _standard(bound))
    return made if kind.endswith("cdf") else f"-({made})"


def _quantile(bound: Bound, name: str, law: Law, argument: str, kind: str) -> str:
    density = _density(bound, name, law, "pdf", "out")
    if argument == "q":
        return f"div(g, {density})" if kind == "ppf" else f"-div(g, {density})"
    if argument in law.shapes:
        own = f"scale*{density}" if bound.given("scale") else density
        made = f"div({law.by_shape[argument].replace('PDF', f'({own})')}, {density})"
        if not any(f"{n}*Y" in law.support for n in law.shapes):  # at an end that no shape moves
            made = _guarded(bound, law, made, True)
        return f"-g*{made.replace('Y', _standard(bound, 'out'))}"
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
        return lambda b: _quantile(b, name, law, argument, kind)
    return lambda b: _cumulative(b, name, law, argument, kind)


def quantile(name: str, argument: str) -> Text:
    """The derivative of a quantile at a fixed probability."""
    return _text(name, (LAWS | MORE)[name], "ppf", argument)


def _enter(name: str, law: Law) -> None:
    owner = getattr(stats, name)
    for kind in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"):
        first = "q" if kind in ("ppf", "isf") else "x"
        names = (first, *law.shapes, "loc", "scale")
        signature: dict[str, Any] = dict.fromkeys((first, *law.shapes), REQUIRED) | {"loc": 0, "scale": 1}
        rule = Rule(
            f"scipy.stats.{name}.{kind}", signature, real_kind(names), form="elementwise",
            vjp={n: computed(_text(name, law, kind, n), names) for n in names},
        )  # fmt: skip
        register_method(rule, owner, kind)


for _name, _law in (LAWS | MORE).items():
    _enter(_name, _law)
for _helper, _texts in (
    (functions.damped, {"p": "damped(g, y)", "y": "damped(p, g)"}),
    (functions.density_ratio, {"log_density": "g*out", "log": "-g*out"}),
):
    _signature = dict.fromkeys(_texts, REQUIRED)
    _promotes: Callable[[Bound], Kind] = lambda b: results.ufunc(np.multiply, *b.kinds.values())  # noqa: E731
    register(
        Rule(_helper.__name__, _signature, _promotes, vjp=dict(_texts), form="elementwise"), _helper
    )


# -------------------------------------------------------------------------------- discrete distributions

_SKELLAM = "scipy.stats.skellam.pmf({}, mu1, mu2)"
_OVER = "np.where({0} == 0, 0.0, div({0}, {1}))"
# arguments after k, and the derivative of the logarithmic mass in each; `K` stands for k - loc
MASSES: dict[str, tuple[tuple[str, ...], dict[str, str], dict[str, str]]] = {
    "poisson": (
        ("mu",), {"mu": f"{_OVER.format('K', 'mu')} - 1.0"},
        {"mu": "-scipy.stats.poisson.pmf(np.floor(K), mu)"},
    ),
    "binom": (
        ("n", "p"), {"p": f"{_OVER.format('K', 'p')} - {_OVER.format('n - K', '1.0 - p')}"},
        {"p": "-n*scipy.stats.binom.pmf(np.floor(K), n - 1, p)"},
    ),
    "bernoulli": (
        ("p",), {"p": f"{_OVER.format('K', 'p')} - {_OVER.format('1.0 - K', '1.0 - p')}"},
        {"p": "-np.where(np.floor(K) == 0, 1.0, 0.0)"},
    ),
    "geom": (
        ("p",), {"p": f"div(1.0, p) - {_OVER.format('K - 1.0', '1.0 - p')}"},
        {"p": "np.maximum(np.floor(K), 0.0)*np.exp(scipy.special.xlog1py(np.maximum(np.floor(K) - 1.0,"
              " 0.0), -p))"},
    ),
    "nbinom": (
        ("n", "p"),
        {"n": f"{_DIGAMMA}(K + n) - {_DIGAMMA}(n) + np.log(p)",
         "p": f"div(n, p) - {_OVER.format('K', '1.0 - p')}"},
        {
            "n": "np.where(K >= 0, betainc_dab(n, np.maximum(np.floor(K), 0.0) + 1.0, p, 1, 0), 0.0)",
            "p": "div(n*scipy.stats.nbinom.pmf(np.floor(K), n + 1, p), p*p)",
        },
    ),
    "betabinom": (
        ("n", "a", "b"),
        {
            "a": f"{_DIGAMMA}(K + a) - {_DIGAMMA}(n + a + b) - {_DIGAMMA}(a) + {_DIGAMMA}(a + b)",
            "b": f"{_DIGAMMA}(n - K + b) - {_DIGAMMA}(n + a + b) - {_DIGAMMA}(b) + {_DIGAMMA}(a + b)",
        },
        {},
    ),
    "logser": (("p",), {"p": "div(K, p) + 1.0/((1.0 - p)*np.log1p(-p))"}, {}),
    "zipf": (("a",), {"a": "-np.log(K) - zeta_ds(a, 1.0)/scipy.special.zeta(a, 1.0)"}, {}),
    "skellam": (
        ("mu1", "mu2"),
        {
            "mu1": f"{_SKELLAM.format('K - 1')}/{_SKELLAM.format('K')} - 1.0",
            "mu2": f"{_SKELLAM.format('K + 1')}/{_SKELLAM.format('K')} - 1.0",
        },
        {"mu1": f"-{_SKELLAM.format('np.floor(K)')}", "mu2": _SKELLAM.format("np.floor(K) + 1")},
    ),
    "dlaplace": (("a",), {"a": "1.0/np.sinh(a) - np.abs(K)"}, {}),
    "yulesimon": (
        ("alpha",), {"alpha": f"1.0/alpha + {_DIGAMMA}(alpha + 1.0) - {_DIGAMMA}(K + alpha + 1.0)"}, {},
    ),
    "boltzmann": (
        ("lambda_", "N"), {"lambda_": "1.0/np.expm1(lambda_) - K - N/np.expm1(lambda_*N)"}, {},
    ),
    "planck": (
        ("lambda_",), {"lambda_": "1.0/np.expm1(lambda_) - K"},
        {"lambda_": "(np.floor(K) + 1.0)*np.exp(-lambda_*(np.floor(K) + 1.0))"},
    ),
}  # fmt: skip
# The derivative of the mass itself, which may be other than 0 at an end of the range where the mass is 0.
STEPS: dict[str, dict[str, str]] = {
    "poisson": {"mu": "scipy.stats.poisson.pmf(K - 1, mu) - out"},
    "binom": {"p": "n*(scipy.stats.binom.pmf(K - 1, n - 1, p) - scipy.stats.binom.pmf(K, n - 1, p))"},
    "bernoulli": {"p": "np.where(K == 1, 1.0, np.where(K == 0, -1.0, 0.0)) + 0.0*out"},
}


def _mass(made: str, factor: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        k = _standard(bound, "k")
        finite = "np.isfinite(out)" if factor == "g" else "out > 0"
        inside = made.replace("K", k)
        if all(kind.is_scalar for kind in bound.kinds.values()):
            return f"{factor}*(({inside}) if {finite} else 0.0)"
        return f"{factor}*np.where({finite}, {inside}, 0.0)"

    return text


def _tail(made: str, sign: str, log: bool) -> Callable[[Bound], str]:
    factor = "g*np.exp(-out)" if log else "g"
    return lambda b: f"{sign}{factor}*({made.replace('K', _standard(b, 'k'))})"


def _enter_mass(
    name: str, arguments: tuple[str, ...], log: dict[str, str], cumulative: dict[str, str]
) -> None:
    for kind in ("logpmf", "pmf", "cdf", "sf", "logcdf", "logsf"):
        signature: dict[str, Any] = dict.fromkeys(("k", *arguments), REQUIRED) | {"loc": 0}
        vjp: dict[str, Text] = {}
        for argument in arguments:
            vjp[argument] = refuse(f"the derivative of scipy.stats.{name}.{kind} in {argument!r}")
            if kind == "pmf" and argument in STEPS.get(name, {}):
                vjp[argument] = _tail(STEPS[name][argument], "", False)
            elif kind.endswith("pmf") and argument in log:
                vjp[argument] = _mass(log[argument], "g" if kind == "logpmf" else "g*out")
            elif argument in cumulative and not kind.endswith("pmf"):
                vjp[argument] = _tail(
                    cumulative[argument], "" if kind.endswith("cdf") else "-", kind[0] == "l"
                )
        names = ("k", *arguments, "loc")
        vjp = {n: computed(text, names) for n, text in vjp.items()}
        rule = Rule(f"scipy.stats.{name}.{kind}", signature, real_kind(names), form="elementwise", vjp=vjp)
        register_method(rule, getattr(stats, name), kind)


for _name, (_arguments, _log, _cdf) in MASSES.items():
    _enter_mass(_name, _arguments, _log, _cdf)
