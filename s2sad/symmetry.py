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

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ParamSpec

from s2sad import arguments as A
from s2sad.binding import Values
from s2sad.errors import UnsupportedError
from s2sad.frontend.source import find
from s2sad.ir.nodes import Do, Let, Program, walk
from s2sad.memo import Made
from s2sad.once import effect_of
from s2sad.rules.registry import USER
from s2sad.runtime.lists import copy_tree
from s2sad.transformed import Transformed

if TYPE_CHECKING:  # the pipeline is imported with the first derivative
    from s2sad.engine import Request

P = ParamSpec("P")
TWICE = "holds a list or an array twice"  # what is said at run time where text cannot be read for certain


@dataclass(frozen=True)
class Asked:
    """A transform of a gradient: the gradient for these arguments, and why its text is refused."""

    transform: Transformed[Any]
    values: Values
    inner: Made
    refused: UnsupportedError


class _Slope(Transformed[P]):
    """The tangent alone of a function, along tangents of some of its arguments."""

    mode = "jvp"

    def request(self, wrt: list[str], seen: bool = True) -> Request:
        return replace(super().request(wrt, seen), value=False)


class _Gradient(Transformed[P]):
    """The gradient of a slope."""

    mode = "grad"


def tangent(asked: Asked, wrt: list[str], value: bool) -> Made | None:
    """The gradient's value and tangent for tangents of `wrt`, or the tangent alone."""
    found = _product(asked, wrt, asked.inner.wrt, twice=value)
    if found is None or not value:
        return None if found is None else _with(found[0], found[1])
    made, product = found
    gradient = _gradient_of(asked, made)
    return _with(made, lambda *given: (gradient(*given), product(*given)))


def pullback(asked: Asked, wrt: list[str]) -> Made | None:
    """The gradient's value and its pullback to `wrt`, as a pair of functions."""
    along, transform = asked.inner.wrt, asked.transform
    plain = [asked.values[n] for n in along]
    if not all(all(map(A.differentiable, A.leaves(v))) and not A.has_records(v) for v in plain):
        return None  # a cotangent has a number where a tangent has None
    found = _product(asked, along, wrt, twice=True)
    if found is None:
        return None
    made, product = found
    gradient = _gradient_of(asked, made)

    def forward(*given: Any) -> tuple[Any, Any]:
        return gradient(*given), tuple(map(copy_tree, given)) if transform.copy else given

    def backward(kept: Any, seed: Any) -> Any:
        bars = seed[0] if transform.has_aux else seed
        bars = product(*kept, *(bars if len(along) > 1 else (bars,)))
        return bars if len(wrt) > 1 else (bars,)

    return _with(made, forward, backward)


def _with(made: Made, *functions: Callable[..., Any]) -> Made:
    """The derivative by functions that are called in place of those of its text."""
    called = {f"called_{k}": function for k, function in enumerate(functions)}
    return replace(made, derived=replace(made.derived, functions=called))


def _gradient_of(asked: Asked, made: Made) -> Callable[..., Any]:
    """The function behind the gradient, of what `made` takes; it looks at the value's rank itself."""
    from s2sad import engine

    inner, outer = asked.inner, asked.transform.inner
    assert outer is not None
    function = engine.alone(inner.derived, next(iter(inner.derived.functions.values())), outer.has_aux)
    places = [made.order.index(n) for n in inner.order]
    return lambda *given: function(*[given[k] for k in places])


def _product(
    asked: Asked, along: list[str], by: list[str], twice: bool
) -> tuple[Made, Callable[..., Any]] | None:
    """The gradient by some parameters of the tangent along others; `twice`: the function runs twice."""
    transform, values = asked.transform, asked.values
    outer = transform.inner
    if outer is None or outer.mode != "grad" or outer.inner is not None:
        return None
    keyed = any(choice.key is not None for choice in transform.choices(values))
    if keyed or any(A.has_complex(values[n]) for n in (*along, *by)):
        return None
    slope: _Slope[Any] = _Slope(outer.fun, tuple(along), outer.has_aux)
    slope.fit(0, tuple(values))
    try:
        pushed = slope.lookup(values)
        if _has_rules(pushed) or (twice and (effect_of(pushed) is not None or _prints(pushed))):
            return None
        return _pulled(asked, pushed, along, by)
    except UnsupportedError:
        return None


def _pulled(
    asked: Asked, pushed: Made, along: list[str], by: list[str]
) -> tuple[Made, Callable[..., Any]] | None:
    """The gradient of a slope, and the function that takes the slope's parameters."""
    from s2sad import engine

    values, inner, outer = asked.values, asked.inner, asked.transform.inner
    assert outer is not None
    source = find(next(iter(pushed.derived.functions.values())))
    parameters = [a.arg for a in source.node.args.args]
    names = dict(zip(pushed.order, parameters, strict=False))
    if not {*along, *by, *inner.order} <= names.keys():
        return None
    dots = dict(zip(parameters[len(pushed.order) :], along, strict=True))
    given = {names[n]: values[n] for n in pushed.order}
    given |= {dot: A.tangent(None, values[n]) for dot, n in dots.items()}
    parts = [*(names[n] for n in (*along, *by)), *dots]
    gradient: _Gradient[Any] = _Gradient(outer.fun, tuple(by))
    derived, order = gradient._derive(source, given, [names[n] for n in by], parts)
    product = engine.alone(derived, next(iter(derived.functions.values())), False)
    if inner.derived.valued:
        inner = replace(inner, derived=replace(inner.derived, valued=False))
    dependencies = [*inner.dependencies, *pushed.dependencies, *derived.dependencies]
    wrt = [n for n in values if n in along or n in by]
    choices = asked.transform.choices(values)
    derived = replace(derived, valued=False)
    made = Made(derived, pushed.order, wrt, inner.converted, choices, dependencies, inner)
    whole = order == list(given) and TWICE not in derived.text
    places = [k for k, name in enumerate(given) if name in order]
    return made, product if whole else _guarded(product, places, asked.refused)


def _guarded(
    function: Callable[..., Any], places: list[int], refused: UnsupportedError
) -> Callable[..., Any]:
    """The function of some of the arguments; what it cannot do is said as if it had not been tried."""

    def guarded(*given: Any) -> Any:
        try:
            return function(*[given[k] for k in places])
        except AssertionError as error:
            if TWICE not in str(error):
                raise
            raise refused from None

    return guarded


def _programs(made: Made) -> list[Program]:
    lowered = made.derived.lowered
    return [lowered.program, *(c.lowered.program for c in lowered.callees if c.lowered is not None)]


def _has_rules(made: Made) -> bool:
    """Whether a function calls one that a user has registered a rule for."""
    calls = [s.call for p in _programs(made) for s in walk(p.body) if isinstance(s, Let | Do)]
    return any(call.fun.startswith(USER) for call in calls)


def _prints(made: Made) -> bool:
    return any(isinstance(s, Do) and s.call.fun == "print" for p in _programs(made) for s in walk(p.body))


__all__ = ["Asked", "pullback", "tangent"]
