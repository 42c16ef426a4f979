"""Calls of functions under `checkpoint`: kept as functions of their own, whatever their size.

    y = checkpoint(g)(x, rng)       s.1 = generator_state(rng.1); y.2 = Call("user", (Ref(g), x.1, rng.1))

The callee is lowered apart, once for each signature. It must be such that it can be called again
(`analysis.repeat`), so that a call is described by its operands and its result.
"""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError, refuse
from s2sad.frontend.libraries import is_library
from s2sad.frontend.recursion import Callee, holds_records, returns_numbers, state_kind, unlike
from s2sad.frontend.results import whole
from s2sad.frontend.source import find
from s2sad.frontend.state import Closure, Local, Method, Part, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Var
from s2sad.rules import registry

GENERATORS = (np.random.Generator, np.random.RandomState)


def marker(fun: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands for a function under checkpoint that is given here."""
    return fun(*args, **kwargs)


def leniently(fun: Any, *args: Any) -> Any:
    """Stands for a function under checkpoint, where that can be."""
    return fun(*args)


def states(trips: range, slots: int) -> range:
    """Stands for `checkpointed` in the text of a derivative, where that can be."""
    return trips


states.__s2sad_checkpointed__ = True  # type: ignore[attr-defined]


def kept_apart(state: State, node: ast.For) -> bool:
    """Whether few states of a checkpointed loop are kept: in the text of a derivative, if that can be."""
    assert state.outline is not None and isinstance(node.iter, ast.Call)
    fn = state.peeked(node.iter.func)
    if not isinstance(fn, Ref) or fn.obj is not states:
        return state.outline.loops
    state.outline.lenient = True
    return state.outline.loops and not state.outline.plainly


def _leniently(state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """The call of a function under checkpoint, or a plain one where that is refused."""
    begun, remedy = len(state.block), state.remedy
    if state.outline is not None:
        state.outline.lenient = True
        if state.outline.plainly:
            return state.call_value(args[0], args[1:], kwargs, node, hint)
    try:
        return checkpointed_call(state, args[0], args[1:], kwargs, node, hint, lent=True)
    except UnsupportedError:
        del state.block[begun:]
        state.remedy = remedy
        return state.call_value(args[0], args[1:], kwargs, node, hint)


def again(state: State) -> Ref:
    """What a text calls its own functions under checkpoint by."""
    if state.outline is not None:
        state.outline.lenient = True
        if state.outline.plainly:
            return Ref("again", leniently)
    return Ref("again", marker)


def checkpointed(state: State, target: Value) -> Part:
    """`checkpoint(target)` as a value that can be called."""
    return Part(Ref("checkpoint", marker), [target], {})


def checkpointed_call(
    state: State,
    target: Value,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.AST,
    hint: str,
    lent: bool = False,
) -> Value:
    """`checkpoint(target)(*args, **kwargs)`; of arguments that are `lent` it gives back copies."""
    fn, given, named, own = _resolved(state, target, args, kwargs, node)
    if fn is None or state.outline is None or not state.outline.again or state.const_depth:
        return state.call_value(target, args, kwargs, node, hint)
    source = find(fn.obj)
    spec = source.node.args
    if spec.vararg or spec.kwarg or spec.kwonlyargs:
        state.refuse(node, f"{fn.text} under checkpoint has star or keyword-only parameters", "name them")
    state.depend(("code", id(fn.obj)), lambda: fn.obj.__code__, fn.obj.__code__, fn.text)
    state.depend(("defaults", id(fn.obj)), lambda: fn.obj.__defaults__, fn.obj.__defaults__, fn.text)
    before = fn.obj.__defaults__ or ()
    names = [a.arg for a in spec.posonlyargs + spec.args]
    defaults = [
        Const(d) if type(d) in (int, float, complex) else state.live_value(n, d)
        for n, d in zip(names[len(names) - len(before) :], before, strict=True)
    ]
    env = state.bind_arguments(spec, given, named, defaults, {}, node, fn.text)
    call = _Callee(state, fn, node, lent)
    atoms = [call.operand(n, env[n]) for n in names]
    made = call.lowered(source, own)
    if made.copied:
        kinds = [state.kind(a) for a in atoms]
        atoms = [
            state.emit(Call("copy", (a,)), k, node) if k.cat == "array" else a
            for a, k in zip(atoms, kinds, strict=True)
        ]
    words = tuple(
        (f"state_{n}", state.emit(Call("generator_state", (a,)), K.OBJECT, node))
        for n, a in zip(names, atoms, strict=True)
        if n in call.generators
    )
    result = state.emit(Call("user", (Ref(fn.text, made), *atoms), words), unlike(made.result), node, hint)
    form = made.lowered.form if made.lowered is not None else None
    return result if form is None else whole(state, form, result, node)


def _resolved(
    state: State, target: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> tuple[Ref | None, list[Value], dict[str, Value], bool]:
    """The plain function, all its arguments, and whether it is one that others can import."""
    if isinstance(target, Part):
        return _resolved(state, target.fn, target.args + args, {**target.kwargs, **kwargs}, node)
    if isinstance(target, Method):
        return _resolved(state, target.fn, [target.self, *args], kwargs, node)
    if isinstance(target, Closure):
        fn, captured = state.lifted_by_place(target, node)
        return fn, [*args, *captured.values()], kwargs, False
    if not isinstance(target, Ref):
        return None, args, kwargs, True
    obj = target.obj
    if isinstance(obj, types.MethodType):
        owner = Ref(target.text + ".__self__", obj.__self__)
        return _resolved(state, Ref(target.text, obj.__func__), [owner, *args], kwargs, node)
    plain = isinstance(obj, types.FunctionType) and not is_library(obj) and registry.canonical(obj) is None
    return (target if plain else None), args, kwargs, True


class _Callee:
    """A function under checkpoint for the arguments of one call."""

    def __init__(self, state: State, fn: Ref, node: ast.AST, lent: bool = False) -> None:
        self.state = state
        self.fn = fn
        self.node = node
        self.lent = lent
        self.known: dict[str, Kind | Atom] = {}
        self.live: dict[str, Any] = {}
        self.generators: list[str] = []

    def operand(self, name: str, value: Value) -> Atom:
        """An argument as an operand; what the callee is lowered for is entered."""
        state = self.state
        record = isinstance(value, Local) and value.cat == "object"
        kind = state.kind_of_parts(value)
        atom = state.variable(state.plain(value) if record else value, self.node)
        obj = atom.obj if isinstance(atom, Ref) else None
        drawn = None
        if isinstance(atom, Var):
            obj, drawn = state.live.get(atom.name), state.generators.get(atom.name)
        if isinstance(obj, GENERATORS) or drawn is not None:
            self.generators.append(name)
            self.known[name] = K.OBJECT
            self.live[name] = obj if obj is not None else _prototype(drawn)  # its type alone matters
            return atom
        kind = kind if record else state.kind(atom)
        if isinstance(atom, Ref | Const) and not kind.inexact:
            self.known[name] = atom
        elif isinstance(atom, Var) and atom.name in state.live:
            self.known[name] = kind
            self.live[name] = state.live[atom.name]
        elif isinstance(atom, Var) and (atom.name in state.unseen or kind.optional or kind == K.OBJECT):
            state.refuse(
                self.node,
                f"the argument {name!r} of {self.fn.text} under checkpoint is not known before the call",
                "pass numbers, arrays, or tuples of these",
            )
        else:
            self.known[name] = _anonymous(kind)
        return atom

    def lowered(self, source: Any, own: bool) -> Callee:
        """The callee."""
        from s2sad.frontend.lower import lower

        state, known = self.state, self.known
        assert state.outline is not None
        parts = [K.signature(v) if isinstance(v, Kind) else v for v in known.values()]
        places = [(n, id(v)) for n, v in self.live.items() if n not in self.generators]
        named = self.fn.obj.__code__, id(self.fn.obj), self.lent
        key = ("checkpoint", *named, *parts, *places, *self.generators)
        if key not in state.callees:
            if source.fun.__code__ in state.frames:
                state.refuse(self.node, f"{self.fn.text} under checkpoint calls itself", "write a loop")
            dynamic = tuple(i for i, n in enumerate(known) if isinstance(known[n], Kind))
            name = source.fun.__name__ if source.fun.__name__.isidentifier() else "step"
            spec = Callee(name, self.fn.obj, source, known, dynamic, K.NONE, again=True, own=own)
            spec.generators = tuple(self.generators)
            spec.lowered = lower(
                source, name, known, self.live, callees=state.callees, outline=state.outline, parted="all",
                kept=state.kept,
            )  # fmt: skip
            records = any(isinstance(v, Kind) and holds_records(v) for v in known.values())
            spec.own = own and not records and spec.lowered.form is None  # it takes and gives what texts do
            spec.result = state_kind(spec.lowered)
            self._check(spec)
            state.callees[key] = spec
        made: Callee = state.callees[key]
        assert made.lowered is not None
        for dependency in made.lowered.dependencies:
            state.dependencies.setdefault((id(dependency), dependency.text), dependency)
        return made

    def _check(self, spec: Callee) -> None:
        state, lowered = self.state, spec.lowered
        assert lowered is not None and state.outline is not None
        inside = frozenset(ssa for n in self.generators if (ssa := lowered.arguments[n]) is not None)
        found = state.outline.obstacle(lowered.program, lowered.result, inside)
        if lowered.changed:
            found = None, f"writes into its argument {lowered.changed[0]!r}", "return what it writes"
        if found is not None:
            span, what, instead = found
            refuse(span or state.span(self.node), f"{spec.name} under checkpoint {what}", instead)
        spec.loose = state.outline.returns_argument(lowered.program, lowered.result)
        if spec.loose and self.lent:
            spec.loose, spec.copied = False, True
        if not returns_numbers(spec.result):
            state.refuse(
                self.node,
                f"{spec.name} under checkpoint returns {K.describe(spec.result)}",
                "return numbers, arrays, or tuples, lists and dicts of these",
            )


def prepared(state: State, fn: Ref, node: ast.AST) -> _Callee:
    """A function that is kept as one, whose operands are still to be entered."""
    return _Callee(state, fn, node)


def under_checkpoint(fn: Ref) -> Callable[..., Value] | None:
    """How `checkpoint`, functions under it and those under `no_grad` are lowered; None for others."""
    obj = fn.obj
    if not isinstance(obj, types.FunctionType):
        return None
    if obj is marker:
        return lambda state, args, kwargs, node, hint: checkpointed_call(
            state, args[0], args[1:], kwargs, node, hint
        )
    if obj is leniently:
        return _leniently
    if hasattr(obj, "__s2sad_constant__"):
        return functools.partial(_constant_call, Ref(fn.text, obj.__s2sad_constant__))
    if hasattr(obj, "__s2sad_checkpoints__"):
        return lambda state, args, kwargs, node, hint: checkpointed(state, args[0])
    if hasattr(obj, "__s2sad_checkpointed__"):
        return lambda state, args, kwargs, node, hint: args[0]
    if hasattr(obj, "__s2sad_checkpoint__"):
        inner = Ref(fn.text, obj.__s2sad_checkpoint__)
        return lambda state, args, kwargs, node, hint: checkpointed_call(
            state, inner, args, kwargs, node, hint
        )
    return None


def _constant_call(
    fn: Ref, state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """A call of a function under `@no_grad()`."""
    state.const_depth += 1
    try:
        return state.stopped(state.call_value(fn, args, kwargs, node, hint), node)
    finally:
        state.const_depth -= 1


def _prototype(cls: type | None) -> Any:
    return np.random.RandomState(0) if cls is np.random.RandomState else np.random.default_rng(0)


def _anonymous(kind: Kind) -> Kind:
    return unlike(kind) if kind.cat == "tuple" else K.anonymous(kind)


__all__ = ["again", "kept_apart", "prepared", "states", "under_checkpoint"]
