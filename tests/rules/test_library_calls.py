"""Calls of np.linalg, np.fft and SciPy as programs write them, tested as those of `test_calls` are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from call_cases import ARGUMENTS
from factor_lines import SPECTRAL
from listed_lines import LISTED
from scipy_lines import SCIPY
from scipy_wide_lines import WIDE
from test_calls import complex_, narrow, program, run, strided

import s2sad
from s2sad.rules import registry
from s2sad.rules.laws import LAWS
from s2sad.rules.more_laws import MORE
from support import load

UNCALLED = {f"scipy.fft.{name}" for name in "fftn ifft ifft2 ifftn ifftshift fftfreq rfftfreq ihfft irfft2 rfft2".split()}
UNCALLED |= {"scipy.special.softplus", "scipy.linalg.kron"}  # older SciPy lacks the one, newer the other
UNCALLED.add("scipy.sparse.linalg.spsolve")  # test_scipy_objects has it
UNCALLED |= {"scipy.special.elliprd", "scipy.special.elliprj", "scipy.special.roots_legendre"}  # these have no derivative
LINES = [line for lines in (*SPECTRAL.values(), *SCIPY.values(), *LISTED.values()) for line in lines]
REAL_ONLY = ("scipy.stats", "solveh_banded", "scipy.special", "svd", "qr(m.T, \"complete\"", "logm", "ndimage", "cross", "orthogonalize", "irfft", "rfft", "lstsq(m.T, y[:4], rcond=None); ")
REAL_ONLY += ("simpson(m, x=np.cumsum(p)[:4])",)  # raises before SciPy 1.18, and has a last bit of its own there


@pytest.mark.parametrize("line", LINES)
def test_call(line: str, tmp_path: Path) -> None:
    run(line, "top", lambda a: a, tmp_path, probes=1)


@pytest.mark.parametrize("line", LINES)
def test_call_in_another_position(line: str, tmp_path: Path) -> None:
    position = ("loop", "branch", "callee")[LINES.index(line) % 3]
    if any(complex_name in line for complex_name in ("(c", "(d", "1j")):
        position = "callee"  # a condition on complex numbers says nothing
    run(line, position, lambda a: a, tmp_path, pullbacks=False, probes=1)


@pytest.mark.parametrize("line", LINES[::3])
def test_call_on_strided_arguments(line: str, tmp_path: Path) -> None:
    run(line, "top", strided, tmp_path, probes=1)


@pytest.mark.parametrize("line", LINES[1::3])
def test_call_on_float32(line: str, tmp_path: Path) -> None:
    run(line, "top", narrow, tmp_path, pullbacks=False, probes=1)


@pytest.mark.parametrize("line", [line for line in LINES if not any(word in line for word in REAL_ONLY)])
def test_call_on_complex_numbers(line: str, tmp_path: Path) -> None:
    run(line, "complex", complex_, tmp_path, pullbacks=False, probes=1)


def test_every_rule_of_scipy_is_called() -> None:
    """A rule without a case would be untested."""
    registry.load_all()
    called = "\n".join([*LINES, *(line for lines in WIDE.values() for line in lines)])
    names = [name for name in registry.RULES if name.startswith("scipy.")]
    kinds = (".logpdf", ".pdf", ".cdf", ".logcdf", ".sf", ".logsf", ".ppf", ".isf", ".logpmf", ".pmf")
    kinds += (".mean", ".var", ".std", ".entropy", ".median", ".interval", ".stats")  # those of law_moments
    laws = {name.rpartition(".")[0] for name in names if name.endswith(kinds)}
    laws -= {f"scipy.stats.{name}" for name in LAWS | MORE}  # test_scipy_wide has them all
    functions = {name for name in names if not name.endswith(kinds)}
    assert sorted(n for n in laws if n + "." not in called and n + "(" not in called) == []
    assert sorted(n for n in functions - UNCALLED if n + "(" not in called) == []


def test_scipy_is_imported_where_it_is_used() -> None:
    """s2sad itself does without SciPy."""
    program = "import sys, s2sad; assert not any(m.split('.')[0] == 'scipy' for m in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("scipy.integrate.dblquad(np.arctan2, 0.0, x[0], 0.0, 1.0)[0]", "leggauss"),
        ("scipy.interpolate.pchip_interpolate(np.arange(5.0), x, 0.5, 1)", "call PchipInterpolator(xi, yi) with nu"),
        ("scipy.interpolate.splrep(np.arange(5.0), x, s=0.1)[1]", "use make_lsq_spline"),
        ("scipy.sparse.csr_array(1j*np.eye(5)) @ x", "make the sparse matrix outside of the function"),
        ("scipy.linalg.schur(np.outer(x, x))[0]", "an active value enters scipy.linalg.schur"),
        ("scipy.special.mathieu_a(1, x)*2.0", "an active value enters scipy.special.mathieu_a"),
        ("scipy.special.jv(x, 2.0)", "the derivative of scipy.special.jv in 'v'"),
        ("scipy.special.hyp1f1(x, 2.0, 0.5)", "the derivative of scipy.special.hyp1f1 in 'a'"),
        ("scipy.linalg.solveh_banded(np.stack([x + 0j, x]), x)", "use solve_banded with both halves"),
        ("scipy.linalg.solve_banded((0, 0), np.stack([x]), x, True)", "overwrite_ab writes into an operand"),
        ("scipy.stats.vonmises.cdf(0.3, x)", "the derivative of scipy.stats.vonmises.cdf in 'kappa'"),
    ],
)
def test_refusals_say_what_to_do(call: str, message: str, tmp_path: Path) -> None:
    text, names = program(call, "top")
    with pytest.raises(s2sad.UnsupportedError, match=re.escape(message)):
        s2sad.grad(load(text, tmp_path).f)(*[ARGUMENTS[n] for n in names])


def test_methods_of_distributions_as_functions() -> None:
    from scipy import stats

    expected = (1.2/0.81, -1.2/0.81, 1.44/0.729 - 1/0.9)
    np.testing.assert_allclose(s2sad.grad(stats.norm.logpdf, (0, 1, 2))(-1.5, -0.3, 0.9), expected)
    assert s2sad.grad(stats.norm.logpdf)(0.4) == -0.4 and s2sad.hessian(stats.norm.logpdf)(0.4) == -1.0
    x = np.array([0.3, 1.7])
    value, pullback = s2sad.vjp(stats.gamma.logcdf, x, 2)
    assert value.tolist() == stats.gamma.logcdf(x, 2.0).tolist()
    np.testing.assert_allclose(pullback(np.ones(2))[0], np.exp(stats.gamma.logpdf(x, 2.0) - value))


@pytest.mark.parametrize(
    "call",
    ["scipy.stats.norm.logpdf(x)", "scipy.stats.uniform.cdf(0.3, x)", "scipy.special.psi(x)", "scipy.special.polygamma(1, x)"],
)
def test_functions_of_real_numbers(call: str, tmp_path: Path) -> None:
    """What SciPy computes of complex numbers here is no density; a gradient would be a wrong number."""
    fun = load(program(call, "complex")[0], tmp_path).f
    with pytest.raises(s2sad.UnsupportedError, match="complex numbers"):
        s2sad.grad(fun)(np.array([0.3 + 0.2j, 1.1 - 0.4j]))


@pytest.mark.parametrize("call", ["scipy.special.softmax(d, axis=1)", "scipy.special.log_softmax(d)"])
def test_shares_of_complex_numbers(call: str, tmp_path: Path) -> None:
    run(call, "complex", lambda a: a, tmp_path)


def test_tables_of_one_module_serve_those_of_another() -> None:
    """A table that scipy.signal needs has functions of scipy.ndimage, whose formulas stand in another table."""
    program = (
        "import numpy as np, scipy.signal, scipy.ndimage, s2sad\n"
        "s2sad.vjp(scipy.signal.fftconvolve, np.ones(3), np.ones(3))\n"
        "s2sad.vjp(scipy.ndimage.uniform_filter, np.ones((3, 3)), 2)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
