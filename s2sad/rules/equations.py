"""Tangents of functions of several arguments that one solution, or one call of a helper, gives.

    x = scipy.linalg.solve_sylvester(a, b, q)
    x_dot = scipy.linalg.solve_sylvester(a, b, q_dot - a_dot @ x - x @ b_dot)     one solution for three
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.rules.axes import is_complex
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


PARTS = ", ".join(f"np.linalg.svd(a, full_matrices=False)[{k}]" for k in range(3))


def lstsq_bars(rcond: Callable[[Bound], str]) -> dict[str, Text]:
    """The cotangents of a and b with x, residuals, rank, s = lstsq(a, b), by one decomposition or none."""

    def text_of(name: str) -> Callable[[Bound], str | None]:
        def text(bound: Bound) -> str | None:
            p = "None" if 0 in bound.absent else f"pinv_by_svd(a, {PARTS}, {rcond(bound)})"
            made = f"lstsq_back(g[0], g[1], a, b, out[0], out[1], {p})[{'ab'.index(name)}]"
            terms = [] if {0, 1} <= bound.absent else [made]
            if name == "a" and 3 not in bound.absent:
                terms.append(f"svdvals_back(g[3], {VECTORS})")
            if not terms:
                return None
            x = (bound.out.items or ())[0] if bound.out is not None else None
            part = x is not None and x.sort == "complex" and not is_complex(bound, name)
            return f"np.real({' + '.join(terms)})" if part else " + ".join(terms)

        return text

    return {name: text_of(name) for name in "ab"}


def lstsq_dots(rcond: Callable[[Bound], str]) -> dict[str, Text]:
    """The tangents of x, residuals, rank, s = lstsq(a, b)."""

    def text(bound: Bound, dots: str) -> str:
        made = f"lstsq_dot({dots}, a, b, out[0], pinv_by_svd(a, {PARTS}, {rcond(bound)}))"
        values = "np.zeros_like(out[3])" if dots.startswith("None") else f"svdvals_dot(a_dot, {VECTORS})"
        return f"({made}, residuals_dot({dots}, a, b, out[0], out[1]), 0, {values})"

    return all_dots("ab", text)


def _of(text: Part, bound: Bound) -> str:
    return text(bound) if callable(text) else text
