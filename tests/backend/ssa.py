"""A small interpreter of SSA programs, and hand-made programs, for the tests of the backend."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.backend.emit import Text, emit
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Call,
    Carry,
    Comment,
    Const,
    Do,
    For,
    Fresh,
    If,
    Let,
    List,
    Moves,
    Program,
    Range,
    Ref,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    Undef,
    Var,
    While,
)

POISON = object()


class Builder:
    """Makes programs with less writing: `b.let("x", FLOAT, "add", one, two)` appends and gives the Var."""

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.hints: dict[str, str] = {}
        self.fresh = Fresh(self.kinds, self.hints)
        self.params: list[str] = []
        self.open: list[list[Stmt]] = [[]]

    def param(self, hint: str, kind: Kind) -> Var:
        self.params.append(self.fresh(hint, kind))
        return Var(self.params[-1])

    def let(
        self, hint: str, kind: Kind, fun: str, *args: Any, made: bool = False, form: str = "", **kwargs: Any
    ) -> Var:
        name = self.fresh(hint, kind)
        words = tuple((key, atom(value)) for key, value in kwargs.items())
        self.add(Let(name, Call(fun, tuple(map(atom, args)), words, form), made=made))
        return Var(name)

    def add(self, stmt: Stmt) -> None:
        self.open[-1].append(stmt)

    def do(self, fun: str, *args: Any, made: bool = False) -> None:
        self.add(Do(Call(fun, tuple(map(atom, args))), made=made))

    def store(self, base: Any, index: Any, value: Any, op: str = "", made: bool = False) -> None:
        self.add(Store(atom(base), None if index is None else atom(index), atom(value), op, made=made))

    def push(self) -> None:
        self.open.append([])

    def pop(self) -> Block:
        return tuple(self.open.pop())

    def program(self, value: Any, name: str = "f", **options: Any) -> Program:
        self.add(Return(atom(value)))
        return Program(name, tuple(self.params), tuple(self.open[0]), self.kinds, self.hints, **options)

    def text(self, value: Any, **options: Any) -> str:
        return emit([self.program(value, **options)]).text


def atom(value: Any) -> Atom:
    if isinstance(value, Var | Const | Ref | Undef | Slice | Tuple | List):
        return value
    if isinstance(value, tuple):
        return Tuple(tuple(map(atom, value)))
    if isinstance(value, slice):
        return Slice(atom(value.start), atom(value.stop), atom(value.step))
    return Const(value)


def function(text: Text, name: str = "f") -> Callable[..., Any]:
    space: dict[str, Any] = dict(text.refs)
    exec(compile(text.text, "<text>", "exec"), space)
    return space[name]


_FUNS: dict[str, Callable[..., Any]] = {
    "getitem": operator.getitem,
    "list": lambda *a: list(a),
    "list.append": list.append,
    "list.pop": list.pop,
    "np.sum": np.sum,
    "np.zeros_like": np.zeros_like,
    "copy": lambda x: x.copy(),
    "call": lambda f, *a: f(*a),
    "tuple": lambda *a: a,
    "len": len,
    "min": min,
    "np.vdot": np.vdot,
    "not": operator.not_,
}


def interpret(program: Program, *args: Any) -> Any:
    """What a program returns."""
    env = dict(zip(program.params, args, strict=True))
    return _block(program.body, env)


def _value(item: Atom, env: dict[str, Any]) -> Any:
    if isinstance(item, Var):
        assert env[item.name] is not POISON, f"{item.name} is read where it is undefined"
        return env[item.name]
    if isinstance(item, Const):
        return item.value
    if isinstance(item, Ref):
        return item.obj
    if isinstance(item, Tuple):
        return tuple(_value(x, env) for x in item.items)
    if isinstance(item, List):
        return [_value(x, env) for x in item.items]
    if isinstance(item, Slice):
        return slice(_value(item.lo, env), _value(item.hi, env), _value(item.step, env))
    raise AssertionError(item)


def _soft(item: Atom, env: dict[str, Any]) -> Any:
    return (
        POISON if isinstance(item, Undef) else env[item.name] if isinstance(item, Var) else _value(item, env)
    )


def _block(block: Block, env: dict[str, Any]) -> Any:
    for stmt in block:
        if isinstance(stmt, Return):
            return _value(stmt.value, env)
        _stmt(stmt, env)
    return None


def _call(call: Call, env: dict[str, Any]) -> Any:
    fun = _FUNS.get(call.fun) or getattr(operator, call.fun)
    return fun(*(_value(a, env) for a in call.args), **{k: _value(a, env) for k, a in call.kwargs})


def _stmt(stmt: Stmt, env: dict[str, Any]) -> None:
    if isinstance(stmt, Let):
        env[stmt.name] = _call(stmt.call, env)
    elif isinstance(stmt, Do):
        _call(stmt.call, env)
    elif isinstance(stmt, Store):
        base, value = _value(stmt.base, env), _value(stmt.value, env)
        index = Ellipsis if stmt.index is None else _value(stmt.index, env)
        base[index] = getattr(operator, stmt.op)(base[index], value) if stmt.op else value
    elif isinstance(stmt, If):
        then = bool(_value(stmt.cond, env))
        _block(stmt.then if then else stmt.orelse, env)
        env.update({o.name: _soft(o.then if then else o.orelse, env) for o in stmt.outs})
    elif isinstance(stmt, Moves):
        env.update(dict(zip(stmt.names, [_value(v, env) for v in stmt.values], strict=True)))
    elif isinstance(stmt, For | While):
        _loop(stmt, env)
    else:
        assert isinstance(stmt, Comment)


def _loop(stmt: For | While, env: dict[str, Any]) -> None:
    env.update({c.name: _soft(c.init, env) for c in stmt.carried})
    if isinstance(stmt, For):
        space = stmt.space
        trips = (
            range(*(_value(p, env) for p in (space.start, space.stop, space.step)))
            if isinstance(space, Range)
            else _value(space, env)
        )
        for item in trips:
            env[stmt.target] = item
            if _trip(stmt, env):
                break
    else:
        while True:
            _block(stmt.head, env)
            if not _value(stmt.cond, env) or _trip(stmt, env):
                break
    env.update({c.out: env[c.name] for c in stmt.carried})


def _trip(stmt: For | While, env: dict[str, Any]) -> bool:
    _block(stmt.body, env)
    stop = stmt.stop is not None and bool(_value(stmt.stop, env))
    env.update({name: value for name, value in [(c.name, _soft(c.next, env)) for c in stmt.carried]})
    return stop


__all__ = ["NONE", "Builder", "Carry", "interpret"]
