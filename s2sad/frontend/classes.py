"""Lowering of classes that are defined inside of the function.

    def f(x, k):                        class Spring is made when f is lowered; its methods read k where f
        class Spring:                   has it, as nested functions do
            def __init__(self, q):
                self.q = q
            def energy(self):
                return 0.5*k*self.q**2
        return Spring(x).energy()

The class itself is made once for the same text and the same objects in it. What stands in its body beside
functions (bases, decorators, defaults, attributes) has to be known then.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator
from typing import Any

from s2sad.errors import UnsupportedError
from s2sad.frontend.placed import repeated
from s2sad.frontend.source import release_with
from s2sad.frontend.state import Closure, State
from s2sad.ir.nodes import Const, Ref, Undef

KEPT = 256  # classes that are remembered
_made: dict[tuple[Any, ...], tuple[type, str, dict[str, Any]]] = {}


def defined(low: State, stmt: ast.ClassDef) -> Ref:
    """The class of a definition inside of a function."""
    space = {"__name__": low.scope.source.module}
    early = set(_read(_at_once(stmt)))
    bound = {n.id for n in ast.walk(stmt) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    for name in sorted(set(_read(stmt))):
        try:
            value = low.lookup(name, stmt)
        except UnsupportedError:  # a parameter or a local name of a method
            continue
        if isinstance(value, Ref | Const):
            space[name] = value.obj if isinstance(value, Ref) else value.value
        elif name in early and name not in bound and not isinstance(value, Undef):
            what = f"the body of the class {stmt.name} reads {name!r}, which is made in the function"
            if isinstance(value, Closure):
                what = f"the body of the class {stmt.name} reads the nested function {name!r}"
            low.refuse(stmt, what, "set it in __init__, or define the class at the top of the file")
    tree = ast.Module([copy.deepcopy(stmt)], [])
    text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    key = (text, low.place(stmt), *((name, id(obj)) for name, obj in space.items() if name != "__name__"))
    if key not in _made:
        _compile(low, stmt, tree, space, key)
    cls, file, _ = _made[key]
    low.class_scopes[file] = low.scope
    return Ref(stmt.name, cls)


def _compile(
    low: State, stmt: ast.ClassDef, tree: ast.Module, space: dict[str, Any], key: tuple[Any, ...]
) -> None:
    text = key[0]
    file = repeated(text, stmt.name, tree, low.scope.source.span, stmt)
    known = dict(space)
    try:
        exec(compile(text, file, "exec", dont_inherit=True), known)
    except (NameError, TypeError, AttributeError, ValueError) as error:
        what = f"the class {stmt.name} cannot be made before the call ({error})"
        low.refuse(stmt, what, "define it at the top of the file")
    cls = known[stmt.name]
    release_with(cls, file)
    while len(_made) >= KEPT:
        del _made[next(iter(_made))]
    _made[key] = cls, file, space  # the objects live as long as their ids are remembered


def _at_once(stmt: ast.ClassDef) -> Iterator[ast.AST]:
    """What is evaluated when the class is made."""
    yield from (*stmt.bases, *stmt.keywords, *stmt.decorator_list)
    for inner in stmt.body:
        if isinstance(inner, ast.FunctionDef):
            yield from (*inner.decorator_list, *inner.args.defaults)
            yield from (d for d in inner.args.kw_defaults if d is not None)
        else:
            yield inner


def _read(nodes: ast.AST | Iterator[ast.AST]) -> Iterator[str]:
    """The names that are read, builtins left out."""
    for node in [nodes] if isinstance(nodes, ast.AST) else nodes:
        for n in ast.walk(node):
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and not hasattr(builtins, n.id):
                yield n.id


__all__ = ["defined"]
