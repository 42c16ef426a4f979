"""Derivatives of gradients whose text cannot be read again: by the symmetry of the Hessian.

    H v    the tangent of grad(f) along v, and its pullback          what is read again is f_grad(x)
           the gradient of x -> jvp(f, (x,), (v,))[1]                what is read again is f_jvp(x, x_dot)

A gradient keeps what its function made: of a function that calls itself these are lists in lists, and objects
that its text cannot tell apart. A tangent keeps nothing. Accepts a transform of `grad(f)`; guarantees a
derivative that is called as that of the gradient's text would be, or None: where users have registered rules
(their derivatives need not be those of one function), of complex numbers, and where the gradient is wanted
besides and the function has an effect, which would happen twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec

from s2sad import arguments as A
from s2sad.binding import Choice, Values
from s2sad.errors import UnsupportedError
from s2sad.frontend.source import find
from s2sad.ir.nodes import Do, Let, walk
from s2sad.memo import Made
from s2sad.once import effect_of
from s2sad.rules.registry import USER
from s2sad.runtime.lists import copy_tree
from s2sad.transformed import Transformed

if TYPE_CHECKING:  # the pipeline is imported with the first derivative
    from s2sad.engine import Request

P = ParamSpec("P")


class _Slope(Transformed[P]):
    """The tangent alone of a function, along tangents of some of its arguments."""

    mode = "jvp"

    def request(self, wrt: list[str], seen: bool = True) -> Request:
        return replace(super().request(wrt, seen), value=False)


class _Gradient(Transformed[P]):
    """The gradient of a slope."""

    mode = "grad"


def tangent(transform: Transformed[Any], values: Values, inner: Made, wrt: list[str], value: bool) -> Any:
    """The gradient's value and tangent for tangents of `wrt`, or the tangent alone; None if there is none."""
    made = _made(transform, values, inner, wrt, inner.wrt, value)
    if made is None or not value:
        return made
    gradient, product = _gradient_of(transform, inner), next(iter(made.derived.functions.values()))
    places = [made.order.index(n) for n in inner.order]

    def run(*given: Any) -> tuple[Any, Any]:
        return gradient(*[given[k] for k in places]), product(*given)

    return _with(made, run)


def pullback(transform: Transformed[Any], values: Values, inner: Made, wrt: list[str]) -> Any:
    """The gradient's value and its pullback to `wrt`, as a pair of functions; None if there is none."""
    plain = [values[n] for n in inner.wrt]
    if not all(all(map(A.differentiable, A.leaves(v))) and not A.has_records(v) for v in plain):
        return None  # a cotangent has a number where a tangent has None
    made = _made(transform, values, inner, inner.wrt, wrt, True)
    if made is None:
        return None
    gradient, product = _gradient_of(transform, inner), next(iter(made.derived.functions.values()))
    places = [made.order.index(n) for n in inner.order]
    has_aux, copy = transform.has_aux, transform.copy

    def forward(*given: Any) -> tuple[Any, Any]:
        kept = tuple(map(copy_tree, given)) if copy else given
        return gradient(*[given[k] for k in places]), kept

    def backward(kept: Any, seed: Any) -> Any:
        bars = seed[0] if has_aux else seed
        found = product(*kept, *(bars if len(inner.wrt) > 1 else (bars,)))
        return found if len(wrt) > 1 else (found,)

    return _with(made, forward, backward)


def _with(made: Made, *functions: Callable[..., Any]) -> Made:
    derived = replace(made.derived, functions={f.__name__: f for f in functions})
    return replace(made, derived=derived)


def _gradient_of(transform: Transformed[Any], inner: Made) -> Callable[..., Any]:
    """The function behind the gradient, which looks at the value's rank itself."""
    from s2sad import engine

    assert transform.inner is not None
    return engine.alone(inner.derived, next(iter(inner.derived.functions.values())), transform.inner.has_aux)


def _made(
    transform: Transformed[Any], values: Values, inner: Made, along: list[str], by: list[str], twice: bool
) -> Made | None:
    """The gradient by some parameters of the tangent along others; `twice`: the function runs twice."""
    outer = transform.inner
    if outer is None or outer.mode != "grad" or outer.inner is not None:
        return None
    choices = transform.choices(values)
    keyed = any(choice.key is not None for choice in choices)
    if keyed or any(A.has_complex(values[n]) for n in (*along, *by)):
        return None
    slope: _Slope[Any] = _Slope(outer.fun, tuple(along), outer.has_aux)
    slope.fit(0, tuple(values))
    try:
        pushed = slope.lookup(values)
        if _has_rules(pushed) or (twice and (effect_of(pushed) is not None or _prints(pushed))):
            return None
        return _pulled(transform, outer, values, inner, pushed, choices, along, by)
    except UnsupportedError:
        return None


def _pulled(
    transform: Transformed[Any],
    outer: Transformed[Any],
    values: Values,
    inner: Made,
    pushed: Made,
    choices: tuple[Choice, ...],
    along: Sequence[str],
    by: list[str],
) -> Made | None:
    from s2sad import engine

    source = find(next(iter(pushed.derived.functions.values())))
    parameters = [a.arg for a in source.node.args.args]
    names = dict(zip(pushed.order, parameters, strict=False))
    taken = [n for n in along if n in names]
    dots = dict(zip(parameters[len(pushed.order) :], taken, strict=True))
    if len(taken) < len(along) or not {*by, *inner.order} <= names.keys():
        return None
    given = {names[n]: values[n] for n in pushed.order}
    given |= {dot: A.tangent(None, values[n]) for dot, n in dots.items()}
    parts = [names[n] for n in dict.fromkeys((*along, *by))]
    gradient: _Gradient[Any] = _Gradient(outer.fun, tuple(by))
    derived, order = gradient._derive(source, given, [names[n] for n in by], [*parts, *dots])
    product = engine.alone(derived, next(iter(derived.functions.values())), False)
    if order != list(given):
        places = [k for k, name in enumerate(given) if name in order]
        whole = product

        def product(*held: Any) -> Any:
            return whole(*[held[k] for k in places])

    derived = replace(derived, functions={product.__name__: product}, valued=False)
    if inner.derived.valued:
        inner = replace(inner, derived=replace(inner.derived, valued=False))
    dependencies = [*inner.dependencies, *pushed.dependencies, *derived.dependencies]
    wrt = [n for n in values if n in along or n in by]
    return Made(derived, pushed.order, wrt, inner.converted, choices, dependencies, inner)


def _programs(made: Made) -> list[Any]:
    lowered = made.derived.lowered
    return [lowered.program, *(c.lowered.program for c in lowered.callees if c.lowered is not None)]


def _has_rules(made: Made) -> bool:
    """Whether a function calls one that a user has registered a rule for."""
    lets = [s for p in _programs(made) for s in walk(p.body) if isinstance(s, Let | Do)]
    return any(s.call.fun.startswith(USER) for s in lets)


def _prints(made: Made) -> bool:
    return any(isinstance(s, Do) and s.call.fun == "print" for p in _programs(made) for s in walk(p.body))


__all__ = ["pullback", "tangent"]
