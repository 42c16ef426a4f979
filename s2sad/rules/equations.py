"""Tangents of functions of several arguments that one solution, or one call of a helper, gives.

    x = scipy.linalg.solve_sylvester(a, b, q)
    x_dot = scipy.linalg.solve_sylvester(a, b, q_dot - a_dot @ x - x @ b_dot)     one solution for three
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.rules.axes import as_array
from s2sad.rules.registry import Bound, Text

VECTORS = "np.linalg.svd(a, full_matrices=False)[0], np.linalg.svd(a, full_matrices=False)[2]"
Part = str | Callable[[Bound], str]


def one_solution(
    solve: Callable[[Bound, str], str], plus: dict[str, Part], minus: dict[str, Part]
) -> dict[str, Text]:
    """The tangent of what solves an equation, in one solution with the sum of the arguments' right sides.

    q: q_dot, a: a_dot @ out      solve(q_dot - a_dot @ out)
    """

    def text_of(name: str) -> Callable[[Bound], str | None]:
        def text(bound: Bound) -> str | None:
            active = [n for n in (*plus, *minus) if n in bound.active] or [name]
            if name != active[0]:
                return None  # the first says it all
            gains, losses = ([_of(of[n], bound) for n in of if n in active] for of in (plus, minus))
            if not gains:
                return "-" + solve(bound, " + ".join(losses))
            return solve(bound, " - ".join((" + ".join(gains), *losses)))

        return text

    return {name: text_of(name) for name in (*plus, *minus)}


def all_dots(names: str, of: Callable[[Bound, str], str]) -> dict[str, Text]:
    """The tangent of a function whose helper takes the tangents of all arguments, None for what stands still.

    riccati_dot(a_dot, None, q_dot, None, ...)
    """

    def text_of(name: str) -> Callable[[Bound], str | None]:
        def text(bound: Bound) -> str | None:
            active = [n for n in names if n in bound.active] or [name]
            if name != active[0]:
                return None  # the first says it all
            return of(bound, ", ".join(f"{n}_dot" if n in active else "None" for n in names))

        return text

    return {name: text_of(name) for name in names}


def pseudoinverse(bound: Bound, rcond: str) -> str:
    """That of the matrix of a least-squares problem, by the singular values that the solution counts."""
    a = "a" if as_array(bound.kind("a")).sort in ("float", "complex") else "1.0*a"
    return f"np.linalg.pinv({a}, rtol={rcond})"


def lstsq_dots(rcond: Callable[[Bound], str]) -> dict[str, Text]:
    """The tangents of x, residuals, rank, s = lstsq(a, b): the last is asked for on its own, and rarely."""

    def text(bound: Bound, dots: str) -> str:
        made = f"lstsq_dot({dots}, a, b, out[0], out[1], {pseudoinverse(bound, rcond(bound))})"
        values = "np.zeros_like(out[3])" if dots.startswith("None") else f"svdvals_dot(a_dot, {VECTORS})"
        return f"({made}[0], {made}[1], 0, {values})"

    return all_dots("ab", text)


def _of(text: Part, bound: Bound) -> str:
    return text(bound) if callable(text) else text
