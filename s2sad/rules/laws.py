"""Continuous distributions of scipy.stats: their scores, supports and derivatives in shapes.

    "pareto": Law("div(-b - 1.0, Y)", "Y >= 1", {"b": "1.0/b - np.log(Y)"}, {"b": "Y*np.log(Y)*PDF/b"})

says that the standard logarithmic density has the derivative (-b - 1)/y in y and 1/b - log(y) in b where y
>= 1, and the distribution function y*log(y)*pdf/b in b. For a distribution function G(T(y; c)) that is
pdf*T_c/T_y. The densities are those of SciPy's documentation of each distribution.
"""

from __future__ import annotations

from dataclasses import dataclass, field


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
    spread: str = ""  # 1 + y*s(y), where that is nan for y = inf as it stands


_DIGAMMA = "scipy.special.psi"
_MILLS = "normal_hazard({})"  # of the normal law: pdf(z)/cdf(z)
UNIT, CLOSED = "np.logical_and(Y > 0, Y < 1)", "np.logical_and(Y >= 0, Y <= 1)"
POLE = "np.where({0} == 0, 0.0, div({0}, Y))"  # at an end where the density is finite if the factor vanishes
LAWS: dict[str, Law] = {
    "norm": Law("-Y"),
    "expon": Law("-1.0", "Y >= 0"),
    "laplace": Law("-np.sign(Y)"),
    "logistic": Law("-np.tanh(0.5*Y)"),
    "uniform": Law("0.0*Y", CLOSED),
    "cauchy": Law("damped(1.0/(1.0 + Y*Y), -2.0*Y)", spread="2.0/(1.0 + Y*Y) - 1.0"),
    "halfnorm": Law("-Y", "Y >= 0"),
    "halfcauchy": Law("damped(1.0/(1.0 + Y*Y), -2.0*Y)", "Y >= 0", spread="2.0/(1.0 + Y*Y) - 1.0"),
    "gumbel_r": Law("np.exp(-Y) - 1.0"),
    "gumbel_l": Law("1.0 - np.exp(Y)"),
    "rayleigh": Law("div(1.0, Y) - Y", "Y > 0"),
    "maxwell": Law("div(2.0, Y) - Y", "Y > 0"),
    "hypsecant": Law("-np.tanh(Y)"),
    "t": Law(
        "damped(1.0/(df + Y*Y), -(df + 1.0)*Y)",
        spread="(df + 1.0)*df/(df + Y*Y) - df",
        shapes={
            "df": f"0.5*({_DIGAMMA}(0.5*df + 0.5) - {_DIGAMMA}(0.5*df) - 1.0/df - np.log1p(Y*Y/df)"
            " + (df + 1.0)*Y*Y/(df*(df + Y*Y)))"
        },
        by_shape={
            "df": "0.25*np.sign(Y)*betainc_dab(0.5, 0.5*df, Y*Y/(df + Y*Y), 0, 1) - 0.5*Y*PDF/df"
        },
    ),
    "gamma": Law(f"{POLE.format('a - 1.0')} - 1.0", "Y >= 0", {"a": f"np.log(Y) - {_DIGAMMA}(a)"},
        {"a": "gammainc_da(a, Y)"}, "a - Y"),
    "invgamma": Law("div(div(1.0, Y) - a - 1.0, Y)", "Y > 0", {"a": f"-np.log(Y) - {_DIGAMMA}(a)"},
        {"a": "-gammainc_da(a, div(1.0, Y))"}),
    "beta": Law(
        f"{POLE.format('a - 1.0')} - np.where(b == 1, 0.0, div(b - 1.0, 1.0 - Y))",
        CLOSED,
        {
            "a": f"np.log(Y) - {_DIGAMMA}(a) + {_DIGAMMA}(a + b)",
            "b": f"np.log1p(-Y) - {_DIGAMMA}(b) + {_DIGAMMA}(a + b)",
        },
        {"a": "betainc_dab(a, b, Y, 1, 0)", "b": "betainc_dab(a, b, Y, 0, 1)"},
    ),
    "chi2": Law(
        f"{POLE.format('0.5*df - 1.0')} - 0.5", "Y >= 0",
        {"df": f"0.5*(np.log(0.5*Y) - {_DIGAMMA}(0.5*df))"},
        {"df": "0.5*gammainc_da(0.5*df, 0.5*Y)"}, "0.5*(df - Y)",
    ),
    "f": Law(
        f"{POLE.format('0.5*dfn - 1.0')} - 0.5*(dfn + dfd)*dfn/(dfd + dfn*Y)",
        "Y >= 0",
        {
            "dfn": f"0.5*({_DIGAMMA}(0.5*(dfn + dfd)) - {_DIGAMMA}(0.5*dfn) + np.log(dfn*Y/(dfd + dfn*Y))"
            " + 1.0 - (dfn + dfd)*Y/(dfd + dfn*Y))",
            "dfd": f"0.5*({_DIGAMMA}(0.5*(dfn + dfd)) - {_DIGAMMA}(0.5*dfd) + np.log(dfd/(dfd + dfn*Y)) + 1.0"
            " - (dfn + dfd)/(dfd + dfn*Y))",
        },
        {
            "dfn": "0.5*betainc_dab(0.5*dfn, 0.5*dfd, dfn*Y/(dfd + dfn*Y), 1, 0) + Y*PDF/dfn",
            "dfd": "0.5*betainc_dab(0.5*dfn, 0.5*dfd, dfn*Y/(dfd + dfn*Y), 0, 1) - Y*PDF/dfd",
        },
    ),
    "lognorm": Law(
        "-div(1.0 + np.log(Y)/(s*s), Y)", "Y > 0", {"s": "(np.log(Y)*np.log(Y)/(s*s) - 1.0)/s"},
        {"s": "-Y*np.log(Y)*PDF/s"},
    ),
    "weibull_min": Law(
        f"{POLE.format('c - 1.0')} - c*np.power(Y, c - 1.0)", "Y >= 0",
        {"c": "1.0/c + np.log(Y)*(1.0 - np.exp(c*np.log(Y)))"},
        {"c": "Y*np.log(Y)*PDF/c"}, "c - c*np.power(Y, c)",
    ),
    "pareto": Law("div(-b - 1.0, Y)", "Y >= 1", {"b": "1.0/b - np.log(Y)"}, {"b": "Y*np.log(Y)*PDF/b"}),
    "lomax": Law("-(c + 1.0)/(1.0 + Y)", "Y >= 0", {"c": "1.0/c - np.log1p(Y)"},
        {"c": "(1.0 + Y)*np.log1p(Y)*PDF/c"}),
    "powerlaw": Law(
        POLE.format("a - 1.0"), CLOSED, {"a": "1.0/a + np.log(Y)"}, {"a": "Y*np.log(Y)*PDF/a"}, "a + 0.0*Y",
    ),
    "loggamma": Law("c - np.exp(Y)", shapes={"c": f"Y - {_DIGAMMA}(c)"},
        by_shape={"c": "gammainc_da(c, np.exp(Y))"}),
    "skewnorm": Law(
        "a*normal_hazard(a*Y) - Y",
        shapes={"a": "Y*normal_hazard(a*Y)"},
        by_shape={"a": "-0.3183098861837907*np.exp(-0.5*Y*Y*(1.0 + a*a))/(1.0 + a*a)"},
    ),
    "invgauss": Law(
        "div(div(0.5, Y) - 1.5, Y) - 0.5/(mu*mu)", "Y > 0", {"mu": "(Y - mu)/(mu*mu*mu)"},
        {"mu": "-2.0*np.exp(2.0/mu + scipy.special.log_ndtr(-(Y/mu + 1.0)/np.sqrt(Y)))/(mu*mu)"},
    ),
    "vonmises": Law(
        "-kappa*np.sin(Y)",
        shapes={"kappa": "np.cos(Y) - scipy.special.i1e(kappa)/scipy.special.i0e(kappa)"},
    ),
    "truncnorm": Law(
        "-Y", "np.logical_and(Y >= a, Y <= b)",
        {"a": "scipy.stats.truncnorm.pdf(a, a, b)", "b": "-scipy.stats.truncnorm.pdf(b, a, b)"},
        {
            "a": "-scipy.stats.truncnorm.pdf(a, a, b)*scipy.stats.truncnorm.sf(Y, a, b)",
            "b": "-scipy.stats.truncnorm.pdf(b, a, b)*scipy.stats.truncnorm.cdf(Y, a, b)",
        },
    ),
}  # fmt: skip

# The standard density over the distribution function, and over its complement, for functions that reach far
# below -1e3: the exponential of a difference of logarithms would have lost its digits there.
LOGCDF_RATES: dict[str, str] = {
    "norm": "normal_hazard(Y)",
    "logistic": "scipy.special.expit(-Y)",
    "genlogistic": "c*scipy.special.expit(-Y)",
    "gumbel_r": "np.exp(-Y)",
    "weibull_max": "c*np.power(-Y, c - 1.0)",
    "lognorm": "normal_hazard(np.log(Y)/s)/(s*Y)",
    "genextreme": "np.where(np.isinf(Y), 0.0, np.exp(-Y*scipy.special.hyp2f1(1.0, 1.0, 2.0, c*Y))"
                  "/(1.0 - c*Y))",
}
LOGSF_RATES: dict[str, str] = {
    "norm": "normal_hazard(-Y)",
    "logistic": "scipy.special.expit(Y)",
    "expon": "1.0",
    "lognorm": "normal_hazard(-np.log(Y)/s)/(s*Y)",
    "gumbel_l": "np.exp(Y)",
    "rayleigh": "Y",
    "weibull_min": "c*np.power(Y, c - 1.0)",
    "powernorm": "c*normal_hazard(-Y)",
    "powerlognorm": "c*normal_hazard(-np.log(Y)/s)/(s*Y)",
    "genpareto": "1.0/(1.0 + c*Y)",
}
