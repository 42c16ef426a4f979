"""Lowering of calls of functions with a user's rule, and of what generated texts write around these.

y = solve(a, b)                      y.1 = Call("user:solve", (a.1, b.1), form "solve|float64 *")
cotangent_of(t, 0, 2, a, "solve")    an element of t, of a's shape
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from typing import Any

from s2sad.errors import UnsupportedError
from s2sad.frontend.libraries import is_library
from s2sad.frontend.source import find
from s2sad.frontend.state import CALLABLE, Group, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Var
from s2sad.rules import custom, registry
from s2sad.rules.binding import BindingError, bind
from s2sad.rules.registry import REQUIRED, Rule
from s2sad.runtime import HELPERS


def ruled(fn: Ref) -> Callable[..., Value] | None:
    """How a function with a user's rule is lowered; None for others."""
    name = registry.canonical(fn.obj)
    if name is None or not name.startswith(registry.USER):
        return None
    return lambda state, args, kwargs, node, hint: ruled_call(state, name, fn, args, kwargs, node, hint)


def ruled_call(
    state: State, name: str, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """The call of a function with a user's rule."""
    rule = registry.rule(name)
    assert rule.user is not None
    if rule.user.template is not None:
        template = rule.user.template
        return state.call_value(Ref(template.__name__, template), args, kwargs, node, hint)
    for value in (*args, *kwargs.values()):
        if isinstance(value, CALLABLE):
            state.refuse(node, f"a function that is made here is passed to {fn.text}", "define it outside")
    if rule.form == "function":
        args, kwargs = _positional(state, rule, args, kwargs, node), {}
    atoms = tuple(state.variable(a, node) for a in args)
    named = tuple((k, state.variable(v, node)) for k, v in kwargs.items())
    call = Call(name, atoms, named)
    if any(state.kind(a) == K.BOTTOM for a in (*atoms, *(a for _, a in named))):
        return state.emit(call, K.BOTTOM, node, hint)
    try:
        bound, _ = bind(rule, call, state.kind)
        kind, look = custom.described(rule.user, rule.signature, bound, rule.form == "elementwise")
    except BindingError as error:
        state.refuse(node, str(error).replace(registry.USER, ""), "call it as its rule says")
    except NotImplementedError as error:
        state.refuse(node, str(error), "give the rule another returns=")
    if rule.user.returns is None:
        known = _read(state, rule, fn, args, kwargs, node)
        if known is not None:
            kind, look = known, "-" if known.is_scalar else ""
    made = state.emit(Call(name, atoms, named, f"{fn.text}|{look}"), kind, node, hint)
    if kind.cat != "tuple" or kind.items is None:
        return made
    parts = enumerate(kind.items)
    return Group("tuple", [state.emit(Call("getitem", (made, Const(i))), k, node) for i, k in parts])


def _positional(
    state: State, rule: Rule, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> list[Value]:
    """All arguments by place, with the function's defaults between those that the call gives."""
    own = rule.name.removeprefix(registry.USER)
    if "*args" in rule.signature:
        if kwargs:
            state.refuse(node, f"{own} is called by keyword, and its rule knows no names", "pass it by place")
        return args
    names = list(rule.signature)
    given = dict(zip(names, args, strict=False)) | kwargs
    if len(args) > len(names) or not given.keys() <= rule.signature.keys():
        state.refuse(node, f"{own}() takes the arguments {', '.join(names)}", "check the call")
    found: list[Value] = []
    required = [i for i, n in enumerate(names) if n in given or rule.signature[n] is REQUIRED]
    for name in names[: max(required, default=-1) + 1]:
        if name in given:
            found.append(given[name])
            continue
        default = rule.signature[name]
        if default is REQUIRED:
            state.refuse(node, f"{own}() misses the argument {name!r}", "pass it")
        plain = type(default) in (int, float, complex)
        found.append(Const(default) if plain else state.live_value(name, default))
    return found


def _read(
    state: State, rule: Rule, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Kind | None:
    """The kind of the result as the function's own source tells it; None if it does not."""
    obj = fn.obj
    if not isinstance(obj, types.FunctionType) or is_library(obj) or rule.name in state.frames:
        return None
    scope, frames, callers = state.scope, len(state.frames), len(state.callers)
    block, state.block = state.block, []
    outline, state.outline = state.outline, None
    try:
        source = find(obj)
        spec = source.node.args
        given = obj.__defaults__ or ()
        names = [a.arg for a in spec.posonlyargs + spec.args][-len(given) :] if given else []
        defaults = [_default(state, n, d) for n, d in zip(names, given, strict=True)]
        named = {k: _default(state, k, d) for k, d in (obj.__kwdefaults__ or {}).items()}
        env = state.bind_arguments(spec, args, kwargs, defaults, named, node, fn.text)
        kind = state.kind(state.inline(source, source.node, env, None, rule.name))
        state.depend(("code", id(obj)), lambda: obj.__code__, obj.__code__, fn.text)
    except UnsupportedError:
        return None
    finally:
        state.block, state.outline, state.scope = block, outline, scope
        del state.frames[frames:], state.callers[callers:]
    return kind if _is_result(kind) else None


def _default(state: State, name: str, obj: Any) -> Value:
    return Const(obj) if type(obj) in (int, float, complex) else state.live_value(name, obj)


def _is_result(kind: Kind) -> bool:
    if kind.cat == "tuple" and kind.items:
        return all(_is_result(item) for item in kind.items)
    return kind.is_number and not kind.optional


# ------------------------------------------------------------------------------- what generated texts call


def _result_of(state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """The call inside is one of a function with a rule, which is looked at anyway."""
    return args[0]


def _cotangent_of(
    state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """`cotangent_of(values, i, n, x, name)` of what a user's function returns."""
    values, i, n, x, name = args
    assert isinstance(i, Const) and isinstance(n, Const) and isinstance(name, Const)
    kind = state.kind(values)
    if isinstance(values, Group) or kind.cat == "tuple":
        items = kind.items or ()
        if len(items) < n.value or any(k.cat != "none" for k in items[n.value :]):
            state.refuse(
                node,
                f"the vjp of the rule for {name.value}() returns {len(items)} results for {n.value}",
                "return one for each argument",
            )
        picked = values.items[i.value] if isinstance(values, Group) else state.getitem(values, i, node)
    elif n.value == 1:
        picked = values
    else:
        state.refuse(
            node,
            f"what the vjp of the rule for {name.value}() returns cannot be seen",
            "write it in Python, and return a tuple",
        )
    return _as_cotangent(state, [picked, x, name], {}, node, hint)


def _tangent_of(
    state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """`tangent_of(values, i, n, x, name)` of what a user's function returns for a tuple."""
    values, i, n, x, name = args
    assert isinstance(i, Const) and isinstance(n, Const) and isinstance(name, Const)
    kind = state.kind(values)
    if not (isinstance(values, Group) or kind.cat == "tuple") or len(kind.items or ()) != n.value:
        what = f"what the jvp of the rule for {name.value}() returns is no tuple of {n.value} here"
        state.refuse(node, what, "return one tangent for each result")
    picked = values.items[i.value] if isinstance(values, Group) else state.getitem(values, i, node)
    return _as_cotangent(state, [picked, x, name], {}, node, hint)


def _as_cotangent(
    state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    value, x, name = args
    if isinstance(value, Var) and state.kind(value) == K.OBJECT and value.name in state.unseen:
        state.refuse(
            node,
            f"what the rule for {name.value if isinstance(name, Const) else ''}() returns cannot be seen",
            "write it in Python, or register a rule for what it calls",
        )
    return state.apply("as_cotangent", [value, x, name], {}, node, hint=hint)


def special(obj: Any) -> Any:
    """How a function is lowered that generated texts write around users' functions; None for others."""
    return _SPECIAL.get(id(obj))


_SPECIAL = {
    id(HELPERS["result_of"]): _result_of,
    id(HELPERS["cotangent_of"]): _cotangent_of,
    id(HELPERS["tangent_of"]): _tangent_of,
    id(HELPERS["as_cotangent"]): _as_cotangent,
}

__all__ = ["ruled", "special"]
