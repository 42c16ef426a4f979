"""Loops that write what their iterator has yet to read, or has read already.

    for v in accumulate(xs): xs[k] = v        each item of xs is read when it is taken: a generator
    for v in d.values(): d["a"] = v   the same
    for a, b in combinations(xs, 2): xs[k] = a        the items are those that xs held: a copy of it

Other loops read by index what they run over, or make a list of its items before (see `iterators`), which
is the same as long as nothing of it is written between. What may be written is told by names: those that
the body writes into, and others that may stand for the same array or list.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from s2sad.frontend import generators, streams, touched
from s2sad.frontend.iterators import given
from s2sad.frontend.standins import Table
from s2sad.frontend.state import CALLABLE, Closure, Group, Method, State
from s2sad.frontend.trees import walk
from s2sad.ir.nodes import Ref

_AT_ONCE = (
    itertools.product, itertools.combinations, itertools.permutations,
    itertools.combinations_with_replacement,
)  # fmt: skip
_BY_INDEX = (zip, enumerate, reversed, map, itertools.starmap, itertools.islice, itertools.zip_longest)
_IN_STEP = (itertools.chain, *(f for f in streams.STREAMS if f not in _BY_INDEX))
_REFUSED = (itertools.compress, itertools.groupby, *filter(None, [getattr(itertools, "batched", None)]))


def in_step(low: State, node: ast.For) -> ast.For:
    """A loop that reads as Python does what its body changes; most loops as they are."""
    if not isinstance(node.iter, ast.Call | ast.GeneratorExp):
        return node
    if low.scope.source.module.startswith("s2sad.generated"):
        return node
    parts = [(part, obj) for part, obj in _parts(low, node.iter) if _changes(low, part, obj, node.body)]
    if not parts:
        return node
    found: dict[int, Any] = {}
    for part, obj in parts:
        if _is(obj, _REFUSED):
            what = f"what {obj.__name__} takes from is changed in the loop"
            low.refuse(part, what, "make a list of its items before the loop")
        found.update((id(n), obj) for n in _sources(low, part))
    memo = {id(n): n for n in ast.walk(node.iter) if id(n) in found}
    made = copy.copy(node)
    made.iter = _Changed(low, found).visit(copy.deepcopy(node.iter, memo))
    return made


class _Changed(ast.NodeTransformer):
    """Puts generators, or copies, in the place of what is iterated."""

    def __init__(self, low: State, found: dict[int, Any]) -> None:
        self.low, self.found = low, found

    def visit(self, node: ast.AST) -> Any:
        if id(node) not in self.found:
            return self.generic_visit(node)
        assert isinstance(node, ast.expr)
        if isinstance(node, ast.Call) and is_view(self.low, node):
            assert isinstance(node.func, ast.Attribute)
            held = self.low.operand(node.func.value)
            return given(generators.stream(self.low, streams.VIEWS[node.func.attr], [held], {}), node)
        if isinstance(node, ast.Starred) and _is(self.found[id(node)], _AT_ONCE):
            parts = self.low.unpack(self.low.operand(node.value), None, node)
            copies = [self.low.call_value(Ref("tuple", tuple), [part], {}, node) for part in parts]
            return ast.copy_location(ast.Starred(given(Group("tuple", copies), node), ast.Load()), node)
        items = generators.taken(self.low, node, False)
        if _is(self.found[id(node)], _AT_ONCE):
            return given(self.low.call_value(Ref("tuple", tuple), [items], {}, node), node)
        return given(generators.stream(self.low, streams.EACH, [items], {}), node)


def _parts(low: State, node: ast.expr) -> Iterator[tuple[ast.expr, Any]]:
    """What reads ahead, or once, within what a loop runs over; None is the function of an expression."""
    if isinstance(node, ast.GeneratorExp):
        yield node, None
    obj = _called(low, node)
    if _is(obj, (*_AT_ONCE, *_IN_STEP, *_REFUSED)):
        yield node, obj
    elif _is(obj, _BY_INDEX) and isinstance(node, ast.Call):
        for a in node.args:
            yield from _parts(low, a)
    elif is_view(low, node) and node.func.attr != "keys":  # type: ignore[attr-defined]
        yield node, None


def is_view(low: State, node: ast.AST) -> bool:
    """Whether an expression is `d.values()`, `d.items()` or `d.keys()` of a dict."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.args:
        return False
    base = node.func.value
    if node.func.attr not in streams.VIEWS or not isinstance(base, ast.Name | ast.Attribute):
        return False
    value = generators.peek(low, base)
    if value is None:
        return False
    held = low.kind(value).cat == "dict" or bool(low.row_keys_of(value))
    return held or issubclass(low.stands_in(value) or object, Table)


def _called(low: State, node: ast.expr) -> Any:
    """The function that an expression calls, if it is known."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return None
    fn = low.peeked(node.func)
    return fn.obj if isinstance(fn, Ref) else None


def _is(obj: Any, known: tuple[Any, ...]) -> bool:
    return any(obj is k for k in known)


def _sources(low: State, node: ast.expr) -> Iterator[ast.expr]:
    """What is iterated within an expression."""
    if isinstance(node, ast.GeneratorExp):
        yield from _sources(low, node.generators[0].iter)
    elif isinstance(node, ast.Call) and _is(obj := _called(low, node), (*_IN_STEP, *_AT_ONCE)):
        for k, a in enumerate(node.args):
            if not streams.is_called(obj, k):
                yield from _sources(low, a)
    elif not isinstance(node, ast.Lambda | ast.Constant) and not _calls(low, node):
        yield node


def _calls(low: State, node: ast.expr) -> bool:
    """Whether an expression gives a function."""
    value = generators.peek(low, node) if isinstance(node, ast.Name | ast.Attribute) else None
    return isinstance(value, (*CALLABLE, Method)) or (isinstance(value, Ref) and callable(value.obj))


def _changes(low: State, part: ast.expr, obj: Any, body: list[ast.stmt]) -> bool:
    """Whether the body of a loop may change what a part of its iterator has yet to read."""
    names = read(low, part)
    if not _is(obj, _AT_ONCE) and names & touched.bound(body):
        return True
    if _attributes([part], ast.Load) & _attributes(body, ast.Store):
        return True
    found = touched.roots(low, body, elements=not is_view(low, part))
    if isinstance(part, ast.Call) and is_view(low, part) and isinstance(part.func, ast.Attribute):
        if isinstance(part.func.value, ast.Name):  # it holds the same when what it holds is written into
            found.discard((part.func.value.id, True))
    return touched.among(low, names, found)


def _attributes(nodes: Sequence[ast.AST], sort: type[ast.expr_context]) -> set[str]:
    return {n.attr for n in walk(nodes) if isinstance(n, ast.Attribute) and isinstance(n.ctx, sort)}


def read(low: State, part: ast.expr) -> set[str]:
    """The names that an expression reads, those of nested functions among them."""
    names = {n.id for n in walk([part]) if isinstance(n, ast.Name)}
    for name in list(names):
        value = low.scope.env.get(name)
        if isinstance(value, Closure):
            names |= {n.id for n in walk([value.node]) if isinstance(n, ast.Name)}
    return names - {n.id for n in walk([part]) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


__all__ = ["in_step", "is_view", "read"]
