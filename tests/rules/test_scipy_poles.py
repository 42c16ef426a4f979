"""Functions of SciPy at their poles and at infinity, under `-W error`: derivatives that do not raise or warn, and their values."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

import s2sad
from support import load

inf = np.inf
CASES: list[tuple[str, Any, Any]] = [
    ("scipy.special.entr(x)", 0.0, inf),
    # no pole of gamma(a) at a small parameter, and no endless series at a large one
    ("scipy.special.gammainc(x, 0.5)", np.array([0.0, 1e-200, 1e-8, 0.3]), np.array([-0.5597735947761608]*2 + [-0.5597736006437566, -0.6561189251391673])),
    ("scipy.special.gammaincc(x, 5.0)", 0.0, 0.0011482955912753257),
    ("scipy.special.gammainc(x, 1e20)", np.array([1e20, 1e200]), np.array([-3.9894228040143265e-11, 0.0])),
    ("scipy.special.gammainc(x, 1.1e6)", 1.1e6, -0.00038037656844749765),
    ("scipy.special.betainc(x, 0.5, 0.001)", np.array([1e-8, 1e200]), np.array([-8.293548731779524, 0.0])),
    ("scipy.special.betainc(2.0, x, 1e-9)", 1e200, 0.0),
    ("scipy.special.gammainc(x, 1.0)", inf, 0.0),
    ("scipy.special.gammainc(2.5, x)", np.array([inf, 0.0]), np.array([0.0, 0.0])),
    ("scipy.special.betainc(x, 0.5, 0.3)", np.array([0.0, 1e-9]), np.array([-2.4198702426718937, -2.4198702338743727])),
    ("scipy.special.betainc(0.5, x, 0.3)", 0.0, 1.2302440093121525),
    # the densities of a large parameter: sqrt(a/(2*pi))/a at x = a, and that of betainc(a, a, 1/2)
    ("scipy.special.gammainc(1e10, x)", 1e10, 3.989422803981768e-06),
    ("scipy.special.betainc(1e10, 1e10, x)", 0.5, 112837.91670814392),
    ("scipy.special.gammaincinv(x, 0.5)", 1e10, 1.0),
    ("scipy.special.pdtr(1e12, x)", 1e12, -3.98942280401e-07),
    ("scipy.special.bdtr(2, 2, x)", 1.0, 0.0),
    ("scipy.special.agm(x, 2.0)", np.array([0.0, 1e-200, 2.0]), np.array([inf, 1.468064924150719e195, 0.5])),
    ("scipy.special.pseudo_huber(x, 0.5)", 0.0, 0.5),
    ("scipy.special.inv_boxcox(0.5, x)", np.array([1e200, 0.0]), np.array([0.0, -0.125*np.exp(0.5)])),
    ("scipy.special.tklmbda(0.5, x)", np.array([1e-9, 0.0, 1e-200]), 0.08508038960103016),
    ("scipy.special.voigt_profile(0.3, x, 0.5)", np.array([0.0, 1e-9]), np.array([0.0, 1.619732781313813e-10])),
    ("scipy.special.voigt_profile(x, 1.0, 0.5)", np.array([inf, 1e6]), np.array([0.0, -1.0/np.pi*1e-18])),
    ("scipy.special.wofz(x + 0.5j).real", 1e8, -5.641895835477564e-25),
    ("scipy.special.kolmogorov(x)", np.array([1e-200, inf, 1.0]), np.array([0.0, 0.0, -1.071948558356942])),
    ("scipy.special.zeta(x, 1.0)", 1e200, 0.0),
    ("scipy.special.betaln(x, 0.5)", np.array([1e10, 2.0]), np.array([-5.000000000125e-11, -0.280372305546776])),
    # a pole of the divisor, and one that another cancels
    ("scipy.special.poch(x, 2.0)", np.array([0.0, -1.0, -2.0, -3.0]), np.array([1.0, -1.0, -3.0, -5.0])),
    ("scipy.special.poch(x, 0.3)", 0.0, special.gamma(0.3)),
    ("scipy.special.binom(x, 3.0)", np.array([0.0, 1.0, 2.0, 5.0]), np.array([1/3, -1/6, 1/3, 47/6])),
    ("scipy.special.binom(5.0, x)", np.array([-1.0, 6.0, 7.0]), np.array([1/6, -1/6, 1/42])),
    ("scipy.special.beta(x, 0.5)", -0.5, -2.0*np.pi),
    ("scipy.special.beta(2.0, x)", np.array([-2.0, -3.0, 1e-5]), np.array([0.75, 5/36, -(1/1e-10 - 1/(1 + 1e-5)**2)])),
    ("scipy.special.poch(x, 2.0)", np.array([1e10, 1.5]), np.array([20000000001.0, 4.0])),
    ("scipy.special.exprel(x)", np.array([1e200, 1.0, -1.0, -1e8]), np.array([inf, 1.0, 0.2642411176571153, 1e-16])),
    ("scipy.special.boxcox(2.0, x)", np.array([1e200, -1e8, 0.0]), np.array([inf, 1e-16, 0.2402265069591007])),
    ("scipy.special.i1e(x)", np.array([1e20, -1e8, 40.0]), np.array([-1.9947114020071634e-31, -1.9947113945269957e-13, -0.000766004926067782])),
    ("scipy.special.k1e(x)", np.array([1e20, 31.0]), np.array([-6.266570686577501e-31, -0.00376030265031442])),
    ("scipy.special.logit(x)", 1e-200, 1e200),
    ("scipy.special.rgamma(x)", np.array([inf, 0.0, -1.0, -2.0, 1e200]), np.array([0.0, 1.0, -1.0, 2.0, 0.0])),
    ("scipy.special.rgamma(x)", inf, 0.0),
    ("scipy.special.erfcx(x)", np.array([inf, 1e200, 1e8, -inf]), np.array([0.0, 0.0, -5.641895835477562e-17, -inf])),
    ("scipy.special.erfcx(x)", 1e4, -5.641895750849128e-09),
    ("scipy.special.dawsn(x)", np.array([inf, -inf, -1e200, 1e8]), np.array([0.0, 0.0, 0.0, -5e-17])),
    ("scipy.special.dawsn(x)", -inf, 0.0),
    ("scipy.special.xlogy(0.5, x)", 0.0, inf),
    ("scipy.special.xlogy(0.0, x)", 0.0, 0.0),
    ("scipy.special.logit(x)", 0.0, inf),
    ("scipy.special.cbrt(x)", 0.0, inf),
    ("scipy.special.betaln(2.0, x)", np.array([inf, 1.0]), np.array([0.0, -1.5])),
    ("scipy.special.log_ndtr(x)", np.array([-1e8, 0.0, 50.0]), np.array([1e8, 0.7978845608028654, 0.0])),
    ("scipy.special.expit(x)", np.array([-800.0, 800.0]), np.array([0.0, 0.0])),
    ("scipy.special.logsumexp(x)", np.array([1e200, 0.0]), np.array([1.0, 0.0])),
    ("scipy.special.exprel(x)", 0.0, 0.5),
    ("scipy.special.sici(x)[0]", 0.0, 1.0),  # the slope of the other result, which nobody uses, is infinite
    ("scipy.special.shichi(x)[0]", np.array([0.0, 0.0]), np.array([1.0, 1.0])),
    ("scipy.special.factorial(x)", np.array([-1.0, -0.5, 0.0]), np.array([0.0, 0.0, -0.5772156649015329])),
    ("scipy.special.sph_harm_y(1, 0, x, 0.3).real", 0.0, 0.0),
    ("scipy.special.sph_harm_y(1, 1, x, 0.0).real", 0.0, -0.3454941494713355),
    ("scipy.special.ellipe(x)", 0.0, -0.39269908169872414),
    ("scipy.stats.gamma.logpdf(x, 2.0)", np.array([-1.0, 1.0]), np.array([0.0, 0.0])),
    ("scipy.stats.gamma.logpdf(x, 3.0)", -1.0, 0.0),
    ("scipy.stats.expon.logpdf(x)", np.array([-1.0, 2.0]), np.array([0.0, -1.0])),
    ("scipy.special.ellipkinc(0.7, x)", np.array([-1e-20, 0.0, 1e-3]), np.array([0.05181878375144247]*2 + [0.05183874574025032])),
    ("scipy.special.ellipeinc(0.7, x)", 0.0, -0.05181878375144247),
    ("scipy.special.ellipk(x)", np.array([-1e20, 0.0]), np.array([1.1706072645530174e-29, 0.39269908169872414])),
    ("scipy.special.ellipkm1(x)", np.array([1e-20, 1.0]), np.array([-5e19, -0.39269908169872414])),
    ("scipy.special.spence(x)", np.array([1e-200, 1.0, 1e20]), np.array([-460.51701859880916, -1.0, -4.605170185988091e-19])),
    ("scipy.special.zeta(x, None)", 2.0, -0.9375482543158438),
    ("scipy.stats.norm.logcdf(x)", -40.0, 40.02496884720727),
    ("scipy.stats.norm.cdf(x)", inf, 0.0),
    ("scipy.stats.gamma.cdf(np.inf, x, scale=x)", 1.5, 0.0),
    ("scipy.stats.weibull_min.sf(x, 1.5)", np.array([inf, 1.0]), np.array([0.0, -0.5518191617571635])),
    ("scipy.spatial.distance.cdist(x, np.zeros((1, 2)))", np.zeros((1, 2)), np.zeros((1, 2))),
    ("np.linalg.norm(x, 'nuc')", np.zeros((2, 2)), np.zeros((2, 2))),
    ("np.linalg.vector_norm(x)", np.zeros(3), np.zeros(3)),
]


@pytest.mark.parametrize(("call", "at", "slope"), CASES, ids=[f"{c}-{np.ndim(a)}" for c, a, _ in CASES])
def test_pole(call: str, at: Any, slope: Any, tmp_path: Path) -> None:
    modules = "import numpy as np\nimport scipy.spatial.distance\nimport scipy.special\nimport scipy.stats\n"
    fun = load(f"{modules}\n\ndef f(x):\n    return np.sum({call})\n", tmp_path).f
    made = s2sad.grad(fun)(at)
    np.testing.assert_allclose(made, slope, rtol=1e-8, atol=1e-300)
    if np.ndim(at) == 0:
        np.testing.assert_allclose(s2sad.jvp(fun, (at,), (1.0,))[1], slope, rtol=1e-8)
        np.testing.assert_allclose(s2sad.grad(fun)(np.float64(at)), slope, rtol=1e-8)


@pytest.mark.parametrize("name", ["spherical_jn", "spherical_yn", "spherical_in", "spherical_kn", "yn", "kn", "expn"])
def test_orders_that_are_cut_off(name: str, tmp_path: Path) -> None:
    """SciPy makes an integer of the order 1.5, some without a word, and the derivative is that of the order 1."""
    fun = load(f"import scipy.special\n\n\ndef f(n, x):\n    return scipy.special.{name}(n, x)\n", tmp_path).f
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for at in (s2sad.grad(fun, 1), lambda n, x: s2sad.hvp(fun, 1)(n, x, 1.0)):
            assert at(1.5, 0.7) == at(1, 0.7) == at(1.0, 0.7)


BENT: list[tuple[str, float, float]] = [
    ("scipy.special.poch(x, 2.0)", -1.0, 2.0),
    ("scipy.special.binom(x, 3.0)", 2.0, 1.0),
    ("scipy.special.binom(5.0, x)", 6.0, 49/60),
    ("scipy.special.beta(2.0, x)", -2.0, 1.75),
    ("scipy.special.log_ndtr(x)", 100.0, 0.0),
    ("scipy.special.log_ndtr(x)", inf, 0.0),
    ("scipy.special.log_ndtr(x)", -30.0, -0.9988962284882),
    ("scipy.special.erfcx(x)", 30.0, 4.1653092384459e-05),
    ("scipy.special.ellipkinc(0.7, x)", 0.0, 0.019954460396442733),
    ("scipy.special.ellipeinc(0.7, x)", -1e-20, -0.006651486798814244),
    ("scipy.special.ellipk(x)", 0.75, 7.653502574931426),
    ("scipy.special.ellipe(x)", -3.0, -0.02419790059504182),
    ("scipy.special.spence(x)", 1e-20, 1e20),
    ("scipy.special.gammainc(2.0, x)", 0.0, 1.0),
    ("scipy.special.chdtrc(4.0, x)", 0.0, -0.25),
    ("scipy.special.betainc(2.0, 3.0, x)", 0.0, 12.0),
    ("scipy.special.factorial(x)", 0.0, 1.978111990655945),
    ("scipy.special.tklmbda(0.5, x)", 0.0, 0.06203160747029512),
    ("scipy.special.voigt_profile(0.3, x, 0.5)", 0.0, 0.16197327813138132),
    ("scipy.special.betainc(x, 0.5, 0.3)", 0.0, 8.797518791492955),
    ("scipy.special.i0e(x)", 1e20, 2.992067103010745e-51),
    ("scipy.special.k0e(x)", 1e8, 9.399855971117152e-21),
    ("scipy.special.logit(x)", 1e-200, -inf),
    ("np.arccosh(x)", 1.0, -inf),
    ("np.fmod(0.5, x)", 1e-200, 0.0),
]


@pytest.mark.parametrize(("call", "at", "bend"), BENT, ids=[f"{c} at {a}" for c, a, _ in BENT])
def test_second_derivatives(call: str, at: float, bend: float, tmp_path: Path) -> None:
    """Where the formula of the first derivative cancels, or is a quotient of two infinite numbers, its own derivative is right."""
    fun = load(f"import numpy as np\nimport scipy.special\n\n\ndef f(x):\n    return {call}\n", tmp_path).f
    np.testing.assert_allclose(s2sad.hvp(fun)(at, 1.0), bend, rtol=1e-7)
    np.testing.assert_allclose(s2sad.grad(s2sad.grad(fun))(np.float64(at)), bend, rtol=1e-7)


@pytest.mark.parametrize("x", [np.inf, -np.inf, np.array([0.3, np.inf])], ids=["inf", "-inf", "array"])
@pytest.mark.parametrize("kind", ["logpdf", "pdf", "cdf", "sf", "logcdf", "logsf"])
@pytest.mark.parametrize("law", ["norm", "cauchy", "laplace", "logistic", "halfnorm", "expon", "uniform", "t"])
def test_densities_at_infinity(law: str, kind: str, x: object) -> None:
    """An observation may be censored at infinity: no argument has the derivative nan there."""
    shape = (3.0,) if law == "t" else ()
    fun = getattr(getattr(stats, law), kind)
    out, pullback = s2sad.vjp(fun, x, *shape, 0.2, 1.5)
    ones = np.ones_like(out) if isinstance(out, np.ndarray) else type(out)(1.0)
    found = pullback(ones)
    assert not any(np.any(np.isnan(g)) for g in (found[0], found[-2], found[-1])), found
    if kind in ("pdf", "cdf", "sf"):
        infinite = np.isinf(np.ravel(x))
        assert np.all(np.ravel(found[0])[infinite] == 0.0)


def integral(phi: float, m: float, a: float, n: int) -> float:
    """The n-th derivative in m of the integral of (1 - m*sin(t)**2)**-a from 0 to phi."""
    points = [k*np.pi/2 for k in range(1, 5) if k*np.pi/2 < phi]
    value, _ = integrate.quad(lambda t: np.sin(t)**(2*n)*(1.0 - m*np.sin(t)**2)**(-a - n), 0.0, phi, epsabs=0.0, epsrel=1e-12, limit=200, points=points or None)
    return float(special.poch(a, n))*value


@pytest.mark.parametrize(("name", "a"), [("ellipkinc", 0.5), ("ellipeinc", -0.5)])
@pytest.mark.parametrize("phi", [0.7, 1e-3, 1.5, 2.0, 5.5])
def test_elliptic_integrals_in_the_parameter(name: str, a: float, phi: float, tmp_path: Path) -> None:
    """Near m = 1 the textbook's formula divides two numbers that cancel; near m = 0 as well."""
    fun = load(f"import scipy.special\n\n\ndef f(phi, m):\n    return scipy.special.{name}(phi, m)\n", tmp_path).f
    for m in (0.0, 1e-9, 0.4, -3.0, -1e4, 0.97, *((1.0 - 1e-9, 1.0) if phi < 1.55 else ())):
        by_phi, by_m = s2sad.grad(fun, (0, 1))(phi, m)
        d = 1.0 - m*np.sin(phi)**2
        np.testing.assert_allclose([by_phi, by_m], [d**-a, integral(phi, m, a, 1)], rtol=3e-10)
        bend = s2sad.jvp(s2sad.grad(fun, (0, 1)), (phi, m), (0.0, 1.0))[1]
        np.testing.assert_allclose(bend, [a*np.sin(phi)**2*d**(-a - 1), integral(phi, m, a, 2)], rtol=3e-10)
        other = s2sad.vjp(s2sad.grad(fun, 1), phi, m)[1](1.0)
        np.testing.assert_allclose(other, bend, rtol=1e-12)


def test_complete_elliptic_integrals() -> None:
    """Their differential equations, p*m*K'' = K/4 - (1 - 2*m)*K' and 4*m*p*E'' + 4*p*E' + E = 0 with p = 1 - m."""
    m = np.array([-1e6, -3.0, -0.2, 1e-3, 0.5, 0.999])
    p, ones = 1.0 - m, np.ones(6)
    bend, slope = s2sad.hvp(lambda m: np.sum(special.ellipk(m)))(m, ones), s2sad.grad(lambda m: np.sum(special.ellipk(m)))(m)
    np.testing.assert_allclose(p*m*bend, special.ellipk(m)/4.0 - (1.0 - 2.0*m)*slope, rtol=1e-9)
    bend, slope = s2sad.hvp(lambda m: np.sum(special.ellipe(m)))(m, ones), s2sad.grad(lambda m: np.sum(special.ellipe(m)))(m)
    np.testing.assert_allclose(4.0*m*p*bend + 4.0*p*slope, -special.ellipe(m), rtol=1e-9)
    assert s2sad.hvp(special.ellipkm1)(1e-20, 1.0) == pytest.approx(0.5e40)
