"""What functions with a user's rule return: the kind of the result, and how generated texts look at it.

    rule(f, ..., returns="x")        the kind of x        y = result_of(f(x), "f", "like 0", x)
    rule(f, ..., returns=float)      a Python float       y = result_of(f(x), "f", "float")
    rule(f, ..., returns=["x", 1])   a tuple           y = result_of(f(x), "f", "tuple like 0, float64 1", x)

The words of the look are those of `runtime.custom.result_of`; "-" stands for none: what is known for certain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.registry import Bound, UserRule

PLAIN = ("float", "int", "complex", "bool")  # looks at a result that need no arguments
UNSEEN = (Kind("num", "float64", None), "float64 *")


def kind_of(user: UserRule, signature: dict[str, Any], elementwise: bool = False) -> Callable[[Bound], Kind]:
    """The function of a rule that gives the kind of the result."""
    return lambda bound: described(user, signature, bound, elementwise)[0]


def described(user: UserRule, signature: dict[str, Any], bound: Bound, elementwise: bool) -> tuple[Kind, str]:
    """What a function returns for arguments of these kinds, and how the text looks at it."""
    given = _given(bound)
    if not isinstance(user.returns, list):
        return _one(user, user.returns, given, elementwise)
    parts = [_one(user, returns, given, False) for returns in user.returns]
    return Kind("tuple", items=tuple(k for k, _ in parts)), f"tuple {', '.join(look for _, look in parts)}"


def _one(user: UserRule, returns: Any, given: dict[str, Kind], elementwise: bool) -> tuple[Kind, str]:
    """One result of a function, of which `returns` is said."""
    if isinstance(returns, str):
        name = returns
        place = list(given).index(name) if name in given else -1
        if place < 0 or not given[name].is_number:
            raise NotImplementedError(f"the result is like {name!r}, which is no number or array here")
        kind = given[name]
        return (replace(kind, cat="array") if kind.cat == "num" and kind.rank else kind), f"like {place}"
    if returns in (float, int, complex, bool):
        return Kind(returns.__name__), returns.__name__
    if isinstance(returns, tuple):
        return _array(np.dtype(returns[0]).name, returns[1])
    if isinstance(returns, int):
        return _array("float64", returns)
    if returns is not None:
        dtype = np.dtype(returns).name
        return K.npscalar(dtype), dtype
    return _elementwise(user, list(given.values())) if elementwise else UNSEEN


def _array(dtype: str, rank: int) -> tuple[Kind, str]:
    return K.array(K.fresh_shape(rank), dtype), f"{dtype} {rank}"


def _given(bound: Bound) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for name, kind in bound.kinds.items():
        if name == "args" and kind.cat == "tuple" and kind.items is not None and len(bound.kinds) == 1:
            found.update({f"args_{i}": item for i, item in enumerate(kind.items)})
        else:
            found[name] = kind
    return found


def _elementwise(user: UserRule, given: list[Kind]) -> tuple[Kind, str]:
    numbers = [k for k in given if k.is_number]
    if isinstance(user.fun, np.ufunc) and user.fun.nout == 1:
        return results.ufunc(user.fun, *given), "-"
    if all(k.is_python for k in numbers):
        cat = "complex" if any(k.cat == "complex" for k in numbers) else "float"
        return Kind(cat), cat
    dtype = K.promote(*numbers)
    dtype = "float64" if dtype.startswith(("int", "uint", "bool")) else dtype
    return K.num(K.broadcast(*(k.shape for k in numbers)), dtype), f"broadcast {dtype}"


__all__ = ["PLAIN", "UNSEEN", "described", "kind_of"]
