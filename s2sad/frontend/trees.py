"""The nodes of a syntax tree, for questions that are asked of whole functions.

Accepts statements or expressions; gives every node below them, parents before children, the marks Load, Store
and Del apart. `ast.walk` does the same at four times the cost, and lowering asks a dozen such questions.

    {n.id for n in walk([tree]) if isinstance(n, ast.Name)}     the names in a tree
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Iterable, Iterator

_OWN_NAMES = (
    ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp
)  # fmt: skip
_BINDING = frozenset(
    (*_OWN_NAMES, ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
)
_LEAVES = frozenset((ast.Name, ast.Constant, ast.Load, ast.Store, ast.Del))
_BARE = frozenset(("ctx", "op", "attr", "type_comment"))  # fields that hold no node of interest
_parts: dict[type[ast.AST], tuple[str, ...]] = {}  # the other fields, by class


def walk(roots: Iterable[ast.AST], closed: Collection[type[ast.AST]] = ()) -> Iterator[ast.AST]:
    """Every node under the roots, themselves included; nothing below nodes of the closed types."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        cls = type(node)
        if cls in _LEAVES or (closed and cls in closed):
            continue
        for name in _parts[cls] if cls in _parts else _enter(cls):
            value = getattr(node, name, None)
            if type(value) is list:
                stack += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                stack.append(value)


def _enter(cls: type[ast.AST]) -> tuple[str, ...]:
    found = _parts[cls] = tuple(name for name in cls._fields if name not in _BARE)
    return found


@functools.lru_cache(maxsize=512)
def sorts(node: ast.AST) -> frozenset[type[ast.AST]]:
    """The types of the nodes in a tree that nobody writes to: most functions have no `try` and no `yield`."""
    return frozenset(map(type, walk([node])))


@functools.lru_cache(maxsize=512)
def read_names(node: ast.AST) -> frozenset[str]:
    """Names that a function, or a function in it, does more with than bind; those of others around it."""
    inside = list(walk([node]))
    others = [name for n in inside if isinstance(n, ast.Nonlocal | ast.Global) for name in n.names]
    read = [n.id for n in inside if type(n) is ast.Name and type(n.ctx) is not ast.Store]
    return frozenset((*others, *read))


def assigned_names(body: list[ast.stmt]) -> set[str]:
    """Names that statements bind, nested functions' bodies left out."""
    names: set[str] = set()
    for node in walk(body, _OWN_NAMES):
        if type(node) is ast.Name:
            if type(node.ctx) is not ast.Load:
                names.add(node.id)
        elif type(node) not in _BINDING:
            continue
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, _OWN_NAMES):
            names.update(n.target.id for n in walk([node]) if isinstance(n, ast.NamedExpr))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((a.asname or a.name).split(".")[0] for a in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return names


def target_names(target: ast.expr) -> set[str]:
    """Names that a loop's target binds."""
    return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}


def unused(hint: str, taken: set[str]) -> str:
    """A name like a hint that means nothing yet; it is taken from then on."""
    number = 1
    while f"{hint}_{number}" in taken:
        number += 1
    taken.add(f"{hint}_{number}")
    return f"{hint}_{number}"


__all__ = ["assigned_names", "read_names", "sorts", "target_names", "unused", "walk"]
