"""Equations whose matrices' forms are held, in texts of second derivatives: differentiated is the equation.

    x = sylvester_by(forms, a, b, q, False)      as x = scipy.linalg.solve_sylvester(a, b, q)
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.ir import kinds
from s2sad.rules.axes import shape_of, zero
from s2sad.rules.registry import composite, structural
from s2sad.rules.scipy_linalg import _float
from s2sad.runtime import held

_Function = Callable[..., object]


def _forms(function: _Function, signature: str) -> None:
    structural(
        function.__name__,
        signature,
        lambda _: kinds.OBJECT,
        dict.fromkeys(signature.split(", "), zero),
        (function,),
    )


def _by(function: _Function, parameters: str, solution: str) -> None:
    name, right = function.__name__, "q" if " q" in parameters else "b"
    composite(
        name,
        f"def {name}(forms, {parameters}, turned):\n"
        f"    if turned:\n        return {solution.format(a='adjoint(a)', b='adjoint(b)')}\n"
        f"    return {solution.format(a='a', b='b')}\n",
        (function,),
    ).kind = lambda bound: kinds.array(shape_of(bound, right), _float(bound, "a", right))


_forms(held.sylvester_forms, "a, b")
_forms(held.lyapunov_forms, "a")
_forms(held.stein_forms, "a")
_forms(held.square_forms, "a, even")
_forms(held.lu_forms, "a")
_forms(held.cho_forms, "a, lower")
_by(held.sylvester_by, "a, b, q", "scipy.linalg.solve_sylvester({a}, {b}, q)")
_by(held.lyapunov_by, "a, q", "scipy.linalg.solve_continuous_lyapunov({a}, q)")
_by(held.stein_by, "a, q", "scipy.linalg.solve_discrete_lyapunov({a}, q)")
_by(held.square_by, "a, q, even", "both_sides({a}, q, even)")
_by(held.solve_by, "a, b", "np.linalg.solve({a}, b)")
_by(held.cho_by, "a, b, lower", "scipy.linalg.solve(a, b, lower=lower, assume_a='pos')")
