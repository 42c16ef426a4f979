"""scipy.special: inverses of distributions in their parameters, functions of Kelvin, Mathieu and Weber.

    k = scipy.special.pdtrik(p, m)         p_bar = -g/gammainc_da(out + 1.0, m)
    y, y_slope = scipy.special.pbdv(v, x)  x_bar = g[0]*y_slope + g[1]*(0.25*x*x - v - 0.5)*y

An inverse has the derivatives of the function, by the implicit function theorem; a solution of a
differential equation of second order has that equation. Formulas: NIST Digital Library of Mathematical
Functions 8, 10.61, 12.2, 14.10, 28.2, 28.20.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from s2sad.ir import kinds
from s2sad.rules import axes, results
from s2sad.rules.axes import refuse
from s2sad.rules.registry import Rule, Text, composite, parse_signature, register
from s2sad.rules.special import _CHI, _NO, _SHORT, _T, _T_DF, enter
from s2sad.rules.special_pairs import _tuple_kind
from s2sad.runtime import slopes

_MASS = "gamma_density(out + 1.0, m)"
_BINOMIAL = (
    "(betainc_dab(n - out, out + 1.0, 1.0 - p, 0, 1) - betainc_dab(n - out, out + 1.0, 1.0 - p, 1, 0))"
)
_NORMAL = "2.5066282746310002*np.exp(0.5*_Z*_Z)"
_NCX2 = (  # the density of the noncentral chi-squared distribution
    "np.where(np.equal(nc, 0), 0.5*np.exp(sp.xlogy(0.5*df - 1.0, 0.5*V) - 0.5*V - sp.gammaln(0.5*df)),"
    " 0.5*np.exp(-0.5*np.square(np.sqrt(V) - np.sqrt(nc)) + (0.25*df - 0.5)*(np.log(V) - np.log(nc)))"
    "*sp.ive(0.5*df - 1.0, np.sqrt(nc*V)))"
)
_TUKEY = "(np.power(out, lmbda - 1.0) + np.power(1.0 - out, lmbda - 1.0))"
_TUKEY_SHAPE = (
    "(np.square(np.log(out))*exprel_slope(lmbda*np.log(out))"
    " - np.square(np.log1p(-out))*exprel_slope(lmbda*np.log1p(-out)))"
)
_INSIDE = "np.logical_and(np.greater(out, 0), np.less(out, 1))"


def _within(condition: str, *texts: str) -> tuple[str, ...]:
    """Texts of an inverse that SciPy cuts off where there is no solution."""
    return tuple(f"np.where({condition}, {text}, 0.0)" for text in texts)


enter({
    # ---- Kelvin functions: those of order 0 solve w'' = i*w - w'/x
    "ber(x)": ("g*sp.berp(x)",),
    "bei(x)": ("g*sp.beip(x)",),
    "ker(x)": ("g*sp.kerp(x)",),
    "kei(x)": ("g*sp.keip(x)",),
    "berp(x)": ("-g*(sp.bei(x) + np.where(np.equal(x, 0), 0.0, div(out, x)))",),
    "beip(x)": ("g*(sp.ber(x) - np.where(np.equal(x, 0), 0.5, div(out, x)))",),
    "kerp(x)": ("-g*(sp.kei(x) + div(out, x))",),
    "keip(x)": ("g*(sp.ker(x) - div(out, x))",),
    # ---- integrals, polynomials, angles
    "itstruve0(x)": ("g*sp.struve(0, x)",),
    "it2struve0(x)": ("-g*np.where(np.equal(x, 0), 0.6366197723675814, div(sp.struve(0, x), x))",),
    "itmodstruve0(x)": ("g*sp.modstruve(0, x)",),
    "zetac(x)": ("g*zeta_ds(x, 1.0)",),
    "lpmv(m, v, x)": (
        _NO, _NO, "div(g*(v*x*out - (v + m)*sp.lpmv(m, np.where(np.less(v, 1), -v, v - 1), x)), x*x - 1.0)",
    ),
    "eval_sh_jacobi(n, p, q, x)": (
        _NO, _NO, _NO,
        "g*np.where(np.equal(n, 0), 0.0, n*sp.eval_sh_jacobi(n - 1, p + 2.0, q + 1.0, x))",
    ),
    "round(x)": (None,),
    "radian(d, m, s)": ("g*0.017453292519943295", "g*(0.017453292519943295/60.0)",
                        "g*(0.017453292519943295/3600.0)"),
    # ---- distributions
    "kolmogorov(y)": ("-g*kolmogorov_density(y)",),
    "kolmogi(p)": ("-g/kolmogorov_density(out)",),
    "tklmbda(x, lmbda)": (
        f"g*np.where({_INSIDE}, 1.0/{_TUKEY}, 0.0)",
        f"-g*np.where({_INSIDE}, {_TUKEY_SHAPE}/{_TUKEY}, 0.0)",
    ),
    "chndtr(x, df, nc)": (
        f"g*{_NCX2}".replace("V", "x"), _NO, "g*0.5*(sp.chndtr(x, df + 2.0, nc) - out)",
    ),
    "chndtrix(p, df, nc)": (
        f"g/{_NCX2}".replace("V", "out"), _NO,
        f"g*0.5*(p - sp.chndtr(out, df + 2.0, nc))/{_NCX2}".replace("V", "out"),
    ),
    # ---- inverses in a parameter
    "pdtri(k, y)": (None, "div(-g, gamma_density(np.floor(k) + 1.0, out))"),
    "bdtri(k, n, y)": (
        None, _NO, "div(-g, beta_density(np.floor(k) + 1.0, n - np.floor(k), out, 1.0 - out))",
    ),
    "nbdtri(k, n, y)": (
        None, _NO, "div(g, beta_density(n, np.floor(k) + 1.0, out, 1.0 - out))",
    ),
    "pdtrik(p, m)": _within(
        "np.greater(out, 0)", "-g/gammainc_da(out + 1.0, m)", f"-g*{_MASS}/gammainc_da(out + 1.0, m)"
    ),
    "bdtrik(y, n, p)": _within(
        "np.greater(out, 0)",
        f"g/{_BINOMIAL}", f"-g*betainc_dab(n - out, out + 1.0, 1.0 - p, 1, 0)/{_BINOMIAL}",
        f"g*beta_density(n - out, out + 1.0, 1.0 - p, p)/{_BINOMIAL}",
    ),
    "gdtria(p, b, x)": (
        "div(g, x*gamma_density(b, out*x))", "div(-g*gammainc_da(b, out*x), x*gamma_density(b, out*x))",
        "-g*out/x",
    ),
    "gdtrib(a, p, x)": (
        "div(-g*x*gamma_density(out, a*x), gammainc_da(out, a*x))", "div(g, gammainc_da(out, a*x))",
        "div(-g*a*gamma_density(out, a*x), gammainc_da(out, a*x))",
    ),
    "btdtria(p, b, x)": (
        "g/betainc_dab(out, b, x, 1, 0)",
        "-g*betainc_dab(out, b, x, 0, 1)/betainc_dab(out, b, x, 1, 0)",
        "-g*beta_density(out, b, x, 1.0 - x)/betainc_dab(out, b, x, 1, 0)",
    ),
    "btdtrib(a, p, x)": (
        "-g*betainc_dab(a, out, x, 1, 0)/betainc_dab(a, out, x, 0, 1)",
        "g/betainc_dab(a, out, x, 0, 1)",
        "-g*beta_density(a, out, x, 1.0 - x)/betainc_dab(a, out, x, 0, 1)",
    ),
    "chdtriv(p, x)": (
        "g/(0.5*gammainc_da(0.5*out, 0.5*x))",
        f"-g*({_CHI})/(0.5*gammainc_da(0.5*out, 0.5*x))".replace("V", "x").replace("*v", "*out"),
    ),
    "stdtridf(p, t)": _within(
        "np.less(out, 1e10)",
        f"g/{_T_DF}".replace("V", "t").replace("df", "out"),
        f"-g*({_T})/{_T_DF}".replace("V", "t").replace("df", "out"),
    ),
    "nrdtrimn(p, std, x)": (
        f"-g*std*({_NORMAL})".replace("_Z", "((x - out)/std)"), "-g*(x - out)/std", "g",
    ),
    "nrdtrisd(mn, p, x)": (
        "div(-g*out, x - mn)", f"-g*out*div(out, x - mn)*({_NORMAL})".replace("_Z", "div(x - mn, out)"),
        "div(g*out, x - mn)",
    ),
})  # fmt: skip

_density = composite(
    "kolmogorov_density", axes.source_of(slopes.kolmogorov_density), (slopes.kolmogorov_density,)
)
_density.kind = lambda b: kinds.num(results.numeric(b.kind("y")).shape, "float64")

# ------------------------------------------------------------------------------------------ several results

# name and arguments: derivatives of the results in the last argument, with `r[0]`, ... for the results
_DEGREE = "0.017453292519943295"
_SOLUTIONS: dict[str, tuple[str, ...]] = {
    "airye(z)": ("r[1] + _S*r[0]", "z*r[0] + _S*r[1]", "r[3] - _S*r[2]", "z*r[2] - _S*r[3]"),
    "itairy(x)": ("sp.airy(x)[0]", "sp.airy(x)[2]", "sp.airy(-x)[0]", "sp.airy(-x)[2]"),
    "it2j0y0(x)": ("div(1.0 - sp.j0(x), x)", "div(-sp.y0(x), x)"),
    "it2i0k0(x)": ("div(sp.i0(x) - 1.0, x)", "div(-sp.k0(x), x)"),
    "pbdv(v, x)": ("r[1]", "(0.25*x*x - v - 0.5)*r[0]"),
    "pbvv(v, x)": ("r[1]", "(0.25*x*x - v - 0.5)*r[0]"),
    "pbwa(a, x)": ("r[1]", "(a - 0.25*x*x)*r[0]"),
    **{
        f"mathieu_{kind}em(m, q, x)": (
            f"{_DEGREE}*r[1]", f"{_DEGREE}*(2.0*q*np.cos(2.0*{_DEGREE}*x) - sp.mathieu_{letter}(m, q))*r[0]",
        )
        for kind, letter in (("c", "a"), ("s", "b"))
    },
    **{
        f"mathieu_mod{kind}em{number}(m, q, x)": (
            "r[1]", f"(sp.mathieu_{letter}(m, q) - 2.0*q*np.cosh(2.0*x))*r[0]",
        )
        for kind, letter in (("c", "a"), ("s", "b")) for number in (1, 2)
    },
}  # fmt: skip
_ROOT = "np.where(np.greater(z, 0), np.sqrt(np.where(np.greater(z, 0), z, 1.0)), 0.0)"


def _enter_solutions() -> None:
    for head, texts in _SOLUTIONS.items():
        name, arguments = head[:-1].split("(")
        names = tuple(arguments.split(", "))
        last = names[-1]
        parts = [_SHORT.sub("scipy.special.", t.replace("_S", _ROOT)).replace("r[", "out[") for t in texts]
        slopes_of = f"along_slopes(g, ({', '.join(parts)}))"
        vjp: dict[str, Text] = {
            n: refuse(f"the derivative of scipy.special.{name} in {n!r}") for n in names[:-1]
        }
        vjp[last] = f"unbroadcast({slopes_of}, {last})" if names[1:] else slopes_of
        jvp: dict[str, Text] = {last: f"({', '.join(f'({t})*{last}_dot' for t in parts)})"}
        function = getattr(special, name)
        assert isinstance(function, np.ufunc)
        register(
            Rule(f"scipy.special.{name}", dict.fromkeys(names, parse_signature("x")["x"]),
                 _tuple_kind(function, names), vjp=vjp, jvp=jvp, partial=True),
            function,
        )  # fmt: skip


_enter_solutions()
composite(
    "scipy.special.assoc_laguerre",
    """def assoc_laguerre(x, n, k=0.0):
    return scipy.special.eval_genlaguerre(n, k, x)
""",
    (special.assoc_laguerre,),
)
