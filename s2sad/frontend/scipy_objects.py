"""Methods of constants of libraries: distributions with their parameters, curves, sparse matrices.

    d = scipy.stats.norm(0.0, 2.0)         d.logpdf(x) is d.dist.logpdf(x, d.args[0], d.args[1])

What the text relies on is which objects a distribution holds as its parameters.
"""

from __future__ import annotations

import ast
from typing import Any

from s2sad.frontend.fixed_curves import method_of_curve
from s2sad.frontend.mapped import FUNCTIONS as MAPPED
from s2sad.frontend.source import RULES
from s2sad.frontend.sparse_constants import sparse_method
from s2sad.frontend.state import Closure, Method, Part, State, Value
from s2sad.ir.nodes import Ref
from s2sad.rules import registry


def method_of_constant(
    state: State, fn: Method, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """A call of a method that SciPy has given to an object known before the call; None for all else."""
    if isinstance(fn.self, Ref) and isinstance(fn.fn, Ref):
        own = getattr(fn.fn.obj, "__name__", "")
        made_by = isinstance(fn.self.obj, type) and own in ("fit", "fromroots", "basis")
        if made_by and hasattr(fn.self.obj, own):
            if (lowered := MAPPED.get(getattr(fn.self.obj, own))) is not None:
                return lowered(state, args, kwargs, node, hint)
        name = registry.canonical_method(fn.self.obj, own)
        if name is not None:
            return state.apply(name, args, kwargs, node, hint=hint)
        law = frozen_method(state, fn.self, own)
        if law is not None:
            return state.call_value(law, args, kwargs, node, hint)
    if isinstance(fn.fn, Ref):
        curve = method_of_curve(state, fn.self, getattr(fn.fn.obj, "__name__", ""), args, kwargs, node)
        if curve is not None:
            return curve
    return sparse_method(state, fn, args, kwargs, node)


def beside(base: Value, name: str) -> Value | None:
    """A method of what the formula of a rule makes: a function beside the one that it returns."""
    if isinstance(base, Closure) and base.scope.source.module == RULES:
        return base.scope.env.get(name)
    return None


def frozen_method(state: State, base: Ref, method: str) -> Value | None:
    """The method of a distribution that was frozen outside, with its parameters; None for all else."""
    frozen, law = base.obj, getattr(base.obj, "dist", None)
    names = registry.parameters(law) if hasattr(frozen, "args") and hasattr(frozen, "kwds") else None
    if names is None or registry.canonical_method(law, method) is None:
        return None

    def held() -> tuple[Any, ...]:
        named = [(name, id(value)) for name, value in frozen.kwds.items()]
        return (type(frozen.dist), *(id(value) for value in frozen.args), *named)

    state.depend((base.text, id(frozen)), held, held(), "parameters", same=True)
    own: dict[str, Value] = {}
    for i, (name, value) in enumerate(zip(names, frozen.args, strict=False)):
        own[name] = state.live_value(f"{base.text}.args[{i}]", value)
    for name, value in frozen.kwds.items():
        own[name] = state.live_value(f"{base.text}.kwds[{name!r}]", value)
    return Part(Ref(f"{base.text}.dist.{method}", getattr(law, method)), [], own)
