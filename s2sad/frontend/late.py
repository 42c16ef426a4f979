"""Iterators that have a name: they are lists here, as long as nobody can tell.

    g = (k*v for v in x); s = sum(g)                    g = [k*v for v in x]; s = sum(g)
    g = (k*v for v in x); a = next(g); b = next(g)      g = iter([k*v for v in x]); a = next(g); b = next(g)
    g = (k*v for v in x); k = 2.0; s = sum(g)           a generator, whose body stands where it is taken from
    g = powers(x, 9); a = next(g); b = next(g)          g = iter([*powers(x, 9)]), where nothing is raised

Python computes an item where it is taken. So what lies between is looked at: the names that an item is made
of, bound anew or written, and functions with effects. Where it matters, a generator expression is lowered as
a generator (see `generators`), and what map, zip and their like make is refused.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from s2sad.frontend import ahead, generators, streams, touched
from s2sad.frontend.cursors import lower_iter
from s2sad.frontend.ending import ends
from s2sad.frontend.state import Closure, Group, State, Value
from s2sad.frontend.trees import sorts, walk
from s2sad.ir.nodes import Ref

_EFFECTS = (ast.Nonlocal, ast.Global, ast.Raise, ast.Assert)
Block = list[ast.stmt]


def iterator(low: State, stmt: ast.Assign, name: str) -> Value | None:
    """The value of a name that is given an iterator; None where it is given something else."""
    node = stmt.value
    plain = isinstance(node, ast.GeneratorExp)
    if ahead.is_view(low, node):
        return _view(low, stmt, name)
    if not plain and not (isinstance(node, ast.Call) and low.makes_iterator(node)):
        return _of_function(low, stmt, name)
    low.check_paths(name, stmt)
    if isinstance(node, ast.GeneratorExp | ast.Call) and generators.is_lazy(low, node):
        low.check_once(name, stmt)
        return None
    between, at_once = _until_taken(low.scope.source.node, stmt, name)
    late, made_of = _made_of(low, node)
    written = touched.roots(low, between)
    moved = bool(late & touched.bound(between)) or touched.among(low, made_of, written)
    if moved or (not at_once and _has_effects(low, node)):
        first = node.generators[0].iter if isinstance(node, ast.GeneratorExp) else None
        made_of = set() if first is None or isinstance(first, ast.Name) else _names([first])
        if first is None or touched.among(low, made_of, written):
            what = f"what the iterator {name!r} is made of changes before it is taken from"
            low.refuse(stmt, what, "make a list of it")
        low.check_once(name, stmt)
        assert isinstance(node, ast.GeneratorExp)
        return generators.over(low, node, low.settled(low.operand(node.generators[0].iter), node))
    value = low.expr(node, name)
    if low.is_taken_again(name, stmt) or _stepped(low.scope.source.node, name):
        value = lower_iter(low, [value], {}, node, name)
    return value


def _of_function(low: State, stmt: ast.Assign, name: str) -> Value | None:
    """An iterator over a list of what a generator function gives, if next() takes from it more than once."""
    node, tree = stmt.value, low.scope.source.node
    if not isinstance(node, ast.Call) or not _stepped(tree, name) or not low.is_taken_again(name, stmt):
        return None
    fn = low.peeked(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
    if not isinstance(fn, Ref) or not inspect.isgeneratorfunction(fn.obj):
        return None
    made = generators.lazily(low, node)
    if made is None or not ends(low, made, quietly=True):
        return made
    return lower_iter(low, [generators.listed(low, made, node)], {}, node, name)


def _view(low: State, stmt: ast.Assign, name: str) -> Value | None:
    """`values = d.values()`, which shows what the dict holds later; None where that is the same."""
    node = stmt.value
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    between, _ = _until_taken(low.scope.source.node, stmt, name)
    written = touched.roots(low, between, elements=False)
    if not touched.among(low, _names([node.func.value]), written):
        return None
    low.check_once(name, stmt)
    held = low.operand(node.func.value)
    return generators.stream(low, streams.VIEWS[node.func.attr], [held], {})


def iterators(low: State, stmt: ast.Assign) -> Value | None:
    """The values of several names, one of which is given an iterator; None for others."""
    value, target = stmt.value, stmt.targets[0]
    if isinstance(target, ast.Attribute | ast.Subscript) and ahead.is_view(low, value):
        what = "what a dict holds now and later is kept here"
        low.refuse(value, what, "keep the dict, and take its values where they are read")
    if not isinstance(value, ast.Tuple) or not any(_is_late(low, e) for e in value.elts):
        return None
    names = target.elts if isinstance(target, ast.Tuple) and len(target.elts) == len(value.elts) else []
    if not names or not all(isinstance(n, ast.Name) for n in names):
        return None
    found: list[Value] = []
    for part, item in zip(names, value.elts, strict=True):
        one = ast.copy_location(ast.Assign([part], item), stmt)
        made = iterator(low, one, part.id) if isinstance(part, ast.Name) else None
        found.append(low.operand(item) if made is None else made)
    return Group("tuple", found)


def _is_late(low: State, node: ast.expr) -> bool:
    """Whether an expression gives an iterator, or a view of a dict."""
    if isinstance(node, ast.Call):
        return low.makes_iterator(node) or ahead.is_view(low, node)
    return isinstance(node, ast.GeneratorExp)


def _until_taken(tree: ast.AST, stmt: ast.stmt, name: str) -> tuple[Block, bool]:
    """The statements up to the last one that reads a name; whether that is the next one and no loop."""
    block, at = next(_places(tree, stmt), ([], 0))
    rest = block[at + 1 :]
    reading = [i for i, s in enumerate(rest) if _reads(s, name)]
    if not reading:
        return rest, not rest
    between = rest[: reading[-1] + 1]
    return between, len(between) == 1 and not isinstance(between[0], ast.For | ast.While)


def _places(tree: ast.AST, stmt: ast.stmt) -> Iterator[tuple[Block, int]]:
    """Where a statement stands: lowering may have made another node of it."""
    for node in walk([tree]):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            for at, s in enumerate(block):
                if (s.lineno, s.col_offset) == (stmt.lineno, stmt.col_offset):
                    yield block, at


def _stepped(tree: ast.AST, name: str) -> bool:
    """Whether next() takes from a name."""
    calls = (n for n in walk([tree]) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    return any(c.func.id == "next" and _names(c.args[:1]) == {name} for c in calls)  # type: ignore[attr-defined]


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in walk([node]))


def _names(nodes: list[ast.expr]) -> set[str]:
    return {n.id for n in walk(nodes) if isinstance(n, ast.Name)}


def _made_of(low: State, node: ast.expr) -> tuple[set[str], set[str]]:
    """The names that an item is made of when it is taken; these and those of what is iterated."""
    if isinstance(node, ast.GeneratorExp):
        first, *inner = node.generators
        tests = [test for g in node.generators for test in g.ifs]
        late = _names([node.elt, *tests, *(g.iter for g in inner)])
        late -= _names([first.target, *(g.target for g in inner)])
    else:
        late = set().union(*(_names([n.body]) for n in walk([node]) if isinstance(n, ast.Lambda)), set())
    for name in list(late | (_names([node]) if isinstance(node, ast.Call) else set())):
        value = low.scope.env.get(name)
        if isinstance(value, Closure):
            late |= {n.id for n in walk([value.node]) if isinstance(n, ast.Name)}
    return late, late | _names([node])


def _has_effects(low: State, node: ast.expr) -> bool:
    """Whether computing an item calls a function of the user's that does more than return something."""
    for name in _names([node]):
        value = low.scope.env.get(name) or low.scope.source.globals.get(name)
        tree: ast.AST | None = value.node if isinstance(value, Closure) else None
        if tree is not None and (not sorts(tree).isdisjoint(_EFFECTS) or any(map(_acts, walk([tree])))):
            return True
    return False


def _acts(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load)


__all__ = ["iterator", "iterators"]
