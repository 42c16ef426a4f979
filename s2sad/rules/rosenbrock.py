"""scipy.optimize: Rosenbrock's function and its derivatives, as formulas in SciPy's own order."""

from __future__ import annotations

from scipy import optimize

from s2sad.rules.registry import composite

_FORMULAS = {
    "rosen": """def rosen(x):
    x = np.asarray(x)
    return np.sum(100.0*(x[1:] - x[:-1]**2.0)**2.0 + (1 - x[:-1])**2.0, axis=0)
""",
    "rosen_der": """def rosen_der(x):
    x = np.asarray(x)
    inner, before, behind = x[1:-1], x[:-2], x[2:]
    middle = 200*(inner - before**2) - 400*(behind - inner**2)*inner - 2*(1 - inner)
    first = -400*x[:1]*(x[1:2] - x[:1]**2) - 2*(1 - x[:1])
    return np.concatenate((first, middle, 200*(x[-1:] - x[-2:-1]**2)))
""",
    "rosen_hess": """def rosen_hess(x):
    x = np.asarray(x)
    middle = 202 + 1200*x[1:-1]**2 - 400*x[2:]
    first = 1200*x[:1]**2 - 400*x[1:2] + 2
    whole = np.concatenate((first, middle, np.full(1, 200.0)))
    return (np.diag(-400*x[:-1], 1) - np.diag(400*x[:-1], -1)) + np.diag(whole)
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.optimize.{_name}", _source, (getattr(optimize, _name),))
