"""scipy.special: functions of numbers, elementwise.

    z = scipy.special.gammaln(x)      x_bar = g*scipy.special.digamma(x)
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

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.axes import refuse
from s2sad.rules.registry import REQUIRED, Bound, Rule, Text, parse_signature, register

_NO = "no derivative"  # of an argument in which none is known
_SHORT = re.compile(r"\bsp\.")

# name and arguments: a text for each argument, None where the derivative is 0, _NO where it is not known;
# `sp.` stands for `scipy.special.`
_UFUNCS: dict[str, tuple[str | None, ...]] = {
    # ---- gamma, beta and their logarithms
    "gamma(x)": ("g*out*sp.digamma(x)",),
    "gammaln(x)": ("g*sp.digamma(x)",),
    "loggamma(x)": ("g*sp.digamma(x)",),
    "rgamma(x)": ("-g*out*sp.digamma(x)",),
    "gammasgn(x)": (None,),
    "psi(x)": ("g*sp.polygamma(1, x)",),
    "poch(x, m)": ("g*out*(sp.digamma(x + m) - sp.digamma(x))", "g*out*sp.digamma(x + m)"),
    "beta(a, b)": ("g*out*(sp.digamma(a) - sp.digamma(a + b))", "g*out*(sp.digamma(b) - sp.digamma(a + b))"),
    "betaln(a, b)": ("g*(sp.digamma(a) - sp.digamma(a + b))", "g*(sp.digamma(b) - sp.digamma(a + b))"),
    "binom(n, k)": (
        "g*out*(sp.digamma(n + 1.0) - sp.digamma(n - k + 1.0))",
        "g*out*(sp.digamma(n - k + 1.0) - sp.digamma(k + 1.0))",
    ),
    "gammainc(a, x)": (_NO, "g*np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))"),
    "gammaincc(a, x)": (_NO, "-g*np.exp(sp.xlogy(a - 1.0, x) - x - sp.gammaln(a))"),
    "gammaincinv(a, y)": (_NO, "g*np.exp(out - sp.xlogy(a - 1.0, out) + sp.gammaln(a))"),
    "gammainccinv(a, y)": (_NO, "-g*np.exp(out - sp.xlogy(a - 1.0, out) + sp.gammaln(a))"),
    "betainc(a, b, x)": (
        _NO, _NO, "g*np.exp(sp.xlogy(a - 1.0, x) + sp.xlog1py(b - 1.0, -x) - sp.betaln(a, b))",
    ),
    "betaincc(a, b, x)": (
        _NO, _NO, "-g*np.exp(sp.xlogy(a - 1.0, x) + sp.xlog1py(b - 1.0, -x) - sp.betaln(a, b))",
    ),
    "betaincinv(a, b, y)": (
        _NO, _NO, "g*np.exp(sp.betaln(a, b) - sp.xlogy(a - 1.0, out) - sp.xlog1py(b - 1.0, -out))",
    ),
    # ---- error functions and the normal distribution
    "erf(x)": ("g*(1.1283791670955126*np.exp(-x*x))",),
    "erfc(x)": ("-g*(1.1283791670955126*np.exp(-x*x))",),
    "erfcx(x)": ("g*(2.0*x*out - 1.1283791670955126)",),
    "erfi(x)": ("g*(1.1283791670955126*np.exp(x*x))",),
    "dawsn(x)": ("g*(1.0 - 2.0*x*out)",),
    "wofz(x)": ("g*(1.1283791670955126j - 2.0*x*out)",),
    "erfinv(y)": ("g*(0.886226925452758*np.exp(out*out))",),
    "erfcinv(y)": ("-g*(0.886226925452758*np.exp(out*out))",),
    "ndtr(x)": ("g*(0.3989422804014327*np.exp(-0.5*x*x))",),
    "log_ndtr(x)": ("g*(0.7978845608028654/sp.erfcx(-0.7071067811865476*x))",),
    "ndtri(p)": ("g*(2.5066282746310002*np.exp(0.5*out*out))",),
    "ndtri_exp(y)": ("g*(2.5066282746310002*np.exp(y + 0.5*out*out))",),
    "owens_t(h, a)": (
        "-g*(0.19947114020071635*np.exp(-0.5*h*h)*sp.erf(0.7071067811865476*a*h))",
        "g*(0.15915494309189535*np.exp(-0.5*h*h*(1.0 + a*a))/(1.0 + a*a))",
    ),
    # ---- logistic functions, entropies, losses
    "expit(x)": ("g*out*sp.expit(-x)",),
    "log_expit(x)": ("g*sp.expit(-x)",),
    "logit(x)": ("div(g, x*(1.0 - x))",),
    "xlogy(x, y)": ("g*np.log(y)", "g*np.where(np.equal(x, 0), 0.0, x/np.asarray(y))"),
    "xlog1py(x, y)": ("g*np.log1p(y)", "g*np.where(np.equal(x, 0), 0.0, x/np.asarray(1.0 + y))"),
    "entr(x)": ("-g*(np.log(x) + 1.0)",),
    "rel_entr(x, y)": ("g*(np.log(x) - np.log(y) + 1.0)", "div(-g*x, y)"),
    "kl_div(x, y)": ("g*(np.log(x) - np.log(y))", "g*(1.0 - div(x, y))"),
    "huber(delta, r)": (
        "g*np.maximum(np.abs(r) - delta, 0.0)", "g*np.minimum(np.maximum(r, -delta), delta)",
    ),
    "pseudo_huber(delta, r)": (
        "g*div(2.0*out - r*r/np.sqrt(1.0 + div(r, delta)*div(r, delta)), delta)",
        "g*r/np.sqrt(1.0 + div(r, delta)*div(r, delta))",
    ),
    "boxcox(x, lmbda)": ("g*np.exp(sp.xlogy(lmbda - 1.0, x))", _NO),
    "boxcox1p(x, lmbda)": ("g*np.exp(sp.xlog1py(lmbda - 1.0, x))", _NO),
    "inv_boxcox(y, lmbda)": ("g*np.exp(sp.xlogy(1.0 - lmbda, out))", _NO),
    # ---- elementary functions
    "expm1(x)": ("g*np.exp(x)",),
    "log1p(x)": ("div(g, 1.0 + x)",),
    "cosm1(x)": ("-g*np.sin(x)",),
    "exp2(x)": ("g*(0.6931471805599453*out)",),
    "exp10(x)": ("g*(2.302585092994046*out)",),
    "cbrt(x)": ("div(g, 3.0*out*out)",),
    "exprel(x)": ("g*(0.5*sp.hyp1f1(2.0, 3.0, x))",),
    "sindg(x)": ("g*(0.017453292519943295*sp.cosdg(x))",),
    "cosdg(x)": ("-g*(0.017453292519943295*sp.sindg(x))",),
    "tandg(x)": ("g*(0.017453292519943295*(1.0 + out*out))",),
    # ---- integrals
    "expi(x)": ("div(g*np.exp(x), x)",),
    "exp1(x)": ("div(-g*np.exp(-x), x)",),
    "spence(x)": ("-g*sp.hyp2f1(1.0, 1.0, 2.0, 1.0 - x)",),
    "wrightomega(x)": ("g*(out/(1.0 + out))",),
    "ellipk(m)": ("g*(0.39269908169872414*sp.hyp2f1(1.5, 1.5, 2.0, m))",),
    "ellipkm1(p)": ("-g*(0.39269908169872414*sp.hyp2f1(1.5, 1.5, 2.0, 1.0 - p))",),
    "ellipe(m)": ("-g*(0.39269908169872414*sp.hyp2f1(0.5, 1.5, 2.0, m))",),
    "ellipkinc(phi, m)": (
        "g/np.sqrt(1.0 - m*np.sin(phi)*np.sin(phi))",
        "g*0.5*((sp.ellipeinc(phi, m)/(1.0 - m) - out)/np.asarray(m)"
        " - np.sin(phi)*np.cos(phi)/((1.0 - m)*np.sqrt(1.0 - m*np.sin(phi)*np.sin(phi))))",
    ),
    "ellipeinc(phi, m)": (
        "g*np.sqrt(1.0 - m*np.sin(phi)*np.sin(phi))", "g*(0.5*(out - sp.ellipkinc(phi, m))/np.asarray(m))",
    ),
    # ---- Bessel functions, in the argument
    "j0(x)": ("-g*sp.j1(x)",),
    "j1(x)": ("g*0.5*(sp.j0(x) - sp.jv(2, x))",),
    "y0(x)": ("-g*sp.y1(x)",),
    "y1(x)": ("g*0.5*(sp.y0(x) - sp.yn(2, x))",),
    "i0(x)": ("g*sp.i1(x)",),
    "i1(x)": ("g*0.5*(sp.i0(x) + sp.iv(2, x))",),
    "k0(x)": ("-g*sp.k1(x)",),
    "k1(x)": ("-g*0.5*(sp.k0(x) + sp.kn(2, x))",),
    "i0e(x)": ("g*(sp.i1e(x) - np.sign(x)*out)",),
    "i1e(x)": ("g*(0.5*(sp.i0e(x) + sp.ive(2, x)) - np.sign(x)*out)",),
    "k0e(x)": ("g*(out - sp.k1e(x))",),
    "k1e(x)": ("g*(out - 0.5*(sp.k0e(x) + sp.kve(2, x)))",),
    "jv(v, z)": (_NO, "g*0.5*(sp.jv(v - 1, z) - sp.jv(v + 1, z))"),
    "yv(v, z)": (_NO, "g*0.5*(sp.yv(v - 1, z) - sp.yv(v + 1, z))"),
    "yn(n, x)": (_NO, "g*0.5*(sp.yv(n - 1, x) - sp.yv(n + 1, x))"),
    "kn(n, x)": (_NO, "-g*0.5*(sp.kv(n - 1, x) + sp.kv(n + 1, x))"),
    "iv(v, z)": (_NO, "g*0.5*(sp.iv(v - 1, z) + sp.iv(v + 1, z))"),
    "kv(v, z)": (_NO, "-g*0.5*(sp.kv(v - 1, z) + sp.kv(v + 1, z))"),
    "ive(v, z)": (_NO, "g*(0.5*(sp.ive(v - 1, z) + sp.ive(v + 1, z)) - np.sign(z)*out)"),
    "kve(v, z)": (_NO, "g*(out - 0.5*(sp.kve(v - 1, z) + sp.kve(v + 1, z)))"),
    "hankel1(v, z)": (_NO, "g*0.5*(sp.hankel1(v - 1, z) - sp.hankel1(v + 1, z))"),
    "hankel2(v, z)": (_NO, "g*0.5*(sp.hankel2(v - 1, z) - sp.hankel2(v + 1, z))"),
    # ---- hypergeometric functions and orthogonal polynomials, in the argument
    "hyp0f1(v, z)": (_NO, "g*sp.hyp0f1(v + 1.0, z)/v"),
    "hyp1f1(a, b, x)": (_NO, _NO, "g*(a/b)*sp.hyp1f1(a + 1.0, b + 1.0, x)"),
    "hyp2f1(a, b, c, z)": (_NO, _NO, _NO, "g*(a*b/c)*sp.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z)"),
    "eval_legendre(n, x)": (
        _NO, "g*np.where(np.equal(n, 0), 0.0, 0.5*(n + 1)*sp.eval_jacobi(n - 1, 1.0, 1.0, x))",
    ),
    "eval_chebyt(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, n*sp.eval_chebyu(n - 1, x))"),
    "eval_chebyu(n, x)": (_NO, "g*np.where(np.equal(n, 0), 0.0, 2.0*sp.eval_gegenbauer(n - 1, 2.0, x))"),
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
    "stdtr(df, t)": (
        _NO, "g*np.exp(-sp.betaln(0.5*df, 0.5) - 0.5*(df + 1.0)*np.log1p(t*t/df))/np.sqrt(df)",
    ),
    "chdtr(v, x)": (_NO, "g*0.5*np.exp(sp.xlogy(0.5*v - 1.0, 0.5*x) - 0.5*x - sp.gammaln(0.5*v))"),
}  # fmt: skip


def _made(text: str | None, name: str, argument: str) -> Text | None:
    if text == _NO:
        return refuse(f"the derivative of scipy.special.{name} in {argument!r}")
    return None if text is None else _SHORT.sub("scipy.special.", text)


def _enter() -> None:
    for head, texts in _UFUNCS.items():
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
        vjp = {
            n: t for n, text in zip(names, texts, strict=True) if (t := _made(text, name, n)) is not None
        }
        rule = Rule(
            f"scipy.special.{name}", signature, results.of_ufunc(function, names), vjp=vjp,
            form="elementwise", writes=("out",),
        )  # fmt: skip
        register(rule, function)


_enter()


def _plain(
    name: str,
    signature: str,
    kind: Callable[[Bound], Kind],
    *texts: str | None,
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


_plain("polygamma", "n, x", _double("n", "x"), _NO, "g*sp.polygamma(n + 1, x)")
_plain("lambertw", "z, k=0, tol=1e-8", _like("z", "complex"), "g*np.exp(-out)/(1.0 + out)")
if hasattr(special, "softplus"):  # since SciPy 1.15
    _plain("softplus", "x", _double("x"), "g*sp.expit(x)")
_plain("zeta", "x, q=1.0", _double("x", "q"), _NO, "-g*x*sp.zeta(x + 1.0, q)")
_plain(
    "multigammaln",
    "a, d",
    _double("a"),
    "g*np.sum(sp.digamma(np.expand_dims(a, -1) - 0.5*np.arange(d)), axis=-1)",
    form="structural",
    jvp={"a": "a_dot*np.sum(scipy.special.digamma(np.expand_dims(a, -1) - 0.5*np.arange(d)), axis=-1)"},
)
for _name, _signature in (
    ("comb", "N, k, *, exact=False, repetition=False"), ("perm", "N, k, exact=False"),
    ("factorial", "n, exact=False, extend='zero'"), ("factorial2", "n, exact=False, extend='zero'"),
):  # fmt: skip
    _names = [n for n in parse_signature(_signature) if n in ("N", "k", "n")]
    _plain(
        _name, _signature,
        lambda b: kinds.OBJECT if b.static("exact") is not False else kinds.num(None, "float64"),
        *([_NO] * len(_names)),
    )  # fmt: skip
