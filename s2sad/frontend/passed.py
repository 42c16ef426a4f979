"""Functions of the program that are passed to SciPy, as a text names them: what they read comes with them.

    brentq(lambda t: t**3 - k, a, b)      brentq(residual, a, b, args=(k,)) with residual(t, k)
    newton(f, x0, fprime=lambda t: k*t)   fprime=partial(fprime, k=k), as the other function has no k

Accepts calls of solvers and integrals whose function is known here; guarantees that what SciPy calls computes
what the program's function does, of values that stand in the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from s2sad.frontend.operators import live_object, may_vary
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import CALLABLE, Closure, Group, Method, Part, State, Value, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    LIST_METHODS,
    Call,
    Const,
    Do,
    Let,
    List,
    Ref,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    atom_vars,
    defines,
    inner_names,
    uses,
    walk,
)
from s2sad.rules import registry


class Found:
    """What a solver returns that has attributes."""


@dataclass(slots=True)
class Passed:
    """A function as SciPy is given it.

    value     the function as the program has it
    ref       the function as a text names it
    given     what it is called with beside its variables: `args`
    captured  what it takes besides: defaults, and what it reads of the program
    """

    value: Value
    ref: Ref
    given: list[Value]
    captured: list[Value]

    @property
    def all(self) -> list[Value]:
        """All that it is called with beside its variables."""
        return [*self.given, *self.captured]


@dataclass(slots=True)
class Asked:
    """A call of a solver: its arguments by name, of which the first `count` stand by place."""

    state: State
    fn: Ref
    named: dict[str, Value]
    count: int
    node: ast.AST
    hint: str

    def refuse(self, what: str, instead: str) -> NoReturn:
        """Refuse the call."""
        self.state.refuse(self.node, f"{self.fn.text} {what}", instead)

    def option(self, name: str, default: Any = None) -> Any:
        """An option that decides about the text."""
        value = self.named.get(name, Const(default))
        if isinstance(value, Ref) and isinstance(value.obj, bool | str):
            return value.obj
        if not isinstance(value, Const):
            self.refuse(f"gets {name}= that is not known before the call", "write a literal")
        return value.value

    def args(self) -> list[Value]:
        """What `args` passes on, one by one."""
        given = self.named.pop("args", Const(()))
        if given in (Const(()), Const(None)):
            return []
        if self.state.kind(given).cat not in ("tuple", "list"):
            return [given]
        return self.state.unpack(given, None, self.node)

    def function(self, own: str, variables: int = 1, given: list[Value] | None = None) -> Passed:
        """The function that is the first argument; `own` is its name if it has none."""
        value = self.named.pop(next(iter(self.named)))
        return passed_on(self, value, self.args() if given is None else given, own, variables)

    def emitted(self, passed: Passed, primitive: str = "solved") -> Var:
        """The call itself."""
        state, node = self.state, self.node
        together: list[Value] = passed.all
        first: Value = passed.ref
        if passed.captured and any(map(_is_function, self.named.values())):
            together, first = passed.given, _partly(self, passed)
        words: dict[str, Any] = {}
        for name, value in self.named.items():
            made = isinstance(value, CALLABLE)
            other = _partly(self, passed_on(self, value, passed.given, name)) if made else value
            words[name] = state.variable(other, node)
        places = list(words)[: self.count - 1]
        if together:
            words["args"] = Tuple(tuple([state.variable(v, node) for v in together]))
        strange = words.keys() - registry.rule(primitive).signature.keys() - {*places}
        if strange:
            self.refuse(f"gets {min(strange)}=", "leave it out")
        given = [state.variable(first, node), *(words.pop(n) for n in places)]
        return state.emit(Call(primitive, (self.fn, *given), tuple(words.items())), K.OBJECT, node)

    def attribute(self, whole: Var, name: str, kind: K.Kind) -> Var:
        """An attribute of what the call gives."""
        return self.state.emit(Call("attribute_of", (whole, Const(name))), kind, self.node)

    def refused(self, value: Value, p: Value, what: str, instead: str) -> Var:
        """A value that is refused where p is one with derivatives."""
        atoms = (self.state.atom(value), self.state.atom(p), Const(f"{self.fn.text} {what}; {instead}"))
        return self.state.emit(Call("refused_by", atoms), self.state.kind(value), self.node)

    def mark(self, *made: Value) -> None:
        """Mark what serves the derivative alone."""
        names = {v.name for v in made if isinstance(v, Var)}
        for i, stmt in enumerate(self.state.block):
            if isinstance(stmt, Let) and stmt.name in names:
                self.state.block[i] = replace(stmt, made=True)

    def at_solution(self, name: str, text: str, **values: Value) -> Value:
        """Lower a text that serves the derivative: the function must do nothing else there."""
        state = self.state
        start, source = len(state.block), rule_source(name, text)
        with state.standing(self.node):
            made = state.inline(source, source.node, dict(values), None, name)
        self.computes(state.block[start:])
        for i, stmt in enumerate(state.block[start:], start):
            if isinstance(stmt, Let):
                state.block[i] = replace(stmt, made=True)
        return made

    def computes(self, block: list[Stmt]) -> set[str]:
        """The names that are read in a block and defined before it; refused if it does more than compute."""
        own: set[str] = set()
        read: set[str] = set()
        for stmt in walk(tuple(block)):
            read.update(uses(stmt))
            own.update((*defines(stmt), *inner_names(stmt)))
            written = stmt.base if isinstance(stmt, Store) else None
            if isinstance(stmt, Do) and stmt.call.fun not in ("assert", "raise"):
                written = stmt.call.args[0] if stmt.call.fun in LIST_METHODS else Const(None)
            if written is not None and own.isdisjoint(atom_vars(written)):
                self.refuse("gets a function that does more than compute its result", "leave that out")
        return read - own

    def check_inputs(self, passed: Passed, variables: list[K.Kind]) -> None:
        """Refuse a function that reads what varies otherwise than by its arguments."""
        state = self.state
        block, state.block = state.block, []
        own = [Var(state.fresh("t", kind)) for kind in variables]
        try:
            state.call_value(passed.value, [*own, *passed.given], {}, self.node)
            found = self.computes(state.block)
            known = {v.name for given in passed.all for v in _leaves(given)}
        finally:
            state.block = block
        for name in found - known - {v.name for v in own}:
            if may_vary(state, Var(name)):
                what = "gets a function that reads what the program has set elsewhere"
                self.refuse(what, "pass it by args=, or give it a name before the call")


def _leaves(value: Value) -> Iterator[Var]:
    """The variables of the program that a value is made of."""
    held = opened(value)
    if isinstance(held, Group | Tuple | List):
        for item in held.items:
            yield from _leaves(item)
    elif isinstance(held, Var):
        yield held


def _is_function(value: Value) -> bool:
    return isinstance(value, CALLABLE) or (isinstance(value, Ref) and callable(value.obj))


def passed_on(asked: Asked, function: Value, given: list[Value], own: str, variables: int = 1) -> Passed:
    """A function that is called with `variables` and what is given; `own` is its name if it has none."""
    state, node = asked.state, asked.node
    if isinstance(function, Method | Part):
        function = state.as_closure(function, node) or function
    if isinstance(function, Ref) and callable(function.obj):
        return Passed(function, function, given, [])
    if not isinstance(function, Closure):
        asked.refuse("gets a function that is not known here", "name one function")
    spec = function.node.args
    missing = len(spec.posonlyargs) + len(spec.args) - variables - len(given)
    if spec.vararg or spec.kwarg or spec.kwonlyargs or not 0 <= missing <= len(function.defaults):
        asked.refuse("gets a function with other parameters", "name them, and pass them by args=")
    made, captured = state.lifted_apart(function, node)
    last = function.defaults[len(function.defaults) - missing :] if missing else []
    for name, value in captured.items():
        if state.class_of(value) is not None and live_object(state, value) is None:
            what = f"gets a function that reads the object {name!r}, which is made here"
            asked.refuse(what, "give its attributes names outside of the function, and read these")
    text = made.text if isinstance(function.node, ast.FunctionDef) else own
    made.obj.__s2sad_shown__ = True
    return Passed(function, Ref(text, made.obj), given, [*last, *captured.values()])


def last_states(state: State, base: Value, index: Value, node: ast.AST) -> Value | None:
    """`y[i, -1]` and `y[:, -1]` of states of which only the last ones are known; None for all else."""
    end = state.ends.get(base.name) if isinstance(base, Var) else None
    items = list(index.items) if isinstance(index, Tuple | Group) else []
    if end is None or len(items) != 2 or items[1] != Const(-1):
        return None
    none = Const(None)
    return end if items[0] == Slice(none, none, none) else state.getitem(end, items[0], node)


def _partly(asked: Asked, passed: Passed) -> Var | Ref:
    """A function with what it takes besides, by name."""
    if not passed.captured:
        return passed.ref
    state, node = asked.state, asked.node
    parameters = passed.ref.obj.__code__.co_varnames[: passed.ref.obj.__code__.co_argcount]
    names = parameters[len(parameters) - len(passed.captured) :]
    atoms = tuple([state.variable(v, node) for v in passed.captured])
    return state.emit(Call("partly", (passed.ref, *atoms), (), " ".join(names)), K.OBJECT, node)


__all__ = ["Asked", "Found", "Passed", "last_states", "passed_on"]
