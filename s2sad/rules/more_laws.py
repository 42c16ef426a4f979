"""Further continuous distributions of scipy.stats, in the form of `s2sad.rules.laws`.

Functions of a shape that vanishes are given by series that hold there: with u = -c*y, log1p(c*y)/c is
y*hyp2f1(1, 1, 2, u), and its derivative in c is -y*y*hyp2f1(2, 2, 3, u)/2.
"""

from __future__ import annotations

from s2sad.rules.laws import CLOSED, POLE, UNIT, Law

_DIGAMMA = "scipy.special.psi"
_MILLS = "normal_hazard({})"  # of the normal law: pdf(z)/cdf(z)
_TAIL = _MILLS.format("-np.log(Y)/s")
_LINE = "Y*scipy.special.hyp2f1(1.0, 1.0, 2.0, {})"
_BEND = "0.5*Y*Y*scipy.special.hyp2f1(2.0, 2.0, 3.0, {})"
_LOG = "Y*np.log(Y)*PDF/{}"  # of a distribution function of y**c
_ABOVE = "Y > 0"
_FROM = "Y >= 0"  # the density at 0 is finite for some shape; a formula without a limit there is nan
_WAVE = "scipy.special.i1e(b*Y)/scipy.special.i0e(b*Y)"
_CIRCLE = "(1.0 + c*c - 2.0*c*np.cos(Y))"
_ROOT = "np.sqrt(1.0 + Y*Y)"
_K_RATIO = f"scipy.special.k0e(a*{_ROOT})/scipy.special.k1e(a*{_ROOT})"
_SIDE = "(1.0 + a*np.sign(Y))"
_LEFT, _RIGHT = (f"(1.0/(1.0 + (Y {sign} c)*(Y {sign} c)))" for sign in "-+")
_REST, _PARETO = "np.expm1(b*np.log(c))", "np.expm1(-b*np.log(Y))/np.expm1(-b*np.log(c))"
_SHARE, _LOG_SHARE = "scipy.special.expit(s*np.log(Y))", "scipy.special.log_expit(-s*np.log(Y))"
_MIELKE = f"np.exp(k*(np.log(Y) + {_LOG_SHARE}/s))"

MORE: dict[str, Law] = {
    "weibull_max": Law(
        f"{POLE.format('c - 1.0')} + c*np.power(-Y, c - 1.0)", "Y <= 0",
        {"c": "1.0/c + np.log(-Y)*(1.0 - np.exp(c*np.log(-Y)))"}, {"c": "Y*np.log(-Y)*PDF/c"},
        "c - c*np.power(-Y, c)",
    ),
    "invweibull": Law(
        "div(c*np.exp(-c*np.log(Y)) - c - 1.0, Y)", _ABOVE,
        {"c": "1.0/c - np.log(Y)*(1.0 - np.exp(-c*np.log(Y)))"}, {"c": _LOG.format("c")},
    ),
    "dweibull": Law(
        "div(c - 1.0 - c*np.exp(c*np.log(np.abs(Y))), Y)", "",
        {"c": "1.0/c + np.log(np.abs(Y))*(1.0 - np.exp(c*np.log(np.abs(Y))))"},
        {"c": "scipy.special.xlogy(Y, np.abs(Y))*PDF/c"},
    ),
    "dgamma": Law(
        "div(a - 1.0, Y) - np.sign(Y)", "", {"a": f"np.log(np.abs(Y)) - {_DIGAMMA}(a)"},
        {"a": "0.5*np.sign(Y)*gammainc_da(a, np.abs(Y))"},
    ),
    "gengamma": Law(
        "div(c*a - 1.0 - c*np.exp(c*np.log(Y)), Y)", _FROM,
        {"a": f"c*np.log(Y) - {_DIGAMMA}(a)", "c": "1.0/c + np.log(Y)*(a - np.exp(c*np.log(Y)))"},
        {"a": "np.sign(c)*gammainc_da(a, np.exp(c*np.log(Y)))", "c": _LOG.format("c")},
    ),
    "gennorm": Law(
        "-beta*np.sign(Y)*np.abs(Y)**(beta - 1.0)", "",
        {"beta": f"1.0/beta + {_DIGAMMA}(1.0/beta)/(beta*beta) - scipy.special.xlogy(np.abs(Y)**beta,"
                 f" np.abs(Y))"},
        {"beta": "scipy.special.xlogy(Y, np.abs(Y))*PDF/beta"
                 " - 0.5*np.sign(Y)*gammainc_da(1.0/beta, np.abs(Y)**beta)/(beta*beta)"},
    ),
    "halfgennorm": Law(
        "-beta*np.power(Y, beta - 1.0)", "Y >= 0",
        {"beta": f"1.0/beta + {_DIGAMMA}(1.0/beta)/(beta*beta) - scipy.special.xlogy(np.power(Y, beta), Y)"},
        {"beta": f"{_LOG.format('beta')} - gammainc_da(1.0/beta, np.exp(beta*np.log(Y)))/(beta*beta)"},
        "1.0 - beta*np.power(Y, beta)",
    ),
    "nakagami": Law(
        f"{POLE.format('2.0*nu - 1.0')} - 2.0*nu*Y", _FROM,
        {"nu": f"np.log(nu) + 1.0 - {_DIGAMMA}(nu) + 2.0*np.log(Y) - Y*Y"},
        {"nu": "gammainc_da(nu, nu*Y*Y) + 0.5*Y*PDF/nu"},
    ),
    "chi": Law(
        f"{POLE.format('df - 1.0')} - Y", _FROM,
        {"df": f"np.log(Y) - 0.34657359027997264 - 0.5*{_DIGAMMA}(0.5*df)"},
        {"df": "0.5*gammainc_da(0.5*df, 0.5*Y*Y)"},
    ),
    "rice": Law(
        f"div(1.0, Y) - Y + b*{_WAVE}", _ABOVE, {"b": f"Y*{_WAVE} - b"},
        {"b": "-Y*np.exp(-0.5*(Y - b)*(Y - b))*scipy.special.i1e(b*Y)"},
    ),
    "betaprime": Law(
        f"{POLE.format('a - 1.0')} - (a + b)/(1.0 + Y)", _FROM,
        {
            "a": f"np.log(Y) - np.log1p(Y) - {_DIGAMMA}(a) + {_DIGAMMA}(a + b)",
            "b": f"{_DIGAMMA}(a + b) - {_DIGAMMA}(b) - np.log1p(Y)",
        },
        {"a": "betainc_dab(a, b, Y/(1.0 + Y), 1, 0)", "b": "betainc_dab(a, b, Y/(1.0 + Y), 0, 1)"},
    ),
    "burr": Law(
        "div((d + 1.0)*c/(1.0 + np.exp(c*np.log(Y))) - c - 1.0, Y)", _FROM,
        {
            "c": "1.0/c - np.log(Y) + (d + 1.0)*np.log(Y)/(1.0 + np.exp(c*np.log(Y)))",
            "d": "1.0/d - np.log1p(np.exp(-c*np.log(Y)))",
        },
        {"c": _LOG.format("c"),
         "d": "-np.log1p(np.exp(-c*np.log(Y)))*np.exp(-d*np.log1p(np.exp(-c*np.log(Y))))"},
    ),
    "burr12": Law(
        "div(c - 1.0 - (d + 1.0)*c*scipy.special.expit(c*np.log(Y)), Y)", _FROM,
        {
            "c": "1.0/c + np.log(Y) - (d + 1.0)*np.log(Y)*scipy.special.expit(c*np.log(Y))",
            "d": "1.0/d + scipy.special.log_expit(-c*np.log(Y))",
        },
        {"c": _LOG.format("c"),
         "d": "-scipy.special.log_expit(-c*np.log(Y))*np.exp(d*scipy.special.log_expit(-c*np.log(Y)))"},
    ),
    "fisk": Law(
        "div(c - 1.0 - 2.0*c*scipy.special.expit(c*np.log(Y)), Y)", _FROM,
        {"c": "1.0/c + np.log(Y) - 2.0*np.log(Y)*scipy.special.expit(c*np.log(Y))"}, {"c": _LOG.format("c")},
    ),
    "loglaplace": Law(
        "div(np.where(Y < 1, c, -c) - 1.0, Y)", _FROM, {"c": "1.0/c - np.abs(np.log(Y))"},
        {"c": _LOG.format("c")},
    ),
    "kappa3": Law(
        "-(a + 1.0)*np.power(Y, a - 1.0)/(a + np.power(Y, a))", "Y >= 0",
        {"a": "1.0/a + np.log(a + np.power(Y, a))/(a*a)"
              " - (1.0/a + 1.0)*(1.0 + scipy.special.xlogy(np.power(Y, a), Y))/(a + np.power(Y, a))"},
        spread="1.0 - (a + 1.0)*np.power(Y, a)/(a + np.power(Y, a))",
    ),
    "genextreme": Law(
        f"(np.exp(-{_LINE.format('c*Y')}) - 1.0 + c)/(1.0 - c*Y)", "c*Y < 1",
        {"c": f"{_LINE.format('c*Y')} + (np.exp(-{_LINE.format('c*Y')}) - 1.0 + c)*{_BEND.format('c*Y')}"},
        {"c": f"(1.0 - c*Y)*PDF*{_BEND.format('c*Y')}"},
    ),
    "genpareto": Law(
        "-(c + 1.0)/(1.0 + c*Y)", "np.logical_and(Y >= 0, c*Y > -1)",
        {"c": f"(c + 1.0)*{_BEND.format('-c*Y')} - {_LINE.format('-c*Y')}"},
        {"c": f"-(1.0 + c*Y)*PDF*{_BEND.format('-c*Y')}"},
    ),
    "genlogistic": Law(
        "(c + 1.0)*scipy.special.expit(-Y) - 1.0", "", {"c": "1.0/c + scipy.special.log_expit(Y)"},
        {"c": "scipy.special.log_expit(Y)*np.exp(c*scipy.special.log_expit(Y))"},
    ),
    "exponnorm": Law(
        f"{_MILLS.format('Y - 1.0/K')} - 1.0/K", "",
        {"K": f"(Y - 1.0/K + {_MILLS.format('Y - 1.0/K')} - K)/(K*K)"},
    ),
    "exponpow": Law(
        "div(b - 1.0 - b*np.exp(b*np.log(Y))*np.expm1(np.exp(b*np.log(Y))), Y)", _FROM,
        {"b": "1.0/b + np.log(Y)*(1.0 - np.exp(b*np.log(Y))*np.expm1(np.exp(b*np.log(Y))))"},
        {"b": _LOG.format("b")},
    ),
    "exponweib": Law(
        "div(c*np.exp(c*np.log(Y))*((a - 1.0)/np.expm1(np.exp(c*np.log(Y))) - 1.0) + c - 1.0, Y)", _FROM,
        {
            "a": "1.0/a + np.log(-np.expm1(-np.exp(c*np.log(Y))))",
            "c": "1.0/c + np.log(Y)*(1.0 + np.exp(c*np.log(Y))*((a - 1.0)/np.expm1(np.exp(c*np.log(Y))) -"
                 " 1.0))",
        },
        {
            "a": "np.log(-np.expm1(-np.exp(c*np.log(Y))))*np.exp(a*np.log(-np.expm1(-np.exp(c*np.log(Y)))))",
            "c": _LOG.format("c"),
        },
    ),
    "gompertz": Law(
        "1.0 - c*np.exp(Y)", "Y >= 0", {"c": "1.0/c - np.expm1(Y)"},
        {"c": "np.expm1(Y)*np.exp(-c*np.expm1(Y))"},
    ),
    "johnsonsu": Law(
        "-(Y/np.sqrt(1.0 + Y*Y) + (a + b*np.arcsinh(Y))*b)/np.sqrt(1.0 + Y*Y)", "",
        {"a": "-(a + b*np.arcsinh(Y))", "b": "1.0/b - (a + b*np.arcsinh(Y))*np.arcsinh(Y)"},
        {"a": "np.sqrt(1.0 + Y*Y)*PDF/b", "b": "np.sqrt(1.0 + Y*Y)*np.arcsinh(Y)*PDF/b"},
    ),
    "johnsonsb": Law(
        "(2.0*Y - 1.0 - (a + b*scipy.special.logit(Y))*b)/(Y*(1.0 - Y))", UNIT,
        {
            "a": "-(a + b*scipy.special.logit(Y))",
            "b": "1.0/b - (a + b*scipy.special.logit(Y))*scipy.special.logit(Y)",
        },
        {"a": "Y*(1.0 - Y)*PDF/b", "b": "Y*(1.0 - Y)*scipy.special.logit(Y)*PDF/b"},
    ),
    "foldnorm": Law(
        "c*np.tanh(c*Y) - Y", "Y >= 0", {"c": "Y*np.tanh(c*Y) - c"},
        {"c": "0.3989422804014327*(np.exp(-0.5*(Y + c)*(Y + c)) - np.exp(-0.5*(Y - c)*(Y - c)))"},
    ),
    "fatiguelife": Law(
        "div(1.0, 1.0 + Y) - div(1.5, Y) + 0.5*(div(1.0, Y*Y) - 1.0)/(c*c)", _ABOVE,
        {"c": "(div((Y - 1.0)*(Y - 1.0), Y*c*c) - 1.0)/c"}, {"c": "2.0*Y*(1.0 - Y)*PDF/(c*(1.0 + Y))"},
    ),
    "triang": Law(
        "np.where(Y < c, div(1.0, Y), div(-1.0, 1.0 - Y))", CLOSED,
        {"c": "np.where(Y < c, div(-1.0, c), div(1.0, 1.0 - c))"},
        {"c": "-np.where(Y < c, div(Y*Y, c*c), div((1.0 - Y)*(1.0 - Y), (1.0 - c)*(1.0 - c)))"},
    ),
    "truncexpon": Law(
        "-1.0", "np.logical_and(Y >= 0, Y <= b)", {"b": "-1.0/np.expm1(b)"},
        {"b": "np.expm1(-Y)/(4.0*np.sinh(0.5*b)*np.sinh(0.5*b))"},
    ),
    "loguniform": Law(
        "div(-1.0, Y)", "np.logical_and(Y >= a, Y <= b)",
        {"a": "1.0/(a*np.log(b/a))", "b": "-1.0/(b*np.log(b/a))"},
        {"a": "-np.log(b/Y)/(a*np.log(b/a)*np.log(b/a))", "b": "-np.log(Y/a)/(b*np.log(b/a)*np.log(b/a))"},
    ),
    "bradford": Law(
        "-c/(1.0 + c*Y)", CLOSED,
        {"c": "1.0/c - 1.0/((1.0 + c)*np.log1p(c)) - Y/(1.0 + c*Y)"},
        {"c": "(Y/(1.0 + c*Y) - np.log1p(c*Y)/((1.0 + c)*np.log1p(c)))/np.log1p(c)"},
    ),
    "laplace_asymmetric": Law(
        "np.where(Y >= 0, -kappa, 1.0/kappa)", "",
        {"kappa": "(1.0/(kappa*kappa) - 1.0)/(kappa + 1.0/kappa) - np.where(Y >= 0, Y, Y/(kappa*kappa))"},
        {"kappa": "np.where(Y >= 0, np.exp(-kappa*np.abs(Y)), np.exp(-np.abs(Y)/kappa))"
                  "*(np.abs(Y) + 2.0*kappa/(1.0 + kappa*kappa))/(1.0 + kappa*kappa)"},
    ),
    "powernorm": Law(
        f"-Y - (c - 1.0)*{_MILLS.format('-Y')}", "", {"c": "1.0/c + scipy.special.log_ndtr(-Y)"},
        {"c": "-scipy.special.log_ndtr(-Y)*np.exp(c*scipy.special.log_ndtr(-Y))"},
    ),
    "rdist": Law(
        "-np.where(c == 2, 0.0, div((c - 2.0)*Y, 1.0 - Y*Y))", "np.abs(Y) <= 1",
        {"c": f"0.5*np.log(0.25*(1.0 - Y*Y)) - {_DIGAMMA}(0.5*c) + {_DIGAMMA}(c)"},
        {"c": "0.5*(betainc_dab(0.5*c, 0.5*c, 0.5 + 0.5*Y, 1, 0) + betainc_dab(0.5*c, 0.5*c, 0.5 + 0.5*Y,"
              " 0, 1))"},
    ),
    "ncx2": Law(
        "div(0.5*df - 1.0, Y) - 0.5 + 0.5*div(np.sqrt(nc*Y), Y)*scipy.special.ive(0.5*df, np.sqrt(nc*Y))"
        "/scipy.special.ive(0.5*df - 1.0, np.sqrt(nc*Y))", _FROM,
        {"df": "", "nc": "0.5*np.sqrt(Y/nc)*scipy.special.ive(0.5*df, np.sqrt(nc*Y))"
                         "/scipy.special.ive(0.5*df - 1.0, np.sqrt(nc*Y)) - 0.5"},
    ),
    "norminvgauss": Law(
        f"b - a*Y/{_ROOT}*{_K_RATIO} - 2.0*Y/(1.0 + Y*Y)", "",
        {"a": f"a/np.sqrt(a*a - b*b) - {_ROOT}*{_K_RATIO}", "b": "Y - b/np.sqrt(a*a - b*b)"},
    ),
    "skewcauchy": Law(
        f"-2.0*Y/({_SIDE}*{_SIDE} + Y*Y)", "",
        {"a": f"2.0*np.sign(Y)*Y*Y/({_SIDE}*({_SIDE}*{_SIDE} + Y*Y))"},
        {"a": f"np.sign(Y)*0.3183098861837907*(np.arctan(Y/{_SIDE}) - Y*{_SIDE}/({_SIDE}*{_SIDE} + Y*Y))"
              " - 0.5"},
    ),
    "foldcauchy": Law(
        f"-2.0*({_LEFT}*{_LEFT}*(Y - c) + {_RIGHT}*{_RIGHT}*(Y + c))/({_LEFT} + {_RIGHT})", "Y >= 0",
        {"c": f"2.0*({_LEFT}*{_LEFT}*(Y - c) - {_RIGHT}*{_RIGHT}*(Y + c))/({_LEFT} + {_RIGHT})"},
        {"c": f"0.3183098861837907*({_RIGHT} - {_LEFT})"},
    ),
    "truncpareto": Law(
        "-(b + 1.0)/Y", "np.logical_and(Y >= 1, Y <= c)",
        {"b": f"1.0/b - np.log(Y) - np.log(c)/{_REST}", "c": f"-b/(c*{_REST})"},
        {"b": f"(np.log(Y)*np.exp(-b*np.log(Y)) - {_PARETO}*np.log(c)*np.exp(-b*np.log(c)))"
              "/-np.expm1(-b*np.log(c))",
         "c": f"-{_PARETO}*b/(c*{_REST})"},
    ),
    "mielke": Law(
        f"div(k - 1.0 - (s + k)*{_SHARE}, Y)", _FROM,
        {"k": f"1.0/k + np.log(Y) + {_LOG_SHARE}/s",
         "s": f"-k*{_LOG_SHARE}/(s*s) - (1.0 + k/s)*np.log(Y)*{_SHARE}"},
        {"k": f"{_MIELKE}*(np.log(Y) + {_LOG_SHARE}/s)",
         "s": f"-{_MIELKE}*k/s*({_LOG_SHARE}/s + np.log(Y)*{_SHARE})"},
    ),
    "alpha": Law(
        "-div(div(a - div(1.0, Y), Y) + 2.0, Y)", _ABOVE, {"a": f"div(1.0, Y) - a - {_MILLS.format('a')}"},
    ),
    "pearson3": Law("-(skew + 2.0*Y)/(2.0 + skew*Y)", "skew*Y > -2.0", {"skew": ""}),
    "trapezoid": Law(
        "np.where(Y < c, div(1.0, Y), np.where(Y <= d, 0.0, -div(1.0, 1.0 - Y)))", UNIT,
        {
            "c": "1.0/(1.0 + d - c) - np.where(Y < c, div(1.0, c), 0.0)",
            "d": "np.where(Y > d, div(1.0, 1.0 - d), 0.0) - 1.0/(1.0 + d - c)",
        },
    ),
    "argus": Law(
        "div(1.0, Y) - div(Y, 1.0 - Y*Y) + chi*chi*Y", UNIT,
        {"chi": "3.0/chi - chi*(1.0 - Y*Y) - 0.3989422804014327*chi*chi*np.exp(-0.5*chi*chi)"
                "/(0.5*scipy.special.gammainc(1.5, 0.5*chi*chi))"},
    ),
    "powerlognorm": Law(
        f"-div(1.0 + np.log(Y)/(s*s) + (c - 1.0)/s*{_TAIL}, Y)", _ABOVE,
        {
            "c": "1.0/c + scipy.special.log_ndtr(-np.log(Y)/s)",
            "s": f"(np.log(Y)*np.log(Y)/(s*s) - 1.0 + (c - 1.0)*np.log(Y)/s*{_TAIL})/s",
        },
        {"c": "-scipy.special.log_ndtr(-np.log(Y)/s)*np.exp(c*scipy.special.log_ndtr(-np.log(Y)/s))",
         "s": "-Y*np.log(Y)*PDF/s"},
    ),
    "recipinvgauss": Law(
        "0.5*div(div(1.0, mu*mu*Y) - 1.0, Y) - 0.5", _ABOVE, {"mu": "div(1.0/mu - Y, Y)/(mu*mu)"},
    ),
    "geninvgauss": Law(
        "div(p - 1.0, Y) - 0.5*b*(1.0 - div(div(1.0, Y), Y))", _ABOVE,
        {"p": "", "b": "0.5*(scipy.special.kve(p - 1.0, b) + scipy.special.kve(p + 1.0, b))"
                       "/scipy.special.kve(p, b) - 0.5*(Y + div(1.0, Y))"},
    ),
    "genhalflogistic": Law(
        "div(c + np.tanh(0.5*np.log1p(-c*Y)/c), 1.0 - c*Y)", "np.logical_and(Y >= 0, c*Y < 1.0)",
        {"c": ""},
    ),
    "levy_l": Law("-div(1.5 + div(0.5, Y), Y)", "Y < 0"),
    "wrapcauchy": Law(
        f"-2.0*c*np.sin(Y)/{_CIRCLE}", "np.logical_and(Y >= 0, Y <= 6.283185307179586)",
        {"c": f"-2.0*c/(1.0 - c*c) - (2.0*c - 2.0*np.cos(Y))/{_CIRCLE}"},
    ),
    "arcsine": Law("0.5*div(2.0*Y - 1.0, Y*(1.0 - Y))", UNIT),
    "semicircular": Law("-div(Y, 1.0 - Y*Y)", "np.abs(Y) < 1"),
    "levy": Law("div(0.5*div(1.0, Y) - 1.5, Y)", _ABOVE),
    "moyal": Law("0.5*np.exp(-Y) - 0.5"),
    "wald": Law("0.5*div(1.0, Y*Y) - div(1.5, Y) - 0.5", _ABOVE),
    "halflogistic": Law("-np.tanh(0.5*Y)", "Y >= 0"),
    "gibrat": Law("-div(1.0 + np.log(Y), Y)", _ABOVE),
    "cosine": Law("-np.tan(0.5*Y)", "np.abs(Y) < 3.141592653589793"),
    "anglit": Law("-2.0*np.tan(2.0*Y)", "np.abs(Y) < 0.7853981633974483"),
}  # fmt: skip
