"""What to write instead of functions that have no derivative here.

>>> print(remedy(np.random.default_rng(0).exponential))
draw from constants and write scale*rng.standard_exponential(size)
"""

from __future__ import annotations

from typing import Any

import numpy as np

_IMPLICIT = (
    "differentiate the solution by the implicit function theorem: "
    "give the function that solves its derivative by s2sad.rule, or find a root by scipy.optimize.root"
)
_DENSE = (
    "multiply by the matrix as an array, or write the product out: "
    "np.bincount(rows, entries*x[columns], minlength=n)"
)
_MODULES = {
    "scipy.optimize": _IMPLICIT,
    "scipy.integrate": "write the steps out as a loop, or solve the adjoint equation beside it",
    "scipy.interpolate": "use np.interp, or multiply the values at the knots by a constant matrix",
    "scipy.sparse": _DENSE,
    "scipy.ndimage": "write the filter with np.lib.stride_tricks.sliding_window_view",
    "scipy.spatial": "keep the geometry constant: compute it outside, from stop_gradient of the points",
    "scipy.fftpack": "use scipy.fft",
    "scipy.cluster": "keep the assignment constant: compute it outside, from stop_gradient of the data",
}
_FUNCTIONS = {
    "linear_sum_assignment": "compute the assignment from s2sad.stop_gradient of the costs",
    "stdev": "use np.std(data, ddof=1)",
    "variance": "use np.var(data, ddof=1)",
    "pstdev": "use np.std",
    "pvariance": "use np.var",
    "rankdata": "ranks have no derivative: use s2sad.stop_gradient of the data",
    "spearmanr": "ranks have no derivative: use scipy.stats.pearsonr",
    "kendalltau": "ranks have no derivative: use scipy.stats.pearsonr",
    "hamming": "it counts: use s2sad.stop_gradient of the data",
    **dict.fromkeys(("legendre_p", "legendre_p_all"), "use scipy.special.eval_legendre"),
    **dict.fromkeys(("assoc_legendre_p", "assoc_legendre_p_all"), "use scipy.special.lpmv"),
    **dict.fromkeys(
        ("sph_legendre_p", "sph_legendre_p_all", "sph_harm_y_all"), "use scipy.special.sph_harm_y"
    ),
    **dict.fromkeys(
        ("f_oneway", "power_divergence", "normaltest", "jarque_bera"),
        "write the statistic out, with scipy.stats.sem or np.var; its law is one of scipy.stats",
    ),
    **dict.fromkeys(
        ("lsim", "dlsim", "impulse", "step"), "write the steps out as a loop, with scipy.linalg.expm"
    ),
    **dict.fromkeys(
        ("jaccard", "dice", "yule", "rogerstanimoto", "russellrao", "sokalsneath"),
        "it counts: use s2sad.stop_gradient of the data",
    ),
    "funm": "use np.linalg.eig, and the function of the eigenvalues",
    "hessenberg": "use np.linalg.qr or np.linalg.eig",
    "schur": "use np.linalg.eigh or np.linalg.eig",
    **dict.fromkeys(("eig_banded", "eigvals_banded"), "make the matrix by np.diag, and use np.linalg.eigh"),
    "cholesky_banded": "make the matrix by np.diag, and use np.linalg.cholesky",
    "interval": "use ppf at 0.5*(1.0 - confidence) and 0.5*(1.0 + confidence)",
    "quad": "write a rule of Gauss out: scipy.integrate.fixed_quad, or np.polynomial.legendre.leggauss",
    "dblquad": "write two rules of Gauss out: np.polynomial.legendre.leggauss",
    "quad_vec": "write a rule of Gauss out: scipy.integrate.fixed_quad, or np.polynomial.legendre.leggauss",
    "sort_complex": "write np.sort(x + 0j)",
    **dict.fromkeys(
        ("unique_all", "unique_counts", "unique_inverse", "unique_values"),
        "the order of its values is not fixed: use np.unique",
    ),
    **dict.fromkeys(("Rotation", "Slerp"), "write the rotation out as a matrix"),
    "bicgstab": "use np.linalg.solve, or scipy.sparse.linalg.spsolve of a constant matrix",
    "rsf2csf": "use np.linalg.eig",
    "nditer": "loop over np.ravel(x), or over its elements by index",
    "as_strided": "use np.lib.stride_tricks.sliding_window_view",
    "cdf": "there is no formula: give s2sad.rule its derivative",
    "cg": "use np.linalg.solve, or scipy.sparse.linalg.spsolve of a constant matrix",
    "gmres": "use np.linalg.solve, or scipy.sparse.linalg.spsolve of a constant matrix",
    "splu": "use scipy.sparse.linalg.spsolve",
    "factorized": "use scipy.sparse.linalg.spsolve",
    "UnivariateSpline": "use scipy.interpolate.make_interp_spline",
    "InterpolatedUnivariateSpline": "use scipy.interpolate.make_interp_spline",
    "RBFInterpolator": "solve for the weights by np.linalg.solve",
}
_DRAWS = {  # methods of generators: the draw of which the parameters are a function
    "normal": "loc + scale*rng.standard_normal(size)",
    "uniform": "low + (high - low)*rng.random(size)",
    "exponential": "scale*rng.standard_exponential(size)",
    "gamma": "scale*rng.standard_gamma(shape, size), with a constant shape",
    "laplace": "loc + scale*rng.laplace(size=size)",
    "logistic": "loc + scale*rng.logistic(size=size)",
    "gumbel": "loc + scale*rng.gumbel(size=size)",
    "rayleigh": "scale*rng.rayleigh(size=size)",
    "lognormal": "np.exp(mean + sigma*rng.standard_normal(size))",
    "weibull": "rng.standard_exponential(size)**(1.0/a)",
    "pareto": "np.expm1(rng.standard_exponential(size)/a)",
    "triangular": "a function of rng.random(size)",
    "multivariate_normal": "mean + np.linalg.cholesky(cov) @ rng.standard_normal(len(mean))",
    "rvs": "loc + scale*d.rvs(size=size), with d a constant",
}
_ORDERS = {  # methods of generators that reorder or choose elements
    "choice": "x[rng.integers(len(x), size=size)]",
    "permutation": "x[rng.permutation(len(x))]",
    "permuted": "x[rng.permutation(len(x))]",
    "shuffle": "x = x[rng.permutation(len(x))]",
}
_COUNTS = frozenset(
    "poisson binomial geometric negative_binomial hypergeometric multinomial logseries zipf".split()
)


def remedy(obj: Any, method: str = "") -> str:
    """What to write instead of a function that has no rule, "" where nothing special is known.

    `method` is the name of a method of an object of which only that is known.
    """
    name = method or str(getattr(obj, "__name__", ""))
    owner = getattr(obj, "__self__", None)
    if method or isinstance(owner, np.random.Generator | np.random.RandomState):
        if name in _DRAWS:
            return f"draw from constants and write {_DRAWS[name]}"
        if name in _ORDERS:
            return f"draw places and write {_ORDERS[name]}"
        if name in _COUNTS:
            return "a count has no derivative: use s2sad.stop_gradient of its parameters"
        return ""
    module = str(getattr(obj, "__module__", None) or type(obj).__module__)
    if module.startswith(("scipy.", "numpy", "statistics")) and (name or type(obj).__name__) in _FUNCTIONS:
        return _FUNCTIONS[name or type(obj).__name__]
    return _MODULES.get(".".join(module.split(".")[:2]), "")
