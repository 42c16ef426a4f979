"""Functions that a text passes to SciPy stand in it: those that are generated, and the user's nested ones.

    def integrand_by_p(t, p):
        return -t * np.exp(-p * t)


    def f_grad(p):
        return quad(integrand_by_p, 0.0, 1.0, args=(p,))[0]

What a function reads outside has the name there that it has in the text around.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import types
from typing import Any

from s2sad.backend.spell import Roots
from s2sad.errors import Span, origins


def shown(roots: Roots) -> tuple[list[str], dict[int, Span]]:
    """The texts of the functions, which need no binding then, and where their lines come from."""
    parts: list[str] = []
    line_map: dict[int, Span] = {}
    line, done = 0, set[str]()
    while waiting := [n for n, obj in roots.refs.items() if n not in done and _is_shown(obj)]:
        name = waiting[0]
        done.add(name)
        found = _text(name, roots.refs[name], roots)
        if found is None:
            continue
        text, first, spans = found
        del roots.refs[name]
        line_map.update({line + row - first + 1: span for row, span in spans.items()})
        parts.append(text)
        line += text.count("\n") + 2
    return parts, line_map


def _is_shown(obj: Any) -> bool:
    return isinstance(obj, types.FunctionType) and getattr(obj, "__s2sad_shown__", False)


def _text(name: str, fun: types.FunctionType, roots: Roots) -> tuple[str, int, dict[int, Span]] | None:
    """The text of a function under a name, its first line in its own file, and where its lines come from.

    None if a name of its own stands in the way of one that it reads.
    """
    file = fun.__code__.co_filename
    lines = linecache.getlines(file)
    defined = [n for n in ast.parse("".join(lines)).body if isinstance(n, ast.FunctionDef)]
    node = next((n for n in defined if n.lineno == fun.__code__.co_firstlineno), None)
    if node is None:
        return None
    read = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    own = {n.id for n in read if not isinstance(n.ctx, ast.Load)}
    own |= {a.arg for n in ast.walk(node) if isinstance(n, ast.arguments) for a in n.args + n.kwonlyargs}
    own |= {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef)} - {node.name}
    new: dict[str, str] = {}
    for other in dict.fromkeys(n.id for n in read if n.id not in own):
        value = fun.__globals__.get(other, getattr(builtins, other, None))
        if getattr(value, "__globals__", None) is fun.__globals__ and isinstance(value, types.FunctionType):
            value.__s2sad_shown__ = True  # type: ignore[attr-defined]
        new[other] = name if value is fun else roots(other, value)
    if not own.isdisjoint(new.values()):
        return None
    text = "".join(lines[node.lineno - 1 : node.end_lineno])
    if any(one != other for one, other in new.items()):
        for n in read:
            n.id = new.get(n.id, n.id)
        node.name = name
        return ast.unparse(node) + "\n", node.lineno, {}
    rows = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    spans = {row: span for row, span in origins.get(file, {}).items() if row in rows}
    return text.replace(f"def {node.name}(", f"def {name}(", 1), node.lineno, spans


__all__ = ["shown"]
