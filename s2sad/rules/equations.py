"""Tangents of functions of several arguments that one solution, or one call of a helper, gives.

    x = scipy.linalg.solve_sylvester(a, b, q)
    x_dot = scipy.linalg.solve_sylvester(a, b, q_dot - a_dot @ x - x @ b_dot)     one solution for three
"""

from __future__ import annotations

from collections.abc import Callable

from s2sad.rules.registry import Bound, Text

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


def both_dots(of: Callable[[Bound, str], str]) -> dict[str, Text]:
    """The tangent of a function of a and b whose helper takes both tangents, None for what stands still."""

    def text_of(name: str) -> Callable[[Bound], str | None]:
        def text(bound: Bound) -> str | None:
            both = {"a", "b"} <= bound.active
            if both and name == "b":
                return None  # the other says it all
            return of(bound, ", ".join(f"{n}_dot" if both or n == name else "None" for n in "ab"))

        return text

    return {name: text_of(name) for name in "ab"}


def _of(text: Part, bound: Bound) -> str:
    return text(bound) if callable(text) else text
