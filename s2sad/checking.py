"""check_grads: derivatives of a function held against differences of plain calls along random directions.

    check_grads(lambda x: np.sum(x**3), (np.ones(3),))           silence
    check_grads(f, (x, y), order=2)                              the gradient's gradient, too

For arguments x, a direction v and a cotangent w, the modes are right where <w, f'(x) v> = <w, jvp(v)> =
<v, pullback(w)>. The first is a central difference, extrapolated once; on floats alone it is a complex step
where the function takes one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad.api import grad, vjp
from s2sad.frontend.source import source_of_text
from s2sad.pushforward import jvp

PROBES = 2  # random directions for each argument
STEP = 1e-4
TINY = 1e-30  # of the complex step


MODES = ("fwd", "rev")


def check_grads(
    fun: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = MODES,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> None:
    """Compare derivatives with differences along random directions, argument by argument, and both modes.

    Raises AssertionError naming the argument, the direction and both numbers. Orders above 1 check the
    gradient of the result (of its sum with random weights, unless it is one real number) as a function of its
    own. float32 arguments need larger tolerances.

    >>> check_grads(lambda x: x**2, (3.0,))
    """
    unknown = set(modes) - set(MODES)
    if unknown or not modes:
        raise ValueError(f"the modes {tuple(modes)!r} are not known; use 'fwd', 'rev' or both")
    if order < 1:
        raise ValueError(f"order must be at least 1, not {order}")
    args = tuple(args)
    active = [i for i, a in enumerate(args) if A.differentiable(a)]
    if not active:
        raise TypeError("no argument can be differentiated; pass floats or arrays of floats")
    rng = np.random.default_rng(0)
    out = _check_first(fun, args, active, modes, rng, rtol, atol)
    if order > 1 and not A.has_complex(args):
        weighted = fun if isinstance(out, float | np.floating) else _weighted(fun, args, out, rng)
        if weighted is not None:
            for i in active:
                check_grads(grad(weighted, i), args, order - 1, modes, rtol, atol)


def _check_first(
    fun: Callable[..., Any],
    args: tuple[Any, ...],
    active: list[int],
    modes: Sequence[str],
    rng: np.random.Generator,
    rtol: float,
    atol: float,
) -> Any:
    """Check first derivatives; the value."""
    out, pullback = vjp(fun, *args) if "rev" in modes else (fun(*[A.mapped(_copied, a) for a in args]), None)
    name = getattr(fun, "__name__", fun)
    for i in active:
        for _ in range(PROBES):
            v, w = _direction(args[i], rng), _direction(out, rng)
            differences = _differences(fun, args, i, v, w)
            found = {"differences": differences[0]}
            if pullback is not None:
                found["reverse mode"] = _inner(pullback(w)[i], v)
            if "fwd" in modes:
                tangents = [v if j == i else None for j in range(len(args))]
                found["forward mode"] = _inner(jvp(fun, args, tangents)[1], w)
            for mode, number in found.items():
                expected = min(differences, key=lambda d: abs(number - d))
                if not abs(number - expected) <= atol + rtol * max(abs(expected), abs(number)):
                    raise AssertionError(
                        f"the derivative of {name} by argument {i} is wrong along {v!r}: "
                        f"{mode} says {number!r}, differences say {expected!r}"
                    )
    return out


def _weighted(
    fun: Callable[..., Any], args: tuple[Any, ...], out: Any, rng: np.random.Generator
) -> Callable[..., Any] | None:
    """The sum of a result's leaves with random weights as a function; None if there is nothing to add."""
    space: dict[str, Any] = {"np": np, "fun": fun, "__name__": "generated"}
    terms: list[str] = []

    def visit(part: Any, path: str) -> None:
        if isinstance(part, dict | list | tuple):
            items = part.items() if isinstance(part, dict) else enumerate(part)
            for key, inner in items:
                visit(inner, f"{path}[{key!r}]")
        elif A.differentiable(part) and not A.is_record(part):
            weight = f"w{len(terms)}"
            drawn = rng.standard_normal(np.shape(part))
            space[weight] = drawn if np.ndim(part) else float(drawn)
            product = f"np.sum({weight}*{path})" if np.ndim(part) else f"{weight}*{path}"
            terms.append(f"np.real({product})" if np.iscomplexobj(part) else product)

    visit(out, "out")
    if not terms:
        return None
    names = ", ".join(f"x{i}" for i in range(len(args)))
    text = f"def weighted({names}):\n    out = fun({names})\n    return {' + '.join(terms)}\n"
    exec(compile(text, source_of_text(text, "weighted"), "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space["weighted"]
    return made


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


def _differences(
    fun: Callable[..., Any], args: tuple[Any, ...], i: int, v: Any, w: Any
) -> tuple[float, ...]:
    """The derivative of <w, fun> along v: by differences, and by a complex step where that is near.

    Neither is right everywhere: differences lose digits, and functions like np.real lose the complex step, or
    a part of it.
    """

    def along(h: Any) -> Any:
        given = [A.mapped(_copied, a) for a in args]
        given[i] = A.mapped(lambda x, d: x if d is None else x + h * d, given[i], v)
        return fun(*given)

    def central(h: float) -> float:
        return (_inner(w, along(h)) - _inner(w, along(-h))) / (2 * h)

    rough = (4 * central(STEP / 2) - central(STEP)) / 3
    if A.has_complex(args) or A.has_complex(w):
        return (rough,)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            exact = _inner(w, A.mapped(lambda x: None if x is None else np.imag(x) / TINY, along(1j * TINY)))
    except Exception:  # of whatever takes no complex numbers
        return (rough,)
    near = exact != 0.0 and abs(exact - rough) <= 1e-4 * (1.0 + abs(rough))
    return (exact, rough) if near else (rough,)


def _copied(leaf: Any) -> Any:
    return leaf.copy("K") if isinstance(leaf, np.ndarray) else leaf


def _inner(a: Any, b: Any) -> float:
    """The real part of the sum of products of leaves, without conjugation; None counts as zero."""
    pairs = zip(A.leaves(a), A.leaves(b), strict=True)
    return float(sum(np.real(np.sum(np.multiply(x, y))) for x, y in pairs if x is not None and y is not None))


__all__ = ["check_grads"]
