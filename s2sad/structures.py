"""Rules of functions that return dicts, or tuples in tuples: those of functions that return one tuple.

    rule(f, vjp=f_vjp, jvp=f_jvp, returns={"x": "b", "residual": float})

        f_parts(b)              return f(b)["x"], f(b)["residual"]                what has the rule
        f_whole(b)              parts = f_parts(b)
                                return {"x": parts[0], "residual": parts[1]}      what f is taken for
        f_vjp_parts(g, out, b)  return f_vjp({"x": g[0], "residual": g[1]}, {"x": out[0], ...}, b)
        f_jvp_parts(...)        made = f_jvp(dots, {"x": out[0], ...}, b); return made["x"], made["residual"]

These are texts, which are read where a derivative is differentiated again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from s2sad.frontend.source import source_of_text

Structure = Any  # a dict or a list of these; a leaf says what one part is, as `rule` is told


def is_structure(returns: Any) -> bool:
    """Whether a result is declared that is more than one tuple of numbers and arrays."""
    if isinstance(returns, list):
        return any(isinstance(one, list | dict) for one in returns)
    return isinstance(returns, dict)


def leaves(returns: Structure) -> list[Any]:
    """What is said of each part, in order."""
    if isinstance(returns, list | dict):
        items = returns.values() if isinstance(returns, dict) else returns
        return [leaf for item in items for leaf in leaves(item)]
    return [returns]


class Parts:
    """The functions of the parts of a structured result."""

    def __init__(self, own: str, parameters: Mapping[str, Any], returns: Structure) -> None:
        if not leaves(returns):
            raise ValueError(f"returns={returns!r} has no parts")
        self.own, self.parameters, self.returns = own, parameters, returns
        self.given = ", ".join(parameters)

    def taken_apart(self, fun: Callable[..., Any]) -> Callable[..., Any]:
        """The function that returns the parts of what `fun` returns."""

        def parts(*given: Any) -> Any:
            made = fun(*given)
            self._check(made, self.returns)
            return self._flat(made, self.returns)

        parts.__name__ = parts.__qualname__ = self.own
        return parts

    @property
    def whole(self) -> str:
        """The text of the function that makes the result from its parts, which `after` gives."""
        result = self._spelled("parts")
        return f"def {self.own}_whole({self.given}):\n    parts = after({self.given})\n    return {result}\n"

    def of_cotangents(self, vjp: Callable[..., Any]) -> Callable[..., Any]:
        """The user's function of cotangents, for those of the parts."""
        call = f"made({self._spelled('g')}, {self._spelled('out')}, {self.given})"
        return self._compiled(f"{self.own}_vjp_parts", f"g, out, {self.given}", f"return {call}", vjp)

    def of_tangents(self, jvp: Callable[..., Any]) -> Callable[..., Any]:
        """The user's function of tangents, giving those of the parts."""
        parts = "".join(f"dot{path}, " for path in self._paths(self.returns))
        body = f"dot = made(dots, {self._spelled('out')}, {self.given})\n    return ({parts})"
        return self._compiled(f"{self.own}_jvp_parts", f"dots, out, {self.given}", body, jvp)

    def _compiled(
        self, name: str, parameters: str, body: str, made: Callable[..., Any]
    ) -> Callable[..., Any]:
        text = f"def {name}({parameters}):\n    {body}\n"
        space: dict[str, Any] = {"made": made, "__name__": "generated"}
        exec(compile(text, source_of_text(text, name), "exec", dont_inherit=True), space)
        compiled: Callable[..., Any] = space[name]
        return compiled

    def _spelled(self, parts: str) -> str:
        """The structure of the parts that stand under one name."""
        places = itertools.count()

        def spelled(returns: Structure) -> str:
            if isinstance(returns, dict):
                return "{" + ", ".join(f"{k!r}: {spelled(v)}" for k, v in returns.items()) + "}"
            if isinstance(returns, list):
                return "(" + "".join(f"{spelled(v)}, " for v in returns) + ")"
            return f"{parts}[{next(places)}]"

        return spelled(self.returns)

    def _paths(self, returns: Structure, path: str = "") -> Iterator[str]:
        """The subscripts that lead to each part."""
        if isinstance(returns, list | dict):
            for place, item in returns.items() if isinstance(returns, dict) else enumerate(returns):
                yield from self._paths(item, f"{path}[{place!r}]")
        else:
            yield path

    def _flat(self, made: Any, returns: Structure) -> tuple[Any, ...]:
        if isinstance(returns, dict):
            return tuple(leaf for k, v in returns.items() for leaf in self._flat(made[k], v))
        if isinstance(returns, list):
            return tuple(leaf for one, v in zip(made, returns, strict=True) for leaf in self._flat(one, v))
        return (made,)

    def _check(self, made: Any, returns: Structure) -> None:
        """Raise where a result is not of the structure that is declared."""
        if not isinstance(returns, list | dict):
            return
        if isinstance(returns, dict):
            fits = type(made) is dict and made.keys() == returns.keys()
        else:
            fits = type(made) in (tuple, list) and len(made) == len(returns)
        if not fits:
            said = f"the keys {list(made)}" if type(made) is dict else type(made).__name__
            raise TypeError(f"{self.own}() returned {said}, and its rule says returns={returns!r}")
        for place in returns if isinstance(returns, dict) else range(len(returns)):
            self._check(made[place], returns[place])


__all__ = ["Parts", "is_structure", "leaves"]
