"""Functions that are called, not inlined: large ones with more than one call site.

    def f(x): return g(x)*g(2*x)      a.1 = user(Ref(g), x); t.2 = mul(2, x); b.3 = user(Ref(g), t.2)

A first lowering inlines every callee and counts, in `Calls`, where each is called and how long it is. If some
are large and called from several places, the function is lowered again with these kept as functions, each
lowered apart once for each signature of kinds (`Callee`). What a call writes, gives and returns views of is
the callee's summary (`analysis.summary`): the views are taken in the caller, so that they are views there.
Where there is none the callee is inlined after all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.errors import Span, UnsupportedError
from s2sad.frontend.mirrors import APART
from s2sad.frontend.recursion import Callee
from s2sad.frontend.source import Source
from s2sad.frontend.state import Group, State, Value, Written
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Program, Ref, Slice, Stmt, Var, walk

LARGE = 8  # statements in normal form of a callee that is not inlined
SITES = 2  # places from which it is called


@dataclass(slots=True)
class Outline:
    """What is known of the calls of one function while it is lowered.

    codes      the functions that are kept as functions
    summarise  gives the summary of a lowered callee
    obstacle   says what stands against calling a lowered function again
    loops      whether checkpointed loops are kept as such
    again      whether functions under checkpoint are
    tangents   whether the derivative is one of forward mode
    writes     gives the parameters into which a lowered function writes, called once or again
    mixed      says which results of a lowered function may share storage that is written
    returns_argument  says whether the result of a lowered function may share storage with an argument
    lenient    whether a text of a derivative has calls under checkpoint, which need not be so
    plainly    whether these are not
    slots      how many states are kept of checkpointed loops that are lowered as they are
    sites      where each function is called: the calls around the place, outermost first
    sizes      how many statements its body has
    kept       not empty where something from outside is changed
    """

    codes: frozenset[Any]
    summarise: Callable[[Program, Any], Any]
    obstacle: Callable[..., Any] = lambda *_: None
    loops: bool = True
    again: bool = True
    returns_argument: Callable[..., bool] = lambda *_: True
    writes: Callable[..., frozenset[str]] = lambda *_: frozenset()
    mixed: Callable[..., Any] = lambda *_: None
    sites: dict[Any, set[tuple[int, ...]]] = field(default_factory=dict)
    sizes: dict[Any, int] = field(default_factory=dict)
    path: list[int] = field(default_factory=list)
    kept: list[bool] = field(default_factory=list)
    tangents: bool = False
    lenient: bool = False
    plainly: bool = False
    slots: dict[Span | None, Atom] = field(default_factory=dict)

    def large(self) -> frozenset[Any]:
        """The functions that are better kept as functions."""
        return frozenset(c for c, n in self.sizes.items() if n > LARGE and len(self.sites[c]) >= SITES)

    def measure(self, code: Any, block: list[Stmt], start: int) -> None:
        """Note how long the body is that was inlined from `start` on."""
        size = sum(1 for _ in walk(tuple(block[start:])))
        self.sizes[code] = max(self.sizes.get(code, 0), size)


def outlined_call(
    state: State, fn: Ref, source: Source, env: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """The call of a function that is kept as one; None if it must be inlined."""
    outline = state.outline
    assert outline is not None
    spec_args = source.node.args
    if spec_args.vararg or spec_args.kwarg or spec_args.kwonlyargs:
        return None
    known: dict[str, Any] = {}
    symbols: dict[str, str] = {}
    for name, value in env.items():
        kind = state.kind(value) if isinstance(value, Var | Const | Ref) else K.OBJECT
        if isinstance(value, Ref) or (isinstance(value, Const) and not kind.inexact):
            known[name] = value
        elif not _is_number(state, value):
            return None
        else:
            known[name] = _renamed(kind, symbols)
    lengths = {mine: theirs for theirs, mine in symbols.items()}
    key = (fn.obj.__code__, id(fn.obj), *known.values())
    if key not in state.callees:
        state.callees[key] = None  # a call of itself is inlined once more, and then found to be recursive
        state.callees[key] = _lowered(state, fn, source, known)
    spec = state.callees[key]
    if spec is None:
        return None
    for dependency in spec.lowered.dependencies:
        state.dependencies.setdefault((id(dependency), dependency.text), dependency)
    return _Caller(state, spec, lengths, node, hint).value(fn, list(env.values()))


def _renamed(kind: Kind, symbols: dict[str, str]) -> Kind:
    """A kind whose lengths have the callee's symbols, the same for the same."""
    if not kind.shape:
        return kind

    def length(n: K.Length) -> K.Length:
        return n if isinstance(n, int) else (symbols.setdefault(n[0], f"p{len(symbols)}"), n[1])

    return replace(kind, shape=tuple([length(n) for n in kind.shape]))


def _is_number(state: State, value: Value) -> bool:
    if isinstance(value, Const):
        return state.kind(value).is_number
    return (
        isinstance(value, Var)
        and state.kind(value).is_number
        and not state.kind(value).optional
        and not any(value.name in t for t in (state.live, state.foreign, state.guessed, state.generators))
    )


def _lowered(state: State, fn: Ref, source: Source, known: dict[str, Any]) -> Callee | None:
    from s2sad.frontend.lower import lower

    assert state.outline is not None
    dynamic = tuple(i for i, n in enumerate(known) if isinstance(known[n], Kind))
    spec = Callee(source.name, fn.obj, source, known, dynamic, K.NONE)
    kept = dict(state.kept)
    try:
        spec.lowered = lower(
            source, spec.name, known, None, callees=state.callees, outline=state.outline, kept=kept
        )
    except UnsupportedError:
        return None
    except Written:
        if any(name.endswith(APART) for _, name in kept.keys() - state.kept.keys()):
            return None  # what attributes hold is known where it is inlined
        state.kept.update(kept)
        raise
    spec.summary = state.outline.summarise(spec.lowered.program, spec.lowered.result)
    return spec if spec.summary is not None else None


@dataclass(slots=True)
class _Caller:
    """One call: it is emitted, and what the function returns is put together."""

    state: State
    spec: Callee
    lengths: dict[str, str]
    node: ast.AST
    hint: str
    made: list[Value] = field(default_factory=list)
    passed: list[Value] = field(default_factory=list)

    def value(self, fn: Ref, values: list[Value]) -> Value:
        """Emit the call; its value."""
        state, node, lowered = self.state, self.node, self.spec.lowered
        assert lowered is not None
        self.passed = [values[i] for i in self.spec.dynamic]
        names: tuple[str, ...] = self.spec.summary.exports
        kinds = [self.kind(lowered.program.kinds[n]) for n in names]
        hints = [lowered.program.hints.get(n, "") for n in names]
        call = Call("user", (Ref(fn.text, self.spec), *(state.atom(v, node) for v in values)))
        if len(kinds) == 1:
            self.made = [state.emit(call, kinds[0], node, self.hint or hints[0])]
        elif kinds:
            both = state.emit(call, Kind("tuple", items=tuple(kinds)), node)
            self.made = [
                state.emit(Call("getitem", (both, Const(i))), k, node, hints[i]) for i, k in enumerate(kinds)
            ]
        else:
            state.emit(call, K.NONE, node)
        return self.put(self.spec.summary.result)

    def kind(self, kind: Kind) -> Kind:
        """A kind of the callee with the caller's lengths."""
        if not kind.shape:
            return kind
        return replace(kind, shape=tuple([self._length(n) for n in kind.shape]))

    def _length(self, n: K.Length) -> K.Length:
        if isinstance(n, int):
            return n
        if n[0] not in self.lengths:
            self.lengths[n[0]] = K.new_length()[0]  # type: ignore[index]
        return self.lengths[n[0]], n[1]

    def put(self, part: Any) -> Value:
        """A part of the result in the caller."""
        if isinstance(part, Const | Ref):
            return part
        name = type(part).__name__
        if name == "Param":
            index: int = part.index
            return self.passed[index]
        if name == "Export":
            made: Value = self.made[part.index]
            return made
        if name == "View":
            args = tuple(self.state.atom(self.put(a), self.node) for a in part.args)
            return self.state.emit(
                Call(part.fun, args, (), part.form), self.kind(part.kind), self.node, self.hint
            )
        items = [self.put(i) for i in part.items]
        if part.cat == "tuple":
            return Group("tuple", items)
        lo, hi, step = (self.state.atom(i, self.node) for i in items)
        return Slice(lo, hi, step)
