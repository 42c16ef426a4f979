"""An interpreter of `ir.nodes.Program` with NumPy: what a program means, against which passes are tested."""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Dict,
    Do,
    For,
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

UNDEF = object()
_NAMES = {"is": "is_", "isnot": "is_not", "not": "not_", "band": "and_", "bor": "or_", "bxor": "xor"}
_OPERATORS = "add sub mul truediv floordiv mod pow matmul neg pos invert lt le eq ne gt ge is isnot not band bor bxor".split()
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, _NAMES.get(name, name)) for name in _OPERATORS},
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
    "getitem": operator.getitem,
    "getattr": getattr,
    "tuple": lambda *items: items,
    "list": lambda *items: list(items),
    "dict": lambda *items, keys: dict(zip(keys, items, strict=True)),
    "list.append": lambda xs, v: xs.append(v),
    "list.pop": lambda xs: xs.pop(),
    "copy": lambda x: x.copy() if hasattr(x, "copy") else x,
    "call": lambda f, *args: f(*args),
    **{f.__name__: f for f in (len, abs, float, int, bool, range, min, max, sum, round)},
}


def function(name: str) -> Callable[..., Any]:
    """The live function of a canonical name."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    at: Any = {"np": np, "math": math}[name.split(".", maxsplit=1)[0]]
    for part in name.split(".")[1:]:
        at = getattr(at, part)
    return at


class Raised(Exception):
    """`raise` or a failed `assert` of the program."""


class Interpreter:
    """Runs one program; `log` is what it printed, in order."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.env: dict[str, Any] = {}
        self.log: list[Any] = []
        self.result: Any = None

    def run(self, *args: Any) -> Any:
        self.env = dict(zip(self.program.params, args, strict=True))
        with np.errstate(all="ignore") if not self.program.quiet else contextlib.nullcontext():
            self.block(self.program.body)
        return self.result

    def atom(self, atom: Atom | None) -> Any:
        if isinstance(atom, Var):
            value = self.env[atom.name]
            assert value is not UNDEF, atom.name
            return value
        if isinstance(atom, Const):
            return atom.value
        if isinstance(atom, Ref):
            return atom.obj
        if isinstance(atom, Undef):
            return UNDEF
        if isinstance(atom, Slice):
            return slice(self.atom(atom.lo), self.atom(atom.hi), self.atom(atom.step))
        if isinstance(atom, Tuple):
            return tuple(self.atom(a) for a in atom.items)
        if isinstance(atom, List):
            return [self.atom(a) for a in atom.items]
        assert isinstance(atom, Dict)
        return {k.value: self.atom(a) for k, a in zip(atom.keys, atom.items, strict=True)}

    def call(self, call: Call) -> Any:
        args = [self.atom(a) for a in call.args]
        kwargs = {name: self.atom(a) for name, a in call.kwargs}
        if call.fun == "print":
            self.log.append([np.array(a).copy() for a in args])
            return None
        if call.fun == "raise" or (call.fun == "assert" and not args[0]):
            raise Raised
        if call.fun == "assert":
            return None
        if call.fun == "call" and args[0] == "log":
            self.log.append([np.array(a).copy() for a in args[1:]])
            return None
        return function(call.fun)(*args, **kwargs)

    def block(self, block: Block) -> None:
        for stmt in block:
            self.statement(stmt)

    def statement(self, stmt: Stmt) -> None:
        env = self.env
        if isinstance(stmt, Let):
            env[stmt.name] = self.call(stmt.call)
        elif isinstance(stmt, Do):
            self.call(stmt.call)
        elif isinstance(stmt, Store):
            self.store(stmt)
        elif isinstance(stmt, If):
            taken = bool(self.atom(stmt.cond))
            self.block(stmt.then if taken else stmt.orelse)
            for out in stmt.outs:
                env[out.name] = self.bound(out.then if taken else out.orelse)
        elif isinstance(stmt, For):
            self.loop_for(stmt)
        elif isinstance(stmt, While):
            self.loop_while(stmt)
        elif isinstance(stmt, Moves):
            env.update(zip(stmt.names, [self.atom(v) for v in stmt.values], strict=True))
        elif isinstance(stmt, Return):
            self.result = self.atom(stmt.value)
        else:
            assert isinstance(stmt, Comment)

    def bound(self, atom: Atom) -> Any:
        return self.env[atom.name] if isinstance(atom, Var) else self.atom(atom)

    def store(self, stmt: Store) -> None:
        base, value = self.atom(stmt.base), self.atom(stmt.value)
        op = getattr(operator, "i" + stmt.op) if stmt.op else None
        if stmt.index is None:
            if op is None:
                base[...] = value
            else:
                assert op(base, value) is base
            return
        index = self.atom(stmt.index)
        base[index] = value if op is None else op(base[index], value)

    def loop_for(self, stmt: For) -> None:
        if isinstance(stmt.space, Range):
            space: Any = range(*(self.atom(a) for a in (stmt.space.start, stmt.space.stop, stmt.space.step)))
        else:
            space = self.atom(stmt.space)
        values = [self.bound(c.init) for c in stmt.carried]
        for item in space:
            self.env[stmt.target] = item
            self.env.update(zip((c.name for c in stmt.carried), values, strict=True))
            self.block(stmt.body)
            values = [self.bound(c.next) for c in stmt.carried]
            if stmt.stop is not None and self.atom(stmt.stop):
                break
        self.env.update(zip((c.out for c in stmt.carried), values, strict=True))

    def loop_while(self, stmt: While) -> None:
        values = [self.bound(c.init) for c in stmt.carried]
        while True:
            self.env.update(zip((c.name for c in stmt.carried), values, strict=True))
            self.block(stmt.head)
            if not self.atom(stmt.cond):
                break
            self.block(stmt.body)
            values = [self.bound(c.next) for c in stmt.carried]
            if stmt.stop is not None and self.atom(stmt.stop):
                break
        self.env.update(zip((c.out for c in stmt.carried), values, strict=True))


def show(program: Program) -> str:
    """The program as text in which equal programs are equal, for tests that nothing changed."""
    lines: list[str] = []

    def visit(block: Block, depth: int) -> None:
        for stmt in block:
            pad = "    " * depth
            if isinstance(stmt, If):
                lines.append(f"{pad}if {stmt.cond} -> {stmt.outs}")
                visit(stmt.then, depth + 1)
                lines.append(f"{pad}else")
                visit(stmt.orelse, depth + 1)
            elif isinstance(stmt, For):
                lines.append(f"{pad}for {stmt.target} in {stmt.space} carry {stmt.carried} stop {stmt.stop}")
                visit(stmt.body, depth + 1)
            elif isinstance(stmt, While):
                lines.append(f"{pad}while carry {stmt.carried} stop {stmt.stop}")
                visit(stmt.head, depth + 1)
                lines.append(f"{pad}do {stmt.cond}")
                visit(stmt.body, depth + 1)
            else:
                lines.append(pad + repr(stmt))

    visit(program.body, 0)
    return "\n".join(lines)
