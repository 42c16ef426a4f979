"""What stands in a program for solutions of equations and for integrals: the value that SciPy has given.

    x = solution_at(brentq(f, 0.0, 1.0), residual, slope)

The other arguments say how it is differentiated (see `rules.solvers`); texts have the value alone.
"""

from __future__ import annotations

from typing import Any


def solution_at(x: Any, residual: Any, slope: Any) -> Any:
    """A root of one equation, whose residual and slope in x these are there.

    >>> solution_at(2.0, 0.0, 4.0)
    2.0
    """
    return x


def solution_of(x: Any, residual: Any, matrix: Any) -> Any:
    """A root of several equations, whose residuals and Jacobian in x these are there.

    >>> solution_of(2.0, 0.0, 4.0)
    2.0
    """
    return x


def with_slope(value: Any, p: Any, slope: Any) -> Any:
    """A value whose derivative in p is `slope`.

    >>> with_slope(2.0, 1.0, 4.0)
    2.0
    """
    return value


def refused_by(value: Any, p: Any, what: str) -> Any:
    """A value that cannot be differentiated by p.

    >>> refused_by(2.0, 1.0, "")
    2.0
    """
    return value
