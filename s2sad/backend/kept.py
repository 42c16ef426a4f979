"""What pairs of functions that call themselves keep, as objects: the text that is differentiated once more.

    return value, (v, t2, kept, t1)        return value, PowerKept(v, t2, kept, t1)
    v, t2, kept, t1 = kept                 v, t2, kept, t1 = kept.v, kept.t2, kept.kept, kept.t1

A tuple that holds one like itself has a kind without an end; objects are numbered. Accepts the tree of a
generated text, and changes it; guarantees one that computes the same.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping

FORWARD, BACKWARD = "_fwd", "_bwd"


def with_objects(tree: ast.Module, pairs: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Let what pairs keep that call themselves be objects; the texts of their classes.

    `pairs` are the names of the functions in the text that are halves of pairs, with the places of arrays
    among what they keep that they write: objects get copies. A class has a comment that tells it from those
    of other functions.
    """
    functions = {f.name: f for f in tree.body if isinstance(f, ast.FunctionDef)}
    stems = [n.removesuffix(FORWARD) for n in functions if n.endswith(FORWARD) and n in pairs]
    again = [s for s in stems if s + BACKWARD in functions and _calls_itself(s + FORWARD, functions)]
    made: dict[str, str] = {}
    for stem in again:
        name = "".join(part.capitalize() for part in stem.split("_")) + "Kept"
        while name in functions:
            name += "_"
        fields = _kept_as(functions[stem + FORWARD], name, pairs[stem + FORWARD])
        _taken_from(functions[stem + BACKWARD], fields)
        mark = hashlib.sha256(ast.unparse(functions[stem + FORWARD]).encode()).hexdigest()[:8]
        made[name] = f"# of {stem}, {mark}\n{_class(name, fields)}"
    return made


def _calls_itself(name: str, functions: dict[str, ast.FunctionDef]) -> bool:
    """Whether a function leads to a call of itself."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for node in ast.walk(functions[waiting.pop()]):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if called == name:
                return True
            if called in functions and called not in seen:
                seen.add(called)
                waiting.append(called)
    return False


def _kept_as(function: ast.FunctionDef, name: str, written: tuple[int, ...]) -> list[str]:
    """Let a forward function return an object; its attributes."""
    ends = [n for n in ast.walk(function) if isinstance(n, ast.Return) and n.value is not None]
    fields: list[str] = []
    for end in ends:
        whole = end.value
        parts = whole.elts if isinstance(whole, ast.Tuple) else [whole] if whole is not None else []
        valued = len(parts) == 2 and isinstance(parts[1], ast.Tuple)
        items = parts[1].elts if valued and isinstance(parts[1], ast.Tuple) else parts
        names = [i.id if isinstance(i, ast.Name) else "" for i in items]
        plain = all(names) and len(set(names)) == len(names) and not {"self", "this"} <= set(names)
        fields = fields or (names if plain else [f"value_{k}" for k in range(len(items))])
        copied = [ast.Call(ast.Name("copy_tree", ast.Load()), [i], []) for i in items]
        atoms = [copied[k] if k in written else i for k, i in enumerate(items)]
        made = ast.Call(ast.Name(name, ast.Load()), atoms, [])
        end.value = ast.Tuple([parts[0], made], ast.Load()) if valued else made
    return fields


def _taken_from(function: ast.FunctionDef, fields: list[str]) -> None:
    """Let a backward function read the attributes of what it is given first."""
    _unpacked(function.body, function.args.args[0].arg, fields)


def _unpacked(body: list[ast.stmt], holder: str, fields: list[str]) -> bool:
    """Replace what reads items of `holder`; whether it has been taken apart as a whole, as it is once."""
    for k, stmt in enumerate(body):
        if isinstance(stmt, ast.With):
            if _unpacked(stmt.body, holder, fields):
                return True
            continue
        if isinstance(stmt, ast.Assign) and isinstance(stmt.value, ast.Name) and stmt.value.id == holder:
            values = [ast.Attribute(ast.Name(holder, ast.Load()), n, ast.Load()) for n in fields]
            stmt.value = ast.Tuple(list(values), ast.Load())
            return True
        body[k] = _Items(holder, fields).visit(stmt)
    return False


class _Items(ast.NodeTransformer):
    """Reads attributes where items of a tuple were read."""

    def __init__(self, holder: str, fields: list[str]) -> None:
        self.holder = holder
        self.fields = fields

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """`kept[0]`."""
        base, index = node.value, node.slice
        if isinstance(base, ast.Name) and base.id == self.holder and isinstance(index, ast.Constant):
            return ast.Attribute(base, self.fields[index.value], ast.Load())  # type: ignore[index]
        self.generic_visit(node)
        return node


def _class(name: str, fields: list[str]) -> str:
    """A class of objects with these attributes."""
    this = "self" if "self" not in fields else "this"
    lines = "".join(f"        {this}.{n} = {n}\n" for n in fields) or "        pass\n"
    return f"class {name}:\n    def __init__({', '.join([this, *fields])}):\n{lines}"


__all__ = ["with_objects"]
