"""What the frontend makes of calls of root finders and integrals of scipy.optimize and scipy.integrate.

    x = brentq(f, a, b, args=(p,))     t = solved(brentq, f, a, b, args=(p,))      a constant
                                       x = solution_at(t, f(t, p), f_t(t, p))      p_bar by f(t, p)
    z = quad(f, a, b, args=(p,))[0]    t = solved(quad, f, a, b, args=(p,))[0]     a constant
                                       z = with_slope(t, p, quad(f_p, a, b, args=(p,))[0])

`solution_at` and `with_slope` are their first arguments; derivatives come from the others. The pass
"solutions" puts these in their places once the derivative stands there, in every text.
"""

from __future__ import annotations

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules.axes import zero
from s2sad.rules.registry import Bound, structural
from s2sad.runtime import solvers

OPTIONS = (
    "args hess hessp fprime x0 x1 fprime2 bracket method jac tol xtol rtol maxiter full_output disp "
    "options callback col_deriv maxfev band epsfcn factor diag k epsabs epsrel atol limit points weight "
    "wvar wopts maxp1 limlst complex_func n norm cache_size workers quadrature t_eval dense_output events "
    "vectorized first_step max_step min_step lband uband jac_sparsity Dfun ml mu tcrit h0 hmax hmin ixpr "
    "mxstep mxhnil mxordn mxords printmessg tfirst"
).split()
_CALL = "fun, *given, " + ", ".join(f"{name}=None" for name in OPTIONS)


def _own(bound: Bound) -> Kind:
    return bound.kind(next(iter(bound.kinds)))


def _along(bound: Bound) -> str:
    """The tangent of a value that p moves: a number if the value is one."""
    if bound.kind("value").rank != 0 or bound.kind("p").rank == 0:
        return "slope*p_dot"
    return "np.sum(slope*p_dot)"


def _back(bound: Bound) -> str:
    return "np.sum(g*slope)" if bound.kind("value").rank != 0 else "g*slope"


def _refused(bound: Bound) -> str:
    raise NotImplementedError(bound.static("what"))


structural("solved", _CALL, lambda _: kinds.OBJECT, raises=True)
structural("slope_by", _CALL, lambda _: kinds.OBJECT)
structural("attribute_of", "found, name", lambda _: kinds.OBJECT)
structural("partly", "fun, *values", lambda _: kinds.OBJECT)
structural(
    "solution_at",
    "x, residual, slope",
    _own,
    {"residual": "-div(g, slope)", "x": zero, "slope": zero},
    (solvers.solution_at,),
    jvp={"residual": "-div(residual_dot, slope)"},
    poles=True,
)
structural(
    "solution_of",
    "x, residual, matrix",
    _own,
    {"residual": "-np.linalg.solve(matrix.T, g)", "x": zero, "matrix": zero},
    (solvers.solution_of,),
    jvp={"residual": "-np.linalg.solve(matrix, residual_dot)"},
)
structural(
    "with_slope",
    "value, p, slope",
    _own,
    {"value": "g", "p": _back, "slope": zero},
    (solvers.with_slope,),
    jvp={"value": "value_dot", "p": _along},
)
structural(
    "refused_by",
    "value, p, what",
    _own,
    {"value": "g", "p": _refused},
    (solvers.refused_by,),
    jvp={"value": "value_dot", "p": _refused},
)
