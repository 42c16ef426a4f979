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
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from s2sad.frontend import generators, streams
from s2sad.frontend.iterators import given
from s2sad.frontend.libraries import is_library
from s2sad.frontend.standins import Table
from s2sad.frontend.state import CALLABLE, Closure, Group, Local, Method, State
from s2sad.frontend.trees import walk
from s2sad.ir.nodes import Const, Ref, Var

_AT_ONCE = (
    itertools.product, itertools.combinations, itertools.permutations,
    itertools.combinations_with_replacement,
)  # fmt: skip
_BY_INDEX = (zip, enumerate, reversed, map, itertools.starmap, itertools.islice, itertools.zip_longest)
_IN_STEP = (itertools.chain, *(f for f in streams.STREAMS if f not in _BY_INDEX))
_REFUSED = (itertools.compress, itertools.groupby, *filter(None, [getattr(itertools, "batched", None)]))
_CHANGING = frozenset(
    "append extend insert pop remove clear sort reverse update fill popleft appendleft extendleft rotate "
    "popitem setdefault put partition resize itemset shuffle copyto place putmask fill_diagonal at".split()
)
_FRESH = frozenset(
    "zeros ones empty full zeros_like ones_like empty_like full_like copy deepcopy array list dict deque "
    "defaultdict arange linspace eye tolist".split()
)

_PLAIN = ("int", "str", "bool", "range")
DEEPEST = 4  # nested functions that call each other


def in_step(low: State, node: ast.For) -> ast.For:
    """A loop that reads as Python does what its body changes; most loops as they are."""
    if not isinstance(node.iter, ast.Call | ast.GeneratorExp):
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
        if isinstance(node, ast.Call) and _is_view(self.low, node):
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
    elif _is_view(low, node):
        yield node, None


def _is_view(low: State, node: ast.expr) -> bool:
    """Whether an expression is `d.values()` or `d.items()` of a dict."""
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
    fn = generators.peek(low, node.func)
    return fn.obj if isinstance(fn, Ref) else None


def _is(obj: Any, known: tuple[Any, ...]) -> bool:
    return any(obj is k for k in known)


def _sources(low: State, node: ast.expr) -> Iterator[ast.expr]:
    """What is iterated within an expression."""
    if isinstance(node, ast.GeneratorExp):
        yield from _sources(low, node.generators[0].iter)
    elif isinstance(node, ast.Call) and _is(_called(low, node), (*_IN_STEP, *_AT_ONCE)):
        for a in node.args:
            yield from _sources(low, a)
    elif not isinstance(node, ast.Lambda | ast.Constant) and not _calls(low, node):
        yield node


def _calls(low: State, node: ast.expr) -> bool:
    """Whether an expression gives a function."""
    value = generators.peek(low, node) if isinstance(node, ast.Name | ast.Attribute) else None
    return isinstance(value, (*CALLABLE, Method)) or (isinstance(value, Ref) and callable(value.obj))


# ------------------------------------------------------------------------------------------ what is changed


def _changes(low: State, part: ast.expr, obj: Any, body: list[ast.stmt]) -> bool:
    """Whether the body of a loop may change what a part of its iterator has yet to read."""
    read = _read(low, part)
    if not _is(obj, _AT_ONCE) and read & {n.id for n in _bound(body)}:
        return True
    roots = {(_root(w), isinstance(w, ast.Subscript | ast.Attribute)) for w in _written(low, body, 0)}
    if isinstance(part, ast.Call) and _is_view(low, part) and isinstance(part.func, ast.Attribute):
        if isinstance(part.func.value, ast.Name):  # it holds the same when what it holds is written into
            roots.discard((part.func.value.id, True))
    return any(_same(low, name, root, deep) for root, deep in roots if root for name in read)


def _bound(body: list[ast.stmt]) -> Iterator[ast.Name]:
    return (n for n in walk(body) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


def _read(low: State, part: ast.expr) -> set[str]:
    """The names that an expression reads, those of nested functions among them."""
    names = {n.id for n in walk([part]) if isinstance(n, ast.Name)}
    for name in list(names):
        value = low.scope.env.get(name)
        if isinstance(value, Closure):
            names |= {n.id for n in walk([value.node]) if isinstance(n, ast.Name)}
    return names - {n.id for n in walk([part]) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}


def _written(low: State, body: list[ast.stmt], depth: int) -> Iterator[ast.expr]:
    """What the statements of a loop, and nested functions that they call, write into."""
    for node in walk(body):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield node.value
        elif isinstance(node, ast.AugAssign):
            yield node.target
        elif isinstance(node, ast.keyword) and node.arg == "out":
            yield node.value
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
                yield node.func.value
                yield from node.args[:1]
            yield from _by_call(low, node, depth)


def _by_call(low: State, node: ast.Call, depth: int) -> Iterator[ast.expr]:
    """What a call of a function of the user's may write into: its arguments, and what it reads outside."""
    fn = generators.peek(low, node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
    if isinstance(fn, Closure):
        whole = fn.node.body
        inner: list[ast.stmt] = whole if isinstance(whole, list) else [ast.Expr(whole)]
        found = list(_written(low, inner, depth + 1)) if depth < DEEPEST else node.args
        yield from (*found, *node.args[: len(found) and len(node.args)])
    elif isinstance(fn, Method):
        yield from node.args
        yield from [node.func.value] if isinstance(node.func, ast.Attribute) else []
    elif isinstance(fn, Ref) and isinstance(fn.obj, FunctionType) and not is_library(fn.obj):
        yield from node.args


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _same(low: State, name: str, root: str, deep: bool) -> bool:
    """Whether two names may stand for one array or list; `deep`: whether what one holds is the other."""
    if name == root:
        return True
    one, other = low.scope.env.get(name), low.scope.env.get(root)
    if other is None:
        return name in _given(low.scope.source.node, root)
    values = one, other
    if one is None or any(isinstance(v, Const | Ref | Closure | Method) for v in values):
        return False
    if isinstance(one, Local) and isinstance(other, Local) and not deep:
        return one.number == other.number
    if any(isinstance(v, Var) and (low.kind(v).is_scalar or low.kind(v).cat in _PLAIN) for v in values):
        return False
    if deep and not (isinstance(other, Var) and low.kind(other).is_number):
        return True
    return not _is_new(low, root) or not (_is_new(low, name) or not _given(low.scope.source.node, name))


def _given(tree: ast.AST, name: str) -> set[str]:
    """The names that occur in what a name is given."""
    pairs = [(n.targets, n.value) for n in walk([tree]) if isinstance(n, ast.Assign)]
    pairs += [([n.target], n.value) for n in walk([tree]) if isinstance(n, ast.NamedExpr)]
    found = [v for targets, v in pairs if name in {n.id for n in walk(targets) if isinstance(n, ast.Name)}]
    return {n.id for n in walk(found) if isinstance(n, ast.Name)}


def _is_new(low: State, name: str) -> bool:
    """Whether a name is only ever given what is made where it is given it."""
    tree = low.scope.source.node
    body = tree.body if isinstance(tree, ast.FunctionDef) else []
    assigns = [n for n in walk(body) if isinstance(n, ast.Assign)]
    new = [
        n for n in assigns if len(n.targets) == 1 and _root(n.targets[0]) == name and _makes(n.value)
        and isinstance(n.targets[0], ast.Name)
    ]  # fmt: skip
    return 0 < len(new) == sum(n.id == name for n in _bound(body))


def _makes(node: ast.expr) -> bool:
    """Whether an expression makes what it gives."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in _FRESH
    return isinstance(node, ast.List | ast.ListComp | ast.Dict | ast.DictComp | ast.BinOp)


__all__ = ["in_step"]
