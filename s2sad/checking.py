"""check_grads: derivatives of a function held against differences of plain calls along random directions.

    check_grads(lambda x: np.sum(x**3), (np.ones(3),))           silence
    check_grads(f, (x, y), order=2)                              the gradient's gradient, too

For arguments x, a direction v and a cotangent w, reverse mode is right where <w, f'(x) v> = <v, pullback(w)>.
The left side is a central difference, extrapolated once; on floats alone it is a complex step where the
function takes one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad.api import grad, vjp

PROBES = 2  # random directions for each argument
STEP = 1e-4
TINY = 1e-30  # of the complex step


def check_grads(
    fun: Callable[..., Any],
    args: Sequence[Any],
    order: int = 1,
    modes: Sequence[str] = ("rev",),
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> None:
    """Compare derivatives with differences along random directions, argument by argument.

    Raises AssertionError naming the argument, the direction and both numbers. Orders above 1 check the
    gradient, of a function with a real result of rank 0, as a function of its own. float32 arguments need
    larger tolerances.

    >>> check_grads(lambda x: x**2, (3.0,))
    """
    unknown = set(modes) - {"rev"}
    if unknown:
        raise ValueError(f"the mode {sorted(unknown)[0]!r} is not known; use 'rev'")
    if order < 1:
        raise ValueError(f"order must be at least 1, not {order}")
    args = tuple(args)
    active = [i for i, a in enumerate(args) if A.differentiable(a)]
    if not active:
        raise TypeError("no argument can be differentiated; pass floats or arrays of floats")
    rng = np.random.default_rng(0)
    _check_reverse(fun, args, active, rng, rtol, atol)
    if order > 1:
        for i in active:
            check_grads(grad(fun, i), args, order - 1, modes, rtol, atol)


def _check_reverse(
    fun: Callable[..., Any],
    args: tuple[Any, ...],
    active: list[int],
    rng: np.random.Generator,
    rtol: float,
    atol: float,
) -> None:
    out, pullback = vjp(fun, *args)
    for i in active:
        for _ in range(PROBES):
            v, w = _direction(args[i], rng), _direction(out, rng)
            expected = _difference(fun, args, i, v, w)
            found = _inner(pullback(w)[i], v)
            if not abs(found - expected) <= atol + rtol * max(abs(expected), abs(found)):
                raise AssertionError(
                    f"the derivative of {getattr(fun, '__name__', fun)} by argument {i} is wrong "
                    f"along {v!r}: s2sad says {found!r}, differences say {expected!r}"
                )


def _direction(tree: Any, rng: np.random.Generator) -> Any:
    """Random numbers in the place of every leaf that can be differentiated, None elsewhere."""

    def draw(leaf: Any) -> Any:
        if not A.differentiable(leaf):
            return None
        drawn: Any = rng.standard_normal(np.shape(leaf))
        if np.iscomplexobj(leaf):
            drawn = drawn + 1j * rng.standard_normal(np.shape(leaf))
        if isinstance(leaf, np.ndarray):
            return np.asarray(drawn, leaf.dtype)
        return type(leaf)(drawn)

    return A.mapped(draw, tree)


def _difference(fun: Callable[..., Any], args: tuple[Any, ...], i: int, v: Any, w: Any) -> float:
    """The derivative of <w, fun> along v."""

    def along(h: Any) -> Any:
        given = [A.mapped(_copied, a) for a in args]
        given[i] = A.mapped(lambda x, d: x if d is None else x + h * d, given[i], v)
        return fun(*given)

    def central(h: float) -> float:
        return (_inner(w, along(h)) - _inner(w, along(-h))) / (2 * h)

    rough = (4 * central(STEP / 2) - central(STEP)) / 3
    if A.has_complex(args) or A.has_complex(w):
        return rough
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            exact = _inner(w, A.mapped(lambda x: None if x is None else np.imag(x) / TINY, along(1j * TINY)))
    except (TypeError, ValueError, ArithmeticError, Warning):
        return rough
    return exact if abs(exact - rough) <= 1e-4 * (1.0 + abs(rough)) else rough


def _copied(leaf: Any) -> Any:
    return leaf.copy("K") if isinstance(leaf, np.ndarray) else leaf


def _inner(a: Any, b: Any) -> float:
    """The real part of the sum of products of leaves, without conjugation; None counts as zero."""
    pairs = zip(A.leaves(a), A.leaves(b), strict=True)
    return float(sum(np.real(np.sum(np.multiply(x, y))) for x, y in pairs if x is not None and y is not None))


__all__ = ["check_grads"]
