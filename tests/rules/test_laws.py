"""Distributions of scipy.stats: every formula of their tables, and what arguments of other forms and odd places give.

    test_slopes     all functions of all distributions in all arguments, against differences of SciPy's own values
    test_moments    means, variances, entropies and medians in the same way
    test_pairs      intervals of frozen laws, mean and variance together
    test_narrow     the same formulas of float16: the numbers of double precision
    test_small      whole programs whose points or parameters are small integers, bools or float32
    test_far        tails, the edges of a support, a scale of 0, infinite and missing observations
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
from scipy import stats

import s2sad
from s2sad.ir import kinds
from s2sad.rules import registry
from s2sad.rules.law_moments import MOMENTS
from s2sad.rules.laws import LAWS
from s2sad.rules.more_laws import MORE
from s2sad.rules.registry import RULES, Rule
from s2sad.runtime import HELPERS
from support import check_jvp, check_vjp, load

SHAPES = {
    "loguniform": (0.5, 5.0), "truncnorm": (-1.0, 2.0), "triang": (0.5,), "wrapcauchy": (0.5,), "skewcauchy": (0.5,),
    "norminvgauss": (1.5, 0.5), "trapezoid": (0.25, 0.75), "genhalflogistic": (0.5,), "argus": (1.5,), "pearson3": (0.5,),
    "truncpareto": (1.5, 4.0), "genextreme": (0.25,), "burr": (2.5, 1.5), "f": (3.0, 5.0), "exponnorm": (1.5,),
}  # fmt: skip
PARAMETERS = {  # of finite moments, none of which is an integer where it is active
    "genpareto": (0.2,), "triang": (0.4,), "loguniform": (0.5, 5.0), "truncnorm": (-1.0, 2.0), "poisson": (2.5,), "exponnorm": (1.5,), "lognorm": (0.5,),
    "binom": (5, 0.3), "bernoulli": (0.3,), "geom": (0.3,), "nbinom": (2.5, 0.3), "betabinom": (5, 1.5, 2.5), "skellam": (2.0, 1.5),
}  # fmt: skip
METHODS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
SPACE = {"np": np, "math": math, "scipy": scipy, "div": lambda p, q: p/q, **HELPERS}
LAW_NAMES = sorted(LAWS | MORE)


def arguments(name: str, method: str) -> dict[str, Any]:
    """Two points and the parameters, all numbers of float16."""
    law, rule = getattr(stats, name), registry.rule(f"scipy.stats.{name}.{method}")
    shapes = SHAPES.get(name, (1.5, 2.5))
    given = dict(zip(list(rule.signature)[1:-2], shapes, strict=False))
    x = [0.25, 0.625] if "q" in rule.signature else np.float16(0.25 + 1.5*law.ppf([0.375, 0.75], *given.values()))
    return {next(iter(rule.signature)): np.array(x, float), **given, "loc": 0.25, "scale": 1.5}


def slopes(name: str, method: str, dtype: str = "float64") -> Iterator[tuple[str, Any]]:
    """Each argument, and the derivative in it that the text of the rule gives."""
    rule, given = registry.rule(f"scipy.stats.{name}.{method}"), arguments(name, method)
    return evaluated(rule, given, getattr(getattr(stats, name), method)(*given.values()), dtype)


def evaluated(rule: Rule, given: dict[str, Any], out: Any, dtype: str = "float64") -> Iterator[tuple[str, Any]]:
    args = {n: np.array(v, dtype, ndmin=1) for n, v in given.items()}
    bound = registry.Bound({n: kinds.array(v.shape, dtype) for n, v in args.items()}, {})
    for n, text in rule.vjp.items():
        try:
            made = text(bound) if callable(text) else text
        except NotImplementedError:
            continue
        if made is None:
            yield n, 0.0
            continue
        yield n, eval(made, {**SPACE, **args, "g": 1.0, "out": out})


@pytest.mark.parametrize("name", LAW_NAMES)
def test_slopes(name: str) -> None:
    for method in METHODS:
        given, fun = arguments(name, method), getattr(getattr(stats, name), method)
        for n, slope in slopes(name, method):
            step = 1e-4*np.abs(given[n])
            near, far = (fun(**given | {n: given[n] + k*step}) - fun(**given | {n: given[n] - k*step}) for k in (1, 2))
            expected = (8.0*near - far)/(12.0*step)
            np.testing.assert_allclose(slope + 0.0*expected, expected, rtol=1e-5, atol=1e-7, err_msg=f"{name}.{method} in {n}")


@pytest.mark.parametrize("name", sorted(MOMENTS))
def test_moments(name: str) -> None:
    for method in ("mean", "var", "std", "entropy", "median"):
        rule = RULES.get(f"scipy.stats.{name}.{method}")
        if rule is None:
            continue
        given = dict(zip(rule.signature, (*PARAMETERS.get(name, (5.5, 6.5)[: len(rule.signature) - 2]), 0.25, 1.5), strict=False))
        fun = getattr(getattr(stats, name), method)
        for n, slope in evaluated(rule, given, fun(**given)):
            above, below = (fun(**given | {n: given[n] + h}) for h in (1e-5, -1e-5))
            np.testing.assert_allclose(slope, (above - below)/2e-5, rtol=1e-6, atol=1e-9, err_msg=f"{name}.{method} in {n}")


@pytest.mark.parametrize("name", LAW_NAMES)
def test_narrow(name: str) -> None:
    """SciPy computes in double precision: a formula that keeps to the dtype of its operands loses three quarters of the digits."""
    for method in ("logpdf", "logsf", "ppf"):
        for (n, narrow), (_, wide) in zip(slopes(name, method, "float16"), slopes(name, method), strict=True):
            np.testing.assert_allclose(narrow, wide, rtol=1e-12, err_msg=f"{name}.{method} in {n}")


SMALL = """
import numpy as np
import scipy.stats


def f(p, x, k):
    total = np.sum(scipy.stats.t.logpdf(x, p[0])) + np.sum(scipy.stats.pareto.logpdf(p + 1.0, k))
    total = total + np.sum(scipy.stats.vonmises.logpdf(x, p[1]))
    for i in range(2):
        total = total + np.sum(scipy.stats.binom.logpmf(x, 120, p[i]/5.0))
    return total + np.sum(scipy.stats.lognorm.cdf(p[2], k)*p)
"""


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "bool", "float16"])
def test_small(dtype: str, tmp_path: Path) -> None:
    """np.cos of int8 is a float16, -k of uint8 is 253, x*x of int8 overflows, and -k of a bool raises."""
    fun = load(SMALL, tmp_path).f
    p, x = np.array([2.5, 0.7, 1.3]), np.array([1, 0, 1]) if dtype == "bool" else np.array([1, 100, 20])
    k = np.array([1, 1, 1]) if dtype == "bool" else np.array([3, 1, 2])
    narrow, wide = ((p, x.astype(kind), k.astype(kind)) for kind in (dtype, "float64"))
    np.testing.assert_allclose(s2sad.grad(fun)(*narrow), s2sad.grad(fun)(*wide), rtol=1e-12)
    np.testing.assert_allclose(s2sad.hvp(fun)(*narrow, p), s2sad.hvp(fun)(*wide, p), rtol=1e-12)


FAR: list[tuple[str, Any, Any]] = [
    ("norm.logsf(x)", 1e8, -1e8),
    ("norm.logcdf(0.0, x, 0.5)", 1e7, -4e7),
    ("gumbel_r.logcdf(x)", np.array([-30.0, -33.0]), np.exp([30.0, 33.0])),
    ("weibull_min.logsf(x, 2.0, 0.0, 2.0)", 1e9, -5e8),
    ("lognorm.logsf(1.5, x)", 1e-6, np.log(1.5)**2*1e18),
    ("beta.logpdf(x, 2.0, 0.5)", 1e-20, 1e20),
    ("t.cdf(np.array([np.inf, 1.0]), x)", 3.0, 0.011110456714646944),
    ("f.logcdf(np.inf, 2.0, x)", 3.0, 0.0),
    ("gumbel_l.cdf(x)", np.inf, 0.0),
    ("powerlaw.cdf(0.0, x)", 1.0, 0.0),
    ("gamma.ppf(0.0, x)", 1.5, 0.0),
    ("gamma.logpdf(x, 1.0)", 0.0, -1.0),
    ("gamma.logpdf(0.0, 1.0, scale=x)", 2.0, -0.5),
    ("weibull_min.logpdf(0.0, 1.0, scale=x)", 2.0, -0.5),
    ("beta.logpdf(np.array([0.0, 0.5]), 1.0, x)", 2.0, 1.0 + np.log(0.5)),
    ("halfgennorm.logpdf(0.0, x)", 0.5, 3.6911373403938685),
    ("poisson.logpmf(0, x)", 0.0, -1.0),
    ("poisson.pmf([0, 1, 2], x)*[1.0, 3.0, 5.0]", 0.0, 2.0),
    ("binom.pmf([0, 1, 2, 4, 5], 5, x)*[1.0, 3.0, 5.0, 6.0, 7.0]", 1.0, 5.0),
    ("bernoulli.pmf([0, 1, 1], x)", 0.0, 1.0),
    ("t.logpdf(0.3, x)", 0.0, None),
    ("gamma.logpdf(0.3, x)", 0.0, None),
    ("gamma.logpdf(np.array([np.nan, 1.0]), x)", 1.5, np.nan),
]


@pytest.mark.parametrize(("call", "at", "slope"), FAR, ids=[call for call, _, _ in FAR])
def test_far(call: str, at: Any, slope: Any, tmp_path: Path) -> None:
    fun = load(f"import numpy as np\nimport scipy.stats\n\n\ndef f(x):\n    return np.sum(scipy.stats.{call})\n", tmp_path).f
    made = [s2sad.grad(fun)(at), s2sad.jvp(fun, (at,), (np.ones_like(at) if np.ndim(at) else 1.0,))[1]]
    if np.ndim(at) == 0:
        made += [s2sad.grad(fun)(np.float64(at)), s2sad.grad(fun)(np.array(at))]
    else:
        made[1] = made[0]
    for found in made:
        if slope is None:
            assert not np.isfinite(fun(at))  # and nothing raises
        else:
            np.testing.assert_allclose(found, slope, rtol=1e-7)


@pytest.mark.parametrize("end", [4.0, np.inf])
def test_both_modes(end: float, tmp_path: Path) -> None:
    """A censored likelihood of Student's law, in a loop with a branch and a callee, twice differentiated."""
    source = """
import numpy as np
import scipy.stats

from numpy import inf

END = {end}


def part(x, seen, df, scale):
    if seen:
        return scipy.stats.t.logpdf(x, df, scale=scale)
    return scipy.stats.t.logsf(x, df, scale=scale)


def f(p):
    total = 0.0
    for i in range(4):
        total = total + part(0.7*i - p[1], i % 2 == 0, 2.0 + p[0], p[2])
        total = total + np.log(scipy.stats.gamma.cdf(END if i > 2 else 1.0 + i, p[0], scale=p[2]))
    return total - scipy.stats.f.logcdf(1.2, p[0], 3.0)
"""
    fun, p = load(source.format(end=end), tmp_path).f, np.array([1.5, 0.3, 0.8])
    check_vjp(fun, (p,))
    if np.isfinite(end):
        check_vjp(s2sad.grad(fun), (p,))
        check_jvp(s2sad.grad(fun), (p,))
    v = np.array([0.3, -1.0, 0.5])
    expected = (s2sad.grad(fun)(p + 1e-5*v) - s2sad.grad(fun)(p - 1e-5*v))/2e-5
    np.testing.assert_allclose(s2sad.hvp(fun)(p, v), expected, rtol=1e-7)


PAIRS = """
import numpy as np
from scipy import stats


def part(law, p):
    low, high = law.interval(0.9)
    return (law.mean() - 1.0)**2 + law.std()*law.median() + law.entropy() + high - low


def f(p):
    total = 0.0
    for k in range(2):
        law = stats.gamma(1.0 + p[k], scale=p[2])
        if p[k] > 0.5:
            mean, var = law.stats()
            total = total + mean*var
        total = total + part(law, p) + part(stats.lognorm(p[k], 0.0, p[1]), p)
    total = total + np.sum(stats.norm.std(p, p**2)*stats.norm.mean(p)) + stats.uniform(p[0], p[1]).var()
    return total + stats.gamma.stats(p[0], moments="v") + stats.poisson(p[1]).std() + np.sum(stats.norm.interval([0.5, 0.9], p[0], p[1])[1])
"""


def test_pairs(tmp_path: Path) -> None:
    fun, p = load(PAIRS, tmp_path).f, np.array([0.4, 0.7, 1.3])
    assert s2sad.value_and_grad(fun)(p)[0] == fun(p)
    for one in (fun, s2sad.grad(fun)):
        check_vjp(one, (p,))
        check_jvp(one, (p,))
    law = stats.invgamma  # no variance below 2: no derivative of it either
    assert np.isnan(s2sad.grad(law.var)(1.5)) and np.isinf(law.var(1.5))
    with pytest.raises(ValueError, match="alpha must be between"):
        s2sad.grad(lambda p: stats.norm.interval(1.5, p)[0])(0.3)
    with pytest.raises(s2sad.UnsupportedError, match=r"moments of a distribution beside mean and variance"):
        s2sad.grad(lambda a: stats.gamma.stats(a, moments="s"))(1.5)
