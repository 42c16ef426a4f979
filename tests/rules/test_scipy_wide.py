"""The further functions of SciPy in both modes and orders: every line as it is, a seeded sample of the other forms.

    test_lines      the lines of `scipy_wide_lines`, value, gradient, tangent and second derivatives
    test_laws       each distribution of `laws` and `more_laws`: its functions in x, shapes, loc and scale
    test_edges      distributions outside of their supports, under `-W error`
    test_jets       derivatives in parameters of incomplete gamma and beta functions and of zeta, in their tails
    test_complex_operands       complex numbers that are refused
"""

from __future__ import annotations

import random
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from cells import FORMS, LAST_BITS, SCIPY_118, cell
from scipy import special, stats
from scipy_wide_lines import WIDE

import s2sad
from s2sad.rules.laws import LAWS, Law
from s2sad.rules.more_laws import MORE
from s2sad.runtime import gammas

LINES = [line for lines in WIDE.values() for line in lines]
PARTS = 16
PER_PART = 5  # lines of a part that run without --full
NO_FORM = {  # where differences say something else
    "complex": (
        'assume_a="her"', 'assume_a="sym"', "pinvh(", "eigh(q + q.T", "eigvalsh(q + q.T",  # matrices that are not Hermitian
        "skew(", "kurtosis(", "circstd(", 'assume_a="lower', "tvar(", "tsem(", "gstd(",  # last bits
    ),
    "float16": ("stft(", "PchipInterpolator(", "interp1d("),  # SciPy computes in double precision
    "float32": ('assume_a="diag', "bdtr", "mathieu_", "freqz", "sawtooth(", "pchip_interpolate(", "PchipInterpolator("),
    "mixed precision": ("freqz", "pchip_interpolate(", "PchipInterpolator("),
    "empty": ("mahalanobis(", "jensenshannon(", "chisquare("),
    **dict.fromkeys(("Python numbers", "NumPy scalars", "rank 0"), ("skew(", "circstd(", "sqrtm(", "logm(", "standard_deviation(")),
    "one long": ("distance(",),  # last bits
    "Fortran order": ("skew(",),
}
DEPRECATED = ("minkowski_distance", "distance_matrix(") if SCIPY_118 else ()
SECOND = ("scipy.special.elliprd in",)  # what has a first derivative only
ALL_LAWS = LAWS | MORE
METHODS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
NUMERIC = {"exponnorm", "vonmises", "norminvgauss", "argus", "recipinvgauss", "geninvgauss"}  # whose quantiles SciPy searches for, in code that raises under -W error


@pytest.mark.parametrize("part", range(PARTS))
def test_lines(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    lines = LINES[part::PARTS]
    for line in lines if full else random.Random(seed + part).sample(lines, min(PER_PART, len(lines))):
        if any(name in line for name in DEPRECATED):
            continue  # SciPy warns
        said = cell(line).check(tmp_path)
        assert said == "right" or any(reason in said for reason in SECOND), f"{line}: {said or 'NumPy refuses it'}"


@pytest.mark.parametrize("part", range(PARTS))
def test_other_forms(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    """On arguments of other forms: right, or refused with a place. SciPy computes long numbers in double at places."""
    cells = [(line, form) for line in LINES[part::PARTS] for form in FORMS if form not in ("as they are", "longdouble")]
    for line, form in cells if full else random.Random(seed + part).sample(cells, PER_PART//2):
        if any(word in line for word in (*NO_FORM.get(form, ()), *LAST_BITS["as they are"])):
            continue
        try:
            said = cell(line).check(tmp_path, form)
        except (ArithmeticError, LookupError, TypeError, ValueError, Warning):
            continue  # what SciPy takes and the derivative raises for; none gives another number
        assert said in ("", "right") or re.search(r":\d+:\d+: ", said), f"{form}: {line}: {said}"


# ---------------------------------------------------------------------------------------------------------- laws

# where a distribution is looked at, and its shapes, if not at p with the shapes s and p + 0.5
PLACES = {
    "weibull_max": "-p", "pareto": "p + 1.0", "genextreme": "x/5.0", "anglit": "x/4.0", "loguniform": "p + 0.1",
    **dict.fromkeys(("johnsonsb", "triang", "bradford", "arcsine", "beta", "uniform", "powerlaw", "truncexpon", "argus", "trapezoid", "genhalflogistic"), "p/3.0"),
    "truncpareto": "p + 1.0", "levy_l": "-p",
    **dict.fromkeys(("rdist", "semicircular", "truncnorm"), "x/3.0"), "wrapcauchy": "p",
}  # fmt: skip
SHAPES = {"loguniform": ("s/4.0", "p + 5.0"), "truncnorm": ("s - 3.0", "s + 1.0"), "triang": ("s",),
          "chi": ("p + 1.0",), "truncexpon": ("s + 2.0",), "truncpareto": ("s", "p + 4.0"), "norminvgauss": ("p + 1.0", "0.2*s"),
          "skewcauchy": ("s",), "trapezoid": ("0.4*s", "0.9*s"), "pearson3": ("s",), "genhalflogistic": ("0.2*s",)}  # fmt: skip


def law_lines(name: str, law: Law) -> list[str]:
    """Calls of the functions of a distribution; shapes in which there is no derivative are numbers."""
    at = PLACES.get(name, "p" if law.support else "x")
    shapes = SHAPES.get(name, ("s", "p + 0.5")[: len(law.shapes)])
    numbers = ("1.6", "0.6") if name == "norminvgauss" else ("0.6", "0.6", "0.6")
    lines = []
    for method in METHODS:
        known = law.shapes if method in ("logpdf", "pdf") else law.by_shape
        given = [v if known.get(n) else number for v, n, number in zip(shapes, law.shapes, numbers, strict=False)]
        place = "p/3.0" if method in ("ppf", "isf") else at
        if not (name in NUMERIC and method in ("ppf", "isf")):
            lines.append(f"scipy.stats.{name}.{method}({', '.join([place, *given])})")
            lines.append(f"scipy.stats.{name}.{method}({', '.join([place, *given, '0.01*s', '1.0 + p/9.0'])})")
    return lines


@pytest.mark.parametrize("name", sorted(ALL_LAWS))
def test_laws(name: str, full: bool, seed: int, tmp_path: Path) -> None:
    lines = law_lines(name, ALL_LAWS[name])
    for line in lines if full else random.Random(seed).sample(lines, 1):
        assert cell(line).check(tmp_path) in ("right", ""), line


@pytest.mark.parametrize("name", sorted(ALL_LAWS))
def test_edges(name: str) -> None:
    """No warning where SciPy gives none, and nothing but 0 outside of the support."""
    law, owner = ALL_LAWS[name], getattr(stats, name)
    shapes = {"loguniform": (0.2, 5.0), "truncnorm": (-1.0, 2.0), "triang": (0.4,), "wrapcauchy": (0.4,), "skewcauchy": (0.4,), "norminvgauss": (1.5, 0.4), "trapezoid": (0.2, 0.7)}.get(
        name, (1.5, 2.5)[: len(law.shapes)]
    )
    low, high = owner.support(*shapes)
    for method in METHODS[:6]:
        function = getattr(owner, method)
        for x in (-9.0, -1.0, 0.0, 0.4, 1.0, 9.0):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    function(x, *shapes), function(np.array([x]), *shapes)
                except (RuntimeWarning, FloatingPointError):
                    continue
                slopes = [s2sad.grad(function)(x, *shapes), s2sad.grad(lambda v: np.sum(function(v, *shapes)))(np.array([x]))[0]]
            if not low <= x <= high and method in ("pdf", "cdf", "sf"):
                assert slopes == [0.0, 0.0], (method, x, slopes)


# ---------------------------------------------------------------------------------------------------------- jets


def slope(function: Any, x: Any, step: Any) -> Any:
    """Differences of sixth order."""
    near, mid, far = (function(x + k*step) - function(x - k*step) for k in (1, 2, 3))
    return (45.0*near - 9.0*mid + far)/(60.0*step)


def test_jets() -> None:
    rng = np.random.default_rng(4)
    a, b = 10.0**rng.uniform(-1.5, 3, 60), 10.0**rng.uniform(-1.5, 3, 60)
    x = a*10.0**rng.uniform(-1, 0.6, 60)
    step = a*2e-3/np.sqrt(1.0 + a)
    np.testing.assert_allclose(gammas.gammainc_da(a, x), slope(lambda a: special.gammainc(a, x), a, step), 1e-7, 1e-9)
    np.testing.assert_allclose(
        gammas.gammainc_da(a, x, 2), slope(lambda a: gammas.gammainc_da(a, x), a, step), 1e-6, 1e-9
    )
    u = np.clip(a/(a + b)*10.0**rng.uniform(-0.5, 0.2, 60), 1e-6, 1 - 1e-6)
    np.testing.assert_allclose(
        gammas.betainc_dab(a, b, u, 1, 0), slope(lambda a: special.betainc(a, b, u), a, step), 1e-6, 1e-9
    )
    np.testing.assert_allclose(
        gammas.betainc_dab(a, b, u, 1, 1), slope(lambda a: gammas.betainc_dab(a, b, u, 0, 1), a, step), 1e-5, 1e-9
    )
    s, q = rng.uniform(1.1, 30.0, 40), 10.0**rng.uniform(-1, 2, 40)
    np.testing.assert_allclose(gammas.zeta_ds(s, q), slope(lambda s: special.zeta(s, q), s, np.minimum(1e-2, 0.01*(s - 1.0))), 1e-7)
    np.testing.assert_allclose(gammas.gammainc_da(2.0, 60.0), -slope(lambda a: special.gammaincc(a, 60.0), 2.0, 1e-2), 1e-8)
    np.testing.assert_allclose(gammas.gammainc_da(8.0, 1e-3), slope(lambda a: special.gammainc(a, 1e-3), 8.0, 1e-2), 1e-7)
    assert gammas.gammainc_da(2.0, np.array([0.0, np.inf])).tolist() == [0.0, 0.0]
    np.testing.assert_array_equal(gammas.gammainc_da(np.array([-1.0, np.inf]), 1.0), [np.nan, 0.0])
    np.testing.assert_allclose(gammas.gammainc_da(0.0, 1.0), -special.exp1(1.0), 1e-12)
    assert gammas.betainc_dab(2.0, 3.0, np.array([0.0, 1.0]), 1, 0).tolist() == [0.0, 0.0]
    assert np.isnan(gammas.betainc_dab(2.0, 3.0, np.array([-0.5, 1.5]), 1, 0)).all()


@pytest.mark.parametrize("columns", [0, 2])
def test_transposed_systems(columns: int) -> None:
    """SciPy takes no complex matrices here, so that the differences of the other tests say nothing."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(4, 4)), rng.normal(size=(4, columns) if columns else 4)

    def transposed(a: Any, b: Any) -> Any:
        return np.sum(np.sin(scipy.linalg.solve(a, b, transposed=True)))

    def turned(a: Any, b: Any) -> Any:
        return np.sum(np.sin(scipy.linalg.solve(a.T, b)))

    value, gradient = s2sad.value_and_grad(transposed, (0, 1))(a, b)
    assert value == transposed(a, b)
    for one, other in zip(gradient, s2sad.grad(turned, (0, 1))(a, b), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)
    v = np.cos(a), np.cos(b)
    ours, theirs = (s2sad.hvp(f, (0, 1))(a, b, v) for f in (transposed, turned))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)
    assert s2sad.jvp(transposed, (a, b), v)[1] == pytest.approx(sum(np.sum(g*d) for g, d in zip(gradient, v, strict=True)))


COMPLEX = {
    "distances between complex numbers": """
scipy.spatial.distance_matrix(d, d[:2])
scipy.spatial.minkowski_distance(d, m, 3)
scipy.spatial.minkowski_distance_p(d, m)
""",
    "a curve through values that are not one real vector": """
scipy.interpolate.CubicHermiteSpline([0.0, 1.0, 2.0, 3.0], np.real(c), c)(p)
scipy.interpolate.CubicHermiteSpline([0.0, 1.0, 2.0, 3.0], c, np.real(c))(p)
""",
}


@pytest.mark.parametrize("reason", COMPLEX)
def test_complex_operands(reason: str, tmp_path: Path) -> None:
    """Their imaginary parts were lost, or their cotangents not conjugated."""
    for line in COMPLEX[reason].strip().splitlines():
        said = cell(line).check(tmp_path)
        assert reason in said or (SCIPY_118 and not said), line  # newer ones refuse some of them themselves
