"""Second derivatives of functions of np.linalg, np.fft and SciPy: hvp and the gradient of a gradient by differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from support import load

_rng = np.random.default_rng(0)
Q, M = _rng.normal(size=(3, 3)) + 2.0*np.eye(3), _rng.normal(size=(3, 4))
V = np.array([0.3, 1.2, 0.7, 0.4])
CALLS: list[tuple[str, Any]] = [
    ("np.sum(np.sin(np.linalg.qr(x)[1]))", Q),
    ("np.sum(np.linalg.svd(x,full_matrices=False)[0][:,0]**3)", M),
    ("np.sum(np.linalg.pinv(x)**2)", M),
    ("np.linalg.cond(x)", Q),
    ("np.linalg.slogdet(x)[1]", Q),
    ("np.linalg.norm(x,'nuc')", M),
    ("np.sum(np.abs(np.linalg.eigvals(x)))", Q),
    ("np.sum(np.abs(np.fft.rfft(x))**3)", V),
    ("np.sum(np.fft.irfft(np.fft.rfft(x)**2)**2)", V),
    ("np.sum(np.linalg.lstsq(x.T,np.ones(4),rcond=None)[0]**2)", M),
    ("np.sum(np.linalg.multi_dot([x,x.T,x])**2)", M),
    ("np.sum(scipy.special.gammaln(x)*scipy.special.jv(1.5,x))", V),
    ("scipy.special.logsumexp(x)", V),
    ("np.sum(scipy.special.softmax(x)**2)", V),
    ("np.sum(scipy.special.betainc(2.,3.,x/2))", V),
    ("np.sum(scipy.linalg.expm(x)**2)", Q*0.3),
    ("np.sum(scipy.linalg.solve_triangular(x, np.ones(3))**2)", Q),
    ("np.sum(scipy.linalg.cho_solve(scipy.linalg.cho_factor(x@x.T),np.ones(3))**2)", Q),
    ("np.sum(np.abs(scipy.linalg.sqrtm(x@x.T+4*np.eye(3)))**3)", Q),
    ("np.sum(scipy.linalg.solve_sylvester(x,x.T@x, np.eye(3))**2)", Q),
    ("np.sum(scipy.linalg.lu(x)[2]**3)", Q),
    ("np.sum(scipy.linalg.block_diag(x,x@x)**3)", Q),
    ("np.sum(scipy.stats.norm.logcdf(x,0.2,1.5))", V),
    ("np.sum(scipy.stats.gamma.logpdf(x,2.5))", V),
    ("np.sum(scipy.stats.t.logpdf(x,3.,x))", V),
    ("scipy.stats.multivariate_normal.logpdf(x[0],x[1],x@x.T)", Q),
    ("np.sum(scipy.signal.convolve(x,x,'same')**2)", V),
    ("np.sum(scipy.signal.lfilter(x[:2],[1.,.3],x)**2)", V),
    ("np.sum(scipy.ndimage.convolve(x,x[:2,:2])**2)", Q),
    ("np.sum(scipy.ndimage.gaussian_filter(x,1.)**3)", Q),
    ("np.sum(scipy.fft.dct(x)**3)", V),
    ("scipy.integrate.simpson(x**2,dx=.1)", V),
    ("np.sum(scipy.spatial.distance.cdist(x,x+1.)**2)", M),
    ("np.sum(scipy.spatial.distance.pdist(x)**3)", M),
]


@pytest.mark.parametrize(("call", "at"), CALLS, ids=[c for c, _ in CALLS])
def test_second_derivative(call: str, at: Any, tmp_path: Path) -> None:
    modules = sorted(m for m in ("fft", "integrate", "linalg", "ndimage", "signal", "spatial.distance", "special", "stats"))
    head = "import numpy as np\n" + "".join(f"import scipy.{m}\n" for m in modules)
    fun = load(f"{head}\n\ndef f(x):\n    return {call}\n", tmp_path).f
    gradient, step = s2sad.grad(fun), 1e-5
    by = np.random.default_rng(1).normal(size=at.shape)
    expected = (gradient(at + step*by) - gradient(at - step*by))/(2*step)
    limit = 1e-5*max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(s2sad.hvp(fun)(at, by), expected, rtol=1e-4, atol=limit)
    again = s2sad.grad(lambda x: np.sum(gradient(x)*by))
    np.testing.assert_allclose(again(at), expected, rtol=1e-4, atol=limit)
