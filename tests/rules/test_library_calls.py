"""Calls of np.linalg, np.fft and SciPy as programs write them, tested as those of `test_calls` are."""

from __future__ import annotations

from pathlib import Path

import pytest
from factor_lines import SPECTRAL
from scipy_lines import SCIPY
from test_calls import complex_, narrow, run, strided

LINES = [line for lines in (*SPECTRAL.values(), *SCIPY.values()) for line in lines]
REAL_ONLY = ("scipy.stats", "scipy.special", "svd", "qr(m.T, \"complete\"", "logm", "ndimage", "cross", "irfft", "rfft", "lstsq(m.T, y[:4], rcond=None); ")


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
