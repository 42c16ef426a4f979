"""Lowering of loops over generators: the body of the loop stands where the generator yields.

    class bar:                                     pb = bar(range(n))
        def __iter__(self):                        for j in bar's items:
            for v in self.items:                       y = y*j
                yield v                                print(".")
                print(".")
    for j in bar(range(n)): y = y*j

Takes loops over calls of generator functions, and over objects whose `__iter__` is one, alone or under
`enumerate`. The names that the body binds are cells meanwhile, as those that nested functions write. What
leaves such a loop early would leave the generator in the middle: this is refused.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from types import FunctionType

from s2sad.errors import UnsupportedError
from s2sad.frontend.iterators import given
from s2sad.frontend.operators import class_method, may_vary
from s2sad.frontend.source import find, is_library
from s2sad.frontend.state import Group, Scope, State, Value
from s2sad.ir.nodes import Const, Ref, Undef


@dataclass(slots=True)
class Generator:
    """A call of a generator function."""

    fn: Ref
    args: list[Value]
    kwargs: dict[str, Value]
    owned: bool  # whether it is the `__iter__` of an object


class Before:
    """Where lowering was, to go back to."""

    def __init__(self, low: State) -> None:
        self.low = low
        self.at = low.block, len(low.block), low.scope, dict(low.scope.env), dict(low.objects.cells)
        self.depths = len(low.frames), len(low.callers), low.nesting

    def restore(self) -> None:
        """Forget what has been lowered since."""
        low = self.low
        low.block, length, low.scope, low.scope.env, low.objects.cells = self.at
        frames, callers, low.nesting = self.depths
        del low.block[length:], low.frames[frames:], low.callers[callers:]


def over_generator(low: State, node: ast.For, names: set[str]) -> ast.For | None:
    """Lower a loop if it runs over a generator; else what is left to be lowered.

    `names` are those that the loop binds.
    """
    call, counted = node.iter, None
    if isinstance(call, ast.Call) and call.args and not isinstance(call.args[0], ast.Starred):
        fn = low.expr(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else None
        if isinstance(fn, Ref) and fn.obj is enumerate:
            counted, call = call, call.args[0]
    before = Before(low)
    made, rest = _generator(low, call, getattr(node, "stop", None) is not None)
    if made is None:
        if rest is None:
            return node
        iterator: ast.expr = given(rest, call)
        if counted is not None:
            iterator = ast.copy_location(
                ast.Call(counted.func, [iterator, *counted.args[1:]], counted.keywords), counted
            )
        left = ast.copy_location(ast.For(node.target, iterator, node.body, node.orelse), node)
        left.stop = getattr(node, "stop", None)  # type: ignore[attr-defined]  # as `exits` marks loops
        return left
    if getattr(node, "stop", None) is not None:
        what = f"a loop over the generator {made.fn.text} is left early"
        low.refuse(node.iter, what, "loop over what it yields, or over an index")
    start: Value | None = None
    if counted is not None:
        first = [*counted.args[1:], *(k.value for k in counted.keywords)]
        start = low.operand(first[0]) if first else Const(0)
    try:
        _run(low, node, made, names, start)
    except UnsupportedError:
        if made.owned or any(may_vary(low, v) for v in (*made.args, *made.kwargs.values())):
            raise
        before.restore()  # what carries no derivative may run as it stands
        return node
    low.statements(node.orelse)
    return None


def _generator(low: State, node: ast.expr, left: bool) -> tuple[Generator | None, Value | None]:
    """The generator that an expression makes; else its value, if it had to be found out.

    Calls of generator functions in loops that are `left` early stay as they are.
    """
    if isinstance(node, ast.Call):
        fn = low.expr(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
        obj = fn.obj if isinstance(fn, Ref) else None
        if isinstance(fn, Ref) and isinstance(obj, FunctionType) and inspect.isgeneratorfunction(obj):
            stars = any(isinstance(a, ast.Starred) for a in node.args)
            if left or stars or is_library(obj) or any(k.arg is None for k in node.keywords):
                return None, None
            args = [low.operand(a) for a in node.args]
            words = {k.arg or "": low.operand(k.value) for k in node.keywords}
            return Generator(fn, args, words, False), None
        if not (isinstance(obj, type) and _own_generator(obj)):
            return None, None
    elif not isinstance(node, ast.Name | ast.Attribute) or getattr(node, "attr", "") == "flat":
        return None, None
    value = low.operand(node)
    cls = low.class_of(value)
    if cls is None or not _own_generator(cls):
        return None, value if isinstance(node, ast.Call) else None
    method = class_method(cls, "__iter__")
    assert method is not None
    return Generator(method, [value], {}, True), None


def _own_generator(cls: type) -> bool:
    method = class_method(cls, "__iter__")
    return method is not None and inspect.isgeneratorfunction(method.obj)


def _run(low: State, node: ast.For, made: Generator, names: set[str], start: Value | None) -> None:
    """Lower the generator's body with the loop's body in it."""
    caller, outer, frames = low.scope, low.taker, list(low.frames)
    source = find(made.fn.obj, generators=True)
    spec = source.node.args
    plain = made.fn.obj
    low.depend(("code", id(plain)), lambda: plain.__code__, plain.__code__, made.fn.text)
    low.depend(("defaults", id(plain)), lambda: plain.__defaults__, plain.__defaults__, made.fn.text)
    defaults = [low.default(made.fn.text, d) for d in plain.__defaults__ or ()]
    kwdefaults = {k: low.default(k, d) for k, d in (plain.__kwdefaults__ or {}).items()}
    env = low.bind_arguments(spec, made.args, made.kwargs, defaults, kwdefaults, node.iter, made.fn.text)
    if plain.__code__ in low.frames:
        low.refuse(node.iter, f"{made.fn.text} calls itself", "collect the values in a list")
    counter = low.objects.new(start) if start is not None else 0

    def take(value: Value) -> None:
        inner, low.frames = (low.scope, low.frames), frames
        low.scope, low.taker = caller, outer
        low.callers.append(inner[0])
        try:
            if start is not None:
                index = low.objects.cells[counter]
                value = Group("tuple", [index, value])
                low.objects.cells[counter] = low.binary("add", index, Const(1), node)
            low.assign(node.target, value, node)
            low.statements(node.body)
        finally:
            low.callers.pop()
            low.taker = take
            low.scope, low.frames = inner

    boxes = _box(low, caller, names)
    low.taker = take
    try:
        low.inline(source, source.node, env, None, plain.__code__)
    finally:
        low.taker = outer
        _unbox(low, caller, boxes)


def _box(low: State, scope: Scope, names: set[str]) -> dict[str, int]:
    """Let names be cells, which any function may write."""
    boxes = {}
    for name in sorted(names):
        if name not in scope.boxed:
            boxes[name] = scope.boxed[name] = low.objects.new(scope.env.pop(name, Undef()))
    return boxes


def _unbox(low: State, scope: Scope, boxes: dict[str, int]) -> None:
    for name, number in boxes.items():
        del scope.boxed[name]
        value = low.objects.cells.pop(number, Undef())
        if not isinstance(value, Undef):
            scope.env[name] = value


__all__ = ["Before", "over_generator"]
