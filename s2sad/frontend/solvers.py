"""Calls of SciPy's root finders and minimisers with a function of the program: the implicit function theorem.

    x = brentq(f, a, b, args=(p,))       t = solved(brentq, f, a, b, args=(p,))
                                         x = solution_at(t, f(t, p), grad(f)(t, p))

The call itself stays, and counts as a constant. The residual is lowered once more at the root, where its
adjoint gives the derivative in `args` and in all that the function reads around it; what it reads is passed
to SciPy by `args`. Brackets and starting points have the derivative zero.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable

from s2sad.errors import UnsupportedError
from s2sad.frontend import integrals, trajectories
from s2sad.frontend.operators import may_vary
from s2sad.frontend.passed import Asked, Found, Passed
from s2sad.frontend.state import State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Const, Ref, Var
from s2sad.rules import registry

_NUMBER = """def solution(x, f, grad, jacfwd{given}):
    return solution_at(x, {residual}, {slope})
"""
_VECTOR = """def solution(x, f, grad, jacfwd{given}):
    def residual(x{given}):
        return np.ravel(np.asarray({residual}))

    return solution_of(x, residual(x{given}), jacfwd(residual)(x{given}))
"""
_VALUE = """def value(least, f, x{given}):
    return with_slope(least, f(x{given}), 1.0)
"""
# Residuals and their slopes in x, as texts.
_ROOT = "f(x{given})", "grad(f)(x{given})"
_FIXED = "f(x{given}) - x", "grad(f)(x{given}) - 1.0"
_MINIMUM = "grad(f)(x{given})", "grad(grad(f))(x{given})"


def called(
    state: State, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """The call of a solver of SciPy with a function that can be read; None for all else."""
    module, name = str(getattr(fn.obj, "__module__", "")), getattr(fn.obj, "__name__", "")
    lowered = _SOLVERS.get(name) if module.startswith(("scipy.optimize", "scipy.integrate")) else None
    if lowered is None:
        return None
    registry.load("solvers")
    try:
        bound = inspect.signature(fn.obj).bind(*args, **kwargs)
    except TypeError:
        return None
    begun, remedy = len(state.block), state.remedy
    named = {k: v for k, v in bound.arguments.items() if not isinstance(v, dict)}
    named |= next((v for v in bound.arguments.values() if isinstance(v, dict)), {})
    try:
        return lowered(Asked(state, fn, named, len(args), node, hint))
    except UnsupportedError:
        if state.kept or any(may_vary(state, v) for v in (*args, *kwargs.values())):
            raise
        del state.block[begun:]
        state.remedy = remedy
        return None


def _solution(asked: Asked, x: Value, passed: Passed, texts: tuple[str, str]) -> Value:
    """The root of an equation: x, with the derivative that the residual gives it."""
    state = asked.state
    kind = state.kind(x)
    given = "".join(f", a{i}" for i in range(len(passed.given)))
    residual, slope = (text.format(given=given) for text in texts)
    text = (_NUMBER if kind.rank == 0 else _VECTOR).format(given=given, residual=residual, slope=slope)
    made = importlib.import_module("s2sad.api"), importlib.import_module("s2sad.jacobians")
    own: dict[str, Value] = {"grad": Ref("grad", made[0].grad), "jacfwd": Ref("jacfwd", made[1].jacfwd)}
    own |= {f"a{i}": v for i, v in enumerate(passed.given)}
    return asked.at_solution("solution", text, x=x, f=passed.value, **own)


def _no_output(asked: Asked, *names: str) -> None:
    for name in names:
        if asked.option(name, False):
            asked.refuse(f"with {name}", "take the solution alone")


def _bracketed(asked: Asked) -> Value:
    """brentq and its like: a Python float."""
    _no_output(asked, "full_output")
    passed = asked.function("residual")
    x = asked.emitted(passed)
    asked.state.kinds[x.name] = K.FLOAT
    return _solution(asked, x, passed, _ROOT)


def _newton(asked: Asked) -> Value:
    """newton, from a number."""
    _no_output(asked, "full_output")
    start = asked.state.kind(asked.named["x0"])
    if start.rank != 0 or start.sort == "complex":
        asked.refuse("of several real equations, or a complex one", "use scipy.optimize.root")
    passed = asked.function("residual")
    x = asked.emitted(passed)
    asked.state.kinds[x.name] = K.num((), "float64")
    return _solution(asked, x, passed, _ROOT)


def _vector_like(asked: Asked, name: str, always: bool = True) -> Kind:
    """The kind of a solution that begins at a vector, or at a number."""
    start = asked.state.kind(asked.named[name])
    rank = start.rank if start.is_number else 1 if start.cat in ("list", "tuple") else None
    if rank not in (0, 1) or start.sort == "complex" or start.dtype in ("float32", "float16"):
        asked.refuse("from what is no vector of floats", "pass one, by np.ravel")
    if rank == 0 and not always:
        return K.num((), "float64")
    return K.array(start.shape if start.shape and rank == 1 else K.fresh_shape(1), "float64")


def _fsolve(asked: Asked) -> Value:
    _no_output(asked, "full_output")
    kind = _vector_like(asked, "x0")
    passed = asked.function("residual")
    x = asked.emitted(passed)
    asked.state.kinds[x.name] = kind
    return _solution(asked, x, passed, _ROOT)


def _fixed_point(asked: Asked) -> Value:
    kind = _vector_like(asked, "x0", always=False)
    passed = asked.function("step")
    x = asked.emitted(passed)
    asked.state.kinds[x.name] = kind
    return _solution(asked, x, passed, _FIXED)


def _found(asked: Asked, whole: Var, parts: dict[str, Value], others: str) -> Value:
    """What a solver returns: an object with attributes, of which `others` are constants."""
    rest = {n: asked.attribute(whole, n, _CONSTANTS[n]) for n in others.split()}
    items = {**parts, **rest}
    return asked.state.made("object", [*items.values()], [*items], Found)


_CONSTANTS = {
    "converged": K.BOOL, "flag": K.STR, "iterations": K.INT, "function_calls": K.INT,
    "success": K.BOOL, "message": K.STR, "nfev": K.INT, "nit": K.INT, "status": K.INT,
}  # fmt: skip


def _root_scalar(asked: Asked) -> Value:
    passed = asked.function("residual")
    whole = asked.emitted(passed)
    x = asked.attribute(whole, "root", K.num((), "float64"))
    found: dict[str, Value] = {"root": _solution(asked, x, passed, _ROOT)}
    return _found(asked, whole, found, "converged iterations function_calls flag")


def _root(asked: Asked) -> Value:
    _no_output(asked, "jac")
    kind = _vector_like(asked, "x0")
    passed = asked.function("residual")
    whole = asked.emitted(passed)
    x = asked.attribute(whole, "x", kind)
    found: dict[str, Value] = {"x": _solution(asked, x, passed, _ROOT)}
    return _found(asked, whole, found, "success message nfev status")


def _minimize(asked: Asked) -> Value:
    """minimize without bounds: a root of the gradient."""
    for name in ("bounds", "constraints"):
        if asked.named.pop(name, Const(None)) not in (Const(None), Const(())):
            asked.refuse(f"with {name}", "give the function that minimises its derivative by s2sad.rule")
    if asked.named.get("jac", Const(None)) == Const(True):
        asked.refuse("of a function that returns its gradient too", "pass the gradient as jac=")
    return _minimum(asked, _vector_like(asked, "x0"), "success message nfev nit status")


def _minimize_scalar(asked: Asked) -> Value:
    """minimize_scalar within no bounds: a root of the slope."""
    if asked.named.get("bounds", Const(None)) != Const(None):
        asked.refuse("with bounds", "pass a bracket")
    return _minimum(asked, K.num((), "float64"), "success message nfev nit")


def _minimum(asked: Asked, kind: Kind, others: str) -> Value:
    passed = asked.function("cost")
    whole = asked.emitted(passed)
    x = _solution(asked, asked.attribute(whole, "x", kind), passed, _MINIMUM)
    own = {f"a{i}": v for i, v in enumerate(passed.given)}
    text = _VALUE.format(given="".join(f", {name}" for name in own))
    least = asked.attribute(whole, "fun", K.num((), "float64"))
    value = asked.at_solution("value", text, least=least, f=passed.value, x=x, **own)
    return _found(asked, whole, {"x": x, "fun": value}, others)


_SOLVERS: dict[str, Callable[[Asked], Value]] = {
    **dict.fromkeys(("brentq", "brenth", "bisect", "ridder", "toms748"), _bracketed),
    "newton": _newton, "fsolve": _fsolve, "root_scalar": _root_scalar, "root": _root,
    "fixed_point": _fixed_point, "minimize": _minimize, "minimize_scalar": _minimize_scalar,
    "quad": integrals.quad,
    "quad_vec": integrals.quad_vec, "odeint": trajectories.odeint, "solve_ivp": trajectories.solve_ivp,
}  # fmt: skip

__all__ = ["called"]
