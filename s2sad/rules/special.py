"""scipy.special: functions of numbers, elementwise.

    z = scipy.special.gammaln(x)      x_bar = g*scipy.special.psi(x)
    z = scipy.special.jv(v, x)        x_bar = g*0.5*(scipy.special.jv(v - 1, x) - scipy.special.jv(v + 1, x))

The families are closed under differentiation (polygamma, Bessel functions, hypergeometric functions,
orthogonal polynomials), so that every order follows. By orders and shape parameters, where no closed
form is known, there is no derivative, and an active one is refused. Formulas: NIST Digital Library of
Mathematical Functions, 5-19.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes, results
from s2sad.rules.axes import refuse
from s2sad.rules.registry import REQUIRED, UNKNOWN, Bound, Rule, Text, composite, parse_signature, register
from s2sad.runtime import slopes

_NO = "no derivative"  # of an argument in which none is known
_SHORT = re.compile(r"\bsp\.")
_BETA = "beta_density(a, b, out, 1.0 - out)"
_F_PARTS = "div(dfn*V, dfd + dfn*V)", "div(dfd, dfd + dfn*V)"  # the argument of the beta density, and 1 - it
_F = f"beta_density(0.5*dfn, 0.5*dfd, {', '.join(_F_PARTS)})*{_F_PARTS[1]}*{_F_PARTS[1]}*div(dfn, dfd)"
_F_SHARE, _F_X = _F_PARTS[0].replace("V", "x"), _F.replace("V", "x")
_T = "div(np.exp(-sp.betaln(0.5*df, 0.5) - 0.5*(df + 1.0)*np.log1p(div(V*V, df))), np.sqrt(df))"
_T_DF = (
    "(0.25*np.sign(V)*betainc_dab(0.5, 0.5*df, div(V*V, df + V*V), 0, 1) - " + f"0.5*V*div({_T}, df))"
)
_CHI = "0.5*gamma_density(0.5*v, 0.5*V)"
_DELTA = "(np.cos(phi)*np.cos(phi) + (1.0 - m)*(np.sin(phi)*np.sin(phi)))"  # 1 - m*sin(phi)**2

# name and arguments: a text for each argument, None where the derivative is 0, _NO where it is not known;
# `sp.` stands for `scipy.special.`
_UFUNCS: dict[str, tuple[str | None, ...]] = {
    # ---- gamma, beta and their logarithms
    "gamma(x)": ("g*out*sp.psi(x)",),
    "gammaln(x)": ("g*sp.psi(x)",),
    "loggamma(x)": ("g*sp.psi(x)",),
    "rgamma(x)": ("g*rgamma_slope(x, out)",),
    "gammasgn(x)": (None,),
    "psi(x)": ("g*sp.polygamma(1, x)",),
    "poch(x, m)": ("g*moved_gammas(x, m, 1.0, out, 1.0)", "g*out*sp.psi(x + m)"),
    "beta(a, b)": (
        "g*moved_gammas(a, b, sp.gamma(b), out, -1.0)", "g*moved_gammas(b, a, sp.gamma(a), out, -1.0)",
    ),
    "betaln(a, b)": ("-g*psi_step(a, b)", "-g*psi_step(b, a)"),
    "binom(n, k)": (
        "g*moved_gammas(n - k + 1.0, k, sp.rgamma(k + 1.0), out, 1.0)", "g*binom_slope(n, k, out)",
    ),
    "gammainc(a, x)": ("g*gammainc_da(a, x)", "g*gamma_density(a, x)"),
    "gammaincc(a, x)": ("-g*gammainc_da(a, x)", "-g*gamma_density(a, x)"),
    "gammaincinv(a, y)": (
        "div(-g*gammainc_da(a, out), gamma_density(a, out))", "div(g, gamma_density(a, out))",
    ),
    "gammainccinv(a, y)": (
        "div(-g*gammainc_da(a, out), gamma_density(a, out))", "div(-g, gamma_density(a, out))",
    ),
    "betainc(a, b, x)": (
        "g*betainc_dab(a, b, x, 1, 0)", "g*betainc_dab(a, b, x, 0, 1)",
        "g*beta_density(a, b, x, 1.0 - x)",
    ),
    "betaincc(a, b, x)": (
        "-g*betainc_dab(a, b, x, 1, 0)", "-g*betainc_dab(a, b, x, 0, 1)",
        "-g*beta_density(a, b, x, 1.0 - x)",
    ),
    **{
        f"{name}(a, b, y)": (
            f"div(-g*betainc_dab(a, b, out, 1, 0), {_BETA})",
            f"div(-g*betainc_dab(a, b, out, 0, 1), {_BETA})",
            f"div({sign}g, {_BETA})",
        )
        for name, sign in (("betaincinv", ""), ("betainccinv", "-"))
    },
    # ---- error functions and the normal distribution
    "erf(x)": ("g*(1.1283791670955126*np.exp(-x*x))",),
    "erfc(x)": ("-g*(1.1283791670955126*np.exp(-x*x))",),
    "erfcx(x)": ("g*erfcx_slope(x, out)",),
    "erfi(x)": ("g*(1.1283791670955126*np.exp(x*x))",),
    "dawsn(x)": ("g*dawsn_slope(x, out)",),
    "wofz(x)": ("g*wofz_slope(x, out)",),
    "erfinv(y)": ("g*(0.886226925452758*np.exp(out*out))",),
    "erfcinv(y)": ("-g*(0.886226925452758*np.exp(out*out))",),
    "ndtr(x)": ("g*(0.3989422804014327*np.exp(-0.5*x*x))",),
    "log_ndtr(x)": ("g*normal_hazard(x)",),
    "ndtri(p)": ("g*(2.5066282746310002*np.exp(0.5*out*out))",),
    "ndtri_exp(y)": ("g*(2.5066282746310002*np.exp(y + 0.5*out*out))",),
    "owens_t(h, a)": (
        "-g*(0.19947114020071635*np.exp(-0.5*h*h)*sp.erf(0.7071067811865476*a*h))",
        "g*(0.15915494309189535*np.exp(-0.5*h*h*(1.0 + a*a))/(1.0 + a*a))",
    ),
    # ---- logistic functions, entropies, losses
    "expit(x)": ("g*out*sp.expit(-x)",),
    "log_expit(x)": ("g*sp.expit(-x)",),
    "logit(x)": ("div(div(g, x), 1.0 - x)",),  # of the product g/(x*x) would overflow, in both factors
    "xlogy(x, y)": ("g*np.log(y)", "g*np.where(np.equal(x, 0), 0.0, x/np.asarray(y))"),
    "xlog1py(x, y)": ("g*np.log1p(y)", "g*np.where(np.equal(x, 0), 0.0, x/np.asarray(1.0 + y))"),
    "entr(x)": ("-g*(np.log(x) + 1.0)",),
    "rel_entr(x, y)": ("g*(np.log(x) - np.log(y) + 1.0)", "div(-g*x, y)"),
    "kl_div(x, y)": ("g*(np.log(x) - np.log(y))", "g*(1.0 - div(x, y))"),
    "huber(delta, r)": (
        "g*np.maximum(np.abs(r) - delta, 0.0)", "g*np.minimum(np.maximum(r, -delta), delta)",
    ),
    "pseudo_huber(delta, r)": (
        "g*np.square(div(r, delta + np.hypot(delta, r)))*div(r, np.hypot(delta, r))*r",
        "g*delta*div(r, np.hypot(delta, r))",
    ),
    "boxcox(x, lmbda)": (
        "g*np.exp(sp.xlogy(lmbda - 1.0, x))",
        "g*np.log(x)*np.log(x)*exprel_slope(lmbda*np.log(x))",
    ),
    "boxcox1p(x, lmbda)": (
        "g*np.exp(sp.xlog1py(lmbda - 1.0, x))",
        "g*np.log1p(x)*np.log1p(x)*exprel_slope(lmbda*np.log1p(x))",
    ),
    "inv_boxcox(y, lmbda)": (
        "g*np.exp(sp.xlogy(1.0 - lmbda, out))", "g*out*y*y*log1p_bend(lmbda*y)",
    ),
    "inv_boxcox1p(y, lmbda)": (
        "g*np.exp(sp.xlog1py(1.0 - lmbda, out))",
        "g*(1.0 + out)*y*y*log1p_bend(lmbda*y)",
    ),
    "powm1(x, y)": ("g*y*np.exp(sp.xlogy(y - 1.0, x))", "g*(1.0 + out)*np.log(x)"),
    "agm(a, b)": ("g*agm_slope(a, b, out)", "g*agm_slope(b, a, out)"),
    "cotdg(x)": ("-g*(0.017453292519943295*(1.0 + out*out))",),
    # ---- elementary functions
    "expm1(x)": ("g*np.exp(x)",),
    "log1p(x)": ("div(g, 1.0 + x)",),
    "cosm1(x)": ("-g*np.sin(x)",),
    "exp2(x)": ("g*(0.6931471805599453*out)",),
    "exp10(x)": ("g*(2.302585092994046*out)",),
    "cbrt(x)": ("div(g, 3.0*out*out)",),
    "exprel(x)": ("g*exprel_slope(x)",),
    "sindg(x)": ("g*(0.017453292519943295*sp.cosdg(x))",),
    "cosdg(x)": ("-g*(0.017453292519943295*sp.sindg(x))",),
    "tandg(x)": ("g*(0.017453292519943295*(1.0 + out*out))",),
    # ---- integrals
    "expi(x)": ("div(g*np.exp(x), x)",),
    "exp1(x)": ("div(-g*np.exp(-x), x)",),
    "expn(n, x)": (
        _NO, "-g*np.where(np.less(n, 1), out*(1.0 + div(1.0, x)), sp.expn(np.maximum(n - 1, 0), x))",
    ),
    "elliprf(x, y, z)": (
        "-g*sp.elliprd(y, z, x)/6.0", "-g*sp.elliprd(x, z, y)/6.0", "-g*sp.elliprd(x, y, z)/6.0",
    ),
    "elliprc(x, y)": ("-g*sp.elliprd(y, y, x)/6.0", "-g*sp.elliprd(x, y, y)/3.0"),
    "elliprg(x, y, z)": tuple(
        f"g*0.25*(sp.elliprf(x, y, z) - {last}*sp.elliprd({other}, {last})/3.0)"
        for other, last in (("y, z", "x"), ("x, z", "y"), ("x, y", "z"))
    ),
    "elliprd(x, y, z)": (_NO, _NO, _NO),
    "elliprj(x, y, z, p)": (_NO, _NO, _NO, _NO),
    "struve(v, x)": (
        _NO, "g*0.5*(sp.struve(v - 1, x) - sp.struve(v + 1, x)"
        " + 0.5641895835477563*np.power(np.asarray(0.5*x), v)*sp.rgamma(v + 1.5))",
    ),
    "modstruve(v, x)": (
        _NO, "g*0.5*(sp.modstruve(v - 1, x) + sp.modstruve(v + 1, x)"
        " + 0.5641895835477563*np.power(np.asarray(0.5*x), v)*sp.rgamma(v + 1.5))",
    ),
    "spence(x)": ("g*spence_slope(x)",),
    "wrightomega(x)": ("g*(out/(1.0 + out))",),
    "ellipk(m)": ("g*ellipk_dm(1.0 - m)",),
    "ellipkm1(p)": ("-g*ellipk_dm(p)",),
    "ellipe(m)": ("g*ellipe_dm(1.0 - m)",),
    "ellipkinc(phi, m)": (f"g/np.sqrt({_DELTA})", "g*ellipkinc_dm(phi, m)"),
    "ellipeinc(phi, m)": (f"g*np.sqrt({_DELTA})", "g*ellipeinc_dm(phi, m)"),
    # ---- Bessel functions, in the argument
    "j0(x)": ("-g*sp.j1(x)",),
    "j1(x)": ("g*j1_slope(x, out)",),
    "y0(x)": ("-g*sp.y1(x)",),
    "y1(x)": ("g*0.5*(sp.y0(x) - sp.yn(2, x))",),
    "i0(x)": ("g*sp.i1(x)",),
    "i1(x)": ("g*0.5*(sp.i0(x) + sp.iv(2, x))",),
    "k0(x)": ("-g*sp.k1(x)",),
    "k1(x)": ("-g*(sp.k0(x) + div(out, x))",),
    "i0e(x)": ("g*bessel_slope(0.0, x, out, 1.0, sp.i1e(x) - np.sign(x)*out)",),
    "i1e(x)": ("g*bessel_slope(1.0, x, out, 1.0, 0.5*(sp.i0e(x) + sp.ive(2, x)) - np.sign(x)*out)",),
    "k0e(x)": ("g*bessel_slope(0.0, x, out, -1.0, out - sp.k1e(x))",),
    "k1e(x)": ("g*bessel_slope(1.0, x, out, -1.0, out - sp.k0e(x) - div(out, x))",),
    "jv(v, z)": (_NO, "g*0.5*(sp.jv(v - 1, z) - sp.jv(v + 1, z))"),
    "yv(v, z)": (_NO, "g*0.5*(sp.yv(v - 1, z) - sp.yv(v + 1, z))"),
    "yn(n, x)": (_NO, "g*0.5*(sp.yn(n - 1, x) - sp.yn(n + 1, x))"),
    "kn(n, x)": (_NO, "-g*0.5*(sp.kv(n - 1, x) + sp.kv(n + 1, x))"),
    "iv(v, z)": (_NO, "g*0.5*(sp.iv(v - 1, z) + sp.iv(v + 1, z))"),
    "kv(v, z)": (_NO, "-g*0.5*(sp.kv(v - 1, z) + sp.kv(v + 1, z))"),
    "ive(v, z)": (
        _NO, "g*bessel_slope(v, z, out, 1.0, 0.5*(sp.ive(v - 1, z) + sp.ive(v + 1, z)) - np.sign(z)*out)",
    ),
    "kve(v, z)": (_NO, "g*(out - 0.5*(sp.kve(v - 1, z) + sp.kve(v + 1, z)))"),
    "jve(v, z)": (_NO, "g*0.5*(sp.jve(v - 1, z) - sp.jve(v + 1, z))"),
    "yve(v, z)": (_NO, "g*0.5*(sp.yve(v - 1, z) - sp.yve(v + 1, z))"),
    "hankel1e(v, z)": (_NO, "g*(0.5*(sp.hankel1e(v - 1, z) - sp.hankel1e(v + 1, z)) - 1j*out)"),
    "hankel2e(v, z)": (_NO, "g*(0.5*(sp.hankel2e(v - 1, z) - sp.hankel2e(v + 1, z)) + 1j*out)"),
    "wright_bessel(a, b, x)": (_NO, _NO, "g*sp.wright_bessel(a, a + b, x)"),
    "log_wright_bessel(a, b, x)": (_NO, _NO, "g*np.exp(sp.log_wright_bessel(a, a + b, x) - out)"),
    "hankel1(v, z)": (_NO, "g*0.5*(sp.hankel1(v - 1, z) - sp.hankel1(v + 1, z))"),
    "hankel2(v, z)": (_NO, "g*0.5*(sp.hankel2(v - 1, z) - sp.hankel2(v + 1, z))"),
    # ---- hypergeometric functions and orthogonal polynomials, in the argument
    "hyp0f1(v, z)": (_NO, "g*sp.hyp0f1(v + 1.0, z)/v"),
    "hyperu(a, b, x)": (_NO, _NO, "-g*a*sp.hyperu(a + 1.0, b + 1.0, x)"),
    "hyp1f1(a, b, x)": (_NO, _NO, "g*(a/b)*sp.hyp1f1(a + 1.0, b + 1.0, x)"),
    "hyp2f1(a, b, c, z)": (_NO, _NO, _NO, "g*(a*b/c)*sp.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)"),
    "eval_legendre(n, x)": (
        _NO, "g*np.where(np.equal(n, 0), 0.0, 0.5*(n + 1)*sp.eval_jacobi(n - 1, 1.0, 1.0, x))",
    ),
    "eval_chebyt(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, n*sp.eval_chebyu(n - 1, x))"),
    "eval_chebyu(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, 2.0*sp.eval_gegenbauer(n - 1, 2.0, x))"),
    "eval_sh_legendre(n, x)": (
        _NO, "g*np.where(np.equal(n, 0), 0.0, (n + 1)*sp.eval_jacobi(n - 1, 1.0, 1.0, 2.0*x - 1.0))",
    ),
    "eval_sh_chebyt(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, 2.0*n*sp.eval_sh_chebyu(n - 1, x))"),
    "eval_sh_chebyu(n, x)": (
        _NO, "g*np.where(np.equal(n, 0), 0.0, 4.0*sp.eval_gegenbauer(n - 1, 2.0, 2.0*x - 1.0))",
    ),
    "eval_chebyc(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, n*sp.eval_chebyu(n - 1, 0.5*x))"),
    "eval_chebys(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, sp.eval_gegenbauer(n - 1, 2.0, 0.5*x))"),
    "eval_hermite(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, 2.0*n*sp.eval_hermite(n - 1, x))"),
    "eval_hermitenorm(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, n*sp.eval_hermitenorm(n - 1, x))"),
    "eval_laguerre(n, x)": (_NO, "-g*np.where(np.equal(n, 0), 0.0, sp.eval_genlaguerre(n - 1, 1.0, x))"),
    "eval_genlaguerre(n, alpha, x)": (
        _NO, _NO, "-g*np.where(np.equal(n, 0), 0.0, sp.eval_genlaguerre(n - 1, alpha + 1.0, x))",
    ),
    "eval_jacobi(n, alpha, beta, x)": (
        _NO, _NO, _NO,
        "g*np.where(np.equal(n, 0), 0.0,"
        " 0.5*(n + alpha + beta + 1)*sp.eval_jacobi(n - 1, alpha + 1.0, beta + 1.0, x))",
    ),
    "eval_gegenbauer(n, alpha, x)": (
        _NO, _NO, "g*np.where(np.equal(n, 0), 0.0, 2.0*alpha*sp.eval_gegenbauer(n - 1, alpha + 1.0, x))",
    ),
    # ---- distributions
    "stdtr(df, t)": (f"g*{_T_DF}".replace("V", "t"), f"g*{_T}".replace("V", "t")),
    "stdtrit(df, p)": (f"-g*{_T_DF}/({_T})".replace("V", "out"), f"g/({_T})".replace("V", "out")),
    "chdtr(v, x)": ("g*0.5*gammainc_da(0.5*v, 0.5*x)", f"g*{_CHI}".replace("V", "x")),
    "chdtrc(v, x)": ("-g*0.5*gammainc_da(0.5*v, 0.5*x)", f"-g*{_CHI}".replace("V", "x")),
    "chdtri(v, p)": (
        f"-g*0.5*gammainc_da(0.5*v, 0.5*out)/({_CHI})".replace("V", "out"),
        f"-g/({_CHI})".replace("V", "out"),
    ),
    **{
        f"{name}(dfn, dfd, x)": (
            f"{sign}g*(0.5*betainc_dab(0.5*dfn, 0.5*dfd, {_F_SHARE}, 1, 0) + x*{_F_X}/dfn)",
            f"{sign}g*(0.5*betainc_dab(0.5*dfn, 0.5*dfd, {_F_SHARE}, 0, 1) - x*{_F_X}/dfd)",
            f"{sign}g*{_F_X}",
        )
        for name, sign in (("fdtr", ""), ("fdtrc", "-"))
    },
    "fdtri(dfn, dfd, p)": (_NO, _NO, f"div(g, {_F})".replace("V", "out")),
    **{
        f"{name}(a, b, x)": (
            f"{sign}g*x*gamma_density(b, a*x)", f"{sign}g*gammainc_da(b, a*x)",
            f"{sign}g*a*gamma_density(b, a*x)",
        )
        for name, sign in (("gdtr", ""), ("gdtrc", "-"))
    },
    "gdtrix(a, b, p)": (
        "-g*out/a", "div(-g*gammainc_da(b, a*out), a*gamma_density(b, a*out))",
        "div(g, a*gamma_density(b, a*out))",
    ),
    **{
        f"{name}(k, n, p)": (
            None, _NO, f"{sign}g*beta_density(np.floor(k) + 1.0, n - np.floor(k), p, 1.0 - p)",
        )
        for name, sign in (("bdtr", "-"), ("bdtrc", ""))
    },
    **{
        f"{name}(k, m)": (None, f"{sign}g*gamma_density(np.floor(k) + 1.0, m)")
        for name, sign in (("pdtr", "-"), ("pdtrc", ""))
    },
    **{
        f"{name}(k, n, p)": (
            None, _NO, f"{sign}g*beta_density(n, np.floor(k) + 1.0, p, 1.0 - p)",
        )
        for name, sign in (("nbdtr", ""), ("nbdtrc", "-"))
    },
    "voigt_profile(x, sigma, gamma)": (
        "g*np.real(voigt_slope(x, sigma, gamma))", "g*sigma*np.real(voigt_slope(x, sigma, gamma, 2))",
        "-g*np.imag(voigt_slope(x, sigma, gamma))",
    ),
}  # fmt: skip


def of_whole(text: str) -> Callable[[Bound], str]:
    """A text in n, which SciPy makes an integer, of a float by cutting off its fraction."""
    text = _SHORT.sub("scipy.special.", text)

    def made(bound: Bound) -> str:
        n = bound.static("n")
        if bound.kind("n").sort != "float" or (isinstance(n, float) and n.is_integer()):
            return text
        return re.sub(r"\bn\b", "np.trunc(n)", text)

    return made


_WHOLE = ("expn", "yn", "kn")


def _made(text: Text | None, name: str, argument: str) -> Text | None:
    if callable(text):
        return text
    if text == _NO:
        return refuse(f"the derivative of scipy.special.{name} in {argument!r}")
    if text is not None and name in _WHOLE:
        return of_whole(text)
    return None if text is None else _SHORT.sub("scipy.special.", text)


# functions that are no holomorphic ones, or whose derivatives are known on the real line only
_REAL = ("jve", "yve", "ive")


def _of_reals(kind: Callable[[Bound], Kind], names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        if any(results.numeric(bound.kind(n)).sort == "complex" for n in names if bound.given(n)):
            raise NotImplementedError("this function, or its derivative, of complex numbers")
        return kind(bound)

    return infer


def enter(table: dict[str, tuple[str | None, ...]]) -> None:
    """Enter ufuncs of scipy.special, in the form of `_UFUNCS`."""
    for head, texts in table.items():
        name, arguments = head[:-1].split("(")
        function = getattr(special, name, None)
        if not isinstance(function, np.ufunc):  # a newer SciPy has it
            continue
        names = tuple(arguments.split(", "))
        signature: dict[str, Any] = dict.fromkeys(names, REQUIRED) | {
            "out": None,
            "where": True,
            "dtype": None,
        }
        vjp = {n: t for n, text in zip(names, texts, strict=True) if (t := _made(text, name, n)) is not None}
        kind = results.of_ufunc(function, names)
        rule = Rule(
            f"scipy.special.{name}", signature, _of_reals(kind, names) if name in _REAL else kind, vjp=vjp,
            form="elementwise", writes=("out",),
        )  # fmt: skip
        register(rule, function)


enter(_UFUNCS)


def _plain(
    name: str,
    signature: str,
    kind: Callable[[Bound], Kind],
    *texts: Text | None,
    form: str = "elementwise",
    jvp: dict[str, Text] | None = None,
) -> None:
    """A Python function of SciPy on numbers."""
    arguments = parse_signature(signature)
    vjp: dict[str, Text] = {}
    for n, text in zip(arguments, texts, strict=False):
        made = _made(text, name, n)
        if made is not None:
            vjp[n] = made
    made_rule = Rule(f"scipy.special.{name}", arguments, kind, vjp=vjp, form=form, jvp=jvp or {})
    register(made_rule, getattr(special, name))


def _like(name: str, sort: str = "float") -> Callable[[Bound], Kind]:
    """A NumPy value in the shape of an argument."""

    def infer(bound: Bound) -> Kind:
        made = results.ufunc(special.gammaln, *(bound.kind(n) for n in name.split(", ")))
        return kinds.num(made.shape, made.dtype if sort == "float" else "complex128")

    return infer


def _double(*names: str) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        given = [results.numeric(bound.kind(n)).shape for n in names if bound.given(n)]
        return kinds.num(kinds.broadcast(*given), "float64")

    return infer


_plain("polygamma", "n, x", _of_reals(_double("n", "x"), ("n", "x")), _NO, "g*sp.polygamma(n + 1, x)")
_plain("lambertw", "z, k=0, tol=1e-8", _like("z", "complex"), "g*np.exp(-out)/(1.0 + out)")
if hasattr(special, "softplus"):  # since SciPy 1.15
    _plain("softplus", "x", _double("x"), "g*sp.expit(x)")
_plain(
    "zeta",
    "x, q=1.0",
    _of_reals(_double("x", "q"), ("x", "q")),
    lambda bound: f"g*zeta_ds(x, {'1.0' if bound.static('q') is None else 'q'})",
    "-g*x*sp.zeta(x + 1.0, q)",
)
_plain(
    "multigammaln",
    "a, d",
    _double("a"),
    "g*np.sum(sp.psi(np.expand_dims(a, -1) - 0.5*np.arange(d)), axis=-1)",
    form="structural",
    jvp={"a": "a_dot*np.sum(scipy.special.psi(np.expand_dims(a, -1) - 0.5*np.arange(d)), axis=-1)"},
)


def _zeta_q(bound: Bound) -> str:
    """d/dq of the n-th derivative of zeta(x, q) in x: that of -x*zeta(x + 1, q)."""
    n = bound.static("n")
    below = "scipy.special.zeta(x + 1.0, q)" if n == 1 else f"zeta_ds(x + 1.0, q, {n - 1})"
    return f"-g*(x*zeta_ds(x + 1.0, q, {n}) + {n}*{below})"


def _by_x(inner: str, *orders: str) -> Callable[[Bound], str]:
    """The derivative in x of a first derivative in a parameter; `inner` is that of the density in a."""

    def text(bound: Bound) -> str:
        if [bound.static(n) for n in orders] not in ([1], [1, 0], [0, 1]):
            raise NotImplementedError("a third derivative of an incomplete gamma or beta function")
        first = bound.static(orders[0]) == 1
        if first:
            return inner
        return inner.replace("xlogy", "xlog1py").replace("), x)", "), -x)").replace("psi(a) ", "psi(b) ")

    return text


def _jet(name: str, signature: str, *texts: Text) -> None:
    """A helper of `s2sad.runtime.gammas` or `elliptic`: a derivative whose order is an argument."""
    arguments = parse_signature(signature)
    names = tuple(n for n in arguments if n not in "nij")
    register(
        Rule(name, arguments, _double(*names), vjp=dict(zip(names, texts, strict=True)), form="elementwise"),
        getattr(runtime, name),
    )


def _next(call: str, place: str) -> Callable[[Bound], str]:
    """The same derivative once more in a parameter; `place` counts the order."""

    def text(bound: Bound) -> str:
        known = {n: bound.static(n) for n in "nij" if n in bound.statics}
        if UNKNOWN in known.values():
            raise NotImplementedError("orders of derivatives that are known at run time only")
        orders = {n: order + (n == place) for n, order in known.items()}
        return f"g*{call}, {', '.join(map(str, orders.values()))})"

    return text


_GAMMA_X = "g*(sp.xlogy(gamma_density(a, x), x) - gamma_density(a, x)*sp.psi(a))"
_BETA_X = "g*(sp.xlogy(_D, x) - _D*(sp.psi(a) - sp.psi(a + b)))".replace("_D", _BETA.replace("out", "x"))
_jet(
    "gammainc_da", "a, x, n=1", _next("gammainc_da(a, x", "n"),
    _by_x(_SHORT.sub("scipy.special.", _GAMMA_X), "n"),
)  # fmt: skip
_jet(
    "betainc_dab", "a, b, x, i, j", _next("betainc_dab(a, b, x", "i"), _next("betainc_dab(a, b, x", "j"),
    _by_x(_SHORT.sub("scipy.special.", _BETA_X), "i", "j"),
)  # fmt: skip
_jet("zeta_ds", "x, q, n=1", _next("zeta_ds(x, q", "n"), _zeta_q)


def _elliptic_phi(a: float) -> Callable[[Bound], str]:
    """d/dphi of the n-th derivative in m of an integral of (1 - m*sin(t)**2)**-a."""

    def text(bound: Bound) -> str:
        n = bound.static("n")
        if not isinstance(n, int):
            raise NotImplementedError("orders of derivatives that are known at run time only")
        factor = special.poch(a, n)
        return f"g*{factor}*np.power(np.sin(phi)*np.sin(phi)/{_DELTA}, {n})*np.power({_DELTA}, {-a})"

    return text


_jet("ellipkinc_dm", "phi, m, n=1", _elliptic_phi(0.5), _next("ellipkinc_dm(phi, m", "n"))
_jet("ellipeinc_dm", "phi, m, n=1", _elliptic_phi(-0.5), _next("ellipeinc_dm(phi, m", "n"))
_jet("ellipk_dm", "p, n=1", lambda bound: "-" + _next("ellipk_dm(p", "n")(bound))
_jet("ellipe_dm", "p, n=1", lambda bound: "-" + _next("ellipe_dm(p", "n")(bound))

for _name, _signature in (
    ("comb", "N, k, *, exact=False, repetition=False"), ("perm", "N, k, exact=False"),
    ("factorial2", "n, exact=False, extend='zero'"),
):  # fmt: skip
    _names = [n for n in parse_signature(_signature) if n in ("N", "k", "n")]
    _plain(
        _name, _signature,
        lambda b: kinds.OBJECT if b.static("exact") is not False else kinds.num(None, "float64"),
        *([_NO] * len(_names)),
    )  # fmt: skip

def _harmonic_kind(bound: Bound) -> Kind:
    if bound.static("diff_n") != 0:
        raise NotImplementedError("scipy.special.sph_harm_y with diff_n; differentiate the function itself")
    if any(results.numeric(bound.kind(n)).sort == "complex" for n in ("theta", "phi")):
        raise NotImplementedError("scipy.special.sph_harm_y of complex angles")
    return kinds.num(kinds.broadcast(*[results.numeric(k).shape for k in bound.kinds.values()]), "complex128")


def _factorial_kind(bound: Bound) -> Kind:
    if bound.static("exact") is not False or bound.static("extend") != "zero":
        return kinds.OBJECT
    return results.ufunc(special.gammaln, bound.kind("n"))


_plain(
    "factorial", "n, exact=False, extend='zero'", _factorial_kind,
    "g*np.where(np.less(n, 0), 0.0, out*sp.digamma(np.where(np.less(n, 0), 0.0, n) + 1.0))",
)  # fmt: skip
# SciPy's is a function of |sin(theta)|. D. A. Varshalovich et al., Quantum Theory of Angular Momentum, 5.8.2.
if hasattr(special, "sph_harm_y"):
    _up = "sp.sph_harm_y(n, np.minimum(m + 1, n), theta, phi)"
    _down = "sp.sph_harm_y(n, np.maximum(m - 1, -n), theta, phi)"
    _plain(
        "sph_harm_y", "n, m, theta, phi, *, diff_n=0", _harmonic_kind, _NO, _NO,
        f"g*np.where(np.sin(theta) < 0.0, -0.5, 0.5)*(np.sqrt((n - m)*(n + m + 1.0))*np.exp(-1j*phi)*{_up}"
        f" - np.sqrt((n + m)*(n - m + 1.0))*np.exp(1j*phi)*{_down})",
        "1j*m*g*out",
    )  # fmt: skip



def _complex_profile(bound: Bound) -> Kind:
    one = results.ufunc(special.voigt_profile, *(bound.kind(n) for n in ("x", "sigma", "gamma")))
    return kinds.num(one.shape, "complex128")


def _first_kind(bound: Bound) -> Kind:
    return next(iter(bound.kinds.values()))


for _slope in (
    slopes.erfcx_slope, slopes.dawsn_slope, slopes.rgamma_slope, slopes.normal_hazard, slopes.spence_slope,
    slopes.exprel_slope, slopes.agm_slope, slopes.log1p_bend, slopes.j1_slope,
):  # fmt: skip
    composite(_slope.__name__, axes.source_of(_slope), (_slope,)).kind = _first_kind
for _helper, _like_it, _order in (
    (slopes.gamma_density, special.gammainc, ("a", "x")), (slopes.psi_step, special.betaln, ("x", "h")),
    (slopes.moved_gammas, special.betainc, ("x", "h", "y")),
    (slopes.binom_slope, special.betainc, ("n", "k", "y")),
    (slopes.beta_density, special.betainc, ("a", "b", "x")),
    (slopes.log_lag, special.gammaln, ("m",)), (slopes.stirling_rest, special.gammaln, ("z",)),
    (slopes.bessel_slope, special.ive, ("v", "x")),
):  # fmt: skip
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = results.of_ufunc(_like_it, _order)
composite("wofz_slope", axes.source_of(slopes.wofz_slope), (slopes.wofz_slope,)).kind = lambda b: b.kind("y")
composite("voigt_slope", axes.source_of(slopes.voigt_slope), (slopes.voigt_slope,)).kind = _complex_profile
